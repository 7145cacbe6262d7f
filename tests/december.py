"""The data of December 2025 alone, so that the months added later do not touch the tests."""

import atexit
import csv
import shutil
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = "ai-events-2025-12"

_place = tempfile.mkdtemp()
atexit.register(shutil.rmtree, _place)
DATA = Path(shutil.copytree(ROOT / "data", Path(_place) / "data"))


def _keep(name, wanted):
    """Keep the rows of a table that are wanted, and return them."""
    path = DATA / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = [row for row in reader if wanted(row)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, reader.fieldnames, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return rows


for _table in ("coverage", "themes"):
    _keep(_table, lambda row: row["source"] == SOURCE)
_events = {row["event_id"] for row in _keep("events", lambda row: row["source"] == SOURCE)}
_keep("event_themes", lambda row: row["event_id"] in _events)
_keep("editions", lambda row: row["edition"] == "2025-12")

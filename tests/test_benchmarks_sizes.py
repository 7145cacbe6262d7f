"""The benchmark of sizes: its contestants count the same, and it says what came of them."""

import csv
import datetime as dt
import importlib.util
import subprocess
import sys
from collections import Counter
from itertools import pairwise, product
from pathlib import Path

import pytest
from engines import missing

BENCHMARK = Path(__file__).parents[1] / "benchmarks" / "sizes.py"
ROWS, SEED = 6000, 7
pytestmark = pytest.mark.engines


def load_sizes():
    spec = importlib.util.spec_from_file_location("sizes", BENCHMARK)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


sizes = load_sizes()
CONTESTANTS = {
    (script.name, task.files): (script, task.files)
    for task in sizes.TASKS.values()
    for script in (task.ours, *(script for rival in task.rivals for script in rival.scripts))
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    for engine in ("duckdb", "polars", "pyarrow"):
        if importlib.util.find_spec(engine) is None:
            missing(engine)
    folder = tmp_path_factory.mktemp("sizes")
    return sizes.made_up(folder, ROWS, SEED, files=sizes.CSV, codes=True)


@pytest.fixture(scope="module")
def by_hand(made):
    """Return the cells of the table, in ten lines of plain Python."""
    n = Counter()
    with (made / "events.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            day = dt.date.fromisoformat(row["date"])
            monday = day - dt.timedelta(days=day.weekday())
            n[monday, row["region"], row["category"]] += 1
    mondays, regions, categories = (sorted({*level}) for level in zip(*n, strict=True))
    weeks = (mondays[-1] - mondays[0]).days // 7 + 1
    every = [mondays[0] + dt.timedelta(weeks=week) for week in range(weeks)]
    return {(str(day), *rest): n[day, *rest] for day, *rest in product(every, regions, categories)}


@pytest.mark.parametrize("contestant", CONTESTANTS, ids=" of ".join)
def test_a_contestant_counts_every_event_in_its_cell(made, by_hand, contestant, tmp_path):
    script, files = CONTESTANTS[contestant]
    if script == sizes.R and not sizes.has_incidence():
        pytest.skip("R's incidence is not installed")

    ran = sizes.run(script, made, files, tmp_path / "table.csv")

    sizes.compare(sizes.cells(tmp_path / "table.csv"), by_hand, (script.name, "by hand"), ROWS)
    assert ran.peak > 1  # MB
    assert ran.version


def test_the_table_has_what_contestants_could_stumble_over(made, by_hand):
    text = (made / "events.csv").read_text(encoding="utf-8")
    row = len(text.encode()) / ROWS

    assert 0 in by_hand.values()
    assert any(category == "" and n for (_, _, category), n in by_hand.items())
    assert '""not yet safe""' in text
    assert "评测" in text
    assert 90 < row < sizes.CSV_ROW


def test_the_same_seed_makes_the_same_bytes_and_another_seed_others(made, tmp_path):
    def content(folder):
        files = (path for path in folder.rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}

    again, other = (
        sizes.made_up(tmp_path, ROWS, seed, files=sizes.CSV, codes=True) for seed in (SEED, 8)
    )

    assert content(again) == content(made)
    same = {name for name, it in content(other).items() if it == content(made)[name]}
    assert same == {"codes/region.txt", "codes/category.txt"}


def test_contestants_that_differ_stop_the_run_with_the_cells_in_which_they_do():
    cell, other = ("2025-12-01", "CN", "model"), ("2025-12-01", "US", "model")

    with pytest.raises(SystemExit, match=r"one and two differ in 2 cells: .*'CN'.*: 2 and 1"):
        sizes.compare({cell: 2, other: 1}, {cell: 1, other: 2}, ("one", "two"), 3)
    with pytest.raises(SystemExit, match=r"differ in 1 cells: .*'US'.*: 0 and None"):
        sizes.compare({cell: 3, other: 0}, {cell: 3}, ("one", "two"), 3)
    with pytest.raises(SystemExit, match="two: counts add up to 2, not to 3"):
        sizes.compare({cell: 3}, {cell: 2}, ("one", "two"), 3)


def test_a_contestant_that_fails_stops_the_run_with_what_it_said(tmp_path):
    broken = sizes.Script("broken", (sys.executable, "-c", "raise SystemExit('no such week')"))

    with pytest.raises(SystemExit, match=r"broken failed:\nno such week"):
        sizes.run(broken, tmp_path, "", tmp_path / "table.csv")


def test_a_run_has_a_row_for_each_contestant_and_holds_the_fastest_to_the_limit(made, tmp_path):
    out = tmp_path / "sizes.csv"
    options = ["--tasks", "text", "growth-memory", "--rows", "2000", "--rounds", "1"]

    subprocess.run([sys.executable, BENCHMARK, *options, "--out", out], check=True)

    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    ours, *polars = rows[:3]
    growth = [it for it in rows if it["task"] == "growth-memory"]
    assert [it["rows"] for it in growth] == ["200", "2000", "20000"]
    assert [it["contestant"].partition(",")[0] for it in polars] == ["Polars", "Polars"]
    fastest = min(polars, key=lambda it: float(it["median_s"]))
    assert [it for it in polars if it["limit"]] == [fastest]
    for row in polars:
        ratio = float(ours["median_s"]) / float(row["median_s"])
        assert float(row["ratio"]) == pytest.approx(ratio, rel=0.01)
    for before, after in pairwise(growth):
        ratio = float(after["median_s"]) / (10 * float(before["median_s"]))
        assert float(after["ratio"]) == pytest.approx(ratio, rel=0.01)
        assert after["kept"] == ("yes" if float(after["ratio"]) <= 1.1 else "NO")
    page = out.with_suffix(".md").read_text(encoding="utf-8")
    assert page.count("\n| aistats") == 1 + len(growth)

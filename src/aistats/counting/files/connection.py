"""The engine: DuckDB, started for one count and stopped after it.

Rows that do not fit into memory are spilled into a temporary folder, which is removed however the
count ends. Nothing is fetched from the network.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aistats.faults import DataError, Fault

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

_POLL_SECONDS = 0.2
# The share of reading in the progress that the engine reports: it expects to hand on as many rows
# as it reads, or, where there is a condition, a fifth of them.
_READING_ALL, _READING_SOME = 1 / 2, 1 / 1.2
_CUT_SHORT = re.compile("Unexpected end of GZIP stream: (.+)")


class Engine:
    """A connection that can be interrupted, and shows how far it is where somebody watches."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, *, progress: bool) -> None:
        self._connection = connection
        self._progress = progress

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return what a query finds."""
        return self._run(query).fetchall()

    def numbers(self, query: str) -> list[Any]:
        """Return the columns of a query of whole numbers, none of them missing, as arrays."""
        return list(self._run(query).fetchnumpy().values())

    def stream(self, query: str, size: int = 10_000) -> Iterator[tuple[Any, ...]]:
        """Yield what a query finds, some rows at a time."""
        cursor = self._connection.cursor()
        try:
            result = cursor.execute(query)
            while rows := result.fetchmany(size):
                yield from rows
        finally:
            cursor.close()

    def run(self, query: str) -> None:
        """Carry out a query that finds nothing."""
        self._run(query)

    def watch(self, query: str, *, filtered: bool) -> None:
        """Carry out what may take long: reading rows, perhaps only some of them, into groups."""
        share = _READING_SOME if filtered else _READING_ALL
        with _progress_bar(self._connection, share) if self._progress else nullcontext():
            self._run(query)

    def table(self, name: str, frame: pd.DataFrame) -> None:
        """Make a pandas table known by a name."""
        self._connection.register(name, frame)

    def _run(self, query: str) -> duckdb.DuckDBPyConnection:
        try:
            return self._connection.execute(query)
        except RuntimeError as error:  # what DuckDB makes of Ctrl-C
            if "interrupt" in str(error).lower():
                raise KeyboardInterrupt from None
            raise


@contextmanager
def start_engine(*, progress: bool = False) -> Iterator[Engine]:
    """Start the engine, and leave nothing of it behind."""
    import duckdb

    spill = Path(tempfile.gettempdir()) / f"aistats-{uuid.uuid4().hex}"  # made only when needed
    connection = duckdb.connect(
        config={
            "autoinstall_known_extensions": "false",
            "temp_directory": spill.as_posix(),
        }
    )
    try:
        connection.execute("SET TimeZone = 'UTC'")
        # What it would show itself goes to stdout, into the midst of the table.
        connection.execute(f"SET enable_progress_bar = {str(progress).lower()}")
        if progress:
            connection.execute("SET enable_progress_bar_print = false")
        yield Engine(connection, progress=progress)
    finally:
        connection.close()
        shutil.rmtree(spill, ignore_errors=True)


def engine_message(error: Exception) -> str:
    """Return the first line of what the engine says, without the name that it gives the error."""
    first = str(error).strip().split("\n")[0]
    kind, colon, rest = first.partition(": ")
    return rest if colon and kind.endswith("Error") else first


def engine_error(error: Exception, file: str = "") -> DataError:
    """Return the error for what the engine cannot do, in its own words."""
    if cut := _CUT_SHORT.search(words := engine_message(error)):
        return DataError([Fault("cut_short", cut[1])])
    return DataError([Fault("engine", file, value=words)])


@contextmanager
def _progress_bar(connection: duckdb.DuckDBPyConnection, reading: float) -> Iterator[None]:
    """Show on stderr how much has been read."""
    from tqdm import tqdm

    done = threading.Event()
    form = "{l_bar}{bar}| {elapsed}<{remaining}"
    with tqdm(total=100, file=sys.stderr, leave=False, bar_format=form) as bar:

        def follow() -> None:
            while not done.wait(_POLL_SECONDS):
                bar.update(max(min(connection.query_progress() / reading, 99) - bar.n, 0))

        watcher = threading.Thread(target=follow, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()

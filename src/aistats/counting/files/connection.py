"""The engine: a connection to DuckDB, opened for one count and closed after it.

Queries go in; rows, arrays and errors come out. Rows that do not fit into memory go to a temporary
folder, which is removed however the count ends. Nothing is fetched from the network.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aistats.faults import DataError, Fault

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

Row = tuple[Any, ...]

_POLL_SECONDS = 0.2
# The share of reading in the progress that DuckDB reports: it expects to hand on as many rows as it
# reads, or, where there is a condition, a fifth of them.
_READING_ALL = 1 / 2
_READING_SOME = 1 / 1.2
_READING_PERCENT = 99
_CUT_SHORT = re.compile("Unexpected end of GZIP stream: (.+)")


class Engine:
    """A connection to DuckDB that can be interrupted and can show its progress.

    Parameters
    ----------
    connection
        An open connection.
    progress
        Whether long queries show on stderr how much has been read.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, *, progress: bool) -> None:
        self._connection = connection
        self._progress = progress

    def rows(self, query: str) -> list[Row]:
        """Return the rows of a query."""
        result = self._run(query)
        return result.fetchall()

    def numbers(self, query: str) -> list[Any]:
        """Return the columns of a query of whole numbers, none of them missing, as arrays."""
        result = self._run(query)
        columns = result.fetchnumpy()
        return list(columns.values())

    def stream(self, query: str, size: int = 10_000) -> Iterator[Row]:
        """Yield the rows of a query, which are fetched in parts of so many rows."""
        cursor = self._connection.cursor()
        try:
            result = cursor.execute(query)
            while rows := result.fetchmany(size):
                yield from rows
        finally:
            cursor.close()

    def run(self, query: str) -> None:
        """Run a query without a result."""
        self._run(query)

    def watch(self, query: str, *, filtered: bool) -> None:
        """Run a long query, which groups all rows or `filtered` ones, and show its progress."""
        share = _READING_SOME if filtered else _READING_ALL
        if not self._progress:
            self._run(query)
            return
        with _progress_bar(self._connection, share):
            self._run(query)

    def table(self, name: str, frame: pd.DataFrame) -> None:
        """Give a dataframe a name in queries."""
        connection = self._connection
        connection.register(name, frame)

    def _run(self, query: str) -> duckdb.DuckDBPyConnection:
        try:
            return self._connection.execute(query)
        except RuntimeError as error:  # which DuckDB raises on Ctrl-C
            if "interrupt" in str(error).lower():
                raise KeyboardInterrupt from None
            raise


@contextmanager
def start_engine(*, progress: bool = False) -> Iterator[Engine]:
    """Open a connection; close it and remove its temporary folder at the end of the block."""
    import duckdb

    spill = Path(tempfile.gettempdir()) / f"aistats-{uuid.uuid4().hex}"  # DuckDB makes it if needed
    connection = duckdb.connect(
        config={
            "autoinstall_known_extensions": "false",
            "temp_directory": spill.as_posix(),
        }
    )
    is_measured = str(progress).lower()
    try:
        connection.execute("SET TimeZone = 'UTC'")
        # DuckDB's own bar would go to stdout, into the midst of the table.
        connection.execute(f"SET enable_progress_bar = {is_measured}")
        if progress:
            connection.execute("SET enable_progress_bar_print = false")
        yield Engine(connection, progress=progress)
    finally:
        connection.close()
        shutil.rmtree(spill, ignore_errors=True)


def engine_message(error: Exception) -> str:
    """Return the first line of DuckDB's message, without the name of the error."""
    message = str(error).strip()
    first_line = message.split("\n")[0]
    kind, _, rest = first_line.partition(": ")
    return rest if rest and kind.endswith("Error") else first_line


def engine_error(error: Exception, file: str = "") -> DataError:
    """Return an error of DuckDB as one of the data, with DuckDB's message."""
    message = engine_message(error)
    cut_short = _CUT_SHORT.search(message)
    if cut_short:
        cut_file = cut_short[1]
        return DataError([Fault("cut_short", cut_file)])
    return DataError([Fault("engine", file, value=message)])


@contextmanager
def _progress_bar(connection: duckdb.DuckDBPyConnection, reading: float) -> Iterator[None]:
    """Show on stderr how much has been read."""
    from tqdm import tqdm

    done = threading.Event()
    form = "{l_bar}{bar}| {elapsed}<{remaining}"
    with tqdm(total=100, file=sys.stderr, leave=False, bar_format=form) as bar:

        def follow() -> None:
            while not done.wait(_POLL_SECONDS):
                percent = connection.query_progress() / reading
                read = min(percent, _READING_PERCENT)
                bar.update(max(read - bar.n, 0))

        watcher = threading.Thread(target=follow, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()

"""Files larger than memory, counted where they are.

Only the cube, ``(days, *by) -> n``, is ever held, so memory is bounded by the number of distinct
combinations and not by the number of rows. Dates are read and levels checked once per distinct
value; what is wrong with one is reported with the line on which it stands first, and only then are
the files read again. The result is the same cube as of a table in memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from aistats.counting.answers import answer
from aistats.counting.files.cube import cube_of_files
from aistats.counting.files.question import FileQuestion
from aistats.counting.files.sources import Files
from aistats.counting.periods import Day
from aistats.dates.calendar import Period
from aistats.tables.codebook import Codebook

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["count_files"]


def count_files(
    files: Files,
    *,
    by: str | Sequence[str] | None = None,
    period: Period | None = None,
    coverage: pd.DataFrame | None = None,
    date: str | tuple[str, str] | None = None,
    between: tuple[Day, Day] | None = None,
    tz: str | None = None,
    complete: bool = True,
    where: str | Sequence[str] | None = None,
    lists: Mapping[str, str] | None = None,
    dates: str | None = None,
    codebook: Codebook | str | Path | None = None,
    daily: bool = False,
    progress: bool = False,
) -> pd.DataFrame:
    r"""Count the events in files of any size as :func:`count_events` counts a table in memory.

    Parameters
    ----------
    files
        A file, a folder (every CSV and Parquet in it, however deep), a pattern such as
        ``2025-*.csv.gz``, or several of these. CSV in UTF-8, whatever separates its columns, also
        compressed with gzip or Zstandard; or Parquet. All must have the same columns. What the
        names of folders say (``year=2025``) is a column too.
    by, period, coverage, between, complete, daily
        As in :func:`count_events`.
    date
        The column of dates, or a (start, end) pair of columns; by default ``earliest`` and
        ``latest`` where they are, else ``date``. Text is read as :func:`read_events` reads it.
    tz
        The time zone whose days are meant, for time stamps in Parquet that carry a zone. It is
        refused where none do: in text, the day is the one that is written.
    where
        Which rows to count: an SQL expression over the columns, as DuckDB has it, or several that
        must all hold. All columns of a CSV are text there: ``CAST(deaths AS INTEGER) > 10``.
    lists
        Columns of text whose cells are lists, and what separates the values: a text or ``json``.
        What holds lists already needs no word.
    dates
        What numbers mean where nothing in the column tells, as in :func:`read_events`.
    codebook
        The codebook whose table ``events`` the rows are checked against, or its path; by default
        the ``datapackage.json`` beside a single file, if it names that. Then an event without a
        date has that of its report, and columns that the codebook derives can be counted by.
    progress
        Show on stderr how much has been read.

    Returns
    -------
    DataFrame
        As :func:`count_events` returns it; its ``attrs`` have ``rows``, how many were counted, and
        ``files``, their names.

    Raises
    ------
    DataError
        Naming what is wrong in the columns that are counted, with file and line (of Parquet, with
        the row): dates that are none, missing dates, levels that the codebook does not allow, lines
        that are no rows.
    ParameterError
        If an argument cannot be for these files.
    ModuleNotFoundError
        If DuckDB is not installed (the extra ``files``).

    See Also
    --------
    read_events : a table that fits into memory, as it stands.

    Notes
    -----
    An empty cell of a CSV is a missing value, and "NA" is text. A CSV is read in parallel; where
    line breaks in quoted cells do not allow that, it is read again in one go.

    Examples
    --------
    >>> count_files("data/events.csv", by="scope")
               scope  count
    0       domestic      9
    1  international     10
    2       unstated      1

    Only what is asked for is checked and counted:

    >>> announced = count_files("data/events.csv", by="region", where="status = 'announced'")
    >>> announced.attrs["rows"]
    1
    """
    question = FileQuestion(
        by=by,
        period=period,
        coverage=coverage,
        date=date,
        between=between,
        tz=tz,
        complete=complete,
        daily=daily,
        where=[where] if isinstance(where, str) else list(where or ()),
        lists=dict(lists or {}),
        dates=dates,
        codebook=codebook,
    )
    cube, names = cube_of_files(files, question, progress=progress)
    table = answer(cube, question).frame()
    table.attrs |= {"rows": cube.events, "files": names}
    return table

"""Counting events in files larger than memory, with DuckDB.

CSV and Parquet files come in; a counts table comes out, the same as for a dataframe. DuckDB counts
the rows of each combination of date and levels in one pass. Only these combinations are held, so
memory depends on their number and not on the number of rows. Each distinct value is read and
checked once; a problem is reported with the line where it first occurs, and the files are read
again only to find that line. Nothing is converted or copied.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from aistats.counting.answers import answer
from aistats.counting.files.cube import cube_of_files
from aistats.counting.files.finding import Files
from aistats.counting.files.question import FileQuestion
from aistats.counting.periods import Day
from aistats.dates.calendar import Period
from aistats.dates.edtf import Order
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
    dates: Order | None = None,
    codebook: Codebook | str | Path | None = None,
    daily: bool = False,
    progress: bool = False,
) -> pd.DataFrame:
    r"""Count the events in files of any size, as :func:`count_events` does in a dataframe.

    Parameters
    ----------
    files
        A file, a folder (every CSV and Parquet file in it and in its subfolders), a pattern such as
        ``2025-*.csv.gz``, or several of these. CSV must be UTF-8, with any common separator, and
        may be compressed with gzip or Zstandard. All files must have the same columns. A name and
        value in the names of folders (``year=2025``) is a column too.
    by, period, coverage, between, complete, daily
        As in :func:`count_events`.
    date
        The column of dates, or a (start, end) pair of columns; by default ``earliest`` and
        ``latest`` if they exist, else ``date``. Text is read as in :func:`read_events`.
    tz
        The time zone used to turn zoned time stamps in Parquet into days. It is rejected if no
        column has them; in text, the day is the one that is written.
    where
        The rows to count: an SQL expression over the columns, in DuckDB's dialect, or several that
        must all be true. All columns of a CSV are text: ``CAST(deaths AS INTEGER) > 10``.
    lists
        The separator of each multi-valued column of text, or ``json``. Columns whose type is a
        list are split anyway.
    dates
        The order of numeric dates where no date in the column settles it, as in
        :func:`read_events`.
    codebook
        The codebook whose table ``events`` the rows are checked against, or its path; by default
        the ``datapackage.json`` beside a single file, if it lists that file. With it, an event
        without a date has that of its report, and you can group by columns that it derives.
    progress
        Show on stderr how much has been read.

    Returns
    -------
    DataFrame
        As from :func:`count_events`; its ``attrs`` also have ``rows``, the number of rows counted,
        and ``files``, the names of the files.

    Raises
    ------
    DataError
        With every problem in the columns that are counted, with file and line (in Parquet, the
        row): invalid or missing dates, values that the codebook does not allow, rows with the wrong
        number of cells.
    ParameterError
        If an argument is invalid for these files.
    ModuleNotFoundError
        If DuckDB is not installed (the extra ``files``).

    See Also
    --------
    read_events : Read a table that fits into memory, with all its columns.

    Notes
    -----
    An empty cell of a CSV is a missing value; "NA" is text. A CSV is read in parallel. If line
    breaks in quoted cells prevent that, it is read again from start to end.

    Examples
    --------
    >>> count_files("data/events.csv", by="scope")
               scope  count
    0       domestic      9
    1  international     10
    2       unstated      1

    Only the columns that are used are checked:

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

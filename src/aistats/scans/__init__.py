"""Scans: files larger than memory, counted where they are.

Of all the rows only ``(date, *by) -> n`` is ever held, so memory is bounded by the number of
distinct combinations and not by the number of rows. Everything else, the reading of dates, the
checking of levels, happens once per distinct value of that small table, which is then counted like
any other. What is wrong with a value is said with the line on which it stands first; only then are
the files looked at again.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from aistats.codebook import Codebook
from aistats.dates import FIRST_DAY, LAST_DAY, ORDERS, check_period, first_days, is_zone
from aistats.faults import DataError, DataWarning, Fault, ParameterError
from aistats.measures import (
    MEASURES,
    MOST_CELLS,
    Day,
    TooManyRowsError,
    count_groups,
    count_periods,
    edges_of,
    window_of,
)
from aistats.scans.checks import Checks, table_of
from aistats.scans.cube import (
    FIRST_OF,
    INSTANTS,
    WITH_ZONE,
    Column,
    count_rows,
    date_column,
    level_column,
)
from aistats.scans.engine import Engine, name, refused, said, started
from aistats.scans.places import Rejected, broken_quotes, line_faults, mixed_ends, placed
from aistats.scans.sources import MOST_REJECTED, Files, Source, find_files, open_source
from aistats.scans.tally import Tally, told_apart

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["count_files", "find_files", "tally_files"]

_EPOCH, _YEAR_1000 = np.datetime64(0, "D"), np.datetime64("1000-01-01")


def count_files(
    files: Files,
    *,
    by: str | Sequence[str] | None = None,
    period: str | None = None,
    coverage: pd.DataFrame | None = None,
    date: str | tuple[str, str] | None = None,
    between: tuple[Day, Day] | None = None,
    tz: str | None = None,
    complete: bool = True,
    where: str | None = None,
    lists: Mapping[str, str] | None = None,
    dates: str | None = None,
    codebook: Codebook | str | Path | None = None,
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
    by, period, coverage, between, complete
        As in :func:`count_events`.
    date
        The column of dates, or a (start, end) pair of columns; by default ``earliest`` and
        ``latest`` where they are, else ``date``. Text is read as :func:`read_events` reads it.
    tz
        The time zone whose days are meant, for time stamps in Parquet that carry a zone.
    where
        Which rows to count: an SQL expression over the columns, as DuckDB has it. All columns of a
        CSV are text there: ``CAST(deaths AS INTEGER) > 10``.
    lists
        Columns of a CSV whose cells are lists, and what separates the values: a text or ``json``.
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
        If DuckDB is not installed (``aistats[files]``).

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
    tally = tally_files(
        files,
        by=by,
        period=period,
        coverage=coverage,
        date=date,
        between=between,
        tz=tz,
        complete=complete,
        where=where,
        lists=lists,
        dates=dates,
        codebook=codebook,
        progress=progress,
    )
    return tally.frame()


def tally_files(
    files: Files,
    *,
    by: str | Sequence[str] | None = None,
    period: str | None = None,
    coverage: pd.DataFrame | None = None,
    date: str | tuple[str, str] | None = None,
    between: tuple[Day, Day] | None = None,
    tz: str | None = None,
    complete: bool = True,
    where: str | None = None,
    lists: Mapping[str, str] | None = None,
    dates: str | None = None,
    codebook: Codebook | str | Path | None = None,
    progress: bool = False,
) -> Tally:
    """Count as :func:`count_files` does, but make no table of pandas of it."""
    names = [by] if isinstance(by, str) else list(by or ())
    _refuse_arguments(names, period, coverage, date, between, tz, dates)
    windows = None
    if coverage is not None:
        from aistats.counts import windows_of

        windows = windows_of(coverage)
    with started(progress=progress) as engine:
        source = open_source(files, engine)
        checks = Checks(table_of(source, codebook), dict(lists or {}), dates, source)
        when = checks.when(date) if period else []
        if tz is not None and not any(source.columns[it] == WITH_ZONE for it in when):
            raise ParameterError([Fault("tz_unused", value=tz)])
        levels = [level_column(it, source.columns[it]) for it in checks.groups(names)]
        condition = _condition(where, source, engine)
        days = source.with_days(when) if where is None and source.are_days(when) else source
        units = ["day"] if days is not source else []
        if period in FIRST_OF and len(when) == 1 and coverage is None and between is None:
            units.insert(0, period)  # of no day more is asked than which period it is in
        found = None
        if when and not any(map(checks.own, when)):
            found = _counted_days(engine, days, condition, when, levels, tz, units)
        columns, n, rejected = found or _counted(
            engine,
            source,
            condition,
            [
                *(date_column(it, source.columns[it], tz, exact=checks.own(it)) for it in when),
                *levels,
            ],
        )
        checks.read(columns, n, len(when))
        faults = [
            *line_faults(engine, source, rejected),
            *placed(engine, source, condition, columns, checks.wrong, rejected),
        ]
        if faults:
            raise DataError(faults)
        for fault in placed(engine, source, condition, columns, checks.doubtful):
            warnings.warn(fault.text(), DataWarning, stacklevel=3)
    by_level, row, several = told_apart(checks.levels(names), len(n))
    codes, sizes = [it.codes for it in by_level], [len(it.levels) for it in by_level]
    edges, exposure = None, {}
    try:
        if period is None:
            cells = count_groups(n[row], codes, sizes, complete=complete)
        else:
            edges = edges_of(checks.days, period, between, windows)
            if coverage is not None and windows is not None:
                from aistats.counts import exposure_of

                exposure = exposure_of(edges, coverage, windows)
            cells = count_periods(
                n[row], checks.days[row], codes, sizes, edges, covered=windows, complete=complete
            )
    except TooManyRowsError as error:
        raise ParameterError([Fault("too_many_cells", value=error, allowed=MOST_CELLS)]) from error
    return Tally(by_level, cells, edges, exposure, several, int(n.sum()), list(source.files))


def _refuse_arguments(
    by: list[str],
    period: str | None,
    coverage: pd.DataFrame | None,
    date: str | tuple[str, str] | None,
    between: tuple[Day, Day] | None,
    tz: str | None,
    dates: str | None,
) -> None:
    """Refuse what no file could have counted, before any is read."""
    if dates not in (None, *ORDERS):
        raise ValueError(f"dates={dates!r} is not one of {', '.join(ORDERS)}")
    taken = [it for it in by if it in (*MEASURES, "period")]
    twice = [it for it in dict.fromkeys(by) if by.count(it) > 1]
    faults = [
        *(Fault("counts_name", value=it) for it in taken),
        *(Fault("parameter_twice", value=it) for it in twice),
    ]
    if tz is not None and not is_zone(tz):
        faults.append(Fault("no_zone", value=tz))
    if period is None and any(it is not None for it in (coverage, between, date, tz, dates)):
        faults.append(Fault("period_needed"))
    if faults:
        raise ParameterError(faults)
    if period is not None:
        check_period(period)
    if between is not None:
        window_of(between)


def _condition(where: str | None, source: Source, engine: Engine) -> str:
    """Return the condition as the engine itself writes it, which makes it one expression."""
    import duckdb

    alone = [f"{name(source.alone)} IS NOT NULL"] if source.alone else []
    if where is None:
        return " AND ".join(alone) or "true"
    try:
        condition = f"({duckdb.SQLExpression(where)})"
        engine.rows(f"SELECT 1 FROM {source.sql()} WHERE {condition} LIMIT 0")
    except duckdb.Error as error:
        raise ParameterError([Fault("where", value=where, lines=(said(error),))]) from None
    return " AND ".join([condition, *alone])


_Counted = tuple[list[Column], NDArray[np.int64], list[Rejected]]


def _counted_days(
    engine: Engine,
    source: Source,
    condition: str,
    when: Sequence[str],
    levels: Sequence[Column],
    tz: str | None,
    units: Sequence[str],
) -> _Counted | None:
    """Count the rows by days, or by the periods of days, if all dates are days that can be."""
    import duckdb

    if not all(source.columns[it] in INSTANTS for it in when):
        return None
    for unit in units:
        dated = [date_column(it, source.columns[it], tz, period=unit) for it in when]
        columns = [*dated, *levels]
        try:
            n = count_rows(engine, columns, source.sql(), condition)
        except duckdb.Error:
            return None
        if _are_days(dated, unit, written=not source.is_parquet):
            return columns, n, []
    return None


def _are_days(dated: Sequence[Column], unit: str, *, written: bool) -> bool:
    """Return whether all days that stand in some periods are what the calendar has.

    Of `written` ones the engine reads more than is meant: 25-12-02, and "epoch" for the day of
    number 0.
    """
    found = {first for column in dated for first in column.levels}
    if None in found or not found:
        return not found
    first, last = (np.datetime64(it(found), "D") for it in (min, max))
    epoch, _ = first_days(_EPOCH, _EPOCH, unit)
    meant = first >= _YEAR_1000 and int(epoch.astype(int)) not in found
    calendar = first >= FIRST_DAY and first_days(last, last, unit)[1] <= LAST_DAY + 1
    return bool(calendar and (meant or not written))


def _counted(engine: Engine, source: Source, condition: str, columns: list[Column]) -> _Counted:
    """Count the rows, and return also what in a CSV is none."""
    import duckdb

    try:
        return columns, count_rows(engine, columns, source.sql(), condition), []
    except (duckdb.InvalidInputException, duckdb.NotSupportedError) as error:
        if source.is_parquet:
            raise refused(error) from None
    except duckdb.ConversionException as error:  # all columns are read as they are
        raise ParameterError([Fault("where_value", lines=(said(error),))]) from None
    except duckdb.Error as error:
        raise refused(error) from None
    # Either a line is torn, or line breaks in cells cannot be told from those between rows by
    # somebody who starts in the middle.
    tables = {"rejects_table": "'no_rows'", "rejects_scan": "'scans'"}
    limit = {"store_rejects": "true", "rejects_limit": str(MOST_REJECTED)}
    try:
        n = count_rows(engine, columns, source.sql(ordered=True, **limit, **tables), condition)
    except duckdb.Error as error:
        raise DataError(mixed_ends(engine, source) or refused(error).faults) from None
    found = engine.rows(
        "SELECT file_path, line, min(error_type), min(csv_line) FROM no_rows "
        "JOIN scans USING (scan_id, file_id) GROUP BY ALL ORDER BY ALL"
    )
    if not found and (broken := broken_quotes(engine, source)):
        raise DataError(broken)
    return columns, n, [Rejected(*it) for it in found]

"""The cube of files: their rows counted in one pass, and all distinct values checked.

Files and a question come in; a cube comes out, the same as of a table in memory. Rows are counted
by days where all dates are days, and otherwise by the texts of the dates; by periods alone where
nothing depends on the day. Each distinct value is then read and checked once. A problem is located
in the files only when there is one.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from aistats.counting.combinations import Axis, Counts, Cube, Values, split_lists
from aistats.counting.files.checks import Checks, find_table
from aistats.counting.files.connection import (
    Engine,
    engine_error,
    engine_message,
    start_engine,
)
from aistats.counting.files.finding import Files
from aistats.counting.files.places import (
    RejectedRecord,
    Rows,
    broken_quotes,
    line_faults,
    locate,
    mixed_ends,
)
from aistats.counting.files.query import (
    COARSE_PERIODS,
    Column,
    Combinations,
    count_rows,
    date_column,
    level_column,
)
from aistats.counting.files.question import FileQuestion
from aistats.counting.files.sources import BLANK, MOST_REJECTED, Source, open_source
from aistats.counting.levels import is_list, plain_levels
from aistats.counting.question import reject_unused_zone
from aistats.counting.sql import UNITS, UNITS_WITH_ZONE
from aistats.dates.calendar import Period, first_days
from aistats.dates.edtf import FIRST_DAY, LAST_DAY
from aistats.faults import DataError, DataWarning, Fault, ParameterError, choices_shown

_EPOCH = np.datetime64(0, "D")
_YEAR_1000 = np.datetime64("1000-01-01")

_IGNORE_REJECTED = {
    "store_rejects": "true",
    "rejects_limit": str(MOST_REJECTED),
    "rejects_table": "'no_rows'",
    "rejects_scan": "'scans'",
}
_REJECTED_QUERY = (
    "SELECT file_path, line, min(error_type), min(csv_line) FROM no_rows "
    "JOIN scans USING (scan_id, file_id) GROUP BY ALL ORDER BY ALL"
)


@dataclass(frozen=True)
class _RowCounts:
    """Rows that were counted: their combinations, and the records of a CSV that are no rows."""

    combinations: Combinations
    rejected: Sequence[RejectedRecord] = ()


def cube_of_files(
    files: Files, question: FileQuestion, *, progress: bool = False
) -> tuple[Cube, list[str]]:
    """Count the distinct combinations of days and levels in files; return also their names.

    Parameters
    ----------
    files, progress
        As in :func:`aistats.count_files`.
    question
        What is counted, and how rows are read.

    Raises
    ------
    DataError
        If there is a problem in the columns that are counted.
    ParameterError
        If the question cannot be asked of these files.
    """
    with start_engine(progress=progress) as engine:
        source = open_source(files, engine)
        table = find_table(source, question.codebook)
        checks = Checks(table, question.lists, question.dates, source)
        n = _count(engine, source, checks, question)
    groups = checks.levels(question.groups)
    cube = _cube(groups, n, checks, question)
    return cube, list(source.files)


def _cube(groups: Sequence[Axis], n: Counts, checks: Checks, question: FileQuestion) -> Cube:
    """Return the cube of checked combinations, with lists split into their levels."""
    lists = [axis.name for axis in groups if any(map(is_list, axis.levels))]
    ordered = [axis if axis.name in lists else _in_order(axis) for axis in groups]
    events = int(n.sum())
    if question.period is None:
        cube = Cube(ordered, n, events)
    else:
        cube = Cube(ordered, n, events, checks.days, resolution="day")
    if lists:
        cube = split_lists(cube, lists, _axis_of_values)
    return cube


def _in_order(axis: Axis) -> Axis:
    """Return an axis with its levels in the order of a table, a missing one last."""
    plain = axis.plain
    levels, codes = plain_levels(plain, plain.kind)
    return Axis(axis.name, levels, codes[axis.codes])


def _axis_of_values(column: Axis, values: Values) -> Axis:
    """Return an axis of single levels, with one code for each value."""
    kind = column.plain.kind.removesuffix("[]")
    levels, codes = plain_levels(values, kind)
    return Axis(column.name, levels, codes)


# Counting ----------------------------------------------------------------------------------------


def _count(engine: Engine, source: Source, checks: Checks, question: FileQuestion) -> Counts:
    """Count the rows of each combination, and check all distinct values."""
    kind_by_column = source.columns
    dates = checks.when(question.date) if question.period else []
    has_zone = [kind_by_column[name] in UNITS_WITH_ZONE for name in dates]
    reject_unused_zone(question.tz, has_zone)
    groups = checks.groups(question.groups)
    levels = [level_column(name, kind_by_column[name]) for name in groups]
    condition = _condition(question.where, source, engine)
    rows = Rows(engine, source, condition)
    counted = None
    if dates and not any(map(checks.is_edtf, dates)):
        counted = _count_days(rows, dates, levels, question)
    if counted is None:
        dated = _written_dates(source, checks, dates, question.tz)
        counted = _count_written(rows, [*dated, *levels])
    checks.read(counted.combinations, len(dates))
    _report(rows, counted, checks)
    return counted.combinations.n


def _report(rows: Rows, counted: _RowCounts, checks: Checks) -> None:
    """Raise all problems with their places in one error; warn of what is doubtful."""
    columns = counted.combinations.columns
    faults = line_faults(rows.engine, rows.source, counted.rejected)
    faults += locate(rows, columns, checks.wrong, counted.rejected)
    if faults:
        raise DataError(faults)
    for fault in locate(rows, columns, checks.doubtful):
        warnings.warn(fault.text(), DataWarning, stacklevel=5)


def _written_dates(
    source: Source, checks: Checks, names: Sequence[str], tz: str | None
) -> list[Column]:
    """Return columns of dates as they are written in the files."""
    columns = []
    for name in names:
        exact = checks.is_edtf(name)
        columns.append(date_column(name, source.columns[name], tz, exact=exact))
    return columns


def _condition(where: Sequence[str], source: Source, engine: Engine) -> str:
    """Return one condition for all; each is written by DuckDB itself, so that it stays one."""
    import duckdb

    conditions = []
    faults = []
    for text in where:
        try:
            condition = f"({duckdb.SQLExpression(text)})"
            engine.rows(f"SELECT 1 FROM {source.sql()} WHERE {condition} LIMIT 0")
        except duckdb.Error as error:
            allowed = choices_shown("", source.columns)
            message = engine_message(error)
            faults.append(Fault("where", value=text, allowed=allowed, lines=(message,)))
        else:
            conditions.append(condition)
    if faults:
        raise ParameterError(faults)
    if source.only_column:
        conditions.append(f"NOT {BLANK}")
    return " AND ".join(conditions) or "true"


# By days -----------------------------------------------------------------------------------------


def _count_days(
    rows: Rows, dates: Sequence[str], levels: Sequence[Column], question: FileQuestion
) -> _RowCounts | None:
    """Count the rows by days, or by periods; None if not all dates are days of the calendar."""
    import duckdb

    source = rows.source
    needs_text = question.where or any(column.name in dates for column in levels)
    if not needs_text and source.are_days(dates):
        source = source.with_days(dates)
    date_kinds = [source.columns[name] for name in dates]
    if not all(kind in UNITS for kind in date_kinds):
        return None
    for unit in _units(source, dates, question):
        dated = [
            date_column(name, kind, question.tz, period=unit)
            for name, kind in zip(dates, date_kinds, strict=True)
        ]
        try:
            combinations = count_rows(rows.engine, [*dated, *levels], source.sql(), rows.condition)
        except duckdb.Error:
            return None
        days = set(chain.from_iterable(axis.levels for axis in combinations.axes[: len(dates)]))
        if None in days:  # missing in any unit
            return None
        if _are_days(days, unit, written=not source.is_parquet):
            return _RowCounts(combinations)
    return None


def _units(source: Source, dates: Sequence[str], question: FileQuestion) -> Iterator[Period]:
    """Yield the units by which days are counted, first the one with the fewest distinct values.

    In Parquet, counting by the dates as they are is counting by days already.
    """
    is_single = len(dates) == 1
    any_day_will_do = is_single and not question.needs_days and question.between is None
    if question.period in COARSE_PERIODS and any_day_will_do:
        yield question.period
    if not source.is_parquet:
        yield "day"


def _are_days(days: Collection[int], unit: Period, *, written: bool) -> bool:
    """Return whether all days of some periods are in the calendar, and surely read as intended.

    DuckDB reads more texts as days than are meant: 25-12-02, and "epoch" for day 0. Where the days
    were `written` as text, the first years and the period of day 0 are therefore in doubt.
    """
    if not days:
        return True
    first = np.datetime64(min(days), "D")
    last = np.datetime64(max(days), "D")
    _, after_last = first_days(last, last, unit)
    if first < FIRST_DAY or after_last > LAST_DAY + 1:
        return False
    if not written:
        return True
    epoch_start, _ = first_days(_EPOCH, _EPOCH, unit)
    has_epoch = int(epoch_start.astype(int)) in days
    return bool(first >= _YEAR_1000) and not has_epoch


# By texts ----------------------------------------------------------------------------------------


def _count_written(rows: Rows, columns: Sequence[Column]) -> _RowCounts:
    """Count the rows by the texts of the dates; where that fails, in order and with rejects."""
    import duckdb

    try:
        combinations = count_rows(rows.engine, columns, rows.source.sql(), rows.condition)
    except (duckdb.InvalidInputException, duckdb.NotSupportedError) as error:
        if rows.source.is_parquet:
            raise engine_error(error) from None
    except duckdb.ConversionException as error:  # only the condition converts values
        message = engine_message(error)
        raise ParameterError([Fault("where_value", lines=(message,))]) from None
    except duckdb.Error as error:
        raise engine_error(error) from None
    else:
        return _RowCounts(combinations)
    return _count_in_order(rows, columns)


def _count_in_order(rows: Rows, columns: Sequence[Column]) -> _RowCounts:
    """Count the rows of a CSV one after the other; list the records that are no rows.

    Either a row has the wrong number of cells, or line breaks in cells cannot be distinguished from
    those between rows by a reader that starts in the middle of the file.
    """
    import duckdb

    engine, source = rows.engine, rows.source
    ordered = source.sql(ordered=True, **_IGNORE_REJECTED)
    try:
        combinations = count_rows(engine, columns, ordered, rows.condition)
    except duckdb.Error as error:
        faults = mixed_ends(engine, source) or engine_error(error).faults
        raise DataError(faults) from None
    rejected = [RejectedRecord(*row) for row in engine.rows(_REJECTED_QUERY)]
    if not rejected:
        faults = broken_quotes(engine, source)
        if faults:
            raise DataError(faults)
    return _RowCounts(combinations, rejected)

"""The cube of files: their rows counted in one pass, and all that is distinct in them checked.

Rows are counted by days where all dates are days, and else by what is written; by periods alone
where nothing depends on the day. What is distinct is then read and checked once each, as it is of a
table in memory.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterator, Sequence
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
from aistats.counting.files.places import (
    Rejected,
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
from aistats.counting.files.sources import BLANK, MOST_REJECTED, Files, Source, open_source
from aistats.counting.levels import is_list, plain_levels
from aistats.counting.question import refuse_unused_zone
from aistats.counting.sql import UNITS, UNITS_WITH_ZONE
from aistats.dates.calendar import first_days
from aistats.dates.edtf import FIRST_DAY, LAST_DAY
from aistats.faults import DataError, DataWarning, Fault, ParameterError, choices_shown

_EPOCH, _YEAR_1000 = np.datetime64(0, "D"), np.datetime64("1000-01-01")


def cube_of_files(
    files: Files, question: FileQuestion, *, progress: bool = False
) -> tuple[Cube, list[str]]:
    """Count the distinct combinations of days and levels in files; return also their names.

    Raises
    ------
    DataError
        If something is wrong in the columns that are counted.
    ParameterError
        If the question cannot be for these files.
    """
    with start_engine(progress=progress) as engine:
        source = open_source(files, engine)
        table = find_table(source, question.codebook)
        checks = Checks(table, question.lists, question.dates, source)
        n = _check_rows(engine, source, checks, question)
    groups = checks.levels(question.groups)
    lists = [axis.name for axis in groups if any(map(is_list, axis.levels))]
    dated = question.period is not None
    cube = Cube(
        [axis if axis.name in lists else _in_order(axis) for axis in groups],
        n,
        int(n.sum()),
        checks.days if dated else None,
        resolution="day" if dated else None,
    )
    cube = split_lists(cube, lists, _axis_of_values) if lists else cube
    return cube, list(source.files)


def _in_order(axis: Axis) -> Axis:
    """Put levels in the order in which they are shown, a missing one last."""
    levels, codes = plain_levels(axis.plain, axis.plain.kind)
    return Axis(axis.name, levels, codes[axis.codes])


def _axis_of_values(column: Axis, values: Values) -> Axis:
    """Return an axis of single levels, as many codes as there are values."""
    kind = column.plain.kind.removesuffix("[]")
    return Axis(column.name, *plain_levels(values, kind))


def _check_rows(engine: Engine, source: Source, checks: Checks, question: FileQuestion) -> Counts:
    """Count the rows, and let all that is distinct in them be checked."""
    dates = checks.when(question.date) if question.period else []
    refuse_unused_zone(question.tz, (source.columns[name] in UNITS_WITH_ZONE for name in dates))
    levels = [level_column(name, source.columns[name]) for name in checks.groups(question.groups)]
    condition = _condition(question.where, source, engine)
    rows = Rows(engine, source, condition)
    combinations, rejected = None, list[Rejected]()
    if dates and not any(map(checks.is_edtf, dates)):
        combinations = _count_days(rows, dates, levels, question)
    if combinations is None:
        dated = [_written_date(source, checks, name, question.tz) for name in dates]
        combinations, rejected = _count_written(rows, [*dated, *levels])
    checks.read(combinations, len(dates))
    faults = [
        *line_faults(engine, source, rejected),
        *locate(rows, combinations.columns, checks.wrong, rejected),
    ]
    if faults:
        raise DataError(faults)
    for fault in locate(rows, combinations.columns, checks.doubtful):
        warnings.warn(fault.text(), DataWarning, stacklevel=4)
    return combinations.n


def _written_date(source: Source, checks: Checks, name: str, tz: str | None) -> Column:
    return date_column(name, source.columns[name], tz, exact=checks.is_edtf(name))


def _condition(where: Sequence[str], source: Source, engine: Engine) -> str:
    """Return one condition for all, each as the engine itself writes it: one expression."""
    import duckdb

    conditions, faults = [], []
    for one in where:
        try:
            condition = f"({duckdb.SQLExpression(one)})"
            engine.rows(f"SELECT 1 FROM {source.sql()} WHERE {condition} LIMIT 0")
        except duckdb.Error as error:
            there = choices_shown("", source.columns)
            lines = (engine_message(error),)
            faults.append(Fault("where", value=one, allowed=there, lines=lines))
        else:
            conditions.append(condition)
    if faults:
        raise ParameterError(faults)
    if source.alone:
        conditions.append(f"NOT {BLANK}")
    return " AND ".join(conditions) or "true"


def _count_days(
    rows: Rows, dates: Sequence[str], levels: Sequence[Column], question: FileQuestion
) -> Combinations | None:
    """Count the rows by days, or by the periods of days, if all dates are days that can be."""
    import duckdb

    source = rows.source
    as_text = question.where or any(column.name in dates for column in levels)
    if not as_text and source.are_days(dates):
        source = source.with_days(dates)
    kinds = source.columns
    if not all(kinds[name] in UNITS for name in dates):
        return None
    for unit in _units(source, dates, question):
        dated = [date_column(name, kinds[name], question.tz, period=unit) for name in dates]
        try:
            combinations = count_rows(rows.engine, [*dated, *levels], source.sql(), rows.condition)
        except duckdb.Error:
            return None
        days = [axis.levels for axis in combinations.axes[: len(dates)]]
        if any(None in each for each in days):  # missing however it is asked for
            return None
        if _are_days({*chain.from_iterable(days)}, unit, written=not source.is_parquet):
            return combinations
    return None


def _units(source: Source, dates: Sequence[str], question: FileQuestion) -> Iterator[str]:
    """Yield by what days are told apart, first what is fewest; in Parquet they are days already."""
    any_day_will_do = len(dates) == 1 and not question.needs_days and question.between is None
    if question.period in COARSE_PERIODS and any_day_will_do:
        yield question.period  # of no day more is asked than which period it is in
    if not source.is_parquet:
        yield "day"


def _are_days(days: Collection[int], unit: str, *, written: bool) -> bool:
    """Return whether all days that stand in some periods are what the calendar has.

    Of `written` ones the engine reads more than is meant: 25-12-02, and "epoch" for the day of
    number 0.
    """
    if not days:
        return True
    first, last = np.datetime64(min(days), "D"), np.datetime64(max(days), "D")
    if first < FIRST_DAY or first_days(last, last, unit)[1] > LAST_DAY + 1:
        return False
    epoch, _ = first_days(_EPOCH, _EPOCH, unit)
    meant = first >= _YEAR_1000 and int(epoch.astype(int)) not in days
    return bool(meant or not written)


def _count_written(rows: Rows, columns: Sequence[Column]) -> tuple[Combinations, list[Rejected]]:
    """Count the rows by what is written; return also what in a CSV is no row."""
    import duckdb

    engine, source, condition = rows.engine, rows.source, rows.condition
    try:
        return count_rows(engine, columns, source.sql(), condition), []
    except (duckdb.InvalidInputException, duckdb.NotSupportedError) as error:
        if source.is_parquet:
            raise engine_error(error) from None
    except duckdb.ConversionException as error:  # all columns are read as they are
        raise ParameterError([Fault("where_value", lines=(engine_message(error),))]) from None
    except duckdb.Error as error:
        raise engine_error(error) from None
    # Either a line is torn, or line breaks in cells cannot be told from those between rows by
    # somebody who starts in the middle.
    tables = {"rejects_table": "'no_rows'", "rejects_scan": "'scans'"}
    limit = {"store_rejects": "true", "rejects_limit": str(MOST_REJECTED)}
    try:
        ordered = source.sql(ordered=True, **limit, **tables)
        combinations = count_rows(engine, columns, ordered, condition)
    except duckdb.Error as error:
        raise DataError(mixed_ends(engine, source) or engine_error(error).faults) from None
    rejected = engine.rows(
        "SELECT file_path, line, min(error_type), min(csv_line) FROM no_rows "
        "JOIN scans USING (scan_id, file_id) GROUP BY ALL ORDER BY ALL"
    )
    if not rejected and (broken := broken_quotes(engine, source)):
        raise DataError(broken)
    return combinations, [Rejected(*row) for row in rejected]

"""Counting: what is asked of files, and how they answer it.

The rows are counted once, by days where all dates are days and else by what is written; only the
periods are asked for where nothing depends on the day. What is distinct is then read, checked, told
apart and counted into cells, as it is of a table in memory.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from aistats.counting.combinations import MOST_CELLS, TooManyRowsError, count_groups
from aistats.counting.files.checks import Checks, table_of
from aistats.counting.files.connection import Engine, refused, said, started
from aistats.counting.files.places import Rejected, broken_quotes, line_faults, mixed_ends, placed
from aistats.counting.files.query import (
    FIRST_OF,
    INSTANTS,
    WITH_ZONE,
    Column,
    count_rows,
    date_column,
    level_column,
)
from aistats.counting.files.sources import BLANK, MOST_REJECTED, Files, Source, open_source
from aistats.counting.files.tally import Tally, told_apart
from aistats.counting.periods import Day, count_periods, edges_of, window_of
from aistats.counting.schema import MEASURES
from aistats.dates.calendar import check_period, first_days, is_zone
from aistats.dates.edtf import FIRST_DAY, LAST_DAY, ORDERS
from aistats.faults import DataError, DataWarning, Fault, ParameterError, choices_shown
from aistats.tables.codebook import Codebook

if TYPE_CHECKING:
    import pandas as pd

_EPOCH, _YEAR_1000 = np.datetime64(0, "D"), np.datetime64("1000-01-01")


@dataclass(frozen=True)
class Question:
    """What :func:`aistats.counting.files.count_files` is asked, refused if no file could answer it.

    Raises
    ------
    ParameterError
        If arguments contradict each other, or cannot be for any file.
    """

    by: Sequence[str] = ()
    period: str | None = None
    coverage: pd.DataFrame | None = None
    date: str | tuple[str, str] | None = None
    between: tuple[Day, Day] | None = None
    tz: str | None = None
    complete: bool = True
    where: Sequence[str] = ()
    lists: Mapping[str, str] = field(default_factory=dict)
    dates: str | None = None
    codebook: Codebook | str | Path | None = None

    def __post_init__(self) -> None:
        if self.dates not in (None, *ORDERS):
            raise ValueError(f"dates={self.dates!r} is not one of {', '.join(ORDERS)}")
        taken = [it for it in self.by if it in (*MEASURES, "period")]
        twice = [it for it in dict.fromkeys(self.by) if self.by.count(it) > 1]
        faults = [
            *(Fault("counts_name", value=it) for it in taken),
            *(Fault("parameter_twice", value=it) for it in twice),
        ]
        if self.tz is not None and not is_zone(self.tz):
            faults.append(Fault("no_zone", value=self.tz))
        of_periods = ("coverage", "date", "between", "tz", "dates")
        given = [it for it in of_periods if getattr(self, it) is not None]
        if self.period is None and given:
            faults.append(Fault("period_needed", value=", ".join(given)))
        if faults:
            raise ParameterError(faults)
        if self.period is not None:
            check_period(self.period)
        if self.between is not None:
            window_of(self.between)


def tally_of(files: Files, question: Question, *, progress: bool = False) -> Tally:
    """Count what is asked of files.

    Raises
    ------
    DataError
        If something is wrong in the columns that are counted.
    ParameterError
        If the question cannot be for these files.
    """
    windows = None
    if question.coverage is not None:
        from aistats.counting.exposure import windows_of

        windows = windows_of(question.coverage)
    with started(progress=progress) as engine:
        source = open_source(files, engine)
        checks = Checks(table_of(source, question.codebook), question.lists, question.dates, source)
        n = _checked(engine, source, checks, question)
    by, row, lists = told_apart(checks.levels(question.by), len(n))
    codes, sizes = [it.codes for it in by], [len(it.levels) for it in by]
    complete, edges = question.complete, None
    try:
        if question.period is None:
            cells = count_groups(n[row], codes, sizes, complete=complete)
        else:
            edges = edges_of(checks.days, question.period, question.between, windows)
            days = checks.days[row]
            cells = count_periods(
                n[row], days, codes, sizes, edges, covered=windows, complete=complete
            )
    except TooManyRowsError as error:
        raise ParameterError([Fault("too_many_cells", value=error, allowed=MOST_CELLS)]) from error
    exposure = {}
    if edges is not None and question.coverage is not None and windows is not None:
        from aistats.counting.exposure import exposure_of

        exposure = exposure_of(edges, question.coverage, windows)
    return Tally(by, cells, edges, exposure, lists, int(n.sum()), list(source.files))


def _checked(
    engine: Engine, source: Source, checks: Checks, question: Question
) -> NDArray[np.int64]:
    """Count the rows, and let all that is distinct in them be checked."""
    when = checks.when(question.date) if question.period else []
    if question.tz is not None and not any(source.columns[it] in WITH_ZONE for it in when):
        raise ParameterError([Fault("tz_unused", value=question.tz)])
    levels = [level_column(it, source.columns[it]) for it in checks.groups(question.by)]
    condition = _condition(question.where, source, engine)
    found = None
    if when and not any(map(checks.own, when)):
        found = _counted_days(engine, source, condition, when, levels, question)
    if found is None:
        kinds = source.columns
        dated = [date_column(it, kinds[it], question.tz, exact=checks.own(it)) for it in when]
        found = _counted(engine, source, condition, [*dated, *levels])
    columns, n, rejected = found
    checks.read(columns, n, len(when))
    faults = [
        *line_faults(engine, source, rejected),
        *placed(engine, source, condition, columns, checks.wrong, rejected),
    ]
    if faults:
        raise DataError(faults)
    for fault in placed(engine, source, condition, columns, checks.doubtful):
        warnings.warn(fault.text(), DataWarning, stacklevel=4)
    return n


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
            faults.append(Fault("where", value=one, allowed=there, lines=(said(error),)))
        else:
            conditions.append(condition)
    if faults:
        raise ParameterError(faults)
    if source.alone:
        conditions.append(f"NOT {BLANK}")
    return " AND ".join(conditions) or "true"


_Counted = tuple[list[Column], NDArray[np.int64], list[Rejected]]


def _counted_days(
    engine: Engine,
    source: Source,
    condition: str,
    when: Sequence[str],
    levels: Sequence[Column],
    question: Question,
) -> _Counted | None:
    """Count the rows by days, or by the periods of days, if all dates are days that can be."""
    import duckdb

    as_text = question.where or any(it.name in when for it in levels)
    if not as_text and source.are_days(when):
        source = source.with_days(when)
    if not all(source.columns[it] in INSTANTS for it in when):
        return None
    for unit in _units(source, when, question):
        kinds = source.columns
        dated = [date_column(it, kinds[it], question.tz, period=unit) for it in when]
        columns = [*dated, *levels]
        try:
            n = count_rows(engine, columns, source.sql(), condition)
        except duckdb.Error:
            return None
        if any(None in it.levels for it in dated):  # missing however it is asked for
            return None
        if _are_days(dated, unit, written=not source.is_parquet):
            return columns, n, []
    return None


def _units(source: Source, when: Sequence[str], question: Question) -> Iterator[str]:
    """Yield by what days are told apart, first what is fewest; in Parquet they are days already."""
    of_days = question.coverage, question.between
    if question.period in FIRST_OF and len(when) == 1 and all(it is None for it in of_days):
        yield question.period  # of no day more is asked than which period it is in
    if not source.is_parquet:
        yield "day"


def _are_days(dated: Sequence[Column], unit: str, *, written: bool) -> bool:
    """Return whether all days that stand in some periods are what the calendar has.

    Of `written` ones the engine reads more than is meant: 25-12-02, and "epoch" for the day of
    number 0.
    """
    found = {first for column in dated for first in column.levels}
    if not found:
        return True
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

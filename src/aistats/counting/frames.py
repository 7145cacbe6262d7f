"""Frames: the one pass over all events of a table, which makes a cube of them.

A dataframe and a question come in; a cube goes out. The columns of a pandas table become integer
codes, a run of rows at a time, and the codes are counted in one array; large tables are split over
threads. Other dataframes are grouped by their own library (`aistats.counting.engines`); what comes
back is counted like a table whose rows stand for several events. Steps that cost more than counting
(reading dates, sorting levels, splitting lists) run once per distinct value. Periods are not
counted here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aistats.counting.combinations import (
    Array,
    Axis,
    Codes,
    Counts,
    Cube,
    Rows,
    Values,
    encode,
    split_lists,
)
from aistats.counting.levels import is_list, nullable_dtype
from aistats.counting.periods import first_of
from aistats.counting.question import Question, reject_unused_zone
from aistats.dates.calendar import date_columns
from aistats.dates.columns import bounds, local_times, may_have_zone, spans
from aistats.dates.edtf import Days
from aistats.faults import DataError, Fault, reject_unknown_columns

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

_Part = TypeVar("_Part")
_Result = TypeVar("_Result")

_RUN = 1 << 16  # rows at a time: their codes stay in the processor's cache
_RUNS = 8  # runs that a thread takes at a time
_FEW = 1 << 16  # an array of so many cells is worth its memory, however few the rows
_ALL = slice(None)
_NUMBERS = ("integer", "floating", "mixed-integer-float", "decimal", "empty")
_NUMERIC_KINDS = ("i", "u", "f", "b")
_MOST_EVENTS = 1 << 53  # the largest number that a float can count up to exactly
_MOST_NUMBERS = 1 << 62  # the largest number of combinations that an integer can number
_NEVER = np.iinfo(np.int64).min  # how NumPy stores a missing time stamp
_PER_DAY = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}

_DayRule = Callable[[Days], Days]
_Floats = NDArray[np.float64]
_DType = np.dtype[Any]


def columns_of(events: IntoFrame) -> list[str]:
    """Return the names of the columns of any dataframe.

    Raises
    ------
    TypeError
        If it is no dataframe of a supported library.
    """
    if isinstance(events, pd.DataFrame):
        return list(events.columns)
    from aistats.counting.engines import narwhals_frame

    return narwhals_frame(events).collect_schema().names()


def column_holds_lists(events: IntoFrame, name: str) -> bool:
    """Return whether cells of a column may be lists; True for a pandas table without rows."""
    if isinstance(events, pd.DataFrame):
        return events.empty or holds_lists(events[name])
    from aistats.counting.engines import narwhals_frame

    schema = narwhals_frame(events).collect_schema()
    return schema[name].is_nested()


def cube_of_frame(events: IntoFrame, question: Question) -> Cube:
    """Count the distinct combinations of days and levels in a dataframe.

    Parameters
    ----------
    events
        A pandas table, or another dataframe that Narwhals knows.
    question
        What to count. Time stamps are cut to days, or to periods where the question needs no days.

    Raises
    ------
    ParameterError
        If a column is missing, time stamps have a zone and `tz` is not set, or none have one and
        `tz` is set.
    DataError
        If an event has no date, a list holds something that cannot be a level, or the column of
        counts holds something that is no number of events.

    Examples
    --------
    >>> events = pd.DataFrame({"date": ["2025-12-02"] * 3, "region": ["US", "CN", "US"]})
    >>> cube = cube_of_frame(events, Question(by="region", period="month"))
    >>> region = cube.groups[0]
    >>> dict(zip(region.levels[region.codes], cube.n.tolist(), strict=True))
    {'US': 2, 'CN': 1}
    """
    dates = _checked_date_columns(events, question)
    dated, grouped, n = _combinations(events, dates, question)
    total = int(n.sum())
    cube = Cube(grouped, n, total)
    if dates:
        days = _read_days(dated, n, question.tz)
        cube = Cube(grouped, n, total, days, resolution="day")
    lists = [axis.name for axis in grouped if holds_lists(axis.index())]
    return split_lists(cube, lists, _axis_of_values)


def _checked_date_columns(events: IntoFrame, question: Question) -> list[str]:
    """Return the columns of dates; reject needed columns that are missing or repeated."""
    columns = columns_of(events)
    counts = [] if question.counts is None else [question.counts]
    reject_unknown_columns([*question.groups, *counts], columns)
    dates: list[str] = []
    if question.period is not None:
        dates = date_columns(columns, question.date)
    _reject_repeated(columns, [*question.groups, *dates, *counts])
    return dates


def _reject_repeated(columns: Sequence[str], needed: Sequence[str]) -> None:
    """Reject a table in which a needed column stands more than once."""
    faults = []
    for name in dict.fromkeys(needed):
        if columns.count(name) > 1:
            faults.append(Fault("duplicate_column", value=name))
    if faults:
        raise DataError(faults)


@dataclass(frozen=True)
class _NeededColumns:
    """The columns that a count needs, as pandas columns.

    Parameters
    ----------
    dates, groups
        The columns of dates, and those to group by.
    counts
        How many events each row stands for; None where each is one event.
    rows
        The number of rows.
    """

    dates: Sequence[pd.Series]
    groups: Sequence[pd.Series]
    counts: pd.Series | None
    rows: int


def _needed_columns(
    events: IntoFrame,
    dates: Sequence[str],
    question: Question,
) -> _NeededColumns:
    """Return the columns that a count needs; other dataframes are grouped by their library."""
    if isinstance(events, pd.DataFrame):
        dated = [events[name] for name in dates]
        grouped = [events[name] for name in question.groups]
        counts = None if question.counts is None else events[question.counts]
        reject_unused_zone(question.tz, map(may_have_zone, dated))
        return _NeededColumns(dated, grouped, counts, len(events))
    from aistats.counting.engines import group_on_engine

    columns, n = group_on_engine(
        events, dates, question.groups, counts=question.counts, tz=question.tz
    )
    split = len(dates)
    return _NeededColumns(columns[:split], columns[split:], n, len(n))


def _combinations(
    events: IntoFrame,
    dates: Sequence[str],
    question: Question,
) -> tuple[list[Axis], list[Axis], Counts]:
    """Return the dates as they are written, the levels, and the events of each combination."""
    needed = _needed_columns(events, dates, question)
    rule = _day_rule(question) if len(dates) == 1 else None
    coded = [_code_days(column, question.tz, rule) for column in needed.dates]
    coded += map(_code_levels, needed.groups)
    weight = None if needed.counts is None else _weights(needed.counts)
    axes, n = _count(coded, needed.rows, weight)
    if axes and not isinstance(events, pd.DataFrame):  # other libraries group in arbitrary order
        order = np.lexsort([axis.codes for axis in axes])
        axes = [axis.take(order) for axis in axes]
        n = n[order]
    split = len(dates)
    return axes[:split], axes[split:], n


def _day_rule(question: Question) -> _DayRule | None:
    """Return the rule that moves days to the first of their period; None if days are needed."""
    if question.period is None or question.needs_days:
        return None
    return partial(first_of, question.period, question.between)


def _read_days(dates: Sequence[Axis], n: Counts, tz: str | None) -> Days:
    """Return the first and last day of each combination; each distinct date is read once."""
    ends = []
    for axis in dates:
        texts = axis.index().to_series(name=axis.name)
        distinct = bounds(texts, tz=tz)
        days = distinct.take(axis.codes)
        ends.append(days.reset_index(drop=True))
    names = [axis.name for axis in dates]
    intervals = spans(ends, names, n)
    return intervals.to_numpy("datetime64[D]")


def _weights(counts: pd.Series) -> _Floats:
    """Return how many events each row stands for, exact up to 2**53 in all."""
    column = str(counts.name)
    if isinstance(counts.dtype, pd.CategoricalDtype):
        counts = counts.astype(counts.cat.categories.dtype)
    kind = pd.api.types.infer_dtype(counts, skipna=True)
    if kind not in _NUMBERS:
        raise DataError([Fault("counts_no_numbers", column=column)])
    numbers = counts.to_numpy("float64", na_value=np.nan)
    valid = np.isfinite(numbers) & (numbers >= 0)
    valid &= numbers == np.floor(numbers)
    if not valid.all():
        value = counts.iloc[np.argmin(valid)]
        known = None if pd.isna(value) else value
        raise DataError([Fault("no_count", column=column, value=known)])
    if numbers.sum() >= _MOST_EVENTS:
        raise DataError([Fault("too_many_events", column=column)])
    return numbers


# From cells to codes -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Column:
    """A column as integers: the code of each row's level.

    The code is ``values // step - first``, or the entry of `table` at that position.

    Parameters
    ----------
    name
        The column.
    values, step, first
        The numbers of the rows, and how they become codes.
    levels
        The levels, in the order of their codes. Where values are missing, code 0 is the missing
        value, which stands last in the levels.
    missing
        Whether values are missing.
    table
        The code for each number, where several numbers have the same level.
    """

    name: str
    values: Array
    first: int
    levels: pd.Index
    missing: bool = False
    step: int = 1
    table: Codes | None = None

    @property
    def size(self) -> int:
        return max(len(self.levels), 1)

    def codes(
        self,
        rows: Rows,
        out: Counts | None = None,
    ) -> Codes:
        """Return the codes of some rows."""
        part = self.values[rows]
        if self.step > 1:
            part = np.floor_divide(part, self.step, out=out, dtype=np.int64)
        codes: Codes = np.subtract(part, self.first, out=out, dtype=np.int64)
        if self.table is None:
            return codes
        return self.table.take(codes, out=codes, mode="clip")

    def add_to(self, numbers: Array, rows: Rows) -> None:
        """Add the codes of some rows, in place."""
        if self.first + self.missing or self.step > 1:
            # Before `first` is taken off, a value may be too large for the type of the numbers.
            numbers += self.codes(rows)
            return
        numbers += self.values[rows]
        if self.missing:
            numbers += 1

    def axis(self, codes: Codes) -> Axis:
        """Return the levels that occur, in order, a missing one last."""
        position = codes - self.missing  # -1 is the missing value
        occurrences = np.bincount(position + 1, minlength=self.size + 1)
        used = np.flatnonzero(occurrences) - 1
        known = used[used >= 0]
        levels = self.levels.take(known)
        rank = np.arange(len(known))
        if not holds_lists(levels):  # lists have no order before they are split
            rank, levels = _in_order(levels)
        place = np.full(self.size + 1, len(levels))
        place[known] = rank
        if len(known) < len(used):
            levels = _append_missing(levels, self.levels[-1:])
        return Axis(self.name, levels, place[position])


def _in_order(levels: pd.Index) -> tuple[Codes, pd.Index]:
    """Return the rank of each of some distinct levels, and the levels in order."""
    try:
        rank, ordered = pd.factorize(levels, sort=True)
    except TypeError:  # objects that cannot be compared
        keys = list(map(_type_and_text, levels))
        order = sorted(range(len(keys)), key=keys.__getitem__)
        return np.argsort(order), levels.take(order)
    return rank, pd.Index(ordered, dtype=levels.dtype)


def _type_and_text(level: object) -> tuple[str, str]:
    """Return what levels of several types are sorted by."""
    kind = type(level).__name__
    return kind, str(level)


def _code_days(
    values: pd.Series,
    tz: str | None,
    rule: _DayRule | None,
) -> _Column:
    """Code the days of time stamps; other dates are coded as they are, and read later.

    A `rule` names for each of some consecutive days the day that stands for it, so that fewer days
    need to be distinguished.
    """
    values = local_times(values, tz)
    if not pd.api.types.is_datetime64_dtype(values.dtype):
        return _code_levels(values)
    stamps = values.to_numpy()
    unit, _ = np.datetime_data(stamps.dtype)
    step = _PER_DAY[unit]
    ticks = stamps.view("int64")
    span = _span(ticks, step)
    if span is None or span[0] == _NEVER // step:
        return _factorize(values.dt.floor("D"))
    first, last = span
    days = np.arange(first, last + 1).astype("datetime64[D]")
    table = None
    if rule is not None:
        days, table = encode(rule(days))
    levels = pd.Index(days.astype("datetime64[s]"))
    return _Column(str(values.name), ticks, first, levels, step=step, table=table)


def _code_levels(values: pd.Series) -> _Column:
    """Code the levels of a column: by its categories, by its integers, or by hashing."""
    dtype = values.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return _code_categories(values, dtype)
    if isinstance(dtype, np.dtype) and dtype.kind == "i":
        whole = values.to_numpy()
        span = _span(whole)
        if span is not None:
            first, last = span
            levels = pd.Index(np.arange(first, last + 1, dtype=dtype))
            return _Column(str(values.name), whole, first, levels)
    return _factorize(values)


def _code_categories(
    values: pd.Series,
    dtype: pd.CategoricalDtype,
) -> _Column:
    """Code the levels of a categorical column by its own codes."""
    cells = cast("pd.Categorical", values.array)
    places = range(len(cells.categories))
    categories = pd.Categorical.from_codes(places, dtype=dtype)
    levels = pd.CategoricalIndex(categories)
    return _column_of_codes(values, cells.codes, levels)


def _span(whole: Array, step: int = 1) -> tuple[int, int] | None:
    """Return the first and last of whole numbers; None if an array has no place for each.

    Parameters
    ----------
    whole
        The numbers.
    step
        Divide the numbers by this first.
    """
    if not len(whole):
        return None

    def ends(rows: slice) -> tuple[Any, Any]:
        part = whole[rows]
        return part.min(), part.max()

    parts = _parts(len(whole), _RUN)
    ends_of_parts = list(_in_threads(ends, parts))
    first = int(np.min(ends_of_parts)) // step
    last = int(np.max(ends_of_parts)) // step
    if last - first >= max(_FEW, len(whole)):
        return None
    return first, last


def _factorize(values: pd.Series) -> _Column:
    """Code levels by hashing them."""
    try:
        codes, distinct = _hash_levels(values)
    except (TypeError, NotImplementedError):  # lists, which cannot be hashed as they are
        codes, distinct = _hash_tuples(values)
    kept = object if values.dtype == object else None  # else integers beside None become floats
    levels = pd.Index(distinct, dtype=kept, tupleize_cols=False)
    if levels.dtype.kind == "f" and not isinstance(levels.dtype, pd.SparseDtype):
        levels = levels + 0.0  # -0.0 is the same level
    if kept is object and pd.api.types.infer_dtype(levels) == "string":
        levels = levels.astype("str")
    return _column_of_codes(values, codes, levels)


def _hash_levels(values: pd.Series) -> tuple[Array, Any]:
    """Return codes and levels; a long column is hashed in parts, and then the levels of those."""
    if not _worth_parts(values):
        return pd.factorize(values)
    parts = _parts(len(values), _RUN)
    hashed = _in_threads(partial(_hash_part, values.array), parts)
    codes_of_parts, levels_of_parts = zip(*hashed, strict=True)
    every_level: pd.Series = pd.concat(levels_of_parts, ignore_index=True)
    common, levels = pd.factorize(every_level)
    sizes = list(map(len, levels_of_parts))
    ends = np.cumsum(sizes)
    tables = np.split(common, ends[:-1])
    narrow = _narrowest_type(len(levels))
    pairs = zip(codes_of_parts, tables, strict=True)
    recode = partial(_recode, narrow)
    recoded = list(_in_threads(recode, list(pairs)))
    return np.concatenate(recoded), levels


def _worth_parts(values: pd.Series) -> bool:
    """Return whether a column is hashed sooner in parts, each in a thread."""
    if values.dtype == object:  # objects are hashed under Python's lock
        return False
    if len(values) <= _RUNS * _RUN:
        return False
    cells = cast("Any", values.array)
    sample = pd.unique(cells[:_RUN])
    return len(sample) <= _RUN // 8  # else most values would be hashed again as levels


def _hash_part(
    cells: Any,  # noqa: ANN401 - an array of any type
    rows: slice,
) -> tuple[Array, pd.Series]:
    """Return codes and levels of some rows."""
    codes, distinct = pd.factorize(cells[rows])
    narrow = _narrowest_type(len(distinct))
    levels = pd.Series(distinct)
    return codes.astype(narrow), levels


def _recode(
    narrow: _DType,
    part: tuple[Array, Codes],
) -> Array:
    """Return the codes of a part as codes of all levels, which the second array has for each."""
    codes, table = part
    table = np.append(table, -1)  # the last entry is that of -1, a missing value
    narrow_table = table.astype(narrow)
    return narrow_table.take(codes, mode="wrap")


def _narrowest_type(levels: int) -> _DType:
    """Return the smallest type that can hold -1 and the codes of so many levels."""
    return np.min_scalar_type(-levels - 1)


def _hash_tuples(values: pd.Series) -> tuple[Array, Any]:
    """Return codes and levels of cells that are lists, as tuples."""
    cells = np.empty(len(values), dtype=object)
    for row, cell in enumerate(values.array):
        cells[row] = tuple(cell) if is_list(cell) else cell
    try:
        return pd.factorize(cells)
    except TypeError:
        fault = Fault("no_level", column=str(values.name))
        raise DataError([fault]) from None


def _column_of_codes(
    values: pd.Series,
    codes: Array,
    levels: pd.Index,
) -> _Column:
    """Return a column of codes, of which -1 is a missing value."""
    name = str(values.name)
    if not len(codes) or codes.min() >= 0:
        return _Column(name, codes, 0, levels)
    row = int(codes.argmin())
    missing = values.iloc[row : row + 1]  # as it is written there: None, NaN, NA or NaT
    every_level = _append_missing(levels, missing)
    return _Column(name, codes, -1, every_level, missing=True)


def _append_missing(
    levels: pd.Index,
    missing: pd.Series | pd.Index,
) -> pd.Index:
    """Append a missing value; integers beside it stay integers, as they would not in pandas."""
    if levels.dtype == object:
        return pd.Index([*levels, *missing], dtype=object, tupleize_cols=False)
    last = pd.Index(missing.astype(levels.dtype))
    return levels.append(last)


# From codes to counts ----------------------------------------------------------------------------


def _count(
    columns: Sequence[_Column],
    rows: int,
    weight: _Floats | None,
) -> tuple[list[Axis], Counts]:
    """Return the axes of the cube, and the number of events of each combination that occurs."""
    if not columns:
        total = rows if weight is None else weight.sum()
        return [], np.array([total], dtype=np.int64)
    shape = tuple(column.size for column in columns)
    combinations = np.prod(shape, dtype=float)
    fits_an_array = combinations <= max(_FEW, rows)
    count = _count_in_an_array if fits_an_array else _count_hashes
    codes_of_columns, n = count(columns, shape, rows, weight)
    occurring = np.flatnonzero(n)
    axes = []
    for column, codes in zip(columns, codes_of_columns, strict=True):
        axes.append(column.axis(codes[occurring]))
    return axes, n[occurring].astype(np.int64)


def _count_in_an_array(
    columns: Sequence[_Column],
    shape: tuple[int, ...],
    rows: int,
    weight: _Floats | None,
) -> tuple[Sequence[Codes], Array]:
    """Count in an array with a place for every combination, whether or not it occurs."""
    cells = int(np.prod(shape))
    run = max(_RUN, cells)
    count_part = partial(_count_part, columns, weight, cells, run)
    n: Any = sum(_in_threads(count_part, _parts(rows, run)))
    return np.unravel_index(np.arange(cells), shape), n


def _count_part(
    columns: Sequence[_Column],
    weight: _Floats | None,
    cells: int,
    run: int,
    rows: slice,
) -> Array:
    """Return the number of events of each combination in some rows, counted a run at a time."""
    numbering = _Numbering(columns, min(run, rows.stop - rows.start))
    dtype = np.int64 if weight is None else np.float64
    n = np.zeros(cells, dtype=dtype)
    for start in range(rows.start, rows.stop, run):
        part = slice(start, min(start + run, rows.stop))
        number = numbering.numbers_of(part)
        weights = None if weight is None else weight[part]
        n += np.bincount(number, weights, cells)
    return n


class _Numbering:
    """Numbers the combinations of rows, in arrays that every run of rows uses again.

    Parameters
    ----------
    columns
        The columns whose codes are combined.
    rows
        The largest number of rows in a run.
    """

    def __init__(
        self,
        columns: Sequence[_Column],
        rows: int,
    ) -> None:
        self.first, *self.others = columns
        sizes = [column.size for column in self.others]
        self.within = int(np.prod(sizes))
        self.numbers = np.empty(rows, dtype=np.int64)
        narrow = _narrowest_type(self.within)  # the processor adds several small integers at once
        self.groups = np.empty(rows, dtype=narrow)

    def numbers_of(self, rows: slice) -> Counts:
        """Return the number of each row's combination; the next call overwrites them."""
        length = rows.stop - rows.start
        number = self.numbers[:length]
        group = self.groups[:length]
        self.first.codes(rows, number)
        group[:] = 0
        for column in self.others:
            group *= column.size
            column.add_to(group, rows)
        number *= self.within
        number += group
        return number


def _count_hashes(
    columns: Sequence[_Column],
    shape: tuple[int, ...],
    rows: int,
    weight: _Floats | None,
) -> tuple[Sequence[Codes], Array]:
    """Count only those combinations that occur, however many there could be."""
    number = np.zeros(rows, dtype=np.int64)
    most = 1
    for column, size in zip(columns, shape, strict=True):
        if most * size > _MOST_NUMBERS:
            codes, distinct = pd.factorize(number)
            number = codes.astype(np.int64)
            most = len(distinct)
        number *= size
        column.add_to(number, _ALL)
        most *= size
    group, distinct = pd.factorize(number)
    row = np.empty(len(distinct), dtype=np.intp)
    row[group] = np.arange(rows)  # any row of a combination has its codes
    n = np.bincount(group, weight, len(distinct))
    return [column.codes(row) for column in columns], n


# Several levels in a cell ------------------------------------------------------------------------


def holds_lists(levels: pd.Series | pd.Index) -> bool:
    """Return whether cells are lists of levels."""
    if isinstance(levels.dtype, pd.ArrowDtype):
        return bool(levels.dtype.type is list)
    if levels.dtype != object:
        return False
    return any(map(is_list, levels))


def _axis_of_values(column: Axis, values: Values) -> Axis:
    """Return an axis of single levels, with a code for each value."""
    every = pd.Series(values, dtype=object, name=column.name)
    known = every.dropna().infer_objects()
    dtype = known.dtype
    if len(known) < len(every) and dtype.kind in _NUMERIC_KINDS:
        nullable = nullable_dtype(dtype.name)
        every = every.astype(pd.api.types.pandas_dtype(nullable))
    else:
        every = every.infer_objects()
    coded = _code_levels(every)
    return coded.axis(coded.codes(_ALL))


# Rows in threads ---------------------------------------------------------------------------------


def _parts(rows: int, run: int) -> list[slice]:
    """Return the parts of the rows that a thread takes, each worth the cost of its result."""
    size = _RUNS * run
    parts = []
    for start in range(0, max(rows, 1), size):
        end = min(start + size, rows)
        parts.append(slice(start, end))
    return parts


def _in_threads(work: Callable[[_Part], _Result], parts: Sequence[_Part]) -> Iterator[_Result]:
    """Yield the result of each part, worked on by all processors.

    NumPy and Arrow mostly release Python's lock.
    """
    threads = min(len(parts), _processors())
    if threads < 2:
        yield from map(work, parts)
        return
    from concurrent.futures import ThreadPoolExecutor  # few rows should not wait for its import

    with ThreadPoolExecutor(threads) as pool:
        yield from pool.map(work, parts)


def _processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):  # where it may be fewer than the machine has
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1

"""Frames: the one pass over all events of a table, which makes a cube of them.

A pandas table becomes integer codes, a run of rows at a time, and those are counted in one array,
of many rows a part in each thread. Any other frame is grouped by its own engine, where it is, and
what comes back is counted like a table that says how many events each row stands for. What costs
more than counting (reading dates, sorting levels, splitting lists) is done once per distinct value.
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

from aistats.counting.combinations import Axis, Codes, Counts, Cube, Values, split_lists
from aistats.counting.levels import is_list
from aistats.counting.periods import first_of
from aistats.counting.question import Question, refuse_unknown_columns, refuse_unused_zone
from aistats.dates.calendar import date_columns
from aistats.dates.columns import bounds, local_times, may_have_zone, spans
from aistats.dates.edtf import Days
from aistats.faults import DataError, Fault

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

_Part = TypeVar("_Part")
_Result = TypeVar("_Result")

_RUN = 1 << 16  # rows at a time: their codes stay in the processor's cache
_RUNS = 8  # of them a thread takes at a time
_FEW = 1 << 16  # so many cells are worth an array, however few the rows
_ALL = slice(None)
_NUMBERS = ("integer", "floating", "mixed-integer-float", "decimal", "empty")
_MOST_EVENTS = 1 << 53  # that a float can count exactly
_MOST_NUMBERS = 1 << 62  # of combinations, that an integer can number
# Beside a missing value, `infer_objects` would make integers floats.
_NULLABLE: dict[str, Any] = {"i": "Int64", "u": "UInt64", "f": "float64", "b": "boolean"}
_NEVER = np.iinfo(np.int64).min  # how a missing time stamp is written
_PER_DAY = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}

_DayRule = Callable[[Days], Days]


def columns_of(events: IntoFrame) -> list[str]:
    """Return the names of the columns of any frame.

    Raises
    ------
    TypeError
        If it is no frame that is known here.
    """
    if isinstance(events, pd.DataFrame):
        return list(events.columns)
    from aistats.counting.engines import narwhals_frame

    return narwhals_frame(events).collect_schema().names()


def column_holds_lists(events: IntoFrame, name: str) -> bool:
    """Return whether the cells of a column of any frame are lists; of no rows they may be."""
    if isinstance(events, pd.DataFrame):
        return events.empty or holds_lists(events[name])
    from aistats.counting.engines import narwhals_frame

    return narwhals_frame(events).collect_schema()[name].is_nested()


def cube_of_frame(events: IntoFrame, question: Question) -> Cube:
    """Count the distinct combinations of days and levels in a frame.

    Parameters
    ----------
    events
        A pandas table, or what Narwhals knows as a frame.
    question
        What is asked of it. Time stamps are cut to days, and to periods where nothing more is
        asked of the days.

    Raises
    ------
    ParameterError
        If the frame does not have a column, time stamps carry a zone and `tz` is not given, or
        none do and it is.
    DataError
        If an event has no date, a list holds what is no level, or the column of counts what is no
        number of events.

    Examples
    --------
    >>> events = pd.DataFrame({"date": ["2025-12-02"] * 3, "region": ["US", "CN", "US"]})
    >>> cube = cube_of_frame(events, Question(by="region", period="month"))
    >>> region = cube.groups[0]
    >>> dict(zip(region.levels[region.codes], cube.n.tolist(), strict=True))
    {'US': 2, 'CN': 1}
    """
    columns = columns_of(events)
    stated = [] if question.counts is None else [question.counts]
    refuse_unknown_columns([*question.groups, *stated], columns)
    dates = [] if question.period is None else date_columns(columns, question.date)
    _refuse_repeated(columns, [*question.groups, *dates, *stated])
    dated, grouped, n = _combinations(events, dates, question)
    days = _read_days(dated, n, question.tz) if dates else None
    resolution = "day" if dates else None
    cube = Cube(grouped, n, int(n.sum()), days, resolution=resolution)
    lists = [axis.name for axis in grouped if holds_lists(axis.index())]
    return split_lists(cube, lists, _axis_of_values) if lists else cube


def _refuse_repeated(columns: Sequence[str], needed: Sequence[str]) -> None:
    """Refuse a table in which a column that is needed stands more than once."""
    repeated = [name for name in dict.fromkeys(needed) if columns.count(name) > 1]
    if repeated:
        raise DataError(Fault("duplicate_column", value=name) for name in repeated)


def _combinations(
    events: IntoFrame, dates: Sequence[str], question: Question
) -> tuple[list[Axis], list[Axis], Counts]:
    """Return the dates as they are written, the levels, and the events of each combination."""
    if isinstance(events, pd.DataFrame):
        cells = [events[name] for name in (*dates, *question.groups)]
        stated = None if question.counts is None else events[question.counts]
        rows = len(events)
        refuse_unused_zone(question.tz, map(may_have_zone, cells[: len(dates)]))
    else:
        from aistats.counting.engines import group_on_engine

        cells, stated = group_on_engine(
            events, dates, question.groups, counts=question.counts, tz=question.tz
        )
        rows = len(stated)
    rule = None
    if question.period is not None and len(dates) == 1 and not question.needs_days:
        rule = partial(first_of, question.period, question.between)
    columns = [_code_days(column, question.tz, rule) for column in cells[: len(dates)]]
    columns += [_code_levels(column) for column in cells[len(dates) :]]
    axes, n = _count(columns, rows, None if stated is None else _weights(stated))
    if not isinstance(events, pd.DataFrame):  # an engine gives groups in an order of its own
        order = np.lexsort([axis.codes for axis in axes]) if axes else _ALL
        axes, n = [axis.take(order) for axis in axes], n[order]
    return axes[: len(dates)], axes[len(dates) :], n


def _read_days(dates: Sequence[Axis], n: Counts, tz: str | None) -> Days:
    """Return the first and last day of each combination; every distinct date is read once."""
    ends = []
    for axis in dates:
        distinct = bounds(axis.index().to_series(name=axis.name), tz=tz)
        ends.append(distinct.take(axis.codes).reset_index(drop=True))
    return spans(ends, [axis.name for axis in dates], n).to_numpy("datetime64[D]")


def _weights(counts: pd.Series) -> NDArray[np.float64]:
    """Return how many events each row stands for, exact up to 2**53 in all."""
    name = str(counts.name)
    if isinstance(counts.dtype, pd.CategoricalDtype):
        counts = counts.astype(counts.cat.categories.dtype)
    if pd.api.types.infer_dtype(counts, skipna=True) not in _NUMBERS:
        raise DataError([Fault("counts_no_numbers", column=name)])
    numbers = counts.to_numpy("float64", na_value=np.nan)
    whole = np.isfinite(numbers) & (numbers >= 0) & (numbers == np.floor(numbers))
    if not whole.all():
        value = counts.iloc[np.flatnonzero(~whole)[0]]
        raise DataError([Fault("no_count", column=name, value=None if pd.isna(value) else value)])
    if numbers.sum() >= _MOST_EVENTS:
        raise DataError([Fault("too_many_events", column=name)])
    return numbers


# From cells to codes -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Column:
    """A column as integers: of each row the level ``values // step - first``.

    The levels stand in `levels` from 0; where some are missing, code 0 is the missing one, which
    stands last. With a `table`, it has the code for each such number.
    """

    name: str
    values: NDArray[Any]
    first: int
    levels: pd.Index
    missing: bool
    step: int = 1
    table: Codes | None = None

    @property
    def size(self) -> int:
        return max(len(self.levels), 1)

    def codes(self, rows: slice | Codes, out: NDArray[np.int64] | None = None) -> Codes:
        """Return the codes of some rows."""
        part = self.values[rows]
        if self.step > 1:
            part = np.floor_divide(part, self.step, out=out, dtype=np.int64)
        codes: Codes = np.subtract(part, self.first, out=out, dtype=np.int64)
        return codes if self.table is None else self.table.take(codes, out=codes, mode="clip")

    def add_to(self, numbers: NDArray[Any], rows: slice | Codes) -> None:
        """Add the codes of some rows, in place."""
        if self.first + self.missing or self.step > 1:
            numbers += self.codes(rows)  # which may be too large for numbers before `first` is off
            return
        numbers += self.values[rows]
        if self.missing:
            numbers += 1

    def axis(self, codes: Codes) -> Axis:
        """Return the levels that occur, in order, a missing one last."""
        position = codes - self.missing  # and -1 is the last
        used = np.flatnonzero(np.bincount(position + 1, minlength=self.size + 1)) - 1
        known = used[used >= 0]
        levels, rank = self.levels.take(known), np.arange(len(known))
        if not holds_lists(levels):  # which have no order before they are split
            rank, levels = _in_order(levels)
        place = np.full(self.size + 1, len(levels))
        place[known] = rank
        if len(known) < len(used):
            levels = _append_missing(levels, self.levels[-1:])
        return Axis(self.name, levels, place[position])


def _in_order(levels: pd.Index) -> tuple[Codes, pd.Index]:
    """Return the place of each of some distinct levels among all in order, and those in order."""
    try:
        rank, ordered = pd.factorize(levels, sort=True)
    except TypeError:  # objects that cannot be compared: by type, and then as they are written
        order = sorted(
            range(len(levels)), key=lambda place: (type(levels[place]).__name__, str(levels[place]))
        )
        return np.argsort(order), levels.take(order)
    return rank, pd.Index(ordered, dtype=levels.dtype)


def _code_days(values: pd.Series, tz: str | None, rule: _DayRule | None) -> _Column:
    """Code the days of time stamps; other dates are coded as they are, and read later.

    A `rule` says for each of some consecutive days which one stands for it, so that fewer need to
    be told apart.
    """
    values = local_times(values, tz)
    if not pd.api.types.is_datetime64_dtype(values.dtype):
        return _code_levels(values)
    whole = values.to_numpy()
    step, stamps = _PER_DAY[np.datetime_data(whole.dtype)[0]], whole.view("int64")
    span = _span(stamps, step) if len(stamps) else None
    if span is None or span[0] == _NEVER // step:
        return _factorize(values.dt.floor("D"))
    days, table = np.arange(span[0], span[1] + 1).astype("datetime64[D]"), None
    if rule is not None:
        days, table = np.unique(rule(days), return_inverse=True)
    levels = pd.Index(days.astype("datetime64[s]"))
    return _Column(str(values.name), stamps, span[0], levels, False, step, table)


def _code_levels(values: pd.Series) -> _Column:
    """Code the levels of a column: by what it codes already, by its integers, or by hashing."""
    name = str(values.name)
    if isinstance(values.dtype, pd.CategoricalDtype):
        every = range(len(values.array.categories))
        categories = pd.Categorical.from_codes(every, dtype=values.dtype)
        return _column_of_codes(name, values.array.codes, pd.CategoricalIndex(categories), values)
    if isinstance(values.dtype, np.dtype) and values.dtype.kind == "i" and len(values):
        whole = values.to_numpy()
        if span := _span(whole):
            levels = pd.Index(np.arange(span[0], span[1] + 1, dtype=whole.dtype))
            return _Column(name, whole, span[0], levels, False)
    return _factorize(values)


def _span(whole: NDArray[Any], step: int = 1) -> tuple[int, int] | None:
    """Return the first and last of some integers, if an array may have a place for each."""
    parts = _parts(len(whole), _RUN)
    ends = [*_in_threads(lambda rows: (whole[rows].min(), whole[rows].max()), parts)]
    first, last = int(np.min(ends)) // step, int(np.max(ends)) // step
    return (first, last) if last - first < max(_FEW, len(whole)) else None


def _factorize(values: pd.Series) -> _Column:
    """Code levels by hashing them."""
    try:
        codes, distinct = _hash_levels(values)
    except (TypeError, NotImplementedError):  # lists, which cannot be hashed as they are
        codes, distinct = _hash_tuples(values)
    kept = object if values.dtype == object else None  # integers beside None are no floats
    levels = pd.Index(distinct, dtype=kept, tupleize_cols=False)
    if levels.dtype.kind == "f" and not isinstance(levels.dtype, pd.SparseDtype):
        levels = levels + 0.0  # -0.0 is the same level
    if kept is object and pd.api.types.infer_dtype(levels) == "string":
        levels = levels.astype("str")
    return _column_of_codes(str(values.name), codes, levels, values)


def _hash_levels(values: pd.Series) -> tuple[NDArray[Any], Any]:
    """Return codes and levels: of parts of the rows first, then of the levels that each has."""
    parts, cells = _parts(len(values), _RUN), cast("Any", values.array)
    if values.dtype == object or len(parts) == 1:  # objects are hashed under Python's lock
        return pd.factorize(values)
    if len(pd.unique(cells[:_RUN])) > _RUN // 8:  # most would be hashed again as levels
        return pd.factorize(values)

    def hash_part(rows: slice) -> tuple[NDArray[Any], pd.Series]:
        codes, distinct = pd.factorize(cells[rows])
        return codes.astype(np.min_scalar_type(-len(distinct) - 1)), pd.Series(distinct)

    codes_of_parts, levels_of_parts = zip(*_in_threads(hash_part, parts), strict=True)
    common, levels = pd.factorize(pd.concat(levels_of_parts, ignore_index=True))
    tables = np.split(common, np.cumsum([*map(len, levels_of_parts[:-1])]))
    narrow = np.min_scalar_type(-len(levels) - 1)

    def recode(part: tuple[NDArray[Any], Codes]) -> NDArray[Any]:
        codes, table = part
        return np.append(table, -1).astype(narrow).take(codes, mode="wrap")

    recoded = _in_threads(recode, [*zip(codes_of_parts, tables, strict=True)])
    return np.concatenate([*recoded]), levels


def _hash_tuples(values: pd.Series) -> tuple[NDArray[Any], Any]:
    """Return codes and levels of cells that are lists, as tuples."""
    cells = np.empty(len(values), dtype=object)
    cells[:] = [tuple(cell) if is_list(cell) else cell for cell in values.array]
    try:
        return pd.factorize(cells)
    except TypeError:
        raise DataError([Fault("no_level", column=str(values.name))]) from None


def _column_of_codes(
    name: str, codes: NDArray[Any], levels: pd.Index, values: pd.Series
) -> _Column:
    """Return a column of codes, of which -1 is a missing value."""
    if not len(codes) or codes.min() >= 0:
        return _Column(name, codes, 0, levels, False)
    row = int(codes.argmin())
    missing = values.iloc[row : row + 1]  # as it is written there: None, NaN, NA or NaT
    return _Column(name, codes, -1, _append_missing(levels, missing), True)


def _append_missing(levels: pd.Index, missing: pd.Series | pd.Index) -> pd.Index:
    """Append a missing value; pandas would make integers beside it floats."""
    if levels.dtype != object:
        return levels.append(pd.Index(missing.astype(levels.dtype)))
    return pd.Index([*levels, *missing], dtype=object, tupleize_cols=False)


# From codes to counts ----------------------------------------------------------------------------


def _count(
    columns: Sequence[_Column], rows: int, weight: NDArray[np.float64] | None
) -> tuple[list[Axis], Counts]:
    """Return the sides of the cube, and how many events each combination that occurs stands for."""
    if not columns:
        return [], np.array([rows if weight is None else weight.sum()], dtype=np.int64)
    shape = tuple(column.size for column in columns)
    count = _count_in_an_array if np.prod(shape, dtype=float) <= max(_FEW, rows) else _count_hashes
    codes, n = count(columns, shape, rows, weight)
    occurring = np.flatnonzero(n)
    axes = [column.axis(code[occurring]) for column, code in zip(columns, codes, strict=True)]
    return axes, n[occurring].astype(np.int64)


def _count_in_an_array(
    columns: Sequence[_Column], shape: tuple[int, ...], rows: int, weight: NDArray[Any] | None
) -> tuple[Sequence[Codes], NDArray[Any]]:
    """Count with a place for every combination, occur or not."""
    cells = int(np.prod(shape))
    run = max(_RUN, cells)
    first, *others = columns
    within = int(np.prod(shape[1:]))

    def count_part(rows: slice) -> NDArray[Any]:
        n = np.zeros(cells, dtype=np.int64 if weight is None else np.float64)
        numbers = np.empty(min(run, rows.stop - rows.start), dtype=np.int64)
        narrow = np.min_scalar_type(-within - 1)
        small = np.empty(len(numbers), dtype=narrow)  # several to a register
        for start in range(rows.start, rows.stop, run):
            part = slice(start, min(start + run, rows.stop))
            number, group = numbers[: part.stop - start], small[: part.stop - start]
            first.codes(part, number)
            group[:] = 0
            for column in others:
                group *= column.size
                column.add_to(group, part)
            number *= within
            number += group
            n += np.bincount(number, None if weight is None else weight[part], cells)
        return n

    n: Any = sum(_in_threads(count_part, _parts(rows, run)))
    return np.unravel_index(np.arange(cells), shape), n


def _count_hashes(
    columns: Sequence[_Column], shape: tuple[int, ...], rows: int, weight: NDArray[Any] | None
) -> tuple[Sequence[Codes], NDArray[Any]]:
    """Count those combinations alone that occur, however many there could be."""
    number, known = np.zeros(rows, dtype=np.int64), 1
    for column, size in zip(columns, shape, strict=True):
        if known * size > _MOST_NUMBERS:
            codes, distinct = pd.factorize(number)
            number, known = codes.astype(np.int64), len(distinct)
        number *= size
        column.add_to(number, _ALL)
        known *= size
    group, distinct = pd.factorize(number)
    row = np.empty(len(distinct), dtype=np.intp)
    row[group] = np.arange(rows)  # any row of a combination has its codes
    return [column.codes(row) for column in columns], np.bincount(group, weight, len(distinct))


# Several levels in a cell ------------------------------------------------------------------------


def holds_lists(levels: pd.Series | pd.Index) -> bool:
    """Return whether cells are lists of levels."""
    if isinstance(levels.dtype, pd.ArrowDtype):
        return bool(levels.dtype.type is list)
    return bool(levels.dtype == object) and any(map(is_list, levels))


def _axis_of_values(column: Axis, values: Values) -> Axis:
    """Return an axis of single levels, as many codes as there are values."""
    every = pd.Series(values, dtype=object, name=column.name)
    known = every.dropna().infer_objects()
    if len(known) < len(every) and known.dtype.kind in _NULLABLE:
        every = every.astype(_NULLABLE[known.dtype.kind])
    else:
        every = every.infer_objects()
    coded = _code_levels(every)
    return coded.axis(coded.codes(_ALL))


# Rows in threads ---------------------------------------------------------------------------------


def _parts(rows: int, run: int) -> list[slice]:
    """Return the rows as a thread takes them: enough to be worth a result of its own."""
    most = _RUNS * run
    return [slice(start, min(start + most, rows)) for start in range(0, max(rows, 1), most)]


def _in_threads(work: Callable[[_Part], _Result], parts: Sequence[_Part]) -> Iterator[_Result]:
    """Do the work on each part, on every processor: NumPy and Arrow mostly leave Python's lock."""
    threads = min(len(parts), _processors())
    if threads < 2:
        yield from map(work, parts)
        return
    from concurrent.futures import ThreadPoolExecutor  # no few rows should wait for its import

    with ThreadPoolExecutor(threads) as pool:
        yield from pool.map(work, parts)


def _processors() -> int:
    """Return how many this process may use."""
    if hasattr(os, "sched_getaffinity"):  # where it may be fewer than there are
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1

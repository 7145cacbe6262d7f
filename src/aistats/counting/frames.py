"""Cubes: the one pass over all events, in whatever frame and on whatever engine they are.

A cube is the distinct combinations of dates and levels, and how many events each stands for. It is
small where events are many: a billion events of ten years, twelve regions and eight categories are
at most 350,000 combinations. So it alone is computed over the events, and whatever asks for sense
(reading dates, sorting levels, telling lists apart) asks it of each distinct value once. A pandas
table becomes integer codes, a run of rows at a time, and those are counted in one array, of many
rows a part in each thread; any other frame is grouped by its own engine, where it is, and what
comes back is counted like a table that says how many events each row stands for.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aistats.counting.combinations import Codes, exploded
from aistats.dates.columns import local_times
from aistats.dates.edtf import Days

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame
from aistats.counting.combinations import Axis, Counts, Cube

_Part = TypeVar("_Part")
_Result = TypeVar("_Result")

_RUN = 1 << 16  # rows at a time: their codes stay in the processor's cache
_RUNS = 8  # of them a thread takes at a time
_FEW = 1 << 16  # so many cells are worth an array, however few the rows
_ALL = slice(None)
_LIST = (list, tuple, np.ndarray)
_NUMBERS = ("integer", "floating", "mixed-integer-float", "decimal", "empty")
_MOST = 1 << 53
_TOLD_APART = 1 << 62  # combinations that an integer can number
_NEVER = np.iinfo(np.int64).min  # how a missing time stamp is written
_PER_DAY = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}


def columns_of(events: IntoFrame) -> list[str]:
    """Return the names of the columns of any frame.

    Raises
    ------
    TypeError
        If it is no frame that is known here.
    """
    if isinstance(events, pd.DataFrame):
        return list(events.columns)
    from aistats.counting.engines import opened

    return opened(events).collect_schema().names()


def cube_of(
    events: IntoFrame,
    dates: Sequence[str],
    by: Sequence[str],
    *,
    counts: str | None = None,
    tz: str | None = None,
    standing_for: Callable[[Days], Days] | None = None,
) -> Cube:
    """Count the distinct combinations of some columns of a frame.

    Parameters
    ----------
    events
        A pandas table, or what Narwhals knows as a frame.
    dates
        Columns that say when. Time stamps are cut to days.
    by
        Columns of levels. A cell may be a list or tuple of several.
    counts
        A column that says how many events a row stands for.
    tz
        The time zone whose days are meant.
    standing_for
        Returns for each of some consecutive days the one that may stand for it in what is asked
        for. Of time stamps fewer days then need to be told apart.

    Returns
    -------
    Cube

    Raises
    ------
    ValueError
        If a list holds what is no level, `counts` holds what is no number of events, or time stamps
        carry a zone and `tz` is not given.

    Examples
    --------
    >>> events = pd.DataFrame({"date": ["2025-12-02"] * 3, "region": ["US", "CN", "US"]})
    >>> cube = cube_of(events, ["date"], ["region"])
    >>> region = cube.groups[0]
    >>> region.levels.tolist(), dict(zip(region.levels[region.codes], cube.n.tolist(), strict=True))
    (['CN', 'US'], {'US': 2, 'CN': 1})
    """
    if isinstance(events, pd.DataFrame):
        cells = [events[name] for name in (*dates, *by)]
        stated = None if counts is None else events[counts]
        rows = len(events)
    else:
        from aistats.counting.engines import reduced

        cells, stated = reduced(events, dates, by, counts=counts, tz=tz)
        rows = len(stated)
    columns = [_days_coded(it, tz, standing_for) for it in cells[: len(dates)]]
    columns += [_coded(it) for it in cells[len(dates) :]]
    axes, n = _counted(columns, rows, None if stated is None else _weights(stated))
    if not isinstance(events, pd.DataFrame):  # an engine gives groups in an order of its own
        order = np.lexsort([axis.codes for axis in axes]) if axes else _ALL
        axes, n = [axis.take(order) for axis in axes], n[order]
    when, groups = axes[: len(dates)], axes[len(dates) :]
    several = [at for at, axis in enumerate(groups) if holds_lists(axis.levels)]
    for at in several:
        row, told_apart = _told_apart(groups[at])
        when, groups = ([axis.take(row) for axis in axes] for axes in (when, groups))
        groups[at], n = told_apart, n[row]
    return Cube(when, groups, n, [groups[at].name for at in several])


def _weights(counts: pd.Series) -> NDArray[np.float64]:
    """Return how many events each row stands for, exact up to 2**53 in all."""
    if isinstance(counts.dtype, pd.CategoricalDtype):
        counts = counts.astype(counts.cat.categories.dtype)
    kind = pd.api.types.infer_dtype(counts, skipna=True)
    if kind not in _NUMBERS:
        raise ValueError(f"counts={counts.name!r}: a column of {kind}, not of integers")
    numbers = counts.to_numpy("float64", na_value=np.nan)
    whole = np.isfinite(numbers) & (numbers >= 0) & (numbers == np.floor(numbers))
    if len(wrong := np.flatnonzero(~whole)):
        value = counts.iloc[wrong[0]]
        said = None if pd.isna(value) else value
        raise ValueError(f"counts={counts.name!r}: {said} is no number of events")
    if numbers.sum() >= _MOST:
        raise ValueError(
            f"counts={counts.name!r}: more than 2**53 events cannot be counted exactly"
        )
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
        at = codes - self.missing  # and -1 is the last
        used = np.flatnonzero(np.bincount(at + 1, minlength=self.size + 1)) - 1
        known = used[used >= 0]
        levels, rank = self.levels.take(known), np.arange(len(known))
        if not holds_lists(levels):  # which have no order before they are told apart
            rank, ordered = pd.factorize(levels, sort=True)
            levels = pd.Index(ordered, dtype=levels.dtype)
        place = np.full(self.size + 1, len(levels))
        place[known] = rank
        if len(known) < len(used):
            levels = _followed_by(levels, self.levels[-1:])
        return Axis(self.name, levels, place[at])


def _days_coded(
    values: pd.Series, tz: str | None, standing_for: Callable[[Days], Days] | None
) -> _Column:
    """Code the days of time stamps; other dates are coded as they are, and read later."""
    values = local_times(values, tz)
    if not pd.api.types.is_datetime64_dtype(values.dtype):
        return _coded(values)
    whole = values.to_numpy()
    step, stamps = _PER_DAY[np.datetime_data(whole.dtype)[0]], whole.view("int64")
    span = _span(stamps, step) if len(stamps) else None
    if span is None or span[0] == _NEVER // step:
        return _factorized(values.dt.floor("D"))
    days, table = np.arange(span[0], span[1] + 1).astype("datetime64[D]"), None
    if standing_for is not None:
        days, table = np.unique(standing_for(days), return_inverse=True)
    levels = pd.Index(days.astype("datetime64[s]"))
    return _Column(str(values.name), stamps, span[0], levels, False, step, table)


def _coded(values: pd.Series) -> _Column:
    """Code the levels of a column: by what it codes already, by its integers, or by hashing."""
    name = str(values.name)
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes, every = values.array.codes, range(len(values.array.categories))
        return _of_codes(
            name,
            codes,
            pd.CategoricalIndex(pd.Categorical.from_codes(every, dtype=values.dtype)),
            values,
        )
    if isinstance(values.dtype, np.dtype) and values.dtype.kind == "i" and len(values):
        whole = values.to_numpy()
        if span := _span(whole):
            levels = pd.Index(np.arange(span[0], span[1] + 1, dtype=whole.dtype))
            return _Column(name, whole, span[0], levels, False)
    return _factorized(values)


def _span(whole: NDArray[Any], step: int = 1) -> tuple[int, int] | None:
    """Return the first and last of some integers, if an array may have a place for each."""
    parts = _parts(len(whole), _RUN)
    ends = [*_in_threads(lambda rows: (whole[rows].min(), whole[rows].max()), parts)]
    first, last = int(np.min(ends)) // step, int(np.max(ends)) // step
    return (first, last) if last - first < max(_FEW, len(whole)) else None


def _factorized(values: pd.Series) -> _Column:
    try:
        codes, found = _hashed(values)
    except (TypeError, NotImplementedError):  # lists, which cannot be told apart as they are
        try:
            codes, found = pd.factorize(_tuples(values))
        except TypeError as error:
            said = f"events: a list in {values.name!r} holds no level: {error}"
            raise ValueError(said) from error
    kept = object if values.dtype == object else None  # integers beside None are no floats
    levels = pd.Index(found, dtype=kept, tupleize_cols=False)
    if levels.dtype.kind == "f" and not isinstance(levels.dtype, pd.SparseDtype):
        levels = levels + 0.0  # -0.0 is the same level
    if kept is object and pd.api.types.infer_dtype(levels) == "string":
        levels = levels.astype("str")
    return _of_codes(str(values.name), codes, levels, values)


def _hashed(values: pd.Series) -> tuple[NDArray[Any], Any]:
    """Return codes and levels: of parts of the rows first, then of the levels that each has."""
    parts, cells = _parts(len(values), _RUN), cast("Any", values.array)
    if values.dtype == object or len(parts) == 1:  # objects are hashed under Python's lock
        return pd.factorize(values)
    if len(pd.unique(cells[:_RUN])) > _RUN // 8:  # most would be hashed again as levels
        return pd.factorize(values)

    def hashed(rows: slice) -> tuple[NDArray[Any], pd.Series]:
        codes, found = pd.factorize(cells[rows])
        return codes.astype(np.min_scalar_type(-len(found) - 1)), pd.Series(found)

    own, found = zip(*_in_threads(hashed, parts), strict=True)
    common, levels = pd.factorize(pd.concat(found, ignore_index=True))
    tables = np.split(common, np.cumsum([*map(len, found[:-1])]))
    narrow = np.min_scalar_type(-len(levels) - 1)

    def recoded(part: tuple[NDArray[Any], Codes]) -> NDArray[Any]:
        codes, table = part
        return np.append(table, -1).astype(narrow).take(codes, mode="wrap")

    return np.concatenate([*_in_threads(recoded, [*zip(own, tables, strict=True)])]), levels


def _tuples(values: pd.Series) -> NDArray[Any]:
    cells = np.empty(len(values), dtype=object)
    cells[:] = [tuple(cell) if isinstance(cell, _LIST) else cell for cell in values.array]
    return cells


def _of_codes(name: str, codes: NDArray[Any], levels: pd.Index, values: pd.Series) -> _Column:
    """Return a column of codes, of which -1 is a missing value."""
    if not len(codes) or codes.min() >= 0:
        return _Column(name, codes, 0, levels, False)
    at = int(codes.argmin())
    missing = values.iloc[at : at + 1]  # as it is written there: None, NaN, NA or NaT
    return _Column(name, codes, -1, _followed_by(levels, missing), True)


def _followed_by(levels: pd.Index, missing: pd.Series | pd.Index) -> pd.Index:
    """Append a missing value; pandas would make integers beside it floats."""
    if levels.dtype != object:
        return levels.append(pd.Index(missing.astype(levels.dtype)))
    return pd.Index([*levels, *missing], dtype=object, tupleize_cols=False)


# From codes to counts ----------------------------------------------------------------------------


def _counted(
    columns: Sequence[_Column], rows: int, weight: NDArray[np.float64] | None
) -> tuple[list[Axis], Counts]:
    """Return the sides of the cube, and how many events each combination that occurs stands for."""
    if not columns:
        return [], np.array([rows if weight is None else weight.sum()], dtype=np.int64)
    shape = tuple(column.size for column in columns)
    count = _in_an_array if np.prod(shape, dtype=float) <= max(_FEW, rows) else _by_hashing
    codes, n = count(columns, shape, rows, weight)
    found = np.flatnonzero(n)
    axes = [column.axis(code[found]) for column, code in zip(columns, codes, strict=True)]
    return axes, n[found].astype(np.int64)


def _in_an_array(
    columns: Sequence[_Column], shape: tuple[int, ...], rows: int, weight: NDArray[Any] | None
) -> tuple[Sequence[Codes], NDArray[Any]]:
    """Count with a place for every combination, occur or not."""
    cells = int(np.prod(shape))
    run = max(_RUN, cells)
    first, *others = columns
    within = int(np.prod(shape[1:]))

    def counted(rows: slice) -> NDArray[Any]:
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

    n: Any = sum(_in_threads(counted, _parts(rows, run)))
    return np.unravel_index(np.arange(cells), shape), n


def _by_hashing(
    columns: Sequence[_Column], shape: tuple[int, ...], rows: int, weight: NDArray[Any] | None
) -> tuple[Sequence[Codes], NDArray[Any]]:
    """Count those combinations alone that occur, however many there could be."""
    number, known = np.zeros(rows, dtype=np.int64), 1
    for column, size in zip(columns, shape, strict=True):
        if known * size > _TOLD_APART:
            codes, found = pd.factorize(number)
            number, known = codes.astype(np.int64), len(found)
        number *= size
        column.add_to(number, _ALL)
        known *= size
    group, found = pd.factorize(number)
    row = np.empty(len(found), dtype=np.intp)
    row[group] = np.arange(rows)  # any row of a combination has its codes
    return [column.codes(row) for column in columns], np.bincount(group, weight, len(found))


# Several levels in a cell ------------------------------------------------------------------------


def holds_lists(levels: pd.Series | pd.Index) -> bool:
    """Return whether cells are lists of levels."""
    if isinstance(levels.dtype, pd.ArrowDtype):
        return bool(levels.dtype.type is list)
    return bool(levels.dtype == object) and any(isinstance(cell, _LIST) for cell in levels)


def levels_in(cell: object) -> list[Hashable | None]:
    """Return the distinct levels in a cell; None where nobody states one."""
    levels = cell if isinstance(cell, _LIST) else (cell,)
    known = (None if pd.isna(level) else level for level in levels)
    return list(dict.fromkeys(known)) or [None]


def _told_apart(axis: Axis) -> tuple[Codes, Axis]:
    """Return an axis of single levels, and which combination of the cube each is of."""
    cells = [levels_in(cell) for cell in axis.levels]
    lengths = np.array([len(cell) for cell in cells])
    every = pd.Series([*chain(*cells)], dtype=object, name=axis.name)
    if not (every.isna().any() and pd.api.types.is_numeric_dtype(every.dropna().infer_objects())):
        every = every.infer_objects()  # which would make integers beside a missing one floats
    column = _coded(every)
    levels = column.axis(column.codes(_ALL))
    rows, places = exploded(axis.codes, lengths)
    return rows, levels.take(places)


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

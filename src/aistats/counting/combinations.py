"""Combinations: how many events each combination of days and levels stands for.

The *cube* is the distinct combinations and their numbers. It is small where events are many: a
billion events of ten years, twelve regions and eight categories are at most 350,000 combinations.
So it alone is computed over the events, whatever holds them; everything that needs thought (reading
dates, sorting levels, splitting lists) is done once per distinct value. Arrays only: no pandas.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from aistats.counting.levels import PlainLevels, levels_in
from aistats.dates.edtf import Days
from aistats.faults import Fault, ParameterError

if TYPE_CHECKING:
    import pandas as pd

Codes = NDArray[np.intp]
Counts = NDArray[np.int64]

MOST_CELLS = 10_000_000


@dataclass(frozen=True)
class Axis:
    """A side of a cube: the levels of a column, and which of them each combination has.

    Parameters
    ----------
    name
        The column.
    levels
        Those that occur, in order, a missing value last: of a frame a pandas index, of files plain
        values.
    codes
        For each combination the position of its level.
    """

    name: str
    levels: pd.Index | PlainLevels
    codes: Codes

    def take(self, rows: NDArray[Any] | slice) -> Axis:
        """Return some combinations."""
        return Axis(self.name, self.levels, self.codes[rows])

    @property
    def plain(self) -> PlainLevels:
        """The levels as plain values, which only files have."""
        assert isinstance(self.levels, PlainLevels)
        return self.levels

    def index(self) -> pd.Index:
        """Return the levels as pandas has them."""
        return self.levels.index() if isinstance(self.levels, PlainLevels) else self.levels


@dataclass(frozen=True)
class PeriodSets:
    """Some periods of each combination.

    Parameters
    ----------
    codes
        For each combination the number of its set; several may have the same.
    sets, periods
        Pairs of such a number and the first day of a period in that set.
    """

    codes: Codes
    sets: Codes
    periods: NDArray[np.datetime64]

    def take(self, rows: NDArray[Any] | slice) -> PeriodSets:
        """Return the sets of some combinations."""
        return replace(self, codes=self.codes[rows])

    def hold(self, combination: Codes, period: NDArray[np.datetime64]) -> NDArray[np.bool_]:
        """Return which pairs of a combination and the first day of a period are among these."""
        days, place = np.unique(np.concatenate([self.periods, period]), return_inverse=True)
        key = np.concatenate([self.sets, self.codes[combination]]) * len(days) + place
        own, asked = np.split(key, [len(self.sets)])
        return np.isin(asked, own)


@dataclass(frozen=True)
class Cube:
    """How many events each combination of days and levels stands for.

    Parameters
    ----------
    groups
        The columns of levels.
    n
        The events of each combination. A combination may stand in several rows.
    events
        How many events were counted, each once however many levels it has; also of a part of a
        cube, of all that were counted.
    days
        The first and last day of each combination, in two columns; None where events are counted
        whatever their date.
    lists
        The columns whose cells held lists; an event stands there once for each of their levels.
    hidden
        Of a table that was filtered and then added up: the periods that each combination has days
        in, but no row any more; None where there are none.
    resolution
        What the days tell apart: ``day``; or the name of a period, and then the first day of each
        period stands for all of its days. None where there are no days.
    """

    groups: Sequence[Axis]
    n: Counts
    events: int
    days: Days | None = None
    lists: Sequence[str] = ()
    resolution: str | None = None
    hidden: PeriodSets | None = None

    @property
    def codes(self) -> list[Codes]:
        """For each column of levels, which level each combination has."""
        return [axis.codes for axis in self.groups]

    @property
    def sizes(self) -> list[int]:
        """How many levels each column has."""
        return [len(axis.levels) for axis in self.groups]

    def take(self, rows: NDArray[Any] | slice) -> Cube:
        """Return some combinations, perhaps repeated."""
        groups = [axis.take(rows) for axis in self.groups]
        days = None if self.days is None else self.days[rows]
        hidden = None if self.hidden is None else self.hidden.take(rows)
        return replace(self, groups=groups, n=self.n[rows], days=days, hidden=hidden)


Values = list[Hashable | None]


def split_lists(cube: Cube, lists: Sequence[str], axis_of: Callable[[Axis, Values], Axis]) -> Cube:
    """Return a cube in which each combination stands once for every level in its cells.

    Parameters
    ----------
    cube
        A cube with cells that are lists.
    lists
        The columns that have them.
    axis_of
        Makes single values an axis, given the column that they are of.

    Examples
    --------
    >>> from aistats.counting.levels import PlainLevels, plain_levels
    >>> cells = Axis("country", PlainLevels([("US", "CN"), ("US",)], "VARCHAR[]"), np.array([0, 1]))
    >>> cube = Cube([cells], np.array([2, 3]), events=5)
    >>> def axis_of(axis, values):
    ...     return Axis(axis.name, *plain_levels(values, "VARCHAR"))
    >>> country = split_lists(cube, ["country"], axis_of)
    >>> country.groups[0].levels.cells, country.groups[0].codes.tolist(), country.n.tolist()
    (['CN', 'US'], [1, 0, 1], [2, 2, 3])
    """
    for position, column in enumerate(cube.groups):
        if column.name not in lists:
            continue
        cells = [levels_in(cell) for cell in column.levels]
        values = axis_of(column, list(chain.from_iterable(cells)))
        # Codes of the column as it is in the cube now: columns before it may have repeated rows.
        codes = cube.groups[position].codes
        rows, places = repeat_per_level(codes, np.array([len(cell) for cell in cells], np.intp))
        cube = cube.take(rows)
        groups = [*cube.groups]
        groups[position] = values.take(places)
        cube = replace(cube, groups=groups)
    return replace(cube, lists=list(lists))


@dataclass(frozen=True)
class Cells:
    """The rows of a counts table, in order.

    Parameters
    ----------
    levels
        For each column that is grouped by, which of its levels each row has.
    numbers
        The numbers of each row, by name.
    period
        Which period each row is of; None where events are counted whatever their date.
    """

    levels: list[Codes]
    numbers: dict[str, NDArray[np.generic]]
    period: Codes | None = None


def groups_of_cells(
    codes: Sequence[Codes], sizes: Sequence[int], rows: int, complete: bool, periods: int = 1
) -> tuple[Codes, list[Codes], int]:
    """Return the group of each combination, the levels of each group, and how many groups.

    A complete table has a group for every combination of the levels, `periods` long.
    """
    if not codes:
        return np.zeros(rows, dtype=np.intp), [], 1
    if not complete:
        picked, group = distinct_groups(codes, sizes)
    else:
        _refuse_too_many([*sizes, periods])
        picked = list(np.indices(tuple(sizes)).reshape(len(sizes), -1))
        group = np.ravel_multi_index(tuple(codes), tuple(sizes)) if rows else codes[0]
    return group, picked, len(picked[0])


def _refuse_too_many(sizes: Sequence[int]) -> None:
    """Refuse a complete table with more rows than anybody reads."""
    cells = np.prod(sizes, dtype=float)
    if cells > MOST_CELLS:
        raise ParameterError([Fault("too_many_cells", value=f"{cells:.0f}", allowed=MOST_CELLS)])


def distinct_groups(codes: Sequence[Codes], sizes: Sequence[int]) -> tuple[list[Codes], Codes]:
    """Return the distinct combinations of codes in order, and which of them each row has.

    Any number of combinations may be possible: each step first renumbers those that occur.

    Examples
    --------
    >>> levels, group = distinct_groups([np.array([1, 0, 1]), np.array([0, 2, 0])], [2, 3])
    >>> [codes.tolist() for codes in levels], group.tolist()
    ([[0, 1], [2, 0]], [1, 0, 1])
    """
    group = codes[0]
    for code, size in zip(codes[1:], sizes[1:], strict=True):
        group = np.unique(group, return_inverse=True)[1] * size + code
    _, first, group = np.unique(group, return_index=True, return_inverse=True)
    return [code[first] for code in codes], group


def count_groups(
    n: NDArray[np.int64], codes: Sequence[Codes], sizes: Sequence[int], *, complete: bool = True
) -> Cells:
    """Count events by groups, whatever their date.

    Parameters
    ----------
    n
        How many events each combination stands for.
    codes
        For each column that is grouped by, which level each combination has.
    sizes
        How many levels each column has.
    complete
        Have a row for every combination of levels; else only for those that occur.

    Returns
    -------
    Cells
        With ``count``.

    Raises
    ------
    ParameterError
        If a complete table would have more than `MOST_CELLS` rows.

    Examples
    --------
    >>> cells = count_groups(np.array([2, 3, 1]), [np.array([0, 2, 0])], [3])
    >>> cells.levels[0].tolist(), cells.numbers["count"].tolist()
    ([0, 1, 2], [3, 0, 3])
    """
    group, levels, groups = groups_of_cells(codes, sizes, len(n), complete)
    return Cells(levels, {"count": np.bincount(group, n, groups).astype(np.int64)})


def repeat_per_level(codes: Codes, lengths: NDArray[np.intp]) -> tuple[Codes, Codes]:
    """Repeat each combination once for every level in its cell.

    Parameters
    ----------
    codes
        Which cell each combination has.
    lengths
        How many levels each cell has.

    Returns
    -------
    rows, places : arrays
        Of each repetition, which combination it is of, and where its level stands when the levels
        of all cells are put in one row.

    Examples
    --------
    >>> rows, places = repeat_per_level(np.array([1, 0]), np.array([2, 1]))
    >>> rows.tolist(), places.tolist()
    ([0, 1, 1], [2, 0, 1])
    """
    starts = np.cumsum(lengths) - lengths
    return count_up(starts[codes], lengths[codes])


def count_up(first: Codes, lengths: Codes) -> tuple[Codes, Codes]:
    """Put several runs of whole numbers one after the other.

    Parameters
    ----------
    first, lengths
        The first number of each run, and how many numbers it has.

    Returns
    -------
    run, number : arrays
        Which run each number is of, and the number.

    Examples
    --------
    >>> run, number = count_up(np.array([7, 3]), np.array([2, 3]))
    >>> run.tolist(), number.tolist()
    ([0, 0, 1, 1, 1], [7, 8, 3, 4, 5])
    """
    run = np.repeat(np.arange(len(lengths)), lengths)
    before = np.cumsum(lengths) - lengths
    return run, np.arange(len(run)) + (first - before)[run]

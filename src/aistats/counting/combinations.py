"""The cube: the distinct combinations of days and levels, each with its number of events.

A *level* is a distinct value of a column that is grouped by. The cube is the only thing that is
computed over the events themselves, whatever holds them; a counts table is worked out from it. It
is small where events are many: a billion events of ten years, twelve regions and eight categories
make at most 350,000 combinations. So costly steps (reading dates, sorting levels, splitting lists)
run once per distinct value. This module works on arrays alone: it loads no pandas and reads no
events.
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

Array = NDArray[Any]
Codes = NDArray[np.intp]
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]
Rows = Array | slice
Values = list[Hashable | None]

MOST_CELLS = 10_000_000


@dataclass(frozen=True)
class Axis:
    """A side of a cube: the levels of a column, and the level of each combination.

    Parameters
    ----------
    name
        The column.
    levels
        The levels that occur, in order, a missing value last: a pandas index for a frame, plain
        values for files.
    codes
        The position of the level of each combination.
    """

    name: str
    levels: pd.Index | PlainLevels
    codes: Codes

    @property
    def size(self) -> int:
        """The number of levels."""
        return len(self.levels)

    def take(self, rows: Rows) -> Axis:
        """Return the axis of the selected combinations."""
        codes = self.codes[rows]
        return Axis(self.name, self.levels, codes)

    @property
    def plain(self) -> PlainLevels:
        """The levels as plain values; only an axis of files has them."""
        assert isinstance(self.levels, PlainLevels)
        return self.levels

    def index(self) -> pd.Index:
        """Return the levels as a pandas index."""
        if isinstance(self.levels, PlainLevels):
            return self.levels.index()
        return self.levels

    def column(self, codes: Codes) -> pd.Series:
        """Return the levels with some codes as a pandas column."""
        import pandas as pd  # counts of files are written without it

        levels = self.index()
        values = levels.take(codes)
        return pd.Series(values, dtype=levels.dtype)


@dataclass(frozen=True)
class PeriodSets:
    """A set of periods for each combination.

    Parameters
    ----------
    codes
        The number of the set of each combination; several combinations may share a set.
    sets, periods
        The contents of the sets as pairs: the number of a set, and the first day of a period in it.
    """

    codes: Codes
    sets: Codes
    periods: Days

    def take(self, rows: Rows) -> PeriodSets:
        """Return the sets of the selected combinations."""
        codes = self.codes[rows]
        return replace(self, codes=codes)

    def hold(self, combination: Codes, period: Days) -> Flags:
        """Return for each pair of combination and period whether the set holds the period.

        Parameters
        ----------
        combination, period
            The position of each combination, and the first day of each period.
        """
        wanted_sets = self.codes[combination]
        sets = np.concatenate([self.sets, wanted_sets])
        periods = np.concatenate([self.periods, period])
        days, day = encode(periods)
        keys = sets * len(days) + day
        size = len(self.sets)
        members, wanted = np.split(keys, [size])
        return np.isin(wanted, members)


@dataclass(frozen=True)
class Cube:
    """The number of events of each combination of days and levels.

    Parameters
    ----------
    groups
        The columns that are grouped by.
    n
        The events of each combination. A combination may stand in several rows.
    events
        The number of events that were counted, each once however many levels it has. A part of a
        cube keeps the number of the whole.
    days
        The first and last day of each combination, in two columns; None where events are counted
        whatever their date.
    lists
        The multi-valued columns; an event stands once for each of its values there.
    hidden
        The periods that a combination has days in but no row any more, of a table that was filtered
        and then added up; None where there are none.
    resolution
        The unit in which days are distinguished: ``day``; or the name of a period, whose first day
        then stands for all of its days. None where there are no days.
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
        """For each column, the level of each combination."""
        return [axis.codes for axis in self.groups]

    @property
    def sizes(self) -> list[int]:
        """The number of levels of each column."""
        return [axis.size for axis in self.groups]

    def take(self, rows: Rows) -> Cube:
        """Return the selected combinations, which may repeat."""
        groups = [axis.take(rows) for axis in self.groups]
        days = self.days
        if days is not None:
            days = days[rows]
        hidden = self.hidden
        if hidden is not None:
            hidden = hidden.take(rows)
        n = self.n[rows]
        return replace(self, groups=groups, n=n, days=days, hidden=hidden)


AxisMaker = Callable[[Axis, Values], Axis]


# Multi-valued columns ----------------------------------------------------------------------------


def split_lists(
    cube: Cube,
    lists: Sequence[str],
    axis_of: AxisMaker,
) -> Cube:
    """Return a cube in which each combination stands once for every level in its cells.

    Parameters
    ----------
    cube
        A cube whose cells are lists.
    lists
        The columns with such cells.
    axis_of
        Makes an axis of single values; called with the axis of the lists and the values.

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
    for position, axis in enumerate(cube.groups):
        if axis.name in lists:
            cube = _split_axis(cube, position, axis_of)
    return replace(cube, lists=list(lists))


def _split_axis(cube: Cube, position: int, axis_of: AxisMaker) -> Cube:
    """Return a cube in which the axis at a position has single levels instead of lists."""
    axis = cube.groups[position]
    cells = [levels_in(cell) for cell in axis.levels]
    lengths = np.fromiter(map(len, cells), np.intp)
    values = list(chain.from_iterable(cells))
    rows, places = repeat_per_level(axis.codes, lengths)
    repeated = cube.take(rows)
    groups = list(repeated.groups)
    single = axis_of(axis, values)
    groups[position] = single.take(places)
    return replace(repeated, groups=groups)


# Groups ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cells:
    """The rows of a counts table, in order.

    Parameters
    ----------
    levels
        For each column that is grouped by, the level of each row.
    numbers
        The numbers of each row, by name.
    period
        The period of each row; None where events are counted whatever their date.
    """

    levels: list[Codes]
    numbers: dict[str, Array]
    period: Codes | None = None


@dataclass(frozen=True)
class Grouping:
    """The groups of a counts table.

    Parameters
    ----------
    group
        The number of the group of each combination.
    levels
        For each column, the level of each group.
    groups
        The number of groups.
    """

    group: Codes
    levels: list[Codes]
    groups: int


def grouping_of(cube: Cube, *, complete: bool, periods: int = 1) -> Grouping:
    """Return the groups of a cube: all combinations of levels, or those that occur.

    Parameters
    ----------
    cube
        The cube.
    complete
        Make a group of every combination of the levels.
    periods
        The number of periods that a complete table has a row for, per group.

    Raises
    ------
    ParameterError
        If a complete table would have more than `MOST_CELLS` rows.
    """
    codes = cube.codes
    shape = tuple(cube.sizes)
    if not codes:
        group = np.zeros(len(cube.n), dtype=np.intp)
        return Grouping(group, [], 1)
    if not complete:
        levels, group = distinct_groups(codes, shape)
        return Grouping(group, levels, len(levels[0]))
    _reject_too_many([*shape, periods])
    grid = np.indices(shape).reshape(len(shape), -1)
    group = codes[0]
    if len(group):  # else there may be no levels either, which `ravel_multi_index` rejects
        group = np.ravel_multi_index(tuple(codes), shape)
    return Grouping(group, list(grid), len(grid[0]))


def _reject_too_many(sizes: Sequence[int]) -> None:
    """Reject a complete table with more rows than anybody reads."""
    cells = np.prod(sizes, dtype=float)
    if cells > MOST_CELLS:
        fault = Fault("too_many_cells", value=f"{cells:.0f}", allowed=MOST_CELLS)
        raise ParameterError([fault])


def distinct_groups(
    codes: Sequence[Codes],
    sizes: Sequence[int],
) -> tuple[list[Codes], Codes]:
    """Return the distinct combinations of codes in order, and the position of each row in them.

    The number of possible combinations may exceed any integer: each step first renumbers those that
    occur.

    Examples
    --------
    >>> levels, group = distinct_groups([np.array([1, 0, 1]), np.array([0, 2, 0])], [2, 3])
    >>> [codes.tolist() for codes in levels], group.tolist()
    ([[0, 1], [2, 0]], [1, 0, 1])
    """
    group = codes[0]
    for column_codes, size in zip(codes[1:], sizes[1:], strict=True):
        _, occurring = encode(group)
        group = occurring * size + column_codes
    _, first, group = np.unique(group, return_index=True, return_inverse=True)
    levels = [column_codes[first] for column_codes in codes]
    return levels, group


def count_groups(cube: Cube, *, complete: bool = True) -> Cells:
    """Count events by groups, whatever their date.

    Parameters
    ----------
    cube
        The cube.
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
    >>> from aistats.counting.levels import PlainLevels
    >>> region = Axis("region", PlainLevels(["CN", "EU", "US"], "VARCHAR"), np.array([0, 2, 0]))
    >>> cells = count_groups(Cube([region], np.array([2, 3, 1]), events=6))
    >>> cells.levels[0].tolist(), cells.numbers["count"].tolist()
    ([0, 1, 2], [3, 0, 3])
    """
    grouping = grouping_of(cube, complete=complete)
    group = grouping.group
    sums = np.bincount(group, cube.n, grouping.groups)
    count = sums.astype(np.int64)
    return Cells(grouping.levels, {"count": count})


# Arrays ------------------------------------------------------------------------------------------


def encode(values: Array) -> tuple[Array, Codes]:
    """Return the distinct values in order, and the position of each value among them."""
    distinct, codes = np.unique(values, return_inverse=True)
    return distinct, codes


def repeat_per_level(codes: Codes, lengths: Codes) -> tuple[Codes, Codes]:
    """Repeat each combination once for every level in its cell.

    Parameters
    ----------
    codes
        The cell of each combination.
    lengths
        The number of levels of each cell.

    Returns
    -------
    rows, places : arrays
        For each repetition, the combination that is repeated, and the position of its level when
        the levels of all cells are put in one row.

    Examples
    --------
    >>> rows, places = repeat_per_level(np.array([1, 0]), np.array([2, 1]))
    >>> rows.tolist(), places.tolist()
    ([0, 1, 1], [2, 0, 1])
    """
    ends = np.cumsum(lengths)
    starts = ends - lengths
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
        The run that each number belongs to, and the number.

    Examples
    --------
    >>> run, number = count_up(np.array([7, 3]), np.array([2, 3]))
    >>> run.tolist(), number.tolist()
    ([0, 0, 1, 1, 1], [7, 8, 3, 4, 5])
    """
    runs = np.arange(len(lengths))
    run = np.repeat(runs, lengths)
    starts = np.cumsum(lengths) - lengths
    offset = first - starts
    places = np.arange(len(run))
    return run, places + offset[run]

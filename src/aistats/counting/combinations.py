"""Combinations: how many events each combination of days and levels stands for.

The *cube* is the distinct combinations and their numbers. It is small where events are many: a
billion events of ten years, twelve regions and eight categories are at most 350,000 combinations.
So it alone is computed over the events, whatever holds them; everything that needs thought (reading
dates, sorting levels, splitting lists) is done once per distinct value. Arrays only: no pandas.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Axis:
    """A side of a cube: the levels of a column, and which of them each combination has.

    Parameters
    ----------
    name
        The column.
    levels
        Those that occur, in order, a missing value last.
    codes
        For each combination the position of its level.
    """

    name: str
    levels: pd.Index
    codes: Codes

    def take(self, rows: NDArray[Any] | slice) -> Axis:
        """Return some combinations."""
        return Axis(self.name, self.levels, self.codes[rows])


@dataclass(frozen=True)
class Cube:
    """How many events each combination of dates and levels stands for.

    Parameters
    ----------
    dates
        The columns that say when: none, one, or a start and an end.
    groups
        The columns of levels.
    n
        The events of each combination.
    lists
        The columns whose cells held lists; an event stands there once for each of their levels.
    """

    dates: list[Axis]
    groups: list[Axis]
    n: Counts
    lists: list[str]


MOST_CELLS = 10_000_000

Codes = NDArray[np.intp]


class TooManyRowsError(ValueError):
    """A complete table would have more rows than anybody reads."""


@dataclass(frozen=True)
class Cells:
    """The rows of a counts table, in order.

    Parameters
    ----------
    levels
        For each column that is grouped by, which of its levels each row has.
    measures
        The numbers of each row, by name.
    period
        Which period each row is of; None where events are counted whatever their date.
    """

    levels: list[Codes]
    measures: dict[str, NDArray[np.generic]]
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
        picked, group = _distinct(codes, sizes)
    elif (cells := np.prod([*sizes, periods], dtype=float)) > MOST_CELLS:
        raise TooManyRowsError(
            f"the complete table would have {cells:.0f} rows, more than {MOST_CELLS}: "
            "say complete=False for those with events alone"
        )
    else:
        picked = list(np.indices(tuple(sizes)).reshape(len(sizes), -1))
        group = np.ravel_multi_index(tuple(codes), tuple(sizes)) if rows else codes[0]
    return group, picked, len(picked[0])


def _distinct(codes: Sequence[Codes], sizes: Sequence[int]) -> tuple[list[Codes], Codes]:
    """Return the distinct combinations of codes in order, and which of them each row has.

    It holds for any number of possible combinations: each step first renumbers those that occur.
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
    TooManyRowsError
        If a complete table would have more than `MOST_CELLS` rows.

    Examples
    --------
    >>> cells = count_groups(np.array([2, 3, 1]), [np.array([0, 2, 0])], [3])
    >>> cells.levels[0].tolist(), cells.measures["count"].tolist()
    ([0, 1, 2], [3, 0, 3])
    """
    group, levels, groups = groups_of_cells(codes, sizes, len(n), complete)
    return Cells(levels, {"count": np.bincount(group, n, groups).astype(np.int64)})


def exploded(codes: Codes, lengths: NDArray[np.intp]) -> tuple[Codes, Codes]:
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
    >>> rows, places = exploded(np.array([1, 0]), np.array([2, 1]))
    >>> rows.tolist(), places.tolist()
    ([0, 1, 1], [2, 0, 1])
    """
    times = lengths[codes]
    rows = np.repeat(np.arange(len(codes)), times)
    within = np.arange(len(rows)) - np.repeat(np.cumsum(times) - times, times)
    starts = np.cumsum(lengths) - lengths
    return rows, starts[codes[rows]] + within

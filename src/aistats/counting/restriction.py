"""The cube behind a counts table: the part of it that the table still has.

A counts table carries the cube that it was counted from. Its rows may have been filtered since, and
groups added up; what is asked for is the cube of the events that are left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aistats.counting.combinations import Axis, Codes, Cube, PeriodSets, count_up, distinct_groups
from aistats.counting.schema import schema_of
from aistats.counting.tables import is_total, need, parameter_error
from aistats.dates.edtf import Days
from aistats.faults import Fault, ParameterError

_CHECKED = {"counts": "count", "periods": "possible"}
"""By kind of table, the column that says how many events of the cube are behind each row."""


@dataclass(frozen=True)
class _Match:
    """Which combinations of a cube the rows of a counts table count.

    Parameters
    ----------
    rows, cube
        The table without rows of a total, and its cube, of the groups that it still has.
    row, combination
        The pairs of a row and a combination that has events in it, by their positions.
    """

    rows: pd.DataFrame
    cube: Cube
    row: Codes
    combination: Codes

    @property
    def period(self) -> NDArray[np.datetime64]:
        """The first day of the period of each pair."""
        return self.rows["period"].to_numpy("datetime64[D]")[self.row]


def part_of_cube(counts: pd.DataFrame) -> Cube:
    """Return the combinations that a counts table still has, with its groups alone.

    Parameters
    ----------
    counts
        A counts table that carries its cube.

    Returns
    -------
    Cube
        Of the groups that the table still has, and of the levels and days of its rows. Rows of a
        total add nothing.

    Raises
    ------
    ParameterError
        If it is no table, lacks a column that says which events a row is of, carries no cube, or
        its numbers are not those of the cube any more.
    """
    match = _checked_match(counts)
    return match.cube.take(np.unique(match.combination))


def cube_left(counts: pd.DataFrame) -> Cube | None:
    """Return the cube of a counts table once groups are added up; None if there is none for it.

    Which rows had been left out is not seen in the coarser table any more, so the cube says it.

    Examples
    --------
    >>> from aistats.counting.counts import count_events
    >>> counts = count_events(pd.DataFrame({"region": ["CN", "US", "US"]}), by="region")
    >>> cube_left(counts).n.tolist(), cube_left(counts.head(1)).n.tolist()
    ([1, 2], [1])
    >>> print(cube_left(counts.assign(count=7)))
    None
    """
    schema = schema_of(counts)
    if schema is None or schema.cube is None:
        return None
    number = _CHECKED[schema["kind"]]
    if number in counts.columns and counts[number].sum() == schema.in_all:
        return schema.cube  # an unfiltered table, as most are, may have millions of rows
    try:
        match = _checked_match(counts)
    except ParameterError:
        return None
    kept, combination = np.unique(match.combination, return_inverse=True)
    cube = match.cube.take(kept)
    if cube.days is None:
        return cube
    # An interval of a group may meet a period in which only other groups have rows.
    periods = counts.drop_duplicates("period")
    every = _match(periods, replace(cube, hidden=None), [], by_period=True)
    seen = PeriodSets(np.arange(len(kept)), combination, match.period)
    lost = ~seen.hold(every.combination, every.period)
    if not lost.any():
        return replace(cube, hidden=None)
    hidden = PeriodSets(seen.codes, every.combination[lost], every.period[lost])
    return replace(cube, hidden=hidden)


def _checked_match(counts: pd.DataFrame) -> _Match:
    """Match a counts table and the cube that it carries, which must agree."""
    if not isinstance(counts, pd.DataFrame):
        raise parameter_error("no_counts_table", type(counts).__name__)
    schema = schema_of(counts)
    if schema is None or schema.cube is None:
        raise ParameterError([Fault("no_cube")])
    by_period = schema["kind"] == "periods"
    if by_period:
        need(counts, "period", "days")
    match = _match(counts[~is_total(counts)], schema.cube, schema["groups"], by_period=by_period)
    number = _CHECKED[schema["kind"]]
    if number in counts.columns:
        n = np.bincount(match.row, match.cube.n[match.combination], len(match.rows))
        if not np.array_equal(n, match.rows[number].to_numpy(float)):
            raise ParameterError([Fault("other_cube", column=number)])
    return match


def _match(rows: pd.DataFrame, cube: Cube, names: Sequence[str], *, by_period: bool) -> _Match:
    """Match rows and combinations by some groups, and by days."""
    axes = {axis.name: axis for axis in cube.groups}
    cube = replace(cube, groups=[axes[name] for name in names])
    row_group, group = _groups_of_both(rows, cube)
    if not by_period or cube.days is None:
        return _Match(rows, cube, *_matches(row_group, group))
    first, length = rows["period"].to_numpy("datetime64[D]"), rows["days"]
    periods = first, length.to_numpy("timedelta64[D]")
    match = _Match(rows, cube, *_meetings(row_group, periods, group, cube.days))
    if cube.hidden is None:
        return match
    shown = ~cube.hidden.hold(match.combination, match.period)
    return replace(match, row=match.row[shown], combination=match.combination[shown])


def _groups_of_both(rows: pd.DataFrame, cube: Cube) -> tuple[Codes, Codes]:
    """Return numbers for the groups of the rows of a table and of the combinations of a cube."""
    if not cube.groups:
        return np.zeros(len(rows), dtype=np.intp), np.zeros(len(cube.n), dtype=np.intp)
    codes = [np.concatenate([_codes_in(axis, rows[axis.name]), axis.codes]) for axis in cube.groups]
    _, group = distinct_groups(codes, cube.sizes)
    return group[: len(rows)], group[len(rows) :]


def _codes_in(axis: Axis, levels: pd.Series) -> Codes:
    """Return which levels of an axis some values are."""
    index = axis.index()
    codes = index.get_indexer(pd.Index(levels))
    missing = levels.isna().to_numpy()
    if missing.any() and len(index) and index.isna()[-1]:  # whichever way it is written
        codes[missing] = len(index) - 1
    if (codes < 0).any():
        level = levels.iloc[int(np.argmin(codes))]
        raise ParameterError([Fault("other_level", column=axis.name, value=level)])
    return codes


def _matches(row_group: Codes, group: Codes) -> tuple[Codes, Codes]:
    """Return the pairs of a row and a combination that are of one group."""
    rows = np.argsort(row_group, kind="stable")
    ordered = row_group[rows]
    first = np.searchsorted(ordered, group)
    times = np.searchsorted(ordered, group, "right") - first
    combination, place = count_up(first, times)
    return rows[place], combination


def _meetings(
    row_group: Codes, periods: tuple[Days, NDArray[Any]], group: Codes, days: Days
) -> tuple[Codes, Codes]:
    """Return the pairs of a row and a combination that are of one group and have days in common.

    Parameters
    ----------
    row_group, periods
        The group of each row, the first day of its period, and how many days that has.
    group, days
        The group, the first and the last day of each combination.
    """
    start, length = periods
    starts, period = np.unique(start, return_inverse=True)
    ends = np.zeros(len(starts), dtype="timedelta64[D]")
    ends[period] = length
    # Periods do not overlap, so those that an interval meets follow on each other.
    first = np.searchsorted(starts + ends, days[:, 0], "right")
    after = np.searchsorted(starts, days[:, 1], "right")
    key = row_group * len(starts) + period
    rows = np.argsort(key, kind="stable")
    ordered = key[rows]
    begin = np.searchsorted(ordered, group * len(starts) + first)
    end = np.searchsorted(ordered, group * len(starts) + np.maximum(after, first))
    combination, place = count_up(begin, end - begin)
    return rows[place], combination

"""The cube behind a counts table: the part of it that the table still has.

A counts table comes in; the cube of its events goes out. The table carries the cube that it was
counted from, but rows may have been filtered since, and groups added up. So its rows are matched
with the combinations of the cube, and a table whose numbers no longer agree is rejected. Nothing is
counted again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from aistats.counting.combinations import (
    Array,
    Axis,
    Codes,
    Cube,
    PeriodSets,
    count_up,
    distinct_groups,
    encode,
)
from aistats.counting.schema import CountsSchema, schema_of
from aistats.counting.tables import is_total, need, parameter_error
from aistats.dates.edtf import Days
from aistats.faults import Fault, ParameterError

_CHECKED = {"counts": "count", "periods": "possible"}
"""By kind of table, the column with the number of the cube's events behind each row."""


@dataclass(frozen=True)
class _Match:
    """The combinations of a cube that the rows of a counts table count.

    Parameters
    ----------
    rows, cube
        The table without rows of a total, and its cube with the groups that the table still has.
    row, combination
        The pairs of a row and a combination that has events in it, by their positions.
    """

    rows: pd.DataFrame
    cube: Cube
    row: Codes
    combination: Codes

    @property
    def period(self) -> Days:
        """The first day of the period of each pair."""
        periods = self.rows["period"].to_numpy("datetime64[D]")
        return periods[self.row]

    def events(self) -> Array:
        """Return the number of the cube's events in each row."""
        size = len(self.rows)
        n = self.cube.n[self.combination]
        return np.bincount(self.row, n, size)


def part_of_cube(counts: pd.DataFrame) -> Cube:
    """Return the combinations that a counts table still has, with its groups alone.

    Parameters
    ----------
    counts
        A counts table that carries its cube.

    Returns
    -------
    Cube
        With the groups that the table still has, and the levels and days of its rows. Rows of a
        total add nothing.

    Raises
    ------
    ParameterError
        If it is no table, lacks a column that says which events a row is of, carries no cube, or
        its numbers are no longer those of the cube.
    """
    match = _checked_match(counts)
    return match.cube.take(np.unique(match.combination))


def cube_left(counts: pd.DataFrame) -> Cube | None:
    """Return the cube of a counts table once groups are added up; None if no cube fits it.

    The coarser table no longer shows which rows had been left out, so the cube records it.

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
    if _is_unfiltered(counts, schema):
        return schema.cube
    try:
        match = _checked_match(counts)
    except ParameterError:
        return None
    kept, combination = encode(match.combination)
    cube = match.cube.take(kept)
    if cube.days is None:
        return cube
    seen = PeriodSets(np.arange(len(kept)), combination, match.period)
    hidden = _hidden_periods(counts, cube, seen)
    return replace(cube, hidden=hidden)


def _is_unfiltered(counts: pd.DataFrame, schema: CountsSchema) -> bool:
    """Return whether a table surely has all its rows; most do, and may have millions."""
    number = _CHECKED[schema["kind"]]
    if number not in counts.columns:
        return False
    total = counts[number].sum()
    return bool(total == schema.in_all)


def _hidden_periods(
    counts: pd.DataFrame,
    cube: Cube,
    seen: PeriodSets,
) -> PeriodSets | None:
    """Return the periods of a table in which a combination has days, but no row any more.

    An interval of a group may meet a period in which only other groups have rows.
    """
    periods = counts.drop_duplicates("period")
    every = _match(periods, replace(cube, hidden=None), [], by_period=True)
    lost = ~seen.hold(every.combination, every.period)
    if not lost.any():
        return None
    sets = every.combination[lost]
    return PeriodSets(seen.codes, sets, every.period[lost])


def _checked_match(counts: pd.DataFrame) -> _Match:
    """Match a counts table with the cube that it carries; reject a table that does not agree."""
    if not isinstance(counts, pd.DataFrame):
        raise parameter_error("no_counts_table", type(counts).__name__)
    schema = schema_of(counts)
    if schema is None or schema.cube is None:
        raise ParameterError([Fault("no_cube")])
    by_period = schema["kind"] == "periods"
    if by_period:
        need(counts, "period", "days")
    rows = counts[~is_total(counts)]
    match = _match(rows, schema.cube, schema["groups"], by_period=by_period)
    number = _CHECKED[schema["kind"]]
    if number in counts.columns:
        numbers = rows[number].to_numpy(float)
        if not np.array_equal(match.events(), numbers):
            raise ParameterError([Fault("other_cube", column=number)])
    return match


def _match(
    rows: pd.DataFrame,
    cube: Cube,
    names: Sequence[str],
    *,
    by_period: bool,
) -> _Match:
    """Match rows and combinations by some groups, and by days."""
    axes = {axis.name: axis for axis in cube.groups}
    groups = [axes[name] for name in names]
    cube = replace(cube, groups=groups)
    row_group, group = _groups_of_both(rows, cube)
    if not by_period or cube.days is None:
        row, combination = _pairs_of_groups(row_group, group)
        return _Match(rows, cube, row, combination)
    periods = _Periods.of(rows)
    row, combination = _pairs_of_days(row_group, periods, group, cube.days)
    match = _Match(rows, cube, row, combination)
    if cube.hidden is None:
        return match
    visible = ~cube.hidden.hold(combination, match.period)
    return replace(match, row=row[visible], combination=combination[visible])


def _groups_of_both(rows: pd.DataFrame, cube: Cube) -> tuple[Codes, Codes]:
    """Return numbers for the groups of the rows of a table and of the combinations of a cube."""
    size = len(rows)
    if not cube.groups:
        none = np.zeros(size + len(cube.n), dtype=np.intp)
        return none[:size], none[size:]
    codes = []
    for axis in cube.groups:
        row_codes = _codes_in(axis, rows[axis.name])
        codes.append(np.concatenate([row_codes, axis.codes]))
    _, group = distinct_groups(codes, cube.sizes)
    return group[:size], group[size:]


def _codes_in(axis: Axis, levels: pd.Series) -> Codes:
    """Return the positions of some values in the levels of an axis."""
    index = axis.index()
    codes = index.get_indexer(pd.Index(levels))
    missing = levels.isna().to_numpy()
    # A missing value may be written differently there: None, NaN, NA or NaT.
    if missing.any() and len(index) and index.isna()[-1]:
        codes[missing] = len(index) - 1
    if (codes < 0).any():
        row = int(np.argmin(codes))
        level = levels.iloc[row]
        raise ParameterError([Fault("other_level", column=axis.name, value=level)])
    return codes


def _pairs_of_groups(
    row_group: Codes,
    group: Codes,
) -> tuple[Codes, Codes]:
    """Return the pairs of a row and a combination that are of one group."""
    rows = np.argsort(row_group, kind="stable")
    ordered = row_group[rows]
    first = np.searchsorted(ordered, group)
    after = np.searchsorted(ordered, group, "right")
    combination, place = count_up(first, after - first)
    return rows[place], combination


@dataclass(frozen=True)
class _Periods:
    """The periods of the rows of a counts table, which do not overlap.

    Parameters
    ----------
    starts, ends
        The first day of each distinct period, in order, and the day after its last.
    period
        The position of each row's period.
    """

    starts: Days
    ends: Days
    period: Codes

    @classmethod
    def of(cls, rows: pd.DataFrame) -> _Periods:
        """Return the periods of a table with the columns ``period`` and ``days``."""
        first_days = rows["period"].to_numpy("datetime64[D]")
        starts, period = encode(first_days)
        lengths = np.zeros(len(starts), dtype="timedelta64[D]")
        lengths[period] = rows["days"].to_numpy("timedelta64[D]")
        ends = starts + lengths
        return cls(starts, ends, period)


def _pairs_of_days(
    row_group: Codes,
    periods: _Periods,
    group: Codes,
    days: Days,
) -> tuple[Codes, Codes]:
    """Return the pairs of a row and a combination of one group that have days in common.

    Parameters
    ----------
    row_group, periods
        The group and the period of each row.
    group, days
        The group, and the first and last day, of each combination.
    """
    size = len(periods.starts)
    # As periods do not overlap, those that an interval meets follow on each other.
    first = np.searchsorted(periods.ends, days[:, 0], "right")
    after = np.searchsorted(periods.starts, days[:, 1], "right")
    after = np.maximum(after, first)
    keys = row_group * size + periods.period
    rows = np.argsort(keys, kind="stable")
    ordered = keys[rows]
    begin = np.searchsorted(ordered, group * size + first)
    end = np.searchsorted(ordered, group * size + after)
    combination, place = count_up(begin, end - begin)
    return rows[place], combination

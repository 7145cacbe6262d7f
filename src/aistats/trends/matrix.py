"""A counts table as arrays: a row per group, a column per period."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aistats.counting.schema import PER_PERIOD, CountsSchema, known_schema
from aistats.counting.tables import (
    consecutive,
    exposure_columns,
    group_numbers,
    parameter_error,
    read,
    whole_counts,
)
from aistats.dates.edtf import parse_edtf

Numbers = NDArray[np.float64]
Places = NDArray[np.intp]
Side = str | dt.date | np.datetime64 | Sequence[str | dt.date | np.datetime64]
"""A period by its first day, several by EDTF text, or a list of either."""


@dataclass(frozen=True)
class CountsMatrix:
    """A counts table as arrays, a row per group and a column per period.

    ``groups`` has the levels of each row, ``periods`` the first day and the exposure of each
    column, ``schema`` what the table records of itself.
    """

    schema: CountsSchema
    groups: pd.DataFrame
    periods: pd.DataFrame
    certain: Numbers
    expected: Numbers
    possible: Numbers
    starting: Numbers
    ending: Numbers
    outside: Numbers

    @property
    def covered(self) -> Numbers:
        """The exposure of each period: its covered days."""
        return self.periods["days_covered"].to_numpy(float)

    def named(self, names: Side, argument: str) -> Places:
        """Return the covered ones of the periods that an argument names."""
        several = names if isinstance(names, Iterable) and not isinstance(names, str) else [names]
        starts = self.periods["period"]
        ends = starts + pd.to_timedelta(self.periods["days"] - 1, unit="D")
        chosen = np.zeros(len(starts), dtype=bool)
        for name in several:
            try:
                first, last = map(pd.Timestamp, _ends(name))
            except (ValueError, TypeError) as error:
                raise parameter_error("names_no_period", name, error, argument=argument) from error
            inside = starts == first if first == last else (starts >= first) & (ends <= last)
            if not inside.any():
                there = (
                    f"{starts.min():%Y-%m-%d} … {starts.max():%Y-%m-%d}" if len(starts) else "none"
                )
                raise parameter_error("no_such_period", name, there, argument=argument)
            chosen |= inside.to_numpy()
        if (np.diff(np.flatnonzero(chosen)) > 1).any():
            raise parameter_error("periods_with_gap", names, argument=argument)
        places = np.flatnonzero(chosen & (self.covered > 0))
        if not len(places):
            raise parameter_error("no_covered_day", names, argument=argument)
        return places

    def whole_counts(self, group: int) -> list[Numbers]:
        """Return the counts to test of a group: of intervals by their first, by their last day."""
        starting, ending = self.starting[group], self.ending[group]
        return [starting] if np.array_equal(starting, ending) else [starting, ending]

    def readings(self, group: int, places: Places) -> list[Numbers]:
        """Return the counts of some periods with all dates early, with all late, and beyond.

        The first ones are the whole counts. An event from before a run of periods may as well lie
        in its first one, and one that goes on after it in its last; what reaches out of all of them
        may lie in none, and what may lie on a day that nobody covers says nothing of covered ones.
        """
        if not len(places):
            return [np.zeros(0)]
        s, e, p = (array[group] for array in (self.starting, self.ending, self.possible))
        early, late = s.copy(), e.copy()
        for run in _runs(places):
            early[run[0]] = p[run[0]]
            late[run[-1]] = p[run[-1]]
        entered, left = (p - s)[places[0]], (p - e)[places[-1]]
        found = [it[places] for it in (*self.whole_counts(group), early, late)]
        found += [_without(found[-2][::-1], left)[::-1], _without(found[-1], entered)]
        found += [np.maximum(it - self.outside[group, places], 0) for it in found[:2]]
        return [it for n, it in enumerate(found) if not _stands(it, found[:n])]

    def side(self, places: Places) -> dict[str, Any]:
        """Return when some periods are, and how many events of each group are and may be there."""
        shown = self.periods.iloc[places]
        period, days = pd.NaT, 0
        if len(shown):
            period = shown["period"].iloc[0]
            days = (shown["period"].iloc[-1] - period).days + int(shown["days"].iloc[-1])
        certain, possible = np.zeros(len(self.groups)), np.zeros(len(self.groups))
        for run in _runs(places):
            c, p, s, e = (
                array[:, run] for array in (self.certain, self.possible, self.starting, self.ending)
            )
            # Whoever may be in a run is so in its first period or begins in a later one.
            inside = p[:, 0] + s[:, 1:].sum(1)
            across = (p[:, 0] - s[:, 0]) + (p[:, -1] - e[:, -1])
            in_run = np.maximum(c.sum(1), inside - across)
            certain += np.maximum(in_run - self.outside[:, run].sum(1), 0)
            possible += inside
        if len(places):  # an event over a gap is one
            span = slice(places[0] + 1, places[-1] + 1)
            whole = self.possible[:, places[0]] + self.starting[:, span].sum(1)
            possible = np.minimum(possible, whole)
        return {
            "period": period,
            "days": days,
            "days_covered": int(shown["days_covered"].sum()),
            "certain": certain.astype(np.int64),
            "possible": possible.astype(np.int64),
        }


def matrix_of(counts: pd.DataFrame) -> CountsMatrix:
    """Return a counts table as arrays.

    Raises
    ------
    ParameterError
        If it is not what a counts table with periods must be.
    """
    counts, groups = read(counts, "period", "days", *PER_PERIOD)
    whole_counts(counts)
    counts = consecutive(counts, groups)
    known = exposure_columns(counts)
    periods = counts.drop_duplicates("period", ignore_index=True)[["period", *known]]
    levels = counts[groups].drop_duplicates(ignore_index=True)
    if not groups:
        levels = pd.DataFrame(index=range(1))
    shape = (len(periods), len(levels))
    cells = counts.assign(group=group_numbers(counts, groups)).sort_values(["period", "group"])
    cells = cells.assign(outside=cells.get("outside", 0))
    arrays = {
        name: cells[name].to_numpy(float).reshape(shape).T for name in (*PER_PERIOD, "outside")
    }
    filled = periods.assign(
        days_covered=periods.get("days_covered", periods["days"]),
        days_assumed=periods.get("days_assumed", 0),
        sources=periods.get("sources", ""),
    )
    return CountsMatrix(known_schema(counts), levels, filled, **arrays)


def _ends(name: object) -> tuple[Any, Any]:
    return parse_edtf(name) if isinstance(name, str) else (name, name)


def _without(counts: Numbers, number: float) -> Numbers:
    """Return counts less so many events, taken from the first periods that have any."""
    gone = np.diff(np.minimum(np.cumsum(counts), number), prepend=0.0)
    left: Numbers = counts - gone
    return left


def _stands(counts: Numbers, among: list[Numbers]) -> bool:
    return any(np.array_equal(counts, it) for it in among)


def _runs(places: Places) -> Iterator[Places]:
    """Yield each run of periods that follow each other."""
    if len(places):
        yield from np.split(places, np.flatnonzero(np.diff(places) > 1) + 1)

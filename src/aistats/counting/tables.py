"""What a counts table must be, and the same as arrays: a row per group, a column per period.

Verbs on counts tables and tests of change read their table here, so that both refuse the same
faults in the same words: columns that are not there, counts that none can be, rows that repeat,
periods that overlap or leave a gap, and exposure that differs between the groups of a period.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from aistats.dates.edtf import parse_edtf
from aistats.counting.periods import EXPOSURE, MEASURES

Numbers = NDArray[np.float64]
Places = NDArray[np.intp]
Side = str | dt.date | np.datetime64 | Sequence[str | dt.date | np.datetime64]
"""A period by its first day, several by EDTF text, or a list of either."""

_COUNTED = ("certain", "expected", "possible", "starting", "ending")


# Tables ------------------------------------------------------------------------------------------


def group_columns(counts: pd.DataFrame) -> list[str]:
    """Return the columns that are groups."""
    return [name for name in counts.columns if name not in (*MEASURES, "period")]


def need(counts: pd.DataFrame, *needed: str, table: str = "counts") -> None:
    """Refuse a table that lacks a column."""
    if missing := [name for name in needed if name not in counts.columns]:
        hint = " (count with period=, such as period='week')" if "period" in missing else ""
        raise ValueError(f"{table}: no column {missing}{hint}; there are {list(counts.columns)}")


def read(counts: pd.DataFrame, *needed: str) -> tuple[pd.DataFrame, list[str]]:
    """Return a table that has these columns, its rows numbered, and its groups."""
    need(counts, *needed)
    groups = group_columns(counts)
    keys = ["period", *groups] if "period" in counts.columns else groups
    if keys and (twice := int(counts.duplicated(keys).sum())):
        raise ValueError(
            f"counts: {keys} repeat in {twice} of {len(counts)} rows; regroup it first"
        )
    return counts.reset_index(drop=True), groups


def exposure_columns(counts: pd.DataFrame) -> list[str]:
    """Return the columns of exposure; they must say one thing of each period."""
    names = [name for name in EXPOSURE if name in counts.columns]
    each = counts[["period", *names]].drop_duplicates()
    if (differs := each["period"].duplicated()).any():
        day = each.loc[differs, "period"].iloc[0].date()
        raise ValueError(f"counts: the groups of the period {day} differ in {names}")
    return names


def consecutive(counts: pd.DataFrame, groups: list[str]) -> pd.DataFrame:
    """Return a table in order of period; every period and group must have its row."""
    exposure_columns(counts)
    counts = counts.sort_values("period", kind="stable", ignore_index=True)
    each = counts.drop_duplicates("period")
    first = each["period"].to_numpy().astype("datetime64[D]")
    end = first + each["days"].to_numpy().astype("timedelta64[D]")
    for following, expected in zip(first[1:], end[:-1], strict=True):
        if following != expected:
            day, what = min(following, expected), "none" if following > expected else "two"
            raise ValueError(
                f"counts: periods must follow on each other; {day} is in {what} "
                "(count with complete=True)"
            )
    if len(counts) != len(each) * group_numbers(counts, groups).nunique():
        raise ValueError("counts: a group has no row in a period; count with complete=True")
    return counts


def group_numbers(counts: pd.DataFrame, groups: list[str]) -> pd.Series:
    """Return a number for the group of each row; a missing level is a level."""
    if not groups:
        return pd.Series(0, index=counts.index)
    return counts.groupby(groups, sort=False, dropna=False).ngroup()


def is_covered(counts: pd.DataFrame) -> pd.Series:
    """Return in which rows somebody looked; where the coverage is not known, in all."""
    if "days_covered" not in counts.columns:
        return pd.Series(True, index=counts.index)
    return counts["days_covered"] > 0


def whole_counts(counts: pd.DataFrame) -> None:
    """Refuse counts and days that none can be."""
    if not pd.api.types.is_datetime64_dtype(counts["period"].dtype):
        raise ValueError(f"counts: period holds {counts['period'].dtype}, not days")
    for name in ("certain", "possible", "starting", "ending", "days", "days_covered"):
        numbers = counts[name].to_numpy(float) if name in counts else np.zeros(0)
        wrong = ~((numbers >= 0) & (numbers == np.floor(numbers)))
        _refuse(counts, wrong, name, "must be a whole number, zero or more")
    most = counts["possible"] * (1 + 1e-9)  # expected is a sum of shares
    _refuse(counts, counts["certain"] > most, "certain", "is more than possible")
    for name in ("expected", "starting", "ending"):
        _refuse(counts, counts[name] > most, name, "is more than possible")
    _refuse(
        counts,
        counts["expected"] < counts["certain"] * (1 - 1e-9),
        "expected",
        "is less than certain",
    )
    if "days_covered" in counts:
        _refuse(
            counts, counts["days_covered"] > counts["days"], "days_covered", "is more than days"
        )


def _refuse(counts: pd.DataFrame, wrong: ArrayLike, name: str, rule: str) -> None:
    if len(rows := np.flatnonzero(np.asarray(wrong))):
        value = f"{float(counts[name].iloc[rows[0]]):g}"
        raise ValueError(f"counts: {name}={value} in row {counts.index[rows[0]]!r}: {rule}")


# Arrays ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Panel:
    """A counts table as arrays, a row per group and a column per period.

    ``groups`` has the levels of each row, ``periods`` the first day and the exposure of each
    column.
    """

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
                raise ValueError(f"{argument}={name!r} names no period: {error}") from error
            inside = starts == first if first == last else (starts >= first) & (ends <= last)
            if not inside.any():
                there = (
                    f"{starts.min():%Y-%m-%d} to {starts.max():%Y-%m-%d}" if len(starts) else "none"
                )
                raise ValueError(f"{argument}={name!r}: no such period; the first days are {there}")
            chosen |= inside.to_numpy()
        if (np.diff(np.flatnonzero(chosen)) > 1).any():
            raise ValueError(f"{argument}={names!r}: its periods do not follow on each other")
        places = np.flatnonzero(chosen & (self.covered > 0))
        if not len(places):
            raise ValueError(f"{argument}={names!r}: no covered day, so no rate")
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


def panel_of(counts: pd.DataFrame) -> Panel:
    """Return a counts table as arrays.

    Raises
    ------
    ValueError
        If it is not what a counts table with periods must be.
    """
    counts, groups = read(counts, "period", "days", *_COUNTED)
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
    arrays = {name: cells[name].to_numpy(float).reshape(shape).T for name in (*_COUNTED, "outside")}
    filled = periods.assign(
        days_covered=periods.get("days_covered", periods["days"]),
        days_assumed=periods.get("days_assumed", 0),
        sources=periods.get("sources", ""),
    )
    return Panel(levels, filled, **arrays)


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

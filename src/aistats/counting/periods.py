"""Counting by period: the numbers of each period and group, from the cube of all events.

A cube and the edges of periods come in; the rows of a counts table go out, as arrays. An event
whose date is an interval may belong to several periods. So each row has three numbers: how many
events are *certain* to lie in the period, how many *possibly* do, and the *expected* number, in
which an event counts with the share of its days that fall into the period (aoristic analysis,
Ratcliffe 2000). Certain never exceeds expected, expected never exceeds possible, and over all
periods expected adds up to the number of events. `aistats.counting.answers` makes a table of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from aistats.counting.combinations import (
    Array,
    Cells,
    Codes,
    Counts,
    Cube,
    count_up,
    encode,
    grouping_of,
)
from aistats.counting.exposure import may_lie_outside
from aistats.dates.calendar import ONE_DAY, Period, check_period, first_days
from aistats.dates.edtf import FIRST_DAY, LAST_DAY, Days, parse_edtf
from aistats.faults import EDTFError, Fault, ParameterError
from aistats.session import texts

Day = str | dt.date | np.datetime64
Window = tuple[Day, Day]


def edges_of(
    days: Days,
    period: Period,
    between: Window | None = None,
    covered: Days | None = None,
) -> Days:
    """Return the first day of each period to show, and the day after the last.

    Parameters
    ----------
    days
        The first and last day of each event.
    period
        One of `aistats.dates.calendar.PERIODS`.
    between
        First and last day to count; by default of all `days`, and of all that are covered.
    covered
        The first and last day of each covered window.
    """
    if between is not None:
        first, last = window_of(between)
        edges = first_days(first, last, period)
        return np.clip(edges, first, last + ONE_DAY)
    if covered is not None:
        days = np.concatenate([days, covered])
    if not len(days):
        check_period(period)
        return np.array([], dtype="datetime64[D]")
    first, last = days[:, 0].min(), days[:, 1].max()
    return first_days(first, last, period)


def first_of(
    period: Period,
    between: Window | None,
    days: Days,
) -> Days:
    """Return for each day the first day of its period that is counted.

    Unless coverage matters, the counts stay the same if the events of a day are moved there. A day
    outside `between` stays as it is.
    """
    single_days = np.column_stack([days, days])
    edges = edges_of(single_days, period, between)
    counted = (days >= edges[0]) & (days < edges[-1])
    place = np.searchsorted(edges, days, "right")
    starts = edges[place - 1]
    return np.where(counted, starts, days)


def window_of(between: Window) -> Days:
    """Return the first and last day that a pair of days or EDTF texts names.

    Raises
    ------
    ParameterError
        If it is no such pair.

    Examples
    --------
    >>> print(window_of(("2025-12", "2026-01-15")))
    ['2025-12-01' '2026-01-15']
    """
    try:
        first, last = () if isinstance(between, str) else between
        days = [_day(first, 0), _day(last, 1)]
        window = np.array(days, dtype="datetime64[D]")
    except EDTFError as error:
        raise ParameterError([_no_window(between), *error.faults]) from None
    except (TypeError, ValueError):
        raise ParameterError([_no_window(between)]) from None
    possible = (window >= FIRST_DAY) & (window <= LAST_DAY)  # NaT is neither
    if not possible.all():
        raise ParameterError([_no_window(between)])
    if window[1] < window[0]:
        reason = Fault("reversed", value=f"{window[0]}/{window[1]}")
        raise ParameterError([_no_window(between), reason])
    return window


def _no_window(between: object) -> Fault:
    if isinstance(between, Sequence) and not isinstance(between, str):
        ends = ", ".join(map(str, between))
        return Fault("no_window", value=ends)
    return Fault("no_window", value=between)


def _day(day: Day, end: int) -> dt.date | np.datetime64:
    """Return a day, or the first or last (`end` 0 or 1) of those that an EDTF text allows."""
    if isinstance(day, str):
        return parse_edtf(day)[end]
    if isinstance(day, dt.datetime):
        return day.date()
    if not isinstance(day, dt.date | np.datetime64):
        say = texts()
        raise TypeError(say("counting.no_day", value=repr(day)))
    return day


# From days to periods ----------------------------------------------------------------------------


def count_periods(
    cube: Cube,
    edges: Days,
    *,
    covered: Days | None = None,
    complete: bool = True,
) -> Cells:
    """Distribute the intervals of a cube over periods, and add them up by period and group.

    Parameters
    ----------
    cube
        A cube with days.
    edges
        The first day of each period, and the day after the last.
    covered
        The first and last day of each covered window.
    complete
        As in :func:`count_groups`.

    Returns
    -------
    Cells
        With ``certain``, ``expected``, ``possible``, ``starting``, ``ending`` and ``days``; with
        covered windows also ``outside``.

    Raises
    ------
    ParameterError
        If a complete table would have more than `MOST_CELLS` rows.

    References
    ----------
    Ratcliffe, J. H. (2000). Aoristic analysis: the spatial interpretation of unspecific temporal
    events. *International Journal of Geographical Information Science* 14(7), 669–679.

    Examples
    --------
    One event between 6 and 9 December, over two weeks:

    >>> days = np.array([["2025-12-06", "2025-12-09"]], dtype="datetime64[D]")
    >>> weeks = first_days(*days[0], "week")
    >>> count_periods(Cube([], np.array([1]), 1, days), weeks).numbers["expected"].tolist()
    [0.5, 0.5]
    """
    assert cube.days is not None
    periods = max(len(edges) - 1, 0)
    grouping = grouping_of(cube, complete=complete, periods=periods)
    overlaps = _overlaps(cube.days, edges)
    group = grouping.group[overlaps.row]
    cell = overlaps.period * grouping.groups + group
    if complete:
        cells = np.arange(periods * grouping.groups)
    else:
        cells, cell = encode(cell)
    weights = _weights(cube.n, overlaps, edges, covered)
    numbers = _sums_per_cell(weights, cell, len(cells))
    period_of_cell, group_of_cell = np.divmod(cells, max(grouping.groups, 1))
    lengths = np.diff(edges).astype(np.int64)
    numbers["days"] = lengths[period_of_cell]
    levels = [codes[group_of_cell] for codes in grouping.levels]
    return Cells(levels, numbers, period_of_cell)


@dataclass(frozen=True)
class _Overlaps:
    """The overlaps of intervals and periods.

    Parameters
    ----------
    row, period
        The interval and the period of each overlap, by their positions.
    days
        How many days each overlap has.
    interval
        The first and last day of the interval of each overlap.
    """

    row: Codes
    period: Codes
    days: Counts
    interval: Days


def _overlaps(days: Days, edges: Days) -> _Overlaps:
    """Return all overlaps of intervals and periods."""
    periods = max(len(edges) - 1, 0)
    starts = days[:, 0]
    ends = days[:, 1] + ONE_DAY
    begun = np.searchsorted(edges, starts, "right")
    first_period = np.maximum(begun - 1, 0)
    begun_by_end = np.searchsorted(edges, ends)
    after_period = np.minimum(begun_by_end, periods)
    lengths = after_period - first_period  # 0 for an interval before or after all periods
    row, period = count_up(first_period, lengths)
    start = np.maximum(starts[row], edges[period])
    end = np.minimum(ends[row], edges[period + 1])
    overlap_days = (end - start).astype(np.int64)
    return _Overlaps(row, period, overlap_days, days[row])


def _weights(
    n: Counts,
    overlaps: _Overlaps,
    edges: Days,
    covered: Days | None,
) -> Iterator[tuple[str, Array]]:
    """Yield by name what each overlap adds to the numbers of its period and group."""
    events = n[overlaps.row]
    first, last = overlaps.interval.T
    length = (last - first).astype(np.int64) + 1
    yield "certain", events * (overlaps.days == length)
    yield "expected", events * overlaps.days / length
    yield "possible", events
    yield "starting", events * (first >= edges[overlaps.period])
    yield "ending", events * (last < edges[overlaps.period + 1])
    if covered is not None:
        outside = may_lie_outside(overlaps.interval, overlaps.period, edges, covered)
        yield "outside", events * outside


def _sums_per_cell(
    weights: Iterable[tuple[str, Array]],
    cell: Codes,
    cells: int,
) -> dict[str, Array]:
    """Add up the weights of the overlaps of each cell, by name."""
    sums: dict[str, Array] = {}
    for name, weight in weights:
        total = np.bincount(cell, weights=weight, minlength=cells)
        dtype = np.float64 if name == "expected" else np.int64
        sums[name] = total.astype(dtype)
    return sums

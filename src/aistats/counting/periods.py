"""Counting by period: the numbers of each period and group, from the cube of all events.

An event whose date is an interval may belong to several periods. So each cell says three things:
how many events are *certain* to lie in the period, how many *possibly* do, and the *expected*
number, in which an event counts with the share of its days that fall into the period (aoristic
analysis, Ratcliffe 2000). Certain never exceeds expected, expected never exceeds possible, and over
all periods expected adds up to the number of events.

Everything here is arrays: codes of levels, days, and how many events each combination of them
stands for. `aistats.counting.answers` makes a table of the result.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aistats.counting.combinations import Cells, Codes, count_up, groups_of_cells
from aistats.counting.exposure import may_lie_outside
from aistats.dates.calendar import ONE_DAY, check_period, first_days
from aistats.dates.edtf import FIRST_DAY, LAST_DAY, Days, parse_edtf
from aistats.faults import EDTFError, Fault, ParameterError

Day = str | dt.date | np.datetime64


def edges_of(
    days: Days, period: str, between: tuple[Day, Day] | None = None, covered: Days | None = None
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
        return np.clip(first_days(first, last, period), first, last + ONE_DAY)
    every = days if covered is None else np.concatenate([days, covered])
    if not len(every):
        check_period(period)
        return np.array([], dtype="datetime64[D]")
    return first_days(every[:, 0].min(), every[:, 1].max(), period)


def first_of(period: str, between: tuple[Day, Day] | None, days: Days) -> Days:
    """Return for each of some days the first that is counted with it in a period.

    In all that is counted of events on a day, that day stands for it, but for what is covered.
    """
    edges = edges_of(np.column_stack([days, days]), period, between)
    counted = (days >= edges[0]) & (days < edges[-1])
    return np.where(counted, edges[np.searchsorted(edges, days, "right") - 1], days)


def window_of(between: tuple[Day, Day]) -> Days:
    """Return the first and last day that are meant by a pair of days or EDTF texts.

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
        window = np.array([_day(first, 0), _day(last, 1)], dtype="datetime64[D]")
    except EDTFError as error:
        raise ParameterError([_no_window(between), *error.faults]) from None
    except (TypeError, ValueError):
        raise ParameterError([_no_window(between)]) from None
    if not ((window >= FIRST_DAY) & (window <= LAST_DAY)).all():  # NaT is neither
        raise ParameterError([_no_window(between)])
    if window[1] < window[0]:
        reason = Fault("reversed", value=f"{window[0]}/{window[1]}")
        raise ParameterError([_no_window(between), reason])
    return window


def _no_window(between: object) -> Fault:
    if isinstance(between, Sequence) and not isinstance(between, str):
        return Fault("no_window", value=", ".join(map(str, between)))
    return Fault("no_window", value=between)


def _day(day: Day, end: int) -> dt.date | np.datetime64:
    """Return a day, or the first or last (`end` 0 or 1) of those that an EDTF text allows."""
    if isinstance(day, str):
        return parse_edtf(day)[end]
    if not isinstance(day, dt.date | np.datetime64):
        raise TypeError(f"{day!r} is no day")
    return day.date() if isinstance(day, dt.datetime) else day


# From days to periods ----------------------------------------------------------------------------


def count_periods(
    n: NDArray[np.int64],
    days: Days,
    codes: Sequence[Codes],
    sizes: Sequence[int],
    edges: Days,
    *,
    covered: Days | None = None,
    complete: bool = True,
) -> Cells:
    """Lay intervals of days over periods, and add them up by period and group.

    Parameters
    ----------
    n, codes, sizes, complete
        As in :func:`count_groups`.
    days
        The first and last day of each combination, in two columns.
    edges
        The first day of each period, and the day after the last.
    covered
        The first and last day of each covered window.

    Returns
    -------
    Cells
        With ``certain``, ``expected``, ``possible``, ``starting``, ``ending`` and ``days``; of
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
    >>> count_periods(np.array([1]), days, [], [], weeks).numbers["expected"].tolist()
    [0.5, 0.5]
    """
    periods = max(len(edges) - 1, 0)
    group, levels, groups = groups_of_cells(codes, sizes, len(n), complete, periods)
    overlaps = _overlaps(days, edges)
    row, period = overlaps.row, overlaps.period
    length = (days[:, 1] - days[:, 0]).astype(np.int64)[row] + 1
    cell = period * groups + group[row]
    if complete:
        cells = np.arange(periods * groups)
    else:
        cells, cell = np.unique(cell, return_inverse=True)
    n = n[row]

    def total(weight: NDArray[np.generic]) -> NDArray[np.float64]:
        return np.bincount(cell, weights=weight, minlength=len(cells)).astype(np.float64)

    numbers: dict[str, NDArray[np.generic]] = {
        "certain": total(n * (overlaps.days == length)).astype(np.int64),
        "expected": total(n * overlaps.days / length),
        "possible": total(n).astype(np.int64),
        "starting": total(n * (days[row, 0] >= edges[period])).astype(np.int64),
        "ending": total(n * (days[row, 1] < edges[period + 1])).astype(np.int64),
    }
    if covered is not None:
        outside = may_lie_outside(days[row], period, edges, covered)
        numbers["outside"] = total(n * outside).astype(np.int64)
    period_of_cell, group_of_cell = np.divmod(cells, max(groups, 1))
    numbers["days"] = np.diff(edges).astype(np.int64)[period_of_cell]
    return Cells([codes[group_of_cell] for codes in levels], numbers, period_of_cell)


@dataclass(frozen=True)
class _Overlaps:
    """The overlaps of intervals and periods.

    Parameters
    ----------
    row, period
        Of each overlap, which interval and which period have it.
    days
        How many days it has.
    """

    row: Codes
    period: Codes
    days: NDArray[np.int64]


def _overlaps(days: Days, edges: Days) -> _Overlaps:
    """Return all overlaps of intervals and periods."""
    if len(edges) < 2 or not len(days):
        none = np.array([], dtype=np.intp)
        return _Overlaps(none, none, none.astype(np.int64))
    inside = np.flatnonzero((days[:, 1] >= edges[0]) & (days[:, 0] < edges[-1]))
    first = np.clip(days[inside, 0], edges[0], None)
    last = np.clip(days[inside, 1], None, edges[-1] - ONE_DAY)
    first_period = np.searchsorted(edges, first, "right") - 1
    periods = np.searchsorted(edges, last, "right") - first_period
    interval, period = count_up(first_period, periods)
    ends = np.minimum(last[interval] + ONE_DAY, edges[period + 1])
    overlap = ends - np.maximum(first[interval], edges[period])
    return _Overlaps(inside[interval], period, overlap.astype(np.int64))

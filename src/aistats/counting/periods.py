"""Measures: what a counts table says of each period and group, from the cube of all events.

An event whose date is an interval may belong to several periods. So each cell says three things:
how many events are *certain* to lie in the period, how many *possibly* do, and the *expected*
number, in which an event counts with the share of its days that fall into the period (aoristic
analysis, Ratcliffe 2000). Certain never exceeds expected, expected never exceeds possible, and over
all periods expected adds up to the number of events.

All is arrays here: codes of levels, days, and how many events each combination of them stands for.
Whoever has a table or files makes these and names the levels.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aistats.dates.edtf import FIRST_DAY, LAST_DAY, Days, check_period, first_days, parse_edtf

MOST_CELLS = 10_000_000

COUNTS = ("count", "certain", "expected", "possible", "starting", "ending", "outside")
EXPOSURE = ("days", "days_covered", "days_assumed", "sources")
DERIVED = (
    *("share", "share_lower", "share_upper", "sure", "complete"),
    *("mean_certain", "mean_expected", "mean_possible"),
)
RESULTS = (
    *("ratio", "rate", "lower", "upper", "p_value", "p_adjusted", "verdict"),
    *("detectable_ratio", "detectable", "doubling_time", "doubling_lower", "doubling_upper"),
    *("baseline", "baseline_days", "baseline_covered", "baseline_certain", "baseline_possible"),
    *("periods", "covered_by_period", "observed_low", "observed_high", "fitted"),
    *("coverage_known", "conf_level", "claims", "events", "p_lowest"),
    *("dispersion", "p_dispersion", "p_scatter", "scatter_df"),
)
"""The columns that tables of `aistats.trends.claims` have beyond those of a counts table."""

MEASURES = (*COUNTS, *EXPOSURE, *DERIVED)
"""The columns of a counts table that are not its groups, but for ``period``: what is counted per
row, what is known of each period, whatever the group, and what `aistats.counting.verbs` adds."""

UNKNOWN = ("unknown", "unstated")
"""Levels that say that nobody knows, as a missing value does."""

ALL = "(all)"
"""The level of a row that holds the events of every level."""

Codes = NDArray[np.intp]
Day = str | dt.date | np.datetime64

_DAY = np.timedelta64(1, "D")


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


# Which rows --------------------------------------------------------------------------------------


def _groups(
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
    group, levels, groups = _groups(codes, sizes, len(n), complete)
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


# Which periods -----------------------------------------------------------------------------------


def edges_of(
    days: Days, period: str, between: tuple[Day, Day] | None = None, covered: Days | None = None
) -> Days:
    """Return the first day of each period to show, and the day after the last.

    Parameters
    ----------
    days
        The first and last day of each event.
    period
        One of `aistats.dates.edtf.PERIODS`.
    between
        First and last day to count; by default of all `days`, and of all that are covered.
    covered
        The first and last day of each covered window.
    """
    if between is not None:
        first, last = window_of(between)
        return np.clip(first_days(first, last, period), first, last + _DAY)
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
    ValueError
        If it is no such pair.
    """
    try:
        if isinstance(between, str):
            raise ValueError("one text is not two days")
        first, last = between
        window = np.array([_day(first, 0), _day(last, 1)], dtype="datetime64[D]")
    except (TypeError, ValueError) as error:
        raise ValueError(f"between={between!r} is not a pair of days: {error}") from error
    if not ((window >= FIRST_DAY) & (window <= LAST_DAY)).all():  # NaT is neither
        raise ValueError(f"between={between!r} is not a pair of days in the years 0001 to 9999")
    if window[1] < window[0]:
        raise ValueError(f"between={between!r} ends before it starts")
    return window


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
    TooManyRowsError
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
    >>> count_periods(np.array([1]), days, [], [], weeks).measures["expected"].tolist()
    [0.5, 0.5]
    """
    periods = max(len(edges) - 1, 0)
    group, levels, groups = _groups(codes, sizes, len(n), complete, periods)
    row, bin_, overlap = _overlaps(days, edges)
    length = (days[:, 1] - days[:, 0]).astype(np.int64)[row] + 1
    cell = bin_ * groups + group[row]
    if complete:
        cells = np.arange(periods * groups)
    else:
        cells, cell = np.unique(cell, return_inverse=True)
    n = n[row]

    def total(weight: NDArray[np.generic]) -> NDArray[np.float64]:
        return np.bincount(cell, weights=weight, minlength=len(cells)).astype(np.float64)

    measures: dict[str, NDArray[np.generic]] = {
        "certain": total(n * (overlap == length)).astype(np.int64),
        "expected": total(n * overlap / length),
        "possible": total(n).astype(np.int64),
        "starting": total(n * (days[row, 0] >= edges[bin_])).astype(np.int64),
        "ending": total(n * (days[row, 1] < edges[bin_ + 1])).astype(np.int64),
    }
    if covered is not None:
        outside = _may_lie_outside(days[row], bin_, edges, covered)
        measures["outside"] = total(n * outside).astype(np.int64)
    period, of_group = np.divmod(cells, max(groups, 1))
    measures["days"] = np.diff(edges).astype(np.int64)[period]
    return Cells([it[of_group] for it in levels], measures, period)


def _overlaps(
    days: Days, edges: Days
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.int64]]:
    """Return, for each meeting of an interval and a period, its row, its period and its days."""
    if len(edges) < 2 or not len(days):
        none = np.array([], dtype=np.intp)
        return none, none, none.astype(np.int64)
    inside = np.flatnonzero((days[:, 1] >= edges[0]) & (days[:, 0] < edges[-1]))
    first = np.clip(days[inside, 0], edges[0], None)
    last = np.clip(days[inside, 1], None, edges[-1] - _DAY)
    from_bin = np.searchsorted(edges, first, "right") - 1
    meetings = np.searchsorted(edges, last, "right") - from_bin
    which = np.repeat(np.arange(len(inside)), meetings)
    before = np.cumsum(meetings) - meetings
    bin_ = from_bin[which] + np.arange(len(which)) - before[which]
    ends = np.minimum(last[which] + _DAY, edges[bin_ + 1])
    overlap = ends - np.maximum(first[which], edges[bin_])
    return inside[which], bin_, overlap.astype(np.int64)


# What is covered ---------------------------------------------------------------------------------


def is_covered(covered: Days, edges: Days) -> NDArray[np.bool_]:
    """Return which days from the first edge to the last lie in at least one covered window."""
    if len(edges) < 2:
        return np.array([], dtype=bool)
    window = np.arange(edges[0], edges[-1])
    opened = np.searchsorted(window, covered[:, 0])
    closed = np.searchsorted(window, covered[:, 1], "right")
    size = len(window) + 1
    change = np.bincount(opened, minlength=size) - np.bincount(closed, minlength=size)
    inside: NDArray[np.bool_] = np.cumsum(change)[:-1] > 0
    return inside


def days_covered(covered: Days, edges: Days) -> NDArray[np.int64]:
    """Return how many days of each period lie in at least one covered window."""
    inside = is_covered(covered, edges)
    if not len(inside):
        return np.array([], dtype=np.int64)
    starts = (edges[:-1] - edges[0]).astype(np.int64)
    return np.add.reduceat(inside.astype(np.int64), starts)


def _may_lie_outside(
    days: Days, bin_: NDArray[np.intp], edges: Days, covered: Days
) -> NDArray[np.bool_]:
    """Return which intervals reach, within a period, a day that nobody covers."""
    if not len(bin_):
        return np.array([], dtype=bool)
    uncovered = np.concatenate([[0], np.cumsum(~is_covered(covered, edges))])
    first = np.maximum(days[:, 0], edges[bin_]) - edges[0]
    after = np.minimum(days[:, 1] + _DAY, edges[bin_ + 1]) - edges[0]
    reaches: NDArray[np.bool_] = uncovered[after.astype(int)] > uncovered[first.astype(int)]
    return reaches

"""Exposure: the covered days of each period, and the events that may lie on other days.

A table of coverage and the edges of periods come in; numbers per period go out. A day that no
source covers is unknown: a zero count on zero covered days does not mean that nothing happened, and
rates are per covered day. This module does not count events.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

import numpy as np

from aistats.counting.combinations import Array, Codes, Counts, Flags
from aistats.dates.calendar import ONE_DAY
from aistats.dates.edtf import Days
from aistats.faults import DataError, Fault, ParameterError

if TYPE_CHECKING:
    import pandas as pd


def is_covered(counts: pd.DataFrame) -> pd.Series:
    """Return which rows have a covered day; all rows where the coverage is not known."""
    import pandas as pd  # files without coverage are counted without it

    if "days_covered" not in counts.columns:
        return pd.Series(True, index=counts.index)
    return counts["days_covered"] > 0


def windows_of(coverage: pd.DataFrame, tz: str | None = None) -> Days:
    """Return the first and last day of each covered window.

    Raises
    ------
    ParameterError
        If it is no table.
    DataError
        If it has no column of dates, a window without days, or an invalid date.
    """
    from aistats.dates.columns import intervals

    columns = getattr(coverage, "columns", None)
    if columns is None:
        kind = type(coverage).__name__
        raise ParameterError([Fault("no_table", "coverage", value=kind)])
    pair = None
    if {"start", "end"} <= {*columns} and {"date", "earliest"}.isdisjoint(columns):
        pair = "start", "end"
    try:
        windows = intervals(coverage, pair, tz=tz)
    except (DataError, ParameterError) as error:
        _raise_of_coverage(error)
    return windows.to_numpy("datetime64[D]")


def _raise_of_coverage(error: DataError | ParameterError) -> NoReturn:
    """Raise an error of reading dates again, naming the table of coverage."""
    first = error.faults[0]
    if first.kind == "no_date_column":
        fault = Fault("no_coverage_dates", "coverage", allowed=first.allowed)
        raise DataError([fault]) from None
    faults = [replace(fault, file="coverage") for fault in error.faults]
    if isinstance(error, ParameterError):
        raise ParameterError(faults) from None
    raise DataError(faults) from None


def exposure_of(
    edges: Days,
    coverage: pd.DataFrame,
    windows: Days,
) -> dict[str, Array]:
    """Return how many days of each period are covered, and on what basis and by whom.

    Parameters
    ----------
    edges
        The first day of each period, and the day after the last.
    coverage
        The table of windows; its columns ``basis``, ``source`` and ``series`` are used if present.
    windows
        The first and last day of each window.

    Returns
    -------
    dict
        ``days_covered``; with a ``basis`` also ``days_assumed``, with a ``source`` also
        ``sources``.
    """
    covered = days_covered(windows, edges)
    exposure: dict[str, Array] = {"days_covered": covered}
    if "basis" in coverage:
        stated = (coverage["basis"] != "assumed").to_numpy()
        days_stated = days_covered(windows[stated], edges)
        exposure["days_assumed"] = covered - days_stated
    if "source" in coverage:
        column = coverage["series" if "series" in coverage else "source"]
        names = column.astype(object).fillna("").astype(str)
        exposure["sources"] = _sources(edges, names.to_numpy(), windows)
    return exposure


def _sources(edges: Days, names: Array, windows: Days) -> Array:
    """Return who covers each period; several sets of sources where its days differ.

    Parameters
    ----------
    edges
        The first day of each period, and the day after the last.
    names, windows
        The source of each window, empty where none is named; and its first and last day.
    """
    periods = np.arange(max(len(edges) - 1, 0))
    lengths = np.diff(edges).astype(np.int64)
    period = np.repeat(periods, lengths)
    sources = _sources_of_days(edges, names, windows)
    known = sources != ""
    known_period = period[known]
    by_period = sources[known].groupby(known_period)
    distinct = by_period.unique().map(sorted)
    texts = distinct.str.join(" | ")
    every_text = texts.reindex(periods, fill_value="")
    return every_text.to_numpy(object)


def _sources_of_days(edges: Days, names: Array, windows: Days) -> pd.Series:
    """Return who covers each day from the first edge to the last; empty where nobody does."""
    import pandas as pd  # files without coverage are counted without it

    days = days_are_covered(windows, edges)
    sources = pd.Series("", index=range(len(days)))
    for name in sorted({*names} - {""}):
        named = names == name
        covered = days_are_covered(windows[named], edges)
        before = sources.where(sources == "", sources + " + ")
        sources = sources.mask(covered, before + name)
    return sources


def days_are_covered(covered: Days, edges: Days) -> Flags:
    """Return which days from the first edge to the last lie in at least one covered window."""
    if len(edges) < 2:
        return np.array([], dtype=bool)
    window = np.arange(edges[0], edges[-1])
    first, last = covered.T
    opened = np.searchsorted(window, first)
    closed = np.searchsorted(window, last, "right")
    size = len(window) + 1
    openings = np.bincount(opened, minlength=size)
    closings = np.bincount(closed, minlength=size)
    open_windows = np.cumsum(openings - closings)
    return np.greater(open_windows[:-1], 0)


def days_covered(covered: Days, edges: Days) -> Counts:
    """Return how many days of each period lie in at least one covered window."""
    inside = days_are_covered(covered, edges)
    if not len(inside):
        return np.array([], dtype=np.int64)
    offsets = edges[:-1] - edges[0]
    starts = offsets.astype(np.int64)
    return np.add.reduceat(inside.astype(np.int64), starts)


def may_lie_outside(
    days: Days,
    period: Codes,
    edges: Days,
    covered: Days,
) -> Flags:
    """Return which intervals reach, within a period, a day that no source covers."""
    if not len(period):
        return np.array([], dtype=bool)
    uncovered = ~days_are_covered(covered, edges)
    uncovered_before = np.concatenate([[0], np.cumsum(uncovered)])
    start = np.maximum(days[:, 0], edges[period])
    end = np.minimum(days[:, 1] + ONE_DAY, edges[period + 1])
    at_start = uncovered_before[_offsets(start, edges)]
    at_end = uncovered_before[_offsets(end, edges)]
    reaches: Flags = at_end > at_start
    return reaches


def _offsets(days: Days, edges: Days) -> Codes:
    """Return how many days after the first edge each day lies."""
    offsets: Codes = (days - edges[0]).astype(np.intp)
    return offsets

"""Exposure: how many days of each period the sources cover, and which events may lie beside.

A zero on zero covered days is not a zero: nobody looked. Rates are per covered day.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from aistats.dates.calendar import ONE_DAY
from aistats.dates.edtf import Days
from aistats.faults import DataError, Fault, ParameterError

if TYPE_CHECKING:
    import pandas as pd


def is_covered(counts: pd.DataFrame) -> pd.Series:
    """Return in which rows somebody looked; where the coverage is not known, in all."""
    import pandas as pd  # files without coverage are counted without it

    if "days_covered" not in counts.columns:
        return pd.Series(True, index=counts.index)
    return counts["days_covered"] > 0


def windows_of(coverage: pd.DataFrame, tz: str | None = None) -> Days:
    """Return the first and last day of each covered window.

    Raises
    ------
    DataError
        If it has no column of dates, a window without days, or what is no date.
    """
    from aistats.dates.columns import intervals

    columns = getattr(coverage, "columns", None)
    if columns is None:
        raise ParameterError([Fault("no_table", "coverage", value=type(coverage).__name__)])
    ends = ("start", "end")
    pair = ends if {*ends} <= {*columns} and {"date", "earliest"}.isdisjoint(columns) else None
    try:
        return intervals(coverage, pair, tz=tz).to_numpy("datetime64[D]")
    except (DataError, ParameterError) as error:
        if error.faults[0].kind == "no_date_column":
            allowed = error.faults[0].allowed
            raise DataError([Fault("no_coverage_dates", "coverage", allowed=allowed)]) from None
        faults = [replace(fault, file="coverage") for fault in error.faults]
        family = ParameterError if isinstance(error, ParameterError) else DataError
        raise family(faults) from None


def exposure_of(
    edges: Days, coverage: pd.DataFrame, windows: Days
) -> dict[str, NDArray[np.generic]]:
    """Return of each period how many days are covered, how and by whom.

    Parameters
    ----------
    edges
        The first day of each period, and the day after the last.
    coverage
        The table of windows; with ``basis``, ``source`` or ``series`` it says more.
    windows
        The first and last day of each of them.

    Returns
    -------
    dict
        ``days_covered``; where the table tells, ``days_assumed`` and ``sources``.
    """
    covered = days_covered(windows, edges)
    exposure: dict[str, NDArray[np.generic]] = {"days_covered": covered}
    if "basis" in coverage:
        stated = (coverage["basis"] != "assumed").to_numpy()
        exposure["days_assumed"] = covered - days_covered(windows[stated], edges)
    if "source" in coverage:
        column = coverage["series" if "series" in coverage else "source"]
        names = column.astype(object).fillna("").astype(str).to_numpy()
        exposure["sources"] = _sources(edges, names, windows)
    return exposure


def _sources(edges: Days, names: NDArray[np.object_], windows: Days) -> NDArray[np.object_]:
    """Return who covers each period; several sets of sources where its days differ."""
    import pandas as pd  # files without coverage are counted without it

    periods = max(len(edges) - 1, 0)
    lengths = np.diff(edges).astype(np.int64)
    sources = pd.Series("", index=range(int(lengths.sum())))
    for name in sorted({*names} - {""}):
        covered = days_are_covered(windows[names == name], edges)
        joined = sources.where(sources == "", sources + " + ") + name
        sources = sources.mask(covered, joined)
    period = np.repeat(np.arange(periods), lengths)
    known = sources != ""
    sets = sources[known].groupby(period[known]).unique()
    texts = sets.map(sorted).str.join(" | ")
    return texts.reindex(range(periods), fill_value="").to_numpy(object)


def days_are_covered(covered: Days, edges: Days) -> NDArray[np.bool_]:
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
    inside = days_are_covered(covered, edges)
    if not len(inside):
        return np.array([], dtype=np.int64)
    starts = (edges[:-1] - edges[0]).astype(np.int64)
    return np.add.reduceat(inside.astype(np.int64), starts)


def may_lie_outside(
    days: Days, period: NDArray[np.intp], edges: Days, covered: Days
) -> NDArray[np.bool_]:
    """Return which intervals reach, within a period, a day that nobody covers."""
    if not len(period):
        return np.array([], dtype=bool)
    uncovered = np.concatenate([[0], np.cumsum(~days_are_covered(covered, edges))])
    first = np.maximum(days[:, 0], edges[period]) - edges[0]
    after = np.minimum(days[:, 1] + ONE_DAY, edges[period + 1]) - edges[0]
    reaches: NDArray[np.bool_] = uncovered[after.astype(int)] > uncovered[first.astype(int)]
    return reaches

"""Exposure: how many days of each period the sources cover, and which events may lie beside.

A zero on zero covered days is not a zero: nobody looked. Rates are per covered day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from aistats.dates.calendar import ONE_DAY
from aistats.dates.edtf import Days

if TYPE_CHECKING:
    import pandas as pd


def is_covered(counts: pd.DataFrame) -> pd.Series:
    """Return in which rows somebody looked; where the coverage is not known, in all."""
    import pandas as pd  # files without coverage are counted without it

    if "days_covered" not in counts.columns:
        return pd.Series(True, index=counts.index)
    return counts["days_covered"] > 0


def windows_of(coverage: pd.DataFrame, tz: str | None = None) -> Days:
    """Return the first and last day of each covered window."""
    from aistats.dates.columns import intervals

    try:
        return intervals(coverage, tz=tz).to_numpy("datetime64[D]")
    except ValueError as error:
        raise ValueError(f"coverage: {error}") from error


def exposure_of(
    edges: Days, coverage: pd.DataFrame, windows: Days
) -> dict[str, NDArray[np.generic]]:
    """Return of each period how many days are covered, how and by whom."""
    import pandas as pd  # files without coverage are counted without it

    covered = days_covered(windows, edges)
    known: dict[str, NDArray[np.generic]] = {"days_covered": covered}
    if "basis" in coverage:
        stated = (coverage["basis"] != "assumed").to_numpy()
        known["days_assumed"] = covered - days_covered(windows[stated], edges)
    if "source" in coverage:
        column = coverage["series" if "series" in coverage else "source"]
        names = column.astype(object).fillna("").astype(str).to_numpy()
        daily = pd.Series(
            "", index=range(int((edges[-1] - edges[0]).astype(int)) if len(edges) else 0)
        )
        for name in sorted({*names} - {""}):
            here = days_are_covered(windows[names == name], edges)
            daily = daily.mask(here, daily.where(daily == "", daily + " + ") + name)
        period = np.repeat(np.arange(len(covered)), np.diff(edges).astype(np.int64))
        sets = daily[daily != ""].groupby(period[daily != ""]).unique().map(sorted).str.join(" | ")
        known["sources"] = sets.reindex(range(len(covered)), fill_value="").to_numpy(object)
    return known


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
    days: Days, bin_: NDArray[np.intp], edges: Days, covered: Days
) -> NDArray[np.bool_]:
    """Return which intervals reach, within a period, a day that nobody covers."""
    if not len(bin_):
        return np.array([], dtype=bool)
    uncovered = np.concatenate([[0], np.cumsum(~days_are_covered(covered, edges))])
    first = np.maximum(days[:, 0], edges[bin_]) - edges[0]
    after = np.minimum(days[:, 1] + ONE_DAY, edges[bin_ + 1]) - edges[0]
    reaches: NDArray[np.bool_] = uncovered[after.astype(int)] > uncovered[first.astype(int)]
    return reaches

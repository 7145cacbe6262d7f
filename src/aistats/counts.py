"""Counting: from dated events to a tidy table of counts per period and group.

An event whose date is an interval may belong to several periods. So each cell of a counts table
says three things: how many events are *certain* to lie in the period, how many *possibly* do, and
the *expected* number, in which an event counts with the share of its days that fall into the period
(aoristic analysis, Ratcliffe 2000). Certain never exceeds expected, expected never exceeds
possible, and over all periods expected adds up to the number of events. Beside the counts stands
the exposure: how many days of the period the sources cover. A zero on zero covered days is not a
zero.

An event may have several levels of a column, such as two countries. It then counts whole in each,
so the levels overlap and their counts add up to more than there are events. A table says so of
itself, and whatever adds up, divides or words it asks `overlapping` first.

Only ``(date, *by) -> n`` is ever computed over the events themselves. That cube is small; periods,
bands, levels of cells with several, and empty cells are made from it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aistats.cubes import Codes, Cube, columns_of, cube_of, holds_lists, levels_in
from aistats.dates import (
    Days,
    bounds,
    check_period,
    date_columns,
    first_days,
    intervals,
    parse_edtf,
    spans,
)

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame, IntoFrameT

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
"""The columns that tables of `aistats.trends` have beyond those of a counts table."""

MEASURES = (*COUNTS, *EXPOSURE, *DERIVED)
"""The columns of a counts table that are not its groups, but for ``period``: what is counted per
row, what is known of each period, whatever the group, and what `aistats.series` adds."""

UNKNOWN = ("unknown", "unstated")
"""Levels that say that nobody knows, as a missing value does."""

ALL = "(all)"
"""The level of a row that holds the events of every level."""

_OVERLAPPING = "overlapping"
_DAY = np.timedelta64(1, "D")

_Dates = str | tuple[str, str] | None
_Day = str | dt.date | np.datetime64


class TooManyRowsError(ValueError):
    """A complete table would have more rows than anybody reads."""


def count_events(
    events: IntoFrame,
    *,
    by: str | Sequence[str] | None = None,
    period: str | None = None,
    coverage: pd.DataFrame | None = None,
    date: _Dates = None,
    between: tuple[_Day, _Day] | None = None,
    tz: str | None = None,
    complete: bool = True,
    counts: str | None = None,
) -> pd.DataFrame:
    """Count events by any columns, and by calendar period if one is named.

    Parameters
    ----------
    events
        Any table of dated events, a row each: a pandas table, or a Polars, DuckDB, PyArrow, Dask or
        Spark frame, which is grouped where it is.
    by
        Columns to group by. A missing value is a level of its own. A cell may be a list or tuple of
        levels: its event counts once in each of them, and of several such columns once in every
        combination; an empty one is a missing value.
    period
        ``day``, ``week`` (ISO, from Monday), ``dekad`` (1–10, 11–20, 21–end), ``month``,
        ``quarter`` or ``year``; by default events are counted whatever their date.
    coverage
        A table of covered windows, dated in the same ways as events; adds ``days_covered``. Where
        it says on what ``basis`` a window is covered, ``days_assumed`` is added too, and where it
        names its ``source``, ``sources``.
    date
        A column of dates (time stamps or EDTF text), or a (start, end) pair of columns. By default
        ``earliest`` and ``latest`` where they are, else ``date``.
    between
        First and last day to count, inclusive, as days or EDTF text: of ``("2025-12", "2025-12")``
        the whole month counts. By default from the first to the last event or
        covered day, widened to whole periods.
    tz
        The time zone whose days are meant, for time stamps that carry a zone.
    complete
        Have a row for every period and every combination of the levels that occur; else only for
        those with events.
    counts
        A column that says how many events a row stands for, of a table that has been counted
        before. A row that stands for none is passed over.

    Returns
    -------
    DataFrame
        Without `period`: the columns of `by`, and ``count``. With it, a row per period and group:
        ``period`` (datetime64[s]: the first day counted), the columns of `by`, ``certain`` (int),
        ``expected`` (float), ``possible`` (int), ``starting`` and ``ending`` (int: intervals that
        begin or end there), ``days`` (int: days counted). With `coverage`, ``outside`` (int: events
        that may lie on a day of the period that nobody covers), ``days_covered`` (int),
        ``days_assumed`` (int: those of them that are covered by assumption alone) and ``sources``
        (who covers a day, such as ``a + b``; several such where days differ, ``a | a + b``; issues
        of one ``series`` are one source). A period that
        `between` cuts keeps only the days inside, and is named by the first of them.

    Raises
    ------
    ValueError
        If a column or period is unknown, an event has no date, a list holds what is no level,
        `counts` holds what is no number of events, or the table would have more than ten million
        rows (then say ``complete=False``).

    See Also
    --------
    events_in : the events behind a row.

    Notes
    -----
    ``certain``, ``expected`` and ``possible`` add up over groups but not over periods: for months,
    count by month. Over the levels of a column of lists they do not add up either, as an event
    counts in several; the table has the names of such columns in its ``attrs``, and what would add
    them up refuses to. Pandas keeps ``attrs`` but for ``merge``, ``join``, ``concat`` with a table
    that has others, and files.

    References
    ----------
    Ratcliffe, J. H. (2000). Aoristic analysis: the spatial interpretation of unspecific temporal
    events. *International Journal of Geographical Information Science* 14(7), 669–679.

    Examples
    --------
    Three events: one on a day, one in the first ten days of December, one in the first half.

    >>> dates = ["2025-12-02", "2025-12-01/2025-12-10", "2025-12-01/2025-12-15"]
    >>> weeks = count_events(pd.DataFrame({"date": dates}), period="week")
    >>> weeks.set_index("period")[["certain", "expected", "possible"]].round(2)
                certain  expected  possible
    period
    2025-12-01        1      2.17         3
    2025-12-08        0      0.77         2
    2025-12-15        0      0.07         1

    One event in two countries counts in both:

    >>> events = pd.DataFrame({"country": [("CN", "US"), ("US",), ()]})
    >>> count_events(events, by="country")
      country  count
    0      CN      1
    1      US      2
    2     NaN      1
    """
    columns = columns_of(events)
    by = _group_columns(columns, by)
    if counts is not None and counts not in columns:
        raise ValueError(f"counts={counts!r}: no such column; there are {columns}")
    dates = date_columns(columns, date) if period is not None else []
    if twice := {name for name in (*by, *dates, counts or "") if columns.count(name) > 1}:
        raise ValueError(f"more than one column is called {', '.join(map(repr, twice))}")
    if period is None:
        if any(given is not None for given in (coverage, between, date, tz)):
            raise ValueError("coverage=, between=, date= and tz= need a period=")
        cube = cube_of(events, [], by, counts=counts)
        group, levels = _groups(cube, complete)
        n = np.bincount(group, cube.n, len(levels)).astype(np.int64)
        return _marked(levels.assign(count=n), cube.lists)
    days_matter = coverage is not None or len(dates) > 1
    first_of = None if days_matter else partial(_first_of, period, between)
    cube = cube_of(events, dates, by, counts=counts, tz=tz, standing_for=first_of)
    days = _days(cube, tz)
    windows = None if coverage is None else _windows(coverage, tz)
    edges = _edges(days, windows, between, period)
    group, levels = _groups(cube, complete, max(len(edges) - 1, 0))
    exposure = _exposure(edges, coverage, windows)
    table = _spread(cube.n, days, group, levels, edges, exposure, windows, complete)
    return _marked(table, cube.lists)


def _group_columns(columns: Sequence[str], by: str | Sequence[str] | None) -> list[str]:
    names = [by] if isinstance(by, str) else list(by) if isinstance(by, Sequence) else []
    if by is not None and not isinstance(by, Sequence):
        raise ValueError(f"by={by!r} is neither a column nor a list of columns")
    if unknown := [name for name in names if name not in columns]:
        raise ValueError(f"by={names}: no column {unknown}; there are {columns}")
    if taken := [name for name in names if name in (*MEASURES, "period")]:
        raise ValueError(f"by={names}: {taken} is a name of the counts table itself: rename it")
    if len(set(names)) < len(names):
        raise ValueError(f"by={names} names a column twice")
    return names


def events_in(
    events: IntoFrameT, row: pd.Series, *, date: _Dates = None, tz: str | None = None
) -> IntoFrameT:
    """Return the events behind a row of a counts table: all that may belong to it.

    Parameters
    ----------
    events
        The table or frame that was counted.
    row
        A row of what :func:`count_events` returned for it, or of a table made from that.
    date, tz
        As they were given to :func:`count_events`.

    Returns
    -------
    As `events`
        As many of its rows as the row's ``possible`` (or ``count``); of a frame of another engine,
        a frame of that engine.

    Raises
    ------
    ValueError
        If the row names a column that `events` does not have.

    Examples
    --------
    >>> events = pd.DataFrame({"date": ["2025-12-02", "2025-12-09"], "region": ["CN", "US"]})
    >>> weeks = count_events(events, by="region", period="week")
    >>> events_in(events, weeks.iloc[0])
             date region
    0  2025-12-02     CN
    """
    columns = columns_of(events)
    by = [name for name in row.index if name not in (*MEASURES, *RESULTS, "period")]
    if unknown := [name for name in by if name not in columns]:
        raise ValueError(f"row: no column {unknown} in events; there are {columns}")
    sought = {name: None if pd.isna(row[name]) else row[name] for name in by}
    levels = {name: level for name, level in sought.items() if level != ALL}
    dates, window = [], None
    if "period" in row.index:
        dates = date_columns(columns, date)
        window = row["period"], row["period"] + pd.Timedelta(days=int(row["days"]) - 1)
    if not isinstance(events, pd.DataFrame):
        from aistats.engines import rows_behind

        return rows_behind(events, levels, dates, window, tz=tz)
    inside = pd.Series(True, index=events.index)
    for name, level in levels.items():
        if holds_lists(events[name]):
            inside &= np.array([level in levels_in(cell) for cell in events[name]], dtype=bool)
        else:
            inside &= events[name].isna() if level is None else events[name] == level
    if window is not None:
        days = intervals(events, date, tz=tz)
        inside &= (days["earliest"] <= window[1]) & (days["latest"] >= window[0])
    return events[inside]


# Levels that overlap -----------------------------------------------------------------------------


def overlapping(counts: pd.DataFrame) -> list[str]:
    """Return the columns of a counts table among whose levels an event may have several.

    Over the levels of these, nothing adds up to a number of events. A column of which one level is
    left overlaps no more.

    Parameters
    ----------
    counts
        As :func:`count_events` returns it, or a table made from that.

    Examples
    --------
    >>> countries = count_events(pd.DataFrame({"country": [("CN", "US"), ("US",)]}), by="country")
    >>> overlapping(countries)
    ['country']
    >>> overlapping(countries[countries["country"] == "US"])
    []
    """
    return [name for name in _marks(counts) if len(counts[name].unique()) > 1]


def keep_marks(table: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """Say of a table made from a counts table which of its levels overlap."""
    return _marked(table, [name for name in _marks(counts) if name in table.columns])


def _marks(counts: pd.DataFrame) -> list[str]:
    """Return the marked columns; where one has been renamed, it may be any of the groups."""
    marks: list[str] = counts.attrs.get(_OVERLAPPING, [])
    if set(marks) <= set(counts.columns):
        return marks
    return [name for name in counts.columns if name not in (*MEASURES, *RESULTS, "period")]


def _marked(table: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    table.attrs.pop(_OVERLAPPING, None)
    if names:
        table.attrs[_OVERLAPPING] = names
    return table


# From the cube to groups -------------------------------------------------------------------------


def _groups(cube: Cube, complete: bool, times: int = 1) -> tuple[Codes, pd.DataFrame]:
    """Return the group of each combination of the cube, and the levels of each group.

    A complete table has a group for every combination of the levels, `times` periods long.
    """
    axes, shape = cube.groups, tuple(len(axis.levels) for axis in cube.groups)
    if not axes:
        return np.zeros(len(cube.n), dtype=np.intp), pd.DataFrame(index=[0])
    codes = [axis.codes for axis in axes]
    if not complete:
        picked, group = _distinct(codes, shape)
    elif (cells := np.prod([*shape, times], dtype=float)) > MOST_CELLS:
        raise TooManyRowsError(
            f"the complete table would have {cells:.0f} rows, more than {MOST_CELLS}: "
            "say complete=False for those with events alone"
        )
    else:
        picked = list(np.indices(shape).reshape(len(shape), -1))
        group = np.ravel_multi_index(codes, shape) if len(cube.n) else codes[0]
    levels = {
        axis.name: pd.Series(axis.levels.take(it), dtype=axis.levels.dtype)
        for axis, it in zip(axes, picked, strict=True)
    }
    return group, pd.DataFrame(levels)


def _distinct(codes: list[Codes], shape: tuple[int, ...]) -> tuple[list[Codes], Codes]:
    """Return the distinct combinations of codes in order, and which of them each row has.

    It holds for any number of possible combinations: each step first renumbers those that occur.
    """
    group = codes[0]
    for code, size in zip(codes[1:], shape[1:], strict=True):
        group = np.unique(group, return_inverse=True)[1] * size + code
    _, first, group = np.unique(group, return_index=True, return_inverse=True)
    return [code[first] for code in codes], group


# From the cube to periods ------------------------------------------------------------------------


def _first_of(period: str, between: tuple[_Day, _Day] | None, days: Days) -> Days:
    """Return for each of some days the first that is counted with it in a period.

    In all that is counted of events on a day, that day stands for it, but for what is covered.
    """
    edges = _edges(np.column_stack([days, days]), None, between, period)
    counted = (days >= edges[0]) & (days < edges[-1])
    return np.where(counted, edges[np.searchsorted(edges, days, "right") - 1], days)


def _days(cube: Cube, tz: str | None) -> Days:
    """Return the first and last day of each combination; every distinct date is read once."""
    read = [bounds(axis.levels.to_series(name=axis.name), tz=tz) for axis in cube.dates]
    of_row = [days.take(axis.codes) for days, axis in zip(read, cube.dates, strict=True)]
    plain = [days.reset_index(drop=True) for days in of_row]
    names = [axis.name for axis in cube.dates]
    return spans(plain, names, cube.n).to_numpy("datetime64[D]")


def _edges(
    days: Days, covered: Days | None, between: tuple[_Day, _Day] | None, period: str
) -> Days:
    """Return the first day of each period to show, and the day after the last."""
    if between is not None:
        first, last = _window(between)
        return np.clip(first_days(first, last, period), first, last + _DAY)
    every = days if covered is None else np.concatenate([days, covered])
    if not len(every):
        check_period(period)
        return np.array([], dtype="datetime64[D]")
    return first_days(every[:, 0].min(), every[:, 1].max(), period)


def _window(between: tuple[_Day, _Day]) -> Days:
    try:
        if isinstance(between, str):
            raise ValueError("one text is not two days")
        first, last = between
        window = np.array([_day(first, 0), _day(last, 1)], dtype="datetime64[D]")
    except (TypeError, ValueError) as error:
        raise ValueError(f"between={between!r} is not a pair of days: {error}") from error
    if np.isnat(window).any():
        raise ValueError(f"between={between!r} is not a pair of days")
    if window[1] < window[0]:
        raise ValueError(f"between={between!r} ends before it starts")
    return window


def _day(day: _Day, end: int) -> np.datetime64:
    """Return a day, or the first or last (`end` 0 or 1) of those that an EDTF text allows."""
    if isinstance(day, str):
        return np.datetime64(parse_edtf(day)[end], "D")
    if not isinstance(day, dt.date | np.datetime64):
        raise TypeError(f"{day!r} is no day")
    return np.datetime64(pd.Timestamp(day).date(), "D")


def _spread(
    n: NDArray[np.int64],
    days: Days,
    group: Codes,
    levels: pd.DataFrame,
    edges: Days,
    exposure: dict[str, NDArray[np.generic]],
    covered: Days | None,
    complete: bool,
) -> pd.DataFrame:
    """Lay intervals, each of `n` events of a group, over the periods and add them up."""
    periods = max(len(edges) - 1, 0)
    row, bin_, overlap = _overlaps(days, edges)
    outside = None if covered is None else _may_lie_outside(days[row], bin_, edges, covered)
    length = (days[:, 1] - days[:, 0]).astype(np.int64)[row] + 1
    cell = bin_ * len(levels) + group[row]
    if complete:
        cells = np.arange(periods * len(levels))
    else:
        cells, cell = np.unique(cell, return_inverse=True)
    n = n[row]

    def total(weight: NDArray[np.generic]) -> NDArray[np.float64]:
        return np.bincount(cell, weights=weight, minlength=len(cells)).astype(np.float64)

    counted, of_group = np.divmod(cells, max(len(levels), 1))
    table = levels.take(of_group).reset_index(drop=True)
    table.insert(0, "period", edges[:-1][counted].astype("datetime64[s]"))
    table["certain"] = total(n * (overlap == length)).astype(np.int64)
    table["expected"] = total(n * overlap / length)
    table["possible"] = total(n).astype(np.int64)
    table["starting"] = total(n * (days[row, 0] >= edges[bin_])).astype(np.int64)
    table["ending"] = total(n * (days[row, 1] < edges[bin_ + 1])).astype(np.int64)
    if outside is not None:
        table["outside"] = total(n * outside).astype(np.int64)
    return table.assign(**{name: of_period[counted] for name, of_period in exposure.items()})


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


def _windows(coverage: pd.DataFrame, tz: str | None) -> Days:
    try:
        return intervals(coverage, tz=tz).to_numpy("datetime64[D]")
    except ValueError as error:
        raise ValueError(f"coverage: {error}") from error


def _exposure(
    edges: Days, coverage: pd.DataFrame | None, windows: Days | None
) -> dict[str, NDArray[np.generic]]:
    """Return what is known of each period: its days, how many are covered, how and by whom."""
    known: dict[str, NDArray[np.generic]] = {"days": np.diff(edges).astype(np.int64)}
    if coverage is None or windows is None:
        return known
    known["days_covered"] = covered = _days_covered(windows, edges)
    if "basis" in coverage:
        stated = (coverage["basis"] != "assumed").to_numpy()
        known["days_assumed"] = covered - _days_covered(windows[stated], edges)
    if "source" in coverage:
        names = coverage["series" if "series" in coverage else "source"].astype(str).to_numpy()
        daily = pd.Series(
            "", index=range(int((edges[-1] - edges[0]).astype(int)) if len(edges) else 0)
        )
        for name in sorted({*names}):
            here = _is_covered(windows[names == name], edges)
            daily = daily.mask(here, daily.where(daily == "", daily + " + ") + name)
        period = np.repeat(np.arange(len(covered)), known["days"].astype(np.int64))
        sets = daily[daily != ""].groupby(period[daily != ""]).unique().map(sorted).str.join(" | ")
        known["sources"] = sets.reindex(range(len(covered)), fill_value="").to_numpy(object)
    return known


def _is_covered(covered: Days, edges: Days) -> NDArray[np.bool_]:
    """Return which days from the first edge to the last lie in at least one covered window."""
    if len(edges) < 2:
        return np.array([], dtype=bool)
    window = np.arange(edges[0], edges[-1])
    opened = np.searchsorted(window, covered[:, 0])
    closed = np.searchsorted(window, covered[:, 1], "right")
    size = len(window) + 1
    change = np.bincount(opened, minlength=size) - np.bincount(closed, minlength=size)
    is_covered: NDArray[np.bool_] = np.cumsum(change)[:-1] > 0
    return is_covered


def _days_covered(covered: Days, edges: Days) -> NDArray[np.int64]:
    """Return how many days of each period lie in at least one covered window."""
    is_covered = _is_covered(covered, edges)
    if not len(is_covered):
        return np.array([], dtype=np.int64)
    starts = (edges[:-1] - edges[0]).astype(np.int64)
    return np.add.reduceat(is_covered.astype(np.int64), starts)


def _may_lie_outside(
    days: Days, bin_: NDArray[np.intp], edges: Days, covered: Days
) -> NDArray[np.bool_]:
    """Return which intervals reach, within a period, a day that nobody covers."""
    if not len(bin_):
        return np.array([], dtype=bool)
    uncovered = np.concatenate([[0], np.cumsum(~_is_covered(covered, edges))])
    first = np.maximum(days[:, 0], edges[bin_]) - edges[0]
    after = np.minimum(days[:, 1] + _DAY, edges[bin_ + 1]) - edges[0]
    reaches: NDArray[np.bool_] = uncovered[after.astype(int)] > uncovered[first.astype(int)]
    return reaches

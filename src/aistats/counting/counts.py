"""Counting: from dated events to a tidy table of counts per period and group.

Only ``(date, *by) -> n`` is ever computed over the events themselves. Of that small cube each
distinct date is read once, and what a period and group then counts is worked out from arrays.
Beside the counts stands the exposure: how many days of the period the sources cover. A zero on zero
covered days is not a zero.

An event may have several levels of a column, such as two countries. It then counts whole in each,
so the levels overlap and their counts add up to more than there are events. A table says so of
itself, and whatever adds up, divides or words it asks `overlapping` first.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from aistats.counting.combinations import Codes, Cube, count_groups
from aistats.counting.frames import columns_of, cube_of, holds_lists, levels_in
from aistats.counting.periods import Day, count_periods, edges_of, first_of
from aistats.counting.schema import ALL, MEASURES, RESULTS, CountsSchema, with_schema
from aistats.dates.columns import bounds, date_columns, intervals, spans
from aistats.dates.edtf import Days

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame, IntoFrameT
from aistats.counting.exposure import exposure_of, windows_of
from aistats.counting.tables import table_of

_Dates = str | tuple[str, str] | None


def count_events(
    events: IntoFrame,
    *,
    by: str | Sequence[str] | None = None,
    period: str | None = None,
    coverage: pd.DataFrame | None = None,
    date: _Dates = None,
    between: tuple[Day, Day] | None = None,
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
        cells = count_groups(cube.n, *_levels(cube), complete=complete)
        return with_schema(
            table_of(cells, cube.groups), CountsSchema("counts", by, overlapping=cube.lists)
        )
    days_matter = coverage is not None or len(dates) > 1
    first = None if days_matter else partial(first_of, period, between)
    cube = cube_of(events, dates, by, counts=counts, tz=tz, standing_for=first)
    days = _days(cube, tz)
    windows = None if coverage is None else windows_of(coverage, tz)
    edges = edges_of(days, period, between, windows)
    cells = count_periods(cube.n, days, *_levels(cube), edges, covered=windows, complete=complete)
    exposure = {}
    if coverage is not None and windows is not None:
        exposure = exposure_of(edges, coverage, windows)
    table = table_of(cells, cube.groups, edges, exposure)
    return with_schema(table, CountsSchema("periods", by, overlapping=cube.lists))


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
        from aistats.counting.engines import rows_behind

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


def _levels(cube: Cube) -> tuple[list[Codes], list[int]]:
    """Return which levels each combination has, and how many levels there are, by column."""
    return [it.codes for it in cube.groups], [len(it.levels) for it in cube.groups]


def _days(cube: Cube, tz: str | None) -> Days:
    """Return the first and last day of each combination; every distinct date is read once."""
    read = [bounds(axis.levels.to_series(name=axis.name), tz=tz) for axis in cube.dates]
    of_row = [days.take(axis.codes) for days, axis in zip(read, cube.dates, strict=True)]
    plain = [days.reset_index(drop=True) for days in of_row]
    names = [axis.name for axis in cube.dates]
    return spans(plain, names, cube.n).to_numpy("datetime64[D]")


# What is covered ---------------------------------------------------------------------------------

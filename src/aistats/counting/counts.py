"""Counting: from dated events to a tidy table of counts, and back from a count to its events.

A dataframe of events comes in; a counts table goes out. Only the cube, ``(days, *by) -> n``, is
computed over the events themselves; the counts table is worked out from it and carries it. Beside
the counts stands the exposure: how many days of each period the sources cover.

In a multi-valued column an event may have several values, such as two countries, and counts once in
each. The counts of such a column add up to more than there are events, so the table records which
columns are multi-valued, and functions that would add them up reject them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from aistats.counting.answers import answer
from aistats.counting.combinations import Axis, Cube, Flags, distinct_groups, encode
from aistats.counting.frames import (
    column_holds_lists,
    columns_of,
    cube_of_frame,
    holds_lists,
)
from aistats.counting.levels import levels_in
from aistats.counting.periods import Window
from aistats.counting.question import Dates, Question, reject_unused_zone
from aistats.counting.restriction import part_of_cube
from aistats.counting.schema import ALL, groups_of, has_level_all, schema_of
from aistats.dates.calendar import Period, date_columns
from aistats.dates.columns import intervals, may_have_zone
from aistats.faults import Fault, ParameterError, choices_shown, reject_unknown_columns

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame, IntoFrameT


def count_events(
    events: IntoFrame,
    *,
    by: str | Sequence[str] | None = None,
    period: Period | None = None,
    coverage: pd.DataFrame | None = None,
    date: Dates = None,
    between: Window | None = None,
    tz: str | None = None,
    complete: bool = True,
    counts: str | None = None,
    daily: bool = False,
) -> pd.DataFrame:
    """Count events by any columns, and by calendar period if one is named.

    Parameters
    ----------
    events
        A table of dated events, one per row: a pandas table, or a Polars, DuckDB, PyArrow, Dask or
        Spark dataframe, which is grouped by its own library.
    by
        Columns to group by. A missing value is a group of its own. A cell may be a list or tuple of
        values: its event counts once for each of them, and with several such columns once for every
        combination. An empty list is a missing value.
    period
        ``day``, ``week`` (ISO, from Monday), ``dekad`` (days 1–10, 11–20, 21–end), ``month``,
        ``quarter`` or ``year``; by default events are counted whatever their date.
    coverage
        A table of covered windows, dated in the same ways as events; adds ``days_covered``, with a
        column ``basis`` also ``days_assumed``, and with a column ``source`` also ``sources``.
    date
        A column of dates (time stamps or EDTF text), or a (start, end) pair of columns. By default
        ``earliest`` and ``latest`` if present, else ``date``.
    between
        First and last day to count, inclusive, as days or EDTF text: ``("2025-12", "2025-12")`` is
        the whole month. By default from the first to the last event or covered day, widened to
        whole periods.
    tz
        The time zone used to turn zoned time stamps into days. It is an error if no time stamps
        have a zone, because a day without a zone is the day that is written.
    complete
        Have a row for every period and every combination of the values that occur; else only for
        those with events.
    counts
        A column with the number of events that a row stands for, in a table that has been counted
        before. Rows with 0 events are left out.
    daily
        Keep single days in the cube that the table carries for :func:`cube_of`, also where counting
        by period does not need them.

    Returns
    -------
    DataFrame
        Without `period`: the columns of `by`, and ``count``. With `period`, a row per period and
        group: ``period`` (datetime64[s]: the first day counted), the columns of `by`, ``certain``
        (int), ``expected`` (float), ``possible`` (int), ``starting`` and ``ending`` (int: intervals
        that begin or end there), ``days`` (int: days counted). With `coverage`, ``outside`` (int:
        events that may lie on a day of the period that is not covered), ``days_covered`` (int),
        ``days_assumed`` (int: those that are covered by assumption alone) and ``sources`` (who
        covers the period, such as ``a + b``; where this differs between its days, all of them, as
        in ``a | a + b``; issues of one ``series`` are one source). A period that `between` cuts has
        only the days inside, and the first of them as its name.

    Raises
    ------
    ParameterError
        If a column or period is unknown, arguments contradict each other, or the table would have
        more than ten million rows (then use ``complete=False``).
    DataError
        If an event has no date, a list holds something other than single values, or `counts` holds
        something that is no number of events.

    See Also
    --------
    events_in : the events behind a row.
    cube_of : the number of events of each combination of days and values.

    Notes
    -----
    ``certain``, ``expected`` and ``possible`` add up over groups but not over periods: for months,
    count by month. They do not add up over the values of a multi-valued column either, because an
    event counts for several; the table records such columns in its ``attrs``, and functions that
    would add them up reject it. Pandas keeps ``attrs`` except through ``merge``, ``join``,
    ``concat`` with a table that has others, and files.

    A column to group by may have any name but ``period`` and those of the other columns that this
    call returns.

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
    question = Question(
        by=by,
        period=period,
        coverage=coverage,
        date=date,
        between=between,
        tz=tz,
        complete=complete,
        counts=counts,
        daily=daily,
    )
    return answer(cube_of_frame(events, question), question).frame()


# Back to the events ------------------------------------------------------------------------------


def events_in(
    events: IntoFrameT,
    row: pd.Series,
    *,
    by: str | Sequence[str] | None = None,
    date: Dates = None,
    tz: str | None = None,
) -> IntoFrameT:
    """Return the events behind a row of a counts table: all that may belong to it.

    Parameters
    ----------
    events
        The table or dataframe that was counted.
    row
        A row of what :func:`count_events` returned for it, or of a table made from that.
    by
        The columns that are groups, where the row does not record them any more; ``by=[]`` if
        there are none.
    date, tz
        As passed to :func:`count_events`.

    Returns
    -------
    As `events`
        As many of its rows as the row's ``possible`` (or ``count``), in a dataframe of the same
        library.

    Raises
    ------
    ParameterError
        If `events` lacks a group column of the row, the row does not record its groups and `by`
        does not name them, or it is a running total, which belongs to several periods.

    Examples
    --------
    >>> events = pd.DataFrame({"date": ["2025-12-02", "2025-12-09"], "region": ["CN", "US"]})
    >>> weeks = count_events(events, by="region", period="week")
    >>> events_in(events, weeks.iloc[0])
             date region
    0  2025-12-02     CN
    """
    columns = columns_of(events)
    if getattr(row, "ndim", None) != 1:
        raise ParameterError([Fault("no_row", "row", value=type(row).__name__)])
    levels = _levels_of(row, groups_of(row, by))
    reject_unknown_columns([*levels], columns)
    _reject_text_for_lists(events, row, levels)
    dates: list[str] = []
    window = None
    if "period" in row.index:
        dates = date_columns(columns, date)
        window = _window_of(row)
    if not isinstance(events, pd.DataFrame):
        from aistats.counting.engines import rows_behind

        return rows_behind(events, levels, dates, window, tz=tz)
    inside = pd.Series(True, index=events.index)
    for name, level in levels.items():
        inside &= _has_level(events[name], level)
    if window is not None:
        first, last = window
        reject_unused_zone(tz, (may_have_zone(events[name]) for name in dates))
        days = intervals(events, date, tz=tz)
        inside &= (days["earliest"] <= last) & (days["latest"] >= first)
    return events[inside]


def _levels_of(row: pd.Series, groups: Sequence[str]) -> dict[str, Any]:
    """Return the level of each group of a row, None for a missing one; nothing for a total.

    A row with the level of a total that records nothing is rejected: it may be a total or not.
    """
    schema = schema_of(row)
    if has_level_all(row, groups):
        if schema is None:
            raise ParameterError([Fault("total_unknown", "row", value=ALL)])
        if schema["total"]:
            return {}
    levels: dict[str, Any] = {}
    for name in groups:
        level = row[name]
        levels[name] = None if pd.isna(level) else level
    return levels


def _reject_text_for_lists(
    events: IntoFrame,
    row: pd.Series,
    names: Iterable[str],
) -> None:
    """Reject events that have text where the counted ones had lists: some would be missed."""
    schema = schema_of(row)
    if schema is None:
        return
    for name in schema["overlapping"]:
        if name in names and not column_holds_lists(events, name):
            raise ParameterError([Fault("lists_as_text", column=name)])


def _has_level(cells: pd.Series, level: object) -> Flags:
    """Return which cells have a level, perhaps among others."""
    if holds_lists(cells):
        has_level = [level in levels_in(cell) for cell in cells]
        return np.array(has_level, dtype=bool)
    if level is None:
        return cells.isna().to_numpy(bool)
    equal = cells == level
    return equal.to_numpy(bool, na_value=False)


def _window_of(row: pd.Series) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the first and last day of the period of a row."""
    schema = schema_of(row)
    if schema is not None and schema["kind"] == "running totals":
        raise ParameterError([Fault("running_total")])
    if "days" not in row.index:
        columns = map(str, row.index)
        allowed = choices_shown("days", columns)
        raise ParameterError([Fault("no_column", value="days", allowed=allowed)])
    first = row["period"]
    days_after = int(row["days"]) - 1
    return first, first + pd.Timedelta(days=days_after)


def cube_of(counts: pd.DataFrame) -> pd.DataFrame:
    """Return the number of events of each combination of days and values behind a counts table.

    Counts by week, region and category give what is certain, expected and possible. The cube has
    the intervals behind them, which tests of uncertain dates and of bursts need.

    Parameters
    ----------
    counts
        A table as :func:`count_events` or :func:`count_files` returned it, or one made from that.

    Returns
    -------
    DataFrame
        ``first`` and ``last`` (datetime64[s]: the days that the date allows; absent where events
        were counted whatever their date), the groups of the table, and ``n`` (int): the events.
        It has only the values and days of the rows that the table still has, and whole intervals;
        rows of a total add nothing. Its ``attrs`` have the ``resolution``: ``day``, or the name of
        a period, whose first day then stands for all of its days. Days are distinguished where
        dates are intervals, `coverage` was set, or ``daily=True``.

    Raises
    ------
    ParameterError
        If it is no table, lacks ``period`` or ``days``, carries no cube (it was read from a file,
        added up from `counts=`, or merged, or holds running totals or results), or its values or
        numbers are not those that were counted.

    Examples
    --------
    >>> dates = ["2025-12-02", "2025-12-02", "2025-12-06/2025-12-09"]
    >>> weeks = count_events(pd.DataFrame({"date": dates}), period="week")
    >>> cube_of(weeks)
           first       last  n
    0 2025-12-02 2025-12-02  2
    1 2025-12-06 2025-12-09  1
    >>> cube_of(weeks.tail(1))
           first       last  n
    0 2025-12-06 2025-12-09  1
    """
    cube = part_of_cube(counts)
    axes = [*_axes_of_days(cube), *cube.groups]
    table = _table_of_axes(replace(cube, groups=axes))
    table.attrs["resolution"] = cube.resolution
    return table


def _table_of_axes(cube: Cube) -> pd.DataFrame:
    """Return a row for each distinct combination of the axes, with its number of events."""
    columns: dict[str, Any] = {}
    n = cube.n
    if not cube.groups:
        n = n.sum(keepdims=True)
    else:
        levels, combination = distinct_groups(cube.codes, cube.sizes)
        n = np.bincount(combination, n, len(levels[0]))
        for axis, codes in zip(cube.groups, levels, strict=True):
            columns[axis.name] = axis.column(codes)
    columns["n"] = n.astype(np.int64)
    return pd.DataFrame(columns)


def _axes_of_days(cube: Cube) -> list[Axis]:
    """Return the first and the last days of a cube as two axes; reject groups with their names."""
    names = [] if cube.days is None else ["first", "last"]
    faults = []
    for axis in cube.groups:
        if axis.name in [*names, "n"]:
            faults.append(Fault("counts_name", value=axis.name))
    if faults:
        raise ParameterError(faults)
    if cube.days is None:
        return []
    axes = []
    for name, days in zip(names, cube.days.T, strict=True):
        distinct, codes = encode(days)
        levels = pd.Index(distinct.astype("datetime64[s]"))
        axes.append(Axis(name, levels, codes))
    return axes

"""Counting: from dated events to a tidy table of counts, and back from a count to its events.

Only the cube, ``(days, *by) -> n``, is ever computed over the events themselves; the counts table
is worked out from it and carries it. Beside the counts stands the exposure: how many days of the
period the sources cover. A zero on zero covered days is not a zero.

An event may have several levels of a column, such as two countries. It then counts whole in each,
so the levels overlap and their counts add up to more than there are events. The table records which
of its columns do, so that nothing adds them up by mistake.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aistats.counting.answers import answer
from aistats.counting.combinations import Axis, Cube, distinct_groups
from aistats.counting.frames import (
    column_holds_lists,
    columns_of,
    cube_of_frame,
    holds_lists,
)
from aistats.counting.levels import levels_in
from aistats.counting.periods import Day
from aistats.counting.question import Dates, Question, refuse_unknown_columns, refuse_unused_zone
from aistats.counting.restriction import part_of_cube
from aistats.counting.schema import ALL, groups_of, has_level_all, schema_of
from aistats.dates.calendar import date_columns
from aistats.dates.columns import intervals, may_have_zone
from aistats.faults import Fault, ParameterError, choices_shown

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame, IntoFrameT


def count_events(
    events: IntoFrame,
    *,
    by: str | Sequence[str] | None = None,
    period: str | None = None,
    coverage: pd.DataFrame | None = None,
    date: Dates = None,
    between: tuple[Day, Day] | None = None,
    tz: str | None = None,
    complete: bool = True,
    counts: str | None = None,
    daily: bool = False,
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
        The time zone whose days are meant, for time stamps that carry a zone. It is refused where
        none do: a day without a zone is the day that is written.
    complete
        Have a row for every period and every combination of the levels that occur; else only for
        those with events.
    counts
        A column that says how many events a row stands for, of a table that has been counted
        before. A row that stands for none is passed over.
    daily
        Keep each day in what the table carries for :func:`cube_of`, also where counting by period
        does not need it.

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
    ParameterError
        If a column or period is unknown, arguments contradict each other, or the table would have
        more than ten million rows (then say ``complete=False``).
    DataError
        If an event has no date, a list holds what is no level, or `counts` what is no number of
        events.

    See Also
    --------
    events_in : the events behind a row.
    cube_of : how many events there are of each combination of days and levels.

    Notes
    -----
    ``certain``, ``expected`` and ``possible`` add up over groups but not over periods: for months,
    count by month. Over the levels of a column of lists they do not add up either, as an event
    counts in several; the table has the names of such columns in its ``attrs``, and what would add
    them up refuses to. Pandas keeps ``attrs`` but for ``merge``, ``join``, ``concat`` with a table
    that has others, and files.

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
        The table or frame that was counted.
    row
        A row of what :func:`count_events` returned for it, or of a table made from that.
    by
        The columns that are groups, where the row does not record them any more; ``by=[]`` if
        there are none.
    date, tz
        As they were given to :func:`count_events`.

    Returns
    -------
    As `events`
        As many of its rows as the row's ``possible`` (or ``count``); of a frame of another engine,
        a frame of that engine.

    Raises
    ------
    ParameterError
        If `events` does not have a group column of the row, the row does not record its groups and
        `by` does not name them, or it is a running total, which is of no period alone.

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
    refuse_unknown_columns([*levels], columns)
    _refuse_text_for_lists(events, row, levels)
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
        refuse_unused_zone(tz, (may_have_zone(events[name]) for name in dates))
        days = intervals(events, date, tz=tz)
        inside &= (days["earliest"] <= window[1]) & (days["latest"] >= window[0])
    return events[inside]


def _levels_of(row: pd.Series, groups: Sequence[str]) -> dict[str, Any]:
    """Return the level of each group that a row is of, None for a missing one; none of a total.

    Whether a row of which nothing is recorded is a total cannot be known.
    """
    schema = schema_of(row)
    if has_level_all(row, groups):
        if schema is None:
            raise ParameterError([Fault("total_unknown", "row", value=ALL)])
        if schema["total"]:
            return {}
    return {name: None if pd.isna(row[name]) else row[name] for name in groups}


def _refuse_text_for_lists(events: IntoFrame, row: pd.Series, levels: Mapping[str, Any]) -> None:
    """Refuse events that have text where the counted ones had lists: some would be missed."""
    schema = schema_of(row)
    counted_as_lists = [] if schema is None else schema["overlapping"]
    for name in counted_as_lists:
        if name in levels and not column_holds_lists(events, name):
            raise ParameterError([Fault("lists_as_text", column=name)])


def _has_level(cells: pd.Series, level: object) -> NDArray[np.bool_]:
    """Return which cells have a level, perhaps among others."""
    if holds_lists(cells):
        return np.array([level in levels_in(cell) for cell in cells], dtype=bool)
    has = cells.isna() if level is None else cells == level
    return has.to_numpy(bool, na_value=False)


def _window_of(row: pd.Series) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the first and last day of the period of a row."""
    schema = schema_of(row)
    if schema is not None and schema["kind"] == "running totals":
        raise ParameterError([Fault("running_total")])
    if "days" not in row.index:
        allowed = choices_shown("days", map(str, row.index))
        raise ParameterError([Fault("no_column", value="days", allowed=allowed)])
    return row["period"], row["period"] + pd.Timedelta(days=int(row["days"]) - 1)


def cube_of(counts: pd.DataFrame) -> pd.DataFrame:
    """Return how many events there are of each combination of days and levels in a counts table.

    Counts by week, region and category say what is certain, expected and possible; the cube has
    the intervals behind them, which tests of open dates and of bursts need.

    Parameters
    ----------
    counts
        A table as :func:`count_events` or :func:`count_files` returned it, or one made from that.

    Returns
    -------
    DataFrame
        ``first`` and ``last`` (datetime64[s]: the days that the date allows; not there where events
        were counted whatever their date), the groups of the table, and ``n`` (int): the events.
        Only the levels and days of the rows that the table still has, whole intervals; rows of a
        total add nothing. Its ``attrs`` have the ``resolution``: ``day``, or the name of a period,
        in which case the first day of each period stands for all of its days. Days are told apart
        where dates are intervals, `coverage` was given, or ``daily=True``.

    Raises
    ------
    ParameterError
        If it is no table, lacks ``period`` or ``days``, carries no cube (it was read from a file,
        added up from `counts=`, or merged, or holds running totals or results), or its levels or
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
    sides = [*_sides_of_days(cube), *cube.groups]
    columns: dict[str, object] = {}
    n: NDArray[Any] = cube.n.sum(keepdims=True)
    if sides:
        levels, combination = distinct_groups(
            [axis.codes for axis in sides], [len(axis.levels) for axis in sides]
        )
        n = np.bincount(combination, cube.n, len(levels[0]))
        for axis, codes in zip(sides, levels, strict=True):
            index = axis.index()
            columns[axis.name] = pd.Series(index.take(codes), dtype=index.dtype)
    table = pd.DataFrame({**columns, "n": n.astype(np.int64)})
    table.attrs["resolution"] = cube.resolution
    return table


def _sides_of_days(cube: Cube) -> list[Axis]:
    """Return the first and the last days of a cube as two columns of levels."""
    own = ["n"] if cube.days is None else ["first", "last", "n"]
    taken = [axis.name for axis in cube.groups if axis.name in own]
    if taken:
        raise ParameterError(Fault("counts_name", value=name) for name in taken)
    if cube.days is None:
        return []
    sides = []
    for name, days in zip(own, cube.days.T, strict=False):
        distinct, codes = np.unique(days, return_inverse=True)
        sides.append(Axis(name, pd.Index(distinct.astype("datetime64[s]")), codes))
    return sides

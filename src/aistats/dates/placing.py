"""Placing: find the days of the calendar for a date whose words leave something out.

A `Point` is what the words state, perhaps a day and a month without a year. A missing year or month
is taken from the *window*, the days that the surrounding text is about: the one year (or month) in
which the point meets the window. If there are several such years, or none and the nearest is too
far away, the point gets no date. The ends of a range supply each other's missing parts. Numbers
such as 7/12/2025 have two readings until the window, a stated order or the other end of the range
leaves one. The result is a `DateReading`: a date in EDTF, or the reason why there is none. Words
are not recognised here: see `aistats.dates.phrases.patterns`.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from aistats.dates.edtf import MARGIN_DAYS, Order
from aistats.faults import DataError, Fault
from aistats.locale import text_key

Days = tuple[dt.date, dt.date]

MatchKind = Literal["point", "range", "set"]

NEAR_DAYS = 60
"""Largest distance in days from a window to a date without a year that does not meet it."""

_LONGEST_OVER_NEW_YEAR = 183
_MOST_YEARS_TRIED = 4  # of a window that lies in at most two years, one before and one after
_LEAP_AND_COMMON_YEAR = (2024, 2023)


class Placement(NamedTuple):
    """The days of a point or the reason why it has none, and what the window supplied."""

    days: Days | None
    reason: str | None = None
    assumed: tuple[str, ...] = ()


class _Resolution(NamedTuple):
    """A date in EDTF or the reason why there is none, and what the window supplied."""

    edtf: str | None
    reason: str | None = None
    assumed: tuple[str, ...] = ()


REASONS = frozenset(
    {
        text_key("no_year"),
        text_key("no_month"),
        text_key("order_unknown"),
        text_key("order_stated"),
        text_key("two_digit_year"),
        text_key("serial"),
        text_key("impossible"),
        text_key("reversed"),
        text_key("open"),
        text_key("set"),
        text_key("season"),
        text_key("approximate"),
        text_key("unreadable"),
    }
)
"""Why a text settles no date; each is a kind of `aistats.faults.Fault`."""


@dataclass(frozen=True)
class DateReading:
    """What a text states about a date.

    Parameters
    ----------
    text
        The text, unchanged.
    edtf
        The date; None if the text does not settle one.
    reason
        Why there is no date, one of `REASONS`; None if there is one, or if the text states that
        there is none.
    assumed
        What was taken from the window: ``("year",)``, ``("month",)`` or ``("year", "month")``.
    details
        What a message names besides the text: the dates that the text can mean, or the order of day
        and month in which it is not a date.
    """

    text: str
    edtf: str | None = None
    reason: str | None = None
    assumed: tuple[str, ...] = ()
    details: tuple[str, ...] = ()

    @property
    def says_none(self) -> bool:
        """Whether the text states that there is no date."""
        return self.edtf is None and self.reason is None

    def fault(self) -> Fault:
        """Return the reason why there is no date as a fault without a place."""
        kind = self.reason or ""
        allowed = " / ".join(self.details)
        return Fault(kind, value=self.text, allowed=allowed)

    def checked(self) -> str:
        """Return the date in EDTF, or empty text if the text states that there is none.

        Raises
        ------
        DataError
            If the text settles no date, and does not state that there is none.
        """
        if self.reason is not None:
            raise DataError([self.fault()])
        return self.edtf or ""


@dataclass(frozen=True)
class Point:
    """A date with the parts that its words state, and no more."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    days: tuple[int, int] | None = None  # of the month
    months: tuple[int, int] | None = None  # of the year
    week: int | None = None  # of the ISO year
    year_shift: int | None = None  # 去年 is -1
    month_shift: int | None = None
    # "from": the seven days from the day; "around": the ISO week that holds it.
    span: Literal["", "from", "around"] = ""
    other: tuple[int, int] | None = None  # the other reading of 7/12, as (month, day)
    day_first: bool | None = None  # of 13/12 and 12/13, which can be read in one way only
    short_year: bool = False  # whether the year was written with two digits

    @property
    def lacks_month(self) -> bool:
        """Whether it is a day, or days, of an unstated month."""
        if self.month is not None or self.month_shift is not None:
            return False
        return bool(self.day or self.days)

    @property
    def lacks_year(self) -> bool:
        """Whether neither its year nor a distance from the window's year or month is stated."""
        stated = (self.year, self.year_shift, self.month_shift)
        return stated == (None, None, None)

    @property
    def is_day(self) -> bool:
        """Whether it is one day."""
        return bool(self.day) and not self.span

    @property
    def states_days(self) -> bool:
        """Whether it is one or more days, rather than months or years."""
        return bool(self.day or self.days or self.span)

    @property
    def is_bare_month(self) -> bool:
        """Whether it is a whole month without a year."""
        if self.month is None or not self.lacks_year:
            return False
        return not (self.day or self.days)

    def in_order(self, order: Order) -> Point | None:
        """Return the point as read in a stated order; None if its numbers are no day in it."""
        day_first = order.startswith("dm")
        if not day_first and not order.startswith("md"):
            return self if self.other is None else None
        if self.day_first is not None:
            return self if self.day_first == day_first else None
        return self.read_as(day_first=day_first)

    def read_as(self, *, day_first: bool) -> Point:
        """Return the point with one reading of its numbers; they are stored month first."""
        if self.other is None:
            return self
        month, day = self.other if day_first else (self.month, self.day)
        return replace(self, month=month, day=day, other=None)

    def days_in(self, year: int, month: int | None) -> Days:
        """Return the first and last day in a year and month; ValueError if there is none."""
        if self.week is not None:
            monday = dt.date.fromisocalendar(year, self.week, 1)
            return _week_from(monday)
        if self.months is not None:
            first_month, last_month = self.months
            first = dt.date(year, first_month, 1)
            return first, month_end(year, last_month)
        if self.day is not None:
            day = dt.date(year, month or 0, self.day)  # month 0 is a ValueError
            return self._widened(day)
        if month is None:
            return dt.date(year, 1, 1), dt.date(year, 12, 31)
        return self._days_of_month(year, month)

    def _widened(self, day: dt.date) -> Days:
        """Return a day, or the seven days that start on it or the week that holds it."""
        if not self.span:
            return day, day
        if self.span == "around":
            day -= dt.timedelta(days=day.weekday())
        return _week_from(day)

    def _days_of_month(self, year: int, month: int) -> Days:
        """Return the stated days of a month, by default all."""
        first_day, last_day = self.days or (1, 31)
        first = dt.date(year, month, first_day)
        end = month_end(year, month)
        last = end.replace(day=min(last_day, end.day))
        return first, last


@dataclass(frozen=True)
class Match:
    """A place in the text and the points that it states: one, two ends of a range, or a set."""

    start: int
    end: int
    points: tuple[Point, ...]
    kind: MatchKind = "point"


def month_end(year: int, month: int) -> dt.date:
    """Return the last day of a month."""
    month_range = calendar.monthrange(year, month)
    last_day = month_range[1]
    return dt.date(year, month, last_day)


def _week_from(day: dt.date) -> Days:
    """Return the seven days from a day."""
    last = day + dt.timedelta(days=6)
    return day, last


# Resolve a match in its window -----------------------------------------------------------------


def resolve(match: Match, text: str, window: Days | None) -> DateReading:
    """Return the date that a match settles in its window, or the reason why it settles none.

    `text` is what the reading quotes.
    """
    resolution = _resolve(match, window)
    if resolution.reason == "order_unknown":
        return _unsettled_order(match, text, window)
    if resolution.edtf is None:
        return DateReading(text, reason=resolution.reason)
    return DateReading(text, resolution.edtf, assumed=resolution.assumed)


def resolve_approximate(match: Match, text: str, window: Days | None) -> DateReading:
    """Return a day marked as approximate; EDTF has no margin for a longer time."""
    reading = resolve(match, text, window)
    if reading.edtf is None:
        return reading
    if match.kind != "point" or not match.points[0].is_day:
        return DateReading(text, reason="approximate")
    day = dt.date.fromisoformat(reading.edtf)
    margin = dt.timedelta(MARGIN_DAYS)
    if not dt.date.min + margin <= day <= dt.date.max - margin:
        return DateReading(text, reason="impossible")
    return replace(reading, edtf=f"{reading.edtf}~")


def read_in_order(match: Match, order: Order) -> Match | None:
    """Return a match with its numbers read in a stated order; None if they are no days in it."""
    points = []
    for point in match.points:
        ordered = point.in_order(order)
        if ordered is None:
            return None
        points.append(ordered)
    return replace(match, points=tuple(points))


def _unsettled_order(match: Match, text: str, window: Days | None) -> DateReading:
    """Return why numbers with two readings settle no date, with the dates that they can mean."""
    dates = _dates_by_order(match, window)
    reason = "order_unknown"
    if len(dates) < 2:
        # Without a year neither reading is a date, so the year is what the user has to add.
        reason = "no_year"
    return DateReading(text, reason=reason, details=dates)


def _dates_by_order(match: Match, window: Days | None) -> tuple[str, ...]:
    """Return the dates that a match can mean, with the day first and with the month first."""
    orders: tuple[Order, ...] = ("dmy", "mdy")
    dates = []
    for order in orders:
        ordered = read_in_order(match, order)
        if ordered is not None:
            dates.append(_resolve(ordered, window).edtf)
    distinct = dict.fromkeys(dates)
    return tuple(date for date in distinct if date)


def _resolve(match: Match, window: Days | None) -> _Resolution:
    if match.kind == "point":
        return _resolve_point(match.points[0], window)
    return _resolve_range(match, window)


def _resolve_point(point: Point, window: Days | None) -> _Resolution:
    days, reason, assumed = _place(point, window)
    if days is None:
        return _Resolution(None, reason)
    edtf = _edtf(point, days)
    return _Resolution(edtf, None, assumed)


# Ranges and sets ---------------------------------------------------------------------------------


def _resolve_range(match: Match, window: Days | None) -> _Resolution:
    """Return the date of a range or a set: place its start, then its end, then compare both."""
    start, end = _complete_ends(*match.points)
    first, reason, start_assumed = _place_start(start, end, window)
    if first is None:
        return _Resolution(None, reason)

    if match.kind == "set" or (end.lacks_month and end.lacks_year):
        end = _date_like_start(end, first[0])
    last, reason, end_assumed = _place_end(end, first[0], window)
    if last is None:
        return _Resolution(None, reason)

    is_end_year_stated = match.points[1].year is not None
    if last[1] < first[0] and not is_end_year_stated:
        last = _next_year(end, first[0], stated=start.year is not None)
    if last is None or last[0] < first[0]:
        return _Resolution(None, "reversed")
    days_between = last[0] - first[1]
    if match.kind == "set" and days_between.days > 1:
        return _Resolution(None, "set")
    edtf = _range_edtf(start, end, first, last)
    assumed = start_assumed or end_assumed
    return _Resolution(edtf, None, assumed)


def _complete_ends(start: Point, end: Point) -> tuple[Point, Point]:
    """Give each end of a range what only the other states."""
    read_start = _read_like(start, end)
    read_end = _read_like(end, start)
    full_end = _complete_end(read_end, read_start)
    full_start = _complete_start(read_start, full_end)
    return full_start, full_end


def _read_like(point: Point, settled: Point) -> Point:
    """Read 12/1 in the order of the other end, if that can be read in one way only."""
    if settled.day_first is None:
        return point
    return point.read_as(day_first=settled.day_first)


def _complete_end(end: Point, start: Point) -> Point:
    """Give the end of a range the month and the year of its start, where it has none."""
    if end.lacks_month and not end.lacks_year:
        end = replace(end, month=start.month)
    if end.lacks_month:
        end = replace(
            end,
            month=start.month,
            year=start.year,
            year_shift=start.year_shift,
            month_shift=start.month_shift,
        )
    if end.lacks_year and not start.lacks_year:
        end = replace(end, year=start.year, year_shift=start.year_shift)
    return end


def _complete_start(start: Point, end: Point) -> Point:
    """Give the start of a range the month and the year of its end, where it has none."""
    if start.lacks_month and start.day:
        start = replace(start, month=end.month)
    if not start.lacks_year or end.year is None:
        return start
    year = end.year
    is_over_new_year = start.month and end.month and start.month > end.month
    if is_over_new_year:
        year -= 1
    return replace(start, year=year)


def _place_start(start: Point, end: Point, window: Days | None) -> Placement:
    """Place the start of a range in the window, or else before the end of the range."""
    placement = _place(start, window)
    if placement.days is not None:
        return placement
    end_days = _place(end, window).days
    if end_days is None:
        return placement
    dated_start = _date_before_end(start, end_days)
    return _place(dated_start, window)


def _date_before_end(start: Point, end_days: Days) -> Point:
    """Give the start of a range the year of its end, or the year before."""
    first, last = end_days
    same_year = _days_on(start, first.year, start.month)
    if same_year is not None and same_year[0] > last:
        return replace(start, year=first.year - 1)
    return replace(start, year=first.year)


def _place_end(end: Point, first_day: dt.date, window: Days | None) -> Placement:
    """Place the end of a range in the window, or else in the year of its start."""
    placement = _place(end, window)
    if placement.reason != "no_year":
        return placement
    dated_end = replace(end, year=first_day.year)
    return _place(dated_end, window)


def _date_like_start(end: Point, first_day: dt.date) -> Point:
    """Give the end of a range the year of its start, and the month if it has none."""
    month = end.month or first_day.month
    year = first_day.year
    return replace(end, year=year, month=month)


def _next_year(end: Point, start: dt.date, *, stated: bool) -> Days | None:
    """Return the end of a range in the year after its start; None if that is too long.

    If the year of the start is not stated, only a short range may end in the next year: "6 December
    – 30 November" is more likely reversed than a year long.
    """
    days = _days_on(end, start.year + 1, end.month)
    if stated or days is None:
        return days
    length = days[1] - start
    is_short = length.days <= _LONGEST_OVER_NEW_YEAR
    return days if is_short else None


# From a point to days ----------------------------------------------------------------------------


def meets(point: Point, window: Days | None) -> bool:
    """Return whether a point has a day in common with a window."""
    if window is None:
        return False
    days = _place(point, window).days
    return days is not None and _overlap(days, window)


def _place(point: Point, window: Days | None) -> Placement:
    """Return the days of a point, with a missing year or month taken from the window."""
    if point.other is not None:
        return _place_one_reading(point, window)
    if point.year_shift is not None or point.month_shift is not None:
        return _place_relative(point, window)
    if point.lacks_month:
        return _place_in_month(point, window)
    if point.year is None:
        return _place_in_year(point, window)
    days = _days_on(point, point.year, point.month)
    return _placement_of(days)


def _placement_of(days: Days | None, *assumed: str) -> Placement:
    """Return the days as a placement; a day that the calendar does not have is impossible."""
    if days is None:
        return Placement(None, "impossible")
    return Placement(days, None, assumed)


def _place_one_reading(point: Point, window: Days | None) -> Placement:
    """Place 12/7 by the one of its two readings that meets the window."""
    month_first = point.read_as(day_first=False)
    day_first = point.read_as(day_first=True)
    month_first_meets = meets(month_first, window)
    day_first_meets = meets(day_first, window)
    if month_first_meets == day_first_meets:
        return Placement(None, "order_unknown")
    reading = month_first if month_first_meets else day_first
    return _place(reading, window)


def _place_relative(point: Point, window: Days | None) -> Placement:
    """Place "last year" or "this month" by a window that lies in one year, or one month."""
    if window is None or window[0].year != window[1].year:
        return Placement(None, "no_year")
    first, last = window
    if point.month_shift is None:
        return _place_relative_year(point, first.year)
    if first.month != last.month:
        return Placement(None, "no_month")
    months = 12 * first.year + first.month - 1 + point.month_shift
    year, months_before = divmod(months, 12)
    month = months_before + 1
    dated = replace(point, month=month)
    days = _days_on(dated, year, month)
    return _placement_of(days, "year", "month")


def _place_relative_year(point: Point, window_year: int) -> Placement:
    """Place "last year" by the year of the window."""
    if point.lacks_month:
        return Placement(None, "no_month")
    year = window_year + (point.year_shift or 0)
    days = _days_on(point, year, point.month)
    return _placement_of(days, "year")


def _place_in_month(point: Point, window: Days | None) -> Placement:
    """Place a point without a month in the one month of the window in which it meets the window."""
    if window is None:
        return Placement(None, "no_month")
    meeting = []
    for year, month in _months_in(window):
        if point.year in (None, year):
            days = _days_on(point, year, month)
            if days and _overlap(days, window):
                meeting.append(days)
    if len(meeting) != 1:
        return Placement(None, "no_month")
    assumed = ("year", "month") if point.year is None else ("month",)
    return Placement(meeting[0], None, assumed)


def _months_in(window: Days) -> list[tuple[int, int]]:
    """Return the year and number of each month of a window; none of one over a year long."""
    first, last = window
    start = 12 * first.year + first.month - 1
    stop = 12 * last.year + last.month
    if stop - start > 13:
        return []
    months = []
    for number in range(start, stop):
        year, months_before = divmod(number, 12)
        months.append((year, months_before + 1))
    return months


def _place_in_year(point: Point, window: Days | None) -> Placement:
    """Place a point without a year in the one year in which it meets the window or is near it."""
    if window is None:
        # A day that neither a leap year nor a common year has is in no year.
        possible = _days_in_years(point, _LEAP_AND_COMMON_YEAR)
        return Placement(None, "no_year" if possible else "impossible")
    first_year = max(window[0].year - 1, dt.MINYEAR)
    last_year = min(window[1].year + 1, dt.MAXYEAR)
    years = range(first_year, last_year + 1)
    possible = _days_in_years(point, years[:_MOST_YEARS_TRIED])
    if not possible:
        return Placement(None, "impossible")
    nearest = [days for days in possible if _overlap(days, window)]
    if not nearest:
        nearest = [days for days in possible if _gap(days, window) <= NEAR_DAYS]
    if len(nearest) != 1 or len(years) > _MOST_YEARS_TRIED:
        return Placement(None, "no_year")
    return Placement(nearest[0], None, ("year",))


def _days_in_years(point: Point, years: Iterable[int]) -> list[Days]:
    """Return the days of a point in each of the years that have them."""
    possible = []
    for year in years:
        days = _days_on(point, year, point.month)
        if days is not None:
            possible.append(days)
    return possible


def _days_on(point: Point, year: int, month: int | None) -> Days | None:
    """Return the days of a point in a year and month; None if the calendar does not have them."""
    try:
        return point.days_in(year, month)
    except (ValueError, OverflowError):
        return None


def _overlap(days: Days, window: Days) -> bool:
    first, last = days
    window_first, window_last = window
    return first <= window_last and window_first <= last


def _gap(days: Days, window: Days) -> int:
    """Return the distance in days between two intervals that do not overlap."""
    days_after = days[0] - window[1]
    days_before = window[0] - days[1]
    return max(days_after, days_before).days


# Write EDTF --------------------------------------------------------------------------------------


def _edtf(point: Point, days: Days) -> str:
    """Return a point in EDTF, in years, months or days as its words state it."""
    first, last = days
    starts_month = first.day == 1 and not point.days
    ends_month = last == month_end(last.year, last.month)
    if first == last or not starts_month or not ends_month:
        return _edtf_between(first.isoformat(), last.isoformat())
    first_month, last_month = _month_text(first), _month_text(last)
    names_month = point.month or point.month_shift is not None
    if names_month and first_month == last_month:
        return first_month
    is_part_of_year = point.months or point.span or point.week is not None
    if not is_part_of_year:
        return f"{first.year:04}"
    return _edtf_between(first_month, last_month)


def _range_edtf(
    start: Point,
    end: Point,
    first: Days,
    last: Days,
) -> str:
    """Return a range in EDTF: in days if an end states days, else between the ends as written.

    An end such as “early 2025” is itself an interval, of which the range takes the outer date.
    """
    if start.states_days or end.states_days:
        return _edtf_between(first[0].isoformat(), last[1].isoformat())
    outer_start, _, _ = _edtf(start, first).partition("/")
    _, _, outer_end = _edtf(end, last).rpartition("/")
    return _edtf_between(outer_start, outer_end)


def _edtf_between(start: str, end: str) -> str:
    """Return an interval in EDTF, or the one date that both ends are."""
    return start if start == end else f"{start}/{end}"


def _month_text(day: dt.date) -> str:
    """Return the month of a day in EDTF."""
    return f"{day.year:04}-{day.month:02}"

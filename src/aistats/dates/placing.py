"""Placing: from what words say of a date to the days of the calendar, or to the reason why none.

A `Point` is what the words say: perhaps a day and a month, without a year. What it lacks is taken
from a *window*, the days that the text around it is about: it has the year, or the year and month,
with which it meets the window. If more than one does, or none does and the nearest lies too far
off, the point has no date. The ends of a range lend each other what only one of them states.
Numbers such as 7/12/2025 have two readings until the window, an order that somebody stated, or the
other end of the range leaves one. The result is a `DateReading`. How words are recognised is no
matter of this module: see `aistats.dates.phrases.patterns`.
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass, replace
from typing import NamedTuple

from aistats.dates.edtf import MARGIN_DAYS
from aistats.faults import DataError, Fault

Days = tuple[dt.date, dt.date]

NEAR_DAYS = 60
"""A day without a year that does not meet its window may lie as many days before or after it."""

_LONGEST_OVER_NEW_YEAR = 183


class Placed(NamedTuple):
    """The days of a point or the reason why it has none, and what was taken from the window."""

    days: Days | None
    reason: str | None = None
    assumed: tuple[str, ...] = ()


class _Resolved(NamedTuple):
    """A date in EDTF or the reason why there is none, and what was taken from the window."""

    edtf: str | None
    reason: str | None = None
    assumed: tuple[str, ...] = ()


REASONS = frozenset(
    {
        *("no_year", "no_month", "order_unknown", "order_stated", "two_digit_year", "serial"),
        *("impossible", "reversed", "open", "set", "season", "approximate", "unreadable"),
    }
)
"""Why a text settles no date; each is a kind of `aistats.faults.Fault`."""


@dataclass(frozen=True)
class DateReading:
    """What a text says of a date.

    Parameters
    ----------
    text
        The text, as it stands.
    edtf
        The date; None where the text settles none.
    reason
        Why it settles none, one of `REASONS`; None where there is a date, or the text says that
        there is none.
    assumed
        What was taken from the window: ``("year",)``, ``("month",)`` or ``("year", "month")``.
    details
        What a message names besides the text: the dates that it can be, or the order of day and
        month in which it is none.
    """

    text: str
    edtf: str | None = None
    reason: str | None = None
    assumed: tuple[str, ...] = ()
    details: tuple[str, ...] = ()

    @property
    def says_none(self) -> bool:
        """Whether the text says that there is no date."""
        return self.edtf is None and self.reason is None

    def fault(self) -> Fault:
        """Return the reason why there is no date as a fault without a place."""
        return Fault(self.reason or "", value=self.text, allowed=" / ".join(self.details))

    def checked(self) -> str:
        """Return the date in EDTF, or empty text where the text says that there is none.

        Raises
        ------
        DataError
            If it settles no date, though it does not say that there is none.
        """
        if self.reason is not None:
            raise DataError([self.fault()])
        return self.edtf or ""


@dataclass(frozen=True)
class Point:
    """A date with what its words say of it, and no more."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    days: tuple[int, int] | None = None  # of the month
    months: tuple[int, int] | None = None  # of the year
    week: int | None = None  # of the ISO year
    year_shift: int | None = None  # 去年 is -1
    month_shift: int | None = None
    span: str = ""  # "from": seven days from the day; "around": the ISO week that holds it
    other: tuple[int, int] | None = None  # the other reading of 7/12, as (month, day)
    day_first: bool | None = None  # of 13/12 and 12/13, which can be read in one way only
    short_year: bool = False  # whether the year was written with two digits

    @property
    def lacks_month(self) -> bool:
        """Whether it is a day, or days, of no month."""
        return bool(self.day or self.days) and self.month is None and self.month_shift is None

    @property
    def lacks_year(self) -> bool:
        """Whether it is of no year."""
        return self.year is None and self.year_shift is None and self.month_shift is None

    @property
    def is_day(self) -> bool:
        """Whether it is one day."""
        return bool(self.day) and not self.span

    @property
    def is_bare_month(self) -> bool:
        """Whether it is a month of no year, and all of that month."""
        return self.month is not None and self.lacks_year and not (self.day or self.days)

    def in_order(self, order: str) -> Point | None:
        """Return it as read in a stated order; None if its numbers are no day in that order."""
        day_first = order.startswith("dm")
        if not day_first and not order.startswith("md"):
            return self if self.other is None else None
        if self.day_first is not None:
            return self if self.day_first == day_first else None
        if self.other is None:
            return self
        month, day = self.other if day_first else (self.month, self.day)
        return replace(self, month=month, day=day, other=None)

    def on(self, year: int, month: int | None) -> Days:
        """Return its first and last day in a year and month; ValueError if there is none."""
        if self.week is not None:
            monday = dt.date.fromisocalendar(year, self.week, 1)
            return monday, monday + dt.timedelta(days=6)
        if self.months is not None:
            return dt.date(year, self.months[0], 1), month_end(year, self.months[1])
        if self.day is not None:
            day = dt.date(year, month or 0, self.day)
            start = day - dt.timedelta(days=day.weekday() if self.span == "around" else 0)
            return start, start + dt.timedelta(days=6 if self.span else 0)
        if month is None:
            return dt.date(year, 1, 1), dt.date(year, 12, 31)
        first, last = self.days or (1, 31)
        end = month_end(year, month)
        return dt.date(year, month, first), end.replace(day=min(last, end.day))


@dataclass(frozen=True)
class Match:
    """A place in the text and the points that stand there: one, two ends, or a set."""

    start: int
    end: int
    points: tuple[Point, ...]
    kind: str = "point"  # or "range", "set"


def month_end(year: int, month: int) -> dt.date:
    """Return the last day of a month."""
    return dt.date(year, month, calendar.monthrange(year, month)[1])


# From a window to days -------------------------------------------------------------------------


def resolved(match: Match, text: str, window: Days | None) -> DateReading:
    """Return the date that a match settles in its window, or why it settles none.

    `text` is what the reading quotes.
    """
    edtf, reason, assumed = _resolved(match, window)
    details: tuple[str, ...] = ()
    if reason == "order_unknown":
        details = _readings(match, window)
        reason = reason if len(details) > 1 else "no_year"
    return DateReading(text, edtf, reason, assumed if edtf else (), details)


def _readings(match: Match, window: Days | None) -> tuple[str, ...]:
    """Return the dates that a match can be, by the order of day and month."""
    ordered = (in_order(match, order) for order in ("dmy", "mdy"))
    readings = (_resolved(match, window).edtf for match in ordered if match is not None)
    return tuple(dict.fromkeys(filter(None, readings)))


def in_order(match: Match, order: str) -> Match | None:
    """Return a match with its numbers read in a stated order; None if they are no days in it."""
    points = [point.in_order(order) for point in match.points]
    stated = tuple(point for point in points if point is not None)
    return replace(match, points=stated) if len(stated) == len(points) else None


def _resolved(match: Match, window: Days | None) -> _Resolved:
    if match.kind == "point":
        return _resolved_point(match.points[0], window)
    return _resolved_range(match, window)


def _resolved_point(point: Point, window: Days | None) -> _Resolved:
    placed = _placed(point, window)
    edtf = _edtf(point, placed.days) if placed.days else None
    return _Resolved(edtf, placed.reason, placed.assumed)


def _resolved_range(match: Match, window: Days | None) -> _Resolved:
    """Return the date of a range or a set: place its start, then its end, then compare both."""
    start, stated_end = _completed(*match.points)
    start_placed = _placed_start(start, stated_end, window)
    first = start_placed.days
    if first is None:
        return _Resolved(None, start_placed.reason)

    takes_start = match.kind == "set" or (stated_end.lacks_month and stated_end.lacks_year)
    end = _dated_like_start(stated_end, first[0]) if takes_start else stated_end
    end_placed = _placed_end(end, first[0], window)
    if end_placed.days is None:
        return _Resolved(None, end_placed.reason)

    last: Days | None = end_placed.days
    is_year_stated = match.points[1].year is not None
    if end_placed.days[1] < first[0] and not is_year_stated:
        last = _next_year(end, first[0], stated=start.year is not None)
    if last is None or last[0] < first[0]:
        return _Resolved(None, "reversed")
    if match.kind == "set" and (last[0] - first[1]).days > 1:
        return _Resolved(None, "set")
    assumed = start_placed.assumed or end_placed.assumed
    return _Resolved(_interval(start, end, first, last), None, assumed)


def _placed_start(start: Point, end: Point, window: Days | None) -> Placed:
    """Place the start of a range in the window, or else before the end of the range."""
    placed = _placed(start, window)
    if placed.days is not None:
        return placed
    end_days = _placed(end, window).days
    return _placed(_before_end(start, end_days), window) if end_days else placed


def _placed_end(end: Point, first_day: dt.date, window: Days | None) -> Placed:
    """Place the end of a range in the window, or else in the year of its start."""
    placed = _placed(end, window)
    if placed.reason != "no_year":
        return placed
    return _placed(replace(end, year=first_day.year), window)


def _dated_like_start(end: Point, first_day: dt.date) -> Point:
    """Give the end of a range the year of its start, and the month where it has none."""
    return replace(end, year=first_day.year, month=end.month or first_day.month)


def _next_year(end: Point, start: dt.date, *, stated: bool) -> Days | None:
    """Return the end of a range in the year after that of its start, if it goes on into that.

    Where nobody states the year of the start, only a short range does: "6 December – 30 November"
    is rather the wrong way round than a year long.
    """
    days = _on(end, start.year + 1, end.month)
    is_short = days is not None and (days[1] - start).days <= _LONGEST_OVER_NEW_YEAR
    return days if stated or is_short else None


def _before_end(point: Point, last: Days) -> Point:
    """Give the start of a range the year of its end, or the one before."""
    same = _on(point, last[0].year, point.month)
    return replace(point, year=last[0].year - (same is not None and same[0] > last[1]))


def _completed(one: Point, other: Point) -> tuple[Point, Point]:
    """Give each end of a range what only the other states."""
    one, other = _read_like(one, other), _read_like(other, one)
    if other.lacks_month and not other.lacks_year:
        other = replace(other, month=one.month)
    if other.lacks_month:
        other = replace(other, month=one.month, year=one.year)
        other = replace(other, year_shift=one.year_shift, month_shift=one.month_shift)
    if other.lacks_year and not one.lacks_year:
        other = replace(other, year=one.year, year_shift=one.year_shift)
    if one.lacks_month and one.day:
        one = replace(one, month=other.month)
    if one.lacks_year and other.year is not None:
        later = one.month is not None and other.month is not None and one.month > other.month
        one = replace(one, year=other.year - later)
    return one, other


def _read_like(point: Point, settled: Point) -> Point:
    """Read 12/1 in the order of the other end, where that can be read in one way only."""
    if point.other is None or settled.day_first is None:
        return point
    month, day = point.other if settled.day_first else (point.month, point.day)
    return replace(point, month=month, day=day, other=None)


def _placed(point: Point, window: Days | None) -> Placed:
    """Return the days of a point, with what it lacks taken from the window."""
    if point.other is not None:
        return _one_reading(point, window)
    if point.year_shift is not None or point.month_shift is not None:
        return _relative(point, window)
    if not point.lacks_year and not point.lacks_month:
        days = _on(point, int(point.year or 0), point.month)
        return _placed_or_impossible(days)
    if point.lacks_month:
        return _month_from(point, window)
    return _year_from(point, window)


def _placed_or_impossible(days: Days | None, *assumed: str) -> Placed:
    return Placed(days, None, assumed) if days else Placed(None, "impossible")


def _one_reading(point: Point, window: Days | None) -> Placed:
    """Read 12/7 in the one way that meets the window."""
    month, day = point.other or (0, 0)
    readings = [replace(point, other=None), replace(point, other=None, month=month, day=day)]
    meeting = [reading for reading in readings if window and meets(reading, window)]
    return _placed(meeting[0], window) if len(meeting) == 1 else Placed(None, "order_unknown")


def _relative(point: Point, window: Days | None) -> Placed:
    """Read "last year", "this month" from a window that lies in one year, or month."""
    first, last = window or (dt.date.min, dt.date.max)
    if first.year != last.year:
        return Placed(None, "no_year")
    if point.month_shift is None:
        year, month = first.year + (point.year_shift or 0), point.month
        if point.lacks_month:
            return Placed(None, "no_month")
        days = _on(point, year, month)
        return _placed_or_impossible(days, "year")
    if first.month != last.month:
        return Placed(None, "no_month")
    months = 12 * first.year + first.month - 1 + point.month_shift
    days = _on(replace(point, month=months % 12 + 1), months // 12, months % 12 + 1)
    return _placed_or_impossible(days, "year", "month")


def _month_from(point: Point, window: Days | None) -> Placed:
    """Take the one month of the window with which a point meets it."""
    if window is None:
        return Placed(None, "no_month")
    first, last = (12 * day.year + day.month - 1 for day in window)
    if last - first > 12:
        return Placed(None, "no_month")
    years = [(at // 12, at % 12 + 1) for at in range(first, last + 1)]
    placed = [_on(point, year, month) for year, month in years if point.year in (None, year)]
    meeting = [days for days in placed if days and _overlap(days, window)]
    if len(meeting) != 1:
        return Placed(None, "no_month")
    return Placed(meeting[0], None, ("year", "month") if point.year is None else ("month",))


def _year_from(point: Point, window: Days | None) -> Placed:
    """Take the one year with which a point meets the window, or else lies near it."""
    if window is None:
        possible = any(_on(point, year, point.month) for year in (2023, 2024))
        return Placed(None, "no_year" if possible else "impossible")
    years = range(max(window[0].year - 1, 1), min(window[1].year + 1, 9999) + 1)
    placed = [days for year in years[:4] if (days := _on(point, year, point.month))]
    if not placed:
        return Placed(None, "impossible")
    meeting = [days for days in placed if _overlap(days, window)]
    near = meeting or [days for days in placed if _gap(days, window) <= NEAR_DAYS]
    if len(near) != 1 or len(years) > 4:
        return Placed(None, "no_year")
    return Placed(near[0], None, ("year",))


def meets(point: Point, window: Days | None) -> bool:
    """Return whether a point has a day in common with a window."""
    days = _placed(point, window).days
    return bool(days and window and _overlap(days, window))


def _on(point: Point, year: int, month: int | None) -> Days | None:
    try:
        return point.on(year, month)
    except (ValueError, OverflowError):
        return None


def _overlap(days: Days, window: Days) -> bool:
    return days[0] <= window[1] and window[0] <= days[1]


def _gap(days: Days, window: Days) -> int:
    return max((days[0] - window[1]).days, (window[0] - days[1]).days)


# As EDTF ----------------------------------------------------------------------------------------


def _edtf(point: Point, days: Days) -> str:
    """Return a point in EDTF, as fine as it is and no finer."""
    first, last = days
    if first == last:
        return first.isoformat()
    if first.day == 1 and last == month_end(last.year, last.month) and not point.days:
        months = point.month or point.month_shift is not None
        if months and (first.year, first.month) == (last.year, last.month):
            return _month_text(first)
        if point.months is None and not point.span and point.week is None:
            return f"{first.year:04}"
        ends = dict.fromkeys((_month_text(first), _month_text(last)))
        return "/".join(ends)
    return f"{first.isoformat()}/{last.isoformat()}"


def _month_text(day: dt.date) -> str:
    return f"{day.year:04}-{day.month:02}"


def _interval(one: Point, other: Point, first: Days, last: Days) -> str:
    """Return a range in EDTF: of months where both ends are months, else of days."""
    if one.is_day or other.is_day or one.days or other.days or one.span or other.span:
        return "/".join(dict.fromkeys((first[0].isoformat(), last[1].isoformat())))
    ends = (_edtf(one, first).partition("/")[0], _edtf(other, last).rpartition("/")[2])
    return "/".join(dict.fromkeys(ends)) if ends[0] != ends[1] else _edtf(other, last)


def approximate(match: Match, text: str, window: Days | None) -> DateReading:
    """Return a day marked as approximate; EDTF has no margin for anything longer."""
    reading = resolved(match, text, window)
    if reading.edtf is None:
        return reading
    if match.kind != "point" or not match.points[0].is_day:
        return DateReading(text, reason="approximate")
    day, margin = dt.date.fromisoformat(reading.edtf), dt.timedelta(MARGIN_DAYS)
    if not dt.date.min + margin <= day <= dt.date.max - margin:
        return DateReading(text, reason="impossible")
    return replace(reading, edtf=f"{reading.edtf}~")

"""EDTF: the one notation of dates, and the days that a text in it allows.

A date is written in EDTF (ISO 8601-2), because a source says "12月上旬" as often as "12月2日".
Here each such text becomes two days, the *earliest* and the *latest* that it allows, both
inclusive. What has no two ends in the calendar (an open interval, a season, a set, the 29th of
February 1877) is refused with a reason, not guessed at.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from functools import lru_cache
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from aistats.faults import EDTFError

Days = NDArray[np.datetime64]

Order = Literal["dmy", "mdy", "dmyy", "mdyy", "yymd", "excel"]
"""The order of day, month and year in numeric dates; ``yy`` is a year of two digits."""

ORDERS: tuple[Order, ...] = get_args(Order)

FIRST_DAY, LAST_DAY = (np.datetime64(it, "D") for it in ("0001-01-01", "9999-12-31"))
"""Of the calendar that Python knows."""

MARGIN_DAYS = 3
"""Days on either side of a day marked ``~``, where no codebook says otherwise."""

_DATE = re.compile(
    r"(?P<year>\d{4}|\d{3}X|\d{2}XX)"
    r"(-(?P<month>\d{2}|XX)(-(?P<before>[?~%]?)(?P<day>\d{2}|XX))?)?"
    r"(?P<time>T([01]\d|2[0-3]):[0-5]\d:[0-5]\d)?(?P<zone>Z|[+-]\d{2}(:\d{2})?)?(?P<after>[?~%]?)",
    re.ASCII,
)
_OUT_OF_RANGE = re.compile(r"-\d{4}.*|Y-?\d+|XXXX", re.ASCII)
_APPROXIMATE_MONTH = re.compile(r"\d{4}-~\d{2}.*|\d{4}~-.*", re.ASCII)


@lru_cache(maxsize=65536)
def parse_edtf(text: str, *, margin_days: int = MARGIN_DAYS) -> tuple[dt.date, dt.date]:
    """Return the earliest and the latest day that an EDTF text allows, both inclusive.

    Parameters
    ----------
    text
        A date or an interval of two: days, months and years (``2025-12-02``, ``2025-12``,
        ``2025``), qualified (``?``, ``~``, ``%``) or with unspecified digits at the end (``202X``,
        ``2025-12-XX``), and quarters (``2025-33`` to ``2025-36``). A time of day without a zone is
        cut off.
    margin_days
        Days that a ``~`` or ``%`` on a day leaves open on either side. EDTF itself gives no margin.

    Returns
    -------
    tuple of datetime.date

    Raises
    ------
    EDTFError
        If the text is none of these, or has no two ends in the calendar of the years 0001 to 9999.

    References
    ----------
    Library of Congress (2019). *Extended Date/Time Format (EDTF) Specification*; ISO 8601-2:2019.

    Examples
    --------
    >>> print(*parse_edtf("2025-12"))
    2025-12-01 2025-12-31
    >>> print(*parse_edtf("2025-12-15~"))
    2025-12-12 2025-12-18
    >>> parse_edtf("2025-12-06/2025-11-30")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    EDTFError: “2025-12-06/2025-11-30” ends before it starts; write start/end
    """
    if text[:1] in ("{", "["):
        raise EDTFError("set", text)
    ends = text.split("/")
    if len(ends) > 1 and any(end in ("", "..") for end in ends):
        raise EDTFError("open", text)
    if len(ends) > 2:
        raise EDTFError("not_edtf", text)
    first, _, start_about = _calendar_bounds(ends[0], text)
    _, last, end_about = _calendar_bounds(ends[-1], text)
    if last < first:
        raise EDTFError("reversed", text)
    margin = dt.timedelta(days=margin_days)
    try:
        return first - start_about * margin, last + end_about * margin
    except OverflowError:
        raise EDTFError("impossible", text) from None


def _calendar_bounds(date: str, text: str) -> tuple[dt.date, dt.date, bool]:
    """Return the strict bounds of one date and whether its day is approximate.

    `text` is what the error quotes.
    """
    found = _DATE.fullmatch(date)
    if found is None:
        approximate = "approximate" if _APPROXIMATE_MONTH.fullmatch(date) else "not_edtf"
        raise EDTFError("impossible" if _OUT_OF_RANGE.fullmatch(date) else approximate, text)
    year, month, day = found["year"], found["month"] or "XX", found["day"] or "XX"
    if ("X" in year and month != "XX") or (month == "XX" and day != "XX"):
        raise EDTFError("not_edtf", text)
    if found["zone"] or (found["time"] and day == "XX"):
        raise EDTFError("zone" if found["time"] else "not_edtf", text)
    about = bool({"~", "%"} & {found["before"], found["after"]})
    if about and day == "XX":
        raise EDTFError("approximate", text)
    try:
        return *_span_of(year, month, day), about
    except ValueError:
        season = found["day"] is None and "21" <= month <= "41"
        raise EDTFError("season" if season else "impossible", text) from None


def _span_of(year: str, month: str, day: str) -> tuple[dt.date, dt.date]:
    """Return the first and last day; raise ValueError where the calendar has none."""
    if "33" <= month <= "36" and day == "XX":
        quarter = int(month) - 33
        months = 3 * quarter + 1, 3 * quarter + 3
    else:
        months = (1, 12) if month == "XX" else (int(month), int(month))
    first_year, last_year = int(year.replace("X", "0")), int(year.replace("X", "9"))
    if day != "XX":
        exact = dt.date(first_year, months[0], int(day))
        return exact, exact
    last_day = calendar.monthrange(last_year, months[1])[1]
    return dt.date(first_year, months[0], 1), dt.date(last_year, months[1], last_day)

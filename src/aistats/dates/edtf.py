"""EDTF: the notation in which dates are stored, and the days that a text in it allows.

Dates are stored in EDTF (ISO 8601-2) because it can express a date that is not exact: sources write
"12月上旬" as often as "12月2日". `parse_edtf` turns each text into two days, the *earliest* and the
*latest* that it allows, both inclusive. A text without two such days in the calendar (an open
interval, a season, a set, the 29th of February 1877) is rejected with a reason. Other spellings of
dates are read by `aistats.dates.spellings`.
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
from aistats.locale import text_key

Days = NDArray[np.datetime64]

Order = Literal["dmy", "mdy", "dmyy", "mdyy", "yymd", "excel"]
"""The order of day, month and year in numeric dates; ``yy`` is a year of two digits."""

ORDERS: tuple[Order, ...] = get_args(Order)

FIRST_DAY = np.datetime64("0001-01-01", "D")
"""The first day that Python's calendar has."""

LAST_DAY = np.datetime64("9999-12-31", "D")
"""The last day that Python's calendar has."""

MARGIN_DAYS = 3
"""Days on either side of a day marked ``~``, unless a codebook sets another number."""

_DATE = re.compile(
    r"(?P<year>\d{4}|\d{3}X|\d{2}XX)"
    r"(-(?P<month>\d{2}|XX)(-(?P<before>[?~%]?)(?P<day>\d{2}|XX))?)?"
    r"(?P<time>T([01]\d|2[0-3]):[0-5]\d:[0-5]\d)?(?P<zone>Z|[+-]\d{2}(:\d{2})?)?(?P<after>[?~%]?)",
    re.ASCII,
)
_UNSPECIFIED = (None, "XX")
_APPROXIMATE_MARKS = {"~", "%"}
_QUARTERS = {"33": (1, 3), "34": (4, 6), "35": (7, 9), "36": (10, 12)}
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
        If the text is none of these, or does not have both ends in the years 0001 to 9999.

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
    is_interval = len(ends) > 1
    if is_interval and any(end in ("", "..") for end in ends):
        raise EDTFError("open", text)
    if len(ends) > 2:
        raise EDTFError("not_edtf", text)
    first, _, is_start_approximate = _calendar_bounds(ends[0], text)
    _, last, is_end_approximate = _calendar_bounds(ends[-1], text)
    if last < first:
        raise EDTFError("reversed", text)
    margin = dt.timedelta(days=margin_days)
    try:
        earliest = first - is_start_approximate * margin
        latest = last + is_end_approximate * margin
    except OverflowError:
        raise EDTFError("impossible", text) from None
    return earliest, latest


def _calendar_bounds(date: str, text: str) -> tuple[dt.date, dt.date, bool]:
    """Return the first and last day of one date, and whether it is a day marked as approximate.

    `text` is what the error quotes.
    """
    parts = _DATE.fullmatch(date)
    if parts is None:
        raise EDTFError(_reason_against(date), text)
    has_month = parts["month"] not in _UNSPECIFIED
    has_day = parts["day"] not in _UNSPECIFIED
    if has_month and "X" in parts["year"]:
        raise EDTFError("not_edtf", text)
    if has_day and not has_month:
        raise EDTFError("not_edtf", text)
    if parts["time"] and (parts["zone"] or not has_day):
        raise EDTFError("zone", text)
    if parts["zone"]:
        raise EDTFError("not_edtf", text)
    is_approximate = not _APPROXIMATE_MARKS.isdisjoint((parts["before"], parts["after"]))
    if is_approximate and not has_day:
        raise EDTFError("approximate", text)
    try:
        first, last = _span_of(parts["year"], parts["month"] or "XX", parts["day"] or "XX")
    except ValueError:
        # 21 to 41 in place of a month are seasons and other parts of a year (ISO 8601-2).
        is_season = parts["day"] is None and "21" <= (parts["month"] or "") <= "41"
        if is_season:
            raise EDTFError("season", text) from None
        raise EDTFError("impossible", text) from None
    return first, last, is_approximate


def _reason_against(date: str) -> str:
    """Return why a text that the pattern does not match is rejected."""
    if _OUT_OF_RANGE.fullmatch(date):
        return text_key("impossible")
    if _APPROXIMATE_MONTH.fullmatch(date):
        return text_key("approximate")
    return text_key("not_edtf")


def _span_of(year: str, month: str, day: str) -> tuple[dt.date, dt.date]:
    """Return the first and last day of a date; raise ValueError if the calendar has none."""
    if day != "XX":
        exact = dt.date(int(year), int(month), int(day))
        return exact, exact
    first_year = int(year.replace("X", "0"))
    last_year = int(year.replace("X", "9"))
    first_month, last_month = _months_of(month)
    _, last_day = calendar.monthrange(last_year, last_month)
    first = dt.date(first_year, first_month, 1)
    last = dt.date(last_year, last_month, last_day)
    return first, last


def _months_of(month: str) -> tuple[int, int]:
    """Return the first and last month that a month, a quarter or an unspecified month allows."""
    if month == "XX":
        return 1, 12
    number = int(month)
    return _QUARTERS.get(month, (number, number))

"""Spellings: what one text, such as a cell of a column of dates, says of a date.

This is the one reader of dates: whatever a text comes from, a table, a workbook, a reviewed row or
a report, it means the same. What can be read in one way only is read; what could be meant in two is
refused, with both readings named. What the caller knows besides is handed in: the order of day and
month of a whole column, the days that the text around is about, the language. How dates are written
stands in `aistats.dates.phrases.patterns`; here the text is freed of all that does not matter (the
time of day, the day of the week, brackets, full-width figures), and read in figures or in words.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache

from aistats.dates.edtf import parse_edtf
from aistats.dates.phrases import read_phrase
from aistats.dates.phrases.patterns import full_year
from aistats.dates.placing import DateReading, Days
from aistats.dates.vocabulary import NO_DATE, WEEKDAY, without_time_of_day
from aistats.faults import EDTFError

EXCEL_DAY_ZEROS = (dt.date(1899, 12, 30), dt.date(1904, 1, 1))
"""The days from which Excel counts days: as a rule, and in workbooks from an old Mac."""

_DAY_AND_MONTH = ("dmy", "mdy")
_LONGEST = 80
_LONGEST_WITH_SPACE = 400  # what is longer is prose, and not worth the searching
_UNSEEN = dict.fromkeys(map(ord, "\u200b\ufeff"))
_BRACKETS = {pair[0]: pair[1] for pair in ("()", "（）", "[]", "【】", "〔〕")}
_SET = re.compile(r"\{.*\}|\[.*(,|\.\.).*\]")
_DAY_UNKNOWN = re.compile(r"(\d{4})-00-00|(\d{4}-\d\d)-00", re.ASCII)  # as MySQL has it
_SERIAL = re.compile(r"(\d{5})(\.\d+)?", re.ASCII)
_SERIAL_YEARS = range(1980, 2100)  # of a number of which nobody said that it is a day
_OF_EDTF = re.compile(r"[\dXYTZ:/.,?~%+{}\[\]-]+", re.ASCII)  # no other characters are in it
_NUMBERS = re.compile(r"(\d{1,2})(?P<by>[-/. ])(\d{1,2})(?P=by)(\d{4})", re.ASCII)
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})(?:(?P<month>\d\d)(?P<day>\d\d)"
    r"|(?P<by>[-/.])(?P<month1>\d{1,2})(?P=by)(?P<day1>\d{1,2}))",
    re.ASCII,
)
_SHORT_YEAR_FIRST = re.compile(r"(\d\d)(?P<by>[-/. ])(\d{1,2})(?P=by)(\d{1,2})", re.ASCII)


def read_date(
    text: str,
    *,
    order: str | None = None,
    window: Days | None = None,
    language: str | None = None,
    day_zero: dt.date | None = None,
) -> DateReading:
    """Return what a text says of a date.

    Parameters
    ----------
    text
        EDTF, or a date in figures or in Chinese or English words: a day, a month, a year, a part of
        these, a range. A time of the day is cut off, whatever its zone.
    order
        One of `aistats.dates.edtf.ORDERS`, where somebody stated it or the whole column shows it. A
        year of two digits is then of 1969 to 2068, as POSIX has it.
    window
        The first and last day of what the text around is about; what the text lacks is taken from
        it, and of two readings that which alone meets it.
    language
        ``zh`` or ``en``: in Chinese ``12/7`` has the month first.
    day_zero
        The day from which serial numbers count, where a workbook states it; only then, or with the
        order ``excel``, is a number of five digits a date.

    Returns
    -------
    DateReading
        Its ``edtf``, or the ``reason`` why there is none; neither if the text says so itself.

    Examples
    --------
    >>> read_date("Dec 2, 2025").edtf, read_date("2025年12月上旬").edtf
    ('2025-12-02', '2025-12-01/2025-12-10')
    >>> read_date("1/2/2026").reason, read_date("1/2/2026").details
    ('order_unknown', ('2026-02-01', '2026-01-02'))
    >>> read_date("1/2/2026", order="mdy").edtf, read_date("不详").says_none
    ('2026-01-02', True)
    >>> december = parse_edtf("2025-12")
    >>> read_date("12月2日").reason, read_date("12月2日", window=december).edtf
    ('no_year', '2025-12-02')
    """
    plain = plain_text(text)
    reading = _reading(plain, order, window, language, day_zero)
    return reading if reading.text == text else replace(reading, text=text)


def readings_by_order(text: str) -> dict[str, str]:
    """Return the dates in EDTF that a text with numbers can be, by the order of day and month.

    Examples
    --------
    >>> readings_by_order("1/2/2026"), readings_by_order("1/13/2026")
    ({'dmy': '2026-02-01', 'mdy': '2026-01-02'}, {'mdy': '2026-01-13'})
    >>> readings_by_order("2026-02-01")
    {}
    """
    plain = plain_text(text)
    if not _NUMBERS.match(plain):
        return {}
    readings = {order: _reading(plain, order, None, None, None) for order in _DAY_AND_MONTH}
    return {order: reading.edtf for order, reading in readings.items() if reading.edtf}


@lru_cache(maxsize=65536)
def plain_text(text: str) -> str:
    """Return a date as it is read: half-width, without the time, the weekday and brackets.

    Examples
    --------
    >>> plain_text("（２０２５年１２月２日 星期二　10:00）"), plain_text("Tue, 2 Dec 2025")
    ('2025年12月2日', '2 Dec 2025')
    """
    if len(text) > _LONGEST_WITH_SPACE:
        return text
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_UNSEEN)
    plain = " ".join(text.split())
    if not _SET.fullmatch(plain):
        plain = without_brackets(plain)
    plain = without_time_of_day(plain)
    if plain.isascii() and not any(map(str.isalpha, plain)):
        return plain
    without_weekday = WEEKDAY.sub(" ", plain).strip(" ,，")
    return " ".join(without_weekday.split()) or plain


def without_brackets(text: str) -> str:
    """Return a text without the brackets and white space around the whole of it.

    Examples
    --------
    >>> without_brackets("（12月2日）"), without_brackets("12月2日（周二）")
    ('12月2日', '12月2日（周二）')
    """
    text = text.strip()
    while len(text) > 1 and _BRACKETS.get(text[0]) == text[-1]:
        text = text[1:-1].strip()
    return text


@dataclass(frozen=True)
class _Context:
    """What the caller knows besides the text: the arguments of :func:`read_date`."""

    order: str | None = None
    window: Days | None = None
    language: str | None = None
    day_zero: dt.date | None = None


@lru_cache(maxsize=65536)
def _reading(
    plain: str,
    order: str | None,
    window: Days | None,
    language: str | None,
    day_zero: dt.date | None,
) -> DateReading:
    """Return what the first reader that knows a text in its plain form says of it."""
    context = _Context(order, window, language, day_zero)
    for reader in _READERS:
        reading = reader(plain, context)
        if reading is not None:
            return reading
    return DateReading(plain, reason="unreadable")


def _read_none(plain: str, _: _Context) -> DateReading | None:
    """Read a text that says that there is no date."""
    return DateReading(plain) if plain.casefold() in NO_DATE else None


def _read_serial(plain: str, context: _Context) -> DateReading | None:
    """Read the number that Excel has for a day, if it is known that it is one."""
    serial = _SERIAL.fullmatch(plain)
    if serial is None:
        return None
    number = dt.timedelta(days=int(serial[1]))
    since = context.day_zero or (EXCEL_DAY_ZEROS[0] if context.order == "excel" else None)
    if since:
        day = since + number
        if context.order == "excel" or day.year in _SERIAL_YEARS:
            return DateReading(plain, day.isoformat())
    readings = tuple(str(zero + number) for zero in EXCEL_DAY_ZEROS)
    return DateReading(plain, reason="serial", details=readings)


def _refuse_long_text(plain: str, _: _Context) -> DateReading | None:
    """Refuse prose, which is not worth the searching."""
    return DateReading(plain, reason="unreadable") if len(plain) > _LONGEST else None


def _refuse_short_serial(plain: str, context: _Context) -> DateReading | None:
    """Refuse a short number among serial numbers: a year, or a day before 1927."""
    is_number = plain.isdecimal() and len(plain) < 5
    is_unclear = context.order == "excel" and is_number
    return DateReading(plain, reason="unreadable") if is_unclear else None


def _read_unknown_day(plain: str, _: _Context) -> DateReading | None:
    """Read a month or a year with zeros in place of the day, or of the month and day."""
    unknown = _DAY_UNKNOWN.fullmatch(plain)
    return _of_edtf(unknown[1] or unknown[2]) if unknown else None


def _read_edtf(plain: str, _: _Context) -> DateReading | None:
    return _of_edtf(plain)


def _read_marked(plain: str, context: _Context) -> DateReading | None:
    """Read a date in figures or words with a mark of EDTF behind it, such as ``~``."""
    bare = plain.rstrip("?~%")
    if bare == plain:
        return None
    reading = _of_words(bare, context)
    if not reading.edtf:
        return reading
    marked = _of_edtf(reading.edtf + plain[len(bare) :])
    return marked or DateReading(plain, reason="unreadable")


def _read_words(plain: str, context: _Context) -> DateReading | None:
    return _of_words(plain, context)


_READERS = (
    _read_none,
    _read_serial,
    _refuse_long_text,
    _refuse_short_serial,
    _read_unknown_day,
    _read_edtf,
    _read_marked,
    _read_words,
)
"""What is tried in turn; the first that returns a reading has read the text."""


def _of_edtf(plain: str) -> DateReading | None:
    """Read a text in EDTF; return None if it is not."""
    if not _OF_EDTF.fullmatch(plain):
        return None
    try:
        parse_edtf(plain)
    except EDTFError as error:
        if error.reason == "not_edtf":
            return None
        return DateReading(plain, reason=error.reason)
    return DateReading(plain, plain)


def _of_words(plain: str, context: _Context) -> DateReading:
    """Read a date that is not in EDTF."""
    reading = _of_figures(plain, context.order)
    if reading is None:
        order, window, language = context.order, context.window, context.language
        reading = read_phrase(plain, order=order, window=window, language=language)
    return reading or DateReading(plain, reason="unreadable")


def _of_figures(plain: str, order: str | None) -> DateReading | None:
    """Read a whole day in figures of known order, as most columns have it, without patterns."""
    if found := _YEAR_FIRST.fullmatch(plain):
        year, month, day = found["year"], found["month"], found["day"]
        return _of_edtf(_iso(year, month or found["month1"], day or found["day1"]))
    if order == "yymd" and (found := _SHORT_YEAR_FIRST.fullmatch(plain)):
        return _of_edtf(_iso(str(full_year(int(found[1]))), found[3], found[4]))
    if order and order[:3] in _DAY_AND_MONTH and (found := _NUMBERS.fullmatch(plain)):
        day, month = (found[1], found[3]) if order.startswith("dm") else (found[3], found[1])
        reading = _of_edtf(_iso(found[4], month, day))
        is_day = reading is not None and reading.edtf
        return reading if is_day else DateReading(plain, reason="order_stated", details=(order,))
    return None


def _iso(year: str, month: str, day: str) -> str:
    return f"{year}-{month:0>2}-{day:0>2}"

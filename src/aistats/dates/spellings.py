"""Spellings: read a text that is a date as a whole, such as a cell of a table.

This is the only reader of such texts: in a table, a workbook, a reviewed row or a report, the same
text means the same date. A text with one possible reading is read; a text with two is rejected, and
the reason names both. The caller adds what it knows: the order of day and month in the column, the
days that the surrounding text is about, the language. First the text loses what does not matter
(time of day, day of the week, brackets, full-width figures); then the readers of `_READERS` try it
in turn. The patterns are in `aistats.dates.phrases.patterns`.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache

from aistats.dates.edtf import Order, parse_edtf
from aistats.dates.phrases import read_phrase
from aistats.dates.phrases.patterns import full_year
from aistats.dates.placing import DateReading, Days
from aistats.dates.vocabulary import NO_DATE, WEEKDAY, without_time_of_day
from aistats.faults import EDTFError
from aistats.locale import Language

EXCEL_DAY_ZEROS = (dt.date(1899, 12, 30), dt.date(1904, 1, 1))
"""The days from which Excel counts days: by default, and in workbooks from an old Mac."""

_DAY_AND_MONTH: tuple[Order, ...] = ("dmy", "mdy")
_LONGEST = 80
_LONGEST_WITH_SPACE = 400  # a longer text is prose: searching it for a date costs too much
_UNSEEN = dict.fromkeys(map(ord, "\u200b\ufeff"))
_BRACKETS = {pair[0]: pair[1] for pair in ("()", "（）", "[]", "【】", "〔〕")}
_SET = re.compile(r"\{.*\}|\[.*(,|\.\.).*\]")
_DAY_UNKNOWN = re.compile(r"(\d{4})-00-00|(\d{4}-\d\d)-00", re.ASCII)  # of MySQL
_SERIAL = re.compile(r"(\d{5})(\.\d+)?", re.ASCII)
_SERIAL_YEARS = range(1980, 2100)  # of a number that is not stated to be a day
_EDTF_CHARACTERS = re.compile(r"[\dXYTZ:/.,?~%+{}\[\]-]+", re.ASCII)
_NUMBERS = re.compile(
    r"(?P<first>\d{1,2})(?P<by>[-/. ])(?P<second>\d{1,2})(?P=by)(?P<year>\d{4})", re.ASCII
)
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})(?:(?P<month>\d\d)(?P<day>\d\d)"
    r"|(?P<by>[-/.])(?P<month1>\d{1,2})(?P=by)(?P<day1>\d{1,2}))",
    re.ASCII,
)
_SHORT_YEAR_FIRST = re.compile(
    r"(?P<year>\d\d)(?P<by>[-/. ])(?P<month>\d{1,2})(?P=by)(?P<day>\d{1,2})", re.ASCII
)


def read_date(
    text: str,
    *,
    order: Order | None = None,
    window: Days | None = None,
    language: Language | None = None,
    day_zero: dt.date | None = None,
) -> DateReading:
    """Return the date that a text states, or the reason why it states none.

    Parameters
    ----------
    text
        EDTF, or a date in figures or in Chinese or English words: a day, a month, a year, a part of
        these, a range. A time of the day is cut off, with its zone.
    order
        One of `aistats.dates.edtf.ORDERS`, if it is stated or the whole column shows it. A year of
        two digits is then one of 1969 to 2068, as in POSIX.
    window
        The first and last day that the surrounding text is about. A missing year or month is taken
        from it, and of two readings the only one that meets it.
    language
        Language of the text, ``zh`` or ``en``: in Chinese ``12/7`` has the month first.
    day_zero
        The day from which serial numbers count, if a workbook states it. A number of five digits is
        a date only then, or with the order ``excel``.

    Returns
    -------
    DateReading
        With ``edtf``, or with the ``reason`` why there is none; with neither if the text states
        that there is no date.

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


def readings_by_order(text: str) -> dict[Order, str]:
    """Return the dates in EDTF that numbers can mean, by the order of day and month.

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
    dates = {}
    for order in _DAY_AND_MONTH:
        reading = _reading(plain, order, None, None, None)
        if reading.edtf:
            dates[order] = reading.edtf
    return dates


@lru_cache(maxsize=65536)
def plain_text(text: str) -> str:
    """Return a date in half-width figures, without the time, the day of the week and brackets.

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

    order: Order | None = None
    window: Days | None = None
    language: Language | None = None
    day_zero: dt.date | None = None


@lru_cache(maxsize=65536)
def _reading(
    plain: str,
    order: Order | None,
    window: Days | None,
    language: Language | None,
    day_zero: dt.date | None,
) -> DateReading:
    """Return the reading of the first reader that recognises a text in its plain form."""
    context = _Context(order, window, language, day_zero)
    for reader in _READERS:
        reading = reader(plain, context)
        if reading is not None:
            return reading
    return DateReading(plain, reason="unreadable")


def _read_none(plain: str, _: _Context) -> DateReading | None:
    """Read a text that states that there is no date."""
    if plain.casefold() in NO_DATE:
        return DateReading(plain)
    return None


def _read_serial(plain: str, context: _Context) -> DateReading | None:
    """Read the serial number of a day in Excel, if the number is known to be one."""
    serial = _SERIAL.fullmatch(plain)
    if serial is None:
        return None
    number = dt.timedelta(days=int(serial[1]))
    default_zero, mac_zero = EXCEL_DAY_ZEROS
    is_stated = context.order == "excel"
    day_zero = context.day_zero or (default_zero if is_stated else None)
    if day_zero:
        day = day_zero + number
        if is_stated or day.year in _SERIAL_YEARS:
            return DateReading(plain, day.isoformat())
    readings = (str(default_zero + number), str(mac_zero + number))
    return DateReading(plain, reason="serial", details=readings)


def _reject_long_text(plain: str, _: _Context) -> DateReading | None:
    """Reject prose, which is too costly to search for a date."""
    if len(plain) > _LONGEST:
        return DateReading(plain, reason="unreadable")
    return None


def _reject_short_serial(plain: str, context: _Context) -> DateReading | None:
    """Reject a short number among serial numbers: it is a year, or a day before 1927."""
    is_short_number = plain.isdecimal() and len(plain) < 5
    if context.order == "excel" and is_short_number:
        return DateReading(plain, reason="unreadable")
    return None


def _read_unknown_day(plain: str, _: _Context) -> DateReading | None:
    """Read a month or a year with zeros in place of the day, or of the month and day."""
    known = _DAY_UNKNOWN.fullmatch(plain)
    if known is None:
        return None
    year, month = known.groups()
    return _edtf_reading(year or month)


def _read_edtf(plain: str, _: _Context) -> DateReading | None:
    return _edtf_reading(plain)


def _read_marked(plain: str, context: _Context) -> DateReading | None:
    """Read a date in figures or words with a mark of EDTF behind it, such as ``~``."""
    bare = plain.rstrip("?~%")
    if bare == plain:
        return None
    reading = _read_words(bare, context)
    if not reading.edtf:
        return reading
    mark = plain[len(bare) :]
    marked = _edtf_reading(reading.edtf + mark)
    return marked or DateReading(plain, reason="unreadable")


def _read_words(plain: str, context: _Context) -> DateReading:
    """Read a date in figures or words; the last reader, which rejects all other texts."""
    reading = _read_figures(plain, context.order) or read_phrase(
        plain,
        order=context.order,
        window=context.window,
        language=context.language,
    )
    return reading or DateReading(plain, reason="unreadable")


_READERS = (
    _read_none,
    _read_serial,
    _reject_long_text,
    _reject_short_serial,
    _read_unknown_day,
    _read_edtf,
    _read_marked,
    _read_words,
)
"""The readers in the order in which they are tried; the first reading is the result."""


def _edtf_reading(plain: str) -> DateReading | None:
    """Return the reading of a text in EDTF; None if the text is not in EDTF."""
    if not _EDTF_CHARACTERS.fullmatch(plain):
        return None
    try:
        parse_edtf(plain)
    except EDTFError as error:
        if error.reason == "not_edtf":
            return None
        return DateReading(plain, reason=error.reason)
    return DateReading(plain, plain)


# Whole days in figures, which most columns have, are read without the patterns of phrases.


def _read_figures(plain: str, order: Order | None) -> DateReading | None:
    """Read a day in figures whose order is known."""
    year_first = _YEAR_FIRST.fullmatch(plain)
    if year_first:
        month = year_first["month"] or year_first["month1"]
        day = year_first["day"] or year_first["day1"]
        return _day_reading(year_first["year"], month, day)
    if order == "yymd":
        return _read_short_year_first(plain)
    if order is not None and order[:3] in _DAY_AND_MONTH:
        return _read_numbers(plain, order)
    return None


def _read_short_year_first(plain: str) -> DateReading | None:
    """Read 25/12/2 in the order year, month, day."""
    parts = _SHORT_YEAR_FIRST.fullmatch(plain)
    if parts is None:
        return None
    year = full_year(int(parts["year"]))
    return _day_reading(str(year), parts["month"], parts["day"])


def _read_numbers(plain: str, order: Order) -> DateReading | None:
    """Read 2/12/2025 in a stated order of day and month."""
    numbers = _NUMBERS.fullmatch(plain)
    if numbers is None:
        return None
    day, month = numbers["first"], numbers["second"]
    if order.startswith("md"):
        day, month = month, day
    reading = _day_reading(numbers["year"], month, day)
    if reading is None or reading.edtf is None:
        return DateReading(plain, reason="order_stated", details=(order,))
    return reading


def _day_reading(year: str, month: str, day: str) -> DateReading | None:
    """Return the reading of a whole day."""
    edtf = f"{year}-{month:0>2}-{day:0>2}"
    return _edtf_reading(edtf)

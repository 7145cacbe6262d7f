"""Phrases: dates as people write them in Chinese and English, read as EDTF.

A phrase is a *point* ("12月2日", "mid-December", "Q4 2025") or a range of two; a point may lack its
year or month, which is then taken from the *window*, the days that the surrounding text is about: a
missing part is the one with which the phrase meets the window. Words around it say how to take it:
前后 or "around" makes a day approximate, 截至 or "since" leaves one end open. Where that does not
settle one date there is none, and the reason is said: no date is better than a wrong one.

`find_dates` looks for phrases in running text. A text that is a date as a whole, such as a cell, is
read by `aistats.dates.spellings.read_date`, which asks `read_phrase` where figures do not suffice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from aistats.dates.edtf import parse_edtf
from aistats.dates.phrases.patterns import ABOUT_AFTER, cell_matches, matches, whole_match
from aistats.dates.placing import DateReading, Days, Match, approximate, in_order, resolved
from aistats.dates.vocabulary import ZONE

_HINT = re.compile(  # without one of these a text has no date; most texts have none
    r"\d|[月旬年季底]|half|quarter|week|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)",
    re.IGNORECASE,
)
_NARROW = str.maketrans("０１２３４５６７８９／．－（）　", "0123456789/.-() ")
_LEAD = re.compile(r"(?:(?:\b(?:on|in)|于|在)\s*)?(?:the\s+)?", re.IGNORECASE)
_LEAD_OF_RANGE = re.compile(
    r"(?:(?:\b(?:in|from|between)|介于|于|在|自|从)\s*)?(?:the\s+)?", re.IGNORECASE
)
_NEAR_YEARS = 1


@dataclass(frozen=True)
class DatePhrase(DateReading):
    """Words of a text that are about a date, and what they say of it.

    Parameters
    ----------
    text, edtf, reason, assumed, details
        See `aistats.dates.placing.DateReading`; the text is the words alone.
    start, end
        Their place in the text that was searched.
    """

    start: int = 0
    end: int = 0


def find_dates(
    text: str, *, window: Days | None = None, language: str | None = None
) -> list[DatePhrase]:
    """Find the dates in running text.

    Parameters
    ----------
    text
        Chinese, English or both. The years that are read are 1800 to 2099.
    window
        The first and last day of what the text is about; what a phrase lacks is taken from it.
    language
        ``zh`` or ``en``: how ``12/7`` is read. Chinese writes the month first; for English only one
        reading must be possible, or only one meet the window.

    Returns
    -------
    list of DatePhrase
        In order, none overlapping another. Of 上旬, "early", 月初 a month's first ten days are
        taken, of 中旬 and "mid" the second, of 下旬, "late", 月底, "end of" the rest; of a year
        "early", "mid" and "late" are its thirds, 年初 January, 年中 June and July, 年底 December. A
        "week of" a day is the seven days from it. What begins on a day ("12月15日起") has that day;
        what ends, or follows, at some time after or before one is ``open``.

    Examples
    --------
    >>> from aistats.dates.edtf import parse_edtf
    >>> december = parse_edtf("2025-12")
    >>> [phrase.edtf for phrase in find_dates("12月2日发布，中旬开源", window=december)]
    ['2025-12-02', '2025-12-11/2025-12-20']
    >>> [phrase] = find_dates("GPT-5.2 ships on 12/7, 24/7 support by 2027")
    >>> phrase.text, phrase.start, phrase.edtf, phrase.reason
    ('by 2027', 36, None, 'open')
    """
    return list(_phrases(text, window, language))


@lru_cache(maxsize=4096)
def _phrases(text: str, window: Days | None, language: str | None) -> tuple[DatePhrase, ...]:
    """Find dates; a report is asked more than once about the same words."""
    if not _HINT.search(text):
        return ()
    narrow = text.translate(_NARROW)
    joined = _joined(narrow, _leftmost(matches(narrow, window, language)))
    return tuple(_phrase(text, narrow, match, window) for match in joined)


def read_phrase(
    text: str, *, order: str | None, window: Days | None, language: str | None
) -> DateReading | None:
    """Read a text that is a date as a whole, in figures, in words or in both.

    Parameters
    ----------
    text
        The text, with half-width figures and without a time of day.
    order, window, language
        See :func:`aistats.dates.spellings.read_date`.

    Returns
    -------
    DateReading or None
        None if the text is not, as a whole, about a date.

    Examples
    --------
    >>> read_phrase("early December 2025", order=None, window=None, language=None).edtf
    '2025-12-01/2025-12-10'
    """
    if not _HINT.search(text):
        return None
    match = whole_match(text, language)
    if match is None:
        joined = _joined(text, _leftmost(cell_matches(text, language)))
        if len(joined) != 1:
            return None
        match = joined[0]
    ordered = in_order(match, order) if order else match
    if ordered is None:
        return DateReading(text, reason="order_stated", details=(order or "",))
    reading = _whole(text, ordered, window)
    if any(point.short_year for point in match.points) and "yy" not in (order or ""):
        is_near = reading is None or _is_near(reading, window)
        return reading if is_near else DateReading(text, reason="two_digit_year")
    return reading


def _whole(text: str, match: Match, window: Days | None) -> DateReading | None:
    """Return what a text says with all of its words; None if some of them do not belong to it."""
    if (match.start, match.end) == (0, len(text)):
        return resolved(match, text, window)
    phrase = _phrase(text, text, match, window)
    lead = _LEAD_OF_RANGE if phrase.edtf and "/" in phrase.edtf else _LEAD
    belongs = phrase.end == len(text) and lead.fullmatch(text, 0, phrase.start)
    return phrase if belongs else None


def _is_near(reading: DateReading, window: Days | None) -> bool:
    """Whether a date lies about the years of a window, which then settle its century."""
    if reading.edtf is None or window is None:
        return False
    first, last = parse_edtf(reading.edtf)
    return last.year >= window[0].year - _NEAR_YEARS and first.year <= window[1].year + _NEAR_YEARS


# Points that belong together --------------------------------------------------------------------


_BETWEEN_ENDS = re.compile(
    r"\s*(?:——|[-‐‑‒–—―~～〜至到]|\bto\b|\bthrough\b|\buntil\b)\s*(?:(?:次年|翌年)\s*)?",
    re.IGNORECASE,
)
_HYPHENS = frozenset("-‐‑‒–")
_BETWEEN_TWO = re.compile(r"\s*(?:\band\b|[&和与])\s*", re.IGNORECASE)
_BETWEEN_MORE = re.compile(r"\s*[、和与及,，]\s*")
_BETWEEN = re.compile(r"\bbetween\s+\Z|介于\Z", re.IGNORECASE)


def _leftmost(matches: Iterable[Match]) -> list[Match]:
    """Return the matches that begin first and reach farthest, none overlapping another."""
    kept: list[Match] = []
    for match in sorted(matches, key=lambda match: (match.start, -match.end)):
        if not kept or match.start >= kept[-1].end:
            kept.append(match)
    return kept


def _joined(text: str, matches: Sequence[Match]) -> list[Match]:
    """Join two points with a dash or a "to" between them into a range, with an "and" into a set."""
    joined: list[Match] = []
    for match in matches:
        kind = _kind_of_both(text, joined[-1], match) if joined else ""
        if kind:
            first = joined.pop()
            match = Match(first.start, match.end, (first.points[0], match.points[0]), kind)
        joined.append(match)
    return joined


def _kind_of_both(text: str, first: Match, second: Match) -> str:
    """Return what two matches are together: ``range``, ``set`` or, if they are apart, nothing."""
    gap = text[first.end : second.start]
    one, other = first.points[0], second.points[0]
    if first.kind != "range" and other.lacks_month and _BETWEEN_MORE.fullmatch(gap):
        return "set"
    if first.kind != "point" or second.kind != "point":
        return ""
    if gap in _HYPHENS and _is_one_date_in_parts(text, first, second):
        return ""
    if _BETWEEN_ENDS.fullmatch(gap) or (gap.strip() == "/" and one.year and other.year):
        return "range"
    if _BETWEEN_TWO.fullmatch(gap):
        if _before(_BETWEEN, text, first.start):
            return "range"
        return "set" if one.is_day and other.is_day else ""
    return ""


def _is_one_date_in_parts(text: str, first: Match, second: Match) -> bool:
    """Return whether a hyphen stands between the bare name of a month and a number.

    In "Dec-02-2025" the hyphens separate the parts of one date: it is not a range from December to
    "02-2025".
    """
    before, after = text[first.end - 1], text[second.start]
    if before.isdecimal() == after.isdecimal():
        return False
    name = second if before.isdecimal() else first
    return name.points[0].is_bare_month


# What the words around a point say --------------------------------------------------------------


_WEEK_OF = re.compile(r"\bweek\s+(?:of|from|beginning|starting)\s+(?:the\s+)?\Z", re.IGNORECASE)
_LONGEST_WORDS = 24
_ABOUT_BEFORE = re.compile(
    r"(?:大约|大概|约|\b(?:(?:around|about|circa|approximately|roughly|approx)\s+|(?:approx|ca?)\.\s*)"
    r"(?:the\s+)?)\s*\Z",
    re.IGNORECASE,
)
_OPEN_BEFORE = re.compile(
    r"(?:截至|截止到?|迄至?|直到|到|至|早于|晚于|不晚于|\b(?:by|until|till|before|after|since|as\s+of|prior\s+to"
    r"|up\s+to|no\s+later\s+than|through|ahead\s+of)(?:\s+(?:the|mid-?)\b)?\s*)\s*\Z",
    re.IGNORECASE,
)
_SELF_BEFORE = re.compile(r"(?:自|从)\s*\Z")
_STARTS_AFTER = re.compile(r"\s*(?:日?起|开始|正式)")
_OPEN_AFTER = re.compile(
    r"\s*(?:之前|以前|之后|以后|以来|以內|以内|为止|至今|迄今|前(?![后往夕景沿端身者瞻线台])|后(?![续台者期来勤]))"
)


def _before(words: re.Pattern[str], text: str, start: int) -> re.Match[str] | None:
    """Find words that end where a match starts."""
    return words.search(text, max(0, start - _LONGEST_WORDS), start)


def _phrase(text: str, narrow: str, match: Match, window: Days | None) -> DatePhrase:
    """Return a match as a phrase, with the words around it that change what it says."""
    start, end = match.start, match.end
    if zone := ZONE.match(narrow, end):
        end = zone.end()
    about_before = _before(_ABOUT_BEFORE, narrow, start)
    about_after = ABOUT_AFTER.match(narrow, end)
    if about_before or about_after:
        start = about_before.start() if about_before else start
        end = about_after.end() if about_after else end
        return _placed_at(start, end, approximate(match, text[start:end], window))
    open_before, open_after = _before(_OPEN_BEFORE, narrow, start), _OPEN_AFTER.match(narrow, end)
    self_before = _before(_SELF_BEFORE, narrow, start)
    if self_before and match.kind == "point" and not _STARTS_AFTER.match(narrow, end):
        open_before = self_before
    if open_before or open_after:
        start = open_before.start() if open_before else start
        end = open_after.end() if open_after else end
        return _placed_at(start, end, DateReading(text[start:end], reason="open"))
    if match.kind == "set" and _before(_BETWEEN, narrow, start):
        match = replace(match, kind="range")
    week = _before(_WEEK_OF, narrow, start)
    if week and match.kind == "point" and match.points[0].is_day:
        match = replace(match, points=(replace(match.points[0], span="from"),))
    start = week.start() if week else start
    return _placed_at(start, end, resolved(match, text[start:end], window))


def _placed_at(start: int, end: int, reading: DateReading) -> DatePhrase:
    edtf, reason = reading.edtf, reading.reason
    return DatePhrase(reading.text, edtf, reason, reading.assumed, reading.details, start, end)

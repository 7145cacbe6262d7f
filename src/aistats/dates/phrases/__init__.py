"""Phrases: find dates in running text, in Chinese and English, and return them in EDTF.

A phrase is a *point* ("12月2日", "mid-December", "Q4 2025") or a range of two points. A missing
year or month is taken from the *window*, the days that the surrounding text is about (see
`aistats.dates.placing`). The words around a phrase can change its meaning: 前后 or "around" makes a
day approximate, 截至 or "since" leaves one end open. A phrase that does not settle one date gets a
reason instead of a date: no date is better than a wrong one.

`find_dates` searches running text. A text that is a date as a whole, such as a cell, is read by
`aistats.dates.spellings.read_date`, which calls `read_phrase` for all that is not plain figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from aistats.dates.edtf import Order, parse_edtf
from aistats.dates.phrases.patterns import ABOUT_AFTER, cell_matches, matches, whole_match
from aistats.dates.placing import (
    DateReading,
    Days,
    Match,
    read_in_order,
    resolve,
    resolve_approximate,
)
from aistats.dates.vocabulary import ZONE
from aistats.locale import Language

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
    """Words about a date in a text, with their reading.

    Parameters
    ----------
    text, edtf, reason, assumed, details
        See `aistats.dates.placing.DateReading`; the text is the words alone.
    start, end
        Place of the words in the text that was searched.
    """

    start: int = 0
    end: int = 0


def find_dates(
    text: str, *, window: Days | None = None, language: Language | None = None
) -> list[DatePhrase]:
    """Find the dates in running text.

    Parameters
    ----------
    text
        Chinese, English or both. Years from 1800 to 2099 are recognised.
    window
        The first and last day that the text is about; a missing year or month is taken from it.
    language
        Language of the text, ``zh`` or ``en``, for ``12/7``: Chinese writes the month first. In
        English these are a date only if one reading is possible, or only one meets the window.

    Returns
    -------
    list of DatePhrase
        In the order of the text, without overlaps. Of a month, 上旬, 月初 and "early" are the
        first ten days, 中旬 and "mid" the second ten, 下旬, 月底, "late" and "end of" the rest. Of
        a year, "early", "mid" and "late" are its thirds, 年初 January, 年中 June and July, 年底
        December. A "week of" a day is the seven days from that day. A start on a stated day
        ("12月15日起") has that day as its date; an unstated time before or after a day is ``open``.

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


# Cached: the importer searches the same words of a report several times.
@lru_cache(maxsize=4096)
def _phrases(text: str, window: Days | None, language: Language | None) -> tuple[DatePhrase, ...]:
    """Return the dates in running text."""
    if not _HINT.search(text):
        return ()
    narrow = text.translate(_NARROW)
    separate = _leftmost(matches(narrow, window, language))
    phrases = []
    for match in _join(narrow, separate):
        phrase = _phrase(text, narrow, match, window)
        phrases.append(phrase)
    return tuple(phrases)


def read_phrase(
    text: str, *, order: Order | None, window: Days | None, language: Language | None
) -> DateReading | None:
    """Return the reading of a text that is a date as a whole, in figures, in words or in both.

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
    match = whole_match(text, language) or _only_match(text, language)
    if match is None:
        return None
    ordered = match if order is None else read_in_order(match, order)
    if ordered is None:
        return DateReading(text, reason="order_stated", details=(order or "",))
    reading = _read_whole(text, ordered, window)
    has_short_year = any(point.short_year for point in match.points)
    if not has_short_year or "yy" in (order or ""):
        return reading
    if reading is None or _is_near(reading, window):
        return reading
    return DateReading(text, reason="two_digit_year")


def _only_match(text: str, language: Language | None) -> Match | None:
    """Return the one point, range or set in a text; None if there is none, or several."""
    separate = _leftmost(cell_matches(text, language))
    joined = _join(text, separate)
    if len(joined) != 1:
        return None
    return joined[0]


def _read_whole(text: str, match: Match, window: Days | None) -> DateReading | None:
    """Return the reading of all the words of a text; None if some are not part of the date."""
    if (match.start, match.end) == (0, len(text)):
        return resolve(match, text, window)
    phrase = _phrase(text, text, match, window)
    if phrase.end != len(text):
        return None
    is_interval = "/" in (phrase.edtf or "")
    lead = _LEAD_OF_RANGE if is_interval else _LEAD
    is_led = lead.fullmatch(text, 0, phrase.start)
    return phrase if is_led else None


def _is_near(reading: DateReading, window: Days | None) -> bool:
    """Return whether a date is so near to a window that the window settles its century."""
    if reading.edtf is None or window is None:
        return False
    first, last = parse_edtf(reading.edtf)
    first_year = window[0].year - _NEAR_YEARS
    last_year = window[1].year + _NEAR_YEARS
    return last.year >= first_year and first.year <= last_year


# Points that belong together ---------------------------------------------------------------------


_BETWEEN_ENDS = re.compile(
    r"\s*(?:——|[-‐‑‒–—―~～〜至到]|\bto\b|\bthrough\b|\buntil\b)\s*(?:(?:次年|翌年)\s*)?",
    re.IGNORECASE,
)
_HYPHENS = frozenset("-‐‑‒–")
_BETWEEN_TWO = re.compile(r"\s*(?:\band\b|[&和与])\s*", re.IGNORECASE)
_BETWEEN_MORE = re.compile(r"\s*[、和与及,，]\s*")
_BETWEEN = re.compile(r"\bbetween\s+\Z|介于\Z", re.IGNORECASE)


def _leftmost(matches: Iterable[Match]) -> list[Match]:
    """Return the matches that start first and reach farthest, without overlaps."""
    ordered = sorted(matches, key=lambda match: (match.start, -match.end))
    kept: list[Match] = []
    for match in ordered:
        if not kept or match.start >= kept[-1].end:
            kept.append(match)
    return kept


def _join(text: str, matches: Iterable[Match]) -> list[Match]:
    """Join two points with a dash or a "to" between them into a range, with an "and" into a set."""
    joined: list[Match] = []
    for match in matches:
        kind = _kind_together(text, joined[-1], match) if joined else None
        if kind:
            first = joined.pop()
            points = (first.points[0], match.points[0])
            match = Match(first.start, match.end, points, kind)
        joined.append(match)
    return joined


def _kind_together(text: str, first: Match, second: Match) -> Literal["range", "set"] | None:
    """Return what two matches form together; None if they are separate dates."""
    gap = text[first.end : second.start]
    start, end = first.points[0], second.points[0]
    if first.kind != "range" and end.lacks_month and _BETWEEN_MORE.fullmatch(gap):
        return "set"
    if first.kind != "point" or second.kind != "point":
        return None
    if gap in _HYPHENS and _is_one_date_in_parts(text, first, second):
        return None
    if _BETWEEN_ENDS.fullmatch(gap):
        return "range"
    if gap.strip() == "/" and start.year and end.year:
        return "range"
    if not _BETWEEN_TWO.fullmatch(gap):
        return None
    if _before(_BETWEEN, text, first.start):
        return "range"
    return "set" if start.is_day and end.is_day else None


def _is_one_date_in_parts(text: str, first: Match, second: Match) -> bool:
    """Return whether a hyphen connects the bare name of a month with a number.

    In "Dec-02-2025" the hyphens separate the parts of one date, which is not a range from December
    to "02-2025".
    """
    before, after = text[first.end - 1], text[second.start]
    if before.isdecimal() == after.isdecimal():
        return False
    name = second if before.isdecimal() else first
    return name.points[0].is_bare_month


# Words around a point ----------------------------------------------------------------------------


_WEEK_OF = re.compile(r"\bweek\s+(?:of|from|beginning|starting)\s+(?:the\s+)?\Z", re.IGNORECASE)
_LONGEST_WORDS = 24  # characters before a date that are searched; all of them would be slow
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


@dataclass(frozen=True)
class _Place:
    """The start and the end of some words in a text."""

    start: int
    end: int


def _phrase(text: str, narrow: str, match: Match, window: Days | None) -> DatePhrase:
    """Return a match as a phrase, with the words around it that change its meaning.

    `narrow` is the text with half-width figures, in which the words are looked for.
    """
    zone = ZONE.match(narrow, match.end)
    place = _extended(_Place(match.start, match.end), None, zone)

    about = _about_place(narrow, place)
    if about is not None:
        words = text[about.start : about.end]
        reading = resolve_approximate(match, words, window)
        return _located(reading, about)

    open_place = _open_place(narrow, place, match)
    if open_place is not None:
        words = text[open_place.start : open_place.end]
        reading = DateReading(words, reason="open")
        return _located(reading, open_place)

    week_of = _before(_WEEK_OF, narrow, place.start)
    place = _extended(place, week_of, None)
    if week_of:
        match = _as_week(match)
    elif match.kind == "set" and _before(_BETWEEN, narrow, place.start):
        match = replace(match, kind="range")
    reading = resolve(match, text[place.start : place.end], window)
    return _located(reading, place)


def _about_place(narrow: str, place: _Place) -> _Place | None:
    """Return the place of a date with the words that make it approximate; None without any."""
    before = _before(_ABOUT_BEFORE, narrow, place.start)
    after = ABOUT_AFTER.match(narrow, place.end)
    if not before and not after:
        return None
    return _extended(place, before, after)


def _open_place(narrow: str, place: _Place, match: Match) -> _Place | None:
    """Return the place of a date with the words that leave an end open; None without any."""
    before = _before(_OPEN_BEFORE, narrow, place.start)
    after = _OPEN_AFTER.match(narrow, place.end)
    if match.kind == "point" and not _STARTS_AFTER.match(narrow, place.end):
        # 自12月2日起 is a start on a stated day, 自12月2日 alone an open interval.
        before = before or _before(_SELF_BEFORE, narrow, place.start)
    if not before and not after:
        return None
    return _extended(place, before, after)


def _as_week(match: Match) -> Match:
    """Return the match of a day as that of the seven days from the day."""
    point = match.points[0]
    if match.kind != "point" or not point.is_day:
        return match
    week = replace(point, span="from")
    return replace(match, points=(week,))


def _before(words: re.Pattern[str], text: str, start: int) -> re.Match[str] | None:
    """Find words that end where a match starts."""
    search_start = start - _LONGEST_WORDS
    if search_start < 0:
        search_start = 0
    return words.search(text, search_start, start)


def _extended(place: _Place, before: re.Match[str] | None, after: re.Match[str] | None) -> _Place:
    """Return a place together with the words before and after it."""
    start, end = place.start, place.end
    if before:
        start = before.start()
    if after:
        end = after.end()
    return _Place(start, end)


def _located(reading: DateReading, place: _Place) -> DatePhrase:
    """Return a reading with its place in the text."""
    return DatePhrase(
        reading.text,
        reading.edtf,
        reading.reason,
        reading.assumed,
        reading.details,
        place.start,
        place.end,
    )

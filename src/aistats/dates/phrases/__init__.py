"""Phrases: dates as people write them in Chinese and English, read as EDTF.

A phrase is a *point* ("12月2日", "mid-December", "Q4 2025") or a range of two; a point may lack its
year or month, which is then taken from the *window*, the days that the surrounding text is about: a
missing part is the one with which the phrase meets the window. Words around it say how to take it:
前后 or "around" makes a day approximate, 截至 or "since" leaves one end open. Where that does not
settle one date there is none, and the reason is said: no date is better than a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from aistats.dates.phrases.patterns import ABOUT_AFTER, bare, matches
from aistats.dates.phrases.placing import Days, Match, Resolved, approximate, resolved

_LONGEST_DATE = 80
_HINT = re.compile(  # without one of these a text has no date; most texts have none
    r"\d|[月旬年季底]|half|quarter|week|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)",
    re.IGNORECASE,
)
_NARROW = str.maketrans("０１２３４５６７８９／．－（）　", "0123456789/.-() ")


@dataclass(frozen=True)
class DatePhrase:
    """Words of a text that are about a date.

    Parameters
    ----------
    text
        The words, as they stand.
    start, end
        Their place in the text that was searched.
    edtf
        The date; None where the words do not settle one.
    reason
        Why they do not: ``no_year``, ``no_month``, ``ambiguous``, ``impossible``, ``reversed``,
        ``open``, ``set`` or ``approximate``.
    assumed
        What was taken from the window: ``("year",)`` or ``("year", "month")``.
    """

    text: str
    start: int
    end: int
    edtf: str | None
    reason: str | None = None
    assumed: tuple[str, ...] = ()


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
    >>> [it.edtf for it in find_dates("12月2日发布，中旬开源", window=december)]
    ['2025-12-02', '2025-12-11/2025-12-20']
    >>> find_dates("GPT-5.2 ships on 12/7, 24/7 support by 2027")
    [DatePhrase(text='by 2027', start=36, end=43, edtf=None, reason='open', assumed=())]
    """
    return list(_found(text, window, language))


@lru_cache(maxsize=4096)
def _found(text: str, window: Days | None, language: str | None) -> tuple[DatePhrase, ...]:
    """Find dates; whoever reads a report asks more than once about the same words."""
    if not _HINT.search(text):
        return ()
    narrow = text.translate(_NARROW)
    found = _joined(narrow, _leftmost(matches(narrow, window, language)))
    return tuple(_phrase(text, narrow, it, window) for it in found)


def read_date(
    text: str, *, window: Days | None = None, language: str | None = None
) -> DatePhrase | None:
    """Read a text that is a date as a whole, such as a cell of a column of dates.

    Parameters
    ----------
    text
        The text; brackets and white space around it do not count. Forms that would not be safe in
        running text are read too: ``12/7``, ``12.11``, ``20251202``, ``3日``, ``12月``, ``2025``.
    window, language
        See :func:`find_dates`.

    Returns
    -------
    DatePhrase or None
        None if the text is not, as a whole, about a date.

    Examples
    --------
    >>> from aistats.dates.edtf import parse_edtf
    >>> december = parse_edtf("2025-12")
    >>> read_date("12/7", window=december).edtf, read_date("12/7", language="en").reason
    ('2025-12-07', 'ambiguous')
    """
    core = text.strip(" \t\r\n　()（）[]【】〔〕")
    if len(core) > _LONGEST_DATE or not _HINT.search(core):
        return None
    begin = text.find(core)
    narrow = core.translate(_NARROW)
    phrases = find_dates(core, window=window, language=language)
    if [(it.start, it.end) for it in phrases] != [(0, len(core))]:
        forms = (*matches(narrow, window, language), *bare(narrow, language))
        found = _joined(narrow, _leftmost(forms))
        phrases = [_phrase(core, narrow, it, window) for it in found]
    if [(it.start, it.end) for it in phrases] != [(0, len(core))]:
        return None
    return replace(phrases[0], start=begin, end=begin + len(core))


# Points that belong together --------------------------------------------------------------------


_BETWEEN_ENDS = re.compile(
    r"\s*(?:——|[-‐‑‒–—―~～〜至到]|\bto\b|\bthrough\b|\buntil\b)\s*", re.IGNORECASE
)
_BETWEEN_AND = re.compile(r"\s*(?:\band\b|和|与)\s*", re.IGNORECASE)
_BETWEEN_MORE = re.compile(r"\s*[、和与及]\s*")
_BETWEEN = re.compile(r"\bbetween\s+\Z|介于\Z", re.IGNORECASE)


def _leftmost(matches: Iterable[Match]) -> list[Match]:
    """Return the matches that begin first and reach farthest, none overlapping another."""
    kept: list[Match] = []
    for it in sorted(matches, key=lambda it: (it.start, -it.end)):
        if not kept or it.start >= kept[-1].end:
            kept.append(it)
    return kept


def _joined(text: str, matches: Sequence[Match]) -> list[Match]:
    """Join two points with a dash or a "to" between them into a range."""
    joined: list[Match] = []
    for it in matches:
        before = joined[-1] if joined else None
        more = before and _BETWEEN_MORE.fullmatch(text, before.end, it.start)
        if before and more and before.kind != "range" and it.points[0].lacks_month:
            both = (before.points[0], it.points[0])
            joined[-1] = Match(before.start, it.end, both, "set")
            continue
        if before and before.kind == it.kind == "point":
            gap = text[before.end : it.start]
            iso = gap == "/" and before.points[0].year and it.points[0].year
            between = _BETWEEN_AND.fullmatch(gap) and _before(_BETWEEN, text, before.start)
            if _BETWEEN_ENDS.fullmatch(gap) or between or iso:
                both = (before.points[0], it.points[0])
                joined[-1] = Match(before.start, it.end, both, "range")
                continue
        joined.append(it)
    return joined


# What the words around a point say --------------------------------------------------------------


_WEEK_OF = re.compile(r"\bweek\s+(?:of|from|beginning|starting)\s+(?:the\s+)?\Z", re.IGNORECASE)
_LONGEST_WORDS = 24
_ABOUT_BEFORE = re.compile(
    r"(?:大约|大概|约|\b(?:around|about|circa|approximately|roughly|ca?\.)\s+(?:the\s+)?)\s*\Z",
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
    about_before, about_after = (
        _before(_ABOUT_BEFORE, narrow, start),
        ABOUT_AFTER.match(narrow, end),
    )
    open_before, open_after = _before(_OPEN_BEFORE, narrow, start), _OPEN_AFTER.match(narrow, end)
    if about_before or about_after:
        start = about_before.start() if about_before else start
        end = about_after.end() if about_after else end
        return _settled(text, start, end, approximate(match, window))
    self_before = _before(_SELF_BEFORE, narrow, start)
    if self_before and match.kind == "point" and not _STARTS_AFTER.match(narrow, end):
        open_before = self_before
    if open_before or open_after:
        start = open_before.start() if open_before else start
        end = open_after.end() if open_after else end
        return DatePhrase(text[start:end], start, end, None, "open")
    if match.kind == "set" and _before(_BETWEEN, narrow, start):
        match = replace(match, kind="range")
    week = _before(_WEEK_OF, narrow, start)
    if week and match.kind == "point" and match.points[0].is_day:
        match = replace(match, points=(replace(match.points[0], span="from"),))
    return _settled(text, week.start() if week else start, end, resolved(match, window))


def _settled(text: str, start: int, end: int, found: Resolved) -> DatePhrase:
    edtf, reason, assumed = found
    return DatePhrase(text[start:end], start, end, edtf, reason, assumed if edtf else ())

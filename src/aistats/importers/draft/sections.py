"""Sections: which section of its source a part of a report is, and which window it has.

The data package says which days each section of a source covers, and an event is on record only
with the window of its section. A report may number its sections otherwise, state other days or
none; so where the source is known, its coverage holds, and a person is told where the report
differs. Where no section can be meant for certain, none is chosen.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from aistats.importers.draft.recognition import Place
from aistats.importers.draft.windows import Coverage, Window

_DIGITS = "一二三四五六七八九"
_TENS = re.compile(f"([{_DIGITS}]?)十([{_DIGITS}]?)")
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_WORDS = (
    *("one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
_NUMBERED = re.compile(
    r"第\s*(\S+?)\s*(?:节|章|部分|篇|编)(?:\s.*)?"
    r"|(?:section|part|chapter)\s+(\w+)(?:\s+of\s+\w+)?",
    re.IGNORECASE,
)
"""A heading that says that it is a section, and which: "第1节", "Part I"."""


@dataclass(frozen=True)
class _Section:
    """A section of a source, and the marks of a place within it."""

    name: str
    window: Window
    marks: tuple[str, ...]


def window_of_source(windows: Mapping[str, str]) -> Window | None:
    """Return the days from the first to the last that the sections of a source cover."""
    days = [Window(window, "coverage").days for window in windows.values()]
    if not days:
        return None
    first, last = min(start for start, _ in days), max(end for _, end in days)
    return Window(f"{first}/{last}", "coverage")


def placed_in_source(place: Place, windows: Mapping[str, str]) -> Place:
    """Return a place in a report as the coverage of its source has it.

    Parameters
    ----------
    place
        Where something stands in the report.
    windows
        The window of each section of the source; of a source that is not known, none.

    Examples
    --------
    >>> windows = {"一": "2026-01-01/2026-01-10", "二": "2026-01-11/2026-01-20"}
    >>> place = placed_in_source(Place("en", path=("Models",), marks=("2",)), windows)
    >>> place.marks, place.reported.edtf
    (('二',), '2026-01-11/2026-01-20')
    """
    if not windows:
        return place
    section = _section_of(place, windows)
    if section is None:
        return replace(place, coverage=Coverage(None, "no_section", tuple(windows)))
    own = place.reported if place.reported and not place.reported.publication else None
    covered = section.window
    coverage = Coverage(covered)
    if own and _differs(own, covered, is_only=len(windows) == 1):
        coverage = Coverage(covered, "window_differs", (own.edtf, covered.edtf))
    finer = place.window if place.window and covered.holds(place.window) else covered
    return replace(place, marks=section.marks, window=finer, coverage=coverage)


def _differs(own: Window, covered: Window, *, is_only: bool) -> bool:
    """Whether a report says other days than the coverage, and not only more or less exactly.

    What the report as a whole is about is longer than a section of it, which is no difference.
    """
    of_section = is_only or own.origin.startswith("heading")
    if own.stated and of_section:
        return not covered.holds(own)
    return not (covered.holds(own) or own.holds(covered))


# Which section -----------------------------------------------------------------------------------


def _section_of(place: Place, windows: Mapping[str, str]) -> _Section | None:
    """Return the section that a place is in: by its name, its days, its number, or as the only."""
    outermost = place.marks[:1]
    if outermost and outermost[0] in windows:
        return _section(outermost[0], place.marks, windows)
    for level, title in enumerate(place.path):
        named = [it for it in windows if _plain(it) == _plain(title)]
        if len(named) == 1:
            within = place.marks[:level] + place.marks[level + 1 :]
            return _section(named[0], (named[0], *within), windows)
    if len(windows) == 1:
        (name,) = windows
        return _section(name, (name, *place.marks), windows)
    same_days = list(_with_days_of(place.window, windows))
    if len(same_days) == 1:
        return _section(same_days[0], (same_days[0], *place.marks), windows)
    number = _number(outermost[0]) if outermost else None
    numbered = [it for it in windows if number is not None and _number(it) == number]
    if len(numbered) == 1:
        return _section(numbered[0], (numbered[0], *place.marks[1:]), windows)
    return None


def _section(name: str, marks: tuple[str, ...], windows: Mapping[str, str]) -> _Section:
    return _Section(name, Window(windows[name], "coverage"), marks)


def _with_days_of(window: Window | None, windows: Mapping[str, str]) -> Iterator[str]:
    """Yield the sections that cover the days of a window and no others."""
    if window is not None and not window.publication:
        for name, edtf in windows.items():
            if Window(edtf, "coverage").days == window.days:
                yield name


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _number(mark: str) -> int | None:
    """Return the number that a mark is or names a section by, in whatever numerals, or None.

    Examples
    --------
    >>> [_number(it) for it in ("Section 2", "第2节", "第二部分", "Part II", "Part of it")]
    [2, 2, 2, 2, None]
    >>> [_number(it) for it in ("2", "二", "②", "II", "Ⅱ", "十二", "二十", "Models")]
    [2, 2, 2, 2, 2, 12, 20, None]
    """
    plain = unicodedata.normalize("NFKC", mark).strip()
    if numbered := _NUMBERED.fullmatch(plain):
        plain = numbered[1] or numbered[2]
    if plain.isascii() and plain.isdigit():
        return int(plain)
    if plain in _ROMAN:
        return _ROMAN.index(plain) + 1
    if plain.lower() in _WORDS:
        return _WORDS.index(plain.lower()) + 1
    if tens := _TENS.fullmatch(plain):
        ten, one = (_DIGITS.find(it) + 1 if it else 0 for it in tens.groups())
        return (ten or 1) * 10 + one
    return _DIGITS.index(plain) + 1 if len(plain) == 1 and plain in _DIGITS else None

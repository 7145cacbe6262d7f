"""Patterns: how dates are written in Chinese and English, in running text and in cells.

A named group means the same in every pattern, so one function makes points from every match: from
"12月2日", "December 2" and "2025.12.02" alike. There are two lists. The patterns of running text
recognise a date wherever it stands, with a year from 1800 to 2099. A text that is expected to be a
date, such as a cell, is compared with these for any year, and with patterns that would not be safe
in running text (12/7, 20251202, 2-Dec-25). Every match is yielded, overlaps included: which of them
stand is decided in `aistats.dates.phrases`, and which days they are in `aistats.dates.placing`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache

from aistats.dates.placing import Days, Match, MatchKind, Point, meets
from aistats.dates.vocabulary import ENGLISH_WEEKDAY, MONTHS, NUMERALS, ORDINALS
from aistats.locale import Language

_DAYS_OF_PART = {
    **{"early": (1, 10), "beginning of": (1, 10), "start of": (1, 10), "上旬": (1, 10)},
    **{"月初": (1, 10), "初": (1, 10), "上中旬": (1, 20), "上半月": (1, 15)},
    **{"mid": (11, 20), "middle of": (11, 20), "中旬": (11, 20), "月中": (11, 20), "中": (11, 20)},
    **{"late": (21, 31), "end of": (21, 31), "下旬": (21, 31), "月底": (21, 31), "月末": (21, 31)},
    **{"底": (21, 31), "末": (21, 31), "中下旬": (11, 31), "下半月": (16, 31)},
}
_MONTHS_OF_PART = {
    **{"early": (1, 4), "mid": (5, 8), "middle of": (5, 8), "late": (9, 12)},
    **{"beginning of": (1, 1), "start of": (1, 1), "end of": (12, 12)},
    **{"初": (1, 1), "中": (6, 7), "底": (12, 12), "末": (12, 12)},
}
_FIRST_HALF = ("上", "1", "first", "1st")
_FIRST_OF_1900S = 69  # among years of two digits, as in POSIX
_SHIFTS = {"今": 0, "本": 0, "去": -1, "上": -1, "前": -2, "明": 1, "下": 1}


# Parts of patterns in Chinese -------------------------------------------------------------------

_N = "(?:[0-9]{1,2}|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])"
_Y4 = r"(?:1[89]|20)\d\d"  # in running text; in a cell any four digits
_HAN_YEAR = rf"(?<![\d.]){_Y4}|[一二][〇零○一二三四五六七八九]{{3}}"
_Y = rf"(?:(?P<year>{_HAN_YEAR})\s*年度?\s*|(?P<year_shift>[今本去前明])年\s*)"  # 2025年, 去年
_M = rf"(?:(?<![\d.])(?<!每年)(?P<month>{_N})\s*月份?\s*|(?P<month_shift>[本上下])个?月\s*)"
_D = rf"(?P<day>{_N})\s*[日号號](?!均|活|[内後元报报游])"
_D2 = rf"(?P<day2>{_N})\s*[日号號]"
_ALONE_DAY = rf"(?<!每[年月])(?<![\d.第一二三四五六七八九十几数半每两])(?P<day>{_N})\s*[日号號]"
_TO = r"\s*(?:——|[-‐‑‒–—―~～〜至到])\s*"
_THIRD = "(?P<part>上中旬|中下旬|[上中下]旬|[上下]半月)"
# 初创 (start-up), 中国 (China) and 底特律 (Detroit) are not parts of a month or a year.
_START = "初(?![创步期级衷次])"
_MIDDLE = "中(?![国文心央东等层型期学小])"
_END = "(?:底(?!特律|层|部|座|线|薪|盘|气|蕴)|末(?!端|位|期))"
_OWN_YEAR = r"(?<![\d一二两几半每十]\s)(?<![\d一二三四五六七八九十两几半每今本去明])年"
_Q = (
    r"(?:(?<![上下每])(?:第\s*)?(?P<nth>[一二三四首1-4])\s*季度?(?!军)"
    r"|(?<![A-Z])Q(?P<quarter>[1-4])(?![A-Z0-9_]))"
)

# Parts of patterns in English and in figures ----------------------------------------------------

_YEAR = rf"(?P<year>(?<![\d.]){_Y4})(?![\d%s])"
# The longest name first, because the first alternative that matches is taken.
_LONGEST_FIRST = sorted(MONTHS, key=len, reverse=True)
_CAPITALISED = (*map(str.title, _LONGEST_FIRST), *map(str.upper, _LONGEST_FIRST))
_NAMES = f"(?-i:{'|'.join(_CAPITALISED)})"  # "may 5 models" is not a date
_DOT = r"(?:(?<=\b[A-Z][A-Za-z]{2})(?<!May)\.|(?<=\bSept)\.|\.(?=\s*\d))?"
_NAME = rf"\b(?P<month>{_NAMES})\b{_DOT}"
_OF_YEAR_EN = rf"(?:(?:,\s*|\s+)(?:of\s+)?(?P<year>{_Y4})(?![\d-]))?"
_OF_YEAR2_EN = _OF_YEAR_EN.replace("<year>", "<year2>")
_TH = r"(?:st|nd|rd|th)?"
_DAY = rf"(?<![\d.,:/$€£-])(?P<day>\d{{1,2}}){_TH}"
_NOT_MORE = rf"(?![\d%]|[:.]\d|,(?!{_Y4})\d)"  # 7 in 7.5, 12 in 12:30 and 2 in 2,000 are not days
_DAY_AFTER = rf"(?P<day>\d{{1,2}}){_TH}{_NOT_MORE}"
_DAY2 = rf"(?P<day2>\d{{1,2}}){_TH}{_NOT_MORE}"
_WEEKDAY = rf"(?:{ENGLISH_WEEKDAY},?\s+)?"
_PART = r"\b(?P<part>early|mid|late|(?:beginning|start|middle|end)\s+of)[\s-]+(?:the\s+)?"
_NTH = r"\b(?P<nth>first|second|third|fourth|1st|2nd|3rd|4th)"
_NTH_HALF = r"(?:\bthe\s+)?\b(?P<nth>first|second|1st|2nd)\s+(?P<half_of>half)\s+of\s+"
# A lookbehind must have a fixed length, so each word has its own.
_PREPOSITIONS = ("in", "of", "by", "since", "until", "during", "throughout", "through")
_AFTER_WORDS = [rf"(?<=\b{word}\s)" for word in _PREPOSITIONS]
_PREPOSITION = f"(?:{'|'.join(_AFTER_WORDS)})"
_ENDS = rf"(?:{_TO}|\bto\b|\bthrough\b)"
_NOT_IN_NAME = "(?<![A-Za-z0-9_./-])"  # of a file or a version
_YMD = rf"(?P<year>{_Y4})(?P<sep>[-/.])(?P<month>\d{{1,2}})(?P=sep)(?P<day>\d{{1,2}})"
_TIME = r"(?:[T\s]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)?"

# Patterns ---------------------------------------------------------------------------------------

_IN_TEXT = (
    rf"{_Y}?{_M}{_D}",  # 2025年12月2日
    rf"{_Y}?{_M}{_THIRD}",  # 12月上旬
    rf"{_Y}?{_M}(?![\d龄嫂饼薪租均])",  # 2025年12月
    rf"{_Y}(?!{_END}|{_START})",  # 2025年
    rf"{_Y}?{_M}(?P<day>{_N})\s*[日号號]?{_TO}{_D2}",  # 12月2—6日
    rf"{_Y}?{_M}(?P<day>{_N})\s*[日号號]?\s*(?P<set>[、和与及])\s*{_D2}",  # 12月2日、5日
    rf"{_Y}?(?<![\d.])(?P<month>{_N})\s*月?{_TO}"
    rf"(?P<month2>{_N})\s*月份?(?!\s*{_N}\s*[日号號])",  # 1–3月
    rf"{_Y}?{_M}(?P<part>{_END}|{_START}|{_MIDDLE})",  # 12月底
    rf"{_Y}?{_M}第(?P<week_of_month>[一二三四1-4])个?(?:周|星期)",  # 12月第一周
    rf"{_Y}?{_M}{_D}(?P<around>\s*当周|所在周|那一?周)",  # 12月8日当周
    rf"{_Y}?{_Q}",  # 第四季度
    rf"(?P<year>(?<![\d.]){_Y4})[.\-/\s]?{_Q}",  # 2022.Q4
    rf"(?P<year>(?<![\d.]){_Y4})[.\-/\s]?H(?P<half>[12])(?!\d)",  # 2025H1
    rf"{_Y}?(?P<half>[上下])半年",  # 下半年
    rf"{_Y}H(?P<half>[12])(?!\d)",  # 2025年H1
    rf"(?:(?P<year>{_HAN_YEAR})\s*年\s*年?|(?P<year_shift>[今本去明])年|{_OWN_YEAR})"
    rf"(?P<of_year>{_END}|{_START}|{_MIDDLE})",  # 2025年底, 明年初
    rf"(?P<year>(?<![\d.]){_Y4})年?{_TO}(?P<year2>{_Y4})年",  # 2023—2025年
    rf"{_Y}前\s*(?P<months>{_N}|两)\s*个月",  # 2026年前三个月
    rf"{_Y}前\s*(?P<quarters>[二两三23])\s*个?季度?",  # 2025年前三季度
    rf"{_Y}第\s*(?P<week>{_N})\s*周",  # 2025年第50周
    rf"{_ALONE_DAY}(?![均活内后前游元报间本常志期程线历晷位楼院机店站令文员])",  # 3日
    rf"{_ALONE_DAY}?{_TO}{_D2}(?![均活内后前游])",  # 2日至6日
    r"(?<![\d月])(?P<part>上中旬|中下旬|[上中下]旬|月[初底末])",  # 上旬, 月底
    rf"(?<![A-Za-z0-9_.])(?<!(?<!\d)[-/]){_YMD}{_TIME}"
    r"(?!\d|-(?!\d{4}[-/.])|[./]\d(?!\d{3}-))",  # 2025.02.06
    rf"{_NOT_IN_NAME}{_YMD}{_TO}(?P<month2>\d{{1,2}})(?P=sep)(?P<day2>\d{{1,2}})"
    r"(?![\d/-]|\.\d)",  # 2025.12.02-12.06
    rf"{_NOT_IN_NAME}{_YMD}[–—―~～〜至到](?P<day2>\d{{1,2}})"
    r"(?:[日号號]|(?=[\s)\]）】,，。;；:：]|\Z)(?!\s+[A-Z\d]))",  # 2025-12-02～06
    rf"{_NOT_IN_NAME}(?P<year>{_Y4})[-/.](?P<month>0[1-9]|1[0-2])"
    r"(?![\d/-]|\.\d|\s*%)",  # 2025-12
    rf"{_NOT_IN_NAME}(?P<number1>\d{{1,2}})(?P<sep>[-/.])(?P<number2>\d{{1,2}})(?P=sep)"
    rf"(?P<year>{_Y4})(?![\d/-])",  # 7/12/2025
    rf"{_WEEKDAY}{_NAME}\s*{_DAY_AFTER}{_OF_YEAR_EN}",  # Tuesday, December 2, 2025
    rf"{_NOT_IN_NAME}{_NAME}(?P<sep>[-/])(?P<day>\d{{1,2}})(?P=sep)(?P<year>{_Y4})"
    r"(?![\d/-]|\.\d)",  # Dec-02-2025
    rf"{_WEEKDAY}{_DAY}\s+(?:of\s+)?{_NAME}{_OF_YEAR_EN}",  # 2nd of December
    rf"{_NAME}\s*(?P<day>\d{{1,2}}){_TH}\s*{_ENDS}\s*{_DAY2}{_OF_YEAR_EN}",  # Dec 2–6
    rf"{_DAY}\s*(?:{_ENDS}|(?P<set>\band\b|&|/))\s*(?:the\s+)?(?P<day2>\d{{1,2}}){_TH}"
    rf"\s+(?:of\s+)?{_NAME}{_OF_YEAR_EN}",  # 2 to 6 December, 7/8 December
    rf"{_DAY}\s+{_NAME}(?:,?\s+(?P<year>{_Y4}))?\s*{_ENDS}\s*(?P<day2>\d{{1,2}}){_TH}\s+"
    rf"\b(?P<month2>{_NAMES})\b{_DOT}{_OF_YEAR2_EN}",  # 28 Dec-3 Jan
    rf"{_NAME}\s*(?P<day>\d{{1,2}}){_TH}\s*(?P<set>,|and\b|&)\s*(?:and\s+)?"
    rf"{_DAY2}(?!\s+[a-z]){_OF_YEAR_EN}",  # Dec 2 and 5
    rf"{_NAME}\s*(?P<day>\d{{1,2}}){_TH}(?P<set>/){_DAY2}{_OF_YEAR_EN}",  # Dec 7/8
    rf"{_NAME}\s*{_ENDS}\s*\b(?P<month2>{_NAMES})\b{_DOT},?\s+{_YEAR}",  # October to December 2025
    rf"{_PART}{_NAME}{_OF_YEAR_EN}",  # early December
    rf"{_PART}{_YEAR}",  # late 2025
    rf"(?:\bthe\s+)?{_NTH}\s+(?P<week_of_month>week)\s+of\s+"
    rf"{_NAME}{_OF_YEAR_EN}",  # first week of December
    rf"{_NAME},?\s+(?:of\s+)?{_YEAR}(?!-)",  # December 2025
    rf"{_PREPOSITION}{_NAME}(?![-/]\d)",  # in December
    rf"(?<!\bof\s){_PREPOSITION}{_YEAR}(?![.-]\d)",  # in 2025
    rf"(?:(?:\bthe\s+)?{_NTH}\s+quarter|(?<![\dA-Z])Q(?P<quarter>[1-4])(?![A-Z0-9_]))"
    rf"(?:,?\s+(?:of\s+)?{_YEAR}|\s*['’](?P<yy>\d\d)(?!\d))?(?!\d)",  # the fourth quarter of 2025
    r"(?<![\dA-Z.])(?P<quarter>[1-4])Q\s*['’]?(?P<yy>\d\d)(?!\d)",  # 4Q25
    rf"(?:{_NTH_HALF}|\bH(?P<half>[12]),?(?:\s+of)?\s+){_YEAR}",  # H1 2025
    rf"{_NTH_HALF}{_NAME}{_OF_YEAR_EN}",  # first half of December
)
_MONTH_AND_DAY = (
    rf"(?P<number1>\d{{1,2}})[-/.](?P<number2>\d{{1,2}})"
    rf"(?:{_TO}(?P<month2>\d{{1,2}})[-/.](?P<day2>\d{{1,2}}))?"
)
_ANY_NAME = rf"(?P<month>{'|'.join(_LONGEST_FIRST)})\.?"
_DAY_OF_NAME = rf"(?P<day>\d{{1,2}}){_TH}"
_YEAR_OR_SHORT = rf"(?:(?P<year>{_Y4})|['’]?(?P<yy>\d\d))"
_IN_CELL = (  # the most frequent first
    rf"(?P<year>{_Y4})(?P<month>\d\d)(?P<day>\d\d)",  # 20251202
    _YMD,  # 2025/12/2
    rf"(?P<number1>\d{{1,2}})(?P<sep>[-/. ])(?P<number2>\d{{1,2}})(?P=sep)"
    rf"{_YEAR_OR_SHORT}",  # 2/12/25
    rf"{_DAY_OF_NAME}[-/. ](?:of )?{_ANY_NAME},?[-/. ]{_YEAR_OR_SHORT}",  # 2-Dec-25
    rf"{_ANY_NAME} ?{_DAY_OF_NAME}(?:, ?| ){_YEAR_OR_SHORT}",  # Dec 2, 25
    # Dec-2-25 repeats its separator: "Dec 2-25" is a range of days.
    rf"{_ANY_NAME}(?P<sep>[-/.]){_DAY_OF_NAME}(?P=sep){_YEAR_OR_SHORT}",
    rf"(?P<year>{_Y4})(?P<sep>[-/. ]){_DAY_OF_NAME}(?P=sep){_ANY_NAME}",  # 2025-02-Dec
    rf"(?P<year>{_Y4})[-/. ]{_ANY_NAME}(?:[-/. ]{_DAY_OF_NAME})?",  # 2025 Dec 2
    rf"{_ANY_NAME},?[-/ ](?P<year>{_Y4})",  # Dec-2025
    rf"(?P<year>{_Y4})(?:[-/](?P<month>\d{{1,2}})|\.(?P<padded>\d\d))",  # 2025.1 was 2025.10 once
    rf"(?P<month>\d{{1,2}})[-/](?P<year>{_Y4})",  # 12/2025
    rf"(?P<year>{_Y4})(?P<sep>[/.])(?P<month>\d{{1,2}})(?P=sep)(?P<day>\d{{1,2}})"
    rf"{_TO}(?P<day2>\d{{1,2}})",  # 2025.12.02-06
    # A tight hyphen would be one more separator: "2025-12-02-06" is no range.
    rf"(?P<year>{_Y4})-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}})(?:\s*[–—―~～〜至到]\s*|\s+[-‐‑‒]\s+)"
    r"(?P<day2>\d{1,2})[日号號]?\Z",  # 2025-12-02 - 06
    rf"(?P<year>{_Y4})-?W(?P<week>\d\d)",  # 2025-W50
    _MONTH_AND_DAY,  # 12/7, 12.02-12.06
    rf"(?P<yy>\d\d)年(?P<month>{_N})月(?:(?P<day>{_N})[日号號])?",  # 25年12月
    rf"(?P<day>{_N})[日号號]",  # 3日
    _YEAR,  # 2025
    _NAME,  # December
    rf"\b(?P<month>{_NAMES})\b{_DOT}\s*(?:[-–—]|to)\s*\b(?P<month2>{_NAMES})\b{_DOT}",  # Nov–Dec
)
_DELIMITED = re.compile(
    r"(?:(?<=[(\[【〔])|(?:(?<=\n)|\A)[ \t*•·-]{0,8})[ \t]{0,4}(?P<date>\d{1,2}[-/.]\d{1,2}"
    r"(?:\s*(?:——|[-–—~～至到])\s*\d{1,2}[-/.]\d{1,2})?)(?=\s*(?:前后|左右)?\s*[)\]】〕:,，|：]|\s)"
)
ABOUT_AFTER = re.compile(r"\s*(?:前后(?!端)|左右|上下|许)")
"""Words after a date that make it approximate."""

_ADDRESS = re.compile(
    r"(?:https?://|www\.)[!-'*-~]+|[\w.-]{1,80}\.(?:md|csv|html?|pdf|png|jpg|ipynb|json|xlsx)\b"
)


# Matches ----------------------------------------------------------------------------------------

_PARTS_OF_END = frozenset({"year2", "month2", "day2"})


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern when it is first needed: a column of one spelling needs few of them."""
    flags = re.IGNORECASE
    return re.compile(pattern, flags)


@cache
def _of_any_year() -> tuple[str, ...]:
    """Return the patterns of a text that is expected to be a date."""
    delimited = [rf"(?<!\d)(?:{pattern})(?!\d)" for pattern in _IN_CELL]
    patterns = (*delimited, *_IN_TEXT)
    return tuple(pattern.replace(_Y4, r"\d{4}") for pattern in patterns)


def matches(text: str, window: Days | None, language: Language | None) -> Iterator[Match]:
    """Yield every match in running text."""
    prose = _ADDRESS.sub(_blanks, text)
    yield from _all_matches(_IN_TEXT, prose, language)
    if window:
        yield from _delimited_matches(prose, window, language)


def _blanks(address: re.Match[str]) -> str:
    """Return blanks in place of a link or a file name, whose numbers are not dates."""
    length = len(address[0])
    return " " * length


def whole_match(text: str, language: Language | None) -> Match | None:
    """Return a text as one match of a pattern, as most cells are; None if none matches."""
    for pattern in _of_any_year():
        words = _compiled(pattern).fullmatch(text)
        if words:
            return _match(words, language)
    return None


def cell_matches(text: str, language: Language | None) -> Iterator[Match]:
    """Yield every match in a text that is expected to be a date."""
    patterns = _of_any_year()
    yield from _all_matches(patterns, text, language)


def _all_matches(patterns: Iterable[str], text: str, language: Language | None) -> Iterator[Match]:
    """Yield every match of each pattern."""
    for pattern in patterns:
        compiled = _compiled(pattern)
        for words in compiled.finditer(text):
            yield _match(words, language)


def _delimited_matches(text: str, window: Days, language: Language | None) -> Iterator[Match]:
    """Yield days such as 12/7 in brackets or at the start of a line, if they meet the window."""
    pattern = _compiled(_MONTH_AND_DAY)
    for delimited in _DELIMITED.finditer(text):
        words = pattern.fullmatch(delimited["date"])
        if words is None:
            continue
        match = _match(words, language)
        if all(meets(point, window) for point in match.points):
            start = delimited.start("date")
            yield replace(match, start=start, end=start + match.end)


def _match(words: re.Match[str], language: Language | None) -> Match:
    """Return the place of a match of a pattern, without space at its end, and its points."""
    start = words.start()
    visible = words[0].rstrip()
    end = start + len(visible)
    groups = words.groupdict()
    points, kind = _points(groups, language)
    return Match(start, end, points, kind)


# From the groups of a pattern to points ---------------------------------------------------------


def _points(
    groups: Mapping[str, str | None], language: Language | None
) -> tuple[tuple[Point, ...], MatchKind]:
    """Return the points that the groups of a pattern state, and what they form together."""
    parts = {name: words for name, words in groups.items() if words}
    start = _point(parts)
    if "number1" in parts:
        numbers = int(parts["number1"]), int(parts["number2"])
        start = _with_numbers(start, numbers, language)
    if _PARTS_OF_END.isdisjoint(parts):
        return (start,), "point"
    end = _end_point(start, parts)
    if "month2" in parts:
        # In a range such as 12.02-12.06 the month comes first.
        start = replace(start, other=None)
    return (start, end), "set" if "set" in parts else "range"


def _end_point(start: Point, parts: Mapping[str, str]) -> Point:
    """Return the end of a range, with the year and month of its start where it states none."""
    year, month = start.year, start.month
    if "year2" in parts:
        year = int(parts["year2"])
    if "month2" in parts:
        month = _month(parts["month2"])
    day = _number_in(parts, "day2")
    return replace(start, year=year, month=month, day=day, other=None)


def _point(parts: Mapping[str, str]) -> Point:
    """Return the one point, or the start of a range, that the parts of a date state."""
    year = _year_in(parts)
    month_name = parts.get("month") or parts.get("padded")
    part = " ".join(parts.get("part", "").lower().split())
    days = _days_of(parts, part)
    months = _months_of(parts)
    if part in _MONTHS_OF_PART and year is not None and "month" not in parts:
        days = None
        months = _MONTHS_OF_PART[part]
    return Point(
        year=year,
        month=_month(month_name) if month_name else None,
        day=_number_in(parts, "day"),
        days=days,
        months=months,
        week=_number_in(parts, "week"),
        year_shift=_shift_in(parts, "year_shift"),
        month_shift=_shift_in(parts, "month_shift"),
        span="around" if "around" in parts else "",
        short_year="yy" in parts,
    )


def _days_of(parts: Mapping[str, str], part: str) -> tuple[int, int] | None:
    """Return the days of a month that a part of the month has."""
    if "week_of_month" in parts:
        words = parts.get("nth", parts["week_of_month"]).lower()
        week = ORDINALS.get(words) or _number(words)
        return 7 * week - 6, 7 * week
    if "half_of" in parts and "month" in parts:
        is_first = parts["nth"].lower() in _FIRST_HALF
        part = "上半月" if is_first else "下半月"
    return _DAYS_OF_PART[part] if part else None


def _months_of(parts: Mapping[str, str]) -> tuple[int, int] | None:
    """Return the months of a year that a part of the year has."""
    if "of_year" in parts:
        return _MONTHS_OF_PART[parts["of_year"]]
    if "week_of_month" in parts:
        return None
    if "half" in parts or "half_of" in parts:
        return _months_of_half(parts)
    if "months" in parts:
        return 1, _count(parts["months"])
    if "quarters" in parts:
        return 1, 3 * _count(parts["quarters"])
    if "quarter" in parts or "nth" in parts:
        quarter = _quarter(parts)
        return 3 * quarter - 2, 3 * quarter
    return None


def _months_of_half(parts: Mapping[str, str]) -> tuple[int, int] | None:
    """Return the months of half a year; None for half a month."""
    if "half_of" in parts and "month" in parts:
        return None
    half = parts.get("half") or parts["nth"]
    if half.lower() in _FIRST_HALF:
        return 1, 6
    return 7, 12


def _quarter(parts: Mapping[str, str]) -> int:
    """Return the number of a quarter."""
    words = parts.get("nth") or parts["quarter"]
    ordinal = words.lower()
    if ordinal in ORDINALS:
        return ORDINALS[ordinal]
    return int(words)


def _with_numbers(point: Point, numbers: tuple[int, int], language: Language | None) -> Point:
    """Return 12/7 with each of its readings; in Chinese the month comes first."""
    first, second = numbers
    month_first = replace(point, month=first, day=second)
    is_chinese_order = language == "zh" and point.year is None
    if second > 12 or is_chinese_order:
        return replace(month_first, day_first=False)
    if first > 12:
        return replace(point, month=second, day=first, day_first=True)
    if first == second:
        return month_first
    return replace(month_first, other=(second, first))


# Numbers ----------------------------------------------------------------------------------------


def full_year(year: int) -> int:
    """Return the year from 1969 to 2068 that two digits mean, as in POSIX."""
    century = 1900 if year >= _FIRST_OF_1900S else 2000
    return century + year


def _year_in(parts: Mapping[str, str]) -> int | None:
    """Return the year that is stated, in four figures or two."""
    if "yy" in parts:
        return full_year(int(parts["yy"]))
    year = parts.get("year")
    if year is None:
        return None
    if year.isascii():
        return int(year)
    figures = [str(NUMERALS.get(figure, figure)) for figure in year]
    return int("".join(figures))


def _shift_in(parts: Mapping[str, str], name: str) -> int | None:
    """Return the distance from this year or month that a part states, such as -1 for 去."""
    if name not in parts:
        return None
    word = parts[name]
    return _SHIFTS[word]


def _number_in(parts: Mapping[str, str], name: str) -> int | None:
    """Return the number that a part states."""
    if name not in parts:
        return None
    words = parts[name]
    return _number(words)


def _number(text: str) -> int:
    """Return a number of at most two digits, in figures or in Chinese numerals."""
    if text.isdigit() and text.isascii():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    number = NUMERALS[ones] if ones else 0
    if ten:
        number += 10 * NUMERALS.get(tens, 1)
    return number


def _count(text: str) -> int:
    """Return a number before a measure word, where 两 stands for two."""
    numeral = text.replace("两", "二")
    return _number(numeral)


def _month(text: str) -> int:
    """Return the number of a month, from its English name or from a number."""
    name = text.lower()
    return MONTHS.get(name) or _number(text)

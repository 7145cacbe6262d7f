"""Patterns: how people write dates in Chinese and English, in running text and in cells.

A group means the same in every pattern, so one function makes points of every match: of "12月2日",
"December 2" and "2025.12.02" alike. There are two lists. Patterns of running text find what is a
date wherever it stands, with a year from 1800 to 2099. A text that is expected to be a date, such
as a cell, is held against these with any year, and against patterns that would not be safe in
running text (12/7, 20251202, 2-Dec-25). Where several match, that which begins first and reaches
farthest holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache

from aistats.dates.placing import Days, Match, Point, meets
from aistats.dates.vocabulary import ENGLISH_WEEKDAY, MONTHS, NUMERALS, ORDINALS

_THIRDS = {
    **{"early": (1, 10), "beginning of": (1, 10), "start of": (1, 10), "上旬": (1, 10)},
    **{"月初": (1, 10), "初": (1, 10), "上中旬": (1, 20), "上半月": (1, 15)},
    **{"mid": (11, 20), "middle of": (11, 20), "中旬": (11, 20), "月中": (11, 20), "中": (11, 20)},
    **{"late": (21, 31), "end of": (21, 31), "下旬": (21, 31), "月底": (21, 31), "月末": (21, 31)},
    **{"底": (21, 31), "末": (21, 31), "中下旬": (11, 31), "下半月": (16, 31)},
}
_OF_YEAR = {
    **{"early": (1, 4), "mid": (5, 8), "middle of": (5, 8), "late": (9, 12)},
    **{"beginning of": (1, 1), "start of": (1, 1), "end of": (12, 12)},
    **{"初": (1, 1), "中": (6, 7), "底": (12, 12), "末": (12, 12)},
}
_FIRST = ("上", "1", "first", "1st")
_FIRST_OF_1900S = 69
_RELATIVE = {"今": 0, "本": 0, "去": -1, "上": -1, "前": -2, "明": 1, "下": 1}


# Patterns ---------------------------------------------------------------------------------------

_N = "(?:[0-9]{1,2}|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])"
_Y4 = r"(?:1[89]|20)\d\d"  # in running text; in a cell any four digits
_YEAR = rf"(?P<year>(?<![\d.]){_Y4})(?![\d%s])"
_HAN_YEAR = rf"(?<![\d.]){_Y4}|[一二][〇零○一二三四五六七八九]{{3}}"
_Y = rf"(?:(?P<year>{_HAN_YEAR})\s*年度?\s*|(?P<year_shift>[今本去前明])年\s*)"
_M = rf"(?:(?<![\d.])(?<!每年)(?P<month>{_N})\s*月份?\s*|(?P<month_shift>[本上下])个?月\s*)"
_D = rf"(?P<day>{_N})\s*[日号號](?!均|活|[内後元报报游])"
_D2 = rf"(?P<day2>{_N})\s*[日号號]"
_TO = r"\s*(?:——|[-‐‑‒–—―~～〜至到])\s*"
_THIRD = "(?P<part>上中旬|中下旬|[上中下]旬|[上下]半月)"
_NAMES = (
    "(?-i:"
    + "|".join(  # "may 5 models" is no date
        f"{name.title()}|{name.upper()}" for name in sorted(MONTHS, key=len, reverse=True)
    )
    + ")"
)
_DOT = r"(?:(?<=\b[A-Z][A-Za-z]{2})(?<!May)\.|(?<=\bSept)\.|\.(?=\s*\d))?"
_NAME = rf"\b(?P<month>{_NAMES})\b{_DOT}"
_OF_YEAR_EN = rf"(?:(?:,\s*|\s+)(?:of\s+)?(?P<year>{_Y4})(?![\d-]))?"
_OF_YEAR2_EN = _OF_YEAR_EN.replace("<year>", "<year2>")
_TH = r"(?:st|nd|rd|th)?"
_DAY = rf"(?<![\d.,:/$€£-])(?P<day>\d{{1,2}}){_TH}"
_NOT_MORE = rf"(?![\d%]|[:.]\d|,(?!{_Y4})\d)"  # of 7.5, 12:30 or 2,000 the first is no day
_DAY_AFTER = rf"(?P<day>\d{{1,2}}){_TH}{_NOT_MORE}"
_DAY2 = rf"(?P<day2>\d{{1,2}}){_TH}{_NOT_MORE}"
_WEEKDAY = rf"(?:{ENGLISH_WEEKDAY},?\s+)?"
_PART = r"\b(?P<part>early|mid|late|(?:beginning|start|middle|end)\s+of)[\s-]+(?:the\s+)?"
_NTH = r"\b(?P<nth>first|second|third|fourth|1st|2nd|3rd|4th)"
_NTH_HALF = r"(?:\bthe\s+)?\b(?P<nth>first|second|1st|2nd)\s+(?P<half_of>half)\s+of\s+"
_PREPOSITION = (
    "(?:"
    + "|".join(
        rf"(?<=\b{word}\s)"
        for word in ("in", "of", "by", "since", "until", "during", "throughout", "through")
    )
    + ")"
)
_Q = (
    r"(?:(?<![上下每])(?:第\s*)?(?P<nth>[一二三四首1-4])\s*季度?(?!军)"
    r"|(?<![A-Z])Q(?P<quarter>[1-4])(?![A-Z0-9_]))"
)

_ENDS = rf"(?:{_TO}|\bto\b|\bthrough\b)"
_NOT_IN_NAME = "(?<![A-Za-z0-9_./-])"
_YMD = rf"(?P<year>{_Y4})(?P<sep>[-/.])(?P<month>\d{{1,2}})(?P=sep)(?P<day>\d{{1,2}})"
_TIME = r"(?:[T\s]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)?"
_ALONE_DAY = rf"(?<!每[年月])(?<![\d.第一二三四五六七八九十几数半每两])(?P<day>{_N})\s*[日号號]"
_START = "初(?![创步期级衷次])"  # 初创企业 is no beginning of anything, nor 中国 a middle
_END = "(?:底(?!特律|层|部|座|线|薪|盘|气|蕴)|末(?!端|位|期))"
_MIDDLE = "中(?![国文心央东等层型期学小])"
_OWN_YEAR = r"(?<![\d一二两几半每十]\s)(?<![\d一二三四五六七八九十两几半每今本去明])年"

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
    rf"{_NOT_IN_NAME}(?P<one>\d{{1,2}})(?P<sep>[-/.])(?P<two>\d{{1,2}})(?P=sep)"
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
    rf"(?P<one>\d{{1,2}})[-/.](?P<two>\d{{1,2}})"
    rf"(?:{_TO}(?P<month2>\d{{1,2}})[-/.](?P<day2>\d{{1,2}}))?"
)
_ANY_NAME = rf"(?P<month>{'|'.join(sorted(MONTHS, key=len, reverse=True))})\.?"
_DAY_OF_NAME = rf"(?P<day>\d{{1,2}}){_TH}"
_YEAR_OR_SHORT = rf"(?:(?P<year>{_Y4})|['’]?(?P<yy>\d\d))"
_IN_CELL = (  # the most frequent first
    rf"(?P<year>{_Y4})(?P<month>\d\d)(?P<day>\d\d)",  # 20251202
    _YMD,  # 2025/12/2
    rf"(?P<one>\d{{1,2}})(?P<sep>[-/. ])(?P<two>\d{{1,2}})(?P=sep){_YEAR_OR_SHORT}",  # 2/12/25
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
"""Words behind a date that make it approximate."""

_ADDRESS = re.compile(
    r"(?:https?://|www\.)[!-'*-~]+|[\w.-]{1,80}\.(?:md|csv|html?|pdf|png|jpg|ipynb|json|xlsx)\b"
)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern when it is first needed: a column of one spelling needs few of them."""
    return re.compile(pattern, re.IGNORECASE)


@cache
def _of_any_year() -> tuple[str, ...]:
    """Return the patterns of a text that is expected to be a date."""
    alone = (rf"(?<!\d)(?:{pattern})(?!\d)" for pattern in _IN_CELL)
    return tuple(pattern.replace(_Y4, r"\d{4}") for pattern in (*alone, *_IN_TEXT))


def matches(text: str, window: Days | None, language: str | None) -> Iterator[Match]:
    """Yield every place in running text where a pattern matches."""
    text = _ADDRESS.sub(lambda address: " " * len(address[0]), text)
    for pattern in _IN_TEXT:
        for place in _compiled(pattern).finditer(text):
            yield _match(place, language)
    for delimited in _DELIMITED.finditer(text) if window else ():
        begin = delimited.start("date")
        if day := _compiled(_MONTH_AND_DAY).fullmatch(delimited["date"]):
            match = _match(day, language)
            if all(meets(point, window) for point in match.points):
                yield replace(match, start=begin, end=begin + match.end)


def whole_match(text: str, language: str | None) -> Match | None:
    """Return a text as one match of a pattern, if it is, as most cells are."""
    for pattern in _of_any_year():
        if place := _compiled(pattern).fullmatch(text):
            return _match(place, language)
    return None


def cell_matches(text: str, language: str | None) -> Iterator[Match]:
    """Yield every match in a text that is expected to be a date."""
    for pattern in _of_any_year():
        for place in _compiled(pattern).finditer(text):
            yield _match(place, language)


def _match(place: re.Match[str], language: str | None) -> Match:
    end = place.start() + len(place[0].rstrip())
    return Match(place.start(), end, *_points(place.groupdict(), language))


def _points(
    groups: Mapping[str, str | None], language: str | None
) -> tuple[tuple[Point, ...], str]:
    """Return the points that the groups of a pattern make, and whether they are ends or a set."""
    parts = {name: words for name, words in groups.items() if words}
    one = _point(parts)
    if "one" in parts:
        one = _two_readings(one, int(parts["one"]), int(parts["two"]), language)
    if not {"year2", "month2", "day2"} & set(parts):
        return (one,), "point"
    year = int(parts["year2"]) if "year2" in parts else one.year
    month = _month(parts["month2"]) if "month2" in parts else one.month
    day = _number(parts["day2"]) if "day2" in parts else None
    other = replace(one, year=year, month=month, day=day, other=None)
    if one.other and "month2" in parts:
        one = replace(one, other=None)
    return (one, other), "set" if "set" in parts else "range"


def _point(parts: Mapping[str, str]) -> Point:
    year = _year(parts["year"]) if "year" in parts else None
    if "yy" in parts:
        year = full_year(int(parts["yy"]))
    part = re.sub(r"\s+", " ", parts.get("part", "").lower())
    name = parts.get("month") or parts.get("padded")
    month = _month(name) if name else None
    of_year = "part" in parts and "month" not in parts and (year is not None) and part in _OF_YEAR
    return Point(
        year=year,
        month=month,
        day=_number(parts["day"]) if "day" in parts else None,
        days=None if of_year else _days_of(parts, part),
        months=_OF_YEAR[part] if of_year else _months_of(parts),
        week=_number(parts["week"]) if "week" in parts else None,
        year_shift=_RELATIVE[parts["year_shift"]] if "year_shift" in parts else None,
        month_shift=_RELATIVE[parts["month_shift"]] if "month_shift" in parts else None,
        span="around" if "around" in parts else "",
        short_year="yy" in parts,
    )


def _days_of(parts: Mapping[str, str], part: str) -> tuple[int, int] | None:
    """Return the days of a month that a part of it is."""
    if "week_of_month" in parts:
        words = parts.get("nth", parts["week_of_month"]).lower()
        nth = ORDINALS.get(words) or _number(words)
        return 7 * nth - 6, 7 * nth
    if "half_of" in parts and "month" in parts:
        return _THIRDS["上半月" if parts["nth"].lower() in _FIRST else "下半月"]
    return _THIRDS[part] if part else None


def _months_of(parts: Mapping[str, str]) -> tuple[int, int] | None:
    """Return the months of a year that a part of it is."""
    if "of_year" in parts:
        return _OF_YEAR[parts["of_year"]]
    if "half_of" in parts and "month" in parts:
        return None
    if "half" in parts or "half_of" in parts:
        half = parts.get("half", parts.get("nth", "")).lower()
        return (1, 6) if half in _FIRST else (7, 12)
    if "months" in parts:
        return 1, _number(parts["months"].replace("两", "二"))
    if "quarters" in parts:
        return 1, 3 * _number(parts["quarters"].replace("两", "二"))
    if "week_of_month" in parts or not {"nth", "quarter"} & set(parts):
        return None
    quarter = ORDINALS.get(parts.get("nth", "").lower()) or int(
        parts.get("quarter") or parts["nth"]
    )
    return 3 * quarter - 2, 3 * quarter


def _two_readings(point: Point, one: int, two: int, language: str | None) -> Point:
    """Return 12/7 with both of its readings; in Chinese the month comes first."""
    year_last = point.year is not None
    if two > 12 or (language == "zh" and not year_last):
        return replace(point, month=one, day=two, day_first=False)
    if one > 12:
        return replace(point, month=two, day=one, day_first=True)
    return replace(point, month=one, day=two, other=(two, one) if one != two else None)


def full_year(year: int) -> int:
    """Return the year that two digits are, as POSIX has it: of 1969 to 2068."""
    return year + (1900 if year >= _FIRST_OF_1900S else 2000)


def _number(text: str) -> int:
    """Return a number of at most two digits, in Chinese numerals too."""
    if text.isdigit() and text.isascii():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    return (NUMERALS.get(tens, 1) * 10 if ten else 0) + (NUMERALS[ones] if ones else 0)


def _year(text: str) -> int:
    if text.isascii():
        return int(text)
    return int("".join(str(NUMERALS.get(figure, figure)) for figure in text))


def _month(text: str) -> int:
    return MONTHS.get(text.lower()) or _number(text)

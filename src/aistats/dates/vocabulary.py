"""Vocabulary: the words and figures that dates consist of, in Chinese and English.

Names of months and days of the week, numerals, ordinals, times of the day, and the words that mark
a missing date. Every module that reads dates takes them from here, so a new word is a change in
this module alone. How the words are combined to dates is in `aistats.dates.phrases.patterns`.
"""

from __future__ import annotations

import re

MONTH_NAMES = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
"""The English names of the months, in lower case and in order."""

SHORT_MONTH_NAMES = (*(name[:3] for name in MONTH_NAMES), "sept")
"""The short forms of the names of the months, in lower case."""

_MONTHS_BY_NAME = {name: number for number, name in enumerate(MONTH_NAMES, start=1)}
_MONTHS_BY_SHORT_NAME = {name[:3]: number for name, number in _MONTHS_BY_NAME.items()}

MONTHS = {**_MONTHS_BY_NAME, **_MONTHS_BY_SHORT_NAME, "sept": 9}
"""Numbers of the months by their English names and short names, in lower case."""

_FIGURES = {numeral: number for number, numeral in enumerate("〇一二三四五六七八九")}

NUMERALS = {**_FIGURES, "零": 0, "○": 0, "元": 1}
"""Chinese numerals of one figure; 元 is the first year of a reign."""

ORDINALS = {
    **{"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5},
    **{"1st": 1, "2nd": 2, "3rd": 3, "4th": 4},
    **{"首": 1, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5},
}
"""Words for the first to the fifth."""

ENGLISH_WEEKDAY = r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?"
"""Pattern of a day of the week in English, in lower or upper case."""

WEEKDAY = re.compile(
    rf"[\s,，·|（(]*(?:(?:星期|周|礼拜)[一二三四五六日天]|{ENGLISH_WEEKDAY})[)）]?[,，]?",
    re.IGNORECASE,
)
"""A day of the week in either language, with the brackets and commas around it."""

# Times of the day -------------------------------------------------------------------------------

_CLOCK = (
    r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d([.,]\d+)?)?( ?[ap]\.?m\.?)?"
    r"( ?(Z|UTC|GMT|[+-]\d{2}(:?\d{2})?))?$"
)
TIME_OF_DAY = rf"(T|,? (at )?){_CLOCK}"
"""Pattern of the time at the end of a time stamp, for Python and for the engines that count."""

_HAN_CLOCK = r"\d{1,2} ?[时時点點](\d{1,2} ?分|半|整|许)?"
_PART_OF_DAY = "(凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚间|夜间|深夜)"
_WORDS_FOR_TIME = re.compile(
    rf"(T|,? (at )?|(?<=[日号號)]) ?){_CLOCK}"
    r"|,? (at )?(0?[1-9]|1[0-2]) ?[ap]\.?m\.?$"
    rf"|(?<=[日号號)]) ?({_PART_OF_DAY}( ?{_HAN_CLOCK})?|{_HAN_CLOCK})$",
    re.ASCII | re.IGNORECASE,
)
_ZONE_NAME = (
    r"(?:(?:美国(?:东部|西部)?|美东|美西|太平洋|欧洲|伦敦|东京|北京|当地)(?:标准|夏令)?时间"
    r"|\b(?:local|US|Eastern|Pacific|Beijing|London|Tokyo) (?:standard |daylight |summer )?time\b)"
)
ZONE = re.compile(rf"\s*(?:\({_ZONE_NAME}\)|{_ZONE_NAME})", re.IGNORECASE)
"""The name of a time zone beside a date, with or without half-width brackets."""

_ZONE_IN_CELL = re.compile(rf"\(?{_ZONE_NAME}\)?", re.IGNORECASE)


def without_time_of_day(text: str) -> str:
    """Return a date without a time of the day and without the name of a time zone.

    Examples
    --------
    >>> without_time_of_day("2025-12-02T10:00:00Z"), without_time_of_day("12月2日上午10时")
    ('2025-12-02', '12月2日')
    >>> without_time_of_day("12月7日(美国时间)")
    '12月7日'
    """
    if "时间" in text or "time" in text:
        text = _ZONE_IN_CELL.sub(" ", text).strip()
    return _WORDS_FOR_TIME.sub("", text)


# No date ----------------------------------------------------------------------------------------

UNDATED = (
    "不详",
    "不詳",
    "未详",
    "待定",
    "未披露",
    "n.d.",
    "n. d.",
    "undated",
    "no date",
    "tbc",
    "tba",
)
"""Words that mark a missing date in a text, in lower case."""

NO_DATE = frozenset(
    [
        *("", "-", "--", "—", ".", "na", "n/a", "nan", "nat", "null", "none", "unknown"),
        *("\\n", "(null)", "[null]", "0000-00-00"),  # written by databases; the first is \N
        *("无", "無", "未知", *UNDATED),
    ]
)
"""Cells that mark a missing date, in lower case."""

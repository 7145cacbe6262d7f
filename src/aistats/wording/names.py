"""Names: what days, periods, levels and columns are called in Chinese and in English."""

from __future__ import annotations

import datetime as dt
import html
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import Any

import pandas as pd
from babel.dates import get_month_names, get_quarter_names
from babel.lists import format_list

from aistats.counting.schema import ALL, OWN_COLUMNS, RESULT_KINDS, RESULTS, schema_of
from aistats.counting.tables import parameter_error, with_one_count
from aistats.dates.edtf import parse_edtf
from aistats.locale import LANGUAGES
from aistats.tables.codebook import Codebook
from aistats.trends.claims import HOW, STATED

TERMS = {
    "count": {"zh": "收录条数", "en": "Events on record"},
    "period": {"zh": "时段", "en": "Period"},
    "certain": {"zh": "确定在此时段", "en": "Certain"},
    "expected": {"zh": "按天数分摊", "en": "Expected (split by days)"},
    "possible": {"zh": "可能在此时段（含确定的）", "en": "Possible (certain included)"},
    "starting": {"zh": "最早日在此时段", "en": "Earliest day here"},
    "ending": {"zh": "最晚日在此时段", "en": "Latest day here"},
    "days": {"zh": "天数", "en": "Days"},
    "days_covered": {"zh": "覆盖天数", "en": "Days covered"},
    "days_assumed": {"zh": "其中推定覆盖", "en": "Covered by assumption"},
    "sources": {"zh": "来源", "en": "Sources"},
    "earliest": {"zh": "最早", "en": "Earliest"},
    "latest": {"zh": "最晚", "en": "Latest"},
    "title": {"zh": "标题", "en": "Title"},
    "yes": {"zh": "是", "en": "yes"},
    "no": {"zh": "否", "en": "no"},
    "dated": {"zh": "来源写明日期", "en": "date stated"},
    "undated": {"zh": "只知报道时间窗", "en": "only the reporting window known"},
    "possible_too": {"zh": "另有可能", "en": "Possible in addition"},
    "assumed": {"zh": "推定覆盖", "en": "assumed coverage"},
    "covered": {"zh": "来源覆盖", "en": "covered"},
    "not_covered": {"zh": "未覆盖", "en": "not covered"},
    "none": {"zh": "没有收录的事件", "en": "no events on record"},
    "one_mark": {"zh": "每个方块是一条收录的事件", "en": "each square is one event on record"},
    "several": {"zh": "（一条可计入多项）", "en": " (an event may count in several)"},
    "others": {"zh": "其他{}项", "en": "{} others"},
    "most_each": {"zh": "每项至多{:,}", "en": "at most {:,} each"},
    "missing": {"zh": "未注明", "en": "not stated"},
    "dated_span": {"zh": "来源写明一段日期", "en": "range of days stated"},
    "days_of": {"zh": "覆盖{}/{}天", "en": "{} of {} days covered"},
    "partly_covered": {"zh": "部分覆盖", "en": "partly covered"},
    "more": {"zh": "另有{}条未列出", "en": "{} more not shown"},
    "statement": {"zh": "来源的判断", "en": "Claim of the source"},
    "event_for": {"zh": "支持该判断的事件", "en": "event for the claim"},
    "event_against": {"zh": "与该判断相左的事件", "en": "event against the claim"},
    "no_claims": {"zh": "来源没有作出趋势判断", "en": "no trend claims in the source"},
    "span": {"zh": "{:,}—{:,}", "en": "{:,}–{:,}"},
    "table": {"zh": "数据表", "en": "Table"},
    "baseline": {"zh": "对照期", "en": "Baseline"},
    "baseline_covered": {"zh": "对照期覆盖天数", "en": "Baseline days covered"},
    "baseline_certain": {"zh": "确定在对照期", "en": "Certain in the baseline"},
    "baseline_possible": {"zh": "可能在对照期", "en": "Possible in the baseline"},
    "ratio": {"zh": "倍数", "en": "Ratio"},
    "rate": {"zh": "每时段变化", "en": "Change per period"},
    "lower": {"zh": "区间下限", "en": "Interval from"},
    "upper": {"zh": "区间上限", "en": "Interval to"},
    "p_value": {"zh": "p值", "en": "p"},
    "p_adjusted": {"zh": "校正后p值", "en": "p, adjusted"},
    "verdict": {"zh": "判断", "en": "Verdict"},
    "detectable_ratio": {"zh": "可看出的倍数", "en": "Ratio that would show"},
    "detectable": {"zh": "可看出的变化", "en": "Change that would show"},
    "periods": {"zh": "有覆盖的时段数", "en": "Covered periods"},
    "observed_low": {"zh": "每覆盖日至少", "en": "Per covered day, at least"},
    "observed_high": {"zh": "每覆盖日至多", "en": "Per covered day, at most"},
    "fitted": {"zh": "拟合值（每覆盖日）", "en": "Fitted per covered day"},
    "doubling_time": {"zh": "翻倍或减半：时段数", "en": "Periods to double or halve"},
    "doubling_lower": {"zh": "翻倍或减半：最快", "en": "Double or halve: fastest"},
    "doubling_upper": {"zh": "翻倍或减半：最慢", "en": "Double or halve: slowest"},
    "all": {"zh": "全部", "en": "All"},
    "interval": {"zh": "{}（{}—{}）", "en": "{} ({}–{})"},
    "fewer": {"zh": "← 减少", "en": "← fewer"},
    "greater": {"zh": "增加 →", "en": "more →"},
    "no_change": {"zh": "无变化", "en": "no change"},
    "times_side": {"zh": "每覆盖日条数为{}的几倍", "en": "Per covered day, as a multiple of {}"},
    "times_before": {
        "zh": "每覆盖日条数为上一时段的几倍",
        "en": "Per covered day, as a multiple of the period before",
    },
    "no_number": {"zh": "未给出数字的原因", "en": "Why no number is stated"},
    "periods_of": {"zh": "已覆盖的时段{}个", "en": "covered periods: {}"},
    "no_period": {"zh": "没有已覆盖的时段", "en": "no covered period"},
    "per_day": {"zh": "每覆盖日收录条数", "en": "Events on record per covered day"},
    "observed_span": {"zh": "至少—至多（日期未定）", "en": "at least – at most (open dates)"},
    "fit": {"zh": "拟合：{}", "en": "fit: {}"},
    "fit_interval": {"zh": "拟合的区间", "en": "interval of the fit"},
    "no_fit": {"zh": "未作拟合：{}", "en": "no fit: {}"},
    "sufficient": {"zh": "数据足以判断", "en": "data suffice"},
    "verdict_increase": {"zh": "增加", "en": "increase"},
    "verdict_decrease": {"zh": "减少", "en": "decrease"},
    "verdict_insufficient": {"zh": "数据不足", "en": "data do not suffice"},
    "verdict_too_few_periods": {"zh": "时段太少", "en": "too few periods"},
    "verdict_assumed_coverage": {"zh": "部分覆盖为推定", "en": "coverage is partly assumed"},
    "verdict_different_sources": {"zh": "来源不同", "en": "different sources"},
    "verdict_inexact_dates": {"zh": "日期不确定", "en": "dates are not exact"},
    "verdict_clustered": {"zh": "起伏太大", "en": "counts vary too much"},
    "revision": {"zh": "变动", "en": "Change"},
    "revision_new": {"zh": "新增", "en": "new"},
    "revision_late": {"zh": "补记", "en": "added late"},
    "revision_redated": {"zh": "改期", "en": "re-dated"},
    "revision_recoded": {"zh": "重新归类", "en": "re-coded"},
    "revision_withdrawn": {"zh": "撤下", "en": "withdrawn"},
    "in_edition": {"zh": "属于本期", "en": "Of this edition"},
    "column": {"zh": "变动的栏目", "en": "What changed"},
    "before": {"zh": "原为", "en": "Before"},
    "after": {"zh": "现为", "en": "Now"},
}
"""Column titles, chart texts and legends."""

_DETAILS = ("sources", "outside", "baseline_days", "covered_by_period", "theme_id")
"""Columns that a CSV has and a reader's table does without."""

_STATED_ONLY = ("ratio", "rate", "lower", "upper")

HARD = "\N{NO-BREAK SPACE}"
_MARKED = {"zh": "{}", "en": "{} (in Chinese)"}


class Sentence(str):
    """A sentence that shows as plain text wherever a notebook puts it, whatever is in it.

    Examples
    --------
    >>> print(Sentence("5 < 7")._repr_mimebundle_()[0]["text/html"])
    <p>5 &lt; 7</p>
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, str], dict[str, Any]]:
        bundle = {"text/html": f"<p>{html.escape(self, quote=False)}</p>", "text/plain": str(self)}
        return bundle, {"aistats": {"kind": "sentence"}}


def term(name: str, language: str) -> str:
    """Return the text for a thing that charts and tables name, such as ``not_covered``.

    Raises
    ------
    ParameterError
        If the language is not one of zh and en.

    Examples
    --------
    >>> term("not_covered", "zh"), term("not_covered", "en")
    ('未覆盖', 'not covered')
    """
    return TERMS[name][checked(language)]


def checked(language: str) -> str:
    """Return a language that there is, and refuse any other."""
    if language not in LANGUAGES:
        raise parameter_error("no_choice", language, ", ".join(LANGUAGES), argument="language")
    return language


# Days and periods --------------------------------------------------------------------------------


def day_range(first: dt.date, last: dt.date, language: str, *, year: bool = False) -> str:
    """Return a span of days in words.

    Parameters
    ----------
    first, last
        Its first and last day, inclusive.
    language
        ``zh`` or ``en``.
    year
        Name the year; it is named in any case where the span leaves it.

    Examples
    --------
    >>> from datetime import date
    >>> day_range(date(2025, 12, 1), date(2025, 12, 7), "zh")
    '12月1—7日'
    >>> day_range(date(2025, 11, 30), date(2025, 12, 6), "en", year=True)
    '30 Nov – 6 Dec 2025'
    """
    checked(language)
    year = year or first.year != last.year
    one_year, one_month = (
        first.year == last.year,
        (first.year, first.month) == (last.year, last.month),
    )
    if first == last:
        return _day(first, language, year=year)
    if language == "zh":
        if one_month:
            return _day(first, language, year=year).removesuffix("日") + f"—{last.day}日"
        return f"{_day(first, language, year=year)}—{_day(last, language, year=not one_year)}"
    if one_month:
        return f"{first.day}–{_day(last, language, year=year)}"
    return f"{_day(first, language, year=not one_year)} – {_day(last, language, year=year)}"


def _day(day: dt.date, language: str, *, year: bool) -> str:
    if language == "zh":
        return (f"{day.year}年" if year else "") + f"{day.month}月{day.day}日"
    return f"{day.day} {_months()[day.month]}" + (f" {day.year}" if year else "")


@cache
def _months() -> dict[int, str]:
    return dict(get_month_names("abbreviated", locale="en"))


def period_name(period: dt.date, days: int, language: str, *, year: bool = False) -> str:
    """Return a row's period in words: a whole month, quarter or year by name, else its days.

    Parameters
    ----------
    period, days
        The first day and the number of days, as in a counts table.
    language, year
        As in :func:`day_range`; a month, quarter or year always names its year.

    Examples
    --------
    >>> first = pd.Timestamp("2025-12-01")
    >>> period_name(first, 7, "zh"), period_name(first, 31, "en")
    ('12月1—7日', 'Dec 2025')
    """
    first = pd.Timestamp(period)
    last = first + pd.Timedelta(days=int(days) - 1)
    after = last + pd.Timedelta(days=1)
    months = (after.year - first.year) * 12 + after.month - first.month
    if (
        first.day != 1
        or after.day != 1
        or months not in (1, 3, 12)
        or first.month % months != 1 % months
    ):
        return day_range(first.date(), last.date(), language, year=year)
    if months == 12:
        return f"{first.year}年" if language == "zh" else str(first.year)
    if months == 3:
        quarter = get_quarter_names("wide" if language == "zh" else "abbreviated", locale=language)
        name = quarter[first.quarter]
        return f"{first.year}年{name}" if language == "zh" else f"{name} {first.year}"
    return (
        f"{first.year}年{first.month}月"
        if language == "zh"
        else f"{_months()[first.month]} {first.year}"
    )


def window_name(first: dt.date, last: dt.date, language: str) -> str:
    """Return a reporting window in words: by the dekad (旬) that it is about, else by its days.

    It is about the dekad that holds more than half of it, unless it is longer than any dekad.

    Parameters
    ----------
    first, last
        Its first and last day, inclusive.
    language
        ``zh`` or ``en``.

    Examples
    --------
    >>> from datetime import date
    >>> window_name(date(2025, 11, 30), date(2025, 12, 6), "zh")
    '2025年12月上旬（11月30日—12月6日）'
    >>> window_name(date(2025, 11, 30), date(2025, 12, 6), "en")
    'Early December (30 Nov – 6 Dec 2025)'
    >>> window_name(date(2025, 12, 6), date(2025, 12, 15), "en")
    '6–15 Dec 2025'
    """
    days = pd.date_range(first, last)
    dekads = Counter((day.year, day.month, min((day.day - 1) // 10, 2)) for day in days)
    (year, month, part), most = dekads.most_common(1)[0]
    if len(days) > 11 or 2 * most <= len(days):
        return day_range(first, last, language, year=True)
    if checked(language) == "zh":
        return f"{year}年{month}月{'上中下'[part]}旬（{day_range(first, last, language)}）"
    name = ("Early ", "Mid-", "Late ")[part] + get_month_names("wide", locale="en")[month]
    return f"{name} ({day_range(first, last, language, year=True)})"


def date_name(text: str, language: str) -> str:
    """Return a date written in EDTF in words, with its year.

    Examples
    --------
    >>> date_name("2025-12-01/2025-12-06", "zh"), date_name("2026-01/2026-03", "en")
    ('2025年12月1—6日', 'Q1 2026')
    """
    first, last = map(pd.Timestamp, parse_edtf(text))
    return period_name(first, (last - first).days + 1, language, year=True)


def edition_name(label: str, language: str) -> str:
    """Return the name of an edition in words: of a month where the label is one.

    Examples
    --------
    >>> edition_name("2025-12", "zh"), edition_name("2025-12", "en"), edition_name("pilot", "en")
    ('2025年12月', 'December 2025', 'pilot')
    """
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", label):
        return label
    year, month = map(int, label.split("-"))
    names = get_month_names("wide", locale="en")
    return f"{year}年{month}月" if checked(language) == "zh" else f"{names[month]} {year}"


# What stands around a chart ---------------------------------------------------------------------


def figure_label(number: int, language: str) -> str:
    r"""Return the number of a figure as captions and references to it have it.

    Examples
    --------
    >>> figure_label(1, "zh"), figure_label(1, "en")
    ('图1', 'Fig.\xa01')
    """
    return f"图{number}" if checked(language) == "zh" else f"Fig.{HARD}{number}"


def headline(text: str) -> str:
    """Return a sentence as a title has it: without its full stop.

    Examples
    --------
    >>> headline("收录20条事件。"), headline("20 events on record.")
    ('收录20条事件', '20 events on record')
    """
    return text.removesuffix("。").removesuffix(".")


# Numbers in words ---------------------------------------------------------------------------------


def factor(value: float) -> str:
    """Return a ratio or a number of periods, as exactly as a reader can use it.

    What is not 1 does not look like it.

    Examples
    --------
    >>> [factor(value) for value in (0.087, 0.63, 1.004, 4.0, 14.2, 1234.5)]
    ['0.087', '0.63', '1.004', '4', '14', '1,234']
    """
    if math.isinf(value):
        return "∞"
    if 0 < value < 0.001:
        return "<0.001"
    if value == 0 or value >= 9.95:
        return f"{value:,.0f}"
    rounded = (f"{value:.{digits}g}" for digits in (2, 3, 4))
    return next((text for text in rounded if text != "1" or value == 1), "1")


def share(ratio: float) -> str:
    """Return a ratio as per cent.

    Examples
    --------
    >>> share(0.313), share(0.0256), share(0.9996)
    ('31%', '2.6%', '99.96%')
    """
    change = 100 * ratio
    if 0 < change < 0.1:
        return "<0.1%"
    rounded = (f"{change:.{digits}g}" for digits in (2, 3, 4))
    text = next((text for text in rounded if float(text) != 100 or ratio == 1), "100")
    return f"{float(text):,g}%"


def percent(rate: float) -> str:
    """Return a log change as per cent, without its sign.

    Examples
    --------
    >>> import math
    >>> percent(math.log(1.6)), percent(math.log(0.5)), percent(math.log(30))
    ('60%', '50%', '2,900%')
    """
    if rate > 700:
        return "∞"
    change = abs(math.expm1(rate)) * 100
    if 0 < change < 0.1:
        return "<0.1%"
    return f"{change:,.0f}%" if change >= 10 or not change else f"{change:.2g}%"


def signed_percent(rate: float) -> str:
    """Return a log change as per cent, with its sign."""
    return ("−" if rate < 0 else "+") + percent(rate)


# Tables in words ---------------------------------------------------------------------------------


def localized(events: pd.DataFrame, name: str, language: str) -> pd.Series:
    """Return the title or summary of each event in a language.

    Where the English is empty the Chinese stands in, and says so.

    Parameters
    ----------
    events
        With columns such as ``title_zh`` and ``title_en``.
    name
        ``title``, ``summary`` or ``statement``.
    language
        ``zh`` or ``en``.

    Examples
    --------
    >>> events = pd.DataFrame({"title_zh": ["红色警报", "灵光"], "title_en": ["Code red", None]})
    >>> list(localized(events, "title", "en"))
    ['Code red', '灵光 (in Chinese)']
    """
    text, chinese = events[f"{name}_{checked(language)}"], events[f"{name}_zh"]
    marked = chinese.map(_MARKED[language].format, na_action="ignore")
    return text.where(text.notna(), marked).rename(name)


def labelled(table: pd.DataFrame, language: str, codebook: Codebook | None = None) -> pd.DataFrame:
    """Return a table as a reader sees it: levels by their labels, columns by their titles.

    Parameters
    ----------
    table
        A counts table or any other with columns that the codebook knows.
    language
        ``zh`` or ``en``.
    codebook
        Gives labels and titles; without one the values stand as they are.

    Returns
    -------
    DataFrame
        Of text and numbers. Periods and dates are in words; of a pair such as ``title_zh`` and
        ``title_en`` only the one in the language remains, as ``title``. Of a counts table in which
        no date is open, ``certain``, ``expected`` and ``possible`` are one ``count``. Of a table of
        trends the numbers are rounded as far as they carry, and those of a refused verdict are left
        out.

    Examples
    --------
    >>> from aistats.counting.counts import count_events
    >>> from aistats.tables.codebook import read_codebook
    >>> events = pd.DataFrame({"region": ["CN", "CN", "CN", "HK"]})
    >>> labelled(count_events(events, by="region"), "zh", read_codebook("data"))
         地区  收录条数
    0    中国     3
    1  中国香港     1
    """
    schema = schema_of(table)
    groups = schema["groups"] if schema else []
    has_total = schema is not None and schema["total"]
    is_trend = schema is not None and schema["kind"] in RESULT_KINDS
    lengths = {"period": "days"} | ({"baseline": "baseline_days"} if is_trend else {})
    table = with_one_count(table)
    shown = table.copy()
    shown.attrs.clear()  # it has other columns and labels for levels
    for name in [str(name).removesuffix("_zh") for name in table.columns]:
        if {f"{name}_zh", f"{name}_en"} <= set(table.columns) and name not in table.columns:
            shown[f"{name}_zh"] = localized(table, name, language)
            shown = shown.rename(columns={f"{name}_zh": name}).drop(columns=f"{name}_en")
    for name in shown.columns:
        span = lengths.get(name)
        if span in table:
            spans = zip(table[name], table[span], strict=True)
            shown[name] = [
                None if pd.isna(start) else period_name(start, days, language)
                for start, days in spans
            ]
        elif is_trend and name == "verdict":
            shown[name] = [term(f"verdict_{verdict}", language) for verdict in table[name]]
        elif is_trend and name in RESULTS:
            shown[name] = _result(table, name)
        elif pd.api.types.is_datetime64_dtype(shown[name].dtype):
            days = shown[name].dt.strftime("%Y-%m-%d")
            shown[name] = days.map(partial(date_name, language=language), na_action="ignore")
        elif pd.api.types.is_bool_dtype(shown[name].dtype):
            shown[name] = shown[name].map(
                {True: term("yes", language), False: term("no", language)}
            )
        elif codebook and (column := codebook.field(name)) and column.edtf:
            words = partial(date_name, language=language)
            shown[name] = shown[name].astype("str").map(words, na_action="ignore")
        elif name in groups or name not in OWN_COLUMNS:
            label = partial(
                level_name, name=name, language=language, codebook=codebook, total=has_total
            )
            named = shown[name].astype(object).map(label)
            # An empty cell is a level that nobody knows where levels are counted, else just empty.
            shown[name] = named if name in groups else named.where(shown[name].notna())
    details = {*_DETAILS, *HOW} if is_trend else {*_DETAILS}
    shown = shown.drop(columns=[name for name in shown if name in details - {*groups}])
    titles = {
        name: (group_title if name in groups else column_title)(name, language, codebook)
        for name in shown.columns
    }
    return shown.rename(columns=titles)


def _result(table: pd.DataFrame, name: str) -> pd.Series:
    """Return a column of a table of trends as a reader can use its numbers."""
    if name.startswith("p_"):
        show: Callable[[float], str] = _p_value
    elif "rate" in table and name in ("rate", "lower", "upper", "detectable"):
        show = signed_percent
    elif pd.api.types.is_float_dtype(table[name].dtype):
        show = factor
    else:
        return table[name]
    stated = table[name].notna()
    if name in _STATED_ONLY:
        stated = table["verdict"].isin(STATED)
    elif name == "p_value":  # of what is refused whatever the counts, none means anything
        stated = table["p_adjusted"].notna()
    return table[name].where(stated).astype(object).map(show, na_action="ignore")


def _p_value(p: float) -> str:
    return f"{p:.3f}" if p >= 0.001 else "<0.001"


def level_name(
    value: object, name: str, language: str, codebook: Codebook | None, *, total: bool = False
) -> str:
    """Return what a level of a column is called, also one that nobody knows, or several.

    In a table that has a total, ``(all)`` is its level.
    """
    if isinstance(value, list | tuple):
        names = [level_name(level, name, language, codebook) for level in value or [None]]
        return {"zh": "、", "en": ", "}[checked(language)].join(names)
    if pd.isna(value):  # type: ignore[call-overload]
        return term("missing", language)
    if total and value == ALL:
        return term("all", language)
    own = f"{name}_{value}"
    if name == "revision" and own in TERMS:
        return term(own, language)
    return codebook.label(name, str(value), language) if codebook else str(value)


def place_name(section: str, language: str, codebook: Codebook) -> str:
    """Return an event's place in its source: the section by its label, then the headings there.

    Examples
    --------
    >>> from aistats.tables.codebook import read_codebook
    >>> place_name("二·5", "en", read_codebook("data"))
    '2 · 5'
    """
    first, *rest = section.split("·")
    separator = " · " if language == "en" else "·"
    return separator.join([codebook.label("section", first, language), *rest])


def column_title(name: str, language: str, codebook: Codebook | None = None) -> str:
    """Return what a column is called: by the codebook, else by our own terms, else its name."""
    known = codebook.title(name, language) if codebook else name
    return term(name, language) if known == name and name in TERMS else known


def group_title(name: str, language: str, codebook: Codebook | None = None) -> str:
    """Return what a group column is called; a name that results have too is no result here."""
    if name in RESULTS:
        return codebook.title(name, language) if codebook else name
    return column_title(name, language, codebook)


def number(n: int, noun: str) -> str:
    """Return so many things in English."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def and_(items: Iterable[str]) -> str:
    """Return an enumeration in English."""
    return format_list(list(items), locale="en_GB")

"""Words: tables said in plain Chinese and English, and the texts that charts and tables show.

A sentence is computed from a table and claims no more than the table holds: counts are of events on
record (收录), never of what happened (发生); a count that dates leave open is "at least … at most";
a day that no source covers is named as such. Both languages stand side by side, so that neither is
a translation that lags behind.
"""

from __future__ import annotations

import datetime as dt
import html
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache, partial
from typing import Any

import pandas as pd
from babel.dates import get_month_names, get_quarter_names
from babel.lists import format_list

from aistats.codebook import Codebook
from aistats.counts import COUNTS
from aistats.dates import parse_edtf
from aistats.faults import LANGUAGES

_TERMS = {
    "count": {"zh": "收录条数", "en": "Events on record"},
    "period": {"zh": "时段", "en": "Period"},
    "certain": {"zh": "确定在此时段", "en": "Certain"},
    "expected": {"zh": "按天数分摊", "en": "Expected (split by days)"},
    "possible": {"zh": "可能在此时段（含确定的）", "en": "Possible (certain included)"},
    "starting": {"zh": "最早日在此时段", "en": "Earliest day here"},
    "ending": {"zh": "最晚日在此时段", "en": "Latest day here"},
    "days": {"zh": "天数", "en": "Days"},
    "days_covered": {"zh": "覆盖天数", "en": "Days covered"},
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
    "others": {"zh": "其他{}项", "en": "{} others"},
    "missing": {"zh": "未注明", "en": "not stated"},
    "dated_span": {"zh": "来源写明一段日期", "en": "range of days stated"},
    "days_of": {"zh": "覆盖{}/{}天", "en": "{} of {} days covered"},
    "partly_covered": {"zh": "部分覆盖", "en": "partly covered"},
    "more": {"zh": "另有{}条未列出", "en": "{} more not shown"},
    "span": {"zh": "{:,}—{:,}", "en": "{:,}–{:,}"},
    "table": {"zh": "数据表", "en": "Table"},
}
"""Column titles, chart texts and legends."""

_HARD = "\N{NO-BREAK SPACE}"
_NOTHING = {"zh": "没有收录的事件。", "en": "No events on record."}
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
    ValueError
        If the language is not one of zh and en.

    Examples
    --------
    >>> term("not_covered", "zh"), term("not_covered", "en")
    ('未覆盖', 'not covered')
    """
    return _TERMS[name][_known(language)]


def _known(language: str) -> str:
    if language not in LANGUAGES:
        raise ValueError(f"language={language!r} is not one of {', '.join(LANGUAGES)}")
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
    _known(language)
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
    if _known(language) == "zh":
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
    return f"{year}年{month}月" if _known(language) == "zh" else f"{names[month]} {year}"


def gaps(coverage: pd.DataFrame) -> list[tuple[dt.date, dt.date]]:
    """Return the stretches of days between covered windows that no window covers.

    Examples
    --------
    >>> from aistats.events import read_edition
    >>> december = read_edition("data", "2025-12")
    >>> [f"{first} {last}" for first, last in gaps(december.coverage)]
    ['2025-12-07 2025-12-10']
    """
    day = dt.timedelta(days=1)
    found, reach = [], None
    for first, last in sorted(_windows(coverage)):
        if reach is not None and first > reach + day:
            found.append((reach + day, first - day))
        reach = last if reach is None else max(reach, last)
    return found


def _windows(coverage: pd.DataFrame) -> list[tuple[dt.date, dt.date]]:
    return list(zip(coverage["earliest"].dt.date, coverage["latest"].dt.date, strict=True))


def _covered_days(coverage: pd.DataFrame) -> int:
    windows = _windows(coverage)
    return len({day for first, last in windows for day in pd.date_range(first, last)})


# What stands around a chart ---------------------------------------------------------------------


def figure_label(number: int, language: str) -> str:
    r"""Return the number of a figure as captions and references to it have it.

    Examples
    --------
    >>> figure_label(1, "zh"), figure_label(1, "en")
    ('图1', 'Fig.\xa01')
    """
    return f"图{number}" if _known(language) == "zh" else f"Fig.{_HARD}{number}"


def headline(text: str) -> str:
    """Return a sentence as a title has it: without its full stop.

    Examples
    --------
    >>> headline("收录20条事件。"), headline("20 events on record.")
    ('收录20条事件', '20 events on record')
    """
    return text.removesuffix("。").removesuffix(".")


def describe_measure(
    table: pd.DataFrame, language: str, codebook: Codebook | None = None
) -> Sentence:
    """Say what a chart of a table counts: its subtitle.

    Parameters
    ----------
    table
        A counts table, or events, a row each.
    language
        ``zh`` or ``en``.
    codebook
        Gives the titles of the columns.

    Examples
    --------
    >>> print(describe_measure(pd.DataFrame({"region": ["CN"], "count": [1]}), "en"))
    Number of events on record, by region
    >>> weeks = pd.DataFrame({"period": [], "days": [], "certain": [], "possible": []})
    >>> print(describe_measure(weeks, "zh"))
    各时段收录的事件条数
    """
    if set(COUNTS).isdisjoint(table.columns):
        zh, en = (
            "收录的事件，按最早可能的日期排列",
            "Events on record, earliest possible date first",
        )
        return Sentence(zh if _known(language) == "zh" else en)
    names = [name for name in table.columns if name not in (*COUNTS, "period")]
    titles = [column_title(name, language, codebook) for name in names]
    if _known(language) == "zh":
        when = "各时段" if "period" in table else ""
        by = f"，按{'和'.join(titles)}" if titles else ""
        return Sentence(f"{when}收录的事件条数{by}")
    when = " in each period" if "period" in table else ""
    by = f", by {_and(title.lower() for title in titles)}" if titles else ""
    return Sentence(f"Number of events on record{when}{by}")


def describe_undated(events: pd.DataFrame, language: str) -> Sentence:
    """Say how many events are placed by their reporting window for want of a date.

    Parameters
    ----------
    events
        As :func:`aistats.read_events` returns them.
    language
        ``zh`` or ``en``.

    Examples
    --------
    >>> print(describe_undated(pd.DataFrame({"dated": [True, False, False]}), "zh"))
    另有2条来源未写明日期，按报道时间窗计，实际可能更早发生。
    """
    n = int((~events["dated"]).sum())
    if _known(language) == "zh":
        also = "另有" if n < len(events) else ""
        zh = f"{also}{n}条来源未写明日期，按报道时间窗计，实际可能更早发生。"
        return Sentence(zh if n else "每条都由来源写明日期。")
    if not n:
        return Sentence("The source states a date for every event.")
    verb, they = ("has", "it") if n == 1 else ("have", "they")
    return Sentence(
        f"{n} {verb} no stated date: {they} count{'s' * (n == 1)} by the window that reports "
        f"{'it' if n == 1 else 'them'}, and may have occurred earlier."
    )


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
    text, chinese = events[f"{name}_{_known(language)}"], events[f"{name}_zh"]
    return text.where(text.notna(), chinese.map(_MARKED[language].format)).rename(name)


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
        ``title_en`` only the one in the language remains, as ``title``.

    Examples
    --------
    >>> from aistats.codebook import read_codebook
    >>> counts = pd.DataFrame({"region": ["CN", "HK"], "count": [3, 1]})
    >>> labelled(counts, "zh", read_codebook("data"))
         地区  收录条数
    0    中国     3
    1  中国香港     1
    """
    shown = table.copy()
    for name in [str(name).removesuffix("_zh") for name in table.columns]:
        if {f"{name}_zh", f"{name}_en"} <= set(table.columns) and name not in table.columns:
            shown[f"{name}_zh"] = localized(table, name, language)
            shown = shown.rename(columns={f"{name}_zh": name}).drop(columns=f"{name}_en")
    is_counts = not set(COUNTS).isdisjoint(table.columns)
    for name in shown.columns:
        if name == "period" and "days" in table:
            spans = zip(table["period"], table["days"], strict=True)
            shown[name] = [period_name(start, days, language) for start, days in spans]
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
        elif name not in COUNTS:
            label = partial(level_name, name=name, language=language, codebook=codebook)
            named = shown[name].astype(object).map(label)
            # An empty cell is a level that nobody knows where levels are counted, else just empty.
            shown[name] = named if is_counts else named.where(shown[name].notna())
    return shown.rename(columns=lambda name: column_title(name, language, codebook))


def level_name(value: object, name: str, language: str, codebook: Codebook | None) -> str:
    """Return what a level of a column is called, also one that nobody knows."""
    if pd.isna(value):  # type: ignore[call-overload]
        return term("missing", language)
    return codebook.label(name, str(value), language) if codebook else str(value)


def place_name(section: str, language: str, codebook: Codebook) -> str:
    """Return an event's place in its source: the section by its label, then the headings there.

    Examples
    --------
    >>> from aistats.codebook import read_codebook
    >>> place_name("二·5", "en", read_codebook("data"))
    '2 · 5'
    """
    first, *rest = section.split("·")
    separator = " · " if language == "en" else "·"
    return separator.join([codebook.label("section", first, language), *rest])


def column_title(name: str, language: str, codebook: Codebook | None = None) -> str:
    """Return what a column is called: by the codebook, else by our own terms, else its name."""
    known = codebook.title(name, language) if codebook else name
    return term(name, language) if known == name and name in _TERMS else known


# Sentences ---------------------------------------------------------------------------------------


def describe_record(events: pd.DataFrame, language: str) -> Sentence:
    """Say how many events are on record, and of how many the date is known.

    Parameters
    ----------
    events
        As :func:`aistats.read_events` returns them.
    language
        ``zh`` or ``en``.

    Examples
    --------
    >>> from aistats.events import read_edition
    >>> print(describe_record(read_edition("data", "2025-12").events, "zh"))
    收录20条事件：7条由来源写明日期，13条只知报道时间窗。
    """
    n, dated = len(events), int(events["dated"].sum())
    if not n:
        return Sentence(_NOTHING[_known(language)])
    if _known(language) == "zh":
        known = [f"{dated}条由来源写明日期"] if dated else []
        known += [f"{n - dated}条只知报道时间窗"] if n > dated else []
        return Sentence(f"收录{n}条事件：{'，'.join(known)}。")
    known = [f"the source states a date for{_HARD}{dated}"] if dated else []
    known += [f"for{_HARD}{n - dated} only the reporting window is known"] if n > dated else []
    return Sentence(f"{_number(n, 'event')} on record: {'; '.join(known)}.")


def describe_coverage(coverage: pd.DataFrame, language: str) -> Sentence:
    """Say which days the sources cover, which of them by assumption, and which days lie between.

    Parameters
    ----------
    coverage
        As :func:`aistats.read_coverage` returns it.
    language
        ``zh`` or ``en``.

    Examples
    --------
    >>> from aistats.events import read_edition
    >>> print(describe_coverage(read_edition("data", "2025-12").coverage, "zh"))
    来源覆盖17天（11月30日—12月6日、12月11—20日），其中10天系推定。其他日子（包括12月7—10日）未覆盖，没有记录不等于没有事件。
    """
    missing = [day_range(first, last, language) for first, last in gaps(coverage)]
    windows = dict.fromkeys(sorted(_windows(coverage)))
    spans = [day_range(first, last, language) for first, last in windows]
    days = _covered_days(coverage)
    assumed = days - _covered_days(coverage[coverage["basis"] == "stated"])
    if _known(language) == "zh":
        if not days:
            return Sentence("来源没有覆盖任何日子。")
        text = f"来源覆盖{days}天（{'、'.join(spans)}）"
        text += "，均系推定" if assumed == days else f"，其中{assumed}天系推定" if assumed else ""
        rest = f"其他日子（包括{'、'.join(missing)}）" if missing else "其他日子"
        return Sentence(f"{text}。{rest}未覆盖，没有记录不等于没有事件。")
    if not days:
        return Sentence("The sources cover no day.")
    text = f"The sources cover {_number(days, 'day')} ({_and(spans)})"
    part = "all" if assumed == days else f"{assumed} of them"
    text += f", {part} by assumption. " if assumed else ". "
    gap = f", {_and(missing)} included" if missing else ""
    text += f"No other day is covered{gap}: nothing on record does not mean that nothing happened."
    return Sentence(text)


def describe_source(coverage: pd.DataFrame, language: str, codebook: Codebook) -> Sentence:
    """Say where the events come from: the sources and their sections.

    Examples
    --------
    >>> from aistats.events import read_edition
    >>> december = read_edition("data", "2025-12")
    >>> print(describe_source(december.coverage, "zh", december.codebook))
    来源：《2025年12月AI事件综合报告》第一、二节。
    """
    parts = []
    for source, rows in coverage.groupby("source", sort=False):
        title = codebook.sources[str(source)][_known(language)]
        sections = [codebook.label("section", name, language) for name in rows["section"]]
        if language == "zh":
            parts.append(f"《{title}》第{'、'.join(sections)}节")
        else:
            parts.append(f"“{title}”, section{'s' * (len(sections) > 1)} {_and(sections)}")
    return Sentence(
        f"来源：{'；'.join(parts)}。" if language == "zh" else f"Source: {'; '.join(parts)}."
    )


def describe_counts(
    counts: pd.DataFrame, language: str, codebook: Codebook | None = None, *, most: int = 5
) -> Sentence:
    """Say how the events on record are spread over the levels of one column.

    Parameters
    ----------
    counts
        One column of levels and ``count``.
    language
        ``zh`` or ``en``.
    codebook
        Gives the labels.
    most
        How many levels to name; the rest are added up.

    Examples
    --------
    >>> counts = pd.DataFrame({"region": ["CN", "US"], "count": [1, 3]})
    >>> print(describe_counts(counts, "zh"))
    收录的4条事件中，US3条、CN1条。
    """
    (name,) = (name for name in counts.columns if name not in COUNTS)
    ranked = counts[counts["count"] > 0]
    if codebook:  # its order decides between equals
        ranked = ranked.sort_values(
            name, key=lambda levels: levels.astype(object).map(partial(codebook.rank, name))
        )
    ranked = ranked.sort_values("count", ascending=False, kind="stable")
    n = int(ranked["count"].sum())
    levels = [level_name(value, name, language, codebook) for value in ranked[name].head(most)]
    named = list(zip(levels, ranked["count"].astype(int), strict=False))
    rest, others = n - sum(count for _, count in named), len(ranked) - len(named)
    if not n:
        return Sentence(_NOTHING[_known(language)])
    if _known(language) == "zh":
        parts = [f"{text}{count}条" for text, count in named]
        parts += [f"其余{others}项共{rest}条"] if rest else []
        return Sentence(f"收录的{n}条事件中，{'、'.join(parts)}。")
    parts = [f"{text}{_HARD}{count}" for text, count in named]
    parts += [f"{_number(others, 'other')}{_HARD}{rest} in all"] if rest else []
    return Sentence(f"{_number(n, 'event')} on record: {', '.join(parts)}.")


def describe_largest(
    counts: pd.DataFrame, language: str, codebook: Codebook | None = None, *, most: int = 3
) -> Sentence:
    """Say which level, or which combination of levels, holds most events on record.

    Parameters
    ----------
    counts
        Columns of levels and ``count``.
    language, codebook
        As in :func:`describe_counts`.
    most
        How many equals to name at the most; if more lead together, none does.

    Examples
    --------
    >>> counts = pd.DataFrame({"region": ["CN", "US", "US"],
    ...                        "category": ["model", "model", "product"], "count": [1, 3, 3]})
    >>> print(describe_largest(counts, "zh"))
    收录的7条事件中，US·model和US·product最多，各3条。
    >>> print(describe_largest(counts[["category", "count"]].head(2).tail(1), "en"))
    model leads, with 3 of the 3 events on record.
    """
    groups = [name for name in counts.columns if name not in COUNTS]
    filled = counts[counts["count"] > 0]
    if filled.empty:
        return Sentence(_NOTHING[_known(language)])
    n, top = int(filled["count"].sum()), int(filled["count"].max())
    shown = labelled(filled.loc[filled["count"] == top, groups], language, codebook)
    names = ["·".join(levels) for levels in shown.to_numpy()]
    zh = _known(language) == "zh"
    if len(names) > most:
        return Sentence(
            f"收录的{n}条事件分散在{len(filled)}组中，每组至多{top}条。"
            if zh
            else f"The {n} events on record are spread over {len(filled)} groups, "
            f"none with more than {top}."
        )
    if zh:
        held = f"各{top}条" if len(names) > 1 else f"有{top}条"
        return Sentence(f"收录的{n}条事件中，{format_list(names, locale='zh')}最多，{held}。")
    leads, each = ("lead", " each") if len(names) > 1 else ("leads", "")
    of = f"of the {_number(n, 'event')} on record"
    return Sentence(f"{_and(names).replace('·', ' · ')} {leads}, with {top}{each} {of}.")


def describe_certainty(counts: pd.DataFrame, language: str) -> Sentence:
    """Say how many of the events can be placed in one period.

    Parameters
    ----------
    counts
        Ungrouped, as in :func:`describe_periods`.
    language
        ``zh`` or ``en``.

    Examples
    --------
    >>> weeks = pd.DataFrame({"certain": [5, 1], "possible": [12, 10], "starting": [12, 3]})
    >>> print(describe_certainty(weeks, "zh"))
    收录的15条事件中，6条可归入一个时段，9条的时间跨时段，无法归定。
    """
    begun_before = counts["possible"].iloc[:1].sum() - counts["starting"].iloc[:1].sum()
    n, certain = int(counts["starting"].sum() + begun_before), int(counts["certain"].sum())
    if not n:
        return Sentence(_NOTHING[_known(language)])
    if _known(language) == "zh":
        text = f"收录的{n}条事件中，{certain}条可归入一个时段"
        return Sentence(
            text + (f"，{n - certain}条的时间跨时段，无法归定。" if n > certain else "。")
        )
    text = f"Of {_number(n, 'event')} on record, {certain} can be placed in one period"
    doubt = f"; {n - certain} cannot, because what is known of their dates spans several."
    return Sentence(text + (doubt if n > certain else "."))


def describe_comparability(counts: pd.DataFrame, language: str) -> Sentence:
    """Say whether there are periods that can be compared: at least two that are covered in full.

    Parameters
    ----------
    counts
        With ``period``, ``days`` and ``days_covered``.
    language
        ``zh`` or ``en``.

    Examples
    --------
    >>> weeks = pd.DataFrame({"days": [7, 7], "days_covered": [6, 4]})
    >>> print(describe_comparability(weeks, "zh"))
    2个时段都没有被完整覆盖，现有数据不足以判断是否在变化。
    """
    covered = counts.get("days_covered", counts["days"])
    n, whole = len(counts), int((covered == counts["days"]).sum())
    if n < 2:
        zh, en = (
            "不到两个时段，无从比较。",
            "There are fewer than two periods, so nothing to compare.",
        )
        return Sentence(zh if _known(language) == "zh" else en)
    if _known(language) == "zh":
        text = f"{n}个时段中有{whole}个被完整覆盖" if whole else f"{n}个时段都没有被完整覆盖"
        return Sentence(text + ("，现有数据不足以判断是否在变化。" if whole < 2 else "。"))
    verb = "are" if whole > 1 else "is"
    text = f"{whole or 'None'} of the {n} periods {verb} covered in full"
    doubt = ", so the data do not suffice to tell whether anything is changing."
    return Sentence(text + (doubt if whole < 2 else "."))


def describe_note(name: str, language: str, codebook: Codebook) -> Sentence:
    """Return the codebook's footnote to a column.

    Examples
    --------
    >>> from aistats.codebook import read_codebook
    >>> print(describe_note("scope", "en", read_codebook("data")))
    China includes Hong Kong SAR, Macao SAR and Taiwan.
    """
    column = codebook.field(name)
    return Sentence(column.note[_known(language)] if column else "")


def describe_periods(counts: pd.DataFrame, language: str) -> Sentence:
    """Say, for each period, how many events it surely and how many it possibly holds.

    Parameters
    ----------
    counts
        Ungrouped, with ``period``, ``certain``, ``possible``, ``days`` and, where the coverage is
        known, ``days_covered``.
    language
        ``zh`` or ``en``.

    Examples
    --------
    >>> weeks = pd.DataFrame({"period": pd.to_datetime(["2025-12-01", "2025-12-08"]),
    ...                       "certain": [3, 0], "possible": [5, 0],
    ...                       "days": [7, 7], "days_covered": [6, 0]})
    >>> print(describe_periods(weeks, "zh"))
    12月1—7日：收录的事件至少3条、至多5条（7天中覆盖6天）；12月8—14日：未覆盖。
    >>> print(describe_periods(weeks, "en"))
    1–7 Dec: at least 3 and at most 5 events on record (6 of 7 days covered); 8–14 Dec: not covered.
    """
    parts = [_period_text(row, _known(language)) for row in counts.to_dict("records")]
    if not parts:
        return Sentence(_NOTHING[language])
    return Sentence("；".join(parts) + "。" if language == "zh" else "; ".join(parts) + ".")


def _period_text(row: dict[Any, Any], language: str) -> str:
    name = period_name(row["period"], row["days"], language)
    covered = row.get("days_covered", row["days"])
    low, high = row["certain"], row["possible"]
    if language == "zh":
        if not covered and not high:
            return f"{name}：未覆盖"
        count = f"{low}条" if low == high else f"至少{low}条、至多{high}条"
        partly = f"（{row['days']}天中覆盖{covered}天）" if covered < row["days"] else ""
        return f"{name}：收录的事件{count}{partly}"
    if not covered and not high:
        return f"{name}: not covered"
    count = (
        _number(high, "event")
        if low == high
        else f"at least {low} and at most {_number(high, 'event')}"
    )
    partly = f" ({covered} of {row['days']} days covered)" if covered < row["days"] else ""
    return f"{name}: {count} on record{partly}"


def _number(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def _and(items: Iterable[str]) -> str:
    return format_list(list(items), locale="en_GB")

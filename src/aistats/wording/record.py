"""Sentences on the record: what was counted, when, where it comes from, what is not known."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

import pandas as pd
from babel.lists import format_list

from aistats.counting.schema import BANDS, groups_of, known_schema, schema_of
from aistats.counting.tables import overlapping
from aistats.tables.codebook import Codebook
from aistats.trends.claims import STATED
from aistats.wording.names import (
    HARD,
    Sentence,
    and_,
    checked,
    day_range,
    group_title,
    labelled,
    level_name,
    number,
    period_name,
    term,
)

_NOTHING = {"zh": "没有收录的事件。", "en": "No events on record."}


_MEASURED: dict[str, dict[str, tuple[str, ...]]] = {
    "revision": {
        "zh": ("与对照期发布时相比有变动的事件条数",),
        "en": ("Number of events that are new or have changed since the baseline was published",),
    },
    "stance": {
        "zh": ("支持来源各项判断或与之相左的收录事件，按报道时间窗列出",),
        "en": ("Events on record for and against each claim of the source, by reporting window",),
    },
    "comparisons": {
        "zh": ("两段时间每覆盖日收录条数之比，及其区间", "两段时间收录的事件条数"),
        "en": (
            "Events on record per covered day: the ratio of two spans of time, with its interval",
            "Events on record in two spans of time",
        ),
    },
    "growth": {
        "zh": ("每覆盖日收录条数从一个时段到下一个的变化，及其区间", "收录的事件条数"),
        "en": (
            "Change in events on record per covered day from one period to the next, with its "
            "interval",
            "Events on record",
        ),
    },
    "growth curve": {
        "zh": ("每覆盖日收录的事件条数",),
        "en": ("Events on record per covered day",),
    },
}
"""What tables measure that are not plain counts; then, where all is refused."""


def gaps(coverage: pd.DataFrame) -> list[tuple[dt.date, dt.date]]:
    """Return the stretches of days between covered windows that no window covers.

    Examples
    --------
    >>> from aistats.tables.edition import read_edition
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


def describe_measure(
    table: pd.DataFrame, language: str, codebook: Codebook | None = None
) -> Sentence:
    """Say what a chart of a table counts: its subtitle.

    Parameters
    ----------
    table
        A counts table, or events, a row each, or the evidence on claims.
    language
        ``zh`` or ``en``.
    codebook
        Gives the titles of the columns.

    Examples
    --------
    >>> from aistats.counting.counts import count_events
    >>> print(describe_measure(count_events(pd.DataFrame({"region": ["CN"]}), by="region"), "en"))
    Number of events on record, by region
    >>> weeks = pd.DataFrame({"period": [], "days": [], "certain": [], "possible": []})
    >>> print(describe_measure(weeks, "zh"))
    各时段收录的事件条数
    """
    kind = _measured(table)
    if kind in _MEASURED:
        stated = "verdict" not in table or table["verdict"].isin(STATED).any()
        return Sentence(_MEASURED[kind][checked(language)][0 if stated else -1])
    if kind == "events":
        zh, en = (
            "收录的事件，按最早可能的日期排列",
            "Events on record, earliest possible date first",
        )
        return Sentence(zh if checked(language) == "zh" else en)
    titles = [group_title(name, language, codebook) for name in groups_of(table)]
    several = _several(table, language)
    if checked(language) == "zh":
        when = "各时段" if "period" in table else ""
        by = f"，按{'和'.join(titles)}" if titles else ""
        return Sentence(f"{when}收录的事件条数{by}{several}")
    when = " in each period" if "period" in table else ""
    by = f", by {and_(map(_in_sentence, titles))}" if titles else ""
    return Sentence(f"Number of events on record{when}{by}{several}")


def _measured(table: pd.DataFrame) -> str:
    """Return what a table measures: revisions, stances, results, counts, or events themselves."""
    schema = schema_of(table)
    if schema is None and ("earliest" in table or {"count", *BANDS}.isdisjoint(table.columns)):
        return "stance" if "stance" in table else "events"
    schema = known_schema(table, "table")
    if "revision" in schema["groups"]:
        return "revision"
    return str(schema["kind"])


def _in_sentence(title: str) -> str:
    """Return a title as it stands inside a sentence: in lower case, unless it begins with AI."""
    return title if title[:2].isupper() else title[:1].lower() + title[1:]


def _several(counts: pd.DataFrame, language: str) -> str:
    """Return the words for counts that add up to more than there are events."""
    return term("several", language) if overlapping(counts) else ""


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
    if checked(language) == "zh":
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
    >>> from aistats.tables.edition import read_edition
    >>> print(describe_record(read_edition("data", "2025-12").events, "zh"))
    收录20条事件：7条由来源写明日期，13条只知报道时间窗。
    """
    n, dated = len(events), int(events["dated"].sum())
    if not n:
        return Sentence(_NOTHING[checked(language)])
    if checked(language) == "zh":
        known = [f"{dated}条由来源写明日期"] if dated else []
        known += [f"{n - dated}条只知报道时间窗"] if n > dated else []
        return Sentence(f"收录{n}条事件：{'，'.join(known)}。")
    known = [f"the source states a date for{HARD}{dated}"] if dated else []
    known += [f"for{HARD}{n - dated} only the reporting window is known"] if n > dated else []
    return Sentence(f"{number(n, 'event')} on record: {'; '.join(known)}.")


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
    >>> from aistats.tables.edition import read_edition
    >>> print(describe_coverage(read_edition("data", "2025-12").coverage, "zh"))
    来源覆盖17天（11月30日—12月6日、12月11—20日），其中10天系推定。其他日子（包括12月7—10日）未覆盖，没有记录不等于没有事件。
    """
    missing = [day_range(first, last, language) for first, last in gaps(coverage)]
    windows = dict.fromkeys(sorted(_windows(coverage)))
    spans = [day_range(first, last, language) for first, last in windows]
    days = _covered_days(coverage)
    assumed = days - _covered_days(coverage[coverage["basis"] == "stated"])
    if checked(language) == "zh":
        if not days:
            return Sentence("来源没有覆盖任何日子。")
        text = f"来源覆盖{days}天（{'、'.join(spans)}）"
        text += "，均系推定" if assumed == days else f"，其中{assumed}天系推定" if assumed else ""
        rest = f"其他日子（包括{'、'.join(missing)}）" if missing else "其他日子"
        return Sentence(f"{text}。{rest}未覆盖，没有记录不等于没有事件。")
    if not days:
        return Sentence("The sources cover no day.")
    text = f"The sources cover {number(days, 'day')} ({and_(spans)})"
    part = "all" if assumed == days else f"{assumed} of them"
    text += f", {part} by assumption. " if assumed else ". "
    gap = f", {and_(missing)} included" if missing else ""
    text += f"No other day is covered{gap}: nothing on record does not mean that nothing happened."
    return Sentence(text)


def describe_source(coverage: pd.DataFrame, language: str, codebook: Codebook) -> Sentence:
    """Say where the events come from: the sources and their sections.

    Examples
    --------
    >>> from aistats.tables.edition import read_edition
    >>> december = read_edition("data", "2025-12")
    >>> print(describe_source(december.coverage, "zh", december.codebook))
    来源：《2025年12月AI事件综合报告》第一、二节。
    """
    parts = []
    for source, rows in coverage.groupby("source", sort=False):
        title = codebook.sources[str(source)][checked(language)]
        sections = [codebook.label("section", name, language) for name in rows["section"]]
        if language == "zh":
            parts.append(f"《{title}》第{'、'.join(sections)}节")
        else:
            parts.append(f"“{title}”, section{'s' * (len(sections) > 1)} {and_(sections)}")
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
        How many levels to name; the rest are added up, or where an event may have several, only
        bounded.

    Examples
    --------
    >>> from aistats.counting.counts import count_events
    >>> events = pd.DataFrame({"region": ["CN", "US", "US", "US"]})
    >>> print(describe_counts(count_events(events, by="region"), "zh"))
    收录的4条事件中，US3条、CN1条。
    """
    (name,) = groups_of(counts)
    total = known_schema(counts)["total"]
    ranked = counts[counts["count"] > 0]
    if codebook:  # its order decides between equals
        ranked = ranked.sort_values(
            name, key=lambda levels: levels.astype(object).map(partial(codebook.rank, name))
        )
    ranked = ranked.sort_values("count", ascending=False, kind="stable")
    n = int(ranked["count"].sum())
    levels = [
        level_name(value, name, language, codebook, total=total)
        for value in ranked[name].head(most)
    ]
    named = list(zip(levels, ranked["count"].astype(int), strict=False))
    rest, others = n - sum(count for _, count in named), len(ranked) - len(named)
    if not n:
        return Sentence(_NOTHING[checked(language)])
    several = _several(counts, language)  # then nothing adds up to a number of events
    most_each = int(ranked["count"].iloc[most:].max()) if others else 0
    if checked(language) == "zh":
        parts = [f"{text}{count}条" for text, count in named]
        held = f"每项至多{most_each}条" if several else f"共{rest}条"
        parts += [f"其余{others}项{held}"] if rest else []
        return Sentence(f"收录的{'' if several else f'{n}条'}事件中，{'、'.join(parts)}{several}。")
    parts = [f"{text}{HARD}{count}" for text, count in named]
    held = f"at most {most_each} each" if several else f"{rest} in all"
    parts += [f"{number(others, 'other')}{HARD}{held}"] if rest else []
    counted = "Events" if several else number(n, "event")
    return Sentence(f"{counted} on record: {', '.join(parts)}{several}.")


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
    >>> from aistats.counting.counts import count_events
    >>> events = pd.DataFrame({"region": ["CN", "US", "US", "US", "US"],
    ...                        "category": ["model", *["model", "product"] * 2]})
    >>> print(describe_largest(count_events(events, by=["region", "category"]), "zh"))
    收录的5条事件中，US·model和US·product最多，各2条。
    >>> print(describe_largest(count_events(events.head(2), by="category"), "en"))
    model leads, with 2 of the 2 events on record.
    """
    groups = groups_of(counts)
    filled = counts[counts["count"] > 0]
    if filled.empty:
        return Sentence(_NOTHING[checked(language)])
    n, top = int(filled["count"].sum()), int(filled["count"].max())
    shown = labelled(filled.loc[filled["count"] == top, [*groups, "count"]], language, codebook)
    names = ["·".join(levels) for *levels, _ in shown.to_numpy()]
    zh = checked(language) == "zh"
    several = _several(counts, language)  # then nothing adds up to a number of events
    if zh:
        events = "收录的事件" if several else f"收录的{n}条事件"
    else:
        events = "events on record" if several else f"{number(n, 'event')} on record"
    if len(names) > most:
        return Sentence(
            f"{events}分散在{len(filled)}组中，每组至多{top}条{several}。"
            if zh
            else f"The {events} are spread over {len(filled)} groups, "
            f"none with more than {top}{several}."
        )
    if zh:
        held = f"各{top}条" if len(names) > 1 else f"有{top}条"
        return Sentence(f"{events}中，{format_list(names, locale='zh')}最多，{held}{several}。")
    leads, each = ("lead", " each") if len(names) > 1 else ("leads", "")
    leaders = and_(names).replace("·", " · ")
    return Sentence(f"{leaders} {leads}, with {top}{each} of the {events}{several}.")


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
        return Sentence(_NOTHING[checked(language)])
    if checked(language) == "zh":
        text = f"收录的{n}条事件中，{certain}条可归入一个时段"
        return Sentence(
            text + (f"，{n - certain}条的时间跨时段，无法归定。" if n > certain else "。")
        )
    text = f"Of {number(n, 'event')} on record, {certain} can be placed in one period"
    doubt = f"; {n - certain} cannot, because what is known of their dates spans several."
    return Sentence(text + (doubt if n > certain else "."))


def describe_note(name: str, language: str, codebook: Codebook) -> Sentence:
    """Return the codebook's footnote to a column.

    Examples
    --------
    >>> from aistats.tables.codebook import read_codebook
    >>> print(describe_note("scope", "en", read_codebook("data")))
    China includes Hong Kong SAR, Macao SAR and Taiwan.
    """
    column = codebook.field(name)
    return Sentence(column.note[checked(language)] if column else "")


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
    parts = [_period_text(row, checked(language)) for row in counts.to_dict("records")]
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
        number(high, "event")
        if low == high
        else f"at least {low} and at most {number(high, 'event')}"
    )
    partly = f" ({covered} of {row['days']} days covered)" if covered < row["days"] else ""
    return f"{name}: {count} on record{partly}"

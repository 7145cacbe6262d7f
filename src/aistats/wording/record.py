"""Sentences on the record: what was counted and when, where it comes from, and what is not known.

Events, their coverage or a counts table come in, a sentence goes out. It speaks of events on
record, never of what happened, and days that no source covers are named as such. The texts are in
the catalogue of `aistats.locale`. Nothing is tested here: sentences on change are in `trends`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Hashable, Iterable
from functools import partial
from itertools import pairwise
from typing import Any

import pandas as pd

from aistats.counting.schema import BANDS, UNKNOWN, groups_of, known_schema, schema_of
from aistats.counting.tables import need, overlapping, parameter_error
from aistats.locale import Language, Texts, text_key
from aistats.session import texts
from aistats.tables.codebook import Codebook
from aistats.trends.claims import STATED
from aistats.wording.names import (
    Sentence,
    day_range,
    enumerated,
    group_title,
    in_sentence,
    level_name,
    paragraph,
    period_name,
)

Days = tuple[dt.date, dt.date]
"""A range of days: the first and the last, inclusive."""

_MEASURES = {
    "events": text_key("record.measure.events"),
    "revision": text_key("record.measure.revision"),
    "stance": text_key("record.measure.stance"),
    "comparisons": text_key("record.measure.comparisons"),
    "growth": text_key("record.measure.growth"),
    "growth curve": text_key("record.measure.growth_curve"),
}
"""What is measured by tables that are not plain counts."""

_MEASURES_WITHOUT_ESTIMATES = {
    "comparisons": text_key("record.measure.comparisons_counts"),
    "growth": text_key("record.measure.growth_counts"),
}
"""What is measured where no row has a verdict, and so no estimate is shown."""

_ONE_DAY = dt.timedelta(days=1)
_SECTION_NUMBER = re.compile("[0-9一二三四五六七八九十百]+")

_MOST_LISTED = 3
"""Levels of a column up to which all are listed: the largest of three is hardly a finding."""


# Coverage ----------------------------------------------------------------------------------------


def gaps(coverage: pd.DataFrame) -> list[Days]:
    """Return the ranges of days between reporting windows that no window covers.

    Examples
    --------
    >>> from aistats.tables.edition import read_edition
    >>> december = read_edition("data", "2025-12")
    >>> [f"{first} {last}" for first, last in gaps(december.coverage)]
    ['2025-12-07 2025-12-10']
    """
    between = []
    for before, after in pairwise(_ranges(_covered_days(coverage))):
        first, last = before[1] + _ONE_DAY, after[0] - _ONE_DAY
        between.append((first, last))
    return between


def _covered_days(coverage: pd.DataFrame) -> set[dt.date]:
    """Return the days that any window covers."""
    days: set[dt.date] = set()
    for first, last in zip(coverage["earliest"], coverage["latest"], strict=True):
        window = pd.date_range(first, last)
        days.update(window.date)
    return days


def _ranges(days: Iterable[dt.date]) -> list[Days]:
    """Return days as ranges, each as long as the days follow one another."""
    ranges: list[Days] = []
    for day in sorted(days):
        if ranges and day == ranges[-1][1] + _ONE_DAY:
            ranges[-1] = (ranges[-1][0], day)
        else:
            ranges.append((day, day))
    return ranges


def describe_coverage(coverage: pd.DataFrame, language: Language | None = None) -> Sentence:
    """Return a sentence on the days that the sources cover, and those that we assume they do.

    Parameters
    ----------
    coverage
        As :func:`aistats.read_coverage` returns it.
    language
        ``zh`` or ``en``; by default that of the session.

    Examples
    --------
    >>> from aistats.tables.edition import read_edition
    >>> print(describe_coverage(read_edition("data", "2025-12").coverage, "zh"))
    报告覆盖17天（11月30日—12月6日、12月11—20日），其中12月11—20日为推定（报告没有写明起止日，由编者推定）。其余日子（如12月7—10日）未覆盖：没有记录，不等于没有事件。
    """
    say = texts(language)
    covered = _covered_days(coverage)
    if not covered:
        return Sentence(say("record.no_coverage"))
    stated = _covered_days(coverage[coverage["basis"] == "stated"])
    between = gaps(coverage)
    uncovered = say("record.not_covered")
    if between:
        uncovered = say("record.gaps_not_covered", gaps=_in_words(between, say))
    return paragraph([_covered(covered, stated, say), uncovered], say)


def _covered(covered: set[dt.date], stated: set[dt.date], say: Texts) -> str:
    """Return how many days are covered, which, and whether that is stated or assumed."""
    n = len(covered)
    days = _in_words(_ranges(covered), say)
    if covered == stated:
        return say.plural("record.coverage", n, days=days)
    if not stated:
        return say.plural("record.coverage_assumed", n, days=days)
    ranges = _ranges(covered - stated)
    assumed = _in_words(ranges, say)
    return say.plural("record.coverage_partly_assumed", n, days=days, assumed=assumed)


def _in_words(ranges: Iterable[Days], say: Texts) -> str:
    names = []
    for first, last in ranges:
        names.append(day_range(first, last, say.language))
    return enumerated(names, say)


def describe_source(
    coverage: pd.DataFrame, language: Language | None = None, codebook: Codebook | None = None
) -> Sentence:
    """Return a sentence that names the sources of the events, and their sections.

    Parameters
    ----------
    coverage
        As :func:`aistats.read_coverage` returns it.
    language
        ``zh`` or ``en``; by default that of the session.
    codebook
        Gives the titles of the sources and the labels of the sections.

    Examples
    --------
    >>> from aistats.tables.edition import read_edition
    >>> december = read_edition("data", "2025-12")
    >>> print(describe_source(december.coverage, "zh", december.codebook))
    来源报告：《2025年12月AI事件综合报告》第一、二节。
    """
    say = texts(language)
    sources = []
    for source, rows in coverage.groupby("source", sort=False):
        title = str(source)
        sections = [str(section) for section in rows["section"]]
        if codebook:
            title = codebook.sources[title][say.language]
            sections = [codebook.label("section", name, say.language) for name in sections]
        sources.append(_sections_of(title, sections, say))
    return Sentence(say("record.source", sources=say("list.semicolon").join(sources)))


def _sections_of(title: str, sections: list[str], say: Texts) -> str:
    """Return a source with its sections, by their numbers or else by their names in quotes."""
    if all(_SECTION_NUMBER.fullmatch(section) for section in sections):
        numbered = text_key("record.section")
        if len(sections) > 1:
            numbered = text_key("record.sections")
        return say(numbered, title=title, sections=enumerated(sections, say))
    names = say("record.section_name", name=sections[0])
    for section in sections[1:]:
        name = say("record.section_name", name=section)
        names = say("record.section_names", names=names, name=name)
    named = text_key("record.named_section")
    if len(sections) > 1:
        named = text_key("record.named_sections")
    return say(named, title=title, sections=names)


def describe_note(
    name: str, language: Language | None = None, codebook: Codebook | None = None
) -> Sentence:
    """Return the codebook's footnote to a column; empty where there is none.

    Examples
    --------
    >>> from aistats.tables.codebook import read_codebook
    >>> print(describe_note("scope", "en", read_codebook("data")))
    China includes Hong Kong SAR, Macao SAR and Taiwan.
    """
    say = texts(language)
    column = codebook.field(name) if codebook else None
    return Sentence(column.note[say.language] if column else "")


# Events ------------------------------------------------------------------------------------------


def describe_record(events: pd.DataFrame, language: Language | None = None) -> Sentence:
    """Return a sentence on how many events are on record, and how many of them are dated.

    Parameters
    ----------
    events
        As :func:`aistats.read_events` returns them.
    language
        ``zh`` or ``en``; by default that of the session.

    Examples
    --------
    >>> from aistats.tables.edition import read_edition
    >>> print(describe_record(read_edition("data", "2025-12").events, "zh"))
    收录20条事件：7条写明日期，13条只知在哪段时间被报道。
    """
    say = texts(language)
    n, dated = len(events), int(events["dated"].sum())
    if not n:
        return Sentence(say("record.nothing"))
    if dated == n:
        return Sentence(say.plural("record.dated", n))
    if not dated:
        return Sentence(say.plural("record.undated", n))
    return Sentence(say.plural("record.partly_dated", n, dated=dated, undated=n - dated))


def describe_undated(events: pd.DataFrame, language: Language | None = None) -> Sentence:
    """Return a sentence on how many events are undated, and how these are counted.

    Parameters
    ----------
    events
        As :func:`aistats.read_events` returns them.
    language
        ``zh`` or ``en``; by default that of the session.

    Examples
    --------
    >>> print(describe_undated(pd.DataFrame({"dated": [True, False, False]}), "zh"))
    其中2条的日期，报告没有写明；按报道时段计入，实际可能更早。
    """
    say = texts(language)
    undated = int((~events["dated"]).sum())
    if not undated:
        return Sentence(say("record.note.all_dated"))
    if undated == len(events):
        return Sentence(say.plural("record.note.all_undated", undated))
    return Sentence(say.plural("record.note.undated", undated))


# What a table measures ---------------------------------------------------------------------------


def describe_measure(
    table: pd.DataFrame, language: Language | None = None, codebook: Codebook | None = None
) -> Sentence:
    """Return what a chart of a table counts: its subtitle.

    Parameters
    ----------
    table
        A counts table, or events, a row each, or the evidence on claims.
    language
        ``zh`` or ``en``; by default that of the session.
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
    say = texts(language)
    kind = _measure(table)
    estimated = "verdict" not in table or table["verdict"].isin(STATED).any()
    if kind in _MEASURES_WITHOUT_ESTIMATES and not estimated:
        return Sentence(say(_MEASURES_WITHOUT_ESTIMATES[kind]))
    if kind in _MEASURES:
        return Sentence(say(_MEASURES[kind]))
    measure = _counts_measure(table, say, codebook)
    return Sentence(say("term.several", text=measure) if overlapping(table) else measure)


def _measure(table: pd.DataFrame) -> str:
    """Return what a table measures: revisions, stances, results, counts, or events themselves."""
    schema = schema_of(table)
    if schema is None:
        has_counts = not {"count", *BANDS}.isdisjoint(table.columns)
        if "earliest" in table or not has_counts:
            return "stance" if "stance" in table else "events"
    schema = known_schema(table, "table")
    if "revision" in schema["groups"]:
        return "revision"
    return str(schema["kind"])


def _counts_measure(counts: pd.DataFrame, say: Texts, codebook: Codebook | None) -> str:
    titles = [group_title(name, say.language, codebook) for name in groups_of(counts)]
    if not titles:
        per_period = "period" in counts
        return say("record.measure.periods") if per_period else say("record.measure.counts")
    columns = enumerated([in_sentence(title, say) for title in titles], say)
    if "period" in counts:
        return say("record.measure.periods_by", columns=columns)
    return say("record.measure.counts_by", columns=columns)


# Levels ------------------------------------------------------------------------------------------


def describe_counts(
    counts: pd.DataFrame,
    language: Language | None = None,
    codebook: Codebook | None = None,
    *,
    most: int = 5,
) -> Sentence:
    """Return a sentence on how many events on record each level of a column has.

    Parameters
    ----------
    counts
        One column of levels and ``count``.
    language
        ``zh`` or ``en``; by default that of the session.
    codebook
        Gives the labels.
    most
        How many levels to name. The counts of the others are added up; where an event may have
        several levels, only the largest of these counts is stated.

    Examples
    --------
    >>> from aistats.counting.counts import count_events
    >>> events = pd.DataFrame({"region": ["CN", "US", "US", "US"]})
    >>> print(describe_counts(count_events(events, by="region"), "zh"))
    收录的4条事件中，US有3条、CN有1条。
    """
    say = texts(language)
    groups = groups_of(counts)
    if len(groups) != 1:
        raise parameter_error("not_one_group", ", ".join(groups) or 0)
    (name,) = groups
    ranked = _ranked(counts, name, codebook)
    if ranked.empty:
        return Sentence(say("record.nothing"))
    named = ranked.head(most)
    levels = [
        _level(level, count, say)
        for level, count in zip(
            _labels(named, say, codebook), map(int, named["count"]), strict=True
        )
    ]
    text = say("list.comma").join(levels)
    is_overlapping = bool(overlapping(counts))
    if len(ranked) > most:
        rest = _rest(ranked["count"].iloc[most:], say, add_up=not is_overlapping)
        text = say("record.and_rest", levels=text, rest=rest)
    if is_overlapping:
        return Sentence(say("record.counts_overlapping", levels=text))
    return Sentence(say.plural("record.counts", int(ranked["count"].sum()), levels=text))


def _level(level: str, count: int, say: Texts) -> str:
    """Return a level with its count; the digits of a name do not run into those of the count."""
    key = text_key("record.level")
    if re.search("[0-9A-Za-z]$", level):
        key = text_key("record.level_latin")
    return say(key, level=level, count=count)


def _ranked(counts: pd.DataFrame, name: str, codebook: Codebook | None) -> pd.DataFrame:
    """Return the rows with events, largest first; the codebook decides between equals."""
    filled = counts[counts["count"] > 0]
    if codebook:
        rank = partial(codebook.rank, name)
        levels = filled[name].astype(object)
        ranks = levels.map(rank)
        order = ranks.argsort(kind="stable")
        filled = filled.iloc[order]
    return filled.sort_values("count", ascending=False, kind="stable")


def _rest(counts: pd.Series, say: Texts, *, add_up: bool) -> str:
    """Return how many levels are not named, and how many events they have."""
    n = len(counts)
    largest = int(counts.max())
    if counts.min() == largest:
        return say.plural("record.rest_each", n, count=largest)
    if not add_up:
        return say.plural("record.rest_at_most", n, count=largest)
    together = int(counts.sum())
    return say.plural("record.rest_together", n, count=together)


def describe_largest(
    counts: pd.DataFrame,
    language: Language | None = None,
    codebook: Codebook | None = None,
    *,
    most: int = 3,
) -> Sentence:
    """Return a sentence on the level, or combination of levels, with most events, and the next.

    Of a column with up to three levels all counts are stated, as by :func:`describe_counts`.

    Parameters
    ----------
    counts
        Columns of levels and ``count``.
    language, codebook
        As in :func:`describe_counts`.
    most
        How many equals to name at the most; if more share the lead, none is named.

    Examples
    --------
    >>> from aistats.counting.counts import count_events
    >>> events = pd.DataFrame({"region": ["CN", "US", "US", "US", "US"],
    ...                        "category": ["model", *["model", "product"] * 2]})
    >>> print(describe_largest(count_events(events, by=["region", "category"]), "zh"))
    收录的5条事件中，US·model、US·product最多（各2条），其次是CN·model（1条）。
    >>> print(describe_largest(count_events(events, by=["region", "category"]), "en"))
    Of 5 events on record, US · model and US · product are the largest groups (2 each), followed by
    CN · model (1).
    """
    say = texts(language)
    groups = groups_of(counts)
    filled = counts[counts["count"] > 0]
    if filled.empty:
        return Sentence(say("record.nothing"))
    if len(groups) == 1 and len(filled) <= _MOST_LISTED:
        return describe_counts(counts, say.language, codebook)
    text = _leaders(filled, say, codebook, most)
    if overlapping(counts):
        return Sentence(say("record.of_events_overlapping", text=text))
    return Sentence(say.plural("record.of_events", int(filled["count"].sum()), text=text))


def _leaders(filled: pd.DataFrame, say: Texts, codebook: Codebook | None, most: int) -> str:
    """Return the largest groups and the next largest, or that none stands out."""
    largest = int(filled["count"].max())
    is_first = filled["count"] == largest
    first = filled[is_first]
    if len(first) > most:
        return say("record.spread", groups=len(filled), count=largest)
    names = _labels(first, say, codebook)
    levels = enumerated(names, say)
    leaders = say("record.leader", level=levels, count=largest)
    if len(names) > 1:
        leaders = say("record.leaders", levels=levels, count=largest)
    following = _followers(filled[~is_first], say, codebook, most)
    if not following:
        return leaders
    return say("record.followed", leaders=leaders, next=following)


def _followers(others: pd.DataFrame, say: Texts, codebook: Codebook | None, most: int) -> str:
    """Return the known groups with the largest count, unless they are too many to name."""
    known = others[_is_known(others)]
    count = known["count"].max()
    second = known[known["count"] == count]
    if second.empty or len(second) > most:
        return ""
    names = _labels(second, say, codebook)
    levels = enumerated(names, say)
    if len(names) == 1:
        return say("record.second", level=levels, count=int(count))
    return say("record.seconds", levels=levels, count=int(count))


def _is_known(counts: pd.DataFrame) -> pd.Series:
    """Return which rows have no level that says that the value is unknown."""
    levels = counts[groups_of(counts)]
    is_unknown = levels.isna() | levels.isin(UNKNOWN)
    return ~is_unknown.any(axis=1)


def _labels(counts: pd.DataFrame, say: Texts, codebook: Codebook | None) -> list[str]:
    """Return the label of each row's level, or of its combination of levels."""
    total = known_schema(counts)["total"]
    groups = groups_of(counts)
    columns = []
    for name in groups:
        label = partial(
            level_name, name=name, language=say.language, codebook=codebook, total=total
        )
        columns.append(counts[name].astype(object).map(label))
    return [say("list.headings").join(levels) for levels in zip(*columns, strict=True)]


# Periods -----------------------------------------------------------------------------------------


def describe_certainty(counts: pd.DataFrame, language: Language | None = None) -> Sentence:
    """Return a sentence on how many of the events can be placed in one period.

    Parameters
    ----------
    counts
        Ungrouped, as in :func:`describe_periods`.
    language
        ``zh`` or ``en``; by default that of the session.

    Examples
    --------
    >>> weeks = pd.DataFrame({"certain": [5, 1], "possible": [12, 10], "starting": [12, 3]})
    >>> print(describe_certainty(weeks, "zh"))
    收录的15条事件中，6条能归入一个时段，9条横跨几段，归不到哪一段。
    """
    say = texts(language)
    first = counts.iloc[:1]
    begun_before = first["possible"].sum() - first["starting"].sum()
    n = int(counts["starting"].sum() + begun_before)
    certain = int(counts["certain"].sum())
    if not n:
        return Sentence(say("record.nothing"))
    if certain == n:
        return Sentence(say.plural("record.certainty_all", n))
    if not certain:
        return Sentence(say.plural("record.certainty_none", n))
    return Sentence(say.plural("record.certainty", n, certain=certain, open=n - certain))


def describe_periods(counts: pd.DataFrame, language: Language | None = None) -> Sentence:
    """Return a sentence on the least and the largest number of events in each period.

    Parameters
    ----------
    counts
        Ungrouped, with ``period``, ``certain``, ``possible``, ``days`` and, where the coverage is
        known, ``days_covered``.
    language
        ``zh`` or ``en``; by default that of the session.

    Examples
    --------
    >>> weeks = pd.DataFrame({"period": pd.to_datetime(["2025-12-01", "2025-12-08"]),
    ...                       "certain": [3, 0], "possible": [5, 0],
    ...                       "days": [7, 7], "days_covered": [6, 0]})
    >>> print(describe_periods(weeks, "zh"))
    12月1—7日：收录3～5条（7天中有6天覆盖）；12月8—14日：未覆盖。
    >>> print(describe_periods(weeks, "en"))
    1–7 Dec: at least 3 and at most 5 events on record (6 of 7 days covered); 8–14 Dec: not covered.
    """
    say = texts(language)
    if counts.empty:
        return Sentence(say("record.nothing"))
    need(counts, "period", "days", "certain", "possible")
    if (twice := counts["period"].duplicated()).any():
        day = counts.loc[twice, "period"].iloc[0]
        raise parameter_error("several_groups", day.date())
    rows = counts.to_dict("records")
    periods = [_period(row, say) for row in rows]
    text = say("list.semicolon").join(periods)
    return Sentence(say("list.full_stop", text=text))


def _period(row: dict[Hashable, Any], say: Texts) -> str:
    """Return the number of events of a period, and how many of its days are covered."""
    days = row["days"]
    covered = row.get("days_covered", days)
    name = period_name(row["period"], days, say.language)
    if not covered and not row["possible"]:
        return say("record.period.not_covered", period=name)
    count = _period_count(name, int(row["certain"]), int(row["possible"]), say)
    if covered == days:
        return count
    return say("record.period.partly", text=count, days=days, covered=covered)


def _period_count(
    name: str,
    low: int,
    high: int,
    say: Texts,
) -> str:
    """Return the least and the largest number of events of a period."""
    if low == high:
        return say.plural("record.period.count", high, period=name)
    if low == 0:
        return say.plural("record.period.at_most", high, period=name)
    return say("record.period.range", period=name, low=low, high=high)

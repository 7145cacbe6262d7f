"""Sentences on change: a row of a table of trends said aloud, with its reason where it refuses."""

from __future__ import annotations

import math

import pandas as pd

from aistats.counting.schema import ALL, Kind, known_schema, schema_of
from aistats.counting.tables import parameter_error
from aistats.tables.codebook import Codebook
from aistats.trends.claims import FEWEST_PERIODS, REFUSALS, VERDICTS
from aistats.wording.names import (
    Sentence,
    and_,
    checked,
    factor,
    level_name,
    number,
    percent,
    period_name,
    share,
    signed_percent,
    term,
)

_PERIODS = {
    "zh": {
        **{"day": "天", "week": "周", "dekad": "旬", "month": "月", "quarter": "季度", "year": "年"}
    },
    "en": {
        **{"day": "day", "week": "week", "dekad": "ten-day period", "month": "month"},
        **{"quarter": "quarter", "year": "year"},
    },
}
_REFUSED = {
    "zh": {
        "too_few_periods": "时段太少，分不清是有变化，还是事件碰巧扎堆；变化要大得多才分得清。",
        "assumed_coverage": "来源覆盖了哪些天，有一部分是推定的，所以不判断增减。",
        "different_sources": "各时段的来源不同，条数不能相比，所以不判断增减。",
        "inexact_dates": "一些事件的日期不确定，是增是减要看它们落在哪个时段，所以不判断增减。",
        "clustered": "各时段的条数起伏太大（事件可能扎堆出现，也可能本来就在持续增减），"
        "这样比较看不出什么。",
        "clustered_growth": "各时段的条数起伏太大（事件可能扎堆出现），看不出走势。",
    },
    "en": {
        "too_few_periods": "With so few periods, this change cannot be told from events that "
        "happen to fall together; only a much larger one could be.",
        "assumed_coverage": "Which days the sources cover is partly our assumption, so we do not "
        "say whether anything changed.",
        "different_sources": "The periods have different sources, so their counts cannot be "
        "compared.",
        "inexact_dates": "The dates of some events are not exact, and whether there is a change "
        "depends on where they fall, so we do not say whether there is.",
        "clustered": "The counts vary too much from period to period, be it that events come in "
        "clusters or that they rise or fall throughout; this comparison shows nothing.",
        "clustered_growth": "The counts vary too much from period to period, as events that come "
        "in clusters do, for growth or decline to be read from them.",
    },
}
_TEXTS: dict[str, dict[str, str]] = {
    "zh": {
        "group": "{}：",
        "all": "全部事件",
        "no_sides": "没有可以对比的时段。",
        "before": "此前",
        "other": "对照期",
        "sides": "{}收录{}，{ref}的{}收录{}。",
        "side": "（覆盖{}天）",
        "side_unknown": "（{}天）",
        "no_coverage": "未给出覆盖范围，每天都当作有覆盖。",
        "none": "两个时段都没有收录的事件，无从比较。",
        "no_events": "没有收录的事件，无从判断。",
        "increase": "折合每天的条数是{ref}的{}倍（{level}区间：{}），有增加。",
        "increase_open": "{ref}没有收录，折合每天的条数至少是{ref}的{}倍（{level}区间），有增加。",
        "decrease": "折合每天的条数只有{ref}的{}（{level}区间：{}），有减少。",
        "decrease_open": "折合每天的条数至多是{ref}的{}（{level}区间），有减少。",
        "insufficient": "数据不足以判断增减：折合每天的条数{}（{level}区间）。",
        "times": "可能是{ref}的{}至{}倍",
        "times_from": "至少是{ref}的{}倍，上不封顶",
        "times_to": "至多是{ref}的{}倍",
        "alone": "单看这一项像是有变化；但同时作了{}项检验，其中难免有碰巧的。",
        "detectable": "以现有的条数，要增加到约{}倍，才有八成把握看得出来。",
        "undetectable": "事件太少，增加再多也看不出来。",
        "window": "{}共有{}个时段有覆盖，收录{}。",
        "window_unknown": "{}共{}个时段，收录{}。",
        "too_short": "有覆盖的时段不到{}个，看不出走势。",
        "grows": "每{}增加{}（{level}区间：{}），约{}{}翻一番（{}）。",
        "falls": "每{}减少{}（{level}区间：{}），约{}{}减半（{}）。",
        "growth_insufficient": "数据不足以判断增减：每{}的变化{}（{level}区间）。",
        "change": "可能在{}到{}之间",
        "change_from": "不低于{}，上不封顶",
        "change_to": "不高于{}，下不封底",
        "change_any": "多少都有可能",
        "growth_detectable": "以现有的条数，每{}要增加约{}，才有八成把握看得出来。",
        "between": "{}至{}",
        "all_refused": "{}都不作判断：{}。",
        "only_refused": "{}不作判断：{}。",
        "claims": "{}中，{}。",
        "tests": "{}项检验",
        "comparisons": "{}项比较",
        "rates": "{}项增长率",
        "claim_increase": "{}项有增加",
        "claim_decrease": "{}项有减少",
        "claim_insufficient": "{}项数据不足",
        "claim_refused": "{}项不作判断（{}）",
        "no_claims": "没有检验任何增减。",
        "verdict_stated": "{}。",
        "verdict_refused": "不判断增减（{}）。",
    },
    "en": {
        "group": "{}: ",
        "all": "All events",
        "no_sides": "There is no period to compare with.",
        "before": "after",
        "other": "against",
        "sides": "{} on record in {}, {ref} {} in {}. ",
        "side": " ({} covered)",
        "side_unknown": " ({})",
        "no_coverage": " No coverage was given: every day counts as covered.",
        "none": "Neither period has an event on record, so there is nothing to compare.",
        "no_events": "There is no event on record, so nothing to judge.",
        "increase": "Per covered day that is an increase to {} times as many ({level} interval: "
        "{}).",
        "increase_open": "Per covered day that is an increase to at least {} times as many "
        "({level} interval).",
        "decrease": "Per covered day that is a decrease to {} of the rate there ({level} interval: "
        "{}).",
        "decrease_open": "Per covered day that is a decrease to at most {} of the rate there "
        "({level} interval).",
        "insufficient": "The data do not suffice to tell an increase from a decrease: per covered "
        "day it {} ({level} interval).",
        "times": "may be {} to {} times as many",
        "times_from": "is at least {} times as many, with no upper limit",
        "times_to": "is at most {} times as many",
        "alone": " On its own this would pass as a change; among {} tests, one such result may be "
        "chance.",
        "detectable": " With this many events, only a rise to about {} times as many would have "
        "been noticed, four times out of five.",
        "undetectable": " With so few events, no rise, however large, would have been noticed.",
        "window": "{} on record in {} of {}. ",
        "window_unknown": "{} on record in {} of {}. ",
        "too_short": "No growth can be seen in fewer than {} covered periods.",
        "grows": "Growth of {1} a {0} ({level} interval: {2}), doubling in about {3} {4} ({5}).",
        "falls": "A fall of {1} a {0} ({level} interval: {2}), halving in about {3} {4} ({5}).",
        "growth_insufficient": "The data do not suffice to tell growth from decline: the change a "
        "{} {} ({level} interval).",
        "change": "may be {} to {}",
        "change_from": "is at least {}, with no upper limit",
        "change_to": "is at most {}, with no lower limit",
        "change_any": "may be anything",
        "growth_detectable": " With this many events, only growth of about {1} a {0} would have "
        "been noticed, four times out of five.",
        "between": "{} to {}",
        "all_refused": "None of {} gives a verdict: {}.",
        "only_refused": "{} gives no verdict: {}.",
        "claims": "Of {}, {}.",
        "tests": "test",
        "comparisons": "comparison",
        "rates": "growth rate",
        "claim_increase": "{} found an increase",
        "claim_decrease": "{} found a decrease",
        "claim_insufficient": "{} had too few data",
        "claim_refused": "{} gave no verdict ({})",
        "no_claims": "Nothing was tested for a change.",
        "verdict_stated": "{}.",
        "verdict_refused": "no verdict ({}).",
    },
}


def describe_comparison(
    row: pd.Series, language: str, codebook: Codebook | None = None
) -> Sentence:
    """Say what the comparison of two sides found, or why it says nothing.

    Parameters
    ----------
    row
        Of what :func:`aistats.compare_periods` or :func:`aistats.one_family` returned.
    language
        ``zh`` or ``en``.
    codebook
        Gives the labels of the groups.

    Examples
    --------
    >>> from aistats.counting.counts import count_events
    >>> from aistats.trends.claims import compare_periods
    >>> weeks = pd.date_range("2025-12-01", periods=2, freq="7D")
    >>> events = pd.DataFrame({"date": weeks.repeat([9, 14])})
    >>> coverage = pd.DataFrame({"date": ["2025-12-01/2025-12-14"]})
    >>> row = compare_periods(count_events(events, period="week", coverage=coverage)).iloc[0]
    >>> print(describe_comparison(row, "zh"))
    12月8—14日（覆盖7天）收录14条，此前的12月1—7日（覆盖7天）收录9条。数据不足以判断增减：折合每天的条数可能是此前的0.63至4.1倍（95%区间）。以现有的条数，要增加到约14倍，才有八成把握看得出来。
    """
    _row_of(row, "comparisons", "compare_periods")
    text, verdict = _TEXTS[checked(language)], row["verdict"]
    group = _group(row, language, codebook)
    if pd.isna(row["baseline"]) or pd.isna(row["period"]):
        return Sentence(group + text["no_sides"])
    here, there = _side(row, "", language), _side(row, "baseline_", language)
    follows = row["baseline"] + pd.Timedelta(days=int(row["baseline_days"])) == row["period"]
    ref = text["before" if follows else "other"]
    counts = _many(row["certain"], row["possible"], language)
    before = _many(row["baseline_certain"], row["baseline_possible"], language)
    said = (here, counts, there, before) if language == "zh" else (counts, here, before, there)
    group += text["sides"].format(*said, ref=ref)
    known = "" if row["coverage_known"] else text["no_coverage"]
    if verdict in REFUSALS:
        return Sentence(group + _REFUSED[language][verdict] + known)
    if not row["possible"] and not row["baseline_possible"]:
        return Sentence(group + text["none"] + known)
    found = _compared(row, text, ref)
    if verdict == "insufficient":
        found += _sensitivity(row, language)
    return Sentence(group + found + known)


def _compared(row: pd.Series, text: dict[str, str], ref: str) -> str:
    """Say what the interval of a ratio means."""
    ratio, lower, upper, verdict = (row[name] for name in ("ratio", "lower", "upper", "verdict"))
    level = {"level": _level(row), "ref": ref}
    if verdict == "increase":
        if math.isinf(upper):
            return text["increase_open"].format(factor(lower), **level)
        interval = text["between"].format(factor(lower), factor(upper))
        return text["increase"].format(factor(ratio), interval, **level)
    if verdict == "decrease":
        if lower == 0:
            return text["decrease_open"].format(share(upper), **level)
        interval = text["between"].format(share(lower), share(upper))
        return text["decrease"].format(share(ratio), interval, **level)
    if math.isinf(upper):
        times = text["times_from"].format(factor(lower), ref=ref)
    elif lower == 0:
        times = text["times_to"].format(factor(upper), ref=ref)
    else:
        times = text["times"].format(factor(lower), factor(upper), ref=ref)
    return text["insufficient"].format(times, **level)


def describe_growth(
    row: pd.Series,
    language: str,
    codebook: Codebook | None = None,
    *,
    period: str | None = None,
) -> Sentence:
    """Say what the growth over many periods is, or why nothing can be said of it.

    Parameters
    ----------
    row
        Of what :func:`aistats.growth_rate` or :func:`aistats.one_family` returned.
    language, codebook
        As in :func:`describe_comparison`.
    period
        What the table was counted by, such as ``week``; by default, just a period.

    Examples
    --------
    >>> from aistats.counting.counts import count_events
    >>> from aistats.trends.claims import growth_rate
    >>> weeks = pd.date_range("2025-11-03", periods=6, freq="7D")
    >>> events = pd.DataFrame({"date": weeks.repeat([3, 5, 8, 13, 20, 33])})
    >>> coverage = pd.DataFrame({"date": ["2025-11-03/2025-12-14"]})
    >>> row = growth_rate(count_events(events, period="week", coverage=coverage)).iloc[0]
    >>> print(describe_growth(row, "en", period="week"))
    82 events on record in 6 covered periods of 3 Nov – 14 Dec.
    Growth of 60% a week (95% interval: 38% to 88%), doubling in about 1.5 weeks (1.1 to 2.2).
    """
    _row_of(row, "growth", "growth_rate")
    text, verdict = _TEXTS[checked(language)], row["verdict"]
    unit = _unit(period, language)
    group = _group(row, language, codebook)
    if not row["periods"]:
        return Sentence(group + text["no_sides"])
    known = "" if row["coverage_known"] else text["no_coverage"]
    name, counts = _span(row, "", language), _many(row["certain"], row["possible"], language)
    noun = "period" if known else "covered period"
    periods = row["periods"] if language == "zh" else number(row["periods"], noun)
    said = (name, periods, counts) if language == "zh" else (counts, periods, name)
    group += text["window_unknown" if known else "window"].format(*said)
    if row["periods"] < FEWEST_PERIODS:
        return Sentence(group + text["too_short"].format(FEWEST_PERIODS) + known)
    if verdict in REFUSALS:
        reason = "clustered_growth" if verdict == "clustered" else verdict
        return Sentence(group + _REFUSED[language][reason] + known)
    if not row["possible"]:
        return Sentence(group + text["no_events"] + known)
    found = _grown(row, language, unit, period)
    if verdict == "insufficient":
        found += _sensitivity(row, language, unit)
    return Sentence(group + found + known)


def _grown(row: pd.Series, language: str, unit: str, period: str | None) -> str:
    """Say what the interval of a growth rate means."""
    text, level = _TEXTS[language], _level(row)
    rate, lower, upper = (float(row[name]) for name in ("rate", "lower", "upper"))
    if row["verdict"] == "insufficient":
        ends = (math.isinf(lower), math.isinf(upper))
        form = {(False, False): "change", (False, True): "change_from", (True, False): "change_to"}
        shown = [signed_percent(it) for it in (lower, upper) if not math.isinf(it)]
        change = text[form.get(ends, "change_any")].format(*shown)
        return text["growth_insufficient"].format(unit, change, level=level)
    kind = "grows" if row["verdict"] == "increase" else "falls"
    near, far = sorted((lower, upper), key=abs)
    interval = text["between"].format(percent(near), percent(far))
    doubling = factor(row["doubling_time"])
    span = (factor(row["doubling_lower"]), factor(row["doubling_upper"]))
    units = unit if doubling == "1" else f"{unit}s"
    if language == "zh":
        units = f"个{unit}" if period in ("month", "quarter") else unit
    said = (unit, percent(rate), interval, doubling, units, text["between"].format(*span))
    return text[kind].format(*said, level=level)


def describe_claims(*tables: pd.DataFrame, language: str) -> Sentence:
    """Say how many claims of a change a report makes, of how many that it tested, and why not more.

    Parameters
    ----------
    *tables
        All tables of comparisons and growth rates of the report.
    language
        ``zh`` or ``en``.

    Examples
    --------
    >>> tested = pd.DataFrame({"verdict": ["increase", "insufficient", "clustered"]})
    >>> print(describe_claims(tested, language="zh"))
    3项检验中，1项有增加、1项数据不足、1项不作判断（起伏太大）。
    """
    text = _TEXTS[checked(language)]
    verdicts = pd.concat([table["verdict"] for table in tables]) if tables else pd.Series(dtype=str)
    found = {name: int((verdicts == name).sum()) for name in VERDICTS}
    n = sum(found.values())
    if not n:
        return Sentence(text["no_claims"])
    kinds = {"rate" in table for table in tables if {"rate", "ratio"} & set(table.columns)}
    kind = "tests" if len(kinds) != 1 else "rates" if True in kinds else "comparisons"
    total = text[kind].format(n) if language == "zh" else number(n, text[kind])
    refused = {name: many for name, many in found.items() if name in REFUSALS and many}
    reasons = {name: term(f"verdict_{name}", language) for name in refused}
    if sum(refused.values()) == n and len(refused) == 1:
        form = text["only_refused" if n == 1 else "all_refused"]
        return Sentence(form.format(total, *reasons.values()))
    parts = [
        text[f"claim_{name}"].format(many)
        for name, many in found.items()
        if many and name not in refused
    ]
    parts += [text["claim_refused"].format(many, reasons[name]) for name, many in refused.items()]
    return Sentence(
        text["claims"].format(total, "、".join(parts) if language == "zh" else and_(parts))
    )


def describe_verdict(row: pd.Series, language: str, codebook: Codebook | None = None) -> Sentence:
    """Say a verdict alone, as a title does.

    Parameters
    ----------
    row, language, codebook
        As in :func:`describe_comparison` and :func:`describe_growth`.

    Examples
    --------
    >>> from aistats.counting.schema import as_counts
    >>> row = as_counts(pd.Series({"region": "US", "verdict": "clustered"}), by="region")
    >>> print(describe_verdict(row, "zh"), describe_verdict(row, "en"))
    US：不判断增减（起伏太大）。 US: no verdict (counts vary too much).
    """
    text, verdict = _TEXTS[checked(language)], row["verdict"]
    said = text["verdict_refused" if verdict in REFUSALS else "verdict_stated"]
    sentence = said.format(term(f"verdict_{verdict}", language))
    group = _group(row, language, codebook)
    return Sentence(group + sentence if group else sentence[0].upper() + sentence[1:])


# Parts of sentences ------------------------------------------------------------------------------


def _row_of(row: pd.Series, kind: Kind, function: str) -> None:
    schema = schema_of(row) if isinstance(row, pd.Series) else None
    if schema is None or schema["kind"] != kind:
        raise parameter_error("one_row_of", function, argument="row")


def _sensitivity(row: pd.Series, language: str, unit: str = "") -> str:
    """Say what so many events would have shown, and that a single test is not the report."""
    text, growth = _TEXTS[language], "rate" in row
    least = row["detectable" if growth else "detectable_ratio"]
    alone = row["p_value"] <= 1 - row["conf_level"] < row["p_adjusted"]
    several = text["alone"].format(row["claims"]) if alone else ""
    if math.isinf(least):
        return several + text["undetectable"]
    if growth:
        return several + text["growth_detectable"].format(unit, percent(least))
    return several + text["detectable"].format(factor(least))


def _level(row: pd.Series) -> str:
    return f"{100 * row['conf_level']:.4g}%"


def _group(row: pd.Series, language: str, codebook: Codebook | None) -> str:
    schema = known_schema(row, "row")
    names = schema["groups"]
    shown = names
    if schema["total"]:
        shown = [name for name in names if pd.isna(row[name]) or row[name] != ALL]
    levels = [level_name(row[name], name, language, codebook) for name in shown]
    text = _TEXTS[language]
    return text["group"].format("·".join(levels) or text["all"]) if names else ""


def _side(row: pd.Series, prefix: str, language: str) -> str:
    covered = int(row["baseline_covered" if prefix else "days_covered"])
    days = str(covered) if language == "zh" else number(covered, "day")
    form = _TEXTS[language]["side" if row["coverage_known"] else "side_unknown"]
    return _span(row, prefix, language) + form.format(days)


def _span(row: pd.Series, prefix: str, language: str) -> str:
    return period_name(row["baseline" if prefix else "period"], row[f"{prefix}days"], language)


def _many(certain: int, possible: int, language: str) -> str:
    if language == "zh":
        return f"{possible}条" if certain == possible else f"{certain}—{possible}条"
    return number(possible, "event") if certain == possible else f"{certain} to {possible} events"


def _unit(period: str | None, language: str) -> str:
    names = _PERIODS[language]
    if period is not None and period not in names:
        raise parameter_error("no_choice", period, ", ".join(names), argument="period")
    return names[period] if period else {"zh": "个时段", "en": "period"}[language]

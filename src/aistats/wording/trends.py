"""Sentences on change: a row of a table of trends said aloud, with its reason where it refuses."""

from __future__ import annotations

import math
from collections.abc import Callable

import pandas as pd

from aistats.codebook import Codebook
from aistats.counts import ALL, MEASURES
from aistats.trends import CLAIMS, FEWEST_PERIODS, REFUSALS, RESULTS, VERDICTS
from aistats.wording.names import (
    Sentence,
    and_,
    checked,
    factor,
    level_name,
    number,
    percent,
    period_name,
    signed_percent,
    term,
)

_PERIODS = {
    "zh": {
        "day": "天",
        "week": "周",
        "dekad": "旬",
        "month": "月",
        "quarter": "季度",
        "year": "年",
    },
    "en": {name: name for name in ("day", "week", "dekad", "month", "quarter", "year")},
}

_REFUSED = {
    "zh": {
        "too_few_periods": "时段太少，分不清是有变化，还是事件碰巧凑在一起。",
        "assumed_coverage": "来源覆盖了哪些天，有一部分是推定的，所以不判断增减。",
        "different_sources": "各时段的来源不同，条数不能相比，所以不判断增减。",
        "inexact_dates": "一些事件的日期不确定，是增是减要看它们落在哪个时段，所以不判断增减。",
        "clustered": "事件往往成批出现，各时段的条数本来就忽高忽低，不能据此判断增减。",
    },
    "en": {
        "too_few_periods": "There are too few periods to tell a change from events that happen to "
        "fall together.",
        "assumed_coverage": "Which days the sources cover is partly an assumption, so nothing is "
        "said of a change.",
        "different_sources": "The periods have different sources, so their counts cannot be "
        "compared.",
        "inexact_dates": "The dates of some events are not exact, and whether there is a change "
        "depends on where they fall, so nothing is said of one.",
        "clustered": "Events come in clusters, so that counts rise and fall by themselves; no "
        "change can be read from them.",
    },
}
_TEXTS: dict[str, dict[str, str]] = {
    "zh": {
        "group": "{}：",
        "all": "全部事件",
        "no_sides": "没有可以对比的时段。",
        "sides": "{}收录{}，此前的{}收录{}。",
        "other_sides": "{}收录{}，对比时段{}收录{}。",
        "side": "（覆盖{}天）",
        "none": "两个时段都没有收录的事件，无从比较。",
        "no_events": "没有收录的事件，无从判断。",
        "increase": "按覆盖天数折算，前者是后者的{}倍（{level}区间：{}），有增加。",
        "decrease": "按覆盖天数折算，前者是后者的{}倍（{level}区间：{}），有减少。",
        "increase_open": "按覆盖天数折算，前者至少是后者的{}倍，有增加。",
        "insufficient": "数据不足以判断增减：按覆盖天数折算，前者可能是后者的{}倍（{level}区间）。",
        "alone": "单看这一项像是有变化，但本报告同时作了{}项检验，总会有几项碰巧如此。",
        "detectable": "这么多事件，要增加到约{}倍，才有八成把握看得出来。",
        "undetectable": "事件太少，增加再多也看不出来。",
        "window": "{}共有{}个时段有覆盖，收录{}。",
        "too_short": "有覆盖的时段不到{}个，看不出走势。",
        "grows": "每{}增加{}（{level}区间：{}），约{}{}翻一番（{}）。",
        "falls": "每{}减少{}（{level}区间：{}），约{}{}减半（{}）。",
        "grows_open": "每{}至少增加{}。",
        "falls_open": "每{}至少减少{}。",
        "growth_insufficient": "数据不足以判断增减：每{}的变化可能是{}（{level}区间）。",
        "growth_detectable": "这么多事件，每{}要增加约{}，才有八成把握看得出来。",
        "between": "{}—{}",
        "from": "{}以上",
        "to": "{}以下",
        "any": "任何幅度",
        "all_refused": "{}项增减检验都不作判断：{}。",
        "claims": "{}项增减检验中，{}。",
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
        "sides": "{} on record in {}, after {} in {}. ",
        "other_sides": "{} on record in {}, against {} in {}. ",
        "side": " ({} covered)",
        "none": "Neither period has an event on record, so there is nothing to compare.",
        "no_events": "There is no event on record, so nothing to judge.",
        "increase": "Per covered day that is {} times as many ({level} interval: {}): an increase.",
        "decrease": "Per covered day that is {} times as many ({level} interval: {}): a decrease.",
        "increase_open": "Per covered day that is at least {} times as many: an increase.",
        "insufficient": "The data do not suffice to tell an increase from a decrease: per covered "
        "day it may be {} times as many ({level} interval).",
        "alone": " Taken alone it would look like a change, but of {} tests in this report some "
        "look so by chance.",
        "detectable": " So few events would have shown a rise, in four cases of five, only if it "
        "were to about {} times as many.",
        "undetectable": " There are too few events to show any rise, however large.",
        "window": "{} on record in {} of {}. ",
        "too_short": "No growth can be seen in fewer than {} covered periods.",
        "grows": "Growth of {1} a {0} ({level} interval: {2}), doubling in about {3} {4} ({5}).",
        "falls": "A fall of {1} a {0} ({level} interval: {2}), halving in about {3} {4} ({5}).",
        "grows_open": "Growth of at least {1} a {0}.",
        "falls_open": "A fall of at least {1} a {0}.",
        "growth_insufficient": "The data do not suffice to tell growth from decline: the change a "
        "{} may be {} ({level} interval).",
        "growth_detectable": " So few events would have shown growth, in four cases of five, only "
        "if it were about {1} a {0}.",
        "between": "{} to {}",
        "from": "{} or more",
        "to": "{} or less",
        "any": "anything",
        "all_refused": "Of {} for a change none gives a verdict: {}.",
        "claims": "Of {} for a change, {}.",
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
    >>> from aistats.counts import count_events
    >>> from aistats.trends import compare_periods
    >>> weeks = pd.date_range("2025-12-01", periods=2, freq="7D")
    >>> events = pd.DataFrame({"date": weeks.repeat([9, 14])})
    >>> row = compare_periods(count_events(events, period="week")).iloc[0]
    >>> print(describe_comparison(row, "zh"))
    12月8—14日（覆盖7天）收录14条，此前的12月1—7日（覆盖7天）收录9条。数据不足以判断增减：按覆盖天数折算，前者可能是后者的0.63—4.1倍（95%区间）。这么多事件，要增加到约14倍，才有八成把握看得出来。
    """
    text, verdict = _TEXTS[checked(language)], row["verdict"]
    group = _group(row, language, codebook)
    if pd.isna(row["baseline"]) or pd.isna(row["period"]):
        return Sentence(group + text["no_sides"])
    here, there = _side(row, "", language), _side(row, "baseline_", language)
    follows = row["baseline"] + pd.Timedelta(days=int(row["baseline_days"])) == row["period"]
    sides = text["sides" if follows else "other_sides"]
    counts = _many(row["certain"], row["possible"], language)
    before = _many(row["baseline_certain"], row["baseline_possible"], language)
    said = (here, counts, there, before) if language == "zh" else (counts, here, before, there)
    group += sides.format(*said)
    if verdict in REFUSALS:
        return Sentence(group + _REFUSED[language][verdict])
    if not row["possible"] and not row["baseline_possible"]:
        return Sentence(group + text["none"])
    interval = _interval(row["lower"], row["upper"], factor, language)
    level = _level(row)
    if verdict == "increase" and math.isinf(row["ratio"]):
        return Sentence(group + text["increase_open"].format(factor(row["lower"])))
    if verdict in CLAIMS:
        return Sentence(group + text[verdict].format(factor(row["ratio"]), interval, level=level))
    found = text["insufficient"].format(interval, level=level)
    return Sentence(group + found + _sensitivity(row, language))


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
    >>> from aistats.counts import count_events
    >>> from aistats.trends import growth_rate
    >>> weeks = pd.date_range("2025-11-03", periods=6, freq="7D")
    >>> events = pd.DataFrame({"date": weeks.repeat([3, 5, 8, 13, 20, 33])})
    >>> row = growth_rate(count_events(events, period="week")).iloc[0]
    >>> print(describe_growth(row, "en", period="week"))
    82 events on record in 6 covered periods of 3 Nov – 14 Dec.
    Growth of 60% a week (95% interval: 38% to 88%), doubling in about 1.5 weeks (1.1 to 2.2).
    """
    text, verdict = _TEXTS[checked(language)], row["verdict"]
    unit = _unit(period, language)
    group = _group(row, language, codebook)
    if not row["periods"]:
        return Sentence(group + text["no_sides"])
    name, counts = _span(row, "", language), _many(row["certain"], row["possible"], language)
    periods = row["periods"] if language == "zh" else number(row["periods"], "covered period")
    said = (name, periods, counts) if language == "zh" else (counts, periods, name)
    group += text["window"].format(*said)
    if row["periods"] < FEWEST_PERIODS:
        return Sentence(group + text["too_short"].format(FEWEST_PERIODS))
    if verdict in REFUSALS:
        return Sentence(group + _REFUSED[language][verdict])
    if not row["possible"]:
        return Sentence(group + text["no_events"])
    level = _level(row)
    if verdict == "insufficient":
        change = _interval(row["lower"], row["upper"], signed_percent, language)
        found = text["growth_insufficient"].format(unit, change, level=level)
        return Sentence(group + found + _sensitivity(row, language, unit))
    kind = "grows" if verdict == "increase" else "falls"
    ends = sorted(abs(row[end]) for end in ("lower", "upper"))
    if math.isinf(row["rate"]):
        least = percent(math.copysign(ends[0], row["rate"]))
        return Sentence(group + text[f"{kind}_open"].format(unit, least))
    sign = math.copysign(1, row["rate"])
    interval = _interval(sign * ends[0], sign * ends[1], percent, language)
    times = _interval(row["doubling_lower"], row["doubling_upper"], factor, language)
    doubling, units = factor(row["doubling_time"]), unit
    if language == "zh":
        units = (
            "个时段" if period is None else f"个{unit}" if period in ("month", "quarter") else unit
        )
    elif doubling != "1":
        units = f"{unit}s"
    change = percent(row["rate"])
    found = text[kind].format(unit, change, interval, doubling, units, times, level=level)
    return Sentence(group + found)


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
    3项增减检验中，1项有增加、1项数据不足、1项不作判断（事件扎堆）。
    """
    text = _TEXTS[checked(language)]
    verdicts = pd.concat([table["verdict"] for table in tables]) if tables else pd.Series(dtype=str)
    found = {name: int((verdicts == name).sum()) for name in VERDICTS}
    n = sum(found.values())
    if not n:
        return Sentence(text["no_claims"])
    total = str(n) if language == "zh" else number(n, "test")
    refused = {name: many for name, many in found.items() if name in REFUSALS and many}
    reasons = {name: term(f"verdict_{name}", language) for name in refused}
    if sum(refused.values()) == n and len(refused) == 1:
        return Sentence(text["all_refused"].format(total, *reasons.values()))
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
    >>> row = pd.Series({"region": "US", "verdict": "clustered"})
    >>> print(describe_verdict(row, "zh"), describe_verdict(row, "en"))
    US：不判断增减（事件扎堆）。 US: no verdict (events come in clusters).
    """
    text, verdict = _TEXTS[checked(language)], row["verdict"]
    said = text["verdict_refused" if verdict in REFUSALS else "verdict_stated"]
    sentence = said.format(term(f"verdict_{verdict}", language))
    group = _group(row, language, codebook)
    return Sentence(group + sentence if group else sentence[0].upper() + sentence[1:])


# Parts of sentences ------------------------------------------------------------------------------


def _interval(lower: float, upper: float, shown: Callable[[float], str], language: str) -> str:
    text = _TEXTS[language]
    has_lower, has_upper = not math.isinf(lower), not math.isinf(upper)
    if has_lower and has_upper:
        return text["between"].format(shown(lower), shown(upper))
    if has_lower:
        return text["from"].format(shown(lower))
    return text["to"].format(shown(upper)) if has_upper else text["any"]


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
    names = [name for name in row.index if name not in (*MEASURES, *RESULTS, "period")]
    levels = [level_name(row[it], it, language, codebook) for it in names if row[it] != ALL]
    text = _TEXTS[language]
    return text["group"].format("·".join(levels) or text["all"]) if names else ""


def _side(row: pd.Series, prefix: str, language: str) -> str:
    covered = int(row["baseline_covered" if prefix else "days_covered"])
    days = str(covered) if language == "zh" else number(covered, "day")
    return _span(row, prefix, language) + _TEXTS[language]["side"].format(days)


def _span(row: pd.Series, prefix: str, language: str) -> str:
    return period_name(row["baseline" if prefix else "period"], row[f"{prefix}days"], language)


def _many(certain: int, possible: int, language: str) -> str:
    if language == "zh":
        return f"{possible}条" if certain == possible else f"{certain}—{possible}条"
    return number(possible, "event") if certain == possible else f"{certain} to {possible} events"


def _unit(period: str | None, language: str) -> str:
    names = _PERIODS[language]
    if period is not None and period not in names:
        raise ValueError(f"period={period!r} is not one of {', '.join(names)}")
    return names[period] if period else {"zh": "个时段", "en": "period"}[language]

"""Sentences on change: what a comparison or a growth rate says, or why it gives no verdict.

A row of a table of results comes in (`aistats.compare_periods`, `aistats.growth_rate`), a sentence
or a few go out: the counts of both sides, then the verdict with its confidence interval, or the
reason why there is none. The verdict is read from the row; nothing is tested or rounded up here.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from aistats.counting.schema import ALL, Kind, known_schema, schema_of
from aistats.counting.tables import parameter_error
from aistats.dates.calendar import Period
from aistats.locale import Language, Texts, text_key
from aistats.session import texts
from aistats.tables.codebook import Codebook
from aistats.trends.claims import FEWEST_PERIODS, REFUSALS, VERDICTS
from aistats.wording.names import (
    Sentence,
    capitalized,
    enumerated_clauses,
    factor,
    level_name,
    paragraph,
    percent,
    period_name,
    share,
    signed_percent,
    verdict_name,
)

_UNITS = {
    "day": text_key("unit.day"),
    "week": text_key("unit.week"),
    "dekad": text_key("unit.dekad"),
    "month": text_key("unit.month"),
    "quarter": text_key("unit.quarter"),
    "year": text_key("unit.year"),
}
_UNIT = text_key("unit.period")
"""What a period is called where its kind is not known."""

_REFUSED = {
    "too_few_periods": text_key("trends.refused.too_few_periods"),
    "assumed_coverage": text_key("trends.refused.assumed_coverage"),
    "different_sources": text_key("trends.refused.different_sources"),
    "inexact_dates": text_key("trends.refused.inexact_dates"),
    "clustered": text_key("trends.refused.clustered"),
}
"""Why there is no verdict, as a sentence."""

_REASONS = {
    "too_few_periods": text_key("trends.reason.too_few_periods"),
    "assumed_coverage": text_key("trends.reason.assumed_coverage"),
    "different_sources": text_key("trends.reason.different_sources"),
    "inexact_dates": text_key("trends.reason.inexact_dates"),
    "clustered": text_key("trends.reason.clustered"),
}
"""Why there is no verdict, as a clause."""

_OUTCOMES = {
    "increase": text_key("trends.outcome.increase"),
    "decrease": text_key("trends.outcome.decrease"),
    "insufficient": text_key("trends.outcome.insufficient"),
}


# Comparisons -------------------------------------------------------------------------------------


def describe_comparison(
    row: pd.Series, language: Language | None = None, codebook: Codebook | None = None
) -> Sentence:
    """Return a sentence that compares two periods, or gives the reason there is no verdict.

    Parameters
    ----------
    row
        Of what :func:`aistats.compare_periods` or :func:`aistats.one_family` returned.
    language
        ``zh`` or ``en``; by default that of the session.
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
    12月8—14日（覆盖7天）收录14条，前一段12月1—7日（覆盖7天）收录9条。数据不足，不能说是增是减：日均条数可能是前一段的0.63～4.1倍（95%置信区间）。条数要增加到约14倍，才有八成机会看出来。
    """
    return comparison_of_sides(row, None, texts(language), codebook)


@dataclass(frozen=True)
class Sides:
    """The texts that name the two periods of a comparison."""

    counts: str
    """How many events each has."""

    reference: str
    """What the baseline period is called in the sentence on the change."""


EDITIONS = Sides(
    counts=text_key("trends.sides_of_editions"),
    reference=text_key("trends.reference_of_editions"),
)
"""The baseline period is of previous editions."""

_ADJACENT = Sides(
    counts=text_key("trends.sides_adjacent"),
    reference=text_key("trends.reference_adjacent"),
)
_APART = Sides(
    counts=text_key("trends.sides"),
    reference=text_key("trends.reference"),
)


def comparison_of_sides(
    row: pd.Series, sides: Sides | None, say: Texts, codebook: Codebook | None
) -> Sentence:
    """Return a sentence that compares two periods, named as given or by how they follow."""
    _require_row(row, "comparisons", "compare_periods")
    if pd.isna(row["baseline"]) or pd.isna(row["period"]):
        return _of_group(row, say("trends.no_sides"), say, codebook)
    sides = sides or _sides_of(row)
    sentences = [
        _two_counts(row, sides, say),
        *_comparison_verdict(row, say(sides.reference), say),
        _unknown_coverage(row, say),
    ]
    return _of_group(row, paragraph(sentences, say), say, codebook)


def _two_counts(row: pd.Series, sides: Sides, say: Texts) -> str:
    """Return how many events are on record in both periods."""
    return say(
        sides.counts,
        period=_side(row, "period", "days", "days_covered", say),
        count=_events(row["certain"], row["possible"], say),
        baseline=_side(row, "baseline", "baseline_days", "baseline_covered", say),
        baseline_count=_events(row["baseline_certain"], row["baseline_possible"], say),
    )


def _sides_of(row: pd.Series) -> Sides:
    """Return the names of two periods, by whether one directly follows the other."""
    length = pd.Timedelta(days=int(row["baseline_days"]))
    after_baseline = row["baseline"] + length
    return _ADJACENT if after_baseline == row["period"] else _APART


def _side(
    row: pd.Series,
    first: str,
    days: str,
    covered: str,
    say: Texts,
) -> str:
    """Return one of the two periods, and how many of its days are covered."""
    name = period_name(row[first], row[days], say.language)
    n = int(row[covered])
    if not row["coverage_known"]:
        return say.plural("trends.side_unknown", n, period=name)
    return say.plural("trends.side", n, period=name)


def _comparison_verdict(row: pd.Series, reference: str, say: Texts) -> list[str]:
    """Return what may be said of a change between the two periods."""
    verdict = row["verdict"]
    if verdict in REFUSALS:
        return [say(_REFUSED[verdict])]
    if not row["possible"] and not row["baseline_possible"]:
        return [say("trends.none")]
    if verdict == "increase":
        return [_increase(row, reference, say)]
    if verdict == "decrease":
        return [_decrease(row, reference, say)]
    return [_no_difference(row, reference, say), _alone(row, say), _detectable_ratio(row, say)]


def _increase(row: pd.Series, reference: str, say: Texts) -> str:
    lower, level = factor(row["lower"]), _level(row)
    if math.isinf(row["upper"]):
        return say("trends.increase_open", reference=reference, lower=lower, level=level)
    return say(
        "trends.increase",
        reference=reference,
        ratio=factor(row["ratio"]),
        lower=lower,
        upper=factor(row["upper"]),
        level=level,
    )


def _decrease(row: pd.Series, reference: str, say: Texts) -> str:
    upper, level = share(row["upper"]), _level(row)
    if row["lower"] == 0:
        return say("trends.decrease_open", reference=reference, upper=upper, level=level)
    return say(
        "trends.decrease",
        reference=reference,
        ratio=share(row["ratio"]),
        lower=share(row["lower"]),
        upper=upper,
        level=level,
    )


def _no_difference(row: pd.Series, reference: str, say: Texts) -> str:
    """Return the range of ratios that the data leave possible."""
    key = text_key("trends.insufficient")
    if math.isinf(row["upper"]):
        key = text_key("trends.insufficient_from")
    elif row["lower"] == 0:
        key = text_key("trends.insufficient_to")
    return say(
        key,
        reference=reference,
        lower=factor(row["lower"]),
        upper=factor(row["upper"]),
        level=_level(row),
    )


def _detectable_ratio(row: pd.Series, say: Texts) -> str:
    """Return the smallest change that so many events would have shown."""
    ratio = row["detectable_ratio"]
    if math.isinf(ratio):
        return say("trends.undetectable")
    return say("trends.detectable", ratio=factor(ratio))


# Growth ------------------------------------------------------------------------------------------


def describe_growth(
    row: pd.Series,
    language: Language | None = None,
    codebook: Codebook | None = None,
    *,
    period: Period | None = None,
) -> Sentence:
    """Return a sentence on the growth over many periods, or the reason there is no verdict.

    Parameters
    ----------
    row
        Of what :func:`aistats.growth_rate` or :func:`aistats.one_family` returned.
    language, codebook
        As in :func:`describe_comparison`.
    period
        What the table was counted by, such as ``week``; by default it is just called a period.

    Examples
    --------
    >>> from aistats.counting.counts import count_events
    >>> from aistats.trends.claims import growth_rate
    >>> weeks = pd.date_range("2025-11-03", periods=6, freq="7D")
    >>> events = pd.DataFrame({"date": weeks.repeat([3, 5, 8, 13, 20, 33])})
    >>> coverage = pd.DataFrame({"date": ["2025-11-03/2025-12-14"]})
    >>> row = growth_rate(count_events(events, period="week", coverage=coverage)).iloc[0]
    >>> print(describe_growth(row, "en", period="week"))
    82 events on record in 6 covered periods of 3 Nov – 14 Dec. Growth of 60% a week (95% confidence
    interval: 38% to 88%), doubling in about 1.5 weeks (1.1 to 2.2).
    """
    _require_row(row, "growth", "growth_rate")
    say = texts(language)
    if period is not None and period not in _UNITS:
        raise parameter_error("no_choice", period, ", ".join(_UNITS), argument="period")
    if not row["periods"]:
        return _of_group(row, say("trends.no_sides"), say, codebook)
    sentences = [
        _window(row, say),
        *_growth_verdict(row, period, say),
        _unknown_coverage(row, say),
    ]
    return _of_group(row, paragraph(sentences, say), say, codebook)


def _window(row: pd.Series, say: Texts) -> str:
    """Return how many events are on record in how many periods."""
    n = int(row["periods"])
    words = {
        "window": period_name(row["period"], row["days"], say.language),
        "count": _events(row["certain"], row["possible"], say),
    }
    if row["coverage_known"]:
        return say.plural("trends.window", n, **words)
    return say.plural("trends.window_unknown", n, **words)


def _growth_verdict(row: pd.Series, period: Period | None, say: Texts) -> list[str]:
    """Return what may be said of growth or decline."""
    verdict = row["verdict"]
    if row["periods"] < FEWEST_PERIODS:
        return [say("trends.too_short", fewest=FEWEST_PERIODS)]
    if verdict == "clustered":
        return [say("trends.refused.clustered_growth")]
    if verdict in REFUSALS:
        return [say(_REFUSED[verdict])]
    if not row["possible"]:
        return [say("trends.no_events")]
    unit = say(_UNITS[period] if period else _UNIT)
    if verdict == "insufficient":
        return [_no_growth(row, unit, say), _alone(row, say), _detectable_growth(row, unit, say)]
    return [_growth(row, unit, period, say)]


def _growth(row: pd.Series, unit: str, period: Period | None, say: Texts) -> str:
    """Return a growth rate with its interval, and the time in which the number doubles."""
    near, far = sorted((row["lower"], row["upper"]), key=abs)
    key = text_key("trends.grows")
    if row["verdict"] == "decrease":
        key = text_key("trends.falls")
    return say(
        key,
        unit=unit,
        rate=percent(row["rate"]),
        near=percent(near),
        far=percent(far),
        level=_level(row),
        time=_duration(row["doubling_time"], period, say),
        fastest=factor(row["doubling_lower"]),
        slowest=factor(row["doubling_upper"]),
    )


def _duration(periods: float, period: Period | None, say: Texts) -> str:
    """Return a number of periods with their unit, such as 1.5 weeks."""
    number = factor(periods)
    n = 1 if number == "1" else 2  # which form of the plural, as it reads after rounding
    match period:
        case "day":
            return say.plural("unit.counted.day", n, number=number)
        case "week":
            return say.plural("unit.counted.week", n, number=number)
        case "dekad":
            return say.plural("unit.counted.dekad", n, number=number)
        case "month":
            return say.plural("unit.counted.month", n, number=number)
        case "quarter":
            return say.plural("unit.counted.quarter", n, number=number)
        case "year":
            return say.plural("unit.counted.year", n, number=number)
    return say.plural("unit.counted.period", n, number=number)


def _no_growth(row: pd.Series, unit: str, say: Texts) -> str:
    """Return the range of growth rates that the data leave possible."""
    key = text_key("trends.growth_insufficient")
    match math.isinf(row["lower"]), math.isinf(row["upper"]):
        case True, True:
            key = text_key("trends.growth_insufficient_any")
        case True, False:
            key = text_key("trends.growth_insufficient_to")
        case False, True:
            key = text_key("trends.growth_insufficient_from")
    return say(
        key,
        unit=unit,
        lower=signed_percent(row["lower"]),
        upper=signed_percent(row["upper"]),
        level=_level(row),
    )


def _detectable_growth(row: pd.Series, unit: str, say: Texts) -> str:
    """Return the smallest growth that so many events would have shown."""
    rate = row["detectable"]
    if math.isinf(rate):
        return say("trends.undetectable")
    return say("trends.growth_detectable", unit=unit, rate=percent(rate))


# Verdicts ----------------------------------------------------------------------------------------


def describe_claims(*tables: pd.DataFrame, language: Language | None = None) -> Sentence:
    """Return a sentence on how many tests found a change, and why others gave no verdict.

    Parameters
    ----------
    *tables
        All tables of comparisons and growth rates of the report.
    language
        ``zh`` or ``en``; by default that of the session.

    Examples
    --------
    >>> tested = pd.DataFrame({"verdict": ["increase", "insufficient", "clustered"]})
    >>> print(describe_claims(tested, language="zh"))
    3项检验中，1项有增加，1项数据不足，1项不下结论（起伏太大）。
    """
    say = texts(language)
    numbers = Counter(verdict for table in tables for verdict in table["verdict"])
    verdicts = [verdict for verdict in VERDICTS if numbers[verdict]]
    if not verdicts:
        return Sentence(say("trends.no_claims"))
    kind = _tested(tables)
    n = numbers.total()
    if len(verdicts) == 1:
        return Sentence(_one_outcome(verdicts[0], kind, n, say))
    outcomes = []
    for verdict in verdicts:
        outcome = _outcome(verdict, say)
        outcomes.append(say("trends.outcome", count=numbers[verdict], outcome=outcome))
    words = enumerated_clauses(outcomes, say)
    return Sentence(say("trends.claims", tests=_tests(kind, n, say), outcomes=words))


def _one_outcome(verdict: str, kind: Kind | None, n: int, say: Texts) -> str:
    """Return a sentence on tests that all have the same outcome."""
    tests = _tests(kind, n, say)
    if verdict in REFUSALS:
        return say("trends.all_refused", reason=say(_REASONS[verdict]), tests=tests)
    outcome = _outcome(verdict, say)
    if n == 1:
        return _only_test(kind, outcome, say)
    return say("trends.all_outcomes", tests=tests, outcome=outcome)


def _tested(tables: Iterable[pd.DataFrame]) -> Kind | None:
    """Return which kind of results all tables are; None where they differ or do not tell."""
    kinds: set[Kind] = set()
    for table in tables:
        if "rate" in table:
            kinds.add("growth")
        elif "ratio" in table:
            kinds.add("comparisons")
    return kinds.pop() if len(kinds) == 1 else None


def _tests(kind: Kind | None, n: int, say: Texts) -> str:
    if kind == "growth":
        return say.plural("trends.rates", n)
    if kind == "comparisons":
        return say.plural("trends.comparisons", n)
    return say.plural("trends.tests", n)


def _only_test(kind: Kind | None, outcome: str, say: Texts) -> str:
    if kind == "growth":
        return say("trends.only_rate", outcome=outcome)
    if kind == "comparisons":
        return say("trends.only_comparison", outcome=outcome)
    return say("trends.only_test", outcome=outcome)


def _outcome(verdict: str, say: Texts) -> str:
    if verdict in REFUSALS:
        return say("trends.outcome.refused", reason=verdict_name(verdict, say.language))
    return say(_OUTCOMES[verdict])


def describe_verdict(
    row: pd.Series, language: Language | None = None, codebook: Codebook | None = None
) -> Sentence:
    """Return the verdict of a row, without its numbers, as in a title.

    Parameters
    ----------
    row, language, codebook
        As in :func:`describe_comparison` and :func:`describe_growth`.

    Examples
    --------
    >>> from aistats.counting.schema import as_counts
    >>> row = as_counts(pd.Series({"region": "US", "verdict": "clustered"}), by="region")
    >>> print(describe_verdict(row, "zh"), describe_verdict(row, "en"))
    US：不下结论（起伏太大）。 US: no verdict (counts vary too much).
    """
    say = texts(language)
    name = verdict_name(row["verdict"], say.language)
    sentence = say("trends.verdict_stated", verdict=name)
    if row["verdict"] in REFUSALS:
        sentence = say("trends.verdict_refused", reason=name)
    has_groups = bool(known_schema(row, "row")["groups"])
    return _of_group(row, sentence if has_groups else capitalized(sentence), say, codebook)


# Parts of sentences ------------------------------------------------------------------------------


def _require_row(row: pd.Series, kind: Kind, function: str) -> None:
    """Raise an error for anything but a row of a table of results."""
    if isinstance(row, pd.Series):
        schema = schema_of(row)
        if schema is not None and schema["kind"] == kind:
            return
    raise parameter_error("one_row_of", function, argument="row")


def _of_group(row: pd.Series, text: str, say: Texts, codebook: Codebook | None) -> Sentence:
    """Return a text that begins with the group of its row, if it has one."""
    schema = known_schema(row, "row")
    if not schema["groups"]:
        return Sentence(text)
    names = [
        level_name(row[name], name, say.language, codebook)
        for name in schema["groups"]
        if not schema["total"] or pd.isna(row[name]) or row[name] != ALL
    ]
    group = say("list.headings").join(names) if names else say("trends.all")
    return Sentence(say("trends.group", group=group, text=text))


def _events(certain: int, possible: int, say: Texts) -> str:
    """Return a number of events, or its range where dates are uncertain."""
    if certain < possible:
        return say("trends.events_range", low=certain, high=possible)
    n = int(possible)
    return say.plural("trends.events", n)


def _alone(row: pd.Series, say: Texts) -> str:
    """Return a warning where a test would show a change only if it were the only one."""
    highest = 1 - row["conf_level"]
    if row["p_value"] <= highest < row["p_adjusted"]:
        return say.plural("trends.alone", int(row["claims"]))
    return ""


def _level(row: pd.Series) -> str:
    """Return the confidence level of a row, such as 95%."""
    return f"{100 * row['conf_level']:.4g}%"


def _unknown_coverage(row: pd.Series, say: Texts) -> str:
    """Return a warning where no coverage was given."""
    if row["coverage_known"]:
        return ""
    return say("trends.no_coverage")

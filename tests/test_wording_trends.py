"""Sentences on change: for every verdict, in both languages, from rows as they come."""

import re

import numpy as np
import pandas as pd
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from aistats.counting.counts import count_events
from aistats.counting.schema import as_counts
from aistats.counting.verbs import add_total, regroup
from aistats.trends.claims import (
    CLAIMS,
    REFUSALS,
    VERDICTS,
    compare_periods,
    growth_rate,
    one_family,
)
from aistats.wording.names import factor, labelled, percent, share, signed_percent
from aistats.wording.trends import (
    describe_claims,
    describe_comparison,
    describe_growth,
    describe_verdict,
)

calm = settings(deadline=None, derandomize=True, max_examples=examples(40))
both = pytest.mark.parametrize("language", ["zh", "en"])
MONDAY = pd.Timestamp("2025-11-03")


def weeks(*numbers, days=None, **exposure):
    """Count as many events in each week as told."""
    starts = pd.date_range(MONDAY, periods=len(numbers), freq="7D")
    window = (MONDAY, starts[-1] + pd.Timedelta(days=6))
    counts = count_events(
        pd.DataFrame({"date": starts.repeat(numbers)}), period="week", between=window
    )
    known = exposure if days is None else {"days_covered": days} | exposure
    return counts.assign(**known)


def dated(*dates):
    return count_events(pd.DataFrame({"date": list(dates)}, dtype="str"), period="week")


SEVEN = [7] * 4
COMPARED = {
    "increase": weeks(5, 4, 6, 5, 4, 6, 5, 4, 6, 5, 5, 25),
    "decrease": weeks(25, 24, 26, 25, 24, 26, 25, 24, 26, 25, 25, 5),
    "insufficient": weeks(9, 14),
    "too_few_periods": weeks(1, 12),
    "assumed_coverage": weeks(5, 6, 7, 8, days=SEVEN, days_assumed=[0, 0, 0, 1]),
    "different_sources": weeks(5, 6, 7, 8, days=SEVEN, sources=["a", "a", "a", "a b"]),
    "inexact_dates": dated(
        *["2025-11-04"] * 20, *["2025-11-11"] * 20, *["2025-11-09/2025-11-10"] * 40
    ),
    "clustered": weeks(0, 15, 0, 0, 20, 0, 1, 18, 0, 0, 0, 25),
}
GROWN = {
    "increase": weeks(3, 5, 8, 13, 20, 33),
    "decrease": weeks(33, 20, 13, 8, 5, 3),
    "insufficient": weeks(5, 4, 6, 5, 4),
    "too_few_periods": weeks(3, 40),
    "assumed_coverage": weeks(5, 6, 7, 8, days=SEVEN, days_assumed=[0, 0, 0, 1]),
    "different_sources": weeks(5, 6, 7, 8, days=SEVEN, sources=["a", "a", "a", "a b"]),
    "inexact_dates": dated(
        *["2025-11-04", "2025-11-11", "2025-11-18", "2025-11-25"] * 3,
        *["2025-11-04/2025-11-30"] * 30,
    ),
    "clustered": weeks(0, 9, 0, 1, 16, 0, 2, 14),
}


def said(counts, language, **how):
    """Say what is found in a table: of two sides, or over all periods."""
    if "period" in how:
        return describe_growth(growth_rate(counts).iloc[0], language, **how)
    return describe_comparison(compare_periods(counts).iloc[0], language)


def is_sound(sentence, language):
    """Check what holds for every sentence."""
    assert isinstance(sentence, str)
    assert not re.search(r"\bnan\b|\binf\b|\(all\)|[{}]|<NA>|NaT|\de[+-]\d", sentence)
    assert not re.search(r"  |\s$|^\s|。。|\.\.|：。", sentence)
    if language == "zh":
        assert sentence.endswith("。")
        assert not re.search(r"[a-z]{2,}", sentence)
        assert ". " not in sentence
    else:
        assert sentence.endswith((".", ")."))
        assert not re.search(r"[一-鿿，。：；—]", sentence)
        assert not re.search(r"\b1 (events|weeks|days|periods|months|tests)\b", sentence)
        assert not re.search(r"\b(0|[2-9]|\d\d+) (event|week|day|period|month|test)\b", sentence)


@both
@pytest.mark.parametrize("verdict", VERDICTS)
def test_every_verdict_on_two_sides_has_a_sentence(verdict, language):
    row = compare_periods(COMPARED[verdict]).iloc[0]
    assert row["verdict"] == verdict

    sentence = describe_comparison(row, language)

    is_sound(sentence, language)
    assert str(row["possible"]) in sentence
    assert str(row["baseline_possible"]) in sentence
    assert str(row["days_covered"]) in sentence
    if verdict in CLAIMS:
        show = factor if verdict == "increase" else share
        for name in ("ratio", "lower", "upper"):
            assert show(row[name]) in sentence
    if verdict == "insufficient":
        assert factor(row["lower"]) in sentence
        assert factor(row["upper"]) in sentence
        assert factor(row["detectable_ratio"]) in sentence


@both
@pytest.mark.parametrize("verdict", VERDICTS)
def test_every_verdict_on_growth_has_a_sentence(verdict, language):
    row = growth_rate(GROWN[verdict]).iloc[0]
    assert row["verdict"] == verdict

    sentence = describe_growth(row, language, period="week")

    is_sound(sentence, language)
    assert str(row["possible"]) in sentence
    if verdict in CLAIMS:
        for name in ("rate", "lower", "upper"):
            assert percent(row[name]) in sentence
        assert factor(row["doubling_time"]) in sentence
        words = {"zh": ("翻一番", "减半"), "en": ("doubling", "halving")}[language]
        assert words[verdict == "decrease"] in sentence
    if verdict == "insufficient":
        assert signed_percent(row["lower"]) in sentence
        assert percent(row["detectable"]) in sentence


@both
@pytest.mark.parametrize("verdict", REFUSALS)
def test_a_refusal_states_no_number_but_the_counts(verdict, language):
    for row, sentence in (
        (compare_periods(COMPARED[verdict]).iloc[0], said(COMPARED[verdict], language)),
        (growth_rate(GROWN[verdict]).iloc[0], said(GROWN[verdict], language, period="week")),
    ):
        assert row["verdict"] == verdict
        assert not re.search(r"%|倍|times|∞|\d\.\d", sentence)


@both
@pytest.mark.parametrize("numbers", [(9, 14), (1, 0), (0, 1), (1, 1), (0, 0), (0, 5)])
def test_none_one_and_many_are_counted_in_words(numbers, language):
    is_sound(said(weeks(*numbers), language), language)
    is_sound(said(weeks(0, *numbers), language, period="week"), language)
    if language == "en":
        sentence = said(weeks(*numbers), "en")
        for number in numbers:
            assert f"{number} {'event' if number == 1 else 'events'}" in sentence


def test_an_english_sentence_knows_one_day_from_two():
    assert "(1 day covered)" in said(weeks(9, 14, days=[2, 1]), "en")
    assert "(2 days covered)" in said(weeks(9, 14, days=[2, 1]), "en")


@both
@pytest.mark.parametrize("numbers", [(0, 2000), (0, 0, 0, 50)])
def test_from_nothing_the_least_growth_is_told(numbers, language):
    comparison, growth = compare_periods(weeks(*numbers)), growth_rate(weeks(*numbers))
    for row, shown, describe in (
        (comparison.iloc[0], factor, describe_comparison),
        (growth.iloc[0], percent, describe_growth),
    ):
        sentence = describe(row, language)
        is_sound(sentence, language)
        assert "∞" not in sentence
        if row["verdict"] == "increase":
            assert shown(row["lower"]) in sentence
            assert {"zh": "至少", "en": "at least"}[language] in sentence


@both
def test_to_nothing_the_most_is_told(language):
    row = compare_periods(weeks(2000, 0)).iloc[0]
    assert (row["verdict"], row["ratio"]) == ("decrease", 0)

    sentence = describe_comparison(row, language)

    is_sound(sentence, language)
    assert share(row["upper"]) in sentence
    assert "∞" not in sentence


@both
def test_where_nothing_would_show_no_number_is_told(language):
    sentence = said(weeks(1, 1), language)

    is_sound(sentence, language)
    assert "∞" not in sentence
    assert {"zh": "八成", "en": "four"}[language] not in sentence


@pytest.mark.parametrize(
    ("numbers", "unit", "english", "chinese"),
    [
        ((4, 8, 16, 32), "week", "1 week ", "1周"),
        ((32, 16, 8, 4), "week", "1 week ", "1周"),
        ((3, 5, 8, 13, 20, 33), "week", "1.5 weeks ", "1.5周"),
        ((4, 8, 16, 32), "month", "1 month ", "1个月"),
        ((4, 8, 16, 32), "quarter", "1 quarter ", "1个季度"),
        ((4, 8, 16, 32), "day", "1 day ", "1天"),
        ((4, 8, 16, 32), "dekad", "1 ten-day period ", "1旬"),
        ((4, 8, 16, 32), "year", "1 year ", "1年"),
        ((4, 8, 16, 32), None, "1 period ", "1个时段"),
        ((4, 16, 64, 256), None, "0.5 periods ", "0.5个时段"),
    ],
)
def test_doubling_is_told_in_the_periods_counted(numbers, unit, english, chinese):
    row = growth_rate(weeks(*numbers)).iloc[0]

    assert english in describe_growth(row, "en", period=unit)
    assert chinese in describe_growth(row, "zh", period=unit)
    for language in ("zh", "en"):
        is_sound(describe_growth(row, language, period=unit), language)


# Groups ------------------------------------------------------------------------------------------

EVENTS = pd.DataFrame(
    {
        "date": pd.date_range(MONDAY, periods=4, freq="7D").repeat(6),
        "region": ["CN", "US", "US", "CN", None, "US"] * 4,
        "kind": ["A", "B"] * 12,
    }
)


def count(*by, dtype="str"):
    events = EVENTS.astype({"region": dtype})
    return count_events(events, by=list(by), period="week")


@both
@pytest.mark.parametrize("judge", [compare_periods, growth_rate])
def test_a_sentence_names_its_group_and_the_total_by_a_name(judge, language):
    describe = describe_comparison if judge is compare_periods else describe_growth
    names = {"zh": ("全部", "CN", "US", "不详"), "en": ("All", "CN", "US", "not stated")}[language]
    for row, name in zip(
        judge(add_total(regroup(count("region"), by="region"))).iloc, names, strict=True
    ):
        for sentence in (describe(row, language), describe_verdict(row, language)):
            assert sentence.startswith(name)
            assert "(all)" not in sentence


@both
def test_a_group_of_two_columns_is_named_by_both(language):
    rows = growth_rate(count("region", "kind"))

    name = {"zh": "CN·A", "en": "CN · A"}[language]
    assert describe_growth(rows.iloc[0], language).startswith(name)
    assert describe_verdict(rows.iloc[0], language).startswith(name)


@both
@pytest.mark.parametrize(
    "dtype",
    [
        "str",
        "object",
        "category",
        "string",
    ],
)
def test_a_missing_level_has_a_name(dtype, language):
    for row in compare_periods(count("region", dtype=dtype)).iloc:
        describe_comparison(row, language)
        describe_verdict(row, language)
    assert describe_verdict(row, language).startswith({"zh": "不详", "en": "not stated"}[language])


@both
def test_what_only_one_test_finds_is_no_change_of_a_report(language):
    counts = pd.concat(
        [
            as_counts(weeks(*numbers).assign(region=f"g{n}"), by="region")
            for n, numbers in enumerate([(4, 9, 8, 14), *[(9, 9, 9, 9)] * 5])
        ],
        ignore_index=True,
    )
    row = growth_rate(counts).iloc[0]
    assert row["p_value"] <= 0.05 < row["p_adjusted"]

    sentence = describe_growth(row, language, period="week")

    is_sound(sentence.removeprefix("g0："), language)
    assert {"zh": "6项", "en": "6 tests"}[language] in sentence


# Every table -------------------------------------------------------------------------------------


@settings(calm, max_examples=examples(15))
@given(
    st.lists(st.sampled_from([0, 1, 2, 7, 40, 300]), min_size=1, max_size=6),
    st.lists(st.integers(0, 7), min_size=6, max_size=6).filter(lambda days: any(days)),
)
def test_no_row_has_an_unsound_sentence(numbers, days):
    days = days[: len(numbers)] if any(days[: len(numbers)]) else [7] * len(numbers)
    counts = weeks(*numbers, days=days)
    tables = one_family(compare_periods(counts), growth_rate(counts))
    for language in ("zh", "en"):
        is_sound(describe_comparison(tables[0].iloc[0], language), language)
        for unit in ("week", "quarter", None):
            is_sound(describe_growth(tables[1].iloc[0], language, period=unit), language)
        is_sound(describe_claims(*tables, language=language), language)
        for table in tables:
            is_sound(describe_verdict(table.iloc[0], language), language)
            cells = map(str, labelled(table, language).to_numpy().ravel())
            assert not any("inf" in cell for cell in cells)


def test_a_side_without_a_period_says_so():
    counts = weeks(4, 5, days=[0, 0])

    row = compare_periods(counts).iloc[0]

    for language in ("zh", "en"):
        is_sound(describe_comparison(row, language), language)
        is_sound(describe_verdict(row, language), language)


@both
def test_the_interval_of_an_increase_does_not_seem_to_hold_no_change(language):
    row = compare_periods(weeks(*[1000] * 14, 1100)).iloc[0]
    assert row["verdict"] == "increase"
    assert 1 < row["lower"] < 1.05

    sentence = describe_comparison(row, language)

    assert not re.search(r"[：:] ?1(～| to )", sentence)


def test_numbers_are_written_out():
    assert factor(2.5e-7) == "<0.001"
    assert percent(1e-7) == "<0.1%"
    assert share(2.5e-7) == "<0.1%"


# All claims of a report --------------------------------------------------------------------------


@both
@calm
@given(verdicts=st.lists(st.sampled_from(VERDICTS), max_size=30))
def test_the_claims_of_a_report_add_up(verdicts, language):
    half = len(verdicts) // 2
    tables = [
        pd.DataFrame({"verdict": part}, dtype=str) for part in (verdicts[:half], verdicts[half:])
    ]

    sentence = describe_claims(*tables, language=language)

    is_sound(sentence, language)
    numbers = [int(number) for number in re.findall(r"\d+", sentence)]
    if not verdicts or (len(verdicts) == 1 and not numbers):
        assert numbers == []
        return
    total, *parts = numbers
    assert total == len(verdicts)
    if parts:
        assert sorted(parts) == sorted(np.unique(verdicts, return_counts=True)[1])


@both
@pytest.mark.parametrize("verdict", VERDICTS)
def test_one_claim_is_one(verdict, language):
    sentence = describe_claims(pd.DataFrame({"verdict": [verdict]}), language=language)

    is_sound(sentence, language)
    assert re.search("1|only|唯一", sentence)


def test_tests_of_one_kind_and_one_outcome_are_one_sentence():
    table = pd.DataFrame({"verdict": ["insufficient"] * 3, "rate": 0.1})
    assert describe_claims(table, language="zh") == "3项增长率都数据不足。"
    assert describe_claims(table, language="en") == "Each of the 3 growth rates had too few data."
    assert describe_claims(table.head(1), language="en") == (
        "The only growth rate tested had too few data."
    )
    refused = pd.DataFrame({"verdict": ["assumed_coverage"] * 4, "ratio": 1.0})
    assert describe_claims(refused, language="zh") == (
        "还不能说变多或变少：覆盖日期有一部分是推定的（4项比较，不下结论）。"
    )
    assert describe_claims(refused, language="en") == (
        "We can’t yet say whether activity rose or fell: part of the coverage is our assumption "
        "(4 comparisons, no verdict)."
    )


@both
def test_a_report_without_tables_tests_nothing(language):
    assert describe_claims(language=language) == describe_claims(
        pd.DataFrame({"verdict": []}, dtype=str), language=language
    )


@both
@pytest.mark.parametrize("verdict", VERDICTS)
def test_a_verdict_alone_is_a_sentence(verdict, language):
    rows = {it: as_counts(pd.Series({"verdict": it}), by=[]) for it in VERDICTS}
    sentence = describe_verdict(rows[verdict], language)
    group = as_counts(pd.Series({"region": "X", "verdict": verdict}), by="region")
    of_group = describe_verdict(group, language)

    is_sound(sentence, language)
    assert sentence[0] == sentence[0].upper()
    assert of_group.startswith("X")
    assert len({describe_verdict(row, language) for row in rows.values()}) == 8


# What is refused ---------------------------------------------------------------------------------

ROW = growth_rate(weeks(3, 5, 8)).iloc[0]


@pytest.mark.parametrize(
    "ask",
    [
        lambda: describe_comparison(compare_periods(weeks(3, 5)).iloc[0], "fr"),
        lambda: describe_growth(ROW, "fr"),
        lambda: describe_verdict(ROW, "fr"),
        lambda: describe_claims(language="fr"),
    ],
)
def test_an_unknown_language_is_named(ask):
    with pytest.raises(ValueError, match="language: “fr” is not allowed; use one of: zh, en"):
        ask()


@pytest.mark.parametrize("period", ["fortnight", "W", ""])
def test_an_unknown_period_is_named(period):
    with pytest.raises(
        ValueError, match=f"period: “{period}” is not allowed; use one of: day, week"
    ):
        describe_growth(ROW, "zh", period=period)


# Tables in words ---------------------------------------------------------------------------------


@both
def test_a_table_of_claims_shows_no_number_of_a_refused_one(language):
    table = compare_periods(COMPARED["clustered"])

    shown = labelled(table, language)

    title = {"zh": "倍数", "en": "Ratio"}[language]
    assert shown[title].isna().all()
    assert labelled(compare_periods(COMPARED["increase"]), language)[title].notna().all()


def test_other_tables_keep_columns_that_are_named_like_a_result():
    table = pd.DataFrame({"region": ["CN"], "events": [3], "rate": [0.5]})

    assert labelled(table, "en").shape == (1, 3)

"""Comparisons and growth: every verdict by a table that deserves it, and dates that stay open."""

import datetime as dt
import itertools
import math

import numpy as np
import pandas as pd
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from aistats.counting.counts import count_events
from aistats.counting.schema import ALL
from aistats.counting.verbs import add_total, regroup
from aistats.faults import ParameterError
from aistats.trends import exact
from aistats.trends.claims import (
    CLAIMS,
    REFUSALS,
    RESULTS,
    STATED,
    VERDICTS,
    compare_periods,
    growth_curve,
    growth_rate,
    one_family,
)

calm = settings(deadline=None, derandomize=True, max_examples=examples(30))
MONDAY = pd.Timestamp("2025-11-03")
WEEK = pd.Timedelta(days=7)


def weeks(**counts):
    """Count as many events in each week as told, of one group or of several."""
    (length,) = {len(numbers) for numbers in counts.values()}
    starts = pd.date_range(MONDAY, periods=length, freq="7D")
    rows = [
        {"date": start, "region": group}
        for group, numbers in counts.items()
        for start, number in zip(starts, numbers, strict=True)
        for _ in range(number)
    ]
    table = pd.DataFrame(rows, columns=["date", "region"])
    by = "region" if len(counts) > 1 else None
    counted = count_events(table, by=by, period="week", between=(MONDAY, starts[-1] + 6 * WEEK / 7))
    return counted if counts else counted.iloc[:0]


def covered(table, *days, **exposure):
    """Say how many days of each week are covered, or what else is known of them."""
    known = {"days_covered": days} if days else {}
    for name, values in (known | exposure).items():
        place = pd.factorize(table["period"])[0]
        table = table.assign(**{name: np.array(values)[place]})
    return table


def dated(*dates, coverage=None, between=None, **columns):
    return count_events(
        pd.DataFrame({"date": list(dates), **columns}, dtype="str"),
        by=list(columns) or None,
        period="week",
        coverage=None if coverage is None else pd.DataFrame({"date": coverage}),
        between=between,
    )


def only(table):
    (row,) = table.to_dict("records")
    return row


# The two sides -----------------------------------------------------------------------------------


def test_by_default_the_last_week_is_compared_with_all_before_it():
    row = only(compare_periods(weeks(a=[9, 12, 10, 8, 11, 40])))

    assert (row["period"], row["days"], row["days_covered"]) == (MONDAY + 5 * WEEK, 7, 7)
    assert (row["baseline"], row["baseline_days"], row["baseline_covered"]) == (MONDAY, 35, 35)
    assert (row["certain"], row["possible"]) == (40, 40)
    assert (row["baseline_certain"], row["baseline_possible"]) == (50, 50)
    assert row["ratio"] == pytest.approx(4)
    expected = exact.rate_ratio(40, 7, 50, 35)
    assert [row[name] for name in ("lower", "upper", "p_value")] == pytest.approx(expected[1:])
    assert (row["claims"], row["events"], row["conf_level"]) == (1, 90, 0.95)
    assert row["p_adjusted"] == row["p_value"] == row["p_lowest"]
    assert row["verdict"] == "increase"


SECOND = MONDAY + WEEK


@pytest.mark.parametrize(
    "named",
    [
        "2025-11-10",
        dt.date(2025, 11, 10),
        SECOND,
        np.datetime64("2025-11-10"),
        ["2025-11-10"],
        (SECOND,),
        pd.DatetimeIndex([SECOND]),
        "2025-11-10/2025-11-16",
        "2025-11-08/2025-11-20",
    ],
    ids=repr,
)
def test_a_side_is_named_by_its_first_day_or_by_edtf(named):
    counts = weeks(a=[1, 2, 3, 4])

    current = only(compare_periods(counts, current=named))
    baseline = only(compare_periods(counts, baseline=named))

    assert (current["period"], current["days"], current["possible"]) == (SECOND, 7, 2)
    assert (current["baseline"], current["baseline_days"]) == (MONDAY, 7)
    assert (baseline["baseline"], baseline["baseline_possible"]) == (SECOND, 2)
    assert baseline["period"] == MONDAY + 3 * WEEK


def test_a_month_names_the_weeks_wholly_in_it_and_a_baseline_may_come_later():
    counts = weeks(a=[1, 2, 4, 8, 16, 32])

    month = only(compare_periods(counts, current="2025-12", baseline="2025-11"))
    later = only(compare_periods(counts, current=MONDAY, baseline=["2025-11-24", "2025-12-01"]))

    assert (month["period"], month["days"], month["possible"]) == (MONDAY + 4 * WEEK, 14, 48)
    assert (month["baseline_days"], month["baseline_possible"]) == (28, 15)
    assert (later["baseline"], later["baseline_possible"]) == (MONDAY + 3 * WEEK, 24)


def test_weeks_covered_in_part_compare_by_their_covered_days():
    counts = covered(weeks(a=[14, 7, 7, 4]), 7, 7, 7, 2)

    row = only(compare_periods(counts))

    assert (row["days"], row["days_covered"], row["baseline_covered"]) == (7, 2, 21)
    assert row["ratio"] == pytest.approx((4 / 2) / (28 / 21))


def test_weeks_that_nobody_covers_and_what_is_on_record_there_count_for_nothing():
    counts = covered(weeks(a=[3, 90, 4, 80, 5, 70]), 7, 0, 7, 0, 7, 0)

    row, growth = only(compare_periods(counts)), only(growth_rate(counts))

    assert (row["period"], row["possible"]) == (MONDAY + 4 * WEEK, 5)
    assert (row["baseline_possible"], row["baseline_covered"], row["baseline_days"]) == (7, 14, 21)
    expected = exact.growth([3, 4, 5], [7] * 3, [0, 2, 4])
    found = [growth[name] for name in ("rate", "lower", "upper", "p_value")]
    assert found == pytest.approx(expected)
    assert (growth["periods"], growth["possible"]) == (3, 12)
    assert growth["covered_by_period"] == "7 0 7 0 7 0"


# Dates that stay open ----------------------------------------------------------------------------

DAY = st.integers(0, 27)
INTERVAL = st.tuples(DAY, st.integers(0, 12)).map(lambda it: (it[0], min(it[0] + it[1], 27)))


def as_text(interval):
    first, last = (MONDAY + pd.Timedelta(days=day) for day in interval)
    return f"{first:%Y-%m-%d}/{last:%Y-%m-%d}"


def placements(intervals):
    """Yield the weeks that the events may lie in, every way."""
    return itertools.product(*(range(first // 7, last // 7 + 1) for first, last in intervals))


FOUR_WEEKS = (MONDAY, MONDAY + 4 * WEEK - WEEK / 7)
COVERED = st.lists(st.integers(1, 7), min_size=4, max_size=4)


@calm
@given(st.lists(INTERVAL, min_size=1, max_size=6), COVERED, st.integers(0, 9), st.integers(0, 9))
def test_a_comparison_holds_however_the_dates_fall(intervals, days, more, before):
    intervals += [(21, 21)] * more + [(14, 14)] * before
    counts = covered(dated(*map(as_text, intervals), between=FOUR_WEEKS), *days)

    row = only(compare_periods(counts, current=MONDAY + 3 * WEEK, baseline=MONDAY + 2 * WEEK))

    ways = {(places.count(3), places.count(2)) for places in placements(intervals)}
    every = [exact.rate_ratio(x, days[3], y, days[2]) for x, y in ways]
    assert row["certain"] == min(x for x, _ in ways)
    assert row["possible"] == max(x for x, _ in ways)
    assert row["baseline_certain"] == min(y for _, y in ways)
    assert row["baseline_possible"] == max(y for _, y in ways)
    assert row["lower"] == pytest.approx(min(way.lower for way in every))
    assert row["upper"] == pytest.approx(max(way.upper for way in every))
    highest = max(way.p_value for way in every)
    assert row["p_value"] >= highest - 1e-9
    if len({np.sign(np.log(way.ratio)) if way.ratio > 0 else -1 for way in every}) == 1:
        assert row["p_value"] == pytest.approx(highest)
    assert row["p_lowest"] <= row["p_value"]
    assert row["lower"] <= row["ratio"] <= row["upper"] or math.isnan(row["ratio"])


@calm
@given(st.lists(INTERVAL, max_size=8), st.integers(0, 2), st.integers(1, 2))
def test_a_side_of_several_weeks_holds_what_its_intervals_say(intervals, first, many):
    side = [MONDAY + week * WEEK for week in range(first, first + many)]
    counts = dated(*map(as_text, intervals), between=FOUR_WEEKS)

    other = MONDAY + (3 if first + many < 4 else 0) * WEEK
    row = only(compare_periods(counts, current=side, baseline=other))

    start, end = 7 * first, 7 * (first + many) - 1
    inside = sum(start <= begin and finish <= end for begin, finish in intervals)
    touching = sum(begin <= end and finish >= start for begin, finish in intervals)
    beyond_both = sum(begin < start and finish > end for begin, finish in intervals)
    assert row["possible"] == touching
    assert inside - beyond_both <= row["certain"] <= inside


@calm
@given(st.lists(INTERVAL, min_size=1, max_size=5), COVERED, st.lists(DAY, max_size=9))
def test_growth_holds_however_the_dates_fall(intervals, days, exactly):
    intervals += [(day, day) for day in exactly]
    counts = covered(dated(*map(as_text, intervals), between=FOUR_WEEKS), *days)

    row = only(growth_rate(counts))

    ways = {tuple(np.bincount(places, minlength=4)) for places in placements(intervals)}
    every = [exact.growth(way, days, range(4)) for way in ways]
    assert row["p_value"] >= max(way.p_value for way in every) - 1e-9
    assert row["lower"] <= min(way.lower for way in every) + 1e-7
    assert row["upper"] >= max(way.upper for way in every) - 1e-7


RISE = [2, 3, 5, 8, 12, 18, 27, 40]


@pytest.mark.parametrize("how", ["not covered", "cut"])
def test_no_growth_is_claimed_if_events_from_before_the_window_may_all_lie_in_its_first_week(how):
    starts = pd.date_range(MONDAY, periods=8, freq="7D")
    days = [f"{day:%Y-%m-%d}" for day in starts.repeat(RISE)]
    since = [f"2025-10-31/{day}" for day in days]
    last = f"{starts[-1] + 6 * WEEK / 7:%Y-%m-%d}"
    window = (
        {"coverage": [f"2025-11-03/{last}"]}
        if how == "not covered"
        else {"between": ("2025-11-03", last)}
    )
    early = only(growth_rate(dated(*days, *["2025-11-03"] * len(since), **window)))
    assert early["rate"] < 0

    row = only(growth_rate(dated(*days, *since, **window)))

    assert row["verdict"] not in CLAIMS
    assert row["lower"] <= early["lower"]


def test_an_event_is_possible_once_on_a_side_with_a_gap():
    gap = ["2025-11-03/2025-11-09", "2025-11-17/2025-11-30"]
    counts = dated("2025-11-08/2025-11-18", "2025-11-24", coverage=gap)

    assert only(compare_periods(counts))["baseline_possible"] == 1


# Verdicts ----------------------------------------------------------------------------------------

LEVEL, HIGHER = [5] * 12, [5] * 11 + [30]


def sources(*names):
    return np.array(names, dtype=object)


COMPARED = {
    "increase": weeks(a=[5, 4, 6, 5, 4, 6, 5, 4, 6, 5, 5, 25]),
    "decrease": weeks(a=[25, 24, 26, 25, 24, 26, 25, 24, 26, 25, 25, 5]),
    "insufficient": weeks(a=[9, 14]),
    "too_few_periods": weeks(a=[1, 12]),
    "assumed_coverage": covered(weeks(a=HIGHER), *[7] * 12, days_assumed=[0] * 11 + [1]),
    "different_sources": covered(
        weeks(a=HIGHER), *[7] * 12, sources=sources(*["paper"] * 11, "paper blog")
    ),
    "inexact_dates": dated(
        *["2025-11-04"] * 20, *["2025-11-11"] * 20, *["2025-11-09/2025-11-10"] * 40
    ),
    "clustered": weeks(a=[0, 15, 0, 0, 20, 0, 1, 18, 0, 0, 0, 25]),
}
GROWN = {
    "increase": weeks(a=[3, 5, 8, 13, 20, 33]),
    "decrease": weeks(a=[33, 20, 13, 8, 5, 3]),
    "insufficient": weeks(a=[5, 4, 6, 5, 4]),
    "too_few_periods": weeks(a=[3, 40]),
    "assumed_coverage": covered(weeks(a=[3, 5, 8, 13]), 7, 7, 7, 7, days_assumed=[0, 1, 0, 0]),
    "different_sources": covered(
        weeks(a=[3, 5, 8, 13]), 7, 7, 7, 7, sources=sources("a", "a", "a b", "a")
    ),
    "inexact_dates": dated(
        *["2025-11-04", "2025-11-11", "2025-11-18", "2025-11-25"] * 3,
        *["2025-11-04/2025-11-30"] * 30,
    ),
    "clustered": weeks(a=[0, 9, 0, 1, 16, 0, 2, 14]),
}


@pytest.mark.parametrize("verdict", VERDICTS)
def test_a_comparison_reaches_every_verdict(verdict):
    row = only(compare_periods(COMPARED[verdict]))

    assert row["verdict"] == verdict
    assert math.isnan(row["detectable_ratio"]) == (verdict != "insufficient")


@pytest.mark.parametrize("verdict", VERDICTS)
def test_growth_reaches_every_verdict(verdict):
    row = only(growth_rate(GROWN[verdict]))

    assert row["verdict"] == verdict
    assert math.isnan(row["detectable"]) == (verdict != "insufficient")
    assert math.isnan(row["doubling_time"]) == (verdict not in CLAIMS)


def test_a_week_without_one_to_compare_it_with_is_one_too_few():
    for row in (
        only(compare_periods(weeks(a=[40]))),
        only(compare_periods(weeks(a=[4, 5]), current=MONDAY)),
        only(compare_periods(covered(weeks(a=[4, 5]), 0, 7))),
        only(growth_rate(weeks(a=[40]))),
        only(growth_rate(covered(weeks(a=[4, 50, 5]), 7, 0, 7))),
    ):
        assert row["verdict"] == "too_few_periods"
        assert row["claims"] == 0
        assert math.isnan(row["p_adjusted"])


def test_what_is_detectable_is_claimed_with_that_probability():
    row = only(compare_periods(weeks(a=[20, 22])))
    assert row["verdict"] == "insufficient"
    events, alpha, z = row["events"], 0.05, exact.least_z(0.05, 0, fewest=10)

    def chance(ratio):
        total = 0.0
        for x in range(events + 1):
            share = ratio / (1 + ratio)
            p = exact.rate_ratio(x, 7, events - x, 7).p_value
            if p <= alpha and (2 * x - events) / math.sqrt(events) >= z:
                total += math.comb(events, x) * share**x * (1 - share) ** (events - x)
        return total

    assert chance(row["detectable_ratio"] * (1 + 1e-6)) >= 0.8
    assert chance(row["detectable_ratio"] * 0.999) < 0.8


def test_where_no_ratio_would_show_it_is_infinite():
    assert only(compare_periods(weeks(a=[1, 1])))["detectable_ratio"] == math.inf
    assert only(growth_rate(weeks(a=[1, 0, 1])))["detectable"] == math.inf
    assert only(growth_rate(weeks(a=[0, 0, 0])))["detectable"] == math.inf


def test_issues_of_one_series_are_one_source_and_two_papers_are_two():
    starts = pd.date_range(MONDAY, periods=4, freq="7D")
    windows = [f"{day:%Y-%m-%d}/{day + 6 * WEEK / 7:%Y-%m-%d}" for day in starts]
    events = pd.DataFrame({"date": starts.repeat([4, 5, 6, 5])})
    issues = pd.DataFrame({"date": windows, "source": ["no. 1", "no. 2", "no. 3", "no. 4"]})

    apart = count_events(events, period="week", coverage=issues)
    together = count_events(events, period="week", coverage=issues.assign(series="weekly"))

    for judge in (compare_periods, growth_rate):
        assert only(judge(apart))["verdict"] == "different_sources"
        assert only(judge(together))["verdict"] == "insufficient"


def test_coverage_is_assumed_where_nobody_states_it():
    windows = pd.DataFrame(
        {"date": ["2025-11-03/2025-11-16", "2025-11-17/2025-11-30"], "basis": ["stated", "assumed"]}
    )
    starts = pd.date_range(MONDAY, periods=4, freq="7D")
    counts = count_events(
        pd.DataFrame({"date": starts.repeat([4, 5, 6, 5])}), period="week", coverage=windows
    )

    assert only(growth_rate(counts))["verdict"] == "assumed_coverage"
    assert only(compare_periods(counts))["verdict"] == "assumed_coverage"
    assert only(compare_periods(counts, current=SECOND))["verdict"] == "insufficient"


def test_a_claim_on_two_weeks_must_withstand_clusters_of_four():
    rows = compare_periods(weeks(a=[1, 12], b=[1, 40]))

    assert (rows["p_adjusted"] < 0.05).all()
    assert (rows["p_scatter"] < 0.05).tolist() == [False, True]
    assert rows["verdict"].tolist() == ["too_few_periods", "increase"]


def test_no_row_whose_dates_are_exact_is_refused_for_them():
    rows = compare_periods(
        dated(
            *["2025-12-01"] * 5,
            *["2025-12-08"] * 15,
            *["2025-12-01"] * 2,
            *["2025-12-08"] * 14,
            *["2025-12-06/2025-12-10"] * 14,
            region=["exact"] * 20 + ["open"] * 30,
        )
    ).set_index("region")

    assert rows.loc["exact", "p_value"] == rows.loc["exact", "p_lowest"]
    assert rows["verdict"].to_dict() == {"exact": "insufficient", "open": "inexact_dates"}


def test_a_hundred_weeks_are_not_too_few():
    assert only(growth_rate(weeks(a=[0] * 103 + [50])))["verdict"] != "too_few_periods"


def test_growth_before_a_comparison_is_not_claimed_as_a_change_of_one_week():
    assert only(compare_periods(weeks(a=[3, 5, 8, 13, 20, 33])))["verdict"] not in CLAIMS


@settings(calm, max_examples=examples(15))
@given(
    st.lists(
        st.lists(st.integers(0, 60), min_size=5, max_size=5).filter(any), min_size=1, max_size=3
    ),
    st.lists(st.integers(0, 7), min_size=5, max_size=5).filter(any),
)
def test_no_table_makes_a_verdict_crash_and_claims_point_the_way_of_the_interval(numbers, days):
    counts = covered(weeks(**{f"g{n}": row for n, row in enumerate(numbers)}), *days)

    for table, middle, nothing in (
        (compare_periods(counts), "ratio", 1),
        (growth_rate(counts), "rate", 0),
    ):
        assert set(table["verdict"]) <= set(VERDICTS)
        assert len(table) == len(numbers)
        for row in table.to_dict("records"):
            if row["verdict"] == "increase":
                assert nothing < row["lower"] <= row[middle] <= row["upper"]
            if row["verdict"] == "decrease":
                assert row["lower"] <= row[middle] <= row["upper"] < nothing
            if row["verdict"] in STATED and row["possible"]:
                assert row["p_value"] <= row["p_adjusted"] <= 1
        if middle == "rate":
            for place in range(len(table)):
                growth_curve(counts, table.iloc[[place]])


# Doubling ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", [1, -1])
def test_a_rate_that_doubles_each_week_doubles_in_one(sign):
    row = only(growth_rate(weeks(a=[4, 8, 16, 32][::sign])))

    assert row["rate"] == pytest.approx(sign * math.log(2))
    assert row["doubling_time"] == pytest.approx(1)
    ends = sorted(math.log(2) / abs(row[end]) for end in ("lower", "upper"))
    assert [row["doubling_lower"], row["doubling_upper"]] == pytest.approx(ends)
    assert row["verdict"] == ("increase" if sign > 0 else "decrease")


@pytest.mark.parametrize("n", [4, 30])
def test_all_events_in_the_last_week_may_be_one_cluster(n):
    counts = weeks(a=[0] * (n - 1) + [50])
    growth, comparison = only(growth_rate(counts)), only(compare_periods(counts))

    assert growth["rate"] == math.inf
    assert {growth["verdict"], comparison["verdict"]} <= {"clustered", "too_few_periods"}
    assert math.isnan(growth["doubling_time"])


def test_events_off_the_covered_days_of_a_week_claim_nothing():
    daily = pd.DataFrame({"date": pd.date_range(MONDAY, periods=14 * 7).repeat(3)})
    days = pd.date_range(MONDAY, periods=13 * 7 + 1)
    coverage = pd.DataFrame({"date": days})

    counts = count_events(daily, period="week", coverage=coverage)

    assert counts["days_covered"].tolist() == [7] * 13 + [1]
    assert only(compare_periods(counts))["verdict"] not in ("increase", "decrease")


def test_a_source_that_starts_before_the_period_makes_other_sources():
    first = "2025-11-03"
    daily = pd.DataFrame({"date": pd.date_range(first, periods=56).repeat([1] * 49 + [5] * 7)})
    coverage = pd.DataFrame(
        {"date": ["2025-11-03/2025-12-28", "2025-12-21/2025-12-28"], "source": ["a", "b"]}
    )

    counts = count_events(daily, period="week", coverage=coverage)

    assert only(compare_periods(counts))["verdict"] == "different_sources"


# Groups and families -----------------------------------------------------------------------------

TWO = count_events(
    pd.DataFrame(
        {
            "date": pd.date_range(MONDAY, periods=28).repeat(3),
            "region": ["CN", "US", "EU", "US"] * 21,
            "kind": ["model", "model", "policy", None, "policy", None] * 14,
        }
    ),
    by=["region", "kind"],
    period="week",
)


@pytest.mark.parametrize("judge", [compare_periods, growth_rate])
@pytest.mark.parametrize("by", ["region", ["kind"], ["kind", "region"], []])
def test_groups_added_up_are_groups_counted(judge, by):
    before = TWO.copy(deep=True)

    found = judge(TWO, by=by)

    pd.testing.assert_frame_equal(found, judge(regroup(TWO, by=by)))
    names = [by] if isinstance(by, str) else by
    assert len(found) == (len(TWO[names].drop_duplicates()) if names else 1)
    pd.testing.assert_frame_equal(TWO, before)


@pytest.mark.parametrize("judge", [compare_periods, growth_rate])
def test_a_total_is_a_row_of_the_table(judge):
    counts = regroup(TWO, by="region")

    rows = judge(add_total(counts)).set_index("region")
    alone = only(judge(counts, by=[]))

    assert set(rows.index) == {ALL, "CN", "US", "EU"}
    assert rows.loc[ALL, "p_value"] == pytest.approx(alone["p_value"])
    assert rows.loc[ALL, "possible"] == alone["possible"]


@pytest.mark.parametrize("dtype", ["object", "str", "string", "category"])
def test_a_missing_level_is_a_group_like_any_other(dtype):
    events = pd.DataFrame({"date": [MONDAY, SECOND] * 4, "kind": ["a", "a", None, None] * 2})
    counts = count_events(events.astype({"kind": dtype}), by="kind", period="week")

    for judge in (compare_periods, growth_rate):
        rows = judge(counts)
        assert rows["kind"].isna().tolist() == [False, True]
        assert rows["possible"].tolist() in ([2, 2], [4, 4])


def test_a_table_without_zeros_is_judged_like_one_with_them():
    starts = pd.date_range(MONDAY, periods=4, freq="7D")
    events = pd.DataFrame({"date": starts.repeat(3), "region": [*"aabbbbccaaac"]})
    complete, sparse = (
        count_events(events, by="region", period="week", complete=it) for it in (True, False)
    )

    for judge in (compare_periods, growth_rate):
        expected = judge(complete).set_index("region").sort_index()
        try:
            found = judge(sparse).set_index("region").sort_index()
        except ValueError as error:
            assert "complete=True" in str(error)  # refusing says how to go on  # noqa: PT017
        else:
            pd.testing.assert_frame_equal(found, expected)


def test_one_family_adjusts_all_tables_together_and_leaves_refusals_out():
    counts = weeks(a=[9, 12, 10, 8, 11, 14], b=[3, 5, 8, 13, 20, 33])
    refused = compare_periods(weeks(a=[40]))
    tables = compare_periods(counts), growth_rate(counts), refused
    before = [table.copy(deep=True) for table in tables]

    judged = one_family(*tables)

    p = np.concatenate([table["p_value"] for table in tables[:2]])
    adjusted = np.concatenate([table["p_adjusted"] for table in judged[:2]])
    assert adjusted == pytest.approx(exact.holm(p))
    assert all((table["claims"] == 4).all() for table in judged)
    assert only(judged[2])["verdict"] == "too_few_periods"
    assert math.isnan(only(judged[2])["p_adjusted"])
    for again, table in zip(one_family(*judged), judged, strict=True):
        pd.testing.assert_frame_equal(again, table)
    for table, was in zip(tables, before, strict=True):
        pd.testing.assert_frame_equal(table, was)


def test_a_claim_alone_may_not_be_one_among_many():
    counts = weeks(**{f"g{n}": [4, 9, 8, 14] if not n else [9] * 4 for n in range(6)})

    alone, among = growth_rate(counts[counts["region"] == "g0"]), growth_rate(counts)

    assert alone.loc[0, "p_adjusted"] <= 0.05 < among.loc[0, "p_adjusted"]
    assert among.loc[0, "verdict"] == "insufficient"
    assert among.loc[0, "p_adjusted"] == pytest.approx(6 * alone.loc[0, "p_value"])


def test_what_the_scatter_refused_stays_in_the_family():
    table = compare_periods(COMPARED["too_few_periods"])
    assert table["claims"].tolist() == [1]

    (again,) = one_family(table)

    pd.testing.assert_frame_equal(again, table)


@pytest.mark.parametrize("tables", [[weeks(a=[1, 2])], [compare_periods(weeks(a=[1, 2])), TWO]])
def test_a_family_has_no_other_tables(tables):
    with pytest.raises(ValueError, match=rf"tables\[{len(tables) - 1}\]: is not a table"):
        one_family(*tables)


def test_a_family_keeps_the_level_of_its_intervals_or_refuses():
    table = compare_periods(weeks(a=[9, 14]), conf_level=0.8)
    lower = table["lower"].iloc[0]
    try:
        (judged,) = one_family(table)
    except ValueError as error:
        assert "conf_level" in str(error)  # noqa: PT017
        return
    level = judged["conf_level"].iloc[0]
    assert exact.rate_ratio(14, 7, 9, 7, conf_level=level).lower == pytest.approx(lower)


# The curve ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("verdict", ["increase", "decrease", "insufficient"])
def test_a_curve_sums_to_the_events_and_its_band_encloses_it(verdict):
    counts = GROWN[verdict]
    growth = growth_rate(counts)

    curve = growth_curve(counts, growth)

    assert (curve["fitted"] * curve["days_covered"]).sum() == pytest.approx(
        counts["possible"].sum()
    )
    assert (curve["lower"] <= curve["fitted"]).all()
    assert (curve["fitted"] <= curve["upper"]).all()
    steps = np.diff(np.log(curve["fitted"]))
    assert steps == pytest.approx([growth["rate"].iloc[0]] * len(steps))
    assert (curve["verdict"] == verdict).all()
    assert curve["observed_low"].tolist() == pytest.approx((counts["certain"] / 7).tolist())
    for rate in np.linspace(growth["lower"].iloc[0], growth["upper"].iloc[0], 41):
        shape = (
            exact.fitted_means(counts["possible"], [7] * len(curve), range(len(curve)), rate) / 7
        )
        assert (curve["lower"] <= shape).all()
        assert (shape <= curve["upper"]).all()


@pytest.mark.parametrize("verdict", REFUSALS)
def test_a_refused_growth_has_no_curve(verdict):
    counts = GROWN[verdict]

    curve = growth_curve(counts, growth_rate(counts))

    assert curve[["fitted", "lower", "upper"]].isna().all(axis=None)
    assert curve["possible"].tolist() == counts["possible"].tolist()


def test_a_curve_has_a_gap_where_nobody_looked_and_is_finite_where_growth_is_not():
    counts = covered(weeks(a=[0, 9, 0, 0, 2]), 7, 0, 7, 7, 3)
    growth = growth_rate(counts)
    assert growth["rate"].tolist() == [math.inf]
    growth = growth.assign(verdict="insufficient")

    curve = growth_curve(counts, growth)

    assert curve["fitted"].isna().tolist() == [False, True, False, False, False]
    assert curve["observed_high"].isna().tolist() == [False, True, False, False, False]
    assert (curve["fitted"] * curve["days_covered"]).sum() == pytest.approx(2)
    assert np.isfinite(curve.loc[[0, 2, 3, 4], ["fitted", "lower", "upper"]]).all(axis=None)


def test_the_curve_of_a_group_is_its_own():
    counts = weeks(a=[3, 5, 8, 13, 20, 33], b=[5, 4, 6, 5, 4, 6])
    growth = growth_rate(counts)

    for place, total in enumerate([82, 30]):
        curve = growth_curve(counts, growth.iloc[[place]])
        assert (curve["fitted"] * 7).sum() == pytest.approx(total)
    with pytest.raises(ValueError, match="one row of growth rates"):
        growth_curve(counts, growth)
    with pytest.raises(ValueError, match="no group"):
        growth_curve(counts, growth.iloc[[0]].assign(region="c"))


def test_the_growth_of_a_group_is_not_drawn_over_counts_without_groups():
    growth = growth_rate(weeks(a=[3, 5, 8, 13, 20, 33], b=[5, 4, 6, 5, 4, 6]))

    with pytest.raises(ValueError, match="region"):
        growth_curve(weeks(a=[9, 9, 9, 9, 9, 9]), growth.iloc[[0]])


# Nothing at all ----------------------------------------------------------------------------------


def test_weeks_without_events_are_not_sufficient():
    counts = weeks(a=[0, 0, 0, 0])

    row, growth = only(compare_periods(counts)), only(growth_rate(counts))

    assert row["verdict"] == growth["verdict"] == "insufficient"
    assert math.isnan(row["ratio"])
    assert math.isnan(growth["rate"])
    assert (row["lower"], row["upper"], row["p_value"]) == (0, math.inf, 1)
    assert (growth["lower"], growth["upper"], growth["p_value"]) == (-math.inf, math.inf, 1)
    assert len(growth_curve(counts, growth_rate(counts))) == 4


def test_a_table_without_periods_has_nothing_to_compare():
    assert only(compare_periods(weeks(a=[1, 2]).iloc[:0]))["verdict"] == "too_few_periods"
    for judge in (compare_periods, growth_rate):
        assert len(judge(TWO.iloc[:0])) == 0


def test_a_table_without_periods_has_no_growth():
    assert only(growth_rate(weeks(a=[1, 2]).iloc[:0]))["verdict"] == "too_few_periods"


def test_weeks_that_nobody_covers_have_nothing_to_compare():
    row = only(compare_periods(covered(weeks(a=[4, 5, 6]), 0, 0, 0)))

    assert row["verdict"] == "too_few_periods"
    assert row["period"] is pd.NaT


def test_weeks_that_nobody_covers_have_no_growth():
    assert only(growth_rate(covered(weeks(a=[4, 5, 6]), 0, 0, 0)))["verdict"] == "too_few_periods"


# What is refused ---------------------------------------------------------------------------------

THREE = weeks(a=[3, 5, 8])


@pytest.mark.parametrize("judge", [compare_periods, growth_rate])
@pytest.mark.parametrize(
    ("counts", "says"),
    [
        (THREE.assign(certain=[3, -5, 8]), r"certain=-5 in row 1"),
        (THREE.assign(possible=[3, 5.5, 8]), r"possible=5\.5 in row 1"),
        (THREE.assign(starting=[-1, 5, 8]), r"starting=-1 in row 0"),
        (THREE.assign(ending=[3, 5, math.nan]), r"ending=nan in row 2"),
        (THREE.assign(certain=[4, 5, 8]), r"certain=4 in row 0 is more than possible"),
        (THREE.assign(days=[7, 8, 7]), r"2025-11-1[07]"),
        (THREE.drop(columns="starting"), "no column “starting”"),
        (THREE.drop(columns="period"), "no column “period”"),
        (pd.concat([THREE, THREE]), r"period"),
        (THREE.assign(days=[7, 6, 7]), r"2025-11-1[67]"),
    ],
)
def test_a_table_that_cannot_be_is_refused(judge, counts, says):
    with pytest.raises(ValueError, match=says):
        judge(counts)


@pytest.mark.parametrize("taken", RESULTS)
def test_a_group_named_like_a_result_is_refused(taken):
    events = pd.DataFrame({"date": [MONDAY, SECOND], taken: "x"})
    counts = count_events(events, by=taken, period="week")
    for judge in (compare_periods, growth_rate):
        with pytest.raises(ParameterError, match=f"“{taken}” is a column of the results table"):
            judge(counts)
        assert len(judge(counts, by=[])) == 1


def test_a_gap_in_the_periods_is_refused():
    with pytest.raises(ValueError, match="2025-11-10"):
        growth_rate(THREE.drop(index=1))


@pytest.mark.parametrize(
    ("sides", "says"),
    [
        ({"current": "2025-11-11"}, "current: there is no period “2025-11-11”"),
        ({"baseline": "2024"}, "baseline: there is no period “2024”"),
        ({"current": dt.date(2031, 1, 1)}, "current: there is no period “2031-01-01”"),
        ({"current": MONDAY, "baseline": "2025-11-03"}, r"have the period 2025-11-03"),
        ({"current": "2025-11", "baseline": "2025-11"}, r"have the period"),
        ({"baseline": "2025-11-17"}, r"have the period 2025-11-17"),
        ({"current": ["2025-11-03", "2025-11-17"]}, "current: .*follow"),
        ({"current": []}, r"current: “\[\]” has no covered day"),
        ({"by": "kind"}, "by: there is no group column “kind”"),
    ],
)
def test_a_side_that_is_not_there_is_named(sides, says):
    with pytest.raises(ValueError, match=says):
        compare_periods(THREE, **sides)


def test_a_side_without_a_covered_day_has_no_rate():
    counts = covered(THREE, 0, 7, 7)

    with pytest.raises(ValueError, match="baseline: “2025-11-03” has no covered day"):
        compare_periods(counts, baseline="2025-11-03")
    assert only(compare_periods(counts))["baseline"] == SECOND


@pytest.mark.parametrize("named", ["soon", 5])
def test_a_side_that_is_no_date_is_named(named):
    with pytest.raises(ParameterError, match=f"current: .*“{named}”"):
        compare_periods(THREE, current=named)


def test_a_level_that_is_no_probability_is_refused():
    with pytest.raises(ValueError, match="conf_level=95"):
        compare_periods(THREE, conf_level=95)


@pytest.mark.parametrize("conf_level", [95, 1, 0, -1])
def test_a_level_that_is_no_probability_has_no_growth(conf_level):
    with np.errstate(all="ignore"), pytest.raises(ValueError, match=f"conf_level={conf_level}"):
        growth_rate(THREE, conf_level=conf_level)


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("days_covered", [7, -1, 7]),
        ("days_covered", [7, 50, 7]),
        ("days_covered", [7, math.nan, 7]),
        ("expected", [3.0, -5.0, 8.0]),
        ("expected", [3.0, 6.0, 8.0]),
        ("starting", [50, 5, 8]),
    ],
)
def test_exposure_and_expected_counts_that_cannot_be_are_refused(column, values):
    with pytest.raises(ValueError, match=column):
        compare_periods(THREE.assign(**{column: values}))


def test_no_argument_is_changed():
    counts = covered(weeks(a=[3, 5, 8, 13], b=[1, 2, 3, 4]), 7, 7, 6, 7).sample(
        frac=1, random_state=1
    )
    before = counts.copy(deep=True)

    comparison, growth = compare_periods(counts), growth_rate(counts)
    growth_curve(counts, growth.iloc[[0]])

    pd.testing.assert_frame_equal(counts, before)
    in_order = compare_periods(counts.sort_index()).sort_values("region", ignore_index=True)
    pd.testing.assert_frame_equal(comparison.sort_values("region", ignore_index=True), in_order)


@pytest.mark.parametrize("judge", [compare_periods, growth_rate])
def test_of_levels_that_overlap_each_is_judged_by_its_own_events(judge):
    starts = pd.date_range(MONDAY, periods=5, freq="7D").repeat([4, 6, 9, 14, 21])
    cells = [("US", "CN") if n % 3 else ("US",) for n in range(len(starts))]
    events = pd.DataFrame({"date": starts, "country": cells})

    together = judge(count_events(events, by="country", period="week"))

    assert together["claims"].tolist() == [2, 2]
    as_a_family = ["p_adjusted", "claims", "detectable", "detectable_ratio", "verdict"]
    as_a_family += ["doubling_time", "doubling_lower", "doubling_upper"]
    for place, country in enumerate(together["country"]):
        own = events[[country in cell for cell in events["country"]]]
        alone = judge(count_events(own, period="week")).drop(columns=as_a_family, errors="ignore")
        row = together.iloc[[place]][list(alone.columns)].reset_index(drop=True)
        pd.testing.assert_frame_equal(row, alone)
    with pytest.raises(ValueError, match="multi-valued"):
        judge(count_events(events, by="country", period="week"), by=[])

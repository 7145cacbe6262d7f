"""Series: regrouped, totalled, cumulated, and what stands out in them."""

import datetime as dt
import itertools
from collections import Counter
from math import nan

import numpy as np
import pandas as pd
import pytest
from examples import examples
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from aistats.counting.counts import count_events
from aistats.counting.schema import ALL, as_counts, groups_of, schema_of
from aistats.counting.tables import overlapping
from aistats.counting.verbs import (
    add_total,
    concentration,
    cumulate,
    first_periods,
    last_periods,
    new_entrants,
    peaks,
    regroup,
    rolling_mean,
    shares,
)
from aistats.dates.calendar import PERIODS
from aistats.faults import ParameterError

DAY = dt.timedelta(days=1)
BANDS = ["certain", "expected", "possible"]

calm = settings(deadline=None, derandomize=True, max_examples=examples(20))


# Any table of intervals --------------------------------------------------------------------------

FIRST = st.dates(dt.date(2025, 11, 20), dt.date(2026, 1, 20))
EVENT = st.tuples(
    FIRST,
    st.one_of(st.just(0), st.integers(0, 12), st.integers(0, 60)),
    st.sampled_from(["CN", "US", "unknown", None]),
    st.sampled_from(["model", "policy", None]),
)


def as_table(rows):
    dates = [f"{first}/{first + days * DAY}" for first, days, _, _ in rows]
    texts = {"region": [row[2] for row in rows], "kind": [row[3] for row in rows]}
    return pd.DataFrame({"date": dates, **texts}, dtype="str")


TABLES = st.lists(EVENT, min_size=1, max_size=8).map(as_table)
DAYS = st.lists(EVENT, min_size=1, max_size=8).map(
    lambda rows: as_table([(first, 0, region, kind) for first, _, region, kind in rows])
)
COVERAGE = st.one_of(
    st.none(),
    st.lists(FIRST, min_size=1, max_size=3).map(
        lambda firsts: pd.DataFrame(
            {
                "date": [f"{first}/{first + 9 * DAY}" for first in firsts],
                "source": [f"source {n}" for n, _ in enumerate(firsts)],
                "basis": ["assumed" if n else "stated" for n, _ in enumerate(firsts)],
            }
        )
    ),
)
PERIOD = st.sampled_from(PERIODS)
COARSE = st.sampled_from(["week", "dekad", "month"])
BOTH = ["region", "kind"]


def same(left, right):
    """Hold two tables to the same rows, whatever their order, and to the same columns in order."""
    assert list(left.columns) == list(right.columns)
    keys = [name for name in left.columns if name in ("period", *BOTH)]
    in_order = [
        t.sort_values(keys, key=lambda v: v.astype(str), ignore_index=True) if keys else t
        for t in (left, right)
    ]
    pd.testing.assert_frame_equal(*in_order, rtol=1e-12)


@calm
@given(TABLES, PERIOD, COVERAGE, st.sampled_from([[], ["region"], ["kind"], ["kind", "region"]]))
def test_a_regrouped_table_is_what_counting_so_gives(events, period, coverage, by):
    fine = count_events(events, by=BOTH, period=period, coverage=coverage)
    sparse = count_events(events, by=BOTH, period=period, coverage=coverage, complete=False)

    counted = count_events(events, by=by, period=period, coverage=coverage)
    same(regroup(fine, by=by), counted)
    same(
        regroup(sparse, by=by),
        count_events(events, by=by, period=period, coverage=coverage, complete=False),
    )
    assert fine.pipe(regroup, by=BOTH).equals(fine)
    same(regroup(count_events(events, by=BOTH), by=by), count_events(events, by=by))


@calm
@given(TABLES, PERIOD, COVERAGE, st.sampled_from([["region"], BOTH]))
def test_the_total_is_what_counting_without_groups_gives(events, period, coverage, by):
    counts = count_events(events, by=by, period=period, coverage=coverage)

    table = add_total(counts)

    is_total = (table[by] == ALL).all(axis=1)
    whole = count_events(events, period=period, coverage=coverage)
    same(table[is_total].drop(columns=by), whole)
    assert table[~is_total].reset_index(drop=True).equals(counts)
    assert table.groupby("period")["region"].first().eq(ALL).all()
    same(add_total(count_events(events, by=by)).head(1).drop(columns=by), count_events(events))


def levels_of(row, by):
    return tuple(None if pd.isna(row[name]) else row[name] for name in by)


def spans(events, by, levels):
    """The (first, last) days of the events of a group."""
    rows = (row for row in events.to_dict("records") if levels_of(row, by) == levels)
    return [[dt.date.fromisoformat(day) for day in row["date"].split("/")] for row in rows]


def share_between(span, first, last):
    days = (min(span[1], last) - max(span[0], first)).days + 1
    return max(days, 0) / ((span[1] - span[0]).days + 1)


@calm
@given(TABLES, PERIOD, st.sampled_from([[], ["region"]]))
def test_a_running_total_is_what_the_intervals_say(events, period, by):
    counts = count_events(events, by=by, period=period)
    ends = (counts["period"] + pd.to_timedelta(counts["days"] - 1, unit="D")).dt.date

    table = cumulate(counts)

    for end, row in zip(ends, table.to_dict("records"), strict=True):
        group = spans(events, by, levels_of(row, by))
        assert row["certain"] == sum(last <= end for _, last in group)
        assert row["possible"] == sum(first <= end for first, _ in group)
        shares_of = [share_between(span, dt.date.min, end) for span in group]
        assert row["expected"] == pytest.approx(sum(shares_of))
        assert row["certain"] <= row["expected"] <= row["possible"]
    assert table["days"].max() == counts.drop_duplicates("period")["days"].sum()


@calm
@given(TABLES, PERIOD, FIRST, st.integers(0, 30))
def test_a_running_total_from_a_cut_window_counts_no_event_that_may_lie_before(
    events, period, first, days
):
    counts = count_events(events, period=period, between=(first, first + days * DAY))

    table = cumulate(counts)

    for n, row in zip(table["days"], table.to_dict("records"), strict=True):
        end = first + (n - 1) * DAY
        inside = [share_between(span, first, end) for span in spans(events, [], ())]
        assert row["certain"] <= sum(share == 1 for share in inside)
        assert row["possible"] == sum(share > 0 for share in inside)
        assert row["expected"] == pytest.approx(sum(inside))
    assert (table["certain"] >= counts["certain"].cumsum()).all()
    assert (table["certain"] <= table["expected"]).all()
    assert (table["expected"] <= table["possible"]).all()


@calm
@given(DAYS, PERIOD)
def test_shares_of_dated_events_add_up_to_1_and_have_no_doubt(events, period):
    table = shares(count_events(events, by="region", period=period))

    total = table.groupby("period")["certain"].transform("sum")
    assert (table["share"].notna() == (total > 0)).all()
    assert table.loc[total > 0].groupby("period")["share"].sum().to_numpy() == pytest.approx(1)
    for bound in ("share_lower", "share_upper"):
        pd.testing.assert_series_equal(table[bound], table["share"], check_names=False)
    assert shares(count_events(events, by="region"))["share"].sum() == pytest.approx(1)


@calm
@given(TABLES, PERIOD, COVERAGE)
def test_the_bounds_of_a_share_enclose_it(events, period, coverage):
    table = shares(count_events(events, by=BOTH, period=period, coverage=coverage))

    known = table.dropna(subset="share")
    unknown = table["share"].isna()
    assert (known["share_lower"] <= known["share"] + 1e-12).all()
    assert (known["share"] <= known["share_upper"] + 1e-12).all()
    assert (known["share_lower"] >= 0).all()
    assert (known["share_upper"] <= 1).all()
    assert table.loc[unknown, ["share_lower", "share_upper"]].isna().all(axis=None)
    if coverage is not None:
        assert unknown[table["days_covered"] == 0].all()


KNOWN = st.tuples(FIRST, st.integers(0, 25), st.sampled_from(["CN", "US"]), st.none())


@calm
@given(st.lists(KNOWN, min_size=1, max_size=5).map(as_table), st.sampled_from(["dekad", "month"]))
def test_bounds_and_peaks_are_those_of_all_that_the_dates_leave_open(events, period):
    counts = count_events(events, by="region", period=period)
    places = [
        [(region, first) for first in count_events(events.iloc[[n]], period=period)["period"]]
        for n, region in enumerate(events["region"])
    ]
    worlds = [Counter(world) for world in itertools.product(*places)]
    regions, periods = events["region"].unique(), counts["period"].unique()

    for row in shares(counts).itertuples():
        own = [world[row.region, row.period] for world in worlds]
        of = [sum(world[region, row.period] for region in regions) for world in worlds]
        found = [n / total for n, total in zip(own, of, strict=True) if total]
        assert (row.share_lower, row.share_upper) == (
            pytest.approx((min(found), max(found))) if found else (pytest.approx(nan),) * 2
        )

    listed = {(row.region, row.period): row.sure for row in peaks(counts).itertuples()}
    for region in regions:
        most = [max(world[region, first] for first in periods) for world in worlds]
        for first in periods:
            leads = [world[region, first] == n for world, n in zip(worlds, most, strict=True)]
            alone = all(
                world[region, first] > world[region, other]
                for world, other in itertools.product(worlds, set(periods) - {first})
            )
            assert (region, first) in listed or not any(leads)
            assert listed.get((region, first), False) == alone


@calm
@given(TABLES, PERIOD, COVERAGE, st.integers(1, 5))
def test_a_rolling_mean_is_the_mean_of_the_covered_periods(events, period, coverage, window):
    counts = count_events(events, by="kind", period=period, coverage=coverage)
    assume(counts["period"].nunique() <= 60)

    table = rolling_mean(counts, window=window)

    for _, rows in table.groupby("kind", dropna=False):
        for place, row in enumerate(rows.to_dict("records")):
            seen = rows.iloc[max(place + 1 - window, 0) : place + 1]
            days = seen.get("days_covered", seen["days"])
            for band in BANDS:
                mean = seen.loc[days > 0, band].mean()
                assert row[f"mean_{band}"] == pytest.approx(mean, nan_ok=True)
            assert row["complete"] == (len(seen) == window and (days == seen["days"]).all())
    known = table.dropna(subset="mean_expected")
    assert (known["mean_certain"] <= known["mean_expected"]).all()
    assert (known["mean_expected"] <= known["mean_possible"]).all()


# Small tables, said outright ---------------------------------------------------------------------


def weeks(covered=None, **columns):
    """A counts table of one row a week from 1 December 2025."""
    n = len(columns["certain"])
    first = pd.date_range("2025-12-01", periods=n, freq="7D", unit="s")
    certain = columns["certain"]
    table = pd.DataFrame({"period": first} | columns).assign(days=7)
    table.insert(2, "expected", np.mean([certain, columns.get("possible", certain)], axis=0))
    table["possible"] = columns.get("possible", certain)
    return table if covered is None else table.assign(days_covered=covered)


EVENTS = pd.DataFrame(
    {
        "date": ["2025-12-02", "2025-12-06/2025-12-09", "2025-12-10", "2025-12-16"],
        "region": ["CN", "US", "US", None],
        "kind": ["model", "model", "policy", "model"],
    }
)
COVERED = pd.DataFrame(
    {
        "date": ["2025-12-01/2025-12-10", "2025-12-15/2025-12-21"],
        "source": ["a", "b"],
        "basis": ["stated", "assumed"],
    }
)
BY_REGION = count_events(EVENTS, by="region", period="week", coverage=COVERED)
NONE = EVENTS.iloc[:0]


def test_groups_add_up_and_exposure_does_not():
    table = regroup(count_events(EVENTS, by=BOTH, period="week", coverage=COVERED), by="kind")

    assert table.pop("outside").tolist() == [0] * 6
    assert table.astype({"period": "str"}).to_numpy().tolist() == [
        ["2025-12-01", "model", 1, 1.5, 2, 2, 1, 7, 7, 0, "a"],
        ["2025-12-01", "policy", 0, 0.0, 0, 0, 0, 7, 7, 0, "a"],
        ["2025-12-08", "model", 0, 0.5, 1, 0, 1, 7, 3, 0, "a"],
        ["2025-12-08", "policy", 1, 1.0, 1, 1, 1, 7, 3, 0, "a"],
        ["2025-12-15", "model", 1, 1.0, 1, 1, 1, 7, 7, 7, "b"],
        ["2025-12-15", "policy", 0, 0.0, 0, 0, 0, 7, 7, 7, "b"],
    ]


def test_levels_keep_the_order_of_the_table():
    table = pd.DataFrame({"a": ["z", "y", "z"], "b": [1, 1, 2], "count": [1, 2, 3]})
    counts = as_counts(table, by=["a", "b"])

    assert regroup(counts, by=["b", "a"]).to_dict("list") == {
        "b": [1, 1, 2],
        "a": ["z", "y", "z"],
        "count": [1, 2, 3],
    }
    assert regroup(counts, by="a").to_dict("list") == {"a": ["z", "y"], "count": [4, 2]}
    assert regroup(counts, by=None).to_dict("list") == {"count": [6]}


def test_tables_of_disjoint_records_can_be_joined_and_regrouped():
    one = count_events(EVENTS, by="region")
    both = pd.concat([one, count_events(EVENTS, by="region")])
    joined = as_counts(both, by="region")
    assert regroup(joined, by="region")["count"].tolist() == [2, 4, 2]


@pytest.mark.parametrize("by", [(), "region"])
@pytest.mark.parametrize("counts", [count_events(EVENTS, by="region"), BY_REGION])
def test_no_table_that_has_the_same_events_twice_is_added_up(counts, by):
    with pytest.raises(ParameterError, match=r"region repeat in .* but each group and period"):
        regroup(pd.concat([counts, counts]), by=by)


def test_a_total_comes_first_in_each_period():
    table = add_total(BY_REGION)

    assert table["region"].fillna("-").tolist() == [ALL, "CN", "US", "-"] * 3
    assert table["possible"].tolist() == [2, 1, 1, 0, 2, 0, 2, 0, 1, 0, 0, 1]
    assert table["days_covered"].tolist() == [7] * 4 + [3] * 4 + [7] * 4
    assert table.dtypes.equals(BY_REGION.dtypes)
    assert add_total(count_events(EVENTS, by=BOTH)).iloc[0].tolist() == [ALL, ALL, 4]


def test_a_running_total_counts_an_event_where_it_surely_has_happened():
    table = cumulate(count_events(EVENTS, period="week", coverage=COVERED))

    assert table.astype({"period": "str"}).to_dict("split")["data"] == [
        ["2025-12-01", 1, 1.5, 2, 7, 7, 0],
        ["2025-12-08", 3, 3.0, 3, 14, 10, 0],
        ["2025-12-15", 4, 4.0, 4, 21, 17, 7],
    ]
    assert list(table.columns) == ["period", *BANDS, "days", "days_covered", "days_assumed"]


def test_the_shares_of_an_event_add_up_to_one_event():
    # 49 times 1 / 49 is less than 1 in floating point.
    days = count_events(pd.DataFrame({"date": ["2025-12-01/2026-01-18"]}), period="day")

    assert cumulate(days)[BANDS].iloc[-1].tolist() == [1, 1, 1]


def test_a_running_total_of_the_last_periods_leaves_open_what_began_before():
    counts = count_events(EVENTS.iloc[:3], period="week")

    table = cumulate(last_periods(counts, n=1))

    assert table[BANDS].to_numpy().tolist() == [[1, 1.5, 2]]


@pytest.mark.parametrize(("n", "rows"), [(1, 3), (2, 6), (3, 9), (99, 9)])
def test_the_first_and_the_last_periods_are_whole_and_in_the_order_of_the_table(n, rows):
    backwards = BY_REGION.iloc[::-1]

    assert first_periods(BY_REGION, n=n).equals(BY_REGION.head(rows))
    assert last_periods(BY_REGION, n=n).equals(BY_REGION.tail(rows).reset_index(drop=True))
    assert last_periods(backwards, n=n).equals(backwards.head(rows).reset_index(drop=True))
    assert first_periods(count_events(NONE, period="week"), n=n).empty


@pytest.mark.parametrize(
    ("certain", "possible", "covered", "found"),
    [
        ([0, 0], [0, 0], None, {}),
        ([2, 1], [2, 1], None, {0: True}),
        ([2, 2], [2, 2], None, {0: False, 1: False}),
        ([2, 1], [2, 2], None, {0: False, 1: False}),
        ([0, 0], [1, 0], None, {0: False}),  # the event may lie in no period of the table
        ([1], [1], None, {0: True}),
        ([2, 5, 1], [3, 5, 1], [7, 0, 7], {0: True}),
        ([0, 5], [0, 5], [7, 0], {}),
        ([3, 5], [3, 5], [0, 0], {}),
        ([1, 3, 2], [2, 4, 3], [1, 7, 7], {1: False, 2: False}),
    ],
)
def test_a_peak_is_any_covered_period_that_may_hold_the_most(certain, possible, covered, found):
    counts = weeks(certain=certain, possible=possible, covered=covered)

    table = peaks(counts)

    assert dict(zip(table["period"], table["sure"], strict=True)) == {
        counts["period"].iloc[place]: sure for place, sure in found.items()
    }
    assert table["sure"].dtype == bool


def test_each_group_has_its_peak_a_missing_level_too():
    table = peaks(BY_REGION)

    # The event of the US between 6 and 9 December makes the two weeks equal, or it does not.
    assert table["region"].fillna("-").tolist() == ["CN", "US", "US", "-"]
    assert table["period"].dt.day.tolist() == [1, 1, 8, 15]
    assert table["sure"].tolist() == [True, False, False, True]


def test_a_period_that_nobody_covers_is_no_zero_in_a_mean():
    counts = weeks(certain=[4, 0, 0, 2, 1], covered=[7, 0, 0, 5, 7])

    table = rolling_mean(counts, window=2)

    mean = table["mean_expected"].tolist()
    assert mean == pytest.approx([4, 4, nan, 2, 1.5], nan_ok=True)
    assert table["complete"].tolist() == [False] * 5
    assert rolling_mean(counts, window=1)["complete"].tolist() == [True, False, False, False, True]
    assert rolling_mean(counts, window=10**9)["mean_certain"].iloc[-1] == pytest.approx(7 / 3)


def test_a_share_has_bounds_and_none_where_there_is_nothing_to_share():
    counts = pd.DataFrame(
        {
            "period": pd.to_datetime(np.repeat(["2025-12-01", "2025-12-08", "2025-12-15"], 2)),
            "region": ["CN", "US"] * 3,
            "certain": [1, 0, 0, 0, 2, 2],
            "expected": [2.0, 0.5, 0.5, 0, 2, 2],
            "possible": [3, 1, 1, 0, 2, 2],
            "days_covered": [7, 7, 3, 3, 0, 0],
        }
    )

    table = shares(as_counts(counts, by="region"))

    assert table["share"].tolist() == pytest.approx([0.8, 0.2, 1, 0, nan, nan], nan_ok=True)
    lower, upper = table["share_lower"].tolist(), table["share_upper"].tolist()
    assert lower == pytest.approx([1 / 2, 0, 1, 0, nan, nan], nan_ok=True)
    assert upper == pytest.approx([1, 1 / 2, 1, 0, nan, nan], nan_ok=True)


@pytest.mark.parametrize(
    ("counts", "share"), [([], []), ([0, 0], [nan, nan]), ([3], [1]), ([1, 3, 0], [0.25, 0.75, 0])]
)
def test_shares_without_periods_are_of_all_events(counts, share):
    levels = pd.Series(list("abc")[: len(counts)], dtype="str")
    table = shares(as_counts(pd.DataFrame({"level": levels, "count": counts}), by="level"))

    assert table["share"].tolist() == pytest.approx(share, nan_ok=True)


@pytest.mark.parametrize(
    ("levels", "events", "levels_", "share", "tied"),
    [
        ({}, 0, 0, nan, False),
        ({"a": 0}, 0, 0, nan, False),
        ({"a": 4}, 4, 1, 1, False),
        ({"a": 4, "b": 2, "c": 1, "d": 1}, 8, 4, 6 / 8, False),
        ({"a": 4, "b": 2, "c": 2, "d": 0}, 8, 3, 6 / 8, True),
        ({"a": 1, "b": 1}, 2, 2, 1, False),
        ({"a": 3, "unknown": 6, "unstated": 2, None: 1}, 12, 1, 3 / 12, False),
        ({"unknown": 2}, 2, 0, 0, False),
    ],
)
def test_concentration_is_the_share_of_the_largest_known_levels(
    levels, events, levels_, share, tied
):
    counts = pd.DataFrame({"level": pd.Series(levels, dtype=int).index, "count": levels.values()})

    table = concentration(as_counts(counts.astype({"count": "int64"}), by="level"), top=2)

    assert table.to_dict("list") == {
        "events": [events],
        "levels": [levels_],
        "share": [pytest.approx(share, nan_ok=True)],
        "tied": [tied],
    }


def test_concentration_by_period_has_no_share_where_nobody_looked():
    counts = BY_REGION.assign(days_covered=[7] * 3 + [3] * 3 + [0] * 3)

    table = concentration(counts, top=1)

    assert table["share"].tolist() == pytest.approx([2 / 3, 1, nan], nan_ok=True)
    assert table["events"].tolist() == [1.5, 1.5, 1]
    assert table["levels"].tolist() == [2, 1, 0]
    assert table["days_covered"].tolist() == [7, 3, 0]
    assert concentration(count_events(NONE, by="region", period="week")).empty


def test_a_tie_of_expected_counts_is_found_whatever_their_rounding():
    table = weeks(certain=[0], possible=[1]).merge(pd.DataFrame({"level": ["a", "b"]}), "cross")
    counts = as_counts(table.assign(expected=[0.1 + 0.2, 0.3]), by="level")

    assert concentration(counts, top=1)["tied"].tolist() == [True]


def test_an_entrant_has_no_event_in_the_baseline_and_is_known():
    baseline = pd.DataFrame({"level": ["a", "b", None], "count": [1, 0, 1]})
    baseline = as_counts(baseline, by="level")
    counts = pd.DataFrame(
        {"level": ["a", "b", "c", "d", "unknown", None], "count": [1, 2, 3, 0, 5, 6]}
    )
    counts = as_counts(counts, by="level")

    table = new_entrants(counts, baseline=baseline)

    assert table.to_dict("list") == {"level": ["b", "c"], "count": [2, 3]}
    assert new_entrants(counts, baseline=baseline.iloc[:0])["level"].tolist() == ["a", "b", "c"]
    assert new_entrants(counts, baseline=counts).empty
    assert new_entrants(counts.iloc[:0], baseline=counts).empty


def test_a_combination_of_known_levels_may_be_new():
    november = pd.DataFrame({"a": ["x", "y"], "b": ["m", "n"]})
    december = pd.DataFrame({"a": ["x", "x", "x"], "b": ["m", "n", None]})
    before, now = (
        count_events(events, by=["a", "b"], complete=False) for events in (november, december)
    )

    assert new_entrants(now, baseline=before).to_dict("list") == {
        "a": ["x"],
        "b": ["n"],
        "count": [1],
    }


def test_an_entrant_is_sure_where_its_event_certainly_is():
    events = pd.DataFrame(
        {
            "date": ["2025-11-20", "2025-11-28/2025-12-03", "2025-12-02", "2025-12-06/2025-12-09"],
            "who": ["old", "open", "new", "later"],
        }
    )
    baseline = count_events(events, by="who", period="month", between=("2025-11", "2025-11"))
    counts = count_events(events, by="who", period="week", between=("2025-12", "2025-12"))

    table = new_entrants(counts, baseline=baseline)

    assert table["who"].tolist() == ["later", "new", "later"]
    assert table["sure"].tolist() == [False, True, False]
    by_month = count_events(events, by="who", period="month", between=("2025-12", "2025-12"))
    assert new_entrants(by_month, baseline=baseline)["sure"].tolist() == [True, True]
    undated = count_events(events.iloc[:2], by="who")
    assert new_entrants(counts, baseline=undated)["who"].tolist() == table["who"].tolist()


@pytest.mark.parametrize(
    "levels",
    [
        pd.Series(["b", None, "a", "a"]),
        pd.Series(["b", None, "a", "a"], dtype=object),
        pd.Series(["b", None, "a", "a"], dtype="string"),
        pd.Series(["b", None, "a", "a"], dtype="category"),
        pd.Series([2, None, 1, 1]),
        pd.Series([2, None, 1, 1], dtype="Int64"),
        pd.Series([True, None, False, False], dtype=object),
        pd.Series(pd.to_datetime(["2026", None, "2025", "2025"])),
    ],
    ids=lambda levels: str(levels.dtype),
)
def test_levels_of_any_type_and_missing_ones_are_groups(levels):
    dates = ["2025-12-02", "2025-12-06/2025-12-09", "2025-12-10", "2025-12-01"]
    counts = count_events(pd.DataFrame({"date": dates, "level": levels}), by="level", period="week")

    assert regroup(counts, by="level").equals(counts)
    assert len(add_total(counts)) == len(counts) + 2
    assert len(cumulate(counts)) == len(rolling_mean(counts, window=2)) == len(counts) == 6
    assert cumulate(counts)["certain"].tail(3).tolist() == [2, 1, 1]
    assert peaks(counts)["level"].isna().sum() == 2
    assert shares(counts)["share"].sum() == pytest.approx(2)
    assert concentration(counts)["levels"].tolist() == [2, 1]
    assert len(new_entrants(counts, baseline=counts.iloc[:0])) == 3


# Every verb --------------------------------------------------------------------------------------

VERBS = {
    "regroup": lambda counts: regroup(counts, by="region"),
    "add_total": add_total,
    "cumulate": cumulate,
    "first_periods": first_periods,
    "last_periods": last_periods,
    "peaks": peaks,
    "rolling_mean": lambda counts: rolling_mean(counts, window=2),
    "shares": shares,
    "concentration": concentration,
    "new_entrants": lambda counts: new_entrants(counts, baseline=first_periods(BY_REGION)),
}
every_verb = pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)


@every_verb
def test_a_verb_changes_neither_its_argument_nor_looks_at_the_index(verb):
    counts = BY_REGION.set_axis([0] * len(BY_REGION))
    before = counts.copy(deep=True)

    table = verb(counts)

    assert counts.equals(before)
    assert table.equals(verb(BY_REGION))
    assert list(table.index) == list(range(len(table)))


@every_verb
def test_an_empty_table_stays_empty_and_keeps_its_types(verb):
    empty = count_events(NONE, by="region", period="week", coverage=COVERED.iloc[:0])

    table = verb(empty)

    assert table.empty
    assert list(table.columns) == list(verb(BY_REGION).columns)
    assert (table[["period"]].dtypes == "datetime64[s]").all()


@every_verb
def test_what_a_verb_adds_is_no_group(verb):
    chained = BY_REGION.pipe(shares).pipe(rolling_mean, window=2).assign(sure=True)

    plain = verb(BY_REGION)

    assert verb(chained)[plain.columns].equals(plain)


# What is refused ---------------------------------------------------------------------------------

UNDATED = count_events(EVENTS, by="region")
GAP = BY_REGION[BY_REGION["period"] != "2025-12-08"]
REFUSED = [
    (
        regroup,
        UNDATED,
        {"by": "regoin"},
        "by: there is no group column “regoin”; use one of: region",
    ),
    (regroup, UNDATED, {"by": "count"}, "by: there is no group column “count”"),
    (
        regroup,
        UNDATED,
        {"by": ["region", "region"]},
        "by: “region” is set more than once",
    ),
    (
        regroup,
        UNDATED[["region"]],
        {},
        "counts: there is no column “count”; use one of: region",
    ),
    (regroup, add_total(UNDATED), {}, r"counts: “region” has the total “\(all\)” already"),
    (
        regroup,
        BY_REGION.assign(days_covered=range(9)),
        {},
        "counts: the groups of the period 2025-12-01 differ in days, days_covered,",
    ),
    (add_total, add_total(UNDATED), {}, "counts: “region” has the total"),
    (add_total, count_events(EVENTS), {}, "counts: has no group column"),
    (
        add_total,
        pd.concat([UNDATED, UNDATED]),
        {},
        "counts: region repeat in 3 of 6 rows, but each group and period has one row",
    ),
    (
        cumulate,
        UNDATED,
        {},
        r"counts: has no column “period”; count with .*period, certain",
    ),
    (cumulate, GAP, {}, "counts: 2025-12-08 is in no period"),
    (
        cumulate,
        cumulate(BY_REGION),
        {},
        r"there is no column “starting”; .*\n.*there is no column “ending”",
    ),
    (cumulate, BY_REGION.assign(days=8), {}, "2025-12-08 is in two"),
    (
        cumulate,
        BY_REGION.drop(index=4),
        {},
        "a group has no row in a period; count with complete=True",
    ),
    (
        cumulate,
        BY_REGION.drop(columns="region"),
        {},
        "no record of its group columns",
    ),
    (first_periods, UNDATED, {}, "counts: has no column “period”"),
    (first_periods, BY_REGION, {"n": 0}, "n: 0 must be at least 1"),
    (last_periods, UNDATED, {}, "counts: has no column “period”"),
    (last_periods, BY_REGION, {"n": -1}, "n: -1 must be at least 1"),
    (peaks, UNDATED, {}, "counts: has no column “period”"),
    (rolling_mean, BY_REGION, {"window": 0}, "window: 0 must be at least 1"),
    (rolling_mean, GAP, {"window": 2}, "2025-12-08 is in no period"),
    (rolling_mean, BY_REGION.drop(index=0), {"window": 2}, "a group has no row in a period"),
    *(
        (verb, cumulate(BY_REGION), arguments, "counts: the rows are running totals, which include")
        for verb, arguments in [
            (rolling_mean, {"window": 2}),
            (peaks, {}),
            (shares, {}),
            (add_total, {}),
            (regroup, {}),
            (concentration, {}),
            (new_entrants, {"baseline": BY_REGION}),
        ]
    ),
    (shares, count_events(EVENTS, period="week"), {}, "counts: has no group column"),
    (shares, add_total(BY_REGION), {}, "counts: “region” has the total"),
    (shares, BY_REGION.drop(columns="possible"), {}, "counts: there is no column “possible”"),
    (concentration, UNDATED, {"top": 0}, "top: 0 must be at least 1"),
    (
        concentration,
        count_events(EVENTS, by=BOTH),
        {},
        "counts: must have one group column, not region, kind; count by one column",
    ),
    (concentration, count_events(EVENTS), {}, "must have one group column, not 0"),
    (concentration, add_total(UNDATED), {}, "counts: “region” has the total"),
    (new_entrants, UNDATED, {"baseline": None}, "baseline: “None” is not a counts table"),
    (
        new_entrants,
        UNDATED,
        {"baseline": count_events(EVENTS, by="kind")},
        "baseline: there is no column “region”; use one of: kind, count",
    ),
    (
        new_entrants,
        UNDATED,
        {"baseline": UNDATED[["region"]]},
        "baseline: there is no column “count”",
    ),
    (
        new_entrants,
        UNDATED,
        {"baseline": BY_REGION.assign(days_covered=0)},
        "baseline: no period is covered",
    ),
    (new_entrants, count_events(EVENTS), {"baseline": UNDATED}, "counts: has no group column"),
    (new_entrants, add_total(UNDATED), {"baseline": UNDATED}, "counts: “region” has the"),
    (
        new_entrants,
        UNDATED,
        {"baseline": UNDATED.merge(pd.DataFrame({"region": ["CN"], "continent": ["Asia"]}))},
        "baseline: the table has no record of its group columns",
    ),
]


@pytest.mark.parametrize(
    ("verb", "counts", "arguments", "says"), REFUSED, ids=lambda x: getattr(x, "__name__", "")
)
def test_a_wrong_table_or_argument_is_named_with_its_value(verb, counts, arguments, says):
    with pytest.raises(ParameterError, match=says):
        counts.pipe(verb, **arguments)


# Levels that overlap -----------------------------------------------------------------------------

BY_TWO = ["country", "kind"]
LISTED = EVENTS.assign(country=[("CN", "US") if n % 2 else ("US",) for n in range(len(EVENTS))])
BY_COUNTRY = count_events(LISTED, by=["country", "kind"], period="week")


@pytest.mark.parametrize("period", [None, "week"])
@pytest.mark.parametrize(
    "verb",
    [regroup, add_total, shares, concentration, lambda table: regroup(table, by="kind")],
    ids=["regroup", "add_total", "shares", "concentration", "by kind"],
)
def test_levels_that_overlap_are_never_added_up(verb, period):
    by = ["country"] if verb is concentration else ["country", "kind"]
    counts = count_events(LISTED, by=by, period=period)
    says = r"“country” is multi-valued: .* count without by=“country”"
    with pytest.raises(ParameterError, match=says):
        verb(counts)


@pytest.mark.parametrize("period", [None, "week"])
def test_what_overlaps_is_added_up_over_the_levels_that_do_not(period):
    counts = count_events(LISTED, by=["country", "kind"], period=period)
    found = regroup(counts, by="country")
    same(found, count_events(LISTED, by="country", period=period))
    assert overlapping(found) == ["country"]


@pytest.mark.parametrize("period", [None, "week"])
def test_one_level_alone_does_not_overlap(period):
    counts = count_events(LISTED, by=["country", "kind"], period=period)
    chinese = counts[counts["country"] == "CN"]
    ours = LISTED[[("CN" in cell) for cell in LISTED["country"]]]

    found = regroup(chinese, by="kind")

    held = found["kind"].isin(ours["kind"].dropna()) | found["kind"].isna()
    expected = count_events(ours, by="kind", period=period)
    number = "count" if period is None else "possible"
    assert found.loc[held, number].sum() == expected[number].sum()
    assert shares(found)["share"].notna().any()
    total = add_total(chinese)
    assert total[total["kind"] == ALL][number].sum() == expected[number].sum()


@pytest.mark.parametrize(
    "verb",
    [
        cumulate,
        first_periods,
        last_periods,
        peaks,
        lambda table: rolling_mean(table, window=2),
        lambda table: new_entrants(table, baseline=table.head(1)),
        lambda table: regroup(table, by=["kind", "country"]),
    ],
    ids=["cumulate", "first", "last", "peaks", "rolling", "new", "regroup"],
)
def test_no_verb_forgets_that_levels_overlap(verb):
    made = verb(BY_COUNTRY)
    assert schema_of(made)["overlapping"] == ["country"]
    assert groups_of(made) == (["kind", "country"] if list(made)[1] == "kind" else BY_TWO)
    assert len(made)


# Groups that are called like columns of other counts tables ---------------------------------------

VERBS = {
    "regroup": lambda counts: regroup(counts, by=groups_of(counts)),
    "add_total": add_total,
    "shares": shares,
    "concentration": concentration,
    "cumulate": cumulate,
    "rolling_mean": lambda counts: rolling_mean(counts, window=2),
    "peaks": peaks,
}
CALLED_X = pd.DataFrame({"date": ["2025-12-02", "2025-12-09", "2025-12-10"], "x": ["a", "b", "a"]})


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_a_group_called_like_a_result_is_a_group(verb):
    counts = count_events(CALLED_X.rename(columns={"x": "rate"}), by="rate", period="week")
    expected = verb(count_events(CALLED_X, by="x", period="week"))
    pd.testing.assert_frame_equal(verb(counts), expected.rename(columns={"x": "rate"}))


@pytest.mark.parametrize(
    ("verb", "name"),
    [
        *(("shares", name) for name in ("share", "share_lower", "share_upper")),
        ("peaks", "sure"),
        *(("rolling_mean", name) for name in ("mean_certain", "complete")),
    ],
)
def test_no_verb_writes_over_a_group(verb, name):
    counts = count_events(CALLED_X.rename(columns={"x": name}), by=name, period="week")
    with pytest.raises(ParameterError, match=f"“{name}”"):
        VERBS[verb](counts)


def test_new_entrants_write_over_no_group():
    counts = count_events(CALLED_X.rename(columns={"x": "sure"}), by="sure", period="week")
    with pytest.raises(ParameterError, match="“sure”"):
        new_entrants(counts, baseline=counts)

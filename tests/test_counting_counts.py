"""Counts: certain, expected, possible, and the exposure beside them."""

import datetime as dt
import itertools
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import aistats as ai
from aistats.counting.counts import count_events, events_in
from aistats.counting.schema import (
    ALL,
    OWN_COLUMNS,
    RESERVED,
    RESULTS,
    CountsSchema,
    as_counts,
    with_schema,
)
from aistats.counting.tables import overlapping
from aistats.counting.verbs import add_total
from aistats.dates.calendar import PERIODS
from aistats.faults import DataError, ParameterError
from aistats.tables.edition import read_edition

DAY = dt.timedelta(days=1)
BANDS = ["certain", "expected", "possible", "starting", "ending"]

calm = settings(deadline=None, derandomize=True, max_examples=examples(60))


# The oracle of December 2025 ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("date", "period", "shares"),
    [
        # 上旬
        ("2025-12-01/2025-12-10", "week", {"2025-12-01": 7 / 10, "2025-12-08": 3 / 10}),
        ("2025-12-01/2025-12-10", "dekad", {"2025-12-01": 1}),
        # 中旬
        ("2025-12-11/2025-12-20", "week", {"2025-12-08": 4 / 10, "2025-12-15": 6 / 10}),
        ("2025-12-11/2025-12-20", "dekad", {"2025-12-11": 1}),
        # 下旬
        (
            "2025-12-21/2025-12-31",
            "week",
            {"2025-12-15": 1 / 11, "2025-12-22": 7 / 11, "2025-12-29": 3 / 11},
        ),
        ("2025-12-21/2025-12-31", "dekad", {"2025-12-21": 1}),
        # 30 November to 6 December
        ("2025-11-30/2025-12-06", "week", {"2025-11-24": 1 / 7, "2025-12-01": 6 / 7}),
        ("2025-11-30/2025-12-06", "dekad", {"2025-11-21": 1 / 7, "2025-12-01": 6 / 7}),
        ("2025-11-30/2025-12-06", "month", {"2025-11-01": 1 / 7, "2025-12-01": 6 / 7}),
        # 15 December, give or take 3 days
        ("2025-12-15~", "week", {"2025-12-08": 3 / 7, "2025-12-15": 4 / 7}),
        ("2025-12-15~", "dekad", {"2025-12-11": 1}),
        ("2025-12-12/2025-12-18", "week", {"2025-12-08": 3 / 7, "2025-12-15": 4 / 7}),
        # a day is a day
        ("2025-12-02", "week", {"2025-12-01": 1}),
        ("2025-12-31", "quarter", {"2025-10-01": 1}),
    ],
)
def test_december_2025_is_shared_out_to_the_last_digit(date, period, shares):
    table = count_events(pd.DataFrame({"date": [date]}), period=period)

    assert dict(zip(table["period"].astype(str), table["expected"], strict=True)) == shares
    assert table["certain"].tolist() == [int(share == 1) for share in shares.values()]
    assert table["possible"].tolist() == [1] * len(shares)


def test_the_days_of_no_section_in_december_2025_are_not_covered():
    edition = read_edition("data", "2025-12")
    coverage, events = edition.coverage, edition.events

    days = count_events(events, period="day", coverage=coverage).set_index("period")["days_covered"]
    weeks = count_events(events, period="week", coverage=coverage).set_index("period")
    dekads = count_events(events, period="dekad", coverage=coverage).set_index("period")

    assert days[days == 0].index.astype(str).tolist() == [f"2025-12-{n:02}" for n in range(7, 11)]
    assert weeks["days_covered"].to_dict() == {
        pd.Timestamp("2025-11-24"): 1,
        pd.Timestamp("2025-12-01"): 6,
        pd.Timestamp("2025-12-08"): 4,
        pd.Timestamp("2025-12-15"): 6,
    }
    assert dekads["days_covered"].tolist() == [1, 6, 10]
    assert weeks["days"].tolist() == [7, 7, 7, 7]
    assert dekads["days"].tolist() == [10, 10, 10]


# Any table of intervals against a plain count, day by day ----------------------------------------

REGIONS = st.sampled_from(["CN", "US", "中国", "é", "NA", "", " ", None])
KINDS = st.sampled_from(["model", "policy", None])
FIRST = st.dates(dt.date(2024, 12, 20), dt.date(2026, 2, 10))
EVENT = st.tuples(
    FIRST, st.one_of(st.just(0), st.integers(0, 12), st.integers(0, 90)), REGIONS, KINDS
)


def as_table(rows):
    """Make the rows that hypothesis draws a table of EDTF intervals."""
    dates = [f"{first}/{first + days * DAY}" for first, days, _, _ in rows]
    texts = {"region": [row[2] for row in rows], "kind": [row[3] for row in rows]}
    return pd.DataFrame({"date": dates, **texts}, dtype="str")


TABLES = st.lists(EVENT, min_size=1, max_size=10).map(as_table)
BY = st.sampled_from([[], ["region"], ["kind"], ["region", "kind"], ["kind", "region"]])
PERIOD = st.sampled_from(PERIODS)


def first_day_of(day, period):
    return {
        "day": day,
        "week": day - day.weekday() * DAY,
        "dekad": day.replace(day=1 if day.day <= 10 else 11 if day.day <= 20 else 21),
        "month": day.replace(day=1),
        "quarter": day.replace(month=1 + (day.month - 1) // 3 * 3, day=1),
        "year": day.replace(month=1, day=1),
    }[period]


def every_day(date):
    """The days of an EDTF interval of two days."""
    first, last = (dt.date.fromisoformat(end) for end in date.split("/"))
    return [first + n * DAY for n in range((last - first).days + 1)]


def levels_of(row, by):
    return tuple(None if pd.isna(row[name]) else row[name] for name in by)


def by_hand(events, by, period, window=None):
    """Count day by day; return the bands of each (period, *by) with an event in it."""
    cells = {}
    for row in events.to_dict("records"):
        days = every_day(row["date"])
        shown = [day for day in days if window is None or window[0] <= day <= window[1]]
        for first, overlap in Counter(first_day_of(day, period) for day in shown).items():
            cell = cells.setdefault((first, *levels_of(row, by)), np.zeros(5))
            starts, ends = (
                day in shown and first_day_of(day, period) == first for day in (days[0], days[-1])
            )
            cell += [overlap == len(days), overlap / len(days), 1, starts, ends]
    return cells


def by_cell(table, by, period):
    """Return a counts table in the form of `by_hand`; a period cut short gets its full name."""
    return {
        (first_day_of(row["period"].date(), period), *levels_of(row, by)): [row[n] for n in BANDS]
        for row in table.to_dict("records")
    }


def assert_same_cells(found, expected):
    assert found.keys() == expected.keys()
    for key, counts in expected.items():
        assert found[key] == pytest.approx(counts, rel=1e-12, abs=0), key


@calm
@given(TABLES, BY, PERIOD)
def test_cells_with_events_are_what_a_count_by_hand_finds(events, by, period):
    table = count_events(events, by=by, period=period, complete=False)

    assert_same_cells(by_cell(table, by, period), by_hand(events, by, period))
    assert not table.duplicated(["period", *by]).any()


@calm
@given(TABLES, BY, PERIOD, FIRST, st.integers(0, 60))
def test_a_window_cuts_periods_and_events(events, by, period, first, days):
    window = (first, first + days * DAY)

    table = count_events(events, by=by, period=period, between=window, complete=False)
    complete = count_events(events, by=by, period=period, between=window).drop_duplicates("period")

    assert_same_cells(by_cell(table, by, period), by_hand(events, by, period, window))
    assert (table["period"] >= pd.Timestamp(first)).all()
    assert complete["period"].iloc[0] == pd.Timestamp(first)
    assert complete["days"].sum() == days + 1


@calm
@given(TABLES, BY, PERIOD)
def test_a_complete_table_has_every_combination_and_the_same_counts(events, by, period):
    complete = count_events(events, by=by, period=period)
    sparse = count_events(events, by=by, period=period, complete=False)

    levels = [events[name].fillna("(missing)").nunique() for name in by]
    periods = {first_day_of(day, period) for date in events["date"] for day in every_day(date)}
    assert len(complete) == complete["period"].nunique() * np.prod(levels, dtype=int)
    assert not complete.duplicated(["period", *by]).any()
    assert complete["period"].dt.date.min() == min(periods)
    assert complete["period"].dt.date.max() == max(periods)
    found = complete[complete["possible"] > 0].reset_index(drop=True)
    pd.testing.assert_frame_equal(found, sparse)


@calm
@given(TABLES, BY, PERIOD)
def test_the_bands_are_in_order_and_add_up_to_the_events(events, by, period):
    table = count_events(events, by=by, period=period)

    assert (table["certain"] >= 0).all()
    assert (table["certain"] <= table["expected"]).all()
    assert (table["expected"] <= table["possible"]).all()
    assert table["expected"].sum() == pytest.approx(len(events), rel=1e-12)
    assert table["starting"].sum() == len(events)
    assert table["ending"].sum() == len(events)


@calm
@given(TABLES, BY, PERIOD)
def test_groups_add_up_to_the_whole(events, by, period):
    whole = count_events(events, period=period).set_index("period")[BANDS]
    summed = count_events(events, by=by, period=period).groupby("period")[BANDS].sum()

    pd.testing.assert_frame_equal(summed, whole, rtol=1e-12)


@calm
@given(TABLES, BY, PERIOD, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter_and_they_are_not_changed(events, by, period, random):
    before = events.copy(deep=True)
    order = random.sample(range(len(events)), len(events))

    table = count_events(events, by=by, period=period)
    shuffled = count_events(events.iloc[order], by=by, period=period)

    pd.testing.assert_frame_equal(shuffled, table)
    pd.testing.assert_frame_equal(events, before)


@settings(calm, max_examples=examples(25))
@given(TABLES, BY, PERIOD)
def test_every_count_leads_back_to_its_events(events, by, period):
    ranked = count_events(events, by=by, period=period).sort_values("possible")
    some = ranked.iloc[np.unique(np.linspace(0, len(ranked) - 1, 8).astype(int))]

    for _, row in some.iterrows():
        assert len(events_in(events, row)) == row["possible"]
    for _, row in count_events(events, by=by).tail(4).iterrows():
        assert len(events_in(events, row)) == row["count"]


@calm
@given(TABLES, BY)
def test_without_a_period_each_event_counts_once_whatever_its_date(events, by):
    complete = count_events(events, by=by)
    sparse = count_events(events, by=by, complete=False)

    expected = Counter(levels_of(row, by) for row in events.to_dict("records"))
    found = {levels_of(row, by): row["count"] for row in complete.to_dict("records")}
    assert {levels: n for levels, n in found.items() if n} == expected
    assert len(found) == len(complete)
    assert len(complete) == np.prod([events[name].nunique(dropna=False) for name in by], dtype=int)
    pd.testing.assert_frame_equal(complete[complete["count"] > 0].reset_index(drop=True), sparse)


WINDOWS = st.lists(st.tuples(FIRST, st.integers(0, 40)), min_size=1, max_size=5)


@calm
@given(TABLES, PERIOD, WINDOWS)
def test_covered_days_are_the_days_of_all_windows_together(events, period, windows):
    dates = [f"{first}/{first + days * DAY}" for first, days in windows]
    covered = {day for date in dates for day in every_day(date)}

    table = count_events(events, period=period, coverage=pd.DataFrame({"date": dates}))

    expected = Counter(pd.Timestamp(first_day_of(day, period)) for day in covered)
    found = table.set_index("period")["days_covered"]
    assert found[found > 0].to_dict() == expected
    assert (table["days_covered"] <= table["days"]).all()
    shown = {first_day_of(day, period) for date in events["date"] for day in every_day(date)}
    assert table["period"].dt.date.min() == min([*shown, *(key.date() for key in expected)])
    assert table["period"].dt.date.max() == max([*shown, *(key.date() for key in expected)])


# Small tables, said outright ---------------------------------------------------------------------

THREE = pd.DataFrame(
    {
        "date": ["2025-12-02", "2025-12-09", "2025-12-06/2025-12-09"],
        "region": ["CN", "US", "CN"],
    }
)


def test_a_counts_table_has_the_columns_and_types_of_its_contract():
    coverage = pd.DataFrame({"date": ["2025-12"]})

    table = count_events(THREE, by="region", period="week", coverage=coverage)

    assert table.dtypes.astype(str).to_dict() == {
        "period": "datetime64[s]",
        "region": "str",
        "certain": "int64",
        "expected": "float64",
        "possible": "int64",
        "starting": "int64",
        "ending": "int64",
        "outside": "int64",
        "days": "int64",
        "days_covered": "int64",
    }
    assert set(table.columns) <= {"period", "region", *OWN_COLUMNS}
    assert list(table.index) == list(range(len(table)))


def test_a_count_without_period_has_its_levels_and_one_number():
    table = count_events(THREE, by="region")

    assert table.to_dict("list") == {"region": ["CN", "US"], "count": [2, 1]}
    assert count_events(THREE).to_dict("list") == {"count": [3]}


def test_a_table_of_counts_reads_like_this():
    table = count_events(THREE, by="region", period="week", between=("2025-12-02", "2025-12-21"))

    assert table.astype({"period": "str"}).to_numpy().tolist() == [
        ["2025-12-02", "CN", 1, 1.5, 2, 2, 1, 6],
        ["2025-12-02", "US", 0, 0.0, 0, 0, 0, 6],
        ["2025-12-08", "CN", 0, 0.5, 1, 0, 1, 7],
        ["2025-12-08", "US", 1, 1.0, 1, 1, 1, 7],
        ["2025-12-15", "CN", 0, 0.0, 0, 0, 0, 7],
        ["2025-12-15", "US", 0, 0.0, 0, 0, 0, 7],
    ]


@pytest.mark.parametrize(
    ("between", "certain", "expected", "possible", "starting", "ending", "days", "days_covered"),
    [
        (("2025-12-01", "2025-12-07"), 1, 1.5, 2, 2, 1, 7, 6),
        (("2025-12-02", "2025-12-02"), 1, 1.0, 1, 1, 1, 1, 1),
        (("2025-12-03", "2025-12-05"), 0, 0.0, 0, 0, 0, 3, 3),
        (("2025-12-06", "2025-12-06"), 0, 0.25, 1, 1, 0, 1, 1),
        (("2025-12-07", "2025-12-07"), 0, 0.25, 1, 0, 0, 1, 0),
        ((dt.date(2025, 12, 6), dt.date(2025, 12, 7)), 0, 0.5, 1, 1, 0, 2, 1),
        ((np.datetime64("2025-12-06"), pd.Timestamp("2025-12-07T23:00")), 0, 0.5, 1, 1, 0, 2, 1),
        (("2031-01-01", "2031-01-02"), 0, 0.0, 0, 0, 0, 2, 0),
    ],
)
def test_between_cuts_to_the_day(
    between, certain, expected, possible, starting, ending, days, days_covered
):
    coverage = pd.DataFrame({"date": ["2025-11-30/2025-12-06"]})

    table = count_events(THREE, period="month", between=between, coverage=coverage)

    assert table.drop(columns=["period", "outside"]).to_numpy().tolist() == [
        [certain, expected, possible, starting, ending, days, days_covered]
    ]
    assert table["period"].tolist() == [pd.Timestamp(between[0])]
    assert len(events_in(THREE, table.iloc[0])) == possible


@pytest.mark.parametrize(
    ("windows", "days_covered"),
    [
        (["2025-12-01"], [1, 0]),
        (["2025-12-01", "2025-12-01"], [1, 0]),
        (["2025-12-01/2025-12-04", "2025-12-03/2025-12-05"], [5, 0]),
        (["2025-12-01/2025-12-10", "2025-12-03"], [7, 3]),
        (["2025-12-07/2025-12-08"], [1, 1]),
        (["2025"], [7, 7]),
        (["2024", "2026"], [0, 0]),
        ([], [0, 0]),
    ],
)
def test_a_day_is_covered_once_however_many_windows_hold_it(windows, days_covered):
    coverage = pd.DataFrame({"date": windows})

    table = count_events(
        THREE, period="week", coverage=coverage, between=("2025-12-01", "2025-12-14")
    )

    assert table["days_covered"].tolist() == days_covered


@pytest.mark.parametrize(
    ("dates", "named"),
    [
        ({"date": ["2025-12-02", "2025-12-01/2025-12-14"]}, None),
        ({"earliest": ["2025-12-02", "2025-12-01"], "latest": ["2025-12-02", "2025-12-14"]}, None),
        ({"a": ["2025-12-02", "2025-12-01"], "z": ["2025-12-02", "2025-12-14"]}, ("a", "z")),
        ({"when": ["2025-12-02", "2025-12-01/2025-12-14"], "date": ["", ""]}, "when"),
        (
            {
                "a": pd.to_datetime(["2025-12-02T10:00", "2025-12-01T23:59"]),
                "z": [dt.date(2025, 12, 2), dt.date(2025, 12, 14)],
            },
            ("a", "z"),
        ),
    ],
)
def test_events_are_dated_by_any_column_or_pair_of_columns(dates, named):
    table = count_events(pd.DataFrame(dates), period="week", date=named)

    assert table["expected"].tolist() == [1.5, 0.5]
    assert events_in(pd.DataFrame(dates), table.iloc[1], date=named).index.tolist() == [1]


@pytest.mark.parametrize(("tz", "day"), [("UTC", "2025-12-01"), ("Asia/Shanghai", "2025-12-02")])
def test_time_stamps_with_a_zone_are_counted_on_the_days_of_a_zone(tz, day):
    events = pd.DataFrame({"date": pd.to_datetime(["2025-12-01T23:00Z"])})

    table = count_events(events, period="day", tz=tz)

    assert table["period"].astype(str).tolist() == [day]
    assert len(events_in(events, table.iloc[0], tz=tz)) == 1
    with pytest.raises(ParameterError, match="tz="):
        count_events(events, period="day")


@pytest.mark.parametrize(
    ("levels", "rows"),
    [
        (pd.Series(["b", None, "a", ""]), ["", "a", "b", None]),
        (pd.Series(["b", None, "a", ""], dtype=object), ["", "a", "b", None]),
        (pd.Series(["b", None, "a", ""], dtype="string"), ["", "a", "b", None]),
        (pd.Series(["b", None, "a", ""], dtype="category"), ["", "a", "b", None]),
        (pd.Series([2, None, 1, 0]), [0, 1, 2, None]),
        (pd.Series([2, None, 1, 0], dtype="Int64"), [0, 1, 2, None]),
        (pd.Series([True, None, False, None], dtype=object), [False, True, None]),
        (pd.Series(pd.to_datetime(["2026", None, "2025", "2025"])), [2025, 2026, None]),
    ],
    ids=lambda x: str(x.dtype) if isinstance(x, pd.Series) else "",
)
def test_a_missing_value_is_a_level_of_its_own_and_the_last(levels, rows):
    events = pd.DataFrame({"date": "2025-12-02", "level": levels})

    table = count_events(events, by="level", period="week")

    found = [None if pd.isna(level) else getattr(level, "year", level) for level in table["level"]]
    assert found == rows
    assert table["possible"].sum() == len(events)
    assert [len(events_in(events, row)) for _, row in table.iterrows()] == table[
        "possible"
    ].tolist()


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("day", ["0001-01-01", "1600-02-29", "2262-04-12", "9998-12-31"])
def test_events_far_from_today_are_counted_like_others(day, period):
    events = pd.DataFrame({"date": [day]})

    table = count_events(events, period=period)

    assert table["certain"].tolist() == [1]
    assert len(events_in(events, table.iloc[0])) == 1


# Nothing to count --------------------------------------------------------------------------------

NONE = pd.DataFrame({"date": [], "region": []}, dtype="str")


@pytest.mark.parametrize("by", [None, "region", ["region"]])
@pytest.mark.parametrize("complete", [True, False])
def test_no_events_and_no_window_give_an_empty_table_of_the_same_columns(by, complete):
    table = count_events(NONE, by=by, period="week", complete=complete)

    assert len(table) == 0
    assert table.dtypes.equals(count_events(THREE, by=by, period="week").dtypes)


def test_no_events_in_a_known_window_are_zeros():
    coverage = pd.DataFrame({"date": ["2025-12-01/2025-12-10"]})

    table = count_events(NONE, period="week", coverage=coverage)

    assert table["possible"].tolist() == [0, 0]
    assert table["days_covered"].tolist() == [7, 3]
    assert count_events(NONE).to_dict("list") == {"count": [0]}
    assert count_events(NONE, by="region").to_dict("list") == {"region": [], "count": []}


# What is refused ---------------------------------------------------------------------------------


NO_DATES = pd.DataFrame({"window": ["2025-12"]})
WRONG = [
    ({"period": "weak"}, ("no_period", "weak", "week, year, dekad, day, month, quarter")),
    ({"period": "W"}, ("no_period", "W", "day, week, dekad, month, quarter, year")),
    ({"by": "regoin"}, ("no_column", "regoin", "region, date")),
    ({"by": ["region", "kind"], "period": "week"}, ("no_column", "kind", "region, date")),
    ({"by": 3}, ("by_form", 3, "")),
    ({"by": ["region", "region"], "period": "week"}, ("parameter_twice", "region", "")),
    ({"period": "week", "date": "when"}, ("no_column", "when", "region, date")),
    ({"period": "week", "date": ("date", "end")}, ("no_column", "end", "region, date")),
    (
        {"period": "week", "date": ("date", "date", "date")},
        ("date_columns", "date, date, date", ""),
    ),
    ({"period": "week", "date": 3}, ("date_columns", 3, "")),
    ({"between": ("2025-12-01", "2025-12-31")}, ("period_needed", "between", "")),
    ({"coverage": THREE, "tz": "UTC"}, ("period_needed", "coverage, tz", "")),
    ({"daily": True}, ("period_needed", "daily", "")),
    ({"period": "week", "tz": "Mars"}, ("no_zone", "Mars", "")),
    ({"period": "week", "tz": "UTC"}, ("tz_unused", "UTC", "")),
    ({"counts": "n"}, ("no_column", "n", "date, region")),
    ({"period": "week", "between": "2025-12-01"}, ("no_window", "2025-12-01", "")),
]


@pytest.mark.parametrize(("arguments", "fault"), WRONG, ids=["-".join(row[0]) for row in WRONG])
def test_a_wrong_argument_is_named_with_its_value(arguments, fault):
    with pytest.raises(ParameterError) as raised:
        count_events(THREE, **arguments)
    (found,) = raised.value.faults
    assert (found.kind, found.value, found.allowed) == fault


def test_all_that_is_wrong_with_a_call_is_said_at_once():
    with pytest.raises(ParameterError) as raised:
        count_events(
            THREE,
            by=["days", "region", "region"],
            period="weak",
            tz="Mars",
            between=("2026", "2025"),
        )
    kinds = [fault.kind for fault in raised.value.faults]
    assert kinds == [
        *("counts_name", "parameter_twice", "no_zone", "no_period", "no_window", "reversed")
    ]


@pytest.mark.parametrize(
    ("coverage", "kind"),
    [
        (NO_DATES, "no_coverage_dates"),
        (pd.DataFrame({"date": ["12月"]}), "not_edtf"),
        (pd.DataFrame({"date": ["2025-12", None]}), "undated"),
    ],
)
def test_a_wrong_table_of_coverage_is_named(coverage, kind):
    with pytest.raises(DataError, match="coverage") as raised:
        count_events(THREE, period="week", coverage=coverage)
    assert [(fault.kind, fault.file) for fault in raised.value.faults] == [(kind, "coverage")]


def test_a_window_in_a_zone_means_the_days_of_that_zone():
    zone = "Asia/Shanghai"
    between = tuple(pd.Timestamp(day, tz=zone) for day in ("2025-12-03", "2025-12-04"))

    table = count_events(THREE, period="day", between=between)

    assert table["period"].astype(str).tolist() == ["2025-12-03", "2025-12-04"]


def test_events_without_a_date_are_refused_and_counted():
    with pytest.raises(DataError, match="column date: rows without a date: 1"):
        count_events(pd.DataFrame({"date": ["2025-12-02", None]}), period="week")


def test_events_without_a_date_are_counted_once_however_many_levels_they_have():
    events = pd.DataFrame({"date": [None, "2025-12-02"], "country": [("CN", "US"), ("CN",)]})
    with pytest.raises(DataError, match="rows without a date: 1"):
        count_events(events, by="country", period="week")


@pytest.mark.parametrize("period", [None, "day"])
@pytest.mark.parametrize(("columns", "rows"), [(3, 220), (6, 2000)])
def test_a_cube_of_more_than_ten_million_rows_is_refused_unless_sparse(columns, rows, period):
    names = [f"level_{n}" for n in range(columns)]
    events = pd.DataFrame({"date": "2025-12-02"} | dict.fromkeys(names, range(rows)))

    with pytest.raises(ParameterError, match=r"more than 10,000,000; .* set complete=False"):
        count_events(events, by=names, period=period)
    sparse = count_events(events, by=names, period=period, complete=False)

    assert len(sparse) == rows
    assert (sparse["count" if period is None else "certain"] == 1).all()


def test_the_periods_count_towards_the_ten_million_rows():
    events = pd.DataFrame(
        {"date": "2025-12-01/2025-12-31", "a": range(1000), "b": range(1000)}, index=range(1000)
    )

    assert count_events(events, by=["a", "b"])["count"].sum() == 1000
    with pytest.raises(ParameterError, match="would have 31,000,000 rows, more than 10,000,000"):
        count_events(events, by=["a", "b"], period="day")


def test_a_row_of_another_table_does_not_lead_to_events():
    row = count_events(THREE.assign(kind="model"), by="kind", period="week").iloc[0]

    with pytest.raises(ParameterError, match="there is no column “kind”"):
        events_in(THREE, row)


def test_counting_and_looking_up_can_be_piped():
    table = THREE.pipe(count_events, by="region", period="week")

    found = THREE.pipe(events_in, table.iloc[-1])

    assert found["date"].tolist() == ["2025-12-09"]


# Names and days that look like our own -----------------------------------------------------------


@pytest.mark.parametrize("name", ["n", "group", "cell", "earliest", "index", "0"])
def test_a_column_may_have_any_name_but_those_of_the_counts_table(name):
    events = pd.DataFrame({"date": ["2025-12-02", "2025-12-03"], name: ["a", "b"]})
    weeks = count_events(events, by=name, period="week", date="date")
    assert list(weeks[name]) == ["a", "b"]
    assert list(count_events(events, by=name)["count"]) == [1, 1]


@pytest.mark.parametrize(
    ("between", "days"),
    [
        (("2025-12", "2025-12"), 31),
        (("2025", "2025-12-31"), 365),
        ((dt.date(2025, 12, 1), "2025-12-02"), 2),
        ((pd.Timestamp("2025-12-01 23:00", tz="Asia/Shanghai"), np.datetime64("2025-12-01")), 1),
    ],
)
def test_between_takes_days_and_edtf(between, days):
    events = pd.DataFrame({"date": ["2025-12-01"]})
    assert count_events(events, period="day", between=between)["days"].sum() == days


@pytest.mark.parametrize(
    ("dates", "outside"),
    [
        (["2025-12-02"], [0, 0]),
        (["2025-12-05"], [1, 0]),  # a day that nobody covers
        (["2025-12-04/2025-12-05"], [1, 0]),
        (["2025-12-04", "2025-12-05", "2025-12-06/2025-12-09"], [2, 0]),
        (["2025-12-08/2025-12-09"], [0, 0]),
    ],
)
def test_events_that_may_lie_where_nobody_looked_are_told(dates, outside):
    coverage = pd.DataFrame({"date": ["2025-12-01/2025-12-04", "2025-12-08/2025-12-14"]})

    table = count_events(pd.DataFrame({"date": dates}), period="week", coverage=coverage)

    assert table["outside"].tolist() == outside


def test_a_window_of_nobody_knows_whom_has_no_source():
    coverage = pd.DataFrame({"date": ["2025-12-01", "2025-12-01"], "source": ["a", None]})
    events = pd.DataFrame({"date": ["2025-12-01"]})
    table = count_events(events, period="day", coverage=coverage)
    assert table["sources"].tolist() == ["a"]
    alone = count_events(events, period="day", coverage=coverage.tail(1))
    assert (alone["days_covered"].tolist(), alone["sources"].tolist()) == ([1], [""])


def test_the_sources_of_a_period_are_those_of_its_days():
    coverage = pd.DataFrame(
        {
            "date": ["2025-12-01/2025-12-10", "2025-12-07/2025-12-14"],
            "source": ["a", "b"],
        }
    )

    table = count_events(pd.DataFrame({"date": ["2025-12-02"]}), period="week", coverage=coverage)

    assert table["sources"].tolist() == ["a | a + b", "a + b | b"]


# Cells of several levels -------------------------------------------------------------------------

CELL = st.one_of(
    st.none(),
    st.sampled_from(["CN", "US"]),
    st.lists(st.sampled_from(["CN", "US", "中国", None]), max_size=3),
    st.lists(st.sampled_from(["CN", "US", "中国"]), max_size=3).map(tuple),
)
LISTED = st.lists(st.tuples(FIRST, st.integers(0, 40), CELL, CELL, KINDS), max_size=8)
BY_LISTS = st.sampled_from(
    [["country"], ["country", "kind"], ["kind", "sector"], ["country", "sector"]]
)


def as_listed(rows):
    """Make what hypothesis draws a table in which two columns hold lists."""
    table = {
        "date": pd.Series([f"{row[0]}/{row[0] + row[1] * DAY}" for row in rows], dtype="str"),
        "country": pd.Series([row[2] for row in rows], dtype=object),
        "sector": pd.Series([row[3] for row in rows], dtype=object),
        "kind": pd.Series([row[4] for row in rows], dtype="str"),
    }
    return pd.DataFrame(table)


def levels_held(cell):
    return set(cell or [None]) if isinstance(cell, list | tuple | None) else {cell}


def one_row_per_level(events, by):
    """Copy each event for every combination of its levels: the plain way."""
    rows = []
    for event in events.astype(object).where(events.notna(), None).to_dict("records"):
        for levels in itertools.product(*(levels_held(event[name]) for name in by)):
            rows.append({"date": event["date"], **dict(zip(by, levels, strict=True))})
    return pd.DataFrame(rows, columns=["date", *by])


@calm
@given(LISTED.map(as_listed), BY_LISTS)
def test_an_event_counts_whole_once_in_each_level_of_a_list(events, by):
    found = count_events(events, by=by, complete=False)

    held = Counter(levels_of(row, by) for row in one_row_per_level(events, by).to_dict("records"))
    assert {levels_of(row, by): row["count"] for row in found.to_dict("records")} == held


@calm
@given(LISTED.map(as_listed), BY_LISTS, PERIOD)
def test_levels_of_a_list_are_counted_day_by_day_like_any_other(events, by, period):
    found = count_events(events, by=by, period=period, complete=False)

    assert_same_cells(
        by_cell(found, by, period), by_hand(one_row_per_level(events, by), by, period)
    )


@calm
@given(LISTED.map(as_listed), BY_LISTS, st.sampled_from([None, "month"]))
def test_behind_a_row_are_the_events_that_have_its_level_among_theirs(events, by, period):
    table = count_events(events, by=by, period=period)
    some = table.iloc[:: max(1, len(table) // 6)]

    for _, row in some.iterrows():
        behind = events_in(events, row)
        assert len(behind) == row["count" if period is None else "possible"]
        assert behind.index.is_unique
        for _, event in behind.iterrows():
            for name in by:
                cell = event[name] if isinstance(event[name], list | tuple) else [event[name]]
                held = {None if pd.isna(level) else level for level in cell} or {None}
                assert (None if pd.isna(row[name]) else row[name]) in held


def test_a_level_named_twice_in_a_cell_counts_once():
    events = pd.DataFrame({"country": [("US", "US"), ["US", "CN", "US"], [], None]})

    table = count_events(events, by="country")

    assert table["count"].tolist() == [1, 2, 2]
    assert table["country"].tolist()[:2] == ["CN", "US"]
    assert pd.isna(table["country"][2])
    assert table["country"].dtype == "str"


def with_total(counts):
    """Put a total before the rows of a table of one group."""
    total = counts.head(1).assign(**{counts.attrs["aistats"]["groups"][0]: ALL})
    schema = CountsSchema("counts", counts.attrs["aistats"]["groups"], total=True)
    return with_schema(pd.concat([total, counts], ignore_index=True), schema)


def test_all_events_are_behind_a_total_however_many_levels_they_have():
    events = pd.DataFrame({"country": [("US", "CN"), (), None]})
    table = with_total(count_events(events, by="country"))
    assert [len(events_in(events, row)) for _, row in table.iterrows()] == [3, 1, 1, 2]


def test_a_level_that_is_called_like_a_total_is_one_only_where_the_table_says_so():
    events = pd.DataFrame({"region": ["(all)", "CN", "CN"]})
    table = count_events(events, by="region")
    assert len(events_in(events, table.iloc[0])) == 1
    assert len(events_in(events, with_total(table).iloc[0])) == 3


def test_a_list_of_what_is_no_level_is_refused():
    events = pd.DataFrame({"country": [("US", ["CN"])]})
    with pytest.raises(
        DataError, match="column country: has a list with values that cannot be groups"
    ):
        count_events(events, by="country")


def test_a_table_says_which_of_its_levels_overlap():
    events = pd.DataFrame({"country": [("US", "CN"), ("US",)], "kind": ["model", "policy"]})

    assert overlapping(count_events(events, by=["country", "kind"])) == ["country"]
    assert overlapping(count_events(events, by="kind")) == []
    assert overlapping(count_events(events)) == []
    # also where no event of this table has two: the next month's may
    assert overlapping(count_events(events.assign(country=[("CN",), ("US",)]), by="country"))


# The cube, at its edges --------------------------------------------------------------------------


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("stamps", [[None, None], [None, "1677-09-22"], ["2025-12-02", None]])
def test_a_missing_time_stamp_is_no_date_whatever_stands_beside_it(unit, stamps):
    events = pd.DataFrame({"date": pd.to_datetime(stamps).astype(f"datetime64[{unit}]")})
    missing = stamps.count(None)
    with pytest.raises(DataError, match=rf"column date: rows without a date: {missing}"):
        count_events(events, period="year")


@pytest.mark.parametrize("levels", [127, 128, 129, 32_767, 32_768, 32_769])
def test_any_number_of_levels_is_told_apart(levels):
    events = pd.DataFrame({"kind": ["a"] * levels, "name": [f"{at:05}" for at in range(levels)]})

    counts = count_events(events, by=["kind", "name"])

    assert counts["name"].tolist() == events["name"].tolist()
    assert set(counts["count"]) == {1}


@pytest.mark.parametrize("rows", [65_535, 65_536, 65_537, 200_000])
@pytest.mark.parametrize("between", [None, ("2025-01-08", "2025-03-05")])
def test_many_time_stamps_are_counted_as_their_days_are(rows, between):
    at = np.arange(rows)
    first = np.datetime64("2025-01-01", "s")
    stamps = first + (at * 37_987 % (100 * 86_400)).astype("timedelta64[s]")
    kinds = pd.Categorical.from_codes(at % 4 - 1, ["b", "a", "unused"])
    events = pd.DataFrame({"date": stamps, "kind": kinds})
    days = events.assign(date=np.datetime_as_string(stamps.astype("datetime64[D]")))

    asked = {"by": "kind", "period": "week", "between": between}

    pd.testing.assert_frame_equal(count_events(events, **asked), count_events(days, **asked))


@pytest.mark.parametrize(
    "levels",
    [
        pd.Series(["a", "b", "c"]),
        pd.Series(["a", "b", "c"], dtype="category"),
        pd.Series([0.5, 1.5, 2.5]),
        pd.Series([0.5, 1.5, 2.5], dtype="float16"),
        pd.Series([-(2**53) - 1, 0, 2**53 + 1], dtype="Int64"),
        pd.Series(["2025-12-02", "2025-12-09", "2025-12-10"], dtype="datetime64[s]"),
    ],
    ids=lambda levels: str(levels.dtype),
)
def test_of_many_rows_some_levels_stand_in_the_last_alone_and_the_first_have_none(levels):
    times = {-1: 600_000, 2: 10, 0: 300_000, 1: 300_000}
    level = levels.reindex(np.repeat([*times], [*times.values()])).reset_index(drop=True)

    counts = count_events(pd.DataFrame({"level": level}), by="level")

    assert counts["level"].tolist()[:3] == levels.tolist()
    assert counts["level"].isna().tolist() == [False, False, False, True]
    assert counts["count"].tolist() == [times[at] for at in (0, 1, 2, -1)]


@pytest.mark.parametrize("dtype", ["float64", "float32", "Float64"])
def test_a_zero_has_no_sign(dtype):
    events = pd.DataFrame({"x": pd.Series([-0.0, 0.0, -1.5, None], dtype=dtype)})
    counts = count_events(events, by="x")
    assert [*map(str, counts["x"])][:2] == ["-1.5", "0.0"]
    assert counts["count"].tolist() == [1, 2, 1]


def test_integers_beside_a_missing_one_keep_every_digit():
    events = pd.DataFrame({"id": pd.Series([2**53 + 1, 2**53, None], dtype=object)})
    assert count_events(events, by="id")["id"].tolist() == [2**53, 2**53 + 1, None]


def test_columns_of_one_name_are_refused():
    events = pd.DataFrame([["2025-12-02", "CN", "US"]], columns=["date", "region", "region"])
    with pytest.raises(
        DataError, match=("column “region” appears more than once; rename or remove one")
    ):
        count_events(events, by="region")


def test_a_day_beyond_the_calendar_is_refused():
    events = pd.DataFrame({"date": np.array(["12000-01-01"], dtype="datetime64[s]")})
    with pytest.raises(DataError, match="“12000-01-01” is not a calendar date"):
        count_events(events, period="year")


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        (["3"], "counts_no_numbers"),
        ([True], "counts_no_numbers"),
        (pd.to_datetime(["2025-12-02"]), "counts_no_numbers"),
        ([-1], "no_count"),
        ([0.5], "no_count"),
        ([None], "no_count"),
        ([2**53], "too_many_events"),
    ],
)
def test_what_is_no_number_of_events_is_refused(wrong, kind):
    with pytest.raises(DataError, match="column n") as raised:
        count_events(pd.DataFrame({"n": wrong}), counts="n")
    assert [fault.kind for fault in raised.value.faults] == [kind]


# Groups that are called like columns of results --------------------------------------------------

NAMES = sorted({*OWN_COLUMNS, *RESULTS} - {*RESERVED})


@pytest.mark.parametrize("name", RESERVED)
@pytest.mark.parametrize("period", [None, "week"])
def test_no_group_is_called_like_a_column_of_counts_tables(name, period):
    events = pd.DataFrame({"date": ["2025-12-02"], name: ["a"]})
    with pytest.raises(ParameterError, match=f"“{name}” is a column of the counts"):
        count_events(events, by=name, period=period)


@pytest.mark.parametrize("name", NAMES)
def test_behind_a_row_are_its_events_whatever_the_group_is_called(name):
    events = pd.DataFrame({name: ["a", "a", "b"]})
    counts = count_events(events, by=name)
    assert [len(events_in(events, row)) for _, row in counts.iterrows()] == [2, 1]


@pytest.mark.parametrize("name", NAMES)
def test_so_are_those_behind_a_row_of_a_period(name):
    events = pd.DataFrame({"date": ["2025-12-02", "2025-12-02/2025-12-09", "2025-12-09"]})
    events[name] = ["a", "a", "b"]
    counts = count_events(events, by=name, period="week")
    assert [len(events_in(events, row)) for _, row in counts.iterrows()] == [2, 0, 1, 1]


def test_groups_that_are_not_recorded_any_more_must_be_named():
    events = pd.DataFrame({"date": ["2025-12-02", "2025-12-09"], "rate": ["a", "b"]})
    counts = count_events(events, by="rate", period="week")
    lost = pd.DataFrame(counts.to_dict())
    with pytest.raises(ParameterError, match="by=") as raised:
        events_in(events, lost.iloc[0])
    assert [fault.kind for fault in raised.value.faults] == ["groups_unknown"]
    assert events_in(events, lost.iloc[0], by="rate").index.tolist() == [0]
    assert events_in(events, lost.iloc[3], by="rate").index.tolist() == [1]
    assert events_in(events, lost.iloc[1], by=[]).index.tolist() == [0]


def test_behind_a_running_total_are_no_events_of_one_period():
    counts = count_events(THREE, period="week")
    totals = with_schema(counts.copy(), CountsSchema("running totals", []))
    with pytest.raises(ParameterError, match="running total"):
        events_in(THREE, totals.iloc[0])


@pytest.mark.parametrize("name", NAMES)
def test_groups_that_are_lost_are_asked_for_whatever_they_are_called(name):
    events = pd.DataFrame({name: ["a", "a", "b"]})
    row = pd.DataFrame(count_events(events, by=name).to_dict()).iloc[0]
    with pytest.raises(ParameterError) as raised:
        events_in(events, row)
    assert [fault.kind for fault in raised.value.faults] == ["groups_unknown"]
    assert len(events_in(events, row, by=name)) == 2


def test_whether_a_row_is_a_total_is_asked_for_where_that_is_lost():
    events = pd.DataFrame({"region": ["CN", "US"]})
    row = pd.DataFrame(add_total(count_events(events, by="region")).to_dict()).iloc[0]
    with pytest.raises(ParameterError) as raised:
        events_in(events, row, by="region")
    assert [fault.kind for fault in raised.value.faults] == ["total_unknown"]
    assert len(events_in(events, as_counts(row, by="region", total=True))) == 2
    assert len(events_in(events, as_counts(row, by="region", total=False))) == 0


def test_events_of_which_lists_were_counted_must_have_lists():
    events = pd.DataFrame({"country": [("CN", "US"), ("US",)]})
    row = count_events(events, by="country").iloc[1]
    assert len(events_in(events, row)) == 2
    text = events.assign(country=events["country"].str.join("; "))
    with pytest.raises(ParameterError) as raised:
        events_in(text, row)
    assert [fault.kind for fault in raised.value.faults] == ["lists_as_text"]


def test_the_events_behind_a_table_are_asked_for_by_its_rows():
    events = pd.DataFrame({"region": ["CN", "US"]})
    with pytest.raises(ParameterError, match="DataFrame, but must be one row"):
        events_in(events, count_events(events, by="region"))


def test_coverage_may_have_a_start_and_an_end():
    windows = pd.DataFrame({"start": ["2025-12-01"], "end": ["2025-12-03"]})
    weeks = count_events(THREE, period="week", coverage=windows)
    assert weeks["days_covered"].sum() == 3


@pytest.mark.parametrize("coverage", ["coverage.csv", [1], {"date": ["2025-12"]}])
def test_coverage_that_is_no_table_is_refused(coverage):
    with pytest.raises(ParameterError, match="must be a pandas table"):
        count_events(THREE, period="week", coverage=coverage)


def test_all_dates_of_a_column_that_are_none_are_named():
    events = pd.DataFrame({"date": ["2025-12-02", "soon", "2025-13", "soon"]})
    with pytest.raises(DataError) as raised:
        count_events(events, period="week")
    assert {fault.value for fault in raised.value.faults} == {"soon", "2025-13"}


MIXED = ["2025-12-02", pd.Timestamp("2025-12-02"), None, 5]


@pytest.mark.parametrize("arguments", [{}, {"daily": True}, {"by": "region"}])
def test_dates_of_several_types_are_each_named(arguments):
    events = pd.DataFrame({"date": MIXED, "region": [*"abcd"]})
    with pytest.raises(DataError) as raised:
        count_events(events, period="week", **arguments)
    faults = raised.value.faults
    assert {(fault.kind, str(fault.value)) for fault in faults} >= {("not_edtf", "5")}
    for language in ("zh", "en"):
        assert all(fault.text(language) for fault in faults)


def test_levels_that_have_no_order_are_put_by_type_and_text():
    counts = count_events(pd.DataFrame({"level": [*MIXED, 5]}), by="level")
    assert counts["level"].tolist()[:3] == [pd.Timestamp("2025-12-02"), 5, "2025-12-02"]
    assert counts["count"].tolist() == [1, 2, 1, 1]
    assert ai.cube_of(counts)["n"].tolist() == [1, 2, 1, 1]


DATED = pd.DataFrame({"date": ["2025-12-02"], "region": ["CN"]})


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        ({"by": [["region"]]}, "by_form"),
        ({"by": [{}]}, "by_form"),
        ({"by": 5}, "by_form"),
        ({"period": "week", "tz": 5}, "no_zone"),
        ({"period": "week", "tz": ["UTC"]}, "no_zone"),
    ],
)
def test_arguments_of_another_type_are_refused(arguments, kind):
    with pytest.raises(ParameterError) as raised:
        count_events(DATED, **arguments)
    assert [fault.kind for fault in raised.value.faults] == [kind]
    assert all(raised.value.faults[0].text(language) for language in ("zh", "en"))


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        (lambda weeks: ai.rolling_mean(weeks, window="3"), "no_integer"),
        (lambda weeks: ai.first_periods(weeks, n=1.5), "no_integer"),
        (lambda weeks: ai.last_periods(weeks, n=None), "no_integer"),
        (lambda weeks: ai.concentration(weeks, top="1"), "no_integer"),
        (lambda weeks: ai.regroup(weeks, by=5), "by_form"),
        (lambda weeks: ai.as_counts(weeks, by=5), "by_form"),
    ],
)
def test_arguments_of_another_type_are_refused_by_verbs(call, kind):
    weeks = count_events(DATED, by="region", period="week")
    with pytest.raises(ParameterError) as raised:
        call(weeks)
    assert [fault.kind for fault in raised.value.faults] == [kind]

"""An edition and its baseline: each revision is found, and rates are compared to the day."""

import dataclasses

import january
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from december import DATA
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import aistats as ai
from aistats.trends.baseline import REVISIONS, revised

DECEMBER = ai.read_edition(DATA, "2025-12")
CHANGED = ["event_id", "revision", "in_edition", "column", "before", "after"]

calm = settings(deadline=None, derandomize=True, max_examples=examples(60))


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    """January, after December was published and then put right."""
    place = tmp_path_factory.mktemp("january")
    data = january.january(place)
    reports = january.publish(data, place / "reports")
    january.revise(data)
    return ai.read_edition(data, reports=reports)


def days(first, last, n, source="a"):
    """Return so many events, from day to day of a window and over again, and the window."""
    window = pd.date_range(first, last, unit="s")
    on = np.resize(window.to_numpy(), n)
    ids = [f"{source}-{place}" for place in range(n)]
    events = DECEMBER.events.loc[[0] * n].reset_index(drop=True)
    events = events.assign(event_id=ids, earliest=on, latest=on, dated=True, source=source)
    window = {"window": f"{first}/{last}", "earliest": window[:1], "latest": window[-1:]}
    coverage = {"source": [source], "section": "一", "basis": "stated", "series": "monthly"}
    return events, pd.DataFrame(coverage | window)


def edition(own, earlier):
    """Return a record of made-up events, with its baseline."""
    events, coverage = earlier
    baseline = ai.Baseline(("before",), events, coverage, events)
    made = dict(zip(("events", "coverage"), own, strict=True))
    return dataclasses.replace(DECEMBER, **made, baseline=baseline)


# What was revised ---------------------------------------------------------------------------------


def test_each_kind_of_revision_is_found(record):
    changes = ai.revisions(record)

    planned = "2026-01/2026-03", "2026-04/2026-06"
    past = revised(changes)[CHANGED].astype(object)
    assert past.where(past.notna(), None).to_numpy().tolist() == [
        ["runway-model-2025-12", "new", False, None, None, None],
        ["zhipu-listing-2025-12", "new", False, None, None, None],
        ["sensetime-seko-2-0-2025-12", "redated", False, "date", "2025-12-15", "2025-12-16"],
        [*("chatgpt-adult-mode-2025-12", "recoded", False, "planned_for"), *planned],
        ["codex-mortis-2025-12", "recoded", False, "region", "unknown", "US"],
        ["codex-mortis-2025-12", "recoded", False, "category", "society", "product"],
        ["ant-lingguang-2025-12", "withdrawn", False, None, None, None],
    ]
    own = changes[changes["in_edition"]]
    assert set(own["event_id"]) == set(record.events["event_id"])
    assert set(own["revision"]) == {"new"}


def test_the_kinds_come_in_their_order_and_then_the_dates(record):
    changes = ai.revisions(record)

    assert [*changes["revision"].unique()] == [*REVISIONS]
    for _, rows in changes.groupby("revision"):
        assert rows["earliest"].is_monotonic_increasing
    withdrawn = ai.events_in(changes, pd.Series({"revision": "withdrawn"}), by="revision")
    assert set(withdrawn["title_zh"]) == {"蚂蚁集团全模态助手“灵光”亮相"}


def test_an_event_has_the_levels_and_dates_it_has_now(record):
    changes = ai.revisions(record).set_index("event_id")

    assert str(changes.loc["sensetime-seko-2-0-2025-12", "earliest"].date()) == "2025-12-16"
    assert set(changes.loc["codex-mortis-2025-12", "scope"]) == {"international"}


def test_other_words_are_no_revision(record):
    base = record.baseline
    texts = base.published["title_zh"] + "？"
    other = dataclasses.replace(
        base, published=base.events.assign(title_zh=texts, summary_en=None, source_section="一·9")
    )
    assert revised(ai.revisions(dataclasses.replace(record, baseline=other))).empty


def test_without_a_baseline_and_without_a_change_the_columns_stay(record):
    none = ai.revisions(DECEMBER)
    same = dataclasses.replace(record.baseline, published=record.all_events)
    unchanged = ai.revisions(dataclasses.replace(record, baseline=same))

    for changes in (none, unchanged):
        assert changes.empty
        assert changes.dtypes.to_dict() == ai.revisions(record).dtypes.to_dict()
        assert ai.count_events(changes, by="revision").empty


def test_an_event_of_the_edition_that_the_baseline_published_is_no_new_one(record):
    shared = pd.concat([record.events, record.baseline.events], ignore_index=True)
    cumulative = dataclasses.replace(record, events=shared, coverage=record.all_coverage)

    changes = ai.revisions(cumulative)

    columns = [name for name in changes if name != "in_edition"]
    pd.testing.assert_frame_equal(changes[columns], ai.revisions(record)[columns])
    assert changes["in_edition"].all()


def test_a_codebook_may_have_gained_a_column_since(record):
    older = record.baseline.published.drop(columns="status")
    base = dataclasses.replace(record.baseline, published=older)

    changes = ai.revisions(dataclasses.replace(record, baseline=base))

    pd.testing.assert_frame_equal(changes, ai.revisions(record))


@calm
@given(
    then=st.sets(st.integers(0, 19)),
    now=st.sets(st.integers(0, 19)),
    us=st.sets(st.integers(0, 19)),
)
def test_every_event_is_new_withdrawn_changed_or_as_it_was(then, now, us):
    events = DECEMBER.events
    region = events["region"].mask(events.index.isin(us), "US")
    own = events.assign(region=region).loc[sorted(now)]
    base = ai.Baseline(("x",), own, DECEMBER.coverage, events.loc[sorted(then)])
    none = dataclasses.replace(DECEMBER, events=events.head(0), baseline=base)

    changes = ai.revisions(none)

    kinds = {name: set(rows["event_id"]) for name, rows in changes.groupby("revision")}
    recoded = {it for it in then & now & us if events.loc[it, "region"] != "US"}
    for name, wanted in (("new", now - then), ("withdrawn", then - now), ("recoded", recoded)):
        assert kinds.get(name, set()) == set(events.loc[sorted(wanted), "event_id"])
    assert len(changes) == len(now - then) + len(then - now) + len(recoded)


# How rates compare --------------------------------------------------------------------------------


def test_the_rates_are_those_of_both_spans_to_the_day():
    own = days("2026-01-01", "2026-01-10", 14)
    record = edition(own, days("2025-12-22", "2025-12-31", 9, "b"))

    (row,) = ai.compare_with_baseline(record).to_dict("records")

    exact = ai.rate_ratio(14, 10, 9, 10)
    assert [row[it] for it in ("certain", "possible", "days_covered")] == [14, 14, 10]
    assert [row[f"baseline_{it}"] for it in ("certain", "possible", "covered")] == [9, 9, 10]
    assert row["ratio"] == pytest.approx(14 / 9)
    assert (row["lower"], row["upper"]) == pytest.approx((exact.lower, exact.upper))
    assert row["p_value"] == pytest.approx(exact.p_value)
    assert (row["verdict"], row["claims"]) == ("insufficient", 1)


@pytest.mark.parametrize("period", ["day", "week", "dekad", "month"])
def test_the_period_changes_no_count(period):
    own = days("2026-01-05", "2026-01-24", 31)
    record = edition(own, days("2025-12-03", "2025-12-28", 19, "b"))

    (row,) = ai.compare_with_baseline(record, period=period).to_dict("records")

    assert [row[it] for it in ("certain", "days_covered")] == [31, 20]
    assert [row[it] for it in ("baseline_certain", "baseline_covered")] == [19, 26]
    assert (row["period"], row["days"]) == (pd.Timestamp("2026-01-05"), 20)
    assert (row["baseline"], row["baseline_days"]) == (pd.Timestamp("2025-12-03"), 26)


def test_a_day_of_both_belongs_to_the_edition():
    own = days("2026-01-01", "2026-01-10", 20)
    record = edition(own, days("2025-12-22", "2026-01-05", 15, "b"))

    (row,) = ai.compare_with_baseline(record).to_dict("records")

    assert (row["certain"], row["days_covered"]) == (25, 10)
    assert (row["baseline_certain"], row["baseline_covered"]) == (10, 10)


def test_an_event_of_both_counts_once():
    own = days("2026-01-01", "2026-01-10", 20)
    record = edition(own, days("2025-12-22", "2025-12-31", 10))  # of the same names

    (row,) = ai.compare_with_baseline(record).to_dict("records")

    assert (row["certain"], row["baseline_certain"]) == (20, 0)


def test_all_events_come_before_the_groups(record):
    table = ai.compare_with_baseline(record, by="scope")

    assert [*table["scope"]] == ["(all)", "domestic", "international", "unstated"]
    for name in ("certain", "baseline_certain"):
        assert table[name][0] == table[name][1:].sum()
    assert [*table[["certain", "days_covered"]].iloc[0]] == [25, 31]
    assert [*table[["baseline_certain", "baseline_covered"]].iloc[0]] == [21, 17]


@pytest.mark.parametrize(
    ("column", "value", "verdict"),
    [
        ("basis", "assumed", "assumed_coverage"),
        ("series", "another", "different_sources"),
    ],
)
def test_what_cannot_be_compared_is_refused(column, value, verdict):
    events, coverage = days("2025-12-22", "2025-12-31", 10, "b")
    own = days("2026-01-01", "2026-01-10", 90)
    record = edition(own, (events, coverage.assign(**{column: value})))

    assert [*ai.compare_with_baseline(record)["verdict"]] == [verdict]


def test_a_clear_change_is_claimed_and_shared_windows_are_no_cluster(record):
    own = days("2026-01-01", "2026-01-30", 90)
    clear = ai.compare_with_baseline(edition(own, days("2025-12-02", "2025-12-31", 15, "b")))
    assert [*clear["verdict"]] == ["increase"]

    stated = {"coverage": record.coverage.assign(basis="stated")}
    base = record.baseline
    base = dataclasses.replace(base, coverage=base.coverage.assign(basis="stated"))
    table = ai.compare_with_baseline(dataclasses.replace(record, **stated, baseline=base))
    assert [*table["verdict"]] == ["insufficient"]


@pytest.mark.parametrize("by", [None, "scope"])
def test_without_a_day_to_compare_there_is_an_empty_table_of_the_family(record, by):
    counts = ai.count_events(
        record.events, by="scope", period="week", coverage=record.coverage
    ).pipe(ai.add_total)
    own = days("2026-01-01", "2026-01-10", 5)
    later = edition(own, days("2026-01-03", "2026-01-08", 5, "b"))
    alone = ai.one_family(ai.compare_periods(counts), ai.growth_rate(counts))
    for one in (DECEMBER, later, dataclasses.replace(DECEMBER, events=DECEMBER.events[:0])):
        none = ai.compare_with_baseline(one, by=by)
        assert none.empty
        assert [*none] == [*ai.compare_with_baseline(record, by=by)]

        *family, again = ai.one_family(ai.compare_periods(counts), ai.growth_rate(counts), none)

        for table, before in zip(family, alone, strict=True):
            pd.testing.assert_frame_equal(table, before)
        assert again.empty
        assert ai.describe_claims(again, language="en") == "Nothing was tested for a change."
        plt.close(ai.plot_forest(again).figure)

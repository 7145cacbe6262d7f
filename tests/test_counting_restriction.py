"""The cube that a counts table carries: the same from frames and files, and what is left of it."""

import copy
import datetime as dt
import pickle
import tempfile
from collections import Counter
from itertools import product
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import aistats as ai
from aistats.counting.restriction import part_of_cube
from aistats.counting.schema import ALL, CountsSchema, with_schema
from aistats.dates.calendar import PERIODS
from aistats.faults import ParameterError

calm = settings(deadline=None, derandomize=True, max_examples=examples(40))

EVENTS = pd.DataFrame(
    {
        "date": ["2025-12-02", "2025-12-02", "2025-12-06/2025-12-09", "2025-12-10"],
        "region": ["CN", "US", "CN", None],
        "kind": ["model", "model", "policy", "policy"],
    }
)
DAYS = EVENTS.assign(date=["2025-12-02", "2025-12-03", "2025-12-08", "2025-12-10"])


def rows_of(cube):
    """Return a cube as plain rows: days as texts, a missing level as None."""
    texts = cube.assign(**{name: cube[name].astype(str) for name in ("first", "last")})
    plain = texts.astype(object).where(texts.notna(), None)
    return [tuple(row) for row in plain.itertuples(index=False)]


# What it holds -----------------------------------------------------------------------------------


def test_a_cube_has_the_days_the_levels_and_the_number_of_events():
    cube = ai.cube_of(ai.count_events(EVENTS, by="region", period="week"))

    assert cube.dtypes.astype(str).to_dict() == {
        "first": "datetime64[s]",
        "last": "datetime64[s]",
        "region": "str",
        "n": "int64",
    }
    assert rows_of(cube) == [
        ("2025-12-02", "2025-12-02", "CN", 1),
        ("2025-12-02", "2025-12-02", "US", 1),
        ("2025-12-06", "2025-12-09", "CN", 1),
        ("2025-12-10", "2025-12-10", None, 1),
    ]


def test_events_that_are_counted_whatever_their_date_have_no_days():
    cube = ai.cube_of(ai.count_events(EVENTS, by=["kind", "region"]))
    assert list(cube.columns) == ["kind", "region", "n"]
    assert cube["n"].tolist() == [1, 1, 1, 1]
    assert ai.cube_of(ai.count_events(EVENTS)).to_dict("list") == {"n": [4]}


COVERAGE = pd.DataFrame({"date": ["2025-12"]})


@pytest.mark.parametrize(
    ("events", "arguments", "resolution", "days"),
    [
        (DAYS, {}, "week", ["01", "01", "08", "08"]),
        (DAYS, {"between": ("2025-12-02", "2025-12-09")}, "week", ["02", "02", "08"]),
        (DAYS, {"daily": True}, "day", ["02", "03", "08", "10"]),
        (DAYS, {"coverage": COVERAGE}, "day", ["02", "03", "08", "10"]),
        (EVENTS, {}, "day", ["02", "02", "06", "10"]),
    ],
)
@pytest.mark.parametrize("stamps", [False, True])
def test_days_are_told_apart_where_dates_are_open_or_coverage_is_given(
    events, arguments, resolution, days, stamps
):
    if stamps and events is DAYS:
        events = events.assign(date=pd.to_datetime(events["date"]))
    counts = ai.count_events(events, by="kind", period="week", **arguments)

    cube = ai.cube_of(counts)

    assert cube.attrs["resolution"] == resolution
    found = np.repeat(cube["first"].dt.strftime("%d"), cube["n"]).tolist()
    assert found == days


def test_events_beside_the_window_are_not_in_the_cube():
    counts = ai.count_events(DAYS, period="week", between=("2025-12-03", "2025-12-08"))
    assert rows_of(ai.cube_of(counts)) == [
        ("2025-12-03", "2025-12-03", 1),
        ("2025-12-08", "2025-12-08", 1),
    ]


def test_an_event_of_several_levels_stands_once_in_each():
    events = EVENTS.assign(country=[("CN", "US"), ("US",), (), ("US", "US")])
    cube = ai.cube_of(ai.count_events(events, by="country"))
    assert cube["n"].tolist() == [1, 3, 1]


def test_a_table_added_up_from_counts_has_no_cube():
    counts = ai.count_events(EVENTS.assign(n=2), by="region", counts="n")
    with pytest.raises(ParameterError, match="counts="):
        ai.cube_of(counts)


def test_the_cube_survives_what_pandas_does_to_a_table():
    counts = ai.count_events(EVENTS, by="region", period="week")
    expected = ai.cube_of(counts)
    for made in (
        counts.copy(),
        copy.deepcopy(counts),
        copy.copy(counts),
        counts.assign(note="x"),
        counts.query("possible > 0").reset_index(drop=True),
        counts.sample(frac=1, random_state=1),
    ):
        pd.testing.assert_frame_equal(ai.cube_of(made), expected)


def test_the_cube_stays_in_the_process():
    dates = pd.Series(pd.date_range("2000-01-01", periods=9000)).astype(str)
    counts = ai.count_events(pd.DataFrame({"date": dates}), period="day")
    schema = counts.attrs["aistats"]
    assert copy.copy(schema).cube is copy.deepcopy(schema).cube is schema.cube

    pickled = pickle.dumps(counts.head(1))

    assert len(pickled) < 5000
    read = pickle.loads(pickled)
    pd.testing.assert_frame_equal(read, counts.head(1), check_flags=False)
    assert isinstance(read.attrs["aistats"], CountsSchema)
    assert {**read.attrs["aistats"]} == {**schema}
    with pytest.raises(ParameterError, match="has no counts by date"):
        ai.cube_of(read)


def test_what_was_read_from_a_file_or_merged_has_no_cube(tmp_path):
    counts = ai.count_events(EVENTS, by="region", period="week")
    counts.to_csv(tmp_path / "counts.csv", index=False)
    names = pd.DataFrame({"region": ["CN"], "name": ["China"]})
    for made in (pd.read_csv(tmp_path / "counts.csv"), counts.merge(names, how="left")):
        with pytest.raises(ParameterError) as raised:
            ai.cube_of(made)
        assert [fault.kind for fault in raised.value.faults] == ["no_cube"]


REGIONS = st.sampled_from(["CN", "US", None])
FIRST = st.dates(dt.date(2025, 11, 20), dt.date(2025, 12, 31))
ROWS = st.lists(st.tuples(FIRST, st.integers(0, 20), REGIONS, REGIONS), min_size=1, max_size=8)


def as_table(rows):
    dates = [f"{first}/{first + dt.timedelta(days)}" for first, days, _, _ in rows]
    levels = {"a": [row[2] for row in rows], "b": [row[3] for row in rows]}
    return pd.DataFrame({"date": dates, **levels}, dtype="str")


# What is left of it ------------------------------------------------------------------------------


def test_a_filtered_table_has_the_cube_of_its_rows():
    counts = ai.count_events(EVENTS, by=["region", "kind"], period="week")

    china = ai.cube_of(counts[counts["region"] == "CN"])
    last = ai.cube_of(counts[counts["period"] == "2025-12-08"])
    corner = ai.cube_of(counts[(counts["period"] == "2025-12-08") & (counts["region"] == "CN")])

    assert rows_of(china) == [
        ("2025-12-02", "2025-12-02", "CN", "model", 1),
        ("2025-12-06", "2025-12-09", "CN", "policy", 1),
    ]
    assert rows_of(last) == [
        ("2025-12-06", "2025-12-09", "CN", "policy", 1),
        ("2025-12-10", "2025-12-10", None, "policy", 1),
    ]
    assert rows_of(corner) == [("2025-12-06", "2025-12-09", "CN", "policy", 1)]
    assert len(ai.cube_of(counts.head(0))) == 0


def without(counts, name):
    """Add a group up, as a verb does."""
    groups = [group for group in counts.attrs["aistats"]["groups"] if group != name]
    keys = ["period", *groups] if "period" in counts else groups
    table = counts.drop(columns=name).groupby(keys, dropna=False, as_index=False).sum()
    if "days" in table:
        table["days"] = counts["days"].iloc[0]
    schema = counts.attrs["aistats"]
    return with_schema(table, CountsSchema(schema["kind"], groups, cube=schema.cube))


def test_a_group_that_was_added_up_is_added_up_in_the_cube():
    counts = ai.count_events(EVENTS, by=["region", "kind"], period="week")
    expected = ai.cube_of(ai.count_events(EVENTS, by="kind", period="week"))
    pd.testing.assert_frame_equal(ai.cube_of(without(counts, "region")), expected)


def test_a_filtered_table_keeps_its_own_events_when_a_group_is_added_up():
    events = EVENTS.assign(country=[("CN", "US"), ("US",), (), ("US", "US")])
    for asked in ({}, {"period": "week", "daily": True}):
        counts = ai.count_events(events, by=["country", "region", "kind"], **asked)
        american = counts[counts["country"] == "US"]
        alone = events[[("US" in cell) for cell in events["country"]]]
        expected = ai.cube_of(ai.count_events(alone, by="kind", **asked))
        pd.testing.assert_frame_equal(ai.cube_of(ai.regroup(american, by="kind")), expected)
        everything = ai.regroup(counts, by=["country", "kind"])
        expected = ai.count_events(events, by=["country", "kind"], **asked)
        pd.testing.assert_frame_equal(ai.cube_of(everything), ai.cube_of(expected))


WITHOUT_THE_END = pd.DataFrame(
    {"date": ["2025-12-02", "2025-12-10/2025-12-16"], "region": ["CN", "US"]}
)


@pytest.mark.parametrize("between", [None, ("2025-12-01", "2025-12-31")])
def test_an_interval_may_lose_one_of_its_periods_before_its_group_is_added_up(between):
    counts = ai.count_events(WITHOUT_THE_END, by="region", period="week", between=between)
    gone = (counts["region"] == "US") & (counts["period"] == "2025-12-15")
    left = counts[~gone]
    assert ai.cube_of(left)["n"].sum() == 2

    regrouped = ai.regroup(left)

    rows = [("2025-12-02", "2025-12-02", 1), ("2025-12-10", "2025-12-16", 1)]
    assert regrouped["possible"].tolist()[:3] == [1, 1, 0]
    assert rows_of(ai.cube_of(regrouped)) == rows_of(ai.cube_of(ai.regroup(regrouped))) == rows
    on_15 = regrouped[regrouped["period"] == "2025-12-15"]
    assert len(ai.cube_of(on_15)) == len(ai.cube_of(ai.regroup(on_15))) == 0
    on_8 = regrouped[regrouped["period"] == "2025-12-08"]
    assert rows_of(ai.cube_of(on_8)) == rows_of(ai.cube_of(ai.regroup(on_8))) == rows[1:]


@calm
@given(ROWS, st.sampled_from(PERIODS), st.data())
def test_a_group_that_is_added_up_leaves_the_events_of_the_rows(rows, period, data):
    counts = ai.count_events(as_table(rows), by=["a", "b"], period=period, daily=True)
    chosen = data.draw(st.lists(st.integers(0, len(counts) - 1), max_size=9, unique=True))
    some = counts.iloc[chosen]

    by_a = ai.regroup(some, by="a")

    days = ["first", "last"]
    expected = ai.cube_of(some).groupby([*days, "a"], dropna=False)["n"].sum()
    found = ai.cube_of(by_a).groupby([*days, "a"], dropna=False)["n"].sum()
    pd.testing.assert_series_equal(found, expected)
    fewer = by_a.head(2)
    expected = ai.cube_of(fewer).groupby(days)["n"].sum()
    found = ai.cube_of(ai.regroup(fewer)).groupby(days)["n"].sum()
    pd.testing.assert_series_equal(found, expected)


@pytest.mark.parametrize("kind", ["running totals", "comparisons", "growth", "growth curve"])
def test_only_counts_have_a_cube(kind):
    weeks = ai.count_events(EVENTS, by="region", period="week")
    schema = weeks.attrs["aistats"]
    marked = ai.as_counts(weeks, by="region", kind=kind)
    altered = with_schema(weeks.copy(), schema.altered(kind=kind))
    for table in (ai.first_periods(ai.cumulate(weeks)), marked, altered):
        with pytest.raises(ParameterError) as raised:
            ai.cube_of(table)
        assert [fault.kind for fault in raised.value.faults] == ["no_cube"]


def test_a_table_that_does_not_say_which_days_its_rows_have_is_refused():
    weeks = ai.count_events(EVENTS, by="region", period="week")
    for table, kind in [
        (weeks[["period", "region", "certain"]], "no_column"),
        (weeks.drop(columns="period"), "not_by_period"),
        (weeks.iloc[0], "no_counts_table"),
        (None, "no_counts_table"),
    ]:
        with pytest.raises(ParameterError) as raised:
            ai.cube_of(table)
        assert [fault.kind for fault in raised.value.faults] == [kind]


def test_a_table_that_records_its_groups_once_more_keeps_its_cube():
    events = EVENTS.assign(country=[("CN", "US"), ("US",), (), ("US", "US")])
    counts = ai.count_events(events, by=["country", "kind"], period="week")
    again = ai.as_counts(counts, by=["country", "kind"])
    pd.testing.assert_frame_equal(ai.cube_of(again), ai.cube_of(counts))
    china = again[again["country"] == "CN"]
    assert ai.cube_of(ai.regroup(china))["n"].sum() == 1
    for changed in ({"by": "country"}, {"by": ["country", "kind"], "overlapping": []}):
        with pytest.raises(ParameterError, match="has no counts by date"):
            ai.cube_of(ai.as_counts(counts, **changed))
    totals = ai.as_counts(ai.cumulate(counts), by=["kind", "country"])
    assert totals.attrs["aistats"]["kind"] == "running totals"


def test_numbers_that_are_not_those_of_the_cube_have_none():
    counts = ai.count_events(EVENTS, by=["region", "kind"])
    china = without(counts[counts["region"] == "CN"], "region")
    for made in (china, counts.assign(count=2)):
        with pytest.raises(ParameterError) as raised:
            ai.cube_of(made)
        assert [fault.kind for fault in raised.value.faults] == ["other_cube"]


def test_a_level_that_was_not_counted_has_no_cube():
    counts = ai.count_events(EVENTS, by="region")
    renamed = counts.assign(region=counts["region"].replace("CN", "China"))
    with pytest.raises(ParameterError, match="column region: “China”"):
        ai.cube_of(renamed)


def test_rows_of_a_total_add_nothing():
    counts = ai.count_events(EVENTS, by=["region", "kind"])
    total = counts.head(1).assign(region=ALL, kind=ALL, count=4)
    table = pd.concat([total, counts], ignore_index=True)
    schema = counts.attrs["aistats"]
    totalled = CountsSchema("counts", schema["groups"], total=True, cube=schema.cube)
    pd.testing.assert_frame_equal(ai.cube_of(with_schema(table, totalled)), ai.cube_of(counts))


def test_a_level_that_is_called_like_a_total_is_a_level():
    events = pd.DataFrame({"region": ["(all)", "CN", "CN"]})
    cube = ai.cube_of(ai.count_events(events, by="region"))
    assert cube.to_dict("list") == {"region": ["(all)", "CN"], "n": [1, 2]}


@pytest.mark.parametrize("name", ["first", "last", "n"])
def test_a_group_cannot_be_called_like_a_column_of_the_cube(name):
    counts = ai.count_events(EVENTS.rename(columns={"kind": name}), by=name, period="week")
    with pytest.raises(ParameterError, match="rename it"):
        ai.cube_of(counts)


@calm
@given(ROWS, st.sampled_from(PERIODS), st.data())
def test_of_any_rows_the_cube_has_the_events_that_may_be_in_one_of_them(rows, period, data):
    events = as_table(rows)
    counts = ai.count_events(events, by=["a", "b"], period=period, daily=True)
    chosen = data.draw(st.lists(st.integers(0, len(counts) - 1), max_size=6, unique=True))
    some = counts.iloc[chosen]

    cube = ai.cube_of(some)

    behind = [ai.events_in(events, row).index for _, row in some.iterrows()]
    sought = sorted({*np.concatenate([[], *behind]).astype(int)})
    expected = Counter(rows[number] for number in sought)
    assert cube["n"].sum() == len(sought)
    lengths = (cube["last"] - cube["first"]).dt.days
    levels = cube[["a", "b"]].astype(object).where(cube[["a", "b"]].notna(), None)
    found = zip(cube["first"].dt.date, lengths, levels["a"], levels["b"], strict=True)
    assert dict(zip(found, cube["n"], strict=True)) == expected


def test_no_combination_stands_twice():
    dates = ["2025-12-02", "2025-12-02/2025-12-02", "2025-12-02T10:00:00"]
    counts = ai.count_events(pd.DataFrame({"date": dates}), period="week", daily=True)
    assert rows_of(ai.cube_of(counts)) == [("2025-12-02", "2025-12-02", 3)]
    assert part_of_cube(counts).events == 3


# Frames and files --------------------------------------------------------------------------------

TEXTS = st.sampled_from(["CN", "US", "中国", "a,b", "é\nf", 'x"y', None])
LEVELS = {
    "str": TEXTS,
    "Int64": st.sampled_from([0, -1, 2**53 + 1, 2**63 - 1, None]),
    "float64": st.sampled_from([0.5, -0.0, 0.0, 1e300, None]),
    "boolean": st.sampled_from([True, False, None]),
    "datetime64[ns]": st.sampled_from(["2025-12-01", "2025-12-02 10:00:00.000000001", None]),
    "datetime64[us, UTC]": st.sampled_from(["2025-12-01 10:00:00.000001+00:00", None]),
    "list": st.none() | st.lists(st.sampled_from(["CN", "US", None]), max_size=3),
    "list of int": st.none() | st.lists(st.integers(0, 3), max_size=3),
}
STAMP = st.sampled_from(
    [
        *("2025-11-30 23:59:59.999999999", "2025-12-01 00:00:00", "2025-12-01 16:00:00"),
        *("2025-12-06 12:00:00", "2025-12-31 23:59:59.999999", "1969-12-31 23:00:00"),
    ]
)
DATES = {
    "text": st.sampled_from(["2025-12-02", "2025-12-31", "2025-11-30"]),
    "open text": st.sampled_from(["2025-12-02", "2025-12", "2025-12-06/2025-12-09", "2025-12-15~"]),
    "datetime64[s]": STAMP,
    "datetime64[us]": STAMP,
    "datetime64[ns]": STAMP,
    "datetime64[us, UTC]": STAMP.map(lambda text: f"{text}+00:00"),
}


def series(kind, cells):
    if kind.startswith("list"):
        return pd.Series(cells, dtype=object)
    if "text" in kind:
        return pd.Series(cells, dtype="str")
    if kind.startswith("datetime64"):
        stamps = pd.to_datetime(pd.Series(cells, dtype=object), format="ISO8601", utc="UTC" in kind)
        return stamps.astype(kind)
    return pd.Series(
        cells, dtype=kind if None in cells else kind.replace("boolean", "bool").lower()
    )


@st.composite
def tables(draw, dates=(*DATES,), levels=(*LEVELS,), least=1):
    size = draw(st.integers(least, 8))
    kinds = {"date": draw(st.sampled_from(dates))}
    kinds |= {name: draw(st.sampled_from(levels)) for name in ("a", "b")}
    cells = {}
    for name, kind in kinds.items():
        one = DATES[kind] if name == "date" else LEVELS[kind]
        cells[name] = draw(st.lists(one, min_size=size, max_size=size))
    columns = {name: series(kinds[name], those) for name, those in cells.items()}
    return kinds, pd.DataFrame(columns)


ASKED = st.fixed_dictionaries(
    {
        "by": st.sampled_from([[], ["a"], ["b", "a"]]),
        "period": st.sampled_from([None, *PERIODS]),
        "complete": st.booleans(),
        "between": st.sampled_from([None, ("2025-12-01", "2025-12-20")]),
        "coverage": st.sampled_from([None, COVERAGE]),
        "daily": st.booleans(),
    }
)


def call_of(asked, kinds):
    """Leave out what is for periods alone, and name a zone where time stamps have one."""
    if asked["period"] is None:
        return {name: asked[name] for name in ("by", "complete")}
    return {**asked, "tz": "Asia/Shanghai"} if "UTC" in kinds["date"] else asked


def assert_frames_equal(found, expected):
    """Hold all of two tables together, but for the type of a column in which nothing is known.

    A file knows the type of such a column, and a pandas column of objects does not.
    """
    unknown = [name for name in expected if expected[name].isna().all()]
    assert found[unknown].isna().all(axis=None)
    pd.testing.assert_frame_equal(
        found.assign(**dict.fromkeys(unknown)), expected.assign(**dict.fromkeys(unknown))
    )


def assert_same(found, expected):
    assert_frames_equal(found, expected)
    assert {**found.attrs["aistats"]} == {**expected.attrs["aistats"]}
    cubes = ai.cube_of(found), ai.cube_of(expected)
    assert_frames_equal(*cubes)
    assert cubes[0].attrs == cubes[1].attrs


@settings(calm, max_examples=examples(60))
@given(tables(), ASKED)
def test_the_cube_of_a_parquet_file_is_that_of_the_same_table(table, asked):
    kinds, events = table
    call = call_of(asked, kinds)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "events.parquet")
        write_parquet(events, kinds, path)
        found = ai.count_files(path, **call)

    assert_same(found, ai.count_events(events, **call))


DUCKDB_TYPES = {
    "Int64": "BIGINT",
    "boolean": "BOOLEAN",
    "list": "VARCHAR[]",
    "list of int": "BIGINT[]",
    "float64": "DOUBLE",
    "str": "VARCHAR",
}


def write_parquet(events, kinds, path):
    """Write a table with the types that its columns have, even where all cells are missing."""
    names = {name: DUCKDB_TYPES[kind] for name, kind in kinds.items() if kind in DUCKDB_TYPES}
    casts = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in names.items())
    replaced = f" REPLACE ({casts})" if casts else ""
    connection = duckdb.connect()
    connection.register("events", events)
    connection.sql(f"SELECT *{replaced} FROM events").write_parquet(path.as_posix())


IN_CSV = {"dates": ("text", "open text", "datetime64[us]"), "levels": ("str",)}


@settings(calm, max_examples=examples(40))
@given(tables(**IN_CSV), ASKED)
def test_the_cube_of_a_csv_file_is_that_of_the_same_table(table, asked):
    kinds, events = table
    call = call_of(asked, kinds)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "events.csv")
        events.to_csv(path, index=False)
        found = ai.count_files(path, **call)

    assert_same(found, ai.count_events(events, **call))


@settings(calm, max_examples=examples(25))
@given(tables(levels=("list",)), st.sampled_from(PERIODS))
def test_lists_that_are_written_as_text_have_the_same_cube(table, period):
    kinds, events = table
    call = {"by": ["a", "b"], "period": period}
    stated = events.assign(**{name: events[name].map(_known) for name in ("a", "b")})
    if "UTC" in kinds["date"] or "ns" in kinds["date"]:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "events.csv")
        texts = {name: stated[name].map(";".join) for name in ("a", "b")}
        stated.assign(**texts).to_csv(path, index=False)
        found = ai.count_files(path, lists={"a": ";", "b": ";"}, **call)
    expected = ai.count_events(stated, **call)
    assert_same(found, expected)


def _known(cell):
    return tuple(level for level in cell or () if level is not None)


def test_all_kinds_of_levels_are_in_the_cube_of_a_file_that_is_counted_without_pandas(tmp_path):
    levels = list(product(["CN", "US"], [1, 2]))
    events = pd.DataFrame(levels, columns=["region", "n_"]).assign(date="2025-12-02")
    events.to_csv(tmp_path / "e.csv", index=False)
    counts = ai.count_files(tmp_path / "e.csv", by=["region", "n_"], period="day")
    assert ai.cube_of(counts)["n_"].tolist() == ["1", "2", "1", "2"]

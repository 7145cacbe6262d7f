"""Every engine against ten lines of plain Python: the same rows, the same table."""

import datetime as dt
import math
import os
import subprocess
import sys
import zoneinfo
from collections import Counter, defaultdict
from fractions import Fraction
from itertools import product
from pathlib import Path

import narwhals as nw
import numpy as np
import pandas as pd
import pytest
from engines import FILES, FRAMES, OTHERS, Column, counter_of, frame_of, over, plain
from examples import examples
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import aistats as ai
from aistats.dates.calendar import PERIODS
from aistats.faults import DataError, ParameterError

DAY = dt.timedelta(days=1)


# The oracle --------------------------------------------------------------------------------------

FIRST_DAY = {
    "day": lambda day: day,
    "week": lambda day: day - day.weekday() * DAY,
    "dekad": lambda day: day.replace(day=1 if day.day <= 10 else 11 if day.day <= 20 else 21),
    "month": lambda day: day.replace(day=1),
    "quarter": lambda day: day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1),
    "year": lambda day: day.replace(month=1, day=1),
}


def by_hand(rows, by, period, shown=(dt.date.min, dt.date.max)):
    """Count rows (days, levels of each column, n); return (first day, *levels) -> its counts."""
    cells = defaultdict(lambda: [0, Fraction(), 0])  # certain, expected, possible
    for days, levels, n in rows:
        inside = [day for day in days if shown[0] <= day <= shown[1]]
        for first, overlap in Counter(FIRST_DAY[period](day) for day in inside).items():
            for combination in product(*(levels[name] for name in by)):
                cell = cells[max(first, shown[0]), *combination]
                cell[0] += n * (overlap == len(days))
                cell[1] += n * Fraction(overlap, len(days))
                cell[2] += n
    return cells


def every_cell(rows, by, period, days, shown=(dt.date.min, dt.date.max)):
    """Return all periods of some days with all levels that occur, each in order, missing last."""
    between = days_from(min(days), max(days)) if days else []
    starts = sorted({max(FIRST_DAY[period](day), shown[0]) for day in between})
    return list(product(starts, *(in_order(row[1][name] for row in rows) for name in by)))


def in_order(found):
    levels = set().union(*found)
    return sorted(levels - {None}) + [None] * (None in levels)


def days_from(first, last):
    return [first + n * DAY for n in range((last - first).days + 1)]


def days_of(when, tz=None):
    if isinstance(when, str):
        return days_from(*ai.parse_edtf(when))
    if isinstance(when, dt.datetime):
        return [(when.astimezone(zoneinfo.ZoneInfo(tz)) if when.tzinfo else when).date()]
    return [when]


def levels_in(cell):
    levels = cell if isinstance(cell, list) else [cell]
    return {None if level != level else level for level in levels} or {None}


def rows_of(table, by, tz=None):
    """Return the rows of a table as the oracle takes them; `events` says how many each is."""
    n = table["events"].cells if "events" in table else [1] * len(table["date"].cells)
    days = [days_of(when, tz) for when in table["date"].cells]
    levels = [{name: levels_in(table[name].cells[row]) for name in by} for row in range(len(n))]
    return [row for row in zip(days, levels, n, strict=True) if row[2]]


# Rows --------------------------------------------------------------------------------------------

ODD_TEXTS = [
    *("", " ", "NA", "<NA>", "N/A", "null", "NULL", "None", "nan", "NaN", "NaT", "\\N", "-"),
    *("1", "01", "1.0", "1e3", "0x1", "True", "2025-12-01", "2025-W49", "inf", "9007199254740993"),
    *("CN", "cn", " CN", "CN ", "Cn", "中国", "中國", "é", "e\u0301", "ß", "ss", "İ", "ı", "ﬁ"),
    *("👩‍👩‍👧", "👩", "🇨🇳", "\u200b", "\ufeff", "\uffff", "\U0010ffff", "\u2028", "\x1f"),
    *('"', "'", '""', "a,b", "a;b", "a\tb", "a\nb", "a\r\nb", "%", "\\", "{}", "$1", "--", "/*"),
    *("\x00", "a\x00", "a\x00b"),
]
TEXT = st.sampled_from(ODD_TEXTS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=4)
NEAR_53 = [sign * (2**53 + n) for n in (-1, 0, 1, 2) for sign in (1, -1)]
INT = st.sampled_from(
    [0, 1, -1, 2**63 - 1, 2**63 - 2, -(2**63), 1 - 2**63, *NEAR_53]
) | st.integers(-(2**63), 2**63 - 1)
UINT = st.sampled_from([0, 1, 2**53, 2**53 + 1, 2**63 - 1, 2**63, 2**64 - 2, 2**64 - 1])
FLOAT = st.sampled_from([0.0, -0.0, 0.1, 0.1 + 0.2, 0.3, 1e308, 5e-324, math.inf, -math.inf]) | (
    st.floats(allow_nan=False)
)
ERAS = [
    *(dt.date(1, 1, 1), dt.date(1582, 10, 15), dt.date(1877, 2, 28), dt.date(1900, 2, 28)),
    *(dt.date(1970, 1, 1), dt.date(2024, 2, 29), dt.date(2025, 12, 1), dt.date(9999, 12, 31)),
]
CLOCK = st.sampled_from([dt.time(), dt.time(12), dt.time(23, 59, 59, 999999), dt.time(0, 0, 0, 1)])
VALUES = {
    "text": TEXT,
    "category": TEXT,
    "int": INT,
    "uint": UINT,
    "bool": st.booleans(),
    "float": FLOAT,
}
NAMES = [
    *(
        "region",
        "category",
        "地区",
        "a b",
        "a.b",
        'a"b',
        "a'b",
        "a`b",
        "N",
        "LEN",
        "Count",
        "select",
    ),
    *("index", "group", "0", "level_0", "literal", "key0", "key", "values", "é"),
]


def near(era, most):
    """Draw days that are not far from a day, and are in the calendar."""
    low = max(-most, (dt.date.min - era).days)
    high = min(most, (dt.date.max - era).days)
    return st.integers(low, high).map(lambda days: era + days * DAY)


@st.composite
def edtf_texts(draw, era):
    """Draw days, months, years, quarters, intervals, and days that are about right."""
    day = draw(near(era, 40))
    last = draw(near(era, 90))
    text = f"{day:%m-%d}"
    year = f"{day.year:04}"
    forms = [f"{year}-{text}", f"{min(day, last)}/{max(day, last)}", f"{year}-{text[:2]}", year]
    forms += [f"{year}-{33 + (day.month - 1) // 3}", f"{year}-{text}T23:59:59", f"{year}-{text}?"]
    if dt.date.min + 3 * DAY <= day <= dt.date.max - 3 * DAY:
        forms += [
            f"{year}-{text}~",
            f"{year}-~{text}".replace(f"~{text}", f"{text[:3]}~{text[3:]}"),
        ]
    return draw(st.sampled_from(forms[:2] + forms))


@st.composite
def stamps_in_utc(draw, era):
    """Draw time stamps in UTC near a midnight, wherever that is."""
    hours = draw(st.integers(-14, 14)) * dt.timedelta(hours=1)
    shift = hours + draw(st.sampled_from([-1, 0, 1])) * dt.timedelta(microseconds=1)
    day = draw(near(era, 40))
    return dt.datetime.combine(day, dt.time(), dt.UTC) + shift


ZONES = [
    *("UTC", "Asia/Shanghai", "America/New_York", "Pacific/Apia", "Asia/Kathmandu"),
    *("Australia/Lord_Howe", "Europe/Dublin", "Africa/Casablanca", "America/Regina"),
]
ZONED_ERAS = [
    *(dt.date(1970, 1, 1), dt.date(1986, 5, 4), dt.date(2011, 12, 30), dt.date(2025, 3, 9)),
    *(dt.date(2025, 11, 2), dt.date(2024, 2, 29), dt.date(1940, 6, 3)),
]


def dates_of(kind, era):
    return {
        "text": edtf_texts(era),
        "day": near(era, 60),
        "time": st.builds(dt.datetime.combine, near(era, 60), CLOCK),
        "aware": stamps_in_utc(era),
    }[kind]


LISTS = {"texts": "text", "ints": "int"}


@st.composite
def columns(draw, size, kinds):
    """Draw a column of few distinct values, so that they meet."""
    kind = draw(st.sampled_from(kinds))
    if kind == "null":
        return Column(kind, [None] * size)
    some = draw(st.lists(VALUES[LISTS.get(kind, kind)], min_size=1, max_size=3))
    if draw(st.booleans()):
        some.append(None)
    value = st.sampled_from(some)
    if kind in LISTS:
        value = st.lists(value, max_size=3) | st.none()
    return Column(kind, draw(st.lists(value, min_size=size, max_size=size)))


SIZES = st.sampled_from([0, 1, 2, 5, 12])


@st.composite
def tables(draw, kinds, dates=("text", "day", "time"), most=2, eras=1):
    """Draw a table with dates of an era or several and of one kind, and some other columns."""
    size = draw(SIZES)
    kind = draw(st.sampled_from(dates))
    of_kind = ZONED_ERAS if kind == "aware" else ERAS
    some = draw(st.lists(st.sampled_from(of_kind), min_size=1, max_size=eras))
    date = st.one_of([dates_of(kind, era) for era in some])
    names = draw(st.lists(st.sampled_from(NAMES), max_size=most, unique_by=str.lower))
    return {
        "date": Column(kind, draw(st.lists(date, min_size=size, max_size=size))),
        **{name: draw(columns(size, kinds)) for name in names},
    }


@st.composite
def asked(draw, made):
    """Draw a table, by which of its columns it is to be counted, and in which periods."""
    table = draw(made)
    names = [name for name in table if name != "date"]
    by = draw(st.permutations(names))[: draw(st.integers(0, len(names)))]
    return table, list(by), draw(st.sampled_from(PERIODS))


# The comparison ----------------------------------------------------------------------------------

EXAMPLES = int(os.environ.get("AISTATS_EXAMPLES", "0"))
UNABLE = {
    "pyspark": {"uint"},
    "dask": {*LISTS},
    "dask-plain": {*LISTS},
    "csv": {*VALUES, *LISTS, "null"} - {"text"},
}
"""Kinds of values that an engine has no type for."""

SLOW = {"pyspark": 3, "dask": 5, "dask-plain": 4, "duckdb": 6, "csv": 5, "parquet": 5}
"""How many examples an engine is given where each takes longer, and no soak is asked for."""

every_engine = over([*FRAMES, *FILES])
every_typed = over([*FRAMES, "parquet"])
every_frame = over(list(FRAMES))
other_engines = over(list(OTHERS))


def run(engine, strategy, test):
    """Run a test on examples of a strategy: fewer where each takes longer, more in a soak."""
    calm = settings(
        deadline=None,
        derandomize=not EXAMPLES,
        database=None,
        max_examples=EXAMPLES or examples(SLOW.get(engine, 10)),
        phases=list(Phase) if EXAMPLES else [Phase.generate],  # rows are few as they are
        suppress_health_check=list(HealthCheck),
    )
    calm(given(strategy)(lambda drawn: test(*drawn)))()


def tables_for(engine, *more, without=(), **how):
    """Draw tables of what an engine can hold."""
    kinds = sorted({*VALUES, *more} - UNABLE.get(engine, set()) - {*without})
    if engine == "csv":
        return tables(kinds, dates=("text",), **how).map(as_in_csv)
    return tables(kinds, **how)


def as_in_csv(table):
    """Leave out NUL, which no CSV may hold; an empty cell is a missing one there."""
    cells = {
        name: [it and it.replace("\0", "0") for it in column.cells]
        for name, column in table.items()
    }
    return {name: Column("text", [it or None for it in those]) for name, those in cells.items()}


def in_python(values):
    """Return the levels of a column in plain Python."""
    levels = [it.item() if isinstance(it, np.generic) else it for it in values.tolist()]
    return [None if gone else it for it, gone in zip(levels, values.isna(), strict=True)]


def levels_shown(found, by):
    return list(zip(*(in_python(found[name]) for name in by), strict=True)) or [()] * len(found)


def types_of(rows):
    return [[type(level) for level in row] for row in rows]


def assert_counts(found, by, keys, cells):
    """Hold every row of a table, in its order, against the oracle."""
    assert list(found.columns[: len(by) + 4]) == ["period", *by, "certain", "expected", "possible"]
    dtypes = found[["period", "certain", "expected", "possible"]].dtypes.astype(str).tolist()
    assert dtypes == ["datetime64[s]", "int64", "float64", "int64"]
    days = found["period"].to_numpy().astype("datetime64[D]").tolist()
    shown = [(day, *row) for day, row in zip(days, levels_shown(found, by), strict=True)]
    assert shown == keys
    assert types_of(shown) == types_of(keys)
    hand = [cells.get(key, (0, 0, 0)) for key in keys]
    assert found["certain"].tolist() == [certain for certain, _, _ in hand]
    assert found["possible"].tolist() == [possible for _, _, possible in hand]
    expected = [float(share) for _, share, _ in hand]
    assert found["expected"].tolist() == pytest.approx(expected, rel=1e-9, abs=1e-9)


# Every engine, every cell ------------------------------------------------------------------------


@every_engine
def test_every_cell_of_a_complete_table_is_what_a_count_by_hand_finds(engine):
    count = counter_of(engine)

    def check(table, by, period):
        rows = rows_of(table, by)

        found = count(table, by=by, period=period)

        keys = every_cell(rows, by, period, [day for row in rows for day in row[0]])
        assert_counts(found, by, keys, by_hand(rows, by, period))

    run(engine, asked(tables_for(engine)), check)


@every_engine
def test_events_of_two_thousand_years_and_of_several_levels_are_counted_where_they_are(engine):
    count = counter_of(engine)

    def check(table, by, period):
        rows = rows_of(table, by)

        found = count(table, by=by, period=period, complete=False)

        cells = by_hand(rows, by, period)
        order = [in_order({key[side]} for key in cells) for side in range(len(by) + 1)]
        places = [{level: place for place, level in enumerate(side)} for side in order]
        keys = sorted(cells, key=lambda key: [at[it] for at, it in zip(places, key, strict=True)])
        assert_counts(found, by, keys, cells)

    strategy = tables_for(engine, *LISTS, "null", most=3, eras=4)
    run(engine, asked(strategy), check)


@every_engine
def test_without_a_period_levels_are_counted_whatever_the_dates(engine):
    count = counter_of(engine)

    def check(table, by, _):
        rows = rows_of(table, by)
        table = table if by else {**table, "other": Column("null", [None] * len(rows))}

        found = count(table, by=by)

        keys = list(product(*(in_order(levels[name] for _, levels, _ in rows) for name in by)))
        held = Counter(
            cell for _, levels, _ in rows for cell in product(*(levels[name] for name in by))
        )
        assert list(found.columns) == [*by, "count"]
        assert found["count"].dtype == "int64"
        assert levels_shown(found, by) == keys
        assert types_of(levels_shown(found, by)) == types_of(keys)
        assert found["count"].tolist() == [held[key] for key in keys]

    run(engine, asked(tables_for(engine, *LISTS, "null", most=3)), check)


@every_typed
def test_time_stamps_are_counted_on_the_days_of_the_zone_that_is_meant(engine):
    count = counter_of(engine)

    def check(drawn, tz):
        table, by, period = drawn
        rows = rows_of(table, by, tz)

        found = count(table, by=by, period=period, tz=tz)

        keys = every_cell(rows, by, period, [day for row in rows for day in row[0]])
        assert_counts(found, by, keys, by_hand(rows, by, period))

    strategy = asked(tables(["text"], dates=("aware",), most=1))
    run(engine, st.tuples(strategy, st.sampled_from(ZONES)), check)


@every_typed
def test_a_start_and_an_end_are_an_interval_of_days(engine):
    count = counter_of(engine)

    def check(drawn, lengths):
        table, by, period = drawn
        table = {**table, "until": ends_of(table["date"], lengths)}
        rows = [
            (
                days_from(*(days_of(table[end].cells[row])[0] for end in ("date", "until"))),
                levels,
                n,
            )
            for row, (_, levels, n) in enumerate(rows_of(table, by))
        ]

        found = count(table, by=by, period=period, date=("date", "until"))

        keys = every_cell(rows, by, period, [day for row in rows for day in row[0]])
        assert_counts(found, by, keys, by_hand(rows, by, period))

    lengths = st.lists(st.sampled_from([0, 1, 6, 7, 40, 400]), min_size=1, max_size=5)
    run(engine, st.tuples(asked(tables_for(engine, dates=("day", "time"))), lengths), check)


def ends_of(dates, lengths):
    """Return dates of the same kind that many days later, or at the end of the calendar."""
    days = [(dt.date.max - days_of(when)[0]).days for when in dates.cells]
    later = [min(days[row], lengths[row % len(lengths)]) * DAY for row in range(len(days))]
    return Column(dates.kind, [when + it for when, it in zip(dates.cells, later, strict=True)])


@every_engine
def test_a_window_cuts_the_table(engine):
    count = counter_of(engine)

    def check(drawn, ends):
        table, by, period = drawn
        rows = rows_of(table, by)
        days = sorted(day for row in rows for day in row[0]) or [dt.date(2025, 12, 1)]
        window = tuple(days[end * (len(days) - 1) // 100] for end in sorted(ends))

        found = count(table, by=by, period=period, between=window)

        keys = every_cell(rows, by, period, window, window)
        assert_counts(found, by, keys, by_hand(rows, by, period, window))

    percent = st.integers(0, 100)
    run(engine, st.tuples(asked(tables_for(engine)), st.tuples(percent, percent)), check)


@every_engine
def test_covered_days_stand_beside_the_counts_and_widen_the_table(engine):
    count = counter_of(engine)

    def check(drawn, windows):
        table, by, period = drawn
        rows = rows_of(table, by)
        coverage = pd.DataFrame({"date": windows}, dtype="str")

        found = count(table, by=by, period=period, coverage=coverage)

        days = [day for row in rows for day in row[0]]
        covered = {day for window in windows for day in days_of(window)}
        keys = every_cell(rows, by, period, [*days, *covered])
        assert_counts(found, by, keys, by_hand(rows, by, period))
        of_period = Counter(FIRST_DAY[period](day) for day in covered)
        assert found["days_covered"].tolist() == [of_period[key[0]] for key in keys]

    era = dt.date(2025, 12, 1)
    made = asked(tables_for(engine).filter(lambda table: is_near(table, era)))
    run(engine, st.tuples(made, st.lists(edtf_texts(era), max_size=3)), check)


def is_near(table, era):
    return all(abs(day - era) < 800 * DAY for when in table["date"].cells for day in days_of(when))


@every_frame
def test_a_row_may_stand_for_any_number_of_events(engine):
    count = counter_of(engine)

    def check(drawn, n):
        table, by, period = drawn
        size = len(table["date"].cells)
        table = {**table, "events": Column("int", (n * size)[:size])}
        rows = rows_of(table, by)

        found = count(table, by=by, period=period, counts="events", complete=False)
        whole = count(table, by=by, counts="events")

        cells = by_hand(rows, by, period)
        assert dict_of(found, by) == {key: (cell[0], cell[2]) for key, cell in cells.items()}
        held = Counter()
        for _, levels, n_here in rows:
            for cell in product(*(levels[name] for name in by)):
                held[cell] += n_here
        shown = zip(levels_shown(whole, by), whole["count"].tolist(), strict=True)
        assert {levels: count for levels, count in shown if count} == held

    n = st.lists(st.sampled_from([0, 1, 2, 1000, 2**31, 2**33 + 1]), min_size=1, max_size=5)
    run(engine, st.tuples(asked(tables_for(engine, *LISTS)), n), check)


def dict_of(found, by):
    days = found["period"].to_numpy().astype("datetime64[D]").tolist()
    keys = [(day, *row) for day, row in zip(days, levels_shown(found, by), strict=True)]
    return dict(zip(keys, zip(found["certain"], found["possible"], strict=True), strict=True))


# The same table as that of pandas ----------------------------------------------------------------


@other_engines
def test_the_table_is_that_of_the_same_rows_in_pandas_type_for_type(engine):
    make = frame_of(engine)

    def check(table, by, period):
        as_text = {
            name: it._replace(kind=OF_PANDAS.get(it.kind, it.kind)) for name, it in table.items()
        }

        found = ai.count_events(make(table), by=by, period=period)

        expected = ai.count_events(plain(as_text), by=by, period=period)
        pd.testing.assert_frame_equal(found, expected)
        assert {**found.attrs["aistats"]} == {**expected.attrs["aistats"]}
        pd.testing.assert_frame_equal(ai.cube_of(found), ai.cube_of(expected))
        assert ai.cube_of(found).attrs == ai.cube_of(expected).attrs

    run(engine, asked(tables_for(engine, *LISTS, without=("uint",))), check)


OF_PANDAS = {"category": "text"}
"""What a kind of column becomes on its way from an engine."""


@other_engines
def test_levels_may_be_days_and_times(engine):
    days = [dt.date(2025, 12, 1), dt.date(1877, 2, 28), None, dt.date(9999, 12, 31)]
    times = [day and dt.datetime.combine(day, dt.time(23, 59, 59, 999999)) for day in days]
    table = {"day": Column("day", days), "time": Column("time", times)}

    found = ai.count_events(frame_of(engine)(table), by=["time"])
    whole = ai.count_events(frame_of(engine)({"day": table["day"]}), by=["day"])

    shown = [
        None if pd.isna(time) else pd.Timestamp(time).to_pydatetime() for time in found["time"]
    ]
    assert shown == in_order([set(times)])
    assert found["count"].tolist() == [1, 1, 1, 1]
    shown = [None if pd.isna(day) else pd.Timestamp(day).date() for day in whole["day"]]
    assert shown == in_order([set(days)])


# What an engine is asked for ---------------------------------------------------------------------

EVENTS = {
    "date": Column("text", ["2025-12-02", "2025-12-09", "2025-12-06/2025-12-09", "2025-12-02"]),
    "region": Column("text", ["CN", "US", "CN", None]),
    "note": Column("text", ["a", "b", "c", "d"]),
}


@every_frame
def test_the_frame_that_is_handed_in_is_not_changed(engine):
    frame = frame_of(engine)({**EVENTS, "n": Column("int", [1, 2, 3, 4])})
    before = rows_in(frame)

    first = ai.count_events(frame, by="region", period="week", counts="n")
    second = ai.count_events(frame, by="region", period="week", counts="n")

    pd.testing.assert_frame_equal(first, second)
    assert rows_in(frame) == before


def rows_in(frame):
    """Return the rows of any frame as text, in order."""
    for way in ("collect", "compute", "to_pylist", "fetchall"):
        if hasattr(frame, way):
            frame = getattr(frame, way)()
    if hasattr(frame, "rows"):
        frame = frame.rows()
    return sorted(map(str, frame.to_numpy().tolist() if hasattr(frame, "to_numpy") else frame))


def with_a_trap(engine, frame):
    """Add a column that raises when somebody reads it."""
    if engine == "polars-lazy":
        import polars as pl

        return frame.with_columns(trap=pl.col("note").map_elements(spring, pl.String))
    if engine == "duckdb":
        return frame.project("*, error(note) AS trap")
    if engine == "pyspark":
        from pyspark.sql import functions

        return frame.withColumn("trap", functions.raise_error(functions.col("note")))
    return frame.assign(trap=frame["note"].map_partitions(spring, meta=("trap", "int64")))


def spring(_):
    raise AssertionError("a column was read that is not needed")


@over(["polars-lazy", "duckdb", "dask", "pyspark"])
def test_an_engine_works_out_no_column_that_is_not_needed(engine):
    frame = with_a_trap(engine, frame_of(engine)(EVENTS))

    found = ai.count_events(frame, by="region", period="week")

    expected = ai.count_events(plain(EVENTS), by="region", period="week")
    pd.testing.assert_frame_equal(found, expected)
    with pytest.raises(Exception, match=r"."):
        ai.count_events(frame, by="trap")


def test_counting_a_pandas_table_imports_no_engine():
    program = """
import sys, pandas as pd, aistats as ai
events = pd.DataFrame({"date": ["2025-12-02"], "region": ["CN"]})
ai.count_events(events, by="region", period="week", counts=None)
print(*sorted({"polars", "duckdb", "dask", "pyspark", "narwhals", "distributed"} & {*sys.modules}))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.split() == []


@over(["polars", "duckdb"])
def test_counting_a_frame_imports_no_other_engine(engine):
    frame_of(engine)
    program = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
import engines, aistats as ai
column = engines.Column("text", ["2025-12-02"])
ai.count_events(engines.FRAMES[{engine!r}]({{"date": column}}), period="week")
print(*{{"polars", "duckdb", "dask", "pyspark"}} & {{*sys.modules}})
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.split() in ([], [engine])


# What is refused ---------------------------------------------------------------------------------

WEEKS = {"period": "week"}
NO_DATE = {**EVENTS, "date": Column("text", ["2025-12-02", None, None, "2025-12-02"])}
TWO_DATES = {
    "from": Column("day", [dt.date(2025, 12, 1), dt.date(2025, 12, 9)]),
    "to": Column("day", [dt.date(2025, 12, 2), dt.date(2025, 12, 8)]),
}
NUMBERS = {**EVENTS, "n": Column("int", [1, 2, 3, 4])}
AWARE = {"date": Column("aware", [dt.datetime(2025, 12, 1, 23, tzinfo=dt.UTC)])}


def with_dates(kind, *values):
    return {"date": Column(kind, list(values))}


REFUSED = {
    "no date": (NO_DATE, WEEKS),
    "no date, in groups": (NO_DATE, {**WEEKS, "by": "region"}),
    "no date at all": (with_dates("text", None, None), WEEKS),
    "no day": (with_dates("day", dt.date(2025, 12, 1), None), WEEKS),
    "no time": (with_dates("time", dt.datetime(2025, 12, 1), None, None), WEEKS),
    "null": (with_dates("null", None, None), WEEKS),
    "no date in any sense": (with_dates("text", "2025-12-02", "12月"), WEEKS),
    "empty date": (with_dates("text", "2025-12-02", ""), WEEKS),
    "no day of the calendar": (with_dates("text", "1877-02-29"), WEEKS),
    "reversed": (with_dates("text", "2025-12-06/2025-11-30"), WEEKS),
    "zone in text": (with_dates("text", "2025-12-02T10:00:00Z"), WEEKS),
    "integers": (with_dates("int", 2025, 2024), WEEKS),
    "integers, some missing": (with_dates("int", 2025, None), WEEKS),
    "floats": (with_dates("float", 2025.5), WEEKS),
    "truth": (with_dates("bool", True), WEEKS),
    "ends before it starts": (TWO_DATES, {**WEEKS, "date": ("from", "to")}),
    "unknown column": (EVENTS, {"by": "regoin"}),
    "unknown columns": (EVENTS, {**WEEKS, "by": ["region", "kind"]}),
    "by twice": (EVENTS, {**WEEKS, "by": ["region", "region"]}),
    "by a number": (EVENTS, {"by": 3}),
    "unknown date": (EVENTS, {**WEEKS, "date": "when"}),
    "no date column": ({"region": EVENTS["region"]}, WEEKS),
    "unknown period": (EVENTS, {"period": "weak"}),
    "unknown period of nothing": (with_dates("text"), {"period": "weak"}),
    "reversed window": (EVENTS, {**WEEKS, "between": ("2025-12-31", "2025-12-01")}),
    "zone needed": (AWARE, WEEKS),
    "unknown zone": (AWARE, {**WEEKS, "tz": "Nowhere/Land"}),
    "unused zone": (EVENTS, {**WEEKS, "tz": "UTC"}),
    "unused zone of days": (with_dates("day", dt.date(2025, 12, 1)), {**WEEKS, "tz": "UTC"}),
    "unused zone of times": (with_dates("time", dt.datetime(2025, 12, 1)), {**WEEKS, "tz": "UTC"}),
    "no such counts": (EVENTS, {"counts": "m"}),
    "counts below 0": ({**EVENTS, "n": Column("int", [1, -2, 3, 4])}, {"counts": "n"}),
    "counts missing": ({**EVENTS, "n": Column("int", [1, None, 3, 4])}, {"counts": "n"}),
    "too many": (
        {name: Column("int", list(range(3200))) for name in "ab"},
        {"by": ["a", "b"]},
    ),
}


def refusal(frame, asked):
    with pytest.raises((DataError, ParameterError)) as caught:
        ai.count_events(frame, **asked)
    return type(caught.value), str(caught.value)


@pytest.mark.parametrize("case", REFUSED)
@other_engines
def test_what_is_refused_is_refused_in_the_words_it_is_refused_in_for_pandas(engine, case):
    table, asked = REFUSED[case]

    found = refusal(frame_of(engine)(table), asked)

    assert found == refusal(plain(table), asked)


@every_frame
@pytest.mark.parametrize(
    "n",
    [
        Column("text", ["1", "a", "1", "1"]),
        Column("float", [1.0, 0.5, 3.0, 4.0]),
        Column("float", [1.0, math.inf, 3.0, 4.0]),
        Column("bool", [True] * 4),
        Column("day", [dt.date(2025, 12, 1)] * 4),
    ],
    ids=lambda n: n.kind,
)
def test_what_counts_no_events_is_refused(engine, n):
    frame = frame_of(engine)({**EVENTS, "n": n})
    with pytest.raises(DataError, match=r"column n: .*counts="):
        ai.count_events(frame, by="region", counts="n")


@over(["dask", "dask-plain"])
def test_dask_says_that_it_cannot_group_by_lists(engine):
    frame = frame_of(engine)({"country": Column("texts", [["CN", "US"], ["US"]])})
    with pytest.raises(DataError, match="cannot group by"):
        ai.count_events(frame, by="country")


@pytest.mark.parametrize("wrong", [3, [1, 2], "events.csv", {"date": ["2025-12-02"]}, None])
def test_what_is_no_frame_is_refused(wrong):
    with pytest.raises(TypeError, match=r"is not a dataframe .*count_files"):
        ai.count_events(wrong)


# Said outright -----------------------------------------------------------------------------------


@every_typed
@pytest.mark.parametrize("zone", ["America/Regina", "America/New_York", "Asia/Shanghai"])
def test_the_hour_that_a_clock_shows_twice_is_two_hours(engine, zone):
    """At 05:30 and 06:30 UTC it is 01:30 in New York, but midnight lies between in Regina."""
    stamps = [dt.datetime(2025, 11, 2, hour, 30, tzinfo=dt.UTC) for hour in (5, 6)]
    days = [stamp.astimezone(zoneinfo.ZoneInfo(zone)).date() for stamp in stamps]

    found = counter_of(engine)({"date": Column("aware", stamps)}, period="day", tz=zone)

    shown = dict(zip(found["period"].dt.date, found["certain"].tolist(), strict=True))
    assert shown == Counter(days)


@every_engine
def test_a_column_may_have_any_name(engine):
    count = counter_of(engine)
    names = ["地区", "a.b", 'a"b', "a`b"] if engine == "pyspark" else [*NAMES, "n", "len", "date"]
    for name in names:
        dates, kinds = ["2025-12-02", "2025-12"], ["a", "b"]
        of_date = {name: Column("text", dates), "x.y": Column("text", kinds)}
        of_kind = {"x.y": Column("text", dates), name: Column("text", kinds)}

        by_kind = count(of_date, by="x.y", period="month", date=name)
        by_name = count(of_kind, by=name, period="month", date="x.y")

        assert by_kind["certain"].tolist() == by_name["certain"].tolist() == [1, 1]
        assert by_kind["x.y"].tolist() == by_name[name].tolist() == ["a", "b"]


@every_typed
def test_a_column_of_time_stamps_with_a_zone_may_have_any_name(engine):
    count = counter_of(engine)
    for name in ("a.b", 'a"b', "a`b", "a b", "n"):
        table = {name: Column("aware", [dt.datetime(2025, 12, 1, 23, tzinfo=dt.UTC)])}

        found = count(table, period="day", date=name, tz="Asia/Shanghai")

        assert found["period"].dt.date.tolist() == [dt.date(2025, 12, 2)]


@every_typed
def test_a_start_and_an_end_may_be_of_different_kinds(engine):
    table = {
        "from": Column("time", [dt.datetime(2025, 12, 1, 23, 59), dt.datetime(2025, 12, 6)]),
        "to": Column("text", ["2025-12-02", "2025-12"]),
        "region": Column("text", [None, "CN"]),
    }
    events = {**table, "date": Column("text", ["2025-12-01/2025-12-02", "2025-12-06/2025-12-31"])}
    rows = rows_of(events, ["region"])

    found = counter_of(engine)(table, by="region", period="week", date=("from", "to"))

    keys = every_cell(rows, ["region"], "week", [day for row in rows for day in row[0]])
    assert_counts(found, ["region"], keys, by_hand(rows, ["region"], "week"))


# Behind a count ----------------------------------------------------------------------------------


def length_of(frame):
    """Return how many rows a frame of any engine has."""
    if isinstance(frame, pd.DataFrame):
        return len(frame)
    from aistats.counting.engines import narwhals_frame

    frame = narwhals_frame(frame)
    frame = frame.collect() if isinstance(frame, nw.LazyFrame) else frame
    return len(frame.rows())


@every_frame
def test_behind_a_row_are_as_many_events_as_it_may_hold(engine):
    def check(table, by, period):
        frame = frame_of(engine)(table)
        found = ai.count_events(frame, by=by, period=period)
        shown = found[found["possible"] > 0]
        for _, row in pd.concat([shown.head(2), shown.tail(2), found.tail(1)]).iterrows():
            assert length_of(ai.events_in(frame, row)) == row["possible"]

    without = {"uint"} if "pyarrow" in engine else set()  # Arrow compares none above 2**63
    run(engine, asked(tables_for(engine, without=without)), check)


@every_frame
def test_behind_a_total_are_all_events(engine):
    frame = frame_of(engine)(EVENTS)

    behind = ai.events_in(frame, ai.count_events(frame).iloc[0])

    assert type(behind) is type(frame)
    assert length_of(behind) == len(EVENTS["date"].cells)


@over([it for it in FRAMES if "texts" not in UNABLE.get(it, set())])
def test_behind_a_missing_level_of_a_list_are_all_that_state_none(engine):
    cells = [["x"], None, [None], ["x", None], []]
    days = Column("day", [dt.date(2025, 12, 2)] * len(cells))
    frame = frame_of(engine)({"date": days, "country": Column("texts", cells)})

    counts = ai.count_events(frame, by="country")

    assert counts["count"].tolist() == [2, 4]
    for _, row in counts.iterrows():
        assert length_of(ai.events_in(frame, row)) == row["count"]

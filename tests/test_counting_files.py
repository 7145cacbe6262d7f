"""Files of any size: the same numbers as a table in memory, and every refusal with its line."""

import bz2
import csv
import datetime as dt
import decimal
import gzip
import io
import lzma
import os
import random
import signal
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from december import DATA
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import aistats as ai
from aistats.counting.files import count_files
from aistats.counting.tables import overlapping
from aistats.dates.calendar import PERIODS
from aistats.faults import DataError, ParameterError

WEEKLY = {"by": ["region", "category"], "period": "week"}


def made(n=500, seed=1):
    """Rows with all that makes a CSV hard: line breaks, quotes, separators, empty cells."""
    random.seed(seed)
    dates = ["2025-12-02", "2 Dec 2025", "2025年12月3日", "2025-12", "2025-12-01/2025-12-10"]
    return [
        {
            "date": random.choice(dates),
            "region": random.choice(["CN", "US", "NA", "", "北京", " x", 'a"b', "é\nf"]),
            "title": random.choice(["", "a,b", '"', "\n\n", "x;y\tz|", "长" * 50]),
            "category": random.choice(["model", "policy"]),
        }
        for _ in range(n)
    ]


def as_csv(rows, separator=",", end="\n"):
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), delimiter=separator, lineterminator=end)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def put(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def pack(csv_file, kind):
    """Write the lines of a CSV compressed with Zstandard, which the engine itself can write."""
    packed = csv_file.with_name(f"{csv_file.name}.{kind}")
    lines = "delim='\x01', quote='', escape='', header=false, auto_detect=false"
    copied = f"FROM read_csv('{csv_file}', columns={{'x': 'VARCHAR'}}, {lines}, strict_mode=false)"
    how = f"FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01', COMPRESSION {kind}"
    duckdb.execute(f"COPY ({copied}) TO '{packed}' ({how})")
    return packed


def parquet(path, query):
    path.parent.mkdir(parents=True, exist_ok=True)
    duckdb.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
    return path


def same(found, expected):
    pd.testing.assert_frame_equal(found, expected)


def in_memory(path, **how):
    return ai.count_events(ai.read_events(path, columns={}), **how)


def refused(files, **how):
    with pytest.raises((DataError, ParameterError)) as raised:
        count_files(files, **how)
    return raised.value.faults


def brief(faults):
    return [(it.kind, it.line, it.column, str(it.value)) for it in faults]


# The same numbers --------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", list(",;\t|"))
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_csv_counts_as_it_does_in_memory(tmp_path, separator, end):
    file = put(tmp_path / "e.csv", "\ufeff" + as_csv(made(), separator, end))
    same(count_files(file, **WEEKLY), in_memory(file, **WEEKLY))
    same(count_files(file, by="region"), in_memory(file, by="region"))
    assert count_files(file).equals(pd.DataFrame({"count": [500]}))


def test_a_compressed_csv_counts_as_what_it_holds(tmp_path):
    rows = [{**row, "region": row["region"].strip() or "none"} for row in made()]
    for row in rows:
        row["title"], row["region"] = "title", row["region"].replace("\n", " ").replace('"', "")
    file = put(tmp_path / "e.csv", as_csv(rows))
    expected = in_memory(file, **WEEKLY)
    put(tmp_path / "e.csv.gz", gzip.compress(file.read_bytes()))
    for packed in (tmp_path / "e.csv.gz", pack(file, "zstd")):
        same(count_files(packed, **WEEKLY), expected)
    told_by_its_bytes = (tmp_path / "e.csv.gz").rename(tmp_path / "no-ending")
    same(count_files(told_by_its_bytes, **WEEKLY), expected)


def test_a_folder_a_pattern_and_several_files_are_one_table(tmp_path):
    rows = made(300)
    put(tmp_path / "a/1.csv", as_csv(rows[:100]))
    put(tmp_path / "a/deep/2.csv.gz", gzip.compress(as_csv(rows[100:200]).encode()))
    put(tmp_path / "a/3.csv", "\n\n" + as_csv(rows[200:]))
    put(tmp_path / "a/_draft.csv", "no,table")
    put(tmp_path / "a/notes.md", "nothing")
    expected = in_memory(put(tmp_path / "all.csv", as_csv(rows)), **WEEKLY)
    found = count_files(tmp_path / "a", **WEEKLY)
    same(found, expected)
    assert found.attrs["rows"] == 300
    assert [Path(it).name for it in found.attrs["files"]] == ["1.csv", "3.csv", "2.csv.gz"]
    same(count_files(f"{tmp_path}/a/**/[123].*", **WEEKLY), expected)
    several = [tmp_path / "a/1.csv", tmp_path / "a/1.csv", tmp_path / "a"]
    same(count_files(several, **WEEKLY), expected)


def test_the_names_of_folders_are_columns(tmp_path):
    put(tmp_path / "year=2024/part=a/x.csv", "date\n2024-01-01\n2024-01-02\n")
    put(tmp_path / "year=2025/part=a/x.csv", "date\n2025-01-01\n")
    found = count_files(tmp_path, by="year")
    assert found.to_dict("list") == {"year": ["2024", "2025"], "count": [2, 1]}
    parquet(tmp_path / "p/year=2024/x.parquet", "SELECT 'CN' AS region")
    parquet(tmp_path / "p/year=2025/x.parquet", "SELECT 'US' AS region FROM range(3)")
    found = count_files(tmp_path / "p", by=["year", "region"], complete=False)
    assert found.to_dict("list") == {
        "year": [2024, 2025],
        "region": ["CN", "US"],
        "count": [1, 3],
    }


def test_our_own_table_counts_with_its_reports_and_groups():
    events = ai.read_events(DATA / "events.csv")
    for how in (
        {"by": "scope"},
        {"by": ["scope", "region", "category"], "period": "dekad"},
        {"period": "week", "coverage": ai.read_coverage(DATA / "coverage.csv")},
        {"by": "status", "period": "month", "between": ("2025-12", "2025-12"), "complete": False},
    ):
        same(count_files(DATA / "events.csv", **how), ai.count_events(events, **how))


def test_a_date_far_from_its_report_is_warned_of_with_its_line(tmp_path):
    for name in ("datapackage.json", "events.csv"):
        put(tmp_path / name, (DATA / name).read_bytes())
    text = (tmp_path / "events.csv").read_text(encoding="utf-8")
    put(tmp_path / "events.csv", text.replace("2025-12-01/2025-12-06,", "2024-12-01,", 1))
    with pytest.warns(ai.faults.DataWarning) as expected:
        events = ai.read_events(tmp_path / "events.csv")
    with pytest.warns(ai.faults.DataWarning) as found:
        counts = count_files(tmp_path / "events.csv", period="month")
    same(counts, ai.count_events(events, period="month"))
    assert [str(it.message) for it in found] == [str(it.message) for it in expected]


def test_a_start_and_an_end_are_an_interval(tmp_path):
    stays = "2025-12-02,2025-12\n2025-11-30,2025-12-01\n"
    file = put(tmp_path / "stays.csv", "start,end\n" + stays * 3)
    table = pd.read_csv(file)
    how = {"date": ("start", "end"), "period": "week"}
    same(count_files(file, **how), ai.count_events(table, **how))


def test_times_of_day_are_cut_off_whatever_they_look_like(tmp_path):
    clocks = ["T12:34:56", " 12:34", "T12:34:56.789Z", ", 1:02 pm", " at 23:59 UTC", "T00:00+08:00"]
    dates = [f"2025-12-0{day}{clock}" for day in (1, 2) for clock in clocks]
    file = put(tmp_path / "e.csv", as_csv([{"date": it, "x": "y"} for it in dates]))
    found = count_files(file, period="day")
    assert found["certain"].tolist() == [6, 6]
    same(found, in_memory(file, period="day"))


@pytest.mark.parametrize("late", ["2025-12-30/2025-12-31", "31 Dec 2025", "2025-12-31T10:00"])
def test_a_date_that_is_written_otherwise_may_come_late(tmp_path, late):
    """All that is seen of it first are days, which are read faster."""
    rows = [{"date": "2025-12-02", "x": ""}] * 500 + [{"date": late, "x": ""}]
    file = put(tmp_path / "e.csv", as_csv(rows))
    same(count_files(file, period="month"), in_memory(file, period="month"))


@pytest.mark.parametrize("period", ["day", "week", "year"])
@pytest.mark.parametrize("late", ["25-12-02", "epoch", "infinity", "2025-12-02 (BC)", "12025-1-1"])
def test_no_date_is_taken_for_one_because_the_engine_would(tmp_path, late, period):
    rows = [{"date": "2025-12-02", "x": ""}] * 500 + [{"date": late, "x": ""}]
    (fault,) = refused(put(tmp_path / "e.csv", as_csv(rows)), period=period)
    assert (fault.line, fault.value) == (502, late)


def test_lists_count_whole_in_a_csv_and_in_parquet(tmp_path):
    cells = ["CN;US", "US", "", "US;CN;US", "CN"]
    file = put(tmp_path / "e.csv", as_csv([{"country": it, "x": "y"} for it in cells]))
    frame = pd.DataFrame({"country": [tuple(filter(None, it.split(";"))) for it in cells]})
    expected = ai.count_events(frame, by="country")
    found = count_files(file, by="country", lists={"country": ";"})
    same(found, expected)
    assert overlapping(found) == ["country"]
    query = "(['CN', 'US']), (['US']), ([]), (['US', 'CN', 'US']), (['CN'])"
    stored = parquet(tmp_path / "e.parquet", f"SELECT * FROM (VALUES {query}) t(country)")
    same(count_files(stored, by="country"), expected)


TYPES = {
    "int64 beyond 2**53": ("BIGINT", [2**53 + 1, None, -(2**63), 2**63 - 1], "Int64"),
    "uint64": ("UBIGINT", [2**64 - 1, 0, 1, 2**63], "uint64"),
    "int8": ("TINYINT", [-128, 127, 0, None], "Int8"),
    "bool": ("BOOLEAN", [True, False, True, True], "bool"),
    "bool or missing": ("BOOLEAN", [True, False, None, True], "boolean"),
    "float": ("DOUBLE", [0.1, -1e300, None, 5e-324], "float64"),
    "text": ("VARCHAR", ["", "NA", None, "北京 é \n"], "str"),
    "day": ("DATE", [dt.date(1877, 2, 28), dt.date(9999, 12, 31), None], "datetime64[s]"),
    "time": ("TIMESTAMP", [dt.datetime(2024, 2, 29, 23, 59, 59, 999999), None], "datetime64[us]"),
    "decimal": (
        "DECIMAL(38,2)",
        [decimal.Decimal("123456789012345678901234567890.12"), None],
        "object",
    ),
}


@pytest.mark.parametrize("kind", TYPES)
def test_a_level_in_parquet_keeps_every_digit(tmp_path, kind):
    stored, values, dtype = TYPES[kind]
    duckdb.execute(f"CREATE OR REPLACE TABLE typed (x {stored})")
    for value in values * 2:
        duckdb.execute("INSERT INTO typed VALUES (?)", [value])
    file = parquet(tmp_path / "e.parquet", "FROM typed")
    expected = ai.count_events(pd.DataFrame({"x": pd.Series(values * 2, dtype=dtype)}), by="x")
    found = count_files(file, by="x")
    same(found, expected)
    assert found["count"].sum() == 2 * len(values)


def test_a_number_that_is_none_is_missing(tmp_path):
    file = parquet(tmp_path / "e.parquet", "SELECT unnest(['nan'::DOUBLE, NULL, 1.5]) AS x")
    found = count_files(file, by="x")
    assert found["count"].tolist() == [1, 2]


@pytest.mark.parametrize("kind", ["DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_NS", "VARCHAR"])
def test_days_in_parquet_are_the_days_that_they_say(tmp_path, kind):
    days = ["1877-02-28", "1969-12-31", "2024-02-29", "2024-02-29", "2200-12-31"]
    query = f"SELECT unnest({days})::{kind} AS date"
    found = count_files(parquet(tmp_path / "e.parquet", query), period="year", complete=False)
    expected = ai.count_events(pd.DataFrame({"date": days}), period="year", complete=False)
    same(found, expected)


def test_the_last_year_of_the_calendar_is_counted(tmp_path):
    file = parquet(tmp_path / "e.parquet", "SELECT DATE '9999-12-31' AS date")
    assert count_files(file, period="day")["period"].astype(str).tolist() == ["9999-12-31"]
    file = parquet(tmp_path / "e.parquet", "SELECT DATE '10000-01-01' AS date")
    for period in PERIODS:  # of which the week begins in 9999
        assert brief(refused(file, period=period)) == [("impossible", 1, "date", "10000-01-01")]


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("kind", ["CSV", "DATE", "TIMESTAMP"])
@pytest.mark.parametrize("between", [None, ("2024-02-14", "2024-03-20")])
def test_days_are_counted_by_period_as_in_memory(tmp_path, period, kind, between):
    days = ["2024-02-29", "2024-02-26", "2024-03-03", "2024-03-04", "2024-03-31", "2024-01-01"]
    rows = [{"date": it, "region": "CN" if at % 2 else "US"} for at, it in enumerate(days * 3)]
    file = put(tmp_path / "e.csv", as_csv(rows))
    if kind != "CSV":
        query = f"SELECT date::{kind} AS date, region FROM '{file}'"
        file = parquet(tmp_path / "e.parquet", query)
    how = {"by": "region", "period": period, "between": between}
    same(count_files(file, **how), ai.count_events(pd.DataFrame(rows), **how))


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("first", ["0001-01-01", "0999-12-30", "1969-12-28", "9999-12-20"])
def test_the_ends_of_what_is_read_sooner_are_counted_too(tmp_path, period, first):
    days = [str(it) for it in np.datetime64(first) + np.arange(12)]
    file = put(tmp_path / "e.csv", as_csv([{"date": it, "x": "y"} for it in days]))
    how = {"period": period, "complete": False}
    expected = ai.count_events(pd.DataFrame({"date": days}), **how)
    same(count_files(file, **how), expected)
    stored = parquet(tmp_path / "e.parquet", f"SELECT unnest({days})::DATE AS date")
    same(count_files(stored, **how), expected)


def test_times_with_a_zone_need_to_know_whose_days_are_meant(tmp_path):
    query = (
        "SELECT unnest(['2025-12-01 15:59:59+00', '2025-12-01 16:00:00+00'])::TIMESTAMPTZ AS date"
    )
    file = parquet(tmp_path / "e.parquet", query)
    assert [it.kind for it in refused(file, period="day")] == ["tz_needed"]
    found = count_files(file, period="day", tz="Asia/Shanghai")
    assert found["period"].astype(str).tolist() == ["2025-12-01", "2025-12-02"]
    assert count_files(file, period="day", tz="UTC")["certain"].tolist() == [2]
    utc = count_files(file, by="date")["date"]
    assert str(utc.dtype) == "datetime64[us, UTC]"


def test_parquet_files_may_differ_in_types_and_order(tmp_path):
    parquet(tmp_path / "1.parquet", "SELECT 1::TINYINT AS x, 'a' AS y")
    parquet(tmp_path / "2.parquet", "SELECT 'b' AS y, 5000000000 AS x")
    found = count_files(tmp_path, by=["x", "y"], complete=False)
    assert found.to_dict("list") == {"x": [1, 5000000000], "y": ["a", "b"], "count": [1, 1]}


def test_only_what_is_asked_for_is_counted(tmp_path):
    file = put(tmp_path / "e.csv", as_csv(made()))
    events = ai.read_events(file, columns={})
    found = count_files(file, **WEEKLY, where="category = 'model' OR title LIKE '%,%' -- a note")
    kept = events[(events["category"] == "model") | events["title"].str.contains(",", na=False)]
    same(found, ai.count_events(kept, **WEEKLY))
    assert found.attrs["rows"] == len(kept)


def test_a_table_without_rows_has_no_counts(tmp_path):
    file = put(tmp_path / "e.csv", "date,region,category\n")
    for how in (WEEKLY, {"by": "region"}, {"period": "month"}):
        found = count_files(file, **how)
        assert len(found) == 0
        assert set(found.columns) == set(in_memory(file, **how).columns)


def test_blank_lines_are_no_rows_even_of_a_single_column(tmp_path):
    file = put(tmp_path / "e.csv", "\ndate\n\n2025-12-01\n\n\n2025-12-02\n\n")
    assert count_files(file, period="day")["certain"].tolist() == [1, 1]
    assert count_files(file).equals(pd.DataFrame({"count": [2]}))


def test_line_breaks_that_look_like_rows_are_none(tmp_path):
    """Somebody who starts to read in the middle takes what is quoted here for rows."""
    cell = '2025-12-01,x,"y"\n' * 3000
    rows = [
        {"date": "2025-12-02", "region": str(n % 7), "text": cell if n % 5 == 0 else '"\n"'}
        for n in range(2500)
    ]
    file = put(tmp_path / "e.csv", as_csv(rows))
    found = count_files(file, by="region", period="day")
    expected = pd.Series([it["region"] for it in rows]).value_counts().sort_index()
    assert found["certain"].tolist() == expected.tolist()


CELLS = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=8
)
DATES = st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31)).map(dt.date.isoformat)
ROWS = st.lists(st.fixed_dictionaries({"date": DATES, "a": CELLS, "b": CELLS}), min_size=1)


@settings(max_examples=examples(60), deadline=None)
@given(ROWS, st.sampled_from(["week", "quarter", "year"]))
def test_whatever_the_cells_are_csv_and_parquet_count_as_memory_does(rows, period):
    frame = pd.DataFrame(rows, dtype="str")
    how = {"by": ["a", "b"], "period": period, "complete": False}
    with tempfile.TemporaryDirectory() as folder:
        text = io.StringIO(newline="")
        writer = csv.DictWriter(
            text, ["date", "a", "b"], lineterminator="\n", quoting=csv.QUOTE_ALL
        )
        writer.writeheader()
        writer.writerows(rows)
        file = put(Path(folder) / "e.csv", text.getvalue())
        same(count_files(file, **how), ai.count_events(frame.replace("", None), **how))
        duckdb.execute("CREATE OR REPLACE TABLE odd (date VARCHAR, a VARCHAR, b VARCHAR)")
        duckdb.executemany(
            "INSERT INTO odd VALUES (?, ?, ?)", [[it["date"], it["a"], it["b"]] for it in rows]
        )
        for days in ("date", "date::DATE AS date"):
            stored = parquet(Path(folder) / "e.parquet", f"SELECT {days}, a, b FROM odd")
            same(count_files(stored, **how), ai.count_events(frame, **how))


# What is refused ---------------------------------------------------------------------------------


def test_every_wrong_value_is_named_once_with_the_line_on_which_it_stands_first(tmp_path):
    text = 'region,date,title\nCN,2025-12-01,"a\n\nb"\n\nUS,soon,x\nUS,2025-13-01T10:00:00,"\n"\n'
    text += "CN,,x\nCN,soon,y\nCN,unknown,z\nCN,,x\n"
    file = put(tmp_path / "e.csv", text)
    faults = refused(file, period="day", by="region")
    assert brief(faults) == [
        ("unreadable", 6, "date", "soon"),
        ("impossible", 7, "date", "2025-13-01T10:00:00"),
        ("undated", 9, "date", "2"),
        ("undated", 11, "date", "1"),
    ]
    assert {it.file for it in faults} == {file.as_posix()}
    found = count_files(file, period="day", where="region = 'CN' AND date LIKE '2025-12%'")
    assert found["certain"].tolist() == [1]
    left = refused(file, period="day", where="title <> 'x' AND region = 'CN'")
    assert brief(left) == [("unreadable", 10, "date", "soon"), ("undated", 11, "date", "1")]


def test_of_many_wrong_values_the_first_twenty_are_named(tmp_path):
    rows = [{"date": "2025-12-01", "x": ""}] * 5 + [
        {"date": f"day {n}", "x": ""} for n in range(50)
    ]
    faults = refused(put(tmp_path / "e.csv", as_csv(rows)), period="day")
    assert brief(faults)[:-1] == [("unreadable", n + 7, "date", f"day {n}") for n in range(20)]
    assert (faults[-1].kind, faults[-1].value) == ("more_faults", 30)


def test_wrong_values_are_found_in_the_file_that_has_them(tmp_path):
    put(tmp_path / "1.csv", "date,x\n2025-12-01,y\n" * 1)
    put(tmp_path / "2.csv", "date,x\n2025-12-01,y\nwhen,y\n")
    put(tmp_path / "3.csv.gz", gzip.compress(b'date,x\n2025-12-01,"\n"\nwhen,y\nnever,y\n'))
    faults = refused(tmp_path, period="day")
    assert [(Path(it.file).name, it.line, it.value) for it in faults] == [
        ("2.csv", 3, "when"),
        ("3.csv.gz", 5, "never"),
    ]


def test_wrong_values_have_their_line_in_zstandard_too(tmp_path):
    plain = put(tmp_path / "e.csv", 'date,x\n2025-12-01,"a\n\nb"\n\nwhen,y\n2025-12-01,y,z\n')
    faults = refused(pack(plain, "zstd"), period="day")
    assert [(it.kind, it.line) for it in faults] == [("torn_line", 7), ("unreadable", 6)]


def test_of_parquet_the_row_is_named(tmp_path):
    query = "SELECT unnest(['2025-12-01', 'when', NULL, 'when']) AS date"
    file = parquet(tmp_path / "e.parquet", query)
    faults = refused(file, period="day")
    assert brief(faults) == [("unreadable", 2, "date", "when"), ("undated", 3, "date", "1")]
    assert faults[0].text("en").startswith(f"{file.as_posix()}, row 2, column date: “when”")


def test_torn_lines_and_wrong_values_are_named_together(tmp_path):
    text = 'date,region\n2025-12-01,"a\n\nb"\n\n2025-12-01\n2025-12-01,CN,US\nwhen,CN\n'
    text += '2025-12-02,"CN"x\n2025-12-03,US\n'
    faults = refused(put(tmp_path / "e.csv", text), period="day", by="region")
    assert [(it.kind, it.line, str(it.value)) for it in faults if it.kind != "csv_quote"] == [
        ("torn_line", 6, "1"),
        ("torn_line", 7, "3"),
        ("unreadable", 8, "when"),
    ]
    assert [it.line for it in faults if it.kind == "csv_quote"] == [9]


def test_a_quote_that_is_never_closed_is_refused_with_its_line(tmp_path):
    text = 'date,region\n2025-12-01,"a\nb"\n2025-12-01,"CN\n' + "2025-12-01,US\n" * 20
    faults = refused(put(tmp_path / "e.csv", text), period="day")
    assert [(it.kind, it.line) for it in faults] == [("csv_open", 4)]


def test_many_torn_lines_are_not_all_named(tmp_path):
    text = "date,region\n" + "2025-12-01\n" * 100 + "2025-12-01,CN\n"
    faults = refused(put(tmp_path / "e.csv", text), period="day")
    assert [(it.kind, it.line) for it in faults[:20]] == [("torn_line", n + 2) for n in range(20)]
    assert [(it.kind, it.value) for it in faults[20:]] == [("more_faults", 80)]


def test_a_file_that_is_not_utf_8_is_refused(tmp_path):
    chinese = "date,region\n2025-12-01,北京市政府\n2025-12-01,中国信息通信研究院\n"
    faults = refused(put(tmp_path / "e.csv", chinese.encode("gb18030")), by="region")
    assert [(it.kind, it.value) for it in faults] == [("not_utf8_like", "GB18030")]
    faults = refused(put(tmp_path / "e.csv", chinese.encode("utf-16")), by="region")
    assert [(it.kind, it.value) for it in faults] == [("not_utf8_like", "UTF-16")]
    late = "date,region\n" + "2025-12-01,Paris\n" * 30_000
    late = late.encode() + '2025-12-01,"北\n京"\n'.encode("gb18030")
    faults = refused(put(tmp_path / "e.csv", late), by="region")
    assert [(it.kind, it.line) for it in faults] == [("line_not_utf8", 30_002)]
    assert count_files(tmp_path / "e.csv", period="day")["certain"].tolist() == [30_001]


def test_lines_that_do_not_all_end_alike_are_refused(tmp_path):
    file = put(tmp_path / "e.csv", 'date,x\n2025-12-01,"\r\n"\n2025-12-02,y\r\n2025-12-03,z\n')
    assert [(it.kind, it.line) for it in refused(file, period="day")] == [("line_ends", 4)]


def test_columns_that_are_not_there_are_named_with_those_near(tmp_path):
    file = put(tmp_path / "e.csv", "when,Region,category\n2025-12-01,CN,model\n")
    faults = refused(file, by=["region", "categry"])
    assert [(it.kind, it.value) for it in faults] == [
        ("no_column", "region"),
        ("no_column", "categry"),
    ]
    assert faults[1].allowed.startswith("category")
    assert [it.kind for it in refused(file, period="day")] == ["no_date_column"]
    assert [it.value for it in refused(file, period="day", date="wen")] == ["wen"]


def test_files_with_other_headers_are_refused(tmp_path):
    put(tmp_path / "1.csv", "date,region\n2025-12-01,CN\n")
    put(tmp_path / "2.csv", "date,place\n2025-12-01,CN\n")
    put(tmp_path / "3.csv", "date\n2025-12-01\n")
    faults = refused(tmp_path, by="region")
    first = (tmp_path / "1.csv").as_posix()
    assert [(Path(it.file).name, it.kind, it.value, it.allowed) for it in faults] == [
        ("2.csv", "header_differs", "place", (first, "region")),
        ("3.csv", "header_shorter", "region", first),
    ]
    parquet(tmp_path / "p/1.parquet", "SELECT 1 AS a, 2 AS b")
    parquet(tmp_path / "p/2.parquet", "SELECT 1 AS a, 2 AS c")
    assert [(it.kind, it.value) for it in refused(tmp_path / "p", by="a")] == [
        ("header_other", "b")
    ]


def test_what_is_no_table_is_refused(tmp_path):
    (tmp_path / "empty").mkdir()
    put(tmp_path / "zero.csv", "")
    pd.DataFrame({"date": ["2025-12-01"]}).to_excel(tmp_path / "book.xlsx", index=False)
    put(tmp_path / "torn.parquet", b"PAR1 and no more")
    packed = gzip.compress(b"date,x\n" + os.urandom(500_000).hex().encode())
    put(tmp_path / "torn.csv.gz", packed[:-99])
    put(tmp_path / "torn early.csv.gz", packed[:99])
    put(tmp_path / "spoilt.csv.gz", packed[:20] + bytes(99) + packed[119:])
    with zipfile.ZipFile(tmp_path / "e.zip", "w") as archive:
        archive.writestr("e.csv", "date\n2025-12-01\n")
    put(tmp_path / "torn.zip", b"PK\x03\x04rest")
    put(tmp_path / "e.csv.bz2", bz2.compress(b"date\n2025-12-01\n"))
    put(tmp_path / "tiny.parquet", b"PAR1")
    with zipfile.ZipFile(tmp_path / "e.ods", "w") as archive:
        archive.writestr("content.xml", "<office/>")
    put(tmp_path / "e.csv.xz", lzma.compress(b"date\n2025-12-01\n"))
    put(tmp_path / "twice.csv", "date,date\n2025-12-01,2025-12-01\n")
    put(tmp_path / "case.csv", "date,Date\n2025-12-01,2025-12-01\n")
    put(tmp_path / "good.csv", "date\n2025-12-01\n")
    assert [it.kind for it in refused(tmp_path / "nowhere.csv")] == ["no_file"]
    assert [it.kind for it in refused([])] == ["no_tables"]
    assert [it.kind for it in refused([tmp_path / "empty", f"{tmp_path}/*.pq"])] == [
        "no_tables"
    ] * 2
    for name, kind in {
        "zero.csv": "empty_file",
        "book.xlsx": "not_scanned",
        "torn.parquet": "cut_short",
        "tiny.parquet": "cut_short",
        "e.ods": "not_scanned",
        "torn.csv.gz": "cut_short",
        "torn early.csv.gz": "cut_short",
        "spoilt.csv.gz": "no_access",
        "e.zip": "archive",
        "torn.zip": "archive",
        "e.csv.bz2": "archive",
        "e.csv.xz": "archive",
        "twice.csv": "duplicate_column",
        "case.csv": "names_alike",
    }.items():
        assert [it.kind for it in refused(tmp_path / name)] == [kind], name
    parquet(tmp_path / "good.parquet", "SELECT 1 AS date")
    both = [tmp_path / "good.csv", tmp_path / "good.parquet"]
    assert [it.kind for it in refused(both)] == ["two_kinds"]


@pytest.mark.parametrize(
    "where",
    ["", "regin = 'CN'", "a) or (b", "region, date", "region; drop table x", "count(*) > 1", "'"],
)
def test_a_condition_that_is_no_expression_is_refused(tmp_path, where):
    file = put(tmp_path / "e.csv", "date,region\n2025-12-01,CN\n")
    (fault,) = refused(file, where=where)
    assert (fault.kind, fault.value, fault.allowed) == ("where", where, "date, region")
    assert fault.lines
    both = refused(file, where=["region = 'CN'", where, where])
    assert [it.value for it in both] == [where, where]


def test_all_of_several_conditions_must_hold(tmp_path):
    file = put(tmp_path / "e.csv", "date,region\n2025-12-01,CN\n2025-12-02,CN\n2025-12-02,US\n")
    assert count_files(file, where=None)["count"].tolist() == [3]
    where = ["region = 'CN' -- or is it", "date = '2025-12-01' OR date = '2025-12-02'"]
    assert count_files(file, where=where)["count"].tolist() == [2]


@pytest.mark.parametrize(
    "kind", ["DATE", "TIMESTAMP_S", "TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMPTZ"]
)
def test_days_and_times_within_lists_are_levels(tmp_path, kind):
    query = f"SELECT ['2025-12-02'::{kind}, NULL] AS day UNION ALL SELECT ['2025-12-02'::{kind}]"
    found = count_files(parquet(tmp_path / "e.parquet", query), by="day")
    assert found["count"].tolist() == [2, 1]
    assert found["day"].astype(str).str[:10].tolist()[0] == "2025-12-02"
    assert found["day"].isna().tolist() == [False, True]


def test_nanoseconds_with_a_zone_are_days_of_that_zone(tmp_path):
    texts = ["2025-12-01 15:59:59.999999999", "2025-12-01 16:00:00"]
    events = pd.DataFrame({"date": pd.to_datetime(texts, format="ISO8601").tz_localize("UTC")})
    query = f"SELECT unnest({[f'{it}Z' for it in texts]}::TIMESTAMPTZ_NS[]) AS date"
    file = parquet(tmp_path / "e.parquet", query)
    for how in ({"tz": "Asia/Shanghai"}, {"tz": "UTC"}):
        same(count_files(file, period="day", **how), ai.count_events(events, period="day", **how))
    assert [it.kind for it in refused(file, period="day")] == ["tz_needed"]
    same(count_files(file, by="date"), ai.count_events(events, by="date"))


def test_a_zero_has_no_sign(tmp_path):
    query = "SELECT unnest([-0.0::DOUBLE, 0.0, -0.0, -1.5, NULL, 'nan']) AS x"
    found = count_files(parquet(tmp_path / "e.parquet", query), by="x")
    assert [*map(str, found["x"])] == ["-1.5", "0.0", "nan"]
    assert found["count"].tolist() == [1, 3, 2]


def test_a_date_that_is_a_level_too_is_that_as_it_is_written(tmp_path):
    rows = [("2025-01-02", "x")] * 200 + [("2025-1-2", "x")]
    file = put(
        tmp_path / "e.csv", as_csv([dict(zip(("date", "x"), it, strict=True)) for it in rows])
    )
    found = count_files(file, by="date", period="month")
    assert found["date"].tolist() == ["2025-01-02", "2025-1-2"]
    assert found["certain"].tolist() == [200, 1]


def test_the_same_file_gives_the_same_bytes(tmp_path):
    random.seed(3)
    days = [dt.date(2025, 1, 1) + dt.timedelta(random.randrange(300)) for _ in range(20_000)]
    rows = [
        {"a": str(it), "b": str(it + dt.timedelta(random.randrange(90))), "c": random.choice("xyz")}
        for it in days
    ]
    files = [put(tmp_path / f"{at}.csv", as_csv(rows[at::4])) for at in range(4)]
    one, *others = (
        count_files(files, by="c", period="week", date=("a", "b")).to_csv() for _ in range(5)
    )
    assert others == [one] * 4


def test_a_column_that_holds_lists_is_not_split(tmp_path):
    file = parquet(tmp_path / "e.parquet", "SELECT ['CN', 'US'] AS country")
    (fault,) = refused(file, by="country", lists={"country": ";"})
    assert (fault.kind, fault.value) == ("nothing_to_split", "country")
    file = parquet(tmp_path / "e.parquet", "SELECT DATE '2025-12-01' AS day")
    assert [it.kind for it in refused(file, by="day", lists={"day": ";"})] == ["nothing_to_split"]


@pytest.mark.parametrize("frame", [pd.DataFrame({"date": ["2025-12-01"]}), 3, None])
def test_a_frame_is_no_file(frame):
    with pytest.raises(TypeError, match="count_events"):
        count_files(frame)


def test_the_last_nanosecond_of_a_day_belongs_to_it(tmp_path):
    texts = ["2025-11-30 23:59:59.999999999", "1925-11-30 23:59:59.999999999"]
    events = pd.DataFrame({"date": pd.to_datetime(texts, format="ISO8601")})
    parquet(tmp_path / "e.parquet", f"SELECT unnest({texts}::TIMESTAMP_NS[]) AS date")
    for period in ("day", "month"):
        how = {"period": period, "complete": False}
        found = count_files(tmp_path / "e.parquet", **how)
        same(found, ai.count_events(events, **how))
        same(ai.count_events(duckdb.from_parquet(str(tmp_path / "e.parquet")), **how), found)
    zoned = events.assign(date=events["date"].dt.tz_localize("UTC"))
    parquet(
        tmp_path / "z.parquet",
        f"SELECT unnest({[f'{it}Z' for it in texts]}::TIMESTAMPTZ_NS[]) AS date",
    )
    how = {"period": "day", "complete": False, "tz": "UTC"}
    relation = duckdb.from_parquet(str(tmp_path / "z.parquet"))
    same(ai.count_events(relation, **how), ai.count_events(zoned, **how))


def test_an_empty_cell_of_the_only_column_is_missing_and_a_blank_line_is_no_row(tmp_path):
    file = put(tmp_path / "e.csv", 'region\nCN\n""\n\nUS\n')
    expected = [["CN", 1], ["US", 1], [None, 1]]
    found = count_files(file, by="region")
    assert found.astype(object).where(found.notna(), None).to_numpy().tolist() == expected
    assert count_files(file, where="region IS NULL")["count"].tolist() == [1]
    file = put(tmp_path / "e.csv", 'date\n2025-12-01\n\n""\n2025-12-02\n')
    assert brief(refused(file, period="week")) == [("undated", 4, "date", "1")]
    assert count_files(file, where="date IS NOT NULL", period="day")["certain"].tolist() == [1, 1]


def test_a_condition_that_fails_on_a_row_is_refused(tmp_path):
    file = put(tmp_path / "e.csv", "date,deaths\n2025-12-01,12\n2025-12-01,many\n")
    assert [it.kind for it in refused(file, where="CAST(deaths AS INTEGER) > 10")] == [
        "where_value"
    ]
    found = count_files(file, where="TRY_CAST(deaths AS INTEGER) > 10")
    assert found["count"].tolist() == [1]


def test_numbers_whose_order_nobody_knows_are_refused(tmp_path):
    file = put(tmp_path / "e.csv", "date,x\n2025-12-01,\n02/12/2025,\n03/12/2025,\n")
    assert [(it.kind, it.line) for it in refused(file, period="day")] == [("order_unknown", 3)]
    assert count_files(file, period="day", dates="dmy")["certain"].tolist() == [1, 1, 1]
    put(file, "date,x\n02/12/2025,\n25/12/2025,\n")
    assert count_files(file, period="month")["certain"].tolist() == [2]
    put(file, "date,x\n02/12/2025,\n25/12/2025,\n12/25/2025,\n")
    (fault,) = refused(file, period="day")
    assert (fault.kind, fault.line, set(fault.lines)) == (
        "order_mixed",
        4,
        {"25/12/2025", "12/25/2025"},
    )


def test_an_interval_that_ends_before_it_starts_is_refused_with_its_line(tmp_path):
    file = put(tmp_path / "e.csv", "a,b\n2025-12-02,2025-12-03\n2025-12-02,2025-12-01\n")
    faults = refused(file, date=("a", "b"), period="day")
    assert brief(faults) == [("reversed", 3, "a + b", "2025-12-02/2025-12-01")]
    query = "SELECT DATE '2025-12-02' AS a, DATE '2025-12-01' AS b"
    faults = refused(parquet(tmp_path / "e.parquet", query), date=("a", "b"), period="day")
    assert brief(faults) == [("reversed", 1, "a + b", "2025-12-02/2025-12-01")]


def test_a_codebook_says_what_may_stand_there(tmp_path):
    for name in ("datapackage.json", "events.csv"):
        put(tmp_path / name, (DATA / name).read_bytes())
    text = (tmp_path / "events.csv").read_text(encoding="utf-8")
    put(tmp_path / "events.csv", text.replace(",US,business,", ",USA,buisness,", 1))
    with pytest.raises(DataError) as raised:
        ai.read_events(tmp_path / "events.csv")
    expected = [(it.kind, it.line, it.column, it.value, it.allowed) for it in raised.value.faults]
    faults = refused(tmp_path / "events.csv", by=["region", "category"])
    assert [(it.kind, it.line, it.column, it.value, it.allowed) for it in faults] == expected
    assert count_files(tmp_path / "events.csv", by="status")["count"].sum() == 20
    elsewhere = put(tmp_path / "other/e.csv", (tmp_path / "events.csv").read_bytes())
    assert len(count_files(elsewhere, by="region")) > 1
    faults = refused(elsewhere, by="region", codebook=tmp_path)
    assert [(it.kind, it.line) for it in faults] == [("level", expected[0][1])]


def test_an_own_table_refuses_dates_that_are_not_edtf(tmp_path):
    for name in ("datapackage.json", "events.csv"):
        put(tmp_path / name, (DATA / name).read_bytes())
    text = (tmp_path / "events.csv").read_text(encoding="utf-8")
    put(tmp_path / "events.csv", text.replace(",2025-12-06,", ",6 Dec 2025,", 1))
    faults = refused(tmp_path / "events.csv", period="day")
    assert brief(faults) == [("not_edtf", 3, "date", "6 Dec 2025")]


def test_arguments_that_no_file_could_meet_are_refused_before_any_is_read():
    for how, kinds in {
        ("by", ("count", "count")): ["counts_name", "counts_name", "parameter_twice"],
        ("tz", "Mars/Olympus"): ["no_zone", "period_needed"],
        ("dates", "dmy"): ["period_needed"],
        ("between", ("2025", "2025")): ["period_needed"],
    }.items():
        assert [it.kind for it in refused("nowhere", **dict([how]))] == kinds
    for how, kinds in [
        ({"period": "fortnight"}, ["no_period"]),
        ({"period": "day", "between": ("2025", "2024")}, ["no_window", "reversed"]),
        ({"period": "day", "dates": "ymd"}, ["dates_order"]),
    ]:
        assert [it.kind for it in refused("nowhere", **how)] == kinds


def test_a_complete_table_of_more_rows_than_anybody_reads_is_refused(tmp_path):
    query = "SELECT DATE '2025-01-01' + (i % 300)::INTEGER AS date, i AS x FROM range(90000) t(i)"
    file = parquet(tmp_path / "e.parquet", query)
    assert [it.kind for it in refused(file, by="x", period="day")] == ["too_many_cells"]
    assert len(count_files(file, by="x", period="day", complete=False)) == 90_000


# What is left behind -----------------------------------------------------------------------------

SPILLING = """
import sys, duckdb
from aistats.counting.files import count_files
real = duckdb.connect
duckdb.connect = lambda config: real(config={**config, "memory_limit": "150MB", "threads": "1"})
print("ready", flush=True)
print(len(count_files(sys.argv[1], by=["a", "b"], complete=False)))
"""


@pytest.mark.slow
@pytest.mark.parametrize("interrupt", [False, True])
def test_what_does_not_fit_into_memory_spills_and_nothing_is_left(tmp_path, interrupt):
    rows = 2_000_000
    query = f"SELECT 'long text ' || i AS a, i AS b FROM range({rows}) t(i)"
    file = parquet(tmp_path / "e.parquet", query)
    (tmp_path / "spill").mkdir()
    environment = {**os.environ, "TMPDIR": str(tmp_path / "spill")}
    command = [sys.executable, "-c", SPILLING, str(file)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as run:
        assert run.stdout.readline() == "ready\n"
        if interrupt:
            while not any((tmp_path / "spill").rglob("*.tmp")) and run.poll() is None:
                pass
            run.send_signal(signal.SIGINT)
        out, err = run.communicate()
    if interrupt:
        assert "KeyboardInterrupt" in err
    else:
        assert out.strip() == str(rows), err
    assert not list((tmp_path / "spill").iterdir())
    assert not list(Path.cwd().glob(".tmp"))


# Files that are not what they seem ---------------------------------------------------------------


@pytest.mark.parametrize("files", [1, 2, 5, 20])
def test_a_quote_that_is_never_closed_is_found_in_any_number_of_files(tmp_path, files):
    for at in range(files):
        put(tmp_path / f"{at:02}.csv", 'date,region\n2025-12-01,"CN"\n')
    torn = put(tmp_path / f"{files - 1:02}.csv", 'date,region\n2025-12-01,"CN"\n2025-12-02,"US\n')

    (fault,) = refused(tmp_path, by="region")

    assert (fault.kind, fault.file, fault.line) == ("csv_open", torn.as_posix(), 3)


def test_a_zstandard_file_that_was_cut_short_is_refused_wherever_it_was_cut(tmp_path):
    whole, cut = tmp_path / "whole.csv.zst", tmp_path / "cut.csv.zst"
    duckdb.sql(
        "COPY (SELECT '2025-12-01' AS date, hash(i)::VARCHAR AS title FROM range(200000) t(i)) "
        f"TO '{whole}' (FORMAT csv, HEADER, COMPRESSION zstd)"
    )
    raw = whole.read_bytes()
    assert count_files(whole)["count"].tolist() == [200_000]
    for end in (5, 7, len(raw) // 3, len(raw) // 2, len(raw) - 1):
        cut.write_bytes(raw[:end])
        (fault,) = refused(cut)
        assert (fault.kind, fault.file) == ("cut_short", cut.as_posix())
    cut.write_bytes(raw + b"\x50\x2a\x4d\x18\x03\0\0\0abc")  # a frame to skip is none that is torn
    assert count_files(cut)["count"].tolist() == [200_000]


def test_the_name_of_a_file_is_no_pattern(tmp_path):
    odd, plain = tmp_path / "we[1]rd.csv", tmp_path / "we1rd.csv"
    put(odd, "date,region\n2025-12-01,CN\n")
    put(plain, "date,region\n2025-12-01,US\n2025-12-01,US\n")

    assert count_files(odd, by="region").to_dict("list") == {"region": ["CN"], "count": [1]}
    assert count_files(tmp_path, by="region")["count"].tolist() == [1, 2]
    put(odd, "date,region\n2025-12-01\n")
    (fault,) = refused(odd, by="region")
    assert (fault.kind, fault.file, fault.line) == ("torn_line", odd.as_posix(), 2)


def test_a_file_that_is_named_in_two_ways_is_counted_once(tmp_path):
    file = put(tmp_path / "1.csv", "date\n2025-12-01\n")
    link = tmp_path / "link.csv"
    link.symlink_to(file)

    assert count_files([file, tmp_path / "." / "1.csv", link])["count"].tolist() == [1]


def test_what_can_be_read_only_once_is_refused(tmp_path):
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    assert [it.kind for it in refused(pipe)] == ["pipe"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1300,20251201,CN,3.5\n1301,20251202,US,1\n", "no_header"),
        ('{"date": "2025-12-01"}\n', "not_a_table"),
        ('[{"date": "2025-12-01"}]', "not_a_table"),
    ],
)
def test_what_has_no_header_is_refused(tmp_path, text, kind):
    assert [it.kind for it in refused(put(tmp_path / "1.csv", text))] == [kind]


def test_a_time_zone_that_nothing_can_be_converted_to_is_refused(tmp_path):
    file = put(tmp_path / "1.csv", "date\n2025-12-31T23:30:00Z\n")
    with pytest.raises(ParameterError, match=r"Asia/Shanghai"):
        count_files(file, period="month", tz="Asia/Shanghai")

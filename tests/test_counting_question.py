"""One mistake is one error, whatever holds the events: tables, frames, files, the command line."""

import duckdb
import pandas as pd
import pytest

import aistats as ai
from aistats.cli import main
from aistats.counting.question import Question
from aistats.faults import AistatsError, DataError, ParameterError

EVENTS = pd.DataFrame({"date": ["2025-12-02", "2025-12-09"], "region": ["CN", "US"]})
STAMPS = EVENTS.assign(date=pd.to_datetime(["2025-12-01T23:00Z", "2025-12-02T23:00Z"]))
WEEK = {"period": "week"}


def by_pandas(events, folder):
    return ai.count_events, events


def by_polars(events, folder):
    polars = pytest.importorskip("polars")
    return ai.count_events, polars.from_pandas(events)


def by_duckdb(events, folder):
    return ai.count_events, duckdb.connect().from_df(events)


def by_parquet(events, folder):
    path = folder / "events.parquet"
    duckdb.from_df(events).write_parquet(path.as_posix())
    return ai.count_files, path


def by_csv(events, folder):
    path = folder / "events.csv"
    events.to_csv(path, index=False)
    return ai.count_files, path


HOLDERS = [by_pandas, by_polars, by_duckdb, by_csv, by_parquet]
TYPED = [by_pandas, by_polars, by_duckdb, by_parquet]

MISTAKES = {
    "unknown column": (EVENTS, {"by": "regoin"}, ["no_column"]),
    "several unknown columns": (EVENTS, {"by": ["regoin", "kind"]}, ["no_column"] * 2),
    "a name twice": (EVENTS, {"by": ["region", "region"]}, ["parameter_twice"]),
    "by a number": (EVENTS, {"by": 3}, ["by_form"]),
    "a name of the table": (EVENTS.assign(count="a"), {"by": "count"}, ["counts_name"]),
    "another name of the table": (
        EVENTS.assign(days="a"),
        {"by": ["days", "region"], **WEEK},
        ["counts_name"],
    ),
    "between without period": (EVENTS, {"between": ("2025", "2025")}, ["period_needed"]),
    "date without period": (EVENTS, {"date": "date"}, ["period_needed"]),
    "tz without period": (STAMPS, {"tz": "UTC"}, ["period_needed"]),
    "coverage without period": (EVENTS, {"coverage": EVENTS}, ["period_needed"]),
    "daily without period": (EVENTS, {"daily": True}, ["period_needed"]),
    "unknown period": (EVENTS, {"period": "weak"}, ["no_period"]),
    "unknown zone": (EVENTS, {**WEEK, "tz": "Mars"}, ["no_zone"]),
    "unknown zone of stamps": (STAMPS, {**WEEK, "tz": "Mars"}, ["no_zone"]),
    "zone of no stamps": (EVENTS, {**WEEK, "tz": "UTC"}, ["tz_unused"]),
    "zone needed": (STAMPS, WEEK, ["tz_needed"]),
    "no pair of days": (EVENTS, {**WEEK, "between": ("2025",)}, ["no_window"]),
    "no date": (EVENTS, {**WEEK, "between": ("2025", "soon")}, ["no_window", "not_edtf"]),
    "reversed": (EVENTS, {**WEEK, "between": ("2025", "2024")}, ["no_window", "reversed"]),
    "unknown column of dates": (EVENTS, {**WEEK, "date": "dat"}, ["no_column"]),
    "no date column": (EVENTS[["region"]], WEEK, ["no_date_column"]),
    "three columns of dates": (EVENTS, {**WEEK, "date": ["date"] * 3}, ["date_columns"]),
    "too many cells": (
        pd.DataFrame({"a": range(4000), "b": range(4000)}),
        {"by": ["a", "b"]},
        ["too_many_cells"],
    ),
    "several at once": (
        EVENTS,
        {"by": ["region", "region"], "tz": "Mars", "between": ("2025", "2024")},
        ["parameter_twice", "no_zone", "period_needed", "no_window", "reversed"],
    ),
}
NEEDS_TYPES = {"zone needed", "unknown zone of stamps"}  # which a CSV has not


def error_of(holder, events, arguments, folder):
    count, held = holder(events, folder)
    with pytest.raises(AistatsError) as raised:
        count(held, **arguments)
    return raised.value


@pytest.mark.parametrize("holder", HOLDERS)
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_the_call_is_one_error_with_one_text(tmp_path, mistake, holder):
    events, arguments, kinds = MISTAKES[mistake]
    if mistake in NEEDS_TYPES and holder not in TYPED:
        holder = by_parquet

    error = error_of(holder, events, arguments, tmp_path)

    assert type(error) is ParameterError
    assert isinstance(error, ValueError)
    assert [fault.kind for fault in error.faults] == kinds
    expected = error_of(by_pandas, events, arguments, tmp_path)
    for language in ("zh", "en"):
        assert error.text(language) == expected.text(language)


def options_of(arguments):
    """Write the arguments of a call as a command line has them."""
    options = []
    for name, value in arguments.items():
        values = [value] if isinstance(value, str) else list(value)
        if name == "between":
            options += ["--between", *values]
        else:
            options += [word for each in values for word in (f"--{name}", each)]
    return options


IN_PYTHON_ALONE = {"by a number", "coverage without period", "daily without period"}
IN_PYTHON_ALONE |= {"no pair of days"}  # argparse itself asks for two


@pytest.mark.parametrize("mistake", sorted({*MISTAKES} - IN_PYTHON_ALONE))
def test_the_command_line_refuses_in_the_same_words(tmp_path, capfd, monkeypatch, mistake):
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    events, arguments, _ = MISTAKES[mistake]
    holder = by_parquet if mistake in NEEDS_TYPES else by_csv
    _, path = holder(events, tmp_path)

    code = main(["count", str(path), *options_of(arguments)])

    out, err = capfd.readouterr()
    expected = error_of(by_pandas, events, arguments, tmp_path).text("en")
    assert (code, out) == (1, "")
    assert err == f"{expected}\nNothing was written.\n"


WRONG_DATA = {
    "no date": ({"date": ["2025-12-02", None]}, WEEK, [("undated", "date", "1")]),
    "no day": ({"date": ["2025-02-30"]}, WEEK, [("impossible", "date", "2025-02-30")]),
    "reversed": (
        {"a": ["2025-12-02"], "b": ["2025-12-01"]},
        {**WEEK, "date": ("a", "b")},
        [("reversed", "a + b", "2025-12-02/2025-12-01")],
    ),
    "no start": (
        {"a": ["2025-12-02", None], "b": ["2025-12-03", "2025-12-03"]},
        {**WEEK, "date": ("a", "b")},
        [("undated", "a", "1")],
    ),
}


@pytest.mark.parametrize("holder", HOLDERS)
@pytest.mark.parametrize("case", WRONG_DATA)
def test_what_is_wrong_in_the_data_is_one_fault_wherever_they_are(tmp_path, case, holder):
    columns, arguments, faults = WRONG_DATA[case]

    error = error_of(holder, pd.DataFrame(columns), arguments, tmp_path)

    assert isinstance(error, DataError)
    assert isinstance(error, ValueError)
    found = [(fault.kind, fault.column, str(fault.value)) for fault in error.faults]
    assert found == faults


@pytest.mark.parametrize("holder", HOLDERS)
def test_a_table_of_coverage_without_days_is_refused_before_anything_is_counted(tmp_path, holder):
    coverage = pd.DataFrame({"window": ["2025-12"]})
    asked = {**WEEK, "by": "regoin", "coverage": coverage}
    error = error_of(holder, EVENTS, asked, tmp_path)
    assert type(error) is DataError
    assert [(fault.kind, fault.file) for fault in error.faults] == [
        ("no_coverage_dates", "coverage")
    ]


def test_near_names_come_first():
    with pytest.raises(ParameterError, match="use one of: region, "):
        ai.count_events(EVENTS, by="regoin")


@pytest.mark.parametrize("by", [None, "a", ["a"], ("a", "b"), []])
def test_columns_to_group_by_are_a_name_or_names(by):
    expected = [] if by is None else ["a"] if by == "a" else [*by]
    assert Question(by=by).groups == expected


def test_a_zone_of_a_column_without_any_value_is_not_refused():
    none = pd.DataFrame({"date": pd.Series([], dtype=object)})
    assert len(ai.count_events(none, period="week", tz="UTC")) == 0
    objects = STAMPS.astype({"date": object})
    assert len(ai.count_events(objects, period="day", tz="Asia/Shanghai")) == 2
    with pytest.raises(ParameterError, match="“UTC”"):
        ai.count_events(EVENTS.astype({"date": object}), period="week", tz="UTC")


@pytest.mark.parametrize("holder", TYPED[:3])
def test_the_events_of_a_row_need_no_zone_either(tmp_path, holder):
    _, events = holder(EVENTS, tmp_path)
    row = ai.count_events(events, period="week").iloc[0]
    with pytest.raises(ParameterError, match="“UTC”"):
        ai.events_in(events, row, tz="UTC")

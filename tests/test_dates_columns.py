"""The dates of a whole table as intervals of days."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from aistats.dates.calendar import date_columns
from aistats.dates.columns import bounds, intervals
from aistats.faults import DataError, ParameterError
from aistats.session import language

# A column of dates -> its bounds ----------------------------------------------------------------


def frame(earliest, latest):
    return pd.DataFrame({"earliest": earliest, "latest": latest}).astype("datetime64[s]")


FIRST_AND_LAST_OF_DECEMBER = frame(["2025-12-01", None], ["2025-12-31", None])
SECOND = frame(["2025-12-02", None], ["2025-12-02", None])


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (pd.Series(["2025-12-02", None]), SECOND),
        (pd.Series(["2025-12-02", None], dtype=object), SECOND),
        (pd.Series(["2025-12-02", None], dtype="string"), SECOND),
        (pd.Series(["2025-12-02", None], dtype="category"), SECOND),
        (pd.Series(["2025-12", None]), FIRST_AND_LAST_OF_DECEMBER),
        (pd.Series(pd.to_datetime(["2025-12-02", None])), SECOND),
        (pd.Series(pd.to_datetime(["2025-12-02T23:59:59.999999999", None])), SECOND),
        (pd.Series(np.array(["2025-12-02", "NaT"], dtype="datetime64[s]")), SECOND),
        (pd.Series([dt.date(2025, 12, 2), None]), SECOND),
        (pd.Series([dt.datetime(2025, 12, 2, 9), None], dtype=object), SECOND),
        (pd.Series([pd.Timestamp(2025, 12, 2, 9), None], dtype=object), SECOND),
        (pd.Series(pd.PeriodIndex(["2025-12", None], freq="M")), FIRST_AND_LAST_OF_DECEMBER),
        (pd.Series(pd.PeriodIndex(["2025-12-02", None], freq="D")), SECOND),
        (pd.Series(pd.PeriodIndex(["2025-12-02T09", None], freq="h")), SECOND),
    ],
    ids=lambda x: str(x.dtype) if isinstance(x, pd.Series) else "",
)
def test_a_column_of_any_kind_of_dates_becomes_days(dates, expected):
    pd.testing.assert_frame_equal(bounds(dates), expected)


@pytest.mark.parametrize(
    "dates",
    [
        pd.Series([None, None]),
        pd.Series([None, None], dtype="str"),
        pd.Series([np.nan, np.nan]),
        pd.Series([pd.NA, pd.NA], dtype="Int64"),
        pd.Series([pd.NaT, pd.NaT]),
    ],
    ids=lambda dates: str(dates.dtype),
)
def test_a_column_without_any_date_has_none(dates):
    pd.testing.assert_frame_equal(bounds(dates), frame([None, None], [None, None]))


def test_an_empty_column_has_no_rows_but_days():
    assert list(bounds(pd.Series([], dtype=object)).dtypes.astype(str)) == ["datetime64[s]"] * 2


@pytest.mark.parametrize("edge", ["0001-01-01", "1677-09-20", "2262-04-12", "9999-12-31"])
@pytest.mark.parametrize("dtype", ["str", "datetime64[s]"])
def test_days_far_from_today_are_days_too(edge, dtype):
    pd.testing.assert_frame_equal(bounds(pd.Series([edge]).astype(dtype)), frame([edge], [edge]))


def test_the_index_is_kept_even_where_it_repeats():
    dates = pd.Series(["2025", "2025-12-02"], index=["b", "b"])

    assert list(bounds(dates).index) == ["b", "b"]


LATE_ON_THE_FIRST_IN_UTC = pd.Series(pd.to_datetime(["2025-12-01T23:00Z"]), name="when")


@pytest.mark.parametrize(
    ("tz", "day"),
    [("UTC", "2025-12-01"), ("Asia/Shanghai", "2025-12-02"), ("US/Pacific", "2025-12-01")],
)
def test_time_stamps_with_a_zone_are_cut_to_the_days_of_the_zone_asked_for(tz, day):
    pd.testing.assert_frame_equal(bounds(LATE_ON_THE_FIRST_IN_UTC, tz=tz), frame([day], [day]))


def test_time_stamps_with_a_zone_need_the_zone_that_is_meant():
    with pytest.raises(ParameterError, match="times in column “when” have a time zone"):
        bounds(LATE_ON_THE_FIRST_IN_UTC)
    with pytest.raises(ParameterError, match="no time zone “Mars”"):
        bounds(LATE_ON_THE_FIRST_IN_UTC, tz="Mars")


@pytest.mark.parametrize("dates", [[2025, 2026], [2025.5, None], [True, False]])
def test_numbers_are_no_dates(dates):
    with pytest.raises(DataError, match="column year: contains numbers, not dates"):
        bounds(pd.Series(dates, name="year"))


@pytest.mark.parametrize(
    ("speech", "note"),
    [
        (
            "en",
            "For other spellings of dates, such as 20251202, use read_events or count_files.",
        ),
        ("zh", "其他写法的日期（如20251202）请用read_events或count_files读取。"),
    ],
)
def test_a_note_in_the_language_of_the_session_names_what_reads_other_spellings(speech, note):
    with language(speech), pytest.raises(DataError) as caught:
        bounds(pd.Series(["20251202"]))
    assert caught.value.__notes__ == [note]


def test_a_date_in_edtf_that_is_impossible_needs_no_note_on_spellings():
    with pytest.raises(DataError) as caught:
        bounds(pd.Series(["2025-02-30"]))
    assert not hasattr(caught.value, "__notes__")


def test_the_margin_reaches_a_column():
    found = bounds(pd.Series(["2025-12-15~"]), margin_days=1)

    pd.testing.assert_frame_equal(found, frame(["2025-12-14"], ["2025-12-16"]))


# A table -> an interval per row -----------------------------------------------------------------

STAYS = pd.DataFrame(
    {"date": ["2025"], "arrived": ["2025-12-02"], "left": ["2025-12"], "earliest": ["2025-11-01"]}
)


@pytest.mark.parametrize(
    ("table", "date", "earliest", "latest"),
    [
        (STAYS, None, "2025-01-01", "2025-12-31"),
        (STAYS.assign(latest="2025-11-02"), None, "2025-11-01", "2025-11-02"),
        (STAYS, "left", "2025-12-01", "2025-12-31"),
        (STAYS, "arrived", "2025-12-02", "2025-12-02"),
        (STAYS, ("arrived", "left"), "2025-12-02", "2025-12-31"),
        (STAYS, ["arrived", "left"], "2025-12-02", "2025-12-31"),
        (STAYS, ("left", "left"), "2025-12-01", "2025-12-31"),
    ],
)
def test_a_row_is_dated_by_its_columns_of_days_or_by_the_columns_named(
    table, date, earliest, latest
):
    pd.testing.assert_frame_equal(intervals(table, date), frame([earliest], [latest]))


@pytest.mark.parametrize(
    ("table", "date", "family", "fault"),
    [
        (STAYS, "when", ParameterError, ("no_column", None, "when")),
        (STAYS, ("arrived", "gone"), ParameterError, ("no_column", None, "gone")),
        (STAYS[["left"]], None, ParameterError, ("no_date_column", None, "")),
        (
            STAYS,
            ("date", "arrived", "left"),
            ParameterError,
            ("date_columns", None, "date, arrived, left"),
        ),
        (STAYS, (), ParameterError, ("date_columns", None, ())),
        (STAYS, 3, ParameterError, ("date_columns", None, 3)),
        (STAYS.assign(date=[None]), None, DataError, ("undated", "date", 1)),
        (STAYS.assign(left=None), ("arrived", "left"), DataError, ("undated", "left", 1)),
        (
            STAYS,
            ("left", "earliest"),
            DataError,
            ("reversed", "left + earliest", "2025-12-01/2025-11-01"),
        ),
        (STAYS.assign(date="12月"), None, DataError, ("not_edtf", "date", "12月")),
    ],
)
def test_a_table_that_does_not_say_when_is_refused(table, date, family, fault):
    with pytest.raises(family) as raised:
        intervals(table, date)
    assert isinstance(raised.value, ValueError)
    (found,) = raised.value.faults
    assert (found.kind, found.column, found.value) == fault


@pytest.mark.parametrize(
    ("date", "names"),
    [(None, ["date"]), ("left", ["left"]), (("arrived", "left"), ["arrived", "left"])],
)
def test_the_columns_that_say_when_can_be_asked_for(date, names):
    assert date_columns(STAYS, date) == names

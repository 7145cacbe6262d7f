"""Dates: EDTF text to two days, and the calendar to periods that leave no day out."""

import datetime as dt
import itertools

import numpy as np
import pytest
from examples import examples
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aistats.dates.calendar import PERIODS, first_days
from aistats.dates.edtf import parse_edtf
from aistats.faults import EDTFError, ParameterError

calm = settings(deadline=None, derandomize=True, max_examples=examples(150))


def days(*texts):
    return tuple(dt.date.fromisoformat(text) for text in texts)


# EDTF text -> its bounds ------------------------------------------------------------------------


DATES = [
    ("2025-12-02", "2025-12-02", "2025-12-02"),
    ("2025-12", "2025-12-01", "2025-12-31"),
    ("2025-02", "2025-02-01", "2025-02-28"),
    ("2024-02", "2024-02-01", "2024-02-29"),
    ("2025", "2025-01-01", "2025-12-31"),
    # quarters
    ("2025-33", "2025-01-01", "2025-03-31"),
    ("2025-34", "2025-04-01", "2025-06-30"),
    ("2025-35", "2025-07-01", "2025-09-30"),
    ("2025-36", "2025-10-01", "2025-12-31"),
    ("2025-33/2025-34", "2025-01-01", "2025-06-30"),
    # unspecified
    ("202X", "2020-01-01", "2029-12-31"),
    ("20XX", "2000-01-01", "2099-12-31"),
    ("2025-XX", "2025-01-01", "2025-12-31"),
    ("2025-XX-XX", "2025-01-01", "2025-12-31"),
    ("2024-02-XX", "2024-02-01", "2024-02-29"),
    # uncertain: in doubt, but no wider
    ("2025?", "2025-01-01", "2025-12-31"),
    ("2025-12?", "2025-12-01", "2025-12-31"),
    ("2025-12-15?", "2025-12-15", "2025-12-15"),
    # approximate: three days on either side of the day
    ("2025-12-15~", "2025-12-12", "2025-12-18"),
    ("2025-12-~15", "2025-12-12", "2025-12-18"),
    ("2025-12-15%", "2025-12-12", "2025-12-18"),
    ("2025-12-30~", "2025-12-27", "2026-01-02"),
    ("2024-03-01~", "2024-02-27", "2024-03-04"),
    # intervals
    ("2025-12-01/2025-12-06", "2025-12-01", "2025-12-06"),
    ("2025-12-01/2025-12-01", "2025-12-01", "2025-12-01"),
    ("2025-11-30/2025-12", "2025-11-30", "2025-12-31"),
    ("2026-01/2026-03", "2026-01-01", "2026-03-31"),
    ("2025-12-10~/2025-12-20", "2025-12-07", "2025-12-20"),
    ("2025-12-10/2025-12-20~", "2025-12-10", "2025-12-23"),
    ("2025-12-10~/2025-12-20~", "2025-12-07", "2025-12-23"),
    # a time of day is cut off
    ("2025-12-15T10:00:00", "2025-12-15", "2025-12-15"),
    ("2025-12-15T23:59:59", "2025-12-15", "2025-12-15"),
    # leap days that there were
    ("2000-02-29", "2000-02-29", "2000-02-29"),
    ("2024-02-29", "2024-02-29", "2024-02-29"),
    # the ends of the calendar
    ("0001-01-01", "0001-01-01", "0001-01-01"),
    ("0001", "0001-01-01", "0001-12-31"),
    ("0001-01-04~", "0001-01-01", "0001-01-07"),
    ("9999-12-28~", "9999-12-25", "9999-12-31"),
    ("9999", "9999-01-01", "9999-12-31"),
]


@pytest.mark.parametrize(("text", "earliest", "latest"), DATES)
def test_an_edtf_text_has_the_bounds_that_its_calendar_says(text, earliest, latest):
    assert parse_edtf(text) == days(earliest, latest)


# The library gives no margin to an approximate day, and knows no intervals of quarters.
KNOWN_TO_THE_LIBRARY = [
    text for text, *_ in DATES if not set("~%") & set(text) and "-33/" not in text
]


@pytest.mark.filterwarnings("ignore")  # the library uses old names of pyparsing's
@pytest.mark.parametrize("text", KNOWN_TO_THE_LIBRARY)
def test_the_bounds_are_those_of_the_edtf_library(text):
    import edtf

    parsed = edtf.parse_edtf(text)
    assert parse_edtf(text) == (
        dt.date(*parsed.lower_strict()[:3]),
        dt.date(*parsed.upper_strict()[:3]),
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        # not EDTF
        ("", "not_edtf"),
        (" ", "not_edtf"),
        ("12月2日", "not_edtf"),
        ("12月上旬", "not_edtf"),
        ("2025年12月2日", "not_edtf"),
        ("2025/12/02", "not_edtf"),
        ("12/02/2025", "not_edtf"),
        ("2025-12-2", "not_edtf"),
        ("20251202", "not_edtf"),
        ("2025-W49", "not_edtf"),
        ("2025-12-02 00:00:00", "not_edtf"),
        ("2025-12-01–2025-12-06", "not_edtf"),
        ("2025-12-01/2025-12-06/2025-12-09", "not_edtf"),
        ("unknown", "not_edtf"),
        ("nan", "not_edtf"),
        ("NaT", "not_edtf"),
        # digits of other scripts
        ("２０２５-１２-０２", "not_edtf"),
        ("２０２５-12-02", "not_edtf"),
        ("2025-1２", "not_edtf"),
        ("٢٠٢٥-١٢-٠٢", "not_edtf"),
        # spaces, also the full-width one
        (" 2025-12-02", "not_edtf"),
        ("2025-12-02 ", "not_edtf"),
        ("2025-12-02\n", "not_edtf"),
        ("\u30002025-12-02", "not_edtf"),
        ("2025-12-01 / 2025-12-06", "not_edtf"),
        ("2025- 12", "not_edtf"),
        # parts of level 2 that have no plain bounds
        ("2025-1X", "not_edtf"),
        ("2025S2", "not_edtf"),
        # no day of the calendar
        ("2025-02-29", "impossible"),
        ("1877-02-29", "impossible"),
        ("1900-02-29", "impossible"),
        ("2025-02-30", "impossible"),
        ("2025-02-30/2025-03-01", "impossible"),
        ("2025-12-32", "impossible"),
        ("2025-12-00", "impossible"),
        ("2025-13-01", "impossible"),
        ("2025-13", "impossible"),
        ("2025-00", "impossible"),
        ("0000", "impossible"),
        ("0000-01-01", "impossible"),
        ("-0001", "impossible"),
        ("Y10000", "impossible"),
        ("Y170000002", "impossible"),
        ("XXXX", "impossible"),
        ("9999-12-31~", "impossible"),
        ("0001-01-01~", "impossible"),
        ("10000", "not_edtf"),
        ("10000-01-01", "not_edtf"),
        # reversed
        ("2025-12-06/2025-11-30", "reversed"),
        ("2025/2024", "reversed"),
        ("2025-12/2025-11-30", "reversed"),
        ("2025-12-15~/2025-12-14~", "reversed"),
        # open
        ("../2025-12-06", "open"),
        ("2025-12-01/..", "open"),
        ("/2025-12-06", "open"),
        ("2025-12-01/", "open"),
        ("/", "open"),
        # sets
        ("{2025-12-01,2025-12-02}", "set"),
        ("[2025-12-01,2025-12-02]", "set"),
        ("[..2025-12-01]", "set"),
        # seasons, which are not quarters
        ("2025-21", "season"),
        ("2025-24", "season"),
        ("2025-25", "season"),
        ("2025-32", "season"),
        ("2025-37", "season"),
        ("2025-21/2025-22", "season"),
        # about a month or a year
        ("2025~", "approximate"),
        ("2025%", "approximate"),
        ("2025-12~", "approximate"),
        ("2025-12%", "approximate"),
        ("2025-~12", "approximate"),
        ("2025-12/2026-01~", "approximate"),
        # zones
        ("2025-12-15T10:00:00Z", "zone"),
        ("2025-12-15T10:00:00+08:00", "zone"),
    ],
)
def test_what_has_no_two_ends_in_the_calendar_is_refused_with_its_reason(text, reason, capsys):
    with pytest.raises(EDTFError) as refused:
        parse_edtf(text)

    assert refused.value.reason == reason
    assert [fault.value for fault in refused.value.faults] == [text]
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("margin", [0, 1, 3, 10])
def test_the_margin_is_that_of_the_caller(margin):
    day, reach = dt.date(2025, 12, 15), dt.timedelta(margin)

    assert parse_edtf("2025-12-15~", margin_days=margin) == (day - reach, day + reach)
    assert parse_edtf("2025-12-15", margin_days=margin) == (day, day)


TOKENS = [
    *("2025", "12", "02", "15", "29", "33", "21", "0000", "9999", "Y", "E", "S", "T", "Z"),
    *("-", "/", "~", "%", "?", "X", "1X", "{", "}", "[", "]", "..", ",", " ", "10:00:00", "+08:00"),
    *("unknown", "open", "月", "２", "é", "\n"),
]
EDTF_LIKE = st.lists(st.sampled_from(TOKENS), max_size=8).map("".join)
DATE_LIKE = st.from_regex(r"[0-9X]{4}-[0-9X]{2}(-[0-9X]{2})?[~%?]?", fullmatch=True)


@calm
@given(st.one_of(st.text(max_size=12), EDTF_LIKE, DATE_LIKE))
@example("2025-1X")
@example("1X25-XX")
@example("Y17E9999")
def test_any_text_is_either_refused_or_has_its_earliest_day_first(text):
    try:
        earliest, latest = parse_edtf(text)
    except EDTFError:
        return
    assert earliest <= latest


@calm
@given(st.dates())
def test_an_iso_day_is_itself(day):
    assert parse_edtf(day.isoformat()) == (day, day)


@calm
@given(st.dates(), st.dates())
def test_an_interval_of_iso_days_is_its_two_ends_or_reversed(one, other):
    first, last = sorted([one, other])

    assert parse_edtf(f"{first}/{last}") == (first, last)
    if first < last:
        with pytest.raises(EDTFError, match=r"ends before it starts|止日早于起日"):
            parse_edtf(f"{last}/{first}")


# The calendar -> periods ------------------------------------------------------------------------


def first_day_of(day, period):
    """The calendar once more, said another way."""
    return {
        "day": day,
        "week": day - dt.timedelta(days=day.weekday()),
        "dekad": day.replace(day=1 if day.day <= 10 else 11 if day.day <= 20 else 21),
        "month": day.replace(day=1),
        "quarter": day.replace(month=1 + (day.month - 1) // 3 * 3, day=1),
        "year": day.replace(month=1, day=1),
    }[period]


@pytest.mark.parametrize("period", PERIODS)
@calm
@given(
    first=st.dates(dt.date(1877, 1, 1), dt.date(9998, 12, 31)),
    span=st.one_of(st.integers(0, 40), st.integers(0, 1500)),
)
@example(first=dt.date(1877, 1, 1), span=1500)
@example(first=dt.date(1969, 12, 31), span=1)
@example(first=dt.date(9998, 12, 31), span=0)
def test_periods_hold_every_day_once(period, first, span):
    last = min(first + dt.timedelta(days=span), dt.date(9998, 12, 31))

    edges = first_days(np.datetime64(first), np.datetime64(last), period).astype(object).tolist()

    assert edges[0] <= first < edges[1]
    assert edges[-2] <= last < edges[-1]
    for edge, following in itertools.pairwise(edges):
        assert edge < following
        assert first_day_of(edge, period) == edge
        assert first_day_of(following - dt.timedelta(days=1), period) == edge
    assert first_day_of(edges[-1], period) == edges[-1]


@calm
@given(st.dates(dt.date(1877, 1, 1), dt.date(9998, 12, 31)))
def test_weeks_start_on_monday(day):
    edges = first_days(np.datetime64(day), np.datetime64(day), "week").astype(object)

    assert [edge.weekday() for edge in edges] == [0, 0]


@pytest.mark.parametrize(
    ("month", "lengths"),
    [
        ("2025-02", [10, 10, 8]),
        ("2024-02", [10, 10, 9]),
        ("1900-02", [10, 10, 8]),
        ("2025-11", [10, 10, 10]),
        ("2025-12", [10, 10, 11]),
    ],
)
def test_the_third_dekad_takes_what_the_month_has_left(month, lengths):
    first, last = (np.datetime64(day) for day in parse_edtf(month))

    assert np.diff(first_days(first, last, "dekad")).astype(int).tolist() == lengths


def test_the_last_days_of_2025_lie_in_the_first_iso_week_of_2026():
    edges = first_days(np.datetime64("2025-12-29"), np.datetime64("2025-12-31"), "week")

    assert edges.astype(str).tolist() == ["2025-12-29", "2026-01-05"]
    assert edges[0].astype(object).isocalendar()[:2] == (2026, 1)


@pytest.mark.parametrize("period", ["weak", "", "Week", "W", None])
def test_an_unknown_period_is_refused_and_the_known_ones_named(period):
    day = np.datetime64("2025-12-01")

    with pytest.raises(ParameterError) as raised:
        first_days(day, day, period)
    (fault,) = raised.value.faults
    assert (fault.kind, fault.value) == ("no_period", period)
    assert sorted(fault.allowed.split(", ")) == sorted(PERIODS)

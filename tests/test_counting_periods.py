"""What a counts table says of each period and group, from arrays."""

import datetime as dt
from fractions import Fraction

import numpy as np
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from aistats.counting.combinations import MOST_CELLS, Axis, Cube, count_groups, repeat_per_level
from aistats.counting.levels import PlainLevels
from aistats.counting.periods import count_periods, edges_of, first_of, window_of
from aistats.dates.calendar import PERIODS, first_days
from aistats.faults import ParameterError

DAYS = st.dates(dt.date(2023, 12, 20), dt.date(2025, 2, 10))


def cube_of_codes(n, codes, sizes, days=None):
    """Return a cube whose levels are whole numbers."""
    axes = [
        Axis(f"column {number}", PlainLevels(range(size), "BIGINT"), code)
        for number, (code, size) in enumerate(zip(codes, sizes, strict=True))
    ]
    return Cube(axes, n, int(n.sum()), days)


def array(rows):
    return np.array(rows, dtype="datetime64[D]").reshape(-1, 2)


@settings(max_examples=examples(60), deadline=None)
@given(
    rows=st.lists(st.tuples(DAYS, DAYS, st.integers(0, 2), st.integers(1, 9)), max_size=8),
    period=st.sampled_from(PERIODS),
    complete=st.booleans(),
)
def test_the_numbers_are_those_counted_day_by_day(rows, period, complete):
    days = array([sorted(row[:2]) for row in rows])
    group = np.array([row[2] for row in rows], dtype=np.intp)
    n = np.array([row[3] for row in rows], dtype=np.int64)
    edges = edges_of(days, period)

    cells = count_periods(cube_of_codes(n, [group], [3], days), edges, complete=complete)

    found = {}
    for at, (bin_, of) in enumerate(zip(cells.period, cells.levels[0], strict=True)):
        found[int(bin_), int(of)] = {name: it[at] for name, it in cells.numbers.items()}
    sought = set()
    for bin_ in range(max(len(edges) - 1, 0)):
        inside = set(np.arange(edges[bin_], edges[bin_ + 1]).tolist())
        for of in range(3):
            here = [
                (set(np.arange(first, last + 1).tolist()), int(times))
                for (first, last), times, level in zip(days, n, group, strict=True)
                if level == of
            ]
            shares = [(Fraction(len(it & inside), len(it)), times) for it, times in here]
            if complete or any(share for share, _ in shares):
                sought.add((bin_, of))
                cell = found[bin_, of]
                assert cell["days"] == len(inside)
                assert cell["certain"] == sum(n for share, n in shares if share == 1)
                assert cell["possible"] == sum(n for share, n in shares if share)
                assert cell["expected"] == pytest.approx(float(sum(s * n for s, n in shares)))
                assert cell["starting"] == sum(n for it, n in here if min(it) in inside)
                assert cell["ending"] == sum(n for it, n in here if max(it) in inside)
    assert set(found) == sought


def test_groups_are_counted_whether_or_not_they_occur():
    n, codes = np.array([2, 3, 1]), [np.array([0, 2, 0]), np.array([1, 0, 1])]

    every = count_groups(cube_of_codes(n, codes, [3, 2]))
    some = count_groups(cube_of_codes(n, codes, [3, 2]), complete=False)

    assert every.numbers["count"].tolist() == [0, 3, 0, 0, 3, 0]
    assert [it.tolist() for it in some.levels] == [[0, 2], [1, 0]]
    assert some.numbers["count"].tolist() == [3, 3]


def test_more_groups_than_an_integer_can_number_are_counted_where_they_occur():
    codes = [np.array([0, 7, 7])] * 9
    cube = cube_of_codes(np.ones(3, np.int64), codes, [1_000_000] * 9)

    some = count_groups(cube, complete=False)

    assert some.numbers["count"].tolist() == [1, 2]
    with pytest.raises(ParameterError, match=f"more than {MOST_CELLS:,}"):
        count_groups(cube)


def test_a_combination_stands_once_for_each_level_in_its_cell():
    cells = [["CN", "US"], ["FR"], ["DE", "CN", "US"]]

    rows, places = repeat_per_level(np.array([2, 0, 2, 1]), np.array([2, 1, 3]))

    flat = [level for cell in cells for level in cell]
    assert rows.tolist() == [0, 0, 0, 1, 1, 2, 2, 2, 3]
    assert [flat[it] for it in places] == [*cells[2], *cells[0], *cells[2], *cells[1]]


@pytest.mark.parametrize("period", PERIODS)
def test_the_first_day_of_a_period_stands_for_all_days_in_it(period):
    days = np.arange("2024-02-20", "2024-03-12", dtype="datetime64[D]")
    first = first_of(period, None, days)
    edges = first_days(days[0], days[-1], period)
    assert all(np.searchsorted(edges, first, "right") == np.searchsorted(edges, days, "right"))
    assert set(first) <= set(edges)


def test_a_window_cuts_periods_and_leaves_other_days_as_they_are():
    days = np.array(["2024-02-01", "2024-02-14", "2024-02-20", "2024-03-02"], "datetime64[D]")
    first = first_of("month", ("2024-02-10", "2024-02-25"), days)
    assert first.astype(str).tolist() == ["2024-02-01", "2024-02-10", "2024-02-10", "2024-03-02"]


@pytest.mark.parametrize(
    ("between", "days"),
    [
        (("2025-12", "2026"), ["2025-12-01", "2026-12-31"]),
        ((dt.datetime(2025, 12, 1, 23), dt.date(2025, 12, 2)), ["2025-12-01", "2025-12-02"]),
        ((np.datetime64("2025-12-01T23:59"), "2025-12-01"), ["2025-12-01", "2025-12-01"]),
    ],
)
def test_a_window_is_said_in_days_or_edtf(between, days):
    assert window_of(between).astype(str).tolist() == days


@pytest.mark.parametrize(
    ("between", "kinds"),
    [
        ("2025", ["no_window"]),
        ((1, 2), ["no_window"]),
        (("2025",), ["no_window"]),
        (("2025", None), ["no_window"]),
        (3, ["no_window"]),
        ((dt.date(2025, 12, 1), np.datetime64("10000-01-01")), ["no_window"]),
        ((np.datetime64("0000-12-31"), "2025"), ["no_window"]),
        ((np.datetime64("NaT"), "2025"), ["no_window"]),
        (("2026", "2025"), ["no_window", "reversed"]),
        (("2025-12-01", "12月"), ["no_window", "not_edtf"]),
        (("2025-02-30", "2026"), ["no_window", "impossible"]),
    ],
)
def test_what_is_no_window_is_refused_with_the_reason(between, kinds):
    with pytest.raises(ParameterError, match="between=") as raised:
        window_of(between)
    assert [fault.kind for fault in raised.value.faults] == kinds

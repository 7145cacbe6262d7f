"""The calendar: periods in which days are counted, time zones, and the columns that hold dates.

A *period* is a day, an ISO week, a ten-day period (``dekad``: days 1–10, 11–20, 21 to the end of
the month), a month, a quarter or a year. It is named by its first day. A new kind of period, such
as a fiscal year, is one more case of `first_days`. This module reads no dates: see
`aistats.dates.spellings`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal, get_args
from zoneinfo import ZoneInfo

import numpy as np

from aistats.dates.edtf import Days
from aistats.faults import Fault, ParameterError, choices_shown, reject_unknown_columns

Period = Literal["day", "week", "dekad", "month", "quarter", "year"]
PERIODS: tuple[Period, ...] = get_args(Period)

ONE_DAY = np.timedelta64(1, "D")

_DAYS_IN = {"day": 1, "week": 7}
_MONTHS_IN = {"dekad": 1, "month": 1, "quarter": 3, "year": 12}
_MONDAY = 4  # day 4 of the epoch, 1970-01-05
_DEKAD_STARTS = np.array([0, 10, 20])  # days after the first of a month


def is_zone(tz: object) -> bool:
    """Return whether a time zone of that name exists."""
    if not isinstance(tz, str):
        return False
    try:
        ZoneInfo(tz)
    except (ValueError, OSError, KeyError):  # not a valid name, not a file, not a zone
        return False
    return True


def check_date(date: object) -> list[str]:
    """Return the columns that `date=` names: one, or a start and an end.

    Raises
    ------
    ParameterError
        If `date` names neither one column nor two.
    """
    if isinstance(date, str):
        return [date]
    names = list(date) if isinstance(date, Sequence) else []
    if len(names) not in (1, 2):
        listed = ", ".join(map(str, names))
        raise ParameterError([Fault("date_columns", value=listed or date)])
    return names


def date_columns(columns: Collection[str], date: str | tuple[str, str] | None) -> list[str]:
    """Return the columns of a table that hold the dates: one, or a start and an end.

    Raises
    ------
    ParameterError
        If a column is missing, or more than two are named.

    Examples
    --------
    >>> date_columns(["earliest", "latest", "region"], None)
    ['earliest', 'latest']
    """
    available = list(map(str, columns))
    if date is not None:
        names = check_date(date)
    elif {"earliest", "latest"} <= set(available):
        names = ["earliest", "latest"]
    elif "date" in available:
        names = ["date"]
    else:
        allowed = choices_shown("date", available)
        raise ParameterError([Fault("no_date_column", allowed=allowed)])
    reject_unknown_columns(names, columns)
    return names


def check_period(period: str) -> None:
    """Reject a period that is not one of `PERIODS`.

    Raises
    ------
    ParameterError
        If the period is not one of `PERIODS`.
    """
    if period not in PERIODS:
        allowed = choices_shown(str(period), PERIODS)
        raise ParameterError([Fault("no_period", value=period, allowed=allowed)])


def first_days(first: np.datetime64, last: np.datetime64, period: Period) -> Days:
    """Return the first day of each period from `first` to `last`, and of the period after them.

    The array holds the edges of the periods: each period ends before the next edge.

    Parameters
    ----------
    first, last
        Days, inclusive.
    period
        One of `PERIODS`.

    Returns
    -------
    array of datetime64[D]

    Raises
    ------
    ParameterError
        If the period is not one of `PERIODS`.

    Examples
    --------
    >>> print(first_days(np.datetime64("2025-12-03"), np.datetime64("2025-12-21"), "dekad"))
    ['2025-12-01' '2025-12-11' '2025-12-21' '2026-01-01']
    """
    check_period(period)
    first_day = first.astype("datetime64[D]")
    last_day = last.astype("datetime64[D]")
    if period in _DAYS_IN:
        return _starts_of_days(first_day, last_day, _DAYS_IN[period])
    edges = _starts_of_months(first_day, last_day, _MONTHS_IN[period])
    if period == "dekad":
        edges = (edges[:, None] + _DEKAD_STARTS).ravel()
    # The months may hold ten-day periods before the first day or after the last.
    start = np.searchsorted(edges, first_day, "right") - 1
    stop = np.searchsorted(edges, last_day, "right") + 1
    return edges[start:stop]


def _starts_of_days(first: np.datetime64, last: np.datetime64, length: int) -> Days:
    """Return the edges of periods of a number of days, of which one starts on a Monday."""
    days_since_monday = first.astype(int) - _MONDAY
    periods_before = days_since_monday // length
    start = periods_before * length + _MONDAY
    stop = last.astype(int) + length + 1
    days = np.arange(start, stop, length)
    return days.astype("datetime64[D]")


def _starts_of_months(first: np.datetime64, last: np.datetime64, length: int) -> Days:
    """Return the edges of periods of a number of months, counted from January."""
    first_month = first.astype("datetime64[M]").astype(int)
    last_month = last.astype("datetime64[M]").astype(int)
    start = first_month // length * length
    stop = last_month + length + 1
    numbers = np.arange(start, stop, length)
    months = numbers.astype("datetime64[M]")
    return months.astype("datetime64[D]")

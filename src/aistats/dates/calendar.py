"""The calendar: the periods that days are counted in, time zones, and which columns say when.

A *period* is a day, an ISO week, a dekad (旬: days 1–10, 11–20, 21 to the end), a month, a
quarter or a year. It is named by its first day. A new kind of period, such as a fiscal year, is
one more case of `first_days`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal, get_args
from zoneinfo import ZoneInfo

import numpy as np

from aistats.dates.edtf import Days
from aistats.faults import Fault, ParameterError, choices_shown

Period = Literal["day", "week", "dekad", "month", "quarter", "year"]
PERIODS: tuple[Period, ...] = get_args(Period)

ONE_DAY = np.timedelta64(1, "D")

_MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}


def is_zone(tz: object) -> bool:
    """Return whether there is a time zone of that name."""
    if not isinstance(tz, str):
        return False
    try:
        ZoneInfo(tz)
    except (ValueError, OSError, KeyError):  # no name, no file, no such zone
        return False
    return True


def check_date(date: object) -> list[str]:
    """Return the columns that `date=` names: one, or a start and an end.

    Raises
    ------
    ParameterError
        If it is neither.
    """
    if isinstance(date, str):
        return [date]
    names = list(date) if isinstance(date, Sequence) else []
    if len(names) not in (1, 2):
        raise ParameterError([Fault("date_columns", value=", ".join(map(str, names)) or date)])
    return names


def date_columns(columns: Collection[str], date: str | tuple[str, str] | None) -> list[str]:
    """Return which columns of a table say when: one, or a start and an end.

    Raises
    ------
    ParameterError
        If a column is missing, or more than two are named.

    Examples
    --------
    >>> date_columns(["earliest", "latest", "region"], None)
    ['earliest', 'latest']
    """
    there = list(map(str, columns))
    if date is not None:
        names = check_date(date)
    elif {"earliest", "latest"} <= set(there):
        names = ["earliest", "latest"]
    elif "date" in there:
        names = ["date"]
    else:
        raise ParameterError([Fault("no_date_column", allowed=choices_shown("date", there))])
    missing = [name for name in names if name not in columns]
    if missing:
        raise ParameterError(
            Fault("no_column", value=name, allowed=choices_shown(str(name), there))
            for name in missing
        )
    return names


def check_period(period: str) -> None:
    """Refuse what is not one of `PERIODS`.

    Raises
    ------
    ParameterError
        If it is not.
    """
    if period not in PERIODS:
        allowed = choices_shown(str(period), PERIODS)
        raise ParameterError([Fault("no_period", value=period, allowed=allowed)])


def first_days(first: np.datetime64, last: np.datetime64, period: str) -> Days:
    """Return the first day of every period that holds a day from `first` to `last`, and one more.

    The extra day, the first after the last period, makes the array the edges of the periods.

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
    first, last = first.astype("datetime64[D]"), last.astype("datetime64[D]")
    if period in ("day", "week"):
        length = 7 if period == "week" else 1
        monday = 4 if period == "week" else 0  # 1970-01-05, day 4 of the epoch, was a Monday
        start = (first.astype(int) - monday) // length * length + monday
        return np.arange(start, last.astype(int) + length + 1, length).astype("datetime64[D]")
    months = _MONTHS_OF.get(period, 1)
    start = first.astype("datetime64[M]").astype(int) // months * months
    edges = np.arange(start, last.astype("datetime64[M]").astype(int) + months + 1, months)
    days = edges.astype("datetime64[M]").astype("datetime64[D]")
    if period == "dekad":
        days = (days[:, None] + np.array([0, 10, 20])).ravel()
    keep = slice(
        np.searchsorted(days, first, "right") - 1, np.searchsorted(days, last, "right") + 1
    )
    return days[keep]

"""When: dates as intervals of days, and the calendar periods they are counted in.

A date is written in EDTF (ISO 8601-2), because a source says "12月上旬" as often as "12月2日".
Here each such text becomes two days, the *earliest* and the *latest* that it allows, both
inclusive. What has no two ends in the calendar (an open interval, a season, a set, the 29th of
February 1877) is refused with a reason, not guessed at. On the other side stands the calendar: a
*period* is a day, an ISO week, a dekad (旬: days 1–10, 11–20, 21 to the end), a month, a quarter or
a year.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aistats.faults import EDTFError

Days = NDArray[np.datetime64]

PERIODS = ("day", "week", "dekad", "month", "quarter", "year")

MARGIN_DAYS = 3
"""Days on either side of a day marked ``~``, where no codebook says otherwise."""

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_APPROXIMATE_DAY = re.compile(r"\d{4}-\d{2}-(\d{2}[~%]|[~%]\d{2})", re.ASCII)
_MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}


@lru_cache(maxsize=65536)
def parse_edtf(text: str, *, margin_days: int = MARGIN_DAYS) -> tuple[dt.date, dt.date]:
    """Return the earliest and the latest day that an EDTF text allows, both inclusive.

    Parameters
    ----------
    text
        A date or an interval: level 0, qualified (``?``, ``~``, ``%``) or unspecified (``X``) dates
        of level 1, and the quarters of level 2 (``2025-33`` to ``2025-36``). A time of day without
        a zone is cut off.
    margin_days
        Days that a ``~`` or ``%`` on a day leaves open on either side. EDTF itself gives no margin.

    Returns
    -------
    tuple of datetime.date

    Raises
    ------
    EDTFError
        If the text is no EDTF, or has no two ends in the calendar of the years 0001 to 9999.

    Examples
    --------
    >>> print(*parse_edtf("2025-12"))
    2025-12-01 2025-12-31
    >>> print(*parse_edtf("2025-12-15~"))
    2025-12-12 2025-12-18
    >>> parse_edtf("2025-12-06/2025-11-30")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    EDTFError: “2025-12-06/2025-11-30” ends before it starts; write start/end
    """
    text = text.strip()
    if text[:1] in ("{", "["):
        raise EDTFError("set", text)
    ends = text.split("/")
    if len(ends) > 1 and any(end in ("", "..") for end in ends):
        raise EDTFError("open", text)
    if len(ends) > 2:
        raise EDTFError("not_edtf", text)
    (first, _), (_, last) = (_calendar_bounds(end, text) for end in (ends[0], ends[-1]))
    if last < first:
        raise EDTFError("reversed", text)
    margin = dt.timedelta(days=margin_days)
    try:
        return (
            first - margin if _is_approximate(ends[0], text) else first,
            last + margin if _is_approximate(ends[-1], text) else last,
        )
    except OverflowError:
        raise EDTFError("impossible", text) from None


def _is_approximate(date: str, text: str) -> bool:
    if "~" not in date and "%" not in date:
        return False
    if not _APPROXIMATE_DAY.fullmatch(date):
        raise EDTFError("approximate", text)
    return True


def _calendar_bounds(date: str, text: str) -> tuple[dt.date, dt.date]:
    """Return the strict bounds of one EDTF date; `text` is what the error quotes."""
    if not _ISO_DAY.fullmatch(date):
        return _library_bounds(date, text)
    try:
        day = dt.date.fromisoformat(date)
    except ValueError:
        raise EDTFError("impossible", text) from None
    return day, day


def _library_bounds(date: str, text: str) -> tuple[dt.date, dt.date]:
    # Half of the cost of a whole import, and most tables hold nothing but plain days.
    import edtf

    try:
        parsed = edtf.parse_edtf(date)
    except edtf.EDTFParseException:
        impossible = re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", date)
        raise EDTFError("impossible" if impossible else "not_edtf", text) from None
    if isinstance(parsed, edtf.DateAndTime) and not re.search(r"T[\d:]+$", date):
        raise EDTFError("zone", text)
    if isinstance(parsed, edtf.Season) and not re.search(r"-3[3-6]$", date):
        raise EDTFError("season", text)
    try:
        # The library's strict bounds know no calendar of their own: date() refuses the impossible.
        return dt.date(*parsed.lower_strict()[:3]), dt.date(*parsed.upper_strict()[:3])
    except (ValueError, OverflowError):
        raise EDTFError("impossible", text) from None


def bounds(
    dates: pd.Series, *, margin_days: int = MARGIN_DAYS, tz: str | None = None
) -> pd.DataFrame:
    """Return the earliest and latest day of each value of a column of dates.

    Every distinct value is read once. Time stamps are cut to days.

    Parameters
    ----------
    dates
        Time stamps, periods, `datetime.date` objects or EDTF text. Missing values stay missing.
    margin_days
        See :func:`parse_edtf`.
    tz
        The time zone whose days are meant; needed for time stamps that carry a zone.

    Returns
    -------
    DataFrame
        Columns ``earliest`` and ``latest`` (datetime64[s], midnight), with the index of `dates`.

    Raises
    ------
    EDTFError
        At the first text that is no date.
    TypeError
        If the column holds neither dates nor text.
    ValueError
        If the time stamps carry a zone and `tz` is not given.

    Examples
    --------
    >>> bounds(pd.Series(["2025-12-02", "2025-12-01/2025-12-06"]))
        earliest     latest
    0 2025-12-02 2025-12-02
    1 2025-12-01 2025-12-06
    """
    if isinstance(dates.dtype, pd.DatetimeTZDtype):
        if tz is None:
            raise ValueError(f"column {dates.name!r} carries a time zone: say tz=, e.g. tz='UTC'")
        dates = dates.dt.tz_convert(tz).dt.tz_localize(None)
    if isinstance(dates.dtype, pd.PeriodDtype):
        earliest, latest = dates.dt.start_time, dates.dt.end_time
    elif pd.api.types.is_datetime64_dtype(dates.dtype):
        earliest = latest = dates
    elif dates.isna().all():
        earliest = latest = pd.Series(pd.NaT, index=dates.index, dtype="datetime64[s]")
    elif pd.api.types.is_numeric_dtype(dates.dtype):
        raise TypeError(f"column {dates.name!r} holds numbers, not dates")
    else:
        earliest, latest = _text_bounds(dates, margin_days)
    days = {"earliest": earliest, "latest": latest}
    return pd.DataFrame(
        {name: day.dt.floor("D").astype("datetime64[s]") for name, day in days.items()}
    )


def _text_bounds(dates: pd.Series, margin_days: int) -> tuple[pd.Series, pd.Series]:
    codes, distinct = pd.factorize(dates)
    pairs = [parse_edtf(str(value), margin_days=margin_days) for value in distinct]
    ends = np.array([*pairs, ("NaT", "NaT")], dtype="datetime64[s]")  # code -1 is a missing value
    return pd.Series(ends[codes, 0], dates.index), pd.Series(ends[codes, 1], dates.index)


def intervals(
    table: pd.DataFrame, date: str | tuple[str, str] | None = None, *, tz: str | None = None
) -> pd.DataFrame:
    """Return the interval of days of each row of a table of dated events.

    Parameters
    ----------
    table
        Any table with a column of dates.
    date
        A column, or a (start, end) pair of columns. By default ``earliest`` and ``latest`` where
        they are, else ``date``.
    tz
        See :func:`bounds`.

    Returns
    -------
    DataFrame
        Columns ``earliest`` and ``latest`` (datetime64[s]), with the index of `table`.

    Raises
    ------
    ValueError
        If a column is missing, a row has no date, or a row ends before it starts.

    Examples
    --------
    >>> stays = pd.DataFrame({"arrived": ["2025-12-02"], "left": ["2025-12"]})
    >>> intervals(stays, date=("arrived", "left"))
        earliest     latest
    0 2025-12-02 2025-12-31
    """
    names = date_columns(table, date)
    read = [bounds(table[name], tz=tz) for name in names]
    days = pd.DataFrame({"earliest": read[0]["earliest"], "latest": read[-1]["latest"]})
    if undated := int(days.isna().any(axis=1).sum()):
        raise ValueError(
            f"{undated} of {len(days)} rows have no date in {names}: fill or drop them"
        )
    if (wrong := days["latest"] < days["earliest"]).any():
        raise ValueError(f"row {days.index[wrong][0]!r} ends before it starts ({names})")
    return days


def date_columns(table: pd.DataFrame, date: str | tuple[str, str] | None) -> list[str]:
    """Return the names of the columns that say when: one, or a start and an end."""
    if date is None:
        both = {"earliest", "latest"} <= set(table.columns)
        names = ["earliest", "latest"] if both else ["date"]
    else:
        names = [date] if isinstance(date, str) else list(date)
    if missing := [name for name in names if name not in table.columns]:
        raise ValueError(f"date={date!r}: no column {missing}; there are {list(table.columns)}")
    return names


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
    ValueError
        If the period is not one of `PERIODS`.

    Examples
    --------
    >>> print(first_days(np.datetime64("2025-12-03"), np.datetime64("2025-12-21"), "dekad"))
    ['2025-12-01' '2025-12-11' '2025-12-21' '2026-01-01']
    """
    if period not in PERIODS:
        raise ValueError(f"period={period!r} is not one of {', '.join(PERIODS)}")
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

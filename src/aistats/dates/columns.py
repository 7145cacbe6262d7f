"""Columns: the dates of a whole table as intervals of days.

Time stamps, periods, `datetime.date` objects and EDTF text come in; an earliest and a latest day
for each row come out. Each distinct text is read once, so a long column is as fast as its distinct
values. Other spellings of dates are not read here: see `aistats.dates.spellings`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.types import infer_dtype, is_datetime64_dtype

from aistats.dates.calendar import date_columns, is_zone
from aistats.dates.edtf import FIRST_DAY, LAST_DAY, MARGIN_DAYS, parse_edtf
from aistats.faults import DataError, EDTFError, Fault, ParameterError, few
from aistats.session import texts

_DATE_OBJECTS = ("datetime", "datetime64", "date")
_NUMBERS = ("integer", "floating", "boolean")


def bounds(
    dates: pd.Series, *, margin_days: int = MARGIN_DAYS, tz: str | None = None
) -> pd.DataFrame:
    """Return the earliest and latest day of each value of a column of dates.

    Each distinct text is read once. Time stamps are cut to days.

    Parameters
    ----------
    dates
        Time stamps, periods, `datetime.date` objects or EDTF text. Missing values stay missing.
    margin_days
        See :func:`parse_edtf`.
    tz
        The time zone in which the days are counted; needed for time stamps that carry a zone.

    Returns
    -------
    DataFrame
        Columns ``earliest`` and ``latest`` (datetime64[s], midnight), with the index of `dates`.

    Raises
    ------
    DataError
        If the column holds neither dates nor text, or texts that are not dates; the error lists
        them.
    ParameterError
        If the time stamps carry a zone and `tz` is missing, or not the name of a zone.

    Examples
    --------
    >>> bounds(pd.Series(["2025-12-02", "2025-12-01/2025-12-06"]))
        earliest     latest
    0 2025-12-02 2025-12-02
    1 2025-12-01 2025-12-06
    """
    if isinstance(dates.dtype, pd.CategoricalDtype):
        category_dtype = dates.cat.categories.dtype
        dates = dates.astype(category_dtype)
    dates = local_times(dates, tz)
    earliest, latest = _ends(dates, margin_days, tz)
    columns = {
        "earliest": _midnight(earliest),
        "latest": _midnight(latest),
    }
    return pd.DataFrame(columns)


def _ends(dates: pd.Series, margin_days: int, tz: str | None) -> tuple[pd.Series, pd.Series]:
    """Return the start and the end of each date of a column without time zones."""
    dtype = dates.dtype
    if isinstance(dtype, pd.PeriodDtype):
        return dates.dt.start_time, dates.dt.end_time
    if is_datetime64_dtype(dtype):
        return dates, dates
    if dates.isna().all():
        missing = pd.Series(pd.NaT, index=dates.index, dtype="datetime64[s]")
        return missing, missing
    kind = infer_dtype(dates, skipna=True)
    if kind in _DATE_OBJECTS:
        stamps = local_times(pd.to_datetime(dates), tz)
        return _ends(stamps, margin_days, tz)
    if kind in _NUMBERS:
        raise DataError([Fault("numbers", column=str(dates.name))])
    return _text_bounds(dates, margin_days)


def _midnight(times: pd.Series) -> pd.Series:
    """Return time stamps cut to days, in seconds."""
    days: pd.Series = times.dt.floor("D")
    # Seconds reach from year 1 to 9999; nanoseconds end in 2262.
    return days.astype("datetime64[s]")


def local_times(dates: pd.Series, tz: str | None) -> pd.Series:
    """Return time stamps in the local time of a time zone; other dates unchanged."""
    if _dtype_has_zone(dates):
        zone = needed_zone(tz, dates.name)
        local = dates.dt.tz_convert(zone)
        dates = local.dt.tz_localize(None)
    if isinstance(dates.dtype, pd.ArrowDtype) and dates.dtype.kind == "M":
        return dates.astype("datetime64[us]")
    return dates


def _dtype_has_zone(dates: pd.Series) -> bool:
    """Return whether the type of a column is time stamps with a zone."""
    dtype = dates.dtype
    if isinstance(dtype, pd.ArrowDtype):
        zone = getattr(dtype.pyarrow_dtype, "tz", None)
        return zone is not None
    return isinstance(dtype, pd.DatetimeTZDtype)


def may_have_zone(dates: pd.Series) -> bool:
    """Return whether the dates of a column may carry a time zone.

    A column of objects that are all missing may be one of time stamps with a zone.

    Examples
    --------
    >>> may_have_zone(pd.Series(pd.to_datetime(["2025-12-02T10:00Z"])))
    True
    >>> may_have_zone(pd.Series(["2025-12-02"]))
    False
    """
    if isinstance(dates.dtype, pd.CategoricalDtype):
        dates = dates.cat.categories.to_series()
    if dates.dtype != object:
        return _dtype_has_zone(dates)
    known = dates.dropna()
    return known.empty or any(getattr(date, "tzinfo", None) is not None for date in known)


def needed_zone(tz: str | None, column: object) -> str:
    """Return the time zone in which the days are counted.

    Raises
    ------
    ParameterError
        If `tz` is missing, or not the name of a zone.
    """
    if tz is None:
        raise ParameterError([Fault("tz_needed", value=column)])
    if not is_zone(tz):
        raise ParameterError([Fault("no_zone", value=tz)])
    return tz


def _text_bounds(dates: pd.Series, margin_days: int) -> tuple[pd.Series, pd.Series]:
    """Return the earliest and the latest day of each EDTF text of a column."""
    codes, distinct = pd.factorize(dates)
    column = str(dates.name)
    pairs = _parse_all(map(str, distinct), column, margin_days)
    # factorize gives missing values the code -1, which is the last pair.
    pairs.append(("NaT", "NaT"))
    distinct_days = np.array(pairs, dtype="datetime64[s]")
    first, last = distinct_days[codes].T
    earliest = pd.Series(first, dates.index)
    latest = pd.Series(last, dates.index)
    return earliest, latest


def _parse_all(dates: Iterable[str], column: str, margin_days: int) -> list[tuple[object, object]]:
    """Parse each EDTF text; raise one DataError that lists the texts which are not dates."""
    pairs: list[tuple[object, object]] = []
    faults = []
    for text in dates:
        try:
            pairs.append(parse_edtf(text, margin_days=margin_days))
        except EDTFError as error:
            faults.append(replace(error.faults[0], column=column))
    if faults:
        failure = DataError(few(faults))
        if any(fault.kind == "not_edtf" for fault in faults):
            say = texts()
            failure.add_note(say("dates.other_spellings"))
        raise failure
    return pairs


def intervals(
    table: pd.DataFrame, date: str | tuple[str, str] | None = None, *, tz: str | None = None
) -> pd.DataFrame:
    """Return the interval of days of each row of a table of dated events.

    Parameters
    ----------
    table
        Any table with a column of dates.
    date
        A column, or a (start, end) pair of columns. By default ``earliest`` and ``latest`` if the
        table has them, else ``date``.
    tz
        See :func:`bounds`.

    Returns
    -------
    DataFrame
        Columns ``earliest`` and ``latest`` (datetime64[s]), with the index of `table`.

    Raises
    ------
    ParameterError
        If a column is missing.
    DataError
        If a row has no date, or ends before it starts.

    Examples
    --------
    >>> stays = pd.DataFrame({"arrived": ["2025-12-02"], "left": ["2025-12"]})
    >>> intervals(stays, date=("arrived", "left"))
        earliest     latest
    0 2025-12-02 2025-12-31
    """
    names = date_columns(table.columns, date)
    ends = []
    for name in names:
        days = bounds(table[name], tz=tz)
        ends.append(days)
    return spans(ends, names)


def spans(
    ends: Sequence[pd.DataFrame], names: Sequence[str], n: NDArray[np.int64] | None = None
) -> pd.DataFrame:
    """Return the intervals from the start of the first column of dates to the end of the last.

    Parameters
    ----------
    ends
        The bounds of each column of `names`, as :func:`bounds` returns them.
    names
        One column of dates, or a start and an end.
    n
        Number of rows of the table that each interval stands for, for messages; by default 1.

    Returns
    -------
    DataFrame
        Columns ``earliest`` and ``latest``.

    Raises
    ------
    DataError
        If a row has no date, or ends before it starts.
    """
    columns = {
        "earliest": ends[0]["earliest"],
        "latest": ends[-1]["latest"],
    }
    days = pd.DataFrame(columns)
    rows = np.ones(len(days), dtype=np.int64) if n is None else n
    _reject_undated(days, names, rows)
    _reject_outside_calendar(days, names)
    _reject_reversed(days, names)
    return days


def _reject_undated(days: pd.DataFrame, names: Sequence[str], n: NDArray[np.int64]) -> None:
    """Reject rows without a date, with their number for each column."""
    faults = []
    ends = {names[0]: "earliest", names[-1]: "latest"}
    for name, end in ends.items():
        is_missing = days[end].isna().to_numpy()
        rows = int(n[is_missing].sum())
        if rows:
            faults.append(Fault("undated", column=name, value=rows))
    if faults:
        raise DataError(faults)


def _reject_outside_calendar(days: pd.DataFrame, names: Sequence[str]) -> None:
    """Reject days that Python's calendar does not have, such as those of the year 10000."""
    is_early = days["earliest"] < FIRST_DAY
    is_late = days["latest"] > LAST_DAY
    outside = days[is_early | is_late]
    if outside.empty:
        return
    first, last = outside.iloc[0].to_numpy("datetime64[D]")
    day = first if first < FIRST_DAY else last
    fault = Fault("impossible", column=" + ".join(names), value=day)
    raise DataError([fault])


def _reject_reversed(days: pd.DataFrame, names: Sequence[str]) -> None:
    """Reject intervals that end before they start."""
    is_reversed = days["latest"] < days["earliest"]
    if not is_reversed.any():
        return
    first, last = days[is_reversed].iloc[0].dt.date
    interval = f"{first}/{last}"
    fault = Fault("reversed", column=" + ".join(names), value=interval)
    raise DataError([fault])

"""Intervals: the dates of a whole table as days, whatever a column holds.

Time stamps, periods, `datetime.date` objects and EDTF text all become an earliest and a latest day,
each distinct value read once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aistats.dates.calendar import date_columns, is_zone
from aistats.dates.edtf import FIRST_DAY, LAST_DAY, MARGIN_DAYS, parse_edtf
from aistats.faults import DataError, EDTFError, Fault, ParameterError, few

_SPELLINGS = "Other spellings of dates, such as 20251202, are read by read_events and count_files."


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
    DataError
        If the column holds neither dates nor text, or texts that are no dates; all of them are
        named.
    ParameterError
        If the time stamps carry a zone and `tz` is not given, or there is no such zone.

    Examples
    --------
    >>> bounds(pd.Series(["2025-12-02", "2025-12-01/2025-12-06"]))
        earliest     latest
    0 2025-12-02 2025-12-02
    1 2025-12-01 2025-12-06
    """
    if isinstance(dates.dtype, pd.CategoricalDtype):
        dates = dates.astype(dates.cat.categories.dtype)
    dates = local_times(dates, tz)
    if isinstance(dates.dtype, pd.PeriodDtype):
        earliest, latest = dates.dt.start_time, dates.dt.end_time
    elif pd.api.types.is_datetime64_dtype(dates.dtype):
        earliest = latest = dates
    elif dates.isna().all():
        earliest = latest = pd.Series(pd.NaT, index=dates.index, dtype="datetime64[s]")
    elif pd.api.types.infer_dtype(dates, skipna=True) in ("datetime", "datetime64", "date"):
        return bounds(pd.to_datetime(dates), tz=tz)
    elif pd.api.types.infer_dtype(dates, skipna=True) in ("integer", "floating", "boolean"):
        raise DataError([Fault("numbers", column=str(dates.name))])
    else:
        earliest, latest = _text_bounds(dates, margin_days)
    days = {"earliest": earliest, "latest": latest}
    return pd.DataFrame(
        {name: day.dt.floor("D").astype("datetime64[s]") for name, day in days.items()}
    )


def local_times(dates: pd.Series, tz: str | None) -> pd.Series:
    """Return time stamps as the clocks of a time zone show them; other dates as they are."""
    if _dtype_has_zone(dates):
        dates = dates.dt.tz_convert(needed_zone(tz, dates.name)).dt.tz_localize(None)
    if isinstance(dates.dtype, pd.ArrowDtype) and dates.dtype.kind == "M":
        return dates.astype("datetime64[us]")
    return dates


def _dtype_has_zone(dates: pd.Series) -> bool:
    if isinstance(dates.dtype, pd.ArrowDtype):
        return getattr(dates.dtype.pyarrow_dtype, "tz", None) is not None
    return isinstance(dates.dtype, pd.DatetimeTZDtype)


def may_have_zone(dates: pd.Series) -> bool:
    """Return whether a time zone can be meant by a column of dates.

    A column of objects without any value may be one of time stamps.

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
    """Return the time zone whose days are meant.

    Raises
    ------
    ParameterError
        If it is not given, or there is none of that name.
    """
    if tz is None:
        raise ParameterError([Fault("tz_needed", value=column)])
    if not is_zone(tz):
        raise ParameterError([Fault("no_zone", value=tz)])
    return tz


def _text_bounds(dates: pd.Series, margin_days: int) -> tuple[pd.Series, pd.Series]:
    codes, distinct = pd.factorize(dates)
    pairs, faults = [], []
    for value in distinct:
        try:
            pairs.append(parse_edtf(str(value), margin_days=margin_days))
        except EDTFError as error:
            faults.append(replace(error.faults[0], column=str(dates.name)))
    if faults:
        wrong = DataError(few(faults))
        if any(fault.kind == "not_edtf" for fault in faults):
            wrong.add_note(_SPELLINGS)
        raise wrong
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
    return spans([bounds(table[name], tz=tz) for name in names], names)


def spans(
    ends: Sequence[pd.DataFrame], names: Sequence[str], n: NDArray[np.int64] | None = None
) -> pd.DataFrame:
    """Join the days of one column, or of a start and an end, to intervals that can be counted.

    Parameters
    ----------
    ends
        As :func:`bounds` returns them, of the columns `names`.
    n
        How many rows of the table each stands for, for messages; by default one.

    Returns
    -------
    DataFrame
        Columns ``earliest`` and ``latest``.

    Raises
    ------
    DataError
        If a row has no date, or ends before it starts.
    """
    days = pd.DataFrame({"earliest": ends[0]["earliest"], "latest": ends[-1]["latest"]})
    _refuse_undated(days, names, np.ones(len(days), dtype=np.int64) if n is None else n)
    outside = (days["earliest"] < FIRST_DAY) | (days["latest"] > LAST_DAY)
    if outside.any():
        first, last = days[outside].iloc[0].to_numpy("datetime64[D]")
        day = first if first < FIRST_DAY else last
        raise DataError([Fault("impossible", column=" + ".join(names), value=day)])
    reversed_ = days["latest"] < days["earliest"]
    if reversed_.any():
        first, last = days[reversed_].iloc[0].dt.date
        raise DataError([Fault("reversed", column=" + ".join(names), value=f"{first}/{last}")])
    return days


def _refuse_undated(days: pd.DataFrame, names: Sequence[str], n: NDArray[np.int64]) -> None:
    """Refuse rows without a date, and say of each column how many they are."""
    faults = []
    ends = {names[0]: "earliest", names[-1]: "latest"}
    for name, end in ends.items():
        rows = int(n[days[end].isna().to_numpy()].sum())
        if rows:
            faults.append(Fault("undated", column=name, value=rows))
    if faults:
        raise DataError(faults)

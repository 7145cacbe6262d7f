"""Intervals: the dates of a whole table as days, whatever a column holds.

Time stamps, periods, `datetime.date` objects and EDTF text all become an earliest and a latest day,
each distinct value read once.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aistats.dates.calendar import is_zone
from aistats.dates.edtf import FIRST_DAY, LAST_DAY, MARGIN_DAYS, date_names, parse_edtf
from aistats.faults import EDTFError

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
        raise TypeError(f"column {dates.name!r} holds numbers, not dates. {_SPELLINGS}")
    else:
        earliest, latest = _text_bounds(dates, margin_days)
    days = {"earliest": earliest, "latest": latest}
    return pd.DataFrame(
        {name: day.dt.floor("D").astype("datetime64[s]") for name, day in days.items()}
    )


def local_times(dates: pd.Series, tz: str | None) -> pd.Series:
    """Return time stamps as the clocks of a time zone show them; other dates as they are."""
    zoned, arrow = isinstance(dates.dtype, pd.DatetimeTZDtype), False
    if isinstance(dates.dtype, pd.ArrowDtype):
        zoned = getattr(dates.dtype.pyarrow_dtype, "tz", None) is not None
        arrow = dates.dtype.kind == "M"
    if zoned:
        dates = dates.dt.tz_convert(needed_zone(tz, dates.name)).dt.tz_localize(None)
    return dates.astype("datetime64[us]") if arrow else dates


def needed_zone(tz: str | None, column: object) -> str:
    """Return the time zone whose days are meant.

    Raises
    ------
    ValueError
        If it is not given, or there is none of that name.
    """
    if tz is None:
        raise ValueError(f"column {column!r} carries a time zone: say tz=, e.g. tz='UTC'")
    if not is_zone(tz):
        raise ValueError(f"tz={tz!r} is no time zone; write it as in 'Asia/Shanghai' or 'UTC'")
    return tz


def _text_bounds(dates: pd.Series, margin_days: int) -> tuple[pd.Series, pd.Series]:
    codes, distinct = pd.factorize(dates)
    try:
        pairs = [parse_edtf(str(value), margin_days=margin_days) for value in distinct]
    except EDTFError as error:
        told = EDTFError(error.reason, str(error.faults[0].value), str(dates.name))
        if error.reason == "not_edtf":
            told.add_note(_SPELLINGS)
        raise told from None
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
    ValueError
        If a row has no date, or ends before it starts.
    """
    days = pd.DataFrame({"earliest": ends[0]["earliest"], "latest": ends[-1]["latest"]})
    undated = days.isna().any(axis=1).to_numpy()
    if undated.any():
        of = np.ones(len(days), dtype=np.int64) if n is None else n
        raise ValueError(
            f"{of[undated].sum()} of {of.sum()} rows have no date in {[*names]}: fill or drop them"
        )
    if (wrong := (days["earliest"] < FIRST_DAY) | (days["latest"] > LAST_DAY)).any():
        raise ValueError(f"a date in {[*names]} is not in the years 0001 to 9999")
    if (wrong := days["latest"] < days["earliest"]).any():
        first, last = days[wrong].iloc[0].dt.date
        raise ValueError(f"{first}/{last} ends before it starts ({[*names]})")
    return days


def date_columns(columns: Collection[str], date: str | tuple[str, str] | None) -> list[str]:
    """Return which columns say when: one, or a start and an end."""
    names = date_names(columns, date)
    if missing := [name for name in names if name not in columns]:
        hint = " (say date= if another column has the dates)" if date is None else ""
        raise ValueError(f"date={date!r}: no column {missing}{hint}; there are {list(columns)}")
    return names

"""Engines: dataframes other than pandas, grouped by their own library.

A Polars, DuckDB, PyArrow, Dask or Spark dataframe comes in; the distinct combinations of the needed
columns come out, with their numbers. Narwhals gives all libraries one set of names. The results
are plain Python values, so that no integer loses a digit and no missing value becomes a number;
pandas columns are made of them. Dates are not read here, only cut to days.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import narwhals as nw
import numpy as np
import pandas as pd
from narwhals.typing import IntoFrame, IntoFrameT

from aistats.counting import sql
from aistats.counting.levels import nullable_dtype
from aistats.counting.question import reject_unused_zone
from aistats.dates.columns import bounds, needed_zone
from aistats.faults import DataError, Fault
from aistats.session import texts

_MOST = 1 << 63
_SECONDS_PER_DAY = 86_400
_KEY = "aistats {} b7e1"  # the name of an added column, which no dataframe has

_DType = nw.dtypes.DType
_Frame = nw.DataFrame[Any] | nw.LazyFrame[Any]
_Row = tuple[Any, ...]
_Interval = tuple[pd.Timestamp, pd.Timestamp]


def narwhals_frame(frame: IntoFrame) -> _Frame:
    """Return a dataframe wrapped by Narwhals.

    Raises
    ------
    TypeError
        If it is no dataframe of a supported library.
    """
    with warnings.catch_warnings():
        # The package that Narwhals recommends for Dask is not released yet.
        warnings.filterwarnings("ignore", "Dask support is moving", FutureWarning)
        try:
            return nw.from_native(frame)
        except TypeError:
            kind = f"{type(frame).__module__}.{type(frame).__qualname__}"
            say = texts()
            message = say("counting.no_frame", kind=kind)
            raise TypeError(message) from None


# Counting ----------------------------------------------------------------------------------------


def group_on_engine(
    events: IntoFrame,
    dates: Sequence[str],
    by: Sequence[str],
    *,
    counts: str | None = None,
    tz: str | None = None,
) -> tuple[list[pd.Series], pd.Series]:
    """Return the distinct combinations of some columns, grouped by the dataframe's own library.

    Parameters
    ----------
    events
        The dataframe.
    dates
        The columns of dates.
    by, counts, tz
        As in :func:`aistats.count_events`.

    Returns
    -------
    columns : list of Series
        The distinct combinations, a column for each of `dates` and `by`.
    n : Series
        The number of events of each combination; or an invalid number that `counts` holds there.

    Raises
    ------
    ParameterError
        If time stamps have a zone and `tz` is not set, or none have one and `tz` is set.
    DataError
        If `counts` is no column of integers, or the library cannot group by these columns.

    Examples
    --------
    >>> import narwhals as nw
    >>> events = nw.from_dict({"region": ["US", "CN", "US"]}, backend="pandas")
    >>> (region,), n = group_on_engine(events, [], ["region"])
    >>> dict(zip(region, n, strict=True))
    {'US': 2, 'CN': 1}
    """
    dated = _dated_frame(events, dates, tz)
    keys = [_key(number) for number in range(len(dates) + len(by))]
    levels = dict(zip(keys[len(dates) :], by, strict=True))
    small = _with_needed_columns(dated, levels, counts)
    schema = dated.frame.collect_schema()
    dtypes = [schema[key] for key in dated.days]
    dtypes += [dated.dtype_of(name) for name in by]
    has_lists = any(dtype == nw.List for dtype in dtypes)
    if has_lists and small.implementation.is_pyarrow():  # PyArrow cannot group by lists
        table = _ungrouped_rows(small, keys, counts)
    else:
        table = _grouped_rows(small, keys, counts)
    *values, n = _columns(table, len(keys) + 1)
    columns = list(map(_series, values, dtypes, (*dates, *by)))
    return columns, pd.Series(n, name=counts)


def _key(number: int) -> str:
    """Return the name of an added column."""
    return _KEY.format(number)


def _with_needed_columns(
    dated: _DatedFrame,
    levels: Mapping[str, str],
    counts: str | None,
) -> _Frame:
    """Return the columns of days, the `levels` (old names by new name) and the numbers alone."""
    needed = []
    for key, name in levels.items():
        column = nw.col(dated.name_of[name])
        needed.append(column.alias(key))
    needed += map(nw.col, dated.days)
    if counts is not None:
        numbers = _numbers(dated, counts)
        needed.append(numbers.alias("n"))
    return dated.frame.select(*needed) if needed else dated.frame


def _numbers(dated: _DatedFrame, counts: str) -> nw.Expr:
    """Return the expression for the number of events of a row."""
    dtype = dated.dtype_of(counts)
    if not dtype.is_integer():
        raise DataError([Fault("counts_no_numbers", column=counts)])
    numbers = nw.col(dated.name_of[counts])
    if dtype == nw.Int64:
        return numbers
    return numbers.cast(nw.Int64)  # a sum of small integers may not fit into their type


def _ungrouped_rows(
    frame: _Frame,
    keys: Sequence[str],
    counts: str | None,
) -> list[_Row]:
    """Return each row with its number of events."""
    if counts is not None:
        return _rows(frame.select(*keys, "n"))
    single = nw.lit(1).alias("n")
    return _rows(frame.select(*keys, single))


def _grouped_rows(
    frame: _Frame,
    keys: Sequence[str],
    counts: str | None,
) -> list[_Row]:
    """Return each distinct combination with its number of events, or with an invalid number."""
    if counts is None:
        return _aggregated_rows(frame, keys, nw.len().alias("n"))
    n = nw.col("n")
    least = n.min().alias("least")
    known = n.count().alias("known")
    rows = nw.len().alias("rows")
    table = _aggregated_rows(frame, keys, n.sum(), least, known, rows)
    return [(*row[:-4], _total(*row[-4:])) for row in table]


def _aggregated_rows(
    frame: _Frame,
    keys: Sequence[str],
    *numbers: nw.Expr,
) -> list[_Row]:
    """Return each distinct combination with aggregated numbers."""
    try:
        if not keys:
            return _rows(frame.select(*numbers))
        grouped = frame.group_by(*keys, drop_null_keys=False)
        return _rows(grouped.agg(*numbers))
    except (TypeError, NotImplementedError) as error:  # of Dask, for lists
        raise DataError([Fault("engine_groups", value=error)]) from error


def _total(
    total: int | None,
    least: int | None,
    known: int,
    rows: int,
) -> int | None:
    """Return the number of events that some rows stand for, or an invalid number among them."""
    if known < rows:
        return None
    if least is not None and least < 0:
        return least
    return total or 0


# Days --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _DatedFrame:
    """A dataframe with the days of its columns of dates in added columns.

    Parameters
    ----------
    frame
        The dataframe, with the columns of days added.
    name_of
        The name of each original column in it.
    schema
        The types of the original columns, by their names in it.
    days
        The names of the added columns, one for each column of dates.
    """

    frame: _Frame
    name_of: dict[str, str]
    schema: nw.Schema
    days: list[str]

    def dtype_of(self, column: str) -> _DType:
        """Return the type of an original column."""
        name = self.name_of[column]
        return self.schema[name]


def _dated_frame(
    events: IntoFrame,
    dates: Sequence[str],
    tz: str | None,
) -> _DatedFrame:
    """Return a dataframe with the days of its columns of dates."""
    frame, name_of = _with_plain_names(narwhals_frame(events))
    schema = frame.collect_schema()
    names = [name_of[date] for date in dates]
    reject_unused_zone(tz, _have_zones(frame, names))
    days = []
    for number, date in enumerate(dates):
        column = _DateColumn(name_of[date], date, _key(number))
        frame = _with_days(frame, column, tz)
        days.append(column.key)
    return _DatedFrame(frame, name_of, schema, days)


def _with_plain_names(frame: _Frame) -> tuple[_Frame, dict[str, str]]:
    """Return a dataframe and the name of each column in it.

    In Spark, ``a.b`` is a part of ``a``, so there the columns get names without dots.
    """
    names = frame.collect_schema().names()
    plain = names
    if frame.implementation.is_spark_like():
        plain = [f"column {number}" for number in range(len(names))]
        renamed = frame.to_native().toDF(*plain)
        frame = narwhals_frame(renamed)
    name_of = dict(zip(names, plain, strict=True))
    return frame, name_of


def _have_zones(frame: _Frame, dates: Iterable[str]) -> Iterator[bool]:
    """Yield for each column of dates whether its time stamps have a zone."""
    if frame.implementation.is_duckdb():
        types = _duckdb_types(frame)
        yield from (types[name] in sql.UNITS_WITH_ZONE for name in dates)
    else:
        schema = frame.collect_schema()
        yield from (_may_have_zone(schema[name]) for name in dates)


def _may_have_zone(dtype: _DType) -> bool:
    if isinstance(dtype, nw.Datetime):
        return dtype.time_zone is not None
    return isinstance(dtype, nw.Object | nw.Unknown)  # only the values can tell


def _duckdb_types(frame: _Frame) -> dict[str, str]:
    """Return DuckDB's own types of the columns, which have more units than Narwhals knows."""
    relation = frame.to_native()
    types = map(str, relation.types)
    return dict(zip(relation.columns, types, strict=True))


@dataclass(frozen=True)
class _DateColumn:
    """A column of dates.

    Parameters
    ----------
    name
        Its name in the dataframe at hand.
    original
        Its name in the events, for messages.
    key
        The name of the column of days that is added for it.
    """

    name: str
    original: str
    key: str


def _with_days(
    frame: _Frame,
    date: _DateColumn,
    tz: str | None,
) -> _Frame:
    """Add a column with the days of time stamps, or with dates of other types as they are."""
    if frame.implementation.is_duckdb():
        return _with_days_of_duckdb(frame, date, tz)
    dtype = frame.collect_schema()[date.name]
    days = nw.col(date.name)
    if isinstance(dtype, nw.Datetime):
        if dtype.time_zone is not None:
            return _with_days_of_zone(frame, date, needed_zone(tz, date.original))
        days = days.cast(nw.Date)
    return frame.with_columns(days.alias(date.key))


def _with_days_of_zone(
    frame: _Frame,
    date: _DateColumn,
    zone: str,
) -> _Frame:
    """Add a column with the days of zoned time stamps in another zone."""
    if frame.implementation.is_spark_like():
        return _with_days_of_spark(frame, date, zone)
    stamps = nw.col(date.name).dt.convert_time_zone(zone)
    local = stamps.dt.replace_time_zone(None)
    days = local.cast(nw.Date)
    return frame.with_columns(days.alias(date.key))


def _with_days_of_spark(
    frame: _Frame,
    date: _DateColumn,
    zone: str,
) -> _Frame:
    """Add a column with days in a zone; Narwhals converts no zones that Spark has in its session.

    The days are worked out from seconds, because the clock of the session's zone shows some hours
    twice.
    """
    from pyspark.sql import functions as spark

    native = frame.to_native()
    local = spark.from_utc_timestamp(native[date.name], zone)
    seconds = spark.unix_seconds(local)
    number = spark.floor(seconds / _SECONDS_PER_DAY)
    days = spark.date_from_unix_date(number.cast("int"))
    return narwhals_frame(native.withColumn(date.key, days))


def _with_days_of_duckdb(
    frame: _Frame,
    date: _DateColumn,
    tz: str | None,
) -> _Frame:
    """Add a column with days, in DuckDB's SQL."""
    kind = _duckdb_types(frame)[date.name]
    day = sql.quoted_name(date.name)
    if kind in sql.UNITS_WITH_ZONE:
        zone = needed_zone(tz, date.original)
        day = sql.day_of(day, kind, zone)
    elif kind in sql.UNITS and kind != "DATE":
        day = sql.day_of(day, kind, None)
    key = sql.quoted_name(date.key)
    relation = frame.to_native().project(f"*, {day} AS {key}")
    return narwhals_frame(relation)


# Back to the events ------------------------------------------------------------------------------


def rows_behind(
    events: IntoFrameT,
    levels: Mapping[str, object],
    dates: Sequence[str] = (),
    window: _Interval | None = None,
    *,
    tz: str | None = None,
) -> IntoFrameT:
    """Return the rows that have some levels and may lie in a window, as a dataframe of the library.

    Parameters
    ----------
    events
        The dataframe.
    levels
        The level of each column, None for a missing one; a list must contain it.
    dates, window
        The columns of dates, and the first and last day that they may name.
    tz
        As in :func:`aistats.count_events`.

    Examples
    --------
    >>> import narwhals as nw
    >>> cells = {"date": ["2025-12", "2026"], "region": ["US", "US"]}
    >>> events = nw.from_dict(cells, backend="pandas")
    >>> december = pd.Timestamp("2025-12-01"), pd.Timestamp("2025-12-31")
    >>> len(rows_behind(events, {"region": "US"}, ["date"], december))
    1
    """
    dated = _dated_frame(events, dates, tz)
    conditions = []
    for column, level in levels.items():
        name = dated.name_of[column]
        conditions.append(_has_level(name, dated.dtype_of(column), level))
    if window is not None:
        conditions += _may_lie_in(window, dated, dates)
    rows = dated.frame
    if conditions:
        rows = rows.filter(*conditions)
    native = rows.select(*dated.name_of.values()).to_native()
    if rows.implementation.is_spark_like():
        native = native.toDF(*dated.name_of)
    return cast(IntoFrameT, native)


def _may_lie_in(
    window: _Interval,
    dated: _DatedFrame,
    dates: Sequence[str],
) -> list[nw.Expr]:
    """Return the conditions under which the dates of a row allow a day in a window."""
    first, last = window
    starts = _distinct_days(dated.frame, dated.days[0], dates[0])
    ends = starts
    if len(dates) > 1:
        ends = _distinct_days(dated.frame, dated.days[1], dates[1])
    begun = [date for date, (day, _) in starts.items() if day <= last]
    not_over = [date for date, (_, day) in ends.items() if day >= first]
    start = nw.col(dated.days[0])
    end = nw.col(dated.days[-1])
    return [start.is_in(begun), end.is_in(not_over)]


def _has_level(
    name: str,
    dtype: _DType,
    level: object,
) -> nw.Expr:
    """Return the condition that a cell has a level, None for a missing one."""
    cell = nw.col(name)
    if level is None:
        return _is_missing(cell, dtype)
    if dtype == nw.List:
        return cell.list.contains(cast(Any, level))
    return cell == level


def _is_missing(cell: nw.Expr, dtype: _DType) -> nw.Expr:
    """Return the condition that a cell has no value, or a list holds a missing one."""
    missing = cell.is_null()
    if dtype == nw.List:
        is_empty = cell.list.len() == 0
        holds_missing = cell.list.contains(cast(Any, None))
        return missing | is_empty | holds_missing
    if dtype.is_float():
        return missing | cell.is_nan()
    return missing


def _distinct_days(
    frame: _Frame,
    key: str,
    date: str,
) -> dict[Any, _Interval]:
    """Return the first and last day of each distinct date in an added column."""
    distinct = frame.select(key).unique()
    dates = [value for (value,) in _rows(distinct) if value is not None]
    dtype = frame.collect_schema()[key]
    days = bounds(_series(dates, dtype, date))
    intervals = days.itertuples(index=False, name=None)
    return dict(zip(dates, intervals, strict=True))


# Values ------------------------------------------------------------------------------------------


def _rows(frame: _Frame) -> list[_Row]:
    """Return the rows of a small dataframe as plain Python values."""
    if frame.implementation.is_duckdb():  # directly, without PyArrow
        rows: list[_Row] = frame.to_native().fetchall()
        return rows
    if isinstance(frame, nw.LazyFrame):
        frame = frame.collect()
    return frame.rows()


def _columns(rows: Sequence[_Row], width: int) -> list[_Row]:
    """Return the columns of rows; of no rows, empty ones."""
    if not rows:
        return [()] * width
    return list(zip(*rows, strict=True))


def _series(
    values: Sequence[Any],
    dtype: _DType,
    name: str,
) -> pd.Series:
    """Return levels or dates as a pandas column, of the type that pandas has for them."""
    cells: list[Any] = list(map(_na_to_none, values))
    if dtype == nw.Date:
        days = np.array(cells, dtype="datetime64[D]")
        return pd.Series(days.astype("datetime64[s]"), name=name)
    if isinstance(dtype, nw.Enum):
        categorical = pd.Categorical(cells, dtype.categories)
        return pd.Series(categorical, name=name)
    if dtype == nw.List:
        cells = list(map(_list_to_tuple, cells))
    pandas_dtype = _pandas_dtype(cells, dtype)
    return pd.Series(cells, dtype=pandas_dtype, name=name)


def _na_to_none(value: object) -> object:
    return None if value is pd.NA else value


def _list_to_tuple(cell: Iterable[Any] | None) -> _Row | None:
    if cell is None:
        return None
    return tuple(cell)


def _pandas_dtype(values: Sequence[Any], dtype: _DType) -> str | type | None:
    """Return the pandas type for values of a type of Narwhals; None if pandas infers the best."""
    if dtype in (nw.String, nw.Categorical):
        return "str"
    if dtype.is_float():
        return "float64"
    missing = None in values
    if dtype == nw.Boolean:
        return nullable_dtype("bool") if missing else "bool"
    if not missing:
        return None
    if dtype.is_integer() and all(map(_fits_64_bits, values)):
        return nullable_dtype("int64")
    return object


def _fits_64_bits(value: int | None) -> bool:
    return value is None or -_MOST <= value < _MOST

"""Engines: frames that are not pandas, grouped where they are.

Whoever has a Polars, DuckDB, PyArrow, Dask or Spark frame has its engine; here each is addressed by
the one set of names that Narwhals gives them. The engine groups the columns that are needed and
nothing else. What comes back are the distinct combinations with their numbers, as Python's own
values, so that no integer loses a digit and no missing value becomes a number on its way.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, cast

import narwhals as nw
import numpy as np
import pandas as pd
from narwhals.typing import IntoFrame, IntoFrameT

from aistats.dates.columns import bounds, needed_zone

_MOST = 1 << 63
_SECONDS = 86_400  # of a day
_KEY = "aistats {} b7e1"  # a column that is added; no frame has one of that name

_Frame = nw.DataFrame[Any] | nw.LazyFrame[Any]


def opened(frame: IntoFrame) -> _Frame:
    """Return a frame under Narwhals' names.

    Raises
    ------
    TypeError
        If it is no frame that is known.
    """
    with warnings.catch_warnings():
        # Of a package that cannot be had yet.
        warnings.filterwarnings("ignore", "Dask support is moving", FutureWarning)
        try:
            return nw.from_native(frame)
        except TypeError:
            kind = f"{type(frame).__module__}.{type(frame).__qualname__}"
            raise TypeError(
                f"events: {kind} is no frame that can be counted; hand in one of pandas, Polars, "
                "DuckDB, PyArrow (a Table), Dask or PySpark, and files to count_files"
            ) from None


def reduced(
    events: IntoFrame,
    dates: Sequence[str],
    by: Sequence[str],
    *,
    counts: str | None = None,
    tz: str | None = None,
) -> tuple[list[pd.Series], pd.Series]:
    """Group a frame on its own engine.

    Parameters
    ----------
    events, dates, by, counts, tz
        As in :func:`aistats.counting.frames.cube_of`.

    Returns
    -------
    columns : list of Series
        The distinct combinations, a column for each of `dates` and `by`.
    n : Series
        How many events each stands for, or what is no number where `counts` holds such.

    Raises
    ------
    ValueError
        If `counts` is no column of integers, or time stamps carry a zone and `tz` is not given.

    Examples
    --------
    >>> import narwhals as nw
    >>> events = nw.from_dict({"region": ["US", "CN", "US"]}, backend="pandas")
    >>> (region,), n = reduced(events, [], ["region"])
    >>> dict(zip(region, n, strict=True))
    {'US': 2, 'CN': 1}
    """
    frame, called = _plainly_named(opened(events))
    schema, names = frame.collect_schema(), [called[name] for name in (*dates, *by)]
    keys = [_KEY.format(at) for at in range(len(names))]
    for date, key in zip(dates, keys, strict=False):
        frame = _with_days(frame, called[date], key, tz, date)
    when, levels = keys[: len(dates)], names[len(dates) :]
    picked = [nw.col(name).alias(key) for name, key in zip(levels, keys[len(dates) :], strict=True)]
    picked += map(nw.col, when)
    if counts is not None:
        kind, n = schema[called[counts]], nw.col(called[counts])
        if not kind.is_integer():
            raise ValueError(f"counts={counts!r}: a column of {kind}, not of integers")
        # A sum of small integers may not fit into their type.
        picked.append((n if kind == nw.Int64 else n.cast(nw.Int64)).alias("n"))
    small = frame.select(*picked) if picked else frame
    kinds = [schema[name] for name in names]
    kinds[: len(dates)] = [frame.collect_schema()[key] for key in when]
    has_lists = any(kind == nw.List for kind in kinds)
    if has_lists and frame.implementation.is_pyarrow():  # which cannot group by them
        table = _rows(small.select(*keys, nw.lit(1).alias("n") if counts is None else "n"))
    else:
        table = _grouped(small, keys, counts)
    *columns, numbers = zip(*table, strict=True) if table else [()] * (len(keys) + 1)
    return [*map(_series, columns, kinds, (*dates, *by))], pd.Series(numbers, name=counts)


def rows_behind(
    events: IntoFrameT,
    levels: Mapping[str, object],
    dates: Sequence[str] = (),
    window: tuple[pd.Timestamp, pd.Timestamp] | None = None,
    *,
    tz: str | None = None,
) -> IntoFrameT:
    """Return the rows of a frame that have some levels and may lie in a window, on its own engine.

    Parameters
    ----------
    events
        The frame.
    levels
        By column; None is a missing one. Of a list it must be one.
    dates, window
        Columns that say when, and the first and last day that they may name.
    tz
        As in :func:`aistats.counting.frames.cube_of`.

    Examples
    --------
    >>> import narwhals as nw
    >>> cells = {"date": ["2025-12", "2026"], "region": ["US", "US"]}
    >>> events = nw.from_dict(cells, backend="pandas")
    >>> december = pd.Timestamp("2025-12-01"), pd.Timestamp("2025-12-31")
    >>> len(rows_behind(events, {"region": "US"}, ["date"], december))
    1
    """
    frame, called = _plainly_named(opened(events))
    schema, keys = frame.collect_schema(), [_KEY.format(at) for at in range(len(dates))]
    for date, key in zip(dates, keys, strict=True):
        frame = _with_days(frame, called[date], key, tz, date)
    conditions = [
        _has_level(called[name], schema[called[name]], level) for name, level in levels.items()
    ]
    if window is not None:
        first, last = window
        starts = _distinct_days(frame, keys[0], dates[0])
        ends = starts if len(keys) == 1 else _distinct_days(frame, keys[1], dates[1])
        conditions += [
            nw.col(keys[0]).is_in([date for date, (day, _) in starts.items() if day <= last]),
            nw.col(keys[-1]).is_in([date for date, (_, day) in ends.items() if day >= first]),
        ]
    found = frame.filter(*conditions) if conditions else frame
    native = found.select(*called.values()).to_native()
    spark = frame.implementation.is_spark_like()
    return cast(IntoFrameT, native.toDF(*called) if spark else native)


def _plainly_named(frame: _Frame) -> tuple[_Frame, dict[str, str]]:
    """Return a frame and what its columns are called in it: in Spark ``a.b`` is a part of ``a``."""
    names = frame.collect_schema().names()
    if not frame.implementation.is_spark_like():
        return frame, {name: name for name in names}
    called = {name: f"column {at}" for at, name in enumerate(names)}
    return opened(frame.to_native().toDF(*called.values())), called


def _has_level(name: str, dtype: nw.dtypes.DType, level: object) -> nw.Expr:
    cell = nw.col(name)
    if level is None:
        missing = cell.is_null()
        if dtype == nw.List:
            return missing | (cell.list.len() == 0) | cell.list.contains(cast(Any, None))
        return missing | cell.is_nan() if dtype.is_float() else missing
    if dtype == nw.List:
        return cell.list.contains(cast(Any, level))
    return cell == level


def _distinct_days(
    frame: _Frame, key: str, shown: str
) -> dict[Any, tuple[pd.Timestamp, pd.Timestamp]]:
    """Return the first and last day of each distinct date."""
    dates = [date for (date,) in _rows(frame.select(key).unique()) if date is not None]
    days = bounds(_series(dates, frame.collect_schema()[key], shown))
    return dict(zip(dates, days.itertuples(index=False, name=None), strict=True))


def _grouped(frame: _Frame, keys: list[str], counts: str | None) -> list[tuple[Any, ...]]:
    """Return the distinct combinations, each with its number, or with what is no number."""
    n = nw.col("n")
    numbers = [nw.len().alias("n")]
    if counts is not None:
        numbers = [
            n.sum(),
            n.min().alias("least"),
            n.count().alias("known"),
            nw.len().alias("rows"),
        ]
    of_group = frame.group_by(*keys, drop_null_keys=False).agg if keys else frame.select
    try:
        table = _rows(of_group(*numbers))
    except (TypeError, NotImplementedError) as error:  # Dask's, of lists
        raise ValueError(f"the engine cannot group by these columns: {error}") from error
    if counts is None:
        return table
    return [
        (*row, None if known < rows else least if rows and least < 0 else total or 0)
        for *row, total, least, known, rows in table
    ]


def _rows(frame: _Frame) -> list[tuple[Any, ...]]:
    """Return the rows of a small frame as Python's own values."""
    if frame.implementation.is_duckdb():  # which gives them without PyArrow
        rows: list[tuple[Any, ...]] = frame.to_native().fetchall()
        return rows
    return (frame.collect() if isinstance(frame, nw.LazyFrame) else frame).rows()


def _series(values: Sequence[Any], dtype: nw.dtypes.DType, name: str) -> pd.Series:
    """Return levels or dates as a column of pandas, with the type that it has for them."""
    known = [None if it is pd.NA else it for it in values]
    if dtype == nw.Date:
        days = np.array(known, dtype="datetime64[D]")
        return pd.Series(days.astype("datetime64[s]"), name=name)
    if dtype == nw.List:
        known = [None if it is None else tuple(it) for it in known]
    if isinstance(dtype, nw.Enum):
        return pd.Series(pd.Categorical(known, dtype.categories), name=name)
    if dtype in (nw.String, nw.Categorical):
        return pd.Series(known, dtype="str", name=name)
    if dtype.is_float():
        return pd.Series(known, dtype="float64", name=name)
    if dtype == nw.Boolean:
        return pd.Series(known, dtype="boolean" if None in known else "bool", name=name)
    if dtype.is_integer() and None in known and all(-_MOST <= (it or 0) < _MOST for it in known):
        return pd.Series(known, dtype="Int64", name=name)
    return pd.Series(known, name=name, dtype=None if None not in known else object)


def _with_days(frame: _Frame, date: str, key: str, tz: str | None, shown: str) -> _Frame:
    """Add a column with the days of time stamps; of other dates, with the dates as they are.

    Narwhals converts no zones where an engine keeps them in its session, not in the column.
    """
    if frame.implementation.is_duckdb():
        return _with_days_of_duckdb(frame, date, key, tz, shown)
    dtype = frame.collect_schema()[date]
    if not isinstance(dtype, nw.Datetime):
        return frame.with_columns(nw.col(date).alias(key))
    if dtype.time_zone is None:
        return frame.with_columns(nw.col(date).cast(nw.Date).alias(key))
    zone = needed_zone(tz, shown)
    if frame.implementation.is_spark_like():
        from pyspark.sql import functions as spark

        # By way of seconds: wall clocks of the session's zone have hours that come twice.
        stamp = frame.to_native()[date]
        seconds = spark.unix_seconds(spark.from_utc_timestamp(stamp, zone))
        number = spark.floor(seconds / _SECONDS).cast("int")
        return opened(frame.to_native().withColumn(key, spark.date_from_unix_date(number)))
    local = nw.col(date).dt.convert_time_zone(zone).dt.replace_time_zone(None)
    return frame.with_columns(local.cast(nw.Date).alias(key))


def _with_days_of_duckdb(frame: _Frame, date: str, key: str, tz: str | None, shown: str) -> _Frame:
    """Add a column with days; nanoseconds would be rounded on the way, perhaps up to midnight."""
    relation = frame.to_native()
    kind = str(dict(zip(relation.columns, relation.types, strict=True))[date])
    stamp = '"' + date.replace('"', '""') + '"'
    if kind == "TIMESTAMP_NS":
        stamp = f"make_timestamp(epoch_us({stamp}))"
    if kind == "TIMESTAMPTZ_NS":
        stamp = f"date_trunc('second', {stamp})"
    if kind in ("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ_NS"):
        stamp = f"timezone('{needed_zone(tz, shown)}', {stamp})"
    day = f"CAST({stamp} AS DATE)" if kind.startswith("TIMESTAMP") else stamp
    return opened(relation.project(f'*, {day} AS "{key}"'))

"""Engines: frames that are not pandas, grouped where they are.

Whoever has a Polars, DuckDB, PyArrow, Dask or Spark frame has its engine; here each is addressed by
the one set of names that Narwhals gives them. The engine groups the columns that are needed and
nothing else. What comes back are the distinct combinations with their numbers, as Python's own
values, so that no integer loses a digit and no missing value becomes a number on its way.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
from narwhals.typing import IntoFrame

from aistats.dates import needed_zone

_MOST = 1 << 63
_SECONDS = 86_400  # of a day

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
        return nw.from_native(frame)


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
        As in :func:`aistats.cubes.cube_of`.

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
    frame = _in_local_time(opened(events), dates, tz)
    schema, names = frame.collect_schema(), [*dates, *by]
    keys = [f"key{at}" for at in range(len(names))]
    cells = [nw.col(name) for name in names]
    for at, name in enumerate(dates):
        if schema[name] == nw.Datetime:
            cells[at] = cells[at].cast(nw.Date)
    picked = [cell.alias(key) for cell, key in zip(cells, keys, strict=True)]
    if counts is not None:
        if not schema[counts].is_integer():
            raise ValueError(f"counts={counts!r}: a column of {schema[counts]}, not of integers")
        picked.append(nw.col(counts).cast(nw.Int64).alias("n"))
    has_lists = any(schema[name] == nw.List for name in by)
    if has_lists and frame.implementation.is_pyarrow():  # which cannot group by them
        table = _rows(frame.select(*picked))
        table = table if counts else [(*row, 1) for row in table]
    else:
        table = _grouped(frame.select(*picked) if picked else frame, keys, counts)
    *columns, n = zip(*table, strict=True) if table else [()] * (len(keys) + 1)
    levels = zip(columns, names, strict=True)
    return [_series(it, schema[name], name) for it, name in levels], pd.Series(n, name=counts)


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
        (*row, None if known < rows else min(least or 0, 0) or total or 0)
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
    if dtype == nw.Boolean and None in known:
        return pd.Series(known, dtype="boolean", name=name)
    if dtype.is_integer() and None in known and all(-_MOST <= (it or 0) < _MOST for it in known):
        return pd.Series(known, dtype="Int64", name=name)
    return pd.Series(known, name=name, dtype=None if None not in known else object)


def _in_local_time(frame: _Frame, dates: Sequence[str], tz: str | None) -> _Frame:
    """Return a frame whose dates carry no time zone.

    Narwhals converts no zones where an engine keeps them in its session, not in the column.
    """
    schema = frame.collect_schema()
    for name in [it for it in dates if getattr(schema[it], "time_zone", None)]:
        zone = needed_zone(tz, name)
        if frame.implementation.is_duckdb():
            quoted = '"' + name.replace('"', '""') + '"'
            replaced = f"* REPLACE (timezone('{zone}', {quoted}) AS {quoted})"
            frame = nw.from_native(frame.to_native().project(replaced))
        elif frame.implementation.is_spark_like():
            from pyspark.sql import functions as spark

            # By way of seconds: wall clocks of the session's zone have hours that come twice.
            stamp = spark.col("`" + name.replace("`", "``") + "`")
            seconds = spark.unix_seconds(spark.from_utc_timestamp(stamp, zone))
            day = spark.date_from_unix_date(spark.floor(seconds / _SECONDS).cast("int"))
            frame = nw.from_native(frame.to_native().withColumn(name, day))
        else:
            local = nw.col(name).dt.convert_time_zone(zone).dt.replace_time_zone(None)
            frame = frame.with_columns(local)
    return frame

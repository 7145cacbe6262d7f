"""Engines: frames that are not pandas, grouped where they are.

A Polars, DuckDB, PyArrow, Dask or Spark frame has an engine of its own; here each is addressed by
the one set of names that Narwhals gives them. The engine groups the columns that are needed and
nothing else. What comes back are the distinct combinations with their numbers, as Python's own
values, so that no integer loses a digit and no missing value becomes a number on its way.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import narwhals as nw
import numpy as np
import pandas as pd
from narwhals.typing import IntoFrame, IntoFrameT

from aistats.counting import sql
from aistats.counting.question import refuse_unused_zone
from aistats.dates.columns import bounds, needed_zone
from aistats.faults import DataError, Fault

_MOST = 1 << 63
_SECONDS = 86_400  # of a day
_KEY = "aistats {} b7e1"  # a column that is added; no frame has one of that name

_Frame = nw.DataFrame[Any] | nw.LazyFrame[Any]


def narwhals_frame(frame: IntoFrame) -> _Frame:
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


def group_on_engine(
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
    events
        The frame.
    dates
        The columns that say when.
    by, counts, tz
        As in :func:`aistats.count_events`.

    Returns
    -------
    columns : list of Series
        The distinct combinations, a column for each of `dates` and `by`.
    n : Series
        How many events each stands for, or what is no number where `counts` holds such.

    Raises
    ------
    ParameterError
        If time stamps carry a zone and `tz` is not given, or none do and it is.
    DataError
        If `counts` is no column of integers, or the engine cannot group by these columns.

    Examples
    --------
    >>> import narwhals as nw
    >>> events = nw.from_dict({"region": ["US", "CN", "US"]}, backend="pandas")
    >>> (region,), n = group_on_engine(events, [], ["region"])
    >>> dict(zip(region, n, strict=True))
    {'US': 2, 'CN': 1}
    """
    dated = _dated_frame(events, dates, tz)
    levels = {_KEY.format(len(dates) + number): name for number, name in enumerate(by)}
    small = _with_needed_columns(dated, levels, counts)
    keys = [*dated.days, *levels]
    kinds = [dated.frame.collect_schema()[key] for key in dated.days]
    kinds += [dated.type_of(name) for name in by]
    has_lists = any(kind == nw.List for kind in kinds)
    if has_lists and small.implementation.is_pyarrow():  # which cannot group by them
        table = _rows(small.select(*keys, nw.lit(1).alias("n") if counts is None else "n"))
    else:
        table = _grouped_rows(small, keys, counts)
    *columns, numbers = zip(*table, strict=True) if table else [()] * (len(keys) + 1)
    return [*map(_series, columns, kinds, (*dates, *by))], pd.Series(numbers, name=counts)


def _with_needed_columns(
    dated: _DatedFrame, levels: Mapping[str, str], counts: str | None
) -> _Frame:
    """Return the days, the `levels` (each by what it is to be called) and the numbers alone."""
    needed = [nw.col(dated.called[name]).alias(key) for key, name in levels.items()]
    needed += [nw.col(key) for key in dated.days]
    if counts is not None:
        numbers = _numbers(dated.called[counts], dated.type_of(counts), counts)
        needed.append(numbers.alias("n"))
    return dated.frame.select(*needed) if needed else dated.frame


def _numbers(name: str, kind: nw.dtypes.DType, shown: str) -> nw.Expr:
    """Return the expression of how many events a row stands for."""
    if not kind.is_integer():
        raise DataError([Fault("counts_no_numbers", column=shown)])
    # A sum of small integers may not fit into their type.
    return nw.col(name) if kind == nw.Int64 else nw.col(name).cast(nw.Int64)


@dataclass(frozen=True)
class _DatedFrame:
    """A frame with the days of its columns of dates beside what it has.

    Parameters
    ----------
    frame
        The frame, with the columns of days added.
    called
        What each column of the given frame is called in this one.
    schema
        The types of the given columns, by what they are called.
    days
        The columns that were added, one for each column of dates.
    """

    frame: _Frame
    called: dict[str, str]
    schema: nw.Schema
    days: list[str]

    def type_of(self, name: str) -> nw.dtypes.DType:
        """Return the type of a column that was given."""
        return self.schema[self.called[name]]


def _dated_frame(events: IntoFrame, dates: Sequence[str], tz: str | None) -> _DatedFrame:
    """Return a frame with the days of some columns of dates."""
    frame, called = _plainly_named(narwhals_frame(events))
    schema = frame.collect_schema()
    refuse_unused_zone(tz, _have_zones(frame, [called[name] for name in dates]))
    days = [_KEY.format(number) for number in range(len(dates))]
    for date, key in zip(dates, days, strict=True):
        frame = _with_days(frame, called[date], key, tz, date)
    return _DatedFrame(frame, called, schema, days)


def _have_zones(frame: _Frame, dates: Sequence[str]) -> Iterator[bool]:
    """Yield of each column of dates whether its time stamps have a zone."""
    if frame.implementation.is_duckdb():
        relation = frame.to_native()
        kinds = dict(zip(relation.columns, map(str, relation.types), strict=True))
        yield from (kinds[name] in sql.UNITS_WITH_ZONE for name in dates)
    else:
        schema = frame.collect_schema()
        yield from (_may_have_zone(schema[name]) for name in dates)


def _may_have_zone(kind: nw.dtypes.DType) -> bool:
    if isinstance(kind, nw.Datetime):
        return kind.time_zone is not None
    return isinstance(kind, nw.Object | nw.Unknown)  # of which the values tell, if at all


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
    conditions = [
        _has_level(dated.called[name], dated.type_of(name), level) for name, level in levels.items()
    ]
    if window is not None:
        conditions += _may_lie_in(window, dated, dates)
    rows = dated.frame.filter(*conditions) if conditions else dated.frame
    native = rows.select(*dated.called.values()).to_native()
    spark = rows.implementation.is_spark_like()
    return cast(IntoFrameT, native.toDF(*dated.called) if spark else native)


def _may_lie_in(
    window: tuple[pd.Timestamp, pd.Timestamp], dated: _DatedFrame, dates: Sequence[str]
) -> list[nw.Expr]:
    """Return the conditions that the dates of a row allow a day in a window."""
    first, last = window
    starts = ends = _distinct_days(dated.frame, dated.days[0], dates[0])
    if len(dates) > 1:
        ends = _distinct_days(dated.frame, dated.days[1], dates[1])
    begun = [date for date, (day, _) in starts.items() if day <= last]
    not_over = [date for date, (_, day) in ends.items() if day >= first]
    return [nw.col(dated.days[0]).is_in(begun), nw.col(dated.days[-1]).is_in(not_over)]


def _plainly_named(frame: _Frame) -> tuple[_Frame, dict[str, str]]:
    """Return a frame and what its columns are called in it: in Spark ``a.b`` is a part of ``a``."""
    names = frame.collect_schema().names()
    if not frame.implementation.is_spark_like():
        return frame, {name: name for name in names}
    called = {name: f"column {number}" for number, name in enumerate(names)}
    return narwhals_frame(frame.to_native().toDF(*called.values())), called


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


def _grouped_rows(frame: _Frame, keys: list[str], counts: str | None) -> list[tuple[Any, ...]]:
    """Return the distinct combinations, each with its number, or with what is no number."""
    n = nw.col("n")
    numbers = [nw.len().alias("n")]
    if counts is not None:
        least, known = n.min().alias("least"), n.count().alias("known")
        numbers = [n.sum(), least, known, nw.len().alias("rows")]
    of_group = frame.group_by(*keys, drop_null_keys=False).agg if keys else frame.select
    try:
        table = _rows(of_group(*numbers))
    except (TypeError, NotImplementedError) as error:  # Dask's, of lists
        raise DataError([Fault("engine_groups", value=error)]) from error
    if counts is None:
        return table
    return [(*row[:-4], _total(*row[-4:])) for row in table]


def _total(total: int | None, least: int | None, known: int, rows: int) -> int | None:
    """Return how many events some rows stand for in all, or what in them is no number."""
    if known < rows:
        return None
    if least is not None and least < 0:
        return least
    return total or 0


def _rows(frame: _Frame) -> list[tuple[Any, ...]]:
    """Return the rows of a small frame as Python's own values."""
    if frame.implementation.is_duckdb():  # which gives them without PyArrow
        rows: list[tuple[Any, ...]] = frame.to_native().fetchall()
        return rows
    return (frame.collect() if isinstance(frame, nw.LazyFrame) else frame).rows()


def _series(values: Sequence[Any], dtype: nw.dtypes.DType, name: str) -> pd.Series:
    """Return levels or dates as a column of pandas, with the type that it has for them."""
    known = [None if value is pd.NA else value for value in values]
    if dtype == nw.Date:
        days = np.array(known, dtype="datetime64[D]")
        return pd.Series(days.astype("datetime64[s]"), name=name)
    if dtype == nw.List:
        known = [None if cell is None else tuple(cell) for cell in known]
    if isinstance(dtype, nw.Enum):
        return pd.Series(pd.Categorical(known, dtype.categories), name=name)
    if dtype in (nw.String, nw.Categorical):
        return pd.Series(known, dtype="str", name=name)
    if dtype.is_float():
        return pd.Series(known, dtype="float64", name=name)
    if dtype == nw.Boolean:
        return pd.Series(known, dtype="boolean" if None in known else "bool", name=name)
    if (
        dtype.is_integer()
        and None in known
        and all(-_MOST <= (value or 0) < _MOST for value in known)
    ):
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
        return narwhals_frame(frame.to_native().withColumn(key, spark.date_from_unix_date(number)))
    local = nw.col(date).dt.convert_time_zone(zone).dt.replace_time_zone(None)
    return frame.with_columns(local.cast(nw.Date).alias(key))


def _with_days_of_duckdb(frame: _Frame, date: str, key: str, tz: str | None, shown: str) -> _Frame:
    relation = frame.to_native()
    kind = str(dict(zip(relation.columns, relation.types, strict=True))[date])
    day = sql.quoted_name(date)
    if kind in sql.UNITS and kind != "DATE":
        zone = needed_zone(tz, shown) if kind in sql.UNITS_WITH_ZONE else None
        day = sql.day_of(day, kind, zone)
    return narwhals_frame(relation.project(f"*, {day} AS {sql.quoted_name(key)}"))

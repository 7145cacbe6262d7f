"""The same rows as the frame of every engine, for the tests that hold the engines together."""

import contextlib
import csv
import functools
import importlib.util
import math
import os
import tempfile
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest

import aistats as ai


class Column(NamedTuple):
    """A column in plain Python: what its cells are, and the cells, None where one is missing."""

    kind: str
    cells: list


def missing(what):
    """Skip the test on a desk, fail it in CI, where a skipped test would go unseen."""
    end = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
    end(f"{what} is missing: see `make engines`")


# Pandas, in all the ways in which it may hold a column --------------------------------------------

PLAIN = {
    "text": ("str", "str"),
    "category": ("category", "category"),
    "int": ("int64", "Int64"),
    "uint": ("uint64", "UInt64"),
    "bool": ("bool", "boolean"),
    "float": ("float64", "float64"),
    "time": ("datetime64[us]", "datetime64[us]"),
    "aware": ("datetime64[us, UTC]", "datetime64[us, UTC]"),
}
"""The dtype that fits a kind of column, without and with missing values; else `object`."""


def plain(table):
    def series(column):
        dtype = PLAIN.get(column.kind, ("object", "object"))[None in column.cells]
        return pd.Series(column.cells, dtype=dtype)

    return pd.DataFrame({name: series(column) for name, column in table.items()})


def objects(table):
    return pd.DataFrame({name: pd.Series(it.cells, dtype=object) for name, it in table.items()})


def all_that_is_missing(table):
    """Write what is missing in turn in each of the ways that pandas has for it."""
    ways = [None, math.nan, pd.NA, pd.NaT]
    return objects(
        {
            name: it._replace(
                cells=[ways[i % 4] if v is None else v for i, v in enumerate(it.cells)]
            )
            for name, it in table.items()
        }
    )


def categories(table):
    lists = {"texts", "ints"}
    frame = plain(table)
    return frame.astype({name: "category" for name, it in table.items() if it.kind not in lists})


def nullable(table):
    """Hold text and numbers in the dtypes that have a value for what is missing."""
    dtypes = {"text": "string", "int": "Int64", "uint": "UInt64", "bool": "boolean"}
    dtypes["float"] = "Float64"
    kept = {name: dtypes[it.kind] for name, it in table.items() if it.kind in dtypes}
    return plain(table).astype(kept)


def stamps(unit, table):
    """Hold time in another unit, where that reaches as far."""
    frame = plain(table)
    for name, column in table.items():
        with contextlib.suppress(pd.errors.OutOfBoundsDatetime):
            if column.kind == "time":
                frame[name] = frame[name].astype(f"datetime64[{unit}]")
    return frame


def arrow_backed(table):
    return arrow(table).to_pandas(types_mapper=pd.ArrowDtype)


def shuffled_index(table):
    frame = plain(table)
    return frame.set_axis([7] * len(frame))


PANDAS = {
    "pandas": plain,
    "pandas-object": objects,
    "pandas-missing": all_that_is_missing,
    "pandas-category": categories,
    "pandas-nullable": nullable,
    "pandas-ns": functools.partial(stamps, "ns"),
    "pandas-s": functools.partial(stamps, "s"),
    "pandas-pyarrow": arrow_backed,
    "pandas-index": shuffled_index,
}


# The engines -------------------------------------------------------------------------------------


def arrow(table):
    import pyarrow as pa

    types = {
        "text": pa.string(),
        "category": pa.dictionary(pa.int32(), pa.string()),
        "int": pa.int64(),
        "uint": pa.uint64(),
        "bool": pa.bool_(),
        "float": pa.float64(),
        "day": pa.date32(),
        "time": pa.timestamp("us"),
        "aware": pa.timestamp("us", "UTC"),
        "texts": pa.list_(pa.string()),
        "ints": pa.list_(pa.int64()),
        "null": pa.null(),
    }
    columns = {name: pa.array(it.cells, types[it.kind]) for name, it in table.items()}
    return pa.table(columns)


def polars(table):
    import polars as pl

    types = {
        "text": pl.String,
        "category": pl.Categorical,
        "int": pl.Int64,
        "uint": pl.UInt64,
        "bool": pl.Boolean,
        "float": pl.Float64,
        "day": pl.Date,
        "time": pl.Datetime("us"),
        "aware": pl.Datetime("us", "UTC"),
        "texts": pl.List(pl.String),
        "ints": pl.List(pl.Int64),
        "null": pl.Null,
    }
    return pl.DataFrame(
        {name: pl.Series(name, it.cells, types[it.kind]) for name, it in table.items()}
    )


def polars_lazy(table):
    return polars(table).lazy()


def duckdb(table):
    import duckdb as engine

    return engine.connect().from_arrow(arrow(table))


def dask(table):
    """Cut the rows into partitions of some three, as pandas holds them by way of Arrow."""
    import dask.dataframe as dd

    frame = arrow_backed(table)
    kinds = [name for name, it in table.items() if it.kind == "category"]
    frame[kinds] = plain(table)[kinds]  # Dask itself cannot join Arrow's dictionaries
    return dd.from_pandas(frame, npartitions=min(max(1, len(frame) // 3), 4), sort=False)


def dask_plain(table):
    """Leave to pandas how it holds the columns, but for lists, which Dask would make text."""
    import dask.dataframe as dd

    frame, backed = plain(table), arrow_backed(table)
    lists = [name for name, it in table.items() if it.kind in {"texts", "ints"}]
    frame = frame.assign(**{name: backed[name] for name in lists})
    return dd.from_pandas(frame, npartitions=min(max(1, len(frame) // 4), 2), sort=False)


@functools.cache
def spark_session():
    from pyspark.sql import SparkSession

    return (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.session.timeZone", "America/New_York")  # which must not matter
        .getOrCreate()
    )


def spark(table):
    """Say the types outright: of Arrow's, Spark has no dictionary, and reads no zone."""
    from pyspark.sql import types as ty

    types = {
        "text": ty.StringType(),
        "category": ty.StringType(),
        "int": ty.LongType(),
        "bool": ty.BooleanType(),
        "float": ty.DoubleType(),
        "day": ty.DateType(),
        "time": ty.TimestampNTZType(),
        "aware": ty.TimestampType(),
        "texts": ty.ArrayType(ty.StringType()),
        "ints": ty.ArrayType(ty.LongType()),
        "null": ty.NullType(),
    }
    schema = ty.StructType([ty.StructField(name, types[it.kind]) for name, it in table.items()])
    rows = list(zip(*(it.cells for it in table.values()), strict=True))
    return spark_session().createDataFrame(rows, schema)


OTHERS = {
    "polars": ("polars", polars),
    "polars-lazy": ("polars", polars_lazy),
    "duckdb": ("pyarrow", duckdb),
    "pyarrow": ("pyarrow", arrow),
    "dask": ("dask", dask),
    "dask-plain": ("dask", dask_plain),
    "pyspark": ("pyspark", spark),
}


# Files -------------------------------------------------------------------------------------------


def parquet(table, path):
    from pyarrow.parquet import write_table

    write_table(arrow(table), path, row_group_size=5)


def csv_file(table, path):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(table)
        writer.writerows(zip(*(it.cells for it in table.values()), strict=True))


FILES = {"csv": ("duckdb", csv_file), "parquet": ("pyarrow", parquet)}


# One way to ask all of them ----------------------------------------------------------------------

NEEDS = {"pandas-pyarrow": "pyarrow"} | {name: it for name, (it, _) in (OTHERS | FILES).items()}
FRAMES = PANDAS | {name: make for name, (_, make) in OTHERS.items()}


def over(engines):
    """Run a test with each of these engines; the mark says which have to be installed first."""
    cases = [
        pytest.param(name, marks=[pytest.mark.engines] if name in NEEDS else []) for name in engines
    ]
    return pytest.mark.parametrize("engine", cases)


def needed(engine):
    """End the test where an engine is not installed."""
    if (package := NEEDS.get(engine)) and importlib.util.find_spec(package) is None:
        missing(package)


def frame_of(engine):
    """Return what makes rows the frame of an engine."""
    needed(engine)
    return FRAMES[engine]


def counter_of(engine):
    """Return what makes rows the frame, or the file, of an engine and counts them."""
    needed(engine)
    if engine in FRAMES:
        return lambda table, **asked: ai.count_events(FRAMES[engine](table), **asked)

    from aistats.counting.files import count_files

    def count(table, **asked):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, f"events.{engine}")
            FILES[engine][1](table, path)
            return count_files(path, **asked)

    return count

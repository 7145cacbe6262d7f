"""Weekly counts of a table in memory: one contestant, timed in a process of its own.

The table is loaded first, as that contestant holds it, and a thousand rows are counted, so that
what is imported late or started once is there. Then the count alone is timed: up to five times,
for about a second, of which the median is printed as JSON. The table goes to a file.

    python benchmarks/sizes/in_memory.py CONTESTANT FOLDER OUT
"""

from __future__ import annotations

import argparse
import gc
import importlib.metadata
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

NAMES = ["period", "region", "category"]
WEEK = 7 * 86_400_000_000  # in microseconds
MONDAY = 4 * 86_400_000_000  # 1970-01-05, the first one of the epoch
BLOCK = 1 << 16  # rows, whose codes stay in the cache of a core
Frame = Any


def with_categories(parquet: str) -> pd.DataFrame:
    """Load category columns and time stamps."""
    names = ["region", "category"]
    frame = pq.read_table(parquet, columns=[*names, "date"], read_dictionary=names).to_pandas()
    return frame.assign(date=pd.to_datetime(frame["date"]).astype("datetime64[us]"))


def with_text(parquet: str) -> pd.DataFrame:
    """Load text, the dates too."""
    table = pq.read_table(parquet, columns=["region", "category", "date"])
    return table.set_column(2, "date", table["date"].cast("string")).to_pandas()


def in_polars(parquet: str) -> Frame:
    """Load text and dates."""
    import polars as pl

    return pl.read_parquet(parquet, columns=["region", "category", "date"])


def in_polars_as_text(parquet: str) -> Frame:
    """Load text, the dates too."""
    import polars as pl

    return in_polars(parquet).with_columns(pl.col("date").cast(pl.String))


def aistats(frame: pd.DataFrame) -> pd.DataFrame:
    """Count with the package."""
    import aistats as ai

    return ai.count_events(frame, by=["region", "category"], period="week")


def bincount(frame: pd.DataFrame) -> pd.DataFrame:
    """Count by hand: integer codes in whole columns, and one bincount."""
    region, category = frame["region"].cat, frame["category"].cat
    regions, categories = len(region.categories), len(category.categories) + 1
    stamp = frame["date"].to_numpy().view(np.int64)
    first, weeks = window(stamp)
    group = region.codes.to_numpy().astype(np.int16)
    group *= categories
    group += category.codes.to_numpy()
    code = stamp - first
    code //= WEEK
    code *= regions * categories
    code += group
    code += 1  # the code of a missing category is -1
    n = np.bincount(code, minlength=weeks * regions * categories)
    return completed(n, first, weeks, region.categories, category.categories)


def bincount_in_blocks(frame: pd.DataFrame) -> pd.DataFrame:
    """Count by hand: the same in blocks that stay in the cache."""
    region, category = frame["region"].cat, frame["category"].cat
    regions, categories = len(region.categories), len(category.categories) + 1
    region_codes, category_codes = region.codes.to_numpy(), category.codes.to_numpy()
    stamp = frame["date"].to_numpy().view(np.int64)
    first, weeks = window(stamp)
    n = np.zeros(weeks * regions * categories, dtype=np.int64)
    for start in range(0, len(frame), BLOCK):
        block = slice(start, start + BLOCK)
        code = stamp[block] - first
        code //= WEEK
        code *= regions
        code += region_codes[block]
        code *= categories
        code += category_codes[block]
        code += 1
        n += np.bincount(code, minlength=len(n))
    return completed(n, first, weeks, region.categories, category.categories)


def window(stamp: np.ndarray) -> tuple[int, int]:
    """Return the first Monday and how many weeks there are."""
    lowest, highest = int(stamp.min()), int(stamp.max())
    first = (lowest - MONDAY) // WEEK * WEEK + MONDAY
    return first, (highest - first) // WEEK + 1


def completed(
    n: np.ndarray, first: int, weeks: int, regions: pd.Index, categories: pd.Index
) -> pd.DataFrame:
    """Return a row for each cell."""
    mondays = (first + np.arange(weeks) * WEEK).view("datetime64[us]")
    every = pd.MultiIndex.from_product([mondays, regions, [None, *categories]], names=NAMES)
    return pd.DataFrame({"count": n}, every).reset_index()


def grouper(frame: pd.DataFrame) -> pd.DataFrame:
    """Count with pandas, by a Grouper of weeks."""
    week = pd.Grouper(key="date", freq="W-MON", label="left", closed="left")
    counted = frame.groupby([week, "region", "category"], observed=True, dropna=False).size()
    days = frame["date"].dt.normalize()
    first = days.min() - pd.Timedelta(days=days.min().weekday())
    return reindexed(counted, pd.date_range(first, days.max(), freq="W-MON"), frame)


def to_period(frame: pd.DataFrame) -> pd.DataFrame:
    """Count with pandas, by periods."""
    week = frame["date"].dt.to_period("W").rename("period")
    counted = frame.groupby([week, "region", "category"], observed=True, dropna=False).size()
    table = reindexed(counted, pd.period_range(week.min(), week.max()), frame)
    return table.assign(period=table["period"].dt.start_time)


def reindexed(counted: pd.Series, weeks: pd.Index, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each cell."""
    levels = [frame[name].unique() for name in ("region", "category")]
    every = pd.MultiIndex.from_product([weeks, *levels], names=NAMES)
    return counted.reindex(every, fill_value=0).rename("count").reset_index()


def polars(frame: Frame, engine: str = "in-memory") -> Frame:
    """Count with Polars, by week."""
    import polars as pl

    week = pl.col("date").dt.truncate("1w").alias("period")
    grouped = frame.lazy().group_by(week, "region", "category").agg(count=pl.len())
    return joined(grouped.collect(engine=engine))


def polars_streaming(frame: Frame) -> Frame:
    """Count with Polars by its streaming engine, by week."""
    return polars(frame, "streaming")


def polars_parsed_first(frame: Frame) -> Frame:
    """Count with Polars, after all dates have been parsed."""
    import polars as pl

    date = pl.col("date").str.to_date("%Y-%m-%d")
    week = date.dt.truncate("1w").alias("period")
    grouped = frame.lazy().group_by(week, "region", "category")
    return joined(grouped.agg(count=pl.len()).collect(engine="streaming"))


def polars_parsed_last(frame: Frame) -> Frame:
    """Count with Polars by the text of a date, and parse what is left."""
    import polars as pl

    date = pl.col("date").str.to_date("%Y-%m-%d")
    days = frame.lazy().group_by("date", "region", "category").agg(count=pl.len())
    weeks = days.with_columns(period=date.dt.truncate("1w")).group_by(NAMES)
    return joined(weeks.agg(pl.col("count").sum()).collect(engine="streaming"))


def joined(counted: Frame) -> Frame:
    """Return a row for each cell."""
    import polars as pl

    first, last = counted["period"].min(), counted["period"].max()
    every = pl.date_range(first, last, "1w", eager=True).alias("period").to_frame()
    for name in ("region", "category"):
        every = every.join(counted.select(pl.col(name).unique()), how="cross")
    table = every.join(counted, on=NAMES, how="left", nulls_equal=True)
    return table.with_columns(pl.col("count").fill_null(0)).sort(NAMES)


Load, Count = Callable[[str], Frame], Callable[[Frame], Frame]
CONTESTANTS: dict[str, tuple[Load, Count, str]] = {
    "aistats": (with_categories, aistats, "aistats-events"),
    "aistats-text": (with_text, aistats, "aistats-events"),
    "bincount": (with_categories, bincount, "numpy"),
    "bincount-in-blocks": (with_categories, bincount_in_blocks, "numpy"),
    "grouper": (with_categories, grouper, "pandas"),
    "to-period": (with_categories, to_period, "pandas"),
    "polars": (in_polars, polars, "polars"),
    "polars-streaming": (in_polars, polars_streaming, "polars"),
    "polars-parsed-first": (in_polars_as_text, polars_parsed_first, "polars"),
    "polars-parsed-last": (in_polars_as_text, polars_parsed_last, "polars"),
}


def timed(count: Count, frame: Frame) -> tuple[float, Frame]:
    """Return the median seconds, and the table."""
    count(frame.head(1000))
    seconds: list[float] = []
    while len(seconds) < 5 and sum(seconds) < 1:
        gc.collect()
        start = time.perf_counter()
        table = count(frame)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds), table


def main() -> None:
    """Time one contestant."""
    parser = argparse.ArgumentParser(description="time one contestant in memory")
    parser.add_argument("contestant", choices=CONTESTANTS)
    parser.add_argument("folder", help="as made_up.py has written it")
    parser.add_argument("out", help="gets the table, as CSV")
    options = parser.parse_args()

    load, count, package = CONTESTANTS[options.contestant]
    seconds, table = timed(count, load(f"{options.folder}/parquet"))
    if isinstance(table, pd.DataFrame):
        table.to_csv(options.out, index=False)
    else:
        table.write_csv(options.out)
    version = f"{package} {importlib.metadata.version(package)}"
    print(json.dumps({"seconds": seconds, "version": version}))


if __name__ == "__main__":
    main()

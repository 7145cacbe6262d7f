"""Weekly counts of CSV or Parquet files with Polars, as one would write it for this table alone.

python polars_script.py FILES OUT
"""

import sys

import polars as pl

files, out = sys.argv[1:]
columns = {"region": pl.String, "category": pl.String, "date": pl.Date, "title": pl.String}
events = pl.scan_csv(files, schema=columns) if files.endswith(".csv") else pl.scan_parquet(files)
week = pl.col("date").dt.truncate("1w").alias("period")
counted = (
    events.group_by(week, "region", "category")
    .agg(pl.len().alias("count"))
    .collect(engine="streaming")
)
first, last = counted["period"].min(), counted["period"].max()
(
    pl.date_range(first, last, "1w", eager=True)
    .alias("period")
    .to_frame()
    .join(counted.select(pl.col("region").unique()), how="cross")
    .join(counted.select(pl.col("category").unique()), how="cross")
    .join(counted, on=["period", "region", "category"], how="left", nulls_equal=True)
    .with_columns(pl.col("count").fill_null(0))
    .sort("period", "region", "category")
    .write_csv(out)
)

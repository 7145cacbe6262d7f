"""Weekly counts of a CSV file with pandas, as one would write it.

python pandas_script.py FILE OUT
"""

import sys

import pandas as pd

file, out = sys.argv[1:]
names = ["period", "region", "category"]
events = pd.read_csv(file, usecols=["region", "category", "date"], parse_dates=["date"])
events["period"] = events["date"].dt.to_period("W")
counted = events.groupby(names, dropna=False).size()
weeks = pd.period_range(events["period"].min(), events["period"].max())
every = pd.MultiIndex.from_product(
    [weeks, events["region"].unique(), events["category"].unique()], names=names
)
table = counted.reindex(every, fill_value=0).sort_index().rename("count").reset_index()
table["period"] = table["period"].dt.start_time
table.to_csv(out, index=False)

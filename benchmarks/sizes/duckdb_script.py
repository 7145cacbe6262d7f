"""Weekly counts of CSV or Parquet files with DuckDB, as one would write it for this table alone.

python duckdb_script.py FILES OUT
"""

import sys

import duckdb

files, out = sys.argv[1:]
columns = "{'region': 'VARCHAR', 'category': 'VARCHAR', 'date': 'DATE', 'title': 'VARCHAR'}"
dialect = "auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"'"
reader = (
    f"read_csv('{files}', columns = {columns}, {dialect})"
    if files.endswith(".csv")
    else f"read_parquet('{files}')"
)
duckdb.sql(f"""
CREATE TABLE counted AS
SELECT date_trunc('week', date)::DATE AS period, region, category, count(*) AS count
FROM {reader} GROUP BY ALL
""")
duckdb.sql(f"""
COPY (
  SELECT w.period, r.region, k.category, coalesce(count, 0) AS count
  FROM (SELECT unnest(range(min(period), max(period) + 1, INTERVAL 7 DAY))::DATE AS period
        FROM counted) AS w
  CROSS JOIN (SELECT DISTINCT region FROM counted) AS r
  CROSS JOIN (SELECT DISTINCT category FROM counted) AS k
  LEFT JOIN counted AS c
    ON c.period = w.period AND c.region IS NOT DISTINCT FROM r.region
    AND c.category IS NOT DISTINCT FROM k.category
  ORDER BY ALL
) TO '{out}' (HEADER)
""")

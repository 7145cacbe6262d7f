"""From dated events to counts per period and group, for a table of twenty rows or a billion.

Only the *cube* is computed over the events: how many of them each combination of first day, last
day and levels stands for (`combinations`). A pandas table becomes a cube in memory, a frame of
another engine on that engine (`frames`, `engines`), files larger than memory through DuckDB
(`files`). `periods` lays the few intervals of a cube over weeks or months, `exposure` says how
many days of each the sources cover, and `answers` puts the counts table together, which records
its groups and carries its cube (`schema`). `verbs` takes a counts table and returns another. No
chart, no statistics and no language here.
"""

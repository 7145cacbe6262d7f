"""From dated events to counts per period and group, for a table of twenty rows or a billion.

Events come in as a dataframe or as files; a counts table goes out. Only the *cube* is computed over
the events: the number of events of each combination of first day, last day and group values
(`combinations`). It is counted in memory for a pandas table, by the dataframe library itself for
other frames (`frames`, `engines`), and by DuckDB for files larger than memory (`files`). It is
small, and all later steps run on it: `periods` distributes its intervals over weeks or months,
`exposure` gives the number of covered days of each period, and `answers` puts the counts table
together, which records its groups and carries its cube (`schema`). `verbs` turns a counts table
into another. This room draws no charts, runs no tests and writes no sentences.
"""

"""Read files into checked tables, and write tables without losing a byte.

Bytes come in; checked tables go out, and bytes again. `encodings` turns bytes into text, `cells`
turns text into records with their physical lines, and `workbooks` does both for Excel. The
`codebook` defines what each column may hold; `validation` checks a table against it and reports
every problem at once. `package` is the data folder as one value. `events` reads a single table of
events, and `foreign` reads a table that others laid out. `edition` is the data of one report, which
`slices` cuts out; `themes` joins claims to their evidence. `appending` adds rows to a file, `paths`
checks that paths from data stay inside their folder, and `writing` replaces a file whole or not at
all.
"""

"""From files to tables that are known to be right, and back without losing a byte.

`encodings` turns bytes into text, `cells` text into records with their physical lines,
`workbooks` does both for a workbook. The `codebook` says what each column may hold; `validation`
checks a table against it and reports every fault at once. `package` is the data folder as one
value; `events` reads a single table of events; `foreign` reads a table that somebody else laid
out. `edition` is what one report is made from, cut out by `slices`; `themes` joins claims to their
evidence. `appending` adds rows, `paths` proves that what data may name lies inside its folder, and
`writing` replaces a file whole or not at all.
"""

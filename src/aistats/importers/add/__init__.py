"""From reviewed rows to the events table, each event once.

`template` writes the workbook that people fill in. `rows` reads the filled-in files in the form of
the table; `filling` fills in cells that follow from others, with ids from `identifiers`;
`duplicates` compares the rows with those of the table; `addition` checks and appends them.
`missing` counts what a draft still lacks.
"""

"""From reviewed rows to the events table, each event once.

`template` writes the workbook that people fill in. What comes back is read by `rows` into the form
of the table, gets an id from `identifiers` where it has none, and is checked and appended by
`addition`.
"""

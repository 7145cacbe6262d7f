"""Reports, workbooks and CSV files as rows of the events table.

`draft` proposes rows from the text of a report, for a person to review; `add` checks reviewed rows
and appends them.
"""

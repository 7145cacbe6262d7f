"""From a written report to draft rows of the events table, for a person to review.

A report goes through `outline` (what stands under what), `windows` (which days a part is about),
`recognition` (which parts are events), `dating` (when each was), `proposals` (who acted, and what
kind of event it was) and `reports` (the rows, with notes on where everything comes from).
"""

"""Importing: from what others wrote to rows that a person has reviewed and the codebook passes.

A report goes through `outline` (what stands under what), `windows` (what days a part is about),
`reading` (which parts are events), `dating` (when each was), `proposals` (who acted, and what kind
of event it was) and `reports` (the draft). A `template` is filled in by hand. Reviewed rows come
back through `forms` (what was meant), `naming` (ids) and `adding` (into the table, none twice).
"""

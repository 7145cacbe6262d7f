"""What day is that: every way in which a date is written becomes days of the calendar.

`edtf` reads the one notation in which dates are kept and gives the earliest and the latest day
that a text allows. `spellings` has the one reader of a text that is a date as a whole, such as a
cell; `phrases` finds dates in running text. Both use the words of `vocabulary` and the patterns of
`phrases.patterns`, and `placing` turns what these say into days of the calendar. `columns` does it
for a whole column of a table, each distinct value once. `calendar` has the other side: the periods
(days, weeks, dekads, months, quarters, years) that days are counted in. Nothing here knows what an
event is.
"""

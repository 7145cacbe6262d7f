"""What day is that: every way in which a date is written becomes days of the calendar.

`edtf` reads the one notation in which dates are kept and gives the earliest and the latest day
that a text allows. `spellings` and `phrases` turn what people write, in figures or in words, into
that notation. `columns` does it for a whole column of a table, each distinct value once.
`calendar` has the other side: the periods (days, weeks, dekads, months, quarters, years) that
days are counted in. Nothing here knows what an event is.
"""

"""Read dates as people write them, and count the days of the calendar in periods.

Text comes in: a cell, a sentence or a whole column. What comes out is the earliest and the latest
day that the text allows, or the reason why it gives no date; a date is never guessed.

- `edtf` reads the one notation in which dates are stored.
- `spellings` reads a text that is a date as a whole, such as a cell, in any spelling.
- `phrases` finds dates in running text.
- `vocabulary` and `phrases.patterns` hold the words and the patterns that both use.
- `placing` turns the parts that a pattern recognised into days, with a missing year or month
  filled in from the context.
- `columns` reads a whole column, each distinct value once.
- `calendar` has the periods in which days are counted, from days to years.

Nothing in this package knows what an event is.
"""

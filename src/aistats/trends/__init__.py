"""From counts to estimates, intervals and verdicts.

`matrix` reads a counts table as arrays, `exact` has the statistics of small counts, `claims`
compares periods and fits growth and decides what may be said, `baseline` compares an edition with
the ones before it. Results are tables; `aistats.wording` turns them into sentences.
"""

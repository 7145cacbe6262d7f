"""Words: tables said in plain Chinese and English, and the texts that charts and tables show.

A sentence is computed from a table and claims no more than the table holds: counts are of events on
record (收录), never of what happened (发生); a count that dates leave open is "at least … at most";
a day that no source covers is named as such. Both languages stand side by side, so that neither is
a translation that lags behind.
"""

from aistats.wording.baseline import (
    change_name,
    describe_baseline,
    describe_change,
    describe_revised,
    describe_revisions,
)
from aistats.wording.names import (
    TERMS,
    Sentence,
    column_title,
    date_name,
    day_range,
    edition_name,
    figure_label,
    headline,
    labelled,
    level_name,
    localized,
    period_name,
    place_name,
    term,
    window_name,
)
from aistats.wording.record import (
    describe_certainty,
    describe_counts,
    describe_coverage,
    describe_largest,
    describe_measure,
    describe_note,
    describe_periods,
    describe_record,
    describe_source,
    describe_undated,
    gaps,
)
from aistats.wording.themes import (
    describe_theme,
    describe_themes,
    describe_unevidenced,
    describe_unthemed,
)
from aistats.wording.trends import (
    describe_claims,
    describe_comparison,
    describe_growth,
    describe_verdict,
)

__all__ = [
    "TERMS",
    "Sentence",
    "change_name",
    "column_title",
    "date_name",
    "day_range",
    "describe_baseline",
    "describe_certainty",
    "describe_change",
    "describe_claims",
    "describe_comparison",
    "describe_counts",
    "describe_coverage",
    "describe_growth",
    "describe_largest",
    "describe_measure",
    "describe_note",
    "describe_periods",
    "describe_record",
    "describe_revised",
    "describe_revisions",
    "describe_source",
    "describe_theme",
    "describe_themes",
    "describe_undated",
    "describe_unevidenced",
    "describe_unthemed",
    "describe_verdict",
    "edition_name",
    "figure_label",
    "gaps",
    "headline",
    "labelled",
    "level_name",
    "localized",
    "period_name",
    "place_name",
    "term",
    "window_name",
]

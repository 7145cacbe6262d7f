"""Words: results as sentences and names, in plain Chinese and English.

Tables come in, sentences and names for charts, pages and other tables go out. A sentence claims no
more than its table holds: it speaks of events on record (收录), never of what happened (发生);
where dates are uncertain, a count has a least and a largest value; days that no source covers are
named as such. The texts of both languages are in the catalogue of `aistats.locale`, and neither is
a translation of the other. Nothing is counted, tested or drawn here.
"""

from aistats.wording.baseline import (
    change_name,
    describe_baseline,
    describe_change,
    describe_revised,
    describe_revisions,
)
from aistats.wording.names import (
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
    verdict_name,
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
    "verdict_name",
    "window_name",
]

"""Dated AI-industry events to charts and trend statements that can be trusted.

One way for the data: read, validate, count, trend, chart, report. What needs only pandas is here at
once; charts, words and editions load when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from aistats.codebook import Codebook, infer_codebook, read_codebook
from aistats.counts import count_events, events_in
from aistats.dates import parse_edtf
from aistats.events import (
    Baseline,
    Edition,
    read_coverage,
    read_edition,
    read_events,
    read_tables,
    slice_tables,
    validate_events,
)
from aistats.faults import AistatsError, DataError, EDTFError, Fault
from aistats.themes import theme_evidence, unthemed_events

if TYPE_CHECKING:
    from aistats.baseline import (
        compare_with_baseline,
        revisions,
    )
    from aistats.charts import (
        frame,
        plot_counts,
        plot_forest,
        plot_growth,
        plot_matrix,
        plot_periods,
        plot_themes,
        plot_timeline,
    )
    from aistats.exact import (
        poisson_interval,
        rate_ratio,
    )
    from aistats.exhibits import (
        show,
    )
    from aistats.series import (
        add_total,
        concentration,
        cumulate,
        first_periods,
        last_periods,
        new_entrants,
        peaks,
        regroup,
        rolling_mean,
        shares,
    )
    from aistats.trends import (
        compare_periods,
        growth_curve,
        growth_rate,
        one_family,
    )
    from aistats.wording import (
        Sentence,
        describe_baseline,
        describe_certainty,
        describe_claims,
        describe_comparison,
        describe_counts,
        describe_coverage,
        describe_growth,
        describe_largest,
        describe_measure,
        describe_note,
        describe_periods,
        describe_record,
        describe_revised,
        describe_revisions,
        describe_source,
        describe_theme,
        describe_themes,
        describe_undated,
        describe_unevidenced,
        describe_unthemed,
        describe_verdict,
        labelled,
        localized,
        period_name,
    )

_LAZY = {
    name: room
    for room, names in {
        "baseline": (
            "compare_with_baseline",
            "revisions",
        ),
        "charts": (
            "frame",
            "plot_counts",
            "plot_forest",
            "plot_growth",
            "plot_matrix",
            "plot_periods",
            "plot_themes",
            "plot_timeline",
        ),
        "exact": (
            "poisson_interval",
            "rate_ratio",
        ),
        "exhibits": ("show",),
        "series": (
            "add_total",
            "concentration",
            "cumulate",
            "first_periods",
            "last_periods",
            "new_entrants",
            "peaks",
            "regroup",
            "rolling_mean",
            "shares",
        ),
        "trends": (
            "compare_periods",
            "growth_curve",
            "growth_rate",
            "one_family",
        ),
        "wording": (
            "Sentence",
            "describe_baseline",
            "describe_certainty",
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
            "labelled",
            "localized",
            "period_name",
        ),
    }.items()
    for name in names
}

__all__ = [
    "AistatsError",
    "Baseline",
    "Codebook",
    "DataError",
    "EDTFError",
    "Edition",
    "Fault",
    "Sentence",
    "add_total",
    "compare_periods",
    "compare_with_baseline",
    "concentration",
    "count_events",
    "cumulate",
    "describe_baseline",
    "describe_certainty",
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
    "events_in",
    "first_periods",
    "frame",
    "growth_curve",
    "growth_rate",
    "infer_codebook",
    "labelled",
    "last_periods",
    "localized",
    "new_entrants",
    "one_family",
    "parse_edtf",
    "peaks",
    "period_name",
    "plot_counts",
    "plot_forest",
    "plot_growth",
    "plot_matrix",
    "plot_periods",
    "plot_themes",
    "plot_timeline",
    "poisson_interval",
    "rate_ratio",
    "read_codebook",
    "read_coverage",
    "read_edition",
    "read_events",
    "read_tables",
    "regroup",
    "revisions",
    "rolling_mean",
    "shares",
    "show",
    "slice_tables",
    "theme_evidence",
    "unthemed_events",
    "validate_events",
]


def __getattr__(name: str) -> object:
    if name not in _LAZY:
        raise AttributeError(f"module 'aistats' has no attribute {name!r}")
    return getattr(import_module(f"aistats.{_LAZY[name]}"), name)


def __dir__() -> list[str]:
    return __all__

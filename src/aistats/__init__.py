"""Dated AI-industry events to charts and trend statements that can be trusted.

One way for the data: read, validate, count, trend, chart, report. Importing the package does no
work: each name brings its room, and what that needs, when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # as type checkers and editors see it; below, as Python does
    from aistats.charts import frame as frame
    from aistats.charts import plot_counts as plot_counts
    from aistats.charts import plot_forest as plot_forest
    from aistats.charts import plot_growth as plot_growth
    from aistats.charts import plot_matrix as plot_matrix
    from aistats.charts import plot_periods as plot_periods
    from aistats.charts import plot_themes as plot_themes
    from aistats.charts import plot_timeline as plot_timeline
    from aistats.counting.counts import count_events as count_events
    from aistats.counting.counts import cube_of as cube_of
    from aistats.counting.counts import events_in as events_in
    from aistats.counting.files import count_files as count_files
    from aistats.counting.schema import as_counts as as_counts
    from aistats.counting.verbs import add_total as add_total
    from aistats.counting.verbs import concentration as concentration
    from aistats.counting.verbs import cumulate as cumulate
    from aistats.counting.verbs import first_periods as first_periods
    from aistats.counting.verbs import last_periods as last_periods
    from aistats.counting.verbs import new_entrants as new_entrants
    from aistats.counting.verbs import peaks as peaks
    from aistats.counting.verbs import regroup as regroup
    from aistats.counting.verbs import rolling_mean as rolling_mean
    from aistats.counting.verbs import shares as shares
    from aistats.dates.edtf import parse_edtf as parse_edtf
    from aistats.editions.exhibits import show as show
    from aistats.faults import AistatsError as AistatsError
    from aistats.faults import DataError as DataError
    from aistats.faults import EDTFError as EDTFError
    from aistats.faults import Fault as Fault
    from aistats.faults import ParameterError as ParameterError
    from aistats.tables.codebook import Codebook as Codebook
    from aistats.tables.codebook import infer_codebook as infer_codebook
    from aistats.tables.codebook import read_codebook as read_codebook
    from aistats.tables.edition import Baseline as Baseline
    from aistats.tables.edition import Edition as Edition
    from aistats.tables.edition import read_edition as read_edition
    from aistats.tables.events import read_coverage as read_coverage
    from aistats.tables.events import read_events as read_events
    from aistats.tables.events import validate_events as validate_events
    from aistats.tables.package import read_tables as read_tables
    from aistats.tables.slices import slice_tables as slice_tables
    from aistats.tables.themes import theme_evidence as theme_evidence
    from aistats.tables.themes import unthemed_events as unthemed_events
    from aistats.trends.baseline import compare_with_baseline as compare_with_baseline
    from aistats.trends.baseline import revisions as revisions
    from aistats.trends.claims import compare_periods as compare_periods
    from aistats.trends.claims import growth_curve as growth_curve
    from aistats.trends.claims import growth_rate as growth_rate
    from aistats.trends.claims import one_family as one_family
    from aistats.trends.exact import poisson_interval as poisson_interval
    from aistats.trends.exact import rate_ratio as rate_ratio
    from aistats.wording import Sentence as Sentence
    from aistats.wording import describe_baseline as describe_baseline
    from aistats.wording import describe_certainty as describe_certainty
    from aistats.wording import describe_claims as describe_claims
    from aistats.wording import describe_comparison as describe_comparison
    from aistats.wording import describe_counts as describe_counts
    from aistats.wording import describe_coverage as describe_coverage
    from aistats.wording import describe_growth as describe_growth
    from aistats.wording import describe_largest as describe_largest
    from aistats.wording import describe_measure as describe_measure
    from aistats.wording import describe_note as describe_note
    from aistats.wording import describe_periods as describe_periods
    from aistats.wording import describe_record as describe_record
    from aistats.wording import describe_revised as describe_revised
    from aistats.wording import describe_revisions as describe_revisions
    from aistats.wording import describe_source as describe_source
    from aistats.wording import describe_theme as describe_theme
    from aistats.wording import describe_themes as describe_themes
    from aistats.wording import describe_undated as describe_undated
    from aistats.wording import describe_unevidenced as describe_unevidenced
    from aistats.wording import describe_unthemed as describe_unthemed
    from aistats.wording import describe_verdict as describe_verdict
    from aistats.wording import labelled as labelled
    from aistats.wording import localized as localized
    from aistats.wording import period_name as period_name
else:
    _NAMES = {
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
        "counting.counts": (
            "count_events",
            "cube_of",
            "events_in",
        ),
        "counting.files": ("count_files",),
        "counting.schema": ("as_counts",),
        "counting.verbs": (
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
        "dates.edtf": ("parse_edtf",),
        "editions.exhibits": ("show",),
        "faults": (
            "AistatsError",
            "DataError",
            "EDTFError",
            "Fault",
            "ParameterError",
        ),
        "tables.codebook": (
            "Codebook",
            "infer_codebook",
            "read_codebook",
        ),
        "tables.edition": (
            "Baseline",
            "Edition",
            "read_edition",
        ),
        "tables.events": (
            "read_coverage",
            "read_events",
            "validate_events",
        ),
        "tables.package": ("read_tables",),
        "tables.slices": ("slice_tables",),
        "tables.themes": (
            "theme_evidence",
            "unthemed_events",
        ),
        "trends.baseline": (
            "compare_with_baseline",
            "revisions",
        ),
        "trends.claims": (
            "compare_periods",
            "growth_curve",
            "growth_rate",
            "one_family",
        ),
        "trends.exact": (
            "poisson_interval",
            "rate_ratio",
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
    }
    _HOMES = {name: module for module, names in _NAMES.items() for name in names}
    _ROOMS = {module.partition(".")[0] for module in _NAMES} | {"exact", "style"}

    __all__ = sorted(_HOMES)

    def __getattr__(name: str) -> object:
        if name in _ROOMS:
            return import_module(f"aistats.{name}")
        if name not in _HOMES:
            raise AttributeError(f"module 'aistats' has no attribute {name!r}")
        return getattr(import_module(f"aistats.{_HOMES[name]}"), name)

    def __dir__() -> list[str]:
        return __all__

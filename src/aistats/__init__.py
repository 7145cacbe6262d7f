"""Dated AI-industry events to charts and trend statements that can be trusted.

One way for the data: read, validate, count, trend, chart, report. What needs only pandas is here at
once; charts, words and editions load when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from aistats.codebook import Codebook, read_codebook
from aistats.counts import count_events, events_in
from aistats.dates import parse_edtf
from aistats.events import (
    Edition,
    read_coverage,
    read_edition,
    read_events,
    read_tables,
    validate_events,
)
from aistats.faults import AistatsError, DataError, EDTFError, Fault

if TYPE_CHECKING:
    from aistats.charts import frame, plot_counts, plot_matrix, plot_periods, plot_timeline
    from aistats.exhibits import show
    from aistats.wording import (
        Sentence,
        describe_certainty,
        describe_comparability,
        describe_counts,
        describe_coverage,
        describe_largest,
        describe_measure,
        describe_note,
        describe_periods,
        describe_record,
        describe_source,
        describe_undated,
        labelled,
        localized,
        period_name,
    )

_LAZY = {
    "Sentence": "wording",
    "frame": "charts",
    "plot_counts": "charts",
    "plot_matrix": "charts",
    "plot_periods": "charts",
    "plot_timeline": "charts",
    "show": "exhibits",
    "describe_comparability": "wording",
    "describe_coverage": "wording",
    "describe_counts": "wording",
    "describe_certainty": "wording",
    "describe_largest": "wording",
    "describe_measure": "wording",
    "describe_note": "wording",
    "describe_periods": "wording",
    "describe_record": "wording",
    "describe_source": "wording",
    "describe_undated": "wording",
    "labelled": "wording",
    "localized": "wording",
    "period_name": "wording",
}

__all__ = [
    "AistatsError",
    "Codebook",
    "DataError",
    "EDTFError",
    "Edition",
    "Fault",
    "Sentence",
    "count_events",
    "describe_certainty",
    "describe_comparability",
    "describe_counts",
    "describe_coverage",
    "describe_largest",
    "describe_measure",
    "describe_note",
    "describe_periods",
    "describe_record",
    "describe_source",
    "describe_undated",
    "events_in",
    "frame",
    "labelled",
    "localized",
    "parse_edtf",
    "period_name",
    "plot_counts",
    "plot_matrix",
    "plot_periods",
    "plot_timeline",
    "read_codebook",
    "read_coverage",
    "read_edition",
    "read_events",
    "read_tables",
    "show",
    "validate_events",
]


def __getattr__(name: str) -> object:
    if name not in _LAZY:
        raise AttributeError(f"module 'aistats' has no attribute {name!r}")
    return getattr(import_module(f"aistats.{_LAZY[name]}"), name)


def __dir__() -> list[str]:
    return __all__

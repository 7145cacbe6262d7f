"""The columns of a counts table and of the result tables made from one, by their role."""

from __future__ import annotations

COUNTS = ("count", "certain", "expected", "possible", "starting", "ending", "outside")
EXPOSURE = ("days", "days_covered", "days_assumed", "sources")
DERIVED = (
    *("share", "share_lower", "share_upper", "sure", "complete"),
    *("mean_certain", "mean_expected", "mean_possible"),
)
RESULTS = (
    *("ratio", "rate", "lower", "upper", "p_value", "p_adjusted", "verdict"),
    *("detectable_ratio", "detectable", "doubling_time", "doubling_lower", "doubling_upper"),
    *("baseline", "baseline_days", "baseline_covered", "baseline_certain", "baseline_possible"),
    *("periods", "covered_by_period", "observed_low", "observed_high", "fitted"),
    *("coverage_known", "conf_level", "claims", "events", "p_lowest"),
    *("dispersion", "p_dispersion", "p_scatter", "scatter_df"),
)
"""The columns that tables of `aistats.trends.claims` have beyond those of a counts table."""

MEASURES = (*COUNTS, *EXPOSURE, *DERIVED)
"""The columns of a counts table that are not its groups, but for ``period``: what is counted per
row, what is known of each period, whatever the group, and what `aistats.counting.verbs` adds."""

UNKNOWN = ("unknown", "unstated")
"""Levels that say that nobody knows, as a missing value does."""

ALL = "(all)"
"""The level of a row that holds the events of every level."""

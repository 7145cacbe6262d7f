"""Charts: a table becomes Axes, and what the table leaves open stays open to the eye.

A chart computes nothing but its layout. One rule holds for few events: up to 30 in the table, each
is a mark of its own, because a bar of 1 beside a bar of 2 says more than it knows; more are
quantities, as bars or as cells with their number. On a time line every event is a mark, however
many. What dates leave open is a hollow band, a reporting window never looks like a date, and days
that no source covers are hatched and named, so that nobody reads them as a zero. A level has the
colour that the codebook names, whatever else is in the table. Nothing is shown, saved or set for
good: the style holds while a chart is made, and every text stands there as it was written.
"""

from aistats.charts.layout import NARROW_WIDTH, PAGE_WIDTH, frame
from aistats.charts.levels import plot_counts, plot_matrix
from aistats.charts.periods import plot_periods
from aistats.charts.themes import plot_themes
from aistats.charts.timeline import plot_timeline
from aistats.charts.trends import plot_forest, plot_growth

__all__ = [
    "NARROW_WIDTH",
    "PAGE_WIDTH",
    "frame",
    "plot_counts",
    "plot_forest",
    "plot_growth",
    "plot_matrix",
    "plot_periods",
    "plot_themes",
    "plot_timeline",
]

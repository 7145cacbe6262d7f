"""The baseline: what an edition adds to it, and whether its events come at the same rate.

A record is revised as it grows: an event is added late, its date becomes known, it turns out to be
of another category or no event at all. So what is new since the baseline is told by comparing two
states of the record, as it was published and as it is now. Rates are compared within one state,
that of now, by covered day, and judged like any other comparison: sources and coverage decide
whether they can be compared at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd

from aistats.counting.counts import count_events
from aistats.counting.schema import known_schema, with_schema
from aistats.counting.verbs import add_total
from aistats.dates.calendar import Period
from aistats.tables.edition import Edition
from aistats.trends.claims import compare_periods

REVISIONS = ("new", "redated", "recoded", "withdrawn")
"""What may have become of an event since the baseline was published."""

_DAY = pd.Timedelta(days=1)
_CHANGES = {
    **dict.fromkeys(("date", "reported"), "redated"),
    **dict.fromkeys(
        ("region", "category", "organization", "status", "planned_for"),
        "recoded",
    ),
}
_KEPT = ("title_zh", "title_en", "date", "reported", "region", "category", "scope", "organization")
_COLUMNS = (
    *("event_id", "revision", "in_edition", "source", "column", "before", "after"),
    *(*_KEPT, "dated", "earliest", "latest"),
)


def revisions(record: Edition) -> pd.DataFrame:
    """Return what is new, re-dated, re-coded or withdrawn since the baseline was published.

    Events are matched by their ``event_id``: those that the editions of the baseline published with
    those of these editions and of this one as they are now. Only what counts depend on is a
    revision; other words in a title or summary are none, nor is another place in the source.

    Parameters
    ----------
    record
        As :func:`aistats.read_edition` returns it, with ``reports``, without which no revision of
        the baseline can show.

    Returns
    -------
    DataFrame
        A row per event and change, by kind and then by date: ``event_id``; ``revision``, one of
        `REVISIONS`; ``in_edition`` (bool: it is of the edition's own sources; a new event that is
        not was added to the baseline late) and its ``source``; of an event that was ``redated``
        (``date`` or ``reported``) or ``recoded`` (``region``, ``category``, ``organization``,
        ``status`` or ``planned_for``) the ``column``, with its text ``before`` and ``after``. Then
        the titles, dates and levels of the event as it is now, or where it was withdrawn, as it was
        published. No rows where there is no baseline.

    Examples
    --------
    >>> from aistats.tables.edition import read_edition
    >>> len(revisions(read_edition("data", "2025-12")))  # which has no baseline
    0
    """
    now = record.all_events.set_index("event_id", drop=False)
    then = now if record.baseline is None else record.baseline.published
    then = then.set_index("event_id", drop=False)
    both = now.index.intersection(then.index)
    found = [
        now.drop(index=both).assign(revision="new"),
        then.drop(index=both).assign(revision="withdrawn"),
    ]
    for column, revision in _CHANGES.items():
        if column in now and column in then:
            before, after = then.loc[both, column], now.loc[both, column]
            differs = before.fillna("") != after.fillna("")
            change = {"revision": revision, "column": column, "before": before, "after": after}
            found.append(now.loc[both].assign(**change)[differs])
    changes = pd.concat(found).reset_index(drop=True).reindex(columns=_COLUMNS)
    texts = dict.fromkeys(("revision", "column", "before", "after"), "str")
    changes = changes.assign(in_edition=changes["source"].isin(record.coverage["source"]))
    rank = changes["revision"].map({name: place for place, name in enumerate(REVISIONS)})
    order = changes.assign(rank=rank).sort_values(["rank", "earliest", "event_id"]).index
    return changes.astype(texts).loc[order].reset_index(drop=True)


def revised(changes: pd.DataFrame) -> pd.DataFrame:
    """Return the changes that tell of the past: all but the new events of the edition's sources.

    Parameters
    ----------
    changes
        As :func:`revisions` returns them.
    """
    return changes[(changes["revision"] != "new") | ~changes["in_edition"]].reset_index(drop=True)


def compare_with_baseline(
    record: Edition,
    *,
    by: str | Sequence[str] | None = None,
    period: Period = "week",
    conf_level: float = 0.95,
) -> pd.DataFrame:
    """Compare the rate of events of an edition with that of its baseline, group by group.

    The sides are the days from the first to the last that the edition covers, and those of the
    baseline before them, to the day; events are as the data has them now.

    Parameters
    ----------
    record
        As :func:`aistats.read_edition` returns it.
    by
        The groups to compare, beside all events together.
    period
        As in :func:`aistats.count_events`: the periods from which to which counts scatter, cut
        where a side begins or ends. Single days do not suit events without a stated date: as many
        as share a reporting window begin and end on one day.
    conf_level
        As in :func:`aistats.compare_periods`.

    Returns
    -------
    DataFrame
        As :func:`aistats.compare_periods` returns it; no rows where there is no baseline, or where
        it has no day before the edition.

    Examples
    --------
    >>> from aistats.tables.edition import read_edition
    >>> len(compare_with_baseline(read_edition("data", "2025-12")))  # which has no baseline
    0
    """
    coverage = record.all_coverage
    count = partial(count_events, record.all_events, by=by, period=period, coverage=coverage)
    first, last = record.coverage["earliest"].min(), record.coverage["latest"].max()
    before = record.coverage.head(0) if record.baseline is None else record.baseline.coverage
    start, end = before["earliest"].min(), min(before["latest"].max(), first - _DAY)
    if not start < first:
        counts = add_total(count()) if by else count()
        return compare_periods(counts, conf_level=conf_level).head(0)
    spans = [(start, end), (end + _DAY, first - _DAY), (first, last)]  # one may lie between
    parts = [count(between=span) for span in spans if span[0] <= span[1]]
    # Each part has a cube of its own, and the parts together have none.
    schema = known_schema(parts[0]).altered()
    schema.cube = None
    counts = with_schema(pd.concat(parts, ignore_index=True), schema)
    counts = add_total(counts) if by else counts
    baseline, _, current = (f"{one:%Y-%m-%d}/{other:%Y-%m-%d}" for one, other in spans)
    return compare_periods(counts, current=current, baseline=baseline, conf_level=conf_level)

"""Join the trend claims of a source to the events on record that support or contradict them.

The data of an edition comes in, and tables of claims and events go out. A claim without events and
an event without a claim are results, so neither is left out. The claims were drawn from the same
events; therefore nothing is inferred from how many events a claim has.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from aistats.tables.edition import Edition

_CLAIM_COLUMNS = ["theme_id", "group", "statement_zh", "statement_en"]
_EVENT_COLUMNS = [
    *("event_id", "title_zh", "title_en", "date", "earliest", "latest", "reported"),
    *("region", "scope", "category"),
]


def theme_evidence(edition: Edition) -> pd.DataFrame:
    """Return the claims of an edition's sources with the events for and against each.

    Parameters
    ----------
    edition
        As :func:`aistats.read_edition` returns it.

    Returns
    -------
    DataFrame
        A row per claim and event: ``theme_id``, ``group``, ``statement_zh``, ``statement_en``;
        ``stance``; ``event_id``, titles, dates and levels of the event. A claim without events has
        one row, without stance and event. Groups are in the order of the codebook, the summary of
        the source last; within a claim ``supports`` comes before ``contradicts``, and the earlier
        event before the later.

    Examples
    --------
    >>> from aistats.tables.edition import read_edition
    >>> evidence = theme_evidence(read_edition("data", "2025-12"))
    >>> evidence["theme_id"].nunique(), len(evidence), int(evidence["event_id"].isna().sum())
    (17, 46, 2)
    >>> evidence.loc[evidence["theme_id"] == "technology-on-device", ["stance", "event_id"]]
          stance                        event_id
    16  supports    gelab-zero-on-device-2025-12
    17  supports  doubao-phone-assistant-2025-12
    """
    book = edition.codebook
    claims = edition.themes[_CLAIM_COLUMNS]
    groups = sorted(book.order("group"), key="summary".__eq__)  # the summary last
    claims = _in_order(claims, "group", groups)
    events = edition.events[_EVENT_COLUMNS]
    links = edition.event_themes.merge(events, on="event_id")
    links = links.sort_values(["earliest", "latest"], kind="stable")
    stances = book.order("stance")
    links = _in_order(links, "stance", stances)
    evidence = claims.merge(links, on="theme_id", how="left")
    columns = [*_CLAIM_COLUMNS, "stance", *_EVENT_COLUMNS]
    return evidence[columns]


def unthemed_events(edition: Edition) -> pd.DataFrame:
    """Return the events of an edition that neither support nor contradict any claim.

    Examples
    --------
    >>> from aistats.tables.edition import read_edition
    >>> list(unthemed_events(read_edition("data", "2025-12"))["event_id"])
    ['codex-mortis-2025-12', 'openai-supply-co-2025-12', 'chatgpt-adult-mode-2025-12']
    """
    events = edition.events
    is_evidence = events["event_id"].isin(edition.event_themes["event_id"])
    return events[~is_evidence].reset_index(drop=True)


def _in_order(
    table: pd.DataFrame,
    name: str,
    levels: Sequence[str],
) -> pd.DataFrame:
    """Return a table sorted by the levels of a column; rows of one level keep their order."""
    ranks = {level: rank for rank, level in enumerate(levels)}
    return table.sort_values(
        name,
        key=lambda column: column.map(ranks),
        kind="stable",
    )

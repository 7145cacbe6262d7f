"""Themes: the trend claims of a source, and which events on record speak for or against each.

A claim without any event and an event without any claim are findings, so neither is left out. The
claims were drawn from the same events, so nothing is inferred from how many there are.
"""

from __future__ import annotations

import pandas as pd

from aistats.tables.slices import Edition

_OF_CLAIM = ["theme_id", "group", "statement_zh", "statement_en"]
_OF_EVENT = ["event_id", "title_zh", "title_en", "date", "earliest", "latest", "reported"]
_LEVELS = ["region", "scope", "category"]


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
        ``stance``; ``event_id``, titles, dates and levels of the event. A claim on which no event
        bears has one row, without stance and event. Groups are in the order of the codebook, the
        summary of the source last; within a claim ``supports`` comes before ``contradicts``, and
        the earlier event before the later.

    Examples
    --------
    >>> from aistats.tables.slices import read_edition
    >>> evidence = theme_evidence(read_edition("data", "2025-12"))
    >>> evidence["theme_id"].nunique(), len(evidence), int(evidence["event_id"].isna().sum())
    (17, 46, 2)
    >>> evidence.loc[evidence["theme_id"] == "technology-on-device", ["stance", "event_id"]]
          stance                        event_id
    16  supports    gelab-zero-on-device-2025-12
    17  supports  doubao-phone-assistant-2025-12
    """
    book = edition.codebook
    groups = sorted(book.order("group"), key="summary".__eq__)
    themes = _in_order(edition.themes[_OF_CLAIM], "group", groups)
    links = edition.event_themes.merge(edition.events[[*_OF_EVENT, *_LEVELS]], on="event_id")
    links = links.sort_values(["earliest", "latest"], kind="stable")
    evidence = themes.merge(
        _in_order(links, "stance", book.order("stance")), on="theme_id", how="left"
    )
    return evidence[[*_OF_CLAIM, "stance", *_OF_EVENT, *_LEVELS]]


def unthemed_events(edition: Edition) -> pd.DataFrame:
    """Return the events of an edition that speak neither for nor against any claim.

    Examples
    --------
    >>> from aistats.tables.slices import read_edition
    >>> list(unthemed_events(read_edition("data", "2025-12"))["event_id"])
    ['codex-mortis-2025-12', 'openai-supply-co-2025-12', 'chatgpt-adult-mode-2025-12']
    """
    events = edition.events
    bears = events["event_id"].isin(edition.event_themes["event_id"])
    return events[~bears].reset_index(drop=True)


def _in_order(table: pd.DataFrame, name: str, levels: list[str]) -> pd.DataFrame:
    """Return a table by the levels of a column, equals as they stand."""
    rank = {level: place for place, level in enumerate(levels)}
    return table.sort_values(name, key=lambda column: column.map(rank), kind="stable")

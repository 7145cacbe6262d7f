"""Sentences on an edition and the previous ones: which events were revised, how rates compare.

The changes that `aistats.revisions` lists, or a comparison with the baseline, come in; sentences go
out. A new event of the edition itself is only counted: the events that are named are those of
previous editions whose record was changed since.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from aistats.locale import Language, Texts, text_key
from aistats.session import texts
from aistats.tables.codebook import Codebook
from aistats.tables.edition import Edition
from aistats.trends.baseline import REVISIONS, revised
from aistats.wording.names import (
    Sentence,
    capitalized,
    column_title,
    date_name,
    edition_name,
    enumerated,
    in_sentence,
    level_name,
    localized,
    paragraph,
)
from aistats.wording.trends import EDITIONS, comparison_of_sides

_DATES = ("date", "reported", "planned_for")
_COUNTED = {
    "new": text_key("baseline.new"),
    "redated": text_key("baseline.redated"),
    "recoded": text_key("baseline.recoded"),
    "withdrawn": text_key("baseline.withdrawn"),
}
_WHOLE_EVENT = {
    "new": text_key("baseline.event_new"),
    "withdrawn": text_key("baseline.event_withdrawn"),
}
"""Changes that concern no single column."""


def describe_revisions(
    changes: pd.DataFrame, record: Edition, language: Language | None = None
) -> Sentence:
    """Return a sentence on how many events are new, changed or removed since previous editions.

    Parameters
    ----------
    changes
        As :func:`aistats.revisions` returns them.
    record
        The edition.
    language
        ``zh`` or ``en``; by default that of the session.

    Examples
    --------
    >>> from aistats.trends.baseline import revisions
    >>> from aistats.tables.edition import read_edition
    >>> december = read_edition("data", "2025-12")
    >>> print(describe_revisions(revisions(december), december, "zh"))
    本期没有指定对照期。
    """
    say = texts(language)
    if record.baseline is None:
        return Sentence(say("baseline.no_baseline"))
    editions = _editions(record.baseline.labels, say)
    events = changes.drop_duplicates(["event_id", "revision"])
    counted = _counted(events, say)
    sentences = []
    if counted:
        words = enumerated(counted, say)
        sentences.append(say("baseline.compared", editions=editions, changes=words))
    if record.baseline.unpublished:
        unpublished = _editions(record.baseline.unpublished, say)
        sentences.append(say("baseline.unpublished", editions=unpublished))
    elif not counted:
        sentences.append(say("baseline.unchanged", editions=editions))
    elif revised(changes).empty:
        sentences.append(say("baseline.unrevised"))
    return paragraph(sentences, say)


def _editions(labels: Sequence[str], say: Texts) -> str:
    """Return the names of editions, as in “2025年12月一期”."""
    editions = [edition_name(label, say.language) for label in labels]
    names = enumerated(editions, say)
    n = len(labels)
    if n == 1:
        return say("baseline.edition", names=names)
    return say.plural("baseline.editions", n, names=names)


def _counted(events: pd.DataFrame, say: Texts) -> list[str]:
    """Return how many events there are of each kind of change."""
    numbers = events["revision"].value_counts()
    words = []
    for revision in REVISIONS:
        if revision not in numbers:
            continue
        count = int(numbers[revision])
        if revision == "new":
            is_late = events["revision"].eq("new") & ~events["in_edition"]
            words.append(_new(count, int(is_late.sum()), say))
        else:
            words.append(say(_COUNTED[revision], count=count))
    return words


def _new(count: int, late: int, say: Texts) -> str:
    """Return how many events are new, and how many of these belong to a previous edition."""
    if not late:
        return say("baseline.new", count=count)
    if late == count:
        return say("baseline.new_all_late", count=count)
    return say("baseline.new_partly_late", count=count, late=late)


def describe_revised(
    changes: pd.DataFrame,
    language: Language | None = None,
    codebook: Codebook | None = None,
    *,
    most: int = 12,
) -> Sentence:
    """Return sentences that name the changed events of previous editions, and what changed.

    The new events of the edition itself are not named.

    Parameters
    ----------
    changes
        As :func:`aistats.revisions` returns them.
    language
        ``zh`` or ``en``; by default that of the session.
    codebook
        Gives the labels.
    most
        How many events to name.

    Examples
    --------
    >>> changes = pd.DataFrame({"event_id": ["a"], "revision": ["redated"], "in_edition": [False],
    ...     "column": ["date"], "before": ["2025-12-15"], "after": ["2025-12-16"],
    ...     "title_zh": ["商汤推出Seko 2.0"], "title_en": ["SenseTime launches Seko 2.0"]})
    >>> print(describe_revised(changes, "en"))
    Date changed: SenseTime launches Seko 2.0 (date: 15 Dec 2025 → 16 Dec 2025).
    """
    say = texts(language)
    listed = revised(changes)
    if listed.empty:
        return Sentence(say("baseline.nothing"))
    listed = listed.assign(title=localized(listed, "title", say.language))
    events = list(listed.groupby(["revision", "event_id"], sort=False))
    by_revision: dict[str, list[str]] = {}
    for (revision, _), rows in events[:most]:
        event = _event(rows, say, codebook)
        by_revision.setdefault(str(revision), []).append(event)
    sentences = []
    for revision, names in by_revision.items():
        kind = capitalized(change_name(revision, say.language))
        listing = say("list.semicolon").join(names)
        sentences.append(say("baseline.kind", kind=kind, events=listing))
    if len(events) > most:
        sentences.append(say.plural("baseline.more", len(events) - most))
    return paragraph(sentences, say)


def _event(rows: pd.DataFrame, say: Texts, codebook: Codebook | None) -> str:
    """Return the title of an event, with the columns that changed."""
    title = str(rows["title"].iloc[0])
    changed = rows[rows["column"].notna()]
    if changed.empty:
        return title
    changes = changed.to_dict("records")
    notes = [describe_change(change, say.language, codebook) for change in changes]
    separator = say("list.clauses_comma")
    return say("baseline.noted", event=title, notes=separator.join(notes))


def change_name(revision: str, language: Language | None = None) -> str:
    """Return what a change to a previous edition is called: a new event of it was added late.

    Examples
    --------
    >>> change_name("new", "zh"), change_name("recoded", "en")
    ('补记', 'reclassified')
    """
    kind = revision
    if revision == "new":
        kind = "late"
    return level_name(kind, "revision", language)


def describe_change(
    change: Mapping[Hashable, Any],
    language: Language | None = None,
    codebook: Codebook | None = None,
) -> str:
    """Return what one change replaced by what.

    Parameters
    ----------
    change
        A row of what :func:`aistats.revisions` returned.
    language
        ``zh`` or ``en``; by default that of the session.
    codebook
        Gives the labels.

    Examples
    --------
    >>> from aistats.tables.codebook import read_codebook
    >>> row = {"revision": "recoded", "column": "region", "before": "GB", "after": "US"}
    >>> describe_change(row, "zh", read_codebook("data"))
    '地区：英国→美国'
    """
    say = texts(language)
    name = change["column"]
    if pd.isna(name):
        key = _WHOLE_EVENT[change["revision"]]
        return say(key)
    title = column_title(name, say.language, codebook)
    return say(
        "baseline.change",
        column=in_sentence(title, say),
        before=_cell(change["before"], name, say, codebook),
        after=_cell(change["after"], name, say, codebook),
    )


def _cell(value: str | None, name: str, say: Texts, codebook: Codebook | None) -> str:
    """Return the content of a cell in words."""
    language = say.language
    if name not in _DATES:
        return level_name(value, name, language, codebook)
    if pd.isna(value):
        return say("term.blank")
    return date_name(value, language)


def describe_baseline(
    comparisons: pd.DataFrame,
    record: Edition,
    language: Language | None = None,
    codebook: Codebook | None = None,
) -> Sentence:
    """Return a sentence that compares the rate of events with previous editions, or why none can.

    Parameters
    ----------
    comparisons
        As :func:`aistats.compare_with_baseline` or :func:`aistats.one_family` returned them; the
        sentence is on the first row.
    record
        The edition.
    language
        ``zh`` or ``en``; by default that of the session.
    codebook
        Gives the labels.

    Examples
    --------
    >>> from aistats.trends.baseline import compare_with_baseline
    >>> from aistats.tables.edition import read_edition
    >>> december = read_edition("data", "2025-12")
    >>> print(describe_baseline(compare_with_baseline(december), december, "en"))
    This edition is not compared with a previous one.
    """
    say = texts(language)
    if record.baseline is None:
        return Sentence(say("baseline.no_baseline"))
    if comparisons.empty:
        return Sentence(say("baseline.no_days"))
    return comparison_of_sides(comparisons.iloc[0], EDITIONS, say, codebook)

"""Sentences on an edition and its baseline: what was revised, and how their rates compare."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from aistats.tables.codebook import Codebook
from aistats.tables.edition import Edition
from aistats.trends.baseline import REVISIONS, revised
from aistats.wording.names import (
    Sentence,
    and_,
    checked,
    column_title,
    date_name,
    edition_name,
    level_name,
    localized,
    term,
)
from aistats.wording.trends import describe_comparison

_DATES = ("date", "reported", "planned_for")
_TEXTS = {
    "zh": {
        "space": "",
        "comma": "，",
        "between": "；",
        "no_baseline": "本期没有指定对照期。",
        "no_days": "对照期没有早于本期的日子，无从比较。",
        "compared": "与{}相比：{}。",
        "edition": "{}一期",
        "editions": "{}这{}期",
        "late": "（其中{}条属对照期的补记）",
        "all_late": "（属对照期的补记）",
        "unrevised": "对照期的事件没有变动。",
        "unchanged": "与{}相比，没有新增、改期、重新归类或撤下的事件。",
        "unpublished": "找不到{}发布时的数据，所以看不出它此后有没有变动。",
        "nothing": "没有可以列出的变动。",
        "kind": "{}：{}。",
        "noted": "{}（{}）",
        "more": "另有{}条未列出。",
        "change": "{}：{}→{}",
        "new": "对照期发布之后才收录",
        "withdrawn": "现已不再收录",
    },
    "en": {
        "space": " ",
        "comma": ", ",
        "between": "; ",
        "no_baseline": "This edition names no baseline.",
        "no_days": "The baseline has no day before this edition, so there is nothing to compare.",
        "compared": "Compared with the {}: {}.",
        "edition": "{} edition",
        "editions": "{} editions",
        "late": " ({} of them added late to the baseline)",
        "all_late": " (added late to the baseline)",
        "unrevised": "No event of the baseline has changed.",
        "unchanged": "Compared with the {}, no event is new, re-dated, re-coded or withdrawn.",
        "unpublished": "What the {} published was not found, so changes since then do not show.",
        "nothing": "There is no change to list.",
        "kind": "{}: {}.",
        "noted": "{} ({})",
        "more": "{} more not listed.",
        "change": "{}: {} → {}",
        "new": "on record only since the baseline was published",
        "withdrawn": "no longer on record",
    },
}
"""What is said of a baseline in each language."""


def describe_revisions(changes: pd.DataFrame, record: Edition, language: str) -> Sentence:
    """Say how many events are new, re-dated, re-coded or withdrawn since the baseline.

    Parameters
    ----------
    changes
        As :func:`aistats.revisions` returns them.
    record
        The edition.
    language
        ``zh`` or ``en``.

    Examples
    --------
    >>> from aistats.trends.baseline import revisions
    >>> from aistats.tables.edition import read_edition
    >>> december = read_edition("data", "2025-12")
    >>> print(describe_revisions(revisions(december), december, "zh"))
    本期没有指定对照期。
    """
    text = _TEXTS[checked(language)]
    if record.baseline is None:
        return Sentence(text["no_baseline"])
    base, missing = _editions(record.baseline.labels, language), record.baseline.unpublished
    events = changes.drop_duplicates(["event_id", "revision"])
    kinds = events["revision"].value_counts()
    told = [_many(name, int(kinds[name]), language) for name in REVISIONS if name in kinds]
    if late := int((events["revision"].eq("new") & ~events["in_edition"]).sum()):
        told[0] += text["all_late" if late == kinds["new"] else "late"].format(late)
    parts = []
    if told:
        kinds_told = "、".join(told) if language == "zh" else and_(told)
        parts.append(text["compared"].format(base, kinds_told))
    if missing:
        parts.append(text["unpublished"].format(_editions(missing, language)))
    elif revised(changes).empty:
        parts.append(text["unrevised"] if told else text["unchanged"].format(base))
    return Sentence(text["space"].join(parts))


def _editions(labels: Sequence[str], language: str) -> str:
    names = [edition_name(label, language) for label in labels]
    named = "、".join(names) if language == "zh" else and_(names)
    return _TEXTS[language]["edition" if len(names) == 1 else "editions"].format(named, len(names))


def _many(revision: str, n: int, language: str) -> str:
    name = term(f"revision_{revision}", language)
    return f"{name}{n}条" if language == "zh" else f"{n} {name}"


def describe_revised(
    changes: pd.DataFrame, language: str, codebook: Codebook | None = None, *, most: int = 12
) -> Sentence:
    """Name the events that were added late, re-dated, re-coded or withdrawn, and what changed.

    The new events of the edition itself are not named.

    Parameters
    ----------
    changes
        As :func:`aistats.revisions` returns them.
    language
        ``zh`` or ``en``.
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
    Re-dated: SenseTime launches Seko 2.0 (date: 15 Dec 2025 → 16 Dec 2025).
    """
    text = _TEXTS[checked(language)]
    shown = revised(changes)
    shown = shown.assign(title=localized(shown, "title", language))
    if shown.empty:
        return Sentence(text["nothing"])
    told: dict[str, list[str]] = {}
    events = list(shown.groupby(["revision", "event_id"], sort=False))
    for (revision, _), rows in events[:most]:
        changed = rows[rows["column"].notna()].to_dict("records")
        notes = text["comma"].join(describe_change(row, language, codebook) for row in changed)
        title = rows["title"].iloc[0]
        event = text["noted"].format(title, notes) if notes else title
        told.setdefault(str(revision), []).append(event)
    parts = [
        text["kind"].format(change_name(revision, language).capitalize(), text["between"].join(it))
        for revision, it in told.items()
    ]
    if len(events) > most:
        parts.append(text["more"].format(len(events) - most))
    return Sentence(text["space"].join(parts))


def change_name(revision: str, language: str) -> str:
    """Return what a change of the past is called: an event new to it was added late.

    Examples
    --------
    >>> change_name("new", "zh"), change_name("recoded", "en")
    ('补记', 're-coded')
    """
    return term(f"revision_{'late' if revision == 'new' else revision}", language)


def describe_change(
    change: Mapping[Hashable, Any], language: str, codebook: Codebook | None = None
) -> str:
    """Say what one change is, from what to what.

    Parameters
    ----------
    change
        A row of what :func:`aistats.revisions` returned.
    language
        ``zh`` or ``en``.
    codebook
        Gives the labels.

    Examples
    --------
    >>> from aistats.tables.codebook import read_codebook
    >>> row = {"revision": "recoded", "column": "region", "before": "unknown", "after": "US"}
    >>> describe_change(row, "zh", read_codebook("data"))
    '地区：未注明→美国'
    """
    text, name = _TEXTS[checked(language)], change["column"]
    if pd.isna(name):
        return text[change["revision"]]
    cells = [change["before"], change["after"]]
    if name in _DATES:
        said = [
            term("missing", language) if pd.isna(it) else date_name(it, language) for it in cells
        ]
    else:
        said = [level_name(it, name, language, codebook) for it in cells]
    return text["change"].format(column_title(name, language, codebook).lower(), *said)


def describe_baseline(
    comparisons: pd.DataFrame, record: Edition, language: str, codebook: Codebook | None = None
) -> Sentence:
    """Say how the rate of events compares with that of the baseline, or why nothing is said of it.

    Parameters
    ----------
    comparisons
        As :func:`aistats.compare_with_baseline` or :func:`aistats.one_family` returned them; the
        first row is said.
    record
        The edition.
    language
        ``zh`` or ``en``.
    codebook
        Gives the labels.

    Examples
    --------
    >>> from aistats.trends.baseline import compare_with_baseline
    >>> from aistats.tables.edition import read_edition
    >>> december = read_edition("data", "2025-12")
    >>> print(describe_baseline(compare_with_baseline(december), december, "en"))
    This edition names no baseline.
    """
    text = _TEXTS[checked(language)]
    if record.baseline is None:
        return Sentence(text["no_baseline"])
    if comparisons.empty:
        return Sentence(text["no_days"])
    return describe_comparison(comparisons.iloc[0], language, codebook)

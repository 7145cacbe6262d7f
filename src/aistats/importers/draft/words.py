"""Words by which a report shows what a part of it is for: an open table, ``words.csv``."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files

from aistats.importers.draft.outline import Node

SKIPPED = ("contents", "note", "summary", "trend", "outlook", "method", "reference", "about")
"""Uses of words in a heading that say that what stands under it is no event, in this order."""

_LAST_WORDS = ("summary", "trend", "outlook")
_GOES_ON = r"(?:and|for|to|of|in|on|from|the|this|these|our)\b"
_HAN = re.compile(r"[⺀-鿿]")


@cache
def names(use: str) -> frozenset[str]:
    """Return the words of one use, in lower case.

    Examples
    --------
    >>> "统计周期" in names("period label"), "reporting period" in names("period label")
    (True, True)
    """
    table = files("aistats.importers.draft").joinpath("words.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(table.splitlines())
    (words,) = (row["words"] for row in rows if row["use"] == use)
    return frozenset(word.casefold().replace("’", "'") for word in words.split("|"))


def opening_label(node: Node) -> tuple[str, str]:
    """Return what a node opens with, as the table has labels, and what follows it."""
    return node.lead.strip(" ：:【】[]").casefold().replace("’", "'"), node.after_lead


def is_date_label(label: str) -> bool:
    """Whether a label, or the name of a column, says that a date follows.

    Examples
    --------
    >>> is_date_label("Date of incident"), is_date_label("公告日期"), is_date_label("Update")
    (True, True, False)
    """
    label = label.strip("：: ").casefold()
    words = re.search(r"\bdate\b|^[^无未不].*(?:日期|时间|時間)$", label)
    return label in names("date label") or bool(words and len(label) <= 24)


@cache
def pattern(use: str) -> re.Pattern[str]:
    """Return what finds the words of one use in running text, Latin ones as whole words."""
    words = sorted(names(use), key=len, reverse=True)
    latin = "|".join(re.escape(it) for it in words if not _HAN.search(it))
    han = "|".join(re.escape(it) for it in words if _HAN.search(it))
    return re.compile(rf"\b(?:{latin})\b|(?:{han})", re.IGNORECASE)


def reason_to_skip(heading: str) -> str | None:
    """Return why what stands under a heading is no event: the use of the word that says so.

    A Chinese heading must be short and end with the word, an English one begin with it and go on
    with "and", "for" or the like; of trends and the like it may be the last word too.

    Examples
    --------
    >>> reason_to_skip("行业趋势与展望"), reason_to_skip("Looking ahead to January")
    ('outlook', 'outlook')
    >>> reason_to_skip("国内AI进展") is None
    True
    """
    core = re.sub(r"[（(].*?[)）]|[：:].*$", "", heading).casefold()
    core = re.sub(r"^[\W_]+|[\W_]+$", "", core.replace("’", "'"))
    return next((use for use in SKIPPED if any(_says(it, core, use) for it in names(use))), None)


def _says(word: str, core: str, use: str) -> bool:
    if core == word:
        return True
    if _HAN.search(word):
        return len(core) <= 14 and core.endswith(word)
    if len(core.split()) > 7:
        return False
    last = use in _LAST_WORDS and core.endswith(f" {word}")
    return last or bool(re.match(rf"{re.escape(word)}\s*(?:[-–—&,+]|{_GOES_ON})", core))

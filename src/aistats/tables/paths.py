"""Paths and labels from data, proven to lie inside the folder that they are written for.

A codebook names files, ``editions.csv`` names folders, a notebook names figures, and each of them
may come from somebody else. What is allowed is what means the same place on every system, and never
one outside; anything else is refused before a file is opened. Paths that a user types at the
command line are theirs to choose and do not pass through here.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

_LONGEST_NAME = 200
"""Bytes of one part of a path: systems take 255, and `.failed` and the like are put on."""

_LONGEST_PATH = 1000
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\u2028\u2029\ud800-\udfff]')
_RESERVED = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\..*)?", re.IGNORECASE
)
_LABEL = re.compile(r"[^\W_]+(?:[-_][^\W_]+)*")


def is_file_name(text: str) -> bool:
    """Whether a text names a file or folder on every system, and nothing beside or above it.

    Examples
    --------
    >>> [is_file_name(it) for it in ("events.csv", "各期.csv", "..", ".git", "a/b", "nul.csv")]
    [True, True, False, False, False, False]
    """
    return (
        text == text.strip()
        and text[:1] not in ("", ".")
        and text[-1:] != "."
        and _FORBIDDEN.search(text) is None
        and _RESERVED.fullmatch(text) is None
        and len(text.encode()) <= _LONGEST_NAME
    )


def is_path_inside(text: str) -> bool:
    """Whether a text is a relative path that every system reads alike and none leads out by.

    Examples
    --------
    >>> [is_path_inside(it) for it in ("events.csv", "2025/events.csv", "a/../../b", "/etc/passwd")]
    [True, True, False, False]
    """
    return len(text.encode(errors="replace")) <= _LONGEST_PATH and all(
        map(is_file_name, text.split("/"))
    )


def is_label(text: str) -> bool:
    """Whether a text can be the label of an edition, which names a folder and stands in lists.

    It has no dot, so that it never is the name of something else in the folder of the editions.

    Examples
    --------
    >>> [is_label(it) for it in ("2025-12", "2026-Q1", "2026年1月", "../victim", "index.html", "")]
    [True, True, True, False, False, False]
    """
    return _LABEL.fullmatch(text) is not None and is_file_name(text)


def same_place(path: str) -> str:
    """Return what two paths have in common that some system takes for one and the same.

    Examples
    --------
    >>> same_place("Events.csv") == same_place("events.CSV")
    True
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def leads_outside(folder: Path, path: Path) -> bool:
    """Whether a path in a folder leads out of it by a link, of its own or of a folder on the way.

    The folder itself may be a link. What links to itself leads nowhere, which is outside too.
    """
    try:
        return not path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):
        return True

"""Check that paths and labels from data stay inside the folder they are written for.

A text comes in, and the answer whether it is safe goes out. A codebook names files,
``editions.csv`` names folders and a notebook names figures, and others may have written any of
them. Allowed is only what means the same place on every system and never one outside; everything
else is rejected before a file is opened. Paths that users type at the command line are their choice
and are not checked here.
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
    """Return whether a text is the name of a file or folder on every system, without a path.

    Examples
    --------
    >>> names = ("events.csv", "各期.csv", "..", ".git", "a/b", "nul.csv")
    >>> [is_file_name(name) for name in names]
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
    """Return whether a text is a relative path that means one place, inside, on every system.

    Examples
    --------
    >>> paths = ("events.csv", "2025/events.csv", "a/../../b", "/etc/passwd")
    >>> [is_path_inside(path) for path in paths]
    [True, True, False, False]
    """
    length = len(text.encode(errors="replace"))
    parts = text.split("/")
    return length <= _LONGEST_PATH and all(map(is_file_name, parts))


def is_label(text: str) -> bool:
    """Return whether a text can be the label of an edition, which is a folder name and in lists.

    A label has no dot, so that it never is the name of another file in the folder of the editions.

    Examples
    --------
    >>> labels = ("2025-12", "2026-Q1", "2026年1月", "../victim", "index.html", "")
    >>> [is_label(label) for label in labels]
    [True, True, True, False, False, False]
    """
    has_form = _LABEL.fullmatch(text) is not None
    return has_form and is_file_name(text)


def same_place(path: str) -> str:
    """Return a form that is equal for two paths if some system takes them for the same.

    Examples
    --------
    >>> same_place("Events.csv") == same_place("events.CSV")
    True
    """
    composed = unicodedata.normalize("NFC", path)
    folded = composed.casefold()
    return unicodedata.normalize("NFC", folded)  # folding can decompose letters again


def leads_outside(folder: Path, path: Path) -> bool:
    """Return whether a path leads out of its folder by a link, of its own or of a folder above it.

    The folder itself may be a link. A link to itself leads nowhere, which counts as outside too.
    """
    try:
        return not path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):
        return True

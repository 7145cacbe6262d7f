"""The house style: one look, one font file, and how Chinese and English text is set.

:func:`style` holds for as long as a chart is made and gives everything back, so no setting of a
user changes a chart and no chart changes a setting of theirs. Text is measured in the font that
draws it and broken where a reader of either language would break it: English between words, Chinese
between characters but never before a closing mark or after an opening one.
"""

from __future__ import annotations

import importlib.util
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.font_manager import FontEntry, FontProperties, fontManager
from matplotlib.textpath import text_to_path

FAMILY = ["aistats Sans SC", "DejaVu Sans"]
INK, MUTED, GREY, FAINT = "#1f2933", "#5f6b76", "#8a949e", "#dde2e6"
HUE, TINT, PALE, DEEP = "#0072b2", "#cfe4f2", "#f4f6f8", "#8fc1e0"
HATCH: dict[str, Any] = {
    "facecolor": "#f7f7f7",
    "edgecolor": "#b4bcc4",
    "hatch": "////",
    "linewidth": 0,
}
"""How days look that no source covers."""

TITLE, TEXT, SMALL = 12.0, 9.0, 8.0
"""Sizes of text in points; the font has no bold, so size and colour make the hierarchy."""

LINE = 1.4
"""The height of a line of Chinese, in sizes of its text."""

LITERAL: dict[str, Any] = {"parse_math": False, "fontfamily": FAMILY, "color": INK}
"""How text is written that is not ours, such as a title: as it stands."""

_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_OPENING, _CLOSING = "（《「『【〈“", "，。、；：？！）》」』】〉”…—"
_CHINESE = re.compile(f"[{_WIDE}]")
_STRAIGHT = str.maketrans("‘’“”", "''\"\"")  # the font has the curved ones as wide as a character
_PIECE = re.compile(
    rf"[ ]*[{_OPENING}]*"
    rf"(?:\d+(?:–\d+)? [A-Z][a-z]{{2}}\b|[\d—/]+[年月日天]|[{_WIDE}]"
    rf"|[^ {_WIDE}{_OPENING}{_CLOSING}]*)[{_CLOSING}]*"
)


@contextmanager
def style() -> Iterator[None]:
    """Hold the house style, whatever the user's matplotlibrc says, and give all back afterwards.

    Examples
    --------
    >>> with style():
    ...     mpl.rcParams["font.family"]
    ['aistats Sans SC', 'DejaVu Sans']
    """
    _register_font()
    with mpl.rc_context():
        mpl.rcdefaults()
        plt.style.use(Path(__file__).with_name("aistats.mplstyle"))
        yield


@cache
def _register_font() -> None:
    """Give the one font file a family name of ours, so that no installed font can stand in."""
    package = importlib.util.find_spec("zhplot")  # importing it would set fonts for everyone
    if package is None or package.origin is None:
        raise ImportError("the charts need the font in the package zhplot: pip install zhplot")
    file = Path(package.origin).parent / "fonts" / "NotoSansSC-Regular.ttf"
    fontManager.ttflist.append(FontEntry(fname=str(file), name=FAMILY[0]))


def pieces(text: str) -> list[str]:
    """Return what a line may not break: words, Chinese characters, dates, with their marks.

    Examples
    --------
    >>> pieces("《Codex》于12月2日, done")
    ['《Codex》', '于', '12月', '2日', ',', ' done']
    """
    return [piece for piece in _PIECE.findall(text) if piece]


@cache
def text_width(text: str, size: float) -> float:
    """Return the width of a line of text in points."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a missing glyph is reported when it is drawn
        font = FontProperties(family=FAMILY, size=size)
        width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width) * 1.05  # hinting on a screen widens text by up to so much


def wrap(text: str, width: float, size: float, most: int | None = None) -> list[str]:
    """Break a text into lines of a width, as Chinese and English break; at most so many lines."""
    text = re.sub(r"[ \t\r\n]+", " ", text).strip()  # a no-break space stays one
    if not _CHINESE.search(text):
        text = text.translate(_STRAIGHT)
    lines = [""]
    for piece in pieces(text):
        for part in [piece] if text_width(piece.strip(), size) <= width else piece:
            if lines[-1] and text_width(lines[-1] + part, size) > width:
                lines.append(part.lstrip())
            else:
                lines[-1] += part
    if most is not None and len(lines) > most:
        last = lines[most - 1]
        while last and text_width(last + "…", size) > width:
            last = last[:-1]
        lines = [*lines[: most - 1], last + "…"]
    return lines


def wrap_evenly(text: str, width: float, size: float) -> list[str]:
    """Break a text into as few lines as its width allows, none of them a last lonely word."""
    lines = wrap(text, width, size)
    while len(lines) > 1 and len(narrower := wrap(text, width := width - size, size)) <= len(lines):
        lines = narrower
    return lines

"""The house style: one look in two themes, the fonts of two languages, and how text is set.

Importing this module gives matplotlib the style sheets ``aistats`` and ``aistats-dark``, for any
plot. :func:`style` holds for as long as a chart is made and gives everything back, so no setting of
a user changes a chart and no chart changes a setting of theirs. Text is measured in the font that
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
from cycler import cycler
from matplotlib.font_manager import FontEntry, FontProperties, fontManager
from matplotlib.textpath import text_to_path

from aistats.counting.tables import parameter_error
from aistats.locale import Language
from aistats.session import current_language
from aistats.tables.codebook import Codebook

COLORS: dict[str, tuple[str, str]] = {
    "ink": ("#1f2933", "#e6e9ec"),
    "muted": ("#5f6b76", "#aab4bd"),
    "faint": ("#dde2e6", "#39434d"),
    "paper": ("#ffffff", "#15191d"),
    "cell": ("#f3f5f7", "#1e252b"),
    "hatch": ("#b4bcc4", "#4d5863"),
    "uncovered": ("#f7f7f7", "#1b2126"),
    "tint": ("#cfe4f2", "#22435a"),
    "step_1": ("#dbe9f4", "#1d3343"),
    "step_2": ("#b3d4ea", "#234a64"),
    "step_3": ("#7fb5da", "#2c6489"),
    "step_4": ("#2c76ad", "#7cbce6"),
    "step_5": ("#0f4a7a", "#b9def5"),
    "blue": ("#086db3", "#4fa9e5"),
    "vermillion": ("#b03500", "#eb7e3c"),
    "green": ("#00845f", "#2fb98f"),
    "amber": ("#b17a00", "#e9ae2e"),
    "violet": ("#6055cd", "#908dfc"),
    "sky": ("#3994c9", "#8ed3f5"),
    "pink": ("#905f95", "#c19ac4"),
    "slate": ("#4a5866", "#c3cdd6"),
    "grey": ("#818b95", "#7d8892"),
}
"""Every colour that a chart may use, by its role or name: on white paper, on dark paper."""

HUES = ("blue", "vermillion", "green", "amber", "violet", "sky", "pink", "slate", "grey")
"""The colours of levels: Okabe and Ito's, moved apart for colour-blind eyes and dark enough to see.

Slate is for levels without a colour of their own among others that have one, grey for what nobody
knows and for levels that share a row.
"""

INK, MUTED, FAINT, PAPER, CELL, TINT = (
    COLORS[name][0] for name in ("ink", "muted", "faint", "paper", "cell", "tint")
)
BLUE, GREY = (COLORS[name][0] for name in ("blue", "grey"))
STEPS = tuple(
    (COLORS[f"step_{step}"][0], COLORS["ink" if step < 4 else "paper"][0]) for step in range(1, 6)
)
"""Fill and text of a heat map's cells, from few to many."""

HATCH: dict[str, Any] = {
    "facecolor": COLORS["uncovered"][0],
    "edgecolor": COLORS["hatch"][0],
    "hatch": "////",
    "linewidth": 0,
}
"""How days look that no source covers."""

TITLE, TEXT, SMALL = 12.0, 9.0, 8.0
"""Sizes of text in points."""

LINE = 1.4
"""The height of a line of Chinese, in sizes of its text."""

LATIN, CHINESE = "aistats Sans", "aistats Sans SC"
FAMILIES = {"zh": [CHINESE, LATIN, "DejaVu Sans"], "en": [LATIN, CHINESE, "DejaVu Sans"]}
"""The fonts of a language: the first that has a character draws it."""

TITLE_WEIGHTS = {"zh": 400, "en": 700}
"""Chinese has one weight here; there, size and colour alone make the hierarchy."""

_FONTS = (
    (CHINESE, 400, "zhplot", "fonts/NotoSansSC-Regular.ttf"),
    (CHINESE, 700, "zhplot", "fonts/NotoSansSC-Regular.ttf"),
    (LATIN, 400, "font_source_sans_pro", "files/SourceSansPro-Regular.ttf"),
    (LATIN, 700, "font_source_sans_pro", "files/SourceSansPro-Semibold.ttf"),
)
_ROLES: dict[str, list[Any]] = {
    "ink": ["text.color", "xtick.labelcolor", "ytick.labelcolor", "patch.edgecolor"],
    "muted": [
        "axes.edgecolor",
        "axes.labelcolor",
        "xtick.color",
        "ytick.color",
        "legend.labelcolor",
    ],
    "faint": ["grid.color"],
    "paper": ["figure.facecolor", "axes.facecolor", "figure.edgecolor"],
}
_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_OPENING, _CLOSING = "（《「『【〈“", "，。、；：？！）》」』】〉”…—"
_PIECE = re.compile(
    rf"[ ]*[{_OPENING}]*"
    rf"(?:\d+(?:–\d+)? [A-Z][a-z]{{2}}\b|(?:\d+月)?[\d—/]+[年月日天]|[{_WIDE}]"
    rf"|[^ {_WIDE}{_OPENING}{_CLOSING}]*)[{_CLOSING}]*"
)


# The look ----------------------------------------------------------------------------------------


@contextmanager
def style(language: Language | None = None, *, dark: bool = False) -> Iterator[None]:
    """Hold the house style, whatever the user's matplotlibrc says, and give all back afterwards.

    Parameters
    ----------
    language
        ``zh`` or ``en``, whose font comes first; by default that of the session.
    dark
        On dark paper.

    Examples
    --------
    >>> with style("en"):
    ...     mpl.rcParams["font.family"]
    ['aistats Sans', 'aistats Sans SC', 'DejaVu Sans']
    """
    spoken = current_language(language)
    interactive = mpl.is_interactive()
    try:
        with mpl.rc_context():
            mpl.rcdefaults()
            mpl.rcParams.update(_sheet(dark=dark))
            mpl.rcParams["font.family"] = FAMILIES[spoken]
            mpl.rcParams["axes.titleweight"] = TITLE_WEIGHTS[spoken]
            mpl.rcParams["text.parse_math"] = False  # no formula in anyone's words
            try:
                yield
            finally:
                interactive = mpl.is_interactive()
    finally:
        # That of notebooks turns interactive when it draws its first figure, which may be here;
        # it would not show another if that were taken back.
        mpl.interactive(interactive)


def palette(name: str, codebook: Codebook, *, dark: bool = False) -> dict[str, str]:
    """Return the colour that each level of a column has in every chart.

    Parameters
    ----------
    name
        A column that the codebook knows; of any other the palette is empty.
    codebook
        Names the colours.
    dark
        For dark paper.

    Returns
    -------
    dict
        Level to colour in hexadecimal, as the ``palette=`` of seaborn takes it.

    Raises
    ------
    ParameterError
        If the codebook names a colour that there is not.

    Examples
    --------
    >>> from aistats.tables.codebook import read_codebook
    >>> palette("scope", read_codebook("data"))
    {'domestic': '#b03500', 'international': '#086db3', 'unstated': '#818b95'}
    """
    named = {level: codebook.color(name, level) for level in codebook.order(name)}
    rest = "slate" if any(named.values()) else "blue"
    if strange := {*named.values()} - {None, *HUES}:
        color = min(map(str, strange))
        raise parameter_error("no_choice", color, ", ".join(HUES), argument=f"color ({name})")
    return {level: COLORS[color or rest][dark] for level, color in named.items()}


def _sheet(*, dark: bool) -> mpl.RcParams:
    sheet = mpl.rc_params_from_file(
        Path(__file__).with_name("aistats.mplstyle"), use_default_template=False
    )
    for role, keys in _ROLES.items():
        sheet.update(dict.fromkeys(keys, COLORS[role][dark]))
    sheet["axes.prop_cycle"] = cycler(color=[COLORS[hue][dark] for hue in HUES])
    sheet["font.family"] = FAMILIES["zh"]
    return sheet


def _register() -> None:
    """Give the font files family names of ours, so that no installed font can stand in."""
    for family, weight, package, file in _FONTS:
        found = importlib.util.find_spec(package)  # importing zhplot would set fonts for everyone
        if found is None or found.origin is None:
            raise ImportError(f"the charts need the font in {package}: pip install {package}")
        path = Path(found.origin).parent / file
        fontManager.ttflist.append(FontEntry(fname=str(path), name=family, weight=weight))
    plt.style.library.update({"aistats": _sheet(dark=False), "aistats-dark": _sheet(dark=True)})
    plt.style.available[:] = sorted({*plt.style.available, "aistats", "aistats-dark"})


_register()


# Text --------------------------------------------------------------------------------------------


def literal(color: str = INK) -> dict[str, Any]:
    """Return how text is written that is not ours, such as a title: as it stands.

    For texts that were made before the style held, such as those of a user's Axes.
    """
    family = mpl.rcParams["font.family"]
    spacing = 1.2 if family[0] == LATIN else 1.45
    return {"parse_math": False, "fontfamily": family, "color": color, "linespacing": spacing}


def pieces(text: str) -> list[str]:
    """Return what a line may not break: words, Chinese characters, dates, with their marks.

    Examples
    --------
    >>> pieces("《Codex》于12月2日, done")
    ['《Codex》', '于', '12月2日', ',', ' done']
    """
    return [piece for piece in _PIECE.findall(text) if piece]


def text_width(text: str, size: float, weight: int = 400) -> float:
    """Return the width of a line of text in points, in the fonts in force."""
    return size * _width(text, weight, tuple(mpl.rcParams["font.family"]))


@cache
def _width(text: str, weight: int, family: tuple[str, ...]) -> float:
    """Return the width of a text one point high, of which those of all sizes are multiples."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a missing glyph is reported when it is drawn
        font = FontProperties(family=list(family), size=1, weight=weight)
        width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width) * 1.05  # hinting on a screen widens text by up to so much


def wrap(
    text: str, width: float, size: float, most: int | None = None, weight: int = 400
) -> list[str]:
    """Break a text into lines of a width, as Chinese and English break; at most so many lines."""
    text = re.sub(r"[ \t\r\n]+", " ", text).strip()  # a no-break space stays one
    lines = [""]
    for piece in pieces(text):
        for part in [piece] if text_width(piece.strip(), size, weight) <= width else piece:
            if lines[-1] and text_width(lines[-1] + part, size, weight) > width:
                lines.append(part.lstrip())
            else:
                lines[-1] += part
    if most is not None and len(lines) > most:
        last = lines[most - 1]
        while last and text_width(last + "…", size, weight) > width:
            last = last[:-1]
        lines = [*lines[: most - 1], last + "…"]
    return lines


def wrap_evenly(
    text: str, width: float, size: float, most: int | None = None, weight: int = 400
) -> list[str]:
    """Break a text into as few lines as its width allows, none of them a last lonely word."""
    lines = wrap(text, width, size, weight=weight)
    if most is not None and len(lines) > most:
        return wrap(text, width, size, most, weight)
    longest = max(text_width(piece.strip(), size, weight) for piece in pieces(text) or [text])
    while len(lines) > 1 and (width := width - size / 2) >= longest:
        narrower = wrap(text, width, size, weight=weight)
        if len(narrower) > len(lines):
            break
        lines = narrower
    return lines

"""What all charts share: Axes and their size, titles, keys, names of rows, levels and their places.

Lengths are in points, 72 to the inch, unless a name says inches.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.legend import Legend
from matplotlib.patches import Patch
from matplotlib.text import Annotation, Text
from matplotlib.transforms import BboxBase, ScaledTranslation, Transform
from numpy.typing import NDArray

from aistats.charts.style import (
    BLUE,
    GREY,
    INK,
    LINE,
    MUTED,
    PAPER,
    SMALL,
    TEXT,
    TITLE,
    literal,
    palette,
    style,
    text_width,
    wrap,
    wrap_evenly,
)
from aistats.counting.schema import UNKNOWN, groups_of, schema_of
from aistats.counting.tables import need, parameter_error
from aistats.locale import Language, Texts
from aistats.session import texts
from aistats.tables.codebook import Codebook
from aistats.wording import level_name

PAGE_WIDTH, NARROW_WIDTH = 7.2, 3.6
"""Inches across a figure for a page, and across one for a telephone or a column."""

MOST_LEVELS = 15
"""Rows that a chart of levels has at most; the smallest levels beyond share one row."""

MARGIN = 0.08 * 72  # as in the style sheet
GAP = 8.0
NAMES, NAMES_SHARE = 150.0, 0.4  # the widest names of rows, and their share of the width
_HANDLE = 8.0

Key = list[tuple[Artist, str]]


# Axes --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sheet:
    """Where a chart is drawn, on a user's Axes or a figure of our own, and its titles."""

    given: Axes | None
    inches: float
    title: str | None
    subtitle: str | None

    @property
    def width(self) -> float:
        """Points that the chart may take across."""
        if self.given is None:
            return self.inches * 72 - 2 * MARGIN
        return float(self.given.bbox.width / self.given.figure.dpi * 72)

    @property
    def height(self) -> float:
        """Points that the chart may take down."""
        if self.given is None:
            return math.inf
        return float(self.given.bbox.height / self.given.figure.dpi * 72)

    def axes(self) -> Axes:
        """Return bare Axes."""
        ax = self.given or plt.figure(figsize=(self.inches, 1)).add_subplot()
        ax.spines[:].set_visible(False)
        ax.tick_params(length=0)
        return ax

    def finish(
        self, ax: Axes, height: float, *keys: Key, left: float = 0.0, above: float = 0.0
    ) -> Axes:
        """Write keys, subtitle and title over each other, from where the names of the rows start.

        A figure of our own becomes as high as it takes to have `height` points for the marks.
        """
        shift = ScaledTranslation(-left / 72, 0, ax.figure.dpi_scale_trans)
        pad = above + GAP
        for key in filter(None, keys):
            pad += _write_key(ax, key, self.width, shift, pad) + GAP / 2
        pad += GAP / 2 * any(keys)
        if self.subtitle:
            lines = "\n".join(wrap_evenly(self.subtitle, self.width, TEXT))
            note = ax.annotate(
                lines, (0, 1), (-left, pad), xycoords="axes fraction", textcoords="offset points"
            )
            note.set(**literal(MUTED), va="bottom", fontsize=TEXT)
            pad += _height(note) + GAP / 2
        if self.title:
            weight = mpl.rcParams["axes.titleweight"]
            lines = "\n".join(wrap_evenly(self.title, self.width, TITLE, weight=weight))
            text = ax.set_title(lines, loc="left", y=1, pad=pad, fontsize=TITLE, **literal())
            text.set(transform=text.get_transform() + shift, fontweight=weight)
        if self.given is None:
            self._fit(ax, height, left)
        return ax

    def _fit(self, ax: Axes, height: float, left: float) -> None:
        """Give our figure its height, and the Axes at once the width that the layout will."""
        figure, place = ax.figure, ax.get_subplotspec()
        assert isinstance(figure, Figure)
        assert place is not None
        whole = self.inches * 72
        figure.subplotpars.update(left=(MARGIN + left) / whole, right=1 - MARGIN / whole)
        ax.set_subplotspec(place)
        around = _extent(ax).height - ax.bbox.height
        figure.set_figheight(around / figure.dpi + (height + 2 * MARGIN) / 72)

    def nothing(self, words: str) -> Axes:
        """Write in place of a chart why there is nothing to draw, such as no events on record."""
        ax = self.axes()
        ax.set(xticks=[], yticks=[])
        ax.text(0, 0.5, words, transform=ax.transAxes, va="center", fontsize=TEXT, color=MUTED)
        return self.finish(ax, 2 * LINE * TEXT)


def frame(
    ax: Axes,
    *,
    title: str,
    subtitle: str | None = None,
    notes: Sequence[str] = (),
    source: str | None = None,
    language: Language | None = None,
) -> None:
    """Make a figure stand alone: its title above the chart, notes and source below it.

    The figure grows by what the text takes, and the chart keeps its size.

    Parameters
    ----------
    ax
        The chart, alone in its figure and drawn without a title.
    title, subtitle
        Wrapped, and taken literally.
    notes, source
        A line or more each.
    language
        ``zh`` or ``en``; by default that of the session.

    Raises
    ------
    ParameterError
        If the language is unknown.

    Examples
    --------
    >>> figure, ax = plt.subplots(figsize=(4, 3))
    >>> frame(ax, title="Events per week", source="Source: made up.", language="en")
    >>> bool(figure.get_figheight() > 3)
    True
    >>> plt.close(figure)
    """
    say = texts(language)
    figure = ax.get_figure(root=True)
    assert figure is not None
    with style(say.language):
        weight = mpl.rcParams["axes.titleweight"]
        head = [_line(figure, title, TITLE, INK, weight)]
        head += [_line(figure, subtitle, TEXT, MUTED)] if subtitle else []
        foot = [_line(figure, text, SMALL, MUTED) for text in (*notes, source) if text]
    above = sum(_height(text) + GAP / 2 for text in head) + GAP
    below = sum(_height(text) + GAP / 2 for text in foot) + GAP * bool(foot)
    _grow(figure, above / 72, below / 72)
    high = figure.get_figheight() * 72
    _stack(head, high - MARGIN, high)
    _stack(foot, below - GAP / 2, high)


def _line(figure: Figure, text: str, size: float, color: str, weight: int = 400) -> Text:
    """Return a text from margin to margin, not yet in its place."""
    width = figure.get_figwidth() * 72
    lines = "\n".join(wrap_evenly(text, width - 2 * MARGIN, size, weight=weight))
    return figure.text(
        MARGIN / width, 0, lines, va="top", fontsize=size, fontweight=weight, **literal(color)
    )


def _stack(texts: list[Text], top: float, high: float) -> None:
    """Put texts below each other, from `top` points over the lower edge."""
    for text in texts:
        text.set_y(top / high)
        top -= _height(text) + GAP / 2


def _grow(figure: Figure, above: float, below: float) -> None:
    """Make a figure higher by some inches above and below what is in it."""
    engine = figure.get_layout_engine()
    old = figure.get_figheight()
    new = old + above + below
    if isinstance(engine, ConstrainedLayoutEngine):
        left, low, wide, tall = engine.get()["rect"]
        engine.set(rect=(left, (low * old + below) / new, wide, tall * old / new))
    else:
        figure.draw_without_rendering()
        figure.set_layout_engine("none")
        for ax in figure.axes:
            box = ax.get_position()
            low, tall = (box.y0 * old + below) / new, box.height * old / new
            ax.set_position((box.x0, low, box.width, tall))
    figure.set_figheight(new)


def _height(text: Text) -> float:
    return float(_extent(text).height / text.figure.dpi * 72)


def _extent(artist: Artist) -> BboxBase:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a missing glyph is reported when it is drawn
        box = artist.get_tightbbox()
    assert box is not None
    return box


# Text --------------------------------------------------------------------------------------------


def write(
    ax: Axes,
    text: str,
    at: tuple[float, float],
    offset: tuple[float, float],
    *,
    ha: str = "left",
    va: str = "baseline",
    size: float = TEXT,
    color: str = INK,
    link: str | None = None,
) -> Annotation:
    """Write at a point of the data, some points away from it."""
    return ax.annotate(
        text,
        at,
        offset,
        textcoords="offset points",
        ha=ha,
        va=va,
        fontsize=size,
        url=link,
        **literal(color),
    )


def write_on_hatch(ax: Axes, words: str, x: float, y: float) -> None:
    """Write a word on hatched ground, with paper behind it."""
    paper: dict[str, Any] = {"facecolor": PAPER, "linewidth": 0, "pad": 1.5}
    ax.text(x, y, words, ha="center", va="center", fontsize=SMALL, color=MUTED, bbox=paper)


def wrapped_names(
    names: list[str], width: float, most: int = 3
) -> tuple[list[str], float, NDArray[np.float64]]:
    """Return names of rows in lines, the points that they take, and edges of rows to hold them."""
    wrapped = [wrap_evenly(name, width, TEXT, most) for name in names]
    left = max(text_width(line, TEXT) for lines in wrapped for line in lines) + GAP
    heights = [len(lines) * LINE * TEXT + 6 for lines in wrapped]
    return ["\n".join(lines) for lines in wrapped], left, np.cumsum([0.0, *heights])


def name_rows(
    ax: Axes, places: NDArray[np.float64], names: list[str], left: float, links: list[str | None]
) -> None:
    """Write the names of the rows in a column that starts `left` points before the marks."""
    ax.set_yticks(places, names, ha="left", fontsize=TEXT, **literal())
    ax.tick_params(axis="y", pad=left)
    for label, link in zip(ax.get_yticklabels(), links, strict=True):
        label.set_url(link)


def _write_key(ax: Axes, key: Key, width: float, shift: Transform, pad: float) -> float:
    """Write a key `pad` points over the marks, and return how high it is."""
    inches = ax.figure.dpi_scale_trans
    labels = ["\n".join(wrap(label, width - 3 * _HANDLE, SMALL)) for _, label in key]
    columns = _key_columns(labels, width)
    by_column = [place for first in range(columns) for place in range(first, len(key), columns)]
    legend = Legend(
        ax,
        [key[place][0] for place in by_column],
        [labels[place] for place in by_column],
        ncols=columns,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        bbox_transform=ax.transAxes + shift + ScaledTranslation(0, pad / 72, inches),
        borderpad=0,
        borderaxespad=0,
        handlelength=_HANDLE / SMALL,
        handleheight=1,
        columnspacing=GAP * 2 / SMALL,
    )
    ax.add_artist(legend).set_clip_on(False)  # what is clipped to the Axes has no say in layouts
    return float(_extent(legend).height / ax.figure.dpi * 72)


def _key_columns(labels: list[str], width: float) -> int:
    """Return how many entries of a key stand side by side."""
    widths = [max(text_width(line, SMALL) for line in label.split("\n")) for label in labels]
    for columns in range(len(labels), 1, -1):
        widest = [max(widths[first::columns]) + _HANDLE + 3 * GAP for first in range(columns)]
        if sum(widest) <= width + GAP * 2:
            return columns
    return 1


# Tables ------------------------------------------------------------------------------------------


def ranges(certain: pd.Series, possible: pd.Series, say: Texts) -> list[str]:
    """Return a count for each row, or its range where the dates leave it open."""
    bounds = zip(certain, possible, strict=True)
    return [
        f"{low:,}" if low == high else say("term.span", low=low, high=high) for low, high in bounds
    ]


def links_of(table: pd.DataFrame, links: Sequence[str | None] | None) -> list[str | None]:
    """Return the address of each row of a table."""
    if links is None:
        return [None] * len(table)
    if len(links) != len(table):
        raise parameter_error("links_length", len(links), len(table), argument="links")
    return [link or None for link in links]


def level_columns(counts: pd.DataFrame, number: int) -> list[str]:
    """Return the names of the columns of levels, of which there must be so many."""
    need(counts, "count")
    names = groups_of(counts)
    if len(names) != number:
        raise parameter_error("levels_wanted", ", ".join(names) or 0, number)
    return names


@dataclass(frozen=True)
class Places:
    """Where the levels of a column stand: the place of each row of the table, and what it shows.

    The small levels beyond the places there are have ``shared`` in common.
    """

    of_rows: NDArray[np.intp]
    names: list[str]
    colors: list[str]
    shared: int | None = None

    def links(self, links: list[str | None]) -> list[str | None]:
        """Return the address of each place: none where several levels share it."""
        found: list[str | None] = [None] * len(self.names)
        for place, link in zip(self.of_rows, links, strict=True):
            found[place] = link if place != self.shared else None
        return found


def ranked(
    counts: pd.DataFrame, name: str, most: int, say: Texts, codebook: Codebook | None
) -> Places:
    """Return the places of the levels of a column.

    The largest level has the first place; the codebook decides between equals. What is beyond
    `most` shares a place, and then come the levels that say that nobody knows.
    """
    schema = schema_of(counts)
    has_total = schema is not None and schema["total"]
    codes, levels = pd.factorize(counts[name], use_na_sentinel=False)
    totals = np.bincount(codes, counts["count"], len(levels))
    colors = palette(name, codebook) if codebook else {}

    def rank(code: int) -> tuple[float, int]:
        return -totals[code], codebook.rank(name, levels[code]) if codebook else 0

    def label(code: int) -> str:
        return level_name(levels[code], name, say.language, codebook, total=has_total)

    in_order = sorted(range(len(levels)), key=rank)
    unknown = [code for code in in_order if pd.isna(levels[code]) or levels[code] in UNKNOWN]
    known = [code for code in in_order if code not in unknown]
    fit = len(known) if len(in_order) <= most else max(most - 1 - len(unknown), 1)
    names = [label(code) for code in known[:fit]]
    shown = [colors.get(levels[code], GREY if colors else BLUE) for code in known[:fit]]
    shared = None
    if rest := len(known) - fit:
        shared = fit
        names.append(say.plural("term.others", rest))
        shown.append(GREY)
    place = np.empty(len(levels), dtype=np.intp)
    place[known] = np.minimum(np.arange(len(known)), fit)
    place[unknown] = len(names) + np.arange(len(unknown))
    names += [label(code) for code in unknown]
    return Places(place[codes], names, shown + [GREY] * len(unknown), shared)


def levels_of(
    events: pd.DataFrame, by: str | None, say: Texts, codebook: Codebook | None
) -> Places:
    """Return the place of each event among the levels of a column, or one place for all."""
    if by is None:
        return Places(np.zeros(len(events), dtype=np.intp), [""], [BLUE])
    ones = pd.DataFrame({by: events[by].map(_one_level).to_numpy(), "count": 1})
    return ranked(ones, by, len(ones), say, codebook)


def _one_level(cell: object) -> object:
    """Return a cell as one level; several at once are a level of their own."""
    if not isinstance(cell, list | tuple):
        return cell
    return tuple(cell) if len(cell) > 1 else next(iter(cell), None)


def level_key(levels: Places, say: Texts) -> Key:
    """Return a filled square for each colour, where colours tell levels apart."""
    names: dict[str, list[str]] = {}
    for name, color in zip(levels.names, levels.colors, strict=True):
        names.setdefault(color, []).append(name)
    if set(names) == {BLUE}:
        return []
    return [square(color, say("list.comma").join(same)) for color, same in names.items()]


def one_color(colors: Sequence[str]) -> str:
    """Return the colour of a mark in the key that stands for marks of all these colours."""
    known = set(colors) - {GREY}
    return known.pop() if len(known) == 1 else MUTED


def square(color: str, words: str) -> tuple[Artist, str]:
    """Return an entry of a key."""
    return Patch(color=color, linewidth=0), words


def runs(states: NDArray[Any]) -> list[tuple[int, int]]:
    """Return start and stop of each run of equal values."""
    edges = [0, *(np.flatnonzero(np.diff(states)) + 1), len(states)]
    return list(pairwise(edges))

"""Charts of levels: how the events on record are spread over one column, or over two."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from aistats.charts.layout import (
    GAP,
    MOST_LEVELS,
    NAMES,
    NAMES_SHARE,
    PAGE_WIDTH,
    Key,
    Places,
    Sheet,
    level_columns,
    links_of,
    name_rows,
    one_color,
    ranked,
    square,
    wrapped_names,
    write,
)
from aistats.charts.style import (
    CELL,
    INK,
    LINE,
    MUTED,
    PAPER,
    SMALL,
    STEPS,
    TEXT,
    pieces,
    style,
    text_width,
    wrap_evenly,
)
from aistats.counting.tables import overlapping
from aistats.locale import Language, Texts
from aistats.session import texts
from aistats.tables.codebook import Codebook

UNITS_UP_TO = 30
"""Up to this many events in the table each is a mark of its own; more are quantities."""

_PITCH = 11.0  # from square to square
_CELL = 42.0  # a low row of a matrix
_NARROWEST_CELL, _WIDEST_CELL = 15.0, 110.0
_TIERS, _MOST_LINES = (1, 2, 3), 4  # of column heads


def plot_counts(
    counts: pd.DataFrame,
    *,
    ax: Axes | None = None,
    language: Language | None = None,
    codebook: Codebook | None = None,
    title: str | None = None,
    subtitle: str | None = None,
    width: float = PAGE_WIDTH,
    links: Sequence[str | None] | None = None,
) -> Axes:
    """Draw how the events on record are spread over the levels of one column.

    Up to 30 events in all, each is a square of its own; more become bars. The largest level comes
    first, unknown ones last; of more than 15 levels the smallest share a row. Where an event may
    have several levels, the key says so, and the shared row says how many each has at the most.

    Parameters
    ----------
    counts
        One column of levels, and ``count``: as of ``count_events(events, by=...)``.
    ax
        Axes to draw on; by default those of a new figure.
    language
        ``zh`` or ``en``; by default that of the session.
    codebook
        Gives the labels and the colours of the levels, and the order of equals; without one the
        values are shown.
    title, subtitle
        Sentences above the chart, wrapped and taken literally.
    width
        Inches across a figure of our own.
    links
        An address for each row of the table; in SVG its marks and its texts lead there. Levels
        that share a row have none.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError
        If there is no ``count`` or not one column of levels, the links are not one a row, or the
        language is unknown.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from aistats.counting.counts import count_events
    >>> events = pd.DataFrame({"region": ["CN", "US", "US", "US"]})
    >>> ax = plot_counts(count_events(events, by="region"), language="en")
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['US', 'CN']
    >>> plt.close(ax.figure)
    """
    say = texts(language)
    (name,) = level_columns(counts, 1)
    sheet = Sheet(ax, width, title, subtitle)
    targets = links_of(counts, links)
    with style(say.language):
        if counts.empty:
            return sheet.nothing(say("term.none"))
        places = ranked(counts, name, MOST_LEVELS, say, codebook)
        totals = np.bincount(places.of_rows, counts["count"], len(places.names)).astype(int)
        labels, left, edges = wrapped_names(places.names, min(NAMES, NAMES_SHARE * sheet.width))
        centers = (edges[:-1] + edges[1:]) / 2
        leads = places.links(targets)
        ax = sheet.axes()
        ax.set_xticks([])
        several = overlapping(counts)
        numbers = [f"{total:,}" for total in totals]
        if several and places.shared is not None:
            most = counts["count"][places.of_rows == places.shared].max()
            numbers[places.shared] = say("term.most_each", count=most)
            totals[places.shared] = 0  # how many events they have together is not known
        draw = _squares if totals.sum() <= UNITS_UP_TO else _bars
        key = draw(ax, totals, centers, places.colors, leads, sheet.width - left, say)
        for number, total, center, link in zip(numbers, totals, centers, leads, strict=True):
            write(ax, number, (total, center), (4, 0), va="center_baseline", link=link)
        ax.set_ylim(edges[-1], 0)
        name_rows(ax, centers, labels, left, leads)
        return sheet.finish(ax, edges[-1], _of_several(key, several, say), left=left)


def plot_matrix(
    counts: pd.DataFrame,
    *,
    ax: Axes | None = None,
    language: Language | None = None,
    codebook: Codebook | None = None,
    title: str | None = None,
    subtitle: str | None = None,
    width: float = PAGE_WIDTH,
    links: Sequence[str | None] | None = None,
) -> Axes:
    """Draw two columns against each other: a mark per event, or a number and a tint per cell.

    Rows and columns are in the order of their totals, unknown ones last. Of more levels than 15, or
    than the width can name, the smallest share one. Up to 30 events in all, each is a square in its
    cell; more are numbers, and the more, the darker the cell. Where an event may have several
    levels, the key says so, and a shared cell says how many each level has at the most.

    Parameters
    ----------
    counts
        Two columns of levels, rows then columns, and ``count``: as of
        ``count_events(events, by=[..., ...])``.
    ax, language, codebook, title, subtitle, width, links
        As in :func:`plot_counts`.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError
        If there is no ``count`` or not two columns of levels, the links are not one a row, or the
        language is unknown.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from aistats.counting.counts import count_events
    >>> events = pd.DataFrame({"region": ["CN", "US", "US", "US"], "category": "model"})
    >>> ax = plot_matrix(count_events(events, by=["region", "category"]), language="en")
    >>> sum(len(cell.get_offsets()) for cell in ax.collections)
    4
    >>> plt.close(ax.figure)
    """
    say = texts(language)
    down, across = level_columns(counts, 2)
    sheet = Sheet(ax, width, title, subtitle)
    targets = links_of(counts, links)
    with style(say.language):
        if counts.empty:
            return sheet.nothing(say("term.none"))
        rows = ranked(counts, down, MOST_LEVELS, say, codebook)
        labels, left, edges = wrapped_names(rows.names, min(NAMES, NAMES_SHARE * sheet.width))
        room = sheet.width - left
        columns, heads = _columns(counts, across, room, left, say, codebook)
        wide = min(room / len(columns.names), _WIDEST_CELL)
        several = overlapping(counts)
        cells = _cells(counts, rows, columns, targets, (down in several, across in several))
        few = counts["count"].sum() <= UNITS_UP_TO
        edges = _cell_edges(edges, cells if few else cells[:0], wide, sheet.height)
        ax = sheet.axes()
        ax.set(xlim=(0, room / wide), ylim=(edges[-1], 0), xticks=[])
        draw = _marks if few else _numbers
        key = draw(ax, cells, edges, rows.colors, len(columns.names), wide, say)
        above = _write_heads(ax, heads, wide)
        name_rows(ax, (edges[:-1] + edges[1:]) / 2, labels, left, [None] * len(labels))
        key = _of_several(key, several, say)
        return sheet.finish(ax, edges[-1], key, left=left, above=above)


def _of_several(key: Key, several: list[str], say: Texts) -> Key:
    """Return a key that says, if so, that an event is in the count of several levels."""
    if not several:
        return key
    return [(mark, say("term.several", text=words)) for mark, words in key]


# Marks for counts --------------------------------------------------------------------------------


def _squares(
    ax: Axes,
    totals: NDArray[np.int_],
    centers: NDArray[np.float64],
    colors: list[str],
    links: list[str | None],
    room: float,
    say: Texts,
) -> Key:
    most = max(int(totals.max()), 1)
    pitch = min(_PITCH, (room - GAP - text_width(f"{most:,}", TEXT)) / most)
    ax.set_xlim(0, room / pitch)
    for total, center, color, link in zip(totals, centers, colors, links, strict=True):
        across = np.arange(total) + 0.5
        _unit_squares(ax, across, np.full(total, center), pitch, color, link)
    return [square(one_color(colors), say("term.one_mark"))]


def _unit_squares(
    ax: Axes,
    across: NDArray[np.float64],
    down: NDArray[np.float64],
    pitch: float,
    color: str,
    link: str | None,
) -> None:
    marks = ax.scatter(across, down, (0.8 * pitch) ** 2, color, marker="s", linewidth=0)
    marks.set_urls([link])


def _bars(
    ax: Axes,
    totals: NDArray[np.int_],
    centers: NDArray[np.float64],
    colors: list[str],
    links: list[str | None],
    room: float,
    say: Texts,
) -> Key:
    import seaborn as sns

    sns.barplot(x=totals, y=centers, orient="h", native_scale=True, errorbar=None, ax=ax)
    for bar, color, link in zip(ax.patches[-len(totals) :], colors, links, strict=True):
        bar.set(facecolor=color, linewidth=0, url=link)
    most = int(totals.max())
    ax.set_xlim(0, most * room / (room - GAP - text_width(f"{most:,}", TEXT)))
    return [square(one_color(colors), say("term.count_mark"))]


# Marks for a matrix ------------------------------------------------------------------------------


def _cells(
    counts: pd.DataFrame,
    rows: Places,
    columns: Places,
    links: list[str | None],
    overlap: tuple[bool, bool],
) -> pd.DataFrame:
    """Return row, column, count and link of each cell that is not empty.

    It is ``bounded`` where it stands for several levels that overlap; ``count`` is then the most
    that any of them has.
    """
    table = pd.DataFrame(
        {
            "row": rows.of_rows,
            "column": columns.of_rows,
            "count": counts["count"].to_numpy(int),
            "link": pd.Series(links, dtype=object),
        }
    )
    in_shared = table["row"] == rows.shared, table["column"] == columns.shared
    table["link"] = table["link"].mask(in_shared[0] | in_shared[1])
    table["bounded"] = (in_shared[0] & overlap[0]) | (in_shared[1] & overlap[1])
    by_cell = table.groupby(["row", "column"], as_index=False)
    cells = by_cell.agg({"count": "sum", "link": "first", "bounded": "first"})
    cells["count"] = cells["count"].where(~cells["bounded"], by_cell["count"].max()["count"])
    cells["link"] = cells["link"].astype(object).where(cells["link"].notna(), None)
    return cells[cells["count"] > 0]


def _cell_edges(
    edges: NDArray[np.float64], cells: pd.DataFrame, wide: float, height: float
) -> NDArray[np.float64]:
    """Return edges of rows to hold marks of full size, where the height allows it."""
    per_line = max(int((wide - GAP) / _PITCH), 1)
    fullest = cells.groupby("row")["count"].max().reindex(range(len(edges) - 1), fill_value=0)
    marks = np.ceil(fullest.to_numpy() / per_line) * _PITCH + GAP
    edges = np.cumsum([0.0, *np.maximum(np.diff(edges) + 4, np.minimum(marks, 1.5 * _CELL))])
    scaled: NDArray[np.float64] = edges * min(1.0, height / edges[-1])
    return scaled


def _tile(
    ax: Axes, row: int, column: int, edges: NDArray[np.float64], color: str, link: str | None = None
) -> None:
    high = edges[row + 1] - edges[row]
    tile: dict[str, Any] = {"facecolor": color, "edgecolor": PAPER, "linewidth": 2.5}
    ax.add_patch(Rectangle((column, edges[row]), 1, high, url=link, **tile))


def _marks(
    ax: Axes,
    cells: pd.DataFrame,
    edges: NDArray[np.float64],
    colors: list[str],
    columns: int,
    wide: float,
    say: Texts,
) -> Key:
    """Draw a square per event, in lines from the left; the fullest cell sets the size."""
    for row, column in product(range(len(edges) - 1), range(columns)):
        _tile(ax, row, column, edges, CELL)
    middles, bounded = (edges[:-1] + edges[1:]) / 2, cells[cells["bounded"]]
    for row, column, count in bounded[["row", "column", "count"]].to_numpy(int):
        _write_number(ax, f"≤{count:,}", column + 0.5, middles[row], INK)
    cells = cells[~cells["bounded"]]
    tall = np.diff(edges)[cells["row"]]
    pitch = _PITCH
    while pitch > 1 and any(
        int((wide - GAP) / pitch) * ((tall - GAP) / pitch).astype(int) < cells["count"]
    ):
        pitch -= 0.25
    per_line = max(int((wide - GAP) / pitch), 1)
    for row, column, count, link in cells[["row", "column", "count", "link"]].to_numpy():
        line, place = np.divmod(np.arange(count), per_line)
        lines = -(-count // per_line)
        across = column + 0.5 + (place + 0.5 - min(count, per_line) / 2) * pitch / wide
        down = middles[row] + (line + 0.5 - lines / 2) * pitch
        _unit_squares(ax, across, down, pitch, colors[row], link)
    return [square(one_color([colors[row] for row in cells["row"]]), say("term.one_mark"))]


def _numbers(
    ax: Axes,
    cells: pd.DataFrame,
    edges: NDArray[np.float64],
    colors: list[str],
    columns: int,
    wide: float,
    say: Texts,
) -> Key:
    """Write the number of each cell on the step of its shade."""
    for row, column in product(range(len(edges) - 1), range(columns)):
        _tile(ax, row, column, edges, CELL)
    bounds = np.linspace(0, cells["count"].max(), len(STEPS) + 1)[1:]
    middles = (edges[:-1] + edges[1:]) / 2
    for row, column, count, link, bounded in cells.to_numpy():
        if bounded:
            _write_number(ax, f"≤{count:,}", column + 0.5, middles[row], INK)
            continue
        fill, ink = STEPS[np.searchsorted(bounds, count)]
        _tile(ax, row, column, edges, fill, link)
        _write_number(ax, f"{count:,}", column + 0.5, middles[row], ink, link)
    return [square(STEPS[2][0], say("term.count_mark"))]


def _write_number(
    ax: Axes, text: str, across: float, down: float, ink: str, link: str | None = None
) -> None:
    write(ax, text, (across, down), (0, 0), ha="center", va="center_baseline", color=ink, link=link)


# Heads of columns --------------------------------------------------------------------------------


class _Head:
    """The name of a column, in lines: over the middle of the column or as near as it may be."""

    def __init__(self, lines: list[str], tier: int, middle: float, low: float, high: float) -> None:
        half = max(text_width(line, SMALL) for line in lines) / 2
        self.lines, self.tier, self.middle = lines, tier, middle
        self.at = min(max(middle, low + half), high - half)


def _columns(
    counts: pd.DataFrame,
    name: str,
    room: float,
    left: float,
    say: Texts,
    codebook: Codebook | None,
) -> tuple[Places, list[_Head]]:
    """Return the places of as many columns as can be named, and their heads in tiers."""
    widest = text_width(f"{counts['count'].max():,}", TEXT) + 4
    most = min(MOST_LEVELS, int(room / max(widest, _NARROWEST_CELL)))
    for number in range(most, 1, -1):
        places = ranked(counts, name, number, say, codebook)
        for tiers in _TIERS:
            heads = _heads(places.names, room, left, tiers)
            if heads is not None:
                return places, heads
    places = ranked(counts, name, 2, say, codebook)
    heads = _heads(places.names, room, left, 1, cut=True)
    assert heads is not None
    return places, heads


def _heads(
    names: list[str], room: float, left: float, tiers: int, *, cut: bool = False
) -> list[_Head] | None:
    """Return the heads in tiers, the first the highest, or None where one does not fit.

    A head may take what the heads beside it in its tier leave, and must keep clear of the lines
    that lead from higher tiers down to their columns.
    """
    wide = min(room / len(names), _WIDEST_CELL)
    heads = []
    for place, name in enumerate(names):
        tier, middle = place % tiers, (place + 0.5) * wide
        low, high = -left if place < tiers else middle - tiers / 2 * wide, middle + tiers / 2 * wide
        for other in range(len(names)):
            if other % tiers < tier:
                line = (other + 0.5) * wide
                low, high = (max(low, line), high) if other < place else (low, min(high, line))
        low, high = low + 2, min(high, room, len(names) * wide) - 2
        lines = wrap_evenly(name, high - low, SMALL, most=_MOST_LINES if cut else None)
        whole = all(text_width(piece.strip(), SMALL) <= high - low for piece in pieces(name))
        if not cut and (len(lines) > _MOST_LINES or not whole):
            return None
        heads.append(_Head(lines, tier, middle, low, high))
    return heads


def _write_heads(ax: Axes, heads: list[_Head], wide: float) -> float:
    """Write the heads, with a line down to its column from each higher one; return their height."""
    lowest = max(head.tier for head in heads)
    up = [4.0]
    for tier in range(lowest, -1, -1):
        lines = max(len(head.lines) for head in heads if head.tier == tier)
        up.append(up[-1] + lines * LINE * SMALL + 3)
    for head in heads:
        base = up[lowest - head.tier]
        top = (head.middle / wide, 0)
        offset = (head.at - head.middle, base + 0.3 * SMALL)
        write(ax, "\n".join(head.lines), top, offset, ha="center", va="baseline", size=SMALL)
        if base > up[0]:
            line = {"arrowstyle": "-", "color": MUTED, "linewidth": 0.5, "shrinkA": 0, "shrinkB": 0}
            ax.annotate("", top, (0, base), textcoords="offset points", arrowprops=line)
    return up[-1]

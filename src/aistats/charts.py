"""Charts: a table becomes Axes, and what the table leaves open stays open to the eye.

A chart computes nothing but its layout. Where events are few each is a mark of its own, because a
bar of 1 beside a bar of 2 says more than it knows. What dates leave open is a hollow band, a
reporting window never looks like a date, and days that no source covers are hatched and named, so
that nobody reads them as a zero. Nothing is shown, saved or set for good: the style, with the one
font file that it needs, holds while a chart is made, and every text stands there as it was written.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import ScaledTranslation
from numpy.typing import NDArray

from aistats.codebook import Codebook
from aistats.counts import COUNTS
from aistats.dates import intervals
from aistats.style import (
    DEEP,
    FAINT,
    GREY,
    HATCH,
    HUE,
    INK,
    LINE,
    LITERAL,
    MUTED,
    PALE,
    SMALL,
    TEXT,
    TINT,
    TITLE,
    pieces,
    style,
    text_width,
    wrap,
    wrap_evenly,
)
from aistats.wording import day_range, level_name, localized, period_name, term

UNITS_UP_TO = 30
"""Up to this many events in all, a chart of counts draws a mark for each instead of bars."""

MOST_LEVELS = 15
"""Rows that a chart of levels has at most; the smallest levels beyond share one row."""

MOST_MARKS = 60
"""With more events than this in one cell, a matrix writes numbers instead of drawing marks."""

MOST_EVENTS = 60
"""Rows that a time line has at most; it says how many events it leaves out."""

UNKNOWN = ("unknown", "unstated")
"""Levels that say that nobody knows; with missing values they stand last, in grey."""

WIDTH = 7.2
"""Inches across a figure of our own; all lengths below are in points, 72 to the inch."""

_MARGIN = 0.08 * 72  # as in the style file
_GAP = 8.0
_HANDLE = 8.0
_NAMES, _TITLES = 150.0, 215.0  # the widest level names, the widest titles of events
_PITCH = 11.0  # from square to square
_CELL = 42.0  # a narrow cell of a matrix
_SHORTEST_NAME, _LONGEST_NAME = 30.0, 120.0  # of a period: "2025年" holds in the shortest
_FEWEST_SLOTS, _WIDEST_BAR, _HEADROOM = 4, 50.0, 1.15
_HEADER = 16.0  # the line of a time line that says what is covered

_Key = list[tuple[Artist, str]]


# The charts --------------------------------------------------------------------------------------


def plot_counts(
    counts: pd.DataFrame,
    *,
    ax: Axes | None = None,
    language: str = "zh",
    codebook: Codebook | None = None,
    title: str | None = None,
) -> Axes:
    """Draw how the events on record are spread over the levels of one column.

    Up to 30 events in all, each is a square of its own; more become bars. The largest level comes
    first, unknown ones last; of more than 15 levels the smallest share a row.

    Parameters
    ----------
    counts
        One column of levels, and ``count``: as of ``count_events(events, by=...)``.
    ax
        Axes to draw on; by default those of a new figure.
    language
        ``zh`` or ``en``.
    codebook
        Gives the labels of the levels and the order of equals; without one the values are shown.
    title
        A sentence, wrapped and taken literally.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If there is no ``count`` or not one column of levels, or the language is unknown.

    Examples
    --------
    >>> counts = pd.DataFrame({"region": ["CN", "US"], "count": [1, 3]})
    >>> ax = plot_counts(counts, language="en")
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['US', 'CN']
    >>> plt.close(ax.figure)
    """
    (name,) = _level_columns(counts, 1, language)
    with style():
        if counts.empty:
            return _nothing(ax, language, title)
        places, names, known = _ranked(counts, name, MOST_LEVELS, language, codebook)
        totals = np.bincount(places, counts["count"], len(names)).astype(int)
        colors = [HUE] * known + [GREY] * (len(names) - known)
        labels, left, edges = _rows(names, _NAMES)
        centers = (edges[:-1] + edges[1:]) / 2
        width, _ = _size(ax)
        ax = _axes(ax, edges[-1], title)
        ax.set_xticks([])
        draw = _squares if totals.sum() <= UNITS_UP_TO else _bars
        key = draw(ax, totals, centers, colors, width - left, language)
        for total, center in zip(totals, centers, strict=True):
            _write(ax, f"{total:,}", (total, center), (4, 0), va="center_baseline")
        ax.set_ylim(edges[-1], 0)
        _name_rows(ax, centers, labels, left)
        _finish(ax, title, key, width=width, left=left)
    return ax


def plot_periods(
    counts: pd.DataFrame,
    *,
    ax: Axes | None = None,
    language: str = "zh",
    title: str | None = None,
) -> Axes:
    """Draw what is on record per period: surely, possibly, and by share of days.

    A bar is solid up to ``certain`` and hollow up to ``possible``, with a stroke at ``expected``. A
    period without a covered day is hatched and named as such; a covered one without events has a 0
    on the base line, as long as there is room for it; a partly covered one says how many of its
    days are. Where periods are too many for numbers there is a scale, and where they are too many
    for names, every n-th has one and partly covered ones are shaded.

    Parameters
    ----------
    counts
        A row per period with ``period``, ``days``, ``certain``, ``expected``, ``possible`` and,
        where the coverage is known, ``days_covered``: as of ``count_events(events, period=...)``.
    ax, language, title
        As in :func:`plot_counts`.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If a column is missing, a period has several rows, or the language is unknown.

    Examples
    --------
    >>> weeks = pd.DataFrame({"period": pd.to_datetime(["2025-12-01", "2025-12-08"]),
    ...                       "certain": [3, 0], "expected": [3.5, 0], "possible": [5, 0],
    ...                       "days": [7, 7], "days_covered": [7, 0]})
    >>> ax = plot_periods(weeks, language="en")
    >>> [text.get_text() for text in ax.texts]
    ['not covered', '3–5']
    >>> plt.close(ax.figure)
    """
    _check(counts, ["period", "days", "certain", "expected", "possible"], language)
    if (twice := counts["period"].duplicated()).any():
        day = counts.loc[twice, "period"].iloc[0]
        raise ValueError(f"counts: more than one row for period {day}; count without by=")
    with style():
        if counts.empty:
            return _nothing(ax, language, title)
        shown = counts.sort_values("period", ignore_index=True)
        shown["covered"] = shown.get("days_covered", shown["days"])
        top = max(int(shown["possible"].max()), 1)
        bounds = zip(shown["certain"], shown["possible"], strict=True)
        span = term("span", language)
        numbers = [f"{low:,}" if low == high else span.format(low, high) for low, high in bounds]
        width, _ = _size(ax)
        slots = max(len(shown), _FEWEST_SLOTS)
        direct = max(text_width(number, TEXT) for number in numbers) + 2 <= width / slots
        ax = _axes(ax, 230, title)
        left = _scale(ax, 0 if direct else top)
        slot = (width - left) / slots
        ax.set_xlim(-0.5, slots - 0.5)
        ax.set_ylim(0, top * _HEADROOM)
        ax.axhline(0, color=MUTED, linewidth=1, clip_on=False)
        named = _name_periods(ax, shown, slot, language)
        key = _bands(ax, shown, min(0.7, _WIDEST_BAR / slot), language)
        key += _uncovered(ax, shown, slot, top, language)
        key += [] if named else _partly_covered(ax, shown, language)
        zero = (shown["possible"] == 0) & (shown["covered"] > 0) & (text_width("0", TEXT) < slot)
        for place in shown.index[(shown["possible"] > 0) & direct | zero]:
            _write(ax, numbers[place], (place, shown["possible"][place]), (0, 3), ha="center")
        _finish(ax, title, key, width=width, left=left)
    return ax


def plot_matrix(
    counts: pd.DataFrame,
    *,
    ax: Axes | None = None,
    language: str = "zh",
    codebook: Codebook | None = None,
    title: str | None = None,
) -> Axes:
    """Draw two columns against each other, with a mark per event in the cell where it belongs.

    Rows and columns are in the order of their totals, unknown ones last. Of more levels than 15, or
    than the width can name, the smallest share one. If a cell holds more than 60 events, all cells
    have their number instead, on a tint.

    Parameters
    ----------
    counts
        Two columns of levels, rows then columns, and ``count``: as of
        ``count_events(events, by=[..., ...])``.
    ax, language, codebook, title
        As in :func:`plot_counts`.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If there is no ``count`` or not two columns of levels, or the language is unknown.

    Examples
    --------
    >>> counts = pd.DataFrame({"region": ["CN", "US"], "category": ["model", "model"],
    ...                        "count": [1, 3]})
    >>> ax = plot_matrix(counts, language="en")
    >>> len(ax.collections[-1].get_offsets())
    4
    >>> plt.close(ax.figure)
    """
    down, across = _level_columns(counts, 2, language)
    with style():
        if counts.empty:
            return _nothing(ax, language, title)
        rows, names, _ = _ranked(counts, down, MOST_LEVELS, language, codebook)
        labels, left, edges = _rows(names, _NAMES)
        width, height = _size(ax)
        columns, heads, wide = _columns(counts, across, width - left, language, codebook)
        grid = np.zeros((len(names), len(heads)), dtype=int)
        np.add.at(grid, (rows, columns), counts["count"])
        few = grid.max() <= MOST_MARKS
        edges = _cell_edges(edges, grid if few else np.zeros_like(grid), wide, height)
        above = LINE * SMALL * max(head.count("\n") + 1 for head in heads) + 4
        ax = _axes(ax, edges[-1] + above, title)
        shades = LinearSegmentedColormap.from_list("shades", [PALE, DEEP])
        shade = np.zeros_like(grid) if few else grid
        cells = np.arange(len(heads) + 1)
        scale = {"vmin": 0, "vmax": max(shade.max(), 1)}
        ax.pcolormesh(cells, edges, shade, cmap=shades, edgecolor="white", linewidth=3, **scale)
        ax.set_ylim(edges[-1], 0)
        key = (_marks if few else _numbers)(ax, grid, edges, wide, language)
        ax.xaxis.tick_top()
        ax.set_xticks(cells[:-1], heads, ha="left", va="baseline", fontsize=SMALL, **LITERAL)
        _name_rows(ax, (edges[:-1] + edges[1:]) / 2, labels, left)
        _finish(ax, title, key, width=width, left=left, above=above)
    return ax


def plot_timeline(
    events: pd.DataFrame,
    *,
    coverage: pd.DataFrame | None = None,
    date: str | tuple[str, str] | None = None,
    label: str = "title",
    ax: Axes | None = None,
    language: str = "zh",
    title: str | None = None,
) -> Axes:
    """Draw each event as a row: a dot on its day, a bar over its days, or a hollow window.

    Rows are in the order of the first, then the last day; beyond 60 they are left out, and the
    chart says how many.

    Parameters
    ----------
    events
        Dated in any way that :func:`aistats.count_events` takes. Where the column ``dated`` is
        False only the reporting window is known, and the row has a hollow band; without that
        column all dates are taken as stated.
    coverage
        Windows that the sources cover, dated likewise; where ``basis`` says ``assumed`` the chart
        does too. Days outside are hatched.
    date
        As in :func:`aistats.count_events`.
    label
        The column of texts beside the rows, or its name without the language.
    ax, language, title
        As in :func:`plot_counts`.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If a column is missing, a row has no date, or the language is unknown.

    Examples
    --------
    >>> events = pd.DataFrame({"date": ["2025-12-02", "2025-12"], "title": ["Code red", "Sora 2"]})
    >>> ax = plot_timeline(events, language="en")
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['Sora 2', 'Code red']
    >>> plt.close(ax.figure)
    """
    _check(events, [], language)
    rows = _event_rows(events, date, label, language)
    covered = None if coverage is None else _states(coverage)
    with style():
        if rows.empty:
            return _nothing(ax, language, title)
        shown = rows.head(MOST_EVENTS)
        labels, left, edges = _rows(list(shown["text"]), _TITLES)
        header = 0.0 if covered is None else _HEADER
        edges += header
        centers = (edges[:-1] + edges[1:]) / 2
        width, _ = _size(ax)
        above = 2 * LINE * SMALL + 4
        ax = _axes(ax, edges[-1] + above, title)
        ax.set_ylim(edges[-1], 0)
        # Of an incomplete list the rest of the window would look as if nothing were on record.
        first, after = _window(shown, covered if len(shown) == len(rows) else None)
        ax.set_xlim(first, after)
        scale = (width - left) / (after - first)
        _name_days(ax, first, after, scale, language)
        key = _event_marks(ax, shown, centers, language)
        if covered is not None:
            key += _coverage(ax, covered, first, after, scale, language)
        _name_rows(ax, centers, labels, left)
        if hidden := len(rows) - len(shown):
            more = term("more", language).format(hidden)
            ax.set_xlabel(more, loc="left", fontsize=SMALL, **LITERAL)
        _finish(ax, title, key, width=width, left=left, above=above)
    return ax


# Text --------------------------------------------------------------------------------------------


def _write(
    ax: Axes,
    text: str,
    at: tuple[float, float],
    offset: tuple[float, float],
    *,
    ha: str = "left",
    va: str = "baseline",
) -> None:
    """Write at a point of the data, some points away from it."""
    ax.annotate(text, at, offset, textcoords="offset points", ha=ha, va=va, fontsize=TEXT)


def _name_rows(ax: Axes, places: NDArray[np.float64], labels: list[str], left: float) -> None:
    """Write the row labels as a column of text, its left edge `left` points from the marks."""
    ax.set_yticks(places, labels, ha="left", fontsize=TEXT, **LITERAL)
    ax.tick_params(axis="y", pad=left)


def _finish(
    ax: Axes,
    title: str | None,
    key: _Key,
    *,
    width: float,
    left: float = 0.0,
    above: float = 0.0,
) -> None:
    """Write the key and, over it, the title, from where the row labels start."""
    inches = ax.figure.dpi_scale_trans
    shift = ScaledTranslation(-left / 72, 0, inches)
    pad = above + _GAP
    if key:
        columns = _key_columns([label for _, label in key], width)
        up = ScaledTranslation(0, pad / 72, inches)
        ax.legend(
            *zip(*key, strict=True),
            ncols=columns,
            loc="lower left",
            bbox_to_anchor=(0, 1),
            bbox_transform=ax.transAxes + shift + up,
            borderpad=0,
            borderaxespad=0,
            handlelength=_HANDLE / SMALL,
            handleheight=1,
            columnspacing=_GAP * 2 / SMALL,
        )
        pad += math.ceil(len(key) / columns) * LINE * SMALL + _GAP
    if title:
        lines = "\n".join(wrap_evenly(title, width, TITLE))
        text = ax.set_title(lines, loc="left", y=1, pad=pad, fontsize=TITLE, **LITERAL)
        text.set_transform(text.get_transform() + shift)


def _key_columns(labels: list[str], width: float) -> int:
    """Return how many entries of a key stand side by side."""
    widths = [text_width(label, SMALL) + _HANDLE + 3 * _GAP for label in labels]
    for columns in range(len(labels), 1, -1):
        if sum(part.max() for part in np.array_split(widths, columns)) <= width:
            return columns
    return 1


# Axes --------------------------------------------------------------------------------------------


def _size(ax: Axes | None) -> tuple[float, float]:
    """Return the width and height in points that a chart may take."""
    if ax is None:
        return WIDTH * 72 - 2 * _MARGIN, math.inf
    return ax.bbox.width / ax.figure.dpi * 72, ax.bbox.height / ax.figure.dpi * 72


def _axes(ax: Axes | None, height: float, title: str | None) -> Axes:
    """Return bare axes: the given ones, or those of a figure with `height` points for the chart."""
    if ax is None:
        lines = len(wrap(title, _size(None)[0], TITLE)) if title else 0
        height += lines * LINE * TITLE + LINE * SMALL + 2 * (_MARGIN + _GAP)
        ax = plt.figure(figsize=(WIDTH, height / 72)).add_subplot()
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    return ax


def _nothing(ax: Axes | None, language: str, title: str | None) -> Axes:
    width, _ = _size(ax)
    ax = _axes(ax, 50, title)
    ax.set(xticks=[], yticks=[])
    words = term("none", language)
    ax.text(0.5, 0.5, words, transform=ax.transAxes, ha="center", va="center", color=MUTED)
    _finish(ax, title, [], width=width)
    return ax


# Levels ------------------------------------------------------------------------------------------


def _check(table: pd.DataFrame, columns: list[str], language: str) -> None:
    term("none", language)  # refuses an unknown language
    if missing := [name for name in columns if name not in table.columns]:
        raise ValueError(f"counts: no column {missing}; there are {list(table.columns)}")


def _level_columns(counts: pd.DataFrame, number: int, language: str) -> list[str]:
    _check(counts, ["count"], language)
    names = [name for name in counts.columns if name not in COUNTS]
    if len(names) != number or "period" in names:
        columns = "one column" if number == 1 else f"{number} columns"
        raise ValueError(f"counts: {columns} of levels needed beside 'count', not {names}")
    return names


def _ranked(
    counts: pd.DataFrame, name: str, most: int, language: str, codebook: Codebook | None
) -> tuple[NDArray[np.intp], list[str], int]:
    """Return the place of each row's level, the name of each place, and how many are known levels.

    The largest level has the first place; the codebook decides between equals. What is beyond
    `most` shares a place, and then come the levels that say that nobody knows.
    """
    codes, levels = pd.factorize(counts[name], use_na_sentinel=False)
    totals = np.bincount(codes, counts["count"], len(levels))

    def rank(code: int) -> tuple[float, int]:
        return -totals[code], codebook.rank(name, levels[code]) if codebook else 0

    def label(code: int) -> str:
        return level_name(levels[code], name, language, codebook)

    ranked = sorted(range(len(levels)), key=rank)
    unknown = [code for code in ranked if pd.isna(levels[code]) or levels[code] in UNKNOWN]
    known = [code for code in ranked if code not in unknown]
    fit = len(known) if len(ranked) <= most else max(most - 1 - len(unknown), 1)
    names = [label(code) for code in known[:fit]]
    if rest := len(known) - fit:
        names.append(term("others", language).format(rest))
    place = np.empty(len(levels), dtype=np.intp)
    place[known] = np.minimum(np.arange(len(known)), fit)
    place[unknown] = len(names) + np.arange(len(unknown))
    return place[codes], names + [label(code) for code in unknown], min(fit, len(known))


def _rows(names: list[str], widest: float) -> tuple[list[str], float, NDArray[np.float64]]:
    """Return row labels in lines, the points that they take, and edges of rows to hold them."""
    wrapped = [wrap(name, widest, TEXT, most=2) for name in names]
    left = max(text_width(line, TEXT) for lines in wrapped for line in lines) + _GAP
    heights = [len(lines) * LINE * TEXT + 6 for lines in wrapped]
    return ["\n".join(lines) for lines in wrapped], left, np.cumsum([0.0, *heights])


# Marks for counts --------------------------------------------------------------------------------


def _squares(
    ax: Axes,
    totals: NDArray[np.int_],
    centers: NDArray[np.float64],
    colors: list[str],
    room: float,
    language: str,
) -> _Key:
    most = max(int(totals.max()), 1)
    pitch = min(_PITCH, (room - _GAP - text_width(f"{most:,}", TEXT)) / most)
    ax.set_xlim(0, room / pitch)
    across = np.concatenate([np.arange(total) + 0.5 for total in totals])
    down, color = np.repeat(centers, totals), np.repeat(colors, totals)
    ax.scatter(across, down, (0.8 * pitch) ** 2, color, marker="s", linewidth=0)
    return [(Patch(color=HUE), term("one_mark", language))]


def _bars(
    ax: Axes,
    totals: NDArray[np.int_],
    centers: NDArray[np.float64],
    colors: list[str],
    room: float,
    language: str,
) -> _Key:
    import seaborn as sns

    sns.barplot(x=totals, y=centers, orient="h", native_scale=True, errorbar=None, ax=ax)
    for bar, color in zip(ax.patches[-len(totals) :], colors, strict=True):
        bar.set(facecolor=color, linewidth=0)
    most = int(totals.max())
    ax.set_xlim(0, most * room / (room - _GAP - text_width(f"{most:,}", TEXT)))
    return [(Patch(color=HUE), term("count", language))]


# Marks for periods -------------------------------------------------------------------------------


def _scale(ax: Axes, top: int) -> float:
    """Draw a scale of counts if there is a top to it, and return the points that it takes."""
    ticks = [int(tick) for tick in MaxNLocator(4, integer=True).tick_values(0, top)]
    ticks = [tick for tick in ticks if tick <= top * _HEADROOM] if top else []
    labels = [f"{tick:,}" for tick in ticks]
    ax.set_yticks(ticks, labels, fontsize=SMALL, **LITERAL)
    ax.grid(axis="y", color=FAINT, linewidth=0.8)
    return max((text_width(label, SMALL) + _GAP for label in labels), default=0.0)


def _name_periods(ax: Axes, shown: pd.DataFrame, slot: float, language: str) -> bool:
    """Name every period if there is room, else every n-th; return whether all have their name.

    If so, a partly covered one also says how much of it is.
    """
    step, labels = _period_labels(shown, slot, language)
    places = np.arange(0, len(shown), step)
    if step == 1:
        for lines, days, covered in zip(labels, shown["days"], shown["covered"], strict=True):
            if 0 < covered < days:
                lines += wrap(term("days_of", language).format(covered, days), slot - 4, SMALL)
    elif max(text_width(line, SMALL) for line in labels[-1]) > (len(shown) - places[-1]) * slot:
        labels[-1] = []
    texts = ["\n".join(lines) for lines in labels]
    start, ha = (0.0, "center") if step == 1 else (-0.5, "left")
    ax.set_xticks(places + start, texts, ha=ha, fontsize=SMALL, **LITERAL)
    return step == 1


def _period_labels(shown: pd.DataFrame, slot: float, language: str) -> tuple[int, list[list[str]]]:
    """Return every how many periods there is room for a name of two lines, and those names.

    A year is named where it starts.
    """
    for step in range(1, len(shown) + 1):
        some = shown.iloc[::step]
        new_year = some["period"].dt.year.diff() != 0
        rows = zip(some["period"], some["days"], new_year, strict=True)
        names = [period_name(first, days, language, year=year) for first, days, year in rows]
        room = min(step * slot - _GAP, _LONGEST_NAME)
        labels = [wrap(name, room, SMALL) for name in names]
        if room >= _SHORTEST_NAME and max(len(lines) for lines in labels) <= 2:
            break
    broken = [text_width(line, SMALL) for lines in labels if len(lines) > 1 for line in lines]
    if broken:  # then all, so that equal names look alike
        labels = [wrap(name, max(broken), SMALL) for name in names]
    return step, labels


def _bands(ax: Axes, shown: pd.DataFrame, bar: float, language: str) -> _Key:
    places = np.arange(len(shown))
    ax.bar(places, shown["certain"], bar, color=HUE)
    key: _Key = [(Patch(color=HUE), term("certain", language))]
    still_open = shown["possible"] > shown["certain"]
    if still_open.any():
        open_, at = shown[still_open], places[still_open]
        height = open_["possible"] - open_["certain"]
        ax.bar(at, height, bar, open_["certain"], color=TINT, edgecolor=HUE, linewidth=0.8)
        ax.hlines(open_["expected"], at - bar / 2, at + bar / 2, color=INK, linewidth=1.6)
        key += [
            (Patch(facecolor=TINT, edgecolor=HUE), term("possible_too", language)),
            (Line2D([], [], color=INK, linewidth=1.6), term("expected", language)),
        ]
    return key


def _uncovered(ax: Axes, shown: pd.DataFrame, slot: float, top: int, language: str) -> _Key:
    """Hatch each run of periods without a covered day, and name it there or else in the key."""
    words = term("not_covered", language)
    key: _Key = []
    dark = (shown["covered"] == 0).to_numpy()
    for start, stop in _runs(dark):
        if not dark[start]:
            continue
        ax.axvspan(start - 0.5, stop - 0.5, zorder=0, **HATCH)
        empty = not shown["possible"].iloc[start:stop].any()
        if empty and (stop - start) * slot >= text_width(words, SMALL) + _GAP:
            _on_hatch(ax, words, (start + stop - 1) / 2, top / 2)
        else:
            key = [(Patch(**HATCH), words)]
    return key


def _partly_covered(ax: Axes, shown: pd.DataFrame, language: str) -> _Key:
    """Shade partly covered periods, where there is no room to say how many days are."""
    partly = shown["covered"].between(1, shown["days"] - 1)
    for place in np.flatnonzero(partly):
        ax.axvspan(place - 0.5, place + 0.5, zorder=0, color=FAINT, linewidth=0)
    return [(Patch(color=FAINT), term("partly_covered", language))] if partly.any() else []


def _on_hatch(ax: Axes, words: str, x: float, y: float) -> None:
    paper = {"facecolor": "white", "linewidth": 0, "pad": 1.5}
    ax.text(x, y, words, ha="center", va="center", fontsize=SMALL, color=MUTED, bbox=paper)


def _runs(states: NDArray[Any]) -> list[tuple[int, int]]:
    """Return start and stop of each run of equal values."""
    edges = [0, *(np.flatnonzero(np.diff(states)) + 1), len(states)]
    return list(pairwise(edges))


# Marks for a matrix ------------------------------------------------------------------------------


def _columns(
    counts: pd.DataFrame, name: str, room: float, language: str, codebook: Codebook | None
) -> tuple[NDArray[np.intp], list[str], float]:
    """Return the column of each row of the table, the heads in lines, and the width of a cell."""
    _, names, _ = _ranked(counts, name, MOST_LEVELS, language, codebook)
    words = (piece for head in names for piece in pieces(head))
    widest = max(text_width(word.strip(), SMALL) for word in words) + 4
    most = max(int(room / min(max(widest, _CELL), 2 * _CELL)), 2)
    places, names, _ = _ranked(counts, name, min(most, MOST_LEVELS), language, codebook)
    wide = room / len(names)
    heads = ["\n".join(wrap(head, wide - 4, SMALL, most=3)) for head in names]
    return places, heads, wide


def _cell_edges(
    edges: NDArray[np.float64], grid: NDArray[np.int_], wide: float, height: float
) -> NDArray[np.float64]:
    """Return edges of rows to hold marks of full size, where the height allows it."""
    per_line = max(int((wide - _GAP) / _PITCH), 1)
    marks = np.ceil(grid.max(axis=1) / per_line) * _PITCH + _GAP
    edges = np.cumsum([0.0, *np.maximum(np.diff(edges) + 4, np.minimum(marks, 1.5 * _CELL))])
    scaled: NDArray[np.float64] = edges * min(1.0, height / edges[-1])
    return scaled


def _marks(
    ax: Axes, grid: NDArray[np.int_], edges: NDArray[np.float64], wide: float, language: str
) -> _Key:
    """Draw a square per event, in lines from the left; the fullest cell sets the size."""
    fullest, tall = grid.max(axis=1), np.diff(edges)
    pitch = _PITCH
    while pitch > 1 and any(
        int((wide - _GAP) / pitch) * ((tall - _GAP) / pitch).astype(int) < fullest
    ):
        pitch -= 0.25
    per_line = max(int((wide - _GAP) / pitch), 1)
    row, column = np.nonzero(grid)
    times = grid[row, column]
    line, place = np.divmod(np.concatenate([np.arange(n) for n in [0, *times]]), per_line)
    lines = np.repeat(-(-times // per_line), times)
    across = np.repeat(column, times) + ((place + 0.5) * pitch + _GAP / 2) / wide
    centers = np.repeat((edges[row] + edges[row + 1]) / 2, times)
    down = centers + (line + 0.5 - lines / 2) * pitch
    ax.scatter(across, down, (0.8 * pitch) ** 2, HUE, marker="s", linewidth=0)
    return [(Patch(color=HUE), term("one_mark", language))]


def _numbers(
    ax: Axes, grid: NDArray[np.int_], edges: NDArray[np.float64], wide: float, language: str
) -> _Key:
    for row, column in zip(*np.nonzero(grid), strict=True):
        center = (column + 0.5, (edges[row] + edges[row + 1]) / 2)
        _write(ax, f"{grid[row, column]:,}", center, (0, 0), ha="center", va="center_baseline")
    return [(Patch(color=DEEP), term("count", language))]


# Marks for a time line ---------------------------------------------------------------------------

_DARK, _ASSUMED, _STATED = range(3)
_STATES: tuple[tuple[str, Any], ...] = (
    ("not_covered", None),
    ("assumed", "dotted"),
    ("covered", "solid"),
)
_TICKS = ("D", "2D", "W-MON", "2W-MON", "MS", "QS", "YS", "5YS", "10YS")


def _event_rows(
    events: pd.DataFrame, date: str | tuple[str, str] | None, label: str, language: str
) -> pd.DataFrame:
    """Return each event's text and days (as numbers, the last one exclusive), in order of days."""
    if {f"{label}_zh", f"{label}_{language}"} <= set(events.columns):
        texts = localized(events, label, language)
    elif label in events:
        texts = events[label]
    else:
        raise ValueError(f"label={label!r}: no such column; there are {list(events.columns)}")
    rows = _days(events, date)
    rows["dated"] = events["dated"].to_numpy(bool) if "dated" in events else True
    rows["text"] = texts.fillna("").astype(str).to_numpy()
    return rows.sort_values(["first", "after"], kind="stable", ignore_index=True)


def _days(table: pd.DataFrame, date: str | tuple[str, str] | None = None) -> pd.DataFrame:
    days = intervals(table, date).to_numpy("datetime64[D]").astype(int)
    return pd.DataFrame({"first": days[:, 0], "after": days[:, 1] + 1})


def _states(coverage: pd.DataFrame) -> pd.DataFrame:
    """Return the covered windows in days, and whether a source states or we assume each."""
    basis = coverage["basis"] if "basis" in coverage else pd.Series("stated", coverage.index)
    assumed = (basis == "assumed").to_numpy()
    return _days(coverage).assign(state=np.where(assumed, _ASSUMED, _STATED))


def _window(shown: pd.DataFrame, covered: pd.DataFrame | None) -> tuple[int, int]:
    tables = [shown] if covered is None or covered.empty else [shown, covered]
    return min(table["first"].min() for table in tables), max(
        table["after"].max() for table in tables
    )


def _name_days(ax: Axes, first: int, after: int, scale: float, language: str) -> None:
    """Name days, Mondays, months or years along the top: as many as `scale` points a day allow."""
    start, end = (pd.Timestamp(day, unit="D") for day in (first, after - 1))
    for step in _TICKS:
        days = pd.date_range(start, end, freq=step)
        labels = _day_labels(days, step, language)
        at = days.to_numpy("datetime64[D]").astype(int)
        lines = [line for label in labels for line in label.split("\n")]
        widest = max((text_width(line, SMALL) for line in lines), default=0.0)
        if len(at) and (np.diff(at) * scale >= widest + _GAP).all():
            break
    ax.xaxis.tick_top()
    ax.set_xticks(at + 0.5, labels, va="baseline", fontsize=SMALL, **LITERAL)
    ax.grid(axis="x", color=FAINT, linewidth=0.8)


def _day_labels(days: pd.DatetimeIndex, step: str, language: str) -> list[str]:
    """Return a label per tick; the year stands over the first of its days."""
    if step.endswith("S"):
        names = [period_name(day, day.days_in_month, language) for day in days]
        return ["\n".join(wrap(name, _SHORTEST_NAME, SMALL)) for name in names]
    labels = [day_range(day, day, language) for day in days]
    for place in np.flatnonzero(np.diff(days.year, prepend=0)):
        first = pd.Timestamp(days[int(place)].year, 1, 1)
        year = period_name(first, 365 + first.is_leap_year, language)
        labels[place] = f"{year}\n{labels[place]}"
    return labels


def _event_marks(
    ax: Axes, shown: pd.DataFrame, centers: NDArray[np.float64], language: str
) -> _Key:
    one_day = shown["after"] - shown["first"] == 1
    dots, spans, windows = shown["dated"] & one_day, shown["dated"] & ~one_day, ~shown["dated"]
    dot: dict[str, Any] = {"color": HUE, "marker": "o", "markersize": 6.5, "markeredgewidth": 0}
    solid: dict[str, Any] = {"facecolor": HUE, "edgecolor": HUE, "linewidth": 1}
    hollow: dict[str, Any] = {"facecolor": "white", "edgecolor": HUE, "linewidth": 1}
    key: _Key = []
    if dots.any():
        ax.plot(shown["first"][dots] + 0.5, centers[dots], linestyle="", clip_on=False, **dot)
        key.append((Line2D([], [], linestyle="", **dot), term("dated", language)))
    for which, how, name in ((spans, solid, "dated_span"), (windows, hollow, "undated")):
        if which.any():
            some = shown[which]
            ax.barh(centers[which], some["after"] - some["first"], 7, some["first"], **how)
            key.append((Patch(**how), term(name, language)))
    return key


def _coverage(
    ax: Axes, covered: pd.DataFrame, first: int, after: int, scale: float, language: str
) -> _Key:
    """Hatch the days that no window covers, and name each stretch over the rows or in the key."""
    state_of = np.full(after - first, _DARK)
    for _, (start, stop, state) in covered.sort_values("state").iterrows():
        state_of[max(start - first, 0) : max(stop - first, 0)] = state
    key: dict[str, Artist] = {}
    for start, stop in _runs(state_of):
        name, line = _STATES[state_of[start]]
        words = term(name, language)
        if line is None:
            ax.axvspan(first + start, first + stop, zorder=0, **HATCH)
        else:
            ax.hlines(_HEADER - 2, first + start, first + stop, MUTED, line, linewidth=1.2)
        if (stop - start) * scale >= text_width(words, SMALL) + 4:
            _on_hatch(ax, words, first + (start + stop) / 2, _HEADER / 2 - 2)
        elif line is None:
            key[words] = Patch(**HATCH)
        else:
            key[words] = Line2D([], [], color=MUTED, linestyle=line, linewidth=1.2)
    return [(handle, words) for words, handle in key.items()]

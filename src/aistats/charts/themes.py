"""Claims against reporting windows: a mark per event on record that speaks for or against one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle

from aistats.charts.layout import (
    GAP,
    PAGE_WIDTH,
    Key,
    Places,
    Sheet,
    level_key,
    levels_of,
    links_of,
    name_rows,
    one_color,
    square,
    wrapped_names,
    write,
)
from aistats.charts.style import (
    CELL,
    LINE,
    MUTED,
    PAPER,
    SMALL,
    literal,
    pieces,
    style,
    text_width,
    wrap_evenly,
)
from aistats.counting.tables import need
from aistats.dates.columns import bounds, intervals
from aistats.locale import Language, Texts
from aistats.session import texts
from aistats.tables.codebook import Codebook
from aistats.wording import day_range, level_name, localized, period_name

_COLUMNS = ["theme_id", "group", "statement_zh", "statement_en", "stance", "event_id", "reported"]
_PITCH, _EDGE = 11.0, 1.2  # from mark to mark, and the line around each
_COLUMN, _WIDEST = 90.0, 150.0  # what a window is given, and what it takes at most
_COLUMNS_SHARE = 0.6  # what all windows take of the width at most
_NARROWEST_STATEMENTS = 180.0  # below, statements stand over their marks
_MOST_LINES = 6  # of a statement
_HEADING = LINE * SMALL + 1.5 * GAP
_PADDING, _BETWEEN = 7.0, 3.0  # around the marks of a cell, and between cells

Window = tuple[pd.Timestamp, pd.Timestamp]


def plot_themes(
    evidence: pd.DataFrame,
    *,
    coverage: pd.DataFrame | None = None,
    by: str = "region",
    ax: Axes | None = None,
    language: Language | None = None,
    codebook: Codebook | None = None,
    title: str | None = None,
    subtitle: str | None = None,
    width: float = PAGE_WIDTH,
    links: Sequence[str | None] | None = None,
) -> Axes:
    r"""Draw each claim as a row, and each event for or against it as a mark in its window.

    A filled mark speaks for the claim, a hollow one against it. Columns are reporting windows,
    because an event is always in one, and often nothing more is known of its date. A claim on which
    no event bears keeps its row. Where the chart is narrow, statements stand over their marks.

    Parameters
    ----------
    evidence
        As :func:`aistats.theme_evidence` returns it.
    coverage
        Windows that the sources cover: they have a column even where no event is in them.
    by
        The column of levels that colours the marks, with the colours that the codebook names.
    ax, language, codebook, title, subtitle, width, links
        As in :func:`plot_counts`.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError
        If a column is missing, the links are not one a row, or the language is unknown.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> evidence = pd.DataFrame({"theme_id": ["a", "b"], "group": "g",
    ...     "statement_zh": ["价格下降", "人人可用"], "statement_en": ["Prices fall", "All use it"],
    ...     "stance": ["supports", None], "event_id": ["price-cut", None],
    ...     "reported": ["2025-12-11/2025-12-20", None], "region": ["CN", None]})
    >>> ax = plot_themes(evidence, language="en")
    >>> [label.get_text() for label in ax.get_xticklabels()]
    ['2025\n11–20 Dec']
    >>> [text.get_text() for text in ax.texts]
    ['g', 'no related event']
    >>> plt.close(ax.figure)
    """
    say = texts(language)
    need(evidence, *_COLUMNS, by)
    sheet = Sheet(ax, width, title, subtitle)
    targets = pd.Series(links_of(evidence, links), evidence.index, dtype=object)
    with style(say.language):
        if evidence.empty:
            return sheet.nothing(say("term.no_claims"))
        found = evidence.assign(link=targets, claim=pd.factorize(evidence["theme_id"])[0])
        found = found[found["event_id"].notna()]
        levels = levels_of(found, by, say, codebook)
        windows, places = _windows(found["reported"], coverage)
        claims, left = _claims(evidence, sheet.width, len(windows), say, codebook)
        room = sheet.width - left
        wide = min((room + _BETWEEN) / max(len(windows), 1), _WIDEST)
        pitch = max(min(_PITCH, wide - _BETWEEN), 1.0)
        marks = _in_cells(found, places, levels, wide, pitch)
        claims = _stacked(claims, marks, pitch, beside=left > 0)
        high = float(claims["bottom"].iloc[-1])
        ax = sheet.axes()
        ax.set(xlim=(0, room), ylim=(high, 0), yticks=[])
        above = _name_windows(ax, windows, wide, say)
        _name_claims(ax, claims, left, room)
        _lanes(ax, claims, len(windows), wide, say)
        key = _draw(ax, claims, marks, pitch, say)
        return sheet.finish(ax, high, key, level_key(levels, say), left=left, above=above)


# Claims ------------------------------------------------------------------------------------------


def _claims(
    evidence: pd.DataFrame, width: float, windows: int, say: Texts, codebook: Codebook | None
) -> tuple[pd.DataFrame, float]:
    """Return the claims in lines, and the points that they take beside their marks.

    They take none where there is no room for them, and then stand over their marks.
    """
    claims = evidence.drop_duplicates("theme_id", ignore_index=True)
    statements = list(localized(claims, "statement", say.language).fillna("").astype(str))
    beside = width - min(max(windows, 2) * _COLUMN, _COLUMNS_SHARE * width)
    over = beside < _NARROWEST_STATEMENTS
    texts, left, edges = wrapped_names(statements, width if over else beside - GAP, _MOST_LINES)
    names = [level_name(group, "group", say.language, codebook) for group in claims["group"]]
    first = claims["group"].ne(claims["group"].shift())
    table = {"text": texts, "words": np.diff(edges), "group": names, "first": first.to_numpy()}
    return pd.DataFrame(table), 0.0 if over else left


def _stacked(
    claims: pd.DataFrame, marks: pd.DataFrame, pitch: float, *, beside: bool
) -> pd.DataFrame:
    """Return the claims with their places from the top: of the row, and of the lane in it."""
    lines = marks.groupby("claim")["line"].max().reindex(claims.index, fill_value=0) + 1
    lane = lines * pitch + _PADDING
    row = np.maximum(claims["words"], lane) if beside else claims["words"] + lane
    gap = _BETWEEN if beside else GAP
    bottom = (row + gap + _HEADING * claims["first"]).cumsum() - gap
    top = bottom - row
    return claims.assign(
        top=top,
        bottom=bottom,
        lane=top if beside else bottom - lane,
        lines=lines,
        bare=~claims.index.isin(marks["claim"]),
    )


def _name_claims(ax: Axes, claims: pd.DataFrame, left: float, room: float) -> None:
    """Write the claims beside or over their lanes, and a rule with a heading over each group."""
    texts = list(claims["text"])
    if left:
        centers = ((claims["top"] + claims["bottom"]) / 2).to_numpy()
        name_rows(ax, centers, texts, left, [None] * len(texts))
    else:
        for text, middle in zip(texts, (claims["top"] + claims["lane"]) / 2, strict=True):
            write(ax, text, (0, middle), (0, 0), va="center").set_in_layout(False)
    for name, top in claims.loc[claims["first"], ["group", "top"]].to_numpy():
        ax.hlines(top - _HEADING + GAP / 2, -left, room, MUTED, linewidth=0.5, clip_on=False)
        at = (0, top - (_HEADING - GAP / 2) / 2)
        write(ax, name, at, (-left, 0), va="center_baseline", size=SMALL, color=MUTED)


def _lanes(ax: Axes, claims: pd.DataFrame, windows: int, wide: float, say: Texts) -> None:
    """Draw the cells of each claim, and say where no event is in any of them."""
    for bare, lane, bottom in claims[["bare", "lane", "bottom"]].to_numpy():
        if bare:
            at = (0, (lane + bottom) / 2)
            words = say("term.no_related")
            write(ax, words, at, (0, 0), va="center_baseline", size=SMALL, color=MUTED)
        for window in range(0 if bare else windows):
            cell = (window * wide, lane), wide - _BETWEEN, bottom - lane
            ax.add_patch(Rectangle(*cell, facecolor=CELL, linewidth=0))


# Windows -----------------------------------------------------------------------------------------


def _windows(reported: pd.Series, coverage: pd.DataFrame | None) -> tuple[list[Window], list[int]]:
    """Return all windows in their order, and the place of each event among them."""
    tables = [bounds(reported)] + ([] if coverage is None else [intervals(coverage)])
    spans = [list(table.itertuples(index=False, name=None)) for table in tables]
    windows = sorted({window for table in spans for window in table})
    return windows, [windows.index(window) for window in spans[0]]


def _name_windows(ax: Axes, windows: list[Window], wide: float, say: Texts) -> float:
    """Name the windows along the top, as many as there is room for; return how high that is."""
    names = [day_range(first, last, say.language) for first, last in windows]
    longest = max((text_width(it, SMALL) for name in names for it in pieces(name)), default=0.0)
    step = int(np.ceil((longest + GAP) / wide))
    named = range(0, max(len(windows) - step, 0) + 1, step) if windows else range(0)
    heads, year = [], 0
    for place in named:
        lines = wrap_evenly(names[place], step * wide - GAP, SMALL)
        if (first := windows[place][0]).year != year:
            year = first.year
            whole = pd.Timestamp(year, 1, 1)
            lines = [period_name(whole, 365 + whole.is_leap_year, say.language), *lines]
        heads.append("\n".join(lines))
    ax.xaxis.tick_top()
    at = [place * wide for place in named]
    ax.set_xticks(at, heads, ha="left", va="baseline", fontsize=SMALL, **literal(MUTED))
    return max((head.count("\n") + 1 for head in heads), default=0) * LINE * SMALL + 4


# Marks -------------------------------------------------------------------------------------------


def _in_cells(
    found: pd.DataFrame, places: list[int], levels: Places, wide: float, pitch: float
) -> pd.DataFrame:
    """Return a mark per event with its line in its cell: for before against, level by level."""
    marks = found[["claim", "link"]].assign(
        window=places,
        against=found["stance"] == "contradicts",
        level=levels.of_rows,
        color=[levels.colors[place] for place in levels.of_rows],
    )
    marks = marks.sort_values(["claim", "window", "against", "level"], kind="stable")
    room = wide - _BETWEEN
    per_line = max(int((room - _PADDING) / pitch), 1)
    line, place = divmod(marks.groupby(["claim", "window"]).cumcount(), per_line)
    padding = min(_PADDING, room - pitch) / 2
    across = marks["window"] * wide + padding + (place + 0.5) * pitch
    return marks.assign(line=line, across=across)


def _draw(ax: Axes, claims: pd.DataFrame, marks: pd.DataFrame, pitch: float, say: Texts) -> Key:
    """Draw the marks, and return the key of their two looks."""
    rows = claims.loc[marks["claim"]].reset_index(drop=True)
    marks = marks.reset_index(drop=True)
    middle = (rows["lane"] + rows["bottom"]) / 2
    down = middle + (marks["line"] + 0.5 - rows["lines"] / 2) * pitch
    fills = marks["color"].mask(marks["against"], PAPER)
    side = 0.8 * pitch - _EDGE
    look: dict[str, Any] = {"facecolors": fills, "edgecolors": marks["color"], "linewidth": _EDGE}
    ax.scatter(marks["across"], down, side**2, marker="s", urls=list(marks["link"]), **look)
    color = one_color(list(marks["color"]))
    key: Key = []
    if not marks["against"].all():
        key.append(square(color, say("term.event_for")))
    if marks["against"].any():
        hollow = Patch(facecolor=PAPER, edgecolor=color, linewidth=_EDGE)
        key.append((hollow, say("term.event_against")))
    return key

"""The chart of periods: what is on record in each, surely and possibly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from aistats.charts.layout import (
    GAP,
    PAGE_WIDTH,
    Key,
    Sheet,
    links_of,
    ranges,
    runs,
    square,
    write,
    write_on_hatch,
)
from aistats.charts.style import (
    BLUE,
    FAINT,
    HATCH,
    INK,
    LINE,
    MUTED,
    SMALL,
    TEXT,
    TINT,
    literal,
    pieces,
    style,
    text_width,
    wrap,
)
from aistats.counting.tables import need, parameter_error
from aistats.locale import Language, Texts, text_key
from aistats.session import texts
from aistats.wording import period_name

_HIGHEST, _STEP, _LOWEST = 190.0, 20.0, 50.0  # a bar of 1 need not be high
_SHORTEST_NAME, _LONGEST_NAME = 30.0, 120.0  # of a period: "2025年" holds in the shortest
FEWEST_SLOTS, _WIDEST_BAR, _HEADROOM = 4, 50.0, 1.15


def plot_periods(
    counts: pd.DataFrame,
    *,
    ax: Axes | None = None,
    language: Language | None = None,
    title: str | None = None,
    subtitle: str | None = None,
    width: float = PAGE_WIDTH,
    links: Sequence[str | None] | None = None,
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
    ax, language, title, subtitle, width, links
        As in :func:`plot_counts`.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError
        If a column is missing, a period has several rows, the links are not one a row, or the
        language is unknown.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> weeks = pd.DataFrame({"period": pd.to_datetime(["2025-12-01", "2025-12-08"]),
    ...                       "certain": [3, 0], "expected": [3.5, 0], "possible": [5, 0],
    ...                       "days": [7, 7], "days_covered": [7, 0]})
    >>> ax = plot_periods(weeks, language="en")
    >>> [text.get_text() for text in ax.texts]
    ['not covered', '3–5']
    >>> plt.close(ax.figure)
    """
    say = texts(language)
    need(counts, "period", "days", "certain", "expected", "possible")
    if (twice := counts["period"].duplicated()).any():
        day = counts.loc[twice, "period"].iloc[0]
        raise parameter_error("several_groups", day.date())
    sheet = Sheet(ax, width, title, subtitle)
    shown = counts.assign(link=pd.Series(links_of(counts, links), counts.index, dtype=object))
    with style(say.language):
        if counts.empty:
            return sheet.nothing(say("term.none"))
        shown = shown.sort_values("period", ignore_index=True)
        shown["covered"] = shown.get("days_covered", shown["days"])
        top = max(int(shown["possible"].max()), 1)
        numbers = ranges(shown["certain"], shown["possible"], say)
        slots = max(len(shown), FEWEST_SLOTS)
        direct = max(text_width(number, TEXT) for number in numbers) + 2 <= sheet.width / slots
        ax = sheet.axes()
        left = _scale(ax, 0 if direct else top)
        slot = (sheet.width - left) / slots
        high = min(_LOWEST + _STEP * top, _HIGHEST)
        ax.set(xlim=(-0.5, slots - 0.5), ylim=(0, top * _HEADROOM))
        ax.axhline(0, color=MUTED, linewidth=1, clip_on=False)
        named = name_periods(ax, shown, slot, say)
        bar = min(0.7, _WIDEST_BAR / slot)
        key = _bars(ax, shown, bar, say)
        unit = min(high, sheet.height) / (top * _HEADROOM)
        key = [] if direct and _name_parts(ax, shown, slot, bar, unit, say) else key
        key += hatch_uncovered(ax, shown, slot, top / 2, say)
        key += [] if named else shade_partly_covered(ax, shown, say)
        zero = (shown["possible"] == 0) & (shown["covered"] > 0) & (text_width("0", TEXT) < slot)
        for place in shown.index[(shown["possible"] > 0) & direct | zero]:
            at, link = (place, shown["possible"][place]), shown["link"][place]
            write(ax, numbers[place], at, (0, 3), ha="center", link=link)
        return sheet.finish(ax, high, key, left=left)


def _scale(ax: Axes, top: int) -> float:
    """Draw a scale of counts if there is a top to it, and return the points that it takes."""
    ticks = [int(tick) for tick in MaxNLocator(4, integer=True).tick_values(0, top)]
    ticks = [tick for tick in ticks if tick <= top * _HEADROOM] if top else []
    labels = [f"{tick:,}" for tick in ticks]
    ax.set_yticks(ticks, labels, fontsize=SMALL, **literal(MUTED))
    ax.grid(axis="y", color=FAINT, linewidth=0.8)
    return max((text_width(label, SMALL) + GAP for label in labels), default=0.0)


def name_periods(ax: Axes, shown: pd.DataFrame, slot: float, say: Texts) -> bool:
    """Name every period if there is room, else every n-th; return whether all have their name.

    If so, a partly covered one also says how much of it is.
    """
    step, labels = _period_labels(shown, slot, say)
    places = np.arange(0, len(shown), step)
    if step == 1:
        for lines, days, covered in zip(labels, shown["days"], shown["covered"], strict=True):
            if 0 < covered < days:
                words = say("term.days_of", covered=covered, days=days)
                lines += wrap(words, slot - 4, SMALL)
    elif max(text_width(line, SMALL) for line in labels[-1]) > (len(shown) - places[-1]) * slot:
        labels[-1] = []
    texts = ["\n".join(lines) for lines in labels]
    start, ha = (0.0, "center") if step == 1 else (-0.5, "left")
    ax.set_xticks(places + start, texts, ha=ha, fontsize=SMALL, **literal())
    if step == 1:
        for label, link in zip(ax.get_xticklabels(), shown["link"], strict=True):
            label.set_url(link)
    return step == 1


def _period_labels(shown: pd.DataFrame, slot: float, say: Texts) -> tuple[int, list[list[str]]]:
    """Return every how many periods there is room for a name of two lines, and those names.

    A year is named where it starts.
    """
    for step in range(1, len(shown) + 1):
        some = shown.iloc[::step]
        new_year = some["period"].dt.year.diff() != 0
        rows = zip(some["period"], some["days"], new_year, strict=True)
        names = [period_name(first, days, say.language, year=year) for first, days, year in rows]
        room = min(step * slot - GAP, _LONGEST_NAME)
        labels = [wrap(name, room, SMALL) for name in names]
        whole = max(text_width(part.strip(), SMALL) for name in names for part in pieces(name))
        if room >= max(_SHORTEST_NAME, whole) and max(len(lines) for lines in labels) <= 2:
            break
    broken = [text_width(line, SMALL) for lines in labels if len(lines) > 1 for line in lines]
    if broken:  # then all, so that equal names look alike
        labels = [wrap(name, max(*broken, whole), SMALL) for name in names]
    return step, labels


def _bars(ax: Axes, shown: pd.DataFrame, bar: float, say: Texts) -> Key:
    places = np.arange(len(shown))
    solid = ax.bar(places, shown["certain"], bar, color=BLUE, linewidth=0)
    for patch, link in zip(solid, shown["link"], strict=True):
        patch.set_url(link if patch.get_height() else None)
    key: Key = [square(BLUE, say("term.surely"))] if shown["certain"].any() else []
    still_open = shown["possible"] > shown["certain"]
    if still_open.any():
        open_, at = shown[still_open], places[still_open]
        height = open_["possible"] - open_["certain"]
        hollow: dict[str, Any] = {"facecolor": TINT, "edgecolor": BLUE, "linewidth": 0.8}
        for patch, link in zip(
            ax.bar(at, height, bar, open_["certain"], **hollow), open_["link"], strict=True
        ):
            patch.set_url(link)
        stroke: dict[str, Any] = {"color": INK, "linewidth": 1.6}
        ax.hlines(open_["expected"], at - bar / 2, at + bar / 2, **stroke).set_urls(
            list(open_["link"])
        )
        key += [
            (Patch(**hollow), say("term.maybe")),
            (Line2D([], [], **stroke), say("term.split")),
        ]
    return key


def _name_parts(
    ax: Axes, shown: pd.DataFrame, slot: float, bar: float, unit: float, say: Texts
) -> bool:
    """Name the parts of a bar beside it, if there is one with the room; return whether there is.

    A period takes `slot` points across, of which its bar takes a share, and an event `unit` points
    up.
    """
    in_parts = shown[(shown["certain"] > 0) & (shown["possible"] > shown["certain"])]
    for place in in_parts.sort_values("possible", ascending=False, kind="stable").index:
        parts = _parts(shown.loc[place])
        line = LINE * SMALL / unit
        heights = sorted(height for _, height, _ in parts)
        apart = all(np.diff(heights, prepend=-line / 2) >= line)
        words = [say(part) for part, _, _ in parts]
        free = [_free_beside(shown, place, bar, height, line) for _, height, _ in parts]
        if apart and all(
            text_width(word, SMALL) + GAP <= room * slot
            for word, room in zip(words, free, strict=True)
        ):
            for word, (_, height, color) in zip(words, parts, strict=True):
                at, offset = (place + bar / 2, height), (4, 0)
                write(ax, word, at, offset, va="center_baseline", size=SMALL, color=color)
            return True
    return False


def _parts(row: pd.Series) -> list[tuple[str, float, str]]:
    """Return the text, the height and the colour of each part of a bar."""
    certain, expected, possible = row[["certain", "expected", "possible"]].astype(float)
    other = possible if possible - expected > expected - certain else certain
    return [
        (text_key("term.surely"), certain / 2, BLUE),
        (text_key("term.maybe"), (expected + other) / 2, MUTED),
        (text_key("term.split"), expected, INK),
    ]


def _free_beside(shown: pd.DataFrame, place: int, bar: float, height: float, line: float) -> float:
    """Return how many periods wide the room is to the right of a bar for a line at a height."""
    beyond = shown.iloc[place + 1 :]
    dark = beyond["covered"] == 0
    blocked = dark | (beyond["possible"] + 1.5 * line > height - line / 2)
    if not blocked.any():
        return max(len(shown), FEWEST_SLOTS) - 0.5 - place - bar / 2
    first = int(np.flatnonzero(blocked)[0])
    return first + 1 - bar / 2 - (0.5 if dark.iloc[first] else bar / 2)


def hatch_uncovered(ax: Axes, shown: pd.DataFrame, slot: float, height: float, say: Texts) -> Key:
    """Hatch each run of periods without a covered day, and name it at a height or in the key."""
    words = say("term.not_covered")
    key: Key = []
    dark = (shown["covered"] == 0).to_numpy()
    for start, stop in runs(dark):
        if not dark[start]:
            continue
        ax.axvspan(start - 0.5, stop - 0.5, zorder=0, **HATCH)
        empty = not shown["possible"].iloc[start:stop].any()
        if empty and (stop - start) * slot >= text_width(words, SMALL) + GAP:
            write_on_hatch(ax, words, (start + stop - 1) / 2, height)
        else:
            key = [(Patch(**HATCH), words)]
    return key


def shade_partly_covered(ax: Axes, shown: pd.DataFrame, say: Texts) -> Key:
    """Shade partly covered periods, where there is no room to say how many days are."""
    partly = shown["covered"].between(1, shown["days"] - 1)
    for place in np.flatnonzero(partly):
        ax.axvspan(place - 0.5, place + 0.5, zorder=-2, color=FAINT, linewidth=0)
    return [square(FAINT, say("term.partly_covered"))] if partly.any() else []

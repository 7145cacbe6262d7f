"""The time line: a mark per event, on its day, over its days or over the window that reports it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from aistats.charts.layout import (
    GAP,
    PAGE_WIDTH,
    Key,
    Sheet,
    level_key,
    levels_of,
    links_of,
    name_rows,
    one_color,
    runs,
    wrapped_names,
    write,
    write_on_hatch,
)
from aistats.charts.style import (
    FAINT,
    HATCH,
    LINE,
    MUTED,
    PAPER,
    SMALL,
    literal,
    style,
    text_width,
    wrap,
)
from aistats.counting.tables import need, parameter_error
from aistats.dates.columns import intervals
from aistats.locale import Language, Texts, text_key
from aistats.session import texts
from aistats.tables.codebook import Codebook
from aistats.wording import day_range, localized, period_name

MOST_EVENTS = 60
"""Rows that a time line has at most; it says how many events it leaves out."""

_TITLES, _TITLES_SHARE = 215.0, 0.42  # the widest titles, and their share of the width
_NARROWEST_TITLES = 150.0  # below, titles stand over their marks
_LANE = 12.0  # a mark below its title
_HEADER = 16.0  # the line that says what is covered
_NOT_COVERED, _ASSUMED, _STATED = range(3)
_STATES: tuple[tuple[str, Any], ...] = (
    (text_key("term.not_covered"), None),
    (text_key("term.assumed"), "dotted"),
    (text_key("term.covered"), "solid"),
)
_SHAPES = {
    "dated": text_key("term.dated_mark"),
    "dated_span": text_key("term.dated_span"),
    "undated": text_key("term.undated"),
}
_TICKS = ("D", "2D", "W-MON", "2W-MON", "MS", "QS", "YS", "5YS", "10YS")


def plot_timeline(
    events: pd.DataFrame,
    *,
    coverage: pd.DataFrame | None = None,
    date: str | tuple[str, str] | None = None,
    label: str = "title",
    by: str | None = None,
    ax: Axes | None = None,
    language: Language | None = None,
    codebook: Codebook | None = None,
    title: str | None = None,
    subtitle: str | None = None,
    width: float = PAGE_WIDTH,
    links: Sequence[str | None] | None = None,
) -> Axes:
    """Draw each event as a row: a dot on its day, a bar over its days, or a hollow window.

    Rows are in the order of the first, then the last day; beyond 60 they are left out, and the
    chart says how many. Where the chart is narrow, titles stand over their marks.

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
    by
        A column of levels that colours the marks, with the colours that the codebook names.
    ax, language, codebook, title, subtitle, width, links
        As in :func:`plot_counts`.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError
        If a column is missing, a row has no date, the links are not one a row, or the language is
        unknown.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> events = pd.DataFrame({"date": ["2025-12-02", "2025-12"], "title": ["Code red", "Sora 2"]})
    >>> ax = plot_timeline(events, language="en")
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['Sora 2', 'Code red']
    >>> plt.close(ax.figure)
    """
    say = texts(language)
    if by is not None:
        need(events, by)
    sheet = Sheet(ax, width, title, subtitle)
    rows = _event_rows(events, date, label, say)
    rows["link"] = pd.Series(links_of(events, links), dtype=object)
    covered = None if coverage is None else _states(coverage)
    with style(say.language):
        if rows.empty:
            return sheet.nothing(say("term.none"))
        levels = levels_of(events, by, say, codebook)
        rows["color"] = [levels.colors[place] for place in levels.of_rows]
        rows = rows.sort_values(["first", "after"], kind="stable", ignore_index=True)
        shown = rows.head(MOST_EVENTS)
        ax = sheet.axes()
        # Of an incomplete list the rest of the window would look as if nothing were on record.
        first, after = _window(shown, covered if len(shown) == len(rows) else None)
        left, centers, high = _name_events(ax, shown, sheet, 0.0 if covered is None else _HEADER)
        ax.set(xlim=(first, after), ylim=(high, 0))
        scale = (sheet.width - left) / (after - first)
        above = _name_days(ax, first, after, scale, say)
        key = _marks(ax, shown, centers, say)
        if covered is not None:
            key += _coverage(ax, covered, first, after, scale, say)
        if hidden := len(rows) - len(shown):
            more = say("term.more", count=hidden)
            ax.set_xlabel(more, loc="left", fontsize=SMALL, **literal(MUTED))
        levels_key = level_key(levels, say)
        return sheet.finish(ax, high, key, levels_key, left=left, above=above)


# Events ------------------------------------------------------------------------------------------


def _event_rows(
    events: pd.DataFrame, date: str | tuple[str, str] | None, label: str, say: Texts
) -> pd.DataFrame:
    """Return each event's text and its days as numbers, the last one exclusive."""
    if {f"{label}_zh", f"{label}_{say.language}"} <= set(events.columns):
        labels = localized(events, label, say.language)
    elif label in events:
        labels = events[label]
    else:
        columns = ", ".join(map(str, events.columns))
        raise parameter_error("no_column", label, columns, argument="label")
    rows = _days(events, date)
    rows["dated"] = events["dated"].to_numpy(bool) if "dated" in events else True
    rows["text"] = labels.fillna("").astype(str).to_numpy()
    return rows


def _days(table: pd.DataFrame, date: str | tuple[str, str] | None = None) -> pd.DataFrame:
    days = intervals(table, date).to_numpy("datetime64[D]").astype(int)
    return pd.DataFrame({"first": days[:, 0], "after": days[:, 1] + 1})


def _name_events(
    ax: Axes, shown: pd.DataFrame, sheet: Sheet, header: float
) -> tuple[float, NDArray[np.float64], float]:
    """Write titles beside or over the marks; return their width, the marks' centers, the height."""
    texts, links = list(shown["text"]), list(shown["link"])
    beside = min(_TITLES, _TITLES_SHARE * sheet.width)
    if beside >= _NARROWEST_TITLES:
        names, left, edges = wrapped_names(texts, beside, most=2)
        edges += header
        centers = (edges[:-1] + edges[1:]) / 2
        name_rows(ax, centers, names, left, links)
        return left, centers, float(edges[-1])
    names, _, edges = wrapped_names(texts, sheet.width - GAP)
    heights = np.diff(edges)
    edges = header + np.cumsum([0.0, *(heights + _LANE)])
    # Paper behind the titles, so that neither days nor hatching run through them.
    everywhere = ax.get_yaxis_transform()
    ax.barh(edges[:-1], 1, heights, 0, align="edge", color=PAPER, zorder=0.3, transform=everywhere)
    ax.set_yticks([])
    for name, link, at in zip(names, links, edges[:-1] + heights / 2 + 2, strict=True):
        title = write(ax, name, (0, at), (0, 0), va="center", link=link)
        title.xycoords = everywhere
        title.set_in_layout(False)  # it lies within the Axes
    return 0.0, edges[1:] - _LANE / 2, float(edges[-1])


def _marks(ax: Axes, shown: pd.DataFrame, centers: NDArray[np.float64], say: Texts) -> Key:
    """Draw the mark of each event, and return the key of their shapes."""
    one_day = shown["after"] - shown["first"] == 1
    shapes = np.select([~shown["dated"], one_day], ["undated", "dated"], "dated_span")
    for row, shape, at in zip(shown.to_dict("records"), shapes, centers, strict=True):
        first, color = row["first"], row["color"]
        if shape == "dated":
            dots = ax.scatter(first + 0.5, at, 42, color, linewidth=0, clip_on=False)
            dots.set_urls([row["link"]])
        else:
            look = _band(color, hollow=shape == "undated")
            days = row["after"] - first
            ax.barh(at, days, 7, first, url=row["link"], clip_on=False, **look)
    color = one_color(list(shown["color"]))
    dot: dict[str, Any] = {"color": color, "marker": "o", "markersize": 6.5, "markeredgewidth": 0}
    handles: dict[str, Artist] = {
        "dated": Line2D([], [], linestyle="", **dot),
        "dated_span": Patch(**_band(color)),
        "undated": Patch(**_band(color, hollow=True)),
    }
    return [(mark, say(_SHAPES[shape])) for shape, mark in handles.items() if shape in shapes]


def _band(color: str, *, hollow: bool = False) -> dict[str, Any]:
    return {"facecolor": PAPER if hollow else color, "edgecolor": color, "linewidth": 1}


# Days --------------------------------------------------------------------------------------------


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


def _name_days(ax: Axes, first: int, after: int, scale: float, say: Texts) -> float:
    """Name days, Mondays, months or years along the top, as many as `scale` points a day allow.

    Return how high the names are.
    """
    start, end = (pd.Timestamp(day, unit="D") for day in (first, after - 1))
    for step in _TICKS:
        days = pd.date_range(start, end, freq=step)
        labels = _day_labels(days, step, say)
        at = days.to_numpy("datetime64[D]").astype(int)
        lines = [line for label in labels for line in label.split("\n")]
        widest = max((text_width(line, SMALL) for line in lines), default=0.0)
        if len(at) and (np.diff(at) * scale >= widest + GAP).all():
            break
    ax.xaxis.tick_top()
    ax.set_xticks(at + 0.5, labels, va="baseline", fontsize=SMALL, **literal(MUTED))
    for place in at + 0.5:
        ax.axvline(place, color=FAINT, linewidth=0.8, zorder=0.2)
    return (max(label.count("\n") for label in labels) + 1) * LINE * SMALL + 4


def _day_labels(days: pd.DatetimeIndex, step: str, say: Texts) -> list[str]:
    """Return a label per tick; the year stands over the first of its days."""
    if step.endswith("S"):
        names = [period_name(day, day.days_in_month, say.language) for day in days]
        return ["\n".join(wrap(name, 30, SMALL)) for name in names]
    labels = [day_range(day, day, say.language) for day in days]
    for place in np.flatnonzero(np.diff(days.year, prepend=0)):
        first = pd.Timestamp(days[int(place)].year, 1, 1)
        year = period_name(first, 365 + first.is_leap_year, say.language)
        labels[place] = f"{year}\n{labels[place]}"
    return labels


def _coverage(
    ax: Axes, covered: pd.DataFrame, first: int, after: int, scale: float, say: Texts
) -> Key:
    """Hatch the days that no window covers, and name each stretch over the rows or in the key."""
    state_of = np.full(after - first, _NOT_COVERED)
    for _, (start, stop, state) in covered.sort_values("state").iterrows():
        state_of[max(start - first, 0) : max(stop - first, 0)] = state
    key: dict[str, Artist] = {}
    for start, stop in runs(state_of):
        key_of_words, line = _STATES[state_of[start]]
        words = say(key_of_words)
        if line is None:
            ax.axvspan(first + start, first + stop, zorder=0, **HATCH)
        else:
            ax.hlines(_HEADER - 2, first + start, first + stop, MUTED, line, linewidth=1.2)
        if (stop - start) * scale >= text_width(words, SMALL) + 4:
            write_on_hatch(ax, words, first + (start + stop) / 2, _HEADER / 2 - 2)
        elif line is None:
            key[words] = Patch(**HATCH)
        else:
            key[words] = Line2D([], [], color=MUTED, linestyle=line, linewidth=1.2)
    return [(handle, words) for words, handle in key.items()]

"""The charts of change: how groups compare, and growth over the periods of one of them.

A change that the data carry has the one strong colour, and what they leave open is grey. Where no
number would mean anything there is none: the reason stands in its place.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Annotation
from matplotlib.ticker import MaxNLocator, NullLocator

from aistats.charts.layout import (
    GAP,
    NAMES,
    PAGE_WIDTH,
    Key,
    Sheet,
    links_of,
    name_rows,
    ranges,
    wrapped_names,
    write,
)
from aistats.charts.periods import (
    FEWEST_SLOTS,
    hatch_uncovered,
    name_periods,
    shade_partly_covered,
)
from aistats.charts.style import (
    BLUE,
    FAINT,
    GREY,
    INK,
    LINE,
    MUTED,
    PAPER,
    SMALL,
    TEXT,
    TINT,
    literal,
    style,
    text_width,
    wrap_evenly,
)
from aistats.counting.schema import groups_of, known_schema
from aistats.counting.tables import is_total, need, parameter_error
from aistats.locale import Language, Texts
from aistats.session import texts
from aistats.tables.codebook import Codebook
from aistats.trends.claims import CLAIMS, REFUSALS, VERDICTS
from aistats.wording import level_name, period_name, verdict_name

_SIDE = ("period", "days", "days_covered", "certain", "possible")
_BASELINE = (
    "baseline",
    "baseline_days",
    "baseline_covered",
    "baseline_certain",
    "baseline_possible",
)
_STACKED_BELOW = 340.0  # narrower than this, an interval stands under its name, not beside it
_NAMES_SHARE, _HEAD = 0.25, 112.0  # the widest names, and the heads of all counts
_AIR, _LANE, _INSET, _ARROW = 4.0, 15.0, 13.0, 6.0
_TICKS_APART = 8.0
_FRACTIONS = {1 / n: f"×1/{n}" for n in (100, 50, 20, 10, 5, 3)} | {0.5: "×½"}
_RUNGS = _FRACTIONS | {
    at: f"×{at:g}"
    for at in (
        *(0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 1.0, 1.01, 1.02, 1.05, 1.1, 1.2, 1.5),
        *(2.0, 3.0, 5.0, 10.0, 20.0, 50.0, 100.0),
    )
}
"""Where an axis of factors may end, and the labels there."""

_HIGH, _HEADROOM, _WIDEST_MARK, _SMALLEST_DOT = 150.0, 1.1, 10.0, 3.5


def plot_forest(
    table: pd.DataFrame,
    *,
    ax: Axes | None = None,
    language: Language | None = None,
    codebook: Codebook | None = None,
    title: str | None = None,
    subtitle: str | None = None,
    width: float = PAGE_WIDTH,
    links: Sequence[str | None] | None = None,
) -> Axes:
    """Draw by what factor each group changed, with its interval, or why no factor is stated.

    A row has the group, its counts on both sides, and the interval on a logarithmic axis around
    “no change”: solid where the verdict is an increase or a decrease, grey and hollow where the
    data do not suffice. An end beyond the axis is an arrow. A verdict that refuses has its reason
    instead of a number; where all do, there is no axis. On narrow paper intervals stand under the
    names.

    Parameters
    ----------
    table
        A row per group, its levels in the columns that it records as groups; the row of all events
        comes first. Comparisons: ``period``, ``days``, ``days_covered``, ``certain``, ``possible``,
        the same of the baseline (``baseline``, ``baseline_days``, …), ``ratio``, ``lower``,
        ``upper``, ``verdict``. Or growth: the first five, ``periods``, and, as log changes per
        period, ``rate``, ``lower`` and ``upper``, ``verdict``.
    ax, language, codebook, title, subtitle, width, links
        As in :func:`plot_counts`.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError
        If a column is missing, rows differ in the periods compared, a verdict is unknown, the links
        are not one a row, or the language is unknown.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from aistats.counting.schema import as_counts
    >>> table = pd.DataFrame({"scope": ["domestic", "unstated"],
    ...     "period": pd.to_datetime("2025-12-08"), "days": 7, "days_covered": 7,
    ...     "certain": [30, 1], "possible": [30, 3],
    ...     "baseline": pd.to_datetime("2025-12-01"), "baseline_days": 7, "baseline_covered": 7,
    ...     "baseline_certain": [12, 2], "baseline_possible": [12, 2],
    ...     "ratio": [2.5, 1.0], "lower": [1.24, 0.1], "upper": [5.3, 9.0],
    ...     "verdict": ["increase", "inexact_dates"]})
    >>> ax = plot_forest(as_counts(table, by="scope"), language="en")
    >>> [text.get_text() for text in ax.texts if text.get_text()[0] in "×u"]
    ['×2.50 (1.24–5.30)', 'uncertain dates']
    >>> plt.close(ax.figure)
    """
    say = texts(language)
    numbers = ("periods", "rate") if "rate" in table else (*_BASELINE, "ratio")
    need(table, *_SIDE, *numbers, "lower", "upper", "verdict", argument="table")
    _known(table["verdict"], "table")
    sheet = Sheet(ax, width, title, subtitle)
    rows = _forest_rows(table, links_of(table, links), say, codebook)
    with style(say.language):
        if table.empty:
            return sheet.nothing(say("term.none"))
        columns = [_column(table, _SIDE, say)]
        columns += [] if "rate" in table else [_column(table, _BASELINE, say)]
        for place, column in enumerate(columns):
            rows[place] = column.cells
        rows = rows.sort_values("all", ascending=False, kind="stable", ignore_index=True)
        return _forest(rows, columns, sheet, _multiple_of(table, say), say)


def plot_growth(
    curve: pd.DataFrame,
    *,
    ax: Axes | None = None,
    language: Language | None = None,
    title: str | None = None,
    subtitle: str | None = None,
    width: float = PAGE_WIDTH,
    links: Sequence[str | None] | None = None,
) -> Axes:
    """Draw what is on record per covered day, period by period, and the growth fitted to it.

    A dot is what is on record; where dates leave that open, a hollow bar spans it, from the certain
    to the possible. The line is the fitted growth, in its band, dashed where nobody looked; grey
    where the data do not suffice, and if the verdict refuses there is none, but the reason.
    Uncovered and partly covered periods are shown as by :func:`plot_periods`.

    Parameters
    ----------
    curve
        A row per period of one group: ``period``, ``days``, ``days_covered``, ``possible``; per
        covered day ``observed_low`` and ``observed_high``, ``fitted``, ``lower`` and ``upper``;
        ``verdict``, the same in all.
    ax, language, title, subtitle, width, links
        As in :func:`plot_counts`.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError
        If a column is missing, a period has several rows, there are several verdicts or an unknown
        one, the links are not one a row, or the language is unknown.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> curve = pd.DataFrame({"period": pd.to_datetime(["2025-12-01", "2025-12-08"]), "days": 7,
    ...     "days_covered": 7, "possible": [3, 8], "observed_low": [2 / 7, 1.0],
    ...     "observed_high": [3 / 7, 8 / 7], "fitted": float("nan"), "lower": float("nan"),
    ...     "upper": float("nan"), "verdict": "too_few_periods"})
    >>> ax = plot_growth(curve, language="en")
    >>> [text.get_text() for text in ax.texts]
    ['no fit: too few periods', 'Events on record per covered day']
    >>> plt.close(ax.figure)
    """
    observed = ("observed_low", "observed_high", "fitted", "lower", "upper", "verdict")
    say = texts(language)
    need(curve, "period", "days", "days_covered", "possible", *observed, argument="curve")
    _one_group(curve)
    sheet = Sheet(ax, width, title, subtitle)
    shown = curve.assign(link=pd.Series(links_of(curve, links), curve.index, dtype=object))
    with style(say.language):
        if curve.empty:
            return sheet.nothing(say("term.none"))
        shown = shown.sort_values("period", ignore_index=True)
        shown["covered"] = shown["days_covered"]
        verdict = shown["verdict"][0]
        ax = sheet.axes()
        top = _top(shown)
        slots = max(len(shown), FEWEST_SLOTS)
        left = _rate_scale(ax, top)
        slot = (sheet.width - left) / slots
        ax.set(xlim=(-0.5, slots - 0.5), ylim=(0, top))
        ax.axhline(0, color=MUTED, linewidth=1, clip_on=False)
        named = name_periods(ax, shown, slot, say)
        key = _observed(ax, shown, slot, say)
        key += [] if verdict in REFUSALS else _fit(ax, shown, top, say)
        key += hatch_uncovered(ax, shown, slot, top / 2, say)
        key += [] if named else shade_partly_covered(ax, shown, say)
        heads = [say("term.per_day")]
        if verdict in REFUSALS:
            heads.append(say("term.no_fit", reason=verdict_name(verdict, say.language)))
        for place, words in enumerate(reversed(heads)):
            at = (-left, GAP + place * LINE * TEXT)
            _write_at(ax, words, top, at, va="baseline", size=SMALL, color=MUTED)
        return sheet.finish(ax, _HIGH, key, left=left, above=GAP + len(heads) * LINE * TEXT)


def _known(verdicts: pd.Series, argument: str) -> None:
    """Refuse a verdict that there is not."""
    for verdict in verdicts:
        if verdict not in VERDICTS:
            raise parameter_error("no_choice", verdict, ", ".join(VERDICTS), argument=argument)


def _write_at(
    ax: Axes,
    text: str,
    y: float,
    offset: tuple[float, float],
    *,
    ha: str = "left",
    va: str = "center_baseline",
    size: float = TEXT,
    color: str = INK,
    link: str | None = None,
) -> Annotation:
    """Write some points away from the left edge of the Axes at a height of the data."""
    note = write(ax, text, (0, y), offset, ha=ha, va=va, size=size, color=color, link=link)
    note.xycoords = ax.get_yaxis_transform()
    return note


# Groups ------------------------------------------------------------------------------------------


def _forest_rows(
    table: pd.DataFrame, links: list[str | None], say: Texts, codebook: Codebook | None
) -> pd.DataFrame:
    """Return name, link, interval as factors, verdict and its words for each group."""
    rows = pd.DataFrame({"all": is_total(table).to_numpy()})
    rows["label"] = _group_names(table, say, codebook)
    rows["link"] = pd.Series(links, dtype=object)
    estimates = table[["rate" if "rate" in table else "ratio", "lower", "upper"]].to_numpy(float)
    with np.errstate(over="ignore"):
        factors = np.exp(estimates) if "rate" in table else estimates
    rows[["estimate", "lower", "upper"]] = factors
    rows["verdict"] = table["verdict"].to_numpy()
    bounds = rows[["lower", "upper"]]
    rows["drawn"] = ~rows["verdict"].isin(REFUSALS) & bounds.notna().all(axis=1)
    rows["words"] = [
        _factors(row, say) if row["drawn"] else verdict_name(row["verdict"], say.language)
        for row in rows.to_dict("records")
    ]
    return rows


def _group_names(table: pd.DataFrame, say: Texts, codebook: Codebook | None) -> list[str]:
    """Return what the group of each row is called."""
    names, has_total = groups_of(table), known_schema(table)["total"]
    everything = say("term.all")
    if not names:
        return [everything] * len(table)
    columns = []
    for name in names:
        label = partial(
            level_name, name=name, language=say.language, codebook=codebook, total=has_total
        )
        columns.append(map(label, table[name].astype(object)))
    labels = map(say("list.headings").join, zip(*columns, strict=True))
    whole = is_total(table)
    return [everything if is_all else label for is_all, label in zip(whole, labels, strict=True)]


def _factors(row: dict[Hashable, Any], say: Texts) -> str:
    """Return an estimate and its interval, or the interval alone where there is no estimate."""
    estimate, lower, upper = (_factor(row[name]) for name in ("estimate", "lower", "upper"))
    if math.isnan(row["estimate"]):
        return say("term.interval_only", lower=lower, upper=upper)
    return say("term.interval", estimate=f"×{estimate}", lower=lower, upper=upper)


def _factor(value: float) -> str:
    if value == 0 or math.isinf(value):
        return "∞" if value else "0"
    if round(value, 2) == 1 != value:  # which side of no change it is on
        return f"{value:.3f}"
    return f"{value:,.2f}" if value < 10 else f"{value:,.1f}" if value < 100 else f"{value:,.0f}"


@dataclass(frozen=True)
class _Column:
    """The counts of one side: its days and their coverage over a count or range for each group."""

    head: list[str]
    cells: list[str]

    @property
    def width(self) -> float:
        sizes = [(line, SMALL) for line in self.head] + [(cell, TEXT) for cell in self.cells]
        return max(text_width(text, size) for text, size in sizes)


def _column(table: pd.DataFrame, names: Sequence[str], say: Texts) -> _Column:
    first, days, covered, certain, possible = names
    lines = [_side_name(table, first, days, say)]
    if lengths := table[days].iloc[0]:
        lines.append(say("term.days_of", covered=table[covered].iloc[0], days=lengths))
    if "rate" in table and len(table["periods"].unique()) == 1:
        lines.append(say.plural("term.periods_of", int(table["periods"].iloc[0])))
    widest = _HEAD if "rate" in table else _HEAD / 2
    head = [part for line in lines for part in wrap_evenly(line, widest, SMALL)]
    return _Column(head, ranges(table[certain], table[possible], say))


def _side_name(table: pd.DataFrame, first: str, days: str, say: Texts) -> str:
    """Return the days of a side, which all rows must share."""
    spans = table[[first, days]].drop_duplicates()
    if len(spans) > 1:
        days_named = ", ".join(str(day.date()) for day in spans[first])
        raise parameter_error("not_one", first, days_named, argument="table")
    start, length = spans.iloc[0]
    if not length:
        return say("term.no_period")
    return period_name(start, length, say.language, year=True)


def _multiple_of(table: pd.DataFrame, say: Texts) -> str:
    """Return what the axis shows in words."""
    if "rate" in table:
        return say("term.times_before")
    side = _side_name(table, "baseline", "baseline_days", say)
    return say("term.times_side", period=side)


def _forest(
    rows: pd.DataFrame, columns: list[_Column], sheet: Sheet, multiple: str, say: Texts
) -> Axes:
    stacked = sheet.width < _STACKED_BELOW
    taken = sum(column.width + GAP for column in columns)
    widest = sheet.width - taken - GAP if stacked else min(NAMES, _NAMES_SHARE * sheet.width)
    labels, left, edges = wrapped_names(list(rows["label"]), widest)
    left = 0.0 if stacked else left + taken + GAP
    room = sheet.width - left
    heights, lane = np.diff(edges) + _AIR, _LANE * stacked
    edges = np.cumsum([0.0, *(heights + lane)])
    rows["name_at"] = edges[:-1] + heights / 2
    rows["at"] = edges[1:] - _AIR - lane / 2 if stacked else rows["name_at"]
    rows["top"], rows["bottom"] = edges[1:] - _AIR - lane if stacked else edges[:-1], edges[1:]
    ax = sheet.axes()
    ax.set(xticks=[], ylim=(edges[-1], 0))
    rules: dict[str, Any] = {"color": FAINT, "linewidth": 0.8, "clip_on": False, "zorder": 0.4}
    ax.hlines(edges, -left / room, 1, transform=ax.get_yaxis_transform(), **rules)
    name_rows(ax, rows["name_at"].to_numpy(), labels, left, list(rows["link"]))
    free = _write_counts(ax, rows, columns, room if stacked else -2 * GAP)
    drawn = rows[rows["drawn"]]
    values = room - max((text_width(words, TEXT) for words in drawn["words"]), default=0.0)
    key: Key = []
    reasons = 0.0
    if not drawn.empty:
        scale = _scale_of(drawn, max(values, 4 * _INSET) - 2 * _INSET)
        key, reasons = _axis(ax, rows, scale, room, say), scale.right(1) + GAP / 2
    for row in rows.to_dict("records"):
        right, color = (values, INK) if row["drawn"] else (reasons, MUTED)
        note = _write_at(ax, row["words"], row["at"], (right, 0), color=color, link=row["link"])
        note.set_bbox({"facecolor": PAPER, "linewidth": 0, "pad": 1.5})  # no tick runs through it
    head = say("term.no_number") if drawn.empty else multiple
    lines = wrap_evenly(head, free if stacked else values, SMALL)
    _write_at(ax, "\n".join(lines), 0, (0, _AIR), va="bottom", size=SMALL, color=MUTED)
    above = max(len(lines), *(len(column.head) for column in columns)) * LINE * SMALL + GAP
    return sheet.finish(ax, edges[-1], key, left=left, above=above)


def _write_counts(ax: Axes, rows: pd.DataFrame, columns: list[_Column], end: float) -> float:
    """Write the columns of counts, the last one up to an end, and return where the first starts."""
    for place, column in reversed(list(enumerate(columns))):
        head: dict[str, Any] = {"ha": "right", "va": "bottom", "size": SMALL, "color": MUTED}
        _write_at(ax, "\n".join(column.head), 0, (end, _AIR), **head)
        for count, y, link in zip(rows[place], rows["name_at"], rows["link"], strict=True):
            _write_at(ax, count, y, (end, 0), ha="right", link=link)
        end -= column.width + GAP
    return end


# Factors -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Scale:
    """A logarithmic axis of factors that takes `span` points, some points into the Axes."""

    low: float
    high: float
    span: float

    def right(self, factor: float) -> float:
        """Return how many points a factor is from the left edge of the Axes."""
        return _INSET + self.span * math.log(factor / self.low) / math.log(self.high / self.low)

    def at(self, right: float) -> float:
        """Return the factor some points from the left edge of the Axes."""
        return float(self.low * (self.high / self.low) ** ((right - _INSET) / self.span))

    def ticks(self) -> list[float]:
        """Return the factors to name: no change, and from the ends on inward those with room."""
        ticks = [1.0]
        coarse = self.high > 10 * self.low
        inside = [
            at for at in _RUNGS if self.low <= at <= self.high and not (coarse and 0.5 < at < 2)
        ]
        for rung in sorted(inside, key=lambda at: -abs(math.log(at))):
            apart = (
                abs(self.right(rung) - self.right(tick)) - _half(rung) - _half(tick)
                for tick in ticks
            )
            ticks += [rung] if min(apart) >= _TICKS_APART else []
        return sorted(ticks)


def _half(rung: float) -> float:
    return text_width(_RUNGS[rung], SMALL) / 2


def _scale_of(drawn: pd.DataFrame, span: float) -> _Scale:
    """Return the axis that holds the estimates, and the ends of intervals that are not far out."""
    ends = drawn[["lower", "upper"]].to_numpy().ravel()
    factors = np.concatenate(
        [np.clip(ends[(ends > 0) & np.isfinite(ends)], 0.1, 10), drawn["estimate"]]
    )
    factors = factors[(factors >= min(_RUNGS)) & (factors <= max(_RUNGS))]
    least, most = factors.min(initial=1), factors.max(initial=1)
    # Neither side less than a quarter of the axis, so that its end can be named.
    least, most = min(least, most**-0.34, 0.99), max(most, least**-0.34, 1.01)
    return _Scale(
        max((at for at in _RUNGS if at <= least), default=min(_RUNGS)),
        min((at for at in _RUNGS if at >= most), default=max(_RUNGS)),
        span,
    )


def _axis(ax: Axes, rows: pd.DataFrame, scale: _Scale, room: float, say: Texts) -> Key:
    """Draw the axis and the intervals on it, and return their key."""
    ax.set_xscale("log")
    ax.set_xlim(scale.at(0), scale.at(room))
    ticks = scale.ticks()
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_xticks(ticks, [_RUNGS[tick] for tick in ticks], fontsize=SMALL, **literal(MUTED))
    for tick in ticks:
        color, wide = (INK, 1.0) if tick == 1 else (FAINT, 0.8)
        ax.vlines(
            [tick] * len(rows), rows["top"], rows["bottom"], color, linewidth=wide, zorder=0.5
        )
    _name_ends(ax, scale, say)
    marks: dict[str, Artist] = {}
    for row in rows[rows["drawn"]].to_dict("records"):
        claimed = row["verdict"] in CLAIMS
        _interval(ax, row, scale, _point(claimed))
        words = say("term.sufficient") if claimed else say("verdict.insufficient")
        marks[words] = Line2D([], [], linewidth=1.6, **_point(claimed))
    return [(mark, words) for words, mark in marks.items()]


def _name_ends(ax: Axes, scale: _Scale, say: Texts) -> None:
    """Say under the axis where there are fewer, where more, and, if there is room, no change."""
    fewer, greater, same = say("term.fewer"), say("term.greater"), say("term.no_change")
    start, middle, end = scale.right(scale.low), scale.right(1), scale.right(scale.high)
    look: dict[str, Any] = {"va": "top", "size": SMALL, "color": MUTED}
    base, below = ax.get_ylim()[0], -2.2 * SMALL
    _write_at(ax, fewer, base, (start, below), **look)
    _write_at(ax, greater, base, (end, below), ha="right", **look)
    half = text_width(same, SMALL) / 2 + GAP
    if start + text_width(fewer, SMALL) + half <= middle <= end - text_width(greater, SMALL) - half:
        _write_at(ax, same, base, (middle, below), ha="center", **look)


def _point(claimed: bool) -> dict[str, Any]:
    color = BLUE if claimed else GREY
    face = {"markerfacecolor": color if claimed else PAPER, "markeredgecolor": color}
    return {"color": color, "marker": "o", "markersize": 6.5, "markeredgewidth": 1.4, **face}


def _interval(ax: Axes, row: dict[Hashable, Any], scale: _Scale, point: dict[str, Any]) -> None:
    """Draw an interval, with an arrow for an end beyond the axis, and its estimate."""
    y, look = row["at"], {"color": point["color"], "url": row["link"]}
    beyond = scale.at(_INSET - _ARROW), scale.at(_INSET + scale.span + _ARROW)
    outside = row["lower"] < scale.low, row["upper"] > scale.high
    bounds = np.clip([row["lower"], row["upper"]], scale.low, scale.high)
    ends = np.where(outside, beyond, bounds)
    ax.plot(ends, [y, y], linewidth=1.6, solid_capstyle="butt", **look)
    for end, arrow, marker in zip(ends, outside, "<>", strict=True):
        if arrow:
            ax.plot(end, y, marker=marker, markersize=5, linestyle="", **look)
    if scale.low <= row["estimate"] <= scale.high:
        ax.plot(row["estimate"], y, linestyle="", **point | look)


# Growth ------------------------------------------------------------------------------------------


def _one_group(curve: pd.DataFrame) -> None:
    """Refuse periods of several groups."""
    if (twice := curve["period"].duplicated()).any():
        day = curve.loc[twice, "period"].iloc[0]
        raise parameter_error("several_groups", day.date(), argument="curve")
    _known(curve["verdict"], "curve")
    if (verdicts := curve["verdict"].unique()).size > 1:
        raise parameter_error("not_one", "verdict", ", ".join(verdicts), argument="curve")


def _top(shown: pd.DataFrame) -> float:
    """Return the height of the scale: all that is observed and fitted, and half as much of a band.

    A band may be endless.
    """
    highest = shown[["observed_high", "fitted"]].max().max()
    highest = highest if highest > 0 else 1.0
    band = shown["upper"].replace(np.inf, np.nan).max()
    return _HEADROOM * max(highest, min(band, 1.5 * highest) if band > 0 else 0.0)


def _rate_scale(ax: Axes, top: float) -> float:
    """Draw a scale of rates, and return the points that it takes."""
    ticks = [float(at) for at in MaxNLocator(4).tick_values(0, top) if at <= top]
    labels = [f"{tick:,.10g}" for tick in ticks]
    ax.set_yticks(ticks, labels, fontsize=SMALL, **literal(MUTED))
    ax.grid(axis="y", color=FAINT, linewidth=0.8)
    return max(text_width(label, SMALL) for label in labels) + GAP


def _observed(ax: Axes, shown: pd.DataFrame, slot: float, say: Texts) -> Key:
    """Draw a dot where what is on record is known, and a hollow bar where dates leave it open."""
    size = min(_WIDEST_MARK, 0.6 * slot)
    dot = max(0.6 * size, _SMALLEST_DOT)
    exact = shown[shown["observed_low"] == shown["observed_high"]]
    dots = ax.scatter(exact.index, exact["observed_low"], dot**2, INK, linewidth=0, clip_on=False)
    dots.set(urls=list(exact["link"]), zorder=3)
    still_open = shown[shown["observed_low"] < shown["observed_high"]]
    look: dict[str, Any] = {"facecolor": PAPER, "edgecolor": INK, "linewidth": 1}
    height = still_open["observed_high"] - still_open["observed_low"]
    bars = ax.bar(still_open.index, height, size / slot, still_open["observed_low"], **look)
    for bar, link in zip(bars, still_open["link"], strict=True):
        bar.set_url(link)
    return [(Patch(**look), say("term.observed_span"))] if len(still_open) else []


def _fit(ax: Axes, shown: pd.DataFrame, top: float, say: Texts) -> Key:
    """Draw the fitted growth and its band, the band behind the hatch of where nobody looked."""
    verdict = shown["verdict"].iloc[0]
    color, tint = (BLUE, TINT) if verdict in CLAIMS else (GREY, FAINT)
    found = shown[shown["fitted"].notna()]
    upper = found["upper"].clip(upper=top)
    band: dict[str, Any] = {"facecolor": tint, "edgecolor": color, "linewidth": 0.5}
    ax.fill_between(found.index, found["lower"], upper, zorder=-1, **band)
    ax.plot(found.index, found["fitted"], color=color, linewidth=1, linestyle="dotted")
    ax.plot(shown.index, shown["fitted"], color=color, linewidth=2)
    words = say("term.fit", verdict=verdict_name(verdict, say.language))
    line = Line2D([], [], color=color, linewidth=2)
    return [(line, words), (Patch(**band), say("term.fit_interval"))]

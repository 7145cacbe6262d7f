"""Show exhibits: a chart, its texts, the table behind it and the events behind each count.

In a notebook :func:`show` displays an exhibit: the chart as a picture that stands alone, and its
table. The same output carries, as an :class:`Exhibit`, all that an edition publishes of it:
drawings for wide and narrow pages, pictures to download and to post, the CSV, the way from every
count back to its events. An edition goes by these outputs of executed notebooks alone, so that what
is published is what the notebook showed, byte for byte.
"""

from __future__ import annotations

import base64
import html
import io
import json
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aistats.charts import NARROW_WIDTH, PAGE_WIDTH, frame
from aistats.charts.style import style
from aistats.counting.counts import events_in
from aistats.counting.schema import groups_of
from aistats.counting.tables import with_one_count
from aistats.faults import DataError, Fault
from aistats.locale import Language, Texts
from aistats.session import current_language, texts
from aistats.tables.edition import Edition
from aistats.wording import (
    column_title,
    describe_measure,
    describe_source,
    figure_label,
    headline,
    labelled,
)
from aistats.wording.names import group_title

MIME = "application/vnd.aistats.exhibit+json"
"""The type of the notebook output that carries an exhibit."""

SCREEN_WIDTH = 720
"""CSS pixels that a figure takes in a notebook."""

PIXELS = 1080
"""Across every PNG: the width of a page at half as many again, and of a post on social media."""


_MISSING_GLYPH = re.compile(r"Glyph (\d+).* missing from", re.DOTALL)
_NUMBER = re.compile(r"[<+−]?[\d.,]+%?|[+−]?∞")
_LINKED = ("count", "certain", "expected", "possible", "title")  # columns that lead to events


@dataclass(frozen=True)
class Row:
    """A row of an exhibit's table: its anchor, its name, and the events that it counts.

    ``sure`` are the ids of events that the row counts whatever their date turns out to be,
    ``possible`` those that it may count.
    """

    anchor: str
    label: str
    sure: tuple[str, ...]
    possible: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exhibit:
    """What an edition publishes of one chart.

    ``title`` is without number; ``table`` is HTML whose counts link to their events; ``rows`` has
    those rows of the table that hold any; ``drawings`` are SVG by file ending, ``pictures`` PNG in
    base64.
    """

    name: str
    number: int
    title: str
    subtitle: str
    notes: tuple[str, ...]
    source: str
    alt: str
    table: str
    csv: str
    rows: tuple[Row, ...]
    drawings: Mapping[str, str]
    pictures: Mapping[str, str]

    def heading(self, language: Language) -> str:
        """Return the title with its number."""
        title = self.title
        return numbered(self.number, title, language)

    @classmethod
    def of(cls, bundle: Mapping[str, Any]) -> Exhibit:
        """Return the exhibit that a notebook output carries."""
        members = dict(bundle)
        members["notes"] = tuple(bundle["notes"])
        members["rows"] = tuple(map(_row_of, bundle["rows"]))
        return cls(**members)


def _row_of(bundle: Mapping[str, Any]) -> Row:
    """Return the row that a notebook output carries."""
    return Row(
        bundle["anchor"],
        bundle["label"],
        tuple(bundle["sure"]),
        tuple(bundle["possible"]),
    )


def numbered(
    number: int,
    title: str,
    language: Language,
) -> str:
    """Return a title with the number of its figure before it."""
    say = texts(language)
    figure = figure_label(number, language)
    return say("exhibits.numbered", figure=figure, title=title)


def show(
    chart: Callable[..., Axes],
    table: pd.DataFrame,
    *,
    record: Edition,
    name: str,
    number: int,
    title: str,
    notes: Sequence[str] = (),
    alt: str | None = None,
    events: pd.DataFrame | None = None,
    language: Language | None = None,
    **options: object,
) -> None:
    """Draw a chart and display it as an exhibit, with the table behind it.

    A table without rows is not shown.

    Parameters
    ----------
    chart
        One of the ``plot_`` functions, or one like them: it is called with the table, ``width``,
        ``links`` and ``language``, once for a page and once for a narrow screen.
    table
        What the chart is drawn from: counts, or a row for each event.
    record
        The edition that it was counted from.
    name, number
        The exhibit's name in file names and links, such as ``timeline``, and its number; both its
        own in an edition.
    title
        What the chart shows, as a sentence.
    notes
        Sentences to stand under the chart.
    alt
        Description of the chart, for readers who cannot see it; by default the title.
    events
        The events it was counted from, to which its counts lead; by default those of the edition.
        Where they are given, the source line names the sources of the baseline too.
    language
        ``zh`` or ``en``; by default that of the session.
    **options
        More arguments of the chart.

    Raises
    ------
    DataError
        If the fonts have no glyph for a character.

    Examples
    --------
    >>> import aistats as ai
    >>> record = ai.read_edition("data", "2025-12")
    >>> regions = ai.count_events(record.events, by="region")
    >>> ai.show(ai.plot_counts, regions, record=record, name="regions", number=2,
    ...         title="Nine of 20 events are from China.")  # doctest: +SKIP
    """
    language = current_language(language)
    if table.empty:
        return
    coverage = record.coverage if events is None else record.all_coverage
    rows = _rows(table, record, record.events if events is None else events, name, language)
    places = [f"../{language}/events.html#{row.anchor}" if row else "" for row in rows]
    words: dict[str, Any] = {
        "title": headline(title),
        "subtitle": describe_measure(table, language, record.codebook),
        "notes": [str(note) for note in notes],
        "source": describe_source(coverage, language, record.codebook),
    }
    framing = {**words, "title": numbered(number, words["title"], language), "language": language}

    def drawn(width: float) -> Axes:
        return chart(
            table,
            width=width,
            links=places,
            language=language,
            **options,
        )

    drawings, pictures = _variants(drawn, framing, name)
    readable = labelled(table, language, record.codebook)
    linked = [column_title(column, language, record.codebook) for column in _LINKED]
    exhibit = Exhibit(
        name=name,
        number=number,
        alt=alt or title,
        table=_html(readable, places, linked),
        csv=to_csv(table),
        rows=tuple(row for row in rows if row is not None and row.label),
        drawings=drawings,
        pictures=pictures,
        **words,
    )
    _display(exhibit, readable, texts(language))


def _display(exhibit: Exhibit, readable: pd.DataFrame, say: Texts) -> None:
    """Display an exhibit in a notebook: the picture with the bundle, and the table."""
    from IPython.display import display

    size = {"alt": exhibit.alt, "width": SCREEN_WIDTH}
    display(
        {"text/plain": exhibit.alt, "image/png": exhibit.pictures["png"], MIME: asdict(exhibit)},
        raw=True,
        metadata={"image/png": size, "aistats": {"kind": "figure", "name": exhibit.name}},
    )
    summary = say("pages.table")
    display(
        {
            "text/plain": readable.to_string(index=False),
            "text/html": f"<details><summary>{summary}</summary>\n{_html(readable)}\n</details>",
        },
        raw=True,
        metadata={"aistats": {"kind": "table", "name": exhibit.name}},
    )


def exhibits_of(notebook: Mapping[str, Any]) -> Iterator[Exhibit]:
    """Yield the exhibits of an executed notebook in their order."""
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if MIME in data:
                yield Exhibit.of(data[MIME])


# From counts to events ---------------------------------------------------------------------------


def _rows(
    table: pd.DataFrame, record: Edition, events: pd.DataFrame, name: str, language: Language
) -> list[Row | None]:
    """Return each row of a table with its events; None where it has none.

    A row that is an event leads straight to it and needs no list; a claim may have none.
    """
    if "event_id" in table:
        return [
            None if pd.isna(event) else Row(str(event), "", (str(event),))
            for event in table["event_id"]
        ]
    named = {"period", *groups_of(table)}
    groups = [column for column in table.columns if column in named]
    readable = labelled(table, language, record.codebook)
    titles = [group_title(column, language, record.codebook) for column in groups]
    say = texts(language)
    separator = say("exhibits.separator")
    labels = readable[titles].astype(str).agg(separator.join, axis=1)
    counted = table["possible" if "possible" in table else "count"] > 0
    rows: list[Row | None] = []
    for index, label, has_events in zip(table.index, labels, counted, strict=True):
        anchor = f"count-{name}-{len(rows) + 1}"
        row = _row(anchor, label, events, table.loc[index]) if has_events else None
        rows.append(row)
    return rows


def _row(anchor: str, label: str, events: pd.DataFrame, row: pd.Series) -> Row:
    """Return a row with the events behind it, in order of their dates."""
    counted = events_in(events, row)
    counted = counted.sort_values(["earliest", "latest"], kind="stable")
    is_sure = pd.Series(True, counted.index)
    if "period" in row.index:
        start = row["period"]
        end = start + pd.Timedelta(days=int(row["days"]))
        starts_inside = counted["earliest"] >= start
        ends_inside = counted["latest"] < end
        is_sure = starts_inside & ends_inside
    event_ids = counted["event_id"]
    return Row(
        anchor,
        label,
        sure=tuple(event_ids[is_sure]),
        possible=tuple(event_ids[~is_sure]),
    )


def _html(readable: pd.DataFrame, places: Sequence[str] = (), titles: Sequence[str] = ()) -> str:
    """Return a table as HTML: numbers to the right, and columns of these titles link to events."""
    numeric = [all(map(_is_number, readable[name])) for name in readable.columns]
    linked = [name in titles for name in readable.columns]
    linked = linked if any(linked) else [True] + [False] * (len(numeric) - 1)
    classes = [' class="number"' if is_number else "" for is_number in numeric]
    head = "".join(
        f'<th scope="col"{kind}>{html.escape(name)}</th>'
        for name, kind in zip(readable.columns, classes, strict=True)
    )
    lines = [f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>"]
    for place, row in enumerate(readable.itertuples(index=False, name=None)):
        href = places[place] if places else ""
        cells = (
            f"<td{kind}>{_cell(value, href if link and value else '')}</td>"
            for value, kind, link in zip(row, classes, linked, strict=True)
        )
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return "\n".join([*lines, "</tbody>\n</table>"])


def _is_number(value: object) -> bool:
    """Return whether a cell is a number, also one in words such as 60%, or empty."""
    if isinstance(value, str):
        return _NUMBER.fullmatch(value) is not None
    return not isinstance(value, bool)


def _cell(value: object, href: str) -> str:
    if pd.isna(value):  # type: ignore[call-overload]
        return ""
    text = html.escape(f"{value:.1f}" if isinstance(value, float) else str(value))
    return f'<a href="{html.escape(href)}">{text}</a>' if href else text


# From charts to bytes ----------------------------------------------------------------------------


def _variants(
    drawn: Callable[[float], Axes], framing: Mapping[str, Any], name: str
) -> tuple[dict[str, str], dict[str, str]]:
    """Draw a chart for a wide and a narrow page, each bare and then as it stands alone."""
    drawings, pictures = {}, {}
    for width, ending in ((PAGE_WIDTH, ""), (NARROW_WIDTH, "narrow.")):
        ax = drawn(width)
        figure = ax.get_figure(root=True)
        assert figure is not None
        drawings[f"{ending}bare"] = to_svg(figure, salt=f"{name}-{ending}")
        if not ending:
            pictures["bare.png"] = to_png(figure)
        frame(ax, **framing)
        if not ending:
            drawings["svg"] = to_svg(figure, salt=name)
        pictures[f"{ending}png"] = to_png(figure)
        plt.close(figure)
    return drawings, pictures


def to_png(figure: Figure) -> str:
    """Return a figure as a PNG 1080 pixels wide, in base64, the same whenever it is drawn.

    Raises
    ------
    DataError
        If the fonts have no glyph for a character.
    """
    file = io.BytesIO()
    with _drawing():
        dpi = PIXELS / figure.get_figwidth()
        figure.savefig(file, format="png", dpi=dpi, metadata={"Software": None})
    return base64.b64encode(file.getvalue()).decode()


def to_svg(figure: Figure, *, salt: str = "aistats") -> str:
    """Return a figure as SVG, the same text on any day and any machine.

    Parameters
    ----------
    figure
        The figure.
    salt
        Makes the ids inside; another one for each figure that shares a page.

    Raises
    ------
    DataError
        If the fonts have no glyph for a character.
    """
    file = io.StringIO()
    with _drawing():
        mpl.rcParams["svg.hashsalt"] = salt
        mpl.rcParams["svg.fonttype"] = "path"  # the reader's machine need not have our fonts
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    return file.getvalue()


@contextmanager
def _drawing() -> Iterator[None]:
    """Hold the house style, and make a missing glyph an error that names it."""
    with warnings.catch_warnings(record=True) as caught, style("zh"):
        warnings.simplefilter("always")
        yield
    missing = set()
    for warning in caught:
        glyph = _MISSING_GLYPH.search(str(warning.message))
        if glyph:
            missing.add(chr(int(glyph[1])))
    if missing:
        glyphs = " ".join(sorted(missing))
        raise DataError([Fault("glyph", value=glyphs)])


def to_csv(table: pd.DataFrame) -> str:
    """Return a table as the CSV that an edition offers: values, not labels; days as ISO dates.

    A cell of several values is a JSON list. In a counts table without uncertain dates,
    ``certain``, ``expected`` and ``possible`` are one ``count``.

    Examples
    --------
    >>> weeks = pd.DataFrame({"period": pd.to_datetime(["2025-12-01"]), "expected": [1 / 3]})
    >>> print(to_csv(weeks), end="")
    period,expected
    2025-12-01,0.3333333333
    >>> print(to_csv(pd.DataFrame({"country": [("CN", "US"), None]})), end="")
    country
    "[""CN"", ""US""]"
    ""
    """

    def as_json(cell: object) -> object:
        several = isinstance(cell, list | tuple)
        return json.dumps(cell, ensure_ascii=False) if several else cell

    text = (
        with_one_count(table)
        .map(as_json)
        .to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d", float_format="%.10g")
    )
    assert isinstance(text, str)
    return text

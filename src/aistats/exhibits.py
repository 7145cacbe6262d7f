"""Exhibits: a chart, the table behind it and the words for who cannot see it, kept together.

In a notebook :func:`show` displays an exhibit: the figure as PNG and SVG with its alt text, and the
table as a reader sees it and as CSV. Both outputs carry the exhibit's name, and this is all that an
edition goes by: it takes its figures, tables and pages from the outputs of executed notebooks, so
that what is published is what the notebook showed, byte for byte.
"""

from __future__ import annotations

import io
import re
import warnings

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aistats.codebook import Codebook
from aistats.faults import DataError, Fault
from aistats.style import style
from aistats.wording import labelled, term

SCREEN_WIDTH = 720
"""CSS pixels that a figure takes on a page; its PNG has half as many again, for dense screens."""


def show(
    ax: Axes,
    table: pd.DataFrame,
    *,
    name: str,
    alt: str,
    language: str = "zh",
    codebook: Codebook | None = None,
) -> None:
    """Display a chart and the table behind it as one exhibit of a notebook.

    Parameters
    ----------
    ax
        The chart; its figure is closed afterwards, so that it is not shown twice.
    table
        What the chart was drawn from.
    name
        The exhibit's name in file names and links, such as ``timeline``; one of its own in an
        edition.
    alt
        What the chart shows, in a sentence.
    language, codebook
        The language and the labels of the table as it is shown; the CSV keeps the values.

    Raises
    ------
    DataError
        If the chart's font has no glyph for a character.

    Examples
    --------
    >>> import aistats as ai
    >>> counts = pd.DataFrame({"region": ["CN", "US"], "count": [1, 3]})
    >>> ax = ai.plot_counts(counts, language="en")
    >>> ai.show(ax, counts, name="regions", alt="Three events in US, one in CN.")  # doctest: +SKIP
    """
    from IPython.display import display

    figure = ax.get_figure(root=True)
    assert figure is not None
    images = render(figure, salt=name)
    plt.close(figure)
    size = {"alt": alt, "width": SCREEN_WIDTH}
    display(
        {"text/plain": alt, **images},
        raw=True,
        metadata={"image/png": size, "aistats": {"kind": "figure", "name": name}},
    )
    shown = labelled(table, language, codebook)
    summary = f"<summary>{term('table', language)}</summary>"
    html = shown.to_html(index=False, border=0, na_rep="", float_format="{:.1f}".format)
    display(
        {
            "text/plain": shown.to_string(index=False),
            "text/html": f"<details>{summary}\n{html}\n</details>",
            "text/csv": to_csv(table),
        },
        raw=True,
        metadata={"aistats": {"kind": "table", "name": name}},
    )


def render(figure: Figure, *, salt: str = "aistats") -> dict[str, str | bytes]:
    """Return a figure as PNG and SVG, the same bytes whenever and wherever it is drawn.

    Parameters
    ----------
    figure
        A figure of one of the charts.
    salt
        Makes the ids inside the SVG; another one for each figure that shares a page.

    Returns
    -------
    dict
        ``image/png`` (bytes) and ``image/svg+xml`` (str).

    Raises
    ------
    DataError
        If the font has no glyph for a character.
    """
    png, svg = io.BytesIO(), io.StringIO()
    with warnings.catch_warnings(record=True) as caught, style():
        warnings.simplefilter("always")
        mpl.rcParams["svg.hashsalt"] = salt
        mpl.rcParams["svg.fonttype"] = "path"  # the reader's machine need not have our font
        figure.savefig(png, format="png", metadata={"Software": None})
        figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
    missing = [str(warning.message) for warning in caught if "missing from" in str(warning.message)]
    if missing:
        glyphs = sorted({chr(int(re.findall(r"Glyph (\d+)", text)[0])) for text in missing})
        raise DataError([Fault("glyph", value=" ".join(glyphs))])
    return {"image/png": png.getvalue(), "image/svg+xml": svg.getvalue()}


def to_csv(table: pd.DataFrame) -> str:
    """Return a table as the CSV that an edition offers: values, not labels; days as ISO dates.

    Examples
    --------
    >>> weeks = pd.DataFrame({"period": pd.to_datetime(["2025-12-01"]), "expected": [1 / 3]})
    >>> print(to_csv(weeks), end="")
    period,expected
    2025-12-01,0.3333333333
    """
    text = table.to_csv(
        index=False, lineterminator="\n", date_format="%Y-%m-%d", float_format="%.10g"
    )
    assert isinstance(text, str)
    return text

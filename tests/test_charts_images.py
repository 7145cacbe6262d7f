"""How charts look, held against pictures in ``references``.

They are of what no edition shows: editions and notebooks are compared byte for byte as they are.

After a change that is meant, look at every picture that this makes anew, and commit it:
``pytest tests/test_charts_images.py --mpl-generate-path=tests/references``
"""

import importlib.metadata
import platform
import re
import sys
from pathlib import Path

import matplotlib as mpl

mpl.use("agg")

import pytest
from test_charts import AWKWARD, BOOK, DECEMBER, YEAR, YEAR_COVERAGE
from test_charts_trends import comparisons, curve, rates, refused

import aistats as ai
from aistats.charts import NARROW_WIDTH, PAGE_WIDTH, frame, plot_forest, plot_growth

LOCK = Path(__file__).parents[1] / "requirements.lock"
LOCKED = re.search(r"^matplotlib==(\S+)", LOCK.read_text(encoding="utf-8"), re.MULTILINE)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        (sys.platform, platform.machine()) != ("linux", "x86_64")
        or LOCKED is None
        or LOCKED[1] != importlib.metadata.version("matplotlib"),
        reason="pixels are promised for Linux x86-64 and the locked matplotlib only",
    ),
]

AWKWARD_TITLES = DECEMBER.events[:4].assign(title_zh=AWKWARD, title_en=AWKWARD)
TABLES = {
    "one": (DECEMBER.events[:1], DECEMBER.coverage[:1]),
    "none": (DECEMBER.events[:0], DECEMBER.coverage),
    "year": (YEAR, YEAR_COVERAGE),
    "awkward": (AWKWARD_TITLES, DECEMBER.coverage),
}
WIDTHS = {"awkward": NARROW_WIDTH}
WORDS = {
    "zh": {
        "title": "图1　收录的事件",
        "notes": ["国内包括中国香港。"],
        "source": "来源：《月报》。",
    },
    "en": {"title": "Figure 1. Events on record", "notes": ["A note."], "source": "Source: “R”."},
}


def draw(chart, events, coverage, **words):
    count = ai.count_events
    first = "region" if "region" in events else "organization"
    match chart:
        case "counts":
            return ai.plot_counts(count(events, by=first), codebook=BOOK, **words)
        case "matrix":
            return ai.plot_matrix(count(events, by=[first, "category"]), codebook=BOOK, **words)
        case "periods":
            period = "month" if len(events) > 60 else "week"
            return ai.plot_periods(count(events, period=period, coverage=coverage), **words)
        case "timeline":
            words = words | {"coverage": coverage, "by": "category", "codebook": BOOK}
            return ai.plot_timeline(events, **words)


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("chart", ["counts", "matrix", "periods", "timeline"])
@pytest.mark.parametrize(
    ("table", "width"), [(table, WIDTHS.get(table, PAGE_WIDTH)) for table in TABLES]
)
@pytest.mark.mpl_image_compare(
    baseline_dir="references", tolerance=0, style="default", savefig_kwargs={"dpi": 80}
)
def test_charts_look_as_they_did(table, width, chart, language):
    ax = draw(chart, *TABLES[table], language=language, width=width)
    words = WORDS[language]
    title = AWKWARD if table == "awkward" else words["title"]
    frame(ax, **(words | {"title": title}), language=language)
    return ax.figure


CHANGES = {
    "forest": (plot_forest, comparisons()),
    "forest-growth": (plot_forest, rates()),
    "forest-refused": (plot_forest, refused()),
    "growth": (plot_growth, curve()),
    "growth-insufficient": (plot_growth, curve("insufficient")),
    "growth-refused": (plot_growth, curve("assumed_coverage", periods=6)),
}


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("width", [NARROW_WIDTH])
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.mpl_image_compare(
    baseline_dir="references", tolerance=0, style="default", savefig_kwargs={"dpi": 80}
)
def test_charts_of_change_look_as_they_did(change, width, language):
    chart, table = CHANGES[change]
    words = {"codebook": BOOK} if chart is plot_forest else {}
    ax = chart(table, language=language, width=width, **words)
    frame(ax, **WORDS[language], language=language)
    return ax.figure

"""The chart of claims: a mark per event in its window, hollow where it speaks against the claim."""

import re

import matplotlib as mpl

mpl.use("agg")

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from test_charts import (
    AWKWARD,
    BOOK,
    DECEMBER,
    EACH_LANGUAGE,
    LANGUAGES,
    WIDTHS,
    addresses,
    assert_texts_stand_apart,
    png_of,
    svg_of,
    texts_of,
    whole,
    words_of,
)

import aistats as ai
from aistats.charts import frame
from aistats.charts.style import COLORS, PAPER
from aistats.session import texts
from aistats.wording import localized

EVIDENCE = ai.theme_evidence(DECEMBER)
REGIONS = ("CN", "US", "global", "unknown", "NZ")


def made_up(events, windows=2, statement=AWKWARD):
    """Return two claims with so many events for and against them, and one with none."""
    days = pd.date_range("2025-11-20", periods=windows, freq="10D")
    reported = [f"{day:%Y-%m-%d}/{day + pd.Timedelta(days=9):%Y-%m-%d}" for day in days]
    rows = [
        {
            "theme_id": f"claim-{place % 2}",
            "group": f"group {place % 2}",
            "stance": "contradicts" if place % 3 == 2 else "supports",
            "event_id": f"event-{place}",
            "reported": reported[place // 2 % windows],
            "region": REGIONS[place % len(REGIONS)],
        }
        for place in range(events)
    ]
    rows = sorted(rows, key=lambda row: row["theme_id"])
    table = pd.DataFrame([*rows, {"theme_id": "bare", "group": "group 2"}])
    return table.assign(statement_zh=statement, statement_en=statement)


YEAR = made_up(160, windows=40)
CASES = [
    pytest.param(EVIDENCE, id="month"),
    pytest.param(EVIDENCE[EVIDENCE["theme_id"] == "technology-inference-cost"], id="one"),
    pytest.param(EVIDENCE[EVIDENCE["event_id"].isna()], id="bare"),
    pytest.param(EVIDENCE[:0], id="none"),
    pytest.param(made_up(160), id="forty-in-a-cell"),
    pytest.param(YEAR, id="year"),
]


def offsets_of(ax):
    return ax.collections[-1].get_offsets()


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", EACH_LANGUAGE)
@pytest.mark.parametrize("evidence", CASES)
def test_texts_stay_apart_on_the_page_and_no_colour_is_strange(evidence, language, width):
    words = {"title": AWKWARD, "subtitle": AWKWARD, "width": width, "language": language}
    assert_texts_stand_apart(ai.plot_themes(evidence, codebook=BOOK, **words))
    ax = ai.plot_themes(evidence, codebook=BOOK, language=language, width=width)
    frame(ax, title=AWKWARD, notes=["a"], source="b", language=language)
    assert_texts_stand_apart(ax)
    found = set(re.findall(r"(?:fill|stroke)[:=]\s*[\"']?\s*([^;\"'\s]+)", svg_of(ax)))
    allowed = {light for light, _ in COLORS.values()} | {"none"}
    assert {color for color in found if not color.startswith("url(")} <= allowed


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("evidence", [CASES[0], *CASES[-2:]])
def test_every_event_is_a_mark_of_its_own_within_the_axes(evidence, width):
    ax = ai.plot_themes(evidence, codebook=BOOK, width=width)
    ax.figure.canvas.draw()
    marks = offsets_of(ax)
    assert len(marks) == evidence["event_id"].notna().sum()
    assert len({(float(x), float(y)) for x, y in marks}) == len(marks)
    (low, high), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    assert all(low < x < high and top < y < bottom for x, y in marks)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_mark_stands_in_the_row_of_its_claim_and_the_column_of_its_window(width):
    evidence = made_up(60)
    links = [f"e#{event}." if pd.notna(event) else None for event in evidence["event_id"]]
    ax = ai.plot_themes(evidence, width=width, links=links)
    place = dict(zip(ax.collections[-1].get_urls(), offsets_of(ax), strict=True))
    cells = [tile.get_bbox() for tile in ax.patches]
    held = {}
    for link, (x, y) in place.items():
        (cell,) = (at for at, box in enumerate(cells) if box.contains(x, y))
        held.setdefault(cell, set()).add(link)
    rows = evidence.assign(link=links).dropna(subset="event_id")
    wanted = rows.groupby(["theme_id", "reported"])["link"].agg(set)
    assert [held[cell] for cell in sorted(held)] == list(wanted)


def test_what_speaks_against_a_claim_is_hollow_in_the_same_colour():
    evidence = made_up(30).assign(region="CN")
    ax = ai.plot_themes(evidence, codebook=BOOK, language="en")
    marks = ax.collections[-1]
    against = (evidence["stance"] == "contradicts").sum()
    fills = [to_hex(color) for color in marks.get_facecolors()]
    china = COLORS["vermillion"][0]
    assert (fills.count(PAPER), fills.count(china)) == (against, 30 - against)
    assert {to_hex(color) for color in marks.get_edgecolors()} == {china}
    assert {texts("en")("term.event_for"), texts("en")("term.event_against")} <= {
        *words_of(ax).split("\n")
    }
    only_for = ai.plot_themes(EVIDENCE, language="en")
    assert texts("en")("term.event_against") not in words_of(only_for)


def test_colours_are_those_of_the_column_asked_for():
    ax = ai.plot_themes(EVIDENCE, by="scope", codebook=BOOK)
    colors = [to_hex(color) for color in ax.collections[-1].get_facecolors()]
    scopes = EVIDENCE["scope"].value_counts()
    assert colors.count(COLORS["vermillion"][0]) == scopes["domestic"]
    assert colors.count(COLORS["blue"][0]) == scopes["international"]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_claim_keeps_its_row_and_an_empty_one_says_so(language, width):
    ax = ai.plot_themes(EVIDENCE, codebook=BOOK, language=language, width=width)
    said = {whole(text.get_text()) for text in texts_of(ax)}
    assert set(map(whole, localized(EVIDENCE, "statement", language))) <= said
    groups = {BOOK.label("group", group, language) for group in EVIDENCE["group"]}
    assert set(map(whole, groups)) <= said
    bare = EVIDENCE["event_id"].isna().sum()
    assert words_of(ax).split("\n").count(texts(language)("term.no_related")) == bare
    assert len(ax.patches) == 2 * (EVIDENCE["theme_id"].nunique() - bare)


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("zh", ["2025年\n11月30日—12月6日", "12月11—20日"]),
        ("en", ["2025\n30 Nov – 6 Dec", "11–20 Dec"]),
    ],
)
def test_a_covered_window_has_its_column_even_where_nothing_is_in_it(language, names):
    some = EVIDENCE[EVIDENCE["theme_id"] == "technology-on-device"]
    heads = {
        covered: ai.plot_themes(some, coverage=coverage, language=language).get_xticklabels()
        for covered, coverage in ((1, None), (2, DECEMBER.coverage))
    }
    for number, labels in heads.items():
        assert [label.get_text() for label in labels] == names[:number]


@pytest.mark.parametrize("width", WIDTHS)
def test_every_mark_leads_to_its_event_and_png_stays_as_it_is(width):
    links = [f"events.html#{it}." if pd.notna(it) else None for it in EVIDENCE["event_id"]]
    linked, plain = (ai.plot_themes(EVIDENCE, links=it, width=width) for it in (links, None))
    assert sorted(addresses(linked)) == sorted(filter(None, links))
    assert not addresses(plain)
    assert png_of(linked) == png_of(plain)


def test_without_claims_the_chart_says_so():
    for language in LANGUAGES:
        ax = ai.plot_themes(EVIDENCE[:0], language=language)
        assert words_of(ax) == texts(language)("term.no_claims")


def test_own_axes_are_drawn_on_and_nothing_else_is_changed():
    before, settings = EVIDENCE.copy(), dict(mpl.rcParams)
    _, ax = plt.subplots(figsize=(12, 12), layout="constrained")
    assert ai.plot_themes(EVIDENCE, ax=ax, codebook=BOOK, title="标题 $1$") is ax
    ax.figure.canvas.draw()
    assert len(plt.get_fignums()) == 1
    assert dict(mpl.rcParams) == settings
    pd.testing.assert_frame_equal(before, EVIDENCE)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"links": ["x"]}, f"is 1, but the table has {len(EVIDENCE)} rows"),
        ({"by": "planet"}, "no column “planet”"),
        ({"language": "fr"}, "language: “fr”"),
    ],
)
def test_wrong_arguments_are_refused_by_name(changes, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        ai.plot_themes(EVIDENCE, **changes)
    assert not plt.get_fignums()

"""What a chart must hold to: every event drawn, every text whole, and a gap never like a zero."""

import io
import re
from itertools import combinations

import matplotlib as mpl

mpl.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from december import DATA
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.legend import Legend
from matplotlib.text import Text

import aistats as ai
from aistats.charts import NARROW_WIDTH, PAGE_WIDTH, frame, layout, timeline
from aistats.charts.style import COLORS, style
from aistats.session import texts

DECEMBER = ai.read_edition(DATA, "2025-12")
BOOK = DECEMBER.codebook
LANGUAGES = ("zh", "en")
AWKWARD = (
    r"长标题 with $x_1$, <b>b</b>, 100% *_* \alpha & “quotes” — " + "关于人工智能 of the tail, " * 9
)


def made_up(n=300, organizations=40):
    """A year of events, some dated to a day, some to days, some known by their window alone."""
    rng = np.random.default_rng(2025)
    first = pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 355, n), unit="D")
    names = [f"组织{i} of Applied Machine Intelligence" if i % 3 else f"Org {i}" for i in range(40)]
    weight = 1 / np.arange(1, organizations + 1)
    return pd.DataFrame(
        {
            "organization": rng.choice(names[:organizations], n, p=weight / weight.sum()),
            "category": rng.choice(BOOK.order("category"), n),
            "earliest": first,
            "latest": first + pd.to_timedelta(rng.choice([0, 0, 6, 9], n), unit="D"),
            "dated": rng.random(n) < 0.6,
            "title": [
                f"事件{i}，a title that is too long for a single line of $text_{i}$"
                for i in range(n)
            ],
        }
    )


YEAR = made_up()
YEAR_COVERAGE = pd.DataFrame(
    {
        "earliest": pd.to_datetime(["2025-01-01", "2025-05-05", "2025-08-01"]),
        "latest": pd.to_datetime(["2025-04-10", "2025-06-30", "2025-12-31"]),
        "basis": ["stated", "assumed", "stated"],
    }
)


EACH_LANGUAGE = ["en", pytest.param("zh", marks=pytest.mark.slow)]  # English takes more room
WIDTHS = [  # where it is narrow, texts are crowded most
    pytest.param(PAGE_WIDTH, id="wide", marks=pytest.mark.slow),
    pytest.param(NARROW_WIDTH, id="narrow"),
]


def four_charts(events, coverage, language, **words):
    """Yield a chart of each kind, and of each length of period that suits."""
    words = {"language": language} | words
    count = ai.count_events
    yield ai.plot_counts(count(events, by="organization"), codebook=BOOK, **words)
    yield ai.plot_matrix(count(events, by=["organization", "category"]), codebook=BOOK, **words)
    yield ai.plot_matrix(count(events, by=["category", "organization"]), **words)
    yield ai.plot_timeline(events, coverage=coverage, by="category", codebook=BOOK, **words)
    yield ai.plot_timeline(events, **words)
    for period in ("day", "week", "month", "quarter")[len(events) > 60 :]:
        yield ai.plot_periods(count(events, period=period, coverage=coverage), **words)


def texts_of(ax):
    texts = [ax.title, ax._left_title, ax.xaxis.label, *ax.texts, *ax.figure.texts]
    texts += ax.get_xticklabels() + ax.get_yticklabels()
    for child in ax.get_children():
        texts += child.get_texts() if isinstance(child, Legend) else []
    return [text for text in texts if text.get_text() and text.get_visible()]


def svg_of(ax):
    file = io.StringIO()
    ax.figure.savefig(file, format="svg")
    return file.getvalue()


def png_of(ax):
    file = io.BytesIO()
    ax.figure.savefig(file, format="png")
    return file.getvalue()


def words_of(ax):
    return "\n".join(text.get_text() for text in texts_of(ax))


def whole(text):
    return "".join(text.split())


def marks_of(ax):
    return sum(len(dots.get_offsets()) for dots in ax.collections if dots.get_offsets().size > 2)


def hatched(ax):
    return [patch for patch in ax.patches if patch.get_hatch()]


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


# On paper ----------------------------------------------------------------------------------------


CASES = [
    pytest.param(DECEMBER.events, DECEMBER.coverage, id="month"),
    pytest.param(YEAR, YEAR_COVERAGE, id="year", marks=pytest.mark.slow),
    pytest.param(DECEMBER.events[:1], DECEMBER.coverage[:1], id="one"),
    pytest.param(DECEMBER.events[:0], DECEMBER.coverage, id="none"),
]


def assert_texts_stand_apart(ax):
    ax.figure.canvas.draw()
    page = ax.figure.bbox
    # of a text alone, without the line that may lead from it; a pixel of rounding is no overlap
    boxes = [(text.get_text(), Text.get_window_extent(text)) for text in texts_of(ax)]
    for text, box in boxes:
        assert page.x0 <= box.x0 <= box.x1 <= page.x1, text
        assert page.y0 <= box.y0 <= box.y1 <= page.y1, text
    inner = [(text, box.padded(-1)) for text, box in boxes]
    for (one, a), (other, b) in combinations(inner, 2):
        assert not a.overlaps(b), f"{one!r} over {other!r}"
    assert not any(text.get_rotation() for text in texts_of(ax))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", EACH_LANGUAGE)
@pytest.mark.parametrize(("events", "coverage"), CASES)
def test_texts_stay_apart_and_on_the_page(events, coverage, language, width):
    words = {"title": AWKWARD, "subtitle": AWKWARD, "width": width}
    for ax in four_charts(events, coverage, language, **words):
        assert_texts_stand_apart(ax)
        plt.close(ax.figure)


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("events", "coverage"), CASES[:1])
def test_framed_texts_stay_apart_and_the_chart_keeps_its_size(events, coverage, language, width):
    for ax in four_charts(events, coverage, language, width=width):
        ax.figure.canvas.draw()
        before = ax.get_window_extent().size
        frame(
            ax, title=AWKWARD, subtitle="$x_1$", notes=[AWKWARD, "b"], source="c", language=language
        )
        assert_texts_stand_apart(ax)
        assert ax.get_window_extent().size == pytest.approx(before, abs=1)
        assert ax.figure.get_figwidth() == width
        plt.close(ax.figure)


@pytest.mark.parametrize("layout", [None, "constrained", "tight"])
def test_a_figure_of_ones_own_is_framed(layout):
    figure, ax = plt.subplots(figsize=(4, 3), layout=layout)
    ax.plot([1, 2])
    figure.canvas.draw()
    before = ax.get_window_extent().size
    frame(ax, title="标题 $1$", source="来源", language="zh")
    figure.canvas.draw()
    assert ax.get_window_extent().size == pytest.approx(before, abs=1)
    (title, source) = figure.texts
    assert title.get_window_extent().y0 > ax.get_tightbbox().y1
    assert source.get_window_extent().y1 < ax.get_tightbbox().y0


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_begins_with_a_closing_mark(language):
    for ax in four_charts(DECEMBER.events, DECEMBER.coverage, language, width=NARROW_WIDTH):
        frame(ax, title="中文，" * 40, notes=["“引用”。" * 30], language=language)
        lines = [line for text in texts_of(ax) for line in text.get_text().split("\n")]
        assert not [line for line in lines if line[:1] in "，。、；：）》」』】”"]
        plt.close(ax.figure)


def test_names_of_rows_take_no_more_than_two_fifths():
    long = pd.DataFrame(
        {"level": ["a very long name of an organization " * 3, "b"], "count": [1, 2]}
    )
    ax = ai.plot_counts(ai.as_counts(long, by="level"), width=NARROW_WIDTH)
    ax.figure.canvas.draw()
    assert ax.get_window_extent().x0 <= 0.45 * ax.figure.bbox.width


@pytest.mark.parametrize("language", LANGUAGES)
def test_narrow_matrix_keeps_its_columns_in_tiers(language):
    counts = ai.count_events(DECEMBER.events, by=["region", "category"])
    wide, narrow = (
        ai.plot_matrix(counts, language=language, codebook=BOOK, width=width)
        for width in (PAGE_WIDTH, NARROW_WIDTH)
    )
    names = {BOOK.label("category", level, language) for level in counts["category"]}
    for ax in (wide, narrow):
        assert {whole(text.get_text()) for text in ax.texts} - {""} == {*map(whole, names)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_character_of_the_data_has_a_glyph(language):
    text = DECEMBER.events.to_csv() + "".join(
        column.label(level.value, language)
        for table in BOOK.tables.values()
        for column in table.fields.values()
        for level in column.levels
    )
    with style(language):
        figure = plt.figure()
        figure.text(0, 0, "".join(sorted(set(text) - set("\n\r"))))
    figure.canvas.draw()  # a missing glyph warns, and warnings are errors


def test_title_is_literal():
    events = pd.DataFrame({"level": ["$a_1$", "<b>", "<b>"]})
    ax = ai.plot_counts(ai.count_events(events, by="level"), title=AWKWARD)
    assert whole(ax.get_title("left")) == whole(AWKWARD)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["<b>", "$a_1$"]
    assert not any(text.get_parse_math() for text in texts_of(ax))


# Every event -------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_few_events_are_a_square_each(language):
    counts = ai.count_events(DECEMBER.events, by="region")
    ax = ai.plot_counts(counts, language=language, codebook=BOOK)
    assert sum(len(dots.get_offsets()) for dots in ax.collections) == len(DECEMBER.events)
    assert not ax.patches
    assert texts(language)("term.one_mark") in words_of(ax)
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels == [BOOK.label("region", x, language) for x in ("CN", "US", "global", "unknown")]
    assert [text.get_text() for text in ax.texts] == ["9", "9", "1", "1"]


def test_many_events_are_bars_and_the_small_levels_share_one():
    counts = ai.count_events(YEAR, by="organization")
    ax = ai.plot_counts(counts, language="en")
    lengths = [bar.get_width() for bar in ax.patches]
    assert sum(lengths) == len(YEAR)
    assert len(lengths) == layout.MOST_LEVELS
    assert lengths[:-1] == sorted(counts["count"], reverse=True)[: layout.MOST_LEVELS - 1]
    rest = counts["organization"].nunique() - layout.MOST_LEVELS + 1
    assert ax.get_yticklabels()[-1].get_text() == f"{rest} others"


def test_unknown_and_missing_levels_come_last_in_grey():
    counts = pd.DataFrame({"level": ["unknown", None, "a", "b"], "count": [12, 11, 4, 5]})
    ax = ai.plot_counts(ai.as_counts(counts, by="level"), language="zh")
    assert [x.get_text() for x in ax.get_yticklabels()] == ["b", "a", "unknown", "不详"]
    colors = [to_hex(bar.get_facecolor()) for bar in ax.patches]
    assert colors[0] == colors[1] != colors[2] == colors[3]


def test_matrix_of_few_events_has_a_square_per_event_inside_its_cell():
    counts = ai.count_events(DECEMBER.events, by=["category", "organization"])
    ax = ai.plot_matrix(counts, codebook=BOOK)
    cells = {(tile.get_x(), tile.get_y()): tile for tile in ax.patches}
    totals = dict.fromkeys(cells, 0)
    for dots in ax.collections:
        (cell,) = {
            at
            for at, tile in cells.items()
            for x, y in dots.get_offsets()
            if 0 < x - tile.get_x() < 1 and 0 < y - tile.get_y() < tile.get_height()
        }
        totals[cell] += len(dots.get_offsets())
    rows = pd.Series(totals).groupby(level=1).sum()
    assert rows.tolist() == sorted(counts.groupby("category")["count"].sum(), reverse=True)


def test_matrix_of_many_events_has_numbers_on_steps():
    counts = pd.DataFrame({"a": ["x", "x", "y"], "b": ["p", "q", "p"], "count": [1, 3, 27]})
    ax = ai.plot_matrix(ai.as_counts(counts, by=["a", "b"]))
    assert sorted(text.get_text() for text in ax.texts) == ["1", "27", "3", "p", "q"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["y", "x"]
    assert not ax.collections
    fills = [to_hex(tile.get_facecolor()) for tile in ax.patches[-3:]]
    assert fills == [COLORS[name][0] for name in ("step_5", "step_1", "step_1")]


def test_one_rule_for_few_events():
    for total, few in ((30, True), (31, False)):
        counts = ai.count_events(pd.DataFrame({"a": ["x"] * total, "b": "p"}), by=["a", "b"])
        for ax in (ai.plot_counts(ai.regroup(counts, by="a")), ai.plot_matrix(counts)):
            assert sum(len(dots.get_offsets()) for dots in ax.collections) == total * few


@pytest.mark.parametrize("language", LANGUAGES)
def test_timeline_tells_a_day_from_days_from_a_window(language):
    ax = ai.plot_timeline(DECEMBER.events, coverage=DECEMBER.coverage, language=language)
    dated = DECEMBER.events["dated"]
    day = DECEMBER.events["earliest"] == DECEMBER.events["latest"]
    bars = [to_hex(bar.get_facecolor()) for (bar,) in ax.containers]
    dots = [dots for dots in ax.collections if isinstance(dots, PathCollection)]
    assert len(dots) == (dated & day).sum()
    assert bars.count(COLORS["paper"][0]) == (~dated).sum()
    assert len(bars) == (~dated | ~day).sum()
    titles = [label.get_text() for label in ax.get_yticklabels()]
    assert len(titles) == len(DECEMBER.events)
    first = DECEMBER.events.sort_values(["earliest", "latest"], kind="stable").iloc[0]
    assert whole(titles[0]) == whole(first[f"title_{language}"])
    for name in ("dated_mark", "dated_span", "undated", "not_covered", "assumed", "covered"):
        assert texts(language)(f"term.{name}") in words_of(ax)


def test_timeline_hatches_the_days_between_windows():
    ax = ai.plot_timeline(DECEMBER.events, coverage=DECEMBER.coverage)
    (gap,) = hatched(ax)
    start = np.datetime64("2025-12-07").astype(int)
    assert (gap.get_x(), gap.get_width()) == (start, 4)
    assert not hatched(ai.plot_timeline(DECEMBER.events))


@pytest.mark.parametrize("language", LANGUAGES)
def test_timeline_says_how_many_it_leaves_out(language):
    ax = ai.plot_timeline(YEAR, language=language)
    assert len(ax.get_yticklabels()) == timeline.MOST_EVENTS
    left_out = len(YEAR) - timeline.MOST_EVENTS
    assert ax.get_xlabel() == texts(language)("term.more", count=left_out)
    assert ax.figure.get_figheight() < 30


# A gap is not a zero -----------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_period_without_coverage_is_not_a_zero(language):
    weeks = pd.DataFrame(
        {
            "period": pd.to_datetime(["2025-12-01", "2025-12-08", "2025-12-15"]),
            "certain": [2, 0, 0],
            "expected": [2.5, 0.0, 0.0],
            "possible": [3, 0, 0],
            "days": 7,
            "days_covered": [6, 7, 0],
        }
    )
    ax = ai.plot_periods(weeks, language=language)
    (gap,) = hatched(ax)
    assert (gap.get_x(), gap.get_width()) == (1.5, 1)
    assert gap.get_height() == 1  # of the axes: the whole height
    at = {text.get_text(): text.xy[0] for text in ax.texts if hasattr(text, "xy")}
    assert at == {{"zh": "2～3", "en": "2–3"}[language]: 0, "0": 1}
    assert texts(language)("term.not_covered") in words_of(ax)
    names = [whole(label.get_text()) for label in ax.get_xticklabels()]
    partly = whole(texts(language)("term.days_of", covered=6, days=7))
    assert [partly in name for name in names] == [True, False, False]


def test_bars_are_certain_then_possible():
    weeks = ai.count_events(DECEMBER.events, period="week", coverage=DECEMBER.coverage)
    ax = ai.plot_periods(weeks)
    certain, possible = ax.containers
    assert [bar.get_height() for bar in certain] == weeks["certain"].tolist()
    assert [bar.get_y() + bar.get_height() for bar in possible] == weeks["possible"].tolist()
    (strokes,) = ax.collections
    assert [line[0][1] for line in strokes.get_segments()] == weeks["expected"].tolist()


@pytest.mark.parametrize("language", LANGUAGES)
def test_many_periods_name_gaps_in_the_key(language):
    weeks = ai.count_events(YEAR, period="week", coverage=YEAR_COVERAGE)
    ax = ai.plot_periods(weeks, language=language)
    assert len(ax.containers[0]) == len(weeks) >= 52
    assert 5 <= len(ax.get_xticks()) <= 20
    assert all(label.get_rotation() == 0 for label in ax.get_xticklabels())
    key = {text.get_text() for text in texts_of(ax)}
    assert {texts(language)("term.not_covered"), texts(language)("term.partly_covered")} <= key
    assert len(ax.get_yticks()) > 2


def test_every_month_of_a_year_has_its_name():
    months = ai.count_events(YEAR, period="month", between=("2025-01-01", "2025-12-31"))
    ax = ai.plot_periods(months, language="zh")
    names = [whole(label.get_text()) for label in ax.get_xticklabels()]
    assert names == [f"2025年{month}月" for month in range(1, 13)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_parts_of_a_bar_are_named_beside_it_or_in_a_key(language):
    weeks = ai.count_events(DECEMBER.events, period="week", coverage=DECEMBER.coverage)
    for width, direct in ((PAGE_WIDTH, True), (NARROW_WIDTH, False)):
        ax = ai.plot_periods(weeks, language=language, width=width)
        words = [text.get_text() for text in texts_of(ax)]
        for part in ("surely", "maybe", "split"):
            assert words.count(texts(language)(f"term.{part}")) == 1
        assert direct != any(isinstance(child, Legend) for child in ax.get_children())


# Links -------------------------------------------------------------------------------------------


def addresses(ax):
    return re.findall(r'<a xlink:href="(.*?)"', svg_of(ax))


def pairs_of_links(language="zh", **words):
    """Yield a table's links, and the same chart with them and without."""
    events, count = DECEMBER.events, ai.count_events
    for plot, table in (
        (ai.plot_counts, count(events, by="region")),
        (ai.plot_counts, count(YEAR, by="category")),
        (ai.plot_matrix, count(events, by=["region", "category"])),
        (ai.plot_matrix, count(YEAR, by=["category", "dated"])),
        (ai.plot_periods, count(events, period="week", coverage=DECEMBER.coverage)),
        (ai.plot_timeline, events),
    ):
        full = table["count"] > 0 if "count" in table else pd.Series(True, table.index)
        links = [f"events.html#row-{row}." if some else None for row, some in enumerate(full)]
        yield links, plot(table, links=links, **words), plot(table, **words)


@pytest.mark.parametrize("width", WIDTHS)
def test_every_row_leads_to_its_address_in_svg_and_png_stays_as_it_is(width):
    for links, linked, plain in pairs_of_links(width=width):
        assert png_of(linked) == png_of(plain)
        assert set(addresses(linked)) == set(filter(None, links))
        assert not addresses(plain)
        plt.close("all")


def test_levels_that_share_a_row_or_a_cell_lead_nowhere():
    counts = ai.count_events(YEAR, by="organization")
    found = addresses(ai.plot_counts(counts, language="zh", links=list(counts["organization"])))
    largest = counts.nlargest(layout.MOST_LEVELS - 1, "count")["organization"]
    assert set(found) == set(largest)
    assert all(found.count(link) == 3 + link.startswith("组织") for link in found)
    pairs = ai.count_events(YEAR, by=["category", "organization"])
    links = list(pairs["organization"])
    assert set(addresses(ai.plot_matrix(pairs, language="zh", links=links))) <= set(largest)


def test_links_must_be_one_a_row():
    for plot, table in (
        (ai.plot_counts, ai.count_events(YEAR, by="category")),
        (ai.plot_periods, ai.count_events(YEAR, period="month")),
        (ai.plot_timeline, YEAR),
    ):
        with pytest.raises(ValueError, match="links: number of links is 1, but the table has"):
            plot(table, links=["x"])


# Colours -----------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(("events", "coverage"), CASES)
def test_a_chart_has_no_colour_that_is_not_in_the_palette(events, coverage):
    allowed = {light for light, _ in COLORS.values()} | {"none"}
    for ax in four_charts(events, coverage, "zh", title="标题", subtitle="b"):
        frame(ax, title="t", notes=["n"], source="s", language="zh")
        svg = svg_of(ax)
        found = set(re.findall(r"(?:fill|stroke)[:=]\s*[\"']?\s*([^;\"'\s]+)", svg))
        assert {color for color in found if not color.startswith("url(")} <= allowed
        assert "opacity" not in svg
        plt.close(ax.figure)


def test_a_level_keeps_its_colour_whatever_else_is_there():
    china = COLORS["vermillion"][0]
    events = DECEMBER.events
    for some in (events, events[events["region"] == "CN"]):
        counts = ai.count_events(some, by="region")
        ax = ai.plot_counts(counts, codebook=BOOK, language="zh")
        place = [text.get_text() for text in ax.get_yticklabels()].index("中国")
        assert to_hex(ax.collections[place].get_facecolor()[0]) == china
        pairs = ai.count_events(some, by=["region", "category"])
        squares = ai.plot_matrix(pairs, codebook=BOOK).collections
        assert china in {to_hex(dots.get_facecolor()[0]) for dots in squares}
        bars = ai.plot_timeline(some, by="region", codebook=BOOK).containers
        assert china in {to_hex(bar.get_edgecolor()) for (bar,) in bars}


def test_colours_of_levels_that_the_codebook_does_not_name():
    regions = ["CN"] * 4 + ["NZ"] * 3 + ["unknown"] * 2 + [None]
    counts = ai.count_events(pd.DataFrame({"region": regions}), by="region")
    for book, names in (
        (BOOK, ("vermillion", "slate", "grey", "grey")),
        (None, ("blue", "blue", "grey", "grey")),
    ):
        squares = ai.plot_counts(counts, codebook=book).collections
        found = [to_hex(dots.get_facecolor()[0]) for dots in squares]
        assert found == [COLORS[name][0] for name in names]


# Manners -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_events_is_said(language):
    none = DECEMBER.events[:0]
    for ax in (
        ai.plot_counts(ai.count_events(none, by="region"), language=language),
        ai.plot_matrix(ai.count_events(none, by=["region", "category"]), language=language),
        ai.plot_periods(ai.count_events(none, period="week"), language=language),
        ai.plot_timeline(none, language=language),
    ):
        assert words_of(ax) == texts(language)("term.none")


def test_nothing_is_changed_but_the_axes():
    before = dict(mpl.rcParams)
    events, coverage = DECEMBER.events.copy(), DECEMBER.coverage.copy()
    list(four_charts(DECEMBER.events, DECEMBER.coverage, "zh"))
    assert dict(mpl.rcParams) == before
    pd.testing.assert_frame_equal(events, DECEMBER.events)
    pd.testing.assert_frame_equal(coverage, DECEMBER.coverage)
    weeks = ai.count_events(events, period="week").iloc[::-1]
    again = weeks.copy()
    ai.plot_periods(weeks)
    pd.testing.assert_frame_equal(weeks, again)


def test_own_axes_are_drawn_on_and_returned():
    count = ai.count_events
    events = DECEMBER.events
    figure, axes = plt.subplots(2, 2, figsize=(14, 12), layout="constrained")
    for ax, (plot, table) in zip(
        axes.flat,
        [
            (ai.plot_counts, count(events, by="region")),
            (ai.plot_matrix, count(events, by=["region", "category"])),
            (ai.plot_periods, count(events, period="week")),
            (ai.plot_timeline, events),
        ],
        strict=True,
    ):
        assert plot(table, ax=ax, language="zh", title="标题 $1") is ax
        assert {text.get_fontfamily()[0] for text in texts_of(ax)} == {"aistats Sans SC"}
    assert len(plt.get_fignums()) == 1
    figure.canvas.draw()


def test_user_settings_have_no_say():
    with mpl.rc_context({"font.family": "serif", "font.size": 30, "figure.facecolor": "black"}):
        regions = ai.count_events(DECEMBER.events, by="region")
        ax = ai.plot_counts(regions, language="zh", title="标题")
    assert to_hex(ax.figure.get_facecolor()) == COLORS["paper"][0]
    assert {text.get_fontfamily()[0] for text in texts_of(ax)} == {"aistats Sans SC"}
    assert max(text.get_fontsize() for text in texts_of(ax)) == 12


def test_a_chart_speaks_the_language_of_the_session_where_none_is_stated():
    regions = ai.count_events(DECEMBER.events, by="region")
    for language in LANGUAGES:
        with ai.language(language):
            ax = ai.plot_counts(regions)
        assert texts(language)("term.one_mark") in words_of(ax)


@pytest.mark.parametrize(
    ("plot", "table", "message"),
    [
        (ai.plot_counts, {"region": ["CN"]}, "no column “count”"),
        (ai.plot_counts, {"a": ["x"], "count": [1]}, "no record of its group columns"),
        (ai.plot_counts, {"count": [1]}, "group columns beside “count” is 0, but must be 1"),
        (ai.plot_matrix, {"count": [1]}, "group columns beside “count” is 0, but must be 2"),
        (ai.plot_periods, {"period": ["2025"], "days": [1]}, "no column “certain”"),
        (ai.plot_timeline, {"date": ["2025-12-02"]}, "label: there is no column “title”"),
        (ai.plot_timeline, {"title": ["x"]}, "no column “date”"),
    ],
)
def test_wrong_tables_are_refused_by_name(plot, table, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        plot(pd.DataFrame(table))
    assert not plt.get_fignums()


def test_grouped_periods_and_unknown_languages_are_refused():
    weeks = ai.count_events(DECEMBER.events, by="region", period="week")
    with pytest.raises(ValueError, match="several rows for the period 2025"):
        ai.plot_periods(weeks)
    for plot in (ai.plot_counts, ai.plot_periods, ai.plot_matrix, ai.plot_timeline):
        with pytest.raises(ValueError, match="language: “fr”"):
            plot(DECEMBER.events, language="fr")


# Levels that overlap -----------------------------------------------------------------------------


def in_countries(n):
    """Events in three of twenty countries each, of which the later ones are rare."""
    names = [f"country {chr(97 + n)}" for n in range(20)]
    cells = [(names[k % 2], names[k % 5], names[k % 20]) for k in range(n)]
    return pd.DataFrame({"country": cells, "kind": ["a", "b", "c"] * (n // 3)})


@pytest.mark.parametrize("n", [6, 60])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_chart_says_that_an_event_may_count_in_several_levels(language, n):
    events = in_countries(n)
    for ax in (
        ai.plot_counts(ai.count_events(events, by="country"), language=language),
        ai.plot_matrix(ai.count_events(events, by=["kind", "country"]), language=language),
    ):
        assert texts(language)("term.several", text="") in words_of(ax)


def test_small_levels_that_overlap_are_bounded_and_not_added_up():
    counts = ai.count_events(in_countries(60), by="country")
    ax = ai.plot_counts(counts, language="en")
    shared = counts.sort_values("count", ascending=False)["count"].iloc[14:].max()
    assert f"at most {shared} each" in words_of(ax)
    assert "6 others" in words_of(ax)
    widths = sorted((bar.get_width() for bar in ax.patches), reverse=True)
    assert widths == [*sorted(counts["count"], reverse=True)[:14], 0]


@pytest.mark.parametrize(
    ("n", "by", "width"),
    [
        (9, ["kind", "country"], 2.2),
        (60, ["kind", "country"], PAGE_WIDTH),
        (60, ["country", "kind"], PAGE_WIDTH),
    ],
)
def test_a_shared_cell_of_levels_that_overlap_is_a_bound(n, by, width):
    ax = ai.plot_matrix(ai.count_events(in_countries(n), by=by), width=width)
    assert re.search("≤[1-9]", words_of(ax))


def test_a_shared_row_adds_up_where_only_the_columns_overlap():
    events = in_countries(60).assign(kind=[f"kind {n % 20:02}" for n in range(60)])
    events["country"] = [(cell[0], cell[1]) for cell in events["country"]]
    ax = ai.plot_matrix(ai.count_events(events, by=["kind", "country"]))
    assert "≤" not in words_of(ax)


def test_a_mark_on_the_time_line_has_the_colour_of_its_one_level():
    events = DECEMBER.events.head(3).assign(region=[("CN",), ["US", "CN"], []])
    ax = ai.plot_timeline(events, by="region", codebook=BOOK, language="en")
    assert {"China", "United States, China, not stated"} <= {it.get_text() for it in texts_of(ax)}

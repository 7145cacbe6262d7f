"""What the charts of change must hold to: no number where the verdict refuses, no mark left out."""

import math
import re

import matplotlib as mpl

mpl.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from test_charts import (
    AWKWARD,
    BOOK,
    EACH_LANGUAGE,
    LANGUAGES,
    WIDTHS,
    addresses,
    assert_texts_stand_apart,
    hatched,
    png_of,
    svg_of,
    words_of,
)

from aistats.charts import NARROW_WIDTH, PAGE_WIDTH, frame, plot_forest, plot_growth
from aistats.charts.style import COLORS
from aistats.counting.schema import as_counts
from aistats.session import texts
from aistats.wording import verdict_name

INF, NAN = math.inf, math.nan
BLUE, GREY, PAPER = (COLORS[name][0] for name in ("blue", "grey", "paper"))
REFUSED = ("too_few_periods", "assumed_coverage", "different_sources", "inexact_dates", "clustered")
VERDICTS = ("increase", "decrease", "insufficient", *REFUSED)

ROWS = [
    ("CN", 9, 9, 20, 20, 0.45, 0.18, 0.996, "decrease"),
    ("US", 90, 90, 2, 2, 45.0, 12.0, 380.0, "increase"),
    ("(all)", 64, 66, 40, 41, 1.61, 1.08, 2.43, "increase"),
    ("GB", 14, 14, 9, 11, 1.4, 0.55, 3.8, "insufficient"),
    ("CH", 3, 3, 0, 0, INF, 0.41, INF, "insufficient"),
    ("global", 0, 0, 6, 6, 0.0, 0.0, 0.86, "decrease"),
    ("SG", 0, 0, 0, 0, NAN, 0.0, INF, "insufficient"),
    ("FR", 1, 8, 0, 3, 2.7, 0.1, 31.0, "inexact_dates"),
    ("KR", 12, 12, 3, 3, 4.0, 1.1, 14.0, "clustered"),
    ("JP", 2, 2, 1, 1, 2.0, 0.2, 21.0, "assumed_coverage"),
    ("DE", 2, 2, 1, 1, 2.0, 0.2, 21.0, "different_sources"),
    (None, 2, 2, 0, 0, INF, 0.2, INF, "too_few_periods"),
]


def comparisons(rows=ROWS, name="region"):
    counted = ["certain", "possible", "baseline_certain", "baseline_possible"]
    table = pd.DataFrame(rows, columns=[name, *counted, "ratio", "lower", "upper", "verdict"])
    made = pd.DataFrame(
        {
            name: table[name].astype(object),
            "period": pd.Timestamp("2026-02-01"),
            "days": 28,
            "days_covered": 28,
            "baseline": pd.Timestamp("2026-01-01"),
            "baseline_days": 31,
            "baseline_covered": 24,
            **{column: table[column] for column in table.columns[1:]},
            "p_value": 0.5,
        }
    )
    return as_counts(made, by=name, total=True)


def rates(rows=ROWS):
    """Growth by the fifth root of the factors of the comparisons."""
    table = comparisons(rows).assign(days=56, days_covered=49, periods=7)
    with np.errstate(divide="ignore"):
        for name in ("ratio", "lower", "upper"):
            table[name] = np.log(table[name].astype(float)) / 5
    table = table.rename(columns={"ratio": "rate"})
    return table[[name for name in table if not name.startswith("baseline")]]


def refused():
    """A month of few events under assumed coverage: four rows and no number."""
    counted = {"(all)": (7, 15, 3, 9), "domestic": (5, 8, 1, 3)}
    counted |= {"international": (2, 6, 2, 6), "unstated": (0, 1, 0, 0)}
    rows = [(name, *n, NAN, NAN, NAN, "assumed_coverage") for name, n in counted.items()]
    sides = {"period": pd.Timestamp("2025-12-15"), "days": 7, "days_covered": 6}
    sides |= {"baseline": pd.Timestamp("2025-12-01"), "baseline_days": 14, "baseline_covered": 10}
    return comparisons(rows, "scope").assign(**sides)


def curve(verdict="increase", periods=10, rate=0.12):
    """Weeks, of which the fifth is not covered and the sixth in part."""
    at = np.arange(periods)
    covered = np.where(at == 4, 0, np.where(at == 5, 4, 7))
    exposure = np.where(covered, covered, NAN)
    fitted = np.where(covered, 0.4 * np.exp(rate * at), NAN) * (NAN if verdict in REFUSED else 1)
    certain = np.random.default_rng(7).poisson(0.4 * np.exp(rate * at) * covered)
    possible = certain + np.where((at % 3 == 1) & (covered > 0), 2, 0)
    return pd.DataFrame(
        {
            "period": pd.date_range("2025-11-03", periods=periods, freq="7D"),
            "days": 7,
            "days_covered": covered,
            "certain": certain,
            "expected": (certain + possible) / 2,
            "possible": possible,
            "observed_low": certain / exposure,
            "observed_high": possible / exposure,
            "fitted": fitted,
            "lower": fitted * 0.75,
            "upper": fitted * 1.4,
            "verdict": verdict,
        }
    )


LONG = comparisons([(f"{AWKWARD} {at}", *row[1:]) for at, row in enumerate(ROWS)], "org")
LONG.insert(1, "scope", "(all)")
LONG = as_counts(LONG, by=["org", "scope"])
ONE_SIDE = comparisons([("(all)", 1, 2, 0, 0, NAN, NAN, NAN, "too_few_periods")]).assign(
    baseline=pd.NaT, baseline_days=0, baseline_covered=0
)
FORESTS = {
    "all": comparisons(),
    "growth": rates(),
    "long": LONG,
    "refused": refused(),
    "one": comparisons(ROWS[:1]),
    "no_group": as_counts(comparisons(ROWS[2:3]).drop(columns="region"), by=[]),
    "one_side": ONE_SIDE,
    "none": comparisons(ROWS[:0]),
    "near": rates([("(all)", 900, 900, 1, 1, 1.05, 1.02, 1.09, "increase")]),
    "far": comparisons([("US", 9000, 9000, 1, 1, 9000.0, 1200.0, INF, "increase")]),
}
CURVES = {
    **{verdict: curve(verdict) for verdict in VERDICTS},
    "year": curve("decrease", 52, -0.03),
    "one": curve("too_few_periods", 1),
    "endless": curve("insufficient").assign(upper=INF),
    "dark": curve("too_few_periods")[4:5],
    "none": curve()[:0],
}
CHARTS = [
    *(pytest.param(plot_forest, table, id=f"forest-{name}") for name, table in FORESTS.items()),
    *(pytest.param(plot_growth, table, id=f"growth-{name}") for name, table in CURVES.items()),
]


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


# On paper ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", EACH_LANGUAGE)
@pytest.mark.parametrize(("chart", "table"), CHARTS)
def test_texts_stay_apart_and_on_the_page(chart, table, language, width):
    words = {"codebook": BOOK} if chart is plot_forest else {}
    ax = chart(table, language=language, width=width, title=AWKWARD, subtitle=AWKWARD, **words)
    assert_texts_stand_apart(ax)
    assert ax.figure.get_figwidth() == width


@pytest.mark.slow
@pytest.mark.parametrize(("chart", "table"), CHARTS)
def test_no_colour_is_made_up_and_nothing_but_the_axes_is_changed(chart, table):
    settings, before = dict(mpl.rcParams), table.copy()
    ax = chart(table)
    frame(ax, title="t", notes=["n"], source="s", language="zh")
    svg = svg_of(ax)
    found = set(re.findall(r"(?:fill|stroke)[:=]\s*[\"']?\s*([^;\"'\s]+)", svg))
    allowed = {light for light, _ in COLORS.values()} | {"none"}
    assert {color for color in found if not color.startswith("url(")} <= allowed
    assert "opacity" not in svg
    assert dict(mpl.rcParams) == settings
    pd.testing.assert_frame_equal(table, before)


def test_own_axes_are_drawn_on_and_returned():
    figure, axes = plt.subplots(1, 3, figsize=(21, 6), layout="constrained")
    for ax, (chart, table) in zip(
        axes,
        [(plot_forest, comparisons()), (plot_forest, refused()), (plot_growth, curve())],
        strict=True,
    ):
        assert chart(table, ax=ax) is ax
    assert len(plt.get_fignums()) == 1
    figure.canvas.draw()


# Comparisons -------------------------------------------------------------------------------------


def names_of(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def lines_of(ax, index):
    """The line, arrows and point of a row."""
    y = ax.get_yticks()[index]
    return [line for line in ax.lines if line.get_ydata()[0] == y]


def test_all_events_come_first_and_then_the_groups_as_they_are():
    ax = plot_forest(comparisons(), language="en", codebook=BOOK)
    assert names_of(ax)[:3] == ["All", "China", "United States"]
    assert names_of(ax)[-1] == "not stated"
    both = comparisons(ROWS[2:4]).assign(scope=["(all)", "(all)"])
    both = as_counts(both, by=["scope", "region"])
    assert names_of(plot_forest(both, language="en")) == ["All", "All · GB"]


def test_claims_are_solid_and_the_insufficient_is_hollow_and_grey():
    ax = plot_forest(comparisons(ROWS[:4]), width=PAGE_WIDTH)
    assert ax.get_xscale() == "log"
    (whisker, point), (grey, hollow) = lines_of(ax, 0), lines_of(ax, 3)
    assert whisker.get_xdata().tolist() == [1.08, 2.43]
    assert point.get_xdata() == [1.61]
    assert point.get_markerfacecolor() == whisker.get_color() == BLUE
    assert (grey.get_color(), hollow.get_markerfacecolor()) == (GREY, PAPER)


@pytest.mark.parametrize(
    ("code", "markers"), [("CH", "> "), ("global", "<"), ("SG", "<>"), ("US", "> o")]
)
def test_an_end_beyond_the_axis_is_an_arrow(code, markers):
    ax = plot_forest(comparisons())
    marks = [line.get_marker() for line in lines_of(ax, names_of(ax).index(code))]
    assert marks == ["None", *markers.replace(" ", "")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_are_as_exact_as_the_claim(language):
    words = words_of(plot_forest(comparisons(), language=language)).split("\n")
    shown = {"zh": ["×1.61（1.08～2.43）", "×0.45（0.18～0.996）", "×0（0～0.86）", "（0～∞）"]}
    shown["en"] = ["×1.61 (1.08–2.43)", "×0.45 (0.18–0.996)", "×0 (0–0.86)", "(0–∞)"]
    assert {*shown[language], "×1"} <= set(words)
    assert {"zh": "64～66", "en": "64–66"}[language] in words
    sides = {
        "zh": "日均条数为2026年1月的几倍",
        "en": "Per covered day, as a multiple of Jan 2026",
    }
    assert sides[language] in words


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("verdict", REFUSED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_has_its_reason_and_no_number(language, verdict, width):
    table = comparisons([("CN", 7, 7, 3, 3, 2.33, 0.53, 8.91, verdict)])
    for made in (table, table.rename(columns={"ratio": "rate"}).assign(periods=7)):
        ax = plot_forest(made, language=language, width=width)
        assert verdict_name(verdict, language) in words_of(ax)
        assert not re.search(r"×|2\.33|0\.53|8\.91", words_of(ax))
        assert not ax.lines
        assert not len(ax.get_xticks())
        plt.close(ax.figure)


def test_a_refused_row_among_others_has_no_mark():
    ax = plot_forest(comparisons(), language="zh")
    for row in ROWS:
        if row[-1] in REFUSED:
            name = row[0] or texts("zh")("term.missing")
            assert not lines_of(ax, names_of(ax).index(name))


def test_growth_is_a_factor_per_period():
    ax = plot_forest(rates(ROWS[:1]), language="en")
    _, point = lines_of(ax, 0)
    assert point.get_xdata()[0] == pytest.approx(0.45**0.2)
    assert "the period before" in words_of(ax)
    assert "7 covered periods" in words_of(ax)


# Growth ------------------------------------------------------------------------------------------


def test_a_dot_is_known_and_a_hollow_bar_is_open():
    table = curve()
    ax = plot_growth(table[::-1])
    known = table["observed_low"] == table["observed_high"]
    still_open = table["observed_low"] < table["observed_high"]
    dots = ax.collections[0].get_offsets()
    assert np.allclose(dots[:, 1], table.loc[known, "observed_low"])
    (bars,) = ax.containers
    assert [bar.get_y() for bar in bars] == table.loc[still_open, "observed_low"].tolist()
    tops = [bar.get_y() + bar.get_height() for bar in bars]
    assert np.allclose(tops, table.loc[still_open, "observed_high"])
    assert {to_hex(bar.get_facecolor()) for bar in bars} == {PAPER}
    assert ax.get_ylim()[0] == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_fit_is_blue_grey_or_refused_in_words(language):
    for verdict in VERDICTS:
        ax = plot_growth(curve(verdict), language=language)
        colors = {line.get_color() for line in ax.lines if len(line.get_xdata()) > 2}
        reason = texts(language)("term.no_fit", reason=verdict_name(verdict, language))
        assert (reason in words_of(ax)) == (verdict in REFUSED)
        expected = set() if verdict in REFUSED else {GREY if verdict == "insufficient" else BLUE}
        assert colors == expected
        plt.close(ax.figure)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_gap_is_hatched_and_the_partly_covered_is_said(language):
    for table in (curve(), curve(periods=7)):
        ax = plot_growth(table, language=language)
        (gap,) = hatched(ax)
        assert (gap.get_x(), gap.get_width()) == (3.5, 1)
        assert texts(language)("term.not_covered") in words_of(ax)
        whole = "".join(words_of(ax).split())
        partly = (
            texts(language)("term.days_of", covered=4, days=7),
            texts(language)("term.partly_covered"),
        )
        assert any("".join(words.split()) in whole for words in partly)


def test_an_endless_band_ends_at_the_scale():
    ax = plot_growth(CURVES["endless"])
    assert ax.get_ylim()[1] < 2 * curve()["observed_high"].max()


# Links and refusals ------------------------------------------------------------------------------


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    ("chart", "table"),
    [(plot_forest, comparisons()), (plot_forest, refused()), (plot_forest, rates())],
)
def test_every_row_leads_to_its_address(chart, table, width):
    links = [f"events.html#row-{row}." for row in range(len(table))]
    linked, plain = chart(table, links=links, width=width), chart(table, width=width)
    assert png_of(linked) == png_of(plain)
    found = addresses(linked)
    assert set(found) == set(links)
    assert not addresses(plain)
    drawn = table.index[table["verdict"].isin(["increase", "insufficient"])]
    assert all(found.count(links[row]) > found.count(links[-1]) for row in drawn)


def test_marks_of_growth_lead_to_their_periods():
    table = curve("clustered")
    links = [f"#{row}" if covered else None for row, covered in enumerate(table["days_covered"])]
    assert set(addresses(plot_growth(table, links=links))) == set(filter(None, links))


@pytest.mark.parametrize(
    ("chart", "table", "message"),
    [
        (plot_forest, comparisons().drop(columns="upper"), "table: there is no column “upper”"),
        (plot_forest, rates().drop(columns="periods"), "table: there is no column “periods”"),
        (
            plot_forest,
            comparisons().assign(verdict="rise"),
            "table: “rise” is not allowed; use one of",
        ),
        (
            plot_forest,
            comparisons(ROWS[:2]).assign(baseline=pd.to_datetime(["2026-01-01", "2025-12-01"])),
            "table: must have one baseline, but has: 2026-01-01, 2025-12-01",
        ),
        (plot_growth, curve().drop(columns="fitted"), "curve: there is no column “fitted”"),
        (
            plot_growth,
            pd.concat([curve(), curve()]),
            "curve: has several rows for the period 2025",
        ),
        (plot_growth, curve().assign(verdict=None), "curve: “None” is not allowed; use one of"),
        (
            plot_growth,
            curve(periods=2).assign(verdict=["increase", "clustered"]),
            "curve: must have one verdict, but has: increase, clustered",
        ),
    ],
)
def test_wrong_tables_are_refused_by_name(chart, table, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        chart(table)
    assert not plt.get_fignums()


@pytest.mark.parametrize(("chart", "table"), [(plot_forest, comparisons()), (plot_growth, curve())])
def test_links_and_languages_are_checked(chart, table):
    with pytest.raises(ValueError, match="links: number of links is 1, but the table has"):
        chart(table, links=["x"])
    with pytest.raises(ValueError, match="language: “fr”"):
        chart(table, language="fr")
    assert not plt.get_fignums()


def test_narrow_intervals_stand_under_their_names():
    wide, narrow = (plot_forest(comparisons(), width=it) for it in (PAGE_WIDTH, NARROW_WIDTH))
    (whisker, *_), at = lines_of(wide, 0), wide.get_yticks()[0]
    assert whisker.get_ydata()[0] == at
    assert min(line.get_ydata()[0] for line in narrow.lines) > narrow.get_yticks()[0]

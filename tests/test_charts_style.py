"""The style: colours that can be seen and told apart, fonts of two languages, sheets for anyone."""

import importlib
import os
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import matplotlib as mpl

mpl.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from december import DATA
from matplotlib.font_manager import FontProperties, fontManager

import aistats as ai
from aistats.charts.style import (
    COLORS,
    FAMILIES,
    HUES,
    palette,
    style,
    text_width,
    wrap,
    wrap_evenly,
)

BOOK = ai.read_codebook(DATA)
THEMES = [pytest.param(0, id="light"), pytest.param(1, id="dark")]

# How dichromats see linear RGB (Machado, Oliveira and Fernandes 2009, severity 1).
VISION = {
    "usual": np.eye(3),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.01182, 0.04294, 0.968881],
        ]
    ),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
}


def linear(color):
    parts = np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    """The contrast ratio of WCAG 2."""
    dark, light = sorted(linear(color) @ [0.2126, 0.7152, 0.0722] for color in (one, other))
    return (light + 0.05) / (dark + 0.05)


def lab(rgb):
    """CIE L*a*b* of linear sRGB, white D65."""
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = to_xyz @ np.clip(rgb, 0, 1) / [0.9505, 1, 1.089]
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("theme", THEMES)
def test_marks_and_texts_stand_out_from_the_paper(theme):
    paper, cell = COLORS["paper"][theme], COLORS["cell"][theme]
    for hue in HUES:
        assert min(contrast(COLORS[hue][theme], ground) for ground in (paper, cell)) >= 3, hue
    for ink in ("ink", "muted"):
        assert contrast(COLORS[ink][theme], paper) >= 4.5
    assert contrast(COLORS["blue"][0], COLORS["paper"][0]) >= 4.5  # it writes the name of a part
    assert contrast(COLORS["blue"][1], COLORS["paper"][1]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_numbers_stand_out_from_each_step(theme):
    for step in range(1, 6):
        ink = COLORS["ink" if step < 4 else "paper"][theme]
        assert contrast(ink, COLORS[f"step_{step}"][theme]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("vision", VISION)
def test_hues_can_be_told_apart(vision, theme):
    seen = {hue: lab(VISION[vision] @ linear(COLORS[hue][theme])) for hue in HUES}
    for one, other in combinations(HUES, 2):
        assert np.linalg.norm(seen[one] - seen[other]) > 14, (one, other)


def test_every_colour_has_a_hexadecimal_of_its_own():
    light = [light for light, _ in COLORS.values()]
    assert len(set(light)) == len(light)
    assert all(color == color.lower() for pair in COLORS.values() for color in pair)


def test_colours_of_the_codebook_are_in_the_palette():
    for table in BOOK.tables.values():
        for name, column in table.fields.items():
            assert set(palette(name, BOOK)) == {level.value for level in column.levels}


def test_a_colour_that_there_is_not_is_refused(tmp_path):
    text = (DATA / "datapackage.json").read_text(encoding="utf-8")
    path = tmp_path / "datapackage.json"
    path.write_text(text.replace('"vermillion"', '"puce"'), encoding="utf-8")
    with pytest.raises(ValueError, match="“puce” is not allowed; use one of"):
        palette("region", ai.read_codebook(path))


@pytest.mark.parametrize("dark", [False, True])
def test_sheets_hold_in_plots_of_anyone(dark):
    name = "aistats-dark" if dark else "aistats"
    assert name in plt.style.available
    with plt.style.context(name):
        figure, ax = plt.subplots()
        ax.set_title("红色警报 “code red” −1", fontweight="bold")
        figure.canvas.draw()  # a missing glyph warns, and warnings are errors
        assert figure.get_facecolor() == mpl.colors.to_rgba(COLORS["paper"][dark])
        assert ax.title.get_color() == COLORS["ink"][dark]
        (line,) = ax.plot([0, 1])
        assert line.get_color() == COLORS["blue"][dark]
        plt.close(figure)


def test_sheets_are_there_after_an_import_in_a_new_session(tmp_path):
    code = (
        "import aistats.charts.style, matplotlib as mpl; mpl.use('agg')\n"
        "import matplotlib.pyplot as plt\n"
        "plt.style.use('aistats-dark'); plt.plot([1, 2]); plt.title('标题'); plt.savefig('a.png')"
    )
    environment = os.environ | {"MPLCONFIGDIR": str(tmp_path)}
    source = str(Path(ai.__file__).parents[1])
    environment["PYTHONPATH"] = source
    command = [sys.executable, "-W", "error::UserWarning", "-c", code]
    subprocess.run(command, check=True, cwd=tmp_path, env=environment)


@pytest.mark.parametrize("language", FAMILIES)
def test_each_language_has_its_font_first(language):
    first = {"zh": "NotoSansSC-Regular.ttf", "en": "SourceSansPro-Regular.ttf"}[language]
    with style(language):
        font = FontProperties(family=mpl.rcParams["font.family"])
        assert fontManager.findfont(font).endswith(first)


def test_quotes_are_as_wide_as_their_language_has_them():
    with style("zh"):
        chinese = text_width("“”", 9)
    with style("en"):
        english = text_width("“”", 9)
    assert english < 0.6 * chinese


@pytest.mark.parametrize("language", FAMILIES)
@pytest.mark.parametrize("width", [60, 100, 300])
def test_text_is_wrapped_whole_evenly_and_within_its_width(language, width):
    text = "OpenAI为保ChatGPT进入“红色警报”，code red. " * 5
    with style(language):
        for lines in (wrap(text, width, 9), wrap_evenly(text, width, 9)):
            assert "".join("".join(lines).split()) == "".join(text.split())
            assert max(text_width(line, 9) for line in lines) <= width + 9  # a mark may hang
            assert not [line for line in lines if line[:1] in "，。”"]
        assert len(wrap_evenly(text, width, 9)) == len(wrap(text, width, 9))
        assert len(wrap_evenly(text, width, 9, most=2)) <= 2


def test_a_backend_that_turns_interactive_with_its_first_figure_stays_so():
    before = mpl.is_interactive()
    try:
        with style("en"):
            mpl.interactive(True)
        assert mpl.is_interactive()
        with pytest.raises(ZeroDivisionError), style("en"):
            mpl.interactive(1 // 0)
        assert mpl.is_interactive()
    finally:
        mpl.interactive(before)


@pytest.mark.parametrize(
    ("before", "now"),
    [("aistats.style", "aistats.charts.style"), ("aistats.exact", "aistats.trends.exact")],
)
def test_a_module_that_has_moved_is_forwarded_with_a_warning(before, now, monkeypatch):
    monkeypatch.delitem(sys.modules, before, raising=False)
    with pytest.warns(FutureWarning, match=f"{before} has moved: import {now}"):
        assert importlib.import_module(before) is importlib.import_module(now)

"""Exhibits: the bytes of a figure, what a missing glyph does, and what a cell displays."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

import aistats as ai
from aistats.exhibits import render, to_csv
from aistats.faults import DataError

COUNTS = pd.DataFrame({"region": ["CN", "US"], "count": [1, 3]})


def drawn(**arguments):
    return ai.plot_counts(COUNTS, language="en", **arguments).figure


def test_a_figure_has_the_same_bytes_each_time_and_ids_of_its_own_salt():
    first, again, other = (render(drawn(), salt=salt) for salt in ("one", "one", "other"))
    plt.close("all")
    assert first == again
    assert first["image/png"] == other["image/png"]
    assert first["image/svg+xml"] != other["image/svg+xml"]
    assert b"Software" not in first["image/png"]
    assert "<dc:date>" not in first["image/svg+xml"]


def test_no_setting_of_the_user_changes_the_bytes():
    before = render(drawn())
    hostile = {
        "savefig.dpi": 40,
        "savefig.transparent": True,
        "font.size": 30,
        "svg.fonttype": "none",
    }
    with mpl.rc_context(hostile):
        after = render(drawn())
        assert mpl.rcParams["savefig.dpi"] == 40
    plt.close("all")
    assert before == after


def test_a_missing_glyph_is_an_error_that_names_it():
    figure = drawn(title="\N{CUNEIFORM SIGN A} and 中文")
    with pytest.raises(DataError, match="\N{CUNEIFORM SIGN A}"):
        render(figure)
    plt.close("all")


def test_show_displays_the_figure_and_its_table_under_one_name(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    InteractiveShell.instance()
    ax = ai.plot_counts(COUNTS, language="en")
    with capture_output() as captured:
        ai.show(ax, COUNTS, name="regions", alt="Three <in> US.", language="en")
    figure, table = captured.outputs
    assert set(figure.data) == {"text/plain", "image/png", "image/svg+xml"}
    assert figure.metadata["image/png"]["alt"] == figure.data["text/plain"] == "Three <in> US."
    assert figure.metadata["aistats"] == {"kind": "figure", "name": "regions"}
    assert table.metadata["aistats"] == {"kind": "table", "name": "regions"}
    assert table.data["text/csv"] == "region,count\nCN,1\nUS,3\n"
    assert not plt.get_fignums()


def test_a_csv_has_iso_days_values_and_no_noise_of_floats():
    table = pd.DataFrame(
        {"period": pd.to_datetime(["2025-12-01"]), "expected": [0.1 + 0.2], "n": [2]}
    )
    assert to_csv(table) == "period,expected,n\n2025-12-01,0.3,2\n"

"""Exhibits: their bytes, what a missing glyph does, what a cell displays, and the way to events."""

import base64
import html
import re

import january
import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import pytest
from december import DATA
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

import aistats as ai
from aistats.editions.exhibits import MIME, Exhibit, to_csv, to_png, to_svg
from aistats.faults import DataError

DECEMBER = ai.read_edition(DATA, "2025-12")
COUNTS = ai.count_events(pd.DataFrame({"region": ["CN", "US", "US", "US"]}), by="region")


def drawn(**arguments):
    return ai.plot_counts(COUNTS, language="en", **arguments).figure


def shown(chart, table, *, title="A <finding>.", record=None, language="en", **arguments):
    """Return the exhibit that a notebook cell displays, and both its outputs."""
    InteractiveShell.instance()
    with capture_output() as captured:
        ai.show(
            chart,
            table,
            record=record or DECEMBER,
            name="one",
            number=7,
            title=title,
            language=language,
            **arguments,
        )
    figure, table = captured.outputs
    return Exhibit.of(figure.data[MIME]), figure, table


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    yield
    assert not plt.get_fignums()


def test_a_figure_has_the_same_bytes_each_time_and_ids_of_its_own_salt():
    first, again, other = (to_svg(drawn(), salt=salt) for salt in ("one", "one", "other"))
    pictures = [to_png(drawn()) for _ in range(2)]
    plt.close("all")
    assert first == again != other
    assert pictures[0] == pictures[1]
    assert b"Software" not in base64.b64decode(pictures[0])
    assert "<dc:date>" not in first


def test_no_setting_of_the_user_changes_the_bytes():
    before = to_png(drawn()), to_svg(drawn())
    hostile = {
        "savefig.dpi": 40,
        "savefig.transparent": True,
        "font.size": 30,
        "svg.fonttype": "none",
    }
    with mpl.rc_context(hostile):
        after = to_png(drawn()), to_svg(drawn())
        assert mpl.rcParams["savefig.dpi"] == 40
    plt.close("all")
    assert before == after


def test_a_missing_glyph_is_an_error_that_names_it():
    figure = drawn(title="\N{CUNEIFORM SIGN A} and 中文")
    with pytest.raises(DataError, match="\N{CUNEIFORM SIGN A}"):
        to_png(figure)
    plt.close("all")


def test_a_cell_displays_the_picture_and_the_table_under_one_name():
    exhibit, figure, table = shown(ai.plot_counts, COUNTS)
    assert set(figure.data) == {"text/plain", "image/png", MIME}
    assert figure.metadata["image/png"]["alt"] == exhibit.alt == "A <finding>."
    assert figure.metadata["aistats"] == {"kind": "figure", "name": "one"}
    assert table.metadata["aistats"] == {"kind": "table", "name": "one"}
    assert "<a " not in table.data["text/html"]  # a notebook has no page of events


def test_an_exhibit_has_number_finding_measure_notes_and_source():
    exhibit, *_ = shown(ai.plot_counts, COUNTS, notes=["A note."])
    assert exhibit.heading("en") == "Fig.\N{NO-BREAK SPACE}7\N{EN SPACE}A <finding>"
    assert exhibit.heading("zh") == "图7\N{IDEOGRAPHIC SPACE}A <finding>"
    assert exhibit.subtitle == "Number of events on record, by region"
    assert exhibit.notes == ("A note.",)
    assert exhibit.source.startswith("Source: “")
    assert exhibit.csv == "region,count\nCN,1\nUS,3\n"
    assert set(exhibit.drawings) == {"bare", "narrow.bare", "svg"}
    assert set(exhibit.pictures) == {"png", "bare.png", "narrow.png"}


def test_a_count_of_groups_leads_to_exactly_its_events():
    events = DECEMBER.events
    counts = ai.count_events(events, by=["region", "category"])
    exhibit, *_ = shown(ai.plot_matrix, counts, codebook=DECEMBER.codebook)
    assert sum(len(row.sure) for row in exhibit.rows) == len(events)
    assert {it for row in exhibit.rows for it in row.sure} == set(events["event_id"])
    assert not any(row.possible for row in exhibit.rows)
    filled = counts[counts["count"] > 0]
    assert len(exhibit.rows) == len(filled)
    targets = re.findall(r'href="\.\./en/events\.html#([^"]+)"', exhibit.table)
    assert targets == [row.anchor for row in exhibit.rows]
    assert {f"../en/events.html#{anchor}" for anchor in targets} == set(
        re.findall(r'<a xlink:href="([^"]+)"', exhibit.drawings["bare"])
    )


@pytest.mark.parametrize("period", ["day", "week", "dekad", "month"])
def test_a_count_of_a_period_leads_to_what_it_surely_and_what_it_possibly_holds(period):
    counts = ai.count_events(DECEMBER.events, period=period, coverage=DECEMBER.coverage)
    exhibit, *_ = shown(ai.plot_periods, counts)
    filled = counts[counts["possible"] > 0]
    assert [len(row.sure) for row in exhibit.rows] == list(filled["certain"])
    assert [len(row.sure) + len(row.possible) for row in exhibit.rows] == list(filled["possible"])


def test_a_table_of_events_leads_to_each_of_them():
    exhibit, *_ = shown(ai.plot_timeline, DECEMBER.events)
    assert exhibit.rows == ()
    for event in DECEMBER.events["event_id"]:
        assert f'href="../en/events.html#{event}"' in exhibit.table
        assert f'xlink:href="../en/events.html#{event}"' in exhibit.drawings["narrow.bare"]


def test_a_table_of_evidence_leads_from_each_title_to_its_event():
    evidence = ai.theme_evidence(DECEMBER)
    exhibit, *_ = shown(ai.plot_themes, evidence, codebook=DECEMBER.codebook)
    linked = re.findall(r'<a href="\.\./en/events\.html#([^"]+)">([^<]+)</a>', exhibit.table)
    some = evidence.dropna(subset="event_id")
    titles = [html.escape(title) for title in some["title_en"]]
    assert linked == [*zip(some["event_id"], titles, strict=True)]
    for drawing in exhibit.drawings.values():
        found = re.findall(r'<a xlink:href="\.\./en/events\.html#([^"]+)"', drawing)
        assert sorted(found) == sorted(some["event_id"])
    assert exhibit.rows == ()
    assert exhibit.csv.count("\n") == len(evidence) + 1
    assert not re.search(r"\bnan\b", exhibit.table, re.IGNORECASE)


def test_of_an_empty_table_nothing_is_shown():
    with capture_output() as captured:
        ai.show(
            ai.plot_counts, COUNTS[:0], record=DECEMBER, name="none", number=1, title="Nothing."
        )
    assert captured.outputs == []


def test_a_count_leads_to_the_events_it_was_counted_from(tmp_path):
    data = january.january(tmp_path)
    reports = january.publish(data, tmp_path / "reports")
    january.revise(data)
    record = ai.read_edition(data, reports=reports)
    changes = ai.revisions(record).drop_duplicates(["event_id", "revision"])
    counts = ai.count_events(changes, by="revision")
    exhibit, *_ = shown(ai.plot_counts, counts, record=record, events=changes)
    named = {row.label: set(row.sure) for row in exhibit.rows}
    assert named["removed"] == {"ant-lingguang-2025-12"}
    assert named["new"] == {*record.events["event_id"]} | {
        "zhipu-listing-2025-12",
        "runway-model-2025-12",
    }
    assert [len(row.sure) for row in exhibit.rows] == [*counts["count"]]
    assert "January 2026”" in exhibit.source
    assert "December 2025”" in exhibit.source
    own, *_ = shown(ai.plot_counts, COUNTS, record=record)
    assert "December 2025”" not in own.source


def test_a_comparison_with_the_baseline_leads_to_the_events_of_its_days(tmp_path):
    record = ai.read_edition(january.january(tmp_path))
    compared = ai.compare_with_baseline(record, by="scope")
    exhibit, *_ = shown(ai.plot_forest, compared, record=record, events=record.all_events)
    assert [len(row.sure) for row in exhibit.rows] == [*compared["certain"]]
    assert {it for row in exhibit.rows for it in row.sure} == {*record.events["event_id"]}


def test_a_level_with_markup_is_text_in_the_table():
    counts = ai.count_events(pd.DataFrame({"region": ["<b>&amp;", None]}), by="region")
    exhibit, *_ = shown(ai.plot_counts, counts)
    assert "&lt;b&gt;&amp;amp;" in exhibit.table


def test_a_csv_has_iso_days_values_and_no_noise_of_floats():
    table = pd.DataFrame(
        {"period": pd.to_datetime(["2025-12-01"]), "expected": [0.1 + 0.2], "n": [2]}
    )
    assert to_csv(table) == "period,expected,n\n2025-12-01,0.3,2\n"

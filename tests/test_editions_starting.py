"""Starting the next edition: what the files gain, and that nothing else in them moves."""

import csv
import json
import os
import shutil
import warnings

import frictionless
import pytest
from december import DATA

from aistats.editions.starting import start
from aistats.faults import DataError
from aistats.tables.edition import read_edition
from aistats.tables.package import read_tables

FILES = ("datapackage.json", "coverage.csv", "editions.csv")


@pytest.fixture
def data(tmp_path):
    return shutil.copytree(DATA, tmp_path / "data")


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def refused(label, data, *kinds, **given):
    before = contents(data)
    with pytest.raises(DataError) as error:
        start(label, data=data, **given)
    assert [fault.kind for fault in error.value.faults] == list(kinds)
    assert contents(data) == before


def rewrite(path, before, after):
    content = path.read_bytes()
    assert before in content
    path.write_bytes(content.replace(before, after))


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def sources(data):
    return json.loads((data / "datapackage.json").read_text(encoding="utf-8"))["sources"]


# January after December ---------------------------------------------------------------------------


def test_january_follows_december_and_can_be_read(data):
    started = start("2026-01", data=data)

    assert (started.label, started.baseline) == ("2026-01", "2025-12")
    assert started.added == {
        (data / "datapackage.json").as_posix(): (
            "    {",
            '      "name": "ai-events-2026-01",',
            '      "series": "ai-events-monthly",',
            '      "title": "Comprehensive report on AI events of January 2026",',
            '      "title_zh": "2026年1月AI事件综合报告"',
            "    }",
        ),
        (data / "coverage.csv").as_posix(): ("ai-events-2026-01,一,2026-01-01/2026-01-31,assumed",),
        (data / "editions.csv").as_posix(): ("2026-01,ai-events-2026-01,2025-12,zh en,",),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        january = read_edition(data, "2026-01")
    assert len(january.events) == 0
    assert list(january.coverage["series"]) == ["ai-events-monthly"]
    assert read_edition(data).label == "2026-01"
    assert frictionless.validate(str(data / "datapackage.json")).valid


def test_all_bytes_that_were_there_stay(data):
    before = contents(data)
    started = start("2026-01", data=data)

    after = contents(data)
    assert {name for name in after if after[name] != before[name]} == set(FILES)
    added = {name: "\n".join(started.added[(data / name).as_posix()]).encode() for name in FILES}
    for name in FILES[1:]:
        assert after[name] == before[name] + added[name] + b"\n"
    assert after[FILES[0]].replace(b",\n" + added[FILES[0]], b"") == before[FILES[0]]


def test_windows_that_are_given_are_stated_in_sections_named_as_before_and_then_on(data):
    windows = ["2025-12-30/2026-01-10", "2026-01-11~", "2026-01-21/2026-01-25", "2026-01"]
    start("2026-01", windows=windows, data=data)

    new = [row for row in rows(data / "coverage.csv") if row["source"] == "ai-events-2026-01"]
    assert [row["section"] for row in new] == ["一", "二", "三", "四"]
    assert [row["window"] for row in new] == windows
    assert {row["basis"] for row in new} == {"stated"}


def test_a_window_may_name_its_section(data):
    windows = ["Models = 2026-01-01/2026-01-10", "2026-01-11", "二=2026-01-12", "2026-01-13"]
    started = start("2026-01", windows=windows, data=data)

    assert started.source == "ai-events-2026-01"
    assert started.added[(data / "coverage.csv").as_posix()] == (
        "ai-events-2026-01,Models,2026-01-01/2026-01-10,stated",
        "ai-events-2026-01,一,2026-01-11,stated",
        "ai-events-2026-01,二,2026-01-12,stated",
        "ai-events-2026-01,三,2026-01-13,stated",
    )


@pytest.mark.parametrize(
    ("windows", "kinds"),
    [
        (["=2026-01-01"], ["section_name"]),
        (["A·B=2026-01-01"], ["section_name"]),
        (["A=2026-01-01", "A=2026-01-02", "B=soon"], ["section_name", "not_edtf"]),
        (["A="], ["not_edtf"]),
    ],
)
def test_a_section_needs_a_name_that_an_event_can_have_and_a_window(data, windows, kinds):
    refused("2026-01", data, *kinds, windows=windows)


def test_month_follows_month(data):
    for label in ("2026-01", "2026-02", "2026-03"):
        start(label, data=data)

    assert [row["baseline"] for row in rows(data / "editions.csv")] == [
        "",
        "2025-12",
        "2026-01",
        "2026-02",
    ]
    assert sources(data)[-1] == {
        "name": "ai-events-2026-03",
        "series": "ai-events-monthly",
        "title": "Comprehensive report on AI events of March 2026",
        "title_zh": "2026年3月AI事件综合报告",
    }
    assert frictionless.validate(str(data / "datapackage.json")).valid


def test_a_month_that_is_added_later_is_compared_with_an_earlier_one(data):
    start("2026-02", data=data)

    assert start("2026-01", data=data).baseline == "2025-12"
    assert start("2025-11", data=data).baseline == ""


# Files of other forms -----------------------------------------------------------------------------


def test_line_ends_a_byte_order_mark_and_a_missing_last_line_end_are_respected(data):
    for name in FILES:
        rewrite(data / name, b"\n", b"\r\n")
    for name in FILES:
        content = (data / name).read_bytes()
        (data / name).write_bytes(b"\xef\xbb\xbf" + content.removesuffix(b"\r\n"))
    before = contents(data)
    start("2026-01", windows=["2026-01-01/2026-01-05", "2026-01-06"], data=data)

    after = contents(data)
    for name in FILES:
        assert after[name].count(b"\n") == after[name].count(b"\r\n")
    for name in FILES[1:]:
        assert after[name].startswith(before[name] + b"\r\n")
    assert after["coverage.csv"].endswith(b"2026-01-06,stated\r\n")
    assert len(read_edition(data, "2026-01").coverage) == 2


def test_columns_in_another_order_get_their_own_cells(data):
    (data / "editions.csv").write_text(
        "languages,parameters,edition,sources,baseline\n"
        '"zh","period=week size=2",2025-12,ai-events-2025-12,\n'
    )
    start("2026-01", data=data)
    assert rows(data / "editions.csv")[-1] == {
        "edition": "2026-01",
        "sources": "ai-events-2026-01",
        "baseline": "2025-12",
        "languages": "zh",
        "parameters": "period=week size=2",
    }


@pytest.mark.parametrize("indent", [None, 4, "\t"])
def test_a_descriptor_of_any_layout_keeps_it(data, indent):
    path = data / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    package = {"note": {"sources": ["not these"]}, **package}
    path.write_text(json.dumps(package, indent=indent, ensure_ascii=False), encoding="utf-8")
    start("2026-01", data=data)

    written = path.read_text(encoding="utf-8")
    assert written == json.dumps(json.loads(written), indent=indent, ensure_ascii=False)
    assert len(sources(data)) == 2


def test_a_source_on_one_line_is_followed_by_one_on_one_line(data):
    path = data / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    package["sources"] = ["SOURCE"]
    text = json.dumps(package, indent=2, ensure_ascii=False)
    one = '{ "name": "ai-events-2025-12", "title": "December 2025" }'
    path.write_text(text.replace('"SOURCE"', one), encoding="utf-8")
    started = start("2026-01", data=data)

    assert started.added[path.as_posix()] == (
        '    { "name": "ai-events-2026-01", "series": "ai-events-2025-12", '
        '"title": "January 2026" }',
    )


# Odd labels ---------------------------------------------------------------------------------------


def test_a_label_that_is_no_month_needs_windows(data):
    refused("2026-Q1", data, "window_needed")
    refused("2026-13", data, "window_needed")

    start("2026-Q1", windows=["2026-01/2026-03"], data=data)
    assert rows(data / "editions.csv")[-1]["sources"] == "ai-events-2026-q1"
    assert sources(data)[-1]["title"] == "Comprehensive report on AI events of 2026-Q1"
    assert sources(data)[-1]["title_zh"] == "2026-Q1AI事件综合报告"


def test_names_that_do_not_have_the_label_get_it_at_their_end(data):
    for path in data.glob("*.*"):
        path.write_bytes(path.read_bytes().replace(b"ai-events-2025-12", b"papers"))
    rewrite(data / "datapackage.json", b'of December 2025",', b'by month",')
    rewrite(data / "datapackage.json", '2025年12月AI事件综合报告",'.encode(), '每月论文",'.encode())
    start("2026-01", data=data)
    start("2026-02", data=data)

    assert [it["name"] for it in sources(data)] == ["papers", "papers-2026-01", "papers-2026-02"]
    assert [it["title_zh"] for it in sources(data)][1:] == [
        "每月论文（2026年1月）",
        "每月论文（2026年2月）",
    ]
    assert sources(data)[2]["title"].endswith("AI events by month, February 2026")


def test_a_label_that_exists_is_refused_in_any_case_of_letters(data):
    start("2026-Q1", windows=["2026-01/2026-03"], data=data)

    refused("2025-12", data, "edition_exists")
    refused("2026-q1", data, "edition_exists")


@pytest.mark.parametrize("label", ["", " ", "2026 01", "2026/01", "../x", "2026-01\n", "一月", "-"])
def test_a_label_against_the_rule_of_the_codebook_is_refused(data, label):
    refused(label, data, "edition_label")


def test_a_label_needs_a_rule_even_where_the_codebook_has_none(data):
    rule = b'"pattern": "[A-Za-z0-9]+(-[A-Za-z0-9]+)*"'
    rewrite(data / "datapackage.json", rule, b'"minLength": 0')
    for label in ("../x", "", "a/b", "CON", ".cache", "index.html", "2026-01\n", "x" * 201):
        refused(label, data, "label")


def test_every_window_that_is_no_date_is_named(data):
    windows = ["2026-01-10/2026-01-01", "2026-01-02", "January", "2026-02-30"]
    refused("2026-01", data, "reversed", "not_edtf", "impossible", windows=windows)
    refused("0000-01", data, "impossible")


# What must not happen -----------------------------------------------------------------------------


def test_a_second_call_is_refused(data):
    start("2026-01", data=data)
    refused("2026-01", data, "edition_exists")


def test_data_that_is_wrong_already_is_refused_before_anything_is_written(data):
    rewrite(data / "coverage.csv", b"assumed", b"guessed")
    refused("2026-01", data, "level")


def test_without_any_edition_there_is_none_to_follow(data):
    (data / "editions.csv").write_text("edition,sources,baseline,languages,parameters\n")
    refused("2026-01", data, "first_edition")


def test_what_the_codebook_would_refuse_is_refused_with_the_place_it_would_have(data):
    rule = '"title_zh": "章节",\n'
    levels = '            "categories": [{"value": "一"}, {"value": "二"}],\n'
    rewrite(data / "datapackage.json", rule.encode(), (rule + levels).encode())
    with pytest.raises(DataError) as error:
        start("2026-01", windows=["2026-01-01", "2026-01-02", "2026-01-03"], data=data)
    (fault,) = error.value.faults
    assert (fault.kind, fault.line, fault.value) == ("level", 6, "三")
    assert fault.file == (data / "coverage.csv").as_posix()


@pytest.mark.parametrize("fails", [1, 2, 3])
def test_a_file_that_cannot_be_replaced_leaves_all_as_they_were(data, monkeypatch, fails):
    before = contents(data)
    replace, calls = os.replace, []

    def failing(source, target):
        calls.append(target)
        if len(calls) == fails:
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(OSError, match="No space"):
        start("2026-01", data=data)
    assert contents(data) == before


def test_what_was_cut_off_can_be_started_again(data, tmp_path):
    whole = shutil.copytree(data, tmp_path / "whole")
    start("2026-01", data=whole)
    for name in FILES[:2]:
        shutil.copy(whole / name, data / name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the source is in no edition yet
            read_tables(data)

    assert list(start("2026-01", data=data).added) == [(data / "editions.csv").as_posix()]
    assert contents(data) == contents(whole)


def test_windows_that_are_there_already_stand_and_others_are_refused(data):
    started = start("2026-01", windows=["2026-01-01/2026-01-10"], data=data)
    path = data / "editions.csv"
    path.write_text(path.read_text().replace(started.added[path.as_posix()][0] + "\n", ""))

    refused("2026-01", data, "source_covered", windows=["2026-01-01/2026-01-11"])
    start("2026-01", windows=["2026-01-01/2026-01-10"], data=data)
    assert len(rows(data / "coverage.csv")) == 3


def test_a_link_to_a_file_stays_a_link(data, tmp_path):
    whole = data.rename(tmp_path / "elsewhere")
    data.symlink_to(whole)
    place = (whole / "editions.csv").rename(whole / "of-all-years.csv")
    (data / "editions.csv").symlink_to(place)
    start("2026-01", data=data)
    assert (data / "editions.csv").is_symlink()
    assert len(rows(place)) == 2


def test_a_link_that_leads_out_of_the_folder_is_refused(data, tmp_path):
    place = (data / "editions.csv").rename(tmp_path / "elsewhere.csv")
    (data / "editions.csv").symlink_to(place)
    refused("2026-01", data, "link_outside")
    assert len(rows(place)) == 1

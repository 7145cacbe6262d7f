"""The template: a workbook that can be filled in, and what comes of it."""

import csv
import json
import re
import shutil
import time
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from december import DATA
from examples import examples
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl.utils import range_boundaries

from aistats.cli import main
from aistats.faults import DataError
from aistats.importers.add.addition import add
from aistats.importers.add.rows import note_titles, read_rows
from aistats.importers.add.template import write_template
from aistats.importers.draft.reports import NOTES, draft_reports
from aistats.tables.cells import read_cells
from aistats.tables.codebook import read_codebook

TABLE = read_codebook(DATA).table("events")
REPORT = Path(__file__).parent / "reports" / "december" / "ai-events-2025-12.zh.md"


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "events.xlsx"
    write_template(path, data=DATA)
    return path


@pytest.fixture
def book(path):
    return openpyxl.load_workbook(path)


@pytest.fixture
def data(tmp_path):
    return shutil.copytree(DATA, tmp_path / "data")


def column_of(sheet, name):
    return next(cell.column_letter for cell in sheet[1] if cell.value.endswith(f"\n{name}"))


def rule_of(sheet, name):
    letter = column_of(sheet, name)
    rules = sheet.data_validations.dataValidation
    return next(rule for rule in rules if str(rule.sqref).startswith(f"{letter}2:"))


def shown(book, rule):
    """Return what a drop-down shows."""
    name, area = rule.formula1.split("!")
    left, top, right, bottom = range_boundaries(area)
    cells = book[name].iter_rows(top, bottom, left, right, values_only=True)
    return [text for (text,) in cells]


def fill(path, rows, data):
    """Write rows into a template as a person would."""
    write_template(path, data=data)
    book = openpyxl.load_workbook(path)
    sheet = book["events"]
    names = [cell.value.splitlines()[-1] for cell in sheet[1]]
    for number, row in enumerate(rows, 2):
        for column, name in enumerate(names, 1):
            sheet.cell(number, column, row[name] or None)
    book.save(path)
    return path


# There and back -----------------------------------------------------------------------------------


def test_december_written_in_a_template_becomes_the_same_bytes(data, tmp_path):
    with (DATA / "events.csv").open(encoding="utf-8", newline="") as file:
        december = list(csv.DictReader(file))
    for name in ("events.csv", "event_themes.csv"):
        table = data / name
        table.write_bytes(table.read_bytes().split(b"\n")[0] + b"\n")
    add([fill(tmp_path / "events.xlsx", december, data)], data=data).write()
    assert (data / "events.csv").read_bytes() == (DATA / "events.csv").read_bytes()


def test_labels_from_the_codebook_and_empty_cells_do_as_well(data, tmp_path):
    row = dict.fromkeys(TABLE.fields, "") | {
        "region": "法国",
        "category": "模型",
        "organization": "Mistral AI",
        "status": "已发生",
        "title_zh": "Mistral发布新模型",
        "summary_zh": "Mistral发布一款模型。",
        "source": "ai-events-2025-12",
        "source_section": "一·9",
    }
    addition = add([fill(tmp_path / "events.xlsx", [row], data)], data=data)
    assert addition.ids == ("mistral-ai-model-2025-12",)


def test_an_empty_template_adds_nothing(path, data):
    assert add([path], data=data).ids == ()


# What it holds ------------------------------------------------------------------------------------


def test_every_column_has_both_titles_its_name_and_a_mark_if_it_is_required(book):
    for cell, (name, column) in zip(book["events"][1], TABLE.fields.items(), strict=True):
        star = " *" if column.required else ""
        zh, en = (f"{column.title[language]}{star}" for language in ("zh", "en"))
        assert cell.value.splitlines() == [zh, en, name]
    assert book["events"].freeze_panes == "B2"


def test_whatever_is_typed_stays_text(book):
    sheet = book["events"]
    for name in TABLE.fields:
        assert sheet.column_dimensions[column_of(sheet, name)].number_format == "@"


def test_a_column_with_levels_has_all_of_them_as_a_drop_down_that_holds(book):
    leveled = {name: it for name, it in TABLE.fields.items() if it.levels}
    assert set(leveled) == {"region", "category", "status"}
    for name, column in leveled.items():
        rule = rule_of(book["events"], name)
        assert shown(book, rule) == [level.value for level in column.levels]
        assert (rule.type, rule.showErrorMessage) == ("list", True)
        assert rule.error.startswith("不是可用的值；")
        assert rule.error.endswith("choose one from the list.")
    assert book["lists"].sheet_state == "hidden"


def test_what_coverage_names_can_be_chosen_and_more_can_be_typed(book):
    sheet = book["events"]
    for name, texts in {
        "source": ["ai-events-2025-12"],
        "source_section": ["一", "二"],
        "reported": ["2025-11-30/2025-12-06", "2025-12-11/2025-12-20"],
    }.items():
        assert shown(book, rule_of(sheet, name)) == texts
        assert not rule_of(sheet, name).showErrorMessage
    rows = book["coverage 覆盖日期"].iter_rows(min_row=2, values_only=True)
    assert [row[1] for row in rows] == ["一", "二"]


def test_every_column_prompts_in_both_languages_no_longer_than_excel_takes(book):
    for name in TABLE.fields:
        rule = rule_of(book["events"], name)
        zh, en = rule.prompt.split("\n")
        assert not zh.isascii()
        assert en[0].isupper()
        assert len(rule.prompt) <= 255
        assert len(rule.promptTitle) <= 32
        assert len(rule.errorTitle or "") <= 32


def test_a_cell_that_is_needed_is_marked_while_it_is_empty(book):
    marked = {
        str(area.sqref).split("2:")[0]: area.rules[0].formula[0]
        for area in book["events"].conditional_formatting
    }
    needed = ("region", "category", "organization", "status", "title_zh", "summary_zh")
    letters = {column_of(book["events"], name) for name in (*needed, "source_section")}
    assert set(marked) == letters
    assert marked["E"] == 'AND(E2="",COUNTA($A2:$P2)>0)'


def test_the_codebook_is_in_it_whole(book):
    rows = list(book["codebook 数据字典"].iter_rows(min_row=2, values_only=True))
    package = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
    (events,) = (it for it in package["resources"] if it["name"] == "events")
    expected = []
    for field in events["schema"]["fields"]:
        expected.append((field["name"], None, field["description_zh"], field["description"]))
        for level in field.get("categories", []):
            rules = (level.get(key) for key in ("rule_zh", "rule"))
            expected.append((field["name"], level["value"], *rules))
    assert [(row[0], row[3], row[6], row[7]) for row in rows] == expected


def test_it_says_how_to_go_on(book):
    texts = [
        text for row in book["README 说明"].iter_rows(values_only=True) for text in row if text
    ]
    assert "aistats add events.xlsx --dry-run" in texts


def test_the_same_data_give_the_same_bytes(path, tmp_path):
    time.sleep(2.1)  # a zip counts in two seconds
    write_template(tmp_path / "events.xlsx", data=DATA)
    assert (tmp_path / "events.xlsx").read_bytes() == path.read_bytes()


# What is refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "text", "end"),
    [
        ("zh", "已有这个文件；如要覆盖，请加--force", "没有写入任何文件。"),
        ("en", "exists already; to overwrite it, add --force", "Nothing was written."),
    ],
)
def test_a_file_that_is_there_is_kept_unless_forced(
    data, tmp_path, language, text, end, monkeypatch, capsys
):
    monkeypatch.setenv("AISTATS_LANGUAGE", language)
    file = tmp_path / "events.xlsx"
    file.write_bytes(b"mine")
    asked = ["template", str(file), "--data", str(data)]
    assert main(asked) == 1
    err = capsys.readouterr().err
    assert text in err
    assert err.endswith(f"{end}\n")
    assert file.read_bytes() == b"mine"
    assert main([*asked, "--force"]) == 0
    assert f"aistats add {file.as_posix()} --dry-run" in capsys.readouterr().out
    assert file.read_bytes().startswith(b"PK")


def test_another_ending_is_refused(data, tmp_path):
    with pytest.raises(DataError) as error:
        write_template(tmp_path / "events.csv", data=data)
    (fault,) = error.value.faults
    assert fault.text("zh").endswith("events.csv：文件名应以.xlsx结尾")
    assert fault.text("en").endswith("events.csv: the file name must end in .xlsx")
    assert not (tmp_path / "events.csv").exists()


def test_data_that_is_wrong_makes_no_template(data, tmp_path):
    (data / "coverage.csv").write_text("source\n")
    with pytest.raises(DataError):
        write_template(tmp_path / "events.xlsx", data=data)
    assert not (tmp_path / "events.xlsx").exists()


# The rows of a draft ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rows():
    return draft_reports(REPORT).rows


@pytest.fixture(scope="module")
def drafted(rows, tmp_path_factory):
    path = tmp_path_factory.mktemp("draft") / "draft.xlsx"
    write_template(path, data=DATA, rows=rows)
    return path


@pytest.fixture
def draft(drafted):
    return openpyxl.load_workbook(drafted)


def read_back(path):
    """Return the rows of a workbook under the last lines of its headings."""
    (_, header), *lines = read_cells(path).records
    names = [heading.splitlines()[-1] for heading in header]
    return pd.DataFrame([cells for _, cells in lines], columns=names, dtype="str")


def test_every_cell_of_a_draft_stands_in_the_workbook(rows, drafted):
    pd.testing.assert_frame_equal(read_back(drafted), rows)


awkward = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    ["=1+1", "#N/A", "TRUE", "2025-12-02", "_x0041_", "_x005F_x0041_", "a\x0bb\x00\uffff"]
)


@settings(deadline=None, derandomize=True, max_examples=examples(25))
@given(st.lists(st.lists(awkward, min_size=4, max_size=4), min_size=1, max_size=6))
@example([["=1+1", "#N/A", "_x0041_", "\x0b"]])
def test_no_text_of_a_draft_is_changed_by_being_in_a_workbook(tmp_path_factory, texts):
    names = ["title_zh", "source", "note", "facts"]
    given_rows = pd.DataFrame(texts, columns=names, dtype="str").assign(region="CN")
    path = tmp_path_factory.mktemp("text") / "draft.xlsx"
    write_template(path, data=DATA, rows=given_rows)
    expected = given_rows.replace("\r\n?", "\n", regex=True)
    pd.testing.assert_frame_equal(read_back(path)[[*names, "region"]], expected)


def test_a_reviewed_draft_can_be_added_and_its_notes_are_left_out(rows, data, tmp_path):
    for name in ("events.csv", "event_themes.csv"):
        table = data / name
        table.write_bytes(table.read_bytes().split(b"\n")[0] + b"\n")
    path = tmp_path / "draft.xlsx"
    write_template(path, data=data, rows=rows)
    book = openpyxl.load_workbook(path)
    sheet = book["events"]
    for number in range(2, len(rows) + 2):
        for name, text in (
            ("summary_zh", "要点"),
            ("organization", "unknown"),
            ("category", "产品"),
        ):
            cell = sheet[f"{column_of(sheet, name)}{number}"]
            cell.value = cell.value or text
    book.save(path)
    addition = add([path], data=data)
    assert set(addition.left_out) == {*NOTES}
    assert len(addition.ids) == len(rows) == 20


def test_a_month_that_is_not_in_coverage_yet_keeps_its_source_and_windows(tmp_path):
    report = tmp_path / "weekly-2026-02.zh.md"
    report.write_text("# AI周报\n\n## 三\n\n### 1. 百度发布新模型（2月3日）\n", encoding="utf-8")
    rows = draft_reports(report).rows
    path, faults = tmp_path / "draft.xlsx", []
    write_template(path, data=DATA, rows=rows)
    (row,) = read_rows(path, TABLE, faults).rows
    assert faults == []
    assert row.cells == {name: rows[name].iloc[0] for name in TABLE.fields}
    assert (row.cells["source"], row.cells["reported"]) == ("weekly-2026-02", "2026-02")
    names = ("source", "source_section", "reported")
    sheet = openpyxl.load_workbook(path)["events"]
    assert not any(rule_of(sheet, name).showErrorMessage for name in names)


def test_the_notes_stand_right_of_the_table_and_apart_from_it(draft):
    sheet = draft["events"]
    table, notes = sheet[1][: len(TABLE.fields)], sheet[1][len(TABLE.fields) :]
    assert [cell.value.splitlines()[-1] for cell in notes] == [*NOTES]
    assert [cell.value.splitlines()[:-1] for cell in notes] == [note_titles(it) for it in NOTES]
    assert {cell.fill.fgColor.rgb for cell in notes}.isdisjoint(
        {cell.fill.fgColor.rgb for cell in table}
    )
    walls = [cell.border.left.style for cell in sheet[2]]
    assert walls.index("thick") == len(TABLE.fields)
    assert walls.count("thick") == 1


def test_every_note_is_explained_in_both_languages(draft):
    rules = draft["events"].data_validations.dataValidation
    prompts = {rule.promptTitle: rule.prompt for rule in rules}
    for name in NOTES:
        zh, en = prompts[name].split("\n")
        assert re.search("[一-鿿]", zh)
        assert en.isascii()


def test_cells_of_a_draft_are_text_that_is_wrapped_and_seen_whole(draft, rows):
    sheet = draft["events"]
    for number, facts in enumerate(rows["facts"], 2):
        assert {cell.number_format for cell in sheet[number]} == {"@"}
        assert all(cell.alignment.wrap_text for cell in sheet[number])
        assert sheet.row_dimensions[number].height >= 15 * len(facts.splitlines())


def test_rows_that_are_not_sure_are_tinted_below_what_marks_a_missing_cell(draft):
    rules = [
        (str(area.sqref), rule.formula[0], rule.priority, rule.dxf.fill.bgColor.rgb)
        for area in draft["events"].conditional_formatting
        for rule in area.rules
    ]
    whole = [it for it in rules if it[0].startswith("A2:W")]
    assert {formula for _, formula, *_ in whole} == {'$Q2="low"', '$Q2="medium"'}
    assert draft["events"]["Q1"].value.endswith("\nconfidence")
    assert len({colour for *_, colour in rules}) == 3
    missing = [priority for *_, priority, _ in rules if priority not in {it[2] for it in whole}]
    assert max(missing) < min(it[2] for it in whole)


def test_only_a_workbook_with_a_draft_speaks_of_drafts(book, draft):
    said, more = (
        [row[0] for row in it["README 说明"].iter_rows(values_only=True)] for it in (book, draft)
    )
    assert "关于草稿" not in said
    assert "关于草稿" in more
    assert "aistats add draft.xlsx" in more
    assert all(any(text and text.startswith(f"{name}：") for text in more) for name in NOTES)


def test_a_text_too_long_for_a_cell_is_refused_and_not_cut_off(rows, tmp_path):
    path = tmp_path / "draft.xlsx"
    path.write_bytes(b"mine")
    long = rows.assign(facts=["字" * 32_767, "字" * 32_768, *rows["facts"][2:]])
    with pytest.raises(DataError) as error:
        write_template(path, data=DATA, rows=long, force=True)
    (fault,) = error.value.faults
    assert (fault.line, fault.column) == (3, "facts")
    assert fault.text("zh").endswith(
        "有32768个字符，而工作簿的一格最多容纳32767个；请改为写入CSV文件"
    )
    assert fault.text("en").endswith(
        "has 32768 characters, but a workbook cell holds 32767; write a CSV file"
    )
    assert path.read_bytes() == b"mine"

"""Adding: what is merged, what is said of it, and what is refused."""

import csv
import datetime as dt
import io
import os
import shutil

import openpyxl
import pytest
from december import DATA
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aistats.cli import main
from aistats.editions.starting import start
from aistats.faults import DataError
from aistats.importers.add.addition import add
from aistats.importers.add.identifiers import event_names
from aistats.tables.events import read_events
from aistats.tables.package import read_tables

SOURCE = "ai-events-2025-12"
COLUMNS = (DATA / "events.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
NEW = {
    "date": "2025-12-03",
    "date_text": "12月3日",
    "region": "FR",
    "category": "model",
    "organization": "Mistral AI",
    "status": "occurred",
    "title_zh": "Mistral发布新模型",
    "title_en": "Mistral AI releases a new model",
    "summary_zh": "Mistral发布一款权重开放的模型。",
    "source": SOURCE,
    "source_section": "一·国际AI动态·9",
}


@pytest.fixture
def data(tmp_path):
    return shutil.copytree(DATA, tmp_path / "data")


@pytest.fixture
def empty(data):
    """The package without events."""
    for name in ("events.csv", "event_themes.csv"):
        path = data / name
        path.write_bytes(path.read_bytes().split(b"\n")[0] + b"\n")
    return data


@pytest.fixture
def file(tmp_path):
    return tmp_path / "new.csv"


def write(path, *rows):
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def december():
    with (DATA / "events.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def by_id(name):
    return next(row for row in december() if row["event_id"] == name)


def added(path, data, **given):
    """Add, and return the new rows as text."""
    addition = add([path], data=data, **given)
    addition.write()
    frame = read_events(data / "events.csv")[COLUMNS].fillna("")
    return [dict(row) for _, row in frame[frame["event_id"].isin(addition.ids)].iterrows()]


def refused(paths, data, *kinds, **given):
    before = (data / "events.csv").read_bytes()
    with pytest.raises(DataError) as error:
        add(paths, data=data, **given)
    assert [fault.kind for fault in error.value.faults] == list(kinds)
    assert (data / "events.csv").read_bytes() == before
    return error.value.faults


# What is added ------------------------------------------------------------------------------------


def test_a_reviewed_row_is_added_at_the_end(data, file):
    before = (data / "events.csv").read_bytes()
    (row,) = added(write(file, NEW), data)
    assert (data / "events.csv").read_bytes().startswith(before)
    assert row == dict.fromkeys(COLUMNS, "") | NEW | {
        "event_id": "mistral-ai-releases-new-model-2025-12",
        "reported": "2025-11-30/2025-12-06",
    }


def test_nothing_is_written_before_write(data, file):
    before = (data / "events.csv").read_bytes()
    addition = add([write(file, NEW)], data=data)
    assert (data / "events.csv").read_bytes() == before
    assert addition.diff().count("\n+") == 2  # the name of the file, and the row
    assert addition.diff().endswith(f"{SOURCE},一·国际AI动态·9,")


def test_a_table_of_the_same_rows_becomes_the_same_bytes(empty):
    assert len(added(DATA / "events.csv", empty)) == 20
    assert (empty / "events.csv").read_bytes() == (DATA / "events.csv").read_bytes()


def test_line_ends_a_byte_order_mark_and_a_missing_last_line_end_are_kept(data, file):
    table = data / "events.csv"
    before = b"\xef\xbb\xbf" + table.read_bytes().replace(b"\n", b"\r\n").removesuffix(b"\r\n")
    table.write_bytes(before)
    added(write(file, NEW | {"summary_zh": "两行\n文字"}), data)
    after = table.read_bytes()
    assert after.startswith(before + b"\r\nmistral-ai-releases")
    assert after.endswith(b"\r\n")
    assert "两行\n文字".encode() in after


def test_several_files_are_added_at_once(data, tmp_path):
    one = write(tmp_path / "one.csv", NEW)
    two = write(
        tmp_path / "two.csv", NEW | {"title_zh": "Cohere获融资", "title_en": "Cohere funded"}
    )
    ids = add([one, two], data=data).ids
    assert ids == ("mistral-ai-releases-new-model-2025-12", "cohere-funded-2025-12")


def test_headings_may_be_titles_in_any_order(data, file):
    titles = {"地区": "FR", "Category": "model", "机构 *": "Mistral AI", "STATUS": "occurred"}
    rest = {name: NEW[name] for name in ("title_zh", "summary_zh", "source", "source_section")}
    (row,) = added(write(file, rest | titles), data)
    assert {
        "region": "FR",
        "category": "model",
        "organization": "Mistral AI",
    }.items() <= row.items()


def test_columns_of_a_draft_are_left_out_and_said(data, file):
    notes = {"confidence": "high", "note": "看过", "place": "report.md:3"}
    addition = add([write(file, notes | NEW)], data=data)
    assert addition.left_out == ("confidence", "note", "place")
    assert "看过" not in addition.package.text("events")


def test_empty_columns_and_rows_are_left_out(data, file):
    file.write_bytes(write(file, NEW).read_bytes().replace(b"\n", b",,\n") + b",,,,,,,,,,,,\n")
    assert len(add([file], data=data).ids) == 1


def test_a_file_without_rows_adds_nothing(data, file):
    file.write_text(",".join(COLUMNS), encoding="utf-8")
    addition = add([file], data=data)
    assert (addition.ids, addition.known, addition.package.changes) == ((), 0, {})


# What Excel did -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "date"),
    [
        ("2025/12/3", "2025-12-03"),
        ("2025.12.3", "2025-12-03"),
        ("2025-12-3", "2025-12-03"),
        ("2025年12月3日", "2025-12-03"),
        ("2025-12-03 00:00:00", "2025-12-03"),
        ("2025/12/03 0:00", "2025-12-03"),
        ("2025-12-03T00:00:00", "2025-12-03"),
        ("2025/12", "2025-12"),
        ("2025年12月", "2025-12"),
        ("2025.12", "2025-12"),
        ("２０２５－１２－０３", "2025-12-03"),
        (" 2025-12-03\u3000", "2025-12-03"),
        ("\ufeff2025-12-03\u200b", "2025-12-03"),
        ("2025/12/3~", "2025-12-03~"),
        ("2025-12-1/2025-12-3", "2025-12-01/2025-12-03"),
        ("2025年12月1日 / 2025年12月3日", "2025-12-01/2025-12-03"),
        ("3 Dec 2025", "2025-12-03"),
        ("December 3rd, 2025", "2025-12-03"),
        ("12/13/2025", "2025-12-13"),
        ("12/2025", "2025-12"),
        ("2025-12-03 14:30", "2025-12-03"),
        ("1 Dec 2025/3 Dec 2025", "2025-12-01/2025-12-03"),
    ],
)
def test_a_date_that_excel_changed_is_put_in_form_and_said(data, file, typed, date):
    addition = add([write(file, NEW | {"date": typed})], data=data)
    change = addition.changes[0]
    assert (change.line, change.column, change.before, change.after) == (2, "date", typed, date)
    assert f"2025-12,{date},12月3日" in addition.package.text("events")


@pytest.mark.parametrize(
    "date", ["2025-12-03", "2025-12", "2025", "2025-12-01/2025-12-03", "2025-33"]
)
def test_what_is_edtf_stays_as_it_is(data, file, date):
    addition = add([write(file, NEW | {"date": date})], data=data)
    assert {change.column for change in addition.changes} == {"event_id", "reported"}


@pytest.mark.parametrize(
    ("date", "kind"),
    [
        ("2025.1", "unreadable"),
        ("12/3/2025", "order_unknown"),
        ("3.12.2025", "order_unknown"),
        ("12月3日", "no_year"),
        ("2025/13/3", "impossible"),
        ("45994", "serial"),
        ("3 Dec 25", "two_digit_year"),
    ],
)
def test_a_date_that_could_be_another_is_refused(data, file, date, kind):
    refused([write(file, NEW | {"date": date})], data, kind)


def test_words_that_say_that_there_is_no_date_are_put_in_form_as_none(data, file):
    addition = add([write(file, NEW | {"date": "不详", "date_text": ""})], data=data)
    change = addition.changes[0]
    assert (change.column, change.before, change.after) == ("date", "不详", "")


def test_a_serial_number_in_a_workbook_from_an_old_mac_counts_from_1904(data, tmp_path):
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append(list(NEW))
    book.active.append([44532 if name == "date" else text for name, text in NEW.items()])
    book.save(tmp_path / "mac.xlsx")
    (row,) = added(tmp_path / "mac.xlsx", data)
    assert row["date"] == "2025-12-03"


def test_a_time_stamp_has_the_day_that_it_names_whatever_its_zone(data, file):
    addition = add([write(file, NEW | {"date": "2025-12-03T23:00:00Z"})], data=data)
    assert addition.changes[0].after == "2025-12-03"


def test_a_day_of_excels_is_said(data, tmp_path, monkeypatch, capsys):
    book = openpyxl.Workbook()
    book.active.append(list(NEW))
    book.active.append([dt.date(2025, 12, 3) if it == "date" else NEW[it] for it in NEW])
    book.save(tmp_path / "new.xlsx")
    change = add([tmp_path / "new.xlsx"], data=data).changes[0]
    assert (change.column, change.after, change.from_day) == ("date", "2025-12-03", True)
    for language, text in {
        "zh": "new.xlsx，第2行，date列：日期单元格 → “2025-12-03”\n",
        "en": "new.xlsx, row 2, column date: date cell → “2025-12-03”\n",
    }.items():
        path = tmp_path / "new.xlsx"
        _, out, _ = said([path], data, language, monkeypatch, capsys, "--dry-run")
        assert text in out


def test_a_table_that_excel_saved_in_chinese_windows_is_read(data, file):
    file.write_bytes(write(file, NEW).read_text(encoding="utf-8").encode("gb18030"))
    (row,) = added(file, data)
    assert row["title_zh"] == NEW["title_zh"]


@pytest.mark.parametrize(
    ("column", "typed", "value"),
    [
        ("region", "法国", "FR"),
        ("region", "France", "FR"),
        ("region", "fr", "FR"),
        ("region", "ＦＲ", "FR"),
        ("category", "模型", "model"),
        ("category", "Model", "model"),
        ("status", "已发生", "occurred"),
        ("organization", "谷歌", "Google"),
    ],
)
def test_a_label_stands_for_its_value_and_that_is_said(data, file, column, typed, value):
    addition = add([write(file, NEW | {column: typed})], data=data)
    assert addition.changes[0].column == column
    assert (addition.changes[0].before, addition.changes[0].after) == (typed, value)


# What is filled in --------------------------------------------------------------------------------


def test_a_source_and_its_window_are_filled_in_and_said(data, file):
    row = {name: text for name, text in NEW.items() if name != "source"}
    addition = add([write(file, row)], data=data, source=SOURCE)
    filled = {change.column: change.after for change in addition.changes if not change.before}
    assert filled == {
        "source": SOURCE,
        "reported": "2025-11-30/2025-12-06",
        "event_id": "mistral-ai-releases-new-model-2025-12",
    }


@pytest.fixture
def january(data):
    """The package with the next edition, whose source has one section."""
    start("2026-01", data=data)
    return data


JANUARY = NEW | {"date": "", "date_text": "", "source": "ai-events-2026-01", "source_section": ""}


@pytest.mark.parametrize(
    ("place", "full"), [("Models and products·1", "一·Models and products·1"), ("", "一")]
)
def test_the_only_section_of_a_source_is_put_in_front_and_that_is_said(january, file, place, full):
    addition = add([write(file, JANUARY | {"source_section": place})], data=january)
    change = addition.changes[0]
    assert (change.column, change.before, change.after) == ("source_section", place, full)
    assert f",ai-events-2026-01,{full},\n" in addition.package.text("events")
    again = add([write(file, JANUARY | {"source_section": full})], data=january)
    assert "source_section" not in {change.column for change in again.changes}


def test_the_same_days_in_other_words_are_the_window_and_others_are_not(january, file):
    addition = add([write(file, JANUARY | {"reported": "2026-01"})], data=january)
    change = next(it for it in addition.changes if it.column == "reported")
    assert (change.before, change.after) == ("2026-01", "2026-01-01/2026-01-31")
    refused([write(file, JANUARY | {"reported": "2026-01-02/2026-01-31"})], january, "window")


def test_a_source_that_is_given_replaces_one_that_is_not_known_and_no_other(january, file):
    drafted = JANUARY | {"source": "report-2026-01"}
    addition = add([write(file, drafted, OTHER)], data=january, source="ai-events-2026-01")
    change = addition.changes[0]
    assert (change.line, change.before, change.after) == (2, "report-2026-01", "ai-events-2026-01")
    assert {it.line for it in addition.changes if it.column == "source"} == {2}


def test_a_source_that_is_given_must_be_known_too(data, file):
    (fault,) = refused([write(file, NEW, WITHOUT_SOURCE)], data, "no_source", source="nope")
    assert (fault.file, fault.value, fault.allowed) == ("", "nope", SOURCE)


@pytest.mark.parametrize("heading", ["Remarks", "备注", "Remarks *\n备注"])
def test_a_column_that_is_not_known_can_be_ignored(data, file, heading):
    write(file, NEW | {heading: "看过"})
    (fault,) = refused([file], data, "unknown_heading")
    assert "--ignore COLUMN" in fault.text("en")
    assert "--ignore 列名" in fault.text("zh")
    addition = add([file], data=data, ignored=["remarks", "备注"])
    assert addition.left_out == (heading.replace("\n", " "),)
    assert "看过" not in addition.package.text("events")


def test_a_column_is_ignored_at_the_command_line(data, file, monkeypatch, capsys):
    write(file, NEW | {"Remarks": "x", "Mood": "y"})
    options = "--ignore", "remarks", "--ignore", "Mood"
    code, out, _ = said([file], data, "en", monkeypatch, capsys, *options)
    assert (code, out.startswith("Read ") and "Columns left out: Remarks, Mood\n" in out) == (
        0,
        True,
    )


@pytest.mark.parametrize(
    ("organization", "title", "words"),
    [
        ("OpenAI", "OpenAI于1月7日推出ChatGPT Health", "openai-chatgpt-health"),
        ("OpenAI", "ChatGPT Health 1月7日上线", "openai-chatgpt-health"),
        ("xAI", "xAI完成200亿美元E轮融资", "xai-model"),
        ("DeepSeek", "DeepSeek上下文由128K扩至1M", "deepseek-model"),
        ("DeepSeek", "DeepSeek Q4营收 3 亿", "deepseek-model"),
        ("unknown", "22个部门联合发布AI政策", "model"),
        ("Baidu", "百度的2款应用上线", "baidu-model"),
        ("Zhipu AI", "智谱发布GLM-5", "zhipu-ai-glm-5"),
        ("OpenAI", "GPT-5.2登场，GPT-5.2领先", "openai-gpt-5-2"),
        ("Moonshot AI", "Kimi K2.5开源", "moonshot-ai-kimi-k2-5"),
        ("OpenAI", "Sora 2面世", "openai-sora-2"),
        ("Google", "Gemini 3 Pro登顶", "google-gemini-3-pro"),
        ("Mistral AI", "Mistral AI获2B美元融资", "mistral-ai-model"),
        ("unknown", "ＧＰＴ－５来了", "gpt-5"),
    ],
)
def test_a_chinese_title_gives_the_names_in_it_and_no_days_or_amounts(organization, title, words):
    cells = {"title_en": "", "title_zh": title, "organization": organization, "category": "model"}
    names = event_names(cells, "2026-01")
    assert next(names) == f"{words}-2026-01"
    assert next(names) == f"{words}-2-2026-01"


def test_names_are_made_of_the_title_and_never_twice(empty, file):
    titles = [
        "Alibaba’s models take the top two places on a benchmark",
        "Alibaba’s models take the top two places on another benchmark",
        "Café: 3.5 to the max",
        "",
        "",
    ]
    rows = [
        NEW | {"title_en": title, "title_zh": f"标题{n}", "organization": ("商汤", "某厂")[n > 3]}
        for n, title in enumerate(titles)
    ]
    assert add([write(file, *rows)], data=empty).ids == (
        "alibaba-models-take-top-two-2025-12",
        "alibaba-models-take-top-two-places-2025-12",
        "cafe-3-5-max-2025-12",
        "sensetime-model-2025-12",
        "model-2025-12",
    )


def test_a_name_that_is_taken_gets_a_number(data, file):
    first = added(write(file, NEW | {"title_en": "One"}), data)
    other = {"title_en": "One", "title_zh": "另一件事", "source_section": "一·国际AI动态·10"}
    second = added(write(file, NEW | other | {"organization": "Cohere"}), data)
    assert [row["event_id"] for row in first + second] == ["one-2025-12", "one-2-2025-12"]


def test_a_name_has_the_month_of_the_edition_or_else_of_the_report(data, file):
    editions = data / "editions.csv"
    editions.write_text(editions.read_text("utf-8").replace("2025-12,", "2026-Q1,", 1), "utf-8")
    (name,) = add([write(file, NEW | {"source_section": "二·9"})], data=data).ids
    assert name == "mistral-ai-releases-new-model-2025-12"
    editions.write_text(editions.read_text("utf-8").replace("2026-Q1,", "2026-02,", 1), "utf-8")
    (name,) = add([write(file, NEW)], data=data).ids
    assert name == "mistral-ai-releases-new-model-2026-02"


# What is there already ----------------------------------------------------------------------------


def test_rows_that_are_there_are_passed_over(data, file):
    addition = add([DATA / "events.csv"], data=data)
    assert (addition.ids, addition.known, addition.changes) == ((), 20, ())
    addition = add([write(file, by_id("codex-mortis-2025-12"), NEW)], data=data)
    assert (len(addition.ids), addition.known) == (1, 1)


def test_rows_without_names_are_known_again(data, file):
    write(file, NEW, NEW | {"title_zh": "Cohere获融资", "title_en": "Cohere is funded"})
    assert len(added(file, data)) == 2
    addition = add([file], data=data)
    assert (addition.ids, addition.known) == ((), 2)


@pytest.mark.parametrize("kept", ["title_zh", "title_en"])
def test_a_row_without_a_name_that_was_corrected_afterwards_is_not_added_again(data, file, kept):
    (row,) = added(write(file, NEW), data)
    other = {"title_zh": "标题另写", "title_en": "Another title", "summary_zh": "摘要另写。"}
    write(file, NEW | other | {kept: NEW[kept]})
    (fault,) = refused([file], data, "event_there")
    assert (fault.line, fault.value) == (2, row["event_id"])
    assert f"summary_zh: “{NEW['summary_zh']}” → “摘要另写。”" in fault.lines
    assert not [line for line in fault.lines if line.startswith(("event_id", "date", kept))]


@pytest.mark.parametrize(
    "other",
    [
        {"source_section": "一·国际AI动态·10"},
        {"date": "2025-12-04"},
        {"title_zh": "又一模型", "title_en": "One more model"},
    ],
)
def test_a_row_of_another_place_day_or_title_is_another_row(data, file, other):
    added(write(file, NEW), data)
    assert len(add([write(file, NEW | other)], data=data).ids) == 1


def said(paths, data, language, monkeypatch, capsys, *options):
    monkeypatch.setenv("AISTATS_LANGUAGE", language)
    code = main(["add", *map(str, paths), "--data", str(data), *options])
    out, err = capsys.readouterr()
    return code, out, err


OTHER = NEW | {"title_zh": "Cohere获融资", "title_en": "Cohere funded", "organization": "Cohere"}
WITHOUT_SOURCE = {name: text for name, text in NEW.items() if name != "source"}
WITHOUT_TITLE = {name: text for name, text in NEW.items() if name != "title_zh"}
CORRECTED = by_id("codex-mortis-2025-12") | {"event_id": "", "summary_zh": "新摘要"}
# Each refusal: its rows, then the line, the place in it and the text, in Chinese and in English.
REFUSALS = {
    "a name that is there with other cells": (
        [by_id("sora-2-release-2025-12") | {"region": "CN"}],
        "，第2行，event_id列：“sora-2-release-2025-12”已登记在DATA/events.csv:6，但以下各列不同；"
        "如要更改，请直接编辑该文件\n      region: “US” → “CN”\n",
        ", line 2, column event_id: “sora-2-release-2025-12” is in DATA/events.csv:6 already, "
        "with different cells; to change them, edit that file\n      region: “US” → “CN”\n",
    ),
    "a row that is there and was corrected": (
        [CORRECTED],
        "，第2行，event_id列：已登记在DATA/events.csv:17，编号为“codex-mortis-2025-12”，"
        "但以下各列不同；如要更改，请直接编辑该文件\n      summary_zh: “",
        ", line 2, column event_id: is in DATA/events.csv:17 already as "
        "“codex-mortis-2025-12”, with different cells; to change them, edit that file\n      "
        "summary_zh: “",
    ),
    "a row that is there under another name": (
        [by_id("sora-2-release-2025-12") | {"event_id": "sora-2025-12"}],
        "，第2行，event_id列：这一行已登记在DATA/events.csv:6，编号却不同（“sora-2025-12”）；请删去",
        ", line 2, column event_id: the same row is in DATA/events.csv:6 already, with "
        "another id than “sora-2025-12”; remove it",
    ),
    "a row given twice": (
        [NEW, OTHER, NEW],
        "，第4行：与FILE:2完全相同；请删去一行",
        ", line 4: is the same as FILE:2; remove one of them",
    ),
    "a name given twice": (
        [NEW | {"event_id": "x-2025-12"}, OTHER | {"event_id": "x-2025-12"}],
        "，第3行，event_id列：“x-2025-12”与FILE:2的编号相同；每行须不同",
        (", line 3, column event_id: “x-2025-12” is also the id of FILE:2; give each row its own"),
    ),
    "no source": (
        [WITHOUT_SOURCE],
        "，第2行，source列：没有填写来源；请填写，或用--source 名称指定；已有：ai-events-2025-12",
        ", line 2, column source: has no source; fill it in, or add --source NAME; use one "
        "of: ai-events-2025-12",
    ),
    "a source that is not known": (
        [NEW | {"source": "papers"}],
        "，第2行，source列：没有“papers”这个来源；请改正，或用--source 名称指定；"
        "已有：ai-events-2025-12",
        ", line 2, column source: there is no source “papers”; fix it, or add --source NAME; "
        "use one of: ai-events-2025-12",
    ),
    "a section that is not covered": (
        [NEW | {"source_section": "九·1"}],
        "，第2行，source_section列：“九”没有对应的行；请从coverage.section的值中选：一, 二",
        ", line 2, column source_section: “九” has no matching row; use one of the values of "
        "coverage.section: 一, 二",
    ),
    "another window": (
        [NEW | {"reported": "2025-12-01"}],
        "，第2行，reported列：“2025-12-01”不是该章节的报道时段；coverage表中是2025-11-30/2025-12-06",
        ", line 2, column reported: “2025-12-01” is not the reporting window of its section; "
        "the coverage table has 2025-11-30/2025-12-06",
    ),
    "a date without its words": (
        [NEW | {"date_text": ""}],
        "，第2行，date_text列：须与date同时填写或同时留空",
        ", line 2, column date_text: must be filled in if date is filled in, and empty if it "
        "is not",
    ),
    "no status": (
        [NEW | {"status": ""}],
        "，第2行，status列：不能为空；请从中选：occurred, announced",
        ", line 2, column status: must not be empty; use one of: occurred, announced",
    ),
    "a summary not written yet": (
        [NEW | {"summary_zh": " "}],
        "，第2行，summary_zh列：不能为空\n",
        ", line 2, column summary_zh: must not be empty\n",
    ),
    "no such level": (
        [NEW | {"category": "生意"}],
        "，第2行，category列：“生意”不是可用的值；请从中选：policy,",
        ", line 2, column category: “生意” is not allowed; use one of: policy,",
    ),
    "no date": (
        [NEW | {"date": "昨天"}],
        "，第2行，date列：无法把“昨天”读作日期",
        ", line 2, column date: “昨天” cannot be read as a date",
    ),
    "a column that is missing": (
        [WITHOUT_TITLE],
        "，第1行：缺少“title_zh”列；表头应有：event_id, date,",
        ", line 1: missing from the header: “title_zh”; the header must have: event_id, date,",
    ),
    "a column that is not known": (
        [NEW | {"kind": "x"}],
        "，第1行：“kind”不是可用的列名；可用：event_id, date,",
        ", line 1: not a column of the codebook: “kind”; use one of: event_id, date,",
    ),
    "a column twice": (
        [NEW | {"类别": "model"}],
        "，第1行：“category”列出现不止一次；请改名或删去",
        ", line 1: column “category” appears more than once; rename or remove one",
    ),
}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_refusal_names_one_fault_and_writes_nothing(
    data, file, refusal, language, monkeypatch, capsys
):
    rows, *texts = REFUSALS[refusal]
    before = (data / "events.csv").read_bytes()
    code, out, err = said([write(file, *rows)], data, language, monkeypatch, capsys)
    text = texts[language == "en"].replace("DATA", data.as_posix()).replace("FILE", file.as_posix())
    assert (code, out) == (1, "")
    assert f"  {file.as_posix()}{text}" in err
    assert err.startswith({"zh": "1处有误：\n", "en": "1 problem:\n"}[language])
    assert err.endswith({"zh": "没有写入任何文件。\n", "en": "Nothing was written.\n"}[language])
    assert (data / "events.csv").read_bytes() == before


def test_every_fault_of_every_file_is_named_at_once(data, tmp_path):
    one = write(tmp_path / "one.csv", NEW | {"region": "XX", "status": ""}, OTHER | {"date": "x"})
    two = write(tmp_path / "two.csv", WITHOUT_TITLE | {"event_id": "Upper-2025-12"})
    gone = tmp_path / "gone.csv"
    kinds = "no_file", "level", "missing", "unreadable", "missing_column", "pattern"
    faults = refused([one, gone, two], data, *kinds)
    assert [(fault.file, fault.line) for fault in faults] == [
        (gone.as_posix(), None),
        *[(one.as_posix(), line) for line in (2, 2, 3)],
        *[(two.as_posix(), line) for line in (1, 2)],
    ]


def test_a_fault_has_the_row_of_the_sheet_as_its_line(data, tmp_path):
    book = openpyxl.Workbook()
    for number, texts in ((2, list(NEW)), (7, list((NEW | {"region": "XX"}).values()))):
        for column, text in enumerate(texts, 1):
            book.active.cell(number, column, text)
    book.save(tmp_path / "new.xlsx")
    (fault,) = refused([tmp_path / "new.xlsx"], data, "level")
    assert (fault.line, fault.column) == (7, "region")


def test_a_line_in_a_table_with_line_breaks_is_the_physical_one(data, file):
    rows = (NEW | {"summary_zh": "一\n二\n三"}, OTHER | {"region": "XX"})
    (fault,) = refused([write(file, *rows)], data, "level")
    assert fault.line == 5


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "empty_file"),
        (b"PK\x03\x04", "workbook"),
        (b"\xd0\xcf\x11\xe0", "workbook_old"),
        (b'event_id,date\n"open', "csv_open"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(data, file, content, kind):
    file.write_bytes(content)
    refused([file], data, kind)


def test_a_torn_row_is_refused_and_the_others_are_checked(data, file):
    write(file, NEW, OTHER | {"region": "XX"})
    file.write_text(file.read_text("utf-8") + "a,b\n", "utf-8")
    torn = refused([file], data, "level", "torn_line")[1]
    assert (torn.line, torn.value, torn.allowed) == (4, 2, 11)


def test_a_package_that_is_wrong_already_is_refused_first(data, file):
    coverage = data / "coverage.csv"
    coverage.write_text(coverage.read_text("utf-8").replace("assumed", "guessed"), "utf-8")
    (fault,) = refused([write(file, NEW | {"region": "XX"})], data, "level")
    assert fault.file == coverage.as_posix()


# What looks like another --------------------------------------------------------------------------


def test_no_event_of_december_looks_like_another(empty):
    assert add([DATA / "events.csv"], data=empty).similar == ()


@pytest.mark.parametrize(
    ("name", "zh", "en"),
    [
        ("openai-code-red-2025-12", "OpenAI进入“红色警报”，全力改进ChatGPT", ""),
        (
            "openai-thrive-equity-2025-12",
            "",
            "OpenAI and Thrive Holdings swap technology for equity",
        ),
        ("undp-governance-report-2025-12", "", "UNDP publishes a report on AI governance"),
        ("deepseek-v3-2-exp-2025-12", "", "DeepSeek releases V3.2-Exp with sparse attention"),
        ("ant-lingguang-2025-12", "蚂蚁集团发布“灵光”全模态AI助手", ""),
        ("chatgpt-adobe-2025-12", "ChatGPT接入Adobe三款应用", ""),
        ("chatgpt-adult-mode-2025-12", "ChatGPT将推出成人模式", ""),
        ("shenzhen-metro-guide-dog-2025-12", "深圳地铁试用AI导盲犬小蒜", ""),
        ("gemini-overtakes-chatgpt-2025-12", "Gemini移动端增长超过ChatGPT", ""),
    ],
)
def test_a_paraphrase_is_pointed_at_with_both_rows(data, file, name, zh, en):
    old = by_id(name)
    titles = {"title_zh": zh or "完全另写的标题", "title_en": en, "event_id": "other-2025-12"}
    (fault,) = add([write(file, old | titles)], data=data).similar
    new, other = fault.lines
    assert titles["title_zh"] in new
    assert name in other
    assert old["title_zh"] in other


def test_a_source_that_gives_another_day_does_not_hide_a_duplicate(data, file):
    old = by_id("openai-code-red-2025-12")
    changed = {"date": "2025-12-03", "date_text": "12月3日", "event_id": ""}
    assert len(add([write(file, old | changed)], data=data).similar) == 1


def test_another_organization_needs_titles_that_are_nearly_the_same(data, file):
    old = by_id("shenzhen-metro-guide-dog-2025-12") | {"event_id": "", "organization": "深铁"}
    old["source_section"] = "二·99"
    assert len(add([write(file, old)], data=data).similar) == 1
    loose = old | {"title_zh": "地铁站的AI导盲犬", "title_en": "A guide dog for the metro"}
    assert add([write(file, loose)], data=data).similar == ()


def test_another_month_is_another_event(data, file):
    coverage = data / "coverage.csv"
    coverage.write_text(coverage.read_text("utf-8") + f"{SOURCE},三,2026-03,stated\n", "utf-8")
    old = by_id("shenzhen-metro-guide-dog-2025-12")
    later = old | {"event_id": "", "reported": "", "source_section": "三·1"}
    assert add([write(file, later)], data=data).similar == ()


def test_likely_duplicates_within_a_file_are_pointed_at_too(data, file):
    again = NEW | {"title_en": "Mistral AI has released a new model", "date": "", "date_text": ""}
    (fault,) = add([write(file, NEW, again)], data=data).similar
    assert (fault.line, fault.allowed) == (3, f"{file.as_posix()}:2")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_likely_duplicate_stops_unless_it_is_allowed(data, file, language, monkeypatch, capsys):
    old = by_id("sora-2-release-2025-12") | {"event_id": "sora-2025-12", "summary_en": ""}
    before = (data / "events.csv").read_bytes()
    asked = [write(file, old)], data, language, monkeypatch, capsys
    expected = {
        "zh": (
            "，第2行，title_zh列：“Sora 2面世，可生成20秒1080p视频”与"
            f"{data.as_posix()}/events.csv:6相似，可能是同一件事\n",
            "没有写入。请核对上面可能重复的行；确是不同的事件，请加--allow-similar。\n",
        ),
        "en": (
            f", line 2, column title_zh: “Sora 2面世，可生成20秒1080p视频” resembles "
            f"{data.as_posix()}/events.csv:6; it may be the same event\n",
            "Nothing was written. Check the possible duplicates above; if they are different "
            "events, add --allow-similar.\n",
        ),
    }
    for options in ([], ["--dry-run"]):
        code, out, err = said(*asked, *options)
        assert code == 1
        assert expected[language][0] in out
        assert err == expected[language][1]
        assert (data / "events.csv").read_bytes() == before
    code, _, err = said(*asked, "--allow-similar")
    assert (code, err) == (0, "")
    assert b"\nsora-2025-12," in (data / "events.csv").read_bytes()


# At the command line ------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_done_is_said(data, file, language, monkeypatch, capsys):
    row = NEW | {"date": "2025/12/3", "note": "x"}
    asked = [write(file, row, by_id("codex-mortis-2025-12"))], data, language, monkeypatch, capsys
    place, table = file.as_posix(), (data / "events.csv").as_posix()
    name = "mistral-ai-releases-new-model-2025-12"
    before = (data / "events.csv").read_bytes()
    expected = {
        "zh": [
            "不登记的列：note",
            "已规范或补填3个单元格：",
            f"  {place}，第2行，date列：“2025/12/3” → “2025-12-03”",
            f"  {place}，第2行，reported列：补填“2025-11-30/2025-12-06”",
            f"  {place}，第2行，event_id列：补填“{name}”",
            "1行已登记过，已跳过。",
            f"--- {table}",
            f"将向{table}登记1行；这次没有写入（--dry-run）。",
            "请核对自动生成的事件编号（event_id）：登记后不再更改。",
        ],
        "en": [
            "Columns left out: note",
            "3 cells normalised or filled in:",
            f"  {place}, line 2, column date: “2025/12/3” → “2025-12-03”",
            f"  {place}, line 2, column reported: filled in “2025-11-30/2025-12-06”",
            f"  {place}, line 2, column event_id: filled in “{name}”",
            "1 row is already in the table and was skipped.",
            f"--- {table}",
            f"1 row would be added to {table}; nothing was written (--dry-run).",
            "Check the new ids (event_id): once added, they never change.",
        ],
    }
    code, out, err = said(*asked, "--dry-run")
    assert (code, err) == (0, "")
    assert [line for line in out.splitlines() if line in expected[language]] == expected[language]
    assert (data / "events.csv").read_bytes() == before
    code, out, err = said(*asked)
    end = {
        "zh": f"已向{table}登记1行。\n下一步：aistats report\n",
        "en": f"Added 1 row to {table}.\nThen run: aistats report\n",
    }
    assert (code, err) == (0, "")
    assert out.endswith(end[language])
    code, out, _ = said(*asked)
    end = {"zh": "没有新的行要登记，没有写入。\n", "en": "No new rows; nothing was written.\n"}
    assert code == 0
    assert out.endswith(end[language])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_how_each_file_was_read_is_said(data, file, tmp_path, language, monkeypatch, capsys):
    file.write_bytes(write(file, NEW).read_text(encoding="utf-8").encode("gb18030"))
    book = openpyxl.Workbook()
    book.active.append(list(OTHER))
    book.active.append(list(OTHER.values()))
    book.save(tmp_path / "new.xlsx")
    paths = [file, tmp_path / "new.xlsx"]
    code, out, _ = said(paths, data, language, monkeypatch, capsys, "--dry-run")
    places = [path.as_posix() for path in paths]
    expected = {
        "zh": "已读取{}：字符编码GB18030\n已读取{}：工作表“Sheet”\n",
        "en": "Read {}: GB18030\nRead {}: sheet “Sheet”\n",
    }
    assert (code, out[: out.index("--- ")].startswith(expected[language].format(*places))) == (
        0,
        True,
    )


def test_a_file_of_two_encodings_is_added_once_one_is_named(data, file, monkeypatch, capsys):
    row = NEW | {"title_zh": "评测", "summary_zh": "评测", "date": "", "date_text": ""}
    row["source_section"] = ""
    row["reported"] = "2025-12"
    file.write_bytes(write(file, row).read_text(encoding="utf-8").encode("gb18030"))
    asked = [file], data, "en", monkeypatch, capsys
    code, _, err = said(*asked)
    assert (code, "set encoding= (--encoding)" in err) == (1, True)
    code, _, err = said(*asked, "--encoding", "gb18030", "--dry-run")
    assert (code, "line 2, column source_section: must not be empty" in err) == (1, True)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_date_outside_its_window_is_added_and_said(data, file, language, monkeypatch, capsys):
    row = NEW | {"date": "2025-12-09", "date_text": "12月9日"}
    code, out, _ = said([write(file, row)], data, language, monkeypatch, capsys)
    expected = {"zh": "请核对：\n", "en": "Please check:\n"}
    assert code == 0
    assert expected[language] in out
    assert "“2025-12-09”" in out


# Whole or not at all ------------------------------------------------------------------------------


@pytest.mark.parametrize("stop", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_what_stops_the_writing_leaves_the_table_as_it_was(data, file, stop, monkeypatch, capsys):
    before = {path.name: path.read_bytes() for path in data.iterdir()}

    def stopped(*_):
        raise stop

    monkeypatch.setattr(os, "replace", stopped)
    code, _, err = said([write(file, NEW)], data, "en", monkeypatch, capsys)
    assert code == (130 if isinstance(stop, KeyboardInterrupt) else 1)
    assert err.endswith("Nothing was written.\n")
    assert {path.name: path.read_bytes() for path in data.iterdir()} == before


def test_a_table_that_somebody_else_has_changed_is_not_written_over(data, file, tmp_path):
    addition = add([write(file, NEW)], data=data)
    add([write(tmp_path / "other.csv", OTHER)], data=data).write()
    between = (data / "events.csv").read_bytes()
    with pytest.raises(DataError):
        addition.write()
    assert (data / "events.csv").read_bytes() == between
    assert add([file], data=data).ids == addition.ids


# Whatever is added --------------------------------------------------------------------------------

text = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), include_characters='\n",'),
    min_size=1,
    max_size=12,
).filter(lambda it: it.strip("\u200b\ufeff").strip() == it and it)
rows = st.fixed_dictionaries(
    {
        "region": st.sampled_from(["CN", "US", "global"]),
        "category": st.sampled_from(["policy", "model"]),
        "organization": text,
        "status": st.just("occurred"),
        "title_zh": text,
        "title_en": st.just("") | text,
        "summary_zh": text,
        "source": st.just(SOURCE),
        "source_section": st.sampled_from(["一·1", "二·2"]),
    }
)


@given(
    given=st.lists(rows, min_size=1, max_size=4, unique_by=lambda row: tuple(row.values())),
    end=st.sampled_from(["\n", "\r\n"]),
    last=st.booleans(),
)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=examples(15),
    deadline=None,
)
def test_whatever_is_added_the_old_bytes_stay_and_the_new_rows_read_back(data, given, end, last):
    table, file = data / "events.csv", data.parent / "any.csv"
    before = (DATA / "events.csv").read_text(encoding="utf-8").replace("\n", end)
    before = (before if last else before.removesuffix(end)).encode()
    table.write_bytes(before)
    ids = [row["event_id"] for row in added(write(file, *given), data)]

    assert table.read_bytes().startswith(before)
    read = list(csv.DictReader(io.StringIO(table.read_bytes().decode(), newline="")))[20:]
    assert [row["event_id"] for row in read] == ids
    assert [{name: row[name] for name in given[0]} for row in read] == given
    tables, _ = read_tables(data)
    assert len(tables["events"]) == 20 + len(given)

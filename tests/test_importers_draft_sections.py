"""A draft of a source that is on record: its windows are those that can be added."""

import json
import shutil

import january
import pandas as pd
import pytest
from december import DATA

from aistats.cli import main
from aistats.importers.add.addition import add
from aistats.importers.draft.recognition import Place
from aistats.importers.draft.reports import draft_reports
from aistats.importers.draft.sections import placed_in_source, window_of_source
from aistats.importers.draft.windows import Window
from aistats.tables.package import Package

SOURCE = "ai-events-2026-01"
THIRDS = {
    "一": "2026-01-01/2026-01-10",
    "二": "2026-01-11/2026-01-20",
    "三": "2026-01-21/2026-01-31",
}

ZH = """# {title}

## 一、上旬{first}

1. **百度**：发布新模型（1月3日）

2. **月之暗面**：开源新模型

## 二、中旬{second}

### 国内

1. **阿里巴巴**：推出新应用（1月15日）
"""
EN = """# {title}

## 1. Early January{first}

- **OpenAI**: released a model (Jan 3)

- **Mistral AI**: opened an office

## 2. Mid-January{second}

### Research

- **Google**: released a ranking (January 15)
"""


def data_of(folder, windows):
    """Return the data of December with a source of January that covers some windows."""
    data = shutil.copytree(DATA, folder / "data")
    book = data / "datapackage.json"
    package = json.loads(book.read_text(encoding="utf-8"))
    package["sources"].append({"name": SOURCE, "series": package["sources"][0]["series"]})
    book.write_text(json.dumps(package), encoding="utf-8")
    rows = [{"section": section, "window": window} for section, window in windows.items()]
    january.add(data, "coverage", *({"source": SOURCE, "basis": "stated"} | row for row in rows))
    row = {"edition": "2026-01", "sources": SOURCE, "languages": "zh en"}
    january.add(data, "editions", row)
    return data


def reviewed(draft):
    """Return a draft as CSV in which a person has filled in what only a person can."""
    rows = draft.rows.copy()
    titles = rows["title_zh"].where(rows["title_zh"] != "", "译：" + rows["title_en"])
    rows["title_zh"], rows["summary_zh"] = titles, "摘要。"
    for column, guess in (("organization", "unknown"), ("category", "product")):
        rows[column] = rows[column].where(rows[column] != "", guess)
    return rows.to_csv(index=False)


def drafted(tmp_path, windows, report, name="report.md", language="en"):
    """Draft a report for the source, add what a person leaves as it is, and return both."""
    data = data_of(tmp_path, windows)
    (tmp_path / name).write_text(report, encoding="utf-8")
    coverage = Package.read(data).windows()
    draft = draft_reports(tmp_path / name, source=SOURCE, coverage=coverage, language=language)
    (tmp_path / "draft.csv").write_text(reviewed(draft), encoding="utf-8")
    addition = add([tmp_path / "draft.csv"], data=data)
    changed = {change.column for change in addition.changes}
    assert not changed & {"reported", "source_section", "source"}
    addition.write()
    return draft.rows, Package.read(data).tables["events"].tail(len(draft.rows))


@pytest.mark.parametrize("report", [ZH, EN], ids=["zh", "en"])
@pytest.mark.parametrize(
    ("title", "first", "second"),
    [
        ("2026-01", "", ""),
        ("2026-01", " (2026-01-01/2026-01-10)", " (2026-01-11/2026-01-20)"),
        ("2026-01", "（1月1日—10日）", "（1月11日—20日）"),
        ("AI", "", ""),
    ],
    ids=["month", "stated", "in words", "nothing"],
)
def test_a_draft_of_several_sections_is_added_as_it_is(tmp_path, report, title, first, second):
    text = report.format(title=title, first=first, second=second)
    rows, added = drafted(tmp_path, THIRDS, text)
    assert len(rows) == len(added) == 3
    assert list(rows["reported"]) == [THIRDS["一"], THIRDS["一"], THIRDS["二"]]
    assert [place.partition("·")[0] for place in rows["source_section"]] == ["一", "一", "二"]
    assert list(rows["date"]) == ["2026-01-03", "", "2026-01-15"]
    assert not rows["note"].str.contains("window").any()
    assert set(rows["reported_from"]) == {"coverage table"}


@pytest.mark.parametrize("report", [ZH, EN], ids=["zh", "en"])
def test_a_source_of_one_section_is_the_section_of_all(tmp_path, report):
    text = report.format(title="2026-01", first="", second="")
    rows, _ = drafted(tmp_path, {"一": "2026-01-01/2026-01-31"}, text)
    assert set(rows["reported"]) == {"2026-01-01/2026-01-31"}
    assert {place.partition("·")[0] for place in rows["source_section"]} == {"一"}
    assert not rows["note"].str.contains("window").any()


def test_a_report_without_headings_has_the_only_section(tmp_path):
    text = "- **OpenAI**: released a model (Jan 3)\n- **Google**: opened an office\n"
    rows, _ = drafted(tmp_path, {"一": "2026-01-01/2026-01-31"}, text, "news.md")
    assert list(rows["source_section"]) == ["一", "一"]
    assert list(rows["date"]) == ["2026-01-03", ""]
    assert rows["date_from"].iloc[0] == "title, line 1; year from the coverage table"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("report", [ZH, EN], ids=["zh", "en"])
def test_where_the_report_states_another_window_coverage_holds_and_a_note_says_so(
    tmp_path, report, language
):
    text = report.format(title="2026-01", first=" (2026-01-02/2026-01-11)", second="")
    rows, _ = drafted(tmp_path, THIRDS, text, language=language)
    assert list(rows["reported"]) == [THIRDS["一"], THIRDS["一"], THIRDS["二"]]
    said = {
        "zh": "报告写的报道时段是“2026-01-02/2026-01-11”，coverage表中是“2026-01-01/2026-01-10”，"
        "已按coverage表填写",
        "en": "the report states the reporting window as “2026-01-02/2026-01-11”, the coverage "
        "table as “2026-01-01/2026-01-10”; the coverage table was used",
    }
    assert [said[language] in note for note in rows["note"]] == [True, True, False]
    assert "high" not in set(rows["confidence"].iloc[:2])


def test_the_wrong_month_is_said_of_every_row(tmp_path):
    text = EN.format(title="News of March 2026", first="", second="").replace("Jan", "Mar")
    rows, _ = drafted(tmp_path, {"一": "2026-01-01/2026-01-31"}, text.replace("Maruary", "March"))
    assert rows["note"].str.contains("the report states the reporting window as “2026-03").all()


def test_days_of_a_heading_are_days_of_events_and_no_other_window(tmp_path):
    text = "# 2026年1月\n\n## 一、上旬\n\n### 1月3日\n\n- 百度发布新模型\n\n- 阿里巴巴推出新应用\n"
    rows, _ = drafted(tmp_path, THIRDS, text)
    assert list(rows["date"]) == ["2026-01-03", "2026-01-03"]
    assert set(rows["reported"]) == {THIRDS["一"]}
    assert not rows["note"].str.contains("window").any()


def test_words_are_cut_by_the_window_that_is_covered(tmp_path):
    text = "# 2026年1月\n\n## 一、要闻\n\n- **百度**：发布新模型（1月上旬）\n"
    rows, _ = drafted(tmp_path, {"一": "2026-01-04/2026-01-10"}, text)
    assert list(rows["date"]) == ["2026-01-04/2026-01-10"]


def test_what_is_in_no_section_is_left_to_a_person(tmp_path):
    data = data_of(tmp_path, THIRDS)
    path = tmp_path / "report.md"
    path.write_text("# 2026年1月\n\n## 要闻\n\n- **百度**：发布新模型（1月3日）\n", "utf-8")
    coverage = Package.read(data).windows()
    rows = draft_reports(path, source=SOURCE, coverage=coverage, language="zh").rows
    assert list(rows["reported"]) == [""]
    assert "请在source_section开头填写节名（一、二、三）" in rows["note"].iloc[0]
    assert list(rows["confidence"]) == ["low"]


@pytest.mark.parametrize(
    ("path", "marks", "window", "section", "place"),
    [
        (("上旬",), ("一",), None, "一", ("一",)),
        (("Early", "Labs"), ("1", "Labs"), None, "一", ("一", "Labs")),
        (("Early",), ("Ⅰ",), None, "一", ("一",)),
        *(
            ((heading,), (heading,), None, "二", ("二",))
            for heading in (
                *("Section 2", "SECTION II", "Part II", "Part Two", "Chapter 2 of 3"),
                *("第2节", "第二节", "第 2 节", "第二章", "第２部分", "第二节 中旬"),
            )
        ),
        (("Part of it",), ("Part of it",), None, None, ("Part of it",)),
        (("Section 9",), ("Section 9",), None, None, ("Section 9",)),
        (("Models",), ("9",), None, "Models", ("Models",)),
        (("Home", "ＭＯＤＥＬＳ"), ("Home", "2"), None, "Models", ("Models", "Home")),
        (("News",), ("News",), "2026-01-11/2026-01-20", "二", ("二", "News")),
        (("News",), ("1",), "2026-01-11/2026-01-20", "二", ("二", "1")),
        (("News", "Early"), ("News", "一"), None, None, ("News", "一")),
        (("News",), ("4",), None, None, ("4",)),
        ((), (), None, None, ()),
    ],
)
def test_a_section_is_known_by_name_days_or_number(path, marks, window, section, place):
    windows = THIRDS | {"Models": "2026-01"}
    stated = Window(window, "heading:1", stated=True) if window else None
    found = placed_in_source(Place("en", path=path, marks=marks, window=stated), windows)
    assert found.marks == place
    assert (found.reported.edtf if found.reported else None) == windows.get(section)


def test_without_coverage_a_place_stays_as_it_is():
    place = Place("zh", path=("上旬",), marks=("一",))
    assert placed_in_source(place, {}) is place
    assert window_of_source({}) is None
    assert window_of_source(THIRDS).edtf == "2026-01-01/2026-01-31"


# At the command line -----------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_draft_asks_the_data_and_add_takes_what_it_wrote(
    tmp_path, monkeypatch, capsys, form, language
):
    data_of(tmp_path, THIRDS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AISTATS_LANGUAGE", language)
    title = "2026年1月"
    (tmp_path / "r.md").write_text(ZH.format(title=title, first="", second=""), encoding="utf-8")
    assert main(["draft", "r.md", "--source", SOURCE, "-o", f"draft.{form}"]) == 0
    said = {"zh": "2026-01-11/2026-01-20  coverage表：1条", "en": "coverage table: 1 event\n"}
    assert said[language] in capsys.readouterr().out
    if form == "csv":
        rows = pd.read_csv("draft.csv", dtype="str", keep_default_na=False)
        rows["summary_zh"] = "摘要。"
        rows["category"] = rows["category"].where(rows["category"] != "", "product")
        rows.to_csv("draft.csv", index=False)
        assert main(["add", "draft.csv"]) == 0
    else:
        assert main(["add", "draft.xlsx"]) == 1
        errors = capsys.readouterr().err
        assert "summary_zh" in errors
        assert "reported" not in errors
        assert "source_section" not in errors


@pytest.mark.parametrize("data", [[], ["--data", "data"]], ids=["by default", "named"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_source_that_is_not_on_record_is_refused_and_those_that_are_are_named(
    tmp_path, monkeypatch, capsys, data, language
):
    data_of(tmp_path, THIRDS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AISTATS_LANGUAGE", language)
    (tmp_path / "r.md").write_text(EN.format(title="2026-01", first="", second=""), "utf-8")
    misspelt = SOURCE.replace("events", "evnets")
    assert main(["draft", "r.md", "--source", misspelt, "-o", "draft.csv", *data]) == 1
    said = {
        "zh": f"没有“{misspelt}”这个来源；已有：{SOURCE}, ai-events-2025-12；",
        "en": f"there is no source “{misspelt}”; use one of: {SOURCE}, ai-events-2025-12; ",
    }
    assert said[language] in capsys.readouterr().err
    assert not (tmp_path / "draft.csv").exists()


def test_a_draft_needs_no_data_unless_it_is_named(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "r.md").write_text(ZH.format(title="2026年1月", first="", second=""), "utf-8")
    assert main(["draft", "r.md", "--source", SOURCE]) == 0
    assert ",2026-01-01/2026-01-10," in capsys.readouterr().out
    assert main(["draft", "r.md", "--source", SOURCE, "--data", "nowhere"]) == 1
    assert "nowhere" in capsys.readouterr().err

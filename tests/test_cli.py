"""The command line as a person meets it: messages, exit codes, no traceback."""

import argparse
import contextlib
import csv
import io
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from december import DATA

import aistats as ai
from aistats.cli import main
from aistats.cli.parser import _WORDS as WORDS
from aistats.session import texts
from aistats.tables.cells import read_cells

ROOT = Path(__file__).parents[1]


@pytest.fixture
def project(tmp_path, monkeypatch):
    shutil.copytree(DATA, tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(params=["zh_CN.UTF-8", "en_GB.UTF-8"])
def language(request, monkeypatch):
    monkeypatch.setenv("LC_ALL", request.param)
    return request.param[:2]


def test_validate_says_what_there_is(project, language, capsys):
    assert main(["validate"]) == 0
    said = {
        "zh": "data：没有发现问题（20条事件，17项趋势判断，2段覆盖日期）",
        "en": "no problems found (20 events, 17 source claims, 2 ranges of covered days)",
    }
    assert said[language] in capsys.readouterr().out


def test_faults_go_to_stderr_in_the_users_language_and_exit_with_1(project, language, capsys):
    events = project / "data/events.csv"
    text = events.read_text(encoding="utf-8").replace(",US,business,", ",USA,buisness,", 1)
    events.write_text(text, encoding="utf-8")
    assert main(["validate"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    expected = {
        "zh": [
            "2处有误：",
            "data/events.csv，第2行，region列：“USA”不是可用的值；请从中选：US,",
        ],
        "en": [
            "2 problems",
            "data/events.csv, line 2, column region: “USA” is not",
        ],
    }
    assert all(text in err for text in expected[language])


def test_report_refuses_before_it_writes(project, language, capsys):
    assert main(["report", "-p", "perod=week"]) == 1
    assert "perod" in capsys.readouterr().err
    assert not (project / "reports").exists()


def test_a_missing_folder_is_a_fault_and_no_traceback(tmp_path):
    ran = subprocess.run(
        [sys.executable, "-m", "aistats", "validate", "nowhere"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("arguments", [["new", "../victim"], ["report", "../victim"]])
def test_a_label_that_leads_elsewhere_is_refused_and_writes_nothing(
    project, language, capsys, arguments
):
    before = sorted(project.parent.rglob("*"))
    assert main(arguments) == 1
    err = capsys.readouterr().err
    assert "editions.csv" in err
    assert "../victim" in err
    assert {"zh": "edition列", "en": "column edition"}[language] in err
    assert sorted(project.parent.rglob("*")) == before


@pytest.mark.parametrize("arguments", [[], ["no-such-command"], ["report", "--no-such-option"]])
def test_a_wrong_command_line_exits_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "Usage: aistats" in capsys.readouterr().err


COMMANDS = [
    *("report", "verify", "new", "notebooks", "validate"),
    *("convert", "count", "draft", "add", "template"),
]


def columns_of(line):
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line)


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)], ids=str)
def test_the_help_is_in_the_users_language_and_80_columns_wide(
    language, capsys, command, monkeypatch
):
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit) as caught:
        main([*command, "--help"])
    assert caught.value.code == 0
    shown = capsys.readouterr().out
    headings = {
        "zh": ("用法：", "选项：", "显示本帮助。"),
        "en": ("Usage:", "Options:", "help and exit."),
    }
    assert all(heading in shown for heading in headings[language])
    assert all(columns_of(line) <= 80 for line in shown.splitlines())
    if language == "zh":
        english = ("usage", "options", "argument", "Usage", "Options", "show", "Default", ":\n")
        assert not any(word in shown for word in english)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("", {"zh": "用法：aistats", "en": "Usage: aistats"}),
        ("", {"zh": "  count       统计CSV", "en": "  count       Count events"}),
        ("count", {"zh": "错误：缺少参数：文件", "en": "error: missing argument: FILE"}),
        (
            "vaildate",
            {
                "zh": "错误：参数“命令”：",
                "en": "argument COMMAND: “vaildate” is not",
            },
        ),
        ("report --dta x", {"zh": "没有这样的参数：--dta", "en": "unknown arguments: --dta"}),
        (
            "count e.csv --da when",
            {
                "zh": "“--da”有多种可能：--date, --dates",
                "en": "--da could be any of: --date, --dates",
            },
        ),
        ("new 2026-01 --data", {"zh": "参数“--data”：请填一个值", "en": "expected one value"}),
        ("count e.csv --between 2025", {"zh": "请填2个值", "en": "expected 2 values"}),
        ("convert e.csv --skip x", {"zh": "“x”不是整数", "en": "“x” is not a whole number"}),
        ("convert e.csv --dates ymd", {"zh": "“ymd”", "en": "“ymd”"}),
        ("verify --rebuild=now", {"zh": "不带值，请删去“now”", "en": "leave out “now”"}),
    ],
)
def test_a_mistake_in_the_command_line_is_told_in_the_users_language(
    language, capsys, arguments, said
):
    with pytest.raises(SystemExit) as caught:
        main(arguments.split())
    assert caught.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said[language] in err
    assert arguments != "vaildate" or "validate" in err.partition("vaildate")[2]
    if language == "zh":
        assert not re.search("usage|error|argument|expected", err, re.IGNORECASE)


def test_the_version_is_that_of_the_package(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"aistats {ai.__version__}\n"


@pytest.mark.parametrize("arguments", [["--help"], ["validate", "nowhere"]])
def test_other_parsers_of_the_process_keep_their_words(monkeypatch, capsys, arguments):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    with contextlib.suppress(SystemExit):
        main(arguments)
    assert argparse._("usage: ") == "usage: "
    assert argparse.ngettext("expected %s argument", "expected %s arguments", 2).endswith("ts")
    assert argparse.ArgumentParser().format_usage().startswith("usage: ")


def test_our_words_take_what_those_of_argparse_take():
    for english, key in WORDS.items():
        taken = sorted(re.findall(r"%(?:\((\w+)\))?[rs]", english))
        for language in ("zh", "en"):
            text = texts(language)(key)
            used = sorted(re.findall(r"%(?:\((\w+)\))?[rs]", text))
            assert set(used) <= set(taken), key
            assert ("%s" in english or "%r" in english) == ("%s" in text or "%r" in text), key


@pytest.mark.parametrize("encoding", ["gbk", "cp1252", "ascii", "utf-8"])
@pytest.mark.parametrize(
    "command",
    ["convert t.csv", "count t.csv --by t", "count t.csv --by t --json", "draft r.md"],
)
def test_data_are_utf_8_whatever_the_encoding_of_the_console(tmp_path, encoding, command):
    (tmp_path / "t.csv").write_text("date,t\n2025-12-02,🤗 네이버 Ü 北京\n", encoding="utf-8")
    report = "# 12月\n\n## 上旬（12月1日-10日）\n\n### 1. 百度🤗发布네이버 Ü 北京（12月3日）\n"
    (tmp_path / "r.md").write_text(report, encoding="utf-8")

    def run(encoding):
        return subprocess.run(
            [sys.executable, "-m", "aistats", *command.split()],
            capture_output=True,
            cwd=tmp_path,
            check=True,
            env={**os.environ, "PYTHONIOENCODING": encoding, "AISTATS_LANGUAGE": "zh"},
        )

    ran = run(encoding)
    table = ran.stdout.decode("utf-8")
    assert all(text in table for text in ("🤗", "네이버", "Ü", "北京"))
    assert ran.stdout == run("utf-8").stdout
    assert ran.stderr.decode(encoding).strip()


@pytest.mark.parametrize("arguments", [["--help"], ["validate", "nowhere"], ["count"]])
def test_messages_fit_a_console_without_chinese(tmp_path, arguments):
    ran = subprocess.run(
        [sys.executable, "-m", "aistats", *arguments],
        capture_output=True,
        cwd=tmp_path,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "AISTATS_LANGUAGE": "zh"},
    )
    assert b"Traceback" not in ran.stderr
    assert b"\\u" in ran.stdout + ran.stderr


def test_data_go_to_an_output_that_takes_only_text(incidents):
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        assert main(["convert", "incidents.csv", *LAYOUT]) == 0
    assert output.getvalue().startswith("title,date,")


def test_every_command_is_in_both_readmes(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    helped = capsys.readouterr().out
    commands = re.findall(r"^ {2}(\w+)", helped, re.MULTILINE)
    assert set(commands) >= {"report", "validate", "notebooks"}
    for readme in ("README.md", "README.zh.md"):
        text = (ROOT / readme).read_text(encoding="utf-8")
        assert all(f"aistats {command}" in text for command in commands)


def test_a_folder_that_cannot_be_written_is_said_without_a_traceback(project, capsys):
    (project / "file").write_text("")
    assert main(["report", "--reports", "file"]) == 1
    assert "file" in capsys.readouterr().err


@pytest.mark.filterwarnings("ignore::aistats.faults.DataWarning")
def test_no_edition_at_all_is_a_fault(project, capsys):
    editions = project / "data/editions.csv"
    editions.write_text(editions.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    assert main(["report"]) == 1
    assert "editions.csv" in capsys.readouterr().err


# aistats convert ----------------------------------------------------------------------------------

INCIDENTS = (
    "事件表,,\n标题,日期,国家\n起火,02/12/2025,美国、中国\n爆炸,13/12/2025,中国\n演练,,法国\n"
)
LAYOUT = [
    *("--header", "2", "--map", "date=日期", "--map", "title=标题", "--map", "country=国家"),
    *("--list", "country=、"),
]


@pytest.fixture
def incidents(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("incidents.csv").write_bytes(INCIDENTS.encode("gb18030"))
    return tmp_path


def test_convert_writes_anybody_s_table_as_tidy_utf_8_and_says_how_it_was_read(
    incidents, language, capsys
):
    assert main(["convert", "incidents.csv", *LAYOUT, "-o", "tidy.csv"]) == 0
    assert (incidents / "tidy.csv").read_text(encoding="utf-8") == (
        "title,date,date_text,country,earliest,latest\n"
        "起火,2025-12-02,02/12/2025,美国;中国,2025-12-02,2025-12-02\n"
        "爆炸,2025-12-13,13/12/2025,中国,2025-12-13,2025-12-13\n"
        "演练,,,法国,,\n"
    )
    said = {
        "zh": "已读取incidents.csv：字符编码GB18030，以逗号分隔，表头在第2行\n"
        "共3行，其中2行有日期\n"
        "日期从2025-12-02到2025-12-13\n"
        "数字日期按日、月、年读：第4行只能这样读\n"
        "列名（新 ← 原）：title ← 标题、date ← 日期、country ← 国家\n"
        "忽略了1行：第1行\n"
        "已保存到tidy.csv\n",
        "en": "Read incidents.csv: GB18030, separated by commas, header on line 2\n"
        "3 rows, 2 with a date\n"
        "Dates from 2025-12-02 to 2025-12-13\n"
        "Numeric dates are day, month, year: line 4 allows nothing else\n"
        "Columns (new ← old): title ← 标题, date ← 日期, country ← 国家\n"
        "1 line ignored: 1\n"
        "Saved to tidy.csv\n",
    }
    assert capsys.readouterr() == (said[language], "")


def test_convert_without_an_output_keeps_what_it_says_apart(incidents, capsys):
    assert main(["convert", "incidents.csv", *LAYOUT, "-o", "tidy.csv"]) == 0
    capsys.readouterr()
    assert main(["convert", "incidents.csv", *LAYOUT]) == 0
    out, err = capsys.readouterr()
    assert out == (incidents / "tidy.csv").read_text(encoding="utf-8")
    assert "incidents.csv" in err


def test_what_convert_wrote_is_what_it_writes_again(incidents):
    assert main(["convert", "incidents.csv", *LAYOUT, "-o", "tidy.csv"]) == 0
    assert main(["convert", "tidy.csv", "--list", "country=;", "-o", "again.csv"]) == 0
    assert (incidents / "again.csv").read_bytes() == (incidents / "tidy.csv").read_bytes()


@pytest.mark.parametrize("cell", ["a,b", 'say "so"', "two\nlines", "a\rb", "two\r\nlines", "NA"])
def test_convert_changes_no_cell(incidents, cell):
    with Path("table.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([["date", "n"], ["2025", cell]])
    assert main(["convert", "table.csv", "-o", "tidy.csv"]) == 0
    with Path("tidy.csv").open(encoding="utf-8", newline="") as file:
        assert [row["n"] for row in csv.DictReader(file)] == [cell]


def test_convert_takes_every_hint(incidents, capsys):
    Path("odd.csv").write_bytes("d;p;n\nunits;;\n2/12/25;2;Ö\ntorn\n".encode("cp1252"))
    hints = [
        *("--map", "date=d", "--map", "precision=p", "--precision", "1=day", "--precision"),
        *("2=month", "--dates", "mdyy", "--encoding", "cp1252", "--skip", "2", "--skip-torn"),
    ]
    assert main(["convert", "odd.csv", *hints]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[1] == "2025-02,2/12/25,2,Ö,2025-02-01,2025-02-28"
    assert "2 lines ignored: 2, 4" in err
    assert "Precision of the dates: from column p" in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["incidents.csv"], {"zh": "不像表头", "en": "does not look like a header"}),
        (
            ["incidents.csv", "--header", "2", "--map", "date=时间"],
            {"zh": "没有“时间”列", "en": "there is no column “时间”"},
        ),
        (
            ["incidents.csv", "--map", "date"],
            {"zh": "“date”格式不对", "en": "“date” has the wrong"},
        ),
        (
            ["incidents.csv", "--map", "a=b", "--map", "a=c"],
            {"zh": "“a”重复指定", "en": "“a” is set more than once"},
        ),
        (
            ["incidents.csv", *LAYOUT, "-o", "./incidents.csv"],
            {
                "zh": "输出文件与输入文件相同",
                "en": "is the input file, which is not overwritten",
            },
        ),
        (
            ["lists.csv", "--list", "n=json"],
            {"zh": "n列：“a;b”中有分号", "en": "column n: “a;b” contains a semicolon"},
        ),
        (["nowhere.csv"], {"zh": "找不到这个文件或文件夹", "en": "file or folder not found"}),
    ],
)
def test_convert_refuses_and_leaves_every_file_as_it_was(
    incidents, language, capsys, arguments, said
):
    Path("lists.csv").write_text('date,n\n2025,"[""a;b""]"\n', encoding="utf-8")
    Path("old.csv").write_text("old", encoding="utf-8")
    before = {path: path.read_bytes() for path in incidents.iterdir()}
    output = [] if "-o" in arguments else ["-o", "old.csv"]
    assert main(["convert", *arguments, *output]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert said[language] in err
    assert err.endswith({"zh": "没有写入任何文件。\n", "en": "Nothing was written.\n"}[language])
    assert {path: path.read_bytes() for path in incidents.iterdir()} == before


# aistats draft ------------------------------------------------------------------------------------

REPORT = """# 2025年12月AI动态

## 卷首语

这个月事情不少。

## 一、上旬（12月1日-10日）

### 1. 百度发布新模型（12月3日）

### 2. 小城办起算力集市（12月5日）
"""


@pytest.fixture
def report(project):
    Path("news.md").write_text(REPORT, encoding="utf-8")
    return project


def test_draft_prints_a_table_and_reports_beside_it(report, language, capsys):
    assert main(["draft", "news.md"]) == 0
    out, err = capsys.readouterr()
    rows = list(csv.DictReader(out.splitlines()))
    assert [(row["title_zh"], row["date"], row["organization"]) for row in rows] == [
        ("百度发布新模型", "2025-12-03", "Baidu"),
        ("小城办起算力集市", "2025-12-05", ""),
    ]
    said = {
        "zh": "找到2条事件：2条有日期，0条没有日期，1条需要核对。\n"
        "读出1个报道时段：\n"
        "  2025-12-01/2025-12-10  所在标题（第7行）：2条\n"
        "需要核对的1条：\n"
        "  news.md:11  小城办起算力集市：未识别出机构\n"
        "没有事件的1个标题：\n"
        "  news.md:3  卷首语：编者按\n",
        "en": "Found 2 events: 2 with a date, 0 without, 1 to check.\n"
        "1 reporting window:\n"
        "  2025-12-01/2025-12-10  heading, line 7: 2 events\n"
        "1 event to check:\n"
        "  news.md:11  小城办起算力集市: no organisation was recognised\n"
        "1 heading without events:\n"
        "  news.md:3  卷首语: a note from the editor\n",
    }
    assert err.startswith(said[language])


def test_draft_writes_a_file_and_says_how_to_go_on(report, language, capsys):
    assert main(["draft", "news.md"]) == 0
    table = capsys.readouterr().out
    assert main(["draft", "news.md", "-o", "draft.csv"]) == 0
    assert Path("draft.csv").read_text(encoding="utf-8") == table
    out, err = capsys.readouterr()
    assert err == ""
    said = {
        "zh": [
            "草稿已保存到draft.csv。",
            "data/coverage.csv中没有来源news。请先加--source 来源名重新整理，来源名可用："
            "ai-events-2025-12；新来源请先用aistats new登记。",
            "请逐行核对，并补填category（1行）、organization（1行）、summary_zh（全部）。",
            "然后运行：aistats add draft.csv --dry-run",
        ],
        "en": [
            "Draft saved to draft.csv.",
            "Source news is not in data/coverage.csv. First draft again with --source NAME; use "
            "one of: ai-events-2025-12. For a new source, run aistats new before that.",
            "Review each row and fill in category (1 row), organization (1 row) and summary_zh "
            "(all rows).",
            "Then run: aistats add draft.csv --dry-run",
        ],
    }
    assert out.splitlines()[-4:] == said[language]


ENGLISH_REPORT = """# AI news, December 2025

## 一

- **Baidu**: released a new model (Dec 3)
- A small town opened its computing fair (Dec 5)
"""
REVIEWED = {
    "category": ["model", "deployment"],
    "organization": ["Baidu", "unknown"],
    "title_zh": ["百度发布新模型", "小城办起算力集市"],
    "summary_zh": ["百度发布一款新模型。", "小城办起一个算力集市。"],
}


def fill_in(path, columns):
    """Fill in the empty cells of some columns, in an editor or in Excel."""
    if path.suffix == ".csv":
        table = pd.read_csv(path, dtype="str", keep_default_na=False)
        for name in columns:
            table[name] = table[name].where(table[name] != "", REVIEWED[name])
        table.to_csv(path, index=False)
        return
    book = openpyxl.load_workbook(path)
    for heading, *cells in book["events"].iter_cols():
        name = heading.value.splitlines()[-1]
        if name in columns:
            for cell, text in zip(cells, REVIEWED[name], strict=True):
                cell.value = cell.value or text
    book.save(path)


@pytest.mark.parametrize("text", [REPORT, ENGLISH_REPORT], ids=["Chinese", "English"])
@pytest.mark.parametrize("output", ["draft.csv", "draft.xlsx", None])
def test_add_accepts_the_rows_of_a_person_who_does_what_draft_says(
    project, language, capsys, text, output
):
    Path("data").rename("log")
    Path("news.md").write_text(text, encoding="utf-8")
    before = Path("log/events.csv").read_text("utf-8").splitlines()
    options = ["--data", "log", "--source", "ai-events-2025-12"]
    options += ["-o", output] if output else []
    assert main(["draft", "news.md", *options]) == 0
    table, steps = capsys.readouterr()
    save, review, then = (table if output else steps).splitlines()[-3:]
    path = Path(re.search(r"draft\.[a-z]+", save)[0])
    if not output:
        path.write_text(table, encoding="utf-8")
    columns = re.findall(r"(\w+) ?[(（]", review, re.ASCII)
    assert ("title_zh" in columns) == (text == ENGLISH_REPORT)
    assert {"summary_zh", "category", "organization"} <= {*columns}
    command = re.search("aistats (add .*)", then)[1].split()
    assert main(command) == 1

    fill_in(path, columns)

    assert main(command) == 0
    command.remove("--dry-run")
    assert main(command) == 0
    added = Path("log/events.csv").read_text("utf-8").splitlines()[len(before) :]
    assert [line.count("算力集市") > 0 for line in added] == [False, True]


def test_draft_without_data_names_no_columns(tmp_path, monkeypatch, language, capsys):
    monkeypatch.chdir(tmp_path)
    Path("news.md").write_text(REPORT, encoding="utf-8")
    assert main(["draft", "news.md", "-o", "draft.csv"]) == 0
    *_, review, then = capsys.readouterr().out.splitlines()
    said = {"zh": "补填数据字典要求必填的各列。", "en": "the columns that your codebook requires."}
    assert review.endswith(said[language])
    assert then.endswith("aistats add draft.csv --dry-run")


def test_a_draft_without_events_asks_for_no_review(project, language, capsys):
    Path("news.md").write_text("# 2025年12月AI动态\n", encoding="utf-8")
    assert main(["draft", "news.md", "-o", "draft.csv"]) == 0
    said = {"zh": "草稿已保存到draft.csv。", "en": "Draft saved to draft.csv."}
    assert capsys.readouterr().out.splitlines()[-1] == said[language]


def test_draft_in_a_workbook_holds_what_it_holds_as_a_table(report):
    assert main(["draft", "news.md", "-o", "draft.csv"]) == 0
    assert main(["draft", "news.md", "-o", "draft.XLSX", "--data", "data"]) == 0
    with Path("draft.csv").open(encoding="utf-8", newline="") as file:
        names, *table = csv.reader(file)
    (_, header), *rows = read_cells(Path("draft.XLSX")).records
    assert [heading.splitlines()[-1] for heading in header] == names
    assert [cells for _, cells in rows] == table


@pytest.mark.parametrize("name", ["draft.csv", "draft.xlsx"])
def test_draft_writes_over_a_file_only_if_forced(report, language, name, capsys):
    Path(name).write_bytes(b"mine")
    assert main(["draft", "news.md", "-o", name]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert {"zh": "已有这个文件", "en": "exists already"}[language] in err
    assert err.endswith({"zh": "没有写入任何文件。\n", "en": "Nothing was written.\n"}[language])
    assert Path(name).read_bytes() == b"mine"
    assert main(["draft", "news.md", "-o", name, "--force"]) == 0
    assert b"mine" not in Path(name).read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["nowhere.md"],
            {"zh": "nowhere.md：找不到这个文件或文件夹", "en": ("file or folder not found")},
        ),
        (
            ["news.md", "nowhere.md"],
            {"zh": "找不到这个文件或文件夹", "en": ("file or folder not found")},
        ),
        (
            ["news.md", "-o", "draft.md"],
            {"zh": "文件名应以.csv / .xlsx结尾", "en": "the file name must end in .csv / .xlsx"},
        ),
        (
            ["news.md", "-o", "new.xlsx", "--data", "nowhere"],
            {"zh": "找不到这个文件或文件夹", "en": "file or folder not found"},
        ),
        (["news.md", "-o", "no/folder.csv"], {"zh": "no/", "en": "no/"}),
    ],
)
def test_draft_refuses_and_leaves_every_file_as_it_was(report, language, capsys, arguments, said):
    Path("old.csv").write_bytes(b"old")
    before = {path: path.read_bytes() for path in report.rglob("*") if path.is_file()}
    output = [] if "-o" in arguments else ["-o", "old.csv", "--force"]
    assert main(["draft", *arguments, *output]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert said[language] in err
    assert err.endswith({"zh": "没有写入任何文件。\n", "en": "Nothing was written.\n"}[language])
    assert {path: path.read_bytes() for path in report.rglob("*") if path.is_file()} == before

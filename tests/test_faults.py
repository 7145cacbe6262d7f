"""Faults: one text per wrong thing, in both languages, on one line, in one error."""

import copy
import pickle

import pytest

from aistats.faults import (
    AistatsError,
    DataError,
    EDTFError,
    Fault,
    NotebookError,
    ParameterError,
    choices_shown,
)
from aistats.locale import LANGUAGES

# (fault, English, Chinese)
SAID = [
    (
        Fault("level", "events.csv", 7, "status", "done", "occurred, announced"),
        "events.csv, line 7, column status: “done” is not allowed; use one of: occurred, announced",
        "events.csv，第7行，status列：“done”不是可用的值；请从中选：occurred, announced",
    ),
    (
        Fault("impossible", "events.csv", 3, "date", "2025-02-30"),
        "events.csv, line 3, column date: “2025-02-30” is not a calendar date; "
        "years go from 0001 to 9999",
        "events.csv，第3行，date列：日历上没有“2025-02-30”这个日期；年份须在0001至9999之间",
    ),
    (
        Fault("reversed", "events.csv", 3, "date", "2025-12-06/2025-11-30"),
        "events.csv, line 3, column date: “2025-12-06/2025-11-30” ends before it starts; "
        "write start/end",
        "events.csv，第3行，date列：“2025-12-06/2025-11-30”的止日早于起日；请写成：起日/止日",
    ),
    (
        Fault("duplicate", "events.csv", 9, "event_id", "a-2025-12", 2),
        "events.csv, line 9, column event_id: “a-2025-12” is also in line 2; it must be unique",
        "events.csv，第9行，event_id列：“a-2025-12”与第2行重复；每行须不同",
    ),
    (
        Fault("torn_line", "events.csv", 4, None, 15, 16),
        "events.csv, line 4: number of cells is 15, but the header has 16; fix the row",
        "events.csv，第4行：本行有15个单元格，表头有16个；请改正",
    ),
    (
        Fault("link", "event_themes.csv", 5, "theme_id", "x", ("themes.theme_id", "a, b")),
        "event_themes.csv, line 5, column theme_id: “x” has no matching row; use one of the "
        "values of themes.theme_id: a, b",
        "event_themes.csv，第5行，theme_id列：“x”没有对应的行；请从themes.theme_id的值中选：a, b",
    ),
    (
        Fault("encoding_like", "events.csv", value=192, allowed="GB18030"),
        "events.csv: is not UTF-8 (from byte 192) but looks like GB18030; save it as UTF-8, "
        "or set encoding= in Python",
        "events.csv：不是UTF-8编码（从第192个字节起），像是GB18030；请另存为UTF-8，或在Python中用encoding=指定编码",
    ),
    (
        Fault("no_file", "events.csv"),
        "events.csv: file or folder not found",
        "events.csv：找不到这个文件或文件夹",
    ),
    (
        Fault("parameter", value="perod", allowed="period"),
        "there is no parameter “perod”; use one of: period",
        "没有“perod”这个参数；请从中选：period",
    ),
]


@pytest.mark.parametrize(
    ("fault", "english", "chinese"), SAID, ids=lambda x: getattr(x, "kind", "")
)
def test_a_fault_is_said_in_full_in_both_languages(fault, english, chinese):
    assert (fault.text("en"), fault.text("zh")) == (english, chinese)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("value", ["U\nS", "U\r\nS", "U\rS", "U\u2028S"])
def test_a_fault_is_one_line_whatever_stands_in_the_cell(language, value):
    fault = Fault("level", "events.csv", 7, "region", value, "US")

    assert len(fault.text(language).splitlines()) == 1


def test_a_sign_that_cannot_be_seen_is_shown():
    fault = Fault("control", value="a\x00b\x1b[0m")
    assert fault.text("en").startswith("“a␀b␛[0m” has a control character")


def test_braces_in_a_value_are_only_text():
    assert "“{value} {0}”" in Fault("level", value="{value} {0}").text("en")


@pytest.mark.parametrize("error", [AistatsError, DataError, NotebookError, ParameterError])
@pytest.mark.parametrize(
    ("language", "head", "one"),
    [
        ("en", "2 problems:", "1 problem:"),
        (
            "zh",
            "2处有误：",
            "1处有误：",
        ),
    ],
)
def test_an_error_counts_its_faults_and_lists_each_on_its_line(error, language, head, one):
    faults = [fault for fault, _, _ in SAID[:2]]

    lines = error(faults).text(language).split("\n")
    alone = error(iter(faults[:1])).text(language).split("\n")

    assert lines == [head, *(f"  {fault.text(language)}" for fault in faults)]
    assert alone == [one, f"  {faults[0].text(language)}"]


def test_faults_that_differ_in_their_lines_alone_are_said_on_one_line():
    empty = [Fault("empty", "new.csv", line, "summary_zh") for line in (2, 3, 4, 9, 2)]
    other = Fault("empty", "new.csv", 3, "title_zh")
    error = DataError([empty[0], other, *empty[1:]])

    assert len(error.faults) == 6
    assert error.text("en").splitlines() == [
        "6 problems in 2 groups:",
        "  new.csv, lines 2–4, 9, column summary_zh: must not be empty (4 times)",
        "  new.csv, line 3, column title_zh: must not be empty",
    ]
    assert error.text("zh").splitlines()[1:] == [
        "  new.csv，第2—4、9行，summary_zh列：不能为空（共4行）",
        "  new.csv，第3行，title_zh列：不能为空",
    ]


def test_faults_with_more_to_see_and_other_values_are_not_put_together():
    faults = [
        Fault("id_there", "a.csv", 2, "event_id", "x", "b", ("1",)),
        Fault("id_there", "a.csv", 3, "event_id", "x", "b", ("2",)),
        Fault("level", "a.csv", 2, "region", "XX", "CN"),
        Fault("level", "a.csv", 3, "region", "YY", "CN"),
    ]
    assert len(DataError(faults).text("en").splitlines()) == 1 + 4 + 2


def test_rows_without_a_date_are_added_up():
    faults = [Fault("undated", "a.csv", line, "date", n) for line, n in [(3, 1), (5, 2), (9, 2)]]
    error = DataError([*faults, Fault("undated", "a.csv", 4, "end", 7)])

    assert [it.partition("; ")[0] for it in error.text("en").splitlines()[1:]] == [
        "  a.csv, lines 3, 5, 9, column date: rows without a date: 5",
        "  a.csv, line 4, column end: rows without a date: 7",
    ]
    assert (
        error.text("zh").splitlines()[1].startswith("  a.csv，第3、5、9行，date列：有5行没有日期；")
    )
    assert "共" not in error.text("zh")


def test_the_columns_of_a_header_are_said_once():
    faults = [Fault("missing_column", "a.csv", 1, None, it, "x, y, z") for it in "xy"]

    assert (
        DataError(faults)
        .text("en")
        .endswith("line 1: missing from the header: “x”, “y”; the header must have: x, y, z")
    )
    assert DataError(faults).text("zh").endswith("第1行：缺少“x”“y”列；表头应有：x, y, z")


@pytest.mark.parametrize("file", ["a.xlsx", "A.XLSM"])
def test_a_workbook_has_rows(file):
    fault = Fault("empty", file, 2, "summary_zh")
    assert fault.text("en") == f"{file}, row 2, column summary_zh: must not be empty"
    assert fault.text("zh") == f"{file}，第2行，summary_zh列：不能为空"


def test_of_many_choices_the_nearest_are_shown_and_how_many_there_are():
    choices = [f"source-{n:02}" for n in range(40)] + ["papers"]

    shown = choices_shown("paper", choices)
    assert shown.startswith("papers, source-00, ")
    assert shown.endswith("source-10, … (41)")
    assert choices_shown("x", ["b", "a", "b"]) == "b, a"


@pytest.mark.parametrize(
    ("locale", "fault_says", "error_says"),
    [
        ("zh_CN.UTF-8", "a.csv：找不到这个文件或文件夹", "1处有误："),
        ("en_GB.UTF-8", "a.csv: file or folder not found", "1 problem:"),
    ],
)
def test_what_is_printed_follows_the_locale(monkeypatch, locale, fault_says, error_says):
    monkeypatch.setenv("LC_ALL", locale)
    fault = Fault("no_file", "a.csv")

    assert fault.text() == fault_says
    assert str(DataError([fault])) == f"{error_says}\n  {fault_says}"


def test_a_wrong_date_is_also_a_value_error_and_says_only_what_is_wrong(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")
    error = EDTFError("reversed", "2025/2024")

    assert isinstance(error, ValueError)
    assert error.reason == "reversed"
    assert str(error) == "“2025/2024” ends before it starts; write start/end"


@pytest.mark.parametrize(
    "error", [DataError([Fault("no_file", "a.csv")]), EDTFError("set", "{2025}")], ids=type
)
@pytest.mark.parametrize(
    "clone", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))], ids=["copy", "pickle"]
)
def test_an_error_survives_the_way_between_two_processes(error, clone):
    again = clone(error)

    assert (type(again), again.faults, str(again)) == (type(error), error.faults, str(error))

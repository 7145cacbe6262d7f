"""Sheets: what a person sees in a cell is what is read, or the cell is refused."""

import datetime as dt
import zipfile
from copy import copy

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from aistats.faults import DataError
from aistats.tables.workbooks import NAMES, open_sheet


@pytest.fixture
def book():
    return openpyxl.Workbook()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "events.xlsx"


def read_sheet(path, names=NAMES):
    return open_sheet(path.read_bytes(), path.as_posix(), names).rows


def read(book, path):
    book.save(path)
    return list(read_sheet(path))


def one(book, path, value, code=None):
    """Return the text of one cell under a heading."""
    book.active["A1"] = "heading"
    book.active["A2"] = value
    if code is not None:
        book.active["A2"].number_format = code
    (_, _), (_, (text,)) = read(book, path)
    return text


def refused(path, **given):
    with pytest.raises(DataError) as error:
        list(read_sheet(path, **given))
    return error.value.faults


# Cells --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("OpenAI", "OpenAI"),
        (" OpenAI ", " OpenAI "),
        (3, "3"),
        (3.0, "3"),
        (2.5, "2.5"),
        (45993, "45993"),
        (True, "TRUE"),
        (dt.date(2025, 12, 2), "2025-12-02"),
        (dt.datetime(2025, 12, 2), "2025-12-02"),
        (dt.datetime(2025, 12, 2, 9, 30), "2025-12-02T09:30:00"),
        (dt.time(9, 30), "09:30:00"),
        ("two\nlines", "two\nlines"),
        ("two_x000D_\nlines", "two\nlines"),
        ("NA", "NA"),
    ],
)
def test_a_cell_is_read_as_text(book, path, value, text):
    assert one(book, path, value) == text


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("yyyy/m/d", "2025-12-01"),
        ("m/d/yy h:mm", "2025-12-01"),
        ("[$-F800]dddd, mmmm dd, yyyy", "2025-12-01"),
        ("mmm-yy", "2025-12"),
        ('yyyy"年"m"月";@', "2025-12"),
        ("yyyy", "2025"),
        ('m"月"d"日"', "12月1日"),
        ("d-mmm", "12-01"),
    ],
)
def test_of_a_day_only_what_its_format_shows_is_read(book, path, code, text):
    assert one(book, path, dt.datetime(2025, 12, 1), code) == text


@pytest.mark.parametrize(
    ("number", "text"), [(31, "2025-12-01"), (57, "2025-12"), (58, "12月1日"), (1, "45992")]
)
def test_the_date_formats_of_a_chinese_excel_are_known(book, path, number, text):
    cell = book.active["A2"]
    cell.number_format = "0"
    cell._style = copy(cell._style)
    cell._style.numFmtId = number
    assert one(book, path, 45992) == text


def test_a_workbook_from_an_old_mac_counts_its_days_from_1904(book, path):
    assert one(book, path, dt.date(2025, 12, 2)) == "2025-12-02"
    assert open_sheet(path.read_bytes(), "").day_zero == dt.date(1899, 12, 30)
    book.epoch = CALENDAR_MAC_1904
    assert one(book, path, dt.date(2025, 12, 2)) == "2025-12-02"
    assert open_sheet(path.read_bytes(), "").day_zero == dt.date(1904, 1, 1)


def test_the_result_of_a_formula_is_read(book, path):
    book.active.append(["n"])
    book.active.append(["=1+1"])
    book.save(path)
    rewrite(path, b"<v></v>", b"<v>2</v>")
    assert list(read_sheet(path)) == [(1, ["n"]), (2, ["2"])]


def rewrite(path, before, after):
    """Change a workbook as only a spreadsheet could have written it."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b"<v />", b"<v></v>").replace(before, after)
    assert after in parts[sheet]
    with zipfile.ZipFile(path, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)


# Rows ---------------------------------------------------------------------------------------------


def test_rows_keep_their_numbers_and_empty_ones_are_left_out(book, path):
    sheet = book.active
    sheet["B3"], sheet["D3"] = "a", "b"
    sheet["B5"] = "1"
    sheet["B7"], sheet["E7"] = "2", "beyond"
    sheet["A9"] = "  "
    sheet["A1048576"].number_format = "@"
    assert read(book, path) == [
        (3, ["", "a", "", "b"]),
        (5, ["", "1", "", ""]),
        (7, ["", "2", "", "", "beyond"]),
    ]


def test_an_empty_workbook_has_no_rows(book, path):
    assert read(book, path) == []


@given(st.lists(st.lists(st.text("ab中 ", max_size=3), min_size=2, max_size=2), max_size=5))
def test_text_reads_back(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("sheets") / "any.xlsx"
    book = openpyxl.Workbook()
    for number, row in enumerate([["x", "y"], *rows], 1):
        for column, text in enumerate(row, 1):
            book.active.cell(number, column, text)
    kept = [(at, row) for at, row in enumerate(rows, 2) if any(text.strip() for text in row)]
    assert read(book, path) == [(1, ["x", "y"]), *kept]


# Which sheet --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["events", "Events ", "事件"])
def test_the_sheet_named_like_the_table_is_read(book, path, name):
    book.active["A1"] = "other"
    book.create_sheet(name)["A1"] = "this"
    assert read(book, path) == [(1, ["this"])]


def test_the_only_sheet_that_holds_anything_is_read(book, path):
    book.create_sheet("second")["A1"] = "this"
    hidden = book.create_sheet("third")
    hidden["A1"], hidden.sheet_state = "lists", "hidden"
    assert read(book, path) == [(1, ["this"])]


def test_several_sheets_that_could_be_meant_are_named(book, path):
    book.active["A1"] = "one"
    book.create_sheet("second")["A1"] = "two"
    book.save(path)
    (fault,) = refused(path)
    assert fault.text("en") == (
        f"{path.as_posix()}: ambiguous sheet (Sheet, second); rename the right one events / 事件"
    )
    assert fault.text("zh").endswith(
        "无法确定工作表：Sheet, second；请把要读的那个命名为events / 事件"
    )
    assert list(read_sheet(path, names=["second"])) == [(1, ["two"])]
    assert open_sheet(path.read_bytes(), "", names=["second"]).name == "second"


# What is refused ----------------------------------------------------------------------------------


def test_all_cells_without_a_sure_text_are_named_at_once(book, path):
    sheet = book.active
    sheet.append(["a", "b", "c"])
    sheet.append(["#REF!", "=A1&B1", "text"])
    sheet["A2"].data_type = "e"
    sheet.merge_cells("A4:B5")
    book.save(path)
    faults = refused(path)
    file = path.as_posix()
    assert [fault.text("zh") for fault in faults] == [
        f"{file}，第4行：A4:B5是合并单元格；请取消合并，并逐格填写",
        f"{file}，第2行，A列：单元格显示错误值#REF!；请改正",
        f"{file}，第2行，B列：公式没有计算结果；请在Excel中打开并保存，或粘贴为数值",
    ]
    assert [fault.text("en") for fault in faults] == [
        f"{file}, row 4: A4:B5 are merged cells; unmerge them and fill in each",
        f"{file}, row 2, column A: the cell shows the error #REF!; fix it",
        f"{file}, row 2, column B: the formula has no result; open and save the file in Excel, "
        "or paste values",
    ]


def test_a_title_over_merged_cells_is_the_text_of_the_first(book, path):
    for row in (["Events of 2025"], ["date", "n"], [dt.date(2025, 12, 2), 3]):
        book.active.append(row)
    book.active.merge_cells("A1:B1")
    assert read(book, path) == [
        (1, ["Events of 2025"]),
        (2, ["date", "n"]),
        (3, ["2025-12-02", "3"]),
    ]
    book.active["C1"] = "beside it"
    book.save(path)
    assert [fault.kind for fault in refused(path)] == ["merged"]


def test_a_formula_of_another_program_is_looked_for_too(book, path):
    book.active.append(["n"])
    book.active.append(["=1+1"])
    book.save(path)
    rewrite(path, b"<f>", b"<f xml:space='preserve'>")
    assert [fault.kind for fault in refused(path)] == ["formula"]


@pytest.mark.parametrize(
    ("content", "kind", "zh", "en"),
    [
        (
            b"PK\x03\x04 torn",
            "workbook",
            "不是可读的xlsx工作簿",
            "is not a readable .xlsx workbook",
        ),
        (
            b"event_id,date\n",
            "workbook",
            "不是可读的xlsx工作簿",
            "is not a readable .xlsx workbook",
        ),
        (b"", "workbook", "不是可读的xlsx工作簿", "is not a readable .xlsx workbook"),
        (
            b"\xd0\xcf\x11\xe0 Workbook",
            "workbook_old",
            "旧版Office文件",
            "an old Office file (.xls)",
        ),
        (
            b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"),
            "workbook_locked",
            "工作簿设有密码",
            "protected by a password",
        ),
    ],
)
def test_a_file_that_is_no_workbook_is_refused(path, content, kind, zh, en):
    path.write_bytes(content)
    (fault,) = refused(path)
    assert fault.kind == kind
    assert zh in fault.text("zh")
    assert en in fault.text("en")


def test_a_zip_that_is_no_workbook_is_refused(path):
    with zipfile.ZipFile(path, "w") as other:
        other.writestr("readme.txt", "not a readable .xlsx workbook")
    (fault,) = refused(path)
    assert fault.kind == "workbook"
    assert "save it as .xlsx or as CSV UTF-8" in fault.text("en")
    assert "请另存为xlsx或CSV UTF-8" in fault.text("zh")

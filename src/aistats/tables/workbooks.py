"""Read a workbook as rows of text, each with its number in the sheet.

The bytes of an Excel file come in, and a `Sheet` goes out. A cell is read as a person sees it in
Excel. Excel turns typed text into a day and shows it as its format says: of a month, a year or a
day without a year, Excel has added the rest itself, and it is not read. A cell without one sure
text is rejected with its place: an error, a formula that was never calculated, or merged cells
(unless they are a title that has its row to itself).
"""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.utils.datetime import from_excel
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.worksheet import Worksheet

from aistats.faults import DataError, Fault

NAMES = ("events", "事件")
"""The names of the sheet with the table, where a workbook has several sheets."""

_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_FORMULA = re.compile(rb"<(\w+:)?f[ />]")
_LITERALS = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|;.*', re.DOTALL)  # parts of a format without codes
_LINE_BREAK = re.compile("\r\n?")

# Formats that every Chinese Excel has built in, and that openpyxl does not know.
_CHINESE_FORMATS = {
    **dict.fromkeys((27, 36, 50, 52, 57), 'yyyy"年"m"月"'),
    **dict.fromkeys((28, 29, 51, 53, 54, 58), 'm"月"d"日"'),
    **dict.fromkeys((30, 31), "yyyy-m-d"),
}


@dataclass(frozen=True)
class Sheet:
    """A sheet as text.

    Parameters
    ----------
    name
        Its name.
    rows
        Its rows, the header first, each with its number in the sheet. They are as long as the
        header, or longer where cells stand beyond it; empty ones are left out.
    day_zero
        The day from which its workbook counts days: 30 December 1899 or, in workbooks from an old
        Mac, 1 January 1904.
    days
        The cells that are days in the workbook, not text, each as the number of its row and its
        place in it, from 0.
    """

    name: str
    rows: list[tuple[int, list[str]]]
    day_zero: dt.date
    days: frozenset[tuple[int, int]] = frozenset()


def open_sheet(raw: bytes, file: str, names: Collection[str] = NAMES) -> Sheet:
    """Return the sheet of a workbook that has the table.

    Parameters
    ----------
    raw
        The content of a workbook (``.xlsx`` or ``.xlsm``).
    file
        Its name, for messages.
    names
        The names that the sheet may have. Without a sheet of such a name, the workbook must have
        only one sheet that is not empty.

    Returns
    -------
    Sheet
        A day is ``2025-12-02``, a whole number has no ``.0``, an empty cell is empty text.

    Raises
    ------
    DataError
        If the file is not a readable workbook, the sheet is ambiguous, or cells have no sure text;
        all of them are listed.

    Examples
    --------
    >>> import openpyxl
    >>> book = openpyxl.Workbook()
    >>> for row in [["date", "n"], [], [dt.date(2025, 12, 2), 3.0]]:
    ...     book.active.append(row)
    >>> raw = io.BytesIO()
    >>> book.save(raw)
    >>> sheet = open_sheet(raw.getvalue(), "events.xlsx")
    >>> sheet.name, sheet.rows
    ('Sheet', [(1, ['date', 'n']), (3, ['2025-12-02', '3'])])
    """
    book = _load(raw, file, data_only=True)
    name = _name_of_sheet(book, names, file)
    sheet = book[name]
    formulas = sheet
    if _has_formulas(raw):
        formulas = _load(raw, file, data_only=False)[name]
    faults = [*_merge_faults(sheet, file), *_cell_faults(sheet, formulas, file)]
    if faults:
        raise DataError(faults)
    return Sheet(
        name=name,
        rows=list(_rows(sheet, book.epoch)),
        day_zero=book.epoch.date(),
        days=frozenset(_day_cells(sheet)),
    )


def _load(raw: bytes, file: str, *, data_only: bool) -> Workbook:
    """Return a workbook, with the results of its formulas or the formulas themselves."""
    if raw.startswith(_OLD_OFFICE):
        fault = Fault("workbook_locked", file) if _LOCKED in raw else Fault("workbook_old", file)
        raise DataError([fault])
    content = io.BytesIO(raw)
    try:
        with warnings.catch_warnings(action="ignore"):  # about decoration that openpyxl drops
            return load_workbook(content, data_only=data_only)
    except Exception as error:  # a damaged file can make openpyxl raise anything
        raise DataError([Fault("workbook", file, value=error)]) from None


def _has_formulas(raw: bytes) -> bool:
    """Return whether a workbook has formulas, and must be loaded once more, which is slow."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        for name in archive.namelist():
            if name.endswith(".xml") and _FORMULA.search(archive.read(name)):
                return True
    return False


def _name_of_sheet(book: Workbook, names: Collection[str], file: str) -> str:
    """Return the name of the sheet with the table.

    Raises
    ------
    DataError
        If several sheets could have the table.
    """
    sheets = book.worksheets
    titles = [sheet.title for sheet in sheets]
    named = [title for title in titles if title.strip().casefold() in names]
    visible = [sheet for sheet in sheets if sheet.sheet_state == "visible"]
    filled = [sheet.title for sheet in visible if _is_filled(sheet)]
    # A sheet by its name; else the only one with cells; else, of an empty workbook, the first.
    candidates = named or filled or titles[:1]
    if len(candidates) != 1:
        several = ", ".join(candidates)
        allowed = " / ".join(names)
        fault = Fault("sheets", file, value=several, allowed=allowed)
        raise DataError([fault])
    name: str = candidates[0]
    return name


def _is_filled(sheet: Worksheet) -> bool:
    """Return whether a sheet has a cell with a value."""
    cells = sheet._cells.values()
    return any(cell.value for cell in cells)


# Rows and days -----------------------------------------------------------------------------------


def _rows(sheet: Worksheet, epoch: dt.datetime) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that has text, with its number."""
    rows = _texts_by_row(sheet, epoch)
    width = 0
    for number, texts in rows.items():
        is_blank = not any(map(str.strip, texts.values()))
        if is_blank:
            continue
        width = width or max(texts)  # that of the first row, the header
        columns = range(1, max(width, *texts) + 1)
        yield number, [texts.get(column, "") for column in columns]


def _texts_by_row(sheet: Worksheet, epoch: dt.datetime) -> dict[int, dict[int, str]]:
    """Return the texts of the cells that have one, by row and column."""
    rows: dict[int, dict[int, str]] = {}
    # Only cells that exist: iterating rows would make all those before a stray last one.
    for (row, column), cell in sorted(sheet._cells.items()):
        text = _text(cell, epoch)
        if text:
            texts = rows.setdefault(row, {})
            texts[column] = text
    return rows


def _day_cells(sheet: Worksheet) -> Iterator[tuple[int, int]]:
    """Yield the row and the place of each cell that is a day."""
    for place, cell in sheet._cells.items():
        if isinstance(cell.value, dt.datetime):
            row, column = place
            yield row, column - 1


# Cells without one sure text ---------------------------------------------------------------------


def _merge_faults(sheet: Worksheet, file: str) -> Iterator[Fault]:
    """Yield a fault for merged cells, unless they are a title or a note alone in its row."""
    areas = sheet.merged_cells.ranges
    cells = sheet._cells.items()
    filled = Counter(row for (row, _), cell in cells if cell.value is not None)
    for area in areas:
        in_one_row = area.min_row == area.max_row
        is_title = in_one_row and filled[area.min_row] <= 1
        if not is_title:
            yield Fault("merged", file, area.min_row, value=area.coord)


def _cell_faults(
    sheet: Worksheet,
    formulas: Worksheet,
    file: str,
) -> Iterator[Fault]:
    """Yield a fault for each error and each formula that was never calculated."""
    for place, cell in sorted(formulas._cells.items()):
        result = sheet._cells[place]
        value = result.value
        if result.data_type == "e":
            column = cell.column_letter  # which a merged cell lacks
            yield Fault("cell_error", file, cell.row, column, value)
        elif cell.data_type == "f" and value is None:
            yield Fault("formula", file, cell.row, cell.column_letter)


# What a cell shows -------------------------------------------------------------------------------


def _text(cell: Cell, epoch: dt.datetime) -> str:
    """Return the text that a person sees in a cell."""
    value = cell.value
    if value is None:
        return ""
    code = cell.number_format
    chinese_code = _CHINESE_FORMATS.get(cell._style.numFmtId)
    # openpyxl takes a number in a format that it does not know for a plain number.
    if chinese_code and code == "General" and isinstance(value, int | float):
        code = chinese_code
        value = from_excel(value, epoch)
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime):
        return _day_as_shown(value, code)
    if isinstance(value, str):
        return _LINE_BREAK.sub("\n", unescape(value))
    return str(value)


def _day_as_shown(day: dt.datetime, code: str) -> str:
    """Return as much of a day as its format shows.

    Examples
    --------
    >>> day = dt.datetime(2025, 12, 1)
    >>> [_day_as_shown(day, code) for code in ("yyyy/m/d", "mmm-yy", 'm"月"d"日"', "d-mmm")]
    ['2025-12-01', '2025-12', '12月1日', '12-01']
    """
    if day.time() != dt.time():
        return day.isoformat(timespec="seconds")
    letters = _LITERALS.sub("", code).lower()
    has_year = "y" in letters or "e" in letters  # e: the year in Chinese and Japanese formats
    has_month = "m" in letters
    has_day = "d" in letters
    if has_year and not has_day:
        return day.strftime("%Y-%m" if has_month else "%Y")
    if has_day and has_month and not has_year:
        is_chinese = "月" in code
        return f"{day.month}月{day.day}日" if is_chinese else day.strftime("%m-%d")
    return day.date().isoformat()

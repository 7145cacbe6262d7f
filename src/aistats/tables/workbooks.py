"""Workbooks: the rows of a workbook as text, each with its number in the sheet.

A cell is read as what a person sees in it. Excel turns what is typed into a day and shows it as its
format says: of a month, a year or a day without a year the rest is Excel's own and is not read.
What has no sure text is refused with its place: an error, a formula that was never calculated,
cells that were merged, unless they are a title that has its row to itself.
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
"""What the sheet is called where a workbook has several."""

_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_FORMULA = re.compile(rb"<(\w+:)?f[ />]")
_UNSEEN = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|;.*', re.DOTALL)  # in a format: what is no code
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
        What it is called.
    rows
        Its rows, the header first, each with its number in the sheet. They are as long as the
        header, or longer where cells stand beyond it; empty ones are left out.
    day_zero
        The day from which its workbook counts days: the 30th of December 1899 or, in workbooks from
        an old Mac, the 1st of January 1904.
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
        What a workbook (``.xlsx`` or ``.xlsm``) holds.
    file
        Its name, for messages.
    names
        What the sheet may be called. Without one of that name, the workbook must have only one
        sheet that holds anything.

    Returns
    -------
    Sheet
        A day is ``2025-12-02``, a whole number has no ``.0``, an empty cell is empty text.

    Raises
    ------
    DataError
        If the file is no workbook that can be read, several sheets could be meant, or cells have no
        sure text; all of them are named.

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
    formulas = _load(raw, file, data_only=False)[name] if _has_formulas(raw) else book[name]
    if faults := list(_unsure(book[name], formulas, file)):
        raise DataError(faults)
    days = frozenset(
        (row, column - 1)
        for (row, column), cell in book[name]._cells.items()
        if isinstance(cell.value, dt.datetime)
    )
    return Sheet(name, list(_rows(book[name], book.epoch)), book.epoch.date(), days)


def _rows(sheet: Worksheet, epoch: dt.datetime) -> Iterator[tuple[int, list[str]]]:
    cells: dict[int, dict[int, str]] = {}
    for (row, column), cell in sorted(sheet._cells.items()):  # of a stray last row, not all before
        if text := _text(cell, epoch):
            cells.setdefault(row, {})[column] = text
    rows = [(row, filled) for row, filled in cells.items() if any(map(str.strip, filled.values()))]
    width = max(rows[0][1]) if rows else 0
    for row, filled in rows:
        yield row, [filled.get(at, "") for at in range(1, max(width, *filled) + 1)]


def _load(raw: bytes, file: str, *, data_only: bool) -> Workbook:
    if raw.startswith(_OLD_OFFICE):
        raise DataError([Fault("workbook_locked" if _LOCKED in raw else "workbook_old", file)])
    try:
        with warnings.catch_warnings(action="ignore"):  # of decoration that is not kept
            return load_workbook(io.BytesIO(raw), data_only=data_only)
    except Exception as error:  # a damaged file can make openpyxl raise anything
        raise DataError([Fault("workbook", file, value=error)]) from None


def _has_formulas(raw: bytes) -> bool:
    """Look before a workbook is loaded a second time, which takes as long as the first."""
    with zipfile.ZipFile(io.BytesIO(raw)) as parts:
        names = [name for name in parts.namelist() if name.endswith(".xml")]
        return any(_FORMULA.search(parts.read(name)) for name in names)


def _name_of_sheet(book: Workbook, names: Collection[str], file: str) -> str:
    named = [it.title for it in book.worksheets if it.title.strip().casefold() in names]
    seen = [it for it in book.worksheets if it.sheet_state == "visible"]
    filled = [it.title for it in seen if any(cell.value for cell in it._cells.values())]
    found = named or filled or [it.title for it in book.worksheets[:1]]
    if len(found) != 1:
        fault = Fault("sheets", file, value=", ".join(found), allowed=" / ".join(names))
        raise DataError([fault])
    return str(found[0])


def _unsure(sheet: Worksheet, formulas: Worksheet, file: str) -> Iterator[Fault]:
    """Yield a fault for whatever has no sure text."""
    filled = Counter(row for (row, _), cell in sheet._cells.items() if cell.value is not None)
    for area in sheet.merged_cells.ranges:
        if area.min_row == area.max_row and filled[area.min_row] <= 1:
            continue  # a title or a note: all that its row holds
        yield Fault("merged", file, area.min_row, value=area.coord)
    for at, cell in sorted(formulas._cells.items()):
        seen = sheet._cells[at]
        if seen.data_type == "e":
            yield Fault("cell_error", file, cell.row, cell.column_letter, seen.value)
        elif cell.data_type == "f" and seen.value is None:
            yield Fault("formula", file, cell.row, cell.column_letter)


def _text(cell: Cell, epoch: dt.datetime) -> str:
    value, code = cell.value, cell.number_format
    known = _CHINESE_FORMATS.get(cell._style.numFmtId)
    if known and code == "General" and isinstance(value, int | float):
        value, code = from_excel(value, epoch), known
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case float() if value.is_integer():
            return str(int(value))
        case dt.datetime():
            return _day_as_shown(value, code)
        case str():
            return re.sub("\r\n?", "\n", unescape(value))
    return str(value)


def _day_as_shown(day: dt.datetime, code: str) -> str:
    """Return as much of a day as its format shows.

    Examples
    --------
    >>> day = dt.datetime(2025, 12, 1)
    >>> [_day_as_shown(day, code) for code in ("yyyy/m/d", "mmm-yy", 'm"月"d"日"', "d-mmm")]
    ['2025-12-01', '2025-12', '12月1日', '12-01']
    """
    seen = set(_UNSEEN.sub("", code).lower().replace("e", "y"))
    if day.time() != dt.time():
        return day.isoformat(timespec="seconds")
    if "y" in seen and "d" not in seen:
        return day.strftime("%Y-%m" if "m" in seen else "%Y")
    if "d" in seen and "y" not in seen and "m" in seen:
        return f"{day.month}月{day.day}日" if "月" in code else day.strftime("%m-%d")
    return day.date().isoformat()

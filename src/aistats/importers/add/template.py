"""Workbook to write events in, or to review the rows of a draft in.

The codebook comes in, and perhaps the rows of a draft; an Excel workbook goes out. Every column has
its titles and its name as heading, its description as a prompt and, if the codebook lists its
values, a drop-down. Everything typed stays text, so that Excel turns nothing into a date. Further
sheets hold the codebook, the covered days and instructions. With a draft, its notes stand to the
right of the table, and uncertain rows are tinted. The workbook is in both languages, as several
people may share it, and the same data give the same bytes. Reading it back is not done here.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import math
import os
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from aistats.faults import DataError, Fault
from aistats.importers.add.rows import CAN_BE_FILLED, note_titles
from aistats.importers.draft.reports import NOTES
from aistats.locale import LANGUAGES, text_key
from aistats.session import texts
from aistats.tables.codebook import DESCRIPTOR, Field, Table
from aistats.tables.encodings import decoded
from aistats.tables.package import Package

_LAST_ROW = 1_048_576
_CELL_LENGTH = 32_767  # openpyxl silently cuts off the rest
_ROW_HEIGHT = 409  # Excel takes no higher row
_PROMPT_LENGTH = 255  # Excel repairs, that is empties, a workbook with longer ones
_TITLE_LENGTH = 32  # of the window that shows an error
_EPOCH = dt.datetime(1980, 1, 1)  # the first that a zip can name
# Characters that XML cannot hold, and text that would be read as an escape of them.
_ESCAPED = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")

_TEXT = "@"
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_NEEDED = PatternFill("solid", fgColor="F6C9B7")
_FILLED = PatternFill("solid", fgColor="DCE6F1")
_FREE = PatternFill("solid", fgColor="EDEDED")
_NOTED = PatternFill("solid", fgColor="D9D2E9")
_EMPTY = PatternFill("solid", bgColor="FBE3DA")
_TINTS = {
    "low": PatternFill("solid", bgColor="FFE08A"),
    "medium": PatternFill("solid", bgColor="FFF5CC"),
}
_PLAIN = Font("Calibri", 11, bold=False)
_BOLD = Font("Calibri", 11, bold=True)
_GREY = Font("Calibri", 11, color="595959")
_EDGE = Border(bottom=Side("medium", color="7F7F7F"))
_WALL = Side("thick", color="7F7F7F")
_WIDTHS = {
    "event_id": 34,
    "title_zh": 34,
    "title_en": 40,
    "summary_zh": 60,
    "summary_en": 60,
    "confidence": 12,
    "note": 34,
    "place": 30,
    "heading_path": 36,
    "date_from": 30,
    "facts": 80,
}
_WIDTH, _DATE_WIDTH, _LINE = 20, 23, 16

_COVERAGE_COLUMNS = ["source", "section", "window", "basis"]
_COVERAGE_WIDTHS = (26, 12, 26, 14)
_CODEBOOK_WIDTHS = (16, 20, 9, 12, 16, 20, 70, 70)
_INSTRUCTIONS = (
    text_key("template.readme.rows"),
    text_key("template.readme.colours"),
    text_key("template.readme.dates"),
    text_key("template.readme.codebook"),
    text_key("template.readme.next"),
)
_REVIEW_INSTRUCTIONS = (
    text_key("template.draft.rows"),
    text_key("template.draft.notes"),
    text_key("template.draft.tints"),
)
_NOTE_PROMPTS = {
    "confidence": text_key("template.note.confidence"),
    "note": text_key("template.note.note"),
    "place": text_key("template.note.place"),
    "heading_path": text_key("template.note.heading_path"),
    "date_from": text_key("template.note.date_from"),
    "reported_from": text_key("template.note.reported_from"),
    "facts": text_key("template.note.facts"),
}

Descriptions = Mapping[str, Mapping[str, str]]  # by column, then by language


@dataclass(frozen=True)
class _Choice:
    """The values in the drop-down of a column, and whether no others are allowed."""

    options: Sequence[str]
    strict: bool


def write_template(
    path: str | Path,
    *,
    data: str | Path = "data",
    rows: pd.DataFrame | None = None,
    force: bool = False,
) -> None:
    """Write a workbook to fill in with events, or to review the rows of a draft in.

    Parameters
    ----------
    path
        The workbook, whose name must end in ``.xlsx``.
    data
        The folder of the data package, with the codebook and the covered days of the sources.
    rows
        The rows of a draft to review.
    force
        Overwrite an existing file.

    Raises
    ------
    DataError
        If the data is invalid, the name has another ending, the file exists already, or a text is
        longer than a cell can hold.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "events.xlsx"
    >>> write_template(path)
    >>> from aistats.tables.cells import read_cells
    >>> _, header = read_cells(path).records[0]
    >>> print(header[5])
    类别 *
    Category *
    category
    """
    path = Path(path)
    if path.suffix.lower() != ".xlsx":
        raise DataError([Fault("file_ending", path.as_posix(), allowed=".xlsx")])
    if path.exists() and not force:
        raise DataError([Fault("file_there", path.as_posix())])
    package = Package.read(data)
    table = package.codebook.table("events")
    descriptions = _descriptions(package)
    choices = _choices(table, package.tables["coverage"])
    book = Workbook()
    _fill_events(book.active, table, descriptions, choices)
    if rows is not None:
        _head_notes(book.active, len(table.fields) + 1)
        complete = rows.reindex(columns=[*table.fields, *NOTES], fill_value="")
        _fill_rows(book.active, complete, path)
    _fill_codebook(book.create_sheet(_sheet_name(_CODEBOOK)), table, descriptions)
    _fill_coverage(book.create_sheet(_sheet_name(_COVERAGE)), package)
    _fill_readme(book.create_sheet(_sheet_name(_README)), path.name, is_draft=rows is not None)
    _fill_lists(book.create_sheet("lists"), choices)
    _write(book, path)


def _descriptions(package: Package) -> Descriptions:
    """Return the descriptions of the columns of the events table."""
    content = package.contents[DESCRIPTOR]
    descriptor = json.loads(decoded(content, "utf-8", package.codebook.file))
    resources = {resource["name"]: resource for resource in descriptor["resources"]}
    descriptions = {}
    for field in resources["events"]["schema"]["fields"]:
        descriptions[field["name"]] = {
            "zh": field.get("description_zh", ""),
            "en": field.get("description", ""),
        }
    return descriptions


def _choices(table: Table, coverage: pd.DataFrame) -> dict[str, _Choice]:
    """Return the drop-downs of the columns; a source may be typed that has no coverage yet."""
    choices = {}
    for name, column in table.fields.items():
        if column.levels:
            choices[name] = _Choice([level.value for level in column.levels], strict=True)
    for name, covered in (
        ("source", coverage["source"]),
        ("source_section", coverage["section"]),
        ("reported", coverage["window"]),
    ):
        choices[name] = _Choice(list(dict.fromkeys(covered)), strict=False)
    return choices


# Texts in both languages ------------------------------------------------------------------------


_CODEBOOK = text_key("template.sheet.codebook")
_COVERAGE = text_key("template.sheet.coverage")
_README = text_key("template.sheet.readme")


def _in_each_language(key: str, **values: object) -> list[str]:
    """Return a text in Chinese and in English."""
    both = []
    for language in LANGUAGES:
        say = texts(language)
        both.append(say(key, **values))
    return both


def _sheet_name(key: str) -> str:
    """Return the name of a sheet, the English one first: Excel sorts and searches by it."""
    zh, en = _in_each_language(key)
    return f"{en} {zh}"


def _on_two_lines(key: str) -> str:
    return "\n".join(_in_each_language(key))


# The sheet to write in --------------------------------------------------------------------------


def _fill_events(
    sheet: Worksheet,
    table: Table,
    descriptions: Descriptions,
    choices: Mapping[str, _Choice],
) -> None:
    """Head the columns of the events table, each with its prompt and its drop-down."""
    sheet.title = "events"
    sheet.freeze_panes = "B2"
    sheet.row_dimensions[1].height = 3 * _LINE
    lists = list(choices)
    for position, (name, column) in enumerate(table.fields.items(), 1):
        star = " *" if column.required else ""
        heading = f"{column.title['zh']}{star}\n{column.title['en']}{star}\n{name}"
        default_width = _DATE_WIDTH if column.edtf else _WIDTH
        width = _WIDTHS.get(name, default_width)
        _head(sheet, position, heading, width, _fill(column))
        rule = _validation(column, descriptions[name])
        if name in choices:
            _restrict(rule, column, choices[name], lists)
        letter = get_column_letter(position)
        rule.add(f"{letter}2:{letter}{_LAST_ROW}")
        sheet.add_data_validation(rule)
    # Before the tints of a draft, as the first rule that applies decides the colour.
    _mark_missing_cells(sheet, table)


def _head(sheet: Worksheet, position: int, heading: str, width: float, fill: PatternFill) -> Cell:
    """Give a column its heading and form, and return the cell of the heading."""
    column = sheet.column_dimensions[get_column_letter(position)]
    column.width = width
    column.number_format = _TEXT
    column.alignment = _WRAPPED
    cell = sheet.cell(1, position, heading)
    cell.font = _BOLD
    cell.alignment = _WRAPPED
    cell.border = _EDGE
    cell.number_format = _TEXT
    cell.fill = fill
    return cell


def _fill(column: Field) -> PatternFill:
    if not column.required:
        return _FREE
    return _FILLED if column.name in CAN_BE_FILLED else _NEEDED


def _validation(column: Field, description: Mapping[str, str]) -> DataValidation:
    """Return the rule of a column that shows its prompt and allows any text."""
    return DataValidation(
        type=None,
        allow_blank=True,
        showInputMessage=True,
        promptTitle=column.name,
        prompt=_prompt(description),
    )


def _restrict(rule: DataValidation, column: Field, choice: _Choice, lists: Sequence[str]) -> None:
    """Give a rule its drop-down, which the sheet of lists holds."""
    letter = get_column_letter(lists.index(column.name) + 1)
    last_row = len(choice.options) + 1
    rule.type = "list"
    rule.formula1 = f"lists!${letter}$2:${letter}${last_row}"
    rule.showErrorMessage = choice.strict
    title = f"{column.title['zh']} {column.title['en']}"
    rule.errorTitle = title[:_TITLE_LENGTH]
    rule.error = _on_two_lines(text_key("template.not_allowed"))


def _prompt(description: Mapping[str, str]) -> str:
    """Return the first sentence of a description in both languages, cut off where too long."""
    zh = re.split("(?<=。)", description["zh"])[0]
    en = re.split(r"(?<=\.) (?=[A-Z])", description["en"])[0]
    text = f"{zh}\n{en}"
    if len(text) <= _PROMPT_LENGTH:
        return text
    return text[: _PROMPT_LENGTH - 1] + "…"


def _mark_missing_cells(sheet: Worksheet, table: Table) -> None:
    """Tint required cells while they are empty, in rows that are not."""
    last = get_column_letter(len(table.fields))
    for position, column in enumerate(table.fields.values(), 1):
        if column.required and column.name not in CAN_BE_FILLED:
            letter = get_column_letter(position)
            is_missing = f'AND({letter}2="",COUNTA($A2:${last}2)>0)'
            rule = FormulaRule(formula=[is_missing], fill=_EMPTY)
            sheet.conditional_formatting.add(f"{letter}2:{letter}{_LAST_ROW}", rule)


# The rows of a draft ----------------------------------------------------------------------------


def _head_notes(sheet: Worksheet, first: int) -> None:
    """Head the notes of a draft, right behind the table so that sorting takes them along."""
    for position, name in enumerate(NOTES, first):
        heading = "\n".join([*note_titles(name), name])
        width = _WIDTHS.get(name, _WIDTH)
        cell = _head(sheet, position, heading, width, _NOTED)
        if position == first:
            cell.border = Border(left=_WALL, bottom=_EDGE.bottom)
        prompt = _on_two_lines(_NOTE_PROMPTS[name])
        rule = DataValidation(showInputMessage=True, promptTitle=name, prompt=prompt)
        rule.add(f"{cell.column_letter}1:{cell.column_letter}{_LAST_ROW}")
        sheet.add_data_validation(rule)
    confidence = get_column_letter(first)
    last = get_column_letter(first + len(NOTES) - 1)
    for value, tint in _TINTS.items():
        rule = FormulaRule(formula=[f'${confidence}2="{value}"'], fill=tint)
        sheet.conditional_formatting.add(f"A2:{last}{_LAST_ROW}", rule)


def _fill_rows(sheet: Worksheet, rows: pd.DataFrame, path: Path) -> None:
    """Write rows as text, each cell whole: none becomes a formula, an error or a part of itself.

    Raises
    ------
    DataError
        Naming every text that is longer than a cell can hold.
    """
    escaped = rows.map(_escaped)
    faults = list(_length_faults(escaped, path))
    if faults:
        raise DataError(faults)
    first_note = len(rows.columns) - len(NOTES) + 1
    for number, row_texts in enumerate(escaped.to_numpy().tolist(), 2):
        _fill_row(sheet, number, row_texts, first_note)


def _length_faults(rows: pd.DataFrame, path: Path) -> Iterator[Fault]:
    """Yield the texts that are longer than a cell can hold."""
    file = path.as_posix()
    for number, row_texts in enumerate(rows.to_numpy().tolist(), 2):
        for name, text in zip(rows.columns, row_texts, strict=True):
            length = len(text)
            if length > _CELL_LENGTH:
                yield Fault(
                    "cell_length",
                    file=file,
                    line=number,
                    column=name,
                    value=length,
                    allowed=_CELL_LENGTH,
                )


def _escaped(text: str) -> str:
    """Return a text in which `_xHHHH_` stands for each character that a workbook cannot hold."""
    return _ESCAPED.sub(lambda match: f"_x{ord(match[0]):04X}_", text)


def _fill_row(sheet: Worksheet, number: int, row_texts: Sequence[str], first_note: int) -> None:
    """Write a row, and make it as high as its longest cell."""
    most_lines = 1
    for position, text in enumerate(row_texts, 1):
        cell = sheet.cell(number, position, text or None)
        cell.number_format = _TEXT
        cell.alignment = _WRAPPED
        cell.font = _GREY if position >= first_note else _PLAIN
        if position == first_note:
            cell.border = Border(left=_WALL)
        if text:
            cell.data_type = "s"  # also of a text that openpyxl takes for a formula
            width = sheet.column_dimensions[cell.column_letter].width
            most_lines = max(most_lines, _line_count(text, width))
    sheet.row_dimensions[number].height = min(most_lines * _LINE, _ROW_HEIGHT)


# The other sheets -------------------------------------------------------------------------------


def _fill_codebook(sheet: Worksheet, table: Table, descriptions: Descriptions) -> None:
    """Write every column with its description, and below it its values with their rules."""
    headings = [
        _on_two_lines(text_key("template.codebook.column")),
        _on_two_lines(text_key("template.codebook.title")),
        _on_two_lines(text_key("template.codebook.required")),
        _on_two_lines(text_key("template.codebook.value")),
        *_in_each_language(text_key("template.codebook.label")),
        *_in_each_language(text_key("template.codebook.description")),
    ]
    _start(sheet, headings, _CODEBOOK_WIDTHS)
    yes = " ".join(_in_each_language(text_key("template.codebook.yes")))
    for name, column in table.fields.items():
        titles = f"{column.title['zh']}\n{column.title['en']}"
        required = yes if column.required else ""
        text = descriptions[name]
        _append(sheet, [name, titles, required, "", "", "", text["zh"], text["en"]], bold=True)
        for level in column.levels:
            labels = [level.label["zh"], level.label["en"]]
            rules = [level.rule["zh"], level.rule["en"]]
            _append(sheet, [name, "", "", level.value, *labels, *rules])


def _fill_coverage(sheet: Worksheet, package: Package) -> None:
    """Write which days each section of each source covers."""
    fields = package.codebook.table("coverage").fields
    headings = [f"{fields[name].title['zh']}\n{name}" for name in _COVERAGE_COLUMNS]
    _start(sheet, headings, _COVERAGE_WIDTHS)
    coverage = package.tables["coverage"]
    for row in coverage[_COVERAGE_COLUMNS].to_numpy().tolist():
        _append(sheet, row)


def _fill_readme(sheet: Worksheet, file: str, *, is_draft: bool) -> None:
    """Write how to fill in the workbook and what to do next; Chinese left, English right."""
    for letter in ("A", "B"):
        sheet.column_dimensions[letter].width = 70
    _append(sheet, _in_each_language(text_key("template.readme.heading")), bold=True)
    for key in _INSTRUCTIONS:
        _append(sheet, _in_each_language(key, sheet=_sheet_name(_CODEBOOK)))
    _append(sheet, [f"aistats add {file} --dry-run", ""])
    _append(sheet, [f"aistats add {file}", ""])
    if not is_draft:
        return
    _append(sheet, _in_each_language(text_key("template.draft.heading")), bold=True)
    for key in _REVIEW_INSTRUCTIONS:
        _append(sheet, _in_each_language(key))
    for name in NOTES:
        _append(sheet, _explained(name))


def _explained(note: str) -> list[str]:
    """Return the name of a column of notes with its explanation, in each language."""
    lines = []
    for language in LANGUAGES:
        say = texts(language)
        explanation = say(_NOTE_PROMPTS[note])
        lines.append(say("template.draft.column", column=note, explanation=explanation))
    return lines


def _fill_lists(sheet: Worksheet, choices: Mapping[str, _Choice]) -> None:
    """Write the values of the drop-downs: Excel takes only a short list in the rule itself."""
    sheet.sheet_state = "hidden"
    for position, (name, choice) in enumerate(choices.items(), 1):
        column = (name, *choice.options)
        for number, text in enumerate(column, 1):
            cell = sheet.cell(number, position, text)
            cell.number_format = _TEXT


def _start(sheet: Worksheet, headings: Sequence[str], widths: Sequence[int]) -> None:
    """Head a sheet."""
    for position, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(position)].width = width
    _append(sheet, headings, bold=True)
    sheet.freeze_panes = "A2"
    for cell in sheet[1]:
        cell.border = _EDGE
        cell.fill = _FREE


def _append(sheet: Worksheet, row_texts: Sequence[str], *, bold: bool = False) -> None:
    """Add a row of texts, as high as its longest cell."""
    sheet.append(list(row_texts))
    number = sheet.max_row
    most_lines = 1
    for cell, text in zip(sheet[number], row_texts, strict=True):
        width = sheet.column_dimensions[cell.column_letter].width
        most_lines = max(most_lines, _line_count(text, width))
        cell.alignment = _WRAPPED
        cell.number_format = _TEXT
        cell.font = _BOLD if bold else _PLAIN
    sheet.row_dimensions[number].height = most_lines * _LINE


def _line_count(text: str, width: float) -> int:
    """Return how many lines a text takes, where a Han character is as wide as two others."""
    count = 0
    for line in text.split("\n"):
        wide_characters = sum(ord(character) > 0x2E7F for character in line)
        columns = len(line) + wide_characters
        count += max(1, math.ceil(columns * 1.05 / width))  # a margin, as letters differ in width
    return count


# Into the file ----------------------------------------------------------------------------------


def _write(book: Workbook, path: Path) -> None:
    """Write a workbook whole or not at all, and without the time of day."""
    book.properties.created = _EPOCH
    for sheet in book.worksheets:  # to be printed as wide as a page
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    saved = io.BytesIO()
    book.save(saved)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        _copy_without_times(saved, temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _copy_without_times(saved: IO[bytes], path: Path) -> None:
    """Copy a workbook, with one fixed time in place of each time that openpyxl writes."""
    time = _EPOCH.timetuple()[:6]
    with zipfile.ZipFile(saved) as parts, zipfile.ZipFile(path, "w") as written:
        for part in parts.infolist():
            content = parts.read(part)
            if part.filename == "docProps/core.xml":
                content = _with_fixed_time(content)
            entry = zipfile.ZipInfo(part.filename, time)
            written.writestr(entry, content, zipfile.ZIP_DEFLATED)


def _with_fixed_time(properties: bytes) -> bytes:
    modified = rb"(<dcterms:modified[^>]*>)[^<]*"
    stamp = f"{_EPOCH.isoformat()}Z".encode()
    return re.sub(modified, rb"\g<1>" + stamp, properties)

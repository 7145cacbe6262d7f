"""Template: a workbook to write events in, made from the codebook.

Every column has its titles and its name as heading, its description as a prompt and, where the
codebook names levels, a drop-down; whatever is typed stays text, so that Excel turns nothing into a
date. Beside it stand the codebook with its rules and a page that says how to go on. The rows of a
draft can stand in it already: then the notes of the draft are to the right of the table, and rows
to look at are tinted. The same data give the same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import math
import os
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

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
from aistats.importers.add.rows import CAN_BE_FILLED, NOTE_TITLES
from aistats.importers.draft.reports import NOTES
from aistats.tables.codebook import DESCRIPTOR, Field, Table
from aistats.tables.encodings import decoded
from aistats.tables.package import Package

_LAST_ROW = 1_048_576
_CELL_LENGTH = 32_767  # openpyxl cuts off the rest and says nothing
_ROW_HEIGHT = 409  # Excel takes no higher row
_PROMPT_LENGTH = 255  # Excel repairs, that is empties, a workbook with longer ones
_TEXT = "@"
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_NEEDED, _FILLED, _FREE, _NOTED = (
    PatternFill("solid", fgColor=it) for it in ("F6C9B7", "DCE6F1", "EDEDED", "D9D2E9")
)
_EMPTY = PatternFill("solid", bgColor="FBE3DA")
_TINTS = {
    it: PatternFill("solid", bgColor=to) for it, to in (("low", "FFE08A"), ("medium", "FFF5CC"))
}
_PLAIN, _BOLD = (Font("Calibri", 11, bold=bold) for bold in (False, True))
_GREY = Font("Calibri", 11, color="595959")
_EDGE = Border(bottom=Side("medium", color="7F7F7F"))
_WALL = Side("thick", color="7F7F7F")
_WIDTHS = {
    **{"event_id": 34, "title_zh": 34, "title_en": 40, "summary_zh": 60, "summary_en": 60},
    **{"confidence": 12, "note": 34, "place": 30, "heading_path": 36, "date_from": 30, "facts": 80},
}
_WIDTH, _DATE_WIDTH, _LINE = 20, 23, 16
_EPOCH = dt.datetime(1980, 1, 1)  # the first that a zip can name
_README = (
    ("如何填写", "How to fill it in"),
    (
        "每行一条事件，填在events表中；每个表头的第三行不要改。",
        "Write an event per row of the sheet events. Keep the third line of each heading as it is.",
    ),
    (
        "红底的列必填；蓝底的列也必填，但可以留空，登记时自动补上；灰底的列可以留空。",
        "Red columns must be filled. Blue ones too, but what is left empty there is filled in when "
        "the rows are added. Grey ones may stay empty.",
    ),
    (
        "日期按EDTF填写，不比来源更精确：2025-12-02、2025-12、2025-12-15~、2025-12-01/2025-12-06。"
        "填了date，就要在date_text中照录来源的原词。",
        "Write dates in EDTF, no finer than the source has them: 2025-12-02, 2025-12, 2025-12-15~, "
        "2025-12-01/2025-12-06. Where date is filled, date_text has the words of the source.",
    ),
    (
        "各列的含义、各类别的判定规则见“codebook 编码手册”表。",
        "What each column means, and the rule for each level, is in the sheet codebook.",
    ),
    (
        "填好后先试一遍，再登记：",
        "When it is filled in, try it first, then add the rows:",
    ),
    ("aistats add {file} --dry-run", ""),
    ("aistats add {file}", ""),
)
_NOTE_PROMPTS = {
    "confidence": ("这一行的把握：high、medium、low。", "How sure the row is: high, medium, low."),
    "note": ("为什么把握不大。", "Why it is not surer."),
    "place": ("在报告中的位置：文件名和行号。", "Where the report tells it: file and line."),
    "heading_path": ("在哪几级标题之下。", "The headings that it stands under."),
    "date_from": ("date取自哪里。", "Where date was found."),
    "reported_from": ("reported取自哪里。", "Where reported was found."),
    "facts": ("报告所述要点，写摘要时参考。", "What the report says; write the summary from it."),
}
_README_OF_A_DRAFT = (
    ("关于草稿", "About a draft"),
    (
        "events表中的各行由报告整理而来，须逐行核对：补写摘要，改正有误之处，删去不算事件的行。",
        "The rows of the sheet events come from a report. Check each: write its summary, correct "
        "what is wrong, delete rows that are no events.",
    ),
    (
        "粗线右侧紫底的各列只供核对，不属于事件表，登记时略去；各列的含义见下。",
        "The violet columns to the right of the thick line are there for the review. They are not "
        "part of the table and are left out when rows are added. What each means is below.",
    ),
    (
        "黄色的行把握不大，深黄更甚，原因见note列；核对后把confidence改为high，黄色即消失。",
        "Yellow rows are unsure, the darker the less sure; the column note says why. A row that "
        "you have checked loses its colour when you set confidence to high.",
    ),
    *((f"{name}：{zh}", f"{name}: {en}") for name, (zh, en) in _NOTE_PROMPTS.items()),
)
# What XML cannot hold, and what would be read as an escape of it.
_ESCAPED = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


@dataclass(frozen=True)
class _Choice:
    """What the drop-down of a column shows, and whether it must be one of these."""

    texts: Sequence[str]
    strict: bool


def write_template(
    path: str | Path,
    *,
    data: str | Path = "data",
    rows: pd.DataFrame | None = None,
    force: bool = False,
) -> None:
    """Write a workbook in which events can be written, or the rows of a draft reviewed.

    Parameters
    ----------
    path
        The workbook, which must end in ``.xlsx``.
    data
        The folder of the data package: its codebook, and the windows that its sources cover.
    rows
        The rows of a draft, which are to stand in it.
    force
        Write over a file that is there.

    Raises
    ------
    DataError
        If the data is wrong, the name has another ending, the file is there already, or a row has a
        longer text than a cell can hold.

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
    table, coverage = package.codebook.table("events"), package.tables["coverage"]
    choices = {
        name: _Choice([level.value for level in column.levels], strict=True)
        for name, column in table.fields.items()
        if column.levels
    }
    for name, of in (("source", "source"), ("source_section", "section"), ("reported", "window")):
        choices[name] = _Choice(list(dict.fromkeys(coverage[of])), strict=False)
    text = decoded(package.contents[DESCRIPTOR], "utf-8", package.codebook.file)
    described = _descriptions(text)
    book = Workbook()
    _fill_events(book.active, table, described, choices)
    if rows is not None:
        _head_notes(book.active, len(table.fields) + 1)
        _fill_rows(book.active, rows.reindex(columns=[*table.fields, *NOTES], fill_value=""), path)
    _fill_codebook(book.create_sheet("codebook 编码手册"), table, described)
    _fill_windows(book.create_sheet("coverage 时间窗"), coverage)
    readme = _README if rows is None else _README + _README_OF_A_DRAFT
    _fill_readme(book.create_sheet("README 说明"), readme, path.name)
    _fill_lists(book.create_sheet("lists"), choices)
    _write(book, path)


def _descriptions(descriptor: str) -> dict[str, dict[str, str]]:
    """Return what the codebook says of each column of the events, by language."""
    package = json.loads(descriptor)
    (events,) = (it for it in package["resources"] if it["name"] == "events")
    return {
        it["name"]: {"zh": it.get("description_zh", ""), "en": it.get("description", "")}
        for it in events["schema"]["fields"]
    }


# The sheet to write in --------------------------------------------------------------------------


def _fill_events(
    sheet: Worksheet,
    table: Table,
    described: Mapping[str, Mapping[str, str]],
    choices: Mapping[str, _Choice],
) -> None:
    sheet.title = "events"
    sheet.freeze_panes = "B2"
    sheet.row_dimensions[1].height = 3 * _LINE
    for at, (name, column) in enumerate(table.fields.items(), 1):
        star = " *" if column.required else ""
        heading = f"{column.title['zh']}{star}\n{column.title['en']}{star}\n{name}"
        width = _WIDTHS.get(name, _DATE_WIDTH if column.edtf else _WIDTH)
        letter = _head(sheet, at, heading, width, _fill(column)).column_letter
        rule = _validation(column, described[name], choices.get(name), list(choices))
        rule.add(f"{letter}2:{letter}{_LAST_ROW}")
        sheet.add_data_validation(rule)
    _mark_what_is_missing(sheet, table)


def _head(sheet: Worksheet, at: int, heading: str, width: float, fill: PatternFill) -> Cell:
    """Give a column its heading and form, and return the cell of the heading."""
    whole = sheet.column_dimensions[get_column_letter(at)]
    whole.width, whole.number_format, whole.alignment = width, _TEXT, _WRAPPED
    cell = sheet.cell(1, at, heading)
    cell.font, cell.alignment, cell.border = _BOLD, _WRAPPED, _EDGE
    cell.number_format, cell.fill = _TEXT, fill
    return cell


def _fill(column: Field) -> PatternFill:
    if not column.required:
        return _FREE
    return _FILLED if column.name in CAN_BE_FILLED else _NEEDED


def _validation(
    column: Field, described: Mapping[str, str], choice: _Choice | None, lists: Sequence[str]
) -> DataValidation:
    rule = DataValidation(
        type="list" if choice else None,
        allow_blank=True,
        showInputMessage=True,
        promptTitle=column.name,
        prompt=_prompt(described),
    )
    if choice:
        letter = get_column_letter(lists.index(column.name) + 1)
        rule.formula1 = f"lists!${letter}$2:${letter}${len(choice.texts) + 1}"
        rule.showErrorMessage = choice.strict
        rule.errorTitle = f"{column.title['zh']} {column.title['en']}"[:32]
        rule.error = (
            "不在可选值之列，请从下拉列表中选择。\nNot a known level: choose from the list."
        )
    return rule


def _prompt(described: Mapping[str, str]) -> str:
    """Return the first sentences of a description in both languages, as long as may be."""
    zh = re.split("(?<=。)", described["zh"])[0]
    en = re.split(r"(?<=\.) (?=[A-Z])", described["en"])[0]
    text = f"{zh}\n{en}"
    return text if len(text) <= _PROMPT_LENGTH else f"{text[: _PROMPT_LENGTH - 1]}…"


def _mark_what_is_missing(sheet: Worksheet, table: Table) -> None:
    """Colour the cells that are needed, while they are empty, in rows where something stands."""
    last = get_column_letter(len(table.fields))
    for at, column in enumerate(table.fields.values(), 1):
        if column.required and column.name not in CAN_BE_FILLED:
            letter = get_column_letter(at)
            empty = f'AND({letter}2="",COUNTA($A2:${last}2)>0)'
            rule = FormulaRule(formula=[empty], fill=_EMPTY)
            sheet.conditional_formatting.add(f"{letter}2:{letter}{_LAST_ROW}", rule)


# The rows of a draft ----------------------------------------------------------------------------


def _head_notes(sheet: Worksheet, first: int) -> None:
    """Head the notes of a draft, right behind the table so that sorting takes them along."""
    for at, name in enumerate(NOTES, first):
        cell = _head(sheet, at, f"{NOTE_TITLES[name]}\n{name}", _WIDTHS.get(name, _WIDTH), _NOTED)
        if at == first:
            cell.border = Border(left=_WALL, bottom=_EDGE.bottom)
        rule = DataValidation(
            showInputMessage=True, promptTitle=name, prompt="\n".join(_NOTE_PROMPTS[name])
        )
        rule.add(f"{cell.column_letter}1:{cell.column_letter}{_LAST_ROW}")
        sheet.add_data_validation(rule)
    confidence, last = (get_column_letter(it) for it in (first, first + len(NOTES) - 1))
    for level, tint in _TINTS.items():
        rule = FormulaRule(formula=[f'${confidence}2="{level}"'], fill=tint)
        sheet.conditional_formatting.add(f"A2:{last}{_LAST_ROW}", rule)


def _fill_rows(sheet: Worksheet, rows: pd.DataFrame, path: Path) -> None:
    """Write rows as text, each cell whole: none becomes a formula, an error or a part of itself."""
    stored = [
        [_ESCAPED.sub(lambda it: f"_x{ord(it[0]):04X}_", text) for text in texts]
        for texts in rows.to_numpy().tolist()
    ]
    faults = [
        Fault("cell_length", path.as_posix(), number, name, len(text), _CELL_LENGTH)
        for number, texts in enumerate(stored, 2)
        for name, text in zip(rows.columns, texts, strict=True)
        if len(text) > _CELL_LENGTH
    ]
    if faults:
        raise DataError(faults)
    notes = len(rows.columns) - len(NOTES) + 1
    for number, texts in enumerate(stored, 2):
        lines = 1
        for at, text in enumerate(texts, 1):
            cell = sheet.cell(number, at, text or None)
            cell.number_format, cell.alignment = _TEXT, _WRAPPED
            cell.font = _GREY if at >= notes else _PLAIN
            if at == notes:
                cell.border = Border(left=_WALL)
            if text:
                cell.data_type = "s"
                lines = max(lines, _lines(text, sheet.column_dimensions[cell.column_letter].width))
        sheet.row_dimensions[number].height = min(lines * _LINE, _ROW_HEIGHT)


# The sheets beside it ---------------------------------------------------------------------------


def _fill_codebook(
    sheet: Worksheet, table: Table, described: Mapping[str, Mapping[str, str]]
) -> None:
    headings = (
        *("列\ncolumn", "标题\ntitle", "必填\nrequired", "可选值\nlevel"),
        *("标签", "label", "说明与规则", "description and rule"),
    )
    _start(sheet, headings, (16, 20, 9, 12, 16, 20, 70, 70))
    for name, column in table.fields.items():
        titles, text = "\n".join((column.title["zh"], column.title["en"])), described[name]
        needed = "是 yes" if column.required else ""
        _append(sheet, (name, titles, needed, "", "", "", text["zh"], text["en"]), bold=True)
        for level in column.levels:
            both = (level.label["zh"], level.label["en"], level.rule["zh"], level.rule["en"])
            _append(sheet, (name, "", "", level.value, *both))


def _fill_windows(sheet: Worksheet, coverage: pd.DataFrame) -> None:
    names = ["source", "section", "window", "basis"]
    titles = ("来源", "章节", "时间窗", "确定方式")
    headings = [f"{title}\n{name}" for title, name in zip(titles, names, strict=True)]
    _start(sheet, headings, (26, 12, 26, 14))
    for row in coverage[names].to_numpy().tolist():
        _append(sheet, row)


def _fill_readme(sheet: Worksheet, readme: Sequence[tuple[str, str]], file: str) -> None:
    sheet.column_dimensions["A"].width = sheet.column_dimensions["B"].width = 70
    heads = (_README[0], _README_OF_A_DRAFT[0])
    for texts in readme:
        _append(sheet, [text.format(file=file) for text in texts], bold=texts in heads)


def _fill_lists(sheet: Worksheet, choices: Mapping[str, _Choice]) -> None:
    """Write what the drop-downs show: Excel takes no longer list in the rule itself."""
    sheet.sheet_state = "hidden"
    for at, (name, choice) in enumerate(choices.items(), 1):
        for row, text in enumerate((name, *choice.texts), 1):
            sheet.cell(row, at, text).number_format = _TEXT


def _start(sheet: Worksheet, headings: Sequence[str], widths: Sequence[int]) -> None:
    for at, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    _append(sheet, headings, bold=True)
    sheet.freeze_panes = "A2"
    for cell in sheet[1]:
        cell.border, cell.fill = _EDGE, _FREE


def _append(sheet: Worksheet, texts: Sequence[str], *, bold: bool = False) -> None:
    sheet.append(list(texts))
    row = sheet[sheet.max_row]
    lines = [
        _lines(text, sheet.column_dimensions[cell.column_letter].width)
        for cell, text in zip(row, texts, strict=True)
    ]
    sheet.row_dimensions[sheet.max_row].height = max(lines) * _LINE
    for cell in row:
        cell.alignment, cell.number_format = _WRAPPED, _TEXT
        cell.font = _BOLD if bold else _PLAIN


def _lines(text: str, width: float) -> int:
    """Return how many lines a text takes, where a Han character is as wide as two others."""
    wide = (sum(2 if ord(it) > 0x2E7F else 1 for it in line) for line in text.split("\n"))
    return sum(max(1, math.ceil(it * 1.05 / width)) for it in wide)


# Into the file ----------------------------------------------------------------------------------


def _write(book: Workbook, path: Path) -> None:
    """Write a workbook whole or not at all, and without the time of day."""
    book.properties.created = _EPOCH
    for sheet in book.worksheets:  # for whoever prints it: as wide as a page
        sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    saved = io.BytesIO()
    book.save(saved)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with zipfile.ZipFile(saved) as parts, zipfile.ZipFile(aside, "w") as written:
            for part in parts.infolist():
                content = parts.read(part)
                if part.filename == "docProps/core.xml":
                    modified, stamp = rb"(<dcterms:modified[^>]*>)[^<]*", _EPOCH.isoformat()
                    content = re.sub(modified, rb"\g<1>" + f"{stamp}Z".encode(), content)
                entry = zipfile.ZipInfo(part.filename, _EPOCH.timetuple()[:6])
                written.writestr(entry, content, zipfile.ZIP_DEFLATED)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)

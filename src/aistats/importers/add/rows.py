"""Rows: those of a reviewed file, as the table would have them.

Headings may be the names of columns or their titles, cells the labels of levels. Excel turns dates
into days of its own, into serial numbers or writes them its own way, and spaces stick to what was
pasted. Whatever can be meant in one way only is put in the form of the table and said; the rest
stays, to be refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from aistats.dates.spellings import read_date
from aistats.faults import DataError, Fault
from aistats.importers.draft.reports import NOTES
from aistats.tables.cells import Cells, read_cells, records
from aistats.tables.codebook import Field, Table
from aistats.tables.foreign import order_of

CAN_BE_FILLED = frozenset({"event_id", "reported", "source"})
"""Columns that are required, but can be filled in from others or from the command line."""

NOTE_TITLES = {
    "confidence": "把握程度",
    "note": "存疑原因",
    "place": "报告中的位置",
    "heading_path": "所在标题",
    "date_from": "日期出处",
    "reported_from": "时间窗出处",
    "facts": "报告要点",
}
"""What the notes of a draft are called in Chinese."""


@dataclass(frozen=True)
class Change:
    """A cell that is added in another form than it had in its file, or that it did not have.

    Of a cell that is no text but a day of Excel's, nothing is known before.
    """

    file: str
    line: int
    column: str
    before: str
    after: str
    from_day: bool = False


@dataclass
class Row:
    """A row, and where it stands.

    Parameters
    ----------
    file, line
        The line is that of the file, or the number of the row in its sheet.
    cells
        The text of every column of the table.
    settled
        Columns of which nothing more is to be said: their fault, or its cause, is named.
    """

    file: str
    line: int
    cells: dict[str, str]
    settled: set[str] = field(default_factory=set)

    @property
    def place(self) -> str:
        """Where it stands, in short."""
        return f"{self.file}:{self.line}"

    @property
    def body(self) -> tuple[str, ...]:
        """What it says, by whatever name."""
        return tuple(text for name, text in self.cells.items() if name != "event_id")

    def fault(
        self,
        kind: str,
        column: str | None = None,
        value: str = "",
        allowed: object = "",
        lines: Sequence[str] = (),
    ) -> Fault:
        """Return a fault of this row."""
        return Fault(kind, self.file, self.line, column, value, allowed, tuple(lines))

    def put(self, column: str, text: str) -> Change:
        """Put a text into a cell, and return what changes."""
        before, self.cells[column] = self.cells[column], text
        return Change(self.file, self.line, column, before, text)


def table_rows(text: str, file: str, table: Table) -> list[Row]:
    """Return the rows of a table that is known to be right; `text` is that of its file."""
    (_, header), *lines = records(text, file)
    rows = ((line, dict(zip(header, cells, strict=True))) for line, cells in lines)
    return [Row(file, line, {it: row[it] for it in table.fields}) for line, row in rows]


@dataclass(frozen=True)
class Given:
    """What a file gives: rows in the form of the table, what was put in form, what is not kept.

    And how it was read: the encoding of a text, the name of a sheet.
    """

    file: str
    encoding: str | None
    sheet: str | None
    rows: list[Row]
    changes: list[Change]
    left_out: list[str]


def read_rows(
    path: Path,
    table: Table,
    faults: list[Fault],
    *,
    encoding: str | None = None,
    ignored: Collection[str] = (),
) -> Given:
    """Return the rows of a CSV or workbook in the form of a table.

    Parameters
    ----------
    path
        Its columns may be in any order, and called by name or title.
    table
        What the rows are for.
    faults
        Gains what is wrong with the header, and rows with more cells or fewer than it has.
    encoding
        By default found out.
    ignored
        Headings of columns that are not to be read.

    Raises
    ------
    DataError
        If the file cannot be read at all.
    """
    read = read_cells(path, encoding=encoding)
    if read.broken is not None:
        raise DataError([read.broken])
    if not read.records:
        raise DataError([Fault("empty_file", read.file, allowed=", ".join(table.fields))])
    (top, header), *below = read.records
    lines = {line: cells for line, cells in below if any(map(str.strip, cells))}
    torn = {line: len(cells) for line, cells in lines.items() if not _fits(cells, header)}
    faults += [
        Fault("torn_line", read.file, line, None, n, len(header)) for line, n in torn.items()
    ]
    whole = {line: cells for line, cells in lines.items() if line not in torn}
    filled = [at for at, it in enumerate(header) if it or any(row[at] for row in whole.values())]
    left_out = [at for at in filled if _is_one_of(header[at], ignored)]
    used = [at for at in filled if at not in left_out]
    names = {at: _column(header[at], table) for at in used}
    found = list(_header_faults([header[at] for at in used], list(names.values()), table))
    faults += [replace(fault, file=read.file, line=top) for fault in found]
    missing = {str(fault.value) for fault in found if fault.kind == "missing_column"}
    rows: list[Row] = []
    for line, cells in whole.items():
        given = {name: cells[at] for at, name in names.items()}
        texts = {name: given.get(name, "") for name in table.fields}
        rows.append(Row(read.file, line, texts, set(missing)))
    dates, wrong = _dates_of(rows, table, read)
    faults += wrong
    changes: list[Change] = []
    for row in rows:
        days = {name for at, name in names.items() if (row.line, at) in read.days}
        changes += _put_in_form(row, table, dates, days)
    notes = [name for name in names.values() if name in NOTES]
    left_out_headings = [header[at].replace("\n", " ") for at in left_out]
    return Given(read.file, read.encoding, read.sheet, rows, changes, [*notes, *left_out_headings])


def _fits(cells: Sequence[str], header: Sequence[str]) -> bool:
    return len(cells) >= len(header) and not any(cells[len(header) :])


# Headings ---------------------------------------------------------------------------------------


def _column(heading: str, table: Table) -> str | None:
    r"""Return the column that a heading calls by name or by a title, or by all of them.

    Examples
    --------
    >>> from aistats.tables.codebook import read_codebook
    >>> table = read_codebook("data").table("events")
    >>> [_column(it, table) for it in ("类别", "Category", "类别 *\nCategory\ncategory", "kind")]
    ['category', 'category', 'category', None]
    """
    called = {_plain(it): name for name in NOTES for it in (name, NOTE_TITLES[name])}
    for name, column in table.fields.items():
        called |= {_plain(title): name for title in (*column.title.values(), name)}
    found = {called.get(_plain(line.strip("*＊ "))) for line in heading.splitlines()}
    return found.pop() if len(found) == 1 else None


def _is_one_of(heading: str, names: Collection[str]) -> bool:
    """Whether a heading, or a line of it, is one of some names."""
    plain = {_plain(it) for it in (heading, *heading.splitlines())}
    return any(_plain(name) in plain for name in names)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _header_faults(
    header: Sequence[str], names: Sequence[str | None], table: Table
) -> Iterator[Fault]:
    allowed = ", ".join(table.fields)
    for name, column in table.fields.items():
        if column.required and name not in CAN_BE_FILLED and name not in names:
            yield Fault("missing_column", value=name, allowed=allowed)
        if names.count(name) > 1:
            yield Fault("duplicate_column", value=name)
    for at, heading in enumerate(header):
        if names[at] is None:
            yield Fault("unknown_heading", value=heading, allowed=allowed)


# Cells ------------------------------------------------------------------------------------------


def _put_in_form(
    row: Row, table: Table, dates: Mapping[str, str], days: Collection[str | None]
) -> Iterator[Change]:
    """Put the cells of a row in form; some of its columns were days of Excel's."""
    for name, before in row.cells.items():
        column = table.fields[name]
        text = _trimmed(before)
        after = dates.get(text, text) if column.edtf else _value(text, column)
        if name in days:
            yield replace(row.put(name, after), before="", from_day=True)
        elif after != before:
            yield row.put(name, after)


def _trimmed(text: str) -> str:
    return re.sub("\r\n?", "\n", text).strip().strip("\u200b\ufeff").strip()


def _dates_of(rows: Sequence[Row], table: Table, read: Cells) -> tuple[dict[str, str], list[Fault]]:
    """Return the date in EDTF that each text in a column of dates says, and what says none.

    Whoever wrote the file wrote day and month in one order, which one date may show for all.
    """
    names = [name for name, column in table.fields.items() if column.edtf]
    places = [(row, name, _trimmed(row.cells[name])) for row in rows for name in names]
    lines: dict[str, int] = {}
    for row, _, text in places:
        lines.setdefault(text, row.line)
    order = order_of(lines)
    mixed = order.unclear if order.fault and order.fault.kind == "order_mixed" else ()
    readings = {
        text: read_date(text, order=order.order, day_zero=read.day_zero)
        for text in lines
        if text not in mixed
    }
    faults = [replace(order.fault, file=read.file)] if order.fault and mixed else []
    for row, name, text in places:
        reading = readings.get(text)
        if reading and reading.reason:
            faults.append(replace(reading.fault(), file=row.file, line=row.line, column=name))
        if reading is None or reading.reason:
            row.settled.add(name)
    dates = {text: reading.checked() for text, reading in readings.items() if not reading.reason}
    return dates, faults


def _value(text: str, column: Field) -> str:
    """Return the value that a label of the codebook stands for, or else the text."""
    named = {value for labels in column.labels.values() for value in labels}
    if text in named or not named:
        return text
    called: dict[str, set[str]] = {}
    for value in named:
        for label in (value, column.label(value, "zh"), column.label(value, "en")):
            called.setdefault(_plain(label), set()).add(value)
    meant = called.get(_plain(text), set())
    return meant.pop() if len(meant) == 1 else text

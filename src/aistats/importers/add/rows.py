"""Rows of a reviewed file, in the form of the events table.

A CSV file or a workbook that a person filled in comes in; a `Row` for each record goes out, with a
text for every column of the table, and a `Change` for each cell that was normalised. Headings may
be the names or the titles of columns, and cells the labels of values; Excel turns dates into days
of its own or into serial numbers, and pasted text brings spaces along. The one idea: a cell is
normalised only if it can mean one thing. Any other text stays as it is. Whether it is allowed is
not checked here: the validation of the whole table does that, and rejects it.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from aistats.dates.edtf import parse_edtf
from aistats.dates.placing import DateReading
from aistats.dates.spellings import read_date
from aistats.faults import DataError, EDTFError, Fault
from aistats.importers.draft.reports import NOTES
from aistats.locale import LANGUAGES, text_key
from aistats.session import texts
from aistats.tables.cells import Cells, read_cells, records
from aistats.tables.codebook import Field, Table
from aistats.tables.foreign import order_of

CAN_BE_FILLED = frozenset({"event_id", "reported", "source"})
"""Columns that are required, but can be filled in from others or from the command line."""

_NOTE_TITLES = {
    "confidence": text_key("template.title.confidence"),
    "note": text_key("template.title.note"),
    "place": text_key("template.title.place"),
    "heading_path": text_key("template.title.heading_path"),
    "date_from": text_key("template.title.date_from"),
    "reported_from": text_key("template.title.reported_from"),
    "facts": text_key("template.title.facts"),
}

Record = tuple[int, Sequence[str]]  # its line and its cells


@dataclass(frozen=True)
class Change:
    """A cell whose text in the table differs from that in the file.

    Parameters
    ----------
    file, line, column
        The place of the cell.
    before
        The text in the file; empty if the cell was empty, or a day of Excel and no text.
    after
        The text in the table.
    from_day
        Whether the cell was a day of Excel.
    """

    file: str
    line: int
    column: str
    before: str
    after: str
    from_day: bool = False


@dataclass
class Row:
    """A row of the events table, with its place in the file that contains it.

    Parameters
    ----------
    file, line
        The line in the file, or the number of the row in its sheet.
    cells
        The text of every column of the table.
    settled
        Columns whose problem, or its cause, is reported already: later checks skip them.
    """

    file: str
    line: int
    cells: dict[str, str]
    settled: set[str] = field(default_factory=set)

    @property
    def place(self) -> str:
        """File and line, in short."""
        return f"{self.file}:{self.line}"

    @property
    def body(self) -> tuple[str, ...]:
        """The texts of all columns except the id."""
        others = dict(self.cells)
        others.pop("event_id", None)
        return tuple(others.values())

    def fault(
        self,
        kind: str,
        column: str | None = None,
        value: str = "",
        allowed: object = "",
        lines: Sequence[str] = (),
    ) -> Fault:
        """Return a problem at the place of this row."""
        return Fault(kind, self.file, self.line, column, value, allowed, tuple(lines))

    def put(self, column: str, text: str) -> Change:
        """Put a text into a cell, and return the change."""
        before = self.cells[column]
        self.cells[column] = text
        return Change(
            file=self.file,
            line=self.line,
            column=column,
            before=before,
            after=text,
        )

    def days(self, column: str, table: Table) -> tuple[dt.date, dt.date] | None:
        """Return the first and last day of a date, or None if the text is not one."""
        margin = table.fields[column].margin_days
        try:
            return parse_edtf(self.cells[column], margin_days=margin)
        except EDTFError:
            return None


@dataclass(frozen=True)
class FileRows:
    """The rows of one file in the form of the table.

    Parameters
    ----------
    file
        Its name.
    encoding, sheet
        How the file was read: the encoding of a text, the sheet of a workbook.
    rows
        Its records.
    changes
        The cells that were normalised.
    left_out
        Headings of the columns that the table does not keep.
    """

    file: str
    encoding: str | None
    sheet: str | None
    rows: list[Row]
    changes: list[Change]
    left_out: list[str]


def table_rows(text: str, file: str, table: Table) -> list[Row]:
    """Return the rows of a table that is known to be valid; `text` is that of its file."""
    (_, header), *lines = records(text, file)
    rows = []
    for line, cells in lines:
        by_name = dict(zip(header, cells, strict=True))
        in_order = {column: by_name[column] for column in table.fields}
        row = Row(file, line, in_order)
        rows.append(row)
    return rows


def note_titles(column: str) -> list[str]:
    """Return the titles of a column of notes in all languages.

    Examples
    --------
    >>> note_titles("heading_path")
    ['所在标题', 'Headings']
    """
    titles = []
    for language in LANGUAGES:
        say = texts(language)
        titles.append(say(_NOTE_TITLES[column]))
    return titles


def read_rows(
    path: Path,
    table: Table,
    faults: list[Fault],
    *,
    encoding: str | None = None,
    ignored: Collection[str] = (),
) -> FileRows:
    """Return the rows of a CSV or workbook in the form of a table.

    Parameters
    ----------
    path
        The file. Its columns may be in any order, and called by name or title.
    table
        The table that the rows are for.
    faults
        Gains the problems of the header and of the dates, and rows with the wrong number of cells.
    encoding
        Default: detected.
    ignored
        Headings of columns to leave out.

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
    lines = list(_complete_lines(read, faults))
    header = _read_header(read, lines, table, ignored)
    header_faults = list(_header_faults(header, table))
    for fault in header_faults:
        faults.append(replace(fault, file=read.file, line=header.line))
    # A missing column is one problem of the header, and not one of every row.
    missing = {str(fault.value) for fault in header_faults if fault.kind == "missing_column"}
    rows = []
    for line, cells in lines:
        rows.append(Row(read.file, line, header.cells_by_column(cells, table), set(missing)))
    dates = _read_dates(rows, table, read, faults)
    changes = list(_normalise_rows(rows, _Normaliser(table, dates), header, read))
    return FileRows(read.file, read.encoding, read.sheet, rows, changes, header.left_out())


def _complete_lines(read: Cells, faults: list[Fault]) -> Iterator[Record]:
    """Yield the records that are not blank; report those with the wrong number of cells."""
    (_, header), *below = read.records
    width = len(header)
    for line, cells in below:
        is_blank = not any(map(str.strip, cells))
        if is_blank:
            continue
        if len(cells) < width or any(cells[width:]):
            faults.append(Fault("torn_line", read.file, line, None, len(cells), width))
        else:
            yield line, cells


# Headings ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Header:
    """The headings of a file; columns without heading and cells have no part in it.

    Parameters
    ----------
    line
        Its line.
    headings
        The headings of the columns that are read, by position.
    columns
        The column of the table, or of the notes, that each of them means; None if unknown.
    ignored
        The headings to leave out.
    """

    line: int
    headings: Mapping[int, str]
    columns: Mapping[int, str | None]
    ignored: Sequence[str]

    def cells_by_column(self, cells: Sequence[str], table: Table) -> dict[str, str]:
        """Return the cells of a record by column of the table; empty where it has none."""
        by_column = dict.fromkeys(table.fields, "")
        for position, column in self.columns.items():
            if column in by_column:
                by_column[column] = cells[position]
        return by_column

    def left_out(self) -> list[str]:
        """Return the columns of notes, and the headings to leave out, each as one line."""
        headings = [column for column in self.columns.values() if column in NOTES]
        for heading in self.ignored:
            headings.append(heading.replace("\n", " "))
        return headings


def _read_header(
    read: Cells, lines: Sequence[Record], table: Table, ignored: Collection[str]
) -> _Header:
    """Return the columns that the headings of a file mean."""
    line, every_heading = read.records[0]
    known = _columns_by_title(table)
    headings: dict[int, str] = {}
    ignored_headings = []
    for position, heading in enumerate(every_heading):
        if not heading and not any(cells[position] for _, cells in lines):
            continue
        if _is_ignored(heading, ignored):
            ignored_headings.append(heading)
        else:
            headings[position] = heading
    columns = {position: _column(heading, known) for position, heading in headings.items()}
    return _Header(line, headings, columns, ignored_headings)


def _columns_by_title(table: Table) -> dict[str, str]:
    """Return the columns of a table and of the notes by name and by title, in plain form."""
    columns = {}
    for note in NOTES:
        for title in (note, *note_titles(note)):
            columns[_plain(title)] = note
    for name, column in table.fields.items():
        for title in (*column.title.values(), name):
            columns[_plain(title)] = name
    return columns


def _column(heading: str, known: Mapping[str, str]) -> str | None:
    r"""Return the column that a heading calls by name or by a title, or by all of them.

    Examples
    --------
    >>> from aistats.tables.codebook import read_codebook
    >>> known = _columns_by_title(read_codebook("data").table("events"))
    >>> _column("类别", known), _column("类别 *\nCategory\ncategory", known)
    ('category', 'category')
    >>> _column("kind", known) is None
    True
    """
    columns = set()
    for line in heading.splitlines():  # which must not contradict each other
        title = line.strip("*＊ ")
        columns.add(known.get(_plain(title)))
    return columns.pop() if len(columns) == 1 else None


def _is_ignored(heading: str, ignored: Collection[str]) -> bool:
    """Whether a heading, or one of its lines, is among those to leave out."""
    plain_names = set(map(_plain, ignored))
    plain_lines = set(map(_plain, heading.splitlines()))
    plain_lines.add(_plain(heading))
    return not plain_names.isdisjoint(plain_lines)


def _plain(text: str) -> str:
    """Return a title or label in the form in which it is compared."""
    half_width = unicodedata.normalize("NFKC", text)
    return half_width.strip().casefold()


def _header_faults(header: _Header, table: Table) -> Iterator[Fault]:
    """Yield the columns that are missing, named twice or unknown."""
    allowed = ", ".join(table.fields)
    columns = list(header.columns.values())
    for name, column in table.fields.items():
        is_needed = column.required and name not in CAN_BE_FILLED
        if is_needed and name not in columns:
            yield Fault("missing_column", value=name, allowed=allowed)
        if columns.count(name) > 1:
            yield Fault("duplicate_column", value=name)
    for position, heading in header.headings.items():
        if header.columns[position] is None:
            yield Fault("unknown_heading", value=heading, allowed=allowed)


# Cells ------------------------------------------------------------------------------------------


class _Normaliser:
    """Puts a text into the form in which the table has it.

    Parameters
    ----------
    table
        The table that the texts are for.
    dates
        The date in EDTF of each text in a column of dates.
    """

    def __init__(self, table: Table, dates: Mapping[str, str]) -> None:
        self._dates = dates
        self._fields = table.fields
        self._values = {}
        for name, column in table.fields.items():
            self._values[name] = _values_by_label(column)

    def normalise(self, column: str, text: str) -> str:
        """Return the form of a text in a column, or the text if it has no sure meaning."""
        text = _trimmed(text)
        if self._fields[column].edtf:
            return self._dates.get(text, text)
        values_by_label = self._values[column]
        if not values_by_label:
            return text
        values = values_by_label.get(_plain(text), set())
        if text in values or len(values) != 1:
            return text
        (value,) = values
        return value


def _normalise_rows(
    rows: Iterable[Row], normaliser: _Normaliser, header: _Header, read: Cells
) -> Iterator[Change]:
    """Normalise the cells of rows in place, and yield what changes."""
    for row in rows:
        days = set()
        for position, column in header.columns.items():
            if (row.line, position) in read.days:
                days.add(column)
        for column, before in row.cells.items():
            after = normaliser.normalise(column, before)
            if column in days:
                yield replace(row.put(column, after), before="", from_day=True)
            elif after != before:
                yield row.put(column, after)


def _trimmed(text: str) -> str:
    lines = re.sub("\r\n?", "\n", text)
    trimmed = lines.strip()
    trimmed = trimmed.strip("\u200b\ufeff")  # zero-width spaces of pasted text
    return trimmed.strip()


def _values_by_label(column: Field) -> dict[str, set[str]]:
    """Return the values that each label can mean, by its plain form; a value labels itself."""
    values: defaultdict[str, set[str]] = defaultdict(set)
    for labels in column.labels.values():
        for value, label in labels.items():
            values[_plain(value)].add(value)
            values[_plain(label)].add(value)
    return values


# Dates ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _DateCell:
    """A cell in a column of dates."""

    row: Row
    column: str
    text: str


def _read_dates(
    rows: Iterable[Row], table: Table, read: Cells, faults: list[Fault]
) -> dict[str, str]:
    """Return the date in EDTF of each text in a column of dates; report texts that have none.

    A file has one order of day and month, which a single date may show for all.
    """
    cells = list(_date_cells(rows, table))
    first_lines: dict[str, int] = {}
    for cell in cells:
        first_lines.setdefault(cell.text, cell.row.line)
    order = order_of(first_lines)
    contradictory: Collection[str] = ()
    if order.fault and order.fault.kind == "order_mixed":
        contradictory = order.unclear  # one fault for all of them
        faults.append(replace(order.fault, file=read.file))
    readings: dict[str, DateReading] = {}
    for text in first_lines:
        if text not in contradictory:
            readings[text] = read_date(text, order=order.order, day_zero=read.day_zero)
    faults.extend(_date_faults(cells, readings))
    return {text: reading.checked() for text, reading in readings.items() if not reading.reason}


def _date_cells(rows: Iterable[Row], table: Table) -> Iterator[_DateCell]:
    """Yield the cells in columns of dates, row by row."""
    columns = [name for name, column in table.fields.items() if column.edtf]
    for row in rows:
        for column in columns:
            text = _trimmed(row.cells[column])
            yield _DateCell(row, column, text)


def _date_faults(
    cells: Iterable[_DateCell], readings: Mapping[str, DateReading]
) -> Iterator[Fault]:
    """Yield the dates that cannot be read, and settle their cells and those left unread."""
    for cell in cells:
        reading = readings.get(cell.text)
        if reading and not reading.reason:
            continue
        cell.row.settled.add(cell.column)
        if reading:
            fault = reading.fault()
            yield replace(fault, file=cell.row.file, line=cell.row.line, column=cell.column)

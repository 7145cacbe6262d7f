"""Places: the file and line where a problem first occurs.

Problems come in as codes of distinct values, or as records that DuckDB rejected; out come the same
problems with their file and line. Files are searched only after a problem is known: DuckDB goes
through the rows once more, in order, and gives the number of the row. In a CSV, whose cells may
hold line breaks, the records up to there are then counted to get the line.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from aistats.counting.files.connection import Engine
from aistats.counting.files.heads import LONGEST_LINE, text_lines
from aistats.counting.files.query import Column
from aistats.counting.files.sources import Source
from aistats.counting.sql import quoted_name, quoted_text
from aistats.faults import FAULTS_NAMED, DataError, Fault, few
from aistats.tables.cells import records

# Names that no column of a file has.
_ROW = '"row of aistats"'
_FILE = '"file of aistats"'
_CELL = '"cell of aistats"'


@dataclass(frozen=True)
class Rows:
    """The rows that are counted.

    Parameters
    ----------
    engine
        The connection that reads them.
    source
        The files.
    condition
        SQL that is true for the rows to count.
    """

    engine: Engine
    source: Source
    condition: str


@dataclass(frozen=True)
class WrongLevel:
    """A problem with a level, or with several levels of one row.

    Parameters
    ----------
    fault
        The problem, without its place.
    columns
        The numbers of the columns.
    codes
        The codes of the levels.
    level
        The first of the levels, as DuckDB gives it.
    """

    fault: Fault
    columns: tuple[int, ...]
    codes: tuple[int, ...]
    level: object = None


@dataclass(frozen=True)
class RejectedRecord:
    """A record of a CSV that DuckDB cannot read as a row.

    Parameters
    ----------
    file
        The file.
    number
        The number of the record in the file, from 1; the header and blank lines are records too.
    kind
        DuckDB's name of the problem.
    text
        The text of the record.
    """

    file: str
    number: int
    kind: str
    text: str


_NumberedRecord = tuple[int, int, Sequence[str]]
"""A record of a CSV: its number and the line on which it starts, both from 1, and its cells."""


# Wrong levels ------------------------------------------------------------------------------------


def locate(
    rows: Rows,
    columns: Sequence[Column],
    wrong: Sequence[WrongLevel],
    rejected: Sequence[RejectedRecord] = (),
) -> list[Fault]:
    """Return the problems of wrong levels, each with its first place; of many in a column, a few.

    Parameters
    ----------
    rows
        The rows that were counted.
    columns
        The columns of levels, by whose numbers `wrong` names them.
    wrong
        The wrong levels.
    rejected
        The records that were not counted as rows.
    """
    groups: dict[tuple[int, ...], list[WrongLevel]] = {}
    for level in wrong:
        groups.setdefault(level.columns, []).append(level)
    faults: list[Fault] = []
    for numbers, levels in groups.items():
        search = _Search(rows, columns, numbers)
        search.register(levels)
        located = _locate_levels(search, levels, rejected)
        others = len(levels) - len(located)
        faults += located
        if located and others:
            last = located[-1]
            faults.append(Fault("more_faults", last.file, last.line, last.column, others))
    return faults


def _locate_levels(
    search: _Search, levels: Sequence[WrongLevel], rejected: Sequence[RejectedRecord]
) -> list[Fault]:
    """Return the first problems of some columns, file by file, until there are enough of them."""
    located: dict[int, Fault] = {}
    for file in search.files():
        places = search.first_places(file)
        new = [place for place in places if place.index not in located]
        lines = _lines(search.rows, file, {place.row for place in new}, rejected)
        for place in new:
            level = levels[place.index]
            fault = replace(level.fault, file=file, line=lines.get(place.row))
            if fault.value == level.level:
                fault = replace(fault, value=place.cell)  # as it is written in the file
            located[place.index] = fault
        if len(located) >= FAULTS_NAMED:
            break
    return list(located.values())[:FAULTS_NAMED]


@dataclass(frozen=True)
class _Place:
    """The first row of a file that has a wrong level: index of the level, row number and cell."""

    index: int
    row: int
    cell: str


@dataclass(frozen=True)
class _Search:
    """A search for the first rows that have wrong levels in some columns.

    Parameters
    ----------
    rows
        The rows that were counted.
    columns
        All columns of levels.
    numbers
        Which of them are searched.
    """

    rows: Rows
    columns: Sequence[Column]
    numbers: Sequence[int]

    def register(self, levels: Sequence[WrongLevel]) -> None:
        """Make the wrong levels a table of DuckDB, each with its index."""
        import pandas as pd

        names = [f"c{number}" for number in self.numbers]
        codes = [level.codes for level in levels]
        table = pd.DataFrame(codes, columns=names)
        table["i"] = range(len(levels))
        self.rows.engine.table("wrong", table)

    def files(self) -> list[str]:
        """Return the files, in order, that have a wrong level in them."""
        source = self.rows.source
        files = list(source.files)
        if len(files) == 1:
            return files
        file_name = quoted_text(_FILE.strip('"'))
        reading = source.sql(ordered=True, filename=file_name)
        joined = self._joined(reading, _FILE)
        rows = self.rows.engine.rows(f"SELECT DISTINCT {_FILE} FROM {joined}")
        affected = {file for (file,) in rows}
        return [file for file in files if file in affected]

    def first_places(self, file: str) -> list[_Place]:
        """Return the places of the first wrong levels of a file."""
        first_column = self.columns[self.numbers[0]]
        cell = f"CAST({quoted_name(first_column.name)} AS VARCHAR)"
        joined = self._joined(self._numbered_rows(file), f"{_ROW}, {cell} AS {_CELL}")
        query = (
            f"SELECT i, min({_ROW}), arg_min({_CELL}, {_ROW}) FROM {joined} "
            f"GROUP BY i ORDER BY 2 LIMIT {FAULTS_NAMED}"
        )
        return [_Place(*row) for row in self.rows.engine.rows(query)]

    def _numbered_rows(self, file: str) -> str:
        """Return the SQL of the rows of a file, each with its number from 1."""
        source = self.rows.source
        if source.is_parquet:
            number = "file_row_number + 1"
            reading = source.sql([file], ordered=True, file_row_number="true")
        else:
            number = "row_number() OVER ()"
            reading = source.sql([file], ordered=True)
        return f"(SELECT *, {number} AS {_ROW} FROM {reading})"

    def _joined(self, rows: str, more: str) -> str:
        """Return the SQL of the rows that have a wrong level, to stand after FROM."""
        values, joins, codes = [], [], []
        for key in self.numbers:
            values.append(f"{self.columns[key].sql} AS e{key}")
            joins.append(f"JOIN levels_{key} l{key} ON e{key} IS NOT DISTINCT FROM l{key}.v")
            codes.append(f"l{key}.code = wrong.c{key}")
        selected = ", ".join([*values, more])
        levels = " ".join(joins)
        is_wrong = " AND ".join(codes)
        matching = f"(SELECT {selected} FROM {rows} WHERE {self.rows.condition})"
        return f"{matching} {levels} JOIN wrong ON {is_wrong}"


# Lines -------------------------------------------------------------------------------------------


def _lines(
    rows: Rows,
    file: str,
    numbers: Collection[int],
    rejected: Sequence[RejectedRecord],
) -> dict[int, int]:
    """Return the line on which each of some rows starts, by row number; of Parquet the row."""
    source = rows.source
    if source.is_parquet:
        return {number: number for number in numbers}
    no_rows = {record.number for record in rejected if record.file == file}
    lines: dict[int, int] = {}
    blank_is_row = source.only_column is not None
    row = -1  # the header becomes row 0; blank records above it are no rows
    for record, line, cells in _numbered_records(rows.engine, source, file):
        if len(lines) == len(numbers):
            break
        is_row = cells or (blank_is_row and row >= 0)
        if is_row and record not in no_rows:
            row += 1
            if row in numbers:
                lines[row] = line
    return lines


def line_faults(engine: Engine, source: Source, rejected: Sequence[RejectedRecord]) -> list[Fault]:
    """Return the problems of rejected records, each with its line; of many in a file, a few."""
    by_file: dict[str, dict[int, RejectedRecord]] = {}
    for record in rejected:
        by_number = by_file.setdefault(record.file, {})
        by_number[record.number] = record
    faults: list[Fault] = []
    for file, by_number in by_file.items():
        first = sorted(by_number)[:FAULTS_NAMED]
        for number, line, cells in _numbered_records(engine, source, file):
            if number in first:
                faults.append(_line_fault(by_number[number], source, line, len(cells)))
            if number >= first[-1]:
                break
        others = len(by_number) - len(first)
        if others:
            faults.append(Fault("more_faults", file, faults[-1].line, None, others))
    return faults


def _line_fault(record: RejectedRecord, source: Source, line: int, cells: int) -> Fault:
    """Return the problem of a rejected record on a line, with so many cells."""
    file = record.file
    if record.kind == "INVALID ENCODING":
        return Fault("line_not_utf8", file, line)
    if record.kind == "LINE SIZE OVER MAXIMUM":
        return Fault("line_long", file, line, allowed=LONGEST_LINE)
    try:
        list(records(record.text, file, source.separator))
    except DataError as error:
        return replace(error.faults[0], line=line)
    width = len(source.in_files)
    return Fault("torn_line", file, line, value=cells, allowed=width)


def _numbered_records(engine: Engine, source: Source, file: str) -> Iterator[_NumberedRecord]:
    """Yield the records of a CSV, blank records included."""
    with text_lines(file, source.files[file], engine) as lines, _long_cells():
        reader = csv.reader(lines, delimiter=source.separator)
        line = 1
        for number, cells in enumerate(reader, 1):
            yield number, line, cells
            line = reader.line_num + 1


@contextmanager
def _long_cells() -> Iterator[None]:
    """Let Python's csv read cells as long as DuckDB does."""
    limit = csv.field_size_limit(LONGEST_LINE * 10)
    try:
        yield
    finally:
        csv.field_size_limit(limit)


def broken_quotes(engine: Engine, source: Source) -> list[Fault]:
    """Return where a quote is never closed: DuckDB, reading in order, drops that row silently."""
    faults: list[Fault] = []
    for file, compression in source.files.items():
        try:
            with text_lines(file, compression, engine) as lines, _long_cells():
                for _ in records(lines, file, source.separator):
                    pass
        except DataError as error:
            faults += error.faults
    return faults


def mixed_ends(engine: Engine, source: Source) -> list[Fault]:
    """Return the first record of each CSV whose line end differs from that of the header."""
    faults = []
    for file in source.files:
        line = _first_other_end(_ends(engine, source, file))
        if line is not None:
            faults.append(Fault("line_ends", file, line))
    return few(faults)


def _first_other_end(ends: Iterator[tuple[int, str]]) -> int | None:
    """Return the line of the first end that differs from the first one."""
    usual = ""
    for line, end in ends:
        usual = usual or end
        if end and end != usual:  # the last record may have no end
            return line
    return None


def _ends(engine: Engine, source: Source, file: str) -> Iterator[tuple[int, str]]:
    """Yield the line on which each record of a CSV ends, and the characters that end it."""
    last = ""

    def note_last(lines: Iterator[str]) -> Iterator[str]:
        nonlocal last
        for line in lines:
            last = line
            yield line

    with text_lines(file, source.files[file], engine) as lines, _long_cells():
        reader = csv.reader(note_last(lines), delimiter=source.separator)
        for _ in reader:
            text = last.rstrip("\r\n")
            yield reader.line_num, last[len(text) :]

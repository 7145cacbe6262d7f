"""Places: where in the files something wrong stands first.

The files are searched only if something is wrong. Then the engine goes through the rows once more,
one after the other, and finds the row; in a CSV, whose cells may hold line breaks, the lines up to
there are counted.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from aistats.counting.files.connection import Engine
from aistats.counting.files.query import Column
from aistats.counting.files.sources import LONGEST_LINE, Source, text_lines
from aistats.counting.sql import quoted_name, quoted_text
from aistats.faults import FAULTS_NAMED, DataError, Fault, few
from aistats.tables.cells import records

_ROW, _FILE, _CELL = '"row of aistats"', '"file of aistats"', '"cell of aistats"'  # no columns


@dataclass(frozen=True)
class Rows:
    """The rows that are counted: what reads them, from where, and which of them.

    Parameters
    ----------
    engine
        What reads them.
    source
        The files.
    condition
        SQL that holds for the rows to count.
    """

    engine: Engine
    source: Source
    condition: str


@dataclass(frozen=True)
class Wrong:
    """Something wrong with a level, or with several that stand in one row.

    Parameters
    ----------
    fault
        What is wrong.
    columns
        The numbers of the columns.
    codes
        The codes of the levels.
    level
        The first of the levels, as the engine gives it.
    """

    fault: Fault
    columns: tuple[int, ...]
    codes: tuple[int, ...]
    level: object = None


@dataclass(frozen=True)
class Rejected:
    """What in a CSV is no row.

    Parameters
    ----------
    file
        Where.
    record
        Which record of the file it is, from 1; the header and blank lines are records too.
    kind
        What the engine calls the fault.
    text
        What stands there.
    """

    file: str
    record: int
    kind: str
    text: str


# Wrong levels ------------------------------------------------------------------------------------


def locate(
    rows: Rows,
    columns: Sequence[Column],
    wrong: Sequence[Wrong],
    rejected: Sequence[Rejected] = (),
) -> list[Fault]:
    """Return the faults of wrong levels, each where it stands first; of many in a column, a few."""
    faults: list[Fault] = []
    for numbers in dict.fromkeys(one.columns for one in wrong):
        alike = [one for one in wrong if one.columns == numbers]
        search = _Search(rows, columns, numbers)
        search.seek(alike)
        located = _locate_alike(search, alike, rejected)
        if located and (more := len(alike) - len(located)):
            last = located[-1]
            located.append(Fault("more_faults", last.file, last.line, last.column, more))
        faults += located
    return faults


def _locate_alike(
    search: _Search, alike: Sequence[Wrong], rejected: Sequence[Rejected]
) -> list[Fault]:
    """Return the first faults of some columns, file by file, until there are enough of them."""
    located: dict[int, Fault] = {}
    for file in search.files():
        first = search.first_rows(file)
        new = {number: place for number, place in first.items() if number not in located}
        rows = [row for row, _ in new.values()]
        lines = _lines(search.rows.engine, search.rows.source, file, rows, rejected)
        for number, (row, cell) in new.items():
            fault = alike[number].fault
            value = cell if fault.value == alike[number].level else fault.value
            located[number] = replace(fault, file=file, line=lines.get(row), value=value)
        if len(located) >= FAULTS_NAMED:
            break
    return list(located.values())[:FAULTS_NAMED]


@dataclass(frozen=True)
class _Search:
    """A search for the first rows that have wrong levels in some columns."""

    rows: Rows
    columns: Sequence[Column]
    numbers: Sequence[int]

    def seek(self, alike: Sequence[Wrong]) -> None:
        """Make the wrong levels known to the engine, each with its number."""
        import pandas as pd

        names = [f"c{number}" for number in self.numbers]
        codes = pd.DataFrame([one.codes for one in alike], columns=names)
        self.rows.engine.table("wrong", codes.assign(i=range(len(codes))))

    def files(self) -> list[str]:
        """Return the files, in order, that have a wrong level in them."""
        source = self.rows.source
        if len(source.files) == 1:
            return list(source.files)
        rows = source.sql(ordered=True, filename=quoted_text(_FILE.strip('"')))
        query = f"SELECT DISTINCT {_FILE} FROM {self._joined(rows, _FILE)}"
        having = {file for (file,) in self.rows.engine.rows(query)}
        return [file for file in source.files if file in having]

    def first_rows(self, file: str) -> dict[int, tuple[int, str]]:
        """Return, of the first wrong levels in a file, the row of each and what stands there."""
        source = self.rows.source
        if source.is_parquet:
            number, more = "file_row_number + 1", {"file_row_number": "true"}
        else:
            number, more = "row_number() OVER ()", {}
        from_file = source.sql([file], ordered=True, **more)
        rows = f"(SELECT *, {number} AS {_ROW} FROM {from_file})"
        shown = quoted_name(self.columns[self.numbers[0]].name)
        joined = self._joined(rows, f"{_ROW}, CAST({shown} AS VARCHAR) AS {_CELL}")
        query = (
            f"SELECT i, min({_ROW}), arg_min({_CELL}, {_ROW}) FROM {joined} "
            f"GROUP BY i ORDER BY 2 LIMIT {FAULTS_NAMED}"
        )
        return {number: (row, cell) for number, row, cell in self.rows.engine.rows(query)}

    def _joined(self, rows: str, more: str) -> str:
        """Return, as what stands after FROM, the rows that have a wrong level."""
        expressions = ", ".join(f"{self.columns[key].sql} AS e{key}" for key in self.numbers)
        levels = " ".join(
            f"JOIN levels_{key} l{key} ON e{key} IS NOT DISTINCT FROM l{key}.v"
            for key in self.numbers
        )
        codes = " AND ".join(f"l{key}.code = wrong.c{key}" for key in self.numbers)
        selected = f"SELECT {expressions}, {more} FROM {rows} WHERE {self.rows.condition}"
        return f"({selected}) {levels} JOIN wrong ON {codes}"


# Lines -------------------------------------------------------------------------------------------


def _lines(
    engine: Engine,
    source: Source,
    file: str,
    rows: Collection[int],
    rejected: Sequence[Rejected],
) -> dict[int, int]:
    """Return the physical line on which each of some rows starts, or of Parquet the row."""
    if source.is_parquet:
        return {row: row for row in rows}
    no_rows = {one.record for one in rejected if one.file == file}
    sought, lines = set(rows), dict[int, int]()
    row = -1  # of the header: 0
    for record, line, cells in _numbered_records(engine, source, file):
        if len(lines) == len(sought):
            break
        if record not in no_rows and (cells or (row >= 0 and source.alone)):
            row += 1
            if row in sought:
                lines[row] = line
    return lines


def line_faults(engine: Engine, source: Source, rejected: Sequence[Rejected]) -> list[Fault]:
    """Return what is wrong with what is no row, and on which line."""
    faults = []
    width = len(source.in_files)
    for file in dict.fromkeys(one.file for one in rejected):
        by_record = {one.record: one for one in rejected if one.file == file}
        first = sorted(by_record)[:FAULTS_NAMED]
        for record, line, cells in _numbered_records(engine, source, file):
            if record in first:
                fault = _line_fault(by_record[record], source, len(cells), width)
                faults.append(replace(fault, line=line))
            if record >= first[-1]:
                break
        if more := len(by_record) - len(first):
            faults.append(Fault("more_faults", file, faults[-1].line, None, more))
    return faults


def _line_fault(rejected: Rejected, source: Source, cells: int, width: int) -> Fault:
    if rejected.kind == "INVALID ENCODING":
        return Fault("line_not_utf8", rejected.file)
    if rejected.kind == "LINE SIZE OVER MAXIMUM":
        return Fault("line_long", rejected.file, allowed=LONGEST_LINE)
    try:
        list(records(rejected.text, rejected.file, source.separator))
    except DataError as error:
        return error.faults[0]
    return Fault("torn_line", rejected.file, value=cells, allowed=width)


def _numbered_records(
    engine: Engine, source: Source, file: str
) -> Iterator[tuple[int, int, Sequence[str]]]:
    """Yield the records of a CSV: record number, line and cells, blank records included."""
    with text_lines(source, file, engine) as lines, _long_cells():
        reader = csv.reader(lines, delimiter=source.separator)
        line = 1
        for record, cells in enumerate(reader, 1):
            yield record, line, cells
            line = reader.line_num + 1


@contextmanager
def _long_cells() -> Iterator[None]:
    """Let cells be as long as the engine lets them be."""
    limit = csv.field_size_limit(LONGEST_LINE * 10)
    try:
        yield
    finally:
        csv.field_size_limit(limit)


def broken_quotes(engine: Engine, source: Source) -> list[Fault]:
    """Return where a quote is never closed: read one after the other, the engine drops that row."""
    faults: list[Fault] = []
    for file in source.files:
        try:
            with text_lines(source, file, engine) as lines, _long_cells():
                for _ in records(lines, file, source.separator):
                    pass
        except DataError as error:
            faults += error.faults
    return faults


def mixed_ends(engine: Engine, source: Source) -> list[Fault]:
    """Name the first record of each CSV that ends otherwise than its header does."""
    faults = []
    for file in source.files:
        ends = ((line, end) for line, end in _ends(engine, source, file) if end)
        _, usual = next(ends, (1, ""))
        other = next((line for line, end in ends if end != usual), None)
        if other is not None:
            faults.append(Fault("line_ends", file, other))
    return few(faults)


def _ends(engine: Engine, source: Source, file: str) -> Iterator[tuple[int, str]]:
    """Yield the line on which each record of a CSV ends, and what ends it."""
    last = ""

    def note_last(lines: Iterator[str]) -> Iterator[str]:
        nonlocal last
        for line in lines:
            last = line
            yield line

    with text_lines(source, file, engine) as lines, _long_cells():
        reader = csv.reader(note_last(lines), delimiter=source.separator)
        for _ in reader:
            yield reader.line_num, last[len(last.rstrip("\r\n")) :]

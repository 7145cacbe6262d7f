"""Places: where in the files something wrong stands first.

Nobody looks for that unless something is wrong. Then the engine goes through the rows once more,
one after the other, and says which row it is; in a CSV, whose cells may hold line breaks, the lines
up to there are counted.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from aistats.counting.files.connection import Engine, name, text
from aistats.counting.files.query import Column
from aistats.counting.files.sources import LONGEST_LINE, Source, text_lines
from aistats.faults import FAULTS_NAMED, DataError, Fault, few
from aistats.tables.cells import records

_ROW, _FILE, _CELL = '"row of aistats"', '"file of aistats"', '"cell of aistats"'  # no columns


@dataclass(frozen=True)
class Wrong:
    """Something wrong with levels: of which columns, by number, and which codes they have."""

    fault: Fault
    columns: tuple[int, ...]
    codes: tuple[int, ...]


@dataclass(frozen=True)
class Rejected:
    """What in a CSV is no row.

    Parameters
    ----------
    file
        Where.
    at
        Which record of the file it is, from 1; the header and blank lines are records too.
    kind
        What the engine calls the fault.
    text
        What stands there.
    """

    file: str
    at: int
    kind: str
    text: str


# Wrong levels ------------------------------------------------------------------------------------


def placed(
    engine: Engine,
    source: Source,
    condition: str,
    columns: Sequence[Column],
    wrong: Sequence[Wrong],
    rejected: Sequence[Rejected] = (),
) -> list[Fault]:
    """Say of wrong levels where each stands first; of many in a column, of the first."""
    if not wrong:
        return []
    import pandas as pd

    faults = []
    for which in dict.fromkeys(it.columns for it in wrong):
        alike = [it for it in wrong if it.columns == which]
        codes = pd.DataFrame([it.codes for it in alike], columns=[f"c{at}" for at in which])
        engine.table("wrong", codes.assign(i=range(len(codes))))
        named: dict[int, Fault] = {}
        for file in _files_having(engine, source, condition, columns, which):
            found = _first_rows(engine, source, file, condition, columns, which)
            found = {at: it for at, it in found.items() if at not in named}
            lines = _lines(engine, source, file, [row for row, _ in found.values()], rejected)
            for at, (row, cell) in found.items():
                fault, level = alike[at].fault, columns[which[0]].levels[alike[at].codes[0]]
                value = cell if fault.value == level else fault.value
                named[at] = replace(fault, file=file, line=lines.get(row), value=value)
            if len(named) >= FAULTS_NAMED:
                break
        first = list(named.values())[:FAULTS_NAMED]
        if first and (more := len(alike) - len(first)):
            last = first[-1]
            first.append(Fault("more_faults", last.file, last.line, last.column, more))
        faults += first
    return faults


def _files_having(
    engine: Engine,
    source: Source,
    condition: str,
    columns: Sequence[Column],
    which: Sequence[int],
) -> list[str]:
    """Return the files, in order, that have a wrong level in them."""
    if len(source.files) == 1:
        return list(source.files)
    rows = source.sql(ordered=True, filename=text(_FILE.strip('"')))
    query = f"SELECT DISTINCT {_FILE} FROM {_joined(rows, condition, columns, which, _FILE)}"
    having = {file for (file,) in engine.rows(query)}
    return [file for file in source.files if file in having]


def _first_rows(
    engine: Engine,
    source: Source,
    file: str,
    condition: str,
    columns: Sequence[Column],
    which: Sequence[int],
) -> dict[int, tuple[int, str]]:
    """Return, of the first wrong levels in a file, the row of each and what stands there."""
    if source.is_parquet:
        number, more = "file_row_number + 1", {"file_row_number": "true"}
    else:
        number, more = "row_number() OVER ()", {}
    rows = f"(SELECT *, {number} AS {_ROW} FROM {source.sql([file], ordered=True, **more)})"
    cell = f"CAST({name(columns[which[0]].name)} AS VARCHAR) AS {_CELL}"
    joined = _joined(rows, condition, columns, which, f"{_ROW}, {cell}")
    query = (
        f"SELECT i, min({_ROW}), arg_min({_CELL}, {_ROW}) FROM {joined} "
        f"GROUP BY i ORDER BY 2 LIMIT {FAULTS_NAMED}"
    )
    return {at: (row, cell) for at, row, cell in engine.rows(query)}


def _joined(
    rows: str, condition: str, columns: Sequence[Column], which: Sequence[int], more: str
) -> str:
    """Return, as what stands after FROM, the rows that have a wrong level."""
    told = ", ".join(f"{columns[at].sql} AS e{at}" for at in which)
    levels = " ".join(
        f"JOIN levels_{at} l{at} ON e{at} IS NOT DISTINCT FROM l{at}.v" for at in which
    )
    codes = " AND ".join(f"l{at}.code = wrong.c{at}" for at in which)
    return f"(SELECT {told}, {more} FROM {rows} WHERE {condition}) {levels} JOIN wrong ON {codes}"


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
    no_rows = {it.at for it in rejected if it.file == file}
    sought, lines = set(rows), dict[int, int]()
    row = -1  # of the header: 0
    for at, line, cells in _numbered(engine, source, file):
        if len(lines) == len(sought):
            break
        if at not in no_rows and (cells or (row >= 0 and source.alone)):
            row += 1
            if row in sought:
                lines[row] = line
    return lines


def line_faults(engine: Engine, source: Source, rejected: Sequence[Rejected]) -> list[Fault]:
    """Say what is wrong with what is no row, and on which line."""
    faults = []
    width = len(source.in_files)
    for file in dict.fromkeys(it.file for it in rejected):
        here = {it.at: it for it in rejected if it.file == file}
        first = sorted(here)[:FAULTS_NAMED]
        for at, line, cells in _numbered(engine, source, file):
            if at in first:
                faults.append(replace(_line_fault(here[at], source, len(cells), width), line=line))
            if at >= first[-1]:
                break
        if more := len(here) - len(first):
            faults.append(Fault("more_faults", file, faults[-1].line, None, more))
    return faults


def _line_fault(it: Rejected, source: Source, cells: int, width: int) -> Fault:
    if it.kind == "INVALID ENCODING":
        return Fault("line_not_utf8", it.file)
    if it.kind == "LINE SIZE OVER MAXIMUM":
        return Fault("line_long", it.file, allowed=LONGEST_LINE)
    try:
        list(records(it.text, it.file, source.separator))
    except DataError as error:
        return error.faults[0]
    return Fault("torn_line", it.file, value=cells, allowed=width)


def _numbered(
    engine: Engine, source: Source, file: str
) -> Iterator[tuple[int, int, Sequence[str]]]:
    """Yield the records of a CSV, blank ones too: the how manieth, its line and its cells."""
    with text_lines(source, file, engine) as lines, _long_cells():
        reader = csv.reader(lines, delimiter=source.separator)
        line = 1
        for at, cells in enumerate(reader, 1):
            yield at, line, cells
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
    """Say where a quote is never closed: read one after the other, the engine drops such a row."""
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
        ends = (it for it in _ends(engine, source, file) if it[1])
        usual = next(ends, (1, ""))[1]
        faults += [Fault("line_ends", file, line) for line, it in ends if it != usual][:1]
    return few(faults)


def _ends(engine: Engine, source: Source, file: str) -> Iterator[tuple[int, str]]:
    """Yield what ends each record of a CSV, and the line on which it stands."""
    last = ""

    def kept(lines: Iterator[str]) -> Iterator[str]:
        nonlocal last
        for it in lines:
            last = it
            yield it

    with text_lines(source, file, engine) as lines, _long_cells():
        reader = csv.reader(kept(lines), delimiter=source.separator)
        for _ in reader:
            yield reader.line_num, last[len(last.rstrip("\r\n")) :]

"""Read tables of dated events in the layouts that others use.

A file comes in with a `TableLayout`, what its user knows of it; a table goes out with a column
``date`` of EDTF texts, tuples for lists, and the physical line of every row, together with the
problems. Tables by others name their columns in their own ways, write the second of December as
02/12/2025 or in three columns, mark a day as known to the month only by a code beside it, put two
countries into one cell, a title above the header and a source below the rows. A text that can be
read in one way only is read. An ambiguous one is rejected until the user settles it, for the whole
column, never row by row. A row that is dropped is always reported with its line.
"""

from __future__ import annotations

import datetime as dt
import difflib
import itertools
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TypeAlias

import pandas as pd

from aistats.dates.edtf import Order, parse_edtf
from aistats.dates.spellings import plain_text, read_date, readings_by_order
from aistats.dates.vocabulary import NO_DATE
from aistats.faults import AistatsError, DataError, Fault, few
from aistats.tables.cells import Cells, read_cells

UNITS = ("day", "week", "month", "year", "range")
"""The units to which a code of precision can widen a date."""

JSON = "json"

_CODES = {
    "date_prec": {"1": "day", "2": "range", "3": "week", "4": "month", "5": "year"},  # UCDP GED
    "time_precision": {"1": "day", "2": "week", "3": "month"},  # ACLED
}
_DATE_NAMES = (("date",), ("start", "end"), ("year", "month", "day"))
_DAY_AND_MONTH: tuple[Order, Order] = ("dmy", "mdy")
_COLUMNS_NAMED = 12
_LINES_SHOWN = 3
_SAMPLE_RECORDS = 50

Records: TypeAlias = Mapping[int, Sequence[str]]
"""The cells of lines that are not blank, by line."""


@dataclass(frozen=True)
class TableLayout:
    """The layout of a table, as far as its user knows it.

    Parameters
    ----------
    columns
        The columns of the table by their new names. Of these ``date``, or ``start`` and ``end``, or
        ``year``, ``month`` and ``day`` are the date, and ``precision`` is its precision.
    dates
        The order of numeric dates; by default detected.
    lists
        The separator of the values of a cell, by column: a text or `JSON`.
    precision
        The meaning of each code of the column ``precision``, one of `UNITS`.
    header
        The line of the header, by default the first that is not blank.
    skip
        Lines that are not rows.
    skip_torn
        Skip every line that has more or fewer cells than the header.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    dates: Order | None = None
    lists: Mapping[str, str] = field(default_factory=dict)
    precision: Mapping[str, str] | None = None
    header: int | None = None
    skip: Collection[int] = ()
    skip_torn: bool = False


def read_layout(
    path: Path,
    layout: TableLayout,
    *,
    encoding: str | None = None,
) -> tuple[pd.DataFrame, list[Fault]]:
    """Return a table by others as text with a column ``date``, indexed by physical line.

    Parameters
    ----------
    path
        A CSV with any separator, or a workbook.
    layout
        What is known of its layout.
    encoding
        By default detected.

    Returns
    -------
    table : DataFrame
        The columns by their new names; ``date`` in EDTF, missing where a row has none. The
        ``attrs`` record how it was read.
    faults : list of Fault
        The problems with rows and cells.

    Raises
    ------
    DataError
        If the rows or the columns are ambiguous.
    """
    cells = read_cells(path, encoding=encoding)
    if cells.broken:
        raise DataError([cells.broken])
    table, faults = _rows(cells, layout)
    columns, invalid = _renamed(table, layout)
    if invalid:
        line = table.attrs["header"]
        invalid = [replace(fault, file=cells.file, line=line) for fault in invalid]
        raise DataError([*faults, *invalid])
    names = list(columns.sources)
    table.columns = pd.Index(names)
    if len(names) > 2 and names[0] not in columns.dates:
        faults += _notes(table, cells.file)
    reading = Reading(cells.file, columns.sources, faults, cells.day_zero)
    _add_dates(table, reading, columns.dates, layout)
    _split_lists(table, reading, layout.lists)
    used = [name for name in names if name in (*columns.dates, *layout.columns)]
    table.attrs["columns"] = {name: columns.sources[name] for name in used}
    return table, reading.faults


@dataclass
class Reading:
    """The state of reading one table: its original column names, and the problems so far.

    ``day_zero`` is the day from which a workbook counts days.
    """

    file: str
    sources: dict[str, str]
    faults: list[Fault]
    day_zero: dt.date | None = None

    def by_value(
        self,
        names: Collection[str],
        cells: pd.Series,
        read: Callable[[str], object],
    ) -> pd.Series:
        """Read each distinct text of a column once; report each invalid one on its first line."""
        # Reading is slow, and columns repeat their texts.
        results: dict[str, object] = {}
        invalid: dict[str, Fault] = {}
        for value in cells.dropna().unique():
            try:
                results[value] = read(value)
            except AistatsError as error:
                invalid[value] = error.faults[0]
        if invalid:
            self._report(names, cells, invalid)
        return cells.map(results)

    def _report(
        self,
        names: Collection[str],
        cells: pd.Series,
        invalid: Mapping[str, Fault],
    ) -> None:
        """Add the faults of invalid texts, each with the first line that has the text."""
        is_invalid = cells.isin(list(invalid))
        first = cells[is_invalid].drop_duplicates()
        column = self.source(names)
        faults = []
        for line, text in by_line(first):
            fault = replace(invalid[text], file=self.file, line=line, column=column)
            faults.append(fault)
        self.faults += few(faults)

    def source(self, names: Collection[str]) -> str:
        """Return the original names of columns."""
        known = self.sources
        sources = [known[name] for name in names if name in known]
        return " + ".join(sources)


def by_line(cells: pd.Series) -> list[tuple[int, str]]:
    """Return the texts of a column, each with its line."""
    lines = cells.index.tolist()
    texts = cells.tolist()
    pairs = zip(lines, texts, strict=True)
    return list(pairs)


# Which lines are rows ----------------------------------------------------------------------------


def _rows(cells: Cells, layout: TableLayout) -> tuple[pd.DataFrame, list[Fault]]:
    """Return the rows below the header as text, and the lines that cannot be rows."""
    file = cells.file
    records = _filled(cells)
    faults = _drop_lines(records, layout.skip, file)
    top = layout.header
    if top is None:
        top = next(iter(records), 1)
    if not records:
        raise DataError([*faults, Fault("empty_file", file, allowed="date")])
    if top not in records:
        raise DataError([*faults, Fault("no_line", file, top)])
    header = [name.strip() for name in records[top]]
    width = len(header)
    rows = _below(records, top, width, pad=cells.separator is None)
    torn = {line: len(row) for line, row in rows.items() if len(row) != width}
    fault = _narrow_header(header, rows, torn)
    if fault is None and layout.header is None:
        fault = _misplaced_header(header, records)
    if fault is not None:
        fault = replace(fault, file=file, line=top)
        raise DataError([*faults, fault])
    if not layout.skip_torn:
        faults += _torn_faults(torn, width, file)
    for line in torn:
        del rows[line]
    table = _frame(header, rows)
    above = [line for line in records if line < top]
    table.attrs = {
        "encoding": cells.encoding,
        "separator": cells.separator,
        "sheet": cells.sheet,
        "header": top,
        "skipped": sorted({*layout.skip, *torn, *above}),
    }
    return table, faults


def _drop_lines(
    records: dict[int, Sequence[str]],
    lines: Iterable[int],
    file: str,
) -> list[Fault]:
    """Drop the records of some lines, and return a fault for each line that has none."""
    faults = []
    for line in dict.fromkeys(lines):
        if records.pop(line, None) is None:
            faults.append(Fault("no_line", file, line))
    return faults


def _torn_faults(
    torn: Mapping[int, int],
    width: int,
    file: str,
) -> list[Fault]:
    """Return faults for rows that have not as many cells as the header."""
    faults = []
    for line, cells in torn.items():
        fault = Fault("torn", file, line, None, cells, width)
        faults.append(fault)
    return few(faults)


def _filled(cells: Cells) -> dict[int, Sequence[str]]:
    """Return the records that are not blank."""
    filled = {}
    for line, record in cells.records:
        if any(map(str.strip, record)):
            filled[line] = record
    return filled


def _below(
    records: Records,
    top: int,
    width: int,
    *,
    pad: bool,
) -> dict[int, Sequence[str]]:
    """Return the records below the header, as wide as the header where only blanks differ."""
    rows = {}
    for line, record in records.items():
        if line > top:
            rows[line] = _fitted(record, width, pad=pad)
    return rows


def _fitted(
    record: Sequence[str],
    width: int,
    *,
    pad: bool,
) -> Sequence[str]:
    """Return a record without empty cells beyond the header, and `pad` a shorter one with them.

    The rows of a workbook end where nothing more stands, so those are padded.
    """
    if len(record) == width:
        return record
    if not any(record[width:]):
        record = record[:width]
    if not pad:
        return record
    missing = width - len(record)
    return [*record, *[""] * missing]


def _narrow_header(
    header: Sequence[str],
    rows: Records,
    torn: Mapping[int, int],
) -> Fault | None:
    """Return a fault if all rows have one cell more than the header: it has no name for one."""
    # R's write.table does this: its column of row names has no name.
    width = len(header)
    all_torn = len(torn) == len(rows)
    widths = set(torn.values())
    if width > 1 and all(header) and all_torn and widths == {width + 1}:
        return Fault("short_header", value=width, allowed=width + 1)
    return None


def _misplaced_header(header: Sequence[str], records: Records) -> Fault | None:
    """Return a fault if the first line seems to be a title, and a later one the header."""
    better = _header_line(records)
    first = next(iter(records))
    if better is None or better == first:
        return None
    names = sum(map(bool, header))
    return Fault("not_header", value=names, allowed=better)


def _header_line(records: Records) -> int | None:
    """Return the first line that is as wide as most lines and at least half filled."""
    sample = itertools.islice(records.items(), _SAMPLE_RECORDS)
    lengths = {line: _length(record) for line, record in sample}
    # Of lengths that are as frequent as each other, the greatest: notes are short.
    counts = Counter(lengths.values())
    usual = max(counts, key=lambda length: (counts[length], length))
    for line, length in lengths.items():
        filled = sum(map(bool, records[line]))
        if length >= usual and 2 * filled >= usual:
            return line
    return None


def _length(record: Sequence[str]) -> int:
    """Return the number of cells up to the last that is not blank."""
    length = 0
    for place, cell in enumerate(record, 1):
        if cell.strip():
            length = place
    return length


def _frame(header: Sequence[str], rows: Records) -> pd.DataFrame:
    """Return rows as a table; a column without a name and without cells is left out."""
    places = range(len(header))
    lines = list(rows)
    table = pd.DataFrame(list(rows.values()), lines, places, dtype="str")
    table = table.replace("", None)
    names = {}
    for place, name in enumerate(header):
        if name or table[place].notna().any():
            names[place] = name or f"column_{place + 1}"
    table = table[list(names)]
    return table.set_axis(list(names.values()), axis=1)


def _notes(table: pd.DataFrame, file: str) -> list[Fault]:
    """Report rows with a first cell alone, at the start or the end: a source, a total."""
    first = table.iloc[:, 0]
    filled = table.notna().sum(axis=1)
    is_alone = filled.eq(1) & first.notna()
    # A cumulative minimum is true up to the first row with other cells.
    at_start = is_alone.cummin()
    at_end = is_alone[::-1].cummin()
    notes = first[at_start | at_end]
    faults = []
    for line, text in by_line(notes):
        fault = Fault("note", file, line, value=text)
        faults.append(fault)
    return faults


# Which columns there are -------------------------------------------------------------------------


@dataclass(frozen=True)
class _Columns:
    """The original names of all columns by their new names, and the columns with the date."""

    sources: dict[str, str]
    dates: tuple[str, ...]


def _renamed(table: pd.DataFrame, layout: TableLayout) -> tuple[_Columns, list[Fault]]:
    """Return the columns by their new names, and the problems with names; these lack a place."""
    header = list(table.columns)
    new_names: dict[str, list[str]] = {}
    for name, source in layout.columns.items():
        new_names.setdefault(source, []).append(name)
    names = [new_names.get(source, [source])[0] for source in header]
    dates, date_faults = _date_columns(layout.columns, names)
    faults = [
        *_mapping_faults(new_names, header),
        *_name_faults(header, names, dates),
        *_list_faults(layout.lists, names, dates),
        *date_faults,
    ]
    sources = dict(zip(names, header, strict=True))
    return _Columns(sources, dates), faults


def _mapping_faults(
    new_names: Mapping[str, list[str]],
    header: list[str],
) -> Iterator[Fault]:
    """Yield a fault for each column to be renamed that does not exist, or has two new names."""
    for source, names in new_names.items():
        if source not in header:
            yield _no_column(source, header)
        if len(names) > 1:
            yield Fault("mapped_twice", value=source, allowed=", ".join(names))


def _name_faults(
    header: Sequence[str],
    names: Sequence[str],
    dates: tuple[str, ...],
) -> Iterator[Fault]:
    """Yield a fault for each new name that several columns have, or that reading adds."""
    sources: dict[str, list[str]] = {}
    for source, name in zip(header, names, strict=True):
        sources.setdefault(name, []).append(source)
    for name, of_name in sources.items():
        if len(set(of_name)) < len(of_name):
            yield Fault("duplicate_column", value=of_name[0])
        elif len(of_name) > 1:
            allowed = ", ".join(of_name)
            yield Fault("one_name", value=name, allowed=allowed)
    added = {"dated"} if dates[:1] == ("date",) else {"dated", "date"}
    for name in names:
        if name in added:
            yield Fault("added_name", value=name)


def _list_faults(
    lists: Iterable[str],
    names: list[str],
    dates: tuple[str, ...],
) -> Iterator[Fault]:
    """Yield a fault for each column of lists that does not exist, or has dates."""
    for name in lists:
        if name not in names:
            yield _no_column(name, names)
        if name in dates:
            yield Fault("list_of_dates", value=name)


def _date_columns(
    columns: Mapping[str, str],
    names: list[str],
) -> tuple[tuple[str, ...], list[Fault]]:
    """Return the columns with the date: those that are stated, else those with the usual names."""
    stated = [group for group in _DATE_NAMES if set(group) & set(columns)]
    if len(stated) > 1:
        groups = " / ".join(map(" + ".join, stated))
        return stated[0], [Fault("two_ways", value=groups)]
    for group in stated or _DATE_NAMES:
        needed = group[:1] if group[0] == "year" else group  # month and day may be unknown
        missing = [name for name in needed if name not in names]
        if stated or not missing:
            present = tuple(name for name in group if name in names)
            faults = [_no_column(name, names) for name in missing if name not in columns]
            return present, faults
    return (), [Fault("no_when", allowed=_columns_shown(names))]


def _no_column(name: str, names: list[str]) -> Fault:
    """Return a fault for a column that does not exist, with the nearest names first."""
    by_folded = {existing.casefold(): existing for existing in names}
    near = difflib.get_close_matches(
        name.casefold(),
        by_folded,
        n=3,
        cutoff=0.5,
    )
    nearest = [by_folded[folded] for folded in near]
    allowed = _columns_shown([*nearest, *names])
    return Fault("no_column", value=name, allowed=allowed)


def _columns_shown(names: Iterable[str]) -> str:
    """Return the first names of columns, each once, for a message."""
    distinct = list(dict.fromkeys(names))
    first = distinct[:_COLUMNS_NAMED]
    if len(distinct) > len(first):
        first.append("…")
    return ", ".join(first)


# Dates -------------------------------------------------------------------------------------------


def _add_dates(
    table: pd.DataFrame, reading: Reading, names: tuple[str, ...], layout: TableLayout
) -> None:
    """Add ``date`` in EDTF, and record in ``attrs`` how numeric dates were read."""
    texts = _date_texts(table, names)
    order, proof, unclear = find_order(list(texts.values()), reading, names, layout.dates)
    read = partial(_edtf, order=order, day_zero=reading.day_zero)
    faults_before = len(reading.faults)
    columns = []
    for part, cells in texts.items():
        # `find_order` has reported the unclear texts already.
        clear = cells.mask(cells.isin(unclear))
        column = reading.by_value(part, clear, read)
        columns.append(column.replace("", None).astype("str"))
    dates = columns[0]
    # A start and an end can be joined only if both could be read.
    if len(columns) == 2 and len(reading.faults) == faults_before:
        dates = _spans(columns, reading, names)
    dates, codes = _widened_by_code(table, reading, dates, layout)
    _insert_dates(table, names, dates)
    table.attrs |= {"dates": order, "proof": proof, "precision": codes}


def _edtf(
    text: str,
    *,
    order: Order | None,
    day_zero: dt.date | None,
) -> str:
    """Return a date in EDTF, or "" where the text says that there is none."""
    date = read_date(text, order=order, day_zero=day_zero)
    return date.checked()


def _date_texts(
    table: pd.DataFrame,
    names: tuple[str, ...],
) -> dict[tuple[str, ...], pd.Series]:
    """Return the texts of the date, or of the start and the end, each by their columns."""
    if names[0] == "year":
        return {names: _one_text(table[list(names)])}
    return {(name,): table[name] for name in names}


def _insert_dates(
    table: pd.DataFrame,
    names: tuple[str, ...],
    dates: pd.Series,
) -> None:
    """Put dates into the table, before the columns they come from; texts go to ``date_text``."""
    columns = list(table)
    if names != ("date",):
        table.insert(columns.index(names[0]), "date", dates)
        return
    if "date_text" not in table:
        place = columns.index("date") + 1
        table.insert(place, "date_text", table["date"])
    table["date"] = dates


def _one_text(parts: pd.DataFrame) -> pd.Series:
    """Return year, month and day as one date, as far as they are known."""
    cells = parts.fillna("")
    rows = cells.itertuples(index=False, name=None)
    texts = map(_year_first, rows)
    return pd.Series(texts, parts.index, dtype="str")


def _year_first(parts: Sequence[str]) -> str | None:
    """Return year, month and day as a text such as 2025.12, or None if none is known."""
    known = list(map(_known_part, parts))
    while known and not known[-1]:
        known.pop()
    padded = [part.zfill(2) if part else "?" for part in known]
    return ".".join(padded) or None


def _known_part(cell: str) -> str:
    """Return a year, month or day as digits, or "" where it is unknown."""
    plain = plain_text(cell).removesuffix(".0")  # as pandas writes columns with missing numbers
    is_unknown = plain.casefold() in NO_DATE or not plain.strip("0")
    return "" if is_unknown else plain


def _spans(
    columns: Sequence[pd.Series],
    reading: Reading,
    names: tuple[str, ...],
) -> pd.Series:
    """Return the dates from a column of starts to one of ends."""
    starts, ends = (column.fillna("") for column in columns)
    spans = (starts + "/" + ends).replace("/", None)
    return reading.by_value(names, spans, _span).astype("str")


def _span(text: str) -> str:
    """Return start/end, or the single day if both are the same."""
    parse_edtf(text)
    start, _, end = text.partition("/")
    return start if start == end else text


# The order of day and month ----------------------------------------------------------------------


@dataclass(frozen=True)
class ColumnOrder:
    """The order of day and month in the numeric dates of a whole column.

    Parameters
    ----------
    order
        ``dmy`` or ``mdy``; None where no row settles it.
    proof
        The first line that allows no other order.
    unclear
        The texts that cannot be read without an order.
    fault
        Why they cannot be read: the column has both orders, or no row settles one. It has no file
        and no column.
    """

    order: Order | None = None
    proof: int | None = None
    unclear: tuple[str, ...] = ()
    fault: Fault | None = None


def order_of(lines: Mapping[str, int]) -> ColumnOrder:
    """Return the one order of day and month that all numeric dates of a column allow.

    Parameters
    ----------
    lines
        The distinct texts of the column, each with the first line that has it.

    Examples
    --------
    >>> order_of({"1/2/2026": 2, "13/2/2026": 3})
    ColumnOrder(order='dmy', proof=3, unclear=(), fault=None)
    >>> order_of({"1/2/2026": 2}).fault.allowed
    '2026-02-01 / 2026-01-02'
    """
    dates = {}
    for text in lines:
        readings = readings_by_order(text)
        if readings:
            dates[text] = readings
    proofs: dict[Order, list[str]] = {}
    for order in _DAY_AND_MONTH:
        proofs[order] = [text for text, readings in dates.items() if [*readings] == [order]]
    if all(proofs.values()):
        fault = _mixed_fault(proofs, lines)
        return ColumnOrder(unclear=tuple(dates), fault=fault)
    # One date such as 13/2/2026 settles the order of the whole column.
    for order, texts in proofs.items():
        if texts:
            return ColumnOrder(order, proof=lines[texts[0]])
    unclear = [text for text, readings in dates.items() if len(set(readings.values())) > 1]
    if not unclear:
        return ColumnOrder()
    first = unclear[0]
    fault = replace(read_date(first).fault(), line=lines[first])
    return ColumnOrder(unclear=tuple(unclear), fault=fault)


def _mixed_fault(
    proofs: Mapping[Order, list[str]],
    lines: Mapping[str, int],
) -> Fault:
    """Return a fault for a column with both orders, with some lines of each."""
    places = []
    for texts in proofs.values():
        for text in texts[:_LINES_SHOWN]:
            places.append((lines[text], text))
    places.sort()
    first, _ = places[0]
    examples = tuple(f"{line}: {text}" for line, text in places)
    return Fault("order_mixed", line=first, lines=examples)


def find_order(
    columns: Iterable[pd.Series],
    reading: Reading,
    names: tuple[str, ...],
    stated: Order | None,
) -> tuple[Order | None, int | None, list[str]]:
    """Return the one order of day and month that all numeric dates of some columns allow.

    Also return the first line that allows no other order, and the texts that cannot be read without
    one. An order that is stated is returned as it is.
    """
    if stated is not None:
        return stated, None, []
    lines: dict[str, int] = {}
    for column in columns:
        distinct = column.dropna().drop_duplicates()
        for line, text in by_line(distinct):
            lines[text] = min(line, lines.get(text, line))
    order = order_of(lines)
    if order.fault:
        source = reading.source(names)
        fault = replace(order.fault, file=reading.file, column=source)
        reading.faults.append(fault)
    return order.order, order.proof, list(order.unclear)


# Codes of precision ------------------------------------------------------------------------------


def _widened_by_code(
    table: pd.DataFrame, reading: Reading, dates: pd.Series, layout: TableLayout
) -> tuple[pd.Series, str | None]:
    """Return dates widened by their codes of precision, and the original column of the codes."""
    name = _precision_name(reading, layout)
    if name is None:
        if layout.precision is not None:
            reading.faults.append(Fault("precision_column", reading.file))
        return dates, None
    source = reading.sources[name]
    units = layout.precision or _CODES.get(source.casefold())
    faults = _unit_faults(units, source)
    if units is None or faults:
        reading.faults += [replace(fault, file=reading.file) for fault in faults]
        return dates, source
    cells = table[name].fillna("")
    read = partial(_unit, units)
    unit_of_row = reading.by_value([name], cells[dates.notna()], read).astype("str")
    both = dates + " " + unit_of_row.reindex(dates.index)
    widened = reading.by_value([name], both, _widened)
    return widened.astype("str"), source


def _precision_name(reading: Reading, layout: TableLayout) -> str | None:
    """Return the column with codes of precision, stated or known, if there is one."""
    if "precision" in layout.columns:
        return "precision"
    for name, source in reading.sources.items():
        if source.casefold() in _CODES:
            return name
    return None


def _unit_faults(units: Mapping[str, str] | None, source: str) -> list[Fault]:
    """Return the problems with the meanings of codes in a column; the faults have no file."""
    if units is None:
        return [Fault("precision_codes", value=source)]
    allowed = ", ".join(UNITS)
    faults = []
    for unit in dict.fromkeys(units.values()):
        if unit not in UNITS:
            fault = Fault("precision_unit", column=source, value=unit, allowed=allowed)
            faults.append(fault)
    return faults


def _unit(units: Mapping[str, str], code: str) -> str:
    """Return the unit that a code of precision stands for."""
    unit = units.get(code.strip())
    if unit is None:
        allowed = ", ".join(units)
        fault = Fault("precision_code", value=code, allowed=allowed)
        raise DataError([fault])
    return unit


def _widened(text: str) -> str:
    """Return the week, month or year that holds a day; a range of days is kept."""
    edtf, unit = text.split(" ")
    first, last = parse_edtf(edtf)
    # A date of several days already shows its precision.
    if first != last or unit == "day":
        return edtf
    if unit == "range":
        fault = Fault("no_range", value=edtf)
        raise DataError([fault])
    if unit == "week":
        monday = first - dt.timedelta(days=first.weekday())
        sunday = monday + dt.timedelta(days=6)
        return f"{monday}/{sunday}"
    length = len("YYYY-MM") if unit == "month" else len("YYYY")
    return first.isoformat()[:length]


# Several values in a cell ------------------------------------------------------------------------


def _split_lists(
    table: pd.DataFrame,
    reading: Reading,
    lists: Mapping[str, str],
) -> None:
    """Replace the texts of columns of lists by tuples."""
    for name, separator in lists.items():
        split = partial(split_cell, separator)
        table[name] = reading.by_value([name], table[name], split)


def split_cell(separator: str, cell: str) -> tuple[str, ...] | None:
    """Return the values of a cell, each once; None if there are none."""
    is_json = separator == JSON
    parts = _json_list(cell) if is_json else cell.split(separator)
    stripped = map(str.strip, parts)
    values = dict.fromkeys(filter(None, stripped))
    return tuple(values) or None


def _json_list(cell: str) -> list[str]:
    """Return the values of a JSON list as texts, without null."""
    try:
        parts = json.loads(cell)
    except (ValueError, RecursionError):
        parts = cell  # a text, so that it is reported below
    if parts is None:
        return []
    is_flat = isinstance(parts, list) and not any(isinstance(part, list | dict) for part in parts)
    if not is_flat:
        fault = Fault("not_json", value=cell, allowed='["CN", "US"]')
        raise DataError([fault])
    values = []
    for part in parts:
        if isinstance(part, str):
            values.append(part)
        elif part is not None:
            values.append(json.dumps(part))
    return values

"""Foreign tables: dated events as others lay them out, read as ours.

Somebody else's table names its columns otherwise, writes the second of December as 02/12/2025 or in
three columns, gives a day and beside it a code that says that only the month is known, puts two
countries into a cell, a title above the header and a source below the rows. Here each of that
becomes a column ``date`` of EDTF texts, tuples for lists, and rows that all have their line. What
can be read in one way only is read; what could be meant in two is refused until somebody says
which, for the whole column, never row by row. No row is lost unless its line is said.
"""

from __future__ import annotations

import datetime as dt
import difflib
import itertools
import json
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pandas as pd

from aistats.dates.edtf import parse_edtf
from aistats.dates.spellings import plain_text, read_date, readings_by_order
from aistats.dates.vocabulary import NO_DATE
from aistats.faults import AistatsError, DataError, Fault, few
from aistats.tables.cells import Cells, read_cells

UNITS = ("day", "week", "month", "year", "range")
"""What a code of precision can say of a date."""

JSON = "json"

_CODES = {
    "date_prec": {"1": "day", "2": "range", "3": "week", "4": "month", "5": "year"},  # UCDP GED
    "time_precision": {"1": "day", "2": "week", "3": "month"},  # ACLED
}
_WAYS = (("date",), ("start", "end"), ("year", "month", "day"))
_COLUMNS_NAMED = 12
_LINES_SHOWN = 3
_SAMPLE_RECORDS = 50


@dataclass(frozen=True)
class TableLayout:
    """How a table is laid out, as far as somebody has said so.

    Parameters
    ----------
    columns
        The columns of the table by the names they are to have. Of these ``date``, or ``start`` and
        ``end``, or ``year``, ``month`` and ``day`` say when, and ``precision`` how exactly.
    dates
        One of `ORDERS`; by default found out.
    lists
        What separates the values of a cell, by column: a text or `JSON`.
    precision
        What each code of the column ``precision`` means, one of `UNITS`.
    header
        The line of the header, by default the first that holds anything.
    skip
        Lines that are no rows.
    skip_torn
        Skip every line that has more or fewer cells than the header.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    dates: str | None = None
    lists: Mapping[str, str] = field(default_factory=dict)
    precision: Mapping[str, str] | None = None
    header: int | None = None
    skip: Collection[int] = ()
    skip_torn: bool = False


def read_layout(
    path: Path, layout: TableLayout, *, encoding: str | None = None
) -> tuple[pd.DataFrame, list[Fault]]:
    """Read another's table as text with a column ``date``, indexed by physical line.

    Parameters
    ----------
    path
        A CSV, whatever separates its columns, or a workbook.
    layout
        What is known of it.
    encoding
        By default found out.

    Returns
    -------
    table : DataFrame
        Its columns as they are to be called; ``date`` in EDTF, missing where a row has none. Its
        ``attrs`` say how it was read.
    faults : list of Fault
        What is wrong with rows and cells.

    Raises
    ------
    DataError
        If the rows or the columns cannot be told.
    """
    cells = read_cells(path, encoding=encoding)
    if cells.broken:
        raise DataError([cells.broken])
    table, faults = _rows(cells, layout)
    header = list(table.columns)
    names, way, wrong = _names(header, layout)
    if wrong:
        at = {"file": cells.file, "line": table.attrs["header"]}
        raise DataError([*faults, *(replace(fault, **at) for fault in wrong)])
    table.columns = pd.Index(names)
    if len(names) > 2 and names[0] not in way:
        faults += _notes(table, cells.file)
    sources = dict(zip(names, header, strict=True))
    reading = Reading(cells.file, sources, faults, cells.day_zero)
    _add_dates(table, reading, way, layout)
    for name, separator in layout.lists.items():
        table[name] = reading.by_value([name], table[name], partial(split_cell, separator))
    used = [name for name in names if name in (*way, *layout.columns)]
    table.attrs["columns"] = {name: reading.sources[name] for name in used}
    return table, reading.faults


@dataclass
class Reading:
    """What the columns were called, what is wrong so far, and from when serial numbers count."""

    file: str
    sources: dict[str, str]
    faults: list[Fault]
    day_zero: dt.date | None = None

    def by_value(
        self, names: Collection[str], cells: pd.Series, read: Callable[[str], object]
    ) -> pd.Series:
        """Read each distinct text once; name the wrong ones where each first stands."""
        answers: dict[str, object] = {}
        wrong: dict[str, Fault] = {}
        for value in cells.dropna().unique():
            try:
                answers[value] = read(value)
            except AistatsError as error:
                wrong[value] = error.faults[0]
        if wrong:
            file, column = self.file, self.source(names)
            first = by_line(cells[cells.isin(list(wrong))].drop_duplicates())
            self.faults += few(
                [replace(wrong[it], file=file, line=line, column=column) for line, it in first]
            )
        return cells.map(answers)

    def source(self, names: Collection[str]) -> str:
        """Return what the columns are called in the file."""
        return " + ".join(self.sources[name] for name in names if name in self.sources)


def by_line(cells: pd.Series) -> list[tuple[int, str]]:
    """Return the texts of a column, each with its line."""
    return list(zip(cells.index.tolist(), cells.tolist(), strict=True))


# Which lines are rows ----------------------------------------------------------------------------


def _rows(cells: Cells, layout: TableLayout) -> tuple[pd.DataFrame, list[Fault]]:
    """Return the rows below the header as they stand, and what is no row though it stands there."""
    file = cells.file
    filled = {line: record for line, record in cells.records if any(map(str.strip, record))}
    left = {line: record for line, record in filled.items() if line not in layout.skip}
    faults = [Fault("no_line", file, line) for line in layout.skip if line not in filled]
    top = next(iter(left), 1) if layout.header is None else layout.header
    if top not in left:
        kind = "no_line" if left else "empty_file"
        raise DataError([*faults, Fault(kind, file, top if left else None, allowed="date")])
    header = [name.strip() for name in left[top]]
    width, pad = len(header), cells.separator is None
    rows = {line: _fitted(it, width, pad=pad) for line, it in left.items() if line > top}
    torn = {line: len(record) for line, record in rows.items() if len(record) != width}
    if width > 1 and all(header) and len(torn) == len(rows) and {*torn.values()} == {width + 1}:
        raise DataError([*faults, Fault("short_header", file, top, None, width, width + 1)])
    if layout.header is None and (better := _better_header(left)):
        names = sum(map(bool, header))
        raise DataError([*faults, Fault("not_header", file, top, None, names, better)])
    if not layout.skip_torn:
        faults += few([Fault("torn", file, line, None, n, width) for line, n in torn.items()])
    for line in torn:
        del rows[line]
    table = pd.DataFrame(list(rows.values()), list(rows), range(width), dtype="str")
    table = table.replace("", None)
    used = [at for at, name in enumerate(header) if name or table[at].notna().any()]
    table = table[used].set_axis([header[at] or f"column_{at + 1}" for at in used], axis=1)
    skipped = {*layout.skip, *torn, *(line for line in filled if line < top)}
    table.attrs = {"encoding": cells.encoding, "separator": cells.separator}
    table.attrs |= {"sheet": cells.sheet}
    table.attrs |= {"header": top, "skipped": sorted(skipped)}
    return table, faults


def _better_header(records: Mapping[int, Sequence[str]]) -> int | None:
    """Return where the header seems to stand, if not on the first line: that may be a title."""
    lengths = {
        line: max(at for at, cell in enumerate(record, 1) if cell.strip())
        for line, record in itertools.islice(records.items(), _SAMPLE_RECORDS)
    }
    usual, _ = max(Counter(lengths.values()).items(), key=lambda it: (it[1], it[0]))

    def fits(line: int) -> bool:
        return lengths[line] >= usual and 2 * sum(map(bool, records[line])) >= usual

    first, *others = lengths
    return None if fits(first) else next(filter(fits, others), None)


def _fitted(record: Sequence[str], width: int, *, pad: bool) -> Sequence[str]:
    """Drop empty cells beyond the header; a workbook has no cells where nothing stands."""
    if len(record) == width:
        return record
    if not any(record[width:]):
        record = record[:width]
    return [*record, *[""] * (width - len(record))] if pad else record


def _notes(table: pd.DataFrame, file: str) -> list[Fault]:
    """Name what stands in the first cell alone, on the first or last lines: a source, a total."""
    alone = table.notna().sum(axis=1).eq(1) & table.iloc[:, 0].notna()
    ends = alone.cummin() | alone[::-1].cummin()
    return [Fault("note", file, line, value=it) for line, it in by_line(table.iloc[:, 0][ends])]


# Which columns say what --------------------------------------------------------------------------


def _names(
    header: list[str], layout: TableLayout
) -> tuple[list[str], tuple[str, ...], list[Fault]]:
    """Return what the columns are to be called, which of them say when, and what is wrong there."""
    ours: dict[str, list[str]] = {}
    for name, source in layout.columns.items():
        ours.setdefault(source, []).append(name)
    names = [ours.get(source, [source])[0] for source in header]
    faults = [
        *(_no_column(source, header) for source in ours if source not in header),
        *(_no_column(name, names) for name in layout.lists if name not in names),
        *(
            Fault("mapped_twice", value=source, allowed=", ".join(given))
            for source, given in ours.items()
            if len(given) > 1
        ),
    ]
    for name in dict.fromkeys(names):
        of_one_name = [it for it, given in zip(header, names, strict=True) if given == name]
        if len(set(of_one_name)) < len(of_one_name):
            faults.append(Fault("duplicate_column", value=of_one_name[0]))
        elif len(of_one_name) > 1:
            faults.append(Fault("one_name", value=name, allowed=", ".join(of_one_name)))
    way, undecided = _way(layout.columns, names)
    added = {"dated"} if way[:1] == ("date",) else {"dated", "date"}
    faults += [Fault("added_name", value=name) for name in names if name in added]
    faults += [Fault("list_of_dates", value=name) for name in layout.lists if name in way]
    return names, way, faults + undecided


def _way(columns: Mapping[str, str], names: list[str]) -> tuple[tuple[str, ...], list[Fault]]:
    """Return the columns that say when: what was stated, else what has our names."""
    stated = [way for way in _WAYS if set(way) & set(columns)]
    if len(stated) > 1:
        value = " / ".join(" + ".join(way) for way in stated)
        return stated[0], [Fault("two_ways", value=value)]
    for way in stated or _WAYS:
        needed = way[:1] if way[0] == "year" else way  # month and day need not be known
        missing = [name for name in needed if name not in names]
        if stated or not missing:
            faults = [_no_column(name, names) for name in missing if name not in columns]
            return tuple(name for name in way if name in names), faults
    return (), [Fault("no_when", allowed=_some(names))]


def _no_column(name: str, there: list[str]) -> Fault:
    low = {it.casefold(): it for it in there}
    near = difflib.get_close_matches(name.casefold(), low, n=3, cutoff=0.5)
    return Fault("no_column", value=name, allowed=_some([*(low[it] for it in near), *there]))


def _some(names: list[str]) -> str:
    every = list(dict.fromkeys(names))
    return ", ".join(every[:_COLUMNS_NAMED]) + ", …" * (len(every) > _COLUMNS_NAMED)


# When --------------------------------------------------------------------------------------------


def _add_dates(
    table: pd.DataFrame, reading: Reading, way: tuple[str, ...], layout: TableLayout
) -> None:
    """Add ``date`` in EDTF, and how its numbers were read to what the table says of itself."""
    parts = [way] if way[0] == "year" else [(name,) for name in way]
    texts = [_one_text(table[[*part]]) if part[0] == "year" else table[part[0]] for part in parts]
    order, proof, unclear = find_order(texts, reading, way, layout.dates)
    before = len(reading.faults)

    def read(text: str) -> str:
        return read_date(text, order=order, day_zero=reading.day_zero).checked()

    dates = [
        reading.by_value(part, text.mask(text.isin(unclear)), read).replace("", None).astype("str")
        for part, text in zip(parts, texts, strict=True)
    ]
    exact = dates[0]
    if len(dates) == 2 and len(reading.faults) == before:
        spans = (dates[0].fillna("") + "/" + dates[1].fillna("")).replace("/", None)
        exact = reading.by_value(way, spans, _span).astype("str")
    exact, codes = _widened_by_code(table, reading, exact, layout)
    if way == ("date",):
        if "date_text" not in table:
            table.insert(list(table).index("date") + 1, "date_text", table["date"])
        table["date"] = exact
    else:
        table.insert(list(table).index(way[0]), "date", exact)
    table.attrs |= {"dates": order, "proof": proof, "precision": codes}


def _one_text(parts: pd.DataFrame) -> pd.Series:
    """Write year, month and day as one date, as far as they are known."""
    rows = zip(*(parts[name].fillna("") for name in parts), strict=True)
    return pd.Series(map(_year_first, rows), parts.index, dtype="str")


def _year_first(parts: tuple[str, ...]) -> str | None:
    plain = [plain_text(part).removesuffix(".0") for part in parts]
    known = ["" if part.casefold() in NO_DATE or not part.strip("0") else part for part in plain]
    while known and not known[-1]:
        known.pop()
    return ".".join(part.zfill(2) if part else "?" for part in known) or None


@dataclass(frozen=True)
class Order:
    """In which order the numbers of a whole column are days and months.

    Parameters
    ----------
    order
        ``dmy`` or ``mdy``; None where nothing shows it.
    proof
        The first line that allows no other order.
    unclear
        The texts that cannot be read for want of an order.
    fault
        Why they cannot: the column has both orders, or nothing shows which; without file and
        column.
    """

    order: str | None = None
    proof: int | None = None
    unclear: tuple[str, ...] = ()
    fault: Fault | None = None


def order_of(lines: Mapping[str, int]) -> Order:
    """Return the one order of day and month in which all numbers of a column are days.

    Parameters
    ----------
    lines
        The distinct texts of the column, each with the first line that has it.

    Examples
    --------
    >>> order_of({"1/2/2026": 2, "13/2/2026": 3})
    Order(order='dmy', proof=3, unclear=(), fault=None)
    >>> order_of({"1/2/2026": 2}).fault.text("en")[:69]
    'line 2: “1/2/2026” can be 2026-02-01 / 2026-01-02, and no row tells w'
    """
    dates = {text: readings for text in lines if (readings := readings_by_order(text))}
    only = {
        order: [text for text, readings in dates.items() if list(readings) == [order]]
        for order in ("dmy", "mdy")
    }
    if all(only.values()):
        shown = sorted(
            (lines[text], text) for texts in only.values() for text in texts[:_LINES_SHOWN]
        )
        seen = tuple(f"{line}: {text}" for line, text in shown)
        return Order(None, None, tuple(dates), Fault("order_mixed", line=shown[0][0], lines=seen))
    for order, proofs in only.items():
        if proofs:
            return Order(order, lines[proofs[0]])
    unclear = tuple(text for text, readings in dates.items() if len({*readings.values()}) > 1)
    if not unclear:
        return Order()
    fault = read_date(unclear[0]).fault()
    return Order(None, None, unclear, replace(fault, line=lines[unclear[0]]))


def find_order(
    texts: list[pd.Series], reading: Reading, way: tuple[str, ...], stated: str | None
) -> tuple[str | None, int | None, list[str]]:
    """Find the one order of day and month in which all numbers of the columns are days.

    Returns the order, the first line that allows no other, and what cannot be read for want of one.
    """
    if stated is not None:
        return stated, None, []
    lines: dict[str, int] = {}
    for line, text in itertools.chain(*(by_line(it.dropna().drop_duplicates()) for it in texts)):
        lines[text] = min(line, lines.get(text, line))
    found = order_of(lines)
    if found.fault:
        fault = replace(found.fault, file=reading.file, column=reading.source(way))
        reading.faults.append(fault)
    return found.order, found.proof, list(found.unclear)


# How exactly -------------------------------------------------------------------------------------


def _span(text: str) -> str:
    """Return start/end, or the one day that is both."""
    parse_edtf(text)
    start, _, end = text.partition("/")
    return start if start == end else text


def _widened_by_code(
    table: pd.DataFrame, reading: Reading, dates: pd.Series, layout: TableLayout
) -> tuple[pd.Series, str | None]:
    """Widen each date to what its code of precision says, and return whose codes these are."""
    sources = reading.sources
    known = (name for name, source in sources.items() if source.casefold() in _CODES)
    name = "precision" if "precision" in layout.columns else next(known, None)
    if name is None:
        if layout.precision is not None:
            reading.faults.append(Fault("precision_column", reading.file))
        return dates, None
    source = sources[name]
    codes = layout.precision or _CODES.get(source.casefold())
    if codes is None:
        reading.faults.append(Fault("precision_codes", reading.file, value=source))
        return dates, source
    if wrong := [it for it in dict.fromkeys(codes.values()) if it not in UNITS]:
        at, allowed = (reading.file, None, source), ", ".join(UNITS)
        reading.faults += [Fault("precision_unit", *at, it, allowed) for it in wrong]
        return dates, source
    units = reading.by_value([name], table[name].fillna("")[dates.notna()], partial(_unit, codes))
    both = dates + " " + units.astype("str").reindex(dates.index)
    return reading.by_value([name], both, _widened).astype("str"), source


def _unit(codes: Mapping[str, str], code: str) -> str:
    if code.strip() not in codes:
        raise DataError([Fault("precision_code", value=code, allowed=", ".join(codes))])
    return codes[code.strip()]


def _widened(text: str) -> str:
    """Return the week, month or year that holds a day; what is a range already is kept."""
    edtf, unit = text.split(" ")
    first, last = parse_edtf(edtf)
    if first != last or unit == "day":
        return edtf
    if unit == "range":
        raise DataError([Fault("no_range", value=edtf)])
    if unit == "week":
        monday = first - dt.timedelta(days=first.weekday())
        return f"{monday}/{monday + dt.timedelta(days=6)}"
    return first.isoformat()[: len("YYYY-MM") if unit == "month" else len("YYYY")]


# Several values in a cell ------------------------------------------------------------------------


def split_cell(separator: str, cell: str) -> tuple[str, ...] | None:
    """Return the values of a cell, each once; None where there are none."""
    parts = _json_list(cell) if separator == JSON else cell.split(separator)
    values = dict.fromkeys(filter(None, map(str.strip, parts)))
    return tuple(values) or None


def _json_list(cell: str) -> list[str]:
    try:
        parts = json.loads(cell)
    except (ValueError, RecursionError):
        parts = cell
    if parts is None:
        return []
    if not isinstance(parts, list) or any(isinstance(it, list | dict) for it in parts):
        raise DataError([Fault("not_json", value=cell, allowed='["CN", "US"]')])
    return [it if isinstance(it, str) else json.dumps(it) for it in parts if it is not None]

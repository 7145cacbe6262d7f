"""Layouts: how others lay out a table of dated events, read as ours.

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
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pandas as pd

from aistats.dates.edtf import MONTHS, parse_edtf
from aistats.faults import AistatsError, DataError, EDTFError, Fault, few
from aistats.tables.cells import EXCEL_DAY_ZERO, Cells, read_cells

UNITS = ("day", "week", "month", "year", "range")
"""What a code of precision can say of a date."""

JSON = "json"

_CODES = {
    "date_prec": {"1": "day", "2": "range", "3": "week", "4": "month", "5": "year"},  # UCDP GED
    "time_precision": {"1": "day", "2": "week", "3": "month"},  # ACLED
}
_WAYS = (("date",), ("start", "end"), ("year", "month", "day"))
_NO_DATE = frozenset(
    [
        *("", "-", "--", "—", ".", "na", "n/a", "nan", "nat", "null", "none", "unknown"),
        *("\\n", "(null)", "[null]", "0000-00-00"),  # of databases; the first is \N
        *("无", "無", "不详", "不詳", "未知"),
    ]
)
_DAY_UNKNOWN = re.compile(r"\d{4}-\d\d-00", re.ASCII)  # as MySQL has it, of the month too
_UNSEEN = dict.fromkeys(map(ord, "\u200b\ufeff"))
_COLUMNS_NAMED = 12
_LINES_SHOWN = 3
_SAMPLE_RECORDS = 50

_WEEKDAY = r"((mon|tue(s)?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?\.?,? )?"
_NAME = r"(?P<name>[a-z]+)\.?"
_DAY = r"(?P<day>\d{1,2})(st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4}|\d{2})"
_FORMS = [
    re.compile(form, re.ASCII | re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})",
        r"(?P<year>\d{4})(?P<by>[-/.])(?P<month>\d{1,2})(?P=by)(?P<day>\d{1,2})",
        r"(?P<year>\d{4})([-/](?P<month>\d{1,2})|\.(?P<month2>\d{2}))",  # 2025.1 was 2025.10 once
        r"(?P<month>\d{1,2})[-/](?P<year>\d{4})",
        r"(?P<year>\d{4}) ?年( ?(?P<month>\d{1,2}) ?月( ?(?P<day>\d{1,2}) ?[日号號])?)?",
        rf"{_WEEKDAY}{_DAY}[- /](of )?{_NAME},?[- /]{_YEAR}",
        rf"{_WEEKDAY}{_NAME} {_DAY},? {_YEAR}",
        rf"{_NAME},?[- /](?P<year>\d{{4}})",
        rf"(?P<year>\d{{4}})[-/. ]{_NAME}([-/. ]{_DAY})?",
    )
]
_NUMBERS = re.compile(r"(\d{1,2})(?P<by>[-/. ])(\d{1,2})(?P=by)(\d{1,2}|\d{4})", re.ASCII)
_CLOCK = (
    r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d([.,]\d+)?)?( ?[ap]\.?m\.?)?"
    r"( ?(Z|UTC|GMT|[+-]\d{2}(:?\d{2})?))?$"
)
_TIME = re.compile(rf"(T|,? (at )?|(?<=[日号號])){_CLOCK}", re.ASCII | re.IGNORECASE)
TIME_OF_DAY = rf"(T|,? (at )?){_CLOCK}"
"""The end of a date that `read_date` cuts off, whatever its case, as a pattern for any engine."""

_SERIAL = re.compile(r"(\d{5})(\.\d+)?", re.ASCII)


@dataclass(frozen=True)
class Layout:
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
    path: Path, layout: Layout, *, encoding: str | None = None
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
    day_zero: dt.date

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


def _rows(cells: Cells, layout: Layout) -> tuple[pd.DataFrame, list[Fault]]:
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


def _names(header: list[str], layout: Layout) -> tuple[list[str], tuple[str, ...], list[Fault]]:
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


def _add_dates(table: pd.DataFrame, reading: Reading, way: tuple[str, ...], layout: Layout) -> None:
    """Add ``date`` in EDTF, and how its numbers were read to what the table says of itself."""
    parts = [way] if way[0] == "year" else [(name,) for name in way]
    texts = [_one_text(table[[*part]]) if part[0] == "year" else table[part[0]] for part in parts]
    order, proof, unclear = find_order(texts, reading, way, layout.dates)
    before = len(reading.faults)
    read = partial(read_date, order=order, day_zero=reading.day_zero)
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
    plain = [_plain(part).removesuffix(".0") for part in parts]
    known = ["" if it.casefold() in _NO_DATE or not it.strip("0") else it for it in plain]
    while known and not known[-1]:
        known.pop()
    return ".".join(it.zfill(2) if it else "?" for it in known) or None


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
    days = {text: found for text in lines if (found := _days_of_numbers(_plain(text)))}
    only = {
        order: [text for text, found in days.items() if list(found) == [order]]
        for order in ("dmy", "mdy")
    }
    file, column = reading.file, reading.source(way)
    if all(only.values()):
        shown = sorted((lines[it], it) for each in only.values() for it in each[:_LINES_SHOWN])
        seen = tuple(f"{line}: {text}" for line, text in shown)
        reading.faults.append(Fault("order_mixed", file, shown[0][0], column, lines=seen))
        return None, None, list(days)
    for order, proofs in only.items():
        if proofs:
            return order, lines[proofs[0]], []
    unclear = [text for text, found in days.items() if len({*found.values()}) > 1]
    if unclear:
        value, allowed = unclear[0], " / ".join(sorted(days[unclear[0]].values(), reverse=True))
        fault = Fault("order_unknown", file, lines[value], column, value, allowed)
        reading.faults.append(fault)
    return None, None, unclear


def _days_of_numbers(plain: str) -> dict[str, str]:
    """Return the days that ``2/12/2025`` can be, in EDTF by the order of its numbers."""
    numbers = _NUMBERS.fullmatch(plain)
    if numbers is None or len(numbers[4]) != 4:
        return {}
    one, other, year = numbers[1], numbers[3], numbers[4]
    days = {"dmy": _edtf(year, other, one), "mdy": _edtf(year, one, other)}
    return {order: day for order, day in days.items() if day}


def read_date(text: str, *, order: str | None = None, day_zero: dt.date = EXCEL_DAY_ZERO) -> str:
    """Return a date in EDTF, or empty text where it says that there is none.

    Parameters
    ----------
    text
        EDTF, or a day, month or year in figures or in English or Chinese words, whose order is
        clear; a time of day is cut off. Numbers whose order is not are said for a whole column.
    order
        One of `ORDERS`. A year of two digits is of 1969 to 2068, as POSIX has it.
    day_zero
        The day from which serial numbers count.

    Raises
    ------
    AistatsError
        If it is none of these, or no day of the calendar.

    Examples
    --------
    >>> read_date("Dec 2, 2025"), read_date("2025年12月"), read_date("20251202")
    ('2025-12-02', '2025-12', '2025-12-02')
    >>> read_date("02/12/2025", order="dmy"), read_date("02/12/2025", order="mdy")
    ('2025-12-02', '2025-02-12')
    """
    plain = _plain(text)
    if plain.casefold() in _NO_DATE:
        return ""
    if serial := _SERIAL.fullmatch(plain):
        if order != "excel":
            raise DataError([Fault("serial", value=text)])
        return (day_zero + dt.timedelta(days=int(serial[1]))).isoformat()
    if order == "excel" and plain.isdecimal() and len(plain) < 5:
        raise DataError([Fault("unreadable", value=text)])  # a year, or a day before 1927
    if _DAY_UNKNOWN.fullmatch(plain):
        plain = plain.removesuffix("-00").removesuffix("-00")
    try:
        parse_edtf(plain)
    except EDTFError as error:
        if error.reason != "not_edtf":
            raise EDTFError(error.reason, text) from None
    else:
        return plain
    if numbers := _NUMBERS.fullmatch(plain):
        return _of_numbers(numbers, text, order)
    found = next(filter(None, (form.fullmatch(plain) for form in _FORMS)), None)
    part = found.groupdict() if found else {}
    month = part.get("month") or part.get("month2") or MONTHS.get((part.get("name") or "").lower())
    if not part or (month is None and part.get("name")):
        raise DataError([Fault("unreadable", value=text)])
    return _possible(_full_year(part["year"], text, order), month, part.get("day"), text)


def _plain(text: str) -> str:
    """Return a date with half-width figures and single spaces, without a time of day."""
    plain = unicodedata.normalize("NFKC", text).translate(_UNSEEN)
    return _TIME.sub("", " ".join(plain.split()))


def _of_numbers(numbers: re.Match[str], text: str, order: str | None) -> str:
    """Return the day of three numbers of which the first is no year of four figures."""
    one, other, last = numbers[1], numbers[3], numbers[4]
    if order == "yymd" and len(last) < 4:
        return _possible(_full_year(one, text, order), other, last, text)
    year = _full_year(last, text, order)
    if order is None:
        days = set(_days_of_numbers(numbers[0]).values())
        if len(days) > 1:
            raise DataError([Fault("order_unknown", value=text, allowed=" / ".join(sorted(days)))])
        return next(iter(days), None) or _possible(year, other, one, text)
    day, month = (one, other) if order.startswith("dm") else (other, one)
    edtf = _edtf(year, month, day) if order[:3] in ("dmy", "mdy") else None
    if edtf is None:
        raise DataError([Fault("order_stated", value=text, allowed=order)])
    return edtf


def _full_year(year: str, text: str, order: str | None) -> str:
    if len(year) == 4:
        return year
    if len(year) != 2 or "yy" not in (order or ""):
        raise DataError([Fault("two_digit_year", value=text)])
    return ("19" if int(year) >= 69 else "20") + year


def _possible(year: str, month: str | int | None, day: str | None, text: str) -> str:
    edtf = _edtf(year, month, day)
    if edtf is None:
        raise EDTFError("impossible", text)
    return edtf


def _edtf(year: str, month: str | int | None = None, day: str | None = None) -> str | None:
    """Return a day, a month or a year in EDTF, or None where the calendar has no such."""
    if month is None:
        return year
    edtf = f"{year}-{int(month):02}" + (f"-{int(day):02}" if day else "")
    try:
        parse_edtf(edtf)
    except EDTFError:
        return None
    return edtf if int(month) <= 12 else None  # beyond, EDTF has seasons and quarters


# How exactly -------------------------------------------------------------------------------------


def _span(text: str) -> str:
    """Return start/end, or the one day that is both."""
    parse_edtf(text)
    start, _, end = text.partition("/")
    return start if start == end else text


def _widened_by_code(
    table: pd.DataFrame, reading: Reading, dates: pd.Series, layout: Layout
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

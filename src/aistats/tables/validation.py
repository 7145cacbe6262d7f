"""Validation: one table against its codebook, and the tables against each other.

Every column must be there and known, every cell present, of an allowed level, a possible date,
unique where it is a key, and linked to a row that exists. Checks run once per distinct value. All
faults are reported at once, each with its physical line.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

import pandas as pd

from aistats.dates.edtf import parse_edtf
from aistats.faults import DataError, EDTFError, Fault, choices_shown
from aistats.locale import LANGUAGES
from aistats.tables.cells import cells_of
from aistats.tables.codebook import Field, Table
from aistats.tables.foreign import by_line
from aistats.tables.paths import is_label, same_place

_NEAR_SOUGHT = 20  # of so many wrong values: to look among thousands takes its time
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def checked_table(
    content: bytes, file: str, table: Table, encoding: str = "utf-8"
) -> tuple[pd.DataFrame, list[Fault]]:
    """Return a table as text, indexed by physical line, and all that is wrong with it.

    Parameters
    ----------
    content
        What its file holds.
    file
        The name of the file, for messages.
    table
        What the codebook says of it.
    encoding
        That of the file.
    """
    try:
        cells = cells_of(content, file, encoding=encoding, separator=",")
    except DataError as error:
        return no_rows(table), list(error.faults)
    header = list(cells.records[0][1]) if cells.records else []
    rows = {line: row for line, row in cells.records[1:] if len(row) == len(header)}
    faults = [
        Fault("torn_line", file, line, None, len(row), len(header))
        for line, row in cells.records[1:]
        if line not in rows
    ]
    if cells.broken:
        return no_rows(table), [*faults, cells.broken]
    if not header:
        return no_rows(table), [Fault("empty_file", file, allowed=", ".join(table.fields))]
    separator = re.search(r"[;\t|]", header[0]) if len(header) == 1 else None
    if separator:
        name = separator[0].replace("\t", "tab")
        return no_rows(table), [Fault("separator", file, 1, value=name)]
    faults += _header_faults(header, table, file)
    frame = pd.DataFrame(list(rows.values()), list(rows), header, dtype="str")
    frame = frame.loc[:, ~frame.columns.duplicated()].replace("", None)
    return frame, faults + _row_faults(frame, table, file)


def _row_faults(frame: pd.DataFrame, table: Table, file: str) -> list[Fault]:
    """Check the cells of a table, its key, and what its cells say together."""
    faults: list[Fault] = []
    for column in table.fields.values():
        if column.name in frame:
            faults += cell_faults(frame[column.name], column, file)
    if len(frame) and table.key and set(table.key) <= set(frame.columns):
        faults += _key_faults(frame, table, file)
    if table.name == "events":
        faults += _event_faults(frame, file)
    if table.name == "editions":
        faults += _edition_faults(frame, file, {(fault.line, fault.column) for fault in faults})
    return faults


def by_place(faults: list[Fault]) -> list[Fault]:
    """Return faults in the order of their lines."""
    return sorted(faults, key=lambda fault: fault.line or 0)


def no_rows(table: Table) -> pd.DataFrame:
    """Return a table with the columns of the codebook and no row."""
    return pd.DataFrame(columns=list(table.fields), dtype="str")


def _header_faults(header: list[str], table: Table, file: str) -> list[Fault]:
    names = ", ".join(table.fields)
    missing = [name for name in table.fields if name not in header]
    unknown = [name for name in header if name not in table.fields]
    twice = [name for name in dict.fromkeys(header) if header.count(name) > 1]
    return [
        *(Fault("missing_column", file, 1, None, name, names) for name in missing),
        *(Fault("unknown_column", file, 1, None, name, names) for name in unknown),
        *(Fault("duplicate_column", file, 1, None, name) for name in twice),
    ]


def cell_faults(cells: pd.Series, field: Field, file: str) -> list[Fault]:
    """Check a column once per distinct value, and name each wrong cell."""
    empty = by_line(cells[cells.isna()]) if field.required else []
    allowed = _allowed("", field)
    kind = "missing" if allowed else "empty"
    faults = [Fault(kind, file, line, field.name, "", allowed) for line, _ in empty]
    checked = {value: _value_fault(value, field) for value in cells.dropna().unique()}
    wrong = {value: fault for value, fault in checked.items() if fault is not None}
    for line, cell in by_line(cells[cells.isin(list(wrong))]):
        kind, value, allowed = wrong[cell]
        faults.append(Fault(kind, file, line, field.name, value, allowed))
    if field.unique:
        faults += _duplicates(cells.dropna(), field.name, file)
    return faults


def _value_fault(cell: str, field: Field) -> tuple[str, str, str] | None:
    """Return the kind, value and allowed values of what is wrong with a cell."""
    if cell != cell.strip():
        return "space", cell, ""
    if _CONTROL.search(cell):
        return "control", cell, ""
    if field.edtf:
        try:
            parse_edtf(cell, margin_days=field.margin_days)
        except EDTFError as error:
            return error.reason, cell, ""
    values = cell.split(field.separator) if field.separator else [cell]
    if len(set(values)) < len(values):
        return "twice", cell, ""
    for value in values:
        if field.levels and value not in {level.value for level in field.levels}:
            return "level", value, _allowed(value, field)
    if field.pattern and not re.fullmatch(field.pattern, cell):
        return "pattern", cell, field.pattern
    return None


def _allowed(value: str, field: Field) -> str:
    """Say what a cell may hold, if not just any text."""
    if field.levels:
        return choices_shown(value, (level.value for level in field.levels))
    return "EDTF" if field.edtf else field.pattern or ""


def _key_faults(frame: pd.DataFrame, table: Table, file: str) -> list[Fault]:
    if len(table.key) == 1 and table.fields[table.key[0]].unique:
        return []  # a column of unique values is checked with its cells
    keys = frame[list(table.key)].dropna().agg(" + ".join, axis=1)
    return _duplicates(keys, " + ".join(table.key), file)


def _duplicates(values: pd.Series, column: str, file: str) -> list[Fault]:
    first = {value: line for line, value in reversed(by_line(values))}
    again = by_line(values[values.duplicated()])
    return [Fault("duplicate", file, line, column, value, first[value]) for line, value in again]


def broken_links(frames: Mapping[str, pd.DataFrame], table: Table, file: str) -> list[Fault]:
    """Check the values of a table against those of the tables that could be read whole."""
    faults = []
    for column, other, target in table.links:
        if other in frames and target in frames[other] and column in frames[table.name]:
            known = frames[other][target].dropna()
            wrong = astray(frames, table, (column, other, target))
            distinct = enumerate(wrong.unique())
            shown = {it: choices_shown(it if n < _NEAR_SOUGHT else "", known) for n, it in distinct}
            faults += [
                Fault("link", file, line, column, value, (f"{other}.{target}", shown[value]))
                for line, value in by_line(wrong)
            ]
    return faults


def astray(
    frames: Mapping[str, pd.DataFrame], table: Table, link: tuple[str, str, str]
) -> pd.Series:
    """Return the values of a column that lead to no row, by line."""
    column, other, target = link
    cells = frames[table.name][column].dropna()
    separator = table.fields[column].separator
    values = cells.str.split(separator).explode() if separator else cells
    return values[~values.isin(frames[other][target])]


def _event_faults(events: pd.DataFrame, file: str) -> list[Fault]:
    """Check that a date goes with its words, and that only what is announced is planned."""
    faults = []
    if {"date", "date_text"} <= set(events.columns):
        alone = events["date"].isna() != events["date_text"].isna()
        faults += [Fault("date_text", file, line, "date_text") for line in events.index[alone]]
    if {"planned_for", "status"} <= set(events.columns):
        planned = events["planned_for"][events["status"].eq("occurred")].dropna()
        faults += [
            Fault("planned_for", file, line, "planned_for", value)
            for line, value in by_line(planned)
        ]
    return faults


def _edition_faults(
    editions: pd.DataFrame, file: str, named: Collection[tuple[int | None, str | None]]
) -> list[Fault]:
    """Check what a codebook without patterns would let through, and a build could not stand.

    Parameters
    ----------
    editions
        The table, indexed by line.
    file
        Its file, for messages.
    named
        The cells of which a fault is named already, as line and column.
    """
    faults = [
        *_label_faults(_column(editions, "edition"), file),
        *_language_faults(_column(editions, "languages"), file),
        *_parameter_faults(_column(editions, "parameters"), file),
        *_baseline_faults(editions, file),
    ]
    return [fault for fault in faults if (fault.line, fault.column) not in named]


def _column(frame: pd.DataFrame, name: str) -> list[tuple[int, str]]:
    """Return the cells of a column with their lines, "" where they are empty."""
    return by_line(frame[name].fillna("")) if name in frame else []


def _label_faults(labels: Iterable[tuple[int, str]], file: str) -> Iterator[Fault]:
    """Check that a label names a folder of its own among the editions, on every system."""
    first: dict[str, int] = {}
    for line, label in labels:
        if not is_label(label):
            yield Fault("label", file, line, "edition", label)
        elif first.setdefault(same_place(label), line) != line:
            before = first[same_place(label)]
            yield Fault("label_alike", file, line, "edition", label, before)


def _language_faults(cells: Iterable[tuple[int, str]], file: str) -> Iterator[Fault]:
    """Check the languages, which become names of files, too."""
    for line, cell in cells:
        for language in cell.split() or [cell]:
            if language not in LANGUAGES:
                yield Fault("level", file, line, "languages", language, ", ".join(LANGUAGES))


def _parameter_faults(cells: Iterable[tuple[int, str]], file: str) -> Iterator[Fault]:
    for line, cell in cells:
        for pair in cell.split():
            if "=" not in pair:
                yield Fault("parameter_form", file, line, "parameters", pair)


def _baseline_faults(editions: pd.DataFrame, file: str) -> Iterator[Fault]:
    """Check that no edition is compared with itself."""
    labels = dict(_column(editions, "edition"))
    for line, cell in _column(editions, "baseline"):
        if labels.get(line) in cell.split():
            yield Fault("own_baseline", file, line, "baseline", labels[line])


def window_faults(events: pd.DataFrame, coverage: pd.DataFrame, file: str) -> list[Fault]:
    """Check that an event is reported in the window of its section."""
    names, keys = ["source", "source_section", "reported"], ["source", "section", "window"]
    if not (set(names) <= set(events.columns) and set(keys) <= set(coverage.columns)):
        return []
    windows = {(source, section): it for source, section, it in coverage[keys].to_numpy()}
    known = events.loc[events["source"].isin(coverage["source"]), names].dropna()
    faults = []
    for line, (source, place, reported) in zip(known.index, known.to_numpy(), strict=True):
        section = place.split("·")[0]
        window = windows.get((source, section))
        if window is None:
            sections = choices_shown(section, (it for of, it in windows if of == source))
            to = ("coverage.section", sections)
            faults.append(Fault("link", file, line, "source_section", section, to))
        elif reported != window:
            faults.append(Fault("window", file, line, "reported", reported, window))
    return faults

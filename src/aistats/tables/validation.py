"""Check one table against its codebook, and the tables against each other.

The bytes of a table come in, and the table goes out as text, indexed by physical line, with a list
of all problems. Every column must be present and known; every cell must be present, of an allowed
value, a possible date, unique where it is a key, and linked to a row that exists. Costly checks run
once per distinct value. Nothing is corrected here, and no date becomes days.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

import pandas as pd

from aistats.dates.edtf import parse_edtf
from aistats.faults import DataError, DataWarning, EDTFError, Fault, choices_shown
from aistats.locale import LANGUAGES, text_key
from aistats.tables.cells import Cells, cells_of
from aistats.tables.codebook import Field, Table
from aistats.tables.foreign import by_line
from aistats.tables.paths import is_label, same_place

_NEAR_SOUGHT = 20
"""Wrong values for which the nearest allowed ones are sought; among thousands that takes long."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_OTHER_SEPARATOR = re.compile(r"[;\t|]")

Frames: TypeAlias = Mapping[str, pd.DataFrame]
CheckedTable: TypeAlias = tuple[pd.DataFrame, list[Fault]]
LinesWithText: TypeAlias = Iterable[tuple[int, str]]


def checked_table(
    content: bytes,
    file: str,
    table: Table,
    encoding: str = "utf-8",
) -> CheckedTable:
    """Return a table as text, indexed by physical line, and all problems with it.

    Parameters
    ----------
    content
        The content of its file.
    file
        The name of the file, for messages.
    table
        The definition of the table in the codebook.
    encoding
        The encoding of the file.
    """
    try:
        cells = cells_of(content, file, encoding=encoding, separator=",")
    except DataError as error:
        return no_rows(table), list(error.faults)
    if cells.broken:
        # The rows after the break are unknown, so links and keys cannot be checked.
        faults = [*_torn_lines(cells), cells.broken]
        return no_rows(table), faults
    fault = _header_fault(cells, table)
    if fault is not None:
        return no_rows(table), [fault]
    frame = _frame(cells)
    faults = _torn_lines(cells)
    faults += _column_faults(cells, table)
    faults += _row_faults(frame, table, file)
    return frame, faults


def _header_fault(cells: Cells, table: Table) -> Fault | None:
    """Return a fault if a table is empty, or its columns are not separated by commas."""
    if not cells.records:
        allowed = ", ".join(table.fields)
        return Fault("empty_file", cells.file, allowed=allowed)
    line, header = 1, cells.records[0][1]
    # With another separator, the whole header is one cell.
    if len(header) > 1:
        return None
    separator = _OTHER_SEPARATOR.search(header[0])
    if separator is None:
        return None
    name = separator[0].replace("\t", "tab")
    return Fault("separator", cells.file, line, value=name)


def _torn_lines(cells: Cells) -> list[Fault]:
    """Return a fault for each record that has not as many cells as the header."""
    if not cells.records:
        return []
    (_, header), *rows = cells.records
    width = len(header)
    faults = []
    for line, row in rows:
        if len(row) != width:
            fault = Fault("torn_line", cells.file, line, None, len(row), width)
            faults.append(fault)
    return faults


def _frame(cells: Cells) -> pd.DataFrame:
    """Return the records that are as long as the header; of columns of one name, the first."""
    (_, header), *records = cells.records
    lines = []
    rows = []
    for line, row in records:
        if len(row) == len(header):
            lines.append(line)
            rows.append(row)
    frame = pd.DataFrame(rows, lines, list(header), dtype="str")
    is_repeated = frame.columns.duplicated()
    return frame.loc[:, ~is_repeated].replace("", None)


def _column_faults(cells: Cells, table: Table) -> list[Fault]:
    """Return a fault for each column that is missing, unknown or there twice."""
    line, header = 1, cells.records[0][1]
    expected = ", ".join(table.fields)
    faults = []
    for name in table.fields:
        if name not in header:
            faults.append(Fault("missing_column", cells.file, line, None, name, expected))
    for name in header:
        if name not in table.fields:
            faults.append(Fault("unknown_column", cells.file, line, None, name, expected))
    for name in dict.fromkeys(header):
        if header.count(name) > 1:
            faults.append(Fault("duplicate_column", cells.file, line, None, name))
    return faults


def _row_faults(
    frame: pd.DataFrame,
    table: Table,
    file: str,
) -> list[Fault]:
    """Check the cells of a table, its key, and cells that depend on each other."""
    faults: list[Fault] = []
    for name, field in table.fields.items():
        if name in frame:
            faults += cell_faults(frame[name], field, file)
    faults += _key_faults(frame, table, file)
    if table.name == "events":
        faults += _date_text_faults(frame, file)
        faults += _planned_faults(frame, file)
    if table.name == "editions":
        reported = {(fault.line, fault.column) for fault in faults}
        faults += _edition_faults(frame, file, reported)
    return faults


def no_rows(table: Table) -> pd.DataFrame:
    """Return a table with the columns of the codebook and no row."""
    names = list(table.fields)
    return pd.DataFrame(columns=names, dtype="str")


# Faults of a table -------------------------------------------------------------------------------


def by_place(faults: list[Fault]) -> list[Fault]:
    """Return faults in the order of their lines."""

    def line(fault: Fault) -> int:
        return fault.line or 0

    return sorted(faults, key=line)


def warn_of(doubts: Iterable[Fault]) -> None:
    """Warn the caller of a public function of what is allowed but worth a second look.

    Call this in the public function itself: the warning names the line that called that.
    """
    for doubt in doubts:
        warnings.warn(doubt.text(), DataWarning, stacklevel=3)


# Cells -------------------------------------------------------------------------------------------


def cell_faults(
    cells: pd.Series,
    field: Field,
    file: str,
) -> list[Fault]:
    """Check each distinct value of a column once, and return a fault for each invalid cell."""
    faults = []
    if field.required:
        missing = replace(_missing_fault(field), file=file, column=field.name)
        for line in cells.index[cells.isna()]:
            faults.append(replace(missing, line=line))
    invalid = _invalid_values(cells, field)
    for line, cell in by_line(cells[cells.isin(list(invalid))]):
        fault = invalid[cell]
        faults.append(replace(fault, file=file, line=line, column=field.name))
    if field.unique:
        faults += _duplicates(cells.dropna(), field.name, file)
    return faults


def _missing_fault(field: Field) -> Fault:
    """Return the fault of a required cell that is empty; its place is not filled in."""
    allowed = _allowed("", field)
    kind = text_key("missing") if allowed else text_key("empty")
    return Fault(kind, allowed=allowed)


def _invalid_values(cells: pd.Series, field: Field) -> dict[str, Fault]:
    """Return the fault of each distinct value that is invalid; its place is not filled in."""
    invalid = {}
    for value in cells.dropna().unique():
        fault = _value_fault(value, field)
        if fault is not None:
            invalid[value] = fault
    return invalid


def _value_fault(cell: str, field: Field) -> Fault | None:
    """Return the first problem with a cell; its place is not filled in."""
    if cell != cell.strip():
        return Fault("space", value=cell)
    if _CONTROL.search(cell):
        return Fault("control", value=cell)
    if field.edtf:
        # The reason of an EDTFError is the kind of a fault.
        try:
            parse_edtf(cell, margin_days=field.margin_days)
        except EDTFError as error:
            return Fault(error.reason, value=cell)
    values = cell.split(field.separator) if field.separator else [cell]
    if len(set(values)) < len(values):
        return Fault("twice", value=cell)
    levels = {level.value for level in field.levels}
    for value in values:
        if levels and value not in levels:
            return Fault("level", value=value, allowed=_allowed(value, field))
    if field.pattern and not re.fullmatch(field.pattern, cell):
        return Fault("pattern", value=cell, allowed=field.pattern)
    return None


def _allowed(value: str, field: Field) -> str:
    """Return what a cell may hold, the nearest to a invalid value first; "" for any text."""
    if field.levels:
        levels = [level.value for level in field.levels]
        return choices_shown(value, levels)
    if field.edtf:
        return "EDTF"
    return field.pattern or ""


def _key_faults(
    frame: pd.DataFrame,
    table: Table,
    file: str,
) -> list[Fault]:
    """Return a fault for each row with the key of an earlier row."""
    key = list(table.key)
    if frame.empty or not key or not set(key) <= set(frame.columns):
        return []
    is_checked = len(key) == 1 and table.fields[key[0]].unique
    if is_checked:  # with its cells, as every unique column
        return []
    rows = frame[key].dropna()  # a missing part is reported with its cell
    keys = rows.agg(" + ".join, axis=1)
    return _duplicates(keys, " + ".join(key), file)


def _duplicates(
    values: pd.Series,
    column: str,
    file: str,
) -> list[Fault]:
    """Return a fault for each value that an earlier line has, with the first such line."""
    first_lines: dict[str, int] = {}
    faults = []
    for line, value in by_line(values[values.duplicated(keep=False)]):
        first = first_lines.setdefault(value, line)
        if line != first:
            faults.append(Fault("duplicate", file, line, column, value, first))
    return faults


# Links between tables ----------------------------------------------------------------------------


def broken_links(frames: Frames, table: Table, file: str) -> list[Fault]:
    """Check the values of a table against those of the tables that could be read whole."""
    faults: list[Fault] = []
    for link in table.links:
        column, other, target = link
        can_check = other in frames and target in frames[other]
        if can_check and column in frames[table.name]:
            faults += _link_faults(frames, table, link, file)
    return faults


def _link_faults(
    frames: Frames,
    table: Table,
    link: tuple[str, str, str],
    file: str,
) -> list[Fault]:
    """Return a fault for each value of a column that leads to no row."""
    column, other, target = link
    place = f"{other}.{target}"
    known = frames[other][target].dropna()
    broken = astray(frames, table, link)
    choices = _choices(broken.unique(), known)
    faults = []
    for line, value in by_line(broken):
        allowed = (place, choices[value])
        faults.append(Fault("link", file, line, column, value, allowed))
    return faults


def _choices(
    values: Iterable[str],
    known: Iterable[str],
) -> dict[str, str]:
    """Return the known values to choose from for each invalid value."""
    choices = {}
    for number, value in enumerate(values):
        near = value if number < _NEAR_SOUGHT else ""
        choices[value] = choices_shown(near, known)
    return choices


def astray(
    frames: Frames,
    table: Table,
    link: tuple[str, str, str],
) -> pd.Series:
    """Return the values of a column that lead to no row, by line."""
    column, other, target = link
    values = frames[table.name][column].dropna()
    separator = table.fields[column].separator
    if separator:
        values = values.str.split(separator).explode()
    is_known = values.isin(frames[other][target])
    return values[~is_known]


def window_faults(
    events: pd.DataFrame,
    coverage: pd.DataFrame,
    file: str,
) -> list[Fault]:
    """Check that each event has the reporting window of its section."""
    columns = ["source", "source_section", "reported"]
    keys = ["source", "section", "window"]
    has_columns = set(columns) <= set(events.columns)
    if not has_columns or not set(keys) <= set(coverage.columns):
        return []
    windows = _windows(coverage[keys])
    is_known = events["source"].isin(coverage["source"])
    rows = events.loc[is_known, columns].dropna()
    faults = []
    for line, source, place, reported in rows.itertuples(name=None):
        section = place.split("·")[0]  # such as 一 of 一·国内AI进展·1
        expected = windows.get((source, section))
        if expected is None:
            allowed = ("coverage.section", _sections_shown(section, source, windows))
            faults.append(Fault("link", file, line, "source_section", section, allowed))
        elif reported != expected:
            faults.append(Fault("window", file, line, "reported", reported, expected))
    return faults


def _windows(coverage: pd.DataFrame) -> dict[tuple[str, str], str]:
    """Return the reporting windows by source and section."""
    windows = {}
    for source, section, window in coverage.to_numpy():
        windows[source, section] = window
    return windows


def _sections_shown(
    section: str,
    source: str,
    windows: Iterable[tuple[str, str]],
) -> str:
    """Return the sections of a source to choose from."""
    sections = [known for other, known in windows if other == source]
    return choices_shown(section, sections)


# Cells of a row that depend on each other --------------------------------------------------------


def _date_text_faults(events: pd.DataFrame, file: str) -> Iterator[Fault]:
    """Check that a date and the words of the source for it are both there or both missing."""
    if not {"date", "date_text"} <= set(events.columns):
        return
    has_date = events["date"].notna()
    has_words = events["date_text"].notna()
    is_alone = has_date != has_words
    for line in events.index[is_alone]:
        yield Fault("date_text", file, line, "date_text")


def _planned_faults(events: pd.DataFrame, file: str) -> Iterator[Fault]:
    """Check that no event that has occurred is planned."""
    if not {"planned_for", "status"} <= set(events.columns):
        return
    has_occurred = events["status"].eq("occurred")
    planned = events["planned_for"][has_occurred].dropna()
    for line, value in by_line(planned):
        yield Fault("planned_for", file, line, "planned_for", value)


def _edition_faults(
    editions: pd.DataFrame, file: str, reported: Collection[tuple[int | None, str | None]]
) -> list[Fault]:
    """Check what a codebook without patterns lets through, but a build cannot work with.

    Parameters
    ----------
    editions
        The table, indexed by line.
    file
        Its file, for messages.
    reported
        The cells with a fault that is reported already, as line and column.
    """
    labels = _column(editions, "edition")
    faults = [
        *_label_faults(labels, file),
        *_language_faults(_column(editions, "languages"), file),
        *_parameter_faults(_column(editions, "parameters"), file),
        *_baseline_faults(labels, _column(editions, "baseline"), file),
    ]
    return [fault for fault in faults if (fault.line, fault.column) not in reported]


def _column(frame: pd.DataFrame, name: str) -> list[tuple[int, str]]:
    """Return the cells of a column with their lines, "" where they are empty."""
    if name not in frame:
        return []
    cells = frame[name].fillna("")
    return by_line(cells)


def _label_faults(labels: LinesWithText, file: str) -> Iterator[Fault]:
    """Check that each label is the name of a folder, of another one on every system."""
    first_lines: dict[str, int] = {}
    for line, label in labels:
        if not is_label(label):
            yield Fault("label", file, line, "edition", label)
            continue
        first = first_lines.setdefault(same_place(label), line)
        if first != line:
            yield Fault("label_alike", file, line, "edition", label, first)


def _language_faults(cells: LinesWithText, file: str) -> Iterator[Fault]:
    """Check the languages, which are part of file names, too."""
    allowed = ", ".join(LANGUAGES)
    for line, cell in cells:
        languages = cell.split() or [cell]
        for language in languages:
            if language not in LANGUAGES:
                yield Fault("level", file, line, "languages", language, allowed)


def _parameter_faults(cells: LinesWithText, file: str) -> Iterator[Fault]:
    """Check that each parameter is a name and a value."""
    for line, cell in cells:
        for pair in cell.split():
            if "=" not in pair:
                yield Fault("parameter_form", file, line, "parameters", pair)


def _baseline_faults(
    labels: LinesWithText,
    baselines: LinesWithText,
    file: str,
) -> Iterator[Fault]:
    """Check that no edition is compared with itself."""
    label_of_line = dict(labels)
    for line, cell in baselines:
        label = label_of_line.get(line)
        if label in cell.split():
            yield Fault("own_baseline", file, line, "baseline", label)

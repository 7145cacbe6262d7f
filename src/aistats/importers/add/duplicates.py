"""Rows that are in the table already, or that look like another event.

Reviewed rows and the rows of the table come in. A row whose cells are all in the table is recorded
already, and is left out. A row that contradicts one in the table, or another new row, is a problem:
it has its id, or all its cells under another id, or is a corrected copy of it. A row whose title is
much like that of another event at about the same time is only reported, with both rows: whether
they are one event is for a person to decide.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from rapidfuzz import fuzz

from aistats.faults import Fault
from aistats.importers.add.rows import Row
from aistats.locale import text_key
from aistats.tables.codebook import Table

_WORDS = re.compile(r"[^\W\u4e00-\u9fff]+|[\u4e00-\u9fff]+")
# Of the events of December 2025, two of one organisation are never more than 54 alike and two of
# different ones never more than 67; most rewritten titles of one event are more than 75.
_ALIKE, _ALIKE_ELSEWHERE = 65, 80
Key = tuple[str, ...]  # texts that identify an event
_SUMMARY_COLUMNS = ("event_id", "date", "reported", "organization", "title_zh", "title_en")


# Rows that are in the table already -------------------------------------------------------------


def new_rows(
    reviewed: Iterable[Row], existing: Sequence[Row], faults: list[Fault]
) -> tuple[list[Row], int]:
    """Return the rows that are not in the table yet, and the number of those that are.

    Parameters
    ----------
    reviewed
        The rows of the files.
    existing
        The rows of the table.
    faults
        Gains the rows that contradict another. A row whose id is taken is returned without it, so
        that its other cells can be checked.
    """
    recorded = _Recorded(existing)
    rows = []
    known = 0
    for row in reviewed:
        if recorded.contains(row):
            known += 1
            continue
        copy_fault = recorded.copy_fault(row)
        if copy_fault:
            faults.append(copy_fault)
            continue
        id_fault = recorded.id_fault(row)
        if id_fault:
            faults.append(id_fault)
            row.settled.add("event_id")
            row.cells["event_id"] = ""  # or the table would report the same id again
        recorded.add(row)
        rows.append(row)
    return rows, known


class _Recorded:
    """The rows of the table and the new ones so far, by what identifies them.

    Parameters
    ----------
    existing
        The rows of the table.
    """

    def __init__(self, existing: Iterable[Row]) -> None:
        self._by_id: dict[str, Row] = {}
        self._by_body: dict[Key, Row] = {}
        self._by_title: dict[Key, Row] = {}
        self._new_by_id: dict[str, Row] = {}
        self._new_by_body: dict[Key, Row] = {}
        for row in existing:
            name = row.cells["event_id"]
            self._by_id[name] = row
            self._by_body[row.body] = row
            for key in _title_keys(row):
                self._by_title[key] = row

    def add(self, row: Row) -> None:
        """Note a new row."""
        self._new_by_body[row.body] = row
        name = row.cells["event_id"]
        if name:
            self._new_by_id[name] = row

    def contains(self, row: Row) -> bool:
        """Whether the table has this row: under its id or, if it has none, under any id."""
        name = row.cells["event_id"]
        if not name:
            return row.body in self._by_body
        old = self._by_id.get(name)
        return old is not None and old.body == row.body

    def copy_fault(self, row: Row) -> Fault | None:
        """Return the problem of a row that repeats all cells of another."""
        same = self._by_body.get(row.body)
        if same:
            return row.fault(text_key("row_there"), "event_id", row.cells["event_id"], same.place)
        twin = self._new_by_body.get(row.body)
        if twin:
            return row.fault(text_key("row_twice"), allowed=twin.place)
        return None

    def id_fault(self, row: Row) -> Fault | None:
        """Return the problem of a row whose id is taken, or that is a corrected copy without id."""
        name = row.cells["event_id"]
        if name:
            kind, old = text_key("id_there"), self._by_id.get(name)
        else:
            kind, old = text_key("event_there"), self._same_event(row)
        if old:
            return row.fault(
                kind, "event_id", old.cells["event_id"], old.place, _differences(row, old)
            )
        twin = self._new_by_id.get(name)
        if twin:
            return row.fault(text_key("id_twice"), "event_id", name, twin.place)
        return None

    def _same_event(self, row: Row) -> Row | None:
        for key in _title_keys(row):
            if key in self._by_title:
                return self._by_title[key]
        return None


def _title_keys(row: Row) -> list[Key]:
    """Return keys that identify an event without its id: a title, with its day and its place.

    There is a key for each title, as a corrected copy often keeps one of them.
    """
    columns = ("source", "source_section", "date", "date_text")
    place_and_day = [row.cells[column] for column in columns]
    keys: list[Key] = []
    for column in ("title_zh", "title_en"):
        title = row.cells[column]
        if title:
            keys.append((*place_and_day, column, title))
    return keys


def _differences(row: Row, old: Row) -> list[str]:
    """Return a line for each cell that differs; a row without id has no other id."""
    lines = []
    for column, text in row.cells.items():
        before = old.cells[column]
        is_no_id = column == "event_id" and not text
        if before != text and not is_no_id:
            lines.append(f"{column}: “{before}” → “{text}”")
    return lines


# Rows that look like another event --------------------------------------------------------------


def similar_rows(rows: Iterable[Row], existing: Iterable[Row], table: Table) -> Iterator[Fault]:
    """Yield the new rows that look like another event, with the most similar one.

    Parameters
    ----------
    rows
        The new rows, which must be valid.
    existing
        The rows of the table.
    table
        The events table.
    """
    compared = [_Traits(row, table) for row in existing]
    # Every pair is scored: few rows are added at a time, and a date excludes most pairs at once.
    for row in rows:
        traits = _Traits(row, table)
        highest = 0.0
        nearest = row
        for other in compared:
            likeness = traits.likeness(other)
            if likeness > highest:
                highest, nearest = likeness, other.row
        compared.append(traits)
        if highest > 0:
            lines = [_summary(row), _summary(nearest)]
            title = row.cells["title_zh"]
            yield row.fault(text_key("similar"), "title_zh", title, nearest.place, lines)


class _Traits:
    """The traits of an event that are compared with those of others.

    Parameters
    ----------
    row
        The row of the event.
    table
        The events table.
    """

    def __init__(self, row: Row, table: Table) -> None:
        self.row = row
        days: list[dt.date] = []
        for column in ("date", "reported"):
            days += row.days(column, table) or ()
        self.first_day = min(days)  # of both columns: two sources may date an event differently
        self.last_day = max(days)
        self.organization = row.cells["organization"].casefold()
        self.title_zh = _pieces(row.cells["title_zh"])
        self.title_en = _pieces(row.cells["title_en"])

    def likeness(self, other: _Traits) -> float:
        """Return how similar the titles are (up to 100), or 0 if they are of two events."""
        if self.last_day < other.first_day or other.last_day < self.first_day:
            return 0
        is_same_organization = self.organization == other.organization
        least = _ALIKE if is_same_organization else _ALIKE_ELSEWHERE
        return max(
            fuzz.token_set_ratio(self.title_zh, other.title_zh, score_cutoff=least),
            fuzz.token_set_ratio(self.title_en, other.title_en, score_cutoff=least),
        )


def _pieces(title: str) -> str:
    """Return words as they are and Han text as all its pairs, which stand for its words.

    Examples
    --------
    >>> _pieces("DeepSeek推理成本")
    'deepseek 推理 理成 成本'
    """
    pieces = []
    plain = unicodedata.normalize("NFKC", title).casefold()
    for word in _WORDS.findall(plain):
        is_han = "\u4e00" <= word[0] <= "\u9fff"
        if is_han and len(word) > 1:
            pieces += [word[start : start + 2] for start in range(len(word) - 1)]
        else:
            pieces.append(word)
    return " ".join(pieces)


def _summary(row: Row) -> str:
    """Return a row in one line: its place, and the columns by which a person compares events."""
    filled = []
    for column in _SUMMARY_COLUMNS:
        if row.cells[column]:
            filled.append(row.cells[column])
    cells = " | ".join(filled)
    return f"{row.place}: {cells}"

"""Adding: reviewed rows become rows of the events table, and none slips in twice.

Rows are put in the form of the table, cells that follow from others are filled in, and all of it is
said. Then the data package is checked as it would be, and every fault is named with its place in
the file that brought it, not in the table. A row that is there already, cell for cell, is passed
over; a name that is taken is refused; what only looks like another event is pointed at.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
from rapidfuzz import fuzz

from aistats.dates.edtf import parse_edtf
from aistats.faults import DataError, EDTFError, Fault, choices_shown
from aistats.importers.add.identifiers import event_names
from aistats.importers.add.rows import Change, Given, Row, read_rows, table_rows
from aistats.tables.cells import records
from aistats.tables.codebook import Table
from aistats.tables.package import Package

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_WORDS = re.compile(r"[^\W\u4e00-\u9fff]+|[\u4e00-\u9fff]+")
# Of the events of December 2025, two of one organisation are never more than 54 alike and two of
# different ones never more than 67; most rewritten titles of one event are more than 75.
_ALIKE, _ALIKE_ELSEWHERE = 65, 80


@dataclass(frozen=True)
class Addition:
    """Rows that are ready to be added.

    Parameters
    ----------
    package
        The data as it will be.
    ids
        The names of the new events.
    known
        How many rows of the files are in the table already.
    changes
        The cells that were put in form or filled in.
    left_out
        The columns that were ignored: the notes of a draft, and those that were to be.
    similar
        New rows that look like another event, each with both.
    notices
        What is allowed but worth a second look.
    encodings, sheets
        How each file was read, by its name: the encoding of a text, the sheet of a workbook.
    """

    package: Package
    ids: tuple[str, ...]
    known: int
    changes: tuple[Change, ...]
    left_out: tuple[str, ...]
    similar: tuple[Fault, ...]
    notices: tuple[Fault, ...]
    encodings: Mapping[str, str]
    sheets: Mapping[str, str]

    @property
    def file(self) -> str:
        """The table that the rows are for."""
        return self.package.file("events")

    def diff(self) -> str:
        """Return what the table gains, as a unified diff."""
        before = replace(self.package, changes={}).text("events").splitlines()
        after = self.package.text("events").splitlines()
        lines = difflib.unified_diff(before, after, self.file, self.file, n=1, lineterm="")
        return "\n".join(lines)

    def write(self) -> None:
        """Write the table, whole or not at all."""
        self.package.write()


def add(
    paths: Iterable[str | Path],
    *,
    data: str | Path = "data",
    source: str | None = None,
    encoding: str | None = None,
    ignored: Collection[str] = (),
) -> Addition:
    r"""Make reviewed rows ready to be added to the events table; nothing is written yet.

    Parameters
    ----------
    paths
        CSV files or workbooks. Their columns are those of the table, by name or title, in any
        order; columns of a draft that the table does not keep are left out.
    data
        The folder of the data package.
    source
        The source of rows that name none, or one that is not known.
    encoding
        That of the CSV files; by default found out for each.
    ignored
        Headings of columns that are not to be read.

    Returns
    -------
    Addition
        Its ``write()`` writes the table.

    Raises
    ------
    DataError
        If the data, a file or a row is wrong, or a row is there already under another name or with
        other cells; every fault has its place in its own file.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "new.csv"
    >>> _ = path.write_text(
    ...     "日期,日期原文,地区,类别,机构,状态,中文标题,中文摘要,出处\n"
    ...     "2025/12/3,12月3日,法国,模型,Mistral AI,已发生,Mistral发布新模型,权重开放。,一·5\n",
    ...     encoding="utf-8",
    ... )
    >>> addition = add([path], source="ai-events-2025-12")
    >>> for change in addition.changes:
    ...     print(change.column, change.before or "-", change.after)
    date 2025/12/3 2025-12-03
    region 法国 FR
    category 模型 model
    status 已发生 occurred
    source - ai-events-2025-12
    reported - 2025-11-30/2025-12-06
    event_id - mistral-ai-model-2025-12
    """
    package = Package.read(data)
    table, editions = package.codebook.table("events"), package.tables["editions"]
    there = table_rows(package.text("events"), package.file("events"), table)
    faults: list[Fault] = []
    read = list(_read_all(map(Path, paths), table, faults, encoding, ignored))
    given = [row for it in read for row in it.rows]
    changes = [change for it in read for change in it.changes]
    changes += _filled_in(given, table, package.windows(), source, faults)
    rows, known = _new_rows(given, there, faults)
    changes += _named(rows, there, editions, table)
    grown = package.with_rows("events", [row.cells for row in rows])
    faults += _faults_of_rows(grown, rows)
    order = {row.file: at for at, row in enumerate(given)}
    new = {(row.file, row.line) for row in rows}
    changes = [it for it in changes if (it.file, it.line) in new]
    if faults:
        raise DataError(sorted(faults, key=lambda it: (order.get(it.file, -1), it.line or 0)))
    return Addition(
        package=grown,
        ids=tuple(row.cells["event_id"] for row in rows),
        known=known,
        changes=tuple(sorted(changes, key=lambda it: (order[it.file], it.line))),
        left_out=tuple(dict.fromkeys(name for it in read for name in it.left_out)),
        similar=tuple(_similar(rows, there, table)),
        notices=tuple(_apart(rows, table)),
        encodings={it.file: it.encoding for it in read if it.encoding},
        sheets={it.file: it.sheet for it in read if it.sheet},
    )


def _read_all(
    paths: Iterable[Path],
    table: Table,
    faults: list[Fault],
    encoding: str | None,
    ignored: Collection[str],
) -> Iterator[Given]:
    """Yield what each file gives that can be read."""
    for path in paths:
        try:
            yield read_rows(path, table, faults, encoding=encoding, ignored=ignored)
        except DataError as error:
            faults += error.faults


# What follows from other cells ------------------------------------------------------------------


def _filled_in(
    rows: Iterable[Row],
    table: Table,
    windows: Mapping[str, Mapping[str, str]],
    source: str | None,
    faults: list[Fault],
) -> Iterator[Change]:
    """Fill in the source that was given, its section if it has only one, and the window of that."""
    newest_first = list(windows)[::-1]
    if source and source not in windows:
        allowed = choices_shown(source, newest_first)
        faults.append(Fault("source_unknown", value=source, allowed=allowed))
    for row in rows:
        own = row.cells["source"]
        if source and source in windows and own not in windows:
            yield row.put("source", source)
        elif own not in windows:
            if not source:
                kind, allowed = "source_unknown", choices_shown(own, newest_first)
                faults.append(row.fault(kind if own else "source_needed", "source", own, allowed))
            row.settled |= {"source", "reported"}
        if sections := windows.get(row.cells["source"]):
            yield from _in_section(row, table, sections, faults)


def _in_section(
    row: Row, table: Table, windows: Mapping[str, str], faults: list[Fault]
) -> Iterator[Change]:
    """Fill in the section of a source that has only one, and the window of the section."""
    place = row.cells["source_section"]
    section = place.split("·")[0]
    if len(windows) == 1 and section not in windows:
        (section,) = windows
        yield row.put("source_section", f"{section}·{place}" if place else section)
    window, reported = windows.get(section), row.cells["reported"]
    if window is None:
        if not reported:
            row.settled.add("reported")
        if section:
            to = ("coverage.section", choices_shown(section, windows))
            faults.append(row.fault("link", "source_section", section, to))
            row.settled.add("source_section")
    elif reported != window and (not reported or _same_days(reported, window, table)):
        yield row.put("reported", window)


def _same_days(one: str, other: str, table: Table) -> bool:
    margin = table.fields["reported"].margin_days
    try:
        return parse_edtf(one, margin_days=margin) == parse_edtf(other, margin_days=margin)
    except EDTFError:
        return False


def _named(
    rows: Iterable[Row], there: Iterable[Row], editions: pd.DataFrame, table: Table
) -> Iterator[Change]:
    """Give a name to each row that has none: the month is that of the edition, or of the report."""
    months = {
        source: label
        for label, sources in reversed(editions[["edition", "sources"]].to_numpy().tolist())
        if _MONTH.fullmatch(label)
        for source in sources.split()
    }
    taken = {row.cells["event_id"] for row in (*there, *rows)}
    for row in rows:
        if row.cells["event_id"]:
            continue
        days = _days(row, table, "reported")
        month = months.get(row.cells["source"]) or (f"{days[1]:%Y-%m}" if days else None)
        if month is None:
            row.settled.add("event_id")  # until its source and window are right
        elif "event_id" not in row.settled:
            name = next(it for it in event_names(row.cells, month) if it not in taken)
            taken.add(name)
            yield row.put("event_id", name)


def _days(row: Row, table: Table, column: str) -> tuple[dt.date, dt.date] | None:
    try:
        return parse_edtf(row.cells[column], margin_days=table.fields[column].margin_days)
    except EDTFError:
        return None


# What is there already --------------------------------------------------------------------------


def _new_rows(
    given: Sequence[Row], there: Sequence[Row], faults: list[Fault]
) -> tuple[list[Row], int]:
    """Return the rows that are not there yet, and how many are.

    A row whose name is taken is returned without it, so that the rest of it can be checked.
    """
    by_id = {row.cells["event_id"]: row for row in there}
    by_body = {row.body: row for row in there}
    by_identity = {it: row for row in there for it in _identities(row)}
    ids: dict[str, Row] = {}
    bodies: dict[tuple[str, ...], Row] = {}
    rows, known = [], 0
    for row in given:
        name = row.cells["event_id"]
        old, same = by_id.get(name), by_body.get(row.body)
        if (old and old.body == row.body) or (same and not name):
            known += 1
        elif same:
            faults.append(row.fault("row_there", "event_id", name, same.place))
        elif row.body in bodies:
            faults.append(row.fault("row_twice", allowed=bodies[row.body].place))
        else:
            twin = ids.get(name)
            if not name:
                old = next(filter(None, map(by_identity.get, _identities(row))), None)
            if old:
                kind, lines = "id_there" if name else "event_there", _differences(row, old)
                known_as = old.cells["event_id"]
                faults.append(row.fault(kind, "event_id", known_as, old.place, lines))
            elif twin:
                faults.append(row.fault("id_twice", "event_id", name, twin.place))
            if old or twin:
                row.settled.add("event_id")
                row.cells["event_id"] = ""
            elif name:
                ids[name] = row
            bodies[row.body] = row
            rows.append(row)
    return rows, known


def _identities(row: Row) -> list[tuple[str, ...]]:
    """Return what tells an event without its id: a title with its day and its place in the source.

    Whoever corrects a row in the file that brought it leaves one of its two titles as it was.
    """
    where = [row.cells[name] for name in ("source", "source_section", "date", "date_text")]
    titles = ((name, row.cells[name]) for name in ("title_zh", "title_en"))
    return [(*where, name, title) for name, title in titles if title]


def _differences(row: Row, old: Row) -> list[str]:
    both = ((name, old.cells[name], text) for name, text in row.cells.items())
    return [
        f"{name}: “{was}” → “{text}”"
        for name, was, text in both
        if was != text and (name != "event_id" or text)
    ]


# What looks like another, or odd ----------------------------------------------------------------


def _similar(rows: Sequence[Row], there: Sequence[Row], table: Table) -> Iterator[Fault]:
    """Yield the new rows that look like another event, with the one that they are most like."""
    traits = [_Traits(row, table) for row in (*there, *rows)]
    for at, new in enumerate(traits[len(there) :], len(there)):
        scored = ((new.likeness(other), other.row) for other in traits[:at])
        score, other = max(scored, key=lambda it: it[0], default=(0.0, new.row))
        if score > 0:
            lines = [_summary(new.row), _summary(other)]
            title = new.row.cells["title_zh"]
            yield new.row.fault("similar", "title_zh", title, other.place, lines)


class _Traits:
    """What of a row is compared with others."""

    def __init__(self, row: Row, table: Table) -> None:
        self.row = row
        spans = [_days(row, table, name) for name in ("date", "reported") if row.cells[name]]
        days = [day for span in spans if span for day in span]
        self.days = (min(days), max(days))  # two sources may date an event apart
        self.organization = row.cells["organization"].casefold()
        self.titles = [_pieces(row.cells[name]) for name in ("title_zh", "title_en")]

    def likeness(self, other: _Traits) -> float:
        """Return how much alike the titles are, or 0 if that is not enough to be one event."""
        if self.days[1] < other.days[0] or other.days[1] < self.days[0]:
            return 0
        least = _ALIKE if self.organization == other.organization else _ALIKE_ELSEWHERE
        pairs = zip(self.titles, other.titles, strict=True)
        return max(fuzz.token_set_ratio(*pair, score_cutoff=least) for pair in pairs)


def _pieces(title: str) -> str:
    """Return words as they are and Han text as all its pairs, which stand for its words.

    Examples
    --------
    >>> _pieces("DeepSeek推理成本")
    'deepseek 推理 理成 成本'
    """
    pieces = []
    for word in _WORDS.findall(unicodedata.normalize("NFKC", title).casefold()):
        is_han = "\u4e00" <= word[0] <= "\u9fff" and len(word) > 1
        pieces += [word[at : at + 2] for at in range(len(word) - 1)] if is_han else [word]
    return " ".join(pieces)


def _summary(row: Row) -> str:
    names = ("event_id", "date", "reported", "organization", "title_zh", "title_en")
    return f"{row.place}: " + " | ".join(row.cells[name] for name in names if row.cells[name])


def _apart(rows: Iterable[Row], table: Table) -> Iterator[Fault]:
    for row in rows:
        date, window = (_days(row, table, name) for name in ("date", "reported"))
        if date and window and (date[1] < window[0] or window[1] < date[0]):
            cells = row.cells
            yield row.fault("apart", "date", cells["date"], cells["reported"])


# What is wrong ----------------------------------------------------------------------------------


def _faults_of_rows(grown: Package, rows: Sequence[Row]) -> Iterator[Fault]:
    """Yield what is wrong with the package as it would be, each fault at its place in its file."""
    if not rows:
        return
    file = grown.file("events")
    lines = [line for line, _ in records(grown.text("events"), file)]
    brought = dict(zip(lines[-len(rows) :], rows, strict=True))
    for fault in grown.faults():
        row = brought.get(fault.line or 0) if fault.file == file else None
        if row is None:
            yield fault
        elif fault.column not in row.settled:
            yield replace(fault, file=row.file, line=row.line)

"""Addition of reviewed rows to the events table.

Files that a person filled in come in; an `Addition` goes out, which holds the data package as it
will be and everything that a person should see before it is written: what was normalised or filled
in, what is recorded already, what looks like another event. The one idea: the grown package is
checked as a whole, like any other, and every problem is reported at its place in the reviewed file,
not in the table. Only `Addition.write` writes.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from aistats.faults import DataError, Fault
from aistats.importers.add.duplicates import new_rows, similar_rows
from aistats.importers.add.filling import fill_ids, fill_source_and_window
from aistats.importers.add.rows import Change, Row, read_rows, table_rows
from aistats.locale import text_key
from aistats.tables.cells import records
from aistats.tables.codebook import Table
from aistats.tables.package import Package


@dataclass(frozen=True)
class Addition:
    """Rows that are ready to be added.

    Parameters
    ----------
    package
        The data as it will be.
    ids
        The ids of the new events.
    known
        Number of rows that are in the table already.
    changes
        The cells that were normalised or filled in.
    left_out
        The columns that were left out: the notes of a draft, and those that the caller named.
    similar
        New rows that look like another event, each with both.
    notices
        Rows that are allowed but worth a second look.
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
        """The file of the events table."""
        return self.package.file("events")

    def diff(self) -> str:
        """Return the new lines of the table, as a unified diff."""
        unchanged = replace(self.package, changes={})
        before = unchanged.text("events").splitlines()
        after = self.package.text("events").splitlines()
        lines = difflib.unified_diff(
            before,
            after,
            self.file,
            self.file,
            n=1,
            lineterm="",
        )
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
    r"""Return reviewed rows, checked and ready to be added to the events table.

    Nothing is written yet.

    Parameters
    ----------
    paths
        CSV files or workbooks. Their columns are those of the table, by name or title, in any
        order; the notes of a draft are left out.
    data
        The folder of the data package.
    source
        The source of rows that have none, or an unknown one.
    encoding
        Encoding of the CSV files. Default: detected for each.
    ignored
        Headings of columns to leave out.

    Returns
    -------
    Addition
        Its ``write()`` writes the table.

    Raises
    ------
    DataError
        If the data, a file or a row is invalid, or a row is recorded already with another id or
        with other cells; every problem has its place in its own file.

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
    table = package.codebook.table("events")
    editions = package.tables["editions"]
    existing = table_rows(package.text("events"), package.file("events"), table)
    reviewed = _ReviewedFiles()
    for path in map(Path, paths):
        reviewed.read(path, table, encoding, ignored)
    faults = reviewed.faults
    changes = reviewed.changes
    changes += fill_source_and_window(reviewed.rows, table, package.windows(), source, faults)
    rows, known = new_rows(reviewed.rows, existing, faults)
    # Last, as an id ends in the month of the source, which may just have been filled in.
    changes += fill_ids(rows, existing, editions, table)
    grown = package.with_rows("events", [row.cells for row in rows])
    faults += _faults_of_rows(grown, rows)
    if faults:
        raise DataError(reviewed.faults_in_order())
    return Addition(
        package=grown,
        ids=tuple(row.cells["event_id"] for row in rows),
        known=known,
        changes=tuple(reviewed.changes_of(rows)),
        left_out=tuple(dict.fromkeys(reviewed.left_out)),
        similar=tuple(similar_rows(rows, existing, table)),
        notices=tuple(_dates_outside_windows(rows, table)),
        encodings=reviewed.encodings,
        sheets=reviewed.sheets,
    )


@dataclass
class _ReviewedFiles:
    """The rows of all files that were read, with their changes and problems so far.

    Parameters
    ----------
    rows, changes, faults
        In the order in which they were noted.
    left_out
        Headings of the columns that were left out; a heading may occur twice.
    encodings, sheets
        How each file was read, by its name.
    """

    rows: list[Row] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    encodings: dict[str, str] = field(default_factory=dict)
    sheets: dict[str, str] = field(default_factory=dict)

    def read(
        self, path: Path, table: Table, encoding: str | None, ignored: Collection[str]
    ) -> None:
        """Read a file; if that is impossible, note why."""
        try:
            file = read_rows(path, table, self.faults, encoding=encoding, ignored=ignored)
        except DataError as error:
            self.faults += error.faults
            return
        self.rows += file.rows
        self.changes += file.changes
        self.left_out += file.left_out
        if file.encoding:
            self.encodings[file.file] = file.encoding
        if file.sheet:
            self.sheets[file.file] = file.sheet

    def changes_of(self, rows: Iterable[Row]) -> list[Change]:
        """Return the changes of some rows, in the order of the files and lines."""
        places = {(row.file, row.line) for row in rows}
        order = self._file_order()
        changes = []
        for change in self.changes:
            if (change.file, change.line) in places:
                changes.append(change)
        changes.sort(key=lambda change: (order[change.file], change.line))
        return changes

    def faults_in_order(self) -> list[Fault]:
        """Return the problems in the order of the files and lines; files without rows first."""
        order = self._file_order()

        def place(fault: Fault) -> tuple[int, int]:
            position = order.get(fault.file, -1)
            line = fault.line or 0
            return position, line

        return sorted(self.faults, key=place)

    def _file_order(self) -> dict[str, int]:
        """Return a number for each file by which files can be sorted."""
        order = {}
        for position, row in enumerate(self.rows):
            order[row.file] = position
        return order


# Checks -----------------------------------------------------------------------------------------


def _faults_of_rows(grown: Package, rows: Sequence[Row]) -> Iterator[Fault]:
    """Yield the problems of the grown package; those of new rows at their place in their file."""
    if not rows:
        return
    file = grown.file("events")
    lines = [line for line, _ in records(grown.text("events"), file)]
    new_lines = lines[-len(rows) :]  # rows are appended in order
    row_by_line = dict(zip(new_lines, rows, strict=True))
    for fault in grown.faults():
        row = row_by_line.get(fault.line or 0) if fault.file == file else None
        if row is None:
            yield fault
        elif fault.column not in row.settled:
            yield replace(fault, file=row.file, line=row.line)


def _dates_outside_windows(rows: Iterable[Row], table: Table) -> Iterator[Fault]:
    """Yield the rows whose date lies outside their reporting window."""
    for row in rows:
        date = row.days("date", table)
        window = row.days("reported", table)
        if not date or not window:
            continue
        ends_before = date[1] < window[0]
        starts_after = window[1] < date[0]
        if ends_before or starts_after:
            dates = (row.cells["date"], row.cells["reported"])
            yield row.fault(text_key("apart"), "date", *dates)

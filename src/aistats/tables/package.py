"""Read the data package, the folder with a codebook and the tables that it names, as one value.

Bytes come in; the codebook, the tables and all problems with them are made from these bytes alone.
Adding rows makes a new package in memory, which is checked like any other before a file is changed;
then every changed file is written, or none is. Commands that read, check, cut, add or publish all
use one `Package`, so that no two steps of a command can have read different files.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

import pandas as pd

from aistats.faults import DataError, Fault
from aistats.tables.appending import append_rows
from aistats.tables.cells import cells_of
from aistats.tables.codebook import DESCRIPTOR, Codebook, Table, codebook_of
from aistats.tables.encodings import decoded, read_bytes
from aistats.tables.events import with_days, with_window
from aistats.tables.paths import leads_outside
from aistats.tables.slices import slice_tables
from aistats.tables.validation import (
    CheckedTable,
    broken_links,
    by_place,
    checked_table,
    no_rows,
    warn_of,
    window_faults,
)
from aistats.tables.writing import write_all

_TABLES = ("events", "coverage", "themes", "event_themes", "editions")
_SECTION = ["source", "section", "window"]
_OF_THE_WHOLE = ("version", "created")  # properties of the whole log, not of one edition

# Faults with which rows of a table are missing, so that links to it cannot be checked.
_ROWS_LOST = {
    *("no_file", "folder", "no_access", "link_outside", "pipe"),
    *("encoding", "encoding_like", "empty_file", "separator"),
    *("csv", "csv_open", "csv_quote", "csv_long", "torn_line"),
}

Tables: TypeAlias = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Package:
    """A data package as it was read, with the changes to be written.

    Make one with :meth:`read`.

    Parameters
    ----------
    folder
        Its folder.
    codebook
        The content of its ``datapackage.json``.
    original
        The content of each file when it was read, by its path in the folder. A file that could not
        be read is missing.
    unread
        Why a file could not be read, by its path.
    changes
        The new content of files, in the order in which to write them.

    Examples
    --------
    >>> package = Package.read("data")
    >>> package.faults()
    ()
    >>> [*package.tables]
    ['events', 'themes', 'event_themes', 'coverage', 'editions']
    >>> theme = {"theme_id": "agents-2026", "group": "technology", "statement_zh": "智能体普及。"}
    >>> grown = package.with_rows("themes", [theme | {"source": "no-such-source"}])
    >>> fault, = grown.faults()
    >>> fault.line, fault.column, fault.value
    (19, 'source', 'no-such-source')
    >>> len(package.tables["themes"])
    17
    """

    folder: Path
    codebook: Codebook
    original: Mapping[str, bytes]
    unread: Mapping[str, tuple[Fault, ...]] = field(default_factory=dict)
    changes: Mapping[str, bytes] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: str | Path) -> Package:
        """Read every file of a package, once.

        Raises
        ------
        DataError
            If it has no codebook or an invalid one. Problems with the tables are in
            :meth:`faults`.
        """
        folder = Path(folder)
        content = _read_inside(folder, DESCRIPTOR)
        codebook = _codebook(folder, content)
        original = {DESCRIPTOR: content}
        unread = {}
        for table in codebook.tables.values():
            try:
                original[table.path] = _read_inside(folder, table.path)
            except DataError as error:
                unread[table.path] = error.faults
        return cls(folder, codebook, original, unread)

    @property
    def contents(self) -> dict[str, bytes]:
        """The content of every file, as changed, by its path in the folder."""
        contents = dict(self.original)
        contents.update(self.changes)
        return contents

    def file(self, table_name: str) -> str:
        """Return the path of the file of a table, for messages."""
        table = self.codebook.table(table_name)
        path = self.folder / table.path
        return path.as_posix()

    def content(self, table_name: str) -> bytes:
        """Return the content of the file of a table.

        Raises
        ------
        DataError
            If it could not be read.
        """
        path = self.codebook.table(table_name).path
        content = self.contents.get(path)
        if content is None:
            missing = Fault("no_file", self.file(table_name))
            faults = self.unread.get(path, [missing])
            raise DataError(faults)
        return content

    def text(self, table_name: str) -> str:
        """Return the text of the file of a table, with its line ends, without a byte order mark.

        Raises
        ------
        DataError
            If it could not be read.
        """
        content = self.content(table_name)
        file = self.file(table_name)
        return decoded(content, "utf-8", file)

    # Tables ----------------------------------------------------------------------------------

    @cached_property
    def _checked(self) -> tuple[Tables, tuple[Fault, ...]]:
        """The tables as text, indexed by line, and all problems, in order."""
        tables = self.codebook.tables.values()
        checked = {table.name: self._checked_alone(table) for table in tables}
        # A table with lost rows would make every link to them a fault.
        whole = _whole_tables(checked)
        sources = list(self.codebook.sources)
        whole["sources"] = pd.DataFrame({"name": sources})
        all_faults: list[Fault] = []
        for table in tables:
            _, faults = checked[table.name]
            faults = [*faults, *self._faults_among(whole, table)]
            all_faults += by_place(faults)
        frames = {name: frame for name, (frame, _) in checked.items()}
        return frames, tuple(all_faults)

    def _checked_alone(self, table: Table) -> CheckedTable:
        """Return a table as text, and the problems that it has by itself."""
        try:
            content = self.content(table.name)
        except DataError as error:
            return no_rows(table), list(error.faults)
        return checked_table(content, self.file(table.name), table)

    def _faults_among(self, whole: Tables, table: Table) -> list[Fault]:
        """Return the problems that a table has with the tables that could be read whole."""
        faults: list[Fault] = []
        file = self.file(table.name)
        if table.name in whole:
            faults += broken_links(whole, table, file)
        if table.name == "events" and {"events", "coverage"} <= set(whole):
            faults += window_faults(whole["events"], whole["coverage"], file)
        return faults

    def faults(self) -> tuple[Fault, ...]:
        """Return all problems with the tables, each by itself and against the others."""
        _, faults = self._checked
        return faults

    @cached_property
    def _dated(self) -> tuple[Tables, tuple[Fault, ...]]:
        """The tables with their days, and what is allowed but worth a second look."""
        frames, faults = self._checked
        if faults:
            raise DataError(faults)
        book = self.codebook
        tables = {name: frame.reset_index(drop=True) for name, frame in frames.items()}
        file = self.file("events")
        events, doubts = with_days(frames["events"], book.table("events"), file)
        tables["events"] = events
        tables["coverage"] = with_window(frames["coverage"], book)
        doubts += self._edition_doubts(tables)
        return tables, tuple(doubts)

    def _edition_doubts(self, tables: Tables) -> Iterator[Fault]:
        """Yield a doubt for each source that has coverage, but is in no edition."""
        sources = set(tables["coverage"]["source"])
        lists = tables["editions"]["sources"].str.split()
        published = set(lists.explode())
        file = self.file("coverage")
        for source in sorted(sources - published):
            yield Fault("no_edition", file, value=source)

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """The tables by name; ``events`` and ``coverage`` with their days.

        Raises
        ------
        DataError
            Listing every problem of every file.
        """
        tables, _ = self._dated
        return tables

    @property
    def doubts(self) -> tuple[Fault, ...]:
        """What is allowed but worth a second look."""
        _, doubts = self._dated
        return doubts

    def windows(self) -> dict[str, dict[str, str]]:
        """Return the reporting window of every section of every source.

        Examples
        --------
        >>> Package.read("data").windows()["ai-events-2025-12"]
        {'一': '2025-11-30/2025-12-06', '二': '2025-12-11/2025-12-20'}
        """
        windows: dict[str, dict[str, str]] = {}
        rows = self.tables["coverage"][_SECTION]
        for source, section, window in rows.to_numpy():
            sections = windows.setdefault(source, {})
            sections[section] = window
        return windows

    def slice(self, label: str) -> Package:
        """Return the package of one edition: the rows of its sources and of its baseline.

        Its codebook names these sources alone, and has no properties of the whole log.

        Raises
        ------
        DataError
            If the data has any problem, or there is no such edition.

        Examples
        --------
        >>> december = Package.read("data").slice("2025-12")
        >>> len(december.tables["events"])
        20
        """
        tables = slice_tables(self.tables, self.codebook, label)
        sources = set(tables["coverage"]["source"])
        descriptor = self._descriptor(sources)
        contents = {DESCRIPTOR: descriptor}
        for name, frame in tables.items():
            table = self.codebook.table(name)
            rows = frame.to_csv(index=False, lineterminator="\n")
            contents[table.path] = rows.encode()
        codebook = _codebook(self.folder, descriptor)
        return Package(self.folder, codebook, contents)

    def _descriptor(self, sources: Collection[str]) -> bytes:
        """Return the content of ``datapackage.json`` for a part of the sources."""
        content = self.contents[DESCRIPTOR]
        text = decoded(content, "utf-8", self.codebook.file)
        properties = json.loads(text)
        for name in _OF_THE_WHOLE:
            properties.pop(name, None)
        if "sources" not in properties:
            fault = Fault("json_missing", self.codebook.file, value="$.sources")
            raise DataError([fault])
        described = properties["sources"]
        properties["sources"] = [source for source in described if source["name"] in sources]
        text = json.dumps(properties, ensure_ascii=False, indent=2)
        return f"{text}\n".encode()

    # Changes ---------------------------------------------------------------------------------

    def with_rows(
        self,
        table_name: str,
        rows: Iterable[Mapping[str, str]],
    ) -> Package:
        """Return the package with rows at the end of a table; every byte that was there stays.

        Raises
        ------
        DataError
            If the file cannot be read or has no header. Problems with the rows are in
            :meth:`faults`.
        """
        content = self.content(table_name)
        file = self.file(table_name)
        cells = cells_of(content, file, encoding="utf-8", separator=",")
        if cells.broken or not cells.records:
            raise DataError(self.faults())
        path = self.codebook.table(table_name).path
        return self._with(path, append_rows(content, rows))

    def with_codebook(self, text: str) -> Package:
        """Return the package with another text of its ``datapackage.json``.

        Raises
        ------
        DataError
            If it is not a valid codebook.
        """
        content = text.encode()
        codebook = _codebook(self.folder, content)
        changed = self._with(DESCRIPTOR, content)
        return replace(changed, codebook=codebook)

    def _with(self, path: str, content: bytes) -> Package:
        """Return the package with another content of a file."""
        if content == self.contents[path]:
            return self
        changes = {**self.changes, path: content}
        return replace(self, changes=changes)

    def write(self) -> None:
        """Write every changed file, or leave all of them as they were.

        Raises
        ------
        DataError
            If the package would be invalid, or a file has changed since it was read.
        """
        faults = self.faults()
        if faults:
            raise DataError(faults)
        # Imported here, as this takes longer than reading a package.
        from filelock import FileLock

        with FileLock(self._lock(), mode=0o666):
            self._check_unchanged()
            before = {}
            after = {}
            for path, content in self.changes.items():
                place = (self.folder / path).resolve()
                before[place] = self.original[path]
                after[place] = content
            write_all(before, after)

    def _lock(self) -> Path:
        """Return the path of the lock, outside the folder so that no trace stays there."""
        place = self.folder.resolve().as_posix()
        digest = hashlib.sha256(place.encode())
        name = digest.hexdigest()[:16]
        folder = Path(tempfile.gettempdir())
        return folder / f"aistats-{name}.lock"

    def _check_unchanged(self) -> None:
        """Raise DataError if a file has changed since it was read."""
        faults: list[Fault] = []
        for path, content in self.original.items():
            try:
                is_same = _read_inside(self.folder, path) == content
            except DataError as error:
                faults.extend(error.faults)
                continue
            if not is_same:
                file = self.folder / path
                faults.append(Fault("changed_since", file.as_posix()))
        if faults:
            raise DataError(faults)


def read_tables(folder: str | Path) -> tuple[dict[str, pd.DataFrame], Codebook]:
    """Read every table of a data package and check each by itself and against the others.

    Parameters
    ----------
    folder
        The folder that holds ``datapackage.json`` and the files it names.

    Returns
    -------
    tables : dict of str to DataFrame
        By name; ``events`` and ``coverage`` with their days.
    codebook : Codebook

    Raises
    ------
    DataError
        Listing every problem of every file.

    Examples
    --------
    >>> tables, codebook = read_tables("data")
    >>> sorted(tables)
    ['coverage', 'editions', 'event_themes', 'events', 'themes']
    """
    package = Package.read(folder)
    warn_of(package.doubts)
    tables = dict(package.tables)
    return tables, package.codebook


def _whole_tables(checked: Mapping[str, CheckedTable]) -> Tables:
    """Return the tables without a fault by which rows are missing."""
    whole = {}
    for name, (frame, faults) in checked.items():
        fault_kinds = {fault.kind for fault in faults}
        if not fault_kinds & _ROWS_LOST:
            whole[name] = frame
    return whole


def _codebook(folder: Path, content: bytes) -> Codebook:
    """Return the codebook of a package, which has every table that a package needs."""
    file = (folder / DESCRIPTOR).as_posix()
    text = decoded(content, "utf-8", file)
    codebook = codebook_of(text, file)
    for name in _TABLES:
        codebook.table(name)
    return codebook


def _read_inside(folder: Path, path: str) -> bytes:
    """Return the content of a file of the package.

    Raises
    ------
    DataError
        If it cannot be read, leads out of the folder, or would never end.
    """
    place = folder / path
    file = place.as_posix()
    if leads_outside(folder, place):
        raise DataError([Fault("link_outside", file)])
    is_regular = place.is_file() or place.is_dir()
    if place.exists() and not is_regular:
        raise DataError([Fault("pipe", file)])
    return read_bytes(place)

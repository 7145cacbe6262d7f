"""The data package: the folder with a codebook and the tables that it names, read once.

Bytes come in; the codebook, the tables and all that is wrong with them are made of these bytes
alone. Adding rows makes a new package in memory, which is checked like any other before a file is
touched; then every changed file is written, or none is. Commands that read, check, cut, add or
publish all ask one `Package`, so no two steps of a command can have read different files.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from aistats.faults import DataError, DataWarning, Fault
from aistats.tables.appending import append_rows
from aistats.tables.cells import cells_of
from aistats.tables.codebook import DESCRIPTOR, Codebook, codebook_of
from aistats.tables.encodings import decoded, read_bytes
from aistats.tables.events import with_days, with_window
from aistats.tables.paths import leads_outside
from aistats.tables.slices import slice_tables
from aistats.tables.validation import (
    broken_links,
    by_place,
    checked_table,
    no_rows,
    window_faults,
)
from aistats.tables.writing import write_all

_TABLES = ("events", "coverage", "themes", "event_themes", "editions")
_SECTION = ["source", "section", "window"]
_OF_THE_WHOLE = ("version", "created")  # what a codebook says of a log that goes on
_ROWS_LOST = {
    *("no_file", "folder", "no_access", "link_outside", "pipe"),
    *("encoding", "encoding_like", "empty_file", "separator"),
    *("csv", "csv_open", "csv_quote", "csv_long", "torn_line"),
}


@dataclass(frozen=True)
class Package:
    """A data package as it was read, with what is to be changed in it.

    Make one with :meth:`read`.

    Parameters
    ----------
    folder
        Where it is.
    codebook
        What its ``datapackage.json`` says.
    original
        What each file held when it was read, by its path in the folder. A file that could not be
        read is missing.
    unread
        Why a file could not be read, by its path.
    changes
        What files are to hold instead, in the order in which to write them.

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
            If it has no codebook, or one that cannot be. What is wrong with the tables,
            :meth:`faults` says.
        """
        folder = Path(folder)
        content = _read_inside(folder, DESCRIPTOR)
        codebook = _codebook(folder, content)
        original, unread = {DESCRIPTOR: content}, {}
        for table in codebook.tables.values():
            try:
                original[table.path] = _read_inside(folder, table.path)
            except DataError as error:
                unread[table.path] = error.faults
        return cls(folder, codebook, original, unread)

    @property
    def contents(self) -> dict[str, bytes]:
        """What every file holds, or is to hold, by its path in the folder."""
        return {**self.original, **self.changes}

    def file(self, table_name: str) -> str:
        """Return where the file of a table is, for messages."""
        return (self.folder / self.codebook.table(table_name).path).as_posix()

    def content(self, table_name: str) -> bytes:
        """Return what the file of a table holds.

        Raises
        ------
        DataError
            If it could not be read.
        """
        path = self.codebook.table(table_name).path
        if path not in self.contents:
            raise DataError(self.unread.get(path, [Fault("no_file", self.file(table_name))]))
        return self.contents[path]

    def text(self, table_name: str) -> str:
        """Return the text of the file of a table, with its line ends, without a byte order mark.

        Raises
        ------
        DataError
            If it could not be read.
        """
        return decoded(self.content(table_name), "utf-8", self.file(table_name))

    # What it holds ---------------------------------------------------------------------------

    @cached_property
    def _checked(self) -> tuple[dict[str, pd.DataFrame], tuple[Fault, ...]]:
        """The tables as text, indexed by line, and all that is wrong, in order."""
        book = self.codebook
        read = {name: self._checked_alone(name) for name in book.tables}
        whole = {
            name: frame
            for name, (frame, faults) in read.items()
            if not _ROWS_LOST & {fault.kind for fault in faults}
        }
        whole["sources"] = pd.DataFrame({"name": list(book.sources)})
        found: list[Fault] = []
        for name, table in book.tables.items():
            faults = read[name][1]
            if name in whole:
                faults = [*faults, *broken_links(whole, table, self.file(name))]
            if name == "events" and {"events", "coverage"} <= set(whole):
                windows = window_faults(whole["events"], whole["coverage"], self.file(name))
                faults = [*faults, *windows]
            found += by_place(faults)
        return {name: frame for name, (frame, _) in read.items()}, tuple(found)

    def _checked_alone(self, name: str) -> tuple[pd.DataFrame, list[Fault]]:
        table = self.codebook.table(name)
        try:
            content = self.content(name)
        except DataError as error:
            return no_rows(table), list(error.faults)
        return checked_table(content, self.file(name), table)

    def faults(self) -> tuple[Fault, ...]:
        """Return all that is wrong with the tables, each by itself and against the others."""
        return self._checked[1]

    @cached_property
    def _dated(self) -> tuple[dict[str, pd.DataFrame], tuple[Fault, ...]]:
        """The tables with their days, and what is worth a second look."""
        frames, faults = self._checked
        if faults:
            raise DataError(faults)
        book = self.codebook
        tables = {name: frame.reset_index(drop=True) for name, frame in frames.items()}
        file = self.file("events")
        tables["events"], doubts = with_days(frames["events"], book.table("events"), file)
        tables["coverage"] = with_window(frames["coverage"], book)
        published = set(tables["editions"]["sources"].str.split().explode())
        for source in sorted(set(tables["coverage"]["source"]) - published):
            doubts.append(Fault("no_edition", self.file("coverage"), value=source))
        return tables, tuple(doubts)

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """The tables by name; ``events`` and ``coverage`` with their days.

        Raises
        ------
        DataError
            Naming every fault of every file.
        """
        return self._dated[0]

    @property
    def doubts(self) -> tuple[Fault, ...]:
        """What is allowed but worth a second look."""
        return self._dated[1]

    def windows(self) -> dict[str, dict[str, str]]:
        """Return the window of every section of every source, as the coverage table has it.

        Examples
        --------
        >>> Package.read("data").windows()["ai-events-2025-12"]
        {'一': '2025-11-30/2025-12-06', '二': '2025-12-11/2025-12-20'}
        """
        windows: dict[str, dict[str, str]] = {}
        for source, section, window in self.tables["coverage"][_SECTION].to_numpy():
            windows.setdefault(source, {})[section] = window
        return windows

    def slice(self, label: str) -> Package:
        """Return the package of one edition: the rows of its sources and of its baseline.

        Its codebook names these sources alone, and nothing of the log as it goes on.

        Raises
        ------
        DataError
            If the data is wrong, or there is no such edition.

        Examples
        --------
        >>> december = Package.read("data").slice("2025-12")
        >>> len(december.tables["events"])
        20
        """
        tables = slice_tables(self.tables, self.codebook, label)
        sources = set(tables["coverage"]["source"])
        text = decoded(self.contents[DESCRIPTOR], "utf-8", self.codebook.file)
        properties = json.loads(text)
        for name in _OF_THE_WHOLE:
            properties.pop(name, None)
        if "sources" not in properties:
            raise DataError([Fault("json_missing", self.codebook.file, value="$.sources")])
        described = [source for source in properties["sources"] if source["name"] in sources]
        properties["sources"] = described
        descriptor = (json.dumps(properties, ensure_ascii=False, indent=2) + "\n").encode()
        contents = {DESCRIPTOR: descriptor}
        for name, table in tables.items():
            rows = table.to_csv(index=False, lineterminator="\n")
            contents[self.codebook.table(name).path] = rows.encode()
        return Package(self.folder, _codebook(self.folder, descriptor), contents)

    # What is to change -----------------------------------------------------------------------

    def with_rows(self, table_name: str, rows: Iterable[Mapping[str, str]]) -> Package:
        """Return the package with rows at the end of a table; every byte that was there stays.

        Raises
        ------
        DataError
            If the file cannot be read, or has no header to go by. Whether the rows are right,
            :meth:`faults` says.
        """
        content = self.content(table_name)
        cells = cells_of(content, self.file(table_name), encoding="utf-8", separator=",")
        if cells.broken or not cells.records:
            raise DataError(self.faults())
        return self._with(self.codebook.table(table_name).path, append_rows(content, rows))

    def with_codebook(self, text: str) -> Package:
        """Return the package with another text of its ``datapackage.json``.

        Raises
        ------
        DataError
            If it cannot be a codebook.
        """
        content = text.encode()
        changed = self._with(DESCRIPTOR, content)
        return replace(changed, codebook=_codebook(self.folder, content))

    def _with(self, path: str, content: bytes) -> Package:
        if content == self.contents[path]:
            return self
        return replace(self, changes={**self.changes, path: content})

    def write(self) -> None:
        """Write every changed file, or leave all of them as they were.

        Raises
        ------
        DataError
            If the package would be wrong, or a file has changed since it was read.
        """
        if faults := self.faults():
            raise DataError(faults)
        from filelock import FileLock  # which takes longer to import than a package to read

        name = hashlib.sha256(self.folder.resolve().as_posix().encode()).hexdigest()[:16]
        # Elsewhere, so that no trace stays in the folder.
        lock = Path(tempfile.gettempdir()) / f"aistats-{name}.lock"
        with FileLock(lock, mode=0o666):
            changed = [
                path
                for path, content in self.original.items()
                if _read_inside(self.folder, path) != content
            ]
            if changed:
                files = ((self.folder / path).as_posix() for path in changed)
                raise DataError(Fault("changed_since", file) for file in files)
            places = {path: (self.folder / path).resolve() for path in self.changes}
            write_all(
                before={place: self.original[path] for path, place in places.items()},
                after={place: self.changes[path] for path, place in places.items()},
            )


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
        Naming every fault of every file.

    Examples
    --------
    >>> tables, codebook = read_tables("data")
    >>> sorted(tables)
    ['coverage', 'editions', 'event_themes', 'events', 'themes']
    """
    package = Package.read(folder)
    for fault in package.doubts:
        warnings.warn(fault.text(), DataWarning, stacklevel=2)
    return dict(package.tables), package.codebook


def _codebook(folder: Path, content: bytes) -> Codebook:
    """Return the codebook of a package, which has every table that one needs."""
    file = (folder / DESCRIPTOR).as_posix()
    codebook = codebook_of(decoded(content, "utf-8", file), file)
    for name in _TABLES:
        codebook.table(name)
    return codebook


def _read_inside(folder: Path, path: str) -> bytes:
    """Return what a file of the package holds.

    Raises
    ------
    DataError
        If it cannot be read, leads out of the folder, or would never end.
    """
    place = folder / path
    if leads_outside(folder, place):
        raise DataError([Fault("link_outside", place.as_posix())])
    if place.exists() and not (place.is_file() or place.is_dir()):
        raise DataError([Fault("pipe", place.as_posix())])
    return read_bytes(place)

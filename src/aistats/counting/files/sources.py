"""Sources: which files are meant, and how their rows are to be read.

How a file is read never depends on rows that come late: its first bytes give kind and compression,
its first lines encoding, separator and names, and of several files all must agree.
"""

from __future__ import annotations

import glob
import gzip
import io
import itertools
import os
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, cast

from aistats.counting.files.connection import Engine, engine_error
from aistats.counting.sql import quoted_name, quoted_text
from aistats.faults import DataError, Fault, few
from aistats.tables.cells import find_separator, records
from aistats.tables.encodings import find_encoding

_ENDINGS = (
    *(text + packed for text in (".csv", ".tsv", ".txt") for packed in ("", ".gz", ".zst")),
    *(".parquet", ".pq"),
)
_STARTS = {
    rb"PAR1": "parquet",
    rb"\x1f\x8b": "gzip",
    rb"\x28\xb5\x2f\xfd": "zstd",
    rb"PK\x03\x04": "zip",
    rb"\xd0\xcf\x11\xe0": "xls",
    rb"BZh[1-9]1AY": "bzip2",
    rb"\xfd7zXZ": "xz",
    rb"7z\xbc\xaf": "7z",
}
_START_BYTES = 7
_PARQUET_BYTES = 12  # has the smallest
ISO_DAY = re.compile(r"(\d{4}-\d\d-\d\d)?", re.ASCII)
_UNREAD = {"not_scanned": ("xlsx", "xls"), "archive": ("zip", "bzip2", "xz", "7z")}
_NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?", re.ASCII)
_HEAD_BYTES = 2**18
BLANK = '"aistats blank"'  # a column that says of a row that it is a blank line
LONGEST_LINE = 2_000_000  # bytes; also the engine's own limit
_BUFFER_BYTES = 16_000_000  # half of what the engine takes: as fast, in less memory
MOST_REJECTED = 1000
_LINES_OF_HEAD = 100
_FILES_OF_A_SCAN = 2  # of more than two for each thread, the engine loses rows after an open quote

Files = str | Path | Sequence[str | Path]


@dataclass(frozen=True)
class Source:
    """Files that are read as one table.

    Parameters
    ----------
    files
        Each with what it is: ``parquet``, or the compression of a CSV (``none``).
    columns
        Their names and types, in order.
    partitions
        Those of the columns that are not in the files, but in the names of their folders.
    separator
        Of a CSV.
    skip
        Empty lines above the header of each CSV.
    uniform
        Whether the columns of all files have the same types in the same order.
    sample
        The first rows of a CSV.
    """

    files: Mapping[str, str]
    columns: Mapping[str, str]
    partitions: Sequence[str] = ()
    separator: str = ","
    skip: Mapping[str, int] | None = None
    uniform: bool = True
    sample: Sequence[Sequence[str]] = ()

    @property
    def is_parquet(self) -> bool:
        """Whether the files are Parquet; else they are CSV."""
        return self.skip is None

    @property
    def in_files(self) -> list[str]:
        """The columns that stand in the files themselves."""
        return [name for name in self.columns if name not in self.partitions]

    @property
    def alone(self) -> str | None:
        """The only column of a CSV: there the engine takes a blank line for a row with nothing."""
        return self.in_files[0] if len(self.in_files) == 1 and not self.is_parquet else None

    def are_days(self, columns: Collection[str]) -> bool:
        """Whether columns of a CSV look like days as ISO 8601 writes them, and nothing else."""
        names = self.in_files
        if not set(columns) <= set(names):
            return False
        places = [names.index(name) for name in columns]
        cells = {row[place] for row in self.sample for place in places}
        return bool(cells) and all(map(ISO_DAY.fullmatch, cells))

    def with_days(self, columns: Collection[str]) -> Source:
        """Return a CSV read with columns of days: that is faster, and fails where one is none."""
        return replace(self, columns={**self.columns, **dict.fromkeys(columns, "DATE")})

    def sql(
        self,
        files: Iterable[str] | None = None,
        *,
        ordered: bool = False,
        **more: str,
    ) -> str:
        """Return what stands after FROM.

        Parameters
        ----------
        files
            Only these.
        ordered
            Read one row after the other, and leave out what is no row.
        more
            Further options of the engine.
        """
        chosen = list(self.files if files is None else files)
        hive = {"hive_partitioning": str(bool(self.partitions)).lower()}
        if self.is_parquet:
            union = {} if self.uniform else {"union_by_name": "true"}
            return _call("read_parquet", chosen, {**hive, **union, **more})
        if ordered:
            more = {"parallel": "false", "ignore_errors": "true", **more}
        skip = self.skip or {}
        hive |= {"hive_types_autocast": "false"} if self.partitions else {}
        alike: dict[tuple[str, int], list[str]] = {}
        for file in chosen:
            alike.setdefault((self.files[file], skip[file]), []).append(file)
        size = len(chosen) if ordered else _FILES_OF_A_SCAN
        calls = [
            _call("read_csv", part[start : start + size], {**self._dialect(*how), **hive, **more})
            for how, part in alike.items()
            for start in range(0, len(part), size)
        ]
        if self.alone:
            cell = quoted_name(self.alone)
            known = f"NULLIF({cell}, '')" if self.columns[self.alone] == "VARCHAR" else cell
            shown = f"* REPLACE ({known} AS {cell}), {cell} IS NULL AS {BLANK}"
            calls = [f"(SELECT {shown} FROM {call})" for call in calls]
        if len(calls) == 1:
            return calls[0]
        return f"({' UNION ALL '.join(f'SELECT * FROM {call}' for call in calls)})"

    def _dialect(self, compression: str, skip: int) -> dict[str, str]:
        types = [f"{quoted_text(name)}: '{self.columns[name]}'" for name in self.in_files]
        return {
            "allow_quoted_nulls": str(not self.alone).lower(),  # else "" is no blank line
            "auto_detect": "false",
            "buffer_size": str(_BUFFER_BYTES),
            "columns": f"{{{', '.join(types)}}}",
            "compression": quoted_text(compression),
            "delim": quoted_text(self.separator),
            "escape": "'\"'",
            "header": "true",
            "max_line_size": str(LONGEST_LINE),
            "nullstr": "''",
            "quote": "'\"'",
            "skip": str(skip),
        }


def _call(function: str, files: Sequence[str], options: Mapping[str, str]) -> str:
    listed = ", ".join(quoted_text(glob.escape(file)) for file in files)
    settings = ", ".join(f"{option} = {value}" for option, value in options.items())
    return f"{function}([{listed}], {settings})"


def open_source(files: Files, engine: Engine) -> Source:
    """Find files, and find out how they are to be read.

    Raises
    ------
    DataError
        If there are none, they are of a kind that is not read here, or they differ.
    """
    paths = find_files(files)
    kinds = {file: _kind(file) for file in paths}
    faults: list[Fault] = []
    for why, unread in _UNREAD.items():
        such = [(file, kind) for file, kind in kinds.items() if kind in unread]
        faults += few([Fault(why, file, value=kind) for file, kind in such])
    if faults:
        raise DataError(faults)
    if len({kind == "parquet" for kind in kinds.values()}) > 1:
        is_parquet = kinds[paths[0]] == "parquet"
        other = next(file for file in paths if (kinds[file] == "parquet") != is_parquet)
        raise DataError([Fault("two_kinds", other, allowed=paths[0])])
    parquet = kinds[paths[0]] == "parquet"
    source = (_open_parquet if parquet else _open_csv)(kinds, engine)
    times = Counter(name.casefold() for name in source.columns)
    alike = [name for name in source.columns if times[name.casefold()] > 1]
    if alike:
        raise DataError([Fault("names_alike", paths[0], 1, value=" / ".join(alike))])
    return source


# Which files -------------------------------------------------------------------------------------


def find_files(files: Files) -> list[str]:
    """Return the files that are meant, each once.

    Raises
    ------
    DataError
        If a path stands for none.
    """
    if hasattr(files, "columns") or not isinstance(files, Path | Iterable):
        raise TypeError(f"files: {type(files).__name__} is no path; a frame goes into count_events")
    given = [files] if isinstance(files, str | Path) else list(files)
    files_by_inode: dict[tuple[int, int], str] = {}
    faults = []
    for one in given:
        paths = sorted(_meant(Path(one))) if str(one) else []
        if not paths:
            pattern = Path(one).is_dir() or glob.has_magic(str(one))
            faults.append(Fault("no_tables" if pattern else "no_file", Path(one).as_posix()))
        for path in paths:
            status = path.stat()
            files_by_inode.setdefault((status.st_dev, status.st_ino), path.as_posix())
    if faults or not files_by_inode:
        raise DataError(faults or [Fault("no_tables")])
    return list(files_by_inode.values())


def _meant(path: Path) -> Iterator[Path]:
    """Yield the files that a path stands for: itself, what it holds, or what it matches."""
    if path.is_dir():
        for file in path.rglob("*"):
            hidden = any(part.startswith((".", "_")) for part in file.relative_to(path).parts)
            if file.name.lower().endswith(_ENDINGS) and not hidden and file.is_file():
                yield file
    elif path.exists():
        yield path
    elif glob.has_magic(str(path)):
        yield from filter(Path.is_file, map(Path, glob.glob(str(path), recursive=True)))  # noqa: PTH207


def _kind(file: str) -> str:
    """Return what a file is, by its first bytes; of a CSV its compression, or ``none``.

    Refused is what cannot be read again, or was cut short.
    """
    if not Path(file).is_file():
        raise DataError([Fault("pipe", file)])
    try:
        with Path(file).open("rb") as stream:
            start = stream.read(_START_BYTES)
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(size - 4, 0))
            end = stream.read()
    except OSError as error:
        raise DataError([Fault("no_access", file, value=error.strerror)]) from None
    kind = next((kind for magic, kind in _STARTS.items() if re.match(magic, start)), "none")
    torn = kind == "parquet" and (end != b"PAR1" or size < _PARQUET_BYTES)
    if torn or (kind == "zstd" and _is_cut_short(Path(file))):
        raise DataError([Fault("cut_short", file)])
    return "xlsx" if kind == "zip" and _is_workbook(file) else kind


def _is_workbook(file: str) -> bool:
    try:
        with zipfile.ZipFile(file) as packed:
            return not {"[Content_Types].xml", "content.xml"}.isdisjoint(packed.namelist())
    except zipfile.BadZipFile:
        return False


def _is_cut_short(file: Path) -> bool:
    """Return whether a Zstandard file ends within a frame, of which the engine says nothing.

    From block to block by their sizes, as RFC 8878 has them; nothing is decompressed.
    """
    size = file.stat().st_size
    with file.open("rb") as stream:
        while magic := stream.read(4):
            if magic[1:] == b"\x2a\x4d\x18":  # a frame to skip
                stream.seek(int.from_bytes(stream.read(4), "little"), 1)
                continue
            if not (head := stream.read(1)):
                return True
            content, single = head[0] >> 6, head[0] >> 5 & 1
            checked, dictionary = head[0] >> 2 & 1, head[0] & 3
            stream.seek((not single) + (0, 1, 2, 4)[dictionary], 1)
            stream.seek((single, 2, 4, 8)[content], 1)
            last = False
            while not last:
                block = stream.read(3)
                if len(block) < 3:
                    return True
                header = int.from_bytes(block, "little")
                last, kind = bool(header & 1), header >> 1 & 3
                stream.seek(1 if kind == 1 else header >> 3, 1)
            stream.seek(4 * checked, 1)
        return stream.tell() > size


def _partitions(files: Iterable[str], columns: Iterable[str]) -> list[str]:
    """Return the columns that all files have in the names of their folders, as Hive does."""
    keys = [
        [part.split("=")[0] for part in Path(file).parts[:-1] if part.count("=") == 1]
        for file in files
    ]
    alike = all(names == keys[0] for names in keys)
    return keys[0] if alike and not set(keys[0]) & set(columns) else []


# Parquet -----------------------------------------------------------------------------------------


def _open_parquet(kinds: Mapping[str, str], engine: Engine) -> Source:
    files = list(kinds)
    columns = {
        file: _described(Source({file: "parquet"}, {}).sql(), engine, file) for file in files
    }
    first = columns[files[0]]
    faults = [
        Fault("header_other", file, value=name, allowed=(files[0], ", ".join(first)))
        for file in files
        for name in sorted(set(columns[file]) ^ set(first))[:1]
    ]
    if faults:
        raise DataError(few(faults))
    partitions = _partitions(files, first)
    uniform = all(list(types.items()) == list(first.items()) for types in columns.values())
    source = Source(kinds, first, partitions, uniform=uniform)
    if uniform and not partitions:
        return source
    return Source(kinds, _described(source.sql(), engine), partitions, uniform=uniform)


def _described(source: str, engine: Engine, file: str = "") -> dict[str, str]:
    import duckdb

    try:
        columns = engine.rows(f"DESCRIBE SELECT * FROM {source}")
    except duckdb.Error as error:
        raise engine_error(error, file) from None
    return {column: kind for column, kind, *_ in columns}


# CSV ---------------------------------------------------------------------------------------------


def _open_csv(kinds: Mapping[str, str], engine: Engine) -> Source:
    files = list(kinds)
    first, separator, skipped, sample = _header(files[0], kinds[files[0]], engine)
    skip = {files[0]: skipped}
    faults = []
    for file in files[1:]:
        header, _, skip[file], _ = _header(file, kinds[file], engine, separator)
        if header != first:
            faults.append(_header_fault(file, header, files[0], first))
    if faults:
        raise DataError(few(faults))
    names = [name or f"column_{number}" for number, name in enumerate(first, 1)]
    partitions = _partitions(files, names)
    columns = dict.fromkeys([*names, *partitions], "VARCHAR")
    if len(columns) < len(names) + len(partitions):
        twice = next(name for name in names if names.count(name) > 1)
        raise DataError([Fault("duplicate_column", files[0], 1, value=twice)])
    return Source(kinds, columns, partitions, separator, skip, sample=sample)


def _header_fault(file: str, header: Sequence[str], first_file: str, first: Sequence[str]) -> Fault:
    """Return where a header differs from that of the first file."""
    for name, expected in zip(header, first, strict=False):
        if name != expected:
            return Fault("header_differs", file, 1, value=name, allowed=(first_file, expected))
    shorter = len(header) < len(first)
    name = first[len(header)] if shorter else header[len(first)]
    kind = "header_shorter" if shorter else "header_longer"
    return Fault(kind, file, 1, value=name, allowed=first_file)


def _header(
    file: str, compression: str, engine: Engine, separator: str | None = None
) -> tuple[list[str], str, int, list[Sequence[str]]]:
    """Return the names of columns, what separates them, the empty lines above, and rows below."""
    head = _head(file, compression, engine)
    shown = _decoded(head, file).lstrip("\ufeff")
    if shown.lstrip()[:1] in ("{", "["):  # JSON
        raise DataError([Fault("not_a_table", file)])
    separator = separator or find_separator(shown)
    read: list[tuple[int, Sequence[str]]] = []
    try:
        read.extend(itertools.islice(records(shown, file, separator), _LINES_OF_HEAD))
    except DataError:  # where the head ends, in the middle of a row
        if not read:
            raise
    if not read:
        raise DataError([Fault("empty_file", file, allowed="date")])
    (line, cells), *rows = read
    names = [cell.strip() for cell in cells]
    numbers = [name for name in names if _NUMBER.fullmatch(name)]
    if 2 * len(numbers) > sum(map(bool, names)):
        raise DataError([Fault("no_header", file, line, value=numbers[0])])
    return names, separator, line - 1, [row for _, row in rows if len(row) == len(names)]


def _head(file: str, compression: str, engine: Engine) -> bytes:
    """Return the first lines of a file, whole."""
    if compression == "zstd":
        lines = itertools.islice(_lines_of_zstd(file, engine), _LINES_OF_HEAD)
        return "".join(lines).encode()
    try:
        with _opened(file, compression) as stream:
            head = stream.read(_HEAD_BYTES)
            if len(head) < _HEAD_BYTES:
                return head
            if not (whole := max(head.rfind(b"\n"), head.rfind(b"\r")) + 1):
                return head + stream.readline(LONGEST_LINE)
    except EOFError:
        raise DataError([Fault("cut_short", file)]) from None
    except (OSError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise DataError([Fault("no_access", file, value=reason)]) from None
    return head[:whole]


def _decoded(head: bytes, file: str) -> str:
    """Return the text of a head, which must be UTF-8."""
    if b"\0" not in head:
        try:
            return head.decode()
        except UnicodeDecodeError:
            pass
    try:
        fault = Fault("not_utf8_like", file, value=find_encoding(head, file).upper())
    except DataError:
        fault = Fault("not_utf8", file)
    raise DataError([fault])


def _opened(file: str, compression: str) -> IO[bytes]:
    if compression == "gzip":
        return cast(IO[bytes], gzip.open(file))
    return Path(file).open("rb")


def _lines_of_zstd(file: str, engine: Engine) -> Iterator[str]:
    """Yield the lines of a CSV that Python itself cannot decompress."""
    import duckdb

    options = {
        "auto_detect": "false",
        "columns": "{'line': 'VARCHAR'}",
        "compression": "'zstd'",
        "delim": "'\x01'",
        "escape": "''",
        "header": "false",
        "parallel": "false",
        "quote": "''",
        "strict_mode": "false",
    }
    try:
        for (line,) in engine.stream(f"FROM {_call('read_csv', [file], options)}"):
            yield f"{line or ''}\n"
    except duckdb.InvalidInputException:
        raise DataError([Fault("not_utf8", file)]) from None
    except duckdb.Error as error:
        raise engine_error(error, file) from None


@contextmanager
def text_lines(source: Source, file: str, engine: Engine) -> Iterator[Iterator[str]]:
    """Give the physical lines of a CSV, with what ends them."""
    if source.files[file] == "zstd":
        yield _lines_of_zstd(file, engine)
        return
    with (
        _opened(file, source.files[file]) as stream,
        io.TextIOWrapper(stream, "utf-8", "replace", newline="") as lines,
    ):
        yield iter(lines)

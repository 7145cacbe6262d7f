"""Which files are counted, and of what kind each is.

Paths, folders and patterns come in; files come out, each once however many names it has. The kind
of a file is decided by its first bytes: Parquet, the compression of a CSV, or a kind that cannot be
read here. A file that was cut short is rejected now, because DuckDB would count what is there.
"""

from __future__ import annotations

import glob
import os
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from aistats.faults import DataError, Fault
from aistats.session import texts

_TEXT_ENDINGS = (".csv", ".tsv", ".txt")
_ENDINGS = (
    *_TEXT_ENDINGS,
    *(f"{ending}.gz" for ending in _TEXT_ENDINGS),
    *(f"{ending}.zst" for ending in _TEXT_ENDINGS),
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
_PARQUET_END = b"PAR1"
_LEAST_PARQUET_BYTES = 12
_WORKBOOK_MEMBERS = {"[Content_Types].xml", "content.xml"}

Files = str | Path | Sequence[str | Path]


def find_files(files: Files) -> list[str]:
    """Return the files to count, each once even if several names or links lead to it.

    Parameters
    ----------
    files
        A file, a folder, a pattern, or several of these.

    Raises
    ------
    DataError
        If there is no file for one of the paths.
    TypeError
        If `files` is a dataframe or no path at all.
    """
    if hasattr(files, "columns") or not isinstance(files, Path | Iterable):
        say = texts()
        raise TypeError(say("counting.no_path", kind=type(files).__name__))
    paths = [files] if isinstance(files, str | Path) else list(files)
    files_by_inode: dict[tuple[int, int], str] = {}
    faults = []
    for path in paths:
        # An empty text is a mistake, and not the current folder, as which pathlib takes it.
        matches = sorted(_matches(Path(path))) if str(path) else []
        if not matches:
            faults.append(_no_match(Path(path)))
        for match in matches:
            status = match.stat()
            inode = status.st_dev, status.st_ino
            files_by_inode.setdefault(inode, match.as_posix())
    if not paths:
        faults.append(Fault("no_tables"))
    if faults:
        raise DataError(faults)
    return list(files_by_inode.values())


def _matches(path: Path) -> Iterator[Path]:
    """Yield the files that a path stands for: itself, those in the folder, or its matches."""
    pattern = str(path)
    if path.is_dir():
        for inner in path.rglob("*"):
            if _is_table_in(path, inner):
                yield inner
    elif path.exists():
        yield path
    elif glob.has_magic(pattern):
        names = glob.glob(pattern, recursive=True)  # noqa: PTH207
        yield from filter(Path.is_file, map(Path, names))


def _is_table_in(folder: Path, path: Path) -> bool:
    """Return whether a path in a folder is a CSV or Parquet file that is not hidden."""
    if not path.name.lower().endswith(_ENDINGS):
        return False
    parts = path.relative_to(folder).parts
    is_hidden = any(part.startswith((".", "_")) for part in parts)
    return not is_hidden and path.is_file()


def _no_match(path: Path) -> Fault:
    """Return the problem of a path that stands for no file."""
    name = path.as_posix()
    if path.is_dir() or glob.has_magic(name):
        return Fault("no_tables", name)
    return Fault("no_file", name)


# Kinds -------------------------------------------------------------------------------------------


def kind_of(file: str) -> str:
    """Return the kind of a file; of a CSV its compression, or ``none``.

    Raises
    ------
    DataError
        If the file cannot be read again, such as a pipe, or was cut short.
    """
    path = Path(file)
    if not path.is_file():
        raise DataError([Fault("pipe", file)])
    try:
        start, end = _read_edges(path)
    except OSError as error:
        raise DataError([Fault("no_access", file, value=error.strerror)]) from None
    kind = _kind_by_start(start)
    if kind == "parquet":
        is_too_small = path.stat().st_size < _LEAST_PARQUET_BYTES
        is_cut_short = is_too_small or end != _PARQUET_END
    else:
        is_cut_short = kind == "zstd" and _is_zstd_cut_short(path)
    if is_cut_short:
        raise DataError([Fault("cut_short", file)])
    if kind == "zip" and _is_workbook(path):
        return "xlsx"
    return kind


def _read_edges(path: Path) -> tuple[bytes, bytes]:
    """Return the first and the last bytes of a file."""
    with path.open("rb") as stream:
        start = stream.read(_START_BYTES)
        size = stream.seek(0, os.SEEK_END)
        end_starts = max(size - len(_PARQUET_END), 0)
        stream.seek(end_starts)
        return start, stream.read()


def _kind_by_start(start: bytes) -> str:
    for magic, kind in _STARTS.items():
        if re.match(magic, start):
            return kind
    return "none"


def _is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.namelist()
    except zipfile.BadZipFile:
        return False
    return not _WORKBOOK_MEMBERS.isdisjoint(members)


# Zstandard ---------------------------------------------------------------------------------------
#
# DuckDB does not report a file that ends within a frame. The sizes of frames and blocks (RFC 8878)
# lead from one to the next without decompressing anything.

_SKIPPABLE_FRAME = b"\x2a\x4d\x18"
_RUN_LENGTH_BLOCK = 1
_DICTIONARY_BYTES = (0, 1, 2, 4)
_CONTENT_SIZE_BYTES = (0, 2, 4, 8)
_CHECKSUM_BYTES = 4


def _is_zstd_cut_short(path: Path) -> bool:
    """Return whether a Zstandard file ends within a frame."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        while magic := stream.read(4):
            if magic[1:] == _SKIPPABLE_FRAME:
                frame_size = stream.read(4)
                stream.seek(int.from_bytes(frame_size, "little"), os.SEEK_CUR)
            elif not _skip_frame(stream):
                return True
        return stream.tell() > size


def _skip_frame(stream: BinaryIO) -> bool:
    """Move past a frame, after its magic number; return whether all its blocks have a header."""
    descriptor = stream.read(1)
    if not descriptor:
        return False
    flags = descriptor[0]
    is_single_segment = flags >> 5 & 1
    has_checksum = flags >> 2 & 1
    header_bytes = _DICTIONARY_BYTES[flags & 3]
    header_bytes += _CONTENT_SIZE_BYTES[flags >> 6]
    # One byte more: the window size or, in a single segment, a content size without a flag.
    if not is_single_segment or flags >> 6 == 0:
        header_bytes += 1
    stream.seek(header_bytes, os.SEEK_CUR)
    is_whole = _skip_blocks(stream)
    if has_checksum:
        stream.seek(_CHECKSUM_BYTES, os.SEEK_CUR)
    return is_whole


def _skip_blocks(stream: BinaryIO) -> bool:
    """Move past the blocks of a frame; return whether the last one was reached."""
    is_last = False
    while not is_last:
        header = stream.read(3)
        if len(header) < 3:
            return False
        number = int.from_bytes(header, "little")
        is_last = bool(number & 1)
        kind = number >> 1 & 3
        block_bytes = 1 if kind == _RUN_LENGTH_BLOCK else number >> 3
        stream.seek(block_bytes, os.SEEK_CUR)
    return True

"""The first lines of a CSV, which decide how the whole file is read; and all its lines as text.

A file comes in with its compression; out come the names of its columns, the separator, the number
of empty lines above the header, and some rows. Rows further down are never needed for that, so how
a file is read does not depend on them. Only UTF-8 is read.
"""

from __future__ import annotations

import gzip
import io
import itertools
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from aistats.counting.files.connection import Engine, engine_error
from aistats.counting.sql import reader_call
from aistats.faults import DataError, Fault
from aistats.tables.cells import find_separator, records
from aistats.tables.encodings import find_encoding

LONGEST_LINE = 2_000_000
"""The most bytes of a line; DuckDB itself reads no longer ones."""

_NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?", re.ASCII)
_HEAD_BYTES = 2**18
_HEAD_LINES = 100
_BYTE_ORDER_MARK = "\ufeff"

_ZSTD_OPTIONS = {
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
"""The options with which DuckDB gives each line of a file as one cell."""


@dataclass(frozen=True)
class Head:
    """The first lines of a CSV.

    Parameters
    ----------
    names
        The cells of the header.
    separator
        The character between cells.
    skip
        The number of empty lines above the header.
    rows
        The first rows that have as many cells as the header.
    """

    names: Sequence[str]
    separator: str
    skip: int
    rows: Sequence[Sequence[str]]


def read_head(
    file: str,
    compression: str,
    engine: Engine,
    separator: str | None = None,
) -> Head:
    """Return the first lines of a CSV.

    Parameters
    ----------
    file, compression
        The file, and ``none``, ``gzip`` or ``zstd``.
    engine
        DuckDB, for Zstandard.
    separator
        The character between cells; by default it is detected.

    Raises
    ------
    DataError
        If it is not UTF-8, not a table, or has no header.
    """
    content = _first_bytes(file, compression, engine)
    text = _decoded(content, file).lstrip(_BYTE_ORDER_MARK)
    if text.lstrip().startswith(("{", "[")):  # JSON
        raise DataError([Fault("not_a_table", file)])
    separator = separator or find_separator(text)
    header, *rows = _first_records(text, file, separator)
    line, cells = header
    names = [cell.strip() for cell in cells]
    _check_header(names, file, line)
    whole_rows = [row for _, row in rows if len(row) == len(names)]
    return Head(names, separator, line - 1, whole_rows)


def _first_records(text: str, file: str, separator: str) -> list[tuple[int, Sequence[str]]]:
    """Return the first records that are not blank, each with its line."""
    first: list[tuple[int, Sequence[str]]] = []
    every = records(text, file, separator)
    try:
        first.extend(itertools.islice(every, _HEAD_LINES))
    except DataError:  # the first bytes may end in the middle of a row
        if not first:
            raise
    if not first:
        raise DataError([Fault("empty_file", file, allowed="date")])
    return first


def _check_header(names: Sequence[str], file: str, line: int) -> None:
    """Reject a header most of whose names are numbers: it is a row."""
    not_empty = list(filter(None, names))
    numbers = list(filter(_NUMBER.fullmatch, names))
    if 2 * len(numbers) <= len(not_empty):
        return
    fault = Fault("no_header", file, line, value=numbers[0])
    raise DataError([fault])


def _first_bytes(file: str, compression: str, engine: Engine) -> bytes:
    """Return the first lines of a file, whole."""
    if compression == "zstd":
        lines = itertools.islice(_zstd_lines(file, engine), _HEAD_LINES)
        return "".join(lines).encode()
    try:
        with _open(file, compression) as stream:
            return _whole_lines(stream)
    except EOFError:
        raise DataError([Fault("cut_short", file)]) from None
    except (OSError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise DataError([Fault("no_access", file, value=reason)]) from None


def _whole_lines(stream: IO[bytes]) -> bytes:
    """Return the first lines of a stream; of one very long line, as much as may be read."""
    head = stream.read(_HEAD_BYTES)
    if len(head) < _HEAD_BYTES:
        return head
    last_end = max(head.rfind(b"\n"), head.rfind(b"\r"))
    if last_end < 0:
        return head + stream.readline(LONGEST_LINE)
    return head[: last_end + 1]


def _decoded(content: bytes, file: str) -> str:
    """Return the text of some bytes.

    Raises
    ------
    DataError
        If they are not UTF-8; it names the encoding that they look like.
    """
    if b"\0" not in content:
        try:
            return content.decode()
        except UnicodeDecodeError:
            pass
    try:
        encoding = find_encoding(content, file)
    except DataError:
        raise DataError([Fault("not_utf8", file)]) from None
    raise DataError([Fault("not_utf8_like", file, value=encoding.upper())])


# All lines ---------------------------------------------------------------------------------------


@contextmanager
def text_lines(file: str, compression: str, engine: Engine) -> Iterator[Iterator[str]]:
    """Give the physical lines of a CSV, with their ends."""
    if compression == "zstd":
        yield _zstd_lines(file, engine)
        return
    with (
        _open(file, compression) as stream,
        io.TextIOWrapper(stream, "utf-8", "replace", newline="") as lines,
    ):
        yield iter(lines)


def _open(file: str, compression: str) -> IO[bytes]:
    if compression == "gzip":
        return cast(IO[bytes], gzip.open(file))
    return Path(file).open("rb")


def _zstd_lines(file: str, engine: Engine) -> Iterator[str]:
    """Yield the lines of a CSV that Python itself cannot decompress."""
    import duckdb

    call = reader_call("read_csv", [file], _ZSTD_OPTIONS)
    try:
        for (line,) in engine.stream(f"FROM {call}"):
            yield f"{line or ''}\n"
    except duckdb.InvalidInputException:
        raise DataError([Fault("not_utf8", file)]) from None
    except duckdb.Error as error:
        raise engine_error(error, file) from None

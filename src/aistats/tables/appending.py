"""Append rows to a CSV without changing a byte of what stands in it.

The content of a file and new rows come in; the content with the rows at its end goes out. People
read, compare and edit these files, so the new rows look like those above them: the columns of the
header in their order, the line ends of the file, and only the quotes that a cell needs. Whether the
rows are valid is not checked here.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence

LINE_END = re.compile(r"\r\n|\n|\r")


def append_rows(content: bytes, rows: Iterable[Mapping[str, str]]) -> bytes:
    r"""Return the content of a CSV with rows at its end.

    Parameters
    ----------
    content
        The content of the file: UTF-8 with a header.
    rows
        Cells by column; a column that a row lacks is left empty.

    Examples
    --------
    >>> append_rows(b"a,b\r\n1,2\r\n", [{"b": "4, or 5", "a": "3"}])
    b'a,b\r\n1,2\r\n3,"4, or 5"\r\n'
    """
    text = content.decode("utf-8")
    header = _header(text)
    line_end = _line_end(text)
    lines = []
    for row in rows:
        cells = [row.get(name, "") for name in header]
        lines.append(_record(cells) + line_end)
    is_open = not text.endswith(("\n", "\r"))
    if lines and is_open:
        lines.insert(0, line_end)
    return content + "".join(lines).encode()


def _header(text: str) -> Sequence[str]:
    """Return the cells of the first record that is not blank."""
    lines = io.StringIO(text.lstrip("\ufeff"), newline="")
    records = csv.reader(lines)
    return next(filter(None, records))


def _line_end(text: str) -> str:
    """Return the first line end of a text, or a line feed if it has none."""
    first = LINE_END.search(text)
    return first[0] if first else "\n"


def _record(cells: Sequence[str]) -> str:
    """Return cells as one record, without a line end."""
    line = io.StringIO(newline="")
    # With this line end, the writer quotes a cell that contains either of its two characters.
    writer = csv.writer(line, lineterminator="\r\n")
    writer.writerow(cells)
    return line.getvalue().removesuffix("\r\n")

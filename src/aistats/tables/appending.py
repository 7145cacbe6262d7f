"""Rows at the end of a CSV, which keeps every byte that it had.

People read, compare and edit these files, so what is added takes the form of what stands beside it:
the columns of the header in their order, the line ends of the file, and only the quotes that a cell
needs. Whether the rows are right is not asked here.
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
        What the file holds: UTF-8 with a header.
    rows
        Cells by column; what a row does not have is empty.

    Examples
    --------
    >>> append_rows(b"a,b\r\n1,2\r\n", [{"b": "4, or 5", "a": "3"}])
    b'a,b\r\n1,2\r\n3,"4, or 5"\r\n'
    """
    text = content.decode("utf-8")
    records = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""))
    header = next(cells for cells in records if cells)
    first_end = LINE_END.search(text)
    end = first_end[0] if first_end else "\n"
    added = "".join(_line([row.get(name, "") for name in header]) + end for row in rows)
    is_open = not text.endswith(("\n", "\r"))
    gap = end if is_open and added else ""
    return content + (gap + added).encode()


def _line(cells: Sequence[str]) -> str:
    """Return cells as one record, without the end of its line."""
    line = io.StringIO(newline="")
    csv.writer(line, lineterminator="\r\n").writerow(cells)  # so that either in a cell is quoted
    return line.getvalue().removesuffix("\r\n")

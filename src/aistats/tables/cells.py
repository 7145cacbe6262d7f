"""Cells: a CSV or a workbook as text, each record with its physical line.

Nothing is interpreted here. Our own tables are separated by commas; for tables by others the
separator is the one that cuts most records into one same number of cells.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from aistats.faults import DataError, Fault
from aistats.tables.encodings import decoded, find_encoding, read_bytes

_WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx, and the older .xls
_SEPARATORS = ",;\t|"
_SAMPLE_RECORDS = 50
_BROKEN = {  # part of the message with which the csv module refuses a record
    "csv_open": "unexpected end of data",
    "csv_quote": "expected after",
    "csv_long": "field larger than field limit",
}


@dataclass(frozen=True)
class Cells:
    """A table as text, before anybody asks what it means.

    Parameters
    ----------
    file
        Its name, for messages.
    records
        Every record with the physical line on which it starts.
    encoding, separator
        How they were read; of a workbook, None.
    broken
        What ended the reading early, if anything did.
    sheet
        Of a workbook, the sheet that was read.
    day_zero
        Of a workbook, the day from which it counts days.
    days
        Of a workbook, the cells that are days and not text, as
        `aistats.tables.workbooks.Sheet` has them.
    """

    file: str
    records: Sequence[tuple[int, Sequence[str]]]
    encoding: str | None
    separator: str | None
    broken: Fault | None = None
    sheet: str | None = None
    day_zero: dt.date | None = None
    days: frozenset[tuple[int, int]] = frozenset()


def read_cells(path: Path, *, encoding: str | None = None, separator: str | None = None) -> Cells:
    r"""Return the cells of a CSV or a workbook.

    Parameters
    ----------
    path
        The file.
    encoding, separator
        By default they are found out.

    Raises
    ------
    DataError
        If the file cannot be read, or not in one certain way.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "events.csv"
    >>> _ = path.write_bytes("日期;地点\n2025-12-02;北京\n".encode("gbk"))
    >>> cells = read_cells(path)
    >>> cells.encoding, cells.separator, cells.records
    ('gb18030', ';', [(1, ('日期', '地点')), (2, ('2025-12-02', '北京'))])
    """
    return cells_of(read_bytes(path), path.as_posix(), encoding=encoding, separator=separator)


def cells_of(
    content: bytes, file: str, *, encoding: str | None = None, separator: str | None = None
) -> Cells:
    """Return the cells of a CSV or a workbook that has been read.

    Parameters
    ----------
    content
        What the file holds.
    file
        Its name, for messages.
    encoding, separator
        As in :func:`read_cells`.

    Raises
    ------
    DataError
        If it cannot be read in one certain way.
    """
    if content.startswith(_WORKBOOK):
        from aistats.tables.workbooks import open_sheet

        sheet = open_sheet(content, file)
        return Cells(file, sheet.rows, None, None, None, sheet.name, sheet.day_zero, sheet.days)
    encoding = encoding or find_encoding(content, file)
    text = decoded(content, encoding, file)
    separator = separator or find_separator(text)
    read: list[tuple[int, tuple[str, ...]]] = []
    try:
        read.extend(records(text, file, separator))
    except DataError as error:
        return Cells(file, read, encoding, separator, error.faults[0])
    return Cells(file, read, encoding, separator)


def records(
    text: str | Iterable[str], file: str, separator: str = ","
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield each record of a CSV, a text or its lines, with the physical line it starts on."""
    lines = io.StringIO(text, newline="") if isinstance(text, str) else text
    reader = csv.reader(lines, strict=True, delimiter=separator)
    line = 1
    try:
        for cells in reader:
            if cells:
                yield (
                    line,
                    tuple(cells),
                )  # the garbage collector tracks lists, and slows down
            line = reader.line_num + 1
    except csv.Error as error:
        kinds = (kind for kind, message in _BROKEN.items() if message in str(error))
        raise DataError([Fault(next(kinds, "csv"), file, line, value=error)]) from None


def find_separator(text: str) -> str:
    """Return what separates most records into one same number of cells, and into the most."""

    def fit(separator: str) -> tuple[int, int]:
        widths: Counter[int] = Counter()
        try:
            for _, cells in itertools.islice(records(text, "", separator), _SAMPLE_RECORDS):
                widths[len(cells)] += len(cells) > 1
        except DataError:
            pass  # named when the file is read with this separator
        return max(((n, width) for width, n in widths.items()), default=(0, 0))

    return max(_SEPARATORS, key=fit)

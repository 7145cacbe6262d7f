"""Read a CSV or a workbook as text cells, each record with its physical line.

A file comes in, and `Cells` go out: records of text, with the encoding and the separator that were
used. Nothing is interpreted here. Our own tables are separated by commas; for tables by others the
separator is detected: the one that cuts most records into the same number of cells.
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
from aistats.locale import text_key
from aistats.tables.encodings import decoded, find_encoding, read_bytes

_WORKBOOK_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx, and the older .xls
_SEPARATORS = ",;\t|"
_SAMPLE_RECORDS = 50

# The kind of a fault by a part of the message with which the csv module rejects a record.
_SYNTAX_FAULTS = {
    "unexpected end of data": text_key("csv_open"),
    "expected after": text_key("csv_quote"),
    "field larger than field limit": text_key("csv_long"),
}


@dataclass(frozen=True)
class Cells:
    """A table as text, not yet interpreted.

    Parameters
    ----------
    file
        Its name, for messages.
    records
        Every record with the physical line on which it starts.
    encoding, separator
        How they were read; of a workbook, None.
    broken
        The problem that ended the reading early, if there was one.
    sheet
        Of a workbook, the sheet that was read.
    day_zero
        Of a workbook, the day from which it counts days.
    days
        Of a workbook, the cells that are days and not text, in the form of
        `aistats.tables.workbooks.Sheet`.
    """

    file: str
    records: Sequence[tuple[int, Sequence[str]]]
    encoding: str | None
    separator: str | None
    broken: Fault | None = None
    sheet: str | None = None
    day_zero: dt.date | None = None
    days: frozenset[tuple[int, int]] = frozenset()


def read_cells(
    path: Path,
    *,
    encoding: str | None = None,
    separator: str | None = None,
) -> Cells:
    r"""Return the cells of a CSV or a workbook.

    Parameters
    ----------
    path
        The file.
    encoding, separator
        By default they are detected.

    Raises
    ------
    DataError
        If the file cannot be read, or its encoding is ambiguous.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "events.csv"
    >>> _ = path.write_bytes("日期;地点\n2025-12-02;北京\n".encode("gbk"))
    >>> cells = read_cells(path)
    >>> cells.encoding, cells.separator, cells.records
    ('gb18030', ';', [(1, ('日期', '地点')), (2, ('2025-12-02', '北京'))])
    """
    content = read_bytes(path)
    file = path.as_posix()
    return cells_of(content, file, encoding=encoding, separator=separator)


def cells_of(
    content: bytes, file: str, *, encoding: str | None = None, separator: str | None = None
) -> Cells:
    """Return the cells of the content of a CSV or a workbook.

    Parameters
    ----------
    content
        The bytes of the file.
    file
        Its name, for messages.
    encoding, separator
        As in :func:`read_cells`.

    Raises
    ------
    DataError
        If the content cannot be read, or its encoding is ambiguous.
    """
    if content.startswith(_WORKBOOK_STARTS):
        return _workbook_cells(content, file)
    encoding = encoding or find_encoding(content, file)
    text = decoded(content, encoding, file)
    separator = separator or find_separator(text)
    rows: list[tuple[int, Sequence[str]]] = []
    broken = None
    try:
        rows.extend(records(text, file, separator))
    except DataError as error:
        broken = error.faults[0]
    return Cells(file, rows, encoding, separator, broken)


def _workbook_cells(content: bytes, file: str) -> Cells:
    """Return the cells of the content of a workbook."""
    from aistats.tables.workbooks import open_sheet

    sheet = open_sheet(content, file)
    return Cells(
        file=file,
        records=sheet.rows,
        encoding=None,
        separator=None,
        sheet=sheet.name,
        day_zero=sheet.day_zero,
        days=sheet.days,
    )


def records(
    text: str | Iterable[str],
    file: str,
    separator: str = ",",
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield each record of a CSV, a text or its lines, with the physical line it starts on.

    Raises
    ------
    DataError
        If a record is not valid CSV; the records before it have been yielded.
    """
    lines = io.StringIO(text, newline="") if isinstance(text, str) else text
    reader = csv.reader(lines, strict=True, delimiter=separator)
    line = 1
    try:
        for cells in reader:
            if cells:
                # A list would be tracked by the garbage collector, which slows down long files.
                yield line, tuple(cells)
            line = reader.line_num + 1
    except csv.Error as error:
        fault = Fault(_syntax_fault(error), file, line, value=error)
        raise DataError([fault]) from None


def _syntax_fault(error: csv.Error) -> str:
    """Return the kind of fault that an error of the csv module stands for."""
    message = str(error)
    for part, kind in _SYNTAX_FAULTS.items():
        if part in message:
            return kind
    return text_key("csv")


def find_separator(text: str) -> str:
    """Return the separator that cuts most records of a text into the same number of cells."""
    fits = {}
    for separator in _SEPARATORS:
        fits[separator] = _fit(text, separator)
    return max(_SEPARATORS, key=fits.__getitem__)


def _fit(text: str, separator: str) -> tuple[int, int]:
    """Return how many records of a sample a separator cuts into one number of cells, and that."""
    widths: Counter[int] = Counter()
    sample = itertools.islice(records(text, "", separator), _SAMPLE_RECORDS)
    try:
        for _, cells in sample:
            width = len(cells)
            widths[width] += width > 1
    except DataError:
        pass  # reported when the file is read with this separator
    fits = [(count, width) for width, count in widths.items()]
    return max(fits, default=(0, 0))

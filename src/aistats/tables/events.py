"""Read one table of events, or of covered windows, and add the days that its dates allow.

A table with a codebook must be as that says; a table by somebody else is read as it is laid out.
What passes gets its dates as days: ``earliest`` and ``latest`` of the occurrence where a source
states it, else of the window that reports it.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from aistats.dates.columns import bounds
from aistats.dates.edtf import MARGIN_DAYS, ORDERS
from aistats.faults import DataError, DataWarning, Fault, ParameterError
from aistats.tables.codebook import DESCRIPTOR, Codebook, Table, read_codebook
from aistats.tables.encodings import read_bytes
from aistats.tables.foreign import TableLayout, by_line, read_layout
from aistats.tables.validation import by_place, cell_faults, checked_table


def read_events(
    path: str | Path,
    *,
    codebook: Codebook | str | Path | None = None,
    encoding: str | None = None,
    columns: Mapping[str, str] | None = None,
    dates: str | None = None,
    lists: Mapping[str, str] | None = None,
    precision: Mapping[str, str] | None = None,
    header: int | None = None,
    skip: Collection[int] = (),
    skip_torn: bool = False,
) -> pd.DataFrame:
    r"""Read a table of events: one with a codebook, checked against it, or anybody else's.

    Parameters
    ----------
    path
        A CSV, or with `columns` a workbook too; quoted cells may hold line breaks, an empty cell is
        a missing value, and "NA" is text.
    codebook
        A codebook or its path; by default the ``datapackage.json`` beside the file. With `columns`,
        none by default; where there is one, levels and required cells of the columns that both have
        are checked.
    encoding
        The file's encoding, by default UTF-8. With `columns` it is found out among UTF-8, UTF-16,
        GB18030, Big5 and cp1252, or the file is refused.
    columns
        Says that the table is another's, and which of its columns are to have which names; the rest
        keep theirs. Dates come from ``date``, from ``start`` and ``end``, or from ``year``,
        ``month`` and ``day``, where empty or 0 is unknown; give ``{}`` if the names are so already.
        ``precision`` is a column of codes that widen a day.
    dates
        What numbers mean where nothing in the column tells: ``dmy`` or ``mdy``, the order of day
        and month; ``dmyy``, ``mdyy`` or ``yymd``, the same with years of two digits, from 1969 to
        2068; ``excel``, the days that Excel counts. EDTF, ``20251202``, ``2025/12/2``, ``2 Dec
        2025``, ``2025年12月2日`` and the like need no telling; the day of a time stamp is the one
        that it names, whatever its zone.
    lists
        Columns whose cells are lists, and what separates the values: a text or ``json``.
    precision
        What each code of ``precision`` means: ``day``, ``week``, ``month``, ``year`` or ``range``
        (from start to end). The codes of a ``date_prec`` of UCDP GED and a ``time_precision`` of
        ACLED are known, and heeded without being named.
    header
        The line on which the header stands, if not on the first that holds anything.
    skip
        Lines that are no rows: units, notes, sources.
    skip_torn
        Leave out lines that have more or fewer cells than the header.

    Returns
    -------
    DataFrame
        The columns of the file as text, and ``earliest``, ``latest`` (datetime64[s], inclusive),
        ``dated`` (bool: the date is stated) and the groups that the codebook derives (``scope``,
        from ``region``). With `columns`, ``date`` is in EDTF, ``date_text`` has it as it stood,
        lists are tuples, a row without a date is kept and has no days (count
        ``events[events["dated"]]``), and the ``attrs`` tell how the file was read: ``encoding``,
        ``separator``, ``header``, ``skipped`` (lines), ``columns``, ``dates`` and ``proof`` (the
        order of numbers, and the line that shows it) and ``precision`` (whose codes); of a workbook
        also ``sheet``.

    Raises
    ------
    DataError
        Naming every fault with file, line, column, value and what would be allowed.
    ParameterError
        If an argument cannot be.

    References
    ----------
    Sundberg, R. and Melander, E. (2013). Introducing the UCDP Georeferenced Event Dataset. *Journal
    of Peace Research* 50(4), 523–532.

    Raleigh, C. et al. (2010). Introducing ACLED: an armed conflict location and event dataset.
    *Journal of Peace Research* 47(5), 651–660.

    Examples
    --------
    >>> events = read_events("data/events.csv")
    >>> events.loc[[3, 4], ["organization", "earliest", "latest", "dated"]]
      organization   earliest     latest  dated
    3         UNDP 2025-12-01 2025-12-06   True
    4       OpenAI 2025-11-30 2025-12-06  False

    Anybody's table. That the 25th can be no month shows what the second of December is:

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "incidents.csv"
    >>> _ = path.write_text("When,Where\n02/12/2025,CN; US\n25/12/2025,FR\n")
    >>> incidents = read_events(
    ...     path, columns={"date": "When", "country": "Where"}, lists={"country": ";"}
    ... )
    >>> incidents[["date", "date_text", "country", "earliest"]]
             date   date_text   country   earliest
    0  2025-12-02  02/12/2025  (CN, US) 2025-12-02
    1  2025-12-25  25/12/2025     (FR,) 2025-12-25
    >>> incidents.attrs["dates"], incidents.attrs["proof"]
    ('dmy', 3)
    """
    path = Path(path)
    if columns is not None:
        layout = TableLayout(columns, dates, lists or {}, precision, header, skip, skip_torn)
        return _read_anothers(path, layout, codebook, encoding)
    if dates or lists or precision or header or skip or skip_torn:
        raise ParameterError([Fault("columns_needed")])
    if codebook is None and path.is_file() and not path.with_name(DESCRIPTOR).is_file():
        raise DataError([Fault("no_codebook", path.as_posix(), value=DESCRIPTOR)])
    table = _codebook_of(path, codebook).table("events")
    frame = _read_one(path, table, encoding or "utf-8")
    events, doubts = with_days(frame, table, path.as_posix())
    for fault in doubts:
        warnings.warn(fault.text(), DataWarning, stacklevel=2)
    return events


def validate_events(
    path: str | Path,
    *,
    codebook: Codebook | str | Path | None = None,
    encoding: str = "utf-8",
) -> None:
    """Check a CSV of events as :func:`read_events` does, and keep nothing.

    Raises
    ------
    DataError
        Naming every fault with file, line, column, value and what would be allowed.

    Examples
    --------
    >>> validate_events("data/events.csv")
    """
    read_events(path, codebook=codebook, encoding=encoding)


def read_coverage(
    path: str | Path,
    *,
    codebook: Codebook | str | Path | None = None,
    encoding: str = "utf-8",
) -> pd.DataFrame:
    """Read the windows that the sources cover.

    Parameters
    ----------
    path
        The CSV file; a row is a section of a source.
    codebook, encoding
        As in :func:`read_events`.

    Returns
    -------
    DataFrame
        The columns of the file, ``earliest`` and ``latest``, the window's first and last day, and
        ``series``, what the source is an issue of: by default itself.

    Raises
    ------
    DataError
        Naming every fault.

    Examples
    --------
    >>> read_coverage("data/coverage.csv").head(2)[["section", "basis", "earliest", "latest"]]
      section    basis   earliest     latest
    0       一   stated 2025-11-30 2025-12-06
    1       二  assumed 2025-12-11 2025-12-20
    """
    path = Path(path)
    book = _codebook_of(path, codebook)
    table = book.table("coverage")
    return with_window(_read_one(path, table, encoding), book)


def _codebook_of(path: Path, codebook: Codebook | str | Path | None) -> Codebook:
    if isinstance(codebook, Codebook):
        return codebook
    return read_codebook(path.parent if codebook is None else codebook)


# Tables by others -------------------------------------------------------------------------------


def _read_anothers(
    path: Path, layout: TableLayout, codebook: Codebook | str | Path | None, encoding: str | None
) -> pd.DataFrame:
    """Read a table that is laid out otherwise, and check what a codebook knows of it."""
    if layout.dates not in (None, *ORDERS):
        fault = Fault("date_order", value=layout.dates, allowed=", ".join(ORDERS))
        raise ParameterError([fault])
    if "" in layout.lists.values():
        raise ParameterError([Fault("empty_separator", value=dict(layout.lists))])
    known = {} if codebook is None else _codebook_of(path, codebook).table("events").fields
    frame, faults = read_layout(path, layout, encoding=encoding)
    file, notes = path.as_posix(), frame.attrs
    checked = [name for name in known if name in frame and name not in ("date", "date_text")]
    for name in checked:
        levels = replace(known[name], edtf=False, pattern=None, unique=False)
        faults += cell_faults(frame[name].explode(), levels, file)
    if not faults:  # else not every date could be read
        margin = known["date"].margin_days if "date" in known else MARGIN_DAYS
        days = bounds(frame["date"], margin_days=margin)
        faults += _days_faults(frame, days, file)
    if faults:
        raise DataError(by_place(faults))
    frame = frame.assign(**days, dated=frame["date"].notna()).reset_index(drop=True)
    frame.attrs = notes
    return frame


def _days_faults(frame: pd.DataFrame, days: pd.DataFrame, file: str) -> list[Fault]:
    """Check that ``earliest`` and ``latest``, where a table has them, are the days of its dates."""
    faults = []
    for name in [name for name in ("earliest", "latest") if name in frame]:
        right = days[name].astype("str").fillna("")
        wrong = frame[name].fillna("") != right
        faults += [
            Fault("days_differ", file, line, name, value, right[line])
            for line, value in by_line(frame[name].fillna("")[wrong])
        ]
    return faults


# A table with a codebook ------------------------------------------------------------------------


def _read_one(path: Path, table: Table, encoding: str) -> pd.DataFrame:
    frame, faults = checked_table(read_bytes(path), path.as_posix(), table, encoding)
    if faults:
        raise DataError(by_place(faults))
    return frame


def with_window(frame: pd.DataFrame, book: Codebook) -> pd.DataFrame:
    """Add the days of the windows and the series of the sources to a checked coverage table."""
    window = book.table("coverage").fields["window"]
    days = bounds(frame["window"], margin_days=window.margin_days)
    series = frame["source"].map(lambda source: book.series.get(source, source))
    return frame.join(days).assign(series=series).reset_index(drop=True)


def with_days(frame: pd.DataFrame, table: Table, file: str) -> tuple[pd.DataFrame, list[Fault]]:
    """Add the days and derived columns of a checked events table, indexed by line.

    Return also what is allowed but worth a second look: dates outside the window of their report.
    """
    days, apart = days_of(frame, table)
    windows = frame["reported"]
    doubts = [
        Fault("apart", file, line, "date", value, windows.loc[line])
        for line, value in by_line(frame["date"][apart])
    ]
    groups = {
        column.groups.name: frame[column.name].map(column.group_of)
        for column in table.fields.values()
        if column.groups is not None
    }
    events = frame.assign(**days, dated=frame["date"].notna(), **groups)
    return events.reset_index(drop=True), doubts


def days_of(frame: pd.DataFrame, table: Table) -> tuple[pd.DataFrame, pd.Series]:
    """Return the days of events, of their report where no date is stated, and where both differ."""
    date, reported = (
        bounds(frame[name], margin_days=table.fields[name].margin_days)
        for name in ("date", "reported")
    )
    apart = (date["latest"] < reported["earliest"]) | (date["earliest"] > reported["latest"])
    return date.fillna(reported), apart

"""Read one table of events or of reporting windows, and add the days that its dates allow.

A file comes in, and a checked dataframe goes out, or one error with every problem. A table with a
codebook must follow it; a table by others is read in the layout that it has. Each event gets its
days: ``earliest`` and ``latest`` of its date where the source states one, else of the reporting
window. Several tables at once, and links between them, are the work of `aistats.tables.package`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from aistats.dates.columns import bounds
from aistats.dates.edtf import MARGIN_DAYS, ORDERS, Order
from aistats.faults import DataError, Fault, ParameterError
from aistats.tables.codebook import DESCRIPTOR, Codebook, Field, Table, read_codebook
from aistats.tables.encodings import read_bytes
from aistats.tables.foreign import TableLayout, by_line, read_layout
from aistats.tables.validation import by_place, cell_faults, checked_table, warn_of


def read_events(
    path: str | Path,
    *,
    codebook: Codebook | str | Path | None = None,
    encoding: str | None = None,
    columns: Mapping[str, str] | None = None,
    dates: Order | None = None,
    lists: Mapping[str, str] | None = None,
    precision: Mapping[str, str] | None = None,
    header: int | None = None,
    skip: Collection[int] = (),
    skip_torn: bool = False,
) -> pd.DataFrame:
    r"""Read a table of events, either with a codebook or laid out by others.

    Parameters
    ----------
    path
        A CSV or, with `columns`, a workbook. Quoted cells may contain line breaks; an empty cell is
        a missing value, and "NA" is text.
    codebook
        A codebook or its path; by default the ``datapackage.json`` beside the file. With `columns`
        there is none by default; with one, the columns that both have are checked for their allowed
        values and required cells.
    encoding
        The encoding of the file, by default UTF-8. With `columns` it is detected by default: UTF-8,
        UTF-16, GB18030, Big5 or cp1252; an ambiguous file is rejected.
    columns
        Marks a table by others: new names for its columns, as ``{new: old}``; other columns keep
        their names. Dates come from ``date``, from ``start`` and ``end``, or from ``year``,
        ``month`` and ``day``, where an empty cell or 0 is unknown. ``precision`` is a column of
        codes that widen a day. Use ``{}`` if the columns have the right names already.
    dates
        The order of numeric dates, where the column does not settle it: ``dmy`` or ``mdy``;
        ``dmyy``, ``mdyy`` or ``yymd`` with years of two digits, from 1969 to 2068; ``excel`` for
        the serial numbers of Excel. EDTF, ``20251202``, ``2025/12/2``, ``2 Dec 2025``,
        ``2025年12月2日`` and the like need no order. A time stamp counts for the day that it
        names, whatever its zone.
    lists
        Columns whose cells are lists, with the separator of the values: a text or ``json``.
    precision
        The meaning of each code of ``precision``: ``day``, ``week``, ``month``, ``year`` or
        ``range`` (from start to end). The codes in ``date_prec`` of UCDP GED and in
        ``time_precision`` of ACLED are known and need not be given.
    header
        The line of the header, by default the first that is not empty.
    skip
        Lines to ignore, such as units, notes and sources.
    skip_torn
        Ignore rows with more or fewer cells than the header.

    Returns
    -------
    DataFrame
        The columns of the file as text, and ``earliest``, ``latest`` (datetime64[s], inclusive),
        ``dated`` (bool: the date is stated) and the groups that the codebook derives (``scope``,
        from ``region``). With `columns`, ``date`` is in EDTF, ``date_text`` is its original text,
        and lists are tuples. A row without a date is kept and has no days (count
        ``events[events["dated"]]``). The ``attrs`` record how the file was read: ``encoding``,
        ``separator``, ``header``, ``skipped`` (lines), ``columns``, ``dates`` and ``proof`` (the
        order of numeric dates, and the line that settles it) and ``precision`` (the column of
        codes); of a workbook also ``sheet``.

    Raises
    ------
    DataError
        Listing every problem with file, line, column, value and allowed values.
    ParameterError
        If an argument is invalid.

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

    A table by others. As there is no 25th month, the first date is the 2nd of December:

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
        return _read_foreign(path, layout, codebook, encoding)
    if dates or lists or precision or header or skip or skip_torn:
        raise ParameterError([Fault("columns_needed")])
    if codebook is None and path.is_file() and not path.with_name(DESCRIPTOR).is_file():
        raise DataError([Fault("no_codebook", path.as_posix(), value=DESCRIPTOR)])
    table = _codebook_of(path, codebook).table("events")
    frame = _read_one(path, table, encoding or "utf-8")
    events, doubts = with_days(frame, table, path.as_posix())
    warn_of(doubts)
    return events


def validate_events(
    path: str | Path,
    *,
    codebook: Codebook | str | Path | None = None,
    encoding: str = "utf-8",
) -> None:
    """Check a CSV of events as :func:`read_events` does, and return nothing.

    Raises
    ------
    DataError
        Listing every problem with file, line, column, value and allowed values.

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
    """Read the reporting windows of the sources.

    Parameters
    ----------
    path
        The CSV file; a row is a section of a source.
    codebook, encoding
        As in :func:`read_events`.

    Returns
    -------
    DataFrame
        The columns of the file; ``earliest`` and ``latest``, the first and last day of the window;
        and ``series``, the series that the source belongs to, by default itself.

    Raises
    ------
    DataError
        Listing every problem.

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
    frame = _read_one(path, table, encoding)
    return with_window(frame, book)


def _codebook_of(
    path: Path,
    codebook: Codebook | str | Path | None,
) -> Codebook:
    """Return a codebook, read from its path or from the folder of a table."""
    if isinstance(codebook, Codebook):
        return codebook
    if codebook is None:
        return read_codebook(path.parent)
    return read_codebook(codebook)


# Tables by others -------------------------------------------------------------------------------


def _read_foreign(
    path: Path,
    layout: TableLayout,
    codebook: Codebook | str | Path | None,
    encoding: str | None,
) -> pd.DataFrame:
    """Read a table by others, and check the columns that its codebook defines."""
    _check_layout(layout)
    fields: Mapping[str, Field] = {}
    if codebook is not None:
        fields = _codebook_of(path, codebook).table("events").fields
    file = path.as_posix()
    frame, faults = read_layout(path, layout, encoding=encoding)
    faults += _field_faults(frame, fields, file)
    if faults:
        raise DataError(by_place(faults))
    # From here on every date can be read.
    margin = fields["date"].margin_days if "date" in fields else MARGIN_DAYS
    days = bounds(frame["date"], margin_days=margin)
    faults = _days_faults(frame, days, file)
    if faults:
        raise DataError(by_place(faults))
    events = frame.assign(**days, dated=frame["date"].notna())
    events = events.reset_index(drop=True)
    events.attrs = frame.attrs
    return events


def _check_layout(layout: TableLayout) -> None:
    """Raise ParameterError if the order of dates or a separator is invalid."""
    if layout.dates not in (None, *ORDERS):
        allowed = ", ".join(ORDERS)
        fault = Fault("date_order", value=layout.dates, allowed=allowed)
        raise ParameterError([fault])
    if "" in layout.lists.values():
        fault = Fault("empty_separator", value=dict(layout.lists))
        raise ParameterError([fault])


def _field_faults(
    frame: pd.DataFrame,
    fields: Mapping[str, Field],
    file: str,
) -> list[Fault]:
    """Check the allowed values and required cells of the columns that a codebook defines."""
    faults: list[Fault] = []
    for name, field in fields.items():
        if name not in frame or name in ("date", "date_text"):
            continue
        # Patterns and keys are rules for our own table; dates have been read already.
        rules = replace(field, edtf=False, pattern=None, unique=False)
        values = frame[name].explode()
        faults += cell_faults(values, rules, file)
    return faults


def _days_faults(
    frame: pd.DataFrame,
    days: pd.DataFrame,
    file: str,
) -> list[Fault]:
    """Check that ``earliest`` and ``latest``, where a table has them, are the days of its dates."""
    faults = []
    for name in ("earliest", "latest"):
        if name not in frame:
            continue
        cells = frame[name].fillna("")
        expected = days[name].astype("str").fillna("")
        is_invalid = cells != expected
        for line, value in by_line(cells[is_invalid]):
            fault = Fault("days_differ", file, line, name, value, expected[line])
            faults.append(fault)
    return faults


# A table with a codebook ------------------------------------------------------------------------


def _read_one(path: Path, table: Table, encoding: str) -> pd.DataFrame:
    """Return a checked table as text, indexed by physical line."""
    content = read_bytes(path)
    frame, faults = checked_table(content, path.as_posix(), table, encoding)
    if faults:
        raise DataError(by_place(faults))
    return frame


def with_window(frame: pd.DataFrame, book: Codebook) -> pd.DataFrame:
    """Add the days of the windows and the series of the sources to a checked coverage table."""
    table = book.table("coverage")
    days = _days(frame, table, "window")
    coverage = frame.join(days)
    sources = frame["source"]
    coverage["series"] = sources.map(lambda source: book.series.get(source, source))
    return coverage.reset_index(drop=True)


def with_days(
    frame: pd.DataFrame,
    table: Table,
    file: str,
) -> tuple[pd.DataFrame, list[Fault]]:
    """Add the days and derived columns of a checked events table, indexed by line.

    Also return what is allowed but worth a second look: dates outside their reporting window.
    """
    days, is_apart = days_of(frame, table)
    doubts = []
    for line, date in by_line(frame["date"][is_apart]):
        window = frame["reported"].loc[line]
        doubts.append(Fault("apart", file, line, "date", date, window))
    events = frame.assign(**days, dated=frame["date"].notna())
    for column in table.fields.values():
        if column.groups is not None:
            groups = frame[column.name].map(column.group_of)
            events[column.groups.name] = groups
    return events.reset_index(drop=True), doubts


def days_of(
    frame: pd.DataFrame,
    table: Table,
) -> tuple[pd.DataFrame, pd.Series]:
    """Return the days of events, and which of them are outside their reporting window.

    An event without a date has the days of its reporting window.
    """
    date = _days(frame, table, "date")
    reported = _days(frame, table, "reported")
    is_before = date["latest"] < reported["earliest"]
    is_after = date["earliest"] > reported["latest"]
    return date.fillna(reported), is_before | is_after


def _days(frame: pd.DataFrame, table: Table, name: str) -> pd.DataFrame:
    """Return the earliest and latest day of each date in a column."""
    dates = frame[name]
    field = table.fields[name]
    margin = field.margin_days
    return bounds(dates, margin_days=margin)

"""Reading: from files to tables that are known to be right, or to one error that says it all.

A table is text until its codebook has passed it: every column there and known, every cell present,
of an allowed level, a possible date, unique where it is a key, linked to a row that exists. Checks
run once per distinct value and end in :class:`~aistats.faults.DataError`, which names every fault
of every file with its physical line. What passes gets its dates as days: ``earliest`` and
``latest`` of the occurrence where a source states it, else of the window that reports it. An
edition is the rows of its sources; those of its baseline, the earlier editions it is compared with,
stand beside them as they are now and as they were published.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from aistats.tables.codebook import DESCRIPTOR, Codebook, Field, Table, read_codebook
from aistats.dates.edtf import MARGIN_DAYS, ORDERS, parse_edtf
from aistats.faults import DataError, DataWarning, EDTFError, Fault, choices_shown
from aistats.tables.cells import read_cells
from aistats.dates.columns import bounds
from aistats.tables.foreign import Layout, by_line, read_layout

_TABLES = ("events", "coverage", "themes", "event_themes", "editions")
_NEAR_SOUGHT = 20  # of so many wrong values: to look among thousands takes its time
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ROWS_LOST = {
    *("no_file", "folder", "no_access", "encoding", "encoding_like", "empty_file", "separator"),
    *("csv", "csv_open", "csv_quote", "csv_long", "torn_line"),
}


@dataclass(frozen=True)
class Baseline:
    """The earlier editions that an edition is compared with.

    Parameters
    ----------
    labels
        Their labels, in the order of ``editions.csv``.
    events, coverage
        The rows of their sources as the data has them now, with their days.
    published
        Their events as they were published, each once, as last published; of what is not published,
        the rows as they are now.
    unpublished
        The labels of the editions of which that is so: no revision of theirs can show.
    """

    labels: tuple[str, ...]
    events: pd.DataFrame
    coverage: pd.DataFrame
    published: pd.DataFrame
    unpublished: tuple[str, ...] = ()


@dataclass(frozen=True)
class Edition:
    """The slice of the data that one published report is made from.

    Parameters
    ----------
    label
        The name of the edition, such as ``2025-12``.
    languages
        The languages it is published in.
    parameters
        Notebook parameters by name, as text.
    events, coverage, themes, event_themes
        The rows of the edition's sources; ``events`` and ``coverage`` with their days.
    codebook
        Labels, levels and rules.
    baseline
        The earlier editions that it is compared with, if it names any.
    """

    label: str
    languages: tuple[str, ...]
    parameters: Mapping[str, str]
    events: pd.DataFrame
    coverage: pd.DataFrame
    themes: pd.DataFrame
    event_themes: pd.DataFrame
    codebook: Codebook
    baseline: Baseline | None = None

    @property
    def all_events(self) -> pd.DataFrame:
        """The events of the edition and then those of its baseline, each once."""
        if self.baseline is None:
            return self.events
        both = pd.concat([self.events, self.baseline.events])
        return both.drop_duplicates("event_id", ignore_index=True)

    @property
    def all_coverage(self) -> pd.DataFrame:
        """The windows that the edition covers and then those of its baseline, each once."""
        if self.baseline is None:
            return self.coverage
        both = pd.concat([self.coverage, self.baseline.coverage])
        return both.drop_duplicates(ignore_index=True)


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
    ValueError
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
        layout = Layout(columns, dates, lists or {}, precision, header, skip, skip_torn)
        return _read_anothers(path, layout, codebook, encoding)
    if dates or lists or precision or header or skip or skip_torn:
        raise ValueError("dates=, lists=, precision=, header= and skip= need columns=")
    if codebook is None and path.is_file() and not path.with_name(DESCRIPTOR).is_file():
        raise DataError([Fault("no_codebook", path.as_posix(), value=DESCRIPTOR)])
    table = _codebook_of(path, codebook).table("events")
    return _with_days(_read_one(path, table, encoding or "utf-8"), table, path)


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
    return _with_window(_read_one(path, table, encoding), book)


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
    folder = Path(folder)
    book = read_codebook(folder)
    events, coverage, *_ = map(book.table, _TABLES)
    read = {name: _read_table(folder / table.path, table) for name, table in book.tables.items()}
    whole = {
        name: frame
        for name, (frame, faults) in read.items()
        if not _ROWS_LOST & {fault.kind for fault in faults}
    }
    whole["sources"] = pd.DataFrame({"name": list(book.sources)})
    found = []
    for name, table in book.tables.items():
        faults = read[name][1]
        file = (folder / table.path).as_posix()
        if name in whole:
            faults += _broken_links(whole, table, file)
        if name == "events" and {"events", "coverage"} <= set(whole):
            faults += _window_faults(whole["events"], whole["coverage"], file)
        found += _by_place(faults)
    if found:
        raise DataError(found)
    frames = {name: frame for name, (frame, _) in read.items()}
    tables = {name: frame.reset_index(drop=True) for name, frame in frames.items()}
    tables["events"] = _with_days(frames["events"], events, folder / events.path)
    tables["coverage"] = _with_window(frames["coverage"], book)
    published = set(tables["editions"]["sources"].str.split().explode())
    for source in sorted(set(tables["coverage"]["source"]) - published):
        file = (folder / coverage.path).as_posix()
        warnings.warn(Fault("no_edition", file, value=source).text(), DataWarning, stacklevel=2)
    return tables, book


def read_edition(
    folder: str | Path, label: str | None = None, *, reports: str | Path | None = None
) -> Edition:
    """Read the slice of the data that an edition is made from: the rows of its sources.

    Parameters
    ----------
    folder
        The folder of the data package.
    label
        A value of the column ``edition`` of ``editions.csv``; by default the last.
    reports
        The folder of the published editions; in each, ``data`` is a package of what it was made
        from. The baseline is read from there; without it, as the data has it now.

    Returns
    -------
    Edition

    Raises
    ------
    DataError
        If the data is wrong anywhere, or there is no such edition.

    Warns
    -----
    DataWarning
        If an edition of the baseline is not published in `reports`.

    Examples
    --------
    >>> december = read_edition("data", "2025-12")
    >>> len(december.events), december.languages, december.baseline
    (20, ('zh', 'en'), None)
    """
    tables, book = read_tables(folder)
    return edition_of(tables, book, label, reports=reports)


def edition_of(
    tables: Mapping[str, pd.DataFrame],
    book: Codebook,
    label: str | None = None,
    *,
    reports: str | Path | None = None,
) -> Edition:
    """Return an edition of tables that have been read.

    Parameters
    ----------
    tables, book
        As :func:`read_tables` returns them.
    label, reports
        As in :func:`read_edition`.

    Raises
    ------
    DataError
        If there is no such edition.

    Examples
    --------
    >>> edition_of(*read_tables("data"), "2025-12").languages
    ('zh', 'en')
    """
    editions = tables["editions"]
    label = label or next(iter(editions["edition"][::-1]), "")
    if label not in set(editions["edition"]):
        known = ", ".join(editions["edition"])
        path = (Path(book.file).parent / book.tables["editions"].path).as_posix()
        raise DataError([Fault("edition", file=path, column="edition", value=label, allowed=known)])
    row = _own_row(editions, label).fillna("").iloc[0]
    own = _of_sources(tables, book, row["sources"].split())
    return Edition(
        label=label,
        languages=tuple(row["languages"].split()),
        parameters=dict(pair.split("=", 1) for pair in row["parameters"].split()),
        events=own["events"],
        coverage=own["coverage"],
        themes=own["themes"],
        event_themes=own["event_themes"],
        codebook=book,
        baseline=_baseline(tables, book, label, reports),
    )


def slice_tables(
    tables: Mapping[str, pd.DataFrame], book: Codebook, label: str
) -> dict[str, pd.DataFrame]:
    """Return the rows of every table that an edition is made from, as a package of its own.

    Parameters
    ----------
    tables, book
        As :func:`read_tables` returns them.
    label
        The edition.

    Returns
    -------
    dict of str to DataFrame
        By name, as text, without the columns that reading adds. Of tables with a column ``source``
        the rows of the sources of the edition and of its baseline; of the others the rows that lead
        to no row left out; of ``editions`` those of the edition and of its baseline, which has no
        baseline in turn. Written beside the ``datapackage.json``, this reads as the same edition.

    Examples
    --------
    >>> tables, codebook = read_tables("data")
    >>> december = slice_tables(tables, codebook, "2025-12")
    >>> {name: len(table) for name, table in december.items()}
    {'events': 20, 'themes': 17, 'event_themes': 44, 'coverage': 2, 'editions': 1}
    """
    before = _baseline_rows(tables["editions"], label)
    kept = pd.concat([_own_row(tables["editions"], label), before.assign(baseline=None)])
    editions = kept.sort_index().astype("str").reset_index(drop=True)
    sources = [source for cell in editions["sources"] for source in cell.split()]
    cut = _of_sources({**tables, "editions": editions}, book, sources)
    return {
        name: cut[name][[it for it in cut[name] if it in table.fields]]
        for name, table in book.tables.items()
    }


def _baseline(
    tables: Mapping[str, pd.DataFrame], book: Codebook, label: str, reports: str | Path | None
) -> Baseline | None:
    rows = _baseline_rows(tables["editions"], label)
    if rows.empty:
        return None
    sources = dict(zip(rows["edition"], rows["sources"].str.split(), strict=True))
    now = _of_sources(tables, book, {source for each in sources.values() for source in each})
    published, unpublished = [], []
    for edition, own in sources.items():
        place = None if reports is None else Path(reports) / edition / "data"
        if place is not None and (place / DESCRIPTOR).is_file():
            published.append(_published_events(place, edition))
            continue
        unpublished.append(edition)
        published.append(now["events"][now["events"]["source"].isin(own)])
        if place is not None:
            fault = Fault("unpublished", place.as_posix(), value=edition)
            warnings.warn(fault.text(), DataWarning, stacklevel=3)
    once = pd.concat(published).drop_duplicates("event_id", keep="last", ignore_index=True)
    labels = tuple(sources)
    return Baseline(labels, now["events"], now["coverage"], once, tuple(unpublished))


def _published_events(folder: Path, label: str) -> pd.DataFrame:
    """Return the events of a published edition, of which nobody needs to look again."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        return read_edition(folder, label).events


def _own_row(editions: pd.DataFrame, label: str) -> pd.DataFrame:
    return editions[editions["edition"] == label]


def _baseline_rows(editions: pd.DataFrame, label: str) -> pd.DataFrame:
    """Return the rows of the editions that an edition is compared with."""
    (cell,) = _own_row(editions, label)["baseline"].fillna("")
    return editions[editions["edition"].isin(cell.split())]


def _of_sources(
    tables: Mapping[str, pd.DataFrame], book: Codebook, sources: Iterable[str]
) -> dict[str, pd.DataFrame]:
    """Return the rows of some sources, and of tables without a source those that lead to them."""
    cut = {
        name: frame[frame["source"].isin(sources)] if "source" in frame else frame
        for name, frame in tables.items()
    }
    linked = [table for name, table in book.tables.items() if "source" not in cut[name]]
    for table in linked * len(linked):  # one may lead to another
        for link in table.links:
            if link[1] in cut:
                astray = _astray(cut, table, link).index.unique()
                cut[table.name] = cut[table.name].drop(index=astray)
    return {name: frame.reset_index(drop=True) for name, frame in cut.items()}


def _codebook_of(path: Path, codebook: Codebook | str | Path | None) -> Codebook:
    if isinstance(codebook, Codebook):
        return codebook
    return read_codebook(path.parent if codebook is None else codebook)


# Anybody's table ---------------------------------------------------------------------------------


def _read_anothers(
    path: Path, layout: Layout, codebook: Codebook | str | Path | None, encoding: str | None
) -> pd.DataFrame:
    """Read a table that is laid out otherwise, and check what a codebook knows of it."""
    if layout.dates not in (None, *ORDERS):
        raise ValueError(f"dates={layout.dates!r} is not one of {', '.join(ORDERS)}")
    if "" in layout.lists.values():
        raise ValueError(f"lists={dict(layout.lists)}: a separator is not empty")
    known = {} if codebook is None else _codebook_of(path, codebook).table("events").fields
    frame, faults = read_layout(path, layout, encoding=encoding)
    file, told = path.as_posix(), frame.attrs
    for name in [it for it in known if it in frame and it not in ("date", "date_text")]:
        levels = replace(known[name], edtf=False, pattern=None, unique=False)
        faults += cell_faults(frame[name].explode(), levels, file)
    if not faults:  # else not every date could be read
        margin = known["date"].margin_days if "date" in known else MARGIN_DAYS
        days = bounds(frame["date"], margin_days=margin)
        faults += _days_faults(frame, days, file)
    if faults:
        raise DataError(_by_place(faults))
    frame = frame.assign(**days, dated=frame["date"].notna()).reset_index(drop=True)
    frame.attrs = told
    return frame


def _days_faults(frame: pd.DataFrame, days: pd.DataFrame, file: str) -> list[Fault]:
    """Check that ``earliest`` and ``latest``, where a table has them, are the days of its dates."""
    faults = []
    for name in (it for it in ("earliest", "latest") if it in frame):
        right = days[name].astype("str").fillna("")
        wrong = frame[name].fillna("") != right
        faults += [
            Fault("days_differ", file, line, name, value, right[line])
            for line, value in by_line(frame[name].fillna("")[wrong])
        ]
    return faults


# From bytes to text cells ----------------------------------------------------------------------


def _read_table(
    path: Path, table: Table, encoding: str = "utf-8"
) -> tuple[pd.DataFrame, list[Fault]]:
    """Return a table as text, indexed by physical line, and all that is wrong with it."""
    file = path.as_posix()
    try:
        cells = read_cells(path, encoding=encoding, separator=",")
    except DataError as error:
        return _empty(table), list(error.faults)
    header = list(cells.records[0][1]) if cells.records else []
    rows = {line: row for line, row in cells.records[1:] if len(row) == len(header)}
    faults = [
        Fault("torn_line", file, line, None, len(row), len(header))
        for line, row in cells.records[1:]
        if line not in rows
    ]
    if cells.broken:
        return _empty(table), [*faults, cells.broken]
    if not header:
        return _empty(table), [Fault("empty_file", file, allowed=", ".join(table.fields))]
    if len(header) == 1 and (found := re.search(r"[;\t|]", header[0])):
        return _empty(table), [Fault("separator", file, 1, value=found[0].replace("\t", "tab"))]
    frame = pd.DataFrame(list(rows.values()), list(rows), header, dtype="str")
    frame = frame.loc[:, ~frame.columns.duplicated()].replace("", None)
    faults += _header_faults(header, table, file)
    for column in table.fields.values():
        if column.name in frame:
            faults += cell_faults(frame[column.name], column, file)
    if len(frame) and table.key and set(table.key) <= set(frame.columns):
        faults += _key_faults(frame, table, file)
    if table.name == "events":
        faults += _event_faults(frame, file)
    if table.name == "editions":
        faults += _edition_faults(frame, file)
    return frame, faults


def _read_one(path: Path, table: Table, encoding: str) -> pd.DataFrame:
    frame, faults = _read_table(path, table, encoding)
    if faults:
        raise DataError(_by_place(faults))
    return frame


def _by_place(faults: list[Fault]) -> list[Fault]:
    return sorted(faults, key=lambda fault: fault.line or 0)


def _empty(table: Table) -> pd.DataFrame:
    return pd.DataFrame(columns=list(table.fields), dtype="str")


# What can be wrong -----------------------------------------------------------------------------


def _header_faults(header: list[str], table: Table, file: str) -> list[Fault]:
    names = ", ".join(table.fields)
    missing = [name for name in table.fields if name not in header]
    unknown = [name for name in header if name not in table.fields]
    twice = [name for name in dict.fromkeys(header) if header.count(name) > 1]
    return [
        *(Fault("missing_column", file, 1, None, name, names) for name in missing),
        *(Fault("unknown_column", file, 1, None, name, names) for name in unknown),
        *(Fault("duplicate_column", file, 1, None, name) for name in twice),
    ]


def cell_faults(cells: pd.Series, field: Field, file: str) -> list[Fault]:
    """Check a column once per distinct value, and name each wrong cell."""
    empty = by_line(cells[cells.isna()]) if field.required else []
    allowed = _allowed("", field)
    kind = "missing" if allowed else "empty"
    faults = [Fault(kind, file, line, field.name, "", allowed) for line, _ in empty]
    wrong = {
        value: found for value in cells.dropna().unique() if (found := _value_fault(value, field))
    }
    for line, cell in by_line(cells[cells.isin(list(wrong))]):
        kind, value, allowed = wrong[cell]
        faults.append(Fault(kind, file, line, field.name, value, allowed))
    if field.unique:
        faults += _duplicates(cells.dropna(), field.name, file)
    return faults


def _value_fault(cell: str, field: Field) -> tuple[str, str, str] | None:
    """Return the kind, value and allowed values of what is wrong with a cell."""
    if cell != cell.strip():
        return "space", cell, ""
    if _CONTROL.search(cell):
        return "control", cell, ""
    if field.edtf:
        try:
            parse_edtf(cell, margin_days=field.margin_days)
        except EDTFError as error:
            return error.reason, cell, ""
    values = cell.split(field.separator) if field.separator else [cell]
    if len(set(values)) < len(values):
        return "twice", cell, ""
    for value in values:
        if field.levels and value not in {level.value for level in field.levels}:
            return "level", value, _allowed(value, field)
    if field.pattern and not re.fullmatch(field.pattern, cell):
        return "pattern", cell, field.pattern
    return None


def _allowed(value: str, field: Field) -> str:
    """Say what a cell may hold, if not just any text."""
    if field.levels:
        return choices_shown(value, (level.value for level in field.levels))
    return "EDTF" if field.edtf else field.pattern or ""


def _key_faults(frame: pd.DataFrame, table: Table, file: str) -> list[Fault]:
    if len(table.key) == 1 and table.fields[table.key[0]].unique:
        return []  # said already
    keys = frame[list(table.key)].dropna().agg(" + ".join, axis=1)
    return _duplicates(keys, " + ".join(table.key), file)


def _duplicates(values: pd.Series, column: str, file: str) -> list[Fault]:
    first = {value: line for line, value in reversed(by_line(values))}
    again = by_line(values[values.duplicated()])
    return [Fault("duplicate", file, line, column, value, first[value]) for line, value in again]


def _broken_links(frames: Mapping[str, pd.DataFrame], table: Table, file: str) -> list[Fault]:
    """Check the values of a table against those of the tables that could be read whole."""
    faults = []
    for column, other, target in table.links:
        if other in frames and target in frames[other] and column in frames[table.name]:
            known = frames[other][target].dropna()
            wrong = _astray(frames, table, (column, other, target))
            distinct = enumerate(wrong.unique())
            shown = {it: choices_shown(it if n < _NEAR_SOUGHT else "", known) for n, it in distinct}
            faults += [
                Fault("link", file, line, column, value, (f"{other}.{target}", shown[value]))
                for line, value in by_line(wrong)
            ]
    return faults


def _astray(
    frames: Mapping[str, pd.DataFrame], table: Table, link: tuple[str, str, str]
) -> pd.Series:
    """Return the values of a column that lead to no row, by line."""
    column, other, target = link
    cells = frames[table.name][column].dropna()
    separator = table.fields[column].separator
    values = cells.str.split(separator).explode() if separator else cells
    return values[~values.isin(frames[other][target])]


def _event_faults(events: pd.DataFrame, file: str) -> list[Fault]:
    """Check that a date goes with its words, and that only what is announced is planned."""
    faults = []
    if {"date", "date_text"} <= set(events.columns):
        alone = events["date"].isna() != events["date_text"].isna()
        faults += [Fault("date_text", file, line, "date_text") for line in events.index[alone]]
    if {"planned_for", "status"} <= set(events.columns):
        planned = events["planned_for"][events["status"].eq("occurred")].dropna()
        faults += [
            Fault("planned_for", file, line, "planned_for", value)
            for line, value in by_line(planned)
        ]
    return faults


def _edition_faults(editions: pd.DataFrame, file: str) -> list[Fault]:
    """Check that no edition is compared with itself."""
    if not {"edition", "baseline"} <= set(editions.columns):
        return []
    named = editions[["edition", "baseline"]].dropna()
    return [
        Fault("own_baseline", file, line, "baseline", label)
        for line, (label, cell) in zip(named.index, named.to_numpy(), strict=True)
        if label in cell.split()
    ]


def _window_faults(events: pd.DataFrame, coverage: pd.DataFrame, file: str) -> list[Fault]:
    """Check that an event is reported in the window of its section."""
    names, keys = ["source", "source_section", "reported"], ["source", "section", "window"]
    if not (set(names) <= set(events.columns) and set(keys) <= set(coverage.columns)):
        return []
    windows = {(source, section): it for source, section, it in coverage[keys].to_numpy()}
    known = events.loc[events["source"].isin(coverage["source"]), names].dropna()
    faults = []
    for line, (source, place, reported) in zip(known.index, known.to_numpy(), strict=True):
        section = place.split("·")[0]
        window = windows.get((source, section))
        if window is None:
            sections = choices_shown(section, (it for of, it in windows if of == source))
            to = ("coverage.section", sections)
            faults.append(Fault("link", file, line, "source_section", section, to))
        elif reported != window:
            faults.append(Fault("window", file, line, "reported", reported, window))
    return faults


# What a checked table gains ---------------------------------------------------------------------


def _with_window(frame: pd.DataFrame, book: Codebook) -> pd.DataFrame:
    window = book.table("coverage").fields["window"]
    days = bounds(frame["window"], margin_days=window.margin_days)
    series = frame["source"].map(lambda source: book.series.get(source, source))
    return frame.join(days).assign(series=series).reset_index(drop=True)


def _with_days(frame: pd.DataFrame, table: Table, path: Path) -> pd.DataFrame:
    """Add the days and derived columns of a checked events table, indexed by line."""
    days, apart = days_of(frame, table)
    windows = frame["reported"]
    for line, value in by_line(frame["date"][apart]):
        fault = Fault("apart", path.as_posix(), line, "date", value, windows.loc[line])
        warnings.warn(fault.text(), DataWarning, stacklevel=3)
    groups = {
        column.groups.name: frame[column.name].map(column.group_of)
        for column in table.fields.values()
        if column.groups is not None
    }
    return frame.assign(**days, dated=frame["date"].notna(), **groups).reset_index(drop=True)


def days_of(frame: pd.DataFrame, table: Table) -> tuple[pd.DataFrame, pd.Series]:
    """Return the days of events, of their report where no date is stated, and where both differ."""
    date, reported = (
        bounds(frame[name], margin_days=table.fields[name].margin_days)
        for name in ("date", "reported")
    )
    apart = (date["latest"] < reported["earliest"]) | (date["earliest"] > reported["latest"])
    return date.fillna(reported), apart

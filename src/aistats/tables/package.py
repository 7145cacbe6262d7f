"""The data package: the folder with a codebook and the tables it names."""

from __future__ import annotations

import warnings
from pathlib import Path

import pandas as pd

from aistats.faults import DataError, DataWarning, Fault
from aistats.tables.codebook import Codebook, read_codebook
from aistats.tables.events import with_days, with_window
from aistats.tables.validation import broken_links, by_place, read_table, window_faults

_TABLES = ("events", "coverage", "themes", "event_themes", "editions")
_ROWS_LOST = {
    *("no_file", "folder", "no_access", "encoding", "encoding_like", "empty_file", "separator"),
    *("csv", "csv_open", "csv_quote", "csv_long", "torn_line"),
}


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
    read = {name: read_table(folder / table.path, table) for name, table in book.tables.items()}
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
            faults += broken_links(whole, table, file)
        if name == "events" and {"events", "coverage"} <= set(whole):
            faults += window_faults(whole["events"], whole["coverage"], file)
        found += by_place(faults)
    if found:
        raise DataError(found)
    frames = {name: frame for name, (frame, _) in read.items()}
    tables = {name: frame.reset_index(drop=True) for name, frame in frames.items()}
    tables["events"] = with_days(frames["events"], events, folder / events.path)
    tables["coverage"] = with_window(frames["coverage"], book)
    published = set(tables["editions"]["sources"].str.split().explode())
    for source in sorted(set(tables["coverage"]["source"]) - published):
        file = (folder / coverage.path).as_posix()
        warnings.warn(Fault("no_edition", file, value=source).text(), DataWarning, stacklevel=2)
    return tables, book

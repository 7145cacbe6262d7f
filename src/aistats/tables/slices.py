"""Slices: the rows of every table that one edition is made from.

An edition is the rows of its sources and of those of its baseline, the earlier editions that it is
compared with. Tables come in as they were read and go out with fewer rows; nothing is read here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from aistats.faults import DataError, Fault
from aistats.tables.codebook import Codebook
from aistats.tables.validation import astray


def slice_tables(
    tables: Mapping[str, pd.DataFrame], book: Codebook, label: str
) -> dict[str, pd.DataFrame]:
    """Return the rows of every table that an edition is made from, as a package of its own.

    Parameters
    ----------
    tables, book
        As :func:`aistats.read_tables` returns them.
    label
        The edition.

    Returns
    -------
    dict of str to DataFrame
        By name, as text, without the columns that reading adds. Of tables with a column ``source``
        the rows of the sources of the edition and of its baseline; of the others the rows that lead
        to no row left out; of ``editions`` those of the edition and of its baseline, which has no
        baseline in turn. Written beside the ``datapackage.json``, this reads as the same edition.

    Raises
    ------
    DataError
        If there is no such edition.

    Examples
    --------
    >>> from aistats.tables.package import read_tables
    >>> tables, codebook = read_tables("data")
    >>> december = slice_tables(tables, codebook, "2025-12")
    >>> {name: len(table) for name, table in december.items()}
    {'events': 20, 'themes': 17, 'event_themes': 44, 'coverage': 2, 'editions': 1}
    """
    own = own_row(tables["editions"], label, book)
    before = baseline_rows(tables["editions"], label)
    kept = pd.concat([own, before.assign(baseline=None)])
    editions = kept.sort_index().astype("str").reset_index(drop=True)
    sources = [source for cell in editions["sources"] for source in cell.split()]
    cut = rows_of_sources({**tables, "editions": editions}, book, sources)
    columns = {
        name: [column for column in cut[name] if column in table.fields]
        for name, table in book.tables.items()
    }
    return {name: cut[name][names] for name, names in columns.items()}


def own_row(editions: pd.DataFrame, label: str | None, book: Codebook) -> pd.DataFrame:
    """Return the row of an edition, by default the last.

    Raises
    ------
    DataError
        If there is no such edition.
    """
    label = label or next(iter(editions["edition"][::-1]), "")
    row = editions[editions["edition"] == label]
    if row.empty:
        known = ", ".join(editions["edition"])
        file = (Path(book.file).parent / book.tables["editions"].path).as_posix()
        raise DataError([Fault("edition", file, column="edition", value=label, allowed=known)])
    return row


def baseline_rows(editions: pd.DataFrame, label: str) -> pd.DataFrame:
    """Return the rows of the editions that an edition is compared with."""
    (cell,) = editions.loc[editions["edition"] == label, "baseline"].fillna("")
    return editions[editions["edition"].isin(cell.split())]


def rows_of_sources(
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
                unlinked = astray(cut, table, link).index.unique()
                cut[table.name] = cut[table.name].drop(index=unlinked)
    return {name: frame.reset_index(drop=True) for name, frame in cut.items()}

"""Cut out the rows of every table that one edition is made from.

Checked tables come in and go out with fewer rows. An edition has the rows of its own sources and
those of its baseline, the earlier editions that it is compared with. No file is read here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from aistats.faults import DataError, Fault
from aistats.tables.codebook import Codebook, Table
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
        By name, as text, without the columns that reading adds. Tables with a column ``source``
        have the rows of the sources of the edition and of its baseline; other tables have the rows
        whose links all lead to rows that are kept; ``editions`` has the edition and its baseline,
        which has no baseline in turn. Written beside the ``datapackage.json``, this reads as the
        same edition.

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
    editions = _editions_of_slice(tables["editions"], label, book)
    sources = editions["sources"].str.split().explode()
    kept = rows_of_sources({**tables, "editions": editions}, book, sources)
    slices = {}
    for name, table in book.tables.items():
        frame = kept[name]
        columns = [column for column in frame if column in table.fields]
        slices[name] = frame[columns]
    return slices


def _editions_of_slice(
    editions: pd.DataFrame,
    label: str,
    book: Codebook,
) -> pd.DataFrame:
    """Return the row of an edition and those of its baseline, which have no baseline in turn."""
    edition = own_row(editions, label, book)
    baseline = baseline_rows(editions, label).assign(baseline=None)
    rows = pd.concat([edition, baseline]).sort_index()
    return rows.astype("str").reset_index(drop=True)


def own_row(
    editions: pd.DataFrame,
    label: str | None,
    book: Codebook,
) -> pd.DataFrame:
    """Return the row of an edition, by default the last.

    Raises
    ------
    DataError
        If there is no such edition.
    """
    labels = editions["edition"].tolist()
    if not label:
        label = labels[-1] if labels else ""
    row = editions[editions["edition"] == label]
    if row.empty:
        folder = Path(book.file).parent
        file = folder / book.tables["editions"].path
        allowed = ", ".join(labels)
        fault = Fault("edition", file.as_posix(), column="edition", value=label, allowed=allowed)
        raise DataError([fault])
    return row


def baseline_rows(editions: pd.DataFrame, label: str) -> pd.DataFrame:
    """Return the rows of the editions that an edition is compared with."""
    is_edition = editions["edition"] == label
    (cell,) = editions["baseline"][is_edition].fillna("")
    labels = cell.split()
    is_baseline = editions["edition"].isin(labels)
    return editions[is_baseline]


def rows_of_sources(
    tables: Mapping[str, pd.DataFrame], book: Codebook, sources: Iterable[str]
) -> dict[str, pd.DataFrame]:
    """Return the rows of some sources; of tables without a source, the rows that link to them."""
    kept = dict(tables)
    for name, frame in tables.items():
        if "source" in frame:
            is_kept = frame["source"].isin(sources)
            kept[name] = frame[is_kept]
    all_tables = book.tables.values()
    linked = [table for table in all_tables if "source" not in kept[table.name]]
    # A table may link to another of these, so dropping rows is repeated once for each.
    for table in linked * len(linked):
        _drop_unlinked(kept, table)
    return {name: frame.reset_index(drop=True) for name, frame in kept.items()}


def _drop_unlinked(tables: dict[str, pd.DataFrame], table: Table) -> None:
    """Drop the rows of one of the tables that link to no row of another."""
    for link in table.links:
        _, target, _ = link
        if target in tables:
            broken = astray(tables, table, link)
            unlinked = broken.index.unique()
            tables[table.name] = tables[table.name].drop(index=unlinked)

"""The slice of the data that one edition is made from: the rows of its sources and its baseline.

An edition is the rows of its sources; those of its baseline, the earlier editions it is compared
with, stand beside them as they are now and as they were published. So next month's rows do not
change an earlier edition.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from aistats.faults import DataError, DataWarning, Fault
from aistats.tables.codebook import DESCRIPTOR, Codebook
from aistats.tables.package import read_tables
from aistats.tables.validation import astray


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
                unlinked = astray(cut, table, link).index.unique()
                cut[table.name] = cut[table.name].drop(index=unlinked)
    return {name: frame.reset_index(drop=True) for name, frame in cut.items()}

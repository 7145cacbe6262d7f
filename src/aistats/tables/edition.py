"""An edition as it is read: the rows of its sources, and of the editions that it is compared with.

The rows of its baseline stand beside its own, as the data has them now and as they were published.
So next month's rows do not change an earlier edition. How one is published is not asked here; that
is the room `aistats.editions`.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from aistats.faults import DataWarning, Fault
from aistats.tables.codebook import DESCRIPTOR, Codebook
from aistats.tables.package import Package
from aistats.tables.slices import baseline_rows, own_row, rows_of_sources


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
    package = Package.read(folder)
    edition, doubts = edition_of(package, label, reports=reports)
    for fault in doubts:
        warnings.warn(fault.text(), DataWarning, stacklevel=2)
    return edition


def edition_of(
    package: Package, label: str | None = None, *, reports: str | Path | None = None
) -> tuple[Edition, list[Fault]]:
    """Return an edition of a package, and what is allowed but worth a second look.

    Parameters
    ----------
    package
        The data.
    label, reports
        As in :func:`read_edition`.

    Raises
    ------
    DataError
        If the data is wrong, or there is no such edition.

    Examples
    --------
    >>> december, doubts = edition_of(Package.read("data"), "2025-12")
    >>> december.languages, doubts
    (('zh', 'en'), [])
    """
    tables = package.tables
    row = own_row(tables["editions"], label, package.codebook).fillna("").iloc[0]
    own = rows_of_sources(tables, package.codebook, row["sources"].split())
    baseline, unpublished = _baseline(package, row["edition"], reports)
    edition = Edition(
        label=row["edition"],
        languages=tuple(row["languages"].split()),
        parameters=dict(pair.split("=", 1) for pair in row["parameters"].split()),
        events=own["events"],
        coverage=own["coverage"],
        themes=own["themes"],
        event_themes=own["event_themes"],
        codebook=package.codebook,
        baseline=baseline,
    )
    return edition, [*package.doubts, *unpublished]


def published_data(reports: str | Path, label: str) -> Path:
    """Return the folder of what a published edition was made from."""
    return Path(reports) / label / "data"


def _baseline(
    package: Package, label: str, reports: str | Path | None
) -> tuple[Baseline | None, list[Fault]]:
    """Return what an edition is compared with; also the editions that are not published."""
    rows = baseline_rows(package.tables["editions"], label)
    if rows.empty:
        return None, []
    sources = dict(zip(rows["edition"], rows["sources"].str.split(), strict=True))
    of_any = {source for each in sources.values() for source in each}
    now = rows_of_sources(package.tables, package.codebook, of_any)
    published, doubts = [], []
    unpublished = []
    for edition, own in sources.items():
        folder = None if reports is None else published_data(reports, edition)
        if folder is not None and (folder / DESCRIPTOR).is_file():
            before, _ = edition_of(Package.read(folder), edition)  # nobody needs to look again
            published.append(before.events)
            continue
        unpublished.append(edition)
        published.append(now["events"][now["events"]["source"].isin(own)])
        if folder is not None:
            doubts.append(Fault("unpublished", folder.as_posix(), value=edition))
    once = pd.concat(published).drop_duplicates("event_id", keep="last", ignore_index=True)
    baseline = Baseline(tuple(sources), now["events"], now["coverage"], once, tuple(unpublished))
    return baseline, doubts

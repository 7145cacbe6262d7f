"""Read an edition: the rows of its sources, and those of the editions that it is compared with.

A data package comes in, with the folder of the published editions, and one `Edition` goes out. The
rows of its baseline are kept beside its own, both as the data has them now and as they were
published, so that next month's rows do not change an earlier edition. Publishing is not done here,
but in `aistats.editions`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from aistats.faults import Fault
from aistats.locale import Language
from aistats.tables.codebook import DESCRIPTOR, Codebook
from aistats.tables.package import Package
from aistats.tables.slices import baseline_rows, own_row, rows_of_sources
from aistats.tables.validation import warn_of


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
        Their events as they were published, each once, as last published; of editions that are not
        published, the rows as they are now.
    unpublished
        The labels of the editions that are not published: their events show no revisions.
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
    languages: tuple[Language, ...]
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
        """The reporting windows of the edition and then those of its baseline, each once."""
        if self.baseline is None:
            return self.coverage
        both = pd.concat([self.coverage, self.baseline.coverage])
        return both.drop_duplicates(ignore_index=True)


def read_edition(
    folder: str | Path,
    label: str | None = None,
    *,
    reports: str | Path | None = None,
) -> Edition:
    """Read the slice of the data that an edition is made from: the rows of its sources.

    Parameters
    ----------
    folder
        The folder of the data package.
    label
        A value of the column ``edition`` of ``editions.csv``; by default the last.
    reports
        The folder of the published editions; in each, ``data`` is the package that it was made
        from. The published baseline is read from there; by default, it is as the data is now.

    Returns
    -------
    Edition

    Raises
    ------
    DataError
        If the data has any problem, or there is no such edition.

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
    warn_of(doubts)
    return edition


def edition_of(
    package: Package,
    label: str | None = None,
    *,
    reports: str | Path | None = None,
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
        If the data has any problem, or there is no such edition.

    Examples
    --------
    >>> december, doubts = edition_of(Package.read("data"), "2025-12")
    >>> december.languages, doubts
    (('zh', 'en'), [])
    """
    tables = package.tables
    row = own_row(tables["editions"], label, package.codebook).fillna("").iloc[0]
    label = row["edition"]
    sources = row["sources"].split()
    rows = rows_of_sources(tables, package.codebook, sources)
    baseline = _baseline(package, label, reports)
    edition = Edition(
        label=label,
        languages=tuple(row["languages"].split()),
        parameters=_parameters(row["parameters"]),
        events=rows["events"],
        coverage=rows["coverage"],
        themes=rows["themes"],
        event_themes=rows["event_themes"],
        codebook=package.codebook,
        baseline=baseline,
    )
    doubts = list(package.doubts)
    if baseline is not None and reports is not None:
        doubts += _unpublished_faults(baseline, reports)
    return edition, doubts


def published_data(reports: str | Path, label: str) -> Path:
    """Return the folder with the data that a published edition was made from."""
    folder = Path(reports)
    return folder / label / "data"


def _parameters(cell: str) -> dict[str, str]:
    """Return the parameters that a cell such as ``period=week start=2025-12-01`` names."""
    parameters = {}
    for pair in cell.split():
        name, value = pair.split("=", 1)
        parameters[name] = value
    return parameters


def _baseline(
    package: Package,
    label: str,
    reports: str | Path | None,
) -> Baseline | None:
    """Return the earlier editions that an edition is compared with, if it names any."""
    editions = baseline_rows(package.tables["editions"], label)
    if editions.empty:
        return None
    sources = editions["sources"].str.split()
    all_sources = set(sources.explode())
    rows = rows_of_sources(package.tables, package.codebook, all_sources)
    events = rows["events"]
    published = []
    unpublished = []
    for earlier, of_edition in zip(editions["edition"], sources, strict=True):
        frame = _published_events(reports, earlier)
        if frame is None:
            unpublished.append(earlier)
            frame = events[events["source"].isin(of_edition)]
        published.append(frame)
    as_published = pd.concat(published)
    return Baseline(
        labels=tuple(editions["edition"]),
        events=events,
        coverage=rows["coverage"],
        published=as_published.drop_duplicates("event_id", keep="last", ignore_index=True),
        unpublished=tuple(unpublished),
    )


def _published_events(reports: str | Path | None, label: str) -> pd.DataFrame | None:
    """Return the events of an edition as they were published, or None if it is not published."""
    if reports is None:
        return None
    folder = published_data(reports, label)
    if not (folder / DESCRIPTOR).is_file():
        return None
    # Its doubts were reported when it was published.
    edition, _ = edition_of(Package.read(folder), label)
    return edition.events


def _unpublished_faults(
    baseline: Baseline,
    reports: str | Path,
) -> Iterator[Fault]:
    """Yield a doubt for each edition of a baseline that is not published."""
    for label in baseline.unpublished:
        folder = published_data(reports, label)
        yield Fault("unpublished", folder.as_posix(), value=label)

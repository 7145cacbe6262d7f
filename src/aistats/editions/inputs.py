"""What an edition is made from, by content, and with what software.

That is its slice of the data, the notebooks, its parameters, what the analyst wrote, and the
baseline as it was published. Nothing else has a say, so two builds with equal inputs and equal
software are equal, and one whose inputs have not changed need not be made again. The slice is cut
out as files of its own; notebooks run on these alone, and the edition carries them, so that it can
be checked, and built anew, long after the log has moved on.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import distributions, version
from pathlib import Path
from typing import Any

import pandas as pd

from aistats.distribution import NAME, requirements
from aistats.faults import DataError, Fault
from aistats.tables.codebook import DESCRIPTOR
from aistats.tables.encodings import read_text
from aistats.tables.package import read_tables
from aistats.tables.slices import Edition, edition_of, slice_tables

_PACKAGE = Path(__file__).parents[1]
_OF_THE_WHOLE = ("version", "created")  # what a codebook says of a log that goes on
_WRITE_NOTHING = {
    "filelock",
    "narwhals",  # counts frames of other engines; an edition's are of pandas
    "tqdm",
}  # of the packages that we need, those that draw and write nothing


@dataclass(frozen=True)
class Inputs:
    """All that an edition depends on.

    Parameters
    ----------
    edition
        The data.
    parameters
        ``name=value`` pairs for the notebooks: those of the edition's row, then passing ones.
    files
        Contents by name: ``data/…`` the slice, ``notebooks/…``, ``commentary.zh.md`` …, and
        ``../2025-11/data/…`` of a baseline as it was published.
    notebooks
        The folder that the notebooks are from, for messages.
    """

    edition: Edition
    parameters: tuple[str, ...]
    files: Mapping[str, bytes]
    notebooks: Path

    @property
    def passing(self) -> tuple[str, ...]:
        """The parameters that are not those of the edition's row."""
        return self.parameters[len(self.edition.parameters) :]

    @cached_property
    def hashes(self) -> dict[str, str]:
        """Return the SHA-256 of each file."""
        return {name: sha256(content) for name, content in self.files.items()}

    @cached_property
    def software(self) -> str:
        """Return a hash of the software that is here."""
        return fingerprint(software())

    @cached_property
    def key(self) -> str:
        """Return what stays the same as long as the edition would, here."""
        edition = self.edition
        return fingerprint(
            [edition.label, edition.languages, self.parameters, self.hashes, self.software]
        )

    def under(self, *folders: str) -> dict[str, bytes]:
        """Return the files in some folders, such as ``data/``."""
        return {name: it for name, it in self.files.items() if name.startswith(folders)}

    def commentary(self) -> dict[str, str]:
        """Return what the analyst wrote, by language."""
        names = {language: commentary_name(language) for language in self.edition.languages}
        return {
            language: self.files[name].decode()
            for language, name in names.items()
            if name in self.files
        }


def gather(
    label: str | None,
    *,
    data: Path,
    reports: Path,
    notebooks: Sequence[Path],
    parameters: Iterable[str] = (),
    folder: Path | None = None,
) -> Inputs:
    """Read all that an edition is made from.

    Parameters
    ----------
    label
        A row of ``editions.csv``; by default the last.
    data, reports
        The folders of the data package and of the published editions.
    notebooks
        As :func:`find_notebooks` returns them.
    parameters
        ``name=value`` pairs beside those of the edition's row.
    folder
        Where the edition is published, by default under `reports` by its label; the analyst's own
        words are taken from there.

    Raises
    ------
    DataError
        If the data is wrong, there is no such edition, or it is empty.
    """
    tables, book = read_tables(data)
    edition = edition_of(tables, book, label, reports=reports)
    if edition.coverage.empty or edition.events.empty:
        file = (data / edition.codebook.tables["events"].path).as_posix()
        raise DataError([Fault("no_events", file, value=edition.label)])
    own = (f"{name}={it}" for name, it in edition.parameters.items())
    files = {f"data/{name}": it for name, it in _slice(tables, edition).items()}
    files |= {f"notebooks/{it.name}": it.read_bytes() for it in notebooks}
    files |= _commentary(folder or reports / edition.label, edition.languages)
    for other in edition.baseline.labels if edition.baseline else ():
        published = reports / other / "data"
        files |= {
            f"../{other}/data/{path.relative_to(published).as_posix()}": path.read_bytes()
            for path in sorted(published.rglob("*.*"))
            if path.is_file()
        }
    return Inputs(edition, (*own, *parameters), files, notebooks[0].parent)


def find_notebooks(folder: str | Path | None = None) -> list[Path]:
    """Return the notebooks of a folder in their order; by default ours, here or as installed.

    Raises
    ------
    DataError
        If the folder holds none.
    """
    installed = [_PACKAGE / "notebooks", _PACKAGE.parents[1] / "notebooks"]
    folders = [Path(folder)] if folder else [Path("notebooks"), *installed]
    for place in folders:
        if found := sorted(place.glob("*.ipynb")):
            return found
    raise DataError([Fault("no_notebooks", file=folders[0].as_posix())])


def commentary_name(language: str) -> str:
    """Return the name of the file that an analyst's own words are in."""
    return f"commentary.{language}.md"


def _commentary(folder: Path, languages: Iterable[str]) -> dict[str, bytes]:
    paths = (folder / commentary_name(language) for language in languages)
    return {path.name: read_text(path).encode() for path in paths if path.exists()}


def _slice(tables: Mapping[str, pd.DataFrame], edition: Edition) -> dict[str, bytes]:
    """Return the files of the data package, cut to an edition and its baseline."""
    book = edition.codebook
    cut = slice_tables(tables, book, edition.label)
    sources = set(cut["coverage"]["source"])
    package = json.loads(read_text(Path(book.file)))
    package = {name: it for name, it in package.items() if name not in _OF_THE_WHOLE}
    package["sources"] = [it for it in package["sources"] if it["name"] in sources]
    text = json.dumps(package, ensure_ascii=False, indent=2) + "\n"
    files = {
        book.tables[name].path: table.to_csv(index=False, lineterminator="\n").encode()
        for name, table in cut.items()
    }
    return files | {DESCRIPTOR: text.encode()}


# By content --------------------------------------------------------------------------------------


def sha256(content: bytes) -> str:
    """Return the SHA-256 of a content."""
    return hashlib.sha256(content).hexdigest()


def fingerprint(value: object) -> str:
    """Return a hash of what JSON can hold.

    Examples
    --------
    >>> fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})
    True
    """
    return sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode())


def file_hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file in a folder, by its path there."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): sha256(path.read_bytes()) for path in paths}


def versions() -> dict[str, str]:
    """Return the versions of Python and of what aistats needs to build an edition."""
    names = {requirement.name for requirement in requirements("report")} - _WRITE_NOTHING
    python = ".".join(platform.python_version_tuple()[:2])
    known = {"aistats": version(NAME)} | {name: version(name) for name in names}
    return dict(sorted(known.items())) | {"python": python}


def system() -> str:
    """Return the kind of machine that bytes are promised for."""
    return f"{platform.system()} {platform.machine()}"


def software() -> dict[str, Any]:
    """Return all software that has a say: every installed package, and our own code as it is."""
    packages = sorted({f"{it.name}=={it.version}" for it in distributions()})
    return {
        "python": platform.python_version(),
        "system": system(),
        "packages": packages,
        "code": {
            name: it
            for name, it in file_hashes(_PACKAGE).items()
            if not re.search(r"(^|/)(__pycache__|notebooks)/", name)
        },
    }

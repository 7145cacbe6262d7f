"""Collect what an edition is made from, by content, and with what software.

The inputs are its slice of the data, the notebooks, its parameters, the analyst's commentary, and
the baseline as it was published. An edition depends on nothing else, so two builds with equal
inputs and equal software are equal, and one whose inputs have not changed need not be made again.
The slice is a set of files of its own. Notebooks run on these alone, and the edition carries them,
so that it can be checked and rebuilt long after the log has moved on.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import distributions, version
from pathlib import Path
from typing import Any

from aistats.distribution import __version__, requirements
from aistats.faults import DataError, DataWarning, Fault
from aistats.tables.edition import Edition, edition_of, published_data
from aistats.tables.encodings import read_text
from aistats.tables.package import Package

_PACKAGE = Path(__file__).parents[1]
_NOTEBOOKS = [  # of the working folder, as installed, and of a checkout
    Path("notebooks"),
    _PACKAGE / "notebooks",
    _PACKAGE.parents[1] / "notebooks",
]
_NO_CODE = re.compile(r"(^|/)(__pycache__|notebooks)/")
_WRITE_NOTHING = {  # of the packages that we need, those that draw and write nothing
    "filelock",
    "narwhals",  # counts frames of other libraries; an edition's are of pandas
    "tqdm",
}


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
        of_row = len(self.edition.parameters)
        return self.parameters[of_row:]

    @cached_property
    def hashes(self) -> dict[str, str]:
        """The SHA-256 of each file."""
        hashes = {}
        for name, content in self.files.items():
            hashes[name] = sha256(content)
        return hashes

    @cached_property
    def software(self) -> str:
        """A hash of the software that is installed."""
        return fingerprint(software())

    @cached_property
    def key(self) -> str:
        """A hash that stays the same as long as the edition would, on this machine."""
        edition = self.edition
        return fingerprint(
            [edition.label, edition.languages, self.parameters, self.hashes, self.software]
        )

    def under(self, *folders: str) -> dict[str, bytes]:
        """Return the files in any of these folders, such as ``data/``."""
        files = {}
        for name, content in self.files.items():
            if name.startswith(folders):
                files[name] = content
        return files

    def commentary(self) -> dict[str, str]:
        """Return what the analyst wrote, by language."""
        texts = {}
        for language in self.edition.languages:
            content = self.files.get(commentary_name(language))
            if content is not None:
                texts[language] = content.decode()
        return texts


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
        Where the edition is published, by default under `reports` by its label; the analyst's
        commentary is read from there.

    Raises
    ------
    DataError
        If the data is invalid, there is no such edition, or it is empty.
    """
    package = Package.read(data)
    edition, doubts = edition_of(package, label, reports=reports)
    for fault in doubts:
        warnings.warn(fault.text(), DataWarning, stacklevel=2)
    if edition.coverage.empty or edition.events.empty:
        raise DataError([Fault("no_events", package.file("events"), value=edition.label)])
    of_row = [f"{name}={value}" for name, value in edition.parameters.items()]
    files = {
        **_slice(package, edition),
        **{f"notebooks/{path.name}": path.read_bytes() for path in notebooks},
        **_commentary(folder or reports / edition.label, edition.languages),
        **_published_baseline(edition, reports),
    }
    return Inputs(edition, (*of_row, *parameters), files, notebooks[0].parent)


def _slice(
    package: Package,
    edition: Edition,
) -> dict[str, bytes]:
    contents = package.slice(edition.label).contents
    files = contents.items()
    return {f"data/{name}": content for name, content in files}


def _published_baseline(edition: Edition, reports: Path) -> dict[str, bytes]:
    """Return the data of the baseline's editions, as far as they are published.

    Only their content counts. Which version of aistats published them does not matter, as long as
    this one can read them.
    """
    if edition.baseline is None:
        return {}
    files = {}
    for label in edition.baseline.labels:
        if label in edition.baseline.unpublished:
            continue
        contents = Package.read(published_data(reports, label)).contents
        files.update({f"../{label}/data/{name}": content for name, content in contents.items()})
    return files


def find_notebooks(folder: str | Path | None = None) -> list[Path]:
    """Return the notebooks of a folder in their order.

    By default these are the ones in ``notebooks`` here, else those that come with aistats.

    Raises
    ------
    DataError
        If the folder holds none.
    """
    folders = [Path(folder)] if folder else _NOTEBOOKS
    for place in folders:
        paths = sorted(place.glob("*.ipynb"))
        if paths:
            return paths
    name = folders[0].as_posix()
    raise DataError([Fault("no_notebooks", file=name)])


def commentary_name(language: str) -> str:
    """Return the name of the file with the analyst's commentary."""
    return f"commentary.{language}.md"


def _commentary(folder: Path, languages: Iterable[str]) -> dict[str, bytes]:
    files = {}
    for language in languages:
        path = folder / commentary_name(language)
        if path.exists():
            files[path.name] = read_text(path).encode()
    return files


# By content --------------------------------------------------------------------------------------


def sha256(content: bytes) -> str:
    """Return the SHA-256 of a content."""
    return hashlib.sha256(content).hexdigest()


def fingerprint(value: object) -> str:
    """Return a hash of any value that JSON can hold.

    Examples
    --------
    >>> fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})
    True
    """
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return sha256(text.encode())


def file_hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file in a folder, by its path there."""
    hashes = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = path.relative_to(folder).as_posix()
            hashes[name] = sha256(path.read_bytes())
    return hashes


def write_files(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write files into a folder, by their path there."""
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def versions() -> dict[str, str]:
    """Return the versions of Python, of aistats and of what it needs to build an edition."""
    needed = {requirement.name for requirement in requirements("report")}
    known = {name: version(name) for name in needed - _WRITE_NOTHING}
    known["aistats"] = __version__
    major, minor, _ = platform.python_version_tuple()
    in_order = dict(sorted(known.items()))
    return in_order | {"python": f"{major}.{minor}"}


def system() -> str:
    """Return the kind of machine that bytes are promised for."""
    return f"{platform.system()} {platform.machine()}"


def software() -> dict[str, Any]:
    """Return all software that can change an edition: every package, and our own code."""
    packages = {f"{package.name}=={package.version}" for package in distributions()}
    code = file_hashes(_PACKAGE)
    return {
        "python": platform.python_version(),
        "system": system(),
        "packages": sorted(packages),
        "code": {name: code[name] for name in code if not _NO_CODE.search(name)},
    }

"""Publish an edition: move it into the folder of the editions, whole or not at all.

A build works in a hidden folder beside the editions. Its result and the published edition then
change places in a single step, so a reader finds the edition before or the edition after, even if
the build is cut off. One build at a time has the lock, which ends with its process; the next one
clears away what was left. The hidden folder also keeps the outputs of notebooks, by the content of
what they were run on, so that a build runs only what has changed. Nothing in the hidden folder is
published, and all of it may be deleted.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import shutil
import tempfile
import warnings
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from aistats.distribution import __version__
from aistats.editions.inputs import file_hashes, fingerprint, sha256
from aistats.faults import DataError, DataWarning, Fault
from aistats.locale import LANGUAGES
from aistats.tables.json_types import list_of, object_of, one_of, properties, scalar, text
from aistats.tables.paths import is_label, is_path_inside
from aistats.tables.writing import write_whole

MANIFEST = "manifest.json"
INDEX = "index.html"

_AT_FDCWD = -100  # of Linux, as is the next
_RENAME_EXCHANGE = 2


@dataclass(frozen=True)
class Workspace:
    """The two folders of a build.

    Parameters
    ----------
    work
        Beside the editions.
    scratch
        For temporary files of the kernels. It lies elsewhere: they do not take a full disk well.
    """

    work: Path
    scratch: Path


class NotebookStore:
    """Keeps executed notebooks by key; this one keeps none, so that all run."""

    def recall(self, key: str) -> str | None:
        """Return the notebook that was kept under a key, None if there is none."""
        return None

    def keep(
        self,
        key: str,
        text: str,
    ) -> None:
        """Keep a notebook under a key."""


class EditionsFolder:
    """The folder of the editions.

    Parameters
    ----------
    reports
        The folder; it is made when the first edition is.
    """

    def __init__(self, reports: Path) -> None:
        self.reports = reports
        self._hidden = reports / ".cache"
        self._kept = self._hidden / "kept"
        self._scratch = f"aistats-{sha256(os.fsencode(reports.resolve()))[:12]}-"

    def failed(self, label: str) -> Path:
        """Return where the notebooks are kept that failed in the last build of an edition."""
        return self.reports / f"{label}.failed"

    def manifests(self) -> dict[str, dict[str, Any]]:
        """Return the manifest of every edition in the folder, by label, the latest first."""
        manifests = {}
        for path in sorted(self.reports.glob(f"*/{MANIFEST}"), reverse=True):
            label = path.parent.name
            manifest = manifest_of(path.parent)
            if manifest.get("edition") == label:
                manifests[label] = manifest
        return manifests

    # Working aside ---------------------------------------------------------------------------

    @contextlib.contextmanager
    def workspace(self, label: str) -> Iterator[Workspace]:
        """Take the lock, clear what earlier builds left, and give the folders to work in."""
        self._hidden.mkdir(parents=True, exist_ok=True)
        with self._locked():
            self._tidy(label)
            with (
                tempfile.TemporaryDirectory(
                    prefix="work-", dir=self._hidden, ignore_cleanup_errors=True
                ) as work,
                tempfile.TemporaryDirectory(
                    prefix=self._scratch, ignore_cleanup_errors=True
                ) as scratch,
            ):
                yield Workspace(Path(work).resolve(), Path(scratch))

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the lock; if another build has it, say so and wait."""
        lock = FileLock(self._hidden / "lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            message = Fault("busy", self.reports.as_posix()).text()
            warnings.warn(message, DataWarning, stacklevel=5)
            lock.acquire()
        try:
            yield
        finally:
            lock.release()

    def clear(self, label: str) -> None:
        """Clear away what builds left that failed or were cut off, unless one is at work."""
        if not self._leftovers(label):
            return
        with (
            contextlib.suppress(OSError),  # Timeout is one; and a folder may be read-only
            FileLock(self._hidden / "lock", timeout=0),
        ):
            self._tidy(label)

    def _leftovers(self, label: str) -> list[Path]:
        work = self._hidden.glob("work-*")
        temporary = Path(tempfile.gettempdir())
        scratch = temporary.glob(f"{self._scratch}*")
        results = (self.failed(label), self._aside(label))
        existing = filter(Path.exists, results)
        return [*work, *scratch, *existing]

    def _tidy(self, label: str) -> None:
        (self._hidden / ".gitignore").write_text("*\n")
        for aside in self.reports.glob(f".{INDEX}.*"):
            aside.unlink()
        for leftover in self._leftovers(label):
            shutil.rmtree(leftover, ignore_errors=True)
        for previous in self._hidden.glob("previous-*"):
            published = self.reports / previous.name.removeprefix("previous-")
            if published.exists():
                shutil.rmtree(previous, ignore_errors=True)
            else:  # cut off between the two steps of a publication
                previous.rename(published)

    def publish(self, new: Path, label: str) -> Path | None:
        """Put an edition in its place, and return where the one before it is now."""
        target = (self.reports / label).resolve()  # which may be a link
        if not target.exists():
            new.rename(target)
            return None
        if _exchange(new, target):
            return new
        previous = self._hidden / f"previous-{label}"
        target.rename(previous)
        try:
            new.rename(target)
        except OSError:
            previous.rename(target)
            raise
        return previous

    def put_aside(self, new: Path, label: str) -> Path:
        """Keep an edition that is not to be published, until the next build of it."""
        aside = self._aside(label)
        new.rename(aside)
        return aside

    def _aside(self, label: str) -> Path:
        return self._hidden / f"aside-{label}"

    # What has been made ----------------------------------------------------------------------

    def recall(self, label: str, key: str) -> str | None:
        """Return the text that was kept under a key, None if there is none."""
        try:
            return (self._kept / label / key).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return None

    def keep(self, label: str, key: str, content: str) -> None:
        """Keep a text under a key."""
        folder = self._kept / label
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / key, content)

    def forget(self, label: str, but: Collection[str]) -> None:
        """Drop what was kept for an edition under other keys than these."""
        for path in (self._kept / label).glob("*"):
            if path.name not in but:
                path.unlink()

    def stamp(self, label: str, key: str) -> None:
        """Record that the edition and the list of editions match the inputs of this key."""
        content = self._stamp(label, key)
        self.keep(label, "stamp", content)

    def is_fresh(
        self,
        label: str,
        key: str,
    ) -> bool:
        """Return whether an edition is unharmed, and was made here from these inputs.

        The key covers the software too, so an edition of another version of aistats never is.
        """
        stamp = self.recall(label, "stamp")
        return stamp == self._stamp(label, key)

    def _stamp(self, label: str, key: str) -> str:
        """Return a hash of the inputs, the edition, the list of editions and what it lists."""
        edition = self.reports / label
        outputs = manifest_of(edition).get("outputs", {})
        paths = [edition / name for name in outputs]
        paths.append(self.reports / INDEX)
        hashes = list(map(_hash_if_there, paths))
        return fingerprint([key, hashes, self.manifests()])


def _hash_if_there(path: Path) -> str:
    if not path.is_file():
        return ""
    return sha256(path.read_bytes())


# Manifests ---------------------------------------------------------------------------------------

_ALWAYS_THERE = {
    "edition": text,
    "languages": list_of(one_of(*LANGUAGES)),
    "platform": text,
    "versions": object_of(text),
    "inputs": object_of(text),
    "outputs": object_of(text),
}
_OPTIONAL = {
    "baseline": list_of(text),
    "parameters": object_of(scalar),
    "sentence": object_of(text),
}
_MANIFEST = properties(_ALWAYS_THERE, _OPTIONAL)
"""The members of a manifest that are read, and their types."""


def manifest_of(folder: Path) -> dict[str, Any]:
    """Return the manifest of an edition, empty if aistats wrote none."""
    try:
        return read_manifest(folder)
    except DataError:
        return {}


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of an edition, which may have been received from others.

    Members that an older one lacks are empty.

    Raises
    ------
    DataError
        If aistats wrote none, or if it has values of other types, or names files outside an
        edition.
    """
    path = folder / MANIFEST
    file = path.as_posix()
    missing = DataError([Fault("no_manifest", folder.as_posix())])
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        json.dumps(manifest, ensure_ascii=False).encode()  # an escape may be half a character
        faults = list(_MANIFEST(manifest, "$"))
    except (OSError, ValueError, RecursionError):
        raise missing from None
    if not isinstance(manifest, dict):
        raise missing
    if not all(map(manifest.get, _ALWAYS_THERE)):
        raise missing
    if faults:
        raise DataError(replace(fault, file=file) for fault in faults)
    manifest = {"baseline": [], "parameters": {}, "sentence": {}, **manifest}
    outside = list(_names_outside(manifest))
    if outside:
        raise DataError(Fault("manifest_path", file, value=name) for name in outside)
    return manifest


def _names_outside(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Yield the labels, and the paths of files and inputs, that lie outside an edition."""
    for label in (manifest["edition"], *manifest["baseline"]):
        if not is_label(label):
            yield label
    for name in manifest["outputs"]:
        if not is_path_inside(name):
            yield name
    for name in manifest["inputs"]:
        label, _, rest = name.removeprefix("../").partition("/")
        is_of_baseline = name.startswith("../") and is_label(label) and rest.startswith("data/")
        if not is_path_inside(rest if is_of_baseline else name):
            yield name


def other_version(folder: Path) -> str:
    """Return the version of aistats that published an edition; empty if it is this one.

    Only the number counts: a checkout whose code has changed under the same number is this version.
    A manifest that names no version is treated as ours, since no other could be named. One that is
    otherwise invalid here may be valid to the version that wrote it, so that version counts.
    """
    path = folder / MANIFEST
    try:
        versions = json.loads(path.read_text(encoding="utf-8"))["versions"]
        version = str(versions["aistats"])
    except (OSError, ValueError, RecursionError, LookupError, TypeError):
        return ""
    return "" if version == __version__ else version


def differing(
    published: Path,
    new: Path,
) -> list[str]:
    """Return the files that are not the same in two versions of an edition."""
    before = file_hashes(published)
    after = file_hashes(new)
    listed = manifest_of(published).get("outputs", ())
    names = sorted({*listed, *after})
    return [name for name in names if before.get(name) != after.get(name)]


def _exchange(first: Path, second: Path) -> bool:
    """Exchange two folders in one step; return False if the system has no such step.

    Python has no call for this, so it goes through the C library.
    """
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    paths = os.fsencode(first), os.fsencode(second)
    error = rename(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _RENAME_EXCHANGE)
    return bool(error == 0)

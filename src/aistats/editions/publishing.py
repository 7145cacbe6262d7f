"""Publishing: the folder of the editions, and how an edition gets there whole or not at all.

A build works in a hidden folder beside the editions. Its result and the published edition then
change places in a single step, so a reader finds the edition before or the edition after, whenever
the build is cut off. One build at a time has the lock, which ends with its process; the next one
clears away what was left. The outputs of notebooks are kept there too, by the content of what they
were run on, so that a build runs only what has changed. Nothing in the hidden folder is published,
and all of it may be deleted.
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
from dataclasses import replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from aistats.editions.inputs import file_hashes, fingerprint, sha256
from aistats.faults import DataError, DataWarning, Fault
from aistats.locale import LANGUAGES
from aistats.tables.json_types import list_of, object_of, one_of, properties, scalar, text
from aistats.tables.paths import is_label, is_path_inside
from aistats.tables.writing import write_whole

MANIFEST = "manifest.json"
INDEX = "index.html"

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2  # of Linux


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
        folders = sorted(self.reports.glob(f"*/{MANIFEST}"), reverse=True)
        found = {path.parent.name: manifest_of(path.parent) for path in folders}
        return {label: it for label, it in found.items() if it.get("edition") == label}

    # Working aside ---------------------------------------------------------------------------

    @contextlib.contextmanager
    def workspace(self, label: str) -> Iterator[tuple[Path, Path]]:
        """Take the lock, clear what earlier builds left, and give two folders.

        One is to work in, beside the editions; the other is for what kernels keep of their own, and
        lies elsewhere: they do not take a full disk well.
        """
        self._hidden.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._hidden / "lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            warnings.warn(Fault("busy", self.reports.as_posix()).text(), DataWarning, stacklevel=3)
            lock.acquire()
        try:
            self._tidy(label)
            with (
                tempfile.TemporaryDirectory(
                    prefix="work-", dir=self._hidden, ignore_cleanup_errors=True
                ) as work,
                tempfile.TemporaryDirectory(
                    prefix=self._scratch, ignore_cleanup_errors=True
                ) as scratch,
            ):
                yield Path(work).resolve(), Path(scratch)
        finally:
            lock.release()

    def clear(self, label: str) -> None:
        """Clear away what builds left that failed or were cut off, unless one is at work."""
        if self._left(label):
            with (
                contextlib.suppress(OSError),  # Timeout is one; and a folder may be read-only
                FileLock(self._hidden / "lock", timeout=0),
            ):
                self._tidy(label)

    def _left(self, label: str) -> list[Path]:
        scratch = Path(tempfile.gettempdir()).glob(f"{self._scratch}*")
        failed = [self.failed(label)] if self.failed(label).exists() else []
        return [*self._hidden.glob("work-*"), *scratch, *failed]

    def _tidy(self, label: str) -> None:
        (self._hidden / ".gitignore").write_text("*\n")
        for aside in self.reports.glob(f".{INDEX}.*"):
            aside.unlink()
        for left in self._left(label):
            shutil.rmtree(left, ignore_errors=True)
        for previous in self._hidden.glob("previous-*"):
            published = self.reports / previous.name.removeprefix("previous-")
            if published.exists():
                shutil.rmtree(previous, ignore_errors=True)
            else:  # cut off between the two steps of a publication
                previous.rename(published)

    def publish(self, new: Path, label: str) -> Path | None:
        """Put a whole edition in its place, and return where what was there is now."""
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

    # What has been made ----------------------------------------------------------------------

    def recall(self, label: str, key: str) -> str | None:
        """Return what was kept under a key, None if nothing was."""
        try:
            return (self._kept / label / key).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return None

    def keep(self, label: str, key: str, content: str) -> None:
        """Keep a text under a key."""
        (self._kept / label).mkdir(parents=True, exist_ok=True)
        write_whole(self._kept / label / key, content)

    def forget(self, label: str, but: Collection[str]) -> None:
        """Drop what was kept for an edition under other keys than these."""
        for path in (self._kept / label).glob("*"):
            if path.name not in but:
                path.unlink()

    def stamp(self, label: str, key: str) -> None:
        """Note that an edition and the list of editions are as the inputs of this key make them."""
        self.keep(label, "stamp", self._stamp(label, key))

    def is_fresh(self, label: str, key: str) -> bool:
        """Return whether an edition is there, unharmed, and was made here from these inputs."""
        return self.recall(label, "stamp") == self._stamp(label, key)

    def _stamp(self, label: str, key: str) -> str:
        """Return a hash of the inputs, the edition, the list of editions and what it lists."""
        edition = self.reports / label
        ours = manifest_of(edition).get("outputs", {})
        paths = [*(edition / name for name in ours), self.reports / INDEX]
        hashes = [sha256(path.read_bytes()) if path.is_file() else "" for path in paths]
        return fingerprint([key, hashes, self.manifests()])


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
"""What is read of a manifest, and of which types."""


def manifest_of(folder: Path) -> dict[str, Any]:
    """Return the manifest of an edition, empty where there is none of our making."""
    try:
        return read_manifest(folder)
    except DataError:
        return {}


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of an edition, which may be somebody else's.

    What an older one may lack is empty.

    Raises
    ------
    DataError
        If there is none of our making, or one with values of other types, or one that names files
        which are not those of an edition.
    """
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        json.dumps(manifest, ensure_ascii=False).encode()  # an escape may be half a character
        faults = [replace(fault, file=path.as_posix()) for fault in _MANIFEST(manifest, "$")]
    except (OSError, ValueError, RecursionError):
        raise DataError([Fault("no_manifest", folder.as_posix())]) from None
    if not isinstance(manifest, dict) or not all(map(manifest.get, _ALWAYS_THERE)):
        raise DataError([Fault("no_manifest", folder.as_posix())])
    if faults:
        raise DataError(faults)
    manifest = {"baseline": [], "parameters": {}, "sentence": {}, **manifest}
    if wrong := list(_names_outside(manifest)):
        raise DataError(Fault("manifest_path", path.as_posix(), value=name) for name in wrong)
    return manifest


def _names_outside(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Yield the labels, and the paths of files and inputs, that lie outside an edition."""
    labels = (manifest["edition"], *manifest["baseline"])
    yield from (label for label in labels if not is_label(label))
    yield from (name for name in manifest["outputs"] if not is_path_inside(name))
    for name in manifest["inputs"]:
        label, _, rest = name.removeprefix("../").partition("/")
        of_baseline = name.startswith("../") and is_label(label) and rest.startswith("data/")
        if not is_path_inside(rest if of_baseline else name):
            yield name


def differing(published: Path, new: Path) -> list[str]:
    """Return the files that are not the same in two versions of an edition."""
    before, after = file_hashes(published), file_hashes(new)
    ours = {*manifest_of(published).get("outputs", ()), *after}
    return [name for name in sorted(ours) if before.get(name) != after.get(name)]


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; False where the system has no such step.

    Python has no call for it, so it is asked of the C library.
    """
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    paths = os.fsencode(one), os.fsencode(other)
    return bool(rename(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _RENAME_EXCHANGE) == 0)

"""Verify that an edition matches its manifest, and that its inputs would still give it.

The files are compared with the hashes in the manifest, and so are the inputs as they are now.
Hashes cannot prove who wrote the manifest; a rebuild can: it makes the edition again from its
inputs, in a temporary folder, and compares every byte. With other software or on another kind of
machine than the manifest names, pictures may differ by a pixel, so only tables and texts are
compared there. Another version of aistats may write other pages altogether. So an edition that
another version published is checked by its hashes, and its data is read, but it is never rebuilt.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aistats.editions.differences import describe_differences, draw_difference
from aistats.editions.inputs import (
    Inputs,
    file_hashes,
    find_notebooks,
    gather,
    system,
    versions,
    write_files,
)
from aistats.editions.publishing import (
    MANIFEST,
    Workspace,
    differing,
    other_version,
    read_manifest,
)
from aistats.faults import AistatsError
from aistats.tables.edition import edition_of
from aistats.tables.package import Package
from aistats.tables.paths import leads_outside

if TYPE_CHECKING:
    from aistats.editions.notebooks import Progress

_DRAWN = (".png", ".svg", ".docx")  # whose bytes depend on how pictures are drawn
_PICTURE = re.compile(r'<svg .*?</svg>|"image/png": ".*?"', re.DOTALL)
_OF_SOFTWARE = ("versions", "platform", "outputs")  # in a manifest

Lines = tuple[str, ...]


@dataclass(frozen=True)
class Verified:
    """The result of verifying an edition.

    Parameters
    ----------
    folder
        The edition.
    checked
        How many files the manifest lists.
    files
        Those that are missing, or not what the manifest says.
    foreign
        Files in the folder that the manifest does not list.
    inputs
        The inputs that have changed since it was made, each with what differs.
    unreadable
        The problems of the inputs, if they cannot be read at all; of an edition that another
        version published, those of its own data.
    software
        The software it was made with that is different here: the version then and now.
    rebuilt
        The files that differ in a rebuild, each with what differs; None without a rebuild.
    published_by
        The other version of aistats that published the edition, which alone can rebuild it; empty
        if it is this one.
    """

    folder: Path
    checked: int
    files: Lines = ()
    foreign: Lines = ()
    inputs: Mapping[str, Lines] = field(default_factory=dict)
    unreadable: str = ""
    software: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    rebuilt: Mapping[str, Lines] | None = None
    published_by: str = ""

    @property
    def exit_code(self) -> int:
        """0 if all is well, 3 if files differ, 4 if the inputs would give another edition.

        5 is for a rebuild that agrees as far as it can be compared, which leaves out pictures.
        """
        if self.files:
            return 3
        if self.inputs or self.unreadable or self.rebuilt:
            return 4
        return 5 if self.software and self.rebuilt is not None else 0


def published_editions(reports: str | Path = "reports") -> list[Path]:
    """Return the folders of the editions in a folder, the earliest first.

    An edition whose manifest is gone is among them, so that its loss is detected.
    """
    reports = Path(reports)
    pages = reports.glob("[!.]*/index.html")
    return sorted(page.parent for page in pages)


def verify(
    folder: str | Path,
    *,
    data: str | Path = "data",
    notebooks: str | Path | None = None,
    rebuild: bool = False,
    keep: str | Path | None = None,
    progress: Progress = lambda done, total, step: None,
) -> Verified:
    """Compare an edition with its manifest and with its inputs.

    An edition that another version of aistats published is compared with its manifest, and its data
    is read and validated. Its inputs are not compared, and it is not rebuilt.

    Parameters
    ----------
    folder
        The edition. Nothing is written there.
    data
        The folder of the data package; an edition's own ``data`` folder will do.
    notebooks
        The folder of the notebooks, as for a build.
    rebuild
        Rebuild it in a temporary folder, and compare.
    keep
        A new folder for the rebuilt edition, and for pictures of what differs in charts.
    progress
        Called for each notebook that was run.

    Returns
    -------
    Verified

    Raises
    ------
    DataError
        If aistats wrote no manifest there, or it names files outside an edition.
    NotebookError
        If a notebook fails.
    """
    folder = Path(folder)
    if keep is not None and Path(keep).exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(keep))
    manifest = read_manifest(folder)
    verified = _verify_files(folder, manifest)
    if verified.published_by:
        return replace(verified, unreadable=_data_problems(folder, manifest["edition"]))
    try:
        inputs = gather(
            manifest["edition"],
            data=Path(data),
            reports=folder.parent,
            notebooks=find_notebooks(notebooks),
            parameters=[f"{name}={value}" for name, value in manifest["parameters"].items()],
            folder=folder,
        )
    except AistatsError as error:
        return replace(verified, unreadable=str(error))
    verified = replace(verified, inputs=_changed_inputs(folder, manifest, inputs))
    if not rebuild:
        return verified
    with tempfile.TemporaryDirectory() as work:
        new = _rebuild(inputs, Path(work), progress)
        rebuilt = _differing(folder, new, is_elsewhere=bool(verified.software))
        if keep is not None:
            _keep(folder, new, rebuilt, Path(keep))
    return replace(verified, rebuilt=rebuilt)


def _verify_files(folder: Path, manifest: Mapping[str, Any]) -> Verified:
    """Compare the files of an edition, and the software, with its manifest."""
    hashes = _hashes_inside(folder)
    expected = manifest["outputs"]
    known = {*expected, *manifest["inputs"], MANIFEST}
    return Verified(
        folder,
        checked=len(expected),
        files=tuple(name for name in expected if hashes.get(name) != expected[name]),
        foreign=tuple(name for name in hashes if name not in known),
        software=_changed_software(manifest),
        published_by=other_version(folder),
    )


def _hashes_inside(folder: Path) -> dict[str, str]:
    """Return the hash of every file in a folder; for a link that leads out of it, no hash."""
    hashes = file_hashes(folder)
    for name in hashes:
        if leads_outside(folder, folder / name):
            hashes[name] = ""
    return hashes


def _data_problems(folder: Path, label: str) -> str:
    """Return the problems of the data that an edition carries, empty if there are none."""
    try:
        edition_of(Package.read(folder / "data"), label)
    except AistatsError as error:
        return str(error)
    return ""


def _changed_software(manifest: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    before = {**manifest["versions"], "platform": manifest["platform"]}
    now = {**versions(), "platform": system()}
    changed = {}
    for name in sorted({*before, *now}):
        old = before.get(name, "–")
        new = now.get(name, "–")
        if old != new:
            changed[name] = (old, new)
    return changed


def _changed_inputs(
    folder: Path,
    manifest: Mapping[str, Any],
    inputs: Inputs,
) -> dict[str, Lines]:
    """Return the inputs that have changed; for the data, with what changed in it."""
    before = manifest["inputs"]
    now = inputs.hashes
    names = sorted({*before, *now})
    changed = [name for name in names if before.get(name) != now.get(name)]
    of_data = [name for name in changed if name.startswith("data/")]
    with tempfile.TemporaryDirectory() as temporary:
        current = Path(temporary)
        write_files(current, inputs.under("data/"))
        described = describe_differences(folder, current, of_data)
    return {name: described.get(name, ()) for name in changed}


def _rebuild(
    inputs: Inputs,
    work: Path,
    progress: Progress,
) -> Path:
    from aistats.editions.composing import compose, plan  # they take seconds to import

    workspace = Workspace(work, work / "scratch")
    workspace.scratch.mkdir()
    return compose(plan(inputs), workspace, failed=work / "failed", progress=progress)


def _differing(
    folder: Path,
    new: Path,
    *,
    is_elsewhere: bool,
) -> dict[str, Lines]:
    """Return the files of an edition that differ in a rebuild, with what differs.

    With other software, pictures are left out: files of them, and those in pages and notebooks.
    """
    names = differing(folder, new)
    if is_elsewhere:
        compared = [name for name in names if not _differs_in_pictures(folder, new, name)]
        return describe_differences(folder, new, compared)
    return describe_differences(folder, new, names)


def _differs_in_pictures(folder: Path, new: Path, name: str) -> bool:
    """Return whether two versions of a file differ in nothing but how pictures are drawn."""
    before = folder / name
    after = new / name
    if not (before.is_file() and after.is_file()):
        return False
    if before.suffix in _DRAWN:
        return True
    if before.name == MANIFEST:
        return _without_software(before) == _without_software(after)
    return _without_pictures(before) == _without_pictures(after)


def _without_software(path: Path) -> dict[str, Any]:
    manifest = json.loads(path.read_bytes())
    cleared = dict.fromkeys(_OF_SOFTWARE)
    return {**manifest, **cleared}


def _without_pictures(path: Path) -> str:
    content = path.read_bytes()
    text = content.decode(errors="replace")
    return _PICTURE.sub("", text)


def _keep(folder: Path, new: Path, names: Iterable[str], to: Path) -> None:
    """Keep a rebuilt edition, and draw what differs in its charts."""
    shutil.copytree(new, to / new.name)
    for name in names:
        before = folder / name
        after = new / name
        if before.suffix == ".png" and before.exists() and after.exists():
            drawn = to / "differences" / before.name
            drawn.parent.mkdir(exist_ok=True)
            draw_difference(before, after, drawn)

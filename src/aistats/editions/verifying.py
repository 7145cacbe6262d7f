"""Verifying that an edition is what its manifest says, and that its inputs would still give it.

The files are held against the hashes in the manifest, and so are the inputs as they are now. Hashes
cannot tell who wrote the manifest; a rebuild can: it makes the edition anew from its inputs, aside,
and compares every byte. With other software or on another kind of machine than the manifest names,
pictures may differ by a pixel, so tables and texts alone are compared there.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aistats.editions.differences import describe_difference, draw_difference
from aistats.editions.inputs import (
    Inputs,
    file_hashes,
    find_notebooks,
    gather,
    system,
    versions,
)
from aistats.editions.publishing import MANIFEST, differing, read_manifest
from aistats.faults import AistatsError
from aistats.locale import user_language
from aistats.tables.paths import leads_outside

if TYPE_CHECKING:
    from aistats.editions.notebooks import Progress

_DRAWN = (".png", ".svg", ".docx")  # whose bytes depend on how pictures are drawn
_PICTURE = re.compile(r'<svg .*?</svg>|"image/png": ".*?"', re.DOTALL)

Lines = tuple[str, ...]


@dataclass(frozen=True)
class Verified:
    """What was found about an edition.

    Parameters
    ----------
    folder
        The edition.
    checked
        How many files the manifest lists.
    files
        Those that are missing, or other than the manifest says.
    foreign
        Files beside them of which the manifest says nothing.
    inputs
        The inputs that are other than those it was made from, each with what differs.
    unreadable
        What is wrong with the inputs, where they cannot be read at all.
    software
        What it was made with that is other here: the version then and now.
    rebuilt
        The files that a rebuild makes otherwise, each with what differs; None without a rebuild.
    """

    folder: Path
    checked: int
    files: Lines = ()
    foreign: Lines = ()
    inputs: Mapping[str, Lines] = field(default_factory=dict)
    unreadable: str = ""
    software: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    rebuilt: Mapping[str, Lines] | None = None

    @property
    def exit_code(self) -> int:
        """0 if all is as it should be, 3 if files differ, 4 if the inputs would give another.

        5 is for a rebuild that agrees as far as it can be compared, which leaves out pictures.
        """
        if self.files:
            return 3
        if self.inputs or self.unreadable or self.rebuilt:
            return 4
        return 5 if self.software and self.rebuilt is not None else 0


def published_editions(reports: str | Path = "reports") -> list[Path]:
    """Return the folders of the editions in a folder, the earliest first.

    One whose manifest is gone is among them: that is to be found out.
    """
    pages = Path(reports).glob("[!.]*/index.html")
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
    """Hold an edition against its manifest, and against its inputs.

    Parameters
    ----------
    folder
        The edition. Nothing is written there.
    data
        The folder of the data package; an edition's own ``data`` folder will do.
    notebooks
        The folder of the notebooks, as for a build.
    rebuild
        Make it anew aside, and compare.
    keep
        A new folder for what the rebuild made, and for pictures of what differs in charts.
    progress
        Told of each notebook that was run.

    Returns
    -------
    Verified

    Raises
    ------
    DataError
        If there is no manifest of ours, or it names files outside an edition.
    NotebookError
        If a notebook fails.
    """
    folder = Path(folder)
    if keep is not None and Path(keep).exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(keep))
    manifest = read_manifest(folder)
    there = _own_files(folder)
    expected = manifest["outputs"]
    known = {*expected, *manifest["inputs"], MANIFEST}
    found: dict[str, Any] = {
        "checked": len(expected),
        "files": tuple(name for name in expected if there.get(name) != expected[name]),
        "foreign": tuple(name for name in there if name not in known),
        "software": _other_software(manifest),
    }
    try:
        inputs = gather(
            manifest["edition"],
            data=Path(data),
            reports=folder.parent,
            notebooks=find_notebooks(notebooks),
            parameters=[f"{name}={it}" for name, it in manifest["parameters"].items()],
            folder=folder,
        )
    except AistatsError as error:
        return Verified(folder, **found, unreadable=str(error))
    found["inputs"] = _other_inputs(folder, manifest, inputs)
    if rebuild:
        with tempfile.TemporaryDirectory() as work:
            new = _rebuilt(inputs, Path(work), progress)
            found["rebuilt"] = _differing(folder, new, elsewhere=bool(found["software"]))
            if keep is not None:
                _keep(folder, new, found["rebuilt"], Path(keep))
    return Verified(folder, **found)


def _other_software(manifest: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    before = {**manifest["versions"], "platform": manifest["platform"]}
    now = {**versions(), "platform": system()}
    names = sorted({*before, *now})
    both = {name: (before.get(name, "–"), now.get(name, "–")) for name in names}
    return {name: (old, new) for name, (old, new) in both.items() if old != new}


def _other_inputs(folder: Path, manifest: Mapping[str, Any], inputs: Inputs) -> dict[str, Lines]:
    """Return the inputs that have changed; of the data, with what changed in it."""
    names = sorted({*manifest["inputs"], *inputs.hashes})
    changed = [it for it in names if manifest["inputs"].get(it) != inputs.hashes.get(it)]
    with tempfile.TemporaryDirectory() as temporary:
        for name in inputs.under("data/"):
            path = Path(temporary) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(inputs.files[name])
        return {
            name: _described(folder / name, Path(temporary) / name)
            if name.startswith("data/")
            else ()
            for name in changed
        }


def _own_files(folder: Path) -> dict[str, str]:
    """Return the hash of every file in a folder; of a link that leads out of it, no hash."""
    hashes = file_hashes(folder)
    linked = (name for name in hashes if leads_outside(folder, folder / name))
    return {**hashes, **dict.fromkeys(linked, "")}


def _described(before: Path, after: Path) -> Lines:
    if before.is_symlink():  # of which an edition has none
        return ()
    return tuple(describe_difference(before, after, user_language()))


def _rebuilt(inputs: Inputs, work: Path, progress: Progress) -> Path:
    from aistats.editions.composing import compose, plan  # they take seconds to import

    scratch = work / "scratch"
    scratch.mkdir()
    return compose(plan(inputs), work, scratch=scratch, failed=work / "failed", progress=progress)


def _differing(folder: Path, new: Path, *, elsewhere: bool) -> dict[str, Lines]:
    """Return the files of an edition that a rebuild made otherwise, with what differs.

    Elsewhere pictures are left out: files of them, and those in pages and notebooks.
    """
    names = differing(folder, new)
    if elsewhere:
        names = [it for it in names if not _differs_in_pictures(folder / it, new / it)]
    return {name: _described(folder / name, new / name) for name in names}


def _differs_in_pictures(before: Path, after: Path) -> bool:
    """Return whether two versions of a file differ in nothing but how pictures are drawn."""
    if not (before.is_file() and after.is_file()):
        return False
    if before.suffix in _DRAWN:
        return True
    if before.name == MANIFEST:
        of_software = ("versions", "platform", "outputs")
        old, new = (json.loads(it.read_bytes()) for it in (before, after))
        return {**old, **dict.fromkeys(of_software)} == {**new, **dict.fromkeys(of_software)}
    old, new = (
        _PICTURE.sub("", it.read_bytes().decode(errors="replace")) for it in (before, after)
    )
    return bool(old == new)


def _keep(folder: Path, new: Path, names: Iterable[str], to: Path) -> None:
    """Keep a rebuilt edition, and draw what differs in its charts."""
    shutil.copytree(new, to / new.name)
    for name in names:
        if name.endswith(".png") and (folder / name).exists() and (new / name).exists():
            drawn = to / "differences" / Path(name).name
            drawn.parent.mkdir(exist_ok=True)
            draw_difference(folder / name, new / name, drawn)

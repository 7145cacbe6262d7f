"""Build an edition where something has changed, and publish it when it is complete.

Inputs are gathered and compared, by content, with those of the last build here. If anything has
changed, the edition is composed in a folder of its own and then replaces the published one in a
single step. An edition that another version of aistats published is replaced only on request: the
new build is kept aside, with a description of what differs.
"""

from __future__ import annotations

import dataclasses
import errno
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aistats.editions.inputs import find_notebooks, gather
from aistats.editions.publishing import (
    MANIFEST,
    EditionsFolder,
    NotebookStore,
    differing,
    manifest_of,
    other_version,
)
from aistats.faults import Fault, ParameterError

if TYPE_CHECKING:
    from aistats.editions.composing import Plan
    from aistats.editions.notebooks import Progress
    from aistats.editions.publishing import Workspace


@dataclass(frozen=True)
class Built:
    """The result of a build.

    Parameters
    ----------
    folder
        The published edition.
    changed
        The files that are new, missing or different from what was published before; None if nothing
        was.
    ran, reused
        How many notebooks were run, and how many had not changed. Both are 0 if nothing had changed
        at all, and nothing was done.
    published_by
        The other version of aistats that published the edition, if it was not replaced for that
        reason; else empty.
    aside
        The new build, if it was not published. The next build of the edition deletes it.
    differences
        If it was not published, what differs, by file.
    """

    folder: Path
    changed: tuple[str, ...] | None = ()
    ran: int = 0
    reused: int = 0
    published_by: str = ""
    aside: Path | None = None
    differences: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def build(
    label: str | None = None,
    *,
    data: str | Path = "data",
    reports: str | Path = "reports",
    notebooks: str | Path | None = None,
    parameters: Iterable[str] = (),
    replace: bool = False,
    progress: Progress = lambda done, total, step: None,
) -> Built:
    """Build an edition and publish it under `reports`.

    Only what has changed since the last build here is made again, going by content; if nothing has,
    nothing is done. Two builds at once wait for each other. If another version of aistats published
    the edition, the new build is kept aside and nothing is replaced.

    Parameters
    ----------
    label
        The edition, a row of ``editions.csv``; by default the last.
    data, reports
        The folders of the data package and of the editions.
    notebooks
        The folder of the notebooks; by default ``notebooks`` here, else those that come with
        aistats.
    parameters
        ``name=value`` pairs for the notebooks, before those of the edition's row.
    replace
        Replace the edition even if another version of aistats published it.
    progress
        Called for each notebook that was run.

    Returns
    -------
    Built

    Raises
    ------
    DataError
        If the data is invalid or there is no such edition.
    ParameterError
        If a parameter is misspelt or ill-typed. Nothing has run then.
    NotebookError
        If notebooks fail; the published edition stays, and they are kept beside it.
    """
    editions = EditionsFolder(Path(reports))
    gathered = partial(
        gather,
        data=Path(data),
        reports=editions.reports,
        notebooks=find_notebooks(notebooks),
        parameters=tuple(parameters),
    )
    inputs = gathered(label)
    label = inputs.edition.label
    target = editions.reports / label
    _check_is_folder(target)
    if editions.is_fresh(label, inputs.key):
        editions.clear(label)
        return Built(target)
    from aistats.editions.composing import plan  # it takes seconds to import

    planned = plan(inputs)
    _check_parameters(planned, target)
    with editions.workspace(label) as workspace:
        current = gathered(label)  # another build may have published the baseline meanwhile
        if editions.is_fresh(label, current.key):
            return Built(target)
        if current.key != inputs.key:
            planned = plan(current)
        return _build(planned, editions, workspace, progress, replace=replace)


def _check_is_folder(target: Path) -> None:
    if target.exists() and not target.is_dir():
        code = errno.ENOTDIR
        reason = os.strerror(code)
        raise NotADirectoryError(code, reason, target.as_posix())


def _check_parameters(planned: Plan, target: Path) -> None:
    """Reject passing parameters with which a published edition would become another one."""
    published = manifest_of(target)
    if not planned.inputs.passing or not published:
        return
    if published["parameters"] != planned.parameters:
        raise ParameterError([Fault("published_parameters", file=target.as_posix())])


@dataclass(frozen=True)
class _Store(NotebookStore):
    """Keeps the executed notebooks of an edition, and records which ones a build has run."""

    editions: EditionsFolder
    label: str
    executed: list[str] = field(default_factory=list)

    def recall(self, key: str) -> str | None:
        editions = self.editions
        return editions.recall(self.label, key)

    def keep(
        self,
        key: str,
        text: str,
    ) -> None:
        self.executed.append(key)
        self.editions.keep(self.label, key, text)


def _build(
    planned: Plan,
    editions: EditionsFolder,
    workspace: Workspace,
    progress: Progress,
    *,
    replace: bool,
) -> Built:
    """Compose the edition, and publish it or keep it aside."""
    from aistats.editions.composing import compose

    label = planned.inputs.edition.label
    target = editions.reports / label
    store = _Store(editions, label)
    failed = editions.failed(label)
    new = compose(planned, workspace, failed=failed, store=store, progress=progress)
    published = manifest_of(target)
    version = other_version(target)
    changed = tuple(differing(target, new)) if published or version else None
    keys = [planned.key(run) for run in planned.runs]
    ran = len(store.executed)
    built = Built(target, changed, ran, len(keys) - ran)
    editions.forget(label, keys)
    if version and not replace:
        return _put_aside(built, new, editions, version)
    _publish(new, target, editions, published)
    editions.stamp(label, planned.inputs.key)
    return built


def _put_aside(built: Built, new: Path, editions: EditionsFolder, version: str) -> Built:
    """Keep a build that is not to replace what another version published."""
    from aistats.editions.differences import describe_differences

    label = built.folder.name
    aside = editions.put_aside(new, label)
    names = built.changed or ()
    return dataclasses.replace(
        built,
        published_by=version,
        aside=aside,
        differences=describe_differences(built.folder, aside, names),
    )


def _publish(
    new: Path, target: Path, editions: EditionsFolder, published: Mapping[str, Any]
) -> None:
    """Publish a build; keep the files in the edition's folder that are not its own."""
    from aistats.editions.index import write_index

    _keep_foreign(target, new, published)
    previous = editions.publish(new, target.name)
    if previous is not None:  # it may have been written to in the meantime
        _keep_foreign(previous, target, published)
        shutil.rmtree(previous, ignore_errors=True)
    write_index(editions)


def _keep_foreign(before: Path, after: Path, published: Mapping[str, Any]) -> None:
    """Copy the files that are not the edition's own, such as a commentary."""
    outputs = {*published.get("outputs", ()), *manifest_of(after)["outputs"], MANIFEST}
    for path in sorted(before.rglob("*")):
        name = path.relative_to(before)
        is_folder = path.is_dir() and not path.is_symlink()
        is_empty = is_folder and not any(path.iterdir())
        if name.as_posix() in outputs or (is_folder and not is_empty):
            continue
        if is_folder:
            (after / name).mkdir(parents=True, exist_ok=True)
        else:
            _copy_if_changed(path, after / name)


def _copy_if_changed(path: Path, to: Path) -> None:
    if to.is_dir():
        return
    if to.is_file() and to.read_bytes() == path.read_bytes():
        return
    to.parent.mkdir(parents=True, exist_ok=True)
    to.unlink(missing_ok=True)
    shutil.copy2(path, to, follow_symlinks=False)

"""Building: an edition made anew where something has changed, and published when it is whole."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aistats.editions.inputs import find_notebooks, gather
from aistats.editions.publishing import MANIFEST, EditionsFolder, differing, manifest_of
from aistats.faults import Fault, ParameterError

if TYPE_CHECKING:
    from aistats.editions.composing import Plan
    from aistats.editions.notebooks import Progress


@dataclass(frozen=True)
class Built:
    """What a build left.

    Parameters
    ----------
    folder
        The edition.
    changed
        The files that are new, gone or other than what was published; None where nothing was.
    ran, reused
        How many notebooks were run, and how many had not changed. None ran and none was reused
        where nothing had changed at all, and nothing was done.
    """

    folder: Path
    changed: tuple[str, ...] | None = ()
    ran: int = 0
    reused: int = 0


def build(
    label: str | None = None,
    *,
    data: str | Path = "data",
    reports: str | Path = "reports",
    notebooks: str | Path | None = None,
    parameters: Iterable[str] = (),
    progress: Progress = lambda done, total, step: None,
) -> Built:
    """Build an edition and put it in its place under `reports`.

    Only what has changed since the last build here is made anew, going by content; if nothing has,
    nothing is done. Two builds at once wait for each other.

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
    progress
        Told of each notebook that was run.

    Returns
    -------
    Built

    Raises
    ------
    DataError
        If the data is wrong or there is no such edition.
    ParameterError
        If a parameter is misspelt or ill-typed. Nothing has run then.
    NotebookError
        If notebooks fail; what was published stays, and they are kept beside it.
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
    if target.exists() and not target.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), target.as_posix())
    if editions.is_fresh(label, inputs.key):
        editions.clear(label)
        return Built(target)
    from aistats.editions.composing import plan  # it takes seconds to import

    planned, published = plan(inputs), manifest_of(target)
    if inputs.passing and published and published["parameters"] != planned.parameters:
        raise ParameterError([Fault("published_parameters", file=target.as_posix())])
    with editions.workspace(label) as (work, scratch):
        now = gathered(label)  # another build may have published the baseline meanwhile
        if editions.is_fresh(label, now.key):
            return Built(target)
        planned = planned if now.key == inputs.key else plan(now)
        return _build(planned, editions, work, scratch, progress)


def _build(
    planned: Plan, editions: EditionsFolder, work: Path, scratch: Path, progress: Progress
) -> Built:
    from aistats.editions.composing import compose
    from aistats.editions.index import write_index

    label = planned.inputs.edition.label
    target = editions.reports / label
    keys = [planned.key(run) for run in planned.runs]
    ran = []

    def keep(key: str, text: str) -> None:
        ran.append(key)
        editions.keep(label, key, text)

    new = compose(
        planned,
        work,
        scratch=scratch,
        failed=editions.failed(label),
        recall=lambda key: editions.recall(label, key),
        keep=keep,
        progress=progress,
    )
    published = manifest_of(target)
    changed = tuple(differing(target, new)) if published else None
    _keep_foreign(target, new, published)
    previous = editions.publish(new, label)
    if previous is not None:  # somebody may have written there meanwhile
        _keep_foreign(previous, target, published)
        shutil.rmtree(previous, ignore_errors=True)
    write_index(editions)
    editions.forget(label, keys)
    editions.stamp(label, planned.inputs.key)
    return Built(target, changed, len(ran), len(keys) - len(ran))


def _keep_foreign(before: Path, after: Path, published: Mapping[str, Any]) -> None:
    """Take over what somebody else put into the edition's folder, such as a commentary."""
    ours = {*published.get("outputs", ()), *manifest_of(after)["outputs"], MANIFEST}
    for path in sorted(before.rglob("*")):
        name = path.relative_to(before)
        kept = after / name
        if name.as_posix() in ours or (
            path.is_dir() and not path.is_symlink() and any(path.iterdir())
        ):
            continue
        if kept.is_dir() or (kept.is_file() and kept.read_bytes() == path.read_bytes()):
            continue
        kept.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir() and not path.is_symlink():
            kept.mkdir()
        else:
            kept.unlink(missing_ok=True)
            shutil.copy2(path, kept, follow_symlinks=False)

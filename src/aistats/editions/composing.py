"""Composing: inputs in, the files of an edition out, in a folder of their own.

Everything an edition publishes is taken from its inputs and from the outputs of its executed
notebooks; the manifest says from which, with what, and what came of it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from aistats.editions.digest import Chapter, Figure, digest_title, to_docx, write_digest
from aistats.editions.exhibits import MIME, Exhibit
from aistats.editions.inputs import Inputs, file_hashes, system, versions
from aistats.editions.notebooks import (
    Progress,
    Run,
    check_parameters,
    drop_exhibits,
    read_notebooks,
    run_all,
    runs_of,
    same_everywhere,
)
from aistats.editions.pages import Page, kind_of, page_of, write_pages
from aistats.editions.publishing import MANIFEST
from aistats.faults import DataError, Fault
from aistats.tables.paths import is_label, same_place
from aistats.wording import describe_record


@dataclass(frozen=True)
class Plan:
    """What there is to do for an edition: its runs, and the parameters by name."""

    inputs: Inputs
    runs: tuple[Run, ...]
    parameters: Mapping[str, Any]

    def key(self, run: Run) -> str:
        """Return what stays the same as long as the outputs of a run would."""
        files = self.inputs.hashes
        given = {name: files[name] for name in self.inputs.under("data/", "../")}
        return run.key(given, self.inputs.software)


@dataclass
class _Files:
    """The files of an edition that come from its notebooks, by their path in it."""

    content: dict[str, bytes] = field(default_factory=dict)
    pages: list[Page] = field(default_factory=list)


def plan(inputs: Inputs) -> Plan:
    """Check what is to be run before anything is.

    Raises
    ------
    DataError
        If a notebook cannot become a page.
    ParameterError
        If a parameter is misspelt or ill-typed.
    """
    edition = inputs.edition
    files = {Path(name).name: it for name, it in inputs.under("notebooks/").items()}
    notebooks = read_notebooks(files, inputs.notebooks, edition.languages)
    values = check_parameters(inputs.parameters, notebooks.values())
    own = {"edition": edition.label, "data": "data"}
    if edition.baseline:
        own["reports"] = "reports"
    return Plan(inputs, tuple(runs_of(notebooks, edition.languages, own, values)), values)


def compose(
    planned: Plan,
    work: Path,
    *,
    scratch: Path,
    failed: Path,
    recall: Callable[[str], str | None] = lambda key: None,
    keep: Callable[[str, str], None] = lambda key, text: None,
    progress: Progress = lambda done, total, step: None,
) -> Path:
    """Make an edition in a folder that is empty, and return where it is.

    Parameters
    ----------
    planned
        As :func:`plan` returns it.
    work
        The folder.
    scratch
        A folder for what kernels keep of their own.
    failed
        A folder for the notebooks that fail.
    recall, keep
        Give and take executed notebooks by :meth:`Plan.key`.
    progress
        Told of each notebook that was run.

    Raises
    ------
    NotebookError
        If notebooks fail.
    DataError
        If two exhibits have one name or number.
    """
    inputs, edition = planned.inputs, planned.inputs.edition
    kitchen, new = work / "kitchen", work / "new" / edition.label
    _lay_out(inputs, kitchen)
    with same_everywhere(scratch):
        executed = run_all(
            planned.runs,
            cwd=kitchen,
            failed=failed,
            recall=lambda run: recall(planned.key(run)),
            keep=lambda run, text: keep(planned.key(run), text),
            progress=progress,
        )
        commentary = inputs.commentary()
        files = _collect(executed, commentary)
        for name, content in {**files.content, **inputs.under("data/")}.items():
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            (new / name).write_bytes(content)
        write_pages(new, edition, files.pages)
        _write_digests(new, inputs, files.pages, commentary)
    _write_manifest(new, planned)
    return new


def _lay_out(inputs: Inputs, kitchen: Path) -> None:
    """Give the notebooks the slice and the published baseline to work on, and nothing else."""
    for name, content in inputs.under("data/", "../").items():
        path = kitchen / name.replace("../", "reports/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


# From notebooks to files --------------------------------------------------------------------------


def _collect(executed: Mapping[Run, NotebookNode], commentary: Mapping[str, str]) -> _Files:
    """Take exhibits and pages from the outputs of the executed notebooks.

    What is a file of its own does not stay in the notebook, but for the PNG, which all readers of
    notebooks show. The analyst's commentary opens the first page of its language.
    """
    files = _Files()
    unsaid = dict(commentary)
    for run, notebook in executed.items():
        page = page_of(notebook, run.name, run.language, unsaid.pop(run.language, ""))
        files.pages.append(page)
        for exhibit in page.exhibits:
            path = f"figures/{exhibit.name}.{run.language}"
            files.content[f"{path}.svg"] = exhibit.drawings["svg"].encode()
            for ending, picture in exhibit.pictures.items():
                files.content[f"{path}.{ending}"] = base64.b64decode(picture)
            files.content[f"tables/{exhibit.name}.csv"] = exhibit.csv.encode()
        drop_exhibits(notebook)
        files.content[f"notebooks/{run.name}"] = (nbformat.writes(notebook) + "\n").encode()
    _check_exhibits(files.pages)
    return files


def _check_exhibits(pages: Iterable[Page]) -> None:
    """Refuse names that cannot be files, and two exhibits of a language with one name or number."""
    seen: set[tuple[str, str | int]] = set()
    faults = []
    for page in pages:
        for exhibit in page.exhibits:
            name, number = exhibit.name, exhibit.number
            if not is_label(name):
                faults.append(Fault("exhibit_name", page.notebook, value=name, allowed=number))
            alike, language = same_place(name), page.language
            own: set[tuple[str, str | int]] = {(language, alike), (language, number)}
            if own & seen:
                faults.append(Fault("exhibit", page.notebook, value=name, allowed=number))
            seen |= own
    if faults:
        raise DataError(faults)


def _write_digests(
    folder: Path, inputs: Inputs, pages: Sequence[Page], commentary: Mapping[str, str]
) -> None:
    """Write the digests; figures are found in the folder."""
    edition = inputs.edition
    for language in edition.languages:
        chapters = [_chapter(page) for page in pages if page.language == language]
        digest = write_digest(
            edition, language, chapters=chapters, commentary=commentary.get(language, "")
        )
        (folder / f"digest.{language}.md").write_text(digest, encoding="utf-8", newline="\n")
        title = digest_title(edition, language)
        word = to_docx(digest, language, folder=folder, title=title)
        (folder / f"digest.{language}.docx").write_bytes(word)


def _chapter(page: Page) -> Chapter:
    content: list[str | Figure] = []
    for output in (it for cell in page.cells.cells for it in cell.get("outputs", ())):
        if kind_of(output) == "sentence":
            content.append(output.data["text/plain"])
        else:
            content.append(_figure(Exhibit.of(output.data[MIME]), page.language))
    return Chapter(page.title, tuple(content))


def _figure(exhibit: Exhibit, language: str) -> Figure:
    return Figure(
        path=f"figures/{exhibit.name}.{language}.bare.png",  # the caption is text of the digest
        title=exhibit.heading(language),
        alt=exhibit.alt,
        lines=(exhibit.subtitle, *exhibit.notes, exhibit.source),
    )


def _write_manifest(folder: Path, planned: Plan) -> None:
    """Write what the edition was made from, with what, and the hash of every file in it."""
    edition = planned.inputs.edition
    manifest = {
        "edition": edition.label,
        "languages": edition.languages,
        "baseline": edition.baseline.labels if edition.baseline else (),
        "sentence": {it: describe_record(edition.events, it) for it in edition.languages},
        "parameters": planned.parameters,
        "versions": versions(),
        "platform": system(),
        "inputs": planned.inputs.hashes,
        "outputs": file_hashes(folder),
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8", newline="\n")

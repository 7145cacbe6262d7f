"""Make the files of an edition from its inputs, in a folder of their own.

All files come from the inputs and from the outputs of the executed notebooks. The manifest records
the inputs, the software and the hash of every file. Where the folder goes is decided elsewhere.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from aistats.editions.digest import Chapter, Figure, digest_title, to_docx, write_digest
from aistats.editions.exhibits import MIME, Exhibit
from aistats.editions.inputs import Inputs, file_hashes, system, versions, write_files
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
from aistats.editions.publishing import MANIFEST, NotebookStore, Workspace
from aistats.faults import DataError, Fault
from aistats.locale import Language
from aistats.tables.edition import Edition
from aistats.tables.paths import is_label, same_place
from aistats.wording import describe_record


@dataclass(frozen=True)
class Plan:
    """What there is to do for an edition: its runs, and the parameters by name."""

    inputs: Inputs
    runs: tuple[Run, ...]
    parameters: Mapping[str, Any]

    def key(self, run: Run) -> str:
        """Return a hash that stays the same as long as the outputs of a run would."""
        inputs = self.inputs
        files = inputs.under("data/", "../")
        hashes = {name: inputs.hashes[name] for name in files}
        return run.key(hashes, inputs.software)


@dataclass
class _Files:
    """The files of an edition that come from its notebooks, by their path in it."""

    content: dict[str, bytes] = field(default_factory=dict)
    pages: list[Page] = field(default_factory=list)


def plan(inputs: Inputs) -> Plan:
    """Check everything that is to be run, before anything is.

    Raises
    ------
    DataError
        If a notebook cannot become a page.
    ParameterError
        If a parameter is misspelt or ill-typed.
    """
    edition = inputs.edition
    contents = inputs.under("notebooks/")
    files = {Path(name).name: content for name, content in contents.items()}
    notebooks = read_notebooks(files, inputs.notebooks, edition.languages)
    values = check_parameters(inputs.parameters, notebooks.values())
    of_edition = {"edition": edition.label, "data": "data"}
    if edition.baseline:
        of_edition["reports"] = "reports"
    runs = runs_of(notebooks, edition.languages, of_edition, values)
    return Plan(inputs, tuple(runs), values)


def compose(
    planned: Plan,
    workspace: Workspace,
    *,
    failed: Path,
    store: NotebookStore | None = None,
    progress: Progress = lambda done, total, step: None,
) -> Path:
    """Make an edition, and return the folder with its files.

    Parameters
    ----------
    planned
        As :func:`plan` returns it.
    workspace
        The folders to work in; the first is empty.
    failed
        A folder for the notebooks that fail.
    store
        Keeps executed notebooks; by default none are kept.
    progress
        Called for each notebook that was run.

    Raises
    ------
    NotebookError
        If notebooks fail.
    DataError
        If two exhibits have one name or number.
    """
    inputs = planned.inputs
    edition = inputs.edition
    kept = store or NotebookStore()
    kitchen = workspace.work / "kitchen"
    new = workspace.work / "new" / edition.label
    _lay_out(inputs, kitchen)
    with same_everywhere(workspace.scratch):
        executed = run_all(
            planned.runs,
            cwd=kitchen,
            failed=failed,
            recall=lambda run: kept.recall(planned.key(run)),
            keep=lambda run, text: kept.keep(planned.key(run), text),
            progress=progress,
        )
        commentary = inputs.commentary()
        files = _collect(executed, commentary)
        write_files(new, {**files.content, **inputs.under("data/")})
        write_pages(new, edition, files.pages)
        _write_digests(new, edition, files.pages, commentary)
    _write_manifest(new, planned)
    return new


def _lay_out(inputs: Inputs, kitchen: Path) -> None:
    """Give the notebooks the slice and the published baseline to work on, and nothing else."""
    files = {}
    for name, content in inputs.under("data/", "../").items():
        path = name.replace("../", "reports/")
        files[path] = content
    write_files(kitchen, files)


# From notebooks to files --------------------------------------------------------------------------


def _collect(executed: Mapping[Run, NotebookNode], commentary: Mapping[Language, str]) -> _Files:
    """Take exhibits and pages from the outputs of the executed notebooks.

    An exhibit that is a file of its own does not stay in the notebook, except for the PNG, which
    all readers of notebooks show. The analyst's commentary opens the first page of its language.
    """
    files = _Files()
    openings = dict(commentary)
    for run, notebook in executed.items():
        opening = openings.pop(run.language, "")
        page = page_of(notebook, run.name, run.language, opening)
        files.pages.append(page)
        for exhibit in page.exhibits:
            files.content.update(_exhibit_files(exhibit, run.language))
        drop_exhibits(notebook)
        files.content[f"notebooks/{run.name}"] = (nbformat.writes(notebook) + "\n").encode()
    _check_exhibits(files.pages)
    return files


def _exhibit_files(exhibit: Exhibit, language: Language) -> dict[str, bytes]:
    path = f"figures/{exhibit.name}.{language}"
    files = {f"{path}.svg": exhibit.drawings["svg"].encode()}
    for ending, picture in exhibit.pictures.items():
        files[f"{path}.{ending}"] = base64.b64decode(picture)
    files[f"tables/{exhibit.name}.csv"] = exhibit.csv.encode()
    return files


def _check_exhibits(pages: Iterable[Page]) -> None:
    """Reject names that cannot be files, and two exhibits of a language with one name or number."""
    seen: set[tuple[str, str | int]] = set()
    faults = []
    for page in pages:
        for exhibit in page.exhibits:
            name = exhibit.name
            number = exhibit.number
            if not is_label(name):
                faults.append(Fault("exhibit_name", page.notebook, value=name, allowed=number))
            taken: set[tuple[str, str | int]] = {
                (page.language, same_place(name)),
                (page.language, number),
            }
            if taken & seen:
                faults.append(Fault("exhibit", page.notebook, value=name, allowed=number))
            seen |= taken
    if faults:
        raise DataError(faults)


def _write_digests(
    folder: Path, edition: Edition, pages: Sequence[Page], commentary: Mapping[Language, str]
) -> None:
    """Write the digests; the folder already holds their figures."""
    for language in edition.languages:
        chapters = [_chapter(page) for page in pages if page.language == language]
        opening = commentary.get(language, "")
        digest = write_digest(edition, language, chapters=chapters, commentary=opening)
        title = digest_title(edition, language)
        word = to_docx(digest, language, folder=folder, title=title)
        path = folder / f"digest.{language}.md"
        path.write_text(digest, encoding="utf-8", newline="\n")
        path.with_suffix(".docx").write_bytes(word)


def _chapter(page: Page) -> Chapter:
    content: list[str | Figure] = []
    for cell in page.cells.cells:
        for output in cell.get("outputs", ()):
            if kind_of(output) == "sentence":
                content.append(output.data["text/plain"])
            else:
                exhibit = Exhibit.of(output.data[MIME])
                content.append(_figure(exhibit, page.language))
    return Chapter(page.title, tuple(content))


def _figure(exhibit: Exhibit, language: Language) -> Figure:
    return Figure(
        path=f"figures/{exhibit.name}.{language}.bare.png",  # the caption is text of the digest
        title=exhibit.heading(language),
        alt=exhibit.alt,
        lines=(exhibit.subtitle, *exhibit.notes, exhibit.source),
        finding=exhibit.title,
    )


def _write_manifest(folder: Path, planned: Plan) -> None:
    """Write the manifest: inputs and software of the edition, and the hash of every file."""
    edition = planned.inputs.edition
    languages = edition.languages
    manifest = {
        "edition": edition.label,
        "languages": languages,
        "baseline": edition.baseline.labels if edition.baseline else (),
        "sentence": {name: describe_record(edition.events, name) for name in languages},
        "parameters": planned.parameters,
        "versions": versions(),
        "platform": system(),
        "inputs": planned.inputs.hashes,
        "outputs": file_hashes(folder),
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8", newline="\n")

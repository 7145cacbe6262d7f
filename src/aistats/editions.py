"""Editions: notebooks and parameters in, one published report out.

An edition is made from a slice of the data, the notebooks and a few parameters, and from nothing
else: every notebook runs in a fresh kernel for every language, in an environment that is the same
everywhere, and what depends on the hour or the machine is taken out of what is kept. It is built
aside and put in its place only when whole; an error leaves the published edition as it was.
"""

from __future__ import annotations

import ast
import base64
import contextlib
import errno
import hashlib
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode

from aistats.digest import Chapter, Figure, digest_title, to_docx, write_digest
from aistats.events import Edition, read_edition, read_text
from aistats.exhibits import MIME, Exhibit, to_csv
from aistats.faults import (
    DataError,
    Fault,
    NotebookError,
    ParameterError,
    user_language,
)
from aistats.pages import Page, kind_of, page_of, title_of, write_pages

_OWN_PARAMETERS = ("edition", "language", "data")
_VERSIONS = ("aistats", "matplotlib", "nbconvert", "numpy", "pandas", "papermill", "seaborn")

Progress = Callable[[int, int, str], None]
"""Called with the steps done, the steps in all and the name of the step just done."""


@dataclass(frozen=True)
class Built:
    """What a build left: the edition's folder, and how it differs from what was there before.

    ``changed`` names the files that are new, gone or other; it is None where nothing was published.
    """

    folder: Path
    changed: tuple[str, ...] | None


@dataclass
class _Files:
    """The files of an edition that come from its notebooks, by their path in it."""

    content: dict[str, bytes] = field(default_factory=dict)
    pages: list[Page] = field(default_factory=list)

    def write(self, folder: Path) -> None:
        for name, content in self.content.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)


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
        Told of each step.

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
        If a notebook fails; what was published stays.
    """
    edition = read_edition(data, label)
    sources = find_notebooks(notebooks)
    check_notebooks(sources, edition.languages)
    own, passing = (f"{name}={it}" for name, it in edition.parameters.items()), tuple(parameters)
    values = check_parameters([*own, *passing], sources)
    target = Path(reports) / edition.label
    if target.exists() and not target.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), target.as_posix())
    published = _manifest_of(target)
    if passing and published and published["parameters"] != values:
        raise ParameterError([Fault("published_parameters", file=target.as_posix())])
    commentary = _commentary_in(target, edition.languages)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{edition.label}-", dir=target.parent) as aside:
        new = Path(aside) / edition.label
        executed = _run_all(sources, edition, Path(data).resolve(), values, progress)
        files = _collect(executed, commentary)
        files.write(new)
        write_pages(new, edition, files.pages)
        _write_digests(new, edition, files.pages, commentary)
        _write_manifest(new, edition, sources, values, commentary)
        changed = _differences(target, new) if published else None
        _keep_foreign(target, new, published)
        _publish(new, target, Path(aside) / "previous")
    return Built(target, changed)


def run_in_place(notebooks: str | Path | None = None) -> list[Path]:
    """Run every notebook with its own parameters and keep the outputs in it.

    What is kept is what the tests compare with: the PNG and the table, as in an edition.

    Returns
    -------
    list of Path
        The notebooks.

    Raises
    ------
    NotebookError
        If one fails; it stays as it was.
    """
    sources = find_notebooks(notebooks)
    with _same_everywhere() as aside:
        for source in sources:
            executed = _execute(source, aside / source.name, {}, source.parent)
            _drop_exhibits(executed)
            _write_atomically(source, nbformat.writes(executed) + "\n")
    return sources


def find_notebooks(folder: str | Path | None = None) -> list[Path]:
    """Return the notebooks of a folder in their order; by default ours, here or as installed.

    Raises
    ------
    DataError
        If the folder holds none.
    """
    package = Path(__file__).parent
    folders = (
        [Path(folder)]
        if folder
        else [Path("notebooks"), package / "notebooks", package.parents[1] / "notebooks"]
    )
    for place in folders:
        if found := sorted(place.glob("*.ipynb")):
            return found
    raise DataError([Fault("no_notebooks", file=folders[0].as_posix())])


def check_notebooks(notebooks: Sequence[Path], languages: Sequence[str]) -> None:
    """Check, before anything runs, that notebooks can become pages.

    Raises
    ------
    DataError
        Naming every notebook that is none, has no number and name of its own, or lacks a title.
    """
    faults = []
    names = [path.stem.partition("-")[2] for path in notebooks]
    for path, name in zip(notebooks, names, strict=True):
        number = path.stem.partition("-")[0]
        if not number.isdecimal() or not name or names.count(name) > 1:
            faults.append(Fault("notebook_name", path.as_posix(), allowed="1-what-is-on-record"))
        try:
            notebook = nbformat.read(path, as_version=4)
        except (nbformat.ValidationError, AttributeError, OSError, ValueError) as error:
            faults.append(Fault("notebook_form", path.as_posix(), value=str(error)[:80]))
            continue
        untitled = [language for language in languages if not title_of(notebook, language)]
        faults += [Fault("notebook_title", path.as_posix(), allowed=it) for it in untitled]
    if faults:
        raise DataError(faults)


# Parameters --------------------------------------------------------------------------------------


def check_parameters(given: Iterable[str], notebooks: Sequence[Path]) -> dict[str, Any]:
    """Return parameters as values of the types that the notebooks declare.

    Parameters
    ----------
    given
        ``name=value`` pairs; of two with the same name the last holds.
    notebooks
        Whose ``parameters`` cells say which names and types there are.

    Raises
    ------
    ParameterError
        Naming every parameter that is misspelt or ill-typed.
    """
    asked = {
        name: about
        for notebook in notebooks
        for name, about in papermill.inspect_notebook(notebook).items()
        if name not in _OWN_PARAMETERS
    }
    declared = {name: about["inferred_type_name"] for name, about in asked.items()}
    known = "; ".join(f"{name}: {declared[name]}, {about['help']}" for name, about in asked.items())
    values, faults = {}, []
    for pair in given:
        name, equals, text = pair.partition("=")
        if not equals:
            faults.append(Fault("parameter_form", value=pair))
        elif name not in declared:
            faults.append(Fault("parameter", value=name, allowed=known))
        else:
            try:
                values[name] = _typed(text, declared[name])
            except ValueError:
                faults.append(Fault("parameter_type", value=pair, allowed=declared[name]))
    if faults:
        raise ParameterError(faults)
    return values


def _typed(text: str, kind: str) -> object:
    """Return a text as a value of a declared type; only ``str`` takes it as it is."""
    if kind == "str":
        return text
    literal = {"true": "True", "false": "False"}.get(text.lower(), text)
    try:
        value = ast.literal_eval(literal)
    except (SyntaxError, ValueError):
        raise ValueError(text) from None
    value = float(value) if kind == "float" and type(value) is int else value
    if type(value).__name__ != kind:
        raise ValueError(text)
    return value


# Running -----------------------------------------------------------------------------------------


def _run_all(
    sources: Sequence[Path],
    edition: Edition,
    data: Path,
    values: Mapping[str, Any],
    progress: Progress,
) -> dict[tuple[str, str], NotebookNode]:
    """Run every notebook in every language, two at once; return them by name and language."""
    jobs = [(source, language) for language in edition.languages for source in sources]
    with _same_everywhere() as aside, ThreadPoolExecutor(2) as pool:

        def run(source: Path, language: str) -> NotebookNode:
            own = {"edition": edition.label, "language": language, "data": data.name}
            known = papermill.inspect_notebook(source)
            given = {name: value for name, value in values.items() if name in known}
            output = aside / f"{source.stem}.{language}.ipynb"
            return _execute(source, output, {**own, **given}, data.parent)

        running = [pool.submit(run, *job) for job in jobs]
        executed = {}
        try:
            for done, (job, future) in enumerate(zip(jobs, running, strict=True), 1):
                source, language = job
                executed[source.stem, language] = future.result()
                progress(done, len(jobs), f"{source.stem} ({language})")
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return executed


def _execute(source: Path, output: Path, parameters: Mapping[str, Any], cwd: Path) -> NotebookNode:
    try:
        executed = papermill.execute_notebook(
            source,
            output,
            parameters=dict(parameters),
            kernel_name="python3",
            # papermill's own cwd= moves the whole process, and two notebooks run at once
            resources={"metadata": {"path": str(cwd)}},
            progress_bar=False,
            record_timing=False,
            extra_arguments=["--IPKernelApp.log_level=50"],
        )
    except papermill.PapermillExecutionError as error:
        what = f"{error.ename}: {error.evalue}"
        cell = error.exec_count - bool(parameters)  # as in the source, which has no injected cell
        fault = Fault("notebook", file=source.name, value=what, allowed=cell)
        raise NotebookError([fault]) from None
    except (DeadKernelError, RuntimeError) as error:  # RuntimeError: it did not start in time
        raise NotebookError([Fault("kernel", file=source.name, value=error)]) from None
    return _cleaned(executed)


@contextlib.contextmanager
def _same_everywhere() -> Iterator[Path]:
    """Give kernels an environment in which no setting of this user or machine has a say.

    Yields a folder for what is not kept.
    """
    with tempfile.TemporaryDirectory() as aside:
        fixed = {
            "TZ": "UTC",
            "LC_ALL": "C.UTF-8",
            "AISTATS_LANGUAGE": user_language(),  # of error messages alone
            "PYTHONHASHSEED": "0",
            "PYTHONWARNINGS": "ignore",  # they name paths; the build itself has warned
            "IPYTHONDIR": aside,
        }
        before = {name: os.environ.get(name) for name in fixed}
        os.environ.update(fixed)
        try:
            yield Path(aside)
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


def _cleaned(notebook: NotebookNode) -> NotebookNode:
    """Take out what depends on the hour, the machine or the run."""
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        cell.metadata = {"tags": tags} if tags else {}
        if "injected-parameters" in tags:
            cell.id = "injected-parameters"
    return notebook


# From notebooks to files --------------------------------------------------------------------------


def _collect(
    executed: Mapping[tuple[str, str], NotebookNode], commentary: Mapping[str, str]
) -> _Files:
    """Take exhibits and pages from the outputs of the executed notebooks.

    What is a file of its own does not stay in the notebook, but for the PNG, which all readers of
    notebooks show. The analyst's commentary opens the first page of its language.
    """
    files = _Files()
    unsaid = dict(commentary)
    for (stem, language), notebook in executed.items():
        name = f"{stem}.{language}.ipynb"
        page = page_of(notebook, name, language, unsaid.pop(language, ""))
        files.pages.append(page)
        for exhibit in page.exhibits:
            path = f"figures/{exhibit.name}.{language}"
            files.content[f"{path}.svg"] = exhibit.drawings["svg"].encode()
            for ending, picture in exhibit.pictures.items():
                files.content[f"{path}.{ending}"] = base64.b64decode(picture)
            files.content[f"tables/{exhibit.name}.csv"] = exhibit.csv.encode()
        _drop_exhibits(notebook)
        files.content[f"notebooks/{name}"] = (nbformat.writes(notebook) + "\n").encode()
    _check_exhibits(files.pages)
    return files


def _check_exhibits(pages: Iterable[Page]) -> None:
    """Refuse two exhibits of a language that would have one number, or one file."""
    seen: set[tuple[str, str | int]] = set()
    faults = []
    for page in pages:
        for exhibit in page.exhibits:
            name, number = exhibit.name, exhibit.number
            own: set[tuple[str, str | int]] = {(page.language, name), (page.language, number)}
            if own & seen:
                faults.append(Fault("exhibit", page.notebook, value=name, allowed=number))
            seen |= own
    if faults:
        raise DataError(faults)


def _drop_exhibits(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(MIME, None)


def _commentary_in(folder: Path, languages: Iterable[str]) -> dict[str, str]:
    """Return what the analyst wrote, by language."""
    paths = {language: folder / f"commentary.{language}.md" for language in languages}
    return {language: read_text(path) for language, path in paths.items() if path.exists()}


def _write_digests(
    folder: Path, edition: Edition, pages: Sequence[Page], commentary: Mapping[str, str]
) -> None:
    """Write the digests; figures are found in the folder."""
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


def _write_manifest(
    folder: Path,
    edition: Edition,
    notebooks: Sequence[Path],
    parameters: Mapping[str, Any],
    commentary: Mapping[str, str],
) -> None:
    """Write what the edition was made from, with what, and the hash of every file in it."""
    tables = {
        "events": edition.events,
        "coverage": edition.coverage,
        "themes": edition.themes,
        "event_themes": edition.event_themes,
    }
    manifest = {
        "edition": edition.label,
        "languages": edition.languages,
        "parameters": parameters,
        "versions": {name: version(name) for name in _VERSIONS}
        | {"python": ".".join(platform.python_version_tuple()[:2])},
        "platform": f"{platform.system()} {platform.machine()}",
        "inputs": {name: _sha256(to_csv(table).encode()) for name, table in tables.items()}
        | {"codebook": _sha256(_codebook_slice(edition).encode())}
        | {f"notebooks/{path.name}": _sha256(path.read_bytes()) for path in notebooks}
        | {f"commentary.{name}.md": _sha256(text.encode()) for name, text in commentary.items()},
        "outputs": _hashes(folder),
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")


def _codebook_slice(edition: Edition) -> str:
    """Return the codebook with the sources of the edition alone."""
    package = json.loads(read_text(Path(edition.codebook.file)))
    own = set(edition.coverage["source"])
    sources = [source for source in package["sources"] if source["name"] in own]
    return json.dumps({"resources": package["resources"], "sources": sources}, sort_keys=True)


def _hashes(folder: Path) -> dict[str, str]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): _sha256(path.read_bytes()) for path in paths}


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# Into its place ----------------------------------------------------------------------------------


def _manifest_of(folder: Path) -> dict[str, Any]:
    """Return the manifest of an edition, empty where there is none of our making."""
    path = folder / "manifest.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        ours = isinstance(manifest["outputs"], dict) and isinstance(manifest["parameters"], dict)
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return {}
    return manifest if ours else {}


def _differences(published: Path, new: Path) -> tuple[str, ...]:
    ours = {*_manifest_of(published)["outputs"], *_hashes(new)}
    before, after = _hashes(published), _hashes(new)
    return tuple(path for path in sorted(ours) if before.get(path) != after.get(path))


def _keep_foreign(target: Path, new: Path, published: Mapping[str, Any]) -> None:
    """Take over what somebody else put into the edition's folder, such as a commentary."""
    ours = {*published.get("outputs", ()), "manifest.json"}
    for path in _hashes(target):
        if path not in ours and not (new / path).exists():
            (new / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(target / path, new / path)


def _publish(new: Path, target: Path, previous: Path) -> None:
    """Put a whole edition in its place; what was there goes when the folder aside does."""
    if target.exists():
        target.rename(previous)
    new.rename(target)


def _write_atomically(path: Path, text: str) -> None:
    aside = path.with_name(f".{path.name}")
    aside.write_text(text, encoding="utf-8")
    shutil.copymode(path, aside)
    aside.replace(path)

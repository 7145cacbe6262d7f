"""Run notebooks for an edition: in fresh kernels, in an environment that is the same everywhere.

A run depends on a notebook's code, its language, its parameters and the files it is given. Its
outputs are kept by these, so a notebook of which only the prose changed does not run. What depends
on the hour, the machine or the run is removed from what is kept.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import json
import os
import re
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines

from aistats.editions.exhibits import MIME
from aistats.editions.inputs import find_notebooks, fingerprint
from aistats.editions.pages import title_of
from aistats.faults import DataError, Fault, NotebookError, ParameterError
from aistats.locale import Language, user_language
from aistats.tables.paths import is_file_name
from aistats.tables.writing import write_whole

OWN_PARAMETERS = ("edition", "language", "data", "reports")

Progress = Callable[[int, int, str], None]
"""Called with the steps done, the steps in all and the name of the step just done."""

_Declarations = dict[str, dict[str, Any]]
"""By the name of a parameter: its type, its default and its comment."""

_FOLDERS = ("TMPDIR", "IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")
_KEPT = {  # without these, processes do not start, or not with our packages
    *("PATH", "PYTHONPATH", "VIRTUAL_ENV", "HOME", "LD_LIBRARY_PATH", "LD_PRELOAD", "LOCPATH"),
    *("XDG_CACHE_HOME", "MPLCONFIGDIR"),  # which have the list of fonts
    *("SYSTEMROOT", "COMSPEC", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "PATHEXT"),  # of Windows
}
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
_MALFORMED = (nbformat.ValidationError, AttributeError, LookupError, TypeError, ValueError)
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_LAST_LINES = 8


@dataclass(frozen=True, eq=False)
class Run:
    """A notebook to be run in a language, and the parameters that it is given."""

    stem: str
    language: Language
    source: NotebookNode
    parameters: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The file name of the executed notebook."""
        return f"{self.stem}.{self.language}.ipynb"

    def key(self, *besides: object) -> str:
        """Return a hash that stays the same as long as the outputs would."""
        code = []
        for cell in _code(self.source):
            tags = cell.metadata.get("tags")
            code.append([cell.source, tags])
        return fingerprint([code, self.language, self.parameters, besides])


def read_notebooks(
    files: Mapping[str, bytes], folder: Path, languages: Sequence[str]
) -> dict[str, NotebookNode]:
    """Return notebooks by their stem, in order; they must be such as can become pages.

    Parameters
    ----------
    files
        Contents by name.
    folder
        Where they are from, for messages.
    languages
        In which each needs a title.

    Raises
    ------
    DataError
        Naming every file that is no notebook, has no number or unique name, or lacks a title.
    """
    faults, read = [], {}
    names = [Path(name).stem.partition("-")[2] for name in files]
    for (file, content), name in zip(files.items(), names, strict=True):
        path = (folder / file).as_posix()
        number = Path(file).stem.partition("-")[0]
        is_named = number.isdecimal() and name and is_file_name(file)
        if not is_named or names.count(name) > 1:
            faults.append(Fault("notebook_name", path, allowed="1-what-is-on-record"))
        try:
            notebook = _read(content)
        except _MALFORMED as error:
            faults.append(Fault("notebook_form", path, value=str(error)[:80]))
            continue
        read[Path(file).stem] = notebook
        untitled = [language for language in languages if not title_of(notebook, language)]
        faults += [Fault("notebook_title", path, allowed=language) for language in untitled]
    if faults:
        raise DataError(faults)
    return read


def _read(content: bytes) -> NotebookNode:
    """Return a notebook; where cells have no ids, which older ones need not have, it numbers them.

    Left to themselves, the libraries would draw such ids at random.
    """
    raw = json.loads(content)
    named = raw.get("nbformat") == 4 and all("id" in cell for cell in raw["cells"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", nbformat.warnings.MissingIDFieldWarning)
        notebook: NotebookNode = nbformat.reads(content.decode(), as_version=4)
    if not named:
        notebook = nbformat.v4.upgrade(notebook)
        for place, cell in enumerate(notebook.cells, 1):
            cell.id = f"cell-{place}"
    notebook.metadata = nbformat.from_dict(_METADATA)
    return notebook


def runs_of(
    notebooks: Mapping[str, NotebookNode],
    languages: Iterable[Language],
    of_edition: Mapping[str, str],
    values: Mapping[str, Any],
) -> list[Run]:
    """Return the runs that make an edition.

    Parameters
    ----------
    notebooks
        By stem.
    languages
        Each notebook runs in each.
    of_edition
        ``edition`` and ``data``, and ``reports`` if there is a baseline: a notebook that declares
        ``reports`` is run only then.
    values
        All other parameters; a notebook gets those that it declares.
    """
    runs = []
    for language in languages:
        for stem, source in notebooks.items():
            declared = _declared(source)
            if "reports" in declared and "reports" not in of_edition:
                continue
            known = {**of_edition, "language": language, **values}
            parameters = {name: known[name] for name in declared if name in known}
            runs.append(Run(stem, language, source, parameters))
    return runs


# Parameters --------------------------------------------------------------------------------------


def check_parameters(pairs: Iterable[str], notebooks: Iterable[NotebookNode]) -> dict[str, Any]:
    """Return parameters as values of the types that the notebooks declare.

    Parameters
    ----------
    pairs
        ``name=value`` pairs; of two with the same name the last holds.
    notebooks
        Their ``parameters`` cells declare names and types.

    Raises
    ------
    ParameterError
        Naming every parameter that is misspelt or ill-typed.
    """
    types = {}
    descriptions = {}
    for notebook in notebooks:
        for name, about in _declared(notebook).items():
            if name not in OWN_PARAMETERS:
                types[name] = about["inferred_type_name"]
                descriptions[name] = f"{name}: {types[name]}, {about['help']}"
    known = "; ".join(descriptions.values())
    values = {}
    faults = []
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            faults.append(Fault("parameter_form", value=pair))
        elif name not in types:
            faults.append(Fault("parameter", value=name, allowed=known))
        else:
            try:
                values[name] = _typed(text, types[name])
            except ValueError:
                faults.append(Fault("parameter_type", value=pair, allowed=types[name]))
    if faults:
        raise ParameterError(faults)
    return values


def _declared(notebook: NotebookNode) -> _Declarations:
    """Return the parameters that a notebook declares, with their types and comments."""
    declarations: _Declarations = papermill.inspect_notebook(notebook)
    return declarations


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


def run_all(
    runs: Sequence[Run],
    *,
    cwd: Path,
    failed: Path,
    recall: Callable[[Run], str | None],
    keep: Callable[[Run, str], None],
    progress: Progress,
) -> dict[Run, NotebookNode]:
    """Run notebooks, two at once, but for those whose outputs are known.

    Parameters
    ----------
    runs
        What to run.
    cwd
        The folder that the kernels work in.
    failed
        A folder for the notebooks that fail.
    recall, keep
        Give and take an executed notebook.
    progress
        Told of each run that was made.

    Raises
    ------
    NotebookError
        Naming every notebook that failed, after all have run.
    """
    executed = {run: known for run in runs if (known := _recalled(recall(run)))}
    missing = [run for run in runs if run not in executed]
    failures = _Failures()

    def execute(run: Run) -> NotebookNode:
        try:
            notebook = _execute(run.source, run.parameters, cwd, run.stem, run.language)
        except NotebookError as error:
            raise _kept(error, failed / run.name) from None
        keep(run, nbformat.writes(notebook))
        return notebook

    with ThreadPoolExecutor(2) as pool:
        running = {run: pool.submit(execute, run) for run in missing}
        try:
            for done, (run, future) in enumerate(running.items(), 1):
                try:
                    executed[run] = future.result()
                except NotebookError as error:
                    failures.add(error, run.language)
                progress(done, len(missing), f"{run.stem} ({run.language})")
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    if failures.faults:
        raise NotebookError(failures.faults.values())
    return {run: _dressed(executed[run], run) for run in runs}


@dataclass
class _Failures:
    """Collects the faults of notebooks, and names a cell once that fails in every language."""

    faults: dict[tuple[object, ...], Fault] = field(default_factory=dict)

    def add(self, error: NotebookError, language: Language) -> None:
        """Add the faults of a run; a message in the user's language takes precedence."""
        for fault in error.faults:
            error_type, _, _ = str(fault.value).partition(":")
            key = (fault.file, fault.allowed, error_type)
            known = self.faults.setdefault(key, fault)
            is_translated = known.value != fault.value
            if is_translated and language == user_language():
                self.faults[key] = fault


def run_in_place(notebooks: str | Path = "notebooks") -> list[Path]:
    """Run every notebook with its own parameters and keep the outputs in it.

    So are those in ``examples`` beside them, which are in no edition. What is kept is what the
    tests compare with: the PNG and the table, as in an edition.

    Parameters
    ----------
    notebooks
        Their folder; not that of the installed package, which is not to be changed.

    Returns
    -------
    list of Path
        The notebooks.

    Raises
    ------
    DataError
        If the folder holds none.
    NotebookError
        If one fails; it stays as it was.
    """
    sources = find_notebooks(notebooks)
    sources += sorted((sources[0].parent / "examples").glob("*.ipynb"))
    with tempfile.TemporaryDirectory() as scratch, same_everywhere(Path(scratch)):
        for source in sources:
            notebook = nbformat.read(source, as_version=4)
            executed = _execute(notebook, {}, source.parent, source.stem)
            drop_exhibits(executed)
            write_whole(source, nbformat.writes(executed) + "\n")
    return sources


class _Keeping(NBClientEngine):  # type: ignore[misc]
    """Runs a notebook and gives it out as far as it came, whatever happens to it."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        ran: list[NotebookNode],
        **options: object,
    ) -> None:
        ran.append(nb_man.nb)
        super().execute_managed_notebook(nb_man, kernel_name, **options)


papermill_engines.register("aistats", _Keeping)


def _execute(
    source: NotebookNode,
    parameters: Mapping[str, Any],
    cwd: Path,
    stem: str,
    language: Language | None = None,
) -> NotebookNode:
    """Run a notebook; if it fails, the error has it as far as it came.

    A call in it that names no language speaks that of the run, whatever the user's is.
    """
    ran: list[NotebookNode] = []
    options = ["--IPKernelApp.log_level=50"]
    if language is not None:
        # Not by the environment: kernels of two languages start at once from this one process.
        set_language = f"__import__('os').environ['AISTATS_LANGUAGE'] = '{language}'"
        options.append(f"--IPKernelApp.exec_lines={set_language}")
    try:
        papermill.execute_notebook(
            source,
            None,
            parameters=dict(parameters),
            engine_name="aistats",
            ran=ran,
            kernel_name="python3",
            # papermill's own cwd= moves the whole process, and two notebooks run at once
            resources={"metadata": {"path": str(cwd)}},
            coalesce_streams=True,  # how much comes at once depends on the hour
            progress_bar=False,
            record_timing=False,
            extra_arguments=options,
        )
    except papermill.PapermillExecutionError as error:
        # Counted as in the source, which has no injected cell.
        cell = error.exec_count - bool(parameters)
        what, lines = f"{error.ename}: {error.evalue}", _last_lines(error.traceback)
        fault = Fault("notebook", f"{stem}.ipynb", value=what, allowed=cell, lines=lines)
        raise NotebookError([fault], *ran) from None
    except (DeadKernelError, RuntimeError) as error:  # RuntimeError: it did not start in time
        raise NotebookError([Fault("kernel", file=f"{stem}.ipynb", value=error)], *ran) from None
    return _cleaned(ran[0])


def _recalled(text: str | None) -> NotebookNode | None:
    """Return the executed notebook that was kept, None if none was or it is spoilt."""
    try:
        return nbformat.reads(text, as_version=4) if text else None
    except _MALFORMED:
        return None


def _last_lines(traceback: Sequence[str]) -> tuple[str, ...]:
    """Return the lines of a traceback that stand in the notebook's cell, else its last ones."""
    every_line: list[str] = []
    in_cell: list[str] = []
    for frame in traceback:
        text = _ANSI.sub("", frame)
        lines = text.rstrip().splitlines()
        every_line += lines
        if lines and lines[0].startswith("Cell In"):
            in_cell = lines
    chosen = in_cell[1:] if in_cell else every_line
    return tuple(chosen[-_LAST_LINES:])


def _kept(error: NotebookError, path: Path) -> NotebookError:
    """Keep the notebook of an error, and return the error with the place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    (path.parent / ".gitignore").write_text("*\n")
    write_whole(path, nbformat.writes(error.notebook) + "\n")
    return NotebookError(
        replace(fault, lines=(*fault.lines, f"→ {path.as_posix()}")) for fault in error.faults
    )


@contextlib.contextmanager
def same_everywhere(scratch: Path) -> Iterator[None]:
    """Hold an environment in which no setting of this user or machine has a say.

    What kernels keep of their own goes into `scratch`.
    """
    (scratch / "matplotlibrc").touch()
    fixed = {
        "TZ": "UTC",
        "LC_ALL": "C.UTF-8",
        "AISTATS_LANGUAGE": user_language(),  # of messages; the runs of an edition set their own
        "PYTHONHASHSEED": "0",
        "PYTHONWARNINGS": "ignore",  # they name paths; the build itself has warned
        "MATPLOTLIBRC": str(scratch / "matplotlibrc"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        **dict.fromkeys(_FOLDERS, str(scratch)),
    }
    before, temporary = dict(os.environ), tempfile.tempdir
    os.environ.clear()
    kept = {name: before[name] for name in before if name in _KEPT}
    os.environ.update(kept | fixed)
    tempfile.tempdir = str(scratch)  # for the files that kernels connect by
    try:
        yield
    finally:
        tempfile.tempdir = temporary
        os.environ.clear()
        os.environ.update(before)


# What is kept of a run ---------------------------------------------------------------------------


def _cleaned(notebook: NotebookNode) -> NotebookNode:
    """Take out what depends on the hour, the machine or the run.

    What a notebook prints to stderr is for the person who runs it, and names paths.
    """
    notebook.metadata = copy.deepcopy(_METADATA)
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        cell.metadata = {"tags": tags} if tags else {}
        if "injected-parameters" in tags:
            cell.id = "injected-parameters"
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
            for output in cell.outputs:
                data = output.get("data", {})
                if "text/plain" in data:
                    data["text/plain"] = _ADDRESS.sub("", data["text/plain"])
    return notebook


def _dressed(executed: NotebookNode, run: Run) -> NotebookNode:
    """Return a notebook as it is by now, with the outputs and parameters of its run."""
    ran, was_given = iter(_code(executed)), bool(run.parameters)
    cells: list[NotebookNode] = []
    for cell in _cleaned(copy.deepcopy(run.source)).cells:
        cells.append(cell)
        if cell.cell_type == "code":
            code = next(ran)
            cell.outputs, cell.execution_count = code.outputs, code.execution_count
            if was_given and "parameters" in cell.metadata.get("tags", []):
                cells.append(next(ran))
                was_given = False
    return NotebookNode({**executed, "cells": cells})


def _code(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the cells with code."""
    cells = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cells.append(cell)
    return cells


def drop_exhibits(notebook: NotebookNode) -> None:
    """Take the exhibits out of a notebook: they are files of their own."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(MIME, None)

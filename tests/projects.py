"""Small projects to build editions from: made once for all tests and workers, and then copied."""

import functools
import hashlib
import os
import shutil

import nbformat
from december import DATA
from filelock import FileLock
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from aistats.editions import inputs
from aistats.editions.building import build

LANGUAGES = ("zh", "en")
SENTENCE = "import aistats as ai\nai.Sentence(f'{language} {period}')"
CHART = """
import aistats as ai
record = ai.read_edition(data, edition)
ai.show(ai.plot_counts, ai.count_events(record.events, by='scope'), record=record, name='scopes',
        number=1, title='{}.', language=language)
"""

software = functools.cache(inputs.software)
"""The software that is here, which no test changes: reading it takes as long as a small build."""


def hashes(folder):
    """Return the hash of every file in a folder, by its path there."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def published_names(reports):
    return sorted(path.name for path in reports.iterdir() if path.name != ".cache")


def notebook(folder, *sources):
    """Write a notebook that has parameters of every type, and cells with these sources."""
    prose = [new_markdown_cell(f"# {tag}", metadata={"tags": [tag]}) for tag in LANGUAGES]
    parameters = (
        'edition: str = "2025-12"  # label\nlanguage: str = "zh"  # zh or en\n'
        'data: str = "../data"  # folder\nperiod: str = "week"  # a period\n'
        "size: int = 1  # a number\nshare: float = 0.5  # a number\nloud: bool = False  # yes or no"
    )
    cells = [new_code_cell(parameters, metadata={"tags": ["parameters"]})]
    cells += [new_code_cell(source) for source in sources]
    for place, cell in enumerate([*prose, *cells]):
        cell.id = f"cell-{place}"
    folder.mkdir(exist_ok=True)
    path = folder / "1-one.ipynb"
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    nbformat.write(new_notebook(cells=[*prose, *cells], metadata=kernel), path)
    return path


def built(folder, source, languages):
    """Make a project whose one notebook has this source, and build its edition."""
    shutil.copytree(DATA, folder / "data")
    editions = folder / "data/editions.csv"
    editions.write_text(editions.read_text("utf-8").replace("zh en", languages), "utf-8")
    notebook(folder / "notebooks", source)
    build(
        "2025-12",
        data=folder / "data",
        notebooks=folder / "notebooks",
        reports=folder / "reports",
    )


def made_once(tmp_path_factory, name, make):
    """Return a folder that one worker makes and all read: a test that writes there takes a copy."""
    place = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        place = place.parent  # which all workers of this run have, and no other run
    folder = place / name
    with FileLock(place / f"{name}.lock"):
        if not folder.exists():
            unfinished = place / f"{name}.unfinished"
            make(unfinished)
            unfinished.rename(folder)
    return folder

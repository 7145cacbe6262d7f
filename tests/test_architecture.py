"""The map of the rooms, held against the imports."""

import ast
import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path

import pytest

import aistats
from aistats.distribution import NAME

PACKAGE = Path(aistats.__file__).parent

DOCS = Path(__file__).parents[1] / "docs"
FRONT = ("__init__", "__main__", "exact", "style")  # forward to rooms, and stand above them


def arrows_of(page):
    """Return the arrows that a page draws between rooms."""
    return set(re.findall(r"^ +(\w+) --> (\w+)$", page.read_text(encoding="utf-8"), re.MULTILINE))


ARROWS = arrows_of(DOCS / "architecture.md")


def below(room):
    """Return the rooms that can be reached from one along the arrows."""
    direct = {target for source, target in ARROWS if source == room}
    return direct.union(*map(below, direct))


def imports_of(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module
            if node.module == "aistats":
                yield from (f"aistats.{name.name}" for name in node.names)


def rooms_used_by(path):
    names = {name.split(".")[1] for name in imports_of(path) if name.startswith("aistats.")}
    return names - {room_of(path)}


def room_of(path):
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.relative_to(PACKAGE).as_posix()
)
def test_a_room_imports_only_the_rooms_below_it(path):
    if room_of(path) not in FRONT:
        assert rooms_used_by(path) <= below(room_of(path))


def test_every_arrow_is_an_import_and_every_room_is_drawn():
    paths = [path for path in PACKAGE.rglob("*.py") if room_of(path) not in FRONT]
    imports = {(room_of(path), room) for path in paths for room in rooms_used_by(path)}
    assert imports >= ARROWS
    assert {room_of(path) for path in paths} == {room for arrow in ARROWS for room in arrow}


def test_the_page_says_the_same_in_both_languages():
    assert arrows_of(DOCS / "architecture.zh.md") == ARROWS


SUMMED_UP = ("charts", "cli", "importers")  # their files are named for their subjects


def is_module(path):
    """Return whether a path is a file or a folder of code, other than what all folders have."""
    if path.is_dir():
        return (path / "__init__.py").exists()
    return path.suffix == ".py" and path.stem != "__init__"


@pytest.mark.parametrize("name", ["architecture.md", "architecture.zh.md"])
def test_the_page_names_every_file_and_no_other(name):
    page = (DOCS / name).read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)/` \|[^|]*\|([^|]*)\|$", page, re.MULTILINE)
    for room, files in rows:
        named = {word.rstrip("/") for word in re.findall(r"`([\w/]+)`", files)}
        modules = {path for path in (PACKAGE / room).rglob("*") if is_module(path)}
        assert named <= {path.stem for path in modules}, room
        if room not in SUMMED_UP:
            assert named >= {path.stem for path in modules if path.parent.name == room}, room
    for path in re.findall(r"`((?:\w+/)+\w+\.py)`", page):
        assert (PACKAGE / path).exists() or (PACKAGE.parents[1] / path).exists(), path


def test_only_editions_imports_papermill():
    importers = {room_of(path) for path in PACKAGE.rglob("*.py") if "papermill" in imports_of(path)}
    assert importers == {"editions"}


def test_every_public_name_is_there_and_documented():
    for name in aistats.__all__:
        assert getattr(aistats, name).__doc__, name
    assert set(dir(aistats)) == set(aistats.__all__)


def loaded(code):
    """Return the packages that some code brings beside pandas and what that brings."""
    first = f"import sys, pandas; before = set(sys.modules)\n{code}"
    after = "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    ran = subprocess.run(
        [sys.executable, "-c", f"{first}\n{after}"], capture_output=True, text=True, check=True
    )
    return {*ran.stdout.split()}


def test_importing_aistats_loads_no_room_and_nothing_of_others():
    assert loaded("import aistats") - sys.stdlib_module_names == {"aistats", "lazy_loader"}
    rooms = "assert not [name for name in sys.modules if name.startswith('aistats.')]"
    assert loaded(f"import aistats\n{rooms}")


def test_reading_and_counting_events_loads_no_chart_no_statistics_and_no_engine():
    code = """
import aistats as ai, pandas as pd
events = pd.DataFrame({"date": ["2025-12-02", "2025-12-01/2025-12-10"], "region": ["CN", "US"]})
ai.count_events(events, by="region", period="week")
ai.read_events
"""
    heavy = {"matplotlib", "seaborn", "babel", "scipy", "IPython", "nbformat", "papermill"}
    heavy |= {
        "nbconvert",
        "jinja2",
        "narwhals",
        "duckdb",
        "polars",
        "dask",
        "pyspark",
        "openpyxl",
        "rapidfuzz",
    }
    assert loaded(code) & heavy == set()


def test_every_name_of_the_stub_is_one_that_python_gives_and_stands_there_once():
    stub = (PACKAGE / "__init__.pyi").read_text(encoding="utf-8")
    names = re.findall(r"^from \S+ import (\w+) as \1$", stub, re.MULTILINE)
    assert len(names) == len(stub.splitlines()) - 2
    assert sorted(names) == aistats.__all__


def test_the_version_is_that_of_the_distribution():
    assert aistats.__version__ == importlib.metadata.version(NAME)


def test_a_room_is_an_attribute_and_a_misspelt_name_is_none():
    assert loaded("import aistats; assert aistats.charts.plot_counts is aistats.plot_counts")
    with pytest.raises(AttributeError, match="No aistats attribute count_event"):
        aistats.count_event  # noqa: B018

"""The map of the rooms, held against the imports."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import aistats

PACKAGE = Path(aistats.__file__).parent

# What a room may import of the others. A room that is missing here fails the test below.
ROOMS = {
    "locale": set(),
    "faults": {"locale"},
    "dates": {"faults"},
    "tables": {"dates", "faults", "locale"},
    "counting": {"dates", "faults", "tables"},
    "trends": {"counting", "dates", "tables"},
    "wording": {"counting", "dates", "faults", "tables", "trends"},
    "charts": {"counting", "dates", "tables", "trends", "wording"},
    "editions": {
        *("charts", "counting", "dates", "faults", "tables", "trends", "wording"),
    },
    "importers": {"dates", "faults", "tables"},
    "cli": {"counting", "dates", "editions", "faults", "importers", "tables"},
    "__main__": {"cli"},
    "__init__": {
        *("charts", "counting", "dates", "editions", "faults", "tables", "trends", "wording"),
    },
    "exact": {"trends"},
    "style": {"charts"},
}


def imports_of(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module
            if node.module == "aistats":
                yield from (f"aistats.{name.name}" for name in node.names)


def room_of(path):
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.relative_to(PACKAGE).as_posix()
)
def test_a_room_imports_only_the_rooms_below_it(path):
    rooms = {name.split(".")[1] for name in imports_of(path) if name.startswith("aistats.")}
    assert rooms - {room_of(path)} <= ROOMS[room_of(path)]


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
    assert loaded("import aistats") - sys.stdlib_module_names == {"aistats"}
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


def test_what_a_type_checker_sees_is_what_python_gives():
    init = PACKAGE / "__init__.py"
    seen = {
        name.asname: node.module
        for node in ast.walk(ast.parse(init.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module.startswith("aistats.")
        for name in node.names
    }
    assert sorted(seen) == aistats.__all__
    for name, module in seen.items():
        assert getattr(aistats, name) is getattr(importlib.import_module(module), name)


def test_a_room_is_an_attribute_and_a_misspelt_name_is_none():
    assert loaded("import aistats; assert aistats.charts.plot_counts is aistats.plot_counts")
    with pytest.raises(AttributeError, match="'aistats' has no attribute 'count_event'"):
        aistats.count_event  # noqa: B018

"""The map of the rooms, held against the imports."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import aistats

PACKAGE = Path(aistats.__file__).parent

# What a room may import of the others. A room that is missing here fails the test below.
ROOMS = {
    "faults": set(),
    "dates": {"faults"},
    "sheets": {"faults"},
    "files": {"faults", "sheets"},
    "phrases": {"dates", "faults"},
    "codebook": {"dates", "faults", "files"},
    "layouts": {"codebook", "dates", "faults", "files"},
    "events": {"codebook", "dates", "faults", "files", "layouts"},
    "growing": {"events", "faults", "files"},
    "importers": {
        *("codebook", "dates", "events", "faults", "files", "growing", "layouts", "phrases"),
        "sheets",
    },
    "engines": {"dates"},
    "cubes": {"dates", "engines"},
    "counts": {"cubes", "dates"},
    "scans": {"codebook", "counts", "dates", "events", "faults", "files", "layouts"},
    "panel": {"counts", "dates"},
    "series": {"counts", "panel"},
    "exact": set(),
    "trends": {"counts", "exact", "panel", "series"},
    "baseline": {"counts", "events", "series", "trends"},
    "themes": {"events"},
    "wording": {"baseline", "codebook", "counts", "dates", "events", "faults", "trends"},
    "style": {"codebook"},
    "charts": {"codebook", "counts", "dates", "style", "trends", "wording"},
    "exhibits": {"charts", "counts", "events", "faults", "style", "trends", "wording"},
    "pages": {"baseline", "events", "exhibits", "style", "themes", "wording"},
    "digest": {"events", "themes", "wording"},
    "editions": {
        *("dates", "digest", "events", "exhibits", "faults", "files"),
        *("growing", "pages", "wording"),
    },
    "cli": {
        *("codebook", "dates", "editions", "events", "faults", "files", "importers", "layouts"),
        "scans",
    },
    "__main__": {"cli"},
    "__init__": {
        "baseline",
        "charts",
        "codebook",
        "counts",
        "dates",
        "events",
        "exact",
        "exhibits",
        "faults",
        "series",
        "themes",
        "trends",
        "wording",
    },
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


def test_importing_aistats_loads_no_chart_no_notebook_and_no_edtf():
    heavy = (
        "{'matplotlib', 'seaborn', 'IPython', 'papermill', 'nbconvert', 'edtf', 'babel', 'scipy'}"
    )
    code = f"import sys, aistats; print(sorted({heavy} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"

"""How long an edition takes, against the shell loop that one would write instead.

The loop runs papermill and then nbconvert, a process each, over the same notebooks, languages and
data, and makes less: no tables, no digest, no manifest. Then aistats builds the edition with
nothing kept, again with nothing changed, after a change to the prose of one notebook, and after a
change to its code. All of it is done in turn, in a fresh copy each round, so that whatever else the
machine is busy with falls on all alike. A time counts only if the work was done: every page is
there, and says what it was changed to say.

    python benchmarks/editions.py --rounds 3 --out benchmarks/editions.csv
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import papermill
from nbformat.v4 import new_code_cell

EDITION = "2025-12"
LANGUAGES = ("zh", "en")
ROOT = Path(__file__).parents[1]
LIMITS = {"unchanged": 0.03, "prose": 0.2, "build": 0.35}  # of what the loop takes

COLUMNS = ("step", "median", "lowest", "highest", "ratio", "limit", "rounds", "cpus")

LOOP = """
set -eu
mkdir -p loop
for language in zh en; do
  for notebook in notebooks/*.ipynb; do
    output=loop/$(basename "$notebook" .ipynb).$language.ipynb
    papermill "$notebook" "$output" --cwd notebooks \\
      -p edition 2025-12 -p language "$language" -p data ../data
    jupyter nbconvert --to html "$output"
  done
done
"""


def timed(project: Path, *command: str) -> tuple[float, str]:
    """Run a command with this Python's own programs first; return its seconds and what it said."""
    here = str(Path(sys.executable).parent)
    environment = os.environ | {"PATH": os.pathsep.join([here, os.environ["PATH"]])}
    start = time.perf_counter()
    ran = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    if ran.returncode:
        sys.exit(f"{' '.join(command)}\n{ran.stdout}{ran.stderr}")
    return seconds, ran.stdout


def loop(project: Path) -> float:
    """Time the shell loop."""
    seconds, _ = timed(project, "bash", "-c", LOOP)
    for path in (project / "notebooks").glob("*.ipynb"):
        for language in LANGUAGES:
            page = project / "loop" / f"{path.stem}.{language}.html"
            text = page.read_text(encoding="utf-8") if page.exists() else ""
            done("data:image/png" in text, f"no chart in {page}")
    return seconds


def report(project: Path, says: str = "<main") -> float:
    """Time a build of the edition, which must say something in each language."""
    seconds, said = timed(project, "aistats", "report", EDITION)
    edition = project / "reports" / EDITION
    done((edition / "index.html").resolve().as_uri() in said, f"no address in: {said}")
    for language in LANGUAGES:
        for path in (project / "notebooks").glob("*.ipynb"):
            page = edition / language / f"{path.stem.partition('-')[2]}.html"
            wanted = says if path == second(project) else "<main"
            text = page.read_text(encoding="utf-8") if page.exists() else ""
            done(wanted in text, f"not in {page}: {wanted}")
    return seconds


def unchanged(project: Path) -> float:
    """Time a build when there is nothing to do; nothing may differ after it."""
    before = hashes(project)
    seconds = report(project)
    done(hashes(project) == before, "the edition has changed")
    return seconds


def prose(project: Path) -> float:
    """Time a build after the prose of one notebook was changed, in both languages."""
    notebook = nbformat.read(second(project), as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source += "\n\nProse of the benchmark."
    nbformat.write(notebook, second(project))
    return report(project, "Prose of the benchmark.")


def code(project: Path) -> float:
    """Time a build after the code of one notebook was changed, in both languages."""
    notebook = nbformat.read(second(project), as_version=4)
    notebook.cells.append(new_code_cell('ai.Sentence("Code of the benchmark.")', id="benchmark"))
    nbformat.write(notebook, second(project))
    return report(project, "Code of the benchmark.")


def second(project: Path) -> Path:
    """Return the notebook that is changed."""
    return sorted((project / "notebooks").glob("*.ipynb"))[1]


def hashes(project: Path) -> dict[Path, str]:
    """Return a hash of every file of the edition."""
    files = (path for path in (project / "reports" / EDITION).rglob("*") if path.is_file())
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def done(truth: bool, otherwise: str) -> None:
    """Stop where something was not done that was timed."""
    if not truth:
        sys.exit(otherwise)


STEPS: dict[str, tuple[str, Callable[[Path], float]]] = {
    "loop": ("shell loop", loop),
    "build": ("aistats, nothing kept", report),
    "unchanged": ("aistats, nothing changed", unchanged),
    "prose": ("aistats, prose of one notebook changed", prose),
    "code": ("aistats, code of one notebook changed", code),
}


def copy_project(project: Path) -> None:
    """Copy the data, and the notebooks that are run for an edition without a baseline."""
    shutil.copytree(ROOT / "data", project / "data")
    (project / "notebooks").mkdir()
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        if "reports" not in papermill.inspect_notebook(path):
            shutil.copy(path, project / "notebooks")


def measure(rounds: int) -> dict[str, list[float]]:
    """Return the seconds of each step in each round."""
    seconds: dict[str, list[float]] = {step: [] for step in STEPS}
    for number in range(1, rounds + 1):
        with tempfile.TemporaryDirectory() as temporary:
            project = Path(temporary)
            copy_project(project)
            for step, (name, run) in STEPS.items():
                seconds[step].append(run(project))
                print(f"[{number}/{rounds}] {name}: {seconds[step][-1]:.1f} s", file=sys.stderr)
    return seconds


def main() -> None:
    """Time all rounds and print the medians."""
    parser = argparse.ArgumentParser(description="time a build against a shell loop")
    parser.add_argument("--rounds", type=int, default=3, help="how often (default: 3)")
    parser.add_argument("--out", type=Path, help="also write the table to this CSV")
    options = parser.parse_args()

    seconds = measure(options.rounds)
    median = {step: statistics.median(times) for step, times in seconds.items()}
    cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    rows = []
    print(f"{'':40}{'median':>9}{'of loop':>9}{'limit':>7}  ({options.rounds} rounds, {cpus} CPUs)")
    for step, (name, _) in STEPS.items():
        ratio, limit = median[step] / median["loop"], LIMITS.get(step)
        said = "" if limit is None else f"{limit:>7}  {'kept' if ratio <= limit else 'NOT KEPT'}"
        print(f"{name:40}{median[step]:>7.1f} s{ratio:>9.3f}{said}")
        ends = f"{min(seconds[step]):.2f}", f"{max(seconds[step]):.2f}"
        of = (options.rounds, cpus)
        rows.append([step, f"{median[step]:.2f}", *ends, f"{ratio:.3f}", limit, *of])
    if options.out:
        with options.out.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows(rows)


if __name__ == "__main__":
    main()

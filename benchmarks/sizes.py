"""Weekly counts of tables of any size: aistats against what one would write or use instead.

Every contestant counts the same made-up events by region × category × ISO week, a row for every
combination, zeros included, an event without a category in a group of its own. In memory, a fresh
process loads the table as that contestant holds it and times the count alone; of files, the whole
process is timed from outside, and its peak memory taken. The contestants run in turn, in an order
drawn anew each round, so that whatever else the machine is busy with falls on all alike; a ratio is
of two times of one round. Each table must be equal to the others, cell by cell, before any time is
printed. Where a rival has several scripts, the fastest is held to the limit. All have the same
CPUs.

    python benchmarks/sizes.py --tasks memory csv --rows 1000000
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import importlib.metadata
import itertools
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent / "sizes"
BIN = Path(sys.executable).parent
GIGABYTE = 10**9
SPARE = 20 * GIGABYTE  # of the disk is left free
CSV_ROW, PARQUET_ROW = 115, 35  # bytes, rounded up

Cells = dict[tuple[str, str, str], int]


class Script(NamedTuple):
    """One way to get the table: a command, in which {folder}, {files} and {out} are filled in.

    One that times itself prints its ``seconds`` and ``version`` as JSON.
    """

    name: str
    command: tuple[str, ...]
    package: str = ""
    times_itself: bool = False


class Rival(NamedTuple):
    """Scripts of which the fastest is held against aistats: its share of time, and of memory."""

    scripts: tuple[Script, ...]
    limit: float
    memory_limit: float | None = None


class Task(NamedTuple):
    """What is counted, how many times `--rows` of it, and against whom."""

    files: str
    times: float
    ours: Script
    rivals: tuple[Rival, ...]


class Run(NamedTuple):
    """What one run took, and the version that ran."""

    seconds: float
    peak: float  # MB
    version: str


def in_memory(name: str, contestant: str) -> Script:
    """Return a contestant that times the count alone."""
    command = sys.executable, str(HERE / "in_memory.py"), contestant, "{folder}", "{out}"
    return Script(name, command, times_itself=True)


def of_files(package: str) -> Script:
    """Return a script that is timed from outside."""
    script = str(HERE / f"{package}_script.py")
    return Script(f"{package} script", (sys.executable, script, "{files}", "{out}"), package)


BY = ("--by", "region", "--by", "category", "--period", "week")
COUNT = str(BIN / "aistats"), "count", "{files}", *BY, "-o", "{out}"
FILES = Script("aistats count", COUNT, "aistats-events")
MEMORY = in_memory("aistats", "aistats")
BY_HAND = (
    in_memory("codes and bincount", "bincount"),
    in_memory("codes and bincount, in blocks", "bincount-in-blocks"),
)
IN_POLARS = (
    in_memory("Polars", "polars"),
    in_memory("Polars, streaming", "polars-streaming"),
)
OF_TEXT = (
    in_memory("Polars, dates parsed first", "polars-parsed-first"),
    in_memory("Polars, dates parsed last", "polars-parsed-last"),
)
R = Script(
    "R incidence", ("Rscript", str(HERE / "incidence.R"), "{folder}", "{out}"), times_itself=True
)
ENGINES = of_files("duckdb"), of_files("polars")

PARQUET, CSV = "parquet/*.parquet", "events.csv"
TASKS = {
    "memory": Task(
        PARQUET,
        1,
        MEMORY,
        (
            Rival(BY_HAND, 1.2),
            Rival(IN_POLARS, 0.3),
            Rival((in_memory("pandas, Grouper", "grouper"),), 0.02),
            Rival((in_memory("pandas, to_period", "to-period"),), 0.2),
            Rival((R,), 0.06),
        ),
    ),
    "text": Task(PARQUET, 1, in_memory("aistats", "aistats-text"), (Rival(OF_TEXT, 1.0),)),
    "csv": Task(CSV, 1, FILES, (Rival(ENGINES, 1.25), Rival((of_files("pandas"),), 0.35))),
    "small": Task(CSV, 0.001, FILES, (Rival((of_files("pandas"),), 1.3),)),
    "large-parquet": Task(PARQUET, 10, FILES, (Rival(ENGINES, 1.1, 1.2),)),
    "large-csv": Task(CSV, 10, FILES, (Rival(ENGINES, 1.1, 1.2),)),
}
GROWTH = {"growth-memory": (PARQUET, MEMORY)}
GROWTH |= {"growth-parquet": (PARQUET, FILES), "growth-csv": (CSV, FILES)}
GROWTH_TIMES, GROWTH_LIMIT = (0.1, 1, 10), 1.1

COLUMNS = ("task", "rows", "contestant", "rounds", "median_s", "ratio", "ratio_low", "ratio_high")
COLUMNS += ("limit", "kept", "peak_mb", "peak_ratio", "peak_limit", "peak_kept", "cpus", "version")
HEADING = "| | rows | seconds | ratio | range | limit | kept | MB | ratio | limit | kept | of |"
LEGEND = """\
Seconds and MB (peak memory of the process; in memory, of loading as well) are medians. A ratio is
what aistats takes of what the other takes; in the tasks of growth, what so many rows take of what
they would if each took as long as in the smaller table.
"""
Row = dict[str, Any]


# The table, and whether all have the same ---------------------------------------------------------


def made_up(folder: Path, rows: int, seed: int, *, files: str, codes: bool = False) -> Path:
    """Make the table up, unless it is there, for R as codes too; return its folder."""
    to = folder / f"events-{rows}-{seed}"
    print(f"making up {rows:,} events", file=sys.stderr)
    script = [sys.executable, str(HERE / "made_up.py"), str(to)]
    more = ["--csv"] * (files == CSV) + ["--codes"] * codes
    subprocess.run([*script, "--rows", str(rows), "--seed", str(seed), *more], check=True)
    for path in sorted(to.glob(files)):  # as warm for the first contestant as for the last
        with path.open("rb") as file:
            while file.read(1 << 24):
                pass
    return to


def cells(table: Path) -> Cells:
    """Return the counts of a table by Monday, region and category."""
    found: Cells = {}
    with table.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = row["period"][:10], row["region"], row["category"]
            n = int(row["certain"] if "certain" in row else row["count"])
            stop_unless(key not in found, f"{table.name}: {key} has two rows")
            stop_unless("possible" not in row or int(row["possible"]) == n, f"{table.name}: {key}")
            found[key] = n
    return found


def compare(one: Cells, other: Cells, names: tuple[str, str], rows: int) -> None:
    """Stop where two tables differ in a cell or do not hold every event."""
    for name, table in zip(names, (one, other), strict=True):
        total = sum(table.values())
        stop_unless(total == rows, f"{name}: counts add up to {total:,}, not to {rows:,}")
    differ = sorted(it for it in one.keys() | other.keys() if one.get(it) != other.get(it))
    shown = "; ".join(f"{it}: {one.get(it)} and {other.get(it)}" for it in differ[:5])
    stop_unless(not differ, f"{' and '.join(names)} differ in {len(differ)} cells: {shown}")


def stop_unless(truth: bool, otherwise: str) -> None:
    """Stop where the contestants did not do the same."""
    if not truth:
        sys.exit(otherwise)


# Runs ---------------------------------------------------------------------------------------------


def run(script: Script, folder: Path, files: str, out: Path) -> Run:
    """Run a contestant once; time it from outside unless it says what the count alone took."""
    fill = {"folder": folder, "files": folder / files, "out": out}
    out.unlink(missing_ok=True)
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        child = subprocess.Popen(
            [part.format(**fill) for part in script.command], stdout=said, stderr=said
        )
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        text = said.read().decode(errors="replace")
    stop_unless(child.returncode == 0 and out.exists(), f"{script.name} failed:\n{text}")
    peak = usage.ru_maxrss / 1024
    if script.times_itself:
        return Run(**json.loads(text.splitlines()[-1]), peak=peak)
    return Run(seconds, peak, f"{script.package} {importlib.metadata.version(script.package)}")


def measure(
    task: str, entries: list[tuple[Script, Path, int]], files: str, rounds: int, seed: int
) -> list[list[Run]]:
    """Return the runs of each entry, a script on a table of so many rows, round by round."""
    runs: list[list[Run]] = [[] for _ in entries]
    tables: dict[int, tuple[str, Cells]] = {}
    order, turn = list(range(len(entries))), random.Random(seed)
    for number in range(1, rounds + 1):
        turn.shuffle(order)
        for entry in order:
            script, folder, rows = entries[entry]
            print(f"{task} [{number}/{rounds}] {script.name}, {rows:,} rows", file=sys.stderr)
            out = folder / "table.csv"
            runs[entry].append(run(script, folder, files, out))
            table = cells(out)
            name, first = tables.setdefault(rows, (script.name, table))
            compare(first, table, (name, script.name), rows)
    return runs


def has_incidence() -> bool:
    """Return whether R's incidence is there; say so if not."""
    test = ["Rscript", "-e", "quit(status = !requireNamespace('incidence', quietly = TRUE))"]
    there = bool(shutil.which("Rscript")) and not subprocess.run(test).returncode
    if not there:
        print("LEFT OUT: R's incidence (Debian: apt install r-cran-incidence)", file=sys.stderr)
    return there


# Results ------------------------------------------------------------------------------------------


def contest(name: str, rows: int, folder: Path, rounds: int, seed: int) -> list[Row]:
    """Return the rows of a task: aistats first, then everyone with what aistats takes of theirs."""
    task = TASKS[name]
    rivals = [it for it in task.rivals if it.scripts != (R,) or has_incidence()]
    scripts = [task.ours, *(script for rival in rivals for script in rival.scripts)]
    made = made_up(folder, rows, seed, files=task.files, codes=R in scripts)
    runs = measure(name, [(it, made, rows) for it in scripts], task.files, rounds, seed)
    of = dict(zip(scripts, runs, strict=True))
    ours = of[task.ours]
    table = [described(name, task.ours.name, rows, ours)]
    for rival in rivals:
        fastest = min(rival.scripts, key=lambda it: middle(of[it], "seconds"))
        for script in rival.scripts:
            row = described(name, script.name, rows, of[script])
            row |= ratio(ours, of[script], rival.limit if script == fastest else None)
            if not script.times_itself:
                peak = middle(ours, "peak") / middle(of[script], "peak")
                row |= held("peak_", peak, rival.memory_limit if script == fastest else None)
            table.append(row)
    return table


def growth(name: str, sizes: list[int], folder: Path, rounds: int, seed: int) -> list[Row]:
    """Return what more rows cost, of what they would cost if each cost the same."""
    files, script = GROWTH[name]
    made = [made_up(folder, rows, seed, files=files) for rows in sizes]
    entries = [(script, at, rows) for at, rows in zip(made, sizes, strict=True)]
    runs = measure(name, entries, files, rounds, seed)
    table = [described(name, script.name, sizes[0], runs[0])]
    for (fewer, before), (rows, after) in itertools.pairwise(zip(sizes, runs, strict=True)):
        linear = [it._replace(seconds=it.seconds * rows / fewer) for it in before]
        row = described(name, f"{script.name}, of {fewer:,} rows", rows, after)
        table.append(row | ratio(after, linear, GROWTH_LIMIT))
    return table


def described(task: str, name: str, rows: int, runs: list[Run]) -> Row:
    """Return what is said of any contestant."""
    return {
        **{"task": task, "rows": rows, "contestant": name, "rounds": len(runs)},
        "median_s": f"{middle(runs, 'seconds'):.4g}",
        "peak_mb": f"{middle(runs, 'peak'):.0f}",
        **{"cpus": len(os.sched_getaffinity(0)), "version": runs[0].version},
    }


def middle(runs: list[Run], what: str) -> float:
    """Return the median of what some runs took."""
    return statistics.median(getattr(it, what) for it in runs)


def ratio(ours: list[Run], theirs: list[Run], limit: float | None) -> Row:
    """Return the median of the ratios within each round, and their range."""
    of = [one.seconds / other.seconds for one, other in zip(ours, theirs, strict=True)]
    ends = {"ratio_low": f"{min(of):.4g}", "ratio_high": f"{max(of):.4g}"}
    return held("", statistics.median(of), limit) | ends


def held(of: str, share: float, limit: float | None) -> Row:
    """Return a ratio, and whether it keeps its limit, if it has one."""
    kept = "" if limit is None else "yes" if share <= limit else "NO"
    return {f"{of}ratio": f"{share:.4g}", f"{of}limit": limit, f"{of}kept": kept}


def page(table: list[Row]) -> str:
    """Return the rows as Markdown, a table for each task."""
    lines = []
    for task in dict.fromkeys(row["task"] for row in table):
        rows = [row for row in table if row["task"] == task]
        lines += [
            "",
            f"**{task}**, {rows[0]['rounds']} rounds, {rows[0]['cpus']} CPUs",
            "",
            HEADING,
        ]
        lines += ["|---|--:|--:|--:|---|--:|---|--:|--:|--:|---|---|"]
        for row in rows:
            ends = f"{row['ratio_low']}–{row['ratio_high']}" if "ratio" in row else ""
            shown = [row["contestant"], f"{row['rows']:,}", row["median_s"]]
            shown += [row.get("ratio"), ends, row.get("limit"), row.get("kept"), row["peak_mb"]]
            shown += [row.get(f"peak_{it}") for it in ("ratio", "limit", "kept")]
            shown.append(row["version"])
            lines.append("| " + " | ".join("" if it is None else str(it) for it in shown) + " |")
    return "\n".join(lines) + "\n"


def write(table: list[Row], out: Path) -> None:
    """Write the rows as CSV, and beside it the page."""
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
    title, _, about = (__doc__ or "").partition("\n\n    ")[0].partition(".\n")
    text = f"# {title}\n{about}\n\n{LEGEND}{page(table)}"
    out.with_suffix(".md").write_text(text, encoding="utf-8")


def fits(folder: Path, task: str, rows: int) -> bool:
    """Return whether the files of a task fit on the disk; say so if not."""
    needs = rows * (PARQUET_ROW + (CSV_ROW if "csv" in task else 0)) + SPARE
    free = shutil.disk_usage(folder).free
    if free < needs:
        said = f"{free / GIGABYTE:.0f} GB free in {folder}, {needs / GIGABYTE:.0f} GB wanted"
        print(f"LEFT OUT: {task} of {rows:,} rows: {said}", file=sys.stderr)
    return free >= needs


def parsed() -> argparse.Namespace:
    """Return the options."""
    every = [*TASKS, *GROWTH]
    parser = argparse.ArgumentParser(
        description="Weekly counts of tables of any size: aistats against other ways to get them.",
        epilog="All tasks take about 40 minutes on two CPUs, 34 GB of disk and 8 GB of memory; "
        "Linux only, for the CPUs and the memory.",
    )
    parser.add_argument("--tasks", nargs="+", choices=every, default=every, help="default: all")
    parser.add_argument(
        "--rows",
        type=int,
        default=10_000_000,
        help="default: %(default)s, which the limits are for",
    )
    parser.add_argument("--rounds", type=int, help="default: 5; 3 of ten times the rows")
    parser.add_argument("--threads", type=int, help="CPUs that all may use (default: every one)")
    parser.add_argument("--folder", type=Path, help="keep what is made up (default: nothing kept)")
    parser.add_argument("--seed", type=int, default=20251201, help="default: %(default)s")
    parser.add_argument("--out", type=Path, help="write the table to this CSV, and a page as .md")
    return parser.parse_args()


def main() -> None:
    """Run the tasks, print what came of each, and write all of it."""
    options = parsed()
    if options.threads:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: options.threads])
    table: list[Row] = []
    with contextlib.ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        for name in options.tasks:
            times = GROWTH_TIMES if name in GROWTH else (TASKS[name].times,)
            sizes = [max(int(options.rows * it), 1) for it in times]
            if not fits(folder, name, sizes[-1]):
                continue
            rounds = options.rounds or (3 if times[-1] > 1 else 5)
            if name in GROWTH:
                rows = growth(name, sizes, folder, rounds, options.seed)
            else:
                rows = contest(name, sizes[0], folder, rounds, options.seed)
            print(page(rows), flush=True)
            table += rows
            if options.out:
                write(table, options.out)


if __name__ == "__main__":
    main()

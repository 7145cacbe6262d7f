"""What `import aistats` costs a script, against the `import pandas` that it has anyway.

Each contestant is a fresh process. They take turns, in the other order every round, so that
whatever else the machine is busy with falls on all alike, and each is compared with the pandas of
its own round. The front door is lazy, so the first use of it counts as well: reading and counting
events bring their rooms, and pandas with them.

    python benchmarks/imports.py --rounds 30 --out benchmarks/imports.csv
"""

from __future__ import annotations

import argparse
import csv
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

LIMIT = 1.15  # of what pandas takes

CODES = {
    "pandas": "import pandas",
    "aistats": "import aistats",
    "both": "import pandas, aistats",
    "first use": "import pandas; from aistats import count_events, read_events",
}

COLUMNS = ("step", "median", "lowest", "highest", "ratio", "ratio_low", "ratio_high", "limit")


def timed(code: str, folder: Path) -> float:
    """Run code in a fresh process in a folder of its own; return its seconds."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], cwd=folder, check=True)
    return time.perf_counter() - start


def measure(rounds: int) -> dict[str, list[float]]:
    """Return the seconds of each contestant in each round, after a round that is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in CODES}
    with tempfile.TemporaryDirectory() as temporary:
        for number in range(rounds + 1):
            for name in list(CODES)[:: 1 if number % 2 else -1]:
                taken = timed(CODES[name], Path(temporary))
                if number:
                    seconds[name].append(taken)
    return seconds


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the lower quartile, the median and the upper quartile."""
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, middle, high


def main() -> None:
    """Time all rounds and print the medians, and the ratios with their quartiles."""
    parser = argparse.ArgumentParser(description="time import aistats against import pandas")
    parser.add_argument("--rounds", type=int, default=30, help="how often (default: 30)")
    parser.add_argument("--out", type=Path, help="also write the table to this CSV")
    options = parser.parse_args()

    seconds = measure(options.rounds)
    cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    of = f"of pandas ({options.rounds} rounds, {cpus} CPUs)"
    print(f"{'':62}{'median':>8}  {of}")
    rows = []
    for name, code in CODES.items():
        pairs = zip(seconds[name], seconds["pandas"], strict=True)
        low, ratio, high = quartiles([mine / theirs for mine, theirs in pairs])
        limit = LIMIT if name != "pandas" else None
        said = "" if limit is None else "  kept" if ratio <= limit else "  NOT KEPT"
        median = statistics.median(seconds[name])
        print(f"{code:62}{median:>6.3f} s  {ratio:.3f} ({low:.3f}–{high:.3f}){said}")
        ends = (f"{it:.3f}" for it in (median, min(seconds[name]), max(seconds[name])))
        rows.append([name, *ends, f"{ratio:.3f}", f"{low:.3f}", f"{high:.3f}", limit])
    if options.out:
        with options.out.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows(rows)


if __name__ == "__main__":
    main()

"""How often a change is claimed where there is none, and how often where counts double.

Counts of a made-up report (groups × periods) without any trend, Poisson or in clusters, go through
aistats as an edition does: a comparison and a growth rate for each group, judged as one family. The
same counts go to what analysts use instead: log-linear least squares as R's incidence fits it, the
Poisson GLM of statsmodels, the Mann–Kendall test of pymannkendall, and “more than 20 % up or down
on the period before”. A second time the rate doubles over the window.

    python benchmarks/false_claims.py --series 400 --out benchmarks/false_claims.csv
"""

from __future__ import annotations

import argparse
import itertools
import os
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd

import aistats as ai

LEVEL = 0.05
Counts = np.ndarray
Contestant = Callable[[Counts, Counts], bool]


class Cell(NamedTuple):
    """What a made-up report is like; ``mean`` is of events per group and period."""

    periods: int
    mean: float
    groups: int
    even: bool
    dispersion: float
    doubling: bool = False


CELLS = [
    Cell(periods, mean, groups, even, dispersion, doubling)
    for doubling, periods, mean, groups, even, dispersion in itertools.product(
        (False, True), (4, 8, 26, 104), (1, 5, 50), (1, 8, 20), (True, False), (1, 2, 4)
    )
]


def made_up(cell: Cell, rng: np.random.Generator) -> tuple[Counts, Counts]:
    """Return counts, a row per group, and the covered days of each period."""
    days = np.full(cell.periods, 7) if cell.even else rng.integers(1, 8, cell.periods)
    growth = 2.0 ** (np.arange(cell.periods) / (cell.periods - 1)) if cell.doubling else 1.0
    means = np.broadcast_to(days * growth, (cell.groups, cell.periods))
    means = cell.mean * means / means.mean(axis=1, keepdims=True)
    if cell.dispersion > 1:  # a gamma mixture of this scale has this variance over mean
        scale = cell.dispersion - 1
        means = rng.gamma(means / scale, scale)
    return rng.poisson(means), days


def counts_table(counts: Counts, days: Counts) -> pd.DataFrame:
    """Return counts as `aistats.count_events` does: of events with a day of their own."""
    groups, periods = counts.shape
    table = pd.DataFrame(
        {
            "period": np.repeat(pd.date_range("2024-01-01", periods=periods, freq="7D"), groups),
            "group": np.tile(np.arange(groups).astype(str), periods),
        }
    )
    for name in ("certain", "expected", "possible", "starting", "ending"):
        table[name] = counts.T.ravel().astype(float if name == "expected" else int)
    table = table.assign(days=7, days_covered=np.repeat(days, groups))
    return ai.as_counts(table, by="group")


def aistats_report(counts: Counts, days: Counts) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the comparisons and the growth rates of a report, judged together."""
    table = counts_table(counts, days)
    comparisons, growth = ai.one_family(ai.compare_periods(table), ai.growth_rate(table))
    return comparisons, growth


# What analysts use instead -----------------------------------------------------------------------


def least_squares(counts: Counts, days: Counts) -> bool:
    """Return the verdict of log-linear least squares without zeros, as `incidence::fit` in R."""
    from scipy.stats import linregress

    some = counts > 0
    if some.sum() < 3:
        return False
    times = np.arange(len(counts))[some]
    return bool(linregress(times, np.log(counts[some] / days[some])).pvalue <= LEVEL)


def poisson_glm(counts: Counts, days: Counts) -> bool:
    """Return the verdict of the Wald test of a Poisson regression with exposure."""
    import statsmodels.api as sm

    design = sm.add_constant(np.arange(len(counts), dtype=float))
    try:
        fit = sm.GLM(counts, design, family=sm.families.Poisson(), exposure=days).fit()
        return bool(fit.pvalues[1] <= LEVEL)
    except (ValueError, np.linalg.LinAlgError, sm.tools.sm_exceptions.PerfectSeparationError):
        return False


def mann_kendall(counts: Counts, days: Counts) -> bool:
    """Return the verdict of the Mann–Kendall test on rates."""
    import pymannkendall

    return bool(pymannkendall.original_test(counts / days).p <= LEVEL)


def twenty_percent(counts: Counts, days: Counts) -> bool:
    """Return whether there is a fifth more or less than in the period before."""
    before, now = (counts / days)[-2:]
    return bool(now > 1.2 * before or now < 0.8 * before)


CONTESTANTS: dict[str, Contestant] = {
    "least_squares": least_squares,
    "poisson_glm": poisson_glm,
    "mann_kendall": mann_kendall,
    "twenty_percent": twenty_percent,
}


# One cell ----------------------------------------------------------------------------------------


def simulate(
    cell: Cell, series: int, seed: int, contestants: dict[str, Contestant]
) -> dict[str, float]:
    """Return what became of some `series` of a cell: shares of statements, and of reports."""
    rng = np.random.default_rng([seed, CELLS.index(cell)])
    reports = -(-series // cell.groups)
    found = pd.DataFrame([_report(cell, rng, contestants) for _ in range(reports)])
    return {**cell._asdict(), "reports": reports, **found.mean().to_dict()}


def _report(
    cell: Cell, rng: np.random.Generator, contestants: dict[str, Contestant]
) -> dict[str, float]:
    counts, days = made_up(cell, rng)
    comparisons, growth = aistats_report(counts, days)
    truth = np.log(2) / (cell.periods - 1) if cell.doubling else 0.0
    claimed = {
        name: table["verdict"].isin(["increase", "decrease"])
        for name, table in (("comparison", comparisons), ("growth", growth))
    }
    row = {f"{name}_claims": float(is_claim.mean()) for name, is_claim in claimed.items()}
    row["report_claims"] = float(max(is_claim.any() for is_claim in claimed.values()))
    row["clustered"] = float((growth["verdict"] == "clustered").mean())
    row["growth_covers"] = float(_covers(growth, truth).mean())
    if not cell.doubling:
        row["comparison_covers"] = float(_covers(comparisons, 1.0).mean())
    for name, contestant in contestants.items():
        row[name] = float(np.mean([contestant(one, days) for one in counts]))
    return row


def _covers(table: pd.DataFrame, truth: float) -> pd.Series:
    return (table["lower"] <= truth) & (truth <= table["upper"])


def run(series: int, seed: int, cells: list[Cell]) -> Iterator[dict[str, float]]:
    """Yield the results of cells, two at once."""
    with ProcessPoolExecutor(2, initializer=warnings.simplefilter, initargs=("ignore",)) as pool:
        todo = [
            pool.submit(simulate, cell, series // (1 + 3 * cell.doubling), seed, CONTESTANTS)
            for cell in cells
        ]
        for done, future in enumerate(todo, 1):
            result = future.result()
            print(f"[{done}/{len(todo)}]", *cells[done - 1], flush=True)
            yield result


# The table of the docs ---------------------------------------------------------------------------

_NAMES = {
    "aistats, growth": "growth_claims",
    "aistats, comparison": "comparison_claims",
    "least squares": "least_squares",
    "Poisson GLM": "poisson_glm",
    "Mann–Kendall": "mann_kendall",
    "±20 %": "twenty_percent",
}


def summary(results: pd.DataFrame, *, doubling: bool) -> str:
    """Return per cent of statements that claim a change, as Markdown: the mean over the cells.

    Without a trend, the highest of a cell stands in brackets for aistats.
    """
    some = results[results["doubling"] == doubling]
    lines = ["| dispersion | periods | events | " + " | ".join(_NAMES) + " |", "|--:" * 9 + "|"]
    for (dispersion, periods, mean), cells in some.groupby(["dispersion", "periods", "mean"]):
        parts = [f"{dispersion:g}", f"{periods:g}", f"{mean:g}"]
        for name, column in _NAMES.items():
            share = f"{100 * cells[column].mean():.1f}"
            worst = f" ({100 * cells[column].max():.1f})"
            parts.append(share + worst * (not doubling and name.startswith("aistats")))
        lines.append("| " + " | ".join(parts) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--series",
        type=int,
        default=400,
        help="series a cell, at least; a quarter where rates double",
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", help="a CSV of all cells")
    options = parser.parse_args()
    results = pd.DataFrame(run(options.series, options.seed, CELLS))
    if options.out:
        results.to_csv(options.out, index=False, float_format="%.4g", lineterminator="\n")
    for doubling in (False, True):
        print(
            "\nthe rate doubles" if doubling else "\nno trend",
            summary(results, doubling=doubling),
            sep="\n\n",
        )

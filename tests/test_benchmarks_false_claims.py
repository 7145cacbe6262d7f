"""A small run of the benchmark: claims without a trend are rare, and a doubling is found."""

import importlib.util
import math
from pathlib import Path

import numpy as np
import pytest

BENCHMARK = Path(__file__).parents[1] / "benchmarks" / "false_claims.py"
REPORTS, GROUPS, SEED = 12, 8, 20251201
pytestmark = pytest.mark.slow

CELLS = [  # periods, mean, groups, even, dispersion
    (4, 1, GROUPS, True, 1),
    (4, 5, GROUPS, True, 4),
    (8, 1, GROUPS, False, 4),
    (8, 5, GROUPS, False, 1),
    (8, 5, GROUPS, False, 4),
]


@pytest.fixture(scope="module")
def benchmark_script():
    spec = importlib.util.spec_from_file_location("false_claims", BENCHMARK)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module", params=CELLS, ids=lambda it: "-".join(map(str, it)))
def simulated(request, benchmark_script):
    series = REPORTS * request.param[2]
    cell = benchmark_script.Cell(*request.param)
    return benchmark_script.simulate(cell, series, seed=SEED, contestants={})


def margin(share, number):
    """Return three standard errors of a share seen in so many tries."""
    return 3 * math.sqrt(share * (1 - share) / number)


def test_without_a_trend_few_changes_are_claimed(simulated):
    assert simulated["reports"] == REPORTS
    for kind in ("comparison", "growth"):
        assert simulated[f"{kind}_claims"] <= 0.05 + margin(0.05, REPORTS * GROUPS)
    if simulated["dispersion"] == 1:
        assert simulated["report_claims"] <= 0.05 + margin(0.05, REPORTS)


def test_few_reports_on_clustered_events_claim_any_change(benchmark_script):
    cell = benchmark_script.Cell(8, 5, GROUPS, False, 4)

    found = benchmark_script.simulate(cell, 20 * GROUPS, seed=SEED, contestants={})

    assert found["report_claims"] <= 0.05 + margin(0.05, 20)


def test_intervals_of_events_that_come_one_by_one_hold_the_truth(simulated):
    if simulated["dispersion"] > 1:
        return
    for kind in ("comparison", "growth"):
        assert simulated[f"{kind}_covers"] >= 0.95 - margin(0.95, REPORTS * GROUPS)


def test_a_doubling_of_fifty_events_a_period_is_found_in_most_series(benchmark_script):
    cell = benchmark_script.Cell(26, 50, GROUPS, True, 1, doubling=True)

    found = benchmark_script.simulate(cell, 2 * GROUPS, seed=SEED, contestants={})

    assert found["growth_claims"] > 0.9
    assert found["growth_covers"] >= 0.95 - margin(0.95, 2 * GROUPS)
    assert found["comparison_claims"] < found["growth_claims"]


@pytest.mark.parametrize("dispersion", [1, 2, 4])
@pytest.mark.parametrize("even", [True, False])
def test_made_up_counts_have_the_mean_and_the_dispersion_of_their_cell(
    benchmark_script, even, dispersion
):
    rng = np.random.default_rng(SEED)
    cell = benchmark_script.Cell(8, 5, 4000, even, dispersion)

    counts, days = benchmark_script.made_up(cell, rng)

    assert counts.mean() == pytest.approx(5, rel=0.05)
    assert counts.mean(axis=0) / days == pytest.approx(5 / days.mean() * np.ones(8), rel=0.1)
    assert (counts.var(axis=0) / counts.mean(axis=0)).mean() == pytest.approx(dispersion, rel=0.1)


def test_the_table_of_the_docs_has_a_row_per_cell(benchmark_script):
    pd = benchmark_script.pd
    row = dict(zip(benchmark_script.Cell._fields, (4, 5, 8, True, 2, False), strict=True))
    row |= dict.fromkeys(benchmark_script._NAMES.values(), 0.031)

    lines = benchmark_script.summary(pd.DataFrame([row]), doubling=False).splitlines()

    assert len(lines) == 3
    assert {line.count("|") for line in lines} == {10}
    assert lines[2].startswith("| 2 | 4 | 5 | 3.1 (3.1) | 3.1 (3.1) | 3.1 |")

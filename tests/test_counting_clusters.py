"""The same counts on a cluster, a worker killed in the middle of the job or not."""

import os
import re
import sys
from importlib.util import find_spec
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from clusters import (
    PATIENCE,
    dask_cluster,
    is_alive,
    kill_dask_midway,
    slow_in_dask,
    spark_cluster,
)
from engines import missing
from pandas.testing import assert_frame_equal

import aistats as ai

KILLS = int(os.environ.get("AISTATS_CLUSTER_KILLS", "1"))
MOMENTS = [round((kill + 0.5) / KILLS * 0.9, 3) for kill in range(KILLS)]
"""The shares of the work that are done when a worker is killed."""

ASKED = {"by": ["region", "category"], "period": "week"}
DOCS = Path(__file__).parents[1] / "docs"
pytestmark = pytest.mark.clusters


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Hold a year of events: a folder a month, two files each."""
    if find_spec("pyarrow") is None:
        missing("pyarrow")
    here = tmp_path_factory.mktemp("cluster")
    rng = np.random.default_rng(20251201)
    months = np.arange("2025-01", "2026-02", dtype="datetime64[M]").astype("datetime64[us]")
    for (first, end), part in product(pairwise(months), range(2)):
        seconds = rng.integers(0, (end - first) // np.timedelta64(1, "s"), 500)
        table = pd.DataFrame(
            {
                "date": first + seconds.astype("timedelta64[s]"),
                "region": rng.choice(["CN", "US", "NA", "", None], 500),
                "category": pd.Categorical(rng.choice(["model", "产品"], 500)),
                "summary": "what was said of it",
            }
        )
        home = here / "events" / f"month={str(first)[:7]}"
        home.mkdir(parents=True, exist_ok=True)
        table.to_parquet(home / f"{part}.parquet", index=False)
    return here


@pytest.fixture(scope="module")
def by_pandas(folder):
    return ai.count_events(pd.read_parquet(folder / "events"), **ASKED)


@pytest.fixture(scope="module")
def spark(folder):
    with spark_cluster(folder) as cluster:
        yield cluster


def assert_same(counted, by_pandas):
    text = {"category": "str"}  # which a category of pandas is on other engines
    assert_frame_equal(counted.astype(text), by_pandas.astype(text), check_exact=True)


@pytest.fixture(scope="module")
def dask(folder):
    with dask_cluster(folder) as client:
        pids = [*client.run(os.getpid).values()]
        yield client
        pids += client.run(os.getpid).values()
    assert not any(is_alive(pid) for pid in pids)


@pytest.mark.parametrize("share", MOMENTS)
def test_dask_counts_as_pandas_does_though_a_worker_is_killed_midway(
    folder, dask, by_pandas, share
):
    import dask.dataframe as dd

    events = slow_in_dask(dd.read_parquet(folder / "events"), 0.2)
    counted, lost = kill_dask_midway(dask, lambda: ai.count_events(events, **ASKED), share)
    assert_same(counted, by_pandas)
    assert lost["processing-tasks"]
    assert not lost["expected"]


def test_a_dask_worker_needs_no_more_than_dask(folder, dask, by_pandas):
    import dask.dataframe as dd

    assert_same(ai.count_events(dd.read_parquet(folder / "events"), **ASKED), by_pandas)
    loaded = dask.run(lambda: {name.split(".")[0] for name in sys.modules})
    assert not {"aistats", "narwhals"} & set().union(*loaded.values())


def test_a_date_that_is_none_is_refused_by_its_value_wherever_the_events_are(folder, dask):
    import dask.dataframe as dd

    events = dd.from_pandas(pd.DataFrame({"date": ["2025-12-01", "2025-13-01"]}), npartitions=2)
    with pytest.raises(ai.DataError, match="2025-13-01"):
        ai.count_events(events, period="week")


@pytest.mark.parametrize("share", MOMENTS)
def test_spark_counts_as_pandas_does_though_a_worker_is_killed_midway(
    folder, spark, by_pandas, share
):
    spark.keep_two_workers()
    job, page = spark.start_job(0.2, out := folder / f"{share}.pkl", **ASKED)
    spark.kill_midway(job, page, share)
    assert job.wait(PATIENCE) == 0
    assert_same(pd.read_pickle(out), by_pandas)
    said = spark.log_of(page)
    assert "ExecutorLostFailure" in said
    (columns,) = set(re.findall(r"ReadSchema: struct<(.*?)>", said))
    assert sorted(it.split(":")[0] for it in columns.split(",")) == ["category", "date", "region"]


# The pages ---------------------------------------------------------------------------------------


def blocks(page):
    return re.findall(
        r"^```python\n(.*?)^```", (DOCS / page).read_text(encoding="utf-8"), re.M | re.S
    )


def test_the_pages_show_the_same_code():
    pages = [
        [re.sub("  # .*", "", code) for code in blocks(page)]
        for page in ("clusters.md", "clusters.zh.md")
    ]
    assert pages[0] == pages[1]


@pytest.mark.parametrize("engine", ["dask", "spark"])
def test_what_the_page_shows_runs(folder, dask, spark, by_pandas, engine):
    (code,) = (code for code in blocks("clusters.md") if f"{engine}." in code)
    for shown, here in {
        "Client(n_workers=2)": f"Client({dask.scheduler.address!r})",
        "spark://127.0.0.1:7077": spark.address,
    }.items():
        code = code.replace(shown, here)
    spark.keep_two_workers()
    script = folder / f"{engine}_page.py"
    script.write_text(code + f"    weekly.to_pickle('{engine}.pkl')\n", encoding="utf-8")
    ran, said = spark.run(engine, sys.executable, script)
    assert ran.wait(PATIENCE) == 0, said.read_text(encoding="utf-8")
    assert_same(pd.read_pickle(folder / f"{engine}.pkl"), by_pandas)

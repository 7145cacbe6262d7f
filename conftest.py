"""How notebooks are compared, in which order tests start, and on which of the workers.

The slow tests start first, so that no worker is left with them at the end. What takes long to set
up, such as a cluster, is set up on one worker only.
"""

import platform
import sys

import pytest
from hypothesis import settings
from nbval.plugin import IPyNbFile
from xdist.scheduler import LoadScopeScheduling

from aistats.editions.exhibits import MIME

# The first two warn that they have moved, and warnings are errors; the last is for mypy alone.
collect_ignore = ["src/aistats/exact.py", "src/aistats/style.py", "tests/typed_calls.py"]


# Notebooks ---------------------------------------------------------------------------------------

IMAGES = ("image/png", "image/jpeg")

# Image bytes are promised for the locked matplotlib on this platform; elsewhere FreeType and the
# compiler may draw a pixel differently, and the tables alone must agree.
LOCKED = sys.platform == "linux" and platform.machine() == "x86_64"


def pytest_report_header() -> str:
    treatment = "compared byte for byte" if LOCKED else "not compared: this is not Linux x86-64"
    return f"notebook images: {treatment}"


def pytest_collectstart(collector: pytest.Collector) -> None:
    if isinstance(collector, IPyNbFile):
        skipped = set(collector.skip_compare) - {*IMAGES} | {MIME}  # which is not committed
        collector.skip_compare = tuple(skipped if LOCKED else skipped | {*IMAGES})
        collector.add_marker("editions")


# Order and distribution --------------------------------------------------------------------------

SLOW = ("clusters", "faults", "engines", "install", "browser", "editions", "slow")
"""The markers of slow tests, in the order in which they start."""

SHARED = ("test_counting_clusters.py", "test_install.py", "test_jupyterlab.py", ".ipynb")
"""The ends of files whose tests share something that takes long to start."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_start)


def _start(item: pytest.Item) -> int:
    ranks = [rank for rank, name in enumerate(SLOW) if item.get_closest_marker(name)]
    return min(ranks, default=len(SLOW))


class Distribution(LoadScopeScheduling):
    """Hands out tests in their order: all cases of a test at once, shared files as a whole."""

    def _split_scope(self, nodeid: str) -> str:
        file, _, test = nodeid.partition("::")
        if file.endswith(SHARED):
            return file
        if "pyspark" in test:  # there is one Spark session to a process, and it starts slowly
            return "pyspark"
        return nodeid.partition("[")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Distribution:
    config.option.loadscopereorder = False  # which would start the shortest last
    return Distribution(config, log)


# Examples ----------------------------------------------------------------------------------------

# In percent of what a test states; `make soak` draws them all.
settings.register_profile("fast", max_examples=20)
settings.register_profile("short", max_examples=50)

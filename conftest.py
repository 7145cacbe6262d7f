"""nbval compares every output of the notebooks, images included."""

import platform
import sys

import pytest
from nbval.plugin import IPyNbFile

from aistats.editions.exhibits import MIME

# They warn that they have moved, and warnings are errors.
collect_ignore = ["src/aistats/exact.py", "src/aistats/style.py"]

IMAGES = ("image/png", "image/jpeg")

# Image bytes are promised for the locked matplotlib on this platform; elsewhere FreeType and the
# compiler may draw a pixel differently, and the tables alone must agree.
LOCKED = sys.platform == "linux" and platform.machine() == "x86_64"


def pytest_report_header() -> str:
    said = "compared byte for byte" if LOCKED else "not compared: this is not Linux x86-64"
    return f"notebook images: {said}"


def pytest_collectstart(collector: pytest.Collector) -> None:
    if isinstance(collector, IPyNbFile):
        skipped = set(collector.skip_compare) - {*IMAGES} | {MIME}  # which is not committed
        collector.skip_compare = tuple(skipped if LOCKED else skipped | {*IMAGES})

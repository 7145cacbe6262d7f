"""The browser of the tests, and what becomes of them where a part of it is missing."""

import os
import shutil
from contextlib import contextmanager
from urllib.parse import unquote

import pytest

OFF_THE_NET = [
    "--disable-gpu",
    "--disable-quic",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


def missing(what):
    """Skip the test on a desk, fail it in CI, where a skipped test would go unseen."""
    end = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
    end(f"{what} is missing: see `make browser`")


@contextmanager
def chromium():
    path = shutil.which("chromium") or missing("Chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, chromium_sandbox=os.geteuid() != 0, args=OFF_THE_NET
        )
        yield browser
        browser.close()


def keep_within(context, home):
    """Abort what a context asks for outside its home, one address or several; list its faults."""
    faults = []
    homes = (home,) if isinstance(home, str) else home

    def is_outside(url):
        return not unquote(url).startswith((*homes, "data:", "blob:"))

    def refuse(route):
        faults.append(f"asked for {route.request.url}")
        route.abort()

    context.route(is_outside, refuse)
    context.on("requestfailed", lambda request: faults.append(f"{request.failure}: {request.url}"))
    context.on("weberror", lambda error: faults.append(str(error.error)))
    context.on("console", lambda line: line.type == "error" and faults.append(line.text))
    return faults

"""Every notebook in JupyterLab, opened and run from the menu in a real browser, as a user does."""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest
from chromium import chromium, keep_within, missing
from december import DATA

from aistats.editions.inputs import find_notebooks

NOTEBOOKS = find_notebooks(Path(__file__).parents[1] / "notebooks")
TOKEN = "for-this-test-alone"
MINUTE = 60_000
pytestmark = pytest.mark.browser
SETTLED = """() => {
  const panel = document.querySelector('.jp-NotebookPanel:not(.lm-mod-hidden)')
  const prompts = [...panel.querySelectorAll('.jp-CodeCell .jp-InputPrompt')]
  return prompts.length && prompts.every(prompt => /^\\[\\d+\\]:$/.test(prompt.textContent))
}"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Start JupyterLab on a free port over a copy of the notebooks, out of reach of any setting."""
    try:
        import jupyterlab  # noqa: F401
    except ImportError:
        missing("JupyterLab")
    home = tmp_path_factory.mktemp("lab")
    shutil.copytree(DATA, home / "data")
    (home / "notebooks").mkdir()
    for path in NOTEBOOKS:
        _never_run(path, home / "notebooks" / path.name)
    runtime = home / "runtime"
    own = {name: str(home / name) for name in ("HOME", "IPYTHONDIR", "JUPYTER_CONFIG_DIR")}
    env = os.environ | own | {"JUPYTER_RUNTIME_DIR": str(runtime), "JUPYTER_DATA_DIR": str(home)}
    options = {
        "ServerApp.root_dir": home,
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": 0,
        "ServerApp.allow_root": True,
        "IdentityProvider.token": TOKEN,
        "LabApp.news_url": "",
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser"]
    command += [f"--{name}={value}" for name, value in options.items()]
    with (home / "log").open("w") as log:
        server = subprocess.Popen(command, env=env, cwd=home, stdout=log, stderr=log)
    try:
        yield _address(server, runtime, home / "log")
    finally:
        server.terminate()
        server.wait(30)


def _never_run(source, target):
    notebook = nbformat.read(source, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.update(outputs=[], execution_count=None)
    nbformat.write(notebook, target)


def _address(server, runtime, log):
    """Wait until the server says where it is, and answers there."""
    while server.poll() is None:
        for path in runtime.glob("jpserver-*.json"):
            url = json.loads(path.read_text())["url"]
            with urllib.request.urlopen(f"{url}api?token={TOKEN}") as answer:
                assert answer.status == 200
            return url
        time.sleep(0.2)
    pytest.fail(log.read_text())


@pytest.fixture(scope="module")
def page(lab):
    with chromium() as browser:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.set_default_timeout(MINUTE)
        faults = keep_within(context, (lab, lab.replace("http", "ws", 1)))
        yield context.new_page()
        assert not [fault for fault in faults if fault.startswith("asked for")]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_run_all_cells_ends_without_error_and_with_its_charts(lab, page, notebook):
    page.goto(f"{lab}lab/tree/notebooks/{notebook.name}?reset&token={TOKEN}")
    page.locator(".jp-NotebookPanel .jp-CodeCell").first.wait_for()
    assert page.locator(".jp-OutputArea-output").count() == 0
    page.get_by_text("| Idle").wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    page.wait_for_function(SETTLED)
    if "image/png" in notebook.read_text(encoding="utf-8"):  # as it is committed
        page.locator(".jp-OutputArea-output img").first.wait_for()
    errors = '[data-mime-type="application/vnd.jupyter.error"], [data-mime-type*="stderr"]'
    assert page.locator(errors).all_inner_texts() == []

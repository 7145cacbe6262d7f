"""Whole or not at all: builds that are killed, run out of room, may not write, or meet another."""

import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from projects import CHART, hashes, notebook, published_names

from aistats.editions.building import build
from aistats.editions.verifying import verify

KILLS = int(os.environ.get("AISTATS_KILLS", "12"))
ROOMS = int(os.environ.get("AISTATS_ROOMS", "4"))
pytestmark = pytest.mark.faults
REPORT = [sys.executable, "-m", "aistats", "report", "2025-12"]


def can_mount():
    """Return whether we may mount file systems, in a name space of our own."""
    if shutil.which("unshare") is None:
        return False
    ran = subprocess.run(
        ["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False
    )
    return ran.returncode == 0


mounted = pytest.mark.skipif(
    "CI" not in os.environ and not can_mount(), reason="needs to mount a file system (Linux)"
)


@pytest.fixture
def project(project_with_a_chart, tmp_path, monkeypatch):
    """A project with a small edition, built."""
    shutil.copytree(project_with_a_chart, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def say(project, what):
    """Let the notebook say something else, and draw a chart."""
    notebook(project / "notebooks", CHART.format(what))


def files(project):
    """Return the hashes of the edition, which must be what its manifest says."""
    assert verify(project / "reports/2025-12").files == ()
    return hashes(project / "reports/2025-12")


def wait_for(process, pattern, project):
    """Wait until a file of that name is there, or the process has ended."""
    while process.is_alive() and not any((project / "reports/.cache").glob(pattern)):
        time.sleep(0.002)


def start_build(project):
    """Build in another process, forked from one that has read all modules: they take seconds."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["aistats.editions.composing"])
    folders = {name: project / name for name in ("data", "notebooks", "reports")}
    process = processes.Process(target=build, args=("2025-12",), kwargs=folders)
    process.start()
    return process


def test_killed_at_any_moment_it_leaves_the_edition_before_or_the_edition_after(
    project, monkeypatch
):
    temporary = project / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    chance = random.Random(5)
    say(project, "second")
    started = time.monotonic()
    start_build(project).join()
    lasts = time.monotonic() - started
    states = [files(project)]
    for turn in range(KILLS):
        say(project, f"turn {turn}")
        process = start_build(project)
        if turn % 2:  # while it is put in its place
            wait_for(process, "work-*/2025-12/manifest.json", project)
            time.sleep(chance.uniform(0, 0.06))
        else:
            process.join(chance.uniform(0, 1.5 * lasts))
        process.kill()
        process.join()
        states.append(files(project))
    changed = sum(before != after for before, after in pairwise(states))
    assert 0 < changed < KILLS  # some were killed in time and some too late
    subprocess.run(REPORT, capture_output=True, check=True)
    assert files(project) != states[0]
    assert published_names(project / "reports") == ["2025-12", "index.html"]
    left = {path.name for path in (project / "reports/.cache").iterdir()}
    assert left == {".gitignore", "kept", "lock"}
    assert not list(temporary.iterdir())
    assert sorted(hashes(project / "reports/2025-12")) == sorted(states[0])


IN_LITTLE_ROOM = """
set -e
mount -t tmpfs -o size=$1k none reports
cp -r published/. reports
"$2" -m aistats report 2025-12 && status=0 || status=$?
"$2" -m aistats verify reports/2025-12 && verified=0 || verified=$?
ls -A reports/.cache | grep work- && status=99
exit $((status * 10 + verified))
"""


@mounted
def test_where_the_disk_is_full_the_edition_stays_and_the_next_build_has_room(project):
    shutil.move("reports", "published")
    Path("reports").mkdir()
    say(project, "second")
    size = sum(path.stat().st_size for path in Path("published").rglob("*")) // 1024
    said = set()
    for room in range(ROOMS):
        kilobytes = size + 150 + room * size // ROOMS
        ran = subprocess.run(
            ["unshare", "-rm", "sh", "-c", IN_LITTLE_ROOM, "sh", str(kilobytes), sys.executable],
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in ran.stderr
        # 1 and 4: refused, and the edition is whole, though inputs have changed since.
        assert ran.returncode in (14, 0), (kilobytes, ran.stdout, ran.stderr)
        said.add("No space left" in ran.stderr)
    assert True in said


READ_ONLY = """
set -e
mount --bind reports reports
mount -o remount,bind,ro reports
"$1" -m aistats report 2025-12
"""


@mounted
@pytest.mark.parametrize("has_changed", [True, False])
def test_a_folder_that_may_not_be_written_is_said_if_there_is_anything_to_write(
    project, has_changed
):
    before = files(project)
    if has_changed:
        say(project, "second")
    ran = subprocess.run(
        ["unshare", "-rm", "sh", "-c", READ_ONLY, "sh", sys.executable],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == has_changed
    assert ("Read-only file system" in ran.stderr) == has_changed
    assert "Traceback" not in ran.stderr
    assert files(project) == before


def test_of_two_builds_at_once_one_waits_and_finds_it_done(project):
    say(project, "second")
    running = [
        subprocess.Popen(REPORT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [process.communicate() for process in running]
    assert [process.returncode for process in running] == [0, 0]
    assert sum("nothing has changed" in out for out, _ in said) == 1
    assert sum("waiting" in err for _, err in said) == 1
    assert verify(project / "reports/2025-12", rebuild=True).exit_code == 0


def test_without_a_way_to_exchange_folders_the_next_build_puts_back_what_was_there(
    project, monkeypatch
):
    monkeypatch.setattr("aistats.editions.publishing._exchange", lambda one, other: False)
    say(project, "second")
    build("2025-12")
    before = files(project)
    assert published_names(project / "reports") == ["2025-12", "index.html"]
    Path("reports/2025-12").rename("reports/.cache/previous-2025-12")  # and there it was killed
    notebook(project / "notebooks", "raise RuntimeError")
    with pytest.raises(Exception, match="RuntimeError"):
        build("2025-12")
    assert files(project) == before
    say(project, "second")
    build("2025-12")
    assert files(project) == before
    assert published_names(project / "reports") == ["2025-12", "index.html"]

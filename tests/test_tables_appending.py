"""Growing: what is written over, and what is not."""

import subprocess
import sys

import pytest

from aistats.faults import DataError
from aistats.tables.appending import with_rows, write_grown


def test_a_file_that_has_changed_meanwhile_is_not_written_over(tmp_path):
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    for path in (first, second):
        path.write_text("x,y\n1,2\n")
    grown = {path: with_rows(path, [{"x": "3", "y": "4"}]) for path in (first, second)}
    second.write_text("x,y\n1,2\n5,6\n")
    with pytest.raises(DataError) as error:
        write_grown(grown)
    (fault,) = error.value.faults
    file = second.as_posix()
    assert fault.text("zh") == f"{file}：在此期间被改动过，没有写入；请再试一次"
    assert fault.text("en") == f"{file}: has been changed meanwhile and was not written; try again"
    assert first.read_text() == "x,y\n1,2\n"
    assert second.read_text() == "x,y\n1,2\n5,6\n"


def test_of_those_who_write_at_once_each_has_written_or_is_told(tmp_path):
    table = tmp_path / "a.csv"
    table.write_text("x,y\n1,2\n")
    code = (
        "import pathlib, sys; from aistats.tables.appending import with_rows, write_grown;"
        "table, n = map(pathlib.Path, sys.argv[1:]); grown = with_rows(table, [{'x': str(n)}]);"
        "print(flush=True); sys.stdin.read(); write_grown({table: grown})"
    )
    start = [sys.executable, "-c", code, table]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    writers = [subprocess.Popen([*start, f"by-{n}"], **pipes) for n in range(4)]
    for writer in writers:
        writer.stdout.readline()
    for writer in writers:
        writer.stdin.close()
    done = [writer.wait() == 0 for writer in writers]
    for writer in writers:
        writer.stdout.close()
    assert done.count(True) == table.read_text().count("by-") == 1
    assert list(tmp_path.iterdir()) == [table]

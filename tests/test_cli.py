"""The command line as a person meets it: messages, exit codes, no traceback."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from december import DATA

from aistats.cli import main

ROOT = Path(__file__).parents[1]


@pytest.fixture
def project(tmp_path, monkeypatch):
    shutil.copytree(DATA, tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(params=["zh_CN.UTF-8", "en_GB.UTF-8"])
def language(request, monkeypatch):
    monkeypatch.setenv("LC_ALL", request.param)
    return request.param[:2]


def test_validate_says_what_there_is(project, language, capsys):
    assert main(["validate"]) == 0
    said = {
        "zh": "data：未发现错误（事件20条，趋势判断17条，覆盖时间窗2个）",
        "en": "20 events, 17 themes",
    }
    assert said[language] in capsys.readouterr().out


def test_faults_go_to_stderr_in_the_users_language_and_exit_with_1(project, language, capsys):
    events = project / "data/events.csv"
    text = events.read_text(encoding="utf-8").replace(",US,business,", ",USA,buisness,", 1)
    events.write_text(text, encoding="utf-8")
    assert main(["validate"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    expected = {
        "zh": [
            "2处有误：",
            "data/events.csv，第2行，region列：“USA”不在可选值之列；可用：US,",
        ],
        "en": [
            "2 faults",
            "data/events.csv, line 2, column region: “USA” is not",
        ],
    }
    assert all(text in err for text in expected[language])


def test_report_refuses_before_it_writes(project, language, capsys):
    assert main(["report", "-p", "perod=week"]) == 1
    assert "perod" in capsys.readouterr().err
    assert not (project / "reports").exists()


def test_a_missing_folder_is_a_fault_and_no_traceback(tmp_path):
    ran = subprocess.run(
        [sys.executable, "-m", "aistats.cli", "validate", "nowhere"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("arguments", [[], ["no-such-command"], ["report", "--no-such-option"]])
def test_a_wrong_command_line_exits_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_every_command_is_in_both_readmes(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    helped = capsys.readouterr().out
    commands = re.findall(r"^ {4}(\w+)", helped, re.MULTILINE)
    assert set(commands) >= {"report", "validate", "notebooks"}
    for readme in ("README.md", "README.zh.md"):
        text = (ROOT / readme).read_text(encoding="utf-8")
        assert all(f"aistats {command}" in text for command in commands)


def test_a_folder_that_cannot_be_written_is_said_without_a_traceback(project, capsys):
    (project / "file").write_text("")
    assert main(["report", "--reports", "file"]) == 1
    assert "file" in capsys.readouterr().err


@pytest.mark.filterwarnings("ignore::aistats.events.DataWarning")
def test_no_edition_at_all_is_a_fault(project, capsys):
    editions = project / "data/editions.csv"
    editions.write_text(editions.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    assert main(["report"]) == 1
    assert "editions.csv" in capsys.readouterr().err

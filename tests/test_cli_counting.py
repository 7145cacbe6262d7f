"""`aistats count` as a person meets it: tables on the screen and in files, and no traceback."""

import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from december import DATA

import aistats as ai
from aistats.cli import main

EVENTS = "when,region,tags,deaths\n2025-12-02,CN,a;b,3\n2025-12-09,US,b,12\n2025-12-09,CN,,x\n"


@pytest.fixture(params=["zh_CN.UTF-8", "en_GB.UTF-8"])
def language(request, monkeypatch):
    monkeypatch.setenv("LC_ALL", request.param)
    return request.param[:2]


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("e.csv").write_text(EVENTS, encoding="utf-8")
    return tmp_path


def test_a_tidy_table_goes_to_the_screen_and_what_was_counted_beside_it(here, language, capfd):
    assert main(["count", "e.csv", "--by", "region", "--period", "week", "--date", "when"]) == 0
    out, err = capfd.readouterr()
    expected = ai.count_files("e.csv", by="region", period="week", date="when")
    assert out.splitlines()[0] == ",".join(expected.columns)
    found = pd.read_csv(Path(here / "out").write_text(out) and here / "out", parse_dates=["period"])
    assert found.to_dict("list") == expected.to_dict("list")
    assert err == {"zh": "已统计1个文件，共3行\n", "en": "Counted 3 rows in 1 file\n"}[language]


def test_every_option_reaches_the_count(here, capfd):
    Path("cov.csv").write_text("date\n2025-12-01/2025-12-10\n", encoding="utf-8")
    arguments = "count e.csv --by tags --by region --list tags=; --period day --date when"
    more = "--between 2025-12-01 2025-12-09 --where region<>'FR' --coverage cov.csv --dates dmy"
    assert main([*arguments.split(), *more.split(), "--only-observed"]) == 0
    expected = ai.count_files(
        "e.csv",
        by=["tags", "region"],
        lists={"tags": ";"},
        period="day",
        date="when",
        between=("2025-12-01", "2025-12-09"),
        coverage=ai.read_events("cov.csv", columns={}),
        complete=False,
    )
    lines = capfd.readouterr().out.splitlines()
    assert lines[0] == ",".join(expected.columns)
    assert len(lines) == 1 + len(expected) == 5
    assert lines[1].startswith("2025-12-02,a,CN,1,1.0,1,1,1,0,1,1")


def test_times_with_a_zone_are_days_of_the_zone_that_is_named(here, capfd):
    zoned = "SELECT TIMESTAMPTZ '2025-12-01 20:00:00+00' AS date"
    duckdb.execute(f"COPY ({zoned}) TO '{here}/zoned.parquet' (FORMAT parquet)")
    for zone, day in [("UTC", "2025-12-01"), ("Asia/Shanghai", "2025-12-02")]:
        assert main(["count", "zoned.parquet", "--period", "day", "--tz", zone]) == 0
        assert capfd.readouterr().out.splitlines()[1].startswith(f"{day},1,")


def test_a_start_and_an_end_are_two_columns(here, capfd):
    Path("s.csv").write_text("a,b\n2025-12-02,2025-12-09\n", encoding="utf-8")
    assert main(["count", "s.csv", "--date", "a", "--date", "b", "--period", "week"]) == 0
    assert len(capfd.readouterr().out.splitlines()) == 3


def test_our_own_table_and_its_coverage_count_as_in_python(capfd):
    arguments = ["count", f"{DATA}/events.csv", "--by", "scope", "--period", "month"]
    assert main([*arguments, "--coverage", f"{DATA}/coverage.csv", "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    events, coverage = ai.read_events(DATA / "events.csv"), ai.read_coverage(DATA / "coverage.csv")
    expected = ai.count_events(events, by="scope", period="month", coverage=coverage)
    assert found["rows"] == len(events)
    assert found["files"] == [f"{DATA}/events.csv"]
    expected["period"] = expected["period"].astype(str)
    assert found["table"] == expected.to_dict("records")


def test_in_json_what_is_missing_is_null_and_no_digit_is_lost(here, capfd):
    query = "SELECT unnest([9007199254740993, NULL]) AS id, DATE '2025-12-02' AS day"
    duckdb.execute(f"COPY ({query}) TO '{here}/e.parquet' (FORMAT parquet)")
    assert main(["count", "e.parquet", "--by", "id", "--by", "day", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["table"] == [
        {"id": 9007199254740993, "day": "2025-12-02", "count": 1},
        {"id": None, "day": "2025-12-02", "count": 1},
    ]


@pytest.mark.parametrize("name", ["out.csv", "out.parquet", "out.json"])
def test_a_table_is_written_to_a_file_of_its_kind(here, language, capfd, name):
    arguments = ["count", "e.csv", "--by", "region", "--period", "week", "--date", "when"]
    assert main([*arguments, "-o", name]) == 0
    out, err = capfd.readouterr()
    assert out == ""
    written = {"zh": f"已保存到{name}（4行）", "en": f"Saved to {name} (4 rows)"}
    assert err.splitlines()[1] == written[language]
    expected = ai.count_files("e.csv", by="region", period="week", date="when")
    if name == "out.json":
        rows = json.loads(Path(name).read_text(encoding="utf-8"))["table"]
    else:
        rows = duckdb.sql(f"SELECT * REPLACE (CAST(period AS DATE) AS period) FROM '{name}'").df()
        rows = rows.to_dict("records")
    assert [{**it, "period": pd.Timestamp(it["period"])} for it in rows] == expected.to_dict(
        "records"
    )
    assert sorted(path.name for path in here.iterdir()) == ["e.csv", name]


def test_a_refused_file_leaves_the_old_table_as_it_was(here, language, capfd):
    Path("out.csv").write_text("old\n", encoding="utf-8")
    Path("e.csv").write_text("date,region\n2025-12-01,CN\nsoon,CN\n,CN\n", encoding="utf-8")
    assert main(["count", "e.csv", "--period", "week", "-o", "out.csv"]) == 1
    out, err = capfd.readouterr()
    assert (out, Path("out.csv").read_text(encoding="utf-8")) == ("", "old\n")
    said = {
        "zh": [
            "2处有误：",
            "  e.csv，第3行，date列：无法把“soon”读作日期",
            "  e.csv，第4行，date列：有1行没有日期；请填写",
            "没有写入任何文件。",
        ],
        "en": [
            "2 problems:",
            "  e.csv, line 3, column date: “soon” cannot be read as a date",
            "  e.csv, line 4, column date: rows without a date: 1; fill",
            "Nothing was written.",
        ],
    }
    for line, start in zip(err.splitlines(), said[language], strict=True):
        assert line.startswith(start)


REFUSED = {
    "count no.csv": ("找不到这个文件或文件夹", "file or folder not found"),
    "count . --by region -o e.csv": ("输出文件与输入文件相同", "is the input file"),
    "count e.csv -o out.xlsx": ("文件名应以", "the file name must end in"),
    "count e.csv --json -o out.csv": ("文件名应以.json", "the file name must end in .json"),
    "count e.csv --by regoin": (
        "没有“regoin”列；可用：region",
        "no column “regoin”; use one of: region",
    ),
    "count e.csv --by count": ("不能用来分组", "cannot be a group"),
    "count e.csv --by region --by region": ("重复指定", "is set more than once"),
    "count e.csv --period week": ("没有“date”列；请用date=", "is no column “date”; set date="),
    "count e.csv --period weak": ("“weak”不是可用的时段；请从中选：week", "“weak” is not a period"),
    "count e.csv --period day --date when --dates ymd": (
        "“ymd”不是可用的值",
        "“ymd” is not allowed",
    ),
    "count e.csv --date when": ("请用period=", "add period="),
    "count e.csv --period day --date a --date b --date c": (
        "最多取自两列",
        "two for start and end",
    ),
    "count e.csv --period day --date when --between 2025-12 2024": (
        "早于起日",
        "ends before it starts",
    ),
    "count e.csv --period day --date when --between soon 2024": (
        "不是EDTF日期",
        "is not an EDTF date",
    ),
    "count e.csv --period day --date when --tz Mars": ("没有“Mars”这个时区", "no time zone “Mars”"),
    "count e.csv --where regoin='CN'": ("请写针对各列的一个SQL表达式", "write one SQL expression"),
    "count e.csv --where 1=1)OR(1=1 --where true": (
        "条件“1=1)OR(1=1”有误",
        "the condition “1=1)OR(1=1” is invalid",
    ),
    "count e.csv --where region<>'' --where deaths,1": (
        "条件“deaths,1”有误",
        "the condition “deaths,1” is invalid",
    ),
    "count e.csv --where deaths::int>1": ("可改用TRY_CAST", "try TRY_CAST"),
    "count e.csv --list tags": ("名称=值", "write name=value"),
    "count e.csv --coverage no.csv --period day --date when": (
        "找不到这个文件或文件夹",
        "file or folder not found",
    ),
    "count e.csv --coverage e.csv --period day --date when": (
        "第1行：无法确定覆盖日期；表中应有date列",
        "line 1: unknown covered days; the table needs a column date",
    ),
    "count e.csv --coverage gap.csv --period day --date when": (
        "gap.csv：有1行没有覆盖日期",
        "gap.csv: rows without covered days: 1",
    ),
    "count no.csv -o empty": ("empty：是文件夹", "empty: is a folder"),
    "count no.csv -o nowhere/out.csv": (
        "没有“nowhere”这个文件夹",
        "there is no folder “nowhere”",
    ),
    "count no.csv -o e.csv/out.csv": ("没有“e.csv”这个文件夹", "there is no folder “e.csv”"),
    "count no.csv -o /proc/self/out.csv": ("不能写入", "is not writable"),
    "count e.csv --codebook no.json": ("找不到这个文件或文件夹", "file or folder not found"),
    "count gbk.csv": ("像是GB18030；请先转换", "looks like GB18030; convert it first"),
    "count torn.csv": (
        "第3行：本行有1个单元格，表头有2个；请改正",
        "line 3: number of cells is 1, but the header has 2; fix the row",
    ),
    "count empty": ("没有CSV或Parquet文件", "has no CSV or Parquet file; check the folder"),
    "count book.xlsx": ("是工作簿", "is a workbook"),
    "count e.zip": ("是zip压缩文件；请先解压", "is a zip archive; unpack it first"),
    "count e.csv --tz UTC --dates dmy": (
        "没有指定时段，不能用tz, dates",
        "tz, dates cannot be used without a period",
    ),
    "count e.csv e.parquet": ("格式不同", "has another format"),
    "count zoned.parquet --period day": ("按哪个时区的日期计算", "have a time zone"),
}


@pytest.mark.parametrize("command", REFUSED)
def test_what_cannot_be_counted_is_refused_in_the_users_language(here, language, capfd, command):
    Path("gbk.csv").write_bytes("date,地点\n2025-12-02,北京市政府\n".encode("gb18030"))
    Path("torn.csv").write_text("a,b\n1,2\n1\n", encoding="utf-8")
    pd.DataFrame({"when": ["2025-12-02"]}).to_excel("book.xlsx", index=False)
    Path("gap.csv").write_text("date,source\n2025-12-01,a\n,b\n")
    Path("e.zip").write_bytes(b"PK\x03\x04")
    Path("empty").mkdir()
    duckdb.execute(f"COPY (SELECT 1 AS a) TO '{here}/e.parquet' (FORMAT parquet)")
    zoned = "SELECT TIMESTAMPTZ '2025-12-01 00:00:00+00' AS date"
    duckdb.execute(f"COPY ({zoned}) TO '{here}/zoned.parquet' (FORMAT parquet)")
    before = sorted(here.iterdir())
    if command.startswith("count . "):
        for name in ("gbk.csv", "torn.csv", "e.parquet", "zoned.parquet"):
            Path(name).unlink()
        before = sorted(here.iterdir())
    assert main(command.split()) == 1
    out, err = capfd.readouterr()
    assert out == ""
    zh, en = REFUSED[command]
    assert {"zh": zh, "en": en}[language] in err
    assert (
        err.splitlines()[-1] == {"zh": "没有写入任何文件。", "en": "Nothing was written."}[language]
    )
    assert sorted(here.iterdir()) == before
    assert Path("e.csv").read_text(encoding="utf-8") == EVENTS


def test_conditions_must_all_hold(here, capfd):
    command = ["count", "e.csv", "--by", "region", "--where"]
    assert (
        main([*command, "region = 'US' OR region = 'CN'", "--where", "\"when\" > '2025-12-05'"])
        == 0
    )
    assert capfd.readouterr().out.splitlines()[1:] == ["CN,1", "US,1"]
    assert main([*command, "region = 'CN'", "--where", "\"when\" > '2025-12-05' -- and so on"]) == 0
    assert capfd.readouterr().out.splitlines()[1:] == ["CN,1"]


@pytest.mark.parametrize(
    "twice",
    [
        "--period year --period month",
        "--between 2025 2025 --between 2025 2026",
        "--coverage a.csv --coverage b.csv",
        "--tz UTC --tz UTC",
        "--dates dmy --dates mdy",
        "--codebook a.json --codebook b.json",
        "--output a.csv -o b.csv",
    ],
)
def test_an_option_of_one_value_is_not_given_twice(here, language, capfd, twice):
    with pytest.raises(SystemExit) as left:
        main(["count", "e.csv", *twice.split()])
    assert left.value.code == 2
    last = capfd.readouterr().err.splitlines()[-1]
    assert {"zh": "重复指定；请只写一次", "en": "is set more than once; set it once"}[
        language
    ] in last
    assert twice.split()[len(twice.split()) // 2] in last


def test_the_folder_is_looked_at_before_anything_is_counted_and_left_as_it_was(here, capfd):
    assert main(["count", "no.csv", "-o", "out.csv"]) == 1
    assert "file or folder not found" in capfd.readouterr().err
    assert [path.name for path in here.iterdir()] == ["e.csv"]


def test_a_table_too_large_to_read_is_refused(here, language, capfd):
    query = "SELECT DATE '2025-01-01' + (i % 300)::INTEGER AS date, i AS x FROM range(90000) t(i)"
    duckdb.execute(f"COPY ({query}) TO '{here}/e.parquet' (FORMAT parquet)")
    assert main(["count", "e.parquet", "--by", "x", "--period", "day"]) == 1
    said = {"zh": "27,000,000行，超过10,000,000行", "en": "27,000,000 rows, more than 10,000,000"}
    assert said[language] in capfd.readouterr().err


def test_without_the_engine_the_extra_is_named(here, language, capfd, monkeypatch):
    monkeypatch.setitem(sys.modules, "duckdb", None)
    assert main(["count", "e.csv"]) == 1
    assert "pip install 'duckdb>=" in capfd.readouterr().err


def on_a_terminal(command, until=None):
    """Run a command whose stderr is a terminal; interrupt it once that shows a text."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=theirs, env={**os.environ, "LC_ALL": "en_GB.UTF-8"}
    ) as run:
        os.close(theirs)
        shown = b""
        while True:
            try:
                more = os.read(ours, 4096)
            except OSError:  # the other end is closed
                break
            if not more:
                break
            shown += more
            if until and re.search(until, shown):
                run.send_signal(signal.SIGINT)
                until = None
        out = run.stdout.read()
    os.close(ours)
    return run.returncode, out, shown


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    file = tmp_path_factory.mktemp("large") / "e.csv"
    query = "SELECT DATE '2025-01-01' + (i % 300)::INTEGER AS date, repeat('x', 300) AS text"
    duckdb.execute(f"COPY ({query} FROM range(1500000) t(i)) TO '{file}' (FORMAT csv)")
    yield file
    file.unlink()


def test_on_a_terminal_a_bar_shows_how_much_is_read_and_the_table_is_clean(large):
    command = [sys.executable, "-m", "aistats", "count", str(large), "--period", "year"]
    code, out, shown = on_a_terminal(command)
    assert code == 0
    assert b"%|" in shown
    assert shown.decode().strip().endswith("Counted 1,500,000 rows in 1 file")
    assert out.decode().splitlines()[1].startswith("2025-01-01,1500000,")
    quiet = subprocess.run(command, capture_output=True, check=True)
    assert quiet.stdout == out
    assert b"%" not in quiet.stderr


def test_ctrl_c_ends_it_and_nothing_is_written(large, tmp_path):
    output = tmp_path / "out.csv"
    command = [sys.executable, "-m", "aistats", "count", str(large), "--period", "year"]
    command += ["--where", "md5(repeat(text, 30)) <> ''"]  # as slow as any machine is fast
    code, out, shown = on_a_terminal([*command, "-o", str(output)], until=rb"[1-9]%\|")
    assert (code, out) == (130, b"")
    last = shown.decode().rpartition("\r ")[2].split("\r")
    assert last[1:] == ["Interrupted.", "\nNothing was written.", "\n"]  # the bar is wiped away
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "kind", ["TIMESTAMP", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMPTZ", "DATE"]
)
@pytest.mark.parametrize("texts", [["2025-12-02"], ["2025-12-02", "2025-12-02 00:00:00.5"]])
def test_times_are_written_as_pandas_writes_them(here, capfd, kind, texts):
    query = f"SELECT unnest({[*texts, None]}::{kind}[]) AS at".replace("None", "NULL")
    duckdb.sql(query).write_parquet("e.parquet")
    assert main(["count", "e.parquet", "--by", "at"]) == 0
    expected = ai.count_files("e.parquet", by="at").to_csv(index=False, lineterminator="\n")
    assert capfd.readouterr().out == expected


def test_a_table_that_does_not_go_out_whole_is_no_success(here):
    rows = "".join(f"2025-12-02,{it},,\n" for it in range(40_000))
    Path("e.csv").write_text(f"when,region,tags,deaths\n{rows}", encoding="utf-8")
    command = [sys.executable, "-um", "aistats", "count", "e.csv", "--by", "region"]
    limited = ["sh", "-c", 'ulimit -f 100; exec "$@" > part.csv', "sh", *command]
    run = subprocess.run(limited, check=False, capture_output=True, text=True)
    assert (run.returncode, Path("part.csv").stat().st_size) == (1, 51_200)
    assert "File too large" in run.stderr


def test_streams_may_be_closed(here):
    command = [sys.executable, "-m", "aistats", "count", "e.csv", "--by", "region", "-o", "o.csv"]
    run = subprocess.run(["sh", "-c", 'exec "$@" >&- 2>&-', "sh", *command], check=False)
    assert (run.returncode, Path("o.csv").read_text().count("\n")) == (0, 3)
    lost = subprocess.run(["sh", "-c", 'exec "$@" >&-', "sh", *command[:-2]], check=False)
    assert lost.returncode == 1


@pytest.mark.parametrize("form", ["csv", "json"])
def test_days_are_counted_and_written_without_pandas(here, form):
    # Which takes longer to load than most files to count.
    options = ["count", "e.csv", "--by", "region", "--period", "week", "--date", "when"]
    options += ["--json"] * (form == "json")
    program = f"""
import sys
from aistats.cli import main
assert main({options}) == 0
assert "duckdb" in sys.modules
assert "pandas" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)


@pytest.mark.parametrize("room", ["numpy", "aistats.cli.counting"])
def test_ctrl_c_while_it_starts_is_no_traceback(here, room):
    # A room that takes long to open: the signal comes as it would, in the midst of an import.
    program = f"""
import os, signal, sys
from aistats.cli import main

class Slow:
    def find_spec(self, name, path=None, target=None):
        if name == {room!r}:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Slow())
sys.exit(main(["count", "e.csv"]))
"""
    run = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "en_GB.UTF-8"},
    )
    assert (run.returncode, run.stdout, run.stderr) == (130, "", "Interrupted.\n")


@pytest.mark.parametrize(
    "command", ["-o e.csv", "--coverage cov.csv -o cov.csv", "--json -o datapackage.json"]
)
def test_nothing_that_is_read_is_written_over(here, capfd, command):
    Path("cov.csv").write_text("date\n2025-12\n", encoding="utf-8")
    Path("datapackage.json").write_text("{}", encoding="utf-8")
    before = {path.name: path.read_bytes() for path in here.iterdir()}

    arguments = f"count e.csv --period week --date when {command}".split()

    assert main(arguments) == 1
    assert arguments[-1] in capfd.readouterr().err
    assert {path.name: path.read_bytes() for path in here.iterdir()} == before

"""The command line: ``aistats report``, ``aistats validate``, ``aistats notebooks``.

Messages are in the user's language. Exit codes: 0 done, 1 refused or failed (each fault on a line
of its own), 2 the command line itself was wrong.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from aistats.events import read_tables
from aistats.faults import AistatsError, user_language

_TEXTS = {
    "zh": {
        "about": "把AI行业事件表变成可复现的图表和文字报告",
        "report": "运行笔记本，生成一期报告",
        "validate": "只检查数据，不生成任何文件",
        "notebooks": "就地运行全部笔记本，保留输出",
        "edition": "期号，即editions.csv中的一行（默认最后一行）",
        "data": "数据文件夹（默认：data）",
        "reports": "各期报告所在的文件夹（默认：reports）",
        "parameter": "笔记本参数，可重复",
        "valid": "{}：未发现错误（事件{}条，趋势判断{}条，覆盖时间窗{}个）",
        "ran": "已运行：{}",
        "same": "与已发布的这一期逐字节相同。",
        "new": "这一期此前没有发布过。",
        "changed": "与此前发布的这一期不同的文件（{}个）：",
        "open": "请打开：{}",
        "extra": "缺少{}；请先安装：pip install 'aistats[report]'",
        "unchanged": "没有写入任何文件；此前的报告没有改动。",
        "interrupted": "已中断；此前的报告没有改动。",
    },
    "en": {
        "about": "turn a table of AI-industry events into reproducible charts and reports",
        "report": "run the notebooks and build an edition",
        "validate": "check the data and write nothing",
        "notebooks": "run every notebook in place and keep its outputs",
        "edition": "a row of editions.csv (default: the last)",
        "data": "the folder of the data (default: data)",
        "reports": "the folder of the editions (default: reports)",
        "parameter": "a notebook parameter; may be repeated",
        "valid": "{}: no faults found ({} events, {} themes, {} covered windows)",
        "ran": "ran {}",
        "same": "Equal to the published edition, byte for byte.",
        "new": "This edition had not been published before.",
        "changed": "Different from the edition published before ({}):",
        "open": "Open: {}",
        "extra": "{} is missing; install it with: pip install 'aistats[report]'",
        "unchanged": "Nothing was written; the edition published before is unchanged.",
        "interrupted": "Interrupted; the edition published before is unchanged.",
    },
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Examples
    --------
    >>> main(["validate", "no/such/folder"])
    1
    """
    text = _TEXTS[user_language()]
    options = _parser(text).parse_args(arguments)
    try:
        with warnings.catch_warnings():
            warnings.showwarning = lambda message, *_: print(message, file=sys.stderr)
            options.run(options, text)
    except AistatsError as error:
        print(error, *[text["unchanged"]] * (options.run is _report), sep="\n", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename}: {error.strerror}" if error.filename else error, file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        print(text["extra"].format(error.name), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(text["interrupted"], file=sys.stderr)
        return 130
    return 0


def _parser(text: dict[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="aistats", description=text["about"])
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    report = commands.add_parser("report", help=text["report"], description=text["report"])
    report.add_argument("edition", nargs="?", help=text["edition"])
    report.add_argument("--data", default="data", help=text["data"])
    report.add_argument("--reports", default="reports", help=text["reports"])
    report.add_argument(
        "-p",
        "--parameter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help=text["parameter"],
    )
    report.set_defaults(run=_report)

    validate = commands.add_parser("validate", help=text["validate"], description=text["validate"])
    validate.add_argument("data", nargs="?", default="data", help=text["data"])
    validate.set_defaults(run=_validate)

    notebooks = commands.add_parser(
        "notebooks", help=text["notebooks"], description=text["notebooks"]
    )
    notebooks.set_defaults(run=_notebooks)
    return parser


def _report(options: argparse.Namespace, text: dict[str, str]) -> None:
    from aistats import editions

    with _progress() as step:
        built = editions.build(
            options.edition,
            data=options.data,
            reports=options.reports,
            parameters=options.parameter,
            progress=step,
        )
    if built.changed is None:
        print(text["new"])
    elif not built.changed:
        print(text["same"])
    else:
        print(text["changed"].format(len(built.changed)))
        print("\n".join(f"  {path}" for path in built.changed))
    print(text["open"].format((built.folder / "index.html").resolve().as_uri()))


def _validate(options: argparse.Namespace, text: dict[str, str]) -> None:
    tables, _ = read_tables(options.data)
    sizes = (len(tables[name]) for name in ("events", "themes", "coverage"))
    print(text["valid"].format(Path(options.data).as_posix(), *sizes))


def _notebooks(options: argparse.Namespace, text: dict[str, str]) -> None:
    from aistats import editions

    for path in editions.run_in_place():
        print(text["ran"].format(path.as_posix()))


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[int, int, str], None]]:
    """Show steps as a bar on a terminal, as plain lines elsewhere."""
    from tqdm import tqdm

    with tqdm(disable=not sys.stderr.isatty(), bar_format="{l_bar}{bar:24}{r_bar}") as bar:

        def step(done: int, total: int, name: str) -> None:
            if bar.disable:
                print(f"[{done}/{total}] {name}", flush=True)
                return
            bar.total = total
            bar.set_postfix_str(name)
            bar.update(done - bar.n)

        yield step


if __name__ == "__main__":
    sys.exit(main())

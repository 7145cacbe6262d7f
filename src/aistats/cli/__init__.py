"""Thin command-line layer, in the user's language.

Each file of this room has the commands on one subject, with their texts. Exit codes: 0 done, 1
refused or failed (each fault on a line of its own), 2 the command line itself was wrong; of
``verify`` also 3, files are not what the manifest says, 4, the inputs would give another edition,
and 5, a rebuild agrees but for pictures, which could not be compared here.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

from aistats.cli.commands import Commands
from aistats.faults import AistatsError
from aistats.locale import user_language

_TEXTS = {
    "zh": {
        "about": "把AI行业事件表变成可复现的图表和文字报告",
        "extra": "缺少{}；请先安装：{}",
        "interrupted": "已中断。",
    },
    "en": {
        "about": "turn a table of AI-industry events into reproducible charts and reports",
        "extra": "{} is missing; install what this needs with: {}",
        "interrupted": "Interrupted.",
    },
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Examples
    --------
    >>> main(["validate", "no/such/folder"])
    1
    """
    if sys.stderr is None:  # closed by whoever started this; else all would go to stdout
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):  # in a locale that has no Chinese, escapes stand for it
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    language = user_language()
    text = _TEXTS[language]
    unchanged: list[str] = []
    try:
        options = _parser(language).parse_args(arguments)
        unchanged += [options.unchanged] * bool(options.unchanged)
        return _run(options, unchanged, text)
    except KeyboardInterrupt:
        print(text["interrupted"], *unchanged, sep="\n", file=sys.stderr)
        return 130


def _run(options: argparse.Namespace, unchanged: list[str], text: dict[str, str]) -> int:
    """Run a command; what it refuses is said, and what was not lost."""
    try:
        with warnings.catch_warnings():
            warnings.showwarning = lambda message, *_: print(message, file=sys.stderr)
            return int(options.run(options, options.text))
    except AistatsError as error:
        print(error, *unchanged, sep="\n", file=sys.stderr)
    except BrokenPipeError:  # whoever read the output has read enough
        sys.stdout = None
    except OSError as error:
        said = f"{error.filename}: {error.strerror}" if error.filename else error
        print(said, *unchanged, sep="\n", file=sys.stderr)
    except ModuleNotFoundError as error:
        if (error.name or "aistats").partition(".")[0] == "aistats":
            raise  # a broken installation, which no extra mends
        from aistats.distribution import missing_hint

        print(text["extra"].format(error.name, missing_hint(options.extra)), file=sys.stderr)
    return 1


def _parser(language: str) -> argparse.ArgumentParser:
    # Only now: this takes a while, in which somebody may change their mind.
    from aistats.cli import adding, counting, drafting, editions, tables

    parser = argparse.ArgumentParser(prog="aistats", description=_TEXTS[language]["about"])
    parsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for file in (editions, tables, counting, drafting, adding):
        file.add_to(Commands(parsers, file.TEXTS[language]))
    return parser

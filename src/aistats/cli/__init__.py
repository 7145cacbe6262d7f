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
from aistats.locale import Texts, texts


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
    say = texts()
    unchanged: list[str] = []
    try:
        options = _parser(say).parse_args(arguments)
        unchanged += [options.unchanged] * bool(options.unchanged)
        return _run(options, unchanged, say)
    except KeyboardInterrupt:
        print(say("cli.interrupted"), *unchanged, sep="\n", file=sys.stderr)
        return 130


def _run(options: argparse.Namespace, unchanged: list[str], say: Texts) -> int:
    """Run a command; what it refuses is said, and what was not lost."""
    try:
        with warnings.catch_warnings():
            warnings.showwarning = lambda message, *_: print(message, file=sys.stderr)
            return int(options.run(options, say))
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

        print(say("cli.extra").format(error.name, missing_hint(options.extra)), file=sys.stderr)
    return 1


def _parser(say: Texts) -> argparse.ArgumentParser:
    # Only now: this takes a while, in which somebody may change their mind.
    from aistats.cli import adding, counting, drafting, editions, tables

    parser = argparse.ArgumentParser(prog="aistats", description=say("cli.about"))
    parsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for file in (editions, tables, counting, drafting, adding):
        file.add_to(Commands(parsers, say))
    return parser

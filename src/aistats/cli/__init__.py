"""Thin command-line layer, in the user's language.

The arguments of the process come in; an exit code goes out, with data on stdout and messages beside
them. Each file of this package has the commands on one subject and leaves the work to the packages
below. Exit codes: 0 done, 1 an error (each problem on a line of its own), 2 a mistake in the
command line itself; for ``verify`` also 3, files differ from the manifest, 4, the inputs would give
another edition, and 5, a rebuild agrees except for pictures, which could not be compared.
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
from aistats.cli.parser import HelpFormatter, Parser, argparse_speaks
from aistats.faults import AistatsError
from aistats.locale import Texts
from aistats.session import texts


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Examples
    --------
    >>> main(["validate", "no/such/folder"])
    1
    """
    _prepare_streams()
    say = texts()
    options = argparse.Namespace(unchanged="")
    try:
        _parse(arguments, options, say)
        return _run(options, say)
    except KeyboardInterrupt:
        _print_failure(say("cli.interrupted"), options)
        return 130


def _prepare_streams() -> None:
    """Make sure that messages can be printed, whatever the encoding of the console."""
    if sys.stderr is None:  # closed by the calling process; print would use stdout instead
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _parse(arguments: Sequence[str] | None, options: argparse.Namespace, say: Texts) -> None:
    """Read the arguments into `options`."""
    with argparse_speaks(say):
        parser = _parser(say)
        parser.parse_args(arguments, options)
        if "run" not in options:
            parser.exit(2, parser.format_help())


def _parser(say: Texts) -> Parser:
    # Imported only now: this takes a while, and Ctrl-C must already be handled.
    from aistats.cli import adding, counting, drafting, editions, tables
    from aistats.distribution import __version__

    parser = Parser(
        prog="aistats",
        description=say("cli.about"),
        formatter_class=HelpFormatter,
    )
    parser.add_argument(
        "--version",
        action="version",
        version=f"aistats {__version__}",
        help=say("cli.version"),
    )
    parsers = parser.add_subparsers(
        title=say("cli.commands"),
        metavar=say("cli.metavar.command"),
    )
    commands = Commands(parsers, say)
    for file in (editions, tables, counting, drafting, adding):
        file.add_to(commands)
    return parser


def _run(options: argparse.Namespace, say: Texts) -> int:
    """Run a command; print its error, if any, and return the exit code."""
    try:
        with warnings.catch_warnings():
            warnings.showwarning = lambda message, *_: print(message, file=sys.stderr)
            return int(options.run(options, say))
    except AistatsError as error:
        _print_failure(error, options)
    except BrokenPipeError:  # the reader of the output, such as head, has read enough
        sys.stdout = None
    except OSError as error:
        reason = f"{error.filename}: {error.strerror}" if error.filename else error
        _print_failure(reason, options)
    except ModuleNotFoundError as error:
        module = error.name or "aistats"
        if module.partition(".")[0] == "aistats":
            raise  # a broken installation, which no extra mends
        from aistats.distribution import missing_hint

        command = missing_hint(options.extra)
        print(say("cli.extra", module=module, command=command), file=sys.stderr)
    return 1


def _print_failure(reason: object, options: argparse.Namespace) -> None:
    """Print why a command failed, and that nothing was changed."""
    print(reason, file=sys.stderr)
    if options.unchanged:
        print(options.unchanged, file=sys.stderr)

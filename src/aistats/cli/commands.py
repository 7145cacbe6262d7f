"""What all commands share: how a command is declared, its values are read and its data go out.

A file of this package adds its commands to `Commands`. A command is a function of the options and
the texts that returns an exit code; `aistats.cli` prints the errors. Data, such as a table, go out
through `to_screen` as UTF-8; messages for people are printed in the encoding of the console.
"""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aistats.cli.parser import HelpFormatter, Parser
from aistats.faults import Fault, ParameterError
from aistats.locale import Texts

Command = Callable[[argparse.Namespace, Texts], int]


@dataclass(frozen=True)
class Commands:
    """The commands of the parser, to which each file of this package adds its own.

    Parameters
    ----------
    parsers
        The object of argparse to which subcommands are added.
    say
        The texts in the user's language.
    """

    parsers: argparse._SubParsersAction[Parser]
    say: Texts

    def add(
        self, name: str, run: Command, *, about: str, unchanged: str = "", extra: str = "report"
    ) -> Parser:
        """Add a command, and return the parser of its options.

        Parameters
        ----------
        name
            The word on the command line.
        run
            The function that carries the command out and returns the exit code.
        about
            One sentence of help.
        unchanged
            The message after a failure: that nothing was changed.
        extra
            The optional dependencies that the command needs.
        """
        parser = self.parsers.add_parser(
            name,
            help=about,
            description=about,
            formatter_class=HelpFormatter,
        )
        parser.set_defaults(run=run, unchanged=unchanged, extra=extra)
        return parser


def to_screen(data: str) -> None:
    """Write data to stdout in UTF-8, whole and unchanged, whatever the encoding of the console."""
    if sys.stdout is None:  # closed by the calling process
        raise OSError(errno.EBADF, os.strerror(errno.EBADF), "stdout")
    binary = getattr(sys.stdout, "buffer", None)
    if binary is None:  # such as the output of a notebook, which takes text
        sys.stdout.write(data)
        return
    sys.stdout.flush()
    rest = memoryview(data.encode())
    while rest:  # an unbuffered stream takes a part at a time
        written = binary.write(rest)
        rest = rest[written:]


def pairs(arguments: Sequence[str]) -> dict[str, str]:
    """Read ``NAME=VALUE`` arguments.

    Raises
    ------
    ParameterError
        If an argument is not of that form, or a name is given twice.
    """
    split = [argument.partition("=") for argument in arguments]
    times = Counter(name for name, _, _ in split)
    faults = []
    for name, equals, value in split:
        if not name or not value:
            faults.append(Fault("parameter_form", value=name + equals + value))
    for name, n in times.items():
        if name and n > 1:
            faults.append(Fault("parameter_twice", value=name))
    if faults:
        raise ParameterError(faults)
    return {name: value for name, _, value in split}

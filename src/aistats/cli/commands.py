"""What every command line of aistats has in common: how a command is declared, and what ends it."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from aistats.faults import Fault, ParameterError
from aistats.locale import Texts

Command = Callable[[argparse.Namespace, Texts], int]


@dataclass(frozen=True)
class Commands:
    """The commands of the parser, to which each file of this room adds its own.

    Parameters
    ----------
    parsers
        What argparse makes for subcommands.
    say
        The texts in the user's language.
    """

    parsers: argparse._SubParsersAction[argparse.ArgumentParser]
    say: Texts

    def add(
        self, name: str, run: Command, *, about: str, unchanged: str = "", extra: str = "report"
    ) -> argparse.ArgumentParser:
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
        parser = self.parsers.add_parser(name, help=about, description=about)
        parser.set_defaults(run=run, unchanged=unchanged, extra=extra)
        return parser


def to_screen(text: str) -> None:
    """Write a text to stdout as it is and whole: unbuffered, a part is taken at a time."""
    if sys.stdout is None:  # closed by whoever started this
        raise OSError(errno.EBADF, os.strerror(errno.EBADF), "stdout")
    left = memoryview(text.encode())
    while left:
        left = left[sys.stdout.buffer.write(left) :]


def pairs(texts: Iterable[str]) -> dict[str, str]:
    """Read ``NAME=VALUE``, each name once."""
    pairs = [text.partition("=") for text in texts]
    times = Counter(name for name, _, _ in pairs)
    if wrong := [
        *(Fault("parameter_form", value="".join(it)) for it in pairs if not (it[0] and it[2])),
        *(Fault("parameter_twice", value=name) for name, n in times.items() if name and n > 1),
    ]:
        raise ParameterError(wrong)
    return {name: value for name, _, value in pairs}

"""What every command line of aistats has in common: how a command is declared, and what ends it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

Texts = dict[str, str]
Command = Callable[[argparse.Namespace, Texts], int]


@dataclass(frozen=True)
class Commands:
    """The commands of the parser, to which each file of this room adds its own.

    Parameters
    ----------
    parsers
        What argparse makes for subcommands.
    text
        The texts of the file whose commands are added, in the user's language.
    """

    parsers: argparse._SubParsersAction[argparse.ArgumentParser]
    text: Texts

    def add(
        self, name: str, run: Command, *, unchanged: str = "", extra: str = "report"
    ) -> argparse.ArgumentParser:
        """Add a command, described by the text of its name.

        Parameters
        ----------
        name
            What is typed.
        run
            What carries it out, given the options and the texts of its own file.
        unchanged
            What to say after a refusal: that nothing was lost.
        extra
            The optional dependencies that it needs.
        """
        added = self.parsers.add_parser(name, help=self.text[name], description=self.text[name])
        added.set_defaults(run=run, text=self.text, unchanged=unchanged, extra=extra)
        return added

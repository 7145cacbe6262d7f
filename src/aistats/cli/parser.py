"""The parser of the command line, with argparse's own words in the user's language.

argparse has the words "usage", "options" and its error messages in English and asks gettext for
translations under the name ``_`` of its own module. While one of our command lines is read, that
name gives the texts of aistats instead. The help is wrapped by the width that characters have on
a screen, as argparse counts a Chinese character, which takes two columns, as one.
"""

from __future__ import annotations

import argparse
import contextlib
import re
import textwrap
import threading
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

from aistats.faults import Fault, choices_shown
from aistats.locale import Texts, text_key

_WORDS = {
    "usage: ": text_key("cli.argparse.usage"),
    "positional arguments": text_key("cli.argparse.positional"),
    "options": text_key("cli.argparse.options"),
    "%(heading)s:": text_key("cli.argparse.heading"),
    "show this help message and exit": text_key("cli.argparse.help"),
    "%(prog)s: error: %(message)s\n": text_key("cli.argparse.error"),
    "argument %(argument_name)s: %(message)s": text_key("cli.argparse.argument"),
    "the following arguments are required: %s": text_key("cli.argparse.required"),
    "unrecognized arguments: %s": text_key("cli.argparse.unrecognised"),
    "ambiguous option: %(option)s could match %(matches)s": text_key("cli.argparse.ambiguous"),
    "expected one argument": text_key("cli.argparse.expected_one"),
    "expected at least one argument": text_key("cli.argparse.expected_some"),
    "ignored explicit argument %r": text_key("cli.argparse.no_value"),
    "invalid %(type)s value: %(value)r": text_key("cli.argparse.no_number"),
}
"""argparse's words, as they stand in its source, and the keys of ours.

Words that a later Python adds stay English until they are listed here.
"""

_LENDING = threading.RLock()
"""Held while argparse has our words: two threads would restore each other's."""

_EXPECTED_PLURAL = "expected %s arguments"

_FILLER = "\0"
_WIDE = ("W", "F", "A")  # the ambiguous ones, such as curly quotes, are wide in Chinese fonts
_CHINESE = "\u3000-\u303f\u4e00-\u9fff\uff00-\uffef"
_PIECE = re.compile(
    # A line may end after a space or a Chinese character, but no closing mark may start a line.
    rf"\s+|[“‘（《]*(?:[{_CHINESE}]|[^\s{_CHINESE}“‘（《”’]+)[，。；：、！？”’）》]*"
)
_CHINESE_HEADING = re.compile(rf"(?<=[{_CHINESE}]):$", re.MULTILINE)


class Parser(argparse.ArgumentParser):
    """A parser that names the nearest choices where a word is not one of them."""

    def _check_value(self, action: argparse.Action, value: Any) -> None:  # noqa: ANN401
        """Reject a value that is not one of the choices."""
        if action.choices is None or value in action.choices:
            return
        allowed = choices_shown(value, action.choices)
        fault = Fault("no_choice", value=value, allowed=allowed)
        raise argparse.ArgumentError(action, fault.text())


@contextlib.contextmanager
def argparse_speaks(say: Texts) -> Iterator[None]:
    """Give argparse our words inside a ``with`` block.

    Other parsers of the process have argparse's own words again after the block.

    Parameters
    ----------
    say
        The texts in the user's language.
    """

    def word(english: str) -> str:
        key = _WORDS.get(english)
        return english if key is None else say(key)

    def plural_word(singular: str, plural: str, n: int) -> str:
        if plural == _EXPECTED_PLURAL:
            return say.plural("cli.argparse.expected", n)
        return singular if n == 1 else plural

    names = vars(argparse)
    with _LENDING:
        originals = {name: names[name] for name in ("_", "ngettext")}
        names.update(_=word, ngettext=plural_word)
        try:
            yield
        finally:
            names.update(originals)


class HelpFormatter(argparse.HelpFormatter):
    """A formatter of help whose lines and columns fit wide characters."""

    def format_help(self) -> str:
        """Return the help, or the usage alone."""
        padded = super().format_help()
        text = padded.replace(_FILLER, "")
        return _CHINESE_HEADING.sub("：", text)  # Python 3.11 asks for no words for this colon

    def _format_action(self, action: argparse.Action) -> str:
        """Return the lines about an argument; for the commands, only those of each command."""
        if isinstance(action, argparse._SubParsersAction):
            commands = map(self._format_action, action._get_subactions())
            return self._join_parts(commands)
        return super()._format_action(action)

    def _metavar_formatter(
        self, action: argparse.Action, default_metavar: str
    ) -> Callable[[int], tuple[str, ...]]:
        """Return a function that gives the placeholders of an option, padded to their width."""
        plain = super()._metavar_formatter(action, default_metavar)

        def padded(size: int) -> tuple[str, ...]:
            metavars = map(str, plain(size))
            return tuple(map(_padded, metavars))

        return padded

    def _split_lines(
        self,
        text: str,
        width: int,
    ) -> list[str]:
        return wrapped(text, width)

    def _fill_text(
        self,
        text: str,
        width: int,
        indent: str,
    ) -> str:
        lines = wrapped(text, width - len(indent))
        block = "\n".join(lines)
        return textwrap.indent(block, indent)


def wrapped(text: str, width: int) -> list[str]:
    """Return a text in lines of at most so many columns; a longer word has a line of its own.

    Examples
    --------
    >>> wrapped("按此列分组，可多次使用。", 10)
    ['按此列分', '组，可多次', '使用。']
    >>> wrapped("Group by this column.", 10)
    ['Group by', 'this', 'column.']
    """
    lines = []
    line = ""
    for piece in _PIECE.findall(text):
        longer = line + piece
        if line and _columns(longer.rstrip()) > width:
            lines.append(line.rstrip())
            longer = piece
        line = longer.lstrip()
    lines.append(line.rstrip())
    return lines


def _padded(text: str) -> str:
    """Return a text with a filler after each wide character: its length is then its width."""
    padded = ""
    for character in text:
        fillers = _columns(character) - 1
        padded += character + _FILLER * fillers
    return padded


def _columns(text: str) -> int:
    """Return the number of columns that a text takes on a screen."""
    widths = map(unicodedata.east_asian_width, text)
    wide = [width for width in widths if width in _WIDE]
    return len(text) + len(wide)

"""Error types: every fault of an input at once, with its place and what would be allowed.

A wrong input is refused whole: every :class:`Fault` names the file, the line, the column, the value
and what would be allowed, and one :class:`DataError` carries them all. What a fault is called in
Chinese and English stands in `aistats.locale.messages`.
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from aistats.locale import user_language
from aistats.locale.messages import MESSAGES

_LINE_BREAKS = re.compile(r"[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")  # a fault is one line
_OF_ROWS = (".xlsx", ".xlsm", ".parquet", ".pq")  # and not of lines
_CHOICES_SHOWN = 12
FAULTS_NAMED = 20
"""Of one kind; of the others, how many there are."""

_CONTROL_PICTURES = {code: 0x2400 + code for code in range(0x20) if code != ord("\t")}

_NAMED_TOGETHER = ("missing_column", "unknown_column", "unknown_heading")
_ADDED_UP = ("undated",)  # their value is a number of rows


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: where it stands, what stands there, what would be allowed.

    Parameters
    ----------
    kind
        What is wrong; a key of the catalogue of texts.
    file, line, column
        Where; the line is the physical line of the file, the header being line 1.
    value
        What stands there.
    allowed
        What could stand there instead; of a link, the place of the values and the values.
    lines
        More to see, such as the end of a traceback; each is shown on a line of its own.

    Examples
    --------
    >>> fault = Fault("level", file="events.csv", line=7, column="region", value="XX",
    ...               allowed="CN, US")
    >>> fault.text("en")
    'events.csv, line 7, column region: “XX” is not a known level; allowed: CN, US'
    >>> fault.text("zh")
    'events.csv，第7行，region列：“XX”不在可选值之列；可用：CN, US'
    """

    kind: str
    file: str = ""
    line: int | None = None
    column: str | None = None
    value: object = ""
    allowed: object = ""
    lines: tuple[str, ...] = ()

    def text(self, language: str | None = None) -> str:
        """Return the fault as one line of text, by default in the user's language."""
        return _text((self,), language or user_language())


def place_of(
    file: str, lines: Iterable[int] = (), column: str | None = None, language: str | None = None
) -> str:
    """Return where something stands, by default in the user's language.

    Parameters
    ----------
    file
        A table; a workbook and Parquet have rows, any other lines.
    lines
        The lines, each of them once however often it is given.
    column
        The column.

    Examples
    --------
    >>> place_of("events.csv", [7], "region", "en"), place_of("events.csv", [7], "region", "zh")
    ('events.csv, line 7, column region', 'events.csv，第7行，region列')
    >>> place_of("events.xlsx", [2, 3, 4, 9], language="en")
    'events.xlsx, rows 2–4, 9'
    """
    language = language or user_language()
    parts, ordered = [file], sorted(set(lines))
    if ordered:
        unit = "row" if file.lower().endswith(_OF_ROWS) else "line"
        unit += "s" * (len(ordered) > 1)
        line = _runs(ordered, language)
        parts.append(MESSAGES["line"][language].format(unit=unit, line=line))
    if column is not None:
        parts.append(MESSAGES["column"][language].format(column=column))
    return ("，" if language == "zh" else ", ").join(filter(None, parts))


def few(faults: list[Fault]) -> list[Fault]:
    """Name the first of many faults of one kind, and how many more there are."""
    more = [Fault("more_faults", it.file, it.line, it.column) for it in faults[FAULTS_NAMED:]]
    return faults[:FAULTS_NAMED] + [replace(it, value=len(more)) for it in more[:1]]


def choices_shown(value: str, choices: Iterable[str]) -> str:
    """Return what could stand instead of a value; of many choices, the nearest and the first.

    Examples
    --------
    >>> choices_shown("modle", ["policy", "business", "model"])
    'model, policy, business'
    """
    every = list(dict.fromkeys(choices))
    near = difflib.get_close_matches(value, every, n=3, cutoff=0.4)
    shown = list(dict.fromkeys([*near, *every]))[:_CHOICES_SHOWN]
    return ", ".join(shown) + (f", … ({len(every)})" if len(every) > len(shown) else "")


def _runs(numbers: Sequence[int], language: str) -> str:
    """Write numbers in order, those that follow each other as their first and last."""
    comma, dash = ("、", "—") if language == "zh" else (", ", "–")
    runs = [
        [number for _, number in run]
        for _, run in itertools.groupby(enumerate(numbers), lambda it: it[1] - it[0])
    ]
    return comma.join(f"{run[0]}{dash}{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def _together(faults: Iterable[Fault]) -> Iterator[tuple[Fault, ...]]:
    """Put faults together that differ in their lines alone, or are columns of one header."""
    groups: dict[tuple[object, ...], list[Fault]] = {}
    for it in faults:
        alike: tuple[object, ...] = (it.kind, it.file, it.column, str(it.allowed))
        if it.kind in _NAMED_TOGETHER:
            alike += (it.line,)
        elif it.kind not in _ADDED_UP:
            alone = it.line is None or it.lines
            alike += (str(it.value), id(it) if alone else None)
        groups.setdefault(alike, []).append(it)
    return map(tuple, groups.values())


def _text(faults: Sequence[Fault], language: str) -> str:
    """Return faults that were put together as one line."""
    one = faults[0]
    values = [_LINE_BREAKS.sub("⏎", str(it.value)).translate(_CONTROL_PICTURES) for it in faults]
    value = ("”“" if language == "zh" else "”, “").join(dict.fromkeys(values))
    if one.kind in _ADDED_UP:
        value = str(sum(int(it) for it in values))
    text = MESSAGES[one.kind][language].format(value=value, allowed=one.allowed)
    lines = {it.line for it in faults if it.line is not None}
    if len(lines) > 1 and one.kind not in _ADDED_UP:
        text += MESSAGES["times"][language].format(n=len(lines))
    place = place_of(one.file, lines, one.column, language)
    colon = "：" if language == "zh" else ": "
    return f"{place}{colon}{text}" if place else text


class AistatsError(Exception):
    """The one family of errors that a person, not a programmer, is meant to read.

    Parameters
    ----------
    faults
        All that is wrong, in the order in which to read it.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(self.faults)

    def text(self, language: str | None = None) -> str:
        """Return the faults, each on a line with those like it, and more under it where there is.

        By default it is in the user's language.
        """
        language = language or user_language()
        n = len(self.faults)
        head = MESSAGES["head"][language].format(n=n, faults="fault" if n == 1 else "faults")
        shown = [
            line
            for faults in _together(self.faults)
            for line in (f"  {_text(faults, language)}", *(f"      {it}" for it in faults[0].lines))
        ]
        return "\n".join([head, *shown])

    def __str__(self) -> str:
        return self.text()


class DataError(AistatsError, ValueError):
    """A table, a codebook or an edition's row is not what it must be."""


class ParameterError(AistatsError, ValueError):
    """An argument or parameter is misspelt, unknown or cannot be; raised before anything runs.

    One mistake raises the same error whatever is handed in: a table, another engine's frame, a file
    or a command line.
    """


class NotebookError(AistatsError):
    """A notebook raised; its edition was not published.

    Parameters
    ----------
    faults
        What failed, and where.
    notebook
        The notebook as far as it came, if it is at hand.
    """

    def __init__(self, faults: Iterable[Fault], notebook: object = None) -> None:
        super().__init__(faults)
        self.notebook = notebook


class EDTFError(DataError):
    """A text is not a date that can be counted.

    Parameters
    ----------
    reason
        A key of the catalogue: ``not_edtf``, ``impossible``, ``reversed``, ``open``, ``set``,
        ``season``, ``approximate`` or ``zone``.
    value
        The text.
    column
        The column it stands in, where it stands in one.
    """

    def __init__(self, reason: str, value: str, column: str | None = None) -> None:
        super().__init__([Fault(reason, column=column, value=value)])
        self.args = (reason, value, column)  # what pickle calls this with
        self.reason = reason

    def __str__(self) -> str:
        return self.faults[0].text()


class DataWarning(UserWarning):
    """Something in a table is allowed but worth a second look."""

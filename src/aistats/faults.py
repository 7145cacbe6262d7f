"""Error types: everything that is wrong with an input at once, each with its place.

A :class:`Fault` names the file, the line, the column, the value and what would be allowed. One
:class:`DataError` carries all faults of an input, and nothing is read or written. A fault has no
text of its own: its kind is the key of a text in `aistats.locale`, in each language.
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from aistats.locale import LANGUAGES, Language, Texts, spoken_language

_LINE_BREAKS = re.compile(r"[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")  # a fault is one line
_OF_ROWS = (".xlsx", ".xlsm", ".parquet", ".pq")  # and not of lines
_CHOICES_SHOWN = 12
FAULTS_NAMED = 20
"""Of one kind; of the others, how many there are."""

_CONTROL_PICTURES = {code: 0x2400 + code for code in range(0x20) if code != ord("\t")}

_NAMED_TOGETHER = ("missing_column", "unknown_column", "unknown_heading")
_ADDED_UP = ("undated",)  # their value is a number of rows
_NUMBERS = ("more_faults", "too_distinct", "too_many_cells", "undated_windows")
"""Kinds whose value and allowed value are numbers of things."""


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
    'events.csv, line 7, column region: “XX” is not allowed; use one of: CN, US'
    >>> fault.text("zh")
    'events.csv，第7行，region列：“XX”不是可用的值；请从中选：CN, US'
    """

    kind: str
    file: str = ""
    line: int | None = None
    column: str | None = None
    value: object = ""
    allowed: object = ""
    lines: tuple[str, ...] = ()

    def text(self, language: Language | None = None) -> str:
        """Return the fault as one line of text, by default in the language of the session."""
        say = Texts(current_language(language))
        return _line([self], say)


def place_of(
    file: str,
    lines: Iterable[int] = (),
    column: str | None = None,
    language: Language | None = None,
) -> str:
    """Return the name of a place in a table, by default in the language of the session.

    Parameters
    ----------
    file
        A table; a workbook and Parquet have rows, any other lines.
    lines
        The lines; each is named once however often it is given.
    column
        The column.
    language
        ``zh`` or ``en``.

    Examples
    --------
    >>> place_of("events.csv", [7], "region", "en"), place_of("events.csv", [7], "region", "zh")
    ('events.csv, line 7, column region', 'events.csv，第7行，region列')
    >>> place_of("events.xlsx", [2, 3, 4, 9], language="en")
    'events.xlsx, rows 2–4, 9'
    """
    say = Texts(current_language(language))
    parts = [file]
    numbers = sorted(set(lines))
    if numbers:
        runs = _runs(numbers, say)
        if file.lower().endswith(_OF_ROWS):
            parts.append(say.plural("fault.place.row", len(numbers), runs=runs))
        else:
            parts.append(say.plural("fault.place.line", len(numbers), runs=runs))
    if column is not None:
        parts.append(say("fault.place.column", column=column))
    return say("fault.place.separator").join(filter(None, parts))


def few(faults: list[Fault]) -> list[Fault]:
    """Return the first of many faults of one kind, and one fault that counts the others."""
    named, others = faults[:FAULTS_NAMED], faults[FAULTS_NAMED:]
    if others:
        first = others[0]
        named.append(Fault("more_faults", first.file, first.line, first.column, len(others)))
    return named


def choices_shown(value: str, choices: Iterable[str]) -> str:
    """Return the values to choose from; of many, those nearest to a value and the first.

    Examples
    --------
    >>> choices_shown("modle", ["policy", "business", "model"])
    'model, policy, business'
    """
    every = list(dict.fromkeys(choices))
    nearest = difflib.get_close_matches(value, every, n=3, cutoff=0.4)
    ordered = list(dict.fromkeys([*nearest, *every]))
    text = ", ".join(ordered[:_CHOICES_SHOWN])
    if len(ordered) > _CHOICES_SHOWN:
        text += f", … ({len(ordered)})"
    return text


def _runs(numbers: Sequence[int], say: Texts) -> str:
    """Write ordered numbers; those that follow each other as their first and last."""
    parts = []
    # In a run of consecutive numbers, the number less its position is always the same.
    for _, run in itertools.groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
        run_numbers = [number for _, number in run]
        first, last = run_numbers[0], run_numbers[-1]
        if first == last:
            parts.append(str(first))
        else:
            parts.append(say("fault.run", first=first, last=last))
    return say("fault.runs_separator").join(parts)


def _together(faults: Iterable[Fault]) -> list[tuple[Fault, ...]]:
    """Group faults that differ only in their lines, or are columns of one header."""
    groups: dict[tuple[object, ...], list[Fault]] = {}
    for fault in faults:
        key = fault.kind, fault.file, fault.column, str(fault.allowed), *_distinction(fault)
        group = groups.setdefault(key, [])
        group.append(fault)
    return [tuple(group) for group in groups.values()]


def _distinction(fault: Fault) -> tuple[object, ...]:
    """Return what else sets a fault apart from others of its kind and place."""
    if fault.kind in _NAMED_TOGETHER:
        return (fault.line,)
    if fault.kind in _ADDED_UP:
        return ()
    if fault.line is None or fault.lines:
        return (id(fault),)
    return (str(fault.value),)


def _line(faults: Sequence[Fault], say: Texts) -> str:
    """Return faults of one group as one line."""
    first = faults[0]
    lines = {fault.line for fault in faults if fault.line is not None}
    allowed = first.allowed
    if first.kind in _NUMBERS and allowed:
        allowed = _with_commas(allowed)
    value = _value(faults, say)
    text = say(first.kind, value=value, allowed=allowed)
    if len(lines) > 1 and first.kind not in _ADDED_UP:
        text += say.plural("fault.times", len(lines))
    place = place_of(first.file, lines, first.column, say.language)
    if not place:
        return text
    return say("fault.at", place=place, text=text)


def _value(faults: Sequence[Fault], say: Texts) -> str:
    """Return the values of a group as one line of text; row counts as their sum."""
    texts = [str(fault.value) for fault in faults]
    if faults[0].kind in _ADDED_UP:
        total = sum(map(int, texts))
        return _with_commas(total)
    if faults[0].kind in _NUMBERS:
        return _with_commas(faults[0].value)
    values = []
    for text in texts:
        one_line = _LINE_BREAKS.sub("⏎", text)
        visible = one_line.translate(_CONTROL_PICTURES)
        values.append(visible)
    distinct = dict.fromkeys(values)
    return say("fault.values_separator").join(distinct)


def _with_commas(number: object) -> str:
    """Write a number with a comma between thousands."""
    integer = int(str(number))
    return f"{integer:,}"


def _number_of_problems(faults: Iterable[Fault]) -> int:
    """Count problems, with those that one fault counts without naming them."""
    n = 0
    for fault in faults:
        if fault.kind == "more_faults":
            n += int(str(fault.value))
        else:
            n += 1
    return n


class AistatsError(Exception):
    """Base of all errors that are meant for the user of the data, not for a programmer.

    Parameters
    ----------
    faults
        Everything that is wrong, in reading order.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(self.faults)

    def text(self, language: Language | None = None) -> str:
        """Return a head and one line for each group of faults, with its further lines under it.

        It is in the language of the session by default.
        """
        say = Texts(current_language(language))
        groups = _together(self.faults)
        n = _number_of_problems(self.faults)
        named = [group for group in groups if group[0].kind != "more_faults"]
        if 1 < len(named) < n and len(groups) < len(self.faults):
            head = say.plural("fault.head_groups", n, groups=len(named))
        else:
            head = say.plural("fault.head", n)
        texts = [head]
        for group in groups:
            texts.append("  " + _line(group, say))
            texts.extend("      " + line for line in group[0].lines)
        return "\n".join(texts)

    def __str__(self) -> str:
        return self.text()


class DataError(AistatsError, ValueError):
    """Raised when a table, codebook or edition is invalid; lists the problems."""


class ParameterError(AistatsError, ValueError):
    """Raised before anything runs when an argument or parameter is unknown or invalid.

    A mistake raises the same error for a table, a frame of another library, a file and a command.
    """


def checked_language(name: str) -> Language:
    """Return a language that there is.

    Raises
    ------
    ParameterError
        If it is not one of zh and en.
    """
    if name not in LANGUAGES:
        allowed = ", ".join(LANGUAGES)
        raise ParameterError([Fault("no_choice", "language", value=name, allowed=allowed)])
    return name


def current_language(stated: str | None = None) -> Language:
    """Return the language that a call states, else that of the session, else of the system.

    Parameters
    ----------
    stated
        ``zh``, ``en`` or None.

    Raises
    ------
    ParameterError
        If the stated language is not one of zh and en.
    """
    if stated is not None:
        return checked_language(stated)
    return spoken_language()


def reject_unknown_columns(names: Iterable[str], columns: Collection[str]) -> None:
    """Reject names of columns that the events do not have.

    Raises
    ------
    ParameterError
        With each missing column, and the columns with similar names.
    """
    faults = []
    choices = list(map(str, columns))
    for name in names:
        if name not in columns:
            nearest = choices_shown(str(name), choices)
            faults.append(Fault("no_column", value=name, allowed=nearest))
    if faults:
        raise ParameterError(faults)


class NotebookError(AistatsError):
    """Raised when a notebook fails; its edition is not published.

    Parameters
    ----------
    faults
        What failed, and where.
    notebook
        The notebook up to the failure, where it is available.
    """

    def __init__(self, faults: Iterable[Fault], notebook: object = None) -> None:
        super().__init__(faults)
        self.notebook = notebook


class EDTFError(DataError):
    """Raised when a text is not a date that can be counted.

    Parameters
    ----------
    reason
        The kind of the fault: ``not_edtf``, ``impossible``, ``reversed``, ``open``, ``set``,
        ``season``, ``approximate`` or ``zone``.
    value
        The text.
    column
        The column it stands in, where it stands in one.
    """

    def __init__(
        self,
        reason: str,
        value: str,
        column: str | None = None,
    ) -> None:
        fault = Fault(reason, column=column, value=value)
        super().__init__([fault])
        self.args = (reason, value, column)  # what pickle calls this with
        self.reason = reason

    def __str__(self) -> str:
        return self.faults[0].text()


class DataWarning(UserWarning):
    """Something in a table is allowed but worth a second look."""

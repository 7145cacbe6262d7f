"""Check that the values of a JSON file have the types that are needed.

A parsed JSON value comes in, and one fault for each value of another type goes out, with its place
in the file. A reader states once what it needs, as a check that is put together from those in this
module; after that it can rely on the types. Properties that no check names may hold anything.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from aistats.faults import Fault
from aistats.locale import text_key

Faults: TypeAlias = Iterator[Fault]
Check: TypeAlias = Callable[[object, str], Faults]
"""Yields the problems with a value at a place, such as ``$.resources[0].name``."""

_LONGEST_SHOWN = 60


def text(value: object, place: str) -> Faults:
    """Check for a text, which may be empty.

    Examples
    --------
    >>> fault, = text(5, "$.title")
    >>> fault.kind, fault.allowed, fault.value
    ('json_text', '$.title', '5')
    """
    if not isinstance(value, str):
        yield _fault(text_key("json_text"), value, place)


def full_text(value: object, place: str) -> Faults:
    """Check for a text that is not empty."""
    is_text = isinstance(value, str)
    if not is_text or value == "":
        yield _fault(text_key("json_full_text"), value, place)


def flag(value: object, place: str) -> Faults:
    """Check for true or false."""
    if not isinstance(value, bool):
        yield _fault(text_key("json_flag"), value, place)


def scalar(value: object, place: str) -> Faults:
    """Check for a text, a number, true or false."""
    is_scalar = isinstance(value, str | int | float)  # a bool is an int
    if not is_scalar:
        yield _fault(text_key("json_scalar"), value, place)


def one_of(*choices: str) -> Check:
    """Return the check for one of a few texts."""
    allowed = ", ".join(choices)

    def choice(value: object, place: str) -> Faults:
        if value not in choices:
            yield _fault(text_key("json_choice"), value, f"{place} ({allowed})")

    return choice


def count_up_to(most: int) -> Check:
    """Return the check for a whole number from 0 to a greatest one."""
    numbers = range(most + 1)

    def count(value: object, place: str) -> Faults:
        # In Python, True is a whole number too.
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        is_count = is_whole and value in numbers
        if not is_count:
            yield _fault(text_key("json_count"), value, f"{place} (0–{most})")

    return count


def list_of(check: Check) -> Check:
    """Return the check for a list, each item of which passes a check."""

    def items(value: object, place: str) -> Faults:
        if not isinstance(value, list):
            yield _fault(text_key("json_list"), value, place)
            return
        for index, item in enumerate(value):
            yield from check(item, f"{place}[{index}]")

    return items


def text_or(check: Check) -> Check:
    """Return the check for a text, or for what passes a check."""

    def either(value: object, place: str) -> Faults:
        if not isinstance(value, str):
            yield from check(value, place)

    return either


def object_of(check: Check) -> Check:
    """Return the check for an object, the value of each name in which passes a check."""

    def values(value: object, place: str) -> Faults:
        if not isinstance(value, dict):
            yield _fault(text_key("json_object"), value, place)
            return
        for name, item in value.items():
            yield from check(item, f"{place}.{name}")

    return values


def properties(
    needed: Mapping[str, Check],
    optional: Mapping[str, Check] | None = None,
) -> Check:
    """Return the check for an object with properties, each of which has a check of its own.

    Examples
    --------
    >>> source = properties({"name": text}, {"tags": list_of(text)})
    >>> faults = source({"tags": ["a", None]}, "$")
    >>> [(fault.kind, fault.allowed or fault.value) for fault in faults]
    [('json_missing', '$.name'), ('json_text', '$.tags[1]')]
    """
    checks = {**needed, **(optional or {})}

    def each(value: object, place: str) -> Faults:
        if not isinstance(value, dict):
            yield _fault(text_key("json_object"), value, place)
            return
        for name, check in checks.items():
            if name in value:
                yield from check(value[name], f"{place}.{name}")
            elif name in needed:
                yield Fault("json_missing", value=f"{place}.{name}")

    return each


def _fault(kind: str, value: object, place: str) -> Fault:
    """Return a fault that shows a value as JSON, and its place."""
    written = json.dumps(value, ensure_ascii=False)
    if len(written) > _LONGEST_SHOWN:
        written = f"{written[:_LONGEST_SHOWN]}…"
    return Fault(kind, value=written, allowed=place)

"""JSON types: whether a JSON file from somebody else holds values of the types that are needed.

A reader states once what it needs, as a check that is put together from the ones here; every value
of another type becomes one fault, with its place in the file. After that the reader can take the
types for granted. Properties that no check names may hold anything.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from aistats.faults import Fault

Check: TypeAlias = Callable[[object, str], Iterator[Fault]]
"""What is wrong with a value that stands at a place, such as ``$.resources[0].name``."""

_LONGEST_SHOWN = 60


def text(value: object, place: str) -> Iterator[Fault]:
    """Check for a text, which may be empty.

    Examples
    --------
    >>> [fault.text("en") for fault in text(5, "$.title")]
    ['$.title must be a text, not 5']
    """
    if not isinstance(value, str):
        yield _fault("json_text", value, place)


def full_text(value: object, place: str) -> Iterator[Fault]:
    """Check for a text that is not empty."""
    if not (isinstance(value, str) and value):
        yield _fault("json_full_text", value, place)


def flag(value: object, place: str) -> Iterator[Fault]:
    """Check for true or false."""
    if not isinstance(value, bool):
        yield _fault("json_flag", value, place)


def scalar(value: object, place: str) -> Iterator[Fault]:
    """Check for a text, a number, true or false."""
    if not isinstance(value, str | int | float):  # a bool is an int
        yield _fault("json_scalar", value, place)


def one_of(*choices: str) -> Check:
    """Return the check for one of a few texts."""

    def choice(value: object, place: str) -> Iterator[Fault]:
        if value not in choices:
            yield _fault("json_choice", value, f"{place} ({', '.join(choices)})")

    return choice


def count_up_to(most: int) -> Check:
    """Return the check for a whole number from 0 to a greatest one."""

    def count(value: object, place: str) -> Iterator[Fault]:
        # In Python a bool is an int; in JSON it is none.
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            yield _fault("json_count", value, f"{place} (0–{most})")

    return count


def list_of(check: Check) -> Check:
    """Return the check for a list, each item of which passes a check."""

    def items(value: object, place: str) -> Iterator[Fault]:
        if not isinstance(value, list):
            yield _fault("json_list", value, place)
            return
        for index, item in enumerate(value):
            yield from check(item, f"{place}[{index}]")

    return items


def text_or(check: Check) -> Check:
    """Return the check for a text, or for what passes a check."""

    def either(value: object, place: str) -> Iterator[Fault]:
        if not isinstance(value, str):
            yield from check(value, place)

    return either


def object_of(check: Check) -> Check:
    """Return the check for an object, the value of each name in which passes a check."""

    def values(value: object, place: str) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield _fault("json_object", value, place)
            return
        for name, item in value.items():
            yield from check(item, f"{place}.{name}")

    return values


def properties(needed: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """Return the check for an object with properties, each of which has a check of its own.

    Examples
    --------
    >>> source = properties({"name": text}, {"tags": list_of(text)})
    >>> [fault.text("en") for fault in source({"tags": ["a", None]}, "$")]
    ['$.name is missing', '$.tags[1] must be a text, not null']
    """
    checks = {**needed, **(optional or {})}

    def each(value: object, place: str) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield _fault("json_object", value, place)
            return
        for name, check in checks.items():
            if name in value:
                yield from check(value[name], f"{place}.{name}")
            elif name in needed:
                yield Fault("json_missing", value=f"{place}.{name}")

    return each


def _fault(kind: str, value: object, place: str) -> Fault:
    shown = json.dumps(value, ensure_ascii=False)
    if len(shown) > _LONGEST_SHOWN:
        shown = f"{shown[:_LONGEST_SHOWN]}…"
    return Fault(kind, value=shown, allowed=place)

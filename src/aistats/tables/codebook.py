"""What the columns mean: the Data Package descriptor beside the data, read as Python objects.

``datapackage.json`` is documentation and live schema in one: tables, columns, allowed levels, their
Chinese and English labels, decision rules, keys. Whatever validates, labels or orders asks here, so
the rules that people read and the rules that hold cannot drift apart. Beyond the Table Schema
standard a field may say ``edtf`` (its texts are EDTF dates, with ``approximate_margin_days``),
``separator`` (a cell is a list), ``values_of`` (a link like a foreign key, from lists and to the
package's own ``sources`` too) and ``groups`` (a coarser column derived from its levels); a level
may have a ``color``, by the name that the palette of the charts gives it, and a source the
``series`` that it is an issue of.

A table from elsewhere has no codebook; one is inferred from what it holds, good enough to name and
order the levels in charts and to hold the next month against this one.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aistats.dates.edtf import MARGIN_DAYS, parse_edtf
from aistats.faults import DataError, EDTFError, Fault
from aistats.tables.encodings import read_text
from aistats.tables.json_types import (
    count_up_to,
    flag,
    full_text,
    list_of,
    object_of,
    properties,
    text_or,
)
from aistats.tables.json_types import text as any_text
from aistats.tables.paths import is_path_inside, same_place

if TYPE_CHECKING:
    import pandas as pd

DESCRIPTOR = "datapackage.json"

MOST_INFERRED_LEVELS = 30
"""Distinct texts that a column may have at most for them to be taken for its levels."""

_MOST_MARGIN_DAYS = 366

_ADDED = ("earliest", "latest", "dated")  # by reading: no columns of a file


@dataclass(frozen=True)
class Level:
    """One allowed value of a field, with its labels and decision rules by language."""

    value: str
    label: Mapping[str, str]
    rule: Mapping[str, str]
    members: tuple[str, ...] = ()
    color: str | None = None


@dataclass(frozen=True)
class Field:
    """A column: its titles, what its cells may hold, and the labels of its levels.

    ``levels`` is empty where any text is allowed; ``labels`` may still name some of the values.
    ``groups`` is the coarser column derived from this one, if there is one.
    """

    name: str
    title: Mapping[str, str]
    required: bool = False
    unique: bool = False
    pattern: str | None = None
    levels: tuple[Level, ...] = ()
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    edtf: bool = False
    margin_days: int = MARGIN_DAYS
    separator: str | None = None
    groups: Field | None = None
    note: Mapping[str, str] = field(default_factory=dict)

    def label(self, value: str, language: str) -> str:
        """Return the label of a value, or the value itself where the codebook names none."""
        return self.labels.get(language, {}).get(value, value)

    def group_of(self, value: str) -> str:
        """Return the value of the derived column; a level without members takes the rest."""
        levels = self.groups.levels if self.groups else ()
        named = (level.value for level in levels if value in level.members)
        rest = (level.value for level in levels if not level.members)
        return next(named, None) or next(rest)


@dataclass(frozen=True)
class Table:
    """A table of the package: where it is, its fields and its keys.

    ``key`` is the primary key; ``links`` say whose values a column must have, each as (column,
    other table, column there).
    """

    name: str
    path: str
    fields: Mapping[str, Field]
    key: tuple[str, ...] = ()
    links: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Codebook:
    """The tables of a data package and the sources they were compiled from.

    Parameters
    ----------
    tables
        By name.
    sources
        Titles of the sources by name and language.
    file
        Where it was read from, for messages.
    series
        What each source is an issue of, where that is more than itself: counts of the issues of one
        series can be compared.
    """

    tables: Mapping[str, Table]
    sources: Mapping[str, Mapping[str, str]]
    file: str = DESCRIPTOR
    series: Mapping[str, str] = field(default_factory=dict)

    def table(self, name: str) -> Table:
        """Return a table that must be there.

        Raises
        ------
        DataError
            If it is not.
        """
        if name not in self.tables:
            raise DataError([Fault("codebook", self.file, value=f"no resource {name!r}")])
        return self.tables[name]

    def field(self, name: str) -> Field | None:
        """Return the first field of that name, derived ones included, or None."""
        for table in self.tables.values():
            for column in table.fields.values():
                if column.name == name:
                    return column
                if column.groups is not None and column.groups.name == name:
                    return column.groups
        return None

    def title(self, name: str, language: str) -> str:
        """Return the title of a column, or its name where the codebook knows none."""
        column = self.field(name)
        return column.title.get(language, name) if column else name

    def label(self, name: str, value: str, language: str) -> str:
        """Return the label of a value of a column, or the value itself.

        Examples
        --------
        >>> read_codebook("data").label("region", "HK", "zh")
        '中国香港'
        """
        column = self.field(name)
        return column.label(value, language) if column else value

    def color(self, name: str, value: object) -> str | None:
        """Return the name of the colour that a level of a column has in every chart, if it has one.

        Examples
        --------
        >>> read_codebook("data").color("region", "CN")
        'vermillion'
        """
        column = self.field(name)
        levels = column.levels if column else ()
        return next((level.color for level in levels if level.value == value), None)

    def order(self, name: str) -> list[str]:
        """Return the levels of a column in the codebook's order; empty for free text."""
        column = self.field(name)
        return [level.value for level in column.levels] if column else []

    def rank(self, name: str, value: object) -> int:
        """Return the place of a value among the levels of a column; what is none comes last."""
        order = self.order(name)
        return order.index(value) if value in order else len(order)


def read_codebook(path: str | Path) -> Codebook:
    """Read a codebook from a ``datapackage.json``, or from the folder that holds one.

    Parameters
    ----------
    path
        The file or its folder.

    Returns
    -------
    Codebook

    Raises
    ------
    DataError
        If there is no such file, or it is not a Data Package with table schemas.

    Examples
    --------
    >>> codebook = read_codebook("data")
    >>> codebook.order("category")[:3]
    ['policy', 'evaluation', 'business']
    """
    path = Path(path)
    path = path / DESCRIPTOR if path.is_dir() else path
    return codebook_of(read_text(path), path.as_posix())


def codebook_of(text: str, file: str) -> Codebook:
    """Return the codebook that the text of a ``datapackage.json`` is.

    Parameters
    ----------
    text
        What the file holds.
    file
        Its name, for messages.

    Raises
    ------
    DataError
        If it is not a Data Package with table schemas, or names a file that is not inside its
        folder.
    """
    package = _package(text, file)
    tables = [_table(resource) for resource in package["resources"]]
    described = package.get("sources", [])
    sources = {source["name"]: _both(source, "title") for source in described}
    series = {source["name"]: source["series"] for source in described if "series" in source}
    book = Codebook({table.name: table for table in tables}, sources, file, series)
    faults = list(_path_faults(tables, text, file))
    faults += [Fault("codebook", file, value=it) for it in _contradictions(tables, book)]
    faults = faults or list(_half_characters(package, file))
    if faults:
        raise DataError(faults)
    return book


def _package(text: str, file: str) -> dict[str, Any]:
    """Return what the text of a ``datapackage.json`` holds, of the types that are needed.

    Raises
    ------
    DataError
        If it is not JSON, or a value is missing or of another type.
    """
    try:
        package = json.loads(text)
        faults = [replace(fault, file=file) for fault in _PACKAGE(package, "$")]
    except json.JSONDecodeError as error:
        raise DataError([Fault("codebook", file, error.lineno, value=error.msg)]) from None
    except (ValueError, RecursionError) as error:  # such as a number of 5,000 digits
        raise DataError([Fault("codebook", file, value=str(error))]) from None
    if faults:
        raise DataError(faults)
    return dict(package)


def _is_field(value: object, place: str) -> Iterator[Fault]:
    """Check a field, which may have another that is derived from it."""
    return _FIELD(value, place)


_TITLES = {"title": any_text, "title_zh": any_text}
_RULES = {"rule": any_text, "rule_zh": any_text}
_LABELS = {"label": any_text, "label_zh": any_text}
_LEVEL = properties(
    {"value": any_text},
    {**_LABELS, **_RULES, "members": list_of(any_text), "color": any_text},
)
_CONSTRAINTS = properties({}, {"required": flag, "unique": flag, "pattern": any_text})
_FIELD = properties(
    {"name": any_text},
    {
        **_TITLES,
        **{"description": any_text, "description_zh": any_text},
        **{"note": any_text, "note_zh": any_text},
        **{"labels": object_of(any_text), "labels_zh": object_of(any_text)},
        "constraints": _CONSTRAINTS,
        "categories": list_of(_LEVEL),
        "groups": _is_field,
        "edtf": flag,
        "approximate_margin_days": count_up_to(_MOST_MARGIN_DAYS),
        "separator": full_text,
        "values_of": any_text,
    },
)
_COLUMNS = text_or(list_of(any_text))
_LINK = properties(
    {
        "fields": _COLUMNS,
        "reference": properties({"resource": any_text, "fields": _COLUMNS}),
    }
)
_SCHEMA = properties(
    {"fields": list_of(_FIELD)}, {"primaryKey": _COLUMNS, "foreignKeys": list_of(_LINK)}
)
_RESOURCE = properties({"name": any_text, "path": any_text, "schema": _SCHEMA})
_SOURCE = properties({"name": any_text}, {**_TITLES, "series": any_text})
_PACKAGE = properties({"resources": list_of(_RESOURCE)}, {"sources": list_of(_SOURCE)})
"""What is read of a ``datapackage.json``, and of which types."""


def _path_faults(tables: Iterable[Table], text: str, file: str) -> Iterator[Fault]:
    """Check that every table has a file of its own, inside the folder."""
    taken = {same_place(DESCRIPTOR): DESCRIPTOR}
    for table in tables:
        place = same_place(table.path)
        line = _line_of_path(text, table.path)
        if not is_path_inside(table.path):
            yield Fault("resource_path", file, line, "path", table.path)
            continue
        for other, path in taken.items():
            if f"{place}/".startswith(f"{other}/") or other.startswith(f"{place}/"):
                yield Fault("resource_twice", file, line, "path", table.path, path)
        taken[place] = table.path


def _half_characters(package: Mapping[str, Any], file: str) -> Iterator[Fault]:
    """Yield a fault if an escape stands for half a character, which no file can be written with."""
    try:
        json.dumps(package, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        yield Fault("codebook", file, value=str(error))


def _line_of_path(text: str, path: str) -> int | None:
    """Return the last line that has a path, if it is written there as JSON usually is."""
    written = "|".join(re.escape(json.dumps(path, ensure_ascii=it)) for it in (True, False))
    *_, last = [None, *re.finditer(f'"path"\\s*:\\s*(?:{written})', text)]
    return text.count("\n", 0, last.end()) + 1 if last else None


def _contradictions(tables: Sequence[Table], book: Codebook) -> Iterator[str]:
    """Yield what a codebook says that cannot be: keys, links and patterns that lead nowhere."""
    times = Counter(table.name for table in tables)
    yield from (f"{n} resources {name!r}" for name, n in times.items() if n > 1)
    for table in tables:
        for name in (*table.key, *(column for column, _, _ in table.links)):
            if name not in table.fields:
                yield f"{table.name}: no field {name!r}"
        for _, other, target in table.links:
            known = {"name"} if other == "sources" else book.tables.get(other, table).fields
            if (other not in book.tables and other != "sources") or target not in known:
                yield f"{table.name}: no field {target!r} in {other!r}"
        for column in table.fields.values():
            try:
                re.compile(column.pattern or "")
            except (re.error, OverflowError, RecursionError) as error:
                yield f"{table.name}.{column.name}: pattern {column.pattern!r}: {error}"
            if rest := _without_group(column):
                yield f"{table.name}.{column.name}: no level of groups for {rest!r}"


def _without_group(column: Field) -> str | None:
    """Return a level of a column that is in no level of its groups, if there is one."""
    if column.groups is None or any(not group.members for group in column.groups.levels):
        return None
    grouped = {member for group in column.groups.levels for member in group.members}
    levels = [level.value for level in column.levels] or ["*"]
    return next((level for level in levels if level not in grouped), None)


def _both(item: Mapping[str, Any], key: str) -> dict[str, str]:
    """Return the texts of a property in both languages: ``key`` is English, ``key_zh`` Chinese."""
    english = item.get(key, item.get("value", item.get("name", "")))
    return {"en": english, "zh": item.get(f"{key}_zh", english)}


def _table(resource: Mapping[str, Any]) -> Table:
    schema = resource["schema"]
    key = schema.get("primaryKey", [])
    key = (key,) if isinstance(key, str) else tuple(key)
    fields = {item["name"]: _field(item, in_key=item["name"] in key) for item in schema["fields"]}
    links = tuple(
        (
            _joined(link["fields"]),
            link["reference"]["resource"],
            _joined(link["reference"]["fields"]),
        )
        for link in schema.get("foreignKeys", [])
    )
    links += tuple(
        (item["name"], *item["values_of"].partition(".")[::2])
        for item in schema["fields"]
        if "values_of" in item
    )
    return Table(resource["name"], resource["path"], fields, key, links)


def _joined(names: str | list[str]) -> str:
    """Return the column of a foreign key; several become one name, which no field has."""
    return names if isinstance(names, str) else ", ".join(names)


def _field(item: Mapping[str, Any], *, in_key: bool = False) -> Field:
    constraints = item.get("constraints", {})
    levels = tuple(
        Level(
            value=level["value"],
            label=_both(level, "label"),
            rule={"en": level.get("rule", ""), "zh": level.get("rule_zh", level.get("rule", ""))},
            members=tuple(level.get("members", ())),
            color=level.get("color"),
        )
        for level in item.get("categories", [])
    )
    labels = {
        "en": {level.value: level.label["en"] for level in levels} | item.get("labels", {}),
        "zh": {level.value: level.label["zh"] for level in levels} | item.get("labels_zh", {}),
    }
    return Field(
        name=item["name"],
        title=_both(item, "title"),
        required=constraints.get("required", False) or in_key,
        unique=constraints.get("unique", False),
        pattern=constraints.get("pattern"),
        levels=levels,
        labels=labels,
        edtf=item.get("edtf", False),
        margin_days=item.get("approximate_margin_days", MARGIN_DAYS),
        separator=item.get("separator"),
        groups=_field(item["groups"]) if "groups" in item else None,
        note={"en": item.get("note", ""), "zh": item.get("note_zh", item.get("note", ""))},
    )


# Where there is no codebook ----------------------------------------------------------------------


def infer_codebook(
    events: pd.DataFrame, *, titles: Mapping[str, str] | None = None, separator: str = ";"
) -> Codebook:
    """Make a codebook of what a table of events holds.

    A column has levels if its texts are few: at most 30 distinct ones, and at most half as many as
    there are cells with one. They stand in order of frequency, equals by the alphabet. Whatever is
    in ``date`` is a date if all of it can be read as EDTF.

    Parameters
    ----------
    events
        The table; cells that are lists or tuples hold several levels.
    titles
        What columns are called, in both languages; by default as in the table of another that they
        were read from, else by their names.
    separator
        Between the levels of such a cell where it is text in a file.

    Returns
    -------
    Codebook
        With one table, ``events``, of all columns but those that reading adds. Nothing in it is
        required and nothing unique: a table cannot tell a rule from a coincidence.

    See Also
    --------
    read_codebook : the rules as somebody has decided them.

    Examples
    --------
    >>> import pandas as pd
    >>> events = pd.DataFrame({"date": ["2025-12-02", "2025-12"] * 3})
    >>> events["country"] = [("US",), ("CN", "US"), ("US",), (), None, ("CN",)]
    >>> book = infer_codebook(events, titles={"country": "Country (of organization)"})
    >>> book.order("country"), book.title("country", "en"), book.field("date").edtf
    (['US', 'CN'], 'Country (of organization)', True)
    """
    titles = events.attrs.get("columns", {}) if titles is None else titles
    fields = {
        str(name): _inferred(events[name], titles.get(str(name), str(name)), separator)
        for name in events.columns
        if name not in _ADDED
    }
    return Codebook({"events": Table("events", "events.csv", fields)}, {}, "events")


def _inferred(cells: pd.Series, title: str, separator: str) -> Field:
    several = cells.map(lambda cell: isinstance(cell, list | tuple)).astype(bool)
    texts = cells.explode().dropna().tolist()
    edtf = cells.name == "date" and all(map(_is_edtf, texts))
    return Field(
        name=str(cells.name),
        title={"en": title, "zh": title},
        levels=() if edtf else tuple(_inferred_levels(texts)),
        edtf=edtf,
        separator=separator if several.any() else None,
    )


def _inferred_levels(texts: list[Any]) -> Iterator[Level]:
    """Yield the levels of a column, if there are so few that they are levels."""
    if not all(isinstance(text, str) for text in texts):
        return
    counted = Counter(texts)
    if len(counted) > min(MOST_INFERRED_LEVELS, len(texts) / 2):
        return
    for text in sorted(counted, key=lambda text: (-counted[text], text)):
        yield Level(text, label={"en": text, "zh": text}, rule={"en": "", "zh": ""})


def _is_edtf(text: object) -> bool:
    try:
        parse_edtf(str(text))
    except EDTFError:
        return False
    return True

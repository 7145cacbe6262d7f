"""The codebook: the Data Package descriptor beside the data, as Python objects.

``datapackage.json`` comes in, and a `Codebook` goes out: tables, columns, allowed values (levels),
their Chinese and English labels, decision rules and keys. All code that validates, labels or orders
uses it, so that the rules that people read are the rules that hold. Beyond the Table Schema
standard a field may have ``edtf`` (its texts are EDTF dates, with ``approximate_margin_days``),
``separator`` (a cell is a list), ``values_of`` (a link like a foreign key, which may also start at
a list or lead to the package's own ``sources``) and ``groups`` (a coarser column derived from its
levels). A level may have a ``color``, by its name in the palette of the charts, and a source the
``series`` that it belongs to.

A table by others has no codebook. One can be inferred from the table: good enough to name and order
the levels in charts, and to check the table of the next month.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from aistats.dates.edtf import MARGIN_DAYS, parse_edtf
from aistats.faults import DataError, EDTFError, Fault
from aistats.locale import Language
from aistats.session import current_language
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
"""The most distinct texts of a column that are taken for its levels."""

_MOST_MARGIN_DAYS = 366

_ADDED_BY_READING = ("earliest", "latest", "dated")  # which no file has

Json: TypeAlias = Mapping[str, Any]
Link: TypeAlias = tuple[str, str, str]
"""A column whose values must be in another table: (column, other table, column there)."""


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

    ``levels`` is empty where any text is allowed; ``labels`` may still label some of the values.
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

    def label(
        self,
        value: str,
        language: Language | None = None,
    ) -> str:
        """Return the label of a value, or the value itself if it has none."""
        labels = self.labels.get(current_language(language), {})
        return labels.get(value, value)

    def group_of(self, value: str) -> str:
        """Return the value of the derived column; a level without members takes the rest."""
        levels = self.groups.levels if self.groups else ()
        for level in levels:
            if value in level.members:
                return level.value
        rest = (level.value for level in levels if not level.members)
        return next(rest)


@dataclass(frozen=True)
class Table:
    """A table of the package: its path, its fields, its primary key and its links.

    A link is a column whose values must be in another table, as (column, other table, column
    there).
    """

    name: str
    path: str
    fields: Mapping[str, Field]
    key: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()


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
        The file it was read from, for messages.
    series
        The series that a source belongs to, if it is more than the source itself: counts of the
        sources of one series can be compared.
    """

    tables: Mapping[str, Table]
    sources: Mapping[str, Mapping[str, str]]
    file: str = DESCRIPTOR
    series: Mapping[str, str] = field(default_factory=dict)

    def table(self, name: str) -> Table:
        """Return a table.

        Raises
        ------
        DataError
            If the codebook has no such table.
        """
        if name not in self.tables:
            fault = Fault("codebook_no_table", self.file, value=name)
            raise DataError([fault])
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

    def title(self, name: str, language: Language | None = None) -> str:
        """Return the title of a column, or its name if it has none.

        Parameters
        ----------
        name
            The name of the column.
        language
            ``zh`` or ``en``; by default that of the session.
        """
        column = self.field(name)
        if column is None:
            return name
        titles = column.title
        return titles.get(current_language(language), name)

    def label(
        self,
        name: str,
        value: str,
        language: Language | None = None,
    ) -> str:
        """Return the label of a value of a column, or the value itself if it has none.

        Parameters
        ----------
        name
            The name of the column.
        value
            The value.
        language
            ``zh`` or ``en``; by default that of the session.

        Examples
        --------
        >>> read_codebook("data").label("region", "HK", "zh")
        '中国香港'
        """
        column = self.field(name)
        return column.label(value, language) if column else value

    def color(self, name: str, value: object) -> str | None:
        """Return the name of the colour that a level has in every chart, or None.

        Examples
        --------
        >>> read_codebook("data").color("region", "CN")
        'vermillion'
        """
        for level in self._levels(name):
            if level.value == value:
                return level.color
        return None

    def order(self, name: str) -> list[str]:
        """Return the levels of a column in the order of the codebook; none for free text."""
        levels = self._levels(name)
        return [level.value for level in levels]

    def rank(self, name: str, value: object) -> int:
        """Return the place of a value among the levels of a column; other values come last."""
        order = self.order(name)
        if value not in order:
            return len(order)
        return order.index(value)

    def _levels(self, name: str) -> tuple[Level, ...]:
        column = self.field(name)
        return column.levels if column else ()


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
        If the file does not exist or is not a Data Package with table schemas.

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
    """Return the codebook that the text of a ``datapackage.json`` describes.

    Parameters
    ----------
    text
        The content of the file.
    file
        Its name, for messages.

    Raises
    ------
    DataError
        If it is not a Data Package with table schemas, or has a path that is not inside its folder.
    """
    package = _package(text, file)
    tables = [_table(resource) for resource in package["resources"]]
    sources = {}
    series = {}
    for source in package.get("sources", []):
        name = source["name"]
        sources[name] = _in_both(source, "title", name)
        if "series" in source:
            series[name] = source["series"]
    by_name = {table.name: table for table in tables}
    book = Codebook(by_name, sources, file, series)
    faults = [*_path_faults(tables, text, file), *_contradictions(tables, book)]
    faults = faults or list(_encoding_faults(package, file))
    if faults:
        raise DataError(faults)
    return book


def _package(text: str, file: str) -> dict[str, Any]:
    """Return the parsed ``datapackage.json``, its values of the types that are needed.

    Raises
    ------
    DataError
        If it is not JSON, or a value is missing or of another type.
    """
    try:
        package = json.loads(text)
        faults = [replace(fault, file=file) for fault in _PACKAGE(package, "$")]
    except json.JSONDecodeError as error:
        fault = Fault("codebook", file, error.lineno, value=error.msg)
        raise DataError([fault]) from None
    except (ValueError, RecursionError) as error:  # such as a number of 5,000 digits
        fault = Fault("codebook", file, value=str(error))
        raise DataError([fault]) from None
    if faults:
        raise DataError(faults)
    return dict(package)


# The types of its values -------------------------------------------------------------------------


def _check_field(value: object, place: str) -> Iterator[Fault]:
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
        "groups": _check_field,
        "edtf": flag,
        "approximate_margin_days": count_up_to(_MOST_MARGIN_DAYS),
        "separator": full_text,
        "values_of": any_text,
    },
)
_COLUMNS = text_or(list_of(any_text))
_REFERENCE = properties({"resource": any_text, "fields": _COLUMNS})
_LINK = properties({"fields": _COLUMNS, "reference": _REFERENCE})
_SCHEMA = properties(
    {"fields": list_of(_FIELD)}, {"primaryKey": _COLUMNS, "foreignKeys": list_of(_LINK)}
)
_RESOURCE = properties({"name": any_text, "path": any_text, "schema": _SCHEMA})
_SOURCE = properties({"name": any_text}, {**_TITLES, "series": any_text})
_PACKAGE = properties({"resources": list_of(_RESOURCE)}, {"sources": list_of(_SOURCE)})
"""Checks the types of everything that is read from a ``datapackage.json``."""


# Contradictions ----------------------------------------------------------------------------------


def _path_faults(
    tables: Iterable[Table],
    text: str,
    file: str,
) -> Iterator[Fault]:
    """Check that every table has a file of its own, inside the folder."""
    # Some systems ignore case, and write accents in two ways.
    used = {same_place(DESCRIPTOR): DESCRIPTOR}
    for table in tables:
        place = same_place(table.path)
        line = _line_of_path(text, table.path)
        if not is_path_inside(table.path):
            yield Fault("resource_path", file, line, "path", table.path)
            continue
        for other, path in used.items():
            if _overlap(place, other):
                yield Fault("resource_twice", file, line, "path", table.path, path)
        used[place] = table.path


def _overlap(place: str, other: str) -> bool:
    """Return whether two paths are the same, or one is a folder of the other."""
    place, other = f"{place}/", f"{other}/"
    return place.startswith(other) or other.startswith(place)


def _line_of_path(text: str, path: str) -> int | None:
    """Return the last line that has a path, if it is written there as JSON usually is."""
    ascii_form = re.escape(json.dumps(path))
    plain_form = re.escape(json.dumps(path, ensure_ascii=False))
    pattern = rf'"path"\s*:\s*(?:{ascii_form}|{plain_form})'
    matches = list(re.finditer(pattern, text))
    if not matches:
        return None
    end = matches[-1].end()
    return text.count("\n", 0, end) + 1


def _encoding_faults(package: Json, file: str) -> Iterator[Fault]:
    """Yield a fault if an escape stands for half a character, which cannot be written again."""
    text = json.dumps(package, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        yield Fault("codebook", file, value=str(error))


def _contradictions(tables: Sequence[Table], book: Codebook) -> Iterator[Fault]:
    """Yield contradictions in a codebook: names used twice, keys, links and patterns in vain."""
    times = Counter(table.name for table in tables)
    for name, count in times.items():
        if count > 1:
            yield Fault("codebook_table_twice", book.file, value=name)
    for table in tables:
        yield from _key_faults(table, book)
        for column in table.fields.values():
            yield from _field_faults(table, column, book)


def _key_faults(table: Table, book: Codebook) -> Iterator[Fault]:
    """Check that the columns of the keys and links of a table exist."""
    names = [*table.key, *(column for column, _, _ in table.links)]
    for name in names:
        if name not in table.fields:
            yield Fault("codebook_no_field", book.file, value=name, allowed=table.name)
    for column, other, target in table.links:
        if not _has_field(book, other, target):
            start = f"{table.name}.{column}"
            end = f"{other}.{target}"
            yield Fault("codebook_no_target", book.file, value=start, allowed=end)


def _has_field(book: Codebook, table_name: str, name: str) -> bool:
    """Return whether a table, or the list of the sources, has a field."""
    if table_name == "sources":
        return name == "name"
    table = book.tables.get(table_name)
    return table is not None and name in table.fields


def _field_faults(
    table: Table,
    column: Field,
    book: Codebook,
) -> Iterator[Fault]:
    """Check the pattern of a field, and that its groups take all its levels."""
    place = f"{table.name}.{column.name}"
    try:
        re.compile(column.pattern or "")
    except (re.error, OverflowError, RecursionError) as error:
        fault = Fault("codebook_pattern", book.file, column=place)
        yield replace(fault, value=column.pattern, allowed=str(error))
    level = _without_group(column)
    if level is not None:
        yield Fault("codebook_no_group", book.file, column=place, value=level)


def _without_group(column: Field) -> str | None:
    """Return a level of a column that is in no level of its groups; ``*`` stands for any text."""
    if column.groups is None:
        return None
    grouped: set[str] = set()
    for group in column.groups.levels:
        if not group.members:
            return None  # this group takes the rest
        grouped.update(group.members)
    levels = [level.value for level in column.levels] or ["*"]
    ungrouped = (level for level in levels if level not in grouped)
    return next(ungrouped, None)


# From JSON to objects ----------------------------------------------------------------------------


def _in_both(
    description: Json,
    key: str,
    default: str = "",
) -> dict[str, str]:
    """Return a text of a property in both languages: ``key`` is English, ``key_zh`` Chinese."""
    english = description.get(key, default)
    chinese = description.get(f"{key}_zh", english)
    return {"en": english, "zh": chinese}


def _table(resource: Json) -> Table:
    """Return the table that a resource describes."""
    schema = resource["schema"]
    key = schema.get("primaryKey", [])
    key = (key,) if isinstance(key, str) else tuple(key)
    fields = {}
    for description in schema["fields"]:
        name = description["name"]
        fields[name] = _field(description, in_key=name in key)
    return Table(
        name=resource["name"],
        path=resource["path"],
        fields=fields,
        key=key,
        links=tuple(_links(schema)),
    )


def _links(schema: Json) -> Iterator[Link]:
    """Yield the links of a table: its foreign keys, and its fields with ``values_of``."""
    for foreign_key in schema.get("foreignKeys", []):
        reference = foreign_key["reference"]
        column = _joined(foreign_key["fields"])
        target = _joined(reference["fields"])
        yield column, reference["resource"], target
    for description in schema["fields"]:
        if "values_of" in description:
            other, _, target = description["values_of"].partition(".")
            yield description["name"], other, target


def _joined(names: str | list[str]) -> str:
    """Return the column of a foreign key; several become one name, which no field has."""
    if isinstance(names, str):
        return names
    return ", ".join(names)


def _field(description: Json, *, in_key: bool = False) -> Field:
    """Return the field that a part of a schema describes."""
    name = description["name"]
    levels = tuple(map(_level, description.get("categories", [])))
    constraints = description.get("constraints", {})
    groups = None
    if "groups" in description:
        groups = _field(description["groups"])
    return Field(
        name=name,
        title=_in_both(description, "title", name),
        required=constraints.get("required", False) or in_key,
        unique=constraints.get("unique", False),
        pattern=constraints.get("pattern"),
        levels=levels,
        labels={
            "en": _labels(levels, "en") | description.get("labels", {}),
            "zh": _labels(levels, "zh") | description.get("labels_zh", {}),
        },
        edtf=description.get("edtf", False),
        margin_days=description.get("approximate_margin_days", MARGIN_DAYS),
        separator=description.get("separator"),
        groups=groups,
        note=_in_both(description, "note"),
    )


def _level(category: Json) -> Level:
    """Return the level that a category of a field describes."""
    value = category["value"]
    return Level(
        value=value,
        label=_in_both(category, "label", value),
        rule=_in_both(category, "rule"),
        members=tuple(category.get("members", ())),
        color=category.get("color"),
    )


def _labels(
    levels: Iterable[Level],
    language: Language,
) -> dict[str, str]:
    """Return the labels of levels in a language, by value."""
    labels = {}
    for level in levels:
        labels[level.value] = level.label[language]
    return labels


# Where there is no codebook ----------------------------------------------------------------------


def infer_codebook(
    events: pd.DataFrame,
    *,
    titles: Mapping[str, str] | None = None,
    separator: str = ";",
) -> Codebook:
    """Return a codebook inferred from a table of events.

    A column has levels if its distinct texts are few: at most 30, and at most half as many as its
    cells with a text. They are in order of frequency, then alphabetical. ``date`` is a field of
    dates if all its texts are EDTF.

    Parameters
    ----------
    events
        The table; cells that are lists or tuples have several levels.
    titles
        The titles of columns, for both languages; by default the column names of the original
        table, where it was one by others, else the names of the columns.
    separator
        The separator of the levels of such a cell in a file.

    Returns
    -------
    Codebook
        With one table, ``events``, of all columns but those that reading adds. No column is
        required or unique: a table cannot tell a rule from a coincidence.

    See Also
    --------
    read_codebook : the rules that people have decided on.

    Examples
    --------
    >>> import pandas as pd
    >>> events = pd.DataFrame({"date": ["2025-12-02", "2025-12"] * 3})
    >>> events["country"] = [("US",), ("CN", "US"), ("US",), (), None, ("CN",)]
    >>> book = infer_codebook(events, titles={"country": "Country (of organization)"})
    >>> book.order("country"), book.title("country", "en"), book.field("date").edtf
    (['US', 'CN'], 'Country (of organization)', True)
    """
    if titles is None:
        titles = events.attrs.get("columns", {})
    fields = {}
    for column in events.columns:
        name = str(column)
        if column not in _ADDED_BY_READING:
            title = titles.get(name, name)
            fields[name] = _inferred_field(events[column], title, separator)
    table = Table("events", "events.csv", fields)
    return Codebook({"events": table}, {}, "events")


def _inferred_field(
    cells: pd.Series,
    title: str,
    separator: str,
) -> Field:
    """Return the field that the cells of a column suggest."""
    is_list = cells.map(lambda cell: isinstance(cell, list | tuple))
    has_lists = is_list.astype(bool).any()
    texts = cells.explode().dropna().tolist()
    is_date = cells.name == "date" and all(map(_is_edtf, texts))
    levels = () if is_date else tuple(_inferred_levels(texts))
    return Field(
        name=str(cells.name),
        title={"en": title, "zh": title},
        levels=levels,
        edtf=is_date,
        separator=separator if has_lists else None,
    )


def _inferred_levels(texts: Sequence[Any]) -> Iterator[Level]:
    """Yield the distinct texts of a column as levels, if they are few."""
    if not all(isinstance(text, str) for text in texts):
        return
    counts = Counter(texts)
    most = min(MOST_INFERRED_LEVELS, len(texts) / 2)
    if len(counts) > most:
        return
    # Sorting is stable: levels of one frequency stay alphabetical.
    alphabetical = sorted(counts)
    for text in sorted(alphabetical, key=counts.__getitem__, reverse=True):
        label = {"en": text, "zh": text}
        rule = {"en": "", "zh": ""}
        yield Level(text, label, rule)


def _is_edtf(text: object) -> bool:
    """Return whether a text is an EDTF date."""
    try:
        parse_edtf(str(text))
    except EDTFError:
        return False
    return True

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
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aistats.dates.edtf import MARGIN_DAYS, parse_edtf
from aistats.faults import DataError, EDTFError, Fault
from aistats.tables.encodings import read_text
from aistats.tables.paths import is_path_inside, same_place

if TYPE_CHECKING:
    import pandas as pd

DESCRIPTOR = "datapackage.json"

MOST_INFERRED_LEVELS = 30
"""Distinct texts that a column may have at most for them to be taken for its levels."""

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
    try:
        package = json.loads(text)
        tables = [_table(resource) for resource in package["resources"]]
        sources = {source["name"]: _both(source, "title") for source in package.get("sources", [])}
        issues = (source for source in package.get("sources", []) if "series" in source)
        series = {source["name"]: source["series"] for source in issues}
    except json.JSONDecodeError as error:
        raise DataError([Fault("codebook", file, error.lineno, value=error.msg)]) from None
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DataError([Fault("codebook", file, value=repr(error))]) from None
    book = Codebook({table.name: table for table in tables}, sources, file, series)
    faults = list(_path_faults(tables, text, file))
    faults += [Fault("codebook", file, value=it) for it in _contradictions(tables, book)]
    if faults:
        raise DataError(faults)
    return book


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
            except re.error as error:
                yield f"{table.name}.{column.name}: pattern {column.pattern!r}: {error}"


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
        (_only(link["fields"]), link["reference"]["resource"], _only(link["reference"]["fields"]))
        for link in schema.get("foreignKeys", [])
    )
    links += tuple(
        (item["name"], *item["values_of"].partition(".")[::2])
        for item in schema["fields"]
        if "values_of" in item
    )
    return Table(resource["name"], _one_path(resource["path"]), fields, key, links)


def _one_path(path: object) -> str:
    if not isinstance(path, str):
        raise TypeError(f"a resource of one file is expected, not {path!r}")
    return path


def _only(names: str | list[str]) -> str:
    if isinstance(names, str):
        return names
    if len(names) != 1:
        raise TypeError(f"a foreign key of one column is expected, not {names}")
    return names[0]


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

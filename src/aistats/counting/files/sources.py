"""Sources: several files as one table, and the SQL that reads it.

Files come in; out comes a `Source` with their columns and, for CSV, the dialect. All files must
agree in their kind and columns, which is checked on their first lines (CSV) or their schemas
(Parquet). The SQL of a source stands after FROM; `aistats.counting.files.query` counts its rows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from aistats.counting.files.connection import Engine, engine_error
from aistats.counting.files.finding import Files, find_files, kind_of
from aistats.counting.files.heads import LONGEST_LINE, read_head
from aistats.counting.sql import quoted_name, quoted_text, reader_call
from aistats.faults import DataError, Fault, few
from aistats.locale import text_key

BLANK = '"aistats blank"'
"""A column that tells whether a row is a blank line of the file."""

MOST_REJECTED = 1000
"""The most rows with problems that DuckDB lists."""

ISO_DAY = re.compile(r"(\d{4}-\d\d-\d\d)?", re.ASCII)

_REJECTED_KINDS = {
    text_key("not_scanned"): ("xlsx", "xls"),
    text_key("archive"): ("zip", "bzip2", "xz", "7z"),
}
_BUFFER_BYTES = 16_000_000  # half of DuckDB's default: as fast, in less memory
_FILES_OF_A_SCAN = 2  # with more than two for each thread, DuckDB loses rows after an open quote
_LEFT_AS_TEXT = {"hive_types_autocast": "false"}


@dataclass(frozen=True)
class Source:
    """Files that are read as one table.

    Parameters
    ----------
    files
        The kind of each file: ``parquet``, or the compression of a CSV (``none``).
    columns
        The type of each column, in order.
    partitions
        The columns that are not in the files, but in the names of their folders.
    separator
        The character between the cells of a CSV.
    skip
        The number of empty lines above the header of each CSV; None for Parquet.
    uniform
        Whether the columns of all files have the same types in the same order.
    sample
        The first rows of a CSV.
    """

    files: Mapping[str, str]
    columns: Mapping[str, str]
    partitions: Sequence[str] = ()
    separator: str = ","
    skip: Mapping[str, int] | None = None
    uniform: bool = True
    sample: Sequence[Sequence[str]] = ()

    @property
    def is_parquet(self) -> bool:
        """Whether the files are Parquet; else they are CSV."""
        return self.skip is None

    @property
    def in_files(self) -> list[str]:
        """The columns that are in the files themselves."""
        partitions = set(self.partitions)
        return [name for name in self.columns if name not in partitions]

    @property
    def only_column(self) -> str | None:
        """The column of a CSV that has but one: there, DuckDB takes a blank line for a row."""
        if self.is_parquet or len(self.in_files) != 1:
            return None
        return self.in_files[0]

    def are_days(self, columns: Collection[str]) -> bool:
        """Return whether the sample has only ISO 8601 days in some columns of a CSV."""
        names = self.in_files
        if not set(columns) <= set(names):
            return False
        positions = [names.index(name) for name in columns]
        cells = {row[position] for row in self.sample for position in positions}
        return bool(cells) and all(map(ISO_DAY.fullmatch, cells))

    def with_days(self, columns: Collection[str]) -> Source:
        """Return the CSV read with columns of days: faster, but it fails where a cell is no day."""
        types = dict(self.columns)
        for column in columns:
            types[column] = "DATE"
        return replace(self, columns=types)

    def sql(
        self,
        files: Iterable[str] | None = None,
        *,
        ordered: bool = False,
        **more: str,
    ) -> str:
        """Return the SQL of the rows, to stand after FROM.

        Parameters
        ----------
        files
            Only these of the files.
        ordered
            Read one row after the other, and leave out rows with problems.
        more
            Further options of DuckDB's function.
        """
        chosen = list(self.files if files is None else files)
        options = {"hive_partitioning": str(bool(self.partitions)).lower(), **more}
        if self.is_parquet:
            if not self.uniform:
                options["union_by_name"] = "true"
            return reader_call("read_parquet", chosen, options)
        if self.partitions:
            options |= _LEFT_AS_TEXT
        calls = self._csv_calls(chosen, options, ordered=ordered)
        if self.only_column:
            calls = [self._with_blank(call, self.only_column) for call in calls]
        if len(calls) == 1:
            return calls[0]
        selects = [f"SELECT * FROM {call}" for call in calls]
        union = " UNION ALL ".join(selects)
        return f"({union})"

    def _csv_calls(
        self, files: Sequence[str], options: Mapping[str, str], *, ordered: bool
    ) -> list[str]:
        """Return the calls that read some CSV files, a few files in each."""
        size = _FILES_OF_A_SCAN
        if ordered:
            options = {"parallel": "false", "ignore_errors": "true", **options}
            size = len(files)
        calls = []
        for (compression, skip), group in self._groups(files).items():
            dialect = self._dialect(compression, skip)
            for start in range(0, len(group), size):
                part = group[start : start + size]
                calls.append(reader_call("read_csv", part, {**dialect, **options}))
        return calls

    def _groups(self, files: Iterable[str]) -> dict[tuple[str, int], list[str]]:
        """Group CSV files by their compression and the number of lines above the header."""
        skip = self.skip or {}
        groups: dict[tuple[str, int], list[str]] = {}
        for file in files:
            layout = self.files[file], skip[file]
            group = groups.setdefault(layout, [])
            group.append(file)
        return groups

    def _dialect(self, compression: str, skip: int) -> dict[str, str]:
        """Return the options that say how a CSV is read."""
        columns = [f"{quoted_text(name)}: '{self.columns[name]}'" for name in self.in_files]
        types = ", ".join(columns)
        has_blank_lines = self.only_column is not None  # which a quoted "" is not
        return {
            "allow_quoted_nulls": str(not has_blank_lines).lower(),
            "auto_detect": "false",
            "buffer_size": str(_BUFFER_BYTES),
            "columns": f"{{{types}}}",
            "compression": quoted_text(compression),
            "delim": quoted_text(self.separator),
            "escape": "'\"'",
            "header": "true",
            "max_line_size": str(LONGEST_LINE),
            "nullstr": "''",
            "quote": "'\"'",
            "skip": str(skip),
        }

    def _with_blank(self, call: str, column: str) -> str:
        """Return the rows of a call with the column that tells blank lines from empty cells."""
        cell = quoted_name(column)
        value = cell
        if self.columns[column] == "VARCHAR":
            value = f"NULLIF({cell}, '')"
        selected = f"* REPLACE ({value} AS {cell}), {cell} IS NULL AS {BLANK}"
        return f"(SELECT {selected} FROM {call})"


def open_source(files: Files, engine: Engine) -> Source:
    """Find files, and detect how they are read.

    Raises
    ------
    DataError
        If there are none, they are of a kind that is not read here, or they differ.
    """
    kind_by_file = {file: kind_of(file) for file in find_files(files)}
    _check_kinds(kind_by_file)
    if "parquet" in kind_by_file.values():
        source = _open_parquet(kind_by_file, engine)
    else:
        source = _open_csv(kind_by_file, engine)
    _check_names(source)
    return source


def _check_kinds(kind_by_file: Mapping[str, str]) -> None:
    """Reject files that are not read here, and CSV and Parquet together."""
    faults: list[Fault] = []
    for problem, rejected in _REJECTED_KINDS.items():
        alike = []
        for file, kind in kind_by_file.items():
            if kind in rejected:
                alike.append(Fault(problem, file, value=kind))
        faults += few(alike)
    if faults:
        raise DataError(faults)
    (first, first_kind), *others = kind_by_file.items()
    is_parquet = first_kind == "parquet"
    for file, kind in others:
        if (kind == "parquet") != is_parquet:
            raise DataError([Fault("two_kinds", file, allowed=first)])


def _check_names(source: Source) -> None:
    """Reject columns whose names differ only in case: to DuckDB they are the same."""
    times = Counter(map(str.casefold, source.columns))
    alike = [name for name in source.columns if times[name.casefold()] > 1]
    if not alike:
        return
    first_file = next(iter(source.files))
    fault = Fault("names_alike", first_file, 1, value=" / ".join(alike))
    raise DataError([fault])


def _partitions(files: Iterable[str], columns: Iterable[str]) -> list[str]:
    """Return the columns that all files have in the names of their folders, as Hive does."""
    first, *others = map(_folder_keys, files)
    all_agree = all(keys == first for keys in others)
    if not all_agree or not set(first).isdisjoint(columns):
        return []
    return first


def _folder_keys(file: str) -> list[str]:
    """Return the names in folders such as ``year=2025``."""
    keys = []
    for folder in Path(file).parts[:-1]:
        key, *values = folder.split("=")
        if len(values) == 1:
            keys.append(key)
    return keys


# Parquet -----------------------------------------------------------------------------------------


def _open_parquet(kind_by_file: Mapping[str, str], engine: Engine) -> Source:
    schemas = {}
    for file in kind_by_file:
        alone = Source({file: "parquet"}, {})
        schemas[file] = _described(alone.sql(), engine, file)
    _check_schemas(schemas)
    first = next(iter(schemas.values()))
    partitions = _partitions(kind_by_file, first)
    uniform = all(list(types.items()) == list(first.items()) for types in schemas.values())
    source = Source(kind_by_file, first, partitions, uniform=uniform)
    if uniform and not partitions:
        return source
    # DuckDB finds a common type for each column, and types for partitions.
    return replace(source, columns=_described(source.sql(), engine))


def _check_schemas(schemas: Mapping[str, Mapping[str, str]]) -> None:
    """Reject files whose columns are not those of the first, whatever their order."""
    (first_file, first), *others = schemas.items()
    allowed = first_file, ", ".join(first)
    faults = []
    for file, columns in others:
        different = sorted(set(columns) ^ set(first))
        if different:
            faults.append(Fault("header_other", file, value=different[0], allowed=allowed))
    if faults:
        raise DataError(few(faults))


def _described(source: str, engine: Engine, file: str = "") -> dict[str, str]:
    """Return the type of each column of what stands after FROM."""
    import duckdb

    try:
        columns = engine.rows(f"DESCRIBE SELECT * FROM {source}")
    except duckdb.Error as error:
        raise engine_error(error, file) from None
    return {column: kind for column, kind, *_ in columns}


# CSV ---------------------------------------------------------------------------------------------


def _open_csv(kind_by_file: Mapping[str, str], engine: Engine) -> Source:
    (first_file, compression), *others = kind_by_file.items()
    first = read_head(first_file, compression, engine)
    skip = {first_file: first.skip}
    faults = []
    for file, compression in others:
        head = read_head(file, compression, engine, first.separator)
        skip[file] = head.skip
        if head.names != first.names:
            faults.append(_header_fault(file, head.names, first_file, first.names))
    if faults:
        raise DataError(few(faults))
    names = [name or f"column_{number}" for number, name in enumerate(first.names, 1)]
    _check_duplicates(names, first_file)
    partitions = _partitions(kind_by_file, names)
    columns = dict.fromkeys([*names, *partitions], "VARCHAR")
    return Source(kind_by_file, columns, partitions, first.separator, skip, sample=first.rows)


def _check_duplicates(names: Sequence[str], file: str) -> None:
    """Reject a header that has a name twice."""
    times = Counter(names)
    for name in names:
        if times[name] > 1:
            fault = Fault("duplicate_column", file, 1, value=name)
            raise DataError([fault])


def _header_fault(
    file: str,
    header: Sequence[str],
    first_file: str,
    first: Sequence[str],
) -> Fault:
    """Return how a header differs from that of the first file."""
    for name, expected in zip(header, first, strict=False):
        if name != expected:
            allowed = first_file, expected
            return Fault("header_differs", file, 1, value=name, allowed=allowed)
    if len(header) < len(first):
        missing = first[len(header)]
        return Fault("header_shorter", file, 1, value=missing, allowed=first_file)
    surplus = header[len(first)]
    return Fault("header_longer", file, 1, value=surplus, allowed=first_file)

"""SQL for DuckDB: names, texts, calls that read files, and the day of a time stamp.

DuckDB groups both its own dataframes and files. What both need, and what is easy to get wrong, is
written here once: how a name is quoted, which types are points in time, and how a time stamp
becomes the day in a time zone. Strings of SQL come out; nothing is executed here.
"""

from __future__ import annotations

import glob
from collections.abc import Iterable, Mapping

UNITS_WITH_ZONE = {"TIMESTAMP WITH TIME ZONE": "us", "TIMESTAMPTZ_NS": "ns"}
UNITS = {
    "DATE": "s",
    "TIMESTAMP_S": "s",
    "TIMESTAMP_MS": "ms",
    "TIMESTAMP": "us",
    "TIMESTAMP_NS": "ns",
    **UNITS_WITH_ZONE,
}
"""The types of days and time stamps, each with its unit in NumPy."""

INTEGERS = {
    "TINYINT": "Int8",
    "SMALLINT": "Int16",
    "INTEGER": "Int32",
    "BIGINT": "Int64",
    "UTINYINT": "UInt8",
    "USMALLINT": "UInt16",
    "UINTEGER": "UInt32",
    "UBIGINT": "UInt64",
}
FLOATS = {"FLOAT": "float32", "DOUBLE": "float64"}
"""The types of numbers, each with its type in pandas."""


def quoted_name(column: str) -> str:
    """Return a column's name, quoted for SQL.

    Examples
    --------
    >>> print(quoted_name('the "first" day'))
    "the ""first"" day"
    """
    doubled = column.replace('"', '""')
    return f'"{doubled}"'


def quoted_text(value: str) -> str:
    """Return a text, quoted for SQL.

    Examples
    --------
    >>> print(quoted_text("it's"))
    'it''s'
    """
    doubled = value.replace("'", "''")
    return f"'{doubled}'"


def reader_call(
    reader: str,
    files: Iterable[str],
    options: Mapping[str, str],
) -> str:
    """Return the call of a table function that reads files.

    Parameters
    ----------
    reader
        The function, such as ``read_csv``.
    files
        The paths, taken literally: no character in them is a wildcard.
    options
        SQL of the value of each option.

    Examples
    --------
    >>> print(reader_call("read_csv", ["a[1].csv"], {"header": "true"}))
    read_csv(['a[[]1].csv'], header = true)
    """
    paths = [quoted_text(glob.escape(file)) for file in files]
    listed = ", ".join(paths)
    settings = [f"{option} = {value}" for option, value in options.items()]
    configured = ", ".join(settings)
    return f"{reader}([{listed}], {configured})"


def day_of(expression: str, kind: str, tz: str | None) -> str:
    """Return the SQL expression of the day of a time stamp.

    Parameters
    ----------
    expression
        SQL of the time stamp, such as the quoted name of a column.
    kind
        Its type, one of `UNITS`.
    tz
        The time zone of the days; needed for the types of `UNITS_WITH_ZONE`.

    Examples
    --------
    >>> print(day_of('"published"', "TIMESTAMP WITH TIME ZONE", "UTC"))
    CAST(timezone('UTC', "published") AS DATE)
    """
    has_zone = kind in UNITS_WITH_ZONE
    # The cast to a day goes by way of microseconds and rounds nanoseconds, perhaps up to midnight.
    if UNITS[kind] == "ns" and has_zone:
        expression = f"date_trunc('second', {expression})"
    elif UNITS[kind] == "ns":
        expression = f"make_timestamp(epoch_us({expression}))"
    if has_zone:
        assert tz is not None
        expression = f"timezone({quoted_text(tz)}, {expression})"
    return f"CAST({expression} AS DATE)"

"""SQL for DuckDB: names, texts, and the day of a time stamp.

Both a DuckDB frame and files are grouped by DuckDB, so what is easily got wrong stands here once:
how a name is quoted, which types are points in time, and how a time stamp becomes the day that the
clocks of a zone show.
"""

from __future__ import annotations

UNITS_WITH_ZONE = {"TIMESTAMP WITH TIME ZONE": "us", "TIMESTAMPTZ_NS": "ns"}
UNITS = {
    "DATE": "s",
    "TIMESTAMP_S": "s",
    "TIMESTAMP_MS": "ms",
    "TIMESTAMP": "us",
    "TIMESTAMP_NS": "ns",
    **UNITS_WITH_ZONE,
}
"""The types of days and time stamps, with the unit in which NumPy has them."""

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
"""The types of numbers, with those of pandas."""


def quoted_name(column: str) -> str:
    """Write a column's name in SQL.

    Examples
    --------
    >>> print(quoted_name('the "first" day'))
    "the ""first"" day"
    """
    return '"' + column.replace('"', '""') + '"'


def quoted_text(value: str) -> str:
    """Write a text in SQL.

    Examples
    --------
    >>> print(quoted_text("it's"))
    'it''s'
    """
    return "'" + value.replace("'", "''") + "'"


def day_of(expression: str, kind: str, tz: str | None) -> str:
    """Return the SQL expression of the day of a time stamp.

    Parameters
    ----------
    expression
        SQL of the time stamp, such as the quoted name of a column.
    kind
        Its type, one of `UNITS`.
    tz
        The time zone whose days are meant; needed for the types of `UNITS_WITH_ZONE`.

    Examples
    --------
    >>> print(day_of('"at"', "TIMESTAMP WITH TIME ZONE", "UTC"))
    CAST(timezone('UTC', "at") AS DATE)
    """
    zoned = kind in UNITS_WITH_ZONE
    if UNITS[kind] == "ns":
        # The cast to a day goes by way of microseconds and would round, perhaps up to midnight.
        cut = "date_trunc('second', {})" if zoned else "make_timestamp(epoch_us({}))"
        expression = cut.format(expression)
    if zoned:
        assert tz is not None
        expression = f"timezone({quoted_text(tz)}, {expression})"
    return f"CAST({expression} AS DATE)"

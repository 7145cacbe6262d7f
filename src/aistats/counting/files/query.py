"""The cube: one pass over the rows, and of each column what is distinct.

``(date, *by) -> n`` is all that is ever computed over the rows themselves. It stays in the engine;
out of it come whole numbers, the code of each level, and each level once, as exactly as it stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aistats.counting.combinations import MOST_CELLS, Codes
from aistats.counting.files.connection import Engine, name, text
from aistats.faults import DataError, Fault

WITH_ZONE = {"TIMESTAMP WITH TIME ZONE": "us", "TIMESTAMPTZ_NS": "ns"}
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
INSTANTS = {
    "DATE": "s",
    "TIMESTAMP_S": "s",
    "TIMESTAMP_MS": "ms",
    "TIMESTAMP": "us",
    "TIMESTAMP_NS": "ns",
    **WITH_ZONE,
}
FIRST_OF = {
    it: f"CAST(date_trunc('{it}', {{}}) AS DATE)" for it in ("week", "month", "quarter", "year")
}
_KEPT = {"VARCHAR", "BOOLEAN", "HUGEINT", "UHUGEINT", *INTEGERS, *INSTANTS}


@dataclass
class Column:
    """A column that is counted by, and what the rows have in it.

    Parameters
    ----------
    name
        What it is called in the files.
    sql
        What of it is told apart.
    kind
        The engine's type of that.
    levels
        What is distinct; None where there is no value.
    codes
        Of each row of the cube, which of `levels` it has.
    """

    name: str
    sql: str
    kind: str
    levels: list[Any] = field(default_factory=list)
    codes: Codes = field(default_factory=lambda: np.zeros(0, np.intp))


def level_column(column: str, kind: str) -> Column:
    """Return a column of levels."""
    sql = name(column)
    if kind in FLOATS:
        return Column(column, f"CASE WHEN isnan({sql}) THEN NULL ELSE {sql} END", kind)
    if kind in _KEPT or kind.startswith("DECIMAL") or _is_list(kind):
        return Column(column, sql, kind)
    return Column(column, f"CAST({sql} AS VARCHAR)", "VARCHAR")


def _is_list(kind: str) -> bool:
    """Return whether cells are lists of levels; of lists in them, the text is what is counted."""
    return kind.endswith("[]") and (kind[:-2] in _KEPT or kind[:-2] in FLOATS)


def date_column(
    column: str, kind: str, tz: str | None, *, exact: bool = False, period: str = "day"
) -> Column:
    """Return a column of dates: days, or texts without the time of day unless `exact`.

    Of a `period` its first day stands for all others. Nanoseconds are cut off first, which the
    engine would round, perhaps up to midnight.
    """
    sql = name(column)
    if kind in WITH_ZONE:
        if tz is None:
            raise DataError([Fault("tz_needed", value=column)])
        if INSTANTS[kind] == "ns":
            sql = f"date_trunc('second', {sql})"
        sql = f"timezone({text(tz)}, {sql})"
    elif INSTANTS.get(kind) == "ns":
        sql = f"make_timestamp(epoch_us({sql}))"
    if kind in INSTANTS:
        day = f"CAST({sql} AS DATE)"
        return Column(column, FIRST_OF.get(period, "{}").format(day), "DATE")
    if kind != "VARCHAR":
        return Column(column, f"CAST({sql} AS VARCHAR)", "VARCHAR")
    if not exact:
        from aistats.dates.vocabulary import TIME_OF_DAY

        cut = f"regexp_replace(trim({sql}), {text(TIME_OF_DAY)}, '', 'i')"
        sql = f"CASE WHEN contains({sql}, ':') THEN {cut} ELSE {sql} END"
    return Column(column, sql, "VARCHAR")


def count_rows(
    engine: Engine, columns: Sequence[Column], source: str, condition: str
) -> NDArray[np.int64]:
    """Count the rows of each combination, give the columns their levels; return the numbers.

    Raises
    ------
    DataError
        If there are too many combinations.
    """
    shown = ", ".join([*(f"{it.sql} AS c{at}" for at, it in enumerate(columns)), "count(*) AS n"])
    query = f"SELECT {shown} FROM {source} WHERE {condition} GROUP BY ALL"
    engine.watch(f"CREATE OR REPLACE TEMP TABLE cube AS {query}", filtered=condition != "true")
    ((rows,),) = engine.rows("SELECT count(*) FROM cube")
    if rows > MOST_CELLS:
        raise DataError([_too_many(engine, columns)])
    for at, column in enumerate(columns):
        engine.run(
            f"CREATE OR REPLACE TEMP TABLE levels_{at} AS "
            "SELECT row_number() OVER (ORDER BY v) - 1 AS code, v "
            f"FROM (SELECT DISTINCT c{at} AS v FROM cube)"
        )
        found = engine.rows(f"SELECT {_exactly(column.kind)} FROM levels_{at} ORDER BY code")
        column.levels = [it for (it,) in found]
    codes = ", ".join([*(f"l{at}.code AS c{at}" for at in range(len(columns))), "n"])
    joined = " ".join(
        f"JOIN levels_{at} l{at} ON c{at} IS NOT DISTINCT FROM l{at}.v"
        for at in range(len(columns))
    )
    # In order, as a sum of fractions depends on it.
    *every, n = engine.numbers(f"SELECT {codes} FROM cube {joined} ORDER BY ALL")
    for column, one in zip(columns, every, strict=True):
        column.codes = np.asarray(one, np.intp)
    return np.asarray(n, np.int64)


def _too_many(engine: Engine, columns: Sequence[Column]) -> Fault:
    """Name the column that has the most levels."""
    shown = ", ".join(f"count(DISTINCT c{at})" for at in range(len(columns)))
    (counts,) = engine.rows(f"SELECT {shown} FROM cube")
    most = int(np.argmax(counts))
    return Fault("too_distinct", column=columns[most].name, value=counts[most], allowed=MOST_CELLS)


def _exactly(kind: str) -> str:
    """Return how a level leaves the engine with all its digits."""
    if kind.endswith("[]"):
        return f"list_transform(v, lambda v: {_exactly(kind[:-2])})"
    if kind == "DATE":  # days; those beyond the calendar are none
        return "CASE WHEN isfinite(v) THEN v - DATE '1970-01-01' END"
    if kind in FLOATS:  # -0.0 is the same level
        return "CASE WHEN v = 0 THEN 0 ELSE v END"
    if kind in INSTANTS:
        unit = INSTANTS[kind]
        return f"epoch{'' if unit == 's' else '_' + unit}(v)::BIGINT"
    return "v"

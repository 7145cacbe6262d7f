"""The query: one pass over the rows of files, which makes a cube of them.

``(date, *by) -> n`` is all that is ever computed over the rows themselves. It stays in the engine;
out of it come whole numbers, the code of each level, and each level once, as exactly as it stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aistats.counting.combinations import MOST_CELLS, Axis, Counts
from aistats.counting.files.connection import Engine
from aistats.counting.levels import PlainLevels
from aistats.counting.sql import (
    FLOATS,
    INTEGERS,
    UNITS,
    UNITS_WITH_ZONE,
    day_of,
    quoted_name,
    quoted_text,
)
from aistats.faults import DataError, Fault, ParameterError

COARSE_PERIODS = ("week", "month", "quarter", "year")
"""The periods whose first day the engine works out itself."""

_KEPT = {"VARCHAR", "BOOLEAN", "HUGEINT", "UHUGEINT", *INTEGERS, *UNITS}


@dataclass(frozen=True)
class Column:
    """A column that is counted by.

    Parameters
    ----------
    name
        What it is called in the files.
    sql
        The SQL expression whose distinct values are counted.
    kind
        The engine's type of that.
    """

    name: str
    sql: str
    kind: str


@dataclass(frozen=True)
class Combinations:
    """The distinct combinations of some columns.

    Parameters
    ----------
    columns
        The columns.
    axes
        Of each column its distinct values, as they stand in the files, and which of them each
        combination has.
    n
        The rows of each combination.
    """

    columns: Sequence[Column]
    axes: Sequence[Axis]
    n: Counts


def level_column(column: str, kind: str) -> Column:
    """Return a column of levels."""
    sql = quoted_name(column)
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

    Of a `period` its first day stands for all others.
    """
    sql = quoted_name(column)
    if kind in UNITS:
        if kind in UNITS_WITH_ZONE and tz is None:
            raise ParameterError([Fault("tz_needed", value=column)])
        day = day_of(sql, kind, tz)
        if period in COARSE_PERIODS:
            day = f"CAST(date_trunc('{period}', {day}) AS DATE)"
        return Column(column, day, "DATE")
    if kind != "VARCHAR":
        return Column(column, f"CAST({sql} AS VARCHAR)", "VARCHAR")
    if not exact:
        from aistats.dates.vocabulary import TIME_OF_DAY

        cut = f"regexp_replace(trim({sql}), {quoted_text(TIME_OF_DAY)}, '', 'i')"
        sql = f"CASE WHEN contains({sql}, ':') THEN {cut} ELSE {sql} END"
    return Column(column, sql, "VARCHAR")


def count_rows(
    engine: Engine, columns: Sequence[Column], source: str, condition: str
) -> Combinations:
    """Count the rows of each combination.

    Raises
    ------
    DataError
        If there are too many combinations.
    """
    expressions = [f"{column.sql} AS c{number}" for number, column in enumerate(columns)]
    shown = ", ".join([*expressions, "count(*) AS n"])
    query = f"SELECT {shown} FROM {source} WHERE {condition} GROUP BY ALL"
    engine.watch(f"CREATE OR REPLACE TEMP TABLE cube AS {query}", filtered=condition != "true")
    ((rows,),) = engine.rows("SELECT count(*) FROM cube")
    if rows > MOST_CELLS:
        raise DataError([_too_many(engine, columns)])
    levels = [_levels(engine, number, column) for number, column in enumerate(columns)]
    numbers = range(len(columns))
    selected = ", ".join([*(f"l{number}.code AS c{number}" for number in numbers), "n"])
    joined = " ".join(
        f"JOIN levels_{number} l{number} ON c{number} IS NOT DISTINCT FROM l{number}.v"
        for number in numbers
    )
    # In order, as a sum of fractions depends on it.
    *codes, n = engine.numbers(f"SELECT {selected} FROM cube {joined} ORDER BY ALL")
    axes = [
        Axis(column.name, PlainLevels(values, column.kind), np.asarray(code, np.intp))
        for column, values, code in zip(columns, levels, codes, strict=True)
    ]
    return Combinations(columns, axes, np.asarray(n, np.int64))


def _levels(engine: Engine, number: int, column: Column) -> list[object]:
    """Return the distinct values of a column, in the order of their numbers in the engine."""
    engine.run(
        f"CREATE OR REPLACE TEMP TABLE levels_{number} AS "
        "SELECT row_number() OVER (ORDER BY v) - 1 AS code, v "
        f"FROM (SELECT DISTINCT c{number} AS v FROM cube)"
    )
    rows = engine.rows(f"SELECT {_exact(column.kind)} FROM levels_{number} ORDER BY code")
    return [level for (level,) in rows]


def _too_many(engine: Engine, columns: Sequence[Column]) -> Fault:
    """Name the column that has the most levels."""
    shown = ", ".join(f"count(DISTINCT c{number})" for number in range(len(columns)))
    (counts,) = engine.rows(f"SELECT {shown} FROM cube")
    most = int(np.argmax(counts))
    return Fault("too_distinct", column=columns[most].name, value=counts[most], allowed=MOST_CELLS)


def _exact(kind: str) -> str:
    """Return the SQL expression in which a level leaves the engine with all its digits."""
    if kind.endswith("[]"):
        return f"list_transform(v, lambda v: {_exact(kind[:-2])})"
    if kind == "DATE":  # days; those beyond the calendar are none
        return "CASE WHEN isfinite(v) THEN v - DATE '1970-01-01' END"
    if kind in FLOATS:  # -0.0 is the same level
        return "CASE WHEN v = 0 THEN 0 ELSE v END"
    if kind in UNITS:
        unit = UNITS[kind]
        return f"epoch{'' if unit == 's' else '_' + unit}(v)::BIGINT"
    return "v"

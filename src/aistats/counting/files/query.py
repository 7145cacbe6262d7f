"""The query: one pass over the rows of files, which counts each combination of their values.

Columns, as SQL, come in; out come the distinct values of each column, exact to the last digit, and
for each combination its codes and its number of rows. Nothing is checked here. Only the table of
combinations is ever held, in DuckDB, and never the rows.
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
"""The periods whose first day DuckDB can compute."""

_KEPT = {"VARCHAR", "BOOLEAN", "HUGEINT", "UHUGEINT", *INTEGERS, *UNITS}
"""The types of levels that are counted as they are; others are counted as text."""


@dataclass(frozen=True)
class Column:
    """A column that is counted by.

    Parameters
    ----------
    name
        The name in the files.
    sql
        The SQL expression whose distinct values are counted.
    kind
        DuckDB's type of the expression.
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
        The distinct values of each column, as they are in the files, and the code of each
        combination.
    n
        The number of rows of each combination.
    """

    columns: Sequence[Column]
    axes: Sequence[Axis]
    n: Counts


def level_column(column: str, kind: str) -> Column:
    """Return the column to group by, given its name in the files and its type."""
    sql = quoted_name(column)
    if kind in FLOATS:
        return Column(column, f"CASE WHEN isnan({sql}) THEN NULL ELSE {sql} END", kind)
    if kind in _KEPT or kind.startswith("DECIMAL") or _is_list(kind):
        return Column(column, sql, kind)
    return Column(column, f"CAST({sql} AS VARCHAR)", "VARCHAR")


def _is_list(kind: str) -> bool:
    """Return whether cells are lists of levels; a list of lists is counted as text."""
    if not kind.endswith("[]"):
        return False
    inner = kind.removesuffix("[]")
    return inner in _KEPT or inner in FLOATS


def date_column(
    column: str, kind: str, tz: str | None, *, exact: bool = False, period: str = "day"
) -> Column:
    """Return the column of dates: of days, or of texts.

    Parameters
    ----------
    column, kind
        Its name in the files and its type.
    tz
        The time zone of the days of time stamps that carry one.
    exact
        Keep the time of day in texts.
    period
        Let the first day of a period stand for all its days.

    Raises
    ------
    ParameterError
        If time stamps carry a zone and no `tz` is given.
    """
    sql = quoted_name(column)
    if kind in UNITS:
        return Column(column, _day(column, kind, tz, period), "DATE")
    if kind != "VARCHAR":
        return Column(column, f"CAST({sql} AS VARCHAR)", "VARCHAR")
    if not exact:
        sql = _without_time(sql)
    return Column(column, sql, "VARCHAR")


def _day(column: str, kind: str, tz: str | None, period: str) -> str:
    """Return the SQL of the days of a column of time stamps, or of the first days of periods."""
    if kind in UNITS_WITH_ZONE and tz is None:
        raise ParameterError([Fault("tz_needed", value=column)])
    day = day_of(quoted_name(column), kind, tz)
    if period in COARSE_PERIODS:
        day = f"CAST(date_trunc('{period}', {day}) AS DATE)"
    return day


def _without_time(sql: str) -> str:
    """Return the SQL of texts without the time of day, so that fewer of them are distinct."""
    from aistats.dates.vocabulary import TIME_OF_DAY

    pattern = quoted_text(TIME_OF_DAY)
    cut = f"regexp_replace(trim({sql}), {pattern}, '', 'i')"
    return f"CASE WHEN contains({sql}, ':') THEN {cut} ELSE {sql} END"


def count_rows(
    engine: Engine, columns: Sequence[Column], source: str, condition: str
) -> Combinations:
    """Count the rows of each combination.

    Parameters
    ----------
    engine
        The connection.
    columns
        The columns whose combinations are counted.
    source, condition
        SQL of the rows and of those among them to count.

    Raises
    ------
    DataError
        If there are too many combinations.
    """
    expressions = [f"{column.sql} AS c{number}" for number, column in enumerate(columns)]
    selected = ", ".join([*expressions, "count(*) AS n"])
    query = (
        "CREATE OR REPLACE TEMP TABLE cube AS "
        f"SELECT {selected} FROM {source} WHERE {condition} GROUP BY ALL"
    )
    engine.watch(query, filtered=condition != "true")
    ((rows,),) = engine.rows("SELECT count(*) FROM cube")
    if rows > MOST_CELLS:
        raise DataError([_too_many(engine, columns)])
    levels = [_levels(engine, number, column) for number, column in enumerate(columns)]
    *codes, n = engine.numbers(_coded(len(columns)))
    axes = []
    for column, values, code in zip(columns, levels, codes, strict=True):
        plain = PlainLevels(values, column.kind)
        axes.append(Axis(column.name, plain, np.asarray(code, np.intp)))
    return Combinations(columns, axes, np.asarray(n, np.int64))


def _coded(columns: int) -> str:
    """Return the query for the codes and the number of rows of each combination."""
    codes, joins = [], []
    for number in range(columns):
        level = f"l{number}"
        codes.append(f"{level}.code AS c{number}")
        joins.append(f"JOIN levels_{number} {level} ON c{number} IS NOT DISTINCT FROM {level}.v")
    selected = ", ".join([*codes, "n"])
    joined = " ".join(joins)
    # In order, because a sum of fractions depends on it.
    return f"SELECT {selected} FROM cube {joined} ORDER BY ALL"


def _levels(engine: Engine, number: int, column: Column) -> list[object]:
    """Return the distinct values of a column, in the order of their codes in DuckDB."""
    engine.run(
        f"CREATE OR REPLACE TEMP TABLE levels_{number} AS "
        "SELECT row_number() OVER (ORDER BY v) - 1 AS code, v "
        f"FROM (SELECT DISTINCT c{number} AS v FROM cube)"
    )
    exact = _exact(column.kind)
    rows = engine.rows(f"SELECT {exact} FROM levels_{number} ORDER BY code")
    return [level for (level,) in rows]


def _too_many(engine: Engine, columns: Sequence[Column]) -> Fault:
    """Return the problem of too many combinations, which names the column with the most levels."""
    numbers = range(len(columns))
    expressions = [f"count(DISTINCT c{number})" for number in numbers]
    selected = ", ".join(expressions)
    (counts,) = engine.rows(f"SELECT {selected} FROM cube")
    most = int(np.argmax(counts))
    name = columns[most].name
    return Fault("too_distinct", column=name, value=counts[most], allowed=MOST_CELLS)


def _exact(kind: str) -> str:
    """Return the SQL expression that gives a level with all its digits."""
    if kind.endswith("[]"):
        inner = _exact(kind.removesuffix("[]"))
        return f"list_transform(v, lambda v: {inner})"
    if kind == "DATE":  # the number of the day; none for infinity
        return "CASE WHEN isfinite(v) THEN v - DATE '1970-01-01' END"
    if kind in FLOATS:  # -0.0 is the same level as 0.0
        return "CASE WHEN v = 0 THEN 0 ELSE v END"
    if kind in UNITS:
        unit = UNITS[kind]
        function = "epoch" if unit == "s" else f"epoch_{unit}"
        return f"{function}(v)::BIGINT"
    return "v"

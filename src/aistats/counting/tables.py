"""Counts tables: what their rows are, and what a valid one looks like.

Functions on counts tables and tests of change read their table here, so that all reject the same
problems in the same words: missing columns, numbers that cannot be counts, repeated rows, periods
that overlap or leave a gap, and exposure that differs between the groups of a period. A table comes
in; a checked table, some of its columns, or one error goes out. What a table records of itself is
in `aistats.counting.schema`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from aistats.counting.schema import (
    BANDS,
    EXPOSURE,
    PER_PERIOD,
    has_level_all,
    known_schema,
    schema_of,
    with_schema,
)
from aistats.faults import Fault, ParameterError
from aistats.locale import text_key

_ROUNDING = 1e-9  # relative; `expected` is a sum of shares

# What the rows are -------------------------------------------------------------------------------


def overlapping(counts: pd.DataFrame) -> list[str]:
    """Return the multi-valued groups of a counts table, over whose values counts do not add up.

    A column with one value left is not among them.

    Parameters
    ----------
    counts
        As :func:`count_events` returns it, or a table made from that.

    Raises
    ------
    ParameterError
        If the table does not record its groups.

    Examples
    --------
    >>> from aistats.counting.counts import count_events
    >>> countries = count_events(pd.DataFrame({"country": [("CN", "US"), ("US",)]}), by="country")
    >>> overlapping(countries)
    ['country']
    >>> overlapping(countries[countries["country"] == "US"])
    []
    """
    schema = known_schema(counts)
    names = []
    for name in schema["overlapping"]:
        values = counts[name].unique()
        if len(values) > 1:
            names.append(name)
    return names


def is_total(counts: pd.DataFrame) -> pd.Series:
    """Return which rows hold the events of all groups.

    Examples
    --------
    >>> from aistats.counting.counts import count_events
    >>> from aistats.counting.verbs import add_total
    >>> counts = count_events(pd.DataFrame({"region": ["CN", "US"]}), by="region")
    >>> is_total(add_total(counts)).tolist()
    [True, False, False]
    """
    schema = known_schema(counts)
    if not schema["total"]:
        return pd.Series(False, index=counts.index)
    has_all = has_level_all(counts, schema["groups"])
    return pd.Series(has_all, index=counts.index)


def with_one_count(counts: pd.DataFrame) -> pd.DataFrame:
    """Return a counts table as people read it: with one ``count`` if no date is uncertain.

    That is so if ``certain``, ``expected``, ``possible``, ``starting`` and ``ending`` are equal in
    every row. Any other table is returned unchanged.

    Examples
    --------
    >>> from aistats.counting.counts import count_events
    >>> weeks = count_events(pd.DataFrame({"date": ["2025-12-02", "2025-12-04"]}), period="week")
    >>> with_one_count(weeks)
          period  count  days
    0 2025-12-01      2     7
    """
    names = [name for name in PER_PERIOD if name in counts.columns]
    if counts.empty or schema_of(counts) is None:
        return counts
    if not set(BANDS) <= set(names):
        return counts
    equal = counts[names].eq(counts["certain"], axis=0)
    if not equal.all(axis=None):
        return counts
    renamed = counts.rename(columns={"certain": "count"})
    return renamed.drop(columns=names[1:])


# What a table must be ----------------------------------------------------------------------------


def need(counts: pd.DataFrame, *needed: str, argument: str = "counts") -> None:
    """Reject a table that lacks a column."""
    missing = [name for name in needed if name not in counts.columns]
    if not missing:
        return
    if "period" in missing:
        raise ParameterError([Fault("not_by_period", argument, allowed=", ".join(needed))])
    allowed = ", ".join(map(str, counts.columns))
    raise ParameterError(
        Fault("no_column", argument, value=name, allowed=allowed) for name in missing
    )


def read(
    counts: pd.DataFrame, *needed: str, may_repeat: bool = False
) -> tuple[pd.DataFrame, list[str]]:
    """Return a table that has the needed columns, with its rows numbered, and its groups.

    Parameters
    ----------
    counts, needed
        The table, and the columns that it must have.
    may_repeat
        Allow repeated rows in a table without a cube, such as a join of the tables of several
        records. With a cube, they are the same events twice.

    Raises
    ------
    ParameterError
        If a column is missing, the table does not record its groups, rows repeat, or its rows are
        running totals, which also hold the events of earlier periods.
    """
    need(counts, *needed)
    schema = known_schema(counts)
    if schema["kind"] == "running totals":
        raise parameter_error("running_totals")
    groups = schema["groups"]
    if not may_repeat or schema.cube is not None:
        _reject_repeated_rows(counts, groups)
    numbered = counts.reset_index(drop=True)
    return with_schema(numbered, schema), groups


def _reject_repeated_rows(counts: pd.DataFrame, groups: list[str]) -> None:
    """Reject a table with several rows for one period and group."""
    keys = ["period", *groups] if "period" in counts.columns else groups
    if not keys:
        return
    repeated = int(counts.duplicated(keys).sum())
    if repeated:
        raise parameter_error("rows_repeat", ", ".join(keys), (repeated, len(counts)))


def reject_groups(counts: pd.DataFrame, *added: str) -> None:
    """Reject groups with the name of a column that is to be added."""
    groups = known_schema(counts)["groups"]
    taken = [name for name in groups if name in added]
    if taken:
        raise ParameterError(Fault("counts_name", value=name) for name in taken)


def exposure_columns(counts: pd.DataFrame) -> list[str]:
    """Return the columns of exposure; reject values that differ within a period."""
    names = [name for name in EXPOSURE if name in counts.columns]
    distinct = counts[["period", *names]].drop_duplicates()
    differs = distinct["period"].duplicated()
    if differs.any():
        periods = distinct.loc[differs, "period"]
        day = periods.iloc[0].date()
        raise parameter_error("exposure_differs", day, ", ".join(names))
    return names


def consecutive(counts: pd.DataFrame, groups: list[str]) -> pd.DataFrame:
    """Return a table in order of period; reject gaps, overlaps and missing rows of a group."""
    exposure_columns(counts)
    counts = counts.sort_values("period", kind="stable", ignore_index=True)
    periods = counts.drop_duplicates("period")
    first = periods["period"].to_numpy().astype("datetime64[D]")
    end = first + periods["days"].to_numpy().astype("timedelta64[D]")
    for following, expected in zip(first[1:], end[:-1], strict=True):
        if following > expected:
            raise parameter_error("periods_apart", expected)
        if following < expected:
            raise parameter_error("periods_overlap", following)
    group = group_numbers(counts, groups)
    if len(counts) != len(periods) * group.nunique():
        raise parameter_error("group_without_row")
    return counts


def group_numbers(counts: pd.DataFrame, groups: list[str]) -> pd.Series:
    """Return a number for the group of each row; a missing value is a value of its own."""
    if not groups:
        return pd.Series(0, index=counts.index)
    grouped = counts.groupby(groups, sort=False, dropna=False)
    return grouped.ngroup()


def whole_counts(counts: pd.DataFrame) -> None:
    """Reject impossible numbers of events and of days."""
    dtype = counts["period"].dtype
    if not pd.api.types.is_datetime64_dtype(dtype):
        raise parameter_error("no_days", dtype)
    for name in ("certain", "possible", "starting", "ending", "days", "days_covered"):
        if name in counts:
            _reject_fractions(counts, name)
    most = counts["possible"] * (1 + _ROUNDING)
    for name in ("certain", "expected", "starting", "ending"):
        beyond = counts[name] > most
        _reject(counts, beyond, name, text_key("more_than"), "possible")
    least = counts["certain"] * (1 - _ROUNDING)
    below = counts["expected"] < least
    _reject(counts, below, "expected", text_key("less_than"), "certain")
    if "days_covered" in counts:
        beyond = counts["days_covered"] > counts["days"]
        _reject(counts, beyond, "days_covered", text_key("more_than"), "days")


def _reject_fractions(counts: pd.DataFrame, name: str) -> None:
    """Reject a column with anything but whole numbers from 0."""
    numbers = counts[name].to_numpy(float)
    rounded = np.floor(numbers)
    wrong = (numbers < 0) | (numbers != rounded)
    kind = text_key("no_whole_number")
    _reject(counts, wrong, name, kind)


def _reject(
    counts: pd.DataFrame,
    wrong: ArrayLike,
    name: str,
    kind: str,
    bound: str | None = None,
) -> None:
    """Reject the first wrong row, with its value in a column."""
    rows = np.flatnonzero(np.asarray(wrong))
    if not len(rows):
        return
    row = rows[0]
    number = float(counts[name].iloc[row])
    label = counts.index[row]
    raise parameter_error(kind, f"{name}={number:g}", (label, bound))


def parameter_error(
    kind: str,
    value: object = "",
    allowed: object = "",
    *,
    argument: str = "counts",
) -> ParameterError:
    """Return the error to raise for one problem of an argument."""
    fault = Fault(kind, argument, value=value, allowed=allowed)
    return ParameterError([fault])

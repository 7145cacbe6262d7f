"""Counts tables: what the rows of one are, and what it must be.

Verbs on counts tables and tests of change read their table here, so that both refuse the same
faults in the same words: columns that are missing, numbers that cannot be counts, rows that repeat,
periods that overlap or leave a gap, and exposure that differs between the groups of a period. What
a table records of itself stands in `aistats.counting.schema`.
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

# What the rows are -------------------------------------------------------------------------------


def overlapping(counts: pd.DataFrame) -> list[str]:
    """Return the columns of a counts table among whose levels an event may have several.

    Over the levels of these, nothing adds up to a number of events. A column of which one level is
    left overlaps no more.

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
    recorded = known_schema(counts)["overlapping"]
    return [name for name in recorded if len(counts[name].unique()) > 1]


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
    return pd.Series(has_level_all(counts, schema["groups"]), index=counts.index)


def with_one_count(counts: pd.DataFrame) -> pd.DataFrame:
    """Return a counts table as people read it: one ``count`` where no date is open.

    That is where ``certain``, ``expected``, ``possible``, ``starting`` and ``ending`` are equal in
    every row. Any other table is returned as it is.

    Examples
    --------
    >>> from aistats.counting.counts import count_events
    >>> weeks = count_events(pd.DataFrame({"date": ["2025-12-02", "2025-12-04"]}), period="week")
    >>> with_one_count(weeks)
          period  count  days
    0 2025-12-01      2     7
    """
    names = [name for name in PER_PERIOD if name in counts.columns]
    if counts.empty or schema_of(counts) is None or not {*BANDS} <= set(names):
        return counts
    if not counts[names].eq(counts["certain"], axis=0).all(axis=None):
        return counts
    return counts.rename(columns={"certain": "count"}).drop(columns=names[1:])


# What a table must be ----------------------------------------------------------------------------


def need(counts: pd.DataFrame, *needed: str, argument: str = "counts") -> None:
    """Refuse a table that lacks a column."""
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
    """Return a table that has these columns, its rows numbered, and its groups.

    Rows may repeat where the tables of several records were joined, of which none carries a cube;
    of one record they are the same events twice.

    Raises
    ------
    ParameterError
        If a column is missing, the table does not record its groups, its rows are running totals,
        each of which holds the events of the periods before it too, or rows repeat.
    """
    need(counts, *needed)
    schema = known_schema(counts)
    if schema["kind"] == "running totals":
        raise parameter_error("running_totals")
    groups = schema["groups"]
    keys = ["period", *groups] if "period" in counts.columns else groups
    joined = may_repeat and schema.cube is None
    if keys and not joined and (twice := int(counts.duplicated(keys).sum())):
        raise parameter_error("rows_repeat", ", ".join(keys), (twice, len(counts)))
    return with_schema(counts.reset_index(drop=True), schema), groups


def refuse_groups(counts: pd.DataFrame, *added: str) -> None:
    """Refuse groups that have the name of a column that is to be added."""
    taken = [name for name in known_schema(counts)["groups"] if name in added]
    if taken:
        raise ParameterError(Fault("counts_name", value=name) for name in taken)


def exposure_columns(counts: pd.DataFrame) -> list[str]:
    """Return the columns of exposure; they must say one thing of each period."""
    names = [name for name in EXPOSURE if name in counts.columns]
    each = counts[["period", *names]].drop_duplicates()
    if (differs := each["period"].duplicated()).any():
        day = each.loc[differs, "period"].iloc[0].date()
        raise parameter_error("exposure_differs", day, ", ".join(names))
    return names


def consecutive(counts: pd.DataFrame, groups: list[str]) -> pd.DataFrame:
    """Return a table in order of period; every period and group must have its row."""
    exposure_columns(counts)
    counts = counts.sort_values("period", kind="stable", ignore_index=True)
    each = counts.drop_duplicates("period")
    first = each["period"].to_numpy().astype("datetime64[D]")
    end = first + each["days"].to_numpy().astype("timedelta64[D]")
    for following, expected in zip(first[1:], end[:-1], strict=True):
        if following > expected:
            raise parameter_error("periods_apart", expected)
        if following < expected:
            raise parameter_error("periods_overlap", following)
    if len(counts) != len(each) * group_numbers(counts, groups).nunique():
        raise parameter_error("group_without_row")
    return counts


def group_numbers(counts: pd.DataFrame, groups: list[str]) -> pd.Series:
    """Return a number for the group of each row; a missing level is a level."""
    if not groups:
        return pd.Series(0, index=counts.index)
    return counts.groupby(groups, sort=False, dropna=False).ngroup()


def whole_counts(counts: pd.DataFrame) -> None:
    """Refuse counts and days that none can be."""
    if not pd.api.types.is_datetime64_dtype(counts["period"].dtype):
        raise parameter_error("no_days", counts["period"].dtype)
    for name in ("certain", "possible", "starting", "ending", "days", "days_covered"):
        numbers = counts[name].to_numpy(float) if name in counts else np.zeros(0)
        wrong = ~((numbers >= 0) & (numbers == np.floor(numbers)))
        _refuse(counts, wrong, name, "no_whole_number")
    most = counts["possible"] * (1 + 1e-9)  # expected is a sum of shares
    for name in ("certain", "expected", "starting", "ending"):
        _refuse(counts, counts[name] > most, name, "more_than", "possible")
    least = counts["certain"] * (1 - 1e-9)
    _refuse(counts, counts["expected"] < least, "expected", "less_than", "certain")
    if "days_covered" in counts:
        beyond = counts["days_covered"] > counts["days"]
        _refuse(counts, beyond, "days_covered", "more_than", "days")


def _refuse(
    counts: pd.DataFrame, wrong: ArrayLike, name: str, kind: str, bound: str | None = None
) -> None:
    """Refuse the first row that is wrong, with its value."""
    if len(rows := np.flatnonzero(np.asarray(wrong))):
        value = f"{name}={float(counts[name].iloc[rows[0]]):g}"
        raise parameter_error(kind, value, (counts.index[rows[0]], bound))


def parameter_error(
    kind: str, value: object = "", allowed: object = "", *, argument: str = "counts"
) -> ParameterError:
    """Return the error to raise for one thing that is wrong with an argument."""
    return ParameterError([Fault(kind, argument, value=value, allowed=allowed)])

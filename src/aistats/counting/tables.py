"""What a counts table must be, and the same as arrays: a row per group, a column per period.

Verbs on counts tables and tests of change read their table here, so that both refuse the same
faults in the same words: columns that are not there, counts that none can be, rows that repeat,
periods that overlap or leave a gap, and exposure that differs between the groups of a period.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from aistats.counting.schema import EXPOSURE, MEASURES, CountsSchema, schema_of, with_schema


def overlapping(counts: pd.DataFrame) -> list[str]:
    """Return the columns of a counts table among whose levels an event may have several.

    Over the levels of these, nothing adds up to a number of events. A column of which one level is
    left overlaps no more.

    Parameters
    ----------
    counts
        As :func:`count_events` returns it, or a table made from that.

    Examples
    --------
    >>> from aistats.counting.counts import count_events
    >>> countries = count_events(pd.DataFrame({"country": [("CN", "US"), ("US",)]}), by="country")
    >>> overlapping(countries)
    ['country']
    >>> overlapping(countries[countries["country"] == "US"])
    []
    """
    schema = schema_of(counts)
    marked = [] if schema is None else schema["overlapping"]
    return [name for name in marked if len(counts[name].unique()) > 1]


def keep_marks(table: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """Record in a table made from a counts table which of its groups it has kept."""
    schema = schema_of(counts)
    if schema is None:
        return table
    groups, overlapping = (
        [name for name in schema[entry] if name in table.columns]
        for entry in ("groups", "overlapping")
    )
    kept = CountsSchema(
        schema["kind"], groups, overlapping=overlapping, total=schema["total"], cube=schema.cube
    )
    return with_schema(table, kept)


_COUNTED = ("certain", "expected", "possible", "starting", "ending")


# Tables ------------------------------------------------------------------------------------------


def group_columns(counts: pd.DataFrame) -> list[str]:
    """Return the columns that are groups."""
    return [name for name in counts.columns if name not in (*MEASURES, "period")]


def need(counts: pd.DataFrame, *needed: str, table: str = "counts") -> None:
    """Refuse a table that lacks a column."""
    if missing := [name for name in needed if name not in counts.columns]:
        hint = " (count with period=, such as period='week')" if "period" in missing else ""
        raise ValueError(f"{table}: no column {missing}{hint}; there are {list(counts.columns)}")


def read(counts: pd.DataFrame, *needed: str) -> tuple[pd.DataFrame, list[str]]:
    """Return a table that has these columns, its rows numbered, and its groups."""
    need(counts, *needed)
    groups = group_columns(counts)
    keys = ["period", *groups] if "period" in counts.columns else groups
    if keys and (twice := int(counts.duplicated(keys).sum())):
        raise ValueError(
            f"counts: {keys} repeat in {twice} of {len(counts)} rows; regroup it first"
        )
    return counts.reset_index(drop=True), groups


def exposure_columns(counts: pd.DataFrame) -> list[str]:
    """Return the columns of exposure; they must say one thing of each period."""
    names = [name for name in EXPOSURE if name in counts.columns]
    each = counts[["period", *names]].drop_duplicates()
    if (differs := each["period"].duplicated()).any():
        day = each.loc[differs, "period"].iloc[0].date()
        raise ValueError(f"counts: the groups of the period {day} differ in {names}")
    return names


def consecutive(counts: pd.DataFrame, groups: list[str]) -> pd.DataFrame:
    """Return a table in order of period; every period and group must have its row."""
    exposure_columns(counts)
    counts = counts.sort_values("period", kind="stable", ignore_index=True)
    each = counts.drop_duplicates("period")
    first = each["period"].to_numpy().astype("datetime64[D]")
    end = first + each["days"].to_numpy().astype("timedelta64[D]")
    for following, expected in zip(first[1:], end[:-1], strict=True):
        if following != expected:
            day, what = min(following, expected), "none" if following > expected else "two"
            raise ValueError(
                f"counts: periods must follow on each other; {day} is in {what} "
                "(count with complete=True)"
            )
    if len(counts) != len(each) * group_numbers(counts, groups).nunique():
        raise ValueError("counts: a group has no row in a period; count with complete=True")
    return counts


def group_numbers(counts: pd.DataFrame, groups: list[str]) -> pd.Series:
    """Return a number for the group of each row; a missing level is a level."""
    if not groups:
        return pd.Series(0, index=counts.index)
    return counts.groupby(groups, sort=False, dropna=False).ngroup()


def whole_counts(counts: pd.DataFrame) -> None:
    """Refuse counts and days that none can be."""
    if not pd.api.types.is_datetime64_dtype(counts["period"].dtype):
        raise ValueError(f"counts: period holds {counts['period'].dtype}, not days")
    for name in ("certain", "possible", "starting", "ending", "days", "days_covered"):
        numbers = counts[name].to_numpy(float) if name in counts else np.zeros(0)
        wrong = ~((numbers >= 0) & (numbers == np.floor(numbers)))
        _refuse(counts, wrong, name, "must be a whole number, zero or more")
    most = counts["possible"] * (1 + 1e-9)  # expected is a sum of shares
    _refuse(counts, counts["certain"] > most, "certain", "is more than possible")
    for name in ("expected", "starting", "ending"):
        _refuse(counts, counts[name] > most, name, "is more than possible")
    _refuse(
        counts,
        counts["expected"] < counts["certain"] * (1 - 1e-9),
        "expected",
        "is less than certain",
    )
    if "days_covered" in counts:
        _refuse(
            counts, counts["days_covered"] > counts["days"], "days_covered", "is more than days"
        )


def _refuse(counts: pd.DataFrame, wrong: ArrayLike, name: str, rule: str) -> None:
    if len(rows := np.flatnonzero(np.asarray(wrong))):
        value = f"{float(counts[name].iloc[rows[0]]):g}"
        raise ValueError(f"counts: {name}={value} in row {counts.index[rows[0]]!r}: {rule}")


# Arrays ------------------------------------------------------------------------------------------

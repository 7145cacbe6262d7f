"""Verbs: functions from counts table to counts table.

Each takes a table as :func:`aistats.count_events` returns it and returns a new one, which records
what it is, so that they chain with ``.pipe``. A table that does not record its groups is rejected;
:func:`aistats.as_counts` records them again.

The verbs respect what the numbers mean. ``certain``, ``expected`` and ``possible`` add up over
groups but not over periods; over periods, only the ends of the intervals add up. Exposure belongs
to the period, so it is kept and not added up over groups. A period that is not covered is unknown,
not zero: it is in no mean, is no peak, and has no shares. Uncertain dates give bounds, or a column
``sure``. The values of a multi-valued column are not added up: an event would count once per value.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from aistats.counting.exposure import is_covered
from aistats.counting.restriction import cube_left
from aistats.counting.schema import (
    ALL,
    BANDS,
    COUNTS,
    PER_PERIOD,
    UNKNOWN,
    groups_of,
    known_schema,
    with_schema,
)
from aistats.counting.tables import (
    consecutive,
    exposure_columns,
    group_numbers,
    need,
    overlapping,
    parameter_error,
    read,
    reject_groups,
)
from aistats.faults import Fault, ParameterError

_BANDS = list(BANDS)
_DAYS = ("days", "days_covered", "days_assumed")
_CERTAIN_AND_POSSIBLE = ("certain", "possible")
_SHARES = ("share", "share_lower", "share_upper")
_MEANS = [f"mean_{band}" for band in BANDS]


# Over groups -------------------------------------------------------------------------------------


def regroup(counts: pd.DataFrame, *, by: str | Sequence[str] | None = ()) -> pd.DataFrame:
    """Add a counts table up to coarser groups.

    Parameters
    ----------
    counts
        A counts table, with or without ``period``.
    by
        The group columns to keep, a name or a list of them; by default none.

    Returns
    -------
    DataFrame
        A counts table by those columns, as if counted that way, with periods and values in the
        order in which they appear. Columns that other verbs added are left out: they do not add up.

    Raises
    ------
    ParameterError
        If a column is unknown, the same events stand in two rows, a column that is not kept is
        multi-valued, the table holds a total already, or the exposure of a period differs between
        its groups.

    Examples
    --------
    >>> from aistats.counting.counts import count_events
    >>> events = pd.DataFrame({"region": ["CN", "CN", "CN", "US"],
    ...                        "category": ["model", "model", "policy", "model"]})
    >>> counts = count_events(events, by=["region", "category"])
    >>> regroup(counts, by="region")
      region  count
    0     CN      3
    1     US      1
    >>> regroup(counts)
       count
    0      4
    """
    number = "possible" if "period" in counts.columns else "count"
    counts, _ = read(counts, number, may_repeat=True)
    schema = known_schema(counts)
    names = groups_of(counts, [] if by is None else by)
    _reject_total(counts)
    dropped = [name for name in schema["groups"] if name not in names]
    _reject_overlap(counts, dropped)
    table = _added_up(counts, names)
    coarser = schema.altered(groups=names, total=False)
    # The coarser table does not show which events a filter left out, so its cube must.
    coarser.cube = cube_left(counts)
    coarser.in_all = int(table[number].sum())
    return with_schema(table, coarser)


def _added_up(counts: pd.DataFrame, groups: Sequence[str]) -> pd.DataFrame:
    """Return the counts added up by groups, and by period if there are periods."""
    summed = [name for name in COUNTS if name in counts.columns]
    kept: list[str] = []
    keys = list(groups)
    if "period" in counts.columns:
        kept = exposure_columns(counts)
        keys = ["period", *groups]
    if not keys:
        return counts[summed].sum().to_frame().T
    rows = counts.groupby(keys, sort=False, dropna=False, as_index=False)
    how = dict.fromkeys(summed, "sum") | dict.fromkeys(kept, "first")
    return rows.agg(how)


def add_total(counts: pd.DataFrame) -> pd.DataFrame:
    """Add a row with the events of all groups before the groups of each period.

    Parameters
    ----------
    counts
        A counts table with at least one group column, with or without ``period``.

    Returns
    -------
    DataFrame
        The same columns, in order of period, with one more row for each period (or one in all),
        which has ``(all)`` in every group column.

    Raises
    ------
    ParameterError
        If the table has no groups, a group is multi-valued, it holds a total already, or ``(all)``
        is itself a value of a group.

    Examples
    --------
    >>> from aistats.counting.counts import count_events
    >>> add_total(count_events(pd.DataFrame({"region": ["CN", "US", "US"]}), by="region"))
      region  count
    0  (all)      3
    1     CN      1
    2     US      2
    """
    counts, groups = read(counts)
    _need_groups(groups)
    _reject_total(counts)
    taken = _with_level_all(counts, groups)
    if taken:
        raise ParameterError(Fault("level_called_all", "counts", value=name) for name in taken)
    total = regroup(counts)
    total = total.assign(**dict.fromkeys(groups, ALL))
    columns = [name for name in counts.columns if name in total.columns]
    table = pd.concat([total[columns], counts[columns]], ignore_index=True)
    if "period" in columns:
        table = table.sort_values("period", kind="stable", ignore_index=True)
    schema = known_schema(counts).altered(total=True)
    return with_schema(table, schema)


def shares(counts: pd.DataFrame) -> pd.DataFrame:
    """Add each group's share of all events, within each period if there are periods.

    Parameters
    ----------
    counts
        A counts table with at least one group column.

    Returns
    -------
    DataFrame
        The table with ``share``. With ``period`` that is the share of ``expected``, and
        ``share_lower`` and ``share_upper`` are the smallest and the largest share that the dates
        allow: the group has its certain events and the others all their possible ones, or vice
        versa. Missing if there are no events or the period is not covered.

    Raises
    ------
    ParameterError
        If the table has no groups, a group is multi-valued, or it holds a total already.

    Examples
    --------
    >>> from aistats.counting.counts import count_events
    >>> dates = ["2025-12-02", "2025-12-04/2025-12-11", "2025-12-03", "2025-12-07/2025-12-10"]
    >>> events = pd.DataFrame({"date": dates, "region": ["CN", "CN", "US", "US"]})
    >>> weeks = shares(count_events(events, by="region", period="week"))
    >>> weeks[["region", "share", "share_lower", "share_upper"]].head(2).round(2)
      region  share  share_lower  share_upper
    0     CN   0.55         0.33         0.67
    1     US   0.45         0.33         0.67
    """
    dated = "period" in counts.columns
    counts, groups = read(counts, *(_BANDS if dated else ["count"]))
    _need_groups(groups)
    _reject_total(counts)
    _reject_overlap(counts, groups)
    reject_groups(counts, *(_SHARES if dated else _SHARES[:1]))
    if dated:
        return _shares_by_period(counts)
    share = counts["count"] / counts["count"].sum()
    return counts.assign(share=share)


def _shares_by_period(counts: pd.DataFrame) -> pd.DataFrame:
    """Add each group's share of the events of its period, and the bounds of the share."""
    events = counts[_BANDS].where(is_covered(counts))
    by_period = events.groupby(counts["period"])
    total = by_period.transform("sum")
    others = total - events
    share = events["expected"] / total["expected"]
    least_total = events["certain"] + others["possible"]
    least = events["certain"] / least_total
    most_total = events["possible"] + others["certain"]
    most = events["possible"] / most_total
    # A bound is 0 / 0 if no other group may have events, or this group may have none. Then the
    # share is 1 or 0, whatever the dates.
    lower = least.fillna(share)
    upper = most.fillna(share)
    return counts.assign(share=share, share_lower=lower, share_upper=upper)


def concentration(counts: pd.DataFrame, *, top: int = 3) -> pd.DataFrame:
    """Return the share of all events that the largest values have, by period if there are periods.

    Parameters
    ----------
    counts
        A counts table with one group column, whose values are ranked by ``count``, or with
        ``period`` by ``expected``.
    top
        How many values to take together.

    Returns
    -------
    DataFrame
        One row, or a row per period: ``events`` (all of them), ``levels`` (the number of values
        with events), ``share`` (of the `top` largest), ``tied`` (whether the next value has as many
        events as the last of them, so that the choice between the two is arbitrary), and the
        exposure of the period. The share is missing if there are no events or the period is not
        covered.

    Raises
    ------
    ParameterError
        If `top` is less than 1, there is not one group column, it is multi-valued, or the table
        holds a total already.

    Notes
    -----
    A missing value, ``unknown`` and ``unstated`` are not ranked: their events are among all events,
    but not among the largest values or in ``levels``. So the share is a lower bound.

    Examples
    --------
    >>> from aistats.counting.counts import count_events
    >>> names = ["OpenAI"] * 5 + ["Google"] * 2 + ["Baidu"] * 2 + ["unknown"]
    >>> counts = count_events(pd.DataFrame({"organization": names}), by="organization")
    >>> concentration(counts, top=2)
       events  levels  share  tied
    0      10       3    0.7  True
    """
    _at_least_1("top", top)
    groups = groups_of(counts)
    if len(groups) != 1:
        raise parameter_error("not_one_group", ", ".join(groups) or 0)
    _reject_overlap(counts, groups)
    counts = regroup(counts, by=groups)
    known = _is_known(counts, groups)
    if "period" not in counts.columns:
        # A categorical key, so that a table without rows still gives a row of zeros.
        single = pd.Series(pd.Categorical([0] * len(counts), categories=[0]))
        table = _concentrations(counts["count"], known, single, top)
        return table.reset_index(drop=True)
    table = _concentrations(counts["expected"], known, counts["period"], top)
    exposure = exposure_columns(counts)
    by_period = counts.groupby("period")
    table = table.join(by_period[exposure].first())
    table["share"] = table["share"].where(is_covered(table))
    return table.reset_index()


def _concentrations(
    events: pd.Series,
    known: pd.Series,
    key: pd.Series,
    top: int,
) -> pd.DataFrame:
    """Return the concentration of the events of each key.

    Parameters
    ----------
    events, known
        The events of each value, and whether the value is known.
    key
        What to group by: the period of each row.
    top
        How many values to take together.
    """
    ranked = events.where(known & (events > 0))
    rank = ranked.groupby(key, observed=False).rank(method="first", ascending=False)

    def total(values: pd.Series) -> pd.Series:
        grouped = values.groupby(key, observed=False)
        return grouped.sum()

    last = total(ranked.where(rank == top))
    following = total(ranked.where(rank == top + 1))
    equal = np.isclose(last, following, rtol=1e-9, atol=0)
    every = total(events)
    largest = total(ranked.where(rank <= top))
    columns = {
        "events": every,
        "levels": total(ranked.notna()),
        "share": largest / every,
        "tied": (following > 0) & equal,
    }
    return pd.DataFrame(columns)


def new_entrants(counts: pd.DataFrame, *, baseline: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a counts table whose values have no event in the baseline.

    Parameters
    ----------
    counts
        A counts table with at least one group column, with or without ``period``.
    baseline
        A counts table with the same group columns, with or without ``period``: the earlier record.
        A value has an event there if it possibly has one.

    Returns
    -------
    DataFrame
        The rows with events, or possible events, of values that have none in the baseline. With
        ``period``, ``sure`` is True if an event is certain in the period of the row.

    Raises
    ------
    ParameterError
        If `baseline` is no counts table with the same groups, or none of its periods is covered;
        if `counts` has no groups or holds a total.

    Notes
    -----
    New means new to the record. Where the baseline is covered in part, a value may be missing from
    it because no source covered the day. A missing value, ``unknown`` and ``unstated`` are never
    new.

    Examples
    --------
    >>> from aistats.counting.counts import count_events
    >>> november = pd.DataFrame({"organization": ["OpenAI", "OpenAI", "unknown"]})
    >>> december = pd.DataFrame({"organization": ["Baidu", "OpenAI", "unknown"]})
    >>> new_entrants(
    ...     count_events(december, by="organization"),
    ...     baseline=count_events(november, by="organization"),
    ... )
      organization  count
    0        Baidu      1
    """
    dated = "period" in counts.columns
    counts, groups = read(counts, *(_CERTAIN_AND_POSSIBLE if dated else ["count"]))
    _need_groups(groups)
    _reject_total(counts)
    if dated:
        reject_groups(counts, "sure")
    recorded = _levels_with_events(baseline, groups)
    events = counts["possible" if dated else "count"]
    candidates = counts[(events > 0) & _is_known(counts, groups)]
    levels = candidates[groups].itertuples(index=False, name=None)
    is_new = np.array([level not in recorded for level in levels], dtype=bool)
    table = candidates.loc[is_new].reset_index(drop=True)
    if dated:
        return table.assign(sure=table["certain"] > 0)
    return table


def _levels_with_events(
    baseline: pd.DataFrame,
    groups: list[str],
) -> set[tuple[Any, ...]]:
    """Return the levels that may have events in a baseline; reject a baseline without coverage."""
    if not isinstance(baseline, pd.DataFrame):
        raise parameter_error("no_counts_table", baseline, argument="baseline")
    number = "possible" if "period" in baseline.columns else "count"
    need(baseline, *groups, number, argument="baseline")
    known_schema(baseline, "baseline")
    groups_of(baseline, groups)
    if "days_covered" in baseline.columns and not is_covered(baseline).any():
        raise parameter_error("nothing_covered", argument="baseline")
    rows = baseline.loc[baseline[number] > 0, groups]
    return set(rows.itertuples(index=False, name=None))


# Over periods ------------------------------------------------------------------------------------


def first_periods(counts: pd.DataFrame, *, n: int = 1) -> pd.DataFrame:
    """Return the rows of the first periods of a counts table.

    Parameters
    ----------
    counts
        A counts table with ``period``.
    n
        How many periods, covered or not; all if there are fewer.

    Returns
    -------
    DataFrame
        Those rows, in the order of the table.

    Raises
    ------
    ParameterError
        If `n` is less than 1.

    Examples
    --------
    >>> weeks = pd.DataFrame({"period": pd.to_datetime(["2025-12-01", "2025-12-08"]),
    ...                       "certain": [2, 3]})
    >>> first_periods(weeks)
          period  certain
    0 2025-12-01        2
    """
    periods = _periods_in_order(counts, n)
    first = periods[:n]
    return _in_periods(counts, first)


def last_periods(counts: pd.DataFrame, *, n: int = 1) -> pd.DataFrame:
    """Return the rows of the last periods of a counts table.

    Parameters
    ----------
    counts
        A counts table with ``period``.
    n
        How many periods, covered or not; all if there are fewer.

    Returns
    -------
    DataFrame
        Those rows, in the order of the table.

    Raises
    ------
    ParameterError
        If `n` is less than 1.

    Examples
    --------
    >>> weeks = pd.DataFrame({"period": pd.to_datetime(["2025-12-01", "2025-12-08"]),
    ...                       "certain": [2, 3]})
    >>> last_periods(weeks)
          period  certain
    0 2025-12-08        3
    """
    periods = _periods_in_order(counts, n)
    last = periods[-n:]
    return _in_periods(counts, last)


def _periods_in_order(counts: pd.DataFrame, n: int) -> np.ndarray:
    """Return the distinct periods of a table, of which `n` are wanted."""
    _at_least_1("n", n)
    need(counts, "period")
    periods = counts["period"].unique()
    return np.sort(periods)


def _in_periods(counts: pd.DataFrame, periods: np.ndarray) -> pd.DataFrame:
    """Return the rows of some periods."""
    inside = counts["period"].isin(periods)
    rows = counts[inside]
    return rows.reset_index(drop=True)


def peaks(counts: pd.DataFrame) -> pd.DataFrame:
    """Return, for each group, the periods that may have the most recorded events.

    Parameters
    ----------
    counts
        A counts table with ``period``.

    Returns
    -------
    DataFrame
        The periods that could hold the group's maximum; none for a group without events. ``sure``
        is True if only this period could, and certainly has events. Periods that are not covered
        are left out.

    Raises
    ------
    ParameterError
        If ``period``, ``certain`` or ``possible`` is missing.

    Notes
    -----
    A counts table does not tell which events of two periods are the same. So a period may be
    returned that the dates of all events together would rule out. A peak that is ``sure`` holds.

    Examples
    --------
    >>> weeks = pd.DataFrame({"period": pd.to_datetime(["2025-12-01", "2025-12-08", "2025-12-15"]),
    ...                       "certain": [1, 3, 2], "possible": [2, 4, 3]})
    >>> peaks(weeks)
          period  certain  possible   sure
    0 2025-12-08        3         4  False
    1 2025-12-15        2         3  False
    """
    counts, groups = read(counts, "period", "certain", "possible")
    reject_groups(counts, "sure")
    counts = counts[is_covered(counts)]
    group = group_numbers(counts, groups)
    highest = counts["certain"].groupby(group).transform("max")
    candidate = counts["possible"] >= highest
    candidate &= counts["possible"] > 0
    table = counts[candidate]
    # The period with the highest `certain` is always a candidate. So if a group has one candidate
    # alone, no other period may have as many events.
    group = group_numbers(table, groups)
    candidates = table["certain"].groupby(group).transform("size")
    sure = (candidates == 1) & (table["certain"] > 0)
    table = table.assign(sure=sure)
    return table.reset_index(drop=True)


def cumulate(counts: pd.DataFrame) -> pd.DataFrame:
    """Return running totals: the events of each group from the first period to the end of each.

    Parameters
    ----------
    counts
        A counts table with ``period`` and every combination of period and group.

    Returns
    -------
    DataFrame
        In order of period: ``period``, the groups, ``certain``, ``expected``, ``possible``,
        ``days``, and ``days_covered`` and ``days_assumed`` if known, all from the first day of the
        table to the last of the period. The rows are no longer those of single periods: ``period``
        is the first day of the last period added, ``days`` are those of all of them. ``starting``,
        ``ending`` and ``sources`` are left out.

    Raises
    ------
    ParameterError
        If a day between the first and the last period is in no period or in two, or a group has no
        row in a period.

    Notes
    -----
    The bands are not sums. An event whose date spans two periods is certain in neither, but certain
    by the end of the second: it counts where it ends. It is possible once, from where it starts.
    ``possible`` and ``expected`` are exact. So is ``certain``, unless the first period has events
    that may lie before it, as in a table that `between` cut; then it is a lower bound.

    Examples
    --------
    >>> from aistats.counting.counts import count_events
    >>> dates = ["2025-12-02", "2025-12-06/2025-12-09", "2025-12-10"]
    >>> weeks = count_events(pd.DataFrame({"date": dates}), period="week")
    >>> cumulate(weeks)
          period  certain  expected  possible  days
    0 2025-12-01        1       1.5         2     7
    1 2025-12-08        3       3.0         3    14
    """
    counts, groups = read(counts, "period", *PER_PERIOD, "days")
    counts = consecutive(counts, groups)
    group = group_numbers(counts, groups)
    exposure = [name for name in _DAYS if name in counts.columns]
    numbers = counts[[*PER_PERIOD, *exposure]]
    summed = numbers.groupby(group).cumsum()
    begun_before = counts["possible"] - counts["starting"]
    begun_before = begun_before.groupby(group).transform("first")
    # Of the events that end by now, those begun before the first day may lie before it. At most,
    # all of those have ended; at least, what is certain in one period is certain in several.
    ended = summed["ending"] - begun_before
    certain = np.maximum(ended, summed["certain"])
    possible = summed["starting"] + begun_before
    # By rounding, the shares of an event may add up to a little more or less than 1.
    expected = summed["expected"].clip(certain, possible)
    bands = {"certain": certain, "expected": expected, "possible": possible}
    table = counts[["period", *groups]]
    table = table.assign(**bands, **summed[exposure])
    schema = known_schema(counts).altered(kind="running totals")
    return with_schema(table, schema)


def rolling_mean(counts: pd.DataFrame, *, window: int) -> pd.DataFrame:
    """Add the mean count per period, over each period and those before it.

    Parameters
    ----------
    counts
        A counts table with ``period`` and every combination of period and group.
    window
        The number of periods, including that of the row.

    Returns
    -------
    DataFrame
        The table, in order of period, with ``mean_certain``, ``mean_expected`` and
        ``mean_possible`` over the periods that are at least partly covered, missing if there are
        none; and with ``complete``, which is False if there are fewer periods than `window` or one
        of them is not fully covered.

    Raises
    ------
    ParameterError
        If `window` is less than 1, a day between the first and the last period is in no period or
        in two, or a group has no row in a period.

    Notes
    -----
    The mean number of events per period lies between ``mean_certain`` and ``mean_possible``. These
    bounds are not the narrowest: an event that may be in two of the periods is possible in both.

    Examples
    --------
    >>> days = pd.date_range("2025-12-01", periods=4)
    >>> counts = pd.DataFrame({"period": days, "certain": [4, 0, 2, 1], "possible": [4, 0, 2, 1],
    ...                        "expected": [4.0, 0, 2, 1], "days": 1, "days_covered": [1, 0, 1, 1]})
    >>> rolling_mean(counts, window=2)[["period", "mean_expected", "complete"]]
          period  mean_expected  complete
    0 2025-12-01            4.0     False
    1 2025-12-02            4.0     False
    2 2025-12-03            2.0     False
    3 2025-12-04            1.5      True
    """
    _at_least_1("window", window)
    counts, groups = read(counts, "period", *_BANDS, "days")
    reject_groups(counts, *_MEANS, "complete")
    counts = consecutive(counts, groups)
    covered = is_covered(counts)
    days_covered = counts.get("days_covered", counts["days"])
    in_full = days_covered == counts["days"]
    known = counts[_BANDS].where(covered, 0)
    known = known.assign(covered=covered * 1, in_full=in_full * 1)
    longest = min(window, counts["period"].nunique())
    group = group_numbers(counts, groups)
    sums = _rolling_sums(known, group, longest)
    periods = sums["covered"].where(sums["covered"] > 0)
    means = sums[_BANDS].div(periods, axis=0)
    means.columns = pd.Index(_MEANS)
    complete = sums["in_full"] == window
    return counts.assign(**means, complete=complete)


def _rolling_sums(
    numbers: pd.DataFrame,
    group: pd.Series,
    window: int,
) -> pd.DataFrame:
    """Return the sums over the last rows of a group, up to each row."""
    by_group = numbers.groupby(group)
    sums = numbers.copy()
    # Added up anew for each row: a running sum would drift, and put `expected` out of its bounds.
    for back in range(1, window):
        sums += by_group.shift(back, fill_value=0)
    return sums


# What a table must be ----------------------------------------------------------------------------


def _need_groups(groups: list[str]) -> None:
    """Reject a table without groups."""
    if not groups:
        raise parameter_error("no_groups")


def _at_least_1(argument: str, value: object) -> None:
    """Reject an argument that is no whole number from 1."""
    if not isinstance(value, int | np.integer):
        raise parameter_error("no_integer", value, argument=argument)
    if value < 1:
        raise parameter_error("not_at_least_1", value, argument=argument)


def _reject_total(counts: pd.DataFrame) -> None:
    """Reject a table with a total, whose events would count twice."""
    schema = known_schema(counts)
    if not schema["total"]:
        return
    names = _with_level_all(counts, schema["groups"])
    if names:
        raise ParameterError(Fault("holds_total", "counts", value=name) for name in names)


def _with_level_all(counts: pd.DataFrame, groups: list[str]) -> list[str]:
    """Return the groups in which a row has the level `ALL`."""
    names = []
    for name in groups:
        is_all = counts[name].isin([ALL])
        if is_all.any():
            names.append(name)
    return names


def _reject_overlap(counts: pd.DataFrame, names: list[str]) -> None:
    """Reject columns to add up in which an event may have several values."""
    shared = [name for name in overlapping(counts) if name in names]
    if not shared:
        return
    raise ParameterError(Fault("levels_overlap", "counts", value=name) for name in shared)


def _is_known(counts: pd.DataFrame, groups: list[str]) -> pd.Series:
    """Return which rows have known values in all groups."""
    levels = counts[groups]
    missing = levels.isna()
    unknown = missing | levels.isin(UNKNOWN)
    return ~unknown.any(axis=1)

"""Verbs on counts tables: regroup them, add them up over time, and say what stands out.

Each verb takes a table as :func:`aistats.count_events` returns it and returns a new one, which
records what it is, so that they chain with ``.pipe``. A table that does not record its groups is
refused; :func:`aistats.as_counts` says what they are.

Verbs hold to what the table means. ``certain``, ``expected`` and ``possible`` add up over groups
but never over periods; over periods, only the ends of the intervals add up. Exposure belongs to the
period, so it is carried and never added over groups. A period that nobody covers is unknown and
never taken for a zero: it is in no mean, is no peak, has no shares. What the dates leave open stays
open: as bounds, or as a column that says what is ``sure``. Levels that overlap, as of a column of
lists, are never added up: an event would count in the sum as often as it has levels.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from aistats.counting.exposure import is_covered
from aistats.counting.restriction import cube_left
from aistats.counting.schema import (
    ALL,
    BANDS,
    COUNTS,
    EXPOSURE,
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
    refuse_groups,
)
from aistats.faults import Fault, ParameterError

_BANDS = list(BANDS)
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
        A counts table by those columns, as if counted so, with periods and levels in the order in
        which they appear. What other verbs added is left out: it does not add up.

    Raises
    ------
    ParameterError
        If a column is unknown, the same events stand in two rows, the levels of a column that is
        not kept overlap, the table holds a total already, or the exposure of a period differs
        between its groups.

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
    dated = "period" in counts.columns
    number = "possible" if dated else "count"
    counts, _ = read(counts, number, may_repeat=True)
    schema = known_schema(counts)
    names = groups_of(counts, [] if by is None else by)
    _refuse_total(counts)
    _refuse_overlap(counts, [name for name in schema["groups"] if name not in names])
    added = [name for name in COUNTS if name in counts.columns]
    keys = ["period", *names] if dated else names
    if keys:
        carried = exposure_columns(counts) if dated else []
        rows = counts.groupby(keys, sort=False, dropna=False, as_index=False)
        table = rows.agg(dict.fromkeys(added, "sum") | dict.fromkeys(carried, "first"))
    else:
        table = counts[added].sum().to_frame().T
    coarser = schema.altered(groups=names, total=False)
    # Which events a filter left out cannot be told any more once a group is gone.
    coarser.cube = cube_left(counts)
    coarser.in_all = int(table[number].sum())
    return with_schema(table, coarser)


def add_total(counts: pd.DataFrame) -> pd.DataFrame:
    """Put a row that holds the events of all groups before the groups of each period.

    Parameters
    ----------
    counts
        A counts table with at least one group column, with or without ``period``.

    Returns
    -------
    DataFrame
        The same columns, in order of period, with one more row for each period (or one in all): its
        level is ``(all)`` in every group column.

    Raises
    ------
    ParameterError
        If the table has no groups, its levels overlap, it holds a total already, or the level of
        an event is itself called ``(all)``.

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
    _refuse_total(counts)
    if taken := _with_level_all(counts, groups):
        raise ParameterError(Fault("level_called_all", "counts", value=name) for name in taken)
    total = regroup(counts).assign(**dict.fromkeys(groups, ALL))
    columns = [name for name in counts.columns if name in total.columns]
    table = pd.concat([total[columns], counts[columns]], ignore_index=True)
    if "period" in columns:
        table = table.sort_values("period", kind="stable", ignore_index=True)
    return with_schema(table, known_schema(counts).altered(total=True))


def shares(counts: pd.DataFrame) -> pd.DataFrame:
    """Give each group's share of all events, of each period if there are periods.

    Parameters
    ----------
    counts
        A counts table with at least one group column.

    Returns
    -------
    DataFrame
        The table with ``share``. With ``period`` that is the share of ``expected``, and
        ``share_lower`` and ``share_upper`` are the least and the largest share that the dates
        allow: the group has its certain events and the others all their possible ones, or the
        other way round. Missing where there are no events or where nobody covers the period.

    Raises
    ------
    ParameterError
        If the table has no groups, its levels overlap, or it holds a total already.

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
    _refuse_total(counts)
    _refuse_overlap(counts, groups)
    refuse_groups(counts, *(_SHARES if dated else _SHARES[:1]))
    if not dated:
        return counts.assign(share=counts["count"] / counts["count"].sum())
    own = counts[_BANDS].where(is_covered(counts))
    total = own.groupby(counts["period"]).transform("sum")
    share = own["expected"] / total["expected"]
    others = total - own
    lower = own["certain"] / (own["certain"] + others["possible"])
    upper = own["possible"] / (own["possible"] + others["certain"])
    # 0 / 0 is where no other group may have events, or this one may have none: the share is 1 or 0
    # then, whatever the dates.
    return counts.assign(
        share=share, share_lower=lower.fillna(share), share_upper=upper.fillna(share)
    )


def concentration(counts: pd.DataFrame, *, top: int = 3) -> pd.DataFrame:
    """Say how much of all events the largest levels hold, in each period if there are periods.

    Parameters
    ----------
    counts
        A counts table with one group column; it is ranked by ``count``, with ``period`` by
        ``expected``.
    top
        How many levels to take together.

    Returns
    -------
    DataFrame
        One row, or a row per period: ``events`` (all of them), ``levels`` (how many have events),
        ``share`` (of the `top` largest), ``tied`` (the next level holds as many as the last of
        them, so which levels these are is open), and the exposure of the period. The share is
        missing where there are no events or where nobody covers the period.

    Raises
    ------
    ParameterError
        If `top` is less than 1, there is not one group column, its levels overlap, or the table
        holds a total already.

    Notes
    -----
    A level that nobody knows (a missing value, ``unknown`` or ``unstated``) is no level: its events
    are among all events, but it is none of the largest and is not in ``levels``. So the share is
    the least that the largest levels hold.

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
    _refuse_overlap(counts, groups)
    counts = regroup(counts, by=groups)
    dated = "period" in counts.columns
    # One category without periods, so that no events are a row of zeros and not no row.
    one = pd.Series(pd.Categorical([0] * len(counts), categories=[0]))
    key = counts["period"] if dated else one
    events = counts["expected" if dated else "count"]
    levels = events.where(_is_known(counts, groups) & (events > 0))
    rank = levels.groupby(key, observed=False).rank(method="first", ascending=False)

    def total(values: pd.Series) -> pd.Series:
        return values.groupby(key, observed=False).sum()

    last, following = (total(levels.where(rank == place)) for place in (top, top + 1))
    table = pd.DataFrame(
        {
            "events": total(events),
            "levels": total(levels.notna()),
            "share": total(levels.where(rank <= top)) / total(events),
            "tied": (following > 0) & np.isclose(last, following, rtol=1e-9, atol=0),
        }
    )
    if not dated:
        return table.reset_index(drop=True)
    table = table.join(counts.groupby("period")[exposure_columns(counts)].first())
    table["share"] = table["share"].where(is_covered(table))
    return table.reset_index()


def new_entrants(counts: pd.DataFrame, *, baseline: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a counts table whose levels the baseline has no event of.

    Parameters
    ----------
    counts
        A counts table with at least one group column, with or without ``period``.
    baseline
        A counts table with the same group columns, with or without ``period``: what was on record
        before. A level is on record there as soon as one of its events may be.

    Returns
    -------
    DataFrame
        The rows with events, or possible ones, of the levels that are not in the baseline. With
        ``period``, ``sure`` says whether one of the events certainly is in the period of the row.

    Raises
    ------
    ParameterError
        If `baseline` is no counts table with the same groups, or nobody covers any of its periods;
        if `counts` has no groups or holds a total.

    Notes
    -----
    New means new to the record. Where the baseline is covered in part, a level may be missing from
    it because nobody looked. A level that nobody knows (a missing value, ``unknown`` or
    ``unstated``) is never new.

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
    counts, groups = read(counts, *(["certain", "possible"] if dated else ["count"]))
    _need_groups(groups)
    _refuse_total(counts)
    if dated:
        refuse_groups(counts, "sure")
    if not isinstance(baseline, pd.DataFrame):
        raise parameter_error("no_counts_table", baseline, argument="baseline")
    before = "possible" if "period" in baseline.columns else "count"
    need(baseline, *groups, before, argument="baseline")
    known_schema(baseline, "baseline")
    groups_of(baseline, groups)
    if "days_covered" in baseline.columns and not is_covered(baseline).any():
        raise parameter_error("nothing_covered", argument="baseline")
    there = set(baseline.loc[baseline[before] > 0, groups].itertuples(index=False, name=None))
    table = counts[(counts["possible" if dated else "count"] > 0) & _is_known(counts, groups)]
    new = [levels not in there for levels in table[groups].itertuples(index=False, name=None)]
    table = table.loc[np.array(new, dtype=bool)].reset_index(drop=True)
    return table.assign(sure=table["certain"] > 0) if dated else table


# Over periods ------------------------------------------------------------------------------------


def first_periods(counts: pd.DataFrame, *, n: int = 1) -> pd.DataFrame:
    """Return the rows of the first periods of a counts table.

    Parameters
    ----------
    counts
        A counts table with ``period``.
    n
        How many periods, covered or not; all, if there are fewer.

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
    _at_least_1("n", n)
    need(counts, "period")
    return _in_periods(counts, np.sort(counts["period"].unique())[:n])


def last_periods(counts: pd.DataFrame, *, n: int = 1) -> pd.DataFrame:
    """Return the rows of the last periods of a counts table.

    Parameters
    ----------
    counts
        A counts table with ``period``.
    n
        How many periods, covered or not; all, if there are fewer.

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
    _at_least_1("n", n)
    need(counts, "period")
    return _in_periods(counts, np.sort(counts["period"].unique())[-n:])


def _in_periods(counts: pd.DataFrame, periods: np.ndarray) -> pd.DataFrame:
    return counts[counts["period"].isin(periods)].reset_index(drop=True)


def peaks(counts: pd.DataFrame) -> pd.DataFrame:
    """Return, for each group, every period that may hold the most events on record.

    Parameters
    ----------
    counts
        A counts table with ``period``.

    Returns
    -------
    DataFrame
        The rows of periods with possible events in which no other period of the group certainly
        has more; none for a group without events. ``sure`` where it is the only one, and certainly
        has more events than any other period of the group may have. Periods that nobody covers are
        left out on both sides.

    Raises
    ------
    ParameterError
        If ``period``, ``certain`` or ``possible`` is missing.

    Notes
    -----
    A table of counts does not say which of its events are the same, so a period may be among the
    peaks that the dates of all events together would rule out. One that is ``sure`` stands.

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
    refuse_groups(counts, "sure")
    counts = counts[is_covered(counts)]
    highest = counts["certain"].groupby(group_numbers(counts, groups)).transform("max")
    found = counts[(counts["possible"] >= highest) & (counts["possible"] > 0)]
    group = group_numbers(found, groups)
    # The period with the highest `certain` is always found. So if it is found alone, no other may
    # have as many.
    alone = found["certain"].groupby(group).transform("size") == 1
    return found.assign(sure=alone & (found["certain"] > 0)).reset_index(drop=True)


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
        ``days``, and ``days_covered`` and ``days_assumed`` if they are known, all from the first
        day of the table to the last of the period. This is no counts table of periods any more:
        ``period`` is the first day of the last period added, while ``days`` are those of all of
        them. ``starting``, ``ending`` and ``sources`` are left out.

    Raises
    ------
    ParameterError
        If a day between the first and the last period is in no period or in two, or a group has no
        row in a period.

    Notes
    -----
    The bands are not sums. An event whose date spans two periods is certain in neither, but is
    certain by the end of the second: it counts where it ends. And it is possible once, from where
    it starts. ``possible`` and ``expected`` are exact. So is ``certain``, unless the first period
    holds events that may lie before it, as when `between` cut the table; then it is a lower bound.

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
    exposure = [name for name in EXPOSURE if name in counts.columns and name != "sources"]
    summed = counts[[*PER_PERIOD, *exposure]].groupby(group).cumsum()
    begun_before = (counts["possible"] - counts["starting"]).groupby(group).transform("first")
    # Of the events that end by now, those begun before the first day may lie before it. At the most
    # all of those have ended; at the least what is certain in one period is certain in several.
    certain = np.maximum(summed["ending"] - begun_before, summed["certain"])
    possible = summed["starting"] + begun_before
    # The shares of an event may add up to a little more or less than 1 by rounding.
    expected = summed["expected"].clip(certain, possible)
    table = counts[["period", *groups]]
    table = table.assign(certain=certain, expected=expected, possible=possible)
    table = table.assign(**summed[exposure])
    return with_schema(table, known_schema(counts).altered(kind="running totals"))


def rolling_mean(counts: pd.DataFrame, *, window: int) -> pd.DataFrame:
    """Give the mean count per period, over the last periods up to each.

    Parameters
    ----------
    counts
        A counts table with ``period`` and every combination of period and group.
    window
        Over how many periods, the one of the row included.

    Returns
    -------
    DataFrame
        The table, in order of period, with ``mean_certain``, ``mean_expected`` and
        ``mean_possible``, which are taken over those of the periods that are covered, at least in
        part, and are missing if none is; and with ``complete``, which is False while there are
        fewer periods than `window` and where one of them is not covered in full.

    Raises
    ------
    ParameterError
        If `window` is less than 1, a day between the first and the last period is in no period or
        in two, or a group has no row in a period.

    Notes
    -----
    The mean number of events per period lies between ``mean_certain`` and ``mean_possible``. These
    bounds are safe but not the narrowest: an event that may be in two of the periods is possible in
    both of them.

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
    refuse_groups(counts, *_MEANS, "complete")
    counts = consecutive(counts, groups)
    covered = is_covered(counts)
    in_full = counts.get("days_covered", counts["days"]) == counts["days"]
    known = counts[_BANDS].where(covered, 0).assign(covered=covered * 1, in_full=in_full * 1)
    by_group = known.groupby(group_numbers(counts, groups))
    # Added up anew for each window: a running sum would drift, and put expected out of its bounds.
    total = known.copy()
    for back in range(1, min(window, counts["period"].nunique())):
        total += by_group.shift(back, fill_value=0)
    means = total[_BANDS].div(total["covered"].where(total["covered"] > 0), axis=0)
    means.columns = pd.Index(_MEANS)
    return counts.assign(**means, complete=total["in_full"] == window)


# What a table must be ----------------------------------------------------------------------------


def _need_groups(groups: list[str]) -> None:
    if not groups:
        raise parameter_error("no_groups")


def _at_least_1(name: str, value: object) -> None:
    if not isinstance(value, int | np.integer):
        raise parameter_error("no_integer", value, argument=name)
    if value < 1:
        raise parameter_error("not_at_least_1", value, argument=name)


def _refuse_total(counts: pd.DataFrame) -> None:
    """Refuse a table whose events would count twice."""
    schema = known_schema(counts)
    if schema["total"] and (names := _with_level_all(counts, schema["groups"])):
        raise ParameterError(Fault("holds_total", "counts", value=name) for name in names)


def _with_level_all(counts: pd.DataFrame, groups: list[str]) -> list[str]:
    return [name for name in groups if counts[name].isin([ALL]).any()]


def _refuse_overlap(counts: pd.DataFrame, names: list[str]) -> None:
    """Refuse to add up levels of which an event may have several."""
    shared = [name for name in overlapping(counts) if name in names]
    if shared:
        raise ParameterError(Fault("levels_overlap", "counts", value=name) for name in shared)


def _is_known(counts: pd.DataFrame, groups: list[str]) -> pd.Series:
    """Return in which rows every level is one that somebody knows."""
    levels = counts[groups]
    return ~(levels.isna() | levels.isin(UNKNOWN)).any(axis=1)

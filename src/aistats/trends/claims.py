"""Trends: what a counts table says of a change, and when it says nothing.

A comparison sets the rate of some periods, events per covered day, against that of others; a growth
rate is the log change per period over all of them. Each is tested exactly, and twice where dates
are not: on the counts that speak least for a change (certain here, possible there) and on those
that speak most. Every row ends in a *verdict*. It claims an increase or a decrease only if the
p-value, adjusted for all claims made together, is small whatever the dates turn out to be, and if
the change stands out of the scatter of the counts too. Otherwise it names the reason: the data do
not suffice, and then what they would have shown; or no number would mean anything, because there
are too few periods, coverage is only assumed, sources differ, dates are not exact, or events come
in clusters.
"""

from __future__ import annotations

from collections.abc import Container, Hashable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from aistats.counting.schema import (
    RESULTS,
    Kind,
    groups_of,
    known_schema,
    schema_of,
    with_schema,
)
from aistats.counting.tables import parameter_error
from aistats.counting.verbs import regroup
from aistats.trends import exact
from aistats.trends.matrix import CountsMatrix, Numbers, Places, Side, matrix_of

CLAIMS = ("increase", "decrease")
STRUCTURAL = ("too_few_periods", "assumed_coverage", "different_sources")
STATED = (*CLAIMS, "insufficient")
"""Verdicts with a number and its interval: a claim, or that the data do not suffice."""

REFUSALS = (*STRUCTURAL, "inexact_dates", "clustered")
"""Verdicts that are a reason for which there is no number to state."""

VERDICTS = (*STATED, *REFUSALS)

CLUSTERED_BELOW = 0.01
"""The p-value of Poisson scatter below which events are taken to come in clusters."""

FEWEST_PERIODS = 3
"""Covered periods that a growth rate needs: two make a comparison."""

_SIDE = ("baseline", "baseline_days", "baseline_covered", "baseline_certain", "baseline_possible")
_TESTED = ("lower", "upper", "p_value", "p_adjusted", "verdict")
_DOUBLING = ("doubling_time", "doubling_lower", "doubling_upper")
HOW = (
    *("coverage_known", "conf_level", "claims", "events", "p_lowest"),
    *("dispersion", "p_dispersion", "p_scatter", "scatter_df"),
)
"""Columns that say how a verdict came about."""


def compare_periods(
    counts: pd.DataFrame,
    *,
    current: Side | None = None,
    baseline: Side | None = None,
    by: str | Sequence[str] | None = None,
    conf_level: float = 0.95,
) -> pd.DataFrame:
    """Compare the rate of events of some periods with that of others, group by group.

    Parameters
    ----------
    counts
        A counts table with periods. Rates are per covered day where it has ``days_covered``.
    current, baseline
        The first day of a period; or EDTF text, for the periods that lie in it (of weeks,
        ``"2026-01"`` means those wholly in January); or a list of such. Periods of a side follow
        each other. By default the last covered period, and all covered ones before it.
    by
        The groups to compare, fewer than the table has; ``[]`` for all events together. By default
        those of the table.
    conf_level
        Of the intervals; claims are made at the level that remains, for all rows together.

    Returns
    -------
    DataFrame
        A row per group: its levels; ``period``, ``days``, ``days_covered``, ``certain``,
        ``possible`` of the current side, and the same of the baseline (``baseline``,
        ``baseline_days`` …); ``ratio``, current over baseline, its ``lower`` and ``upper`` whatever
        the dates turn out to be; ``p_value`` and ``p_adjusted`` (Holm) likewise; ``verdict``, one
        of `VERDICTS`; where that is ``insufficient``, ``detectable_ratio``, the smallest that would
        have shown in four of five cases (infinite where none would). Then how the verdict came
        about: ``coverage_known``, ``conf_level``, ``claims`` made together, ``events`` compared,
        ``p_lowest`` at the dates most in favour of a change, ``dispersion`` (variance over mean),
        ``p_dispersion``, and ``p_scatter`` of the change against the scatter on ``scatter_df``
        degrees of freedom.

    Raises
    ------
    ParameterError
        If the table has negative or fractional counts, or periods that overlap; if a side is no
        period of it, has a gap, has no covered day, or shares a period with the other.

    See Also
    --------
    one_family : judges the rows of several tables together.
    growth_rate : over many periods.

    Notes
    -----
    An interval is exact for events that come one by one. A claim stands only if it holds against
    the scatter of the counts from period to period too, of those outside both sides as well.

    Examples
    --------
    Forty events in a week, after some ten in each of five before it:

    >>> from aistats.counting.counts import count_events
    >>> weeks = pd.date_range("2025-11-03", periods=6, freq="7D")
    >>> events = pd.DataFrame({"date": weeks.repeat([9, 12, 10, 8, 11, 40])})
    >>> row = compare_periods(count_events(events, period="week")).iloc[0]
    >>> print(f"{row['ratio']:.1f} ({row['lower']:.1f} to {row['upper']:.1f}): {row['verdict']}")
    4.0 (2.6 to 6.2): increase
    """
    matrix = _matrix(counts, by)
    sides = _sides(matrix, current, baseline)
    table = matrix.groups.assign(**matrix.side(sides[0]))
    named = zip(_SIDE, matrix.side(sides[1]).values(), strict=True)
    table = table.assign(**dict(named))
    x, d, y, e = (
        table[name].to_numpy(float)
        for name in ("certain", "days_covered", "baseline_possible", "baseline_covered")
    )
    x_most, y_least = table["possible"].to_numpy(float), table["baseline_certain"].to_numpy(float)
    table["ratio"], tested = np.nan, len(sides[0]) > 0 and len(sides[1]) > 0
    if tested:
        least = exact.rate_ratio(x, d, y, e, conf_level=conf_level)
        most = exact.rate_ratio(x_most, d, y_least, e, conf_level=conf_level)
        means = [matrix.expected[:, side].sum(1) / matrix.covered[side].sum() for side in sides]
        with np.errstate(divide="ignore", invalid="ignore"):
            table["ratio"] = means[0] / means[1]
        # The dates least in favour of a rise make the p-value of a rise, and so for a fall.
        falls = np.where(most.ratio < 1, most.p_value, 1.0)
        table["p_value"] = np.where(least.ratio > 1, least.p_value, falls)
        table["lower"], table["upper"] = least.lower, most.upper
        table["p_lowest"] = np.minimum(least.p_value, most.p_value)
    table["events"] = np.minimum(x + y, x_most + y_least).astype(np.int64)
    table["conf_level"], table["coverage_known"] = conf_level, "days_covered" in counts
    table = table.assign(**_scatter_between(matrix, sides))
    table["verdict"] = _refusal(matrix, sides, tested)
    order = [*matrix.groups, *("period", "days", "days_covered", "certain", "possible"), *_SIDE]
    order += ["ratio", *_TESTED, "detectable_ratio", *HOW]
    return _results(table.reindex(columns=order), matrix, "comparisons")


def growth_rate(
    counts: pd.DataFrame,
    *,
    by: str | Sequence[str] | None = None,
    conf_level: float = 0.95,
) -> pd.DataFrame:
    """Return the log change of the rate of events per period, group by group.

    Given the number of events, the periods that they lie in have an exact distribution at every
    growth rate; it gives p-value and interval. Where events and periods are many, the saddlepoint
    approximation stands in (`aistats.trends.exact.EXACT_UP_TO`). Periods without a covered day, and
    what is on record there, are left out.

    Parameters
    ----------
    counts, by, conf_level
        As in :func:`compare_periods`; the periods follow each other.

    Returns
    -------
    DataFrame
        A row per group: its levels; ``period``, ``days``, ``days_covered``, ``certain``,
        ``possible`` of the whole window, and the number of covered ``periods``; ``rate`` and its
        ``lower`` and ``upper``, as tested on the intervals that begin in each period and on those
        that end there (of events with a day of their own, the same); ``p_value``, ``p_adjusted``,
        ``verdict``; ``detectable``, as a rate; where growth is claimed, ``doubling_time`` with its
        interval, in periods, or of a decrease the halving time. Then how it came about, as for
        comparisons, and ``covered_by_period``, the covered days of each period.

    Raises
    ------
    ParameterError
        If the table has negative or fractional counts, periods that overlap, or a gap.

    References
    ----------
    Cox, D. R. and Lewis, P. A. W. (1966). *The Statistical Analysis of Series of Events*, ch. 3.

    Examples
    --------
    >>> from aistats.counting.counts import count_events
    >>> weeks = pd.date_range("2025-11-03", periods=6, freq="7D")
    >>> events = pd.DataFrame({"date": weeks.repeat([3, 5, 8, 13, 20, 33])})
    >>> row = growth_rate(count_events(events, period="week")).iloc[0]
    >>> print(f"{row['rate']:.2f}, doubles in {row['doubling_time']:.1f}: {row['verdict']}")
    0.47, doubles in 1.5: increase
    """
    matrix = _matrix(counts, by)
    used = np.flatnonzero(matrix.covered > 0)
    table = matrix.groups.assign(**matrix.side(used), periods=len(used))
    e = matrix.covered[used]
    rows = []
    for group in range(len(matrix.groups)):
        readings = matrix.readings(group, used)
        found = [exact.growth(x, e, used, conf_level=conf_level) for x in readings]
        scatters = [
            exact.scatter(x, e, used, exact.fitted_means(x, e, used, it.rate))
            for x, it in zip(readings, found, strict=True)
        ]
        agree = len({np.sign(it.rate) for it in found}) == 1
        rows.append(
            {
                "rate": float(np.mean([it.rate for it in found[:2]])) if agree else np.nan,
                "lower": min(it.lower for it in found),
                "upper": max(it.upper for it in found),
                "p_value": max(it.p_value for it in found) if agree else 1.0,
                "p_lowest": min(it.p_value for it in found),
                "events": int(min(x.sum() for x in readings)),
                **_doubtful(*scatters),
            }
        )
    table = table.join(pd.DataFrame(rows, index=table.index))
    table["conf_level"], table["coverage_known"] = conf_level, "days_covered" in counts
    table["covered_by_period"] = " ".join(f"{days:g}" for days in matrix.covered)
    table["verdict"] = _refusal(matrix, [used[it : it + 1] for it in range(len(used))], True)
    if len(used) < FEWEST_PERIODS:
        table["verdict"] = "too_few_periods"
    order = [*matrix.groups, *("period", "days", "days_covered", "certain", "possible", "periods")]
    order += ["rate", *_TESTED, "detectable", *_DOUBLING, *HOW, "covered_by_period"]
    return _results(table.reindex(columns=order), matrix, "growth")


def one_family(*tables: pd.DataFrame) -> tuple[pd.DataFrame, ...]:
    """Judge all comparisons and growth rates of a report together.

    The more claims, the more are false by chance alone; so their p-values are adjusted as one
    family (Holm). Rows that are refused whatever their numbers do not belong to it.

    Parameters
    ----------
    *tables
        As :func:`compare_periods` and :func:`growth_rate` return them, with one ``conf_level``: one
        minus the probability of any false claim.

    Returns
    -------
    tuple of DataFrame
        The tables with ``p_adjusted``, ``verdict``, ``claims`` and what would have been detectable
        anew.

    Raises
    ------
    ParameterError
        If a table is neither, there is none, or they have several levels.

    Examples
    --------
    >>> from aistats.counting.counts import count_events
    >>> weeks = pd.date_range("2025-11-03", periods=6, freq="7D")
    >>> events = pd.DataFrame({"date": weeks.repeat([9, 12, 10, 8, 11, 25])})
    >>> counts = count_events(events, period="week")
    >>> comparison, growth = one_family(compare_periods(counts), growth_rate(counts))
    >>> [int(table["claims"].iloc[0]) for table in (comparison, growth)]
    [2, 2]
    """
    if not tables:
        raise parameter_error("none_given", argument="tables")
    for place, table in enumerate(tables):
        schema = schema_of(table)
        if schema is None or schema["kind"] not in ("comparisons", "growth"):
            raise parameter_error("no_results", argument=f"tables[{place}]")
    levels = sorted({level for table in tables for level in table["conf_level"]})
    if len(levels) > 1:
        shown = ", ".join(f"{level:g}" for level in levels)
        raise parameter_error("not_one", "conf_level", shown, argument="tables")
    in_family = [~table["verdict"].isin(STRUCTURAL) | _scattered(table) for table in tables]
    stacked = pd.concat(
        [
            table[["p_value", "p_scatter", "p_lowest"]].where(some, axis=0)
            for table, some in zip(tables, in_family, strict=True)
        ]
    ).astype(float)
    adjusted = pd.DataFrame(
        {
            "p_value": exact.holm(stacked["p_value"]),
            "p_lowest": exact.holm(stacked["p_lowest"]),
            # A claim needs both to be small: the larger is the p-value of their union.
            "p_scatter": exact.holm(stacked[["p_value", "p_scatter"]].max(axis=1, skipna=False)),
        }
    )
    claims = int(stacked["p_value"].notna().sum())
    ends = np.cumsum([0, *map(len, tables)])
    return tuple(
        _judged(table, adjusted.iloc[start:end].set_axis(table.index), claims)
        for table, (start, end) in zip(tables, pairwise(ends), strict=True)
    )


def growth_curve(counts: pd.DataFrame, growth: pd.DataFrame) -> pd.DataFrame:
    """Return the growth that was found, period by period, beside what is on record.

    Parameters
    ----------
    counts
        The counts table.
    growth
        One row of what :func:`growth_rate` returned for it.

    Returns
    -------
    DataFrame
        A row per period of that group: ``period``, ``days``, ``days_covered``, ``certain``,
        ``expected``, ``possible``; per covered day ``observed_low`` and ``observed_high``; and the
        ``fitted`` rate with ``lower`` and ``upper``, the band of all growth rates of the interval
        and of what the number of events leaves open. Of a refused growth there is no curve: these
        are missing. ``verdict`` is that of the row.

    Raises
    ------
    ParameterError
        If `growth` is not one row, or its group is not in the table.

    Examples
    --------
    >>> from aistats.counting.counts import count_events
    >>> weeks = pd.date_range("2025-11-03", periods=6, freq="7D")
    >>> counts = count_events(
    ...     pd.DataFrame({"date": weeks.repeat([3, 5, 8, 13, 20, 33])}), period="week"
    ... )
    >>> (growth_curve(counts, growth_rate(counts))["fitted"] * 7).round(1).tolist()
    [3.1, 5.0, 7.9, 12.7, 20.5, 32.8]
    """
    if len(growth) != 1 or "rate" not in growth:
        raise parameter_error("one_growth_row", len(growth), argument="growth")
    (row,) = growth.to_dict("records")
    groups = groups_of(counts)
    here = pd.Series(True, index=counts.index)
    if unknown := [name for name in groups_of(growth) if name not in groups]:
        allowed = ", ".join(groups)
        raise parameter_error("no_group", ", ".join(unknown), allowed, argument="growth")
    for name in groups:
        level = row.get(name)
        here &= counts[name].isna() if pd.isna(level) else counts[name] == level
    schema = known_schema(counts).altered(groups=[], total=False)
    matrix = matrix_of(with_schema(counts[here].drop(columns=groups), schema))
    if not len(matrix.periods):
        level = ", ".join(str(row.get(name)) for name in groups)
        raise parameter_error("no_such_level", level, argument="growth")
    shown = matrix.periods.drop(columns=["days_assumed", "sources"])
    for name in ("certain", "expected", "possible"):
        shown[name] = getattr(matrix, name)[0].astype(float if name == "expected" else np.int64)
    covered = np.where(matrix.covered > 0, matrix.covered, np.nan)
    shown["observed_low"], shown["observed_high"] = (
        matrix.certain[0] / covered,
        matrix.possible[0] / covered,
    )
    shown[["fitted", "lower", "upper"]] = np.nan
    if row["verdict"] in STATED:
        used = np.flatnonzero(matrix.covered > 0)
        shown.loc[used, ["fitted", "lower", "upper"]] = _band(matrix, used, row)
    return with_schema(shown.assign(verdict=row["verdict"]), schema.altered(kind="growth curve"))


def _band(matrix: CountsMatrix, used: Places, row: Mapping[Hashable, Any]) -> Numbers:
    """Return the fitted rate per covered day in each period, its least and its most."""
    e = matrix.covered[used]
    events = (matrix.starting[0, used].sum() + matrix.ending[0, used].sum()) / 2
    rates = [row["rate"], row["lower"], row["upper"]]
    draws = exact.Draws(1, e, used, 0)
    # Where a period is the mean of the times, no other rate predicts more for it.
    tops = [draws.rate_of(place) for place in draws.scores]
    rates += [top for top in tops if row["lower"] < top < row["upper"]]
    curves = np.array([exact.fitted_means([1], e, used, it) / e for it in rates])
    low, _ = exact.poisson_interval(np.floor(events), conf_level=row["conf_level"])
    _, high = exact.poisson_interval(np.ceil(events), conf_level=row["conf_level"])
    return np.column_stack(
        [events * curves[0], low * curves.min(axis=0), high * curves.max(axis=0)]
    )


# The two sides -----------------------------------------------------------------------------------


def _matrix(counts: pd.DataFrame, by: str | Sequence[str] | None) -> CountsMatrix:
    if taken := [name for name in groups_of(counts, by) if name in RESULTS]:
        raise parameter_error("result_name", ", ".join(taken))
    return matrix_of(counts if by is None else regroup(counts, by=by))


def _results(table: pd.DataFrame, matrix: CountsMatrix, kind: Kind) -> pd.DataFrame:
    """Return judged rows that record what they are."""
    return one_family(with_schema(table, matrix.schema.altered(kind=kind)))[0]


def _sides(
    matrix: CountsMatrix, current: Side | None, baseline: Side | None
) -> tuple[Places, Places]:
    """Return the covered periods of the current side and of the baseline."""
    covered = matrix.covered > 0
    here = np.flatnonzero(covered)[-1:]
    if current is not None:
        here = matrix.named(current, "current")
    before = np.flatnonzero(covered)
    before = before[before < (here[0] if len(here) else 0)]
    if baseline is not None:
        before = matrix.named(baseline, "baseline")
    if len(both := np.intersect1d(here, before)):
        day = matrix.periods["period"][int(both[0])]
        raise parameter_error("sides_overlap", f"{day:%Y-%m-%d}")
    return here, before


def _scatter_between(matrix: CountsMatrix, sides: Sequence[Places]) -> dict[str, list[float]]:
    """Hold the difference of two sides of each group against the scatter of its periods."""
    places = np.concatenate(sides)
    is_current = np.repeat([1, 0], [len(side) for side in sides])
    others = np.setdiff1d(np.flatnonzero(matrix.covered > 0), places)
    found = []
    for group in range(len(matrix.groups)):
        scatters = []
        for counted in matrix.whole_counts(group):
            means = [_level(counted, matrix.covered, side) for side in (*sides, others)]
            rest = exact.chi_square(counted[others], means[2]), max(len(others) - 1, 0)
            fitted = np.concatenate(means[:2])
            x, e = counted[places], matrix.covered[places]
            fewest = exact.FEWEST_FOR_COMPARISON
            scatters.append(exact.scatter(x, e, is_current, fitted, fewest=fewest, rest=rest))
        found.append(_doubtful(*scatters))
    return {name: [row[name] for row in found] for name in (found[0] if found else ())}


def _level(counted: Numbers, covered: Numbers, places: Places) -> Numbers:
    """Return what a constant rate predicts for some periods."""
    if not len(places):
        return np.zeros(0)
    level: Numbers = covered[places] * counted[places].sum() / covered[places].sum()
    return level


def _doubtful(*scatters: exact.Scatter) -> dict[str, float]:
    """Return the scatter that counts, of several ways to read the dates.

    It must speak for a change in each of them, and for clusters too: windows that many events share
    begin and end on one day, which is no cluster of events.
    """
    return {
        "dispersion": min(it.dispersion for it in scatters),
        "p_dispersion": max(it.p_dispersion for it in scatters),
        "p_scatter": max(it.p_value for it in scatters),
        "scatter_df": min(it.df for it in scatters),
    }


# Verdicts ----------------------------------------------------------------------------------------


def _refusal(matrix: CountsMatrix, parts: Sequence[Places], tested: bool) -> str:
    """Return why nothing can be said of any group, whatever the counts, or an empty text."""
    if not tested:
        return "too_few_periods"
    if matrix.periods["days_assumed"].iloc[np.concatenate(parts)].any() if len(parts) else False:
        return "assumed_coverage"
    names = matrix.periods["sources"]
    sources = {frozenset(" | ".join(names.iloc[part]).split(" | ")) for part in parts}
    return "different_sources" if len(sources) > 1 else ""


def _scattered(table: pd.DataFrame) -> pd.Series:
    """Return which rows have been tested, and found too few to tell a change from clusters."""
    return (table["verdict"] == "too_few_periods") & table["p_adjusted"].notna()


def _judged(table: pd.DataFrame, adjusted: pd.DataFrame, claims: int) -> pd.DataFrame:
    alpha = 1 - table["conf_level"]
    is_rise = table["ratio"] > 1 if "ratio" in table else table["rate"] > 0
    shows, stands_out = (adjusted[name] <= alpha for name in ("p_value", "p_scatter"))
    open_dates = (adjusted["p_lowest"] <= alpha) & (table["p_lowest"] < table["p_value"])
    verdict = np.select(
        [
            adjusted["p_value"].isna(),
            open_dates & ~shows,
            table["p_dispersion"] <= CLUSTERED_BELOW,
            shows & stands_out & is_rise,
            shows & stands_out,
            shows & (table["scatter_df"] >= _fewest(table)),
            shows,
        ],
        [table["verdict"], "inexact_dates", "clustered", *CLAIMS, "clustered", "too_few_periods"],
        "insufficient",
    )
    judged = table.assign(p_adjusted=adjusted["p_value"], verdict=verdict, claims=claims)
    name = "detectable_ratio" if "ratio" in table else "detectable"
    judged[name] = [
        _detectable(row) if row["verdict"] == "insufficient" else np.nan
        for row in judged.to_dict("records")
    ]
    if "rate" in judged:
        rates = judged[["rate", "lower", "upper"]].abs().astype(float)
        rates = rates.where(judged["verdict"].isin(CLAIMS))
        judged["doubling_time"] = np.log(2) / rates["rate"]
        judged["doubling_lower"] = np.log(2) / rates[["lower", "upper"]].max(axis=1)
        judged["doubling_upper"] = np.log(2) / rates[["lower", "upper"]].min(axis=1)
    return judged


def _fewest(table: Container[Hashable]) -> int:
    return exact.FEWEST_FOR_TREND if "rate" in table else exact.FEWEST_FOR_COMPARISON


def _detectable(row: Mapping[Hashable, Any]) -> float:
    """Return the smallest ratio or growth that would have been claimed in four of five cases."""
    alpha = (1 - row["conf_level"]) / row["claims"]
    least_z = exact.least_z(alpha, int(row["scatter_df"]), fewest=_fewest(row))
    if "rate" in row:
        covered = np.array(row["covered_by_period"].split(), dtype=float)
        times = np.flatnonzero(covered)
        exposure = covered[times]
    else:
        times = np.array([0, 1])
        exposure = np.array([row["baseline_covered"], row["days_covered"]], dtype=float)
    found = exact.detectable_growth(row["events"], exposure, times, alpha=alpha, least_z=least_z)
    return found if "rate" in row else float(np.exp(found))

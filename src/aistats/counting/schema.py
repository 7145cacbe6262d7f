"""What a table of counts is: its columns by their role, and what it records of itself.

A column is a group because the table says so, never because its name is not in a list: events may
have a column called ``rate`` or ``lower``. So each table made here or from one of these has a
:class:`CountsSchema` in its ``attrs``, which pandas carries through filters, copies and new
columns, to a row too. Where pandas loses it (files, ``merge``), whoever needs it asks for ``by=``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from aistats.faults import Fault, ParameterError

if TYPE_CHECKING:
    import pandas as pd

    from aistats.counting.combinations import Cube

COUNTS = ("count", "certain", "expected", "possible", "starting", "ending", "outside")
EXPOSURE = ("days", "days_covered", "days_assumed", "sources")
DERIVED = (
    *("share", "share_lower", "share_upper", "sure", "complete"),
    *("mean_certain", "mean_expected", "mean_possible"),
)
RESULTS = (
    *("ratio", "rate", "lower", "upper", "p_value", "p_adjusted", "verdict"),
    *("detectable_ratio", "detectable", "doubling_time", "doubling_lower", "doubling_upper"),
    *("baseline", "baseline_days", "baseline_covered", "baseline_certain", "baseline_possible"),
    *("periods", "covered_by_period", "observed_low", "observed_high", "fitted"),
    *("coverage_known", "conf_level", "claims", "events", "p_lowest"),
    *("dispersion", "p_dispersion", "p_scatter", "scatter_df"),
)
"""The columns that tables of `aistats.trends.claims` have beyond those of a counts table."""

MEASURES = (*COUNTS, *EXPOSURE, *DERIVED)
"""The columns of a counts table that are not its groups, but for ``period``: what is counted per
row, what is known of each period, whatever the group, and what `aistats.counting.verbs` adds."""

UNKNOWN = ("unknown", "unstated")
"""Levels that say that nobody knows, as a missing value does."""

ALL = "(all)"
"""The level of a row that holds the events of every level."""

Kind = Literal["counts", "periods", "running totals", "comparisons", "growth"]
"""Of a table: events whatever their date; per period; added up over periods; results of trends."""

_KEY = "aistats"


class CountsSchema(dict[str, Any]):
    """What a table records of itself.

    Its entries are plain values, so that pandas can write them to Parquet beside the table. The
    cube is no entry: it stays in the process.

    Parameters
    ----------
    kind
        What the rows are.
    groups
        The columns that are groups, in their order.
    overlapping
        Those of them in which an event may have several levels and counts whole in each.
    total
        Whether there are rows that hold the events of all groups, with `ALL` for every level.
    cube
        How many events each combination of first day, last day and levels stands for.
    """

    cube: Cube | None

    def __init__(
        self,
        kind: Kind,
        groups: Sequence[str],
        *,
        overlapping: Sequence[str] = (),
        total: bool = False,
        cube: Cube | None = None,
    ) -> None:
        super().__init__(kind=kind, groups=[*groups], overlapping=[*overlapping], total=total)
        self.cube = cube

    def __eq__(self, other: object) -> bool:
        """Return whether both say the same of the same events."""
        return super().__eq__(other) and self.cube is getattr(other, "cube", None)

    __hash__ = None

    def __deepcopy__(self, memo: object) -> CountsSchema:
        """Return itself: pandas copies ``attrs`` at every step, and nothing here is changed."""
        return self


def with_schema(table: pd.DataFrame, schema: CountsSchema) -> pd.DataFrame:
    """Record in a table what it is; the table itself is returned."""
    table.attrs[_KEY] = schema
    return table


def schema_of(table: pd.DataFrame | pd.Series) -> CountsSchema | None:
    """Return what a table, or a row of one, records of itself; None where that was lost.

    It is lost too where a group column is not there any more, as after a renaming.
    """
    entries = table.attrs.get(_KEY)
    if entries is None or not set(entries["groups"]) <= set(_columns(table)):
        return None
    if isinstance(entries, CountsSchema):
        return entries
    return CountsSchema(**entries)  # read back from Parquet, as a plain dict


def groups_of(table: pd.DataFrame | pd.Series, by: str | Sequence[str] | None = None) -> list[str]:
    """Return the columns of a table of counts, or of a row of one, that are groups.

    Parameters
    ----------
    table
        A table that :func:`aistats.count_events` returned, or one made from that; or a row.
    by
        The groups, where the table does not record them; else some of them.

    Raises
    ------
    ParameterError
        If the table does not record its groups and `by` does not name them, or `by` names a column
        that is none.

    Examples
    --------
    >>> import pandas as pd
    >>> from aistats.counting.counts import count_events
    >>> counts = count_events(pd.DataFrame({"rate": ["a", "a", "b"]}), by="rate")
    >>> groups_of(counts), groups_of(counts.iloc[0])
    (['rate'], ['rate'])
    >>> groups_of(pd.DataFrame(counts.to_dict()), by="rate")
    ['rate']
    """
    schema = schema_of(table)
    there = _columns(table) if schema is None else schema["groups"]
    if by is None:
        if schema is None:
            raise ParameterError([Fault("groups_unknown", allowed=", ".join(map(str, there)))])
        return list(there)
    names = [by] if isinstance(by, str) else list(by)
    if unknown := [name for name in names if name not in there]:
        allowed = ", ".join(map(str, there))
        raise ParameterError(Fault("no_group", value=name, allowed=allowed) for name in unknown)
    return names


def _columns(table: pd.DataFrame | pd.Series) -> list[Any]:
    return list(table.columns if table.ndim == 2 else table.index)

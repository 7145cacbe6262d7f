"""What a counts table is: its columns by their role, and what it records of itself.

A column is a group because the table records it, never because its name is not in a list: events
may have a column called ``rate`` or ``lower``. So each table that is made here, or from such a
table, has a :class:`CountsSchema` in its ``attrs``, which pandas keeps through filters, copies and
new columns, and for single rows. Files, ``merge`` and new names for columns lose it. Then nothing
is guessed: functions that need it raise an error, and :func:`as_counts` records it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from aistats.faults import Fault, ParameterError

if TYPE_CHECKING:
    import pandas as pd

    from aistats.counting.combinations import Cube

BANDS = ("certain", "expected", "possible")
PER_PERIOD = (*BANDS, "starting", "ending")
COUNTS = ("count", *PER_PERIOD, "outside")
EXPOSURE = ("days", "days_covered", "days_assumed", "sources")
RESERVED = ("period", *COUNTS, *EXPOSURE)
"""Names that no group can have: all columns that a counts table may have itself."""

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

OWN_COLUMNS = (*COUNTS, *EXPOSURE, *DERIVED)
"""The columns of a counts table that are not its groups, except ``period``: the counts of a row,
the exposure of its period, and what `aistats.counting.verbs` adds."""

UNKNOWN = ("unknown", "unstated")
"""Values that stand for an unknown one, as a missing value does."""

ALL = "(all)"
"""The level of a row that holds the events of all levels."""

Kind = Literal["counts", "periods", "running totals", "comparisons", "growth", "growth curve"]
"""The kinds of tables: events whatever their date, or by period; running totals; results."""

COUNTED_KINDS = ("counts", "periods")
RESULT_KINDS = ("comparisons", "growth", "growth curve")

TableOrRow = TypeVar("TableOrRow", "pd.DataFrame", "pd.Series")

_KEY = "aistats"


class CountsSchema(dict[str, Any]):
    """What a counts table records of itself.

    Its entries are plain values, so that pandas can write them to Parquet with the table. The cube
    is no entry: it stays in the process.

    Parameters
    ----------
    kind
        What the rows are.
    groups
        The columns that are groups, in their order.
    overlapping
        The multi-valued groups, in which an event may have several values and counts for each.
    total
        Whether there are rows that hold the events of all groups, with `ALL` for every level.
    cube
        The number of events of each combination of first day, last day and levels; kept where the
        rows are counts. Rows of running totals and of results are about other events than those of
        their period and levels.
    in_all
        The sum of ``possible``, or ``count``, over all rows that were counted from the cube.
    """

    cube: Cube | None
    in_all: int | None

    def __init__(
        self,
        kind: Kind,
        groups: Sequence[str],
        *,
        overlapping: Sequence[str] = (),
        total: bool = False,
        cube: Cube | None = None,
        in_all: int | None = None,
    ) -> None:
        super().__init__(kind=kind, groups=[*groups], overlapping=[*overlapping], total=total)
        self.cube = cube if kind in COUNTED_KINDS else None
        self.in_all = in_all

    def __eq__(self, other: object) -> bool:
        """Return whether both record the same about the same events."""
        if not super().__eq__(other):
            return False
        cube = getattr(other, "cube", None)
        return self.cube is cube

    __hash__ = None

    def __reduce__(self) -> tuple[Callable[[], CountsSchema], tuple[()]]:
        """Pickle the entries alone: the cube may be a thousand times larger than the table."""
        rebuild = partial(CountsSchema, **self)
        no_arguments = ()
        return rebuild, no_arguments

    def __copy__(self) -> CountsSchema:
        """Return the schema itself: it is never changed."""
        return self

    def __deepcopy__(self, memo: object) -> CountsSchema:
        """Return the schema itself: pandas copies ``attrs`` at every step."""
        return self

    def describes_as(self, other: CountsSchema) -> bool:
        """Return whether both record the same, whatever the order of the groups."""
        return self._without_order() == other._without_order()

    def _without_order(self) -> tuple[object, ...]:
        groups = frozenset(self["groups"])
        overlapping = frozenset(self["overlapping"])
        return self["kind"], groups, overlapping, self["total"]

    def altered(
        self,
        *,
        kind: Kind | None = None,
        groups: Sequence[str] | None = None,
        total: bool | None = None,
    ) -> CountsSchema:
        """Return the schema of a table made from this one; arguments that are not set stay."""
        kept = self["groups"] if groups is None else groups
        return CountsSchema(
            kind or self["kind"],
            kept,
            overlapping=[name for name in self["overlapping"] if name in kept],
            total=self["total"] if total is None else total,
            cube=self.cube,
            in_all=self.in_all,
        )


def with_schema(table: pd.DataFrame, schema: CountsSchema) -> pd.DataFrame:
    """Record in a table what it is; return the table itself."""
    table.attrs[_KEY] = schema
    return table


def schema_of(table: pd.DataFrame | pd.Series) -> CountsSchema | None:
    """Return what a table, or a row of one, records of itself; None where that was lost.

    The record no longer holds when a group column is gone, as after a renaming. A table that has
    only columns of `RESERVED`, and one row per period, has no groups: no group can have such a
    name.
    """
    entries = table.attrs.get(_KEY)
    columns = _columns(table)
    if entries is not None and set(entries["groups"]) <= set(columns):
        if isinstance(entries, CountsSchema):
            return entries
        return CountsSchema(**entries)  # read back from Parquet, as a plain dict
    if _has_no_groups(table):
        kind: Kind = "periods" if "period" in columns else "counts"
        return CountsSchema(kind, [])
    return None


def _has_no_groups(table: pd.DataFrame | pd.Series) -> bool:
    """Return whether a table that does not record its groups surely has none."""
    columns = _columns(table)
    entries = table.attrs.get(_KEY)
    # A row that has lost its group is still the count of that group alone, and values of a
    # multi-valued group may have been added up.
    if entries is not None and (table.ndim == 1 or entries["overlapping"]):
        return False
    if not set(columns) <= set(RESERVED):
        return False
    if set(columns).isdisjoint(COUNTS):
        return False
    if table.ndim == 1:
        return True
    if "period" not in columns:
        return len(table) <= 1
    return not table["period"].duplicated().any()


def known_schema(
    table: pd.DataFrame | pd.Series,
    argument: str = "counts",
) -> CountsSchema:
    """Return what a table, or a row of one, records of itself.

    Raises
    ------
    ParameterError
        If that was lost.
    """
    schema = schema_of(table)
    if schema is None:
        columns = ", ".join(map(str, _columns(table)))
        raise ParameterError([Fault("groups_unknown", argument, allowed=columns)])
    return schema


def groups_of(
    table: pd.DataFrame | pd.Series,
    by: str | Sequence[str] | None = None,
) -> list[str]:
    """Return the group columns of a counts table, or of a row of one.

    Parameters
    ----------
    table
        A table that :func:`aistats.count_events` returned, or one made from that; or a row.
    by
        The groups, where the table does not record them; else a part of them.

    Raises
    ------
    ParameterError
        If the table does not record its groups and `by` does not name them, or `by` names a column
        that is no group.

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
    if by is None:
        return list(known_schema(table)["groups"])
    schema = schema_of(table)
    columns = _columns(table) if schema is None else schema["groups"]
    return _named(by, columns)


def has_level_all(
    table: pd.DataFrame | pd.Series,
    groups: Sequence[str],
) -> NDArray[np.bool_]:
    """Return which rows of a table have the level `ALL` in every group, or whether a row has.

    Without groups, no row has. The schema records whether such a row is a total.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"region": ["(all)", "CN"], "count": [3, 2]})
    >>> has_level_all(table, ["region"]).tolist(), bool(has_level_all(table.iloc[0], ["region"]))
    ([True, False], True)
    """
    levels = table[[*groups]]
    is_all = levels.isin([ALL]).to_numpy(bool)
    has_all: NDArray[np.bool_] = np.logical_and.reduce(is_all, axis=-1)
    return has_all & bool(groups)


def as_counts(
    table: TableOrRow,
    *,
    by: str | Sequence[str],
    overlapping: str | Sequence[str] | None = None,
    total: bool | None = None,
    kind: Kind | None = None,
) -> TableOrRow:
    """Return a copy of a table that records which of its columns are groups.

    Tables that :func:`aistats.count_events` returned, and those made from them, record it already.
    This is for a table from a file, after a ``merge`` or with new names for its columns, or made by
    hand.

    Parameters
    ----------
    table
        A table with the columns of a counts table, or of a table of results; or a row of one.
    by
        The group columns, one or several; ``[]`` if there are none.
    overlapping
        The multi-valued groups, in which an event may have several values and counts for each, so
        that their counts do not add up. By default those that the table records, else none.
    total
        Whether rows with ``(all)`` in every group hold the events of all groups; if not, ``(all)``
        is a value like any other. Needed where there are such rows and the table does not record
        it.
    kind
        ``counts``, ``periods``, ``running totals``, ``comparisons``, ``growth`` or ``growth
        curve``. By default inferred from the columns; running totals, which have the columns of
        periods, are recognised only if the table records them.

    Returns
    -------
    DataFrame or Series
        A copy that records this. It carries the cube of :func:`aistats.cube_of` if the table does
        and none of its records is changed.

    Raises
    ------
    ParameterError
        If a column is missing; a group has the name of a column that counts tables have themselves;
        the table records a multi-valued group that `by` does not name and `overlapping` is not set;
        or there are rows with ``(all)`` in every group and neither the table nor `total` says what
        they are.

    Examples
    --------
    >>> import pandas as pd
    >>> from aistats.counting.verbs import shares
    >>> table = pd.DataFrame({"region": ["CN", "US"], "count": [1, 3]})  # as from a file
    >>> table.pipe(as_counts, by="region").pipe(shares)
      region  count  share
    0     CN      1   0.25
    1     US      3   0.75
    """
    columns = _columns(table)
    groups = _named(by, columns)
    _reject_reserved(groups)
    recorded = table.attrs.get(_KEY, {"overlapping": [], "total": False})
    if overlapping is None:
        overlapping = recorded["overlapping"]
        _reject_lost_overlap(overlapping, groups)
    if total is None:
        total = recorded["total"]
        if not total and np.any(has_level_all(table, groups)):
            raise ParameterError([Fault("total_unknown", value=ALL)])
    if not kind:
        kind = _kind(set(columns) - set(groups), recorded.get("kind"))
    multi_valued = _named(overlapping, groups)
    schema = CountsSchema(kind, groups, overlapping=multi_valued, total=total)
    if isinstance(recorded, CountsSchema) and schema.describes_as(recorded):
        schema.cube = recorded.cube
        schema.in_all = recorded.in_all
    copy = table.copy(deep=False)
    copy.attrs[_KEY] = schema
    return copy


def _reject_reserved(groups: Sequence[str]) -> None:
    """Reject groups with the name of a column that counts tables have themselves."""
    taken = [name for name in groups if name in RESERVED]
    if taken:
        raise ParameterError(Fault("counts_name", "by", value=name) for name in taken)


def _reject_lost_overlap(
    overlapping: Sequence[str],
    groups: Sequence[str],
) -> None:
    """Reject multi-valued columns that are no groups any more."""
    lost = [name for name in overlapping if name not in groups]
    if lost:
        raise ParameterError(Fault("overlap_unknown", value=name) for name in lost)


def _kind(columns: set[str], recorded: Kind | None) -> Kind:
    """Return the kind of a table, from its columns other than groups and from its record."""
    if "fitted" in columns:
        return "growth curve"
    if "verdict" in columns:
        return "growth" if "rate" in columns else "comparisons"
    if "period" not in columns:
        return "counts"
    return "running totals" if recorded == "running totals" else "periods"


def _named(by: str | Sequence[str], columns: Sequence[str]) -> list[str]:
    """Return the columns that an argument names; reject missing and repeated ones."""
    if not isinstance(by, str | Iterable):
        raise ParameterError([Fault("by_form", value=by)])
    names = [by] if isinstance(by, str) else list(by)
    faults = []
    for name in names:
        if name not in columns:
            allowed = ", ".join(map(str, columns))
            faults.append(Fault("no_group", "by", value=name, allowed=allowed))
    if faults:
        raise ParameterError(faults)
    repeated = {name for name in names if names.count(name) > 1}
    if repeated:
        raise ParameterError(
            Fault("parameter_twice", "by", value=name) for name in sorted(repeated)
        )
    return names


def _columns(table: pd.DataFrame | pd.Series) -> list[Any]:
    if table.ndim == 1:
        return list(table.index)
    return list(table.columns)

"""What a table of counts is: its columns by their role, and what it records of itself.

A column is a group because the table says so, never because its name is not in a list: events may
have a column called ``rate`` or ``lower``. So each table made here or from one of these has a
:class:`CountsSchema` in its ``attrs``, which pandas carries through filters, copies and new
columns, to a row too. Files, ``merge`` and new names for columns lose it. Then nothing is guessed:
a function that needs it raises an error, and :func:`as_counts` records it again.
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
"""Names that no group can have: the columns of counts tables, whichever of them one has."""

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
"""The columns of a counts table that are not its groups, but for ``period``: what is counted per
row, what is known of each period, whatever the group, and what `aistats.counting.verbs` adds."""

UNKNOWN = ("unknown", "unstated")
"""Levels that say that nobody knows, as a missing value does."""

ALL = "(all)"
"""The level of a row that holds the events of every level."""

Kind = Literal["counts", "periods", "running totals", "comparisons", "growth", "growth curve"]
"""Of a table: events whatever their date; per period; added up over periods; results of trends."""

COUNTED_KINDS = ("counts", "periods")
RESULT_KINDS = ("comparisons", "growth", "growth curve")

TableOrRow = TypeVar("TableOrRow", "pd.DataFrame", "pd.Series")

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
        How many events each combination of first day, last day and levels stands for; kept where
        the rows are counts. A row of running totals or of results is of other events than those
        its period and its levels name.
    in_all
        What ``possible``, or ``count``, adds up to over all rows that were counted from the cube.
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
        """Return whether both say the same of the same events."""
        return super().__eq__(other) and self.cube is getattr(other, "cube", None)

    __hash__ = None

    def __reduce__(self) -> tuple[Callable[[], CountsSchema], tuple[()]]:
        """Pickle the entries alone: the cube may be a thousand times larger than the table."""
        return partial(CountsSchema, **self), ()

    def __copy__(self) -> CountsSchema:
        """Return itself, as nothing here is changed."""
        return self

    def __deepcopy__(self, memo: object) -> CountsSchema:
        """Return itself: pandas copies ``attrs`` at every step, and nothing here is changed."""
        return self

    def describes_as(self, other: CountsSchema) -> bool:
        """Return whether both say the same of rows and columns, whatever the order of groups."""
        plain = [(schema["kind"], schema["total"]) for schema in (self, other)]
        columns = [({*schema["groups"]}, {*schema["overlapping"]}) for schema in (self, other)]
        return plain[0] == plain[1] and columns[0] == columns[1]

    def altered(
        self,
        *,
        kind: Kind | None = None,
        groups: Sequence[str] | None = None,
        total: bool | None = None,
    ) -> CountsSchema:
        """Return the schema of a table that is made from this one; what is not given stays."""
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
    """Record in a table what it is; the table itself is returned."""
    table.attrs[_KEY] = schema
    return table


def schema_of(table: pd.DataFrame | pd.Series) -> CountsSchema | None:
    """Return what a table, or a row of one, records of itself; None where that was lost.

    It is lost too where a group column is not there any more, as after a renaming. A table that has
    nothing but columns of `RESERVED`, and one row per period, has no groups: no group can have such
    a name.
    """
    entries = table.attrs.get(_KEY)
    if entries is not None and set(entries["groups"]) <= set(_columns(table)):
        if isinstance(entries, CountsSchema):
            return entries
        return CountsSchema(**entries)  # read back from Parquet, as a plain dict
    if _has_no_groups(table):
        return CountsSchema("periods" if "period" in _columns(table) else "counts", [])
    return None


def _has_no_groups(table: pd.DataFrame | pd.Series) -> bool:
    """Return whether a table that does not say what its groups are surely has none."""
    entries, columns = table.attrs.get(_KEY), _columns(table)
    # A row that has lost its group still counts that group; levels that overlap may be added up.
    if entries is not None and (table.ndim == 1 or entries["overlapping"]):
        return False
    if not set(columns) <= {*RESERVED} or set(columns).isdisjoint(COUNTS):
        return False
    if table.ndim == 1:
        return True
    return not table["period"].duplicated().any() if "period" in columns else len(table) <= 1


def known_schema(table: pd.DataFrame | pd.Series, argument: str = "counts") -> CountsSchema:
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
    if by is None:
        return list(known_schema(table)["groups"])
    schema = schema_of(table)
    return _named(by, _columns(table) if schema is None else schema["groups"])


def has_level_all(table: pd.DataFrame | pd.Series, groups: Sequence[str]) -> NDArray[np.bool_]:
    """Return which rows of a table have the level `ALL` in every group, or whether a row has.

    Where there are no groups, none has. Whether such a row is a total, the schema says.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"region": ["(all)", "CN"], "count": [3, 2]})
    >>> has_level_all(table, ["region"]).tolist(), bool(has_level_all(table.iloc[0], ["region"]))
    ([True, False], True)
    """
    is_all = table[[*groups]].isin([ALL]).to_numpy(bool)
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
    """Return a table that records which of its columns are groups.

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
        Those of them in which an event may have several levels and counts whole in each, so that
        they do not add up. By default those that the table records, else none.
    total
        Whether rows with ``(all)`` for every level hold the events of all groups, or that is a
        level like any other. Needed where there are such rows and the table does not record it.
    kind
        ``counts``, ``periods``, ``running totals``, ``comparisons``, ``growth`` or ``growth
        curve``. By default it is told by the columns; running totals, which have those of periods,
        are known where the table records them.

    Returns
    -------
    DataFrame or Series
        A copy that records this. It carries the cube of :func:`aistats.cube_of` where the table
        does and nothing that it records is changed.

    Raises
    ------
    ParameterError
        If there is no such column, a group has the name of a column that counts tables have
        themselves, or the table records overlapping levels of a column that `by` does not name and
        `overlapping` is not given; or there are rows with ``(all)`` for every level and neither the
        table nor `total` says what they are.

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
    groups = _named(by, _columns(table))
    if taken := [name for name in groups if name in RESERVED]:
        raise ParameterError(Fault("counts_name", "by", value=name) for name in taken)
    recorded = table.attrs.get(_KEY, {"overlapping": [], "total": False})
    if overlapping is None:
        overlapping = recorded["overlapping"]
        if missing := [name for name in overlapping if name not in groups]:
            raise ParameterError(Fault("overlap_unknown", value=name) for name in missing)
    if total is None and not recorded["total"] and np.any(has_level_all(table, groups)):
        raise ParameterError([Fault("total_unknown", value=ALL)])
    schema = CountsSchema(
        kind or _kind(set(_columns(table)) - set(groups), recorded.get("kind")),
        groups,
        overlapping=_named(overlapping, groups),
        total=recorded["total"] if total is None else total,
    )
    if isinstance(recorded, CountsSchema) and schema.describes_as(recorded):
        schema.cube, schema.in_all = recorded.cube, recorded.in_all
    copy = table.copy(deep=False)
    copy.attrs[_KEY] = schema
    return copy


def _kind(columns: set[str], recorded: Kind | None) -> Kind:
    """Return what a table is, by its columns but for the groups, and by what it records."""
    if "fitted" in columns:
        return "growth curve"
    if "verdict" in columns:
        return "growth" if "rate" in columns else "comparisons"
    if "period" not in columns:
        return "counts"
    return "running totals" if recorded == "running totals" else "periods"


def _named(by: str | Sequence[str], there: Sequence[str]) -> list[str]:
    """Return the columns that an argument names, each of which must be there, and named once."""
    if not isinstance(by, str | Iterable):
        raise ParameterError([Fault("by_form", value=by)])
    names = [by] if isinstance(by, str) else list(by)
    if unknown := [name for name in names if name not in there]:
        allowed = ", ".join(map(str, there))
        raise ParameterError(
            Fault("no_group", "by", value=name, allowed=allowed) for name in unknown
        )
    if twice := {name for name in names if names.count(name) > 1}:
        raise ParameterError(Fault("parameter_twice", "by", value=name) for name in sorted(twice))
    return names


def _columns(table: pd.DataFrame | pd.Series) -> list[Any]:
    return list(table.columns if table.ndim == 2 else table.index)

"""Tallies: what files hold, counted, in plain arrays.

A table of pandas is made of it for whoever works on in Python. Who only wants it written does not
wait for pandas, which takes longer to load than most files to count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from aistats.counting.combinations import Cells, Codes, exploded
from aistats.counting.files.query import FLOATS, INSTANTS, INTEGERS, WITH_ZONE, Column
from aistats.dates.edtf import Days

if TYPE_CHECKING:
    import pandas as pd

    from aistats.counting.schema import Kind


@dataclass(frozen=True)
class Tally:
    """A counts table.

    Parameters
    ----------
    by
        The columns that are grouped by, with their levels in order, a missing one last.
    cells
        Which levels and which period each row has, and its numbers.
    edges
        The first day of each period, and the day after the last.
    exposure
        What is known of each period, by name.
    lists
        The columns whose cells are lists.
    rows
        How many rows of the files were counted.
    files
        Their names.
    """

    by: Sequence[Column]
    cells: Cells
    edges: Days | None
    exposure: Mapping[str, NDArray[Any]]
    lists: Sequence[str]
    rows: int
    files: Sequence[str]

    def __len__(self) -> int:
        """Return how many rows the table has."""
        return len(next(iter(self.cells.measures.values())))

    def columns(self) -> dict[str, tuple[list[Any], Codes]]:
        """Return what is distinct in each column, and which of it each row has.

        Days and time stamps are texts, as pandas writes them; a missing level is None.
        """
        found: dict[str, tuple[list[Any], Codes]] = {}
        period = self.cells.period
        if self.edges is not None and period is not None:
            found["period"] = self.edges.astype(str).tolist(), period
        for column, codes in zip(self.by, self.cells.levels, strict=True):
            found[column.name] = _shown(column), codes
        for name, numbers in self.cells.measures.items():
            distinct, codes = np.unique(numbers, return_inverse=True)
            found[name] = distinct.tolist(), codes
        for name, known in self.exposure.items():
            assert period is not None
            found[name] = known.tolist(), period
        return found

    def frame(self) -> pd.DataFrame:
        """Return it as :func:`aistats.counting.counts.count_events` does."""
        from aistats.counting.combinations import Axis
        from aistats.counting.schema import CountsSchema, with_schema
        from aistats.counting.tables import table_of

        axes = [Axis(it.name, index_of(it), it.codes) for it in self.by]
        table = table_of(self.cells, axes, self.edges, self.exposure)
        kind: Kind = "counts" if self.edges is None else "periods"
        groups = [it.name for it in self.by]
        with_schema(table, CountsSchema(kind, groups, overlapping=self.lists))
        table.attrs |= {"rows": self.rows, "files": list(self.files)}
        return table


def told_apart(columns: Sequence[Column], size: int) -> tuple[list[Column], Codes, list[str]]:
    """Put the levels of a cube of some size in order, those within lists each for itself.

    Returns the columns, of which combination of the cube each of theirs is, and which held lists.
    """
    found, rows = list(columns), np.arange(size)
    several = []
    for at, column in enumerate(found):
        if any(isinstance(it, list | tuple) for it in column.levels):
            several.append(column.name)
            cells = [_levels_in(it) for it in column.levels]
            row, place = exploded(column.codes, np.array([len(it) for it in cells]))
            found = [replace(it, codes=it.codes[row]) for it in found]
            levels = [level for cell in cells for level in cell]
            kind = column.kind.removesuffix("[]")
            found[at], rows = Column(column.name, "", kind, levels, place), rows[row]
    return [_in_order(it) for it in found], rows, several


def _levels_in(cell: Sequence[Any] | None) -> list[Any]:
    """Return the distinct levels in a list; None where it states none."""
    known = (None if level != level else level for level in cell or ())
    return list(dict.fromkeys(known)) or [None]


def _in_order(column: Column) -> Column:
    known = sorted({it for it in column.levels if it is not None})
    levels = [*known, *([None] if None in column.levels else [])]
    place = {level: at for at, level in enumerate(levels)}
    codes = np.array([place[it] for it in column.levels], dtype=np.intp)[column.codes]
    return replace(column, levels=levels, codes=codes)


def _ticks(column: Column) -> NDArray[np.datetime64]:
    per_day = 86_400 if column.kind == "DATE" else 1
    ticks = ["NaT" if it is None else it * per_day for it in column.levels]
    return np.array(ticks, dtype=f"datetime64[{INSTANTS[column.kind]}]")


def _shown(column: Column) -> list[Any]:
    """Return levels as they are written."""
    if column.kind not in INSTANTS:
        return column.levels
    ticks, zoned = _ticks(column), column.kind in WITH_ZONE
    known = ticks[~np.isnat(ticks)]
    units = (f"datetime64[{it}]" for it in ("D", "s", "ms", "us")[zoned:])
    exact = next((it for it in units if (known.astype(it) == known).all()), ticks.dtype)
    zone = "+00:00" if zoned else ""
    texts = ticks.astype(exact).astype(str).tolist()
    return [None if it == "NaT" else it.replace("T", " ") + zone for it in texts]


def index_of(column: Column) -> pd.Index:
    """Return the levels of a column as pandas has them, whole numbers with all their digits."""
    import pandas as pd

    levels, kind = column.levels, column.kind
    if kind in INSTANTS:
        instants = pd.DatetimeIndex(_ticks(column))
        return instants.tz_localize("UTC") if kind in WITH_ZONE else instants
    missing = None in levels
    dtypes = {"VARCHAR": "str", "BOOLEAN": "boolean" if missing else "bool", **FLOATS}
    dtypes |= {it: known if missing else known.lower() for it, known in INTEGERS.items()}
    cells = np.empty(len(levels), dtype=object)
    cells[:] = levels
    index: pd.Index = pd.Index(cells, dtype=dtypes.get(kind, "object"), tupleize_cols=False)
    return index

"""Levels: the distinct values of a column that is grouped by.

The levels of a frame are a pandas index. Those of files are plain Python values with DuckDB's type
for them, because pandas takes longer to load than most files to count; they become an index only
when a dataframe is wanted. A cell that is a list holds several levels. Nothing here counts.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from aistats.counting.sql import FLOATS, INTEGERS, UNITS, UNITS_WITH_ZONE

if TYPE_CHECKING:
    import pandas as pd

_SECONDS_PER_DAY = 86_400
_COARSER = ("us", "ms", "s", "D")  # units of time, from fine to coarse
_NULLABLE = {name.lower(): name for name in INTEGERS.values()} | {"bool": "boolean"}
_DTYPES = {
    "VARCHAR": "str",
    "BOOLEAN": "bool",
    **{kind: name.lower() for kind, name in INTEGERS.items()},
    **FLOATS,
}
"""The types of pandas for DuckDB's; any other is kept as Python objects."""


@dataclass(frozen=True)
class PlainLevels:
    """Levels as plain Python values, a missing one (None) last.

    Parameters
    ----------
    cells
        Texts, numbers, truth values or tuples; days and time stamps as whole numbers since 1970.
    kind
        DuckDB's type for them.
    """

    cells: list[Any]
    kind: str

    def __len__(self) -> int:
        return len(self.cells)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.cells)

    def __getitem__(self, code: int) -> Any:  # noqa: ANN401 - a level of any type
        return self.cells[code]

    def texts(self) -> list[Any]:
        """Return the levels as texts where they are days or time stamps, as pandas writes them."""
        if self.kind not in UNITS:
            return self.cells
        zoned = self.kind in UNITS_WITH_ZONE
        instants = self._instants()
        unit = _coarsest_unit(instants, _COARSER[:-1] if zoned else _COARSER)
        texts = instants.astype(unit).astype(str)
        zone = "+00:00" if zoned else ""
        return [_written_instant(text, zone) for text in texts.tolist()]

    def index(self) -> pd.Index:
        """Return the levels as a pandas index; whole numbers keep all their digits."""
        import pandas as pd

        if self.kind in UNITS:
            instants = pd.DatetimeIndex(self._instants())
            if self.kind in UNITS_WITH_ZONE:
                return instants.tz_localize("UTC")
            return instants
        objects = np.empty(len(self.cells), dtype=object)
        objects[:] = self.cells
        index: pd.Index = pd.Index(objects, dtype=self._dtype(), tupleize_cols=False)
        return index

    def _instants(self) -> NDArray[np.datetime64]:
        unit = UNITS[self.kind]
        per_day = _SECONDS_PER_DAY if self.kind == "DATE" else 1
        ticks: list[Any] = []
        for value in self.cells:
            ticks.append("NaT" if value is None else value * per_day)
        return np.array(ticks, dtype=f"datetime64[{unit}]")

    def _dtype(self) -> str:
        dtype = _DTYPES.get(self.kind, "object")
        return nullable_dtype(dtype) if None in self.cells else dtype


def nullable_dtype(dtype: str) -> str:
    """Return the pandas type for values of a type that stand beside missing values.

    Left to itself, pandas makes such integers floats and such truth values objects.

    Examples
    --------
    >>> nullable_dtype("int64"), nullable_dtype("bool"), nullable_dtype("float64")
    ('Int64', 'boolean', 'float64')
    """
    return _NULLABLE.get(dtype, dtype)


def _coarsest_unit(instants: NDArray[np.datetime64], units: Sequence[str]) -> str:
    """Return the coarsest type of instants that loses nothing of them."""
    known = instants[~np.isnat(instants)]
    coarsest = str(instants.dtype)
    for unit in units:
        dtype = f"datetime64[{unit}]"
        if (known.astype(dtype) == known).all():
            coarsest = dtype
    return coarsest


def _written_instant(text: str, zone: str) -> str | None:
    """Return a text of NumPy as pandas writes it."""
    if text == "NaT":
        return None
    return text.replace("T", " ") + zone


def plain_levels(values: Iterable[Any], kind: str) -> tuple[PlainLevels, NDArray[np.intp]]:
    """Return the distinct levels among values, in order, and the position of each value's level.

    Examples
    --------
    >>> levels, codes = plain_levels(["US", None, "CN", "US"], "VARCHAR")
    >>> levels.cells, codes.tolist()
    (['CN', 'US', None], [1, 2, 0, 1])
    """
    values = list(values)
    distinct = set(values)
    levels = sorted(distinct - {None})
    if None in distinct:
        levels.append(None)
    place = {level: position for position, level in enumerate(levels)}
    codes = np.array([place[value] for value in values], dtype=np.intp)
    return PlainLevels(levels, kind), codes


def is_list(cell: object) -> bool:
    """Return whether a cell holds several levels."""
    return isinstance(cell, list | tuple | np.ndarray)


def levels_in(cell: Any) -> list[Hashable | None]:  # noqa: ANN401 - a cell of any table
    """Return the distinct levels in a cell; None stands for a missing one.

    Examples
    --------
    >>> levels_in(("CN", "US", "CN")), levels_in(float("nan")), levels_in([])
    (['CN', 'US'], [None], [None])
    """
    cells = cell if is_list(cell) else [cell]
    levels = map(_level_or_none, cells)
    distinct = dict.fromkeys(levels)
    return list(distinct) or [None]


def _level_or_none(level: Hashable) -> Hashable | None:
    return None if _is_missing(level) else level


def _is_missing(level: object) -> bool:
    """Return whether a level is None, NaN, NaT or NA, without loading pandas."""
    if level is None:
        return True
    differs = level != level  # as NaN and NaT do
    # NA compared with itself gives NA, which is no truth value.
    if not isinstance(differs, bool | np.bool_):
        return True
    return bool(differs)

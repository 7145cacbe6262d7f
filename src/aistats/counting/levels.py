"""Levels: the distinct values of a column that is counted by.

A frame has its levels as a pandas index. Files have theirs as plain Python values with the type
that DuckDB gives them, because pandas takes longer to load than most files to count; an index is
made of them when a frame is asked for. A cell that is a list holds several levels.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from aistats.counting.sql import FLOATS, INTEGERS, UNITS, UNITS_WITH_ZONE

if TYPE_CHECKING:
    import pandas as pd

_SECONDS_PER_DAY = 86_400


@dataclass(frozen=True)
class PlainLevels:
    """Levels as plain Python values, a missing one (None) last.

    Parameters
    ----------
    cells
        Texts, numbers, truth values or tuples; days and time stamps are whole numbers since 1970.
    kind
        The type that DuckDB has for them.
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
        """Return the levels as they are written: days and time stamps as pandas writes them."""
        if self.kind not in UNITS:
            return self.cells
        instants, zoned = self._instants(), self.kind in UNITS_WITH_ZONE
        known = instants[~np.isnat(instants)]
        unit: Any = instants.dtype
        for coarser in ("us", "ms", "s") if zoned else ("us", "ms", "s", "D"):
            if (known.astype(f"datetime64[{coarser}]") == known).all():
                unit = f"datetime64[{coarser}]"
        zone = "+00:00" if zoned else ""
        texts = instants.astype(unit).astype(str).tolist()
        return [None if text == "NaT" else text.replace("T", " ") + zone for text in texts]

    def index(self) -> pd.Index:
        """Return the levels as pandas has them, whole numbers with all their digits."""
        import pandas as pd

        if self.kind in UNITS:
            instants = pd.DatetimeIndex(self._instants())
            return instants.tz_localize("UTC") if self.kind in UNITS_WITH_ZONE else instants
        objects = np.empty(len(self.cells), dtype=object)
        objects[:] = self.cells
        index: pd.Index = pd.Index(objects, dtype=self._dtype(), tupleize_cols=False)
        return index

    def _instants(self) -> NDArray[np.datetime64]:
        per_day = _SECONDS_PER_DAY if self.kind == "DATE" else 1
        ticks = ["NaT" if value is None else value * per_day for value in self.cells]
        return np.array(ticks, dtype=f"datetime64[{UNITS[self.kind]}]")

    def _dtype(self) -> str:
        missing = None in self.cells
        if self.kind in INTEGERS:
            nullable = INTEGERS[self.kind]
            return nullable if missing else nullable.lower()
        if self.kind == "BOOLEAN":
            return "boolean" if missing else "bool"
        return {"VARCHAR": "str", **FLOATS}.get(self.kind, "object")


def plain_levels(values: Iterable[Any], kind: str) -> tuple[PlainLevels, NDArray[np.intp]]:
    """Return the distinct levels among some values, in order, and which of them each value is.

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
    """Return the distinct levels in a cell; None where it states none.

    Examples
    --------
    >>> levels_in(("CN", "US", "CN")), levels_in(float("nan")), levels_in([])
    (['CN', 'US'], [None], [None])
    """
    levels = cell if is_list(cell) else [cell]
    known = [None if _is_missing(level) else level for level in levels]
    return list(dict.fromkeys(known)) or [None]


def _is_missing(level: object) -> bool:
    """Return whether a level is None, NaN, NaT or NA, without pandas."""
    if level is None:
        return True
    differs = level != level  # as NaN and NaT do
    # Of NA it is not known whether it differs: the answer is NA again, and no truth value.
    return bool(differs) if isinstance(differs, bool | np.bool_) else True

"""Answers: a question put to a cube gives a counts table, whatever the cube was made from.

The table is made as arrays first. Who works on in Python takes a pandas table of them; who only
wants it written does not wait for pandas, which takes longer to load than most files to count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from aistats.counting.combinations import Axis, Cells, Codes, Cube, count_groups
from aistats.counting.exposure import exposure_of
from aistats.counting.periods import count_periods, edges_of, first_of
from aistats.counting.question import Question
from aistats.counting.schema import CountsSchema, with_schema
from aistats.dates.edtf import Days

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class CountsTable:
    """A counts table as arrays.

    Parameters
    ----------
    groups
        The columns that are grouped by, with their levels.
    cells
        Which levels and which period each row has, and its numbers.
    schema
        What the table records of itself.
    edges
        The first day of each period, and the day after the last; None where events are counted
        whatever their date.
    exposure
        What is known of each period, by name.
    """

    groups: Sequence[Axis]
    cells: Cells
    schema: CountsSchema
    edges: Days | None = None
    exposure: Mapping[str, NDArray[Any]] | None = None

    def __len__(self) -> int:
        return len(next(iter(self.cells.numbers.values())))

    def columns(self) -> dict[str, tuple[list[Any], Codes]]:
        """Return what is distinct in each column, and which of it each row has.

        Days and time stamps are texts, as pandas writes them; a missing level is None.
        """
        columns: dict[str, tuple[list[Any], Codes]] = {}
        period = self.cells.period
        if self.edges is not None and period is not None:
            columns["period"] = self.edges.astype(str).tolist(), period
        for axis, codes in zip(self.groups, self.cells.levels, strict=True):
            columns[axis.name] = axis.plain.texts(), codes
        for name, numbers in self.cells.numbers.items():
            distinct, codes = np.unique(numbers, return_inverse=True)
            columns[name] = distinct.tolist(), codes
        for name, known in (self.exposure or {}).items():
            assert period is not None
            columns[name] = known.tolist(), period
        return columns

    def frame(self) -> pd.DataFrame:
        """Return the table as :func:`aistats.count_events` does."""
        import pandas as pd

        columns: dict[str, object] = {}
        period = self.cells.period
        if self.edges is not None:
            columns["period"] = self.edges[period].astype("datetime64[s]")
        for axis, codes in zip(self.groups, self.cells.levels, strict=True):
            levels = axis.index()
            columns[axis.name] = pd.Series(levels.take(codes), dtype=levels.dtype)
        columns |= self.cells.numbers
        for name, known in (self.exposure or {}).items():
            columns[name] = known[period]
        return with_schema(pd.DataFrame(columns), self.schema)


def answer(cube: Cube, question: Question) -> CountsTable:
    """Count the events of a cube by what is asked for.

    Raises
    ------
    ParameterError
        If a complete table would have more rows than anybody reads.
    DataError
        If the table of coverage is wrong.

    Examples
    --------
    >>> from aistats.counting.levels import PlainLevels
    >>> region = Axis("region", PlainLevels(["CN", "US"], "VARCHAR"), np.array([0, 1]))
    >>> cube = Cube([region], np.array([2, 1]), events=3)
    >>> answer(cube, Question(by="region")).columns()
    {'region': (['CN', 'US'], array([0, 1])), 'count': ([1, 2], array([1, 0]))}
    """
    if question.period is None or cube.days is None:
        cells = count_groups(cube.n, cube.codes, cube.sizes, complete=question.complete)
        schema = _schema(cube, question, cells.numbers["count"])
        return CountsTable(cube.groups, cells, schema)
    windows = question.windows
    edges = edges_of(cube.days, question.period, question.between, windows)
    cells = count_periods(
        cube.n,
        cube.days,
        cube.codes,
        cube.sizes,
        edges,
        covered=windows,
        complete=question.complete,
    )
    exposure: dict[str, NDArray[np.generic]] = {}
    if question.coverage is not None and windows is not None:
        exposure = exposure_of(edges, question.coverage, windows)
    schema = _schema(_at_resolution(cube, question), question, cells.numbers["possible"])
    return CountsTable(cube.groups, cells, schema, edges, exposure)


def _schema(cube: Cube, question: Question, counted: NDArray[np.generic]) -> CountsSchema:
    kept = None if question.counts is not None else cube
    return CountsSchema(
        "counts" if question.period is None else "periods",
        question.groups,
        overlapping=cube.lists,
        cube=kept,
        in_all=int(counted.sum()),
    )


def _at_resolution(cube: Cube, question: Question) -> Cube:
    """Return a cube at the resolution that counting needed.

    Where all dates are single days and nothing is asked of days, the first day of a period stands
    for all of them. So the cube does not depend on how the dates were written or read.
    """
    if question.period is None or cube.days is None or question.needs_days:
        return cube
    first, last = cube.days.T
    if (first != last).any():
        return cube
    if len(first):
        first = first_of(question.period, question.between, first)
    return replace(cube, days=np.column_stack([first, first]), resolution=question.period)

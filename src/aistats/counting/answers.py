"""Answers: the counts table for a question and a cube, whatever the cube was counted from.

A cube and a question come in; a counts table as arrays goes out. It becomes a dataframe when
somebody works on in Python. The command line writes the arrays without pandas, which takes longer
to load than most files to count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from aistats.counting.combinations import Axis, Cells, Codes, Cube, count_groups, encode
from aistats.counting.exposure import exposure_of
from aistats.counting.periods import count_periods, edges_of, first_of
from aistats.counting.question import Question
from aistats.counting.schema import CountsSchema, with_schema
from aistats.dates.calendar import Period
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
        The levels, the period and the numbers of each row.
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
        numbers = self.cells.numbers.values()
        first_column = next(iter(numbers))
        return len(first_column)

    def columns(self) -> dict[str, tuple[list[Any], Codes]]:
        """Return the distinct values of each column, and the position of each row's value.

        Days and time stamps are texts, as pandas writes them; a missing level is None.
        """
        columns: dict[str, tuple[list[Any], Codes]] = {}
        period = self.cells.period
        if self.edges is not None and period is not None:
            days = self.edges.astype(str)
            columns["period"] = days.tolist(), period
        for axis, codes in self._levels():
            columns[axis.name] = axis.plain.texts(), codes
        for name, numbers in self.cells.numbers.items():
            distinct, codes = encode(numbers)
            columns[name] = distinct.tolist(), codes
        for name, values in self._exposure().items():
            assert period is not None
            columns[name] = values.tolist(), period
        return columns

    def frame(self) -> pd.DataFrame:
        """Return the table as :func:`aistats.count_events` does."""
        import pandas as pd

        columns: dict[str, object] = {}
        period = self.cells.period
        if self.edges is not None:
            first_days = self.edges[period]
            columns["period"] = first_days.astype("datetime64[s]")
        for axis, codes in self._levels():
            columns[axis.name] = axis.column(codes)
        columns |= self.cells.numbers
        for name, values in self._exposure().items():
            columns[name] = values[period]
        table = pd.DataFrame(columns)
        return with_schema(table, self.schema)

    def _levels(self) -> Iterator[tuple[Axis, Codes]]:
        """Yield each column that is grouped by, with the level of each row."""
        levels = self.cells.levels
        return zip(self.groups, levels, strict=True)

    def _exposure(self) -> Mapping[str, NDArray[Any]]:
        return self.exposure or {}


def answer(cube: Cube, question: Question) -> CountsTable:
    """Return the counts table that a question asks for.

    Raises
    ------
    ParameterError
        If a complete table would have more rows than anybody reads.
    DataError
        If the table of coverage is invalid.

    Examples
    --------
    >>> from aistats.counting.levels import PlainLevels
    >>> region = Axis("region", PlainLevels(["CN", "US"], "VARCHAR"), np.array([0, 1]))
    >>> cube = Cube([region], np.array([2, 1]), events=3)
    >>> answer(cube, Question(by="region")).columns()
    {'region': (['CN', 'US'], array([0, 1])), 'count': ([1, 2], array([1, 0]))}
    """
    if question.period is not None and cube.days is not None:
        return _answer_by_period(cube, question, cube.days, question.period)
    complete = question.complete
    cells = count_groups(cube, complete=complete)
    schema = _schema(cube, question, cells)
    return CountsTable(cube.groups, cells, schema)


def _answer_by_period(
    cube: Cube,
    question: Question,
    days: Days,
    period: Period,
) -> CountsTable:
    """Return the counts table of a cube with days, by period."""
    windows = question.windows
    edges = edges_of(days, period, question.between, windows)
    cells = count_periods(cube, edges, covered=windows, complete=question.complete)
    exposure: dict[str, NDArray[Any]] = {}
    if question.coverage is not None and windows is not None:
        exposure = exposure_of(edges, question.coverage, windows)
    kept = _at_resolution(cube, question)
    schema = _schema(kept, question, cells)
    return CountsTable(cube.groups, cells, schema, edges, exposure)


def _schema(cube: Cube, question: Question, cells: Cells) -> CountsSchema:
    """Return what a counts table records of itself."""
    number = "count" if cells.period is None else "possible"
    in_all = cells.numbers[number].sum()
    return CountsSchema(
        "counts" if cells.period is None else "periods",
        question.groups,
        overlapping=cube.lists,
        cube=None if question.counts is not None else cube,
        in_all=int(in_all),
    )


def _at_resolution(cube: Cube, question: Question) -> Cube:
    """Return a cube at the resolution that counting needed.

    Where all dates are single days and the question needs no days, the first day of a period stands
    for all of them. So the cube does not depend on how the dates were written or read.
    """
    if question.period is None or cube.days is None or question.needs_days:
        return cube
    first, last = cube.days.T
    if (first != last).any():
        return cube
    if len(first):
        first = first_of(question.period, question.between, first)
    days = np.column_stack([first, first])
    return replace(cube, days=days, resolution=question.period)

"""Checks: which columns of files are counted, and what is distinct in them, checked once each.

Days and plain levels need no check. A codebook and dates that are written otherwise do; these are
checked as in any table, by the modules that read tables, which are loaded only then.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aistats.counting.combinations import Axis, Counts
from aistats.counting.files.places import Wrong
from aistats.counting.files.query import Combinations
from aistats.counting.files.sources import ISO_DAY, Source
from aistats.counting.levels import PlainLevels
from aistats.counting.question import refuse_unknown_columns
from aistats.dates.calendar import date_columns
from aistats.dates.edtf import FIRST_DAY, LAST_DAY, MARGIN_DAYS, Days, parse_edtf
from aistats.faults import AistatsError, DataError, Fault, ParameterError
from aistats.tables.codebook import DESCRIPTOR, Codebook, Field, Table, read_codebook


def find_table(source: Source, codebook: Codebook | str | Path | None) -> Table | None:
    """Return the table of a codebook that says what the rows may hold, if there is one."""
    if isinstance(codebook, Codebook):
        return codebook.table("events")
    if codebook is not None:
        return read_codebook(codebook).table("events")
    if len(source.files) > 1:
        return None
    path = Path(next(iter(source.files)))
    if not path.with_name(DESCRIPTOR).is_file():
        return None
    tables = read_codebook(path.parent).tables.values()
    return next((table for table in tables if table.path == path.name), None)


class Checks:
    """The columns that are counted, and all that is wrong with what stands in them.

    Parameters
    ----------
    table
        The table of a codebook that says what the rows may hold, if there is one.
    lists
        Columns of text whose cells are lists, and what separates the values.
    dates
        How numbers are a date, where that is said.
    source
        The files.

    Attributes
    ----------
    days
        The first and last day of each combination, once the dates have been read.
    wrong, doubtful
        What must not be, and what is worth a second look.
    """

    def __init__(
        self, table: Table | None, lists: Mapping[str, str], dates: str | None, source: Source
    ) -> None:
        self.wrong: list[Wrong] = []
        self.doubtful: list[Wrong] = []
        self.days: Days
        self._table = table
        self._fields: Mapping[str, Field] = table.fields if table else {}
        self._lists = lists
        self._order = dates
        self._source = source
        self._axes: dict[str, Axis] = {}
        self._derived: dict[str, Field] = {}

    # Which columns -------------------------------------------------------------------------------

    def when(self, date: str | tuple[str, str] | None) -> list[str]:
        """Return the columns that say when."""
        if date is None and self._by_report:
            return ["date", "reported"]
        return date_columns(self._source.columns, date)

    @property
    def _by_report(self) -> bool:
        """Whether an event without a date has that of its report."""
        names = ("date", "reported")
        return all(self.is_edtf(name) and name in self._source.columns for name in names)

    def is_edtf(self, column: str) -> bool:
        """Whether a codebook says that a column is EDTF and nothing else."""
        return column in self._fields and self._fields[column].edtf

    def groups(self, by: Sequence[str]) -> list[str]:
        """Return the columns to group by: of derived ones those that they are derived from."""
        there = self._source.columns
        derived = {field.groups.name: field for field in self._fields.values() if field.groups}
        refuse_unknown_columns([*by, *self._lists], [*there, *derived])
        refuse_unknown_columns([*self._lists], [*there])
        no_text = [name for name in self._lists if there[name] != "VARCHAR"]
        if no_text:
            raise ParameterError(Fault("nothing_to_split", value=name) for name in no_text)
        self._derived = {name: derived[name] for name in by if name not in there}
        bases = [self._derived[name].name if name in self._derived else name for name in by]
        return list(dict.fromkeys(bases))

    # What stands in them -------------------------------------------------------------------------

    def read(self, combinations: Combinations, dates: int) -> None:
        """Read and check what is distinct: first some columns of dates, then those of levels."""
        for number, axis in enumerate(combinations.axes):
            if number >= dates:
                self._axes[axis.name] = self._read_levels(number, axis)
            elif self.is_edtf(axis.name):
                self._check(number, axis, self._fields[axis.name])
        if dates:
            self._read_dates(combinations.axes[:dates], combinations.n)

    def levels(self, by: Sequence[str]) -> list[Axis]:
        """Return the columns that are grouped by, with the level of each combination."""
        axes = []
        for name in by:
            base = self._derived.get(name)
            if base is None:
                axes.append(self._axes[name])
                continue
            axis = self._axes[base.name]
            groups = [base.group_of(level) for level in axis.levels]
            axes.append(Axis(name, PlainLevels(groups, "VARCHAR"), axis.codes))
        return axes

    def _read_levels(self, number: int, axis: Axis) -> Axis:
        if axis.name in self._lists:
            cells = self._split(number, axis, self._lists[axis.name])
            return replace(axis, levels=PlainLevels(cells, "VARCHAR"))
        if axis.name in self._fields:
            self._check(number, axis, self._fields[axis.name])
        return axis

    def _split(self, number: int, axis: Axis, separator: str) -> list[Any]:
        """Return lists of the values in each cell, checked each."""
        import pandas as pd

        from aistats.tables.foreign import Reading, split_cell
        from aistats.tables.validation import cell_faults

        reading = Reading("", {axis.name: axis.name}, [])
        cells = pd.Series(list(axis.levels), dtype="str")
        lists = reading.by_value([axis.name], cells, partial(split_cell, separator))
        faults = reading.faults
        if field := self._fields.get(axis.name):
            field = replace(field, edtf=False, pattern=None, unique=False)
            faults += cell_faults(lists.explode(), field, "")
        self._add(number, axis, faults)
        return [cell if isinstance(cell, tuple) else () for cell in lists]

    def _check(self, number: int, axis: Axis, field: Field) -> None:
        import pandas as pd

        from aistats.tables.validation import cell_faults

        texts = [None if level is None else str(level) for level in axis.levels]
        cells = pd.Series(texts, dtype="str")
        self._add(number, axis, cell_faults(cells, replace(field, unique=False), ""))

    def _add(self, number: int, axis: Axis, faults: Sequence[Fault]) -> None:
        """Take over faults whose lines are the codes of levels."""
        for fault in faults:
            code = fault.line or 0
            self._refuse(replace(fault, line=None), (number, axis, code))

    def _refuse(self, fault: Fault, *levels: tuple[int, Axis, int]) -> None:
        """Note what is wrong with some levels: the number of each column, its axis and the code."""
        self.wrong.append(_wrong(fault, levels))

    # Dates ---------------------------------------------------------------------------------------

    def _read_dates(self, axes: Sequence[Axis], n: Counts) -> None:
        if self._by_report and [axis.name for axis in axes] == ["date", "reported"]:
            self._read_own(axes)
            return
        order, unclear = self._find_order(axes)
        ends = [self._ends(number, axis, n, order, unclear) for number, axis in enumerate(axes)]
        first = ends[0][axes[0].codes, 0]
        last = ends[-1][axes[-1].codes, 1]
        self.days = np.column_stack([first, last])
        if len(axes) == 2:
            self._refuse_reversed(axes, last < first)

    def _refuse_reversed(self, axes: Sequence[Axis], is_reversed: NDArray[np.bool_]) -> None:
        """Refuse each pair of a start and an end in which the end comes first."""
        pairs = np.column_stack([axis.codes for axis in axes])[is_reversed]
        name = " + ".join(axis.name for axis in axes)
        for start, end in np.unique(pairs, axis=0).tolist():
            levels = (0, axes[0], start), (1, axes[1], end)
            value = "/".join(_shown(axis.plain[code]) for _, axis, code in levels)
            self._refuse(Fault("reversed", column=name, value=value), *levels)

    def _read_own(self, axes: Sequence[Axis]) -> None:
        """Read the dates of a table of ours, and those of the reports where none is stated."""
        assert self._table is not None
        self.days = np.full((len(axes[0].codes), 2), "NaT", "datetime64[D]")
        if self.wrong:
            return
        import pandas as pd

        from aistats.tables.events import days_of

        texts = {axis.name: axis.index().take(axis.codes) for axis in axes}
        days, apart = days_of(pd.DataFrame(texts), self._table)
        self.days = days[["earliest", "latest"]].to_numpy("datetime64[D]")
        pairs = np.column_stack([axis.codes for axis in axes])[apart]
        for one, other in np.unique(pairs, axis=0).tolist():
            date, reported = axes[0].plain[one], axes[1].plain[other]
            fault = Fault("apart", column="date", value=date, allowed=reported)
            levels = (0, axes[0], one), (1, axes[1], other)
            self.doubtful.append(_wrong(fault, levels))

    def _find_order(self, axes: Sequence[Axis]) -> tuple[str | None, set[str]]:
        """Find the order of numbers in all columns of text; return also what cannot be read."""
        texts = [
            (number, axis)
            for number, axis in enumerate(axes)
            if axis.plain.kind == "VARCHAR" and not self.is_edtf(axis.name)
        ]
        if not texts:
            return None, set()
        import pandas as pd

        from aistats.tables.foreign import Reading, find_order

        columns: list[pd.Series] = []
        owner: list[tuple[int, Axis, int]] = []
        for number, axis in texts:
            index = range(len(owner), len(owner) + len(axis.levels))
            columns.append(pd.Series(list(axis.levels), index, dtype="str"))
            owner += [(number, axis, code) for code in range(len(axis.levels))]
        names = {axis.name: axis.name for axis in axes}
        reading = Reading("", names, [])
        order, _, unclear = find_order(columns, reading, tuple(names), self._order)
        for fault in reading.faults:
            examples = tuple(line.partition(": ")[2] for line in fault.lines)  # without numbers
            self._refuse(replace(fault, line=None, lines=examples), owner[fault.line or 0])
        return order, set(unclear)

    def _ends(
        self, number: int, axis: Axis, n: Counts, order: str | None, unclear: set[str]
    ) -> Days:
        """Return the first and last day of each level; what is no date is wrong, or missing."""
        ends = np.full((len(axis.levels), 2), "NaT", "datetime64[D]")
        for code, level in enumerate(axis.levels):
            if level in unclear:
                continue
            try:
                ends[code] = self._read_date(axis.name, order, level)
            except AistatsError as error:
                if not self.is_edtf(axis.name):  # else `_check` has refused it already
                    fault = replace(error.faults[0], column=axis.name)
                    self._refuse(fault, (number, axis, code))
                continue
            if np.isnat(ends[code, 0]):
                rows = int(n[axis.codes == code].sum())
                fault = Fault("undated", column=axis.name, value=rows)
                self._refuse(fault, (number, axis, code))
        return ends

    def _read_date(
        self, column: str, order: str | None, level: object
    ) -> tuple[dt.date | np.datetime64, dt.date | np.datetime64]:
        """Return the first and last day of a date; none where it says that there is none."""
        none = np.datetime64("NaT", "D")
        if isinstance(level, int):  # days
            day = np.datetime64(level, "D")
            if not FIRST_DAY <= day <= LAST_DAY:
                raise DataError([Fault("impossible", value=day)])
            return day, day
        if level is None:
            return none, none
        text = str(level)
        if self.is_edtf(column):
            return parse_edtf(text, margin_days=self._fields[column].margin_days)
        if ISO_DAY.fullmatch(text) and (iso := _iso_day(text)):  # as most are
            return iso, iso
        from aistats.dates.spellings import read_date

        edtf = read_date(text, order=order).checked()
        return parse_edtf(edtf, margin_days=MARGIN_DAYS) if edtf else (none, none)


def _wrong(fault: Fault, levels: Sequence[tuple[int, Axis, int]]) -> Wrong:
    _, first, code = levels[0]
    return Wrong(
        fault,
        tuple(number for number, _, _ in levels),
        tuple(code for _, _, code in levels),
        first.plain[code],
    )


def _iso_day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:  # databases write 2025-12-00 for a month
        return None


def _shown(level: object) -> str:
    return str(np.datetime64(level, "D")) if isinstance(level, int) else str(level)

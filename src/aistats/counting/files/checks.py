"""Checks: what the columns are, and what is distinct in them, read and checked once each.

Days and plain levels need nothing for that. What a codebook or somebody's way of writing dates asks
of them is asked as of any table, by the rooms that read tables, which are loaded only then.
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

from aistats.counting.files.places import Wrong
from aistats.counting.files.query import Column
from aistats.counting.files.sources import ISO_DAY, Source
from aistats.counting.files.tally import index_of
from aistats.dates.edtf import FIRST_DAY, LAST_DAY, MARGIN_DAYS, date_names, parse_edtf
from aistats.faults import AistatsError, DataError, Fault, ParameterError, choices_shown
from aistats.tables.codebook import DESCRIPTOR, Codebook, Field, Table, read_codebook

_Days = NDArray[np.datetime64]


def table_of(source: Source, codebook: Codebook | str | Path | None) -> Table | None:
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
    """The columns that are counted, and all that is wrong with what stands in them."""

    def __init__(
        self, table: Table | None, lists: Mapping[str, str], dates: str | None, source: Source
    ) -> None:
        self.wrong: list[Wrong] = []
        self.doubtful: list[Wrong] = []
        self.days: _Days
        self._table = table
        self._fields: Mapping[str, Field] = table.fields if table else {}
        self._lists = lists
        self._order = dates
        self._source = source
        self._levels: dict[str, Column] = {}

    # Which columns -------------------------------------------------------------------------------

    def when(self, date: str | tuple[str, str] | None) -> list[str]:
        """Return the columns that say when."""
        there = self._source.columns
        if date is None and self._by_report:
            return ["date", "reported"]
        names = date_names(there, date)
        if date is None and names[0] not in there:
            allowed = choices_shown("date", there)
            raise DataError([Fault("no_date_column", self._file, allowed=allowed)])
        self._refuse_unknown([it for it in names if it not in there])
        return names

    @property
    def _by_report(self) -> bool:
        """Whether an event without a date has that of its report."""
        ours = [it for it in ("date", "reported") if it in self._fields and self._fields[it].edtf]
        return len(ours) == 2 and set(ours) <= set(self._source.columns)

    def own(self, column: str) -> bool:
        """Whether a codebook says that a column is EDTF and nothing else."""
        return column in self._fields and self._fields[column].edtf

    def groups(self, by: Sequence[str]) -> list[str]:
        """Return the columns to group by: of derived ones those that they are derived from."""
        there = self._source.columns
        self._derived = {
            it: next((f for f in self._fields.values() if f.groups and f.groups.name == it), None)
            for it in by
            if it not in there
        }
        base = {it: f.name if f else it for it, f in self._derived.items()}
        self._refuse_unknown([it for it in [*base.values(), *self._lists] if it not in there])
        if other := [it for it in self._lists if there[it] != "VARCHAR"]:
            raise ParameterError(Fault("nothing_to_split", value=it) for it in other)
        return list(dict.fromkeys(base.get(it, it) for it in by))

    def _refuse_unknown(self, names: Sequence[str]) -> None:
        derived = (f.groups.name for f in self._fields.values() if f.groups)
        there = [*self._source.columns, *derived]
        if names:
            raise DataError(
                Fault("no_column", self._file, value=it, allowed=choices_shown(it, there))
                for it in names
            )

    @property
    def _file(self) -> str:
        return next(iter(self._source.files))

    # What stands in them -------------------------------------------------------------------------

    def read(self, columns: Sequence[Column], n: NDArray[np.int64], dates: int) -> None:
        """Read and check what is distinct: first some columns of dates, then those of levels."""
        for at, column in enumerate(columns):
            if at >= dates:
                self._levels[column.name] = self._read_levels(at, column)
            elif self.own(column.name):
                self._check(at, column, self._fields[column.name])
        if dates:
            self._read_dates(columns[:dates], n)

    def levels(self, by: Sequence[str]) -> list[Column]:
        """Return the columns that are grouped by, with the level of each row of the cube."""
        found = []
        for it in by:
            if base := self._derived.get(it):
                column = self._levels[base.name]
                groups: list[Any] = [*map(base.group_of, column.levels)]
                found.append(replace(column, name=it, kind="VARCHAR", levels=groups))
            else:
                found.append(self._levels[it])
        return found

    def _read_levels(self, at: int, column: Column) -> Column:
        if column.name in self._lists:
            return replace(column, levels=self._split(at, column, self._lists[column.name]))
        if column.name in self._fields:
            self._check(at, column, self._fields[column.name])
        return column

    def _split(self, at: int, column: Column, separator: str) -> list[Any]:
        """Return lists of the values in each cell, checked each."""
        import pandas as pd

        from aistats.tables.foreign import Reading, split_cell
        from aistats.tables.validation import cell_faults

        reading = Reading("", {column.name: column.name}, [])
        cells = pd.Series(column.levels, dtype="str")
        lists = reading.by_value([column.name], cells, partial(split_cell, separator))
        faults = reading.faults
        if field := self._fields.get(column.name):
            field = replace(field, edtf=False, pattern=None, unique=False)
            faults += cell_faults(lists.explode(), field, "")
        self._add(at, faults)
        return [it if isinstance(it, tuple) else () for it in lists]

    def _check(self, at: int, column: Column, field: Field) -> None:
        import pandas as pd

        from aistats.tables.validation import cell_faults

        cells = [None if it is None else str(it) for it in column.levels]
        self._add(at, cell_faults(pd.Series(cells, dtype="str"), replace(field, unique=False), ""))

    def _add(self, at: int, faults: Sequence[Fault]) -> None:
        """Take over faults whose lines are numbers of levels."""
        for it in faults:
            self.wrong.append(Wrong(replace(it, line=None), (at,), (it.line or 0,)))

    # Dates ---------------------------------------------------------------------------------------

    def _read_dates(self, columns: Sequence[Column], n: NDArray[np.int64]) -> None:
        if self._by_report and [it.name for it in columns] == ["date", "reported"]:
            self._read_own(columns)
            return
        order, wrong = self._find_order(columns)
        ends = [self._ends(at, it, n, order, wrong) for at, it in enumerate(columns)]
        first, last = ends[0][0][columns[0].codes], ends[-1][1][columns[-1].codes]
        self.days = np.column_stack([first, last])
        if len(columns) == 2:
            pairs = np.column_stack([it.codes for it in columns])[last < first]
            for pair in np.unique(pairs, axis=0):
                said = (it.levels[code] for it, code in zip(columns, pair, strict=True))
                name = " + ".join(it.name for it in columns)
                fault = Fault("reversed", column=name, value="/".join(map(_shown, said)))
                self.wrong.append(Wrong(fault, (0, 1), tuple(map(int, pair))))

    def _read_own(self, columns: Sequence[Column]) -> None:
        """Read the dates of a table of ours, and those of the reports where none is stated."""
        assert self._table is not None
        self.days = np.full((len(columns[0].codes), 2), "NaT", "datetime64[D]")
        if self.wrong:
            return
        import pandas as pd

        from aistats.tables.events import days_of

        texts = {it.name: index_of(it).take(it.codes) for it in columns}
        days, apart = days_of(pd.DataFrame(texts), self._table)
        self.days = days[["earliest", "latest"]].to_numpy("datetime64[D]")
        pairs = np.column_stack([it.codes for it in columns])[apart]
        for one, other in np.unique(pairs, axis=0).tolist():
            date, reported = columns[0].levels[one], columns[1].levels[other]
            fault = Fault("apart", column="date", value=date, allowed=reported)
            self.doubtful.append(Wrong(fault, (0, 1), (one, other)))

    def _find_order(self, columns: Sequence[Column]) -> tuple[str | None, set[str]]:
        """Find the order of numbers in all columns of text; return also what cannot be read."""
        if all(it.kind != "VARCHAR" or self.own(it.name) for it in columns):
            return None, set()
        import pandas as pd

        from aistats.tables.foreign import Reading, find_order

        texts: list[pd.Series] = []
        owner: dict[int, tuple[int, int]] = {}
        for at, it in enumerate(columns):
            if it.kind == "VARCHAR" and not self.own(it.name):
                start = len(owner)
                owner |= {start + code: (at, code) for code in range(len(it.levels))}
                index = range(start, len(owner))
                texts.append(pd.Series(it.levels, index, dtype="str"))
        names = {it.name: it.name for it in columns}
        reading = Reading("", names, [])
        order, _, unclear = find_order(texts, reading, tuple(names), self._order)
        for fault in reading.faults:
            at, code = owner[fault.line or 0]
            seen = tuple(line.partition(": ")[2] for line in fault.lines)  # without their numbers
            self.wrong.append(Wrong(replace(fault, line=None, lines=seen), (at,), (code,)))
        return order, set(unclear)

    def _ends(
        self,
        at: int,
        column: Column,
        n: NDArray[np.int64],
        order: str | None,
        unclear: set[str],
    ) -> tuple[_Days, _Days]:
        """Return the first and last day of each level; what is no date is wrong, or missing."""
        ends = np.full((len(column.levels), 2), "NaT", "datetime64[D]")
        read = partial(self._read_date, column, order)
        for code, level in enumerate(column.levels):
            if level in unclear:
                continue
            try:
                ends[code] = read(level)
            except AistatsError as error:
                if not self.own(column.name):  # else that has been said
                    fault = replace(error.faults[0], column=column.name)
                    self.wrong.append(Wrong(fault, (at,), (code,)))
                continue
            if np.isnat(ends[code, 0]):
                rows = int(n[column.codes == code].sum())
                fault = Fault("undated", column=column.name, value=rows)
                self.wrong.append(Wrong(fault, (at,), (code,)))
        return ends[:, 0], ends[:, 1]

    def _read_date(
        self, column: Column, order: str | None, level: object
    ) -> tuple[dt.date | np.datetime64, dt.date | np.datetime64]:
        """Return the first and last day of a date; none where it says that there is none."""
        none = (np.datetime64("NaT", "D"),) * 2
        if isinstance(level, int):  # days
            day = np.datetime64(level, "D")
            if not FIRST_DAY <= day <= LAST_DAY:
                raise DataError([Fault("impossible", value=day)])
            return day, day
        if level is None:
            return none
        text = str(level)
        if self.own(column.name):
            return parse_edtf(text, margin_days=self._fields[column.name].margin_days)
        if ISO_DAY.fullmatch(text) and (iso := _iso_day(text)):  # as most are
            return iso, iso
        from aistats.dates.spellings import read_date

        edtf = read_date(text, order=order).checked()
        return parse_edtf(edtf, margin_days=MARGIN_DAYS) if edtf else none


def _iso_day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:  # databases write 2025-12-00 for a month
        return None


def _shown(level: object) -> str:
    return str(np.datetime64(level, "D")) if isinstance(level, int) else str(level)

"""Checks: which columns of files are counted, and whether their distinct values are valid.

The columns of files and the distinct values in them come in; out come the days and levels of each
combination, and the problems of single values. Days and plain levels need no check. A codebook,
lists and dates in other notations do; they are checked as in any table, by the modules that read
tables, which take long to import and are therefore imported only then.
"""

from __future__ import annotations

import bisect
import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aistats.counting.combinations import Axis, Counts
from aistats.counting.files.places import WrongLevel
from aistats.counting.files.query import Combinations
from aistats.counting.files.sources import ISO_DAY, Source
from aistats.counting.levels import PlainLevels
from aistats.dates.calendar import date_columns
from aistats.dates.edtf import FIRST_DAY, LAST_DAY, MARGIN_DAYS, Days, Order, parse_edtf
from aistats.faults import AistatsError, DataError, Fault, ParameterError, reject_unknown_columns
from aistats.tables.codebook import DESCRIPTOR, Codebook, Field, Table, read_codebook

_Day = dt.date | np.datetime64
_Interval = tuple[_Day, _Day]

_REPORTED_DATES = ["date", "reported"]
_NO_DAY = np.datetime64("NaT", "D")


def find_table(source: Source, codebook: Codebook | str | Path | None) -> Table | None:
    """Return the table of the codebook that describes the rows, if there is one.

    Parameters
    ----------
    source
        The files.
    codebook
        A codebook or its path; by default the one beside a single file, if it lists the file.
    """
    if isinstance(codebook, Codebook):
        return codebook.table("events")
    if codebook is not None:
        return read_codebook(codebook).table("events")
    if len(source.files) > 1:
        return None
    path = Path(next(iter(source.files)))
    if not path.with_name(DESCRIPTOR).is_file():
        return None
    neighbour = read_codebook(path.parent)
    for table in neighbour.tables.values():
        if table.path == path.name:
            return table
    return None


@dataclass(frozen=True)
class _Level:
    """A distinct value of a column: the number of the column, its axis, and the code."""

    column: int
    axis: Axis
    code: int

    @property
    def value(self) -> Any:  # noqa: ANN401 - a level of any type
        """The value, as DuckDB gives it."""
        return self.axis.plain[self.code]


@dataclass(frozen=True)
class _DateOrder:
    """The order of numeric dates in all columns, and the texts that cannot be read."""

    order: Order | None = None
    unreadable: Collection[str] = ()


class Checks:
    """The columns that are counted, and the problems of their values.

    Parameters
    ----------
    table
        The table of a codebook that describes the rows, if there is one.
    lists
        The separator of each multi-valued column of text.
    dates
        The order of numeric dates, where it is stated.
    source
        The files.

    Attributes
    ----------
    days
        The first and last day of each combination, once the dates have been read.
    wrong, doubtful
        The levels that are problems, and those that are worth a second look.
    """

    def __init__(
        self, table: Table | None, lists: Mapping[str, str], dates: Order | None, source: Source
    ) -> None:
        self.wrong: list[WrongLevel] = []
        self.doubtful: list[WrongLevel] = []
        self.days: Days
        self._table = table
        self._fields: Mapping[str, Field] = table.fields if table else {}
        self._lists = lists
        self._order = dates
        self._source = source
        self._axes: dict[str, Axis] = {}
        self._derived = {}
        for field in self._fields.values():
            if field.groups and field.groups.name not in source.columns:
                self._derived[field.groups.name] = field

    # Which columns -------------------------------------------------------------------------------

    def when(self, date: str | tuple[str, str] | None) -> list[str]:
        """Return the columns of dates."""
        if date is None and self._has_reports:
            return list(_REPORTED_DATES)
        columns = self._source.columns
        return date_columns(columns, date)

    @property
    def _has_reports(self) -> bool:
        """Whether an event without a date has that of its report."""
        columns = self._source.columns
        return all(self.is_edtf(name) and name in columns for name in _REPORTED_DATES)

    def is_edtf(self, column: str) -> bool:
        """Return whether a codebook says that a column holds EDTF."""
        field = self._fields.get(column)
        return field is not None and field.edtf

    def groups(self, by: Sequence[str]) -> list[str]:
        """Return the columns to group by; for derived ones, the columns they are derived from.

        Raises
        ------
        ParameterError
            If there is no such column, or a column of lists is not text.
        """
        columns = self._source.columns
        reject_unknown_columns([*by, *self._lists], [*columns, *self._derived])
        self._check_lists()
        bases = []
        for name in by:
            field = self._derived.get(name)
            bases.append(name if field is None else field.name)
        return list(dict.fromkeys(bases))

    def _check_lists(self) -> None:
        """Reject lists in columns that do not exist or are not text."""
        columns = self._source.columns
        reject_unknown_columns(list(self._lists), list(columns))
        no_text = [name for name in self._lists if columns[name] != "VARCHAR"]
        if no_text:
            raise ParameterError(Fault("nothing_to_split", value=name) for name in no_text)

    # Their values --------------------------------------------------------------------------------

    def read(self, combinations: Combinations, dates: int) -> None:
        """Read and check the distinct values.

        Parameters
        ----------
        combinations
            The combinations of all columns.
        dates
            How many of the columns, from the first, hold dates.
        """
        axes = combinations.axes
        for number, axis in enumerate(axes):
            if number >= dates:
                self._axes[axis.name] = self._read_levels(number, axis)
            elif self.is_edtf(axis.name):
                field = self._fields[axis.name]
                self._check(number, axis, field)
        if dates:
            self._read_dates(axes[:dates], combinations.n)

    def levels(self, by: Sequence[str]) -> list[Axis]:
        """Return the columns to group by, with the level of each combination."""
        axes = []
        for name in by:
            field = self._derived.get(name)
            axes.append(self._axes[name] if field is None else self._derived_axis(name, field))
        return axes

    def _derived_axis(self, name: str, field: Field) -> Axis:
        """Return the axis of a column that is derived from a field."""
        base = self._axes[field.name]
        groups = [field.group_of(level) for level in base.levels]
        return Axis(
            name,
            levels=PlainLevels(groups, "VARCHAR"),
            codes=base.codes,
        )

    def _read_levels(self, number: int, axis: Axis) -> Axis:
        """Check the levels of a column, and split lists."""
        name = axis.name
        if name in self._lists:
            cells = self._split(number, axis, self._lists[name])
            return replace(axis, levels=PlainLevels(cells, "VARCHAR"))
        if name in self._fields:
            field = self._fields[name]
            self._check(number, axis, field)
        return axis

    def _split(self, number: int, axis: Axis, separator: str) -> list[Any]:
        """Return the values in each cell as a tuple, after checking them."""
        import pandas as pd

        from aistats.tables.foreign import Reading, split_cell
        from aistats.tables.validation import cell_faults

        name = axis.name
        reading = Reading("", {name: name}, [])
        cells = pd.Series(list(axis.levels), dtype="str")
        split = partial(split_cell, separator)
        lists = reading.by_value([name], cells, split)
        faults = reading.faults
        field = self._fields.get(name)
        if field is not None:
            value_field = replace(field, edtf=False, pattern=None, unique=False)
            faults += cell_faults(lists.explode(), value_field, "")
        self._add(number, axis, faults)
        return [cell if isinstance(cell, tuple) else () for cell in lists]

    def _check(self, number: int, axis: Axis, field: Field) -> None:
        """Check the levels of a column against its field of the codebook."""
        import pandas as pd

        from aistats.tables.validation import cell_faults

        texts = [None if level is None else str(level) for level in axis.levels]
        cells = pd.Series(texts, dtype="str")
        repeatable = replace(field, unique=False)  # a level occurs once here, and in many rows
        faults = cell_faults(cells, repeatable, "")
        self._add(number, axis, faults)

    def _add(self, number: int, axis: Axis, faults: Sequence[Fault]) -> None:
        """Note problems whose lines are the codes of levels."""
        for fault in faults:
            level = _Level(number, axis, fault.line or 0)
            without_line = replace(fault, line=None)
            self._note(without_line, level)

    def _note(self, fault: Fault, *levels: _Level) -> None:
        """Note a problem of some levels of one row."""
        wrong = _wrong_level(fault, *levels)
        self.wrong.append(wrong)

    # Dates ---------------------------------------------------------------------------------------

    def _read_dates(self, axes: Sequence[Axis], n: Counts) -> None:
        """Read the days of each combination from one column, or from those of start and end."""
        names = [axis.name for axis in axes]
        if self._has_reports and names == _REPORTED_DATES:
            self._read_reported(*axes)
            return
        order = self._find_order(axes)
        ends = [self._ends(number, axis, n, order) for number, axis in enumerate(axes)]
        first = ends[0][axes[0].codes, 0]
        last = ends[-1][axes[-1].codes, 1]
        self.days = np.column_stack([first, last])
        if len(axes) == 2:
            start, end = axes
            self._note_reversed(start, end, last < first)

    def _note_reversed(self, start: Axis, end: Axis, is_reversed: NDArray[np.bool_]) -> None:
        """Note each pair of a start and an end in which the end comes first."""
        name = f"{start.name} + {end.name}"
        for start_code, end_code in _distinct_pairs(start, end, is_reversed):
            first = _Level(0, start, start_code)
            last = _Level(1, end, end_code)
            value = f"{_written(first.value)}/{_written(last.value)}"
            fault = Fault("reversed", column=name, value=value)
            self._note(fault, first, last)

    def _read_reported(self, date: Axis, reported: Axis) -> None:
        """Read the dates of an events table, and the reporting windows where none is stated."""
        assert self._table is not None
        n_combinations = len(date.codes)
        self.days = np.full((n_combinations, 2), _NO_DAY)
        if self.wrong:
            return
        import pandas as pd

        from aistats.tables.events import days_of

        texts = {axis.name: axis.index().take(axis.codes) for axis in (date, reported)}
        table = pd.DataFrame(texts)
        days, is_apart = days_of(table, self._table)
        self.days = days[["earliest", "latest"]].to_numpy("datetime64[D]")
        for date_code, reported_code in _distinct_pairs(date, reported, is_apart.to_numpy()):
            stated = _Level(0, date, date_code)
            window = _Level(1, reported, reported_code)
            fault = Fault("apart", column="date", value=stated.value, allowed=window.value)
            doubtful = _wrong_level(fault, stated, window)
            self.doubtful.append(doubtful)

    def _find_order(self, axes: Sequence[Axis]) -> _DateOrder:
        """Return the order of numeric dates in all columns of text together."""
        texts = []
        for number, axis in enumerate(axes):
            if axis.plain.kind == "VARCHAR" and not self.is_edtf(axis.name):
                texts.append((number, axis))
        if not texts:
            return _DateOrder()
        import pandas as pd

        from aistats.tables.foreign import Reading, find_order

        columns: list[pd.Series] = []
        starts: list[int] = []  # the position of the first level of each column among all levels
        end = 0
        for _, axis in texts:
            start, end = end, end + len(axis.levels)
            starts.append(start)
            columns.append(pd.Series(list(axis.levels), range(start, end), dtype="str"))
        names = {axis.name: axis.name for axis in axes}
        reading = Reading("", names, [])
        order, _, unreadable = find_order(columns, reading, tuple(names), self._order)
        for fault in reading.faults:
            position = fault.line or 0
            place = bisect.bisect_right(starts, position) - 1
            number, axis = texts[place]
            level = _Level(number, axis, position - starts[place])
            # The examples begin with positions, which are no lines of a file.
            examples = tuple(line.partition(": ")[2] for line in fault.lines)
            self._note(replace(fault, line=None, lines=examples), level)
        return _DateOrder(order, set(unreadable))

    def _ends(self, number: int, axis: Axis, n: Counts, order: _DateOrder) -> Days:
        """Return the first and last day of each level; note those that are no date or missing."""
        ends = np.full((len(axis.levels), 2), _NO_DAY)
        for code, text in enumerate(axis.levels):
            if text in order.unreadable:
                continue
            try:
                ends[code] = self._read_date(axis.name, order.order, text)
            except AistatsError as error:
                if not self.is_edtf(axis.name):  # `_check` has noted those of EDTF
                    fault = replace(error.faults[0], column=axis.name)
                    self._note(fault, _Level(number, axis, code))
                continue
            if np.isnat(ends[code, 0]):
                rows = int(n[axis.codes == code].sum())
                fault = Fault("undated", column=axis.name, value=rows)
                self._note(fault, _Level(number, axis, code))
        return ends

    def _read_date(self, column: str, order: Order | None, level: object) -> _Interval:
        """Return the first and last day of a date; no days where it is missing."""
        if isinstance(level, int):
            return _day_numbered(level)
        if level is None:
            return _NO_DAY, _NO_DAY
        text = str(level)
        if self.is_edtf(column):
            field = self._fields[column]
            return parse_edtf(text, margin_days=field.margin_days)
        if ISO_DAY.fullmatch(text):  # most dates are such days, and this is fast
            day = _iso_day(text)
            if day is not None:
                return day, day
        from aistats.dates.spellings import read_date

        edtf = read_date(text, order=order).checked()
        if not edtf:
            return _NO_DAY, _NO_DAY
        return parse_edtf(edtf, margin_days=MARGIN_DAYS)


def _wrong_level(fault: Fault, *levels: _Level) -> WrongLevel:
    """Return a problem with the codes of the levels that have it."""
    columns = tuple(level.column for level in levels)
    codes = tuple(level.code for level in levels)
    value = levels[0].value
    return WrongLevel(fault, columns, codes, value)


def _distinct_pairs(
    first: Axis,
    second: Axis,
    chosen: NDArray[np.bool_],
) -> list[list[int]]:
    """Return the distinct pairs of codes among some combinations."""
    codes = np.column_stack([first.codes, second.codes])
    distinct = np.unique(codes[chosen], axis=0)
    pairs: list[list[int]] = distinct.tolist()
    return pairs


def _day_numbered(number: int) -> _Interval:
    """Return the day with a number, counted from 1970."""
    day = np.datetime64(number, "D")
    if not FIRST_DAY <= day <= LAST_DAY:
        raise DataError([Fault("impossible", value=day)])
    return day, day


def _iso_day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:  # databases write 2025-12-00 for a month
        return None


def _written(level: object) -> str:
    """Return a level as it is written; a number is that of a day."""
    if isinstance(level, int):
        return str(np.datetime64(level, "D"))
    return str(level)

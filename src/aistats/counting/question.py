"""The question: what is to be counted, checked once whatever holds the events.

A pandas table, a frame of another engine, files and the command line all ask through a
:class:`Question`, so one mistake raises one error. What can be wrong whatever the events are is
refused when the question is made; what depends on their columns, when those are known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from aistats.counting.exposure import windows_of
from aistats.counting.periods import Day, window_of
from aistats.counting.schema import RESERVED
from aistats.dates.calendar import check_date, check_period, is_zone
from aistats.dates.edtf import Days
from aistats.faults import Fault, ParameterError, choices_shown

if TYPE_CHECKING:
    import pandas as pd

Dates = str | tuple[str, str] | None


@dataclass(frozen=True)
class Question:
    """What is asked of events.

    Parameters
    ----------
    by
        The columns to group by: None, a name or a list of names.
    period, coverage, date, between, tz, complete, counts, daily
        As in :func:`aistats.count_events`.

    Attributes
    ----------
    windows
        The first and last day of each covered window; None where the coverage is not known.

    Raises
    ------
    ParameterError
        If the arguments contradict each other, or cannot be for any events.
    DataError
        If the table of coverage is wrong.

    Examples
    --------
    >>> Question(by="region", period="week").groups
    ['region']
    >>> Question(by="region", daily=True)  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    ParameterError: 1 fault:
      daily: for counts by period alone; name one: period= (--period)
    """

    by: str | Sequence[str] | None = None
    period: str | None = None
    coverage: pd.DataFrame | None = None
    date: Dates = None
    between: tuple[Day, Day] | None = None
    tz: str | None = None
    complete: bool = True
    counts: str | None = None
    daily: bool = False
    windows: Days | None = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        faults = list(self._faults())
        if faults:
            raise ParameterError(faults)
        if self.coverage is not None:  # read at once: a long count must not be lost to it
            object.__setattr__(self, "windows", windows_of(self.coverage, self.tz))

    @cached_property
    def groups(self) -> list[str]:
        """The columns to group by."""
        return [self.by] if isinstance(self.by, str) else list(self.by or ())

    @property
    def needs_days(self) -> bool:
        """Whether something is asked of single days, not only in which period they are."""
        return self.daily or self.coverage is not None

    def _faults(self) -> Iterator[Fault]:
        """Yield what is wrong whatever the events are."""
        if not isinstance(self.by, Sequence | None) or not all(map(_is_name, self.groups)):
            yield Fault("by_form", value=self.by)
            return
        for name in self.groups:
            if name in RESERVED:
                yield Fault("counts_name", value=name)
        for name, times in Counter(self.groups).items():
            if times > 1:
                yield Fault("parameter_twice", value=name)
        if self.tz is not None and not is_zone(self.tz):
            yield Fault("no_zone", value=self.tz)
        if self.period is None:
            needing = [name for name, given in self._for_periods().items() if given]
            if needing:
                yield Fault("period_needed", value=", ".join(needing))
        yield from _refusals(check_period, self.period)
        yield from _refusals(check_date, self.date)
        yield from _refusals(window_of, self.between)

    def _for_periods(self) -> dict[str, bool]:
        """Return the arguments that only counts by period have, and whether each is given."""
        names = ("coverage", "date", "between", "tz")
        given = {name: getattr(self, name) is not None for name in names}
        return {**given, "daily": self.daily}


def _is_name(name: object) -> bool:
    """Return whether a column can be called so."""
    return isinstance(name, Hashable)


def refuse_unknown_columns(names: Sequence[str], columns: Sequence[str]) -> None:
    """Refuse columns that events do not have.

    Raises
    ------
    ParameterError
        Naming each that is missing, with those near.
    """
    there = [str(column) for column in columns]
    unknown = [name for name in names if name not in columns]
    if unknown:
        raise ParameterError(
            Fault("no_column", value=name, allowed=choices_shown(str(name), there))
            for name in unknown
        )


def refuse_unused_zone(tz: str | None, has_zone: Iterable[bool]) -> None:
    """Refuse a time zone where no column of dates has one.

    Parameters
    ----------
    tz
        As in :func:`aistats.count_events`.
    has_zone
        Of each column of dates, whether its time stamps have a zone; asked only if `tz` is given.

    Raises
    ------
    ParameterError
        If `tz` is given and none has.
    """
    if tz is not None and not any(has_zone):
        raise ParameterError([Fault("tz_unused", value=tz)])


def _refusals(check: Callable[[Any], object], value: object) -> Iterator[Fault]:
    """Yield what is wrong with a value, if one is given."""
    if value is None:
        return
    try:
        check(value)
    except ParameterError as error:
        yield from error.faults

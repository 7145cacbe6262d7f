"""The question: the arguments of a count, checked once for all kinds of events.

A pandas table, another dataframe, files and the command line all build a :class:`Question`, so one
mistake raises one error. What is wrong whatever the events are is rejected when the question is
made; what depends on their columns is rejected when those are known. Nothing is counted here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from aistats.counting.exposure import windows_of
from aistats.counting.periods import Window, window_of
from aistats.counting.schema import RESERVED
from aistats.dates.calendar import Period, check_date, check_period, is_zone
from aistats.dates.edtf import Days
from aistats.faults import Fault, ParameterError

if TYPE_CHECKING:
    import pandas as pd

Dates = str | tuple[str, str] | None


@dataclass(frozen=True)
class Question:
    """The arguments of a count.

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
        If the arguments contradict each other, or are invalid for all events.
    DataError
        If the table of coverage is invalid.

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
    period: Period | None = None
    coverage: pd.DataFrame | None = None
    date: Dates = None
    between: Window | None = None
    tz: str | None = None
    complete: bool = True
    counts: str | None = None
    daily: bool = False
    windows: Days | None = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        faults = list(self._faults())
        if faults:
            raise ParameterError(faults)
        if self.coverage is not None:  # read now, so that an error comes before a long count
            object.__setattr__(self, "windows", windows_of(self.coverage, self.tz))

    @cached_property
    def groups(self) -> list[str]:
        """The columns to group by."""
        if isinstance(self.by, str):
            return [self.by]
        return list(self.by or ())

    @property
    def needs_days(self) -> bool:
        """Whether the answer depends on single days, not only on their periods."""
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
            needing = [name for name, is_set in self._for_periods().items() if is_set]
            if needing:
                yield Fault("period_needed", value=", ".join(needing))
        yield from _faults_of(check_period, self.period)
        yield from _faults_of(check_date, self.date)
        yield from _faults_of(window_of, self.between)

    def _for_periods(self) -> dict[str, bool]:
        """Return the arguments that only counts by period have, and whether each is set."""
        return {
            "coverage": self.coverage is not None,
            "date": self.date is not None,
            "between": self.between is not None,
            "tz": self.tz is not None,
            "daily": self.daily,
        }


def _is_name(name: object) -> bool:
    """Return whether a column can have this name."""
    return isinstance(name, Hashable)


def reject_unused_zone(tz: str | None, has_zone: Iterable[bool]) -> None:
    """Reject a time zone if no column of dates needs one.

    Parameters
    ----------
    tz
        As in :func:`aistats.count_events`.
    has_zone
        For each column of dates, whether its time stamps have a zone; read only if `tz` is set.

    Raises
    ------
    ParameterError
        If `tz` is set and no time stamps have a zone.
    """
    if tz is None or any(has_zone):
        return
    raise ParameterError([Fault("tz_unused", value=tz)])


def _faults_of(check: Callable[[Any], object], value: object) -> Iterator[Fault]:
    """Yield what a check finds wrong with an argument that is set."""
    if value is None:
        return
    try:
        check(value)
    except ParameterError as error:
        yield from error.faults

"""The question that is put to files: as to a table, with how their rows are to be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aistats.counting.question import Question
from aistats.dates.edtf import ORDERS
from aistats.faults import Fault, choices_shown
from aistats.tables.codebook import Codebook


@dataclass(frozen=True)
class FileQuestion(Question):
    """What is asked of events in files.

    Parameters
    ----------
    where, lists, dates, codebook
        As in :func:`aistats.count_files`.

    Raises
    ------
    ParameterError
        If the arguments contradict each other, or cannot be for any files.
    """

    where: Sequence[str] = ()
    lists: Mapping[str, str] = field(default_factory=dict)
    dates: str | None = None
    codebook: Codebook | str | Path | None = None

    def _faults(self) -> Iterator[Fault]:
        yield from super()._faults()
        if self.dates not in (None, *ORDERS):
            allowed = choices_shown(str(self.dates), ORDERS)
            yield Fault("dates_order", value=self.dates, allowed=allowed)

    def _for_periods(self) -> dict[str, bool]:
        return {**super()._for_periods(), "dates": self.dates is not None}

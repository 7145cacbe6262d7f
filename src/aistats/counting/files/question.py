"""The question that is asked of events in files: as of a table, and how the rows are read.

The arguments of a call or of a command come in; they are checked before any file is opened.
"""

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
    """A question about events in files.

    Parameters
    ----------
    where, lists, dates, codebook
        As in :func:`aistats.count_files`.

    Raises
    ------
    ParameterError
        If the arguments contradict each other, or are invalid for any files.
    """

    where: Sequence[str] = ()
    lists: Mapping[str, str] = field(default_factory=dict)
    dates: str | None = None
    codebook: Codebook | str | Path | None = None

    def _faults(self) -> Iterator[Fault]:
        yield from super()._faults()
        order = self.dates
        if order is not None and order not in ORDERS:
            allowed = choices_shown(str(order), ORDERS)
            yield Fault("dates_order", value=order, allowed=allowed)

    def _for_periods(self) -> dict[str, bool]:
        arguments = super()._for_periods()
        arguments["dates"] = self.dates is not None
        return arguments

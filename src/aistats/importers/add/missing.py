"""Gaps of a draft: what a person must fill in before its rows can be added.

The rows of a draft and the data package come in; the columns with missing cells, each with its
number of rows, and the unknown sources go out. A draft leaves every cell empty that no rule
settles, and `add` rejects a row with an empty required cell, an unknown source or an unknown
section. The one idea: these three rules of `add` are applied at the end of the draft, so that a
person knows them before the review. Nothing else is checked here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from aistats.importers.add.filling import Windows, section_of
from aistats.importers.add.rows import CAN_BE_FILLED
from aistats.tables.package import Package


@dataclass(frozen=True)
class Gaps:
    """What a draft lacks.

    Parameters
    ----------
    rows_by_column
        Number of rows in which each required column is missing, for columns that have any. A place
        in the source counts as missing where it does not begin with a section of the source.
    unknown_sources
        Sources of the rows that the coverage table does not have.
    """

    rows_by_column: Mapping[str, int]
    unknown_sources: tuple[str, ...]


def gaps_of(rows: pd.DataFrame, package: Package) -> Gaps:
    """Return what the rows of a draft lack.

    Parameters
    ----------
    rows
        As :func:`aistats.importers.draft.reports.draft_reports` returns them.
    package
        The data that they are to be added to.

    Examples
    --------
    >>> rows = pd.DataFrame({"title_zh": ["新模型", ""], "source_section": "一·1"})
    >>> gaps = gaps_of(rows.assign(source="ai-events-2025-12"), Package.read("data"))
    >>> gaps.rows_by_column["title_zh"], gaps.rows_by_column["summary_zh"], gaps.unknown_sources
    (1, 2, ())
    """
    windows = package.windows()
    table = package.codebook.table("events")
    cells = rows.reindex(columns=list(table.fields), fill_value="")
    rows_by_column = {}
    for name, column in table.fields.items():
        if not column.required or name in CAN_BE_FILLED:
            continue
        if name == "source_section":
            count = _rows_without_section(cells, windows)
        else:
            count = int(cells[name].eq("").sum())
        if count:
            rows_by_column[name] = count
    sources = dict.fromkeys(cells["source"])
    unknown = tuple(source for source in sources if source not in windows)
    return Gaps(rows_by_column, unknown)


def _rows_without_section(cells: pd.DataFrame, windows: Windows) -> int:
    """Return the number of rows whose place does not begin with a section of their source."""
    count = 0
    for source, place in zip(cells["source"], cells["source_section"], strict=True):
        sections = windows.get(source, {})
        if len(sections) == 1:
            continue  # which `add` fills in
        if not place or (sections and section_of(place) not in sections):
            count += 1
    return count

"""Cells of reviewed rows that follow from other cells.

Rows come in as a person filled them in; the source that was stated for all of them, the section of
a source that has only one, the reporting window of the section and an id are filled in, each as a
`Change`. The one idea: a cell is filled in only if the data leave no choice. A problem that makes
this impossible is reported once, at its cause, and its consequences are settled. Whether the texts
are allowed is not checked here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import pandas as pd

from aistats.dates.edtf import parse_edtf
from aistats.faults import EDTFError, Fault, choices_shown
from aistats.importers.add.identifiers import event_names
from aistats.importers.add.rows import Change, Row
from aistats.locale import text_key
from aistats.tables.codebook import Table

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")

Windows = Mapping[str, Mapping[str, str]]  # by source, then by section


def fill_source_and_window(
    rows: Iterable[Row],
    table: Table,
    windows: Windows,
    source: str | None,
    faults: list[Fault],
) -> Iterator[Change]:
    """Fill in the source, the section and the reporting window; yield what changes.

    Parameters
    ----------
    rows
        The rows, which are changed in place.
    table
        The events table.
    windows
        The window of each section of each source.
    source
        The source of rows that have none or an unknown one.
    faults
        Gains the sources and sections that do not exist.
    """
    newest_first = list(windows)[::-1]  # a person most likely means the newest
    default = source if source in windows else None
    if source and default is None:
        allowed = choices_shown(source, newest_first)
        faults.append(Fault("no_source", value=source, allowed=allowed))
    for row in rows:
        if row.cells["source"] not in windows:
            if default:
                yield row.put("source", default)
            else:
                row.settled |= {"source", "reported"}
                if not source:
                    faults.append(_source_fault(row, newest_first))
        sections = windows.get(row.cells["source"])
        if sections:
            yield from _fill_section_and_window(row, table, sections, faults)


def _source_fault(row: Row, sources: Sequence[str]) -> Fault:
    source = row.cells["source"]
    kind = text_key("source_needed")
    if source:
        kind = text_key("source_unknown")
    allowed = choices_shown(source, sources)
    return row.fault(kind, "source", source, allowed)


def _fill_section_and_window(
    row: Row, table: Table, windows: Mapping[str, str], faults: list[Fault]
) -> Iterator[Change]:
    """Fill in the section of a source that has only one, and the window of the section."""
    place = row.cells["source_section"]
    section = section_of(place)
    if len(windows) == 1 and section not in windows:
        (section,) = windows
        yield row.put("source_section", f"{section}·{place}" if place else section)
    window = windows.get(section)
    reported = row.cells["reported"]
    if window is None:
        if not reported:
            row.settled.add("reported")
        if section:
            sections = choices_shown(section, windows)
            link = ("coverage.section", sections)
            faults.append(row.fault(text_key("link"), "source_section", section, link))
            row.settled.add("source_section")
    elif reported != window and (not reported or _are_same_days(reported, window, table)):
        yield row.put("reported", window)


def section_of(place: str) -> str:
    """Return the section that a place in a source begins with.

    Examples
    --------
    >>> section_of("一·国际AI动态·5"), section_of("")
    ('一', '')
    """
    return place.partition("·")[0]


def _are_same_days(date: str, other: str, table: Table) -> bool:
    margin = table.fields["reported"].margin_days
    try:
        return parse_edtf(date, margin_days=margin) == parse_edtf(other, margin_days=margin)
    except EDTFError:
        return False


def fill_ids(
    rows: Iterable[Row], existing: Iterable[Row], editions: pd.DataFrame, table: Table
) -> Iterator[Change]:
    """Give an id to each row that has none; yield what changes.

    Parameters
    ----------
    rows
        The new rows, which are changed in place.
    existing
        The rows of the events table.
    editions
        The editions table: an id ends in the month of the edition that first publishes the event,
        or else of its reporting window.
    table
        The events table.
    """
    months = _months_by_source(editions)
    taken = {row.cells["event_id"] for row in (*existing, *rows)}
    for row in rows:
        if row.cells["event_id"]:
            continue
        month = months.get(row.cells["source"]) or _month_of_window(row, table)
        if month is None:
            row.settled.add("event_id")  # until its source and window are right
        elif "event_id" not in row.settled:
            name = next(name for name in event_names(row.cells, month) if name not in taken)
            taken.add(name)
            yield row.put("event_id", name)


def _months_by_source(editions: pd.DataFrame) -> dict[str, str]:
    """Return the first month whose edition contains a source; other editions have no month."""
    labels_and_sources = editions[["edition", "sources"]].to_numpy().tolist()
    months = {}
    for label, sources in reversed(labels_and_sources):
        if _MONTH.fullmatch(label):
            for source in sources.split():
                months[source] = label
    return months


def _month_of_window(row: Row, table: Table) -> str | None:
    window = row.days("reported", table)
    return f"{window[1]:%Y-%m}" if window else None

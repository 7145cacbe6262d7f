"""Command line of drafts: ``aistats draft``.

Reports come in, and perhaps the data folder; a draft goes to a file or to the screen. Beside it
stands a summary: how many events were found, which rows to check, what was skipped, and the next
step, with the cells that a person must fill in. How reports are read is not decided here.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from aistats.cli.adding import add_command
from aistats.cli.commands import Commands, to_screen
from aistats.faults import DataError, Fault, ParameterError, choices_shown
from aistats.locale import Texts, text_key
from aistats.tables.codebook import DESCRIPTOR
from aistats.tables.writing import write_whole

if TYPE_CHECKING:
    import pandas as pd

    from aistats.importers.draft.reports import Draft
    from aistats.tables.package import Package

_REPORTS = (".md", ".markdown", ".txt")
_ENDINGS = (".csv", ".xlsx")
_FILE_TO_SAVE = "draft.csv"  # proposed where the draft goes to the screen

_REASONS = {
    "contents": text_key("cli.draft.contents"),
    "note": text_key("cli.draft.note"),
    "summary": text_key("cli.draft.summary"),
    "trend": text_key("cli.draft.trend"),
    "outlook": text_key("cli.draft.outlook"),
    "method": text_key("cli.draft.method"),
    "reference": text_key("cli.draft.reference"),
    "about": text_key("cli.draft.about"),
    "no_event": text_key("cli.draft.no_event"),
}
"""Why a heading has no events."""


def add_to(commands: Commands) -> None:
    """Add the commands of this file."""
    say = commands.say
    draft = commands.add(
        "draft",
        _draft,
        about=say("cli.draft.draft"),
        unchanged=say("cli.not_written"),
        extra="import",
    )
    draft.add_argument(
        "reports",
        nargs="+",
        metavar=say("cli.metavar.report"),
        help=say("cli.draft.draft_files"),
    )
    draft.add_argument(
        *("-o", "--out"),
        metavar=say("cli.metavar.file"),
        help=say("cli.draft.draft_out"),
    )
    draft.add_argument(
        "--source",
        metavar=say("cli.metavar.source"),
        help=say("cli.draft.draft_source"),
    )
    draft.add_argument(
        "--encoding",
        metavar=say("cli.metavar.encoding"),
        help=say("cli.draft.draft_encoding"),
    )
    draft.add_argument(
        "--data",
        metavar=say("cli.metavar.folder"),
        help=say("cli.draft.draft_data"),
    )
    draft.add_argument("--force", action="store_true", help=say("cli.draft.draft_force"))


def _draft(options: argparse.Namespace, say: Texts) -> int:
    from aistats.importers.draft.reports import draft_reports

    out = Path(options.out) if options.out else None
    if out is not None:
        _check_output(out, options)
    _check_reports(options.reports)
    package = _read_package(options)
    draft = draft_reports(
        *options.reports,
        source=options.source,
        coverage=package.windows() if package else {},
        encoding=options.encoding,
    )
    _write(draft.rows, out, options)
    stream = sys.stderr if out is None else sys.stdout  # stdout may hold the table
    for line in _summary(draft, say):
        print(line, file=stream)
    for line in _next_steps(draft.rows, package, options, say):
        print(line, file=stream)
    return 0


# Checks and files -------------------------------------------------------------------------------


def _check_output(out: Path, options: argparse.Namespace) -> None:
    """Reject a file of another kind, and one that exists unless it may be overwritten."""
    file = out.as_posix()
    if out.suffix.lower() not in _ENDINGS:
        allowed = " / ".join(_ENDINGS)
        raise DataError([Fault("file_ending", file, allowed=allowed)])
    if out.exists() and not options.force:
        raise DataError([Fault("file_there", file)])


def _check_reports(reports: list[str]) -> None:
    """Reject files that are not Markdown or text."""
    allowed = " / ".join(_REPORTS)
    faults = []
    for report in reports:
        ending = Path(report).suffix.lower()
        if ending not in _REPORTS:
            faults.append(Fault("file_ending", report, allowed=allowed))
    if faults:
        raise DataError(faults)


def _data(options: argparse.Namespace) -> Path:
    return Path(options.data or "data")


def _read_package(options: argparse.Namespace) -> Package | None:
    """Return the data package; None if there is none and the caller named none."""
    from aistats.tables.package import Package

    data = _data(options)
    if not options.data and not (data / DESCRIPTOR).is_file():
        return None
    package = Package.read(data)
    windows = package.windows()
    if options.source is not None:
        _check_source(options.source, windows)
    return package


def _check_source(source: str, windows: Mapping[str, object]) -> None:
    """Reject a source that has no coverage, as adding the rows would."""
    if source in windows:
        return
    newest_first = reversed([*windows])
    allowed = choices_shown(source, newest_first)
    raise ParameterError([Fault("no_source", value=source, allowed=allowed)])


def _write(rows: pd.DataFrame, out: Path | None, options: argparse.Namespace) -> None:
    """Write the rows of a draft to the screen, a CSV file or a workbook."""
    if out is not None and out.suffix.lower() == ".xlsx":
        from aistats.importers.add.template import write_template

        write_template(out, data=_data(options), rows=rows, force=options.force)
        return
    table = rows.to_csv(index=False, lineterminator="\n")
    if out is None:
        to_screen(table)
    else:
        write_whole(out, table)


# Messages ---------------------------------------------------------------------------------------


def _summary(draft: Draft, say: Texts) -> Iterator[str]:
    """Yield what was found, what to check, and what was skipped."""
    rows = draft.rows
    dated = int(rows["date"].ne("").sum())
    uncertain = rows[rows["confidence"].ne("high")]
    yield say.plural(
        "cli.draft.found",
        len(rows),
        dated=dated,
        undated=len(rows) - dated,
        uncertain=len(uncertain),
    )
    yield from _windows(rows, say)
    if len(uncertain):
        yield say.plural("cli.draft.uncertain", len(uncertain))
    for row in uncertain.itertuples():
        title = row.title_zh or row.title_en
        line = say("cli.draft.row", place=row.place, title=title, note=row.note)
        yield f"  {line}"
    yield from _skipped_headings(draft, say)


def _windows(rows: pd.DataFrame, say: Texts) -> Iterator[str]:
    """Yield the reporting windows that were read, each with its number of events."""
    windows = Counter(zip(rows["reported"], rows["reported_from"], strict=True))
    read = sum(bool(window) for window, _ in windows)
    if read:
        yield say.plural("cli.draft.windows", read)
    for (window, origin), n in windows.items():
        if window:
            line = say.plural("cli.draft.window", n, window=window, origin=origin)
            yield f"  {line}"
    without = sum(n for (window, _), n in windows.items() if not window)
    if without:
        yield say.plural("cli.draft.no_window", without)


def _skipped_headings(draft: Draft, say: Texts) -> Iterator[str]:
    """Yield the headings without events, each with the reason."""
    if not len(draft.skipped):
        return
    yield say.plural("cli.draft.skipped", len(draft.skipped))
    for skipped in draft.skipped.itertuples():
        reason = str(skipped.reason)
        line = say(
            "cli.draft.heading",
            file=skipped.file,
            line=skipped.line,
            heading=skipped.heading,
            reason=say(_REASONS[reason]),
        )
        yield f"  {line}"


def _next_steps(
    rows: pd.DataFrame, package: Package | None, options: argparse.Namespace, say: Texts
) -> Iterator[str]:
    """Yield what to do so that the rows of a draft can be added."""
    if options.out:
        file = Path(options.out).as_posix()
        yield say("cli.draft.saved", file=file)
    else:
        file = _FILE_TO_SAVE
        yield say("cli.draft.save", file=file)
    if rows.empty:
        return
    if package is None:
        yield say("cli.draft.review_without_data")
    else:
        yield from _review_steps(rows, package, say)
    command = add_command(file, options.data)
    yield say("cli.draft.next", command=command)


def _review_steps(rows: pd.DataFrame, package: Package, say: Texts) -> Iterator[str]:
    """Yield which sources are unknown, and which cells to fill in."""
    from aistats.importers.add.missing import gaps_of
    from aistats.wording.names import enumerated

    gaps = gaps_of(rows, package)
    unknown = gaps.unknown_sources
    if unknown:
        names = enumerated(unknown, say)
        newest_first = reversed([*package.windows()])
        sources = choices_shown(unknown[0], newest_first)
        yield say.plural(
            "cli.draft.unknown_source",
            len(unknown),
            names=names,
            file=package.file("coverage"),
            sources=sources,
        )
    missing = []
    for column, n in gaps.rows_by_column.items():
        if n == len(rows):
            missing.append(say("cli.draft.all_rows", column=column))
        else:
            missing.append(say.plural("cli.draft.rows", n, column=column))
    if missing:
        cells = enumerated(missing, say)
        yield say("cli.draft.fill_in", cells=cells)
    else:
        yield say("cli.draft.review")

"""Reports at the command line: ``aistats draft``."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from aistats.cli.commands import Commands, to_screen
from aistats.faults import DataError, Fault, ParameterError, choices_shown
from aistats.locale import Texts, text_key
from aistats.tables.codebook import DESCRIPTOR
from aistats.tables.writing import write_whole

if TYPE_CHECKING:
    from aistats.importers.draft.reports import Draft

_REPORTS = (".md", ".markdown", ".txt")
_ENDINGS = (".csv", ".xlsx")

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


def add_to(commands: Commands) -> None:
    """Add the commands of this file."""
    say = commands.say
    draft = commands.add(
        "draft",
        _draft,
        about=say("cli.draft.draft"),
        unchanged=say("cli.draft.unchanged"),
        extra="import",
    )
    draft.add_argument("reports", nargs="+", metavar="REPORT.md", help=say("cli.draft.draft_files"))
    draft.add_argument("-o", "--out", metavar="DRAFT", help=say("cli.draft.draft_out"))
    draft.add_argument("--source", metavar="NAME", help=say("cli.draft.draft_source"))
    draft.add_argument("--encoding", help=say("cli.draft.draft_encoding"))
    draft.add_argument("--data", help=say("cli.draft.draft_data"))
    draft.add_argument("--force", action="store_true", help=say("cli.draft.draft_force"))


def _draft(options: argparse.Namespace, say: Texts) -> int:
    from aistats.importers.add.template import write_template
    from aistats.importers.draft.reports import draft_reports
    from aistats.tables.package import Package

    out = Path(options.out) if options.out else None
    if out is not None and out.suffix.lower() not in _ENDINGS:
        raise DataError([Fault("file_ending", out.as_posix(), allowed=" / ".join(_ENDINGS))])
    if out is not None and out.exists() and not options.force:
        raise DataError([Fault("file_there", out.as_posix())])
    wrong = [it for it in options.reports if Path(it).suffix.lower() not in _REPORTS]
    if wrong:
        raise DataError(Fault("file_ending", it, allowed=" / ".join(_REPORTS)) for it in wrong)
    data = Path(options.data or "data")
    is_there = bool(options.data) or (data / DESCRIPTOR).is_file()
    coverage = Package.read(data).windows() if is_there else {}
    if is_there and options.source is not None:
        _check_source(options.source, coverage)
    draft = draft_reports(
        *options.reports, source=options.source, coverage=coverage, encoding=options.encoding
    )
    table = draft.rows.to_csv(index=False, lineterminator="\n")
    if out is None:
        to_screen(table)
    elif out.suffix.lower() == ".csv":
        write_whole(out, table)
    else:
        write_template(out, data=data, rows=draft.rows, force=options.force)
    for line in _said(draft, say):
        print(line, file=_beside(out))
    if out is not None:
        print(say("cli.draft.written").format(out.as_posix()))
    return 0


def _check_source(source: str, coverage: Mapping[str, object]) -> None:
    """Refuse a source that has no window, as adding the rows would."""
    if source not in coverage:
        allowed = choices_shown(source, reversed([*coverage]))
        raise ParameterError([Fault("no_source", value=source, allowed=allowed)])


def _beside(out: Path | None) -> TextIO:
    """Return where to speak: not into the table."""
    return sys.stderr if out is None else sys.stdout


def _said(draft: Draft, say: Texts) -> Iterator[str]:
    rows = draft.rows
    dated = int(rows["date"].ne("").sum())
    unsure = rows[rows["confidence"].ne("high")]
    yield say("cli.draft.found").format(len(rows), dated, len(rows) - dated, len(unsure))
    windows = Counter(zip(rows["reported"], rows["reported_from"], strict=True))
    yield say("cli.draft.windows").format(len(windows))
    for (window, origin), n in windows.items():
        window = window or say("cli.draft.no_window")
        yield "  " + say("cli.draft.window").format(window=window, origin=origin, n=n)
    if len(unsure):
        yield say("cli.draft.uncertain").format(len(unsure))
        for row in unsure.itertuples():
            title = row.title_zh or row.title_en
            yield "  " + say("cli.draft.row").format(place=row.place, title=title, note=row.note)
    if len(draft.skipped):
        yield say("cli.draft.skipped").format(len(draft.skipped))
        for file, line, heading, reason in draft.skipped.itertuples(index=False):
            place = {
                "file": file,
                "line": line,
                "heading": heading,
                "reason": say(_REASONS[reason]),
            }
            yield "  " + say("cli.draft.heading").format(**place)

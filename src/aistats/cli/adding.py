"""Adding at the command line: ``aistats add`` and ``aistats template``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from aistats.cli.commands import Commands
from aistats.faults import place_of
from aistats.locale import Texts, text_key

if TYPE_CHECKING:
    from aistats.importers.add.addition import Addition
    from aistats.importers.add.rows import Change

_CHANGES = {
    "put": text_key("cli.add.put"),
    "filled": text_key("cli.add.filled"),
    "from_day": text_key("cli.add.from_day"),
}


def add_to(commands: Commands) -> None:
    """Add the commands of this file."""
    say = commands.say
    add = commands.add(
        "add", _add, about=say("cli.add.add"), unchanged=say("cli.add.unchanged"), extra="import"
    )
    add.add_argument("files", nargs="+", metavar="FILE", help=say("cli.add.files"))
    add.add_argument("--data", default="data", help=say("cli.add.data"))
    add.add_argument("--source", metavar="NAME", help=say("cli.add.source"))
    add.add_argument("--encoding", help=say("cli.add.encoding"))
    add.add_argument(
        "--ignore", action="append", default=[], metavar="COLUMN", help=say("cli.add.ignore")
    )
    add.add_argument("--dry-run", action="store_true", help=say("cli.add.dry_run"))
    add.add_argument("--allow-similar", action="store_true", help=say("cli.add.allow_similar"))
    template = commands.add(
        "template",
        _template,
        about=say("cli.add.template"),
        unchanged=say("cli.add.unchanged"),
        extra="import",
    )
    template.add_argument("file", nargs="?", default="events.xlsx", help=say("cli.add.workbook"))
    template.add_argument("--data", default="data", help=say("cli.add.data"))
    template.add_argument("--force", action="store_true", help=say("cli.add.force"))


def _add(options: argparse.Namespace, say: Texts) -> int:
    from aistats.importers.add.addition import add

    addition = add(
        options.files,
        data=options.data,
        source=options.source,
        encoding=options.encoding,
        ignored=options.ignore,
    )
    print("\n".join(_said(addition, say)))
    if addition.similar and not options.allow_similar:
        print(say("cli.add.stopped"), file=sys.stderr)
        return 1
    if addition.ids:
        path, n = addition.file, len(addition.ids)
        if options.dry_run:
            print(say("cli.add.would").format(path, n))
            if any(it.column == "event_id" for it in addition.changes):
                print(say("cli.add.ids"))
            return 0
        addition.write()
        print(say("cli.add.added").format(path, n), say("cli.add.next"), sep="\n")
    return 0


def _said(addition: Addition, say: Texts) -> Iterator[str]:
    for file, encoding in addition.encodings.items():
        yield say("cli.add.read").format(file, encoding.upper())
    for file, sheet in addition.sheets.items():
        yield say("cli.add.read_sheet").format(file, sheet)
    if addition.left_out:
        yield say("cli.add.left_out").format(", ".join(addition.left_out))
    if addition.changes:
        yield say("cli.add.changes").format(len(addition.changes))
        for it in addition.changes:
            yield f"  {_change(it, say)}".replace("\n", "⏎")
    headings = say("cli.add.notices"), say("cli.add.similar")
    for heading, faults in zip(headings, (addition.notices, addition.similar), strict=True):
        if faults:
            yield heading.format(len(faults))
        for fault in faults:
            yield f"  {fault.text()}"
            yield from (f"      {line}" for line in fault.lines)
    if addition.known:
        yield say("cli.add.known").format(addition.known)
    yield addition.diff() if addition.ids else say("cli.add.nothing")


def _change(it: Change, say: Texts) -> str:
    kind = "from_day" if it.from_day else "put" if it.before else "filled"
    place = place_of(it.file, [it.line], it.column)
    return say(_CHANGES[kind], place=place, before=it.before, after=it.after)


def _template(options: argparse.Namespace, say: Texts) -> int:
    from aistats.importers.add.template import write_template

    path = Path(options.file)
    write_template(path, data=options.data, force=options.force)
    print(say("cli.add.made").format(path.as_posix()))
    return 0

"""Command line of additions: ``aistats add`` and ``aistats template``.

Files with reviewed rows come in; what would change is shown, and written unless it is a dry run or
a row looks like another event. What may be added is not decided here.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from aistats.cli.commands import Commands
from aistats.faults import Fault, place_of
from aistats.locale import Texts

if TYPE_CHECKING:
    from aistats.importers.add.addition import Addition
    from aistats.importers.add.rows import Change


def add_to(commands: Commands) -> None:
    """Add the commands of this file."""
    _declare_add(commands)
    _declare_template(commands)


def _declare_add(commands: Commands) -> None:
    say = commands.say
    add = commands.add(
        "add",
        _add,
        about=say("cli.add.add"),
        unchanged=say("cli.not_written"),
        extra="import",
    )
    add.add_argument(
        "files",
        nargs="+",
        metavar=say("cli.metavar.file"),
        help=say("cli.add.files"),
    )
    _declare_data(add, say)
    add.add_argument(
        "--source",
        metavar=say("cli.metavar.source"),
        help=say("cli.add.source"),
    )
    add.add_argument(
        "--encoding",
        metavar=say("cli.metavar.encoding"),
        help=say("cli.add.encoding"),
    )
    add.add_argument(
        "--ignore",
        action="append",
        default=[],
        metavar=say("cli.metavar.column"),
        help=say("cli.add.ignore"),
    )
    add.add_argument("--dry-run", action="store_true", help=say("cli.add.dry_run"))
    add.add_argument("--allow-similar", action="store_true", help=say("cli.add.allow_similar"))


def _declare_template(commands: Commands) -> None:
    say = commands.say
    template = commands.add(
        "template",
        _template,
        about=say("cli.add.template"),
        unchanged=say("cli.not_written"),
        extra="import",
    )
    template.add_argument(
        "file",
        nargs="?",
        default="events.xlsx",
        metavar=say("cli.metavar.file"),
        help=say("cli.add.workbook"),
    )
    _declare_data(template, say)
    template.add_argument("--force", action="store_true", help=say("cli.add.force"))


def _declare_data(command: argparse.ArgumentParser, say: Texts) -> None:
    command.add_argument(
        "--data",
        default="data",
        metavar=say("cli.metavar.folder"),
        help=say("cli.data"),
    )


def _add(options: argparse.Namespace, say: Texts) -> int:
    from aistats.importers.add.addition import add

    addition = add(
        options.files,
        data=options.data,
        source=options.source,
        encoding=options.encoding,
        ignored=options.ignore,
    )
    print("\n".join(_summary(addition, say)))
    if addition.similar and not options.allow_similar:
        print(say("cli.add.stopped"), file=sys.stderr)
        return 1
    if not addition.ids:
        return 0
    if options.dry_run:
        print("\n".join(_dry_run_result(addition, say)))
        return 0
    addition.write()
    print(say.plural("cli.add.added", len(addition.ids), file=addition.file))
    print(say("cli.add.next"))
    return 0


def _dry_run_result(addition: Addition, say: Texts) -> Iterator[str]:
    """Yield what would be added, and a warning if ids were made."""
    n = len(addition.ids)
    yield say.plural("cli.add.would", n, file=addition.file)
    changed_columns = {change.column for change in addition.changes}
    if "event_id" in changed_columns:
        yield say("cli.add.ids")


def _summary(addition: Addition, say: Texts) -> Iterator[str]:
    """Yield how the files were read, what changed, what to check, and the new lines."""
    for file, encoding in addition.encodings.items():
        yield say("cli.add.read", file=file, encoding=encoding.upper())
    for file, sheet in addition.sheets.items():
        yield say("cli.add.read_sheet", file=file, sheet=sheet)
    if addition.left_out:
        columns = say("cli.comma").join(addition.left_out)
        yield say("cli.add.left_out", columns=columns)
    if addition.changes:
        yield say.plural("cli.add.changes", len(addition.changes))
    for change in addition.changes:
        line = _change(change, say).replace("\n", "⏎")
        yield f"  {line}"
    if addition.notices:
        yield say("cli.add.notices")
        yield from _fault_lines(addition.notices, say)
    if addition.similar:
        yield say.plural("cli.add.similar", len(addition.similar))
        yield from _fault_lines(addition.similar, say)
    if addition.known:
        yield say.plural("cli.add.known", addition.known)
    yield addition.diff() if addition.ids else say("cli.add.nothing")


def _fault_lines(faults: Sequence[Fault], say: Texts) -> Iterator[str]:
    """Yield each problem, and below it its further lines."""
    for fault in faults:
        yield f"  {fault.text(say.language)}"
        for line in fault.lines:
            yield f"      {line}"


def _change(change: Change, say: Texts) -> str:
    """Return a sentence on a cell that was normalised or filled in."""
    place = place_of(change.file, [change.line], change.column, say.language)
    before = change.before
    after = change.after
    if change.from_day:
        return say("cli.add.from_day", place=place, after=after)
    if before:
        return say("cli.add.put", place=place, before=before, after=after)
    return say("cli.add.filled", place=place, after=after)


def _template(options: argparse.Namespace, say: Texts) -> int:
    from aistats.importers.add.template import write_template

    path = Path(options.file)
    write_template(path, data=options.data, force=options.force)
    file = path.as_posix()
    command = add_command(file, options.data)
    print(say("cli.add.made", file=file, command=command))
    return 0


def add_command(file: str, data: str | None) -> str:
    """Return the command that shows what a file would add.

    Parameters
    ----------
    file
        The file with reviewed rows.
    data
        The data folder; None or ``data`` needs no option.

    Examples
    --------
    >>> add_command("draft.csv", None), add_command("draft.csv", "log")
    ('aistats add draft.csv --dry-run', 'aistats add draft.csv --dry-run --data log')
    """
    command = f"aistats add {file} --dry-run"
    if data and data != "data":
        command += f" --data {data}"
    return command

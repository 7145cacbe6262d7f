"""Editions at the command line: ``aistats report``, ``verify``, ``new`` and ``notebooks``."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from aistats.cli.commands import Commands
from aistats.locale import Texts

if TYPE_CHECKING:
    from aistats.editions.verifying import Verified


def add_to(commands: Commands) -> None:
    """Add the commands of this file."""
    say = commands.say
    report = commands.add(
        "report", _report, about=say("cli.editions.report"), unchanged=say("cli.editions.unchanged")
    )
    report.add_argument("edition", nargs="?", help=say("cli.editions.edition"))
    report.add_argument("--data", default="data", help=say("cli.editions.data"))
    report.add_argument("--reports", default="reports", help=say("cli.editions.reports"))
    report.add_argument(
        *("-p", "--parameter"),
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help=say("cli.editions.parameter"),
    )
    verify = commands.add("verify", _verify, about=say("cli.editions.verify"))
    verify.add_argument("editions", nargs="*", metavar="FOLDER", help=say("cli.editions.folders"))
    verify.add_argument("--data", default="data", help=say("cli.editions.data"))
    verify.add_argument("--rebuild", action="store_true", help=say("cli.editions.rebuild"))
    verify.add_argument("--keep", metavar="FOLDER", help=say("cli.editions.keep"))
    new = commands.add("new", _new, about=say("cli.editions.new"))
    new.add_argument("label", help=say("cli.editions.label"))
    new.add_argument("--data", default="data", help=say("cli.editions.data"))
    new.add_argument(
        "--window", action="append", default=[], metavar="EDTF", help=say("cli.editions.window")
    )
    commands.add("notebooks", _notebooks, about=say("cli.editions.notebooks"))


def _report(options: argparse.Namespace, say: Texts) -> int:
    from aistats.editions.building import build

    with _progress() as step:
        built = build(
            options.edition,
            data=options.data,
            reports=options.reports,
            parameters=options.parameter,
            progress=step,
        )
    if built.reused:
        print(say("cli.editions.reused").format(built.reused))
    if not built.ran + built.reused:
        print(say("cli.editions.fresh").format(built.folder.as_posix()))
    elif built.changed is None:
        print(say("cli.editions.new_edition"))
    elif not built.changed:
        print(say("cli.editions.same"))
    else:
        print(say("cli.editions.changed").format(len(built.changed)))
        print("\n".join(f"  {path}" for path in built.changed))
    print(say("cli.editions.open").format((built.folder / "index.html").resolve().as_uri()))
    return 0


def _verify(options: argparse.Namespace, say: Texts) -> int:
    from aistats.editions.verifying import published_editions, verify

    if options.keep and len(options.editions) > 1:
        print(say("cli.editions.keep_one"), file=sys.stderr)
        return 2
    folders = options.editions or published_editions()
    if not folders:
        print(say("cli.editions.none").format("reports"), file=sys.stderr)
        return 1
    exit_code = 0
    for folder in folders:
        # Of an earlier edition that nobody asked for, what has changed since is no fault.
        in_full = bool(options.editions) or folder == folders[-1]
        with _progress() as step:
            found = verify(
                folder,
                data=options.data,
                rebuild=bool(options.rebuild or options.keep) and in_full,
                keep=options.keep if in_full else None,
                progress=step,
            )
        print(found.folder.as_posix())
        print("\n".join(f"  {line}" for line in _verified(found, say)))
        if in_full or found.files:
            exit_code = max(exit_code, found.exit_code)
    if options.keep:
        print(say("cli.editions.kept").format(options.keep))
    return exit_code


def _verified(found: Verified, say: Texts) -> Iterator[str]:
    if found.files:
        yield say("cli.editions.files_differ").format(found.checked, len(found.files))
        yield from _indented(found.files)
    else:
        yield say("cli.editions.files").format(found.checked)
    if found.foreign:
        yield say("cli.editions.foreign").format(len(found.foreign))
        yield from _indented(found.foreign)
    if found.software:
        yield say("cli.editions.software")
        yield from _indented(f"{it} {old} → {new}" for it, (old, new) in found.software.items())
    if found.unreadable:
        yield say("cli.editions.unreadable")
        yield from _indented(found.unreadable.splitlines())
        return
    if found.inputs:
        yield say("cli.editions.inputs_differ").format(len(found.inputs))
        yield from _described(found.inputs)
    else:
        yield say("cli.editions.inputs")
    if found.rebuilt:
        yield say("cli.editions.rebuilt_differ").format(len(found.rebuilt))
        yield from _described(found.rebuilt)
    elif found.rebuilt is not None:
        same = say("cli.editions.rebuilt")
        yield say("cli.editions.rebuilt_tables") if found.software else same


def _described(files: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for name, lines in files.items():
        yield from _indented([name, *_indented(lines)])


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)


def _new(options: argparse.Namespace, say: Texts) -> int:
    from aistats.editions.starting import start

    started = start(options.label, data=options.data, windows=options.window)
    for path, lines in started.added.items():
        print(say("cli.editions.added").format(path))
        print("\n".join(f"  + {line}" for line in lines))
    events = f"{Path(options.data).as_posix()}/events.csv"
    print(say("cli.editions.next").format(data=events, source=started.source))
    return 0


def _notebooks(options: argparse.Namespace, say: Texts) -> int:
    from aistats.editions.notebooks import run_in_place

    for path in run_in_place():
        print(say("cli.editions.ran").format(path.as_posix()))
    return 0


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[int, int, str], None]]:
    """Show steps as a bar on a terminal, as plain lines elsewhere."""
    from tqdm import tqdm

    with tqdm(disable=not sys.stderr.isatty(), bar_format="{l_bar}{bar:24}{r_bar}") as bar:

        def step(done: int, total: int, name: str) -> None:
            if bar.disable:
                print(f"[{done}/{total}] {name}", flush=True)
                return
            bar.total = total
            bar.set_postfix_str(name)
            bar.update(done - bar.n)

        yield step

"""The commands about editions: ``aistats report``, ``verify``, ``new`` and ``notebooks``.

Building and checking happen in `aistats.editions`. Here its results become messages, its progress a
bar on a terminal, and the result of a check an exit code.
"""

from __future__ import annotations

import argparse
import contextlib
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from aistats.cli.commands import Commands
from aistats.distribution import NAME, __version__
from aistats.locale import Texts

if TYPE_CHECKING:
    from aistats.editions.building import Built
    from aistats.editions.verifying import Verified


def add_to(commands: Commands) -> None:
    """Add the commands of this file."""
    _add_report(commands)
    _add_verify(commands)
    _add_new(commands)
    commands.add("notebooks", _notebooks, about=commands.say("cli.editions.notebooks"))


def _add_data(parser: argparse.ArgumentParser, say: Texts) -> None:
    """Add the option that names the folder of the data."""
    parser.add_argument(
        "--data",
        default="data",
        metavar=say("cli.metavar.folder"),
        help=say("cli.data"),
    )


# aistats report ----------------------------------------------------------------------------------


def _add_report(commands: Commands) -> None:
    say = commands.say
    report = commands.add(
        "report",
        _report,
        about=say("cli.editions.report"),
        unchanged=say("cli.editions.unchanged"),
    )
    report.add_argument(
        "edition",
        nargs="?",
        metavar=say("cli.metavar.edition"),
        help=say("cli.editions.edition"),
    )
    _add_data(report, say)
    report.add_argument(
        "--reports",
        default="reports",
        metavar=say("cli.metavar.folder"),
        help=say("cli.editions.reports"),
    )
    report.add_argument(
        *("-p", "--parameter"),
        action="append",
        default=[],
        metavar=say("cli.metavar.parameter"),
        help=say("cli.editions.parameter"),
    )
    report.add_argument("--replace", action="store_true", help=say("cli.editions.replace"))


def _report(options: argparse.Namespace, say: Texts) -> int:
    from aistats.editions.building import build

    with _progress() as show_step:
        built = build(
            options.edition,
            data=options.data,
            reports=options.reports,
            parameters=options.parameter,
            replace=options.replace,
            progress=show_step,
        )
    if built.aside is not None:
        return _report_aside(built, say)
    print("\n".join(_built_lines(built, say)))
    return 0


def _built_lines(built: Built, say: Texts) -> Iterator[str]:
    """Yield what was built and how it differs from the edition published before."""
    if built.reused:
        yield say.plural("cli.editions.reused", built.reused)
    if not built.ran + built.reused:
        yield say("cli.editions.fresh", folder=built.folder.as_posix())
    elif built.changed is None:
        yield say("cli.editions.new_edition")
    elif not built.changed:
        yield say("cli.editions.same")
    else:
        yield say.plural("cli.editions.changed", len(built.changed))
        yield from _indented(built.changed)
    page = built.folder / "index.html"
    yield say("cli.editions.open", address=page.resolve().as_uri())


def _report_aside(built: Built, say: Texts) -> int:
    """Print what differs in a build that was not published; return 1 if anything does."""
    print(say("cli.editions.published_by", version=built.published_by, current=__version__))
    changed = set(built.changed or ()) - {"manifest.json"}
    if changed:
        differences = {name: built.differences[name] for name in sorted(changed)}
        print(say.plural("cli.editions.aside_differs", len(changed)))
        print("\n".join(_difference_lines(differences)))
    else:
        print(say("cli.editions.aside_same"))
    if built.aside is not None:
        print(say("cli.editions.aside", folder=built.aside.as_posix()))
    print(say("cli.editions.not_replaced", label=built.folder.name), file=sys.stderr)
    return 1 if changed else 0


# aistats verify ----------------------------------------------------------------------------------


def _add_verify(commands: Commands) -> None:
    say = commands.say
    verify = commands.add("verify", _verify, about=say("cli.editions.verify"))
    verify.add_argument(
        "editions",
        nargs="*",
        metavar=say("cli.metavar.folder"),
        help=say("cli.editions.folders"),
    )
    _add_data(verify, say)
    verify.add_argument("--rebuild", action="store_true", help=say("cli.editions.rebuild"))
    verify.add_argument(
        "--keep",
        metavar=say("cli.metavar.folder"),
        help=say("cli.editions.keep"),
    )


def _verify(options: argparse.Namespace, say: Texts) -> int:
    from aistats.editions.verifying import published_editions

    if options.keep and len(options.editions) > 1:
        print(say("cli.editions.keep_one"), file=sys.stderr)
        return 2
    folders = options.editions or published_editions()
    if not folders:
        print(say("cli.editions.none", folder="reports"), file=sys.stderr)
        return 1
    exit_code = 0
    for folder in folders:
        # Inputs may change after an edition; that counts only for the last one and on request.
        in_full = bool(options.editions) or folder == folders[-1]
        result = _checked(folder, options, in_full=in_full)
        print(result.folder.as_posix())
        print("\n".join(_indented(_verified_lines(result, say))))
        if in_full or result.files:
            exit_code = max(exit_code, result.exit_code)
    if options.keep and Path(options.keep).exists():
        print(say("cli.editions.kept", folder=options.keep))
    return exit_code


def _checked(folder: str | Path, options: argparse.Namespace, *, in_full: bool) -> Verified:
    """Return the result of checking an edition; only in full is it ever rebuilt."""
    from aistats.editions.verifying import verify

    rebuild = options.rebuild or bool(options.keep)
    with _progress() as show_step:
        return verify(
            folder,
            data=options.data,
            rebuild=rebuild and in_full,
            keep=options.keep if in_full else None,
            progress=show_step,
        )


def _verified_lines(result: Verified, say: Texts) -> Iterator[str]:
    """Yield the result of a check: files, software, inputs and rebuild."""
    yield from _file_lines(result, say)
    if result.published_by:
        yield from _other_version_lines(result, say)
        return
    if result.software:
        yield say("cli.editions.software")
        for name, (old, new) in result.software.items():
            yield f"  {name} {old} → {new}"
    if result.unreadable:
        yield say("cli.editions.unreadable")
        yield from _indented(result.unreadable.splitlines())
        return
    if result.inputs:
        yield say.plural("cli.editions.inputs_differ", len(result.inputs))
        yield from _difference_lines(result.inputs)
    else:
        yield say("cli.editions.inputs")
    if result.rebuilt:
        yield say.plural("cli.editions.rebuilt_differ", len(result.rebuilt))
        yield from _difference_lines(result.rebuilt)
    elif result.rebuilt is not None and result.software:
        yield say("cli.editions.rebuilt_tables")
    elif result.rebuilt is not None:
        yield say("cli.editions.rebuilt")


def _file_lines(result: Verified, say: Texts) -> Iterator[str]:
    """Yield how the files compare with the manifest."""
    if result.files:
        checked = result.checked
        yield say.plural("cli.editions.files_differ", len(result.files), checked=checked)
        yield from _indented(result.files)
    else:
        yield say.plural("cli.editions.files", result.checked)
    if result.foreign:
        yield say.plural("cli.editions.foreign", len(result.foreign))
        yield from _indented(result.foreign)


def _other_version_lines(result: Verified, say: Texts) -> Iterator[str]:
    """Yield the result for an edition that another version published, and how to rebuild it."""
    version = result.published_by
    yield say("cli.editions.published_by", version=version, current=__version__)
    if result.unreadable:
        yield say("cli.editions.data_invalid")
        yield from _indented(result.unreadable.splitlines())
    else:
        yield say("cli.editions.data_valid")
    folder = result.folder.as_posix()
    requirement = shlex.quote(f"{NAME}=={version}")  # the manifest may be anybody's
    yield say(
        "cli.editions.rebuild_with",
        version=version,
        requirement=requirement,
        folder=shlex.quote(folder),
    )


def _difference_lines(files: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for name, lines in files.items():
        yield f"  {name}"
        yield from _indented(_indented(lines))


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)


# aistats new, aistats notebooks ------------------------------------------------------------------


def _add_new(commands: Commands) -> None:
    say = commands.say
    new = commands.add("new", _new, about=say("cli.editions.new"))
    new.add_argument(
        "label",
        metavar=say("cli.metavar.edition"),
        help=say("cli.editions.label"),
    )
    _add_data(new, say)
    new.add_argument(
        "--window",
        action="append",
        default=[],
        metavar=say("cli.metavar.days"),
        help=say("cli.editions.window"),
    )


def _new(options: argparse.Namespace, say: Texts) -> int:
    from aistats.editions.starting import start

    started = start(options.label, data=options.data, windows=options.window)
    for path, lines in started.added.items():
        print(say("cli.editions.added", file=path))
        for line in lines:
            print(f"  + {line}")
    events = Path(options.data) / "events.csv"
    print(say("cli.editions.next", events=events.as_posix(), source=started.source))
    return 0


def _notebooks(options: argparse.Namespace, say: Texts) -> int:
    from aistats.editions.notebooks import run_in_place

    for path in run_in_place():
        print(say("cli.editions.ran", path=path.as_posix()))
    return 0


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[int, int, str], None]]:
    """Show steps as a bar on a terminal, as plain lines elsewhere."""
    from tqdm import tqdm

    with tqdm(disable=not sys.stderr.isatty(), bar_format="{l_bar}{bar:24}{r_bar}") as bar:

        def show_step(done: int, total: int, name: str) -> None:
            if bar.disable:
                print(f"[{done}/{total}] {name}", flush=True)
                return
            bar.total = total
            bar.set_postfix_str(name)
            bar.update(done - bar.n)

        yield show_step

"""Editions at the command line: ``aistats report``, ``verify``, ``new`` and ``notebooks``."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from aistats.cli.commands import Commands, Texts
from aistats.distribution import NAME, __version__
from aistats.locale import Texts as Say
from aistats.locale import texts

if TYPE_CHECKING:
    from aistats.editions.building import Built
    from aistats.editions.verifying import Verified

TEXTS = {
    "zh": {
        "report": "生成一期报告；只重做有变化的部分",
        "verify": "核对已发布的各期：文件是否与清单一致，输入是否仍会得出同样的结果",
        "new": "在数据中登记新的一期",
        "notebooks": "就地运行全部笔记本，保留输出",
        "unchanged": "没有写入任何文件；此前的报告没有改动。",
        "edition": "期号，即editions.csv中的一行（默认最后一行）",
        "label": "新一期的期号，如2026-01",
        "folders": "要核对的各期所在文件夹（默认：reports下的全部；以往各期只要求文件与清单一致）",
        "data": "数据文件夹（默认：data）",
        "reports": "各期报告所在的文件夹（默认：reports）",
        "parameter": "笔记本参数，可重复",
        "rebuild": "另行重新生成一遍，逐字节比较",
        "keep_one": "--keep一次只能用于一期。",
        "keep": "把重新生成的结果和图表差异放入这个新文件夹",
        "window": "来源某一节写明覆盖的时间窗（EDTF），可写明章节名，如"
        "“模型=2026-01-01/2026-01-10”；可重复；默认推定为整月",
        "ran": "已运行：{}",
        "fresh": "{}：自上次生成以来没有任何变化，什么都没有做。",
        "reused": "{}个笔记本没有变化，没有重新运行。",
        "same": "与已发布的这一期逐字节相同。",
        "new_edition": "这一期此前没有发布过。",
        "changed": "与此前发布的这一期不同的文件（{}个）：",
        "open": "请打开：{}",
        "none": "{}中还没有任何一期。",
        "files": "文件：{}个，全部与清单一致。",
        "files_differ": "文件：{}个中有{}个与清单不一致或缺失：",
        "foreign": "另有{}个文件不在清单中：",
        "inputs": "输入：与生成时相同。",
        "inputs_differ": "输入：有{}处与生成时不同：",
        "unreadable": "输入：无法读取，不能判断是否仍会得出这一期。",
        "software": "软件：与生成时不同，图片可能略有出入：",
        "rebuilt": "重新生成：逐字节相同。",
        "rebuilt_tables": "重新生成：除图片外全部相同；软件或系统不同，图片没有比较。",
        "rebuilt_differ": "重新生成：有{}个文件不同：",
        "kept": "重新生成的结果在：{}",
        "added": "已在{}中加入：",
        "next": "下一步：在{data}中登记该期的事件，然后运行aistats report。"
        "由报告整理：aistats draft 报告.md --source {source} -o draft.xlsx，"
        "逐条审核后aistats add draft.xlsx --dry-run",
    },
    "en": {
        "report": "build an edition; what has not changed is not made again",
        "verify": "check published editions: are the files what the manifest says, and would the "
        "inputs still give them?",
        "new": "start the next edition in the data",
        "notebooks": "run every notebook in place and keep its outputs",
        "unchanged": "Nothing was written; the edition published before is unchanged.",
        "edition": "a row of editions.csv (default: the last)",
        "label": "of the new edition, such as 2026-01",
        "folders": "the folders of the editions (default: all under reports, of which the last "
        "must agree with its inputs too)",
        "data": "the folder of the data (default: data)",
        "reports": "the folder of the editions (default: reports)",
        "parameter": "a notebook parameter; may be repeated",
        "rebuild": "make it anew aside, and compare every byte",
        "keep_one": "--keep takes one edition at a time.",
        "keep": "put what the rebuild made, and pictures of differences, into this new folder",
        "window": "days that a section of the source states it covers (EDTF), with its name if "
        "wanted: “Models=2026-01-01/2026-01-10”; may be repeated; by default the month is assumed",
        "ran": "ran {}",
        "fresh": "{}: nothing has changed since it was built; nothing was done.",
        "reused": "Not run again, as they have not changed: {} notebooks.",
        "same": "Equal to the published edition, byte for byte.",
        "new_edition": "This edition had not been published before.",
        "changed": "Different from the edition published before ({}):",
        "open": "Open: {}",
        "none": "{} holds no edition yet.",
        "files": "Files: all {} are what the manifest says.",
        "files_differ": "Files: of {}, {} are missing or not what the manifest says:",
        "foreign": "Besides, {} of which the manifest says nothing:",
        "inputs": "Inputs: those that it was made from.",
        "inputs_differ": "Inputs: {} other than those that it was made from:",
        "unreadable": "Inputs: cannot be read, so whether they would give it again is unknown.",
        "software": "Software: other than it was made with; pictures may differ slightly:",
        "rebuilt": "Rebuilt: equal, byte for byte.",
        "rebuilt_tables": "Rebuilt: all but the pictures are equal; with other software, or on "
        "another kind of machine, those were not compared.",
        "rebuilt_differ": "Rebuilt: {} files differ:",
        "kept": "What the rebuild made is in {}",
        "added": "Added to {}:",
        "next": "Next: add the events of the edition to {data}, then run aistats report. From a "
        "report: aistats draft REPORT.md --source {source} -o draft.xlsx; review it; "
        "aistats add draft.xlsx --dry-run",
    },
}


def add_to(commands: Commands) -> None:
    """Add the commands of this file."""
    text = commands.text
    report = commands.add("report", _report, unchanged=text["unchanged"])
    report.add_argument("edition", nargs="?", help=text["edition"])
    report.add_argument("--data", default="data", help=text["data"])
    report.add_argument("--reports", default="reports", help=text["reports"])
    report.add_argument(
        *("-p", "--parameter"),
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help=text["parameter"],
    )
    report.add_argument("--replace", action="store_true", help=texts()("cli.editions.replace"))
    verify = commands.add("verify", _verify)
    verify.add_argument("editions", nargs="*", metavar="FOLDER", help=text["folders"])
    verify.add_argument("--data", default="data", help=text["data"])
    verify.add_argument("--rebuild", action="store_true", help=text["rebuild"])
    verify.add_argument("--keep", metavar="FOLDER", help=text["keep"])
    new = commands.add("new", _new)
    new.add_argument("label", help=text["label"])
    new.add_argument("--data", default="data", help=text["data"])
    new.add_argument("--window", action="append", default=[], metavar="EDTF", help=text["window"])
    commands.add("notebooks", _notebooks)


def _report(options: argparse.Namespace, text: Texts) -> int:
    from aistats.editions.building import build

    with _progress() as step:
        built = build(
            options.edition,
            data=options.data,
            reports=options.reports,
            parameters=options.parameter,
            replace=options.replace,
            progress=step,
        )
    if built.aside is not None:
        return _report_aside(built, texts())
    if built.reused:
        print(text["reused"].format(built.reused))
    if not built.ran + built.reused:
        print(text["fresh"].format(built.folder.as_posix()))
    elif built.changed is None:
        print(text["new_edition"])
    elif not built.changed:
        print(text["same"])
    else:
        print(text["changed"].format(len(built.changed)))
        print("\n".join(f"  {path}" for path in built.changed))
    print(text["open"].format((built.folder / "index.html").resolve().as_uri()))
    return 0


def _verify(options: argparse.Namespace, text: Texts) -> int:
    from aistats.editions.verifying import published_editions, verify

    if options.keep and len(options.editions) > 1:
        print(text["keep_one"], file=sys.stderr)
        return 2
    folders = options.editions or published_editions()
    if not folders:
        print(text["none"].format("reports"), file=sys.stderr)
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
        print("\n".join(f"  {line}" for line in _verified(found, text)))
        if in_full or found.files:
            exit_code = max(exit_code, found.exit_code)
    if options.keep and Path(options.keep).exists():
        print(text["kept"].format(options.keep))
    return exit_code


def _verified(found: Verified, text: Texts) -> Iterator[str]:
    if found.files:
        yield text["files_differ"].format(found.checked, len(found.files))
        yield from _indented(found.files)
    else:
        yield text["files"].format(found.checked)
    if found.foreign:
        yield text["foreign"].format(len(found.foreign))
        yield from _indented(found.foreign)
    if found.published_by:
        yield from _other_version_lines(found, texts())
        return
    if found.software:
        yield text["software"]
        yield from _indented(f"{it} {old} → {new}" for it, (old, new) in found.software.items())
    if found.unreadable:
        yield text["unreadable"]
        yield from _indented(found.unreadable.splitlines())
        return
    if found.inputs:
        yield text["inputs_differ"].format(len(found.inputs))
        yield from _described(found.inputs)
    else:
        yield text["inputs"]
    if found.rebuilt:
        yield text["rebuilt_differ"].format(len(found.rebuilt))
        yield from _described(found.rebuilt)
    elif found.rebuilt is not None:
        yield text["rebuilt_tables" if found.software else "rebuilt"]


def _other_version_lines(verified: Verified, say: Say) -> Iterator[str]:
    """Yield the result for an edition that another version published, and how to rebuild it."""
    version = verified.published_by
    yield say("cli.editions.published_by", version=version, current=__version__)
    if verified.unreadable:
        yield say("cli.editions.data_invalid")
        yield from _indented(verified.unreadable.splitlines())
    else:
        yield say("cli.editions.data_valid")
    folder = verified.folder.as_posix()
    yield say("cli.editions.rebuild_with", package=NAME, version=version, folder=folder)


def _report_aside(built: Built, say: Say) -> int:
    """Print what differs in a build that was not published; return 1 if anything does."""
    version = built.published_by
    print(say("cli.editions.published_by", version=version, current=__version__))
    changed = set(built.changed or ()) - {"manifest.json"}
    if changed:
        print(say.plural("cli.editions.aside_differs", len(changed)))
        print("\n".join(_described({name: built.differences[name] for name in sorted(changed)})))
    else:
        print(say("cli.editions.aside_same"))
    if built.aside is not None:
        print(say("cli.editions.aside", folder=built.aside.as_posix()))
    print(say("cli.editions.not_replaced", label=built.folder.name), file=sys.stderr)
    return 1 if changed else 0


def _described(files: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for name, lines in files.items():
        yield from _indented([name, *_indented(lines)])


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)


def _new(options: argparse.Namespace, text: Texts) -> int:
    from aistats.editions.starting import start

    started = start(options.label, data=options.data, windows=options.window)
    for path, lines in started.added.items():
        print(text["added"].format(path))
        print("\n".join(f"  + {line}" for line in lines))
    events = f"{Path(options.data).as_posix()}/events.csv"
    print(text["next"].format(data=events, source=started.source))
    return 0


def _notebooks(options: argparse.Namespace, text: Texts) -> int:
    from aistats.editions.notebooks import run_in_place

    for path in run_in_place():
        print(text["ran"].format(path.as_posix()))
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

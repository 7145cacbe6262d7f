"""Adding at the command line: ``aistats add`` and ``aistats template``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from aistats.cli.commands import Commands, Texts
from aistats.faults import place_of

if TYPE_CHECKING:
    from aistats.importers.add.addition import Addition
    from aistats.importers.add.rows import Change

TEXTS = {
    "zh": {
        "add": "把审核过的行登记到events.csv；已有的不重复登记",
        "template": "生成填写事件用的Excel工作簿：有下拉列表、说明和编码规则",
        "unchanged": "没有写入任何内容。",
        "files": "CSV或.xlsx文件；列名用编码手册中的列名或标题",
        "data": "数据文件夹（默认：data）",
        "source": "未写明来源（或所写来源不存在）的行，按此来源登记",
        "encoding": "CSV文件的编码（默认：自动识别，识别不出则拒绝）",
        "ignore": "文件中不登记的列，可重复",
        "dry_run": "只显示将要登记的内容，不写入",
        "allow_similar": "与已有事件相似的行也登记",
        "workbook": "要生成的工作簿（默认：events.xlsx）",
        "force": "覆盖已有的文件",
        "read": "已读取{}：{}编码",
        "read_sheet": "已读取{}：工作表“{}”",
        "left_out": "不登记的列：{}",
        "changes": "已规范或补上的单元格（{}个）：",
        "put": "{place}：“{before}” → “{after}”",
        "filled": "{place}：补上“{after}”",
        "from_day": "{place}：日期单元格 → “{after}”",
        "notices": "请留意：",
        "similar": "可能重复（{}行）：",
        "stopped": "没有写入：请核对上面可能重复的行；确是不同事件，请加--allow-similar。",
        "known": "{}行已登记过，跳过。",
        "nothing": "没有新的行要登记，没有写入。",
        "would": "将向{}登记{}行；这次没有写入（--dry-run）。",
        "added": "已向{}登记{}行。",
        "ids": "请核对自动生成的编号（event_id）：登记后不再更改。",
        "next": "下一步：aistats report",
        "made": "已生成{0}。填好后：aistats add {0} --dry-run",
    },
    "en": {
        "add": "add reviewed rows to events.csv; none is added twice",
        "template": "make an Excel workbook to write events in, with drop-downs and the rules",
        "unchanged": "Nothing was written.",
        "files": "CSV files or workbooks (.xlsx) with the names or titles of columns as headings",
        "data": "the folder of the data (default: data)",
        "source": "the source of rows that name none, or one that is not known",
        "ignore": "a column of the files that is not to be added; may be repeated",
        "encoding": "the encoding of CSV files (default: found out, or the file is refused)",
        "dry_run": "show what would be added and write nothing",
        "allow_similar": "add rows that look like other events too",
        "workbook": "the workbook to make (default: events.xlsx)",
        "force": "write over a file that is there",
        "read": "Read {}: {}",
        "read_sheet": "Read {}: sheet “{}”",
        "left_out": "Columns ignored: {}",
        "changes": "Cells normalised or filled in ({}):",
        "put": "{place}: “{before}” → “{after}”",
        "filled": "{place}: filled in “{after}”",
        "from_day": "{place}: date cell → “{after}”",
        "notices": "Look again:",
        "similar": "Possible duplicates ({}):",
        "stopped": "Nothing was written: look at the possible duplicates above. If they are other "
        "events, add --allow-similar.",
        "known": "There already, passed over: {}.",
        "nothing": "No new row; nothing was written.",
        "would": "Rows that would be added to {}: {}. Nothing was written (--dry-run).",
        "added": "Rows added to {}: {}.",
        "ids": "Check the ids that were made (event_id): they are never changed.",
        "next": "Next: aistats report",
        "made": "Made {0}. When it is filled in: aistats add {0} --dry-run",
    },
}


def add_to(commands: Commands) -> None:
    """Add the commands of this file."""
    text = commands.text
    add = commands.add("add", _add, unchanged=text["unchanged"], extra="import")
    add.add_argument("files", nargs="+", metavar="FILE", help=text["files"])
    add.add_argument("--data", default="data", help=text["data"])
    add.add_argument("--source", metavar="NAME", help=text["source"])
    add.add_argument("--encoding", help=text["encoding"])
    add.add_argument("--ignore", action="append", default=[], metavar="COLUMN", help=text["ignore"])
    add.add_argument("--dry-run", action="store_true", help=text["dry_run"])
    add.add_argument("--allow-similar", action="store_true", help=text["allow_similar"])
    template = commands.add("template", _template, unchanged=text["unchanged"], extra="import")
    template.add_argument("file", nargs="?", default="events.xlsx", help=text["workbook"])
    template.add_argument("--data", default="data", help=text["data"])
    template.add_argument("--force", action="store_true", help=text["force"])


def _add(options: argparse.Namespace, text: Texts) -> int:
    from aistats.importers.add.addition import add

    addition = add(
        options.files,
        data=options.data,
        source=options.source,
        encoding=options.encoding,
        ignored=options.ignore,
    )
    print("\n".join(_said(addition, text)))
    if addition.similar and not options.allow_similar:
        print(text["stopped"], file=sys.stderr)
        return 1
    if addition.ids:
        path, n = addition.file, len(addition.ids)
        if options.dry_run:
            print(text["would"].format(path, n))
            if any(it.column == "event_id" for it in addition.changes):
                print(text["ids"])
            return 0
        addition.write()
        print(text["added"].format(path, n), text["next"], sep="\n")
    return 0


def _said(addition: Addition, text: Texts) -> Iterator[str]:
    for file, encoding in addition.encodings.items():
        yield text["read"].format(file, encoding.upper())
    for file, sheet in addition.sheets.items():
        yield text["read_sheet"].format(file, sheet)
    if addition.left_out:
        yield text["left_out"].format(", ".join(addition.left_out))
    if addition.changes:
        yield text["changes"].format(len(addition.changes))
        for it in addition.changes:
            yield f"  {_change(it, text)}".replace("\n", "⏎")
    for faults, head in ((addition.notices, "notices"), (addition.similar, "similar")):
        if faults:
            yield text[head].format(len(faults))
        for fault in faults:
            yield f"  {fault.text()}"
            yield from (f"      {line}" for line in fault.lines)
    if addition.known:
        yield text["known"].format(addition.known)
    yield addition.diff() if addition.ids else text["nothing"]


def _change(it: Change, text: Texts) -> str:
    kind = "from_day" if it.from_day else "put" if it.before else "filled"
    place = place_of(it.file, [it.line], it.column)
    return text[kind].format(place=place, before=it.before, after=it.after)


def _template(options: argparse.Namespace, text: Texts) -> int:
    from aistats.importers.add.template import write_template

    path = Path(options.file)
    write_template(path, data=options.data, force=options.force)
    print(text["made"].format(path.as_posix()))
    return 0

"""Reports at the command line: ``aistats draft``."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from aistats.cli.commands import Commands, Texts
from aistats.faults import DataError, Fault, ParameterError, choices_shown
from aistats.tables.codebook import DESCRIPTOR
from aistats.tables.writing import write_whole

if TYPE_CHECKING:
    from aistats.importers.draft.reports import Draft

_REPORTS = (".md", ".markdown", ".txt")
_ENDINGS = (".csv", ".xlsx")

TEXTS = {
    "zh": {
        "draft": "把Markdown报告整理成事件表的草稿，供人工审核",
        "draft_files": "一份或多份报告（中文或英文）",
        "draft_out": "写入这个文件：.csv，或便于审核的.xlsx工作簿（默认：以CSV写到标准输出）",
        "draft_data": "数据文件夹，来源的时间窗以及工作簿的下拉列表和规则取自其中（默认：data）",
        "draft_force": "文件已存在时覆盖",
        "draft_source": "来源的名称，即datapackage.json中的（默认：取自文件名）",
        "draft_encoding": "报告的编码（默认：自动判断，判断不了则拒绝）",
        "windows": "读出的时间窗（{}个）：",
        "window": "{window}  {origin}——{n}条",
        "no_window": "没有读出",
        "found": "找到{}条事件：有日期的{}条，没有日期的{}条，需要核对的{}条。",
        "uncertain": "需要核对（{}条）：",
        "row": "{place}  {title}——{note}",
        "skipped": "没有事件的标题（{}个）：",
        "heading": "{file}:{line}  {heading}——{reason}",
        "contents": "目录",
        "note": "编者的话",
        "summary": "总结或摘要",
        "trend": "趋势与评论",
        "outlook": "展望或预告",
        "method": "方法与数据说明",
        "reference": "参考资料或附录",
        "about": "声明或关于本刊",
        "no_event": "其下没有认出事件",
        "written": "草稿已写入{0}。请补写摘要并逐条核对，然后运行：aistats add {0} --dry-run",
        "unchanged": "没有写入任何文件。",
    },
    "en": {
        "draft": "turn Markdown reports into draft rows of the events table, for review",
        "draft_files": "one or more reports (Chinese or English)",
        "draft_out": "write this file: .csv, or .xlsx for a workbook to review it in "
        "(default: CSV to standard output)",
        "draft_data": "the folder of the data, for the windows of the source and for the "
        "drop-downs and rules of the workbook (default: data)",
        "draft_force": "overwrite the file if it is there",
        "draft_source": "name of the source, as in datapackage.json (default: from the file name)",
        "draft_encoding": "encoding of the reports (default: found out, or the file is refused)",
        "windows": "Windows that were read ({}):",
        "window": "{window}  {origin}: {n}",
        "no_window": "none was read",
        "found": "Found {} events: {} with a date, {} without, {} to look at.",
        "uncertain": "To look at ({}):",
        "row": "{place}  {title}: {note}",
        "skipped": "Headings without events ({}):",
        "heading": "{file}:{line}  {heading}: {reason}",
        "contents": "a table of contents",
        "note": "a word from the editor",
        "summary": "a summary",
        "trend": "trends and comment",
        "outlook": "an outlook",
        "method": "method and data",
        "reference": "references or an appendix",
        "about": "about the publication",
        "no_event": "no event was recognised there",
        "written": "The draft is in {0}. Check each row and write its summary. Then: "
        "aistats add {0} --dry-run",
        "unchanged": "Nothing was written.",
    },
}


def add_to(commands: Commands) -> None:
    """Add the commands of this file."""
    text = commands.text
    draft = commands.add("draft", _draft, unchanged=text["unchanged"], extra="import")
    draft.add_argument("reports", nargs="+", metavar="REPORT.md", help=text["draft_files"])
    draft.add_argument("-o", "--out", metavar="DRAFT", help=text["draft_out"])
    draft.add_argument("--source", metavar="NAME", help=text["draft_source"])
    draft.add_argument("--encoding", help=text["draft_encoding"])
    draft.add_argument("--data", help=text["draft_data"])
    draft.add_argument("--force", action="store_true", help=text["draft_force"])


def _draft(options: argparse.Namespace, text: Texts) -> int:
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
        print(table, end="")
    elif out.suffix.lower() == ".csv":
        write_whole(out, table)
    else:
        write_template(out, data=data, rows=draft.rows, force=options.force)
    for line in _said(draft, text):
        print(line, file=_beside(out))
    if out is not None:
        print(text["written"].format(out.as_posix()))
    return 0


def _check_source(source: str, coverage: Mapping[str, object]) -> None:
    """Refuse a source that has no window, as adding the rows would."""
    if source not in coverage:
        allowed = choices_shown(source, reversed([*coverage]))
        raise ParameterError([Fault("no_source", value=source, allowed=allowed)])


def _beside(out: Path | None) -> TextIO:
    """Return where to speak: not into the table."""
    return sys.stderr if out is None else sys.stdout


def _said(draft: Draft, text: Texts) -> Iterator[str]:
    rows = draft.rows
    dated = int(rows["date"].ne("").sum())
    unsure = rows[rows["confidence"].ne("high")]
    yield text["found"].format(len(rows), dated, len(rows) - dated, len(unsure))
    windows = Counter(zip(rows["reported"], rows["reported_from"], strict=True))
    yield text["windows"].format(len(windows))
    for (window, origin), n in windows.items():
        window = window or text["no_window"]
        yield "  " + text["window"].format(window=window, origin=origin, n=n)
    if len(unsure):
        yield text["uncertain"].format(len(unsure))
        for row in unsure.itertuples():
            title = row.title_zh or row.title_en
            yield "  " + text["row"].format(place=row.place, title=title, note=row.note)
    if len(draft.skipped):
        yield text["skipped"].format(len(draft.skipped))
        for file, line, heading, reason in draft.skipped.itertuples(index=False):
            place = {"file": file, "line": line, "heading": heading, "reason": text[reason]}
            yield "  " + text["heading"].format(**place)

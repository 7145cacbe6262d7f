"""Tables at the command line: ``aistats validate`` and ``convert``."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from aistats.cli.commands import Commands, Texts, pairs, to_screen
from aistats.dates.edtf import ORDERS
from aistats.faults import DataError, Fault, ParameterError
from aistats.tables.writing import write_whole

if TYPE_CHECKING:
    import pandas as pd

TEXTS = {
    "zh": {
        "validate": "只检查数据，不生成任何文件",
        "convert": "读取任何带日期的事件表（CSV或xlsx），写成整齐的UTF-8 CSV",
        "data": "数据文件夹（默认：data）",
        "valid": "{}：未发现错误（事件{}条，趋势判断{}条，覆盖时间窗{}个）",
        "file": "要读取的表格",
        "output": "写入这个文件（默认：输出到屏幕）",
        "map": "列的对应，新名=原名，可重复；日期列名为date，或start与end，或year、month与day",
        "dates": "数字日期的写法：日月年、月日年、两位数年份，或Excel的日期序号",
        "list": "多值列及其分隔符，如country=';'或tags=json，可重复",
        "precision": "precision列中代码的意思，如3=month，可重复；"
        "可用：day、week、month、year、range",
        "encoding": "编码（默认：自动识别，识别不出则拒绝）",
        "header": "表头在第几行",
        "skip": "不是数据的行，可重复",
        "skip_torn": "跳过单元格个数与表头不符的行",
        "not_written": "没有写入任何文件。",
        "read": "已读取{}：{}编码，以{}分隔，表头在第{}行",
        "read_sheet": "已读取{}：工作表“{}”，表头在第{}行",
        ",": "逗号",
        ";": "分号",
        "\t": "制表符",
        "|": "竖线",
        "rows": "共{}行，其中{}行有日期",
        "days": "日期：{}至{}",
        "dmy": "数字日期按日月年读（第{}行只能这样读）",
        "mdy": "数字日期按月日年读（第{}行只能这样读）",
        "codes": "日期精度依{}列",
        "used": "列的对应：{}",
        "skipped": "跳过{}行：第{}行",
        "comma": "、",
        "written": "已写入{}",
    },
    "en": {
        "validate": "check the data and write nothing",
        "convert": "read any table of dated events (CSV or .xlsx) and write it as tidy UTF-8 CSV",
        "data": "the folder of the data (default: data)",
        "valid": "{}: no faults found ({} events, {} themes, {} covered windows)",
        "file": "the table to read",
        "output": "write into this file (default: to the screen)",
        "map": "a column, new name=old name; may be repeated. The date is date, or start and end, "
        "or year, month and day",
        "dates": "how numbers are a date: the order of day and month, years of two digits, or the "
        "days that Excel counts",
        "list": "a column of lists and what separates their values, such as country=';' or "
        "tags=json; may be repeated",
        "precision": "what a code in the column precision means, such as 3=month; may be repeated; "
        "day, week, month, year or range",
        "encoding": "the file's encoding (default: found out, or the file is refused)",
        "header": "the line of the header",
        "skip": "a line that is no row; may be repeated",
        "skip_torn": "skip lines that have more or fewer cells than the header",
        "not_written": "Nothing was written.",
        "read": "Read {}: {}, separated by {}, header on line {}",
        "read_sheet": "Read {}: sheet “{}”, header on line {}",
        ",": "commas",
        ";": "semicolons",
        "\t": "tabs",
        "|": "bars",
        "rows": "Rows: {}, of which {} have a date",
        "days": "Dates: {} to {}",
        "dmy": "Numbers are day, month, year: line {} can be nothing else",
        "mdy": "Numbers are month, day, year: line {} can be nothing else",
        "codes": "How exact dates are: column {}",
        "used": "Columns: {}",
        "skipped": "Lines skipped: {} ({})",
        "comma": ", ",
        "written": "Wrote {}",
    },
}


def add_to(commands: Commands) -> None:
    """Add the commands of this file."""
    text = commands.text
    validate = commands.add("validate", _validate)
    validate.add_argument("data", nargs="?", default="data", help=text["data"])
    convert = commands.add("convert", _convert, unchanged=text["not_written"], extra="import")
    convert.add_argument("file", help=text["file"])
    convert.add_argument("-o", "--output", metavar="CSV", help=text["output"])
    for option, form in {"map": "NEW=OLD", "list": "COLUMN=SIGN", "precision": "CODE=UNIT"}.items():
        convert.add_argument(
            f"--{option}", action="append", default=[], metavar=form, help=text[option]
        )
    convert.add_argument("--dates", choices=ORDERS, help=text["dates"])
    convert.add_argument("--encoding", help=text["encoding"])
    convert.add_argument("--header", type=int, metavar="LINE", help=text["header"])
    convert.add_argument(
        "--skip", action="append", type=int, default=[], metavar="LINE", help=text["skip"]
    )
    convert.add_argument("--skip-torn", action="store_true", help=text["skip_torn"])


def _validate(options: argparse.Namespace, text: Texts) -> int:
    from aistats.tables.package import read_tables

    tables, _ = read_tables(options.data)
    sizes = (len(tables[name]) for name in ("events", "themes", "coverage"))
    print(text["valid"].format(Path(options.data).as_posix(), *sizes))
    return 0


def _convert(options: argparse.Namespace, text: Texts) -> int:
    from aistats.tables.events import read_events

    output = Path(options.output) if options.output else None
    table = read_events(
        options.file,
        columns=pairs(options.map),
        dates=options.dates,
        lists=pairs(options.list),
        precision=pairs(options.precision) or None,
        encoding=options.encoding,
        header=options.header,
        skip=options.skip,
        skip_torn=options.skip_torn,
    )
    if output and output.exists() and output.samefile(options.file):
        raise ParameterError([Fault("own_input", output.as_posix())])
    tidy = _tidy(table, options.file)
    said = list(_told(table, Path(options.file).as_posix(), text))
    if output is None:
        print(*said, sep="\n", file=sys.stderr)
        to_screen(tidy)
    else:
        write_whole(output, tidy)
        print(*said, text["written"].format(output.as_posix()), sep="\n")
    return 0


def _tidy(table: pd.DataFrame, file: str) -> str:
    """Return a table as CSV, with its days and with lists separated by semicolons."""
    tidy = table.drop(columns="dated")
    for name in tidy.columns[tidy.dtypes == "object"]:
        lists = tidy[name].dropna()
        if wrong := [it for values in lists for it in values if ";" in it]:
            raise DataError(Fault("in_list", file, None, name, it) for it in dict.fromkeys(wrong))
        tidy[name] = lists.str.join(";")
    text = str(tidy.to_csv(index=False, lineterminator="\n"))
    if "\r" in text:  # of which csv does not see that it would end a line
        return str(tidy.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_ALL))
    return text


def _told(table: pd.DataFrame, file: str, text: Texts) -> Iterator[str]:
    """Say how a table was read and what it holds, so that a person can tell whether it is so."""
    how, dated = table.attrs, table[table["dated"]]
    if how["separator"] is None:
        yield text["read_sheet"].format(file, how["sheet"], how["header"])
    else:
        encoding, separator = how["encoding"].upper(), text[how["separator"]]
        yield text["read"].format(file, encoding, separator, how["header"])
    yield text["rows"].format(len(table), len(dated))
    if len(dated):
        first, last = dated["earliest"].min(), dated["latest"].max()
        yield text["days"].format(first.date(), last.date())
    if how["proof"]:
        yield text[how["dates"]].format(how["proof"])
    if how["precision"]:
        yield text["codes"].format(how["precision"])
    used = (f"{new} ← {old}" for new, old in how["columns"].items())
    yield text["used"].format(text["comma"].join(used))
    if how["skipped"]:
        lines = text["comma"].join(map(str, how["skipped"]))
        yield text["skipped"].format(len(how["skipped"]), lines)

"""Tables at the command line: ``aistats validate`` and ``convert``."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from aistats.cli.commands import Commands, pairs, to_screen
from aistats.dates.edtf import ORDERS
from aistats.faults import DataError, Fault, ParameterError
from aistats.locale import Texts, text_key
from aistats.tables.writing import write_whole

if TYPE_CHECKING:
    import pandas as pd

_SEPARATORS = {
    ",": text_key("cli.tables.by_comma"),
    ";": text_key("cli.tables.by_semicolon"),
    "\t": text_key("cli.tables.by_tab"),
    "|": text_key("cli.tables.by_bar"),
}
_ORDERS = {"dmy": text_key("cli.tables.dmy"), "mdy": text_key("cli.tables.mdy")}


def add_to(commands: Commands) -> None:
    """Add the commands of this file."""
    say = commands.say
    validate = commands.add("validate", _validate, about=say("cli.tables.validate"))
    validate.add_argument("data", nargs="?", default="data", help=say("cli.tables.data"))
    convert = commands.add(
        "convert",
        _convert,
        about=say("cli.tables.convert"),
        unchanged=say("cli.tables.not_written"),
        extra="import",
    )
    convert.add_argument("file", help=say("cli.tables.file"))
    convert.add_argument("-o", "--output", metavar="CSV", help=say("cli.tables.output"))
    convert.add_argument(
        "--map", action="append", default=[], metavar="NEW=OLD", help=say("cli.tables.map")
    )
    convert.add_argument(
        "--list", action="append", default=[], metavar="COLUMN=SIGN", help=say("cli.tables.list")
    )
    convert.add_argument(
        "--precision",
        action="append",
        default=[],
        metavar="CODE=UNIT",
        help=say("cli.tables.precision"),
    )
    convert.add_argument("--dates", choices=ORDERS, help=say("cli.tables.dates"))
    convert.add_argument("--encoding", help=say("cli.tables.encoding"))
    convert.add_argument("--header", type=int, metavar="LINE", help=say("cli.tables.header"))
    convert.add_argument(
        "--skip", action="append", type=int, default=[], metavar="LINE", help=say("cli.tables.skip")
    )
    convert.add_argument("--skip-torn", action="store_true", help=say("cli.tables.skip_torn"))


def _validate(options: argparse.Namespace, say: Texts) -> int:
    from aistats.tables.package import read_tables

    tables, _ = read_tables(options.data)
    sizes = (len(tables[name]) for name in ("events", "themes", "coverage"))
    print(say("cli.tables.valid").format(Path(options.data).as_posix(), *sizes))
    return 0


def _convert(options: argparse.Namespace, say: Texts) -> int:
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
    said = list(_told(table, Path(options.file).as_posix(), say))
    if output is None:
        print(*said, sep="\n", file=sys.stderr)
        to_screen(tidy)
    else:
        write_whole(output, tidy)
        print(*said, say("cli.tables.written").format(output.as_posix()), sep="\n")
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


def _told(table: pd.DataFrame, file: str, say: Texts) -> Iterator[str]:
    """Say how a table was read and what it holds, so that a person can tell whether it is so."""
    how, dated = table.attrs, table[table["dated"]]
    if how["separator"] is None:
        yield say("cli.tables.read_sheet").format(file, how["sheet"], how["header"])
    else:
        encoding, separator = how["encoding"].upper(), say(_SEPARATORS[how["separator"]])
        yield say("cli.tables.read").format(file, encoding, separator, how["header"])
    yield say("cli.tables.rows").format(len(table), len(dated))
    if len(dated):
        first, last = dated["earliest"].min(), dated["latest"].max()
        yield say("cli.tables.days").format(first.date(), last.date())
    if how["proof"]:
        yield say(_ORDERS[how["dates"]]).format(how["proof"])
    if how["precision"]:
        yield say("cli.tables.codes").format(how["precision"])
    used = (f"{new} ← {old}" for new, old in how["columns"].items())
    yield say("cli.tables.used").format(say("cli.tables.comma").join(used))
    if how["skipped"]:
        lines = say("cli.tables.comma").join(map(str, how["skipped"]))
        yield say("cli.tables.skipped").format(len(how["skipped"]), lines)

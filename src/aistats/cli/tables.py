"""The commands ``aistats validate`` and ``convert``: check the data, and read tables by others.

``convert`` writes a tidy CSV and tells how the table was read (encoding, separator, order of
dates), so that a person can see whether that is right. Nothing is written where anything is wrong.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
_ORDERS = {
    "dmy": text_key("cli.tables.dmy"),
    "mdy": text_key("cli.tables.mdy"),
}


def add_to(commands: Commands) -> None:
    """Add the commands of this file."""
    say = commands.say
    validate = commands.add("validate", _validate, about=say("cli.tables.validate"))
    validate.add_argument(
        "data",
        nargs="?",
        default="data",
        metavar=say("cli.metavar.folder"),
        help=say("cli.data"),
    )
    convert = commands.add(
        "convert",
        _convert,
        about=say("cli.tables.convert"),
        unchanged=say("cli.not_written"),
        extra="import",
    )
    convert.add_argument("file", metavar=say("cli.metavar.file"), help=say("cli.tables.file"))
    convert.add_argument(
        *("-o", "--output"),
        metavar=say("cli.metavar.file"),
        help=say("cli.tables.output"),
    )
    _add_columns(convert, say)
    _add_layout(convert, say)


def _add_columns(convert: argparse.ArgumentParser, say: Texts) -> None:
    """Add the options that say what the columns hold."""
    convert.add_argument(
        "--map",
        action="append",
        default=[],
        metavar=say("cli.metavar.map"),
        help=say("cli.tables.map"),
    )
    convert.add_argument(
        "--list",
        action="append",
        default=[],
        metavar=say("cli.metavar.list"),
        help=say("cli.list"),
    )
    convert.add_argument(
        "--precision",
        action="append",
        default=[],
        metavar=say("cli.metavar.precision"),
        help=say("cli.tables.precision"),
    )
    convert.add_argument("--dates", choices=ORDERS, help=say("cli.dates"))


def _add_layout(convert: argparse.ArgumentParser, say: Texts) -> None:
    """Add the options that say how the file is laid out."""
    convert.add_argument(
        "--encoding",
        metavar=say("cli.metavar.encoding"),
        help=say("cli.tables.encoding"),
    )
    convert.add_argument(
        "--header",
        type=int,
        metavar=say("cli.metavar.line"),
        help=say("cli.tables.header"),
    )
    convert.add_argument(
        "--skip",
        action="append",
        type=int,
        default=[],
        metavar=say("cli.metavar.line"),
        help=say("cli.tables.skip"),
    )
    convert.add_argument("--skip-torn", action="store_true", help=say("cli.tables.skip_torn"))


def _validate(options: argparse.Namespace, say: Texts) -> int:
    from aistats.tables.package import read_tables

    tables, _ = read_tables(options.data)
    message = say(
        "cli.tables.valid",
        folder=Path(options.data).as_posix(),
        events=say.plural("cli.tables.events", len(tables["events"])),
        claims=say.plural("cli.tables.claims", len(tables["themes"])),
        windows=say.plural("cli.tables.windows", len(tables["coverage"])),
    )
    print(message)
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
    content = _tidy_csv(table, options.file)
    messages = list(_messages(table, options.file, say))
    if output is None:
        print(*messages, sep="\n", file=sys.stderr)
        to_screen(content)
    else:
        write_whole(output, content)
        messages.append(say("cli.saved", file=output.as_posix()))
        print(*messages, sep="\n")
    return 0


def _tidy_csv(table: pd.DataFrame, file: str) -> str:
    """Return a table as CSV, with its days and with lists separated by semicolons."""
    tidy = table.drop(columns="dated")
    for name in tidy.columns[tidy.dtypes == "object"]:
        lists = tidy[name].dropna()
        _check_values(lists, name, file)
        tidy[name] = lists.str.join(";")
    content = str(tidy.to_csv(index=False, lineterminator="\n"))
    if "\r" in content:  # csv leaves such a cell unquoted, though other programs end a line there
        content = str(tidy.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_ALL))
    return content


def _check_values(lists: pd.Series, name: str, file: str) -> None:
    """Reject values that hold the semicolon by which they will be separated."""
    values = lists.explode().dropna()
    faults = []
    for value in values.unique():
        if ";" in value:
            faults.append(Fault("in_list", file, None, name, value))
    if faults:
        raise DataError(faults)


def _messages(table: pd.DataFrame, file: str, say: Texts) -> Iterator[str]:
    """Yield how a table was read and what it holds, so that a person can check it."""
    reading = table.attrs
    yield _source_message(reading, Path(file).as_posix(), say)
    yield from _row_messages(table, say)
    if reading["proof"]:
        order = _ORDERS[reading["dates"]]
        yield say(order, line=reading["proof"])
    if reading["precision"]:
        yield say("cli.tables.codes", column=reading["precision"])
    comma = say("cli.comma")
    renamed = [f"{new} ← {old}" for new, old in reading["columns"].items()]
    yield say("cli.tables.used", columns=comma.join(renamed))
    if reading["skipped"]:
        lines = comma.join(map(str, reading["skipped"]))
        yield say.plural("cli.tables.skipped", len(reading["skipped"]), lines=lines)


def _row_messages(table: pd.DataFrame, say: Texts) -> Iterator[str]:
    """Yield how many rows there are, and from when to when."""
    dated = table[table["dated"]]
    yield say.plural("cli.tables.rows", len(table), dated=len(dated))
    if dated.empty:
        return
    first = dated["earliest"].min()
    last = dated["latest"].max()
    yield say("cli.tables.days", first=first.date(), last=last.date())


def _source_message(reading: Mapping[Any, Any], file: str, say: Texts) -> str:
    """Return the sentence about the file: its encoding and separator, or its sheet."""
    line = reading["header"]
    if reading["separator"] is None:
        return say("cli.tables.read_sheet", file=file, sheet=reading["sheet"], line=line)
    return say(
        "cli.tables.read",
        file=file,
        encoding=reading["encoding"].upper(),
        separator=say(_SEPARATORS[reading["separator"]]),
        line=line,
    )

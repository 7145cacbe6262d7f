"""Files of any size at the command line: ``aistats count``."""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from aistats.cli.commands import Commands, pairs, to_screen
from aistats.dates.calendar import PERIODS
from aistats.dates.edtf import ORDERS
from aistats.faults import DataError, Fault, ParameterError
from aistats.locale import Texts
from aistats.tables.codebook import DESCRIPTOR, read_codebook
from aistats.tables.writing import replacing, write_whole

if TYPE_CHECKING:
    import pandas as pd

    from aistats.counting.answers import CountsTable
    from aistats.counting.files.question import FileQuestion

_QUOTED = re.compile(r'[",\r\n]')
_ENDINGS = (".csv", ".parquet", ".json")


def add_to(commands: Commands) -> None:
    """Add the command of this file."""
    say = commands.say
    count = commands.add(
        "count",
        _count,
        about=say("cli.count.count"),
        unchanged=say("cli.count.not_written"),
        extra="files",
    )
    count.add_argument("files", nargs="+", metavar="FILE", help=say("cli.count.files"))
    count.add_argument(
        "--by", action="append", default=[], metavar="COLUMN", help=say("cli.count.by")
    )
    count.add_argument(
        "--period", action=_Once, metavar=_choice(PERIODS), help=say("cli.count.period")
    )
    count.add_argument("--date", action="append", metavar="COLUMN", help=say("cli.count.date"))
    count.add_argument(
        "--between", action=_Once, nargs=2, metavar=("FIRST", "LAST"), help=say("cli.count.between")
    )
    count.add_argument("--coverage", action=_Once, metavar="FILE", help=say("cli.count.coverage"))
    count.add_argument("--tz", action=_Once, metavar="ZONE", help=say("cli.count.tz"))
    count.add_argument(
        "--where", action="append", default=[], metavar="SQL", help=say("cli.count.where")
    )
    count.add_argument(
        "--list",
        action="append",
        default=[],
        metavar="COLUMN=SEPARATOR",
        help=say("cli.count.list"),
    )
    count.add_argument(
        "--dates", action=_Once, metavar=_choice(ORDERS), help=say("cli.count.dates")
    )
    count.add_argument("--codebook", action=_Once, metavar="JSON", help=say("cli.count.codebook"))
    count.add_argument("--only-observed", action="store_true", help=say("cli.count.only_observed"))
    count.add_argument(
        "-o", "--output", action=_Once, metavar="FILE", type=Path, help=say("cli.count.output")
    )
    count.add_argument("--json", action="store_true", help=say("cli.count.json"))


def _choice(values: Sequence[str]) -> str:
    """Write values to choose from as argparse does; what is none of them the count refuses."""
    return f"{{{','.join(values)}}}"


class _Once(argparse.Action):
    """An option with one value: given again, one of the two would be lost without a word."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        if getattr(namespace, self.dest) is not None:
            parser.error(Fault("parameter_twice", value=option_string).text())
        setattr(namespace, self.dest, values)


def _count(options: argparse.Namespace, say: Texts) -> int:
    from aistats.counting.answers import answer
    from aistats.counting.files.cube import cube_of_files

    output = options.output
    form = _form(options)
    faults = _output_faults(output, form, [".json"] if options.json else _ENDINGS)
    if faults:
        raise ParameterError(faults)
    _refuse_own_input(options)
    question = _question(options)
    cube, files = cube_of_files(options.files, question, progress=sys.stderr.isatty())
    table = answer(cube, question)
    messages = [say("cli.count.counted").format(cube.events, len(files))]
    if form == ".parquet":
        _write_parquet(table, output)
    else:
        content = _json(table, cube.events, files) if form == ".json" else _csv(table)
        _put_out(content, output)
    if output is not None:
        messages.append(say("cli.count.written").format(output.as_posix(), len(table)))
    print(*messages, sep="\n", file=sys.stderr)
    return 0


def _form(options: argparse.Namespace) -> str:
    """Return the ending of the form in which the table is written."""
    if options.json:
        return ".json"
    return options.output.suffix.lower() if options.output else ".csv"


def _question(options: argparse.Namespace) -> FileQuestion:
    from aistats.counting.files.question import FileQuestion

    date = options.date
    if date and len(date) == 1:
        date = date[0]
    return FileQuestion(
        by=options.by,
        period=options.period,
        coverage=_coverage(options.coverage),
        date=date,
        between=options.between,
        tz=options.tz,
        complete=not options.only_observed,
        where=options.where,
        lists=pairs(options.list),
        dates=options.dates,
        codebook=options.codebook,
    )


def _refuse_own_input(options: argparse.Namespace) -> None:
    """Refuse to write over a file that is read."""
    from aistats.counting.files.sources import find_files

    output = options.output
    if output is None or not output.exists():
        return
    read = [*find_files(options.files), *filter(None, [options.coverage, options.codebook])]
    read += [Path(file).with_name(DESCRIPTOR) for file in read]
    if any(Path(file).exists() and output.samefile(file) for file in read):
        raise ParameterError([Fault("own_input", output.as_posix())])


def _output_faults(output: Path | None, form: str, allowed: Sequence[str]) -> list[Fault]:
    """Say why nothing can be written there; a long count must not be lost to it."""
    if output is None:
        return []
    file, folder = output.as_posix(), output.parent
    if output.is_dir():
        return [Fault("folder", file)]
    faults = []
    if form not in allowed or output.suffix.lower() != form:
        faults.append(Fault("file_ending", file, allowed=" / ".join(allowed)))
    if not folder.is_dir():
        return [*faults, Fault("no_folder", file, value=folder.as_posix())]
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        faults.append(Fault("not_writable", file, value=folder.as_posix()))
    return faults


def _coverage(file: str | None) -> pd.DataFrame | None:
    """Read covered windows: a table with a codebook that knows it, or any with dates."""
    if file is None:
        return None
    from aistats.tables.events import read_coverage, read_events

    path = Path(file)
    ours = path.with_name(DESCRIPTOR)
    if ours.is_file() and read_codebook(ours).table("coverage").path == path.name:
        return read_coverage(path)
    try:
        windows = read_events(path, columns={})
    except DataError as error:
        faults = [_coverage_fault(fault) for fault in error.faults]
        raise DataError(faults) from None
    if undated := int(windows["earliest"].isna().sum()):
        raise DataError([Fault("undated_windows", path.as_posix(), value=undated)])
    return windows


def _coverage_fault(fault: Fault) -> Fault:
    return replace(fault, kind="no_coverage_dates") if fault.kind == "no_when" else fault


def _csv(table: CountsTable) -> str:
    """Return the table as CSV; each distinct cell of a column is written once, as most recur."""
    columns = table.columns()
    cells = []
    for distinct, codes in columns.values():
        texts = [_csv_cell(cell) for cell in distinct]
        cells.append([texts[code] for code in codes.tolist()])
    header = ",".join(map(_csv_cell, columns))
    return "\n".join([header, *map(",".join, zip(*cells, strict=True)), ""])


def _csv_cell(cell: object) -> str:
    if not isinstance(cell, str):
        return "" if cell is None or cell != cell else str(cell)
    return '"' + cell.replace('"', '""') + '"' if _QUOTED.search(cell) or not cell else cell


def _json(table: CountsTable, rows: int, files: Sequence[str]) -> str:
    import json

    whole = {"rows": rows, "files": files, "table": [*_records(table)]}
    return json.dumps(whole, ensure_ascii=False, default=str) + "\n"


def _records(table: CountsTable) -> Iterator[dict[str, object]]:
    columns = table.columns()
    cells = []
    for distinct, codes in columns.values():
        cells.append([distinct[code] for code in codes.tolist()])
    for row in zip(*cells, strict=True):
        yield dict(zip(columns, row, strict=True))


def _put_out(content: str, output: Path | None) -> None:
    """Write a text whole, to the screen or to a file."""
    if output is None:
        to_screen(content)
    else:
        write_whole(output, content)


def _write_parquet(table: CountsTable, output: Path) -> None:
    """Write the whole table or nothing."""
    import duckdb

    with replacing(output) as aside, duckdb.connect() as connection:
        connection.from_df(table.frame()).write_parquet(aside.as_posix())

"""The command ``aistats count``: count the events in files of any size.

The options become a `FileQuestion`, which the counting of files answers. The table goes to the
screen or to a file, as CSV, JSON or Parquet; how many rows were counted goes to stderr. Whether the
output can be written is checked first, as a long count must not be lost to a misspelt folder.
"""

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
        unchanged=say("cli.not_written"),
        extra="files",
    )
    count.add_argument(
        "files",
        nargs="+",
        metavar=say("cli.metavar.file"),
        help=say("cli.count.files"),
    )
    _add_question(count, say)
    _add_reading(count, say)
    _add_output(count, say)


def _add_question(count: argparse.ArgumentParser, say: Texts) -> None:
    """Add the options that say what is counted."""
    count.add_argument(
        "--by",
        action="append",
        default=[],
        metavar=say("cli.metavar.column"),
        help=say("cli.count.by"),
    )
    count.add_argument(
        "--period",
        action=_Once,
        metavar=_choice(PERIODS),
        help=say("cli.count.period"),
    )
    count.add_argument(
        "--date",
        action="append",
        metavar=say("cli.metavar.column"),
        help=say("cli.count.date"),
    )
    count.add_argument(
        "--between",
        action=_Once,
        nargs=2,
        metavar=(say("cli.metavar.first"), say("cli.metavar.last")),
        help=say("cli.count.between"),
    )
    count.add_argument(
        "--coverage",
        action=_Once,
        metavar=say("cli.metavar.file"),
        help=say("cli.count.coverage"),
    )
    count.add_argument(
        "--where",
        action="append",
        default=[],
        metavar=say("cli.metavar.condition"),
        help=say("cli.count.where"),
    )


def _add_reading(count: argparse.ArgumentParser, say: Texts) -> None:
    """Add the options that say how the files are read."""
    count.add_argument(
        "--tz",
        action=_Once,
        metavar=say("cli.metavar.zone"),
        help=say("cli.count.tz"),
    )
    count.add_argument(
        "--list",
        action="append",
        default=[],
        metavar=say("cli.metavar.list"),
        help=say("cli.list"),
    )
    count.add_argument(
        "--dates",
        action=_Once,
        metavar=_choice(ORDERS),
        help=say("cli.dates"),
    )
    count.add_argument(
        "--codebook",
        action=_Once,
        metavar=say("cli.metavar.file"),
        help=say("cli.count.codebook"),
    )


def _add_output(count: argparse.ArgumentParser, say: Texts) -> None:
    """Add the options that say which rows are written, where and how."""
    count.add_argument("--only-observed", action="store_true", help=say("cli.count.only_observed"))
    count.add_argument(
        *("-o", "--output"),
        action=_Once,
        type=Path,
        metavar=say("cli.metavar.file"),
        help=say("cli.count.output"),
    )
    count.add_argument("--json", action="store_true", help=say("cli.count.json"))


def _choice(values: Sequence[str]) -> str:
    """Return choices as argparse shows them; the count itself rejects other values."""
    return f"{{{','.join(values)}}}"


class _Once(argparse.Action):
    """An option with one value, which is rejected the second time: one of the two would be lost."""

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
    _check_output(options, form)
    question = _question(options)
    cube, files = cube_of_files(options.files, question, progress=sys.stderr.isatty())
    table = answer(cube, question)
    if form == ".parquet":
        _write_parquet(table, output)
    elif form == ".json":
        _put_out(_json(table, cube.events, files), output)
    else:
        _put_out(_csv(table), output)
    rows_counted = say.plural("cli.count.rows", cube.events)
    files_counted = say.plural("cli.count.in_files", len(files))
    messages = [say("cli.count.counted", rows=rows_counted, files=files_counted)]
    if output is not None:
        messages.append(say.plural("cli.count.saved", len(table), file=output.as_posix()))
    print(*messages, sep="\n", file=sys.stderr)
    return 0


def _form(options: argparse.Namespace) -> str:
    """Return the ending of the form in which the table is written."""
    if options.json:
        return ".json"
    return options.output.suffix.lower() if options.output else ".csv"


# The question ------------------------------------------------------------------------------------


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


def _coverage(file: str | None) -> pd.DataFrame | None:
    """Read the covered days: the table of a codebook beside it, or any table with dates."""
    if file is None:
        return None
    from aistats.tables.events import read_coverage, read_events

    path = Path(file)
    codebook = path.with_name(DESCRIPTOR)
    if codebook.is_file() and read_codebook(codebook).table("coverage").path == path.name:
        return read_coverage(path)
    try:
        windows = read_events(path, columns={})
    except DataError as error:
        faults = [_coverage_fault(fault) for fault in error.faults]
        raise DataError(faults) from None
    undated = int(windows["earliest"].isna().sum())
    if undated:
        raise DataError([Fault("undated_windows", path.as_posix(), value=undated)])
    return windows


def _coverage_fault(fault: Fault) -> Fault:
    if fault.kind != "no_when":
        return fault
    return replace(fault, kind="no_coverage_dates")


# The output --------------------------------------------------------------------------------------


def _check_output(options: argparse.Namespace, form: str) -> None:
    """Reject an output that cannot be written or is one of the inputs."""
    output = options.output
    if output is None:
        return
    allowed = [".json"] if options.json else _ENDINGS
    faults = _output_faults(output, form, allowed)
    if faults:
        raise ParameterError(faults)
    if output.exists() and any(map(output.samefile, _inputs(options))):
        raise ParameterError([Fault("own_input", output.as_posix())])


def _output_faults(output: Path, form: str, allowed: Sequence[str]) -> list[Fault]:
    """Return the reasons why the output cannot be written."""
    file = output.as_posix()
    if output.is_dir():
        return [Fault("folder", file)]
    faults = []
    if form not in allowed or output.suffix.lower() != form:
        endings = " / ".join(allowed)
        faults.append(Fault("file_ending", file, allowed=endings))
    folder = output.parent
    if not folder.is_dir():
        faults.append(Fault("no_folder", file, value=folder.as_posix()))
    elif not _is_writable(folder):
        faults.append(Fault("not_writable", file, value=folder.as_posix()))
    return faults


def _is_writable(folder: Path) -> bool:
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True


def _inputs(options: argparse.Namespace) -> list[Path]:
    """Return the files that are read, with the codebooks beside them, as far as they exist."""
    from aistats.counting.files.finding import find_files

    names = find_files(options.files)
    others = options.coverage, options.codebook
    names += filter(None, others)
    files = list(map(Path, names))
    files += [file.with_name(DESCRIPTOR) for file in files]
    return list(filter(Path.exists, files))


def _csv(table: CountsTable) -> str:
    """Return the table as CSV; each distinct cell of a column is written once, as most recur."""
    columns = table.columns()
    cells = []
    for distinct, codes in columns.values():
        texts = list(map(_csv_cell, distinct))
        cells.append([texts[code] for code in codes.tolist()])
    header = ",".join(map(_csv_cell, columns))
    rows = zip(*cells, strict=True)
    lines = map(",".join, rows)
    return "\n".join([header, *lines, ""])


def _csv_cell(cell: object) -> str:
    if not isinstance(cell, str):
        is_missing = cell is None or cell != cell
        return "" if is_missing else str(cell)
    if cell and not _QUOTED.search(cell):
        return cell
    doubled = cell.replace('"', '""')
    return f'"{doubled}"'


def _json(table: CountsTable, rows: int, files: Sequence[str]) -> str:
    import json

    whole = {
        "rows": rows,
        "files": files,
        "table": list(_records(table)),
    }
    content = json.dumps(whole, ensure_ascii=False, default=str)
    return content + "\n"


def _records(table: CountsTable) -> Iterator[dict[str, object]]:
    columns = table.columns()
    cells = []
    for distinct, codes in columns.values():
        column = [distinct[code] for code in codes.tolist()]
        cells.append(column)
    for row in zip(*cells, strict=True):
        record = zip(columns, row, strict=True)
        yield dict(record)


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
        relation = connection.from_df(table.frame())
        relation.write_parquet(aside.as_posix())

"""Growing: the files of a data package gain rows and keep every byte that they had.

People read, compare and edit these files, so what is added takes the form of what stands beside it:
the columns of the header, its line ends, the quotes that are needed. The package as it will be is
checked whole, aside, before any of its files is touched; then either all are written or none.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import shutil
import tempfile
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock

from aistats.faults import DataError, Fault
from aistats.tables.package import read_tables
from aistats.tables.writing import write_whole

LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True)
class Grown:
    """The text of a file before and after, and the lines that it gains."""

    before: str
    after: str
    lines: tuple[str, ...]


def exact_text(path: Path) -> str:
    """Return the text of a file with its line ends, and a byte order mark, as they are."""
    return path.read_bytes().decode("utf-8")


def with_rows(path: Path, rows: Iterable[Mapping[str, str]]) -> Grown:
    """Return a CSV with rows at its end, in its own order of columns and with its own line ends."""
    text = exact_text(path)
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""))
    header = next(cells for cells in reader if cells)
    found = LINE_END.search(text)
    end = found[0] if found else "\n"
    lines = []
    for row in rows:
        line = io.StringIO(newline="")
        csv.writer(line, lineterminator=end).writerow([row.get(name, "") for name in header])
        lines.append(line.getvalue())
    gap = "" if text.endswith(("\n", "\r")) or not lines else end
    return Grown(text, text + gap + "".join(lines), tuple(it.removesuffix(end) for it in lines))


def check_grown(folder: Path, paths: Iterable[Path], grown: Mapping[Path, Grown]) -> None:
    """Read the data package as it will be, aside."""
    with tempfile.TemporaryDirectory() as aside:
        for path in paths:
            copy = aside / path.relative_to(folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
            if path in grown:
                copy.write_bytes(grown[path].after.encode())
        try:
            with warnings.catch_warnings(action="ignore"):
                read_tables(aside)
        except DataError as error:
            here, there = Path(aside).as_posix(), folder.as_posix()
            faults = (replace(it, file=it.file.replace(here, there)) for it in error.faults)
            raise DataError(faults) from None


def write_grown(grown: Mapping[Path, Grown]) -> None:
    """Write every file, or leave all of them as they were.

    A file that has changed since it was read is not written over.
    """
    with _one_at_a_time(grown):
        changed = [path for path, it in grown.items() if exact_text(path) != it.before]
        if changed:
            raise DataError(Fault("changed_since", path.as_posix()) for path in changed)
        done = []
        try:
            for path, it in grown.items():
                if it.lines:
                    write_whole(path.resolve(), it.after)
                    done.append(path)
        except BaseException:
            for path in done:
                write_whole(path.resolve(), grown[path].before)
            raise


def _one_at_a_time(paths: Iterable[Path]) -> FileLock:
    """Keep others from writing between the look at files and their change; no trace stays there."""
    folders = sorted({path.resolve().parent.as_posix() for path in paths})
    name = hashlib.sha256("\n".join(folders).encode()).hexdigest()[:16]
    return FileLock(Path(tempfile.gettempdir()) / f"aistats-{name}.lock", mode=0o666)

"""Writing: files are replaced whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


def write_whole(path: Path, content: str | bytes) -> None:
    """Replace a file in one step, so that nobody reads half of it; text is written as UTF-8."""
    with replacing(path) as aside:
        aside.write_bytes(content.encode() if isinstance(content, str) else content)


def write_all(before: Mapping[Path, bytes], after: Mapping[Path, bytes]) -> None:
    """Replace several files in their order; if one fails, restore those before it."""
    done: list[Path] = []
    try:
        for path, content in after.items():
            write_whole(path, content)
            done.append(path)
    except BaseException:
        for path in done:
            write_whole(path, before[path])
        raise


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a path to write to, which replaces a file at the end or is deleted on failure.

    The new file has the mode of the old one.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield aside
        if path.exists():
            shutil.copymode(path, aside)
        aside.replace(path)
    except OSError as error:  # it names the temporary file, of which nobody knows
        raise OSError(error.errno, error.strerror, path.as_posix()) from None
    finally:
        aside.unlink(missing_ok=True)

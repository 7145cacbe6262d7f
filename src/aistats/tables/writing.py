"""Writing: files are replaced whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file so that whoever looks finds it as it was or as it will be; text is UTF-8."""
    with replacing(path) as aside:
        aside.write_bytes(content.encode() if isinstance(content, str) else content)


def write_all(before: Mapping[Path, bytes], after: Mapping[Path, bytes]) -> None:
    """Write several files in their order; if one cannot be, the others get back what they had."""
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
    """Give a place to write to, which then takes the place of a file, or is gone if that fails.

    It keeps the mode of the file that was there.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield aside
        if path.exists():
            shutil.copymode(path, aside)
        aside.replace(path)
    except OSError as error:  # which names the file aside
        raise OSError(error.errno, error.strerror, path.as_posix()) from None
    finally:
        aside.unlink(missing_ok=True)

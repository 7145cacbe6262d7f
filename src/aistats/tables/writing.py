"""Writing: a file is replaced whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Write a text so that whoever looks finds the file as it was or as it will be."""
    with replacing(path) as aside:
        aside.write_text(text, encoding="utf-8", newline="\n")


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

"""Replace files whole or not at all.

A path and its new content come in. The content is written to a temporary file beside the old one,
which then takes its place in one step; if anything fails, the old file stays as it was.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


def write_whole(path: Path, content: str | bytes) -> None:
    """Replace a file in one step, so that nobody reads half of it; text is written as UTF-8."""
    if isinstance(content, str):
        content = content.encode()
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def write_all(before: Mapping[Path, bytes], after: Mapping[Path, bytes]) -> None:
    """Replace several files in their order; if one fails, restore those before it."""
    written: list[Path] = []
    try:
        for path, content in after.items():
            write_whole(path, content)
            written.append(path)
    except BaseException:
        for path in written:
            write_whole(path, before[path])
        raise


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path to write to; at the end its file replaces the file at `path`.

    On failure the temporary file is deleted. The new file has the mode of the old one.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield temporary
        if path.exists():
            shutil.copymode(path, temporary)
        temporary.replace(path)
    except OSError as error:
        # The error names the temporary file, which the user has never heard of.
        raise OSError(error.errno, error.strerror, path.as_posix()) from None
    finally:
        temporary.unlink(missing_ok=True)

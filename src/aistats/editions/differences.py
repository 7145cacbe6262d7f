"""Describe how two versions of a published file differ, in lines that a person can act on.

The version before is that of a published edition; the version after is what there is now, such as
a rebuild. Each kind of file is compared as what it is: a table by rows and cells, a picture by
pixels, a page by its lines, a notebook by its cells, a document by its paragraphs. A file that
cannot be read is reported as such: no content, however broken, raises an error. Which files to
compare, and whether a difference matters, is decided elsewhere.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import operator
import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from pathlib import Path
from typing import Any, TypeVar
from xml.etree import ElementTree

import numpy as np

from aistats.locale import Language, Texts, text_key
from aistats.session import texts
from aistats.wording.names import share

_MOST_LINES = 8
_WIDTH = 160
_CELL_WIDTH = 60
_FAR = 50  # rows to look ahead for one that is alike
_MOST_EQUAL = 50_000  # pairs of equal lines, above which frequent lines no longer align others
_GAP = 24  # between drawn pictures
_MARGIN = 6  # between what differs and the frame around it
_RED = (214, 39, 40)
_GREY = (225, 225, 225)
_REMOVED, _ADDED = "−", "+"
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BREAKS = re.compile(r"\r\n|[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")
_PARTS = {  # of a notebook's cell; others are called as in the file
    "source": text_key("differences.source"),
    "outputs": text_key("differences.outputs"),
}

T = TypeVar("T", bound=Hashable)

_Pair = tuple[int | None, int | None]
"""A position before and one after; None where there is nothing opposite."""

_PlaceNamer = Callable[[int], str]
"""Returns the name of a line or paragraph by its number, such as ``line 3``."""


@dataclass(frozen=True)
class _Format:
    """How to read a kind of file, and how to describe what differs between two of them."""

    read: Callable[[bytes], Any]
    describe: Callable[[Any, Any, Texts], Iterator[str]]


def describe_difference(before: Path, after: Path, language: Language | None = None) -> list[str]:
    r"""Return what differs between two versions of one file; nothing if the bytes are equal.

    Parameters
    ----------
    before, after
        The file as it was and as it is now; the ending of its name decides how to compare. One of
        them may be missing.
    language
        ``zh`` or ``en``; by default that of the session.

    Returns
    -------
    list of str
        Eight lines at most, then how many more there are. Lines and cells count from 1; a line
        is that of the file before, for what is new (``+``) that of the file now.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> before, after = folder / "before.csv", folder / "after.csv"
    >>> _ = before.write_text("region,count\nCN,9\nUS,4\n")
    >>> _ = after.write_text("region,count\nCN,9\nUS,5\nglobal,1\n")
    >>> print(*describe_difference(before, after, "en"), sep="\n")
    line 3, column count: 4 → 5
    + line 4: global, 1
    """
    say = texts(language)
    if not before.is_file() and not after.is_file():
        return []
    if not after.is_file():
        return [say("differences.removed")]
    if not before.is_file():
        return [say("differences.added")]
    old = before.read_bytes()
    new = after.read_bytes()
    if old == new:
        return []
    lines = _describe_contents(old, new, before.suffix.lower(), say)
    more = len(lines) - _MOST_LINES
    if more > 0:
        return [*lines[:_MOST_LINES], say("differences.more", n=more)]
    return lines


def describe_differences(
    before: Path, after: Path, names: Iterable[str], language: Language | None = None
) -> dict[str, tuple[str, ...]]:
    """Return what differs between two folders, by the path of the file.

    Parameters
    ----------
    before, after
        The folders.
    names
        The paths to compare.
    language
        ``zh`` or ``en``; by default that of the session.
    """
    described = {}
    for name in names:
        # An edition has no links; the target of one may lie anywhere, and is not shown.
        is_link = (before / name).is_symlink()
        lines = [] if is_link else describe_difference(before / name, after / name, language)
        described[name] = tuple(lines)
    return described


def _describe_contents(old: bytes, new: bytes, suffix: str, say: Texts) -> list[str]:
    first = 1 + _first_difference(old, new)
    sizes = say("differences.bytes", old=len(old), new=len(new), first=first)
    file_format = _FORMATS.get(suffix)
    if file_format is None:
        return [sizes]
    kind = suffix[1:].upper()
    unreadable = []
    before, error = _read(file_format, old)
    if error:
        unreadable.append(say("differences.unreadable_before", kind=kind))
    after, error = _read(file_format, new)
    if error:
        unreadable.append(say("differences.unreadable_after", kind=kind))
    if unreadable:
        return [*unreadable, sizes]
    lines = list(file_format.describe(before, after, say))
    return lines or [say("differences.same", sizes=sizes)]


def _read(file_format: _Format, content: bytes) -> tuple[Any, Exception | None]:
    """Return a content as read, or the error that its reader raised."""
    try:
        return file_format.read(content), None
    except Exception as error:  # readers raise what they like on a broken file
        return None, error


# Aligning, and showing where two texts differ ---------------------------------------------------


def _changed_pairs(
    old: Sequence[T], new: Sequence[T], alike: Callable[[T, T], bool] | None = None
) -> Iterator[_Pair]:
    """Yield the positions that differ, as pairs.

    Blocks of equal length are paired in their order; in others, with `alike`, only what is alike.
    """

    def is_alike(
        position: int,
        other: int,
    ) -> bool:
        return alike is None or alike(old[position], new[other])

    matcher = SequenceMatcher(None, old, new, autojunk=_has_many_equal(old, new))
    for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            continue
        before = range(old_start, old_end)
        after = range(new_start, new_end)
        if alike is not None and len(before) != len(after):
            yield from _pair_alike(before, after, is_alike)
            continue
        for position, other in zip_longest(before, after):
            if position is None or other is None or old[position] != new[other]:
                yield position, other


def _has_many_equal(old: Sequence[T], new: Sequence[T]) -> bool:
    """Return whether aligning all equal lines would take too long."""
    counts = Counter(old)
    pairs = sum(counts[line] for line in new)
    return pairs > _MOST_EQUAL


def _pair_alike(
    before: range, after: range, is_alike: Callable[[int, int], bool]
) -> Iterator[_Pair]:
    """Pair each position with the next one after the change that is alike."""
    start = after.start
    for position in before:
        ahead = range(start, after.stop)[:_FAR]
        match = next((other for other in ahead if is_alike(position, other)), None)
        if match is not None:
            yield from _added_pairs(start, match)
            start = match + 1
        yield position, match
    yield from _added_pairs(start, after.stop)


def _added_pairs(
    start: int,
    stop: int,
) -> Iterator[_Pair]:
    return ((None, position) for position in range(start, stop))


def _describe_lines(
    old: Sequence[str], new: Sequence[str], name_place: _PlaceNamer, say: Texts
) -> Iterator[str]:
    """Yield the lines that differ, each cut to where the two versions differ."""
    for position, other in _changed_pairs(old, new):
        before = "" if position is None else old[position]
        after = "" if other is None else new[other]
        before, after = _cut_to_difference(before, after, _WIDTH)
        if position is not None:
            yield _signed(_REMOVED, name_place(position + 1), before, say)
        if other is not None:
            yield _signed(_ADDED, name_place(other + 1), after, say)


def _signed(
    sign: str,
    place: str,
    content: str,
    say: Texts,
) -> str:
    return say("differences.signed", sign=sign, place=place, content=content)


def _line_namer(say: Texts) -> _PlaceNamer:
    def name_line(n: int) -> str:
        return say("differences.line", n=n)

    return name_line


def _cut_to_difference(
    old: str,
    new: str,
    width: int,
) -> tuple[str, str]:
    """Return two texts as they can be shown, cut to a width around their first difference.

    Examples
    --------
    >>> _cut_to_difference("a" * 50 + "1" + "b" * 50, "a" * 50 + "2" + "b" * 50, 12)
    ('…aaa1bbbbbbbb…', '…aaa2bbbbbbbb…')
    """
    old = _visible(old)
    new = _visible(new)
    longest = max(len(old), len(new))
    start = _first_difference(old, new) - width // 4
    start = max(0, min(start, longest - width))
    return _cut(old, start, width), _cut(new, start, width)


def _cut(text: str, start: int, width: int) -> str:
    end = start + width
    before = "…" if start > 0 else ""
    after = "…" if len(text) > end else ""
    return f"{before}{text[start:end]}{after}"


def _shortened(
    text: str,
    width: int = _WIDTH,
) -> str:
    """Return the start of a text as it can be shown."""
    return _cut(_visible(text), 0, width)


def _first_difference(old: Sequence[object], new: Sequence[object]) -> int:
    pairs = enumerate(zip(old, new, strict=False))
    for position, (before, after) in pairs:
        if before != after:
            return position
    return min(len(old), len(new))


def _visible(text: str) -> str:
    """Return a text as one line that shows every character and sends no command to a terminal."""
    text = _BREAKS.sub("⏎", text)
    text = text.replace("\t", "⇥")
    text = "".join(map(_visible_character, text))
    inner = text.rstrip(" ")
    spaces = len(text) - len(inner)
    return inner + "␣" * spaces


def _visible_character(character: str) -> str:
    if character.isprintable() or unicodedata.category(character) == "Zs":
        return character
    return f"<U+{ord(character):04X}>"


# A table ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Record:
    """A record of a CSV, and the physical line on which it starts."""

    line: int
    cells: list[str]


def _read_csv(content: bytes) -> list[_Record]:
    file = io.StringIO(content.decode("utf-8-sig"), newline="")
    reader = csv.reader(file, strict=True)
    records = []
    line = 1
    for cells in reader:
        if cells:
            records.append(_Record(line, cells))
        line = reader.line_num + 1
    return records


def _describe_table(old: list[_Record], new: list[_Record], say: Texts) -> Iterator[str]:
    old_names = _column_names(old)
    new_names = _column_names(new)
    yield from _describe_columns(old_names, new_names, say)
    shared = [name for name in old_names if name in new_names]
    old_rows = _rows(old, old_names, shared)
    new_rows = _rows(new, new_names, shared)
    for pair in _changed_pairs(old_rows, new_rows, _half_equal):
        match pair:
            case (int(position), None):
                yield _describe_record(_REMOVED, old[1 + position], say)
            case (None, int(position)):
                yield _describe_record(_ADDED, new[1 + position], say)
            case (int(position), int(other)):
                line = old[1 + position].line
                rows = old_rows[position], new_rows[other]
                yield from _describe_cells(line, shared, rows, say)


def _describe_columns(
    before: list[str],
    after: list[str],
    say: Texts,
) -> Iterator[str]:
    """Yield the columns that were removed, added or moved."""
    removed = [name for name in before if name not in after]
    added = [name for name in after if name not in before]
    for sign, names in ((_REMOVED, removed), (_ADDED, added)):
        for name in names:
            column = _shown_cell(name, say)
            yield say("differences.column", sign=sign, column=column)
    kept_before = [name for name in before if name in after]
    kept_after = [name for name in after if name in before]
    if kept_before != kept_after:
        columns = [_shown_cell(name, say) for name in after]
        in_order = say("differences.comma").join(columns)
        yield say("differences.order", names=in_order)


def _describe_record(
    sign: str,
    record: _Record,
    say: Texts,
) -> str:
    place = say("differences.line", n=record.line)
    content = ", ".join(record.cells)
    return _signed(sign, place, _shortened(content), say)


def _describe_cells(
    line: int, names: list[str], rows: tuple[Sequence[str], Sequence[str]], say: Texts
) -> Iterator[str]:
    for name, old, new in zip(names, *rows, strict=True):
        if old == new:
            continue
        before, after = _cut_to_difference(old, new, _CELL_WIDTH)
        yield say(
            "differences.value",
            n=line,
            column=_shown_cell(name, say),
            old=before or say("differences.empty"),
            new=after or say("differences.empty"),
        )


def _column_names(records: list[_Record]) -> list[str]:
    """Return a name for each column, with its number where the header has none or repeats one."""
    header = records[0].cells if records else []
    width = max((len(record.cells) for record in records), default=0)
    names = header + [""] * (width - len(header))
    numbered = []
    for number, name in enumerate(names, 1):
        is_unique = name and name not in names[: number - 1]
        numbered.append(name if is_unique else f"{name}#{number}")
    return numbered


def _rows(
    records: list[_Record],
    names: list[str],
    shared: list[str],
) -> list[tuple[str, ...]]:
    """Return the cells of the shared columns, row by row."""
    rows = []
    for record in records[1:]:
        row = dict(zip(names, record.cells, strict=False))
        cells = [row.get(name, "") for name in shared]
        rows.append(tuple(cells))
    return rows


def _half_equal(
    row: Sequence[str],
    other: Sequence[str],
) -> bool:
    equal = map(operator.eq, row, other)
    count: int = sum(equal)
    return 2 * count >= len(row)


def _shown_cell(
    text: str,
    say: Texts,
) -> str:
    return _shortened(text, _CELL_WIDTH) or say("differences.empty")


# A picture --------------------------------------------------------------------------------------


def _read_png(content: bytes) -> np.ndarray:
    """Return the pixels: row, column, and red, green, blue, opacity."""
    from PIL import Image

    file = io.BytesIO(content)
    picture = Image.open(file, formats=["PNG"])
    return np.asarray(picture.convert("RGBA"))


def _describe_picture(old: np.ndarray, new: np.ndarray, say: Texts) -> Iterator[str]:
    if old.shape != new.shape:
        yield say("differences.size", old=_size(old), new=_size(new))
        return
    differs = _different_pixels(old, new)
    n = int(differs.sum())
    if not n:
        return
    total = differs.size
    box = _box(differs)
    yield say.plural(
        "differences.pixels",
        n,
        total=total,
        share=share(n / total),
        left=box.left,
        top=box.top,
        right=box.right,
        bottom=box.bottom,
    )


def _size(pixels: np.ndarray) -> str:
    height, width, _ = pixels.shape
    return f"{width} × {height}"


def _different_pixels(
    old: np.ndarray,
    new: np.ndarray,
) -> np.ndarray:
    return np.asarray((old != new).any(axis=-1))


@dataclass(frozen=True)
class _Box:
    """The first and last column and row that hold something."""

    left: int
    top: int
    right: int
    bottom: int


def _box(marked: np.ndarray) -> _Box:
    rows = np.flatnonzero(marked.any(axis=1))
    columns = np.flatnonzero(marked.any(axis=0))
    return _Box(
        left=int(columns[0]),
        top=int(rows[0]),
        right=int(columns[-1]),
        bottom=int(rows[-1]),
    )


def draw_difference(before: Path, after: Path, to: Path) -> None:
    """Draw the published picture, the rebuilt one, and their difference in red, side by side.

    Parameters
    ----------
    before, after
        Two PNG files, of any sizes. One that is missing or cannot be read is drawn as nothing.
    to
        The PNG to write. A red frame surrounds all that differs, so that a single pixel can be
        seen.
    """
    from PIL import Image, ImageDraw

    old, new = _padded(_pixels_or_none(before), _pixels_or_none(after))
    differs = _different_pixels(old, new)
    sheet = Image.fromarray(_side_by_side(old, new, differs))
    if differs.any():
        frame = _frame(differs)
        ImageDraw.Draw(sheet).rectangle(frame, outline=_RED, width=2)
    sheet.save(to, format="PNG")


def _padded(*pictures: np.ndarray) -> list[np.ndarray]:
    """Return pictures of one size, with transparent pixels added at the right and below."""
    height = max(picture.shape[0] for picture in pictures)
    width = max(picture.shape[1] for picture in pictures)
    padded = []
    for picture in pictures:
        below = (0, height - picture.shape[0])
        beside = (0, width - picture.shape[1])
        pixels = np.pad(picture, (below, beside, (0, 0)))
        padded.append(pixels)
    return padded


def _side_by_side(old: np.ndarray, new: np.ndarray, differs: np.ndarray) -> np.ndarray:
    before = _on_white(old)
    after = _on_white(new)
    grey = before.mean(axis=-1, keepdims=True)
    grey = grey.repeat(3, axis=-1)
    pale = grey * 0.25 + 191
    pale[differs] = _RED
    height = len(differs)
    gap = np.full((height, _GAP, 3), _GREY)
    sheet = np.hstack([before, gap, after, gap, pale])
    return sheet.astype(np.uint8)


def _frame(differs: np.ndarray) -> tuple[int, int, int, int]:
    """Return the frame around what differs, in the third of the pictures side by side."""
    box = _box(differs)
    width = differs.shape[1]
    start = 2 * (width + _GAP)
    return (
        start + box.left - _MARGIN,
        box.top - _MARGIN,
        start + box.right + _MARGIN,
        box.bottom + _MARGIN,
    )


def _pixels_or_none(path: Path) -> np.ndarray:
    try:
        return _read_png(path.read_bytes())
    except Exception:  # see _read
        return np.zeros((1, 1, 4), np.uint8)


def _on_white(pixels: np.ndarray) -> np.ndarray:
    colors = pixels[..., :3]
    opacity = pixels[..., 3:] / 255
    white = 255 * (1 - opacity)
    return np.asarray(colors * opacity + white)


# A text, a notebook, a document -----------------------------------------------------------------


def _read_lines(content: bytes) -> list[str]:
    return content.decode("utf-8-sig").splitlines()


def _describe_text(
    old: list[str],
    new: list[str],
    say: Texts,
) -> Iterator[str]:
    return _describe_lines(old, new, _line_namer(say), say)


_Cell = dict[str, str]
"""The parts of a notebook's cell, as text."""

_CellParts = tuple[tuple[str, str], ...]
"""The same, sorted and hashable."""


def _read_notebook(content: bytes) -> list[_Cell]:
    notebook = json.loads(content)
    return [_read_cell(cell) for cell in notebook["cells"]]


def _read_cell(cell: Mapping[str, Any]) -> _Cell:
    parts = {name: json.dumps(part, ensure_ascii=False) for name, part in cell.items()}
    outputs = []
    for output in cell.get("outputs", []):
        outputs += _output_lines(output)
    parts["source"] = _joined(cell["source"])
    parts["outputs"] = "\n".join(outputs)
    return parts


def _output_lines(output: Mapping[str, Any]) -> list[str]:
    """Return an output as lines; a hash stands for data that is no text."""
    if "data" not in output:
        return json.dumps(output, ensure_ascii=False, indent=1).splitlines()
    lines = []
    for mime, value in output["data"].items():
        if mime.startswith("text/"):
            lines += _joined(value).splitlines()
        else:
            content = json.dumps(value).encode()
            lines.append(f"{mime} {hashlib.sha256(content).hexdigest()[:12]}")
    return lines


def _joined(text: str | list[str]) -> str:
    return "".join(text)


def _describe_notebook(
    old: list[_Cell],
    new: list[_Cell],
    say: Texts,
) -> Iterator[str]:
    before = list(map(_cell_parts, old))
    after = list(map(_cell_parts, new))
    pairs = _changed_pairs(before, after, _have_one_id)
    for pair in pairs:
        match pair:
            case (int(position), None):
                yield _describe_cell(_REMOVED, position, old[position], say)
            case (None, int(position)):
                yield _describe_cell(_ADDED, position, new[position], say)
            case (int(position), int(other)):
                yield from _describe_parts(position, old[position], new[other], say)


def _cell_parts(cell: _Cell) -> _CellParts:
    parts = sorted(cell.items())
    return tuple(parts)


def _have_one_id(cell: _CellParts, other: _CellParts) -> bool:
    cell_id = dict(cell).get("id")
    other_id = dict(other).get("id")
    return cell_id == other_id


def _describe_cell(
    sign: str,
    position: int,
    cell: _Cell,
    say: Texts,
) -> str:
    place = say("differences.cell", n=position + 1)
    source = _shortened(cell["source"])
    return _signed(sign, place, source, say)


def _describe_parts(
    position: int,
    old: _Cell,
    new: _Cell,
    say: Texts,
) -> Iterator[str]:
    names = dict.fromkeys(("source", "outputs", *old, *new))
    for name in names:
        part = say(_PARTS[name]) if name in _PARTS else name
        place = say("differences.in_cell", n=position + 1, part=part)
        name_place = _constant(place)
        before = old.get(name, "").splitlines()
        after = new.get(name, "").splitlines()
        yield from _describe_lines(before, after, name_place, say)


def _constant(place: str) -> _PlaceNamer:
    """Return a namer for lines that have no number of their own."""
    return lambda _: place


@dataclass(frozen=True)
class _Document:
    """The parts of a Word document, and its text by paragraph."""

    parts: dict[str, bytes]
    paragraphs: list[str]


def _read_docx(content: bytes) -> _Document:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        names = file.namelist()
        parts = {name: file.read(name) for name in names}
    body = ElementTree.fromstring(parts["word/document.xml"])
    paragraphs = body.iter(f"{_WORD}p")
    return _Document(parts, list(map(_paragraph_text, paragraphs)))


def _paragraph_text(paragraph: ElementTree.Element) -> str:
    texts_of_runs = paragraph.iter(f"{_WORD}t")
    return "".join(run.text or "" for run in texts_of_runs)


def _describe_document(old: _Document, new: _Document, say: Texts) -> Iterator[str]:
    changed = _changed_parts(old.parts, new.parts)
    if changed:
        names = say("differences.comma").join(changed)
        yield say("differences.parts", names=_shortened(names))

    def name_paragraph(n: int) -> str:
        return say("differences.paragraph", n=n)

    yield from _describe_lines(old.paragraphs, new.paragraphs, name_paragraph, say)


def _changed_parts(
    before: dict[str, bytes],
    after: dict[str, bytes],
) -> list[str]:
    names = sorted({*before, *after})
    return [name for name in names if before.get(name) != after.get(name)]


_TEXT = _Format(_read_lines, _describe_text)
_FORMATS = {
    ".csv": _Format(_read_csv, _describe_table),
    ".png": _Format(_read_png, _describe_picture),
    ".ipynb": _Format(_read_notebook, _describe_notebook),
    ".docx": _Format(_read_docx, _describe_document),
    **dict.fromkeys((".html", ".md", ".svg", ".json", ".js", ".css"), _TEXT),
}

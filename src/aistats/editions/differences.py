"""What differs between two versions of a file of an edition, in lines that a person can act on.

A check that says "not equal" sends its reader to a tool that shows bytes. Here each kind of file is
compared as what it is: a table by rows and cells, a picture by pixels, a page by its lines, a
notebook by its cells, a document by its paragraphs. The version before is that of a published
edition, the version after what there is now, such as a rebuild. What cannot be read is said to be
so; no file, however broken, raises.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any, TypeVar
from xml.etree import ElementTree

import numpy as np

from aistats.wording.names import share

_MOST_LINES = 8
_WIDTH, _CELL_WIDTH = 160, 60
_FAR = 50  # rows to look ahead for one that is alike
_MOST_EQUAL = 50_000  # pairs of equal lines, above which frequent lines no longer align others
_GAP = 24  # between drawn pictures
_RED, _GREY = (214, 39, 40), (225, 225, 225)
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BREAKS = re.compile(r"\r\n|[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")

_Say = Mapping[str, str]
T = TypeVar("T", bound=Hashable)

_TEXTS: dict[str, _Say] = {
    "zh": {
        "gone": "原有此文件，现在没有",
        "come": "原来没有此文件，现在有",
        "before": "原文件无法按{kind}读取",
        "after": "现文件无法按{kind}读取",
        "bytes": "{old} → {new}字节，从第{at}个字节起不同",
        "same": "内容相同，只是写法不同（如换行、引号、压缩方式）：",
        "more": "……另有{n}处",
        "empty": "（空）",
        "colon": "：",
        "comma": "、",
        "line": "第{n}行",
        "value": "第{n}行，{column}列：{old} → {new}",
        "column": "{sign} {column}列",
        "order": "各列的顺序变为：{names}",
        "size": "{old} → {new}像素",
        "pixels": "{all}个像素中有{n}个不同（{share}），都在横{left}—{right}、纵{top}—{bottom}之内",
        "cell": "第{n}个单元格",
        "in_cell": "第{n}个单元格，{part}",
        "source": "源内容",
        "outputs": "输出",
        "parts": "有差异的部件：{names}",
        "paragraph": "第{n}段",
    },
    "en": {
        "gone": "it was there before and is gone",
        "come": "it was not there before",
        "before": "the file before cannot be read as {kind}",
        "after": "the file now cannot be read as {kind}",
        "bytes": "{old} → {new} bytes, different from byte {at} on",
        "same": "the same content, written differently (line ends, quotes, compression …): ",
        "more": "… and {n} more",
        "empty": "(empty)",
        "colon": ": ",
        "comma": ", ",
        "line": "line {n}",
        "value": "line {n}, column {column}: {old} → {new}",
        "column": "{sign} column {column}",
        "order": "columns in another order: {names}",
        "size": "{old} → {new} pixels",
        "pixels": "{n} of {all} pixels differ ({share}), all within {left}–{right} across and "
        "{top}–{bottom} down",
        "cell": "cell {n}",
        "in_cell": "cell {n}, {part}",
        "source": "source",
        "outputs": "output",
        "parts": "parts that differ: {names}",
        "paragraph": "paragraph {n}",
    },
}


def describe_difference(before: Path, after: Path, language: str) -> list[str]:
    r"""Return what differs between two versions of one file; nothing where the bytes are equal.

    Parameters
    ----------
    before, after
        The file as it was and as it is now; the ending of its name says how to compare. One of
        them may be missing.
    language
        ``zh`` or ``en``.

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
    say = _TEXTS[language]
    if not before.is_file() or not after.is_file():
        return [say["gone"]] * before.is_file() + [say["come"]] * after.is_file()
    old, new = before.read_bytes(), after.read_bytes()
    if old == new:
        return []
    lines = _described(old, new, before.suffix.lower(), say)
    more = len(lines) - _MOST_LINES
    return [*lines[:_MOST_LINES], say["more"].format(n=more)] if more > 0 else lines


def _described(old: bytes, new: bytes, suffix: str, say: _Say) -> list[str]:
    at = 1 + _first_difference(old, new)
    sizes = say["bytes"].format(old=len(old), new=len(new), at=at)
    if suffix not in _KINDS:
        return [sizes]
    read, tell = _KINDS[suffix]
    contents, unreadable = [], []
    for which, content in (("before", old), ("after", new)):
        try:
            contents.append(read(content))
        except Exception:  # readers raise what they like on a broken file, and broken is the news
            unreadable.append(say[which].format(kind=suffix[1:].upper()))
    if unreadable:
        return [*unreadable, sizes]
    return list(tell(*contents, say)) or [say["same"] + sizes]


# Aligning, and showing where two texts part -----------------------------------------------------


def _pairs(
    old: Sequence[T], new: Sequence[T], alike: Callable[[T, T], bool] | None = None
) -> Iterator[tuple[int | None, int | None]]:
    """Yield the places that differ, as pairs of places; None where there is nothing opposite.

    Blocks of equal length are paired as they stand; in others, with `alike`, only what is alike.
    """
    often = Counter(old)
    rough = sum(often[it] for it in new) > _MOST_EQUAL
    for tag, i, k, j, m in SequenceMatcher(None, old, new, autojunk=rough).get_opcodes():
        if tag == "equal":
            continue
        if alike is None or k - i == m - j:
            both = zip_longest(range(i, k), range(j, m))
            yield from ((a, b) for a, b in both if a is None or b is None or old[a] != new[b])
            continue
        for place in range(i, k):
            ahead = range(j, min(m, j + _FAR))
            found = next((it for it in ahead if alike(old[place], new[it])), None)
            if found is not None:
                yield from ((None, it) for it in range(j, found))
                j = found + 1
            yield place, found
        yield from ((None, it) for it in range(j, m))


def _lines(
    old: Sequence[str], new: Sequence[str], place: Callable[[int], str], say: _Say
) -> Iterator[str]:
    """Yield the texts that differ, each cut to where the two part."""
    for i, j in _pairs(old, new):
        texts = _parting("" if i is None else old[i], "" if j is None else new[j], _WIDTH)
        for sign, at, text in zip("−+", (i, j), texts, strict=True):
            if at is not None:
                yield f"{sign} {place(at + 1)}{say['colon']}{text}"


def _parting(old: str, new: str, width: int) -> tuple[str, str]:
    """Return two texts as they can be shown, cut to a width around their first difference.

    Examples
    --------
    >>> _parting("a" * 50 + "1" + "b" * 50, "a" * 50 + "2" + "b" * 50, 12)
    ('…aaa1bbbbbbbb…', '…aaa2bbbbbbbb…')
    """
    old, new = (_visible(text) for text in (old, new))
    at = _first_difference(old, new)
    start = max(0, min(at - width // 4, max(len(old), len(new)) - width))

    def cut(text: str) -> str:
        end = start + width
        return "…" * (start > 0) + text[start:end] + "…" * (len(text) > end)

    return cut(old), cut(new)


def _first_difference(old: Sequence[object], new: Sequence[object]) -> int:
    both = zip(old, new, strict=False)
    return next((at for at, (a, b) in enumerate(both) if a != b), min(len(old), len(new)))


def _visible(text: str) -> str:
    """Return a text as one line in which all can be seen, and nothing commands a terminal."""
    text = _BREAKS.sub("⏎", text).replace("\t", "⇥")
    text = "".join(
        it if it.isprintable() or unicodedata.category(it) == "Zs" else f"<U+{ord(it):04X}>"
        for it in text
    )
    inner = text.rstrip(" ")
    return inner + "␣" * (len(text) - len(inner))


def _alone(old: Sequence[T], new: Sequence[T], i: int | None, j: int | None) -> tuple[str, T]:
    """Return the sign and the content of a place that has nothing opposite."""
    return ("−", old[i]) if i is not None else ("+", new[j or 0])


# A table ----------------------------------------------------------------------------------------

_Records = list[tuple[int, list[str]]]


def _read_csv(content: bytes) -> _Records:
    """Return the records of a CSV, each with the physical line on which it starts."""
    reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    records, line = [], 1
    for cells in reader:
        if cells:
            records.append((line, cells))
        line = reader.line_num + 1
    return records


def _tell_csv(old: _Records, new: _Records, say: _Say) -> Iterator[str]:
    before, after = _columns(old), _columns(new)
    for sign, names, others in (("−", before, after), ("+", after, before)):
        for name in names:
            if name not in others:
                yield say["column"].format(sign=sign, column=_shown(name, say))
    shared = [name for name in before if name in after]
    if shared != [name for name in after if name in before]:
        order = say["comma"].join(_shown(name, say) for name in after)
        yield say["order"].format(names=order)
    rows = [_cells(old, before, shared), _cells(new, after, shared)]
    for i, j in _pairs(rows[0], rows[1], _half_equal):
        if i is None or j is None:
            sign, (line, cells) = _alone(old[1:], new[1:], i, j)
            text, _ = _parting(", ".join(cells), "", _WIDTH)
            yield f"{sign} {say['line'].format(n=line)}{say['colon']}{text}"
            continue
        for name, was, now in zip(shared, rows[0][i], rows[1][j], strict=True):
            if was != now:
                a, b = (it or say["empty"] for it in _parting(was, now, _CELL_WIDTH))
                n, column = old[1 + i][0], _shown(name, say)
                yield say["value"].format(n=n, column=column, old=a, new=b)


def _columns(records: _Records) -> list[str]:
    """Return a name for each column: also for one that has none of its own or that of another."""
    header = records[0][1] if records else []
    width = max((len(cells) for _, cells in records), default=0)
    names = header + [""] * (width - len(header))
    return [
        f"{name}#{at}" if name in ("", *names[: at - 1]) else name
        for at, name in enumerate(names, 1)
    ]


def _cells(records: _Records, names: list[str], shared: list[str]) -> list[tuple[str, ...]]:
    rows = (dict(zip(names, cells, strict=False)) for _, cells in records[1:])
    return [tuple(row.get(name, "") for name in shared) for row in rows]


def _half_equal(row: Sequence[str], other: Sequence[str]) -> bool:
    return 2 * sum(a == b for a, b in zip(row, other, strict=True)) >= len(row)


def _shown(name: str, say: _Say) -> str:
    return _parting(name, "", _CELL_WIDTH)[0] or say["empty"]


# A picture --------------------------------------------------------------------------------------


def _read_png(content: bytes) -> np.ndarray:
    """Return the pixels: row, column, and red, green, blue, opacity."""
    from PIL import Image

    return np.asarray(Image.open(io.BytesIO(content), formats=["PNG"]).convert("RGBA"))


def _tell_png(old: np.ndarray, new: np.ndarray, say: _Say) -> Iterator[str]:
    if old.shape != new.shape:
        sizes = [f"{width} × {height}" for height, width, _ in (old.shape, new.shape)]
        yield say["size"].format(old=sizes[0], new=sizes[1])
        return
    other = (old != new).any(axis=-1)
    if n := int(other.sum()):
        left, top, right, bottom = _box(other)
        box = {"left": left, "top": top, "right": right, "bottom": bottom}
        yield say["pixels"].format(n=n, all=other.size, share=share(n / other.size), **box)


def _box(other: np.ndarray) -> tuple[int, int, int, int]:
    """Return the first and last column and row that hold something, as left, top, right, bottom."""
    down, across = (np.flatnonzero(other.any(axis=axis)) for axis in (1, 0))
    return int(across[0]), int(down[0]), int(across[-1]), int(down[-1])


def draw_difference(before: Path, after: Path, to: Path) -> None:
    """Draw the published picture, the rebuilt one, and in red where they differ, side by side.

    Parameters
    ----------
    before, after
        Two PNG files, of any sizes. One that is missing or cannot be read is drawn as nothing.
    to
        The PNG to write. A frame in red stands around all that differs, so that a single pixel
        is found.
    """
    from PIL import Image, ImageDraw

    pictures = [_pixels_or_none(path) for path in (before, after)]
    height, width = (max(it.shape[axis] for it in pictures) for axis in (0, 1))
    old, new = (
        np.pad(it, ((0, height - it.shape[0]), (0, width - it.shape[1]), (0, 0))) for it in pictures
    )
    other = (old != new).any(axis=-1)
    flat = [_on_white(it) for it in (old, new)]
    pale = flat[0].mean(axis=-1, keepdims=True).repeat(3, axis=-1) * 0.25 + 191
    pale[other] = _RED
    gap = np.full((height, _GAP, 3), _GREY)
    sheet = Image.fromarray(np.hstack([flat[0], gap, flat[1], gap, pale]).astype(np.uint8))
    if other.any():
        left, top, right, bottom = _box(other)
        at = 2 * (width + _GAP)
        frame = (at + left - 6, top - 6, at + right + 6, bottom + 6)
        ImageDraw.Draw(sheet).rectangle(frame, outline=_RED, width=2)
    sheet.save(to, format="PNG")


def _pixels_or_none(path: Path) -> np.ndarray:
    try:
        return _read_png(path.read_bytes())
    except Exception:  # see _described
        return np.zeros((1, 1, 4), np.uint8)


def _on_white(pixels: np.ndarray) -> np.ndarray:
    opacity = pixels[..., 3:] / 255
    return np.asarray(pixels[..., :3] * opacity + 255 * (1 - opacity))


# A text, a notebook, a document -----------------------------------------------------------------


def _read_lines(content: bytes) -> list[str]:
    return content.decode("utf-8-sig").splitlines()


def _tell_lines(old: list[str], new: list[str], say: _Say) -> Iterator[str]:
    return _lines(old, new, lambda n: say["line"].format(n=n), say)


def _read_notebook(content: bytes) -> list[dict[str, str]]:
    """Return what each cell holds, as text by part."""
    cells = []
    for cell in json.loads(content)["cells"]:
        parts = {name: json.dumps(it, ensure_ascii=False) for name, it in cell.items()}
        outputs = [line for output in cell.get("outputs", []) for line in _output(output)]
        cells.append(parts | {"source": _joined(cell["source"]), "outputs": "\n".join(outputs)})
    return cells


def _output(output: Mapping[str, Any]) -> list[str]:
    """Return an output as lines; of what is no text, a hash."""
    if "data" not in output:
        return json.dumps(output, ensure_ascii=False, indent=1).splitlines()
    lines = []
    for mime, value in output["data"].items():
        if mime.startswith("text/"):
            lines += _joined(value).splitlines()
        else:
            lines.append(f"{mime} {hashlib.sha256(json.dumps(value).encode()).hexdigest()[:12]}")
    return lines


def _joined(text: str | list[str]) -> str:
    return "".join(text)


def _tell_notebook(
    old: list[dict[str, str]], new: list[dict[str, str]], say: _Say
) -> Iterator[str]:
    before, after = ([tuple(sorted(cell.items())) for cell in cells] for cells in (old, new))
    for i, j in _pairs(before, after, lambda a, b: dict(a).get("id") == dict(b).get("id")):
        if i is None or j is None:
            sign, (n, cell) = _alone(list(enumerate(old, 1)), list(enumerate(new, 1)), i, j)
            source, _ = _parting(cell["source"], "", _WIDTH)
            yield f"{sign} {say['cell'].format(n=n)}{say['colon']}{source}"
            continue
        for name in dict.fromkeys(("source", "outputs", *old[i], *new[j])):
            place = say["in_cell"].format(n=i + 1, part=say.get(name, name))
            was, now = (cell.get(name, "").splitlines() for cell in (old[i], new[j]))
            yield from _lines(was, now, partial(_always, place), say)


def _always(place: str, _: int) -> str:
    return place


def _read_docx(content: bytes) -> tuple[dict[str, bytes], list[str]]:
    """Return the parts of a document, and its text by paragraph."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    body = ElementTree.fromstring(parts["word/document.xml"])
    paragraphs = body.iter(f"{_WORD}p")
    return parts, ["".join(it.text or "" for it in p.iter(f"{_WORD}t")) for p in paragraphs]


def _tell_docx(
    old: tuple[dict[str, bytes], list[str]], new: tuple[dict[str, bytes], list[str]], say: _Say
) -> Iterator[str]:
    (parts, text), (other_parts, other_text) = old, new
    names = [it for it in sorted({*parts, *other_parts}) if parts.get(it) != other_parts.get(it)]
    if names:
        shown = say["comma"].join(names)
        yield say["parts"].format(names=_parting(shown, "", _WIDTH)[0])
    yield from _lines(text, other_text, lambda n: say["paragraph"].format(n=n), say)


_Kind = tuple[Callable[[bytes], Any], Callable[..., Iterator[str]]]
_LINES: _Kind = (_read_lines, _tell_lines)
_KINDS: dict[str, _Kind] = {
    ".csv": (_read_csv, _tell_csv),
    ".png": (_read_png, _tell_png),
    ".ipynb": (_read_notebook, _tell_notebook),
    ".docx": (_read_docx, _tell_docx),
    **dict.fromkeys((".html", ".md", ".svg", ".json", ".js", ".css"), _LINES),
}

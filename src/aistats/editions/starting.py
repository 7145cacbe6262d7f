"""Starting the next edition: the rows that the data package needs before its events are added.

The next edition follows the last: it has a source of its own, named and titled after the last one's
and an issue of the same series, the windows that this source covers, and a row that compares it
with an earlier edition. The files keep what they have and gain only what is new.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from aistats.dates.edtf import parse_edtf
from aistats.faults import DataError, EDTFError, Fault
from aistats.locale import Language, texts
from aistats.tables.appending import LINE_END
from aistats.tables.codebook import DESCRIPTOR
from aistats.tables.package import Package
from aistats.tables.paths import is_label, same_place
from aistats.wording import edition_name

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_BLANK = " \t\r\n"
_TITLES: dict[str, Language] = {"title": "en", "title_zh": "zh"}
_DIGITS = ("", *"一二三四五六七八九")


@dataclass(frozen=True)
class Started:
    """An edition that was started.

    Parameters
    ----------
    label, source, baseline
        The edition, its source, and the edition that it is compared with; empty where all others
        are later.
    added
        The lines that each file gained, by its path.
    """

    label: str
    source: str
    baseline: str
    added: Mapping[str, tuple[str, ...]]


def start(label: str, *, windows: Sequence[str] = (), data: str | Path = "data") -> Started:
    """Start the next edition: add its row, its source and the days that the source covers.

    Parameters
    ----------
    label
        Of the new edition, such as ``2026-01``.
    windows
        The days that each section of the new source covers, in EDTF, as the source states them;
        ``Models=2026-01-01/2026-01-10`` names the section, else it is called as in the source that
        is followed. Without, the whole month that the label names is assumed. What ``coverage.csv``
        or the codebook says of the source already, stands.
    data
        The folder of the data package.

    Returns
    -------
    Started

    Raises
    ------
    DataError
        If the data is wrong, there is no edition to follow, the label is taken or no label, or a
        window or the name of a section is missing or wrong. Nothing was written then.

    Examples
    --------
    >>> import shutil, tempfile
    >>> folder = shutil.copytree("data", Path(tempfile.mkdtemp()) / "data")
    >>> windows = ["2031-01-01/2031-01-10", "Models=2031-01-11/2031-01-20"]
    >>> started = start("2031-01", windows=windows, data=folder)
    >>> for line in started.added[(folder / "coverage.csv").as_posix()]:
    ...     print(line)
    ai-events-2031-01,一,2031-01-01/2031-01-10,stated
    ai-events-2031-01,Models,2031-01-11/2031-01-20,stated
    """
    package = Package.read(data)
    tables, book = package.tables, package.codebook
    editions = tables["editions"].fillna("")
    pattern = book.table("editions").fields["edition"].pattern
    _check_label(label, list(editions["edition"]), pattern, package.file("editions"))
    last = {str(name): str(it) for name, it in editions.iloc[-1].items()}
    followed, source = _sources(last, label)
    baseline = _baseline(label, list(editions["edition"]))
    row = last | {"edition": label, "sources": source, "baseline": baseline}
    margin = book.table("coverage").fields["window"].margin_days
    given = _windows(label, windows, tables["coverage"], source, margin)
    sections = _sections(tables["coverage"], followed, [it.section for it in given])
    covered = [
        {
            "source": source,
            "section": it.section or next(sections),
            "window": it.days,
            "basis": it.basis,
        }
        for it in given
    ]
    old = package.contents[DESCRIPTOR].decode("utf-8")
    new, entry = _with_source(old, followed, source, last, label)
    grown = package.with_codebook(new)
    # In this order the data is right whenever it is cut off, and can be started again.
    grown = grown.with_rows("coverage", covered).with_rows("editions", [row])
    grown.write()
    added = {path: _lines_at_the_end(package, grown, path) for path in grown.changes}
    if DESCRIPTOR in added:
        added[DESCRIPTOR] = entry
    files = {(package.folder / path).as_posix(): lines for path, lines in added.items()}
    return Started(label, source, baseline, files)


# What the new edition is ------------------------------------------------------------------------


def _check_label(label: str, taken: Sequence[str], pattern: str | None, file: str) -> None:
    if pattern and not re.fullmatch(pattern, label):
        raise DataError([Fault("edition_label", file, None, "edition", label, pattern)])
    if not is_label(label):
        raise DataError([Fault("label", file, None, "edition", label)])
    if same_place(label) in map(same_place, taken):
        raise DataError([Fault("edition_exists", file, value=label, allowed=", ".join(taken))])
    if not taken:
        raise DataError([Fault("first_edition", file)])


def _baseline(label: str, others: Sequence[str]) -> str:
    """Return the last edition of those that are not of a later month."""
    months = [it for it in (label, *others) if _MONTH.fullmatch(it)]
    later = [it for it in months if label in months and it > label]
    return next((it for it in reversed(others) if it not in later), "")


def _sources(last: Mapping[str, str], label: str) -> tuple[str, str]:
    """Return the source of the last edition that the new one follows, and the name of its own.

    Examples
    --------
    >>> _sources({"edition": "2025-12", "sources": "events-2025-12 papers"}, "2026-01")
    ('events-2025-12', 'events-2026-01')
    >>> _sources({"edition": "2025-12", "sources": "papers"}, "2026-Q1")
    ('papers', 'papers-2026-q1')
    """
    old, new = last["edition"].lower(), label.lower()  # as names of sources are
    sources = last["sources"].split()
    names = {it: name for it in sources if (name := _renamed(it, old, new))}
    return next(iter(names.items()), (sources[-1], f"{sources[-1]}-{new}"))


def _renamed(text: str, old: str, new: str) -> str | None:
    """Return a text with one name, as a word of its own, replaced; None where it has none."""
    end = "(?![A-Za-z0-9])" if old[-1].isascii() else ""  # 月 ends a word also before AI
    renamed, found = re.subn(f"(?<![A-Za-z0-9]){re.escape(old)}{end}", lambda _: new, text)
    return renamed if found else None


@dataclass(frozen=True)
class _Window:
    """Days that a section covers, who says so, and the name of the section if it was given one."""

    days: str
    basis: str = "stated"
    section: str = ""


def _windows(
    label: str, given: Sequence[str], coverage: pd.DataFrame, source: str, margin: int
) -> list[_Window]:
    """Return the windows that the source still lacks."""
    there = coverage.loc[coverage["source"] == source, "window"].tolist()
    stated, faults = _stated(given)
    if _MONTH.fullmatch(label) and not (there or given):
        stated = [_Window(label, "assumed")]
    days = []
    for window in stated:
        try:
            days.append(parse_edtf(window.days, margin_days=margin))
        except EDTFError as error:
            faults.append(Fault(error.reason, column="window", value=window.days))
    if there and given and [it.days for it in stated] != there:
        faults.append(Fault("source_covered", value=source, allowed=" ".join(there)))
    if not (there or stated):
        faults.append(Fault("window_needed", value=label))
    if faults:
        raise DataError(faults)
    if there:
        return []
    return stated if given else [_Window(f"{days[0][0]}/{days[0][1]}", "assumed")]


def _stated(given: Sequence[str]) -> tuple[list[_Window], list[Fault]]:
    """Read ``EDTF`` or ``NAME=EDTF``, each name once; no date has an equals sign in it."""
    windows: list[_Window] = []
    faults = []
    for text in given:
        *named, days = (part.strip() for part in text.rsplit("=", 1))
        section = named[0] if named else ""
        taken = [it.section for it in windows]
        if named and (not section or "·" in section or section in taken):
            faults.append(Fault("section_name", column="section", value=section))
        windows.append(_Window(days, section=section))
    return windows, faults


def _sections(coverage: pd.DataFrame, followed: str, taken: Sequence[str]) -> Iterator[str]:
    """Yield names for sections: as in the source that is followed, then on in Chinese numerals."""
    before = coverage.loc[coverage["source"] == followed, "section"].tolist()
    numerals = map(_numeral, itertools.count(len(before) + 1))
    names = itertools.chain(before, (it for it in numerals if it not in before))
    return (it for it in names if it not in taken)


def _numeral(n: int) -> str:
    """Return a Chinese numeral.

    Examples
    --------
    >>> [_numeral(n) for n in (3, 10, 12, 20, 31)]
    ['三', '十', '十二', '二十', '三十一']
    """
    tens, ones = divmod(n, 10)
    return f"{_DIGITS[tens] if tens > 1 else ''}{'十' if tens else ''}{_DIGITS[ones]}"


def _entry(
    old: Mapping[str, str], name: str, last: Mapping[str, str], label: str
) -> dict[str, str]:
    """Return what the codebook is to say of the new source: what it says of the one followed."""
    entry = {"name": name, "series": old.get("series", old["name"])}
    for key, language in _TITLES.items():
        if key in old:
            entry[key] = _new_title(old[key], last["edition"], label, language)
    return entry


def _new_title(title: str, last: str, label: str, language: Language) -> str:
    """Return the title of the source that is followed, with the new edition in it."""
    old_name = edition_name(last, language)
    new_name = edition_name(label, language)
    renamed = _renamed(title, old_name, new_name) or _renamed(title, last, label)
    if renamed:
        return renamed
    return texts(language)("starting.source_title", title=title, edition=new_name)


# Into the files ---------------------------------------------------------------------------------


def _with_source(
    text: str, followed: str, source: str, last: Mapping[str, str], label: str
) -> tuple[str, tuple[str, ...]]:
    """Return the descriptor with a source after its last one, laid out like that one.

    Return also the lines of the new source; none where the descriptor stays as it is.
    """
    sources = {it["name"]: it for it in json.loads(text.lstrip("\ufeff")).get("sources", [])}
    if followed not in sources or source in sources:
        return text, ()
    start, end = _last_source(text)
    lead = text[len(text[:start].rstrip(_BLANK)) : start]
    body = text[start + 1 : end - 1]
    inner = body[: len(body) - len(body.lstrip(_BLANK))]
    tail = body[len(body.rstrip(_BLANK)) :]
    entry = _entry(sources[followed], source, last, label)
    members = (f'"{key}": {json.dumps(it, ensure_ascii=False)}' for key, it in entry.items())
    new = f"{lead or ' '}{{{inner}{(',' + (inner or ' ')).join(members)}{tail}}}"
    lines = tuple(LINE_END.split(new.strip("\r\n")))
    return f"{text[:end]},{new}{text[end:]}", lines


def _lines_at_the_end(before: Package, after: Package, path: str) -> tuple[str, ...]:
    """Return the lines that a table gains."""
    gained = after.contents[path].removeprefix(before.contents[path])
    return tuple(LINE_END.split(gained.decode("utf-8").strip("\r\n")))


def _last_source(text: str) -> tuple[int, int]:
    """Return where the last of the sources starts and ends in the text of a descriptor."""
    read = json.JSONDecoder().raw_decode

    def after(at: int) -> int:
        return len(text) - len(text[at:].lstrip(_BLANK + ":,"))

    at = after(text.index("{") + 1)
    while True:
        key, at = read(text, at)
        at = after(at)
        if key == "sources":
            break
        at = after(read(text, at)[1])
    start = end = at
    at = after(at + 1)
    while text[at] != "]":
        start, end = at, read(text, at)[1]
        at = after(end)
    return start, end

"""Start the next edition: add the rows that the data package needs before its events.

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
from aistats.locale import Language
from aistats.session import texts
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
        Label of the new edition, such as ``2026-01``.
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
    editions = package.tables["editions"].fillna("")
    labels = editions["edition"].tolist()
    _check_label(label, labels, package)
    last = _last_row(editions)
    followed, source = _sources(last, label)
    baseline = _baseline(label, labels)
    row = {**last, "edition": label, "sources": source, "baseline": baseline}
    covered = _coverage_rows(package, label, windows, source, followed)
    entry = _Entry(followed, source, last["edition"], label)
    old = package.contents[DESCRIPTOR].decode("utf-8")
    new, lines = _with_source(old, entry)
    # In this order the data is valid if it is cut off, and the edition can be started again.
    grown = package.with_codebook(new)
    grown = grown.with_rows("coverage", covered)
    grown = grown.with_rows("editions", [row])
    grown.write()
    added = {}
    for path in grown.changes:
        file = (package.folder / path).as_posix()
        is_table = path != DESCRIPTOR
        added[file] = _lines_at_the_end(package, grown, path) if is_table else lines
    return Started(label, source, baseline, added)


def _last_row(editions: pd.DataFrame) -> dict[str, str]:
    row = {}
    for name, value in editions.iloc[-1].items():
        row[str(name)] = str(value)
    return row


# What the new edition is ------------------------------------------------------------------------


def _check_label(label: str, taken: Sequence[str], package: Package) -> None:
    """Reject a label that is not allowed or taken; also if there is no edition to follow."""
    file = package.file("editions")
    field = package.codebook.table("editions").fields["edition"]
    if field.pattern and not re.fullmatch(field.pattern, label):
        fault = Fault("edition_label", file, None, "edition", label, field.pattern)
    elif not is_label(label):
        fault = Fault("label", file, None, "edition", label)
    elif same_place(label) in map(same_place, taken):
        fault = Fault("edition_exists", file, value=label, allowed=", ".join(taken))
    elif not taken:
        fault = Fault("first_edition", file)
    else:
        return
    raise DataError([fault])


def _baseline(label: str, others: Sequence[str]) -> str:
    """Return the last edition that is not of a later month, empty if there is none."""
    is_month = _MONTH.fullmatch(label) is not None
    for other in reversed(others):
        is_later = is_month and _MONTH.fullmatch(other) is not None and other > label
        if not is_later:
            return other
    return ""


def _sources(last: Mapping[str, str], label: str) -> tuple[str, str]:
    """Return the source of the last edition that is followed, and the name of the new source.

    Examples
    --------
    >>> _sources({"edition": "2025-12", "sources": "events-2025-12 papers"}, "2026-01")
    ('events-2025-12', 'events-2026-01')
    >>> _sources({"edition": "2025-12", "sources": "papers"}, "2026-Q1")
    ('papers', 'papers-2026-q1')
    """
    old = last["edition"].lower()  # as names of sources are
    new = label.lower()
    sources = last["sources"].split()
    for source in sources:
        renamed = _renamed(source, old, new)
        if renamed:
            return source, renamed
    return sources[-1], f"{sources[-1]}-{new}"


def _renamed(text: str, old: str, new: str) -> str | None:
    """Return a text with a name replaced where it is a whole word; None if it is nowhere."""
    end = "(?![A-Za-z0-9])" if old[-1].isascii() else ""  # 月 ends a word also before AI
    pattern = f"(?<![A-Za-z0-9]){re.escape(old)}{end}"
    if not re.search(pattern, text):
        return None
    return re.sub(pattern, lambda _: new, text)


@dataclass(frozen=True)
class _Window:
    """Days that a section covers, who says so, and the name of the section if it has one."""

    days: str
    basis: str = "stated"
    section: str = ""


def _coverage_rows(
    package: Package,
    label: str,
    window_texts: Sequence[str],
    source: str,
    followed: str,
) -> list[dict[str, str]]:
    """Return the rows of ``coverage.csv`` that the new source still lacks."""
    coverage = package.tables["coverage"]
    field = package.codebook.table("coverage").fields["window"]
    covered = coverage.loc[coverage["source"] == source, "window"].tolist()
    windows = _windows(label, window_texts, covered, source, field.margin_days)
    named = [window.section for window in windows]
    sections = _sections(coverage, followed, named)
    rows = []
    for window in windows:
        section = window.section or next(sections)
        rows.append(
            {"source": source, "section": section, "window": window.days, "basis": window.basis}
        )
    return rows


def _windows(
    label: str,
    window_texts: Sequence[str],
    covered: Sequence[str],
    source: str,
    margin_days: int,
) -> list[_Window]:
    """Return the windows that the source still lacks, given those it has already."""
    windows, faults = _read_windows(window_texts)
    if _MONTH.fullmatch(label) and not (covered or window_texts):
        windows = [_Window(label, "assumed")]
    intervals = []
    for window in windows:
        try:
            intervals.append(parse_edtf(window.days, margin_days=margin_days))
        except EDTFError as error:
            faults.append(Fault(error.reason, column="window", value=window.days))
    if covered and window_texts and [window.days for window in windows] != covered:
        faults.append(Fault("source_covered", value=source, allowed=" ".join(covered)))
    if not (covered or windows):
        faults.append(Fault("window_needed", value=label))
    if faults:
        raise DataError(faults)
    if covered:
        return []
    if window_texts:
        return windows
    first, last = intervals[0]
    return [_Window(f"{first}/{last}", "assumed")]


def _read_windows(window_texts: Sequence[str]) -> tuple[list[_Window], list[Fault]]:
    """Read ``EDTF`` or ``NAME=EDTF``, each name once; no date has an equals sign in it."""
    windows: list[_Window] = []
    faults = []
    for text in window_texts:
        name, equals, days = text.rpartition("=")
        section = name.strip()
        taken = [window.section for window in windows]
        is_wrong = not section or "·" in section or section in taken
        if equals and is_wrong:
            faults.append(Fault("section_name", column="section", value=section))
        windows.append(_Window(days.strip(), section=section))
    return windows, faults


def _sections(
    coverage: pd.DataFrame,
    followed: str,
    taken: Sequence[str],
) -> Iterator[str]:
    """Yield names for sections: as in the source that is followed, then on in Chinese numerals."""
    is_followed = coverage["source"] == followed
    before = coverage.loc[is_followed, "section"].tolist()
    numerals = map(_numeral, itertools.count(len(before) + 1))
    new = (numeral for numeral in numerals if numeral not in before)
    for name in itertools.chain(before, new):
        if name not in taken:
            yield name


def _numeral(n: int) -> str:
    """Return a Chinese numeral.

    Examples
    --------
    >>> [_numeral(n) for n in (3, 10, 12, 20, 31)]
    ['三', '十', '十二', '二十', '三十一']
    """
    tens, ones = divmod(n, 10)
    return f"{_DIGITS[tens] if tens > 1 else ''}{'十' if tens else ''}{_DIGITS[ones]}"


@dataclass(frozen=True)
class _Entry:
    """The entry of the new source in the codebook.

    ``followed`` and ``source`` are the names of the source that it follows and of the new one,
    ``last`` and ``label`` those of their editions.
    """

    followed: str
    source: str
    last: str
    label: str

    def members(self, old: Mapping[str, str]) -> dict[str, str]:
        """Return the members of the entry, after those of the source that is followed."""
        series = old.get("series", old["name"])
        members = {"name": self.source, "series": series}
        for key, language in _TITLES.items():
            title = old.get(key)
            if title is not None:
                members[key] = self._new_title(title, language)
        return members

    def _new_title(self, title: str, language: Language) -> str:
        """Return the title of the source that is followed, with the new edition in it."""
        old_name = edition_name(self.last, language)
        new_name = edition_name(self.label, language)
        renamed = _renamed(title, old_name, new_name)
        renamed = renamed or _renamed(title, self.last, self.label)
        if renamed:
            return renamed
        say = texts(language)
        return say("starting.source_title", title=title, edition=new_name)


# Into the files ---------------------------------------------------------------------------------


def _with_source(text: str, entry: _Entry) -> tuple[str, tuple[str, ...]]:
    """Return the descriptor with a source after its last one, laid out like that one.

    Return also the lines of the new source; none if the descriptor stays as it is.
    """
    descriptor = json.loads(text.lstrip("\ufeff"))
    sources = {source["name"]: source for source in descriptor.get("sources", [])}
    if entry.followed not in sources or entry.source in sources:
        return text, ()
    start, end = _last_source(text)
    before = text[:start]
    lead = before[len(before.rstrip(_BLANK)) :]
    body = text[start + 1 : end - 1]
    inner = body[: len(body) - len(body.lstrip(_BLANK))]
    tail = body[len(body.rstrip(_BLANK)) :]
    members = []
    for key, value in entry.members(sources[entry.followed]).items():
        members.append(f'"{key}": {json.dumps(value, ensure_ascii=False)}')
    separator = f",{inner or ' '}"
    new = f"{lead or ' '}{{{inner}{separator.join(members)}{tail}}}"
    return f"{text[:end]},{new}{text[end:]}", _lines(new)


def _lines_at_the_end(
    before: Package,
    after: Package,
    path: str,
) -> tuple[str, ...]:
    """Return the lines that a table gains."""
    content = after.contents[path]
    gained = content.removeprefix(before.contents[path])
    return _lines(gained.decode("utf-8"))


def _lines(text: str) -> tuple[str, ...]:
    inner = text.strip("\r\n")
    return tuple(LINE_END.split(inner))


def _last_source(text: str) -> tuple[int, int]:
    """Return where the last of the sources starts and ends in the text of a descriptor."""
    read = json.JSONDecoder().raw_decode

    def next_token(position: int) -> int:
        rest = text[position:]
        return len(text) - len(rest.lstrip(_BLANK + ":,"))

    position = next_token(text.index("{") + 1)
    while True:
        key, position = read(text, position)
        position = next_token(position)
        if key == "sources":
            break
        _, position = read(text, position)
        position = next_token(position)
    start = end = position
    position = next_token(position + 1)
    while text[position] != "]":
        start = position
        _, end = read(text, position)
        position = next_token(end)
    return start, end

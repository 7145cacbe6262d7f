"""Windows: the stretch of days that a report, or a part of it, is about, and who says so.

What a report leaves out of a date ("3日", "December 2") stands further out: in the heading of the
section, the title, the line on the reporting period, the front matter, the name of the file. Each
of them is read in the light of the one outside it. The finest that is said holds; what a report was
published on says the year, not what it reports on.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aistats.dates.edtf import parse_edtf
from aistats.dates.phrases import DatePhrase, find_dates
from aistats.dates.placing import DateReading
from aistats.dates.spellings import read_date
from aistats.dates.vocabulary import MONTH_NAMES
from aistats.importers.draft.outline import Node
from aistats.importers.draft.words import names, opening_label
from aistats.locale import Language

Days = tuple[dt.date, dt.date]

_IN_FILE_NAME = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d{2})(?:[-_.]?(?:[wW](?P<week>\d{2})|[qQ](?P<quarter>[1-4])"
    r"|(?P<month>0[1-9]|1[0-2])(?:[-_.]?(?P<day>0[1-9]|[12]\d|3[01]))?)(?!\d))?"
)
_TWO_DAYS = re.compile(r"\d\D*[-–—~～〜至到/]|\bto\b|\band\b|week of", re.IGNORECASE)
_NO_WORDS = [name.title() for name in MONTH_NAMES if name not in ("march", "may")]
_MONTH = re.compile(rf"\b(?:{'|'.join(_NO_WORDS)})\b")
_SENTENCES = re.compile(r"(?<=[。.;；|｜])\s*")
_PARTS = re.compile(r"[:：—–|·(),，、]| - ")
_BARE_YEAR = re.compile(r"(?<![\dA-Za-z.-])20\d\d(?![\d.%-])")
_LONGEST_BYLINE = 90
_SENTENCE_END = re.compile(r"[。！？!?]|[a-z]{2}\.(?:\s|$)")
_PUBLISHED = re.compile(
    r"发布|发表|更新|印发|刊发|出版|成稿|\b(?:posted|published|updated|issued|released|sent|dated)\b",
    re.IGNORECASE,
)
_BEFORE_PUBLICATION = dt.timedelta(days=45)


@dataclass(frozen=True)
class Window:
    """Days that a part of a report is about.

    Parameters
    ----------
    edtf
        The days in EDTF.
    origin
        Where they are said: ``file_name``, ``front_matter``, ``title``, ``period`` or ``heading``,
        and after a colon the line; or ``coverage``, the table of that name.
    stated
        Whether both ends are given, rather than a month or "mid-December".
    """

    edtf: str
    origin: str
    stated: bool = False
    publication: bool = False

    @property
    def days(self) -> Days:
        """The first and last day."""
        return parse_edtf(self.edtf)

    def holds(self, other: Window) -> bool:
        """Whether another window lies within this one."""
        (first, last), (start, end) = self.days, other.days
        return first <= start and end <= last


@dataclass(frozen=True)
class Coverage:
    """What the coverage table says of a part of a report.

    Parameters
    ----------
    window
        The window of the section that the part is; None where it is none.
    doubt
        What a person is to look at: ``no_section``, ``window_differs`` or nothing.
    words
        What a message names: of ``no_section`` the sections to choose from, of ``window_differs``
        the window that the report states and that of the coverage table.
    """

    window: Window | None
    doubt: str = ""
    words: tuple[str, ...] = ()


def window_of_report(
    root: Node, front: Mapping[str, str], name: str, language: Language
) -> Window | None:
    """Return what a whole report is about, as far as it says so.

    Parameters
    ----------
    root, front
        As :func:`~aistats.importers.draft.outline.outline` returns them.
    name
        The name of the file.
    language
        ``zh`` or ``en``.
    """
    window: Window | None = None
    said = tuple(_said(root, front, name))
    # Twice: what lacks a year is read again with the year of what follows.
    for text, origin, publication in said + said:
        found = window_in(text, window, origin, language)
        if found is None or (origin.startswith("intro") and not found.stated):
            continue
        if publication or (origin != "file_name" and _is_day(found)):
            first, last = found.days
            since = (first - _BEFORE_PUBLICATION).isoformat()
            found = Window(f"{since}/{last.isoformat()}", origin, publication=True)
        if window is None or _is_better(found, window):
            window = found
    return window


def _is_better(found: Window, window: Window) -> bool:
    """Whether what is said nearer to the text holds: if it is no coarser than what was said."""
    if found.publication:
        return False
    if window.publication or window.origin.startswith("end"):
        return True
    return not found.holds(window) or found.days == window.days


def _said(root: Node, front: Mapping[str, str], name: str) -> Iterator[tuple[str, str, bool]]:
    """Yield each text that may say what a report is about, from the farthest to the nearest."""
    yield from _closing(root)
    yield _of_file_name(name), "file_name", False
    said = {key.replace("_", " "): text for key, text in front.items()}
    ends = [said[it] for use in ("start label", "end label") for it in said if it in names(use)]
    year = next((said[it] for it in said if it in names("year key")), "")
    yield from ((said[it], "front_matter", True) for it in said if it in names("publication key"))
    yield f"{year}年" if year.isdigit() else "", "front_matter", False
    yield from ((said[it], "front_matter", False) for it in said if it in names("title key"))
    yield from ((" – ".join(ends), "front_matter", False) for _ in ends[1:2])
    yield from ((said[it], "front_matter", False) for it in said if it in names("period label"))
    title = next(iter(root.of("heading")), None)
    if title is not None:
        yield title.text, f"title:{title.line}", False
    opening = [root, *([title] if title is not None else [])]
    yield from (it for node in opening for it in _bylines(node.children))
    yield from (
        (text, f"period:{line}", False) for node in opening for line, text in periods(node.children)
    )


def _closing(root: Node) -> Iterator[tuple[str, str, bool]]:
    """Yield the lines with which a report ends, such as "最后更新：2026年1月3日"."""
    last = root
    while last.children:
        last = last.children[-1]
        if last.kind == "paragraph" and len(last.text) <= _LONGEST_BYLINE:
            yield last.text, f"end:{last.line}", bool(_PUBLISHED.search(last.text))


def _bylines(nodes: Sequence[Node]) -> Iterator[tuple[str, str, bool]]:
    """Yield short lines under a title, such as "2025年12月盘点" or "Posted January 3, 2026"."""
    for node in nodes:
        if node.kind == "quote":
            yield from _bylines(node.children)
            continue
        if node.kind != "paragraph":
            return
        if len(node.text) > _LONGEST_BYLINE or _SENTENCE_END.search(node.text):
            yield _SENTENCE_END.split(node.text)[0], f"intro:{node.line}", False
        else:
            yield node.text, f"title:{node.line}", bool(_PUBLISHED.search(node.text))


def _of_file_name(name: str) -> str:
    found = _IN_FILE_NAME.search(Path(name).stem)
    month = _MONTH.search(re.sub(r"[-_.]", " ", Path(name).stem.title()))
    if found is None:
        return ""
    if month:
        return f"{month[0]} {found['year']}"
    year, week, quarter = found["year"], found["week"], found["quarter"]
    if week and 1 <= int(week) <= 52:
        monday = dt.date.fromisocalendar(int(year), int(week), 1)
        return f"{monday} – {monday + dt.timedelta(days=6)}"
    if quarter:
        return f"{year}Q{quarter}"
    return f"{year}-{found['month']}" if found["month"] else f"{year}年"


def periods(nodes: Sequence[Node]) -> Iterator[tuple[int, str]]:
    """Yield what lines such as "统计周期：…" or "Reporting period: …" say, each with its line."""
    for node in nodes:
        if node.kind == "heading":
            return
        if node.kind == "quote":
            yield from periods(node.children)
        elif node.kind in ("paragraph", "item"):
            label, rest = opening_label(node)
            if label in names("period label"):
                yield node.line, rest
            elif _is_period(node.text):
                yield node.line, node.text
            for sentence in _SENTENCES.split(node.text)[1:]:
                label, colon, rest = sentence.replace("：", ":").partition(":")
                if colon and label.strip().casefold() in names("period label"):
                    yield node.line, rest
            yield from periods(node.of("item", "paragraph"))
        elif node.kind == "row" and len(node.cells) >= 2:
            (_, label), (_, value) = node.cells[:2]
            if label.strip("：: ").casefold() in names("period label"):
                yield node.line, value


def _is_period(text: str) -> bool:
    """Whether a line says two days and nothing else."""
    bare = re.sub(r"^\W*(?:from|for|covering|covers)?\s+", "", f" {text}", flags=re.IGNORECASE)
    return _stated(read_date(bare))


def window_in(text: str, outer: Window | None, origin: str, language: Language) -> Window | None:
    """Return the days that a heading is about, if it names any.

    Of several, two ends that are given hold before a month or a part of one, and what is longer
    before what is shorter: of "12月中旬（15日前后）" the ten days.
    """
    days = outer.days if outer else None
    parts = (read_date(it, window=days, language=language) for it in (text, *_PARTS.split(text)))
    found = [it for it in (*dates_in(text, outer, language), *parts) if it.edtf]
    if found and not any(map(_stated, found)):  # "第二周（12月7日—13日）": the week has the year
        whole_year = parse_edtf(f"{parse_edtf(str(found[0].edtf))[0].year:04}")
        again = (read_date(it, window=whole_year, language=language) for it in _PARTS.split(text))
        found += [it for it in again if it.edtf]
    if not found and (month := _MONTH.search(text)):
        found = [it for it in [read_date(month[0], window=days, language="en")] if it.edtf]
    if not found and origin.startswith("title") and (year := _BARE_YEAR.search(text)):
        found = [read_date(year[0])]
    if not found:
        return None
    best = max(found, key=lambda it: (_stated(it), _length(it)))
    return Window(str(best.edtf), origin, _stated(best))


def dates_in(text: str, window: Window | None, language: Language) -> list[DatePhrase]:
    """Return the dates in a text of a part that is about a window."""
    return find_dates(text, window=window.days if window else None, language=language)


def whole_date_in(text: str, window: Window | None, language: Language) -> DateReading | None:
    """Return what a text that stands in such a part says of a date, if it is about one at all."""
    days = window.days if window else None
    reading = read_date(text, window=days, language=language)
    return None if reading.says_none or reading.reason == "unreadable" else reading


def _stated(phrase: DateReading) -> bool:
    return bool(phrase.edtf and "/" in phrase.edtf and _TWO_DAYS.search(phrase.text))


def _is_day(window: Window) -> bool:
    """Whether a window is one day, as that on which a report was published."""
    first, last = window.days
    return first == last


def _length(phrase: DateReading) -> dt.timedelta:
    first, last = parse_edtf(str(phrase.edtf))
    return last - first

"""Reading: which parts of an outlined report are events, and what each is told with.

A heading is either an event, told by what stands under it, or a place where events stand; which,
its contents say. Points that open with labels ("事件：", "What happened:") tell one event; those
that open with a date or with somebody's name are events of their own. A heading that is only a day
dates all events under it. Headings of outlooks, summaries and the like are passed over, and noted.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from rapidfuzz import fuzz, process

from aistats.dates.edtf import parse_edtf
from aistats.dates.phrases import DatePhrase
from aistats.dates.placing import DateReading
from aistats.dates.vocabulary import UNDATED as UNDATED_WORDS
from aistats.importers.draft.outline import PSEUDO_LEVEL, Node
from aistats.importers.draft.proposals import mentions
from aistats.importers.draft.windows import (
    Coverage,
    Window,
    dates_in,
    periods,
    whole_date_in,
    window_in,
)
from aistats.importers.draft.words import is_date_label, names, opening_label, reason_to_skip
from aistats.locale import Language

_DATELINE = re.compile(  # "PARIS, 2 December — ", "新华社北京12月2日电"
    r"[A-Z][A-Za-z.’' -]{2,30}(?:\s*[（(][^）)]{2,30}[)）])?\s*,\s*(?:on\s+)?"
    r"|[\u4e00-\u9fff]{2,12}\s?"
)
_WIRED = re.compile(r"\s*(?:[（(][^）)]{2,30}[)）]\s*)?(?:[—–-]|电|讯)")
UNDATED = re.compile(
    rf"\W*(?:日期)?(?:{'|'.join(map(re.escape, UNDATED_WORDS))})\W+", re.IGNORECASE
)
"""Words that stand where others have a date."""

_SAME_DAY = re.compile(
    r"(?:空|留白).{0,12}(?:同日|同上|上一行|上行)|(?:empty|blank)\b.{0,60}\b(?:same|repeats|above|preceding)\b",
    re.IGNORECASE,
)
_DITTO = frozenset(
    ("同上", "同日", "〃", "″", '"', "”", "ditto", "same day", "same", "idem", "do.")
)
_SAME_TITLE, _FEWEST_REPEATED = 90, 3
_ISSUE = re.compile(r"(?:总|第)?第?\s*\d+\s*[期周]|(?:vol|no|issue)\.?\s*\d+", re.IGNORECASE)
_DAY_LEVEL = 8  # below every heading
_SHORTEST_EVENT = 4  # letters; 国内 or "News" on a line of its own is none
SHORTEST_TITLE = 12
"""Letters of an opening in bold: one of no more is a name."""

_LONGEST_OPENING = 12  # days: a dekad, or a little more
_DIGIT = re.compile(r"\d")
_NTH_DAY = re.compile(r"^\W*(?:day\s+\w+|第\w+天)\b\s*[:：,，—–(（-]", re.IGNORECASE)
EDGES = " \t:：,，.。;；|｜·—–-()（）[]【】*_"


@dataclass(frozen=True)
class Place:
    """Where in a report something stands, and what that says of it.

    Parameters
    ----------
    language
        Of the report, ``zh`` or ``en``.
    labels
        Of points that tell one event: those of the table, and those that the report repeats.
    carries_days
        Whether the report says that an empty cell has the day of the row above.
    path
        The headings above, without the title of the report.
    marks
        What the source calls these sections: their numbers, or else their titles.
    window
        The days that this part is about.
    day
        The day that a heading gives to all events under it.
    day_line
        Where that heading stands.
    coverage
        What the data package says of this part, where the source is one of its own.
    """

    language: Language
    labels: frozenset[str] = frozenset()
    carries_days: bool = False
    path: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    window: Window | None = None
    day: DateReading | None = None
    day_line: int = 0
    coverage: Coverage | None = None

    @property
    def reported(self) -> Window | None:
        """The days that the section covers, or else that the innermost section is about."""
        if self.coverage is not None:
            return self.coverage.window
        if self.day is None or self.day.edtf is None:
            return self.window
        return Window(self.day.edtf, f"heading:{self.day_line}", stated=True)

    def dates(self, text: str) -> list[DatePhrase]:
        """Return the dates in a text that stands here."""
        return dates_in(text, self.window, self.language)

    def date(self, text: str) -> DateReading | None:
        """Return the date that a text is which stands here, if it is one as a whole."""
        return whole_date_in(text, self.window, self.language)

    def under(self, node: Node) -> Place:
        """Return the place under a heading."""
        day = whole_date(node.text, self)
        window = self.window if day else window_in(node.text, self.window, "", self.language)
        marks = (*self.marks, node.mark or node.text)
        for line, text in periods(node.children):
            window = window_in(text, self.window, f"period:{line}", self.language) or window
        if window is not None and not window.origin:
            window = replace(window, origin=f"heading:{node.line}")
        return replace(
            self,
            path=(*self.path, node.text),
            marks=marks,
            window=window or self.window,
            day=day or self.day,
            day_line=node.line if day else self.day_line,
        )


@dataclass(frozen=True)
class Told:
    """An event as a report tells it.

    Parameters
    ----------
    node
        The heading, point, row or paragraph.
    place
        Where it stands.
    facts
        The points that tell it, each with its label, which may be empty.
    dates
        Of a row of a table: its cells in the columns of dates, one or a start and an end.
    sure
        Whether the form alone says that it is an event.
    """

    node: Node
    place: Place
    facts: tuple[tuple[str, str], ...] = ()
    dates: tuple[str, ...] = ()
    sure: bool = True


@dataclass
class Reading:
    """What a report tells.

    Parameters
    ----------
    told
        The events, in order.
    skipped
        The headings under which there are none: line, heading, and the reason, one of
        `aistats.importers.draft.words.SKIPPED` or ``no_event``.
    """

    told: list[Told] = field(default_factory=list)
    skipped: list[tuple[int, str, str]] = field(default_factory=list)


def read(root: Node, place: Place) -> Reading:
    """Return the events of an outlined report.

    Parameters
    ----------
    root
        What :func:`~aistats.importers.draft.outline.outline` returns.
    place
        The language and the window of the report as a whole.
    """
    reading = Reading()
    place = replace(
        place,
        labels=_table_labels() | frozenset(_repeated(root)),
        carries_days=any(_SAME_DAY.search(it.text) for it in _all(root)),
    )
    headings = root.of("heading")
    if headings and _is_title(headings, root, place):
        title = headings[0]
        _contents(title, place, reading, preamble=True)
        _contents(
            replace(root, children=root.children[root.children.index(title) + 1 :]), place, reading
        )
    else:
        _contents(root, place, reading)
    reading.told.sort(key=lambda it: it.node.line)
    return reading


def _table_labels() -> frozenset[str]:
    return names("fact label") | names("background label") | names("date label")


def _repeated(root: Node) -> Iterator[str]:
    """Yield what points open with under several headings, and nobody's name."""
    under = [{_label(it) for it in node.of("item")} for node in _all(root)]
    count = Counter(label for labels in under for label in labels if label)
    yield from (
        it for it, n in count.items() if n > 1 and not mentions(it) and not _DIGIT.search(it)
    )


def _all(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _all(child)


def _is_title(headings: Sequence[Node], root: Node, place: Place) -> bool:
    """Whether the first heading is the title of the report: it stands above all others."""
    first = headings[0]
    if first.level == 1 and all(it.level > 1 for it in headings[1:]):
        return True
    if len(headings) == 1 or first.level < headings[1].level:
        return not _tells_itself(first, place)
    opens = root.children[0] is first and not any(
        it.bold or it.kind != "paragraph" for it in first.children
    )
    return opens and not _is_dated(first, place) and bool(place.dates(first.text))


def whole_date(text: str, place: Place) -> DateReading | None:
    """Return the day that a text is, apart from a weekday."""
    bare = _NTH_DAY.sub("", text).strip(EDGES)
    found = place.date(bare) if bare else None
    if found is None or found.edtf is None or not re.fullmatch(r"\d{4}-\d\d-\d\d", found.edtf):
        return None
    return found


# What a heading is ------------------------------------------------------------------------------


def _section(node: Node, place: Place, reading: Reading) -> None:
    """Read what stands under a heading, or the heading as an event."""
    before = len(reading.told)
    reason = reason_to_skip(node.text)
    told = _is_numbered(node) and any(_label(it) in place.labels for it in node.children)
    told = told or (reason == "trend" and _is_told_by_day(node, place))
    if not reason and _is_to_come(node, place):
        reason = "outlook"
    if reason and not told and not _is_dated(node, place):
        reading.skipped.append((node.line, node.text, reason))
    elif not node.of("heading") or _only_labels(node.of("heading"), place):
        _leaf(node, place, reading)
    elif _is_dated(node, place) and all(it.level == PSEUDO_LEVEL for it in node.of("heading")):
        _beside(node, node.children.index(node.of("heading")[0]), place, reading)
    else:
        _contents(node, place.under(node), reading)
    if _repeats(reading.told[before:], reading.told[:before]):
        del reading.told[before:]
        reading.skipped.append((node.line, node.text, "summary"))
    elif _all_to_come(reading.told[before:], place):
        del reading.told[before:]
        reading.skipped.append((node.line, node.text, "outlook"))


def _is_told_by_day(node: Node, place: Place) -> bool:
    """Whether most of what stands under a heading has a day: 行业观察 may be news of the trade."""
    told = [it for it in node.children if it.bold or it.kind in ("item", "row")]
    dated = [
        _opens_with_date(it, place) or (it.kind == "paragraph" and _is_dated(it, place))
        for it in told
    ]
    return bool(told) and 2 * sum(dated) >= len(told)


def _repeats(told: Sequence[Told], before: Sequence[Told]) -> bool:
    """Whether most of what stands under a heading was told above, as in a table of all events."""
    if len(told) < _FEWEST_REPEATED:
        return False
    titles = [it.node.text for it in before]
    again = [
        it
        for it in told
        if process.extractOne(
            _words(it), titles, scorer=fuzz.token_set_ratio, score_cutoff=_SAME_TITLE
        )
    ]
    return 2 * len(again) > len(told)


def _words(told: Told) -> str:
    cells = [cell for _, cell in told.node.cells if cell not in told.dates]
    return max(cells, key=len, default=told.node.text)


def _is_to_come(node: Node, place: Place) -> bool:
    """Whether a heading is about days after the report's window, as "Coming in February" is."""
    under = place.under(node).window
    if place.window is None or under is None or place.window.publication:
        return False
    return under.days[0] > place.window.days[1] and not _is_dated(node, place)


def _all_to_come(told: Sequence[Told], place: Place) -> bool:
    """Whether what stands under a heading is a calendar of days after the report's window."""
    if place.window is None or place.window.publication:
        return False
    opening = [days for it in told if (days := _opening_days(it.node, it.place))]
    later = [days for days in opening if days[0] > place.window.days[1]]
    return bool(later) and len(later) == len(opening) and 2 * len(later) >= len(told)


def _leaf(node: Node, place: Place, reading: Reading) -> None:
    under = place.under(node)
    if whole_date(node.text, place) and all(it.kind == "paragraph" for it in node.children):
        reading.told += [Told(it, under) for it in node.children]
    elif _holds_events(node, place):
        _contents(node, under, reading)
    elif _tells_itself(node, place):
        bold = [
            it.kind == "paragraph"
            and it.bold
            and _label(it) not in place.labels
            and _is_dated(it, place)
            for it in node.children
        ]
        _beside(node, bold.index(True) if any(bold) else len(bold), place, reading)
    else:
        before = len(reading.told)
        _contents(node, under, reading)
        prose = [it for it in node.of("paragraph") if _is_dated(it, under)]
        if len(reading.told) == before and len(prose) > 1:
            reading.told += [Told(it, under, sure=False) for it in prose]
        elif len(reading.told) == before:
            reading.skipped.append((node.line, node.text, "no_event"))


def _beside(node: Node, end: int, place: Place, reading: Reading) -> None:
    """Read a heading as an event told up to a child; that and what follows stand beside it."""
    reading.told.append(Told(node, place, tuple(_facts(node.children[:end], place))))
    _contents(replace(node, children=node.children[end:]), place, reading)


def _tells_itself(node: Node, place: Place) -> bool:
    """Whether a heading without headings under it is an event."""
    if node.of("heading") and not _only_labels(node.of("heading"), place):
        return False
    if _is_only_dates(node, place):
        return False
    prose = bool(node.children) and all(it.kind in ("paragraph", "quote") for it in node.children)
    return bool(
        _is_dated(node, place)
        or _is_numbered(node)
        or (prose and any(it.edtf for it in place.dates(node.text)))
        or (mentions(node.text) and not is_name(node.text) and node.children)
        or (node.level >= 3 and node.children)
    )


def _holds_events(node: Node, place: Place) -> bool:
    """Whether the points, rows or paragraphs under a heading are events of their own."""
    if whole_date(node.text, place):
        return True
    columns = _date_columns(node.of("row"), place)
    if any(_tells_row(it, columns) for it in node.of("row")):
        return True
    points = node.of("item") or tuple(it for it in node.of("paragraph") if it.lead)
    if not points:
        opening = sum(_opens_with_date(it, place) for it in node.of("paragraph"))
        told_here = node.level >= 3 or _is_numbered(node) or bool(mentions(node.text))
        return not _is_dated(node, place) and opening > told_here
    labelled = sum(_label(it) in place.labels for it in points)
    if 2 * labelled >= len(points) or any(is_date_label(_label(it)) for it in points):
        return False
    under = place.under(node)
    dated = sum(_opens_with_date(it, under) for it in points)
    if 2 * dated >= len(points):
        return True
    if _is_dated(node, place):
        return False
    named = sum(bool(it.lead and mentions(it.lead)) for it in points)
    titled = sum(
        it.bold and it.kind == "paragraph" and len(it.lead) > SHORTEST_TITLE for it in points
    )
    if 2 * max(named, titled) >= len(points):
        return True
    telling = sum(_tells(it, under) for it in points)
    return 2 * telling >= len(points) and (not mentions(node.text) or is_name(node.text))


def _contents(node: Node, place: Place, reading: Reading, *, preamble: bool = False) -> None:
    """Read the events that stand under a heading, or under a point that is one in all but form.

    Before the first heading under the title of a report stand introductions and bylines too.
    """
    preamble = preamble and bool(node.of("heading")) and not _is_list_of_events(node, place)
    columns = _date_columns(node.of("row"), place)
    day: tuple[str, ...] = ()
    for child in _under_days(node.children, place):
        if child.kind == "heading":
            _section(child, place, reading)
        elif _is_before_all(child, place, preamble=preamble):
            continue
        elif child.kind == "item":
            _point(child, place, reading)
        elif child.kind == "row" and _tells_row(child, columns):
            cells = tuple(cell for name, cell in child.cells if name in columns)
            day = cells if _is_filled(cells, place) else day
            reading.told.append(Told(child, place, child.cells, day))
        elif child.kind == "paragraph" and _is_event(child, place):
            reading.told.append(Told(child, place))
        else:
            _follow(child, place, reading)


def _under_days(nodes: Sequence[Node], place: Place) -> Iterator[Node]:
    """Put what follows a line that is only a day under it."""
    days = [it.kind == "paragraph" and bool(whole_date(it.text, place)) for it in nodes]
    if not any(days):
        yield from nodes
        return
    first = days.index(True)
    yield from nodes[:first]
    rest = nodes[first + 1 :]
    ends = [at for at, it in enumerate(rest, 0) if it.kind == "heading" or days[first + 1 + at]]
    end = ends[0] if ends else len(rest)
    yield replace(nodes[first], kind="heading", level=_DAY_LEVEL, children=tuple(rest[:end]))
    yield from _under_days(rest[end:], place)


def _is_before_all(node: Node, place: Place, *, preamble: bool) -> bool:
    """Whether a line before the first part of a report tells nothing yet."""
    if not place.path and _label(node) in names("masthead label"):
        return True
    return preamble and not (_opens_with_date(node, place) or mentions(node.lead))


def _is_list_of_events(node: Node, place: Place) -> bool:
    points = [it for point in node.of("item") for it in (point.of("item") or (point,))]
    points = [it for it in points if not _is_masthead(it, place)]
    return bool(points) and 2 * sum(_tells(it, place) for it in points) >= len(points)


def _is_masthead(node: Node, place: Place) -> bool:
    """Whether a line under the title is about the report: "Prepared: February 2, 2025"."""
    labelled = node.bold and re.match(r"\s*[:：]", node.text[len(node.lead) :])
    named = mentions(node.lead) or _opens_with_date(node, place)
    known = names("period label") | names("masthead label")
    return _label(node) in known or bool(labelled and not named)


def _point(node: Node, place: Place, reading: Reading) -> None:
    """Read a point of a list: an event, or a place where events stand."""
    inner = node.of("item")
    named = not node.lead or not node.after_lead
    named = named and len(node.text) <= 30 and not place.dates(node.text)
    labelled = sum(_label(it) in place.labels for it in inner)
    if inner and (reason := reason_to_skip(node.text)):
        reading.skipped.append((node.line, node.text, reason))
    elif inner and (whole_date(node.text, place) or (named and 2 * labelled < len(inner))):
        _contents(node, place.under(node), reading)
    elif _label(node) in place.labels and not node.mark and _follow(node, place, reading):
        return
    elif len(node.text) > _SHORTEST_EVENT and _label(node) not in names("period label"):
        facts = tuple(_facts(node.children, place))
        reading.told.append(Told(node, place, facts, sure=_tells(node, place)))


def _follow(node: Node, place: Place, reading: Reading) -> bool:
    """Take what opens nothing, or is set off, as told of the event before it, if it is beside it.

    A point follows a paragraph, or a numbered one, but not a point that is as it is.
    """
    last = reading.told[-1] if reading.told else None
    if last is None or last.place != place or not (last.node.kind == "paragraph" or last.node.mark):
        return False
    reading.told[-1] = replace(last, facts=(*last.facts, *_facts([node], place)))
    return True


# What shows it ----------------------------------------------------------------------------------


def _label(node: Node) -> str:
    return opening_label(node)[0]


def _only_labels(headings: Sequence[Node], place: Place) -> bool:
    return all(it.text.strip("：: ").casefold() in place.labels for it in headings)


def is_name(text: str) -> bool:
    """Whether a heading is an organisation's name and no more, as over a list of its acts."""
    found = mentions(text)
    rest = len(text) - sum(it.end - it.start for it in found)
    return bool(found) and rest <= 6


def _is_numbered(node: Node) -> bool:
    """Whether a heading is counted with digits, as events are; parts are 一 and 二."""
    return bool(node.mark) and (node.mark[0].isdigit() or node.mark[0] in "①②③④⑤⑥⑦⑧⑨⑩")


def _is_only_dates(node: Node, place: Place) -> bool:
    """Whether a line is a date of issue, or a period, and no more."""
    rest = node.text
    for phrase in place.dates(node.text):
        rest = rest.replace(phrase.text, "")
    return len(rest) < len(node.text) and not re.search(r"\w", _ISSUE.sub("", rest))


def _is_dated(node: Node, place: Place) -> bool:
    """Whether a heading states a day, or less than half a month, for what it tells."""
    found = [it for it in place.dates(node.text) if it.edtf]
    return any("/" not in str(it.edtf) and len(str(it.edtf).strip("~")) == 10 for it in found)


def _opens_with_date(node: Node, place: Place) -> bool:
    """Whether a point opens with a day, though what month or year it is of may not be known."""
    if _opening_days(node, place) is not None:
        return True
    first = next(iter(place.dates(node.text)), None)
    unknown = first is not None and first.reason in ("no_year", "no_month")
    return bool(unknown and first and not node.text[: first.start].strip(EDGES))


def _opening_days(node: Node, place: Place) -> tuple[dt.date, dt.date] | None:
    """Return the day, or the dekad at most, that a point opens with."""
    found = place.dates(node.text)
    if not found or found[0].edtf is None:
        return None
    if node.text[: found[0].start].strip(EDGES) and not is_dateline(node.text, found[0]):
        return None
    first, last = parse_edtf(found[0].edtf)
    of_it = node.text[found[0].end :][:1] in ("的", "之")
    return (first, last) if _is_short(found[0].edtf) and not of_it else None


def is_dateline(text: str, phrase: DatePhrase) -> bool:
    """Whether a date stands in the place and day with which a wire report opens."""
    after = _WIRED.match(text, phrase.end)
    return bool(after and _DATELINE.fullmatch(text, 0, phrase.start))


def _tells(node: Node, place: Place) -> bool:
    """Whether a point opens with a date or names somebody, or has a date in it."""
    return bool(
        _opens_with_date(node, place)
        or mentions(node.text)
        or any(it.edtf for it in place.dates(node.text))
    )


def _is_event(node: Node, place: Place) -> bool:
    """Whether a paragraph under a heading is an event rather than an introduction."""
    label = _label(node)
    if label in place.labels or label in names("period label") or _is_only_dates(node, place):
        return False
    if place.window is not None and _opening_days(node, place) == place.window.days:
        return False  # the line that says what the report is about
    if UNDATED.match(node.text) or _opens_with_date(node, place) or mentions(node.lead):
        return True
    return node.bold and (_is_dated(node, place) or not reason_to_skip(node.lead))


def _date_columns(rows: Sequence[Node], place: Place) -> tuple[str, ...]:
    """Return the columns of dates of a table: by their names, else by what stands in them."""
    if not rows:
        return ()
    columns = [name for name, _ in rows[0].cells]
    uses = ("date label",), ("start label", "end label")
    for use in uses:
        words = frozenset().union(*map(names, use))
        if named := tuple(it for it in columns if it.strip().casefold() in words):
            return named[: len(use)]
    for name in columns:
        cells = [cell for row in rows for it, cell in row.cells if it == name and cell.strip(EDGES)]
        read = [place.date(it) for it in cells]
        edtf = [it.edtf for it in read if it and it.edtf]
        if cells and 2 * sum(_is_short(it) for it in edtf) > len(cells):
            return (name,)
    return ()


def _is_short(edtf: str) -> bool:
    """Whether a date is about days rather than months, as those of a table of totals are."""
    first, last = parse_edtf(edtf)
    return (last - first).days < _LONGEST_OPENING


def _is_filled(cells: Sequence[str], place: Place) -> bool:
    """Whether cells for a date say something, rather than that the row above says it."""
    said = [it.strip() for it in cells]
    if any(it.casefold() in _DITTO for it in said):
        return False
    return any(said) or not place.carries_days


def _tells_row(node: Node, columns: Sequence[str]) -> bool:
    """Whether a row of a table is an event: it has a column of dates, or names who acted."""
    filled = [cell for name, cell in node.cells if cell.strip(EDGES) and name not in columns]
    return bool(filled) and (bool(columns) or (len(filled) >= 2 and bool(mentions(node.text))))


def _facts(nodes: Sequence[Node], place: Place) -> Iterator[tuple[str, str]]:
    """Yield what tells an event, each with its label."""
    for node in nodes:
        if node.kind == "heading":
            yield from ((node.text, text) for _, text in _facts(node.children, place))
        elif node.kind == "row":
            yield from (cell for cell in node.cells if cell[1])
        elif node.kind == "quote":
            yield from _facts(node.children, place)
        elif node.kind in ("paragraph", "item") and node.text:
            labelled = _label(node) in place.labels
            yield (node.lead, node.after_lead) if labelled else ("", node.text)
            if node.kind == "item":
                yield from _facts(node.children, place)

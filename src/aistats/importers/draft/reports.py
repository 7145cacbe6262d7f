"""Reports: from prose to draft rows of the events table, for a person to review.

A draft states what the report states and proposes the rest: who acted, where they sit, what kind of
event it is. Beside the columns of the events table each row says where it was found, how the date
was read and how sure that is; what no rule settles stays empty.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from aistats.dates.edtf import parse_edtf
from aistats.importers.draft.dating import (
    Dated,
    date_of,
    planned,
    sentences,
    without_date,
    without_posting_days,
)
from aistats.importers.draft.outline import outline
from aistats.importers.draft.proposals import (
    Mention,
    acting_organization,
    mentions,
    propose_category,
)
from aistats.importers.draft.recognition import SHORTEST_TITLE, UNDATED, Place, Told, is_name, read
from aistats.importers.draft.sections import placed_in_source, window_of_source
from aistats.importers.draft.windows import Coverage, Window, window_of_report
from aistats.importers.draft.words import names
from aistats.locale import Language, Texts, text_key
from aistats.session import texts
from aistats.tables.encodings import read_text

NOTES = ("confidence", "note", "place", "heading_path", "date_from", "reported_from", "facts")
"""The columns of a draft that the events table does not have, for whoever reviews it."""

_PLACES = {
    "file_name": text_key("draft.file_name"),
    "front_matter": text_key("draft.front_matter"),
    "title": text_key("draft.title"),
    "end": text_key("draft.end"),
    "intro": text_key("draft.intro"),
    "coverage": text_key("draft.coverage"),
    "heading": text_key("draft.heading"),
    "period": text_key("draft.period"),
    "text": text_key("draft.text"),
    "column": text_key("draft.column"),
    "label": text_key("draft.label"),
    "day": text_key("draft.day"),
}
"""Where in a report a date or a window is stated."""

_PARTS = {
    "year": text_key("draft.year"),
    "month": text_key("draft.month"),
}
"""Parts of a date that can be taken from the window."""

_DOUBTS = {
    "split": text_key("draft.split"),
    "form": text_key("draft.form"),
    "window": text_key("draft.window"),
    "running": text_key("draft.running"),
    "who": text_key("draft.who"),
    "no_year": text_key("draft.no_year"),
    "no_month": text_key("draft.no_month"),
    "order_unknown": text_key("draft.order_unknown"),
    "two_digit_year": text_key("draft.two_digit_year"),
    "serial": text_key("draft.serial"),
    "season": text_key("draft.season"),
    "impossible": text_key("draft.impossible"),
    "reversed": text_key("draft.reversed"),
    "open": text_key("draft.open"),
    "set": text_key("draft.set"),
    "approximate": text_key("draft.approximate"),
    "several": text_key("draft.several"),
    "not_taken": text_key("draft.not_taken"),
    "outside": text_key("draft.outside"),
    "more": text_key("draft.more"),
    "rumour": text_key("draft.rumour"),
}
"""Why a row is not certain."""

_HAN = re.compile(r"[⺀-鿿]")
_BRACKET = re.compile(r"[（(][^（）()]*[)）]")
_AND = re.compile(
    r"[^，,。；;]{0,8}?\s*(?:以及|及|和|与|、|&|\band\b)\s*[^，,。；;]{0,4}", re.IGNORECASE
)
_NAME = re.compile(r"(?!n/?a$|unknown|未知|无$|—|-)[^，。；：,;:!?|]{2,40}", re.IGNORECASE)
_PLANNED_TITLE = re.compile(
    r"将|拟|计划|预告|有望|预计|\b(?:will|plans?|to|set to|upcoming|expected)\b", re.IGNORECASE
)
_MORE = re.compile(r"[；;。，,]\s*(?:同日|当天|同一天)|\bthe same day\b", re.IGNORECASE)
_RUMOUR = re.compile(
    r"据传|传闻|(?:^|[，：])传(?![统播感输媒承奇真达递])|\b(?:rumou?r|reportedly|is said to)",
    re.IGNORECASE,
)
_LANGUAGE_SUFFIX = re.compile(r"\.(zh|en)(-\w+)?$", re.IGNORECASE)


@dataclass(frozen=True)
class Draft:
    """What reports became.

    Parameters
    ----------
    rows
        A row per event: the columns of the events table, and `NOTES`; all text.
    skipped
        ``file``, ``line``, ``heading`` and ``reason`` of the headings without events.
    """

    rows: pd.DataFrame
    skipped: pd.DataFrame


def draft_reports(
    *paths: str | Path,
    source: str | None = None,
    coverage: Mapping[str, Mapping[str, str]] | None = None,
    encoding: str | None = None,
    language: Language | None = None,
) -> Draft:
    r"""Turn Markdown reports in Chinese or English into draft rows of the events table.

    Parameters
    ----------
    *paths
        The reports.
    source
        The name of the source; by default made of the name of the file.
    coverage
        The window of each section of each source, as
        :meth:`aistats.tables.package.Package.windows` returns them.
    encoding
        Their encoding; by default it is found out.
    language
        Language of the notes, ``zh`` or ``en``. Default: that of the session.

    Returns
    -------
    Draft
        ``date`` is EDTF and empty where the report states none for the event; ``date_text`` are its
        words; ``reported`` is the window of the section, or of the report; of a source that has
        coverage, that of its section as the coverage has it. ``place`` is file and
        line, ``confidence`` is ``high``, ``medium`` (the date stands in running text, or it is not
        clear who acted) or ``low`` (words about a date settle none, or the form alone does not show
        that it is an event); ``note`` says why.

    Raises
    ------
    DataError
        If a file cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "news-2025-12.en.md"
    >>> _ = path.write_text("# AI news\n\n- **OpenAI**: released GPT-5.2 (Dec 11)\n")
    >>> row = draft_reports(path, language="en").rows.iloc[0]
    >>> row["date"], row["reported"], row["organization"], row["date_from"]
    ('2025-12-11', '2025-12', 'OpenAI', 'title, line 3; year from the file name')
    """
    say = texts(language)
    rows: list[dict[str, str]] = []
    skipped = []
    for path in map(Path, paths):
        text = read_text(path, encoding)
        spoken = _language_of(text)
        root, front = outline(text)
        windows = (coverage or {}).get(source or _source(path), {})
        window = window_of_report(root, front, path.name, spoken) or window_of_source(windows)
        reading = read(root, Place(spoken, window=window))
        for told in without_posting_days(reading.told):
            place = placed_in_source(told.place, windows)
            rows += _rows(replace(told, place=place), path, say)
        skipped += [(path.name, *it) for it in reading.skipped]
    rows = [row | {"source": source} for row in rows] if source else rows
    frame = pd.DataFrame(rows, columns=list(_COLUMNS), dtype="str")
    return Draft(frame, pd.DataFrame(skipped, columns=["file", "line", "heading", "reason"]))


def _language_of(text: str) -> Language:
    """Return the language of a report: a Han character counts as three letters."""
    han = len(_HAN.findall(text))
    letters = len(re.findall("[A-Za-z]", text))
    return "zh" if 3 * han > letters else "en"


_COLUMNS = (
    *("event_id", "date", "date_text", "reported", "region", "category", "organization"),
    *("status", "planned_for", "title_zh", "title_en", "summary_zh", "summary_en"),
    *("source", "source_section", "source_url", *NOTES),
)


def _rows(told: Told, path: Path, say: Texts) -> Iterator[dict[str, str]]:
    """Yield the rows of what a report tells as one: several where several organisations act."""
    title = _title(told)
    facts = [*_rest(told, title), *(_labelled(it, told.place.language) for it in told.facts)]
    background = names("background label")
    own = [told.node.text] if told.node.kind not in ("heading", "row") else []
    telling = own + [text for label, text in told.facts if label.casefold() not in background]
    dated, actors = date_of(told), _actors(title, telling)
    for actor in actors:
        row = _row(told, path, _split_title(title, actor, told), facts, actor, dated)
        yield row | _notes(told, actor, dated, say, split=True)
    if not actors:
        named = _named(told) or acting_organization(title, [*facts, *telling])
        row = _row(told, path, title, facts, named, dated)
        yield row | _notes(told, named, dated, say)


def _split_title(title: str, actor: Mention, told: Told) -> str:
    """Return a title that several rows share with the organisation of one, as the report would."""
    say = texts(told.place.language)
    return say("draft.split_title", title=title, organization=actor.text)


def _row(
    told: Told,
    path: Path,
    title: str,
    facts: Sequence[str],
    actor: Mention | None,
    dated: Dated,
) -> dict[str, str]:
    place, window = told.place, told.place.reported
    plan = planned(told, [title, *facts]) if _PLANNED_TITLE.search(title) else ""
    return {
        **dict.fromkeys(_COLUMNS, ""),
        "date": dated.edtf,
        "date_text": dated.text if dated.edtf else "",
        "reported": window.edtf if window and not window.publication else "",
        "region": actor.region if actor else "unknown",
        "category": propose_category(title, facts, actor) or "",
        "organization": actor.organization if actor else "",
        "status": "announced" if plan else "occurred",
        "planned_for": plan,
        f"title_{place.language}": title,
        "source": _source(path),
        "source_section": "·".join(filter(None, (*place.marks, told.node.mark))),
        "source_url": told.node.url,
        "place": f"{path.name}:{told.node.line}",
        "heading_path": " > ".join(place.path),
        "facts": "\n".join(facts),
    }


def _labelled(fact: tuple[str, str], language: Language) -> str:
    """Return a fact with its label, in the language of the report."""
    label, text = fact
    if not label:
        return text
    say = texts(language)
    return say("draft.labelled", label=label, text=text)


# The parts of a row -----------------------------------------------------------------------------


def _title(told: Told) -> str:
    """Return what a row calls an event: its heading, or the first sentence of what is told."""
    node = told.node
    if node.kind == "row":
        by_name = {name.strip().casefold(): cell for name, cell in node.cells if cell}
        if titled := [by_name[it] for it in by_name if it in names("title label")]:
            return titled[0]
        other = names("background label") | names("actor label")
        left = [it for name, it in by_name.items() if name not in other and it not in told.dates]
        return max(left, key=len, default=node.text)
    after = node.text.partition(node.lead)[2][:1] if node.bold else ""
    whole = node.bold and (len(node.lead) > SHORTEST_TITLE or (after and after in "（(】"))
    opening = node.lead if whole else node.text
    text = without_date(opening, told.place) or node.text
    if node.kind == "heading":
        return text
    return re.split("[；;]", sentences(text)[0])[0].strip(" 。.") or text


def _rest(told: Told, title: str) -> list[str]:
    """Return what the sentence that became the title leaves out of what is told."""
    if told.node.kind in ("heading", "row"):
        return []
    rest = without_date(told.node.text, told.place).partition(title)[2].lstrip(" 。.；;！!")
    return [rest] if re.search(r"\w{2}", rest) else []


def _named(told: Told) -> Mention | None:
    """Return who is named by the form: by a label or column, in bold, or in the heading above.

    A label or a column for who acted is believed also of a name that nobody knows.
    """
    said = [text for label, text in told.facts if label.strip().casefold() in names("actor label")]
    for text in said:
        known = mentions(text)
        if known or (_NAME.fullmatch(text) and not UNDATED.match(f"{text} ")):
            return known[0] if known else Mention(text, "unknown", "company", text, 0, len(text))
    above = [it for it in told.place.path[-1:] if is_name(it)]
    found = (it for text in (told.node.lead, *above) for it in mentions(text))
    return next(found, None)


def _actors(title: str, telling: Sequence[str]) -> list[Mention]:
    """Return the organisations that one sentence names side by side, where the title names none.

    By the codebook, a heading that reports the acts of several organisations is several events.
    """
    if mentions(title) or not telling:
        return []
    first = _BRACKET.sub(lambda it: "　" * len(it[0]), telling[0])
    found = mentions(first)
    pairs = itertools.pairwise(found)
    side = [
        (one, other)
        for one, other in pairs
        if one.organization != other.organization
        and _AND.fullmatch(first[one.end : other.start].replace("　", ""))
    ]
    if not side or side[0][0] is not found[0] or found[0].start > 6:
        return []
    return list(dict.fromkeys(it for pair in side for it in pair))


def _source(path: Path) -> str:
    stem = _LANGUAGE_SUFFIX.sub("", path.stem).lower()
    return re.sub(r"[^a-z0-9]+", "-", stem).strip("-")


# The notes on a row -----------------------------------------------------------------------------


def _notes(
    told: Told,
    actor: Mention | None,
    dated: Dated,
    say: Texts,
    *,
    split: bool = False,
) -> dict[str, str]:
    """Return how sure a row is and why not more, and from where its date and window were read."""
    window, coverage = told.place.reported, told.place.coverage
    doubt = coverage.doubt if coverage else ""
    low = {
        "split": split,
        dated.reason: bool(dated.reason) and dated.reason != "not_taken",
        "form": not told.sure,
        "window": coverage is None and (window is None or window.publication),
        "outside": _is_outside(dated, window),
        "more": bool(_MORE.search(told.node.text)),
    }
    medium = {
        "running": dated.origin == "text",
        "not_taken": dated.reason == "not_taken",
        "who": actor is None,
        "rumour": bool(_RUMOUR.search(told.node.text)),
    }
    details = " / ".join(dated.details)
    doubts = [doubt for doubt, holds in (low | medium).items() if holds]
    why = [say(_DOUBTS[doubt], words=dated.text, readings=details) for doubt in doubts]
    if coverage and doubt:
        why.append(_coverage_doubt(coverage, say))
    is_low = any(low.values()) or doubt == "no_section"
    return {
        "confidence": "low" if is_low else "medium" if doubt or any(medium.values()) else "high",
        "note": say("draft.then").join(why),
        "date_from": _date_from(told, dated, say),
        "reported_from": _origin(window, say),
    }


def _coverage_doubt(coverage: Coverage, say: Texts) -> str:
    """Return in what a report does not agree with the coverage table."""
    if coverage.doubt == "no_section":
        return say("draft.no_section", sections=say("draft.list").join(coverage.words))
    stated, covered = coverage.words
    return say("draft.window_differs", stated=stated, covered=covered)


def _is_outside(dated: Dated, window: Window | None) -> bool:
    if not dated.edtf or window is None:
        return False
    (first, last), (start, end) = parse_edtf(dated.edtf), window.days
    return last < start or end < first


def _date_from(told: Told, dated: Dated, say: Texts) -> str:
    """Return where the words for a date stand, and from where what they leave out was taken."""
    if not dated.origin:
        return ""
    place = say("draft.at", origin=say(_PLACES[dated.origin]), line=told.node.line)
    if not dated.assumed or told.place.window is None:
        return place
    parts = say("draft.and").join(say(_PARTS[part]) for part in dated.assumed)
    origin = _origin(told.place.window, say)
    return say("draft.assumed", place=place, parts=parts, origin=origin)


def _origin(window: Window | None, say: Texts) -> str:
    """Return where a window is stated."""
    if window is None:
        return ""
    name, _, line = window.origin.partition(":")
    origin = say(_PLACES[name])
    return say("draft.at", origin=origin, line=line) if line else origin

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
from aistats.importers.draft.windows import Window, window_of_report
from aistats.importers.draft.words import names
from aistats.locale import user_language
from aistats.tables.encodings import read_text

NOTES = ("confidence", "note", "place", "heading_path", "date_from", "reported_from", "facts")
"""The columns of a draft that the events table does not have, for whoever reviews it."""

_SAID = {
    "zh": {
        **{
            "file_name": "文件名",
            "front_matter": "文件头",
            "title": "标题",
            "end": "文末",
            "intro": "开头",
            "coverage": "coverage表",
        },
        "heading": "所在标题",
        **{
            "period": "统计周期",
            "text": "正文",
            "column": "日期列",
            "label": "日期项",
            "day": "日期标题",
        },
        **{
            "year": "年份",
            "month": "月份",
            "at": "{}（第{}行）",
            "assumed": "{}；{}取自{}",
            "and": "、",
            "then": "；",
        },
        "split": "一句话并列了几个机构，已拆成几条",
        "form": "从写法看不一定是事件",
        "window": "不知道报告的时间窗",
        "no_section": "不知道是来源的哪一节，请在source_section开头写明（{}）",
        "window_differs": "报告写的时间窗是“{}”，coverage表中为“{}”，已照coverage表填写",
        "running": "日期取自正文",
        "who": "没有认出行为主体",
        "no_year": "“{}”没有写明年份",
        "no_month": "“{}”没有写明月份",
        "order_unknown": "“{}”可读作{}",
        "two_digit_year": "“{}”的年份只有两位",
        "serial": "“{}”像是Excel的日期序号",
        "season": "“{}”是季节",
        "impossible": "日历上没有“{}”",
        "reversed": "“{}”止日早于起日",
        "open": "“{}”没有写明起日或止日",
        "set": "“{}”是几个日期",
        "approximate": "“{}”只是大概的时间",
        "several": "“{}”处有不止一个日期",
        "not_taken": "没有把“{}”当作它的日期",
        "outside": "“{}”不在时间窗内",
        "more": "可能不止一条事件",
        "rumour": "像是传闻",
    },
    "en": {
        **{"file_name": "file name", "front_matter": "front matter", "title": "title"},
        "end": "last line",
        **{"intro": "introduction", "coverage": "coverage table"},
        **{"heading": "heading", "period": "reporting period", "text": "text", "column": "column"},
        **{"label": "label", "day": "day heading", "year": "year", "month": "month"},
        **{"at": "{}, line {}", "assumed": "{}; {} from the {}", "and": " and ", "then": "; "},
        "split": "one sentence names several organisations, made into several rows",
        "form": "its form alone does not show that it is an event",
        "window": "the window of the report is not known",
        "no_section": "which section of the source it is in is not known; begin source_section "
        "with it ({})",
        "window_differs": "the report gives the window as “{}”, the coverage table as “{}”; the "
        "latter was taken",
        "running": "the date stands in running text",
        "who": "who acted was not recognised",
        "no_year": "“{}” names no year",
        "no_month": "“{}” names no month",
        "order_unknown": "“{}” can be {}",
        "two_digit_year": "“{}” has a year of two digits",
        "serial": "“{}” looks like the number that Excel has for a day",
        "season": "“{}” is a season",
        "impossible": "“{}” is not a day of the calendar",
        "reversed": "“{}” ends before it starts",
        "open": "“{}” has an open end",
        "set": "“{}” names several dates",
        "approximate": "“{}” is a rough time",
        "several": "there is more than one date at “{}”",
        "not_taken": "“{}” was not taken as its date",
        "outside": "“{}” lies outside the window",
        "more": "it may be more than one event",
        "rumour": "it reads like a rumour",
    },
}

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
    language: str | None = None,
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
        That of the notes, ``zh`` or ``en``; by default the user's.

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
    said = _SAID[language or user_language()]
    rows: list[dict[str, str]] = []
    skipped = []
    for path in map(Path, paths):
        text = read_text(path, encoding)
        spoken = "zh" if 3 * len(_HAN.findall(text)) > len(re.findall("[A-Za-z]", text)) else "en"
        root, front = outline(text)
        windows = (coverage or {}).get(source or _source(path), {})
        window = window_of_report(root, front, path.name, spoken) or window_of_source(windows)
        reading = read(root, Place(spoken, window=window))
        for told in without_posting_days(reading.told):
            place = placed_in_source(told.place, windows)
            rows += _rows(replace(told, place=place), path, said)
        skipped += [(path.name, *it) for it in reading.skipped]
    rows = [row | {"source": source} for row in rows] if source else rows
    frame = pd.DataFrame(rows, columns=list(_COLUMNS), dtype="str")
    return Draft(frame, pd.DataFrame(skipped, columns=["file", "line", "heading", "reason"]))


_COLUMNS = (
    *("event_id", "date", "date_text", "reported", "region", "category", "organization"),
    *("status", "planned_for", "title_zh", "title_en", "summary_zh", "summary_en"),
    *("source", "source_section", "source_url", *NOTES),
)


def _rows(told: Told, path: Path, said: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Yield the rows of what a report tells as one: several where several organisations act."""
    title = _title(told)
    facts = [*_rest(told, title), *(_labelled(it, told.place.language) for it in told.facts)]
    background = names("background label")
    own = [told.node.text] if told.node.kind not in ("heading", "row") else []
    telling = own + [text for label, text in told.facts if label.casefold() not in background]
    dated, actors = date_of(told), _actors(title, telling)
    for actor in actors:
        row = _row(told, path, f"{title}（{actor.text}）", facts, actor, dated)
        yield row | _notes(told, actor, dated, said, split=True)
    if not actors:
        named = _named(told) or acting_organization(title, [*facts, *telling])
        row = _row(told, path, title, facts, named, dated)
        yield row | _notes(told, named, dated, said)


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


def _labelled(fact: tuple[str, str], language: str) -> str:
    label, text = fact
    return f"{label}{'：' if language == 'zh' else ': '}{text}" if label else text


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
    said: Mapping[str, str],
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
    why = [said[it].format(dated.text, details) for it, holds in (low | medium).items() if holds]
    if coverage and doubt:
        why.append(said[doubt].format(*coverage.words))
    is_low = any(low.values()) or doubt == "no_section"
    return {
        "confidence": "low" if is_low else "medium" if doubt or any(medium.values()) else "high",
        "note": said["then"].join(why),
        "date_from": _date_from(told, dated, said),
        "reported_from": _origin(window, said),
    }


def _is_outside(dated: Dated, window: Window | None) -> bool:
    if not dated.edtf or window is None:
        return False
    (first, last), (start, end) = parse_edtf(dated.edtf), window.days
    return last < start or end < first


def _date_from(told: Told, dated: Dated, said: Mapping[str, str]) -> str:
    """Say where the words for a date stand, and where what they leave out was taken from."""
    if not dated.origin:
        return ""
    at = said["at"].format(said[dated.origin], told.node.line)
    if not dated.assumed or told.place.window is None:
        return at
    assumed = said["and"].join(said[it] for it in dated.assumed)
    return said["assumed"].format(at, assumed, _origin(told.place.window, said))


def _origin(window: Window | None, said: Mapping[str, str]) -> str:
    """Say where a window is stated."""
    if window is None:
        return ""
    name, _, line = window.origin.partition(":")
    return said["at"].format(said[name], line) if line else said[name]

"""The digest: the month as a document, in the outline of its sources.

Events stand under the window that reports them and under 国内, 国际 or 未注明, each with its facts
and its place in the source; then the themes with the events for and against them, and those without
any; then the sentences and figures of the edition. All of it is computed from the data. The
analyst's own commentary, where there is one, opens the document as it is.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import pandas as pd

from aistats.events import Edition
from aistats.wording import (
    date_name,
    day_range,
    describe_coverage,
    describe_record,
    describe_source,
    edition_name,
    gaps,
    localized,
)

_TEXTS = {
    "zh": {
        "title": "AI行业事件：{}",
        "counted": "计数对象是本期收录的事件，不是实际发生的全部事件；来源的说法未经核实。"
        "下文中的“报告”指来源报告。",
        "events": "事件",
        "stated": "来源写明覆盖这些天。",
        "assumed": "覆盖范围系推定：来源没有写明首日和末日。",
        "gap": "{}没有来源覆盖。",
        "scope": "{}（{}条）",
        "date": "日期：{}（来源原文“{}”）",
        "undated": "日期：来源未写明，报道时间窗为{}",
        "planned": "计划时间：{}",
        "place": "出处：{}",
        "fact": "{}：{}",
        "themes": "来源的趋势判断及其依据",
        "themes_note": "这些判断出自同一来源；事件与判断的对应由编者认定，不作推断。",
        "supports": "支持：{}",
        "contradicts": "相左：{}",
        "bare": "收录的事件中没有依据。",
        "unthemed": "没有对应任何判断的事件：{}。",
        "figures": "图表",
        "join": "；",
        "facts": "；",
    },
    "en": {
        "title": "AI-industry events: {}",
        "counted": "Counts are of events on record, not of everything that happened; "
        "the claims of the source are not verified. “The report” below is the source.",
        "events": "Events",
        "stated": "The source states that it covers these days.",
        "assumed": "The coverage is assumed: the source gives no first and last day.",
        "gap": "{} is covered by no source.",
        "scope": "{} ({})",
        "date": "Date: {} (in the source: “{}”)",
        "undated": "Date: not stated; reporting window {}",
        "planned": "Planned for: {}",
        "place": "Place in the source: {}",
        "fact": "{}: {}",
        "themes": "The trends that the source claims, and the evidence",
        "themes_note": "The claims come from the same source as the events. Which event bears on "
        "which claim is our editorial judgement; nothing is inferred.",
        "supports": "For: {}",
        "contradicts": "Against: {}",
        "bare": "No event on record speaks for or against it.",
        "unthemed": "Events that belong to none of the claims: {}.",
        "figures": "Charts",
        "join": "; ",
        "facts": "; ",
    },
}


def write_digest(
    edition: Edition, language: str, *, figures: Mapping[str, str], commentary: str = ""
) -> str:
    """Return the digest of an edition as Markdown.

    Parameters
    ----------
    edition
        The data.
    language
        ``zh`` or ``en``.
    figures
        The alt text of each figure, by its path from the digest.
    commentary
        The analyst's own Markdown.

    Returns
    -------
    str
        Markdown in which no title or summary can act as markup.

    Examples
    --------
    >>> from aistats.events import read_edition
    >>> text = write_digest(read_edition("data", "2025-12"), "zh", figures={})
    >>> print(text.splitlines()[0])
    # AI行业事件：2025年12月
    """
    text = _TEXTS[language]
    sentences = [
        describe_record(edition.events, language),
        describe_coverage(edition.coverage, language),
        describe_source(edition.coverage, language, edition.codebook),
    ]
    blocks = [
        f"# {text['title'].format(edition_name(edition.label, language))}",
        *([commentary.strip()] if commentary.strip() else []),
        *map(escape, sentences),
        escape(text["counted"]),
        f"## {text['events']}",
        *_events(edition, language),
        f"## {text['themes']}",
        escape(text["themes_note"]),
        *_themes(edition, language),
    ]
    if figures:
        blocks.append(f"## {text['figures']}")
        blocks += [f"![{escape(alt)}]({path})" for path, alt in figures.items()]
    return "\n\n".join(blocks) + "\n"


def escape(text: str) -> str:
    r"""Return a text that Markdown shows as it is.

    Examples
    --------
    >>> print(escape("$x_1$ <b>bold</b> [link](url)"))
    \$x\_1\$ \<b\>bold\</b\> \[link\](url)
    """
    text = re.sub(r"([\\`*_{}\[\]<>#|$~&])", r"\\\1", re.sub(r"[ \t\r\n]+", " ", text))
    return re.sub(r"^(\d*)([-+=.)])", r"\1\\\2", text)


def _events(edition: Edition, language: str) -> Iterator[str]:
    text, book = _TEXTS[language], edition.codebook
    events = edition.events.assign(
        title=localized(edition.events, "title", language),
        summary=localized(edition.events, "summary", language),
    )
    windows = edition.coverage.sort_values("earliest", kind="stable")
    several = len(windows["source"].unique()) > 1
    section = events["source_section"].str.split("·").str[0]
    holes = gaps(edition.coverage)
    for window in windows.to_dict("records"):
        first, last = window["earliest"].date(), window["latest"].date()
        while holes and holes[0][1] < first:
            yield escape(text["gap"].format(day_range(*holes.pop(0), language)))
        source = f" · {book.sources[window['source']][language]}" * several
        yield f"### {day_range(first, last, language, year=True)}{escape(source)}"
        yield escape(text[str(window["basis"])])
        here = (events["source"] == window["source"]) & (section == window["section"])
        reported = events[here]
        for scope in book.order("scope"):
            rows = reported[reported["scope"] == scope].sort_values("earliest", kind="stable")
            if len(rows):
                label = book.label("scope", scope, language)
                yield f"#### {text['scope'].format(label, len(rows))}"
                for event in rows.to_dict("records"):
                    yield f"**{escape(event['title'])}**"
                    yield escape(event["summary"])
                    yield "*" + escape(_facts(event, edition, language)) + "*"


def _facts(event: Mapping[Hashable, Any], edition: Edition, language: str) -> str:
    text, book = _TEXTS[language], edition.codebook
    days = day_range(event["earliest"].date(), event["latest"].date(), language)
    dated = event["dated"]
    when = text["date"].format(days, event["date_text"]) if dated else text["undated"].format(days)
    facts = [when]
    for name in ("organization", "region", "category"):
        label = book.label(name, str(event[name]), language)
        facts.append(text["fact"].format(book.title(name, language), label))
    if pd.notna(event["planned_for"]):
        facts.append(text["planned"].format(date_name(event["planned_for"], language)))
    facts.append(text["place"].format(event["source_section"]))
    return text["facts"].join(facts)


def _themes(edition: Edition, language: str) -> Iterator[str]:
    text, book = _TEXTS[language], edition.codebook
    titles = localized(edition.events.set_index("event_id"), "title", language)
    themes = edition.themes.assign(statement=localized(edition.themes, "statement", language))
    for group in book.order("group"):
        rows = themes[themes["group"] == group]
        if len(rows):
            yield f"### {escape(book.label('group', group, language))}"
        for theme in rows.to_dict("records"):
            links = edition.event_themes[edition.event_themes["theme_id"] == theme["theme_id"]]
            lines = [f"- {escape(theme['statement'])}"]
            for stance in book.order("stance"):
                found = titles[links.loc[links["stance"] == stance, "event_id"]]
                if len(found):
                    named = text["join"].join(escape(title) for title in found)
                    lines.append(f"  - {text[stance].format(named)}")
            yield "\n".join(lines if len(lines) > 1 else [*lines, f"  - {text['bare']}"])
    unthemed = titles[~titles.index.isin(edition.event_themes["event_id"])]
    if len(unthemed):
        yield escape(text["unthemed"].format(text["join"].join(unthemed)))

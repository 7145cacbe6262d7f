"""The digest: the month as a document, in the outline of its sources, as Markdown and for Word.

It opens with the analyst's own commentary, where there is one, and with what is on record. Then
come the charts of the notebooks with their sentences, the events under the window that reports them
and under 国内, 国际 or 未注明, each with its facts and its place in the source, and the claims of
the source with the events for and against them. All but the commentary is computed from the data.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from aistats.tables.slices import Edition
from aistats.tables.themes import theme_evidence, unthemed_events
from aistats.wording import (
    date_name,
    day_range,
    describe_coverage,
    describe_record,
    describe_source,
    edition_name,
    gaps,
    headline,
    localized,
    window_name,
)

_TEXTS = {
    "zh": {
        "title": "AI行业事件：{}",
        "counted": "计数对象是本期收录的事件，不是实际发生的全部事件；来源的说法未经核实。"
        "下文中的“报告”指来源报告。",
        "charts": "收录概况",
        "events": "收录的事件",
        "stated": "来源写明覆盖这些天。",
        "assumed": "覆盖范围系推定：来源没有写明首日和末日。",
        "gap": "{}没有来源覆盖。",
        "source": "{}（《{}》）",
        "scope": "{}（{}条）",
        "date": "日期：{}",
        "date_text": "日期：{1}（按{0}计）",
        "undated": "日期：来源未写明（报道时间窗{}）",
        "planned": "计划时间：{}",
        "place": "出处：{}",
        "fact": "{}：{}",
        "facts": "｜",
        "themes": "来源的趋势判断及其依据",
        "themes_note": "这些判断与事件出自同一来源；事件与判断的对应由编者认定，不作推断。",
        "summary_note": "来源在总结中提出以下判断。",
        "supports": "支持：{}",
        "contradicts": "相左：{}",
        "bare": "收录的事件中没有依据。",
        "unthemed": "没有对应任何判断的事件（{}条）",
        "space": "",
    },
    "en": {
        "title": "AI-industry events: {}",
        "counted": "Counts are of events on record, not of everything that happened; "
        "the claims of the source are not verified. “The report” below is the source.",
        "charts": "The record in charts",
        "events": "Events on record",
        "stated": "The source states that it covers these days.",
        "assumed": "The coverage is assumed: the source gives no first or last day.",
        "gap": "No source covers {}.",
        "source": "{}: {}",
        "scope": "{} ({})",
        "date": "Date: {}",
        "date_text": "Date: {} (in the source: {})",
        "undated": "Date: not stated (reporting window {})",
        "planned": "Planned for: {}",
        "place": "Place in the source: {}",
        "fact": "{}: {}",
        "facts": " | ",
        "themes": "Trends that the source claims, and the evidence",
        "themes_note": "The claims come from the same source as the events. Which event bears on "
        "which claim is our editorial judgement; nothing is inferred.",
        "summary_note": "The source sums up in these claims.",
        "supports": "For: {}",
        "contradicts": "Against: {}",
        "bare": "No event on record speaks for or against it.",
        "unthemed": "Events that belong to none of the claims ({})",
        "space": " ",
    },
}

_LOCALES = {"zh": "zh-CN", "en": "en-GB"}
_MARKDOWN = "commonmark+autolink_bare_uris+footnotes+pipe_tables+strikeout+task_lists"
_TEMPLATES = Path(__file__).parent / "templates"
_EPOCH = "315532800"  # 1980 began: the first moment that a zip file can name


@dataclass(frozen=True)
class Figure:
    """A figure of the digest.

    Parameters
    ----------
    path
        Of the picture, from the digest.
    title
        With the number of the figure.
    alt
        What it shows, for who cannot see it.
    lines
        What stands under the title: subtitle, notes, source.
    """

    path: str
    title: str
    alt: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chapter:
    """What a notebook says: its title, and its sentences and figures in their order."""

    title: str
    content: tuple[str | Figure, ...]


def write_digest(
    edition: Edition,
    language: str,
    *,
    chapters: Sequence[Chapter] = (),
    commentary: str = "",
) -> str:
    """Return the digest of an edition as Markdown.

    Parameters
    ----------
    edition
        The data.
    language
        ``zh`` or ``en``.
    chapters
        The sentences and figures of the notebooks. A sentence that the digest has already, or has
        as the title of a figure, is left out.
    commentary
        The analyst's own Markdown.

    Returns
    -------
    str
        Markdown in which no title or summary can act as markup.

    Examples
    --------
    >>> from aistats.tables.slices import read_edition
    >>> text = write_digest(read_edition("data", "2025-12"), "zh")
    >>> print(text.splitlines()[0])
    # AI行业事件：2025年12月
    """
    text = _TEXTS[language]
    record = [
        describe_record(edition.events, language),
        describe_coverage(edition.coverage, language),
    ]
    sources = [describe_source(edition.coverage, language, edition.codebook), text["counted"]]
    charts = list(_charts(chapters, {headline(sentence) for sentence in [*record, *sources]}))
    blocks = [
        f"# {escape(digest_title(edition, language))}",
        *([commentary.strip()] if commentary.strip() else []),
        escape(text["space"].join(record)),
        escape(text["space"].join(sources)),
        *([f"## {text['charts']}", *charts] if charts else []),
        f"## {text['events']}",
        *_events(edition, language),
        *_themes(edition, language),
    ]
    return "\n\n".join(blocks) + "\n"


def digest_title(edition: Edition, language: str) -> str:
    """Return the title of an edition's digest.

    Examples
    --------
    >>> from aistats.tables.slices import read_edition
    >>> digest_title(read_edition("data", "2025-12"), "en")
    'AI-industry events: December 2025'
    """
    return _TEXTS[language]["title"].format(edition_name(edition.label, language))


def to_docx(markdown: str, language: str, *, folder: Path, title: str) -> bytes:
    """Return a digest as a Word document, the same bytes whenever and wherever it is made.

    The looks are those of ``templates/reference.docx``, which can be restyled in Word.

    Parameters
    ----------
    markdown
        As :func:`write_digest` returns it; its first heading gives way to the title.
    language
        ``zh`` or ``en``.
    folder
        Where the paths of the figures start.
    title
        The title on the page and in the properties of the document.

    Examples
    --------
    >>> to_docx("Nothing *new*.", "en", folder=Path(), title="A quiet month")[:2]
    b'PK'
    """
    import pypandoc  # type: ignore[import-untyped]

    # The one that comes with it: by itself it would take a newer one of the user's.
    pandoc = shutil.which("pandoc", path=Path(pypandoc.__file__).parent / "files")
    assert pandoc is not None
    command = [
        pandoc,
        f"--from={_MARKDOWN}",
        "--to=docx",
        "--output=-",
        f"--data-dir={_TEMPLATES}",  # not the user's, where defaults may differ
        f"--reference-doc={_TEMPLATES / 'reference.docx'}",
        f"--lua-filter={_TEMPLATES / 'docx.lua'}",
        f"--metadata=lang:{_LOCALES[language]}",
        f"--metadata=title:{title}",
    ]
    env = {**os.environ, "SOURCE_DATE_EPOCH": _EPOCH, "LC_ALL": "C.UTF-8"}
    arguments = [it.encode(errors="surrogateescape") for it in command]  # whatever the locale
    done = subprocess.run(
        arguments, input=markdown.encode(), stdout=subprocess.PIPE, cwd=folder, env=env, check=True
    )
    return done.stdout


def escape(text: str) -> str:
    r"""Return a text that Markdown shows as it is.

    Examples
    --------
    >>> print(escape("$x_1$ <b>bold</b> [link](url)"))
    \$x\_1\$ \<b\>bold\</b\> \[link\](url)
    """
    text = re.sub(r"([\\`*_{}\[\]<>#|$~&])", r"\\\1", re.sub(r"[ \t\r\n]+", " ", text))
    return re.sub(r"^(\d*)([-+=.)])", r"\1\\\2", text)


def _charts(chapters: Sequence[Chapter], said: set[str]) -> Iterator[str]:
    """Yield the chapters, without the sentences that are said elsewhere."""
    figures = (item for it in chapters for item in it.content if isinstance(item, Figure))
    said = said | {re.split("\N{IDEOGRAPHIC SPACE}|  ", it.title)[-1] for it in figures}
    for chapter in chapters:
        blocks = [block for item in chapter.content for block in _shown(item, said)]
        if blocks:
            yield f"### {escape(chapter.title)}"
            yield from blocks


def _shown(item: str | Figure, said: set[str]) -> Iterator[str]:
    """Yield what is new of a sentence or figure, and add it to what has been said."""
    sentences = item.lines if isinstance(item, Figure) else (item,)
    new = [it for it in dict.fromkeys(sentences) if headline(it) not in said]
    said.update(map(headline, new))
    if isinstance(item, Figure):
        yield f"![{escape(item.alt)}]({item.path})"
        yield f"**{escape(item.title)}**"
    if new:
        lines = "\\\n".join(map(escape, new))
        yield f"*{lines}*" if isinstance(item, Figure) else lines


def _events(edition: Edition, language: str) -> Iterator[str]:
    text, book = _TEXTS[language], edition.codebook
    windows = edition.coverage.sort_values("earliest", kind="stable")
    several = len(windows["source"].unique()) > 1
    section = edition.events["source_section"].str.split("·").str[0]
    holes = gaps(edition.coverage)
    for window in windows.to_dict("records"):
        first, last = window["earliest"].date(), window["latest"].date()
        while holes and holes[0][1] < first:
            yield escape(text["gap"].format(day_range(*holes.pop(0), language)))
        name = window_name(first, last, language)
        if several:
            name = text["source"].format(name, book.sources[window["source"]][language])
        yield f"### {escape(name)}"
        yield escape(text[str(window["basis"])])
        here = (edition.events["source"] == window["source"]) & (section == window["section"])
        yield from _reported(edition, edition.events[here], language)


def _reported(edition: Edition, events: pd.DataFrame, language: str) -> Iterator[str]:
    """Yield the events of a window by scope: those with a date first, in its order."""
    text, book = _TEXTS[language], edition.codebook
    if events.empty:
        yield describe_record(events, language)
    shown = events.assign(
        title=localized(events, "title", language), summary=localized(events, "summary", language)
    ).sort_values(["dated", "earliest"], ascending=[False, True], kind="stable")
    for scope in book.order("scope"):
        rows = shown[shown["scope"] == scope]
        if len(rows):
            name = text["scope"].format(book.label("scope", scope, language), len(rows))
            yield f"#### {escape(name)}"
        for event in rows.to_dict("records"):
            yield f"**{escape(event['title'])}**"
            yield escape(event["summary"])
            yield f"*{escape(_facts(event, edition, language))}*"


def _facts(event: Mapping[Hashable, Any], edition: Edition, language: str) -> str:
    text, book = _TEXTS[language], edition.codebook
    days = day_range(event["earliest"].date(), event["latest"].date(), language)
    stated = "date" if event["date_text"] == days else "date_text"
    when = text[stated if event["dated"] else "undated"]
    facts = [when.format(days, event["date_text"])]
    for name in ("organization", "region", "category"):
        label = book.label(name, str(event[name]), language)
        facts.append(text["fact"].format(book.title(name, language), label))
    if pd.notna(event["planned_for"]):
        facts.append(text["planned"].format(date_name(event["planned_for"], language)))
    section, *rest = event["source_section"].split("·")
    place = "·".join([book.label("section", section, language), *rest])
    return text["facts"].join([*facts, text["place"].format(place)])


def _themes(edition: Edition, language: str) -> Iterator[str]:
    """Yield the claims of the source by group, its summary last, and the events of no claim."""
    text, evidence = _TEXTS[language], theme_evidence(edition)
    if evidence.empty:
        return
    yield f"## {text['themes']}"
    yield escape(text["themes_note"])
    for group, claims in evidence.groupby("group", sort=False):
        name = escape(edition.codebook.label("group", str(group), language))
        yield f"## {name}" if group == "summary" else f"### {name}"
        if group == "summary":
            yield text["summary_note"]
        yield "\n".join(_claims(edition, claims, language))
    unthemed = localized(unthemed_events(edition), "title", language)
    if len(unthemed):
        yield f"### {escape(text['unthemed'].format(len(unthemed)))}"
        yield "\n".join(f"- {escape(title)}" for title in unthemed)


def _claims(edition: Edition, evidence: pd.DataFrame, language: str) -> Iterator[str]:
    """Yield the lines of a list of claims, each with the events for and against it."""
    text = _TEXTS[language]
    titles = localized(edition.events.set_index("event_id"), "title", language)
    statements = localized(evidence, "statement", language)
    for _, rows in evidence.groupby("theme_id", sort=False):
        yield f"- {escape(statements[rows.index[0]])}"
        if rows["event_id"].isna().all():
            yield f"  - {escape(text['bare'])}"
        for stance in edition.codebook.order("stance"):
            found = titles[titles.index.isin(rows["event_id"][rows["stance"] == stance])]
            yield from (f"  - {escape(text[stance].format(title))}" for title in found)

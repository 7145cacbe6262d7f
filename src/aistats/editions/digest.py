"""Write the digest: the month as one document, as Markdown and for Word.

The digest opens with the analyst's own commentary, if there is one, and with the number of events
on record. Then come the charts of the notebooks with their sentences, the events under the window
that reports them and by scope, each with its facts and its place in the source, and the source
claims with the events for and against them. All but the commentary is computed from the data.
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

from aistats.locale import Language, Texts, text_key
from aistats.session import current_language, texts
from aistats.tables.edition import Edition
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
    place_name,
    window_name,
)

_BASES = {
    "stated": text_key("digest.stated"),
    "assumed": text_key("digest.assumed"),
}
_STANCES = {
    "supports": text_key("digest.supports"),
    "contradicts": text_key("digest.contradicts"),
}
_LOCALES = {"zh": "zh-CN", "en": "en-GB"}
_MARKDOWN = "commonmark+autolink_bare_uris+footnotes+pipe_tables+strikeout+task_lists"
_TEMPLATES = Path(__file__).parent / "templates"
_SPACES = re.compile(r"[ \t\r\n]+")
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|$~&])")
_LIST_START = re.compile(r"^(\d*)([-+=.)])")
_EPOCH = "315532800"  # 1980 began: the first moment that a zip file can name


@dataclass(frozen=True)
class Figure:
    """A figure of the digest.

    Parameters
    ----------
    path
        Path of the picture, from the digest.
    title
        Title with the number of the figure.
    alt
        Description of the picture, for readers who cannot see it.
    lines
        What stands under the title: subtitle, notes, source.
    finding
        The title without the number.
    """

    path: str
    title: str
    alt: str
    lines: tuple[str, ...] = ()
    finding: str = ""


@dataclass(frozen=True)
class Chapter:
    """A notebook in the digest: its title, and its sentences and figures in their order."""

    title: str
    content: tuple[str | Figure, ...]


def write_digest(
    edition: Edition,
    language: Language | None = None,
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
        ``zh`` or ``en``; by default that of the session.
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
    >>> from aistats.tables.edition import read_edition
    >>> text = write_digest(read_edition("data", "2025-12"), "zh")
    >>> print(text.splitlines()[0])
    # AI行业事件：2025年12月
    """
    say = texts(language)
    record = describe_record(edition.events, say.language)
    coverage = describe_coverage(edition.coverage, say.language)
    source = describe_source(edition.coverage, say.language, edition.codebook)
    counted = say("digest.counted")
    opening = {headline(sentence) for sentence in (record, coverage, source, counted)}
    charts = list(_charts(chapters, opening))
    blocks = [f"# {escape(digest_title(edition, say.language))}"]
    if commentary.strip():
        blocks.append(commentary.strip())
    blocks.append(escape(say("digest.sentences", first=record, second=coverage)))
    blocks.append(escape(say("digest.sentences", first=source, second=counted)))
    if charts:
        blocks += ["## " + say("digest.charts"), *charts]
    blocks.append("## " + say("digest.events"))
    blocks += _events(edition, say)
    blocks += _claims(edition, say)
    return "\n\n".join(blocks) + "\n"


def digest_title(
    edition: Edition,
    language: Language | None = None,
) -> str:
    """Return the title of an edition's digest.

    Examples
    --------
    >>> from aistats.tables.edition import read_edition
    >>> digest_title(read_edition("data", "2025-12"), "en")
    'AI-industry events: December 2025'
    """
    say = texts(language)
    return say("digest.title", edition=edition_name(edition.label, say.language))


def to_docx(markdown: str, language: Language | None = None, *, folder: Path, title: str) -> bytes:
    """Return a digest as a Word document, the same bytes on any day and any machine.

    The styles are those of ``templates/reference.docx``, which can be changed in Word.

    Parameters
    ----------
    markdown
        As :func:`write_digest` returns it; the title replaces its first heading.
    language
        ``zh`` or ``en``; by default that of the session.
    folder
        The folder that the paths of the figures start from.
    title
        The title on the page and in the properties of the document.

    Examples
    --------
    >>> to_docx("Nothing *new*.", "en", folder=Path(), title="A quiet month")[:2]
    b'PK'
    """
    command = [
        _pandoc(),
        f"--from={_MARKDOWN}",
        "--to=docx",
        "--output=-",
        f"--data-dir={_TEMPLATES}",  # not the user's, where defaults may differ
        f"--reference-doc={_TEMPLATES / 'reference.docx'}",
        f"--lua-filter={_TEMPLATES / 'docx.lua'}",
        f"--metadata=lang:{_LOCALES[current_language(language)]}",
        f"--metadata=title:{title}",
    ]
    # As bytes, since the locale of this process may have no Chinese.
    arguments = [argument.encode(errors="surrogateescape") for argument in command]
    done = subprocess.run(
        arguments,
        input=markdown.encode(),
        stdout=subprocess.PIPE,
        cwd=folder,
        env={**os.environ, "SOURCE_DATE_EPOCH": _EPOCH, "LC_ALL": "C.UTF-8"},
        check=True,
    )
    return done.stdout


def _pandoc() -> str:
    """Return the path of the pandoc that pypandoc brings.

    Left to itself, pypandoc prefers a newer one of the user's.
    """
    import pypandoc  # type: ignore[import-untyped]

    pandoc = shutil.which("pandoc", path=Path(pypandoc.__file__).parent / "files")
    assert pandoc is not None
    return pandoc


def escape(text: str) -> str:
    r"""Return a text that Markdown shows as it is.

    Examples
    --------
    >>> print(escape("$x_1$ <b>bold</b> [link](url)"))
    \$x\_1\$ \<b\>bold\</b\> \[link\](url)
    """
    text = _SPACES.sub(" ", text)
    text = _MARKUP.sub(r"\\\1", text)
    return _LIST_START.sub(r"\1\\\2", text)


# The charts --------------------------------------------------------------------------------------


def _charts(chapters: Sequence[Chapter], known: set[str]) -> Iterator[str]:
    """Yield the chapters, without the sentences that stand elsewhere in the digest."""
    known = known | set(_findings(chapters))
    for chapter in chapters:
        blocks: list[str] = []
        for content in chapter.content:
            blocks += _new_blocks(content, known)
        if blocks:
            yield f"### {escape(chapter.title)}"
            yield from blocks


def _findings(chapters: Sequence[Chapter]) -> Iterator[str]:
    """Yield the titles of all figures, without their numbers."""
    for chapter in chapters:
        for content in chapter.content:
            if isinstance(content, Figure):
                yield content.finding


def _new_blocks(content: str | Figure, known: set[str]) -> Iterator[str]:
    """Yield the new sentences of a text or figure, and add them to the known ones."""
    sentences = content.lines if isinstance(content, Figure) else (content,)
    new = [sentence for sentence in dict.fromkeys(sentences) if headline(sentence) not in known]
    known.update(map(headline, new))
    lines = "\\\n".join(map(escape, new))
    if isinstance(content, Figure):
        yield f"![{escape(content.alt)}]({content.path})"
        yield f"**{escape(content.title)}**"
        lines = f"*{lines}*"
    if new:
        yield lines


# The events --------------------------------------------------------------------------------------


def _events(
    edition: Edition,
    say: Texts,
) -> Iterator[str]:
    """Yield the events by window, with the days between the windows that no source covers."""
    events = edition.events
    sections = events["source_section"].str.split("·").str[0]
    uncovered = gaps(edition.coverage)
    windows = edition.coverage.sort_values("earliest", kind="stable")
    for window in windows.to_dict("records"):
        while uncovered and uncovered[0][1] < window["earliest"].date():
            days = day_range(*uncovered.pop(0), say.language)
            yield escape(say("digest.gap", days=days))
        yield f"### {escape(_window_title(window, edition, say))}"
        yield escape(say(_BASES[str(window["basis"])]))
        is_reported = (events["source"] == window["source"]) & (sections == window["section"])
        yield from _reported(edition, events[is_reported], say)


def _window_title(
    window: Mapping[Hashable, Any],
    edition: Edition,
    say: Texts,
) -> str:
    """Return the name of a window, with its source if the edition has several."""
    first = window["earliest"].date()
    last = window["latest"].date()
    name = window_name(first, last, say.language)
    if len(edition.coverage["source"].unique()) == 1:
        return name
    title = edition.codebook.sources[window["source"]][say.language]
    return say("digest.source", window=name, title=title)


def _reported(edition: Edition, events: pd.DataFrame, say: Texts) -> Iterator[str]:
    """Yield the events of a window by scope: dated ones first, in order of their dates."""
    language = say.language
    if events.empty:
        yield describe_record(events, language)
    titled = events.assign(
        title=localized(events, "title", language),
        summary=localized(events, "summary", language),
    )
    titled = titled.sort_values(["dated", "earliest"], ascending=[False, True], kind="stable")
    for scope in edition.codebook.order("scope"):
        rows = titled[titled["scope"] == scope]
        if rows.empty:
            continue
        label = edition.codebook.label("scope", scope, language)
        name = say("digest.scope", scope=label, count=len(rows))
        yield f"#### {escape(name)}"
        for event in rows.to_dict("records"):
            yield f"**{escape(event['title'])}**"
            yield escape(event["summary"])
            yield f"*{escape(_facts(event, edition, say))}*"


def _facts(
    event: Mapping[Hashable, Any],
    edition: Edition,
    say: Texts,
) -> str:
    codebook = edition.codebook
    facts = [_date_fact(event, say)]
    for column in ("organization", "region", "category"):
        title = codebook.title(column, say.language)
        label = codebook.label(column, str(event[column]), say.language)
        facts.append(say("digest.fact", name=title, value=label))
    if pd.notna(event["planned_for"]):
        date = date_name(event["planned_for"], say.language)
        facts.append(say("digest.planned", date=date))
    place = place_name(event["source_section"], say.language, codebook)
    facts.append(say("digest.place", place=place))
    return say("digest.separator").join(facts)


def _date_fact(event: Mapping[Hashable, Any], say: Texts) -> str:
    first = event["earliest"].date()
    last = event["latest"].date()
    days = day_range(first, last, say.language)
    if not event["dated"]:
        return say("digest.undated", days=days)
    if event["date_text"] == days:
        return say("digest.date", days=days)
    return say("digest.date_text", days=days, text=event["date_text"])


# The source claims -------------------------------------------------------------------------------


def _claims(edition: Edition, say: Texts) -> Iterator[str]:
    """Yield the source claims by group, the summary last, and the events of no claim."""
    evidence = theme_evidence(edition)
    if evidence.empty:
        return
    yield "## " + say("digest.themes")
    yield escape(say("digest.themes_note"))
    for group, claims in evidence.groupby("group", sort=False):
        name = escape(edition.codebook.label("group", str(group), say.language))
        if group == "summary":
            yield f"## {name}"
            yield say("digest.summary_note")
        else:
            yield f"### {name}"
        yield "\n".join(_claim_list(edition, claims, say))
    unthemed = localized(unthemed_events(edition), "title", say.language)
    if len(unthemed):
        heading = say("digest.unthemed", count=len(unthemed))
        yield f"### {escape(heading)}"
        yield "\n".join(f"- {escape(title)}" for title in unthemed)


def _claim_list(edition: Edition, evidence: pd.DataFrame, say: Texts) -> Iterator[str]:
    """Yield the lines of a list of claims, each with the events for and against it."""
    titles = localized(edition.events.set_index("event_id"), "title", say.language)
    statements = localized(evidence, "statement", say.language)
    for _, rows in evidence.groupby("theme_id", sort=False):
        yield f"- {escape(statements[rows.index[0]])}"
        has_none = rows["event_id"].isna()
        if has_none.all():
            yield "  - " + escape(say("digest.no_evidence"))
        for stance in edition.codebook.order("stance"):
            event_ids = rows["event_id"][rows["stance"] == stance]
            for title in titles[titles.index.isin(event_ids)]:
                yield f"  - {escape(say(_STANCES[stance], title=title))}"

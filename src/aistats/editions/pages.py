"""Pages: executed notebooks as a reader wants them, and the events behind every count.

A page keeps the prose of its language, the sentences and the exhibits; code, previews and the other
language stay in the notebook. Charts stand in the page itself, once for wide and once for narrow
screens, in colours that follow the reader's light or dark setting, and every mark leads to its
events. The page of events has an anchor for each event and for each count. All of it is static:
nothing comes from the network, and the one script only sorts and filters what is there. What pages
say beyond their notebooks stands here in both languages.
"""

from __future__ import annotations

import copy
import html
import re
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment
from nbconvert import HTMLExporter, TemplateExporter
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from aistats.charts.style import COLORS
from aistats.editions.exhibits import MIME, Exhibit, Row, exhibits_of
from aistats.locale import texts
from aistats.tables.edition import Edition
from aistats.tables.themes import theme_evidence
from aistats.trends.baseline import revised, revisions
from aistats.wording import (
    change_name,
    date_name,
    describe_change,
    describe_record,
    edition_name,
    figure_label,
    localized,
    place_name,
)

TEMPLATES = Path(__file__).parent / "templates"

LANG = {"zh": "zh-Hans", "en": "en"}
"""What a page says of its language to browsers and screen readers."""

EVENTS_PAGE = "events.html"

_LETTER = re.compile(r'<path id="([^"]+)" d="[^"]*" transform="scale\([0-9.]+\)"/>\s*')
_SVG = re.compile(r'<svg [^>]*?(viewBox="[^"]*")[^>]*>')
_ID = re.compile(r'(\bid="|href="#|url\(#)([^")]+)')
_LINK = re.compile(r'<a xlink:href="([^"]*)"[^>]*>')

NAMES = {"zh": "中文", "en": "English"}
TEXTS: dict[str, dict[str, Any]] = {
    "zh": {
        "skip": "跳到正文",
        "pages": "各页",
        "events": "事件清单",
        "table": "数据表",
        "download": "下载：",
        "post": "PNG（手机、社交媒体）",
        "notebook": "本页的笔记本",
        "digest": "月度简报",
        "data": "事件表",
        "all": "全部各期",
        "masthead": "AI行业事件 · {}",
        "footer": "计数对象是本期收录的事件，不是实际发生的全部事件；来源的说法未经核实。",
        "behind": "图中各数对应的事件",
        "behind_note": "图表里的每个数都链接到这里。",
        "counted": "{}（{}条）",
        "undated": "来源未写明",
        "earlier": "对照期的事件",
        "earlier_note": "这里只列对照期中有变动的事件，以及本期图表也计入的对照期事件。",
        "say": {
            "search": "搜索",
            "all": "全部",
            "sort": "排序",
            "date": "日期",
            "region": "地区",
            "category": "类别",
            "shown": "显示{}条，共{}条",
        },
    },
    "en": {
        "skip": "Skip to the text",
        "pages": "Pages",
        "events": "List of events",
        "table": "Table",
        "download": "Download:",
        "post": "PNG for phones and posts",
        "notebook": "Notebook of this page",
        "digest": "Monthly digest",
        "data": "Table of events",
        "all": "All editions",
        "masthead": "AI-industry events · {}",
        "footer": "Counts are of events on record, not of everything that happened; the claims of "
        "the source are not verified.",
        "behind": "The events behind each count",
        "behind_note": "Every number in a chart or table links to its events here.",
        "counted": "{} ({})",
        "undated": "not stated by the source",
        "earlier": "Events of the baseline",
        "earlier_note": "Only those that have changed since the baseline was published, and those "
        "that a chart of this edition counts too.",
        "say": {
            "search": "Search",
            "all": "All",
            "sort": "Sort by",
            "date": "Date",
            "region": "Region",
            "category": "Category",
            "shown": "{} of {} shown",
        },
    },
}


@dataclass(frozen=True)
class Page:
    """A notebook as a page in one language: its file name, its title and what it was made from."""

    language: str
    notebook: str
    title: str
    cells: NotebookNode
    exhibits: tuple[Exhibit, ...]

    @property
    def href(self) -> str:
        """The file name, the same in every language: the notebook's, without number."""
        return self.notebook.split("-", 1)[1].split(".")[0] + ".html"


def page_of(notebook: NotebookNode, name: str, language: str, commentary: str = "") -> Page:
    """Return what a page of one language keeps of an executed notebook.

    Parameters
    ----------
    notebook
        With prose cells tagged ``zh`` or ``en``; a prose cell without such a tag is for all.
    name
        The notebook's file name in the edition, such as ``2-where.zh.ipynb``.
    language
        ``zh`` or ``en``.
    commentary
        Markdown to put after the first prose cell.
    """
    kept = copy.deepcopy(notebook)
    kept.cells = [cell for cell in kept.cells if not _speaks_other(cell, language)]
    for cell in kept.cells:
        if cell.cell_type == "code":
            cell.outputs = [it for it in cell.outputs if kind_of(it) in ("sentence", "figure")]
    title = title_of(kept, language)
    exhibits = tuple(exhibits_of(kept))
    if commentary:
        kept.cells.insert(1, new_markdown_cell(commentary))
    return Page(language, name, title, kept, exhibits)


def kind_of(output: Mapping[str, Any]) -> str:
    """Return what a notebook output of ours is: ``sentence``, ``figure`` or ``table``."""
    return str(output.get("metadata", {}).get("aistats", {}).get("kind", ""))


def title_of(notebook: NotebookNode, language: str) -> str:
    """Return the first heading of a notebook in a language, empty where there is none."""
    prose = (
        cell.source
        for cell in notebook.cells
        if cell.cell_type == "markdown" and not _speaks_other(cell, language)
    )
    lines = (line for text in prose for line in text.splitlines())
    return next((line[2:].strip() for line in lines if line.startswith("# ")), "")


def _speaks_other(cell: NotebookNode, language: str) -> bool:
    spoken = set(cell.metadata.get("tags", [])) & set(LANG)
    return bool(spoken) and language not in spoken


def write_pages(folder: Path, edition: Edition, pages: Sequence[Page]) -> None:
    """Write the pages of an edition, its events, its cover and what they need.

    Parameters
    ----------
    folder
        The edition's folder.
    edition
        What the pages are about.
    pages
        All pages, in reading order, in every language.
    """
    exporter = HTMLExporter(
        template_name="aistats", extra_template_basedirs=[str(TEMPLATES)], exclude_anchor_links=True
    )
    environment = exporter.environment
    environment.filters |= {"inline": inline, "figure_label": figure_label}
    covers = []
    for language in edition.languages:
        spoken = [page for page in pages if page.language == language]
        about = partial(_about, edition, language, spoken)
        (folder / language).mkdir(exist_ok=True)
        for page in spoken:
            shown = about(page.href, page.title) | {
                "notebook": page.notebook,
                "mime": MIME,
                "names": _names(edition, page),
                "letters": set(),
            }
            # HTMLExporter's own would parse every page anew, which takes longer than all the rest
            text, _ = TemplateExporter.from_notebook_node(
                exporter, page.cells, resources={"page": shown}
            )
            _write(folder / language / page.href, text)
        own = about(EVENTS_PAGE, TEXTS[language]["events"])
        _write(folder / language / EVENTS_PAGE, _events_page(environment, edition, spoken, own))
        covers.append(_cover(edition, spoken, about("index.html", edition.label)))
    cover = environment.get_template("cover.html.j2").render(languages=covers)
    _write(folder / "index.html", cover)
    _write(folder / "style.css", environment.get_template("style.css.j2").render(colors=COLORS))
    _write(folder / "events.js", (TEMPLATES / "aistats/events.js").read_text(encoding="utf-8"))


def _write(path: Path, text: str) -> None:
    path.write_text(text.strip() + "\n", encoding="utf-8", newline="\n")


def _about(
    edition: Edition, language: str, spoken: Sequence[Page], href: str, title: str
) -> dict[str, Any]:
    """Return what the frame of a page needs to know."""
    text = TEXTS[language]
    pages = [{"href": page.href, "title": page.title} for page in spoken]
    return {
        "lang": LANG[language],
        "language": language,
        "languages": [
            {"language": code, "lang": LANG[code], "name": NAMES[code]}
            for code in edition.languages
        ],
        "href": href,
        "title": title,
        "masthead": text["masthead"].format(edition_name(edition.label, language)),
        "pages": [*pages, {"href": EVENTS_PAGE, "title": text["events"]}],
        "text": text,
    }


# Charts in pages ---------------------------------------------------------------------------------


def _names(edition: Edition, page: Page) -> dict[str, str]:
    """Return what each anchor of the events page is called, for those who hover or listen."""
    counted = TEXTS[page.language]["counted"]
    titles = localized(_known(edition).set_index("event_id"), "title", page.language)
    return titles.to_dict() | {
        row.anchor: counted.format(row.label, len(row.sure) + len(row.possible))
        for exhibit in page.exhibits
        for row in exhibit.rows
    }


def inline(exhibit: Mapping[str, Any], ending: str, page: Mapping[str, Any]) -> str:
    """Return a drawing of an exhibit as it stands inside a page.

    Its ids are its own in the page, but for letters, which all drawings of a page share; its
    colours are variables that the style sheet of the page may set; its links have names, and where
    several lead to one place, the keyboard stops at the first.

    Parameters
    ----------
    exhibit
        As a notebook output carries it.
    ending
        ``narrow.`` for the narrow drawing, else empty.
    page
        ``names`` of the anchors on the page of events, and ``letters``, the set of those drawn so
        far, to which this adds its own.
    """
    svg = exhibit["drawings"][f"{ending}bare"]
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    letters = set(_LETTER.findall(svg))
    known, own = letters & page["letters"], f"{exhibit['name']}-{ending.strip('.') or 'wide'}"
    svg = _LETTER.sub(lambda letter: "" if letter[1] in known else letter[0], svg)
    svg = _ID.sub(lambda it: it[0] if it[2] in letters else f"{it[1]}{own}-{it[2]}", svg)
    page["letters"].update(letters)
    for name, (light, _) in COLORS.items():
        svg = svg.replace(light, f"var(--chart-{name}, {light})")
    said = f'role="group" aria-label="{html.escape(exhibit["alt"])}"'
    svg = _SVG.sub(lambda it: f"<svg {it[1]} {said}>", svg)
    return _LINK.sub(_namer(page["names"]), svg)


def _namer(names: Mapping[str, str]) -> Callable[[re.Match[str]], str]:
    """Return what puts a name on each link of a drawing."""
    seen: set[str] = set()

    def name_link(found: re.Match[str]) -> str:
        address = found[1]
        name = html.escape(names.get(address.partition("#")[2], ""))
        silent = ' tabindex="-1" aria-hidden="true"' if address in seen else ""
        seen.add(address)
        return f'<a href="{address}" aria-label="{name}"{silent}><title>{name}</title>'

    return name_link


# Events ------------------------------------------------------------------------------------------


def _events_page(
    environment: Environment, edition: Edition, pages: Sequence[Page], about: dict[str, Any]
) -> str:
    language = str(about["language"])
    evidence, changes = theme_evidence(edition), revised(revisions(edition))
    exhibits = [exhibit for page in pages for exhibit in page.exhibits]
    counted = [it for exhibit in exhibits for row in exhibit.rows for it in row.sure + row.possible]
    events = _known(edition).sort_values(["earliest", "latest"], kind="stable")
    events = events.assign(
        own=events["event_id"].isin(edition.events["event_id"]),
        title=localized(events, "title", language),
        summary=localized(events, "summary", language),
        lang=events[f"title_{language}"].notna().map({True: LANG[language], False: LANG["zh"]}),
    )
    entries = {
        event["event_id"]: _entry(edition, event, evidence, changes, language)
        for event in events[
            events["own"] | events["event_id"].isin([*changes["event_id"], *counted])
        ].to_dict("records")
    }
    return environment.get_template("events.html.j2").render(
        page=about,
        sentence=describe_record(edition.events, language),
        events=[entry for entry in entries.values() if entry["own"]],
        earlier=[entry for entry in entries.values() if not entry["own"]],
        exhibits=[
            {
                "href": page.href,
                "name": exhibit.name,
                "number": exhibit.number,
                "title": exhibit.title,
                "rows": [_counted(row, entries, exhibit.rows, language) for row in exhibit.rows],
            }
            for page in pages
            for exhibit in page.exhibits
            if exhibit.rows
        ],
    )


def _known(edition: Edition) -> pd.DataFrame:
    """Return the events of an edition and of its baseline, with those withdrawn since."""
    if edition.baseline is None:
        return edition.events
    known = pd.concat([edition.all_events, edition.baseline.published])
    return known.drop_duplicates("event_id", ignore_index=True)


def _counted(
    row: Row, entries: Mapping[str, Any], rows: Sequence[Row], language: str
) -> dict[str, Any]:
    """Return a row of a table with its events: the sure ones, and those it may count besides."""
    say = texts(language)
    open_ = any(other.possible for other in rows)
    parts = [
        {"name": name if open_ else "", "events": [entries[it] for it in ids]}
        for name, ids in ((say("term.surely"), row.sure), (say("term.maybe"), row.possible))
        if ids
    ]
    return {"anchor": row.anchor, "label": row.label, "parts": parts}


def _entry(
    edition: Edition,
    event: Mapping[Hashable, Any],
    evidence: pd.DataFrame,
    changes: pd.DataFrame,
    language: str,
) -> dict[str, Any]:
    """Return an event as the list shows it."""
    label = edition.codebook.label
    return {
        "id": event["event_id"],
        "own": event["own"],
        "title": event["title"],
        "summary": event["summary"],
        "lang": event["lang"],
        "day": event["earliest"].date().isoformat(),
        "region": label("region", event["region"], language),
        "category": label("category", event["category"], language),
        "facts": list(_facts(edition, event, language)),
        "changes": list(_changes(edition, event["event_id"], changes, language)),
        "themes": list(_themes(edition, event["event_id"], evidence, language)),
    }


def _facts(
    edition: Edition, event: Mapping[Hashable, Any], language: str
) -> Iterator[dict[str, str]]:
    book = edition.codebook

    def fact(name: str, value: str, lang: str = LANG[language]) -> dict[str, str]:
        return {"name": book.title(name, language), "text": value, "lang": lang}

    if event["dated"]:
        yield fact("date", date_name(event["date"], language))
        yield fact("date_text", event["date_text"], LANG["zh"])
    else:
        yield fact("date", TEXTS[language]["undated"])
    yield fact("reported", date_name(event["reported"], language))
    for name in ("organization", "region", "category"):
        yield fact(name, book.label(name, event[name], language))
    if pd.notna(event["planned_for"]):
        yield fact("planned_for", date_name(event["planned_for"], language))
    titles = book.sources.get(event["source"], {})  # one of a withdrawn event may be gone
    yield fact("source", titles.get(language, event["source"]))
    yield fact("source_section", place_name(event["source_section"], language, book), LANG["zh"])
    if pd.notna(event["source_url"]):
        yield {**fact("source_url", event["source_url"]), "href": event["source_url"]}


def _changes(
    edition: Edition, event: str, changes: pd.DataFrame, language: str
) -> Iterator[dict[str, str]]:
    """Yield what became of an event since the baseline was published."""
    for change in changes[changes["event_id"] == event].to_dict("records"):
        name = change_name(change["revision"], language)
        text = describe_change(change, language, edition.codebook)
        yield {"name": name.capitalize(), "text": text, "lang": LANG[language]}


def _themes(
    edition: Edition, event: str, evidence: pd.DataFrame, language: str
) -> Iterator[dict[str, str]]:
    """Yield the claims of the source that an event speaks for or against."""
    rows = evidence[evidence["event_id"] == event]
    statements = localized(rows, "statement", language)
    for stance, statement in zip(rows["stance"], statements, strict=True):
        label = edition.codebook.label("stance", stance, language)
        yield {"stance": label, "text": statement, "lang": LANG[language]}


# Cover -------------------------------------------------------------------------------------------


def _cover(edition: Edition, spoken: Sequence[Page], about: dict[str, Any]) -> dict[str, Any]:
    language = str(about["language"])
    return {
        "page": about,
        "name": NAMES[language],
        "sentence": describe_record(edition.events, language),
        "pages": [*spoken, about["pages"][-1]],
    }

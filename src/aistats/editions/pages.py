"""Write the pages of an edition: executed notebooks as a reader wants them, and all events.

A page keeps the prose of its language, the sentences and the exhibits; code, previews and the other
language stay in the notebook. Charts stand in the page itself, once for wide and once for narrow
screens. Their colours follow the reader's light or dark setting, and every mark leads to its
events. The page of events has an anchor for each event and for each count. All of it is static:
nothing comes from the network, and the only script sorts and filters what is there.
"""

from __future__ import annotations

import copy
import html
import re
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment
from nbconvert import HTMLExporter, TemplateExporter
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from aistats.charts.style import COLORS
from aistats.editions.exhibits import MIME, Exhibit, Row, exhibits_of
from aistats.locale import Language, Texts, text_key
from aistats.session import texts
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
"""The language of a page, as browsers and screen readers call it."""

EVENTS_PAGE = "events.html"

_SHOWN = ("sentence", "figure")
_METADATA = re.compile(r"<metadata>.*?</metadata>\s*", re.DOTALL)
_LETTER = re.compile(r'<path id="([^"]+)" d="[^"]*" transform="scale\([0-9.]+\)"/>\s*')
_SVG = re.compile(r'<svg [^>]*?(viewBox="[^"]*")[^>]*>')
_ID = re.compile(r'(\bid="|href="#|url\(#)([^")]+)')
_LINK = re.compile(r'<a xlink:href="([^"]*)"[^>]*>')

_TEXTS = {
    "skip": text_key("pages.skip"),
    "pages": text_key("pages.pages"),
    "separator": text_key("pages.separator"),
    "table": text_key("pages.table"),
    "download": text_key("pages.download"),
    "post": text_key("pages.post"),
    "notebook": text_key("pages.notebook"),
    "digest_word": text_key("pages.digest_word"),
    "digest_markdown": text_key("pages.digest_markdown"),
    "data": text_key("pages.data"),
    "all": text_key("pages.all"),
    "footer": text_key("pages.footer"),
    "behind": text_key("pages.behind"),
    "behind_note": text_key("pages.behind_note"),
    "earlier": text_key("pages.earlier"),
    "earlier_note": text_key("pages.earlier_note"),
}
_LIST_TEXTS = {  # of the script that filters the list of events
    "search": text_key("pages.list.search"),
    "all": text_key("pages.list.all"),
    "sort": text_key("pages.list.sort"),
    "date": text_key("pages.list.date"),
    "region": text_key("pages.list.region"),
    "category": text_key("pages.list.category"),
    "shown": text_key("pages.list.shown"),
}


def page_texts(language: Language) -> dict[str, Any]:
    """Return the texts that every page has, by the names that the templates use."""
    say = texts(language)
    page: dict[str, Any] = {}
    for name, key in _TEXTS.items():
        page[name] = say(key)
    page["list"] = {name: say(key) for name, key in _LIST_TEXTS.items()}
    return page


def language_name(language: Language) -> str:
    """Return what a language calls itself."""
    say = texts(language)
    return say("pages.language")


@dataclass(frozen=True)
class Page:
    """A notebook as a page in one language: its file name, its title and its content."""

    language: Language
    notebook: str
    title: str
    cells: NotebookNode
    exhibits: tuple[Exhibit, ...]

    @property
    def href(self) -> str:
        """The file name, the same in every language: the notebook's, without number."""
        _, _, name = self.notebook.partition("-")
        stem, _, _ = name.partition(".")
        return f"{stem}.html"


@dataclass(frozen=True)
class _Version:
    """An edition in one language, with its pages in reading order."""

    edition: Edition
    pages: tuple[Page, ...]
    say: Texts

    @property
    def language(self) -> Language:
        """``zh`` or ``en``."""
        return self.say.language

    def frame(self, href: str, title: str) -> dict[str, Any]:
        """Return what the frame of a page needs to know."""
        edition = self.edition
        events_page = {"href": EVENTS_PAGE, "title": self.say("pages.events")}
        pages = [{"href": page.href, "title": page.title} for page in self.pages]
        name = edition_name(edition.label, self.language)
        return {
            "lang": LANG[self.language],
            "language": self.language,
            "languages": [_named_language(code) for code in edition.languages],
            "href": href,
            "title": title,
            "masthead": self.say("pages.masthead", edition=name),
            "pages": [*pages, events_page],
            "text": page_texts(self.language),
        }


def _named_language(language: Language) -> dict[str, str]:
    return {
        "language": language,
        "lang": LANG[language],
        "name": language_name(language),
    }


def page_of(
    notebook: NotebookNode,
    name: str,
    language: Language,
    commentary: str = "",
) -> Page:
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
    kept.cells = [cell for cell in kept.cells if not _is_in_other_language(cell, language)]
    for cell in kept.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if kind_of(output) in _SHOWN]
    title = title_of(kept, language)
    exhibits = tuple(exhibits_of(kept))
    if commentary:
        kept.cells.insert(1, new_markdown_cell(commentary))
    return Page(language, name, title, kept, exhibits)


def kind_of(output: Mapping[str, Any]) -> str:
    """Return the kind of an output of aistats: ``sentence``, ``figure`` or ``table``."""
    metadata = output.get("metadata")
    entry = metadata.get("aistats") if metadata else None
    kind = entry.get("kind") if entry else None
    return str(kind or "")


def title_of(notebook: NotebookNode, language: str) -> str:
    """Return the first heading of a notebook in a language, empty if there is none."""
    for cell in notebook.cells:
        if cell.cell_type != "markdown" or _is_in_other_language(cell, language):
            continue
        for line in cell.source.splitlines():
            if line.startswith("# "):
                return str(line[2:].strip())
    return ""


def _is_in_other_language(
    cell: NotebookNode,
    language: str,
) -> bool:
    languages = set(cell.metadata.get("tags", [])) & set(LANG)
    return bool(languages) and language not in languages


def write_pages(folder: Path, edition: Edition, pages: Sequence[Page]) -> None:
    """Write the pages of an edition, its events, its cover and what they need.

    Parameters
    ----------
    folder
        The edition's folder.
    edition
        The data that the pages show.
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
        of_language = tuple(page for page in pages if page.language == language)
        version = _Version(edition, of_language, texts(language))
        place = folder / language
        place.mkdir(exist_ok=True)
        for page in version.pages:
            _write(place / page.href, _page_html(exporter, page, version))
        _write(place / EVENTS_PAGE, _events_html(environment, version))
        covers.append(_cover(version))
    cover = environment.get_template("cover.html.j2").render(languages=covers)
    _write(folder / "index.html", cover)
    _write(folder / "style.css", environment.get_template("style.css.j2").render(colors=COLORS))
    _write(folder / "events.js", (TEMPLATES / "aistats/events.js").read_text(encoding="utf-8"))


def _write(
    path: Path,
    text: str,
) -> None:
    path.write_text(text.strip() + "\n", encoding="utf-8", newline="\n")


def _page_html(exporter: HTMLExporter, page: Page, version: _Version) -> str:
    about = version.frame(page.href, page.title) | {
        "notebook": page.notebook,
        "mime": MIME,
        "names": _anchor_names(page, version),
        "letters": set(),
    }
    # HTMLExporter's own would parse every page again, which takes longer than all the rest.
    text, _ = TemplateExporter.from_notebook_node(exporter, page.cells, resources={"page": about})
    return str(text)


# Charts in pages ---------------------------------------------------------------------------------


def _anchor_names(
    page: Page,
    version: _Version,
) -> dict[str, str]:
    """Return the name of each anchor of the events page, for tooltips and screen readers."""
    events = _known_events(version.edition).set_index("event_id")
    titles = localized(events, "title", version.language)
    names = {str(event): str(title) for event, title in titles.items()}
    for exhibit in page.exhibits:
        for row in exhibit.rows:
            count = len(row.sure) + len(row.possible)
            names[row.anchor] = version.say("pages.counted", label=row.label, count=count)
    return names


def inline(
    exhibit: Mapping[str, Any],
    ending: str,
    page: Mapping[str, Any],
) -> str:
    """Return a drawing of an exhibit as it stands inside a page.

    Its ids are its own in the page, except for letters, which all drawings of a page share. Its
    colours are variables that the style sheet of the page may set. Its links have names; if several
    lead to one place, the keyboard stops at the first.

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
    svg = _METADATA.sub("", svg[svg.index("<svg") :])
    letters = set(_LETTER.findall(svg))
    known = letters & page["letters"]
    prefix = f"{exhibit['name']}-{ending.strip('.') or 'wide'}"

    def drop_known(letter: re.Match[str]) -> str:
        whole, name = letter.group(0, 1)
        return "" if name in known else whole

    def add_prefix(mention: re.Match[str]) -> str:
        whole, start, name = mention.group(0, 1, 2)
        is_letter = name in letters
        return whole if is_letter else f"{start}{prefix}-{name}"

    svg = _LETTER.sub(drop_known, svg)
    svg = _ID.sub(add_prefix, svg)
    page["letters"].update(letters)
    for name, (light, _) in COLORS.items():
        svg = svg.replace(light, f"var(--chart-{name}, {light})")
    label = f'role="group" aria-label="{html.escape(exhibit["alt"])}"'
    svg = _SVG.sub(lambda start: f"<svg {start[1]} {label}>", svg)
    return _LINK.sub(_link_namer(page["names"]), svg)


def _link_namer(names: Mapping[str, str]) -> Callable[[re.Match[str]], str]:
    """Return a function that names each link of a drawing."""
    seen: set[str] = set()

    def name_link(link: re.Match[str]) -> str:
        address = link[1]
        anchor = address.partition("#")[2]
        name = html.escape(names.get(anchor, ""))
        silent = ' tabindex="-1" aria-hidden="true"' if address in seen else ""
        seen.add(address)
        return f'<a href="{address}" aria-label="{name}"{silent}><title>{name}</title>'

    return name_link


# Events ------------------------------------------------------------------------------------------


def _events_html(environment: Environment, version: _Version) -> str:
    """Return the page with all events, and the events behind each count."""
    entries = _entries(version)
    template = environment.get_template("events.html.j2")
    return template.render(
        page=version.frame(EVENTS_PAGE, version.say("pages.events")),
        sentence=describe_record(version.edition.events, version.language),
        events=[entry for entry in entries.values() if entry["own"]],
        earlier=[entry for entry in entries.values() if not entry["own"]],
        exhibits=list(_counted_exhibits(version, entries)),
    )


def _entries(version: _Version) -> dict[str, dict[str, Any]]:
    """Return the events of the edition, and earlier ones that it counts or that have changed."""
    edition = version.edition
    changes = revised(revisions(edition))
    writer = _EntryWriter(version, theme_evidence(edition), changes)
    events = _listed_events(version)
    shown_elsewhere = [*changes["event_id"], *_counted_ids(version)]
    is_listed = events["own"] | events["event_id"].isin(shown_elsewhere)
    entries = {}
    for event in events[is_listed].to_dict("records"):
        event_id = event["event_id"]
        entries[event_id] = writer.entry(event)
    return entries


def _listed_events(version: _Version) -> pd.DataFrame:
    """Return all known events in order of their dates, in one language."""
    language = version.language
    events = _known_events(version.edition)
    events = events.sort_values(["earliest", "latest"], kind="stable")
    is_translated = events[f"title_{language}"].notna()
    return events.assign(
        own=events["event_id"].isin(version.edition.events["event_id"]),
        title=localized(events, "title", language),
        summary=localized(events, "summary", language),
        lang=is_translated.map({True: LANG[language], False: LANG["zh"]}),
    )


def _counted_ids(version: _Version) -> Iterator[str]:
    """Yield the events that a chart counts."""
    for page in version.pages:
        for exhibit in page.exhibits:
            for row in exhibit.rows:
                yield from row.sure
                yield from row.possible


def _known_events(edition: Edition) -> pd.DataFrame:
    """Return the events of an edition and of its baseline, with those withdrawn since."""
    if edition.baseline is None:
        return edition.events
    known = pd.concat([edition.all_events, edition.baseline.published])
    return known.drop_duplicates("event_id", ignore_index=True)


def _counted_exhibits(
    version: _Version, entries: Mapping[str, Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Yield the exhibits whose table counts events, with the events of each row."""
    for page in version.pages:
        for exhibit in page.exhibits:
            if not exhibit.rows:
                continue
            is_open = any(row.possible for row in exhibit.rows)
            rows = [_counted_row(row, entries, version.say, is_open) for row in exhibit.rows]
            yield {
                "href": page.href,
                "name": exhibit.name,
                "number": exhibit.number,
                "title": exhibit.title,
                "rows": rows,
            }


def _counted_row(
    row: Row,
    entries: Mapping[str, Mapping[str, Any]],
    say: Texts,
    is_open: bool,
) -> dict[str, Any]:
    """Return a row of a table with its events: the certain ones, and those it may count besides.

    The two have names only if the dates of the table leave a count open.
    """
    events = {
        say("pages.certain"): row.sure,
        say("pages.possible"): row.possible,
    }
    parts = []
    for name, event_ids in events.items():
        if event_ids:
            listed = [entries[event_id] for event_id in event_ids]
            parts.append({"name": name if is_open else "", "events": listed})
    return {"anchor": row.anchor, "label": row.label, "parts": parts}


@dataclass(frozen=True)
class _EntryWriter:
    """Describes events as the list shows them."""

    version: _Version
    evidence: pd.DataFrame
    changes: pd.DataFrame

    def entry(self, event: Mapping[Hashable, Any]) -> dict[str, Any]:
        """Return an event as the list shows it."""
        label = self.version.edition.codebook.label
        language = self.version.language
        event_id = event["event_id"]
        return {
            "id": event_id,
            "own": event["own"],
            "title": event["title"],
            "summary": event["summary"],
            "lang": event["lang"],
            "day": event["earliest"].date().isoformat(),
            "region": label("region", event["region"], language),
            "category": label("category", event["category"], language),
            "facts": list(_facts(event, self.version)),
            "changes": list(self._changes(event_id)),
            "themes": list(self._claims(event_id)),
        }

    def _changes(self, event_id: str) -> Iterator[dict[str, str]]:
        """Yield what became of an event since the baseline was published."""
        language = self.version.language
        book = self.version.edition.codebook
        is_of_event = self.changes["event_id"] == event_id
        rows = self.changes[is_of_event]
        for change in rows.to_dict("records"):
            name = change_name(change["revision"], language)
            text = describe_change(change, language, book)
            yield {"name": name.capitalize(), "text": text, "lang": LANG[language]}

    def _claims(self, event_id: str) -> Iterator[dict[str, str]]:
        """Yield the source claims that an event supports or contradicts."""
        language = self.version.language
        book = self.version.edition.codebook
        is_of_event = self.evidence["event_id"] == event_id
        rows = self.evidence[is_of_event]
        rows = rows.assign(text=localized(rows, "statement", language))
        for claim in rows.to_dict("records"):
            yield {
                "stance": book.label("stance", claim["stance"], language),
                "text": claim["text"],
                "lang": LANG[language],
            }


def _facts(
    event: Mapping[Hashable, Any],
    version: _Version,
) -> Iterator[dict[str, str]]:
    language = version.language
    book = version.edition.codebook

    def fact(
        name: str,
        value: str,
        lang: str = LANG[language],
    ) -> dict[str, str]:
        return {"name": book.title(name, language), "text": value, "lang": lang}

    if event["dated"]:
        yield fact("date", date_name(event["date"], language))
        yield fact("date_text", event["date_text"], LANG["zh"])
    else:
        yield fact("date", version.say("pages.undated"))
    yield fact("reported", date_name(event["reported"], language))
    for name in ("organization", "region", "category"):
        label = book.label(name, event[name], language)
        yield fact(name, label)
    if pd.notna(event["planned_for"]):
        yield fact("planned_for", date_name(event["planned_for"], language))
    source = event["source"]
    titles = book.sources.get(source, {})  # one of a withdrawn event may be gone
    yield fact("source", titles.get(language, source))
    place = place_name(event["source_section"], language, book)
    yield fact("source_section", place, LANG["zh"])
    address = event["source_url"]
    if pd.notna(address):
        yield {**fact("source_url", address), "href": address}


# Cover -------------------------------------------------------------------------------------------


def _cover(version: _Version) -> dict[str, Any]:
    about = version.frame("index.html", version.edition.label)
    return {
        "page": about,
        "name": language_name(version.language),
        "sentence": describe_record(version.edition.events, version.language),
        "pages": [*version.pages, about["pages"][-1]],
    }

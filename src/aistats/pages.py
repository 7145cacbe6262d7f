"""Pages: an executed notebook as a reader wants it, static and complete.

A page keeps the prose of its language, the sentences and the exhibits; code, previews and the other
language stay in the notebook. It needs no script and nothing from the network. What a page says
beyond its notebook (navigation, footer) stands here in both languages.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from aistats.events import Edition
from aistats.wording import describe_record, edition_name

TEMPLATES = Path(__file__).parent / "templates"

LANG = {"zh": "zh-Hans", "en": "en"}
"""What a page says of its language to browsers and screen readers."""

_NAMES = {"zh": "中文", "en": "English"}
_TEXTS = {
    "zh": {
        "skip": "跳到正文",
        "pages": "各页",
        "download": "下载：",
        "notebook": "本页的笔记本",
        "digest": "月度简报（Markdown）",
        "masthead": "AI行业事件 · {}",
        "footer": "计数对象是本期收录的事件，不是实际发生的全部事件；来源的说法未经核实。",
    },
    "en": {
        "skip": "Skip to the text",
        "pages": "Pages",
        "download": "Download:",
        "notebook": "Notebook of this page",
        "digest": "Monthly digest (Markdown)",
        "masthead": "AI-industry events · {}",
        "footer": "Counts are of events on record, not of everything that happened; the claims of "
        "the source are not verified.",
    },
}


@dataclass(frozen=True)
class Page:
    """A notebook as a page in one language: its file name, its title and what it was made from."""

    language: str
    notebook: str
    title: str
    cells: NotebookNode

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
            cell.outputs = [
                output for output in cell.outputs if "aistats" in output.get("metadata", {})
            ]
    title = title_of(kept, language)
    if commentary:
        kept.cells.insert(1, new_markdown_cell(commentary))
    return Page(language, name, title, kept)


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
    """Write the pages of an edition, their cover and their style sheet.

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
    spoken = {
        language: [page for page in pages if page.language == language]
        for language in edition.languages
    }
    switch = [
        {"language": code, "lang": LANG[code], "name": _NAMES[code]} for code in edition.languages
    ]
    for page in pages:
        language = page.language
        shown: dict[str, Any] = {
            "lang": LANG[language],
            "language": language,
            "languages": switch,
            "href": page.href,
            "title": page.title,
            "edition": edition_name(edition.label, language),
            "masthead": _masthead(edition, language),
            "notebook": page.notebook,
            "pages": [{"href": other.href, "title": other.title} for other in spoken[language]],
            "text": _TEXTS[language],
        }
        html, _ = exporter.from_notebook_node(page.cells, resources={"page": shown})
        target = folder / language / page.href
        target.parent.mkdir(exist_ok=True)
        target.write_text(html, encoding="utf-8", newline="\n")
    _write_cover(folder, edition, spoken)
    (folder / "style.css").write_bytes((TEMPLATES / "style.css").read_bytes())


def _write_cover(folder: Path, edition: Edition, spoken: dict[str, list[Page]]) -> None:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    languages = [
        {
            "language": language,
            "lang": LANG[language],
            "name": _NAMES[language],
            "masthead": _masthead(edition, language),
            "sentence": describe_record(edition.events, language),
            "pages": pages,
            "text": _TEXTS[language],
        }
        for language, pages in spoken.items()
    ]
    html = environment.get_template("cover.html.j2").render(
        edition=edition.label, languages=languages
    )
    (folder / "index.html").write_text(html + "\n", encoding="utf-8", newline="\n")


def _masthead(edition: Edition, language: str) -> str:
    return _TEXTS[language]["masthead"].format(edition_name(edition.label, language))

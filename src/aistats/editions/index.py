"""The list of editions: the page that a reader of the whole series opens.

It is made from the manifests in the folder, so it lists what is there and depends on no build.
"""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, FileSystemLoader

from aistats.editions.pages import LANG, NAMES, TEMPLATES, TEXTS
from aistats.editions.publishing import INDEX, EditionsFolder
from aistats.tables.writing import write_whole
from aistats.wording import edition_name

_TEXTS = {
    "zh": {
        "title": "AI行业事件",
        "against": "对照期：{}",
        "and": "、",
        "footer": "计数对象是各期收录的事件，不是实际发生的全部事件；来源的说法未经核实。",
    },
    "en": {
        "title": "AI-industry events",
        "against": "Compared with {}",
        "and": ", ",
        "footer": "Counts are of events on record, not of everything that happened; the claims of "
        "the sources are not verified.",
    },
}


def write_index(editions: EditionsFolder) -> None:
    """Write ``index.html`` beside the editions: all of them, the latest first, by language."""
    manifests = editions.manifests()
    languages = [_listed(manifests, language) for language in _TEXTS]
    spoken = [it for it in languages if it["editions"]]
    environment = Environment(loader=FileSystemLoader(TEMPLATES / "aistats"))
    page = environment.get_template("editions.html.j2")
    text = page.render(languages=spoken, latest=next(iter(manifests)))
    write_whole(editions.reports / INDEX, text.strip() + "\n")


def _listed(manifests: dict[str, dict[str, Any]], language: str) -> dict[str, Any]:
    return {
        "lang": LANG[language],
        "language": language,
        "name": NAMES[language],
        "text": TEXTS[language] | _TEXTS[language],
        "editions": [
            {
                "label": label,
                "name": edition_name(label, language),
                "sentence": manifest["sentence"].get(language, ""),
                "against": _against(manifest["baseline"], language),
            }
            for label, manifest in manifests.items()
            if language in manifest["languages"]
        ],
    }


def _against(labels: list[str], language: str) -> str:
    text = _TEXTS[language]
    names = text["and"].join(edition_name(label, language) for label in labels)
    return text["against"].format(names) if names else ""

"""Write the list of editions: the page that a reader of the whole series opens.

It is made from the manifests in the folder, so it lists what is there and depends on no build.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jinja2 import Environment, FileSystemLoader

from aistats.editions.pages import LANG, TEMPLATES, language_name, page_texts
from aistats.editions.publishing import INDEX, EditionsFolder
from aistats.locale import LANGUAGES, Texts
from aistats.session import texts
from aistats.tables.writing import write_whole
from aistats.wording import edition_name


def write_index(editions: EditionsFolder) -> None:
    """Write ``index.html`` beside the editions: all of them, the latest first, by language."""
    manifests = editions.manifests()
    lists = [_list(manifests, texts(language)) for language in LANGUAGES]
    environment = Environment(loader=FileSystemLoader(TEMPLATES / "aistats"))
    page = environment.get_template("editions.html.j2").render(
        languages=[listed for listed in lists if listed["editions"]],
        latest=next(iter(manifests)),
    )
    write_whole(editions.reports / INDEX, page.strip() + "\n")


def _list(manifests: Mapping[str, Mapping[str, Any]], say: Texts) -> dict[str, Any]:
    """Return the list in one language."""
    language = say.language
    editions = []
    for label, manifest in manifests.items():
        if language in manifest["languages"]:
            editions.append(_entry(label, manifest, say))
    title = {"title": say("index.title"), "footer": say("index.footer")}
    return {
        "lang": LANG[language],
        "language": language,
        "name": language_name(language),
        "text": page_texts(language) | title,
        "editions": editions,
    }


def _entry(label: str, manifest: Mapping[str, Any], say: Texts) -> dict[str, str]:
    return {
        "label": label,
        "name": edition_name(label, say.language),
        "sentence": manifest["sentence"].get(say.language, ""),
        "baseline": _baseline(manifest["baseline"], say),
    }


def _baseline(labels: Sequence[str], say: Texts) -> str:
    if not labels:
        return ""
    names = [edition_name(label, say.language) for label in labels]
    return say("index.baseline", editions=say("index.separator").join(names))

"""Identifiers: an id for an event that has none, of a few words of its title and a month.

An id is never changed, so its words are to tell the event for years. An English title has them. Of
a Chinese one the names are taken that it has in Latin letters, with their versions; figures before
Han characters are days and amounts, which tell nothing.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator, Mapping

_WORDS = 5
_STOP_WORDS = frozenset(
    [
        *("a", "an", "and", "as", "at", "be", "by", "for", "from", "in", "into", "is", "it", "its"),
        *("of", "on", "or", "over", "that", "the", "this", "to", "up", "with"),
    ]
)
_UNKNOWN = "unknown"
# A name starts with a letter and keeps the version behind it (GPT-5.2, K2.5, Sora 2), unless that
# is followed by what makes an amount or a date of it.
_NAME = re.compile(
    r"(?<![A-Za-z0-9.])[A-Za-z][A-Za-z0-9]*([-.][A-Za-z0-9]+)*"
    r"( \d{1,2}(\.\d{1,2})*(?!\.?[0-9A-Za-z%]| ?[年月日号时点分秒周天个位名家款项条种倍次人岁期轮"
    r"十百千万亿美元]))?"
)
_NO_NAME = re.compile(r"ai|[a-z]|[qh][1-4]")  # of every event; a round of funding; a quarter


def event_names(cells: Mapping[str, str], month: str) -> Iterator[str]:
    """Yield names for an event without end: the first words of its title, then more, then numbers.

    Parameters
    ----------
    cells
        Its ``title_en``; where that is empty, its ``organization`` and the Latin names in its
        ``title_zh``, or if it has none, its ``category``.
    month
        That of the edition which first records it, such as ``2025-12``.

    Examples
    --------
    >>> names = event_names({"title_en": "Alibaba’s models take the top two places"}, "2025-12")
    >>> for _ in range(3):
    ...     print(next(names))
    alibaba-models-take-top-two-2025-12
    alibaba-models-take-top-two-places-2025-12
    alibaba-models-take-top-two-2-2025-12
    >>> cells = {"title_en": "", "organization": "OpenAI", "category": "product"}
    >>> next(event_names(cells | {"title_zh": "OpenAI于1月7日推出ChatGPT Health"}, "2026-01"))
    'openai-chatgpt-health-2026-01'
    >>> next(event_names(cells | {"title_zh": "OpenAI完成200亿美元融资"}, "2026-01"))
    'openai-product-2026-01'
    """
    words = _words(cells["title_en"]) or _names(cells) or ["event"]
    for n in range(min(_WORDS, len(words)), len(words) + 1):
        yield "-".join([*words[:n], month])
    for number in itertools.count(2):
        yield "-".join([*words[:_WORDS], str(number), month])


def _names(cells: Mapping[str, str]) -> list[str]:
    """Return who acted, and the names in a Chinese title, each with its version as one word."""
    organization = [it for it in _words(cells["organization"]) if it != _UNKNOWN]
    title = " ".join(unicodedata.normalize("NFKC", cells["title_zh"]).split())
    found = ("-".join(_words(name[0])) for name in _NAME.finditer(title))
    known = {*organization, "-".join(organization), _UNKNOWN, ""}
    names = [it for it in dict.fromkeys(found) if it not in known and not _NO_NAME.fullmatch(it)]
    return organization + (names or _words(cells["category"]))


def _words(text: str) -> list[str]:
    letters = unicodedata.normalize("NFKD", re.sub(r"[’']s\b", "", text))
    words = re.findall("[a-z0-9]+", letters.encode("ascii", "ignore").decode().lower())
    return [word for word in dict.fromkeys(words) if word not in _STOP_WORDS]

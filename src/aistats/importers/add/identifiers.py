"""Ids for events that have none: a few words of the title, and a month.

The cells of an event and a month come in, candidates for its id go out; the caller takes the first
that is free. An id never changes, so its words should identify the event for years. An English
title has such words. A Chinese title has the names in Latin letters, with their versions; figures
before Han characters are days and amounts, which identify nothing, and are left out.
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
# A name starts with a letter and keeps the version behind it (GPT-5.2, K2.5, Sora 2), unless the
# next character makes an amount or a date of the version.
_NAME = re.compile(
    r"(?<![A-Za-z0-9.])[A-Za-z][A-Za-z0-9]*([-.][A-Za-z0-9]+)*"
    r"( \d{1,2}(\.\d{1,2})*(?!\.?[0-9A-Za-z%]| ?[年月日号时点分秒周天个位名家款项条种倍次人岁期轮"
    r"十百千万亿美元]))?"
)
_NO_NAME = re.compile(r"ai|[a-z]|[qh][1-4]")  # in most titles; a round of funding; a quarter


def event_names(cells: Mapping[str, str], month: str) -> Iterator[str]:
    """Yield candidates for an id without end: the first words of a title, then more, then numbers.

    Parameters
    ----------
    cells
        Of these, ``title_en`` is used; if it is empty, ``organization`` with the Latin names in
        ``title_zh``, or with ``category`` if there are none.
    month
        The month of the edition that first contains the event, such as ``2025-12``.

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
    words = _words(cells["title_en"])
    if not words:
        words = _name_words(cells)
    if not words:
        words = ["event"]
    first_words = words[:_WORDS]
    yield "-".join([*first_words, month])
    for n in range(_WORDS + 1, len(words) + 1):
        yield "-".join([*words[:n], month])
    for number in itertools.count(2):
        yield "-".join([*first_words, str(number), month])


def _name_words(cells: Mapping[str, str]) -> list[str]:
    """Return the organisation and the names in a Chinese title, each with its version as a word."""
    organization = _words(cells["organization"])
    if _UNKNOWN in organization:
        organization.remove(_UNKNOWN)
    repeated = {*organization, "-".join(organization), _UNKNOWN}
    names = []
    for name in _names_in_title(cells["title_zh"]):
        if name not in repeated:
            names.append(name)
    if not names:
        names = _words(cells["category"])
    return organization + names


def _names_in_title(title: str) -> list[str]:
    """Return the names in Latin letters, without those that many events have."""
    plain = " ".join(unicodedata.normalize("NFKC", title).split())
    names: list[str] = []
    for match in _NAME.finditer(plain):
        name = "-".join(_words(match[0]))
        is_name = name and not _NO_NAME.fullmatch(name)
        if is_name and name not in names:
            names.append(name)
    return names


def _words(text: str) -> list[str]:
    """Return the words of a text in lower-case ASCII, each once, without stop words."""
    without_genitive = re.sub(r"[’']s\b", "", text)
    letters = unicodedata.normalize("NFKD", without_genitive)
    ascii_text = letters.encode("ascii", "ignore").decode()
    words: list[str] = []
    for word in re.findall("[a-z0-9]+", ascii_text.lower()):
        if word not in _STOP_WORDS and word not in words:
            words.append(word)
    return words

"""Sentences on the claims of a source and the events on record that speak for or against them."""

from __future__ import annotations

import pandas as pd

from aistats.counting.tables import parameter_error
from aistats.wording.names import Sentence, and_, checked, headline, localized, number

_TEXTS = {
    "zh": {
        "space": "",
        "between": "；",
        "claim": "来源的判断：{}。",
        "supports": "{}收录的事件支持：{}。",
        "contradicts": "{}收录的事件与之相左：{}。",
        "no_supports": "没有收录的事件支持。",
        "no_contradicts": "没有收录的事件与之相左。",
        "neither": "没有收录的事件支持或与之相左。",
        "no_claims": "来源没有作出趋势判断。",
        "unevidenced": "来源有{}判断既没有收录的事件支持，也没有与之相左的：{}。",
        "all_evidenced": "来源的每项判断都有收录的事件支持或与之相左。",
        "unthemed": "收录的事件中，有{0}不涉及来源的任何判断：{2}。",
        "all_themed": "没有一条收录的事件是与来源的判断无关的。",
    },
    "en": {
        "space": " ",
        "between": "; ",
        "claim": "The source claims: {}.",
        "supports": "{} on record for it: {}.",
        "contradicts": "{} on record against it: {}.",
        "no_supports": "None on record for it.",
        "no_contradicts": "None on record against it.",
        "neither": "No event on record speaks for or against it.",
        "no_claims": "The source makes no trend claims.",
        "unevidenced": "No event on record speaks for or against {} of the source: {}.",
        "all_evidenced": "Every claim of the source has events on record for or against it.",
        "unthemed": "{} on record {} neither for nor against any claim of the source: {}.",
        "all_themed": "No event on record is without a claim that it speaks for or against.",
    },
}
"""What is said of claims in each language."""


def describe_themes(evidence: pd.DataFrame, language: str) -> Sentence:
    """Say how many claims have events on record for them, against them, or neither.

    Parameters
    ----------
    evidence
        As :func:`aistats.theme_evidence` returns it.
    language
        ``zh`` or ``en``.

    Examples
    --------
    >>> evidence = pd.DataFrame({"theme_id": ["a", "a", "b"],
    ...                          "stance": ["supports", "supports", None]})
    >>> print(describe_themes(evidence, "zh"))
    来源的2项趋势判断中，1项有收录的事件支持，1项没有；与判断相左的事件未见收录。
    >>> print(describe_themes(evidence, "en"))
    Of the source’s 2 trend claims, 1 has events on record for it, none has any against it and 1 has
    neither.
    """
    say = {"zh": _themes_zh, "en": _themes_en}[checked(language)]
    themes = evidence["theme_id"]
    n, some = themes.nunique(), themes[evidence["stance"].notna()].nunique()
    for_, against = (
        themes[evidence["stance"] == stance].nunique() for stance in ("supports", "contradicts")
    )
    return Sentence(say(n, for_, against, n - some) if n else _TEXTS[language]["no_claims"])


def _themes_zh(n: int, for_: int, against: int, neither: int) -> str:
    said = f"来源的{n}项趋势判断"
    if n == neither:
        return f"{said}{'都' if n > 1 else ''}没有收录的事件支持或与之相左。"
    sides = [(for_, "有收录的事件支持"), (against, "有收录的事件与之相左")]
    rest = "" if for_ else "；支持判断的事件未见收录"
    rest += "" if against else "；与判断相左的事件未见收录"
    if n == 1:
        return f"{said}{'，也'.join(words for k, words in sides if k)}{rest}。"
    parts = [f"{k}项{words}" for k, words in sides if k]
    parts += [f"{neither}项{'没有' if rest else '两者皆无'}"] if neither else []
    return f"{said}中，{'，'.join(parts)}{rest}。"


def _themes_en(n: int, for_: int, against: int, neither: int) -> str:
    one = "one trend claim"
    if n == neither:
        which = f"any of the source’s {n} trend claims" if n > 1 else f"the source’s {one}"
        return f"No event on record speaks for or against {which}."
    if n == 1:
        sides = ["for"] * for_ + ["against"] * against
        other = "" if len(sides) == 2 else f" and none {'for' if against else 'against'} it"
        return f"The source’s {one} has events on record {and_(sides)} it{other}."

    def have(k: int, what: str) -> str:
        verb, it = ("has", "it") if k < 2 else ("have", "them")
        return f"{k or 'none'} {verb} {what.format(it)}"

    parts = [
        have(for_, "events on record for {}"),
        have(against, f"{'events' if against else 'any'} against {{}}"),
    ]
    parts += [have(neither, "neither")] if neither else []
    return f"Of the source’s {n} trend claims, {and_(parts)}."


def describe_theme(evidence: pd.DataFrame, theme: str, language: str) -> Sentence:
    """Name the events for and against one claim, or say that there are none on record.

    Parameters
    ----------
    evidence
        As :func:`aistats.theme_evidence` returns it.
    theme
        A value of ``theme_id``.
    language
        ``zh`` or ``en``.

    Raises
    ------
    ParameterError
        If there is no such claim, or the language is unknown.

    Examples
    --------
    >>> from aistats.tables.edition import read_edition
    >>> from aistats.tables.themes import theme_evidence
    >>> evidence = theme_evidence(read_edition("data", "2025-12"))
    >>> print(describe_theme(evidence, "technology-inference-cost", "zh"))
    来源的判断：靠技术上的创新，推理效率上升，成本下降。1条收录的事件支持：DeepSeek用上稀疏注意力，以求降低推理成本。没有收录的事件与之相左。
    >>> print(describe_theme(evidence, "governance-ethics", "en"))
    The source claims: Ethical standards are maturing, with attention to data privacy and
    algorithmic fairness. No event on record speaks for or against it.
    """
    text = _TEXTS[checked(language)]
    rows = evidence[evidence["theme_id"] == theme]
    if rows.empty:
        themes = ", ".join(evidence["theme_id"].unique())
        raise parameter_error("no_choice", theme, themes, argument="theme")
    titles = localized(rows, "title", language)
    statement = headline(localized(rows, "statement", language).iloc[0])
    parts = [text["claim"].format(statement)]
    if rows["stance"].isna().all():
        return Sentence(text["space"].join([*parts, text["neither"]]))
    for stance in ("supports", "contradicts"):
        found = titles[rows["stance"] == stance]
        some = text[stance].format(_count(len(found), language), text["between"].join(found))
        parts.append(some if len(found) else text[f"no_{stance}"])
    return Sentence(text["space"].join(parts))


def describe_unevidenced(evidence: pd.DataFrame, language: str) -> Sentence:
    """Name the claims for which and against which no event is on record.

    Parameters
    ----------
    evidence
        As :func:`aistats.theme_evidence` returns it.
    language
        ``zh`` or ``en``.

    Examples
    --------
    >>> evidence = pd.DataFrame({"theme_id": ["a", "b"], "stance": ["supports", None],
    ...                          "statement_zh": ["价格下降。", "伦理规范日趋完备。"],
    ...                          "statement_en": ["Prices fall.", "Ethical standards mature."]})
    >>> print(describe_unevidenced(evidence, "zh"))
    来源有1项判断既没有收录的事件支持，也没有与之相左的：伦理规范日趋完备。
    >>> print(describe_unevidenced(evidence, "en"))
    No event on record speaks for or against 1 claim of the source: Ethical standards mature.
    """
    text = _TEXTS[checked(language)]
    if evidence.empty:
        return Sentence(text["no_claims"])
    bare = localized(evidence[evidence["stance"].isna()], "statement", language).map(headline)
    if bare.empty:
        return Sentence(text["all_evidenced"])
    claims = f"{len(bare)}项" if language == "zh" else number(len(bare), "claim")
    return Sentence(text["unevidenced"].format(claims, text["between"].join(bare)))


def describe_unthemed(events: pd.DataFrame, language: str) -> Sentence:
    """Name the events that speak neither for nor against any claim.

    Parameters
    ----------
    events
        As :func:`aistats.unthemed_events` returns them.
    language
        ``zh`` or ``en``.

    Examples
    --------
    >>> titles = {"title_zh": ["OpenAI周边商店开放"], "title_en": ["OpenAI opens a shop"]}
    >>> events = pd.DataFrame(titles)
    >>> print(describe_unthemed(events, "zh"))
    收录的事件中，有1条不涉及来源的任何判断：OpenAI周边商店开放。
    >>> print(describe_unthemed(events, "en"))
    1 event on record speaks neither for nor against any claim of the source: OpenAI opens a shop.
    """
    text = _TEXTS[checked(language)]
    titles = localized(events, "title", language)
    if titles.empty:
        return Sentence(text["all_themed"])
    verb = "speaks" if len(titles) == 1 else "speak"
    count = _count(len(titles), language)
    return Sentence(text["unthemed"].format(count, verb, text["between"].join(titles)))


def _count(n: int, language: str) -> str:
    return f"{n}条" if language == "zh" else number(n, "event")

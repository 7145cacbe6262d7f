"""Sentences on the claims of a source and the recorded events that support or contradict them.

The evidence that `aistats.theme_evidence` lists comes in, sentences that count or name claims and
events go out. Claims and events come from the same source, so the sentences only list: nothing is
tested, and no share is stated.
"""

from __future__ import annotations

import pandas as pd

from aistats.counting.tables import parameter_error
from aistats.locale import Language, Texts
from aistats.session import texts
from aistats.wording.names import Sentence, headline, localized, paragraph


def describe_themes(evidence: pd.DataFrame, language: Language | None = None) -> Sentence:
    """Return a sentence on how many claims are supported, contradicted, or have no related event.

    Parameters
    ----------
    evidence
        As :func:`aistats.theme_evidence` returns it.
    language
        ``zh`` or ``en``; by default that of the session.

    Examples
    --------
    >>> evidence = pd.DataFrame({"theme_id": ["a", "a", "b"],
    ...                          "stance": ["supports", "supports", None]})
    >>> print(describe_themes(evidence, "zh"))
    报告的2项趋势判断中，1项有事件支持，1项没有对应的事件；没有一条事件与判断不符。
    >>> print(describe_themes(evidence, "en"))
    Of the source’s 2 claims, 1 is supported by recorded events, none is contradicted and 1 has no
    related event.
    """
    say = texts(language)
    n = evidence["theme_id"].nunique()
    related = evidence[evidence["stance"].notna()]
    unrelated = n - related["theme_id"].nunique()
    supported = _claims_with(related, "supports")
    contradicted = _claims_with(related, "contradicts")
    if not n:
        return Sentence(say("themes.no_claims"))
    if n == 1:
        return Sentence(_only_claim(supported > 0, contradicted > 0, say))
    if n == unrelated:
        return Sentence(say("themes.none_related", count=n))
    clauses = {
        "supported": _supported(supported, say),
        "contradicted": _contradicted(contradicted, say),
    }
    if not unrelated:
        return Sentence(say("themes.all_related", count=n, **clauses))
    clauses["unrelated"] = say.plural("themes.unrelated", unrelated)
    return Sentence(say("themes.summary", count=n, **clauses))


def _claims_with(related: pd.DataFrame, stance: str) -> int:
    """Return how many claims have an event of a stance."""
    has_stance = related["stance"] == stance
    claims = related.loc[has_stance, "theme_id"]
    return int(claims.nunique())


def _only_claim(supported: bool, contradicted: bool, say: Texts) -> str:
    match supported, contradicted:
        case True, True:
            return say("themes.only_both")
        case True, False:
            return say("themes.only_supported")
        case False, True:
            return say("themes.only_contradicted")
    return say("themes.only_unrelated")


def _supported(n: int, say: Texts) -> str:
    if not n:
        return say("themes.none_supported")
    return say.plural("themes.supported", n)


def _contradicted(n: int, say: Texts) -> str:
    if not n:
        return say("themes.none_contradicted")
    return say.plural("themes.contradicted", n)


def describe_theme(
    evidence: pd.DataFrame, theme: str, language: Language | None = None
) -> Sentence:
    """Return sentences that name the events for and against one claim, if there are any.

    Parameters
    ----------
    evidence
        As :func:`aistats.theme_evidence` returns it.
    theme
        A value of ``theme_id``.
    language
        ``zh`` or ``en``; by default that of the session.

    Raises
    ------
    ParameterError
        If there is no such claim, or the language is unknown.

    Examples
    --------
    >>> from aistats.tables.edition import read_edition
    >>> from aistats.tables.themes import theme_evidence
    >>> evidence = theme_evidence(read_edition("data", "2025-12"))
    >>> print(describe_theme(evidence, "governance-ethics", "en"))
    The source claims: Ethical standards are maturing, with attention to data privacy and
    algorithmic fairness. No related event is on record.
    """
    say = texts(language)
    rows = evidence[evidence["theme_id"] == theme]
    if rows.empty:
        themes = ", ".join(evidence["theme_id"].unique())
        raise parameter_error("no_choice", theme, themes, argument="theme")
    statement = localized(rows, "statement", say.language).iloc[0]
    claim = say("themes.claim", claim=headline(statement))
    if rows["stance"].isna().all():
        return paragraph([claim, say("themes.neither")], say)
    titles = localized(rows, "title", say.language)
    supporting = titles[rows["stance"] == "supports"]
    contradicting = titles[rows["stance"] == "contradicts"]
    return paragraph([claim, _supports(supporting, say), _contradicts(contradicting, say)], say)


def _supports(titles: pd.Series, say: Texts) -> str:
    if titles.empty:
        return say("themes.no_supports")
    listed = _listed(titles, say)
    return say.plural("themes.supports", len(titles), titles=listed)


def _contradicts(titles: pd.Series, say: Texts) -> str:
    if titles.empty:
        return say("themes.no_contradicts")
    listed = _listed(titles, say)
    return say.plural("themes.contradicts", len(titles), titles=listed)


def describe_unevidenced(evidence: pd.DataFrame, language: Language | None = None) -> Sentence:
    """Return a sentence that names the claims without a related event.

    Parameters
    ----------
    evidence
        As :func:`aistats.theme_evidence` returns it.
    language
        ``zh`` or ``en``; by default that of the session.

    Examples
    --------
    >>> evidence = pd.DataFrame({"theme_id": ["a", "b"], "stance": ["supports", None],
    ...                          "statement_zh": ["价格下降。", "伦理规范日趋完备。"],
    ...                          "statement_en": ["Prices fall.", "Ethical standards mature."]})
    >>> print(describe_unevidenced(evidence, "zh"))
    报告有1项判断没有对应的事件：伦理规范日趋完备。
    >>> print(describe_unevidenced(evidence, "en"))
    1 source claim has no related event on record: Ethical standards mature.
    """
    say = texts(language)
    if evidence.empty:
        return Sentence(say("themes.no_claims"))
    unrelated = evidence[evidence["stance"].isna()]
    claims = localized(unrelated, "statement", say.language).map(headline)
    if claims.empty:
        return Sentence(say("themes.all_evidenced"))
    listed = _listed(claims, say)
    return Sentence(say.plural("themes.unevidenced", len(claims), claims=listed))


def describe_unthemed(
    events: pd.DataFrame, language: Language | None = None, *, most: int = 20
) -> Sentence:
    """Return a sentence that names the events that are not related to any claim.

    Parameters
    ----------
    events
        As :func:`aistats.unthemed_events` returns them.
    language
        ``zh`` or ``en``; by default that of the session.
    most
        How many events to name.

    Examples
    --------
    >>> titles = {"title_zh": ["OpenAI周边商店开放"], "title_en": ["OpenAI opens a shop"]}
    >>> events = pd.DataFrame(titles)
    >>> print(describe_unthemed(events, "zh"))
    1条事件与报告的判断都无关：OpenAI周边商店开放。
    >>> print(describe_unthemed(events, "en"))
    1 event is not related to any source claim: OpenAI opens a shop.
    """
    say = texts(language)
    titles = localized(events, "title", say.language)
    if titles.empty:
        return Sentence(say("themes.all_themed"))
    listed = _listed(titles.head(most), say)
    if len(titles) > most:
        return Sentence(say.plural("themes.unthemed_more", len(titles), titles=listed))
    return Sentence(say.plural("themes.unthemed", len(titles), titles=listed))


def _listed(names: pd.Series, say: Texts) -> str:
    separator = say("list.semicolon")
    return separator.join(names)

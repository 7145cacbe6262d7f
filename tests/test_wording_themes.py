"""Sentences on claims: right with none, one and many events for them and against them."""

import pandas as pd
import pytest
from december import DATA

import aistats as ai
from aistats.wording import describe_measure, headline, labelled, localized

DECEMBER = ai.read_edition(DATA, "2025-12")
EVIDENCE = ai.theme_evidence(DECEMBER)
LANGUAGES = ("zh", "en")


def evidence(**claims):
    """Return evidence in which each claim has so many events for and against it."""
    rows = [
        (name, f"判断{name}。", f"Claim {name}.", stance, title and f"事{title}", title)
        for name, (for_, against) in claims.items()
        for stance, title in [
            *[("supports", f"F{place}") for place in range(for_)],
            *[("contradicts", f"A{place}") for place in range(against)],
        ]
        or [(None, None)]
    ]
    names = ["theme_id", "statement_zh", "statement_en", "stance", "title_zh", "title_en"]
    return pd.DataFrame(rows, columns=names)


@pytest.mark.parametrize(
    ("table", "zh", "en"),
    [
        (evidence(), "来源没有作出趋势判断。", "The source makes no trend claims."),
        (
            evidence(a=(0, 0)),
            "来源的1项趋势判断没有收录的事件支持或与之相左。",
            "No event on record speaks for or against the source’s one trend claim.",
        ),
        (
            evidence(a=(0, 0), b=(0, 0)),
            "来源的2项趋势判断都没有收录的事件支持或与之相左。",
            "No event on record speaks for or against any of the source’s 2 trend claims.",
        ),
        (
            evidence(a=(1, 0)),
            "来源的1项趋势判断有收录的事件支持；与判断相左的事件未见收录。",
            "The source’s one trend claim has events on record for it and none against it.",
        ),
        (
            evidence(a=(0, 2)),
            "来源的1项趋势判断有收录的事件与之相左；支持判断的事件未见收录。",
            "The source’s one trend claim has events on record against it and none for it.",
        ),
        (
            evidence(a=(1, 1)),
            "来源的1项趋势判断有收录的事件支持，也有收录的事件与之相左。",
            "The source’s one trend claim has events on record for and against it.",
        ),
        (
            evidence(a=(1, 1), b=(3, 0), c=(0, 0), d=(0, 0)),
            "来源的4项趋势判断中，2项有收录的事件支持，1项有收录的事件与之相左，2项两者皆无。",
            "Of the source’s 4 trend claims, 2 have events on record for them, "
            "1 has events against it and 2 have neither.",
        ),
        (
            evidence(a=(0, 1), b=(0, 0)),
            "来源的2项趋势判断中，1项有收录的事件与之相左，1项没有；支持判断的事件未见收录。",
            "Of the source’s 2 trend claims, none has events on record for it, "
            "1 has events against it and 1 has neither.",
        ),
        (
            evidence(a=(1, 0), b=(2, 0)),
            "来源的2项趋势判断中，2项有收录的事件支持；与判断相左的事件未见收录。",
            "Of the source’s 2 trend claims, 2 have events on record for them "
            "and none has any against it.",
        ),
    ],
)
def test_claims_are_counted_by_what_speaks_for_and_against_them(table, zh, en):
    assert ai.describe_themes(table, "zh") == zh
    assert ai.describe_themes(table, "en") == en


@pytest.mark.parametrize(
    ("sides", "zh", "en"),
    [
        ((0, 0), "没有收录的事件支持或与之相左。", "No event on record speaks for or against it."),
        (
            (1, 0),
            "1条收录的事件支持：事F0。没有收录的事件与之相左。",
            "1 event on record for it: F0. None on record against it.",
        ),
        (
            (2, 1),
            "2条收录的事件支持：事F0；事F1。1条收录的事件与之相左：事A0。",
            "2 events on record for it: F0; F1. 1 event on record against it: A0.",
        ),
        (
            (0, 2),
            "没有收录的事件支持。2条收录的事件与之相左：事A0；事A1。",
            "None on record for it. 2 events on record against it: A0; A1.",
        ),
    ],
)
def test_a_claim_names_its_events(sides, zh, en):
    table = evidence(a=sides, b=(1, 1))
    assert ai.describe_theme(table, "a", "zh") == f"来源的判断：判断a。{zh}"
    assert ai.describe_theme(table, "a", "en") == f"The source claims: Claim a. {en}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_event_of_every_claim_is_named(language):
    titles = localized(EVIDENCE, "title", language)
    for theme, rows in EVIDENCE.groupby("theme_id"):
        sentence = ai.describe_theme(EVIDENCE, theme, language)
        assert all(title in sentence for title in titles[rows.index].dropna())


@pytest.mark.parametrize("language", LANGUAGES)
def test_claims_without_events_and_events_without_claims_are_named(language):
    sentence = ai.describe_unevidenced(EVIDENCE, language)
    bare = localized(EVIDENCE, "statement", language)[EVIDENCE["stance"].isna()]
    assert len(bare) == 2
    assert all(headline(statement) in sentence for statement in bare)
    unthemed = ai.unthemed_events(DECEMBER)
    for events in (unthemed, unthemed[:1]):
        sentence = ai.describe_unthemed(events, language)
        assert str(len(events)) in sentence
        assert all(title in sentence for title in localized(events, "title", language))


def test_where_nothing_is_missing_that_is_said():
    full = evidence(a=(1, 0))
    assert ai.describe_unevidenced(full, "zh") == "来源的每项判断都有收录的事件支持或与之相左。"
    assert ai.describe_unevidenced(full, "en").startswith("Every claim of the source has")
    assert ai.describe_unevidenced(evidence(), "en") == "The source makes no trend claims."
    none = DECEMBER.events[:0]
    assert ai.describe_unthemed(none, "zh") == "没有一条收录的事件是与来源的判断无关的。"
    assert ai.describe_unthemed(none, "en").startswith("No event on record is without a claim")


def test_strangers_are_refused_by_name():
    with pytest.raises(ValueError, match="theme: “x” is not one of"):
        ai.describe_theme(EVIDENCE, "x", "zh")
    for say in (ai.describe_themes, ai.describe_unevidenced):
        with pytest.raises(ValueError, match="language: “fr”"):
            say(EVIDENCE, "fr")


@pytest.mark.parametrize(
    ("language", "titles", "stance"),
    [
        ("zh", ["组别", "来源的判断", "立场", "标题"], "支持"),
        ("en", ["Group", "Claim of the source", "Stance", "Title"], "Supports"),
    ],
)
def test_the_table_of_evidence_reads_in_words(language, titles, stance):
    columns = ["group", "statement_zh", "statement_en", "stance", "title_zh", "title_en", "date"]
    shown = labelled(EVIDENCE[columns], language, DECEMBER.codebook)
    assert list(shown.columns[:4]) == titles
    assert set(shown[titles[2]].dropna()) == {stance}
    assert shown.loc[EVIDENCE["stance"].isna(), titles[2:]].isna().all(axis=None)
    subtitle = describe_measure(EVIDENCE, language)
    assert {"zh": "报道时间窗", "en": "reporting window"}[language] in subtitle

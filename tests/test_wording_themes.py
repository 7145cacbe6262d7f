"""Sentences on claims: right with none, one and many events for them and against them."""

import pandas as pd
import pytest
from december import DATA

import aistats as ai
from aistats.wording import describe_measure, headline, labelled, localized

DECEMBER = ai.read_edition(DATA, "2025-12")
BOOK = DECEMBER.codebook
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
        (evidence(), "报告没有作出趋势判断。", "The source makes no claims about trends."),
        (
            evidence(a=(0, 0)),
            "报告唯一的一项趋势判断没有对应的事件。",
            "The source’s only claim has no related event on record.",
        ),
        (
            evidence(a=(0, 0), b=(0, 0)),
            "报告的2项趋势判断都没有对应的事件。",
            "None of the source’s 2 claims has a related event on record.",
        ),
        (
            evidence(a=(1, 0)),
            "报告唯一的一项趋势判断有事件支持，没有一条事件与判断不符。",
            "The source’s only claim is supported by recorded events, and none contradicts it.",
        ),
        (
            evidence(a=(0, 2)),
            "报告唯一的一项趋势判断没有事件支持，有事件与判断不符。",
            "The source’s only claim is contradicted by recorded events, and none supports it.",
        ),
        (
            evidence(a=(1, 1)),
            "报告唯一的一项趋势判断有事件支持，也有事件与判断不符。",
            "The source’s only claim is both supported and contradicted by recorded events.",
        ),
        (
            evidence(a=(1, 1), b=(3, 0), c=(0, 0), d=(0, 0)),
            "报告的4项趋势判断中，2项有事件支持，2项没有对应的事件；1项有事件与判断不符。",
            "Of the source’s 4 claims, 2 are supported by recorded events, "
            "1 is contradicted and 2 have no related event.",
        ),
        (
            evidence(a=(0, 1), b=(0, 0)),
            "报告的2项趋势判断中，没有一项有事件支持，1项没有对应的事件；1项有事件与判断不符。",
            "Of the source’s 2 claims, none is supported by recorded events, "
            "1 is contradicted and 1 has no related event.",
        ),
        (
            evidence(a=(1, 0), b=(2, 0)),
            "报告的2项趋势判断中，2项有事件支持，没有一条事件与判断不符。",
            "Of the source’s 2 claims, 2 are supported by recorded events "
            "and none is contradicted.",
        ),
    ],
)
def test_claims_are_counted_by_what_speaks_for_and_against_them(table, zh, en):
    assert ai.describe_themes(table, "zh") == zh
    assert ai.describe_themes(table, "en") == en


@pytest.mark.parametrize(
    ("sides", "zh", "en"),
    [
        ((0, 0), "没有对应的事件。", "No related event is on record."),
        (
            (1, 0),
            "支持的事件1条：事F0。没有一条事件与判断不符。",
            "1 recorded event supports this: F0. No recorded event contradicts this.",
        ),
        (
            (2, 1),
            "支持的事件2条：事F0；事F1。与判断不符的事件1条：事A0。",
            "2 recorded events support this: F0; F1. 1 recorded event contradicts this: A0.",
        ),
        (
            (0, 2),
            "没有一条事件支持这项判断。与判断不符的事件2条：事A0；事A1。",
            "No recorded event supports this. 2 recorded events contradict this: A0; A1.",
        ),
    ],
)
def test_a_claim_names_its_events(sides, zh, en):
    table = evidence(a=sides, b=(1, 1))
    assert ai.describe_theme(table, "a", "zh") == f"报告的判断：判断a。{zh}"
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
    assert ai.describe_unevidenced(full, "zh") == "报告的每项判断都有对应的事件。"
    assert ai.describe_unevidenced(full, "en") == (
        "Every source claim has a related event on record."
    )
    assert ai.describe_unevidenced(evidence(), "en") == "The source makes no claims about trends."
    none = DECEMBER.events[:0]
    assert ai.describe_unthemed(none, "zh") == "每条事件都与报告的某项判断有关。"
    assert ai.describe_unthemed(none, "en") == (
        "Every event on record is related to a source claim."
    )


def test_of_many_events_without_a_claim_only_the_first_are_named():
    titles = [f"E{n}" for n in range(30)]
    events = pd.DataFrame({"title_zh": titles, "title_en": titles})
    english = ai.describe_unthemed(events, "en")
    assert english.startswith("30 events are not related to any source claim, for example: E0; E1;")
    assert english.endswith("; E19.")
    assert ai.describe_unthemed(events, "zh", most=1) == ("30条事件与报告的判断都无关，例如：E0。")


def test_strangers_are_refused_by_name():
    with pytest.raises(ValueError, match="theme: “x” is not"):
        ai.describe_theme(EVIDENCE, "x", "zh")
    for say in (ai.describe_themes, ai.describe_unevidenced):
        with pytest.raises(ValueError, match="language: “fr”"):
            say(EVIDENCE, "fr")


@pytest.mark.parametrize(
    ("language", "titles", "stance"),
    [
        ("zh", ["组别", "趋势判断", BOOK.title("stance", "zh"), "标题"], "支持"),
        ("en", ["Group", "Source claim", BOOK.title("stance", "en"), "Title"], "Supports"),
    ],
)
def test_the_table_of_evidence_reads_in_words(language, titles, stance):
    columns = ["group", "statement_zh", "statement_en", "stance", "title_zh", "title_en", "date"]
    shown = labelled(EVIDENCE[columns], language, DECEMBER.codebook)
    assert list(shown.columns[:4]) == titles
    assert set(shown[titles[2]].dropna()) == {stance}
    assert shown.loc[EVIDENCE["stance"].isna(), titles[2:]].isna().all(axis=None)
    subtitle = describe_measure(EVIDENCE, language)
    assert {"zh": "报道时段", "en": "reporting window"}[language] in subtitle

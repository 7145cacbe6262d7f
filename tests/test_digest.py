"""The digest: every event once, under its own section, and no text that acts as markup."""

import dataclasses

import pandas as pd
import pytest

from aistats.codebook import Codebook
from aistats.digest import escape, write_digest
from aistats.events import read_edition

DECEMBER = read_edition("data", "2025-12")


def with_a_second_source():
    """Return December twice over: the second source covers the same windows."""
    book = DECEMBER.codebook
    sources = {**book.sources, "second": {"zh": "另一份报告", "en": "Another report"}}
    events = DECEMBER.events.assign(
        source="second",
        title_zh=DECEMBER.events["title_zh"] + "（又）",
        event_id="again-" + DECEMBER.events["event_id"],
    )
    return dataclasses.replace(
        DECEMBER,
        codebook=Codebook(book.tables, sources, book.file),
        events=pd.concat([DECEMBER.events, events], ignore_index=True),
        coverage=pd.concat([DECEMBER.coverage, DECEMBER.coverage.assign(source="second")]),
    )


@pytest.mark.parametrize("edition", [DECEMBER, with_a_second_source()], ids=["one", "two sources"])
def test_every_event_stands_once(edition):
    digest = write_digest(edition, "zh", figures={})
    for title in edition.events["title_zh"]:
        assert digest.count(f"**{escape(title)}**") == 1
    assert ("另一份报告" in digest) == (len(edition.events) > 20)


def test_a_gap_is_named_between_the_windows():
    digest = write_digest(DECEMBER, "en", figures={})
    before, after = digest.split("7–10 Dec is covered by no source.")
    assert "30 Nov – 6 Dec 2025" in before
    assert "11–20 Dec 2025" in after


def test_themes_without_evidence_and_events_without_theme_are_said():
    digest = write_digest(DECEMBER, "en", figures={})
    bare = set(DECEMBER.themes["theme_id"]) - set(DECEMBER.event_themes["theme_id"])
    assert digest.count("No event on record speaks for or against it.") == len(bare) > 0
    assert "Events that belong to none of the claims:" in digest


def test_the_commentary_opens_the_digest_as_it_is():
    digest = write_digest(DECEMBER, "en", figures={}, commentary="A *view* of mine.\n")
    assert digest.splitlines()[:3] == [
        "# AI-industry events: December 2025",
        "",
        "A *view* of mine.",
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("- item", r"\- item"),
        ("1. one", r"1\. one"),
        ("2025年", "2025年"),
        ("a\n===\nb", "a === b"),
        ("*a* _b_ `c` $d$ <e> [f] ~g~ h|i", r"\*a\* \_b\_ \`c\` \$d\$ \<e\> \[f\] \~g\~ h\|i"),
    ],
)
def test_a_text_cannot_act_as_markup(text, shown):
    assert escape(text) == shown

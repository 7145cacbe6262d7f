"""The join of claims and events: every claim, every link, and nothing else."""

import dataclasses

import pandas as pd
from december import DATA

import aistats as ai

DECEMBER = ai.read_edition(DATA, "2025-12")
EVIDENCE = ai.theme_evidence(DECEMBER)


def with_links(*links):
    """Return December with other links between events and claims."""
    table = pd.DataFrame(links, columns=["event_id", "theme_id", "stance"], dtype="str")
    return dataclasses.replace(DECEMBER, event_themes=table)


def test_every_link_has_a_row_and_every_other_claim_an_empty_one():
    names = ["event_id", "theme_id", "stance"]
    some = EVIDENCE.dropna(subset="event_id")
    assert set(some[names].itertuples(index=False)) == set(
        DECEMBER.event_themes[names].itertuples(index=False)
    )
    assert len(some) == len(DECEMBER.event_themes)
    bare = EVIDENCE[EVIDENCE["event_id"].isna()]
    assert set(bare["theme_id"]) == set(DECEMBER.themes["theme_id"]) - set(some["theme_id"])
    assert bare["theme_id"].is_unique
    assert bare[["stance", "title_zh", "earliest", "region"]].isna().all(axis=None)


def test_groups_are_in_the_order_of_the_codebook_and_the_summary_is_last():
    backwards = dataclasses.replace(DECEMBER, themes=DECEMBER.themes[::-1])
    for edition in (DECEMBER, backwards):
        groups = ai.theme_evidence(edition)["group"].unique()
        assert [*groups] == DECEMBER.codebook.order("group")
        assert groups[-1] == "summary"
    in_file = [*dict.fromkeys(EVIDENCE["theme_id"])]
    assert in_file == [*DECEMBER.themes["theme_id"]]


def test_what_supports_comes_first_and_then_the_earlier_event():
    first, *rest = DECEMBER.events.sort_values(["earliest", "latest"])["event_id"][[6, 7, 0, 14]]
    edition = with_links(
        (first, "governance-ethics", "contradicts"),
        *((event, "governance-ethics", "supports") for event in reversed(rest)),
    )
    rows = ai.theme_evidence(edition).query("theme_id == 'governance-ethics'")
    assert [*rows["stance"]] == ["supports"] * 3 + ["contradicts"]
    supporting = rows[rows["stance"] == "supports"]
    assert supporting["earliest"].is_monotonic_increasing
    assert set(supporting["event_id"]) == set(rest)


def test_events_without_claims_and_claims_without_events_add_up():
    unthemed = ai.unthemed_events(DECEMBER)
    linked = set(EVIDENCE["event_id"].dropna())
    assert linked | set(unthemed["event_id"]) == set(DECEMBER.events["event_id"])
    assert not linked & set(unthemed["event_id"])
    assert len(ai.unthemed_events(with_links())) == len(DECEMBER.events)


def test_without_links_events_or_claims_the_columns_stay():
    none = dataclasses.replace(DECEMBER, events=DECEMBER.events[:0])
    for edition in (with_links(), none):
        evidence = ai.theme_evidence(edition)
        assert len(evidence) == len(DECEMBER.themes)
        assert evidence["event_id"].isna().all()
        assert [*evidence.columns] == [*EVIDENCE.columns]
    bare = ai.theme_evidence(dataclasses.replace(DECEMBER, themes=DECEMBER.themes[:0]))
    assert bare.empty
    assert [*bare.columns] == [*EVIDENCE.columns]


def test_the_edition_is_not_changed():
    before = [table.copy() for table in (DECEMBER.events, DECEMBER.themes, DECEMBER.event_themes)]
    ai.theme_evidence(DECEMBER)
    after = (DECEMBER.events, DECEMBER.themes, DECEMBER.event_themes)
    for one, other in zip(before, after, strict=True):
        pd.testing.assert_frame_equal(one, other)

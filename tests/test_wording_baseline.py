"""Sentences on a baseline: they claim what the comparison of two states of the record can show."""

import dataclasses

import january
import pandas as pd
import pytest
from december import DATA

import aistats as ai
from aistats.counting.counts import count_events
from aistats.trends.baseline import REVISIONS
from aistats.wording import (
    change_name,
    column_title,
    describe_change,
    describe_measure,
    labelled,
    level_name,
)

DECEMBER = ai.read_edition(DATA, "2025-12")
BOOK = DECEMBER.codebook


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    """January, after December was published and then put right."""
    place = tmp_path_factory.mktemp("january")
    data = january.january(place)
    reports = january.publish(data, place / "reports")
    january.revise(data)
    return ai.read_edition(data, reports=reports)


def changes(**kinds):
    """Return so many changes of each kind, `late` and `new` among them."""
    rows = [
        (f"{kind}-{n}", "new" if kind == "late" else kind, kind == "new", f"事{n}", f"It {n}")
        for kind, many in kinds.items()
        for n in range(many)
    ]
    names = ["event_id", "revision", "in_edition", "title_zh", "title_en"]
    return pd.DataFrame(rows, columns=names).assign(column=None, before=None, after=None)


@pytest.mark.parametrize(
    ("kinds", "zh", "en"),
    [
        (
            {"new": 23, "late": 2, "redated": 1, "recoded": 2, "withdrawn": 1},
            "：新增25条（其中2条是对照期的补记）、更正日期1条、重新归类2条、撤下1条。",
            ": 25 new (2 of them added late to the previous edition), 1 with a changed date, "
            "2 reclassified and 1 removed.",
        ),
        (
            {"new": 25},
            "：新增25条。对照期的事件没有变动。",
            ": 25 new. No event of the previous edition has changed.",
        ),
        (
            {"late": 1},
            "：新增1条（是对照期的补记）。",
            ": 1 new (added late to the previous edition).",
        ),
        ({"withdrawn": 3}, "：撤下3条。", ": 3 removed."),
        (
            {},
            "，没有新增、更正日期、重新归类或撤下的事件。",
            ", no event is new, reclassified or removed, and no date has changed.",
        ),
    ],
)
def test_only_the_kinds_that_there_are_are_named(record, kinds, zh, en):
    table = changes(**kinds)
    assert ai.describe_revisions(table, record, "zh") == "与2025年12月一期相比" + zh
    assert ai.describe_revisions(table, record, "en") == (
        "Compared with the December 2025 edition" + en
    )


def test_an_event_that_changed_twice_in_one_way_counts_once(record):
    table = ai.revisions(record)
    assert len(table[table["revision"] == "recoded"]) == 3
    assert "重新归类2条" in ai.describe_revisions(table, record, "zh")


def test_what_was_not_published_shows_no_revision_and_no_sentence_says_there_is_none(record):
    base = dataclasses.replace(record.baseline, unpublished=("2025-12",))
    unpublished = dataclasses.replace(record, baseline=base)
    for table in (changes(new=25), changes()):
        zh, en = (ai.describe_revisions(table, unpublished, it) for it in ("zh", "en"))
        assert zh.endswith("找不到2025年12月一期发布时的数据，所以看不出此后有没有变动。")
        assert en.endswith("so changes since then do not show.")
        assert "没有变动" not in zh.replace("有没有变动", "")
        assert "没有新增" not in zh
        assert "No event" not in en


def test_several_baselines_and_labels_that_are_no_month_are_named(record):
    base = dataclasses.replace(record.baseline, labels=("2025-11", "pilot"))
    several = dataclasses.replace(record, baseline=base)
    assert ai.describe_revisions(changes(new=1), several, "zh").startswith(
        "与2025年11月、pilot这2期相比：新增1条。"
    )
    assert ai.describe_revisions(changes(new=1), several, "en").startswith(
        "Compared with the November 2025 and pilot editions: 1 new."
    )


def test_without_a_baseline_it_says_so():
    none, compared = ai.revisions(DECEMBER), ai.compare_with_baseline(DECEMBER)
    for language, says in (
        ("zh", "本期没有指定对照期。"),
        ("en", "This edition is not compared with a previous one."),
    ):
        assert ai.describe_revisions(none, DECEMBER, language) == says
        assert ai.describe_baseline(compared, DECEMBER, language) == says
    assert ai.describe_revised(none, "zh") == "没有可以列出的变动。"
    assert ai.describe_revised(none, "en") == "There is no change to list."


def test_each_change_is_named_from_what_to_what(record):
    table = ai.revisions(record)
    assert ai.describe_revised(table, "zh", BOOK) == (
        "补记：编造的第7条：runway model；编造的第6条：zhipu listing。"
        "更正日期：商汤推出多剧集视频智能体Seko 2.0（日期：2025年12月15日→2025年12月16日）。"
        "重新归类：ChatGPT计划2026年一季度开放成人模式"
        "（计划时间：2026年一季度→2026年二季度）；"
        "《Codex Mortis》全由AI制作，引来争论（地区：不详→美国，类别：社会→产品）。"
        "撤下：蚂蚁集团全模态助手“灵光”亮相。"
    )
    english = ai.describe_revised(table, "en", BOOK)
    assert "Added late: Made-up event 7: runway model; Made-up event 6: zhipu listing. " in english
    assert "for multi-episode video (date: 15 Dec 2025 → 16 Dec 2025). Reclassified: " in english
    assert "(region: Not stated → United States, category: Society → Product). " in english
    assert english.endswith("Removed: Ant Group unveils omni-modal assistant LingGuang.")


def test_the_new_events_of_the_edition_are_not_listed_and_of_many_only_the_first():
    table = changes(new=30, late=10, withdrawn=5)
    zh, en = (ai.describe_revised(table, language) for language in ("zh", "en"))
    assert zh.count("事") == 12
    assert zh.endswith("。撤下：事0；事1。另有3条未列出。")
    assert en.endswith(". Removed: It 0; It 1. 3 more are not listed.")
    assert "more" not in ai.describe_revised(table, "en", most=15)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_cell_that_was_empty_or_is_empty_now_is_said_to_be_so(language):
    row = {"revision": "redated", "column": "date", "before": None, "after": "2025-12-02"}
    missing = {"zh": "未填", "en": "not stated"}[language]
    assert missing in describe_change(row, language, BOOK)
    assert describe_change(row | {"before": "2025-12-02", "after": None}, language).endswith(
        missing
    )


def test_the_comparison_is_said_or_why_there_is_none(record):
    compared = ai.compare_with_baseline(record, by="scope")
    said = ai.describe_baseline(compared, record, "zh", BOOK)
    assert "2026年1月（覆盖31天）收录25条，对照期11月30日—12月20日（覆盖17天）收录21条。" in said
    apart = ai.describe_comparison(compared.iloc[0], "zh", BOOK)
    assert "收录25条，与之对比的11月30日—12月20日（覆盖17天）收录21条。" in apart
    english = ai.describe_baseline(compared, record, "en", BOOK)
    assert english == ai.describe_comparison(compared.iloc[0], "en", BOOK)
    assert ai.describe_baseline(compared[:0], record, "en") == (
        "The previous edition has no day before this one, so there is nothing to compare."
    )
    assert ai.describe_baseline(compared[:0], record, "zh").startswith("对照期没有早于本期的日子")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_kinds_and_columns_have_names_in_charts_and_tables(record, language):
    table = ai.revisions(record)
    counts = ai.count_events(table, by="revision")
    for revision in REVISIONS:
        assert level_name(revision, "revision", language, BOOK) != revision or language == "en"
        assert change_name(revision, language)
    for name in ("revision", "in_edition", "column", "before", "after"):
        assert column_title(name, language, BOOK) != name
    shown = labelled(counts, language, BOOK)
    assert set(shown.iloc[:, 0]) == {level_name(it, "revision", language, None) for it in REVISIONS}
    assert str(describe_measure(counts, language, BOOK)).startswith(("与对照期", "Number of"))


def test_a_column_of_that_name_with_other_levels_is_shown_as_it_is():
    counts = count_events(pd.DataFrame({"revision": ["third", None, None]}), by="revision")
    assert [*labelled(counts, "en").iloc[:, 0]] == ["third", "not stated"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_only_english_has_spaces(record, language):
    said = ai.describe_revisions(ai.revisions(record), record, language)
    assert (" " in said) == (language == "en")


def test_an_unknown_language_is_refused(record):
    for say in (
        lambda: ai.describe_revisions(changes(), record, "fr"),
        lambda: ai.describe_revised(changes(), "fr"),
        lambda: ai.describe_baseline(changes(), record, "fr"),
    ):
        with pytest.raises(ValueError, match="language: “fr”"):
            say()

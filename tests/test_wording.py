"""Sentences in both languages, right with none, one and many."""

import datetime as dt

import pandas as pd
import pytest

import aistats as ai
from aistats import wording
from aistats.counting.counts import count_events
from aistats.counting.schema import as_counts
from aistats.tables.edition import read_edition

DECEMBER = read_edition("data", "2025-12")


def spaced(text):
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("first", "last", "zh", "en"),
    [
        ("2025-12-02", "2025-12-02", "12月2日", "2 Dec"),
        ("2025-12-01", "2025-12-07", "12月1—7日", "1–7 Dec"),
        ("2025-11-30", "2025-12-06", "11月30日—12月6日", "30 Nov – 6 Dec"),
        ("2025-12-29", "2026-01-04", "2025年12月29日—2026年1月4日", "29 Dec 2025 – 4 Jan 2026"),
    ],
)
def test_a_span_of_days_is_named_as_people_write_it(first, last, zh, en):
    days = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    assert wording.day_range(*days, "zh") == zh
    assert wording.day_range(*days, "en") == en


@pytest.mark.parametrize(
    ("first", "days", "zh", "en"),
    [
        ("2025-12-01", 31, "2025年12月", "Dec 2025"),
        ("2025-12-01", 30, "12月1—30日", "1–30 Dec"),
        ("2025-12-11", 10, "12月11—20日", "11–20 Dec"),
        ("2024-02-01", 29, "2024年2月", "Feb 2024"),
        ("2025-10-01", 92, "2025年四季度", "Q4 2025"),
        ("2025-11-01", 92, "2025年11月1日—2026年1月31日", "1 Nov 2025 – 31 Jan 2026"),
        ("2025-01-01", 365, "2025年", "2025"),
        ("2025-12-29", 7, "2025年12月29日—2026年1月4日", "29 Dec 2025 – 4 Jan 2026"),
    ],
)
def test_a_period_is_named_by_its_days_unless_it_is_a_whole_month_quarter_or_year(
    first, days, zh, en
):
    assert wording.period_name(pd.Timestamp(first), days, "zh") == zh
    assert wording.period_name(pd.Timestamp(first), days, "en") == en


@pytest.mark.parametrize("period", ["day", "week", "dekad", "month", "quarter", "year"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_periods_of_one_kind_have_names_of_their_own(period, language):
    counts = count_events(DECEMBER.events, period=period, between=("2024-01-01", "2025-12-31"))
    names = [
        wording.period_name(p, d, language, year=True)
        for p, d in zip(counts["period"], counts["days"], strict=True)
    ]
    assert len(set(names)) == len(names)


def counts(*pairs):
    return as_counts(pd.DataFrame(pairs, columns=["region", "count"]), by="region")


@pytest.mark.parametrize(
    ("table", "zh", "en"),
    [
        (counts(), "没有收录的事件。", "No events on record."),
        (counts(("CN", 0)), "没有收录的事件。", "No events on record."),
        (
            counts(("CN", 1)),
            "收录的1条事件中，中国1条。",
            "1 event on record: China 1.",
        ),
        (
            counts(("CN", 1), ("US", 2)),
            "收录的3条事件中，美国2条、中国1条。",
            "3 events on record: United States 2, China 1.",
        ),
        (
            counts(
                *(
                    (code, 7 - n)
                    for n, code in enumerate(["CN", "US", "GB", "FR", "DE", "JP", "KR"])
                )
            ),
            "收录的28条事件中，中国7条、美国6条、英国5条、法国4条、德国3条，其余2项共3条。",
            "28 events on record: China 7, United States 6, United Kingdom 5, France 4, Germany 3, "
            "and 2 others with 3 in all.",
        ),
    ],
)
def test_counts_by_level(table, zh, en):
    assert wording.describe_counts(table, "zh", DECEMBER.codebook) == zh
    assert spaced(wording.describe_counts(table, "en", DECEMBER.codebook)) == en


def test_a_period_without_coverage_is_not_called_a_zero():
    weeks = pd.DataFrame(
        {
            "period": pd.to_datetime(["2025-12-01", "2025-12-08", "2025-12-15"]),
            "certain": [0, 0, 1],
            "possible": [0, 0, 1],
            "days": 7,
            "days_covered": [7, 0, 7],
        }
    )
    assert wording.describe_periods(weeks, "zh") == (
        "12月1—7日：收录0条；12月8—14日：未覆盖；12月15—21日：收录1条。"
    )
    assert wording.describe_periods(weeks, "en") == (
        "1–7 Dec: 0 events on record; 8–14 Dec: not covered; 15–21 Dec: 1 event on record."
    )
    assert wording.describe_periods(weeks.iloc[:0], "zh") == "没有收录的事件。"


def test_the_record_and_the_coverage_of_december_2025():
    assert spaced(wording.describe_record(DECEMBER.events, "en")) == (
        "20 events on record: 7 dated by the source, 13 undated."
    )
    assert wording.describe_coverage(DECEMBER.coverage, "en") == (
        "The sources cover 17 days (30 Nov – 6 Dec and 11–20 Dec), of which we assumed 11–20 Dec. "
        "Other days, such as 7–10 Dec, are not covered: nothing on record does not mean that "
        "nothing happened."
    )


def test_overlapping_windows_are_counted_once_and_leave_no_gap():
    coverage = pd.DataFrame(
        {
            "earliest": pd.to_datetime(["2025-12-01", "2025-12-03", "2025-12-08"]),
            "latest": pd.to_datetime(["2025-12-07", "2025-12-04", "2025-12-09"]),
            "basis": "stated",
        }
    )
    assert wording.gaps(coverage) == []
    assert "覆盖9天" in wording.describe_coverage(coverage, "zh")


def test_the_english_that_is_missing_is_the_chinese_marked():
    events = pd.DataFrame({"title_zh": ["甲", "乙"], "title_en": [None, "B"]})
    assert list(wording.localized(events, "title", "en")) == ["甲 (in Chinese)", "B"]
    assert list(wording.labelled(events, "en")["Title"]) == ["甲 (in Chinese)", "B"]


def test_a_sentence_is_shown_as_text_whatever_is_in_it():
    html = wording.Sentence('<b> & "$x$"')._repr_mimebundle_()[0]["text/html"]
    assert html == '<p>&lt;b&gt; &amp; "$x$"</p>'


def test_an_unknown_language_is_named():
    with pytest.raises(ValueError, match="language: “fr”"):
        wording.describe_counts(counts(("CN", 1)), "fr")


def test_names_and_sentences_are_in_the_language_of_the_session_where_none_is_stated():
    table = counts(("CN", 1))
    for language, total, title in (("zh", "1条", "地区"), ("en", "1 event", "Region")):
        with ai.language(language):
            assert total in wording.describe_counts(table)
            assert title in wording.labelled(table, codebook=DECEMBER.codebook).columns
            assert wording.describe_source(DECEMBER.coverage, None, DECEMBER.codebook) == (
                wording.describe_source(DECEMBER.coverage, language, DECEMBER.codebook)
            )


@pytest.mark.parametrize(
    ("sections", "zh", "en"),
    [
        (["一"], "《R》第一节", "“R”, section 一"),
        (["一", "二"], "《R》第一、二节", "“R”, sections 一 and 二"),
        (["模型"], "《R》“模型”一节", "“R”, section “模型”"),
        (["模型", "政策", "三"], "《R》“模型”“政策”“三”各节", "“R”, sections “模型”, “政策”, “三”"),
    ],
)
def test_sections_are_named_by_their_number_or_in_quotes(sections, zh, en):
    coverage = pd.DataFrame({"source": "R", "section": sections})
    assert wording.describe_source(coverage, "zh") == f"来源报告：{zh}。"
    assert wording.describe_source(coverage, "en") == f"Source: {en}."


def test_windows_that_follow_each_other_are_one_range_of_covered_days():
    coverage = pd.DataFrame(
        {
            "earliest": pd.to_datetime(["2025-12-01", "2025-12-08", "2025-12-20"]),
            "latest": pd.to_datetime(["2025-12-07", "2025-12-14", "2025-12-21"]),
            "basis": ["stated", "assumed", "assumed"],
        }
    )
    assert wording.describe_coverage(coverage, "en").startswith(
        "The sources cover 16 days (1–14 Dec and 20–21 Dec), of which we assumed 8–14 Dec and "
        "20–21 Dec. Other days, such as 15–19 Dec, are not covered"
    )


def test_a_period_that_may_be_empty_has_no_least_number():
    weeks = pd.DataFrame(
        {"period": pd.to_datetime(["2025-12-01"]), "certain": 0, "possible": 1, "days": 7}
    )
    assert wording.describe_periods(weeks, "zh") == "12月1—7日：收录0～1条。"
    assert wording.describe_periods(weeks, "en") == "1–7 Dec: at most 1 event on record."


def test_a_missing_level_is_called_not_stated():
    table = counts(("CN", 2), (None, 1))
    assert wording.describe_counts(table, "zh", DECEMBER.codebook).endswith("中国2条、不详1条。")
    assert list(wording.labelled(table, "en", DECEMBER.codebook)["Region"]) == [
        "China",
        "not stated",
    ]
    assert wording.labelled(pd.DataFrame({"note": [None]}), "en")["note"].isna().all()


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"title_zh": ["甲"]}),
        pd.DataFrame({"title": ["a"], "title_zh": ["甲"], "title_en": ["A"]}),
        pd.DataFrame({"date": pd.to_datetime(["2025-12-02"])}),
        pd.DataFrame({"date": [dt.date(2025, 12, 2)]}),
        pd.DataFrame({"period": ["2025-W49"], "count": [1]}),
        pd.DataFrame({0: ["a"], "count": [1]}),
    ],
    ids=str,
)
def test_any_table_can_be_labelled_and_stays_as_it_was(table):
    before = table.copy()
    assert wording.labelled(table, "zh", DECEMBER.codebook).shape == table.shape
    pd.testing.assert_frame_equal(table, before)


def test_equals_stand_in_the_order_of_the_codebook_whatever_their_type():
    table = counts(("US", 1), ("CN", 1))
    table["region"] = pd.Categorical(table["region"], categories=["US", "CN"])
    assert wording.describe_counts(table, "zh", DECEMBER.codebook).endswith("中国1条、美国1条。")


@pytest.mark.parametrize(
    ("counts", "zh", "en"),
    [
        ([0, 0], "没有收录的事件。", "No events on record."),
        ([1], "收录的1条事件中，a有1条。", "1 event on record: a 1."),
        (
            [2, 2, 1],
            "收录的5条事件中，a有2条、b有2条、c有1条。",
            "5 events on record: a 2, b 2, c 1.",
        ),
        (
            [4, 2, 1, 1],
            "收录的8条事件中，a最多（4条），其次是b（2条）。",
            "Of 8 events on record, a is the largest group (4), followed by b (2).",
        ),
        (
            [2, 2, 1, 1],
            "收录的6条事件中，a、b最多（各2条），其次是c、d（各1条）。",
            "Of 6 events on record, a and b are the largest groups (2 each), followed by c and d "
            "(1 each).",
        ),
        (
            [2, 1, 1, 1, 1],
            "收录的6条事件中，a最多（2条）。",
            "Of 6 events on record, a is the largest group (2).",
        ),
        (
            [1, 1, 1, 1],
            "收录的4条事件中，每组至多1条（共4组）。",
            "Of 4 events on record, none of the 4 groups has more than 1.",
        ),
    ],
)
def test_the_largest_level_is_named_unless_many_share_the_lead(counts, zh, en):
    table = pd.DataFrame({"kind": list("abcde")[: len(counts)], "count": counts})
    table = as_counts(table, by="kind")
    assert wording.describe_largest(table, "zh") == zh
    assert spaced(wording.describe_largest(table, "en")) == en


@pytest.mark.parametrize(
    ("dated", "zh", "en"),
    [
        ([True], "每条事件的日期，报告都已写明。", "Every event is dated by the source."),
        (
            [True, False],
            "其中1条的日期，报告没有写明；按报道时段计入，实际可能更早。",
            "1 event is undated: it is counted in the period that its section of the source "
            "covers, and may have occurred earlier.",
        ),
        (
            [False, False],
            "2条事件的日期，报告没有写明；按报道时段计入，实际可能更早。",
            "The 2 events are undated: they are counted in the period that their section of the "
            "source covers, and may have occurred earlier.",
        ),
    ],
)
def test_undated_events_are_said_to_count_by_their_window(dated, zh, en):
    events = pd.DataFrame({"dated": dated})
    assert wording.describe_undated(events, "zh") == zh
    assert wording.describe_undated(events, "en") == en


IN_COUNTRIES = count_events(
    pd.DataFrame({"region": [("US", "CN"), ("US",), ("US", "GB"), ("FR",)]}), by="region"
)


def test_counts_of_levels_that_overlap_are_not_added_up_in_words():
    assert wording.describe_counts(IN_COUNTRIES, "zh", DECEMBER.codebook, most=1) == (
        "收录的事件中，美国3条，其余3项各1条（一条可计入多项）。"
    )
    assert spaced(wording.describe_counts(IN_COUNTRIES, "en", DECEMBER.codebook, most=2)) == (
        "Events on record: United States 3, China 1, and 2 others with 1 each "
        "(an event may count in several)."
    )
    uneven = IN_COUNTRIES.assign(count=[1, 2, 3, 4])
    assert wording.describe_counts(uneven, "zh", most=1).endswith(
        "，其余3项每项至多3条（一条可计入多项）。"
    )
    assert wording.describe_counts(uneven, "en", most=1).endswith(
        ", and 3 others with at most 3 each (an event may count in several)."
    )
    assert wording.describe_largest(IN_COUNTRIES, "zh", DECEMBER.codebook) == (
        "收录的事件中，美国最多（3条），其次是中国、法国、英国（各1条）（一条可计入多项）。"
    )
    even = IN_COUNTRIES.assign(count=1)
    assert wording.describe_largest(even, "en", DECEMBER.codebook, most=2) == (
        "Of the events on record, none of the 4 groups has more than 1 "
        "(an event may count in several)."
    )


def test_a_subtitle_says_that_levels_overlap():
    assert wording.describe_measure(IN_COUNTRIES, "zh", DECEMBER.codebook) == (
        "收录的事件条数，按地区（一条可计入多项）"
    )
    one = IN_COUNTRIES.head(1)
    assert wording.describe_measure(one, "en", DECEMBER.codebook) == (
        "Number of events on record, by region"
    )


@pytest.mark.parametrize(
    ("title", "shown"),
    [("Region", "region"), ("Deployer of AI system", "deployer of AI system"), ("AI", "AI")],
)
def test_a_subtitle_keeps_the_capitals_of_names(title, shown):
    counts = count_events(pd.DataFrame({title: ["a"]}), by=title)
    said = wording.describe_measure(counts, "en")
    assert said == f"Number of events on record, by {shown}"


def test_a_missing_level_can_be_the_largest():
    events = pd.DataFrame({"kind": ["a", None, None], "size": ["s", "s", "s"]})
    table = count_events(events, by=["kind", "size"])
    assert (
        wording.describe_largest(table, "zh")
        == "收录的3条事件中，不详·s最多（2条），其次是a·s（1条）。"
    )


def test_a_cell_of_several_levels_names_each():
    events = pd.DataFrame({"region": [("US", "CN"), [], None]})
    shown = wording.labelled(events, "zh", DECEMBER.codebook)["地区"]
    assert list(shown.head(2)) == ["美国、中国", "不详"]
    assert wording.labelled(events, "en", DECEMBER.codebook)["Region"][0] == "United States, China"

"""From prose to draft rows: the report of December, reports of other shapes, and hostile ones."""

import datetime as dt
import sys
from pathlib import Path

import pandas as pd
import pytest
from december import DATA
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aistats.dates.edtf import parse_edtf
from aistats.faults import DataError
from aistats.importers.draft.outline import outline
from aistats.importers.draft.reports import NOTES, draft_reports
from aistats.importers.draft.windows import window_of_report
from aistats.importers.draft.words import SKIPPED, names, reason_to_skip

REPORTS = Path(__file__).parent / "reports"
sys.path.insert(0, str(REPORTS.parents[1] / "benchmarks"))
import drafts  # noqa: E402


@pytest.fixture
def drafted(tmp_path):
    def draft(text, name="ai-2025-12.zh.md"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return draft_reports(path, language="zh")

    return draft


def dates(draft):
    return draft.rows["date"].tolist()


def titles(draft):
    return (draft.rows["title_zh"] + draft.rows["title_en"]).tolist()


# The report of December 2025, in words of our own ---------------------------------------------


DECEMBER = REPORTS / "december" / "ai-events-2025-12.zh.md"


@pytest.fixture(scope="module")
def december():
    return draft_reports(DECEMBER)


@pytest.fixture(scope="module")
def events():
    return pd.read_csv(DATA / "events.csv", dtype="str", keep_default_na=False)


def test_every_event_of_december_is_found_and_nothing_else(december, events):
    assert len(december.rows) == len(events) == 20
    assert december.skipped["heading"].tolist() == ["行业趋势与展望", "总结"]
    assert december.skipped["reason"].tolist() == ["outlook", "summary"]


@pytest.mark.parametrize(
    "column", ["date", "date_text", "reported", "region", "status", "planned_for", "source_section"]
)
def test_the_events_of_december_are_drafted_as_they_are_on_record(december, events, column):
    assert december.rows[column].tolist() == events[column].tolist()


def test_who_acted_in_december_is_right_wherever_it_is_said(december, events):
    said = december.rows["organization"]
    assert said[said != ""].tolist() == events["organization"][said != ""].tolist()
    assert (said == "").sum() <= 1


def test_a_proposed_category_of_december_is_the_one_on_record(december, events):
    said = december.rows["category"]
    assert said[said != ""].tolist() == events["category"][said != ""].tolist()
    assert (said != "").sum() >= 15


def test_what_was_made_into_several_rows_is_not_sure(december):
    split = december.rows[december.rows["source_section"] == "一·国内AI进展·4"]
    assert split["organization"].tolist() == ["StepFun", "ByteDance"]
    assert set(split["confidence"]) == {"low"}


# Reports of other shapes ------------------------------------------------------------------------


def test_reports_of_other_shapes_are_drafted():
    scores = pd.DataFrame(
        [drafts.score(it) for it in sorted(REPORTS.glob("*.md")) if it.with_suffix(".csv").exists()]
    )
    total = scores[drafts.COUNTS].sum()
    assert total["events"] >= 750
    assert total["found"] >= 0.99 * total["events"]
    assert total["extra"] <= 0.01 * total["events"]
    assert total["right"] >= 0.98 * total["dated"]
    assert total["wrong"] <= 1
    assert total["windows"] >= 0.98 * total["events"]


@pytest.mark.parametrize(
    ("front", "title", "name", "window", "origin"),
    [
        ("", "# AI月报", "ai-2025-12.md", "2025-12", "file_name"),
        ("", "# 2025年12月AI月报", "report.md", "2025-12", "title:1"),
        ("", "# 2025年12月AI月报", "2026-01.md", "2025-12", "title:1"),
        ("", "# Week of December 8, 2025", "x.md", "2025-12-08/2025-12-14", "title:1"),
        ("", "# 第49周（12月1日—7日）", "2025-w49.md", "2025-12-01/2025-12-07", "title:1"),
        ("", "# 2025年大事记", "x.md", "2025", "title:1"),
        (
            "",
            "# News\n\nReporting period: 1–31 December 2025",
            "x.md",
            "2025-12-01/2025-12-31",
            "period:3",
        ),
        (
            "",
            "# 快讯\n\n> 统计周期：2025.12.01-2025.12.14",
            "x.md",
            "2025-12-01/2025-12-14",
            "period:3",
        ),
        (
            "",
            "# 快讯\n\n- **报告期**：12月1日至14日",
            "2025.md",
            "2025-12-01/2025-12-14",
            "period:3",
        ),
        (
            "",
            "# Letter\n\nFrom 29 December 2025 to 11 January 2026",
            "x.md",
            "2025-12-29/2026-01-11",
            "period:3",
        ),
        (
            "---\nperiod: 2025-11-01/2025-11-30\n---\n",
            "# News",
            "x.md",
            "2025-11-01/2025-11-30",
            "front_matter",
        ),
        (
            "---\nstart: 2025-11-01\nend: 2025-11-14\n---\n",
            "# News",
            "x.md",
            "2025-11-01/2025-11-14",
            "front_matter",
        ),
        ("---\ndate: 2026-01-03\n---\n", "# December in AI", "x.md", "2025-12", "title:4"),
        ("---\ndate: 2026-01-03\n---\n", "# News", "x.md", "2025-11-19/2026-01-03", "front_matter"),
    ],
)
def test_what_a_report_is_about_is_read_from_the_nearest_that_says_it(
    front, title, name, window, origin
):
    root, matter = outline(front + title + "\n")
    language = "zh" if "年" in title or "快" in title or "月" in title else "en"
    found = window_of_report(root, matter, name, language)
    assert (parse_edtf(found.edtf), found.origin) == (parse_edtf(window), origin)


def test_a_report_that_says_nothing_of_when_has_no_window():
    assert window_of_report(*outline("# News\n"), "news.md", "en") is None


def test_a_missing_year_comes_from_the_window_and_the_row_says_from_where(drafted):
    row = drafted("# 快讯\n\n- OpenAI：发布（12月2日）\n").rows.iloc[0]
    assert (row["date"], row["date_text"]) == ("2025-12-02", "12月2日")
    assert row["date_from"] == "标题（第3行）；年份取自文件名"
    assert row["place"] == "ai-2025-12.zh.md:3"


def test_without_any_year_there_is_no_date_and_the_row_says_why(drafted):
    row = drafted("# 快讯\n\n- OpenAI：发布（12月2日）\n", "news.md").rows.iloc[0]
    assert (row["date"], row["date_text"], row["confidence"]) == ("", "", "low")
    assert "没有年份" in row["note"]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("12月5日，OpenAI发布GPT-5.2。", "2025-12-05"),
        ("OpenAI于12月5日发布GPT-5.2。", "2025-12-05"),
        ("OpenAI：发布GPT-5.2（12月5日）", "2025-12-05"),
        ("OpenAI：上旬发布GPT-5.2", "2025-12-01/2025-12-10"),
        ("OpenAI：12月15日前后发布", "2025-12-15~"),
        ("OpenAI：12月2日至5日开会", "2025-12-02/2025-12-05"),
        ("继12月2日宣布之后，OpenAI于12月5日发布。", "2025-12-05"),
        ("OpenAI发布，预计12月20日上线。", ""),
        ("OpenAI计划12月20日发布。", ""),
        ("OpenAI称，自2023年以来用户翻番。", ""),
        ("OpenAI发布，此前曾于12月1日预告。", ""),
        ("OpenAI发布《年鉴（2025年12月3日版）》", ""),
        ("OpenAI去年12月5日发布的模型下线。", ""),
        ("OpenAI发布V12.5，支持24/7服务，成本1/3。", ""),
        ("OpenAI在第三季度营收增长。", ""),
    ],
)
def test_a_date_is_taken_only_if_it_is_the_events_own(drafted, text, date):
    assert dates(drafted(f"# 快讯\n\n## 国际\n\n- {text}\n- 谷歌：12月9日开会\n"))[0] == date


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("On December 5, OpenAI shipped GPT-5.2.", "2025-12-05"),
        ("**OpenAI** shipped GPT-5.2 on Dec. 5.", "2025-12-05"),
        ("**Dec 5** – OpenAI ships GPT-5.2", "2025-12-05"),
        ("OpenAI ships GPT-5.2 (5 December)", "2025-12-05"),
        ("In early December OpenAI shipped GPT-5.2.", "2025-12-01/2025-12-10"),
        ("OpenAI will ship GPT-6 on December 20.", ""),
        ("OpenAI shipped GPT-5.2, a month after 5.1 came on December 1.", ""),
        ("OpenAI shipped it by December 5.", ""),
        ("OpenAI wants 24/7 service for 1/3 of users in 2027.", ""),
        ("OpenAI may 5 times the price.", ""),
    ],
)
def test_an_english_date_is_taken_only_if_it_is_the_events_own(drafted, text, date):
    report = f"# News\n\n## World\n\n- {text}\n- Google: met on December 9.\n"
    assert dates(drafted(report, "ai-2025-12.en.md"))[0] == date


@pytest.mark.parametrize(
    ("said", "date", "title"),
    [
        ("12月7日—次年1月3日", "2025-12-07/2026-01-03", "百度发布新模型"),
        ("12月7日,8日", "2025-12-07/2025-12-08", "百度发布新模型"),
        ("美国时间12月10日", "2025-12-10", "百度发布新模型"),
        ("上一季度", "", "百度发布新模型（上一季度）"),
    ],
)
def test_a_bracket_behind_a_title_is_its_date_as_a_whole_or_stays(drafted, said, date, title):
    draft = drafted(f"# 2025年12月\n\n## 模型\n\n1. 百度发布新模型（{said}）。\n2. 谷歌开会。\n")
    assert (dates(draft)[0], titles(draft)[0]) == (date, title)


def test_the_time_zone_beside_a_date_belongs_to_its_words(drafted):
    report = "# 2025年12月\n\n## 模型\n\n1. 12月10日（美国时间），百度发布新模型。\n2. 谷歌开会。\n"
    row = drafted(report).rows.iloc[0]
    assert (row["date"], row["date_text"]) == ("2025-12-10", "12月10日（美国时间）")
    assert row["title_zh"] == "百度发布新模型"


def test_days_that_a_bracket_names_apart_are_no_date_and_the_row_says_why(drafted):
    report = "# 2025年12月\n\n## 模型\n\n1. 百度发布新模型（12月7日,14日）。\n2. 谷歌开会。\n"
    row = drafted(report).rows.iloc[0]
    assert (row["date"], row["confidence"], row["title_zh"]) == ("", "low", "百度发布新模型")
    assert "“12月7日,14日”包含几个日期" in row["note"]


@pytest.mark.parametrize(
    ("said", "note"),
    [("1/2/2026", "is ambiguous (2026-02-01 / 2026-01-02)"), ("2/12/25", "two-digit year")],
)
def test_a_cell_with_two_readings_is_no_date_and_the_row_names_both(drafted, said, note, tmp_path):
    path = tmp_path / "news.en.md"
    path.write_text(f"# News\n\n| Date | Event |\n|---|---|\n| {said} | OpenAI shipped it |\n")
    row = draft_reports(path, language="en").rows.iloc[0]
    assert (row["date"], row["confidence"]) == ("", "low")
    assert note in row["note"]


def row_dated(cell, path):
    """Return the row of a draft whose column of dates has this cell."""
    table = f"| Date | Event |\n|---|---|\n| {cell} | OpenAI shipped it |\n"
    path.write_text(f"# News\n\n{table}", encoding="utf-8")
    return draft_reports(path, language="en").rows.iloc[0]


@pytest.mark.parametrize(
    "cell",
    [
        *("2025-12-02 or 03", "2025-12-02..2025-12-06x", "2025年腊月", "2025-12-02 –"),
        *("not 2 December 2025", "the day after 2 December 2025", "2025-12-02 (planned)"),
        *("2025-12-02 (?)", "December 2025, later half", "week 2 of December 2025"),
    ],
)
def test_a_date_beside_words_that_change_it_is_not_taken_from_a_cell(cell, tmp_path):
    row = row_dated(cell, tmp_path / "news.en.md")
    assert row["date"] == ""
    assert f"“{cell}” was not taken as the date of the event" in row["note"]
    assert row["confidence"] != "high"


@pytest.mark.parametrize(
    ("cell", "date"),
    [
        ("2 December 2025, announced", "2025-12-02"),
        ("2025年12月2日（发布）", "2025-12-02"),
        ("28 January 2025, the eve of the Lunar New Year", "2025-01-28"),
        ("2025-12-02 (2 December 2025)", "2025-12-02"),
        ("2025-12-02～06", "2025-12-02/2025-12-06"),
        ("approx. 2025-12-02", "2025-12-02~"),
    ],
)
def test_words_that_say_no_more_leave_the_date_of_a_cell(cell, date, tmp_path):
    assert row_dated(cell, tmp_path / "news.en.md")["date"] == date


def test_a_heading_that_is_a_day_dates_what_stands_under_it(drafted):
    draft = drafted("# 2025年12月\n\n## 12月2日 星期二\n\n1. OpenAI发布。\n2. 谷歌发布。\n")
    assert dates(draft) == ["2025-12-02", "2025-12-02"]
    assert set(draft.rows["reported"]) == {"2025-12-02"}


def test_the_date_of_a_section_is_no_date_of_its_events(drafted):
    draft = drafted(
        "# 2025年\n\n## 上旬（12月1日-6日）\n\n- **OpenAI**：发布。\n- **谷歌**：发布。\n"
    )
    assert dates(draft) == ["", ""]
    assert set(draft.rows["reported"]) == {"2025-12-01/2025-12-06"}


def test_a_table_is_read_by_its_column_of_dates_whatever_that_is_called(drafted):
    table = "| # | 谁 | 什么 | 几时 |\n|---|---|---|---|\n| 1 | 甲公司 | 发布 | 12.3 |\n"
    draft = drafted(f"# 2025年12月\n\n{table}| 2 | 乙 | 上线 | |\n| 3 | 丙 | 上市 | 12.05 |\n")
    assert dates(draft) == ["2025-12-03", "", "2025-12-05"]


def test_a_start_and_an_end_are_an_interval(drafted):
    table = "| 开始 | 结束 | 事件 |\n|---|---|---|\n| 12月3日 | 12月5日 | OpenAI开会 |\n"
    draft = drafted(f"# 2025年\n\n{table}| 12月8日 | | 谷歌开会 |\n")
    assert dates(draft) == ["2025-12-03/2025-12-05", "2025-12-08"]


@pytest.mark.parametrize(
    ("said", "cell", "second"),
    [
        ("日期栏为空的，与上一行同日。", "", "2025-12-02"),
        ("", "", ""),
        ("", "同上", "2025-12-02"),
        ("日期栏为空的，与上一行同日。", "不详", ""),
    ],
)
def test_an_empty_cell_has_the_day_above_only_if_the_report_says_so(drafted, said, cell, second):
    table = (
        f"| 日期 | 主体 | 动态 |\n|---|---|---|\n| 12月2日 | 甲 | 上线 |\n| {cell} | 乙 | 发布 |\n"
    )
    assert dates(drafted(f"# 2025年12月\n\n{said}\n\n{table}")) == ["2025-12-02", second]


@pytest.mark.parametrize(
    "text",
    [
        "PARIS, 2 December — Mistral AI released its models.",
        "PARIS (AFP), 2 December — Mistral AI released its models.",
        "**2 December** — Mistral AI released its models.",
        "[2 December](https://example.com): Mistral AI released its models.",
        "◆ Mistral AI released its models (as of record: 2 December)",
        "(a) Mistral AI released its models (2 December; not the 3rd, as we wrote).",
    ],
)
def test_a_paragraph_is_dated_as_writers_of_news_do(drafted, text):
    report = f"# News, December 2025\n\n## World\n\n{text}\n\n9 December: Google met.\n"
    assert dates(drafted(report, "x.en.md")) == ["2025-12-02", "2025-12-09"]


def test_headings_that_say_when_something_was_posted_date_nothing(drafted):
    report = "# 2025年12月\n\n## 12月3日\n\n- OpenAI发布（12月2日）。\n- 谷歌开会。\n"
    assert dates(drafted(report)) == ["2025-12-02", ""]


def test_labelled_points_tell_one_event(drafted):
    text = "### OpenAI发布\n\n- **时间**：12月3日\n- **意义**：谷歌12月9日跟进\n- **看点**：无\n"
    draft = drafted(f"# 2025年12月\n\n## 国际\n\n{text}")
    assert titles(draft) == ["OpenAI发布"]
    assert dates(draft) == ["2025-12-03"]
    assert draft.rows["facts"][0].splitlines()[0] == "时间：12月3日"


def test_labelled_points_beside_a_paragraph_in_bold_tell_it(drafted):
    text = "**OpenAI发布**新模型\n\n- 时间：12月3日\n- 影响：谷歌跟进\n\n"
    text += "**谷歌**开会\n\n- 时间：12月4日\n"
    draft = drafted(f"# 2025年12月\n\n## 国际\n\n{text}")
    assert titles(draft) == ["OpenAI发布新模型", "谷歌开会"]
    assert dates(draft) == ["2025-12-03", "2025-12-04"]


def test_points_that_name_somebody_are_events_of_their_own(drafted):
    text = "### 国内企业技术突破\n\n- **DeepSeek**：发布V3.2\n- **腾讯混元**：推出3.0\n"
    draft = drafted(f"# 2025年12月\n\n## 国内\n\n{text}")
    assert draft.rows["organization"].tolist() == ["DeepSeek", "Tencent"]
    assert set(draft.rows["heading_path"]) == {"国内 > 国内企业技术突破"}


@pytest.mark.parametrize(
    ("heading", "reason"),
    [
        ("三、行业趋势与展望", "outlook"),
        ("总结", "summary"),
        ("编者按", "note"),
        ("数据来源", "method"),
        ("附录：术语", "reference"),
        ("下期预告", "outlook"),
        ("Key takeaways", "summary"),
        ("TL;DR", "summary"),
        ("Methodology", "method"),
        ("What to watch in January", "outlook"),
        ("AI chip trends", "trend"),
        ("目录 📑", "contents"),
    ],
)
def test_what_is_no_event_is_passed_over_and_said(drafted, heading, reason):
    report = f"# 2025年12月\n\n## 国际\n\n- OpenAI：12月3日发布\n\n## {heading}\n\n- OpenAI：领先\n"
    draft = drafted(report)
    assert dates(draft) == ["2025-12-03"]
    assert draft.skipped["reason"].tolist() == [reason]
    assert draft.skipped["line"].tolist() == [7]


@pytest.mark.parametrize(
    "heading", ["国内AI进展", "OpenAI发布趋势报告（12月3日）", "Data centres", "Markets"]
)
def test_a_heading_of_events_is_not_passed_over(heading):
    assert reason_to_skip(heading) is None


def test_a_calendar_of_days_to_come_is_no_list_of_events(drafted):
    report = "# 2025年12月\n\n## 国际\n\n- OpenAI：12月3日发布\n\n## 记住这些\n\n"
    draft = drafted(f"{report}- 1月6日：CES\n- 1月8日：上市\n")
    assert dates(draft) == ["2025-12-03"]
    assert draft.skipped["reason"].tolist() == ["outlook"]


def test_a_january_report_tells_of_december(drafted):
    report = "# 2026年第1周（12月29日—1月4日）\n\n- 12月30日，OpenAI发布\n- 1月2日，谷歌发布\n"
    assert dates(drafted(report, "x.md")) == ["2025-12-30", "2026-01-02"]


def test_what_is_planned_is_announced(drafted):
    row = drafted(
        "# 2025年12月\n\n### 1. ChatGPT将推新模式\n\n- **计划**：预计2026年前三个月上线\n"
    ).rows.iloc[0]
    assert (row["date"], row["status"], row["planned_for"]) == ("", "announced", "2026-01/2026-03")


def test_several_reports_are_drafted_in_turn():
    two = sorted(REPORTS.glob("*-2025-09*.md"))
    rows = draft_reports(*two).rows
    assert rows["place"].str.partition(":")[0].drop_duplicates().tolist() == [it.name for it in two]


def test_a_draft_has_the_columns_of_the_events_table_and_its_notes(december, events):
    assert december.rows.columns.tolist() == [*events.columns, *NOTES]
    assert set(december.rows["confidence"]) <= {"high", "medium", "low"}
    assert not december.rows.isna().any().any()


def test_a_file_that_is_not_there_is_refused():
    with pytest.raises(DataError) as error:
        draft_reports("nowhere.md")
    assert "nowhere.md: file or folder not found" in error.value.text("en")


def test_no_word_says_two_things_of_a_heading():
    uses = [names(use) for use in SKIPPED]
    assert sum(map(len, uses)) - len(frozenset().union(*uses)) <= 25


PIECES = st.sampled_from(
    [
        *("# ", "## ", "### 1. ", "- ", "  - ", "1. ", "> ", "**OpenAI**", "：", "、", "《", "》"),
        *("12月2日", "（12月上旬）", "2025年", "Dec 5", "December 2025", "12/7", "13月40日", "Q4"),
        *("第", "2", "周", "第2周", "第3季度", "H2", "前3个月", "mid-", "week of ", "年底"),
        *("至", "下旬", "趋势", "谷歌发布Gemini", "| 日期 | 事件 |\n|---|---|\n| ", " | ", "\n"),
        *("\n\n", "---\n", "date: 2025\n"),
    ]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.lists(PIECES, max_size=40).map("".join))
def test_no_report_raises_and_every_date_is_a_day_of_the_calendar(drafted, text):
    for row in drafted(text).rows.itertuples():
        for edtf in filter(None, (row.date, row.reported, row.planned_for)):
            first, last = parse_edtf(edtf)
            assert dt.date.min <= first <= last <= dt.date.max
        assert (row.date == "") == (row.date_text == "")

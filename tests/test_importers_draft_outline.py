"""A report as a tree: what stands under what, each with its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aistats.importers.draft.outline import outline


def children(text):
    return outline(text)[0].children


def only(text):
    (node,) = children(text)
    return node


def walk(node):
    yield node
    for child in node.children:
        yield from walk(child)


@pytest.mark.parametrize(
    ("text", "mark", "rest"),
    [
        ("#### 1. 标题", "1", "标题"),
        ("### 1.OpenAI发布", "1", "OpenAI发布"),
        ("### 2) Title", "2", "Title"),
        ("## 一、国际", "一", "国际"),
        ("### （二）纽约州", "二", "纽约州"),
        ("## 第三章 治理", "三", "治理"),
        ("### 1.2 South Korea", "1.2", "South Korea"),
        ("## Part 3: Policy", "3", "Policy"),
        ("## Ⅱ、中旬 🌕", "Ⅱ", "中旬 🌕"),
        ("### ③ 商汤", "③", "商汤"),
        ("### 🚀 4. 发射", "4", "发射"),
        ("### 12月2日：发布", "", "12月2日：发布"),
        ("### 2025.12.02 发布", "", "2025.12.02 发布"),
        ("### 8 月 7 日", "", "8 月 7 日"),
        ("### X.com opens", "", "X.com opens"),
        ("### 一带一路论坛", "", "一带一路论坛"),
        ("### 十二月二日", "", "十二月二日"),
    ],
)
def test_the_number_of_a_heading_is_set_apart(text, mark, rest):
    assert (only(text).mark, only(text).text) == (mark, rest)


@pytest.mark.parametrize(
    ("text", "lead", "bold"),
    [
        ("- **DeepSeek**：发布V3.2", "DeepSeek", True),
        ("- **DeepSeek：**发布V3.2", "DeepSeek", True),
        ("- OpenAI：发布GPT-5.2", "OpenAI", False),
        ("- Date: 3 December", "Date", False),
        ("- 【小米开源】总参数3090亿", "小米开源", True),
        ("- 🏢 **机构**：Anthropic", "机构", True),
        ("- Amazon used re:Invent to open its chip", "", False),
        ("- 会议12:30开始", "", False),
        ("- https://example.com: a link", "", False),
        ("- 今天发布**新模型**", "", False),
    ],
)
def test_what_a_point_opens_with_is_its_lead(text, lead, bold):
    assert (only(text).lead, only(text).bold) == (lead, bold)


def test_headings_hold_what_follows_them_up_to_the_next_of_their_level():
    (title,) = children("# T\n\nintro\n\n## A\n\n- one\n\n### B\n\n- two\n\n## C\n\n- three\n")
    a, c = title.of("heading")
    assert [it.text for it in walk(a)] == ["A", "one", "B", "two"]
    assert [it.line for it in walk(c)] == [13, 15]


def test_a_paragraph_in_bold_is_a_heading_below_all_others():
    heading, after = children("**一、头条**\n\n沐曦上市\n\n## 其他\n")
    assert (heading.kind, heading.level, heading.mark, heading.text) == ("heading", 7, "一", "头条")
    assert after.level == 2


def test_lines_that_each_open_with_a_number_are_a_list():
    first, second = children("1、OpenAI发布\n换行的话\n2、谷歌发布\n")
    assert (first.kind, first.text, first.line) == ("item", "OpenAI发布换行的话", 1)
    assert (second.mark, second.line) == ("2", 3)


def test_lines_of_one_paragraph_are_joined_as_their_script_wants():
    assert only("模型\n发布").text == "模型发布"
    assert only("a model\nreleased").text == "a model released"


@pytest.mark.parametrize("opening", ["◆ ", "→ ", "▲", "🔹 ", "(a) ", "1.1.1 ", "③ ", "2）"])
def test_a_paragraph_with_a_bullet_of_its_own_is_a_point(opening):
    node = only(f"{opening}OpenAI发布新模型，价格未变。")
    assert (node.kind, node.text) == ("item", "OpenAI发布新模型，价格未变。")


def test_a_numbered_word_on_a_line_of_its_own_is_a_heading():
    heading, *_ = children("一、海外\n\n【12-01】Runway发布新版。\n")
    assert (heading.kind, heading.text, heading.mark) == ("heading", "海外", "一")
    assert heading.children[0].lead == "12-01"


def test_a_term_is_a_heading_of_what_defines_it():
    first, second = children("12月2日\n: 甲发布。\n: 乙发布。\n\n12月3日\n: 丙发布。\n")
    assert [it.text for it in first.children] == ["甲发布。", "乙发布。"]
    assert (first.kind, second.line) == ("heading", 5)


def test_a_part_that_is_folded_away_has_its_summary_as_heading():
    text = "<details>\n<summary><b>Dec 5</b> — A suit</summary>\n\nFiled.\n\n</details>\n"
    assert (only(text).text, only(text).line) == ("Dec 5 — A suit", 2)
    assert only(text).children[0].text == "Filed."


def test_the_box_of_a_task_is_left_out():
    assert [it.text for it in children("- [x] done\n- [ ] open\n")] == ["done", "open"]


def test_a_row_of_a_table_has_its_cells_by_column_and_its_own_line():
    _, second = children("| 日期 | 事件 |\n|---|---|\n| 12.1 | 甲 |\n| | [乙](https://e.org/x) |\n")
    assert (second.kind, second.line) == ("row", 4)
    assert dict(second.cells) == {"日期": "", "事件": "乙"}
    assert second.url == "https://e.org/x"


def test_what_is_not_prose_is_left_out():
    text = "- [一](#a)\n\n```\n12月2日\n```\n\n<!-- 12月3日 -->\n\n![12月4日](x.png)\n\n"
    text += "甲[^1]\n\n[^1]: 注\n"
    said = " ".join(it.text for it in walk(outline(text)[0]))
    assert "12月" not in said
    assert "甲" in said
    assert "注" not in said


def test_the_front_matter_is_read_and_a_broken_one_is_none():
    assert outline("---\nPeriod: 2025-12-01\nn:\n---\nx\n")[1] == {"period": "2025-12-01"}
    assert outline("---\na: [\n---\nx\n")[1] == {}


@given(st.text(alphabet="#*-|`[]()>!：。12月日\n \t\\aA【】~_^<&;\x00🚀", max_size=200))
def test_no_text_raises_and_every_node_has_a_line_of_it(text):
    lines = len(text.splitlines()) + 1
    for node in walk(outline(text)[0]):
        assert 0 <= node.line <= lines
        assert "\n" not in node.text

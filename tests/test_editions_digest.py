"""The digest: all that the outline asks for, each thing once, no text as markup, and for Word."""

import dataclasses
import io
import os
import re
import shutil
import zipfile
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from december import DATA
from markdown_it import MarkdownIt

from aistats.editions.digest import Chapter, Figure, escape, to_docx, write_digest
from aistats.tables.codebook import Codebook
from aistats.tables.edition import read_edition
from aistats.wording import describe_record

DECEMBER = read_edition(DATA, "2025-12")
FIGURE = Figure(
    "figures/regions.zh.png",
    "图2　中国9条、美国9条",
    "按地区分列的方块图：[中国]9条。",
    ("按地区", "地区指机构总部所在地。"),
    "中国9条、美国9条",
)
CHAPTERS = [
    Chapter("来自哪里？", ("一句话：5<7。", FIGURE)),
    Chapter("是什么？", ("一句话：5<7。", "中国9条、美国9条。", "又一句话。")),
    Chapter("没有新内容？", ("又一句话。",)),
]
COMMENTARY = """\
# 我的标题

一本$5，两本$6，<b>重要</b>。

| 指标 | 数 |
|---|--:|
| 甲 | 1 |

![我的图](figures/regions.zh.png)

![网上的图](https://example.org/picture.png)

<div>一块</div>
"""


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


def changed(**columns):
    """Return December with other values in the first row of its events."""
    events = DECEMBER.events.copy()
    events.loc[0, list(columns)] = list(columns.values())
    return dataclasses.replace(DECEMBER, events=events)


def section(digest, heading):
    """Return the text under a heading, up to the next of its level or above."""
    level = heading.split(" ")[0]
    _, found, after = digest.partition(f"\n{heading}\n")
    assert found, heading
    return re.split(rf"\n#{{1,{len(level)}}} ", after)[0]


# The outline -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "outline"),
    [
        ("zh", ["收录概况", "收录的事件", "报告的趋势判断及其依据", "总结"]),
        (
            "en",
            [
                "The record in charts",
                "Events on record",
                "Source claims and the evidence",
                "Summary",
            ],
        ),
    ],
)
def test_the_outline(language, outline):
    digest = write_digest(DECEMBER, language, chapters=CHAPTERS)
    assert re.findall(r"^## (.*)", digest, re.M) == outline
    bare = write_digest(DECEMBER, language)
    assert re.findall(r"^## (.*)", bare, re.M) == outline[1:]


@pytest.mark.parametrize("edition", [DECEMBER, with_a_second_source()], ids=["one", "two sources"])
def test_every_event_stands_once(edition):
    digest = write_digest(edition, "zh")
    for title in edition.events["title_zh"]:
        assert digest.count(f"**{escape(title)}**") == 1
    assert ("另一份报告" in digest) == (len(edition.events) > len(DECEMBER.events))


def test_an_event_stands_under_its_window_and_scope_with_its_facts():
    early = section(write_digest(DECEMBER, "en"), "### Early December (30 Nov – 6 Dec 2025)")
    china = section(early, "#### China (7)")
    dates = re.findall(r"\*Date: (.*?) \(", china)
    assert dates == ["30 Nov", "2 Dec", *["not stated"] * 5]
    elsewhere = section(early, "#### Elsewhere (6)")
    facts = [
        "Date: 1–6 Dec (in the source: 12月上旬)",
        "Organisation: UNDP",
        "Region: Intergovernmental bodies",
        "Category: Policy",
        "Place in the source: 1 · 国际AI动态 · 4",
    ]
    assert f"*{escape(' | '.join(facts))}*" in elsewhere


def test_a_date_in_the_words_of_the_source_is_said_once():
    digest = write_digest(DECEMBER, "zh")
    assert "*日期：12月2日｜机构：OpenAI｜" in digest
    assert "*日期：12月上旬（按12月1—6日计）｜机构：联合国开发计划署｜" in digest
    assert "*日期：报告没有写明（报道时段：12月11—20日）｜机构：深圳地铁｜" in digest
    assert "｜计划时间：2026年一季度｜" in digest


def test_a_gap_is_named_between_the_windows():
    digest = write_digest(DECEMBER, "en")
    before, after = digest.split("No source covers 7–10 Dec.")
    assert "### Early December (30 Nov – 6 Dec 2025)" in before
    assert "### Mid-December (11–20 Dec 2025)" in after


def test_a_window_without_events_says_so():
    bare = dataclasses.replace(
        DECEMBER, events=DECEMBER.events[:0], event_themes=DECEMBER.event_themes[:0]
    )
    early = section(write_digest(bare, "zh"), "### 12月上旬（2025年11月30日—12月6日）")
    assert "没有收录的事件。" in early


def test_the_summary_is_a_section_of_its_own_and_claims_have_their_evidence():
    digest = write_digest(DECEMBER, "zh")
    rows = {group: set(it["statement_zh"]) for group, it in DECEMBER.themes.groupby("group")}
    lines = set(section(digest, "## 总结").splitlines())
    assert {f"- {escape(statement)}" for statement in rows["summary"]} <= lines
    claims = section(digest, "## 报告的趋势判断及其依据")
    for group in set(rows) - {"summary"}:
        assert all(escape(statement) in claims for statement in rows[group])
    assert digest.count("  - 支持：") == (DECEMBER.event_themes["stance"] == "supports").sum()
    bare = set(DECEMBER.themes["theme_id"]) - set(DECEMBER.event_themes["theme_id"])
    assert digest.count("  - 没有对应的事件。") == len(bare) > 0


def test_an_event_against_a_claim_is_said_to_be():
    links = DECEMBER.event_themes.assign(stance="contradicts")[:1]
    digest = write_digest(dataclasses.replace(DECEMBER, event_themes=links), "en")
    assert digest.count("  - Against: ") == 1
    assert "  - For: " not in digest


def test_events_without_theme_close_the_digest():
    last = section(write_digest(DECEMBER, "en"), "### Events that bear on none of the claims (3)")
    linked = DECEMBER.events["event_id"].isin(DECEMBER.event_themes["event_id"])
    titles = DECEMBER.events.loc[~linked, "title_en"]
    assert set(last.split("\n")) - {""} == {f"- {escape(title)}" for title in titles}


def test_without_claims_there_is_no_section_of_claims():
    bare = dataclasses.replace(DECEMBER, themes=DECEMBER.themes[:0])
    assert "判断" not in write_digest(bare, "zh")


# The chapters ------------------------------------------------------------------------------------


def test_a_figure_stands_in_its_chapter_with_its_caption():
    chapter = section(write_digest(DECEMBER, "zh", chapters=CHAPTERS), "### 来自哪里？")
    assert chapter.strip() == (
        "一句话：5\\<7。\n\n"
        "![按地区分列的方块图：\\[中国\\]9条。](figures/regions.zh.png)\n\n"
        "**图2　中国9条、美国9条**\n\n"
        "*按地区\\\n地区指机构总部所在地。*"
    )


def test_a_sentence_is_said_once():
    record = describe_record(DECEMBER.events, "zh")
    figure = dataclasses.replace(FIGURE, title="图3　丙", finding="丙")
    again = [*CHAPTERS, Chapter("收录", (record, figure))]
    digest = write_digest(DECEMBER, "zh", chapters=again)
    for sentence in ("一句话：5\\<7。", "又一句话。", "中国9条、美国9条", record, "按地区\\"):
        assert digest.count(sentence) == 1
    assert "没有新内容" not in digest


def test_the_commentary_opens_the_digest_as_it_is():
    digest = write_digest(DECEMBER, "zh", commentary=COMMENTARY)
    assert digest.startswith(f"# AI行业事件：2025年12月\n\n{COMMENTARY}\n收录20条事件")


# Texts are no markup -----------------------------------------------------------------------------


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


def test_strict_markdown_shows_odd_titles_as_they_are():
    odd = "“*x*”<b>&amp; $5$ [a](b) #1 1. |c|"
    edition = changed(title_zh=odd, summary_zh=f"- {odd}")
    shown = MarkdownIt("commonmark").render(write_digest(edition, "zh"))
    text = odd.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert f"<p><strong>{text}</strong></p>\n<p>- {text}</p>\n<p><em>日期：" in shown
    assert re.search(rf"<li>支持：{re.escape(text)}</li>", shown)


def test_a_missing_english_title_is_marked():
    digest = write_digest(changed(title_en=None), "en")
    assert f"**{escape(DECEMBER.events['title_zh'][0])} (in Chinese)**" in digest


# For Word ----------------------------------------------------------------------------------------

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the one figure, twice as wide as a page."""
    place = tmp_path_factory.mktemp("edition")
    (place / "figures").mkdir()
    with mpl.rc_context({"savefig.dpi": 72}):
        mpl.image.imsave(place / FIGURE.path, np.zeros((60, 1200)), dpi=72)
    return place


@pytest.fixture(scope="module")
def digest():
    return write_digest(DECEMBER, "zh", chapters=CHAPTERS, commentary=COMMENTARY)


@pytest.fixture(scope="module")
def document(digest, folder):
    return zipfile.ZipFile(io.BytesIO(to_docx(digest, "zh", folder=folder, title="十二月")))


def part(document, name):
    return ElementTree.fromstring(document.read(name))


def paragraphs(document):
    """Return the style and text of each paragraph."""
    for paragraph in part(document, "word/document.xml").iter(f"{W}p"):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        texts = (node.text or "" for node in paragraph.iter(f"{W}t"))
        yield (style.get(f"{W}val") if style is not None else ""), "".join(texts)


def test_word_has_the_outline_as_headings(document, digest):
    found = list(paragraphs(document))
    assert found[0] == ("Title", "十二月")
    for level in (1, 2, 3):
        marks = "#" * (level + 1)
        titles = [re.sub(r"\\(.)", r"\1", it) for it in re.findall(rf"^{marks} (.*)", digest, re.M)]
        shown = [text for style, text in found if style == f"Heading{level}"]
        assert shown == (["我的标题"] * (level == 1)) + titles
    titles = [text for style, text in found if style == "Event"]
    assert sorted(titles) == sorted(DECEMBER.events["title_zh"])


def test_word_has_captions_that_stay_with_their_figures(document):
    found = list(paragraphs(document))
    place = found.index(("ImageCaption", "图2　中国9条、美国9条"))
    assert found[place - 1] == ("Figure", "")
    assert found[place + 1] == ("Note", "按地区地区指机构总部所在地。")
    styles = {it.get(f"{W}styleId"): it for it in part(document, "word/styles.xml")}
    for name in ("Figure", "ImageCaption", "Event", "Heading1", "Heading2", "Heading3"):
        assert styles[name].find(f"{W}pPr/{W}keepNext") is not None, name


def test_word_has_pictures_as_wide_as_the_text_with_their_alt_text(document):
    nodes = list(part(document, "word/document.xml").iter())
    alts = [node.get("descr") for node in nodes if node.tag.endswith("}docPr")]
    assert alts == ["我的图", FIGURE.alt]
    text_width = (11906 - 2 * 1418) * 635
    widths = {int(node.get("cx")) for node in nodes if node.tag.endswith("}extent")}
    assert all(abs(width - text_width) < text_width / 100 for width in widths)


def test_word_has_all_of_the_commentary(document):
    texts = {text.strip() for _, text in paragraphs(document)}
    assert {"一本$5，两本$6，<b>重要</b>。", "网上的图", "<div>一块</div>", "甲"} <= texts
    assert len(list(part(document, "word/document.xml").iter(f"{W}tbl"))) == 1


@pytest.mark.parametrize(("language", "tag"), [("zh", "zh-CN"), ("en", "en-GB")])
def test_word_knows_title_language_and_page(language, tag, tmp_path, capfd):
    markdown = "# One\n\n## Two\n"
    made = to_docx(markdown, language, folder=tmp_path, title="A *title*")
    document = zipfile.ZipFile(io.BytesIO(made))
    core = {node.tag.split("}")[1]: node.text for node in part(document, "docProps/core.xml")}
    assert (core["title"], core["language"]) == ("A *title*", tag)
    assert list(paragraphs(document)) == [("Title", "A *title*"), ("Heading1", "Two")]
    styles = part(document, "word/styles.xml")
    defaults = next(styles.iter(f"{W}rPrDefault"))
    assert defaults.find(f".//{W}lang").get(f"{W}eastAsia") == "zh-CN"
    assert defaults.find(f".//{W}rFonts").get(f"{W}eastAsia") == "SimSun"
    size = next(part(document, "word/document.xml").iter(f"{W}pgSz"))
    assert (size.get(f"{W}w"), size.get(f"{W}h")) == ("11906", "16838")
    assert b" PAGE " in document.read("word/footer1.xml")
    assert not capfd.readouterr().err


def test_a_missing_picture_is_warned_of_and_its_alt_text_stays(tmp_path, capfd):
    made = to_docx("![A map](map.png)", "en", folder=tmp_path, title="A title")
    assert "A map" in [text for _, text in paragraphs(zipfile.ZipFile(io.BytesIO(made)))]
    assert "map.png" in capfd.readouterr().err


def test_word_has_the_same_bytes_whenever_and_wherever(digest, folder, tmp_path, monkeypatch):
    first = to_docx(digest, "zh", folder=folder, title="十二月")
    elsewhere = shutil.copytree(folder, tmp_path / "另一处 folder")
    for path in elsewhere.rglob("*"):
        os.utime(path, (1e9, 1e9))
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "SOURCE_DATE_EPOCH": "1700000000",
        "TZ": "Asia/Kathmandu",
        "LC_ALL": "C",
        "HOME": str(tmp_path),
    }.items():
        monkeypatch.setenv(name, value)
    umask = os.umask(0o077)
    try:
        again = to_docx(digest, "zh", folder=elsewhere.relative_to(tmp_path), title="十二月")
    finally:
        os.umask(umask)
    assert again == first
    assert os.environ["SOURCE_DATE_EPOCH"] == "1700000000"
    document = zipfile.ZipFile(io.BytesIO(first))
    assert {it.date_time[0] for it in document.infolist()} == {1980}
    assert not any(str(folder).encode() in document.read(name) for name in document.namelist())

"""Pages: what they keep of a notebook, what a drawing becomes inside, and the list of events."""

import dataclasses
import re

import january
import pytest
from december import DATA
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import aistats as ai
from aistats.charts.style import COLORS
from aistats.editions.exhibits import MIME
from aistats.editions.pages import inline, page_of, title_of, write_pages

DECEMBER = ai.read_edition(DATA, "2025-12")
INK = COLORS["ink"][0]
LETTER = '<path id="Font-4e00" d="M 0 0\nL 1 1" transform="scale(0.015625)"/>'
ODD = "<b>&amp; $x_1$ *odd* </script>"


def drawing(*addresses):
    links = "".join(f'<a xlink:href="{it}" target="_top"><path/></a>' for it in addresses)
    return (
        f'<?xml version="1.0"?><svg height="1pt" viewBox="0 0 1 1"><metadata>x</metadata>'
        f'<g id="axes_1"><defs>{LETTER}<clipPath id="p1"/></defs><use xlink:href="#Font-4e00"/>'
        f'<path clip-path="url(#p1)" style="fill: {INK}"/></g>{links}</svg>'
    )


def bundle(name="one", number=1, **changes):
    return {
        "name": name,
        "number": number,
        "title": ODD,
        "subtitle": ODD,
        "notes": [ODD],
        "source": ODD,
        "alt": f'"{ODD}"',
        "table": "<table></table>",
        "csv": "",
        "rows": [
            {
                "anchor": f"count-{name}-1",
                "label": ODD,
                "sure": list(DECEMBER.events["event_id"][:2]),
                "possible": list(DECEMBER.events["event_id"][2:3]),
            }
        ],
        "drawings": {it: drawing("e#a", "e#a", "e#b") for it in ("bare", "narrow.bare", "svg")},
        "pictures": {},
    } | changes


def page(*bundles, language="en"):
    outputs = [
        new_output("display_data", {MIME: it}, metadata={"aistats": {"kind": "figure"}})
        for it in bundles
    ]
    cells = [
        new_markdown_cell("# 标题\n\n正文", metadata={"tags": ["zh"]}),
        new_markdown_cell("# Title\n\nText", metadata={"tags": ["en"]}),
        new_code_cell("secret()", outputs=outputs),
    ]
    return page_of(new_notebook(cells=cells), f"1-one.{language}.ipynb", language, "**Mine**")


def written(folder, edition=DECEMBER, *pages):
    pages = pages or [page(bundle(), language=language) for language in ("zh", "en")]
    write_pages(folder, edition, pages)
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.*")}


def test_a_page_keeps_its_language_and_the_commentary_and_no_code(tmp_path):
    files = written(tmp_path)
    assert title_of(page(language="zh").cells, "zh") == "标题"
    assert "<strong>Mine</strong>" in files["en/one.html"]
    assert "Text" in files["en/one.html"]
    assert "正文" not in files["en/one.html"]
    assert "secret" not in files["en/one.html"]


def test_markup_in_any_text_is_text(tmp_path):
    titles = dict.fromkeys(("title_zh", "title_en", "summary_zh", "summary_en"), ODD)
    odd = dataclasses.replace(DECEMBER, events=DECEMBER.events.assign(**titles))
    for name, text in written(tmp_path, odd).items():
        if name.endswith(".html"):
            assert ODD not in text, name
            assert "&lt;b&gt;&amp;amp; $x_1$ *odd* &lt;/script&gt;" in text, name


def test_a_drawing_takes_colours_names_and_ids_of_its_page():
    about = {"names": {"a": "A & b"}, "letters": set()}
    svg = inline(bundle(), "", about)
    assert svg.startswith('<svg viewBox="0 0 1 1" role="group" aria-label="&quot;&lt;b&gt;')
    assert f"fill: var(--chart-ink, {INK})" in svg
    assert 'id="one-wide-axes_1"' in svg
    assert "url(#one-wide-p1)" in svg
    assert '<a href="e#a" aria-label="A &amp; b"><title>A &amp; b</title>' in svg
    assert re.findall(r'href="e#(\w)"[^>]*tabindex', svg) == ["a"]


def test_drawings_of_a_page_share_letters_and_no_other_id():
    about = {"names": {}, "letters": set()}
    svgs = [inline(bundle(), ending, about) for ending in ("", "narrow.")]
    svgs.append(inline(bundle("two"), "", about))
    ids = re.findall(r'\bid="([^"]+)"', "".join(svgs))
    assert len(ids) == len(set(ids))
    assert [svg.count("L 1 1") for svg in svgs] == [1, 0, 0]
    assert all('xlink:href="#Font-4e00"' in svg for svg in svgs)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_event_and_every_count_has_an_anchor(tmp_path, language):
    text = written(tmp_path)[f"{language}/events.html"]
    listed, counted = text.split("<h3>")
    for event in DECEMBER.events.itertuples():
        entry = listed.split(f'<li id="{event.event_id}"')[1].split("</li>")[0]
        assert getattr(event, f"title_{language}").replace("&", "&amp;") in entry
        assert (event.date_text in entry) if event.dated else ("日期原文" not in entry)
        assert event.source_section.split("·")[-1] in entry
    links = re.findall(r'href="#([^"]+)"', counted.split('id="count-one-1"')[1])
    assert links == list(DECEMBER.events["event_id"][:3])


def test_an_event_without_english_is_marked_and_spoken_in_chinese(tmp_path):
    event = DECEMBER.events["event_id"][0]
    titles = DECEMBER.events["title_en"].mask(DECEMBER.events["event_id"] == event)
    one = dataclasses.replace(DECEMBER, events=DECEMBER.events.assign(title_en=titles))
    entry = written(tmp_path, one)["en/events.html"].split(f'id="{event}"')[1].split("</li>")[0]
    assert re.search(r'<span lang="zh-Hans">[^<]*\(in Chinese\)</span>', entry)


REVISED = {
    **{"zhipu-listing-2025-12": ["对照期发布之后才收录"], "runway-model-2025-12": ["补记"]},
    "sensetime-seko-2-0-2025-12": ["更正日期", "日期：2025年12月15日→2025年12月16日"],
    "codex-mortis-2025-12": ["重新归类", "地区：不详→美国", "类别：社会→产品"],
    "chatgpt-adult-mode-2025-12": ["计划时间：2026年一季度→2026年二季度"],
    "ant-lingguang-2025-12": ["撤下", "现已不再收录", "蚂蚁集团全模态助手“灵光”亮相"],
}


@pytest.fixture(scope="module")
def revised(tmp_path_factory):
    """January, after December was published and then put right."""
    place = tmp_path_factory.mktemp("january")
    data = january.january(place)
    reports = january.publish(data, place / "reports")
    january.revise(data)
    return ai.read_edition(data, reports=reports)


def test_the_revised_events_of_the_baseline_are_listed_with_what_changed(tmp_path, revised):
    row = {"anchor": "count-two-1", "label": "x", "sure": [*REVISED], "possible": []}
    exhibit = bundle("two", 2, rows=[row])
    text = written(tmp_path, revised, page(exhibit, language="zh"))["zh/events.html"]
    own, earlier = text.split("<h2>对照期的事件</h2>")
    listed = re.findall(r'<li id="([^"]+)"', earlier)
    assert set(listed) == set(REVISED)
    assert set(re.findall(r'<li id="([^"]+)"', own)) == set(revised.events["event_id"])
    for event, facts in REVISED.items():
        entry = earlier.split(f'<li id="{event}"')[1].split("</li>")[0]
        assert all(fact in entry for fact in facts)
        assert f'<a href="#{event}">' in earlier.split('id="count-two-1"')[1]
    assert (
        text.index("<ol") < text.index("data-say") < text.index("</ol>")
    )  # which the script finds


def test_an_event_of_the_baseline_that_a_chart_counts_is_listed_too(tmp_path, revised):
    event = "sora-2-release-2025-12"
    row = {"anchor": "count-two-1", "label": "x", "sure": [event], "possible": []}
    exhibit = bundle("two", 2, rows=[row])
    text = written(tmp_path, revised, page(exhibit, language="en"))["en/events.html"]
    entry = text.split("<h2>Events of the previous edition</h2>")[1].split(f'<li id="{event}"')[1]
    assert "<h3><span>Sora 2 makes" in entry
    assert f'<a href="#{event}">' in entry


@pytest.mark.parametrize("language", ["zh", "en"])
def test_without_a_baseline_its_list_is_not_there(tmp_path, language):
    text = written(tmp_path)[f"{language}/events.html"]
    assert text.count("<ol") == 1


def test_a_revision_of_an_event_of_the_edition_stands_with_the_event(tmp_path, revised):
    both = dataclasses.replace(revised, events=revised.all_events, coverage=revised.all_coverage)
    row = {
        "anchor": "count-two-1",
        "label": "x",
        "sure": [],
        "possible": [*both.events["event_id"]],
    }
    text = written(tmp_path, both, page(bundle("two", 2, rows=[row]), language="zh"))
    own, earlier = text["zh/events.html"].split("<h2>对照期的事件</h2>")
    assert "地区：不详→美国" in own
    assert "重新归类" not in own.split('<li id="openai-code-red-2025-12"')[1].split("</li>")[0]
    assert re.findall(r'<li id="([^"]+)"', earlier) == ["ant-lingguang-2025-12"]


def test_a_withdrawn_event_of_a_source_that_is_gone_names_it(tmp_path, revised):
    published = revised.baseline.published
    gone = published["event_id"].eq("ant-lingguang-2025-12")
    moved = published.assign(source=published["source"].mask(gone, "an-old-source"))
    base = dataclasses.replace(revised.baseline, published=moved)
    row = {"anchor": "count-two-1", "label": "x", "sure": ["ant-lingguang-2025-12"], "possible": []}
    text = written(
        tmp_path,
        dataclasses.replace(revised, baseline=base),
        page(bundle("two", 2, rows=[row]), language="en"),
    )["en/events.html"]
    assert "an-old-source" in text


def test_the_style_sheet_gives_every_colour_of_the_charts_its_dark_value(tmp_path):
    sheet = written(tmp_path)["style.css"]
    for name, (_, dark) in COLORS.items():
        assert f"--chart-{name}: {dark};" in sheet

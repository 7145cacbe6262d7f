"""Every page of every edition, as a reader's browser shows it."""

import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest
from chromium import chromium, keep_within, missing

from aistats.editions.pages import LANG

REPORTS = Path(__file__).parents[1] / "reports"
AXE = Path(__file__).parent / "node_modules/axe-core/axe.min.js"
EDITIONS = [manifest.parent for manifest in sorted(REPORTS.glob("*/manifest.json"))]
LIST = REPORTS / "index.html"
PAGES = [LIST, *(path for folder in EDITIONS for path in sorted(folder.rglob("*.html")))]
NARROW, WIDE = 360, 1280
HEIGHT = 800
pytestmark = pytest.mark.browser


def each(paths):
    return pytest.mark.parametrize("path", paths, ids=lambda path: str(path.relative_to(REPORTS)))


every_page = each(PAGES)
every_notebook_page = each([path for path in PAGES if path.parent.name in LANG])


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def tabs(browser):
    @cache
    def tab(folder, scripts):
        context = browser.new_context(offline=True, java_script_enabled=scripts)
        return context.new_page(), keep_within(context, f"file://{folder}/")

    return tab


@pytest.fixture
def visit(tabs):
    """Open a page off the net; what it asks for beyond its edition is refused, and a fault."""
    visited = []

    def visit(path, scripts=True, width=WIDE):
        page, faults = tabs(edition_of(path), scripts)
        visited.append(faults)
        page.emulate_media(media="screen", color_scheme="light")
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.goto(path.as_uri())
        return page

    yield visit
    found = [fault for faults in visited for fault in faults]
    for faults in visited:
        faults.clear()
    assert not found


def edition_of(path):
    return next((folder for folder in EDITIONS if path.is_relative_to(folder)), REPORTS)


def views(page):
    for width in (NARROW, WIDE):
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": HEIGHT})
            page.emulate_media(color_scheme=scheme)
            yield f"{width} px, {scheme}"


def languages_of(path):
    return [language for language in LANG if (edition_of(path) / language).is_dir()]


def test_every_edition_has_the_same_pages_in_all_its_languages():
    assert EDITIONS
    for folder in EDITIONS:
        assert folder / "index.html" in PAGES
        names = [{page.name for page in PAGES if page.parent == folder / code} for code in LANG]
        spoken = [pages for pages in names if pages]
        assert spoken
        assert all(pages == spoken[0] for pages in spoken)


def test_a_missing_browser_is_no_excuse_in_ci(monkeypatch):
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="Chromium"):
        missing("Chromium")
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="Chromium"):
        missing("Chromium")


# What it leads to ---------------------------------------------------------------------------------

# [*|href] is also the xlink:href of an SVG. A link out of the edition has to say so.
CONTENTS = """() => {
  const all = selector => [...document.querySelectorAll(selector)]
  const leads = all('[*|href]:not(a[rel~=external]), [src]').flatMap(node => [...node.attributes])
    .filter(attribute => ['href', 'src'].includes(attribute.localName))
  return {
    leads: leads.map(attribute => new URL(attribute.value, document.baseURI).href),
    ids: all('[id]').map(node => node.id),
    languages: all('[lang]').map(node => node.lang),
    levels: all('h1, h2, h3, h4, h5, h6').map(node => Number(node.tagName[1])),
  }
}"""


@pytest.fixture(scope="module")
def contents(browser):
    page = browser.new_context(offline=True).new_page()
    found = {}
    for path in PAGES:
        page.goto(path.as_uri())
        found[path] = page.evaluate(CONTENTS)
    page.context.close()
    return found


@every_page
def test_every_link_leads_to_a_place_in_the_edition_or_to_the_list_of_editions(contents, path):
    assert contents[path]["leads"]
    for url in contents[path]["leads"]:
        address, fragment = urldefrag(url)
        assert address.startswith("file:"), url
        target = Path(unquote(address.removeprefix("file://")))
        assert target.is_relative_to(edition_of(path)) or target == LIST, url
        assert target.is_file(), url
        assert not fragment or unquote(fragment) in contents[target]["ids"], url


@every_page
def test_no_id_is_given_twice(contents, path):
    ids = contents[path]["ids"]
    assert not [name for name in ids if ids.count(name) > 1]


@every_page
def test_headings_leave_out_no_level(contents, path):
    levels = contents[path]["levels"]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@every_notebook_page
def test_the_language_switch_leads_there_and_back(visit, path):
    page = visit(path, width=NARROW)
    here = path.parent.name
    for language in languages_of(path):
        for spoken in (language, here):
            if page.url != (there := path.parents[1] / spoken / path.name).as_uri():
                page.locator(f"a[hreflang={LANG[spoken]}][href$='{spoken}/{path.name}']").click()
                page.wait_for_url(there.as_uri())
            assert page.locator("html").get_attribute("lang") == LANG[spoken]


@every_page
def test_a_page_names_its_languages(contents, path):
    languages = contents[path]["languages"]
    assert set(languages) <= set(LANG.values())
    assert languages[0] == LANG.get(path.parent.name, languages[0])


# What is seen -------------------------------------------------------------------------------------

# A page may have one drawing for each width or scheme: one of them must be seen.
UNSEEN = """() => {
  const isSeen = drawing => {
    const box = drawing.getBoundingClientRect()
    const styled = drawing.checkVisibility({visibilityProperty: true, opacityProperty: true})
    return styled && box.width > 100 && box.height > 50 && drawing.naturalWidth !== 0
  }
  return [...document.querySelectorAll('figure')]
    .filter(figure => ![...figure.querySelectorAll('img, svg')].some(isSeen))
    .map(figure => figure.id || figure.innerText)
}"""


@every_page
def test_every_chart_is_seen_and_nothing_is_off_the_side(visit, path):
    page = visit(path)
    for view in views(page):
        assert page.evaluate(UNSEEN) == [], view
        root = page.locator("html")
        assert root.evaluate("html => html.scrollWidth - html.clientWidth") == 0, view


# A file may not read another, its style sheet included; and what passes need not be described.
RUN_AXE = "axe.run({preload: false, resultTypes: ['violations']})"


@every_page
def test_axe_finds_nothing(visit, path):
    if not AXE.exists():
        missing("axe-core")
    page = visit(path)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = []
    for view in views(page):
        result = page.evaluate(RUN_AXE)
        found += [
            f"{view}: {violation['id']} at {node['target']}: {node['failureSummary']}"
            for violation in result["violations"]
            for node in violation["nodes"]
        ]
    assert not found


@every_notebook_page
def test_the_keyboard_skips_to_the_text(visit, path):
    page = visit(path)
    page.keyboard.press("Tab")
    box = page.locator(":focus").bounding_box()
    assert min(box["x"], box["y"]) >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    follows = "document.querySelector('main').compareDocumentPosition(document.activeElement) & 4"
    assert page.evaluate(follows), "the next stop lies before the text"


CONTROLS = "form, fieldset, label, button, select, input, output, [role=status], [aria-live]"


@every_page
def test_without_scripts_all_text_and_charts_are_there(visit, path):
    still = visit(path, scripts=False)
    assert still.evaluate(UNSEEN) == []
    scripted = visit(path)
    scripted.evaluate(f"document.querySelectorAll('{CONTROLS}').forEach(node => node.remove())")
    read, plain = (
        set(re.split(r"[\n\t]+", page.locator("body").inner_text())) for page in (scripted, still)
    )
    assert read <= plain


# What is printed ----------------------------------------------------------------------------------

A4_MARGIN = "1cm"  # what a browser leaves if it is not told otherwise

# A link makes the browser write into the PDF on which sheet its target lies.
MARK_FIGURES = """() => document.querySelectorAll('figure').forEach((figure, i) => {
  for (const [name, place] of [['start', 'prepend'], ['end', 'append']]) {
    const mark = document.createElement('a')
    mark.id = `${name}-${i}`
    figure[place](mark)
    const link = document.createElement('a')
    link.href = '#' + mark.id
    link.textContent = mark.id
    document.body.append(link)
  }
})"""


@every_page
def test_on_paper_every_chart_is_whole(visit, path):
    page = visit(path)
    page.emulate_media(media="print")
    assert page.evaluate(UNSEEN) == []
    figures = page.locator("figure").count()
    page.evaluate(MARK_FIGURES)
    sides = dict.fromkeys(("top", "right", "bottom", "left"), A4_MARGIN)
    printed = page.pdf(format="A4", margin=sides)
    sheets = dict(re.findall(rb"/((?:start|end)-\d+) \[(\d+) 0 R", printed))
    assert len(sheets) == 2 * figures
    for number in range(figures):
        assert sheets[b"start-%d" % number] == sheets[b"end-%d" % number], f"figure {number}"


# The list of events ------------------------------------------------------------------------------


@each([path for path in PAGES if path.name == "events.html"])
def test_the_list_of_events_is_searched_filtered_and_sorted(visit, path):
    page = visit(path)
    events = page.locator("ol.events[data-say] > li")
    shown = page.locator("ol.events[data-say] > li:not([hidden])")
    everything = events.count()
    region, category, order = (page.locator("form select").nth(place) for place in range(3))
    first = events.first.get_attribute("data-region")
    region.select_option(first)
    of_region = shown.count()
    assert 0 < of_region < everything
    assert str(of_region) in page.get_by_role("status").inner_text()
    page.get_by_role("searchbox").fill("nothing has these words")
    assert shown.count() == 0
    hidden = events.last.get_attribute("id")
    page.evaluate("id => { location.hash = id }", hidden)
    page.locator(f"#{hidden}").wait_for()
    assert shown.count() == everything
    assert category.input_value() == ""
    order.select_option("category")
    levels = [event.get_attribute("data-category") for event in events.all()]
    assert levels == sorted(levels, key=levels.index)
    assert len(levels) == everything

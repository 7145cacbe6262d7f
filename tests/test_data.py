"""The data that are published: they keep the rules that the codebook gives them."""

import csv
import json
import re
import shutil
from pathlib import Path

import december
import frictionless
import pytest

from aistats.dates.edtf import parse_edtf
from aistats.faults import DataError
from aistats.tables.codebook import read_codebook
from aistats.tables.package import read_tables

DATA = Path("data").resolve()
HAN = r"[㐀-鿿豈-﫿\U00020000-\U0003ffff]"

PACKAGE = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
CODEBOOK = read_codebook(DATA)
TABLES = {name: table.path for name, table in CODEBOOK.tables.items()}


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


EVENTS = rows_of(DATA / "events.csv")
COVERAGE = rows_of(DATA / "coverage.csv")
THEMES = rows_of(DATA / "themes.csv")
LINKS = rows_of(DATA / "event_themes.csv")
EDITIONS = rows_of(DATA / "editions.csv")

each_event = pytest.mark.parametrize("event", EVENTS, ids=[row["event_id"] for row in EVENTS])


# The data package ---------------------------------------------------------------------------------


def test_the_data_package_is_valid():
    report = frictionless.validate(str(DATA / "datapackage.json"))

    assert report.flatten(["title", "rowNumber", "fieldName", "note"]) == []
    assert [task.name for task in report.tasks] == list(TABLES)


def test_our_own_reader_finds_no_fault_and_nothing_odd():
    tables, _ = read_tables(DATA)

    written = {"events": EVENTS, "themes": THEMES, "event_themes": LINKS}
    written |= {"coverage": COVERAGE, "editions": EDITIONS}
    assert {name: len(table) for name, table in tables.items()} == {
        name: len(rows) for name, rows in written.items()
    }


def test_every_file_of_the_folder_is_described_and_in_plain_bytes():
    assert {path.name for path in DATA.glob("*.csv")} == set(TABLES.values())
    for path in DATA.iterdir():
        raw = path.read_bytes()
        assert b"\r" not in raw, path.name
        assert not raw.startswith(b"\xef\xbb\xbf"), path.name
        assert raw.endswith(b"\n"), path.name


def double_a_row(lines):
    return [*lines, lines[1]]


def empty_the_first_cell(lines):
    return [lines[0], lines[1][lines[1].index(",") :], *lines[2:]]


def add_a_cell(lines):
    return [lines[0], lines[1] + ",more", *lines[2:]]


def drop_a_column(lines):
    rows = list(csv.reader(lines))
    return [",".join(f'"{cell}"' for cell in row[1:]) for row in rows]


def add_a_column(lines):
    return [lines[0] + ",notes", *(line + ",x" for line in lines[1:])]


def double_a_column(lines):
    rows = list(csv.reader(lines))
    return [",".join(f'"{cell}"' for cell in [*row, row[-1]]) for row in rows]


def lead_nowhere(lines):
    return [lines[0], re.sub("^[^,]*", "nothing-2025-12", lines[1]), *lines[2:]]


def break_the_pattern(lines):
    return [lines[0], re.sub("^[^,]*", "Not a Name", lines[1]), *lines[2:]]


def keep_all(lines):
    return lines


@pytest.mark.parametrize(
    ("file", "plant", "line"),
    [
        ("events.csv", keep_all, None),
        ("event_themes.csv", double_a_row, "last"),
        ("themes.csv", double_a_row, "last"),
        ("coverage.csv", double_a_row, "last"),
        ("event_themes.csv", empty_the_first_cell, 2),
        ("coverage.csv", empty_the_first_cell, 2),
        ("event_themes.csv", add_a_cell, 2),
        ("coverage.csv", drop_a_column, 1),
        ("editions.csv", add_a_column, 1),
        ("coverage.csv", double_a_column, 1),
        ("event_themes.csv", lead_nowhere, 2),
        ("event_themes.csv", break_the_pattern, 2),
        ("editions.csv", break_the_pattern, 2),
    ],
)
def test_frictionless_and_our_own_reader_agree_on_what_is_broken(tmp_path, file, plant, line):
    folder = shutil.copytree(december.DATA, tmp_path / "data")
    lines = (folder / file).read_text(encoding="utf-8").splitlines()
    (folder / file).write_text("\n".join(plant(lines)) + "\n", encoding="utf-8")
    resources = {resource["name"]: resource["path"] for resource in PACKAGE["resources"]}
    line = len(lines) + 1 if line == "last" else line

    theirs = set()
    for task in frictionless.validate(str(folder / "datapackage.json")).tasks:
        theirs |= {(resources[task.name], getattr(e, "row_number", None) or 1) for e in task.errors}
    ours = set()
    try:
        read_tables(folder)
    except DataError as error:
        ours = {(Path(fault.file).name, fault.line) for fault in error.faults}

    planted = set() if line is None else {(file, line)}
    assert {place for place in ours if place[0] == file} == planted
    assert bool(ours) == bool(theirs)
    assert planted <= theirs


# Texts and labels ---------------------------------------------------------------------------------


def levels_of_the_package():
    fields = [field for table in PACKAGE["resources"] for field in table["schema"]["fields"]]
    for field in [*fields, *(field["groups"] for field in fields if "groups" in field)]:
        for level in field.get("categories", []):
            yield field["name"], level


LEVELS = list(levels_of_the_package())


def test_every_level_has_a_label_in_both_languages():
    without = [
        (name, level["value"])
        for name, level in LEVELS
        if not level.get("label") or not re.search(HAN, level.get("label_zh", ""))
    ]

    assert len(LEVELS) > 250
    assert without == []


def test_every_level_but_a_plain_country_has_its_decision_rule_in_both_languages():
    without = [
        (name, level["value"])
        for name, level in LEVELS
        if not (level.get("rule") and re.search(HAN, level.get("rule_zh", "")))
        and not (name == "region" and re.fullmatch("[A-Z]{2}", level["value"]))
    ]

    assert without == []


@pytest.mark.parametrize(
    "column", ["region", "category", "status", "scope", "group", "stance", "basis"]
)
def test_no_two_levels_have_the_same_label(column):
    levels = CODEBOOK.order(column)

    for language in ("zh", "en"):
        assert len({CODEBOOK.label(column, level, language) for level in levels}) == len(levels)


def test_every_region_that_occurs_has_a_label_of_its_own():
    for region in {event["region"] for event in EVENTS}:
        assert CODEBOOK.label("region", region, "zh") != region
        assert CODEBOOK.label("region", region, "en") != region


def test_every_table_column_and_source_has_a_title_and_a_description_in_both_languages():
    fields = [field for table in PACKAGE["resources"] for field in table["schema"]["fields"]]

    for item in [PACKAGE, *PACKAGE["sources"], *PACKAGE["resources"], *fields]:
        for key in ("title", "description"):
            assert item[key].strip(), item["name"]
            assert re.search(HAN, item[f"{key}_zh"]), item["name"]


def chinese_texts():
    """Every Chinese text of the data folder, with its place."""

    def walk(item, place, chinese):
        if isinstance(item, dict):
            for key, value in item.items():
                yield from walk(value, f"{place}/{key}", chinese or key.endswith("_zh"))
        elif isinstance(item, list):
            for n, value in enumerate(item):
                yield from walk(value, f"{place}/{n}", chinese)
        elif chinese:
            yield place, item

    yield from walk(PACKAGE, "datapackage.json", chinese=False)
    for path in DATA.glob("*.csv"):
        for line, row in enumerate(rows_of(path), 2):
            for name, text in row.items():
                if name.endswith("_zh") or name in ("date_text", "source_section", "section"):
                    yield f"{path.name}/{line}/{name}", text
    yield "README.zh.md", (DATA / "README.zh.md").read_text(encoding="utf-8")


def test_no_chinese_text_has_half_width_punctuation_between_chinese_characters():
    texts = dict(chinese_texts())
    wrong = {
        place: found
        for place, text in texts.items()
        if (found := re.findall(rf"{HAN}\s?[,.;:!?()\"']\s?{HAN}", text))
    }

    assert len(texts) > 400
    assert wrong == {}


def test_no_text_has_spaces_around_it():
    for path in DATA.glob("*.csv"):
        for row in rows_of(path):
            for name, text in row.items():
                assert text == text.strip(), (path.name, name, text)


@each_event
def test_titles_are_short_and_summaries_are_sentences(event):
    assert 0 < len(re.findall(HAN, event["title_zh"])) <= 24
    assert 0 < len(event["title_en"]) <= 70
    assert not event["title_zh"].endswith(("。", "！", "？"))
    assert not event["title_en"].endswith(".")
    assert event["summary_zh"].endswith("。")
    assert event["summary_en"].endswith(".")
    assert 1 <= event["summary_zh"].count("。") <= 3


# Rules between cells and tables -------------------------------------------------------------------


@each_event
def test_the_name_of_an_event_is_a_slug_with_the_month_of_an_edition(event):
    slug, _, month = re.fullmatch(
        r"([a-z0-9]+(-[a-z0-9]+)*)-(\d{4}-\d{2})", event["event_id"]
    ).groups()
    first = min(row["edition"] for row in EDITIONS if event["source"] in row["sources"].split())

    assert slug
    assert month == first


@each_event
def test_an_event_has_the_window_of_the_section_that_reports_it(event):
    section = event["source_section"].split("·")[0]

    [window] = [
        row["window"]
        for row in COVERAGE
        if (row["source"], row["section"]) == (event["source"], section)
    ]
    assert event["reported"] == window


@each_event
def test_a_date_has_its_words_and_lies_within_the_window_that_reports_it(event):
    assert bool(event["date"]) == bool(event["date_text"])
    if event["date"]:
        first, last = parse_edtf(event["date"])
        opened, closed = parse_edtf(event["reported"])
        assert opened <= first <= last <= closed


@each_event
def test_only_what_is_announced_is_planned_and_for_later(event):
    assert event["status"] == "announced" or not event["planned_for"]
    if event["planned_for"]:
        assert parse_edtf(event["planned_for"])[0] > parse_edtf(event["reported"])[0]


def test_every_link_leads_from_an_event_to_a_theme_and_stands_once():
    pairs = [(row["event_id"], row["theme_id"]) for row in LINKS]

    assert {event for event, _ in pairs} <= {row["event_id"] for row in EVENTS}
    assert {theme for _, theme in pairs} <= {row["theme_id"] for row in THEMES}
    assert len(set(pairs)) == len(pairs) > 0


def test_the_source_makes_twelve_claims_in_four_groups_and_five_in_its_summary():
    groups = [row["group"] for row in THEMES if row["source"] == december.SOURCE]

    assert {group: groups.count(group) for group in groups} == {
        "competition": 3,
        "technology": 3,
        "application": 3,
        "governance": 3,
        "summary": 5,
    }
    assert all(row["theme_id"].startswith(row["group"] + "-") for row in THEMES)


def test_every_source_is_described_covered_and_in_an_edition():
    named = {row["source"] for row in [*EVENTS, *THEMES, *COVERAGE]}

    assert named == {source["name"] for source in PACKAGE["sources"]}
    assert named == {source for row in EDITIONS for source in row["sources"].split()}


def test_the_windows_of_the_first_source_are_as_agreed():
    first = [row for row in COVERAGE if row["source"] == december.SOURCE]
    windows = {row["section"]: (row["window"], row["basis"]) for row in first}

    assert windows == {
        "一": ("2025-11-30/2025-12-06", "stated"),
        "二": ("2025-12-11/2025-12-20", "assumed"),
    }


def test_an_edition_is_compared_only_with_earlier_editions():
    labels = {row["edition"] for row in EDITIONS}

    for row in EDITIONS:
        assert set(row["baseline"].split()) <= {label for label in labels if label < row["edition"]}

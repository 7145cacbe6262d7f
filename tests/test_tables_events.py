"""Events: a file is read rightly or refused whole, with every fault and its line."""

import csv
import io
import json
import shutil
import tempfile
from pathlib import Path

import january
import pandas as pd
import pytest
from december import DATA
from examples import examples
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aistats.counting.counts import count_events
from aistats.faults import DataError, DataWarning, ParameterError
from aistats.tables.codebook import read_codebook
from aistats.tables.edition import read_edition
from aistats.tables.events import read_coverage, read_events, validate_events
from aistats.tables.package import read_tables
from aistats.tables.slices import slice_tables

EVENTS, COVERAGE, THEMES = "events.csv", "coverage.csv", "themes.csv"
LINKS, EDITIONS = "event_themes.csv", "editions.csv"

calm = settings(deadline=None, derandomize=True, max_examples=examples(150))


@pytest.fixture
def data(tmp_path, monkeypatch):
    """Work in a folder with a copy of the data, so that messages name `data/…`."""
    shutil.copytree(DATA, tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    return Path("data")


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write(path, rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8", newline="")


def put(path, line, column, value):
    """Write a value into the cell that stands on a line of a file of one-line records."""
    rows = rows_of(path)
    rows[line - 1][rows[0].index(column)] = value
    write(path, rows)


def cell(path, line, column):
    rows = rows_of(path)
    return rows[line - 1][rows[0].index(column)]


def put_line(path, line, text):
    """Replace a line of a file as it stands."""
    lines = path.read_text(encoding="utf-8").split("\n")
    lines[line - 1] = text
    path.write_text("\n".join(lines), encoding="utf-8", newline="")


def line_of(path, line):
    return path.read_text(encoding="utf-8").split("\n")[line - 1]


def recode(path, encoding):
    path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))


def faults_of(read, *arguments, **options):
    """Return all that is wrong, as (file name, line, column, kind, value)."""
    with pytest.raises(DataError) as refused:
        read(*arguments, **options)
    return [
        (Path(fault.file).name, fault.line, fault.column, fault.kind, str(fault.value))
        for fault in refused.value.faults
    ]


def refused(read, *arguments, language="en", **options):
    """Return the text of a refusal."""
    with pytest.raises(DataError) as error:
        read(*arguments, **options)
    return error.value.text(language)


# What is right is read rightly --------------------------------------------------------------------


def test_events_are_the_text_of_the_file_and_their_days(data):
    header, *rows = rows_of(data / EVENTS)

    events = read_events(data / EVENTS)

    assert events[header].fillna("").to_numpy().tolist() == rows
    assert set(events[header].dtypes.astype(str)) == {"str"}
    assert events.drop(columns=header).dtypes.astype(str).to_dict() == {
        "earliest": "datetime64[s]",
        "latest": "datetime64[s]",
        "dated": "bool",
        "scope": "str",
    }
    assert list(events.index) == list(range(len(rows)))


@pytest.mark.parametrize(
    ("date", "reported", "earliest", "latest", "dated"),
    [
        ("2025-12-02", "2025-11-30/2025-12-06", "2025-12-02", "2025-12-02", True),
        ("2025-12-01/2025-12-06", "2025-11-30/2025-12-06", "2025-12-01", "2025-12-06", True),
        ("2025-12-05~", "2025-11-30/2025-12-06", "2025-12-02", "2025-12-08", True),
        ("", "2025-11-30/2025-12-06", "2025-11-30", "2025-12-06", False),
        ("", "2025-12", "2025-12-01", "2025-12-31", False),
    ],
)
def test_an_event_has_the_days_of_its_date_or_else_of_its_report(
    data, date, reported, earliest, latest, dated
):
    put(data / EVENTS, 2, "date", date)
    put(data / EVENTS, 2, "date_text", "12月" if dated else "")
    put(data / EVENTS, 2, "reported", reported)

    event = read_events(data / EVENTS).iloc[0]

    assert (str(event["earliest"].date()), str(event["latest"].date())) == (earliest, latest)
    assert event["dated"] == dated


def test_the_margin_of_an_approximate_day_is_that_of_the_codebook(data):
    put(data / EVENTS, 2, "date", "2025-12-05~")
    package = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    fields = {field["name"]: field for field in package["resources"][0]["schema"]["fields"]}
    fields["date"]["approximate_margin_days"] = 1
    (data / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")

    event = read_events(data / EVENTS).iloc[0]

    assert (str(event["earliest"].date()), str(event["latest"].date())) == (
        "2025-12-04",
        "2025-12-06",
    )


@pytest.mark.parametrize(
    ("region", "scope"),
    [
        ("CN", "domestic"),
        ("HK", "domestic"),
        ("MO", "domestic"),
        ("TW", "domestic"),
        ("US", "international"),
        ("NA", "international"),
        ("global", "international"),
        ("unknown", "unstated"),
    ],
)
def test_the_scope_follows_from_the_region(data, region, scope):
    put(data / EVENTS, 2, "region", region)

    assert read_events(data / EVENTS).loc[0, ["region", "scope"]].tolist() == [region, scope]


@pytest.mark.parametrize(
    "name", ["NA", "nan", "NaN", "None", "null", "N/A", "-", "007", "1e5", "TRUE"]
)
def test_a_cell_is_the_text_it_shows(data, name):
    put(data / EVENTS, 2, "organization", name)

    assert read_events(data / EVENTS).loc[0, "organization"] == name


def test_an_empty_cell_is_missing(data):
    put(data / EVENTS, 2, "title_en", "")

    assert read_events(data / EVENTS)["title_en"].isna().tolist()[:2] == [True, False]


@pytest.mark.parametrize(
    "text",
    [
        "one, two",
        'the “red” and the ""double""',
        "two\nlines",
        "two\r\nlines",
        "。，《》、—",
        "𠮷 and 😀",
        "é and e\u0301",
        "a\ttab",
        "=1+1",
        "line\u2028separator and next\u0085line",
    ],
)
def test_a_cell_may_hold_any_text(data, text):
    put(data / EVENTS, 2, "summary_zh", text)

    assert read_events(data / EVENTS).loc[0, "summary_zh"] == text


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda raw: b"\xef\xbb\xbf" + raw,
        lambda raw: raw.replace(b"\n", b"\r\n"),
        lambda raw: raw.replace(b"\n", b"\r"),
        lambda raw: b"\xef\xbb\xbf" + raw.replace(b"\n", b"\r\n"),
        lambda raw: raw.removesuffix(b"\n"),
        lambda raw: raw + b"\n\n",
        lambda raw: raw.replace(b"\n", b"\n\n"),
    ],
    ids=["BOM", "CRLF", "CR", "BOM and CRLF", "no last line end", "lines after", "lines between"],
)
def test_the_same_table_in_other_bytes_is_the_same_table(data, rewrite):
    before = read_events(data / EVENTS)
    (data / EVENTS).write_bytes(rewrite((data / EVENTS).read_bytes()))

    pd.testing.assert_frame_equal(read_events(data / EVENTS), before)


@pytest.mark.parametrize("encoding", ["gb18030", "GB18030", "utf-16", "utf-8", "UTF-8", "utf8"])
def test_a_file_in_an_encoding_that_is_named_is_read_rightly(data, encoding):
    before = read_events(data / EVENTS)
    recode(data / EVENTS, encoding)

    pd.testing.assert_frame_equal(read_events(data / EVENTS, encoding=encoding), before)


def test_coverage_is_read_in_an_encoding_too(data):
    before = read_coverage(data / COVERAGE)
    recode(data / COVERAGE, "gb18030")

    pd.testing.assert_frame_equal(read_coverage(data / COVERAGE, encoding="gb18030"), before)


def test_the_order_of_columns_is_free(data):
    before = read_events(data / EVENTS)
    write(data / EVENTS, [row[::-1] for row in rows_of(data / EVENTS)])

    pd.testing.assert_frame_equal(read_events(data / EVENTS), before, check_like=True)


def test_a_table_without_rows_is_a_table(data):
    before = read_events(data / EVENTS)
    write(data / EVENTS, rows_of(data / EVENTS)[:1])

    pd.testing.assert_frame_equal(read_events(data / EVENTS), before.iloc[:0])


@pytest.mark.parametrize("kind", ["object", "file", "folder", "text"])
def test_the_codebook_may_stand_elsewhere(data, tmp_path, kind):
    before = read_events(data / EVENTS)
    elsewhere = shutil.copy(data / EVENTS, tmp_path / EVENTS)
    codebook = {
        "object": read_codebook(data),
        "file": data / "datapackage.json",
        "folder": data,
        "text": "data",
    }[kind]

    pd.testing.assert_frame_equal(read_events(elsewhere, codebook=codebook), before)
    assert faults_of(read_events, elsewhere) == [
        (EVENTS, None, None, "no_codebook", "datapackage.json")
    ]


def test_coverage_has_the_days_of_its_windows(data):
    coverage = read_coverage(data / COVERAGE)

    assert coverage[["earliest", "latest"]].astype(str).to_numpy().tolist() == [
        ["2025-11-30", "2025-12-06"],
        ["2025-12-11", "2025-12-20"],
    ]
    assert coverage["basis"].tolist() == ["stated", "assumed"]


def test_all_tables_are_read_at_once_as_they_are_read_alone(data):
    tables, codebook = read_tables(data)

    assert list(tables) == list(codebook.tables)
    pd.testing.assert_frame_equal(tables["events"], read_events(data / EVENTS))
    pd.testing.assert_frame_equal(tables["coverage"], read_coverage(data / COVERAGE))
    for name, frame in tables.items():
        header, *rows = rows_of(data / codebook.tables[name].path)
        assert frame[header].fillna("").to_numpy().tolist() == rows


# What is wrong in a cell --------------------------------------------------------------------------

BAD_CELLS = [
    (EVENTS, "region", "XX", "level"),
    (EVENTS, "region", "cn", "level"),
    (EVENTS, "region", "中国", "level"),
    (EVENTS, "region", "", "missing"),
    (EVENTS, "category", "Policy", "level"),
    (EVENTS, "status", "planned", "level"),
    (EVENTS, "organization", "", "empty"),
    (EVENTS, "title_zh", "", "empty"),
    (EVENTS, "reported", "", "missing"),
    (EVENTS, "reported", "12月上旬", "not_edtf"),
    (EVENTS, "date", "12月2日", "not_edtf"),
    (EVENTS, "date", "2/12/2025", "not_edtf"),
    (EVENTS, "date", "２０２５-12-02", "not_edtf"),
    (EVENTS, "date", "2025-02-30", "impossible"),
    (EVENTS, "date", "2025-13", "impossible"),
    (EVENTS, "date", "9999-12-31~", "impossible"),
    (EVENTS, "date", "2025-12-06/2025-11-30", "reversed"),
    (EVENTS, "date", "2025-12-01/..", "open"),
    (EVENTS, "date", "{2025-12-01,2025-12-03}", "set"),
    (EVENTS, "date", "2025-24", "season"),
    (EVENTS, "date", "2025-12~", "approximate"),
    (EVENTS, "date", "2025-12-02T10:00:00Z", "zone"),
    (EVENTS, "event_id", "", "missing"),
    (EVENTS, "event_id", "Not a slug", "pattern"),
    (EVENTS, "event_id", "no-month-2025-13", "pattern"),
    (EVENTS, "event_id", "line-2025-12\n", "space"),
    (EVENTS, "source", "Some Report", "pattern"),
    (EVENTS, "source_url", "ftp://example.org", "pattern"),
    (COVERAGE, "window", "2025-12-20/2025-12-11", "reversed"),
    (COVERAGE, "window", "", "missing"),
    (COVERAGE, "basis", "guessed", "level"),
]


@pytest.mark.parametrize(
    ("file", "column", "value", "kind"), BAD_CELLS, ids=[f"{row[1]}-{row[3]}" for row in BAD_CELLS]
)
def test_a_wrong_cell_is_named_with_its_place(data, file, column, value, kind):
    put(data / file, 3, column, value)

    read = read_events if file == EVENTS else read_coverage

    assert faults_of(read, data / file) == [(file, 3, column, kind, value)]
    assert (file, 3, column, kind, value) in faults_of(read_tables, data)


@pytest.mark.parametrize(
    ("file", "column", "value", "kind"),
    [
        (THEMES, "group", "outlook", "level"),
        (THEMES, "statement_zh", "", "empty"),
        (LINKS, "stance", "denies", "level"),
        (LINKS, "stance", "", "missing"),
        (EDITIONS, "languages", "zh fr", "pattern"),
        (EDITIONS, "languages", "zh,en", "pattern"),
        (EDITIONS, "edition", "", "missing"),
        (EDITIONS, "parameters", "period", "pattern"),
    ],
)
def test_a_wrong_cell_of_any_other_table_is_named_too(data, file, column, value, kind):
    put(data / file, 2, column, value)

    assert faults_of(read_tables, data) == [(file, 2, column, kind, value)]


@pytest.mark.parametrize("space", [" ", "\u3000"], ids=["space", "full-width space"])
@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize(
    "column", ["event_id", "date", "reported", "region", "category", "organization", "source"]
)
def test_a_space_around_a_value_makes_it_another_value_and_is_refused(data, column, side, space):
    value = cell(data / EVENTS, 2, column)
    spaced = space + value if side == "before" else value + space
    put(data / EVENTS, 2, column, spaced)

    [(_, line, named, _, shown)] = faults_of(read_events, data / EVENTS)

    assert (line, named, shown) == (2, column, spaced)


@pytest.mark.parametrize("column", ["organization", "title_zh", "source_section"])
def test_a_required_cell_of_nothing_but_spaces_is_refused(data, column):
    put(data / EVENTS, 2, column, "  ")

    [(_, line, named, _, _)] = faults_of(read_events, data / EVENTS)

    assert (line, named) == (2, column)


def test_the_same_wrong_value_is_named_on_every_line(data):
    for line in (3, 5, 8):
        put(data / EVENTS, line, "region", "XX")

    assert [fault[1] for fault in faults_of(read_events, data / EVENTS)] == [3, 5, 8]


def test_a_double_event_is_named_on_each_line_after_the_first(data):
    first = cell(data / EVENTS, 2, "event_id")
    put(data / EVENTS, 5, "event_id", first)
    put(data / EVENTS, 9, "event_id", first)

    assert faults_of(read_events, data / EVENTS) == [
        (EVENTS, line, "event_id", "duplicate", first) for line in (5, 9)
    ]
    assert "lines 5, 9, column event_id: “" in refused(read_events, data / EVENTS)
    assert "is also in line 2; it must be unique (2 times)" in refused(read_events, data / EVENTS)


@pytest.mark.parametrize(
    ("file", "column"),
    [
        (LINKS, "event_id + theme_id"),
        (COVERAGE, "source + section"),
        (EDITIONS, "edition"),
        (THEMES, "theme_id"),
    ],
)
def test_a_key_may_stand_once(data, file, column):
    rows = rows_of(data / file)
    write(data / file, [*rows, rows[1]])

    [(name, line, named, kind, _)] = faults_of(read_tables, data)

    assert (name, line, named, kind) == (file, len(rows) + 1, column, "duplicate")


@pytest.mark.parametrize(
    ("file", "column", "value", "leads_to"),
    [
        (LINKS, "event_id", "no-such-event-2025-12", "events.event_id"),
        (LINKS, "theme_id", "no-such-theme", "themes.theme_id"),
        (EVENTS, "source", "no-such-source", "coverage.source"),
        (THEMES, "source", "no-such-source", "coverage.source"),
        (EDITIONS, "sources", "no-such-source", "coverage.source"),
        (EDITIONS, "baseline", "2024-12", "editions.edition"),
        (COVERAGE, "source", "no-such-source", "sources.name"),
    ],
)
def test_a_link_must_lead_to_a_row(data, file, column, value, leads_to):
    put(data / file, 2, column, value)

    # Without its section in the coverage table an event has no window: that is said beside it.
    faults = [fault for fault in faults_of(read_tables, data) if fault[2] != "source_section"]
    assert faults == [(file, 2, column, "link", value)]
    assert leads_to in refused(read_tables, data)


def test_each_value_of_a_list_must_lead_to_a_row(data):
    put(data / EDITIONS, 2, "sources", "ai-events-2025-12 no-such-source nor-this")

    assert faults_of(read_tables, data) == [
        (EDITIONS, 2, "sources", "link", "no-such-source"),
        (EDITIONS, 2, "sources", "link", "nor-this"),
    ]


def test_what_a_link_could_lead_to_is_named(data):
    put(data / EVENTS, 2, "source", "ai-events-2025-11")
    put(data / EVENTS, 3, "source_section", "三·1")

    for language, texts in {
        "en": [
            "“ai-events-2025-11” has no matching row; use one of the values of "
            "coverage.source: ai-events-2025-12",
            "“三” has no matching row; use one of the values of coverage.section: 一, 二",
        ],
        "zh": [
            "“ai-events-2025-11”没有对应的行；请从coverage.source的值中选：ai-events-2025-12",
            "“三”没有对应的行；请从coverage.section的值中选：一, 二",
        ],
    }.items():
        said = refused(read_tables, data, language=language)
        assert [text for text in texts if text in said] == texts


def test_a_file_without_a_codebook_is_told_of_columns_that_have_our_names_already(tmp_path):
    path = tmp_path / "ymd.csv"
    path.write_text("year,month,day\n2025,12,2\n")

    assert "or set columns={} if they are already called date, or start and end" in refused(
        read_events, path
    )
    assert list(read_events(path, columns={})["date"]) == ["2025-12-02"]


def test_the_levels_nearest_to_what_was_written_come_first(data):
    put(data / EVENTS, 2, "category", "bussiness")

    assert "“bussiness” is not allowed; use one of: business, " in refused(
        read_events, data / EVENTS
    )


# What is wrong in the form of a file --------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        (
            lambda header: [name for name in header if name != "region"],
            [("missing_column", "region")],
        ),
        (lambda header: [*header, "notes"], [("unknown_column", "notes")]),
        (lambda header: [*header, ""], [("unknown_column", "")]),
        (lambda header: [*header, "region"], [("duplicate_column", "region")]),
        (
            lambda header: ["Region" if name == "region" else name for name in header],
            [("missing_column", "region"), ("unknown_column", "Region")],
        ),
        (
            lambda header: [" region" if name == "region" else name for name in header],
            [("missing_column", "region"), ("unknown_column", " region")],
        ),
        (
            lambda header: [name for name in header if name not in ("date", "event_id")],
            [("missing_column", "event_id"), ("missing_column", "date")],
        ),
    ],
    ids=["missing", "unknown", "nameless", "double", "other case", "space", "two missing"],
)
def test_a_wrong_header_is_named_column_by_column(data, change, faults):
    header, *rows = rows_of(data / EVENTS)
    width = len(change(header))
    write(data / EVENTS, [change(header), *([*row, "", ""][:width] for row in rows)])

    found = [fault for fault in faults_of(read_events, data / EVENTS) if fault[1] == 1]

    assert found == [(EVENTS, 1, None, kind, value) for kind, value in faults]


def test_the_cells_under_a_wrong_header_are_checked_as_well(data):
    put(data / COVERAGE, 3, "basis", "guessed")
    put(data / COVERAGE, 1, "section", "part")

    assert faults_of(read_coverage, data / COVERAGE) == [
        (COVERAGE, 1, None, "missing_column", "section"),
        (COVERAGE, 1, None, "unknown_column", "part"),
        (COVERAGE, 3, "basis", "level", "guessed"),
    ]


@pytest.mark.parametrize(
    ("line", "cells"),
    [("a", 1), ("a,b,c", 3), ("a,b,c,d,e", 5), ("a,b,c,d,", 5), ('""', 1), (" ", 1)],
)
def test_a_torn_line_is_named_with_its_cells(data, line, cells):
    put_line(data / COVERAGE, 2, line)

    assert faults_of(read_coverage, data / COVERAGE) == [
        (COVERAGE, 2, None, "torn_line", str(cells))
    ]
    assert (
        f"data/coverage.csv, line 2: number of cells is {cells}, but the header has 4"
        in refused(read_coverage, data / COVERAGE)
    )


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"", "empty_file"),
        (b"\n\r\n\n", "empty_file"),
        (b"\xef\xbb\xbf", "empty_file"),
        (None, "no_file"),
    ],
)
def test_a_file_that_is_empty_or_missing_is_one_fault(data, raw, kind):
    if raw is None:
        (data / EVENTS).unlink()
    else:
        (data / EVENTS).write_bytes(raw)

    assert faults_of(read_events, data / EVENTS) == [(EVENTS, None, None, kind, "")]


@pytest.mark.parametrize("file", [EVENTS, THEMES, LINKS, COVERAGE, EDITIONS])
@pytest.mark.parametrize("damage", ["gone", "empty", "gb18030", "unclosed", "no_key"])
def test_a_file_that_cannot_be_read_is_not_said_again_at_every_link_to_it(data, file, damage):
    path = data / file
    if damage == "gone":
        path.unlink()
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "gb18030":
        path.write_bytes("标题".encode("gb18030"))
    elif damage == "unclosed":
        path.write_text(path.read_text(encoding="utf-8") + '"', encoding="utf-8")
    else:
        put(path, 1, rows_of(path)[0][0], "key")

    assert {fault[0] for fault in faults_of(read_tables, data)} == {file}


@pytest.mark.parametrize("line", [2, 3])
@pytest.mark.parametrize(
    ("opening", "why"),
    [('"', "csv_open"), ('"ai-events"-2025,', "csv_quote")],
    ids=["unclosed", "goes on after the quote"],
)
def test_a_wrong_quote_is_named_with_the_line_of_its_record(data, line, opening, why):
    put_line(data / COVERAGE, line, opening + line_of(data / COVERAGE, line))

    [(file, at, _, kind, _)] = faults_of(read_coverage, data / COVERAGE)

    assert (file, at, kind) == (COVERAGE, line, why)


@pytest.mark.parametrize(
    ("before", "faults_before", "line"),
    [
        ('ai-events-2025-12,"一\n甲\n乙",2025-12,stated', [], 5),
        ("too,few", [(2, "torn_line")], 3),
        ("\n\n", [], 5),
    ],
    ids=["a record of three lines", "a torn line", "three empty lines"],
)
def test_a_wrong_quote_is_named_with_its_physical_line(data, before, faults_before, line):
    last = line_of(data / COVERAGE, 3)
    put_line(data / COVERAGE, 2, before)
    path = data / COVERAGE
    path.write_text(path.read_text(encoding="utf-8").replace(last, f'"{last}'), encoding="utf-8")

    found = faults_of(read_coverage, path)

    assert [fault[1::2] for fault in found] == [*faults_before, (line, "csv_open")]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_fault_after_a_cell_of_several_lines_has_its_physical_line(data, line_end):
    put(data / EVENTS, 2, "summary_zh", f"一{line_end}二{line_end}三")
    put(data / EVENTS, 4, "summary_en", f"one “two”{line_end}{line_end}three")
    rows = rows_of(data / EVENTS)
    rows[2][rows[0].index("region")] = "XX"
    rows[4][rows[0].index("region")] = "YY"
    write(data / EVENTS, rows)

    assert [fault[1::3] for fault in faults_of(read_events, data / EVENTS)] == [
        (5, "XX"),
        (9, "YY"),
    ]


@pytest.mark.parametrize(
    ("encoding", "kind", "says"),
    [
        (
            "gb18030",
            "encoding_like",
            "but looks like GB18030; save it as UTF-8, or set encoding=",
        ),
        (
            "gbk",
            "encoding_like",
            "but looks like GB18030; save it as UTF-8, or set encoding=",
        ),
        (
            "utf-16",
            "encoding_like",
            "but looks like UTF-16; save it as UTF-8, or set encoding=",
        ),
    ],
)
def test_another_encoding_is_refused_with_a_hint(data, encoding, kind, says):
    path = data / COVERAGE
    recode(path, encoding)

    assert [fault[3] for fault in faults_of(read_coverage, path)] == [kind]
    assert says in refused(read_coverage, path)
    assert "encoding=" in refused(read_coverage, path, language="zh")


def test_bytes_of_no_encoding_are_refused_with_their_place(data):
    (data / COVERAGE).write_bytes(b"source,caf\x81\n")

    said = refused(read_coverage, data / COVERAGE)
    assert "data/coverage.csv: is not UTF-8 (from byte 10); save it as UTF-8" in said


def test_a_file_that_is_not_in_the_encoding_named_is_refused(data):
    assert [fault[3] for fault in faults_of(read_events, data / EVENTS, encoding="ascii")] == [
        "encoding"
    ]


@calm
@given(st.sampled_from(["source", "section", "window", "basis"]), st.text(max_size=8))
@example("section", "\n")
@example("section", "\r")
@example("section", "\0")
@example("section", '"')
@example("window", "2025-1X")
def test_any_text_in_a_cell_is_read_as_it_stands_or_refused_with_its_place(column, text):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(shutil.copy(DATA / COVERAGE, folder))
        put(path, 3, column, text)
        try:
            coverage = read_coverage(path, codebook=DATA)
        except DataError as error:
            places = {(fault.line, fault.column) for fault in error.faults}
        else:
            places = {coverage.loc[1, column]}

    assert places in ({text}, {(3, column)})


@calm
@given(st.integers(0, 130), st.integers(0, 5), st.binary(max_size=6))
def test_any_bytes_are_a_table_or_refused(start, gone, new):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(shutil.copy(DATA / COVERAGE, folder))
        raw = path.read_bytes()
        path.write_bytes(raw[:start] + new + raw[start + gone :])
        try:
            coverage = read_coverage(path, codebook=DATA)
        except DataError as error:
            assert error.faults  # noqa: PT017
        else:
            assert (coverage["earliest"] <= coverage["latest"]).all()


@pytest.mark.parametrize(("read", "file"), [(read_events, EVENTS), (read_coverage, COVERAGE)])
def test_a_codebook_that_does_not_describe_the_table_is_refused(data, read, file):
    (data / "datapackage.json").write_text('{"resources": []}', encoding="utf-8")

    [(name, _, _, kind, value)] = faults_of(read, data / file)

    assert (name, kind) == ("datapackage.json", "codebook_no_table")
    assert file.removesuffix(".csv") == value


# All of it in one error ---------------------------------------------------------------------------


def test_every_fault_of_every_file_is_in_one_error_in_the_order_of_its_lines(data):
    put(data / EVENTS, 12, "date", "2025-02-30")
    put(data / EVENTS, 4, "region", "XX")
    put(data / EVENTS, 4, "category", "")
    put_line(data / THEMES, 3, "too,few")
    put(data / LINKS, 9, "stance", "denies")
    put(data / LINKS, 5, "event_id", "no-such-event-2025-12")
    put(data / COVERAGE, 1, "basis", "base")
    (data / EDITIONS).unlink()

    found = faults_of(read_tables, data)

    places = {file: [line for name, line, *_ in found if name == file] for file, *_ in found}
    kinds = {(file, kind) for file, _, _, kind, _ in found}
    assert all(lines == sorted(lines) for lines in places.values() if None not in lines)
    assert kinds >= {
        (EVENTS, "level"),
        (EVENTS, "missing"),
        (EVENTS, "impossible"),
        (THEMES, "torn_line"),
        (LINKS, "link"),
        (LINKS, "level"),
        (COVERAGE, "missing_column"),
        (COVERAGE, "unknown_column"),
        (EDITIONS, "no_file"),
    }
    files = [file for file, *_ in found]
    assert files == sorted(files, key=files.index), "the faults of a file stand together"


def test_validating_refuses_what_reading_refuses(data):
    put(data / EVENTS, 4, "region", "XX")

    assert faults_of(validate_events, data / EVENTS) == faults_of(read_events, data / EVENTS)


def test_validating_what_is_right_says_nothing(data, capsys):
    assert validate_events(data / EVENTS) is None
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        (
            "en_GB.UTF-8",
            "5 problems:\n"
            "  data/events.csv, line 2, column date: “2025-12-06/2025-11-30” ends before it "
            "starts; write start/end\n"
            "  data/events.csv, line 3, column status: “done” is not allowed; "
            "use one of: occurred, announced\n"
            "  data/events.csv, line 4, column organization: must not be empty\n"
            "  data/events.csv, line 5, column date: “12月2日” is not an EDTF date; "
            "write 2025-12-02, 2025-12, 2025-12-15~ or 2025-12-01/2025-12-06\n"
            "  data/events.csv, line 6: number of cells is 2, but the header has 16; fix the row",
        ),
        (
            "zh_CN.UTF-8",
            "5处有误：\n"
            "  data/events.csv，第2行，date列：“2025-12-06/2025-11-30”的止日早于起日；"
            "请写成：起日/止日\n"
            "  data/events.csv，第3行，status列：“done”不是可用的值；"
            "请从中选：occurred, announced\n"
            "  data/events.csv，第4行，organization列：不能为空\n"
            "  data/events.csv，第5行，date列：“12月2日”不是EDTF日期；"
            "请写成2025-12-02、2025-12、2025-12-15~或2025-12-01/2025-12-06\n"
            "  data/events.csv，第6行：本行有2个单元格，表头有16个；请改正",
        ),
    ],
)
def test_a_refusal_reads_like_this(data, monkeypatch, locale, text):
    monkeypatch.setenv("LC_ALL", locale)
    put(data / EVENTS, 2, "date", "2025-12-06/2025-11-30")
    put(data / EVENTS, 3, "status", "done")
    put(data / EVENTS, 4, "organization", "")
    put(data / EVENTS, 5, "date", "12月2日")
    put_line(data / EVENTS, 6, "too,few")

    with pytest.raises(DataError) as error:
        read_events(data / EVENTS)

    assert str(error.value) == text


# What is allowed but odd --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("read", "arguments"),
    [
        (read_events, ("data/events.csv",)),
        (validate_events, ("data/events.csv",)),
        (read_tables, ("data",)),
        (read_edition, ("data", "2025-12")),
    ],
    ids=["read_events", "validate_events", "read_tables", "read_edition"],
)
def test_a_date_outside_its_reporting_window_warns(data, read, arguments):
    put(data / EVENTS, 2, "date", "2025-12-07")
    put(data / EVENTS, 2, "reported", "2025-11-30/2025-12-06")

    with pytest.warns(DataWarning) as warned:
        read(*arguments)

    assert [str(warning.message) for warning in warned] == [
        "data/events.csv, line 2, column date: “2025-12-07” is outside the reporting window "
        "“2025-11-30/2025-12-06”; check both"
    ]


def test_an_event_outside_its_reporting_window_keeps_its_date(data):
    put(data / EVENTS, 2, "date", "2025-01-07")

    with pytest.warns(DataWarning, match="line 2, column date: “2025-01-07”"):
        events = read_events(data / EVENTS)

    assert str(events.loc[0, "earliest"].date()) == "2025-01-07"


@pytest.mark.parametrize(
    "date", ["2025-11-30", "2025-12-06", "2025-12", "2025-12-09~", "2025-12-06/2025-12-31", "2025"]
)
def test_a_date_that_meets_its_reporting_window_does_not_warn(data, date):
    put(data / EVENTS, 2, "date", date)
    put(data / EVENTS, 2, "reported", "2025-11-30/2025-12-06")

    assert read_events(data / EVENTS).loc[0, "date"] == date


# An edition is its slice --------------------------------------------------------------------------


def frames_of(edition):
    return [edition.events, edition.coverage, edition.themes, edition.event_themes]


def add_another_source(data):
    """Add a month of another source, and links of its theme and event with those of this one."""
    for file, values in {
        EVENTS: {"event_id": "another-2026-01", "source": "another", "reported": "2026-01"}
        | {"date": "", "date_text": ""},
        COVERAGE: {"source": "another", "window": "2026-01"},
        THEMES: {"theme_id": "another-theme", "source": "another"},
        LINKS: {"event_id": "another-2026-01", "theme_id": "another-theme"},
        EDITIONS: {"edition": "2026-01", "sources": "another", "languages": "en"},
    }.items():
        header, first, *rows = rows_of(data / file)
        new = [values.get(name, value) for name, value in zip(header, first, strict=True)]
        write(data / file, [header, new, first, *rows])
    package = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    package["sources"].append({"name": "another", "title": "Another report"})
    (data / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    header, new, first, *rows = rows_of(data / LINKS)
    across = [[new[0], first[1], first[2]], [first[0], new[1], new[2]]]
    write(data / LINKS, [header, new, *across, first, *rows])


def test_an_edition_holds_the_rows_of_its_sources(data):
    tables, _ = read_tables(data)

    december = read_edition(data, "2025-12")

    assert (december.label, december.languages, december.parameters) == (
        "2025-12",
        ("zh", "en"),
        {},
    )
    for frame, name in zip(
        frames_of(december), ["events", "coverage", "themes", "event_themes"], strict=True
    ):
        pd.testing.assert_frame_equal(frame, tables[name])


def test_the_rows_of_another_month_do_not_touch_an_edition(data):
    before = read_edition(data, "2025-12")
    add_another_source(data)

    after, january = read_edition(data, "2025-12"), read_edition(data, "2026-01")

    for new, old in zip(frames_of(after), frames_of(before), strict=True):
        pd.testing.assert_frame_equal(new, old)
    assert [len(frame) for frame in frames_of(january)] == [1, 1, 1, 1]
    assert january.languages == ("en",)
    assert january.event_themes.loc[0, "event_id"] == january.events.loc[0, "event_id"]


def test_an_edition_may_have_several_sources_and_parameters(data):
    add_another_source(data)
    put(data / EDITIONS, 2, "sources", "ai-events-2025-12 another")
    put(data / EDITIONS, 2, "parameters", "period=week title=a=b")
    tables, _ = read_tables(data)

    both = read_edition(data, "2026-01")

    assert len(both.events) == len(tables["events"])
    assert both.parameters == {"period": "week", "title": "a=b"}


def test_an_unknown_edition_is_refused_and_the_known_ones_named(data):
    add_another_source(data)

    assert "there is no edition “2025-11”; use one of: 2026-01, 2025-12" in refused(
        read_edition, data, "2025-11"
    )


def test_an_edition_is_refused_where_any_table_is_wrong(data):
    put(data / THEMES, 2, "group", "outlook")

    assert faults_of(read_edition, data, "2025-12") == [(THEMES, 2, "group", "level", "outlook")]


# The baseline of an edition, and the slice it is made from ----------------------------------------


def same(one, other):
    """Whether two editions are the same, table by table."""
    for name in ("events", "coverage", "themes", "event_themes"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))
    assert (one.label, one.languages, one.parameters) == (
        other.label,
        other.languages,
        other.parameters,
    )
    assert (one.baseline is None) == (other.baseline is None)
    if one.baseline is not None and other.baseline is not None:
        assert one.baseline.labels == other.baseline.labels
        for name in ("events", "coverage", "published"):
            pd.testing.assert_frame_equal(
                getattr(one.baseline, name), getattr(other.baseline, name)
            )
    return True


def test_an_edition_without_a_baseline_has_none(data):
    december = read_edition(data)

    assert december.baseline is None
    assert december.all_events is december.events
    assert december.all_coverage is december.coverage


def test_the_baseline_has_the_rows_of_its_sources(tmp_path):
    data = january.january(tmp_path)

    december, second = read_edition(data, "2025-12"), read_edition(data, "2026-01")

    assert set(second.events["source"]) == {january.SOURCE}
    assert second.baseline.labels == second.baseline.unpublished == ("2025-12",)
    pd.testing.assert_frame_equal(second.baseline.events, december.events)
    pd.testing.assert_frame_equal(second.baseline.coverage, december.coverage)
    pd.testing.assert_frame_equal(second.baseline.published, december.events)
    assert len(second.all_events) == len(december.events) + len(second.events)
    assert len(second.all_coverage) == len(december.coverage) + len(second.coverage)


def test_the_baseline_knows_what_was_published_after_the_data_has_changed(tmp_path):
    data = january.january(tmp_path)
    before = read_edition(data, "2025-12").events
    reports = january.publish(data, tmp_path / "reports")
    january.revise(data)

    baseline = read_edition(data, reports=reports).baseline

    pd.testing.assert_frame_equal(baseline.published, before)
    pd.testing.assert_frame_equal(baseline.events, read_edition(data, "2025-12").events)
    assert baseline.unpublished == ()


def test_a_baseline_that_is_not_published_is_pointed_out(tmp_path, monkeypatch):
    data = january.january(tmp_path)
    monkeypatch.setenv("AISTATS_LANGUAGE", "en")

    with pytest.warns(DataWarning, match=r"reports/2025-12/data: edition “2025-12” is not"):
        baseline = read_edition(data, reports=tmp_path / "reports").baseline

    assert baseline.unpublished == ("2025-12",)


def test_what_was_published_is_read_without_asking_to_look_again(tmp_path):
    data = january.january(tmp_path)
    put(data / EVENTS, 2, "date", "2024-12-02")
    with pytest.warns(DataWarning, match="2024-12-02"):
        reports = january.publish(data, tmp_path / "reports")
    put(data / EVENTS, 2, "date", "2025-12-02")

    published = read_edition(data, reports=reports).baseline.published

    assert published.loc[0, "date"] == "2024-12-02"


def test_an_event_of_several_baselines_counts_once_as_last_published(tmp_path):
    data = january.january(tmp_path)
    reports = january.publish(data, tmp_path / "reports")
    january.put(data, "codex-mortis-2025-12", region="US")
    row = {"edition": "2025-all", "sources": "ai-events-2025-12", "languages": "zh"}
    january.add(data, "editions", row)
    january.publish(data, reports, "2025-all")
    put(data / EDITIONS, 3, "baseline", "2025-all 2025-12")

    baseline = read_edition(data, "2026-01", reports=reports).baseline

    assert baseline.labels == ("2025-12", "2025-all")
    assert baseline.published["event_id"].is_unique
    regions = baseline.published.set_index("event_id")["region"]
    assert (len(regions), regions["codex-mortis-2025-12"]) == (20, "US")


def test_an_edition_may_have_a_source_that_its_baseline_has_too(tmp_path):
    data = january.january(tmp_path)
    put(data / EDITIONS, 3, "sources", f"ai-events-2025-12 {january.SOURCE}")

    both = read_edition(data, "2026-01")

    assert len(both.events) == len(both.all_events) == 45
    assert len(both.all_coverage) == len(both.coverage)


def test_an_edition_cannot_be_its_own_baseline(data):
    put(data / EDITIONS, 2, "baseline", "2025-12")

    assert faults_of(read_tables, data) == [
        (EDITIONS, 2, "baseline", "own_baseline", "2025-12"),
    ]
    assert "“2025-12” cannot be its own baseline" in refused(read_tables, data)
    assert "“2025-12”不能以自己为对照期" in refused(read_tables, data, language="zh")


@pytest.mark.parametrize("label", ["2025-12", "2026-01"])
def test_the_slice_of_an_edition_is_a_package_that_reads_as_the_same_edition(tmp_path, label):
    data = january.january(tmp_path)
    whole = read_edition(data, label)

    cut = january.publish(data, tmp_path / "reports", label) / label / "data"

    assert same(read_edition(cut, label), whole)
    again = january.publish(cut, tmp_path / "again", label) / label / "data"
    for path in sorted(cut.iterdir()):
        assert path.read_bytes() == (again / path.name).read_bytes()


def test_the_rows_of_other_sources_are_in_no_slice(tmp_path):
    data = january.january(tmp_path)
    tables, book = read_tables(data)
    before = {it: slice_tables(tables, book, it) for it in ("2025-12", "2026-01")}

    add_another_source(data)  # in an edition of the same label, so only December stays as it was
    put(data / EDITIONS, 2, "edition", "2026-02")
    tables, book = read_tables(data)

    for label, slices in before.items():
        for name, table in slice_tables(tables, book, label).items():
            pd.testing.assert_frame_equal(table, slices[name])


SOURCES = ("a", "b", "c")
PACKAGE, BOOK = read_tables(DATA)


@calm
@given(
    events=st.lists(st.sampled_from(SOURCES), min_size=20, max_size=20),
    themes=st.lists(st.sampled_from(SOURCES), min_size=17, max_size=17),
    own=st.sets(st.sampled_from(SOURCES), min_size=1),
    earlier=st.sets(st.sampled_from(SOURCES), min_size=1),
)
def test_a_slice_has_all_rows_of_its_sources_no_loose_link_and_is_its_own_slice(
    events, themes, own, earlier
):
    names = ["edition", "sources", "baseline", "languages", "parameters"]
    rows = [
        ("one", " ".join(sorted(earlier)), "other", "zh", None),
        ("two", " ".join(sorted(own)), "one", "zh", None),
        ("other", "c", None, "zh", None),
    ]
    tables = PACKAGE | {
        "events": PACKAGE["events"].assign(source=events),
        "themes": PACKAGE["themes"].assign(source=themes),
        "coverage": pd.DataFrame({"source": SOURCES, "section": "一", "window": "2025-12"}),
        "editions": pd.DataFrame(rows, columns=names, dtype="str"),
    }
    cut = slice_tables(tables, BOOK, "two")

    assert [*cut["editions"]["edition"]] == ["one", "two"]
    assert cut["editions"]["baseline"].fillna("").to_list() == ["", "one"]
    for name in ("events", "themes", "coverage"):
        kept = tables[name][tables[name]["source"].isin(own | earlier)]
        assert [*cut[name].iloc[:, 0]] == [*kept.iloc[:, 0]]
    for _, row in cut["event_themes"].iterrows():
        assert row["event_id"] in set(cut["events"]["event_id"])
        assert row["theme_id"] in set(cut["themes"]["theme_id"])
    for name, table in slice_tables(cut, BOOK, "two").items():
        pd.testing.assert_frame_equal(table, cut[name])


# What cells say together --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "line", "column", "value", "kind"),
    [
        (EVENTS, 2, "reported", "2025-12-01/2025-12-06", "window"),
        (EVENTS, 2, "source_section", "九·7", "link"),
        (EVENTS, 2, "date_text", "", "date_text"),
        (EVENTS, 2, "planned_for", "2026", "planned_for"),
        (EVENTS, 20, "planned_for", "soon", "not_edtf"),
        (EDITIONS, 2, "languages", "zh zh", "twice"),
        (EVENTS, 2, "summary_zh", "a\x0bb", "control"),
    ],
)
def test_cells_that_do_not_fit_together_are_named(data, file, line, column, value, kind):
    put(data / file, line, column, value)
    with pytest.raises(DataError) as caught:
        read_tables(data)
    [fault] = caught.value.faults
    assert (fault.kind, Path(fault.file).name, fault.line, fault.column) == (
        kind,
        file,
        line,
        column,
    )


def test_a_source_in_no_edition_is_pointed_out(data):
    put(data / EDITIONS, 2, "sources", "ai-events-2025-12")
    package = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    package["sources"].append({"name": "later", "title": "Later", "title_zh": "以后"})
    (data / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    with (data / COVERAGE).open("a", encoding="utf-8") as coverage:
        coverage.write("later,一,2026-01,stated\n")
    with pytest.warns(DataWarning, match="later"):
        read_tables(data)


@pytest.mark.parametrize("name", ["events", "coverage", "themes", "event_themes", "editions"])
def test_a_package_without_one_of_its_tables_is_a_fault(data, name):
    package = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    package["resources"] = [it for it in package["resources"] if it["name"] != name]
    for table in package["resources"]:  # links into the missing table would be said first
        table["schema"].pop("foreignKeys", None)
        for field in table["schema"]["fields"]:
            field.pop("values_of", None)
    (data / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    with pytest.raises(DataError, match=f"codebook has no table “{name}”"):
        read_tables(data)


# Anybody's table ----------------------------------------------------------------------------------


def another(folder, text, name="incidents.csv", encoding="utf-8"):
    path = Path(folder) / name
    path.write_bytes(text.encode(encoding))
    return path


def test_a_table_without_a_codebook_is_told_how_to_be_read(tmp_path):
    path = another(tmp_path, "Datum,n\n2025,1\n")

    assert "has no datapackage.json beside it; for a table by others" in refused(read_events, path)
    assert "旁边没有datapackage.json；外部数据表请用columns=" in refused(
        read_events, path, language="zh"
    )
    assert len(read_events(path, columns={"date": "Datum"})) == 1


def test_another_s_table_gains_its_days_and_keeps_every_row_in_order(tmp_path):
    text = "n,date\n1,02/12/2025\n2,\n3,2025年12月\n4,13/12/2025\n"

    events = read_events(another(tmp_path, text), columns={})

    assert events.drop(columns=["date_text"]).astype("str").fillna("").to_numpy().tolist() == [
        ["1", "2025-12-02", "2025-12-02", "2025-12-02", "True"],
        ["2", "", "", "", "False"],
        ["3", "2025-12", "2025-12-01", "2025-12-31", "True"],
        ["4", "2025-12-13", "2025-12-13", "2025-12-13", "True"],
    ]
    assert events.dtypes.astype(str).to_dict() == {
        **dict.fromkeys(["n", "date", "date_text"], "str"),
        **dict.fromkeys(["earliest", "latest"], "datetime64[s]"),
        "dated": "bool",
    }
    assert events.attrs["encoding"] == "utf-8"
    assert (events.attrs["dates"], events.attrs["proof"]) == ("dmy", 5)


def test_another_s_table_counts_each_value_of_a_cell_once(tmp_path):
    text = "date,country\n2025-12-02,CN; US\n2025-12-03,US\nNA,FR\n"
    events = read_events(another(tmp_path, text), columns={}, lists={"country": ";"})

    counts = count_events(events[events["dated"]], by="country", period="month")

    assert counts[["country", "possible"]].to_numpy().tolist() == [["CN", 1], ["US", 2]]


def test_the_levels_that_a_codebook_knows_are_checked_and_the_rest_is_free(data, tmp_path):
    text = "day,region,organization,mood\n2025-12-02,CN,x,good\n2025-12-03,XX,,bad\n"
    path = another(tmp_path, text)

    assert faults_of(read_events, path, columns={"date": "day"}, codebook=data) == [
        ("incidents.csv", 3, "region", "level", "XX"),
        ("incidents.csv", 3, "organization", "empty", ""),
    ]
    assert len(read_events(path, columns={"date": "day"})) == 2


def test_the_values_of_lists_are_checked_one_by_one(data, tmp_path):
    path = another(tmp_path, "date,region\n2025,CN;US\n2026,CN;XX\n")

    found = faults_of(read_events, path, columns={}, lists={"region": ";"}, codebook=data)

    assert found == [("incidents.csv", 3, "region", "level", "XX")]


def test_the_margin_of_a_codebook_holds_in_another_s_table_too(data, tmp_path):
    package = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    fields = {field["name"]: field for field in package["resources"][0]["schema"]["fields"]}
    fields["date"]["approximate_margin_days"] = 1
    (data / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    path = another(tmp_path, "date,n\n2025-12-05~,x\n")

    assert str(read_events(path, columns={}, codebook=data)["latest"][0].date()) == "2025-12-06"
    assert str(read_events(path, columns={})["latest"][0].date()) == "2025-12-08"


def test_days_that_stand_there_already_must_be_those_of_the_date(tmp_path):
    right = "date,earliest,latest\n2025-12,2025-12-01,2025-12-31\n,,\n"
    wrong = right.replace("12-31", "12-30")

    assert len(read_events(another(tmp_path, right), columns={})) == 1
    path = another(tmp_path, wrong)
    assert "“2025-12-30” differs from the date (“2025-12-31”)" in refused(
        read_events, path, columns={}
    )
    assert "“2025-12-30”与日期不符（应为“2025-12-31”）" in refused(
        read_events, path, columns={}, language="zh"
    )


def test_every_fault_of_another_s_table_is_named_by_its_line(data, tmp_path):
    text = "date,region,tags\nsoon,CN,[]\n2025,XX,[\n2026\n"

    found = faults_of(
        read_events, another(tmp_path, text), columns={}, codebook=data, lists={"tags": "json"}
    )

    assert [(line, kind) for _, line, _, kind, _ in found] == [
        (2, "unreadable"),
        (3, "not_json"),
        (3, "level"),
        (4, "torn"),
    ]


def test_another_s_workbook_is_a_table_too(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    rows = [["Events of 2025"], ["date", "where"], [pd.Timestamp("2025-12-02"), "北京"], ["soon"]]
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "events.xlsx")

    assert faults_of(read_events, tmp_path / "events.xlsx", columns={}) == [
        ("events.xlsx", 1, None, "not_header", "1")
    ]
    events = read_events(tmp_path / "events.xlsx", columns={}, header=2, skip=[4])
    assert events[["date", "where"]].to_numpy().tolist() == [["2025-12-02", "北京"]]
    assert events.attrs["encoding"] is None


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({"dates": "dmy"}, "columns_needed"),
        ({"lists": {"a": ";"}}, "columns_needed"),
        ({"header": 3}, "columns_needed"),
        ({"skip": [2]}, "columns_needed"),
        ({"columns": {}, "dates": "dym"}, "date_order"),
        ({"columns": {}, "lists": {"a": ""}}, "empty_separator"),
    ],
    ids=str,
)
def test_an_argument_that_cannot_be_is_refused(data, options, kind):
    with pytest.raises(ParameterError) as error:
        read_events(data / EVENTS, **options)
    assert [fault.kind for fault in error.value.faults] == [kind]
    assert isinstance(error.value, ValueError)

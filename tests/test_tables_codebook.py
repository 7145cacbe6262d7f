"""The codebook: what people read in it is what holds."""

import json
from pathlib import Path

import pandas as pd
import pytest
from examples import examples
from hypothesis import given, settings
from json_nodes import replaced, spoilt

import aistats as ai
from aistats.dates.edtf import MARGIN_DAYS
from aistats.faults import DataError, ParameterError
from aistats.tables.codebook import (
    MOST_INFERRED_LEVELS,
    Codebook,
    codebook_of,
    infer_codebook,
    read_codebook,
)
from aistats.tables.events import read_events

DATA = Path("data")

SMALL = {
    "sources": [{"name": "report", "title": "A report", "title_zh": "一份报告"}, {"name": "bare"}],
    "resources": [
        {
            "name": "events",
            "path": "log.csv",
            "schema": {
                "fields": [
                    {"name": "id", "title": "ID", "title_zh": "编号"},
                    {
                        "name": "date",
                        "edtf": True,
                        "approximate_margin_days": 5,
                        "constraints": {"required": True},
                    },
                    {
                        "name": "size",
                        "categories": [
                            {"value": "s", "label": "Small", "label_zh": "小", "rule": "Below 5."},
                            {"value": "m", "label": "Medium"},
                            {"value": "l", "rule": "Else.", "rule_zh": "其余。"},
                        ],
                        "groups": {
                            "name": "bulk",
                            "title": "Bulk",
                            "note": "Roughly.",
                            "categories": [
                                {"value": "light", "members": ["s"]},
                                {"value": "rest", "label_zh": "其他"},
                                {"value": "odd", "members": ["?"]},
                            ],
                        },
                    },
                    {"name": "maker", "labels_zh": {"Acme": "艾克米"}, "separator": " "},
                    {"name": "origin", "values_of": "sources.name"},
                ],
                "primaryKey": "id",
                "foreignKeys": [
                    {"fields": "maker", "reference": {"resource": "makers", "fields": ["name"]}}
                ],
            },
        },
        {
            "name": "makers",
            "path": "makers.csv",
            "schema": {"fields": [{"name": "name"}], "primaryKey": ["name"]},
        },
    ],
}


@pytest.fixture
def small(tmp_path):
    (tmp_path / "datapackage.json").write_text(json.dumps(SMALL), encoding="utf-8")
    return read_codebook(tmp_path)


def test_a_codebook_is_read_from_its_file_or_its_folder():
    from_folder = read_codebook("data")

    assert read_codebook(DATA / "datapackage.json") == from_folder
    assert read_codebook(DATA) == from_folder


def test_the_tables_have_their_files_keys_and_links(small):
    events, makers = small.tables.values()

    assert (events.name, events.path, events.key) == ("events", "log.csv", ("id",))
    assert events.links == (("maker", "makers", "name"), ("origin", "sources", "name"))
    assert (makers.key, makers.links) == (("name",), ())
    assert list(events.fields) == ["id", "date", "size", "maker", "origin"]


def test_the_fields_have_their_rules(small):
    fields = small.tables["events"].fields

    assert [name for name, field in fields.items() if field.required] == ["id", "date"]
    assert [name for name, field in fields.items() if field.edtf] == ["date"]
    assert (fields["date"].margin_days, fields["id"].margin_days) == (5, MARGIN_DAYS)
    assert (fields["maker"].separator, fields["id"].separator) == (" ", None)
    assert [dict(level.rule) for level in fields["size"].levels] == [
        {"en": "Below 5.", "zh": "Below 5."},
        {"en": "", "zh": ""},
        {"en": "Else.", "zh": "其余。"},
    ]
    assert fields["size"].groups.note == {"en": "Roughly.", "zh": "Roughly."}


@pytest.mark.parametrize(
    ("column", "value", "english", "chinese"),
    [
        ("size", "s", "Small", "小"),
        ("size", "m", "Medium", "Medium"),
        ("size", "l", "l", "l"),
        ("size", "xl", "xl", "xl"),
        ("maker", "Acme", "Acme", "艾克米"),
        ("maker", "Other", "Other", "Other"),
        ("bulk", "rest", "rest", "其他"),
        ("colour", "red", "red", "red"),
    ],
)
def test_a_value_has_its_label_or_is_its_own(small, column, value, english, chinese):
    assert small.label(column, value, "en") == english
    assert small.label(column, value, "zh") == chinese


@pytest.mark.parametrize(
    ("column", "english", "chinese"),
    [
        ("id", "ID", "编号"),
        ("bulk", "Bulk", "Bulk"),
        ("maker", "maker", "maker"),
        ("colour", "colour", "colour"),
    ],
)
def test_a_column_has_its_title_or_its_name(small, column, english, chinese):
    assert (small.title(column, "en"), small.title(column, "zh")) == (english, chinese)


def test_a_source_has_its_title_in_both_languages_or_its_name(small):
    assert {name: dict(title) for name, title in small.sources.items()} == {
        "report": {"en": "A report", "zh": "一份报告"},
        "bare": {"en": "bare", "zh": "bare"},
    }


@pytest.mark.parametrize(
    ("column", "levels"),
    [
        ("size", ["s", "m", "l"]),
        ("bulk", ["light", "rest", "odd"]),
        ("maker", []),
        ("colour", []),
    ],
)
def test_levels_keep_the_order_of_the_codebook(small, column, levels):
    assert small.order(column) == levels


@pytest.mark.parametrize(
    ("value", "group"), [("s", "light"), ("?", "odd"), ("m", "rest"), ("anything", "rest")]
)
def test_the_group_without_members_takes_the_rest(small, value, group):
    assert small.field("size").group_of(value) == group


@pytest.mark.parametrize(("value", "rank"), [("s", 0), ("l", 2), ("xl", 3), ("", 3), (None, 3)])
def test_a_value_has_the_rank_of_its_level_and_what_is_none_comes_last(small, value, rank):
    assert small.rank("size", value) == rank
    assert small.rank("maker", value) == 0


def test_a_derived_column_is_a_field_too(small):
    assert small.field("bulk") == small.field("size").groups
    assert small.field("colour") is None


@pytest.mark.parametrize(
    ("value", "english", "chinese"),
    [
        ("HK", "Hong Kong SAR", "中国香港"),
        ("MO", "Macao SAR", "中国澳门"),
        ("TW", "Taiwan", "中国台湾"),
        ("NA", "Namibia", "纳米比亚"),
        ("unknown", "Not stated", "不详"),
    ],
)
def test_the_regions_of_the_data_are_labelled_as_agreed(value, english, chinese):
    codebook = read_codebook(DATA)

    assert codebook.label("region", value, "en") == english
    assert codebook.label("region", value, "zh") == chinese


def test_the_first_rule_that_matches_decides_so_the_order_of_categories_is_kept():
    categories = ["policy", "evaluation", "business", "model", "product", "deployment", "society"]

    assert read_codebook(DATA).order("category") == categories
    assert read_codebook(DATA).order("scope") == ["domestic", "international", "unstated"]


def with_events(**changes):
    """Change the schema of the small codebook's events."""
    package = json.loads(json.dumps(SMALL))
    package["resources"][0]["schema"] |= changes
    return json.dumps(package)


WRONG = {
    "not JSON": "{\n  ,\n}",
    "a list": "[]",
    "nothing": "null",
    "no resources": "{}",
    "resources without a schema": '{"resources": [{"name": "events", "path": "events.csv"}]}',
    "a resource that is text": '{"resources": ["events.csv"]}',
    "fields without a name": with_events(fields=[{"title": "ID"}]),
    "a level without a value": with_events(fields=[{"name": "size", "categories": [{}]}]),
    "a link of two columns": with_events(
        foreignKeys=[
            {"fields": ["id", "date"], "reference": {"resource": "makers", "fields": ["a", "b"]}}
        ]
    ),
    "a link to no table": with_events(
        foreignKeys=[{"fields": "maker", "reference": {"resource": "maker", "fields": "name"}}]
    ),
    "a link to no column": with_events(
        foreignKeys=[{"fields": "maker", "reference": {"resource": "makers", "fields": "nam"}}]
    ),
    "a key of no column": with_events(primaryKey=["no"]),
    "a pattern that is none": with_events(fields=[{"name": "id", "constraints": {"pattern": "["}}]),
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_a_codebook_that_cannot_hold_is_refused(tmp_path, text):
    (tmp_path / "datapackage.json").write_text(text, encoding="utf-8")

    with pytest.raises(DataError) as refused:
        read_codebook(tmp_path)

    fault = refused.value.faults[0]
    assert fault.kind.startswith(("codebook", "json_"))
    assert Path(fault.file).name == "datapackage.json"
    assert fault.value


SIZE = ("resources", 0, "schema", "fields", 2)
MISTYPED = [
    (("resources", 0, "name"), ["x"], '$.resources[0].name is ["x"], but must be text'),
    (("resources", 0, "name"), None, "$.resources[0].name is null, but must be text"),
    (
        ("resources", 0, "path"),
        ["a.csv", "b.csv"],
        '$.resources[0].path is ["a.csv", "b.csv"], but must be text',
    ),
    (
        (*SIZE, "constraints"),
        {"pattern": 5},
        "$.resources[0].schema.fields[2].constraints.pattern is 5, but must be text",
    ),
    (
        (*SIZE, "constraints"),
        {"required": "no"},
        ('$.resources[0].schema.fields[2].constraints.required is "no", but must be true or false'),
    ),
    (
        (*SIZE, "approximate_margin_days"),
        True,
        "$.resources[0].schema.fields[2].approximate_margin_days (0–366) is true, but must be "
        "a whole number",
    ),
    (
        (*SIZE, "separator"),
        "",
        '$.resources[0].schema.fields[2].separator is "", but must be text that is not empty',
    ),
    (
        (*SIZE, "groups", "categories", 0, "members"),
        "s",
        ('$.resources[0].schema.fields[2].groups.categories[0].members is "s", but must be a list'),
    ),
    (("sources",), {"name": "report"}, '$.sources is {"name": "report"}, but must be a list'),
    (("sources", 1), {}, "$.sources[1].name is missing"),
    (("sources", 1), "bare", '$.sources[1] is "bare", but must be an object'),
    (("sources", 1, "name"), "\ud800", "the codebook is invalid: 'utf-8' codec can't encode"),
]


@pytest.mark.parametrize(("path", "value", "said"), MISTYPED)
def test_a_value_of_another_type_is_named_with_its_place(path, value, said):
    text = json.dumps(replaced(SMALL, path, value))
    with pytest.raises(DataError) as refused:
        codebook_of(text, "x/datapackage.json")
    (fault,) = refused.value.faults
    assert fault.text("en").startswith(f"x/datapackage.json: {said}")


EVENTS = ("resources", 0, "schema")
MAKER = (*EVENTS, "foreignKeys", 0)
CONTRADICTIONS = [
    (("resources", 1, "name"), "events", "codebook_table_twice", None, "events", ""),
    ((*EVENTS, "primaryKey"), ["no"], "codebook_no_field", None, "no", "events"),
    ((*MAKER, "fields"), "no", "codebook_no_field", None, "no", "events"),
    (
        (*MAKER, "reference", "resource"),
        "maker",
        "codebook_no_target",
        None,
        "events.maker",
        "maker.name",
    ),
    (
        (*MAKER, "reference", "fields"),
        ["name", "no"],
        "codebook_no_target",
        None,
        "events.maker",
        "makers.name, no",
    ),
    (
        (*SIZE, "constraints"),
        {"pattern": "["},
        "codebook_pattern",
        "events.size",
        "[",
        "unterminated character set at position 0",
    ),
    (
        (*SIZE, "groups", "categories"),
        [{"value": "light", "members": ["s", "m"]}],
        "codebook_no_group",
        "events.size",
        "l",
        "",
    ),
]


@pytest.mark.parametrize(("path", "value", "kind", "column", "wrong", "allowed"), CONTRADICTIONS)
def test_a_contradiction_in_a_codebook_is_named(path, value, kind, column, wrong, allowed):
    with pytest.raises(DataError) as refused:
        codebook_of(json.dumps(replaced(SMALL, path, value)), "x/datapackage.json")
    fault = refused.value.faults[0]
    assert (fault.kind, fault.file, fault.column) == (kind, "x/datapackage.json", column)
    assert (fault.value, fault.allowed) == (wrong, allowed)
    assert all(wrong in fault.text(language) for language in ("zh", "en"))


def test_labels_and_titles_are_in_the_language_of_the_session_by_default(small):
    with ai.language("zh"):
        assert (small.label("size", "s"), small.title("id")) == ("小", "编号")
    with ai.language("en"):
        assert (small.label("size", "s"), small.title("id")) == ("Small", "ID")
    for speak in (small.title, lambda name, language: small.label(name, "s", language)):
        with pytest.raises(ParameterError):
            speak("size", "fr")


def test_every_value_of_another_type_is_named_at_once():
    package = replaced(SMALL, ("resources", 0, "name"), 5)
    with pytest.raises(DataError) as refused:
        codebook_of(json.dumps(replaced(package, ("sources", 0, "title"), None)), "x.json")
    assert [fault.text("zh") for fault in refused.value.faults] == [
        "x.json：$.resources[0].name是5；应为文字",
        "x.json：$.sources[0].title是null；应为文字",
    ]


def test_a_number_that_is_too_long_to_read_is_refused():
    with pytest.raises(DataError):
        codebook_of('{"resources": [], "version": ' + "9" * 5000 + "}", "x.json")


def read_throughout(book):
    assert isinstance(book, Codebook)
    for table in book.tables.values():
        for column in table.fields.values():
            assert book.title(column.name, "zh") is not None
            levels = column.levels if column.groups else ()
            assert all(isinstance(column.group_of(level.value), str) for level in levels)


@settings(deadline=None, max_examples=examples(400))
@given(package=spoilt(json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))))
def test_whatever_stands_in_a_codebook_is_read_or_refused(package):
    try:
        book = codebook_of(json.dumps(package), "datapackage.json")
    except DataError as error:
        files = {fault.file for fault in error.faults}
    else:
        files = {book.file}
        read_throughout(book)
    assert files == {"datapackage.json"}


def test_a_codebook_that_is_not_json_is_refused_with_the_line(tmp_path):
    (tmp_path / "datapackage.json").write_text(WRONG["not JSON"], encoding="utf-8")

    with pytest.raises(DataError) as refused:
        read_codebook(tmp_path)

    assert refused.value.faults[0].text("en").removeprefix(f"{tmp_path.as_posix()}/") == (
        "datapackage.json, line 2: the codebook is invalid: Expecting property name enclosed "
        "in double quotes"
    )


def test_a_codebook_in_another_encoding_is_refused_in_few_words(tmp_path):
    text = (DATA / "datapackage.json").read_text(encoding="utf-8")
    (tmp_path / "datapackage.json").write_bytes(text.encode("gb18030"))

    with pytest.raises(DataError) as refused:
        read_codebook(tmp_path)

    assert len(refused.value.faults[0].text("en")) < 300


@pytest.mark.parametrize("path", ["", "datapackage.json", "no/such/folder"])
def test_a_missing_codebook_is_one_fault(tmp_path, path):
    with pytest.raises(DataError) as refused:
        read_codebook(tmp_path / path)

    assert [fault.kind for fault in refused.value.faults] == ["no_file"]


# Where there is no codebook ----------------------------------------------------------------------

MODELS = pd.DataFrame(
    {
        "date": ["2025-12-02", "2025-12", "2025-12-01/2025-12-06", None] * 2,
        "title": [f"model {n}" for n in range(8)],
        "country": [("US",), ("CN", "US"), ["US"], (), None, ("FR",), ("CN",), ("FR", "US")],
        "kind": ["b", "a", "c", "b", "a", "b", None, "c"],
        "parameters": [7.0, None] * 4,
        "earliest": pd.to_datetime(["2025-12-02"] * 8),
        "dated": True,
    }
)


def test_levels_are_those_of_the_table_the_frequent_first_then_by_the_alphabet():
    book = infer_codebook(MODELS)
    assert book.order("kind") == ["b", "a", "c"]
    assert book.order("country") == ["US", "CN", "FR"]
    assert book.rank("kind", "c") == 2
    assert book.label("kind", "a", "zh") == "a"


def test_texts_that_are_many_and_numbers_are_no_levels():
    book = infer_codebook(MODELS)
    assert book.order("title") == book.order("parameters") == []
    many = [f"{n:03}" for n in range(MOST_INFERRED_LEVELS + 1)]
    for count, levels in ((len(many), 0), (len(many) - 1, MOST_INFERRED_LEVELS)):
        assert len(infer_codebook(pd.DataFrame({"kind": many[:count] * 3})).order("kind")) == levels


def test_a_column_has_the_title_that_it_is_given():
    book = infer_codebook(MODELS, titles={"country": "Country (of organization)"})
    assert book.title("country", "zh") == book.title("country", "en") == "Country (of organization)"
    assert book.title("kind", "en") == "kind"


def test_by_default_a_column_is_called_as_where_it_was_read_from():
    events = MODELS.copy()
    events.attrs["columns"] = {"country": "Country (of organization)"}
    assert infer_codebook(events).title("country", "en") == "Country (of organization)"
    assert infer_codebook(events, titles={}).title("country", "en") == "country"


def test_a_date_is_edtf_only_if_all_of_it_can_be_read():
    assert infer_codebook(MODELS).field("date").edtf
    assert not infer_codebook(pd.DataFrame({"date": ["2025-12-02", "12月"]})).field("date").edtf


def test_a_column_of_lists_has_its_separator_and_what_reading_adds_is_no_column():
    fields = infer_codebook(MODELS, separator="|").table("events").fields
    assert list(fields) == ["date", "title", "country", "kind", "parameters"]
    assert {name for name, field in fields.items() if field.separator} == {"country"}
    assert fields["country"].separator == "|"


@pytest.mark.parametrize("table", [pd.DataFrame(), MODELS.iloc[:0], MODELS[[]]], ids=str)
def test_a_table_without_rows_or_columns_has_a_codebook_too(table):
    assert set(infer_codebook(table).table("events").fields) <= set(MODELS.columns)
    assert infer_codebook(table).order("kind") == []


def test_the_next_month_is_held_against_the_codebook_of_this_one(tmp_path):
    said = {"columns": {"date": "When", "country": "Where"}, "lists": {"country": ";"}}
    paths = [tmp_path / "december.csv", tmp_path / "january.csv"]
    paths[0].write_text("When,Where,kind\n2025-12-02,CN; US,a\n2025-12-03,US,a\n2025-12,CN,\n")
    paths[1].write_text("When,Where,kind\n2026-01-02,US; CN,a\n2026-01-03,CN; FR,b\n")

    book = infer_codebook(read_events(paths[0], **said))

    assert book.title("country", "en") == "Where"
    assert len(read_events(paths[0], **said, codebook=book)) == 3
    with pytest.raises(DataError) as error:
        read_events(paths[1], **said, codebook=book)
    found = {(it.kind, it.line, it.column, it.value) for it in error.value.faults}
    assert found == {("level", 3, "country", "FR"), ("level", 3, "kind", "b")}

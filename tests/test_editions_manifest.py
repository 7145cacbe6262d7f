"""Manifests from somebody else: read with the types that they must have, or refused."""

import json
import shutil

import pytest
from examples import examples
from hypothesis import given, settings
from json_nodes import replaced, spoilt

from aistats.editions.index import write_index
from aistats.editions.publishing import EditionsFolder, manifest_of, read_manifest
from aistats.editions.verifying import verify
from aistats.faults import AistatsError, DataError

MANIFEST = {
    "edition": "2025-11",
    "languages": ["zh", "en"],
    "baseline": ["2025-10"],
    "sentence": {"zh": "收录20条事件。", "en": "20 events on record."},
    "parameters": {"period": "month", "size": 3, "all": True},
    "versions": {"aistats": "0.1.0"},
    "platform": "Linux x86_64",
    "inputs": {"data/events.csv": "a1", "../2025-10/data/events.csv": "b2"},
    "outputs": {"index.html": "c3", "data/events.csv": "a1"},
}


def put(folder, manifest):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


MISTYPED = [
    (("baseline",), 5, "$.baseline is 5, but must be a list"),
    (("baseline",), "2025-10", '$.baseline is "2025-10", but must be a list'),
    (("baseline",), [5], "$.baseline[0] is 5, but must be text"),
    (("languages",), ["../x"], '"../x" is not an allowed value of $.languages[0] (zh, en)'),
    (("languages",), [["x"]], '["x"] is not an allowed value of $.languages[0] (zh, en)'),
    (("languages",), "zh", '$.languages is "zh", but must be a list'),
    (("sentence", "zh"), None, "$.sentence.zh is null, but must be text"),
    (("sentence",), ["x"], '$.sentence is ["x"], but must be an object'),
    (
        ("parameters", "size"),
        [3],
        "$.parameters.size is [3], but must be text, a number, true or false",
    ),
    (("outputs", "index.html"), 5, "$.outputs.index.html is 5, but must be text"),
    (("inputs", "data/events.csv"), {}, "$.inputs.data/events.csv is {}, but must be text"),
    (("versions", "aistats"), 1, "$.versions.aistats is 1, but must be text"),
    (("platform",), ["Linux"], '$.platform is ["Linux"], but must be text'),
    (("baseline",), ["../x"], "“../x” is outside the edition"),
]


@pytest.mark.parametrize(("path", "value", "said"), MISTYPED)
def test_a_value_of_another_type_in_a_manifest_is_named_with_its_place(tmp_path, path, value, said):
    folder = put(tmp_path / "2025-11", replaced(MANIFEST, path, value))
    with pytest.raises(DataError) as refused:
        read_manifest(folder)
    (fault,) = refused.value.faults
    assert fault.text("en").startswith(f"{(folder / 'manifest.json').as_posix()}: {said}")
    assert fault.text("zh")


@pytest.mark.parametrize("name", ["edition", "languages", "platform", "versions", "outputs"])
def test_a_manifest_without_what_ours_always_have_is_none(tmp_path, name):
    manifest = {key: value for key, value in MANIFEST.items() if key != name}
    with pytest.raises(DataError) as refused:
        read_manifest(put(tmp_path / "2025-11", manifest))
    assert [fault.kind for fault in refused.value.faults] == ["no_manifest"]


def test_what_a_manifest_may_lack_is_empty(tmp_path):
    optional = {"baseline": [], "sentence": {}, "parameters": {}}
    manifest = {key: value for key, value in MANIFEST.items() if key not in optional}
    assert read_manifest(put(tmp_path / "2025-11", manifest)) == manifest | optional


def test_half_a_character_in_a_sentence_is_no_manifest_of_ours(tmp_path):
    manifest = replaced(MANIFEST, ("sentence", "zh"), "\ud800")
    assert manifest_of(put(tmp_path / "2025-11", manifest)) == {}


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    reports = tmp_path_factory.mktemp("reports")
    put(reports / "2025-12", MANIFEST | {"edition": "2025-12", "baseline": ["2025-11"]})
    return reports


@settings(deadline=None, max_examples=examples(300))
@given(manifest=spoilt(MANIFEST))
def test_whatever_stands_in_a_received_manifest_later_builds_list_the_editions(reports, manifest):
    folder = put(reports / "2025-11", manifest)
    ours = manifest_of(folder)
    write_index(EditionsFolder(reports))
    page = (reports / "index.html").read_text(encoding="utf-8")
    assert "2025-12/index.html" in page
    assert ("2025-11/index.html" in page) == (ours.get("edition") == "2025-11")


@settings(deadline=None, max_examples=examples(100))
@given(manifest=spoilt(MANIFEST))
def test_whatever_stands_in_a_received_manifest_it_is_verified_or_refused(reports, manifest):
    folder = put(reports / "2025-11", manifest)
    try:
        verified = verify(folder, data=reports / "nowhere")
    except AistatsError as error:
        assert_named(error, folder)
    else:
        assert verified.unreadable
    shutil.rmtree(folder)


def assert_named(error, folder):
    assert {fault.file for fault in error.faults} <= {
        folder.as_posix(),
        (folder / "manifest.json").as_posix(),
    }

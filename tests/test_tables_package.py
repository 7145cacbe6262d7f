"""The data package: read once, checked as it would be, and written whole or not at all."""

import json
import os
import shutil
import subprocess
import sys

import january
import pandas as pd
import pytest
from december import DATA
from test_tables_paths import ATTACKS

from aistats.faults import DataError
from aistats.tables.edition import edition_of, read_edition
from aistats.tables.package import Package, read_tables

THEME = {
    "theme_id": "competition-agents-2026",
    "group": "competition",
    "statement_zh": "智能体之争。",
    "source": "ai-events-2025-12",
}


@pytest.fixture
def data(tmp_path):
    return shutil.copytree(DATA, tmp_path / "there" / "data")


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def refused(action, *arguments):
    with pytest.raises(DataError) as error:
        action(*arguments)
    return list(error.value.faults)


def edit(data, change):
    path = data / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    change(package)
    path.write_text(json.dumps(package, ensure_ascii=False, indent=2), encoding="utf-8")


def without_rules(package):
    """Take every rule from a codebook that says what a cell may hold."""
    for resource in package["resources"]:
        schema = resource["schema"]
        for name in ("primaryKey", "foreignKeys"):
            schema.pop(name, None)
        for field in schema["fields"]:
            field.pop("values_of", None)
            for name in ("pattern", "required", "unique"):
                field.get("constraints", {}).pop(name, None)


# Read once ---------------------------------------------------------------------------------------


def test_a_package_needs_its_folder_no_more_once_it_is_read(data):
    package = Package.read(data)
    shutil.rmtree(data)
    assert package.faults() == ()
    assert len(package.tables["events"]) == 20
    assert len(package.slice("2025-12").tables["events"]) == 20
    assert package.with_rows("themes", [THEME]).faults() == ()


def test_a_package_is_what_read_tables_gives(data):
    tables, codebook = read_tables(data)
    package = Package.read(data)
    assert package.codebook == codebook
    assert [*tables] == [*package.tables]
    for name, table in tables.items():
        pd.testing.assert_frame_equal(table, package.tables[name])


def test_all_faults_of_all_files_are_there_in_order(data):
    (data / "themes.csv").unlink()
    events = (data / "events.csv").read_text(encoding="utf-8").replace(",US,", ",XX,", 1)
    (data / "events.csv").write_text(events, encoding="utf-8")
    package = Package.read(data)
    assert [fault.kind for fault in package.faults()] == ["level", "no_file"]
    assert refused(lambda: package.tables) == list(package.faults())
    assert refused(read_tables, data) == list(package.faults())


# The slice ---------------------------------------------------------------------------------------


def test_a_slice_reads_as_the_same_edition(tmp_path):
    january.january(tmp_path)
    package = Package.read(tmp_path / "data")
    cut = package.slice("2025-12")
    assert (len(package.tables["editions"]), len(cut.tables["editions"])) == (2, 1)
    assert list(cut.codebook.sources) == ["ai-events-2025-12"]
    for path, content in cut.contents.items():
        (tmp_path / "cut").mkdir(exist_ok=True)
        (tmp_path / "cut" / path).write_bytes(content)
    before, _ = edition_of(package, "2025-12")
    after = read_edition(tmp_path / "cut", "2025-12")
    pd.testing.assert_frame_equal(after.events, before.events)
    pd.testing.assert_frame_equal(after.event_themes, before.event_themes)
    assert Package.read(tmp_path / "cut").slice("2025-12").contents == cut.contents


def test_a_slice_of_no_edition_is_refused(data):
    (fault,) = refused(Package.read(data).slice, "2031-01")
    assert (fault.kind, fault.value, fault.allowed) == ("edition", "2031-01", "2025-12")
    assert fault.file == (data / "editions.csv").as_posix()


# Rows to come ------------------------------------------------------------------------------------


def test_a_slice_of_a_codebook_without_sources_is_refused(data):
    def without_sources(package):
        del package["sources"]
        for resource in package["resources"]:
            for field in resource["schema"]["fields"]:
                field.pop("values_of", None)

    edit(data, without_sources)
    (fault,) = refused(Package.read(data).slice, "2025-12")
    file = (data / "datapackage.json").as_posix()
    assert fault.text("en") == f"{file}: $.sources is missing; add it"


def test_rows_make_another_package_and_are_checked_in_it(data):
    before = contents(data)
    package = Package.read(data)
    grown = package.with_rows("themes", [THEME, THEME | {"group": "weather"}])
    assert [(it.kind, it.line, it.value) for it in grown.faults()] == [
        ("duplicate", 20, "competition-agents-2026"),
        ("level", 20, "weather"),
    ]
    assert {fault.file for fault in grown.faults()} == {(data / "themes.csv").as_posix()}
    assert package.faults() == ()
    assert [fault.kind for fault in refused(grown.write)] == ["duplicate", "level"]
    assert contents(data) == before


def test_only_what_has_changed_is_written(data):
    before = contents(data)
    package = Package.read(data)
    package.with_rows("themes", [THEME]).with_rows("events", []).write()
    after = contents(data)
    assert {name for name in after if after[name] != before[name]} == {"themes.csv"}
    row = "competition-agents-2026,competition,智能体之争。,,ai-events-2025-12\n"
    assert after["themes.csv"] == before["themes.csv"] + row.encode()


@pytest.mark.parametrize("content", [None, b"", b'"', b"\xff\n"])
def test_a_file_that_cannot_be_read_gains_no_rows(data, content):
    path = data / "themes.csv"
    path.unlink() if content is None else path.write_bytes(content)
    package = Package.read(data)
    (fault,) = refused(package.with_rows, "themes", [THEME])
    assert fault.text() in [it.text() for it in package.faults()]


# Into the files ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["themes.csv", "coverage.csv", "datapackage.json"])
def test_a_package_that_has_changed_meanwhile_is_not_written_over(data, name):
    grown = Package.read(data).with_rows("themes", [THEME])
    with (data / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    before = contents(data)
    (fault,) = refused(grown.write)
    file = (data / name).as_posix()
    assert fault.text("zh") == f"{file}：读取后文件又被改动，本次没有写入；请重新运行"
    assert (
        fault.text("en")
        == f"{file}: was changed after it was read, so nothing was written; run the command again"
    )
    assert contents(data) == before


def test_a_file_that_became_a_link_out_of_the_folder_meanwhile_is_not_written(data):
    grown = Package.read(data).with_rows("themes", [THEME])
    elsewhere = (data / "themes.csv").rename(data.parent / "themes.csv")
    (data / "themes.csv").symlink_to(elsewhere)
    before = elsewhere.read_bytes()
    assert [fault.kind for fault in refused(grown.write)] == ["link_outside"]
    assert elsewhere.read_bytes() == before


@pytest.mark.parametrize("fails", [1, 2])
def test_if_one_file_cannot_be_written_none_is(data, monkeypatch, fails):
    before, replace, calls = contents(data), os.replace, []

    def failing(source, target):
        calls.append(target)
        if len(calls) == fails:
            raise OSError(28, "No space left on device")
        replace(source, target)

    link = {"event_id": "undp-warning-2025-12", "theme_id": THEME["theme_id"], "stance": "supports"}
    event = Package.read(data).tables["events"]["event_id"].iloc[0]
    grown = Package.read(data).with_rows("themes", [THEME])
    grown = grown.with_rows("event_themes", [link | {"event_id": event}])
    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(OSError, match="No space"):
        grown.write()
    assert contents(data) == before


def test_of_those_who_write_at_once_each_has_written_or_is_told(data):
    code = (
        "import sys; from aistats.tables.package import Package;"
        f"theme = {THEME!r} | {{'theme_id': sys.argv[2]}};"
        "grown = Package.read(sys.argv[1]).with_rows('themes', [theme]); grown.faults();"
        "print(flush=True); sys.stdin.read(); grown.write()"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    before = contents(data)
    writers = [
        subprocess.Popen([sys.executable, "-c", code, data, f"by-{n}"], **pipes) for n in range(3)
    ]
    for writer in writers:
        writer.stdout.readline()
    for writer in writers:
        writer.stdin.close()
    done = [writer.wait() == 0 for writer in writers]
    for writer in writers:
        writer.stdout.close()
    assert done.count(True) == (data / "themes.csv").read_text("utf-8").count("by-") == 1
    assert {*contents(data)} == {*before}


# What leads elsewhere ----------------------------------------------------------------------------


@pytest.mark.parametrize("path", [it for it in ATTACKS if "\ud800" not in it], ids=ascii)
def test_a_resource_that_is_not_inside_is_refused(data, path):
    edit(data, lambda package: package["resources"][1].update(path=path))
    (fault,) = refused(Package.read, data)
    assert (fault.kind, fault.column, fault.value) == ("resource_path", "path", path)
    assert fault.file == (data / "datapackage.json").as_posix()
    lines = (data / "datapackage.json").read_text(encoding="utf-8").split("\n")
    assert '"path": ' in lines[fault.line - 1]
    assert "events.csv" in fault.text("zh")
    assert "events.csv" in fault.text("en")


def test_a_path_of_half_a_character_is_refused(data):
    path = data / "datapackage.json"
    text = path.read_text(encoding="utf-8").replace('"themes.csv"', '"a\\ud800.csv"')
    path.write_text(text, encoding="utf-8")
    assert [fault.kind for fault in refused(Package.read, data)] == ["resource_path"]


@pytest.mark.parametrize(
    ("path", "other"),
    [
        ("events.csv", "events.csv"),
        ("Events.CSV", "events.csv"),
        ("events.csv/themes.csv", "events.csv"),
        ("datapackage.json", "datapackage.json"),
        ("DataPackage.json", "datapackage.json"),
    ],
)
def test_a_resource_in_the_place_of_another_is_refused(data, path, other):
    edit(data, lambda package: package["resources"][1].update(path=path))
    (fault,) = refused(Package.read, data)
    assert (fault.kind, fault.value, fault.allowed) == ("resource_twice", path, other)


def test_two_resources_of_one_name_are_refused(data):
    edit(data, lambda package: package["resources"].append(package["resources"][0] | {"path": "a"}))
    (fault,) = refused(Package.read, data)
    assert (fault.kind, fault.value) == ("codebook_table_twice", "events")


def test_a_resource_of_several_files_is_refused(data):
    edit(data, lambda package: package["resources"][0].update(path=["events.csv"]))
    assert [fault.kind for fault in refused(Package.read, data)] == ["json_text"]


def test_a_table_in_a_folder_of_the_package_is_read_and_written(data):
    (data / "claims" / "2025").mkdir(parents=True)
    (data / "themes.csv").rename(data / "claims" / "2025" / "themes.csv")
    edit(data, lambda package: package["resources"][1].update(path="claims/2025/themes.csv"))
    Package.read(data).with_rows("themes", [THEME]).write()
    assert len(Package.read(data).tables["themes"]) == 18


@pytest.mark.parametrize("name", ["themes.csv", "datapackage.json"])
def test_a_link_to_a_file_outside_is_refused_unread(data, name):
    elsewhere = (data / name).rename(data.parent / "secret")
    (data / name).symlink_to(elsewhere)
    (fault,) = refused(lambda: Package.read(data).tables)
    assert (fault.kind, fault.file) == ("link_outside", (data / name).as_posix())


def test_a_link_to_a_folder_outside_is_refused(data):
    (data.parent / "private").mkdir()
    (data / "themes.csv").rename(data.parent / "private" / "themes.csv")
    (data / "claims").symlink_to(data.parent / "private")
    edit(data, lambda package: package["resources"][1].update(path="claims/themes.csv"))
    assert [fault.kind for fault in Package.read(data).faults()] == ["link_outside"]


def test_a_file_that_never_ends_is_not_read(data):
    (data / "themes.csv").unlink()
    os.mkfifo(data / "themes.csv")
    assert [fault.kind for fault in Package.read(data).faults()] == ["pipe"]


@pytest.mark.parametrize("label", [it for it in ATTACKS if it.isprintable()], ids=ascii)
def test_a_label_that_is_no_folder_among_the_editions_is_refused_whatever_the_codebook(data, label):
    edit(data, without_rules)
    january.add(data, "editions", {"edition": label, "sources": "ai-events-2025-12"})
    header, rows = january.read(data, "editions")
    january.write(data, "editions", header, [row | {"languages": "zh en"} for row in rows])
    (fault,) = refused(read_edition, data)
    kind = "space" if label != label.strip() else "label"
    assert (fault.kind, fault.line, fault.column, fault.value) == (kind, 3, "edition", label)
    assert fault.file == (data / "editions.csv").as_posix()


def test_a_label_with_a_line_break_is_refused(data):
    edit(data, without_rules)
    text = (data / "editions.csv").read_text(encoding="utf-8")
    (data / "editions.csv").write_text(text.replace("2025-12,", '"2025\n12",', 1), encoding="utf-8")
    assert [(it.kind, it.line) for it in Package.read(data).faults()] == [("label", 2)]


@pytest.mark.parametrize("label", ["2025-Q4", "2025-q4"])
def test_two_labels_for_one_folder_are_refused(data, label):
    edit(data, without_rules)
    row = {"sources": "ai-events-2025-12", "languages": "zh"}
    january.add(data, "editions", row | {"edition": "2025-Q4"}, row | {"edition": label})
    (fault,) = Package.read(data).faults()
    assert (fault.kind, fault.line, fault.allowed) == ("label_alike", 4, 3)
    assert fault.value == label


@pytest.mark.parametrize("languages", ["../../victim", "zh ../x", "fr", ""])
def test_a_language_that_is_none_is_refused_whatever_the_codebook(data, languages):
    edit(data, without_rules)
    header, rows = january.read(data, "editions")
    january.write(data, "editions", header, [row | {"languages": languages} for row in rows])
    (fault,) = Package.read(data).faults()
    assert (fault.kind, fault.column) == ("level", "languages")
    assert fault.allowed == "zh, en"


def test_a_parameter_without_a_value_is_refused_whatever_the_codebook(data):
    edit(data, without_rules)
    header, rows = january.read(data, "editions")
    january.write(data, "editions", header, [row | {"parameters": "a=1 b"} for row in rows])
    (fault,) = Package.read(data).faults()
    assert (fault.kind, fault.column, fault.value) == ("parameter_form", "parameters", "b")

"""Paths and labels that come from data: none leads out of its folder, on any system."""

import pytest

from aistats.tables.paths import is_file_name, is_label, is_path_inside, leads_outside, same_place

ATTACKS = (
    *("", ".", "..", "/", "//", "./a.csv", "../a.csv", "a/../../b.csv", "a/./b.csv", "a//b.csv"),
    *("/etc/passwd", "//server/share/a.csv", "~/../a.csv/", "a.csv/", "a/..", "a.csv/../../b.csv"),
    *("C:/a.csv", "C:a.csv", "c:\\a.csv", "..\\a.csv", "a\\..\\..\\b.csv", "\\\\server\\share\\a"),
    *("a.csv:stream", "file:///etc/passwd", "http://example.org/a.csv", "*.csv", "a?.csv"),
    *("CON", "con.csv", "NUL", "nul .csv", "Aux.tar.gz", "COM1", "lpt9.csv", "com¹", "CONIN$"),
    *("a/PRN/b.csv", "a.", "a.csv ", " a.csv", "a. ", "a ./b.csv", "...", ".git/config", ".a"),
    *("a\x00.csv", "a\n.csv", "a\r", "a\tb", "a\x7fb", "a\x85b", "a\u2028b", "a\ud800b"),
    *("a" * 201, "期" * 67, "/".join("a" * 600), '"a"', "<a>", "a|b", "\u3000a", "a\u3000"),
)


@pytest.mark.parametrize("path", ATTACKS, ids=ascii)
def test_what_may_lead_elsewhere_is_no_path_inside(path):
    assert not is_path_inside(path)
    assert not is_label(path)


@pytest.mark.parametrize(
    "path",
    [
        *("events.csv", "2025/events.csv", "各期.csv", "a b.csv", "a..b", "a-b_c.d", "~a", "-a"),
        *("console.csv", "com.csv", "com10.csv", "nullable", "a" * 200, "期" * 66, "é.csv"),
    ],
)
def test_what_names_a_file_in_the_folder_is_a_path_inside(path):
    assert is_path_inside(path)


@pytest.mark.parametrize("name", ["a/b.csv", "a\\b.csv"])
def test_a_file_name_is_one_part_of_a_path(name):
    assert not is_file_name(name)


@pytest.mark.parametrize("label", ["2025-12", "2026-Q1", "2026_Q1", "2026年1月", "été", "kitchen"])
def test_letters_and_digits_are_a_label(label):
    assert is_label(label)


@pytest.mark.parametrize(
    "label",
    ["2025.12", "index.html", "2025-12.failed", "a b", "a--b", "-a", "a-", "_", "a\n"],
)
def test_what_may_be_another_file_of_the_folder_or_two_labels_is_none(label):
    assert not is_label(label)


@pytest.mark.parametrize(
    ("one", "other"), [("A.csv", "a.CSV"), ("stra\u00dfe", "STRASSE"), ("\u00e9", "e\u0301")]
)
def test_what_some_system_takes_for_one_file_is_one_place(one, other):
    assert same_place(one) == same_place(other)


def test_a_link_leads_where_it_points(tmp_path):
    folder, elsewhere = tmp_path / "data", tmp_path / "elsewhere"
    for each in (folder, elsewhere):
        each.mkdir()
        (each / "a.csv").write_text("a")
    (folder / "inside.csv").symlink_to("a.csv")
    (folder / "outside.csv").symlink_to("../elsewhere/a.csv")
    (folder / "nowhere.csv").symlink_to("../not-yet.csv")
    (folder / "folder").symlink_to(elsewhere)
    (folder / "loop").symlink_to("loop")
    (tmp_path / "link").symlink_to(folder)
    for place in (folder, tmp_path / "link"):
        inside = ("a.csv", "inside.csv", "none.csv")
        assert not any(leads_outside(place, place / name) for name in inside)
        outside = ("outside.csv", "nowhere.csv", "folder/a.csv", "folder/none.csv", "folder")
        assert all(leads_outside(place, place / name) for name in outside)


def test_a_folder_whose_name_begins_alike_is_outside(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data-of-others").mkdir()
    (tmp_path / "data" / "a.csv").symlink_to(tmp_path / "data-of-others" / "a.csv")
    assert leads_outside(tmp_path / "data", tmp_path / "data" / "a.csv")

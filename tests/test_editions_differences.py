"""What differs between two versions of a file, said so that a person can act on it."""

import base64
import io
import json
import unicodedata
import zipfile

import nbformat
import numpy as np
import pytest
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from aistats.editions.differences import describe_difference, draw_difference

SUFFIXES = [".csv", ".png", ".html", ".md", ".svg", ".ipynb", ".json", ".js", ".css", ".docx", ".x"]


def png(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format="PNG")
    return file.getvalue()


def docx(*paragraphs, **parts):
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{space}">{body}</w:document>')
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", content)
    return file.getvalue()


def notebook(*cells):
    return nbformat.writes(new_notebook(cells=list(cells))).encode()


@pytest.fixture
def said(tmp_path):
    def say(before, after, suffix, language="en"):
        paths = [tmp_path / f"{name}{suffix}" for name in ("before", "after")]
        for path, content in zip(paths, (before, after), strict=True):
            path.unlink(missing_ok=True)
            if content is not None:
                path.write_bytes(content.encode() if isinstance(content, str) else content)
        return describe_difference(*paths, language)

    return say


# Tables -------------------------------------------------------------------------------------------


def test_a_changed_cell_is_named_by_line_and_column(said):
    before, after = "region,count\nCN,9\nUS,4\n", "region,count\nCN,9\nUS,5\n"
    assert said(before, after, ".csv") == ["line 3, column count: 4 → 5"]
    assert said(before, after, ".csv", "zh") == ["第3行，count列：4 → 5"]


def test_a_line_is_the_physical_line_also_after_cells_with_breaks_quotes_and_commas(said):
    start = 'id,text\n1,"two\nlines, and ""quotes"""\n'
    assert said(start + "2,a\n", start + "2,\n", ".csv") == ["line 4, column text: a → (empty)"]
    assert said(start, start.replace("quotes", "marks"), ".csv") == [
        'line 2, column text: two⏎lines, and "quotes" → two⏎lines, and "marks"'
    ]


def test_rows_only_in_one_are_shown_whole(said):
    before, after = "id,n\na,1\nb,2\nc,3\n", "id,n\na,1\nc,3\nd,4\n"
    assert said(before, after, ".csv") == ["− line 3: b, 2", "+ line 4: d, 4"]


def test_a_changed_row_beside_a_new_one_is_still_told_by_its_cell(said):
    before = "id,kind,n\na,x,1\nb,x,2\n"
    after = "id,kind,n\nnew,y,7\na,x,9\nb,x,2\n"
    assert said(before, after, ".csv") == ["+ line 2: new, y, 7", "line 2, column n: 1 → 9"]


def test_columns_that_came_went_or_moved_are_said_and_the_cells_of_the_others_compared(said):
    assert said("a,b,c\n1,2,3\n", "a,c,d\n1,4,5\n", ".csv") == [
        "− column b",
        "+ column d",
        "line 2, column c: 3 → 4",
    ]
    moved = said("a,b\n1,2\n", "b,a\n2,1\n", ".csv", "zh")
    assert moved == ["各列的顺序变为：b、a"]


def test_columns_without_a_name_of_their_own_are_told_apart(said):
    assert said("a,a\n1,2\n", "a,a\n1,3\n", ".csv") == ["line 2, column a#2: 2 → 3"]
    assert said("a\n1\n", "a\n1,2\n", ".csv")[0] == "+ column #2"


def test_other_line_ends_are_no_change_of_content(said):
    for suffix in (".csv", ".html"):
        (line,) = said("a,b\n1,2\n", "a,b\r\n1,2\r\n", suffix)
        assert line.startswith("the same content, written differently")
        assert line.endswith("8 → 10 bytes, different from byte 4 on")


def test_no_more_than_eight_lines_and_then_how_many_more(said):
    before, after = ("n\n" + "".join(f"{i}\n" for i in range(k, k + 20)) for k in (0, 100))
    lines = said(before, after, ".csv")
    assert len(lines) == 9
    assert lines[-1] == "… and 12 more"


def test_a_space_at_the_end_can_be_seen_and_a_control_code_does_no_harm(said):
    assert said("n\na\n", "n\na \n", ".csv") == ["line 2, column n: a → a␣"]
    assert said("a", "a\x1b[31m", ".md") == ["− line 1: a", "+ line 1: a<U+001B>[31m"]


# Pictures -----------------------------------------------------------------------------------------

WHITE = np.full((40, 60, 4), 255, np.uint8)


def test_of_a_picture_the_number_share_and_place_of_other_pixels_is_said(said):
    other = WHITE.copy()
    other[10:12, 20:23, 0] = 0
    assert said(png(WHITE), png(other), ".png") == [
        "6 of 2,400 pixels differ (0.25%), all within 20–22 across and 10–11 down"
    ]
    (zh,) = said(png(WHITE), png(other), ".png", "zh")
    assert zh == "2,400个像素中有6个不同（0.25%），都在横20～22、纵10～11之内"


def test_of_a_picture_of_another_size_the_sizes_are_said(said):
    assert said(png(WHITE), png(WHITE[:30]), ".png") == ["60 × 40 → 60 × 30 pixels"]


def test_a_picture_written_differently_is_said_to_be_the_same(said):
    file = io.BytesIO()
    Image.fromarray(WHITE).save(file, format="PNG", compress_level=0)
    (line,) = said(png(WHITE), file.getvalue(), ".png")
    assert line.startswith("the same content")


def drawn(tmp_path, before, after):
    for name, content in (("before", before), ("after", after)):
        (tmp_path / f"{name}.png").write_bytes(content)
    to = tmp_path / "drawn.png"
    draw_difference(tmp_path / "before.png", tmp_path / "after.png", to)
    return np.asarray(Image.open(to)).astype(int)


def red(sheet):
    return (sheet[..., 0] > 180) & (sheet[..., 1] < 60) & (sheet[..., 2] < 60)


def test_the_drawing_shows_both_pictures_and_the_other_pixels_in_red(tmp_path):
    other = WHITE.copy()
    other[20, 30] = (0, 0, 0, 255)
    sheet = drawn(tmp_path, png(WHITE), png(other))
    assert sheet.shape == (40, 3 * 60 + 2 * 24, 3)
    assert (sheet[:, :60] == 255).all()
    assert (sheet[20, 84 + 30] == 0).all()
    assert red(sheet)[20, 168 + 30]
    assert not red(sheet)[:, :168].any()
    assert red(sheet)[:, 168:].sum() > 20  # a frame around the one pixel


def test_pictures_of_any_two_sizes_and_none_at_all_can_be_drawn(tmp_path):
    assert red(drawn(tmp_path, png(WHITE), png(WHITE[:20, :30])))[30, 168 + 45]
    assert drawn(tmp_path, png(WHITE), b"").shape[0] == 40
    assert drawn(tmp_path, b"no picture", b"").shape[0] == 1


# Texts, notebooks, documents ----------------------------------------------------------------------


def test_of_a_text_the_changed_lines_are_shown(said):
    assert said("a\nb\nc\n", "a\nx\nc\n", ".md") == ["− line 2: b", "+ line 2: x"]
    assert said("a\nb\n", "a\n", ".css", "zh") == ["− 第2行：b"]


def test_lines_that_recur_do_not_hide_or_feign_a_change(said):
    row = "<tr>\n<td>\n</td>\n</tr>\n"
    for rows in (3, 2000):  # few enough to align them all, and too many
        before, after = row * rows + "a\n" + row, row * rows + "b\n" + row
        lines = said(before, after, ".html")
        assert lines == [f"− line {4 * rows + 1}: a", f"+ line {4 * rows + 1}: b"]


def test_of_a_long_line_the_neighbourhood_of_the_first_difference_is_shown(said):
    before, after = (f"<svg>{'p' * 5000}{middle}{'q' * 5000}</svg>" for middle in "12")
    old, new = said(before, after, ".svg")
    assert "pp1qq" in old
    assert "pp2qq" in new
    assert max(len(old), len(new)) < 180


def test_of_a_notebook_cell_and_part_are_named(said):
    picture = [base64.b64encode(letter * 300).decode() for letter in (b"a", b"b")]
    before, after = (
        notebook(
            new_markdown_cell("# Where", id="title"),
            new_code_cell(source, id="code", outputs=[stream, display]),
        )
        for source, stream, display in zip(
            ("count = 1\nprint(count)", "count = 2\nprint(count)"),
            (new_output("stream", text="1\n"), new_output("stream", text="2\n")),
            (
                new_output("display_data", {"image/png": it, "text/plain": "<Axes>"})
                for it in picture
            ),
            strict=True,
        )
    )
    lines = said(before, after, ".ipynb")
    assert lines[:2] == ["− cell 2, source: count = 1", "+ cell 2, source: count = 2"]
    outputs = [line for line in lines if "cell 2, output: " in line]
    assert len(outputs) == len(lines) - 2
    assert any('"2⏎' in line or '"2\\n"' in line for line in outputs)
    assert any("image/png" in line for line in outputs)
    assert not any(picture[0][:50] in line for line in outputs)


def test_of_a_notebook_a_cell_that_came_or_went_is_shown(said):
    cells = [new_markdown_cell(f"cell {name}", id=name) for name in "abc"]
    changed = new_markdown_cell("cell B", id="b")
    assert said(notebook(*cells), notebook(cells[0], cells[2]), ".ipynb") == ["− cell 2: cell b"]
    new = new_markdown_cell("new\nlines", id="new")
    assert said(notebook(*cells), notebook(cells[0], new, changed, cells[2]), ".ipynb") == [
        "+ cell 2: new⏎lines",
        "− cell 2, source: cell b",
        "+ cell 2, source: cell B",
    ]


def test_of_a_document_the_parts_and_the_changed_paragraphs_are_named(said):
    before = docx("One.", "Two.", styles="<a/>")
    after = docx("One.", "Too.", styles="<b/>", header="<c/>")
    assert said(before, after, ".docx") == [
        "parts that differ: word/document.xml, word/header.xml, word/styles.xml",
        "− paragraph 2: Two.",
        "+ paragraph 2: Too.",
    ]


# Anything -----------------------------------------------------------------------------------------


def test_equal_files_and_two_that_are_missing_give_nothing(said):
    assert said("a", "a", ".csv") == []
    assert said(None, None, ".csv") == []


def test_a_file_that_is_missing_is_said_to_be(said):
    assert said("a", None, ".csv") == ["the file existed before and is missing now"]
    assert said(None, "a", ".png", "zh") == ["原来没有此文件，现在有"]


def test_of_any_other_file_the_sizes_are_said(said):
    assert said("abc", "abxy", ".woff2") == ["3 → 4 bytes, different from byte 3 on"]


def test_a_file_that_cannot_be_read_is_said_to_be_so(said):
    assert said(png(WHITE), png(WHITE)[:60], ".png")[0] == "the file now cannot be read as PNG"
    assert said(b"\xff", "a", ".csv", "zh")[0] == "原文件无法按CSV读取"
    assert said("[]", json.dumps({"cells": 1}), ".ipynb")[:2] == [
        "the file before cannot be read as IPYNB",
        "the file now cannot be read as IPYNB",
    ]


VALID = {
    ".csv": b'a,b\n1,"x\ny"\n2,z\n',
    ".png": png(WHITE),
    ".ipynb": notebook(new_code_cell("HALF", id="a")).replace(b"HALF", rb"\ud800"),  # of a pair
    ".docx": docx("One.", "Two."),
}
CHANGES = st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=4)


def damaged(content, changes):
    content = bytearray(content or b" ")
    for at, byte in changes:
        content[at % len(content)] = byte
    return bytes(content)


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(
    deadline=None,
    derandomize=True,
    max_examples=examples(60),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_whatever_the_bytes_are_there_are_lines_and_no_exception(said, suffix, data):
    valid = st.just(VALID.get(suffix, b"line\n" * 3))
    contents = st.one_of(
        st.binary(max_size=60),
        st.text(max_size=40).map(lambda text: text.encode()),
        valid,
        st.builds(damaged, valid, CHANGES),
    )
    before, after = data.draw(contents), data.draw(contents)
    for language in ("zh", "en"):
        lines = said(before, after, suffix, language)
        assert bool(lines) == (before != after)
        assert len(lines) <= 9
        for line in lines:
            assert all(it.isprintable() or unicodedata.category(it) == "Zs" for it in line)

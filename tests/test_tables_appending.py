"""Rows at the end of a CSV: what is added, and that every byte before it stays."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aistats.tables.appending import append_rows

CELLS = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00\ufeff", exclude_categories=["Cs"])
)


@pytest.mark.parametrize(
    ("content", "after"),
    [
        (b"x,y\n1,2\n", b"x,y\n1,2\n3,4\n"),
        (b"x,y\n1,2", b"x,y\n1,2\n3,4\n"),
        (b"x,y\r\n1,2\r\n", b"x,y\r\n1,2\r\n3,4\r\n"),
        (b"x,y\r1,2", b"x,y\r1,2\r3,4\r"),
        (b"\xef\xbb\xbfy,z,x\n", b"\xef\xbb\xbfy,z,x\n4,,3\n"),
        (b'\n"x","y"\n', b'\n"x","y"\n3,4\n'),
        (b"x,y", b"x,y\n3,4\n"),
    ],
)
def test_rows_take_the_form_of_the_file(content, after):
    assert append_rows(content, [{"y": "4", "x": "3", "no column": "5"}]) == after


def test_no_row_adds_nothing():
    assert append_rows(b"x,y\n1,2", []) == b"x,y\n1,2"


@given(
    rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=3),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    is_open=st.booleans(),
)
def test_whatever_is_added_reads_back_as_it_was(rows, end, is_open):
    before = end.join(["x,y", "1,2"]) + ("" if is_open else end)
    after = append_rows(before.encode(), [dict(zip("xy", row, strict=True)) for row in rows])
    assert after.startswith(before.encode())
    read = list(csv.reader(io.StringIO(after.decode(), newline="")))
    assert [tuple(cells) for cells in read[2:]] == rows

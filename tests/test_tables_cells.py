"""Files: whatever the bytes, the cells are those that were written, or the file is refused."""

import codecs
import csv
import io
import random
import tempfile
from pathlib import Path

import pytest
from babel import Locale
from examples import examples
from hypothesis import event, given, settings
from hypothesis import strategies as st

from aistats.faults import DataError
from aistats.tables.cells import read_cells
from aistats.tables.encodings import find_encoding, read_text
from aistats.tables.writing import write_whole

calm = settings(deadline=None, derandomize=True, max_examples=examples(150))

HEADER = ["date", "title", "country", "note"]
# (locale, the encoding that its people's spreadsheets use besides UTF-8)
LOCALES = [
    ("zh_Hans", "gb18030"),
    ("zh_Hant", "big5"),
    ("zh_Hant_HK", "big5hkscs"),
    *((locale, "cp1252") for locale in ("fr", "de", "es", "pt", "it", "sv", "da", "fi", "nl")),
]


def words_of(locale, encoding):
    """Return what people of a language call countries, languages and currencies."""
    known = Locale.parse(locale)
    names = [*known.territories.values(), *known.languages.values(), *known.currencies.values()]
    return [it for it in names if not it.isascii() and encodable(it, encoding)]


def encodable(text, encoding):
    return text.encode(encoding, "ignore").decode(encoding) == text


WORDS = {locale: words_of(locale, encoding) for locale, encoding in LOCALES}


def csv_text(rows, separator=","):
    text = io.StringIO()
    csv.writer(text, delimiter=separator, quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue()


def written(folder, content, name="table.csv"):
    path = Path(folder) / name
    path.write_bytes(content)
    return path


def cells_of(folder, content, **options):
    return [list(cells) for _, cells in read_cells(written(folder, content), **options).records]


def said(read, *arguments, language="en", **options):
    with pytest.raises(DataError) as refused:
        read(*arguments, **options)
    return refused.value.text(language)


# In which encoding --------------------------------------------------------------------------------


def small_tables(locale, seed=7, n=200):
    """Yield tables of a few rows, in each of which only a word or two tell the encoding."""
    chance = random.Random(seed)
    words = WORDS[locale]
    for _ in range(n):
        rows = [
            [
                f"2025-12-{chance.randint(1, 28):02}",
                chance.choice(["OpenAI", "", "1.5", chance.choice(words)]),
                chance.choice(words),
                chance.choice(["US", "policy", "https://example.org/a?b=1"]),
            ]
            for _ in range(chance.choice([1, 1, 2, 3, 10]))
        ]
        yield csv_text([HEADER, *rows])


@pytest.mark.parametrize(("locale", "encoding"), LOCALES)
def test_no_small_table_is_read_wrongly_and_few_are_refused(locale, encoding):
    refused = 0
    for text in small_tables(locale):
        raw = text.encode(encoding)
        try:
            assert raw.decode(find_encoding(raw, "")) == text
        except DataError:
            refused += 1

    assert refused <= 6  # of 200


@pytest.mark.parametrize(("locale", "_"), LOCALES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_is_always_found(locale, _, encoding):
    for text in small_tables(locale, n=50):
        raw = text.encode(encoding)

        assert raw.decode(find_encoding(raw, "")).removeprefix("\ufeff") == text


@pytest.mark.parametrize("text", ["", "date,n\n2025-12-02,1\n", "ΑΒΓ,αβγ\n", "Дата,Страна\n"])
def test_a_table_without_chinese_is_utf_8_where_it_can_be(text):
    assert find_encoding(text.encode(), "") == "utf-8"


def test_what_two_encodings_read_as_well_is_refused_until_one_is_named(tmp_path):
    raw = "kind\n评测\n".encode("gb18030")
    path = written(tmp_path, raw)

    assert "ambiguous encoding (gb18030 / big5)" in said(read_cells, path)
    assert "无法确定字符编码（可以是gb18030 / big5）" in said(read_cells, path, language="zh")
    assert cells_of(tmp_path, raw, encoding="gb18030") == [["kind"], ["评测"]]
    assert cells_of(tmp_path, raw, encoding="big5") == [["kind"], ["ぜ聆"]]


def test_the_famous_word_that_utf_8_reads_otherwise_is_refused(tmp_path):
    path = written(tmp_path, "模\n".encode("gbk"))  # also the Latvian letter ģ

    assert "ambiguous encoding (utf-8 / gb18030" in said(read_cells, path)


@pytest.mark.parametrize(
    "raw",
    [
        "日期,地点\n2025-12-02,北京\n".encode() + b"\xff",
        "Дата,Страна\n".encode("cp1251"),
        bytes(range(128, 256)),
    ],
    ids=["damaged UTF-8", "Cyrillic", "no text"],
)
def test_what_is_in_none_of_the_encodings_is_refused(tmp_path, raw):
    path = written(tmp_path, raw)

    assert "unknown encoding (not UTF-8 from byte" in said(read_cells, path)
    assert "无法识别字符编码" in said(read_cells, path, language="zh")


def test_an_encoding_that_there_is_not_is_refused(tmp_path):
    path = written(tmp_path, b"date\n")

    assert "there is no encoding “gbk2”" in said(read_cells, path, encoding="gbk2")
    assert "没有“gbk2”这种字符编码" in said(read_cells, path, encoding="gbk2", language="zh")
    assert "there is no encoding “undefined”" in said(read_cells, path, encoding="undefined")


def test_bytes_that_are_not_of_the_encoding_named_are_refused(tmp_path):
    path = written(tmp_path, "日期\n".encode("utf-16"))

    assert "is not BIG5 (from byte 0)" in said(read_cells, path, encoding="big5")


@pytest.mark.parametrize("mark", [codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path, mark):
    encoding = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le"}.get(mark, "utf-16-be")

    assert cells_of(tmp_path, mark + "日期,n\n".encode(encoding)) == [["日期", "n"]]
    assert cells_of(tmp_path, mark + mark + "日期,n\n".encode(encoding)) == [["日期", "n"]]


# Into which cells ---------------------------------------------------------------------------------


@calm
@given(
    st.lists(st.lists(st.text(max_size=6), min_size=2, max_size=2), min_size=1, max_size=5),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
    st.sampled_from(",;\t|"),
)
def test_in_an_encoding_that_is_named_any_cells_are_read_as_they_were_written(
    rows, encoding, separator
):
    rows = [[cell.replace("\ufeff", "") for cell in row] for row in rows]
    raw = csv_text(rows, separator).encode(encoding, "surrogatepass")
    with tempfile.TemporaryDirectory() as folder:
        assert cells_of(folder, raw, encoding=encoding, separator=separator) == rows


@calm
@given(st.data(), st.sampled_from(LOCALES), st.sampled_from(",;\t|"))
def test_with_nothing_named_cells_are_read_as_they_were_written_or_refused(data, locale, separator):
    name, local = locale
    encoding = data.draw(st.sampled_from([local, "utf-8", "utf-16"]))
    cell = st.sampled_from([*WORDS[name], "a,b", "1;2", "two\nlines", 'a "word"', ""])
    row = st.lists(cell, min_size=2, max_size=2).map(lambda cells: ["2025-12-02", *cells])
    rows = [HEADER[:3], *data.draw(st.lists(row, max_size=6))]
    with tempfile.TemporaryDirectory() as folder:
        try:
            found = cells_of(folder, csv_text(rows, separator).encode(encoding))
        except DataError as error:
            [fault] = error.faults
            event(fault.kind)
            found = rows if fault.kind == "encoding_several" else []
        assert found == rows


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_the_one_that_makes_rows_of_one_length(tmp_path, separator):
    rows = [["date", "cost", "who"], ["2025", "1,5", "a;b"], ["2026", "2,5", "c|d"]]
    cells = read_cells(written(tmp_path, csv_text(rows, separator).encode()))

    assert (cells.separator, [list(row) for _, row in cells.records]) == (separator, rows)


def test_a_title_above_the_header_does_not_hide_the_separator(tmp_path):
    raw = b"Events, by region; 2025\n\ndate;where\n2025;CN\n2026;US\n"

    assert read_cells(written(tmp_path, raw)).separator == ";"


def test_records_stand_on_the_lines_on_which_they_start(tmp_path):
    raw = b'date,note\n2025,"two\nlines"\n\n2026,x\n'

    assert [line for line, _ in read_cells(written(tmp_path, raw)).records] == [1, 2, 5]


def test_a_quote_that_never_ends_ends_the_reading_at_its_line(tmp_path):
    cells = read_cells(written(tmp_path, b'date,note\n2025,x\n2026,"open\n2027,y\n'))

    assert [line for line, _ in cells.records] == [1, 2]
    assert (cells.broken.kind, cells.broken.line) == ("csv_open", 3)


@pytest.mark.parametrize(
    ("raw", "english", "chinese"),
    [
        (
            b'a,b\n1,"open\n2,y\n',
            "opens with a quotation mark that is never closed",
            "没有结尾的引号",
        ),
        (b'a,b\n1,"say \\"so\\""\n', 'in a cell twice ("")', '单元格里的引号请写两遍（""）'),
        (b"a,b\n1," + b"x" * 131073, "a cell of more than 131,000 characters", "超过13万个字符"),
    ],
    ids=["open", "with a backslash", "long"],
)
def test_what_is_no_csv_is_said_in_words(tmp_path, raw, english, chinese):
    csv.field_size_limit(131_072)  # other libraries raise it for the whole process
    broken = read_cells(written(tmp_path, raw)).broken

    assert broken.line == 2
    assert english in broken.text("en")
    assert chinese in broken.text("zh")


def test_a_workbook_is_rows_of_cells_too(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["date", "地点"])
    book.active.append(["2025-12-02", "北京"])
    book.save(tmp_path / "book.xlsx")

    cells = read_cells(tmp_path / "book.xlsx")

    assert cells.records == [(1, ["date", "地点"]), (2, ["2025-12-02", "北京"])]
    assert (cells.encoding, cells.separator, cells.sheet) == (None, None, "Sheet")


def test_a_workbook_is_known_whatever_its_name(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["date"])
    book.save(tmp_path / "book.xlsx")
    (tmp_path / "book.xlsx").rename(tmp_path / "table.csv")

    assert read_cells(tmp_path / "table.csv").records == [(1, ["date"])]


@pytest.mark.parametrize("read", [read_cells, read_text])
def test_a_file_that_is_not_there_is_refused(tmp_path, read):
    assert "file or folder not found" in said(read, tmp_path / "no.csv")
    assert "找不到这个文件或文件夹" in said(read, tmp_path / "no.csv", language="zh")
    assert "is a folder; name a file" in said(read, tmp_path)
    assert "是文件夹；请指定文件" in said(read, tmp_path, language="zh")
    long = tmp_path / ("x" * 300)
    assert "cannot be read: File name too long" in said(read, long)
    assert "无法读取：File name too long" in said(read, long, language="zh")


# And back -----------------------------------------------------------------------------------------


def test_a_file_is_written_over_with_its_mode(tmp_path):
    path = written(tmp_path, b"before\n")
    path.chmod(0o640)

    write_whole(path, "之后\r\n")

    assert path.read_bytes() == "之后\r\n".encode()
    assert path.stat().st_mode & 0o777 == 0o640


def test_what_cannot_be_written_leaves_the_file_as_it_was_and_nothing_beside_it(tmp_path):
    path = written(tmp_path, b"before\n")

    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "half \ud800")

    assert path.read_bytes() == b"before\n"
    assert list(tmp_path.iterdir()) == [path]


def test_where_nothing_can_be_written_the_file_itself_is_named(tmp_path):
    path = tmp_path / "no/such/table.csv"

    with pytest.raises(FileNotFoundError) as error:
        write_whole(path, "x")

    assert error.value.filename == path.as_posix()

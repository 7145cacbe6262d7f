"""Layouts: another's dates are the days that they name, or are refused, never other days."""

import csv
import datetime as dt
import io
import tempfile
from pathlib import Path

import openpyxl
import pytest
from examples import examples
from hypothesis import event, example, given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from aistats.dates.edtf import parse_edtf
from aistats.faults import DataError
from aistats.tables.foreign import JSON, TableLayout, read_layout

calm = settings(deadline=None, derandomize=True, max_examples=examples(150))


def read(folder, text, encoding="utf-8", **layout):
    """Read a table from text; every fault is refused."""
    path = Path(folder) / "table.csv"
    path.write_bytes(text.encode(encoding))
    table, faults = read_layout(path, TableLayout(**layout))
    if faults:
        raise DataError(faults)
    return table


def dates_of(folder, text, **layout):
    return read(folder, text, **layout)["date"].fillna("").tolist()


def column(*values, name="date"):
    text = io.StringIO()
    csv.writer(text).writerows([[name, "n"], *([value, "x"] for value in values)])
    return text.getvalue()


def refused(folder, text, **layout):
    """Return each fault as (line, column, kind, value)."""
    with pytest.raises(DataError) as error:
        read(folder, text, **layout)
    return [(it.line, it.column, it.kind, it.value) for it in error.value.faults]


def said(folder, text, language="en", **layout):
    with pytest.raises(DataError) as error:
        read(folder, text, **layout)
    return error.value.text(language)


# A column of dates --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "order", "line", "days"),
    [
        (("02/12/2025", "13/12/2025"), "dmy", 3, ["2025-12-02", "2025-12-13"]),
        (("12/13/2025", "12/02/2025"), "mdy", 2, ["2025-12-13", "2025-12-02"]),
        (("13/12/2025", "2025-12-02", "1/2/2025"), "dmy", 2, None),
        (("05/05/2025", "1/1/2025"), None, None, ["2025-05-05", "2025-01-01"]),
    ],
)
def test_one_day_that_allows_no_other_order_tells_the_order_of_all(
    tmp_path, values, order, line, days
):
    table = read(tmp_path, column(*values))

    assert (table.attrs["dates"], table.attrs["proof"]) == (order, line)
    assert days is None or table["date"].tolist() == days


def test_an_order_that_nothing_tells_is_refused_once(tmp_path):
    text = column("2025-12-01", "02/12/2025", "03/04/2025")

    assert refused(tmp_path, text) == [(3, "date", "order_unknown", "02/12/2025")]
    assert "“02/12/2025” is ambiguous (2025-12-02 / 2025-02-12)" in said(tmp_path, text)
    assert "可读作2025-12-02 / 2025-02-12，整列都看不出年月日顺序" in said(tmp_path, text, "zh")
    assert dates_of(tmp_path, text, dates="mdy")[1:] == ["2025-02-12", "2025-03-04"]


def test_two_orders_in_one_column_are_refused_with_the_lines_that_show_them(tmp_path):
    text = column("01/02/2025", "13/02/2025", "02/14/2025")

    assert refused(tmp_path, text) == [(3, "date", "order_mixed", "")]
    assert said(tmp_path, text).splitlines()[2:] == ["      3: 13/02/2025", "      4: 02/14/2025"]
    assert "有的日期只能是日月年，有的只能是月日年" in said(tmp_path, text, "zh")


def test_a_workbook_from_an_old_mac_counts_its_serial_numbers_from_1904(tmp_path):
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    for row in (["date", "n"], [dt.date(2025, 12, 2), "a"], [44531, "a"]):
        book.active.append(row)
    book.save(tmp_path / "mac.xlsx")
    table, faults = read_layout(tmp_path / "mac.xlsx", TableLayout(dates="excel"))
    assert (table["date"].tolist(), faults) == (["2025-12-02", "2025-12-02"], [])


def test_a_wrong_value_is_named_once_and_many_are_counted(tmp_path):
    text = column(*["soon"] * 5, *(f"wrong {n}" for n in range(30)))
    faults = refused(tmp_path, text)

    assert faults[0] == (2, "date", "unreadable", "soon")
    assert len(faults) == 21
    assert faults[-1] == (26, "date", "more_faults", 11)
    assert "from here on, 11 more of the same kind, not listed" in said(tmp_path, text)
    assert "此后还有11处同类错误，未逐一列出" in said(tmp_path, text, "zh")


def test_the_text_is_kept_as_it_stood(tmp_path):
    table = read(tmp_path, column("2 Dec 2025", "NA", ""))

    assert table["date"].fillna("").tolist() == ["2025-12-02", "", ""]
    assert table["date_text"].fillna("").tolist() == ["2 Dec 2025", "NA", ""]


def test_a_name_that_is_taken_is_not_taken_again(tmp_path):
    table = read(tmp_path, "date,date_text\n2025年,today\n")

    assert table.to_numpy().tolist() == [["2025", "today"]]


WRITTEN = {
    "iso": "{0:%Y-%m-%d}",
    "compact": "{0:%Y%m%d}",
    "slashes": "{0.year}/{0.month}/{0.day}",
    "dots": "{0.year}.{0.month}.{0.day}",
    "stamp": "{0:%Y-%m-%d} 23:59:59.999",
    "english": "{0.day} {0:%B} {0.year}",
    "american": "{0:%b} {0.day}, {0.year}",
    "chinese": "{0.year}年{0.month}月{0.day}日",
    "dmy": "{0:%d/%m/%Y}",
    "mdy": "{0:%m/%d/%Y}",
    "german": "{0.day}.{0.month}.{0.year}",
}
DAYS = st.lists(st.dates(dt.date(1001, 1, 1)), min_size=1, max_size=12)


@calm
@given(DAYS, st.sampled_from(sorted(WRITTEN)))
@example([dt.date(2025, 12, 2)], "dmy")
@example([dt.date(2025, 12, 2), dt.date(2025, 12, 13)], "dmy")
def test_days_are_read_back_from_every_layout_or_refused_and_never_others(days, layout):
    text = column(*(WRITTEN[layout].format(day) for day in days))
    right = [day.isoformat() for day in days]
    with tempfile.TemporaryDirectory() as folder:
        try:
            found = dates_of(folder, text)
        except DataError as error:
            [fault] = error.faults
            event(fault.kind)
            numbers = layout in ("dmy", "mdy", "german")
            found = right if numbers and fault.kind == "order_unknown" else []
        assert found == right


@calm
@given(
    st.lists(st.dates(dt.date(1970, 1, 1), dt.date(2060, 1, 1)), min_size=1, max_size=5),
    st.sampled_from(["dmy", "mdy", "dmyy", "mdyy", "yymd", "excel"]),
)
def test_days_are_read_back_from_every_layout_that_is_stated(days, dates):
    form = {
        "dmy": "{0:%d.%m.%Y}",
        "mdy": "{0:%m-%d-%Y}",
        "dmyy": "{0.day}/{0.month}/{0:%y}",
        "mdyy": "{0.month}/{0.day}/{0:%y}",
        "yymd": "{0:%y-%m-%d}",
    }
    count = [(day - dt.date(1899, 12, 30)).days for day in days]
    written = count if dates == "excel" else [form[dates].format(day) for day in days]
    days = [day for day, text in zip(days, written, strict=True) if len(str(text)) >= 5]
    written = [text for text in written if len(str(text)) >= 5]
    with tempfile.TemporaryDirectory() as folder:
        found = dates_of(folder, column(*written), dates=dates)
    assert found == [day.isoformat() for day in days]


# Dates of several columns -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "edtf"),
    [
        ("2025,12,2", "2025-12-02"),
        ("2025,12,0", "2025-12"),
        ("2025,12,", "2025-12"),
        ("2025,0,0", "2025"),
        ("2025,,", "2025"),
        ("2025.0,12.0,2.0", "2025-12-02"),
        ("2025,December,02", "2025-12-02"),
        (",,", ""),
        ("0,0,0", ""),
        ("NA,NA,NA", ""),
    ],
)
def test_year_month_and_day_are_one_date_as_far_as_they_are_known(tmp_path, row, edtf):
    columns = {"year": "iyear", "month": "imonth", "day": "iday"}
    table = read(tmp_path, f"id,iyear,imonth,iday,n\n1,{row},x\n", columns=columns)

    assert table["date"].fillna("").tolist() == [edtf]
    assert list(table) == ["id", "date", "year", "month", "day", "n"]


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ("2025,0,2", "unreadable"),
        (",12,2", "unreadable"),
        ("2025,13,1", "impossible"),
        ("2025,33,", "impossible"),
        ("2025,2,30", "impossible"),
        ("2025,2026,", "unreadable"),
        ("25,12,2", "two_digit_year"),
    ],
)
def test_parts_that_are_no_date_together_are_refused(tmp_path, row, kind):
    [(line, named, found, _)] = refused(tmp_path, f"year,month,day,n\n{row},x\n")

    assert (line, named, found) == (2, "year + month + day", kind)


def test_a_year_alone_is_a_date(tmp_path):
    assert dates_of(tmp_path, "year,n\n2025,x\n") == ["2025"]


@pytest.mark.parametrize(
    ("row", "edtf"),
    [
        ("2025-12-02,2025-12-05", "2025-12-02/2025-12-05"),
        ("2025-12-02,2025-12-02", "2025-12-02"),
        ("2025-12,2026-01", "2025-12/2026-01"),
        ("2 Dec 2025,2025年12月5日", "2025-12-02/2025-12-05"),
        (",", ""),
    ],
)
def test_start_and_end_are_an_interval(tmp_path, row, edtf):
    columns = {"start": "from", "end": "to"}

    assert dates_of(tmp_path, f"n,from,to,m\nx,{row},y\n", columns=columns) == [edtf]


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ("2025-12-05,2025-12-02", "reversed"),
        ("2025-12-05,", "open"),
        (",2025-12-05", "open"),
        ("soon,2025-12-05", "unreadable"),
    ],
)
def test_an_interval_that_is_none_is_refused(tmp_path, row, kind):
    assert [it[2] for it in refused(tmp_path, f"n,start,end\nx,{row}\n")] == [kind]


def test_start_and_end_tell_the_order_of_each_other(tmp_path):
    table = read(tmp_path, "start,end\n02/12/2025,13/12/2025\n")

    assert table["date"].tolist() == ["2025-12-02/2025-12-13"]
    assert table.attrs["dates"] == "dmy"


# How exactly --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "edtf"),
    [
        ("2025-12-03,2025-12-03,1", "2025-12-03"),
        ("2025-12-03,2025-12-05,2", "2025-12-03/2025-12-05"),
        ("2025-12-03,2025-12-03,3", "2025-12-01/2025-12-07"),
        ("2025-12-03,2025-12-09,3", "2025-12-03/2025-12-09"),
        ("2025-12-03,2025-12-03,4", "2025-12"),
        ("2025-11-20,2025-12-10,4", "2025-11-20/2025-12-10"),
        ("2025-12-03,2025-12-03,5", "2025"),
    ],
)
@pytest.mark.parametrize("named", [True, False])
def test_the_codes_of_ucdp_widen_a_day_and_keep_a_range(tmp_path, row, edtf, named):
    columns = {"start": "date_start", "end": "date_end"}
    columns |= {"precision": "date_prec"} if named else {}
    table = read(tmp_path, f"date_start,date_end,date_prec\n{row}\n", columns=columns)

    assert table["date"].tolist() == [edtf]
    assert table.attrs["precision"] == "date_prec"


@pytest.mark.parametrize(
    ("code", "edtf"), [("1", "2025-12-03"), ("2", "2025-12-01/2025-12-07"), ("3", "2025-12")]
)
def test_the_codes_of_acled_widen_a_day(tmp_path, code, edtf):
    text = f"event_date,time_precision\n03 December 2025,{code}\n"

    assert dates_of(tmp_path, text, columns={"date": "event_date"}) == [edtf]


def test_codes_may_be_stated(tmp_path):
    text = "date,p\n2025-12-03,rough\n2025-12-03,exact\n,unknown\n"
    stated = {"columns": {"precision": "p"}, "precision": {"rough": "month", "exact": "day"}}

    assert dates_of(tmp_path, text, **stated) == ["2025-12", "2025-12-03", ""]


@pytest.mark.parametrize(
    ("layout", "row", "kind", "english", "chinese"),
    [
        (
            {},
            "2025-12-03,9",
            "precision_code",
            "“9” is not a known precision code",
            "不是可用的精度代码",
        ),
        ({}, "2025-12-03,", "precision_code", "use one of: 1, 2, 3", "请从中选：1, 2, 3"),
        (
            {"precision": {"1": "range"}},
            "2025-12-03,1",
            "no_range",
            "the code means a range of days, but there is only “2025-12-03”",
            "代码表示一段日期，这里却只有“2025-12-03”",
        ),
    ],
)
def test_a_code_without_a_meaning_is_refused(tmp_path, layout, row, kind, english, chinese):
    text = f"date,time_precision\n{row}\n"
    [(line, named, found, _)] = refused(tmp_path, text, **layout)

    assert (line, named, found) == (2, "time_precision", kind)
    assert english in said(tmp_path, text, **layout)
    assert chinese in said(tmp_path, text, "zh", **layout)


def test_a_code_that_is_to_mean_nothing_known_is_refused_whether_a_row_has_it_or_not(tmp_path):
    table, hours = "date,time_precision\n2025-12-03,1\n", {"1": "day", "9": "hour"}
    assert refused(tmp_path, table, precision=hours) == [
        (None, "time_precision", "precision_unit", "hour")
    ]
    assert "“hour” is not a precision; use one of: day, week, month, year, range" in said(
        tmp_path, table, precision=hours
    )
    assert "“hour”不是可用的精度；请从中选：day, week, month, year, range" in said(
        tmp_path, table, "zh", precision=hours
    )


def test_codes_need_a_column_and_a_column_needs_codes(tmp_path):
    text = "date,p\n2025-12-03,1\n"

    assert "unknown column of precision codes" in said(tmp_path, text, precision={"1": "day"})
    assert "unknown meaning of the codes in column “p”" in said(
        tmp_path, text, columns={"precision": "p"}
    )
    assert "无法确定“p”列代码的含义" in said(tmp_path, text, "zh", columns={"precision": "p"})


@calm
@given(st.dates(), st.sampled_from(["1", "3", "4", "5"]))
def test_a_widened_date_holds_the_day(day, code):
    with tempfile.TemporaryDirectory() as folder:
        try:
            [edtf] = dates_of(folder, f"date,date_prec\n{day},{code}\n")
        except DataError as error:
            assert day > dt.date(9999, 12, 26), error  # noqa: PT017
            return
    first, last = parse_edtf(edtf)
    assert first <= day <= last


# Lists --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("separator", "cell", "values"),
    [
        (";", "CN; US", ("CN", "US")),
        (";", "US;CN;US;;", ("US", "CN")),
        (";", "CN", ("CN",)),
        (",", '"CN,US"', ("CN", "US")),
        (JSON, '"[""CN"", ""US"", ""CN""]"', ("CN", "US")),
        (JSON, '"[""a;b"", 3, null, true]"', ("a;b", "3", "true")),
    ],
)
def test_a_cell_of_several_values_has_each_once_and_in_order(tmp_path, separator, cell, values):
    table = read(tmp_path, f"date,where\n2025,{cell}\n", lists={"where": separator})

    assert table["where"].tolist() == [values]


@pytest.mark.parametrize(
    ("separator", "cell"), [(";", ""), (";", ";"), (JSON, "[]"), (JSON, "null"), (JSON, "")]
)
def test_a_list_of_nothing_is_a_missing_value(tmp_path, separator, cell):
    table = read(tmp_path, f"date,where\n2025,{cell}\n", lists={"where": separator})

    assert table["where"].isna().tolist() == [True]


@pytest.mark.parametrize(
    "cell", ["[", "CN", '"[""a"", [1]]"', '"{""a"": 1}"', "\"['a']\"", "[" * 9999]
)
def test_what_is_no_json_list_is_refused(tmp_path, cell):
    text = f"date,where\n2025,[]\n2025,{cell}\n"
    [(line, named, kind, _)] = refused(tmp_path, text, lists={"where": JSON})

    assert (line, named, kind) == (3, "where", "not_json")
    assert 'write ["CN", "US"]' in said(tmp_path, text, lists={"where": JSON})
    assert '不是JSON列表；请写成：["CN", "US"]' in said(tmp_path, text, "zh", lists={"where": JSON})


# Which columns ------------------------------------------------------------------------------------


def test_columns_are_renamed_and_the_others_keep_their_names(tmp_path):
    table = read(tmp_path, "Where, When ,Why\nCN,2025,x\n", columns={"date": "When", "at": "Where"})

    assert list(table) == ["at", "date", "date_text", "Why"]
    assert table.attrs["columns"] == {"at": "Where", "date": "When"}


@pytest.mark.parametrize(
    ("header", "columns", "kind", "english", "chinese"),
    [
        (
            "Publicaton date,n",
            {"date": "Publication date"},
            "no_column",
            "there is no column “Publication date”; use one of: Publicaton date, n",
            "没有“Publication date”列；可用：Publicaton date, n",
        ),
        (
            "when,where",
            {},
            "no_when",
            'set columns={"date": "…"} (--map date=…) to one of: when, where',
            '请用columns={"date": "列名"}（命令行用--map date=列名）指定；可用：when, where',
        ),
        (
            "date,when",
            {"date": "when"},
            "one_name",
            "several columns would be called “date”: date, when",
            "有几列都会叫“date”：date, when",
        ),
        (
            "date,n",
            {"a": "n", "b": "n"},
            "mapped_twice",
            "column “n” has more than one new name: a, b; keep one",
            "“n”列有不止一个新名称：a, b；请只留一个",
        ),
        (
            "date,n,n",
            {},
            "duplicate_column",
            ("column “n” appears more than once; rename or remove one"),
            "“n”列出现不止",
        ),
        (
            "date,dated",
            {},
            "added_name",
            "“dated” is a column that aistats adds",
            "“dated”是读取后才加上的列",
        ),
        (
            "date,a,b",
            {"start": "a", "end": "b"},
            "added_name",
            "“date” is a column that aistats adds",
            "“date”是读取后才加上的列",
        ),
        (
            "a,b,c",
            {"date": "a", "year": "b"},
            "two_ways",
            "mapped in several ways: date / year + month + day",
            "日期用了几种方式指定：date / year + month + day",
        ),
        ("a,b", {"start": "a"}, "no_column", "there is no column “end”", "没有“end”列"),
        ("a,b", {"month": "a"}, "no_column", "there is no column “year”", "没有“year”列"),
    ],
)
def test_columns_that_cannot_be_are_refused(tmp_path, header, columns, kind, english, chinese):
    text = f"{header}\n{','.join('2025' for _ in header.split(','))}\n"

    faults = refused(tmp_path, text, columns=columns)
    assert [fault for fault in faults if fault[2] == kind] == faults
    assert {line for line, *_ in faults} == {1}
    assert english in said(tmp_path, text, columns=columns)
    assert chinese in said(tmp_path, text, "zh", columns=columns)


def test_the_nearest_columns_are_named_first(tmp_path):
    names = ",".join(f"column_{n}" for n in range(30)) + ",Event_Date"
    text = f"{names}\n" + "," * 30 + "\n"

    assert "use one of: Event_Date, column_0, column_1," in said(
        tmp_path, text, columns={"date": "event date"}
    )


def test_a_list_of_no_column_is_refused(tmp_path):
    assert refused(tmp_path, "date,n\n2025,x\n", lists={"m": ";"}) == [(1, None, "no_column", "m")]


def test_a_date_is_no_list(tmp_path):
    table, lists = "start,end\n2025,2026\n", {"end": ";"}
    assert refused(tmp_path, table, lists=lists) == [(1, None, "list_of_dates", "end")]
    assert "column “end” is a date and cannot be multi-valued" in said(tmp_path, table, lists=lists)
    assert "“end”列是日期，不能作多值列" in said(tmp_path, table, "zh", lists=lists)


def test_a_column_without_a_name_keeps_its_cells_or_had_none(tmp_path):
    table = read(tmp_path, ",date,,n,\n1,2025,,x,\n2,2026,,,\n")

    assert list(table) == ["column_1", "date", "date_text", "n"]


# Which lines are rows -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "above", ["Events of 2025\n\n", "Events of 2025,,\n,,\n", "a,b\nof,by\n"], ids=repr
)
def test_a_title_above_the_header_is_refused_until_the_header_is_named(tmp_path, above):
    text = f"{above}date,where,n\n2025,CN,1\n2026,US,2\n2027,FR,3\n"

    [(line, _, kind, _)] = refused(tmp_path, text)
    assert (line, kind) == (1, "not_header")
    assert "if the header is on line 3, set header=3 (--header 3)" in said(tmp_path, text)
    assert "如表头在第3行，请用header=3（命令行用--header 3）指定" in said(tmp_path, text, "zh")
    table = read(tmp_path, text, header=3)
    assert (table["date"].tolist(), table.attrs["header"]) == (["2025", "2026", "2027"], 3)
    assert table.attrs["skipped"][0] == 1


def test_cells_that_only_rows_have_make_no_title_of_the_header(tmp_path):
    assert dates_of(tmp_path, "date,where\n2025,CN,\n2026,US,\n") == ["2025", "2026"]


@pytest.mark.parametrize("line", [None, 1])
def test_a_header_that_lacks_a_name_is_refused_before_names_and_cells_part(tmp_path, line):
    table = '"date","n"\n"1","2025-12-02","x"\n"2","2025-12-03","y"\n'
    assert refused(tmp_path, table, header=line, skip_torn=True) == [(1, None, "short_header", 2)]
    assert "every row below has 3 cells; add the missing name" in said(tmp_path, table)
    assert "下面各行都有3个单元格；请补上缺少的列名" in said(tmp_path, table, "zh")


def test_a_header_of_few_names_is_one_if_that_is_said(tmp_path):
    table = "date,,\n2025-12-02,x,\n"
    assert "set header=2 (--header 2); if it is this line, set header= to this line" in said(
        tmp_path, table
    )
    assert "（命令行用--header 2）指定；如表头就是本行，也请用header=指定本行" in said(
        tmp_path, table, "zh"
    )
    assert list(read(tmp_path, table, header=1)) == ["date", "date_text", "column_2"]
    assert refused(tmp_path, table, header=0) == [(0, None, "no_line", "")]


def test_a_second_header_is_refused_until_it_is_skipped(tmp_path):
    text = "date,where\n#date,#country\n2025,CN\n"

    assert refused(tmp_path, text) == [(2, "date", "unreadable", "#date")]
    assert "if the line is not a row, remove it, or set skip= of read_events" in said(
        tmp_path, text
    )
    assert "如本行不是数据，请删去，或用read_events的skip=" in said(tmp_path, text, "zh")
    table = read(tmp_path, text, skip=[2])
    assert (list(table.index), table.attrs["skipped"]) == ([3], [2])


@pytest.mark.parametrize("foot", ["Source: a report", "Source: a report,,"])
def test_a_note_below_the_rows_is_refused_until_it_is_skipped(tmp_path, foot):
    text = f"where,date,n\nCN,2025,1\nUS,2026,\n{foot}\n"

    [(line, _, kind, _)] = refused(tmp_path, text)
    assert (line, kind) == (4, "note" if foot.endswith(",") else "torn")
    assert read(tmp_path, text, skip=[4]).attrs["skipped"] == [4]


def test_a_note_says_what_it_holds(tmp_path):
    text = "where,date,n\nCN,2025,1\nTotal,,\n"

    assert "line 3: contains only “Total” and looks like a note" in said(tmp_path, text)
    assert "第3行：整行只有“Total”，像是附注" in said(tmp_path, text, "zh")


def test_a_row_with_a_date_alone_is_a_row(tmp_path):
    assert dates_of(tmp_path, "date,a,b\n2025,,\n2026,,\n") == ["2025", "2026"]


def test_a_torn_line_is_refused_until_such_are_skipped(tmp_path):
    text = 'date,where\n2025,CN\n2026\n"2027\n",US,more\n2028,FR\n'

    assert refused(tmp_path, text) == [(3, None, "torn", 1), (4, None, "torn", 3)]
    assert "number of cells is 1, but the header has 2; fix the row, or set skip_torn=True" in said(
        tmp_path, text
    )
    assert "本行有1个单元格，表头有2个；请改正，或用skip_torn=True" in said(tmp_path, text, "zh")
    table = read(tmp_path, text, skip_torn=True)
    assert (list(table.index), table.attrs["skipped"]) == ([2, 6], [3, 4])


def test_empty_cells_beyond_the_header_and_empty_rows_are_nothing(tmp_path):
    table = read(tmp_path, "date,where\n2025,CN,,\n,\n\n , \n2026,US\n")

    assert (list(table.index), table.attrs["skipped"]) == ([2, 6], [])


@pytest.mark.parametrize("layout", [{"skip": [3]}, {"header": 3}, {"skip": [99]}])
def test_a_line_on_which_no_row_starts_is_refused(tmp_path, layout):
    text = 'date,n\n2025,"two\nlines"\n'

    assert refused(tmp_path, text, **layout)[0][2] == "no_line"
    assert "no row starts here" in said(tmp_path, text, **layout)
    assert "没有从这里开始的行" in said(tmp_path, text, "zh", **layout)


@pytest.mark.parametrize("text", ["", "\n\n", ",,\n"])
def test_a_table_of_nothing_is_refused(tmp_path, text):
    assert refused(tmp_path, text) == [(None, None, "empty_file", "")]


def test_a_header_alone_is_a_table(tmp_path):
    assert read(tmp_path, "date,where\n").shape == (0, 3)


def test_a_quote_that_never_ends_is_refused(tmp_path):
    assert [it[2] for it in refused(tmp_path, 'date,n\n2025,"x\n2026,y\n')] == ["csv_open"]


def test_how_a_table_was_read_is_told(tmp_path):
    table = read(tmp_path, "Datum;Ort\n31.12.2025;Köln\n", "cp1252", columns={"date": "Datum"})

    assert table.attrs == {
        "encoding": "cp1252",
        "separator": ";",
        "header": 1,
        "skipped": [],
        "columns": {"date": "Datum"},
        "dates": "dmy",
        "proof": 2,
        "precision": None,
        "sheet": None,
    }

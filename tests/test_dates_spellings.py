"""The one reader of dates, held against a table of spellings by every way in.

Each row of ``spellings.csv`` is a text, what it means (a date in EDTF, or nothing where it says
that there is none) or why it settles no date, and which dates a message names. The table was
written from what the texts mean, before the reader was.
"""

import csv
import datetime as dt
import re
import shutil
import time
from pathlib import Path

import openpyxl
import pytest
from december import DATA
from openpyxl.utils.datetime import CALENDAR_MAC_1904

import aistats as ai
from aistats.dates.edtf import parse_edtf
from aistats.dates.placing import REASONS
from aistats.dates.spellings import read_date
from aistats.faults import DataError
from aistats.importers.add.addition import add
from aistats.importers.draft.reports import draft_reports
from aistats.tables.package import Package

ROWS = list(csv.DictReader((Path(__file__).parent / "spellings.csv").open(encoding="utf-8")))
ALONE = re.compile(r"\d{1,2}[-/. ]\d{1,2}[-/. ]\d{4}")  # which shows an order to others


def text_of(row):
    return row["text"]


def column(texts):
    """Return a CSV with a text a row and the number of each row beside it."""
    yield from (["date", "row"], *([text, f"row {at}"] for at, text in enumerate(texts)))


def write(path, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return path


def refusal(action):
    """Return the faults of an action that is refused."""
    with pytest.raises(DataError) as error:
        action()
    return error.value.faults


# Every way in says the same ---------------------------------------------------------------------


@pytest.mark.parametrize("row", ROWS, ids=text_of)
def test_the_reader_says_what_a_text_means(row):
    reading = read_date(row["text"])
    assert (reading.text, reading.edtf or "", reading.reason or "") == (
        row["text"],
        row["edtf"],
        row["reason"],
    )
    assert " / ".join(reading.details) == row["details"]
    assert reading.says_none == (not row["edtf"] and not row["reason"])


@pytest.mark.parametrize("row", ROWS, ids=text_of)
def test_a_table_of_somebody_else_says_the_same(row, tmp_path):
    path = write(tmp_path / "table.csv", column([row["text"]]))
    if row["reason"]:
        [fault] = refusal(lambda: ai.read_events(path, columns={}))
        assert (fault.kind, fault.value, fault.line) == (row["reason"], row["text"], 2)
        assert fault.allowed == row["details"]
    else:
        assert ai.read_events(path, columns={})["date"].fillna("").tolist() == [row["edtf"]]


def batches(rows):
    """Put rows together that show nothing of each other, the rest apart."""
    together = [row for row in rows if not ALONE.match(row["text"])]
    return [together, *([row] for row in rows if ALONE.match(row["text"]))]


def test_files_that_are_counted_say_the_same(tmp_path):
    dated = [row for row in ROWS if row["edtf"]]
    for batch in batches(dated):
        path = write(tmp_path / "dated.csv", column(row["text"] for row in batch))
        days = ai.count_files(path, by="row", period="day", between=("2023", "2026"))
        days = days[days["possible"] > 0].groupby("row")["period"].agg(["min", "max"])
        for at, row in enumerate(batch):
            first, last = parse_edtf(row["edtf"])
            found = days.loc[f"row {at}"].dt.date.tolist()
            assert found == [first, last], row["text"]


def test_files_that_are_counted_refuse_the_same(tmp_path):
    wrong = [row for row in ROWS if not row["edtf"]]
    for batch in [[row] for row in wrong]:
        path = write(tmp_path / "wrong.csv", column(row["text"] for row in batch))
        [fault] = refusal(lambda path=path: ai.count_files(path, period="day"))
        [row] = batch
        assert fault.kind == (row["reason"] or "undated"), row["text"]
        if row["reason"]:
            assert (fault.value, fault.allowed) == (row["text"], row["details"])


NEW = {
    "date": "",
    "date_text": "",
    "region": "FR",
    "category": "model",
    "organization": "Mistral AI",
    "status": "occurred",
    "title_zh": "",
    "summary_zh": "权重开放。",
    "source": "ai-events-2025-12",
    "source_section": "一·5",
}


def reviewed(rows, path):
    """Write rows to be added, each with a date of the table."""
    events = [
        NEW
        | {"date": row["text"], "title_zh": f"第{at}条"}
        | {"date_text": row["text"] if row["edtf"] or row["reason"] else ""}
        for at, row in enumerate(rows)
    ]
    return write(path, [list(NEW), *(list(event.values()) for event in events)])


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return shutil.copytree(DATA, tmp_path_factory.mktemp("package") / "data")


@pytest.mark.filterwarnings("ignore::aistats.faults.DataWarning")
def test_reviewed_rows_say_the_same(data, tmp_path):
    for batch in batches([row for row in ROWS if not row["reason"]]):
        addition = add([reviewed(batch, tmp_path / "new.csv")], data=data)
        there = Package.read(data).text("events")
        text = addition.package.text("events")
        assert text.startswith(there)
        header = there.splitlines()[0].lstrip("\ufeff").split(",")
        events = list(csv.DictReader(text[len(there) :].splitlines(), header))
        assert [event["date"] for event in events] == [row["edtf"] for row in batch]


def test_reviewed_rows_are_refused_for_the_same_reason(data, tmp_path):
    for batch in batches([row for row in ROWS if row["reason"]]):
        faults = refusal(
            lambda batch=batch: add([reviewed(batch, tmp_path / "new.csv")], data=data)
        )
        said = {
            fault.line: (fault.kind, fault.column, fault.value, fault.allowed) for fault in faults
        }
        assert len(said) == len(faults)
        assert said == {
            at: (row["reason"], "date", row["text"], row["details"])
            for at, row in enumerate(batch, start=2)
        }


SAID = {
    "no_year": "” has no year",
    "no_month": "” has no year and month",
    "order_unknown": "” is ambiguous ({})",
    "two_digit_year": "” has a two-digit year",
    "serial": "” looks like an Excel serial number",
    "impossible": "” is not a calendar date",
    "reversed": "” ends before it starts",
    "open": "” has an open end",
    "set": "” names several dates",
    "season": "” is a season",
}


@pytest.mark.parametrize("row", [row for row in ROWS if row["text"]], ids=text_of)
def test_a_cell_of_a_report_says_the_same(row, tmp_path):
    table = f"| Date | Event |\n|---|---|\n| {row['text']} | OpenAI released a model |\n"
    path = tmp_path / "news.en.md"
    path.write_text(f"# News\n\n{table}", encoding="utf-8")
    [event] = draft_reports(path, language="en").rows.to_dict("records")
    assert event["date"] == row["edtf"]
    if row["reason"] in SAID:
        assert SAID[row["reason"]].format(row["details"]) in event["note"]


def test_the_table_holds_enough_of_every_kind():
    assert len({row["text"] for row in ROWS}) == len(ROWS) >= 150
    unused = {"order_stated", "approximate"}  # need a stated order; or more than a whole date
    assert {row["reason"] for row in ROWS} == REASONS - unused | {""}
    assert sum(not row["edtf"] and not row["reason"] for row in ROWS) >= 10


def test_two_readings_of_one_day_are_both_named_in_both_languages(data, tmp_path):
    row = {"text": "1/2/2026", "edtf": "", "reason": "order_unknown"}
    faults = refusal(lambda: add([reviewed([row], tmp_path / "new.csv")], data=data))
    assert "“1/2/2026” is ambiguous (2026-02-01 / 2026-01-02)" in faults[0].text("en")
    assert "“1/2/2026”可读作2026-02-01 / 2026-01-02" in faults[0].text("zh")


def test_one_row_shows_the_order_of_all_that_are_added_with_it(data, tmp_path):
    rows = [{"text": text, "edtf": "x", "reason": ""} for text in ("2/12/2025", "13/12/2025")]
    addition = add([reviewed(rows, tmp_path / "new.csv")], data=data)
    dates = [change.after for change in addition.changes if change.column == "date"]
    assert dates == ["2025-12-02", "2025-12-13"]


def test_rows_of_two_orders_are_not_added(data, tmp_path):
    texts = ("13/12/2025", "2/12/2025", "12/13/2025")
    rows = [{"text": text, "edtf": "x", "reason": ""} for text in texts]
    [fault] = refusal(lambda: add([reviewed(rows, tmp_path / "new.csv")], data=data))
    assert (fault.kind, fault.lines) == ("order_mixed", ("2: 13/12/2025", "4: 12/13/2025"))


@pytest.mark.parametrize(
    "piece", ["(", " (", "1", "1/", "12月", "Mon ", "10:00 ", "at ", "周二", "["]
)
def test_a_long_text_is_no_date_and_that_is_known_at_once(piece):
    start = time.process_time()
    readings = [read_date(piece * n).edtf for n in (60, 90, 390, 100_000)]
    assert time.process_time() - start < 1
    assert set(readings) == {None}


# What a workbook knows --------------------------------------------------------------------------


def workbook(path, rows, *, mac):
    book = openpyxl.Workbook()
    if mac:
        book.epoch = CALENDAR_MAC_1904
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize(("number", "mac"), [(45993, False), (44531, True)])
def test_a_number_of_a_workbook_that_says_from_when_it_counts_is_a_day(number, mac, data, tmp_path):
    table = workbook(tmp_path / "table.xlsx", [["date", "n"], [number, "x"]], mac=mac)
    assert ai.read_events(table, columns={})["date"].tolist() == ["2025-12-02"]
    event = NEW | {"date": number, "date_text": "12月2日", "title_zh": "新条目"}
    new = workbook(tmp_path / "new.xlsx", [list(event), list(event.values())], mac=mac)
    assert ",2025-12-02,12月2日," in add([new], data=data).diff()


@pytest.mark.parametrize("number", [12345, 99999])
def test_a_number_of_no_likely_year_is_no_day_in_a_workbook_either(number, tmp_path):
    table = workbook(tmp_path / "table.xlsx", [["date", "n"], [number, "x"]], mac=False)
    [fault] = refusal(lambda: ai.read_events(table, columns={}))
    assert fault.kind == "serial"
    stated = ai.read_events(table, columns={}, dates="excel")
    assert stated["earliest"][0].date() == dt.date(1899, 12, 30) + dt.timedelta(number)


# Every day of a year in every order of its parts ------------------------------------------------

DAYS = [dt.date(2025, 1, 1) + dt.timedelta(number) for number in range(365)]
ORDERS_OF_PARTS = (
    *("{name}-%d-%Y", "{name}/%d/%Y", "{name}.%d.%Y", "{name} %d %Y", "{name} %d, %Y"),
    *("%d-{name}-%Y", "%d/{name}/%Y", "%d.{name}.%Y", "%d {name} %Y"),
    *("%Y-{name}-%d", "%Y/{name}/%d", "%Y.{name}.%d", "%Y {name} %d"),
    *("%Y-%d-{name}", "%Y/%d/{name}", "%Y.%d.{name}", "%Y %d {name}"),
)
FORMATS = [order.format(name=name) for order in ORDERS_OF_PARTS for name in ("%b", "%B")]
REFUSED_FORMATS = ("%y-%d-%b", "%b-%Y-%d", "%d-%Y-%b", "%b-%d %Y", "%b-%d, %Y", "%b-%d", "%d-%b")


@pytest.mark.parametrize("form", FORMATS)
def test_every_day_with_the_name_of_its_month_is_read_as_that_day(form):
    texts = {day.strftime(form): day.isoformat() for day in DAYS}
    assert {text: read_date(text).edtf for text in texts} == texts
    assert {text: read_date(text.upper()).edtf for text in texts} == texts


# With two digits, what stands before the name is the day: nobody writes "25-Jan-24" year first.
SHORT_FORMATS = [form.replace("%Y", "%y") for form in FORMATS if not form.startswith("%Y")]


@pytest.mark.parametrize("form", SHORT_FORMATS)
def test_every_day_with_a_short_year_is_read_as_that_day_or_refused(form):
    window = parse_edtf("2025")
    for day in DAYS:
        text = day.strftime(form)
        reading = read_date(text, window=window, language="en")
        assert reading.edtf in (None, day.isoformat()), text
        assert read_date(text).edtf is None, text


@pytest.mark.parametrize("form", REFUSED_FORMATS)
@pytest.mark.parametrize("window", [None, "2025", "2025-12"])
def test_a_name_and_a_number_beside_a_hyphen_are_no_span_of_months(form, window):
    days = parse_edtf(window) if window else None
    for day in DAYS:
        text = day.strftime(form)
        assert read_date(text, window=days, language="en").edtf is None, text


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        ("Nov-Dec 2025", "2025-11/2025-12"),
        ("Nov-2025-Dec-2025", "2025-11/2025-12"),
        ("28 Dec-3 Jan 2026", "2025-12-28/2026-01-03"),
        ("Dec 2-25, 2025", "2025-12-02/2025-12-25"),
        ("Dec-02-2025 - Dec-05-2025", "2025-12-02/2025-12-05"),
    ],
)
def test_hyphens_between_two_names_or_two_days_make_a_range(text, edtf):
    assert read_date(text).edtf == edtf


def test_a_table_of_days_with_hyphens_is_read_and_counted_by_day(tmp_path):
    rows = column(day.strftime("%b-%d-%Y") for day in DAYS)
    path = write(tmp_path / "days.csv", rows)
    days = [day.isoformat() for day in DAYS]
    assert ai.read_events(path, columns={})["date"].tolist() == days
    counts = ai.count_files(path, period="day")
    assert counts["certain"].tolist() == [1] * len(DAYS)


# What is stated ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "order", "edtf"),
    [
        ("02/12/2025", "dmy", "2025-12-02"),
        ("02/12/2025", "mdy", "2025-02-12"),
        ("2.12.2025", "dmy", "2025-12-02"),
        ("2 12 2025", "dmy", "2025-12-02"),
        ("02-12-2025 10:00", "mdy", "2025-02-12"),
        ("2/12/25", "dmyy", "2025-12-02"),
        ("2/12/2025", "dmyy", "2025-12-02"),
        ("2/12/25", "mdyy", "2025-02-12"),
        ("2/12/69", "dmyy", "1969-12-02"),
        ("2/12/68", "dmyy", "2068-12-02"),
        ("25-12-2", "yymd", "2025-12-02"),
        ("2-Dec-25", "dmyy", "2025-12-02"),
        ("Dec 2, 25", "mdyy", "2025-12-02"),
        ("45993", "excel", "2025-12-02"),
        ("45993.75", "excel", "2025-12-02"),
        ("2 December 2025", "excel", "2025-12-02"),
        ("2025-12-02", "mdy", "2025-12-02"),
    ],
)
def test_what_has_been_stated_is_followed(text, order, edtf):
    assert read_date(text, order=order).edtf == edtf


@pytest.mark.parametrize(
    ("text", "order", "kind"),
    [
        ("02/12/2025", None, "order_unknown"),
        ("13/12/2025", "mdy", "order_stated"),
        ("12/13/2025", "dmy", "order_stated"),
        ("02/12/2025", "excel", "order_stated"),
        ("02/12/2025", "yymd", "order_stated"),
        ("2/12/25", None, "two_digit_year"),
        ("2/12/25", "dmy", "two_digit_year"),
        ("2-Dec-25", None, "two_digit_year"),
        ("45993", None, "serial"),
        ("45993.0", "dmy", "serial"),
        ("2025", "excel", "unreadable"),
        ("202512", None, "unreadable"),
        ("02122025", None, "impossible"),
        ("2025.1", None, "unreadable"),
        ("Dec 25", None, "no_year"),
        ("Foo 2, 2025", None, "unreadable"),
        ("soon", None, "unreadable"),
        ("10:00", None, "unreadable"),
        ("2025-02-30", None, "impossible"),
        ("2025-00-02", None, "impossible"),
        ("2025-13-00", None, "impossible"),
        ("2025-12-02-00", None, "unreadable"),
        ("2025/2/30", None, "impossible"),
        ("30 February 2025", None, "impossible"),
        ("2025年13月", None, "impossible"),
        ("33/2025", None, "impossible"),
        ("32/13/2025", None, "impossible"),
        ("2025-12-06/2025-12-01", None, "reversed"),
        ("2025-12-06/..", None, "open"),
        ("2025-21", None, "season"),
    ],
)
def test_what_is_no_date_or_could_be_two_is_refused(text, order, kind):
    fault = read_date(text, order=order).fault()
    assert (fault.kind, fault.value) == (kind, text)


@pytest.mark.parametrize(
    ("text", "order", "english", "chinese"),
    [
        (
            "13/12/2025",
            "mdy",
            "“13/12/2025”, read as mdy, is not a calendar date",
            "“13/12/2025”按mdy读，不是日历上的日期",
        ),
        (
            "2/12/25",
            None,
            'write it in full, or set dates="dmyy", "mdyy" or "yymd" (--dates): 69 to 99 then mean',
            '请写全，或用dates="dmyy"、"mdyy"或"yymd"（命令行用--dates）指定：69至99为19××年',
        ),
        (
            "45993",
            None,
            'format the cells as dates, or set dates="excel" (--dates excel)',
            '请在Excel中设为日期格式，或用dates="excel"（命令行用--dates excel）指定',
        ),
        ("soon", None, "“soon” cannot be read as a date", "无法把“soon”读作日期"),
    ],
)
def test_a_refusal_says_what_to_do(text, order, english, chinese):
    with pytest.raises(DataError) as error:
        read_date(text, order=order).checked()
    assert english in error.value.text("en")
    assert chinese in error.value.text("zh")

"""Dates in prose, held against a table written by hand from what the words mean.

Each row of ``phrases.csv`` is a phrase, the days that the text around it is about (``window``, in
EDTF) and what the phrase says: a date, a reason why it settles none, or nothing at all. With a
``sentence`` the phrase is looked for in it; ``alone``, it is the whole text.
"""

import csv
import datetime as dt
import functools
from pathlib import Path

import pytest
from examples import examples
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from aistats.dates import placing
from aistats.dates.edtf import parse_edtf
from aistats.dates.phrases import find_dates
from aistats.dates.spellings import read_date

calm = settings(deadline=None, derandomize=True, max_examples=examples(300))

ROWS = list(csv.DictReader((Path(__file__).parent / "phrases.csv").open(encoding="utf-8")))
REASONS = {
    *("no_year", "no_month", "order_unknown", "impossible"),
    *("reversed", "open", "set", "approximate"),
}
DECEMBER = dt.date(2025, 12, 1), dt.date(2025, 12, 31)


# The table --------------------------------------------------------------------------------------


def read_whole(text, **known):
    """Return what is read of a text as a whole, in a list; an empty one if it is no date."""
    read = read_date(text, **known)
    return [] if read.says_none or read.reason == "unreadable" else [read]


def found_in(row):
    """Return what is found of a row, and where its phrase stands in the text searched."""
    known = {
        "window": parse_edtf(row["window"]) if row["window"] else None,
        "language": row["language"] or None,
    }
    phrase = row["phrase"]
    if row["alone"] == "true":
        return read_whole(phrase, **known), (0, len(phrase))
    start = row["sentence"].index("{}")
    text = row["sentence"].replace("{}", phrase)
    return find_dates(text, **known), (start, start + len(phrase))


def is_negative(row):
    return not row["edtf"] and not row["reason"]


def label(row):
    place = "alone" if row["alone"] == "true" else row["sentence"]
    return f"{row['phrase']}|{row['window']}|{row['language']}|{place}"


@pytest.mark.parametrize("row", ROWS, ids=label)
def test_a_phrase_says_what_its_words_mean(row):
    found, (start, end) = found_in(row)
    if is_negative(row):
        assert found == []
        return
    if row["reason"] == "impossible" and not found:
        return
    [phrase] = found
    if row["alone"] == "false":
        assert start <= phrase.start < phrase.end <= end
    assert phrase.reason == (row["reason"] or None)
    if not row["edtf"]:
        assert phrase.edtf is None
    elif "~" in row["edtf"]:
        assert phrase.edtf == row["edtf"]
    else:
        assert "~" not in phrase.edtf
        assert parse_edtf(phrase.edtf) == parse_edtf(row["edtf"])


def test_the_table_holds_enough_of_both_languages_and_of_what_is_no_date():
    chinese = [row for row in ROWS if any("一" <= char <= "鿿" for char in "".join(row.values()))]
    assert len(chinese) >= 150
    assert len(ROWS) - len(chinese) >= 150
    assert sum(is_negative(row) for row in ROWS) >= 80
    assert {row["reason"] for row in ROWS} == REASONS | {"two_digit_year", ""}
    assert len({tuple(row.values()) for row in ROWS}) == len(ROWS)


def test_a_sentence_of_the_table_has_one_place_and_a_phrase_alone_has_none():
    assert all(row["sentence"].count("{}") == (row["alone"] == "false") for row in ROWS)


# What was taken from the window -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "assumed"),
    [
        ("2025年12月2日", ()),
        ("2025-12-02", ()),
        ("2025年第四季度", ()),
        ("2025年12月28日至2026年1月3日", ()),
        ("12月2日", ("year",)),
        ("12月上旬", ("year",)),
        ("11月30日-12月6日", ("year",)),
        ("12/7", ("year",)),
        ("四季度", ("year",)),
        ("今年3月", ("year",)),
        ("去年12月", ("year",)),
        ("3日", ("year", "month")),
        ("月底", ("year", "month")),
        ("本月5日", ("year", "month")),
        ("15日前后", ("year", "month")),
    ],
)
def test_what_a_chinese_phrase_takes_from_the_window_is_said(text, assumed):
    assert read_date(text, window=DECEMBER, language="zh").assumed == assumed


@pytest.mark.parametrize(
    ("text", "assumed"),
    [
        ("December 2, 2025", ()),
        ("Nov 30 – Dec 6, 2025", ()),
        ("Q4 2025", ()),
        ("25/12/2025", ()),
        ("December 2", ("year",)),
        ("2 to 6 December", ("year",)),
        ("late December", ("year",)),
        ("12/25", ("year",)),
    ],
)
def test_what_an_english_phrase_takes_from_the_window_is_said(text, assumed):
    assert read_date(text, window=DECEMBER, language="en").assumed == assumed


@pytest.mark.parametrize("text", ["12月2日", "3日", "December 2", "late December", "四季度"])
def test_without_a_window_nothing_is_assumed(text):
    read = read_date(text)
    assert read.edtf is None
    assert read.assumed == ()


def test_every_date_of_a_paragraph_is_found_in_its_place():
    text = "12月2日，公司发布GPT-5.2；12月5日开源V3.2，2026年1月上旬上线，24/7可用，30天内免费。"
    found = find_dates(text, window=DECEMBER, language="zh")
    assert [(phrase.text, parse_edtf(phrase.edtf)) for phrase in found] == [
        ("12月2日", parse_edtf("2025-12-02")),
        ("12月5日", parse_edtf("2025-12-05")),
        ("2026年1月上旬", parse_edtf("2026-01-01/2026-01-10")),
    ]


# Days written out and read back -----------------------------------------------------------------

NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
TENS = ("", "十", "二十", "三十")
UNITS = ("", *"一二三四五六七八九")
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
DIGITS = str.maketrans("0123456789", "〇一二三四五六七八九")


def spelled(number):
    return TENS[number // 10] + UNITS[number % 10]


def ordinal(day):
    ending = {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{'th' if day in (11, 12, 13) else ending}"


CHINESE = {
    "plain": lambda d: f"{d.year:04}年{d.month}月{d.day}日",
    "spoken": lambda d: f"{d.year:04}年{d.month}月{d.day}号",
    "spaced": lambda d: f"{d.year:04} 年 {d.month} 月 {d.day} 日",
    "padded": lambda d: f"{d.year:04}年{d.month:02}月{d.day:02}日",
    "full width": lambda d: f"{d.year:04}年{d.month}月{d.day}日".translate(FULL_WIDTH),
    "numerals": lambda d: (
        f"{d.year:04}".translate(DIGITS) + f"年{spelled(d.month)}月{spelled(d.day)}日"
    ),
    "dots": lambda d: f"{d.year:04}.{d.month:02}.{d.day:02}",
    "slashes": lambda d: f"{d.year:04}/{d.month}/{d.day}",
}
ENGLISH = {
    "month first": lambda d: f"{NAMES[d.month - 1]} {d.day}, {d.year:04}",
    "day first": lambda d: f"{d.day} {NAMES[d.month - 1]} {d.year:04}",
    "short": lambda d: f"{NAMES[d.month - 1][:3]} {d.day}, {d.year:04}",
    "short with a point": lambda d: f"{NAMES[d.month - 1][:3]}. {d.day}, {d.year:04}",
    "ordinal": lambda d: f"{NAMES[d.month - 1]} {ordinal(d.day)}, {d.year:04}",
    "ordinal of": lambda d: f"{ordinal(d.day)} of {NAMES[d.month - 1]} {d.year:04}",
    "weekday": lambda d: f"{WEEKDAYS[d.weekday()]}, {NAMES[d.month - 1]} {d.day}, {d.year:04}",
    "ISO": lambda d: f"{d.year:04}-{d.month:02}-{d.day:02}",
}
STYLES = [
    *(pytest.param(write, "zh", id=f"zh {name}") for name, write in CHINESE.items()),
    *(pytest.param(write, "en", id=f"en {name}") for name, write in ENGLISH.items()),
]
YEARLESS = [
    pytest.param(lambda d: f"{d.month}月{d.day}日", "zh", id="zh"),
    pytest.param(lambda d: f"{spelled(d.month)}月{spelled(d.day)}日", "zh", id="zh numerals"),
    pytest.param(lambda d: f"{NAMES[d.month - 1]} {d.day}", "en", id="en month first"),
    pytest.param(lambda d: f"{ordinal(d.day)} of {NAMES[d.month - 1]}", "en", id="en day first"),
]


def assert_read(text, edtf, **known):
    read = read_date(text, **known)
    assert read.edtf is not None, f"{text}: {read.reason}"
    assert parse_edtf(read.edtf) == parse_edtf(edtf)
    assert read.text == text


@pytest.mark.parametrize(("write", "language"), STYLES)
def test_every_day_of_a_leap_year_is_read_back(write, language):
    for number in range(366):
        day = dt.date(2028, 1, 1) + dt.timedelta(number)
        assert_read(write(day), day.isoformat(), language=language)


@pytest.mark.parametrize(("write", "language"), STYLES)
@calm
@given(day=st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)))
def test_every_day_is_read_back_alone_and_in_a_sentence(write, language, day):
    text = write(day)
    assert_read(text, day.isoformat(), language=language)
    sentence = (
        f"新模型于{text}发布。" if language == "zh" else f"It was released on {text}, we hear."
    )
    [found] = find_dates(sentence, language=language)
    assert parse_edtf(found.edtf) == (day, day)


@pytest.mark.parametrize(("write", "language"), YEARLESS)
@calm
@given(
    day=st.dates(dt.date(1901, 1, 1), dt.date(2098, 12, 31)),
    before=st.integers(0, 180),
    after=st.integers(0, 180),
)
def test_a_missing_year_is_the_one_in_which_the_day_lies_in_the_window(
    write, language, day, before, after
):
    window = day - dt.timedelta(before), day + dt.timedelta(after)
    assert_read(write(day), day.isoformat(), window=window, language=language)
    assert read_date(write(day), window=window, language=language).assumed == ("year",)


@calm
@given(day=st.dates(dt.date(1901, 1, 1), dt.date(2098, 12, 31)), far=st.integers(-180, 180))
def test_a_day_outside_the_window_has_a_year_up_to_sixty_days_away(day, far):
    assume(far != 0)
    assume((day.month, day.day) != (2, 29))
    window = (day - dt.timedelta(far),) * 2
    read = read_date(f"{day.month}月{day.day}日", window=window, language="zh")
    if abs(far) <= 60:
        assert read.edtf == day.isoformat()
    else:
        assert (read.edtf, read.reason) == (None, "no_year")


RANGES = [
    pytest.param(CHINESE["plain"], join, "zh", id=f"zh {join}") for join in "-–—~～〜至到"
] + [pytest.param(ENGLISH["day first"], f" {join} ", "en", id=f"en {join}") for join in ("–", "to")]


@pytest.mark.parametrize(("write", "join", "language"), RANGES)
@calm
@given(
    first=st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)),
    last=st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)),
)
def test_two_days_are_an_interval_or_reversed(write, join, language, first, last):
    text = write(first) + join + write(last)
    if first <= last:
        assert_read(text, f"{first}/{last}", language=language)
    else:
        read = read_date(text, language=language)
        assert (read.edtf, read.reason) == (None, "reversed")


# Any text whatever ------------------------------------------------------------------------------

WORDS = [
    *("年", "月", "日", "号", "季度", "旬", "上旬", "月底", "年初", "周", "当周", "个", "第", "前"),
    *(
        "后",
        "起",
        "自",
        "截至",
        "以来",
        "左右",
        "约",
        "至",
        "到",
        "和",
        "、",
        "去年",
        "本月",
        "上月",
    ),
    *("Dec", "December", "may", "Mar.", "Sept", "Q4", "H1", "early", "mid-", "end of", "week of"),
    *("between", "and", "by", "since", "around", "nd", "th", "of", "first", "quarter", "half"),
    *("一", "二", "十", "三十", "〇", "廿", "１", "２０２５", "㋋", "㏠", "①", "Ⅻ", "é", "İ", "🙂"),
    *(
        "-",
        "–",
        "—",
        "~",
        "～",
        "/",
        ".",
        ",",
        "，",
        "。",
        "（",
        "）",
        ":",
        "T",
        "Z",
        "%",
        "\n",
        " ",
    ),
    *(
        "0",
        "1",
        "2",
        "7",
        "12",
        "25",
        "31",
        "32",
        "0000",
        "1999",
        "2025",
        "2026",
        "9999",
        "20251202",
    ),
    *(
        "12月2日",
        "2025年",
        "十二月",
        "Dec 2",
        "2025-12-02",
        "https://a.b/",
        "\0",
        "\u2028",
        "\ud800",
    ),
]
prose = st.lists(st.sampled_from(WORDS), max_size=12).map("".join)
texts = prose | st.text(max_size=30) | st.tuples(prose, st.text(max_size=5), prose).map("".join)
windows = st.none() | st.tuples(st.dates(), st.dates()).map(sorted).map(tuple)
languages = st.sampled_from([None, "zh", "en"])
told = {"text": texts, "window": windows, "language": languages}


def said_by(text, window, language):
    """Return all that either function makes of a text."""
    whole = read_whole(text, window=window, language=language)
    return find_dates(text, window=window, language=language) + whole


@calm
@given(**told)
def test_whatever_is_found_has_two_ends_in_the_calendar_or_a_reason(text, window, language):
    for phrase in said_by(text, window, language):
        if phrase.edtf is None:
            assert phrase.reason in placing.REASONS
        else:
            earliest, latest = parse_edtf(phrase.edtf)
            assert earliest <= latest
            assert phrase.reason is None


@calm
@given(**told)
def test_a_phrase_is_quoted_from_its_place_in_the_text(text, window, language):
    for phrase in find_dates(text, window=window, language=language):
        assert phrase.text
        assert text[phrase.start : phrase.end] == phrase.text


@calm
@given(**told)
def test_phrases_come_in_order_and_apart(text, window, language):
    found = find_dates(text, window=window, language=language)
    edges = [edge for phrase in found for edge in (phrase.start, phrase.end)]
    assert edges == sorted(edges)


@calm
@given(**told)
def test_only_a_window_gives_what_a_phrase_lacks(text, window, language):
    for phrase in said_by(text, window, language):
        assert phrase.assumed in ((), ("year",), ("year", "month"))
        assert window is not None or phrase.assumed == ()


@calm
@given(text=texts, window=windows, language=st.sampled_from(["zh", "en"]))
def test_sentences_without_dates_around_change_nothing(text, window, language):
    aside = "新模型已经开源。" if language == "zh" else "The new model is open."
    search = functools.partial(find_dates, window=window, language=language)
    moved = [
        (phrase.text, phrase.start - len(aside) - 1, phrase.edtf, phrase.reason, phrase.assumed)
        for phrase in search(f"{aside}\n{text}\n{aside}")
    ]
    assert moved == [
        (phrase.text, phrase.start, phrase.edtf, phrase.reason, phrase.assumed)
        for phrase in search(text)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("language", [None, "zh", "en"])
@pytest.mark.parametrize(
    "piece",
    [
        *("1", "12", "一", "十", "年", "月", "12月", "2025年", "2025-", "12.", "1/", "12月2日、"),
        *(
            "12月2日至",
            "2025年12月2日",
            "Dec ",
            "Dec",
            "Dec 2 ",
            "Dec 2, ",
            "2 to ",
            "between Dec 2 and ",
        ),
        *("of ", "first week of ", " ", "\n", "（", "https://", "a.b/", "约", "~"),
    ],
)
def test_a_long_text_of_one_piece_is_searched_to_its_end(piece, language):
    text = piece * (20_000 // len(piece))
    for phrase in find_dates(text, window=DECEMBER, language=language):
        assert text[phrase.start : phrase.end] == phrase.text
    short = piece * (80 // len(piece))
    assert read_date(text, window=DECEMBER).edtf is None
    assert read_date(short, window=DECEMBER, language=language).text == short


@pytest.mark.parametrize("year", [1, 9999])
def test_a_day_at_the_end_of_the_calendar_is_not_approximate(year):
    window = dt.date(year, 12, 1), dt.date(year, 12, 31)
    found = read_date("12月31日前后" if year > 1 else "12月15日前后", window=window)
    assert (found.edtf, found.reason) == (
        (None, "impossible") if year > 1 else ("0001-12-15~", None)
    )

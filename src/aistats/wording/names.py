"""Names: what days, periods, levels, columns and numbers are called in Chinese and in English.

Values come in as the tables hold them: timestamps, codes of levels, names of columns, floats. They
go out as a reader prints them. The texts are in the catalogue of `aistats.locale`; Babel supplies
the names of months. Public functions take a language, by default that of the session; the others
take ``say``, the texts in that language. Nothing is counted here, and no sentence is made.
"""

from __future__ import annotations

import datetime as dt
import html
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import pandas as pd
from babel.dates import format_date, get_month_names

from aistats.counting.schema import (
    ALL,
    OWN_COLUMNS,
    RESULT_KINDS,
    RESULTS,
    CountsSchema,
    schema_of,
)
from aistats.counting.tables import with_one_count
from aistats.dates.edtf import parse_edtf
from aistats.locale import Language, Texts, text_key
from aistats.session import texts
from aistats.tables.codebook import Codebook
from aistats.trends.claims import HOW, STATED

_TITLES = {
    "count": text_key("term.count"),
    "period": text_key("term.period"),
    "certain": text_key("term.certain"),
    "expected": text_key("term.expected"),
    "possible": text_key("term.possible"),
    "starting": text_key("term.starting"),
    "ending": text_key("term.ending"),
    "days": text_key("term.days"),
    "days_covered": text_key("term.days_covered"),
    "days_assumed": text_key("term.days_assumed"),
    "sources": text_key("term.sources"),
    "earliest": text_key("term.earliest"),
    "latest": text_key("term.latest"),
    "dated": text_key("term.dated"),
    "title": text_key("term.title"),
    "statement": text_key("term.statement"),
    "baseline": text_key("term.baseline"),
    "baseline_covered": text_key("term.baseline_covered"),
    "baseline_certain": text_key("term.baseline_certain"),
    "baseline_possible": text_key("term.baseline_possible"),
    "ratio": text_key("term.ratio"),
    "rate": text_key("term.rate"),
    "lower": text_key("term.lower"),
    "upper": text_key("term.upper"),
    "p_value": text_key("term.p_value"),
    "p_adjusted": text_key("term.p_adjusted"),
    "verdict": text_key("term.verdict"),
    "detectable_ratio": text_key("term.detectable_ratio"),
    "detectable": text_key("term.detectable"),
    "periods": text_key("term.periods"),
    "observed_low": text_key("term.observed_low"),
    "observed_high": text_key("term.observed_high"),
    "fitted": text_key("term.fitted"),
    "doubling_time": text_key("term.doubling_time"),
    "doubling_lower": text_key("term.doubling_lower"),
    "doubling_upper": text_key("term.doubling_upper"),
    "revision": text_key("term.revision"),
    "in_edition": text_key("term.in_edition"),
    "column": text_key("term.column"),
    "before": text_key("term.before"),
    "after": text_key("term.after"),
}
"""The titles of columns that no codebook names."""

_VERDICTS = {
    "increase": text_key("verdict.increase"),
    "decrease": text_key("verdict.decrease"),
    "insufficient": text_key("verdict.insufficient"),
    "too_few_periods": text_key("verdict.too_few_periods"),
    "assumed_coverage": text_key("verdict.assumed_coverage"),
    "different_sources": text_key("verdict.different_sources"),
    "inexact_dates": text_key("verdict.inexact_dates"),
    "clustered": text_key("verdict.clustered"),
}
_REVISIONS = {
    "new": text_key("revision.new"),
    "late": text_key("revision.late"),
    "redated": text_key("revision.redated"),
    "recoded": text_key("revision.recoded"),
    "withdrawn": text_key("revision.withdrawn"),
}
_QUARTERS = {
    1: text_key("period.quarter_1"),
    2: text_key("period.quarter_2"),
    3: text_key("period.quarter_3"),
    4: text_key("period.quarter_4"),
}
_DEKADS = (
    text_key("window.early"),
    text_key("window.middle"),
    text_key("window.late"),
)

_LONGEST_DEKAD = 11  # days: from the 21st to the 31st
_CALENDAR_UNITS = (1, 3, 12)  # months of a calendar month, quarter and year

_DETAILS = ("sources", "outside", "baseline_days", "covered_by_period", "theme_id")
"""Columns that a CSV has and a reader's table does without."""

_STATED_ONLY = ("ratio", "rate", "lower", "upper")


class Sentence(str):
    """A sentence that a notebook shows as plain text, whatever characters it contains.

    Examples
    --------
    >>> print(Sentence("5 < 7")._repr_mimebundle_()[0]["text/html"])
    <p>5 &lt; 7</p>
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, str], dict[str, Any]]:
        escaped = html.escape(self, quote=False)
        bundle = {
            "text/html": f"<p>{escaped}</p>",
            "text/plain": str(self),
        }
        metadata = {"aistats": {"kind": "sentence"}}
        return bundle, metadata


# Days and periods --------------------------------------------------------------------------------


def day_range(
    first: dt.date, last: dt.date, language: Language | None = None, *, year: bool = False
) -> str:
    """Return a range of days in words.

    Parameters
    ----------
    first, last
        Its first and last day, inclusive.
    language
        ``zh`` or ``en``; by default that of the session.
    year
        Name the year. A range that spans two years names both in any case.

    Examples
    --------
    >>> from datetime import date
    >>> day_range(date(2025, 12, 1), date(2025, 12, 7), "zh")
    '12月1—7日'
    >>> day_range(date(2025, 11, 30), date(2025, 12, 6), "en", year=True)
    '30 Nov – 6 Dec 2025'
    """
    say = texts(language)
    months = _months(say.language)
    return say(
        _day_range_key(first, last, year=year),
        first_day=first.day,
        first_month=months[first.month],
        first_year=first.year,
        last_day=last.day,
        last_month=months[last.month],
        last_year=last.year,
    )


def _day_range_key(first: dt.date, last: dt.date, *, year: bool) -> str:
    """Return the text that repeats neither a month nor a year."""
    if first == last:
        return text_key("day.with_year") if year else text_key("day.plain")
    if first.year != last.year:
        return text_key("day.across_years")
    if first.month != last.month:
        return text_key("day.in_year_with_year") if year else text_key("day.in_year")
    return text_key("day.in_month_with_year") if year else text_key("day.in_month")


@cache
def _months(language: Language) -> dict[int, str]:
    """Return the short names of the months, such as 12月 or Dec, by their numbers."""
    names = get_month_names("abbreviated", locale=language)
    return dict(names)


def period_name(
    period: dt.date, days: int, language: Language | None = None, *, year: bool = False
) -> str:
    """Return a period in words: a whole month, quarter or year by name, else its days.

    Parameters
    ----------
    period, days
        The first day and the number of days, as in a counts table.
    language, year
        As in :func:`day_range`; a month, quarter or year always names its year.

    Examples
    --------
    >>> first = pd.Timestamp("2025-12-01")
    >>> period_name(first, 7, "zh"), period_name(first, 31, "en")
    ('12月1—7日', 'Dec 2025')
    """
    say = texts(language)
    first = pd.Timestamp(period)
    after = first + pd.Timedelta(days=int(days))
    months = _whole_months(first, after)
    if months == 12:
        return say("period.year", year=first.year)
    if months == 3:
        return say(_QUARTERS[first.quarter], year=first.year)
    if months == 1:
        return say("period.month", year=first.year, month=_months(say.language)[first.month])
    last = after - pd.Timedelta(days=1)
    return day_range(first.date(), last.date(), say.language, year=year)


def _whole_months(first: pd.Timestamp, after: pd.Timestamp) -> int:
    """Return the months of a calendar month, quarter or year; 0 for any other range of days."""
    if first.day != 1 or after.day != 1:
        return 0
    years = after.year - first.year
    months = 12 * years + after.month - first.month
    if months not in _CALENDAR_UNITS:
        return 0
    starts_unit = (first.month - 1) % months == 0
    return months if starts_unit else 0


def window_name(first: dt.date, last: dt.date, language: Language | None = None) -> str:
    """Return a reporting window in words: the ten-day period (旬) it is mainly in, and its days.

    A window is mainly in the ten-day period that holds more than half of it. A window that is
    longer than any such period, or in none of them for the most part, is named by its days alone.

    Parameters
    ----------
    first, last
        Its first and last day, inclusive.
    language
        ``zh`` or ``en``; by default that of the session.

    Examples
    --------
    >>> from datetime import date
    >>> window_name(date(2025, 11, 30), date(2025, 12, 6), "zh")
    '12月上旬（2025年11月30日—12月6日）'
    >>> window_name(date(2025, 11, 30), date(2025, 12, 6), "en")
    'Early December (30 Nov – 6 Dec 2025)'
    >>> window_name(date(2025, 12, 6), date(2025, 12, 15), "en")
    '6–15 Dec 2025'
    """
    say = texts(language)
    in_words = day_range(first, last, say.language, year=True)
    days = pd.date_range(first, last)
    dekads = Counter(map(_dekad, days))
    [(dekad, most)] = dekads.most_common(1)
    if len(days) > _LONGEST_DEKAD or 2 * most <= len(days):
        return in_words
    month, part = dekad
    pattern = say("window.month_pattern")
    month_name = format_date(month, pattern, locale=say.language)
    return say(_DEKADS[part], month=month_name, days=in_words)


def _dekad(day: dt.date) -> tuple[dt.date, int]:
    """Return the first day of the month, and whether a day is in its early, mid or late part."""
    month = dt.date(day.year, day.month, 1)
    if day.day <= 10:
        return month, 0
    return month, 1 if day.day <= 20 else 2


def date_name(text: str, language: Language | None = None) -> str:
    """Return a date written in EDTF in words, with its year.

    Examples
    --------
    >>> date_name("2025-12-01/2025-12-06", "zh"), date_name("2026-01/2026-03", "en")
    ('2025年12月1—6日', 'Q1 2026')
    """
    first, last = parse_edtf(text)
    length = last - first
    days = length.days + 1
    return period_name(first, days, language, year=True)


def edition_name(label: str, language: Language | None = None) -> str:
    """Return the name of an edition: the month where its label is one, else the label.

    Examples
    --------
    >>> edition_name("2025-12", "zh"), edition_name("2025-12", "en"), edition_name("pilot", "en")
    ('2025年12月', 'December 2025', 'pilot')
    """
    say = texts(language)
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", label):
        return label
    year, month = map(int, label.split("-"))
    pattern = say("edition.month_pattern")
    return str(format_date(dt.date(year, month, 1), pattern, locale=say.language))


# Captions ----------------------------------------------------------------------------------------


def figure_label(number: int, language: Language | None = None) -> str:
    r"""Return the number of a figure, as in its caption and in references to it.

    Examples
    --------
    >>> figure_label(1, "zh"), figure_label(1, "en")
    ('图1', 'Fig.\xa01')
    """
    say = texts(language)
    return say("figure.number", number=number)


def headline(text: str) -> str:
    """Return a sentence as a title: without its full stop.

    Examples
    --------
    >>> headline("收录20条事件。"), headline("20 events on record.")
    ('收录20条事件', '20 events on record')
    """
    return text.removesuffix("。").removesuffix(".")


# Words and sentences joined ----------------------------------------------------------------------


def enumerated(words: Iterable[str], say: Texts) -> str:
    """Return names as an enumeration.

    Examples
    --------
    >>> names = ["CN", "GB", "US"]
    >>> enumerated(names, texts("zh")), enumerated(names, texts("en"))
    ('CN、GB、US', 'CN, GB and US')
    """
    *items, last = words
    if not items:
        return last
    return say("list.and", items=say("list.comma").join(items), last=last)


def enumerated_clauses(clauses: Iterable[str], say: Texts) -> str:
    """Return clauses, which Chinese sets apart more strongly than names, as an enumeration."""
    *items, last = clauses
    if not items:
        return last
    return say("list.clauses_and", items=say("list.clauses_comma").join(items), last=last)


def paragraph(sentences: Iterable[str], say: Texts) -> Sentence:
    """Return sentences as one text; empty ones are left out."""
    text = ""
    for sentence in filter(None, sentences):
        text = say("list.sentences", text=text, next=sentence) if text else sentence
    return Sentence(text)


def in_sentence(title: str, say: Texts) -> str:
    """Return a title as it stands inside a sentence: in English without its capital.

    A title that begins with two capitals, such as AI, keeps them.
    """
    initials = title[:2]
    if say.language != "en" or initials.isupper():
        return title
    first = title[:1].lower()
    return first + title[1:]


def capitalized(text: str) -> str:
    """Return a text with a capital at its start."""
    first = text[:1].upper()
    return first + text[1:]


# Numbers in words ---------------------------------------------------------------------------------


def factor(value: float) -> str:
    """Return a ratio or a number of periods, rounded as far as a reader can use it.

    A value that is not 1 is never rounded to 1.

    Examples
    --------
    >>> [factor(value) for value in (0.087, 0.63, 1.004, 4.0, 14.2, 1234.5)]
    ['0.087', '0.63', '1.004', '4', '14', '1,234']
    """
    if math.isinf(value):
        return "∞"
    if 0 < value < 0.001:
        return "<0.001"
    if value == 0 or value >= 9.95:
        return f"{value:,.0f}"
    rounded = (f"{value:.{digits}g}" for digits in (2, 3, 4))
    return next((text for text in rounded if text != "1" or value == 1), "1")


def share(ratio: float) -> str:
    """Return a ratio as a percentage; a ratio that is not 1 is never rounded to 100%.

    Examples
    --------
    >>> share(0.313), share(0.0256), share(0.9996)
    ('31%', '2.6%', '99.96%')
    """
    change = 100 * ratio
    if 0 < change < 0.1:
        return "<0.1%"
    rounded = (float(f"{change:.{digits}g}") for digits in (2, 3, 4))
    percentage = next((number for number in rounded if number != 100 or ratio == 1), 100.0)
    return f"{percentage:,g}%"


def percent(rate: float) -> str:
    """Return a log change as a percentage, without its sign.

    Examples
    --------
    >>> import math
    >>> percent(math.log(1.6)), percent(math.log(0.5)), percent(math.log(30))
    ('60%', '50%', '2,900%')
    """
    if rate > 700:  # the exponential of more overflows
        return "∞"
    change = abs(math.expm1(rate)) * 100
    if 0 < change < 0.1:
        return "<0.1%"
    if 0 < change < 10:
        return f"{change:.2g}%"
    return f"{change:,.0f}%"


def signed_percent(rate: float) -> str:
    """Return a log change as a percentage, with its sign."""
    sign = "−" if rate < 0 else "+"
    return sign + percent(rate)


# Tables in words ---------------------------------------------------------------------------------


def localized(events: pd.DataFrame, name: str, language: Language | None = None) -> pd.Series:
    """Return the title or summary of each event in a language.

    Where there is no English text, the Chinese one is used and marked as Chinese.

    Parameters
    ----------
    events
        With columns such as ``title_zh`` and ``title_en``.
    name
        ``title``, ``summary`` or ``statement``.
    language
        ``zh`` or ``en``; by default that of the session.

    Examples
    --------
    >>> events = pd.DataFrame({"title_zh": ["红色警报", "灵光"], "title_en": ["Code red", None]})
    >>> list(localized(events, "title", "en"))
    ['Code red', '灵光 (in Chinese)']
    """
    say = texts(language)
    text = events[f"{name}_{say.language}"]
    chinese = events[f"{name}_zh"]

    def marked(original: str) -> str:
        return say("localized.chinese", text=original)

    substitute = chinese.map(marked, na_action="ignore")
    return text.where(text.notna(), substitute).rename(name)


def labelled(
    table: pd.DataFrame, language: Language | None = None, codebook: Codebook | None = None
) -> pd.DataFrame:
    """Return a table for readers: levels by their labels, columns by their titles.

    Parameters
    ----------
    table
        A counts table or any other with columns that the codebook knows.
    language
        ``zh`` or ``en``; by default that of the session.
    codebook
        Gives labels and titles; without one the values stand as they are.

    Returns
    -------
    DataFrame
        Of text and numbers. Periods and dates are in words; of a pair such as ``title_zh`` and
        ``title_en`` only the one in the language remains, as ``title``. Where all dates of a counts
        table are certain, ``certain``, ``expected`` and ``possible`` become one ``count``. The
        numbers of a table of trends are rounded to the digits that they carry; a row without a
        verdict shows no estimate.

    Examples
    --------
    >>> from aistats.counting.counts import count_events
    >>> from aistats.tables.codebook import read_codebook
    >>> events = pd.DataFrame({"region": ["CN", "CN", "CN", "HK"]})
    >>> labelled(count_events(events, by="region"), "zh", read_codebook("data"))
         地区  条数
    0    中国   3
    1  中国香港   1
    """
    schema = schema_of(table)
    labels = _TableLabels(with_one_count(table), schema, texts(language), codebook)
    copy = labels.without_translations()
    for name in copy.columns:
        copy[name] = labels.column(copy[name], name)
    details = [name for name in copy.columns if name in labels.details]
    copy = copy.drop(columns=details)
    titles = {name: labels.title(name) for name in copy.columns}
    return copy.rename(columns=titles)


@dataclass(frozen=True)
class _TableLabels:
    """A table and all that its values and columns are named by."""

    table: pd.DataFrame
    schema: CountsSchema | None
    say: Texts
    codebook: Codebook | None

    @property
    def groups(self) -> list[str]:
        """The columns that are groups."""
        if self.schema is None:
            return []
        return list(self.schema["groups"])

    @property
    def is_trend(self) -> bool:
        """Whether the rows are results of comparisons or growth."""
        if self.schema is None:
            return False
        return self.schema["kind"] in RESULT_KINDS

    @property
    def details(self) -> set[str]:
        """The columns to leave out."""
        details = set(_DETAILS)
        if self.is_trend:
            details.update(HOW)
        return details.difference(self.groups)

    def without_translations(self) -> pd.DataFrame:
        """Return a copy with one column for each pair such as ``title_zh`` and ``title_en``."""
        copy = self.table.copy()
        copy.attrs.clear()  # the schema names columns and levels that the copy will not have
        names = [str(column) for column in copy.columns]
        for chinese in names:
            name = chinese.removesuffix("_zh")
            english = f"{name}_en"
            if name == chinese or english not in names or name in names:
                continue
            copy[chinese] = localized(self.table, name, self.say.language)
            copy = copy.rename(columns={chinese: name})
            copy = copy.drop(columns=english)
        return copy

    def column(self, values: pd.Series, name: str) -> pd.Series:
        """Return a column in words, or as it is where its numbers need none."""
        length = self._length_column(name)
        if length is not None:
            return self._periods(name, length)
        if self.is_trend and name == "verdict":
            return values.map(partial(verdict_name, language=self.say.language))
        if self.is_trend and name in RESULTS:
            return _result(self.table, name)
        if pd.api.types.is_datetime64_dtype(values.dtype):
            return self._dates(values.dt.strftime("%Y-%m-%d"))
        if pd.api.types.is_bool_dtype(values.dtype):
            return values.map({True: self.say("term.yes"), False: self.say("term.no")})
        if self._is_edtf(name):
            return self._dates(values.astype("str"))
        if name in self.groups or name not in OWN_COLUMNS:
            return self._levels(values, name)
        return values

    def _length_column(self, name: str) -> str | None:
        """Return the column that holds the lengths of a column of first days."""
        lengths = {"period": "days"}
        if self.is_trend:
            lengths["baseline"] = "baseline_days"
        length = lengths.get(name)
        return length if length in self.table else None

    def _periods(self, name: str, length: str) -> pd.Series:
        names: list[str | None] = []
        periods = self.table[[name, length]]
        for first, days in periods.itertuples(index=False):
            if pd.isna(first):
                names.append(None)
            else:
                names.append(period_name(first, days, self.say.language))
        return pd.Series(names, self.table.index)

    def _is_edtf(self, name: str) -> bool:
        if self.codebook is None:
            return False
        field = self.codebook.field(name)
        return field is not None and field.edtf

    def _dates(self, values: pd.Series) -> pd.Series:
        language = self.say.language
        in_words = partial(date_name, language=language)
        return values.map(in_words, na_action="ignore")

    def _levels(self, values: pd.Series, name: str) -> pd.Series:
        label = partial(
            level_name,
            name=name,
            language=self.say.language,
            codebook=self.codebook,
            total=self.schema is not None and self.schema["total"],
        )
        names = values.astype(object).map(label)
        if name in self.groups:  # where levels are counted, a missing value is a level too
            return names
        return names.where(values.notna())

    def title(self, name: str) -> str:
        """Return the title of a column."""
        language = self.say.language
        if name in self.groups:
            return group_title(name, language, self.codebook)
        return column_title(name, language, self.codebook)


def _result(table: pd.DataFrame, name: str) -> pd.Series:
    """Return a column of a table of trends with its numbers rounded."""
    show = _number_format(table, name)
    if show is None:
        return table[name]
    stated = table[name].notna()
    if name in _STATED_ONLY:
        stated = table["verdict"].isin(STATED)
    elif name == "p_value":  # meaningless where a test was ruled out before its counts were seen
        stated = table["p_adjusted"].notna()
    return table[name].where(stated).astype(object).map(show, na_action="ignore")


def _number_format(table: pd.DataFrame, name: str) -> Callable[[float], str] | None:
    """Return the function that writes the numbers of a column; None for whole numbers."""
    if name.startswith("p_"):
        return _p_value
    if "rate" in table and name in ("rate", "lower", "upper", "detectable"):
        return signed_percent
    if pd.api.types.is_float_dtype(table[name].dtype):
        return factor
    return None


def _p_value(p: float) -> str:
    return f"{p:.3f}" if p >= 0.001 else "<0.001"


# Levels and columns ------------------------------------------------------------------------------


def level_name(
    value: object,
    name: str,
    language: Language | None = None,
    codebook: Codebook | None = None,
    *,
    total: bool = False,
) -> str:
    """Return the label of a level, of several levels in one cell, or of a missing value.

    In a table that has a total, ``(all)`` is the level of its row.
    """
    say = texts(language)
    if isinstance(value, list | tuple):
        levels = value or [None]
        names = (level_name(level, name, say.language, codebook) for level in levels)
        return say("list.comma").join(names)
    if pd.isna(value):  # type: ignore[call-overload]
        return say("term.missing")
    if total and value == ALL:
        return say("term.all")
    if name == "revision" and value in _REVISIONS:
        return say(_REVISIONS[str(value)])
    return codebook.label(name, str(value), say.language) if codebook else str(value)


def verdict_name(verdict: str, language: Language | None = None) -> str:
    """Return a verdict in a word or two.

    Examples
    --------
    >>> verdict_name("increase", "zh"), verdict_name("clustered", "en")
    ('增加', 'counts vary too much')
    """
    say = texts(language)
    return say(_VERDICTS[verdict])


def place_name(
    section: str, language: Language | None = None, codebook: Codebook | None = None
) -> str:
    """Return an event's place in its source: the label of the section, then the headings in it.

    Examples
    --------
    >>> from aistats.tables.codebook import read_codebook
    >>> place_name("二·5", "en", read_codebook("data"))
    '2 · 5'
    """
    say = texts(language)
    first, *headings = section.split("·")
    label = codebook.label("section", first, say.language) if codebook else first
    return say("list.headings").join([label, *headings])


def column_title(
    name: str, language: Language | None = None, codebook: Codebook | None = None
) -> str:
    """Return the title of a column: from the codebook, else from our own terms, else its name."""
    title = group_title(name, language, codebook)
    if title == name and name in _TITLES:
        return texts(language)(_TITLES[name])
    return title


def group_title(
    name: str, language: Language | None = None, codebook: Codebook | None = None
) -> str:
    """Return the title of a group column.

    Events may have a column called, say, ``rate``: it does not have the title of the result.
    """
    say = texts(language)
    title = codebook.title(name, say.language) if codebook else name
    if title == name and name in _TITLES and name not in RESULTS:
        return say(_TITLES[name])
    return title

"""Dating: when an event happened, as far as the report states it for the event itself.

Where a date stands decides whether it is the event's: in brackets behind a title, before or after
it, in a column or under a label for dates, as a heading of its own. In running text a date may be
that of something past or planned; there only a day within the window that the section reports on
counts, in a clause that speaks of neither. What remains open has no date but its window, and the
reason is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from aistats.dates.edtf import parse_edtf
from aistats.dates.phrases import DatePhrase
from aistats.dates.placing import DateReading
from aistats.dates.spellings import without_brackets
from aistats.dates.vocabulary import SHORT_MONTH_NAMES, WEEKDAY
from aistats.importers.draft.recognition import EDGES, UNDATED, Place, Told, is_dateline
from aistats.importers.draft.words import is_date_label, names, pattern

_OPEN, _CLOSE = "（([【〔［〖", "）)]】〕］〗"
_BOOK_TITLE = re.compile(r"《[^》]*》|“[^”]*”")
_ABBREVIATED = (
    *("Inc", "Ltd", "Corp", "Co", "Sen", "Gov", "Rep", "Gen", "Mr", "Dr", "St", "vs", "No"),
    *("U.S", "U.K", *(name.title() for name in SHORT_MONTH_NAMES if name != "may")),
)
_SENTENCE = re.compile(
    r"(?<=[。！？!?])\s*|(?:(?<=\w\w[.])|(?<=[\d)”’\"%][.]))"
    + "".join(rf"(?<!\b{it}\.)" for it in _ABBREVIATED)
    + r"\s+(?=[A-Z“\"'(\d])"
)
_CLAUSE = re.compile(r"[，,；;：。！？!?（）()】]|\s[—–-]\s|——")
_ON = re.compile(
    r"(?:on|in|from|at|over|during|this|当地时间|北京时间|美东时间|据报道|截至)?\W*", re.IGNORECASE
)
_PUNCTUATION = " \t:：,，.。;；|｜·()（）[]【】*_"  # no dash: it may leave a range open
_ENDS_SENTENCE = re.compile(r"[^）)\]】〕］]{0,10}[）)\]】〕］]\s*(?:$|[。.;；！!：:])")
_IN_BRACKET = re.compile(r"[（(［\[]([^（()）\]］]{1,16})$")
_OPENED = re.compile(rf"[{re.escape(_OPEN)}][^{re.escape(_OPEN)}]*$")
_SINCE = re.compile(r"^(?:since|as from|from)\s+", re.IGNORECASE)
_VAGUE = re.compile(r"[旬初底末中]|\b(?:early|mid|late|beginning|start|end)\b|week", re.IGNORECASE)
_LONGEST_IN_PROSE = 11  # days; in a report on more than a month, a month
_LONG_WINDOW = 45
_SENTENCES_READ = 2


@dataclass(frozen=True)
class Dated:
    """What a report states of when an event happened.

    Parameters
    ----------
    edtf, text
        The date and the words for it; empty if none is stated, or the words settle none.
    origin
        Where the words stand: ``title``, ``text``, ``column``, ``label`` or ``day``.
    assumed
        What of the date was taken from the window, such as ``year``.
    reason
        Why words about a date settle none: one of `aistats.dates.placing.REASONS`, ``several``, or
        ``not_taken``: they may be those of something past or planned, or stand in a cell beside
        words that change what they say.
    details
        What a note names besides the words, such as the dates that they can be.
    """

    edtf: str = ""
    text: str = ""
    origin: str = ""
    assumed: tuple[str, ...] = ()
    reason: str = ""
    details: tuple[str, ...] = ()


def date_of(told: Told) -> Dated:
    """Return when an event happened, as far as it is stated.

    Parameters
    ----------
    told
        The event as the report tells it.
    """
    steps = (_from_column, _from_title, _from_label, _from_day, _from_text, _unsettled)
    found = next((it for step in steps if (it := step(told))), Dated())
    return _cut(found, told.place)


def without_posting_days(told: Sequence[Told]) -> list[Told]:
    """Return what is told without the days of headings, where those are not days of events.

    They are not if an event under one states another day of its own: then a heading says when
    something was posted, and nothing shows of which other event it says more.
    """
    for it in told:
        own = _from_title(it) or _from_label(it) if it.place.day else None
        if own and own.edtf and it.place.day and it.place.day.edtf:
            (first, last), (day, _) = parse_edtf(own.edtf), parse_edtf(it.place.day.edtf)
            if not first <= day <= last:
                return [replace(each, place=replace(each.place, day=None)) for each in told]
    return list(told)


def planned(told: Told, texts: Sequence[str]) -> str:
    """Return the time in EDTF that something announced is planned for, if the report says."""
    for text in texts:
        for clause in _CLAUSE.split(text):
            if pattern("plan").search(clause):
                found = [it.edtf for it in told.place.dates(clause)]
                if len(found) == 1 and found[0]:
                    return found[0]
    return ""


def without_date(text: str, place: Place) -> str:
    """Return a title without the date, or the words for none, that stand before or behind it."""
    text = UNDATED.sub("", text)
    for phrase in place.dates(text):
        if where := _position(text, phrase):
            before, after = text[: phrase.start], text[phrase.end :]
            if where == "bracketed":
                before, after = _OPENED.sub("", before), after.lstrip(" ")[1:]
            kept = before if where == "behind" else after if where == "before" else before + after
            return kept.strip(" \t:：,，;；|｜·—–-]】〕)）")
    return text


def sentences(text: str) -> list[str]:
    """Return the sentences of a text; "Dec. 2" and "Inc." end none.

    Examples
    --------
    >>> sentences("Acme Inc. shipped on Dec. 2. It works.")
    ['Acme Inc. shipped on Dec. 2.', 'It works.']
    """
    return _SENTENCE.split(text)


# Where a date may stand -------------------------------------------------------------------------


def _from_column(told: Told) -> Dated | None:
    cells = [it for it in told.dates if it.strip(EDGES)]
    return _read(" – ".join(cells), told.place, "column") if cells else None


def _from_title(told: Told) -> Dated | None:
    text = told.node.text
    if told.node.kind == "row":
        return None
    heading = told.node.kind == "heading"
    for phrase in told.place.dates(_blanked(text)):
        where = _position(text, phrase)
        ends = where == "bracketed" and _ENDS_SENTENCE.match(text, phrase.end)
        if where == "before" or (where and (heading or ends or _within(phrase, told.place))):
            return _dated(phrase, "title")
    return _in_prose(text, told.place, "title") if heading else None


def _from_label(told: Told) -> Dated | None:
    labelled = [text for label, text in told.facts if is_date_label(label)]
    return _read(labelled[0], told.place, "label") or Dated() if labelled else None


def _from_day(told: Told) -> Dated | None:
    return _dated(told.place.day, "day") if told.place.day else None


def _from_text(told: Told) -> Dated | None:
    own = [] if told.node.kind == "heading" else [told.node.text]
    background = names("background label")
    facts = [text for label, text in told.facts if label.casefold() not in background]
    return next(
        (it for text in [*own, *facts] if (it := _in_prose(text, told.place, "text"))), None
    )


def _unsettled(told: Told) -> Dated | None:
    """Return words that are set off as a date but settle none, or others that were not taken."""
    found = told.place.dates(_blanked(told.node.text))
    set_off = (it for it in found if it.edtf is None and _position(told.node.text, it))
    if phrase := next(set_off, None):
        return _dated(phrase, "title")
    return Dated(text=found[0].text, reason="not_taken") if found else None


def _read(text: str, place: Place, origin: str) -> Dated | None:
    """Read a text that stands where a date is expected.

    A date among other words is taken only if these say no more of it: of "2025-12-02 or 03" the
    first day alone would be wrong.
    """
    whole = place.date(text)
    if whole:
        return _dated(whole, origin)
    phrases = place.dates(text)
    if not phrases:
        return None
    if len({phrase.edtf for phrase in phrases}) > 1:
        return Dated(text=text, origin=origin, reason="several")
    if not _says_no_more(_text_around(text, phrases)):
        return Dated(text=text, origin=origin, reason="not_taken")
    return _dated(phrases[0], origin)


def _text_around(text: str, phrases: Sequence[DatePhrase]) -> str:
    """Return a text with a space in place of each of its dates."""
    start = 0
    pieces = []
    for phrase in phrases:
        pieces.append(text[start : phrase.start])
        start = phrase.end
    return " ".join([*pieces, text[start:]])


def _says_no_more(words: str) -> bool:
    """Return whether words beside a date leave its meaning as it is."""
    return not pattern("date filler").sub(" ", WEEKDAY.sub(" ", words)).strip(_PUNCTUATION)


def _in_prose(text: str, place: Place, origin: str) -> Dated | None:
    for sentence in sentences(_blanked(text))[:_SENTENCES_READ]:
        found = list(_own_dates(sentence, place))
        if found:  # of several, the first is what happened, the others what followed
            several = len({it.edtf for it in found}) > 1
            return replace(_dated(found[0], origin), reason="several" if several else "")
    return None


def _own_dates(sentence: str, place: Place) -> Iterator[DatePhrase]:
    """Yield the days in a sentence that may be the event's: not of something past or planned."""
    for phrase in place.dates(sentence):
        it = _resolved(phrase, place)
        if _within(it, place) and not _elsewhere(sentence, it):
            yield it


def _within(phrase: DatePhrase, place: Place) -> bool:
    """Whether a date is about a day and may lie in the window."""
    if phrase.edtf is None:
        return False
    first, last = parse_edtf(phrase.edtf)
    start, end = place.window.days if place.window else (first, last)
    longest = 31 if (end - start).days > _LONG_WINDOW else _LONGEST_IN_PROSE
    return (last - first).days < longest and first <= end and start <= last


def _elsewhere(sentence: str, phrase: DatePhrase) -> bool:
    """Whether the clause of a date speaks of something past or planned."""
    begin = max((it.end() for it in _CLAUSE.finditer(sentence, 0, phrase.start)), default=0)
    before = sentence[begin : phrase.start]
    after = _CLAUSE.split(sentence[phrase.end : phrase.end + 6])[0]
    return _speaks_elsewhere(before) or _speaks_elsewhere(after)


def _speaks_elsewhere(words: str) -> bool:
    return any(pattern(use).search(words) for use in ("plan", "background"))


def _resolved(phrase: DatePhrase, place: Place) -> DatePhrase:
    """Return the day of "since 12 December", on which that began."""
    if phrase.reason != "open" or not _SINCE.match(phrase.text):
        return phrase
    day = place.date(_SINCE.sub("", phrase.text))
    return replace(phrase, edtf=day.edtf, assumed=day.assumed) if day else phrase


def _position(text: str, phrase: DatePhrase) -> str:
    """Return where a date stands if it is set off: ``bracketed``, ``before``, ``behind`` or not."""
    before, after = text[: phrase.start], text[phrase.end :]
    opened, closed = before.rstrip()[-1:], after.lstrip()[:1]
    if opened and closed and opened in _OPEN and closed in _CLOSE + ";；,，":
        return "bracketed" if before.rstrip()[:-1].strip(EDGES) else "before"
    labelled = _IN_BRACKET.search(before)
    if labelled and closed and closed in _CLOSE and not _speaks_elsewhere(labelled[1]):
        return "bracketed"
    if _ON.fullmatch(before) or is_dateline(text, phrase):
        return "before"
    if not after.strip(EDGES) and re.search(r"[:：,，|｜·—–-]\s*$", before):
        return "behind"
    return ""


def _dated(phrase: DateReading, origin: str) -> Dated:
    words = WEEKDAY.sub(" ", without_brackets(phrase.text)).strip(" ,，")
    reason = phrase.reason or ""
    return Dated(phrase.edtf or "", words, origin, phrase.assumed, reason, phrase.details)


def _blanked(text: str) -> str:
    """Return a text with what it quotes blanked out: a title may have a year in it."""
    return _BOOK_TITLE.sub(lambda it: "　" * len(it[0]), text)


def _cut(found: Dated, place: Place) -> Dated:
    """Cut words such as 上旬 by the window of their section, where the two meet."""
    if not found.edtf or place.window is None or not _VAGUE.search(found.text):
        return found
    (first, last), (start, end) = parse_edtf(found.edtf), place.window.days
    cut = max(first, start), min(last, end)
    if cut == (first, last) or cut[0] > cut[1] or "~" in found.edtf:
        return found
    return replace(found, edtf="/".join(dict.fromkeys(day.isoformat() for day in cut)))

"""Turn the bytes of a file into text; its encoding is detected where nobody states it.

Bytes come in, and text or the name of an encoding goes out. Our own tables are UTF-8. For tables by
others each candidate encoding is tried, and the readings are ranked by how likely their characters
are. If two readings are about equally likely, the file is rejected: a guess could be wrong, and
nobody would see it.
"""

from __future__ import annotations

import codecs
import contextlib
import itertools
import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from aistats.faults import DataError, Fault

ENCODINGS = ("utf-8", "utf-16", "gb18030", "big5", "cp1252")
"""The encodings that can be detected."""

_NAMES = ", ".join(ENCODINGS)
_SAMPLE_RUNS = 2000
_LEAST_SCORE = 0.5  # a reading with less is rejected
_CLEAR_LEAD = 0.2  # chosen by trial on names of countries and languages, a few to a table
_UTF_8_SCORE = 1.5  # of a text that is valid UTF-8 but may be Chinese as well

_SMALL_LETTER = re.compile("[a-z]")
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_ABOVE_TWO_BYTES = re.compile("[^\x00-\u07ff]")
_MARKS = "‘’“”–—…«»€£§°º·•©®™"
_ACCENTED = re.compile(r"[À-ÖØ-öø-ÿŒœŠšŽžŸ]|[ß-öø-ÿœšž]{2}")
_COMMON = frozenset(
    "的一是不了在人有我他这中来上大为和国地到以说时要就出会可也你对生能而子得于着下自年过发后作里用道行所然"
    "家种事成方多经法学如都同现当动面起看定天分还进好小部其些主样理心本前开但因只从想实日月美英德韩印加新西"
    "南北东京海港台湾亚欧洲公司政府市省州区县网络信息技术产品模型研究院会议安全监管数据智能机器商业投资市场科"
    "教工农业通电力交通社民党军警示威抗议冲突水火地震风灾无未已布华内古巴丹语這來為國說時會對過發後裡種經現當"
    "動還進樣開從實韓東臺灣歐網絡術產監數據機業場農電黨軍衝災無華內語"
)


@dataclass(frozen=True)
class _CommonBytes:
    """Where an encoding has its common characters: the first and second bytes of their codes."""

    first: Container[int]
    second: Container[int]

    def has(self, code: bytes) -> bool:
        """Return whether a code stands for a common character, or for punctuation."""
        if len(code) != 2:
            return False
        first, second = code
        is_mark = 0xA1 <= first <= 0xA3
        return (is_mark or first in self.first) and second in self.second


_GB_COMMON = _CommonBytes(first=range(0xB0, 0xD8), second=range(0xA1, 256))
_BIG5_COMMON = _CommonBytes(first=range(0xA4, 0xC7), second=range(256))


def read_bytes(path: Path) -> bytes:
    """Return the content of a file.

    Raises
    ------
    DataError
        If the file does not exist, is a folder, or may not be read.
    """
    file = path.as_posix()
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        fault = Fault("no_file", file)
    except IsADirectoryError:
        fault = Fault("folder", file)
    except OSError as error:
        fault = Fault("no_access", file, value=error.strerror)
    raise DataError([fault])


def read_text(path: Path, encoding: str | None = "utf-8") -> str:
    """Return the text of a file; without an encoding, it is detected.

    Raises
    ------
    DataError
        If the file cannot be read, or is in another encoding.
    """
    raw = read_bytes(path)
    file = path.as_posix()
    if not encoding:
        encoding = find_encoding(raw, file)
    return decoded(raw, encoding, file)


def decoded(raw: bytes, encoding: str, file: str) -> str:
    """Return bytes as text, without a byte order mark.

    Raises
    ------
    DataError
        If the bytes are in another encoding, or there is no such encoding.
    """
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        fault = _decoding_fault(raw, encoding, error.start)
    except (LookupError, UnicodeError):  # Python also has codecs that are no text encodings
        fault = Fault("no_encoding", value=encoding, allowed=_NAMES)
    else:
        return text.lstrip("\ufeff")  # some programs write two
    raise DataError([replace(fault, file=file)])


def _decoding_fault(raw: bytes, encoding: str, start: int) -> Fault:
    """Return a fault for bytes that are in another encoding, from the first wrong byte on."""
    is_utf_8 = encoding.lower() in ("utf-8", "utf8")
    if is_utf_8:
        with contextlib.suppress(DataError):
            likely = find_encoding(raw, "").upper()
            return Fault("encoding_like", value=start, allowed=likely)
    allowed = encoding.upper()
    return Fault("encoding", value=start, allowed=allowed)


def find_encoding(raw: bytes, file: str) -> str:
    r"""Return the encoding of a text, by its mark, by trial and by how likely each reading is.

    Raises
    ------
    DataError
        If no encoding is likely, or two of them are about equally likely.

    Examples
    --------
    >>> find_encoding("organization,country\n百度,中国\n".encode("gb2312"), "")
    'gb18030'
    >>> find_encoding("organization,country\n聯發科,台灣\n".encode("big5"), "")
    'big5'
    >>> find_encoding("organization,country\nCrédit Agricole,FR\n".encode("cp1252"), "")
    'cp1252'
    """
    utf_16 = _utf_16(raw)
    if utf_16 is not None:
        return utf_16
    text = _reading(raw, "utf-8")
    if text is None:
        return _likeliest(_legacy_scores(raw), raw, file)
    if text.isascii() or _ABOVE_TWO_BYTES.search(text):
        return "utf-8"
    # UTF-8 letters of two bytes can also be read as common Chinese characters.
    scores = {"utf-8": _UTF_8_SCORE}
    for encoding, score in _chinese_scores(raw).items():
        if score >= _UTF_8_SCORE:
            scores[encoding] = _UTF_8_SCORE
    return _likeliest(scores, raw, file)


def _likeliest(scores: Mapping[str, float], raw: bytes, file: str) -> str:
    """Return the encoding with the best score.

    Raises
    ------
    DataError
        If no score is good enough, or two are too close.
    """
    best = max(scores.values(), default=0.0)
    if best < _LEAST_SCORE:
        start = _first_not_utf_8(raw)
        fault = Fault("encoding_none", file, value=start, allowed=_NAMES)
        raise DataError([fault])
    ranked = sorted(scores, key=scores.__getitem__, reverse=True)
    # The best itself is among them.
    least = best - _CLEAR_LEAD
    rivals = [encoding for encoding in ranked if scores[encoding] > least]
    if len(rivals) > 1:
        names = " / ".join(rivals)
        fault = Fault("encoding_several", file, value=names)
        raise DataError([fault])
    return ranked[0]


def _first_not_utf_8(raw: bytes) -> int:
    """Return the place of the first byte that is not UTF-8."""
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        return error.start
    return 0


def _utf_16(raw: bytes) -> str | None:
    """Return the encoding of a UTF-16 text, by its mark or its zero bytes; else None."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    # Without a mark: the upper half of every ASCII character is zero.
    zeros_first = raw[::2].count(0)
    zeros_second = raw[1::2].count(0)
    most = max(zeros_first, zeros_second)
    least = min(zeros_first, zeros_second)
    if most < max(len(raw) / 20, 4 * least, 1):
        return None
    return "utf-16-le" if zeros_second > zeros_first else "utf-16-be"


def _reading(raw: bytes, encoding: str) -> str | None:
    """Return bytes as text, or None if they are in another encoding."""
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


# Scores: how likely a reading is -----------------------------------------------------------------


def _legacy_scores(raw: bytes) -> dict[str, float]:
    """Return how likely each reading of a text that is not UTF-8 is, by encoding."""
    scores = _chinese_scores(raw)
    western = _reading(raw, "cp1252")
    if western is not None:
        scores["cp1252"] = _western_score(western)
    return scores


def _chinese_scores(raw: bytes) -> dict[str, float]:
    """Return how likely a text is Chinese of the mainland, or of Taiwan and Hong Kong.

    Each standard puts its common characters first, so few of the other's text fall there.
    """
    scores = {}
    mainland = _reading(raw, "gb18030")
    if mainland is not None:
        scores["gb18030"] = _chinese_score(mainland, "gb18030", _GB_COMMON)
    for encoding in ("big5", "cp950", "big5hkscs"):  # each has more characters than the last
        traditional = _reading(raw, encoding)
        if traditional is not None:
            scores[encoding] = _chinese_score(traditional, encoding, _BIG5_COMMON)
            break
    return scores


def _chinese_score(text: str, encoding: str, common: _CommonBytes) -> float:
    """Return the share of usual characters plus that of the commonest of all.

    A single character amid small Latin letters is an accented letter read wrongly, not Chinese.
    """
    total = 0
    score = 0
    for run in _runs(text):
        characters = run[0]
        total += len(characters)
        if len(characters) == 1 and _is_amid_letters(run):
            continue
        for character in characters:
            code = character.encode(encoding)
            score += common.has(code) + (character in _COMMON)
    return score / max(total, 1)


def _is_amid_letters(run: re.Match[str]) -> bool:
    """Return whether a small Latin letter stands before or after a run."""
    text = run.string
    start, end = run.span()
    before = text[max(start - 1, 0) : start]
    after = text[end : end + 1]
    match = _SMALL_LETTER.search(before + after)
    return match is not None


def _western_score(text: str) -> float:
    """Return the share of characters that stand alone in ASCII text, as accents and quotes do."""
    total = 0
    score = 0
    for run in _runs(text):
        length = len(run[0])
        total += length
        letters = run[0].strip(_MARKS)
        if not letters or _ACCENTED.fullmatch(letters):
            score += length
    return score / max(total, 1)


def _runs(text: str) -> Iterator[re.Match[str]]:
    """Return the first runs of characters that are not ASCII."""
    runs = _FOREIGN.finditer(text)
    return itertools.islice(runs, _SAMPLE_RUNS)

"""From bytes to text: the encoding of a file, found by trial where nobody states it.

Our own tables are UTF-8. For tables by others each candidate encoding is tried, and the readings
are ranked by how likely their characters are. Where two readings are as likely as each other, the
file is refused: a guess could be wrong and nobody would see it.
"""

from __future__ import annotations

import codecs
import itertools
import re
from collections.abc import Container
from pathlib import Path

from aistats.faults import DataError, Fault

ENCODINGS = ("utf-8", "utf-16", "gb18030", "big5", "cp1252")
"""What another's file may be in without anybody saying so."""

_NAMES = ", ".join(ENCODINGS)
_SAMPLE_RUNS = 2000
_CLEAR_LEAD = 0.2  # found by trial on names of countries and languages, a few to a table

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


def read_bytes(path: Path) -> bytes:
    """Return what a file holds.

    Raises
    ------
    DataError
        If there is none, it is a folder, or it may not be read.
    """
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        fault = Fault("no_file", path.as_posix())
    except IsADirectoryError:
        fault = Fault("folder", path.as_posix())
    except OSError as error:
        fault = Fault("no_access", path.as_posix(), value=error.strerror)
    raise DataError([fault])


def read_text(path: Path, encoding: str | None = "utf-8") -> str:
    """Return the text of a file; with no encoding named, it is found out.

    Raises
    ------
    DataError
        If it cannot be read, or is in another encoding.
    """
    raw, file = read_bytes(path), path.as_posix()
    return decoded(raw, encoding or find_encoding(raw, file), file)


def decoded(raw: bytes, encoding: str, file: str) -> str:
    """Return bytes as text, without a byte order mark; DataError where the encoding is another."""
    try:
        return raw.decode(encoding).lstrip("\ufeff")  # some programs write two
    except LookupError:
        raise DataError([Fault("no_encoding", file, None, None, encoding, _NAMES)]) from None
    except UnicodeDecodeError as error:
        is_utf8 = encoding.lower() in ("utf-8", "utf8")
        like = _looks_like(raw) if is_utf8 else None
        kind = "encoding_like" if like else "encoding"
        allowed = like or encoding.upper()
        raise DataError([Fault(kind, file, value=error.start, allowed=allowed)]) from None
    except UnicodeError:  # Python has encodings that are for something else
        raise DataError([Fault("no_encoding", file, None, None, encoding, _NAMES)]) from None


def _looks_like(raw: bytes) -> str | None:
    try:
        return find_encoding(raw, "").upper()
    except DataError:
        return None


def find_encoding(raw: bytes, file: str) -> str:
    r"""Return the encoding of a text, by a mark, by trial and by how likely each reading is.

    Raises
    ------
    DataError
        If there is none, or two of them read the text as likely as each other.

    Examples
    --------
    >>> find_encoding("organization,country\n百度,中国\n".encode("gb2312"), "")
    'gb18030'
    >>> find_encoding("organization,country\n聯發科,台灣\n".encode("big5"), "")
    'big5'
    >>> find_encoding("organization,country\nCrédit Agricole,FR\n".encode("cp1252"), "")
    'cp1252'
    """
    if wide := _utf_16(raw):
        return wide
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        at, likely = error.start, _likely_chinese_in(raw)
        if (western := _reading(raw, "cp1252")) is not None:
            likely["cp1252"] = _likely_western(western)
    else:
        if text.isascii() or _ABOVE_TWO_BYTES.search(text):
            return "utf-8"
        # Letters of two bytes may be common Chinese characters as well.
        chinese = [it for it, how in _likely_chinese_in(raw).items() if how >= 1.5]
        at, likely = 0, dict.fromkeys(["utf-8", *chinese], 1.5)
    ranked = sorted(likely, key=lambda it: -likely[it])
    rivals = [it for it in ranked if likely[it] > likely[ranked[0]] - _CLEAR_LEAD]
    if not ranked or likely[ranked[0]] < 0.5:
        raise DataError([Fault("encoding_none", file, None, None, at, _NAMES)])
    if len(rivals) > 1:
        raise DataError([Fault("encoding_several", file, value=" / ".join(rivals))])
    return ranked[0]


def _utf_16(raw: bytes) -> str | None:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    big, little = raw[::2].count(0), raw[1::2].count(0)  # the upper halves of ASCII
    if max(big, little) < max(len(raw) / 20, 4 * min(big, little), 1):
        return None
    return "utf-16-le" if little > big else "utf-16-be"


def _likely_chinese_in(raw: bytes) -> dict[str, float]:
    """Return how likely a text is Chinese of the mainland or of Taiwan and Hong Kong.

    Each standard puts its common characters first, so few of the other's text fall there.
    """
    likely = {}
    if (mainland := _reading(raw, "gb18030")) is not None:
        likely["gb18030"] = _likely_chinese(
            mainland, "gb18030", range(0xB0, 0xD8), range(0xA1, 256)
        )
    for big5 in ("big5", "cp950", "big5hkscs"):  # each with more characters than the one before
        if (traditional := _reading(raw, big5)) is not None:
            likely[big5] = _likely_chinese(traditional, big5, range(0xA4, 0xC7), range(256))
            break
    return likely


def _reading(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


def _runs(text: str) -> list[re.Match[str]]:
    return list(itertools.islice(_FOREIGN.finditer(text), _SAMPLE_RUNS))


def _likely_chinese(
    text: str, encoding: str, first: Container[int], second: Container[int]
) -> float:
    """Return the share of usual characters and, added to it, that of the commonest of all.

    A single one amid small Latin letters is no Chinese, but an accented letter read wrongly.
    """
    n, likely = 0, 0
    for run in _runs(text):
        n += len(run[0])
        around = text[max(run.start() - 1, 0) : run.start()] + text[run.end() : run.end() + 1]
        if len(run[0]) == 1 and re.search("[a-z]", around):
            continue
        for character in run[0]:
            head, *tail = character.encode(encoding)
            mark = 0xA1 <= head <= 0xA3
            usual = len(tail) == 1 and (mark or head in first) and tail[0] in second
            likely += usual + (character in _COMMON)
    return likely / max(n, 1)


def _likely_western(text: str) -> float:
    """Return the share of what stands alone between ASCII, as accents and quotes do."""
    n, likely = 0, 0
    for run in _runs(text):
        n += len(run[0])
        letters = run[0].strip(_MARKS)
        likely += len(run[0]) * (not letters or _ACCENTED.fullmatch(letters) is not None)
    return likely / max(n, 1)

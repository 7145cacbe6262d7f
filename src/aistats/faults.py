"""What is wrong with an input, said once, completely, and in the reader's language.

A wrong input is refused whole: every :class:`Fault` names the file, the line, the column, the value
and what would be allowed, and one :class:`DataError` carries them all. The texts of every refusal
that can reach a person at the command line stand here, in Chinese and English side by side.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LANGUAGES = ("zh", "en")

_LINE_BREAKS = re.compile(r"[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")

_TEXTS: dict[str, dict[str, str]] = {
    # the file as a whole
    "no_file": {"zh": "找不到这个文件", "en": "there is no such file"},
    "encoding": {
        "zh": "不是{allowed}编码（第{value}个字节起）；请另存为UTF-8，"
        "或在Python中用encoding=指明编码",
        "en": "is not {allowed} (from byte {value}); save it as UTF-8, or in Python "
        "name the encoding with encoding=",
    },
    "encoding_like": {
        "zh": "不是UTF-8编码（第{value}个字节起），像是{allowed}；请另存为UTF-8，"
        "或在Python中用encoding=指明编码",
        "en": "is not UTF-8 (from byte {value}), it looks like {allowed}; save it as UTF-8, "
        "or in Python name the encoding with encoding=",
    },
    "codebook": {"zh": "编码手册有误：{value}", "en": "the codebook is wrong: {value}"},
    "empty_file": {"zh": "文件为空；应有表头：{allowed}", "en": "is empty; expected: {allowed}"},
    "csv": {"zh": "不是合规的CSV：{value}", "en": "is not well-formed CSV: {value}"},
    "separator": {
        "zh": "各列似以“{value}”分隔；应以逗号分隔",
        "en": "its columns seem to be separated by “{value}”; expected commas",
    },
    # its header and rows
    "missing_column": {
        "zh": "缺少“{value}”列；应有：{allowed}",
        "en": "column “{value}” is missing; expected: {allowed}",
    },
    "unknown_column": {
        "zh": "不认识“{value}”列；可用：{allowed}",
        "en": "column “{value}” is not known; allowed: {allowed}",
    },
    "duplicate_column": {
        "zh": "“{value}”列出现不止一次",
        "en": "column “{value}” appears more than once",
    },
    "torn_line": {
        "zh": "本行有{value}个单元格；应有{allowed}个",
        "en": "has {value} cells; expected {allowed}",
    },
    # its values
    "missing": {"zh": "不可为空；应填：{allowed}", "en": "must not be empty; expected: {allowed}"},
    "space": {
        "zh": "“{value}”首尾有空格；请删去",
        "en": "“{value}” has a space at its start or end; remove it",
    },
    "control": {
        "zh": "“{value}”中有控制字符；请删去",
        "en": "“{value}” has a control character in it; remove it",
    },
    "twice": {
        "zh": "“{value}”中有重复的值",
        "en": "“{value}” names a value twice",
    },
    "level": {
        "zh": "“{value}”不在可选值之列；可用：{allowed}",
        "en": "“{value}” is not a known level; allowed: {allowed}",
    },
    "pattern": {
        "zh": "“{value}”不合格式；应符合：{allowed}",
        "en": "“{value}” has the wrong form; it must match: {allowed}",
    },
    "duplicate": {
        "zh": "“{value}”重复；首见于第{allowed}行，每行须不同",
        "en": "“{value}” is a duplicate of line {allowed}; it must be unique",
    },
    "apart": {
        "zh": "“{value}”与报道时间窗“{allowed}”不相交，请核对",
        "en": "“{value}” lies outside the reporting window “{allowed}”; look again",
    },
    "window": {
        "zh": "“{value}”不是该章节的时间窗；coverage表中为{allowed}",
        "en": "“{value}” is not the window of its section; the coverage table has {allowed}",
    },
    "date_text": {
        "zh": "须与date同时填写或同时留空",
        "en": "must be filled where date is filled, and only there",
    },
    "planned_for": {
        "zh": "“{value}”：只有status为announced的事件才填计划时间",
        "en": "“{value}”: only an event whose status is announced is planned for a time",
    },
    "no_edition": {
        "zh": "来源“{value}”不在任何一期中；如要发布，请在editions.csv中加上",
        "en": "the source “{value}” is in no edition; to publish it, add it to editions.csv",
    },
    "own_baseline": {
        "zh": "“{value}”不能以自己为对照期；请写以往各期的标签",
        "en": "“{value}” cannot be its own baseline; name earlier editions",
    },
    "unpublished": {
        "zh": "“{value}”这一期没有发布在此处；改按现有数据对照",
        "en": "the edition “{value}” is not published here; it is compared as the data has it now",
    },
    "link": {
        "zh": "“{value}”没有对应的行；应为{allowed}中的值",
        "en": "“{value}” has no matching row; it must be a value of {allowed}",
    },
    # its dates: the reasons of dates.parse_edtf
    "not_edtf": {
        "zh": "“{value}”不是EDTF日期；可写：2025-12-02、2025-12、2025-12-15~"
        "或2025-12-01/2025-12-06",
        "en": "“{value}” is not an EDTF date; write 2025-12-02, 2025-12, 2025-12-15~ "
        "or 2025-12-01/2025-12-06",
    },
    "impossible": {
        "zh": "日历上没有“{value}”这一天；年份须在0001至9999之间",
        "en": "“{value}” is not a day of the calendar; years go from 0001 to 9999",
    },
    "reversed": {
        "zh": "“{value}”的止日早于起日；应写：起日/止日",
        "en": "“{value}” ends before it starts; write start/end",
    },
    "open": {
        "zh": "“{value}”没有写明起日或止日；区间两端都须写明",
        "en": "“{value}” has an open end; both ends of an interval must be given",
    },
    "set": {
        "zh": "“{value}”是一组日期；应写一个日期或一个区间",
        "en": "“{value}” is a set of dates; write one date or one interval",
    },
    "season": {
        "zh": "“{value}”是季节，南北半球不同；应写月份或区间",
        "en": "“{value}” is a season, which depends on the hemisphere; write months or an interval",
    },
    "approximate": {
        "zh": "“{value}”中表示“约”的符号（~或%）只可用于“日”；月或年请写成区间",
        "en": "“{value}” marks a month or year as approximate (~ or %), which only a day may be; "
        "write an interval",
    },
    "zone": {
        "zh": "“{value}”带有时区；请只写日期",
        "en": "“{value}” has a time zone; write the day alone",
    },
    # the edition
    "edition": {
        "zh": "没有“{value}”这一期；已有：{allowed}",
        "en": "there is no edition “{value}”; there are: {allowed}",
    },
    "parameter": {
        "zh": "没有“{value}”这个参数；可用：{allowed}",
        "en": "there is no parameter “{value}”; allowed: {allowed}",
    },
    "parameter_form": {
        "zh": "“{value}”不合格式；应写：名称=值",
        "en": "“{value}” has the wrong form; write name=value",
    },
    "parameter_type": {
        "zh": "“{value}”的类型不对；应为{allowed}",
        "en": "“{value}” has the wrong type; expected {allowed}",
    },
    "no_notebooks": {"zh": "这里没有笔记本", "en": "holds no notebooks"},
    "notebook_name": {
        "zh": "文件名应为数字、连字符加名称，名称各不相同，如{allowed}",
        "en": "must be named number-name.ipynb, each name its own, such as {allowed}",
    },
    "notebook_title": {
        "zh": "缺少{allowed}标题：应有标记为{allowed}、以“# ”开头的文字单元格",
        "en": "has no title in {allowed}: a prose cell tagged {allowed} must start with “# ”",
    },
    "exhibit": {
        "zh": "图{allowed}“{value}”：本期另有一图用了这个编号或名称；"
        "每个show的number和name都要与其他图不同",
        "en": "figure {allowed}, “{value}”: another of this edition has that number or that name; "
        "each show() needs number and name of its own",
    },
    "notebook_form": {"zh": "不是合规的笔记本：{value}", "en": "is not a notebook: {value}"},
    "published_parameters": {
        "zh": "这一期已以其他参数发布；请用--reports另选文件夹，或把参数写入editions.csv",
        "en": "is published with other parameters; choose another folder with --reports, or write "
        "the parameters into editions.csv",
    },
    "notebook": {
        "zh": "第{allowed}个单元格运行出错：{value}",
        "en": "cell {allowed} failed: {value}",
    },
    "kernel": {"zh": "内核中断：{value}", "en": "the kernel died: {value}"},
    "no_events": {
        "zh": "“{value}”期还没有事件；请先在此登记该期来源的事件",
        "en": "has no event of the edition “{value}” yet; add those of its sources first",
    },
    "edition_exists": {
        "zh": "已有“{value}”期；各期：{allowed}",
        "en": "there is an edition “{value}” already; there are: {allowed}",
    },
    "edition_label": {
        "zh": "“{value}”不能用作期号；应符合：{allowed}",
        "en": "“{value}” cannot be the label of an edition; it must match: {allowed}",
    },
    "first_edition": {
        "zh": "还没有任何一期，无从续起；请手工登记第一期",
        "en": "has no edition to follow; write the first one by hand",
    },
    "window_needed": {
        "zh": "“{value}”不是年月，无法推定覆盖的日期；请用--window写明，如2026-01-01/2026-01-10",
        "en": "“{value}” names no month, so which days are covered must be given: "
        "--window 2026-01-01/2026-01-10",
    },
    "source_covered": {
        "zh": "来源“{value}”的时间窗已登记为{allowed}；如需更改，请改coverage表",
        "en": "the windows of the source “{value}” are there already: {allowed}; to change them, "
        "edit the coverage table",
    },
    "busy": {
        "zh": "另一个生成任务正在进行，等它结束",
        "en": "another build is at work here; waiting for it",
    },
    "no_manifest": {
        "zh": "不是aistats生成的一期：没有可用的manifest.json",
        "en": "is no edition that aistats made: it has no manifest.json of one",
    },
    "glyph": {"zh": "字体里没有这个字：{value}", "en": "the font has no glyph for: {value}"},
    # how a fault is put together
    "line": {"zh": "第{line}行", "en": "line {line}"},
    "column": {"zh": "{column}列", "en": "column {column}"},
    "head": {"zh": "{n}处有误：", "en": "{n} {faults}:"},
}


def user_language(environ: Mapping[str, str] | None = None) -> str:
    """Return the language in which to speak to this user, ``zh`` or ``en``.

    Parameters
    ----------
    environ
        Environment variables: ``AISTATS_LANGUAGE``, then as POSIX has it ``LC_ALL``,
        ``LC_MESSAGES`` and ``LANG``.

    Examples
    --------
    >>> user_language({"LANG": "zh_CN.UTF-8"}), user_language({"LANG": "fr_FR.UTF-8"})
    ('zh', 'en')
    """
    environ = os.environ if environ is None else environ
    names = ("AISTATS_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    locale = next(filter(None, map(environ.get, names)), "")
    return "zh" if locale.lower().startswith("zh") else "en"


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: where it stands, what stands there, what would be allowed.

    Parameters
    ----------
    kind
        What is wrong; a key of the catalogue of texts.
    file, line, column
        Where; the line is the physical line of the file, the header being line 1.
    value
        What stands there.
    allowed
        What could stand there instead.
    lines
        More to see, such as the end of a traceback; each is shown on a line of its own.

    Examples
    --------
    >>> fault = Fault("level", file="events.csv", line=7, column="region", value="XX",
    ...               allowed="CN, US")
    >>> fault.text("en")
    'events.csv, line 7, column region: “XX” is not a known level; allowed: CN, US'
    >>> fault.text("zh")
    'events.csv，第7行，region列：“XX”不在可选值之列；可用：CN, US'
    """

    kind: str
    file: str = ""
    line: int | None = None
    column: str | None = None
    value: object = ""
    allowed: object = ""
    lines: tuple[str, ...] = ()

    def text(self, language: str | None = None) -> str:
        """Return the fault as one line of text, by default in the user's language."""
        language = language or user_language()
        comma, colon = ("，", "：") if language == "zh" else (", ", ": ")
        places = [self.file]
        if self.line is not None:
            places.append(_TEXTS["line"][language].format(line=self.line))
        if self.column is not None:
            places.append(_TEXTS["column"][language].format(column=self.column))
        value = _LINE_BREAKS.sub("⏎", str(self.value))  # a fault is one line
        text = _TEXTS[self.kind][language].format(value=value, allowed=self.allowed)
        place = comma.join(filter(None, places))
        return f"{place}{colon}{text}" if place else text


class AistatsError(Exception):
    """The one family of errors that a person, not a programmer, is meant to read.

    Parameters
    ----------
    faults
        All that is wrong, in the order in which to read it.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(self.faults)

    def text(self, language: str | None = None) -> str:
        """Return every fault on a line of its own, and more under it where there is more to see.

        By default it is in the user's language.
        """
        language = language or user_language()
        n = len(self.faults)
        head = _TEXTS["head"][language].format(n=n, faults="fault" if n == 1 else "faults")
        shown = [
            line
            for fault in self.faults
            for line in (f"  {fault.text(language)}", *(f"      {it}" for it in fault.lines))
        ]
        return "\n".join([head, *shown])

    def __str__(self) -> str:
        return self.text()


class DataError(AistatsError):
    """A table, a codebook or an edition's row is not what it must be."""


class ParameterError(AistatsError):
    """A parameter is misspelt or has the wrong type; raised before anything runs."""


class NotebookError(AistatsError):
    """A notebook raised; its edition was not published.

    Parameters
    ----------
    faults
        What failed, and where.
    notebook
        The notebook as far as it came, if it is at hand.
    """

    def __init__(self, faults: Iterable[Fault], notebook: object = None) -> None:
        super().__init__(faults)
        self.notebook = notebook


class EDTFError(AistatsError, ValueError):
    """A text is not a date that can be counted.

    Parameters
    ----------
    reason
        A key of the catalogue: ``not_edtf``, ``impossible``, ``reversed``, ``open``, ``set``,
        ``season``, ``approximate`` or ``zone``.
    value
        The text.
    column
        The column it stands in, where it stands in one.
    """

    def __init__(self, reason: str, value: str, column: str | None = None) -> None:
        super().__init__([Fault(reason, column=column, value=value)])
        self.args = (reason, value, column)  # what pickle calls this with
        self.reason = reason

    def __str__(self) -> str:
        return self.faults[0].text()

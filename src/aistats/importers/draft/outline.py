"""Outline: a Markdown report as a tree of what stands under what, each with its line.

CommonMark says where a heading, a list item or a table row begins; writers add structure of their
own that it does not know: a paragraph that is bold throughout is a heading, lines that each begin
with a number are a list, a bold or coloned opening is a label. Here all of them become nodes of one
kind, so that whoever reads the report need not know how it was typed. What is not prose (code,
comments, images, footnote marks) is left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import yaml
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

_NUMERALS = "一二三四五六七八九十百壹贰叁肆伍陆柒捌玖拾"
_MARK = re.compile(
    rf"(?:第?(?P<han>[{_NUMERALS}]+)(?:[、.．:：]|(?<=[壹贰叁肆伍陆柒捌玖拾])\s|[章节篇]分?[、.．:：\s]|部分[、.．:：\s]*)"
    rf"|[（(](?P<bracket>[{_NUMERALS}]+|\d{{1,2}}|[ivx]+|[a-z])[)）]"
    r"|(?i:part|section|no\.?)\s*(?P<part>\d{1,2}|[IVX]+)\s*[:.\-–—]"
    r"|(?P<number>\d{1,3}(?:\.\d{1,2}){0,3})(?:[、．)）]|\.(?=\s|[^\d\s]))"
    r"|(?P<dotted>\d{1,2}(?:\.\d{1,2}){1,3}|0\d)(?=\s)"
    r"|(?P<roman>[IVX]{1,5}|[Ⅰ-Ⅻ])(?:[、．]|[.)](?=\s))"
    r"|(?P<part_number>[A-Z]\.\d{1,2}|[A-Z]\d{1,2}(?=\.))\.?(?=\s)"
    r"|(?P<letter>[ivx]{1,4}|[a-h])[)）](?=\s)|§\s?(?P<section>\d{1,3})(?=\s)"
    r"|(?P<keycap>\d)\ufe0f?\u20e3|(?P<circled>[①-⑳])|#(?P<hash>\d{1,3})\b)\s*"
)
_DECORATION = re.compile(r"[^\w《〈“‘「『（(【\[#@$€£¥\"'’①-⑳Ⅰ-Ⅻ]+")
_LABEL = re.compile(
    r"(?!\d+[：:]\d|https?:)"
    r"([^\s：:。，,.;；!?！？()（）「」“”]{1,12}|[A-Z][A-Za-z’' ]{1,24})"
    r"\s*(?:：|:(?=\s)|(?<=[⺀-鿿]):)\s*(?=\S)"
)
_BRACKETED = re.compile(r"【([^】]{2,60})】")
_FAILED_BOLD = re.compile(r"([^\w*]*)\*\*([^*]+)\*\*")
_HAN_SPACE = re.compile(r"(?<=[⺀-鿿＀-￯、-】]) *\n *(?=[⺀-鿿＀-￯、-】])")
_SUMMARY = re.compile(r"<summary[^>]*>(.*?)</summary>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_YEAR = re.compile(r"(?:19|20)\d\d")
_CHECK_BOX = re.compile(r"\[[ xX]\]\s+")
_SHORT_HEADING = re.compile(r"[^\s，。：；,.;:!?！？]{1,12}")
_BULLETS = "•▪‣·※→⇒➤►▶"
PSEUDO_LEVEL = 7
"""Of a paragraph that is a heading in all but form; below those of Markdown."""


@dataclass(frozen=True)
class Node:
    """A part of a report and what stands under it.

    Parameters
    ----------
    kind
        ``root``, ``heading``, ``paragraph``, ``item`` (of a list), ``row`` (of a table) or
        ``quote``.
    text
        Its own words, without marks and markup, on one line.
    line
        Where it begins in the file; the first line is 1.
    mark
        Its number as the report gives it (``一``, ``1.2``), without punctuation.
    lead
        What it opens with in bold, or before a colon; part of ``text``.
    level
        Of a heading; 7 is a paragraph in bold.
    cells
        Of a row: its cells by the heading of their column.
    bold
        Whether the lead is in bold.
    url
        The first link out of the report.
    children
        What stands under it, in order.
    """

    kind: str
    text: str = ""
    line: int = 0
    mark: str = ""
    lead: str = ""
    level: int = 0
    cells: tuple[tuple[str, str], ...] = ()
    bold: bool = False
    url: str = ""
    children: tuple[Node, ...] = ()

    def of(self, *kinds: str) -> tuple[Node, ...]:
        """Return the children of some kinds."""
        return tuple(it for it in self.children if it.kind in kinds)

    @property
    def after_lead(self) -> str:
        """What follows the opening in bold."""
        return (
            self.text.partition(self.lead)[2].lstrip(" ：:—–-，,。.|｜】]")
            if self.lead
            else self.text
        )


def outline(text: str) -> tuple[Node, dict[str, str]]:
    r"""Read a Markdown report into a tree, and the front matter beside it.

    Parameters
    ----------
    text
        The report.

    Returns
    -------
    root : Node
        Its children are headings, nested as their levels say, and what stands before the first.
    front_matter : dict of str to str
        Keys in lower case; empty if there is none, or none that can be read.

    Examples
    --------
    >>> root, front = outline("# December\n\n- **OpenAI**: released a model\n")
    >>> (heading,) = root.children
    >>> heading.text, heading.children[0].lead, heading.children[0].line
    ('December', 'OpenAI', 3)
    """
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    for plugin in (front_matter_plugin, footnote_plugin, deflist_plugin):
        parser.use(plugin)
    tree = SyntaxTreeNode(parser.parse(text))
    front = next((it.content for it in tree.children if it.type == "front_matter"), "")
    return _nested([it for part in tree.children for it in _blocks(part)]), _front_matter(front)


def _front_matter(text: str) -> dict[str, str]:
    try:
        read = yaml.safe_load(text)
    except yaml.YAMLError:
        return {}
    pairs = read.items() if isinstance(read, dict) else ()
    return {
        str(key).strip().lower(): " – ".join(map(str, it)) if isinstance(it, list) else str(it)
        for key, it in pairs
        if it is not None
    }


def _nested(blocks: Sequence[Node]) -> Node:
    """Put under each heading what follows it, up to the next of its level or above."""
    open_: list[tuple[Node, list[Node]]] = [(Node("root"), [])]

    def close() -> None:
        node, children = open_.pop()
        open_[-1][1].append(replace(node, children=tuple(children)))

    for place, block in enumerate(blocks):
        if place == 1 and _is_byline(block, blocks):
            open_[-1][1].append(replace(block, kind="paragraph", level=0, lead="", bold=False))
        elif block.kind == "heading":
            while len(open_) > 1 and open_[-1][0].level >= block.level:
                close()
            open_.append((block, []))
        else:
            open_[-1][1].append(block)
    while len(open_) > 1:
        close()
    return replace(open_[0][0], children=tuple(open_[0][1]))


def _is_byline(block: Node, blocks: Sequence[Node]) -> bool:
    """Whether a line in bold behind the title says whose report this is and of when."""
    if blocks[0].level != 1 or block.level != PSEUDO_LEVEL or block.mark:
        return False
    return bool(_YEAR.search(block.text)) or sum(it.level == PSEUDO_LEVEL for it in blocks) == 1


# From the parser's tree to nodes ----------------------------------------------------------------


def _blocks(part: SyntaxTreeNode) -> Iterator[Node]:
    if part.type == "heading":
        for spoken in _lines(part)[:1]:
            yield replace(spoken.node("heading"), level=int(part.tag[1]))
    elif part.type == "paragraph":
        yield from _paragraph(part)
    elif part.type in ("bullet_list", "ordered_list"):
        start = int(part.attrs.get("start", 1)) if part.type == "ordered_list" else None
        for place, item in enumerate(part.children):
            node = _item(item, "" if start is None else str(start + place))
            yield replace(node, text=_CHECK_BOX.sub("", node.text, count=1))
    elif part.type == "dl":
        yield from _definitions(part)
    elif part.type == "html_block":
        yield from _summary(part)
    elif part.type == "table":
        yield from _rows(part)
    elif part.type == "blockquote":
        inner = tuple(it for child in part.children for it in _blocks(child))
        if inner:
            text = _joined([it.text for it in inner])
            yield Node("quote", text, inner[0].line, children=inner)


def _paragraph(part: SyntaxTreeNode) -> Iterator[Node]:
    spoken = _lines(part)
    if not spoken:
        return
    whole = _merged(spoken)
    if whole.strong == (0, len(whole.text)) and len(spoken) == 1 and len(whole.text) <= 80:
        yield replace(whole.node("heading"), level=PSEUDO_LEVEL)
    elif len(spoken) > 1 and sum(map(_Spoken.opens, spoken)) >= 2 and spoken[-1].opens():
        yield from (it.node("item") for it in _by_opening(spoken))
    else:
        point = whole.node("item" if whole.is_point() else "paragraph")
        part_of_text = point.mark[:1] in tuple(_NUMERALS) and _SHORT_HEADING.fullmatch(point.text)
        yield replace(point, kind="heading", level=PSEUDO_LEVEL) if part_of_text else point


def _definitions(part: SyntaxTreeNode) -> Iterator[Node]:
    """Yield terms as headings, and what is said of each as points under it."""
    for child in part.children:
        if child.type == "dt":
            terms = _lines(child)[:1]
            yield from (replace(it.node("heading"), level=PSEUDO_LEVEL) for it in terms)
        else:
            inner = [it for block in child.children for it in _blocks(block)]
            yield from (replace(it, kind="item") if it.kind == "paragraph" else it for it in inner)


def _summary(part: SyntaxTreeNode) -> Iterator[Node]:
    """Yield the line of a part that is folded away as a heading of what it folds."""
    if found := _SUMMARY.search(part.content):
        line = (part.map[0] if part.map else 0) + part.content[: found.start(1)].count("\n") + 1
        text = " ".join(_TAG.sub("", found[1]).split())
        yield replace(_Spoken(text, line).node("heading"), level=PSEUDO_LEVEL)


def _by_opening(spoken: Sequence[_Spoken]) -> Iterator[_Spoken]:
    """Join each line that opens nothing to the one before it."""
    group: list[_Spoken] = []
    for it in spoken:
        if group and it.opens():
            yield _merged(group)
            group = []
        group.append(it)
    yield _merged(group)


def _item(part: SyntaxTreeNode, mark: str) -> Node:
    inner = [it for child in part.children for it in _blocks(child)]
    first = part.map[0] + 1 if part.map else 0
    if not inner:
        return Node("item", line=first, mark=mark)
    head, rest = inner[0], inner[1:]
    if head.kind not in ("paragraph", "heading", "item"):
        return Node("item", line=first, mark=mark, children=tuple(inner))
    return replace(
        head, kind="item", line=first, mark=mark or head.mark, level=0, children=tuple(rest)
    )


def _rows(table: SyntaxTreeNode) -> Iterator[Node]:
    head, *bodies = table.children
    names = [_joined([it.text for it in _lines(cell)]) for cell in head.children[0].children]
    for row in (row for body in bodies for row in body.children):
        spoken = [_merged(_lines(cell)) for cell in row.children]
        cells = tuple((name, it.text) for name, it in zip(names, spoken, strict=False))
        url = next((it.url for it in spoken if it.url), "")
        line = row.map[0] + 1 if row.map else 0
        yield Node("row", " | ".join(it for _, it in cells if it), line, cells=cells, url=url)


@dataclass
class _Spoken:
    """A line of prose as it reads: its words, what of them is bold at the start, its first link."""

    text: str = ""
    line: int = 0
    strong: tuple[int, int] = (0, 0)
    url: str = ""

    def opens(self) -> bool:
        """Whether something of its own begins with this line."""
        return self.is_point() or bool(_LABEL.match(self.text)) or self.strong[1] > 0

    def is_point(self) -> bool:
        """Whether it begins with a number or a bullet of the writer's own."""
        begin = _bare(self.text, 0)
        bullets = (
            it in _BULLETS or (unicodedata.category(it) == "So" and it not in "©®™")
            for it in self.text[:begin]
        )
        return any(bullets) or bool(_MARK.match(self.text, begin))

    def node(self, kind: str) -> Node:
        """Return it as a node, without its number and without what decorates its start."""
        begin = _bare(self.text, 0)
        found = _MARK.match(self.text, begin)
        mark = next(filter(None, found.groups()), "") if found else ""
        begin = _bare(self.text, found.end()) if found else begin
        text = self.text[begin:].strip()
        lead = self.text[max(self.strong[0], begin) : self.strong[1]].strip()
        if not lead and (bracketed := _BRACKETED.match(text)):
            lead = bracketed[1]
        bold = bool(lead)
        if not lead and (label := _LABEL.match(text)):
            lead = label[1]
        lead = lead.rstrip("：: ")
        return Node(kind, text, self.line, mark=mark, lead=lead, bold=bold, url=self.url)


def _bare(text: str, begin: int) -> int:
    """Return where what decorates a line, such as an emoji, ends."""
    found = _DECORATION.match(text, begin)
    return found.end() if found else begin


def _merged(spoken: Sequence[_Spoken]) -> _Spoken:
    if not spoken:
        return _Spoken()
    url = next((it.url for it in spoken if it.url), "")
    text = _joined([it.text for it in spoken])
    return _Spoken(text, spoken[0].line, spoken[0].strong, url)


def _joined(lines: Sequence[str]) -> str:
    return _HAN_SPACE.sub("", "\n".join(lines)).replace("\n", " ")


def _lines(part: SyntaxTreeNode) -> list[_Spoken]:
    """Return the lines of prose that a heading, a paragraph or a cell has itself."""
    spoken = [_Spoken(line=part.map[0] + 1 if part.map else 0)]

    def say(node: SyntaxTreeNode) -> None:
        it = spoken[-1]
        if node.type in ("text", "code_inline"):
            it.text += node.content
        elif node.type in ("softbreak", "hardbreak"):
            spoken.append(_Spoken(line=it.line + 1))
        elif node.type == "image":
            pass
        elif node.type == "strong" and not re.search(r"\w", it.text) and not it.strong[1]:
            start = len(it.text)
            _each(node, say)
            if spoken[-1] is it:
                it.strong = start, len(it.text)
        else:
            href = str(node.attrs.get("href", "")) if node.type == "link" else ""
            if href.startswith("#"):  # a table of contents repeats headings
                return
            if href.startswith(("http://", "https://")) and not it.url:
                it.url = href
            _each(node, say)

    for inline in (it for it in part.children if it.type == "inline"):
        _each(inline, say)
    return [_trimmed(it) for it in spoken if it.text.strip()]


def _each(node: SyntaxTreeNode, say: Callable[[SyntaxTreeNode], None]) -> None:
    for child in node.children:
        say(child)


def _trimmed(it: _Spoken) -> _Spoken:
    """Return it without white space around it, and without the asterisks of a bold that failed.

    CommonMark takes "**甲：**乙" for no bold, as full-width punctuation closes it and no space
    follows; a writer of Chinese sees nothing wrong with it.
    """
    text, (start, end) = it.text, it.strong
    if not end and (failed := _FAILED_BOLD.match(text)):
        start, end = failed.start(2) - 2, failed.end(2) - 2
    text = text.replace("**", "")
    cut = len(text) - len(text.lstrip())
    return _Spoken(text.strip(), it.line, (max(0, start - cut), max(0, end - cut)), it.url)

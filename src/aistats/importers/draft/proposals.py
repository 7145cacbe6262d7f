"""Proposals: who acted, where they sit, and what kind of event it is, for a person to confirm.

Two open tables carry the knowledge, and anyone may add a row. ``organizations.csv`` has the
organisations, their seats, kinds and aliases: Chinese and English names, and the products by which
reports mean their makers. ``keywords.csv`` has the words that speak for a category. The rules are
those of the codebook, read in its order. What they do not settle stays empty, because a wrong
proposal costs whoever reviews it more than none.

Where seats are in doubt: the institutions of the European Union have theirs, the Union itself that
of its Commission, since they decide on their own and not only as governments agree; a firm with two
seats has the one where it is incorporated. The organisation ``unknown`` holds false friends: names
and words in which an alias stands without being meant ("Codex Mortis", 可灵活).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby

from babel import Locale

from aistats.importers.draft.words import names

KINDS = (
    *("company", "lab", "operator", "university", "government", "intergovernmental", "standards"),
    *("analyst", "media", "investor", "nonprofit", "other"),
)
"""What an organisation is. An ``operator`` runs a service and is not itself a maker of AI."""

_PUBLIC = ("government", "intergovernmental", "standards")
_MAKERS = ("company", "lab")
_NOT_MAKERS = ("operator", "university", "investor", "media", "nonprofit")
_REPORTERS = ("analyst", "media")


@dataclass(frozen=True)
class Mention:
    """An organisation where a text names it.

    Parameters
    ----------
    organization
        Its name in the table.
    region
        Its seat: a region of the codebook.
    kind
        One of `KINDS`.
    text
        The words by which it is named: a name, or a product.
    start, end
        Where these words stand in the text.
    """

    organization: str
    region: str
    kind: str
    text: str
    start: int
    end: int


# The tables -------------------------------------------------------------------------------------


def _rows(name: str) -> list[dict[str, str]]:
    text = files("aistats.importers.draft").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def _aliases() -> dict[str, tuple[str, str, str]]:
    """Return name, region and kind of an organisation by each of its names."""
    return {
        alias: (row["name"], row["region"], row["kind"])
        for row in _rows("organizations.csv")
        for alias in (row["name"], *filter(None, row["aliases"].split("|")))
    }


@cache
def _names() -> re.Pattern[str]:
    """Return what finds every alias, the longest first.

    Alternatives are grouped by their first character, so that most places of a text are passed
    over at once.
    """
    ordered = sorted(_aliases(), key=lambda it: (it[0], -len(it)))
    groups = groupby(ordered, key=lambda it: it[0])
    return re.compile("|".join(_group(first, list(group)) for first, group in groups))


def _group(first: str, aliases: Sequence[str]) -> str:
    rest = "|".join(re.escape(name[1:]) + _boundary(name[-1]) for name in aliases)
    before = "(?<![A-Za-z0-9])" if re.match("[A-Za-z0-9]", first) else ""
    return f"{before}{re.escape(first)}(?:{rest})"


def _boundary(last: str) -> str:
    """Return what may not follow a name: a version may, so a digit counts only after a digit."""
    if re.match("[A-Za-zÀ-ɏ]", last):
        return "(?![A-Za-zÀ-ɏ])"
    return r"(?!\d)" if last.isdigit() and last.isascii() else ""


@cache
def _elsewhere() -> re.Pattern[str]:
    """Return what stands before a ministry of another country, or an office of a city, in Chinese.

    A report in Chinese writes 财政部 of its own country without the name of the country.
    """
    countries = [name for code, name in Locale("zh").territories.items() if code != "CN"]
    short = "[美英法德日韩印俄澳省市区县州]|香港|澳门|台湾|阿联酋|欧洲"
    return re.compile(f"(?:{'|'.join(map(re.escape, countries))}|{short})$")


@cache
def _keywords(category: str, role: str) -> re.Pattern[str]:
    """Return what finds the keywords of a category in a role, the longest first.

    The role of a keyword is what it is in its category. An ``act`` tells it; ``money`` does where
    the actor is known; a ``measure`` is a named benchmark. A ``release`` or ``integration`` is an
    act upon an ``object``, or upon a model of a ``family``; with a ``bar`` what is released is
    neither model nor product. A ``site`` is where AI is put to use.

    A keyword with a capital is matched as it is written, another in any case. ``*`` stands for
    Latin letters and digits, ``#`` for the version of a model.
    """
    wanted = [
        it for it in _rows("keywords.csv") if (it["category"], it["role"]) == (category, role)
    ]
    ordered = sorted((it["keyword"] for it in wanted), key=len, reverse=True)
    return re.compile("|".join(_keyword(it, role) for it in ordered))


_VERSION = r"(?:[ \-](?!Code|App|Agent|Desktop|CLI|Enterprise)[A-Z][A-Za-z]+){0,2}[ \-]?[A-Za-z]?\d"
# What may follow the Chinese word for the thing released: not a noun that it qualifies.
_HEAD = (
    r"(?=$|[^一-鿿]|发布|推出|上线|开源|开放|问世|面世|亮相|登场|"
    r"系列|家族|及|和|与|并|等|已|将|正式|全面)"
)


def _keyword(word: str, role: str) -> str:
    bare = re.escape(word).replace(r"\*", r"[A-Za-z0-9.\-]+").replace(r"\#", _VERSION)
    if re.search("[一-鿿]", word):
        return bare + (_HEAD if role == "object" else "")
    cased = bare if re.search("[A-Z]", word) else f"(?i:{bare})"
    before = "(?<![A-Za-z0-9])" if word[0].isalnum() else ""
    return before + cased + ("" if word.endswith("#") else "(?![A-Za-z0-9])")


# Who is named -----------------------------------------------------------------------------------


def mentions(text: str) -> list[Mention]:
    """Return the organisations that a text names, in order of appearance.

    Parameters
    ----------
    text
        Chinese, English or both.

    Returns
    -------
    list of Mention
        Without overlaps; where several names fit, the longest. Latin names are whole words in the
        case of the table, with or without a version after them.

    Examples
    --------
    >>> [(it.organization, it.text) for it in mentions("阿里Qwen3登顶，ChatGPT-4o is next")]
    [('Alibaba', '阿里'), ('Alibaba', 'Qwen'), ('OpenAI', 'ChatGPT')]
    >>> mentions("a codex, a meta-analysis, 可灵活配置")
    []
    """
    found = _names().finditer(text)
    every = (Mention(*_aliases()[it[0]], it[0], *it.span()) for it in found)
    return [it for it in every if it.kind != "other" and not _is_elsewhere(text, it)]


def _is_elsewhere(text: str, it: Mention) -> bool:
    """Whether a Chinese office's name is meant of another country's, or of a city's."""
    generic = it.kind == "government" and it.region == "CN" and not it.text.isascii()
    return generic and bool(_elsewhere().search(text[max(0, it.start - 12) : it.start]))


def region_of(organization: str) -> str:
    """Return the seat of an organisation, or ``unknown`` where the table does not have it.

    Parameters
    ----------
    organization
        Its name, or any of its aliases.

    Examples
    --------
    >>> region_of("Mistral AI"), region_of("智谱"), region_of("UNESCO"), region_of("Acme")
    ('FR', 'CN', 'global', 'unknown')
    """
    return _aliases().get(organization, ("", "unknown", ""))[1]


# Who acted --------------------------------------------------------------------------------------

_LABEL = re.compile(r"[\s*_]*+([^：:*_，,。]{1,24})[*_]*+\s?[：:][\s*_]*+")
_ISSUER = re.compile(
    r"(?i:发布方|发布机构|发布单位|发布者|主体|行为主体|机构|公司|企业|厂商|开发方|开发商|开发者|"
    r"研发方|研发机构|出品方|制定机关|制定单位|牵头单位|主办方|"
    r"issuer|issued by|publisher|published by|developer|maker|company|organi[sz]ation|actor|who)"
)
_TELLING = re.compile(
    r"(?i:事件|进展|内容|概要|概述|概况|成就|动作|发布|措施|成果|动态|消息|突破|"
    r"event|news|what|what happened|summary|details?|announcement)"
)
_CLAUSE = re.compile(r"[，；。！？：｜—]|[,;:!?](?=\s|$)|\s[-–|]\s")
_QUOTED = re.compile(r"《[^《》]*》|“[^“”]*”|\"[^\"]*\"|「[^「」]*」")

# Words that may stand before the one who acts without being anyone else.
_BEFORE = re.compile(
    r"(?:[\s\d“\"「『（()）【】→·、年月日]|近日|日前|今日|昨日|此前|消息称|消息人士称|传|曝|独家|重磅|快讯|"
    r"突发|刚刚|美国|中国|法国|英国|德国|日本|韩国|印度|以色列|加拿大|阿联酋|新加坡|欧洲|海外|国内|"
    r"国产|全球|知名|AI|人工智能|大模型|模型|开源|端侧|B|科技|芯片|机器人|电商|社交|搜索|视频|视觉|"
    r"编程|语音|多模态|初创|公司|企业|巨头|独角兽|厂商|平台|助手|应用|智能体|监管机构|新|首款|首个|"
    r"旗下|工具|沙特|瑞典|瑞士|意大利|荷兰|西班牙|俄罗斯|澳大利亚|[美英法德韓]國|香港|台湾|北京|上海|"
    r"深圳|杭州|创办的|创立的|[A-Z][a-z]+['’]s\b|"
    r"\b(?i:the|a|an|new|chinese|us|american|french|german|british|uk|japanese|korean|indian|israeli|"
    r"canadian|ai|tech|chip|cloud|search|social|video|image|robotics|humanoid|open-source|startup|"
    r"start-up|giant|firm|company|maker|chipmaker|carmaker|lab|model|chatbot|assistant|regulator|"
    r"watchdog|breaking|exclusive)\b)*+"
)
# A clause that opens with one of these is about something other than the act.
_CIRCUMSTANCE = re.compile(
    r"\s*(?:根据|据|援引|面对|对标|继|随着|为|应对|追赶|借助|受|在|针对|挑战|紧跟|对抗|除|对|向|与|和|自|"
    r"(?i:(?:according to|per|after|amid|despite|following|as|with|unlike|in|on|for|by|from|citing|"
    r"based on|backed by|facing|while|when)\b))"
)
_SOURCE = re.compile(r"(?:根据|据|援引|(?i:according to|per|citing)\s(?:the )?)$")
_ACTS = "发布|推出|开发|研发|研制|打造|制作|主办|牵头|起草|提出|联合|开源|收购|出品|制定|公布|举办"
_AGENT = re.compile(rf"[^，。；]{{0,16}}?(?:{_ACTS})")
_ATTRIBUTE = re.compile("[^，。；]{1,6}的")
_DONE_BY = (
    r"\b(?!(?:powered|backed|inspired|followed|led|supported|accompanied|funded|hosted|joined|used)\b)"
    r"(?:\w+ed|built|made|sued|hit|won|bought|written|given|shown|overtaken|beaten) by\b"
)
_BY = re.compile(_DONE_BY + " (?:the )?$")
_PASSIVE = re.compile("被(?!曝|爆|传|指|视|誉|称)|遭(?!遇)|" + _DONE_BY)
_MODIFIER = re.compile(
    r"\s?的?(?:系(?![列统])|之外|以外|之后|竞争对手|老对手|对手|劲敌|竞品|投资的|支持的|领投的|孵化的|背后的|"
    r"前\w{0,6}?(?:高管|员工|CTO|首席|研究员|科学家|负责人))|"
    r"(?:['’]s)?[- ](?i:rival|backed|owned|funded|affiliated|backer|partner|investor|alum|alumni|"
    r"veterans?|spin-?off|style|like|compatible|powered|based)\b"
)
_OF_OTHERS = re.compile(
    r"\s*(?:[- ]?(?i:co-?founder|founder|researcher|employee|engineer|executive|user|customer)s?|"
    r"前\w{0,6}?(?:高管|员工|CTO|首席|研究员)|联合创始人|创始人|员工|离职|上的|里的|中的|平台上)"
)
_REPORTS = re.compile(
    r"\s?的?(?:最新)?(?:数据|报告|调查|榜单|排行|统计|报道|消息|研究)(?:显示|称|指出|表明)?|"
    r"显示|称|指出|表明|(?:['’]s)?\s(?i:data|report|survey|figures|poll|ranking)?\s?"
    r"(?i:data|shows?|says?|reports?|finds?|ranking|suggests?)\b"
)
_OUTDONE = re.compile(
    r"不敌|输给|落后|(?i:\b(?:loses (?:\w+ )*to|trails|lags|falls behind|behind)\b)"
)


def acting_organization(title: str, facts: Sequence[str] = ()) -> Mention | None:
    """Return who acted, or None where that is not clear.

    A fact that says so ("发布方：…", "Issuer: …") has the first word, then the title; if that names
    nobody, the facts. Whoever only measured or reported did not act, nor did the one acted upon.

    Parameters
    ----------
    title
        The heading of the event.
    facts
        What is told of it, each with its label if it has one.

    Returns
    -------
    Mention or None
        With its place in the title, or in the fact that names it.

    Examples
    --------
    >>> acting_organization("北京的产业白皮书面世", ["发布方：北京市科委"]).organization
    'Beijing Municipal Science and Technology Commission'
    >>> acting_organization("Sensor Tower数据显示Gemini增速反超ChatGPT").text
    'Gemini'
    >>> acting_organization("Startup sues OpenAI over its name") is None
    True
    """
    for text in (title, *facts):
        label = _LABEL.match(text)
        if label and _ISSUER.fullmatch(label[1].strip()):
            return next((it for it in mentions(text) if it.start >= label.end()), None)
    if mentions(title):
        return _actor_in(title)
    actors = [actor for fact in facts if _is_telling(fact) and (actor := _actor_in(fact))]
    same = {actor.organization for actor in actors}
    return actors[0] if len(same) == 1 else None


def _is_telling(fact: str) -> bool:
    """Whether a fact tells the act itself, rather than its background or meaning."""
    label = _LABEL.match(fact)
    return label is None or bool(_TELLING.fullmatch(label[1].strip()) or mentions(label[1]))


def _is_background(fact: str) -> bool:
    label = _LABEL.match(fact)
    return label is not None and label[1].strip().casefold() in names("background label")


def _actor_in(text: str) -> Mention | None:
    label = _LABEL.match(text)
    start = label.end() if label and _TELLING.fullmatch(label[1].strip()) else 0
    named = [it for it in _outside_quotes(text) if it.start >= start]
    agents = [it for it in named if _is_agent(text, it)]
    if agents:
        return agents[0]
    for left, right in _clauses(text, start):
        here = [it for it in named if left <= it.start < right]
        cited = [it for it in here if _end_of_source(text, it, left, right)]
        if not cited and _CIRCUMSTANCE.match(text, left):
            continue
        left = _past_others(text, here, left, right)
        subject = next((it for it in here if it.start >= left), None)
        if subject:
            return _acting(text, subject, left, right, here)
        heads = text[right : right + 1] in ("：", ":", "｜")
        if not (here or heads or _BEFORE.fullmatch(text, left, right)):
            return None
    return None


def _clauses(text: str, start: int) -> Iterator[tuple[int, int]]:
    for mark in _CLAUSE.finditer(text, start):
        yield start, mark.start()
        start = mark.end()
    yield start, len(text)


def _outside_quotes(text: str) -> list[Mention]:
    """Return the mentions that are no mere part of a title or a phrase in quotes."""
    inside = {
        place
        for quoted in _QUOTED.finditer(text)
        if quoted[0][1:-1] not in _aliases()
        for place in range(*quoted.span())
    }
    return [it for it in mentions(text) if it.start not in inside]


def _is_agent(text: str, it: Mention) -> bool:
    """Whether a passive names a mention as the one who did it."""
    before = text[max(0, it.start - 40) : it.start]
    if before.endswith("由"):
        return bool(_AGENT.match(text, it.end))
    done = before.endswith("被") and not _ATTRIBUTE.match(text, it.end)
    return done or bool(_BY.search(before))


def _past_others(text: str, here: Sequence[Mention], left: int, right: int) -> int:
    """Return where a clause comes to its subject, past sources and whoever only qualifies it."""
    for it in here:
        modifier = _MODIFIER.match(text, it.end, right)
        end = _end_of_source(text, it, left, right) or (modifier.end() if modifier else None)
        if end is None:
            break
        left = end
    return left


def _end_of_source(text: str, it: Mention, left: int, right: int) -> int | None:
    """Return where the words end by which a mention is named as a source, if it is one."""
    says = _REPORTS.match(text, it.end, right)
    before, after = text[left : it.start], text[it.end : right]
    if it.kind in _REPORTERS and not before.strip() and not after.strip("榜单排行 "):
        return right
    if says and (it.kind in _REPORTERS or _SOURCE.search(before)):
        return says.end()
    return None


def _acting(
    text: str, subject: Mention, left: int, right: int, here: Sequence[Mention]
) -> Mention | None:
    """Return the subject of a clause, or who outdid it, or None if somebody else may have acted."""
    if not _BEFORE.fullmatch(text, left, subject.start) or _OF_OTHERS.match(text, subject.end):
        return None
    if _PASSIVE.search(text, subject.end, right):
        return None
    if _OUTDONE.search(text, subject.end, right):
        rivals = (it for it in here if it.start > subject.start)
        return next((it for it in rivals if it.organization != subject.organization), None)
    return subject


# What kind of event -----------------------------------------------------------------------------

_BUILT_ON = re.compile(
    r"(?:基于|搭载|依托|采用|由|以)[^，。；的]*(?:的|驱动|为底座)|基于[^，。；]*|"
    r"(?i:\b(?:powered by|built on|based on|with|using)\b[^,.;]*)"
)


def propose_category(
    title: str, facts: Sequence[str] = (), actor: Mention | None = None
) -> str | None:
    """Return the category of an event, or None where the rules of the codebook do not settle it.

    The title decides, clause by clause; where it says nothing, the first fact that tells the act.

    Parameters
    ----------
    title
        The heading of the event.
    facts
        What is told of it, each with its label if it has one.
    actor
        Who acted; by default, whom :func:`acting_organization` finds.

    Returns
    -------
    str or None

    Examples
    --------
    >>> propose_category("阿里两款模型居榜单前二", ["成就：SpatialBench基准测试第一、第二名"])
    'evaluation'
    >>> propose_category("OpenAI releases GPT-5.2"), propose_category("OpenAI launches a browser")
    ('model', 'product')
    >>> propose_category("OpenAI’s quiet month") is None
    True
    """
    actor = actor or acting_organization(title, facts)
    if actor is not None and actor.kind in _PUBLIC:
        return _of_public(title, actor)
    if actor is None and _keywords("policy", "act").search(title):
        return "policy"
    whole = "\n".join((title, *facts))
    for text in (title, *[fact for fact in facts if _is_telling(fact)][:1]):
        for left, right in _clauses(text, 0):
            settled, category = _of_clause(text[left:right], whole, actor)
            if settled:
                return category
        if _keywords("product", "release").search(text):
            return _released([fact for fact in facts if not _is_background(fact)], actor)
    return None


def _of_public(title: str, actor: Mention) -> str | None:
    """Return policy, except where a public body may use AI rather than rule on it."""
    others = any(it.kind in _MAKERS for it in mentions(title) if it != actor)
    uses = others and _keywords("deployment", "act").search(title)
    return None if uses and not _keywords("policy", "act").search(title) else "policy"


def _of_clause(clause: str, whole: str, actor: Mention | None) -> tuple[bool, str | None]:
    """Return whether a clause settles the category, if only that none can be told, and which."""
    kind = actor.kind if actor else ""
    release = _keywords("product", "release").search(clause)
    ranked = _keywords("evaluation", "act").search(clause)
    ranked = None if release and ranked and release.start() < ranked.start() else ranked
    if ranked and _is_measured(whole):
        return True, "evaluation"
    money = actor and _keywords("business", "money").search(clause)
    if money or _keywords("business", "act").search(clause):
        return True, "business"
    if ranked or (release and _keywords("product", "bar").search(clause)):
        return True, None
    if _keywords("product", "integration").search(clause):
        return True, "product" if kind in _MAKERS else "deployment" if kind in _NOT_MAKERS else None
    if release:
        thing = _released([clause], actor)
        return thing is not None, thing
    if _keywords("deployment", "act").search(clause):
        return True, "deployment" if _is_on_site(clause, actor) else None
    return bool(_keywords("society", "act").search(clause)), "society"


def _is_measured(text: str) -> bool:
    """Whether a text names a benchmark or whoever measured."""
    named = any(it.kind == "analyst" for it in mentions(text))
    return named or bool(_keywords("evaluation", "measure").search(text))


def _is_on_site(clause: str, actor: Mention | None) -> bool:
    if actor is not None:
        return actor.kind in _NOT_MAKERS
    return bool(_keywords("deployment", "site").search(clause))


def _released(texts: Sequence[str], actor: Mention | None) -> str | None:
    """Return what the first of some texts that says so calls a thing released: model or product."""
    for text in texts:
        bare = _BUILT_ON.sub("", text)
        noun = _keywords("model", "object").search(bare)
        model = noun or _keywords("model", "family").search(bare)
        product = _keywords("product", "object").search(bare)
        if model and (noun or not product):
            return "model"
        if product:
            made_to_sell = not model and (actor is None or actor.kind in _MAKERS)
            return "product" if made_to_sell else None
    return None

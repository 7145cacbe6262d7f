"""A made-up January 2026 beside December 2025, and what is later put right of December."""

import csv
import json
import shutil

from december import DATA

from aistats.tables.package import read_tables
from aistats.tables.slices import slice_tables

SOURCE = "ai-events-2026-01"

_WINDOWS = {
    "一": "2026-01-01/2026-01-10",
    "二": "2026-01-11/2026-01-20",
    "三": "2026-01-21/2026-01-31",
}
_THEMES = {
    "competition-prices-2026": ("各家竞相降价。", "Vendors undercut each other."),
    "technology-agents-2026": ("智能体走向实用。", "Agents become practical."),
    "governance-labels-2026": ("生成内容的标识渐成通例。", "Labels become common."),
}
# slug, section, day ("" where none is stated), region, category, organization
_EVENTS = [
    ("openai-price-cut", "一", "2026-01-02", "US", "business", "OpenAI"),
    ("openai-voice", "一", "", "US", "product", "OpenAI"),
    ("gemini-desktop", "一", "2026-01-05", "US", "product", "Google"),
    ("anthropic-model", "一", "2026-01-06", "US", "model", "Anthropic"),
    ("eu-label-code", "一", "2026-01-07", "BE", "policy", "European Commission"),
    ("qwen-model", "一", "", "CN", "model", "Alibaba"),
    ("deepseek-price-cut", "一", "2026-01-08", "CN", "business", "DeepSeek"),
    ("doubao-shop", "一", "", "CN", "product", "ByteDance"),
    ("hunyuan-video", "二", "2026-01-12", "CN", "model", "Tencent"),
    ("sensetime-class", "二", "", "CN", "deployment", "SenseTime"),
    ("beijing-label-rule", "二", "2026-01-13", "CN", "policy", "Beijing"),
    ("mistral-model", "二", "2026-01-14", "FR", "model", "Mistral AI"),
    ("oecd-survey", "二", "", "global", "evaluation", "OECD"),
    ("nvidia-stake", "二", "2026-01-15", "US", "business", "NVIDIA"),
    ("openai-agent", "二", "2026-01-16", "US", "product", "OpenAI"),
    ("agent-dispute", "二", "", "unknown", "society", "unknown"),
    ("tokyo-clinic", "二", "2026-01-19", "JP", "deployment", "Tokyo"),
    ("stepfun-model", "三", "2026-01-22", "CN", "model", "StepFun"),
    ("ant-agent", "三", "", "CN", "product", "Ant Group"),
    ("hong-kong-plan", "三", "2026-01-23", "HK", "policy", "Hong Kong"),
    ("gemini-price-cut", "三", "2026-01-26", "US", "business", "Google"),
    ("arena-ranking", "三", "", "US", "evaluation", "LMArena"),
    ("un-panel", "三", "2026-01-28", "global", "policy", "United Nations"),
    ("shenzhen-bus", "三", "", "CN", "deployment", "Shenzhen"),
    ("kling-model", "三", "2026-01-30", "CN", "model", "Kuaishou"),
]
_EVIDENCE = {
    "competition-prices-2026": ("openai-price-cut", "deepseek-price-cut", "gemini-price-cut"),
    "technology-agents-2026": ("openai-agent", "ant-agent"),
}


def january(folder):
    """Make `folder`/data, December with January added, and return it."""
    data = shutil.copytree(DATA, folder / "data")
    book = data / "datapackage.json"
    package = json.loads(book.read_text(encoding="utf-8"))
    names = {"name": SOURCE, "series": package["sources"][0]["series"]}
    titles = {"title": "A made-up report on January 2026", "title_zh": "编造的2026年1月报告"}
    texts = {"description": "Made up for tests.", "description_zh": "为测试编造。"}
    package["sources"] = [package["sources"][0], names | titles | texts]
    book.write_text(json.dumps(package, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    windows = [{"section": it, "window": window} for it, window in _WINDOWS.items()]
    add(data, "coverage", *({"source": SOURCE, "basis": "stated"} | it for it in windows))
    add(data, "events", *(_event(place, *it) for place, it in enumerate(_EVENTS, 1)))
    for theme, (zh, en) in _THEMES.items():
        group = theme.partition("-")[0]
        row = {"theme_id": theme, "group": group, "source": SOURCE}
        add(data, "themes", row | {"statement_zh": zh, "statement_en": en})
        for slug in _EVIDENCE.get(theme, ()):
            link = {"event_id": f"{slug}-2026-01", "theme_id": theme}
            add(data, "event_themes", link | {"stance": "supports"})
    row = {"edition": "2026-01", "sources": SOURCE, "baseline": "2025-12", "languages": "zh en"}
    add(data, "editions", row)
    return data


def revise(data):
    """Put December right: two events added, one re-dated, two re-coded, one withdrawn."""
    for place, slug in enumerate(("zhipu-listing", "runway-model"), 6):
        late = _event(place, slug, "一", "", "CN", "business", "Zhipu AI", month="2025-12")
        section = f"一·国内AI动态·{place}"
        late |= {"reported": "2025-11-30/2025-12-06", "source_section": section}
        add(data, "events", late | {"source": "ai-events-2025-12"})
    put(data, "sensetime-seko-2-0-2025-12", date="2025-12-16", date_text="12月16日")
    put(data, "codex-mortis-2025-12", region="US", category="product")
    put(data, "chatgpt-adult-mode-2025-12", planned_for="2026-04/2026-06")
    gone = "ant-lingguang-2025-12"
    for name in ("events", "event_themes"):
        header, rows = read(data, name)
        write(data, name, header, [row for row in rows if row["event_id"] != gone])


def publish(data, reports, label="2025-12"):
    """Put what an edition is made from where a published edition has it, and return `reports`."""
    tables, book = read_tables(data)
    place = reports / label / "data"
    place.mkdir(parents=True)
    shutil.copy(data / "datapackage.json", place)
    for name, table in slice_tables(tables, book, label).items():
        table.to_csv(place / book.tables[name].path, index=False, lineterminator="\n")
    return reports


def add(data, name, *new):
    """Append rows to a table; cells that are not given are empty."""
    header, rows = read(data, name)
    write(data, name, header, [*rows, *new])


def put(data, event, **cells):
    """Write cells of an event."""
    header, rows = read(data, "events")
    write(
        data, "events", header, [row | cells if row["event_id"] == event else row for row in rows]
    )


def read(data, name):
    """Return the header and the rows of a table."""
    with (data / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        return reader.fieldnames, [*reader]


def write(data, name, header, rows):
    """Write a table as the data have it."""
    with (data / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _event(place, slug, section, day, region, category, organization, month="2026-01"):
    """Return a made-up event as a row."""
    name = slug.replace("-", " ")
    _, number, date = day.split("-") if day else ("", "", "")
    return {
        "event_id": f"{slug}-{month}",
        "date": day,
        "date_text": f"{int(number)}月{int(date)}日" if day else "",
        "reported": _WINDOWS[section],
        "region": region,
        "category": category,
        "organization": organization,
        "status": "occurred",
        "title_zh": f"编造的第{place}条：{name}",
        "title_en": f"Made-up event {place}: {name}",
        "summary_zh": f"为测试编造的事件（{name}）。",
        "summary_en": f"An event made up for tests ({name}).",
        "source": SOURCE,
        "source_section": f"{section}·{place}",
    }

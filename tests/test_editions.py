"""A whole edition, built from the real data; and what must not happen when something is wrong."""

import csv
import hashlib
import json
import platform
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from december import DATA
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from aistats.editions import build, check_parameters, find_notebooks
from aistats.faults import DataError, NotebookError, ParameterError

ROOT = Path(__file__).parents[1]
LANGUAGES = ("zh", "en")


def hashes(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    """Build December 2025 elsewhere: another path, time zone, locale and working directory."""
    place = tmp_path_factory.mktemp("别处 elsewhere")
    shutil.copytree(DATA, place / "data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "Asia/Shanghai")
        patch.setenv("LC_ALL", "tr_TR.UTF-8")
        patch.setenv("PYTHONHASHSEED", "7")
        patch.chdir(place)
        built = build("2025-12", notebooks=ROOT / "notebooks")
    assert built.changed is None
    return place / built.folder


def test_the_edition_is_laid_out_as_promised(edition):
    files = set(hashes(edition))
    stems = [path.stem for path in find_notebooks(ROOT / "notebooks")]
    for language in LANGUAGES:
        assert {f"{language}/{stem.split('-', 1)[1]}.html" for stem in stems} <= files
        assert {f"notebooks/{stem}.{language}.ipynb" for stem in stems} <= files
        assert {f"digest.{language}.md", f"digest.{language}.docx"} <= files
        assert f"{language}/events.html" in files
    assert {"index.html", "style.css", "events.js", "manifest.json"} <= files
    tables = {Path(name).stem for name in files if name.startswith("tables/")}
    kinds = {
        f"figures/{table}.{language}.{ending}"
        for table in tables
        for language in LANGUAGES
        for ending in ("png", "svg", "bare.png", "narrow.png")
    }
    assert kinds == {name for name in files if name.startswith("figures/")}


@pytest.mark.skipif(
    (platform.system(), platform.machine()) != ("Linux", "x86_64"),
    reason="bytes are promised for Linux x86-64",
)
def test_it_equals_the_published_edition_to_the_byte(edition):
    assert hashes(edition) == hashes(ROOT / "reports" / "2025-12")


def test_the_manifest_has_the_hash_of_every_other_file(edition):
    manifest = json.loads((edition / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["outputs"] == {k: v for k, v in hashes(edition).items() if k != "manifest.json"}


def test_a_page_speaks_one_language_and_has_no_code_and_no_script_but_that_of_the_list(edition):
    for page in (edition / "en").glob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "import aistats" not in text
        scripts = re.findall(r"<script[^>]*>", text)
        assert scripts == ['<script src="../events.js">'] * (page.name == "events.html")
        chinese = r'<(\w+) [^>]*lang="zh-Hans"[^>]*>.*?</\1>'  # and said to be
        body = re.sub(rf"{chinese}|<table.*?</table>", "", text, flags=re.DOTALL)
        assert not re.findall(r"[一-鿿]+", re.sub(r"<[^>]*>", "", body)), page.name


def test_every_count_of_every_table_leads_to_as_many_events(edition):
    for language in LANGUAGES:
        events = (edition / language / "events.html").read_text(encoding="utf-8")
        for page in (edition / language).glob("*.html"):
            text = page.read_text(encoding="utf-8")
            cells = re.findall(r'<a href="\.\./\w\w/events\.html#(count-[^"]+)">(\d+)</a>', text)
            of_events = ("events.html", "what-is-on-record.html", "what-the-source-claims.html")
            assert bool(cells) == (page.name not in of_events)
            for anchor, count in cells:
                row = events.split(f'<div id="{anchor}">')[1].split("</div>")[0]
                sure, *possible = (part.count("<li>") for part in row.split("<dd>")[1:])
                assert int(count) in {sure, sure + sum(possible), *possible}


def test_a_table_of_counts_adds_up_to_the_events_on_record(edition):
    for name in ("regions", "scopes", "categories", "matrix"):
        with (edition / f"tables/{name}.csv").open(encoding="utf-8") as file:
            assert sum(int(row["count"]) for row in csv.DictReader(file)) == 20


def test_the_digest_has_every_event_and_every_theme_with_its_place(edition):
    for language in LANGUAGES:
        digest = (edition / f"digest.{language}.md").read_text(encoding="utf-8")
        plain = re.sub(r"\\(.)", r"\1", digest)
        for table, columns in {"events": ("title", "summary"), "themes": ("statement",)}.items():
            with (DATA / f"{table}.csv").open(encoding="utf-8") as file:
                for row in csv.DictReader(file):
                    assert all(row[f"{column}_{language}"] in plain for column in columns)
                    assert row.get("source_section", "").partition("·")[2] in plain
        for target in re.findall(r"!\[.*?\]\((.*?)\)", digest):
            assert (edition / target).exists()


# What must not happen ----------------------------------------------------------------------------


def notebook(folder, *sources):
    prose = [new_markdown_cell(f"# {tag}", metadata={"tags": [tag]}) for tag in LANGUAGES]
    parameters = (
        'edition: str = "2025-12"  # label\nlanguage: str = "zh"  # zh or en\n'
        'data: str = "../data"  # folder\nperiod: str = "week"  # a period\n'
        "size: int = 1  # a number\nshare: float = 0.5  # a number\nloud: bool = False  # yes or no"
    )
    cells = [new_code_cell(parameters, metadata={"tags": ["parameters"]})]
    cells += [new_code_cell(source) for source in sources]
    folder.mkdir(exist_ok=True)
    path = folder / "1-one.ipynb"
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    nbformat.write(new_notebook(cells=[*prose, *cells], metadata=kernel), path)
    return path


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with one notebook, and an edition already published from it."""
    shutil.copytree(DATA, tmp_path / "data")
    notebook(tmp_path / "notebooks", "import aistats as ai\nai.Sentence(f'{language} {period}')")
    monkeypatch.chdir(tmp_path)
    published = tmp_path / "reports" / "2025-12"
    published.mkdir(parents=True)
    (published / "index.html").write_text("published")
    return tmp_path


def assert_nothing_happened(project):
    assert hashes(project / "reports") == {
        "2025-12/index.html": hashlib.sha256(b"published").hexdigest()
    }
    assert [path.name for path in (project / "reports").iterdir()] == ["2025-12"]


def test_parameters_are_taken_as_the_types_that_the_notebook_declares(project):
    given = ["period=month", "size=7", "share=2", "loud=true", "period=007"]
    values = check_parameters(given, find_notebooks())
    assert values == {"period": "007", "size": 7, "share": 2.0, "loud": True}
    assert isinstance(values["share"], float)


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ("perod=week", "parameter"),
        ("language=en", "parameter"),
        ("period", "parameter_form"),
        ("size=1.5", "parameter_type"),
        ("size=true", "parameter_type"),
        ("size=", "parameter_type"),
        ("share=much", "parameter_type"),
        ("loud=1", "parameter_type"),
    ],
)
def test_a_misspelt_or_ill_typed_parameter_is_refused_before_anything_runs(project, given, kind):
    notebook(project / "notebooks", "open('ran', 'w')")
    with pytest.raises(ParameterError) as caught:
        build("2025-12", parameters=[given])
    assert [fault.kind for fault in caught.value.faults] == [kind]
    assert not (project / "ran").exists()
    assert_nothing_happened(project)


def test_all_wrong_parameters_are_named_at_once(project):
    with pytest.raises(ParameterError) as caught:
        check_parameters(["perod=week", "size=x", "loud"], find_notebooks())
    assert len(caught.value.faults) == 3


def test_wrong_data_leaves_the_published_edition_as_it_was(project):
    with (project / "data/event_themes.csv").open("a", encoding="utf-8") as file:
        file.write("no-such-event-2025-12,technology-multimodal,supports\n")
    with pytest.raises(DataError, match="no-such-event"):
        build("2025-12")
    assert_nothing_happened(project)


def test_an_unknown_edition_is_refused_with_the_known_ones(project):
    with pytest.raises(DataError, match=r"2031-01.*2025-12"):
        build("2031-01")
    assert_nothing_happened(project)


def test_a_raising_notebook_is_named_with_its_cell_and_leaves_the_edition(project):
    notebook(project / "notebooks", "x = 1", "raise RuntimeError('the moon')")
    with pytest.raises(NotebookError, match=r"1-one\.ipynb.*3.*RuntimeError: the moon"):
        build("2025-12")
    assert_nothing_happened(project)


def test_a_rebuild_says_what_differs_and_keeps_the_commentary(project):
    published = project / "reports" / "2025-12"
    (published / "commentary.zh.md").write_text("我的按语", encoding="utf-8")
    build("2025-12")
    assert build("2025-12").changed == ()
    for made in (
        published / "commentary.zh.md",
        published / "digest.zh.md",
        published / "zh/one.html",
    ):
        assert "我的按语" in made.read_text(encoding="utf-8")
    editions = project / "data/editions.csv"
    editions.write_text(editions.read_text("utf-8").rstrip("\n") + "period=month\n", "utf-8")
    changed = build("2025-12").changed
    made_anew = {"notebooks/1-one.{}.ipynb", "{}/one.html", "digest.{}.md", "digest.{}.docx"}
    assert set(changed) == {"manifest.json"} | {
        path.format(language) for path in made_anew for language in LANGUAGES
    }
    assert [path.name for path in (project / "reports").iterdir()] == ["2025-12"]


def test_an_edition_is_not_overwritten_with_passing_parameters(project):
    build("2025-12")
    before = hashes(project / "reports")
    with pytest.raises(ParameterError, match="2025-12"):
        build("2025-12", parameters=["period=month"])
    assert hashes(project / "reports") == before
    draft = build("2025-12", parameters=["period=month"], reports="draft")
    assert "en month" in (draft.folder / "en/one.html").read_text(encoding="utf-8")


def test_a_first_edition_may_have_passing_parameters_beside_those_of_its_row(project):
    editions = project / "data/editions.csv"
    editions.write_text(editions.read_text("utf-8").rstrip("\n") + "period=month\n", "utf-8")
    built = build("2025-12", parameters=["size=3"], reports="draft")
    manifest = json.loads((built.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["parameters"] == {"period": "month", "size": 3}


@pytest.mark.parametrize("text", ["", "[]", "null", '{"edition": "2025-12"}', '{"outputs": null}'])
def test_a_manifest_that_is_not_ours_stops_nothing(project, text):
    (project / "reports/2025-12/manifest.json").write_text(text)
    assert build("2025-12").changed is None
    assert build("2025-12").changed == ()


def test_what_others_put_into_the_folder_stays(project):
    published = project / "reports" / "2025-12"
    (published / "notes.txt").write_text("mine")
    (published / "slides").mkdir()
    (published / "slides/1.txt").write_text("mine too")
    build("2025-12")
    assert build("2025-12").changed == ()
    assert (published / "notes.txt").read_text() == "mine"
    assert (published / "slides/1.txt").read_text() == "mine too"


def test_it_builds_from_any_working_directory(project, tmp_path_factory, monkeypatch):
    here = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.chdir(here)
    kept = build("2025-12", data=project / "data", notebooks=project / "notebooks", reports="out")
    assert kept.folder.resolve() == here / "out/2025-12"
    assert [path.name for path in here.iterdir()] == ["out"]
    assert Path.cwd() == here


@pytest.mark.filterwarnings("ignore::aistats.events.DataWarning")
def test_a_warning_does_not_carry_a_path_into_the_edition(project):
    events = project / "data/events.csv"
    events.write_text(
        events.read_text("utf-8").replace("2025-12-15,12月15日", "2024-12-15,12月15日")
    )
    notebook(project / "notebooks", "import aistats as ai\nai.read_edition(data, edition).label")
    folder = build("2025-12").folder
    assert not any(str(project).encode() in path.read_bytes() for path in folder.rglob("*.*"))


@pytest.mark.parametrize(
    ("name", "change", "kind"),
    [
        ("one.ipynb", lambda text: text, "notebook_name"),
        ("2-one.ipynb", lambda text: text, "notebook_name"),
        ("2-two.ipynb", lambda text: text.replace("# en", "en"), "notebook_title"),
        ("2-two.ipynb", lambda text: text[:-20], "notebook_form"),
    ],
)
def test_notebooks_are_looked_at_before_they_run(project, name, change, kind):
    source = (project / "notebooks/1-one.ipynb").read_text(encoding="utf-8")
    (project / "notebooks" / name).write_text(change(source), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        build("2025-12")
    assert {fault.kind for fault in caught.value.faults} == {kind}
    assert_nothing_happened(project)


def test_a_commentary_in_another_encoding_is_a_fault(project):
    path = project / "reports/2025-12/commentary.zh.md"
    path.write_bytes("按语".encode("gb18030"))
    with pytest.raises(DataError, match=r"commentary\.zh\.md"):
        build("2025-12")


def test_two_exhibits_of_one_name_or_number_are_a_fault(project):
    cell = (
        "import aistats as ai\nrecord = ai.read_edition(data, edition)\n"
        "counts = ai.count_events(record.events, by='scope')\n"
        "ai.show(ai.plot_counts, counts, record=record, name={!r}, number={}, title='One.')"
    )
    notebook(project / "notebooks", cell.format("a", 1), cell.format("a", 2), cell.format("b", 1))
    with pytest.raises(DataError) as caught:
        build("2025-12")
    assert {(fault.kind, fault.value) for fault in caught.value.faults} == {
        ("exhibit", "a"),
        ("exhibit", "b"),
    }
    assert_nothing_happened(project)


def test_a_dead_kernel_is_a_fault(project):
    notebook(project / "notebooks", "import os\nos._exit(1)")
    with pytest.raises(NotebookError, match="1-one"):
        build("2025-12")
    assert_nothing_happened(project)


def test_markup_in_a_title_is_text_on_the_cover_and_in_the_digest(project):
    book = project / "data/datapackage.json"
    odd = "<b>& *odd* $x$</b>"
    text = book.read_text("utf-8").replace("2025年12月AI事件综合报告", odd)
    book.write_text(
        text.replace("Comprehensive report on AI events of December 2025", odd), "utf-8"
    )
    events = project / "data/events.csv"
    events.write_text(
        events.read_text("utf-8").replace("Code red", odd).replace("红色警报", odd), "utf-8"
    )
    folder = build("2025-12").folder
    digest = (folder / "digest.zh.md").read_text("utf-8")
    assert odd not in digest
    assert r"\<b\>\& \*odd\* \$x\$\</b\>" in digest
    assert "<b>" not in (folder / "index.html").read_text("utf-8")


def test_next_months_rows_leave_this_edition_alone(project):
    build("2025-12")
    january = (
        "january-event-2026-01,2026-01-05,1月5日,2026-01-01/2026-01-10,US,model,OpenAI,occurred,,"
    )
    with (project / "data/events.csv").open("a", encoding="utf-8") as file:
        file.write(january + "一月,January,一月的事,Of January,report-2026-01,一·1,\n")
    with (project / "data/coverage.csv").open("a", encoding="utf-8") as file:
        file.write("report-2026-01,一,2026-01-01/2026-01-10,stated\n")
    with (project / "data/themes.csv").open("a", encoding="utf-8") as file:
        file.write("january-theme,technology,一月的判断,A claim of January,report-2026-01\n")
    with (project / "data/event_themes.csv").open("a", encoding="utf-8") as file:
        file.write("january-event-2026-01,january-theme,supports\n")
    with (project / "data/editions.csv").open("a", encoding="utf-8") as file:
        file.write("2026-01,report-2026-01,2025-12,zh en,period=month\n")
    codebook = project / "data/datapackage.json"
    package = json.loads(codebook.read_text(encoding="utf-8"))
    package["sources"].append({"name": "report-2026-01", "title": "January", "title_zh": "一月"})
    codebook.write_text(json.dumps(package), encoding="utf-8")
    assert build("2025-12").changed == ()
    january = build("2026-01")
    assert "en month" in (january.folder / "en/one.html").read_text(encoding="utf-8")

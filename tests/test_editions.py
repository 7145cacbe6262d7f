"""A whole edition, built from the real data; and what must not happen when something is wrong."""

import csv
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

import january
import nbformat
import pytest
from december import DATA
from projects import LANGUAGES, hashes, notebook, published_names, software

from aistats.cli import main
from aistats.editions.building import build
from aistats.editions.notebooks import check_parameters
from aistats.editions.publishing import EditionsFolder
from aistats.editions.verifying import published_editions, verify
from aistats.faults import DataError, Fault, NotebookError, ParameterError

ROOT = Path(__file__).parents[1]
PUBLISHED = ROOT / "reports/2025-12"
promised = pytest.mark.skipif(
    (platform.system(), platform.machine()) != ("Linux", "x86_64"),
    reason="bytes are promised for Linux x86-64",
)


# December, as it is published --------------------------------------------------------------------


def built_elsewhere(place, folders, umask, **environment):
    """Build an edition from copies of data and notebooks, as somebody else would elsewhere."""
    (place / "home").mkdir(parents=True)
    for folder in folders:
        shutil.copytree(folder, place / folder.name)
    packages = {name: it for name, it in os.environ.items() if name in ("PATH", "PYTHONPATH")}
    ran = subprocess.run(
        [sys.executable, "-m", "aistats", "report", "2025-12"],
        cwd=place,
        env={**packages, "HOME": str(place / "home"), **environment},
        umask=umask,
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    return place / "reports/2025-12"


@promised
@pytest.mark.editions
def test_it_is_the_same_to_the_byte_whatever_the_place_the_user_and_the_day(tmp_path):
    edition = built_elsewhere(
        tmp_path / "别处" / "一个 文件夹",
        (DATA, ROOT / "notebooks"),
        0o077,
        TZ="Asia/Shanghai",
        AISTATS_LANGUAGE="en",
        LC_ALL="zh_CN.UTF-8",
        PYTHONHASHSEED="7",
        PYTHONUTF8="0",
        MPLBACKEND="pdf",
    )
    assert hashes(edition) == hashes(PUBLISHED)  # which another day has made


@pytest.mark.editions
def test_so_is_a_small_one_in_yet_another_place(project_with_a_chart, tmp_path):
    edition = built_elsewhere(
        tmp_path / "İki {kasör} 'klasör'",
        (project_with_a_chart / "data", project_with_a_chart / "notebooks"),
        0o002,
        TZ="America/St_Johns",
        AISTATS_LANGUAGE="zh",
        LC_ALL="C",
        LANG="tr_TR.UTF-8",
        PYTHONHASHSEED="4294967295",
        COLUMNS="40",
    )
    assert hashes(edition) == hashes(project_with_a_chart / "reports/2025-12")


@pytest.fixture
def edition():
    return PUBLISHED


def test_the_edition_is_laid_out_as_promised(edition):
    files = set(hashes(edition))
    stems = [path.stem for path in sorted((ROOT / "notebooks").glob("[1-5]*.ipynb"))]
    for language in LANGUAGES:
        assert {f"{language}/{stem.split('-', 1)[1]}.html" for stem in stems} <= files
        assert {f"notebooks/{stem}.{language}.ipynb" for stem in stems} <= files
        assert {f"digest.{language}.md", f"digest.{language}.docx"} <= files
        assert f"{language}/events.html" in files
    assert {"index.html", "style.css", "events.js", "manifest.json"} <= files
    assert {f"data/{path.name}" for path in DATA.glob("*.[cj]s*")} <= files
    tables = {Path(name).stem for name in files if name.startswith("tables/")}
    kinds = {
        f"figures/{table}.{language}.{ending}"
        for table in tables
        for language in LANGUAGES
        for ending in ("png", "svg", "bare.png", "narrow.png")
    }
    assert kinds == {name for name in files if name.startswith("figures/")}


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
        plain = re.sub(r"\\(.)", r"\1", digest).replace(" · ", "·")
        for table, columns in {"events": ("title", "summary"), "themes": ("statement",)}.items():
            with (DATA / f"{table}.csv").open(encoding="utf-8") as file:
                for row in csv.DictReader(file):
                    assert all(row[f"{column}_{language}"] in plain for column in columns)
                    assert row.get("source_section", "").partition("·")[2] in plain
        for target in re.findall(r"!\[.*?\]\((.*?)\)", digest):
            assert (edition / target).exists()


# What must not happen ----------------------------------------------------------------------------


@pytest.fixture
def project(project_with_a_sentence, tmp_path, monkeypatch):
    """A project with one notebook whose outputs are known, and something already published."""
    for folder in ("data", "notebooks", "reports/.cache/kept"):
        shutil.copytree(project_with_a_sentence / folder, tmp_path / folder)
    monkeypatch.setattr("aistats.editions.inputs.software", software)
    monkeypatch.chdir(tmp_path)
    published = tmp_path / "reports" / "2025-12"
    published.mkdir(parents=True)
    (published / "index.html").write_text("published")
    return tmp_path


def assert_nothing_happened(project, *besides):
    assert hashes(project / "reports/2025-12") == {
        "index.html": hashlib.sha256(b"published").hexdigest()
    }
    assert published_names(project / "reports") == ["2025-12", *besides]
    assert not list((project / "reports/.cache").glob("work-*"))


def test_parameters_are_taken_as_the_types_that_the_notebook_declares(project):
    given = ["period=month", "size=7", "share=2", "loud=true", "period=007"]
    values = check_parameters(given, [nbformat.read(project / "notebooks/1-one.ipynb", 4)])
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
    notebooks = [nbformat.read(project / "notebooks/1-one.ipynb", 4)]
    with pytest.raises(ParameterError) as caught:
        check_parameters(["perod=week", "size=x", "loud"], notebooks)
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


@pytest.mark.editions
def test_a_raising_notebook_is_named_with_its_cell_and_lines_and_kept_aside(project):
    notebook(project / "notebooks", "x = 1", "y = 2\nz = 3\nraise RuntimeError('the moon')")
    with pytest.raises(NotebookError, match=r"1-one\.ipynb.*3.*RuntimeError: the moon") as caught:
        build("2025-12")
    (fault,) = caught.value.faults  # once, though it failed in both languages
    assert "----> 3 raise RuntimeError('the moon')" in fault.lines
    kept = project / "reports/2025-12.failed/1-one.zh.ipynb"
    assert f"→ {kept.relative_to(project).as_posix()}" in fault.lines
    assert "the moon" in kept.read_text(encoding="utf-8")
    assert_nothing_happened(project, "2025-12.failed")
    notebook(project / "notebooks", "x = 1")
    build("2025-12")
    assert published_names(project / "reports") == ["2025-12", "index.html"]


@pytest.mark.editions
def test_all_notebooks_that_fail_are_named_at_once(project):
    first = notebook(project / "notebooks", "raise RuntimeError('the moon')")
    shutil.copy(first, first.with_name("2-two.ipynb"))
    with pytest.raises(NotebookError) as caught:
        build("2025-12")
    assert {fault.file for fault in caught.value.faults} == {"1-one.ipynb", "2-two.ipynb"}


@pytest.mark.editions
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
    assert set(changed) == {"data/editions.csv", "manifest.json"} | {
        path.format(language) for path in made_anew for language in LANGUAGES
    }
    assert published_names(project / "reports") == ["2025-12", "index.html"]


@pytest.mark.editions
def test_an_edition_is_not_overwritten_with_passing_parameters(project):
    build("2025-12")
    before = hashes(project / "reports")
    with pytest.raises(ParameterError, match="2025-12"):
        build("2025-12", parameters=["period=month"])
    assert hashes(project / "reports") == before
    draft = build("2025-12", parameters=["period=month"], reports="draft")
    assert "en month" in (draft.folder / "en/one.html").read_text(encoding="utf-8")


@pytest.mark.editions
def test_a_first_edition_may_have_passing_parameters_beside_those_of_its_row(project):
    editions = project / "data/editions.csv"
    editions.write_text(editions.read_text("utf-8").rstrip("\n") + "period=month\n", "utf-8")
    built = build("2025-12", parameters=["size=3"], reports="draft")
    manifest = json.loads((built.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["parameters"] == {"period": "month", "size": 3}


@pytest.mark.editions
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


def test_links_and_empty_folders_of_others_stay_too(project):
    published = project / "reports" / "2025-12"
    (published / "slides").symlink_to(project / "data")
    (published / "nowhere").symlink_to(project / "file or folder not found")
    (published / "empty").mkdir()
    build("2025-12")
    assert (published / "slides").is_symlink()
    assert (published / "nowhere").is_symlink()
    assert (published / "empty").is_dir()


def test_an_edition_behind_a_link_stays_behind_it(project):
    elsewhere = project / "elsewhere"
    (project / "reports/2025-12").rename(elsewhere)
    (project / "reports/2025-12").symlink_to(elsewhere)
    build("2025-12")
    assert (project / "reports/2025-12").is_symlink()
    assert (elsewhere / "manifest.json").exists()


@pytest.mark.editions
def test_what_is_written_while_an_edition_is_published_is_not_lost(project, monkeypatch):
    build("2025-12")
    commentary = project / "reports/2025-12/commentary.zh.md"
    publish = EditionsFolder.publish

    def meanwhile(editions, new, label):
        commentary.write_text("刚写的", encoding="utf-8")
        return publish(editions, new, label)

    monkeypatch.setattr(EditionsFolder, "publish", meanwhile)
    notebook(project / "notebooks", "1")
    build("2025-12")
    assert commentary.read_text(encoding="utf-8") == "刚写的"


@pytest.mark.editions
def test_addresses_in_memory_are_not_published(project):
    notebook(project / "notebooks", "object()")
    executed = nbformat.read(build("2025-12").folder / "notebooks/1-one.zh.ipynb", 4)
    assert executed.cells[-1].outputs[0].data["text/plain"] == "<object>"


@pytest.mark.editions
def test_no_variable_or_setting_of_the_user_reaches_a_notebook(project, monkeypatch):
    monkeypatch.setenv("MINE", "mine")
    monkeypatch.setenv("PANDAS_FUTURE_INFER_STRING", "0")
    monkeypatch.setenv("MPLCONFIGDIR", str(project))
    (project / "matplotlibrc").write_text("figure.dpi: 33")
    source = "import os, matplotlib\nos.environ.get('MINE'), matplotlib.rcParams['figure.dpi']"
    notebook(project / "notebooks", source)
    executed = nbformat.read(build("2025-12").folder / "notebooks/1-one.zh.ipynb", 4)
    assert executed.cells[-1].outputs[0].data["text/plain"] == "(None, 100.0)"


@pytest.mark.editions
def test_a_notebook_that_names_no_language_speaks_that_of_its_run(project, monkeypatch):
    notebook(project / "notebooks", "import aistats as ai\nai.Sentence(ai.Fault('empty').text())")
    editions = []
    for variables in ({"AISTATS_LANGUAGE": "zh", "LC_ALL": "C"}, {"AISTATS_LANGUAGE": "en"}):
        for name, language in variables.items():
            monkeypatch.setenv(name, language)
        editions.append(build("2025-12", reports=variables["AISTATS_LANGUAGE"]).folder)
    assert hashes(editions[0]) == hashes(editions[1])
    for language in LANGUAGES:
        page = (editions[0] / language / "one.html").read_text("utf-8")
        assert Fault("empty").text(language) in page


@pytest.mark.editions
def test_a_cell_that_fails_in_both_languages_is_named_once_in_the_users(project, monkeypatch):
    notebook(project / "notebooks", "import aistats as ai\nai.read_events('nowhere.csv')")
    for language in LANGUAGES:
        monkeypatch.setenv("AISTATS_LANGUAGE", language)
        with pytest.raises(NotebookError) as caught:
            build("2025-12")
        (fault,) = caught.value.faults
        assert fault.lines[-1].endswith(f"1-one.{language}.ipynb")


# What verifying finds ----------------------------------------------------------------------------


def falsified(folder, name, text, **more):
    """Change a file of an edition, and the manifest with it."""
    (folder / name).write_text(text, encoding="utf-8")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8")) | more
    manifest["outputs"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")


def test_a_changed_or_missing_file_is_named_and_a_foreign_one_does_no_harm(project):
    folder = build("2025-12").folder
    (folder / "mine.txt").write_text("mine")
    assert verify(folder).exit_code == 0
    assert verify(folder).foreign == ("mine.txt",)
    (folder / "en/one.html").write_text("spoilt")
    (folder / "digest.zh.md").unlink()
    assert set(verify(folder).files) == {"en/one.html", "digest.zh.md"}
    assert verify(folder).exit_code == 3


@pytest.mark.editions
def test_a_file_that_was_changed_with_its_manifest_is_found_by_a_rebuild(project):
    folder = build("2025-12").folder
    falsified(folder, "en/one.html", "spoilt")
    assert verify(folder).exit_code == 0
    found = verify(folder, rebuild=True)
    assert set(found.rebuilt) == {"en/one.html", "manifest.json"}
    assert found.exit_code == 4


@pytest.mark.editions
def test_other_software_excuses_pictures_alone_and_never_says_that_all_is_well(project):
    folder = build("2025-12").folder
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    versions = manifest["versions"] | {"matplotlib": "1.0"}
    falsified(folder, "style.css", (folder / "style.css").read_text("utf-8"), versions=versions)
    found = verify(folder, rebuild=True)
    assert (dict(found.rebuilt), found.exit_code) == ({}, 5)
    falsified(folder, "en/one.html", "spoilt")
    assert set(verify(folder, rebuild=True).rebuilt) == {"en/one.html"}


def test_changed_inputs_are_named_with_the_cells_that_changed(project):
    folder = build("2025-12").folder
    events = project / "data/events.csv"
    events.write_text(events.read_text("utf-8").replace(",US,business,", ",US,model,", 1), "utf-8")
    found = verify(folder)
    (line,) = found.inputs["data/events.csv"]
    assert "category" in line
    assert found.exit_code == 4


def test_an_edition_that_has_lost_its_manifest_is_not_passed_over(project):
    folder = build("2025-12").folder
    (folder / "manifest.json").unlink()
    assert published_editions() == [folder]


@pytest.mark.parametrize("text", ["", "[]", '{"outputs": {}}', '{"edition": null}'])
def test_without_a_manifest_of_ours_nothing_is_verified(project, text):
    (project / "reports/2025-12/manifest.json").write_text(text)
    with pytest.raises(DataError):
        verify("reports/2025-12")


@pytest.mark.editions
def test_it_builds_from_any_working_directory(project, tmp_path_factory, monkeypatch):
    here = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.chdir(here)
    kept = build("2025-12", data=project / "data", notebooks=project / "notebooks", reports="out")
    assert kept.folder.resolve() == here / "out/2025-12"
    assert [path.name for path in here.iterdir()] == ["out"]
    assert Path.cwd() == here


@pytest.mark.editions
@pytest.mark.filterwarnings("ignore::aistats.faults.DataWarning")
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


@pytest.mark.editions
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


@pytest.mark.editions
def test_an_exhibit_whose_name_is_no_file_is_a_fault(project):
    names = ["../../victim", "a/b", "a.b", "", "CON", "a b"]
    record = "import aistats as ai\nrecord = ai.read_edition(data, edition)\n"
    counts = "counts = ai.count_events(record.events, by='scope')\n"
    options = "record=record, title='One.', language=language"
    cells = [
        f"ai.show(ai.plot_counts, counts, name={name!r}, number={number}, {options})"
        for number, name in enumerate(names)
    ]
    notebook(project / "notebooks", record + counts, *cells)
    with pytest.raises(DataError) as caught:
        build("2025-12")
    faults = {(fault.kind, fault.file, fault.value) for fault in caught.value.faults}
    files = [f"1-one.{language}.ipynb" for language in LANGUAGES]
    assert faults == {("exhibit_name", file, name) for file in files for name in names}
    assert_nothing_happened(project)


def everything_around(project):
    """Return what lies in the folders around a project, but for what builds keep."""
    return {name: it for name, it in hashes(project.parent).items() if "/.cache/" not in name}


def without_patterns(data):
    book = data / "datapackage.json"
    package = json.loads(book.read_text("utf-8"))
    for resource in package["resources"]:
        for field in resource["schema"]["fields"]:
            field.get("constraints", {}).pop("pattern", None)
    book.write_text(json.dumps(package), "utf-8")


@pytest.mark.parametrize("label", ["../victim", "..", "/tmp/victim", "a/../../victim", ".cache"])
def test_no_label_leads_out_of_the_folder_of_the_editions(project, label):
    without_patterns(project / "data")
    row = {"edition": label, "sources": "ai-events-2025-12", "languages": "zh"}
    january.add(project / "data", "editions", row)
    before = everything_around(project)
    with pytest.raises(DataError) as caught:
        build(label)
    (fault,) = caught.value.faults
    assert (fault.kind, fault.line, fault.column, fault.value) == ("label", 3, "edition", label)
    assert everything_around(project) == before


@pytest.mark.editions
def test_a_label_may_be_what_a_build_calls_its_own_folders(project):
    for label in ("kitchen", "scratch", "failed", "new"):
        row = {"edition": label, "sources": "ai-events-2025-12", "languages": "zh"}
        january.add(project / "data", "editions", row)
    for label in ("kitchen", "new"):
        folder = build(label).folder
        assert (folder / "index.html").is_file()
        assert not (folder / "events.csv").exists()
    assert verify(folder, rebuild=True).exit_code == 0


def test_a_received_edition_writes_nothing_outside_when_it_is_verified(project):
    folder = build("2025-12").folder
    received = shutil.copytree(folder, project / "received" / "2025-12")
    shutil.move(received / "data/themes.csv", project / "secret.csv")
    book = received / "data/datapackage.json"
    text = book.read_text("utf-8")
    for path in ("../../../secret.csv", (project / "secret.csv").as_posix()):
        book.write_text(text.replace('"themes.csv"', json.dumps(path)), "utf-8")
        before = everything_around(project)
        found = verify(received, data=received / "data", rebuild=True)
        assert found.exit_code == 3
        assert path in found.unreadable
        assert everything_around(project) == before


def test_a_file_of_a_received_edition_that_is_a_link_to_another_place_is_not_that_file(project):
    folder = build("2025-12").folder
    style = shutil.move(folder / "style.css", project / "style.css")
    (folder / "style.css").symlink_to(style)
    assert verify(folder).files == ("style.css",)


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("outputs", "../../secret"),
        ("outputs", "/etc/passwd"),
        ("outputs", "figures/../../secret"),
        ("inputs", "data/../../secret"),
        ("inputs", "/etc/passwd"),
        ("inputs", "../../secret"),
        ("inputs", "../2025-11/secret"),
        ("inputs", "../2025-11/data/../../secret"),
        ("inputs", "..\\secret"),
        ("edition", "../victim"),
    ],
)
def test_a_manifest_that_names_what_lies_outside_is_refused_unread(project, part, name):
    folder = project / "reports/2025-12"
    (project / "secret").write_text("secret")
    names = {"edition": "2025-12", "languages": ["zh"], "platform": "x", "versions": {"a": "1"}}
    manifest = names | {"inputs": {"data/a.csv": ""}, "outputs": {"index.html": ""}}
    if part == "edition":
        manifest[part] = name
    else:
        manifest[part][name] = hashlib.sha256(b"secret").hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(DataError) as caught:
        verify(folder)
    (fault,) = caught.value.faults
    assert (fault.kind, fault.value) == ("manifest_path", name)
    assert fault.file == (folder / "manifest.json").as_posix()


@pytest.mark.editions
def test_a_dead_kernel_is_a_fault(project):
    notebook(project / "notebooks", "import os\nos._exit(1)")
    with pytest.raises(NotebookError, match="1-one"):
        build("2025-12")
    assert_nothing_happened(project, "2025-12.failed")


@pytest.mark.editions
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


# Another version of aistats ----------------------------------------------------------------------


def publish_as(folder, version):
    """Let an edition be one that another version of aistats has published."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    manifest["versions"]["aistats"] = version
    path.write_text(json.dumps(manifest), "utf-8")


@pytest.fixture
def older(project):
    """An edition of version 0.0.1, whose notebooks were others."""
    folder = build("2025-12").folder
    publish_as(folder, "0.0.1")
    notebook(project / "notebooks", "import aistats as ai\nai.Sentence('Now it says more.')")
    return folder


@pytest.mark.parametrize("rebuild", [False, True])
def test_an_edition_of_another_version_is_checked_and_not_rebuilt(older, project, rebuild):
    verified = verify(older, rebuild=rebuild, keep=project / "kept")
    assert (verified.published_by, verified.exit_code) == ("0.0.1", 0)
    assert (verified.inputs, verified.rebuilt) == ({}, None)
    assert not (project / "kept").exists()
    (older / "en/one.html").write_text("spoilt")
    assert verify(older, rebuild=rebuild).files == ("en/one.html",)
    assert verify(older, rebuild=rebuild).exit_code == 3


def test_of_an_edition_of_another_version_the_data_is_read_and_validated(older):
    events = (older / "data/events.csv").read_text("utf-8")
    falsified(older, "data/events.csv", events.replace(",US,business,", ",US,busyness,", 1))
    verified = verify(older)
    assert verified.files == ()
    assert "busyness" in verified.unreadable
    assert verified.exit_code == 4


@pytest.mark.editions
def test_a_build_does_not_replace_an_edition_of_another_version(older):
    before = hashes(older)
    built = build("2025-12")
    assert (built.published_by, built.folder) == ("0.0.1", older)
    assert hashes(older) == before
    assert {"manifest.json", "en/one.html"} <= set(built.changed)
    assert set(built.differences) == set(built.changed)
    assert any("Now it says more." in line for line in built.differences["en/one.html"])
    assert "Now it says more." in (built.aside / "en/one.html").read_text("utf-8")
    assert published_editions() == [older]
    again = build("2025-12")
    assert (again.ran, again.reused, again.aside) == (0, 2, built.aside)


@pytest.mark.editions
def test_a_manifest_that_only_its_own_version_can_read_protects_its_edition(older):
    path = older / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(manifest | {"languages": ["en", "fr"]}), "utf-8")
    before = hashes(older)
    built = build("2025-12")
    assert built.published_by == "0.0.1"
    assert built.aside is not None
    assert hashes(older) == before


@pytest.mark.editions
def test_an_edition_of_another_version_is_replaced_on_request(older):
    aside = build("2025-12").aside
    built = build("2025-12", replace=True)
    assert (built.published_by, built.aside, built.ran) == ("", None, 0)
    assert "Now it says more." in (older / "en/one.html").read_text("utf-8")
    assert not aside.exists()
    assert verify(older, rebuild=True).exit_code == 0
    assert build("2025-12") == build("2025-12", replace=True)  # there is nothing to do


def test_a_manifest_that_names_no_version_is_of_this_one(project):
    folder = build("2025-12").folder
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    del manifest["versions"]["aistats"]
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    assert verify(folder).published_by == ""
    assert build("2025-12").changed == ("manifest.json",)
    assert build("2025-12").ran == build("2025-12").reused == 0


@pytest.mark.editions
def test_a_baseline_of_another_version_is_taken_as_it_was_published(older, project):
    shutil.rmtree(project / "data")
    january.january(project)
    built = build("2026-01")
    assert verify(built.folder, rebuild=True).exit_code == 0
    assert verify(older).exit_code == 0
    build("2025-12", replace=True)  # its data is the same, so January has the same inputs
    assert verify(built.folder).exit_code == 0


@pytest.mark.editions
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_command_line_names_the_version_and_what_to_do(older, monkeypatch, capsys, language):
    monkeypatch.setenv("AISTATS_LANGUAGE", language)
    assert main(["verify", "--rebuild"]) == 0
    assert "aistats-events==0.0.1" in capsys.readouterr().out
    assert main(["report"]) == 1
    printed = capsys.readouterr()
    assert "Now it says more." in printed.out
    assert "aside-2025-12" in printed.out
    assert "aistats report 2025-12 --replace" in printed.err
    assert main(["report", "--replace"]) == 0
    publish_as(older, "0.0.1")
    assert main(["report"]) == 0  # nothing but the manifest differs
    assert "0.0.1" in capsys.readouterr().out


# What has not changed ----------------------------------------------------------------------------


def test_what_has_not_changed_is_not_made_again(project):
    first = build("2025-12")
    assert (first.ran, first.reused) == (0, 2)
    before = {path: path.stat().st_mtime_ns for path in (project / "reports").rglob("*")}
    again = build("2025-12")
    assert (again.ran, again.reused, again.changed) == (0, 0, ())
    assert before == {path: path.stat().st_mtime_ns for path in (project / "reports").rglob("*")}


def test_time_stamps_do_not_matter(project):
    build("2025-12")
    for path in [*(project / "data").iterdir(), *(project / "notebooks").iterdir()]:
        path.write_bytes(path.read_bytes())
    assert build("2025-12").ran == build("2025-12").reused == 0


@pytest.mark.editions
def test_of_a_notebook_with_other_prose_the_page_is_made_and_nothing_is_run(project):
    notebook(project / "notebooks", "import aistats as ai\nai.Sentence(language)", "2")
    shutil.copy(project / "notebooks/1-one.ipynb", project / "notebooks/2-two.ipynb")
    build("2025-12")
    path = project / "notebooks/1-one.ipynb"
    path.write_text(path.read_text("utf-8").replace("# en", "# Another title"), "utf-8")
    built = build("2025-12")
    assert (built.ran, built.reused) == (0, 4)
    assert "notebooks/1-one.en.ipynb" in built.changed
    assert "notebooks/2-two.en.ipynb" not in built.changed
    assert "Another title" in (built.folder / "en/one.html").read_text("utf-8")
    assert verify(built.folder, rebuild=True).exit_code == 0  # as a run from scratch makes it


@pytest.mark.editions
def test_a_notebook_with_other_code_runs_alone(project):
    shutil.copy(project / "notebooks/1-one.ipynb", project / "notebooks/2-two.ipynb")
    build("2025-12")
    notebook(project / "notebooks", "import aistats as ai\nai.Sentence('other')")
    built = build("2025-12")
    assert (built.ran, built.reused) == (2, 2)
    assert "other" in (built.folder / "en/one.html").read_text("utf-8")


@pytest.mark.editions
@pytest.mark.parametrize(
    ("file", "old", "new", "ran"),
    [
        ("data/events.csv", ",occurred,", ",announced,", 2),
        ("data/datapackage.json", "国内", "境内", 2),
        ("data/editions.csv", "zh en,", "zh en,period=month", 2),
        ("data/editions.csv", "zh en,", "en,", 1),
        ("reports/2025-12/commentary.en.md", "", "My words.", 0),
    ],
)
def test_what_depends_on_a_change_is_made_again(project, file, old, new, ran):
    (project / "reports/2025-12/commentary.en.md").write_text("")
    build("2025-12")
    path = project / file
    path.write_text(path.read_text("utf-8").replace(old, new, 1) if old else new, "utf-8")
    built = build("2025-12")
    assert built.ran == ran
    assert built.changed
    assert build("2025-12").ran == 0


def test_a_file_that_somebody_changed_is_put_right(project):
    built = build("2025-12")
    before = hashes(built.folder)
    (built.folder / "en/one.html").write_text("spoilt")
    (built.folder / "digest.zh.md").unlink()
    again = build("2025-12")
    assert set(again.changed) == {"en/one.html", "digest.zh.md"}
    assert hashes(again.folder) == before


@pytest.mark.editions
def test_a_build_without_a_cache_says_whether_it_equals_the_published_edition(project):
    build("2025-12")
    shutil.rmtree(project / "reports/.cache")
    built = build("2025-12")
    assert (built.ran, built.changed) == (2, ())


@pytest.mark.editions
def test_the_cache_may_be_spoilt(project):
    build("2025-12")
    for path in (project / "reports/.cache/kept/2025-12").iterdir():
        path.write_text("{")
    built = build("2025-12")
    assert (built.ran, built.changed) == (2, ())


@pytest.mark.editions
def test_notebooks_see_the_slice_and_nothing_else(project):
    (project / "data/notes.txt").write_text("mine")
    notebook(
        project / "notebooks",
        "from pathlib import Path\nprint(*sorted(str(it) for it in Path().rglob('*')))",
    )
    folder = build("2025-12").folder
    executed = nbformat.read(folder / "notebooks/1-one.zh.ipynb", 4)
    tables = sorted(f"data/{path.name}" for path in DATA.glob("*.[cj]s*"))
    assert executed.cells[-1].outputs[0].text.split() == ["data", *tables]


@pytest.mark.editions
def test_cells_without_ids_get_the_same_ones_each_time(project):
    path = project / "notebooks/1-one.ipynb"
    raw = json.loads(path.read_text("utf-8"))
    for cell in raw["cells"]:
        del cell["id"]
    path.write_text(json.dumps(raw | {"nbformat_minor": 4}), "utf-8")
    before = hashes(build("2025-12").folder)
    shutil.rmtree(project / "reports")
    assert hashes(build("2025-12").folder) == before


# A series ----------------------------------------------------------------------------------------


@pytest.mark.editions
def test_next_months_rows_leave_this_edition_alone(project):
    build("2025-12")
    before = hashes(project / "reports/2025-12")
    shutil.rmtree(project / "data")
    january.january(project)
    assert build("2025-12") == build("2025-12")  # there is nothing to do
    assert verify("reports/2025-12", rebuild=True).exit_code == 0
    built = build("2026-01")
    assert hashes(project / "reports/2025-12") == before
    index = (project / "reports/index.html").read_text("utf-8")
    assert index.index("2026-01/index.html") < index.index("2025-12/index.html")
    assert verify(built.folder, rebuild=True).exit_code == 0


@pytest.mark.editions
def test_an_edition_is_held_against_its_baseline_as_that_was_published(project):
    build("2025-12")
    shutil.rmtree(project / "data")
    data = january.january(project)
    january.revise(data)
    source = (
        "import aistats as ai\nrecord = ai.read_edition(data, edition, reports='reports')\n"
        "ai.Sentence(','.join(sorted(set(ai.revisions(record)['revision']))))"
    )
    notebook(project / "notebooks", source)
    built = build("2026-01")
    assert "new,recoded,redated,withdrawn" in (built.folder / "en/one.html").read_text("utf-8")
    assert verify("reports/2026-01", rebuild=True).exit_code == 0
    build("2025-12")  # published anew: from now on nothing is known to have been revised
    found = verify("reports/2026-01")
    assert {name.split("/")[1] for name in found.inputs} == {"2025-12"}
    assert found.exit_code == 4


@pytest.mark.editions
def test_a_notebook_that_asks_for_the_published_editions_runs_only_with_a_baseline(project):
    path = notebook(project / "notebooks", "import aistats as ai\nai.Sentence(reports)")
    text = path.read_text("utf-8").replace(
        "data: str", 'reports: str = \\"../reports\\"\\ndata: str'
    )
    (project / "notebooks/2-two.ipynb").write_text(text, "utf-8")
    notebook(project / "notebooks", "1")
    assert build("2025-12").ran == 2
    shutil.rmtree(project / "data")
    january.january(project)
    assert build("2026-01").ran == 4

"""What is built and installed, as a stranger has it: outside the checkout, and with nothing else.

An environment of these tests holds the wheel and only what the wheel says that it needs, linked
from the environment that runs the tests, so that nothing is downloaded and nothing can be leant on
without being declared.
"""

import csv
import email
import importlib.metadata
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest
from december import DATA
from packaging.requirements import Requirement

from aistats.distribution import NAME

ROOT = Path(__file__).parents[1]
PUBLISHED = ROOT / "reports/2025-12"
SITE = Path(sysconfig.get_path("purelib"))
PREFIX = Path(sys.prefix)
LOCKED = (sys.platform, platform.machine()) == ("linux", "x86_64")
pytestmark = pytest.mark.install


def build(folder, target, out):
    """Build as pip does, without looking at what else is installed here."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(out)]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    (built,) = out.iterdir()
    return built


@pytest.fixture(scope="module")
def sdist(tmp_path_factory):
    return build(ROOT, "sdist", tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def wheel(sdist, tmp_path_factory):
    """Build the wheel from the unpacked sdist, which therefore has all that it takes."""
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    (source,) = folder.iterdir()
    return build(source, "wheel", tmp_path_factory.mktemp("wheel"))


def asked(wheel):
    """Return what a wheel asks for."""
    with zipfile.ZipFile(wheel) as archive:
        (path,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        texts = email.message_from_bytes(archive.read(path)).get_all("Requires-Dist")
    return [Requirement(text) for text in texts]


def is_of(requirement, extra):
    """Return whether something is asked for with an extra, and not without."""
    marker = requirement.marker
    return bool(marker and marker.evaluate({"extra": extra}) and not marker.evaluate({"extra": ""}))


def needed(wheel, extra):
    """Return the installed distributions that a wheel asks for, and those that they ask for."""
    found, todo = {}, [(requirement, frozenset({extra})) for requirement in asked(wheel)]
    while todo:
        it, extras = todo.pop()
        wanted = not it.marker or any(it.marker.evaluate({"extra": name}) for name in extras)
        if wanted and (it.name, *it.extras) not in found:
            found[it.name, *it.extras] = package = importlib.metadata.distribution(it.name)
            todo += [(Requirement(text), it.extras | {""}) for text in package.requires or ()]
    return found.values()


def link(package, environment):
    """Link the files of a package: what is importable by its folder, what it shares one by one."""
    for file in package.files:
        path = Path(os.path.normpath(package.locate_file(file)))
        if path.is_relative_to(SITE):
            path = SITE / path.relative_to(SITE).parts[0]
        elif not path.is_relative_to(PREFIX / "share"):
            continue
        target = environment / path.relative_to(PREFIX)
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.name != "__pycache__" and not target.exists():
            target.symlink_to(path)


class Installed:
    """The wheel in an environment of its own, and a folder far from the checkout to use it in."""

    def __init__(self, wheel, extra, folder):
        self.environment, self.folder = folder / "environment", folder / "project"
        self.home = folder / "home"
        self.home.mkdir()
        shutil.copytree(DATA, self.folder / "data")
        venv.create(self.environment, symlinks=True)
        for package in needed(wheel, extra):
            link(package, self.environment)
        pip = [sys.executable, "-m", "pip", "--python", self.environment / "bin/python"]
        subprocess.run(
            [*pip, "install", "--quiet", "--no-index", "--no-deps", wheel],
            check=True,
            env=os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        )

    def run(self, program, *arguments, language="en"):
        env = {"HOME": str(self.home), "PATH": os.defpath, "LC_ALL": "C.UTF-8"}
        return subprocess.run(
            [self.environment / "bin" / program, *arguments],
            cwd=self.folder,
            env=env | {"AISTATS_LANGUAGE": language},
            capture_output=True,
            encoding="utf-8",
        )

    def succeed(self, program, *arguments):
        ran = self.run(program, *arguments)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout


@pytest.fixture(scope="module")
def install(wheel, tmp_path_factory):
    return lambda extra: Installed(wheel, extra, tmp_path_factory.mktemp(extra or "base"))


@pytest.fixture(scope="module")
def base(install):
    return install("")


@pytest.fixture(scope="module")
def report(install):
    return install("report")


def contents(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_sdist_makes_the_wheel_that_the_checkout_makes(wheel, tmp_path):
    assert contents(wheel) == contents(build(ROOT, "wheel", tmp_path))


def test_the_sdist_has_what_is_built_and_read_and_no_edition(sdist):
    with tarfile.open(sdist) as archive:
        files = {Path(name).relative_to(Path(name).parts[0]) for name in archive.getnames()}
    about = {"README.md", "README.zh.md", "LICENSE", "pyproject.toml", "hatch_build.py"}
    about |= {"PKG-INFO", ".gitignore", "CITATION.cff"}
    about |= {f"{name}{end}.md" for name in ("CHANGELOG", "CONTRIBUTING") for end in ("", ".zh")}
    assert {path.parts[0] for path in files} == {"src", "notebooks", "data", "docs"} | about


def test_the_wheel_has_every_file_of_the_package_and_the_notebooks_and_no_other(wheel):
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "src", "notebooks"]
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("this is no checkout")
    ran = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, encoding="utf-8")
    there = {path for path in ran.stdout.splitlines() if (ROOT / path).exists()}
    expected = {
        path.removeprefix("src/").replace("notebooks/", "aistats/notebooks/", 1) for path in there
    }
    compiled = {f"{path.removesuffix('.po')}.mo" for path in expected if path.endswith(".po")}
    assert {name for name in contents(wheel) if ".dist-info/" not in name} == expected | compiled


CHART = """
import pandas as pd
import aistats as ai

print(ai.__file__)
dates = pd.Series(pd.date_range("2025-01-01", periods=60)).repeat(2).astype(str)
events = pd.DataFrame({"date": dates, "region": ["CN", "US"] * 60})
weeks = ai.count_events(events, by="region", period="week")
print(int(weeks["certain"].sum()))
one = weeks[weeks["region"] == "CN"].drop(columns="region")
ai.plot_periods(one, language="zh").figure.savefig("weeks.png")
print(ai.describe_growth(ai.growth_rate(weeks).iloc[0], "en"))
"""


def test_a_base_install_counts_draws_and_states_a_trend(base):
    file, count, sentence = base.succeed("python", "-W", "error", "-c", CHART).splitlines()
    assert Path(file).is_relative_to(base.environment)
    assert count == "120"
    assert sentence.startswith("CN: 60 events on record")
    assert (base.folder / "weeks.png").read_bytes().startswith(b"\x89PNG")


SPEAKING = """
import sys
import aistats as ai

counts = ai.count_events(ai.read_events("data/events.csv"), by="region")
codebook = ai.read_codebook("data")
print(ai.describe_largest(counts, codebook=codebook))
ai.use_language("en" if sys.argv[1] == "zh" else "zh")
print(ai.describe_largest(counts, codebook=codebook))
"""


@pytest.mark.parametrize(
    ("language", "usage", "missing", "sentences"),
    [
        ("en", "Usage: ", "missing argument: FILE", ["United States", "美国"]),
        ("zh", "用法：", "缺少参数：文件", ["美国", "United States"]),
    ],
)
def test_a_base_install_speaks_both_languages(base, language, usage, missing, sentences):
    ran = base.run("aistats", "count", language=language)
    assert ran.returncode == 2
    assert usage in ran.stderr
    assert missing in ran.stderr
    spoken = base.run("python", "-c", SPEAKING, language, language=language)
    assert spoken.returncode == 0, spoken.stderr
    for sentence, name in zip(spoken.stdout.splitlines(), sentences, strict=True):
        assert name in sentence


def test_a_base_install_checks_the_data(base):
    assert "no problems found" in base.succeed("aistats", "validate")


@pytest.mark.parametrize(
    ("command", "extra"),
    [
        (["report"], "report"),
        (["verify"], "report"),
        (["new", "2026-01"], "report"),
        (["notebooks"], "report"),
        (["draft", "report.md"], "import"),
        (["add", "draft.csv"], "import"),
        (["template"], "import"),
        (["count", "data/events.csv"], "files"),
    ],
    ids=lambda it: it[0] if isinstance(it, list) else it,
)
def test_a_command_says_what_it_lacks_and_changes_nothing(base, wheel, command, extra):
    before = sorted(base.folder.rglob("*"))
    ran = base.run("aistats", *command)
    assert (ran.returncode, ran.stdout) == (1, "")
    (said,) = ran.stderr.splitlines()
    assert " is missing. To install what this command needs, run: pip install " in said
    named = shlex.split(said.rpartition("pip install ")[2])
    assert set(named) == {f"{it.name}{it.specifier}" for it in asked(wheel) if is_of(it, extra)}
    assert sorted(base.folder.rglob("*")) == before


def test_a_report_from_a_folder_with_only_data_is_the_published_one(report):
    editions = report.folder / "data/editions.csv"  # one language is enough to see that it runs
    text = editions.read_text(encoding="utf-8")
    assert "zh en" in text
    editions.write_text(text.replace("zh en", "en"), encoding="utf-8")
    assert "reports/2025-12/index.html" in report.succeed("aistats", "report")
    assert "match the manifest" in report.succeed("aistats", "verify")
    edition = report.folder / "reports/2025-12"
    kinds = ("tables/*.csv", "figures/*", "notebooks/*") if LOCKED else ("tables/*.csv",)
    made = [path.relative_to(edition) for kind in kinds for path in sorted(edition.glob(kind))]
    assert {path.parts[0] for path in made} == {kind.partition("/")[0] for kind in kinds}
    for path in made:
        assert (edition / path).read_bytes() == (PUBLISHED / path).read_bytes(), path


def test_notebooks_that_are_installed_are_not_run_in_place(report):
    ran = report.run("aistats", "notebooks")
    assert ran.returncode == 1
    assert "notebooks: has no notebooks; check the folder" in ran.stderr


def test_a_report_becomes_a_draft_and_a_template_is_made(install):
    installed = install("import")
    for path in (ROOT / "tests/reports/december").glob("*.md"):
        shutil.copy(path, installed.folder / "report.md")
    said = installed.succeed("aistats", "draft", "report.md", "-o", "draft.xlsx")
    assert said.startswith("Found ")
    installed.succeed("aistats", "template", "events.xlsx")
    installed.succeed("aistats", "convert", "data/events.csv", "-o", "tidy.csv")
    for name in ("draft.xlsx", "events.xlsx", "tidy.csv"):
        assert (installed.folder / name).stat().st_size > 0


def test_files_are_counted_with_the_extra_for_files(install):
    said = install("files").succeed("aistats", "count", "data/events.csv", "--by", "status")
    with (DATA / "events.csv").open(encoding="utf-8", newline="") as file:
        announced = sum(row["status"] == "announced" for row in csv.DictReader(file))
    assert re.search(rf"\bannounced\W+{announced}\b", said)


PLACES = [
    *(ROOT / "src").rglob("*.py"),
    *ROOT.glob("*.md"),
    *ROOT.glob("docs/*.md"),
    *ROOT.glob("data/*.md"),
    *ROOT.glob("notebooks/**/*.ipynb"),
    ROOT / "pyproject.toml",
    ROOT / "Makefile",
]


@pytest.mark.parametrize("path", PLACES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nothing_names_the_distribution_of_somebody_else(path):
    text = path.read_text(encoding="utf-8")
    names = re.findall(r"([\w-]+)\[[a-z, ]+\](?=[\"'`])", text)  # such as name[extra]
    installed = re.findall(r"pip install (?:-\S+ )*['\"]?([\w-]+)", text)
    assert "aistats" not in names + installed


def test_the_distribution_and_the_import_have_the_names_that_hints_use(wheel):
    assert wheel.name.startswith("aistats_events-")
    assert importlib.metadata.distribution(NAME).metadata["Name"] == NAME
    assert {name.partition("/")[0] for name in contents(wheel)} == {
        "aistats",
        wheel.name.rpartition("-py3")[0] + ".dist-info",
    }

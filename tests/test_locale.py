"""The texts of both languages, and the language that is spoken."""

import contextvars
import ctypes
import re
import string
import sys
import threading
from pathlib import Path

import pandas as pd
import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_keywords
from babel.messages.pofile import read_po

import aistats as ai
from aistats import locale
from aistats.locale import LANGUAGES, Texts, user_language
from aistats.session import current_language, texts

FOLDER = Path(locale.__file__).parent
PACKAGE = FOLDER.parent

NO_FILE = ai.Fault("no_file", "a.csv")


def messages(language):
    with (FOLDER / language / "LC_MESSAGES/aistats.po").open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    return {message.id if isinstance(message.id, str) else message.id[0]: message
            for message in catalogue if message.id}  # fmt: skip


MESSAGES = {language: messages(language) for language in LANGUAGES}


def strings(language, key):
    """Return the texts of a key: one, or one for each form of the plural."""
    found = MESSAGES[language][key].string
    return [found] if isinstance(found, str) else list(found)


def placeholders(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_text_exists_in_both_languages():
    assert MESSAGES["zh"].keys() == MESSAGES["en"].keys()


def test_every_text_says_the_same_things_in_both_languages():
    for key in MESSAGES["en"]:
        names = [placeholders(text) for language in LANGUAGES for text in strings(language, key)]
        plural = not isinstance(MESSAGES["en"][key].id, str)
        assert all(these - {"n"} == names[0] - {"n"} for these in names), key
        assert plural or all(these == names[0] for these in names), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_left_to_be_written(language):
    unwritten = [key for key in MESSAGES[language] if not all(strings(language, key))]
    assert unwritten == []


def test_a_key_is_plural_in_both_languages_or_in_neither():
    for key, message in MESSAGES["en"].items():
        assert isinstance(message.id, str) == isinstance(MESSAGES["zh"][key].id, str), key


def test_no_chinese_text_has_half_width_punctuation_beside_a_chinese_character():
    for key in MESSAGES["zh"]:
        for text in strings("zh", key):
            assert not re.search(r"[一-鿿][,.;:!?()]|[,.;:!?()][一-鿿]", text), key


def test_a_text_has_the_form_of_its_number():
    english, chinese = Texts("en"), Texts("zh")

    assert english.plural("fault.head", 1) == "1 problem:"
    assert english.plural("fault.head", 2) == "2 problems:"
    assert chinese.plural("fault.head", 2) == "2处有误："


def test_a_key_that_is_none_is_an_error_and_never_shown():
    say = texts("en")

    assert "no_such_text" not in say
    assert "no_file" in say
    with pytest.raises(KeyError, match="no_such_text"):
        say("no_such_text")


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_TW"}, "zh"),
        ({"LANG": "ZH_hk.utf8"}, "zh"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh"),
        ({"LC_CTYPE": "zh_CN.UTF-8"}, "en"),
        ({"AISTATS_LANGUAGE": "en", "LC_ALL": "zh_CN.UTF-8"}, "en"),
        ({"AISTATS_LANGUAGE": "zh", "LC_ALL": "C"}, "zh"),
    ],
)
def test_the_language_is_read_from_the_environment_as_posix_does(environ, language):
    assert user_language(environ) == language


@pytest.mark.parametrize(("number", "language"), [(0x0804, "zh"), (0x0404, "zh"), (0x0407, "en")])
def test_on_windows_the_language_of_the_menus_counts(monkeypatch, number, language):
    class Kernel:
        GetUserDefaultUILanguage = staticmethod(lambda: number)

    class Libraries:
        kernel32 = Kernel

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(ctypes, "windll", Libraries, raising=False)

    assert user_language({}) == language
    assert user_language({"AISTATS_LANGUAGE": "en"}) == "en"


def test_a_call_comes_before_the_session_and_the_session_before_the_system(monkeypatch):
    monkeypatch.setenv("AISTATS_LANGUAGE", "zh")

    assert NO_FILE.text().startswith("a.csv：")
    with ai.language("en"):
        assert NO_FILE.text().startswith("a.csv: ")
        assert NO_FILE.text("zh").startswith("a.csv：")
        with ai.language("zh"):
            assert current_language() == "zh"
        assert current_language() == "en"
    assert current_language() == "zh"


def test_the_language_of_a_session_is_no_global_state(monkeypatch):
    monkeypatch.setenv("AISTATS_LANGUAGE", "en")
    seen = []

    def session():
        ai.use_language("zh")
        thread = threading.Thread(target=lambda: seen.append(current_language()))
        thread.start()
        thread.join()
        seen.append(current_language())

    contextvars.Context().run(session)

    assert seen == ["en", "zh"]
    assert current_language() == "en"


COUNTS = ai.count_events(pd.DataFrame({"region": ["CN"]}), by="region")
SPEAKING = {
    "session": ai.use_language,
    "block": lambda name: ai.language(name).__enter__(),
    "fault": NO_FILE.text,
    "error": ai.DataError([NO_FILE]).text,
    "chart": lambda name: ai.plot_counts(COUNTS, language=name),
}


@pytest.mark.parametrize("speak", SPEAKING.values(), ids=SPEAKING)
def test_a_language_that_we_do_not_speak_is_named(speak):
    with pytest.raises(ai.ParameterError, match="fr"):
        speak("fr")


def extracted_keys():
    """Return the keys of texts in the code as `make texts` finds them, plural ones as pairs."""
    makefile = (PACKAGE.parents[1] / "Makefile").read_text(encoding="utf-8")
    (keywords,) = re.findall(r"^KEYWORDS := (.*)$", makefile, re.MULTILINE)
    found = extract_from_dir(PACKAGE, keywords=parse_keywords(keywords.split()))
    return {key for _, _, key, _, _ in found}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_texts_are_those_that_the_code_uses(language):
    assert extracted_keys() == {message.id for message in MESSAGES[language].values()}

"""The languages that aistats speaks, and the texts in each.

Every text that a person reads stands once in ``zh/LC_MESSAGES/aistats.po`` and once in
``en/LC_MESSAGES/aistats.po``, under the same key; neither is a translation of the other. A room
asks for a text by its key, with values for its placeholders. gettext reads the compiled files,
which the build of the package makes. Which language a call speaks is decided in `aistats.session`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from gettext import GNUTranslations

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

DOMAIN = "aistats"
"""The name of the files of texts."""

_FOLDER = Path(__file__).parent
_VARIABLES = ("AISTATS_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")

session_language: ContextVar[Language | None] = ContextVar("aistats_language", default=None)
"""The language that somebody chose; `aistats.session` sets it."""


# The language to speak ---------------------------------------------------------------------------


def user_language(environ: Mapping[str, str] | None = None) -> Language:
    """Return the language of this user's system, ``zh`` or ``en``.

    Parameters
    ----------
    environ
        Environment variables: ``AISTATS_LANGUAGE``, then as in POSIX ``LC_ALL``, ``LC_MESSAGES``
        and ``LANG``. Where none is set, on Windows the language of its menus counts.

    Examples
    --------
    >>> user_language({"LANG": "zh_CN.UTF-8"}), user_language({"LANG": "fr_FR.UTF-8"})
    ('zh', 'en')
    """
    if environ is None:
        environ = os.environ
    values = map(environ.get, _VARIABLES)
    name = next(filter(None, values), None)
    if name is None:
        name = _windows_language()
    is_chinese = name.lower().startswith("zh")
    return "zh" if is_chinese else "en"


def _windows_language() -> str:
    """Return the language of the menus of Windows, such as ``zh_CN``; elsewhere nothing."""
    if sys.platform != "win32":
        return ""
    import ctypes
    import locale

    number = ctypes.windll.kernel32.GetUserDefaultUILanguage()
    return locale.windows_locale.get(number, "")


def spoken_language() -> Language:
    """Return the language of the session, else of the system."""
    return session_language.get() or user_language()


# Texts -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Texts:
    """The texts in one language; called with a key, the text of that key.

    Parameters
    ----------
    language
        ``zh`` or ``en``.

    Examples
    --------
    >>> say = Texts("en")
    >>> say("fault.place.column", column="region")
    'column region'
    """

    language: Language

    def __call__(self, key: str, /, **values: object) -> str:
        """Return a text with its placeholders filled in.

        Parameters
        ----------
        key
            Such as ``trends.no_events``.
        **values
            By the name of the placeholder. Without any, the text is returned as it stands.

        Raises
        ------
        KeyError
            If there is no such text.
        """
        catalogue = _catalogue(self.language)
        text = catalogue.gettext(key)
        return _filled(key, text, values)

    def plural(
        self,
        key: str,
        n: int,
        /,
        **values: object,
    ) -> str:
        """Return the text for so many things, ``{n}`` being their number."""
        catalogue = _catalogue(self.language)
        text = catalogue.ngettext(key, key, n)
        values["n"] = n
        return _filled(key, text, values)

    def __contains__(self, key: str) -> bool:
        catalogue = _catalogue(self.language)
        return catalogue.gettext(key) != key


def text_key(key: str) -> str:
    """Mark the key of a text that is looked up elsewhere, for the tool that collects all keys."""
    return key


def _filled(key: str, text: str, values: Mapping[str, object]) -> str:
    if text == key:  # what gettext returns for a text that is not there
        raise KeyError(key)
    return text.format(**values) if values else text


@cache
def _catalogue(language: Language) -> GNUTranslations:
    from gettext import translation

    try:
        return translation(DOMAIN, _FOLDER, languages=[language])
    except FileNotFoundError:
        message = f"The texts of aistats are not compiled in {_FOLDER}: run make, or pip install."
        raise RuntimeError(message) from None

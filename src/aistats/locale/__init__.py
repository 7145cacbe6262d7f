"""The texts that a person reads, in Chinese and English, and the language to speak in.

`messages` has what can be wrong with an input: a text in both languages for each kind of fault.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

LANGUAGES = ("zh", "en")


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

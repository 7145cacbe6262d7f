"""The language of a call: the one that it states, else that of the session, else of the system.

A public function takes ``language=None`` and asks here. The session's language is a context
variable, so it holds in a script, a notebook or one asynchronous task and in no other thread. An
edition does not depend on it: its notebooks state the language of every text.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from aistats.faults import checked_language
from aistats.faults import current_language as current_language
from aistats.locale import Language, Texts, session_language


@contextlib.contextmanager
def language(name: Language) -> Iterator[None]:
    """Speak a language inside a ``with`` block, wherever a call states none.

    Do not yield inside the block: whoever goes on in the meantime would speak its language.

    Parameters
    ----------
    name
        ``zh`` or ``en``.

    Raises
    ------
    ParameterError
        If it is not one of zh and en.

    Examples
    --------
    >>> import aistats as ai
    >>> fault = ai.Fault("empty", file="events.csv", line=7)
    >>> with ai.language("zh"):
    ...     print(fault.text())
    events.csv，第7行：不能为空
    """
    token = session_language.set(checked_language(name))
    try:
        yield
    finally:
        session_language.reset(token)


def use_language(name: Language) -> None:
    """Speak a language from now on in this session, wherever a call states none.

    It holds for the current context of `contextvars`, such as a notebook or a script; other threads
    keep their own. Editions are not concerned: their notebooks state the language of every text.

    Parameters
    ----------
    name
        ``zh`` or ``en``.

    Raises
    ------
    ParameterError
        If it is not one of zh and en.
    """
    session_language.set(checked_language(name))


def texts(language: str | None = None) -> Texts:
    """Return the texts in a language, by default that of the session or of the system.

    Raises
    ------
    ParameterError
        If the language is not one of zh and en.
    """
    return Texts(current_language(language))

"""How this package is installed: under which name, and what else each extra asks for.

The import name `aistats` belongs to another project on the package index, so the distribution has a
name of its own, and a hint at what is missing names the packages themselves.
"""

from __future__ import annotations

from importlib.metadata import requires
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packaging.requirements import Requirement

__version__ = "0.1.0"

NAME = "aistats-events"


def requirements(extra: str = "") -> list[Requirement]:
    """Return what the package needs: always, and with an extra.

    Examples
    --------
    >>> {"duckdb", "numpy"} <= {requirement.name for requirement in requirements("files")}
    True
    """
    from packaging.requirements import Requirement

    needed = []
    for text in requires(NAME) or ():
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            needed.append(requirement)
    return needed


def missing_hint(extra: str) -> str:
    """Return the command that installs what only an extra needs.

    Examples
    --------
    >>> missing_hint("files")
    "pip install 'duckdb>=2.0' 'tqdm>=4.66'"
    """
    always = set(map(str, requirements()))
    added = [requirement for requirement in requirements(extra) if str(requirement) not in always]
    names = sorted(f"'{requirement.name}{requirement.specifier}'" for requirement in added)
    return f"pip install {' '.join(names)}"

"""Name and version of the installed package, and the packages that it and its extras require.

The import name `aistats` belongs to another project on the package index. Therefore the
distribution has a different name, and a hint on what to install names the missing packages instead
of an extra. Nothing is installed here.
"""

from __future__ import annotations

from importlib.metadata import requires
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packaging.requirements import Requirement

__version__ = "0.2.0"

NAME = "aistats-events"


def requirements(extra: str = "") -> list[Requirement]:
    """Return the requirements of the package, including those of an extra.

    Examples
    --------
    >>> {"duckdb", "numpy"} <= {requirement.name for requirement in requirements("files")}
    True
    """
    from packaging.requirements import Requirement

    needed = []
    for text in requires(NAME) or ():
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is None or marker.evaluate({"extra": extra}):
            needed.append(requirement)
    return needed


def missing_hint(extra: str) -> str:
    """Return the command that installs what only an extra requires.

    Examples
    --------
    >>> missing_hint("files")
    "pip install 'duckdb>=2.0' 'tqdm>=4.66'"
    """
    always = set(map(str, requirements()))
    names = []
    for requirement in requirements(extra):
        if str(requirement) not in always:
            names.append(f"'{requirement.name}{requirement.specifier}'")
    packages = " ".join(sorted(names))
    return f"pip install {packages}"

"""Part of the build: compile the texts, which gettext reads at run time, from their .po files."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class TextsHook(BuildHookInterface[Any]):
    """Compile each ``aistats.po`` to an ``aistats.mo`` beside it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Do so before the files of the wheel are collected."""
        for source in Path(self.root, "src/aistats/locale").glob("*/LC_MESSAGES/*.po"):
            with source.open("rb") as lines:
                catalogue = read_po(lines, abort_invalid=True)
            with source.with_suffix(".mo").open("wb") as compiled:
                write_mo(compiled, catalogue)

"""The Containerfile, as its instructions."""

import re
from dataclasses import dataclass, field

from tests.docs.blocks import ROOT

CONTAINERFILE = ROOT / "deploy/Containerfile"


@dataclass
class Stage:
    """One image that is built: what it begins with, and the instructions behind."""

    image: str
    name: str
    instructions: list[tuple[str, str]] = field(default_factory=list)

    def all(self, name: str) -> list[str]:
        """Return what each instruction of a name says."""
        return [text for word, text in self.instructions if word == name]


def read_stages() -> list[Stage]:
    """Return the stages of the Containerfile, each instruction of which is one line."""
    stages: list[Stage] = []
    for line in CONTAINERFILE.read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        word, _, text = line.partition(" ")
        if word == "FROM":
            image, _, name = text.partition(" AS ")
            stages.append(Stage(image, name))
        else:
            assert re.fullmatch("[A-Z]+", word), line
            stages[-1].instructions.append((word, text))
    return stages

"""The code that the documentation shows, and what is done with it.

A block is run by the language it names. One that cannot be says why where it begins::

    ```sh (not run: it needs another machine)

A block that is a file of the page names it there: ``badge.json`` behind the language.
"""

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PAGES = [README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]

_FENCED = re.compile(r"^( *)```(.*)\n((?:.*\n)*?)\1```$", re.MULTILINE)
_NOT_RUN = re.compile(r"\(not run: (.+)\)")


@dataclass(frozen=True)
class Block:
    """One block of code of a page."""

    language: str
    rest: str
    """What stands behind the language."""

    text: str

    @property
    def why_not(self) -> str:
        """Why it is not run; empty where it is."""
        found = _NOT_RUN.fullmatch(self.rest)
        return found[1] if found else ""

    @property
    def file(self) -> str:
        """The name of the file that it is; empty where it is none."""
        return "" if self.why_not else self.rest


def blocks_of(page: Path) -> list[Block]:
    """Return every block of a page, in order."""
    blocks = []
    for indent, info, text in _FENCED.findall(page.read_text()):
        language, _, rest = info.partition(" ")
        blocks.append(Block(language, rest, textwrap.dedent(text) if indent else text))
    return blocks


def run_blocks(page: Path, language: str) -> list[str]:
    """Return the blocks of a language that are run, in order."""
    return [each.text for each in blocks_of(page) if each.language == language and not each.why_not]


def pages_with(language: str) -> list[Path]:
    """Return the pages that have such blocks."""
    return [page for page in PAGES if run_blocks(page, language)]


def named(page: Path) -> str:
    """Return a page as tests are called after it."""
    return str(page.relative_to(ROOT))

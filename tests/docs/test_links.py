"""The pages hang together: every link leads to a place, and every page is found."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.docs.blocks import PAGES, README, ROOT, named

_LINK = re.compile(r"\]\((?!https?:)([^)\s]+)\)")
_FENCED = re.compile(r"^( *)```.*?^\1```$", re.MULTILINE | re.DOTALL)


def text_of(page: Path) -> str:
    """Return a page without its blocks of code."""
    return _FENCED.sub("", page.read_text())


def headings_of(page: Path) -> list[tuple[int, str]]:
    """Return the level and the text of each heading."""
    found = re.findall(r"^(#+) (.+)$", text_of(page), re.MULTILINE)
    return [(len(marks), text) for marks, text in found]


def anchors_of(page: Path) -> set[str]:
    """Return the anchors of a page, as GitHub makes them."""
    plain = (re.sub(r"[^\w\- ]", "", text.lower()) for _, text in headings_of(page))
    return {text.replace(" ", "-") for text in plain}


def links_of(page: Path) -> Iterator[tuple[Path, str]]:
    """Return the file and the anchor that each link of a page leads to."""
    for target in _LINK.findall(text_of(page)):
        path, _, anchor = target.partition("#")
        yield (page.parent / path).resolve() if path else page, anchor


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target, anchor in links_of(page):
        assert target.exists(), target
        assert not anchor or anchor in anchors_of(target), f"{target}#{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_page_has_one_title_and_no_heading_leaves_out_a_level(page: Path) -> None:
    levels = [level for level, _ in headings_of(page)]

    assert page.read_text().startswith("# ")
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_page_is_found_from_the_readme() -> None:
    """By links, or in a folder that a page links to."""
    found, new = {README}, [README]
    while new:
        targets = {target for target, _ in links_of(new.pop())}
        folders = [each for each in targets if each.is_dir()]
        pages = {each for each in targets if each.suffix == ".md"}
        pages |= {page for folder in folders for page in folder.glob("*.md")}
        new += pages - found
        found |= pages

    assert set() == set(PAGES) - found - {ROOT / "CONTRIBUTING.md"}

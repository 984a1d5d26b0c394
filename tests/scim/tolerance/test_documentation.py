"""The page on quirks is the quirks: every row of it is a function here, or a test."""

import re
from pathlib import Path

import pytest

from scim.tolerance import QUIRKS, Quirk

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/reference/quirks.md").read_text()

LEGAL = re.findall(r"^\| (Q\d+) \| .* \| `([a-z_]+)` in `([\w/.]+)` \|$", PAGE, re.MULTILINE)
"""Rows of what is legal: the row, a test, its file."""


def row_of(quirk: Quirk) -> str:
    """Return the row of the table that documents a quirk."""
    cells = (
        ", ".join(quirk.codes),
        f"`{quirk.name}`",
        quirk.sent_by,
        quirk.meaning,
        quirk.strict,
    )
    return f"| {' | '.join(cells)} |"


def number(quirk: Quirk) -> tuple[int, str]:
    return int(quirk.codes[0].removeprefix("Q")), quirk.name


def test_the_table_of_quirks_is_the_quirks() -> None:
    rows = [row_of(each) for each in sorted(QUIRKS.values(), key=number)]
    table = PAGE.split("\n## ")[1]

    assert rows == [line for line in table.splitlines() if line.startswith("| Q")]


def test_every_row_is_read_by_a_function_or_legal() -> None:
    read = {code for quirk in QUIRKS.values() for code in quirk.codes}
    legal = {row for row, _, _ in LEGAL}

    assert {f"Q{number}" for number in range(1, 45)} == read | legal


@pytest.mark.parametrize(("row", "test", "module"), LEGAL, ids=str)
def test_what_is_legal_is_shown_by_a_test(row: str, test: str, module: str) -> None:
    del row

    assert f"def {test}(" in (ROOT / module).read_text()


def test_a_quirk_is_named_once_and_says_what_it_means() -> None:
    for quirk in QUIRKS.values():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)+", quirk.name)
        assert quirk.meaning.endswith(".")
        assert "|" not in quirk.meaning

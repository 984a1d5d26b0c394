"""The documentation is true: its tables are those of the code."""

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest

from app.cli import main
from app.log.remedies import REMEDIES
from app.metrics import GAUGES
from app.settings import Settings
from scim.choices import CHOICES
from tests.docs.blocks import PAGES, ROOT, blocks_of, named


def leaves(group: click.Group, *before: str) -> Iterator[tuple[str, ...]]:
    """Return every command below a group, as the words that call it."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from leaves(command, *before, name)
        else:
            yield (*before, name)


def test_the_table_of_settings_is_the_settings() -> None:
    table = (ROOT / "docs/reference/settings.md").read_text()
    rows = [
        f"| `{each.metadata['variable']}` | {f'`{each.default}`' if str(each.default) else ''} "
        f"| {each.metadata['meaning']} |".replace("|  |", "| |")
        for each in fields(Settings)
    ]

    assert rows == [line for line in table.splitlines() if line.startswith("| `")]


def test_the_files_to_deploy_name_settings_that_exist() -> None:
    known = {each.metadata["variable"] for each in fields(Settings)}
    for path in (ROOT / "deploy").iterdir():
        assert set(re.findall(r"PROVISOR_[A-Z_]+", path.read_text())) <= known, path


def test_the_table_of_app_settings_is_the_declaration() -> None:
    table = (ROOT / "docs/reference/app-settings.md").read_text()
    rows = [
        f"| `{choice.key}` | `{option}`{' (default)' if option == choice.default else ''} "
        f"| {option.meaning} |"
        for choice in CHOICES
        for option in choice.options
    ]

    assert rows == [line for line in table.splitlines() if line.startswith("| `")]


def test_the_table_of_metrics_is_the_metrics() -> None:
    table = (ROOT / "docs/reference/metrics.md").read_text()
    rows = [
        f"| `{gauge.name}` | {', '.join(f'`{label}`' for label in gauge.labels)}"
        f" | {gauge.meaning} |"
        for gauge in GAUGES
    ]

    assert rows == [line for line in table.splitlines() if line.startswith("| `")]


def test_the_table_of_commands_is_the_commands() -> None:
    table = (ROOT / "docs/reference/commands.md").read_text()
    documented = re.findall(r"^\| `provisor ([a-z -]+?)(?: [A-Z\[].*)?` \|", table, re.MULTILINE)

    assert {" ".join(words) for words in leaves(main)} == set(documented)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_command_that_is_shown_exists(page: Path) -> None:
    known = {" ".join(words) for words in leaves(main)}
    commands = "".join(each.text for each in blocks_of(page) if each.language == "sh")
    for shown in re.findall(r"\bprovisor ((?:[a-z-]+ ?)+)", commands):
        words = shown.split()
        assert any(" ".join(words[:count]) in known for count in (1, 2)), shown


def test_the_table_of_remedies_is_the_console_s() -> None:
    table = (ROOT / "docs/reference/errors.md").read_text().split("## What to do about them")[1]
    rows = [
        f"| {each.status} | {f'`{each.scim_type}`' if each.scim_type else ''} "
        f"| {each.happened} | {each.fix} |".replace("|  |", "| |")
        for each in REMEDIES
    ]

    assert rows == [line for line in table.splitlines() if re.match(r"\| \d", line)]

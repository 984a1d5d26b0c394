"""The documentation is true: settings, commands, links, and the README's own commands."""

import os
import re
import subprocess
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
from tests.served import COMMAND, ServedProvisor

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def shell_blocks(page: Path) -> list[str]:
    return re.findall(r"```sh\n(.*?)```", page.read_text(), re.DOTALL)


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
        f" | {gauge.meaning} |".replace("|  |", "| |")
        for gauge in GAUGES
    ]

    assert rows == [line for line in table.splitlines() if line.startswith("| `")]


def test_the_table_of_commands_is_the_commands() -> None:
    table = (ROOT / "docs/reference/commands.md").read_text()
    documented = re.findall(r"^\| `provisor ([a-z -]+?)(?: [A-Z\[].*)?` \|", table, re.MULTILINE)

    assert {" ".join(words) for words in leaves(main)} == set(documented)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_command_that_is_shown_exists(page: Path) -> None:
    known = {" ".join(words) for words in leaves(main)}
    for shown in re.findall(r"\bprovisor ((?:[a-z-]+ ?)+)", "".join(shell_blocks(page))):
        words = shown.split()
        assert any(" ".join(words[:count]) in known for count in (1, 2)), shown


def test_the_readme_leads_to_a_token_that_works(tmp_path: Path) -> None:
    """The blocks of "Your first token, on the command line", word for word."""
    provisor = ServedProvisor(tmp_path / "instance").start()
    section = (ROOT / "README.md").read_text().split("## Your first token, on the command line")[1]
    blocks = re.findall(r"```sh\n(.*?)```", section.split("\n## ")[0], re.DOTALL)
    script = "set -eu\n" + "".join(blocks).replace("http://127.0.0.1:5000", provisor.url)
    (tmp_path / ".venv").symlink_to(COMMAND.parent.parent)

    done = subprocess.run(
        ["sh", "-c", script],
        cwd=tmp_path,
        env=os.environ | {"PROVISOR_INSTANCE": str(tmp_path / "instance")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    created, found, token = (
        done.stdout.replace("}{", "}\n{").replace("]}ey", "]}\ney").split("\n")[:3]
    )
    assert '"userName":"mira.holt@acme.example"' in created
    assert '"totalResults":1' in found
    assert token.startswith("ey")
    assert provisor.ask("GET", "/scim/v2/Users", token).status == 200
    assert provisor.stop() == 0


def test_the_table_of_remedies_is_the_console_s() -> None:
    table = (ROOT / "docs/reference/errors.md").read_text().split("## What to do about them")[1]
    rows = [
        f"| {each.status} | {f'`{each.scim_type}`' if each.scim_type else ''} "
        f"| {each.happened} | {each.fix} |".replace("|  |", "| |")
        for each in REMEDIES
    ]

    assert rows == [line for line in table.splitlines() if re.match(r"\| \d", line)]

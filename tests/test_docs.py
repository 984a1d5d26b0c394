"""The documentation is true: its tables are those of the code."""

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest
import scim2_models

from app import create_app
from app.cli import main
from app.log.remedies import REMEDIES
from app.metrics import GAUGES
from app.settings import Settings
from scim.choices import CHOICES
from scim.storage import Database
from tests.app.console_browser import new_assembly
from tests.app.routes import routes
from tests.conftest import FakeClock
from tests.docs.blocks import PAGES, ROOT, blocks_of, named
from tests.docs.catalog import tables_of
from tests.docs.tables import ALL, is_what, write_page


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


def test_the_table_of_commands_has_their_options() -> None:
    table = (ROOT / "docs/reference/commands.md").read_text()
    rows = re.findall(r"^\| `provisor ([a-z -]+?)((?: [A-Z\[].*)?)` \|", table, re.MULTILINE)
    documented = {name: set(re.findall(r"--[a-z-]+", usage)) for name, usage in rows}

    assert len(rows) == len(documented)
    for words in leaves(main):
        command: click.Command = main
        for word in words:
            assert isinstance(command, click.Group)
            command = command.commands[word]
        options = {name for each in command.params for name in each.opts if name.startswith("--")}
        assert options == documented[" ".join(words)], words


def test_the_tables_are_those_of_the_database(database: Database) -> None:
    """Types are told of on one engine; all else is the same on both."""
    page = (ROOT / "docs/reference/tables.md").read_text()
    database.migrate(ALL)
    tables = tables_of(database)

    if "SQLite" in database.words.version:
        assert page == write_page(tables), "python -m tests.docs.tables > docs/reference/tables.md"
    documented = {
        name: re.findall(r"^\| `(\w+)` \| [a-z]+ \| (\w*)", section, re.MULTILINE)
        for name, section in re.findall(r"^## (\w+)\n((?:(?!## ).*\n)*)", page, re.MULTILINE)
    }
    assert documented == {
        name: [(each.name, is_what(each)) for each in columns] for name, columns in tables.items()
    }


def test_the_urls_are_those_of_the_application(tmp_path: Path, clock: FakeClock) -> None:
    """Those of the console stand there as far as somebody would write them down."""
    page = (ROOT / "docs/reference/urls.md").read_text()
    cells = re.findall(r"^\| (`/[^|]+) \|", page, re.MULTILINE)
    documented = {url for cell in cells for url in re.findall(r"`(/[^`]*)`", cell)}
    assembly = new_assembly(tmp_path, clock)
    application = create_app(assembly)
    assembly.close()

    assert {path for _, path in routes(application)} <= {
        re.sub(r"\{[^}]*\}", "{}", url) for url in documented
    }
    paths = application.url_map.bind("provisor.example")
    assert {"/scim/v2/Devices"} == {  # an example of a type that somebody adds
        url
        for url in documented
        if not paths.allowed_methods(url) and not paths.allowed_methods(f"{url}/")
    }


def test_the_table_of_errors_has_every_scim_type() -> None:
    """Those of the exceptions that are raised by name, and those that are written down."""
    table = (ROOT / "docs/reference/errors.md").read_text().split("## What to do about them")[0]
    documented = {
        name
        for cell in re.findall(r"^\| \d+ \| ([^|]*) \|", table, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", cell)
    }
    source = "".join(path.read_text() for path in (ROOT / "scim").rglob("*.py"))
    named_there = {
        each.scim_type
        for each in vars(scim2_models).values()
        if isinstance(each, type)
        and issubclass(each, scim2_models.SCIMException)
        and each.__name__ in source
        and each.scim_type
    }

    assert named_there == documented
    statuses = {int(each) for each in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)}
    assert {each.status for each in REMEDIES} <= statuses


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

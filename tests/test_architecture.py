"""The measures of the house that a machine can take; import-linter holds the arrows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = [
    *sorted(
        path for package in ("app", "scim", "benchmarks") for path in (ROOT / package).rglob("*.py")
    ),
    ROOT / "wsgi.py",
]

LONGEST_FILE = 300
LONGEST_FUNCTION = 40
EMPTY_NAMES = {"base", "common", "helper", "helpers", "manager", "managers", "util", "utils"}


def functions_of(module: Path) -> Iterator[tuple[str, int]]:
    """Return the functions of a module with how many lines each has."""
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            yield node.name, node.end_lineno - node.lineno + 1


def named(module: Path) -> str:
    return str(module.relative_to(ROOT))


def test_there_are_modules_to_measure() -> None:
    assert len(MODULES) > 50


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_a_module_is_one_idea(module: Path) -> None:
    """A longer file is two ideas."""
    assert len(module.read_text().splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_a_function_does_one_thing(module: Path) -> None:
    longest = dict(functions_of(module))

    assert {} == {name: lines for name, lines in longest.items() if lines > LONGEST_FUNCTION}


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_a_name_says_what_is_inside(module: Path) -> None:
    assert not EMPTY_NAMES & set(module.relative_to(ROOT).with_suffix("").parts)


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_a_package_offers_names_and_nothing_else(module: Path) -> None:
    """An ``__init__`` with logic hides it where nobody looks."""
    if module.name == "__init__.py":
        assert len(module.read_text().splitlines()) <= 60


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_nothing_imports_the_wsgi_module(module: Path) -> None:
    """It is where servers come in; the arrow points from it to the app."""
    imports = [
        name.name
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.Import)
        for name in node.names
    ]
    assert "wsgi" not in imports


def test_a_directory_opens_no_transaction_that_reaches_all_tenants() -> None:
    """The second wall stands only before those that :meth:`Database.of` opens.

    Beside directories, one module makes tenants, and one counts what several have.
    """
    opening = re.compile(r"database\.(read|glance|write)\(")
    found = [
        named(module)
        for module in (ROOT / "scim").rglob("*.py")
        if "storage" not in module.parts
        and named(module) not in {"scim/standalone.py", "scim/sizes.py"}
        and opening.search(module.read_text())
    ]

    assert [] == found

"""``provisor app set``, and where its settings are seen again."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli import main

DEFAULTS = {"profile": "tolerant", "patch": "200", "group-names": "unique", "delete": "remove"}


class Command:
    """The command on a fresh instance with one app."""

    def __init__(self, instance: Path) -> None:
        self._environment = {"PROVISOR_INSTANCE": str(instance), "PROVISOR_DATABASE_URL": ""}
        self.app_id = self.run("create", "Okta").stdout.strip()

    def run(self, *arguments: str) -> Result:
        return CliRunner(env=self._environment).invoke(main, ("app", *arguments))

    def set(self, *pairs: str) -> Result:
        return self.run("set", self.app_id, *pairs)

    def settings(self) -> dict[str, Any]:
        """Return the settings of the app as programs get them."""
        (app,) = json.loads(self.run("list", "--json").stdout)
        return {key: app[key] for key in DEFAULTS}


@pytest.fixture
def provisor(tmp_path: Path) -> Command:
    return Command(tmp_path / "instance")


def test_settings_are_listed_for_programs_and_changed_ones_for_people(provisor: Command) -> None:
    assert DEFAULTS == provisor.settings()
    assert "=" not in provisor.run("list").stdout

    done = provisor.set("patch=204", "group-names=shared")

    assert (0, "", "The settings are saved.\n") == (done.exit_code, done.stdout, done.stderr)
    assert DEFAULTS | {"patch": "204", "group-names": "shared"} == provisor.settings()
    assert "  patch=204 group-names=shared  " in provisor.run("list").stdout


@pytest.mark.parametrize(
    "pairs",
    [
        (),
        ("patch",),
        ("patch=",),
        ("=204",),
        ("color=red",),
        ("patch=204", "delete=never"),
        ("patch=204", "patch=204"),
        ("patch=204", "patch=200"),
        ("patch==204",),
        ("patch= 204",),
    ],
)
def test_settings_used_wrongly_end_with_2_and_change_nothing(
    provisor: Command, pairs: tuple[str, ...]
) -> None:
    done = provisor.set(*pairs)

    assert (2, "") == (done.exit_code, done.stdout)
    assert DEFAULTS == provisor.settings()


@pytest.mark.parametrize("pair", ["color=red", "delete=never", "profile"])
def test_what_cannot_be_set_is_told_everything_that_can(provisor: Command, pair: str) -> None:
    said = " ".join(provisor.set(pair).stderr.split())

    for offered in (
        "profile=tolerant|strict",
        "patch=200|204",
        "group-names=unique|shared",
        "delete=remove|suspend",
    ):
        assert offered in said
        assert offered in " ".join(provisor.run("set", "--help").stdout.split())


def test_an_unknown_app_is_refused(provisor: Command) -> None:
    done = provisor.run("set", "app_unknown", "patch=204")

    assert (1, "Error: There is no app app_unknown.\n") == (done.exit_code, done.stderr)


def test_a_profile_can_be_changed_after_the_app_was_made(provisor: Command) -> None:
    provisor.set("profile=strict")

    assert DEFAULTS | {"profile": "strict"} == provisor.settings()

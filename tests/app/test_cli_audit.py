"""``provisor audit``, as operators and their scripts use it."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from scim.storage import open_database


class Command:
    """The command on an instance in which something was done."""

    def __init__(self, instance: Path) -> None:
        self.file = instance / "provisor.db"
        self._environment = {"PROVISOR_INSTANCE": str(instance), "PROVISOR_DATABASE_URL": ""}
        self.app = self.run("app", "create", "Okta", "--enable-scim").stdout.strip()
        self.run("token", "issue", self.app)

    def run(self, *arguments: str) -> Result:
        return CliRunner(env=self._environment).invoke(main, arguments, catch_exceptions=False)

    def listed(self, *options: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(
            self.run("audit", "list", "--json", *options).stdout
        )
        return found

    def tamper(self, statement: str) -> None:
        database = open_database(self.file)
        with database.write() as session:
            session.run("DROP TRIGGER audit_is_not_changed")
            session.run(statement)
        database.close()


@pytest.fixture
def provisor(tmp_path: Path) -> Command:
    return Command(tmp_path / "instance")


def test_the_list_says_who_did_what_newest_first(provisor: Command) -> None:
    lines = provisor.listed()

    assert ["token.issue", "service-account.create", "app.enable-scim", "app.create"] == [
        line["action"] for line in lines[:4]
    ]
    assert {"cli"} == {line["actor"] for line in lines[:4]}
    assert {"name": "default"} in [line["detail"] for line in lines]
    assert sorted((line["seq"] for line in lines), reverse=True) == [line["seq"] for line in lines]
    assert lines[0]["object_id"] in provisor.run("audit", "list").stdout


def test_the_list_holds_what_was_asked_for(provisor: Command) -> None:
    assert 4 == len(provisor.listed("--app", provisor.app))
    assert [] == provisor.listed("--app", "app_nothing")
    assert [] == provisor.listed("--since", "2999-01-01")
    assert len(provisor.listed()) == len(provisor.listed("--since", "2026-01-01T00:00:00Z"))
    assert 2 == len(provisor.listed("--limit", "2"))
    assert 2 == provisor.run("audit", "list", "--since", "yesterday").exit_code


def test_a_log_that_holds_is_a_success(provisor: Command) -> None:
    assert "Not sealed yet: 6" in provisor.run("audit", "verify").stderr
    assert "seal" in provisor.run("tick").stderr

    done = provisor.run("audit", "verify")
    said = json.loads(provisor.run("audit", "verify", "--json").stdout)

    assert (0, 64) == (done.exit_code, len(done.stdout.strip()))
    assert "6 lines under 1 seals hold. Not sealed yet: 0." in done.stderr
    assert [
        {"holds": True, "fault": None, "seals": 1, "lines": 6, "unsealed": 0}
        | {"last_seal": done.stdout.strip()}
    ] == said
    assert 0 == provisor.run("audit", "verify", "--known", done.stdout.upper()).exit_code
    assert 1 == provisor.run("audit", "verify", "--known", "0" * 64).exit_code


def test_a_log_that_was_tampered_with_is_a_failure(provisor: Command) -> None:
    provisor.run("tick")
    provisor.tamper("UPDATE audit SET actor = 'system' WHERE action = 'token.issue'")

    done = provisor.run("audit", "verify")
    as_json = provisor.run("audit", "verify", "--json")

    assert (1, "") == (done.exit_code, done.stdout)
    assert done.stderr.startswith("Error: The audit log was tampered with. A line among 1 to 6")
    assert 1 == as_json.exit_code
    assert [False] == [each["holds"] for each in json.loads(as_json.stdout)]

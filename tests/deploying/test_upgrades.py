"""Upgrades: servers of one release go on while those of the next have migrated their database."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app import Assembly, Settings, assemble
from app.audit import CLI
from app.tokens import NewToken
from scim.storage import Migration, open_database
from tests.app.console_browser import Browser, new_admin, new_app
from tests.app.provider import Provider
from tests.conftest import FakeClock
from tests.docs.catalog import tables_of
from tests.docs.tables import ALL

OLDEST_HELD = {"scim": 5, "app": 11, "log": 1}
"""The last migrations that came before the rule; no release has had them."""

CONTRACTING: dict[str, str] = {}
"""Migrations that take something away, with the release that used it last: not the one before."""

ROUNDS = 6
"""psycopg prepares a statement that a connection has run five times."""

_ADDS = re.compile(
    r"CREATE TABLE|CREATE INDEX|INSERT INTO|UPDATE"
    r"|ALTER TABLE \w+ ADD COLUMN \w+ (?!.*NOT NULL(?!.*DEFAULT))"
    r"|CREATE UNIQUE INDEX \w+ ON (?P<table>\w+)"
)


def number_of(migration: Migration) -> tuple[str, int]:
    package, _, name = migration.name.partition("/")
    return package, int(name[:4])


_NEW_COLUMN = re.compile(r"ALTER TABLE (\w+) ADD COLUMN (\w+) \$?\w+$")


def faults_of(migration: Migration) -> list[str]:
    """Return the statements that servers of the release before may not bear."""
    statements = [" ".join(each.split()) for each in migration.statements]
    made = re.findall(r"CREATE TABLE (\w+)", " ".join(statements))
    added = [_NEW_COLUMN.match(each) for each in statements]
    # the release before leaves a new column empty, and any number of rows may
    harmless = {f"ON {each[1]} ({each[2]})" for each in added if each}
    found = {each: _ADDS.match(each) for each in statements}
    return [
        each
        for each, match in found.items()
        if not each.endswith(tuple(harmless))
        and (match is None or (match["table"] and match["table"] not in made))
    ]


def test_migrations_of_a_release_only_add() -> None:
    for migration in ALL:
        package, number = number_of(migration)
        if number > OLDEST_HELD[package] and migration.name not in CONTRACTING:
            assert [] == faults_of(migration), migration.name


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE token DROP COLUMN label",
        "ALTER TABLE token RENAME COLUMN label TO name",
        "ALTER TABLE token ADD COLUMN colour TEXT NOT NULL",
        "CREATE UNIQUE INDEX one_label ON token (label)",
        "DROP TABLE token",
        "DELETE FROM token",
    ],
)
def test_what_takes_away_is_noticed(statement: str) -> None:
    assert [statement] == faults_of(Migration("app/9999_x", (statement,)))


@pytest.fixture
def former(tmp_path: Path, database_where: str | Path, clock: FakeClock) -> Iterator[Assembly]:
    """A server of today's release."""
    url = database_where if isinstance(database_where, str) else ""
    made = assemble(Settings(instance=tmp_path, database_url=url, rate_limit=0), clock)
    yield made
    made.close()


def migrate_further(assembly: Assembly) -> None:
    """Migrate as a later release would, which adds a column to every table, and a table."""
    database = open_database(assembly.settings.database)
    tables = tables_of(database)
    columns = [f"ALTER TABLE {each} ADD COLUMN of_later $text DEFAULT 'x'" for each in tables]
    further = Migration("app/9999_later", ("CREATE TABLE later (id $text)", *columns))
    assert [] == faults_of(further)
    assert [further.name] == database.migrate([further])
    database.close()


def test_a_server_goes_on_while_a_later_release_migrates(former: Assembly) -> None:
    """It has read every table often enough for the engine to have its statements prepared."""
    app = new_app(former)
    browser = Browser(former).sign_in(new_admin(former, "ada", "owner"))
    provider = Provider(browser.client, former.tokens.issue(app.id, CLI).text)

    for round_ in range(ROUNDS):
        provision(provider, f"before{round_}")
        look_around(browser, app.id)
    former.audit.sealer.seal()
    migrate_further(former)
    provision(provider, "after")
    look_around(browser, app.id)

    former.audit.sealer.seal()
    assemble(former.settings).close()  # it starts there too
    verdict = former.audit.checker.check()
    assert ("", 0) == (verdict.fault, verdict.unsealed)


def provision(provider: Provider, name: str) -> None:
    """Do what a provider does to a directory; nothing of it may fail."""
    user = done(provider.ask("POST", "/Users", {"userName": name}))
    members = [{"value": user["id"]}]
    group = done(provider.ask("POST", "/Groups", {"displayName": name, "members": members}))
    for query in (f'filter=userName eq "{name}"', "sortBy=userName", "cursor", "count=1"):
        assert done(provider.ask("GET", f"/Users?{query}"))["totalResults"]
    change = {"op": "replace", "path": "active", "value": False}
    done(provider.ask("PATCH", f"/Users/{user['id']}", {"Operations": [change]}))
    done(provider.ask("PUT", f"/Groups/{group['id']}", {"displayName": f"{name}s"}))
    deletion = {"method": "DELETE", "path": f"/Groups/{group['id']}"}
    (outcome,) = done(provider.ask("POST", "/Bulk", {"Operations": [deletion]}))["Operations"]
    assert outcome["status"] == "204"
    assert provider.ask("GET", f"/Groups/{group['id']}").status_code == 404


def done(answer: TestResponse) -> dict[str, Any]:
    assert answer.status_code in {200, 201}, answer.text
    body: dict[str, Any] = answer.get_json(force=True)
    return body


def look_around(browser: Browser, app_id: str) -> None:
    """Open the pages of the console, and change what an admin changes."""
    for page in ("apps", "admins", "account", "audit", "instance", f"apps/{app_id}", *(
        f"apps/{app_id}/{each}" for each in ("guide", "credentials", "log", "audit")
    )):  # fmt: skip
        assert browser.ask("GET", f"/console/{page}") == 200, page
    assert browser.ask("GET", "/metrics") == 200
    tokens = browser.assembly.tokens
    with tokens.lent(app_id, CLI, NewToken()):
        assert tokens.list(app_id)

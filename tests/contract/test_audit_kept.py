"""The audit log only grows: no statement changes or removes a line, on either engine."""

from contextlib import suppress
from functools import partial

import pytest

from app.audit import CLI
from scim.storage import Conflict, Database
from tests.contract.audited import with_tables, write_lines
from tests.instance import Instance
from tests.races import in_threads


@pytest.fixture
def log(database: Database) -> Database:
    with_tables(database)
    write_lines(database, 3)
    return database


def lines(database: Database) -> list[tuple[object, ...]]:
    with database.read() as session:
        return [tuple(row) for row in session.all("SELECT * FROM audit ORDER BY seq")]


REPLACED = (
    "INSERT OR REPLACE INTO audit SELECT 2, at, tenant_id, 'x', address, action, object_type,"
    " object_id, detail, app_id, request_id FROM audit WHERE seq = 1"
)
STATEMENTS = {
    "sqlite": ("UPDATE audit SET seq = 9 WHERE seq = 2", REPLACED),
    "postgresql": ("TRUNCATE audit", "UPDATE audit SET actor = 'x' WHERE seq = 999"),
}


def test_a_line_is_neither_changed_nor_removed(log: Database, engine: str) -> None:
    before = lines(log)

    for statement in (
        "UPDATE audit SET actor = 'somebody else' WHERE seq = 2",
        "DELETE FROM audit WHERE seq = 2",
        "DELETE FROM audit",
        *STATEMENTS[engine],
    ):
        with pytest.raises(Conflict, match="append-only"), log.write() as session:
            session.run(statement)

    assert before == lines(log)
    write_lines(log, 1, start=3)
    assert 4 == len(lines(log))


def test_a_seal_is_neither_changed_nor_removed(log: Database) -> None:
    with log.write() as session:
        session.run(
            "INSERT INTO audit_seal (number, from_seq, to_seq, count, runs, sealed_at, sha256)"
            " VALUES (1, 1, 1, 1, '1', 'x', 'x')"
        )

    for statement in ("UPDATE audit_seal SET sha256 = 'y'", "DELETE FROM audit_seal"):
        with pytest.raises(Conflict, match="append-only"), log.write() as session:
            session.run(statement)


def test_the_lines_of_an_app_and_of_a_tenant_outlive_them(instance: Instance) -> None:
    app = instance.new_app()
    instance.tokens.issue(app.id, CLI)
    before = lines(instance.database)

    instance.client_apps.delete(app.id, CLI)
    with instance.database.write() as session:
        session.run("DELETE FROM tenant WHERE id = ?", (app.tenant_id,))

    assert before == lines(instance.database)[:-1]


def test_every_line_of_an_app_names_it(instance: Instance) -> None:
    app = instance.new_app()
    instance.tokens.issue(app.id, CLI)
    instance.tokens.revoke_all(app.id, CLI)

    with instance.database.read() as session:
        rows = session.all("SELECT action, app_id FROM audit WHERE action NOT LIKE 'tenant%'")

    assert {app.id} == {row["app_id"] for row in rows if not row["action"].startswith("key.")}
    assert "token.revoke" in {row["action"] for row in rows}


def test_a_change_that_fails_leaves_no_line(log: Database) -> None:
    def write_and_fail() -> None:
        with suppress(RuntimeError), log.write() as session:
            session.run(
                "INSERT INTO audit (at, actor, action, object_type, object_id, detail)"
                " VALUES ('x', 'x', 'x', 'x', 'x', '{}')"
            )
            raise RuntimeError

    before = lines(log)
    in_threads(4, partial(write_and_fail))

    assert before == lines(log)

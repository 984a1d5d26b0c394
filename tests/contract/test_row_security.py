"""The second wall between tenants: PostgreSQL's own, met by statements that forget the first."""

from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from app.assembly import _record_change as record_change
from app.log.migrations import MIGRATIONS as LOG
from app.migrations import MIGRATIONS as APP
from scim.migrations import MIGRATIONS as DIRECTORY
from scim.provider import GROUP
from scim.storage import Database, open_database
from scim.storage.database import Transactions
from scim.storage.row_security import ROLE, TENANT
from tests.conftest import FakeClock
from tests.contract.directories import (
    Caller,
    add_members,
    caller_of,
    new_group,
    new_tenant,
    new_user,
    open_directory,
)
from tests.contract.people import ENTERPRISE
from tests.postgres import PostgresServer

EVERYTHING = (*DIRECTORY, *APP, *LOG)

OF_TENANTS = ("resource", "member", "unique_value", "resource_count", "lookup_path", "lookup")
"""The tables that a transaction of a tenant changes."""

DENIED = psycopg.errors.InsufficientPrivilege


@pytest.fixture
def url(postgres_server: PostgresServer) -> Iterator[str]:
    where = postgres_server.new_database()
    yield where
    postgres_server.give_back(where)


@pytest.fixture
def walled(url: str) -> Iterator[Database]:
    """A database with every table of the product, behind the wall."""
    with closing(open_database(url)) as database:
        database.migrate(EVERYTHING)
        yield database


@pytest.fixture
def callers(walled: Database, clock: FakeClock) -> list[Caller]:
    """Clients of two tenants, each with a user in a group."""
    directory = open_directory(walled, clock, record_change)
    made = [caller_of(directory, new_tenant(walled, name)) for name in ("first", "second")]
    for caller in made:
        user = new_user(caller, externalId="e", **{ENTERPRISE: {"employeeNumber": "1"}})
        new_group(caller, "crew", user["id"])
    return made


def owned(database: Database, table: str) -> dict[str, int]:
    """Return how many rows of a table each tenant has, as the owner of the tables sees them."""
    whose = "lookup_path AS p JOIN lookup AS t ON p.id = t.path_id" if table == "lookup" else table
    with database.read() as session:
        rows = session.all(f"SELECT tenant_id, COUNT(*) AS n FROM {whose} GROUP BY tenant_id")  # noqa: S608
    return {row["tenant_id"]: row["n"] for row in rows}


def seen(transactions: Transactions) -> dict[str, int]:
    """Return how many rows a transaction sees by statements that name no tenant."""
    with transactions.read() as session:
        return {
            table: len(session.all(f"SELECT * FROM {table}"))  # noqa: S608 - words from above
            for table in OF_TENANTS
        }


def raw(url: str, tenant_id: str | None) -> psycopg.Connection:
    """Return a connection of nobody's code that acts as the role, for a tenant."""
    connection = psycopg.connect(url, autocommit=True)
    connection.execute(f"SET ROLE {ROLE}")
    if tenant_id is not None:
        connection.execute(f"SELECT set_config('{TENANT}', %s, false)", (tenant_id,))
    return connection


def test_a_transaction_of_a_tenant_sees_the_rows_of_that_tenant_alone(
    walled: Database, callers: list[Caller]
) -> None:
    for caller in callers:
        tenant = caller.client.tenant_id
        expected = {table: owned(walled, table).get(tenant, 0) for table in OF_TENANTS}
        assert expected == seen(walled.of(tenant))
        assert ["unique_value"] == [table for table, n in expected.items() if not n]
    for nobody in ("", "00000000-0000-4000-8000-000000000000", "' OR true --", "\\' OR true --"):
        assert set(seen(walled.of(nobody)).values()) == {0}


def test_statements_without_a_tenant_touch_the_rows_of_one_tenant_alone(
    url: str, walled: Database, callers: list[Caller]
) -> None:
    mine, theirs = (caller.client.tenant_id for caller in callers)

    with closing(raw(url, mine)) as connection:
        rows = connection.execute("SELECT tenant_id FROM resource").fetchall()
        assert {(mine,)} == set(rows)
        assert 2 == connection.execute("UPDATE resource SET doc = 'changed'").rowcount
        for change in ("UPDATE resource SET tenant_id = %s", "UPDATE member SET tenant_id = %s"):
            with pytest.raises(DENIED):
                connection.execute(change, (theirs,))
        with pytest.raises(DENIED):
            connection.execute(
                "INSERT INTO lookup_path (tenant_id, type, path) VALUES (%s, 'User', 'x')",
                (theirs,),
            )
        with pytest.raises(DENIED):
            connection.execute(
                "INSERT INTO audit (at, tenant_id, actor, action, object_type, object_id, detail)"
                " VALUES ('', %s, '', '', '', '', '')",
                (theirs,),
            )
        for table in reversed(OF_TENANTS):
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 - words from above

    assert [{theirs}] * 5 == [
        set(owned(walled, each)) for each in OF_TENANTS if each != "unique_value"
    ]
    assert callers[1].search(GROUP)["totalResults"] == 1
    for nobody in (None, "", "nobody"):
        with closing(raw(url, nobody)) as connection:
            assert [] == connection.execute("SELECT * FROM resource").fetchall()
            assert 0 == connection.execute("UPDATE resource SET doc = ''").rowcount
            assert 0 == connection.execute("DELETE FROM lookup").rowcount


def test_the_role_can_neither_take_the_wall_down_nor_go_around_it(
    url: str, callers: list[Caller]
) -> None:
    with closing(raw(url, callers[0].client.tenant_id)) as connection:
        for attempt in (
            "ALTER TABLE resource DISABLE ROW LEVEL SECURITY",
            "ALTER POLICY of_tenant ON resource USING (true)",
            "DROP POLICY of_tenant ON resource",
            "TRUNCATE resource CASCADE",
            f"ALTER ROLE {ROLE} BYPASSRLS",
            "UPDATE audit SET detail = ''",
            "SELECT * FROM audit",
            "UPDATE token SET tenant_id = 'x'",
            "SELECT * FROM signing_key",
            "SELECT * FROM admin",
        ):
            with pytest.raises(DENIED):
                connection.execute(attempt)
        connection.execute("SET row_security = off")  # an error instead of fewer rows, no way out
        with pytest.raises(DENIED):
            connection.execute("SELECT * FROM resource")


def test_every_table_with_a_tenant_is_behind_the_wall(walled: Database) -> None:
    """A new table is, without anybody thinking of it, and the role has no right to it."""
    with walled.read() as session:
        unguarded = session.all(
            "SELECT c.relname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid"
            " WHERE a.attname = 'tenant_id' AND c.relkind = 'r' AND NOT (c.relrowsecurity AND"
            " EXISTS (SELECT 1 FROM pg_policy AS p WHERE p.polrelid = c.oid))"
        )
        reached = session.all(
            "SELECT table_name, privilege_type FROM information_schema.role_table_grants"
            " WHERE grantee = ?",
            (ROLE,),
        )
        role = session.one(
            "SELECT rolsuper, rolbypassrls, rolcanlogin, rolcreaterole FROM pg_roles"
            " WHERE rolname = ?",
            (ROLE,),
        )
    rights = ("SELECT", "INSERT", "UPDATE", "DELETE")

    assert [] == unguarded
    assert {tuple(row) for row in reached} == {
        *((table, right) for table in OF_TENANTS for right in rights),
        ("audit", "INSERT"),
        ("token", "SELECT"),
        ("client_app", "SELECT"),
    }
    assert role is not None
    assert not any(role)


def test_a_connection_never_keeps_the_tenant_of_the_request_before(
    url: str, clock: FakeClock
) -> None:
    """One connection serves both in turn, also after what it did was undone."""
    with closing(open_database(url, 1)) as database:
        directory = open_directory(database, clock)
        tenants = [new_tenant(database, name) for name in ("first", "second")]
        users = [new_user(caller_of(directory, each))["id"] for each in tenants]

        for turn in (0, 1, 1, 0, 1, 0, 0, 1):
            transactions = database.of(tenants[turn])
            with transactions.glance() as session:
                assert [users[turn]] == [
                    row["id"] for row in session.all("SELECT id FROM resource")
                ]
            other = database.of(tenants[1 - turn])
            with pytest.raises(ZeroDivisionError), other.write() as session:
                assert 1 == session.run("UPDATE resource SET version = version + 1")
                raise ZeroDivisionError
            with other.read() as session:
                assert [users[1 - turn]] == [
                    row["id"] for row in session.all("SELECT id FROM resource")
                ]
            with transactions.glance() as session:
                assert [users[turn]] == [
                    row["id"] for row in session.all("SELECT id FROM resource")
                ]


def test_who_may_make_no_role_is_told_how_to_get_one_and_served_without(
    url: str, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    name = url.rpartition("/")[2]
    plain = url.replace("postgres@", "plain@")
    with closing(open_database(url)) as database:
        database.migrate(DIRECTORY)  # so that the role is there
        with database.write() as session:
            session.run("DROP SCHEMA public CASCADE")
            session.run("CREATE ROLE plain LOGIN")
            session.run(f"GRANT ALL ON DATABASE {name} TO plain")
            session.run("CREATE SCHEMA public AUTHORIZATION plain")
    try:
        with closing(open_database(plain)) as database:
            caller = caller_of(open_directory(database, clock), new_tenant(database))
            group = new_group(caller, "crew")
            assert "GRANT provisor_tenant TO" in caplog.text
            assert "plain" == current_user(database.of("x"))

        with closing(open_database(url)) as database, database.write() as session:
            session.run(f"GRANT {ROLE} TO plain")
        with closing(open_database(plain)) as database:
            caller = caller_of(open_directory(database, clock), caller.client.tenant_id)
            caller.patch(GROUP, group["id"], add_members(new_user(caller)["id"]))
            assert ROLE == current_user(database.of("x"))
            assert set(seen(database.of("x")).values()) == {0}
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            connection.execute("DROP OWNED BY plain; DROP ROLE plain")


def current_user(transactions: Transactions) -> str:
    with transactions.glance() as session:
        row = session.one("SELECT current_user AS name")
    assert row is not None
    return str(row["name"])


def test_the_wall_can_be_left_out(url: str, clock: FakeClock) -> None:
    with closing(open_database(url, row_security=False)) as database:
        caller = caller_of(open_directory(database, clock), new_tenant(database))
        new_user(caller)
        assert "postgres" == current_user(database.of("x"))
        assert seen(database.of("x"))["resource"] == 1

"""How each engine answers the queries that providers send: from an index, and never by a scan."""

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from scim import PROVIDER, Database, Directory
from scim.migrations import MIGRATIONS
from scim.provider import GROUP, USER
from scim.storage import Row, Session, open_database
from tests.conftest import FakeClock
from tests.contract.directories import Caller, Journal, caller_of, new_cursors, new_tenant
from tests.contract.people import ENTERPRISE
from tests.postgres import PostgresServer

USERS = 20_000
NOBODY = "00000000-0000-4000-8000-000000000000"

FILTERS = (
    (USER, 'userName eq "user123@example.com"'),
    (USER, 'userName eq "user123@example.com" and active eq true'),
    (USER, 'userName sw "user123"'),
    (USER, 'externalId eq "e123"'),
    (USER, 'externalId eq "e123" or userName eq "user5@example.com"'),
    (USER, f'id eq "{NOBODY}"'),
    (USER, 'displayName eq "person 123"'),
    (USER, 'displayName sw "person 123"'),
    (USER, 'emails eq "user123@example.com"'),
    (USER, 'emails.value eq "user123@example.com"'),
    (USER, 'emails.value eq "user123@example.com" and emails.type eq "work"'),
    (USER, 'emails[type eq "work" and value eq "user123@example.com"]'),
    (USER, 'phoneNumbers.value eq "+41123"'),
    (USER, 'name.familyName eq "family 5" and name.givenName eq "given 7"'),
    (USER, f'{ENTERPRISE}:employeeNumber eq "123"'),
    (USER, f'{ENTERPRISE}:manager.value eq "m12"'),
    (USER, 'meta.lastModified gt "2026-01-01T05:57:30Z"'),
    (USER, 'meta.lastModified ge "2026-01-01T05:57:30Z" and title eq "x"'),
    (USER, 'meta.created gt "2026-01-01T05:57:30Z"'),
    (USER, f'groups.value eq "{NOBODY}"'),
    (GROUP, 'displayName eq "group 5"'),
    (GROUP, 'externalId eq "e5"'),
    (GROUP, f'id eq "{NOBODY}"'),
    (GROUP, 'members.value eq "user-123"'),
    (GROUP, 'members[value eq "user-123"]'),
)
"""What providers ask for, few of whom meet it."""

ORDERS = {
    "userName": "resource_by_key",
    "id": "resource_tenant_id_id_key|sqlite_autoindex_resource_1",
    "meta.created": "resource_by_creation",
    "meta.lastModified": "resource_by_change",
}


@dataclass
class Explaining:
    """A database that keeps the plan of every SELECT run on it."""

    database: Database
    explain: str
    column: str
    plans: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.database, name)

    def of(self, tenant_id: str | None) -> "Explaining":
        """Explain what transactions of one tenant do, behind the second wall if there is one."""
        return replace(self, database=self.database.of(tenant_id))  # type: ignore[arg-type]  # read

    @contextmanager
    def read(self) -> Iterator["ExplainingSession"]:
        """Open a reading transaction."""
        with self.database.read() as session:
            yield ExplainingSession(session, self)

    @contextmanager
    def glance(self) -> Iterator["ExplainingSession"]:
        """Open what reads with one statement."""
        with self.database.glance() as session:
            yield ExplainingSession(session, self)

    def planned(self, act: Callable[[], object]) -> list[str]:
        """Return how each statement of an act is answered."""
        self.plans.clear()
        act()
        return list(self.plans)


@dataclass(frozen=True, slots=True)
class ExplainingSession:
    """A session that asks for the plan of a statement before it runs it."""

    session: Session
    explaining: Explaining

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """Return the first row."""
        self._explain(sql, parameters)
        return self.session.one(sql, parameters)

    def all(self, sql: str, parameters: Sequence[Any] = ()) -> Sequence[Row]:
        """Return every row."""
        self._explain(sql, parameters)
        return self.session.all(sql, parameters)

    def tuples(self, sql: str, parameters: Sequence[Any] = ()) -> Sequence[tuple[Any, ...]]:
        """Return every row, without names."""
        self._explain(sql, parameters)
        return self.session.tuples(sql, parameters)

    def sought(self, sql: str, parameters: Sequence[Any] = ()) -> Sequence[tuple[Any, ...]]:
        """Return every row, without names."""
        return self.tuples(sql, parameters)

    def _explain(self, sql: str, parameters: Sequence[Any]) -> None:
        rows = self.session.all(f"{self.explaining.explain} {sql}", parameters)
        lines = [str(row[self.explaining.column]) for row in rows]
        self.explaining.plans.append("\n".join(lines))


def fill(database: Database, tenant_id: str) -> None:
    """Add users and groups by few statements, as a large directory from before has them."""
    numbers = (
        "(WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?)"
        " SELECT n FROM n) AS n"
    )
    user = (
        """'{"userName":"user' || n || '@example.com","externalId":"e' || n ||"""
        """ '","displayName":"person ' || n || '","active":"' ||"""
        """ CASE WHEN n % 100 = 0 THEN 'false' ELSE 'true' END ||"""
        """ '","name":{"familyName":"family ' || (n % 500) || '","givenName":"given ' ||"""
        """ (n % 90) || '"},"emails":[{"value":"user' || n || '@example.com","type":"work"},'"""
        """ || '{"value":"home' || n || '@example.com","type":"home"}],'"""
        """ || '"phoneNumbers":[{"value":"+41' || n ||"""
        f""" '"}}],"{ENTERPRISE}":{{"employeeNumber":"' || n || '","manager":{{"value":"m' ||"""
        """ (n / 10) || '"}}}'"""
    )
    group = """'{"displayName":"group ' || n || '","externalId":"e' || n || '"}'"""
    moment = "'2026-01-01T05:' || (10 + n / 410) || ':00.000000Z'"
    with database.write() as session:
        for type_, key, folded, count in (
            ("User", "'user' || n || '@example.com'", user, USERS),
            ("Group", "'group ' || n", group, 200),
        ):
            json = database.words.json_value.replace("?", folded)
            session.run(
                "INSERT INTO resource (tenant_id, type, id, unique_key, doc, folded, version,"  # noqa: S608 - words from above
                f" created_at, modified_at) SELECT ?, ?, ? || n, {key}, ?, {json}, 1, {moment},"
                f" {moment} FROM {numbers}",
                (tenant_id, type_, f"{type_.lower()}-", '{"schemas":[],"displayName":"x"}', count),
            )
        session.run(
            "INSERT INTO member (tenant_id, group_id, value)"  # noqa: S608 - words from above
            " SELECT ?, 'group-' || (1 + n % 200),"
            f" 'user-' || n FROM {numbers}",
            (tenant_id, USERS),
        )


@pytest.fixture(scope="module")
def filled_on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a large directory, filled before there were lookups."""
    file = tmp_path_factory.mktemp("plans") / "filled.db"
    make_large(file)
    return file


@pytest.fixture(scope="module")
def filled_on_postgresql(postgres_server: PostgresServer) -> str:
    """A database with a large directory, filled before there were lookups."""
    url = postgres_server.new_database()
    make_large(url)
    return url


def make_large(where: str | Path) -> None:
    database = open_database(where)
    database.migrate(MIGRATIONS[:3])
    fill(database, new_tenant(database))
    database.migrate(MIGRATIONS)
    database.close()


@pytest.fixture
def database_where(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[str | Path]:
    """Where a large directory of the engine is: a copy of its own for each test."""
    filled = request.getfixturevalue(f"filled_on_{engine}")
    if engine == "sqlite":
        yield Path(shutil.copy(filled, tmp_path))
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.new_copy(filled)
    yield url
    server.give_back(url)


@pytest.fixture
def explaining(database: Database, engine: str) -> Explaining:
    explain = ("EXPLAIN QUERY PLAN", "detail") if engine == "sqlite" else ("EXPLAIN", "QUERY PLAN")
    return Explaining(database, *explain)


@pytest.fixture
def caller(explaining: Explaining, clock: FakeClock) -> Caller:
    explaining.database.migrate(MIGRATIONS)
    with explaining.database.read() as session:
        tenant = session.one("SELECT id FROM tenant")
    assert tenant is not None
    database: Any = explaining
    directory = Directory(database, clock, Journal(), PROVIDER, new_cursors(clock))
    return caller_of(directory, tenant["id"])


def statistics(explaining: Explaining, engine: str) -> None:
    """Let PostgreSQL have the statistics that it makes itself some time after a load."""
    if engine == "postgresql":
        with explaining.database.write() as session:
            session.run("ANALYZE")


def without_statistics(explaining: Explaining, engine: str) -> None:
    """Let PostgreSQL go by the size of tables alone: a million users are told to it, not made."""
    if engine == "postgresql":
        with explaining.database.write() as session:
            for table, rows in (("resource", 1e6), ("lookup", 1e7), ("member", 1e6)):
                session.run(
                    "UPDATE pg_class SET reltuples = ?, relpages = pg_relation_size(oid) / 8192"
                    " WHERE relname = ?",
                    (rows, table),
                )


SCAN = re.compile(r"SCAN [rsolmp]\b|Seq Scan on (resource|lookup|member)\b")
WHOLE_LIST = re.compile(r"resource_in_order|\(tenant_id=\? AND type=\?\)")
SORT = re.compile(r"FOR ORDER BY|(-> *|^)Sort  \(", re.MULTILINE)


def scans(plan: str) -> bool:
    """Whether a table is walked; rows of a subquery have an alias like one."""
    return any(
        f"CO-ROUTINE {found[0].removeprefix('SCAN ')}\n" not in plan
        for found in SCAN.finditer(plan)
    )


@pytest.mark.parametrize("prepare", [statistics, without_statistics])
def test_filters_start_from_an_index(
    explaining: Explaining,
    caller: Caller,
    engine: str,
    prepare: Callable[[Explaining, str], None],
) -> None:
    prepare(explaining, engine)
    for kind, text in FILTERS:
        if text.startswith("meta.") and prepare is without_statistics and engine == "postgresql":
            continue  # how many meet it, PostgreSQL then guesses: a third of all
        for query in ({"count": 2}, {"count": 200}, {"count": 2, "cursor": ""}):
            plans = explaining.planned(lambda k=kind, t=text, q=query: caller.ids(k, filter=t, **q))  # type: ignore[misc]
            assert plans
            for plan in plans:
                assert not scans(plan), (text, plan)
                assert not WHOLE_LIST.search(plan), (text, plan)


@pytest.mark.parametrize(
    "text",
    ["active eq true", "externalId pr", 'meta.lastModified gt "2025-01-01T00:00:00Z"'],
)
def test_a_filter_that_many_meet_reads_no_more_resources_than_a_page_shows(
    explaining: Explaining, caller: Caller, engine: str, text: str
) -> None:
    statistics(explaining, engine)
    for query in ({}, {"start_index": 9_000}, {"cursor": ""}):
        page, *_ = explaining.planned(lambda q=query: caller.ids(USER, filter=text, count=2, **q))  # type: ignore[misc]
        assert not scans(page), page
        assert re.search(r"\(rowid=\?\)|using resource_pkey", page), page


def test_an_unfiltered_page_walks_no_more_than_a_block(
    explaining: Explaining, caller: Caller, engine: str
) -> None:
    statistics(explaining, engine)
    for query in ({}, {"start_index": USERS - 1}, {"cursor": ""}):
        plans = explaining.planned(lambda q=query: caller.ids(USER, count=2, **q))  # type: ignore[misc]
        (page,) = (plan for plan in plans if "resource_count" not in plan)
        assert re.search("resource_in_order|using resource_pkey", page), page
        assert not scans(page), page
        assert not SORT.search(page), page
        assert ("start_index" in query) == bool(re.search(r"seq ?>", page)), page


@pytest.mark.parametrize("descending", [False, True])
def test_an_order_is_that_of_an_index(
    explaining: Explaining, caller: Caller, engine: str, *, descending: bool
) -> None:
    statistics(explaining, engine)
    for path, index in ORDERS.items():
        query: dict[str, Any] = {"sort_by": path, "descending": descending, "count": 2}
        cursor = caller.search(USER, **query, cursor="")["nextCursor"]
        for paging in ({}, {"cursor": ""}, {"cursor": cursor}):
            page, *_ = explaining.planned(lambda p=paging, q=query: caller.search(USER, **q, **p))  # type: ignore[misc]
            assert re.search(index, page), (path, page)
            assert not scans(page), (path, page)
            assert not SORT.search(page), (path, page)

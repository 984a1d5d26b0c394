"""How many statements a use case takes, on every engine."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from scim import PROVIDER, Database, Directory, open_database
from scim.migrations import MIGRATIONS
from scim.preconditions import Preconditions
from scim.projection import EVERYTHING, NOTHING, Projection
from scim.provider import GROUP, USER
from scim.rendering import View
from scim.storage import Row, Session
from scim.storage.members import Members
from tests.conftest import FakeClock
from tests.contract.directories import (
    BASE_URL,
    Caller,
    Journal,
    add_members,
    caller_of,
    new_cursors,
    new_group,
    new_tenant,
    new_user,
    open_directory,
)

PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@pytest.fixture
def caller(database: Database, clock: FakeClock) -> Caller:
    """A strict client of the only tenant."""
    return caller_of(open_directory(database, clock), new_tenant(database))


@dataclass
class Counting:
    """A database that counts the statements run on it."""

    database: Database
    count: int = 0
    words: Any = field(init=False)

    def __post_init__(self) -> None:
        self.words = self.database.words

    @contextmanager
    def read(self) -> Iterator["CountingSession"]:
        """Open a reading transaction."""
        with self.database.read() as session:
            yield CountingSession(session, self)

    @contextmanager
    def glance(self) -> Iterator["CountingSession"]:
        """Open what reads with one statement."""
        with self.database.glance() as session:
            yield CountingSession(session, self)

    @contextmanager
    def write(self, *patience: float, **how: bool) -> Iterator["CountingSession"]:
        """Open a writing transaction."""
        with self.database.write(*patience, **how) as session:
            yield CountingSession(session, self)

    def of(self, tenant_id: str | None) -> "Counting":
        """Count what transactions of any tenant do."""
        del tenant_id
        return self

    def counted(self, act: Callable[[], object]) -> int:
        """Return how many statements an act takes."""
        before = self.count
        act()
        return self.count - before


@dataclass(frozen=True, slots=True)
class CountingSession:
    """A session that tells its database of every statement."""

    session: Session
    counting: Counting

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """Return the first row."""
        self.counting.count += 1
        return self.session.one(sql, parameters)

    def all(self, sql: str, parameters: Sequence[Any] = ()) -> Sequence[Row]:
        """Return every row."""
        self.counting.count += 1
        return self.session.all(sql, parameters)

    def tuples(self, sql: str, parameters: Sequence[Any] = ()) -> Sequence[tuple[Any, ...]]:
        """Return every row, without names."""
        self.counting.count += 1
        return self.session.tuples(sql, parameters)

    def sought(self, sql: str, parameters: Sequence[Any] = ()) -> Sequence[tuple[Any, ...]]:
        """Return every row, without names."""
        self.counting.count += 1
        return self.session.sought(sql, parameters)

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run a statement."""
        self.counting.count += 1
        return self.session.run(sql, parameters)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.session, name)


def test_a_page_takes_as_many_statements_whatever_is_on_it(
    database: Database, clock: FakeClock, caller: Caller
) -> None:
    counting = Counting(database)
    counted = caller_of(
        Directory(counting, clock, Journal(), PROVIDER, new_cursors(clock)), caller.client.tenant_id
    )
    users = [new_user(caller, f"user {number}")["id"] for number in range(100)]
    for number in range(100):
        new_group(caller, f"group {number}", *users[: number % 5 + 1])

    pages = {
        (kinds, count): counting.counted(lambda c=count, k=kinds: counted.search(*k, count=c))  # type: ignore[misc]
        for kinds in ((USER,), (GROUP,))
        for count in (1, 100)
    }

    assert {2} == set(pages.values())  # the page with who belongs to what, and the total
    # the page, and the total of each kind
    assert counting.counted(lambda: counted.search(USER, GROUP, count=200)) == 3


def test_a_page_by_cursor_takes_as_many_statements_wherever_it_lies(
    database: Database, clock: FakeClock, caller: Caller
) -> None:
    counting = Counting(database)
    directory = Directory(counting, clock, Journal(), PROVIDER, new_cursors(clock))
    counted = caller_of(directory, caller.client.tenant_id)
    for number in range(40):
        new_user(caller, f"user {number}")
    page: dict[str, Any] = {"nextCursor": ""}
    statements = []

    while "nextCursor" in page:
        before = counting.count
        page = counted.search(USER, count=5, sort_by="userName", cursor=page["nextCursor"])
        statements.append(counting.count - before)

    # the total, the page, who belongs to what; then also whether there is anything before it
    assert [3, *[4] * 7] == statements


def test_a_change_takes_as_many_statements_however_large_the_group(
    database: Database, clock: FakeClock, caller: Caller
) -> None:
    counting = Counting(database)
    counted = caller_of(
        Directory(counting, clock, Journal(), PROVIDER, new_cursors(clock)), caller.client.tenant_id
    )
    users = [new_user(caller, f"user {number}")["id"] for number in range(50)]
    small, large = new_group(caller, "small"), new_group(caller, "large", *users[:40])

    def join(group: dict[str, Any], *ids: str) -> int:
        return counting.counted(lambda: counted.patch(GROUP, group["id"], add_members(*ids)))

    assert join(small, users[40]) == join(large, users[40]) == join(large, *users[41:])


def test_a_change_that_is_not_shown_reads_no_members(
    database: Database, clock: FakeClock, caller: Caller
) -> None:
    counting = Counting(database)
    directory = Directory(counting, clock, Journal(), PROVIDER, new_cursors(clock))
    user, group = new_user(caller), new_group(caller)

    def join(projection: Projection) -> int:
        body = {"schemas": [PATCH], "Operations": [add_members(user["id"])]}
        view = View(BASE_URL, projection)
        return counting.counted(
            lambda: directory.patch(GROUP, group["id"], body, Preconditions(), caller.client, view)
        )

    join(EVERYTHING)
    assert join(EVERYTHING) - 1 == join(NOTHING)


def test_who_has_no_members_takes_no_statement_about_them(
    database: Database, clock: FakeClock, caller: Caller
) -> None:
    counting = Counting(database)
    directory = Directory(counting, clock, Journal(), PROVIDER, new_cursors(clock))
    counted = caller_of(directory, caller.client.tenant_id)

    # the resource and its place in the count; who is new is in no group
    assert 2 == counting.counted(lambda: new_user(counted, "ada"))
    # whether its name is shared, the resource, and its place in the count
    assert 3 == counting.counted(lambda: new_group(counted, "crew"))


def test_members_are_looked_up_by_their_ids(tmp_path: Path) -> None:
    """SQLite would walk through all users, were it told to look for users."""
    database = open_database(tmp_path / "directory.sqlite")
    database.migrate(MIGRATIONS)
    steps: list[str] = []

    class Explaining:
        """A session that only says how it would find rows."""

        def all(self, sql: str, parameters: Sequence[Any]) -> list[Row]:
            rows = session.all(f"EXPLAIN QUERY PLAN {sql}", parameters)
            steps.extend(row["detail"] for row in rows)
            return []

    with closing(database), database.read() as session:
        members = Members(Explaining(), database.words, "tenant")  # type: ignore[arg-type]
        members.types_of(["1"], ("User", "Group"))

    assert ["id=?" in step for step in steps if step.startswith("SEARCH r ")] == [True]

"""D8: a migration is killed before any of its statements, and the next one goes on from there."""

import os
import random
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from app.log.migrations import MIGRATIONS as LOG
from app.migrations import MIGRATIONS as APP
from scim.migrations import MIGRATIONS as DIRECTORY
from scim.storage import Database, Migration, Session, migrating, open_database
from scim.storage.postgres import PostgresDatabase
from scim.storage.sqlite import SqliteDatabase
from tests.races import in_processes
from tests.sizes import size

_MIGRATIONS = (*DIRECTORY, *APP, *LOG)
_CUTS = size(1, 1_000)
"""In each migration, at most."""

_TABLES = {
    "sqlite": "SELECT type, name, sql FROM sqlite_master ORDER BY type, name",
    "postgresql": "SELECT c.relkind, c.relname, a.attname, format_type(a.atttypid, a.atttypmod),"
    " a.attnotnull, pg_get_indexdef(c.oid) FROM pg_class AS c JOIN pg_attribute AS a"
    " ON a.attrelid = c.oid WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0"
    " AND NOT a.attisdropped AND c.relkind IN ('r', 'i') ORDER BY 1, 2, 3",
}


class Dying:
    """A database whose process is killed in the middle of one migration.

    :param name: of the migration
    :param cut: the statement before which it ends; the last one is the COMMIT, and 0 is none
    """

    def __init__(self, database: Database, name: str, cut: int) -> None:
        self.words = database.words
        self._database = database
        self._name = name
        self._left = cut
        self._is_there = False

    @contextmanager
    def write(self) -> Iterator["Dying"]:
        with self._database.write() as self._session:
            yield self
            self._count()

    def lock(self, name: str) -> None:
        self._session.lock(name)

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> object:
        self._is_there = self._name in parameters
        return self._session.one(sql, parameters)

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        self._count()
        return self._session.run(sql, parameters)

    def _count(self) -> None:
        self._left -= self._is_there
        if self._is_there and self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    _session: Session


def cut_everywhere(where: str | Path) -> Callable[[], list[int]]:
    """Prepare a process that lets others migrate, and gives how each of them ended.

    It forks them, because it has no threads and has imported everything already.
    """
    chance = random.Random(5)  # noqa: S311 - no secret

    def cut() -> list[int]:
        ends = []
        for number, migration in enumerate(_MIGRATIONS, start=1):
            cuts = range(1, _statements(where, migration) + 1)
            chosen = chance.sample(cuts, min(_CUTS, len(cuts)))
            ends += [_end_of(_migrate, where, number, at) for at in chosen]
            assert 0 == _end_of(_migrate, where, number, 0)
        return ends

    return cut


def _statements(where: str | Path, migration: Migration) -> int:
    """Return how many statements a migration is; its record and the COMMIT are two more."""
    words = (PostgresDatabase if isinstance(where, str) else SqliteDatabase).words
    return len(migration.statements) + len(migration.append_only) * len(words.append_only) + 2


def _migrate(where: str | Path, number: int, cut: int) -> None:
    database, pending = open_database(where), _MIGRATIONS[:number]
    dying = Dying(database, pending[-1].name, cut)
    migrating.apply(dying, pending)  # type: ignore[arg-type]


def _end_of(act: Callable[..., None], *given: object) -> int:
    process = os.fork()
    if process == 0:
        try:
            act(*given)
        except BaseException:  # noqa: BLE001 - whatever it is, the test sees that it ended so
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def tables(database: Database, engine: str) -> list[tuple[Any, ...]]:
    with database.read() as session:
        return [*session.tuples(_TABLES[engine])]


@pytest.fixture
def untouched(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database whose migrations nobody has disturbed."""
    where: str | Path = tmp_path / "untouched.db"
    if engine == "postgresql":
        server = request.getfixturevalue("postgres_server")
        where = server.new_database()
    database = open_database(where)
    database.migrate(_MIGRATIONS)
    yield database
    database.close()
    if isinstance(where, str):
        server.give_back(where)


@pytest.mark.sized
def test_a_migration_that_is_killed_anywhere_is_gone_on_with(
    engine: str,
    database: Database,
    database_where: str | Path,
    untouched: Database,
    figure: Callable[[str], None],
) -> None:
    (ends,) = in_processes(1, cut_everywhere, database_where)

    assert {-signal.SIGKILL} == set(ends)
    assert tables(untouched, engine) == tables(database, engine)
    assert [] == database.migrate(_MIGRATIONS)
    figure(f"faults D8: {len(_MIGRATIONS)} migrations killed {len(ends)} times, 0 not gone on with")

"""Notices and days of use, on every engine."""

from concurrent.futures import ThreadPoolExecutor

from app.audit import CLI
from app.client_apps import ClientApp
from app.tokens import Use, rows
from app.watch import notices
from app.watch.activity import BUSY_WINDOW
from app.watch.watch import Watch
from scim.storage import Database
from scim.storage.sqlite import SqliteDatabase
from tests.conftest import FakeClock
from tests.instance import Instance
from tests.races import in_threads, until


def is_waiting(database: Database) -> bool:
    """Whether a thread waits to write; on PostgreSQL none does."""
    return isinstance(database, SqliteDatabase) and database.writes.waiting > 0


def rows_of(database: Database, table: str) -> list[dict[str, object]]:
    with database.read() as session:
        return [dict(row) for row in session.all(f"SELECT * FROM {table}")]  # noqa: S608 - a table


def test_a_warning_that_many_notice_at_the_same_moment_is_given_once(
    instance: Instance, client_app: ClientApp, clock: FakeClock
) -> None:
    token = instance.tokens.issue(client_app.id, CLI).token
    warned = notices.new_network(token.jti, "192.0.2.0/24")

    def add() -> bool:
        with instance.database.write() as session:
            return notices.add(session, warned, clock())

    assert sorted(in_threads(8, add)) == [False] * 7 + [True]
    assert len(rows_of(instance.database, "notice")) == 1


def test_an_app_takes_its_notices_with_it(
    instance: Instance, client_app: ClientApp, clock: FakeClock
) -> None:
    token = instance.tokens.issue(client_app.id, CLI)
    instance.authenticator.authenticate(token.text, Use())
    with instance.database.write() as session:
        notices.add(session, notices.new_network(token.token.jti, "192.0.2.0/24"), clock())

    instance.client_apps.delete(client_app.id, CLI)

    assert [] == rows_of(instance.database, "notice")
    assert [] == rows_of(instance.database, "token_activity")


def test_the_days_of_use_are_kept_up_to_the_last_one_and_no_longer(
    instance: Instance, client_app: ClientApp, clock: FakeClock
) -> None:
    token = instance.tokens.issue(client_app.id, CLI).text

    for _ in range(4 * (BUSY_WINDOW + 6)):
        instance.authenticator.authenticate(token, Use())
        clock.advance(hours=6)

    days = [str(row["day"]) for row in rows_of(instance.database, "token_activity")]
    assert BUSY_WINDOW == len(set(days)) == len(days)
    clock.advance(days=60)
    instance.authenticator.authenticate(token, Use())
    assert 1 == len(rows_of(instance.database, "token_activity"))


def test_a_token_that_is_being_used_just_now_is_not_warned_of(
    instance: Instance, client_app: ClientApp, clock: FakeClock
) -> None:
    """The watch has read the row before; it looks again once it may write."""
    database = instance.database
    token = instance.tokens.issue(client_app.id, CLI).token
    watch = Watch(database, clock)
    clock.advance(days=80)

    with ThreadPoolExecutor(1) as pool:
        with database.write() as session:
            rows.renew(session, database.words, token, Use(), clock())
            looking = pool.submit(watch.look)
            # on SQLite it waits for this transaction, on PostgreSQL it leaves the row alone
            until(lambda: looking.done() or is_waiting(database))
        assert 0 == looking.result()

    assert 0 == watch.look()
    assert [] == rows_of(database, "notice")

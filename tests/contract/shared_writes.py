"""A database whose writers share commits, and writers who wait for each other."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from scim.storage import Database, Migration, Session
from scim.storage.sqlite import SqliteDatabase
from tests.races import until

TABLES = Migration(
    "test/0001_notes",
    (
        "CREATE TABLE note (id $identity, text $text NOT NULL UNIQUE)",
        "CREATE TABLE late (note_id BIGINT REFERENCES note (id) DEFERRABLE INITIALLY DEFERRED)",
    ),
)

FOREVER = 1000.0
"""Seconds that no test takes."""

Act = Callable[[Session], object]


def adding(text: str) -> Act:
    return lambda session: session.run("INSERT INTO note (text) VALUES (?)", (text,))


def add(database: Database, text: str) -> None:
    with database.write() as session:
        adding(text)(session)


def texts(database: Database) -> list[str]:
    with database.read() as session:
        return [row["text"] for row in session.all("SELECT text FROM note ORDER BY text")]


def one_after_the_other(database: SqliteDatabase, *acts: Act) -> list[type[BaseException] | None]:
    """Let threads write, the later ones waiting while the first is in its block.

    :return: what each met when it was answered
    """

    def write(act: Act) -> type[BaseException] | None:
        try:
            with database.write(FOREVER) as session:
                act(session)
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test compares it
            return type(error)
        return None

    with ThreadPoolExecutor() as pool:
        waiting = []

        def first(session: Session) -> None:
            for number, act in enumerate(acts[1:], start=1):
                waiting.append(pool.submit(write, act))
                until(lambda number=number: database.writes.waiting == number)  # type: ignore[misc]
            acts[0](session)

        return [write(first), *(each.result() for each in waiting)]

"""D6: backups of an instance that serves, each restored elsewhere."""

import threading
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from scim.storage import open_database
from tests.served import ServedProvisor
from tests.sizes import size

_WRITERS = 2


class Writer(threading.Thread):
    """Makes users until it is told to stop, and remembers which were answered with 201."""

    def __init__(self, name: str, provisor: ServedProvisor, token: str) -> None:
        super().__init__(name=name, daemon=True)
        self.made: list[str] = []
        self.failed: list[int] = []
        self.ending = threading.Event()
        self._provisor = provisor
        self._token = token

    def run(self) -> None:
        for number in count():
            if self.ending.is_set():
                return
            name = f"{self.name}-{number}"
            status = self._provisor.ask(
                "POST", "/scim/v2/Users", self._token, {"userName": name}
            ).status
            if status == 201:
                self.made.append(name)
            else:
                self.failed.append(status)


def names_in(provisor: ServedProvisor) -> set[str]:
    database = open_database(provisor.settings.database)
    try:
        with database.read() as session:
            rows = session.all("SELECT unique_key FROM resource WHERE type = 'User'")
        return {row["unique_key"] for row in rows}
    finally:
        database.close()


@pytest.mark.sized
def test_a_backup_under_load_holds_every_write_that_was_answered_before(
    served: ServedProvisor,
    new_instance: Callable[..., ServedProvisor],
    tmp_path: Path,
    figure: Callable[[str], None],
) -> None:
    token = served.new_token()
    writers = [Writer(f"writer{number}", served, token) for number in range(_WRITERS)]
    for writer in writers:
        writer.start()
    missing, answered, backups = 0, 0, size(2, 20)

    for number in range(backups):
        answered = sum(len(writer.made) for writer in writers)
        before = {name for writer in writers for name in list(writer.made)}
        file = tmp_path / f"{number}.backup"
        served.printed("backup", str(file))
        restored = new_instance(f"restored{number}")
        restored.said("restore", str(file))
        missing += len(before - names_in(restored))

    for writer in writers:
        writer.ending.set()
        writer.join()
    assert [] == [status for writer in writers for status in writer.failed]
    assert 0 == missing
    assert answered > 0
    restored.start()
    answer = restored.ask("GET", "/scim/v2/Users?count=0", token)
    assert 200 == answer.status
    assert len(before) <= answer.body["totalResults"]
    assert 201 == restored.ask("POST", "/scim/v2/Users", token, {"userName": "after"}).status
    assert 0 == restored.stop()
    figure(
        f"D6: {backups} backups under load, {answered} writes before the last: {missing} missing"
    )

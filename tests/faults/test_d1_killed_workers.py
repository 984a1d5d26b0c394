"""D1: workers are killed while others write, and nothing that was acknowledged is lost."""

from pathlib import Path

import pytest

from scim.storage import open_database
from tests.faults.asking import Account
from tests.faults.conftest import Judge, Serve
from tests.faults.nemesis import Nemesis
from tests.faults.workload import Workload
from tests.sizes import size

_KILLS = size(10, 2_000)


@pytest.mark.sized
def test_killed_workers_lose_nothing(tmp_path: Path, serve: Serve, judge: Judge) -> None:
    server = serve("instance", "", 3)
    account = Account([server.port], server.new_token())
    nemesis = Nemesis([server])

    with Workload(account) as workload:
        for _ in range(_KILLS):
            nemesis.kill_worker()
            workload.work()

    file = tmp_path / "instance" / "provisor.db"
    database = open_database(file)
    with database.read() as session:
        assert ["ok"] == [row[0] for row in session.tuples("PRAGMA integrity_check")]
        assert [] == session.tuples("PRAGMA foreign_key_check")
    database.close()
    assert [] == workload.history.answered_otherwise(0)
    judge("D1", nemesis.told(), workload.history, file)

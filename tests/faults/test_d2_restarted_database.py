"""D2: PostgreSQL is killed in the middle of requests and started again."""

from collections.abc import Callable

import pytest

from tests.faults.asking import Account
from tests.faults.conftest import Judge, Serve
from tests.faults.nemesis import Nemesis
from tests.faults.workload import Workload
from tests.postgres import PostgresServer
from tests.races import until
from tests.sizes import size

_RESTARTS = size(3, 200)

_COMMIT_MAY_BE_LOST = frozenset({503})
"""Whoever loses PostgreSQL while it commits is not told whether it did."""


@pytest.mark.sized
def test_a_database_that_restarts_loses_nothing(
    serve: Serve, harmed_postgres: PostgresServer, judge: Judge, figure: Callable[[str], None]
) -> None:
    url = harmed_postgres.new_database()
    server = serve("instance", url, 2)
    account = Account([server.port], server.new_token(), unsure=_COMMIT_MAY_BE_LOST)
    nemesis = Nemesis([server], harmed_postgres)
    waits = []

    with Workload(account) as workload:
        for _ in range(_RESTARTS):
            back = nemesis.restart_database()
            waits.append(workload.work() - back)

    statuses = workload.history.statuses
    figure(
        f"faults D2: the first write is acknowledged {max(waits):.2f} s after PostgreSQL is back at"
        f" most, {sorted(waits)[len(waits) // 2]:.2f} s at the median; {statuses[503]} times 503"
    )
    judge("D2", nemesis.told(), workload.history, url)
    # 0: a server that answers before it has read the body closes the connection after that
    assert [] == workload.history.answered_otherwise(0, 503)
    assert sorted(waits)[len(waits) // 2] < 1


def test_a_worker_that_starts_meanwhile_waits_for_the_database(
    serve: Serve, harmed_postgres: PostgresServer
) -> None:
    """It would end, and its server with it: a worker that dies twice is not tried again."""
    url = harmed_postgres.new_database()
    server = serve("instance", url, 2)
    account = Account([server.port], server.new_token(), unsure=_COMMIT_MAY_BE_LOST)
    nemesis = Nemesis([server], harmed_postgres)

    with Workload(account) as workload:
        harmed_postgres.kill()
        nemesis.kill_worker()
        until(lambda: "This worker waits for the database" in server.log())
        harmed_postgres.start()
        workload.work()

    assert 3 == len(server.processes())

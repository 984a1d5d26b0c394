"""D11: three servers on one PostgreSQL, while everything goes wrong that may."""

import base64
import secrets
import time
from pathlib import Path

import pytest

from tests.conftest import skip
from tests.faults.asking import Account
from tests.faults.conftest import Judge, Serve
from tests.faults.nemesis import Nemesis
from tests.faults.workload import Workload
from tests.postgres import PostgresServer
from tests.races import together
from tests.sizes import size

_SECONDS = size(1, 600)  # and once through all faults at least
_TIMEOUT = 2.0
"""Seconds a client waits: less than some faults take, so that some outcomes are unknown."""

_COMMIT_MAY_BE_LOST = frozenset({503})
_LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))


def clock_of(file: Path) -> dict[str, str]:
    """Return the variables that let a server start with its clock as a file says."""
    if not _LIBRARIES:
        skip("libfaketime is not installed")
    file.write_text("+0")
    return {"LD_PRELOAD": str(_LIBRARIES[0]), "FAKETIME_TIMESTAMP_FILE": str(file)}


@pytest.mark.sized
def test_no_history_of_three_servers_contradicts_the_database(
    tmp_path: Path, serve: Serve, harmed_postgres: PostgresServer, judge: Judge
) -> None:
    url = harmed_postgres.new_database()
    clock, kek = tmp_path / "clock", tmp_path / "kek"
    kek.write_text(base64.b64encode(secrets.token_bytes(32)).decode())
    variables = {"PROVISOR_KEK_FILE": str(kek), "PROVISOR_BASE_URL": "https://scim.example.com"}
    servers = together(
        lambda: serve("a", url, 2, **variables),
        lambda: serve("b", url, 2, **variables),
        lambda: serve("c", url, 2, **variables, **clock_of(clock)),
    )
    ports = [server.port for server in servers]
    account = Account(ports, servers[0].new_token(), _TIMEOUT, _COMMIT_MAY_BE_LOST)
    nemesis = Nemesis(servers, harmed_postgres, clock)
    faults = [
        nemesis.kill_worker,
        nemesis.kill_server,
        nemesis.pause_worker,
        nemesis.restart_database,
        nemesis.shift_clock,
    ]

    with Workload(account, clients=4) as workload:
        ends = time.monotonic() + _SECONDS
        while time.monotonic() < ends:
            for fault in nemesis.chance.sample(faults, len(faults)):
                fault()
                workload.work()

    judge("D11", nemesis.told(), workload.history, url)
    assert [] == workload.history.answered_otherwise(0, 503)

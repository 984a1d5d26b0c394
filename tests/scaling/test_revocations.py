"""A revocation holds from the next request on, in every worker of every server."""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path

import pytest

from app import assemble
from tests.conftest import skip
from tests.postgres import PostgresServer
from tests.scaling.balancers import HAProxy, find_program
from tests.scaling.conftest import Pair, pair_of
from tests.scaling.revoking import revoke_under_load
from tests.served import ServedProvisor
from tests.sizes import size

_REVOCATIONS = size(20, 1_000)
_WORKERS = 3
_TIMEOUT = 30


@pytest.fixture
def servers(tmp_path: Path, postgres_server: PostgresServer) -> Iterator[Pair]:
    """Two servers with three workers each."""
    url = postgres_server.new_database()
    with pair_of(tmp_path, url, (_WORKERS, _WORKERS)) as pair:
        yield pair
    postgres_server.give_back(url)


@pytest.fixture
def balancer(tmp_path: Path, servers: Pair) -> Iterator[HAProxy]:
    """HAProxy before the two."""
    if find_program("haproxy") is None:
        skip("HAProxy is not installed")
    balancer = HAProxy(tmp_path / "haproxy", servers.ports).start()
    for name in ("a", "b"):
        balancer.await_ready(name)
    yield balancer
    balancer.stop()


def assert_none_is_let_in_afterwards(before: Counter[int], after: Counter[int]) -> None:
    assert {200, 201} < set(before) <= {200, 201, 401}
    assert {401} == set(after)


@pytest.mark.sized
def test_a_revocation_holds_at_once_behind_a_load_balancer(
    servers: Pair, balancer: HAProxy, figure: Callable[[str], None]
) -> None:
    assembly = assemble(servers.a.settings)
    connect = partial(
        HTTPSConnection, "127.0.0.1", balancer.port, timeout=_TIMEOUT, context=balancer.tls
    )

    before, after = revoke_under_load(assembly, connect, _REVOCATIONS)

    assembly.close()
    assert_none_is_let_in_afterwards(before, after)
    figure(
        f"revocation behind HAProxy, 2 servers of {_WORKERS} workers: {_REVOCATIONS} under load,"
        f" 0 of {after.total()} requests begun afterwards were let in"
    )


@pytest.mark.sized
def test_a_revocation_holds_at_once_in_the_workers_of_one_server(
    tmp_path: Path, figure: Callable[[str], None]
) -> None:
    provisor = ServedProvisor(tmp_path / "instance").start(_WORKERS)
    assembly = assemble(provisor.settings)
    connect = partial(HTTPConnection, "127.0.0.1", provisor.port, timeout=_TIMEOUT)

    before, after = revoke_under_load(assembly, connect, _REVOCATIONS)

    assembly.close()
    assert 0 == provisor.stop()
    assert_none_is_let_in_afterwards(before, after)
    figure(
        f"revocation on SQLite, one server of {_WORKERS} workers: {_REVOCATIONS} under load,"
        f" 0 of {after.total()} requests begun afterwards were let in"
    )

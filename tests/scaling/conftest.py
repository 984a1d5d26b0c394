"""What the tests of several servers can ask for: two of them on one database, and balancers."""

import base64
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import skip
from tests.postgres import PostgresServer
from tests.scaling.balancers import HAProxy, Nginx, find_program
from tests.served import ServedProvisor

PUBLIC_URL = "https://scim.example.com"


@dataclass(frozen=True)
class Pair:
    """Two servers that share a database and a key-encryption key, and nothing else."""

    a: ServedProvisor
    b: ServedProvisor
    database_url: str
    kek_file: Path

    @property
    def ports(self) -> tuple[int, int]:
        return self.a.port, self.b.port


@contextmanager
def pair_of(folder: Path, url: str, workers: tuple[int, int]) -> Iterator[Pair]:
    """Start two servers at the same moment on an empty database, each with some workers."""
    kek = folder / "kek"
    kek.write_text(base64.b64encode(secrets.token_bytes(32)).decode())
    a, b = (
        ServedProvisor(
            folder / name,
            url,
            PROVISOR_KEK_FILE=str(kek),
            PROVISOR_BASE_URL=PUBLIC_URL,
            PROVISOR_TRUSTED_PROXIES="1",
            PROVISOR_SHUTDOWN_DELAY="3",
        )
        for name in ("a", "b")
    )
    second = threading.Thread(target=b.start, args=(workers[1],))
    second.start()
    a.start(workers[0])
    second.join()
    yield Pair(a, b, url, kek)
    for server in (a, b):
        server.stop_at_once()


@pytest.fixture(scope="session")
def pair(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer
) -> Iterator[Pair]:
    """Two servers; a has two workers."""
    url = postgres_server.new_database()
    with pair_of(tmp_path_factory.mktemp("pair"), url, (2, 1)) as pair:
        yield pair
    postgres_server.give_back(url)


@pytest.fixture(scope="session")
def token(pair: Pair) -> str:
    return pair.a.called("token", "issue", pair.a.called("app", "create", "Load", "--enable-scim"))


@pytest.fixture(scope="session")
def haproxy(tmp_path_factory: pytest.TempPathFactory, pair: Pair) -> Iterator[HAProxy]:
    if find_program("haproxy") is None:
        skip("HAProxy is not installed")
    balancer = HAProxy(tmp_path_factory.mktemp("balancer") / "haproxy", pair.ports).start()
    for name in ("a", "b"):
        balancer.await_ready(name)
    yield balancer
    balancer.stop()


@pytest.fixture(scope="session")
def nginx(tmp_path_factory: pytest.TempPathFactory, pair: Pair) -> Iterator[Nginx]:
    if find_program("nginx") is None:
        skip("nginx is not installed")
    balancer = Nginx(tmp_path_factory.mktemp("balancer") / "nginx", pair.ports).start()
    yield balancer
    balancer.stop()

"""Which address a request is said to come from, with proxies before the server and without."""

from pathlib import Path

import pytest

from app import Settings, assemble, create_app
from app.audit import CLI
from app.client_apps import NewApp
from tests.app.provider import Provider
from tests.conftest import FakeClock

PEER = "127.0.0.1"
"""Where the request really comes from: the last proxy, or else the client."""


def audited(folder: Path, clock: FakeClock, proxies: int, forwarded: str | None) -> str:
    """Return the address in the audit log for a user made through so many trusted proxies."""
    assembly = assemble(Settings(instance=folder, trusted_proxies=proxies), clock)
    app = assembly.client_apps.create(NewApp(assembly.tenants.default().id, "Okta"), CLI)
    assembly.client_apps.enable_scim(app.id, CLI)
    provider = Provider(create_app(assembly).test_client(), assembly.tokens.issue(app.id, CLI).text)
    headers = {"X_Forwarded_Host": "evil.example", "X_Forwarded_Proto": "gopher"}
    if forwarded is not None:
        headers["X_Forwarded_For"] = forwarded

    answer = provider.ask("POST", "/Users", {"userName": "mira"}, **headers)

    assert answer.headers["Location"].startswith("http://localhost/")
    with assembly.database.read() as session:
        line = session.one("SELECT address FROM audit WHERE action = 'user.create'")
    assembly.close()
    assert line is not None
    return str(line["address"])


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, None, PEER),
        (0, "203.0.113.7", PEER),
        (1, None, PEER),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        (1, "2001:db8::7", "2001:db8::7"),
        (2, "198.51.100.1, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        (2, "203.0.113.7", PEER),
    ],
)
def test_only_what_a_trusted_proxy_added_is_believed(
    tmp_path: Path, clock: FakeClock, proxies: int, forwarded: str | None, address: str
) -> None:
    """What a client writes in the header itself stands before what the proxies add."""
    assert address == audited(tmp_path, clock, proxies, forwarded)

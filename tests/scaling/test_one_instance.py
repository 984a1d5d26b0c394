"""Two servers on one database are one instance: what one gives, the other takes."""

import re
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import psycopg
import pytest

from tests.scaling.balancers import Balancer, HAProxy
from tests.scaling.conftest import PUBLIC_URL, Pair
from tests.served import Answer, ServedProvisor, free_port

USERS = "/scim/v2/Users"


@pytest.fixture(params=["haproxy", "nginx"])
def balancer(request: pytest.FixtureRequest) -> Balancer:
    """Each of them in turn."""
    found: Balancer = request.getfixturevalue(request.param)
    return found


def ask(
    balancer: Balancer, method: str, path: str, token: str, body: str | None = None, **more: str
) -> Answer:
    """Send one request through a load balancer, from an address that only this client has."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/scim+json"}
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    connection = HTTPSConnection(
        "127.0.0.1",
        balancer.port,
        timeout=30,
        context=balancer.tls,
        source_address=("127.0.0.2", 0),
    )
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    names = {name.lower(): value for name, value in answer.headers.items()}
    text = answer.read().decode()
    connection.close()
    return Answer(answer.status, names, text)


def test_a_token_of_one_server_holds_and_ends_at_the_other(pair: Pair) -> None:
    app = pair.a.called("app", "create", "Okta", "--enable-scim")
    issued = pair.a.called("token", "issue", app)
    assert pair.b.ask("GET", USERS, issued).status == 200

    pair.a.called("token", "revoke", app)

    assert pair.b.ask("GET", USERS, issued).status == 401


def test_a_resource_of_one_server_is_the_same_at_the_other(pair: Pair, token: str) -> None:
    made = pair.a.ask("POST", USERS, token, {"userName": "mira"})

    found = pair.b.ask("GET", f"{USERS}/{made.body['id']}", token)

    assert made.text == found.text
    assert made.headers["etag"] == found.headers["etag"]
    assert made.body["meta"]["location"] == f"{PUBLIC_URL}{USERS}/{made.body['id']}"


def test_a_cursor_of_one_server_leads_on_at_the_other(pair: Pair, token: str) -> None:
    for number in range(2):
        pair.a.ask("POST", USERS, token, {"userName": f"cursor{number}"})
    first = pair.a.ask("GET", f"{USERS}?count=1&cursor", token).body

    second = pair.b.ask("GET", f"{USERS}?count=1&cursor={first['nextCursor']}", token)

    assert second.status == 200
    assert second.body["Resources"][0]["id"] != first["Resources"][0]["id"]


def test_a_form_and_a_session_of_one_server_hold_at_the_other(pair: Pair) -> None:
    password = "long enough to be taken"
    pair.a.called(
        "admin", "create", "ada@example.com", "--owner", "--password-stdin", text=password
    )
    there = {"Host": urlsplit(PUBLIC_URL).netloc}  # the console answers at no other
    page = pair.a.ask("GET", "/console/sign-in", headers=there)
    csrf = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert csrf is not None
    form = {"csrf_token": csrf[1], "email": "ada@example.com", "password": password}
    headers = there | {
        "Cookie": page.headers["set-cookie"].partition(";")[0],
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": PUBLIC_URL,
    }

    connection = HTTPConnection("127.0.0.1", pair.b.port, timeout=30)
    connection.request("POST", "/console/sign-in", urlencode(form), headers)
    signed_in = connection.getresponse()
    connection.close()

    assert signed_in.status == 303
    session = there | {"Cookie": str(signed_in.getheader("Set-Cookie")).partition(";")[0]}
    assert "ada@example.com" in pair.a.ask("GET", "/console/apps", headers=session).text


def test_a_server_without_the_key_encryption_key_does_not_start(pair: Pair, tmp_path: Path) -> None:
    refused = ServedProvisor(tmp_path / "c", pair.database_url).run("serve")

    assert refused.returncode == 1
    assert "PROVISOR_KEK_FILE" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_audit_log_has_the_address_of_the_client(
    pair: Pair, balancer: Balancer, token: str
) -> None:
    """Not the load balancer's, and not what the client says its address is."""
    name = f"from {type(balancer).__name__}"

    made = ask(
        balancer, "POST", USERS, token, f'{{"userName": "{name}"}}', X_Forwarded_For="203.0.113.7"
    )

    with psycopg.connect(pair.database_url) as connection:
        addresses = connection.execute(
            "SELECT address FROM audit WHERE object_id = %s", (made.body["id"],)
        ).fetchall()
    assert [("127.0.0.2",)] == addresses


def test_what_is_too_long_meets_the_error_of_the_server(balancer: Balancer, token: str) -> None:
    """A load balancer has looser bounds: a provider must read SCIM's own error."""
    url = ask(balancer, "GET", f"{USERS}?filter={'a' * 8200}", token)
    body = ask(balancer, "POST", USERS, token, f'{{"userName": "{"a" * 1_100_000}"}}')

    assert (400, 413) == (url.status, body.status)
    assert "at most 8192 bytes" in url.body["detail"]
    assert "maxPayloadSize" in body.body["detail"]


def test_haproxy_says_in_scims_words_that_no_server_is_up(
    haproxy: HAProxy,  # noqa: ARG001 - it is installed
    tmp_path: Path,
    token: str,
) -> None:
    alone = HAProxy(tmp_path / "h", (free_port(), free_port())).start()
    alone.await_left("a")
    alone.await_left("b")

    answer = ask(alone, "GET", USERS, token)
    alone.stop()

    assert answer.status == 503
    assert answer.headers["content-type"] == "application/scim+json"
    assert answer.headers["retry-after"] == "5"
    assert answer.body["status"] == "503"

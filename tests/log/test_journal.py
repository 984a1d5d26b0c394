"""S9: what the server says of itself is of ids and counts, whatever it is sent and what fails."""

import json
import logging
import sys
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from app.journal.lines import JsonLines, TextLines
from app.journal.requests import FIELDS
from scim.storage import open_database
from tests.served import ServedProvisor

_CANARY = "xq7canary"
_MAIL = f"{_CANARY}@example.com"

_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
def telling(tmp_path: Path, database_where: str | Path) -> Iterator[ServedProvisor]:
    """A server that tells of every request as JSON."""
    url = database_where if isinstance(database_where, str) else ""
    variables = {"PROVISOR_LOG_FORMAT": "json", "PROVISOR_ACCESS_LOG": "on"}
    provisor = ServedProvisor(tmp_path / "instance", url, **variables).start()
    yield provisor
    assert provisor.stop() == 0


def requests(user_name: str) -> Iterator[tuple[str, str, object]]:
    """Return requests that carry a canary in every place there is."""
    quoted = quote(_MAIL, safe="")
    user = {"userName": user_name, "emails": [{"value": _MAIL}], "name": {"givenName": _CANARY}}
    patch = {
        "Operations": [{"op": "replace", "path": f'emails[value eq "{_MAIL}"].x', "value": _MAIL}]
    }
    yield "POST", "/scim/v2/Users", user
    yield "POST", "/scim/v2/Users", user
    yield "POST", "/scim/v2/Users", f'{{"userName": "{_MAIL}"'.encode()
    yield "POST", "/scim/v2/Users", f'{{"userName": ["{_MAIL}"]}}'.encode()
    yield "PUT", f"/scim/v2/Users/{quoted}", user
    yield "PATCH", f"/scim/v2/Users/{quoted}", patch
    yield "DELETE", f"/scim/v2/Groups/{quoted}", None
    yield "GET", f"/scim/v2/{quoted}/{quoted}?{quoted}={quoted}", None
    for filter_ in (f'userName eq "{_MAIL}"', f"emails.{_CANARY} eq {_MAIL}"):
        yield "GET", f"/scim/v2/Users?filter={quote(filter_)}&sortBy={quoted}", None
        yield "POST", "/scim/v2/Users/.search", {"filter": filter_}
    yield "POST", "/scim/v2/Bulk", {"Operations": [{"method": _CANARY, "path": f"/Users/{_MAIL}"}]}
    for path in (
        f"/{quoted}",
        f"/console/{quoted}",
        f"/console/setup/{quoted}",
        f"/oauth2/{quoted}",
    ):
        yield "GET", path, None
        yield "POST", path, {"email": _MAIL}
    yield "POST", "/oauth2/token", f"client_id={quoted}&client_secret={quoted}".encode()
    yield _CANARY.upper(), "/scim/v2/Users", None


def sent(provisor: ServedProvisor, token: str, method: str, path: str, body: object) -> int:
    connection = HTTPConnection("127.0.0.1", provisor.port, timeout=30)
    data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/scim+json",
        "User-Agent": _MAIL,
        "X-Request-ID": _MAIL,
        "Traceparent": _MAIL,
        "If-Match": f'"{_MAIL}"' if method == "DELETE" else "*",
        "Cookie": f"{_CANARY}={_CANARY}",
    }
    connection.request(method, path, data, headers)
    status = connection.getresponse().status
    connection.close()
    return status


def test_no_value_of_a_person_is_told(
    telling: ServedProvisor, figure: Callable[[str], None]
) -> None:
    token = telling.new_token()
    asked = [sent(telling, token, *each) for each in requests(_MAIL)]
    database = open_database(telling.settings.database)
    with database.write() as session:
        session.run("DROP TABLE lookup")  # so that requests fail as nobody thought they would
    database.close()
    failed = [sent(telling, token, *each) for each in requests(f"other-{_MAIL}")]
    telling.ask("GET", "/scim/v2/Users", token, headers={
        "X-Request-ID": "0a1b2c3d-4e5f", "traceparent": f"00-{_TRACE}-00f067aa0ba902b7-01",
    })  # fmt: skip

    said = telling.log()
    metrics = telling.ask("GET", "/metrics").text
    events = [json.loads(line) for line in said.splitlines() if line.startswith("{")]

    assert 500 not in asked
    assert 500 in failed
    assert _CANARY not in said.lower()
    assert _CANARY not in metrics.lower()
    assert token not in said
    told = [each for each in events if each["event"] == "request" and each["operation"] != "other"]
    assert len(asked) + len(failed) - 4 <= len(told)
    last = told[-1]
    assert ("0a1b2c3d-4e5f", _TRACE, 200) == (
        last["sent_request_id"],
        last["trace_id"],
        last["status"],
    )
    assert {"request_id", "app_id", "token_id", "ms", "method", "time", "level"} <= last.keys()
    errors = [each for each in events if "error" in each]
    assert errors
    assert all(each["at"] and each["request_id"] for each in errors)
    assert "Traceback" not in said
    assert all(
        line.startswith(("{", "Provisor serves", "Make the first")) for line in said.splitlines()
    )
    figure(f"S9: {len(asked) + len(failed)} requests with canaries, {len(events)} events: 0 hits")


def record(message: str, *arguments: object, **more: Any) -> logging.LogRecord:
    made = logging.LogRecord("app.x", logging.WARNING, "x.py", 1, message, arguments, None)
    made.created = 0.5
    for name, value in more.items():
        setattr(made, name, value)
    return made


def raised() -> Any:
    try:
        try:
            int(_CANARY)
        except ValueError as error:
            raise KeyError(_CANARY) from error
    except KeyError:
        return sys.exc_info()


def test_an_event_is_one_line_without_the_message_of_what_was_raised() -> None:
    event = record("%s\nforged\x1b[31m", "a\r\u2028b", exc_info=raised(), **{FIELDS: {"n": 3}})

    text, told = TextLines().format(event), json.loads(JsonLines().format(event))

    assert text.startswith("1970-01-01T00:00:00.500000Z WARNING app.x: a  b forged [31m n=3 error=")
    assert "\n" not in text
    assert _CANARY not in text + json.dumps(told)
    assert "KeyError from ValueError" == told["error"]
    assert told["at"][0].startswith("tests/log/test_journal.py:")
    assert ("a  b forged [31m", "WARNING", 3) == (told["event"], told["level"], told["n"])

"""No value of a person, no password and no token reaches the log, whatever is wrong with it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from app import Assembly
from app.client_apps import ClientApp
from tests.app.provider import Provider

_CANARY = "xq7canary"
"""A word that stands in every value that is sent, and nowhere else."""

_PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
_USER = "urn:ietf:params:scim:schemas:core:2.0:User"

_ODD = (
    _CANARY,
    f"{_CANARY}@example.com",
    f"a' {_CANARY} 'b",
    f'a" {_CANARY} "b',
    f"{_CANARY}\u00e9",
    f"https://{_CANARY}.example/{_CANARY}",
    f"<script>{_CANARY}</script>",
)


def _patching(path: str | None, value: Any, op: str = "replace") -> dict[str, Any]:
    operation = {"op": op, "path": path, "value": value}
    return {"schemas": [_PATCH], "Operations": [operation]}


def _requests(user: str, text: str) -> Iterator[tuple[str, str, Any]]:
    """Yield requests that carry a text wherever one can stand, most of them wrong."""
    path = f"/Users/{user}"
    for attribute in (
        "userName", "active", "emails", "name", "timezone", "locale", "password", "schemas", "id",
        "meta", "profileUrl", "x509Certificates", "roles", text,
    ):  # fmt: skip
        yield "POST", "/Users", {"schemas": [_USER], "userName": f"u{text}", attribute: text}
        yield "PUT", path, {"schemas": [_USER], "userName": f"u{text}", attribute: [text]}
        yield "PATCH", path, _patching(attribute, text)
        yield "PATCH", path, _patching(attribute, {"value": text, text: text})
        yield "PATCH", path, _patching(None, {attribute: text})
        yield "PATCH", path, _patching(f'{attribute}[value eq "{text}"].value', text)
        yield "PATCH", path, _patching(attribute, None, op=text)
        equals = quote(f'{attribute} eq "{text}"', safe="")
        yield "GET", f"/Users?filter={equals}", None
        odd = quote(f"{attribute} {text} {text}", safe="")
        yield "GET", f"/Users?filter={odd}", None
        yield "POST", "/Users/.search", {"filter": f"{attribute} co {text}", "sortBy": text}
    for name in ("sortBy", "count", "startIndex", "attributes", "cursor", "sortOrder", text):
        yield "GET", f"/Users?{quote(name)}={quote(text)}", None
    yield "GET", f"/Users/{quote(text, safe='')}", None
    yield "GET", f"/{quote(text, safe='')}", None
    yield "DELETE", f"/Groups/{quote(text, safe='')}", None
    yield "POST", "/Groups", {"displayName": text, "members": [{"value": text}]}
    yield "POST", "/Bulk", {"Operations": [{"method": text, "path": text, "data": text}], text: 1}
    yield "POST", "/Bulk", {"Operations": [{"method": "PUT", "path": f"/Users/{text}", "data": {}}]}
    yield "POST", "/Users", text


def test_no_canary_reaches_the_log(
    assembly: Assembly, client_app: ClientApp, provider: Provider, tmp_path: Path
) -> None:
    made = provider.ask("POST", "/Users", {"schemas": [_USER], "userName": "ada"})
    user = made.get_json(force=True)["id"]
    asked = 1
    for text in _ODD:
        for method, path, body in _requests(user, text):
            assert provider.ask(method, path, body).status_code < 500, (method, path, body)
            asked += 1

    assert assembly.log.queue.flush()
    with assembly.log.store.reading() as session:
        rows = session.all("SELECT * FROM provisioning_log")
    told = [" ".join(map(str, row)) for row in rows]
    assert asked == len(told)
    assert [] == [each for each in told if _CANARY in each.lower()]
    assert all("eyJ" not in each for each in told)
    assert {client_app.id} == {row["app_id"] for row in rows}
    for file in (tmp_path / "instance").glob("log.db*"):
        assert _CANARY.encode() not in file.read_bytes()

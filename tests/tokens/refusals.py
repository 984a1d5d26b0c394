"""Every reason for which a request with or without a token is refused, brought about."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from app import Assembly
from app.audit import CLI
from app.client_apps import ClientApp
from app.tokens import NewToken
from scim.instant import to_text
from tests.app.console_browser import new_app
from tests.conftest import FakeClock
from tests.tokens.trying import refusal

NO_CREDENTIALS = 'Bearer realm="scim"'
INVALID_REQUEST = 'Bearer error="invalid_request"'
INSUFFICIENT_SCOPE = 'Bearer error="insufficient_scope", scope="scim"'


def invalid_token(detail: str) -> str:
    return f'Bearer error="invalid_token", error_description="{detail}"'


@dataclass(frozen=True)
class Sent:
    """What is sent, and the answer it is to get."""

    authorization: str | None
    status: int
    challenge: str | None
    detail: str
    query: str = ""
    form: dict[str, str] = field(default_factory=dict)

    @property
    def options(self) -> dict[str, Any]:
        """How a request is sent beside its header."""
        if not self.form:
            return {"query": self.query}
        return {"data": self.form, "content_type": "application/x-www-form-urlencoded"}


@dataclass
class World:
    """A program, and apps with tokens in it."""

    assembly: Assembly
    clock: FakeClock
    apps: int = 0

    def token(self, **asked: str) -> tuple[ClientApp, str]:
        """Return a new app and its token."""
        self.apps += 1
        app = new_app(self.assembly, f"App {self.apps}")
        return app, self.assembly.tokens.issue(app.id, CLI, NewToken(**asked)).text


Refusal = Callable[[World], Sent]


def _unauthenticated(authorization: str | None, detail: str) -> Refusal:
    return lambda _: Sent(authorization, 401, NO_CREDENTIALS, detail)


def _twice(authorization: str, query: str = "", form: str = "") -> Refusal:
    """Return a request in which ``{}`` stands for a token that is alive."""

    def sent(world: World) -> Sent:
        _, token = world.token()
        detail = (
            "Send the token in the Authorization header and nowhere else."
            if query or form
            else "Send one Authorization header."
        )
        return Sent(
            authorization.format(token) or None,
            400,
            INVALID_REQUEST,
            detail,
            query.format(token),
            {form: token} if form else {},
        )

    return sent


def _ended(token: str, detail: str) -> Sent:
    return Sent(f"Bearer {token}", 401, invalid_token(detail), detail)


def _forged(world: World) -> Sent:
    _, token = world.token()
    return _ended(f"{token[:-6]}AAAAAA", "The token is not valid.")


def _idle(world: World) -> Sent:
    _, token = world.token()
    refusal(world.assembly, token)
    world.clock.advance(days=90, hours=1)
    since = to_text(world.clock())
    world.clock.advance(days=1)
    why = f"The token expired on {since} because it had not been used for 90 days."
    return _ended(token, why)


def _of_greatest_age(world: World) -> Sent:
    _, token = world.token()
    start = world.clock()
    while (world.clock() - start).days < 3650 - 80:
        world.clock.advance(days=80)
        assert "" == refusal(world.assembly, token)
    world.clock.advance(days=3650 - (world.clock() - start).days)
    since = to_text(world.clock())
    return _ended(token, f"The token expired on {since}: it had reached its greatest age.")


def _lifted(world: World) -> Sent:
    """Let somebody who can write rows lift both ends of a token; the signed one holds."""
    app, token = world.token()
    with world.assembly.database.write() as session:
        session.run(
            "UPDATE token SET idle_expires_at = ?, absolute_expires_at = ? WHERE app_id = ?",
            ("2999-01-01T00:00:00.000000Z", "2999-01-01T00:00:00.000000Z", app.id),
        )
    world.clock.advance(days=3650)
    since = to_text(world.clock())
    return _ended(token, f"The token expired on {since}: it had reached its greatest age.")


def _revoked(world: World) -> Sent:
    app, token = world.token()
    world.assembly.tokens.revoke_all(app.id, CLI)
    since = to_text(world.clock())
    world.clock.advance(days=3)
    return _ended(token, f"The token was revoked on {since}.")


def _superseded(world: World) -> Sent:
    app, token = world.token()
    new = world.assembly.tokens.rotate(app.id, CLI).text
    assert "" == refusal(world.assembly, new)
    world.clock.advance(hours=24)
    since = to_text(world.clock())
    world.clock.advance(days=1)
    return _ended(token, f"The token was superseded on {since}.")


def _not_about_scim(world: World) -> Sent:
    app, token = world.token()
    with world.assembly.database.write() as session:
        session.run("UPDATE token SET scope = 'openid' WHERE app_id = ?", (app.id,))
    detail = "The token does not have the scope scim."
    return Sent(f"Bearer {token}", 403, INSUFFICIENT_SCOPE, detail)


def _switched_off(world: World) -> Sent:
    app, token = world.token()
    world.assembly.client_apps.disable_scim(app.id, CLI)
    detail = "SCIM is off for this app. An administrator can enable it in the console."
    return Sent(f"Bearer {token}", 403, None, detail)


def _elsewhere(world: World) -> Sent:
    _, token = world.token(networks="198.51.100.0/24")
    detail = "The token may not be used from the address 192.0.2.1."
    return Sent(f"Bearer {token}", 403, None, detail)


_ASKED = "Send the token as Authorization: Bearer <token>."

REFUSALS: dict[str, Refusal] = {
    "no credentials": _unauthenticated(None, "Send a token: Authorization: Bearer <token>."),
    "another scheme": _unauthenticated("Basic dTpw", _ASKED),
    "a bare string": _unauthenticated("a.b.c", _ASKED),
    "no token": _unauthenticated("Bearer ", _ASKED),
    "two headers": _twice("Bearer {0}, Bearer {0}"),
    "two schemes": _twice("Basic dTpw, Bearer {0}"),
    "in the URL": _twice("", query="?access_token={0}"),
    "in the header and the URL": _twice("Bearer {0}", query="?access_token={0}"),
    "in a form": _twice("", form="access_token"),
    "in the header and a form": _twice("Bearer {0}", form="access_token"),
    "forged": _forged,
    "idle": _idle,
    "of the greatest age": _of_greatest_age,
    "with lifted ends": _lifted,
    "revoked": _revoked,
    "superseded": _superseded,
    "not about SCIM": _not_about_scim,
    "SCIM off": _switched_off,
    "from elsewhere": _elsewhere,
}


def faults_of(answer: Any, sent: Sent) -> list[str]:
    """Return what an answer has other than the table of responses says."""
    error = answer.get_json(force=True)
    secret = (sent.authorization or "Bearer " + "".join(sent.form.values()))[-40:]
    retries = sent.status in {429, 503}
    holds = {
        "status": answer.status_code == sent.status,
        "challenge": answer.headers.get("WWW-Authenticate") == sent.challenge,
        "Retry-After": retries == (int(answer.headers.get("Retry-After", 0)) > 0),
        "SCIM Error": error
        == {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": str(sent.status),
            "detail": error["detail"],
        },
        "detail": re.fullmatch(sent.detail, error["detail"]) or error["detail"] == sent.detail,
        "media type": answer.content_type == "application/scim+json",
        "Cache-Control": answer.headers.get("Cache-Control") == "no-store",
        "request id": re.fullmatch("[0-9a-f]{32}", answer.headers.get("X-Request-Id", "")),
        "no trace": not re.search(r'Traceback|File "|psycopg|sqlite', answer.text),
        "no token": len(secret) < 40 or secret not in answer.text + str(answer.headers),
    }
    return [
        f"{name}: {answer.status} {answer.headers!r} {error}"
        for name, does in holds.items()
        if not does
    ]

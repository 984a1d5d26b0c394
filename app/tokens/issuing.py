"""Issuing: how a token, and the service account it stands for, come to be."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime

from app.audit import Actor, Event, record
from app.client_apps import ClientApp
from app.keys import Keyring
from app.tokens import rows
from app.tokens.jwt_format import SCIM_PATH, Claims, fingerprint, sign
from app.tokens.token import ABSOLUTE_LIFETIME, IDLE_LIFETIME, State, Token, Via
from scim.instant import to_text
from scim.storage import Session

SCOPE = "scim"
"""What a token permits: reading and writing the directory."""

_JTI_BYTES = 16
"""128 random bits: no two tokens ever share an id, and nobody guesses one (RFC 7519 §4.1.7)."""

_ACCOUNT_ID_BYTES = 8
_HINT_LENGTH = 4


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A fresh token: the one time its text is at hand."""

    text: str = field(repr=False)
    token: Token


@dataclass(frozen=True, slots=True)
class Origin:
    """Who asked for a token, what they call it, and what they asked through."""

    actor: Actor
    label: str
    via: Via


class Issuer:
    """Issues tokens that name a public URL as their issuer and its SCIM endpoint as audience."""

    def __init__(self, keyring: Keyring, url: str) -> None:
        self._keyring = keyring
        self._url = url

    def issue(self, session: Session, app: ClientApp, origin: Origin, now: datetime) -> IssuedToken:
        """Store and return a fresh token of an app, whose row the caller has locked."""
        key = self._keyring.get_active(session)
        claims = self._claims(app, _service_account(session, app, origin.actor, now), now)
        text = sign(claims, key)
        token = Token(
            jti=claims.jti,
            tenant_id=app.tenant_id,
            app_id=app.id,
            service_account_id=claims.sub,
            kid=key.kid,
            hint=text[-_HINT_LENGTH:],
            label=origin.label,
            scope=claims.scope,
            status=State.ACTIVE,
            created_at=to_text(now),
            created_by=origin.actor.name,
            issued_via=origin.via,
            idle_expires_at=to_text(now + IDLE_LIFETIME),
            absolute_expires_at=to_text(datetime.fromtimestamp(claims.exp, UTC)),
        )
        rows.insert(session, token, fingerprint(text))
        return IssuedToken(text, token)

    def _claims(self, app: ClientApp, service_account_id: str, now: datetime) -> Claims:
        return Claims(
            iss=self._url,
            sub=service_account_id,
            aud=self._url + SCIM_PATH,
            client_id=app.id,
            scope=SCOPE,
            jti=secrets.token_urlsafe(_JTI_BYTES),
            iat=int(now.timestamp()),
            exp=int((now + ABSOLUTE_LIFETIME).timestamp()),
        )


def _service_account(session: Session, app: ClientApp, actor: Actor, now: datetime) -> str:
    """Return the id of the app's service account, which is made if there is none."""
    row = session.one("SELECT id FROM service_account WHERE app_id = ?", (app.id,))
    if row is not None:
        return str(row["id"])
    account_id = f"sa_{secrets.token_hex(_ACCOUNT_ID_BYTES)}"
    session.run(
        "INSERT INTO service_account (id, app_id, created_at) VALUES (?, ?, ?)",
        (account_id, app.id, to_text(now)),
    )
    event = Event("service-account.create", "service-account", account_id, app.tenant_id)
    record(session, actor, event, to_text(now), {"app": app.id})
    return account_id

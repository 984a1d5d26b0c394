"""Issuing: how a token, and the service account it stands for, come to be."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime

from app.audit import Actor, Event, record
from app.client_apps import ClientApp
from app.keys import Keyring
from app.tokens import rows
from app.tokens.jwt_format import SCIM_PATH, Claims, fingerprint, sign
from app.tokens.policy import Policy
from app.tokens.scopes import SCOPE
from app.tokens.token import (
    IDLE_LIFETIME,
    LENT_LIFETIME,
    SHORT_LIFETIME,
    State,
    Token,
    Via,
)
from scim.choices import TokenStyle
from scim.instant import to_text
from scim.storage import Session

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
class NewToken:
    """What is asked of a token; None leaves it as its predecessor has it, or as is usual."""

    label: str | None = None
    """A note to tell it by."""

    scope: str | None = None
    """What it permits: scopes separated by a space; usually everything."""

    networks: str | None = None
    """Where it may be used from: networks separated by white space or commas; usually anywhere."""

    def after(self, predecessor: Token | None) -> "NewToken":
        """Return the same with nothing left open."""
        usual = NewToken("", SCOPE, "")
        if predecessor is not None:
            usual = NewToken(predecessor.label, predecessor.scope, predecessor.ip_allow or "")
        return NewToken(
            usual.label if self.label is None else self.label,
            usual.scope if self.scope is None else self.scope,
            usual.networks if self.networks is None else self.networks,
        )


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a token comes from: who asked for it, through what, and whose place it takes."""

    actor: Actor
    via: Via
    predecessor: Token | None = None
    style: TokenStyle = TokenStyle.LONG_LIVED
    """What its app is to have; how long the token lives follows from it."""


@dataclass(frozen=True, slots=True)
class _Life:
    """From when a token lives, and until when: without use, and however it is used."""

    begins: datetime
    idle_ends: datetime
    ends: datetime


class Issuer:
    """Issues tokens that name a public URL as their issuer and its SCIM endpoint as audience."""

    def __init__(self, keyring: Keyring, url: str, policy: Policy) -> None:
        self._keyring = keyring
        self._url = url
        self._policy = policy

    def prepare(self) -> None:
        """Let the keys rotate if that is due: before the transaction in which to issue."""
        self._keyring.tick()

    def issue(
        self, session: Session, app: ClientApp, new: NewToken, origin: Origin, now: datetime
    ) -> IssuedToken:
        """Store and return a fresh token of an app, whose row the caller has locked."""
        key = self._keyring.get_active(session)
        new = new.after(origin.predecessor)
        account = _service_account(session, app, origin.actor, now)
        life = self._life(origin, now)
        claims = self._claims(app, account, new.scope or SCOPE, life)
        text = sign(claims, key)
        token = Token(
            jti=claims.jti,
            tenant_id=app.tenant_id,
            app_id=app.id,
            service_account_id=claims.sub,
            kid=key.kid,
            hint=text[-_HINT_LENGTH:],
            label=new.label or "",
            scope=claims.scope,
            status=State.ACTIVE,
            created_at=to_text(now),
            created_by=origin.actor.name,
            issued_via=origin.via,
            idle_expires_at=to_text(life.idle_ends),
            absolute_expires_at=to_text(datetime.fromtimestamp(claims.exp, UTC)),
            ip_allow=new.networks or None,
            successor_of=origin.predecessor.jti if origin.predecessor else None,
            style=origin.style,
        )
        rows.insert(session, token, fingerprint(text))
        return IssuedToken(text, token)

    def _life(self, origin: Origin, now: datetime) -> _Life:
        if origin.style is TokenStyle.SHORT_LIVED:
            ends = now + (LENT_LIFETIME if origin.via == "test" else SHORT_LIFETIME)
            return _Life(now, ends, ends)
        return _Life(now, now + IDLE_LIFETIME, now + self._policy.absolute)

    def _claims(self, app: ClientApp, account_id: str, scope: str, life: _Life) -> Claims:
        return Claims(
            iss=self._url,
            sub=account_id,
            aud=self._url + SCIM_PATH,
            client_id=app.id,
            scope=scope,
            jti=secrets.token_urlsafe(_JTI_BYTES),
            iat=int(life.begins.timestamp()),
            exp=int(life.ends.timestamp()),
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

"""Long-lived tokens: issue, list, revoke, and let requests in.

A token is a signed JWT (:mod:`app.jwt_format`) that says who, and a row (:mod:`app.token_rows`)
that says whether it is alive. The state of a token is read for every request and never kept, so a
revocation holds from the next request on, on every server.

Errors::

    TokenError
    ├── InvalidDetails     a label or a reason cannot be accepted; the sentence says why
    ├── ScimDisabled       an app whose SCIM is off gets no token
    ├── TokenActive        the app has a token that is alive
    ├── UnknownToken       the app has no such token
    ├── InvalidToken       a request's token is not ours, or not alive any more (401)
    ├── InsufficientScope  a request's token is not meant for SCIM (403)
    └── Forbidden          a request's token is good, but its app's SCIM is off (403)
"""

import hmac
import logging
from collections.abc import Iterable, Sequence
from datetime import datetime

from app import token_rows
from app.audit import Actor, Event, record
from app.client_apps import ClientApp, lock_app
from app.issuing import SCOPE, IssuedToken, Issuer, Origin
from app.jwt_format import Claims, NotOurs, Verifier, fingerprint
from app.keys import Keyring
from app.token_rows import IDLE_LIFETIME, Expiry, Standing, State, Token, Use, Via
from app.wording import find_fault
from scim.client import Client
from scim.instant import Clock, to_text
from scim.storage import Database, Session, Unavailable

__all__ = [
    "SCOPE",
    "Expiry",
    "Forbidden",
    "InsufficientScope",
    "InvalidDetails",
    "InvalidToken",
    "IssuedToken",
    "ScimDisabled",
    "State",
    "Token",
    "TokenActive",
    "TokenError",
    "Tokens",
    "UnknownToken",
    "Use",
    "Via",
]

LONGEST_LABEL = 100
LONGEST_REASON = 200

RENEWAL_PATIENCE = 0.25
"""Seconds a request waits to write down that its token was used; it goes on without."""

_NOT_VALID = "The token is not valid."
"""One text for all tokens that are not ours, so that nobody learns how close a guess came."""

_log = logging.getLogger(__name__)


class TokenError(Exception):
    """What is wrong with a token; raised as one of its subclasses."""


class InvalidDetails(TokenError):  # noqa: N818 - the field says invalid, not invalid error
    """A label or a reason cannot be accepted; the message is a sentence."""


class ScimDisabled(TokenError):  # noqa: N818 - likewise
    """An app whose SCIM is off gets no token."""


class TokenActive(TokenError):  # noqa: N818 - likewise
    """The app has a token that is alive."""


class UnknownToken(TokenError):  # noqa: N818 - likewise
    """The app has no such token."""


class InvalidToken(TokenError):  # noqa: N818 - the error code of RFC 6750 §3.1
    """A request's token is not ours, or not alive any more."""


class InsufficientScope(TokenError):  # noqa: N818 - the error code of RFC 6750 §3.1
    """A request's token is not meant for SCIM."""


class Forbidden(TokenError):  # noqa: N818 - the name of the HTTP status it becomes
    """A request's token is good, but its app's SCIM is off."""


class Tokens:
    """The tokens of this instance.

    :param base_url: the public URL that fresh tokens name as their issuer
    """

    def __init__(self, database: Database, clock: Clock, keyring: Keyring, base_url: str) -> None:
        self._database = database
        self._clock = clock
        self._issuer = Issuer(keyring, base_url)
        self._verifier = Verifier(keyring)
        keyring.remember_issuer(base_url)

    def issue(
        self, app_id: str, actor: Actor, label: str = "", via: Via = "console"
    ) -> IssuedToken:
        """Issue the app's one token; its service account is made if there is none.

        :raises InvalidDetails: the label cannot be accepted
        :raises UnknownApp: there is no such app
        :raises ScimDisabled: the app's SCIM is off
        :raises TokenActive: the app has a token that is alive
        """
        origin = Origin(actor, _checked("The label", label, LONGEST_LABEL), via)
        with self._database.write() as session:
            app = lock_app(session, self._database.words, app_id)
            now = self._clock()
            _check_may_issue(session, app, now)
            issued = self._issuer.issue(session, app, origin, now)
            event = Event("token.issue", "token", issued.token.jti, app.tenant_id)
            detail = {"app": app_id, "label": origin.label, "via": via}
            record(session, actor, event, to_text(now), detail)
        return issued

    def list(self, app_id: str) -> Sequence[Token]:
        """Return every token an app ever had, newest first."""
        with self._database.read() as session:
            return token_rows.tokens_of(session, app_id)

    def revoke(self, app_id: str, jti: str, actor: Actor, reason: str = "") -> None:
        """End one of an app's tokens for good; one that was revoked before stays as it is.

        :raises InvalidDetails: the reason cannot be accepted
        :raises UnknownApp: there is no such app
        :raises UnknownToken: the app has no such token
        """
        reason = _checked("The reason", reason, LONGEST_REASON)
        with self._database.write() as session:
            lock_app(session, self._database.words, app_id)
            tokens = [token for token in token_rows.tokens_of(session, app_id) if token.jti == jti]
            if not tokens:
                raise UnknownToken(f"The app has no token {jti}.")
            self._revoke(session, tokens, actor, reason)

    def revoke_all(self, app_id: str, actor: Actor, reason: str = "") -> int:
        """End every token of an app for good, and return how many that ended.

        :raises InvalidDetails: the reason cannot be accepted
        :raises UnknownApp: there is no such app
        """
        reason = _checked("The reason", reason, LONGEST_REASON)
        with self._database.write() as session:
            lock_app(session, self._database.words, app_id)
            return self._revoke(session, token_rows.tokens_of(session, app_id), actor, reason)

    def authenticate(self, text: str, use: Use) -> Client:
        """Return the client a token stands for, and renew the token.

        :raises InvalidToken: the token is not ours, or not alive any more
        :raises InsufficientScope: the token is not meant for SCIM
        :raises Forbidden: the app's SCIM is off
        """
        claims = self._verified(text)
        now = self._clock()
        with self._database.glance() as session:
            row = token_rows.find_with_app(session, claims.jti)
        if row is None or not hmac.compare_digest(row["token_sha256"], fingerprint(text)):
            raise InvalidToken(_NOT_VALID)
        standing = token_rows.standing_of(row)
        token = standing.token
        _check_alive(token, claims, now)
        _check_permitted(standing)
        if token.is_renewal_due(now):
            self._renew(token, use, now)
        return _client(standing, use)

    def _revoke(self, session: Session, tokens: Iterable[Token], actor: Actor, reason: str) -> int:
        now = to_text(self._clock())
        active = [token for token in tokens if token.status == State.ACTIVE]
        for token in active:
            token_rows.revoke(session, token, actor.name, reason, now)
            event = Event("token.revoke", "token", token.jti, token.tenant_id)
            record(session, actor, event, now, {"app": token.app_id, "reason": reason})
        return len(active)

    def _verified(self, text: str) -> Claims:
        try:
            return self._verifier.verify(text)
        except NotOurs as error:
            raise InvalidToken(_NOT_VALID) from error

    def _renew(self, token: Token, use: Use, now: datetime) -> None:
        try:
            with self._database.write(patience=RENEWAL_PATIENCE) as session:
                token_rows.renew(session, self._database.words, token, use, now)
        except Unavailable as error:  # the request goes on: the next one tries again
            _log.warning("A use of token %s was not written down: %s", token.jti, error)


def _check_may_issue(session: Session, app: ClientApp, now: datetime) -> None:
    if not app.scim_enabled:
        raise ScimDisabled("SCIM is off for this app. Enable SCIM, then issue the token.")
    for token in token_rows.tokens_of(session, app.id):
        if token.state(now) is State.ACTIVE:
            raise TokenActive(
                f"This app has an active token, …{token.hint}. Go on using it; if it is lost,"
                " revoke it and issue another."
            )


def _check_alive(token: Token, claims: Claims, now: datetime) -> None:
    state = token.state(now)
    if state is State.REVOKED:
        raise InvalidToken(f"The token was revoked on {token.revoked_at}.")
    if state is State.SUPERSEDED:
        raise InvalidToken(f"The token was superseded on {token.ends_at}.")
    # The signed end holds whatever a row says: who can write rows cannot lift it.
    if claims.exp <= now.timestamp() or (
        state is State.EXPIRED and token.expiry is Expiry.ABSOLUTE
    ):
        raise InvalidToken(
            f"The token expired on {token.absolute_expires_at}: it had reached its greatest age."
        )
    if state is State.EXPIRED:
        raise InvalidToken(
            f"The token expired on {token.idle_expires_at} because it had not been used for"
            f" {IDLE_LIFETIME.days} days."
        )


def _check_permitted(standing: Standing) -> None:
    if SCOPE not in standing.scopes:
        raise InsufficientScope(f"The token does not have the scope {SCOPE}.")
    if not standing.scim_enabled:
        raise Forbidden("SCIM is off for this app. An administrator can enable it in the console.")


def _client(standing: Standing, use: Use) -> Client:
    token = standing.token
    return Client(
        tenant_id=token.tenant_id,
        app_id=token.app_id,
        service_account_id=token.service_account_id,
        token_id=token.jti,
        scopes=standing.scopes,
        choices=standing.choices,
        address=use.address,
    )


def _checked(field_name: str, text: str, longest: int) -> str:
    text = text.strip()
    fault = find_fault(field_name, text, longest)
    if fault:
        raise InvalidDetails(fault)
    return text

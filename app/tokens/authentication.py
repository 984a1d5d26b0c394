"""Who a token stands for, and whether it still does: asked for every request.

The signature of a token never changes, so it is verified once; the state of a token is read for
every request and never kept, so a revocation holds from the next request on, on every server.
"""

import hmac
from datetime import UTC, datetime

from app.holder import Holder
from app.keys import Keyring
from app.rate_limits import RateLimits, TooManyRequests
from app.tokens import rows
from app.tokens.errors import Forbidden, InsufficientScope, InvalidToken, TokenError
from app.tokens.jwt_format import Claims, NotOurs, Verifier, fingerprint
from app.tokens.networks import allows
from app.tokens.policy import Policy
from app.tokens.rows import Standing
from app.tokens.scopes import SCOPE
from app.tokens.token import IDLE_LIFETIME, Expiry, State, Token, Use
from app.tokens.uses import Uses
from scim.client import Client
from scim.instant import Clock, to_text
from scim.permission import Permission
from scim.storage import Database

_NOT_VALID = "The token is not valid."
"""One text for all tokens that are not ours, so that nobody learns how close a guess came."""


class Authenticator:
    """Turns tokens into clients, and renews them."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        keyring: Keyring,
        policy: Policy,
        limits: RateLimits,
    ) -> None:
        self._database = database
        self._clock = clock
        self._limits = limits
        self._verifier = Verifier(keyring)
        self._uses = Uses(database, policy)

    def authenticate(self, text: str, use: Use) -> Client:
        """Return the client a token stands for, and renew the token.

        :raises InvalidToken: the token is not ours, or not alive any more
        :raises TooManyRequests: the token, or whoever guesses tokens, has no budget left
        :raises InsufficientScope: the token is not meant for SCIM
        :raises Forbidden: the app's SCIM is off, or the token may not be used from there
        """
        sha256 = fingerprint(text)
        claims = self._verifier.find_verified(sha256) or self._verified(text, sha256, use)
        try:
            self._limits.spend_on_token(sha256)
        except TooManyRequests as error:
            error.holder = Holder("", claims.client_id, claims.jti)
            raise
        now = self._clock()
        with self._database.of(None).glance() as session:
            standing = rows.find_standing(session, claims.jti)
        if standing is None or not hmac.compare_digest(standing.sha256, sha256):
            raise self._not_valid(use)
        try:
            # The signed end holds whatever a row says: who can write rows cannot lift it.
            if standing.lives_until <= now or claims.exp <= now.timestamp():
                raise _ended(standing.token, claims, now)
            permission = _permission(standing, use)
        except TokenError as error:
            token = standing.token
            error.holder = Holder(token.tenant_id, token.app_id, token.jti)
            raise
        self._uses.note(standing, use, now)
        return _client(standing, permission, use)

    def _verified(self, text: str, sha256: str, use: Use) -> Claims:
        self._limits.check_address(use.address or "")
        try:
            return self._verifier.verify(text, sha256)
        except NotOurs as error:
            raise self._not_valid(use) from error

    def _not_valid(self, use: Use) -> InvalidToken:
        self._limits.spend_on_failure(use.address or "")
        return InvalidToken(_NOT_VALID)


def _ended(token: Token, claims: Claims, now: datetime) -> InvalidToken:
    """Return what ended a token that is not alive."""
    state = token.state(now)
    if state is State.REVOKED:
        return InvalidToken(f"The token was revoked on {token.revoked_at}.")
    if state is State.SUPERSEDED:
        return InvalidToken(f"The token was superseded on {token.ends_at}.")
    if state is State.EXPIRED and token.expiry is Expiry.IDLE:
        return InvalidToken(
            f"The token expired on {token.idle_expires_at} because it had not been used for"
            f" {IDLE_LIFETIME.days} days."
        )
    since = min(token.absolute_expires_at, to_text(datetime.fromtimestamp(claims.exp, UTC)))
    return InvalidToken(f"The token expired on {since}: it had reached its greatest age.")


def _permission(standing: Standing, use: Use) -> Permission:
    if standing.permission is None:
        raise InsufficientScope(f"The token does not have the scope {SCOPE}.")
    if not standing.scim_enabled:
        raise Forbidden("SCIM is off for this app. An administrator can enable it in the console.")
    if not allows(standing.token.ip_allow or "", use.address):
        raise Forbidden(f"The token may not be used from the address {use.address}.")
    return standing.permission


def _client(standing: Standing, permission: Permission, use: Use) -> Client:
    token = standing.token
    return Client(
        tenant_id=token.tenant_id,
        app_id=token.app_id,
        service_account_id=token.service_account_id,
        token_id=token.jti,
        permission=permission,
        choices=standing.choices,
        address=use.address,
        request_id=use.request_id,
    )

"""Ending a token that somebody sends: its app (RFC 7009), or whoever found it."""

from app.audit import Actor
from app.client_apps import ClientApp, UnknownApp
from app.oauth.client_secrets import ClientSecrets, UnknownSecret
from app.rate_limits import RateLimits
from app.tokens import State, Tokens
from app.tokens.errors import UnknownToken
from app.tokens.recognition import Recognizer

_ASKED = "Asked for at the revocation endpoint."
_LEAKED = "Reported as leaked."


class Revocation:
    """Ends tokens by their text; whoever sends it learns nothing of whether it was one."""

    def __init__(
        self,
        recognizer: Recognizer,
        tokens: Tokens,
        client_secrets: ClientSecrets,
        limits: RateLimits,
    ) -> None:
        self._recognizer = recognizer
        self._tokens = tokens
        self._client_secrets = client_secrets
        self._limits = limits

    def revoke(self, text: str, app: ClientApp, address: str | None) -> None:
        """End a token of the app that asks; all else stays (RFC 7009 §2.1)."""
        found = self._recognizer.find(text)
        if found is not None and found.standing.token.app_id == app.id:
            self._end_token(app.id, found.claims.jti, Actor(f"app:{app.id}", address), _ASKED)

    def report_leak(self, text: str, address: str | None) -> None:
        """End the token, or the client secret, that somebody found where it should not be.

        To know it is enough: whoever could use it may as well end it.

        :raises TooManyRequests: there was nothing to end too often from this address
        """
        self._limits.check_address(address or "")
        reporter = Actor("leak-report", address)
        found = self._recognizer.find(text)
        if found is not None and found.standing.token.status == State.ACTIVE:
            self._end_token(found.claims.client_id, found.claims.jti, reporter, _LEAKED)
            return
        secret = self._client_secrets.find(text)
        if secret is not None:
            self._end_secret(secret.app_id, secret.id, reporter)
            return
        self._limits.spend_on_failure(address or "")

    def _end_token(self, app_id: str, jti: str, actor: Actor, reason: str) -> None:
        try:
            self._tokens.revoke(app_id, jti, actor, reason)
        except (UnknownApp, UnknownToken):  # it went away since we looked
            return

    def _end_secret(self, app_id: str, secret_id: str, actor: Actor) -> None:
        try:
            self._client_secrets.revoke(app_id, secret_id, actor)
        except (UnknownApp, UnknownSecret):  # likewise
            return

"""The life of long-lived tokens: issued, listed, revoked.

Whether a request may come in with one is another question: :mod:`app.tokens.authentication`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from app.audit import Actor, Event, record
from app.client_apps import ClientApp, lock_app
from app.keys import Keyring
from app.tokens import rows
from app.tokens.errors import InvalidDetails, ScimDisabled, TokenActive, UnknownToken
from app.tokens.issuing import IssuedToken, Issuer, Origin
from app.tokens.token import State, Token, Via
from app.wording import find_fault
from scim.instant import Clock, to_text
from scim.storage import Database, Session

LONGEST_LABEL = 100
LONGEST_REASON = 200


class Tokens:
    """The tokens of this instance.

    :param base_url: the public URL that fresh tokens name as their issuer
    """

    def __init__(self, database: Database, clock: Clock, keyring: Keyring, base_url: str) -> None:
        self._database = database
        self._clock = clock
        self._keyring = keyring
        self._issuer = Issuer(keyring, base_url)
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
        self._keyring.tick()
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
            return rows.tokens_of(session, app_id)

    def revoke(self, app_id: str, jti: str, actor: Actor, reason: str = "") -> None:
        """End one of an app's tokens for good; one that was revoked before stays as it is.

        :raises InvalidDetails: the reason cannot be accepted
        :raises UnknownApp: there is no such app
        :raises UnknownToken: the app has no such token
        """
        reason = _checked("The reason", reason, LONGEST_REASON)
        with self._database.write() as session:
            lock_app(session, self._database.words, app_id)
            tokens = [token for token in rows.tokens_of(session, app_id) if token.jti == jti]
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
            return self._revoke(session, rows.tokens_of(session, app_id), actor, reason)

    def _revoke(self, session: Session, tokens: Iterable[Token], actor: Actor, reason: str) -> int:
        now = to_text(self._clock())
        active = [token for token in tokens if token.status == State.ACTIVE]
        for token in active:
            rows.revoke(session, token, actor.name, reason, now)
            event = Event("token.revoke", "token", token.jti, token.tenant_id)
            record(session, actor, event, now, {"app": token.app_id, "reason": reason})
        return len(active)


def _check_may_issue(session: Session, app: ClientApp, now: datetime) -> None:
    if not app.scim_enabled:
        raise ScimDisabled("SCIM is off for this app. Enable SCIM, then issue the token.")
    for token in rows.tokens_of(session, app.id):
        if token.state(now) is State.ACTIVE:
            raise TokenActive(
                f"This app has an active token, …{token.hint}. Go on using it; if it is lost,"
                " revoke it and issue another."
            )


def _checked(field_name: str, text: str, longest: int) -> str:
    text = text.strip()
    fault = find_fault(field_name, text, longest)
    if fault:
        raise InvalidDetails(fault)
    return text

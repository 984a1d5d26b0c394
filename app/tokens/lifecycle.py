"""The life of long-lived tokens: issued, rotated, listed, revoked.

An app has one token that is alive, and two only while a rotation runs. The lock on the app's row
keeps the count; with tokens, whoever changes several takes the newest first.

Whether a request may come in with one is another question: :mod:`app.tokens.authentication`.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from app.audit import Actor, Event, record
from app.client_apps import ClientApp, lock_app
from app.edition import check_edition
from app.tokens import rows
from app.tokens.errors import (
    InvalidDetails,
    InvalidScope,
    RotationRunning,
    ScimDisabled,
    TokenActive,
    TokenLent,
    UnknownToken,
)
from app.tokens.issuing import IssuedToken, Issuer, NewToken, Origin
from app.tokens.networks import InvalidNetworks, checked_networks
from app.tokens.policy import Policy
from app.tokens.revoking import revoke_each
from app.tokens.scopes import Scopes, UnknownScope
from app.tokens.token import Token, Via
from app.wording import find_fault
from scim.choices import TokenStyle
from scim.instant import Clock, to_text
from scim.storage import Database, Session

LONGEST_LABEL = 100
LONGEST_REASON = 200

MOST_SHORT_LIVED = 100
"""Short-lived tokens that an app has at a time: more than any provider runs clients."""

_TOO_MANY = f"There were {MOST_SHORT_LIVED} short-lived tokens, and this was the oldest."

_LENT = (
    "A test of this app is running. Wait until it has ended: it takes seconds, and"
    " where it broke off, another can begin after two minutes."
)

_GIVEN_BACK = "It was lent for so long, and is given back."

_USUAL = NewToken()


class Tokens:
    """The tokens of this instance.

    :param issuer: makes them
    :param scopes: the scopes there are
    :param policy: how long a rotation may take
    """

    def __init__(
        self, database: Database, clock: Clock, issuer: Issuer, scopes: Scopes, policy: Policy
    ) -> None:
        self._database = database
        self._clock = clock
        self._issuer = issuer
        self._policy = policy
        self.scopes = scopes

    def issue(
        self, app_id: str, actor: Actor, new: NewToken = _USUAL, via: Via = "console"
    ) -> IssuedToken:
        """Issue the app's one token; its service account is made if there is none.

        :raises InvalidDetails: the label or the networks cannot be accepted
        :raises InvalidScope: there is no such scope
        :raises UnknownApp: there is no such app
        :raises ScimDisabled: the app's SCIM is off
        :raises TokenActive: the app has a token that is alive
        """
        new = self._checked(new)
        self._issuer.prepare()
        with self._database.write() as session:
            app = lock_app(session, self._database.words, app_id)
            now = self._clock()
            _check_enabled(app)
            for token in rows.lasting_of(session, app_id, to_text(now)):
                raise TokenActive(
                    f"This app has an active token, …{token.hint}. Go on using it; if it is lost,"
                    " revoke it and issue another, or else rotate it."
                )
            return self._issue(session, app, new, Origin(actor, via), now)

    def issue_short_lived(
        self, app_id: str, actor: Actor, new: NewToken = _USUAL, via: Via = "oauth"
    ) -> IssuedToken:
        """Issue a token that ends soon, whatever other tokens the app has.

        Those that have ended go away, and so does the oldest where there are too many.

        :raises InvalidDetails: the label or the networks cannot be accepted
        :raises InvalidScope: there is no such scope
        :raises UnknownApp: there is no such app
        :raises ScimDisabled: the app's SCIM is off
        """
        new = self._checked(new)
        self._issuer.prepare()
        with self._database.write() as session:
            app = lock_app(session, self._database.words, app_id)
            now = self._clock()
            _check_enabled(app)
            _make_room(session, app, actor, to_text(now))
            origin = Origin(actor, via, style=TokenStyle.SHORT_LIVED)
            return self._issue(session, app, new, origin, now)

    @contextmanager
    def lent(self, app_id: str, actor: Actor, new: NewToken) -> Iterator[IssuedToken]:
        """Give a token for a block, after which nothing of it is left but audit lines.

        It takes the place of no other token, counts nowhere, and ends soon by itself if need be.

        :raises InvalidDetails: the label or the networks cannot be accepted
        :raises InvalidScope: there is no such scope
        :raises UnknownApp: there is no such app
        :raises ScimDisabled: the app's SCIM is off
        :raises TokenLent: one of the app's is lent just now
        """
        new = self._checked(new)
        self._issuer.prepare()
        with self._database.write() as session:
            app = lock_app(session, self._database.words, app_id)
            now = self._clock()
            _check_enabled(app)
            if rows.is_lent(session, app_id, to_text(now)):
                raise TokenLent(_LENT)
            rows.remove_lent(session, app_id)
            origin = Origin(actor, "test", style=TokenStyle.SHORT_LIVED)
            issued = self._issue(session, app, new, origin, now)
        try:
            yield issued
        finally:
            with self._database.write() as session:
                revoke_each(session, [issued.token], actor, _GIVEN_BACK, self._clock())
                rows.remove(session, issued.token.jti)

    def rotate(
        self, app_id: str, actor: Actor, new: NewToken = _USUAL, via: Via = "console"
    ) -> IssuedToken:
        """Issue a successor of the app's token; both work until the successor has taken over.

        The old one ends a grace after the first use of the successor, or at a deadline without
        one. What is not asked of the successor is as the old one has it.

        :raises InvalidDetails: the label or the networks cannot be accepted
        :raises InvalidScope: there is no such scope
        :raises UnknownApp: there is no such app
        :raises ScimDisabled: the app's SCIM is off
        :raises UnknownToken: the app has no token that is alive
        :raises RotationRunning: the app has two already
        """
        new = self._checked(new)
        self._issuer.prepare()
        with self._database.write() as session:
            app = lock_app(session, self._database.words, app_id)
            now = self._clock()
            _check_enabled(app)
            predecessor = _only(rows.lasting_of(session, app_id, to_text(now)))
            deadline = to_text(now + self._policy.deadline)
            ends_at = min(predecessor.ends_at or deadline, deadline)
            # the key first, then rows of tokens: an emergency takes them in this order, too
            issued = self._issue(session, app, new, Origin(actor, via, predecessor), now)
            rows.set_end(session, predecessor.jti, ends_at)
            event = Event("token.rotate", "token", predecessor.jti, app.tenant_id)
            detail = {"app": app_id, "successor": issued.token.jti, "ends_at": ends_at}
            record(session, actor, event, to_text(now), detail)
            return issued

    def list(self, app_id: str) -> Sequence[Token]:
        """Return every token an app ever had, newest first."""
        with self._database.read() as session:
            return rows.tokens_of(session, app_id)

    def lasting(self, app_id: str) -> Sequence[Token]:
        """Return the live tokens of an app that last, newest first: two while a rotation runs."""
        with self._database.read() as session:
            return rows.lasting_of(session, app_id, to_text(self._clock()))

    def alive(self, app_ids: Sequence[str]) -> Mapping[str, Sequence[Token]]:
        """Return the live tokens of apps, newest first, by the ids of those that have any.

        A token that is lent for a test is none of them.
        """
        found = defaultdict(list)
        with self._database.read() as session:
            now = to_text(self._clock())
            for token in rows.alive_of(session, app_ids, now) if app_ids else ():
                found[token.app_id].append(token)
        return found

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
            revoke_each(session, tokens, actor, reason, self._clock())

    def revoke_all(
        self, app_id: str, actor: Actor, reason: str = "", *, seen: str | None = None
    ) -> int:
        """End every token of an app for good, and return how many that ended.

        :param seen: the edition of the lasting ones that somebody saw, where there is one
        :raises InvalidDetails: the reason cannot be accepted
        :raises UnknownApp: there is no such app
        :raises Outdated: others last by now
        """
        reason = _checked("The reason", reason, LONGEST_REASON)
        with self._database.write() as session:
            lock_app(session, self._database.words, app_id)
            now = self._clock()
            lasting = rows.lasting_of(session, app_id, to_text(now))
            check_edition(seen, *(token.jti for token in lasting))
            return revoke_each(session, rows.tokens_of(session, app_id), actor, reason, now)

    def _checked(self, new: NewToken) -> NewToken:
        try:
            scope = None if new.scope is None else self.scopes.checked(new.scope)
            networks = None if new.networks is None else checked_networks(new.networks)
        except UnknownScope as error:
            raise InvalidScope(str(error)) from error
        except InvalidNetworks as error:
            raise InvalidDetails(str(error)) from error
        label = None if new.label is None else _checked("The label", new.label, LONGEST_LABEL)
        return NewToken(label, scope, networks)

    def _issue(
        self, session: Session, app: ClientApp, new: NewToken, origin: Origin, now: datetime
    ) -> IssuedToken:
        issued = self._issuer.issue(session, app, new, origin, now)
        token = issued.token
        detail = {"app": app.id, "label": token.label, "scope": token.scope, "via": origin.via}
        event = Event("token.issue", "token", token.jti, app.tenant_id)
        record(session, origin.actor, event, to_text(now), detail)
        return issued


def _check_enabled(app: ClientApp) -> None:
    if not app.scim_enabled:
        raise ScimDisabled("SCIM is off for this app. Enable SCIM, then issue the token.")


def _make_room(session: Session, app: ClientApp, actor: Actor, now: str) -> None:
    """Let another short-lived token be issued; one that was alive ends as if it was revoked."""
    for jti in rows.prune_short_lived(session, app.id, now, MOST_SHORT_LIVED - 1):
        event = Event("token.revoke", "token", jti, app.tenant_id)
        record(session, actor, event, now, {"app": app.id, "reason": _TOO_MANY})


def _only(alive: list[Token]) -> Token:
    if not alive:
        raise UnknownToken("This app has no active token to rotate. Issue one.")
    if len(alive) > 1:
        raise RotationRunning(
            f"This app is being rotated: …{alive[0].hint} takes the place of …{alive[1].hint}."
            " Use the new one, or revoke one of the two, before you rotate again."
        )
    return alive[0]


def _checked(field_name: str, text: str, longest: int) -> str:
    text = text.strip()
    fault = find_fault(field_name, text, longest)
    if fault:
        raise InvalidDetails(fault)
    return text

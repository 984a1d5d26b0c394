"""Client secrets: what an app proves itself with at the token endpoint (RFC 6749 §2.3.1).

An app has two at most, so that one can be replaced while the other is in use.
A secret is shown by the call that makes it; the row keeps its SHA-256. Revoking deletes the row.

Errors::

    SecretError
    ├── InvalidLabel    a label cannot be accepted; the sentence says why
    ├── TooManySecrets  the app has two secrets
    └── UnknownSecret   the app has no such secret
"""

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.audit import Actor, Event, record
from app.client_apps import ClientApp, app_of, lock_app
from app.oauth.secret_text import fingerprint, is_secret, new_secret
from app.once import check_once
from app.wording import find_fault
from scim.instant import Clock, to_text
from scim.storage import Database, Row, Session, Unavailable

MOST_SECRETS = 2
LONGEST_LABEL = 100

USE_INTERVAL = timedelta(hours=1)
"""How exactly the last use is kept; a write for each request would queue at the database."""

_PATIENCE = 0.25
"""Seconds a request waits to write down that its secret was used; it goes on without."""

_ID_BYTES = 8
_HINT_LENGTH = 4

_log = logging.getLogger(__name__)


class SecretError(Exception):
    """What is wrong with a client secret; raised as one of its subclasses."""


class InvalidLabel(SecretError):  # noqa: N818 - the field says invalid, not invalid error
    """A label cannot be accepted; the message is a sentence."""


class TooManySecrets(SecretError):  # noqa: N818 - likewise
    """The app has two secrets."""


class UnknownSecret(SecretError):  # noqa: N818 - likewise
    """The app has no such secret."""


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """What is kept of a client secret: everything but the secret."""

    id: str
    app_id: str
    hint: str
    """The last four characters of the secret, to tell it from the other."""

    label: str
    created_at: str
    created_by: str
    last_used_at: str | None = None
    """When it was last used, to the hour."""

    last_used_ip: str | None = None


@dataclass(frozen=True, slots=True)
class IssuedSecret:
    """A fresh client secret: the one time its text is at hand."""

    text: str = field(repr=False)
    secret: ClientSecret


class ClientSecrets:
    """The client secrets of this instance; each change commits together with its audit line."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def issue(
        self, app_id: str, actor: Actor, label: str = "", *, form_id: str | None = None
    ) -> IssuedSecret:
        """Make a client secret of an app.

        :param form_id: that of the form it was asked for on, of which no second one is made
        :raises InvalidLabel: the label cannot be accepted
        :raises UnknownApp: there is no such app
        :raises TooManySecrets: the app has two
        :raises SentTwice: there is one of the same form
        """
        label = _checked(label)
        text = new_secret()
        with self._database.write() as session:
            app = lock_app(session, self._database.words, app_id)
            check_once(session, "client_secret", form_id)
            if len(_secrets_of(session, app_id)) >= MOST_SECRETS:
                raise TooManySecrets(
                    f"An app has {MOST_SECRETS} client secrets at most. Revoke one first."
                )
            now = to_text(self._clock())
            secret = _made_of(app, text, label, actor, now)
            _insert(session, secret, fingerprint(text), form_id)
            _record(session, actor, "client-secret.issue", app, secret, now)
        return IssuedSecret(text, secret)

    def list(self, app_id: str) -> Sequence[ClientSecret]:
        """Return the client secrets of an app, oldest first."""
        with self._database.read() as session:
            return _secrets_of(session, app_id)

    def holders(self) -> frozenset[str]:
        """Return the ids of the apps that have client secrets."""
        with self._database.read() as session:
            rows = session.all("SELECT DISTINCT app_id FROM client_secret")
        return frozenset(row["app_id"] for row in rows)

    def revoke(self, app_id: str, secret_id: str, actor: Actor) -> None:
        """End one of an app's client secrets for good; tokens got with it stay.

        :raises UnknownApp: there is no such app
        :raises UnknownSecret: the app has no such secret
        """
        with self._database.write() as session:
            app = lock_app(session, self._database.words, app_id)
            chosen = [each for each in _secrets_of(session, app_id) if each.id == secret_id]
            if not chosen:
                raise UnknownSecret(f"The app has no client secret {secret_id}.")
            _end(session, app, chosen, actor, self._clock())

    def revoke_all(self, app_id: str, actor: Actor) -> int:
        """End every client secret of an app for good, and return how many that ended.

        :raises UnknownApp: there is no such app
        """
        with self._database.write() as session:
            app = lock_app(session, self._database.words, app_id)
            return _end(session, app, _secrets_of(session, app_id), actor, self._clock())

    def find(self, text: str) -> ClientSecret | None:
        """Return what is kept of a secret, or None where it is none of ours."""
        if not is_secret(text):
            return None
        with self._database.glance() as session:
            row = session.one(
                "SELECT * FROM client_secret WHERE secret_sha256 = ?", (fingerprint(text),)
            )
        return None if row is None else _secret_of(row)

    def find_app(self, app_id: str, text: str, address: str | None) -> ClientApp | None:
        """Return the app whose secret a text is, and write down that it was used.

        :param address: the network address it was sent from
        """
        now = self._clock()
        with self._database.glance() as session:
            row = session.one(
                "SELECT client_app.*, client_secret.id AS secret_id, client_secret.last_used_at"
                " FROM client_secret JOIN client_app ON client_app.id = client_secret.app_id"
                " WHERE client_secret.secret_sha256 = ? AND client_secret.app_id = ?",
                (fingerprint(text), app_id),
            )
        if row is None:
            return None
        if row["last_used_at"] is None or row["last_used_at"] <= to_text(now - USE_INTERVAL):
            self._note_use(row["secret_id"], address, now)
        return app_of(row)

    def _note_use(self, secret_id: str, address: str | None, now: datetime) -> None:
        try:
            with self._database.write(patience=_PATIENCE) as session:
                session.run(
                    "UPDATE client_secret SET last_used_at = ?, last_used_ip = ?"
                    " WHERE id = ? AND (last_used_at IS NULL OR last_used_at <= ?)",
                    (to_text(now), address, secret_id, to_text(now - USE_INTERVAL)),
                )
        except Unavailable as error:  # the request goes on: the next one tries again
            _log.warning("A use of client secret %s was not written down: %s", secret_id, error)


def count_all(session: Session) -> int:
    """Return how many client secrets there are, of every app."""
    row = session.one("SELECT COUNT(*) AS number FROM client_secret")
    return int(row["number"]) if row else 0


def end_all(session: Session, actor: Actor, now: datetime) -> int:
    """End the client secrets of every app, and return how many that were."""
    rows = session.all(
        "SELECT * FROM client_app WHERE id IN (SELECT app_id FROM client_secret) ORDER BY id"
    )
    return sum(
        _end(session, app, _secrets_of(session, app.id), actor, now) for app in map(app_of, rows)
    )


def _end(
    session: Session, app: ClientApp, chosen: Sequence[ClientSecret], actor: Actor, now: datetime
) -> int:
    for secret in chosen:
        session.run("DELETE FROM client_secret WHERE id = ?", (secret.id,))
        _record(session, actor, "client-secret.revoke", app, secret, to_text(now))
    return len(chosen)


def _checked(label: str) -> str:
    label = label.strip()
    fault = find_fault("The label", label, LONGEST_LABEL)
    if fault:
        raise InvalidLabel(fault)
    return label


def _secrets_of(session: Session, app_id: str) -> Sequence[ClientSecret]:
    rows = session.all("SELECT * FROM client_secret WHERE app_id = ? ORDER BY seq", (app_id,))
    return [_secret_of(row) for row in rows]


def _secret_of(row: Row) -> ClientSecret:
    return ClientSecret(
        row["id"],
        row["app_id"],
        row["hint"],
        row["label"],
        row["created_at"],
        row["created_by"],
        row["last_used_at"],
        row["last_used_ip"],
    )


def _made_of(app: ClientApp, text: str, label: str, actor: Actor, now: str) -> ClientSecret:
    id_ = f"cs_{secrets.token_hex(_ID_BYTES)}"
    return ClientSecret(id_, app.id, text[-_HINT_LENGTH:], label, now, actor.name)


def _insert(session: Session, secret: ClientSecret, sha256: str, form_id: str | None) -> None:
    session.run(
        "INSERT INTO client_secret (id, app_id, secret_sha256, hint, label, created_at,"
        " created_by, form_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            secret.id,
            secret.app_id,
            sha256,
            secret.hint,
            secret.label,
            secret.created_at,
            secret.created_by,
            form_id,
        ),
    )


def _record(
    session: Session, actor: Actor, action: str, app: ClientApp, secret: ClientSecret, now: str
) -> None:
    event = Event(action, "client-secret", secret.id, app.tenant_id)
    record(session, actor, event, now, {"app": app.id, "label": secret.label})

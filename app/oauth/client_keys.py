"""The public keys of an app, by which its assertions are known (RFC 7523 §2.2).

They are given as one JWK Set, so that old and new key stand side by side while an app changes them.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from app.audit import Actor, Event, record
from app.client_apps import ClientApp, app_of, lock_app
from app.edition import check_edition, edition_of
from app.oauth.jwk import PublicKey, read_jwks
from scim.instant import Clock, to_text
from scim.storage import Database, Session

_known = lru_cache(maxsize=256)(read_jwks)
"""Reads what is stored; a document says the same for ever."""


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """An app, and the public keys it has."""

    app: ClientApp
    keys: Sequence[PublicKey]


class ClientKeys:
    """The public keys of apps; each change commits together with its audit line."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def set(
        self, app_id: str, jwks: str, actor: Actor, *, seen: str | None = None
    ) -> Sequence[PublicKey]:
        """Give an app exactly the keys of a JWK Set, and return them.

        :param seen: the edition of the keys they replace that somebody saw, where there is one
        :raises InvalidKeys: the document cannot be accepted
        :raises UnknownApp: there is no such app
        :raises Outdated: the app has others by now
        """
        keys = read_jwks(jwks)
        document, now = json.dumps(json.loads(jwks)), to_text(self._clock())
        with self._database.write() as session:
            app = lock_app(session, self._database.words, app_id)
            stored = _stored(session, app_id)
            if stored != document:
                check_edition(seen, stored)
            session.run("DELETE FROM client_jwks WHERE app_id = ?", (app_id,))
            session.run(
                "INSERT INTO client_jwks (app_id, jwks, set_at, set_by) VALUES (?, ?, ?, ?)",
                (app_id, document, now, actor.name),
            )
            detail = {"keys": [{"kid": key.kid, "alg": key.algorithm} for key in keys]}
            event = Event("client-keys.set", "app", app_id, app.tenant_id)
            record(session, actor, event, now, detail)
        return keys

    def list(self, app_id: str) -> Sequence[PublicKey]:
        """Return the keys of an app."""
        with self._database.read() as session:
            stored = _stored(session, app_id)
        return _known(stored) if stored else ()

    def edition(self, app_id: str) -> str:
        """Return the edition of the keys of an app."""
        with self._database.read() as session:
            return edition_of(_stored(session, app_id))

    def holders(self) -> frozenset[str]:
        """Return the ids of the apps that have keys."""
        with self._database.read() as session:
            rows = session.all("SELECT app_id FROM client_jwks")
        return frozenset(row["app_id"] for row in rows)

    def remove(self, app_id: str, actor: Actor, *, seen: str | None = None) -> bool:
        """Take every key from an app, and return whether it had any.

        :param seen: the edition of the keys that somebody saw, where there is one
        :raises UnknownApp: there is no such app
        :raises Outdated: the app has others by now
        """
        with self._database.write() as session:
            app = lock_app(session, self._database.words, app_id)
            check_edition(seen, _stored(session, app_id))
            return _remove(session, app, actor, self._clock())

    def find(self, app_id: str) -> KeyHolder | None:
        """Return an app that has keys, with those, or None."""
        with self._database.glance() as session:
            row = session.one(
                "SELECT client_app.*, client_jwks.jwks FROM client_jwks"
                " JOIN client_app ON client_app.id = client_jwks.app_id"
                " WHERE client_jwks.app_id = ?",
                (app_id,),
            )
        return None if row is None else KeyHolder(app_of(row), _known(row["jwks"]))


def count_all(session: Session) -> int:
    """Return how many apps have keys."""
    row = session.one("SELECT COUNT(*) AS number FROM client_jwks")
    return int(row["number"]) if row else 0


def remove_all(session: Session, actor: Actor, now: datetime) -> int:
    """Take the keys from every app, and return how many apps had any."""
    rows = session.all(
        "SELECT * FROM client_app WHERE id IN (SELECT app_id FROM client_jwks) ORDER BY id"
    )
    return sum(_remove(session, app, actor, now) for app in map(app_of, rows))


def _remove(session: Session, app: ClientApp, actor: Actor, now: datetime) -> bool:
    if not session.run("DELETE FROM client_jwks WHERE app_id = ?", (app.id,)):
        return False
    event = Event("client-keys.remove", "app", app.id, app.tenant_id)
    record(session, actor, event, to_text(now))
    return True


def _stored(session: Session, app_id: str) -> str:
    """Return the document of an app's keys, or nothing where it has none."""
    row = session.one("SELECT jwks FROM client_jwks WHERE app_id = ?", (app_id,))
    return row["jwks"] if row else ""

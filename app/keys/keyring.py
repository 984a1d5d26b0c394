"""The keyring of a worker: the key that signs, the keys that verify, and whose tokens are its own.

Private keys lie in the database encrypted (:mod:`app.keys.encryption`) and are opened only to sign.
Public keys are kept in memory, all that there ever were; so are the public URLs this instance was
reached at, for a token names the one of its day as its issuer.
"""

import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from jwt import PyJWK

from app.keys import root_secret, rows
from app.keys.algorithms import PrivateKey, load
from app.keys.encryption import KeyringError
from app.keys.kids import Kids
from app.keys.rotation import Rotation
from scim.instant import Clock, to_text
from scim.storage import Database, Row, Session

RELOAD_INTERVAL = timedelta(seconds=10)
"""The least time between two looks for made-up key ids, which must not keep the database busy."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The key that signs tokens just now."""

    kid: str
    algorithm: str
    private: PrivateKey = field(repr=False)


class Keyring:
    """The signing keys of this instance, and the issuers whose tokens are its own.

    :param root: the secret of the instance (:mod:`app.keys.root_secret`)
    """

    def __init__(
        self, database: Database, clock: Clock, root: bytes, kids: Kids, rotation: Rotation
    ) -> None:
        self._database = database
        self._clock = clock
        self._root = root
        self._kids = kids
        self._rotation = rotation
        self._pace = _Pace(RELOAD_INTERVAL)
        # Only added to: which key verifies a token never changes, and what is deleted has none.
        self._keys: dict[str, PyJWK] = {}
        self._sought: set[str] = set()
        self._issuers: set[str] = set()
        with database.read() as session:
            self._add(rows.public_keys(session))
            self._issuers.update(row["url"] for row in session.all("SELECT url FROM public_url"))

    def tick(self) -> None:
        """Rotate the keys if that is due; to be called now and then, by anybody.

        :raises Unavailable: the database cannot be reached
        """
        try:
            self._rotation.rotate_when_due(self._clock())
        except KeyringError as error:  # the active key still signs
            _log.error("The signing keys cannot be rotated: %s", error)

    def get_active(self, session: Session) -> SigningKey:
        """Return the key that signs, until the transaction ends.

        :param session: a transaction that writes
        :raises KeyringError: there is none, or it cannot be opened
        """
        session.share(rows.LOCK)
        key = rows.current(session).active
        if key is None:
            raise KeyringError("No signing key is active; restore signing_key from a backup.")
        return SigningKey(key.kid, key.algorithm, load(key.algorithm, self._rotation.open(key)))

    def find_public(self, kid: str) -> PyJWK | None:
        """Return the public key of this id, or None where nobody made such a key."""
        found = self._keys.get(kid)
        if found is None:
            self._seek(kid)
            found = self._keys.get(kid)
        return found

    def is_issuer(self, url: str) -> bool:
        """Whether this instance is or was reached at a public URL.

        It may ask the database, so it is for the URL of a token whose signature is right.
        """
        if url in self._issuers:
            return True
        with self._database.glance() as session:
            row = session.one("SELECT url FROM public_url WHERE url = ?", (url,))
        if row is not None:
            self._issuers.add(url)
        return row is not None

    def remember_issuer(self, url: str) -> None:
        """Accept the tokens that name a public URL, from now on and on every server."""
        if url in self._issuers:
            return
        with self._database.write() as session:
            session.run(
                "INSERT INTO public_url (url, since) VALUES (?, ?) ON CONFLICT DO NOTHING",
                (url, to_text(self._clock())),
            )
        self._issuers.add(url)

    def jwks(self) -> dict[str, list[dict[str, Any]]]:
        """Return the public keys that verifiers need, as a JWK Set (RFC 7517 §5)."""
        with self._database.glance() as session:
            return {"keys": rows.published(session, to_text(self._clock()))}

    def derive_secret(self, purpose: bytes) -> bytes:
        """Return 32 bytes for one purpose, the same on every start and every server."""
        return root_secret.derive(self._root, purpose)

    def _seek(self, kid: str) -> None:
        """Look for a key that another worker may have made since.

        An id that is marked as ours is looked for at once, whatever else is sent, but only once;
        all others wait for each other.
        """
        if self._kids.is_ours(kid) and kid not in self._sought:
            with self._database.glance() as session:
                self._add(filter(None, [rows.find_public_key(session, kid)]))
            self._sought.add(kid)
        elif self._pace.is_time(self._clock()):
            with self._database.glance() as session:
                self._add(rows.public_keys(session))

    def _add(self, found: Iterable[Row]) -> None:
        self._keys.update(
            {row["kid"]: PyJWK.from_json(row["public_jwk"], row["alg"]) for row in found}
        )


class _Pace:
    """Lets somebody through once per interval, and makes nobody wait."""

    def __init__(self, interval: timedelta) -> None:
        self._interval = interval
        self._lock = threading.Lock()
        self._last: datetime | None = None

    def is_time(self, now: datetime) -> bool:
        """Whether the interval is over, which begins another."""
        with self._lock:
            last = self._last
            # a clock that was set back must not stop this until it has caught up
            if last is not None and timedelta(0) <= now - last < self._interval:
                return False
            self._last = now
            return True

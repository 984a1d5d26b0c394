"""Rotation: how signing keys come, take over from each other, and go.

What is due is done by whoever asks first, in one transaction and under one lock, so any number of
servers may ask at any time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.audit import SYSTEM, Actor, Event, record
from app.keys import algorithms, root_secret, rows
from app.keys.encryption import KeyringError, Unopenable
from app.keys.key_file import KeyFile
from app.keys.kids import Kids
from app.keys.rows import Current, KeyState, ListedKey, StoredKey
from scim.instant import from_text, to_text
from scim.storage import Database, Session

PUBLISHED_BEFORE = timedelta(hours=24)
"""How long a key is published before it signs, so that whoever keeps the JWKS knows it by then."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Which keys are made, and how often."""

    algorithm: str
    period: timedelta
    """How long a key signs; none means until somebody asks for another."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """Which key took over at once, and from which one."""

    kid: str
    revoked_kid: str | None
    has_new_secret: bool
    """Whether the secret of cookies and cursors could not be opened, so that there is a new one."""


class Rotation:
    """Changes the signing keys of an instance; each change commits together with its audit line."""

    def __init__(self, database: Database, key_file: KeyFile, kids: Kids, policy: Policy) -> None:
        self._database = database
        self._key_file = key_file
        self._kids = kids
        self._policy = policy

    def rotate_when_due(self, now: datetime) -> bool:
        """Announce the next key or let it sign, if that is due; return whether it was.

        It takes one statement where nothing is due, so it may be called often.

        :raises KeyringError: the key-encryption keys cannot be read
        """
        with self._database.glance() as session:
            if not self._is_due(rows.current(session), now):
                return False
        with self._database.write() as session:
            session.lock(rows.LOCK)
            found = rows.current(session)  # another server may have been first
            if not self._is_due(found, now):
                return False
            if found.next is not None:
                self._take_over(session, found.next, found.active, to_text(now))
            else:
                self._announce(session, SYSTEM, now)
        return True

    def announce(self, actor: Actor, now: datetime) -> StoredKey:
        """Return the key that signs next, made if there is none yet.

        :raises KeyringError: the key-encryption keys cannot be read, or there is no key to follow
        """
        with self._database.write() as session:
            session.lock(rows.LOCK)
            found = rows.current(session)
            if found.active is None:  # beside the next one, no start would make a first one
                raise KeyringError(
                    "No signing key is active; provisor migrate makes the first one."
                )
            return found.next or self._announce(session, actor, now)

    def replace_at_once(self, session: Session, actor: Actor, now: datetime) -> Replacement:
        """Let a new key sign at once, and revoke those that signed or were to.

        A secret of the instance that cannot be opened is replaced as well.

        :param session: a transaction that writes
        :raises KeyringError: the key-encryption keys cannot be read
        """
        session.lock(rows.LOCK)
        moment = to_text(now)
        found = rows.current(session)
        for former in filter(None, (found.active, found.next)):
            rows.end(session, former.kid, KeyState.REVOKED, moment)
            _record(session, actor, "key.revoke", former.kid, moment)
        kid = self.make_active(session, actor, now)
        is_new = root_secret.replace_lost(session, self._key_file, moment)
        self._forget(session, actor, moment)
        return Replacement(kid, found.active.kid if found.active else None, is_new)

    def lock_active(self, session: Session) -> str | None:
        """Return the id of the key that signs, which stays it until the transaction ends."""
        session.lock(rows.LOCK)
        found = rows.current(session).active
        return found.kid if found else None

    def next_change(self, keys: Sequence[StoredKey]) -> datetime | None:
        """Return when another key signs by itself; None if only when somebody asks."""
        by_state = {key.state: key for key in keys}
        following, active = by_state.get(KeyState.NEXT), by_state.get(KeyState.ACTIVE)
        if following is not None:
            return from_text(following.signs_from)
        if active is None or not self._policy.period:
            return None
        return from_text(active.signs_from) + self._policy.period

    def make_active(self, session: Session, actor: Actor, now: datetime) -> str:
        """Make the key that signs, where there is none, and return its id."""
        return self._make(session, actor, KeyState.ACTIVE, now, now).kid

    def rewrap(self, actor: Actor, now: datetime) -> int:
        """Encrypt under the first key-encryption key what is not, and return how many keys.

        :raises KeyringError: a key cannot be opened; nothing is changed
        """
        first = self._key_file.read().first_id
        moment = to_text(now)
        with self._database.write() as session:
            session.lock(rows.LOCK)
            found = rows.current(session)
            former = [
                key for key in (found.active, found.next) if key and key.sealed.kek_id != first
            ]
            for key in former:
                sealed = self._key_file.seal(self.open(key), _associated(key.kid, key.algorithm))
                rows.reseal(session, key.kid, sealed)
                _record(session, actor, "key.rewrap", key.kid, moment, kek=sealed.kek_id)
            root_secret.rewrap(session, self._key_file, moment)
        return len(former)

    def list(self, now: datetime) -> list[ListedKey]:
        """Return every key, oldest first, with the number of tokens that are alive."""
        with self._database.read() as session:
            return rows.listed(session, to_text(now))

    def open(self, key: StoredKey) -> bytes:
        """Return the private part of a key.

        :raises KeyringError: it cannot be opened
        """
        return open_key(self._key_file, key)

    def _is_due(self, found: Current, now: datetime) -> bool:
        if found.next is not None:
            return from_text(found.next.signs_from) <= now
        if found.active is None or not self._policy.period:
            return False
        ends_at = from_text(found.active.signs_from) + self._policy.period
        return ends_at - PUBLISHED_BEFORE <= now

    def _take_over(
        self, session: Session, key: StoredKey, former: StoredKey | None, now: str
    ) -> None:
        if former is not None:
            rows.end(session, former.kid, KeyState.RETIRED, now)
            _record(session, SYSTEM, "key.retire", former.kid, now)
        rows.activate(session, key.kid, now)
        _record(session, SYSTEM, "key.activate", key.kid, now)
        self._forget(session, SYSTEM, now)

    def _announce(self, session: Session, actor: Actor, now: datetime) -> StoredKey:
        return self._make(session, actor, KeyState.NEXT, now, now + PUBLISHED_BEFORE)

    def _make(
        self, session: Session, actor: Actor, state: KeyState, now: datetime, signs_from: datetime
    ) -> StoredKey:
        algorithm, kid = self._policy.algorithm, self._kids.make()
        fresh = algorithms.generate(algorithm)
        sealed = self._key_file.seal(fresh.secret, _associated(kid, algorithm))
        key = StoredKey(kid, algorithm, state, to_text(now), to_text(signs_from), sealed)
        rows.insert(session, key, fresh.jwk)
        detail = {"algorithm": algorithm, "state": state, "signs_from": key.signs_from}
        _record(session, actor, "key.create", kid, key.created_at, **detail)
        return key

    def _forget(self, session: Session, actor: Actor, now: str) -> None:
        for kid in rows.forget_unnamed(session):
            _record(session, actor, "key.delete", kid, now)


def open_key(key_file: KeyFile, key: StoredKey) -> bytes:
    """Return the private part of a key.

    :raises KeyringError: it cannot be opened
    """
    try:
        return key_file.open(key.sealed, _associated(key.kid, key.algorithm))
    except Unopenable as error:
        raise KeyringError(
            f"The signing key {key.kid} cannot be opened: {error} {key_file.advice(key.sealed)}"
        ) from error


def _record(session: Session, actor: Actor, action: str, kid: str, now: str, **detail: str) -> None:
    record(session, actor, Event(action, "signing-key", kid), now, detail)


def _associated(kid: str, algorithm: str) -> bytes:
    """Return what a private key is bound to, so that it cannot be moved to another row."""
    return f"{kid} {algorithm}".encode()

"""The signing keys as an owner sees and replaces them while servers run."""

from collections.abc import Sequence
from datetime import datetime

from app.audit import Actor
from app.keys import KeyState, ListedKey, Rotation
from app.tokens.emergency import Emergency, replace_key
from scim.instant import Clock
from scim.storage import Database

_ORDER = tuple(KeyState)


class SigningKeys:
    """Lists the signing keys, and rotates them as planned or at once."""

    def __init__(self, database: Database, clock: Clock, rotation: Rotation) -> None:
        self._database = database
        self._clock = clock
        self._rotation = rotation

    def list(self) -> Sequence[ListedKey]:
        """Return every key: the next, the one that signs, then those that are over."""
        newest_first = self._rotation.list(self._clock())[::-1]
        return sorted(newest_first, key=lambda listed: _ORDER.index(listed.key.state))

    def next_rotation(self, keys: Sequence[ListedKey]) -> datetime | None:
        """Return when another key signs by itself; None if only when somebody asks."""
        return self._rotation.next_change([listed.key for listed in keys])

    def announce(self, actor: Actor) -> None:
        """Publish the key that signs next, if there is none yet.

        :raises KeyringError: the key-encryption keys cannot be read
        """
        self._rotation.announce(actor, self._clock())

    def replace(self, kid: str, actor: Actor, *, revoke_tokens: bool) -> Emergency:
        """Let a new key sign at once, and revoke the one that signs.

        :param kid: the key that signs, as whoever asks for it knows
        :raises AlreadyReplaced: another one signs; nothing is changed
        :raises KeyringError: the key-encryption keys cannot be read
        """
        return replace_key(
            self._database,
            self._rotation,
            actor,
            self._clock(),
            revoke_tokens=revoke_tokens,
            only=kid,
        )

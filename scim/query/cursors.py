"""Cursors (RFC 9865): a place in a list, sealed so that a client can neither read nor make one.

A cursor stands in URLs, which get logged, and a sort key may be a person's name: so it is
encrypted, not only signed.
Nothing is stored: every server with the secret opens the cursors of every other.
"""

import base64
import json
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from scim2_models import ExpiredCursorException, InvalidCountException, InvalidCursorException

from scim.instant import Clock

_SALT_BYTES = 16
_KEY_BYTES = 32
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class Position:
    """A place in an order, and which way to walk from it."""

    backwards: bool
    key: str | None
    """The sort key there; None for resources without one, and where nothing is sorted."""

    seq: int


@dataclass(frozen=True, slots=True)
class Use:
    """What a cursor is good for; for anything else it is refused."""

    tenant_id: str
    query: str
    """What is asked, whichever page of the answer: the same text for the same query."""

    count: int

    @property
    def associated(self) -> bytes:
        """What a cursor of this use does not open without; the count has an error of its own."""
        return json.dumps([self.tenant_id, self.query]).encode()


class Cursors:
    """Seals positions into cursors, and opens them again.

    :param secret: 32 random bytes, the same on every server
    :param timeout: for how many seconds a cursor can be used
    """

    def __init__(self, secret: bytes, clock: Clock, timeout: int) -> None:
        self._secret = secret
        self._clock = clock
        self._timeout = timeout

    def seal(self, position: Position, use: Use) -> str:
        """Return the cursor of a position: unreserved characters only (RFC 9865 §2)."""
        content = [use.count, self._now(), position.backwards, position.key, position.seq]
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        salt = os.urandom(_SALT_BYTES)
        cipher, nonce = self._cipher(salt)
        return _to_text(salt + cipher.encrypt(nonce, text.encode(), use.associated))

    def open(self, cursor: str, use: Use) -> Position:
        """Return the position that a cursor of this use holds (RFC 9865 §2.1).

        :raises InvalidCursorException: it was made by nobody, for another tenant or another query
        :raises InvalidCountException: it was made for another ``count``
        :raises ExpiredCursorException: it is too old
        """
        try:
            content = json.loads(self._unsealed(cursor, use))
        except (InvalidTag, ValueError) as error:
            raise InvalidCursorException from error
        count, issued_at, backwards, key, seq = content
        if count != use.count:
            raise InvalidCountException
        if self._now() - issued_at > self._timeout:
            raise ExpiredCursorException
        return Position(backwards, key, seq)

    def _unsealed(self, cursor: str, use: Use) -> bytes:
        token = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        if _to_text(token) != cursor:
            raise ValueError("decoding skips what is no base64, so another text means the same")
        cipher, nonce = self._cipher(token[:_SALT_BYTES])
        return cipher.decrypt(nonce, token[_SALT_BYTES:], use.associated)

    def _cipher(self, salt: bytes) -> tuple[AESGCM, bytes]:
        """Return the cipher and the nonce of one cursor.

        A key per cursor: under one key, 2**32 random nonces are all that AES-GCM allows
        (NIST SP 800-38D §8.3), and this secret lives as long as the instance.
        """
        material = HKDFExpand(SHA256(), _KEY_BYTES + _NONCE_BYTES, b"cursor " + salt)
        derived = material.derive(self._secret)
        return AESGCM(derived[:_KEY_BYTES]), derived[_KEY_BYTES:]

    def _now(self) -> int:
        return int(self._clock().timestamp())


def _to_text(token: bytes) -> str:
    return base64.urlsafe_b64encode(token).rstrip(b"=").decode()

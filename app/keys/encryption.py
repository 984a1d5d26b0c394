"""Key encryption: keeping private keys in the database without a stolen database giving them away.

The key-encryption keys stand in a file outside the database (:mod:`app.keys.key_file`).
"""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
"""The length of a key-encryption key: AES-256 (NIST SP 800-38D)."""

NONCE_BYTES = 12
"""The length of a nonce; a random one is made for each encryption (NIST SP 800-38D §8.2.2)."""

_ID_BYTES = 8


class KeyringError(Exception):
    """The keys cannot be used, so the server must not start; the sentence says what to do."""


class Unopenable(Exception):  # noqa: N818 - what it is; whose fault it is only the caller knows
    """None of the keys at hand encrypted this, or it has been changed."""


class KeyMissing(Unopenable):
    """None of the keys at hand encrypted this."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """An encrypted secret, as base64 text that any column can hold."""

    ciphertext: str
    nonce: str
    kek_id: str
    """Which key-encryption key encrypted it."""


class KeyEncryption:
    """Encrypts secrets under the first of a list of keys, and decrypts them under any of it."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._first_id = _id_of(keys[0])
        self._by_id = {_id_of(key): AESGCM(key) for key in keys}

    def seal(self, secret: bytes, associated: bytes) -> Sealed:
        """Encrypt a secret; it can only be opened again beside the same associated data."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        ciphertext = self._by_id[self._first_id].encrypt(nonce, secret, associated)
        return Sealed(_to_base64(ciphertext), _to_base64(nonce), self._first_id)

    def open(self, sealed: Sealed, associated: bytes) -> bytes:
        """Return the secret that was sealed beside this associated data.

        :raises Unopenable: its key is not at hand, or something was changed
        """
        cipher = self._by_id.get(sealed.kek_id)
        if cipher is None:
            raise KeyMissing(f"The key-encryption key {sealed.kek_id} is not at hand.")
        try:
            return cipher.decrypt(
                base64.b64decode(sealed.nonce), base64.b64decode(sealed.ciphertext), associated
            )
        except (InvalidTag, ValueError) as error:
            raise Unopenable("The encrypted secret was changed.") from error

    def has(self, kek_id: str) -> bool:
        """Whether the key with an id is one of the list."""
        return kek_id in self._by_id

    @property
    def first_id(self) -> str:
        """The id of the key that encrypts."""
        return self._first_id


def _id_of(key: bytes) -> str:
    return _derive(key, b"id", _ID_BYTES).hex()


def _derive(key: bytes, purpose: bytes, length: int) -> bytes:
    info = b"provisor key-encryption key: " + purpose
    return HKDF(SHA256(), length, salt=None, info=info).derive(key)


def _to_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()

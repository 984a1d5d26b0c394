"""Key encryption: keeping private keys in the database without a stolen database giving them away.

The key-encryption keys stand in a file outside the database: base64 of 32 bytes, one a line.
The first one encrypts, all of them decrypt, so a new one goes on top and the former stay below
until everything has been encrypted anew.
"""

import base64
import binascii
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

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
        self._first = keys[0]
        self._first_id = _id_of(self._first)
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
            raise Unopenable(f"The key-encryption key {sealed.kek_id} is not at hand.")
        try:
            return cipher.decrypt(
                base64.b64decode(sealed.nonce), base64.b64decode(sealed.ciphertext), associated
            )
        except (InvalidTag, ValueError) as error:
            raise Unopenable("The encrypted secret was changed.") from error

    def derive_secret(self, purpose: bytes) -> bytes:
        """Return 32 bytes for one purpose, the same on every start and every server (RFC 5869)."""
        return _derive(self._first, b"secret " + purpose, KEY_BYTES)


def read_key_file(path: Path) -> KeyEncryption:
    """Return the key encryption under the keys of a file.

    :raises KeyringError: the file cannot be read, or a line is no key
    """
    try:
        lines = path.read_text("ascii").split()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise KeyringError(
            f"The key-encryption keys in {path} cannot be read ({reason}); put the file of the"
            " server that made the signing keys there, or name it in PROVISOR_KEK_FILE."
        ) from error
    if not lines:
        raise KeyringError(f"{path} holds no key; write base64 of 32 random bytes into it.")
    return KeyEncryption([_parse(path, number, line) for number, line in enumerate(lines, 1)])


def make_key_file(path: Path) -> None:
    """Write a fresh key to a file only its owner can read; a file that is there already stays.

    :raises KeyringError: the file cannot be written
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_key(path)
    except OSError as error:
        raise KeyringError(
            f"{path} cannot be written ({error.strerror}); let the server write there, or name a"
            " file of key-encryption keys in PROVISOR_KEK_FILE."
        ) from error


def _write_key(path: Path) -> None:
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(_to_base64(secrets.token_bytes(KEY_BYTES)) + "\n")
            file.flush()
            os.fsync(descriptor)
        _give_name(draft, path)
    finally:
        draft.unlink()


def _give_name(draft: Path, path: Path) -> None:
    # A link, not a rename: it never replaces a key, and the name never shows half a file.
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # what the key encrypts is about to be committed
    finally:
        os.close(folder)


def _parse(path: Path, number: int, line: str) -> bytes:
    try:
        key = base64.b64decode(line, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyringError(
            f"Key {number} in {path} is not base64 of 32 bytes; replace it by the right one."
        )
    return key


def _id_of(key: bytes) -> str:
    return _derive(key, b"id", _ID_BYTES).hex()


def _derive(key: bytes, purpose: bytes, length: int) -> bytes:
    info = b"provisor key-encryption key: " + purpose
    return HKDF(SHA256(), length, salt=None, info=info).derive(key)


def _to_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()

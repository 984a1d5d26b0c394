"""The file of key-encryption keys: base64 of 32 bytes, one a line, outside the database.

The first one encrypts, all of them decrypt, so a new one goes on top and the former stay below
until everything has been encrypted anew.
"""

import base64
import binascii
import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from app.keys.encryption import KEY_BYTES, KeyEncryption, KeyringError, Sealed
from scim.storage.files import belong_with, keep_names


class KeyFile:
    """The keys of a file, which may change while the server runs.

    It is read again to encrypt, which is rare, and where a key is asked for that it did not hold.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._encryption: KeyEncryption | None = None

    def read(self) -> KeyEncryption:
        """Return the key encryption under the keys that the file holds now.

        :raises KeyringError: the file cannot be read, or a line is no key
        """
        self._encryption = read_key_file(self._path)
        return self._encryption

    def seal(self, secret: bytes, associated: bytes) -> Sealed:
        """Encrypt a secret under the first key.

        :raises KeyringError: the file cannot be read, or a line is no key
        """
        return self.read().seal(secret, associated)

    def open(self, sealed: Sealed, associated: bytes) -> bytes:
        """Return the secret that was sealed beside this associated data.

        :raises Unopenable: its key is not in the file, or something was changed
        :raises KeyringError: the file cannot be read, or a line is no key
        """
        encryption = self._encryption
        if encryption is None or not encryption.has(sealed.kek_id):
            encryption = self.read()
        return encryption.open(sealed, associated)

    def advice(self, sealed: Sealed) -> str:
        """Return a sentence that says what to do about a secret that cannot be opened."""
        encryption = self._encryption
        if encryption is not None and encryption.has(sealed.kek_id):
            first = "Restore it from a backup"
        else:
            first = f"Add the key-encryption key with the id {sealed.kek_id} to {self._path}"
        return f"{first}, or replace the keys for good: provisor keys rotate --emergency."


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
        path.parent.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        make_key_folder(path)
        _write_key(path)
    except OSError as error:
        raise KeyringError(
            f"{path} cannot be written ({error.strerror}); let the server write there, or name a"
            " file of key-encryption keys in PROVISOR_KEK_FILE."
        ) from error


def make_key_folder(path: Path) -> None:
    """Make the folder of a file of keys where it is missing; only its owner may look into it."""
    folder = path.parent
    if not folder.exists():
        folder.mkdir(mode=0o700, exist_ok=True)
        belong_with(folder, folder.parent)
        keep_names(folder.parent)


def write_keys(draft: Path, lines: Iterable[str]) -> None:
    """Write keys to a fresh file that only the owner of the folder can read."""
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        belong_with(descriptor, draft.parent)
        file.writelines(f"{line}\n" for line in lines)
        file.flush()
        os.fsync(descriptor)


def _write_key(path: Path) -> None:
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        write_keys(draft, [base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()])
        with suppress(FileExistsError):
            # A link, not a rename: it never replaces a key, and the name never shows half a file.
            path.hardlink_to(draft)
        keep_names(path.parent)  # what the key encrypts is about to be committed
    finally:
        draft.unlink()


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

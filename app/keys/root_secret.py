"""The secret that cursors, cookies and key ids are sealed with.

It lies in the database under a key-encryption key as the signing keys do, so that every server has
the same one, and another key-encryption key changes nothing of what it seals.
"""

import secrets

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from app.keys.encryption import KeyringError, Sealed, Unopenable
from app.keys.key_file import KeyFile
from scim.storage import Session

_BYTES = 32
_NAME = "root"
_ASSOCIATED = b"root secret"


def find(session: Session, key_file: KeyFile) -> bytes | None:
    """Return the secret, or None where none was made yet.

    :raises KeyringError: it cannot be opened
    """
    sealed = find_sealed(session)
    if sealed is None:
        return None
    try:
        return key_file.open(sealed, _ASSOCIATED)
    except Unopenable as error:
        raise KeyringError(
            f"The secret in root_secret cannot be opened: {error} {key_file.advice(sealed)}"
        ) from error


def find_sealed(session: Session) -> Sealed | None:
    """Return the secret as it is stored, or None where none was made yet."""
    row = session.one("SELECT secret, nonce, kek_id FROM root_secret WHERE name = ?", (_NAME,))
    return None if row is None else Sealed(row["secret"], row["nonce"], row["kek_id"])


def generate() -> bytes:
    """Return a fresh secret, which nobody stores."""
    return secrets.token_bytes(_BYTES)


def make(session: Session, key_file: KeyFile, now: str) -> bytes:
    """Store a fresh secret in place of any other, and return it.

    :raises KeyringError: the key-encryption keys cannot be read
    """
    secret = generate()
    _store(session, key_file, secret, now)
    return secret


def replace_lost(session: Session, key_file: KeyFile, now: str) -> bool:
    """Store a fresh secret in place of one that cannot be opened; return whether that was so."""
    try:
        is_there = find(session, key_file) is not None
    except KeyringError:
        is_there = False
    if not is_there:
        make(session, key_file, now)
    return not is_there


def rewrap(session: Session, key_file: KeyFile, now: str) -> None:
    """Encrypt the secret under the first key-encryption key.

    :raises KeyringError: it cannot be opened
    """
    secret = find(session, key_file)
    if secret is not None:
        _store(session, key_file, secret, now)


def derive(root: bytes, purpose: bytes) -> bytes:
    """Return 32 bytes for one purpose, the same on every start and every server (RFC 5869)."""
    return HKDFExpand(SHA256(), _BYTES, b"provisor root secret: " + purpose).derive(root)


def _store(session: Session, key_file: KeyFile, secret: bytes, now: str) -> None:
    sealed = key_file.seal(secret, _ASSOCIATED)
    session.run(
        "INSERT INTO root_secret (name, secret, nonce, kek_id, created_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (name) DO UPDATE SET secret = excluded.secret, nonce = excluded.nonce,"
        " kek_id = excluded.kek_id, created_at = excluded.created_at",
        (_NAME, sealed.ciphertext, sealed.nonce, sealed.kek_id, now),
    )

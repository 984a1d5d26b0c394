"""Signing keys: which key signs tokens, and which verify them.

Private keys lie in the database encrypted (:mod:`app.keys.encryption`) and are opened only to sign.
Public keys are kept in memory; so are the public URLs this instance was reached at, for a token
names the one of its day as its issuer.
"""

import json
import secrets
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
    generate_private_key,
)
from jwt import PyJWK
from jwt.algorithms import ECAlgorithm

from app.keys.encryption import (
    KeyEncryption,
    KeyringError,
    Sealed,
    Unopenable,
    make_key_file,
    read_key_file,
)
from app.settings import Settings
from scim.instant import Clock, to_text
from scim.storage import Database, Row, Session

ALGORITHM = "ES256"
"""ECDSA on P-256 with SHA-256 (RFC 7518 §3.4): short signatures, fast to make and to verify."""

RELOAD_INTERVAL = timedelta(seconds=10)
"""The least time between two reloads, so that made-up key ids cannot keep the database busy."""

_KID_BYTES = 4
_SCALAR_BYTES = 32
"""The length of a private key on P-256."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The key that signs tokens just now."""

    kid: str
    algorithm: str
    private: EllipticCurvePrivateKey = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is kept in memory; it is replaced as a whole."""

    keys: dict[str, PyJWK]
    issuers: frozenset[str]


class Keyring:
    """The signing keys of this instance, and the issuers whose tokens are its own."""

    def __init__(self, database: Database, clock: Clock, encryption: KeyEncryption) -> None:
        self._database = database
        self._clock = clock
        self._encryption = encryption
        self._reloading = threading.Lock()
        self._reloaded_at: datetime | None = None
        self._known = self._load()

    def get_active(self, session: Session) -> SigningKey:
        """Return the key that signs at this moment.

        :raises KeyringError: there is none, or it cannot be opened
        """
        row = session.one("SELECT * FROM signing_key WHERE state = 'active'")
        if row is None:
            raise KeyringError("No signing key is active; restore signing_key from a backup.")
        return self._opened(row)

    def find_public(self, kid: str) -> PyJWK | None:
        """Return the public key of this id, or None where nobody made such a key."""
        if kid not in self._known.keys:
            self._reload()
        return self._known.keys.get(kid)

    def is_issuer(self, url: str) -> bool:
        """Whether this instance is or was reached at a public URL."""
        if url not in self._known.issuers:
            self._reload()
        return url in self._known.issuers

    def remember_issuer(self, url: str) -> None:
        """Accept the tokens that name a public URL, from now on and on every server."""
        if url in self._known.issuers:
            return
        with self._database.write() as session:
            session.run(
                "INSERT INTO public_url (url, since) VALUES (?, ?) ON CONFLICT DO NOTHING",
                (url, to_text(self._clock())),
            )
        with self._reloading:
            self._known = self._load()

    def jwks(self) -> dict[str, list[dict[str, Any]]]:
        """Return the public keys as a JWK Set (RFC 7517 §5)."""
        with self._database.read() as session:
            rows = session.all("SELECT public_jwk FROM signing_key ORDER BY created_at, kid")
        return {"keys": [json.loads(row["public_jwk"]) for row in rows]}

    def derive_secret(self, purpose: bytes) -> bytes:
        """Return 32 bytes for one purpose, the same on every start and every server."""
        return self._encryption.derive_secret(purpose)

    def _reload(self) -> None:
        with self._reloading:
            now = self._clock()
            last = self._reloaded_at
            # a clock that was set back must not stop the reloads until it has caught up
            if last is None or not timedelta(0) <= now - last < RELOAD_INTERVAL:
                self._known = self._load()
                self._reloaded_at = now

    def _load(self) -> _Known:
        with self._database.read() as session:
            keys = session.all("SELECT kid, alg, public_jwk FROM signing_key")
            urls = session.all("SELECT url FROM public_url")
        return _Known(
            {key["kid"]: PyJWK.from_json(key["public_jwk"], key["alg"]) for key in keys},
            frozenset(url["url"] for url in urls),
        )

    def _opened(self, row: Row) -> SigningKey:
        sealed = Sealed(row["private_key"], row["nonce"], row["kek_id"])
        try:
            scalar = self._encryption.open(sealed, _associated(row["kid"], row["alg"]))
        except Unopenable as error:
            raise KeyringError(
                f"The signing key {row['kid']} cannot be opened; add the key-encryption key with"
                f" the id {row['kek_id']} to the file of key-encryption keys."
            ) from error
        private = derive_private_key(int.from_bytes(scalar), SECP256R1())
        return SigningKey(row["kid"], row["alg"], private)


def open_keyring(settings: Settings, database: Database, clock: Clock) -> Keyring:
    """Return the keyring of an instance; the first start makes its keys.

    :raises KeyringError: the keys cannot be used, so no token could be issued
    """
    with database.read() as session:
        has_keys = _has_keys(session)
    if not has_keys:
        _make_first_key(settings, database, to_text(clock()))
    keyring = Keyring(database, clock, read_key_file(_key_file(settings)))
    with database.read() as session:
        keyring.get_active(session)
    return keyring


def _key_file(settings: Settings) -> Path:
    return Path(settings.kek_file) if settings.kek_file else settings.instance / "keys" / "kek"


def _has_keys(session: Session) -> bool:
    return session.one("SELECT 1 FROM signing_key") is not None


def _make_first_key(settings: Settings, database: Database, now: str) -> None:
    with database.write() as session:
        session.lock("signing_key")
        if _has_keys(session):  # by another process, since we looked
            return
        # Only while there are no keys: beside keys it cannot open, a fresh key-encryption key
        # would only hide that the right one is missing.
        if not settings.kek_file:
            make_key_file(_key_file(settings))
        _insert_active(session, read_key_file(_key_file(settings)), now)


def _insert_active(session: Session, encryption: KeyEncryption, now: str) -> None:
    kid = f"provisor-{secrets.token_hex(_KID_BYTES)}"
    private = generate_private_key(SECP256R1())
    public = ECAlgorithm.to_jwk(private.public_key(), as_dict=True)
    scalar = private.private_numbers().private_value.to_bytes(_SCALAR_BYTES)
    sealed = encryption.seal(scalar, _associated(kid, ALGORITHM))
    session.run(
        "INSERT INTO signing_key (kid, alg, public_jwk, private_key, nonce, kek_id, state,"
        " created_at) VALUES (?, ?, ?, ?, ?, ?, 'active', ?)",
        (
            kid,
            ALGORITHM,
            json.dumps(public | {"kid": kid, "alg": ALGORITHM, "use": "sig"}),
            sealed.ciphertext,
            sealed.nonce,
            sealed.kek_id,
            now,
        ),
    )


def _associated(kid: str, algorithm: str) -> bytes:
    """Return what a private key is bound to, so that it cannot be moved to another row."""
    return f"{kid} {algorithm}".encode()

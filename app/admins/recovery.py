"""Recovery codes: what lets an admin in whose second factor is lost, each once."""

import base64
import hashlib
import secrets

from scim.storage import Session

COUNT = 10
"""How many there are at first."""

_BYTES = 10
"""80 bits each, so that a fast hash is enough to keep them by."""

_GROUP = 4


def replace(session: Session, admin_id: str) -> tuple[str, ...]:
    """Give an admin fresh codes in place of all former ones, and return them: they are not kept."""
    codes = tuple(_generate() for _ in range(COUNT))
    remove(session, admin_id)
    for code in codes:
        session.run(
            "INSERT INTO recovery_code (admin_id, code_sha256) VALUES (?, ?)",
            (admin_id, _fingerprint(code)),
        )
    return codes


def spend(session: Session, admin_id: str, code: str) -> bool:
    """Use a code up, and return whether it was good."""
    spent = session.run(
        "DELETE FROM recovery_code WHERE admin_id = ? AND code_sha256 = ?",
        (admin_id, _fingerprint(code)),
    )
    return bool(spent)


def count(session: Session, admin_id: str) -> int:
    """Return how many codes an admin has left."""
    row = session.one("SELECT COUNT(*) AS n FROM recovery_code WHERE admin_id = ?", (admin_id,))
    return 0 if row is None else int(row["n"])


def remove(session: Session, admin_id: str) -> None:
    """Take every code from an admin."""
    session.run("DELETE FROM recovery_code WHERE admin_id = ?", (admin_id,))


def _generate() -> str:
    text = base64.b32encode(secrets.token_bytes(_BYTES)).decode().lower()
    return "-".join(text[at : at + _GROUP] for at in range(0, len(text), _GROUP))


def _fingerprint(code: str) -> str:
    """Return what is kept of a code, however it is typed."""
    bare = "".join(code.split()).replace("-", "").lower()
    return hashlib.sha256(bare.encode("utf-8", "surrogatepass")).hexdigest()

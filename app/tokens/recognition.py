"""Whether a text is a token of this instance, and how it stands: asked without using it."""

import hmac
from dataclasses import dataclass

from app.keys import Keyring
from app.tokens import rows
from app.tokens.jwt_format import Claims, NotOurs, Verifier, fingerprint
from app.tokens.rows import Standing
from scim.storage import Database


@dataclass(frozen=True, slots=True)
class Recognized:
    """A token of this instance, alive or not."""

    claims: Claims
    standing: Standing


class Recognizer:
    """Tells the tokens of this instance from all other texts."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._database = database
        self._verifier = Verifier(keyring)

    def find(self, text: str) -> Recognized | None:
        """Return the token a text is, or None where it is none of ours."""
        sha256 = fingerprint(text)
        try:
            claims = self._verifier.verify(text, sha256)
        except NotOurs:
            return None
        with self._database.glance() as session:
            standing = rows.find_standing(session, claims.jti)
        if standing is None or not hmac.compare_digest(standing.sha256, sha256):
            return None
        return Recognized(claims, standing)

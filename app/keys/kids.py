"""The ids of signing keys, which show that they are ours without asking the database.

A worker meets the id of a key that another one made a moment ago, and has to look it up at once;
anybody can send it made-up ids, and must not keep the database busy with them. So an id ends with
a mark that only servers of this instance can make, and that is worth nothing but one look.
"""

import hmac
import secrets

_PREFIX = "provisor-"
"""What every id, and so every token, starts with: a secret scanner can look for it."""

_RANDOM_BYTES = 4
_MARK_BYTES = 3


class Kids:
    """Makes ids of keys, and tells those it made.

    :param secret: 32 bytes, the same on every server
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def make(self) -> str:
        """Return the id of a fresh key."""
        unmarked = f"{_PREFIX}{secrets.token_hex(_RANDOM_BYTES)}"
        return unmarked + self._mark(unmarked)

    def is_ours(self, kid: str) -> bool:
        """Whether an id was made here; a guess is right once in 16 million times."""
        cut = len(_PREFIX) + 2 * _RANDOM_BYTES
        mark = kid[cut:].encode(errors="replace")
        return hmac.compare_digest(mark, self._mark(kid[:cut]).encode())

    def _mark(self, unmarked: str) -> str:
        text = unmarked.encode(errors="replace")
        return hmac.digest(self._secret, text, "sha256")[:_MARK_BYTES].hex()

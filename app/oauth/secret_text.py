"""The text of a client secret, which anybody can tell from other texts without asking us.

``prvs_``, 256 random bits in base 62, and a CRC-32 of all before it: a scanner of source code finds
one, and a slip of the keyboard is seen, without a request.
"""

import hashlib
import re
import secrets
import string
import zlib

PREFIX = "prvs_"

_BITS = 256
_DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_BODY_LENGTH = 43
"""Digits that 256 bits take."""

_CHECK_LENGTH = 6
"""Digits that 32 bits take."""

_SHAPE = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{_BODY_LENGTH + _CHECK_LENGTH}}}")


def new_secret() -> str:
    """Return a fresh client secret."""
    start = PREFIX + _in_base_62(secrets.randbits(_BITS), _BODY_LENGTH)
    return start + _check_of(start)


def is_secret(text: str) -> bool:
    """Whether a text is a client secret as it was issued, by its shape and its check digits."""
    if not _SHAPE.fullmatch(text):
        return False
    return text[-_CHECK_LENGTH:] == _check_of(text[:-_CHECK_LENGTH])


def fingerprint(text: str) -> str:
    """Return the SHA-256 of a secret, which is all that is kept of it.

    It needs no slow hash: nobody guesses 256 bits.
    """
    return hashlib.sha256(text.encode()).hexdigest()


def _check_of(start: str) -> str:
    return _in_base_62(zlib.crc32(start.encode()), _CHECK_LENGTH)


def _in_base_62(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, len(_DIGITS))
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits))

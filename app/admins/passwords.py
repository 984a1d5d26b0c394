"""Passwords: which are accepted, and how they are kept."""

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from app.admins.errors import InvalidAdmin, SignInBusy

SHORTEST_PASSWORD = 15
"""Characters a password has at least where it is the only factor (NIST SP 800-63B-4 §3.1.1.2)."""

SHORTEST_BESIDE_FACTOR = 8
"""Characters it has at least where a second factor stands beside it (likewise)."""

LONGEST_PASSWORD = 128
"""Characters it has at most; at least 64 have to be allowed (likewise)."""

# RFC 9106 §4, the second recommended option, with the memory in KiB. OWASP's floor is a third.
TIME_COST = 3
MEMORY_COST = 64 * 1024
PARALLELISM = 4

AT_A_TIME = 2
"""Hashes that a worker computes at a time: bounds the memory a crowd at the sign-in claims."""

PATIENCE = 10.0
"""Seconds that a sign-in waits for its turn to hash."""

_PRODUCT = "provisor"
_LEAST_OF_ITS_OWN = 4
"""Characters a password has besides the names of the product and of its admin."""

_COMMON = Path(__file__).with_name("common_passwords.txt")

_HASHER = PasswordHasher(time_cost=TIME_COST, memory_cost=MEMORY_COST, parallelism=PARALLELISM)
_HASHING = threading.BoundedSemaphore(AT_A_TIME)

NOBODY = f"$argon2id$v=19$m={MEMORY_COST},t={TIME_COST},p={PARALLELISM}${'A' * 22}${'A' * 43}"
"""The hash an unknown e-mail address is checked against, so that it takes as long as a known one.

It is all zeros: no password is known to have it, and a match would not sign anybody in.
"""


def check_password(password: str, email: str, *, shortest: int = SHORTEST_PASSWORD) -> None:
    """Let a password pass that an admin may choose; nothing counts but length and rarity.

    :param email: the admin's e-mail address, which is no password of theirs
    :raises InvalidAdmin: it is too short, too long, or one of those that everybody tries first
    """
    length = len(_normal(password))
    if length < shortest:
        raise InvalidAdmin(f"The password needs at least {shortest} characters.")
    if length > LONGEST_PASSWORD:
        raise InvalidAdmin(f"The password can have at most {LONGEST_PASSWORD} characters.")
    folded = _normal(password).casefold()
    if folded in _common():
        raise InvalidAdmin("This password is one of the commonest. Choose another.")
    if len(_without_names(folded, email.casefold())) < _LEAST_OF_ITS_OWN:
        raise InvalidAdmin("The password is little more than your e-mail address or this product.")


def hash_password(password: str) -> str:
    """Return what is kept of a password; slow on purpose.

    :raises SignInBusy: too many others wait
    """
    with turn():
        return _HASHER.hash(_bytes_of(password))


def matches(password_hash: str, password: str) -> bool:
    """Return whether this is the password; slow on purpose.

    :raises SignInBusy: too many others wait
    """
    with turn():
        try:
            return _HASHER.verify(password_hash, _bytes_of(password))
        except VerifyMismatchError:
            return False


def is_outdated(password_hash: str) -> bool:
    """Return whether a hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(password_hash)


@contextmanager
def turn(patience: float = PATIENCE) -> Iterator[None]:
    """Wait for one of the turns to hash, and hold it.

    :raises SignInBusy: too many others wait
    """
    if not _HASHING.acquire(timeout=patience):
        raise SignInBusy("Too many sign-ins at once. Try again in a moment.")
    try:
        yield
    finally:
        _HASHING.release()


def _normal(password: str) -> str:
    """Return the one spelling of a password; keyboards differ (NIST SP 800-63B-4 §3.1.1.2)."""
    return unicodedata.normalize("NFC", password)


def _bytes_of(password: str) -> bytes:
    return _normal(password).encode("utf-8", "surrogatepass")  # a terminal may send anything


def _without_names(password: str, email: str) -> str:
    for name in (email, *email.split("@"), _PRODUCT):
        if len(name) >= _LEAST_OF_ITS_OWN:  # shorter ones stand in many words
            password = password.replace(name, "")
    return password


@cache
def _common() -> frozenset[str]:
    lines = _COMMON.read_text("utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))

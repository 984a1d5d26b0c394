"""Rate limits: how many requests a second each token gets, and each address that fails to come in.

Every token has a budget of its own, so that no app takes what another one needs. An address spends
its budget on failures only: tokens that were verified before come in from it all the same.

It is the generic cell rate algorithm (ITU-T I.371): of each key it keeps one moment, at which its
budget will be whole again. The moments lie in memory that the workers of a server share. They
write it without a lock: two who write at once let one request more through, and no more.
"""

import hashlib
import math
import struct
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from app.addresses import find_address, network_around
from app.holder import Holder
from app.shared_memory import mapped

if TYPE_CHECKING:
    import mmap

BURST = 1.0
"""Seconds whose requests may come all at once."""

_SLOT = struct.Struct("=Qd")
_SLOTS = 65536
_TRIED = 8
"""The slots a key may stand in, from the one its number leads to."""

_SITE_PREFIX = {4: 32, 6: 64}
"""The bits of an address that are its site's: below a /64 of IPv6, one site may use any."""


class TooManyRequests(Exception):  # noqa: N818 - the name of the HTTP status it becomes (429)
    """A budget is used up.

    :param retry_after: whole seconds after which a request is let through
    """

    holder: Holder | None = None
    """Whose budget it is, where it is that of a token."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Too many requests. Try again in {retry_after} s.")
        self.retry_after = retry_after


class RateLimits:
    """The budgets of tokens and addresses.

    :param rate: requests a second; 0 lets everything through
    :param memory: where the moments are kept
    :param ticks: seconds since any moment that all workers share
    """

    def __init__(
        self,
        rate: int,
        memory: "mmap.mmap | bytearray",
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rate = rate
        self._memory = memory
        self._ticks = ticks

    def spend_on_token(self, fingerprint: str) -> None:
        """Count a request with a token, known by its SHA-256 in hexadecimal.

        :raises TooManyRequests: the token has no budget left
        """
        if self._rate:
            self._spend(int(fingerprint[:16], 16))

    def check_address(self, address: str) -> None:
        """Do nothing where an address has failed no more often than it may.

        :raises TooManyRequests: it has no budget left
        """
        if self._rate:
            now = self._ticks()
            moment = self._moment(self._find(_number_of(address), now), now)
            self._check(moment + 1 / self._rate - now)

    def spend_on_failure(self, address: str) -> None:
        """Count a request from an address that could not come in."""
        if self._rate:
            now = self._ticks()
            number = _number_of(address)
            place = self._find(number, now)
            moment = min(self._moment(place, now), now + BURST) + 1 / self._rate
            _SLOT.pack_into(self._memory, place, number, moment)

    def _spend(self, number: int) -> None:
        now = self._ticks()
        place = self._find(number, now)
        moment = self._moment(place, now) + 1 / self._rate
        self._check(moment - now)
        _SLOT.pack_into(self._memory, place, number, moment)

    def _check(self, owed: float) -> None:
        # a request may always come when nothing is owed, however low the rate is
        late = owed - max(BURST, 1 / self._rate)
        if late > _ROUNDING:
            raise TooManyRequests(math.ceil(late))

    def _find(self, number: int, now: float) -> int:
        """Return the offset of the slot of a key, or else of one that nobody needs."""
        free = None
        for step in range(_TRIED):
            offset = (number + step) % _SLOTS * _SLOT.size
            owner, _ = _SLOT.unpack_from(self._memory, offset)
            if owner == number:
                return offset
            if free is None and self._moment(offset, now) <= now:
                free = offset
        offset = number % _SLOTS * _SLOT.size if free is None else free
        _SLOT.pack_into(self._memory, offset, number, now)
        return offset

    def _moment(self, offset: int, now: float) -> float:
        """Return the moment of a slot, or now where its budget is whole."""
        moment: float = _SLOT.unpack_from(self._memory, offset)[1]
        # further ahead than any budget can be: it was written before the machine last started
        is_old = moment > now + 2 * (BURST + 1 / self._rate)
        return now if is_old or moment < now else moment


_ROUNDING = 1e-9


def shared_memory(folder: Path) -> "mmap.mmap | bytearray":
    """Return memory for rate limits that the workers which serve a folder share.

    Where the folder cannot be written, or its disk is full, each worker has memory of its own.
    """
    size = _SLOTS * _SLOT.size
    try:
        return mapped(folder / "rate-limits", size)
    except OSError:
        return bytearray(size)


@lru_cache(maxsize=4096)
def _number_of(address: str) -> int:
    known = find_address(address)
    site = address if known is None else network_around(known, _SITE_PREFIX)
    return int.from_bytes(hashlib.sha256(site.encode()).digest()[:8])

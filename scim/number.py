"""Numbers as text whose order is theirs, however large or small they are.

Sign, exponent and digits stand in this order; for a negative number every digit is turned round.
JSON writes one number in several ways, so ``1``, ``1.0`` and ``1e0`` have one text.
"""

from decimal import Decimal

_NEGATIVE, _ZERO, _POSITIVE = "0", "1", "2"
_OFFSET = 500_000
"""Makes every exponent positive; no number that Python reads from JSON has a larger one."""

_TURNED = str.maketrans("0123456789", "9876543210")
_AFTER_DIGITS = "~"
"""Ends a negative number, because of two that begin alike the longer one is the smaller."""


def to_text(value: float) -> str:
    """Return the comparison form of a number that is neither infinite nor NaN."""
    exact = Decimal(value) if isinstance(value, int) else Decimal(repr(value))
    if not exact:
        return _ZERO
    digits = "".join(map(str, exact.as_tuple().digits)).rstrip("0")
    size = f"{exact.adjusted() + _OFFSET:06d}{digits}"
    if exact > 0:
        return _POSITIVE + size
    return _NEGATIVE + size.translate(_TURNED) + _AFTER_DIGITS

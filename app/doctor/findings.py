"""What a check comes to."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How bad it is."""

    OK = "OK"
    WARN = "WARN"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    check: str
    verdict: Verdict
    told: str
    """A sentence, without its full stop."""

    fix: str = ""
    """What to do about it."""


def well(check: str, told: str) -> Finding:
    """Return that nothing is wrong."""
    return Finding(check, Verdict.OK, told)


def odd(check: str, told: str, fix: str) -> Finding:
    """Return that something is not as it should be, and works all the same."""
    return Finding(check, Verdict.WARN, told, fix)


def broken(check: str, told: str, fix: str) -> Finding:
    """Return that something does not work, or is not safe."""
    return Finding(check, Verdict.FAIL, told, fix)

"""What an operator decides about the life of tokens."""

from dataclasses import dataclass
from datetime import timedelta

from app.tokens.token import ABSOLUTE_LIFETIME


@dataclass(frozen=True, slots=True)
class Policy:
    """How long tokens live beyond what the product promises of them."""

    absolute: timedelta = ABSOLUTE_LIFETIME
    """How old a token gets however often it is used."""

    grace: timedelta = timedelta(hours=24)
    """How long a token works on after the first use of its successor: what runs may run out."""

    deadline: timedelta = timedelta(days=7)
    """How long a token works on beside a successor that nobody uses."""

"""Whose token came with a request that was refused although the token is one of ours."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Holder:
    """The app of a token, by its ids."""

    tenant_id: str
    """Empty where the row of the token was not read."""

    app_id: str
    token_id: str

"""Scopes: what a token permits, as OAuth names it (RFC 6749 §3.3).

``scim`` permits everything, ``scim:read`` reading everything; ``scim:users`` permits everything
about users, ``scim:users:read`` reading them; likewise for each other type, by its endpoint.
A token has one scope or several, separated by a space.
"""

from collections.abc import Iterable
from functools import lru_cache

from scim.permission import Permission

SCOPE = "scim"
"""The scope that permits everything a token can."""

_READ = "read"


class UnknownScope(ValueError):  # noqa: N818 - what it is
    """A scope does not exist; the sentence names those that do."""


class Scopes:
    """The scopes of a provider's endpoints."""

    def __init__(self, endpoints: Iterable[str]) -> None:
        types = [f"{SCOPE}:{endpoint.lower()}" for endpoint in endpoints]
        self.all = tuple(
            scope for whole in (SCOPE, *types) for scope in (whole, f"{whole}:{_READ}")
        )
        """Every scope, the widest first."""

    def checked(self, text: str) -> str:
        """Return scopes as a token says them: each once, in one order.

        :raises UnknownScope: there is no such scope, or none is named
        """
        named = set(text.split(" ")) - {""}
        if not named or not named.issubset(self.all):
            raise UnknownScope(f"A scope is one or several of {', '.join(self.all)}.")
        return " ".join(scope for scope in self.all if scope in named)


@lru_cache(maxsize=256)
def permission_of(text: str) -> Permission | None:
    """Return what the scopes of a token permit, or None where they are not about SCIM."""
    reads: set[str] = set()
    changes: set[str] = set()
    for scope in text.split():
        if scope == SCOPE or scope.startswith(f"{SCOPE}:"):
            type_, read = _parsed(scope)
            reads.add(type_)
            if not read:
                changes.add(type_)
    if not reads:
        return None
    return Permission(_bounds(reads), _bounds(changes))


def _parsed(scope: str) -> tuple[str, bool]:
    """Return the endpoint a scope is about, or nothing for all, and whether it only reads."""
    parts = scope.split(":")[1:]
    read = parts[-1:] == [_READ]
    return ":".join(parts[:-1] if read else parts), read


def _bounds(types: set[str]) -> frozenset[str] | None:
    return None if "" in types else frozenset(types)

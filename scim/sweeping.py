"""Test users: how they are told from all others, and how they go away."""

import json
import secrets
from contextlib import suppress
from datetime import timedelta

from scim2_models import NotFoundException

from scim.client import Client
from scim.directory import Directory
from scim.instant import Clock, to_text
from scim.preconditions import Preconditions
from scim.provider import Kind
from scim.query.search import Query
from scim.rendering import View

_PREFIX, _DOMAIN = "provisor-test-", "@example.invalid"
"""How their names begin and end; the domain is nobody's (RFC 2606 §2)."""

_STALE = timedelta(minutes=10)
"""After so long one is left over: the server was ended in the middle of its test."""


_AT_ONCE = 100

_MOST_PAGES = 10
"""What is left then, the next test removes: nobody waits for thousands."""


def new_name() -> str:
    """Return the ``userName`` of a test user."""
    return f"{_PREFIX}{secrets.token_hex(6)}{_DOMAIN}"


class Sweeper:
    """Removes test users from the directory.

    :param kind: that of users
    """

    def __init__(self, directory: Directory, kind: Kind, clock: Clock) -> None:
        self._directory = directory
        self._kind = kind
        self._clock = clock

    def sweep(self, name: str, client: Client) -> bool:
        """Remove a test user if there is one, and return whether it is gone.

        :raises NotPermitted: the client may not remove users
        """
        query = Query(f'userName eq "{name}"')
        self._remove(self._found(query, client), client)
        return not self._found(query, client)

    def sweep_left(self, client: Client) -> None:
        """Remove the test users of tests that never came to their end, a page at a time.

        :raises NotPermitted: the client may not remove users
        """
        oldest = to_text(self._clock() - _STALE)
        query = Query(
            f'userName sw "{_PREFIX}" and userName ew "{_DOMAIN}" and meta.created lt "{oldest}"',
            count=_AT_ONCE,
        )
        for _ in range(_MOST_PAGES):
            found = self._found(query, client)
            self._remove(found, client)
            if len(found) < _AT_ONCE:
                break

    def _remove(self, ids: list[str], client: Client) -> None:
        for id_ in ids:
            with suppress(NotFoundException):  # somebody else was faster
                self._directory.delete(self._kind, id_, Preconditions(), client)

    def _found(self, query: Query, client: Client) -> list[str]:
        found = json.loads(self._directory.search((self._kind,), query, client, View("")))
        return [user["id"] for user in found["Resources"]]

"""Test users: how they are told from all others, and how they go away."""

import json
import secrets
from contextlib import suppress
from datetime import timedelta
from typing import Any

from scim2_models import NotFoundException

from scim.client import Client
from scim.directory import Directory
from scim.instant import Clock, from_text
from scim.preconditions import Preconditions
from scim.provider import Kind
from scim.query.search import Query
from scim.rendering import View

_PREFIX, _DOMAIN = "provisor-test-", "@example.invalid"
"""How their names begin and end; the domain is nobody's (RFC 2606 §2)."""

_STALE = timedelta(minutes=10)
"""After so long one is left over: the server was ended in the middle of its test."""


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

    def sweep(self, name: str, client: Client) -> None:
        """Remove a test user if there is one, and those of tests that never came to their end.

        :raises NotPermitted: the client may not remove users
        """
        oldest = self._clock() - _STALE
        for user in self._found(client):
            found = user["userName"]
            is_left = found.endswith(_DOMAIN) and from_text(user["meta"]["created"]) < oldest
            if found == name or is_left:
                with suppress(NotFoundException):  # somebody else was faster
                    self._directory.delete(self._kind, user["id"], Preconditions(), client)

    def _found(self, client: Client) -> list[dict[str, Any]]:
        query = Query(f'userName sw "{_PREFIX}"')
        found = json.loads(self._directory.search((self._kind,), query, client, View("")))
        return list(found["Resources"])

"""Introspection: an app asks how its own token stands (RFC 7662)."""

from dataclasses import asdict
from typing import Any

from app.client_apps import ClientApp
from app.tokens.recognition import Recognizer
from scim.instant import Clock

_INACTIVE = {"active": False}
"""All that is said of a token that is dead, unknown or another app's (RFC 7662 §2.2)."""


class Introspection:
    """Tells an app of its tokens; asking does not use them."""

    def __init__(self, recognizer: Recognizer, clock: Clock) -> None:
        self._recognizer = recognizer
        self._clock = clock

    def of(self, text: str, app: ClientApp) -> dict[str, Any]:
        """Return what an app is told of a token: whether it would be let in, and what it says.

        ``exp`` is when it ends unless it is used until then, not the ``exp`` it was signed with.
        """
        found = self._recognizer.find(text)
        if found is None or found.standing.token.app_id != app.id:
            return _INACTIVE
        standing, now = found.standing, self._clock()
        # The signed end holds whatever a row says: who can write rows cannot lift it.
        end = min(int(standing.lives_until.timestamp()), found.claims.exp)
        if end <= now.timestamp() or not standing.scim_enabled:
            return _INACTIVE
        said = asdict(found.claims) | {"exp": end}
        return {"active": True, "token_type": "Bearer", **said}

"""The steps of a rehearsal: what a provider asks in the life of one user, and what it expects."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_PATCH = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}


@dataclass(frozen=True, slots=True)
class Step:
    """One request; ``{name}`` and ``{id}`` stand for those of the test user."""

    title: str
    method: str
    path: str
    body: dict[str, Any] | None
    statuses: frozenset[int]
    sentence: str
    """What it shows when it succeeds."""

    holds: Callable[[dict[str, Any], str], bool]
    """Whether a body is what the request asked for, given the name of the test user."""


STEPS = (
    Step(
        "Look for the user",
        "GET",
        "/Users?filter=userName%20eq%20%22{name}%22",
        None,
        frozenset({200}),
        "The token is let in, and nobody has the user name yet.",
        lambda body, _: body.get("totalResults") == 0,
    ),
    Step(
        "Create the user",
        "POST",
        "/Users",
        {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": "{name}",
            "displayName": "Connection test",
            "name": {"givenName": "Connection", "familyName": "Test"},
            "emails": [{"value": "{name}", "type": "work", "primary": True}],
            "active": True,
        },
        frozenset({201}),
        "The user is made and has an id.",
        lambda body, name: bool(body.get("id")) and body.get("userName") == name,
    ),
    Step(
        "Read the user",
        "GET",
        "/Users/{id}",
        None,
        frozenset({200}),
        "The user is found by the id, as it was sent.",
        lambda body, name: body.get("userName") == name,
    ),
    Step(
        "Change the display name",
        "PATCH",
        "/Users/{id}",
        _PATCH
        | {"Operations": [{"op": "replace", "path": "displayName", "value": "Connection tested"}]},
        frozenset({200, 204}),
        "The change is made.",
        lambda body, _: body.get("displayName") == "Connection tested",
    ),
    Step(
        "Deactivate the user",
        "PATCH",
        "/Users/{id}",
        _PATCH | {"Operations": [{"op": "replace", "path": "active", "value": False}]},
        frozenset({200, 204}),
        "The user is inactive, as one who left.",
        lambda body, _: body.get("active") is False,
    ),
    Step(
        "Delete the user",
        "DELETE",
        "/Users/{id}",
        None,
        frozenset({204}),
        "The deletion is accepted.",
        lambda _, __: True,
    ),
)
"""In the order of a provider: match, create, read, update, deactivate, delete."""

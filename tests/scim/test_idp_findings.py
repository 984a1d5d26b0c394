"""What recorded exchanges of providers brought to light, each reduced to its smallest request."""

import json

import pytest

from scim import PROVIDER
from scim.changes.reading import read_creation, read_replacement
from scim.choices import Choices
from scim.discovery import Discovery
from scim.provider import USER
from scim.tolerance import PROFILES, Reader

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


@pytest.mark.parametrize("profile", PROFILES)
def test_a_manager_may_be_named_by_value_alone(profile: str) -> None:
    """Entra ID creates users so; RFC 7643 §4.3 only recommends ``value`` and ``$ref``."""
    body = {
        "schemas": [str(USER.model.__schema__), ENTERPRISE],
        "userName": "mira.holt@acme.example",
        ENTERPRISE: {"manager": {"value": "26118915"}},
    }

    made = json.loads(read_creation(USER, body, Reader(PROFILES[profile])).content.doc)
    put = read_replacement(USER, body, Reader(PROFILES[profile])).resource()

    assert made[ENTERPRISE] == {"manager": {"value": "26118915"}}
    assert put[f"{ENTERPRISE}:manager.value"] == "26118915"


def test_the_published_schema_requires_nothing_of_a_manager() -> None:
    """RFC 7643 §8.7.1."""
    schema = json.loads(
        Discovery(PROVIDER).one_of("Schemas", ENTERPRISE, "https://idp.example/scim/v2", Choices())
    )

    [manager] = [each for each in schema["attributes"] if each["name"] == "manager"]
    assert {"value": False, "$ref": False, "displayName": False} == {
        each["name"]: each["required"] for each in manager["subAttributes"]
    }

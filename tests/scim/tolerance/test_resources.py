"""What a body says it is, and where its attributes stand."""

from typing import Any

import pytest

from scim.provider import GROUP
from tests.scim.tolerance.readings import CORE, ENTERPRISE, OLD_ENTERPRISE, body_as_read

MICROSOFT = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"
OPS = {"department": "Ops"}
MIRA = {"userName": "mira"}
BOTH = {"schemas": [CORE, ENTERPRISE], **MIRA, ENTERPRISE: OPS}

BODIES = [
    ("missing-schemas", MIRA, {"schemas": [CORE], **MIRA}),
    ("missing-schemas", {"schemas": None, **MIRA}, {"schemas": [CORE], **MIRA}),
    ("missing-schemas", {"schemas": [], **MIRA}, {"schemas": [CORE], **MIRA}),
    (
        "outdated-schema",
        {"schemas": ["urn:scim:schemas:core:1.0"], **MIRA},
        {"schemas": [CORE], **MIRA},
    ),
    (
        "outdated-schema",
        {
            "schemas": ["urn:scim:schemas:core:2.0", "urn:scim:schemas:extension:enterprise:2.0"],
            **MIRA,
            ENTERPRISE: OPS,
        },
        BOTH,
    ),
    (
        "outdated-schema",
        {"schemas": ["urn:scim:schemas:core:2.0:User", OLD_ENTERPRISE], **MIRA, ENTERPRISE: OPS},
        BOTH,
    ),
    ("foreign-schema", {"schemas": [CORE, MICROSOFT], **MIRA}, {"schemas": [CORE], **MIRA}),
    ("foreign-schema", {"schemas": [CORE, 5, {}], **MIRA}, {"schemas": [CORE], **MIRA}),
    ("foreign-schema", {"SCHEMAS": [MICROSOFT], **MIRA}, {"schemas": [CORE], **MIRA}),
    ("unlisted-extension", {"schemas": [CORE], **MIRA, ENTERPRISE: OPS}, BOTH),
    (
        "outdated-extension",
        {"schemas": [CORE, ENTERPRISE], **MIRA, OLD_ENTERPRISE: OPS},
        BOTH,
    ),
    (
        "outdated-extension",
        {
            "schemas": [CORE, ENTERPRISE],
            **MIRA,
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0User": OPS,
        },
        BOTH,
    ),
    (
        "attributes-under-their-schema",
        {"schemas": [CORE], CORE: {"nickName": "Bab", **MIRA}},
        {"schemas": [CORE], "nickName": "Bab", **MIRA},
    ),
]


@pytest.mark.parametrize(("quirk", "given", "meant"), BODIES)
def test_a_body_is_read_as_it_is_meant(
    quirk: str, given: dict[str, Any], meant: dict[str, Any]
) -> None:
    assert (meant, {quirk: 1}) == body_as_read(given)


def test_a_schema_that_is_no_text_is_none() -> None:
    read, noticed = body_as_read({"schemas": ["urn:scim:schemas:core:1.0", ["x"], {}], **MIRA})

    assert ({"schemas": [CORE], **MIRA}, {"outdated-schema": 1, "foreign-schema": 1}) == (
        read,
        noticed,
    )


def test_an_attribute_of_one_type_is_none_of_another() -> None:
    """Shapes are those of the endpoint, not of every resource."""
    group = {"schemas": [str(GROUP.model.__schema__)], "displayName": "Berlin"}

    assert (group, {"unknown-attribute": 1}) == body_as_read(group | MIRA, GROUP)


@pytest.mark.parametrize("body", [{"schemas": "x", **MIRA}, {"schemas": {"a": 1}, **MIRA}])
def test_the_endpoint_says_what_a_body_is(body: dict[str, Any]) -> None:
    read, _ = body_as_read(body)

    assert [CORE] == read["schemas"]

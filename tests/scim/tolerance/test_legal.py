"""What is legal by the RFCs is no quirk: it passes unchanged, and nothing is noticed."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scim.provider import GROUP, KINDS, USER, Kind
from scim.schema.shapes import Parts, Shape, shape_of
from scim.tolerance import PROFILES, Reader, read_body, read_filter, read_message
from tests.scim.tolerance.readings import PATCH

_SETTINGS = settings(
    deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
_TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)
_SIMPLE = {
    "string": _TEXTS,
    "boolean": st.booleans(),
    "dateTime": st.just("2026-11-24T12:00:00Z"),
}


def values_of(shape: Shape) -> st.SearchStrategy[Any]:
    """Return the values of one attribute, null among them."""
    one = objects_of(shape.parts) if shape.parts else _SIMPLE[shape.type]
    return st.none() | (st.lists(one, max_size=3) if shape.multivalued else one)


def objects_of(parts: Parts) -> st.SearchStrategy[dict[str, Any]]:
    """Return objects of attributes, their names in any case."""
    cased = {
        spelling(shape.name): values_of(shape)
        for shape in parts.values()
        for spelling in (str, str.upper)
    }
    return st.fixed_dictionaries({}, optional=cased)


def bodies_of(kind: Kind) -> st.SearchStrategy[dict[str, Any]]:
    """Return bodies of one resource type that list the schemas of their attributes."""
    shape = shape_of(kind.model)
    attributes = {name: part for name, part in shape.parts.items() if name != "schemas"}

    def listing(body: dict[str, Any]) -> dict[str, Any]:
        there = {name.lower() for name, value in body.items() if value}
        extensions = [each.name for name, each in shape.extensions.items() if name in there]
        return {"schemas": [shape.urn, *extensions], **body}

    return objects_of(attributes).map(listing)


def operations_of(kind: Kind) -> st.SearchStrategy[dict[str, Any]]:
    """Return operations on one resource type."""
    shape = shape_of(kind.model)
    written = [part for part in shape.parts.values() if not part.read_only]
    paths = [(part.name, part, shape.urn) for part in written if part.name != "schemas"]
    for part in written:
        if part.multivalued and part.parts:
            paths += [
                (f'{part.name}[value eq "x"].{each.name}', each, "") for each in part.parts.values()
            ]
        else:
            colon = ":" if part.name.startswith("urn:") else "."
            paths += [(f"{part.name}{colon}{each.name}", each, "") for each in part.parts.values()]

    def operations(path: str, part: Shape) -> st.SearchStrategy[dict[str, Any]]:
        value = values_of(part).filter(lambda each: each is not None and each != {"value": ""})
        write = st.fixed_dictionaries(
            {
                "op": st.sampled_from(("add", "replace", "Add")),
                "path": st.just(path),
                "value": value,
            }
        )
        return write | st.just({"op": "remove", "path": path})

    at_paths = [operations(path, part) for path, part, _ in paths]
    whole = objects_of({name: part for name, part in shape.parts.items() if part in written})
    at_root = st.fixed_dictionaries({"op": st.sampled_from(("add", "replace")), "value": whole})
    return st.one_of(*at_paths, at_root)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_legal_body_passes(profile: str, kind: Kind) -> None:
    @settings(_SETTINGS, max_examples=100)
    @given(bodies_of(kind))
    def check(body: dict[str, Any]) -> None:
        reader = Reader(PROFILES[profile])
        assert (body, {}) == (read_body(reader, body, kind), reader.quirks.noticed)

    check()


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_legal_patch_passes(profile: str, kind: Kind) -> None:
    @settings(_SETTINGS, max_examples=100)
    @given(st.lists(operations_of(kind), min_size=1, max_size=3))
    def check(operations: list[dict[str, Any]]) -> None:
        reader = Reader(PROFILES[profile])
        body = {"schemas": [PATCH], "Operations": operations}
        assert (body, {}) == (read_message(reader, body, kind), reader.quirks.noticed)

    check()


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(
    "text",
    [
        'username Eq "mira"',
        "DisplayName pr",
        'meta.lastmodified ge "0001-01-03T00:00:00.0000000Z"',
        'active eq true and (title sw "C" or not (emails[type eq "work" and primary eq FALSE]))',
        'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "m"',
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager eq null",
        'URN:IETF:params:scim:schemas:core:2.0:User:userName eq "True"',
        'userName eq "emails[type].x"',
        'members eq "u"',
        'groups.value eq "g"',
        'schemas eq "x"',
        "meta.created gt 5",
        'name.familyName co "\\"]."',
    ],
)
def test_a_legal_filter_passes(profile: str, text: str) -> None:
    reader = Reader(PROFILES[profile])

    read = read_filter(reader, text, (USER, GROUP))

    assert (text, {}) == (str(read), reader.quirks.noticed)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(
    "body",
    [
        {"schemas": [PATCH], "operations": [{"OP": "Replace", "Path": "title", "VALUE": "T"}]},
        {
            "SCHEMAS": [PATCH],
            "Operations": [{"op": "add", "path": "emails", "value": {"value": "a"}}],
        },
        {"schemas": [PATCH], "Operations": [{"op": "add", "value": {"active": False}}]},
        {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "title", "value": None}]},
        {"schemas": [PATCH], "Operations": [{"op": "remove", "path": "emails", "value": None}]},
        {
            "schemas": [PATCH],
            "Operations": [{"op": "replace", "path": "", "value": {"title": "T"}}],
        },
    ],
)
def test_a_legal_message_notices_nothing(profile: str, body: dict[str, Any]) -> None:
    """Names of members come in any case, and one value may stand alone (RFC 7644 §3.5.2.1)."""
    reader = Reader(PROFILES[profile])

    read_message(reader, body, USER)

    assert {} == reader.quirks.noticed

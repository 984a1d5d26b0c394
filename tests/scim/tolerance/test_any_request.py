"""Whatever arrives is read or refused; nothing else ever happens."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from scim2_models import SCIMException

from scim.changes.reading import read_creation, read_patch
from scim.limits import Limits
from scim.provider import GROUP, KINDS, USER, Kind
from scim.tolerance import PROFILES, Reader, read_filter, read_parameters, read_search_body
from tests.scim.tolerance.readings import CORE, ENTERPRISE, OLD_ENTERPRISE, PATCH

_SETTINGS = settings(
    deadline=None,
    database=None,
    derandomize=True,
    max_examples=300,
    suppress_health_check=list(HealthCheck),
)

_NAMES = st.sampled_from(
    (
        *("schemas", "id", "meta", "userName", "displayName", "active", "name", "emails", "roles"),
        *("members", "manager", "value", "$ref", "primary", "type", "display", "groups", "EMAILS"),
        *("department", "name.givenName", 'emails[type eq "work"].value', "emails[", "urn:", "."),
        *(CORE, ENTERPRISE, OLD_ENTERPRISE, f"{ENTERPRISE}:manager", f"{ENTERPRISE}.manager"),
        *(f"{CORE}:active", "x:y", "urn:x:y", "", "shoeSize", "x509Certificates"),
    )
)
_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-2, 2)
    | st.sampled_from((0.0, 1.5, "", "True", "x", '[{"value": 1}]', "[", "[1]", "{}", CORE, PATCH))
)
_JSON = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=4),
    max_leaves=12,
)
_OBJECTS = st.dictionaries(_NAMES, _JSON, max_size=5)
_OPERATIONS = st.fixed_dictionaries(
    {},
    optional={
        "op": st.sampled_from(("add", "Replace", "remove", "", None, 5, [], {})),
        "path": _NAMES | _SCALARS,
        "value": _JSON,
        "name": _SCALARS,
    },
)
_MESSAGES = st.fixed_dictionaries(
    {},
    optional={
        "schemas": st.just([PATCH]) | _JSON,
        "Operations": st.lists(_OPERATIONS | _SCALARS, max_size=3) | _JSON,
        "id": _SCALARS,
    },
)
_WORDS = st.sampled_from(
    (
        *("userName", "emails", "email", "manager", "active", f"{ENTERPRISE}.manager", "urn:x:y"),
        *("eq", "pr", "and", "not", "(", ")", "[", "]", "].", ".value", '"x"', '"True"', "x", "5"),
        *("true", '"', "'", "\\", "type"),
    )
)

each_profile = pytest.mark.parametrize("profile", PROFILES)
each_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def reads(profile: str, read: Callable[[Reader], object]) -> None:
    with suppress(SCIMException):
        read(Reader(PROFILES[profile]))


@each_profile
@each_kind
def test_a_body_is_read_or_refused(profile: str, kind: Kind) -> None:
    @settings(_SETTINGS)
    @given(_OBJECTS)
    def check(body: dict[str, Any]) -> None:
        reads(profile, lambda reader: read_creation(kind, body, reader))

    check()


@each_profile
@each_kind
def test_a_patch_is_read_or_refused(profile: str, kind: Kind) -> None:
    @settings(_SETTINGS)
    @given(_MESSAGES)
    def check(body: dict[str, Any]) -> None:
        reads(profile, lambda reader: read_patch(kind, body, reader, Limits()))

    check()


@each_profile
def test_a_filter_is_read_or_refused(profile: str) -> None:
    @settings(_SETTINGS)
    @given(st.lists(_WORDS, max_size=8), st.sampled_from((" ", "")))
    @example(["emails", "[", "type", "eq", "x", "].", ".value"], "")
    def check(words: list[str], between: str) -> None:
        text = between.join(words)
        reads(profile, lambda reader: read_filter(reader, text, (USER, GROUP)))

    check()


@each_profile
def test_parameters_are_read_or_refused(profile: str) -> None:
    names = st.sampled_from(("attributes", "ATTRIBUTES", "count", "filter", "", "x"))

    @settings(_SETTINGS)
    @given(st.dictionaries(names, _JSON))
    def check(given: dict[str, Any]) -> None:
        reads(profile, lambda reader: read_search_body(reader, given))
        reads(profile, lambda reader: read_parameters(reader, given.items()))

    check()

"""``attributes`` and ``excludedAttributes``, judged by scim2-models' own serializer."""

from typing import Annotated, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from scim2_models import (
    URN,
    ComplexAttribute,
    Context,
    Extension,
    InvalidPathException,
    InvalidValueException,
    Path,
    Resource,
    ResponseParameters,
    Returned,
)

from scim.projection import EVERYTHING, read_projection
from scim.provider import GROUP, USER, Kind
from scim.tolerance import PROFILES
from tests.differential.groups import members
from tests.differential.users import ATTRIBUTES
from tests.sizes import size

STRICT, TOLERANT = PROFILES["strict"], PROFILES["tolerant"]
BADGE = "urn:example:2.0:Badge"
ACCESS = "urn:example:extension:2.0:Access"


class Part(ComplexAttribute):
    """Sub-attributes of every ``returned``."""

    plain: str | None = None
    asked: Annotated[str | None, Returned.request] = None
    steady: Annotated[str | None, Returned.always] = None
    hidden: Annotated[str | None, Returned.never] = None


class Access(Extension):
    """An extension with attributes of every ``returned``."""

    __schema__ = URN(ACCESS)

    level: str | None = None
    code: Annotated[str | None, Returned.request] = None
    secret: Annotated[str | None, Returned.never] = None
    piece: Part | None = None


class Badge(Resource[Access]):
    """A resource with attributes of every ``returned``."""

    __schema__ = URN(BADGE)

    label: str | None = None
    asked: Annotated[str | None, Returned.request] = None
    steady: Annotated[str | None, Returned.always] = None
    hidden: Annotated[str | None, Returned.never] = None
    part: Part | None = None
    parts: list[Part] | None = None
    on_request: Annotated[list[Part] | None, Returned.request] = None


BADGES = Kind("Badge", "Badges", Badge, related="parts")

_META = {
    "resourceType": "X",
    "created": "2026-11-24T12:00:00Z",
    "location": "https://idp.example/scim/v2/X/1",
    "version": 'W/"1"',
}

_text = st.sampled_from(("a", "b"))
_part = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("plain", "asked", "steady", "hidden"), _text)
)
_badges = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("label", "asked", "steady", "hidden"), _text),
        "part": _part,
        "parts": st.lists(_part, max_size=3),
        "onRequest": st.lists(_part, max_size=2),
        ACCESS: st.fixed_dictionaries(
            {},
            optional={**dict.fromkeys(("level", "code", "secret"), _text), "piece": _part},
        ),
    },
)

_BODIES: dict[Kind, st.SearchStrategy[dict[str, Any]]] = {
    USER: st.fixed_dictionaries({"userName": _text}, optional=ATTRIBUTES),
    GROUP: st.fixed_dictionaries({"displayName": _text}, optional={"members": members}),
    BADGES: _badges,
}


def names_of(kind: Kind) -> st.SearchStrategy[str]:
    """Return names of attributes in every spelling, and of none.

    An extension's attributes only under its URN (RFC 7644 §3.10), where scim2-models is laxer.
    """
    path_class: Any = Path[kind.model]  # type: ignore[name-defined]  # known at run time
    paths = [str(path) for path in path_class.iter_paths()]
    core = str(kind.model.__schema__)
    prefixed = [f"{core}:{path}" for path in paths if not path.startswith("urn:")]
    others = ("id", "schemas", "meta", "meta.version", core, "nope.value", "urn:x:2.0:Y:z")
    names = st.sampled_from(
        (*paths, *paths, *prefixed, *kind.model.get_extension_models(), *others)
    )
    return st.builds(
        lambda name, spell: spell(name), names, st.sampled_from((str, str.upper, str.lower))
    )


@st.composite
def asked(draw: st.DrawFn, kind: Kind) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Return the body of a resource and the parameters of a client."""
    names = draw(st.lists(names_of(kind), min_size=1, max_size=4))
    parameter = draw(st.sampled_from(("attributes", "excludedAttributes")))
    return draw(_BODIES[kind]), {parameter: names}


def stored(kind: Kind, body: dict[str, Any]) -> Any:
    """Return a resource as a directory has it."""
    return kind.model.model_validate({**body, "id": "1", "meta": _META})


def shown(kind: Kind, resource: Any, parameters: dict[str, list[str]]) -> dict[str, Any]:
    """Return what our answer shows of a resource."""
    whole = resource.model_dump(scim_ctx=Context.DEFAULT)
    return read_projection(parameters, STRICT).apply(kind, whole)


def judged(kind: Kind, resource: Any, parameters: dict[str, list[str]]) -> dict[str, Any]:
    """Return what scim2-models shows of it."""
    read: Any = ResponseParameters[kind.model]  # type: ignore[name-defined]  # known at run time
    return dict(
        resource.model_dump(
            scim_ctx=Context.RESOURCE_QUERY_RESPONSE,
            response_parameters=read.model_validate(parameters),
        )
    )


@pytest.mark.sized
@pytest.mark.parametrize("kind", [USER, GROUP, BADGES], ids=lambda kind: kind.name)
def test_an_answer_shows_what_the_model_shows(kind: Kind) -> None:
    @settings(
        derandomize=True,
        deadline=None,
        database=None,
        max_examples=size(150, 2000),
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(asked(kind))
    def check(case: tuple[dict[str, Any], dict[str, list[str]]]) -> None:
        body, parameters = case
        resource = stored(kind, body)
        assert judged(kind, resource, parameters) == shown(kind, resource, parameters)

    check()


@pytest.mark.parametrize("kind", [USER, GROUP, BADGES], ids=lambda kind: kind.name)
def test_a_projection_that_shows_no_members_needs_none(kind: Kind) -> None:
    """Rows are only read where an answer shows them; names are in any case."""
    named = read_projection({"ATTRIBUTES": f"nope,{kind.related.upper()}.value"}, STRICT)
    unnamed = read_projection({"attributes": "id"}, STRICT)
    excluded = read_projection({"excludedAttributes": kind.related.title()}, STRICT)
    thinned = read_projection({"excludedAttributes": f"{kind.related}.value"}, STRICT)

    shows = [each.shows(kind, kind.related) for each in (named, unnamed, excluded, thinned)]

    assert [True, False, False, True] == shows


def test_an_answer_without_a_projection_hides_what_is_shown_on_request() -> None:
    """RFC 7643 §7: never and request hold whether the client names attributes or not."""
    badge = stored(BADGES, {"label": "a", "asked": "b", "hidden": "c", "part": {"asked": "d"}})

    shown_plainly = EVERYTHING.apply(BADGES, badge.model_dump(scim_ctx=Context.DEFAULT))

    assert badge.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE) == shown_plainly
    assert {"schemas", "id", "label", "meta"} == set(shown_plainly)
    assert not EVERYTHING.leaves_whole(BADGES)
    assert EVERYTHING.leaves_whole(USER)


def test_an_empty_list_is_shown_where_it_is_asked_for() -> None:
    """Providers look for ``members`` even where there are none."""
    group = {"schemas": [str(GROUP.model.__schema__)], "id": "1", "members": []}

    asked_for = read_projection({"attributes": "members.value"}, STRICT).apply(GROUP, group)

    assert group == asked_for


@pytest.mark.parametrize("name", ["userName eq", "(", 'emails[type eq "work"]', "a b"])
def test_only_a_strict_client_is_told_what_is_no_name(name: str) -> None:
    """RFC 7644 §3.9 asks for names in the notation of §3.10."""
    parameters = {"attributes": f"id,{name}"}
    user = {"schemas": [str(USER.model.__schema__)], "id": "1", "userName": "ada"}

    tolerated = read_projection(parameters, TOLERANT).apply(USER, user)

    assert {"schemas", "id"} == set(tolerated)
    with pytest.raises(InvalidPathException):
        read_projection(parameters, STRICT)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(
    "parameters",
    [
        {"attributes": "id", "excludedAttributes": "meta"},
        {"attributes": ["id", 7]},
        {"excludedAttributes": {"id": True}},
        {"attributes": True},
    ],
    ids=str,
)
def test_parameters_that_say_nothing_are_refused(profile: str, parameters: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueException):
        read_projection(parameters, PROFILES[profile])


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("empty", [None, "", " , ", []], ids=str)
def test_an_empty_list_of_names_is_none(profile: str, empty: Any) -> None:
    assert EVERYTHING == read_projection({"attributes": empty}, PROFILES[profile])

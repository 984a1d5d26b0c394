"""What is read without a model, judged by scim2-models."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from pydantic import ValidationError
from scim2_models import Context, SCIMException

from scim import tolerance
from scim.changes.reading import members_in, read_creation, read_replacement, take_members
from scim.changes.validation import Uncertain, form_of_requests
from scim.document import freeze, freeze_document, thaw
from scim.errors import from_validation
from scim.provider import GROUP, USER, Kind
from scim.storage.resources import Record
from scim.tolerance import PROFILES, Reader
from tests.added_schemas import BADGED_USER, DEVICE
from tests.conformance.exchanges import load
from tests.scim.bodies import bodies
from tests.sizes import size

KINDS = {"User": USER, "Group": GROUP, "Device": DEVICE, "badged User": BADGED_USER}
RECORDINGS = Path(__file__).parent.parent / "conformance/idp"

CORE = str(USER.model.__schema__)

SETTINGS = settings(
    deadline=None,
    database=None,
    derandomize=True,
    max_examples=size(25, 500),
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)

each_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
each_profile = pytest.mark.parametrize("profile", PROFILES)
each_share_of_faults = pytest.mark.parametrize("faults", [0, 3, 25])


@pytest.mark.sized
@each_kind
@each_profile
@each_share_of_faults
def test_a_body_becomes_what_scim2_models_makes_of_it(
    kind: Kind, profile: str, faults: int
) -> None:
    """Or it is left to scim2-models; never is anything taken that it refuses."""

    @settings(SETTINGS)
    @given(bodies(kind, faults))
    def check(sent: dict[str, Any]) -> None:
        reader = Reader(PROFILES[profile])
        try:
            body = tolerance.read_body(reader, sent, kind)
        except SCIMException:
            return
        judged = outcome(lambda: judge(kind, body, reader))
        try:
            assert judged == outcome(lambda: compiled(kind, body))
        except Uncertain:
            # of what is as schemas say, only what is refused is not certain
            assert faults or isinstance(judged, str)

    check()


@pytest.mark.sized
@each_kind
@each_profile
@each_share_of_faults
def test_a_resource_becomes_what_scim2_models_replaces_it_with(
    kind: Kind, profile: str, faults: int
) -> None:
    reader = Reader(PROFILES[profile])

    @settings(SETTINGS)
    @given(bodies(kind, 0), bodies(kind, faults))
    def check(stored: dict[str, Any], sent: dict[str, Any]) -> None:
        try:
            record = record_of(kind, read_creation(kind, stored, reader).content.doc)
            body = tolerance.read_body(reader, sent, kind)
        except SCIMException:
            return

        assert outcome(lambda: replaced(kind, record, body, reader)) == outcome(
            lambda: read_replacement(kind, sent, reader).of(kind, record)
        )

    check()


@pytest.mark.parametrize(
    "provider", ["okta-wizard", "okta-oin", "entra-default", "jumpcloud", "onelogin"]
)
def test_what_providers_create_is_read_without_a_model(provider: str) -> None:
    for body, kind in creations(RECORDINGS / f"{provider}.json"):
        read = tolerance.read_body(Reader(PROFILES["tolerant"]), body, kind)

        assert compiled(kind, read)


UNCERTAIN: list[dict[str, Any]] = [
    {"schemas": "urn"},
    {"schemas": []},
    {"schemas": [CORE, "urn:x"]},
    {"schemas": [CORE, 1]},
    {"userName": None},
    {"USERNAME": "ada"},
    {"active": 1},
    {"emails": {}},
    {"emails": [{}]},
    {"emails": [{"type": 1}]},
    {"emails": [{"primary": True}, {"primary": True}]},
    {"name": "Ada"},
    {"x509Certificates": [{"value": "*"}]},
]


@pytest.mark.parametrize("changed", UNCERTAIN, ids=str)
def test_what_may_not_fit_is_left_to_scim2_models(changed: dict[str, Any]) -> None:
    with pytest.raises(Uncertain):
        form_of_requests(USER.model).read({"schemas": [CORE], "userName": "ada"} | changed)


def creations(path: Path) -> Iterator[tuple[dict[str, Any], Kind]]:
    """Return the bodies that made a user or a group in a recording."""
    for exchange in load(path).exchanges:
        kind = {"/Users": USER, "/Groups": GROUP}.get(exchange.request.path)
        if kind and exchange.request.method == "POST" and 201 in exchange.expect.statuses:
            yield exchange.request.body, kind


def judge(kind: Kind, body: dict[str, Any], reader: Reader) -> object:
    """Return what is stored of a body that scim2-models reads."""
    context = Context.RESOURCE_CREATION_REQUEST
    try:
        resource = kind.model.model_validate(
            body, scim_ctx=context, scim_policy=reader.profile.policy
        )
    except ValidationError as error:
        raise from_validation(error) from error
    members = take_members(resource)
    return freeze(kind, resource), members


def replaced(kind: Kind, record: Record, body: dict[str, Any], reader: Reader) -> object:
    """Return what is stored of a resource that scim2-models replaces with a body."""
    context = Context.RESOURCE_REPLACEMENT_REQUEST
    try:
        resource = kind.model.model_validate(
            body, scim_ctx=context, scim_policy=reader.profile.policy
        )
    except ValidationError as error:
        raise from_validation(error) from error
    take_members(resource)
    resource.replace(thaw(kind, record))
    return freeze(kind, resource)


def record_of(kind: Kind, doc: str) -> Record:
    """Return a resource with this document."""
    return Record(1, "1", kind.name, doc, 1, "2026-01-01", "2026-01-01")


def compiled(kind: Kind, body: dict[str, Any]) -> object:
    """Return what is stored of a body that is read without a model."""
    document = form_of_requests(kind.model).read(body)
    members = members_in(kind, document)
    return freeze_document(kind, document), members


def outcome(read: Callable[[], object]) -> object:
    """Return what a reading returns, or as which error it ends."""
    try:
        return read()
    except SCIMException as error:
        return f"{error.scim_type}: {error.detail}"

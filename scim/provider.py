"""What the directory holds and announces: resource types, extensions, capabilities.

Everything else asks here; a resource type is declared once.
"""

from dataclasses import dataclass
from typing import Any

from scim2_models import (
    AuthenticationScheme,
    Bulk,
    ChangePassword,
    ETag,
    External,
    Filter,
    Pagination,
    Patch,
    Reference,
    Resource,
    ResourceType,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
)

from scim.schemas import EnterpriseUser, Group, User

MAX_RESULTS = 500
"""The most resources one page of a list holds, whatever ``count`` asks for.

Also what it holds when ``count`` is left out: OneLogin never asks for a second page of groups.
"""

CONFIG = ServiceProviderConfig(
    patch=Patch(supported=True),
    # Not 0: authentik takes maxOperations for how many operations one PATCH may hold.
    bulk=Bulk(supported=False, max_operations=1000, max_payload_size=1024 * 1024),
    filter=Filter(supported=True, max_results=MAX_RESULTS),
    change_password=ChangePassword(supported=False),
    sort=Sort(supported=True),
    etag=ETag(supported=True),
    pagination=Pagination(
        cursor=False,
        index=True,
        default_pagination_method=Pagination.DefaultPaginationMethod.index,
        default_page_size=MAX_RESULTS,
        max_page_size=MAX_RESULTS,
    ),
    authentication_schemes=[
        AuthenticationScheme(
            type=AuthenticationScheme.Type.oauthbearertoken,
            name="OAuth Bearer Token",
            description="A long-lived provisioning token, sent as an OAuth 2.0 bearer token.",
            spec_uri=Reference[External]("https://www.rfc-editor.org/rfc/rfc6750"),
            primary=True,
        )
    ],
)

PROVIDER = ScimProvider(
    models=[User, EnterpriseUser, Group],
    resource_types=[
        ResourceType.from_resource(User[EnterpriseUser]),
        ResourceType.from_resource(Group),
    ],
    config=CONFIG,
)


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """A resource type as the directory keeps it."""

    name: str
    """The ``name`` of the resource type, which ``meta.resourceType`` carries."""

    endpoint: str
    """The path below the base URL, such as ``Users``."""

    model: type[Resource[Any]]

    unique: str
    """The attribute no two resources of a tenant share, compared by its folded value."""

    related: str
    """The attribute that member rows answer: a group's ``members``, a user's ``groups``."""


def _kind(name: str, unique: str, related: str) -> Kind:
    described = next(each for each in PROVIDER.resource_types if each.name == name)
    model = PROVIDER.model_for(described)
    if model is None or not issubclass(model, Resource):
        raise LookupError(f"no model describes {name}")
    return Kind(name, str(described.endpoint).strip("/"), model, unique, related)


USER = _kind("User", unique="userName", related="groups")
GROUP = _kind("Group", unique="displayName", related="members")

KINDS: dict[str, Kind] = {kind.name: kind for kind in (USER, GROUP)}
"""Every kind by its name, in the order lists of several types show them."""

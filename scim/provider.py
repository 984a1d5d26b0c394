"""What a directory holds and announces: resource types, extensions, capabilities.

Everything else asks here; a resource type is declared once.
"""

from collections.abc import Mapping
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

from scim.errors import SchemaError
from scim.limits import Limits
from scim.schema.additions import read_additions
from scim.schema.attributes import unique_of
from scim.schema.schemas import EnterpriseUser, Group, User, model_of

_RELATED = {"User": "groups", "Group": "members"}


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """A resource type as a directory keeps it."""

    name: str
    """The ``name`` of the resource type, which ``meta.resourceType`` carries."""

    endpoint: str
    """The path below the base URL, such as ``Users``."""

    model: type[Resource[Any]]

    unique: str | None = None
    """The attribute no two resources of a tenant share, compared by its folded value."""

    also_unique: tuple[str, ...] = ()
    """Further attributes like it, those of extensions with their URN."""

    max_values: int = Limits().values
    """The most values of one attribute that are stored, but for that of member rows."""

    related: str | None = None
    """The attribute that member rows answer: a group's ``members``, a user's ``groups``."""

    @property
    def has_members(self) -> bool:
        """Whether resources of this kind are groups."""
        return self.related == "members"


class Provider:
    """The resource types of a directory, and what it says about itself."""

    kinds: Mapping[str, Kind]
    """Every kind by its name, in the order lists of several types show them."""

    endpoints: Mapping[str, Kind]
    """Every kind by the endpoint that serves it, such as ``Users``."""

    groups: str
    """The endpoint of groups, which the ``$ref`` of a user's groups leads to."""

    def __init__(self, models: ScimProvider, limits: Limits) -> None:
        self.limits = limits
        self.config = _config(limits)
        self.resource_types = models.resource_types
        self.schemas = models.schemas
        self.kinds = {str(each.name): _kind(models, each, limits) for each in models.resource_types}
        self.endpoints = {each.endpoint: each for each in self.kinds.values()}
        self.groups = next(each.endpoint for each in self.kinds.values() if each.has_members)


def standard_provider(limits: Limits) -> Provider:
    """Return the provider of RFC 7643's users, enterprise users and groups."""
    return Provider(ScimProvider(_MODELS, _STANDARD), limits)


def extended_provider(files: Mapping[str, str], limits: Limits) -> Provider:
    """Return the standard provider with the schemas and resource types that files add.

    :param files: the JSON of each file by its name
    :raises SchemaError: a file cannot be read, or describes what cannot be served
    """
    added = read_additions(files, _STANDARD)
    extensions = {
        str(each.schema_).lower()
        for described in added.resource_types
        for each in described.schema_extensions or ()
    }
    try:
        models = [model_of(each, extensions) for each in added.schemas]
        return Provider(ScimProvider([*_MODELS, *models], added.resource_types), limits)
    except (ValueError, LookupError) as error:  # what scim2-models refuses to put together
        raise SchemaError(str(error)) from error


def _kind(models: ScimProvider, described: ResourceType, limits: Limits) -> Kind:
    model = models.model_for(described)
    if model is None or not issubclass(model, Resource):
        raise LookupError(f"no model describes {described.name}")
    name = str(described.name)
    unique = tuple(unique_of(model))
    # the column of the unique key is for an attribute of the type itself
    first = next((path for path in unique if ":" not in path), None)
    return Kind(
        name,
        str(described.endpoint).strip("/"),
        model,
        first,
        tuple(path for path in unique if path != first),
        limits.values,
        _RELATED.get(name),
    )


def _config(limits: Limits) -> ServiceProviderConfig:
    return ServiceProviderConfig(
        patch=Patch(supported=True),
        # Not 0: authentik takes maxOperations for how many operations one PATCH may hold.
        bulk=Bulk(
            supported=True,
            max_operations=limits.bulk_operations,
            max_payload_size=limits.body,
        ),
        filter=Filter(supported=True, max_results=limits.page),
        change_password=ChangePassword(supported=False),
        sort=Sort(supported=True),
        etag=ETag(supported=True),
        pagination=Pagination(
            cursor=True,
            index=True,
            default_pagination_method=Pagination.DefaultPaginationMethod.index,
            default_page_size=limits.page,
            max_page_size=limits.page,
            cursor_timeout=limits.cursor_timeout,
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


_MODELS = (User, EnterpriseUser, Group)
_STANDARD = (ResourceType.from_resource(User[EnterpriseUser]), ResourceType.from_resource(Group))

PROVIDER = standard_provider(Limits())
"""RFC 7643's own resource types within the bounds that hold where nothing else is set."""

KINDS = PROVIDER.kinds
USER, GROUP = KINDS["User"], KINDS["Group"]

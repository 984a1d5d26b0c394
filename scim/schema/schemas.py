"""The models of RFC 7643's User and Group, as this directory keeps them.

They are scim2-models' own but for four things.
What a provider sends is stored verbatim: Entra ID sends a ``profileUrl`` that is no URI and, while
it tests a connection, compares e-mail addresses with a GUID; refusing either would refuse it.
A manager may be named by ``value`` alone, as RFC 7643 §8.7.1 has it and providers do.
The name of a group is unique, because Entra ID takes two groups of one name for an error.
And a certificate that is no base64 is refused, where pydantic would drop what it cannot read.
"""

from base64 import b64decode
from collections.abc import Container
from typing import Annotated, Any

from pydantic import Base64Bytes, BeforeValidator, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema
from scim2_models import (
    AnyExtension,
    BaseModel,
    CaseExact,
    ComplexAttribute,
    Extension,
    External,
    Reference,
    Required,
    Resource,
    Schema,
    Uniqueness,
)
from scim2_models import Email as RfcEmail
from scim2_models import EnterpriseUser as RfcEnterpriseUser
from scim2_models import Group as RfcGroup
from scim2_models import Manager as RfcManager
from scim2_models import Photo as RfcPhoto
from scim2_models import User as RfcUser
from scim2_models import X509Certificate as RfcX509Certificate

__all__ = ["EnterpriseUser", "Group", "User", "model_of"]


class VerbatimReference(Reference[External]):
    """A reference to something outside, of any spelling."""

    __slots__ = ()

    @classmethod
    def __get_pydantic_core_schema__(
        cls,
        source_type: type[Any],
        handler: GetCoreSchemaHandler,
    ) -> CoreSchema:
        """Return a schema that takes any string."""
        return core_schema.no_info_after_validator_function(cls, core_schema.str_schema())


class Email(RfcEmail):
    """An e-mail address; its value may be any string."""

    value: str | None = None
    """Email addresses for the user."""


class Photo(RfcPhoto):
    """A photo; its value may be any string."""

    value: VerbatimReference | None = None
    """URL of a photo of the User."""


class Manager(RfcManager):
    """A manager; ``value`` is enough to name them."""

    value: Annotated[str | None, CaseExact.true] = None
    """The id of the SCIM resource representing the User's manager."""

    ref: Reference["User"] | None = Field(  # type: ignore[type-arg,assignment]  # ours, by name
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    """The URI of the SCIM resource representing the User's manager."""


class EnterpriseUser(RfcEnterpriseUser):
    """Enterprise User."""

    manager: Manager | None = None
    """The User's manager. A complex type that optionally allows service
    providers to represent organizational hierarchy by referencing the 'id'
    attribute of another User."""


class Group(RfcGroup):
    """Group."""

    display_name: Annotated[str | None, Required.true, Uniqueness.server] = None
    """A human-readable name for the Group. REQUIRED."""


class X509Certificate(RfcX509Certificate):
    """A certificate; what is no base64 is refused instead of read as something else."""


class User(RfcUser[AnyExtension]):
    """User Account."""

    emails: list[Email] | None = None  # type: ignore[assignment]  # a narrower element
    """Email addresses for the user."""

    photos: list[Photo] | None = None  # type: ignore[assignment]  # a narrower element
    """URLs of photos of the User."""

    x509_certificates: list[X509Certificate] | None = None  # type: ignore[assignment]  # likewise
    """A list of certificates issued to the User."""

    profile_url: VerbatimReference | None = None
    """A fully qualified URL pointing to a page representing the User's online
    profile."""


def model_of(schema: Schema, extensions: Container[str]) -> type[Resource[Any]] | type[Extension]:
    """Return the model that a schema describes.

    :param extensions: the ids of the schemas that extend others, in lower case
    :raises ValueError: scim2-models cannot build it
    """
    extends = str(schema.id).lower() in extensions
    model = Extension.from_schema(schema) if extends else Resource.from_schema(schema)
    _refuse_bad_base64(model)
    return model


def _refuse_bad_base64(model: type[BaseModel]) -> None:
    """Make a model refuse what is no base64, where pydantic drops what it cannot read of it."""
    for name, field in model.model_fields.items():
        root = model.get_field_root_type(name)
        if root == Base64Bytes:
            field.metadata.append(BeforeValidator(_check_base64))
        elif isinstance(root, type) and issubclass(root, ComplexAttribute) and root is not model:
            _refuse_bad_base64(root)
    model.model_rebuild(force=True)


def _check_base64(value: object) -> object:
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, str):
            b64decode("".join(each.split()), validate=True)
    return value


_refuse_bad_base64(X509Certificate)

"""The models of RFC 7643's User and Group, as this directory keeps them.

They are scim2-models' own but for three things.
What a provider sends is stored verbatim: Entra ID sends a ``profileUrl`` that is no URI and, while
it tests a connection, compares e-mail addresses with a GUID; refusing either would refuse it.
A manager may be named by ``value`` alone, as RFC 7643 §8.7.1 has it and providers do.
And a certificate that is no base64 is refused, where pydantic would drop what it cannot read.
"""

from base64 import b64decode
from typing import Annotated, Any

from pydantic import Field, GetCoreSchemaHandler, field_validator
from pydantic_core import CoreSchema, core_schema
from scim2_models import AnyExtension, CaseExact, External, Group, Reference
from scim2_models import Email as RfcEmail
from scim2_models import EnterpriseUser as RfcEnterpriseUser
from scim2_models import Manager as RfcManager
from scim2_models import Photo as RfcPhoto
from scim2_models import User as RfcUser
from scim2_models import X509Certificate as RfcX509Certificate

__all__ = ["EnterpriseUser", "Group", "User"]


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


class X509Certificate(RfcX509Certificate):
    """A certificate; what is no base64 is refused instead of read as something else."""

    @field_validator("value", mode="before")
    @classmethod
    def _is_base64(cls, value: object) -> object:
        if isinstance(value, str):
            b64decode("".join(value.split()), validate=True)
        return value


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

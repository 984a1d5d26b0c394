"""The SCIM endpoints, described in the words of OpenAPI 3.1 by what the provider announces."""

from scim.openapi.description import describe

__all__ = ["describe"]

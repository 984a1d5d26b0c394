"""Versions of resources and what a request demands of them (RFC 7644 §3.14, RFC 9110 §13)."""

import re
from dataclasses import dataclass

from scim2_models import PreconditionFailedException

from scim.provider import Kind

_ENTITY_TAG = re.compile(r'(?:W/)?"([^"]*)"')


def entity_tag(version: int) -> str:
    """Return the ETag of a version.

    It is weak: it stands for what clients write, not for every byte of an answer,
    which also shows the groups of a user and the base URL the client used.
    """
    return f'W/"{version}"'


@dataclass(frozen=True, slots=True)
class Preconditions:
    """What the headers of a request demand of the version it meets."""

    if_match: str | None = None
    if_none_match: str | None = None

    def check(self, version: int) -> None:
        """Let a write pass only on the version the client demands.

        :raises PreconditionFailedException: the resource has another version
        """
        self._check_match(version)
        if self.if_none_match is not None and _names(self.if_none_match, version):
            raise PreconditionFailedException(
                detail=f"The resource has version {entity_tag(version)}, as If-None-Match names."
            )

    def spares(self, version: int) -> bool:
        """Whether the client has this version already and needs no body (304).

        :raises PreconditionFailedException: the resource has another version than demanded;
            ``If-Match`` holds for reading too (RFC 9110 §13.1.1)
        """
        self._check_match(version)
        return self.if_none_match is not None and _names(self.if_none_match, version)

    def _check_match(self, version: int) -> None:
        if self.if_match is not None and not _names(self.if_match, version):
            raise PreconditionFailedException(
                detail=f"The resource has version {entity_tag(version)}; If-Match names another."
            )


@dataclass(frozen=True, slots=True)
class Target:
    """The resource a change is about, and the version it must have."""

    kind: Kind
    id: str
    preconditions: Preconditions


def _names(header: str, version: int) -> bool:
    """Whether a list of entity tags names a version; tags compare without their ``W/``."""
    return header.strip() == "*" or str(version) in _ENTITY_TAG.findall(header)

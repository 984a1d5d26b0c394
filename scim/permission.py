"""What a client may do to the resources of each type; it is checked before anything is read.

A resource is shown whole to whoever may read it: a user with the groups they are in, a group with
its members.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from scim2_models import ForbiddenException

from scim.provider import Kind


class NotPermitted(ForbiddenException):
    """The client may not do this to resources of this type (403)."""


@dataclass(frozen=True, slots=True)
class Permission:
    """The endpoints a client may read and change, in lower case; None stands for all of them."""

    reads: frozenset[str] | None
    changes: frozenset[str] | None

    def check_reads(self, kind: Kind) -> None:
        """Do nothing where the client may read resources of a type.

        :raises NotPermitted: it may not
        """
        if not _holds(self.reads, kind):
            raise NotPermitted(detail=f"The token does not let its client read {kind.endpoint}.")

    def check_changes(self, kind: Kind) -> None:
        """Do nothing where the client may make, change and remove resources of a type.

        :raises NotPermitted: it may not
        """
        if not _holds(self.changes, kind):
            raise NotPermitted(detail=f"The token does not let its client change {kind.endpoint}.")

    def readable(self, kinds: Sequence[Kind]) -> Sequence[Kind]:
        """Return those of some types whose resources the client may read.

        :raises NotPermitted: there are none
        """
        if self.reads is None:
            return kinds
        readable = tuple(kind for kind in kinds if _holds(self.reads, kind))
        if not readable:
            self.check_reads(kinds[0])
        return readable


EVERYTHING = Permission(None, None)
"""What a client with no bounds may do."""

READING = Permission(None, frozenset())
"""What a client may do that reads everything and changes nothing."""


def _holds(endpoints: frozenset[str] | None, kind: Kind) -> bool:
    return endpoints is None or kind.endpoint.lower() in endpoints

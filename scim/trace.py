"""What a request did to resources, for whoever keeps a log of requests.

It is noted while the request is answered, so it costs no reading and nothing is worked out:
documents are held as the text they are stored as.
"""

from dataclasses import dataclass, field

MOST_CHANGES = 1000
"""Changes that are held of one request; an import makes many more, and nobody asks for them."""


@dataclass(frozen=True, slots=True)
class Change:
    """One resource that was made, changed or removed."""

    verb: str
    """``create``, ``replace``, ``patch``, ``suspend`` or ``delete``."""

    type: str
    id: str
    before: str = ""
    """The document that was stored, as JSON; empty of a resource that was made or removed."""

    after: str = ""
    """The document that is stored now; empty of a resource that was removed."""

    members: bool = False
    """Whether members of a group came or went."""


@dataclass(slots=True)
class Trace:
    """What one request did, and looked for."""

    changes: list[Change] = field(default_factory=list)
    failed: int = 0
    """How many operations of a Bulk request failed."""

    filter: str | None = None
    """The filter of a list, as it was written."""

    def note(self, change: Change) -> None:
        """Hold a change, unless there are very many already."""
        if len(self.changes) < MOST_CHANGES:
            self.changes.append(change)

    def undo(self, kept: int) -> None:
        """Forget all changes but the first so many: the others were rolled back."""
        del self.changes[kept:]

"""What clients asked for, and what they know of it: it is ok, it failed, or it is unknown.

A time-out or a broken connection is unknown, never failed: the server may have done it, and may
still do it. Nothing is written to a disk meanwhile, so that remembering waits for nobody.
"""

from collections import Counter
from dataclasses import dataclass, field
from enum import Enum

SHARED = "shared"
"""The name of the user that every client writes to."""


class Outcome(Enum):
    """What a client knows of an operation."""

    OK = "ok"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Action(Enum):
    """What a client asks for."""

    CREATE = "create"
    PATCH = "patch"
    """Give a user a title."""

    JOIN = "join"
    LEAVE = "leave"
    DELETE = "delete"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Operation:
    """One request and what became of it."""

    client: str
    action: Action
    kind: str
    """``User`` or ``Group``."""

    name: str
    """What clients call the object before the server gives it an id."""

    outcome: Outcome
    began: float
    ended: float
    status: int = 0
    """What was answered, or 0 where nothing was."""

    id: str = ""
    version: int = 0
    """The version of the object that was answered, or 0."""

    value: str = ""
    """The title that was given or read, or the name of the member."""


@dataclass
class History:
    """The operations of every client, each client's own in the order of asking."""

    operations: list[Operation] = field(default_factory=list)

    def add(self, operation: Operation) -> None:
        """Keep an operation that has ended; adding to a list needs no lock."""
        self.operations.append(operation)

    def count(self, outcome: Outcome) -> int:
        """Return how many writes came out so."""
        return sum(each.outcome is outcome for each in self.writes)

    @property
    def writes(self) -> list[Operation]:
        """The operations that change something."""
        return [each for each in self.operations if each.action is not Action.READ]

    @property
    def statuses(self) -> Counter[int]:
        """How often each status was answered; 0 counts those that nothing was answered."""
        return Counter(each.status for each in self.operations)

    def answered_otherwise(self, *statuses: int) -> list[Operation]:
        """Return the operations that were answered neither as asked nor by one of these.

        A name that is asked for may be another's by then; nothing else that clients do conflicts.
        """
        expected = {200, 201, 204, *statuses}
        return [
            each
            for each in self.operations
            if each.status not in expected
            and (each.status != 409 or each.action is not Action.CREATE)
        ]

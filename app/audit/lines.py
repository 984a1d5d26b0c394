"""The lines of the audit log as they are read."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from scim.storage import Session


class Line(NamedTuple):
    """One line, with every column of its row: seals are over all of them, in this order."""

    seq: int
    at: str
    tenant_id: str | None
    app_id: str | None
    actor: str
    address: str | None
    request_id: str | None
    action: str
    object_type: str
    object_id: str
    detail: str
    """What else is kept, as JSON."""

    @property
    def details(self) -> Mapping[str, Any]:
        """What else is kept; whatever was put in its place is shown as it is."""
        try:
            read = json.loads(self.detail)
        except ValueError:
            read = None
        return read if isinstance(read, dict) else {"detail": self.detail}


COLUMNS = ", ".join(Line._fields)

_FROM = f"SELECT {COLUMNS} FROM audit WHERE seq"  # noqa: S608 - the names above


def after(session: Session, seq: int, to_seq: int, most: int) -> list[Line]:
    """Return the lines after one and up to another, in order.

    :param most: how many at most
    """
    sql = f"{_FROM} > ? AND seq <= ? ORDER BY seq LIMIT ?"
    return [Line(*row) for row in session.tuples(sql, (seq, to_seq, most))]


def up_to(session: Session, to_seq: int) -> list[Line]:
    """Return the lines from the very first up to one, in order."""
    return [Line(*row) for row in session.tuples(f"{_FROM} <= ? ORDER BY seq", (to_seq,))]


def count_after(session: Session, seq: int) -> int:
    """Return how many lines there are after one."""
    row = session.one("SELECT COUNT(*) AS total FROM audit WHERE seq > ?", (seq,))
    return int(row["total"]) if row else 0


def canonical(lines: Sequence[Line]) -> bytes:
    """Return the one text that stands for lines and for no others."""
    return b"".join([_encode(line).encode() + b"\n" for line in lines])


# repr: a value that no column of ours holds is no reason to fail, and is the text of nothing else
_encode = json.JSONEncoder(separators=(",", ":"), default=repr).encode

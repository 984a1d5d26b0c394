"""The seals of the audit log: each is over some lines in order, and over the seal before.

Who changes, adds, removes or moves a line that is sealed breaks its seal, and who makes that seal
anew breaks the next: so whoever kept the last seal knows that everything before it is as it was.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from app.audit.lines import Line, canonical
from scim.storage import Row, Session

MOST_LINES = 5_000
"""Lines under one seal; a long log gets several, and each is read at once."""

LOCK = "audit_seal"
"""What is locked to add a seal."""


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal as it is stored."""

    number: int
    from_seq: int
    to_seq: int
    """The last number it is about; the next seal begins behind it."""

    count: int
    runs: str
    """The numbers of its lines, such as ``1-4,6``: a transaction that fails leaves a gap."""

    sealed_at: str
    sha256: str

    def digest(self, previous: "Seal", lines: Sequence[Line]) -> str:
        """Return what its SHA-256 has to be."""
        head = [
            self.number,
            self.from_seq,
            self.to_seq,
            self.count,
            self.runs,
            self.sealed_at,
            previous.sha256,
        ]
        text = (
            json.dumps(head, separators=(",", ":"), default=repr).encode()
            + b"\n"
            + canonical(lines)
        )
        return hashlib.sha256(text).hexdigest()


ORIGIN = Seal(0, 0, 0, 0, "", "", "")
"""What stands for the seal before the first."""


def made(previous: Seal, to_seq: int, lines: Sequence[Line], now: str) -> Seal:
    """Return the seal after another, which is about lines up to a number."""
    number, from_seq = previous.number + 1, previous.to_seq + 1
    runs = runs_of(line.seq for line in lines)
    open_ = Seal(number, from_seq, to_seq, len(lines), runs, now, "")
    return replace(open_, sha256=open_.digest(previous, lines))


def runs_of(seqs: Iterable[int]) -> str:
    """Return ascending numbers as runs, such as ``1-4,6``."""
    runs: list[list[int]] = []
    for seq in seqs:
        if runs and runs[-1][1] == seq - 1:
            runs[-1][1] = seq
        else:
            runs.append([seq, seq])
    return ",".join(f"{first}" if first == last else f"{first}-{last}" for first, last in runs)


def find_last(session: Session) -> Seal:
    """Return the last seal, or what stands for the one before the first."""
    row = session.one("SELECT * FROM audit_seal ORDER BY number DESC LIMIT 1")
    return _seal_of(row) if row else ORIGIN


def find_next(session: Session, number: int) -> Seal | None:
    """Return the seal with the lowest number above another, or None if there is none."""
    sql = "SELECT * FROM audit_seal WHERE number > ? ORDER BY number LIMIT 1"
    row = session.one(sql, (number,))
    return _seal_of(row) if row else None


def count(session: Session) -> int:
    """Return how many seals there are, of whichever numbers."""
    row = session.one("SELECT COUNT(*) AS total FROM audit_seal")
    return int(row["total"]) if row else 0


def insert(session: Session, seal: Seal) -> None:
    """Store a seal."""
    session.run(
        "INSERT INTO audit_seal (number, from_seq, to_seq, count, runs, sealed_at, sha256)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            seal.number,
            seal.from_seq,
            seal.to_seq,
            seal.count,
            seal.runs,
            seal.sealed_at,
            seal.sha256,
        ),
    )


def _seal_of(row: Row) -> Seal:
    return Seal(
        row["number"],
        row["from_seq"],
        row["to_seq"],
        row["count"],
        row["runs"],
        row["sealed_at"],
        row["sha256"],
    )

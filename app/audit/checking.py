"""Checking the audit log: whether every line that is sealed is as it was when it was sealed."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from app.audit import lines, seals
from app.audit.lines import Line
from app.audit.seals import ORIGIN, Seal
from scim.instant import Clock, to_text
from scim.storage import Database, Session

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of looking through the audit log."""

    fault: str
    """What is wrong first, as a sentence; empty if nothing is."""

    seals: int
    """How many seals hold, up to the fault."""

    lines: int
    """How many lines are under them."""

    unsealed: int
    """How many lines came later, and have no seal yet."""

    last: str
    """The SHA-256 of the last seal that holds; empty if there is none."""


@dataclass(frozen=True, slots=True)
class Check:
    """The last check, as it is remembered."""

    checked_at: str
    lines: int
    fault: str


class Checker:
    """Looks through the whole audit log, and remembers what came of it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def check(self, known: str = "") -> Verdict:
        """Return whether the log is as it was sealed.

        A seal that somebody kept elsewhere proves what the log alone cannot: that nobody made all
        seals anew, or cut off the last ones.

        :param known: the SHA-256 of a seal that has to be there
        :raises Unavailable: the database cannot be reached
        """
        verdict = self._verdict(known)
        if verdict.fault:
            _log.error("The audit log was tampered with. %s", verdict.fault)
        with self._database.write() as session:
            session.run(
                "INSERT INTO audit_check (id, checked_at, lines, fault) VALUES (1, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET checked_at = excluded.checked_at,"
                " lines = excluded.lines, fault = excluded.fault",
                (to_text(self._clock()), verdict.lines, verdict.fault),
            )
        return verdict

    def find_last(self) -> Check | None:
        """Return what came of the last check, or None if there was none."""
        with self._database.glance() as session:
            row = session.one("SELECT checked_at, lines, fault FROM audit_check")
        return Check(row["checked_at"], row["lines"], row["fault"]) if row else None

    def _verdict(self, known: str) -> Verdict:
        previous, total, is_known = ORIGIN, 0, not known
        fault = ""
        while not fault:
            # a transaction for each: lines change no more, and none stays open for long
            with self._database.read() as session:
                seal = seals.find_next(session, previous.number)
                if seal is None:
                    fault = self._fault_at_end(session, previous, is_known=is_known)
                    unsealed = lines.count_after(session, previous.to_seq)
                    return Verdict(fault, previous.number, total, unsealed, previous.sha256)
                found = _lines_under(session, seal, previous)
            fault = _fault_of(seal, previous, found)
            if not fault:
                previous, total = seal, total + seal.count
                is_known = is_known or seal.sha256 == known
        return Verdict(fault, previous.number, total, 0, previous.sha256)

    def _fault_at_end(self, session: Session, last: Seal, *, is_known: bool) -> str:
        if seals.count(session) != last.number:
            return "There is a seal before the first."
        if not is_known:
            return "No seal is the one that was known: seals were made anew, or cut off."
        return ""


def _lines_under(session: Session, seal: Seal, previous: Seal) -> list[Line]:
    if previous is ORIGIN:  # nothing may stand before the first line
        return lines.up_to(session, seal.to_seq)
    return lines.after(session, previous.to_seq, seal.to_seq, seals.MOST_LINES + 1)


def _fault_of(seal: Seal, previous: Seal, found: Sequence[Line]) -> str:
    """Return what is wrong with a seal and the lines under it, or nothing."""
    if seal.number != previous.number + 1:
        return f"Seal {previous.number + 1} is missing."
    if seal.from_seq != previous.to_seq + 1:
        return f"Seal {seal.number} does not begin behind seal {previous.number}."
    if seal.sha256 != seal.digest(previous, found):
        return _difference(seal, found)
    return ""


def _difference(seal: Seal, found: Sequence[Line]) -> str:
    """Return what is not as a seal has it, as exactly as can be told."""
    there, sealed = {line.seq for line in found}, _seqs_of(seal)
    if sealed is None:
        return f"Seal {seal.number} was changed."
    if sealed - there:
        return f"Line {min(sealed - there)} is missing; seal {seal.number} was over it."
    if there - sealed:
        return f"Line {min(there - sealed)} was added; seal {seal.number} was not over it."
    return (
        f"A line among {seal.from_seq} to {seal.to_seq} was changed, or seal {seal.number} was;"
        f" it was sealed at {seal.sealed_at}."
    )


def _seqs_of(seal: Seal) -> set[int] | None:
    """Return the numbers of the lines under a seal; None where it does not say as many."""
    seqs: set[int] = set()
    try:
        for run in filter(None, seal.runs.split(",")):
            first, _, last = run.partition("-")
            span = range(int(first), int(last or first) + 1)
            if len(span) > seal.count:
                return None
            seqs.update(span)
    except (ValueError, TypeError):  # nobody but a tamperer writes that
        return None
    return seqs if len(seqs) == seal.count else None

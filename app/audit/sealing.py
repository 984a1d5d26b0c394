"""Sealing the audit log, every minute: a step, so that no change waits for a seal."""

from app.audit import lines, seals
from scim.instant import Clock, to_text
from scim.storage import Database
from scim.storage.settling import PATIENCE, settled


class Sealer:
    """Seals the lines that are committed, in their order.

    Lines are sealed once none before them can come any more. Those of a transaction that takes
    very long keep the others waiting for their seal, but nobody who writes.

    :param patience: seconds to wait for those who are just writing
    """

    def __init__(self, database: Database, clock: Clock, patience: float = PATIENCE) -> None:
        self._database = database
        self._clock = clock
        self._patience = patience

    def seal(self) -> None:
        """Seal what can be; it is taken up again where this leaves off.

        :raises Unavailable: the database cannot be reached
        """
        to_seq = settled(self._database, "audit", "seq", self._patience)
        while to_seq is not None and self._seal_next(to_seq):
            pass

    def _seal_next(self, to_seq: int) -> bool:
        """Add one seal, or find that another server did; return whether more may be needed."""
        with self._database.read() as session:
            last = seals.find_last(session)
            if last.to_seq >= to_seq:
                return False
            found = lines.after(session, last.to_seq, to_seq, seals.MOST_LINES)
        end = found[-1].seq if len(found) == seals.MOST_LINES else to_seq
        # made before the transaction that writes: the lines change no more
        seal = seals.made(last, end, found, to_text(self._clock()))
        with self._database.write() as session:
            session.lock(seals.LOCK)
            if seals.find_last(session) == last:
                seals.insert(session, seal)
        return True

"""The journal: what the server itself says, a line for each event, to standard error.

It tells of ids, counts and words of ours, and of nobody's data: of what was raised, the kind and
the place, and not the message, which may quote a value.
"""

from app.journal.lines import write_journal
from app.journal.requests import FIELDS, JournalledRequests

__all__ = ["FIELDS", "JournalledRequests", "write_journal"]

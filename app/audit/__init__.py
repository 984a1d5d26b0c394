"""The audit log: who did what to which object and when, kept as it was written."""

from app.audit.checking import Checker, Verdict
from app.audit.lines import Line
from app.audit.parts import Audit, open_audit
from app.audit.recording import CLI, SYSTEM, Actor, Event, record
from app.audit.sealing import Sealer
from app.audit.searching import AuditLog, Filters, Page

__all__ = [
    "CLI",
    "SYSTEM",
    "Actor",
    "Audit",
    "AuditLog",
    "Checker",
    "Event",
    "Filters",
    "Line",
    "Page",
    "Sealer",
    "Verdict",
    "open_audit",
    "record",
]

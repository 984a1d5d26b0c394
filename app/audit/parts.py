"""The audit log and those who keep it, as an instance has them."""

from dataclasses import dataclass
from datetime import timedelta

from app.audit.checking import Checker
from app.audit.sealing import Sealer
from app.audit.searching import AuditLog
from app.steps import Step
from scim.instant import Clock
from scim.storage import Database


@dataclass(frozen=True, slots=True)
class Audit:
    """Who reads, seals and checks the audit log."""

    log: AuditLog
    sealer: Sealer
    checker: Checker

    @property
    def steps(self) -> tuple[Step, ...]:
        """What has to be done again and again."""
        return (
            Step("seal", timedelta(minutes=1), self.sealer.seal),
            Step("audit-check", timedelta(days=1), self.checker.check),
        )


def open_audit(database: Database, clock: Clock) -> Audit:
    """Return the audit log of an instance."""
    return Audit(AuditLog(database), Sealer(database, clock), Checker(database, clock))

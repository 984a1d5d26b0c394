"""The doctor: looks at an installation, says what is wrong with it and how to make it right."""

from app.doctor.examination import examine
from app.doctor.findings import Finding, Verdict

__all__ = ["Finding", "Verdict", "examine"]

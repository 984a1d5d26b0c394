"""The provisioning log: what each request of an app asked for, and what became of it.

A request only leaves a few values in memory; a thread of its own works out the rows and writes them
in batches, to a file of its own on SQLite. No request waits for the log, whatever happens to it.
"""

from app.log.opening import ProvisioningLog, open_log

__all__ = ["ProvisioningLog", "open_log"]

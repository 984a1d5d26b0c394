"""Backups: an instance in one file, taken while it serves, and put in place of another."""

from app.backup.archive import BackupError
from app.backup.restoring import Restored, restore
from app.backup.saving import Extent, last_backup, remember, save

__all__ = ["BackupError", "Extent", "Restored", "last_backup", "remember", "restore", "save"]

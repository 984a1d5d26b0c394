"""The tables of the application around the directory, in the order they came to be."""

from app.migrations import m0001_admins
from scim.storage import Migration

MIGRATIONS: tuple[Migration, ...] = (m0001_admins.MIGRATION,)

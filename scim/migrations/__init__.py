"""The tables of a directory, in the order they came to be."""

from scim.migrations import (
    m0001_directory,
    m0002_unique_values,
    m0003_shared_names,
    m0004_resource_counts,
    m0005_lookups,
)
from scim.storage import Migration

MIGRATIONS: tuple[Migration, ...] = (
    m0001_directory.MIGRATION,
    m0002_unique_values.MIGRATION,
    m0003_shared_names.MIGRATION,
    m0004_resource_counts.MIGRATION,
    m0005_lookups.MIGRATION,
)

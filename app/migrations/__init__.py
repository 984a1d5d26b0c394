"""The tables of the application around the directory, in the order they came to be."""

from app.migrations import (
    m0001_admins,
    m0002_client_apps,
    m0003_app_settings,
    m0004_networks,
    m0005_client_credentials,
    m0006_signing_keys,
    m0007_watch,
    m0008_access,
    m0009_audit,
    m0010_log_values,
    m0011_provider,
    m0012_forms,
)
from scim.storage import Migration

MIGRATIONS: tuple[Migration, ...] = (
    m0001_admins.MIGRATION,
    m0002_client_apps.MIGRATION,
    m0003_app_settings.MIGRATION,
    m0004_networks.MIGRATION,
    m0005_client_credentials.MIGRATION,
    m0006_signing_keys.MIGRATION,
    m0007_watch.MIGRATION,
    m0009_audit.MIGRATION,
    m0010_log_values.MIGRATION,
    m0008_access.MIGRATION,
    m0011_provider.MIGRATION,
    m0012_forms.MIGRATION,
)

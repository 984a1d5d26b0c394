"""A directory of users and groups, as SCIM 2.0 describes it, without the web around it."""

from scim.client import Client
from scim.directory import Directory
from scim.limits import Limits
from scim.provider import PROVIDER, Provider
from scim.query.cursors import Cursors
from scim.storage import Database, open_database

__all__ = [
    "PROVIDER",
    "Client",
    "Cursors",
    "Database",
    "Directory",
    "Limits",
    "Provider",
    "open_database",
]

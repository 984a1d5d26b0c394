"""A directory of users and groups, as SCIM 2.0 describes it, without the web around it."""

from scim.client import Client
from scim.directory import Directory
from scim.provider import KINDS, PROVIDER
from scim.storage import Database, open_database

__all__ = ["KINDS", "PROVIDER", "Client", "Database", "Directory", "open_database"]

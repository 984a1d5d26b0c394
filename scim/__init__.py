"""A directory of users and groups, as SCIM 2.0 describes it, without the web around it."""

from scim.choices import Choices
from scim.client import Client
from scim.directory import Directory
from scim.limits import Limits
from scim.permission import Permission
from scim.provider import PROVIDER, Provider
from scim.query.cursors import Cursors
from scim.query.search import Query
from scim.rendering import View
from scim.standalone import add_tenant, open_directory
from scim.storage import Database, open_database

__all__ = [
    "PROVIDER",
    "Choices",
    "Client",
    "Cursors",
    "Database",
    "Directory",
    "Limits",
    "Permission",
    "Provider",
    "Query",
    "View",
    "add_tenant",
    "open_database",
    "open_directory",
]

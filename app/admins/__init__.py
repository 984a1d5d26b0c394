"""Admins: the people who sign in to the console."""

from app.admins.admin import (
    ROLES,
    Admin,
    Credentials,
    Role,
    admin_of,
    insert,
    make_credentials,
    new_admin,
)
from app.admins.admins import Admins
from app.admins.errors import AdminError, EmailTaken, InvalidAdmin, LastOwner, UnknownAdmin
from app.admins.passwords import LONGEST_PASSWORD, SHORTEST_PASSWORD

__all__ = [
    "LONGEST_PASSWORD",
    "ROLES",
    "SHORTEST_PASSWORD",
    "Admin",
    "AdminError",
    "Admins",
    "Credentials",
    "EmailTaken",
    "InvalidAdmin",
    "LastOwner",
    "Role",
    "UnknownAdmin",
    "admin_of",
    "insert",
    "make_credentials",
    "new_admin",
]

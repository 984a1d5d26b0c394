"""Provisor: a SCIM 2.0 identity server with long-lived provisioning tokens."""

import os

from flask import Flask

from app.assembly import Assembly, assemble
from app.bearer import Refused
from app.environment import read_settings
from app.provisioning import Provisioning
from app.settings import Settings
from app.web import web_application

__all__ = ["Assembly", "Provisioning", "Refused", "Settings", "assemble", "create_app"]


def create_app(assembly: Assembly | None = None) -> Flask:
    """Return the web application; without an assembly, the one the environment describes.

    :raises SettingsError: a setting cannot be used
    :raises Unavailable: the database cannot be reached
    :raises KeyringError: the key-encryption keys do not open the signing keys
    """
    return web_application(assembly or assemble(read_settings(os.environ)))

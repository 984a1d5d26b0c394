"""The ``provisor`` command: everything an operator does without a browser.

What was asked for goes to standard output, what is said about it to standard error.
It ends with 2 when it is used wrongly and with 1 when it is refused.
"""

import click

from app.cli.admins import admin
from app.cli.audit import audit
from app.cli.backup import backup, restore
from app.cli.client_apps import app
from app.cli.client_keys import client_keys
from app.cli.client_secrets import secret
from app.cli.doctor import doctor
from app.cli.exporting import export
from app.cli.importing import import_
from app.cli.keys import keys
from app.cli.log import log
from app.cli.serving import migrate, serve
from app.cli.tenants import tenant
from app.cli.tick import tick
from app.cli.tokens import token

__all__ = ["main"]


@click.group()
def main() -> None:
    """Serve and manage Provisor, a SCIM 2.0 identity server.

    Settings are read from PROVISOR_* variables.
    """


_COMMANDS = (
    serve,
    migrate,
    tick,
    tenant,
    app,
    token,
    log,
    secret,
    client_keys,
    keys,
    admin,
    audit,
    import_,
    export,
    backup,
    restore,
    doctor,
)

for command in _COMMANDS:
    main.add_command(command)

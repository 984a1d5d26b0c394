"""What every command needs first: the program's objects, and errors in one sentence."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from app.admins import AdminError
from app.assembly import Assembly, assemble
from app.backup import BackupError
from app.client_apps import AppError
from app.environment import read_settings
from app.keys.encryption import KeyringError
from app.oauth.client_secrets import SecretError
from app.oauth.jwk import InvalidKeys
from app.settings import SettingsError
from app.tenants import TenantError
from app.tokens.errors import TokenError
from scim.storage import NotAllowed, Unavailable
from scim.storage.copying import CopyError

_REFUSALS = (
    AdminError,
    AppError,
    BackupError,
    CopyError,
    InvalidKeys,
    KeyringError,
    NotAllowed,
    SecretError,
    SettingsError,
    TenantError,
    TokenError,
)


@contextmanager
def opened() -> Iterator[Assembly]:
    """Open what the environment describes; what refuses to work is said in one sentence."""
    with refusals():
        settings = read_settings(os.environ)
        _tell_where_none_is(settings.database)
        assembly = assemble(settings)
        try:
            yield assembly
        finally:
            assembly.close()


def _tell_where_none_is(database: str | Path) -> None:
    """Warn whoever forgot the settings of their server; a database of PostgreSQL makes nobody."""
    if isinstance(database, Path) and not database.exists():
        click.echo(
            f"{database.absolute()} was not there; PROVISOR_INSTANCE names another instance.",
            err=True,
        )


@contextmanager
def refusals() -> Iterator[None]:
    """End the command with its sentence where something refuses to work."""
    try:
        yield
    except _REFUSALS as error:
        raise click.ClickException(str(error)) from error
    except Unavailable as error:
        said = " ".join(str(error).split())  # PostgreSQL's client says it in several lines
        raise click.ClickException(
            "The database cannot be used; check PROVISOR_DATABASE_URL and PROVISOR_INSTANCE."
            f" It says: {said}"
        ) from error
    except UnicodeEncodeError as error:  # as Python hands over bytes that are no UTF-8
        raise click.ClickException("An argument or a variable is no text in UTF-8.") from error
    except BrokenPipeError:
        raise  # whoever read the output has gone away, which click ends the command for
    except OSError as error:
        raise click.ClickException(
            f"A file cannot be used; check PROVISOR_INSTANCE and PROVISOR_KEK_FILE: {error}"
        ) from error

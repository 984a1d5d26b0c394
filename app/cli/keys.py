"""``provisor keys``: it works where the keys cannot be opened too, because it can replace them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click

from app.assembly import open_migrated
from app.audit import CLI
from app.cli.opening import refusals
from app.cli.tables import json_option, print_rows
from app.environment import read_settings
from app.keys import ListedKey, Rotation, open_rotation
from app.tokens.emergency import replace_key
from scim import Database, instant


@click.group()
def keys() -> None:
    """Manage the keys that sign tokens, and the encryption of their private parts."""


@keys.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """List the signing keys, oldest first."""
    with _opened() as (_, rotation):
        rows = [_row(each) for each in rotation.list(instant.now())]
    print_rows(rows, as_json=as_json)


@keys.command("rotate")
@click.option("--emergency", is_flag=True, help="At once, and revoke the key that signs now.")
@click.option("--revoke-tokens", is_flag=True, help="With --emergency: end its live tokens too.")
def rotate(*, emergency: bool, revoke_tokens: bool) -> None:
    """Publish the key that signs next, which it does 24 hours later; print its id."""
    if revoke_tokens and not emergency:
        raise click.UsageError("--revoke-tokens goes with --emergency.")
    with _opened() as (database, rotation):
        if emergency:
            _replace(database, rotation, revoke_tokens=revoke_tokens)
        else:
            key = rotation.announce(CLI, instant.now())
            click.echo(key.kid)
            click.echo(f"It is published, and signs from {key.signs_from}.", err=True)


@keys.command("rewrap")
def rewrap() -> None:
    """Encrypt every private key under the first key-encryption key."""
    with _opened() as (_, rotation):
        count = rotation.rewrap(CLI, instant.now())
    click.echo(f"Keys encrypted anew: {count}.", err=True)


def _replace(database: Database, rotation: Rotation, *, revoke_tokens: bool) -> None:
    done = replace_key(database, rotation, CLI, instant.now(), revoke_tokens=revoke_tokens)
    click.echo(done.replacement.kid)
    former = done.replacement.revoked_kid
    click.echo(f"It signs from now on; {former} is revoked." if former else "It signs.", err=True)
    click.echo(f"Tokens revoked: {done.revoked}. Tokens left: {done.alive}.", err=True)
    if done.replacement.has_new_secret:
        click.echo("Restart the servers: the secret of cookies and cursors is new.", err=True)


@contextmanager
def _opened() -> Iterator[tuple[Database, Rotation]]:
    with refusals():
        settings = read_settings(os.environ)
        database = open_migrated(settings)
        try:
            yield database, open_rotation(settings, database)
        finally:
            database.close()


def _row(listed: ListedKey) -> dict[str, object]:
    key = listed.key
    return {
        "kid": key.kid,
        "algorithm": key.algorithm,
        "state": str(key.state),
        "created_at": key.created_at,
        "signs_from": key.signs_from,
        "retired_at": key.retired_at,
        "live_tokens": listed.live_tokens,
        "kek_id": key.sealed.kek_id or None,
    }

"""``provisor client-keys``."""

from typing import TextIO

import click

from app.audit import CLI
from app.cli.opening import opened
from app.cli.tables import json_option, print_rows
from app.oauth.jwk import LARGEST_DOCUMENT


@click.group("client-keys")
def client_keys() -> None:
    """Manage the public keys that provisioning apps prove themselves with."""


@client_keys.command("set")
@click.argument("app_id", metavar="APP")
@click.argument("file", type=click.File(encoding="utf-8", errors="replace"))
def set_(app_id: str, file: TextIO) -> None:
    """Give the app exactly the public keys of a JWK Set; "-" is standard input."""
    with opened() as provisor:
        keys = provisor.oauth.client_keys.set(app_id, file.read(LARGEST_DOCUMENT + 1), CLI)
    click.echo(f"Keys: {len(keys)}.", err=True)


@client_keys.command("list")
@click.argument("app_id", metavar="APP")
@json_option
def list_(app_id: str, *, as_json: bool) -> None:
    """List the public keys of the app."""
    with opened() as provisor:
        provisor.client_apps.get(app_id)
        keys = provisor.oauth.client_keys.list(app_id)
    print_rows([{"kid": key.kid, "alg": key.algorithm} for key in keys], as_json=as_json)


@client_keys.command("remove")
@click.argument("app_id", metavar="APP")
def remove(app_id: str) -> None:
    """Take every public key from the app; tokens got with them stay."""
    with opened() as provisor:
        had_any = provisor.oauth.client_keys.remove(app_id, CLI)
    click.echo("The keys are removed." if had_any else "There were none.", err=True)

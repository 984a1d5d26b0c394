"""``provisor backup`` and ``provisor restore``."""

import os
from pathlib import Path

import click

from app.backup import Extent, remember, save
from app.backup import restore as put_back
from app.cli.opening import refusals
from app.cli.output import whole_file
from app.environment import read_settings
from scim import instant


@click.command()
@click.argument("file")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@click.option("--without-keys", is_flag=True, help="Leave the key-encryption keys out.")
@click.option("--without-log", is_flag=True, help="Leave the provisioning log out.")
def backup(file: str, *, force: bool, without_keys: bool, without_log: bool) -> None:
    """Write all of the instance to a file, while its servers go on.

    With its keys, the file is a secret: whoever has it can make tokens.
    """
    if file == "-" or (Path(file).exists() and not Path(file).is_file()):
        raise click.ClickException("A backup is a file, which is read again to check it.")
    extent = Extent(keys=not without_keys, log=not without_log)
    with refusals():
        settings = read_settings(os.environ)
        with whole_file(file, overwrite=force) as target:
            manifest = save(settings, target, instant.now, extent)
        is_remembered = remember(settings, manifest)
    rows = sum(table.rows for each in manifest.databases.values() for table in each.tables)
    click.echo(f"Backed up and checked: {rows} rows, as of {manifest.made_at}.", err=True)
    if without_keys:
        click.echo("Keep the file of key-encryption keys as well: without it, no keys.", err=True)
    else:
        click.echo(f"Keep {file} secret: the keys are in it.", err=True)
    if not is_remembered:
        click.echo("The instance does not remember it; run provisor doctor.", err=True)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace the instance that is there.")
@click.option(
    "--revoke-tokens",
    is_flag=True,
    help="End all tokens, client secrets and client keys.",
)
def restore(file: Path, *, force: bool, revoke_tokens: bool) -> None:
    """Put a backup in place, while no server runs; what is refused changes nothing."""
    with refusals(), file.open("rb") as source:
        settings = read_settings(os.environ)
        done = put_back(settings, source, instant.now, replace=force, revoke_tokens=revoke_tokens)
    click.echo(f"Restored as of {done.manifest.made_at}.", err=True)
    told = (
        f"{done.tokens}, client secrets: {done.client_secrets},"
        f" apps with client keys: {done.apps_with_keys}."
    )
    if revoke_tokens:
        click.echo(f"Tokens revoked: {told}", err=True)
    elif done.tokens or done.client_secrets or done.apps_with_keys:
        click.echo(
            f"Tokens alive: {told} What was revoked after the backup works again;"
            " see provisor token, secret and client-keys, or restore with --revoke-tokens.",
            err=True,
        )
    if done.recovery_codes:
        click.echo(
            f"Recovery codes of admins: {done.recovery_codes}. One that was used after the backup"
            " works again until its owner makes new ones in the console.",
            err=True,
        )

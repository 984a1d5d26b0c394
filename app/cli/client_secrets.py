"""``provisor secret``."""

import click

from app.audit import CLI
from app.cli.opening import opened
from app.cli.tables import json_option, print_rows
from app.oauth import ClientSecret


@click.group()
def secret() -> None:
    """Manage the client secrets of provisioning apps."""


@secret.command("issue")
@click.argument("app_id", metavar="APP")
@click.option("--label", default="", help="A note to tell the secret by.")
def issue(app_id: str, label: str) -> None:
    """Make a client secret of the app and print it: this once and never again."""
    with opened() as provisor:
        issued = provisor.oauth.client_secrets.issue(app_id, CLI, label)
    click.echo(issued.text)
    click.echo("Keep it now, it is not shown again.", err=True)


@secret.command("list")
@click.argument("app_id", metavar="APP")
@json_option
def list_(app_id: str, *, as_json: bool) -> None:
    """List the client secrets of the app, oldest first."""
    with opened() as provisor:
        provisor.client_apps.get(app_id)
        rows = [_row(each) for each in provisor.oauth.client_secrets.list(app_id)]
    print_rows(rows, as_json=as_json)


@secret.command("revoke")
@click.argument("app_id", metavar="APP")
@click.option("--id", "secret_id", help="Only the secret with this id, instead of each.")
def revoke(app_id: str, secret_id: str | None) -> None:
    """End the app's client secrets at once; tokens got with them stay."""
    with opened() as provisor:
        if secret_id is not None:  # an empty one is no reason to end them all
            provisor.oauth.client_secrets.revoke(app_id, secret_id, CLI)
            ended = 1
        else:
            ended = provisor.oauth.client_secrets.revoke_all(app_id, CLI)
    click.echo(f"Client secrets revoked: {ended}.", err=True)


def _row(each: ClientSecret) -> dict[str, object]:
    return {
        "id": each.id,
        "hint": f"…{each.hint}",
        "label": each.label,
        "created_at": each.created_at,
        "last_used_at": each.last_used_at,
    }

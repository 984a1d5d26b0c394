"""``provisor app``."""

import click

from app.audit import CLI
from app.cli.opening import opened
from app.cli.tables import json_option, print_rows
from app.client_apps import PROFILES, ClientApp, NewApp


@click.group()
def app() -> None:
    """Manage provisioning apps."""


@app.command("create")
@click.argument("name")
@click.option("--tenant", "tenant_id", help='Id of the tenant; "default" if left out.')
@click.option("--enable-scim", is_flag=True, help="Switch SCIM on at once.")
@click.option("--profile", type=click.Choice(PROFILES), default=PROFILES[0], show_default=True)
def create(name: str, tenant_id: str | None, *, enable_scim: bool, profile: str) -> None:
    """Make a provisioning app and print its id."""
    with opened() as provisor:
        tenant = provisor.tenants.get(tenant_id) if tenant_id else provisor.tenants.default()
        made = provisor.client_apps.create(NewApp(tenant.id, name, profile=profile), CLI)
        if enable_scim:
            provisor.client_apps.enable_scim(made.id, CLI)
        click.echo(made.id)


@app.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """List every provisioning app."""
    with opened() as provisor:
        rows = [_row(each) for each in provisor.client_apps.all()]
    print_rows(rows, as_json=as_json)


@app.command("enable-scim")
@click.argument("app_id", metavar="APP")
def enable_scim(app_id: str) -> None:
    """Let the app's tokens in."""
    with opened() as provisor:
        provisor.client_apps.enable_scim(app_id, CLI)
    click.echo("SCIM is on.", err=True)


@app.command("disable-scim")
@click.argument("app_id", metavar="APP")
def disable_scim(app_id: str) -> None:
    """Answer the app's requests with 403; its data and tokens stay."""
    with opened() as provisor:
        provisor.client_apps.disable_scim(app_id, CLI)
    click.echo("SCIM is off.", err=True)


@app.command("delete")
@click.argument("app_id", metavar="APP")
def delete(app_id: str) -> None:
    """Delete the app and its tokens; users and groups stay."""
    with opened() as provisor:
        provisor.client_apps.delete(app_id, CLI)
    click.echo("The app is deleted.", err=True)


def _row(each: ClientApp) -> dict[str, object]:
    return {
        "id": each.id,
        "name": each.name,
        "tenant_id": each.tenant_id,
        "scim_enabled": each.scim_enabled,
        "profile": each.profile,
        "created_at": each.created_at,
    }

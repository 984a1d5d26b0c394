"""``provisor tenant``."""

from dataclasses import asdict

import click

from app.assembly import Assembly
from app.audit import CLI
from app.cli.opening import opened
from app.cli.tables import json_option, print_rows
from app.tenants import Tenant

tenant_option = click.option(
    "--tenant", "tenant_id", help='Id of the tenant; "default" if left out.'
)


def chosen_tenant(provisor: Assembly, tenant_id: str | None) -> Tenant:
    """Return the tenant with an id, or the one that is used where none is named.

    :raises UnknownTenant: there is none
    """
    return provisor.tenants.get(tenant_id) if tenant_id else provisor.tenants.default()


@click.group()
def tenant() -> None:
    """Manage tenants: directories of users and groups."""


@tenant.command("create")
@click.argument("name")
def create(name: str) -> None:
    """Make a tenant and print its id."""
    with opened() as provisor:
        click.echo(provisor.tenants.create(name, CLI).id)


@tenant.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """List every tenant."""
    with opened() as provisor:
        rows = [asdict(each) for each in provisor.tenants.all()]
    print_rows(rows, as_json=as_json)

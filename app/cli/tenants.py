"""``provisor tenant``."""

from dataclasses import asdict

import click

from app.audit import CLI
from app.cli.opening import opened
from app.cli.tables import json_option, print_rows


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

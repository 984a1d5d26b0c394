"""``provisor admin``."""

import sys

import click

from app.audit import CLI
from app.cli.opening import opened
from app.cli.tables import json_option, print_rows


@click.group()
def admin() -> None:
    """Manage who may sign in to the console."""


@admin.command("create")
@click.argument("email")
@click.option("--owner", is_flag=True, help="May do everything; else only what apps permit.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def create(email: str, *, owner: bool, password_stdin: bool) -> None:
    """Make an admin and print their id; the password is asked for."""
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    with opened() as provisor:
        made = provisor.admins.create(email, password, "owner" if owner else "admin", CLI)
        click.echo(made.id)


@admin.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """List every admin, oldest first."""
    with opened() as provisor:
        rows = [
            {
                "id": each.id,
                "email": each.email,
                "role": each.role,
                "second_factor": provisor.door.second_factors.is_on(each.id),
                "created_at": each.created_at,
                "disabled_at": each.disabled_at,
            }
            for each in provisor.admins.all()
        ]
    print_rows(rows, as_json=as_json)


@admin.command("disable")
@click.argument("email")
def disable(email: str) -> None:
    """Let an admin in no more, and end their sessions."""
    with opened() as provisor:
        provisor.admins.disable(provisor.admins.get_by_email(email).id, CLI)


@admin.command("reset")
@click.argument("email")
def reset(email: str) -> None:
    """Print a link by which an admin chooses another password; it works once and for a day."""
    with opened() as provisor:
        secret = provisor.door.links.reset(provisor.admins.get_by_email(email).id, CLI)
        click.echo(f"{provisor.settings.public_url}/console/welcome/{secret}")
    click.echo("Give it to them alone. It turns their second factor off.", err=True)

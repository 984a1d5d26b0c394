"""``provisor admin``."""

import sys

import click

from app.audit import CLI
from app.cli.opening import opened


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

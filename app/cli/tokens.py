"""``provisor token``."""

from collections.abc import Callable, Sequence
from datetime import datetime

import click

from app.audit import CLI
from app.cli.opening import opened
from app.cli.tables import json_option, print_rows
from app.tokens import Expiry, IssuedToken, NewToken, Token
from app.tokens.token import IDLE_LIFETIME
from app.watch.messages import headline
from app.watch.notices import Warned


@click.group()
def token() -> None:
    """Manage the long-lived tokens of provisioning apps."""


def _new_token_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command that issues a token the options that say what is asked of it."""
    for option in (
        click.option("--allow-ip", "networks", help="Networks it may be used from; usually all."),
        click.option("--scope", help="What it permits, such as scim:read or scim:users."),
        click.option("--label", help="A note to tell the token by."),
    ):
        command = option(command)
    return command


@token.command("issue")
@click.argument("app_id", metavar="APP")
@_new_token_options
def issue(app_id: str, **asked: str | None) -> None:
    """Issue the app's token and print it: this once and never again."""
    with opened() as provisor:
        issued = provisor.tokens.issue(app_id, CLI, NewToken(**asked), via="cli")
    _print(issued)


@token.command("rotate")
@click.argument("app_id", metavar="APP")
@_new_token_options
def rotate(app_id: str, **asked: str | None) -> None:
    """Issue a successor of the app's token and print it; both work until it has taken over.

    What is not asked of it is as the old token has it.
    """
    with opened() as provisor:
        issued = provisor.tokens.rotate(app_id, CLI, NewToken(**asked), via="cli")
        settings = provisor.settings
    _print(issued)
    click.echo(
        "Give it to the identity provider now. The old token works until"
        f" {settings.rotation_grace} hours after the first use of this one, and at most"
        f" {settings.rotation_deadline} days.",
        err=True,
    )


@token.command("list")
@click.argument("app_id", metavar="APP")
@json_option
def list_(app_id: str, *, as_json: bool) -> None:
    """List the tokens the app ever had, newest first."""
    with opened() as provisor:
        provisor.client_apps.get(app_id)
        now = provisor.clock()
        warnings = provisor.watch.of_app(app_id)
        rows = [
            _row(each, now, warnings.get(each.jti, ())) for each in provisor.tokens.list(app_id)
        ]
    print_rows(rows, as_json=as_json)


@token.command("revoke")
@click.argument("app_id", metavar="APP")
@click.option("--jti", help="Only the token with this id, instead of every live one.")
@click.option("--reason", default="", help="A note for the audit log.")
def revoke(app_id: str, jti: str | None, reason: str) -> None:
    """End the app's live tokens at once."""
    with opened() as provisor:
        if jti is not None:  # an empty one is no reason to end them all
            provisor.tokens.revoke(app_id, jti, CLI, reason)
            ended = 1
        else:
            ended = provisor.tokens.revoke_all(app_id, CLI, reason)
    click.echo(f"Tokens revoked: {ended}.", err=True)


def _print(issued: IssuedToken) -> None:
    click.echo(issued.text)
    if issued.token.expiry is Expiry.IDLE:
        life = f"It is valid for {IDLE_LIFETIME.days} days and every use renews it."
    else:
        life = f"It ends on {issued.token.expires_at}, however it is used."
    click.echo(f"Keep it now, it is not shown again. {life}", err=True)


def _row(each: Token, now: datetime, warnings: Sequence[Warned]) -> dict[str, object]:
    return {
        "jti": each.jti,
        "hint": f"…{each.hint}",
        "label": each.label,
        "style": each.style,
        "scope": each.scope,
        "networks": each.ip_allow or "",
        "state": str(each.state(now)),
        "created_at": each.created_at,
        "last_used_at": each.last_used_at,
        "renew_count": each.renew_count,
        "expires_at": each.expires_at,
        "ends_at": each.ends_at,
        "warning": "; ".join(headline(warned, now) for warned in warnings) or None,
    }

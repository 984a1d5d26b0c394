"""``provisor app``."""

import click

from app.audit import CLI
from app.cli.opening import opened
from app.cli.tables import json_option, print_rows
from app.cli.tenants import chosen_tenant, tenant_option
from app.client_apps import ClientApp, NewApp
from scim.choices import CHOICES, InvalidChoice, Option, ProfileName, read_options

_PROFILES = tuple(map(str, ProfileName))
_OPTIONS = "  ".join(f"{choice.key}={'|'.join(choice.options)}" for choice in CHOICES)


def _read_settings(
    _: click.Context, __: click.Parameter, given: tuple[str, ...]
) -> dict[str, Option]:
    pairs = [each.partition("=") for each in given]
    texts = {key: value for key, _, value in pairs}
    if len(texts) < len(pairs):
        raise click.BadParameter("A setting is given once.")
    try:
        return read_options(texts)
    except InvalidChoice as error:
        raise click.BadParameter(str(error)) from error


@click.group()
def app() -> None:
    """Manage provisioning apps."""


@app.command("create")
@click.argument("name")
@tenant_option
@click.option("--enable-scim", is_flag=True, help="Switch SCIM on at once.")
@click.option("--profile", type=click.Choice(_PROFILES), default=_PROFILES[0], show_default=True)
def create(name: str, tenant_id: str | None, *, enable_scim: bool, profile: str) -> None:
    """Make a provisioning app and print its id."""
    with opened() as provisor:
        tenant = chosen_tenant(provisor, tenant_id)
        new = NewApp(tenant.id, name, profile=ProfileName(profile))
        made = provisor.client_apps.create(new, CLI)
        if enable_scim:
            provisor.client_apps.enable_scim(made.id, CLI)
        click.echo(made.id)


@app.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """List every provisioning app."""
    with opened() as provisor:
        apps = provisor.client_apps.all()
    shape = _object if as_json else _row
    print_rows([shape(each) for each in apps], as_json=as_json)


@app.command("set", epilog=f"Settings: {_OPTIONS}")
@click.argument("app_id", metavar="APP")
@click.argument("given", metavar="KEY=VALUE...", nargs=-1, required=True, callback=_read_settings)
def set_(app_id: str, given: dict[str, Option]) -> None:
    """Change settings of the app, all or none, from its next request on."""
    with opened() as provisor:
        provisor.app_settings.set(app_id, given, CLI)
    click.echo("The settings are saved.", err=True)


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


def _object(each: ClientApp) -> dict[str, object]:
    """Return an app for programs: every setting by its key."""
    return {
        "id": each.id,
        "name": each.name,
        "tenant_id": each.tenant_id,
        "scim_enabled": each.scim_enabled,
        **{choice.key: str(each.choices.chosen(choice)) for choice in CHOICES},
        "created_at": each.created_at,
    }


def _row(each: ClientApp) -> dict[str, object]:
    """Return an app for people: the settings that are not the default."""
    return {
        "id": each.id,
        "name": each.name,
        "tenant_id": each.tenant_id,
        "scim_enabled": each.scim_enabled,
        "settings": " ".join(
            f"{choice.key}={each.choices.chosen(choice)}"
            for choice in CHOICES
            if each.choices.chosen(choice) != choice.default
        ),
        "created_at": each.created_at,
    }

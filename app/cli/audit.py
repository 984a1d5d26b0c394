"""``provisor audit``."""

from datetime import UTC, datetime
from itertools import islice

import click

from app.audit import Filters, Line, Verdict
from app.cli.opening import opened
from app.cli.tables import json_option, print_rows

_MOST = 1_000
"""Lines that are listed unless more are asked for."""


@click.group()
def audit() -> None:
    """Read the audit log, and find out whether it is as it was written."""


@audit.command("list")
@click.option("--app", "app_id", metavar="APP", help="Only what is about this app.")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S"]),
    help="Only from this moment on, in UTC.",
)
@click.option("--limit", type=click.IntRange(1), default=_MOST, show_default=True, help="At most.")
@json_option
def list_(app_id: str | None, since: datetime | None, limit: int, *, as_json: bool) -> None:
    """List what was done, newest first."""
    moment = since.replace(tzinfo=UTC) if since else None
    with opened() as provisor:
        found = provisor.audit.log.all(Filters(app_id=app_id, since=moment))
        rows = [_row(line) for line in islice(found, limit)]
    print_rows(rows, as_json=as_json)


@audit.command("verify")
@click.option("--known", default="", metavar="SHA256", help="A seal that has to be there.")
@json_option
def verify(known: str, *, as_json: bool) -> None:
    """Look through the whole audit log; end with 1 if anything under a seal is not as it was."""
    with opened() as provisor:
        verdict = provisor.audit.checker.check(known.strip().lower())
    if as_json:
        print_rows([_summary(verdict)], as_json=True)
    elif not verdict.fault:
        click.echo(verdict.last)
        click.echo(
            f"Nothing was tampered with: {verdict.lines} lines under {verdict.seals} seals hold."
            f" Not sealed yet: {verdict.unsealed}.",
            err=True,
        )
    if verdict.fault:
        raise click.ClickException(f"The audit log was tampered with. {verdict.fault}")


def _row(line: Line) -> dict[str, object]:
    return line._asdict() | {"detail": line.details}


def _summary(verdict: Verdict) -> dict[str, object]:
    return {
        "holds": not verdict.fault,
        "fault": verdict.fault or None,
        "seals": verdict.seals,
        "lines": verdict.lines,
        "unsealed": verdict.unsealed,
        "last_seal": verdict.last or None,
    }

"""``provisor log``."""

import click

from app.cli.opening import opened
from app.cli.tables import json_option, print_rows
from app.log.entries import Entry
from app.log.export import object_of
from app.log.filters import Filters, InvalidFilter
from app.log.outcomes import Outcome

_MOST = 10_000


@click.command()
@click.argument("app_id", metavar="APP")
@click.option("--since", default="", help="A moment, or as long ago as 30m, 2h or 7d.")
@click.option("--outcome", default="", help=f"Only this result: {', '.join(Outcome)}.")
@click.option("--limit", type=click.IntRange(1, _MOST), default=50, show_default=True)
@json_option
def log(app_id: str, since: str, outcome: str, limit: int, *, as_json: bool) -> None:
    """List the requests of an app and what became of them, newest first."""
    with opened() as provisor:
        provisor.client_apps.get(app_id)
        try:
            filters = Filters.read({"since": since, "result": outcome}, provisor.clock())
        except InvalidFilter as error:
            raise click.BadParameter(str(error)) from error
        page = provisor.log.reader.page(app_id, filters, count=limit)
    shape = object_of if as_json else _row
    print_rows([shape(each.entry) for each in page.rows], as_json=as_json)


def _row(entry: Entry) -> dict[str, object]:
    """Return a row for people."""
    return {
        "at": entry.at,
        "operation": entry.operation,
        "type": entry.resource_type,
        "id": entry.resource_id,
        "outcome": entry.outcome,
        "status": entry.status,
        "scim_type": entry.scim_type,
        "ms": f"{entry.milliseconds:.1f}",
        "changed": entry.changed,
        "detail": entry.detail,
    }

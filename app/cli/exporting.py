"""``provisor export``."""

import click

from app.cli.opening import opened
from app.cli.output import whole_file
from app.cli.progress import Progress
from app.cli.tenants import chosen_tenant, tenant_option


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True), default="-")
@tenant_option
@click.option("--force", is_flag=True, help="Replace FILE where it is there already.")
def export(file: str, tenant_id: str | None, *, force: bool) -> None:
    """Write every resource of a tenant to FILE, or to standard output: one JSON object a line.

    It is the state of one moment, and a server may go on meanwhile.
    """
    with opened() as provisor:
        tenant = chosen_tenant(provisor, tenant_id)
        with (
            provisor.exporter.open(tenant.id) as found,
            whole_file(file, overwrite=force) as output,
            Progress("Exporting", "lines", found.total) as progress,
        ):
            for piece in found.pieces():
                output.write(piece.encode())
                progress.advance(piece.count("\n"))
    click.echo(f"Exported: {found.total}.", err=True)

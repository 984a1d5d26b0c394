"""``provisor tick``."""

import click

from app.cli.opening import opened


@click.command()
def tick() -> None:
    """Take the periodic steps that are due, once.

    The workers of "provisor serve" do that by themselves, every minute.
    """
    with opened() as provisor:
        taken = provisor.steps.take_due()
    click.echo(f"Steps taken: {', '.join(taken) or 'none is due'}.", err=True)
    failed = [name for name, done in taken.items() if not done]
    if failed:
        raise click.ClickException(f"Steps that failed: {', '.join(failed)}.")

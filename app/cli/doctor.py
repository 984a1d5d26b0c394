"""``provisor doctor``."""

import os
from dataclasses import asdict

import click

from app.cli.tables import json_option, print_rows
from app.doctor import Finding, Verdict, examine
from scim import instant

_COLOURS = {Verdict.OK: "green", Verdict.WARN: "yellow", Verdict.FAIL: "red"}


@click.command()
@json_option
def doctor(*, as_json: bool) -> None:
    """Say what is right and what is wrong here, and how to make it right."""
    findings = []
    for finding in examine(os.environ, instant.now):
        findings.append(finding)
        if not as_json:
            click.echo(_line(finding))
    if as_json:
        print_rows([asdict(each) for each in findings], as_json=True)
    if any(each.verdict is Verdict.FAIL for each in findings):
        raise click.exceptions.Exit(1)


def _line(finding: Finding) -> str:
    verdict = click.style(finding.verdict.ljust(4), fg=_COLOURS[finding.verdict])
    return f"{verdict}  {finding.check}: {finding.told}. {finding.fix}".rstrip()

"""``provisor import``."""

import os
import stat
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

import click

from app.cli.ahead import Manner, read_ahead
from app.cli.lines import WaitingRoom, batches_of
from app.cli.opening import opened
from app.cli.progress import Progress
from app.cli.report import Report
from app.cli.tenants import chosen_tenant, tenant_option
from scim import Client
from scim.choices import Choices, GroupNames, ProfileName
from scim.permission import EVERYTHING
from scim.transfer.arrivals import Batch
from scim.transfer.importing import Importer

_LONGEST = 16 * 1024 * 1024


@click.command("import")
@click.argument("file", type=click.File("rb"))
@tenant_option
@click.option(
    "--profile",
    type=click.Choice(tuple(map(str, ProfileName))),
    default=str(ProfileName.TOLERANT),
    show_default=True,
    help="How lines are read.",
)
@click.option(
    "--group-names",
    type=click.Choice(tuple(map(str, GroupNames))),
    default=str(GroupNames.UNIQUE),
    show_default=True,
    help="Whether a group may have the name of another.",
)
@click.option(
    "--report",
    "report_path",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="Write refused lines and their reasons to FILE, as JSON Lines.",
)
@click.option(
    "--max-line",
    type=click.IntRange(1),
    default=_LONGEST,
    show_default=True,
    help="Longest line, in bytes.",
)
def import_(
    file: BinaryIO, tenant_id: str | None, report_path: str | None, max_line: int, **choices: str
) -> None:
    """Add the resources of FILE, one JSON object a line; "-" is standard input.

    What stands in the tenant already just as FILE describes it is passed over, so that an import
    that was cut off is gone on with by running it again.
    """
    if report_path and _is_same(file, report_path):
        raise click.BadParameter("It is the file to import.", param_hint="--report")
    with opened() as provisor, Report(report_path) as report, WaitingRoom() as waiting:
        client = _client(chosen_tenant(provisor, tenant_id).id, choices)
        run = _Run(provisor.importer, client, report, waiting)
        manner = Manner(provisor.settings, client, max_line)
        batches = read_ahead(batches_of(file, max_line), manner, provisor.provider)
        try:
            with closing(batches):
                run.first_pass(batches, _size_of(file))
            run.second_pass()
        except BaseException:
            click.echo("Stopped early; what was added stays, and the rest can follow.", err=True)
            raise
        finally:
            run.say()
    if report.count:
        click.get_current_context().exit(1)


class _Run:
    """One import."""

    def __init__(
        self, importer: Importer, client: Client, report: Report, waiting: WaitingRoom
    ) -> None:
        self._importer = importer
        self._client = client
        self._report = report
        self._waiting = waiting
        self._added = self._standing = self._refused = self._incomplete = 0

    def first_pass(self, batches: Iterable[Batch], size: int | None) -> None:
        """Add every resource.

        :param size: the bytes of all lines, if known
        """
        with Progress("Importing", "lines", size) as progress:
            for batch in batches:
                outcome = self._importer.add(batch, self._client)
                self._added += outcome.added
                self._standing += outcome.standing
                self._refused += len(outcome.refusals)
                self._report.add(outcome.refusals)
                self._waiting.add(outcome.joinings)
                progress.advance(len(batch.lines), sum(line.size for line in batch.lines))

    def second_pass(self) -> None:
        """Add members to the groups."""
        last = 0
        with Progress("Joining", "members", self._waiting.members) as progress:
            for joinings in self._waiting.batches():
                refusals = self._importer.join(joinings, self._client)
                for each in refusals:  # the members of a large group come in parts
                    self._incomplete += each.number != last
                    last = each.number
                self._report.add(refusals)
                progress.advance(sum(len(each.members) for each in joinings))

    def say(self) -> None:
        """Say in numbers what was done, and what was refused."""
        self._report.say()
        click.echo(
            f"Added: {self._added}. Already there: {self._standing}. Refused: {self._refused}."
            f" Groups without some of their members: {self._incomplete}.",
            err=True,
        )


def _client(tenant_id: str, choices: Mapping[str, str]) -> Client:
    """Return who imports: nobody's app, with the choices of one."""
    return Client(
        tenant_id=tenant_id,
        app_id="",
        service_account_id="",
        token_id="",
        permission=EVERYTHING,
        choices=Choices(
            profile=ProfileName(choices["profile"]),
            group_names=GroupNames(choices["group_names"]),
        ),
    )


def _size_of(file: BinaryIO) -> int | None:
    """Return how many bytes a file has; nobody knows how many come through a pipe."""
    try:
        status = os.fstat(file.fileno())
    except OSError:  # it is no file of the system
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def _is_same(file: BinaryIO, path: str) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), Path(path).stat())
    except OSError:  # one of them is no file, or not there yet
        return False

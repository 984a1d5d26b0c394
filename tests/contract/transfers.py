"""Importing and exporting as the command does, on whatever engine."""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from scim import PROVIDER, Client, Database, Provider
from scim.choices import GroupNames, ProfileName
from scim.instant import Clock
from scim.provider import GROUP, USER
from scim.transfer.arrivals import Line, read_batch
from scim.transfer.exporting import Exporter
from scim.transfer.importing import Importer, Outcome
from scim.unit import Recorder
from tests.contract.directories import (
    Caller,
    Journal,
    body_of,
    caller_of,
    new_tenant,
    open_directory,
)

LONGEST = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Mover:
    """Who moves resources into a tenant and out of it."""

    caller: Caller
    """A client of the tenant, to look at it with."""

    importer: Importer
    exporter: Exporter
    provider: Provider

    @property
    def client(self) -> Client:
        return self.caller.client

    def read_as(self, profile: ProfileName) -> "Mover":
        """Return one whose lines are read in another way."""
        return self._choosing(profile=profile)

    def sharing_names(self) -> "Mover":
        """Return one whose groups may have the names of others."""
        return self._choosing(group_names=GroupNames.SHARED)

    def take(self, *lines: object, join: bool = True) -> Outcome:
        """Import lines: bytes as they are, anything else as JSON.

        :param join: whether the second pass follows
        """
        batch = read_batch(lines_of(lines), LONGEST, self.client.reader, self.provider)
        outcome = self.importer.add(batch, self.client)
        if join:
            outcome.refusals += self.importer.join(outcome.joinings, self.client)
        return outcome

    def written(self) -> list[str]:
        """Return the lines of an export."""
        with self.exporter.open(self.client.tenant_id) as export:
            lines = "".join(export.pieces()).splitlines()
            assert export.total == len(lines)
        return lines

    def _choosing(self, **choices: Any) -> "Mover":
        client = replace(self.client, choices=replace(self.client.choices, **choices))
        return replace(self, caller=replace(self.caller, client=client))


def new_mover(
    database: Database,
    clock: Clock,
    recorder: Recorder | None = None,
    provider: Provider = PROVIDER,
) -> Mover:
    """Return a mover of a new tenant."""
    directory = open_directory(database, clock, recorder, provider)
    caller = caller_of(directory, new_tenant(database, str(uuid.uuid4())), "tolerant")
    importer = Importer(database, clock, recorder or Journal(), provider)
    return Mover(caller, importer, Exporter(database, provider), provider)


def lines_of(given: Iterable[object]) -> list[Line]:
    """Return lines as they are read from a file."""
    texts = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in given]
    return [Line(number, text, len(text) + 1) for number, text in enumerate(texts, 1)]


def user_line(name: str, **attributes: Any) -> dict[str, Any]:
    """Return a user as a line has it, with its name for its id."""
    return body_of(USER, **{"id": name, "userName": name, **attributes})


def group_line(name: str, *members: str, **attributes: Any) -> dict[str, Any]:
    """Return a group as a line has it, with its name for its id."""
    entries = [{"value": each} for each in members]
    return body_of(GROUP, **{"id": name, "displayName": name, "members": entries, **attributes})


def details_of(outcome: Outcome) -> list[tuple[int, int, str]]:
    """Return the line, status and scimType of what was refused."""
    return [(each.number, each.status, each.scim_type) for each in outcome.refusals]

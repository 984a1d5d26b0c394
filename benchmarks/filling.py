"""Filling a directory from a file of JSON Lines.

It goes the way of a Bulk request, some hundred resources a transaction, in one process per core:
checking a resource takes longer than writing it, and is done before its transaction begins.
"""

import json
import multiprocessing
import signal
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TextIO

from app.assembly import Assembly, assemble
from app.settings import Settings
from scim import Client
from scim.choices import Choices
from scim.permission import EVERYTHING

_BATCH = 250
"""Resources of one transaction; the others wait for it, and on PostgreSQL not for long."""

_BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"

_PATHS = {"User": "/Users", "Group": "/Groups"}


class _Filler:
    """One process's way into the directory."""

    def __init__(self, assembly: Assembly) -> None:
        self._directory = assembly.directory
        self._client = Client(
            tenant_id=assembly.tenants.default().id,
            app_id="benchmarks",
            service_account_id="benchmarks",
            token_id="benchmarks",
            permission=EVERYTHING,
            choices=Choices(),
        )

    def add(self, lines: list[str]) -> int:
        """Add resources, and return how many.

        :raises SystemExit: one of them was refused
        """
        operations = [_creation(number, line) for number, line in enumerate(lines)]
        body = {"schemas": [_BULK], "Operations": operations}
        answer = json.loads(self._directory.bulk(body, self._client, "http://127.0.0.1/scim/v2"))
        refused = [each for each in answer["Operations"] if each["status"] != "201"]
        if refused:
            sys.exit(f"not added: {refused[0]}")
        return len(lines)


def fill(settings: Settings, path: Path) -> int:
    """Add the resources of a file to the default tenant, and return how many there were."""
    context = multiprocessing.get_context("fork")  # it is called where no connection is open
    with (
        path.open(encoding="utf-8") as file,
        context.Pool(initializer=_open, initargs=(settings,)) as pool,
    ):
        return sum(pool.imap_unordered(_add, _batches(file)))


def _creation(number: int, line: str) -> dict[str, object]:
    resource = json.loads(line)
    name = resource["schemas"][0].rpartition(":")[2]
    return {"method": "POST", "path": _PATHS[name], "bulkId": str(number), "data": resource}


def _batches(file: TextIO) -> Iterator[list[str]]:
    while batch := list(islice(file, _BATCH)):
        yield batch


_fillers: list[_Filler] = []
"""The one of this process, once it has begun."""


def _open(settings: Settings) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # the pool ends its processes so
    _fillers.append(_Filler(assemble(settings)))


def _add(lines: list[str]) -> int:
    return _fillers[0].add(lines)

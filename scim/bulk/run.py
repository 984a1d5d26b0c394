"""Running a Bulk request (RFC 7644 §3.7): each operation is undone alone when it fails.

Operations that refer to each other in a circle are one step: they stand or fall together, and
become members of each other once all of them are there (RFC 7644 §3.7.1).
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from urllib.parse import quote

from scim2_models import ConflictException, SCIMException

from scim.bulk.request import Asked, Job, Operation
from scim.changes import membership
from scim.changes.reading import Creation, Replacement
from scim.errors import document_of
from scim.preconditions import entity_tag
from scim.storage.resources import Record
from scim.unit import Unit

_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"

_SUCCESS = {
    "POST": HTTPStatus.CREATED,
    "PUT": HTTPStatus.OK,
    "DELETE": HTTPStatus.NO_CONTENT,
}
"""How single requests are answered; a PATCH as the app chose."""

Outcome = dict[str, object]
"""What became of one operation, as the response shows it."""


def carry_out(job: Job, unit: Unit, base_url: str) -> bytes:
    """Run operations and return the BulkResponse, as JSON.

    What ran before ``failOnErrors`` stopped the request stays; what did not run has no outcome.
    """
    # the lock that deleting needs, whether or not anything is deleted: operations take rows in the
    # order of the client, so that two Bulk requests could wait for each other in a circle
    unit.members.end_references()
    run = _Run(unit, base_url)
    for step in job.steps:
        if job.fail_on_errors is not None and run.errors >= job.fail_on_errors:
            break
        run.take(step)
    outcomes = [outcome for _, outcome in sorted(run.outcomes.items())]
    body = {"schemas": [_SCHEMA], "Operations": outcomes}
    return json.dumps(body, ensure_ascii=False).encode()


class _Run:
    """What became of the operations so far."""

    def __init__(self, unit: Unit, base_url: str) -> None:
        self._unit = unit
        self._base_url = base_url
        self._success = _SUCCESS | {"PATCH": HTTPStatus(int(unit.client.choices.patch))}
        self._made: set[str | None] = set()
        self.outcomes: dict[int, Outcome] = {}
        self.errors = 0

    def take(self, step: Sequence[Operation]) -> None:
        """Run the operations of a step, all or none."""
        records = []
        trace = self._unit.client.trace
        noted = len(trace.changes)
        current = step[0]
        makes = {each.bulk_id for each in step if each.method == "POST"}
        try:
            with self._unit.session.savepoint():
                for current in step:
                    self._check_references(current, makes)
                    records.append(self._change(current.asked))
                for current in step:
                    self._join(current.asked)
        except SCIMException as error:
            trace.undo(noted)
            trace.failed += len(step)
            self._fail(step, current, error)
        else:
            self._made |= makes
            for each, record in zip(step, records, strict=True):
                self._succeed(each, record)

    def _check_references(self, operation: Operation, makes: set[str | None]) -> None:
        for name in operation.references:
            if name not in self._made and name not in makes:
                raise ConflictException(detail=f"There is no resource with the bulkId {name!r}.")

    def _change(self, asked: Asked | SCIMException) -> Record | None:
        if isinstance(asked, SCIMException):
            raise asked
        target, change = asked.target, asked.change
        self._unit.client.permission.check_changes(target.kind)
        if isinstance(change, Creation):
            return self._unit.create(replace(change, members=()), target.id)
        if isinstance(change, Replacement):
            return self._unit.replace(target, change)
        if change is not None:
            return self._unit.patch(target, change)
        self._unit.delete(target)
        return None

    def _join(self, asked: Asked | SCIMException) -> None:
        """Give a group that was just made its members."""
        if isinstance(asked, Asked) and isinstance(asked.change, Creation):
            new = membership.Join(asked.change.members)
            membership.apply(new, self._unit.members, asked.target.id)

    def _succeed(self, operation: Operation, record: Record | None) -> None:
        outcome = self._outcome(operation, self._success[str(operation.method)])
        if record is not None:
            outcome["version"] = entity_tag(record.version)

    def _fail(self, step: Sequence[Operation], failed: Operation, error: SCIMException) -> None:
        circle = ConflictException(
            detail=f"It refers in a circle to the bulkId {failed.bulk_id!r}, which failed."
        )
        for each in step:
            reason = error if each is failed else circle
            outcome = self._outcome(each, reason.status)
            outcome["response"] = document_of(reason.status, reason.detail, reason.scim_type)
            self.errors += 1

    def _outcome(self, operation: Operation, status: int) -> Outcome:
        given = {
            "method": operation.method,
            "bulkId": operation.bulk_id,
            "location": self._location(operation, status),
            "status": str(int(status)),
        }
        outcome: Outcome = {name: value for name, value in given.items() if value is not None}
        self.outcomes[operation.number] = outcome
        return outcome

    def _location(self, operation: Operation, status: int) -> str | None:
        """Return where the resource is; a POST that failed has none."""
        if operation.method == "POST" and status != HTTPStatus.CREATED:
            return None
        made = self._made.issuperset(operation.references)
        path = operation.place if made else operation.path
        return f"{self._base_url}/{quote(path, safe='/:')}"  # a failed one may be any text

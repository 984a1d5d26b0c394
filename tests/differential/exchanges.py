"""What is said: requests in terms of no server, and answers in terms of none."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from scim2_models import Resource

BASE_URL = "https://idp.example/scim/v2"

MEDIA_TYPE = "application/scim+json"


@dataclass(frozen=True, slots=True)
class Request:
    """A request to either server.

    Where it names a resource it holds a label instead, as :mod:`tests.differential.labels` makes
    them; each server hears its own id.
    """

    method: str
    path: str
    """What follows the base URL, such as ``/Users/⟦User 0⟧``."""

    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None

    @property
    def writes(self) -> bool:
        """Whether it may change anything."""
        return self.method != "GET" and not self.path.endswith("/.search")

    def __str__(self) -> str:
        asked = "&".join(f"{name}={value}" for name, value in self.query.items())
        line = f"{self.method} {self.path}" + (f"?{asked}" if asked else "")
        head = "".join(f" {name}: {value}" for name, value in self.headers.items())
        return line + head + ("" if self.body is None else f" {json.dumps(self.body)}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered, up to ids, versions and the wording of errors."""

    status: int
    body: Any = None
    """The parsed JSON, None where there is none."""

    version: str | None = None
    """The label of the version that the ``ETag`` names."""

    read_back: Any = None
    """The resource as a GET shows it, where a change was answered without it."""

    @property
    def ok(self) -> bool:
        """Whether the server did as asked."""
        return self.status < 400

    @property
    def resources(self) -> list[dict[str, Any]]:
        """The resources it shows: those of a list, or the one it is about."""
        if not self.ok or not isinstance(self.body, dict):
            return []
        if "Operations" in self.body or "outcome" in self.body:
            return []
        if "totalResults" in self.body:
            return list(self.body.get("Resources", []))
        return [self.body]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what both servers answered."""

    request: Request
    ours: Answer
    theirs: Answer
    before: Mapping[str, Resource[Any]]
    """Every resource by its label, as the judge had it before."""

    after: Mapping[str, Resource[Any]]
    """Likewise, as the judge had it when it had answered."""

    ask: Callable[[Request], Answer] = field(compare=False)
    """Asks the judge something else, that changes nothing."""

    @property
    def agreed(self) -> bool:
        """Whether the answers are the same."""
        return self.ours == self.theirs

    @property
    def parts(self) -> list["Exchange"]:
        """What is to agree by itself: the operations of a Bulk request and the rest, or all."""
        answers = self.ours, self.theirs
        if self.request.path != "/Bulk" or not all(each.ok for each in answers):
            return [self]
        outcomes = [each.body["Operations"] for each in answers]
        asked = self.request.body["Operations"]
        if len(asked) != len(outcomes[0]):  # it was stopped
            asked = [{}] * len(outcomes[0])
        heads = [
            replace(each, body=each.body | {"Operations": len(each.body["Operations"])})
            for each in answers
        ]
        return [
            replace(self, ours=heads[0], theirs=heads[1]),
            *(
                replace(
                    self, request=_request_of(each), ours=_answer_of(mine), theirs=_answer_of(its)
                )
                for each, mine, its in zip(asked, *outcomes, strict=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request}\n  ours   {self.ours}\n  theirs {self.theirs}"


def _request_of(operation: dict[str, Any]) -> Request:
    """Return the request that an operation stands for; what is no body is none."""
    data = operation.get("data")
    return Request(
        str(operation.get("method")),
        f"/{str(operation.get('path')).strip('/')}",
        body=data if isinstance(data, dict) else None,
    )


def _answer_of(outcome: dict[str, Any]) -> Answer:
    """Return what became of an operation as a request by itself would be answered."""
    told = ("method", "bulkId", "location")
    body = {"outcome": {name: outcome[name] for name in told if name in outcome}}
    return Answer(
        int(outcome["status"]), body | outcome.get("response", {}), outcome.get("version")
    )

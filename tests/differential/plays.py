"""Sequences of requests played to both servers, every answer compared."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from scim2_models import Resource

from app import Assembly
from scim.provider import KINDS, PROVIDER
from tests.conftest import FakeClock
from tests.differential.differences import DIFFERENCES
from tests.differential.exchanges import Answer, Exchange, Request
from tests.differential.labels import Labels
from tests.differential.servers import Heard, Judge, Ours

_EVERYTHING = Request(
    "POST",
    "/.search",
    body={"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "count": 500},
)


@dataclass
class Tally:
    """What plays of one engine came to."""

    requests: int = 0
    explained: Counter[str] = field(default_factory=Counter)
    """How many answers differed, by the name of the difference."""

    answers: Counter[str] = field(default_factory=Counter)
    """How many requests were answered how, by method and status."""

    unexplained: int = 0
    """How many answers differed for no reason in the list."""

    def __str__(self) -> str:
        return (
            f"{self.requests:,} requests, {sum(self.explained.values()):,} explained"
            f" and {self.unexplained:,} unexplained differences"
        )


@dataclass(frozen=True, slots=True)
class Settled:
    """What is left of an exchange when every difference in the list is taken out."""

    left: Exchange
    drifted: bool
    """Whether the servers hold different resources now."""


class Play:
    """One sequence of requests, to two servers that are empty when it begins."""

    def __init__(
        self, assembly: Assembly, client: FlaskClient, clock: FakeClock, tally: Tally
    ) -> None:
        self._ours = Ours(assembly, client)
        self._judge = Judge(clock)
        self._clock = clock
        self._tally = tally

    def perform(self, requests: Iterable[Request]) -> None:
        """Send requests, and look at everything at the end.

        :raises AssertionError: the servers differ, and nothing explains how
        """
        for request in requests:
            self.send(request)
        self.send(_EVERYTHING)

    def send(self, request: Request) -> None:
        """Send one request; after one that removes, look at what it left."""
        self._clock.advance(seconds=1)
        before = self._known()
        ours, theirs = self._ours.send(request), self._judge.send(request)
        self._number(request, ours, theirs)
        exchange = Exchange(
            request,
            _answer(request, ours, self._ours.labels),
            _answer(request, theirs, self._judge.labels),
            before,
            self._known(),
            lambda other: _answer(other, self._judge.send(other), self._judge.labels),
        )
        self._tally.requests += 1
        self._tally.answers[f"{request.method} {theirs.status}"] += 1
        settled = [self._settle(each) for each in exchange.parts]
        drifted = any(each.drifted for each in settled)
        if len(settled) == 1 or not drifted:
            # in a Bulk request, operations after one that drifted cannot be compared
            self._refuse([each.left for each in settled if not each.left.agreed])
        if drifted:
            self._align()
        removes = request.method == "DELETE" or request.path == "/Bulk"
        if removes and exchange.ours.ok:
            self.send(_EVERYTHING)

    def _settle(self, exchange: Exchange) -> Settled:
        """Take every difference in the list out of an exchange."""
        drifted = False
        for difference in DIFFERENCES:
            if exchange.agreed:
                break
            without = difference.take_out(exchange)
            if without is not None:
                self._tally.explained[difference.name] += 1
                drifted |= difference.drifts
                exchange = without
        return Settled(exchange, drifted=drifted)

    def _refuse(self, unexplained: list[Exchange]) -> None:
        self._tally.unexplained += len(unexplained)
        assert not unexplained, f"unexplained: {unexplained[0]}"

    def _known(self) -> dict[str, Resource[Any]]:
        name = self._judge.labels.name
        return {name(str(each.id)): each for each in self._judge.storage.resources}

    def _number(self, request: Request, ours: Heard, theirs: Heard) -> None:
        """Label what both servers made, and note what both removed."""
        if request.path == "/Bulk" and ours.status == theirs.status == 200:
            outcomes = (json.loads(each.text)["Operations"] for each in (ours, theirs))
            for mine, its in zip(*outcomes, strict=False):
                if mine["status"] == its["status"] in {"201", "204"}:
                    self._count(mine["method"], mine["status"], mine["location"], its["location"])
        elif request.method == "POST" and ours.status == theirs.status == 201:
            places = (json.loads(each.text)["meta"]["location"] for each in (ours, theirs))
            self._count("POST", "201", *places)
        elif ours.status == theirs.status:
            path = request.path
            places = (each.labels.fill(path) for each in (self._ours, self._judge))
            self._count(request.method, str(ours.status), *places)

    def _count(self, method: str, status: str, mine: str, its: str) -> None:
        for labels, place in ((self._ours.labels, mine), (self._judge.labels, its)):
            endpoint, id_ = place.split("/")[-2:]
            if (method, status) == ("POST", "201"):
                labels.add(endpoint.removesuffix("s"), id_)
            if (method, status) == ("DELETE", "204"):
                labels.remove(id_)

    def _align(self) -> None:
        """Let the judge go on from what our server has."""
        found = json.loads(self._ours.send(_EVERYTHING).text)["Resources"]
        self._judge.storage.resources = [self._adopt(each) for each in found]

    def _adopt(self, document: dict[str, Any]) -> Resource[Any]:
        """Return a resource of ours as the judge would have it."""
        ours, theirs = self._ours.labels, self._judge.labels
        kind = KINDS[document["meta"]["resourceType"]]
        if ours.name(document["id"]) == document["id"]:
            ours.add(kind.name, document["id"])
            theirs.add(kind.name, self._judge.storage.generate_id(PROVIDER.resource_types[0], None))
        number = ours.see_version(document["id"], document["meta"]["version"])
        adopted = json.loads(theirs.translate(json.dumps(document), ours))
        del adopted["meta"]["location"]
        adopted["meta"]["version"] = theirs.set_version(
            adopted["id"], number, self._judge.storage.next_version
        )
        adopted.pop("groups", None)
        for member in adopted.get("members", []):
            del member["type"], member["$ref"]
        return kind.model.model_validate(
            {name: value for name, value in adopted.items() if value != []}
        )


def _answer(request: Request, heard: Heard, labels: Labels) -> Answer:
    body, shown = (labels.strip(text) if text else None for text in (heard.text, heard.read_back))
    if isinstance(body, dict):
        body.pop("detail", None)
    version = None
    if heard.entity_tag is not None:
        about = (
            json.loads(heard.text)["id"]
            if heard.status == 201
            else labels.fill(request.path).rpartition("/")[2]
        )
        version = f"version {labels.see_version(about, heard.entity_tag)}"
    return Answer(heard.status, body, version, shown)

"""Recorded exchanges: what a provider sends, word for word, and what it needs back.

A recording is a JSON file. It names its ``provider``, its ``source``, a ``sentence``, the
``headers`` of every request and the ``headers_with_body``, and its ``exchanges``, which are played
in order. ``settings`` are what ``provisor app set`` sets of the app before it is played.

An exchange has the ``section`` of the traffic document that describes it, ``what`` happens in a
sentence, a ``request`` and what to ``expect``; ``times`` sends it several times. ``quirks`` are the
rows of the table of quirks it shows, ``Q1`` to ``Q40``, whether they deviate from the RFC or not.

A recording is played in both profiles. An exchange without ``strict`` is legal by RFC 7643 and
RFC 7644 and is answered the same in both. One with ``strict`` deviates: a tolerant app gets what is
expected, and a strict app gets ``strict``, an error's ``status`` and its ``scimType``, if it has
one; a list of them where the request deviates in several ways. A success there means that what
deviates is ignored, as RFC 7644 has it of unknown parameters. Nothing may have changed. Then a
strict app sends ``legal``, the requests that say the same in the RFC's words, and the last one is
answered what is expected. Without ``legal`` there are no such words, and what follows does not need
the exchange.

Strings may hold ``${variables}``: ``base_url``, ``token``, ``n`` in an exchange that is sent
several ``times``, and whatever an earlier exchange saved by JSON Pointer (RFC 6901). A header of
null is not sent.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Headers = dict[str, str | None]
"""Headers by name; one that is None takes a header of the whole recording away."""


@dataclass(frozen=True)
class Request:
    """What the provider sends."""

    method: str
    path: str
    """Relative to the SCIM base URL, in the provider's own spelling."""

    headers: Headers = field(default_factory=dict)
    body: Any = None


@dataclass(frozen=True)
class Expectation:
    """What it needs back."""

    status: int | list[int]
    """The status, or every status that will do."""

    headers: dict[str, Any] = field(default_factory=dict)
    body: Any = None
    """What ``differences`` compares; a 204 has no body to compare."""

    save: dict[str, str] = field(default_factory=dict)
    """Variables by the JSON Pointer of their values."""

    @property
    def statuses(self) -> list[int]:
        """Every status that will do."""
        return self.status if isinstance(self.status, list) else [self.status]


@dataclass(frozen=True)
class Refusal:
    """What a strict app gets for a request that deviates from the RFC (RFC 7644 §3.12)."""

    status: int
    scimType: str | list[str] | None = None  # noqa: N815 - as the RFC and the files spell it


@dataclass(frozen=True)
class Exchange:
    """One request of a recording, and what it needs back."""

    number: int
    section: str
    """The section of the traffic document that describes the request."""

    what: str
    request: Request
    expect: Expectation
    times: int = 1
    quirks: tuple[str, ...] = ()
    strict: Refusal | None = None
    legal: tuple[Request, ...] = ()


@dataclass(frozen=True)
class Recording:
    """A journey of one provider."""

    name: str
    provider: str
    source: str
    sentence: str
    headers: Headers
    """What the provider sends with every request."""

    headers_with_body: Headers
    """What it sends with a body beside them."""

    exchanges: tuple[Exchange, ...]
    settings: dict[str, str] = field(default_factory=dict)
    """Settings of the app, by name."""

    def headers_of(self, request: Request) -> dict[str, str]:
        """Return the headers of a request."""
        with_body = {} if request.body is None else self.headers_with_body
        given = {"Authorization": "Bearer ${token}"} | self.headers | with_body | request.headers
        return {name: value for name, value in given.items() if value is not None}


def load(path: Path) -> Recording:
    """Return the recording in a file; a member it does not know is an error."""
    document = json.loads(path.read_text())
    numbered = enumerate(document.pop("exchanges"), 1)
    exchanges = tuple(exchange_of(each, number) for number, each in numbered)
    return Recording(name=path.name, exchanges=exchanges, **document)


def exchange_of(document: dict[str, Any], number: int) -> Exchange:
    """Return the exchange that a JSON object describes."""
    given = dict(document)
    request, expect = Request(**given.pop("request")), Expectation(**given.pop("expect"))
    quirks = tuple(given.pop("quirks", ()))
    legal = tuple(Request(**each) for each in given.pop("legal", ()))
    strict = given.pop("strict", None)
    return Exchange(
        number=number,
        request=request,
        expect=expect,
        quirks=quirks,
        strict=Refusal(**strict) if strict else None,
        legal=legal,
        **given,
    )

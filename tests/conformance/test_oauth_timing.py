"""T11: how long a refusal takes does not tell whether there is such a client."""

import json
import statistics
import time
from collections.abc import Callable
from operator import truediv
from typing import TYPE_CHECKING

import pytest

from app.audit import CLI
from app.oauth.secret_text import new_secret
from tests.conformance.oauth_client import (
    GRANT,
    OAuthClient,
    basic,
    claims_of,
    new_signer,
)
from tests.sizes import size

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

_UNKNOWN = "app_0000000000000000"

Attempt = Callable[[str], "TestResponse"]


@pytest.mark.sized
def test_unknown_and_known_clients_are_refused_in_the_same_time(
    oauth: OAuthClient, figure: Callable[[str], None]
) -> None:
    signer = new_signer("ES256")
    jwks = json.dumps({"keys": [signer.jwk]})
    oauth.assembly.oauth.client_keys.set(oauth.id, jwks, CLI)
    stranger = new_signer("ES256")

    def by_secret(client_id: str) -> "TestResponse":
        return oauth.send("/oauth2/token", GRANT, basic(client_id, new_secret()))

    def by_assertion(client_id: str) -> "TestResponse":
        url, now = oauth.assembly.settings.public_url, oauth.assembly.clock()
        return oauth.send("/oauth2/token", GRANT | stranger.sign(claims_of(client_id, url, now)))

    for attempt in (by_secret, by_assertion):
        unknown, known = taken_in_pairs(attempt, oauth.id, size(150, 3000))
        ratio = statistics.median(map(truediv, unknown, known))
        each, other = statistics.median(unknown), statistics.median(known)
        way = attempt.__name__.replace("_", " ")
        figure(
            f"T11: refused {way}: unknown client {each:.3f} ms, known {other:.3f} ms, {ratio:.3f}"
        )
        assert abs(ratio - 1) < size(20, 10) / 100


def taken_in_pairs(attempt: Attempt, known: str, count: int) -> tuple[list[float], list[float]]:
    """Return the milliseconds of refusing an unknown and a known client, one after the other.

    What else the machine does lasts longer than a pair, and each is first in every second one.
    """
    taken: dict[str, list[float]] = {_UNKNOWN: [], known: []}
    for number in range(count):
        for client_id in (_UNKNOWN, known) if number % 2 else (known, _UNKNOWN):
            begin = time.perf_counter()
            answer = attempt(client_id)
            taken[client_id].append((time.perf_counter() - begin) * 1000)
            assert 401 == answer.status_code
    return taken[_UNKNOWN], taken[known]

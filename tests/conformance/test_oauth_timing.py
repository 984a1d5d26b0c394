"""T11: how long a refusal takes does not tell whether there is such a client."""

import json
import statistics
import time
from collections.abc import Callable
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
    """A difference there is stands in every measurement; what else the machine does, in some."""
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
        measured = [medians(attempt, oauth.id, size(60, 1000)) for _ in range(3)]
        unknown, known = min(measured, key=lambda pair: abs(pair[0] / pair[1] - 1))
        figure(
            f"T11: {attempt.__name__}: refused in {unknown:.3f} ms, a known client in {known:.3f}"
        )
        assert abs(unknown / known - 1) < size(20, 10) / 100


def medians(attempt: Attempt, known: str, count: int) -> tuple[float, float]:
    """Return the milliseconds of refusing an unknown and a known client, taken in turns."""
    taken: dict[str, list[float]] = {_UNKNOWN: [], known: []}
    for _ in range(count):
        for client_id, times in taken.items():
            begin = time.perf_counter()
            answer = attempt(client_id)
            times.append((time.perf_counter() - begin) * 1000)
            assert 401 == answer.status_code
    return statistics.median(taken[_UNKNOWN]), statistics.median(taken[known])

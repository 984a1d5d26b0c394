"""A worker whose threads work on several requests at a time."""

import threading

from tests.races import in_threads
from tests.served import ServedProvisor

_CLIENTS = 8


def test_many_clients_of_one_worker_get_what_one_would(served: ServedProvisor) -> None:
    """The same name from all of them has one winner, and what was answered is there to be read."""
    token = served.new_token()

    def provision() -> list[int]:
        statuses = []
        mine = str(threading.get_ident())
        for number in range(5):
            shared = served.ask("POST", "/scim/v2/Users", token, {"userName": f"shared-{number}"})
            made = served.ask("POST", "/scim/v2/Users", token, {"userName": f"{mine}-{number}"})
            change = {"Operations": [{"op": "replace", "path": "title", "value": mine}]}
            path = f"/scim/v2/Users/{made.body['id']}"
            changed = served.ask("PATCH", path, token, change)
            found = served.ask("GET", path, token)
            assert found.body == changed.body
            assert found.body["title"] == mine
            statuses.append(shared.status)
        return statuses

    statuses = [status for each in in_threads(_CLIENTS, provision) for status in each]

    assert 5 == statuses.count(201)
    assert {201, 409} == set(statuses)
    listed = served.ask("GET", "/scim/v2/Users?count=0", token)
    assert 5 * (_CLIENTS + 1) == listed.body["totalResults"]

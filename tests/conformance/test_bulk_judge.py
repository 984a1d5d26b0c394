"""Bulk requests that are odd or wrong, judged by scim2-server: same status, same scimType.

What we decide otherwise is not asked here: references in a circle, in the filter of a path and in
``$ref``, ``failOnErrors`` below 1, and a version without the quotes of an entity tag.
"""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from scim2_models import ResourceType, SCIMException, ScimProvider
from scim2_server.applications.wsgi import WSGIApplication
from scim2_server.memory import InMemoryStorage
from werkzeug.test import Client as WsgiClient

from scim import Client, Database, Directory, open_database
from scim.choices import Choices, ProfileName
from scim.limits import Limits
from scim.permission import EVERYTHING
from scim.provider import USER, standard_provider
from scim.schema.schemas import EnterpriseUser, Group, User
from tests.conftest import FakeClock
from tests.contract.bulk_operations import patch, post_group, post_user
from tests.contract.directories import BASE_URL, new_tenant, open_directory

BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"

Verdict = tuple[int, str | None] | list[dict[str, Any]]

LIMITED = standard_provider(Limits(bulk_operations=5))


class Judges:
    """An empty directory of ours, and an empty scim2-server."""

    def __init__(self, directory: Directory, tenant_id: str) -> None:
        models = ScimProvider(
            models=[User, EnterpriseUser, Group],
            resource_types=[
                ResourceType.from_resource(User[EnterpriseUser]),
                ResourceType.from_resource(Group),
            ],
            # less its cursors, which scim2-server would want a secret for
            config=LIMITED.config.model_copy(update={"pagination": None}),
        )
        self._peer = WsgiClient(WSGIApplication(InMemoryStorage(), models))
        self._directory = directory
        self._client = Client(
            tenant_id, "app", "sa", "jti", EVERYTHING, Choices(ProfileName.STRICT)
        )

    def ours(self, body: dict[str, Any]) -> Verdict:
        try:
            response = json.loads(self._directory.bulk(body, self._client, BASE_URL))
        except SCIMException as error:
            return error.status, error.scim_type or None
        return [summary(each) for each in response["Operations"]]

    def theirs(self, body: dict[str, Any]) -> Verdict:
        answer = self._peer.post("/Bulk", json=body)
        response = answer.get_json(force=True)
        if answer.status_code != 200:
            return answer.status_code, response.get("scimType")
        return [summary(each) for each in response["Operations"]]


def summary(outcome: dict[str, Any]) -> dict[str, Any]:
    """Return an outcome without ids and texts."""
    told = {name: outcome.get(name) for name in ("method", "bulkId", "status")}
    told["scimType"] = outcome.get("response", {}).get("scimType")
    return told | {"located": "location" in outcome, "versioned": "version" in outcome}


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    opened = open_database(tmp_path_factory.mktemp("judge") / "provisor.db")
    yield opened
    opened.close()


@pytest.fixture
def judges(database: Database, clock: FakeClock) -> Judges:
    directory = open_directory(database, clock, provider=LIMITED)
    return Judges(directory, new_tenant(database, str(uuid.uuid4())))


ADA = post_user("ada")
PATCHED = patch(USER, "x", {"op": "replace", "path": "title", "value": "x"})
ADA_PATCHED = {**PATCHED, "path": "/Users/bulkId:ada"}
NOBODY_PATCHED = {**PATCHED, "path": "/Users/bulkId:nobody"}


def without(operation: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in operation.items() if key != name}


REQUESTS: tuple[dict[str, Any], ...] = (
    {},
    {"Operations": None},
    {"Operations": "x"},
    {"Operations": []},
    {"Operations": {}},
    {"Operations": [ADA] * 6},
    {"operations": [ADA]},
    {"OPERATIONS": [{key.upper(): value for key, value in ADA.items()}]},
    {"Operations": [ADA], "schemas": []},
    {"Operations": [ADA], "schemas": [PATCH_OP]},
    {"Operations": [ADA], "schemas": [PATCH_OP, BULK]},
    {"Operations": [ADA], "schemas": "x"},
    {"Operations": [ADA], "schemas": [5]},
    {"Operations": [ADA], "x": 1},
    {"Operations": [ADA], "failOnErrors": None},
    {"Operations": [ADA], "failOnErrors": 1.5},
    {"Operations": [ADA], "failOnErrors": "x"},
    {"Operations": [ADA], "failOnErrors": []},
    {"Operations": [{**ADA, "data": {}}, post_user("bob")], "failOnErrors": 1},
    {"Operations": [{**ADA, "data": {}}, post_user("bob")], "failOnErrors": 2},
)


@pytest.mark.parametrize("body", REQUESTS)
def test_a_request_is_taken_or_refused_as_the_judge_does(
    judges: Judges, body: dict[str, Any]
) -> None:
    assert judges.theirs(body) == judges.ours(body)


POST_PATHS = (
    *("Users", "/Users/", "//Users", "/Users/x", "/Users/x/y", "/Users/.search", "/.search"),
    *("/Bulk", "/Me", "/Schemas", "/ServiceProviderConfig", "/Nowhere", "/Users?x=1", "/Groups"),
    *("https://localhost/Users", "/Users/%2e%2e", "/Users/bulkId:ada"),
)
OTHER_PATHS = (
    *("/Users", "/Users/", "/Users/x", "Users/x", "/Users/x/y", "/Users/.search", "/.search"),
    *("/Bulk", "/Me", "/Schemas/x", "/ServiceProviderConfig", "/Nowhere/x"),
    *("/Nowhere/bulkId:nobody", "/Users/BULKID:ada"),
)

OPERATIONS: tuple[tuple[Any, ...], ...] = (
    *(({**ADA, "path": path},) for path in (*POST_PATHS, None, 5)),
    *(({**PATCHED, "path": path},) for path in (*OTHER_PATHS, None, 5)),
    *(({**without(PATCHED, "data"), "method": "DELETE", "path": path},) for path in OTHER_PATHS),
    *(({**ADA, "method": "PUT", "path": path},) for path in OTHER_PATHS),
    *(({**ADA, "method": each},) for each in (None, "get", "GET", "post", "", 5, [], {})),
    *(({**ADA, "bulkId": each},) for each in (None, "", 5, [], "bulkId:x", " ", "x/y")),
    *(({**ADA, "data": each},) for each in (None, [], "x", {}, 5)),
    *(({**PATCHED, "data": each},) for each in (None, [], "x", {}, 5, {"Operations": []})),
    *(({**ADA_PATCHED, "version": each}, ADA) for each in ('W/"1"', '"1"', '"2"', "*")),
    *(({**ADA_PATCHED, "version": each}, ADA) for each in (5, None, "", [])),
    *((without(ADA, name),) for name in ADA),
    ("x", None, 3),
    ({**ADA, "version": 'W/"9"'},),
    ({**ADA, "x": 1},),
    ({**ADA, "response": {}, "status": "400", "location": "x"},),
    (ADA, {**post_user("bob"), "bulkId": "ada"}, ADA_PATCHED),
    ({**ADA, "data": {}}, {**post_user("bob"), "bulkId": "ada"}, ADA_PATCHED),
    (ADA, {**ADA, "path": "/Nowhere"}),
    (ADA, {**ADA, "bulkId": "bob"}),
    (NOBODY_PATCHED, {**NOBODY_PATCHED, "data": {}}, {**NOBODY_PATCHED, "method": "DELETE"}),
    (post_user("bob", title="bulkId:nobody"), without(post_user("bulkId:nobody"), "bulkId")),
    ({**post_user("bob", title="bulkId:nobody"), "path": "/Nowhere"},),
    (post_user("bob", title="bulkId:nobody", active="x"),),
    (ADA, {**without(ADA_PATCHED, "data"), "method": "DELETE", "bulkId": "ada"}, ADA_PATCHED),
    (ADA_PATCHED, post_group("crew", "bulkId:ada"), ADA),
    (ADA, {**ADA_PATCHED, "path": "/Groups/bulkId:ada"}),
)


@pytest.mark.parametrize("operations", OPERATIONS)
def test_an_operation_ends_as_the_judge_has_it_end(
    judges: Judges, operations: tuple[Any, ...]
) -> None:
    body = {"schemas": [BULK], "Operations": list(operations)}

    assert judges.theirs(body) == judges.ours(body)

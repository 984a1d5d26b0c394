"""Pages by cursor, judged by scim2-server: the same requests, the same answers."""

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from scim2_models import ResourceType, SCIMException, ScimProvider
from scim2_server.handler import ScimHandler
from scim2_server.memory import InMemoryStorage
from scim2_server.requests import ScimRequest
from scim2_server.service import ScimService

from app import assemble, create_app
from app.audit import CLI
from app.client_apps import NewApp
from app.settings import Settings
from scim import PROVIDER
from scim.schema.schemas import EnterpriseUser, Group, User
from tests.app.provider import Provider
from tests.conftest import FakeClock

BASE_URL = "http://localhost/scim/v2"

USER_SCHEMA = str(User.__schema__)
GROUP_SCHEMA = str(Group.__schema__)
SEARCH_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"

USERS = (
    {"userName": "c", "title": "x"},
    {"userName": "a"},
    {"userName": "e", "title": "Y"},
    {"userName": "b", "title": "X"},
    {"userName": "d", "title": "y"},
    {"userName": "f", "title": ""},
)


class InOrder(InMemoryStorage):
    """The judge's storage, whose ids come in order of creation, by which it settles ties."""

    def __init__(self) -> None:
        super().__init__()
        self._numbers = itertools.count(1)

    def generate_id(self, resource_type: ResourceType, resource: Any) -> str:
        del resource_type, resource
        return f"{next(self._numbers):06}"


class Judge:
    """scim2-server, which is asked as an identity provider asks."""

    def __init__(self) -> None:
        models = ScimProvider(
            models=[User, EnterpriseUser, Group],
            resource_types=list(PROVIDER.resource_types),
            config=PROVIDER.config,
        )
        self._handler = ScimHandler(ScimService(models, secret=b"judge"), InOrder())

    def ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """Return the JSON of an answer."""
        path, _, query = path.partition("?")
        request = ScimRequest(
            method,
            BASE_URL,
            path,
            dict(parse_qsl(query, keep_blank_values=True)),
            {"Content-Type": "application/scim+json"},
            b"" if body is None else json.dumps(body).encode(),
        )
        try:
            return self._handler.handle(request).body or {}
        except SCIMException as error:
            return {"status": str(error.status), "scimType": error.scim_type}


class Ours:
    """Provisor, asked by the client of an app that is read strictly."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    def ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """Return the JSON of an answer."""
        answer: dict[str, Any] = self._provider.ask(method, path, body).get_json(force=True)
        return answer


@pytest.fixture
def ours(tmp_path: Path, clock: FakeClock) -> Iterator[Ours]:
    assembly = assemble(Settings(instance=tmp_path, rate_limit=0), clock)
    new = NewApp(assembly.tenants.default().id, "judged", profile="strict")
    app = assembly.client_apps.create(new, CLI)
    assembly.client_apps.enable_scim(app.id, CLI)
    yield Ours(
        Provider(create_app(assembly).test_client(), assembly.tokens.issue(app.id, CLI).text)
    )
    assembly.close()


def said(answer: dict[str, Any]) -> dict[str, Any]:
    """Return what two servers can agree on: no ids, no cursors, no wording."""
    if "status" in answer:
        return {"status": answer["status"], "scimType": answer.get("scimType")}
    names = [each.get("userName") or each["displayName"] for each in answer.get("Resources", [])]
    counted = {name: answer.get(name) for name in ("totalResults", "itemsPerPage", "startIndex")}
    return counted | {"names": names, "cursors": sorted(CURSORS & answer.keys())}


CURSORS = {"nextCursor", "previousCursor"}

WALKS = (
    "/Users?{cursor}&count=2",
    "/Users?{cursor}&count=2&sortBy=title",
    "/Users?{cursor}&count=1&sortBy=userName&sortOrder=descending",
    "/Users?{cursor}&count=4&filter=title%20pr&sortBy=userName&attributes=userName",
    "/Users?{cursor}",
    "/Users?{cursor}&count=0",
    "/Users?{cursor}&count=6",
    "/Groups?{cursor}&count=1&sortBy=displayName",
)


@pytest.mark.parametrize("path", WALKS)
def test_a_walk_shows_what_the_judge_shows(ours: Ours, path: str) -> None:
    """There and back."""
    judge = populated(Judge())
    populated(ours)

    for name in ("nextCursor", "previousCursor"):
        pages = [each.ask("GET", path.format(cursor="cursor")) for each in (judge, ours)]
        assert said(pages[0]) == said(pages[1])
        while name in pages[0]:
            pages = [
                each.ask("GET", path.format(cursor=f"cursor={page[name]}"))
                for each, page in zip((judge, ours), pages, strict=True)
            ]
            assert said(pages[0]) == said(pages[1])


REQUESTS: tuple[dict[str, Any], ...] = (
    {"cursor": ""},
    {"cursor": None},
    {"cursor": "", "count": 0},
    {"cursor": "", "count": -1},
    {"cursor": "", "count": 1000},
    {"cursor": "", "startIndex": 1},
    {"cursor": "", "startIndex": 0},
    {"cursor": "", "startIndex": None},
    {"cursor": "x", "startIndex": 1},
    {"cursor": "no cursor", "startIndex": 1},
    {"cursor": "no cursor"},
    {"cursor": "no/cursor"},
    {"cursor": "VZUTiyhEQJ94IR"},
    {"cursor": "x", "count": 0},
    {"cursor": "x", "filter": "userName is"},
    {"cursor": 5},
    {"cursor": ["x"]},
    {"cursor": "{cursor}", "count": 2},
    {"cursor": "{cursor}", "count": 3},
    {"cursor": "{cursor}"},
    {"cursor": "{cursor}", "count": 2, "startIndex": 1},
    {"cursor": "{cursor}", "count": 2, "filter": "id pr"},
    {"cursor": "{cursor}", "count": 2, "sortBy": "userName"},
    {"cursor": "{cursor}", "count": 2, "sortOrder": "descending"},
    {"cursor": "{cursor}", "count": 2, "attributes": ["userName"]},
    {"cursor": "{cursor}", "count": 2, "excludedAttributes": ["title"]},
    {"cursor": "{cursor}!", "count": 2},
    {"cursor": "{cursor}A", "count": 2},
)


@pytest.mark.parametrize("endpoint", ["/.search", "/Users/.search"])
def test_a_search_is_answered_as_the_judge_answers_it(ours: Ours, endpoint: str) -> None:
    servers: tuple[Judge | Ours, ...] = (populated(Judge()), populated(ours))
    first = [each.ask("POST", endpoint, body_of(cursor="", count=2)) for each in servers]

    for request in REQUESTS:
        answers = []
        for server, page in zip(servers, first, strict=True):
            body = body_of(**request)
            if isinstance(body["cursor"], str):
                body["cursor"] = body["cursor"].format(cursor=page["nextCursor"])
            answers.append(said(server.ask("POST", endpoint, body)))
        assert answers[0] == answers[1], request


def populated(server: Any) -> Any:
    """Make the same users and groups on a server."""
    for user in USERS:
        server.ask("POST", "/Users", body_of(USER_SCHEMA, **user))
    for name in ("two", "one", "three"):
        server.ask("POST", "/Groups", body_of(GROUP_SCHEMA, displayName=name))
    return server


def body_of(schema: str = SEARCH_SCHEMA, **attributes: Any) -> dict[str, Any]:
    return {"schemas": [schema], **attributes}

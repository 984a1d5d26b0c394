"""The two servers: ours, whole and in process, and scim2-server in memory as its judge."""

import json
import uuid
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from flask.testing import FlaskClient
from scim2_models import Resource, ResourceType, ScimProvider
from scim2_server.handler import ScimHandler
from scim2_server.memory import InMemoryStorage
from scim2_server.requests import ScimRequest
from scim2_server.service import ScimService

from app import Assembly, create_app
from app.audit import CLI
from app.client_apps import NewApp
from scim import PROVIDER
from scim.choices import ProfileName
from scim.schema.schemas import EnterpriseUser, Group, User
from tests.conftest import FakeClock
from tests.differential.exchanges import BASE_URL, MEDIA_TYPE, Request
from tests.differential.labels import Labels


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer as a server gave it."""

    status: int
    text: str
    entity_tag: str | None
    read_back: str = ""
    """The resource as a GET shows it, where a change was answered without it."""


class Ours:
    """An empty directory of our server, and a strict app that may provision it."""

    def __init__(self, assembly: Assembly, client: FlaskClient) -> None:
        self.labels = Labels()
        self._client = client
        tenant = assembly.tenants.create(f"judged {uuid.uuid4()}", CLI)
        app = assembly.client_apps.create(
            NewApp(tenant.id, "judged", profile=ProfileName.STRICT), CLI
        )
        assembly.client_apps.enable_scim(app.id, CLI)
        self._token = assembly.tokens.issue(app.id, CLI).text

    @staticmethod
    def client_of(assembly: Assembly) -> FlaskClient:
        """Return a client that speaks to our server in process."""
        return create_app(assembly).test_client()

    def send(self, request: Request) -> Heard:
        """Send a request with the app's token."""
        fill = self.labels.fill
        response = self._client.open(
            f"{BASE_URL}{fill(request.path)}",
            method=request.method,
            query_string={name: fill(value) for name, value in request.query.items()},
            headers={
                "Authorization": f"Bearer {self._token}",
                **{name: fill(value) for name, value in request.headers.items()},
            },
            data=_written(request, self.labels),
            content_type=MEDIA_TYPE,
        )
        return Heard(response.status_code, response.text, response.headers.get("ETag"))


class _Storage(InMemoryStorage):
    """The judge's memory; its ids count up, because a list without an order is in that of ids."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self._numbers = count(1)

    def generate_id(self, resource_type: ResourceType, resource: Resource[Any]) -> str:
        del resource_type, resource
        return str(uuid.UUID(int=next(self._numbers)))


class Judge:
    """An empty scim2-server of the same models and the same announced configuration."""

    def __init__(self, clock: FakeClock) -> None:
        self.labels = Labels()
        self.storage = _Storage(clock)
        models = ScimProvider(
            models=[User, EnterpriseUser, Group],
            resource_types=PROVIDER.resource_types,
            config=PROVIDER.config,
        )
        self._service = ScimService(models, secret="of the cursors")
        self._handler = ScimHandler(self._service, self.storage)

    def send(self, request: Request) -> Heard:
        """Send a request; a change answered without the resource is followed by a GET."""
        heard = self._send(request)
        if request.method == "PATCH" and heard.status == 204:
            return replace(heard, read_back=self._send(Request("GET", request.path)).text)
        return heard

    def _send(self, request: Request) -> Heard:
        fill = self.labels.fill
        asked = ScimRequest(
            method=request.method,
            base_url=BASE_URL,
            path=fill(request.path),
            query={name: fill(value) for name, value in request.query.items()},
            headers={name: fill(value) for name, value in request.headers.items()},
            body=_written(request, self.labels).encode(),
        )
        try:
            response = self._handler.handle(asked)
        except Exception as error:  # noqa: BLE001 - as its own integrations do
            response = self._service.error_response(error)
        text = "" if response.body is None else json.dumps(response.body)
        return Heard(int(response.status), text, response.headers.get("ETag"))


def _written(request: Request, labels: Labels) -> str:
    return "" if request.body is None else labels.fill(json.dumps(request.body, ensure_ascii=False))

"""Two tenants with their ids swapped, at every endpoint and place: nothing is read or written."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app import Assembly, Settings, assemble, create_app
from app.audit import CLI
from app.client_apps import NewApp
from app.log.reading import Filters
from tests.conformance.oauth_client import OAuthClient
from tests.conformance.tenant_cells import Asked, Cell, Ids, cells, resource
from tests.conftest import FakeClock

PREFIX = "/scim/v2"
NOBODY = Ids("0000000a-0000-4000-8000-000000000000", "0000000b-0000-4000-8000-000000000000")

PER_REQUEST = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[\d:.]+Z")
"""What is new in every answer: ids of what was made, and times."""


class Tenant:
    """A tenant with a user in a group and a second user, and the client of its app."""

    def __init__(self, assembly: Assembly, name: str) -> None:
        self.assembly = assembly
        self.id = assembly.tenants.create(name, CLI).id
        self.app = assembly.client_apps.create(NewApp(self.id, name), CLI)
        assembly.client_apps.enable_scim(self.app.id, CLI)
        self.token = assembly.tokens.issue(self.app.id, CLI).text
        self.http = create_app(assembly).test_client()
        user = self.made("Users", "ada")
        self.made("Users", "grace")
        group = self.made("Groups", "crew", members=[{"value": user}])
        listed = self.ask(Asked("GET", "/Users", {"cursor": "", "count": 1})).get_json(force=True)
        self.ids = Ids(user, group, listed["nextCursor"])

    def made(self, endpoint: str, name: str, **attributes: Any) -> str:
        answer = self.ask(Asked("POST", f"/{endpoint}", resource(endpoint, name, **attributes)))
        assert answer.status_code == 201, answer.text
        return str(answer.get_json(force=True)["id"])

    def ask(self, asked: Asked) -> Any:
        query = asked.body if asked.method == "GET" and "?" not in asked.path else None
        return self.http.open(
            PREFIX + asked.path,
            method=asked.method,
            query_string=query,
            json=None if asked.method == "GET" else asked.body,
            headers={"Authorization": f"Bearer {self.token}", **asked.headers},
        )

    def exported(self) -> str:
        with self.assembly.exporter.open(self.id) as export:
            return "".join(export.pieces())

    def stored(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row of the tenant, but for when its token was used."""
        with self.assembly.database.read() as session:
            rows = {
                table: session.tuples(
                    f"SELECT {columns} FROM {table} WHERE tenant_id = ? ORDER BY 1, 2, 3",  # noqa: S608
                    (self.id,),
                )
                for table, columns in TABLES.items()
            }
            rows["lookup"] = session.tuples(
                "SELECT l.path_id, l.value, l.seq FROM lookup AS l JOIN lookup_path AS p"
                " ON p.id = l.path_id WHERE p.tenant_id = ? ORDER BY 1, 2, 3",
                (self.id,),
            )
        return {table: [tuple(map(str, row)) for row in each] for table, each in rows.items()}


TABLES = {
    "resource": "*",
    "member": "*",
    "unique_value": "*",
    "resource_count": "*",
    "lookup_path": "*",
    "client_app": "*",
    "audit": "*",
    "token": "jti, app_id, status, renew_count, revoked_at, ends_at",
}


@pytest.fixture
def assembly(tmp_path: Path, clock: FakeClock, database_where: str | Path) -> Iterator[Assembly]:
    url = database_where if isinstance(database_where, str) else ""
    settings = Settings(
        instance=tmp_path, base_url="http://localhost", rate_limit=0, database_url=url
    )
    with closing(assemble(settings, clock)) as made:
        yield made


@pytest.fixture
def mine(assembly: Assembly) -> Tenant:
    return Tenant(assembly, "mine")


@pytest.fixture
def theirs(assembly: Assembly, mine: Tenant) -> Tenant:  # noqa: ARG001 - made after it
    return Tenant(assembly, "theirs")


def views(application: Flask, endpoints: list[str]) -> Iterator[tuple[str, str, str]]:
    """Return every view of the SCIM blueprint with its method and the endpoint it is asked for."""
    for rule in application.url_map.iter_rules():
        blueprint, _, view = rule.endpoint.partition(".")
        if blueprint == "provisioning":
            for endpoint in endpoints if "endpoint" in rule.arguments else [""]:
                for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                    yield view, method, endpoint


def without(text: str, ids: Ids) -> str:
    """Return a text but for the ids that were asked about, and what is new in every answer."""
    for id_, word in ((ids.user, "<user>"), (ids.group, "<group>")):
        text = text.replace(id_, word).replace(id_[:8], word)
    return PER_REQUEST.sub("<new>", text.replace(ids.cursor, "<cursor>"))


def as_seen(answer: Any, ids: Ids) -> tuple[object, ...]:
    """Return all of an answer that can tell anything about ids."""
    headers = {name: without(value, ids) for name, value in answer.headers}
    del headers["X-Request-Id"]
    return answer.status_code, headers, without(answer.text, ids)


def forged(cursor: str) -> str:
    """Return a cursor that nobody made."""
    return cursor[:-6] + ("AAAAAA" if cursor[-6:] != "AAAAAA" else "BBBBBB")


def test_every_view_and_method_has_a_cell(assembly: Assembly) -> None:
    """A new endpoint fails here until its places for ids are listed."""
    endpoints = list(assembly.provider.endpoints)
    for view, method, endpoint in views(create_app(assembly), endpoints):
        asked = [cell(NOBODY, NOBODY) for cell in cells(view, endpoint)]
        assert method in {each.method for each in asked}, (view, method, endpoint)


def test_another_tenant_s_ids_are_answered_like_those_of_nothing(
    mine: Tenant, theirs: Tenant
) -> None:
    """Two tenants alike ask the same in turn: one about a third, the other about nothing."""
    other = Tenant(mine.assembly, "like mine")
    nobody = Ids(NOBODY.user, NOBODY.group, forged(theirs.ids.cursor))
    before, tried = theirs.stored(), 0

    for name, cell in every_cell(mine):
        asked = cell(mine.ids, theirs.ids)
        told = as_seen(mine.ask(asked), theirs.ids)
        assert before == theirs.stored(), (name, asked)
        assert as_seen(other.ask(cell(other.ids, nobody)), nobody) == told, (name, asked)
        assert told[0] in {200, 201, 400, 404, 412, 501}, (name, asked, told)
        tried += 1

    assert tried > 200
    assert without(mine.exported(), theirs.ids) == without(other.exported(), nobody)


def every_cell(tenant: Tenant) -> Iterator[tuple[str, Cell]]:
    """Return every request with the view it is for."""
    endpoints = list(tenant.assembly.provider.endpoints)
    found = sorted({(view, on) for view, _, on in views(tenant.http.application, endpoints)})
    for view, endpoint in found:
        for cell in cells(view, endpoint):
            yield f"{view} {endpoint}", cell


def test_lists_exports_and_logs_show_each_tenant_what_is_its_own(
    mine: Tenant, theirs: Tenant
) -> None:
    for tenant, other in ((mine, theirs), (theirs, mine)):
        for path in ("/Users", "/Groups", "/Users?filter=userName pr", "/Groups?sortBy=id"):
            answer = tenant.ask(Asked("GET", path)).text
            assert tenant.ids.user in answer
            assert other.ids.user not in answer
            assert other.ids.group not in answer
        exported = tenant.exported()
        assert tenant.ids.user in exported
        assert other.ids.user not in exported
    show_their_own_logs(mine, theirs)


def show_their_own_logs(mine: Tenant, theirs: Tenant) -> None:
    mine.ask(Asked("GET", f"/Users/{theirs.ids.user}"))
    log = mine.assembly.log
    assert log.queue.flush()

    for tenant, other in ((mine, theirs), (theirs, mine)):
        rows = list(log.reader.all(tenant.app.id, Filters()))
        assert {tenant.id} == {row.entry.tenant_id for row in rows}
        assert [None] * len(rows) == [log.reader.find(other.app.id, row.seq) for row in rows]
    assert not list(log.reader.all(theirs.app.id, Filters(object=mine.ids.user)))


def test_an_app_learns_nothing_of_another_tenant_s_token_and_cannot_end_it(
    mine: Tenant, theirs: Tenant
) -> None:
    me = OAuthClient(mine.assembly, "Okta", mine.id)
    before = theirs.stored()

    for path in ("/oauth2/introspect", "/oauth2/revoke", "/oauth2/rotate"):
        real, unreal = (me.ask(path, token=text) for text in (theirs.token, theirs.token[:-4]))
        assert (real.status_code, real.text) == (unreal.status_code, unreal.text)
        assert before == theirs.stored()

    assert 200 == theirs.ask(Asked("GET", "/Users")).status_code

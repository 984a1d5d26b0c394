"""The directory of an app as its provider sees it: lists and resources, to be looked at only."""

import json
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue as Answer

from app.audit import Filters
from app.console.audit_entries import Names
from app.console.guards import AppVisit, Guard
from app.console.parts import ConsoleParts
from app.wording import find_fault
from scim import Client
from scim.browsing import NoSuchPage, Search, has_active, searched
from scim.permission import READING
from scim.provider import Kind

_LONGEST = 100
_LONGEST_JSON = 24_000
"""Characters of a resource's JSON on its page."""

_HISTORY = 15

_ACTIVE = {"yes": True, "no": False}
_LABELS = {"userName": "User name", "displayName": "Display name"}


def add_to(blueprint: Blueprint, guard: Guard) -> None:
    """Add the lists of an app's directory, and a page for each resource."""
    add = blueprint.add_url_rule
    page = "/apps/<app_id>/directory/<listed>"
    add(page, "directory", guard.viewing(_list))
    add(f"{page}/<resource_id>", "resource", guard.viewing(_show))


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource in a list."""

    id: str
    name: str
    second: str
    """Another name it has, or nothing."""

    active: bool | None
    changed_at: str


def _list(parts: ConsoleParts, visit: AppVisit, listed: str) -> Answer:
    kind = _kind(parts, listed)
    search, problem = _asked(kind), ""
    try:
        shelf = parts.browser.page(kind, search, client_of(visit))
    except NoSuchPage:
        problem = "This page is too old to be shown again. Here is the first."
        search = Search(search.text, search.attribute, search.active)
        shelf = parts.browser.page(kind, search, client_of(visit))
    page = render_template(
        "console/directory.html",
        visit=visit,
        app=visit.app,
        kind=kind,
        kinds=parts.provider.endpoints.values(),
        search=search,
        given={name: value for name in ("q", "in", "active") if (value := request.args.get(name))},
        shelf=shelf,
        resources=[_resource_of(each) for each in shelf.resources],
        attributes={name: _LABELS.get(name, name) for name in searched(kind)},
        has_active=has_active(kind),
        problem=problem,
    )
    return page, 400 if problem else 200


def _show(parts: ConsoleParts, visit: AppVisit, listed: str, resource_id: str) -> Answer:
    kind = _kind(parts, listed)
    client = client_of(visit)
    found = parts.browser.find(kind, resource_id, client)
    if found is None:
        abort(404)
    try:
        related = parts.browser.related(kind, resource_id, request.args.get("cursor", ""), client)
    except NoSuchPage:
        related = parts.browser.related(kind, resource_id, "", client)
    history = Filters(object_id=resource_id, tenant_id=visit.app.tenant_id)
    text = json.dumps(found.document, indent=2, ensure_ascii=False)
    return render_template(
        "console/resource.html",
        visit=visit,
        app=visit.app,
        kind=kind,
        resource=_resource_of(found.document),
        meta=found.document["meta"],
        external_id=found.document.get("externalId", ""),
        etag=found.etag,
        json=text[:_LONGEST_JSON],
        is_cut=len(text) > _LONGEST_JSON,
        related_kind=related[0] if related else None,
        shelf=related[1] if related else None,
        related=[_resource_of(each) for each in related[1].resources] if related else [],
        history=Names(parts, visit.app.id).entries(
            parts.audit.log.page(history, size=_HISTORY).lines
        ),
    )


def client_of(visit: AppVisit) -> Client:
    """Return who reads the directory of an app for an admin: a client that changes nothing."""
    return Client(
        tenant_id=visit.app.tenant_id,
        app_id=visit.app.id,
        service_account_id="",
        token_id="",
        permission=READING,
        choices=visit.app.choices,
        address=visit.actor.address,
    )


def _kind(parts: ConsoleParts, listed: str) -> Kind:
    kind = parts.provider.endpoints.get(listed)
    if kind is None:
        abort(404)
    return kind


def _asked(kind: Kind) -> Search:
    text = request.args.get("q", "").strip()
    if find_fault("The search", text, _LONGEST):
        abort(400)
    attribute = request.args.get("in", "")
    active = _ACTIVE.get(request.args.get("active", "")) if has_active(kind) else None
    return Search(text, attribute, active, request.args.get("cursor", ""))


def _resource_of(document: dict[str, Any]) -> Resource:
    names = [str(document[name]) for name in _LABELS if document.get(name)]
    name = names[0] if names else document.get("externalId") or document["id"]
    active = document.get("active")
    return Resource(
        document["id"],
        str(name),
        ", ".join(names[1:]),
        active if isinstance(active, bool) else None,
        document["meta"]["lastModified"],
    )

"""The provisioning log of an app: what its provider sent, what we answered, and how to fix it."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue as Answer

from app.console.guards import AppVisit, Guard
from app.console.parts import ConsoleParts
from app.log.curl import curl_of
from app.log.entries import Entry
from app.log.export import csv_lines, json_lines
from app.log.filters import Filters, InvalidFilter, Position
from app.log.outcomes import OPERATIONS, Outcome
from app.log.reading import PAGE, Logged, LogReader
from app.log.remedies import remedy_of, sentence_of
from app.tokens import Token
from scim.instant import to_text

_FIELDS = ("result", "operation", "type", "id", "token", "since", "until")

_HISTORY = 20
"""Rows about the same resource that a row's page shows."""

_MOST_OFFERED = 20
"""Tokens to choose from, the last ones."""

_MOST_REFUSED = 5
"""Tokens that are not alive any more of which the page tells how often they came."""

_LONGEST_NUMBER = 18


def add_to(blueprint: Blueprint, guard: Guard) -> None:
    """Add the screens of the provisioning log."""
    add = blueprint.add_url_rule
    page = "/apps/<app_id>/log"
    add(page, "log", guard.viewing(_list))
    for name, lines, media_type in (
        ("csv", csv_lines, "text/csv"),
        ("jsonl", json_lines, "application/jsonl"),
    ):
        export = guard.viewing(partial(_export, lines, media_type))
        add(f"{page}/export.{name}", f"log_{name}", export, methods=["POST"])
    add(f"{page}/<number>", "log_entry", guard.viewing(_entry))


def _list(parts: ConsoleParts, visit: AppVisit) -> Answer:
    given = _given(request.args)
    try:
        filters, problem = Filters.read(given, parts.clock()), ""
    except InvalidFilter as error:
        filters, problem = Filters(), str(error)
    after = Position.read(request.args.get("after", ""))
    page = parts.log.reader.page(visit.app.id, filters, after)
    tokens = _tokens(parts, visit)
    refused = parts.log.activity.refused_tokens(visit.app.id)
    text = render_template(
        "console/log.html",
        visit=visit,
        app=visit.app,
        given=given,
        problem=problem,
        page=page,
        count=PAGE,
        tokens=tokens,
        offered={id_: tokens[id_] for id_ in _offered(tokens, given.get("token"))},
        refused=refused[:_MOST_REFUSED],
        more_refused=len(refused) - _MOST_REFUSED,
        outcomes=list(Outcome),
        operations=OPERATIONS,
        types=parts.log.endpoints,
        is_on=parts.log.is_on,
        is_live=parts.log.is_on and not problem and after is None,
        days=parts.settings.log_days,
        state_of=partial(_state, parts.clock()),
    )
    return (text, 400) if problem else text


def _entry(parts: ConsoleParts, visit: AppVisit, number: str) -> Answer:
    logged = _find(parts.log.reader, visit, number)
    entry = logged.entry
    history: tuple[Logged, ...] = ()
    if entry.resource_id:
        same = Filters(object=entry.resource_id)
        history = parts.log.reader.page(visit.app.id, same, count=_HISTORY).rows
    return render_template(
        "console/log_entry.html",
        visit=visit,
        app=visit.app,
        logged=logged,
        entry=entry,
        sentence=sentence_of(entry),
        remedy=remedy_of(entry),
        changes=_changes(entry),
        curl=curl_of(entry, parts.settings.scim_url, parts.log.endpoints),
        history=history,
        tokens=_tokens(parts, visit),
    )


def _export(
    lines: Callable[[Iterable[Logged]], Iterator[str]],
    media_type: str,
    parts: ConsoleParts,
    visit: AppVisit,
) -> Answer:
    try:
        filters = Filters.read(_given(request.form), parts.clock())
    except InvalidFilter:
        abort(400)
    parts.log.reader.page(visit.app.id, filters, count=1)  # what cannot be read is no half file
    ending = "csv" if media_type == "text/csv" else "jsonl"
    name = f"provisioning-log-{visit.app.id}-{to_text(parts.clock())[:10]}.{ending}"
    return Response(
        lines(parts.log.reader.all(visit.app.id, filters)),
        mimetype=media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _changes(entry: Entry) -> dict[str, list[str]]:
    """Return the old and the new value of each attribute that changed, where they were kept."""
    values = json.loads(entry.values_json) if entry.values_json else {}
    return {
        name: [json.dumps(each, ensure_ascii=False) for each in values.get(name, ())]
        for name in entry.changed.split()
    }


def _given(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: fields[name] for name in _FIELDS if fields.get(name)}


def _find(reader: LogReader, visit: AppVisit, number: str) -> Logged:
    if not number.isascii() or not number.isdigit() or len(number) > _LONGEST_NUMBER:
        abort(404)
    found = reader.find(visit.app.id, int(number))
    if found is None:
        abort(404)
    return found


def _tokens(parts: ConsoleParts, visit: AppVisit) -> dict[str, Token]:
    return {token.jti: token for token in parts.tokens.list(visit.app.id)}


def _offered(tokens: Mapping[str, Token], asked: str | None) -> list[str]:
    """Return the ids of the tokens to choose from: the last ones, and the one asked for."""
    return [id_ for place, id_ in enumerate(tokens) if place < _MOST_OFFERED or id_ == asked]


def _state(now: datetime, token: Token) -> str:
    return str(token.state(now))

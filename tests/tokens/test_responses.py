"""The table of responses, row by row: by every method, in Bulk, and by both ways in."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app import Assembly, Settings, assemble, create_app
from app.audit import CLI
from app.client_apps import NewApp
from tests.app.provider import Provider
from tests.conftest import FakeClock
from tests.contract.directories import UNKNOWN_ID
from tests.races import together
from tests.tokens.acts import ACTS, ask, doors_of, everything_stored
from tests.tokens.refusals import REFUSALS, Sent, World, faults_of

_TOO_MANY = r"Too many requests\. Try again in \d s\."


@pytest.fixture
def application(assembly: Assembly) -> Flask:
    return create_app(assembly)


@pytest.fixture
def world(assembly: Assembly, clock: FakeClock) -> World:
    return World(assembly, clock)


@pytest.fixture
def user(application: Flask, world: World) -> str:
    """The id of a user of the only tenant there is at first."""
    provider = Provider(application.test_client(), world.token()[1])
    made = provider.ask("POST", "/Users", {"userName": "ada@example.com"})
    identifier: str = made.get_json(force=True)["id"]
    return identifier


def in_every_way(
    application: Flask, user: str, sent: Sent, acts: Any = ACTS
) -> Iterator[TestResponse]:
    """Return the answers to what is sent, by every method and by both ways in."""
    for act, door in product(acts, doors_of(application).values()):
        yield ask(door, act, user, sent.authorization, **sent.options)


def test_every_refusal_is_answered_as_the_table_says(
    application: Flask, world: World, user: str, figure: Callable[[str], None]
) -> None:
    start, odd, ids = world.clock(), {}, []

    for name, refused in REFUSALS.items():
        world.clock.moment = start
        sent = refused(world)
        before = everything_stored(world.assembly)
        for answer in in_every_way(application, user, sent):
            ids.append(answer.headers["X-Request-Id"])
            faults = faults_of(answer, sent)
            if faults:
                odd[name] = faults
        assert before == everything_stored(world.assembly), name

    assert {} == odd
    assert len(ids) == len(set(ids))
    figure(f"refusals: {len(REFUSALS)} reasons, {len(ids)} answers, each as the table says")


def test_a_scope_that_is_too_small_is_named(application: Flask, world: World, user: str) -> None:
    _, token = world.token(scope="scim:groups")
    challenge = 'Bearer error="insufficient_scope", scope="scim"'
    sent = Sent(
        f"Bearer {token}",
        403,
        challenge,
        r"The token does not let its client (read|change) Users\.",
    )
    before = everything_stored(world.assembly)["resource"]

    for answer in in_every_way(application, user, sent, ACTS.keys() - {"Bulk"}):
        assert [] == faults_of(answer, sent)
    (bulk,) = ask(application.wsgi_app, "Bulk", user, sent.authorization).get_json(force=True)[
        "Operations"
    ]
    assert "403" == bulk["status"]
    assert before == everything_stored(world.assembly)["resource"]


def test_a_resource_of_another_tenant_is_as_if_absent(
    application: Flask, world: World, user: str
) -> None:
    tenant = world.assembly.tenants.create("another", CLI)
    app = world.assembly.client_apps.create(NewApp(tenant.id, "Theirs"), CLI)
    world.assembly.client_apps.enable_scim(app.id, CLI)
    token = world.assembly.tokens.issue(app.id, CLI).text
    acts = [act for act, (_, path, _) in ACTS.items() if "{id}" in path]
    before = everything_stored(world.assembly)["resource"]

    for id_ in (user, UNKNOWN_ID):
        sent = Sent(f"Bearer {token}", 404, None, f".*{id_}.*")
        for answer in in_every_way(application, id_, sent, acts):
            assert [] == faults_of(answer, sent)
    listed = ask(application.wsgi_app, "list", user, f"Bearer {token}").get_json(force=True)
    assert 0 == listed["totalResults"]
    assert before == everything_stored(world.assembly)["resource"]


@pytest.fixture
def hurried(settings: Settings, assembly: Assembly, clock: FakeClock) -> Iterator[Assembly]:
    """The same program with a budget of one request a second."""
    del assembly  # which makes the keys
    made = assemble(replace(settings, rate_limit=1), clock)
    yield made
    made.close()


@pytest.mark.parametrize("known", [True, False], ids=["a token", "a guess"])
def test_who_asks_too_often_is_told_when_to_come_again(
    hurried: Assembly, world: World, user: str, *, known: bool
) -> None:
    token = world.token()[1] if known else "a.b.c"
    sent = Sent(f"Bearer {token}", 429, None, _TOO_MANY)
    application = create_app(hurried)

    for act, door in product(ACTS, doors_of(application).values()):
        answers = (ask(door, act, user, sent.authorization) for _ in range(50))
        answer = next(answer for answer in answers if answer.status_code == 429)
        assert [] == faults_of(answer, sent)


def take_away(settings: Settings, assembly: Assembly) -> None:
    """Let nobody reach the database any more."""
    if isinstance(settings.database, Path):
        assembly.close()
        settings.database.unlink()
        settings.database.mkdir()
        return
    server, _, name = settings.database.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
        )


def give_back(settings: Settings) -> None:
    if isinstance(settings.database, str):
        server, _, name = settings.database.rpartition("/")
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())


def test_without_its_database_a_server_asks_to_come_again(
    settings: Settings, assembly: Assembly, application: Flask, world: World, user: str
) -> None:
    """All at once: each waits a few seconds for a connection."""
    _, token = world.token()
    detail = "The database is not available just now. Try again."
    sent = Sent(f"Bearer {token}", 503, None, detail)
    acts = [
        partial(ask, door, act, user, sent.authorization)
        for act, door in product(ACTS, doors_of(application).values())
    ]
    take_away(settings, assembly)

    answers = together(*acts)
    forged = ask(application.wsgi_app, "GET", user, f"{sent.authorization[:-6]}AAAAAA")

    give_back(settings)
    assert [[]] * len(acts) == [faults_of(answer, sent) for answer in answers]
    assert 401 == forged.status_code

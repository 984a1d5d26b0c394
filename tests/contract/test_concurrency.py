"""Many at once, in real threads and processes: nothing is lost, nothing wins twice."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scim2_models import PreconditionFailedException, UniquenessException

from scim import PROVIDER, Client, Database, Directory, open_database
from scim.choices import Choices
from scim.instant import now
from scim.migrations import MIGRATIONS
from scim.permission import EVERYTHING
from scim.preconditions import Preconditions, entity_tag
from scim.provider import GROUP, USER
from scim.query.search import Query
from scim.rendering import View
from tests.contract.directories import new_cursors
from tests.races import in_processes

_CLIENT = Client("t", "app", "sa", "jti", EVERYTHING, Choices())
_VIEW = View("https://idp.example/scim/v2")
_ANY = Preconditions()


def directory_on(database: Database) -> Directory:
    return Directory(database, now, lambda *_: None, PROVIDER, new_cursors(now))


@pytest.fixture
def directory(database: Database) -> Directory:
    database.migrate(MIGRATIONS)
    with database.write() as session:
        session.run("INSERT INTO tenant (id, name, created_at) VALUES ('t', 't', 'now')")
    return directory_on(database)


def body(text: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(text)
    return parsed


def new_user(directory: Directory, name: str) -> str:
    made = directory.create(USER, {"userName": name}, _CLIENT, _VIEW)
    return str(body(made.parts[0])["id"])


def counting(where: str | Path, id_: str) -> Callable[[], int]:
    """Prepare a process that counts a title up 50 times, each time from what it just read."""
    directory = directory_on(open_database(where))

    def count_up() -> int:
        refused = 0
        done = 0
        while done < 50:
            found = directory.get(USER, id_, _CLIENT, _VIEW)
            title = str(int(body(found.parts[0])["title"]) + 1)
            patch = {"Operations": [{"op": "replace", "path": "title", "value": title}]}
            expected = Preconditions(if_match=entity_tag(found.version))
            try:
                directory.patch(USER, id_, patch, expected, _CLIENT, _VIEW)
                done += 1
            except PreconditionFailedException:
                refused += 1
        return refused

    return count_up


def test_no_update_is_lost_between_processes(
    directory: Directory, database_where: str | Path
) -> None:
    made = directory.create(USER, {"userName": "x", "title": "0"}, _CLIENT, _VIEW)
    id_ = body(made.parts[0])["id"]

    in_processes(4, counting, database_where, id_)

    found = directory.get(USER, id_, _CLIENT, _VIEW)
    assert "200" == body(found.parts[0])["title"]
    assert 201 == found.version


def naming(where: str | Path) -> Callable[[], int]:
    """Prepare a process that wants the same 50 names as every other."""
    directory = directory_on(open_database(where))

    def create_all() -> int:
        won = 0
        for number in range(50):
            try:
                directory.create(USER, {"userName": f"User{number}"}, _CLIENT, _VIEW)
                won += 1
            except UniquenessException:
                continue
        return won

    return create_all


def test_a_unique_name_has_exactly_one_winner(
    directory: Directory, database_where: str | Path
) -> None:
    won = in_processes(4, naming, database_where)

    found = body(directory.search((USER,), Query(), _CLIENT, _VIEW))
    assert 50 == sum(won) == found["totalResults"]


def joining(where: str | Path, group_id: str) -> Callable[[], list[str]]:
    """Prepare a process that makes 25 users, adds each to the group, and deletes every fifth."""
    directory = directory_on(open_database(where))

    def join() -> list[str]:
        stayed = []
        for number in range(25):
            id_ = new_user(directory, f"{os.getpid()}-{number}")
            add = {"Operations": [{"op": "add", "path": "members", "value": [{"value": id_}]}]}
            directory.patch(GROUP, group_id, add, _ANY, _CLIENT, _VIEW)
            if number % 5:
                stayed.append(id_)
            else:
                directory.delete(USER, id_, _ANY, _CLIENT)
        return stayed

    return join


def test_members_join_and_leave_from_every_process_and_none_dangles(
    directory: Directory, database_where: str | Path
) -> None:
    made = directory.create(GROUP, {"displayName": "Everybody"}, _CLIENT, _VIEW)
    group_id = body(made.parts[0])["id"]

    stayed = in_processes(4, joining, database_where, group_id)

    group = body(b"".join(directory.get(GROUP, group_id, _CLIENT, _VIEW).parts))
    expected = {id_ for ids in stayed for id_ in ids}
    assert expected == {member["value"] for member in group["members"]}
    assert 80 == len(expected)

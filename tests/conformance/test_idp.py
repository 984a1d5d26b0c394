"""The sequences of Okta and Entra ID, played against a served Provisor on both engines."""

import json
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from app.cli import main
from tests.conformance.exchanges import (
    MISSING,
    Played,
    Recording,
    differences,
    exchange_of,
    load,
    play,
)
from tests.conftest import ENGINES
from tests.served import ServedProvisor

FILES = sorted((Path(__file__).parent / "idp").glob("*.json"))

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"

EMPTY_LIST = {"totalResults": 0, "startIndex": 1, "itemsPerPage": 0, "Resources": []}


class Served:
    """One server, in which every recording gets a tenant and a token of its own."""

    def __init__(self, provisor: ServedProvisor, variables: dict[str, str]) -> None:
        self.port = provisor.port
        self._variables = variables
        self._numbers = count(1)

    def play(self, recording: Recording) -> Played:
        """Play a recording in an empty tenant."""
        return play(recording, self.port, self.new_token(recording.name))

    def new_token(self, name: str) -> str:
        """Make a tenant and an app in it, and return a token of the app."""
        tenant = self._provisor("tenant", "create", f"{name} {next(self._numbers)}")
        app = self._provisor("app", "create", name, "--tenant", tenant, "--enable-scim")
        return self._provisor("token", "issue", app)

    def _provisor(self, *arguments: str) -> str:
        """Run the ``provisor`` command within this process: starting Python takes a second."""
        done = CliRunner().invoke(main, arguments, env=self._variables, catch_exceptions=False)
        assert done.exit_code == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture(scope="module", params=ENGINES)
def served_once(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """A server on each engine in turn, for every test of this module."""
    url = ""
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_server").new_database()
    instance = tmp_path_factory.mktemp("idp") / "instance"
    provisor = ServedProvisor(instance, url).start()
    variables = {
        "PROVISOR_INSTANCE": str(instance),
        "PROVISOR_DATABASE_URL": url,
        "PROVISOR_PORT": str(provisor.port),
    }
    yield Served(provisor, variables)
    assert provisor.stop() == 0, provisor.log()


@pytest.fixture(scope="module", params=FILES, ids=lambda path: path.stem)
def played(request: pytest.FixtureRequest, served_once: Served) -> Played:
    """Each recording in turn, as it was played."""
    return served_once.play(load(request.param))


def test_the_provider_gets_back_what_it_needs(played: Played) -> None:
    assert not played.failures, "\n".join(played.failures)


def test_every_answer_is_scim_json_over_one_connection(played: Played) -> None:
    """RFC 7644 §3.1: an answer with a body says ``application/scim+json``."""
    for turn in played.turns:
        media_type = turn.answer.headers.get("content-type")
        assert (turn.exchange.what, media_type) == (
            turn.exchange.what,
            "application/scim+json" if turn.answer.text else None,
        )
        assert turn.kept, turn.exchange.what


def test_no_answer_holds_a_password(played: Played) -> None:
    """RFC 7643 §7: ``password`` is never returned, neither as it was sent nor otherwise."""
    secrets: set[str] = set()
    for turn in played.turns:
        secrets.update(passwords_in(turn.sent))
        assert not {secret for secret in secrets if secret in turn.answer.text}
        assert '"password":' not in turn.answer.text


def test_no_answer_holds_a_null(played: Played) -> None:
    """RFC 7643 §2.5: what has no value is left out; Entra ID wants no nulls in schemas."""
    for turn in played.turns:
        body = turn.answer.body if turn.answer.text else {}
        assert None not in list(values_in(body)), turn.exchange.what


def test_every_error_is_a_scim_error_whose_status_is_a_string(played: Played) -> None:
    """RFC 7644 §3.12."""
    for turn in played.turns:
        if turn.answer.status >= 400:
            body = turn.answer.body
            assert [ERROR] == body["schemas"], turn.exchange.what
            assert str(turn.answer.status) == body["status"], turn.exchange.what
            assert body["detail"], turn.exchange.what


def test_every_section_of_the_traffic_document_is_recorded() -> None:
    sections = {exchange.section for path in FILES for exchange in load(path).exchanges}

    entra = {f"1.{number}" for number in range(1, 9)}
    okta = {f"2.{number}" for number in range(1, 10)}
    assert entra | okta <= sections


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_expectation_in_a_file_can_fail(path: Path) -> None:
    """Each exchange expects a status, and each 2xx with a body says something of it."""
    idle = [
        exchange.what
        for exchange in load(path).exchanges
        if exchange.expect.status in (200, 201) and not exchange.expect.body
    ]

    assert [] == idle


def passwords_in(body: Any) -> Iterator[str]:
    """Return the value of every ``password`` in a body, at any depth."""
    for name, value in members_in(body):
        if name == "password":
            yield value


def values_in(body: Any) -> Iterator[Any]:
    """Return the value of every member in a body, at any depth."""
    for _, value in members_in(body):
        yield value


def members_in(body: Any) -> Iterator[tuple[str, Any]]:
    """Return every member of every object in a body."""
    if isinstance(body, dict):
        yield from body.items()
        body = list(body.values())
    for inner in body if isinstance(body, list) else ():
        yield from members_in(inner)


# What the runner itself notices.


def recorded(*exchanges: dict[str, Any]) -> Recording:
    """Return a recording of exchanges in the section 0 of no provider."""
    numbered = tuple(
        exchange_of({"section": "0", "what": f"exchange {number}"} | each, number)
        for number, each in enumerate(exchanges, 1)
    )
    return Recording("test.json", "nobody", "nothing", "It asks.", {}, {}, numbered)


def asking(**expect: Any) -> dict[str, Any]:
    """Return an exchange that asks an empty tenant for its users."""
    return {"request": {"method": "GET", "path": "/Users"}, "expect": {"status": 200} | expect}


def test_an_answer_as_expected_is_no_failure(served_once: Served) -> None:
    recording = recorded(asking(body=EMPTY_LIST, headers={"Content-Type": "application/scim+json"}))

    assert () == served_once.play(recording).failures


@pytest.mark.parametrize(
    ("expect", "complaint"),
    [
        ({"status": 404}, "the status is 200 instead of 404: .*"),
        ({"status": [201, 204]}, r"the status is 200 instead of [201, 204]: .*"),
        ({"body": {"totalResults": 1}}, "body.totalResults is 0, not 1"),
        ({"body": {"totalResults": "0"}}, 'body.totalResults is 0 instead of "0"'),
        ({"body": {"nextCursor": "x"}}, "body.nextCursor is missing"),
        ({"headers": {"ETag": "x"}}, "header ETag is missing"),
        ({"body": {"$exactly": {"totalResults": 0}}}, 'body has "Resources", which .*'),
        ({"body": {"id": "${mira}"}}, "no exchange before this one saved ${mira}"),
    ],
)
def test_a_failure_names_file_number_sentence_and_difference(
    served_once: Served, expect: dict[str, Any], complaint: str
) -> None:
    failures = served_once.play(recorded(asking(), asking(**expect))).failures

    text = re.escape(f'test.json #2 "exchange 2": {complaint}').replace(re.escape(".*"), ".*")
    assert re.fullmatch(text, failures[0])


def test_what_an_exchange_saves_fills_the_next(served_once: Served) -> None:
    create = {
        "request": {"method": "POST", "path": "/Users", "body": {"userName": "saved-${n}"}},
        "expect": {"status": 201, "body": {"userName": "saved-${n}"}, "save": {"/id": "user"}},
        "times": 2,
    }
    get = {
        "request": {"method": "GET", "path": "/Users/${user}"},
        "expect": {"status": 200, "body": {"userName": "saved-2", "id": "${user}"}},
    }

    done = served_once.play(recorded(create, get))

    assert () == done.failures
    assert [201, 201, 200] == [turn.answer.status for turn in done.turns]


@pytest.mark.parametrize(
    "misspelt",
    [
        {"sentense": "It asks."},
        {"exchanges": [asking() | {"time": 2}]},
        {"exchanges": [asking(boddy=EMPTY_LIST)]},
        {"exchanges": [asking() | {"request": {"method": "GET", "path": "/Users", "bdy": {}}}]},
    ],
)
def test_a_file_with_a_misspelt_member_is_refused(tmp_path: Path, misspelt: Any) -> None:
    """What is misspelt would otherwise expect nothing."""
    document = json.loads(FILES[0].read_text())
    path = tmp_path / "misspelt.json"
    path.write_text(json.dumps(document | misspelt))

    with pytest.raises(TypeError, match="unexpected keyword argument"):
        load(path)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (True, 1),
        (1, True),
        (1, 1.0),
        ("a", "A"),
        ("a", MISSING),
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, {}),
        ({"a": 1}, []),
        ({"$exactly": {"a": 1}}, {"a": 1, "b": 2}),
        ({"$exactly": {"a": 1}}, {}),
        ([], ["extra"]),
        ([1], []),
        ([1, 2], [1, 1]),
        ([{"a": 1}], [{"a": 2}]),
        ([], MISSING),
        ({"$any_order": [1, 2]}, [1, 2, 3]),
        ({"$any_order": [1, 1]}, [1, 2]),
        ({"$contains": [1, 1]}, [1, 2]),
        ({"$contains": [1]}, MISSING),
        ({"a": {"$absent": True}}, {"a": None}),
        ({"a": {"$unassigned": True}}, {"a": [1]}),
        ({"$length": 2}, [1]),
        ({"$length": 0}, MISSING),
        ({"$first": 1}, [2, 1]),
        ({"$first": 1}, []),
        ({"$last": 1}, [1, 2]),
        ({"$not": 1}, 1),
        ({"$not": 1}, MISSING),
        ({"$matches": "a+"}, "aab"),
        ({"$matches": ".*"}, MISSING),
        ({"$matches": ".*"}, 1),
        ({"$length": 1, "$first": 2}, [1]),
    ],
)
def test_a_difference_is_noticed(expected: Any, actual: Any) -> None:
    assert 1 == len(differences(expected, actual))


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"$exactly": {"a": [{"b": 1}]}}, {"a": [{"b": 1, "c": 2}]}),
        ({"$any_order": [1, 2]}, [2, 1]),
        ({"$contains": [2]}, [1, 2]),
        ({"a": {"$absent": True}}, {}),
        ({"a": {"$unassigned": True}, "b": {"$unassigned": True}}, {"b": []}),
        ({"$length": 2, "$first": 1, "$last": 2}, [1, 2]),
        ({"$not": 1}, 2),
        ({"$matches": "a+"}, "aa"),
        ({"$ref": "x"}, {"$ref": "x"}),
    ],
)
def test_what_fits_is_no_difference(expected: Any, actual: Any) -> None:
    assert [] == differences(expected, actual)

"""The traffic of every provider, played in both profiles against a served Provisor."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scim.tolerance import PROFILES
from tests.conformance.conftest import Served
from tests.conformance.exchanges import load
from tests.conformance.playing import ERROR, Played

FILES = sorted((Path(__file__).parent / "idp").glob("*.json"))


@pytest.fixture(scope="module", params=FILES, ids=lambda path: path.stem)
def recording_file(request: pytest.FixtureRequest) -> Path:
    """Each recording in turn."""
    path: Path = request.param
    return path


@pytest.fixture(scope="module", params=PROFILES)
def played(request: pytest.FixtureRequest, recording_file: Path, served_once: Served) -> Played:
    """Each recording in turn, as it was played by an app of each profile."""
    return served_once.play(load(recording_file), request.param)


def test_the_provider_gets_back_what_it_needs(played: Played) -> None:
    assert not played.failures, "\n".join(played.failures)


def test_every_answer_is_scim_json_over_one_connection(played: Played) -> None:
    """RFC 7644 §3.1: an answer with a body says ``application/scim+json``."""
    for turn in played.turns:
        media_type = turn.answer.headers.get("content-type")
        assert (turn.what, media_type) == (
            turn.what,
            "application/scim+json" if turn.answer.text else None,
        )
        assert turn.kept, turn.what


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
        assert None not in list(values_in(body)), turn.what


def test_every_error_is_a_scim_error_whose_status_is_a_string(played: Played) -> None:
    """RFC 7644 §3.12."""
    for turn in played.turns:
        if turn.answer.status >= 400:
            body = turn.answer.body
            assert [ERROR] == body["schemas"], turn.what
            assert str(turn.answer.status) == body["status"], turn.what
            assert body["detail"], turn.what


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

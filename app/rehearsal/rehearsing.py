"""A rehearsal: a test user goes the way that a provider's users go, and leaves nothing behind.

Every request passes the whole SCIM application, with a token that is lent for so long: the
authenticator lets it in, tolerance reads it, the log keeps it, marked as a test.
"""

import json
from contextvars import Context
from dataclasses import dataclass
from typing import Any
from wsgiref.types import WSGIApplication

from werkzeug.test import EnvironBuilder, run_wsgi_app

from app.audit import Actor
from app.client_apps import ClientApp
from app.log.door import TEST
from app.rehearsal.steps import STEPS, Step
from app.tokens import NewToken, Token, Tokens
from app.tokens.jwt_format import SCIM_PATH
from scim import Client
from scim.choices import Choices
from scim.permission import EVERYTHING
from scim.storage import Unavailable
from scim.sweeping import Sweeper, new_name

_MEDIA_TYPE = "application/scim+json"

_AGENT = "Provisor connection test"

_SCOPE = "scim:users"

_LONGEST = 4_000
"""Characters of a body that are shown."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer, as people read them."""

    title: str
    request: str
    status: int
    answer: str
    is_passed: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What came of a rehearsal."""

    user_name: str
    exchanges: tuple[Exchange, ...]
    not_run: tuple[str, ...]
    """The titles of the steps behind the one that failed."""

    is_gone: bool
    """Whether the test user is surely out of the directory."""

    @property
    def is_passed(self) -> bool:
        """Whether every step was run and did what it should."""
        return not self.not_run and all(each.is_passed for each in self.exchanges)


class Rehearsals:
    """Rehearses the connection of apps.

    :param served: the SCIM application as providers meet it
    :param url: the public URL
    """

    def __init__(self, served: WSGIApplication, url: str, tokens: Tokens, sweeper: Sweeper) -> None:
        self._served = served
        self._url = url
        self._tokens = tokens
        self._sweeper = sweeper

    def run(self, app: ClientApp, actor: Actor) -> Rehearsal:
        """Rehearse the connection of an app; whatever happens, its test user is taken away then.

        :raises UnknownApp: there is no such app
        :raises ScimDisabled: the app's SCIM is off
        :raises TokenLent: a test of the app is running
        """
        name = new_name()
        with self._tokens.lent(app.id, actor, NewToken("Connection test", _SCOPE)) as issued:
            try:
                exchanges = self._exchanges(name, issued.text)
            finally:
                is_gone = self._swept(name, _remover(issued.token))
        not_run = tuple(step.title for step in STEPS[len(exchanges) :])
        return Rehearsal(name, tuple(exchanges), not_run, is_gone)

    def _swept(self, name: str, remover: Client) -> bool:
        """Take the test user away, and what earlier tests left; return whether it is gone."""
        try:
            is_gone = self._sweeper.sweep(name, remover)
            self._sweeper.sweep_left(remover)
        except Unavailable:
            return False
        return is_gone

    def _exchanges(self, name: str, token: str) -> list[Exchange]:
        """Return the exchanges up to the last, or to the first that failed."""
        exchanges: list[Exchange] = []
        id_ = ""
        for step in STEPS:
            status, answer = self._ask(step, name, id_, token)
            body = _object(answer)
            exchanges.append(_judged(step, name, id_, (status, answer, body)))
            if not exchanges[-1].is_passed:
                break
            id_ = id_ or str(body.get("id", ""))
        return exchanges

    def _ask(self, step: Step, name: str, id_: str, token: str) -> tuple[int, str]:
        path, _, query = _filled(step.path, name, id_).partition("?")
        builder = EnvironBuilder(
            path=SCIM_PATH + path,
            query_string=query or None,
            base_url=self._url,
            method=step.method,
            headers=[("Authorization", f"Bearer {token}"), ("User-Agent", _AGENT)],
            environ_overrides={TEST: True},
            data=_text_of(step, name) if step.body else None,
            content_type=_MEDIA_TYPE if step.body else None,
        )
        # In a context of its own: else Flask would take it for a part of the console's request.
        parts, status, _ = Context().run(run_wsgi_app, self._served, builder.get_environ())
        return int(status[:3]), b"".join(parts).decode()


def _remover(token: Token) -> Client:
    """Return who takes the test user away: it removes even where the app suspends instead."""
    return Client(
        tenant_id=token.tenant_id,
        app_id=token.app_id,
        service_account_id=token.service_account_id,
        token_id=token.jti,
        permission=EVERYTHING,
        choices=Choices(),
    )


def _judged(step: Step, name: str, id_: str, came: tuple[int, str, dict[str, Any]]) -> Exchange:
    status, answer, body = came
    request = f"{step.method} {SCIM_PATH}{_filled(step.path, name, id_)}"
    if step.body:
        request += f"\n\n{_text_of(step, name)}"
    is_expected = status in step.statuses
    is_passed = is_expected and (not answer or step.holds(body, name))
    if is_passed:
        sentence = step.sentence
    elif is_expected:
        sentence = "The answer does not say what was asked for."
    else:
        sentence = str(body.get("detail", "The answer has another status than it should."))
    shown = json.dumps(body, indent=2, ensure_ascii=False)[:_LONGEST] if answer else ""
    return Exchange(step.title, request, status, shown, is_passed, sentence)


def _text_of(step: Step, name: str) -> str:
    return _filled(json.dumps(step.body, indent=2), name, "")


def _filled(text: str, name: str, id_: str) -> str:
    return text.replace("{name}", name).replace("{id}", id_)


def _object(answer: str) -> dict[str, Any]:
    try:
        body = json.loads(answer)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}

"""The test of a connection: what it leaves, whom it bothers, and how it ends."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from app import Assembly, Settings, assemble, create_app
from app.admins import Admin
from app.audit import CLI
from app.client_apps import ClientApp
from app.rehearsal import Rehearsals
from app.tokens import NewToken, State
from scim.storage import Unavailable
from scim.sweeping import Sweeper
from tests.app.console_browser import Browser, new_admin, new_app
from tests.app.provider import Provider, resources_in
from tests.conftest import FakeClock

_DOMAINS = ("example.invalid", "acme.example")

_TOLD = r'health-name"[^>]*>([^<]+)<[\s\S]*?class="chip state[^"]*">([^<]+)<'
"""The name of an app in its row at home, and its state."""


@pytest.fixture
def page(client_app: ClientApp) -> str:
    return f"/console/apps/{client_app.id}/guide"


def rehearsals(assembly: Assembly, served: Any, clock: FakeClock) -> Rehearsals:
    sweeper = Sweeper(assembly.directory, assembly.provider.kinds["User"], clock)
    return Rehearsals(served, assembly.settings.public_url, assembly.tokens, sweeper)


def test_a_step_that_fails_ends_the_test_and_the_user_goes_all_the_same(
    assembly: Assembly, client_app: ClientApp, clock: FakeClock
) -> None:
    application = create_app(assembly)

    def served(environ: Any, start_response: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "PATCH":  # somebody turns SCIM off in the middle
            assembly.client_apps.disable_scim(client_app.id, CLI)
        return application(environ, start_response)

    done = rehearsals(assembly, served, clock).run(client_app, CLI)

    assert not done.is_passed
    assert [True, True, True, False] == [each.is_passed for each in done.exchanges]
    assert "SCIM is off for this app." in done.exchanges[-1].sentence
    assert ("Deactivate the user", "Delete the user") == done.not_run
    assert 0 == resources_in(assembly)
    assert [] == assembly.tokens.list(client_app.id)


def test_the_page_of_a_test_that_failed_says_what_and_what_was_not_run(
    tmp_path: Path, clock: FakeClock
) -> None:
    made = assemble(Settings(instance=tmp_path / "instance", rate_limit=1), clock)
    browser = Browser(made).sign_in(new_admin(made, "ada", "owner"))
    app = new_app(made)

    browser.open(f"/console/apps/{app.id}/guide").send(f"/console/apps/{app.id}/guide/test")

    assert 200 == browser.page.status_code
    assert "failed: " in browser.text
    assert "Failed · 429" in browser.text
    assert "Not run" in browser.text
    assert "All 6 steps passed." not in browser.text
    assert 0 == resources_in(made)
    made.close()


def test_a_server_that_breaks_off_leaves_nothing_either(
    assembly: Assembly, client_app: ClientApp, clock: FakeClock
) -> None:
    application = create_app(assembly)

    def served(environ: Any, start_response: Any) -> Iterable[bytes]:
        answer = application(environ, start_response)
        if environ["REQUEST_METHOD"] == "POST":
            raise OSError("the answer is lost")
        return answer

    with pytest.raises(OSError, match="lost"):
        rehearsals(assembly, served, clock).run(client_app, CLI)

    assert 0 == resources_in(assembly)
    assert [] == assembly.tokens.list(client_app.id)


def test_a_test_takes_away_what_an_earlier_one_left_and_nothing_else(
    assembly: Assembly, client_app: ClientApp, provider: Provider, clock: FakeClock
) -> None:
    old, own = "provisor-test-0123456789ab@example.invalid", "provisor-test-lab@acme.example"
    for name in (old, own, "ada"):
        provider.ask("POST", "/Users", {"userName": name})
    clock.advance(minutes=11)
    young = "provisor-test-ba9876543210@example.invalid"
    provider.ask("POST", "/Users", {"userName": young})

    rehearsals(assembly, create_app(assembly), clock).run(client_app, CLI)

    found = provider.ask("GET", "/Users").get_json(force=True)["Resources"]
    assert {own, "ada", young} == {each["userName"] for each in found}


def test_the_test_user_goes_however_many_are_called_like_it(
    assembly: Assembly, client_app: ClientApp, provider: Provider, clock: FakeClock
) -> None:
    names = [f"provisor-test-{n:04}@{domain}" for domain in _DOMAINS for n in range(300)]
    for start in (0, 300):  # the first half is of earlier tests, the second of somebody's own
        operations = [
            {"method": "POST", "path": "/Users", "bulkId": str(n), "data": {"userName": name}}
            for n, name in enumerate(names[start : start + 300])
        ]
        schema = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
        provider.ask("POST", "/Bulk", {"schemas": [schema], "Operations": operations})
    assert 600 == resources_in(assembly)
    application = create_app(assembly)

    def served(environ: Any, start_response: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "PATCH":
            environ["CONTENT_TYPE"] = "text/plain"
        return application(environ, start_response)

    done = rehearsals(assembly, served, clock).run(client_app, CLI)
    assert (False, True, 600) == (done.is_passed, done.is_gone, resources_in(assembly))

    clock.advance(minutes=11)
    assert rehearsals(assembly, application, clock).run(client_app, CLI).is_gone
    assert 300 == resources_in(assembly)


def test_a_test_that_cannot_take_its_user_away_says_so(
    browser: Browser, assembly: Assembly, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> bool:
        raise Unavailable("somebody else writes")

    monkeypatch.setattr(Sweeper, "sweep", busy)

    text = browser.open(page).send(f"{page}/test").text

    assert 200 == browser.page.status_code
    assert "It may still be in the directory" in text
    del assembly


def test_a_test_that_broke_off_leaves_a_token_for_two_minutes_that_counts_nowhere(
    browser: Browser, assembly: Assembly, client_app: ClientApp, page: str, clock: FakeClock
) -> None:
    broken_off = assembly.tokens.lent(client_app.id, CLI, NewToken("Connection test"))
    token = broken_off.__enter__().token  # its end never comes

    assert {} == assembly.tokens.alive([client_app.id])
    assert "Issue the token of this app" in browser.open(page).text
    credentials = browser.open(f"/console/apps/{client_app.id}/credentials").text
    assert "Short-lived tokens that are alive" not in credentials
    settings = f"/console/apps/{client_app.id}/settings"
    assert "No token of HR sync is alive." in browser.open(settings).text
    assert 409 == browser.send(f"{page}/test").page.status_code
    assert "A test of this app is running." in browser.text

    clock.advance(minutes=2)
    assert State.EXPIRED is token.state(clock())
    assert 200 == browser.send(f"{page}/test").page.status_code
    assert [] == assembly.tokens.list(client_app.id)


def test_a_token_that_is_revoked_in_the_middle_of_its_test_ends_once(
    assembly: Assembly, client_app: ClientApp
) -> None:
    with assembly.tokens.lent(client_app.id, CLI, NewToken("Connection test")):
        assert 1 == assembly.tokens.revoke_all(client_app.id, CLI)

    with assembly.database.read() as session:
        assert 1 == len(session.all("SELECT 1 FROM audit WHERE action = 'token.revoke'"))


def test_no_test_changes_the_state_that_home_tells_of_an_app(
    assembly: Assembly, owner: Admin, clock: FakeClock
) -> None:
    application = create_app(assembly)

    def refusing(environ: Any, start_response: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "POST":
            environ["CONTENT_TYPE"] = "text/plain"
        return application(environ, start_response)

    apps = [new_app(assembly, each) for each in ("Quiet", "Waiting", "Failing", "Healthy")]
    tokens = [assembly.tokens.issue(each.id, CLI).text for each in apps]
    apps.append(new_app(assembly, "No token"))
    quiet, _, failing, healthy = (Provider(application.test_client(), each) for each in tokens)
    quiet.ask("GET", "/Users")
    clock.advance(hours=30)
    browser = Browser(assembly).sign_in(owner)
    healthy.ask("GET", "/Users")
    for _ in range(6):
        failing.ask("GET", "/Users/nobody")

    def told() -> list[tuple[str, str]]:
        assert assembly.log.queue.flush()
        return re.findall(_TOLD, browser.open("/console").text)

    before = told()
    assert {each.name: each.name for each in apps} == dict(before)
    ids, activity = [each.id for each in apps], assembly.log.activity
    told_of = (activity.recent(ids), activity.hours(ids), activity.causes(ids))
    for app in apps:
        for served in (application, *[refusing] * 6):
            rehearsals(assembly, served, clock).run(app, CLI)

    assert before == told()
    assert told_of == (activity.recent(ids), activity.hours(ids), activity.causes(ids))


def test_a_lent_token_takes_no_other_s_place(assembly: Assembly, client_app: ClientApp) -> None:
    mine = assembly.tokens.issue(client_app.id, CLI).token
    short = assembly.tokens.issue_short_lived(client_app.id, CLI).token
    rehearsed = rehearsals(assembly, create_app(assembly), assembly.clock)  # type: ignore[arg-type]

    assert rehearsed.run(client_app, CLI).is_passed

    alive = assembly.tokens.list(client_app.id)
    assert {mine.jti, short.jti} == {token.jti for token in alive}
    assert {State.ACTIVE} == {token.state(assembly.clock()) for token in alive}

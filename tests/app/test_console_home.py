"""Home: one row for each app the admin may see, what is wrong above them, one thing to do next."""

import html
import re

import pytest

from app import Assembly, create_app
from app.admins import Admin
from app.audit import CLI, Event, record
from app.client_apps import ClientApp
from scim.instant import to_text
from tests.admins import PASSWORD, give_role
from tests.app.console_browser import OUR_SCRIPT, Browser, new_admin, new_app
from tests.app.provider import Provider
from tests.conftest import FakeClock


@pytest.fixture
def sender(assembly: Assembly, client_app: ClientApp) -> Provider:
    issued = assembly.tokens.issue(client_app.id, CLI)
    return Provider(create_app(assembly).test_client(), issued.text)


def home(browser: Browser) -> str:
    """Return the page with what was asked so far, without its tags' entities."""
    assert browser.assembly.log.queue.flush()
    return html.unescape(browser.open("/console").text)


def rows(page: str) -> dict[str, str]:
    """Return the row of each app by its name."""
    found = page.split('<li class="row health">')[1:]
    return {re.findall(r'health-name"[^>]*>([^<]+)<', each)[0]: each for each in found}


def state(row: str) -> str:
    [found] = re.findall(r'<span class="chip state[^"]*">([^<]+)<', row)
    return str(found)


def action(row: str) -> str:
    """Return where the one next thing to do is, and what it is called."""
    [found] = re.findall(r'class="button[^"]*" href="([^"]+)">([^<]+)<', row)
    return " ".join(found)


def test_the_address_of_the_server_leads_to_the_console(browser: Browser) -> None:
    """Who opens what ``make run`` prints is no provider."""
    assert "No client apps yet" in browser.open("/").text
    assert browser.path == "/console"


def test_without_an_app_home_says_how_to_get_one(browser: Browser) -> None:
    page = home(browser)

    assert "No client apps yet" in page
    assert page.count("Add client app") == 1
    assert page.count("<svg") == 3


def test_a_row_tells_state_requests_size_token_and_what_to_do(
    browser: Browser, client_app: ClientApp, sender: Provider, clock: FakeClock
) -> None:
    for name in ("ada", "bob"):
        sender.ask("POST", "/Users", {"userName": name})
    sender.ask("POST", "/Groups", {"displayName": "Staff"})
    clock.advance(minutes=2)

    row = rows(home(browser))["HR sync"]

    assert state(row) == "Healthy"
    assert "2 users, 1 group<" in row
    assert "Token good for 90 days" in row
    assert '<time datetime="2026-11-24T12:00:00.000000Z" title="24 Nov 2026, 12:00:00 UTC">' in row
    assert "2 minutes ago" in row
    assert "<title>HR sync, the last 24 hours: 3 requests, 0 failed</title>" in row
    assert "3 in 24\xa0h, none failed" in row
    assert action(row) == f"/console/apps/{client_app.id}/log See its requests"
    assert "What needs somebody" not in home(browser)


def test_what_fails_stands_above_with_its_cause(
    browser: Browser, client_app: ClientApp, sender: Provider
) -> None:
    for _ in range(4):
        sender.ask("POST", "/Users", {"userName": "ada"})
    sender.ask("GET", "/Users/nobody")

    page = home(browser)
    row = rows(page)["HR sync"]

    assert state(row) == "Failing"
    assert "HR sync</a>: 4 of 5 last requests failed: 409 uniqueness" in page
    assert "4 failed</title>" in row
    assert 'class="strip-bad"' in row
    where = f"/console/apps/{client_app.id}/log?result=Conflict&since=15m"
    assert action(row) == f"{where} See what failed"
    assert browser.open(where).text.count("chip-bad") == 3


def test_requests_with_a_revoked_token_are_a_problem_of_an_app_without_one(
    browser: Browser, assembly: Assembly, client_app: ClientApp, sender: Provider
) -> None:
    assembly.tokens.revoke_all(client_app.id, CLI)
    for _ in range(5):
        sender.ask("GET", "/Users")

    page = home(browser)

    assert state(rows(page)["HR sync"]) == "No token"
    assert "5 of 5 last requests failed: 401 unauthorised" in page
    assert f'/{client_app.id}/log?result=Unauthorised&since=15m">HR sync<' in page


def test_an_app_that_went_quiet_is_told_even_where_no_log_is_kept(
    browser: Browser, sender: Provider, clock: FakeClock, owner: Admin, assembly: Assembly
) -> None:
    sender.ask("GET", "/Users")
    assert assembly.log.queue.flush()
    clock.advance(days=2)
    assembly.log.store.delete_before("9999", 10)

    page = home(browser.sign_in(owner))

    assert state(rows(page)["HR sync"]) == "Quiet"
    assert "HR sync</a>: the last request came 2 days ago" in page


def test_each_state_has_its_next_thing_to_do(
    browser: Browser, assembly: Assembly, clock: FakeClock, owner: Admin
) -> None:
    off, bare, fresh, fetching = (new_app(assembly, name) for name in ("A", "B", "C", "D"))
    assembly.client_apps.disable_scim(off.id, CLI)
    assembly.tokens.issue(fresh.id, CLI)
    assembly.oauth.client_secrets.issue(fetching.id, CLI)
    page = "/console/apps/{}".format

    found = rows(home(browser))
    assert list(found) == ["B", "A", "C", "D"]  # what needs somebody comes first
    told = {name: (state(row), action(row)) for name, row in found.items()}
    assert told == {
        "A": ("SCIM off", f"{page(off.id)} Turn SCIM on"),
        "B": ("No token", f"{page(bare.id)} Issue a token"),
        "C": ("Waiting", f"{page(fresh.id)} Connect the provider"),
        "D": ("Waiting", f"{page(fetching.id)} Connect the provider"),
    }

    assembly.tokens.rotate(fresh.id, CLI)
    clock.advance(days=5)
    row = rows(home(browser.sign_in(owner)))["C"]
    assert (state(row), action(row)) == (
        "Token expiring",
        f"{page(fresh.id)}/tokens/rotation Rotate its token",
    )
    assert "Token good for 2 days" in row


def test_an_admin_sees_the_apps_that_name_them_and_no_instance(
    assembly: Assembly, browser: Browser, client_app: ClientApp
) -> None:
    grace = new_admin(assembly, "grace", "admin")
    give_role(assembly.access, client_app.id, grace.id, "viewer")
    new_app(assembly, "Not theirs")

    page = home(Browser(assembly).sign_in(grace))

    assert list(rows(page)) == ["HR sync"]
    assert "Not theirs" not in page
    assert "This instance" not in page
    assert "This instance" in home(browser)
    assert "Clock" in browser.text


def test_after_the_sign_in_comes_home_or_the_page_that_was_asked_for(
    assembly: Assembly, owner: Admin, clock: FakeClock
) -> None:
    del owner
    for wanted, there in (("", "/console"), ("/console", "/console"), ("/console/x", "/console/x")):
        browser = Browser(assembly).open("/console/sign-in")
        browser.send("/console/sign-in", email="ada@example.com", password=PASSWORD, next=wanted)
        assert browser.path == there
        clock.advance(seconds=1)


def test_names_are_text_in_rows_and_pictures(browser: Browser, assembly: Assembly) -> None:
    app = new_app(assembly, "<script>alert(1)</script>")
    assembly.tokens.issue(app.id, CLI)
    assembly.clock.advance(days=8)  # type: ignore[attr-defined]  # a fake one

    page = browser.sign_in(assembly.admins.all()[0]).open("/console").text

    assert "<script" not in page.replace(OUR_SCRIPT, "")
    assert page.count("&lt;script&gt;") == 3


def test_owners_see_when_the_last_backup_was_made(browser: Browser, assembly: Assembly) -> None:
    assert "<dt>Last backup</dt><dd>never</dd>" in home(browser)
    assert "None was made so far" in browser.open("/console/instance").text

    with assembly.database.write() as session:
        made = Event("instance.backup", "instance", "sqlite")
        record(session, CLI, made, to_text(assembly.clock()), {})

    assert "<dt>Last backup</dt><dd><time datetime=" in home(browser)
    assert "The last one was made" in browser.open("/console/instance").text

"""The provisioning log in the console: pages, filters, export, and what stands beside a failure."""

import csv
import io
import json
import re

import pytest

from app import Assembly, create_app
from app.audit import CLI
from app.client_apps import ClientApp
from app.log.filters import Filters
from app.log.reading import PAGE
from scim.choices import LogValues
from tests.app.console_browser import OUR_SCRIPT, Browser, new_admin, new_app
from tests.app.provider import Provider

XSS = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>"

_ENTRY = r'href="([^"]+/log/\d+)"'

_PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@pytest.fixture
def app(assembly: Assembly, browser: Browser) -> ClientApp:
    del browser  # first the owner
    return new_app(assembly)


@pytest.fixture
def sender(assembly: Assembly, app: ClientApp) -> Provider:
    assembly.client_apps.enable_scim(app.id, CLI)
    return Provider(create_app(assembly).test_client(), assembly.tokens.issue(app.id, CLI).text)


def made(sender: Provider, name: str) -> str:
    identifier: str = sender.ask("POST", "/Users", {"userName": name}).get_json(force=True)["id"]
    return identifier


def opened(browser: Browser, app: ClientApp, query: str = "") -> str:
    """Return the log's page with what was asked so far."""
    assert browser.assembly.log.queue.flush()
    return browser.open(f"/console/apps/{app.id}/log{query}").text


def rows(page: str) -> list[str]:
    return re.findall(r"<tr>\s*<td>.*?</tr>", page, re.DOTALL)


def test_an_empty_log_says_what_to_do_next(browser: Browser, app: ClientApp) -> None:
    assert "No requests yet" in opened(browser, app)


def test_the_page_of_an_app_leads_to_its_log(browser: Browser, app: ClientApp) -> None:
    assert f'href="/console/apps/{app.id}/log"' in browser.open(f"/console/apps/{app.id}").text


def test_requests_stand_newest_first_with_what_became_of_them(
    browser: Browser, app: ClientApp, sender: Provider
) -> None:
    user = made(sender, "ada")
    sender.ask("POST", "/Users", {"userName": "ada"})

    conflict, created = rows(opened(browser, app))

    assert "Conflict" in conflict
    assert "409 uniqueness" in conflict
    assert "Created" in created
    assert f"id={user}" in created
    assert "chip-good" in created


def test_a_failure_is_explained_and_so_is_how_to_fix_it(
    browser: Browser, app: ClientApp, sender: Provider
) -> None:
    made(sender, "ada")
    answer = sender.ask("POST", "/Users", {"userName": "ada"})
    [link] = re.findall(_ENTRY, rows(opened(browser, app))[0])

    page = browser.open(link).text

    assert "Another resource has this name already" in page
    assert "How to fix it" in page
    assert "match it in the provider instead of creating it" in page
    assert answer.headers["X-Request-Id"] in page
    assert "curl -X POST" in page
    assert "Bearer $TOKEN" in page


def test_a_row_shows_the_history_of_its_resource(
    browser: Browser, app: ClientApp, sender: Provider
) -> None:
    user = made(sender, "ada")
    made(sender, "grace")
    sender.ask("DELETE", f"/Users/{user}")
    [link] = re.findall(_ENTRY, rows(opened(browser, app))[0])

    history = rows(browser.open(link).text)

    assert ["Deleted", "Created"] == [re.findall(r'chip-good">(\w+)<', each)[0] for each in history]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?result=Conflict", ["Conflict"]),
        ("?operation=search", ["Found"]),
        ("?type=Group", ["Created"]),
        ("?type=Group&result=Conflict", []),
        ("?since=1h", ["Created", "Found", "Conflict", "Created"]),
        ("?until=1h", []),
        ("?since=2026-11-24T12:00Z", ["Created", "Found", "Conflict", "Created"]),
        ("?token=other", []),
        ("?id=nobody", []),
    ],
)
def test_the_log_is_filtered(
    browser: Browser, app: ClientApp, sender: Provider, query: str, expected: list[str]
) -> None:
    made(sender, "ada")
    sender.ask("POST", "/Users", {"userName": "ada"})
    sender.ask("GET", '/Users?filter=userName eq "ada"')
    sender.ask("POST", "/Groups", {"displayName": "Staff"})

    page = opened(browser, app, query)

    assert expected == [re.findall(r'chip-\w+">([\w ]+)<', each)[0] for each in rows(page)]
    if not expected:
        assert "Nothing fits" in page


def test_a_request_is_found_by_the_id_its_answer_carried(
    browser: Browser, app: ClientApp, sender: Provider
) -> None:
    made(sender, "ada")
    answer = sender.ask("GET", "/Users")

    [row] = rows(opened(browser, app, f"?id={answer.headers['X-Request-Id']}"))

    assert "list" in row


@pytest.mark.parametrize(
    "query", ["?since=yesterday", "?result=Odd", "?operation=x", f"?id={'x' * 201}"]
)
def test_a_filter_that_cannot_be_read_is_said_and_kept(
    browser: Browser, app: ClientApp, query: str
) -> None:
    page = opened(browser, app, query)

    assert 400 == browser.page.status_code
    assert 'role="alert"' in page


def test_pages_lead_from_the_newest_to_the_oldest_and_show_each_row_once(
    browser: Browser, app: ClientApp, sender: Provider
) -> None:
    for _ in range(PAGE * 2 + 1):
        sender.ask("GET", "/Users?count=1")

    page, seen = opened(browser, app), []
    while True:
        seen += re.findall(_ENTRY, page)
        following = re.findall(r'rel="next" href="([^"]+)"', page)
        if not following:
            break
        page = browser.open(following[0].replace("&amp;", "&")).text

    assert PAGE * 2 + 1 == len(seen) == len(set(seen))


def test_attempts_with_a_dead_token_are_shown_by_themselves(
    browser: Browser, assembly: Assembly, app: ClientApp, sender: Provider
) -> None:
    [token] = assembly.tokens.list(app.id)
    assembly.tokens.revoke_all(app.id, CLI)
    for _ in range(3):
        sender.ask("GET", "/Users")

    page = " ".join(opened(browser, app).split())

    assert "3 attempts with a token that is revoked," in page
    assert f"…{token.hint}" in page


def test_of_many_dead_tokens_some_are_shown_by_themselves(
    browser: Browser, assembly: Assembly, app: ClientApp
) -> None:
    client = create_app(assembly).test_client()
    for _ in range(7):
        text = assembly.tokens.issue(app.id, CLI).text
        assembly.tokens.revoke_all(app.id, CLI)
        Provider(client, text).ask("GET", "/Users")

    page = " ".join(opened(browser, app).split())

    assert page.count("1 attempt with a token that is revoked,") == 5
    assert "2 other tokens that are not alive came, too." in page


def test_values_are_shown_where_the_app_keeps_them_and_run_nowhere(
    browser: Browser, assembly: Assembly, app: ClientApp, sender: Provider
) -> None:
    assembly.app_settings.set(app.id, {"log_values": LogValues.ON}, CLI)
    user = made(sender, XSS)
    operation = {"op": "replace", "path": "displayName", "value": XSS}
    sender.ask("PATCH", f"/Users/{user}", {"schemas": [_PATCH], "Operations": [operation]})
    sender.ask("GET", "/Users", User_Agent=XSS)
    listed = opened(browser, app, "?id=" + XSS)
    for link in re.findall(_ENTRY, opened(browser, app)):
        page = browser.open(link).text
        listed += page

    assert "&lt;script&gt;" in listed
    assert "<script" not in listed.replace(OUR_SCRIPT, "")
    assert "<img src=x" not in listed


def test_a_person_is_named_nowhere_where_the_app_keeps_no_values(
    browser: Browser, app: ClientApp, sender: Provider
) -> None:
    made(sender, "mira.holt@acme.example")
    page = opened(browser, app)
    [link] = re.findall(_ENTRY, page)

    assert "mira" not in page + browser.open(link).text
    assert "<code>userName</code>" in browser.text


def test_the_log_is_exported_as_it_is_filtered(
    browser: Browser, app: ClientApp, sender: Provider
) -> None:
    made(sender, "ada")
    sender.ask("POST", "/Users", {"userName": "ada"}, User_Agent="=cmd|' /C calc'!A0")
    base = f"/console/apps/{app.id}/log/export"
    assert browser.assembly.log.queue.flush()

    [line] = list(csv.DictReader(io.StringIO(browser.send(f"{base}.csv", result="Conflict").text)))
    assert "attachment" in browser.page.headers["Content-Disposition"]
    objects = [json.loads(each) for each in browser.send(f"{base}.jsonl").text.splitlines()]

    assert ("409", "uniqueness") == (line["status"], line["scim_type"])
    assert line["agent"].startswith("'=cmd")
    assert [409, 201] == [each["status"] for each in objects]
    assert [[], ["userName"]] == [each["changed"] for each in objects]


def test_the_log_of_another_app_is_not_there(
    browser: Browser, assembly: Assembly, app: ClientApp, sender: Provider
) -> None:
    made(sender, "ada")
    opened(browser, app)
    [row] = assembly.log.reader.page(app.id, Filters()).rows
    other = new_app(assembly, "Other")

    assert 404 == browser.ask("GET", f"/console/apps/{other.id}/log/{row.seq}")
    assert 404 == browser.ask("GET", f"/console/apps/{app.id}/log/{'9' * 30}")
    assert 404 == browser.ask("GET", f"/console/apps/{app.id}/log/x")
    assert "No requests yet" in opened(browser, other)
    stranger = Browser(assembly).sign_in(new_admin(assembly, "eve", "admin"))
    log = f"/console/apps/{app.id}/log"
    for path in (log, f"{log}/{row.seq}"):
        assert 404 == stranger.ask("GET", path)
    for form in ("csv", "jsonl"):
        assert 404 == stranger.ask("POST", f"{log}/export.{form}")

"""The audit log in the console: who may read it, what it says, and what its files hold."""

import csv
import io
import json
import re
from urllib.parse import parse_qsl, quote, urlencode

import pytest

from app import Assembly
from app.admins import Admin
from app.audit import Actor, Event, record
from app.client_apps import ClientApp
from tests.admins import give_role
from tests.app.console_browser import OUR_SCRIPT, Browser, new_admin, new_app
from tests.app.test_console import XSS

MOMENT = "2026-11-24T12:00:00.000000Z"


def write(assembly: Assembly, actor: Actor, event: Event, **detail: object) -> None:
    with assembly.database.write() as session:
        record(session, actor, event, MOMENT, detail)


def rows(browser: Browser) -> list[str]:
    return browser.text.split('<li class="row log-row">')[1:]


def test_a_line_says_who_did_what_to_which_object_from_where_and_when(
    browser: Browser, assembly: Assembly, owner: Admin, client_app: ClientApp
) -> None:
    browser.open(f"/console/apps/{client_app.id}")
    browser.send(f"/console/apps/{client_app.id}/information", name="Staff", description="")
    request_id = browser.page.history[0].headers["X-Request-Id"]

    line = " ".join(rows(browser.open("/console/audit"))[0].split())

    assert "<strong>app.update</strong> app Staff" in line
    assert "name: HR sync → Staff" in line
    assert "description" not in line
    assert owner.email in line
    assert "from 127.0.0.1" in line
    assert f"request {request_id}" in line
    assert "24 Nov 2026, 12:00:00 UTC" in line
    del assembly


def test_people_and_apps_are_called_by_their_names(
    browser: Browser, assembly: Assembly, client_app: ClientApp
) -> None:
    gone = new_admin(assembly, "grace", "admin")
    write(assembly, Actor("service-account:sa"), Event("user.create", "User", "u1", "t", "gone"))
    write(assembly, Actor(f"app:{client_app.id}"), Event("token.issue", "token", "j"))
    write(assembly, Actor("admin:nobody"), Event("token.issue", "token", "j"))
    roles = {"from": {}, "to": {gone.id: "viewer"}}
    write(assembly, Actor("cli"), Event("app.set-members", "app", client_app.id), **roles)

    members, nobody, by_app, other = rows(browser.open("/console/audit"))[:4]

    assert "grace@example.com: nothing → viewer" in " ".join(members.split())
    assert "Command line" in members
    assert "An admin who is no more" in nobody
    assert "HR sync" in by_app
    assert "Another app" in other


@pytest.mark.parametrize(("role", "status"), [("owner", 200), ("auditor", 200), ("admin", 403)])
def test_owners_and_auditors_read_the_log_of_the_instance(
    assembly: Assembly, client_app: ClientApp, role: str, status: int
) -> None:
    browser = Browser(assembly).sign_in(new_admin(assembly, "grace", role))  # type: ignore[arg-type]

    assert status == browser.ask("GET", "/console/audit")
    for form in ("csv", "jsonl"):
        assert status == browser.ask("POST", f"/console/audit/export.{form}")
    assert (status == 200) == ('href="/console/audit"' in browser.open("/console/apps").text)
    assert (200 if role == "owner" else 404) == browser.ask(
        "GET", f"/console/apps/{client_app.id}/audit"
    )


def test_the_log_of_an_app_is_about_nothing_else(
    assembly: Assembly, client_app: ClientApp, owner: Admin
) -> None:
    other = new_app(assembly, "Secret project")
    assembly.client_apps.update(other.id, "Secret project", "not to be seen", Actor("cli"))
    viewer = new_admin(assembly, "grace", "admin")
    give_role(assembly.access, client_app.id, viewer.id, "viewer", Actor(f"admin:{owner.id}"))
    browser = Browser(assembly).sign_in(viewer)
    page = f"/console/apps/{client_app.id}/audit"

    for asked in ({}, {"app": other.id}, {"object": other.id}, {"actor": f"app:{other.id}"}):
        text = browser.open(f"{page}?{urlencode(asked)}").text
        files = [browser.send(f"{page}/export.{form}", **asked).text for form in ("csv", "jsonl")]
        for each in (text.split("<form", 3)[3].partition("</form>")[2], *files):
            assert other.id not in each
            assert "Secret project" not in each
    assert "app.set-members" in browser.open(page).text
    assert 404 == browser.ask("GET", f"/console/apps/{other.id}/audit")


def test_a_viewer_learns_of_no_admin_who_had_nothing_to_do_with_the_app(
    assembly: Assembly, client_app: ClientApp, owner: Admin
) -> None:
    viewer, _ = new_admin(assembly, "grace", "admin"), new_admin(assembly, "linus", "admin")
    give_role(assembly.access, client_app.id, viewer.id, "viewer", Actor(f"admin:{owner.id}"))

    text = Browser(assembly).sign_in(viewer).open(f"/console/apps/{client_app.id}/audit").text

    _, _, select = text.partition('<select id="filter-actor"')
    offered = re.findall(r'value="([^"]+)"', select.partition("</select>")[0])
    assert [f"admin:{owner.id}", f"app:{client_app.id}", "cli"] == offered
    assert "linus@example.com" not in text


def test_filters_stand_in_the_url_and_in_the_form(browser: Browser, client_app: ClientApp) -> None:
    asked = f"actor=cli&action=app.create&object={client_app.id}&since=2026-11-24T00:00"

    browser.open(f"/console/audit?{asked}")

    assert 1 == len(rows(browser))
    assert '<option value="cli" selected>Command line' in browser.text
    assert "<option selected>app.create" in browser.text
    assert 'value="2026-11-24T00:00"' in browser.text
    assert "Show all" in browser.text
    assert 0 == len(rows(browser.open(f"/console/audit?{asked}&until=2026-11-24T00:01")))
    assert "No line matches" in browser.text


def test_pages_lead_to_each_other(browser: Browser, assembly: Assembly) -> None:
    for number in range(120):
        write(assembly, Actor("cli"), Event("x.do", "x", f"x{number}"))

    first = rows(browser.open("/console/audit?action=x.do"))
    assert (30, "x119" in first[0]) == (len(first), True)
    seen = len(first)
    while 'rel="next"' in browser.text:
        browser.open(
            browser.text.partition('rel="next"')[0]
            .rpartition('href="')[2][:-2]
            .replace("&amp;", "&")
        )
        seen += len(rows(browser))
        assert "Newest" in browser.text

    assert 120 == seen
    assert len(browser.text) < 40_000


@pytest.mark.parametrize(
    "asked",
    [
        "since=yesterday", "until=2026-13-01", "before=x", "before=-1", "before=%D9%A3",
        f"before={'9' * 30}", "actor=%00", f"object={'x' * 201}", "since=9999-12-31T23:59-23:59",
    ],
)  # fmt: skip
def test_a_filter_that_cannot_be_read_is_said_so(browser: Browser, asked: str) -> None:
    assert 400 == browser.ask("GET", f"/console/audit?{asked}")
    assert 'role="alert"' in browser.text
    assert (
        400 == browser.send("/console/audit/export.csv", **dict(parse_qsl(asked))).page.status_code
    )


def test_the_files_hold_every_line_that_was_asked_for(browser: Browser, assembly: Assembly) -> None:
    for number in range(1_100):
        write(assembly, Actor("cli"), Event("x.do", "x", f"x{number}"), label="=1+1, really")
    write(assembly, Actor("=cmd()"), Event("x.do", "x", "+1"))

    table = list(
        csv.DictReader(io.StringIO(browser.send("/console/audit/export.csv", action="x.do").text))
    )
    disposition = browser.page.headers["Content-Disposition"]
    lines = browser.send("/console/audit/export.jsonl", action="x.do").text.splitlines()

    assert 1_101 == len(table) == len(lines)
    assert ("'=cmd()", "'+1") == (table[0]["actor"], table[0]["object_id"])
    assert "=1+1, really" == json.loads(lines[1])["detail"]["label"]
    assert 'attachment; filename="audit-log.csv"' == disposition
    assert 404 == browser.ask("POST", "/console/audit/export.exe")


def test_what_came_of_the_last_check_is_shown(browser: Browser, assembly: Assembly) -> None:
    assert "Not verified yet" in browser.open("/console/audit").text
    assembly.audit.sealer.seal()
    assembly.audit.checker.check()
    assert "Chain verified" in browser.open("/console/audit").text
    with assembly.database.write() as session:
        session.run("DROP TRIGGER audit_is_not_deleted")
        session.run("DELETE FROM audit WHERE seq = 2")
    assembly.audit.checker.check()
    assert "The log was tampered with. Line 2 is missing" in browser.open("/console/audit").text


def test_what_lines_say_is_text_and_never_markup(browser: Browser, assembly: Assembly) -> None:
    write(
        assembly, Actor(XSS, XSS, XSS), Event(XSS, XSS, XSS), **{XSS: XSS, "from": XSS, "to": XSS}
    )
    asked = quote(XSS)

    for path in ("/console/audit", f"/console/audit?action={asked}&object={asked}&actor={asked}"):
        text = browser.open(path).text
        assert "<script" not in text.replace(OUR_SCRIPT, "")
        assert "<img src=x" not in text
        assert "&lt;script&gt;" in text


def test_a_line_that_was_tampered_with_is_still_shown(browser: Browser, assembly: Assembly) -> None:
    with assembly.database.write() as session:
        session.run("DROP TRIGGER audit_is_not_changed")
        session.run("UPDATE audit SET detail = 'no json', at = 'never', actor = ''")

    assert "detail: no json" in browser.open("/console/audit").text
    assert "never" in browser.text
    assert '"detail": "no json"' in browser.send("/console/audit/export.jsonl").text

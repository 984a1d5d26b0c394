import pytest

from app import Assembly
from app.admins import Admin
from app.audit import Actor
from app.client_apps import ClientApp
from app.tokens import Use
from tests.admins import PASSWORD
from tests.app.console_browser import (
    OUR_SCRIPT,
    Browser,
    new_admin,
)

XSS = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>"


def _actions(assembly: Assembly) -> list[str]:
    with assembly.database.read() as session:
        lines = session.all("SELECT action FROM audit ORDER BY seq")
    return [line["action"] for line in lines]


def test_from_the_first_start_to_a_working_token(assembly: Assembly) -> None:
    """Set-up link, first owner, app, SCIM on, token: each step leads to the next."""
    secret = assembly.setup_links.issue()
    browser = Browser(assembly)

    browser.open(f"/console/setup/{secret}")
    browser.send(f"/console/setup/{secret}", email="ada@example.com", password=PASSWORD)
    assert browser.path == "/console/first-run"
    assert "The public address is not set" in browser.text
    assert "No client apps yet" in browser.open("/console/apps").text

    browser.open("/console/apps/new")
    assert "Provisioning management" in browser.text
    browser.open("/console/apps/new/provisioning")
    browser.send("/console/apps/new/provisioning", name="HR sync", description="From Okta")
    page = browser.path
    assert "Enable SCIM first" in browser.text

    browser.send(f"{page}/scim", enabled="on")
    browser.send(f"{page}/tokens", label="Okta")
    assert "<h1>Issue Long-lived Token</h1>" in browser.text
    token = browser.issued()

    client = assembly.authenticator.authenticate(token, Use("192.0.2.1", "Okta"))
    assert page == f"/console/apps/{client.app_id}"
    assert [
        "key.create", "setup-link.issue", "admin.create", "session.start", "app.create",
        "app.enable-scim",
        "service-account.create", "token.issue", "token.new-network", "token.first-use",
    ] == [action for action in _actions(assembly) if action != "tenant.create"]  # fmt: skip


def test_the_creator_of_an_app_is_its_maintainer(assembly: Assembly, owner: Admin) -> None:
    admin = new_admin(assembly, "grace", "admin")
    browser = Browser(assembly).sign_in(admin)

    browser.open("/console/apps/new/provisioning")
    browser.send("/console/apps/new/provisioning", name="HR sync")

    [app] = assembly.client_apps.all()
    [member] = assembly.access.members(app.id)
    assert (member.admin_id, member.role) == (admin.id, "maintainer")
    assert owner.id != app.created_by.partition(":")[2] == admin.id


@pytest.mark.parametrize(("name", "problem"), [(" ", "needs a name"), ("x" * 101, "at most 100")])
def test_an_app_without_a_proper_name_is_not_made_and_nothing_entered_is_lost(
    browser: Browser, assembly: Assembly, name: str, problem: str
) -> None:
    browser.open("/console/apps/new/provisioning")
    browser.send("/console/apps/new/provisioning", name=name, description="From Okta")

    assert browser.page.status_code == 400
    assert problem in browser.text
    assert "From Okta" in browser.text
    assert assembly.client_apps.all() == []


def test_basic_information_can_be_changed(
    browser: Browser, assembly: Assembly, client_app: ClientApp
) -> None:
    browser.open(f"/console/apps/{client_app.id}")
    browser.send(f"/console/apps/{client_app.id}/information", name="Staff", description="From HR")

    app = assembly.client_apps.get(client_app.id)
    assert (app.name, app.description) == ("Staff", "From HR")
    assert "The basic information is saved." in browser.text


def test_improper_information_is_refused_and_shown_again(
    browser: Browser, assembly: Assembly, client_app: ClientApp
) -> None:
    browser.open(f"/console/apps/{client_app.id}")
    browser.send(f"/console/apps/{client_app.id}/information", name="", description="From HR")

    assert browser.page.status_code == 400
    assert "needs a name" in browser.text
    assert "From HR" in browser.text
    assert assembly.client_apps.get(client_app.id).name == "HR sync"


def test_scim_is_switched_by_its_own_form(
    browser: Browser, assembly: Assembly, client_app: ClientApp
) -> None:
    browser.open(f"/console/apps/{client_app.id}")

    browser.send(f"/console/apps/{client_app.id}/scim")
    assert not assembly.client_apps.get(client_app.id).scim_enabled
    assert "Enable SCIM first" in browser.text

    browser.send(f"/console/apps/{client_app.id}/scim", enabled="on")
    assert assembly.client_apps.get(client_app.id).scim_enabled


def test_an_app_is_deleted_by_typing_its_name(
    browser: Browser, assembly: Assembly, client_app: ClientApp
) -> None:
    browser.open(f"/console/apps/{client_app.id}/delete")
    assert "Users and groups stay" in browser.text

    browser.send(f"/console/apps/{client_app.id}/delete", name="HR")
    assert browser.page.status_code == 400
    assert assembly.client_apps.all() == [assembly.client_apps.get(client_app.id)]

    browser.send(f"/console/apps/{client_app.id}/delete", name="HR sync")
    assert browser.path == "/console/apps"
    assert "The app is deleted" in browser.text
    assert assembly.client_apps.all() == []


def test_names_are_text_and_never_markup(
    browser: Browser, assembly: Assembly, client_app: ClientApp, owner: Admin
) -> None:
    actor = Actor(f"admin:{owner.id}")
    assembly.client_apps.update(client_app.id, XSS, XSS, actor)
    token = browser.issue(client_app, XSS)
    window = browser.text
    assembly.authenticator.authenticate(token, Use("192.0.2.1", XSS))
    alive = browser.open(f"/console/apps/{client_app.id}").text
    [row] = assembly.tokens.list(client_app.id)
    browser.send(f"/console/apps/{client_app.id}/tokens/{row.jti}/revoke", reason=XSS)
    pages = [window, alive, browser.text, browser.open("/console/apps").text]
    pages.append(browser.open(f"/console/apps/{client_app.id}/delete").text)
    pages.append(browser.send(f"/console/apps/{client_app.id}/information", name=XSS * 9).text)

    for page in pages:
        assert "&lt;script&gt;" in page
        assert "<script" not in page.replace(OUR_SCRIPT, "")
        assert "<img src=x" not in page

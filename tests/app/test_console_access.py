"""The access permission section: who sees an app, and who may update and delete it."""

from app import Assembly
from app.admins import Admin
from app.audit import CLI
from app.client_apps import ClientApp
from tests.app.console_browser import Browser, new_admin, new_app


def _roles(assembly: Assembly, app: ClientApp) -> dict[str, str]:
    return {member.admin_id: member.role for member in assembly.access.members(app.id)}


def test_an_owner_decides_who_may_do_what(
    assembly: Assembly, browser: Browser, client_app: ClientApp
) -> None:
    grace, linus = (new_admin(assembly, name, "admin") for name in ("grace", "linus"))
    browser.open(f"/console/apps/{client_app.id}")

    browser.send(
        f"/console/apps/{client_app.id}/access",
        **{f"role-{grace.id}": "maintainer", f"role-{linus.id}": ""},
    )

    assert "The access permission is saved." in browser.text
    assert browser.text.count("Given by ada@example.com") == 1
    assert _roles(assembly, client_app) == {grace.id: "maintainer"}


def test_whoever_the_form_does_not_name_keeps_their_role(
    assembly: Assembly, browser: Browser, client_app: ClientApp
) -> None:
    """Somebody may have been added since the page was opened."""
    grace, linus = (new_admin(assembly, name, "admin") for name in ("grace", "linus"))
    assembly.access.set_members(client_app.id, {linus.id: "viewer"}, CLI)
    browser.open(f"/console/apps/{client_app.id}")

    browser.send(f"/console/apps/{client_app.id}/access", **{f"role-{grace.id}": "viewer"})

    assert _roles(assembly, client_app) == {grace.id: "viewer", linus.id: "viewer"}


def test_a_role_that_does_not_exist_is_refused(
    assembly: Assembly, browser: Browser, client_app: ClientApp
) -> None:
    grace = new_admin(assembly, "grace", "admin")
    browser.open(f"/console/apps/{client_app.id}")

    browser.send(f"/console/apps/{client_app.id}/access", **{f"role-{grace.id}": "king"})

    assert browser.page.status_code == 400
    assert _roles(assembly, client_app) == {}


def test_admins_see_the_apps_that_name_them_and_no_others(assembly: Assembly, owner: Admin) -> None:
    grace = new_admin(assembly, "grace", "admin")
    new_app(assembly, "Okta", maintainer=grace.id)
    new_app(assembly, "Entra ID")

    assert "Entra ID" in Browser(assembly).sign_in(owner).text
    seen = Browser(assembly).sign_in(grace).text
    assert "Okta" in seen
    assert "Entra ID" not in seen


def test_the_last_maintainer_stays_where_there_is_no_owner(assembly: Assembly) -> None:
    grace = new_admin(assembly, "grace", "admin")
    app = new_app(assembly, maintainer=grace.id)
    browser = Browser(assembly).sign_in(grace).open(f"/console/apps/{app.id}")

    for role in ("", "viewer"):
        browser.send(f"/console/apps/{app.id}/access", **{f"role-{grace.id}": role})
        assert browser.page.status_code == 409
        assert "This is the last maintainer" in browser.text

    assert _roles(assembly, app) == {grace.id: "maintainer"}


def test_a_maintainer_who_leaves_is_led_to_the_list(assembly: Assembly, owner: Admin) -> None:
    del owner  # who remains
    grace = new_admin(assembly, "grace", "admin")
    app = new_app(assembly, maintainer=grace.id)
    browser = Browser(assembly).sign_in(grace).open(f"/console/apps/{app.id}")

    browser.send(f"/console/apps/{app.id}/access", **{f"role-{grace.id}": ""})

    assert browser.path == "/console/apps"
    assert app.name not in browser.text


def test_a_viewer_is_shown_everything_and_no_button(assembly: Assembly, browser: Browser) -> None:
    grace = new_admin(assembly, "grace", "admin")
    new_admin(assembly, "linus", "admin")
    app = new_app(assembly)
    assembly.access.set_members(app.id, {grace.id: "viewer"}, CLI)
    viewer = Browser(assembly).sign_in(grace).open(f"/console/apps/{app.id}")
    assert "No token is active." in viewer.text

    browser.issue(app)
    viewer.open(f"/console/apps/{app.id}")

    assert "linus@example.com" not in viewer.text  # who has no access is for maintainers to know
    for shown in ("ada@example.com", "Viewer", "Renews on use", assembly.settings.scim_url):
        assert shown in viewer.text
    assert viewer.text.count("<button") == 1
    assert "Sign out" in viewer.text

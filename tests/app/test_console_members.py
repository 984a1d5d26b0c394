"""The members of an app: who sees it, and who may update and delete it."""

import pytest

from app import Assembly
from app.admins import Admin
from app.audit import CLI
from app.client_apps import ClientApp
from tests.admins import give_role
from tests.app.console_browser import Browser, new_admin, new_app


def _roles(assembly: Assembly, app: ClientApp) -> dict[str, str]:
    return {member.admin_id: member.role for member in assembly.access.members(app.id)}


def page(app: ClientApp) -> str:
    return f"/console/apps/{app.id}/members"


def send(browser: Browser, app: ClientApp, admin: Admin, role: str, was: str = "") -> Browser:
    """Send one of the forms of the page, whoever may see it."""
    return browser.open(page(app)).send(page(app), admin=admin.id, role=role, was=was)


def test_members_are_added_changed_and_removed_one_by_one(
    assembly: Assembly, browser: Browser, client_app: ClientApp
) -> None:
    grace, linus = (new_admin(assembly, name, "admin") for name in ("grace", "linus"))

    send(browser, client_app, grace, "viewer")
    assert "The access permission is saved." in browser.text
    assert browser.text.count("Given by ada@example.com") == 1
    send(browser, client_app, linus, "maintainer")
    send(browser, client_app, grace, "maintainer", was="viewer")
    assert _roles(assembly, client_app) == {grace.id: "maintainer", linus.id: "maintainer"}

    send(browser, client_app, linus, "", was="maintainer")
    assert "They are no member of this app now." in browser.text
    assert _roles(assembly, client_app) == {grace.id: "maintainer"}


def test_whoever_was_not_seen_is_not_overwritten(
    assembly: Assembly, browser: Browser, client_app: ClientApp
) -> None:
    """Somebody else may have changed a role since the page was opened."""
    grace = new_admin(assembly, "grace", "admin")
    give_role(assembly.access, client_app.id, grace.id, "maintainer")

    for role, was in (("viewer", ""), ("", "viewer")):
        send(browser, client_app, grace, role, was)
        assert browser.page.status_code == 409
        assert "Somebody else changed the role of this admin" in browser.text

    assert _roles(assembly, client_app) == {grace.id: "maintainer"}


def test_what_is_sent_twice_is_done_once(
    assembly: Assembly, browser: Browser, client_app: ClientApp
) -> None:
    grace = new_admin(assembly, "grace", "admin")

    for role, was in (("viewer", ""), ("viewer", ""), ("", "viewer"), ("", "viewer")):
        send(browser, client_app, grace, role, was)
        assert browser.page.status_code == 200

    with assembly.database.read() as session:
        assert len(session.all("SELECT 1 FROM audit WHERE action = 'app.set-members'")) == 2


def test_who_is_no_admin_and_what_is_no_role_is_refused(
    assembly: Assembly, browser: Browser, client_app: ClientApp, owner: Admin
) -> None:
    grace, auditor = new_admin(assembly, "grace", "admin"), new_admin(assembly, "linus", "auditor")
    browser.open(page(client_app))

    for admin_id, role in (
        (grace.id, "king"), (auditor.id, "viewer"), (owner.id, "viewer"), ("nobody", "viewer"),
        ("", "viewer"), ("x\0", "viewer"),
    ):  # fmt: skip
        browser.send(page(client_app), admin=admin_id, role=role)
        assert browser.page.status_code == 400

    assert _roles(assembly, client_app) == {}
    assert auditor.email not in browser.open(page(client_app)).text


def test_a_member_who_cannot_sign_in_is_marked(
    assembly: Assembly, browser: Browser, client_app: ClientApp
) -> None:
    grace = new_admin(assembly, "grace", "admin")
    give_role(assembly.access, client_app.id, grace.id, "viewer")
    assert ">Disabled<" not in browser.open(page(client_app)).text

    assembly.admins.disable(grace.id, CLI)

    assert ">Disabled<" in browser.open(page(client_app)).text


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
    browser = Browser(assembly).sign_in(grace)

    for role in ("", "viewer"):
        send(browser, app, grace, role, was="maintainer")
        assert browser.page.status_code == 409
        assert "This is the last maintainer" in browser.text

    assert _roles(assembly, app) == {grace.id: "maintainer"}


@pytest.mark.parametrize("others", ["nobody", "disabled", "auditor"])
def test_the_last_who_really_maintains_stays_unless_an_owner_says_otherwise(
    assembly: Assembly, owner: Admin, browser: Browser, others: str
) -> None:
    grace, linus = (new_admin(assembly, name, "admin") for name in ("grace", "linus"))
    app = new_app(assembly, maintainer=grace.id)
    if others != "nobody":
        give_role(assembly.access, app.id, linus.id, "maintainer")
    if others == "disabled":
        assembly.admins.disable(linus.id, CLI)
    if others == "auditor":
        assembly.admins.set_role(linus.id, "auditor", CLI)
    before = _roles(assembly, app)

    send(Browser(assembly).sign_in(grace), app, grace, "", was="maintainer")
    assert before == _roles(assembly, app)

    send(browser, app, grace, "", was="maintainer")
    assert before.keys() - {grace.id} == _roles(assembly, app).keys()
    del owner


def test_an_owner_stands_once_on_the_page_whoever_made_them_a_member(
    assembly: Assembly, browser: Browser, client_app: ClientApp
) -> None:
    grace = new_admin(assembly, "grace", "admin")
    give_role(assembly.access, client_app.id, grace.id, "maintainer")
    browser.open(page(client_app))
    assembly.admins.set_role(grace.id, "owner", CLI)

    send(browser, client_app, grace, "maintainer", was="maintainer")  # as the page showed it

    assert 200 == browser.page.status_code
    assert 1 == browser.text.count("grace@example.com")


def test_who_became_an_auditor_is_marked_and_can_only_be_removed(
    assembly: Assembly, browser: Browser, client_app: ClientApp
) -> None:
    grace = new_admin(assembly, "grace", "admin")
    give_role(assembly.access, client_app.id, grace.id, "viewer")
    assembly.admins.set_role(grace.id, "auditor", CLI)

    text = browser.open(page(client_app)).text

    assert ">No effect<" in text
    assert "Save the role of grace@example.com" not in text
    assert "Remove grace@example.com" in text
    send(browser, client_app, grace, "maintainer", was="viewer")
    assert 400 == browser.page.status_code
    send(browser, client_app, grace, "", was="viewer")
    assert {} == _roles(assembly, client_app)


def test_a_maintainer_who_leaves_is_led_to_the_list(assembly: Assembly, owner: Admin) -> None:
    del owner
    grace, linus = (new_admin(assembly, name, "admin") for name in ("grace", "linus"))
    app = new_app(assembly, maintainer=grace.id)
    give_role(assembly.access, app.id, linus.id, "maintainer")  # who remains
    browser = Browser(assembly).sign_in(grace)

    send(browser, app, grace, "", was="maintainer")

    assert browser.path == "/console/apps"
    assert app.name not in browser.text


def test_a_viewer_is_shown_everything_and_no_button(assembly: Assembly, browser: Browser) -> None:
    grace = new_admin(assembly, "grace", "admin")
    new_admin(assembly, "linus", "admin")
    app = new_app(assembly)
    give_role(assembly.access, app.id, grace.id, "viewer")
    viewer = Browser(assembly).sign_in(grace).open(f"/console/apps/{app.id}")
    assert "No token is active." in viewer.text

    browser.issue(app)
    pages = [
        viewer.open(f"/console/apps/{app.id}{path}").text for path in ("", "/members", "/settings")
    ]

    text = "".join(pages)
    assert "linus@example.com" not in text  # who has no access is for maintainers to know
    for shown in ("ada@example.com", "Viewer", "Renews on use", assembly.settings.scim_url):
        assert shown in text
    assert [1, 1, 1] == [each.count("<button") for each in pages]
    assert "Sign out" in text


def test_many_members_stand_on_several_pages(
    assembly: Assembly, browser: Browser, client_app: ClientApp
) -> None:
    admins = [new_admin(assembly, f"member{number:02}", "admin") for number in range(11)]
    for admin in admins:
        give_role(assembly.access, client_app.id, admin.id, "viewer")

    first = browser.open(page(client_app)).text
    assert (first.count("Save the role of"), 'rel="next"' in first) == (10, True)
    second = browser.open(f"{page(client_app)}?page=2").text
    assert (second.count("Save the role of"), 'rel="next"' in second) == (1, False)
    assert browser.ask("GET", f"{page(client_app)}?page=0") == 400

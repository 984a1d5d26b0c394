"""Where the users and groups of a new app go."""

import re

import pytest

from app import Assembly
from app.admins import Admin
from app.audit import CLI
from app.client_apps import ClientApp
from tests.admins import give_role
from tests.app.console_browser import Browser, new_admin

_NEW = "/console/apps/new/provisioning"


def _offered(browser: Browser) -> list[str]:
    _, _, select = browser.open(_NEW).text.partition('<select id="directory"')
    return re.findall(r'<option value="([^"]*)"', select.partition("</select>")[0])


def test_an_app_goes_to_the_directory_that_was_chosen(assembly: Assembly, browser: Browser) -> None:
    other, usual = assembly.tenants.create("Acme", CLI), assembly.tenants.default()

    assert ["default", "own", other.id] == _offered(browser)
    for name, directory in (("A", "default"), ("B", "own"), ("C", other.id)):
        browser.send(_NEW, name=name, directory=directory)

    tenants = [each.tenant_id for each in assembly.client_apps.all()]
    assert [usual.id, other.id] == [tenants[0], tenants[2]]
    assert "B" == assembly.tenants.get(tenants[1]).name


def test_an_admin_who_owns_nothing_learns_of_no_other_directory(
    assembly: Assembly, owner: Admin
) -> None:
    del owner
    other = assembly.tenants.create("Acme", CLI)
    browser = Browser(assembly).sign_in(new_admin(assembly, "grace", "admin"))

    assert ["default", "own"] == _offered(browser)
    assert 400 == browser.send(_NEW, name="A", directory=other.id).page.status_code
    assert [] == assembly.client_apps.all()


@pytest.mark.parametrize("directory", ["", "nowhere", "\x00", "x" * 5000])
def test_a_directory_that_nobody_offers_is_refused(
    assembly: Assembly, browser: Browser, directory: str
) -> None:
    assert 400 == browser.send(_NEW, name="A", directory=directory).page.status_code
    assert [] == assembly.client_apps.all()


def test_an_admin_whom_no_app_names_does_not_get_at_everybody_by_the_default_directory(
    assembly: Assembly, client_app: ClientApp
) -> None:
    grace = new_admin(assembly, "grace", "admin")
    browser = Browser(assembly).sign_in(grace)

    assert ["own"] == _offered(browser)
    assert 400 == browser.send(_NEW, name="A", directory="default").page.status_code
    give_role(assembly.access, client_app.id, grace.id, "viewer")
    assert ["own"] == _offered(browser)
    browser.send(_NEW, name="A")  # as a form without the field
    (app,) = [each for each in assembly.client_apps.all() if each.id != client_app.id]
    assert app.tenant_id != client_app.tenant_id

    give_role(assembly.access, client_app.id, grace.id, "maintainer")
    assert ["default", "own"] == _offered(browser)
    assert 200 == browser.send(_NEW, name="B", directory="default").page.status_code


def test_users_that_a_deleted_app_left_are_nobody_s_to_take_over(
    assembly: Assembly, provisioning_app: ClientApp, user: str
) -> None:
    del user
    assembly.client_apps.delete(provisioning_app.id, CLI)

    browser = Browser(assembly).sign_in(new_admin(assembly, "grace", "admin"))

    assert ["own"] == _offered(browser)


@pytest.mark.parametrize("name", ["Acme", "default", "x" * 100])
def test_a_directory_of_its_own_gets_a_name_whatever_others_are_called(
    assembly: Assembly, owner: Admin, name: str
) -> None:
    del owner
    if name != "default":
        assembly.tenants.create(name, CLI)
    browser = Browser(assembly).sign_in(new_admin(assembly, "grace", "admin"))
    for _ in range(2):  # and after the app is deleted, whose directory stays
        browser.open(_NEW).send(_NEW, name=name, directory="own")

        assert 200 == browser.page.status_code
        (app,) = assembly.client_apps.all()
        called = assembly.tenants.get(app.tenant_id).name
        assert called.endswith(f" {app.id[-8:]}")
        assert name.startswith(called[:-9])
        assembly.client_apps.delete(app.id, CLI)
    with assembly.database.read() as session:
        lines = session.all("SELECT 1 FROM audit WHERE action = 'tenant.create' AND actor <> 'cli'")
    assert 2 == len(lines)

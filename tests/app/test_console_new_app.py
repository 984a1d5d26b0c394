"""Where the users and groups of a new app go."""

import re

import pytest

from app import Assembly
from app.admins import Admin
from app.audit import CLI
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


def test_a_name_that_a_directory_has_is_said_so_and_the_form_is_kept(
    assembly: Assembly, browser: Browser
) -> None:
    assembly.tenants.create("Acme", CLI)

    text = browser.send(_NEW, name="Acme", description="kept", directory="own").text

    assert (400, True) == (browser.page.status_code, "A tenant named Acme exists." in text)
    assert 'value="own" selected' in text
    assert "kept</textarea>" in text

from app import Assembly
from app.admins import Admin
from app.audit import CLI
from app.client_apps import ClientApp
from app.tokens import Use
from app.watch.notices import add, new_network
from tests.app.console_browser import Browser, new_admin, new_app
from tests.conftest import FakeClock


def test_the_page_of_an_app_says_what_is_about_to_happen_and_what_to_do(
    browser: Browser, assembly: Assembly, client_app: ClientApp, owner: Admin, clock: FakeClock
) -> None:
    token = browser.issue(client_app)
    clock.advance(days=76)
    page = browser.sign_in(owner).open(f"/console/apps/{client_app.id}").text

    assert "This token ends in 14 days unless it is used." in page
    assert "Its end is 22 Feb 2027, 12:00 UTC. Every request renews it." in page
    assert "This token was issued 76 days ago and never used." in page
    assembly.authenticator.authenticate(token, Use())
    assert "This token" not in browser.open(f"/console/apps/{client_app.id}").text


def test_the_list_of_apps_warns_at_the_app_it_is_about(
    browser: Browser, assembly: Assembly, client_app: ClientApp, owner: Admin, clock: FakeClock
) -> None:
    browser.issue(client_app)
    used = new_app(assembly, "Payroll")
    token = assembly.tokens.issue(used.id, CLI).text
    clock.advance(days=7)
    assembly.authenticator.authenticate(token, Use())

    rows = browser.sign_in(owner).open("/console/apps").text.split('<li class="row">')[1:]

    assert ["Its token was issued 7 days ago and never used." in row for row in rows] == [
        True,
        False,
    ]


def test_an_admin_is_warned_of_no_app_they_may_not_see(
    assembly: Assembly, client_app: ClientApp, clock: FakeClock
) -> None:
    assembly.tokens.issue(client_app.id, CLI)
    stranger = new_admin(assembly, "eve", "admin")
    clock.advance(days=80)

    assert "Its token" not in Browser(assembly).sign_in(stranger).text


def test_a_new_network_is_shown_at_its_token_for_a_week(
    browser: Browser, assembly: Assembly, client_app: ClientApp, owner: Admin, clock: FakeClock
) -> None:
    token = assembly.tokens.issue(client_app.id, CLI).token
    with assembly.database.write() as session:
        add(session, new_network(token.jti, "192.0.2.0/24"), clock())

    assert "from a new network, 192.0.2.0/24" in browser.open("/console/apps").text
    assert "revoke it" in browser.open(f"/console/apps/{client_app.id}").text
    clock.advance(days=7)
    browser.sign_in(owner)
    assert "new network" not in browser.open(f"/console/apps/{client_app.id}").text

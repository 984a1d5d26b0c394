"""The protocol settings section: what an app chooses, and who may choose."""

import html
import json

import pytest

from app import Assembly
from app.admins import Admin
from app.audit import CLI
from app.client_apps import ClientApp
from scim.choices import (
    PROTOCOL,
    Choices,
    Deletion,
    GroupNames,
    LogValues,
    PatchAnswer,
    ProfileName,
)
from tests.app.console_browser import Browser, everything_stored, new_admin

OTHER = {
    "profile": "strict",
    "patch": "204",
    "group-names": "shared",
    "delete": "suspend",
    "log-values": "on",
}


def page(app: ClientApp) -> str:
    return f"/console/apps/{app.id}"


def send(browser: Browser, app: ClientApp, fields: dict[str, str]) -> Browser:
    return browser.open(page(app)).send(f"{page(app)}/protocol", **fields)


def checked(browser: Browser) -> set[str]:
    """Return the ids of the radio buttons that are checked on the page at hand."""
    radios = [tag for tag in browser.text.split("<input")[1:] if 'type="radio"' in tag]
    return {tag.split('id="')[1].split('"')[0] for tag in radios if "checked" in tag.split(">")[0]}


def test_every_option_is_offered_with_what_it_means(
    browser: Browser, client_app: ClientApp
) -> None:
    text = html.unescape(browser.open(page(client_app)).text)

    for choice in PROTOCOL:
        assert f"<legend>{choice.title}</legend>" in text
        for option in choice.options:
            assert f'name="{choice.key}" type="radio" value="{option}"' in text
            assert option.meaning in text
    assert "Save protocol settings" in text
    assert {
        "profile-tolerant",
        "patch-200",
        "group-names-unique",
        "delete-remove",
        "log-values-off",
    } == checked(browser)


def test_settings_are_saved_and_shown_and_audited(
    assembly: Assembly, browser: Browser, client_app: ClientApp, owner: Admin
) -> None:
    send(browser, client_app, OTHER)

    assert page(client_app) == browser.path
    assert "The protocol settings are saved." in browser.text
    assert {f"{key}-{value}" for key, value in OTHER.items()} == checked(browser)
    chosen = Choices(
        ProfileName.STRICT,
        PatchAnswer.NOTHING,
        GroupNames.SHARED,
        Deletion.SUSPEND,
        log_values=LogValues.ON,
    )
    assert chosen == assembly.client_apps.get(client_app.id).choices
    with assembly.database.read() as session:
        (line,) = session.all("SELECT * FROM audit WHERE action = 'app.set'")
    assert (f"admin:{owner.id}", OTHER) == (line["actor"], json.loads(line["detail"])["to"])


def test_what_the_form_does_not_name_stays(
    assembly: Assembly, browser: Browser, client_app: ClientApp
) -> None:
    send(browser, client_app, {"patch": "204"})
    send(browser, client_app, {"delete": "suspend", "color": "red"})

    expected = Choices(patch=PatchAnswer.NOTHING, delete=Deletion.SUSPEND)
    assert expected == assembly.client_apps.get(client_app.id).choices


@pytest.mark.parametrize("value", ["", "201", "204 ", "<script>", "2\x0004"])
def test_a_value_the_form_does_not_offer_changes_nothing(
    assembly: Assembly, browser: Browser, client_app: ClientApp, value: str
) -> None:
    send(browser, client_app, {"patch": value, "delete": "suspend"})

    assert 400 == browser.page.status_code
    assert Choices() == assembly.client_apps.get(client_app.id).choices


@pytest.mark.parametrize(
    ("role", "member", "status"),
    [
        ("owner", "", 303),
        ("admin", "maintainer", 303),
        ("admin", "viewer", 403),
        ("admin", "", 404),
        ("auditor", "", 404),
    ],
)
def test_only_who_manages_the_app_saves_its_settings(
    assembly: Assembly, client_app: ClientApp, role: str, member: str, status: int
) -> None:
    admin = new_admin(assembly, "grace", role)  # type: ignore[arg-type]  # one of the roles
    assembly.access.set_members(client_app.id, {admin.id: member} if member else {}, CLI)
    browser = Browser(assembly).sign_in(admin)
    before = everything_stored(assembly)

    fields = {"patch": "204", "csrf_token": browser.csrf_token}
    answer = browser.client.post(
        f"{page(client_app)}/protocol", base_url=browser.base_url, data=fields
    )

    assert status == answer.status_code
    assert (status != 303) == (before == everything_stored(assembly))


@pytest.mark.parametrize("token", [{}, {"csrf_token": ""}, {"csrf_token": "x" * 91}])
def test_a_form_without_its_csrf_token_changes_nothing(
    assembly: Assembly, browser: Browser, client_app: ClientApp, token: dict[str, str]
) -> None:
    answer = browser.client.post(
        f"{page(client_app)}/protocol", base_url=browser.base_url, data={"patch": "204"} | token
    )

    assert 400 == answer.status_code
    assert Choices() == assembly.client_apps.get(client_app.id).choices


def test_a_viewer_sees_what_was_chosen_and_cannot_choose(
    assembly: Assembly, browser: Browser, client_app: ClientApp
) -> None:
    grace = new_admin(assembly, "grace", "admin")
    assembly.access.set_members(client_app.id, {grace.id: "viewer"}, CLI)
    send(browser, client_app, {"delete": "suspend"})

    text = html.unescape(Browser(assembly).sign_in(grace).open(page(client_app)).text)

    for shown in ("Protocol settings", Deletion.SUSPEND.meaning, PatchAnswer.RESOURCE.meaning):
        assert shown in text
    for hidden in ("Save protocol settings", 'type="radio"', Deletion.REMOVE.meaning):
        assert hidden not in text

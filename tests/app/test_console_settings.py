"""The settings of an app: what it chooses, who may choose, and what ends it."""

import html
import json
import re

import pytest

from app import Assembly, create_app
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
from tests.admins import give_role
from tests.app.console_browser import Browser, everything_stored, new_admin
from tests.app.provider import Provider

OTHER = {
    "profile": "strict",
    "patch": "204",
    "group-names": "shared",
    "delete": "suspend",
    "log-values": "on",
}


USUAL = {choice.key: str(choice.default) for choice in PROTOCOL}
"""What the form sends where nothing was touched."""


def page(app: ClientApp) -> str:
    return f"/console/apps/{app.id}"


def send(browser: Browser, app: ClientApp, fields: dict[str, str]) -> Browser:
    return browser.open(f"{page(app)}/settings").send(f"{page(app)}/protocol", **fields)


def checked(browser: Browser) -> set[str]:
    """Return the ids of the radio buttons that are checked on the page at hand."""
    radios = [tag for tag in browser.text.split("<input")[1:] if 'type="radio"' in tag]
    return {tag.split('id="')[1].split('"')[0] for tag in radios if "checked" in tag.split(">")[0]}


def test_every_option_is_offered_with_what_it_means(
    browser: Browser, client_app: ClientApp
) -> None:
    text = html.unescape(browser.open(f"{page(client_app)}/settings").text)

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

    assert f"{page(client_app)}/settings" == browser.path
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
    give_role(assembly.access, client_app.id, admin.id, member)
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
    give_role(assembly.access, client_app.id, grace.id, "viewer")
    send(browser, client_app, {"delete": "suspend"})

    text = html.unescape(Browser(assembly).sign_in(grace).open(f"{page(client_app)}/settings").text)

    for shown in ("Protocol settings", Deletion.SUSPEND.meaning, PatchAnswer.RESOURCE.meaning):
        assert shown in text
    hidden_ones = ("Save protocol settings", 'type="radio"', Deletion.REMOVE.meaning, "Danger zone")
    for hidden in hidden_ones:
        assert hidden not in text


def editions(browser: Browser, app: ClientApp) -> list[str]:
    """Open the settings and return the editions that its two forms carry."""
    browser.open(f"{page(app)}/settings")
    return re.findall(r'name="edition" value="([^"]+)"', browser.text)


def shown(browser: Browser, app: ClientApp) -> str:
    return browser.open(f"{page(app)}/settings").text


def lines(assembly: Assembly, action: str) -> int:
    """Return how often something was done."""
    with assembly.database.read() as session:
        return len(session.all("SELECT 1 FROM audit WHERE action = ?", (action,)))


@pytest.fixture
def other(assembly: Assembly) -> Browser:
    """The browser of another owner."""
    return Browser(assembly).sign_in(new_admin(assembly, "grace", "owner"))


def test_of_two_who_edit_a_name_at_once_the_second_is_told_and_loses_nothing(
    assembly: Assembly, browser: Browser, other: Browser, client_app: ClientApp
) -> None:
    [edition, _] = editions(browser, client_app)
    assert [edition, _] == editions(other, client_app)
    to = f"{page(client_app)}/information"
    browser.send(to, name="Staff", description="From HR", edition=edition)

    other.send(to, name="People", description="From payroll", edition=edition)

    assert 409 == other.page.status_code
    text = html.unescape(other.text)
    assert "Somebody else saved other basic information while this page was open" in text
    assert "the name “Staff” and the description “From HR”" in text
    assert 'value="People"' in text
    assert "From payroll" in text
    assert "Staff" == assembly.client_apps.get(client_app.id).name

    [fresh, _] = re.findall(r'name="edition" value="([^"]+)"', other.text)
    other.send(to, name="People", description="From payroll", edition=fresh)
    assert 200 == other.page.status_code
    assert "People" == assembly.client_apps.get(client_app.id).name


def test_of_two_who_choose_at_once_the_second_is_told_and_loses_nothing(
    assembly: Assembly, browser: Browser, other: Browser, client_app: ClientApp
) -> None:
    [_, edition] = editions(browser, client_app)
    to = f"{page(client_app)}/protocol"
    browser.send(to, edition=edition, **USUAL | {"patch": "204"})
    editions(other, client_app)

    other.send(to, edition=edition, **USUAL | {"delete": "suspend"})

    assert 409 == other.page.status_code
    assert "while this page was open: Answer to PATCH is 204, Deleting a user is remove." in (
        other.text
    )
    assert {"patch-200", "delete-suspend"} < checked(other)
    assert Choices(patch=PatchAnswer.NOTHING) == assembly.client_apps.get(client_app.id).choices


def test_what_is_sent_twice_is_done_once(
    assembly: Assembly, browser: Browser, client_app: ClientApp
) -> None:
    [name_edition, edition] = editions(browser, client_app)
    assembly.tokens.issue(client_app.id, CLI)
    forms: dict[str, dict[str, str]] = {
        "information": {"name": "Staff", "description": "", "edition": name_edition},
        "protocol": USUAL | {"patch": "204", "edition": edition},
        "tokens/revoke-all": {},
        "delete": {"name": "Staff"},
    }
    done = ("app.update", "app.set", "token.revoke", "app.delete")

    statuses = []
    for path, fields in forms.items():
        for _ in range(2):
            browser.send(f"{page(client_app)}/{path}", **fields)
            statuses.append(browser.page.status_code)

    assert [200] * 7 + [404] == statuses
    assert [1, 1, 1, 1] == [lines(assembly, action) for action in done]


def test_all_tokens_are_revoked_after_a_page_that_names_the_app_and_counts_them(
    assembly: Assembly, browser: Browser, client_app: ClientApp
) -> None:
    token = assembly.tokens.issue(client_app.id, CLI).token
    successor = assembly.tokens.rotate(client_app.id, CLI).token
    assembly.oauth.client_secrets.issue(client_app.id, CLI)
    to = f"{page(client_app)}/tokens/revoke-all"
    assert "2 tokens of HR sync would die at once." in shown(browser, client_app)

    asked = browser.open(to).text
    assert "Revoke all tokens of HR sync?" in asked
    assert "2 tokens die at once" in asked
    assert token.hint in asked
    assert successor.hint in asked
    assert "1 client secret and 0 public keys stay" in asked
    browser.send(to)

    assert {} == assembly.tokens.alive([client_app.id])
    assert "No token of this app is alive." in browser.text
    assert "there is nothing to revoke" in browser.open(to).text
    done = f"{page(client_app)}/settings?done=all-revoked"
    assert "No token of this app is alive." in browser.open(done).text
    assembly.tokens.issue(client_app.id, CLI)
    assert "No token of this app is alive." not in browser.open(done).text


def test_deleting_an_app_says_what_stays(
    browser: Browser, assembly: Assembly, client_app: ClientApp
) -> None:
    token = assembly.tokens.issue(client_app.id, CLI).text
    provider = Provider(create_app(assembly).test_client(), token)
    provider.ask("POST", "/Users", {"userName": "ada"})

    asked = browser.open(f"{page(client_app)}/delete").text

    assert "1 token dies at once" in asked
    assert "1 user and 0 groups." in asked
    for gone in ("client secrets", "public keys", "members", "provisioning log"):
        assert gone in asked

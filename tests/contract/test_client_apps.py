import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from app.access import AppMember, Permission
from app.admins import Admin
from app.audit import CLI, Actor
from app.client_apps import ClientApp, InvalidApp, NewApp, UnknownApp, UnknownMember
from app.once import SentTwice
from app.tenants import InvalidTenant, NameTaken, UnknownTenant
from app.tokens import Use
from app.tokens.errors import InvalidToken
from scim.choices import Choices, ProfileName
from scim.instant import to_text
from tests.admins import add_admin, give_role
from tests.conftest import FakeClock
from tests.instance import Instance
from tests.races import in_threads


@pytest.fixture
def ada(instance: Instance, clock: FakeClock) -> Admin:
    return add_admin(instance.database, clock, "ada")


@pytest.fixture
def bob(instance: Instance, clock: FakeClock) -> Admin:
    return add_admin(instance.database, clock, "bob")


def audit(instance: Instance, object_id: str) -> list[tuple[str, str, dict[str, Any]]]:
    with instance.database.read() as session:
        rows = session.all("SELECT * FROM audit WHERE object_id = ? ORDER BY seq", (object_id,))
    return [(row["action"], row["actor"], json.loads(row["detail"])) for row in rows]


def test_tenants_are_listed_in_the_order_they_were_made(
    instance: Instance, clock: FakeClock
) -> None:
    first = instance.tenants.create("zebra", CLI)
    clock.advance(seconds=1)
    second = instance.tenants.create(" aardvark ", CLI)

    assert [first, second] == instance.tenants.all()
    assert second.name == "aardvark"
    assert instance.tenants.get(first.id) == first


def test_a_tenant_name_is_taken_once(instance: Instance) -> None:
    instance.tenants.create("acme", CLI)

    with pytest.raises(NameTaken):
        instance.tenants.create("acme", CLI)


@pytest.mark.parametrize("name", ["", "  ", "a" * 101, "a\x00b", "a\nb", "a\u2028b", "\ud800"])
def test_a_tenant_needs_a_name_that_can_be_shown(instance: Instance, name: str) -> None:
    with pytest.raises(InvalidTenant):
        instance.tenants.create(name, CLI)


def test_an_unknown_tenant_is_not_found(instance: Instance) -> None:
    with pytest.raises(UnknownTenant):
        instance.tenants.get("nobody")


def test_the_default_tenant_is_made_once_however_many_ask(instance: Instance) -> None:
    found = in_threads(8, instance.tenants.default)

    assert {tenant.id for tenant in found} == {tenant.id for tenant in instance.tenants.all()}
    assert len(instance.tenants.all()) == 1


def test_a_new_app_is_found_again_with_scim_off(instance: Instance) -> None:
    tenant = instance.tenants.default()

    new = NewApp(tenant.id, " HR sync ", "From\r\nOkta", ProfileName.STRICT)
    app = instance.client_apps.create(new, CLI)

    assert (app.name, app.description) == ("HR sync", "From\nOkta")
    assert app.choices == Choices(profile=ProfileName.STRICT)
    assert not app.scim_enabled
    assert app == instance.client_apps.get(app.id)
    assert audit(instance, app.id) == [("app.create", "cli", {"maintainer": None})]


def test_apps_are_listed_in_the_order_they_were_made(instance: Instance) -> None:
    made = [instance.new_app(name) for name in ("b", "c", "a")]

    assert made == instance.client_apps.all()


@pytest.mark.parametrize("name", ["", " ", "a" * 101, "tab\there", "nul\x00", "\x7f", "\udfff"])
def test_an_app_needs_a_name_that_can_be_shown(
    instance: Instance, client_app: ClientApp, name: str
) -> None:
    with pytest.raises(InvalidApp):
        instance.client_apps.create(NewApp(client_app.tenant_id, name), CLI)
    with pytest.raises(InvalidApp):
        instance.client_apps.update(client_app.id, name, "", CLI)


@pytest.mark.parametrize("description", ["a" * 1001, "\x1b[31m"])
def test_a_description_has_bounds(
    instance: Instance, client_app: ClientApp, description: str
) -> None:
    with pytest.raises(InvalidApp):
        instance.client_apps.create(NewApp(client_app.tenant_id, "HR", description), CLI)


def test_the_longest_name_and_description_are_accepted(instance: Instance) -> None:
    tenant = instance.tenants.default()

    app = instance.client_apps.create(NewApp(tenant.id, "ü" * 100, "🙂" * 1000), CLI)

    assert app == instance.client_apps.get(app.id)


def test_an_app_belongs_to_a_tenant(instance: Instance) -> None:
    with pytest.raises(UnknownTenant):
        instance.client_apps.create(NewApp("nobody", "HR"), CLI)


def test_an_update_changes_name_and_description_and_is_audited_once(
    instance: Instance, client_app: ClientApp
) -> None:
    for _ in range(2):
        instance.client_apps.update(client_app.id, "New", "Why", CLI)

    app = instance.client_apps.get(client_app.id)
    assert (app.name, app.description) == ("New", "Why")
    change = {
        "from": {"name": "HR sync", "description": ""},
        "to": {"name": "New", "description": "Why"},
    }
    assert audit(instance, app.id)[2:] == [("app.update", "cli", change)]


def test_switching_scim_is_audited_when_it_changes_something(
    instance: Instance, client_app: ClientApp
) -> None:
    for switch in (instance.client_apps.disable_scim, instance.client_apps.enable_scim):
        switch(client_app.id, CLI)
        switch(client_app.id, CLI)

    assert instance.client_apps.get(client_app.id).scim_enabled
    actions = [action for action, _, _ in audit(instance, client_app.id)]
    assert actions == ["app.create", "app.enable-scim", "app.disable-scim", "app.enable-scim"]


def test_deleting_an_app_kills_its_token_and_keeps_the_tenant(
    instance: Instance, client_app: ClientApp
) -> None:
    issued = instance.tokens.issue(client_app.id, CLI)

    instance.client_apps.delete(client_app.id, CLI)

    with pytest.raises(InvalidToken):
        instance.authenticator.authenticate(issued.text, Use())
    with pytest.raises(UnknownApp):
        instance.client_apps.get(client_app.id)
    assert instance.tenants.get(client_app.tenant_id)
    assert audit(instance, client_app.id)[-1] == ("app.delete", "cli", {"name": "HR sync"})


@pytest.mark.parametrize(
    "change",
    [
        lambda instance: instance.client_apps.get("nope"),
        lambda instance: instance.client_apps.update("nope", "Name", "", CLI),
        lambda instance: instance.client_apps.enable_scim("nope", CLI),
        lambda instance: instance.client_apps.disable_scim("nope", CLI),
        lambda instance: instance.client_apps.delete("nope", CLI),
        lambda instance: give_role(instance.access, "nope", "nope", "viewer"),
        lambda instance: instance.tokens.issue("nope", CLI),
        lambda instance: instance.tokens.revoke("nope", "nope", CLI),
        lambda instance: instance.tokens.revoke_all("nope", CLI),
    ],
)
def test_an_unknown_app_cannot_be_read_or_changed(
    instance: Instance, change: Callable[[Instance], object]
) -> None:
    with pytest.raises(UnknownApp):
        change(instance)


def test_the_admin_who_makes_an_app_is_its_maintainer(instance: Instance, ada: Admin) -> None:
    new = NewApp(instance.tenants.default().id, "HR", maintainer=ada.id)

    app = instance.client_apps.create(new, Actor(f"admin:{ada.id}"))

    now = to_text(instance.clock())
    assert instance.access.members(app.id) == [
        AppMember(ada.id, ada.email, "maintainer", f"admin:{ada.id}", now)
    ]
    assert instance.access.permission(app.id, ada.id, "admin") is Permission.MANAGE


def test_an_unknown_admin_cannot_be_a_member(instance: Instance, client_app: ClientApp) -> None:
    with pytest.raises(UnknownMember):
        instance.client_apps.create(NewApp(client_app.tenant_id, "HR", maintainer="nope"), CLI)
    with pytest.raises(UnknownMember):
        give_role(instance.access, client_app.id, "nope", "viewer")
    assert [client_app] == instance.client_apps.all()


def test_a_member_is_a_viewer_or_a_maintainer(
    instance: Instance, client_app: ClientApp, ada: Admin
) -> None:
    with pytest.raises(InvalidApp):
        give_role(instance.access, client_app.id, ada.id, "owner")


def test_a_role_is_given_changed_and_taken(
    instance: Instance, client_app: ClientApp, ada: Admin, bob: Admin
) -> None:
    """What is so already is no change."""
    for admin, role in ((ada, "viewer"), (bob, "viewer"), (ada, "maintainer"), (bob, "")):
        for _ in range(2):
            give_role(instance.access, client_app.id, admin.id, role)

    now = to_text(instance.clock())
    assert instance.access.members(client_app.id) == [
        AppMember(ada.id, ada.email, "maintainer", "cli", now)
    ]
    steps: list[dict[str, str]] = [
        {},
        {ada.id: "viewer"},
        {ada.id: "viewer", bob.id: "viewer"},
        {ada.id: "maintainer", bob.id: "viewer"},
        {ada.id: "maintainer"},
    ]
    lines = [line for line in audit(instance, client_app.id) if line[0] == "app.set-members"]
    assert lines == [
        ("app.set-members", "cli", {"from": former, "to": members})
        for former, members in pairwise(steps)
    ]


def test_permission_follows_role_and_membership(
    instance: Instance, client_app: ClientApp, ada: Admin, bob: Admin
) -> None:
    other = instance.new_app("other")
    give_role(instance.access, client_app.id, ada.id, "maintainer")
    give_role(instance.access, client_app.id, bob.id, "viewer")
    expected = {
        ("owner", ada.id, client_app.id): Permission.MANAGE,
        ("owner", ada.id, other.id): Permission.MANAGE,
        ("admin", ada.id, client_app.id): Permission.MANAGE,
        ("admin", ada.id, other.id): Permission.NONE,
        ("admin", bob.id, client_app.id): Permission.VIEW,
        ("admin", bob.id, other.id): Permission.NONE,
        ("auditor", ada.id, client_app.id): Permission.NONE,
        ("auditor", bob.id, other.id): Permission.NONE,
        ("", ada.id, client_app.id): Permission.NONE,
    }

    permission = instance.access.permission

    assert expected == {(r, admin, app): permission(app, admin, r) for r, admin, app in expected}


def test_an_admin_sees_the_apps_that_name_them(
    instance: Instance, client_app: ClientApp, ada: Admin, bob: Admin
) -> None:
    other = instance.new_app("other")
    give_role(instance.access, client_app.id, ada.id, "viewer")

    assert instance.access.visible(ada.id, "admin") == [client_app]
    assert instance.access.visible(bob.id, "admin") == []
    assert instance.access.visible(bob.id, "owner") == [client_app, other]
    assert instance.access.visible(ada.id, "auditor") == []


def test_an_app_gets_a_tenant_of_its_own_whatever_others_are_called(instance: Instance) -> None:
    apps = [instance.client_apps.create(NewApp(None, "Payroll"), CLI) for _ in range(2)]

    names = [instance.tenants.get(app.tenant_id).name for app in apps]
    assert ["Payroll", f"Payroll {apps[1].id[-8:]}"] == names
    assert 2 == len(instance.tenants.all())
    assert apps == instance.client_apps.all()


def test_who_shows_themselves_a_directory_by_adding_an_app(
    instance: Instance, ada: Admin, bob: Admin
) -> None:
    tenant = instance.tenants.default()
    asked = [(ada, "owner"), (ada, "admin"), (bob, "admin")]

    def answers() -> list[bool]:
        return [instance.access.may_join(tenant.id, who.id, role) for who, role in asked]

    assert [True, True, True] == answers()
    instance.client_apps.create(NewApp(tenant.id, "HR", maintainer=ada.id), CLI)
    assert [True, True, False] == answers()


def test_of_one_form_that_is_sent_at_the_same_moment_one_app_is_made(instance: Instance) -> None:
    new = NewApp(None, "Payroll", form_id="0" * 32)

    def create() -> bool:
        try:
            instance.client_apps.create(new, CLI)
        except SentTwice:
            return False
        return True

    assert [False, False, True] == sorted(in_threads(3, create))
    assert 1 == len(instance.client_apps.all()) == len(instance.tenants.all())

"""What an app chose: kept, audited, and read anew for every request, on every engine."""

import json
from dataclasses import replace

import pytest

from app.audit import CLI, Actor
from app.choice_columns import COLUMNS
from app.client_apps import ClientApp, UnknownApp
from app.migrations import MIGRATIONS
from app.tokens import Use
from scim import Database
from scim.choices import (
    CHOICES,
    Choices,
    Deletion,
    GroupNames,
    InvalidChoice,
    LogValues,
    PatchAnswer,
    ProfileName,
    ProviderName,
    TokenStyle,
    read_options,
)
from scim.migrations import MIGRATIONS as DIRECTORY
from tests.instance import Instance
from tests.races import together

OTHER = Choices(
    ProfileName.STRICT,
    PatchAnswer.NOTHING,
    GroupNames.SHARED,
    Deletion.SUSPEND,
    TokenStyle.SHORT_LIVED,
    LogValues.ON,
    ProviderName.OKTA,
)
"""Nothing of the default."""


def audited(instance: Instance) -> list[tuple[str, str, dict[str, dict[str, str]]]]:
    with instance.database.read() as session:
        rows = session.all("SELECT * FROM audit WHERE action = 'app.set' ORDER BY seq")
    return [(row["object_id"], row["actor"], json.loads(row["detail"])) for row in rows]


def chosen(instance: Instance, app: ClientApp) -> Choices:
    return instance.client_apps.get(app.id).choices


def test_a_fresh_app_has_the_defaults(instance: Instance, client_app: ClientApp) -> None:
    assert Choices() == chosen(instance, client_app)
    assert [choice.default for choice in CHOICES] == [choice.options[0] for choice in CHOICES]


def test_every_setting_can_be_changed_and_changed_back(
    instance: Instance, client_app: ClientApp
) -> None:
    for choice in CHOICES:
        for option in (choice.options[1], choice.options[0]):
            instance.app_settings.set(client_app.id, {choice.name: option}, CLI)
            assert replace(Choices(), **{choice.name: option}) == chosen(instance, client_app)


def test_settings_change_together_and_leave_other_apps_alone(
    instance: Instance, client_app: ClientApp
) -> None:
    other = instance.new_app("other")
    options = {choice.name: OTHER.chosen(choice) for choice in CHOICES}

    instance.app_settings.set(client_app.id, options, CLI)

    assert OTHER == chosen(instance, client_app)
    assert Choices() == chosen(instance, other)


def test_a_change_is_audited_by_what_changed_and_only_then(
    instance: Instance, client_app: ClientApp
) -> None:
    options = read_options({"patch": "204", "group-names": "shared", "profile": "tolerant"})

    for _ in range(2):
        instance.app_settings.set(client_app.id, options, Actor("admin:ada"))
    instance.app_settings.set(client_app.id, {}, CLI)

    change = {
        "from": {"patch": "200", "group-names": "unique"},
        "to": {"patch": "204", "group-names": "shared"},
    }
    assert [(client_app.id, "admin:ada", change)] == audited(instance)


def test_an_unknown_app_has_no_settings(instance: Instance) -> None:
    with pytest.raises(UnknownApp):
        instance.app_settings.set("nope", {}, CLI)


def test_settings_hold_from_the_next_request_on(instance: Instance, client_app: ClientApp) -> None:
    token = instance.tokens.issue(client_app.id, CLI).text
    before = instance.authenticator.authenticate(token, Use()).choices

    instance.app_settings.set(client_app.id, {"patch": PatchAnswer.NOTHING}, CLI)

    assert Choices() == before
    assert (
        Choices(patch=PatchAnswer.NOTHING)
        == instance.authenticator.authenticate(token, Use()).choices
    )


def test_two_who_change_different_settings_at_once_lose_nothing(
    instance: Instance, client_app: ClientApp
) -> None:
    together(
        *(
            lambda choice=choice: instance.app_settings.set(  # type: ignore[misc]
                client_app.id, {choice.name: choice.options[1]}, CLI
            )
            for choice in CHOICES
        )
    )

    assert OTHER == chosen(instance, client_app)
    assert len(CHOICES) == len(audited(instance))


def test_every_setting_has_a_column() -> None:
    assert {choice.name for choice in CHOICES} == set(COLUMNS)


@pytest.mark.parametrize(
    "given",
    [
        {"color": "red"},
        {"group_names": "shared"},
        {"patch": "201"},
        {"patch": ""},
        {"Delete": "remove"},
        {"delete": "REMOVE"},
        {"patch": "204", "delete": "tolerant"},
    ],
)
def test_what_cannot_be_chosen_is_refused_with_everything_that_can(given: dict[str, str]) -> None:
    with pytest.raises(InvalidChoice) as refusal:
        read_options(given)

    for choice in CHOICES:
        assert f"{choice.key}={choice.options[0]}|{choice.options[1]}" in str(refusal.value)


def test_an_app_from_before_keeps_its_profile(database: Database) -> None:
    database.migrate((*DIRECTORY, *MIGRATIONS[:2]))
    with database.write() as session:
        session.run("INSERT INTO tenant (id, name, created_at) VALUES ('t', 't', 'now')")
        session.run(
            "INSERT INTO client_app (id, tenant_id, type, name, description, scim_enabled,"
            " profile, created_at, created_by)"
            " VALUES ('app', 't', 'provisioning', 'HR', '', 1, 'strict', 'now', 'cli')"
        )

    database.migrate(MIGRATIONS)

    with database.read() as session:
        row = session.one("SELECT * FROM client_app")
    assert row is not None
    assert {
        "profile": "strict",
        "patch": "200",
        "group_names": "unique",
        "delete": "remove",
        "log_values": "off",
        "provider": "custom",
        "token_style": "long-lived",
    } == {name: row[column] for name, column in COLUMNS.items()}

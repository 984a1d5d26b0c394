"""Of several who change the same at once nobody overwrites what they never saw, on each engine."""

from collections.abc import Callable
from functools import partial

import pytest

from app.access import MemberChange
from app.audit import CLI
from app.client_apps import ClientApp
from app.edition import Outdated, edition_of
from scim.choices import Deletion, PatchAnswer
from tests.admins import add_admin
from tests.instance import Instance
from tests.races import together


def told(act: Callable[[], None]) -> bool:
    """Do something, and return whether somebody is told that another was first."""
    try:
        act()
    except Outdated:
        return True
    return False


def test_members_that_are_added_at_once_are_all_added(
    instance: Instance, client_app: ClientApp
) -> None:
    ids = [add_admin(instance.database, instance.clock, name).id for name in ("ada", "bob")]
    add = partial(instance.access.change_member, client_app.id)

    together(*(partial(add, MemberChange(id_, "viewer", ""), CLI) for id_ in ids))

    assert set(ids) == {each.admin_id for each in instance.access.members(client_app.id)}


def test_of_two_roles_for_one_admin_the_second_is_told(
    instance: Instance, client_app: ClientApp
) -> None:
    ada = add_admin(instance.database, instance.clock, "ada")
    change = partial(instance.access.change_member, client_app.id)

    found = together(
        *(
            partial(told, partial(change, MemberChange(ada.id, role, ""), CLI))
            for role in ("viewer", "maintainer")
        )
    )

    assert [False, True] == sorted(found)


def test_of_two_names_for_one_app_the_second_is_told(
    instance: Instance, client_app: ClientApp
) -> None:
    seen = edition_of(client_app.name, client_app.description)
    update = partial(instance.client_apps.update, client_app.id)

    found = together(
        *(partial(told, partial(update, name, "", CLI, seen=seen)) for name in ("Staff", "People"))
    )

    assert [False, True] == sorted(found)


def test_of_two_choices_the_second_is_told_and_one_that_is_so_already_passes(
    instance: Instance, client_app: ClientApp
) -> None:
    seen = edition_of("200", "remove")
    first = {"patch": PatchAnswer.NOTHING, "delete": Deletion.REMOVE}
    second = {"patch": PatchAnswer.RESOURCE, "delete": Deletion.SUSPEND}

    instance.app_settings.set(client_app.id, first, CLI, seen)  # type: ignore[arg-type]  # options
    instance.app_settings.set(client_app.id, first, CLI, seen)  # type: ignore[arg-type]  # likewise
    with pytest.raises(Outdated):
        instance.app_settings.set(client_app.id, second, CLI, seen)  # type: ignore[arg-type]  # too

    choices = instance.client_apps.get(client_app.id).choices
    assert (PatchAnswer.NOTHING, Deletion.REMOVE) == (choices.patch, choices.delete)

"""More ids than a statement may bind, as a page of any length has them."""

from scim import Directory
from scim.storage import Database
from scim.storage.expression import Expression
from scim.storage.lists import Lists
from tests.contract.directories import Caller, new_user

_MORE_THAN_ENGINES_BIND = 70_000


def test_what_is_shown_is_found_for_any_number_of_resources(
    directory: Directory, database: Database, caller: Caller
) -> None:
    del directory  # which has made the tables
    ada, bob = new_user(caller, "ada")["id"], new_user(caller, "bob")["id"]
    found = [ada, bob] * (_MORE_THAN_ENGINES_BIND // 2)
    listed = [(id_, "User", "{}", 1, "", "", None) for id_ in found]

    with database.read() as session:
        lists = Lists(session, database.words, caller.client.tenant_id)
        shown = lists.shown(listed, Expression("r.id || ?", ("!",)))

    assert [f"{id_}!" for id_ in found] == [each[-1] for each in shown]

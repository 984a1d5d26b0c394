"""More ids than a statement may bind, as a page of any length has them."""

from scim import Directory
from scim.storage import Database
from scim.storage.members import Members
from tests.contract.directories import Caller, new_group, new_user

_MORE_THAN_ENGINES_BIND = [str(number) for number in range(70_000)]


def test_rows_are_found_for_any_number_of_ids(
    directory: Directory, database: Database, caller: Caller
) -> None:
    del directory  # which has made the tables
    ada = new_user(caller)["id"]
    crew = new_group(caller, "crew", ada)["id"]

    with database.read() as session:
        members = Members(session, database.words, caller.client.tenant_id)
        groups = members.of_members([*_MORE_THAN_ENGINES_BIND, ada])
        joined = members.of_groups([*_MORE_THAN_ENGINES_BIND, crew])

    assert [ada] == list(groups)
    assert ["crew"] == [each.display for each in groups[ada]]
    assert [crew] == list(joined)
    assert [ada] == [each.value for each in joined[crew]]

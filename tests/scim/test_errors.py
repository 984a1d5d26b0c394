"""What becomes of what a validation finds."""

import pytest
from scim2_models import SCIMException

from scim.changes.reading import read_creation
from scim.provider import GROUP
from tests.scim.tolerance.readings import tolerant


def test_the_detail_of_an_error_is_a_sentence_of_its_own() -> None:
    """Pydantic begins it with the kind of error, which is for programmers."""
    members = [{"value": "a", "$ref": 5}]

    with pytest.raises(SCIMException) as caught:
        read_creation(GROUP, {"displayName": "crew", "members": members}, tolerant())

    expected = ("invalidValue", "Expected string, got int: members[0].$ref")
    assert expected == (caught.value.scim_type, caught.value.detail)

"""Numbers and moments, which only added schemas let a client write."""

from typing import Any

import pytest
from scim2_models import InvalidValueException

from scim import Limits
from scim.changes.reading import Creation, read_creation, read_patch
from scim.tolerance import PROFILES, Reader
from tests.added_schemas import DEVICE, DEVICE_SCHEMA, LEASE
from tests.scim.tolerance.readings import PATCH

MOMENT = "2027-01-01T00:00:00.1234567Z"


def created(reader: Reader, **attributes: Any) -> Creation:
    schemas = [DEVICE_SCHEMA, *([LEASE] if LEASE in attributes else [])]
    return read_creation(DEVICE, {"schemas": schemas, "serial": "A1", **attributes}, reader)


def reader_of(profile: str) -> Reader:
    return Reader(PROFILES[profile])


def changed(reader: Reader, path: str, value: Any) -> None:
    operation = {"op": "replace", "path": path, "value": value}
    read_patch(DEVICE, {"schemas": [PATCH], "Operations": [operation]}, reader, Limits())


TEXTS: list[dict[str, Any]] = [
    {"weight": "1"},
    {"weight": "1.5e1"},
    {"ports": [{"speed": "1000"}]},
]


@pytest.mark.parametrize("given", TEXTS)
def test_a_number_in_a_text_is_read_by_a_tolerant_app_alone(given: dict[str, Any]) -> None:
    tolerant = reader_of("tolerant")

    created(tolerant, **given)

    assert {"number-as-text": 1} == tolerant.quirks.noticed
    with pytest.raises(InvalidValueException, match=r"is a number, not a text\."):
        created(reader_of("strict"), **given)


def test_a_number_in_a_text_is_read_in_a_patch() -> None:
    tolerant = reader_of("tolerant")

    changed(tolerant, "weight", "1")

    assert {"number-as-text": 1} == tolerant.quirks.noticed
    with pytest.raises(InvalidValueException):
        changed(reader_of("strict"), "weight", "1")


NO_NUMBERS = [True, False, "heavy", "inf", "-Infinity", "NaN", "1e400", " 1", "1_0", "0x1", "01"]
NO_MOMENTS = [5, 1.5, 0, True, "5", " 5 ", "-1.5", "1e3", "1700000000"]


@pytest.mark.parametrize("profile", list(PROFILES))
@pytest.mark.parametrize("value", NO_NUMBERS)
def test_what_is_no_number_is_refused(profile: str, value: Any) -> None:
    for given in ({"weight": value}, {"ports": [{"speed": value}]}):
        with pytest.raises(InvalidValueException):
            created(reader_of(profile), **given)
    with pytest.raises(InvalidValueException):
        changed(reader_of(profile), "weight", value)


@pytest.mark.parametrize("profile", list(PROFILES))
@pytest.mark.parametrize("value", NO_MOMENTS)
def test_what_is_no_moment_is_refused(profile: str, value: Any) -> None:
    with pytest.raises(InvalidValueException):
        created(reader_of(profile), **{LEASE: {"endsAt": value}})
    with pytest.raises(InvalidValueException):
        changed(reader_of(profile), f"{LEASE}:endsAt", value)


@pytest.mark.parametrize("profile", list(PROFILES))
def test_numbers_and_moments_are_read_as_they_are(profile: str) -> None:
    reader = reader_of(profile)

    made = created(
        reader, weight=2, ports=[{"speed": 3}], meta={"created": 5}, **{LEASE: {"endsAt": MOMENT}}
    )

    assert '"weight":2' in made.content.doc
    assert {} == reader.quirks.noticed


def test_a_moment_that_no_year_of_utc_holds_is_kept() -> None:
    made = created(reader_of("strict"), **{LEASE: {"endsAt": "0001-01-01T00:00:00+14:00"}})

    assert '"endsAt":"0001-01-01T00:00:00+14:00"' in made.content.doc

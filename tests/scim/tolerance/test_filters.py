"""Filters as providers write them."""

import time

import pytest
from scim2_models import InvalidFilterException

from scim.provider import GROUP, USER
from tests.scim.tolerance.readings import ENTERPRISE, OLD_ENTERPRISE, filter_as_read

FILTERS = [
    ("bare-value", "externalId eq jyoung", 'externalId eq "jyoung"'),
    ("bare-value", "userName sw O", 'userName sw "O"'),
    ("bare-value", "title pr and userName eq a@acme", 'title pr and userName eq "a@acme"'),
    (
        "bare-value",
        'displayName eq "eq x" and not (meta.created gt 2026-11-24T12:00:00Z)',
        'displayName eq "eq x" and not (meta.created gt "2026-11-24T12:00:00Z")',
    ),
    ("bare-value", "emails[type eq work]", 'emails[type eq "work"]'),
    (
        "number-for-text",
        f"{ENTERPRISE}:employeeNumber eq 701984",
        f'{ENTERPRISE}:employeeNumber eq "701984"',
    ),
    (
        "sub-attribute-after-brackets",
        'emails[type eq "work"].value eq "x"',
        'emails[type eq "work" and value eq "x"]',
    ),
    (
        "extension-attribute-without-urn",
        'department eq "Ops"',
        f'{ENTERPRISE}:department eq "Ops"',
    ),
    ("extension-attribute-without-urn", "manager pr", f"{ENTERPRISE}:manager pr"),
    (
        "reference-compared-with-text",
        f'{ENTERPRISE}:manager eq "m"',
        f'{ENTERPRISE}:manager.value eq "m"',
    ),
    ("dot-after-a-urn", f'{ENTERPRISE}.division eq "x"', f'{ENTERPRISE}:division eq "x"'),
    ("outdated-urn", f'{OLD_ENTERPRISE}:division eq "x"', f'{ENTERPRISE}:division eq "x"'),
    ("boolean-compared-with-text", 'active eq "True"', "active eq true"),
    ("boolean-compared-with-text", 'roles[primary eq "FALSE"]', "roles[primary eq false]"),
    ("singular-attribute", 'email Co "x"', 'emails co "x"'),
    ("singular-attribute", 'email.value eq "x"', 'emails.value eq "x"'),
]


@pytest.mark.parametrize(("quirk", "given", "meant"), FILTERS)
def test_a_filter_is_read_as_it_is_meant(quirk: str, given: str, meant: str) -> None:
    assert (meant, {quirk: 1}) == filter_as_read(given, USER)


@pytest.mark.parametrize(("quirk", "given", "meant"), FILTERS)
def test_at_the_root_a_filter_is_read_likewise(quirk: str, given: str, meant: str) -> None:
    assert (meant, {quirk: 1}) == filter_as_read(given, GROUP, USER)


def test_entra_id_asks_for_a_manager() -> None:
    meant = f'id eq "u" and {ENTERPRISE}:manager.value eq "m"'
    noticed = {"extension-attribute-without-urn": 1, "reference-compared-with-text": 1}

    assert (meant, noticed) == filter_as_read('id eq "u" and manager eq "m"', USER)


@pytest.mark.parametrize(
    "text", ["userName eq 'mira'", 'userName eq "mira', "userName==mira", "eq", "", "a eq b c"]
)
def test_what_is_no_filter_even_so_is_refused(text: str) -> None:
    with pytest.raises(InvalidFilterException):
        filter_as_read(text, USER)


@pytest.mark.parametrize("text", ['shoeSize eq "44"', 'shoe eq "x"', 'userNam eq "x"'])
def test_what_no_schema_knows_stays_as_it_is(text: str) -> None:
    assert (text, {}) == filter_as_read(text, USER)


@pytest.mark.parametrize("text", ['"' + '\\"' * 20_000, "x eq " * 4_000, "] " * 10_000 + "."])
def test_no_text_takes_long(text: str) -> None:
    """A pattern that goes back and forth would take minutes."""
    started = time.process_time()

    with pytest.raises(InvalidFilterException):
        filter_as_read(text, USER)

    assert time.process_time() - started < 2

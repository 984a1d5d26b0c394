"""What every file of recorded traffic holds, and what all of them hold together."""

from pathlib import Path

import pytest

from tests.conformance.exchanges import Exchange, load

FILES = sorted((Path(__file__).parent / "idp").glob("*.json"))

EXCHANGES = [(path.stem, exchange) for path in FILES for exchange in load(path).exchanges]

QUIRKS = {f"Q{number}" for number in range(1, 41)}
"""The rows of the table of quirks."""

SCIM_TYPES = {
    "invalidFilter",
    "invalidPath",
    "invalidSyntax",
    "invalidValue",
    "mutability",
    "noTarget",
}
"""What a deviating request can be refused with (RFC 7644 §3.12, table 9)."""


def test_every_section_of_the_traffic_document_is_recorded() -> None:
    sections = {exchange.section for _, exchange in EXCHANGES}

    entra = {f"1.{number}" for number in range(1, 10)}
    okta = {f"2.{number}" for number in range(1, 10)}
    onelogin = {f"3.{number}" for number in range(1, 6)}
    jumpcloud = {f"4.{number}" for number in range(1, 5)}
    others = {str(number) for number in range(5, 12)}
    assert entra | okta | onelogin | jumpcloud | others == sections


def test_every_quirk_is_shown() -> None:
    shown = {quirk for _, exchange in EXCHANGES for quirk in exchange.quirks}

    assert shown == QUIRKS


def test_every_deviation_names_its_quirk() -> None:
    nameless = [where(each) for each in EXCHANGES if each[1].strict and not each[1].quirks]

    assert [] == nameless


def test_every_deviation_is_refused_with_a_reason_of_the_rfc() -> None:
    """Only a refusal that RFC 7644 §3.12 gives no ``scimType`` for, such as 404, has none."""
    odd = [where(each) for each in EXCHANGES if each[1].strict and not reasonable(each[1])]

    assert [] == odd


def test_only_a_deviation_has_a_legal_equivalent() -> None:
    idle = [where(each) for each in EXCHANGES if each[1].legal and not each[1].strict]

    assert [] == idle


def test_what_a_deviation_saves_its_legal_equivalent_saves_too() -> None:
    """Without one a strict run would lack the variable."""
    lacking = [
        where((name, exchange))
        for name, exchange in EXCHANGES
        if exchange.strict and exchange.expect.save and not exchange.legal
    ]

    assert [] == lacking


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_expectation_in_a_file_can_fail(path: Path) -> None:
    """Each exchange expects a status, and each 2xx with a body says something of it."""
    idle = [
        exchange.what
        for exchange in load(path).exchanges
        if exchange.expect.status in (200, 201) and not exchange.expect.body
    ]

    assert [] == idle


def where(each: tuple[str, Exchange]) -> str:
    """Return the place of an exchange."""
    name, exchange = each
    return f'{name} #{exchange.number} "{exchange.what}"'


def reasonable(exchange: Exchange) -> bool:
    """Whether the refusal of an exchange is one that the RFC knows."""
    assert exchange.strict is not None
    if exchange.strict.status != 400:
        return exchange.strict.scimType is None
    given = exchange.strict.scimType
    return set(given if isinstance(given, list) else [given]) <= SCIM_TYPES

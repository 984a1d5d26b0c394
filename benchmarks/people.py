"""The users of a benchmark: the same ones for every server, a JSON resource a line."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

_GIVEN = ("Ada", "Bram", "Chiara", "Dilnoza", "Emeka", "Freya", "Goran", "Hana", "İpek", "João")
_FAMILY = ("Adeyemi", "Bianchi", "Castillo", "Dubois", "Eriksen", "Fischer", "Gupta", "Holt")
_TITLES = ("Engineer", "Analyst", "Nurse", "Buyer", "Counsel", "Tour Guide", "Teacher")


def user(number: int, stem: str = "user") -> dict[str, Any]:
    """Return the body of a user, whose names are made of the stem and the number."""
    given, family = _GIVEN[number % len(_GIVEN)], _FAMILY[number % len(_FAMILY)]
    name = user_name(number, stem)
    return {
        "schemas": [USER, ENTERPRISE],
        "userName": name,
        "externalId": external_id(number, stem),
        "name": {"givenName": given, "familyName": family, "formatted": f"{given} {family}"},
        "displayName": f"{given} {family}",
        "nickName": f"{given}{number}",
        "title": _TITLES[number % len(_TITLES)],
        "emails": [{"value": name, "type": "work", "primary": True}],
        "phoneNumbers": [{"value": f"+41 44 {number:07}", "type": "work"}],
        "active": True,
        ENTERPRISE: {"employeeNumber": f"{number:07}", "department": f"Department {number % 50}"},
    }


def user_name(number: int, stem: str = "user") -> str:
    """Return the ``userName`` of a user."""
    return f"{stem}{number:07}@bench.example"


def external_id(number: int, stem: str = "user") -> str:
    """Return the ``externalId`` of a user."""
    return f"{stem}-{number:07}"


def group(name: str, members: Iterable[str]) -> dict[str, Any]:
    """Return the body of a group of users given by their ids."""
    return {
        "schemas": [GROUP],
        "displayName": name,
        "members": [{"value": each} for each in members],
    }


def write_lines(path: Path, resources: Iterable[dict[str, Any]]) -> Path:
    """Write JSON Lines, and return where."""
    with path.open("w", encoding="utf-8") as file:
        for each in resources:
            file.write(json.dumps(each, ensure_ascii=False) + "\n")
    return path


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the resources of a file of JSON Lines."""
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)

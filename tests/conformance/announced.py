"""What a server announces in /Schemas and /ResourceTypes, and bodies made from it alone."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

WRONG = {
    "string": 7,
    "boolean": "perhaps",
    "integer": "many",
    "decimal": "heavy",
    "dateTime": "yesterday",
    "binary": "no base64!",
    "reference": 7,
    "complex": "simple",
}
"""A value that no attribute of a type can have."""

_numbers = count(1)


@dataclass(frozen=True)
class Claimed:
    """An attribute or sub-attribute of a resource type, and what is claimed of it."""

    type: str
    """The name of the resource type."""

    endpoint: str
    schema: str
    """The schema that describes it."""

    is_extension: bool
    claims: dict[str, Any]
    parent: dict[str, Any] | None = field(default=None)
    """The complex attribute it is part of, if it is."""

    @property
    def path(self) -> str:
        """The path that names it in filters, sorts and PATCH operations."""
        names = [each["name"] for each in (self.parent, self.claims) if each]
        dotted = ".".join(names)
        return f"{self.schema}:{dotted}" if self.is_extension else dotted

    @property
    def within_many(self) -> bool:
        """Whether it is part of a multi-valued attribute."""
        return bool(self.parent and self.parent["multiValued"])

    def sample(self) -> Any:
        """Return a value of its type, and another one at the next call."""
        return sample(self.claims, next(_numbers))

    def placed(self, value: Any) -> dict[str, Any]:
        """Return the part of a body that holds a value of it."""
        held: Any = value
        if self.parent:
            held = {self.claims["name"]: held}
            held = [held] if self.parent["multiValued"] else held
        return {(self.parent or self.claims)["name"]: held}

    def found(self, resource: dict[str, Any]) -> Any:
        """Return its value in an answer, or None; of several values the first."""
        held: Any = resource.get(self.schema, {}) if self.is_extension else resource
        if self.parent:
            held = held.get(self.parent["name"]) or {}
            held = held[0] if isinstance(held, list) else held
        return held.get(self.claims["name"])


class Announced:
    """The resource types and schemas that a server announces."""

    def __init__(self, types: list[dict[str, Any]], schemas: list[dict[str, Any]]) -> None:
        self.types = {each["name"]: each for each in types}
        self._schemas = {each["id"]: each for each in schemas}

    def claimed(self) -> Iterator[Claimed]:
        """Return every attribute of every type, with those of extensions and within others."""
        for described in self.types.values():
            urns = [described["schema"]]
            urns += [each["schema"] for each in described.get("schemaExtensions", [])]
            for urn in urns:
                of_schema = (described["name"], described["endpoint"], urn, urn != urns[0])
                for claims in self._schemas[urn]["attributes"]:
                    yield Claimed(*of_schema, claims)
                    for inner in claims.get("subAttributes", ()):
                        yield Claimed(*of_schema, inner, claims)

    def body(self, type_: str, claimed: Claimed | None = None, value: Any = None) -> dict[str, Any]:
        """Return the smallest body of a resource, and one attribute beside what is required."""
        schema = self.types[type_]["schema"]
        body = {"schemas": [schema]} | self._required(schema)
        if claimed is None:
            return body
        if not claimed.is_extension:
            return body | claimed.placed(value)
        body["schemas"].append(claimed.schema)
        body[claimed.schema] = self._required(claimed.schema) | claimed.placed(value)
        return body

    def without(self, claimed: Claimed) -> dict[str, Any]:
        """Return a body in which a required attribute is missing."""
        body = self.body(claimed.type, claimed, claimed.sample())
        holder = body[claimed.schema] if claimed.is_extension else body
        del holder[claimed.claims["name"]]
        return body

    def _required(self, urn: str) -> dict[str, Any]:
        attributes = self._schemas[urn]["attributes"]
        required = [each for each in attributes if each["required"]]
        return {each["name"]: sample(each, next(_numbers)) for each in required}


def sample(claims: dict[str, Any], number: int) -> Any:
    """Return a value of the type of an attribute, in a list where it has several."""
    if claims["type"] == "complex":
        parts = claims["subAttributes"]
        value: Any = {
            each["name"]: sample(each, number) for each in parts if each["mutability"] != "readOnly"
        }
    else:
        value = {
            "string": f"CaSe {number}",
            "boolean": number % 2 == 0,
            "integer": number,
            "decimal": number + 0.5,
            "dateTime": f"20{number % 70 + 10}-01-01T00:00:00Z",
            "binary": "aGVsbG8=",
            "reference": f"https://example.com/CaSe/{number}",
        }[claims["type"]]
    return [value] if claims["multiValued"] else value

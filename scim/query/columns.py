"""Where SQL finds the attributes of a resource: in columns, in folded JSON, in member rows.

Every expression is text in its comparison form, or NULL where the attribute has no value.
Names come from the schema only, never from a client; what varies is a bound parameter.
In every statement ``r`` is the row of the resource.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from scim.folding import Folds, fold_operand, folded_name, folds_of
from scim.provider import Kind, Provider
from scim.schema.attributes import binding_of
from scim.storage import Words
from scim.storage.expression import FALSE, TRUE, Expression, bind, negate, put

Names = tuple[str, ...]
"""The keys that lead to an attribute in a document: ``("name", "givenName")``."""


@dataclass(frozen=True, slots=True)
class Elements:
    """The values of a multi-valued attribute, as rows of a subquery."""

    source: Expression
    """What stands behind FROM."""

    subs: Mapping[str, Expression]
    """The sub-attributes of one value."""

    order: str
    """What to order by so that the first row is the one a sort looks at."""

    def exists(self, condition: Expression) -> Expression:
        """Return whether any value meets a condition."""
        return put("EXISTS (SELECT 1 FROM {} AND {})", self.source, condition)

    def first(self, sub: str) -> Expression:
        """Return a sub-attribute of the first value."""
        return put(
            "(SELECT {} FROM {} ORDER BY {} LIMIT 1)",
            self.subs[sub],
            self.source,
            Expression(self.order),
        )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a query is answered."""

    provider: Provider
    words: Words
    base_url: str
    """The SCIM base URL that the client used, without a slash at its end."""

    tenant_id: str


class Columns:
    """The attributes of one kind, as one engine and one base URL spell them."""

    def __init__(self, kind: Kind, place: Place) -> None:
        self.kind = kind
        self.words = place.words
        self._place = place
        self._folds = folds_of(kind.model)

    def single(self, names: Names) -> Expression:
        """Return the value of a single-valued attribute or sub-attribute."""
        if names == (self.kind.unique,):
            return Expression("r.unique_key")
        if names == ("id",):
            return Expression("r.id")
        if names[0] == "meta":
            return self._meta(names[1])
        return Expression(_stored(names) + self.words.by_code_point)

    def elements(self, names: Names) -> Elements:
        """Return the values of a multi-valued attribute."""
        if names == (self.kind.related,):
            return self._members() if self.kind.has_members else self._groups()
        subs = self.subs(names) or ("value",)
        return Elements(
            Expression(f"{self.words.elements}({_json(names)}) AS e WHERE 1 = 1"),
            {sub: Expression(_sub("e.value", sub) + self.words.by_code_point) for sub in subs},
            order="1",
        )

    def first(self, names: Names, sub: str) -> Expression:
        """Return a sub-attribute of the value that stands for a multi-valued attribute."""
        if names == (self.kind.related,):
            return self.elements(names).first(sub)
        # folding puts the primary value first
        return Expression(_sub(f"{_json(names)} -> 0", sub) + self.words.by_code_point)

    def has_order(self, key: Expression) -> bool:
        """Whether a key is never empty, and resources of the kind stand in an index by it."""
        ordered = ["r.id", "r.created_at", "r.modified_at"]
        if self.kind.related:  # users and groups always have a name
            ordered.append("r.unique_key")
        return key.sql in ordered

    def absent(self, names: Names) -> Expression:
        """Return whether a complex or multi-valued attribute has no value at all."""
        if names == (self.kind.related,):
            return negate(self.elements(names).exists(TRUE))
        if names == ("meta",):
            return FALSE
        return Expression(f"{_json(names)} IS NULL")

    def subs(self, names: Names) -> tuple[str, ...]:
        """Return the names of the sub-attributes of an attribute, none for a plain one."""
        if names == ("meta",):
            return ("resourceType", "created", "lastModified", "location", "version")
        found: Folds = self._folds
        for name in names:
            inner = found.get(name)
            if inner is None or callable(inner):  # id and the parts of meta stand in columns
                return ()
            found = inner
        return tuple(found)

    def _meta(self, sub: str) -> Expression:
        if sub == "location":
            return self._reference("meta.location", self.kind.endpoint, "r.id")
        columns = {
            "resourceType": "r.type",
            "created": "r.created_at",
            "lastModified": "r.modified_at",
            "version": "('W/\"' || r.version || '\"')" + self.words.by_code_point,
        }
        return Expression(columns[sub])

    def _members(self) -> Elements:
        references = [
            part
            for kind in self._place.provider.kinds.values()
            for part in (
                bind(kind.name),
                self._reference("members.$ref", kind.endpoint, "m.value"),
            )
        ]
        template = "CASE o.type" + " WHEN {} THEN {}" * (len(references) // 2) + " END"
        return Elements(
            Expression(
                "member AS m JOIN resource AS o ON o.tenant_id = m.tenant_id AND o.id = m.value"
                " WHERE m.tenant_id = r.tenant_id AND m.group_id = r.id"
            ),
            {
                "value": Expression("m.value"),
                "display": Expression("m.folded_display"),
                "type": Expression("lower(o.type)" + self.words.by_code_point),
                "$ref": put(template, *references),
            },
            order="m.seq",
        )

    def _groups(self) -> Elements:
        return Elements(
            Expression(
                "member AS m JOIN resource AS o ON o.tenant_id = m.tenant_id AND o.id = m.group_id"
                " WHERE m.tenant_id = r.tenant_id AND m.value = r.id"
            ),
            {
                "value": Expression("m.group_id"),
                "display": Expression("(o.folded ->> 'displayName')" + self.words.by_code_point),
                "type": Expression("'direct'"),
                "$ref": self._reference("groups.$ref", self._place.provider.groups, "m.group_id"),
            },
            order="m.seq",
        )

    def _reference(self, path: str, endpoint: str, column: str) -> Expression:
        binding = binding_of(self.kind.model, path)
        url = f"{self._place.base_url}/{endpoint}/"
        return put(
            "(CAST({} AS TEXT) || {}){}",
            bind(fold_operand(url, binding)),
            Expression(column),
            Expression(self.words.by_code_point),
        )


def _json(names: Names) -> str:
    return "r.folded" + "".join(f" -> '{folded_name(name)}'" for name in names)


def _sub(element: str, sub: str) -> str:
    return f"({element} ->> '{folded_name(sub)}')"


def _stored(names: Names) -> str:
    *parents, last = names
    return "(" + _json(tuple(parents)) + f" ->> '{folded_name(last)}')"

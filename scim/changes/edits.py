"""What the common operations of a PATCH come to: writes to the plain document, changes of rows.

An operation is taken here only where it certainly is what scim2-models would make of it; anything
else is :class:`~scim.changes.validation.Uncertain`, and the whole request left to scim2-models.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scim.changes.member_entries import new_member
from scim.changes.membership import Become, Join, Leave, RowChange
from scim.changes.patch_paths import Names, Selection, Target, target_of
from scim.changes.validation import Attribute, Form, Uncertain, form_of_documents, remove
from scim.document import freeze_document, thaw_document
from scim.provider import Kind
from scim.storage.members import NewMember
from scim.storage.resources import Content, Record

_SCHEMAS = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]

_ONE_MEMBER = re.compile(r'members\[value eq "([^"\\\x00-\x1f]+)"\]')

Part = tuple[Names, Any]
"""What is written to one attribute; None removes it."""


@dataclass(frozen=True, slots=True)
class Write:
    """What an ``add`` or ``replace`` writes to the document of a resource."""

    parts: tuple[Part, ...]
    selection: Selection | None
    """The entries they are written to; None where they are written to the resource."""

    def carry_out(self, document: dict[str, Any], form: Form) -> None:
        """Write to a document.

        :raises Uncertain: nothing is selected
        """
        if self.selection is None:
            for names, value in self.parts:
                if value is None:
                    remove(document, names)
                else:
                    form.write(document, names, value)
            return
        selected = self.selection.of(document)
        if not selected:
            raise Uncertain
        for entry in selected:
            for names, value in self.parts:
                self.selection.form.write(entry, names, value)


@dataclass(frozen=True, slots=True)
class Edits:
    """What a PATCH comes to."""

    writes: tuple[Write, ...]
    rows: tuple[RowChange, ...]

    def of(self, kind: Kind, record: Record) -> Content | None:
        """Return what a stored resource becomes; None where its document is left as it is.

        :raises Uncertain: it may not fit its schema, or has nothing that is selected
        :raises InvalidValueException: the unique value becomes empty or too long
        """
        if not self.writes:
            return None
        document = thaw_document(kind, record)
        for write in self.writes:
            write.carry_out(document, form_of_documents(kind.model))
        return freeze_document(kind, document)


def read_edits(kind: Kind, body: Mapping[str, Any], *, by_value: bool) -> Edits:
    """Return what the operations of a PATCH come to.

    :param by_value: whether a removal may name members in its value
    :raises Uncertain: one is not of a common form, or may be wrong
    """
    operations = body.get("Operations")
    if body.keys() != {"schemas", "Operations"} or body["schemas"] != _SCHEMAS:
        raise Uncertain
    if type(operations) is not list or not operations:
        raise Uncertain
    reading = _Reading(kind, by_value)
    for operation in operations:
        reading.take(operation)
    return Edits(tuple(reading.writes), tuple(reading.rows))


class _Reading:
    """Reads operations one by one."""

    def __init__(self, kind: Kind, by_value: bool) -> None:  # noqa: FBT001 - as it is given
        self.writes: list[Write] = []
        self.rows: list[RowChange] = []
        self._kind = kind
        self._by_value = by_value
        self._members = "members" if kind.has_members else None

    def take(self, operation: Any) -> None:  # noqa: ANN401 - any JSON
        """Read an operation.

        :raises Uncertain: it is not of a common form, or may be wrong
        """
        if type(operation) is not dict or not operation.keys() <= {"op", "path", "value"}:
            raise Uncertain
        op, value = operation.get("op"), operation.get("value")
        op = op.lower() if type(op) is str else None
        if op == "remove":
            self._remove(operation.get("path"), value)
        elif op not in {"add", "replace"}:
            raise Uncertain
        elif operation.get("path") is None:
            self._write(op, value)
        else:
            self._write_to(op, operation["path"], value)

    def _remove(self, path: object, value: object) -> None:
        if type(path) is not str:
            raise Uncertain
        if self._members and (left := self._left(path, value)):
            self.rows.append(left)
        elif value is None:
            self._write_to("replace", path, None)
        else:
            raise Uncertain

    def _left(self, path: str, value: object) -> Leave | Become | None:
        """Return what a removal does to members; None where it is not about them."""
        if value is None and (found := _ONE_MEMBER.fullmatch(path)):
            return Leave((found[1],))
        if path != self._members:
            return None
        if value is None:
            return Become(())
        if not self._by_value:
            raise Uncertain
        return Leave(tuple(_named(value)))

    def _write_to(self, op: str, path: object, value: object) -> None:
        if type(path) is not str:
            raise Uncertain
        if path == self._members:
            self._write(op, {path: value})
            return
        target = target_of(self._kind, path)
        if target is None:
            raise Uncertain
        self.writes.append(Write(tuple(_parts(target, value, op)), target.selection))

    def _write(self, op: str, value: object) -> None:
        if type(value) is not dict:
            raise Uncertain
        for name, part in value.items():
            if name == self._members:
                change = Join if op == "add" else Become
                self.rows.append(change(self._entries(part)))
            elif name != "schemas":  # which are those of what is written (RFC 7643 §3)
                self._write_to(op, name, part)

    def _entries(self, value: object) -> tuple[NewMember, ...]:
        attribute = form_of_documents(self._kind.model).attributes["members"]
        return tuple(new_member(each) for each in attribute.read(value))


def _named(value: object) -> Iterator[str]:
    """Return the members that the value of a removal names."""
    if type(value) is not list or not value:
        raise Uncertain
    for entry in value:
        if type(entry) is not dict or entry.keys() != {"value"}:
            raise Uncertain
        if type(entry["value"]) is not str or not entry["value"]:
            raise Uncertain
        yield entry["value"]


def _parts(target: Target, value: Any, op: str) -> Iterator[Part]:  # noqa: ANN401 - any JSON
    if value is None and op == "replace" and target.may_be_removed():
        yield target.names, None
    elif not target.form.attributes:
        yield target.names, _read(target.attribute, value, op)
    elif type(value) is dict:
        for name, part in value.items():
            yield from _parts(target.within(name), part, op)
    else:
        raise Uncertain


def _read(attribute: Attribute, value: object, op: str) -> Any:  # noqa: ANN401 - any JSON
    """Return what is stored of a value.

    :raises Uncertain: it may not fit, is none, or is to be added to other values
    """
    if value is None or (attribute.multivalued and op == "add"):
        raise Uncertain
    read = attribute.read(value)
    if read == []:
        raise Uncertain
    return read

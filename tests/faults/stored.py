"""All that a database keeps of its resources, read in one transaction."""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from scim.storage import Database


@dataclass(frozen=True, slots=True)
class Resource:
    """One stored resource."""

    id: str
    type: str
    version: int
    seq: int = 0
    doc: dict[str, Any] = field(default_factory=dict)
    folded: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return str(self.doc.get("userName") or self.doc.get("displayName"))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the audit log that tells of a resource."""

    action: str
    id: str
    version: int


@dataclass
class Stored:
    """What is in the tables."""

    resources: dict[str, Resource] = field(default_factory=dict)
    """By id."""

    members: list[tuple[str, str]] = field(default_factory=list)
    """The ids of a group and of a member of it."""

    lines: list[Line] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    """How many there are of a type, as the table says that is kept of it."""

    looked_up: dict[int, set[tuple[str, str]]] = field(default_factory=dict)
    """The paths and values that a resource is looked up by, by its number."""


def stored_in(database: Database) -> Stored:
    """Return what a database keeps of the resources of its tenants."""
    stored, looked_up = Stored(), defaultdict(set)
    folded = database.words.json_text.format("folded")
    with database.read() as session:
        for row in session.all(
            f"SELECT id, type, version, seq, doc, {folded} FROM resource"  # noqa: S608 - a word
        ):
            id_, type_, version, seq, doc, text = row
            stored.resources[id_] = Resource(
                id_, type_, version, seq, json.loads(doc), json.loads(text)
            )
        stored.members = [(g, v) for g, v in session.all("SELECT group_id, value FROM member")]
        stored.counts = {
            type_: int(total)
            for type_, total in session.all(
                "SELECT type, sum(resources) AS total FROM resource_count GROUP BY type"
            )
        }
        for seq, path, value in session.all(
            "SELECT l.seq, p.path, l.value FROM lookup AS l JOIN lookup_path AS p"
            " ON p.id = l.path_id"
        ):
            looked_up[seq].add((path, value))
        for action, id_, detail in session.all(
            "SELECT action, object_id, detail FROM audit"
            " WHERE object_type IN ('User', 'Group') ORDER BY seq"
        ):
            stored.lines.append(Line(action, id_, int(json.loads(detail)["version"])))
    stored.looked_up = dict(looked_up)
    return stored

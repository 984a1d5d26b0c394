"""Every statement on the members of groups, written once for both engines.

A :class:`Members` belongs to one transaction and one tenant, as its resources do.
Ids come as one JSON parameter, so a statement is the same for one id and for 100,000; those of a
page, which every list asks for, are bound one by one.
"""

import json
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from scim.storage.database import Session, Words
from scim.storage.expression import Expression, places

_AT_ONCE = 25_000
"""Members of one group that are held at a time."""


_BOUND = 1000
"""Ids that are bound one by one; PostgreSQL binds 65,535 to a statement, a page may be longer."""


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a group."""

    value: str
    """The id of the member."""

    type: str
    """The resource type of the member."""

    display: str | None


@dataclass(frozen=True, slots=True)
class NewMember:
    """A member to add to a group."""

    value: str
    display: str | None
    folded_display: str | None


class Members:
    """Who belongs to which group of one tenant, as one transaction sees and changes it."""

    def __init__(self, session: Session, words: Words, tenant_id: str) -> None:
        self._session = session
        self._tenant_id = tenant_id
        self._words = words
        self._each, self._listed = _rows_of_a_parameter(words)
        self._ends_references = False

    def types_of(self, ids: Iterable[str], types: Container[str]) -> Mapping[str, str]:
        """Return the type of those ids that are resources of the tenant and of one of these."""
        # by type, in SQL, SQLite would rather walk through every resource of the types
        rows = self._session.all(
            "SELECT r.id, r.type FROM resource AS r"
            f" WHERE r.tenant_id = ? AND r.id IN ({self._listed})",
            (self._tenant_id, _as_list(ids)),
        )
        return {row["id"]: row["type"] for row in rows if row["type"] in types}

    def each_of_group(self, group_id: str, at_once: int = _AT_ONCE) -> Iterator[Member]:
        """Return the members of a group one by one, in the order in which they joined.

        :param at_once: how many are held at a time
        """
        last, is_full = 0, True
        while is_full:
            rows = self._session.all(
                "SELECT m.value, o.type, m.display, m.seq FROM member AS m"
                " JOIN resource AS o ON o.tenant_id = m.tenant_id AND o.id = m.value"
                " WHERE m.tenant_id = ? AND m.group_id = ?"
                # an expression, so that no engine walks every group's rows in the order of seq
                " AND m.seq + 0 > ? ORDER BY m.seq + 0 LIMIT ? + 0",
                (self._tenant_id, group_id, last, at_once),
            )
            for value, type_, display, _ in rows:
                yield Member(value, type_, display)
            is_full = len(rows) == at_once
            last = rows[-1]["seq"] if rows else last

    def entries_of(
        self, group_id: str, entry: Expression, at_once: int = _AT_ONCE
    ) -> Iterator[str]:
        """Return entries for the members of a group, in the order in which they joined.

        Each text holds many, with commas between them, so that a large group is in no text whole.

        :param entry: an expression on ``m``, the row of a member, and ``o``, what the member is
        :param at_once: how many a text holds
        """
        last, count = 0, at_once
        joined = self._words.joined.format("m.entry", "m.seq")
        while count == at_once:
            row = self._session.one(
                f"SELECT {joined} AS entries, count(*) AS many, max(m.seq) AS last FROM"
                f" (SELECT m.seq, {entry.sql} AS entry FROM member AS m"
                " JOIN resource AS o ON o.tenant_id = m.tenant_id AND o.id = m.value"
                " WHERE m.tenant_id = ? AND m.group_id = ?"
                # an expression, so that no engine walks every group's rows in the order of seq
                " AND m.seq + 0 > ? ORDER BY m.seq + 0 LIMIT ? + 0) AS m",
                (*entry.parameters, self._tenant_id, group_id, last, at_once),
            )
            entries, count, last = row or (None, 0, 0)
            if entries is not None:
                yield entries

    def of_group(self, group_id: str, values: Iterable[str]) -> list[Member]:
        """Return those members of a group that have one of these ids."""
        rows = self._session.all(
            "SELECT m.value, m.display, o.type FROM member AS m"
            " JOIN resource AS o ON o.tenant_id = m.tenant_id AND o.id = m.value"
            f" WHERE m.tenant_id = ? AND m.group_id = ? AND m.value IN ({self._listed})",
            (self._tenant_id, group_id, _as_list(values)),
        )
        return [Member(row["value"], row["type"], row["display"]) for row in rows]

    def add(self, group_id: str, members: Iterable[NewMember]) -> int:
        """Add members, or give those already there a new display; return how many changed.

        One that is there and comes without a display keeps the one it has.
        """
        return self._write(
            group_id,
            members,
            "excluded.display <> member.display"
            " OR (excluded.display IS NOT NULL AND member.display IS NULL)",
        )

    def put(self, group_id: str, members: Iterable[NewMember]) -> int:
        """Add members, or give those already there the display they come with, if any."""
        return self._write(group_id, members, "excluded.display IS DISTINCT FROM member.display")

    def remove(self, group_id: str, values: Iterable[str]) -> int:
        """Remove members; ids that are no members are passed over; return how many left."""
        return self._session.run(
            "DELETE FROM member WHERE tenant_id = ? AND group_id = ?"
            f" AND value IN ({self._listed})",
            (self._tenant_id, group_id, _as_list(values)),
        )

    def keep_only(self, group_id: str, values: Iterable[str]) -> int:
        """Remove every member but these; return how many left."""
        return self._session.run(
            "DELETE FROM member WHERE tenant_id = ? AND group_id = ?"
            f" AND value NOT IN ({self._listed})",
            (self._tenant_id, group_id, _as_list(values)),
        )

    def keep_references(self) -> None:
        """Keep what this transaction refers to from being deleted; taken before any row."""
        if not self._ends_references:  # whoever does has them to itself
            self._session.share(f"members of {self._tenant_id}")

    def end_references(self) -> None:
        """Keep others from referring to what this transaction deletes.

        Taken before any row, and outside of what may be undone alone.
        """
        self._session.lock(f"members of {self._tenant_id}")
        self._ends_references = True

    def among(self, ids: Sequence[str]) -> tuple[str, Sequence[str]]:
        """Return what stands behind IN for some ids, and its parameters.

        Engines find ids that are bound one by one twice as fast, but do not bind any number.
        """
        return (places(ids), ids) if len(ids) <= _BOUND else (self._listed, [_as_list(ids)])

    def _write(self, group_id: str, members: Iterable[NewMember], changed: str) -> int:
        entries: dict[str, dict[str, str | None]] = {}
        for each in members:  # of one that is named twice, the last display it is given counts
            if each.display is not None or each.value not in entries:
                entries[each.value] = {
                    "value": each.value,
                    "display": each.display,
                    "key": each.folded_display,
                }
        if not entries:
            return 0
        return self._session.run(
            "INSERT INTO member (tenant_id, group_id, value, display, folded_display)"
            " SELECT ?, ?, e.value ->> 'value', e.value ->> 'display', e.value ->> 'key'"
            f" FROM {self._each} WHERE 1 = 1 ON CONFLICT (tenant_id, group_id, value) DO UPDATE"
            " SET display = excluded.display, folded_display = excluded.folded_display"
            f" WHERE {changed}",
            (self._tenant_id, group_id, json.dumps(list(entries.values()))),
        )


@cache
def _rows_of_a_parameter(words: Words) -> tuple[str, str]:
    """Return the elements of a JSON parameter as rows, and a query of the ids they hold."""
    each = f"{words.elements}({words.json_value}) AS e"
    return each, f"SELECT e.value ->> 'v' FROM {each}"


def _as_list(values: Iterable[str]) -> str:
    return json.dumps([{"v": value} for value in values])


def entries_of_each(words: Words, entry: Expression, *, of_groups: bool) -> Expression:
    """Return what a row ``r`` of resources is shown with: entries with commas between them.

    :param entry: an expression on ``m``, the row of a membership, and ``o``, its other end
    :param of_groups: whether ``r`` is a group and ``o`` its member, or the other way round
    """
    own, other = ("group_id", "value") if of_groups else ("value", "group_id")
    return Expression(
        f"(SELECT {words.joined.format(entry.sql, 'm.seq')} FROM member AS m"
        f" JOIN resource AS o ON o.tenant_id = m.tenant_id AND o.id = m.{other}"
        f" WHERE m.tenant_id = r.tenant_id AND m.{own} = r.id)",
        entry.parameters,
    )

"""Lines of the audit log in the words of the console: people by e-mail address, apps by name."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.audit import Line
from app.console.parts import ConsoleParts

_MOST_CHANGES = 8
_LONGEST = 160

_PROGRAMS = {
    "cli": "Command line",
    "system": "Provisor itself",
    "leak-report": "Report of a leak",
}
"""Actors that are nobody in particular."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing a line says besides who and what."""

    name: str
    value: str
    former: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A line, to be read."""

    line: Line
    actor: str
    object: str
    """What was acted on, where it has a name; else empty."""

    changes: tuple[Change, ...]


class Names:
    """What actors and objects are called.

    :param app_id: the only app whose name may be told; None tells all of them
    """

    def __init__(self, parts: ConsoleParts, app_id: str | None = None) -> None:
        self.emails = {admin.id: admin.email for admin in parts.admins.all()}
        self.apps = {
            app.id: app.name for app in parts.client_apps.all() if app_id in {None, app.id}
        }

    @property
    def actors(self) -> dict[str, str]:
        """Return every actor that may be asked for."""
        admins = {f"admin:{id_}": email for id_, email in self.emails.items()}
        return admins | {f"app:{id_}": name for id_, name in self.apps.items()} | _PROGRAMS

    def entries(self, lines: Iterable[Line]) -> list[Entry]:
        """Return lines to be read."""
        return [
            Entry(
                line,
                self._actor(line),
                self._named(line.object_id),
                tuple(self._changes(line.details))[:_MOST_CHANGES],
            )
            for line in lines
        ]

    def _actor(self, line: Line) -> str:
        kind, _, id_ = line.actor.partition(":")
        if kind == "admin":
            return self.emails.get(id_, "An admin who is no more")
        if kind == "service-account":
            return self.apps.get(line.app_id or "", "Another app")
        if kind == "app":
            return self.apps.get(id_, "Another app")
        return _PROGRAMS.get(line.actor, line.actor)

    def _named(self, id_: str) -> str:
        return self.apps.get(id_) or self.emails.get(id_) or ""

    def _changes(self, details: Mapping[str, Any]) -> Iterator[Change]:
        former, later = details.get("from"), details.get("to")
        if isinstance(former, dict) and isinstance(later, dict):
            for key in dict.fromkeys([*former, *later]):
                if former.get(key) != later.get(key):
                    yield Change(self._key(key), _text(later.get(key)), _text(former.get(key)))
        elif "from" in details and "to" in details:
            yield Change("", _text(later), _text(former))
        for key, value in details.items():
            if key not in {"from", "to", "app"} and value not in ("", None):
                yield Change(self._key(key), _text(value))

    def _key(self, key: str) -> str:
        return self.emails.get(key) or key.replace("_", " ")


def _text(value: object) -> str:
    """Return a value as people read it, and no more of it than a page has room for."""
    if value is None or value == "":
        return "nothing"
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"

"""Names for what each server calls by an id or a version of its own."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

_LABEL = re.compile(r"⟦(\w+) (\d+)(?: (\w+))?⟧")
_CURSOR = re.compile(r"⟦cursor (\w+)⟧")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"
"""The id of nothing, on either server."""

GONE, NEVER = 8, 9
"""The numbers of a resource that was deleted, and of one that never was."""

_NO_CURSOR = "none"
"""What stands for the cursor of a page that there is not."""

UNKNOWN_VERSION = 'W/"unheard-of"'


def label(type_: str, number: int, what: str = "") -> str:
    """Return what stands in a request for a resource, or for one of its versions.

    :param number: counts the resources of the type that there are, and starts over past the last;
        8 stands for one that was deleted, 9 for one that never was
    :param what: ``current`` or ``past`` for a version
    """
    return f"⟦{type_} {number}{' ' if what else ''}{what}⟧"


def labels_in(text: str) -> list[tuple[str, int]]:
    """Return the type and the number of every resource that a text mentions by a label."""
    return [(found[1], int(found[2])) for found in _LABEL.finditer(text)]


def cursor(which: str) -> str:
    """Return what stands in a request for a cursor of the last list that was paged by one.

    :param which: ``next`` or ``previous``
    """
    return f"⟦cursor {which}⟧"


class Labels:
    """The ids and versions of one server, in the order in which it showed them."""

    def __init__(self) -> None:
        self._ids: dict[str, list[str]] = {"User": [], "Group": []}
        self._versions: dict[str, list[str]] = {}
        self._gone: set[str] = set()
        self._cursors = {"next": _NO_CURSOR, "previous": _NO_CURSOR}

    def add(self, type_: str, id_: str) -> None:
        """Number a new resource."""
        self._ids[type_].append(id_)

    def remove(self, id_: str) -> None:
        """Note that a resource is gone; its number stays."""
        self._gone.add(id_)

    def name(self, id_: str) -> str:
        """Return the label of an id, or the id where it is no resource's."""
        for type_, ids in self._ids.items():
            if id_ in ids:
                return f"{type_}-{ids.index(id_)}"
        return id_

    def see_version(self, id_: str, version: str) -> int:
        """Return the number of a version of a resource: how many older ones it showed."""
        seen = self._versions.setdefault(id_, [])
        if version not in seen:
            seen.append(version)
            # a Bulk response may tell of a change before it tells of what made the resource
            seen.sort(key=_count_in)
        return seen.index(version)

    def set_version(self, id_: str, number: int, make: Callable[[], str]) -> str:
        """Return the version with a number as the newest, made where there is none yet."""
        seen = self._versions.setdefault(id_, [])
        while len(seen) <= number:
            seen.append(make())
        del seen[number + 1 :]
        return seen[-1]

    def translate(self, text: str, other: "Labels") -> str:
        """Return a text of another server with the ids of this one."""
        ids = dict(zip(other.all_ids(), self.all_ids(), strict=True))
        return _UUID.sub(lambda found: ids.get(found[0], found[0]), text)

    def all_ids(self) -> list[str]:
        """Return every id, of every type, in order."""
        return [id_ for ids in self._ids.values() for id_ in ids]

    def fill(self, text: str) -> str:
        """Return a text with what this server calls the labels in it."""
        text = _CURSOR.sub(lambda found: self._cursors[found[1]], text)
        return _LABEL.sub(lambda found: self._filled(found[1], int(found[2]), found[3]), text)

    def strip(self, text: str) -> Any:
        """Return JSON that knows nothing of this server: no id, version or format of a date."""
        parsed = json.loads(text)
        self._strip_versions(parsed)
        self._strip_cursors(parsed)
        self._strip_outcomes(parsed)
        for resource in parsed.get("Resources", []) if isinstance(parsed, dict) else []:
            self._strip_versions(resource)
        return json.loads(_UUID.sub(lambda found: self.name(found[0]), json.dumps(parsed)))

    def _filled(self, type_: str, number: int, what: str | None) -> str:
        id_ = self._id_of(type_, number)
        if what is None:
            return id_
        seen = self._versions.get(id_, [])
        back = 1 if what == "current" else 2
        return seen[-back] if len(seen) >= back else UNKNOWN_VERSION

    def _id_of(self, type_: str, number: int) -> str:
        alive = [id_ for id_ in self._ids[type_] if id_ not in self._gone]
        gone = [id_ for id_ in self._ids[type_] if id_ in self._gone]
        if number < GONE and alive:
            return alive[number % len(alive)]
        return gone[-1] if number == GONE and gone else UNKNOWN_ID

    def _strip_cursors(self, parsed: Any) -> None:
        if not isinstance(parsed, dict) or "totalResults" not in parsed or "startIndex" in parsed:
            return
        for which in self._cursors:
            self._cursors[which] = parsed.get(f"{which}Cursor", _NO_CURSOR)
            if f"{which}Cursor" in parsed:
                parsed[f"{which}Cursor"] = "a cursor"

    def _strip_outcomes(self, parsed: Any) -> None:
        """Strip what became of the operations of a Bulk request."""
        for outcome in parsed.get("Operations", ()) if isinstance(parsed, dict) else ():
            if "version" in outcome:
                id_ = outcome["location"].rpartition("/")[2]
                outcome["version"] = f"version {self.see_version(id_, outcome['version'])}"
            outcome.get("response", {}).pop("detail", None)

    def _strip_versions(self, resource: Any) -> None:
        meta = resource.get("meta") if isinstance(resource, dict) else None
        if not isinstance(meta, Mapping):
            return
        if "version" in meta and "id" in resource:
            number = self.see_version(resource["id"], meta["version"])
            resource["meta"]["version"] = f"version {number}"
        for name in {"created", "lastModified"} & set(meta):
            resource["meta"][name] = re.sub(r"(\.\d+)?Z$", "Z", meta[name])


def _count_in(version: str) -> int:
    """Return the number in a version; both servers count."""
    return int(version.removeprefix('W/"').removesuffix('"'))

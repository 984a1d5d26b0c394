"""Differences in who belongs to which group."""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

from scim2_models import Group, Resource

from tests.differential.exchanges import BASE_URL, Answer, Exchange
from tests.differential.labels import GONE, labels_in
from tests.differential.statuses import is_new_version_of_theirs, without_new_version
from tests.differential.users import ENTERPRISE

_ENDPOINTS = {"User": "Users", "Group": "Groups"}
_RELATED = {"User": "groups", "Group": "members"}

Shown = dict[str, Any]
"""A resource in an answer."""


def empty_lists(exchange: Exchange) -> Exchange | None:
    """Hide an empty list of ours that the judge leaves out."""

    def hide(ours: Shown, theirs: Shown) -> bool:
        name = _RELATED[_type(ours["id"])]
        if ours.get(name) != [] or name in theirs:
            return False
        del ours[name]
        return True

    return _on_each(exchange, hide)


def groups_of_users(exchange: Exchange) -> Exchange | None:
    """Hide the groups of a user, if they are those that have it as a member."""

    def hide(ours: Shown, theirs: Shown) -> bool:
        if _type(ours["id"]) != "User" or not ours.get("groups") or "groups" in theirs:
            return False
        expected = _groups_of(ours["id"], exchange.before)
        shown = ours["groups"]
        if len(shown) != len(expected) or not all(_stands_in(each, expected) for each in shown):
            return False
        del ours["groups"]
        return True

    return _on_each(exchange, hide)


def parts_of_members(exchange: Exchange) -> Exchange | None:
    """Hide the type and the URL of members that were sent without, if they are right."""

    def hide(ours: Shown, theirs: Shown) -> bool:
        del theirs
        shown, parts = ours.get("members", []), _parts_not_sent(ours["id"], exchange.after)
        if len(shown) != len(parts):
            return False
        left = [
            dict(each.items() - parts[_label_in(each) or member])
            for each, member in zip(shown, parts, strict=True)
        ]
        if left == shown:
            return False
        del ours["members"]
        # an entry of which nothing else is shown is none
        ours |= {"members": [each for each in left if each]} if any(left) else {}
        return True

    return _on_each(exchange, hide)


def unknown_members(exchange: Exchange) -> Exchange | None:
    """Refuse for the judge what would make a member of nobody."""
    refused = (exchange.ours.status, _scim_type(exchange.ours)) == (400, "invalidValue")
    body = exchange.request.body
    nobody = (
        _strangers(exchange.after)
        or _names_nobody(body, exchange.before)
        or _leaves_out_value(body)
    )
    # one that also fails for another reason, fails for the judge for that one alone
    if not exchange.request.path.startswith("/Groups"):
        return None
    if not refused or not nobody or exchange.theirs.status not in {200, 201, 204, 400, 409, 412}:
        return None
    return replace(exchange, theirs=exchange.ours)


def same_names(exchange: Exchange) -> Exchange | None:
    """Refuse for the judge what would give two groups one name."""
    refused = (exchange.ours.status, _scim_type(exchange.ours)) == (409, "uniqueness")
    names = [str(each.display_name).lower() for each in _groups(exchange.after).values()]
    if not refused or not exchange.theirs.ok or len(names) == len(set(names)):
        return None
    return replace(exchange, theirs=exchange.ours)


def deleted_members(exchange: Exchange) -> Exchange | None:
    """Remove for the judge the members that are gone, and change their groups."""

    def leave(ours: Shown, theirs: Shown) -> bool:
        shown = theirs.get("members", ())
        left = [each for each in shown if each.get("value", ours["id"]) in exchange.after]
        if len(left) == len(shown):
            return False
        theirs.pop("members")
        theirs |= {"members": left} if left else {}
        # they left when they were deleted, which may be in this request too
        if ours["meta"]["lastModified"] >= theirs["meta"]["lastModified"]:
            theirs["meta"] |= {name: ours["meta"][name] for name in ("lastModified", "version")}
        return True

    return _on_each(exchange, leave)


def members_named_twice(exchange: Exchange) -> Exchange | None:
    """Let the judge show each member once, under a name it was given."""

    def show_once(ours: Shown, theirs: Shown) -> bool:
        shown = theirs.get("members", [])
        mine = {each.get("value"): each.get("display") for each in ours.get("members", ())}
        once = {each.get("value"): each for each in shown}
        if None in once:  # values are hidden
            return _show_those_of_ours(ours, theirs)
        if len(once) == len(shown):
            return False
        once |= {
            each["value"]: each for each in shown if each.get("display") == mine.get(each["value"])
        }
        theirs["members"] = list(once.values())
        return True

    without = _on_each(exchange, show_once)
    if without is not None and is_new_version_of_theirs(without):
        return without_new_version(without)
    return without


def order_of_members(exchange: Exchange) -> Exchange | None:
    """Put the judge's members in our order."""

    def order(ours: Shown, theirs: Shown) -> bool:
        mine, its = ours.get("members", []), theirs.get("members", [])
        if mine == its or _in_any_order(mine) != _in_any_order(its):
            return False
        theirs["members"] = mine
        return True

    return _on_each(exchange, order)


def relative_references(exchange: Exchange) -> Exchange | None:
    """Let the judge show the reference to a manager as it was sent."""

    def show(ours: Shown, theirs: Shown) -> bool:
        mine, its = (_manager(each) for each in (ours, theirs))
        if its.get("$ref") != f"{BASE_URL}/{mine.get('$ref')}":
            return False
        its["$ref"] = mine["$ref"]
        return True

    return _on_each(exchange, show)


def _manager(shown: Shown) -> Shown:
    manager: Shown = shown.get(ENTERPRISE, {}).get("manager", {})
    return manager


def _on_each(exchange: Exchange, change: Callable[[Shown, Shown], bool]) -> Exchange | None:
    """Return the exchange with every pair of resources changed, or None if none was."""
    ours, theirs = deepcopy(exchange.ours), deepcopy(exchange.theirs)
    pairs = [
        (mine, its)
        for mine, its in zip(ours.resources, theirs.resources, strict=False)
        if mine.get("id") == its.get("id")
    ]
    changed = [change(*pair) for pair in pairs]
    return replace(exchange, ours=ours, theirs=theirs) if any(changed) else None


def _groups(resources: Mapping[str, Resource[Any]]) -> dict[str, Group]:
    return {name: each for name, each in resources.items() if isinstance(each, Group)}


def _groups_of(user: str, resources: Mapping[str, Resource[Any]]) -> list[Shown]:
    return [
        {
            "value": name,
            "$ref": _url(name),
            "display": group.display_name,
            "type": "direct",
        }
        for name, group in _groups(resources).items()
        if any(each.value == resources[user].id for each in group.members or ())
    ]


def _stands_in(shown: Shown, expected: list[Shown]) -> bool:
    return any(shown.items() <= each.items() for each in expected)


def _parts_not_sent(
    group: str, resources: Mapping[str, Resource[Any]]
) -> dict[str, set[tuple[str, str]]]:
    """Return what an answer adds to what was sent of each member of a group."""
    names = {each.id: name for name, each in resources.items()}
    members = {each.value: each for each in getattr(resources[group], "members", ()) or ()}
    return {
        names[value]: {
            ("type", _type(names[value])) if each.type is None else ("", ""),
            ("$ref", _url(names[value])) if each.ref is None else ("", ""),
        }
        for value, each in members.items()
        if value in names
    }


def _in_any_order(members: list[Shown]) -> list[str]:
    return sorted(json.dumps(each, sort_keys=True) for each in members)


def _label_in(member: Shown) -> str:
    """Return which member an entry shows, or nothing where it does not say."""
    return str(member.get("value") or member.get("$ref", "").rpartition("/")[2])


def _url(label: str) -> str:
    return f"{BASE_URL}/{_ENDPOINTS[_type(label)]}/{label}"


def _strangers(resources: Mapping[str, Resource[Any]]) -> set[str]:
    known = {each.id for each in resources.values()}
    members = [each for group in _groups(resources).values() for each in group.members or ()]
    return {str(each.value) for each in members} - known


def _show_those_of_ours(ours: Shown, theirs: Shown) -> bool:
    """Let the judge show no more members than we, of those that it shows."""
    mine, its = ours.get("members", []), theirs["members"]
    displays = [each.get("display") for each in its]
    left = [each["display"] for each in mine if "display" in each]
    if len(left) >= len(displays) or not set(left) <= set(displays):
        return False
    theirs["members"] = [{"display": each} for each in left]
    return True


def _names_nobody(body: object, before: Mapping[str, Resource[Any]]) -> bool:
    """Whether a body mentions what was deleted, or never was."""
    types = {_type(name) for name in before}
    return any(number >= GONE or type_ not in types for type_, number in labels_in(str(body)))


def _leaves_out_value(body: object) -> bool:
    """Whether a list in a body has an entry that does not say which member it is."""
    if isinstance(body, list):
        return any(
            _leaves_out_value(each) or (isinstance(each, dict) and not {"value", "op"} & set(each))
            for each in body
        )
    return isinstance(body, dict) and any(_leaves_out_value(each) for each in body.values())


def _type(label: str) -> str:
    return label.partition("-")[0]


def _scim_type(answer: Answer) -> str:
    return str((answer.body or {}).get("scimType", ""))

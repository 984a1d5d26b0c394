"""The checker finds what is planted, and nothing in what is right."""

from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from tests.faults.checker import violations
from tests.faults.history import SHARED, Action, History, Operation, Outcome
from tests.faults.stored import Line, Resource, Stored

OK, FAILED, UNKNOWN = Outcome.OK, Outcome.FAILED, Outcome.UNKNOWN


def operation(
    action: Action, name: str, outcome: Outcome = OK, at: float = 0, **more: object
) -> Operation:
    kind = "Group" if name.startswith("g") else "User"
    begun = Operation("c", action, kind, name, outcome, at, at + 0.5, id=f"id-{name}")
    return replace(begun, **more)  # type: ignore[arg-type]


def healthy() -> tuple[History, Stored]:
    """A user with a title, one who was deleted, one whose making is unknown, and a group."""
    history = History(
        [
            operation(Action.CREATE, "a", version=1),
            operation(Action.PATCH, "a", value="t", version=2),
            operation(Action.CREATE, "b", version=1),
            operation(Action.CREATE, "refused", FAILED, status=503),
            operation(Action.CREATE, "REFUSED", FAILED, status=409, at=0.4),
            operation(Action.CREATE, "b", FAILED, status=409, at=0.5, id=""),
            operation(Action.CREATE, "perhaps", UNKNOWN, id=""),
            operation(Action.CREATE, "perhaps", FAILED, status=409, at=70, id=""),
            operation(Action.CREATE, "g", version=1),
            operation(Action.JOIN, "g", value="a", version=2),
            operation(Action.JOIN, "g", value="b", version=3),
            operation(Action.DELETE, "b"),
            operation(Action.CREATE, SHARED, version=1, at=1),
            operation(Action.PATCH, SHARED, value="x", version=2, at=2),
            operation(Action.READ, SHARED, value="x", version=2, at=3),
            operation(Action.PATCH, SHARED, UNKNOWN, value="y", at=4),
        ]
    )
    users = [
        Resource("id-a", "User", 2, 1, {"userName": "a", "title": "t"}, {"active": "1"}),
        Resource("id-shared", "User", 3, 4, {"userName": SHARED, "title": "y"}),
        Resource("id-perhaps", "User", 1, 5, {"userName": "perhaps"}),
    ]
    group = Resource("id-g", "Group", 4, 3, {"displayName": "g"})
    made = [("user.create", "id-b", 1), ("user.delete", "id-b", 1)]
    made += [
        ("x.patch", each.id, version)
        for each in (*users, group)
        for version in range(1, min(each.version, 3) + 1)
    ]
    return history, Stored(
        {each.id: each for each in (*users, group)},
        [("id-g", "id-a")],
        [Line(*line) for line in made],
        {"User": 3, "Group": 1},
        {1: {("active", "1")}},
    )


def test_what_is_right_is_right_whatever_became_of_the_unknown() -> None:
    assert [] == violations(*healthy())

    history, stored = healthy()
    del stored.resources["id-perhaps"]
    stored.lines = [line for line in stored.lines if line.id != "id-perhaps"]
    stored.counts["User"] = 2
    assert [] == violations(history, stored)


def lose_a_user(_: History, stored: Stored) -> None:
    del stored.resources["id-a"]


def lose_a_title(_: History, stored: Stored) -> None:
    stored.resources["id-a"].doc["title"] = ""


def lose_a_membership(_: History, stored: Stored) -> None:
    stored.members.clear()


def bring_back_who_was_deleted(_: History, stored: Stored) -> None:
    stored.resources["id-b"] = Resource("id-b", "User", 1, 9, {"userName": "b"})


def store_what_was_refused(_: History, stored: Stored) -> None:
    stored.resources["id-r"] = Resource("id-r", "User", 1, 9, {"userName": "refused"})


def store_what_nobody_asked_for(_: History, stored: Stored) -> None:
    stored.resources["id-n"] = Resource("id-n", "User", 1, 9, {"userName": "nobody"})


def have_two_of_a_name(_: History, stored: Stored) -> None:
    stored.resources["id-2"] = Resource("id-2", "User", 1, 9, {"userName": "A"})


def let_two_win(history: History, _: Stored) -> None:
    history.add(operation(Action.CREATE, "a", version=1))


def refuse_what_nobody_had(history: History, _: Stored) -> None:
    history.add(operation(Action.CREATE, "free", FAILED, at=9, status=409))


def refuse_what_was_given_back(history: History, _: Stored) -> None:
    history.add(operation(Action.CREATE, "b", FAILED, at=9, status=409, id=""))


def refuse_what_is_asked_for_later(history: History, _: Stored) -> None:
    history.add(operation(Action.CREATE, "a", FAILED, at=-9, status=409, id=""))


def name_who_is_gone(_: History, stored: Stored) -> None:
    stored.members.append(("id-g", "id-b"))


def be_member_twice(_: History, stored: Stored) -> None:
    stored.members.append(("id-g", "id-a"))


def make_a_version_twice(history: History, _: Stored) -> None:
    history.add(operation(Action.PATCH, SHARED, value="z", version=2, at=2))


def see_an_old_version(history: History, _: Stored) -> None:
    history.add(operation(Action.READ, SHARED, value="", version=1, at=5))


def read_what_was_not_written(history: History, _: Stored) -> None:
    history.add(operation(Action.READ, SHARED, value="wrong", version=2, at=5))


def lose_the_last_version(history: History, _: Stored) -> None:
    history.add(operation(Action.PATCH, SHARED, value="z", version=4, at=6))


def forget_a_line(_: History, stored: Stored) -> None:
    stored.lines.remove(Line("x.patch", "id-a", 2))


def forget_the_line_of_a_deletion(_: History, stored: Stored) -> None:
    stored.lines.remove(Line("user.delete", "id-b", 1))


def tell_of_what_did_not_happen(_: History, stored: Stored) -> None:
    stored.lines.append(Line("x.patch", "id-a", 3))


def tell_twice(_: History, stored: Stored) -> None:
    stored.lines.append(Line("x.patch", "id-a", 2))


def tell_of_a_group_that_is_not_there(_: History, stored: Stored) -> None:
    stored.lines.append(Line("group.create", "id-none", 1))


def miscount(_: History, stored: Stored) -> None:
    stored.counts["User"] += 1


def look_up_by_the_wrong_value(_: History, stored: Stored) -> None:
    stored.looked_up[1] = {("active", "0")}


def look_up_who_is_gone(_: History, stored: Stored) -> None:
    stored.looked_up[77] = {("active", "1")}


PLANTED: Iterable[tuple[str, Callable[[History, Stored], None]]] = (
    ("lost", lose_a_user),
    ("lost", lose_a_title),
    ("lost", lose_a_membership),
    ("ghost", bring_back_who_was_deleted),
    ("ghost", store_what_was_refused),
    ("ghost", store_what_nobody_asked_for),
    ("duplicate", have_two_of_a_name),
    ("duplicate", let_two_win),
    ("duplicate", be_member_twice),
    ("refusal", refuse_what_nobody_had),
    ("refusal", refuse_what_was_given_back),
    ("refusal", refuse_what_is_asked_for_later),
    ("dangling", name_who_is_gone),
    ("version", make_a_version_twice),
    ("version", see_an_old_version),
    ("version", read_what_was_not_written),
    ("lost", lose_the_last_version),
    ("audit", forget_a_line),
    ("audit", forget_the_line_of_a_deletion),
    ("audit", tell_of_what_did_not_happen),
    ("audit", tell_twice),
    ("audit", tell_of_a_group_that_is_not_there),
    ("count", miscount),
    ("lookup", look_up_by_the_wrong_value),
    ("lookup", look_up_who_is_gone),
)


@pytest.mark.parametrize(("word", "plant"), PLANTED, ids=lambda each: getattr(each, "__name__", ""))
def test_a_planted_violation_is_found(word: str, plant: Callable[[History, Stored], None]) -> None:
    history, stored = healthy()

    plant(history, stored)

    found = violations(history, stored)
    assert word in {sentence.partition(":")[0] for sentence in found}, found


def test_nothing_but_a_name_may_conflict() -> None:
    history, _ = healthy()
    assert [] == history.answered_otherwise(0, 503)
    history.add(operation(Action.PATCH, "a", FAILED, status=409))
    history.add(operation(Action.JOIN, "g", FAILED, status=404, value="a"))

    odd = history.answered_otherwise(0, 503)

    assert [(Action.PATCH, 409), (Action.JOIN, 404)] == [(each.action, each.status) for each in odd]

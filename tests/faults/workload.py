"""Clients that create, change, join, leave, delete and read over HTTP, and keep a history.

Every object has one client that changes it, but for one shared user that all of them write to and
read, and names that all of them want. An object whose state became unknown is left alone: what was
asked for may still happen later.
"""

import random
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Self

from tests.faults.asking import Account, Asker, Wish
from tests.faults.history import SHARED, Action, History, Operation, Outcome

_FEW = 4
"""Users that a client has at a time."""

_DEADLINE = 60.0
"""Seconds in which something must be acknowledged."""


class Client(threading.Thread):
    """One client, working until it is told to stop."""

    def __init__(self, asker: Asker, history: History, shared_id: str) -> None:
        super().__init__(name=asker.name, daemon=True)
        self.ending = threading.Event()
        self.acknowledged = 0
        self.last = 0.0
        """The instant of the last write that was acknowledged."""

        self._asker = asker
        self._history = history
        self._shared_id = shared_id
        self._random = random.Random(asker.name)  # noqa: S311 - no secret
        self._made = 0
        self._users: dict[str, str] = {}  # those whose state is known, and their ids
        self._members: set[str] = set()
        self._group: tuple[str, str] | None = None

    def run(self) -> None:
        """Do one thing after the other."""
        acts: dict[Callable[[], None], int] = {
            self._create: 3,
            self._patch: 3,
            self._join: 3,
            self._leave: 2,
            self._remove: 2,
            self._write_shared: 2,
            self._read_shared: 1,
            self._contest: 1,
        }
        while not self.ending.is_set():
            (act,) = self._random.choices(list(acts), list(acts.values()))
            act()
        self._asker.close()

    def _create(self) -> None:
        if len(self._users) < _FEW:
            made = self._do(Wish(Action.CREATE, "User", self._new_name()))
            if made.outcome is Outcome.OK:
                self._users[made.name] = made.id

    def _patch(self) -> None:
        name = self._any(self._users)
        if name:
            title = self._new_name()
            done = self._do(Wish(Action.PATCH, "User", name, self._users[name], title))
            if done.outcome is Outcome.UNKNOWN:
                self._forget(name)

    def _remove(self) -> None:
        name = self._any(self._users)
        if name:
            done = self._do(Wish(Action.DELETE, "User", name, self._users[name]))
            if done.outcome is not Outcome.FAILED:
                self._forget(name)

    def _join(self) -> None:
        if self._group is None:
            made = self._do(Wish(Action.CREATE, "Group", f"group-{self._new_name()}"))
            self._group = (made.name, made.id) if made.outcome is Outcome.OK else None
        else:
            self._change_members(Action.JOIN, self._any(self._users.keys() - self._members))

    def _leave(self) -> None:
        self._change_members(Action.LEAVE, self._any(self._members))

    def _change_members(self, action: Action, user: str) -> None:
        if not user or self._group is None:
            return
        done = self._do(Wish(action, "Group", *self._group, user, self._users[user]))
        if done.outcome is Outcome.UNKNOWN:
            self._group, self._members = None, set()
        elif done.outcome is Outcome.OK:
            self._members ^= {user}

    def _write_shared(self) -> None:
        self._do(Wish(Action.PATCH, "User", SHARED, self._shared_id, self._new_name()))

    def _read_shared(self) -> None:
        self._do(Wish(Action.READ, "User", SHARED, self._shared_id))

    def _contest(self) -> None:
        self._do(Wish(Action.CREATE, "User", f"contested-{int(time.monotonic() * 10)}"))

    def _do(self, wish: Wish) -> Operation:
        done = self._asker.ask(wish)
        self._history.add(done)
        if done.outcome is Outcome.OK and done.action is not Action.READ:
            self.last = done.ended
            self.acknowledged += 1
        return done

    def _new_name(self) -> str:
        self._made += 1
        return f"{self.name}-{self._made}"

    def _any(self, names: Collection[str]) -> str:
        return self._random.choice(sorted(names)) if names else ""

    def _forget(self, name: str) -> None:
        del self._users[name]
        self._members.discard(name)


@dataclass
class Workload:
    """Several clients at once, from the start of a block to its end."""

    account: Account
    clients: int = 3
    history: History = field(default_factory=History)

    def __enter__(self) -> Self:
        maker = Asker("maker", self.account)
        shared = maker.ask(Wish(Action.CREATE, "User", SHARED))
        maker.close()
        assert shared.outcome is Outcome.OK, shared
        self.history.add(shared)
        self._clients = [
            Client(Asker(f"client{number}", self.account), self.history, shared.id)
            for number in range(self.clients)
        ]
        for client in self._clients:
            client.start()
        self.work()
        return self

    def __exit__(self, *_: object) -> None:
        for client in self._clients:
            client.ending.set()
        for client in self._clients:
            client.join(_DEADLINE)
            assert not client.is_alive()

    @property
    def acknowledged(self) -> int:
        """How many writes were acknowledged so far."""
        return sum(client.acknowledged for client in self._clients)

    def work(self, writes: int = 20) -> float:
        """Return after some more writes were acknowledged, with the instant of the first."""
        before = self.acknowledged
        self._await(before + 1)
        first = max(client.last for client in self._clients)
        self._await(before + writes)
        return first

    def _await(self, goal: int) -> None:
        deadline = time.monotonic() + _DEADLINE
        while self.acknowledged < goal:
            assert time.monotonic() < deadline, "nothing is acknowledged any more"
            assert all(client.is_alive() for client in self._clients), "a client broke"
            time.sleep(0.001)

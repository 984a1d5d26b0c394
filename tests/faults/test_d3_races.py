"""D3: several clients want the same at the same moment, and one of them gets it."""

from collections import Counter
from pathlib import Path
from threading import Barrier

import pytest

from scim.storage import open_database
from tests.faults.asking import Account, Asker, Wish
from tests.faults.conftest import Judge, Serve
from tests.faults.history import SHARED, Action, History, Operation, Outcome
from tests.faults.stored import stored_in
from tests.races import in_threads
from tests.sizes import size

_RACES = size(250, 25_000)
"""For a name, and as many for a version."""

_RACERS = 4
"""Clients, and workers too: each race may go on in every process of the server."""

_DEADLINE = 60.0


class Races:
    """Races between clients who start each of them together."""

    def __init__(self, account: Account, shared: Operation) -> None:
        self.history = History([shared])
        self.outcomes: Counter[tuple[int, ...]] = Counter()
        """How often a race was answered what."""

        self._account = account
        self._latest = shared
        self._met: list[Operation] = []
        self._start = Barrier(_RACERS)
        self._end = Barrier(_RACERS, action=self._finish)
        self._names = iter(range(_RACERS))

    def run(self) -> None:
        """Take part in every race, as one of the clients."""
        asker = Asker(f"racer{next(self._names)}", self._account)
        for number in range(_RACES):
            self._race(asker, Wish(Action.CREATE, "User", f"race-{number}"))
            title, known = f"{asker.name}-{number}", self._latest
            expected = f'W/"{known.version}"'
            self._race(
                asker, Wish(Action.PATCH, "User", SHARED, known.id, title, if_match=expected)
            )
        asker.close()

    def _race(self, asker: Asker, wish: Wish) -> None:
        self._start.wait(_DEADLINE)
        self._met.append(asker.ask(wish))
        self._end.wait(_DEADLINE)

    def _finish(self) -> None:
        """Keep what all of them met; one of them does it while the others wait."""
        self.outcomes[tuple(sorted(each.status for each in self._met))] += 1
        for each in self._met:
            self.history.add(each)
            if each.name == SHARED and each.outcome is Outcome.OK:
                self._latest = each
        self._met.clear()


@pytest.mark.sized
def test_a_race_has_one_winner(where: str | Path, serve: Serve, judge: Judge) -> None:
    server = serve("instance", where if isinstance(where, str) else "", _RACERS)
    account = Account([server.port], server.new_token())
    maker = Asker("maker", account)
    races = Races(account, maker.ask(Wish(Action.CREATE, "User", SHARED)))
    maker.close()

    in_threads(_RACERS, races.run)

    judge("D3", f"{2 * _RACES:,} races of {_RACERS}", races.history, where)
    assert {(201, 409, 409, 409): _RACES, (200, 412, 412, 412): _RACES} == races.outcomes
    database = open_database(where)
    (shared,) = (each for each in stored_in(database).resources.values() if each.name == SHARED)
    database.close()
    assert _RACES + 1 == shared.version

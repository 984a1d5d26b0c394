"""The sliding window: lives of tokens at random, each step as a model says it must go."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app import Assembly, Settings, assemble
from app.audit import CLI
from app.tokens import Token
from app.tokens.errors import RotationRunning, TokenActive, UnknownToken
from scim.instant import to_text
from tests.app.console_browser import new_app
from tests.conftest import FakeClock
from tests.sizes import size
from tests.tokens.sliding import ABSOLUTE, DAY, DEADLINE, GRACE, HOUR, IDLE, Model
from tests.tokens.trying import refusal

_SPANS = (0, 0, 0, HOUR, HOUR, GRACE, DEADLINE, IDLE, IDLE + HOUR, ABSOLUTE)
_STEPS = 14


@pytest.fixture
def assembly(settings: Settings, clock: FakeClock) -> Iterator[Assembly]:
    """A program whose tokens get so old that a few uses lead there."""
    made = assemble(replace(settings, token_max_days=ABSOLUTE // DAY), clock)
    yield made
    made.close()


class Life:
    """The tokens of one app, lived and modelled step by step."""

    def __init__(self, assembly: Assembly, clock: FakeClock, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - the same lives in every run
        self._assembly = assembly
        self._clock = clock
        self._start = clock()
        self._app = new_app(assembly, f"Life {seed}")
        self._model = Model()
        self._texts: list[str] = []
        self._now = 0

    def live(self) -> None:
        """Go through some steps."""
        self._issue()
        for _ in range(_STEPS):
            self._wait()
            self._random.choices(
                (self._use, self._revoke, self._rotate, self._issue), (9, 3, 5, 2)
            )[0]()
        self._check_rows()

    def _wait(self) -> None:
        """Wait for a usual span, for what ends a token, or for any time; and a second about it."""
        ends = [
            moment - self._now
            for token in self._model.tokens
            for moment in (token.idle_end, token.absolute_end, token.ends, _promised(token.used))
            if moment is not None and moment > self._now
        ]
        usual = self._random.choice(_SPANS)
        about = self._random.choice([usual, self._random.randrange(100 * DAY), *sorted(ends)[:3]])
        self._now += max(0, about + self._random.choice((-1, 0, 1)))
        self._clock.moment = self._start + timedelta(seconds=self._now)

    def _place(self) -> int:
        """Return the place of one of the latest tokens."""
        return max(0, len(self._texts) - self._random.choice((1, 1, 2, 2, 3)))

    def _use(self) -> None:
        place = self._place()
        token = self._model.tokens[place]
        why, since = token.fate(self._now)

        told = refusal(self._assembly, self._texts[place])

        if not why:
            assert "" == told
            token.use(self._now)
            return
        assert why in told
        assert to_text(self._moment(since)) in told
        if why == "not been used":
            assert self._now >= (token.issued if token.used is None else token.used) + IDLE

    def _revoke(self) -> None:
        place = self._place()
        jti = self._rows()[place].jti

        self._assembly.tokens.revoke(self._app.id, jti, CLI)
        self._model.revoke(place, self._now)

    def _rotate(self) -> None:
        try:
            text = self._assembly.tokens.rotate(self._app.id, CLI).text
        except (RotationRunning, UnknownToken):
            text = ""
        self._keep(text, issued=self._model.rotate(self._now))

    def _issue(self) -> None:
        try:
            text = self._assembly.tokens.issue(self._app.id, CLI).text
        except TokenActive:
            text = ""
        self._keep(text, issued=self._model.issue(self._now))

    def _keep(self, text: str, *, issued: bool) -> None:
        assert bool(text) == issued
        if text:
            self._texts.append(text)

    def _check_rows(self) -> None:
        """Assert that the rows say of each token when it ends."""
        alive = [not token.fate(self._now)[0] for token in self._model.tokens]
        rows = self._rows()
        assert alive == [row.state(self._clock()) == "active" for row in rows]
        ends = [None if end is None else to_text(self._moment(end)) for end in self._ends()]
        assert ends == [row.ends_at for row in rows]
        assert [
            to_text(self._moment(min(token.idle_end, token.absolute_end)))
            for token in self._model.tokens
        ] == [row.expires_at for row in rows]

    def _ends(self) -> list[int | None]:
        return [token.ends for token in self._model.tokens]

    def _rows(self) -> list[Token]:
        return list(reversed(self._assembly.tokens.list(self._app.id)))

    def _moment(self, seconds: int) -> datetime:
        return self._start + timedelta(seconds=seconds)


def _promised(used: int | None) -> int | None:
    return None if used is None else used + IDLE


@pytest.mark.sized
def test_tokens_live_and_end_as_a_model_says(
    assembly: Assembly, clock: FakeClock, figure: Callable[[str], None]
) -> None:
    start = clock()
    lives = size(60, 10_000)

    for seed in range(lives):
        clock.moment = start
        Life(assembly, clock, seed).live()

    figure(f"sliding window: {lives} lives of {_STEPS} steps, 0 differences from the model")

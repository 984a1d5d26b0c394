"""The life of an app's tokens, told a second time: a model of what the documentation promises.

It shares nothing with the product; moments are whole seconds since the start.
"""

from dataclasses import dataclass, field

HOUR = 3600
DAY = 24 * HOUR

IDLE = 90 * DAY
ABSOLUTE = 200 * DAY
"""How old a token gets: as many days as the settings of the test say."""

GRACE = DAY
DEADLINE = 7 * DAY


@dataclass
class ModelToken:
    """One token."""

    issued: int
    predecessor: "ModelToken | None" = None
    written: int | None = None
    """The last use that was written down."""

    used: int | None = None
    """The last use."""

    ends: int | None = None
    revoked: int | None = None

    @property
    def idle_end(self) -> int:
        return self.issued + IDLE if self.written is None else self.written + IDLE + HOUR

    @property
    def absolute_end(self) -> int:
        return self.issued + ABSOLUTE

    def fate(self, now: int) -> tuple[str, int]:
        """Return what a client is told has ended the token and when, or nothing while it lives."""
        if self.revoked is not None:
            return "revoked", self.revoked
        if self.ends is not None and self.ends <= now:
            return "superseded", self.ends
        if self.absolute_end <= min(now, self.idle_end):
            return "greatest age", self.absolute_end
        return ("not been used", self.idle_end) if self.idle_end <= now else ("", 0)

    def use(self, now: int) -> None:
        old = self.predecessor
        if self.written is None and old and old.revoked is None and old.ends is not None:
            old.ends = min(old.ends, now + GRACE)
        if self.written is None or now - self.written >= HOUR:
            self.written = now
        self.used = now


@dataclass
class Model:
    """An app's tokens, oldest first."""

    tokens: list[ModelToken] = field(default_factory=list)

    def alive(self, now: int) -> list[ModelToken]:
        return [token for token in self.tokens if not token.fate(now)[0]]

    def issue(self, now: int) -> bool:
        """Return whether a token was issued."""
        if self.alive(now):
            return False
        self.tokens.append(ModelToken(now))
        return True

    def rotate(self, now: int) -> bool:
        """Return whether a successor was issued."""
        alive = self.alive(now)
        if len(alive) != 1:
            return False
        alive[0].ends = now + DEADLINE
        self.tokens.append(ModelToken(now, alive[0]))
        return True

    def revoke(self, place: int, now: int) -> None:
        token = self.tokens[place]
        if token.revoked is not None:
            return
        token.revoked = now
        old = token.predecessor
        if token.written is None and old and old.revoked is None and old.ends and old.ends > now:
            old.ends = None

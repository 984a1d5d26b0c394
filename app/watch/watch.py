"""The watch itself: it looks at every token that may deserve a warning, and gives it once.

Several workers may look at the same moment. Each checks again within the transaction that gives
the warning, while the token's row is its own, so a use in between is no reason to warn.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from app.audit import SYSTEM, Event, record
from app.tokens.rows import token_of
from app.watch.notices import Kind, Warned, add, notice_of
from app.watch.stages import (
    END_STAGES,
    SILENT_AFTER,
    UNUSED_AFTER,
    Watched,
    warnings_of,
)
from scim.instant import Clock, to_text
from scim.storage import Database, Row, Session

NEWS_LIFETIME = timedelta(days=7)
"""How long a first use from a new network is shown."""


_SELECT = (
    "SELECT token.*, client_app.name AS app_name, client_app.scim_enabled,"
    " (SELECT COUNT(*) FROM token_activity WHERE token_activity.jti = token.jti) AS busy_days,"
    " (SELECT COUNT(*) FROM token successor WHERE successor.app_id = token.app_id"
    " AND successor.successor_of = token.jti AND successor.first_used_at IS NOT NULL"
    " AND successor.status = 'active')"
    " AS successors_used"
    " FROM token JOIN client_app ON client_app.id = token.app_id"
)

_SUSPECTS = (
    _SELECT + " WHERE token.status = 'active' AND token.idle_expires_at > ?"
    " AND token.absolute_expires_at > ? AND (token.ends_at IS NULL OR token.ends_at > ?)"
    " AND (token.idle_expires_at <= ? OR token.absolute_expires_at <= ?"
    " OR token.ends_at IS NOT NULL OR token.last_used_at < ?"
    " OR (token.last_used_at IS NULL AND token.created_at <= ?))"
)
"""Live tokens that may deserve a warning; most tokens do not, and are not read."""

_NEWS = (
    "SELECT notice.*, token.app_id FROM notice JOIN token ON token.jti = notice.jti"
    " WHERE notice.kind = ? AND notice.made_at > ? AND token.status = 'active'"
)


class Watch:
    """Looks after the tokens of this instance."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def look(self) -> int:
        """Give the warnings that are due and were not given yet, and return how many."""
        now = self._clock()
        with self._database.read() as session:
            found = [
                each.token.jti
                for each in _suspects(session, now)
                if (due := warnings_of(each, now)) and not _given(session, each).issuperset(due)
            ]
        return sum(self._warn(jti, now) for jti in found)

    def of_app(self, app_id: str) -> Mapping[str, Sequence[Warned]]:
        """Return what there is to warn of at an app now, by token id."""
        found: dict[str, list[Warned]] = {}
        for _, warned in self._present(" AND token.app_id = ?", app_id):
            found.setdefault(warned.jti, []).append(warned)
        return found

    def of_apps(self) -> Mapping[str, Sequence[Warned]]:
        """Return what there is to warn of now, by app id."""
        found: dict[str, list[Warned]] = {}
        for app_id, warned in self._present():
            found.setdefault(app_id, []).append(warned)
        return found

    def _present(self, condition: str = "", *parameters: str) -> list[tuple[str, Warned]]:
        now = self._clock()
        with self._database.read() as session:
            suspects = _suspects(session, now, condition, *parameters)
            news = _news(session, now, condition, *parameters)
        return [
            (each.token.app_id, warned) for each in suspects for warned in warnings_of(each, now)
        ] + news

    def _warn(self, jti: str, now: datetime) -> int:
        given = 0
        with self._database.write() as session:
            watched = _locked(session, self._database.words.skip_locked, jti)
            if watched is None:
                return 0  # it is being renewed or revoked just now, or is gone
            for warned in warnings_of(watched, now):
                if add(session, warned, now):
                    _record(session, watched, warned, now)
                    given += 1
        return given


def _suspects(
    session: Session, now: datetime, condition: str = "", *parameters: str
) -> list[Watched]:
    moment = to_text(now)
    soon = to_text(now + timedelta(days=max(END_STAGES)))
    silent, unused = to_text(now - SILENT_AFTER), to_text(now - UNUSED_AFTER)
    rows = session.all(
        _SUSPECTS + condition + " ORDER BY token.seq",
        (moment, moment, moment, soon, soon, silent, unused, *parameters),
    )
    return [_watched(row) for row in rows]


def _locked(session: Session, lock: str, jti: str) -> Watched | None:
    """Return a token that nobody else changes until the transaction ends."""
    sql = "SELECT jti FROM token WHERE jti = ?" + lock  # noqa: S608 - a fixed word
    if session.one(sql, (jti,)) is None:
        return None
    row = session.one(_SELECT + " WHERE token.jti = ?", (jti,))
    return None if row is None else _watched(row)


def _given(session: Session, watched: Watched) -> set[Warned]:
    rows = session.all("SELECT * FROM notice WHERE jti = ?", (watched.token.jti,))
    return {notice_of(row).warned for row in rows}


def _news(
    session: Session, now: datetime, condition: str, *parameters: str
) -> list[tuple[str, Warned]]:
    rows = session.all(
        _NEWS + condition + " ORDER BY notice.made_at, notice.id",
        (Kind.NEW_NETWORK, to_text(now - NEWS_LIFETIME), *parameters),
    )
    return [(row["app_id"], notice_of(row).warned) for row in rows]


def _watched(row: Row) -> Watched:
    return Watched(
        token=token_of(row),
        app_name=row["app_name"],
        scim_enabled=bool(row["scim_enabled"]),
        busy_days=int(row["busy_days"]),
        successor_used=bool(row["successors_used"]),
    )


def _record(session: Session, watched: Watched, warned: Warned, now: datetime) -> None:
    event = Event("token.warn", "token", warned.jti, watched.token.tenant_id)
    detail = {
        "app": watched.token.app_id,
        "kind": warned.kind,
        "about": warned.about,
        "stage": warned.stage,
    }
    record(session, SYSTEM, event, to_text(now), detail)

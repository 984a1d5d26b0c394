"""The settings of an app: what it chose where identity providers disagree."""

from collections.abc import Mapping, Sequence

from app.audit import Actor, Event, record
from app.choice_columns import COLUMNS
from app.client_apps import lock_app
from app.edition import check_edition
from scim.choices import CHOICES, Choice, Option
from scim.instant import Clock, to_text
from scim.storage import Database, Session


class AppSettings:
    """Changes what apps chose; each change commits together with its audit line."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def set(
        self, app_id: str, options: dict[str, Option], actor: Actor, seen: str | None = None
    ) -> None:
        """Choose options for an app, all or none; they hold from its next request on.

        What is chosen already is no change.

        :param options: by the field of :class:`~scim.choices.Choices`; the others stay
        :param seen: the edition of what they replace that somebody saw, where there is one
        :raises UnknownApp: there is no such app
        :raises Outdated: somebody else chose others since
        """
        with self._database.write() as session:
            app = lock_app(session, self._database.words, app_id)
            before = {choice.name: app.choices.chosen(choice) for choice in CHOICES}
            after = before | options
            changed = [each for each in CHOICES if before[each.name] != after[each.name]]
            if changed:
                check_edition(seen, *(before[name] for name in options))
                _store(session, app_id, changed, after)
                detail = {"from": _by_key(changed, before), "to": _by_key(changed, after)}
                event = Event("app.set", "app", app.id, app.tenant_id)
                record(session, actor, event, to_text(self._clock()), detail)


def _store(
    session: Session, app_id: str, changed: Sequence[Choice], options: Mapping[str, Option]
) -> None:
    assignments = ", ".join(f"{COLUMNS[choice.name]} = ?" for choice in changed)
    session.run(
        f"UPDATE client_app SET {assignments} WHERE id = ?",  # noqa: S608 - names of columns
        (*(str(options[choice.name]) for choice in changed), app_id),
    )


def _by_key(changed: Sequence[Choice], options: Mapping[str, Option]) -> dict[str, str]:
    return {choice.key: str(options[choice.name]) for choice in changed}

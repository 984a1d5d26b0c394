"""Provisioning apps: what an administrator adds for each identity provider.

Errors::

    AppError
    ├── InvalidApp     a name or a description cannot be accepted; the sentence says why
    ├── UnknownApp     there is no app with this id
    └── UnknownMember  an app's access permission names an admin who does not exist
"""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from app.audit import Actor, Event, record
from app.choice_columns import choices_of
from app.edition import check_edition
from app.once import check_once
from app.tenants import UnknownTenant, add_own_tenant
from app.wording import find_fault
from scim.choices import Choices, ProfileName, ProviderName
from scim.instant import Clock, to_text
from scim.storage import Conflict, Database, Row, Session, Words

_ID_BYTES = 8
"""Each token carries the id, and providers have little room for a token."""

_MARK_LENGTH = 8

LONGEST_NAME = 100
LONGEST_DESCRIPTION = 1000

ADD_MEMBER = (
    "INSERT INTO app_member (app_id, admin_id, role, given_by, given_at) VALUES (?, ?, ?, ?, ?)"
)


class AppError(Exception):
    """What is wrong with an app; raised as one of its subclasses."""


class InvalidApp(AppError):  # noqa: N818 - the field says invalid, not invalid error
    """A name or a description cannot be accepted; the message is a sentence."""


class UnknownApp(AppError):  # noqa: N818 - likewise
    """There is no app with this id."""


class UnknownMember(AppError):  # noqa: N818 - likewise
    """An app's access permission names an admin who does not exist."""


@dataclass(frozen=True, slots=True)
class ClientApp:
    """A provisioning app: one identity provider's door to one tenant."""

    id: str
    tenant_id: str
    name: str
    description: str
    scim_enabled: bool
    choices: Choices
    created_at: str
    created_by: str


@dataclass(frozen=True, slots=True)
class NewApp:
    """What an app is made of."""

    tenant_id: str | None
    """None makes a tenant of its own for it, of the same name where no other tenant has it."""

    name: str
    description: str = ""
    profile: ProfileName = ProfileName.TOLERANT
    provider: ProviderName = ProviderName.CUSTOM
    maintainer: str | None = None
    """The id of the admin who may manage the app from the start."""

    form_id: str | None = None
    """That of the form it was filled in on, of which no second app is made."""


@dataclass(frozen=True, slots=True)
class _Description:
    """What may be changed about an app at any time."""

    name: str
    description: str


class ClientApps:
    """The provisioning apps of this instance; each change commits together with its audit line."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def create(self, new: NewApp, actor: Actor) -> ClientApp:
        """Make a provisioning app; SCIM is off until somebody enables it.

        :raises InvalidApp: the name or the description cannot be accepted
        :raises UnknownTenant: there is no such tenant
        :raises UnknownMember: there is no such admin
        :raises SentTwice: there is an app of the same form
        """
        text, now = _checked(new.name, new.description), to_text(self._clock())
        with self._database.write() as session:
            check_once(session, "client_app", new.form_id)
            app = _made_of(new, text, actor, now)
            if not app.tenant_id:
                mark = app.id[-_MARK_LENGTH:]
                own = add_own_tenant(session, app.name, mark, actor, now)
                app = replace(app, tenant_id=own.id)
            _insert(session, app, new.form_id)
            if new.maintainer is not None:
                _add_maintainer(session, app, new.maintainer)
            self._record(session, actor, "app.create", app, {"maintainer": new.maintainer})
        return app

    def get(self, app_id: str) -> ClientApp:
        """Return the app with this id.

        :raises UnknownApp: there is none
        """
        with self._database.read() as session:
            return _required(
                session.one("SELECT * FROM client_app WHERE id = ?", (app_id,)), app_id
            )

    def all(self) -> list[ClientApp]:
        """Return every app, oldest first."""
        with self._database.read() as session:
            return [app_of(row) for row in session.all("SELECT * FROM client_app ORDER BY seq")]

    def update(
        self, app_id: str, name: str, description: str, actor: Actor, *, seen: str | None = None
    ) -> None:
        """Change the name and the description of an app; what is so already is no change.

        :param seen: the edition of both that the change was made in view of, where there is one
        :raises InvalidApp: the name or the description cannot be accepted
        :raises UnknownApp: there is no such app
        :raises Outdated: somebody else changed them since
        """
        after = _checked(name, description)
        with self._database.write() as session:
            app = lock_app(session, self._database.words, app_id)
            before = _Description(app.name, app.description)
            if before == after:
                return
            check_edition(seen, app.name, app.description)
            session.run(
                "UPDATE client_app SET name = ?, description = ? WHERE id = ?",
                (after.name, after.description, app_id),
            )
            detail = {"from": asdict(before), "to": asdict(after)}
            self._record(session, actor, "app.update", app, detail)

    def enable_scim(self, app_id: str, actor: Actor) -> None:
        """Let the app's token in; only then a token can be issued.

        :raises UnknownApp: there is no such app
        """
        with self._database.write() as session:
            app = lock_app(session, self._database.words, app_id)
            if not app.scim_enabled:
                session.run("UPDATE client_app SET scim_enabled = 1 WHERE id = ?", (app_id,))
                self._record(session, actor, "app.enable-scim", app)

    def disable_scim(self, app_id: str, actor: Actor) -> None:
        """Refuse the app's requests from now on; its data and its tokens stay.

        :raises UnknownApp: there is no such app
        """
        with self._database.write() as session:
            app = lock_app(session, self._database.words, app_id)
            if app.scim_enabled:
                session.run("UPDATE client_app SET scim_enabled = 0 WHERE id = ?", (app_id,))
                self._record(session, actor, "app.disable-scim", app)

    def delete(self, app_id: str, actor: Actor) -> None:
        """Remove an app and its tokens, which die at once; the tenant's users and groups stay.

        :raises UnknownApp: there is no such app
        """
        with self._database.write() as session:
            app = lock_app(session, self._database.words, app_id)
            session.run("DELETE FROM client_app WHERE id = ?", (app_id,))
            self._record(session, actor, "app.delete", app, {"name": app.name})

    def _record(
        self,
        session: Session,
        actor: Actor,
        action: str,
        app: ClientApp,
        detail: Mapping[str, object] | None = None,
    ) -> None:
        event = Event(action, "app", app.id, app.tenant_id)
        record(session, actor, event, to_text(self._clock()), detail)


def lock_app(session: Session, words: Words, app_id: str) -> ClientApp:
    """Return an app whose row nobody else changes until the transaction ends.

    Whatever counts or changes what belongs to an app takes this lock first.

    :raises UnknownApp: there is no such app
    """
    sql = "SELECT * FROM client_app WHERE id = ?" + words.lock_row  # noqa: S608 - a fixed word
    return _required(session.one(sql, (app_id,)), app_id)


def app_of(row: Row) -> ClientApp:
    """Return the app a row of the table ``client_app`` holds."""
    return ClientApp(
        row["id"],
        row["tenant_id"],
        row["name"],
        row["description"],
        bool(row["scim_enabled"]),
        choices_of(row),
        row["created_at"],
        row["created_by"],
    )


def _required(row: Row | None, app_id: str) -> ClientApp:
    if row is None:
        raise UnknownApp(f"There is no app {app_id}.")
    return app_of(row)


def _made_of(new: NewApp, text: _Description, actor: Actor, now: str) -> ClientApp:
    return ClientApp(
        f"app_{secrets.token_hex(_ID_BYTES)}",
        new.tenant_id or "",
        text.name,
        text.description,
        scim_enabled=False,
        choices=Choices(profile=new.profile, provider=new.provider),
        created_at=now,
        created_by=actor.name,
    )


def _insert(session: Session, app: ClientApp, form_id: str | None) -> None:
    try:
        session.run(
            "INSERT INTO client_app (id, tenant_id, type, name, description, scim_enabled,"
            " profile, provider, created_at, created_by, form_id)"
            " VALUES (?, ?, 'provisioning', ?, ?, 0, ?, ?, ?, ?, ?)",
            (
                app.id,
                app.tenant_id,
                app.name,
                app.description,
                str(app.choices.profile),
                str(app.choices.provider),
                app.created_at,
                app.created_by,
                form_id,
            ),
        )
    except Conflict as error:
        raise UnknownTenant(f"There is no tenant {app.tenant_id}.") from error


def _add_maintainer(session: Session, app: ClientApp, admin_id: str) -> None:
    try:
        session.run(ADD_MEMBER, (app.id, admin_id, "maintainer", app.created_by, app.created_at))
    except Conflict as error:
        raise UnknownMember(f"There is no admin {admin_id}.") from error


def _checked(name: str, description: str) -> _Description:
    name = name.strip()
    description = description.strip().replace("\r\n", "\n")  # as forms send line breaks
    one_line = description.replace("\n", " ")
    if not name:
        raise InvalidApp("An app needs a name.")
    fault = find_fault("The name", name, LONGEST_NAME) or find_fault(
        "The description", one_line, LONGEST_DESCRIPTION
    )
    if fault:
        raise InvalidApp(fault)
    return _Description(name, description)

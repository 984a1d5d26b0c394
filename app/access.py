"""Access permission: which admin may see and manage which app.

Owners manage every app. Other admins see and manage the apps that name them; nobody else does.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from app.audit import Actor, Event, record
from app.client_apps import (
    ADD_MEMBER,
    AppError,
    ClientApp,
    InvalidApp,
    UnknownMember,
    app_of,
    lock_app,
)
from app.edition import Outdated
from scim.instant import Clock, to_text
from scim.storage import Conflict, Database, Session


class LastMaintainer(AppError):  # noqa: N818 - what they are
    """Nobody would be left who may manage an app but owners, and none of them wants it so."""


class Permission(StrEnum):
    """What an admin may do with an app."""

    NONE = "none"
    VIEW = "view"
    MANAGE = "manage"
    """Update and delete the app, issue and revoke its tokens, and change who may."""


_GRANTS = {"viewer": Permission.VIEW, "maintainer": Permission.MANAGE}
"""What each role of a member permits."""


@dataclass(frozen=True, slots=True)
class AppMember:
    """An admin's access permission on one app."""

    admin_id: str
    email: str
    role: str
    """``viewer`` or ``maintainer``."""

    given_by: str
    """Who gave it, as an audit line names them."""

    given_at: str


@dataclass(frozen=True, slots=True)
class MemberChange:
    """Another role for one admin, as somebody asks for it who saw the present one."""

    admin_id: str
    role: str
    """``viewer`` or ``maintainer``, or empty to take the admin's access."""

    was: str
    """The role that somebody saw, or empty for none."""

    def applied_to(self, former: dict[str, str]) -> dict[str, str]:
        """Return the roles of all members after the change.

        :raises Outdated: the admin has another role by now
        """
        present = former.get(self.admin_id, "")
        if present == self.role:
            return former
        if present != self.was:
            raise Outdated
        others = {id_: role for id_, role in former.items() if id_ != self.admin_id}
        return others | ({self.admin_id: self.role} if self.role else {})


class Access:
    """The access permission on every app of this instance."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def members(self, app_id: str) -> list[AppMember]:
        """Return who has access permission on an app, by e-mail address."""
        with self._database.read() as session:
            rows = session.all(
                "SELECT admin.id, admin.email, app_member.role, given_by, given_at FROM app_member"
                " JOIN admin ON admin.id = app_member.admin_id"
                " WHERE app_member.app_id = ? ORDER BY admin.email_key",
                (app_id,),
            )
        return [AppMember(*row) for row in rows]

    def change_member(self, app_id: str, change: MemberChange, actor: Actor) -> None:
        """Give one admin a role on an app, or take it; what is so already is no change.

        :raises InvalidApp: a role is neither viewer nor maintainer
        :raises UnknownApp: there is no such app
        :raises UnknownMember: there is no such admin
        :raises Outdated: somebody else changed the admin's role since
        :raises LastMaintainer: the last maintainer would leave, and no owner wants it so
        """
        now = to_text(self._clock())
        with self._database.write() as session:
            app = lock_app(session, self._database.words, app_id)
            former = _roles(session, app_id)
            members = change.applied_to(former)
            if not _GRANTS.keys() >= set(members.values()):
                raise InvalidApp("A member is a viewer or a maintainer.")
            if former != members:
                _require_somebody(session, former, members, actor)
                _remove(session, app_id, former.items() - members.items())
                _add(session, app_id, members.items() - former.items(), (actor.name, now))
                event = Event("app.set-members", "app", app_id, app.tenant_id)
                record(session, actor, event, now, {"from": former, "to": members})

    def permission(self, app_id: str, admin_id: str, admin_role: str) -> Permission:
        """Return what an admin may do with an app."""
        if admin_role == "owner":
            return Permission.MANAGE
        if admin_role != "admin":
            return Permission.NONE
        with self._database.read() as session:
            row = session.one(
                "SELECT role FROM app_member WHERE app_id = ? AND admin_id = ?", (app_id, admin_id)
            )
        return _GRANTS[row["role"]] if row else Permission.NONE

    def may_join(self, tenant_id: str, admin_id: str, admin_role: str) -> bool:
        """Return whether an admin may add an app to a directory, which shows them who is in it.

        Owners may; others where they maintain an app of it, or where nobody has anything in it.
        """
        if admin_role == "owner":
            return True
        with self._database.read() as session:
            maintained = session.one(
                "SELECT 1 FROM client_app JOIN app_member ON app_member.app_id = client_app.id"
                " WHERE tenant_id = ? AND admin_id = ? AND role = 'maintainer' LIMIT 1",
                (tenant_id, admin_id),
            )
            others = session.one(
                "SELECT 1 FROM client_app WHERE tenant_id = ?"
                " UNION ALL SELECT 1 FROM resource WHERE tenant_id = ? LIMIT 1",
                (tenant_id, tenant_id),
            )
        return maintained is not None or others is None

    def visible(self, admin_id: str, admin_role: str) -> list[ClientApp]:
        """Return the apps an admin may see, oldest first."""
        if admin_role == "owner":
            return self._select("SELECT * FROM client_app ORDER BY seq")
        if admin_role != "admin":
            return []
        return self._select(
            "SELECT client_app.* FROM client_app"
            " JOIN app_member ON app_member.app_id = client_app.id"
            " WHERE app_member.admin_id = ? ORDER BY client_app.seq",
            admin_id,
        )

    def _select(self, sql: str, *parameters: str) -> list[ClientApp]:
        with self._database.read() as session:
            return [app_of(row) for row in session.all(sql, parameters)]


def _roles(session: Session, app_id: str) -> dict[str, str]:
    rows = session.all("SELECT admin_id, role FROM app_member WHERE app_id = ?", (app_id,))
    return {row["admin_id"]: row["role"] for row in rows}


def _require_somebody(
    session: Session, former: dict[str, str], members: dict[str, str], actor: Actor
) -> None:
    """Let nobody but an owner, or an operator, leave an app to owners alone.

    A maintainer who is disabled, or no admin any more, is none.
    """
    rows = session.all("SELECT id, role FROM admin WHERE disabled_at IS NULL")
    roles = {row["id"]: row["role"] for row in rows}
    able = {id_ for id_, role in roles.items() if role == "admin"}
    if not _maintainers(former) & able or _maintainers(members) & able:
        return
    kind, _, admin_id = actor.name.partition(":")
    is_free = kind != "admin" or roles.get(admin_id) == "owner"
    if not is_free or "owner" not in roles.values():
        raise LastMaintainer(
            "This is the last maintainer. Make somebody else one first, or ask an owner."
        )


def _maintainers(members: dict[str, str]) -> set[str]:
    return {id_ for id_, role in members.items() if role == "maintainer"}


def _remove(session: Session, app_id: str, members: Iterable[tuple[str, str]]) -> None:
    for admin_id, _ in members:
        session.run("DELETE FROM app_member WHERE app_id = ? AND admin_id = ?", (app_id, admin_id))


def _add(
    session: Session, app_id: str, members: Iterable[tuple[str, str]], given: tuple[str, str]
) -> None:
    for admin_id, role in members:
        try:
            session.run(ADD_MEMBER, (app_id, admin_id, role, *given))
        except Conflict as error:
            raise UnknownMember(f"There is no admin {admin_id}.") from error

"""Putting a backup in place of an instance, or where none is yet."""

import os
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Self

from app.audit import CLI, Event, record
from app.backup.archive import Archive, BackupError, Manifest
from app.backup.places import KEYS, Place, places_of
from app.keys import key_path, root_secret
from app.keys.key_file import KeyFile
from app.settings import Settings
from app.tokens import State
from app.tokens.revoking import revoke_each
from app.tokens.rows import token_of
from scim import instant
from scim.storage import Session
from scim.storage.copying import copied_in, engine_of, holds_anything

_ONCE = ("console_session", "half_sign_in", "setup_link", "admin_link")
"""What ended or was used since the backup, maybe, and must not work again."""

_REASON = "a backup was restored"


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore came to."""

    manifest: Manifest
    revoked: int
    alive: int
    """How many tokens work from now on."""


def restore(
    settings: Settings,
    file: IO[bytes],
    clock: instant.Clock,
    *,
    replace: bool = False,
    revoke_tokens: bool = False,
) -> Restored:
    """Put a backup in place; where that is refused, nothing has been changed.

    Everybody signed in at the console is signed out, and links that were not used end.

    :param replace: whether it may take the place of what is there
    :param revoke_tokens: whether the tokens of the backup are to end
    :raises BackupError: the backup cannot be used here, or there is something already
    :raises CopyError: it is damaged, or others use the database
    :raises KeyringError: the key-encryption keys at hand do not open the keys in the backup
    :raises Unavailable: the database cannot be reached
    """
    archive = Archive(file)
    manifest, places = archive.manifest, places_of(settings)
    _check(settings, manifest, places)
    if not replace and any(holds_anything(place.where) for place in places.values()):
        raise BackupError("There is an instance already; --force replaces it.")
    settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = clock()
    with _Keys(settings, archive) as keys, ExitStack() as stack:
        sessions = {
            name: stack.enter_context(
                copied_in(places[name].where, contents, archive.part, places[name].migrations)
            )
            for name, contents in manifest.databases.items()
        }
        session = sessions["directory"]
        root_secret.find(session, keys.file)
        revoked, alive = _settle(session, manifest, now, revoke_tokens=revoke_tokens)
        keys.keep()
    return Restored(manifest, revoked, alive)


def _check(settings: Settings, manifest: Manifest, places: dict[str, Place]) -> None:
    """Do nothing where a backup is one of this engine, and of no later version."""
    engine = engine_of(settings.database)
    if manifest.engine != engine:
        raise BackupError(
            f"It is a backup of {manifest.engine}, and PROVISOR_DATABASE_URL says {engine};"
            " provisor export and import move a directory between them."
        )
    if "directory" not in manifest.databases or not manifest.databases.keys() <= places.keys():
        raise BackupError("The backup is damaged: it has other databases than an instance.")
    for name, contents in manifest.databases.items():
        unknown = set(contents.migrations) - {each.name for each in places[name].migrations}
        if unknown:
            raise BackupError(
                f"It was made by a later version of Provisor ({manifest.version}, with"
                f" {min(unknown)}); restore it with that."
            )


def _settle(
    session: Session, manifest: Manifest, now: datetime, *, revoke_tokens: bool
) -> tuple[int, int]:
    """End what must not come alive again; return how many tokens ended, and how many have not."""
    for table in _ONCE:
        session.run(f"DELETE FROM {table}")  # noqa: S608 - named above
    tokens = [token_of(row) for row in session.all("SELECT * FROM token ORDER BY seq DESC")]
    live = [token for token in tokens if token.state(now) is State.ACTIVE]
    if revoke_tokens:
        revoke_each(session, live, CLI, _REASON, now)
    event = Event("instance.restore", "instance", manifest.engine)
    detail = {"made_at": manifest.made_at, "revoked": len(live) if revoke_tokens else 0}
    record(session, CLI, event, instant.to_text(now), detail)
    return (len(live), 0) if revoke_tokens else (0, len(live))


class _Keys:
    """The key-encryption keys: those of the backup on top of those at hand, in a draft at first.

    A file that PROVISOR_KEK_FILE names is somebody's own, and stays as it is.
    """

    def __init__(self, settings: Settings, archive: Archive) -> None:
        self._path = key_path(settings)
        self._draft = self._path.with_name(f"{self._path.name}.restoring")
        self._comes_along = KEYS in archive.manifest.parts and not settings.kek_file
        self._archive = archive
        self.file = KeyFile(self._draft if self._comes_along else self._path)

    def __enter__(self) -> Self:
        if self._comes_along:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            lines = b"".join(self._archive.part(KEYS)).split()
            if self._path.exists():
                lines += self._path.read_bytes().split()
            descriptor = os.open(self._draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(b"\n".join(dict.fromkeys(lines)) + b"\n")
                file.flush()
                os.fsync(descriptor)
        return self

    def keep(self) -> None:
        """Let the draft take its place."""
        if self._comes_along:
            self._draft.replace(self._path)

    def __exit__(self, *_: object) -> None:
        if self._comes_along:
            self._draft.unlink(missing_ok=True)

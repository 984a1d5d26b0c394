"""Putting a backup in place of an instance, or where none is yet."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from app.audit import CLI, Event, record
from app.backup.archive import Archive, BackupError, Manifest
from app.backup.keys import RestoredKeys
from app.backup.places import Place, places_of
from app.oauth import client_keys, client_secrets
from app.settings import Settings
from app.tokens import State
from app.tokens.revoking import revoke_each
from app.tokens.rows import token_of
from scim import instant
from scim.storage import Session
from scim.storage.copying import Replacement, copied_in, engine_of, holds_anything

_ONCE = ("console_session", "half_sign_in", "setup_link", "admin_link")
"""What ended or was used since the backup, maybe, and must not work again."""

_REASON = "a backup was restored"


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore came to."""

    manifest: Manifest
    tokens: int
    """How many were alive at the backup: they have ended, if that was asked for, or work again."""

    client_secrets: int
    """Likewise."""

    apps_with_keys: int
    """Likewise."""

    recovery_codes: int
    """How many work from now on."""


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
    :param revoke_tokens: whether the tokens of the backup are to end, and what gets others
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
    now = clock()
    with (
        _folder(settings.instance),
        RestoredKeys(settings, archive) as keys,
        ExitStack() as stack,
    ):
        drafts = _drafts(stack, archive, places)
        session = drafts["directory"].session
        keys.check(session)
        restored = _settle(session, manifest, now, revoke_tokens=revoke_tokens)
        for draft in drafts.values():
            draft.finish()
        keys.keep()  # first: wherever a restore is cut off, the keys at hand open what is there
        for draft in drafts.values():
            draft.keep()
    return restored


@contextmanager
def _folder(folder: Path) -> Iterator[None]:
    """Make a folder where there is none; it is gone again where the block leaves it empty."""
    if folder.exists():
        yield
        return
    folder.mkdir(mode=0o700, parents=True)
    try:
        yield
    finally:
        with suppress(OSError):  # it is not empty
            folder.rmdir()


def _drafts(stack: ExitStack, archive: Archive, places: dict[str, Place]) -> dict[str, Replacement]:
    """Open what takes the place of each database: one that is not in the backup is emptied."""
    databases = archive.manifest.databases
    return {
        name: stack.enter_context(
            copied_in(place.where, databases.get(name), archive.part, place.migrations)
        )
        for name, place in places.items()
        if name in databases or holds_anything(place.where)
    }


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
) -> Restored:
    """End what must not come alive again."""
    for table in _ONCE:
        session.run(f"DELETE FROM {table}")  # noqa: S608 - named above
    tokens = [token_of(row) for row in session.all("SELECT * FROM token ORDER BY seq DESC")]
    live = [token for token in tokens if token.state(now) is State.ACTIVE]
    codes = session.one("SELECT COUNT(*) AS number FROM recovery_code")
    restored = Restored(
        manifest,
        len(live),
        client_secrets.count_all(session),
        client_keys.count_all(session),
        int(codes["number"]) if codes else 0,
    )
    if revoke_tokens:
        revoke_each(session, live, CLI, _REASON, now)
        client_secrets.end_all(session, CLI, now)
        client_keys.remove_all(session, CLI, now)
    event = Event("instance.restore", "instance", manifest.engine)
    detail = {"made_at": manifest.made_at, "revoked": len(live) if revoke_tokens else 0}
    record(session, CLI, event, instant.to_text(now), detail)
    return restored

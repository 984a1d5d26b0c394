"""Opening the keyring: the first start makes the keys, and every start sees that they can be used.

Who cannot open what signs, or is to sign next, must not serve: it would fail to issue a token.
"""

from datetime import datetime, timedelta
from pathlib import Path

from app.audit import SYSTEM
from app.keys import root_secret, rows
from app.keys.encryption import KeyringError
from app.keys.key_file import KeyFile, make_key_file
from app.keys.keyring import Keyring
from app.keys.kids import Kids
from app.keys.rotation import Policy, Rotation, open_key
from app.keys.rows import Current
from app.settings import Settings
from scim.instant import Clock, to_text
from scim.storage import Database, Session


def open_keyring(settings: Settings, database: Database, clock: Clock) -> Keyring:
    """Return the keyring of an instance; the first start makes its keys.

    :raises KeyringError: the keys cannot be used, so no token could be issued
    """
    key_file = KeyFile(key_path(settings))
    root = _find_root(database, key_file)
    if root is None:
        root = _make_first(settings, database, key_file, clock())
    rotation = _rotation(settings, database, key_file, root)
    with database.read() as session:
        _check(key_file, rows.current(session))
    return Keyring(database, clock, root, _kids(root), rotation)


def check_keys(settings: Settings, database: Database) -> bool:
    """Return whether there are keys; nothing is made.

    :raises KeyringError: they cannot be opened
    """
    with database.read() as session:
        return check_keys_in(session, KeyFile(key_path(settings)))


def check_keys_in(session: Session, key_file: KeyFile) -> bool:
    """Return whether there is the secret of an instance, and see that its keys can be opened.

    :raises KeyringError: they cannot be opened
    """
    root = root_secret.find(session, key_file)
    if root is not None or rows.has_any(session):
        _check(key_file, rows.current(session))
    return root is not None


def open_rotation(settings: Settings, database: Database) -> Rotation:
    """Return what changes the keys, even where they cannot be opened: it can replace them."""
    key_file = KeyFile(key_path(settings))
    try:
        root = _find_root(database, key_file)
    except KeyringError:
        root = None
    # a key whose id is marked with another secret is found all the same, within ten seconds
    return _rotation(settings, database, key_file, root or root_secret.generate())


def _find_root(database: Database, key_file: KeyFile) -> bytes | None:
    with database.read() as session:
        return root_secret.find(session, key_file)


def _make_first(settings: Settings, database: Database, key_file: KeyFile, now: datetime) -> bytes:
    with database.write() as session:
        session.lock(rows.LOCK)
        root = root_secret.find(session, key_file)  # of another process, since we looked
        if root is not None:
            return root
        has_keys = rows.has_any(session)
        # Only while there are no keys: beside keys it cannot open, a fresh key-encryption key
        # would only hide that the right one is missing.
        if not has_keys and not settings.kek_file:
            make_key_file(key_path(settings))
        root = root_secret.make(session, key_file, to_text(now))
        rotation = _rotation(settings, database, key_file, root)
        if not has_keys:
            rotation.make_active(session, SYSTEM, now)
        _check(key_file, rows.current(session))
        return root


def _check(key_file: KeyFile, found: Current) -> None:
    if found.active is None:
        raise KeyringError("No signing key is active; restore signing_key from a backup.")
    for key in filter(None, (found.active, found.next)):
        open_key(key_file, key)


def _rotation(settings: Settings, database: Database, key_file: KeyFile, root: bytes) -> Rotation:
    policy = Policy(settings.signing_algorithm, timedelta(days=settings.key_rotation_days))
    return Rotation(database, key_file, _kids(root), policy)


def _kids(root: bytes) -> Kids:
    return Kids(root_secret.derive(root, b"key ids"))


def key_path(settings: Settings) -> Path:
    """Return the file of key-encryption keys."""
    return Path(settings.kek_file) if settings.kek_file else settings.instance / "keys" / "kek"

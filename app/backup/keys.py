"""The key-encryption keys of a backup: as they go into it, and as they come back."""

from pathlib import Path
from typing import Self

from app.backup.archive import Archive, BackupError
from app.backup.places import KEYS
from app.keys import check_keys_in, key_path
from app.keys.encryption import KeyMissing, KeyringError
from app.keys.key_file import KeyFile, make_key_folder, write_keys
from app.migrations.m0006_signing_keys import MIGRATION as SIGNING_KEYS
from app.settings import Settings
from scim.storage import Session
from scim.storage.files import keep_names

_LARGEST = 1 << 20
"""Bytes of a file of keys: thousands of them."""


class SavedKeys:
    """The key-encryption keys that go into a backup, which open what is in it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._text = b""

    def check(self, session: Session) -> None:
        """Do nothing where the keys open those of a copy, if its schema has any to be opened.

        :raises KeyringError: they do not, or cannot be read
        """
        key_file = KeyFile(self._path)
        key_file.read()  # says what to do where it cannot be read
        self._text = self._path.read_bytes()
        asked = "SELECT 1 FROM schema_migration WHERE name = ?"
        if session.one(asked, (SIGNING_KEYS.name,)):
            check_keys_in(session, key_file)

    def text(self) -> bytes:
        """Return the file of keys, which is what it was when the copy was checked.

        :raises BackupError: it is not
        """
        if self._path.read_bytes() != self._text:
            raise BackupError("The key-encryption keys were changed meanwhile; try again.")
        return self._text


class RestoredKeys:
    """The key-encryption keys: those of the backup on top of those at hand, in a draft at first.

    A file that PROVISOR_KEK_FILE names is somebody's own, and stays as it is.
    """

    def __init__(self, settings: Settings, archive: Archive) -> None:
        self._path = key_path(settings)
        self._draft = self._path.with_name(f"{self._path.name}.restoring")
        self._comes_along = KEYS in archive.manifest.parts and not settings.kek_file
        self._is_there = self._path.exists()
        self._archive = archive
        self.file = KeyFile(self._draft if self._comes_along else self._path)

    def __enter__(self) -> Self:
        if self._comes_along:
            if self._archive.manifest.parts[KEYS].bytes > _LARGEST:
                raise BackupError("The backup is damaged: it has too many key-encryption keys.")
            make_key_folder(self._path)
            self._draft.unlink(missing_ok=True)  # of a restore that was killed
            lines = b"".join(self._archive.part(KEYS)).decode("ascii", "backslashreplace").split()
            if self._is_there:
                lines += self._path.read_text("ascii", "backslashreplace").split()
            write_keys(self._draft, dict.fromkeys(lines))
        return self

    def check(self, session: Session) -> None:
        """Do nothing where the keys open those of the backup, whose databases stand in drafts.

        :raises KeyringError: they do not, or cannot be read
        """
        try:
            check_keys_in(session, self.file)
        except KeyringError as error:
            if self._comes_along or not isinstance(error.__cause__, KeyMissing):
                raise
            sentence = (
                f"{self._path} does not hold the key-encryption keys that the backup was made with;"
                " put them there."
            )
            if KEYS in self._archive.manifest.parts:
                sentence += f" They are in the backup, as {KEYS}: unzip -p prints them."
            raise KeyringError(sentence) from error

    def keep(self) -> None:
        """Let the draft take its place."""
        if not self._comes_along:
            return
        if self._is_there:
            self._draft.replace(self._path)
        else:
            try:
                self._path.hardlink_to(self._draft)  # which replaces nobody's keys
            except FileExistsError as error:
                raise BackupError("A server was started meanwhile; stop it.") from error
        keep_names(self._path.parent)

    def __exit__(self, *_: object) -> None:
        if self._comes_along:
            self._draft.unlink(missing_ok=True)

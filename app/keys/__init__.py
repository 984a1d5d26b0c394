"""Signing keys: how they come, take over and go, and how their private parts are kept."""

from app.keys.encryption import KeyringError
from app.keys.keyring import Keyring, SigningKey
from app.keys.opening import check_keys, check_keys_in, key_path, open_keyring, open_rotation
from app.keys.rotation import Replacement, Rotation
from app.keys.rows import KeyState, ListedKey

__all__ = [
    "KeyState",
    "Keyring",
    "KeyringError",
    "ListedKey",
    "Replacement",
    "Rotation",
    "SigningKey",
    "check_keys",
    "check_keys_in",
    "key_path",
    "open_keyring",
    "open_rotation",
]

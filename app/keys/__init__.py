"""Signing keys, and how their private parts are kept."""

from app.keys.encryption import KeyringError
from app.keys.keyring import Keyring, SigningKey, open_keyring

__all__ = ["Keyring", "KeyringError", "SigningKey", "open_keyring"]

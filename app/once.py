"""Forms that are sent once: who sends one twice makes nothing twice.

A form holds a random id, which stands with what was made of it.
"""

import re
import secrets
from typing import Literal

from scim.storage import Session

_BYTES = 16
_FORM_ID = re.compile(f"[0-9a-f]{{{2 * _BYTES}}}")


class SentTwice(Exception):  # noqa: N818 - what happened to the form
    """Something was made of the form before, and nothing now.

    :param made: the id of that
    """

    def __init__(self, made: str) -> None:
        super().__init__("This form was sent twice.")
        self.made = made


def new_form_id() -> str:
    """Return an id for a form that is about to be shown."""
    return secrets.token_hex(_BYTES)


def is_form_id(text: str) -> bool:
    """Return whether a text looks like the id of a form."""
    return _FORM_ID.fullmatch(text) is not None


def check_once(
    session: Session, table: Literal["client_app", "client_secret"], form_id: str | None
) -> None:
    """Let a form pass of which nothing was made; whoever sends it meanwhile waits.

    :param form_id: None where nobody filled in a form
    :raises SentTwice: something was made of it
    """
    if form_id is None:
        return
    session.lock(f"form {form_id}")
    row = session.one(f"SELECT id FROM {table} WHERE form_id = ?", (form_id,))  # noqa: S608 - one of two names
    if row is not None:
        raise SentTwice(row["id"])

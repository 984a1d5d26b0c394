"""Asking for a token, and what becomes of it; other processes ask, too."""

from collections.abc import Callable
from functools import partial

from app import Settings, assemble
from app.audit import CLI
from app.tokens.errors import RotationRunning, TokenActive, UnknownToken
from tests.races import meet_others

_REFUSED = (TokenActive, RotationRunning, UnknownToken)


def attempt(act: Callable[[], object]) -> str:
    """Return what became of an issue or a rotation: done, or the name of the refusal."""
    try:
        act()
    except _REFUSED as error:
        return type(error).__name__
    return "done"


def issuing(settings: Settings, app_ids: list[str]) -> Callable[[], list[str]]:
    """Return what a process does: with the others, it asks for a token of one app after another."""
    assembly = assemble(settings)

    def ask(app_id: str) -> str:
        meet_others()
        return attempt(partial(assembly.tokens.issue, app_id, CLI))

    return lambda: [ask(app_id) for app_id in app_ids]

"""Warnings in words: what happens to a token, when, and what to do about it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from app.moments import counted, in_utc
from app.tokens.token import Token
from app.watch.notices import Kind, Notice, Warned
from scim.instant import from_text

_ADVICE = {
    Kind.IDLE_END: (
        "Every request renews it. See that provisioning is on at the identity provider, and that it"
        " sends this token. If nobody needs the app any more, delete it."
    ),
    Kind.ABSOLUTE_END: (
        "Use renews it no further. Rotate it before then, and give its successor to the identity"
        " provider."
    ),
    Kind.ROTATION_END: (
        "Put its successor into the identity provider before then, or requests are refused. If the"
        " successor was revoked, rotate the token again."
    ),
    Kind.NEVER_USED: (
        "Put it into the identity provider and switch provisioning on there. If it is lost, revoke"
        " it and issue another."
    ),
    Kind.SILENT: (
        "It was used on most days before. See whether the identity provider reports errors, or"
        " whether provisioning was switched off there."
    ),
    Kind.NEW_NETWORK: (
        "If the identity provider does not send from there, somebody else has the token: revoke it"
        " and issue another."
    ),
}


@dataclass(frozen=True, slots=True)
class Message:
    """A notice as it is sent: no token, and nothing about a person."""

    notice: Notice
    app_id: str
    app_name: str
    label: str
    hint: str
    headline: str
    """What happens, such as ``ends in 14 days unless it is used``."""

    details: str
    """When, and what to do."""


def message_of(notice: Notice, token: Token, app_name: str, now: datetime) -> Message:
    """Return a notice in words that are true at a moment."""
    return Message(
        notice,
        token.app_id,
        app_name,
        token.label,
        token.hint,
        headline(notice.warned, now),
        details(notice.warned),
    )


def headline(warned: Warned, now: datetime) -> str:
    """Return what a warning says of its token in a few words, to follow "The token"."""
    match warned.kind:
        case Kind.NEVER_USED:
            return f"was issued {_days_since(warned.about, now)} ago and never used"
        case Kind.SILENT:
            return f"has been silent for {_days_since(warned.about, now)}"
        case Kind.NEW_NETWORK:
            return f"was used from a new network, {warned.about}"
        case _:
            return _ending(warned, now)


def details(warned: Warned) -> str:
    """Return when what a warning warns of happens or happened, and what to do about it."""
    match warned.kind:
        case Kind.NEVER_USED:
            moment = f"It was issued on {in_utc(warned.about)}. "
        case Kind.SILENT:
            moment = f"It was last used on {in_utc(warned.about)}. "
        case Kind.NEW_NETWORK:
            moment = "No token of this app was ever used from there. "
        case _:
            moment = f"Its end is {in_utc(warned.about)}. "
    return moment + _ADVICE[warned.kind]


def _ending(warned: Warned, now: datetime) -> str:
    left = ceil((from_text(warned.about) - now) / timedelta(days=1))
    if left <= 0:
        return "has ended"
    ends = f"ends in {counted(left, 'day')}"
    match warned.kind:
        case Kind.IDLE_END:
            return f"{ends} unless it is used"
        case Kind.ROTATION_END:
            return f"{ends}, and no successor has taken over"
        case _:
            return f"{ends}, at its greatest age"


def _days_since(text: str, now: datetime) -> str:
    return counted((now - from_text(text)).days, "day")

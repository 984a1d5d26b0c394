"""The instance as its owners see it: signing keys, token policy, metrics, versions."""

from datetime import datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.console.guards import Guard, Visit
from app.console.parts import ConsoleParts
from app.keys import KeyState
from app.keys.rotation import PUBLISHED_BEFORE
from app.tokens.emergency import AlreadyReplaced
from app.tokens.token import IDLE_LIFETIME
from scim.instant import to_text

_DONE = {
    "announced": "The next key is published. It signs once whoever keeps the keys knows it.",
    "replaced": "A new key signs now; the former one is revoked. No token was ended.",
    "revoked": "A new key signs now; the former one and the tokens it signed are revoked.",
}
"""What was done, by the word a redirect leaves in the URL."""


def add_to(blueprint: Blueprint, guard: Guard) -> None:
    """Add the screen of the instance, and what can be done to its keys."""
    add = blueprint.add_url_rule
    keys = "/instance/keys"
    add("/instance", "instance", guard.owning(_show))
    rotate = guard.owning(_rotate)
    add(f"{keys}/rotate", "rotate_keys", rotate, methods=["POST"])
    add(f"{keys}/replace", "confirm_replace", guard.owning(_confirm))
    replace = guard.owning(_replace)
    add(f"{keys}/replace", "replace_key", replace, methods=["POST"])


def _show(parts: ConsoleParts, _: Visit) -> Answer:
    keys = parts.signing_keys.list()
    return render_template(
        "console/instance.html",
        keys=keys,
        has_next=any(listed.key.state is KeyState.NEXT for listed in keys),
        next_rotation=_text(parts.signing_keys.next_rotation(keys)),
        published_before=PUBLISHED_BEFORE.total_seconds() // 3600,
        settings=parts.settings,
        idle_days=IDLE_LIFETIME.days,
        versions=parts.versions(),
        last_backup=parts.last_backup(),
        sentence=_DONE.get(request.args.get("done", "")),
    )


def _text(moment: datetime | None) -> str:
    return to_text(moment) if moment else ""


def _rotate(parts: ConsoleParts, visit: Visit) -> Answer:
    parts.signing_keys.announce(visit.actor)
    return redirect(url_for("console.instance", done="announced"), 303)


def _confirm(parts: ConsoleParts, _: Visit) -> Answer:
    return _confirmation(parts)


def _confirmation(parts: ConsoleParts, problem: str = "") -> str:
    keys = parts.signing_keys.list()
    active = next((each for each in keys if each.key.state is KeyState.ACTIVE), None)
    return render_template("console/replace_key.html", active=active, problem=problem)


def _replace(parts: ConsoleParts, visit: Visit) -> Answer:
    if "confirmed" not in request.form:
        return _confirmation(parts, "Tick the box to confirm. Nothing was changed."), 400
    revoke = "revoke-tokens" in request.form
    try:
        parts.signing_keys.replace(request.form.get("kid", ""), visit.actor, revoke_tokens=revoke)
    except AlreadyReplaced:
        problem = "Another key signs by now: somebody was first. Nothing was changed."
        return _confirmation(parts, problem), 409
    return redirect(url_for("console.instance", done="revoked" if revoke else "replaced"), 303)

"""Client credentials of an app: secrets shown once, public keys, and the style of its tokens."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.console.app_page import outdated
from app.console.form_ids import sent_form_id
from app.console.guards import AppVisit, Guard
from app.console.parts import ConsoleParts
from app.edition import Outdated, edition_of
from app.oauth.client_secrets import (
    LONGEST_LABEL,
    MOST_SECRETS,
    InvalidLabel,
    SecretError,
    UnknownSecret,
)
from app.oauth.jwk import LARGEST_DOCUMENT, MOST_KEYS, InvalidKeys
from app.oauth.metadata import SERVER_PATH, TOKEN_PATH
from app.once import SentTwice, new_form_id
from scim.choices import TOKEN_STYLE, InvalidChoice, read_options

_DONE = {
    "revoked": "The client secret is revoked. Tokens that were got with it stay.",
    "style": "The token style is saved. It holds from the next token on.",
    "keys": "The public keys are saved. They hold from the next request on.",
    "keys-removed": "The public keys are removed.",
}
"""What was done, by the word a redirect leaves in the URL."""


_TWICE = (
    "A client secret was issued the first time, and shown there once. No second one was issued."
    " If you did not see it, revoke it and issue another."
)


def add_to(blueprint: Blueprint, guard: Guard) -> None:
    """Add the screen of client credentials."""
    add = blueprint.add_url_rule
    page = "/apps/<app_id>/credentials"
    add(page, "credentials", guard.viewing(_show))
    add(f"{page}/style", "token_style", guard.managing(_set_style), methods=["POST"])
    add(f"{page}/secrets", "secrets", guard.viewing(_lead_on))
    add(f"{page}/secrets", "issue_secret", guard.managing(_issue), methods=["POST"])
    add(
        f"{page}/secrets/<secret_id>/revoke",
        "revoke_secret",
        guard.managing(_revoke),
        methods=["POST"],
    )
    add(f"{page}/keys", "set_keys", guard.managing(_set_keys), methods=["POST"])
    add(f"{page}/keys/remove", "remove_keys", guard.managing(_remove_keys), methods=["POST"])


def _show(parts: ConsoleParts, visit: AppVisit) -> Answer:
    return _page(parts, visit)


def _page(parts: ConsoleParts, visit: AppVisit, problem: str = "") -> str:
    """Return the screen.

    :param problem: why the keys that were entered, which may be private ones, cannot be saved
    """
    emails = parts.admins.emails()
    alive = parts.tokens.alive([visit.app.id]).get(visit.app.id, ())
    return render_template(
        "console/credentials.html",
        visit=visit,
        app=visit.app,
        secrets=parts.client_secrets.list(visit.app.id),
        emails=emails,
        most_secrets=MOST_SECRETS,
        form_id=new_form_id(),
        longest_label=LONGEST_LABEL,
        keys=parts.client_keys.list(visit.app.id),
        most_keys=MOST_KEYS,
        largest_document=LARGEST_DOCUMENT,
        problem=problem,
        keys_edition=parts.client_keys.edition(visit.app.id),
        style=TOKEN_STYLE,
        style_edition=edition_of(visit.app.choices.chosen(TOKEN_STYLE)),
        short_lived=sum(not token.is_lasting for token in alive),
        token_url=parts.settings.public_url + TOKEN_PATH,
        metadata_url=parts.settings.public_url + SERVER_PATH,
        sentence=_DONE.get(request.args.get("done", "")),
    )


def _outdated(visit: AppVisit) -> Answer:
    return outdated(visit.app, url_for("console.credentials", app_id=visit.app.id))


def _back(visit: AppVisit, done: str) -> Answer:
    return redirect(url_for("console.credentials", app_id=visit.app.id, done=done), 303)


def _set_style(parts: ConsoleParts, visit: AppVisit) -> Answer:
    try:
        options = read_options({TOKEN_STYLE.key: request.form.get(TOKEN_STYLE.key, "")})
    except InvalidChoice:  # the form offers no such value
        abort(400)
    try:
        parts.app_settings.set(visit.app.id, options, visit.actor, request.form.get("edition"))
    except Outdated:
        return _outdated(visit)
    return _back(visit, "style")


def _lead_on(_: ConsoleParts, visit: AppVisit) -> Answer:
    """Lead on from the address of the one-time window, which is shown to no GET."""
    return redirect(url_for("console.credentials", app_id=visit.app.id), 303)


def _issue(parts: ConsoleParts, visit: AppVisit) -> Answer:
    """Answer with the one-time window itself: a redirect would need the secret kept somewhere."""
    label = request.form.get("label", "")
    try:
        issued = parts.client_secrets.issue(
            visit.app.id, visit.actor, label, form_id=sent_form_id()
        )
    except SecretError as error:
        return _refused(visit, str(error)), 400 if isinstance(error, InvalidLabel) else 409
    except SentTwice:
        return _refused(visit, _TWICE, "The form was sent twice"), 409
    token_url = parts.settings.public_url + TOKEN_PATH
    return render_template(
        "console/issued_secret.html", app=visit.app, issued=issued, token_url=token_url
    )


def _refused(visit: AppVisit, sentence: str, title: str = "No client secret was issued") -> str:
    back = url_for("console.credentials", app_id=visit.app.id)
    return render_template(
        "console/refused.html", app=visit.app, title=title, sentence=sentence, back=back
    )


def _revoke(parts: ConsoleParts, visit: AppVisit, secret_id: str) -> Answer:
    try:
        parts.client_secrets.revoke(visit.app.id, secret_id, visit.actor)
    except UnknownSecret:
        abort(404)
    return _back(visit, "revoked")


def _set_keys(parts: ConsoleParts, visit: AppVisit) -> Answer:
    jwks = request.form.get("jwks", "")
    try:
        parts.client_keys.set(visit.app.id, jwks, visit.actor, seen=request.form.get("edition"))
    except InvalidKeys as error:
        return _page(parts, visit, str(error)), 400
    except Outdated:
        return _outdated(visit)
    return _back(visit, "keys")


def _remove_keys(parts: ConsoleParts, visit: AppVisit) -> Answer:
    try:
        parts.client_keys.remove(visit.app.id, visit.actor, seen=request.form.get("edition"))
    except Outdated:
        return _outdated(visit)
    return _back(visit, "keys-removed")

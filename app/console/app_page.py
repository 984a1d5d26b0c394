"""The page of one app: its connection and its token."""

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.client_apps import ClientApp
from app.console.directory import client_of
from app.console.guards import AppVisit
from app.console.parts import ConsoleParts
from app.tokens import State, Token
from app.tokens.lifecycle import LONGEST_LABEL, LONGEST_REASON
from app.watch.messages import details, headline

_MOST_ENDED = 20
"""Tokens that are not alive any more on the page; the audit log knows of all."""

_DONE = {
    "created": "The app is added. Enable SCIM next, then issue its token.",
    "scim-on": "SCIM is on. The app can have a token now.",
    "scim-off": "SCIM is off. Requests are refused with 403 from now on.",
    "revoked": "The token is revoked. Requests that carry it are refused from now on.",
}
"""What was done, by the word a redirect leaves in the URL."""


_FIRST = (
    "Somebody else changed this while the page was open. Go back to see how it is now,"
    " and change it from there."
)


@dataclass(frozen=True, slots=True)
class Information:
    """Basic information as it stands in its form, and why it cannot be saved, if so."""

    name: str
    description: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class TokenCard:
    """A token as its card shows it: people by e-mail address, its state in a word."""

    token: Token
    state: State
    created_by: str
    revoked_by: str
    warnings: tuple[tuple[str, str], ...]
    """What there is to warn of, each in a few words, and when and what to do."""


def app_page(parts: ConsoleParts, visit: AppVisit) -> str:
    """Return the page of an app."""
    cards = _token_cards(parts, visit.app)
    ended = [card for card in cards if card.state is not State.ACTIVE]
    return render_template(
        "console/app.html",
        visit=visit,
        app=visit.app,
        longest_label=LONGEST_LABEL,
        longest_reason=LONGEST_REASON,
        scopes=parts.tokens.scopes.all,
        scim_url=parts.settings.scim_url,
        alive=[card for card in cards if card.state is State.ACTIVE],
        ended=ended[:_MOST_ENDED],
        older=len(ended[_MOST_ENDED:]),
        checks=parts.checklists.of(visit.app, client_of(visit)),
        sentence=_DONE.get(request.args.get("done", "")),
    )


def back_to_app(app: ClientApp, done: str) -> Answer:
    """Return the way to the page of an app, which then says what was done."""
    return redirect(url_for("console.app", app_id=app.id, done=done), 303)


def outdated(app: ClientApp, back: str) -> Answer:
    """Return the page that says somebody else was first.

    :param back: where what is changed stands as it is now
    """
    page = render_template(
        "console/refused.html", app=app, title="Nothing was changed", sentence=_FIRST, back=back
    )
    return page, 409


def _token_cards(parts: ConsoleParts, app: ClientApp) -> list[TokenCard]:
    emails = parts.admins.emails()
    now = parts.clock()
    warnings = parts.watch.of_app(app.id)
    return [
        TokenCard(
            token,
            token.state(now),
            emails.get(token.created_by, token.created_by),
            emails.get(token.revoked_by or "", token.revoked_by or ""),
            tuple(
                (headline(warned, now), details(warned)) for warned in warnings.get(token.jti, ())
            ),
        )
        for token in parts.tokens.list(app.id)
        if token.is_lasting
    ]

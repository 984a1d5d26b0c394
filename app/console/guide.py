"""The setup guide of an app: what to do at its identity provider, with our values filled in."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.console.app_page import outdated
from app.console.guards import AppVisit, Guard
from app.console.parts import ConsoleParts
from app.edition import Outdated, edition_of
from app.guides import GUIDES
from app.public_address import remarks_on
from app.tokens.errors import ScimDisabled, TokenLent
from scim.choices import Option, ProviderName

_DONE = {"provider": "The identity provider is saved. This is its guide."}
"""What was done, by the word a redirect leaves in the URL."""


def add_to(blueprint: Blueprint, guard: Guard) -> None:
    """Add the screens of the setup guide."""
    add = blueprint.add_url_rule
    page = "/apps/<app_id>/guide"
    add(page, "guide", guard.viewing(_show))
    add(page, "choose_guide", guard.managing(_choose), methods=["POST"])
    add(f"{page}/test", "connection_test", guard.viewing(_lead_on))
    add(f"{page}/test", "test_connection", guard.managing(_test), methods=["POST"])


def _show(parts: ConsoleParts, visit: AppVisit) -> Answer:
    app = visit.app
    return render_template(
        "console/guide.html",
        visit=visit,
        app=app,
        guides=GUIDES,
        guide=GUIDES[app.choices.provider],
        provider_edition=edition_of(app.choices.provider),
        scim_url=parts.settings.scim_url,
        remarks=[each for each in remarks_on(parts.settings) if not each.is_good],
        has_token=bool(parts.tokens.lasting(app.id)),
        sentence=_DONE.get(request.args.get("done", "")),
    )


def _choose(parts: ConsoleParts, visit: AppVisit) -> Answer:
    chosen = request.form.get("provider", "")
    if chosen not in GUIDES:  # the form offers no such value
        abort(400)
    options: dict[str, Option] = {"provider": ProviderName(chosen)}
    try:
        parts.app_settings.set(visit.app.id, options, visit.actor, request.form.get("edition"))
    except Outdated:
        return outdated(visit.app, url_for("console.guide", app_id=visit.app.id))
    return redirect(url_for("console.guide", app_id=visit.app.id, done="provider"), 303)


def _lead_on(_: ConsoleParts, visit: AppVisit) -> Answer:
    """Lead on from the address of the test's results, which are kept nowhere."""
    return redirect(url_for("console.guide", app_id=visit.app.id, _anchor="test"), 303)


def _test(parts: ConsoleParts, visit: AppVisit) -> Answer:
    """Answer with what came of the test, whose token never leaves the server."""
    try:
        rehearsal = parts.rehearsals.run(visit.app, visit.actor)
    except (ScimDisabled, TokenLent) as error:
        title = "The connection was not tested"
        back = url_for("console.guide", app_id=visit.app.id)
        page = render_template(
            "console/refused.html", app=visit.app, title=title, sentence=str(error), back=back
        )
        return page, 409
    return render_template("console/rehearsal.html", app=visit.app, rehearsal=rehearsal)

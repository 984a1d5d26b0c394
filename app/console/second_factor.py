"""Turning a second factor on and off, and fresh recovery codes."""

import segno
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.admins import SHORTEST_PASSWORD
from app.admins.errors import SecondFactorError, WrongCode, WrongPassword
from app.admins.second_factor import Enrolment
from app.admins.throttle import Throttled
from app.console import session_cookie
from app.console.account import account_page, back_to_account
from app.console.guards import Guard, Visit
from app.console.parts import ConsoleParts

_TOO_SHORT = (
    f"Your password has less than {SHORTEST_PASSWORD} characters, too few to stand alone. "
    "Choose a longer one first."
)

_IS_REQUIRED = "This instance requires a second factor."


def add_to(blueprint: Blueprint, guard: Guard) -> None:
    """Add the forms of the second factor."""
    add = blueprint.add_url_rule
    page = "/account/second-factor"
    add(page, "second_factor", guard.signed_in(_lead_on))
    add(page, "begin_second_factor", guard.signed_in(_begin), methods=["POST"])
    add(f"{page}/confirm", "confirm_second_factor", guard.signed_in(_confirm), methods=["POST"])
    add(f"{page}/off", "turn_second_factor_off", guard.signed_in(_turn_off), methods=["POST"])
    add(
        "/account/recovery-codes",
        "renew_recovery_codes",
        guard.signed_in(_renew_codes),
        methods=["POST"],
    )


def _lead_on(_: ConsoleParts, __: Visit) -> Answer:
    """Lead on from the address of the page that shows the key, which is shown to no GET."""
    return redirect(url_for("console.account", _anchor="factor"), 303)


def _begin(parts: ConsoleParts, visit: Visit) -> Answer:
    try:
        return _enrolment_page(parts.door.second_factors.begin(visit.admin))
    except SecondFactorError as error:
        return account_page(parts, visit, str(error), "factor"), 409


def _confirm(parts: ConsoleParts, visit: Visit) -> Answer:
    factors = parts.door.second_factors
    try:
        codes = factors.confirm(visit.admin, request.form.get("code", ""), visit.actor)
    except WrongCode as error:
        return _enrolment_page(factors.begun(visit.admin), str(error)), 400
    except SecondFactorError as error:
        return account_page(parts, visit, str(error), "factor"), 409
    return _codes_page(codes, is_new=True)


def _renew_codes(parts: ConsoleParts, visit: Visit) -> Answer:
    try:
        codes = parts.door.second_factors.renew_codes(visit.admin.id, visit.actor)
    except SecondFactorError as error:
        return account_page(parts, visit, str(error), "factor"), 409
    return _codes_page(codes, is_new=False)


def _turn_off(parts: ConsoleParts, visit: Visit) -> Answer:
    """Turn it off; the password is the proof that the request wants."""
    password = request.form.get("password", "")
    if parts.settings.require_second_factor:
        return account_page(parts, visit, _IS_REQUIRED, "factor"), 409
    try:
        origin = session_cookie.origin(parts.settings)
        parts.door.sign_in.check_password(visit.admin, password, origin)
    except WrongPassword as error:
        return account_page(parts, visit, str(error), "factor"), 403
    except Throttled as throttled:
        return account_page(parts, visit, str(throttled), "factor"), 429
    if len(password) < SHORTEST_PASSWORD:
        return account_page(parts, visit, _TOO_SHORT, "factor"), 409
    parts.door.second_factors.turn_off(visit.admin.id, visit.actor)
    return back_to_account("factor-off")


def _enrolment_page(enrolment: Enrolment, problem: str = "") -> str:
    return render_template(
        "console/second_factor.html",
        key=enrolment.key,
        picture=segno.make(enrolment.uri, error="m").svg_data_uri(scale=5, light="white"),
        sentence=problem,
    )


def _codes_page(codes: tuple[str, ...], *, is_new: bool) -> str:
    return render_template("console/recovery_codes.html", codes=codes, is_new=is_new)

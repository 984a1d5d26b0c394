"""The ids of forms that are sent once."""

from flask import abort, request

from app.once import is_form_id


def sent_form_id() -> str | None:
    """Return the id of the form that was sent, or None where it holds none."""
    given = request.form.get("form")
    if given is not None and not is_form_id(given):  # no form of ours
        abort(400)
    return given

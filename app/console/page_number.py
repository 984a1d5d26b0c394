"""Which page of a list is asked for."""

from flask import abort, request

_LONGEST = 6


def page_number() -> int:
    """Return the number in the URL, from 1; what is no number of a page is refused."""
    given = request.args.get("page", "1")
    if not (given.isascii() and given.isdigit() and len(given) <= _LONGEST and int(given)):
        abort(400)
    return int(given)

"""Where somebody goes on after the sign-in: to the page they wanted, or that of their form."""

from flask import current_app, request, url_for
from werkzeug.exceptions import HTTPException

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110 §9.2.1)."""

_FORMS = {
    "console.information": "console.settings",
    "console.protocol": "console.settings",
    "console.log_csv": "console.log",
    "console.log_jsonl": "console.log",
}
"""The pages of forms that are sent to an address beside theirs; those of others are above it."""

_HOME, _NOWHERE = "console.home", "console.missing"


def wanted_page() -> str:
    """Return the local address to go on to, with what it was asked for."""
    if request.method in SAFE:
        asked = request.full_path if request.query_string else request.path
        return request.script_root + asked
    page = _FORMS.get(request.endpoint or "")
    if page is not None:
        return url_for(page, **(request.view_args or {}))
    return request.script_root + _nearest_page(request.path)


def destination(wanted: str) -> str:
    """Return a page asked for before the sign-in, if it is one of the console's own."""
    home = url_for(_HOME)
    is_ours = wanted.startswith((f"{home}/", f"{home}?")) and wanted.isprintable()
    return wanted if is_ours else home


def _nearest_page(path: str) -> str:
    """Return the address of the page that is at a path, or else the first above it."""
    adapter = current_app.create_url_adapter(request)
    while adapter is not None and path:
        try:
            endpoint, _ = adapter.match(path, method="GET")
        except HTTPException:
            endpoint = _NOWHERE
        if endpoint != _NOWHERE:
            return path
        path = path.rpartition("/")[0]
    return ""

"""The headers every answer of the console carries, whatever it says."""

from flask import Response

_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_STRICT = {
    "Content-Security-Policy": _CONTENT_SECURITY_POLICY,
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # for browsers that know no frame-ancestors
}

_HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000"}  # one year


class StrictHeaders:
    """Sets the headers on an answer: for ``after_request``."""

    def __init__(self, public_url: str) -> None:
        # On plain HTTP a browser ignores HSTS, and a name that never had HTTPS must not get it.
        self._headers = _STRICT | (_HTTPS_ONLY if public_url.startswith("https:") else {})

    def __call__(self, response: Response) -> Response:
        """Return the answer with the headers on it."""
        response.headers.update(self._headers)
        return response

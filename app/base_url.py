"""Where a client found the SCIM endpoints, from what its request says."""

from functools import lru_cache
from wsgiref.types import WSGIEnvironment

from werkzeug.sansio.utils import get_host

from app.tokens.jwt_format import SCIM_PATH


def scim_url_of(environ: WSGIEnvironment) -> str:
    """Return the SCIM base URL that a request was made to, without a slash at its end."""
    port = environ["SERVER_PORT"]
    # servers that listen on a Unix socket say nothing here, or its path
    server = (environ["SERVER_NAME"], int(port) if port.isdecimal() else None)
    return _scim_url(environ["wsgi.url_scheme"], environ.get("HTTP_HOST"), server)


@lru_cache(maxsize=64)  # the host comes from outside: bound what it can fill
def _scim_url(scheme: str, host: str | None, server: tuple[str, int | None]) -> str:
    return f"{scheme}://{get_host(scheme, host, server)}{SCIM_PATH}"

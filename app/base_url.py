"""Where a client found the SCIM endpoints, from what its request says."""

from functools import lru_cache
from urllib.parse import quote
from wsgiref.types import WSGIEnvironment

from werkzeug.sansio.utils import get_host

from app.tokens.jwt_format import SCIM_PATH


def scim_url_of(environ: WSGIEnvironment, path: str = SCIM_PATH) -> str:
    """Return the SCIM base URL that a request was made to, without a slash at its end.

    :param path: where the endpoints are, below what the application is mounted at
    """
    port = environ["SERVER_PORT"]
    # servers that listen on a Unix socket say nothing here, or its path
    server = (environ["SERVER_NAME"], int(port) if port.isdecimal() else None)
    path = environ.get("SCRIPT_NAME", "") + path
    return _scim_url(environ["wsgi.url_scheme"], environ.get("HTTP_HOST"), server, path)


@lru_cache(maxsize=64)  # the host comes from outside: bound what it can fill
def _scim_url(scheme: str, host: str | None, server: tuple[str, int | None], path: str) -> str:
    # WSGI has the bytes of a path as characters (PEP 3333)
    return f"{scheme}://{get_host(scheme, host, server)}{quote(path.encode('latin-1'))}"
